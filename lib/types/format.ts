/**
 * Calls of the format functions: `println`, `format`, `write`, `panic`, `assert_eq`, `dbg` and their kin. Their text is read
 * and checked here; `{name}` and `{e.field}` become expressions with ids of their own. Arguments are taken by reference.
 * In: the call. Out: its type and `FormatFacts`. Errors: E1030 E1061 E0277 E0061.
 */
import { resolveExprAt } from '../names/collect.ts';
import { freshId, pathOf } from '../names/fresh.ts';
import type { Expr, Name } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { coerce } from './coerce.ts';
import type { Callee, FormatPiece, FormatTrait } from './facts.ts';
import { readFormat, type ArgumentName, type Count } from './format-text.ts';
import { solvePending } from './fulfil.ts';
import { confirmMethod } from './method.ts';
import { noMethod } from './missing.ts';
import { findMethod } from './probe.ts';
import { adt, ERASED, ERROR, NEVER, UNIT, USIZE, type Type } from './type.ts';
import { adjustedType, bare, has, NONE, report, requireLang, settled, type Expect, type Typing } from './typing.ts';
import { checkCondition } from './control.ts';
import { checkComparison } from './operator.ts';
import { lang, traitItem } from './universe.ts';
import { nearest } from '../names/suggest.ts';

type Call = Expr & { readonly kind: 'call' };

/** Arguments before the text. */
const LEADING: Readonly<Record<string, number>> = { write: 1, writeln: 1, assert: 1, debug_assert: 1, assert_eq: 2, assert_ne: 2, debug_assert_eq: 2, debug_assert_ne: 2, dbg: 1 };
const NEVERS = new Set(['panic', 'unreachable', 'todo', 'unimplemented']);

export function checkFormat(t: Typing, e: Call, name: string, _expect: Expect): Type {
  const count = LEADING[name] ?? 0;
  const leading = e.args.slice(0, count);
  const rest = e.args.slice(count);
  if (leading.length < count || (name === 'dbg' && rest.length > 0)) {
    report(t, 'E0061', e.callee.span, { what: 'format function', expected: `${count} argument${count === 1 ? '' : 's'}${name === 'dbg' ? '' : ' before the text'}`, found: String(e.args.length) });
    for (const a of e.args) t.rules.expr(t, a.kind === 'namedArg' ? a.value : a, NONE);
    return NEVERS.has(name) ? NEVER : ERROR;
  }
  const before = leadingTypes(t, name, leading);
  const text = rest[0] === undefined ? null : bare(rest[0]);
  let pieces: readonly FormatPiece[] | null = null;
  let args: Expr[] = [];
  if (text !== null && (text.kind !== 'literal' || text.value.kind !== 'string')) {
    for (const a of rest) t.rules.expr(t, a.kind === 'namedArg' ? a.value : a, NONE);
    report(t, 'E1030', text.span, { name }, { label: 'not a string literal', fixes: [{ title: 'print it with `{}`', certain: false, edits: [{ span: { ...text.span, end: text.span.start }, text: '"{}", ' }] }] });
  } else if (text !== null && text.kind === 'literal' && text.value.kind === 'string') {
    t.rules.expr(t, rest[0] as Expr, NONE);
    const made = checkText(t, e, text.value.value, text.span, rest.slice(1));
    pieces = made.pieces;
    args = made.args;
  } else if (name === 'print' || name === 'eprint' || name === 'format' || name === 'format_args') {
    report(t, 'E0061', e.callee.span, { what: 'format function', expected: 'a text', found: 'none' });
  }
  t.facts.formats.set(e.id, { name, leading, pieces, args, method: before.method });
  return before.result;
}

function leadingTypes(t: Typing, name: string, leading: readonly Expr[]): { result: Type; method: Callee | null } {
  const [first, second] = leading;
  switch (name) {
    case 'format': {
      const string = lang(t.u, 'String');
      return { result: string === null ? ERROR : adt(string, []), method: null };
    }
    case 'format_args': {
      const made = lang(t.u, 'Arguments');
      return { result: made === null ? ERROR : adt(made, [ERASED]), method: null };
    }
    case 'panic': case 'unreachable': case 'todo': case 'unimplemented': return { result: NEVER, method: null };
    case 'write': case 'writeln': return first === undefined ? { result: ERROR, method: null } : writeTo(t, first);
    case 'assert': case 'debug_assert':
      if (first !== undefined) checkCondition(t, first);
      return { result: UNIT, method: null };
    case 'dbg': {
      if (first === undefined) return { result: ERROR, method: null };
      const type = t.rules.expr(t, first, NONE);
      formatted(t, 'Debug', type, first.span);
      return { result: type, method: null };
    }
    case 'assert_eq': case 'assert_ne': case 'debug_assert_eq': case 'debug_assert_ne':
      return { result: UNIT, method: first === undefined || second === undefined ? null : equality(t, first, second) };
    default: return { result: UNIT, method: null };
  }
}

/** `left == right`, and both can be printed. */
function equality(t: Typing, left: Expr, right: Expr): Callee | null {
  const span = { ...left.span, end: right.span.end };
  checkComparison(t, { kind: 'binary', id: freshId(), span, op: '==', left, right, opSpan: left.span }, '==');
  const a = adjustedType(t, left);
  const b = adjustedType(t, right);
  formatted(t, 'Debug', a, left.span);
  formatted(t, 'Debug', b, right.span);
  const trait = lang(t.u, 'eq');
  const method = trait === null ? null : traitItem(t.u, trait, 'eq');
  return method === null ? null : { def: method, args: [a, b] };
}

function writeTo(t: Typing, target: Expr): { result: Type; method: Callee | null } {
  const type = settled(t, t.rules.expr(t, target, NONE), solvePending);
  if (type.kind === 'error') return { result: ERROR, method: null };
  const found = findMethod(t, type, 'write_fmt');
  if (found.kind !== 'found') {
    return { result: noMethod(t, { receiver: target, type, name: 'write_fmt', nameSpan: target.span, unmet: found.kind === 'none' ? found.unmet : null, associated: null }), method: null };
  }
  const method = confirmMethod(t, target, found.pick, null, target.span);
  return { result: method.signature.result, method: method.callee };
}

/** `type` must implement the trait of a format. */
export function formatted(t: Typing, trait: FormatTrait, type: Type, span: Span): void {
  requireLang(t, trait, { span, why: { kind: 'format' } }, type);
}

// ------------------------------------------------------------------ the text

interface Slot {
  readonly expr: Expr;
  readonly name: string | null;
  readonly traits: Set<FormatTrait>;
  isCount: boolean;
  used: boolean;
}

function checkText(t: Typing, e: Call, text: string, literalSpan: Span, given: readonly Expr[]): { pieces: FormatPiece[]; args: Expr[] } {
  const read = readFormat(text);
  // A text without escapes stands in the file as it is: places inside it can be shown.
  const exact = literalSpan.end - literalSpan.start === text.length + 2;
  const at = (from: number, to: number): Span => (exact ? { ...literalSpan, start: literalSpan.start + 1 + from, end: literalSpan.start + 1 + to } : literalSpan);
  for (const w of read.wrong) report(t, 'E1061', at(w.at, w.end), { what: w.text }, { label: w.text });
  const slots: Slot[] = given.map(a => ({ expr: a.kind === 'namedArg' ? a.value : a, name: a.kind === 'namedArg' ? a.name.text : null, traits: new Set(), isCount: false, used: false }));
  const positional = slots.filter(s => s.name === null).length;
  const late = given.findIndex((a, i) => a.kind !== 'namedArg' && given.slice(0, i).some(x => x.kind === 'namedArg'));
  if (late >= 0) report(t, 'E1061', given[late]?.span ?? e.span, { what: 'arguments without names come before those with names' });
  const captured = new Map<string, number>();
  let next = 0;
  const failed = read.wrong.length > 0;
  let complained = false;

  const index = (n: number, span: Span): number | null => {
    if (n < slots.length && (slots[n]?.name === null || n < slots.length)) return n;
    if (!complained && !failed) {
      complained = true;
      const has_ = positional === 0 ? 'no argument is given' : `only ${positional} ${positional === 1 ? 'is' : 'are'} given`;
      report(t, 'E1061', span, { what: `the text asks for an argument that is missing: ${has_}` }, { label: 'there is no value for this' });
    }
    return null;
  };
  const find = (name: ArgumentName, span: Span): number | null => {
    if (name.kind === 'next') return index(next++, span);
    if (name.kind === 'index') return index(name.index, span);
    const written = name.names.map(n => n.text).join('.');
    const named = name.names.length === 1 ? slots.findIndex(s => s.name === written) : -1;
    if (named >= 0) return named;
    const old = captured.get(written);
    if (old !== undefined) return old;
    const expr = capture(t, e, name.names.map(n => ({ text: n.text, span: at(n.at, n.at + n.text.length) })));
    slots.push({ expr, name: null, traits: new Set(), isCount: false, used: true });
    captured.set(written, slots.length - 1);
    return slots.length - 1;
  };
  // Captured arguments come after the given ones: their numbers must not shadow a missing positional.
  const total = slots.length;
  const positionalIndex = (name: ArgumentName, span: Span): number | null => {
    const found = find(name, span);
    return found !== null && name.kind !== 'path' && found >= total ? index(Number.MAX_SAFE_INTEGER, span) : found;
  };
  const countOf = (c: Count | null, span: Span): { literal: number } | { arg: number } | null | undefined => {
    if (c === null) return null;
    if (c.kind === 'literal') return { literal: c.value };
    const found = positionalIndex(c.kind === 'star' ? { kind: 'next' } : c.name, span);
    if (found === null) return undefined;
    const slot = slots[found];
    if (slot !== undefined) {
      slot.isCount = true;
      slot.used = true;
    }
    return { arg: found };
  };

  const pieces: FormatPiece[] = [];
  for (const p of read.pieces) {
    if (p.kind === 'text') {
      pieces.push(p);
      continue;
    }
    const span = at(p.start, p.end);
    // `.*` takes its precision before the value.
    const star = p.precision?.kind === 'star' ? countOf(p.precision, span) : undefined;
    const arg = positionalIndex(p.name, span);
    const width = countOf(p.width, span);
    const precision = p.precision?.kind === 'star' ? star : countOf(p.precision, span);
    if (arg === null || width === undefined || (precision === undefined && p.precision !== null)) continue;
    const slot = slots[arg];
    if (slot !== undefined) {
      slot.traits.add(p.trait);
      slot.used = true;
    }
    pieces.push({ kind: 'value', arg, trait: p.trait, fill: p.fill, align: p.align, sign: p.sign, alternate: p.alternate, zero: p.zero, debugHex: p.debugHex, width, precision: precision ?? null });
  }
  for (const s of slots) checkSlot(t, s);
  if (!failed && !complained) {
    for (const s of slots) {
      if (s.used) continue;
      const names = [...captured.keys()];
      const near = s.name === null ? null : nearest(s.name, names);
      report(t, 'E1061', s.expr.span, { what: s.name === null ? 'an argument is never used by the text' : `the argument \`${s.name}\` is never used by the text` }, { label: 'never used', notes: near === null ? [] : [`the text has \`{${near}}\``] });
    }
  }
  return { pieces, args: slots.map(s => s.expr) };
}

function checkSlot(t: Typing, s: Slot): void {
  const type = t.rules.expr(t, s.expr, s.isCount && s.traits.size === 0 ? has(USIZE) : NONE);
  if (s.isCount) coerce(t, s.expr.id, s.expr.span, type, USIZE);
  for (const trait of s.traits) formatted(t, trait, type, s.expr.span);
  if (s.traits.size > 0) requireLang(t, 'sized', { span: s.expr.span, why: { kind: 'sized' } }, type);
}

/** `{name}` and `{e.field}` as expressions. */
function capture(t: Typing, e: Call, names: readonly Name[]): Expr {
  const [first, ...fields] = names;
  if (first === undefined) throw new Error('a captured argument has a name');
  let expr: Expr = { kind: 'pathExpr', id: freshId(), span: first.span, path: pathOf([first], first.span) };
  for (const name of fields) expr = { kind: 'field', id: freshId(), span: { ...first.span, end: name.span.end }, value: expr, name };
  const place = t.table.places.get(e.id);
  if (place !== undefined) resolveExprAt(t.names, place, expr, t.problems);
  return expr;
}
