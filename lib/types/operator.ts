/**
 * Operators: arithmetic, comparison, compound assignment, negation, dereference and indexing. Built in for primitive types and
 * raw pointers, by their traits for the rest. As rustc: the trait is asked for first, and where both sides turn out to be
 * primitive their types are made equal. Errors: E0277 E0369 E0368 E0600 E0614 E0608 E0067.
 */
import type { ArithmeticOp, CompareOp, Expr, NodeId, Statement } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { autoderef, borrowAfter, derefAdjustments, derefOnce } from './autoderef.ts';
import { goal } from './builtin.ts';
import { coerce, coercion } from './coerce.ts';
import { toImplement } from './complain.ts';
import { solvePending } from './fulfil.ts';
import { commitIf, probe } from './infer.ts';
import { markMutable } from './method.ts';
import { mismatch } from './mismatch.ts';
import { evaluate } from './solve.ts';
import { BOOL, ERROR, HAS_INFER, ISIZE, projection, ref as refTo, slice, UNIT, USIZE, type DefId, type Type } from './type.ts';
import { adjust, bare, fresh, has, isError, known, NONE, normal, report, require, requireLang, resolved, settled, show, type Expect, type Typing } from './typing.ts';
import { lang, traitItem } from './universe.ts';
import { unify } from './unify.ts';
import { isPlace } from './place.ts';

const TRAITS: Readonly<Record<ArithmeticOp, string>> = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '%': 'rem', '&': 'bitand', '|': 'bitor', '^': 'bitxor', '<<': 'shl', '>>': 'shr' };

type Binary = Expr & { readonly kind: 'binary' };

export const isCompare = (op: string): op is CompareOp => op === '==' || op === '!=' || op === '<' || op === '<=' || op === '>' || op === '>=';

const isShift = (op: string): boolean => op === '<<' || op === '>>';

export function checkBinary(t: Typing, e: Binary): Type {
  if (isCompare(e.op)) return checkComparison(t, e, e.op);
  const left = operandType(t, e.left, NONE);
  return arithmetic(t, { id: e.id, span: e.span, opSpan: e.opSpan, op: e.op, left: e.left, right: e.right, assign: false }, left);
}

/** The left side is passed on by value: a `&mut` is borrowed anew. */
function operandType(t: Typing, e: Expr, expect: Expect): Type {
  const type = settled(t, t.rules.expr(t, e, expect), solvePending);
  if (type.kind === 'ref' && type.mutable) {
    adjust(t, e.id, [{ kind: 'deref', method: null, mutable: true, target: type.inner }, { kind: 'borrow', mutable: true, twoPhase: false, target: type }]);
  }
  return type;
}

interface Operation {
  readonly id: NodeId;
  readonly span: Span;
  readonly opSpan: Span;
  readonly op: ArithmeticOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly assign: boolean;
}

function arithmetic(t: Typing, o: Operation, left: Type): Type {
  if (left.kind === 'error') {
    t.rules.expr(t, o.right, NONE);
    return ERROR;
  }
  if (left.kind === 'ptr' && (o.op === '+' || o.op === '-')) return pointerArithmetic(t, o, left);
  const name = o.assign ? `${TRAITS[o.op]}_assign` : TRAITS[o.op];
  const trait = lang(t.u, name);
  if (trait === null) return primitiveOnly(t, o, left);

  const right = fresh(t, o.right.span);
  const ref = goal(trait, left, right);
  const possible = probe(t.cx.infer, () => evaluate(t.cx, ref, 0)) !== 'no';
  if (possible) narrow(t, trait, left, right);
  const hinted = known(t, right);
  const type = t.rules.expr(t, o.right, hinted.kind === 'infer' ? (isNumber(left) && !isShift(o.op) ? { kind: 'hint', type: left } : NONE) : has(right));
  const rightType = settled(t, type, solvePending);
  if (rightType.kind === 'error' || isError(t, left)) return ERROR;
  if (primitivePair(t, left, rightType, o.op)) return enforce(t, o, left, rightType);
  if (!possible) return noOperator(t, o, left, rightType);
  coerce(t, o.right.id, o.right.span, rightType, right);
  const asked = known(t, right);
  if (probe(t.cx.infer, () => evaluate(t.cx, ref, 0)) === 'no') return noOperator(t, o, left, asked);
  require(t, ref, { span: o.opSpan, why: { kind: 'operator', op: o.assign ? `${o.op}=` : o.op } });
  const method = traitItem(t.u, trait, name);
  if (method !== null) t.facts.callees.set(o.id, { def: method, args: [left, right] });
  if (o.assign) return UNIT;
  const output = traitItem(t.u, trait, 'Output');
  if (output === null) return ERROR;
  // Once both are known to be primitive, the result is too: asked again at the end.
  const result = normal(t, projection(output, [left, right]), { span: o.span, why: { kind: 'operator', op: o.op } });
  if ((resolved(t, result).flags & HAS_INFER) !== 0) solvePending(t);
  return result;
}

/** One implementation alone decides the other side's type. */
function narrow(t: Typing, trait: DefId, left: Type, right: Type): void {
  if (isNumber(left) || left.kind === 'infer') return;
  commitIf(t.cx.infer, () => evaluate(t.cx, goal(trait, left, right), 0) !== 'no' && known(t, right).kind !== 'infer');
}

const isNumber = (k: Type): boolean => k.kind === 'int' || k.kind === 'float' || (k.kind === 'infer' && k.of !== 'type');

const through = (t: Typing, type: Type): Type => {
  const k = known(t, type);
  return k.kind === 'ref' ? known(t, k.inner) : k;
};

/** Both sides primitive, perhaps behind a reference: the operation is built in. */
function primitivePair(t: Typing, left: Type, right: Type, op: ArithmeticOp): boolean {
  const a = through(t, left);
  const b = through(t, right);
  const int = (k: Type): boolean => k.kind === 'int' || (k.kind === 'infer' && k.of === 'int');
  const float = (k: Type): boolean => k.kind === 'float' || (k.kind === 'infer' && k.of === 'float');
  switch (op) {
    case '<<': case '>>': return int(a) && int(b);
    case '&': case '|': case '^': return (int(a) && int(b)) || (a.kind === 'bool' && b.kind === 'bool');
    default: return (int(a) && int(b)) || (float(a) && float(b));
  }
}

function enforce(t: Typing, o: Operation, left: Type, right: Type): Type {
  const a = through(t, left);
  const b = through(t, right);
  // `x += y` takes its left side as it is.
  if (o.assign && known(t, left).kind === 'ref') return noOperator(t, o, left, right);
  if (isShift(o.op)) return o.assign ? UNIT : a;
  if (!commitIf(t.cx.infer, () => unify(t.cx.infer, a, b))) {
    // The rustc way: the mismatch of the right side comes first when both are plain values.
    if (known(t, left).kind !== 'ref' && known(t, right).kind !== 'ref') mismatch(t, o.right.id, o.right.span, a, b);
    return noImplementation(t, o, left, right);
  }
  return o.assign ? UNIT : a;
}

/** E0277: primitive types that do not go together. */
function noImplementation(t: Typing, o: Operation, left: Type, right: Type): Type {
  const l = show(t, left);
  const r = show(t, right);
  const op = o.assign ? `${o.op}=` : o.op;
  return report(t, 'E0277', o.opSpan, { what: OPERATION[o.op](l, r) }, { label: `no implementation for \`${l} ${op} ${r}\``, notes: isNumber(through(t, left)) && isNumber(through(t, right)) ? ['numbers are not converted without `as`'] : [] });
}

const OPERATION: Readonly<Record<ArithmeticOp, (l: string, r: string) => string>> = {
  '+': (l, r) => `cannot add \`${r}\` to \`${l}\``,
  '-': (l, r) => `cannot subtract \`${r}\` from \`${l}\``,
  '*': (l, r) => `cannot multiply \`${l}\` by \`${r}\``,
  '/': (l, r) => `cannot divide \`${l}\` by \`${r}\``,
  '%': (l, r) => `cannot take the remainder of \`${l}\` by \`${r}\``,
  '&': (l, r) => `no implementation for \`${l} & ${r}\``,
  '|': (l, r) => `no implementation for \`${l} | ${r}\``,
  '^': (l, r) => `no implementation for \`${l} ^ ${r}\``,
  '<<': (l, r) => `no implementation for \`${l} << ${r}\``,
  '>>': (l, r) => `no implementation for \`${l} >> ${r}\``,
};

/** E0277 where the left side has the operator for other types, else E0369 (E0368 for `+=`). */
function noOperator(t: Typing, o: Operation, left: Type, right: Type): Type {
  if (isError(t, left) || isError(t, right)) return ERROR;
  const name = o.assign ? `${TRAITS[o.op]}_assign` : TRAITS[o.op];
  const trait = lang(t.u, name);
  const some = trait !== null && probe(t.cx.infer, () => evaluate(t.cx, goal(trait, left, fresh(t, o.span)), 0)) !== 'no';
  if (some) return noImplementation(t, o, left, right);
  const l = show(t, left);
  if (o.assign) return report(t, 'E0368', o.span, { op: `${o.op}=`, type: l }, { label: `cannot use \`${o.op}=\` on type \`${l}\``, labels: [{ span: o.left.span, text: `\`${l}\`` }] });
  return report(t, 'E0369', o.opSpan, { what: OPERATION[o.op](l, show(t, right)), op: o.op, type: l }, {
    labels: [{ span: o.left.span, text: `\`${l}\`` }, { span: o.right.span, text: `\`${show(t, right)}\`` }],
    notes: trait === null ? [] : [`an implementation of \`${t.u.definitions.byId.get(trait)?.name ?? ''}\` may be missing for \`${l}\``],
    fixes: trait === null ? [] : toImplement(t, left, trait),
  });
}

/** Without the operator traits of a library: primitive types only. */
function primitiveOnly(t: Typing, o: Operation, left: Type): Type {
  const right = known(t, t.rules.expr(t, o.right, has(left)));
  return primitivePair(t, left, right, o.op) ? enforce(t, o, left, right) : noOperator(t, o, left, right);
}

/** `p + n`, `p - n`, `p - q`. */
function pointerArithmetic(t: Typing, o: Operation, left: Type & { kind: 'ptr' }): Type {
  const right = settled(t, t.rules.expr(t, o.right, { kind: 'hint', type: ISIZE }), solvePending);
  if (right.kind === 'error') return ERROR;
  if (right.kind === 'ptr' && o.op === '-' && !o.assign) {
    return commitIf(t.cx.infer, () => unify(t.cx.infer, left.inner, right.inner)) ? ISIZE : mismatch(t, o.right.id, o.right.span, left, right);
  }
  if (right.kind === 'infer' && right.of === 'int') unify(t.cx.infer, right, USIZE);
  else if (right.kind !== 'int' || (right.name !== 'usize' && right.name !== 'isize')) return noImplementation(t, o, left, right);
  requireLang(t, 'sized', { span: o.left.span, why: { kind: 'sized' } }, left.inner);
  return o.assign ? UNIT : left;
}

// ------------------------------------------------------------------ comparison

export function checkComparison(t: Typing, e: Binary, op: CompareOp): Type {
  const nullLeft = isNull(e.left) && !isNull(e.right);
  // `null == p` reads its type from the other side.
  const [first, second] = nullLeft ? [e.right, e.left] : [e.left, e.right];
  const a = settled(t, t.rules.expr(t, first, NONE), solvePending);
  if (a.kind === 'error') {
    t.rules.expr(t, second, NONE);
    return BOOL;
  }
  if (a.kind === 'ptr') {
    const b = known(t, t.rules.expr(t, second, isNull(second) ? has(a) : NONE));
    if (b.kind === 'error' || (b.kind === 'ptr' && a === b)) return BOOL;
    const done = coercion(t, b, a);
    if (done !== null) {
      adjust(t, second.id, done.steps);
      return BOOL;
    }
    const back = coercion(t, a, b);
    if (back !== null) {
      adjust(t, first.id, back.steps);
      return BOOL;
    }
    mismatch(t, second.id, second.span, a, b);
    return BOOL;
  }
  const trait = lang(t.u, op === '==' || op === '!=' ? 'eq' : 'partial_ord');
  const right = fresh(t, second.span);
  const possible = trait === null || probe(t.cx.infer, () => evaluate(t.cx, goal(trait, a, right), 0)) !== 'no';
  if (possible && trait !== null && a.kind !== 'infer') {
    commitIf(t.cx.infer, () => evaluate(t.cx, goal(trait, a, right), 0) !== 'no' && known(t, right).kind !== 'infer');
  }
  const hinted = known(t, right);
  const b = settled(t, t.rules.expr(t, second, hinted.kind === 'infer' || hinted === a ? (isNumber(a) ? { kind: 'hint', type: a } : NONE) : has(right)), solvePending);
  if (b.kind === 'error') return BOOL;
  if (plain(a) && plain(b)) {
    if (commitIf(t.cx.infer, () => unify(t.cx.infer, a, b))) return BOOL;
    if (comparable(a) && comparable(b)) {
      mismatch(t, second.id, second.span, a, b);
      return BOOL;
    }
  }
  if (trait === null) return BOOL;
  if (possible) {
    const done = coercion(t, b, right);
    if (done !== null) adjust(t, second.id, done.steps);
    else mismatch(t, second.id, second.span, right, b);
  }
  const asked = possible ? known(t, right) : b;
  if (!possible || probe(t.cx.infer, () => evaluate(t.cx, goal(trait, a, asked), 0)) === 'no') return noComparison(t, e, op, trait, a, asked);
  require(t, goal(trait, a, right), { span: e.opSpan, why: { kind: 'operator', op } });
  const method = traitItem(t.u, trait, METHODS[op]);
  if (method !== null) t.facts.callees.set(e.id, { def: method, args: [a, right] });
  return BOOL;
}

const METHODS: Readonly<Record<CompareOp, string>> = { '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' };

const isNull = (e: Expr): boolean => {
  const b = bare(e);
  return b.kind === 'literal' && b.value.kind === 'null';
};

/** Scalars: compared without a call. */
const plain = (k: Type): boolean => k.kind === 'int' || k.kind === 'float' || k.kind === 'bool' || k.kind === 'char' || (k.kind === 'infer' && k.of !== 'type');
const comparable = (k: Type): boolean => k.kind !== 'infer';

function noComparison(t: Typing, e: Binary, op: CompareOp, trait: DefId, a: Type, b: Type): Type {
  if (isError(t, a) || isError(t, b)) return BOOL;
  const some = probe(t.cx.infer, () => evaluate(t.cx, goal(trait, a, fresh(t, e.span)), 0)) !== 'no';
  const l = show(t, a);
  const r = show(t, b);
  if (some) {
    report(t, 'E0277', e.opSpan, { what: `cannot compare \`${l}\` with \`${r}\`` }, { label: `no implementation for \`${l} ${op} ${r}\`` });
    return BOOL;
  }
  const name = t.u.definitions.byId.get(trait)?.name ?? '';
  report(t, 'E0369', e.opSpan, { what: `binary operation \`${op}\` cannot be applied to type \`${l}\``, op, type: l }, {
    labels: [{ span: e.left.span, text: `\`${l}\`` }, { span: e.right.span, text: `\`${r}\`` }],
    notes: [`an implementation of \`${name}\` may be missing for \`${l}\``],
    fixes: toImplement(t, a, trait),
  });
  return BOOL;
}

// ------------------------------------------------------------------ assignment with an operator

export function checkCompound(t: Typing, s: Statement & { readonly kind: 'compound' }): void {
  const left = settled(t, t.rules.expr(t, s.target, NONE), solvePending);
  const span = { ...s.span, start: s.target.span.start, end: s.value.span.end };
  arithmetic(t, { id: s.id, span, opSpan: span, op: s.op, left: s.target, right: s.value, assign: true }, left);
  if (!isPlace(t, s.target)) report(t, 'E0067', s.target.span, {}, { label: 'cannot be assigned to' });
  else markMutable(t, s.target);
}

// ------------------------------------------------------------------ unary

export function checkUnary(t: Typing, e: Expr & { readonly kind: 'unary' }, expect: Expect): Type {
  const want = expect.kind === 'has' || expect.kind === 'hint' ? expect : NONE;
  const type = settled(t, t.rules.expr(t, e.operand, want), solvePending);
  if (type.kind === 'error' || type.kind === 'never') return type;
  const k = through(t, type);
  if (e.op === 'not') {
    if (k.kind === 'bool') return BOOL;
    if (k.kind === 'infer' && k.of === 'type') return unify(t.cx.infer, k, BOOL) ? BOOL : ERROR;
    if (k.kind === 'int' || k.kind === 'infer') return report(t, 'E0600', e.span, { op: 'not', type: show(t, type) }, { label: 'cannot apply `not`', fixes: [{ title: 'use `~` for integers', certain: false, edits: [{ span: { ...e.span, end: e.operand.span.start }, text: '~' }] }] });
    return report(t, 'E0600', e.span, { op: 'not', type: show(t, type) }, { label: 'cannot apply `not`', notes: ['`not` is for `bool`'] });
  }
  if (type.kind !== 'ref') {
    if (e.op === '~' && (k.kind === 'int' || (k.kind === 'infer' && k.of === 'int'))) return k;
    if (e.op === '-' && (k.kind === 'float' || (k.kind === 'infer' && k.of !== 'type') || (k.kind === 'int' && !k.name.startsWith('u')))) {
      negate(t, e.operand);
      // What it is may show later: that there is an opposite must hold then too.
      const neg = k.kind === 'infer' && k.of === 'int' ? lang(t.u, 'neg') : null;
      if (neg !== null) require(t, goal(neg, k), { span: e.span, why: { kind: 'operator', op: '-' } });
      return k;
    }
  }
  const trait = lang(t.u, e.op === '-' ? 'neg' : 'not');
  if (trait === null || k.kind === 'bool' || probe(t.cx.infer, () => evaluate(t.cx, goal(trait, type), 0)) === 'no') {
    const fixes = k.kind === 'bool' && e.op === '~' ? [{ title: 'use `not` for `bool`', certain: true, edits: [{ span: { ...e.span, end: e.operand.span.start }, text: 'not ' }] }] : [];
    const notes = k.kind === 'int' && e.op === '-' ? ['unsigned values cannot be negated'] : [];
    return report(t, 'E0600', e.span, { op: e.op, type: show(t, type) }, { label: `cannot apply \`${e.op}\``, fixes: trait === null || k.kind !== 'param' ? fixes : toImplement(t, type, trait), notes });
  }
  require(t, goal(trait, type), { span: e.span, why: { kind: 'operator', op: e.op } });
  const method = traitItem(t.u, trait, e.op === '-' ? 'neg' : 'not');
  if (method !== null) t.facts.callees.set(e.id, { def: method, args: [type] });
  const output = traitItem(t.u, trait, 'Output');
  return output === null ? ERROR : normal(t, projection(output, [type]), { span: e.span, why: { kind: 'operator', op: e.op } });
}

function negate(t: Typing, operand: Expr): void {
  const b = bare(operand);
  const literal = t.literals.find(l => l.id === b.id);
  if (literal !== undefined) literal.negative = true;
}

export function checkDeref(t: Typing, e: Expr & { readonly kind: 'deref' }): Type {
  const type = settled(t, t.rules.expr(t, e.value, NONE), solvePending);
  if (type.kind === 'error') return ERROR;
  if (type.kind === 'infer' && type.of === 'type') return report(t, 'E0282', e.value.span, { type: '_' }, { label: 'cannot infer type' });
  const step = derefOnce(t, type, true);
  if (step === null) return report(t, 'E0614', e.span, { type: show(t, type) }, { label: 'cannot be dereferenced', fixes: [{ title: 'leave the `*` out', certain: false, edits: [{ span: { ...e.span, end: e.value.span.start }, text: '' }] }] });
  if (step.overloaded) {
    const trait = lang(t.u, 'deref');
    const method = trait === null ? null : traitItem(t.u, trait, 'deref');
    for (const g of step.goals) require(t, g, { span: e.span, why: { kind: 'other' } });
    if (method !== null) t.facts.callees.set(e.id, { def: method, args: [type] });
  }
  return step.to;
}

// ------------------------------------------------------------------ indexing

export function checkIndex(t: Typing, e: Expr & { readonly kind: 'index' }): Type {
  const base = settled(t, t.facts.types.get(e.base.id) ?? t.rules.expr(t, e.base, NONE), solvePending);
  const arg = e.args[0];
  if (arg === undefined || e.args.length > 1) {
    for (const a of e.args) t.rules.expr(t, a, NONE);
    return base.kind === 'error' ? ERROR : report(t, 'E0608', e.span, { type: show(t, base) }, { label: 'an index is one value' });
  }
  const index = settled(t, t.rules.expr(t, arg, NONE), solvePending);
  if (base.kind === 'error' || index.kind === 'error') return ERROR;
  if (base.kind === 'infer' && base.of === 'type') return report(t, 'E0282', e.base.span, { type: '_' }, { label: 'cannot infer type' });
  const trait = lang(t.u, 'index');
  const chain = autoderef(t, base, true);
  for (let i = 0; i < chain.types.length; i++) {
    const at = chain.types[i] as Type;
    const steps = chain.steps.slice(0, i);
    if (at.kind === 'ptr') {
      const minus = bare(arg);
      // Behind a pointer there may be something before it.
      if (index.kind === 'infer' && index.of === 'int') unify(t.cx.infer, index, minus.kind === 'unary' && minus.op === '-' ? ISIZE : USIZE);
      else if (index.kind !== 'int' || (index.name !== 'usize' && index.name !== 'isize')) return badIndex(t, e, at, index);
      adjust(t, e.base.id, derefAdjustments(t, steps, false));
      return known(t, at.inner);
    }
    const element = at.kind === 'array' || at.kind === 'slice' ? at.element : null;
    if (element !== null && ((index.kind === 'int' && index.name === 'usize') || (index.kind === 'infer' && index.of === 'int'))) {
      const minus = bare(arg);
      if (index.kind === 'infer' && minus.kind === 'unary' && minus.op === '-') {
        return report(t, 'E0600', minus.span, { op: '-', type: 'usize' }, { label: 'an index is never negative', notes: ['`list[list.len() - 1]` is the last element', 'unsigned values cannot be negated'] });
      }
      unify(t.cx.infer, index, USIZE);
      adjust(t, e.base.id, derefAdjustments(t, steps, false));
      return known(t, element);
    }
    if (trait === null) continue;
    const shapes: [Type, boolean][] = at.kind === 'array' ? [[at, false], [slice(at.element), true]] : [[at, false]];
    for (const [self, unsize] of shapes) {
      const input = fresh(t, arg.span);
      if (probe(t.cx.infer, () => evaluate(t.cx, goal(trait, self, input), 0)) === 'no') continue;
      // Which index types there are may depend on the one that is given.
      commitIf(t.cx.infer, () => evaluate(t.cx, goal(trait, self, input), 0) !== 'no' && known(t, input).kind !== 'infer');
      const done = coercion(t, index, input);
      if (done === null) {
        mismatch(t, arg.id, arg.span, input, index);
        return ERROR;
      }
      adjust(t, arg.id, done.steps);
      if (probe(t.cx.infer, () => evaluate(t.cx, goal(trait, self, input), 0)) === 'no') {
        // A slice by something that is no index: said of the slice, as the last step would.
        return badIndex(t, e, self, index);
      }
      const cause = { span: e.span, why: { kind: 'index' as const } };
      require(t, goal(trait, self, input), cause);
      adjust(t, e.base.id, [...borrowAfter(t, steps, at, false), ...(unsize ? [{ kind: 'pointer' as const, cast: 'unsize' as const, target: refTo(self) }] : [])]);
      const method = traitItem(t.u, trait, 'index');
      const output = traitItem(t.u, trait, 'Output');
      if (method === null || output === null) return ERROR;
      t.facts.callees.set(e.id, { def: method, args: [self, input] });
      const result = normal(t, projection(output, [self, input]), cause);
      if ((resolved(t, result).flags & HAS_INFER) !== 0) solvePending(t);
      return known(t, result);
    }
  }
  return report(t, 'E0608', e.span, { type: show(t, base) }, { label: 'cannot be indexed' });
}

function badIndex(t: Typing, e: Expr & { readonly kind: 'index' }, at: Type, index: Type): Type {
  const arg = e.args[0];
  const self = at.kind === 'array' ? slice(at.element) : at;
  const i = show(t, index);
  return report(t, 'E0277', arg?.span ?? e.span, { what: `the type \`${show(t, self)}\` cannot be indexed by \`${i}\`` }, {
    label: 'slice indices are of type `usize` or ranges of `usize`',
    fixes: index.kind === 'int' && arg !== undefined ? [{ title: 'convert it to `usize`', certain: false, edits: [{ span: { ...arg.span, start: arg.span.end }, text: ' as usize' }] }] : [],
  });
}

