/**
 * Patterns: checked against the type of what they match, with Rust 2024's default binding modes. In: a pattern and a type.
 * Out: types, bindings, resolutions, fields and implicit dereferences in the facts; variables' types in `t.locals`.
 * Errors: E0308 E0023 E0026 E0027 E0029 E0532 E0164 E0527 E0528 E0529.
 */
import { lowerPathBase } from '../names/lower.ts';
import { nearest } from '../names/suggest.ts';
import type { Literal, Pattern, Path } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { solvePending } from './fulfil.ts';
import { commitIf } from './infer.ts';
import { argsFor, keeping } from './method.ts';
import { mismatch } from './mismatch.ts';
import { pathValue, type PathValue } from './path.ts';
import { accessible } from './probe.ts';
import { array, BOOL, CHAR, constant, eraseRegions, ERROR, HAS_REGION, float, int, intern, ptr, ref as refTo, slice, STR, tuple, U8, type DefId, type FloatName, type IntName, type Type } from './type.ts';
import { fresh, known, normal, report, resolved, settled, show, setType, type Typing } from './typing.ts';
import { instantiate, isLang, variantsOf } from './universe.ts';
import { unify } from './unify.ts';

type Mode = 'move' | 'ref' | 'refMut';

export function checkPattern(t: Typing, p: Pattern, type: Type, origin: Span | null): void {
  check(t, p, type, 'move', origin);
}

/** Patterns that look through references by themselves. */
function peels(t: Typing, p: Pattern): boolean {
  switch (p.kind) {
    case 'tupleStructPattern': case 'structPattern': case 'tuplePattern': case 'slicePattern': case 'rangePattern': return true;
    case 'literalPattern': return p.value.kind !== 'string' && p.value.kind !== 'bytes' && p.value.kind !== 'null';
    case 'pathPattern': return !isConst(t, t.table.values.get(p.path.id)?.res);
    case 'binding': {
      const res = t.table.values.get(p.id)?.res;
      return res !== undefined && !isConst(t, res);
    }
    default: return false;
  }
}

const isConst = (t: Typing, res: { kind: string; def?: unknown } | undefined): boolean => res?.kind === 'def' && t.u.definitions.byId.get(res.def as never)?.kind === 'const';

function check(t: Typing, p: Pattern, given: Type, givenMode: Mode, origin: Span | null): void {
  let type = known(t, given);
  let mode = givenMode;
  if (type.kind === 'infer' && peels(t, p)) type = settled(t, type, solvePending);
  if (peels(t, p) && type.kind === 'ref') {
    const peeled: Type[] = [];
    while (type.kind === 'ref') {
      peeled.push(type);
      mode = mode === 'ref' || !type.mutable ? 'ref' : 'refMut';
      type = settled(t, type.inner, solvePending);
    }
    t.facts.patternDerefs.set(p.id, peeled);
  }
  setType(t, p.id, type);
  switch (p.kind) {
    case 'wildcard': case 'rest': case 'errorPattern': return;
    case 'binding': return checkBinding(t, p, type, mode, origin);
    case 'literalPattern': return checkLiteral(t, p, type, origin);
    case 'rangePattern': return checkRange(t, p, type, origin);
    case 'pathPattern': {
      const value = pathValue(t, p.path, null, [p.path.id, p.id]);
      return unitPattern(t, p, value, type, origin);
    }
    case 'tupleStructPattern': return checkTupleStruct(t, p, type, mode, origin);
    case 'structPattern': return checkStruct(t, p, type, mode, origin);
    case 'tuplePattern': return checkTuple(t, p, type, mode, origin);
    case 'slicePattern': return checkSlice(t, p, type, mode, origin);
    case 'refPattern': return checkRef(t, p, type, mode, origin);
    case 'orPattern':
      for (const a of p.alternatives) check(t, a, given, givenMode, origin);
      return;
  }
}

/** The pattern's own type must be that of what it matches. */
function agree(t: Typing, p: Pattern, own: Type, type: Type, origin: Span | null): boolean {
  if (commitIf(t.cx.infer, () => unify(t.cx.infer, own, type))) return true;
  mismatch(t, p.id, p.span, type, own, origin === null ? {} : { fixed: origin, fixedText: `this expression has type \`${show(t, type)}\`` });
  return false;
}

// ------------------------------------------------------------------ variables

function checkBinding(t: Typing, p: Pattern & { kind: 'binding' }, type: Type, mode: Mode, origin: Span | null): void {
  const res = t.table.values.get(p.id);
  if (res !== undefined && res.res.kind === 'def') {
    const path: Path = { kind: 'path', id: p.id, span: p.span, qualified: null, global: false, segments: [{ kind: 'segment', id: p.id, span: p.span, name: p.name, args: null }] };
    return unitPattern(t, p, pathValue(t, path, null, [p.id]), type, origin);
  }
  if (mode !== 'move' && (p.byRef || p.mutable)) {
    report(t, 'E1060', p.span, { word: p.byRef ? 'ref' : 'mut' }, { label: 'binding modifiers may be written only where the value is matched by value', notes: ['the value is behind a reference that the pattern looks through: write `&` in the pattern to match it by value'] });
  }
  const by: Mode = p.byRef ? (p.mutable ? 'refMut' : 'ref') : p.mutable ? 'move' : mode;
  const own = by === 'move' ? type : refTo(type, by === 'refMut');
  const first = t.table.sameBinding.get(p.id);
  if (first !== undefined) t.facts.sameBinding.set(p.id, first);
  const earlier = first === undefined ? undefined : t.locals.get(first);
  if (earlier !== undefined && first !== undefined) {
    if (!commitIf(t.cx.infer, () => unify(t.cx.infer, earlier, own))) {
      if (t.facts.bindings.get(first)?.mode !== by) report(t, 'E0409', p.span, { name: p.name.text }, { label: 'bound in different ways' });
      else mismatch(t, p.id, p.span, earlier, own);
    }
  }
  t.locals.set(p.id, own);
  t.owners.set(p.id, t.closure);
  t.spans.set(p.id, p.span);
  t.facts.bindings.set(p.id, { name: p.name.text, mode: by, mutable: p.mutable && !p.byRef, type: own });
  if (p.sub !== null && p.sub.kind !== 'rest') check(t, p.sub, type, mode, origin);
}

function unitPattern(t: Typing, p: Pattern, value: PathValue, type: Type, origin: Span | null): void {
  if (value.resolution === null) return;
  if (value.resolution.kind === 'fn') {
    report(t, 'E0533', p.span, { expected: 'unit struct, unit variant or constant', found: 'associated function', name: nameOf(t, p) }, { label: 'not a unit struct, unit variant or constant' });
    return;
  }
  if (value.type.kind === 'fnDef') {
    report(t, 'E0532', p.span, { expected: 'unit struct, unit variant or constant', found: 'tuple variant', name: nameOf(t, p) }, { label: 'its fields are missing', fixes: [{ title: 'leave the fields out', certain: false, edits: [{ span: { ...p.span, start: p.span.end }, text: '(..)' }] }] });
    return;
  }
  agree(t, p, value.type, type, origin);
}

const nameOf = (t: Typing, p: Pattern): string => (p.kind === 'binding' ? p.name.text : 'path' in p ? p.path.segments.map(s => s.name.text).join('::') : t.body.owner);

// ------------------------------------------------------------------ literals

function literalType(t: Typing, value: Literal, type: Type, span: Span): Type {
  switch (value.kind) {
    case 'int': {
      if (value.suffix !== null) return value.suffix.startsWith('f') ? float(value.suffix as FloatName) : int(value.suffix as IntName);
      const k = known(t, type);
      return k.kind === 'int' ? k : fresh(t, span, 'literal', 'int');
    }
    case 'float': return value.suffix === null ? (known(t, type).kind === 'float' ? known(t, type) : fresh(t, span, 'literal', 'float')) : float(value.suffix as FloatName);
    case 'bool': return BOOL;
    case 'char': return CHAR;
    case 'byte': return U8;
    case 'string': return refTo(STR);
    case 'bytes': {
      const k = known(t, type);
      // A byte string matches slices as well as arrays.
      return k.kind === 'ref' && known(t, k.inner).kind === 'slice' ? refTo(slice(U8)) : refTo(array(U8, constant(BigInt(value.value.length))));
    }
    case 'cstring': return ptr(U8, false);
    case 'null': {
      const k = known(t, type);
      return k.kind === 'ptr' ? k : ptr(fresh(t, span), true);
    }
  }
}

function checkLiteral(t: Typing, p: Pattern & { kind: 'literalPattern' }, type: Type, origin: Span | null): void {
  const own = literalType(t, p.value, type, p.span);
  if (p.value.kind === 'int') t.literals.push({ id: p.id, span: p.span, digits: p.value.digits, negative: p.negative, type: own });
  const k = known(t, type);
  // A string literal also matches a `str` place behind a reference that was looked through.
  if (p.value.kind === 'string' && k.kind === 'str') return;
  agree(t, p, own, type, origin);
}

function checkRange(t: Typing, p: Pattern & { kind: 'rangePattern' }, type: Type, origin: Span | null): void {
  for (const end of [p.start, p.end]) {
    if (end === null) continue;
    check(t, end, type, 'move', origin);
    const k = resolved(t, type);
    const own = end.kind === 'literalPattern' ? known(t, literalType(t, end.value, type, end.span)) : k;
    if (!rangeable(own) && own.kind !== 'error') {
      report(t, 'E0029', end.span, { type: show(t, own) }, { label: `this is of type \`${show(t, own)}\` but it should be \`char\` or numeric` });
      return;
    }
  }
}

const rangeable = (k: Type): boolean => k.kind === 'int' || k.kind === 'float' || k.kind === 'char' || k.kind === 'infer';

// ------------------------------------------------------------------ structs and variants

function checkTupleStruct(t: Typing, p: Pattern & { kind: 'tupleStructPattern' }, type: Type, mode: Mode, origin: Span | null): void {
  const before = t.problems.length;
  const value = pathValue(t, p.path, null, [p.path.id]);
  // A variant with named fields has no value to match: here that is a matter of how it is written.
  if (value.resolution === null && t.problems.length > before && t.problems[before]?.code === 'E0533') {
    t.problems.length = before;
    report(t, 'E0164', p.span, { what: 'variant with named fields' }, { label: 'not a tuple struct or variant', notes: [`it has named fields: write \`${nameOf(t, p)} { .. }\``], fixes: [{ title: 'match it whatever its fields are', certain: false, edits: [{ span: { ...p.span, start: p.path.span.end }, text: ' { .. }' }] }] });
  }
  const to = value.resolution;
  const fail = (): void => { for (const e of p.elements) check(t, e, ERROR, mode, origin); };
  if (to === null) return fail();
  if (to.kind !== 'constructor') {
    if (value.type.kind !== 'error') report(t, 'E0164', p.span, { what: to.kind === 'fn' ? 'function' : to.kind }, { label: 'not a tuple struct or variant' });
    return fail();
  }
  const variant = variantsOf(t.u, to.def)[to.variant ?? 0];
  const own = intern({ kind: 'adt', def: to.def, args: to.args });
  if (variant === undefined) return fail();
  if (variant.shape !== 'tuple') {
    report(t, 'E0532', p.span, { expected: 'tuple struct or tuple variant', found: to.variant === null ? 'unit struct' : 'unit variant', name: variant.name }, { label: 'not a tuple struct or tuple variant' });
    return fail();
  }
  agree(t, p, own, type, origin);
  const fields = variant.fields;
  const rest = p.elements.findIndex(e => e.kind === 'rest');
  const written = p.elements.filter(e => e.kind !== 'rest').length;
  if (rest < 0 ? written !== fields.length : written > fields.length) {
    const n = fields.length;
    report(t, 'E0023', p.span, { found: String(written), expected: String(n), what: to.variant === null ? 'tuple struct' : 'tuple variant' }, {
      label: `expected ${n} field${n === 1 ? '' : 's'}, found ${written}`,
      labels: [{ span: variant.span, text: `it has ${n} field${n === 1 ? '' : 's'}` }],
      fixes: written < n && rest < 0 ? [{ title: 'ignore the others', certain: false, edits: [{ span: { ...p.span, start: p.span.end - 1, end: p.span.end - 1 }, text: written === 0 ? '..' : ', _'.repeat(n - written) }] }] : [],
    });
  }
  p.elements.forEach((e, i) => {
    if (e.kind === 'rest') return check(t, e, ERROR, mode, origin);
    const at = rest >= 0 && i > rest ? fields.length - (p.elements.length - i) : i;
    const field = fields[at];
    if (field !== undefined && !accessible(t, field.visibleIn)) report(t, 'E0532', p.span, { expected: 'tuple struct with visible fields', found: 'one with private fields', name: variant.name });
    check(t, e, field === undefined ? ERROR : normal(t, instantiate(field.type, to.args), { span: e.span, why: { kind: 'other' } }), mode, origin);
  });
}

/** The struct or variant that a path with `{ … }` names. */
export function structPath(t: Typing, path: Path): { readonly type: Type; readonly variant: number | null } | null {
  const res = t.table.types.get(path.id) ?? t.table.values.get(path.id);
  if (res === undefined || res.res.kind === 'error') return null;
  const def = res.res.kind === 'def' ? t.u.definitions.byId.get(res.res.def) : undefined;
  const last = path.segments[path.segments.length - 1];
  if (def?.kind === 'variant' && res.used === path.segments.length) {
    t.given = { self: null, args: [] };
    const value = variantPath(t, path, def.enum, def.index);
    if (t.given.args.length > 0) t.facts.annotations.set(path.id, intern({ kind: 'adt', def: def.enum, args: t.given.args }));
    return value;
  }
  const lowered = lowerPathBase(path, keeping(t), true);
  if (lowered.kind === 'adt' && (lowered.flags & HAS_REGION) !== 0 && res.res.kind !== 'self') t.facts.annotations.set(path.id, lowered);
  const base = normal(t, eraseRegions(lowered), { span: path.span, why: { kind: 'other' } });
  const k = known(t, base);
  if (k.kind === 'error') return null;
  if (k.kind !== 'adt') {
    report(t, 'E0071', path.span, { type: show(t, k) }, { label: 'not a struct' });
    return null;
  }
  if (res.used < path.segments.length && last !== undefined) {
    const index = variantsOf(t.u, k.def).findIndex(v => v.name === last.name.text);
    if (index < 0 || t.u.definitions.byId.get(k.def)?.kind !== 'enum') {
      report(t, 'E0599', last.name.span, { what: 'variant', name: last.name.text, type: show(t, k) }, { label: `not found in \`${show(t, k)}\`` });
      return null;
    }
    t.facts.paths.set(path.id, { kind: 'constructor', def: k.def, variant: index, args: k.args });
    return { type: k, variant: index };
  }
  if (t.u.definitions.byId.get(k.def)?.kind !== 'struct') {
    report(t, 'E0574', path.span, { name: show(t, k), expected: 'struct, variant or union type', found: 'enum' }, { label: 'not a struct, variant or union type' });
    return null;
  }
  t.facts.paths.set(path.id, { kind: 'constructor', def: k.def, variant: null, args: k.args });
  return { type: k, variant: null };
}

function variantPath(t: Typing, path: Path, def: DefId, variant: number): { type: Type; variant: number } {
  const last = path.segments[path.segments.length - 1];
  const before = path.segments[path.segments.length - 2];
  const args = argsFor(t, def, last?.args ?? before?.args ?? null, [], path.span);
  t.facts.paths.set(path.id, { kind: 'constructor', def, variant, args });
  return { type: intern({ kind: 'adt', def, args }), variant };
}

function checkStruct(t: Typing, p: Pattern & { kind: 'structPattern' }, type: Type, mode: Mode, origin: Span | null): void {
  const found = structPath(t, p.path);
  if (found === null || found.type.kind !== 'adt') {
    for (const f of p.fields) check(t, f.pattern, ERROR, mode, origin);
    return;
  }
  agree(t, p, found.type, type, origin);
  const variant = variantsOf(t.u, found.type.def)[found.variant ?? 0];
  if (variant === undefined) return;
  if (variant.shape === 'tuple' && (p.fields.some(f => f.shorthand) || (p.fields.length === 0 && !p.rest))) {
    report(t, 'E0769', p.span, { name: variant.name }, { label: `\`${variant.name}\` has fields without names`, fixes: [{ title: 'match its fields by position', certain: false, edits: [{ span: { ...p.span, start: p.path.span.end }, text: `(${variant.fields.map(() => '_').join(', ')})` }] }] });
    for (const f of p.fields) check(t, f.pattern, ERROR, mode, origin);
    return;
  }
  const args = found.type.args;
  const seen = new Set<number>();
  const unknown: typeof p.fields[number][] = [];
  for (const f of p.fields) {
    const index = variant.fields.findIndex(x => x.name === f.name.text);
    const field = variant.fields[index];
    if (field === undefined) {
      unknown.push(f);
      check(t, f.pattern, ERROR, mode, origin);
      continue;
    }
    if (seen.has(index)) report(t, 'E0025', f.span, { name: f.name.text }, { label: 'named twice' });
    seen.add(index);
    if (!accessible(t, field.visibleIn)) report(t, 'E0451', f.span, { name: f.name.text, type: show(t, found.type), what: 'struct' }, { label: 'private field' });
    t.facts.fields.set(f.id, index);
    check(t, f.pattern, normal(t, instantiate(field.type, args), { span: f.span, why: { kind: 'other' } }), mode, origin);
  }
  const missing = variant.fields.filter((_, i) => !seen.has(i)).map(f => f.name);
  const what = found.variant === null ? 'struct' : 'variant';
  for (const f of unknown) {
    const near = nearest(f.name.text, missing);
    report(t, 'E0026', f.name.span, { what, name: found.variant === null ? show(t, found.type) : `${show(t, found.type)}::${variant.name}`, field: f.name.text }, {
      label: `${what} \`${variant.name}\` has no such field`,
      fixes: near === null || f.shorthand ? [] : [{ title: `use \`${near}\``, certain: false, edits: [{ span: f.name.span, text: near }] }],
    });
  }
  if (!p.rest && missing.length > 0 && unknown.length === 0) {
    report(t, 'E0027', p.span, { fields: missing.map(m => `\`${m}\``).join(', ') }, {
      label: `missing ${missing.map(m => `\`${m}\``).join(', ')}`,
      fixes: [{ title: 'ignore them with `..`', certain: false, edits: [{ span: { ...p.span, start: p.span.end - 1, end: p.span.end - 1 }, text: p.fields.length === 0 ? ' .. ' : ', .. ' }] }],
    });
  }
}

// ------------------------------------------------------------------ tuples, slices, references

function checkTuple(t: Typing, p: Pattern & { kind: 'tuplePattern' }, type: Type, mode: Mode, origin: Span | null): void {
  const rest = p.elements.findIndex(e => e.kind === 'rest');
  const k = known(t, type);
  let parts: readonly Type[];
  if (k.kind === 'tuple' && (rest < 0 ? k.elements.length === p.elements.length : k.elements.length >= p.elements.length - 1)) parts = k.elements;
  else {
    const own = tuple(p.elements.filter(e => e.kind !== 'rest').map(e => fresh(t, e.span, 'pattern')));
    parts = agree(t, p, own, type, origin) && own.kind === 'tuple' ? own.elements : [];
  }
  p.elements.forEach((e, i) => {
    if (e.kind === 'rest') return check(t, e, ERROR, mode, origin);
    const at = rest >= 0 && i > rest ? parts.length - (p.elements.length - i) : i;
    check(t, e, parts[at] ?? ERROR, mode, origin);
  });
}

function checkSlice(t: Typing, p: Pattern & { kind: 'slicePattern' }, type: Type, mode: Mode, origin: Span | null): void {
  const isRest = (e: Pattern): boolean => e.kind === 'rest' || (e.kind === 'binding' && e.sub?.kind === 'rest');
  const rest = p.elements.findIndex(isRest);
  const count = p.elements.length - (rest < 0 ? 0 : 1);
  const k = known(t, type);
  let element: Type = ERROR;
  let whole: Type = ERROR;
  let wrong: Type | null = null;
  if (k.kind === 'slice') {
    element = k.element;
    whole = k;
  } else if (k.kind === 'array') {
    element = k.element;
    const length = known(t, k.length);
    if (length.kind === 'const') {
      const n = Number(length.value);
      if (rest < 0 && n !== count) wrong = report(t, 'E0527', p.span, { pattern: String(count), array: String(n) }, { label: `expected ${n} element${n === 1 ? '' : 's'}` });
      else if (rest >= 0 && n < count) wrong = report(t, 'E0528', p.span, { pattern: String(count), array: String(n) }, { label: `pattern cannot match an array of ${n}` });
      whole = array(k.element, constant(BigInt(Math.max(0, n - count))));
    } else if (length.kind === 'infer' && rest < 0) {
      unify(t.cx.infer, length, constant(BigInt(count)));
    } else {
      wrong = report(t, 'E0730', p.span, {}, { label: 'cannot match an array without a fixed length' });
      whole = slice(k.element);
    }
  } else if (k.kind !== 'error') {
    const list = k.kind === 'adt' && (isLang(t.u, k.def, 'Vec') || t.u.definitions.byId.get(k.def)?.name === 'Vec');
    report(t, 'E0529', p.span, { type: show(t, k) }, { label: `pattern cannot match with input type \`${show(t, k)}\``, notes: list ? ['match on `&v[..]` instead'] : [] });
  }
  if (wrong !== null) setType(t, p.id, wrong);
  for (const e of p.elements) {
    if (!isRest(e)) check(t, e, element, mode, origin);
    else check(t, e, whole, mode, origin);
  }
}

function checkRef(t: Typing, p: Pattern & { kind: 'refPattern' }, type: Type, mode: Mode, origin: Span | null): void {
  const k = settled(t, type, solvePending);
  if (mode !== 'move') {
    report(t, 'E1060', p.span, { word: '&' }, { label: 'a reference pattern may be written only where the value is matched by value' });
  }
  if (k.kind === 'ref') {
    if (known(t, k.inner).kind === 'dyn' && k.mutable === p.mutable) {
      report(t, 'E0033', p.span, { type: show(t, k) }, { label: `type \`${show(t, k)}\` cannot be dereferenced` });
      check(t, p.inner, ERROR, 'move', origin);
      return;
    }
    if (k.mutable !== p.mutable) agree(t, p, refTo(fresh(t, p.span, 'pattern'), p.mutable), type, origin);
    check(t, p.inner, k.inner, 'move', origin);
    return;
  }
  const inner = fresh(t, p.inner.span, 'pattern');
  const fine = mode !== 'move' || agree(t, p, refTo(inner, p.mutable), type, origin);
  check(t, p.inner, fine && mode === 'move' ? inner : ERROR, 'move', origin);
}
