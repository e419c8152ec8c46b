/**
 * Checks the patterns of a body: a `match` must be exhaustive (E0004), patterns of `let`, `for` and parameters must always match (E0005), and an arm
 * that can never be reached is a warning. In: a body with its facts. Out: problems. Cost: linear in the body, plus the matches.
 */
import { problem, type Fix, type Problem } from '../report/problem.ts';
import type { Block, Expr, Literal, NodeId, Pattern } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { Body, World } from '../names/table.ts';
import { constantOf, type Value } from './consteval.ts';
import { fieldTypes, wild, type Constructor, type Pat, type PatternTypes } from './constructor.ts';
import { usefulness, type Row } from './exhaustive.ts';
import type { BodyFacts, Resolution } from './facts.ts';
import { checkWhole } from './match-bindings.ts';
import { printType } from './print.ts';
import { U8, type Type } from './type.ts';

interface Check {
  readonly world: World;
  readonly facts: BodyFacts;
  readonly types: PatternTypes;
  readonly problems: Problem[];
  readonly isCopy: (type: Type) => boolean;
  /** A pattern had a mistake of its own: nothing is said about the match. */
  broken: boolean;
}

export function checkMatches(body: Body, facts: BodyFacts, world: World, normalize: (type: Type) => Type, isCopy: (type: Type) => boolean): Problem[] {
  const check: Check = { world, facts, types: { definitions: world.definitions, normalize }, problems: [], isCopy, broken: false };
  for (const p of body.params) {
    if (p.kind !== 'param') continue;
    checkIrrefutable(check, p.pattern, 'function argument', null);
    visit(check, p.pattern);
  }
  visit(check, body.body);
  return check.problems;
}

/** Every node of a body but nested items, which are bodies of their own. */
function visit(check: Check, node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const part of node) visit(check, part);
    return;
  }
  const e = node as Expr | Block | (Pattern & { kind: 'binding' }) | { readonly kind: 'let' | 'item'; readonly id: NodeId };
  switch (e.kind) {
    case 'item': return;
    case 'binding': {
      const found = checkWhole(e as Pattern & { kind: 'binding' }, check.facts, check.isCopy);
      if (found !== null) check.problems.push(found);
      break;
    }
    case 'match': checkMatch(check, e as Expr & { kind: 'match' }); break;
    case 'let': {
      const s = e as unknown as { readonly pattern: Pattern; readonly orElse: Block | null; readonly value: Expr | null };
      if (s.orElse === null) checkIrrefutable(check, s.pattern, 'local binding', s.value);
      break;
    }
    case 'for': checkIrrefutable(check, (e as Expr & { kind: 'for' }).pattern, '`for` loop binding', null); break;
    case 'closure':
      for (const p of (e as Expr & { kind: 'closure' }).params) checkIrrefutable(check, p.pattern, 'closure argument', null);
      break;
    default: break;
  }
  for (const key in node) {
    if (key === 'span') continue;
    const part = (node as Readonly<Record<string, unknown>>)[key];
    if (typeof part === 'object') visit(check, part);
  }
}

function checkMatch(check: Check, e: Expr & { kind: 'match' }): void {
  const type = valueType(check, e.value);
  if (type === null || type.kind === 'error') return;
  check.broken = false;
  const rows: Row[] = [];
  /** Which arm, and which of its alternatives, a row is. */
  const places: Span[] = [];
  for (const arm of e.arms) {
    const alternatives = arm.pattern.kind === 'orPattern' ? arm.pattern.alternatives : [arm.pattern];
    for (const p of alternatives) {
      rows.push({ pattern: build(check, p), guarded: arm.guard !== null });
      places.push(p.span);
    }
  }
  if (check.broken) return;
  const { missing, useful } = usefulness(check.types, type, rows);
  useful.forEach((yes, i) => {
    const span = places[i];
    if (!yes && span !== undefined) check.problems.push(problem('W1201', span, {}, { label: 'no value can reach this', labels: [] }));
  });
  if (missing.length === 0) return;
  const shown = missing.slice(0, 3).map(m => `\`${m}\``);
  const names = missing.length > 3 ? `${shown.join(', ')} and ${missing.length - 3} more` : shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}` : (shown[0] ?? '');
  const last = e.arms.at(-1);
  const text = missing.length > 3 ? '_' : missing.join(' | ');
  check.problems.push(problem('E0004', e.value.span, { patterns: names, type: printType(type, check.world.definitions) }, {
    label: `${missing.length === 1 ? 'pattern' : 'patterns'} ${names} not covered`,
    notes: [`the matched value is of type \`${printType(type, check.world.definitions)}\``],
    fixes: last === undefined ? firstArm(check, e, text) : [{ title: `add an arm: \`${text}: todo()\``, edits: [{ span: { ...last.span, start: last.span.end }, text: `\n${indentOf(check, last.span)}${text}: todo()` }], certain: false }],
  }));
}

/** The arm of a `match` that has none yet. */
function firstArm(check: Check, e: Expr & { kind: 'match' }, text: string): Fix[] {
  const source = check.world.files.get(e.span.file)?.text ?? '';
  const colon = source.indexOf(':', e.value.span.end);
  if (colon < 0 || source.slice(e.value.span.end, colon).trim() !== '') return [];
  const line = source.slice(source.lastIndexOf('\n', e.span.start - 1) + 1, e.span.start);
  const indent = /^ */.exec(line)?.[0] ?? '';
  return [{ title: `add an arm: \`${text}: todo()\``, certain: false, edits: [{ span: { ...e.span, start: colon + 1, end: colon + 1 }, text: `\n${indent}    ${text}: todo()` }] }];
}

/** What stands before the place on its line. */
function indentOf(check: Check, span: Span): string {
  const text = check.world.files.get(span.file)?.text ?? '';
  return text.slice(text.lastIndexOf('\n', span.start - 1) + 1, span.start).replace(/[^ ]/g, ' ');
}

/** Type of the matched value, after its adjustments. */
function valueType(check: Check, e: Expr): Type | null {
  const adjusted = check.facts.adjustments.get(e.id)?.at(-1)?.target;
  return adjusted ?? check.facts.types.get(e.id) ?? null;
}

function checkIrrefutable(check: Check, p: Pattern, what: string, value: Expr | null): void {
  if (p.kind === 'wildcard' || (p.kind === 'binding' && p.sub === null && !check.facts.paths.has(p.id))) return;
  // References that the pattern looks through come first: the normal form has them too.
  const type = check.facts.patternDerefs.get(p.id)?.[0] ?? check.facts.types.get(p.id);
  if (type === undefined || type.kind === 'error') return;
  check.broken = false;
  const pattern = build(check, p);
  if (check.broken) return;
  const { missing } = usefulness(check.types, type, [{ pattern, guarded: false }]);
  if (missing.length === 0) return;
  const names = missing.slice(0, 3).map(m => `\`${m}\``).join(', ');
  check.problems.push(problem('E0005', p.span, { what, patterns: names }, {
    label: `${missing.length === 1 ? 'pattern' : 'patterns'} ${names} not covered`,
    notes: [`the matched value is of type \`${printType(type, check.world.definitions)}\``],
    fixes: value === null || what !== 'local binding' ? [] : [{ title: 'say what happens otherwise: `else: todo()`', edits: [{ span: { ...value.span, start: value.span.end }, text: ' else: todo()' }], certain: false }],
  }));
}

// ---------------------------------------------------------------- from tree to normal form

function build(check: Check, p: Pattern): Pat {
  const type = check.facts.types.get(p.id);
  if (type === undefined || type.kind === 'error') {
    check.broken = true;
    return wild(type ?? U8);
  }
  const peeled = check.facts.patternDerefs.get(p.id) ?? [];
  let inner: Type = type;
  for (const t of peeled) inner = t.kind === 'ref' ? t.inner : inner;
  let made = buildAt(check, p, check.types.normalize(inner));
  for (let i = peeled.length - 1; i >= 0; i--) {
    const t = peeled[i];
    if (t !== undefined) made = { kind: 'made', type: t, by: { kind: 'single' }, fields: [made] };
  }
  return made;
}

function buildAt(check: Check, p: Pattern, type: Type): Pat {
  switch (p.kind) {
    case 'wildcard': case 'rest': return wild(type);
    case 'binding': {
      const named = check.facts.paths.get(p.id);
      if (named !== undefined) return ofResolution(check, named, type, p.span);
      return p.sub === null ? wild(type) : build(check, p.sub);
    }
    case 'literalPattern': return ofLiteral(p.value, p.negative, type);
    case 'rangePattern': return ofRange(check, p, type);
    case 'pathPattern': {
      const named = check.facts.paths.get(p.path.id);
      if (named === undefined) break;
      return ofResolution(check, named, type, p.span);
    }
    case 'tupleStructPattern': {
      const by = constructorOf(check.facts.paths.get(p.path.id));
      if (by === null) break;
      return { kind: 'made', type, by, fields: withRest(check, p.elements, fieldTypes(check.types, type, by)) };
    }
    case 'structPattern': {
      const by = constructorOf(check.facts.paths.get(p.path.id));
      if (by === null) break;
      const fields: Pat[] = fieldTypes(check.types, type, by).map(wild);
      for (const f of p.fields) {
        const at = check.facts.fields.get(f.id);
        if (at !== undefined) fields[at] = build(check, f.pattern);
      }
      return { kind: 'made', type, by, fields };
    }
    case 'tuplePattern':
      if (type.kind !== 'tuple') break;
      return { kind: 'made', type, by: { kind: 'single' }, fields: withRest(check, p.elements, type.elements) };
    case 'refPattern': return { kind: 'made', type, by: { kind: 'single' }, fields: [build(check, p.inner)] };
    case 'slicePattern': return ofSlice(check, p, type);
    case 'orPattern': return { kind: 'or', type, alternatives: p.alternatives.map(a => build(check, a)) };
    case 'errorPattern': break;
  }
  check.broken = true;
  return wild(type);
}

function constructorOf(found: Resolution | undefined): Constructor | null {
  if (found?.kind !== 'constructor') return null;
  return found.variant === null ? { kind: 'single' } : { kind: 'variant', index: found.variant };
}

/** `(a, .., z)` over all fields. */
function withRest(check: Check, elements: readonly Pattern[], types: readonly Type[]): Pat[] {
  const rest = elements.findIndex(e => e.kind === 'rest');
  if (rest < 0) return types.map((t, i) => (elements[i] === undefined ? wild(t) : build(check, elements[i])));
  const back = elements.length - rest - 1;
  return types.map((t, i) => {
    const from = i < rest ? elements[i] : i >= types.length - back ? elements[rest + 1 + i - (types.length - back)] : undefined;
    return from === undefined ? wild(t) : build(check, from);
  });
}

function ofSlice(check: Check, p: Pattern & { kind: 'slicePattern' }, type: Type): Pat {
  if (type.kind !== 'slice' && type.kind !== 'array') {
    check.broken = true;
    return wild(type);
  }
  const isRest = (e: Pattern): boolean => e.kind === 'rest' || (e.kind === 'binding' && e.sub?.kind === 'rest');
  const rest = p.elements.findIndex(isRest);
  const front = (rest < 0 ? p.elements : p.elements.slice(0, rest)).map(e => build(check, e));
  const back = rest < 0 ? [] : p.elements.slice(rest + 1).map(e => build(check, e));
  if (type.kind === 'array' && type.length.kind === 'const') {
    const length = Number(type.length.value);
    const middle = Math.max(0, length - front.length - back.length);
    const fields = [...front, ...new Array<Pat>(rest < 0 ? 0 : middle).fill(wild(type.element)), ...back];
    return { kind: 'made', type, by: { kind: 'slice', prefix: length, suffix: null }, fields };
  }
  return { kind: 'made', type, by: { kind: 'slice', prefix: front.length, suffix: rest < 0 ? null : back.length }, fields: [...front, ...back] };
}

function number(type: Type, value: bigint): Pat {
  return { kind: 'made', type, by: { kind: 'range', low: value, high: value }, fields: [] };
}

function opaque(type: Type, key: string | null, text: string): Pat {
  return { kind: 'made', type, by: { kind: 'literal', key, text }, fields: [] };
}

function ofLiteral(value: Literal, negative: boolean, type: Type): Pat {
  switch (value.kind) {
    case 'int': {
      const n = negative ? -value.digits : value.digits;
      return type.kind === 'float' ? opaque(type, String(Number(n)), String(n)) : number(type, n);
    }
    case 'bool': return number(type, value.value ? 1n : 0n);
    case 'char': case 'byte': return number(type, BigInt(value.value));
    case 'float': {
      const n = Number(value.text.replaceAll('_', '')) * (negative ? -1 : 1);
      return opaque(type, String(n), String(n));
    }
    case 'string': return behind(type, inner => opaque(inner, JSON.stringify(value.value), JSON.stringify(value.value)));
    case 'bytes': case 'cstring': return behind(type, inner => bytes(inner, value.value));
    case 'null': return opaque(type, 'null', 'null');
  }
}

/** A text or byte string is a reference to what it says. */
function behind(type: Type, make: (inner: Type) => Pat): Pat {
  return type.kind === 'ref' ? { kind: 'made', type, by: { kind: 'single' }, fields: [make(type.inner)] } : make(type);
}

function bytes(type: Type, value: readonly number[]): Pat {
  const fields = value.map(b => number(U8, BigInt(b)));
  return { kind: 'made', type, by: { kind: 'slice', prefix: fields.length, suffix: null }, fields };
}

function ofResolution(check: Check, found: Resolution, type: Type, span: Span): Pat {
  if (found.kind === 'constructor') {
    const by = constructorOf(found) ?? { kind: 'single' };
    return { kind: 'made', type, by, fields: fieldTypes(check.types, type, by).map(wild) };
  }
  if (found.kind === 'const') {
    const value = constantOf(check.world, found.def, span, []);
    return value === null ? opaque(type, null, '_') : ofValue(check, value, type);
  }
  check.broken = true;
  return wild(type);
}

/** A constant's value as a pattern. */
function ofValue(check: Check, value: Value, type: Type): Pat {
  switch (value.kind) {
    case 'int': return number(type, value.value);
    case 'bool': return number(type, value.value ? 1n : 0n);
    case 'char': return number(type, BigInt(value.value));
    case 'float': return opaque(type, String(value.value), String(value.value));
    case 'text': return behind(type, inner => opaque(inner, JSON.stringify(value.value), JSON.stringify(value.value)));
    case 'bytes': return behind(type, inner => bytes(inner, value.value));
    case 'null': return opaque(type, 'null', 'null');
    case 'param': return opaque(type, null, '_');
    case 'parts': return ofParts(check, value, type);
  }
}

function ofParts(check: Check, value: Value & { kind: 'parts' }, type: Type): Pat {
  if (type.kind === 'ref') return { kind: 'made', type, by: { kind: 'single' }, fields: [ofParts(check, value, type.inner)] };
  if (type.kind === 'array' || type.kind === 'slice') {
    return { kind: 'made', type, by: { kind: 'slice', prefix: value.parts.length, suffix: null }, fields: value.parts.map(v => ofValue(check, v, type.element)) };
  }
  let by: Constructor = { kind: 'single' };
  let names: readonly string[] | null = null;
  if (type.kind === 'adt') {
    const def = check.world.definitions.byId.get(type.def);
    if (def?.kind === 'enum') {
      const index = def.variants.findIndex(v => v.def === value.def);
      if (index < 0) return opaque(type, null, '_');
      by = { kind: 'variant', index };
      names = def.variants[index]?.fields.map(f => f.name) ?? null;
    } else if (def?.kind === 'struct') names = def.variant.fields.map(f => f.name);
  }
  const fields = fieldTypes(check.types, type, by).map((t, i) => {
    const at = value.names === null ? i : value.names.indexOf(names?.[i] ?? '');
    const part = value.parts[at];
    return part === undefined ? wild(t) : ofValue(check, part, t);
  });
  return { kind: 'made', type, by, fields };
}

function ofRange(check: Check, p: Pattern & { kind: 'rangePattern' }, type: Type): Pat {
  const end = (q: Pattern | null): bigint | null | undefined => {
    if (q === null) return undefined;
    const made = q.kind === 'literalPattern' ? ofLiteral(q.value, q.negative, type) : endConstant(check, q, type);
    return made !== null && made.kind === 'made' && made.by.kind === 'range' ? made.by.low : null;
  };
  const low = end(p.start);
  const high = end(p.end);
  if (low === null || high === null) return opaque(type, null, '_');
  const [min, max] = boundsOf(type);
  if (min === null || max === null) return opaque(type, null, '_');
  const first = low ?? min;
  const last = high === undefined ? max : p.inclusive ? high : high - 1n;
  if (first > last) {
    check.broken = true;
    check.problems.push(problem(p.inclusive ? 'E0030' : 'E0579', p.span, {}, { label: 'it begins after it ends' }));
    return wild(type);
  }
  return { kind: 'made', type, by: { kind: 'range', low: first, high: last }, fields: [] };
}

function endConstant(check: Check, q: Pattern, type: Type): Pat | null {
  const known = check.facts.constants.get(q.id);
  if (known !== undefined) return number(type, known);
  const id = q.kind === 'binding' ? q.id : q.kind === 'pathPattern' ? q.path.id : null;
  if (id === null) return null;
  const named = check.facts.paths.get(id);
  const found = check.world.table.values.get(id);
  const def = named?.kind === 'const' ? named.def : found?.res.kind === 'def' ? found.res.def : null;
  const value = def === null ? null : constantOf(check.world, def, q.span, []);
  return value === null ? null : ofValue(check, value, type);
}

function boundsOf(type: Type): [bigint | null, bigint | null] {
  if (type.kind === 'char') return [0n, 0x10ffffn];
  if (type.kind !== 'int') return [null, null];
  const bits = type.name.endsWith('size') ? 32n : BigInt(type.name.slice(1));
  return type.name.startsWith('i') ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
}
