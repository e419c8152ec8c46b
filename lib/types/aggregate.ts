/**
 * Values made of parts: tuples, arrays, ranges, struct literals; and taking parts out: fields. In: the expression and what is
 * expected. Out: its type; field indices and resolutions in the facts.
 * Errors: E0308 E0063 E0062 E0560 E0559 E0451 E0436 E0609 E0610 E0615 E0616.
 */
import type { Fix } from '../report/problem.ts';
import { nearest } from '../names/suggest.ts';
import type { Expr } from '../syntax/tree.ts';
import { autoderef, derefAdjustments } from './autoderef.ts';
import { branches, coerce, mergedType, push } from './coerce.ts';
import { solvePending } from './fulfil.ts';
import { commitIf } from './infer.ts';
import { whereToWrite } from './missing.ts';
import { structPath } from './pattern.ts';
import { accessible, findMethod } from './probe.ts';
import { adt, array, constant, ERROR, tuple, USIZE, type Type } from './type.ts';
import { adjust, bare, fresh, has, hint, known, NONE, normal, report, require, requireLang, settled, show, type Expect, type Typing } from './typing.ts';
import { instantiate, isLang, lang, variantsOf } from './universe.ts';
import { unify } from './unify.ts';

type Of<K extends Expr['kind']> = Expr & { readonly kind: K };

/** An expectation for a part: unsized parts are hints. */
function partExpect(t: Typing, type: Type): Expect {
  const k = known(t, type);
  return k.kind === 'dyn' || k.kind === 'slice' || k.kind === 'str' ? hint(k) : has(type);
}

export function checkTuple(t: Typing, e: Of<'tuple'>, expect: Expect): Type {
  const want = expect.kind === 'has' || expect.kind === 'hint' ? known(t, expect.type) : null;
  const wanted = want?.kind === 'tuple' && want.elements.length === e.elements.length ? want.elements : null;
  return tuple(e.elements.map((x, i) => {
    const w = wanted?.[i];
    if (w === undefined) return t.rules.expr(t, x, NONE);
    const type = t.rules.expr(t, x, expect.kind === 'hint' ? hint(w) : partExpect(t, w));
    if (expect.kind === 'hint' && known(t, w).kind !== known(t, type).kind) return type;
    return coerce(t, x.id, x.span, type, w);
  }));
}

export function checkArray(t: Typing, e: Of<'array'>, expect: Expect): Type {
  const want = expect.kind === 'has' || expect.kind === 'hint' ? known(t, expect.type) : null;
  const element = want?.kind === 'array' || want?.kind === 'slice' ? want.element : null;
  const all = branches(element ?? fresh(t, e.span, 'element'));
  let first: Expr['span'] | null = null;
  for (const x of e.elements) {
    const k = known(t, all.merged ?? all.expected);
    const type = t.rules.expr(t, x, k.kind === 'infer' && k.of === 'type' ? NONE : partExpect(t, k));
    push(t, all, x.id, x.span, type, { first });
    first ??= x.span;
  }
  const merged = e.elements.length === 0 ? all.expected : mergedType(t, all);
  return array(merged, constant(BigInt(e.elements.length)));
}

export function checkRepeat(t: Typing, e: Of<'repeat'>, expect: Expect): Type {
  const want = expect.kind === 'has' || expect.kind === 'hint' ? known(t, expect.type) : null;
  const element = want?.kind === 'array' || want?.kind === 'slice' ? want.element : null;
  const type = element === null ? t.rules.expr(t, e.value, NONE) : coerce(t, e.value.id, e.value.span, t.rules.expr(t, e.value, partExpect(t, element)), element);
  const length = t.names.evaluate(e.count, USIZE, t.body.owner, t.names, t.problems);
  if (length.kind === 'const') t.facts.constants.set(e.id, length.value);
  const value = bare(e.value);
  const to = value.kind === 'pathExpr' ? t.facts.paths.get(value.path.id) : undefined;
  // One element is moved; a constant is evaluated for each.
  if (to?.kind !== 'const' && !(length.kind === 'const' && length.value <= 1n)) requireLang(t, 'copy', { span: e.value.span, why: { kind: 'copy' } }, type);
  return array(type, length);
}

export function checkRange(t: Typing, e: Of<'range'>, expect: Expect): Type {
  const name = e.start === null ? (e.end === null ? 'RangeFull' : e.inclusive ? 'RangeToInclusive' : 'RangeTo') : e.end === null ? 'RangeFrom' : e.inclusive ? 'RangeInclusive' : 'Range';
  const def = lang(t.u, name);
  const want = expect.kind === 'has' ? known(t, expect.type) : null;
  const index = want?.kind === 'adt' && want.def === def ? want.args[0] : undefined;
  const type = index ?? fresh(t, e.span);
  for (const end of [e.start, e.end]) {
    if (end === null) continue;
    const k = known(t, type);
    coerce(t, end.id, end.span, t.rules.expr(t, end, k.kind === 'infer' && k.of === 'type' ? NONE : has(type)), type, end === e.end && e.start !== null ? { fixed: e.start.span, fixedText: 'the start has the type' } : {});
  }
  if (def === null) return ERROR;
  return name === 'RangeFull' ? adt(def, []) : adt(def, [type]);
}

// ------------------------------------------------------------------ struct literals

export function checkStruct(t: Typing, e: Of<'struct'>, expect: Expect): Type {
  const found = structPath(t, e.path);
  if (found === null || found.type.kind !== 'adt') {
    for (const f of e.fields) t.rules.expr(t, f.value, NONE);
    if (e.base !== null) t.rules.expr(t, e.base, NONE);
    return ERROR;
  }
  const type = found.type;
  const want = expect.kind === 'has' ? known(t, expect.type) : null;
  if (want !== null && want.kind === 'adt' && want.def === type.def) commitIf(t.cx.infer, () => unify(t.cx.infer, type, want));
  const variant = variantsOf(t.u, type.def)[found.variant ?? 0];
  if (variant === undefined) return ERROR;
  const what = found.variant === null ? 'struct' : 'variant';
  const seen = new Set<number>();
  let wrong = false;
  for (const f of e.fields) {
    const index = variant.fields.findIndex(x => x.name === f.name.text);
    const field = variant.fields[index];
    if (field === undefined) {
      wrong = true;
      const left = variant.fields.filter(x => !e.fields.some(y => y.name.text === x.name)).map(x => x.name);
      const near = nearest(f.name.text, left);
      report(t, found.variant === null ? 'E0560' : 'E0559', f.name.span, { what, type: found.variant === null ? show(t, type) : `${show(t, type)}::${variant.name}`, field: f.name.text }, {
        label: `\`${variant.name}\` has no such field`,
        notes: left.length === 0 ? [] : [`fields left: ${left.map(x => `\`${x}\``).join(', ')}`],
        fixes: near === null || f.shorthand ? [] : [{ title: `use \`${near}\``, certain: false, edits: [{ span: f.name.span, text: near }] }],
      });
      t.rules.expr(t, f.value, NONE);
      continue;
    }
    if (seen.has(index)) {
      wrong = true;
      report(t, 'E0062', f.name.span, { field: f.name.text }, { label: 'given twice' });
    }
    seen.add(index);
    if (!accessible(t, field.visibleIn)) {
      wrong = true;
      report(t, 'E0451', f.name.span, { name: f.name.text, type: show(t, type), what }, { label: 'private field' });
    }
    t.facts.fields.set(f.id, index);
    const fieldType = normal(t, instantiate(field.type, type.args), { span: f.span, why: { kind: 'other' } });
    const value = t.rules.expr(t, f.value, partExpect(t, fieldType));
    coerce(t, f.value.id, f.value.span, value, fieldType);
  }
  if (e.base !== null) {
    if (found.variant !== null || t.u.definitions.byId.get(type.def)?.kind !== 'struct') {
      t.rules.expr(t, e.base, NONE);
      report(t, 'E0436', e.base.span, {}, { label: 'only structs can be updated' });
    } else coerce(t, e.base.id, e.base.span, t.rules.expr(t, e.base, has(type)), type);
    const hidden = variant.fields.find((f, i) => !seen.has(i) && !accessible(t, f.visibleIn));
    if (hidden !== undefined) report(t, 'E0451', e.base.span, { name: hidden.name, type: show(t, type), what }, { label: `field \`${hidden.name}\` is private` });
  } else if (!wrong) {
    const missing = variant.fields.filter((_, i) => !seen.has(i));
    if (missing.length > 0) {
      const names = missing.map(f => `\`${f.name}\``).join(', ');
      report(t, 'E0063', e.path.span, { fields: names, type: show(t, type), s: missing.length === 1 ? '' : 's' }, { label: `missing ${names}`, notes: missing.map(f => `\`${f.name}\` is a \`${show(t, instantiate(f.type, type.args))}\``), fixes: toFill(t, e, missing.filter(f => accessible(t, f.visibleIn)).map(f => f.name)) });
    }
  }
  return type;
}


/** The fields that are missing, behind those that are there. */
function toFill(t: Typing, e: Of<'struct'>, names: readonly string[]): Fix[] {
  const text = t.names.files.get(e.span.file)?.text;
  const last = e.fields.at(-1);
  if (text === undefined || names.length === 0) return [];
  const written = names.map(name => `${name}: todo()`);
  const title = names.length === 1 ? 'write it, to be filled in' : 'write them, to be filled in';
  const insert = (at: number, what: string): Fix[] => [{ title, certain: false, edits: [{ span: { ...e.span, start: at, end: at }, text: what }] }];
  if (last === undefined) {
    const open = text.indexOf('{', e.path.span.end);
    return open < 0 || open >= e.span.end ? [] : insert(open + 1, ` ${written.join(', ')} `);
  }
  // One a line, where the last one has a line of its own.
  const lineStart = text.lastIndexOf('\n', last.span.start - 1) + 1;
  const indent = text.slice(lineStart, last.span.start);
  const between = indent.trim() === '' && lineStart > e.span.start ? `,\n${indent}` : ', ';
  return insert(last.span.end, written.map(w => `${between}${w}`).join(''));
}

// ------------------------------------------------------------------ fields

export function checkField(t: Typing, e: Of<'field'>): Type {
  const base = settled(t, t.rules.expr(t, e.value, NONE), solvePending);
  if (base.kind === 'error') return ERROR;
  if (base.kind === 'infer' && base.of === 'type') {
    const span = whereToWrite(t, base) ?? e.value.span;
    return report(t, 'E0282', span, { type: '_' }, { label: 'cannot infer type', labels: span === e.value.span ? [] : [{ span: e.name.span, text: 'the type must be known here' }] });
  }
  const name = e.name.text;
  const chain = autoderef(t, base, true);
  let hidden = false;
  for (let i = 0; i < chain.types.length; i++) {
    const at = chain.types[i] as Type;
    let index = -1;
    let type: Type = ERROR;
    if (at.kind === 'tuple' && /^\d+$/.test(name)) {
      index = Number(name) < at.elements.length ? Number(name) : -1;
      type = at.elements[index] ?? ERROR;
    } else if (at.kind === 'adt' && t.u.definitions.byId.get(at.def)?.kind === 'struct') {
      const fields = variantsOf(t.u, at.def)[0]?.fields ?? [];
      index = fields.findIndex(f => f.name === name);
      const field = fields[index];
      if (field !== undefined && !accessible(t, field.visibleIn)) {
        hidden = true;
        continue;
      }
      if (field !== undefined) type = normal(t, instantiate(field.type, at.args), { span: e.span, why: { kind: 'other' } });
    }
    if (index < 0) continue;
    const steps = chain.steps.slice(0, i);
    for (const s of steps) for (const g of s.goals) require(t, g, { span: e.value.span, why: { kind: 'other' } });
    adjust(t, e.value.id, derefAdjustments(t, steps, false));
    t.facts.fields.set(e.id, index);
    return known(t, type);
  }
  if (chain.types.some(x => x.kind === 'error')) return ERROR;
  const method = findMethod(t, base, name);
  if (hidden) return report(t, 'E0616', e.name.span, { field: name, type: show(t, base) }, { label: 'private field', fixes: method.kind === 'found' ? [{ title: 'there is a method of that name: call it', certain: false, edits: [{ span: { ...e.name.span, start: e.name.span.end }, text: '()' }] }] : [] });
  if (method.kind === 'found' || method.kind === 'private') {
    return report(t, 'E0615', e.name.span, { name, type: show(t, base) }, { label: 'method, not a field', fixes: [{ title: 'call it', certain: false, edits: [{ span: { ...e.name.span, start: e.name.span.end }, text: '()' }] }] });
  }
  if (base.kind === 'int' || base.kind === 'float' || base.kind === 'bool' || base.kind === 'char' || (base.kind === 'infer' && base.of !== 'type')) {
    return report(t, 'E0610', e.name.span, { type: show(t, base), field: name }, { label: `\`${show(t, base)}\` is a primitive type and has no fields` });
  }
  const fields = chain.types.flatMap(x => (x.kind === 'adt' && t.u.definitions.byId.get(x.def)?.kind === 'struct' ? (variantsOf(t.u, x.def)[0]?.fields ?? []) : [])).map(f => f.name);
  const near = nearest(name, fields);
  const wraps = chain.types.find(x => x.kind === 'adt' && (isLang(t.u, x.def, 'Option') || isLang(t.u, x.def, 'Result')));
  return report(t, 'E0609', e.name.span, { field: name, type: show(t, base) }, {
    label: 'unknown field',
    notes: fields.length > 0 && near === null ? [`its fields are: ${fields.slice(0, 8).map(f => `\`${f}\``).join(', ')}`] : wraps !== undefined ? ['the value inside must be taken out first, with `match`, `if let` or `?`'] : [],
    fixes: near === null ? [] : [{ title: `use \`${near}\``, certain: false, edits: [{ span: e.name.span, text: near }] }],
  });
}
