/**
 * Coercions, by one table: never, unsizing, raw pointers, reborrow and deref of references, function items and closures to
 * pointers; else the types must be equal. And branches: several expressions that go to one place. In: an expression's type and
 * the type wanted. Out: adjustments in the facts, or E0308. A coercion that fails binds nothing.
 */
import { autoderef, borrowAfter, derefOnce, type DerefStep } from './autoderef.ts';
import { callSignature, fnDefSignature, goal, objectGoals } from './builtin.ts';
import type { Goal } from './goal.ts';
import type { Adjustment } from './facts.ts';
import { commitIf, probe } from './infer.ts';
import { mismatch, type Expected } from './mismatch.ts';
import { solvePending } from './fulfil.ts';
import { fnPtr, HAS_INFER, HAS_PARAM, NEVER, parts, ptr, ref as refTo, type Type, type TypeOf } from './type.ts';
import { adjust, isError, known, normal, require, resolved, type Branches, type Cause, type Typing } from './typing.ts';
import { instantiate, isLang, lang, supertraits } from './universe.ts';
import type { NodeId } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { unify, unifyAll } from './unify.ts';

export interface Coerced {
  readonly steps: Adjustment[];
  readonly goals: readonly Goal[];
}

/** What turns `from` into `to`; null when nothing does. Binds what the coercion binds. */
export function coercion(t: Typing, from: Type, to: Type, twoPhase = false): Coerced | null {
  const a = known(t, from);
  const b = known(t, to);
  if (a === b && !(a.kind === 'ref' && a.mutable)) return { steps: [], goals: [] };
  if (a.kind === 'never') {
    if (b.kind === 'infer') t.cx.infer.diverging.add(b.index);
    return b.kind === 'never' ? { steps: [], goals: [] } : { steps: [{ kind: 'neverToAny', target: to }], goals: [] };
  }
  if (a.kind === 'infer' || b.kind === 'infer') return equal(t, a, b);
  const unsized = unsizing(t, a, b);
  if (unsized !== null) return unsized;
  if (b.kind === 'ptr') return toPointer(t, a, b);
  if (b.kind === 'ref') return a.kind === 'ref' ? reborrow(t, a, b, twoPhase) : equal(t, a, b);
  if (a.kind === 'fnDef') return fromItem(t, a, b);
  if (a.kind === 'closure' && b.kind === 'fnPtr') return fromClosure(t, a, b);
  if (a.kind === 'fnPtr' && b.kind === 'fnPtr' && !a.signature.isUnsafe && b.signature.isUnsafe) {
    const done = equal(t, fnPtr({ ...a.signature, isUnsafe: true }), b);
    return done === null ? null : { steps: [{ kind: 'pointer', cast: 'reify', target: b }], goals: [] };
  }
  return equal(t, a, b);
}

function equal(t: Typing, a: Type, b: Type): Coerced | null {
  return commitIf(t.cx.infer, () => unify(t.cx.infer, a, b)) ? { steps: [], goals: [] } : null;
}

// ------------------------------------------------------------------ pointers

function toPointer(t: Typing, a: Type, b: TypeOf<'ptr'>): Coerced | null {
  const bytes = known(t, b.inner);
  const toBytes = bytes.kind === 'int' && bytes.name === 'u8';
  if (a.kind === 'ptr') {
    if ((a.mutable || !b.mutable) && commitIf(t.cx.infer, () => unify(t.cx.infer, a.inner, b.inner))) {
      return { steps: a.mutable === b.mutable ? [] : [{ kind: 'pointer', cast: 'mutToConst', target: b }], goals: [] };
    }
    // Any raw pointer to a sized value is a pointer to bytes.
    return toBytes && !isWide(t, a.inner) ? { steps: [{ kind: 'pointer', cast: 'mutToConst', target: b }], goals: [] } : null;
  }
  if (a.kind === 'ref') {
    if (b.mutable && !a.mutable) return null;
    if (!commitIf(t.cx.infer, () => unify(t.cx.infer, a.inner, b.inner))) return null;
    return { steps: [{ kind: 'deref', method: null, mutable: b.mutable, target: a.inner }, { kind: 'rawBorrow', mutable: b.mutable, target: b }], goals: [] };
  }
  return equal(t, a, b);
}

const isWide = (t: Typing, type: Type): boolean => {
  const k = known(t, type);
  return k.kind === 'slice' || k.kind === 'str' || k.kind === 'dyn';
};

function reborrow(t: Typing, a: TypeOf<'ref'>, b: TypeOf<'ref'>, twoPhase: boolean): Coerced | null {
  if (b.mutable && !a.mutable) return null;
  const steps: DerefStep[] = [];
  const seen: Type[] = [];
  let at: Type = a;
  for (;;) {
    const step = derefOnce(t, at);
    if (step === null || seen.includes(step.to) || steps.length > 40) return null;
    seen.push(step.to);
    steps.push(step);
    at = step.to;
    const here = at;
    if (commitIf(t.cx.infer, () => unify(t.cx.infer, here, b.inner))) break;
  }
  // `&T` to `&T` is a copy.
  if (steps.length === 1 && !b.mutable && !a.mutable) return { steps: [], goals: [] };
  return { steps: borrowAfter(t, steps, at, b.mutable, twoPhase && b.mutable), goals: steps.flatMap(s => s.goals) };
}

// ------------------------------------------------------------------ unsizing

function unsizing(t: Typing, a: Type, b: Type): Coerced | null {
  if ((a.kind === 'ref' || a.kind === 'ptr') && (b.kind === 'ref' || b.kind === 'ptr')) {
    if (a.kind === 'ptr' && b.kind === 'ref') return null;
    if (b.mutable && !a.mutable) return null;
    const goals = unsizeGoals(t, a.inner, b.inner);
    if (goals === null) return null;
    const cast: Adjustment = { kind: 'pointer', cast: known(t, a.inner).kind === 'dyn' ? 'upcast' : 'unsize', target: b };
    if (a.kind === 'ptr') return { steps: [cast], goals };
    const deref: Adjustment = { kind: 'deref', method: null, mutable: b.mutable, target: a.inner };
    return b.kind === 'ref'
      ? { steps: [deref, { kind: 'borrow', mutable: b.mutable, twoPhase: false, target: refTo(a.inner, b.mutable) }, cast], goals }
      : { steps: [deref, { kind: 'rawBorrow', mutable: b.mutable, target: ptr(a.inner, b.mutable) }, cast], goals };
  }
  if (a.kind === 'adt' && b.kind === 'adt' && a.def === b.def && a !== b && a.args.length > 0) {
    const x = a.args[0] === undefined ? a : known(t, a.args[0]);
    const y = b.args[0] === undefined ? b : known(t, b.args[0]);
    if (x === y || y.kind === 'infer' || (x.kind === 'infer' && x.of === 'type')) return null;
    let goals: Goal[] | null = null;
    const done = commitIf(t.cx.infer, () => {
      goals = pointerGoals(t, a, b);
      return goals !== null;
    });
    if (!done || goals === null) return null;
    return { steps: [{ kind: 'pointer', cast: x.kind === 'dyn' ? 'upcast' : 'unsize', target: b }], goals };
  }
  return null;
}

/**
 * What must hold for a smart pointer to be unsized (`Box[T]` to `Box[dyn Trait]`): of its fields, one alone differs, and that
 * one is a pointer that can be unsized.
 */
function pointerGoals(t: Typing, a: TypeOf<'adt'>, b: TypeOf<'adt'>): Goal[] | null {
  const d = t.u.definitions.byId.get(a.def);
  if (d?.kind !== 'struct') return null;
  let found: Goal[] | null = null;
  for (const f of d.variant.fields) {
    const cause: Cause = { span: t.body.body.span, why: { kind: 'other' } };
    const from = known(t, normal(t, instantiate(f.type, a.args), cause));
    const to = known(t, normal(t, instantiate(f.type, b.args), cause));
    if (from === to || (from.kind === 'adt' && isLang(t.u, from.def, 'phantom_data'))) continue;
    if (commitIf(t.cx.infer, () => unify(t.cx.infer, from, to))) continue;
    if (found !== null) return null;
    if ((from.kind === 'ptr' && to.kind === 'ptr') || (from.kind === 'ref' && to.kind === 'ref')) found = unsizeGoals(t, from.inner, to.inner);
    else if (from.kind === 'adt' && to.kind === 'adt' && from.def === to.def) found = pointerGoals(t, from, to);
    if (found === null) return null;
  }
  return found;
}

/** What must hold for `from` to be unsized to `to`; null when its shape says no. */
function unsizeGoals(t: Typing, from: Type, to: Type): Goal[] | null {
  const a = known(t, from);
  const b = known(t, to);
  // An integer or float whose width is not known yet can be an object all the same.
  if ((a.kind === 'infer' && (a.of === 'type' || b.kind !== 'dyn')) || b.kind === 'infer' || a === b) return null;
  if (b.kind === 'slice') return a.kind === 'array' && commitIf(t.cx.infer, () => unify(t.cx.infer, a.element, b.element)) ? [] : null;
  if (b.kind === 'dyn') {
    if (a.kind !== 'dyn') return a.kind === 'str' || a.kind === 'slice' ? [...sizedGoals(t, a)] : [...objectGoals(t.u, a, b), ...sizedGoals(t, a)];
    if (a.principal === null ? b.principal !== null : false) return null;
    const above = a.principal === null ? [] : supertraits(t.u, { trait: a.principal.trait, args: [a, ...a.principal.args] });
    if (!b.autos.every(x => a.autos.includes(x) || above.some(s => s.trait === x))) return null;
    const want = b.principal;
    if (want === null) return [];
    const same = above.find(s => s.trait === want.trait);
    if (same === undefined) return null;
    if (a.principal?.trait === want.trait && a.autos.length === b.autos.length) return null; // equal or not: unification says
    if (!commitIf(t.cx.infer, () => unifyAll(t.cx.infer, same.args.slice(1), want.args))) return null;
    const goals: Goal[] = [];
    for (const p of b.projections) {
      const q = a.projections.find(x => x.item === p.item);
      if (q !== undefined && !commitIf(t.cx.infer, () => unify(t.cx.infer, p.type, q.type))) return null;
    }
    return goals;
  }
  // A struct whose last field can be unsized: `RefCell[T]` to `RefCell[dyn Trait]`.
  if (a.kind === 'adt' && b.kind === 'adt' && a.def === b.def) {
    const d = t.u.definitions.byId.get(a.def);
    const last = d?.kind === 'struct' ? d.variant.fields[d.variant.fields.length - 1] : undefined;
    if (last === undefined || (last.type.flags & HAS_PARAM) === 0) return null;
    const goals = unsizeGoals(t, instantiate(last.type, a.args), instantiate(last.type, b.args));
    if (goals === null) return null;
    // The other arguments stay as they are.
    const rest = a.args.every((x, i) => {
      const y = b.args[i] ?? x;
      return mentions(last.type, i) || commitIf(t.cx.infer, () => unify(t.cx.infer, x, y));
    });
    return rest ? goals : null;
  }
  return null;
}

const mentions = (type: Type, index: number): boolean => (type.kind === 'param' ? type.index === index : parts(type).some(p => mentions(p, index)));

const sizedGoals = (t: Typing, type: Type): Goal[] => {
  const trait = lang(t.u, 'sized');
  return trait === null ? [] : [goal(trait, type)];
};

// ------------------------------------------------------------------ functions

function fromItem(t: Typing, a: TypeOf<'fnDef'>, b: Type): Coerced | null {
  if (b.kind !== 'fnPtr') return equal(t, a, b);
  const s = fnDefSignature(t.u, a);
  if (s === null) return null;
  const cause: Cause = { span: t.body.body.span, why: { kind: 'other' } };
  const signature = { ...s, params: s.params.map(p => normal(t, p, cause)), result: normal(t, s.result, cause), isUnsafe: s.isUnsafe || b.signature.isUnsafe };
  return equal(t, fnPtr(signature), b) === null ? null : { steps: [{ kind: 'pointer', cast: 'reify', target: b }], goals: [] };
}

function fromClosure(t: Typing, a: TypeOf<'closure'>, b: TypeOf<'fnPtr'>): Coerced | null {
  const s = callSignature(t.cx, a);
  if (s === null) return null;
  const open = t.cx.open.get(a.def);
  // Only a closure that captures nothing: what it captures is known at the end, and asked then.
  if (open !== undefined) t.fnPointers.push({ def: a.def, target: b });
  else if ((t.u.closures.get(a.def)?.captures.length ?? 0) > 0) return null;
  return equal(t, fnPtr({ ...s, isUnsafe: b.signature.isUnsafe, abi: null }), b) === null ? null : { steps: [{ kind: 'pointer', cast: 'closure', target: b }], goals: [] };
}

// ------------------------------------------------------------------ sites

/** Coerces the expression `id` from `from` to `to`; reports E0308 when it cannot be. Gives the type it has then. */
export function coerce(t: Typing, id: NodeId, span: Span, from: Type, to: Type, why: Expected = {}, twoPhase = false): Type {
  let done = coercion(t, from, to, twoPhase);
  if (done === null && ((resolved(t, from).flags | resolved(t, to).flags) & HAS_INFER) !== 0) {
    solvePending(t);
    done = coercion(t, from, to, twoPhase);
  }
  if (done === null) return mismatch(t, id, span, to, from, why);
  adjust(t, id, done.steps);
  for (const g of done.goals) require(t, g, { span, why: { kind: 'coerce' } });
  return to;
}

export const branches = (expected: Type, fixed: Span | null = null): Branches => ({ expected, merged: null, pushed: [], fixed });

/** Adds one expression's value to branches. */
export function push(t: Typing, to: Branches, id: NodeId, span: Span, type: Type, why: Expected = {}): void {
  const from = known(t, type);
  if (to.merged === null || isNever(t, to)) {
    const expected = known(t, to.expected);
    // A diverging branch does not decide the type.
    if (from.kind === 'never' && expected.kind === 'infer') {
      to.pushed.push({ id, span, type: from });
      to.merged ??= NEVER;
      return;
    }
    const start = to.pushed.length;
    to.merged = coerce(t, id, span, from, to.expected, { branch: to.fixed, ...why });
    // Branches that never yield a value take the type that was found.
    for (const p of to.pushed.slice(0, start)) if (p.type.kind === 'never') adjust(t, p.id, [{ kind: 'neverToAny', target: to.merged }]);
    to.pushed.push({ id, span, type: from });
    return;
  }
  const merged = known(t, to.merged);
  const direct = coercion(t, from, merged);
  if (direct !== null) {
    adjust(t, id, direct.steps);
    for (const g of direct.goals) require(t, g, { span, why: { kind: 'coerce' } });
    to.pushed.push({ id, span, type: from });
    return;
  }
  if (common(t, to, id, from, merged)) {
    to.pushed.push({ id, span, type: from });
    return;
  }
  solvePending(t);
  const first = to.pushed[0]?.span ?? null;
  coerce(t, id, span, from, to.merged, { branch: to.fixed ?? first, first, ...why });
  to.pushed.push({ id, span, type: from });
}

const isNever = (t: Typing, b: Branches): boolean => b.merged !== null && known(t, b.merged).kind === 'never' && known(t, b.expected).kind === 'infer' && b.pushed.every(p => p.type.kind === 'never');

/** Different function items and closures meet in a function pointer; references meet where the earlier ones can be dereferenced. */
function common(t: Typing, to: Branches, id: NodeId, from: Type, merged: Type): boolean {
  const callable = (x: Type): boolean => x.kind === 'fnDef' || x.kind === 'closure';
  if (callable(from) && callable(merged)) {
    const s = callSignature(t.cx, from);
    if (s === null) return false;
    const cause: Cause = { span: t.body.body.span, why: { kind: 'other' } };
    const target = fnPtr({ ...s, params: s.params.map(p => normal(t, p, cause)), result: normal(t, s.result, cause) });
    return retarget(t, to, id, from, target);
  }
  if (from.kind === 'ref' && merged.kind === 'ref' && to.pushed.every(p => (t.facts.adjustments.get(p.id)?.length ?? 0) === 0)) {
    const chain = autoderef(t, merged).types;
    if (chain.some(x => probe(t.cx.infer, () => unify(t.cx.infer, x, from.inner)))) return retarget(t, to, id, from, from);
  }
  // Earlier branches may lose their size for the sake of a later one: `if c: &[] else: slice`.
  if ((from.kind === 'ref' && merged.kind === 'ref' && !isSizedForm(known(t, from.inner))) || (from.kind === 'adt' && merged.kind === 'adt' && from.def === merged.def && from.args[0] !== undefined && !isSizedForm(known(t, from.args[0])))) {
    if (to.pushed.every(p => (t.facts.adjustments.get(p.id)?.length ?? 0) === 0)) return retarget(t, to, id, from, from);
  }
  return false;
}

const isSizedForm = (type: Type): boolean => type.kind !== 'slice' && type.kind !== 'str' && type.kind !== 'dyn';

function retarget(t: Typing, to: Branches, id: NodeId, from: Type, target: Type): boolean {
  const earlier = to.pushed.map(p => ({ p, done: p.type.kind === 'never' ? null : coercion(t, p.type, target) }));
  const own = coercion(t, from, target);
  if (own === null || earlier.some(x => x.done === null && x.p.type.kind !== 'never')) return false;
  for (const { p, done } of earlier) {
    if (done !== null) {
      adjust(t, p.id, done.steps);
      for (const g of done.goals) require(t, g, { span: p.span, why: { kind: 'coerce' } });
    } else t.facts.adjustments.set(p.id, [{ kind: 'neverToAny', target }]);
  }
  adjust(t, id, own.steps);
  to.merged = target;
  return true;
}

/** The type of it all; `!` when nothing yields a value. */
export function mergedType(t: Typing, b: Branches): Type {
  if (b.merged === null) return NEVER;
  return isError(t, b.merged) ? b.merged : b.merged;
}
