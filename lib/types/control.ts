/**
 * Control flow: conditions, matches, loops, `break`, `return` and `?`. In: the expression and what is expected. Out: its type;
 * loops' and `?`'s callees in the facts. Errors: E0308 E0317 E0571 E0572 E0277.
 */
import type { Block, Expr, NodeId } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { goal } from './builtin.ts';
import { branches, coerce, mergedType, push } from './coerce.ts';
import { isDiscard } from './block.ts';
import { solvePending } from './fulfil.ts';
import { BOOL, ERROR, NEVER, projection, UNIT, adt, type Type } from './type.ts';
import { DISCARD, fresh, has, isError, known, NONE, normal, report, require, setType, settled, show, type Expect, type Loop, type Typing } from './typing.ts';
import { isLang, lang, traitItem } from './universe.ts';
import { commitIf, probe } from './infer.ts';
import { evaluate } from './solve.ts';
import { unify } from './unify.ts';

type Of<K extends Expr['kind']> = Expr & { readonly kind: K };

/** What branches are checked against: a type that is not known yet is no help. */
function forBranches(t: Typing, expect: Expect): Expect {
  if (isDiscard(t, expect)) return DISCARD;
  if (expect.kind === 'has' && known(t, expect.type).kind === 'infer') return NONE;
  return expect;
}

export function checkCondition(t: Typing, e: Expr): void {
  coerce(t, e.id, e.span, t.rules.expr(t, e, has(BOOL)), BOOL);
}

export function checkIf(t: Typing, e: Of<'if'>, expect: Expect): Type {
  checkCondition(t, e.condition);
  const before = t.diverges;
  t.diverges = false;
  const inner = forBranches(t, expect);
  if (e.otherwise === null) {
    t.rules.block(t, e.then, DISCARD);
    t.diverges = before;
    const want = expect.kind === 'has' ? known(t, expect.type) : null;
    if (want !== null && want.kind !== 'infer' && want !== UNIT && want.kind !== 'error') {
      report(t, 'E0317', e.span, { expected: show(t, want), found: '()' }, { label: `expected \`${show(t, want)}\`, found \`()\``, notes: ['`if` without `else` has the value `()`'] });
      return ERROR;
    }
    return UNIT;
  }
  const all = branches(inner.kind === 'has' ? inner.type : fresh(t, e.span));
  const then = t.rules.block(t, e.then, inner);
  const thenDiverges = t.diverges;
  if (inner.kind !== 'discard') push(t, all, valueId(e.then), valueSpan(e.then), then);
  t.diverges = false;
  const other = e.otherwise.kind === 'block' ? t.rules.block(t, e.otherwise, inner) : t.rules.expr(t, e.otherwise, inner);
  const otherDiverges = t.diverges;
  t.diverges = before || (thenDiverges && otherDiverges);
  if (inner.kind === 'discard') return isNever(t, then) && isNever(t, other) ? NEVER : UNIT;
  push(t, all, e.otherwise.kind === 'block' ? valueId(e.otherwise) : e.otherwise.id, e.otherwise.kind === 'block' ? valueSpan(e.otherwise) : e.otherwise.span, other, { first: valueSpan(e.then) });
  const merged = mergedType(t, all);
  for (const [b, type] of [[e.then, then], [e.otherwise, other]] as const) if (b.kind === 'block' && !isNever(t, type)) setType(t, b.id, merged);
  return merged;
}

const isNever = (t: Typing, type: Type): boolean => known(t, type).kind === 'never';

/** The expression that gives a block its value; without one, the block. */
function valueId(b: Block): NodeId {
  const last = b.statements[b.statements.length - 1];
  return last?.kind === 'expr' ? last.expr.id : b.id;
}

/** The place of a block's value. */
function valueSpan(b: { readonly statements: readonly { readonly span: Span }[]; readonly span: Span }): Span {
  return b.statements[b.statements.length - 1]?.span ?? b.span;
}

export function checkMatch(t: Typing, e: Of<'match'>, expect: Expect): Type {
  const scrutinee = settled(t, t.rules.expr(t, e.value, NONE), solvePending);
  const headDiverges = t.diverges;
  for (const arm of e.arms) t.rules.pattern(t, arm.pattern, scrutinee, e.value.span);
  if (e.arms.length === 0) {
    t.diverges = true;
    return NEVER;
  }
  const inner = forBranches(t, expect);
  const all = branches(inner.kind === 'has' ? inner.type : fresh(t, e.span));
  let everyDiverges = true;
  let everyNever = true;
  let first: Span | null = null;
  const valued: NodeId[] = [];
  for (const arm of e.arms) {
    t.diverges = false;
    if (arm.guard !== null) checkCondition(t, arm.guard);
    t.diverges = false;
    const type = t.rules.block(t, arm.body, inner);
    everyDiverges &&= t.diverges;
    everyNever &&= isNever(t, type);
    if (inner.kind !== 'discard') {
      push(t, all, valueId(arm.body), valueSpan(arm.body), type, { first });
      if (!isNever(t, type)) valued.push(arm.body.id);
      if (!isNever(t, type)) first ??= valueSpan(arm.body);
    }
  }
  t.diverges = headDiverges || everyDiverges;
  if (inner.kind === 'discard') return everyNever ? NEVER : UNIT;
  const merged = mergedType(t, all);
  for (const id of valued) setType(t, id, merged);
  return merged;
}

// ------------------------------------------------------------------ loops

export function checkLoop(t: Typing, e: Of<'loop'>, expect: Expect): Type {
  const type = expect.kind === 'has' && !isDiscard(t, expect) ? expect.type : fresh(t, e.span);
  const loop: Loop = { id: e.id, kind: 'loop', breaks: branches(type), broken: false };
  t.loops.set(e.id, loop);
  const before = t.diverges;
  t.rules.block(t, e.body, DISCARD);
  t.diverges = before;
  if (!loop.broken) {
    t.diverges = true;
    return NEVER;
  }
  return loop.breaks === null ? UNIT : mergedType(t, loop.breaks);
}

export function checkWhile(t: Typing, e: Of<'while'>): Type {
  t.loops.set(e.id, { id: e.id, kind: 'while', breaks: null, broken: false });
  checkCondition(t, e.condition);
  const before = t.diverges;
  t.rules.block(t, e.body, DISCARD);
  t.diverges = before;
  return UNIT;
}

export function checkDo(t: Typing, e: Of<'do'>, expect: Expect): Type {
  if (e.label === null) return t.rules.block(t, e.body, expect);
  const discard = isDiscard(t, expect);
  const type = expect.kind === 'has' && !discard ? expect.type : discard ? UNIT : fresh(t, e.span);
  const loop: Loop = { id: e.id, kind: 'block', breaks: branches(type), broken: false };
  t.loops.set(e.id, loop);
  const before = t.diverges;
  const value = t.rules.block(t, e.body, discard ? DISCARD : expect.kind === 'has' ? expect : NONE);
  if (loop.breaks !== null && !(t.diverges && isNever(t, value))) push(t, loop.breaks, valueId(e.body), valueSpan(e.body), value);
  if (loop.broken) t.diverges = before;
  return loop.breaks === null ? UNIT : mergedType(t, loop.breaks);
}

export function checkBreak(t: Typing, e: Of<'break'>): Type {
  const target = t.table.targets.get(e.id);
  const loop = target === undefined ? undefined : t.loops.get(target);
  if (loop === undefined) {
    if (e.value !== null) t.rules.expr(t, e.value, NONE);
    return diverge(t);
  }
  loop.broken = true;
  if (e.value === null) {
    if (loop.breaks !== null) push(t, loop.breaks, e.id, e.span, UNIT);
    return diverge(t);
  }
  if (loop.breaks === null) {
    t.rules.expr(t, e.value, NONE);
    return diverge(t);
  }
  const expected = loop.breaks.expected;
  const type = t.rules.expr(t, e.value, known(t, expected).kind === 'infer' ? NONE : has(expected));
  push(t, loop.breaks, e.value.id, e.value.span, type);
  return diverge(t);
}

export function diverge(t: Typing): Type {
  t.diverges = true;
  return NEVER;
}

export function checkReturn(t: Typing, e: Of<'return'>): Type {
  const { frame } = t;
  if (frame.kind === 'const') {
    if (e.value !== null) t.rules.expr(t, e.value, NONE);
    report(t, 'E0572', e.span, {}, { label: '`return` outside of a function' });
    return diverge(t);
  }
  const why = frame.resultSpan === null ? {} : { fixed: frame.resultSpan, fixedText: 'the result type says so' };
  if (e.value === null) {
    const want = known(t, frame.result);
    if (want.kind !== 'infer' && want !== UNIT && want.kind !== 'error') report(t, 'E0069', e.span, { type: show(t, want) }, { label: 'the value is missing', labels: frame.resultSpan === null ? [] : [{ span: frame.resultSpan, text: `expected \`${show(t, want)}\` because of this` }] });
    else push(t, frame.returns, e.id, e.span, UNIT, why);
    return diverge(t);
  }
  const type = t.rules.expr(t, e.value, has(frame.result));
  push(t, frame.returns, e.value.id, e.value.span, type, why);
  return diverge(t);
}

// ------------------------------------------------------------------ for

export function checkFor(t: Typing, e: Of<'for'>): Type {
  t.loops.set(e.id, { id: e.id, kind: 'for', breaks: null, broken: false });
  const type = settled(t, t.rules.expr(t, e.iterable, NONE), solvePending);
  const item = iterate(t, e, type);
  t.rules.pattern(t, e.pattern, item, e.iterable.span);
  const before = t.diverges;
  t.rules.block(t, e.body, DISCARD);
  t.diverges = before;
  return UNIT;
}

function iterate(t: Typing, e: Of<'for'>, type: Type): Type {
  const into = lang(t.u, 'into_iterator');
  const iterator = lang(t.u, 'iterator');
  if (into === null || iterator === null || type.kind === 'error') return ERROR;
  const intoIter = traitItem(t.u, into, 'into_iter');
  const iterType = traitItem(t.u, into, 'IntoIter');
  const next = traitItem(t.u, iterator, 'next');
  const itemType = traitItem(t.u, iterator, 'Item');
  if (intoIter === null || iterType === null || next === null || itemType === null) return ERROR;
  const cause = { span: e.iterable.span, why: { kind: 'iterate' as const } };
  const wanted = goal(into, type);
  if (type.kind !== 'infer' && probe(t.cx.infer, () => evaluate(t.cx, wanted, 0)) === 'no') {
    const isInt = type.kind === 'int';
    return report(t, 'E0277', e.iterable.span, { what: `\`${show(t, type)}\` is not an iterator` }, {
      label: `\`${show(t, type)}\` cannot be walked with \`for\``,
      notes: isInt ? ['a range is written `0..n`'] : [`the trait \`IntoIterator\` is not implemented for \`${show(t, type)}\``],
    });
  }
  require(t, wanted, cause);
  const held = normal(t, projection(iterType, [type]), cause);
  const item = normal(t, projection(itemType, [held]), cause);
  solvePending(t);
  t.facts.loops.set(e.id, { intoIter: { def: intoIter, args: [type] }, iterator: held, next: { def: next, args: [held] }, item });
  return known(t, item);
}

// ------------------------------------------------------------------ ?

export function checkTry(t: Typing, e: Of<'try'>): Type {
  const type = settled(t, t.rules.expr(t, e.value, NONE), solvePending);
  if (type.kind === 'error') return ERROR;
  const option = lang(t.u, 'Option');
  const result = lang(t.u, 'Result');
  const mark: Span = { ...e.span, start: Math.max(e.span.start, e.span.end - 1) };
  if (type.kind === 'infer' && type.of === 'type') return report(t, 'E0282', e.value.span, { type: '_' }, { label: 'cannot infer type' });
  const of = type.kind !== 'adt' ? null : isLang(t.u, type.def, 'Option') ? 'option' : isLang(t.u, type.def, 'Result') ? 'result' : null;
  if (of === null || type.kind !== 'adt' || option === null || result === null) {
    return report(t, 'E0277', mark, { what: 'the `?` operator can only be applied to values of `Option` and `Result`' }, { label: `it cannot be applied to type \`${show(t, type)}\`` });
  }
  const output = type.args[0] ?? ERROR;
  const wanted = known(t, t.frame.result);
  const outside = (): Type => {
    report(t, 'E0277', mark, { what: `the \`?\` operator can only be used in a ${t.frame.kind === 'closure' ? 'closure' : 'function'} that returns \`Result\` or \`Option\`` }, {
      label: `cannot be used where \`${show(t, wanted)}\` is returned`,
      labels: t.frame.resultSpan === null ? [] : [{ span: t.frame.resultSpan, text: 'this is what is returned' }],
      notes: wanted.kind === 'adt' && of === 'option' ? ['use `.ok_or(…)?` to make an error of `None`'] : wanted.kind === 'adt' && isLang(t.u, wanted.def, 'Option') ? ['use `.ok()?` to make an `Option` of it'] : [],
    });
    return output;
  };
  if (t.frame.kind === 'const') return outside();
  if (of === 'option') {
    const returns = adt(option, [fresh(t, e.span)]);
    if (!commitIf(t.cx.infer, () => unify(t.cx.infer, returns, t.frame.result))) return isError(t, wanted) ? output : outside();
    t.facts.tries.set(e.id, { of, output, from: null, returns: t.frame.result });
    return output;
  }
  const error = type.args[1] ?? ERROR;
  const target = fresh(t, e.span);
  const returns = adt(result, [fresh(t, e.span), target]);
  if (!commitIf(t.cx.infer, () => unify(t.cx.infer, returns, t.frame.result))) return isError(t, wanted) ? output : outside();
  const from = lang(t.u, 'from');
  const method = from === null ? null : traitItem(t.u, from, 'from');
  if (from !== null && method !== null) {
    require(t, goal(from, target, error), { span: mark, why: { kind: 'try' } });
    t.facts.tries.set(e.id, { of, output, from: { def: method, args: [target, error] }, returns: t.frame.result });
  }
  return output;
}
