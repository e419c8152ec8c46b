/**
 * Making a method choice real: the receiver's adjustments, the method's arguments, its signature with everything put in, and
 * the bounds that must hold. Also places that turn out to be changed: overloaded `*` and `[]` on the way become their `_mut`
 * forms. In: a pick of `probe.ts`. Out: facts.
 */
import { bodyContext, lowerGenericArgs } from '../names/lower.ts';
import { KEEP } from '../names/regions.ts';
import type { Expr, GenericArg, GenericArgs, NodeId } from '../syntax/tree.ts';
import { problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import { borrowAfter, derefAdjustments, derefMethod } from './autoderef.ts';
import type { Adjustment, Callee } from './facts.ts';
import { commitIf, probe } from './infer.ts';
import { candidateArgs, type Pick } from './probe.ts';
import { evaluate, predicateGoals } from './solve.ts';
import { ERASED, eraseRegions, HAS_ERROR, HAS_REGION, parts, ptr, ref as refTo, slice, type DefId, type FnSignature, type Type } from './type.ts';
import { adjust, fresh, freshFor, known, normal, require, requireLang, resolved, show, type Cause, type Typing } from './typing.ts';
import { instantiate, isLang, lang, paramsOf, traitItem } from './universe.ts';
import { unify } from './unify.ts';

export interface Method {
  readonly callee: Callee;
  /** Normalised; `params[0]` is the receiver. */
  readonly signature: FnSignature;
}

/** Context for lowering written types in this body. */
export const lowering = (t: Typing): ReturnType<typeof bodyContext> =>
  bodyContext(t.names, t.body.owner, t.problems, (of, span) => fresh(t, span, 'other', of));

/** The same, with the lifetimes that are named. */
export const keeping = (t: Typing): ReturnType<typeof bodyContext> => ({ ...lowering(t), regions: KEEP });

/** Keeps what the path just looked at says of lifetimes, for the borrow checker. */
export function keepGiven(t: Typing, ids: readonly NodeId[]): void {
  if (t.given.self === null && t.given.args.length === 0) return;
  for (const id of ids) t.facts.given.set(id, t.given);
  t.given = { self: null, args: [] };
}

/** All arguments of `def`: its parent's as given, its own as written or fresh. */
export function argsFor(t: Typing, def: DefId, written: GenericArgs | readonly GenericArg[] | null, parentArgs: readonly Type[], span: Span): Type[] {
  const params = paramsOf(t.u, def);
  if (written === null) {
    return params.map((p, i) => parentArgs[i] ?? (p.kind === 'lifetime' ? ERASED : freshFor(t, { span, what: { kind: 'argument', name: p.name, of: def } }, p.kind === 'const' ? 'const' : 'type')));
  }
  const lowered = lowerGenericArgs(def, written, parentArgs, span, keeping(t), true);
  const made = lowered.length === params.length ? [...lowered] : [...parentArgs, ...lowered];
  if (made.some(a => (a.flags & HAS_REGION) !== 0)) t.given = { ...t.given, args: made };
  const all = made.map(eraseRegions);
  for (const given of all.slice(parentArgs.length)) requireWritten(t, given, span);
  return params.map((p, i) => {
    const given = all[i];
    return given === undefined ? fresh(t, span, 'other', p.kind === 'const' ? 'const' : 'type') : given.kind === 'region' ? ERASED : given;
  });
}

/** A definition's signature with `args`, projections replaced. */
export function signatureOf(t: Typing, signature: FnSignature, args: readonly Type[], cause: Cause): FnSignature {
  const sub = (x: Type): Type => normal(t, instantiate(x, args), cause);
  return { params: signature.params.map(sub), result: sub(signature.result), isUnsafe: signature.isUnsafe, abi: signature.abi };
}

/** Puts a definition's predicates into the queue. */
export function requirePredicates(t: Typing, def: DefId, args: readonly Type[], span: Span): void {
  for (const g of predicateGoals(t.cx, def, args, 0)) require(t, g, { span, why: { kind: 'bound', def } });
}

/** A type written in a body: what it applies keeps its bounds, and what it holds has a size. */
export function requireWritten(t: Typing, type: Type, span: Span): void {
  if ((type.flags & HAS_ERROR) !== 0) return;
  const held = type.kind === 'array' || type.kind === 'slice' ? [type.element] : type.kind === 'tuple' ? type.elements.slice(0, -1) : [];
  for (const e of held) requireLang(t, 'sized', { span, why: { kind: 'sized' } }, e);
  if (type.kind === 'adt') requirePredicates(t, type.def, type.args, span);
  if (type.kind === 'dyn' || type.kind === 'fnPtr' || type.kind === 'opaque' || type.kind === 'projection') return;
  for (const part of parts(type)) requireWritten(t, part, span);
}

/** Chooses the method for good: adjusts the receiver, asks for its bounds. */
export function confirmMethod(t: Typing, receiver: Expr, pick: Pick, written: readonly GenericArg[] | null, span: Span): Method {
  const c = pick.candidate;
  const fn = c.item;
  if (fn.kind !== 'fn') throw new Error(`not a method: ${fn.id}`);
  if (pick.autoref === 'none' && known(t, pick.self).kind === 'dyn') t.problems.push(problem('E0161', receiver.span, { type: show(t, pick.self) }, { label: 'its size is not known when compiling' }));
  const parent = candidateArgs(t, c, null);
  const args = argsFor(t, fn.id, written, parent, span);
  const cause: Cause = { span, why: { kind: 'bound', def: fn.id } };
  const self = fn.signature.params[0] ?? pick.self;
  const wanted = normal(t, instantiate(self, args), cause);
  commitIf(t.cx.infer, () => unify(t.cx.infer, wanted, pick.self));
  adjustReceiver(t, receiver, pick);
  if (c.kind === 'trait') require(t, { kind: 'trait', ref: { trait: c.trait.id, args: args.slice(0, parent.length) } }, cause);
  const signature = signatureOf(t, fn.signature, args, cause);
  requirePredicates(t, fn.id, args, span);
  return { callee: { def: fn.id, args }, signature };
}

export function adjustReceiver(t: Typing, receiver: Expr, pick: Pick): void {
  for (const s of pick.steps) for (const g of s.goals) require(t, g, { span: receiver.span, why: { kind: 'other' } });
  const at = pick.steps[pick.steps.length - 1]?.to ?? known(t, t.facts.types.get(receiver.id) ?? pick.self);
  const mutable = pick.autoref === 'refMut';
  switch (pick.autoref) {
    case 'none': {
      const self = known(t, pick.self);
      if (self.kind === 'ref' && (self.mutable || pick.steps.length > 0)) {
        // A reference passed on is borrowed anew.
        adjust(t, receiver.id, [
          ...derefAdjustments(t, pick.steps, false),
          { kind: 'deref', method: null, mutable: self.mutable, target: self.inner },
          { kind: 'borrow', mutable: self.mutable, twoPhase: self.mutable, target: self },
        ]);
        if (self.mutable) markMutable(t, receiver);
      } else adjust(t, receiver.id, derefAdjustments(t, pick.steps, false));
      return;
    }
    case 'constPtr': {
      adjust(t, receiver.id, [...derefAdjustments(t, pick.steps, false), { kind: 'pointer', cast: 'mutToConst', target: at.kind === 'ptr' ? ptr(at.inner, false) : at }]);
      return;
    }
    default: {
      const place = pick.unsize ? arrayAt(t, receiver, pick, at) : at;
      const steps: Adjustment[] = borrowAfter(t, pick.steps, place, mutable, mutable);
      if (pick.unsize && place.kind === 'array') steps.push({ kind: 'pointer', cast: 'unsize', target: refTo(slice(place.element), mutable) });
      adjust(t, receiver.id, steps);
      if (mutable) markMutable(t, receiver);
    }
  }
}

const arrayAt = (t: Typing, receiver: Expr, pick: Pick, at: Type): Type => (at.kind === 'array' ? at : known(t, pick.steps[pick.steps.length - 1]?.to ?? t.facts.types.get(receiver.id) ?? at));

// ------------------------------------------------------------------ places that are changed

/** `e` is borrowed mutably or assigned to: overloaded steps on the way to its place become mutable ones. */
export function markMutable(t: Typing, e: Expr): void {
  const chain: Expr[] = [];
  for (let at: Expr | null = e; at !== null;) {
    chain.push(at);
    at = at.kind === 'field' || at.kind === 'deref' ? at.value : at.kind === 'index' ? at.base : at.kind === 'paren' ? at.inner : null;
  }
  for (const at of chain.reverse()) {
    mutateAdjustments(t, at);
    if (at.kind === 'index') mutateOperator(t, at.id, at.base, 'index', 'index_mut');
    else if (at.kind === 'deref') mutateOperator(t, at.id, at.value, 'deref', 'deref_mut');
  }
}

function mutateAdjustments(t: Typing, e: Expr): void {
  const steps = t.facts.adjustments.get(e.id);
  if (steps === undefined) return;
  const method = derefMethod(t, true);
  const trait = lang(t.u, 'deref_mut');
  for (let i = 0; i < steps.length; i++) {
    const s = steps[i];
    if (s?.kind !== 'deref') continue;
    if (s.method === null) steps[i] = { ...s, mutable: true };
    else if (!s.mutable && method !== null && trait !== null && mayHold(t, trait, s.method.args)) steps[i] = { ...s, mutable: true, method: { def: method, args: s.method.args } };
  }
}

const mayHold = (t: Typing, trait: DefId, args: readonly Type[]): boolean =>
  probe(t.cx.infer, () => evaluate(t.cx, { kind: 'trait', ref: { trait, args: args.map(a => resolved(t, a)) } }, 0)) !== 'no';

function mutateOperator(t: Typing, id: NodeId, base: Expr, from: string, to: string): void {
  const callee = t.facts.callees.get(id);
  if (callee === undefined) return;
  const owner = t.u.definitions.byId.get(callee.def)?.parent ?? null;
  if (owner === null || !isLang(t.u, owner, from)) return;
  const trait = lang(t.u, to);
  const method = trait === null ? null : traitItem(t.u, trait, to);
  // Without an `_mut` form the place stays shared: the borrow checker says so.
  if (trait === null || method === null || !mayHold(t, trait, callee.args)) return;
  t.facts.callees.set(id, { def: method, args: callee.args });
  const steps = t.facts.adjustments.get(base.id);
  if (steps === undefined) return;
  // The borrow of the base, and an unsizing after it, become mutable.
  for (let i = 0; i < steps.length; i++) {
    const s = steps[i];
    if (s?.kind === 'borrow') steps[i] = { ...s, mutable: true, target: mutableRef(s.target) };
    else if (s?.kind === 'pointer' && s.target.kind === 'ref') steps[i] = { ...s, target: mutableRef(s.target) };
  }
}

const mutableRef = (type: Type): Type => (type.kind === 'ref' ? refTo(type.inner, true) : type);
