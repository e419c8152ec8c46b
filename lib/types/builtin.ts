/**
 * Traits that hold by the language's own rules, without impls: Sized, Copy, Clone of built-in types, Fn of what can be called,
 * Unsize, and auto traits by structure. Each rule answers with the goals that are left to prove, `'no'`, `'maybe'` (a variable
 * must be known first), or null: the rule has nothing to say and bounds and impls decide.
 */
import type { ClosureFacts } from './facts.ts';
import { shallow, type Infer } from './infer.ts';
import type { ParamEnv } from './env.ts';
import type { Goal, Verdict } from './goal.ts';
import { fnDefinition, instantiate, isLang, lang, supertraits, variantsOf, type Universe } from './universe.ts';
import { adt, eraseRegions, ref as refTo, substitute, tuple, UNIT, type DefId, type FnSignature, type TraitRef, type Type, type TypeOf } from './type.ts';

/** A closure whose body is being checked: what is known of it so far. */
export interface OpenClosure {
  readonly def: DefId;
  signature: FnSignature;
  /** null until its body's uses are known. */
  kind: ClosureFacts['kind'] | null;
  /** Types that it stores; null until known. */
  stored: readonly Type[] | null;
  /** A bound that asked for a kind before the body was checked. */
  expectedKind: ClosureFacts['kind'] | null;
}

/** A goal with all that is known of it: the number of trait and arguments, with what is known of open closures in them where there are any. */
export type State = number | string;

export interface Memo {
  readonly verdicts: Map<State, { readonly verdict: Verdict; readonly assumed: number }>;
  readonly types: Map<State, { readonly made: { readonly type: Type; readonly goals: readonly Goal[] }; readonly assumed: number }>;
}

export interface Cx {
  readonly u: Universe;
  readonly infer: Infer;
  readonly env: ParamEnv;
  readonly open: Map<DefId, OpenClosure>;
  /** Those of them whose signatures may still become better known. */
  readonly loose: Set<DefId>;
  /** Counts how often kinds of open closures became known. */
  kinds: number;
  /** Hidden types being found: an opaque type that this body defines, as the variable for it. */
  readonly defining: Map<DefId, Type>;
  /** Goals being evaluated, outermost first. */
  readonly stack: number[];
  /** Counts what makes an answer unfit for the cache. */
  taint: number;
  /** Counts answers that hold only below a goal that came back to itself. */
  cycles: number;
  /** Counts kinds of open closures that were taken for granted: their own goals will tell. */
  assumed: number;
  /** Answers for goals with variables and open closures, keyed by all that is known of them. */
  readonly memo: Memo;
  /** A goal went deeper than the limit: E0275. */
  overflow: boolean;
}

export type Answer = readonly Goal[] | 'no' | 'maybe' | null;

export const goal = (trait: DefId, ...args: readonly Type[]): Goal => ({ kind: 'trait', ref: { trait, args } });

const each = (trait: DefId, types: readonly Type[]): Goal[] => types.map(t => goal(trait, t));

/** What a closure stores, and how it is called; null while that is not known. */
export function closureParts(cx: Cx, t: TypeOf<'closure'>): { signature: FnSignature; kind: ClosureFacts['kind'] | null; stored: readonly Type[] | null } | null {
  const open = cx.open.get(t.def);
  if (open !== undefined) {
    cx.taint++;
    return open;
  }
  const facts = cx.u.closures.get(t.def);
  if (facts === undefined) return null;
  const s = facts.signature;
  const sub = (x: Type): Type => instantiate(x, t.args);
  return {
    signature: { ...s, params: s.params.map(sub), result: sub(s.result) },
    kind: facts.kind,
    stored: storedTypes(facts).map(sub),
  };
}

/** Types of what a closure stores: captured values, or references to them. */
export const storedTypes = (facts: Pick<ClosureFacts, 'captures'>): Type[] =>
  facts.captures.map(c => (c.mode === 'move' ? c.type : refTo(c.type, c.mode !== 'ref')));


/** Whether a call of a value of this type is built in: with what signature. */
export function callSignature(cx: Cx, t: Type): FnSignature | null {
  switch (t.kind) {
    case 'fnPtr': return { ...t.signature, params: t.signature.params.map(eraseRegions), result: eraseRegions(t.signature.result) };
    case 'closure': return closureParts(cx, t)?.signature ?? null;
    case 'fnDef': return fnDefSignature(cx.u, t);
    default: return null;
  }
}

/** A function item's, method's or tuple constructor's signature, with its arguments put in; not normalised. */
export function fnDefSignature(u: Universe, t: TypeOf<'fnDef'>): FnSignature | null {
  const sub = (x: Type): Type => instantiate(x, t.args);
  const f = fnDefinition(u, t.def);
  if (f !== null) return { ...f.signature, params: f.signature.params.map(sub), result: sub(f.signature.result) };
  const d = u.definitions.byId.get(t.def);
  if (d === undefined) return null;
  if (d.kind === 'struct') return { params: d.variant.fields.map(x => sub(x.type)), result: adt(d.id, t.args), isUnsafe: false, abi: null };
  if (d.kind === 'variant') {
    const variant = variantsOf(u, d.enum)[d.index];
    return variant === undefined ? null : { params: variant.fields.map(x => sub(x.type)), result: adt(d.enum, t.args), isUnsafe: false, abi: null };
  }
  return null;
}

const KINDS = ['Fn', 'FnMut', 'FnOnce'] as const;

export const kindSatisfies = (have: ClosureFacts['kind'], want: ClosureFacts['kind']): boolean => KINDS.indexOf(have) <= KINDS.indexOf(want);

export function fnTraitKind(u: Universe, trait: DefId): ClosureFacts['kind'] | null {
  switch (u.langOf.get(trait)) {
    case 'fn': return 'Fn';
    case 'fn_mut': return 'FnMut';
    case 'fn_once': return 'FnOnce';
    default: return null;
  }
}

/** The language's own answer to `ref`, whose self type is resolved at its outermost constructor. */
export function builtinAnswer(cx: Cx, ref: TraitRef, self: Type): Answer {
  if (self.kind === 'error') return [];
  switch (cx.u.langOf.get(ref.trait)) {
    case 'sized': case 'meta_sized': return sized(cx, ref.trait, self);
    case 'copy': return copy(cx, ref.trait, self);
    case 'clone': return clone(cx, ref.trait, self);
    case 'tuple_trait': return self.kind === 'tuple' ? [] : self.kind === 'infer' ? 'maybe' : 'no';
    case 'fn': case 'fn_mut': case 'fn_once': return callable(cx, ref, self);
    case 'unsize': return unsize(cx, ref, self);
    case 'coerce_unsized': return coerceUnsized(cx, ref, self);
    case 'destruct': return [];
    default: return null;
  }
}

function sized(cx: Cx, trait: DefId, self: Type): Answer {
  switch (self.kind) {
    case 'str': case 'slice': case 'dyn': return 'no';
    case 'infer': return self.of === 'type' ? 'maybe' : [];
    case 'param': return null;
    case 'tuple': {
      const last = self.elements[self.elements.length - 1];
      return last === undefined ? [] : [goal(trait, last)];
    }
    case 'adt': {
      const d = cx.u.definitions.byId.get(self.def);
      if (d?.kind !== 'struct') return [];
      const last = d.variant.fields[d.variant.fields.length - 1];
      // Only a last field of parameter, slice, str or dyn type can make a struct unsized.
      if (last === undefined) return [];
      const t = last.type;
      if (t.kind === 'param' || t.kind === 'slice' || t.kind === 'str' || t.kind === 'dyn' || t.kind === 'projection' || (t.kind === 'adt' && cx.u.definitions.byId.get(t.def)?.kind === 'struct' && t.args.length > 0)) {
        return [goal(trait, instantiate(t, self.args))];
      }
      return [];
    }
    case 'projection': return null;
    default: return [];
  }
}

function copy(cx: Cx, trait: DefId, self: Type): Answer {
  switch (self.kind) {
    case 'int': case 'float': case 'bool': case 'char': case 'never': case 'ptr': case 'fnPtr': case 'fnDef': return [];
    case 'ref': return self.mutable ? 'no' : [];
    case 'infer': return self.of === 'type' ? 'maybe' : [];
    case 'tuple': return each(trait, self.elements);
    case 'array': return each(trait, [self.element]);
    case 'str': case 'slice': case 'dyn': return 'no';
    case 'closure': {
      const stored = closureParts(cx, self)?.stored ?? null;
      return stored === null ? 'maybe' : each(trait, stored);
    }
    default: return null;
  }
}

function clone(cx: Cx, trait: DefId, self: Type): Answer {
  const answer = copy(cx, trait, self);
  return self.kind === 'str' || self.kind === 'slice' || self.kind === 'dyn' ? 'no' : answer;
}

function callable(cx: Cx, ref: TraitRef, self: Type): Answer {
  const want = fnTraitKind(cx.u, ref.trait) ?? 'FnOnce';
  switch (self.kind) {
    case 'infer': return 'maybe';
    case 'closure': {
      const closure = closureParts(cx, self);
      if (closure === null) return 'no';
      if (closure.kind !== null && !kindSatisfies(closure.kind, want)) return 'no';
      return closure.kind === null && want !== 'FnOnce' ? [{ kind: 'closureKind', def: self.def, want }] : [];
    }
    case 'fnPtr': return self.signature.isUnsafe ? 'no' : [];
    case 'fnDef': return fnDefSignature(cx.u, self)?.isUnsafe === true ? 'no' : [];
    default: return null;
  }
}

/** `T: Unsize[U]`: array to slice, value to `dyn`, `dyn` to a supertrait's `dyn`, and a struct whose last field does so. */
function unsize(cx: Cx, ref: TraitRef, self: Type): Answer {
  const to = shallow(cx.infer, ref.args[1] ?? UNIT);
  if (self.kind === 'infer' || to.kind === 'infer') return self.kind === 'infer' && to.kind === 'dyn' ? 'maybe' : to.kind === 'infer' ? 'maybe' : self.kind === 'infer' ? 'maybe' : 'no';
  if (to.kind === 'slice') return self.kind === 'array' ? [] : 'no'; // the element is unified by the caller
  if (to.kind === 'dyn') {
    if (self.kind === 'dyn') return upcasts(cx, self, to) ? [] : 'no';
    return [...objectGoals(cx.u, self, to), ...sizedGoal(cx.u, self)];
  }
  if (self.kind === 'adt' && to.kind === 'adt' && self.def === to.def) {
    const d = cx.u.definitions.byId.get(self.def);
    if (d?.kind !== 'struct') return 'no';
    const last = d.variant.fields[d.variant.fields.length - 1];
    if (last === undefined) return 'no';
    return [goal(ref.trait, instantiate(last.type, self.args), instantiate(last.type, to.args))];
  }
  return 'no';
}

const sizedGoal = (u: Universe, t: Type): Goal[] => {
  const trait = lang(u, 'sized');
  return trait === null ? [] : [goal(trait, t)];
};

/** What must hold for a value of type `self` to be a `dyn`: its traits, and its projections. */
export function objectGoals(u: Universe, self: Type, to: TypeOf<'dyn'>): Goal[] {
  const goals: Goal[] = to.autos.map(auto => goal(auto, self));
  if (to.principal !== null) {
    goals.push(goal(to.principal.trait, self, ...to.principal.args));
    for (const p of to.projections) goals.push({ kind: 'projection', item: p.item, args: [self, ...projectionArgs(u, to, p.item)], type: p.type });
  }
  return goals;
}

/** The arguments after self of the trait of `item`, as the dyn's principal trait or one of its supertraits has them. */
export function projectionArgs(u: Universe, t: TypeOf<'dyn'>, item: DefId): readonly Type[] {
  const owner = u.definitions.byId.get(item)?.parent ?? null;
  if (t.principal === null) return [];
  for (const s of supertraits(u, { trait: t.principal.trait, args: [t, ...t.principal.args] })) if (s.trait === owner) return s.args.slice(1);
  return t.principal.args;
}

function upcasts(cx: Cx, from: TypeOf<'dyn'>, to: TypeOf<'dyn'>): boolean {
  const u = cx.u;
  const above = from.principal === null ? [] : supertraits(u, { trait: from.principal.trait, args: [from, ...from.principal.args] });
  const autosHold = to.autos.every(a => from.autos.includes(a) || above.some(s => s.trait === a));
  return autosHold && (to.principal === null || above.some(s => s.trait === to.principal?.trait));
}

/** For built-in pointers; `Box`, `Rc` and others say it by impls. */
function coerceUnsized(cx: Cx, ref: TraitRef, self: Type): Answer {
  const to = shallow(cx.infer, ref.args[1] ?? UNIT);
  const unsizeTrait = lang(cx.u, 'unsize');
  if (unsizeTrait === null) return 'no';
  if (self.kind === 'infer' || to.kind === 'infer') return 'maybe';
  if (self.kind === 'ref' && (to.kind === 'ref' || to.kind === 'ptr')) return to.mutable && !self.mutable ? 'no' : [goal(unsizeTrait, self.inner, to.inner)];
  if (self.kind === 'ptr' && to.kind === 'ptr') return to.mutable && !self.mutable ? 'no' : [goal(unsizeTrait, self.inner, to.inner)];
  return self.kind === 'adt' && to.kind === 'adt' ? null : 'no';
}

/** An auto trait by structure, when no impl speaks of the type. */
export function autoParts(cx: Cx, trait: DefId, self: Type): Answer {
  const u = cx.u;
  const name = u.langOf.get(trait);
  switch (self.kind) {
    case 'int': case 'float': case 'bool': case 'char': case 'str': case 'never': case 'fnPtr': case 'fnDef': case 'error': return [];
    case 'infer': return self.of === 'type' ? 'maybe' : [];
    case 'param': case 'projection': return 'no';
    case 'tuple': return each(trait, self.elements);
    case 'array': case 'slice': return [goal(trait, self.element)];
    case 'ptr': return name === 'send' || name === 'sync' ? 'no' : [goal(trait, self.inner)];
    case 'ref': {
      // `&T` may go to another thread when `T` may be shared.
      const sync = name === 'send' && !self.mutable ? lang(u, 'sync') : null;
      return [goal(sync ?? trait, self.inner)];
    }
    case 'adt': {
      const fields: Goal[] = [];
      // What changes behind a shared reference is not for several threads.
      if (name === 'sync' && isLang(u, self.def, 'unsafe_cell')) return 'no';
      if (isLang(u, self.def, 'phantom_data')) return self.args.filter(a => a.kind !== 'region').map(a => goal(trait, a));
      for (const variant of variantsOf(u, self.def)) for (const f of variant.fields) fields.push(goal(trait, eraseRegions(substitute(f.type, self.args))));
      return fields;
    }
    case 'closure': {
      const stored = closureParts(cx, self)?.stored ?? null;
      return stored === null ? 'maybe' : each(trait, stored);
    }
    case 'dyn': {
      if (self.autos.includes(trait)) return [];
      if (self.principal === null) return 'no';
      return supertraits(u, { trait: self.principal.trait, args: [self, ...self.principal.args] }).some(s => s.trait === trait) ? [] : 'no';
    }
    case 'opaque': {
      const hidden = cx.defining.get(self.def) ?? u.opaques.get(self.def);
      // A hidden type that is not known yet belongs to a body that is still to be checked: its own check will find what is wrong.
      return hidden === undefined ? [] : [goal(trait, instantiate(hidden, self.args))];
    }
    case 'const': case 'region': return [];
  }
}

/** Parameters and result of a callable as the Fn traits see them: arguments in one tuple. */
export const fnInputs = (signature: FnSignature): Type => tuple(signature.params);
