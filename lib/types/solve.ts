/**
 * Trait selection and projection. A goal `T: Trait[..]` is answered by bounds in scope first, then the bounds of opaque types
 * and associated types, objects, the language's own rules and impls; `<T as Trait>::Item` by the same. Selecting a sole
 * candidate binds variables; an answer is `'maybe'` while several remain. In: a context; out: nested goals, nothing reported.
 * Goals without variables are cached, by parameter environment. Depth is limited: beyond it `cx.overflow` is set (E0275).
 */
import { autoParts, builtinAnswer, callSignature, fnInputs, goal, kindSatisfies, projectionArgs, type Cx, type State } from './builtin.ts';
import type { ImplDef, Predicate } from './definition.ts';
import { concreteEnv, emptyEnv } from './env.ts';
import type { Goal, Outcome, Selection, Verdict } from './goal.ts';
import { commitIf, freshVar, makeInfer, probe, resolve, shallow, type Origin } from './infer.ts';
import { associatedType, definition, genericsOf, implsFor, instantiate, instantiateRef, isLang, itemNamed, paramsOf, predicatesOf, supertraits, traitDef, type Answers, type Universe } from './universe.ts';
import { ERASED, ERROR, HAS_ERROR, HAS_INFER, HAS_OPAQUE, HAS_PARAM, HAS_PROJECTION, intern, numberOf, mapParts, parts, tuple, type DefId, type TraitRef, type Type } from './type.ts';
import { tryUnify, unify, unifyAll } from './unify.ts';
import type { ParamEnv } from './env.ts';

const DEPTH_LIMIT = 120;

const OTHER: Origin = { span: { file: 0 as never, start: 0, end: 0 }, what: { kind: 'other' } };

/** A context of its own, for questions about types outside of a body. */
export const makeCx = (u: Universe, env: ParamEnv = emptyEnv(u)): Cx =>
  ({ u, infer: makeInfer(), env, open: new Map(), loose: new Set(), kinds: 0, defining: new Map(), stack: [], taint: 0, cycles: 0, assumed: 0, memo: { verdicts: new Map(), types: new Map() }, overflow: false });

export const concreteCx = (u: Universe): Cx => makeCx(u, concreteEnv(u));

/** Fresh variables for all parameters of `def` (regions are erased). */
export const freshArgs = (cx: Cx, def: DefId, origin: Origin = OTHER): Type[] =>
  paramsOf(cx.u, def).map(p => (p.kind === 'lifetime' ? ERASED : freshVar(cx.infer, origin, p.kind === 'const' ? 'const' : 'type')));

const closuresOf = new Map<number, ReadonlySet<DefId>>();

/** Closures inside a type, each once. */
function closuresIn(t: Type): ReadonlySet<DefId> {
  let known = closuresOf.get(t.id);
  if (known === undefined) {
    const inside = new Set<DefId>(t.kind === 'closure' ? [t.def] : []);
    for (const part of parts(t)) for (const def of closuresIn(part)) inside.add(def);
    known = inside.size === 0 ? NOTHING : inside;
    closuresOf.set(t.id, known);
  }
  return known;
}

const NOTHING: ReadonlySet<DefId> = new Set();

function mentionsOpen(cx: Cx, args: readonly Type[]): boolean {
  if (cx.open.size > 0) for (const a of args) for (const c of closuresIn(a)) if (cx.open.has(c)) return true;
  return false;
}

/**
 * Closures whose signatures are known for good, so that goals about them need not look at them again. Called where nothing
 * can be undone. Kinds become known later, all at once: `cx.kinds` counts that.
 */
export function settleClosures(cx: Cx): void {
  if (cx.infer.probing > 0) return;
  for (const c of cx.loose) {
    const open = cx.open.get(c);
    if (open === undefined) continue;
    const types = [...open.signature.params, open.signature.result].map(x => resolve(cx.infer, x));
    if (types.every(x => (x.flags & HAS_INFER) === 0 && [...closuresIn(x)].every(d => d === c || !cx.loose.has(d)))) cx.loose.delete(c);
  }
}

/**
 * A goal with all that is known of it: its types as far as they are resolved, and the signatures of open closures in them that are not settled.
 * Two goals with one such key have one answer, even when their variables are not the same ones.
 */
function stateOf(cx: Cx, number: number, args: readonly Type[]): State {
  if (!mentionsOpen(cx, args)) return number;
  let key = `${number}~${cx.kinds}`;
  const seen = new Set<DefId>();
  const add = (t: Type): void => {
    const inside = closuresIn(t);
    for (const c of cx.loose) {
      const open = !inside.has(c) || seen.has(c) ? undefined : cx.open.get(c);
      if (open === undefined) continue;
      seen.add(c);
      const signature = [...open.signature.params, open.signature.result].map(x => resolve(cx.infer, x));
      key += `|${c}${open.kind ?? '?'}${open.stored === null ? '' : '!'}${signature.map(x => x.id).join()}`;
      signature.forEach(add);
    }
  };
  args.forEach(add);
  return key;
}

/** Where answers about types with these flags, without variables, are kept. */
const answersFor = (cx: Cx, flags: number): Answers => (cx.env.general && (flags & (HAS_PARAM | HAS_OPAQUE | HAS_PROJECTION)) === 0 ? cx.u.answers : cx.env.answers);

const flagsOf = (types: readonly Type[]): number => {
  let flags = 0;
  for (const t of types) flags |= t.flags;
  return flags;
};

// ------------------------------------------------------------------ selection

/** Selects how `ref` holds. Binds variables when one candidate is left. */
export function select(cx: Cx, ref: TraitRef, depth: number): Outcome {
  const args = ref.args.map(a => revealShallow(cx, resolve(cx.infer, a)));
  const flags = flagsOf(args);
  if ((flags & HAS_ERROR) !== 0) return { source: { kind: 'builtin' }, nested: [] };
  const at: TraitRef = { trait: ref.trait, args };
  if ((flags & HAS_INFER) !== 0) return selectAfresh(cx, at, depth);
  const key = numberOf(at.trait, args);
  const { selections } = answersFor(cx, flags);
  const known = selections.get(key);
  if (known !== undefined) return known;
  const taint = cx.taint;
  const made = selectAfresh(cx, at, depth);
  if (cx.taint === taint && made !== 'maybe' && !hasVariables(made)) selections.set(key, made);
  return made;
}

function hasVariables(s: Selection | 'no'): boolean {
  if (s === 'no') return false;
  const open = (ts: readonly Type[]): boolean => ts.some(t => (t.flags & HAS_INFER) !== 0);
  if (s.source.kind === 'impl' && open(s.source.args)) return true;
  return s.nested.some(g => (g.kind === 'trait' ? open(g.ref.args) : g.kind === 'projection' ? open(g.args) || open([g.type]) : true));
}

type Candidate = { readonly kind: 'bound' | 'object'; readonly ref: TraitRef } | { readonly kind: 'impl'; readonly impl: ImplDef };

function selectAfresh(cx: Cx, ref: TraitRef, depth: number): Outcome {
  const self = ref.args[0] ?? tuple([]);
  const trait = traitDef(cx.u, ref.trait);
  if (self.kind === 'infer' && self.of === 'type') return 'maybe';

  // Bounds in scope, and the bounds of an opaque type or a rigid associated type.
  const bounds: Extract<Candidate, { kind: 'bound' | 'object' }>[] = [];
  const offer = (r: TraitRef, kind: 'bound' | 'object'): void => {
    if (r.trait !== ref.trait || bounds.some(b => b.ref.args.every((a, i) => a === r.args[i]))) return;
    if (!probe(cx.infer, () => unifyAll(cx.infer, r.args, ref.args))) return;
    bounds.push({ kind, ref: r });
  };
  for (const r of cx.env.traits) offer(r, 'bound');
  for (const r of itemBounds(cx, self)) offer(r, 'bound');
  if (self.kind === 'dyn' && self.principal !== null) {
    for (const r of supertraits(cx.u, { trait: self.principal.trait, args: [self, ...self.principal.args] })) offer(normaliseRef(cx, r, depth), 'object');
  }
  if (bounds.length === 1 && bounds[0] !== undefined) return confirm(cx, bounds[0], ref, depth);
  if (bounds.length > 1) {
    const left = bounds.filter(b => b.ref.args.every((a, i) => a === ref.args[i]));
    if (left[0] !== undefined) return confirm(cx, left[0], ref, depth);
    return ref.args.some(a => (a.flags & HAS_INFER) !== 0) ? 'maybe' : confirm(cx, bounds[0] as Candidate, ref, depth);
  }

  const own = builtinAnswer(cx, ref, self);
  if (own === 'no' || own === 'maybe') return own;
  if (own !== null) return confirmBuiltin(cx, ref, self, own);

  // Impls.
  const shaped = implsFor(cx.u, ref.trait, self).filter(impl => impl.trait?.args.every((a, i) => mayMatch(a, ref.args[i] ?? a)));
  if (shaped.length === 1 && !trait.isAuto && shaped[0] !== undefined && !shaped[0].negative) return confirmOnly(cx, shaped[0], ref, depth);
  const candidates = shaped.filter(impl => probe(cx.infer, () => matchImpl(cx, impl, ref, depth) !== null));
  if (candidates.length > 1) {
    const left = candidates.filter(impl => probe(cx.infer, () => {
      const found = confirm(cx, { kind: 'impl', impl }, ref, depth);
      return found !== 'no' && found !== 'maybe' && evaluateAll(cx, found.nested, depth + 1) !== 'no';
    }));
    candidates.splice(0, candidates.length, ...left);
  }
  if (candidates.length > 1) {
    // Without variables several impls would be an error of coherence: the first stands for them.
    if (ref.args.some(a => (a.flags & HAS_INFER) !== 0)) return 'maybe';
  }
  const only = candidates[0];
  if (only !== undefined) return only.negative ? 'no' : confirm(cx, { kind: 'impl', impl: only }, ref, depth);
  if (trait.isAuto) {
    const answer = autoParts(cx, ref.trait, self);
    if (answer === null || answer === 'no' || answer === 'maybe') return answer ?? 'no';
    return { source: { kind: 'builtin' }, nested: normaliseGoals(cx, answer, depth) };
  }
  return 'no';
}

/** The impl is the only one that may fit. */
function confirmOnly(cx: Cx, impl: ImplDef, ref: TraitRef, depth: number): Outcome {
  let found: Outcome = 'no';
  commitIf(cx.infer, () => (found = confirm(cx, { kind: 'impl', impl }, ref, depth)) !== 'no');
  return found;
}

/** Bounds that an opaque type or an associated type declares of itself. */
function itemBounds(cx: Cx, self: Type): TraitRef[] {
  const u = cx.u;
  const out: TraitRef[] = [];
  const put = (r: TraitRef): void => { out.push(...supertraits(u, r)); };
  if (self.kind === 'opaque') {
    for (const p of opaqueBounds(u, self.def)) if (p.kind === 'trait') put(instantiateRef(p.ref, self.args));
  } else if (self.kind === 'projection') {
    const item = u.definitions.byId.get(self.item);
    if (item?.kind === 'associatedType') {
      for (const p of item.bounds) if (p.kind === 'trait') put(instantiateRef(p.ref, self.args));
      // Bounds of the item may also stand in the trait's own where clause: `where Self::Item: Debug`.
      const owner = item.parent === null ? null : u.definitions.byId.get(item.parent);
      if (owner?.kind === 'trait') {
        for (const p of owner.generics.predicates) {
          if (p.kind === 'trait' && p.ref.args[0]?.kind === 'projection' && p.ref.args[0].item === self.item) put(instantiateRef(p.ref, self.args));
        }
      }
    }
  }
  return out.map(r => ({ trait: r.trait, args: r.args.map(a => (a === self ? a : normalise(cx, a, 1).type)) }));
}

export function opaqueBounds(u: Universe, def: DefId): readonly Predicate[] {
  const owner = definition(u, def.slice(0, def.lastIndexOf('::')) as DefId);
  return owner.kind === 'fn' ? (owner.opaques.find(o => o.def === def)?.bounds ?? []) : [];
}

/** Quick refusal of an impl by shape: parameters and projections of the impl, and variables of the goal, match anything. */
function mayMatch(pattern: Type, goalType: Type): boolean {
  if (pattern === goalType) return true;
  switch (pattern.kind) {
    case 'param': case 'projection': case 'region': case 'error': case 'infer': return true;
    default: break;
  }
  switch (goalType.kind) {
    case 'infer': return goalType.of === 'type' || goalType.of === 'const' || goalType.of === pattern.kind;
    case 'error': return true;
    case 'param': case 'projection': return false;
    default: break;
  }
  if (pattern.kind !== goalType.kind) return false;
  switch (pattern.kind) {
    case 'int': case 'float': case 'const': return pattern.kind === 'const' ? goalType.kind === 'const' && pattern.value === goalType.value : false;
    case 'adt': case 'fnDef': case 'closure': case 'opaque': if (pattern.def !== (goalType as typeof pattern).def) return false; break;
    case 'ref': case 'ptr': if (pattern.mutable !== (goalType as typeof pattern).mutable) return false; break;
    case 'dyn': return pattern.principal?.trait === (goalType as typeof pattern).principal?.trait;
    default: break;
  }
  const a = parts(pattern);
  const b = parts(goalType);
  return a.length === b.length && a.every((x, i) => mayMatch(x, b[i] ?? x));
}

function matchImpl(cx: Cx, impl: ImplDef, ref: TraitRef, depth: number): { args: Type[]; nested: readonly Goal[] } | null {
  if (impl.trait === null) return null;
  const args = freshArgs(cx, impl.id);
  const nested: Goal[] = [];
  for (let i = 0; i < impl.trait.args.length; i++) {
    const written = impl.trait.args[i];
    const wanted = ref.args[i];
    if (written === undefined || wanted === undefined) return null;
    let t = instantiate(written, args);
    if ((t.flags & HAS_PROJECTION) !== 0) {
      const n = normalise(cx, t, depth + 1);
      t = n.type;
      nested.push(...n.goals);
    }
    if (!unify(cx.infer, t, wanted)) return null;
  }
  return { args, nested };
}

function confirm(cx: Cx, c: Candidate, ref: TraitRef, depth: number): Outcome {
  if (c.kind !== 'impl') {
    if (!unifyAll(cx.infer, c.ref.args, ref.args)) return 'no';
    return { source: c, nested: [] };
  }
  const match = matchImpl(cx, c.impl, ref, depth);
  if (match === null) return 'no';
  const nested = [...match.nested, ...predicateGoals(cx, c.impl.id, match.args, depth)];
  return { source: { kind: 'impl', def: c.impl.id, args: match.args.map(a => resolve(cx.infer, a)) }, nested };
}

function confirmBuiltin(cx: Cx, ref: TraitRef, self: Type, nested: readonly Goal[]): Outcome {
  const name = cx.u.langOf.get(ref.trait);
  if (name === 'fn' || name === 'fn_mut' || name === 'fn_once') {
    const signature = callSignature(cx, self);
    const wanted = ref.args[1];
    if (signature === null || wanted === undefined) return 'no';
    const n = normalise(cx, fnInputs(signature), depth0(cx));
    if (!tryUnify(cx.infer, n.type, wanted)) return 'no';
    return { source: { kind: 'builtin' }, nested: [...n.goals, ...nested] };
  }
  if (name === 'unsize') {
    const to = shallow(cx.infer, ref.args[1] ?? self);
    if (self.kind === 'array' && to.kind === 'slice' && !tryUnify(cx.infer, self.element, to.element)) return 'no';
    if (self.kind === 'dyn' && to.kind === 'dyn' && to.principal !== null && self.principal !== null) {
      const above = supertraits(cx.u, { trait: self.principal.trait, args: [self, ...self.principal.args] }).find(s => s.trait === to.principal?.trait);
      if (above === undefined || !unifyAll(cx.infer, above.args.slice(1), to.principal.args)) return 'no';
    }
  }
  return { source: { kind: 'builtin' }, nested: normaliseGoals(cx, nested, depth0(cx)) };
}

const depth0 = (cx: Cx): number => cx.stack.length;

/** A definition's predicates as goals, with projections inside normalised. */
export function predicateGoals(cx: Cx, def: DefId, args: readonly Type[], depth: number): Goal[] {
  const out: Goal[] = [];
  for (const p of predicatesOf(cx.u, def)) {
    if (p.kind === 'trait') {
      const r = instantiateRef(p.ref, args);
      out.push(...normaliseGoals(cx, [{ kind: 'trait', ref: r }], depth));
    } else if (p.kind === 'projection') {
      out.push(...normaliseGoals(cx, [{ kind: 'projection', item: p.item, args: p.args.map(a => instantiate(a, args)), type: instantiate(p.type, args) }], depth));
    }
  }
  return out;
}

export function normaliseGoals(cx: Cx, goals: readonly Goal[], depth: number): Goal[] {
  const out: Goal[] = [];
  const list = (ts: readonly Type[]): Type[] => ts.map(t => {
    if ((t.flags & (HAS_PROJECTION | HAS_OPAQUE)) === 0) return t;
    const n = normalise(cx, t, depth);
    out.push(...n.goals);
    return n.type;
  });
  for (const g of goals) {
    if (g.kind === 'trait') out.push({ kind: 'trait', ref: { trait: g.ref.trait, args: list(g.ref.args) } });
    else if (g.kind === 'projection') {
      const args = list(g.args);
      const [type] = list([g.type]);
      out.push({ kind: 'projection', item: g.item, args, type: type ?? g.type });
    } else out.push(g);
  }
  return out;
}

function normaliseRef(cx: Cx, ref: TraitRef, depth: number): TraitRef {
  return ref.args.every((a, i) => i === 0 || (a.flags & HAS_PROJECTION) === 0)
    ? ref
    : { trait: ref.trait, args: ref.args.map((a, i) => (i === 0 ? a : normalise(cx, a, depth + 1).type)) };
}

// ------------------------------------------------------------------ evaluation

/** Proves a goal as far as it goes; binds what the sole candidates bind. Call it inside a probe when that must not last. */
export function evaluate(cx: Cx, g: Goal, depth: number): Verdict {
  if (depth > DEPTH_LIMIT) {
    cx.overflow = true;
    cx.taint++;
    return 'no';
  }
  if (g.kind === 'closureKind') {
    const open = cx.open.get(g.def) ?? null;
    const kind = open === null ? cx.u.closures.get(g.def)?.kind ?? null : open.kind;
    if (kind === null) cx.assumed++;
    return kind === null || kindSatisfies(kind, g.want) ? 'yes' : 'no';
  }
  if (g.kind === 'projection') {
    const found = project(cx, g.item, g.args, depth);
    if (found === 'maybe') return 'maybe';
    if (found === 'no') return 'no';
    if (!unify(cx.infer, found.type, g.type)) return 'no';
    return evaluateAll(cx, found.goals, depth + 1);
  }
  const args = g.ref.args.map(a => resolve(cx.infer, a));
  if (isLang(cx.u, g.ref.trait, 'sized') && args[0] !== undefined && isPlainlySized(args[0])) return 'yes';
  const flags = flagsOf(args);
  const closed = (flags & HAS_INFER) === 0;
  const key = numberOf(g.ref.trait, args);
  const { verdicts } = answersFor(cx, flags);
  if (closed) {
    const known = verdicts.get(key);
    if (known !== undefined) return known;
  }
  // What open closures and hidden types that are still being found have no part in is known for good.
  const lasting = closed && ((flags & HAS_OPAQUE) === 0 || cx.defining.size === 0) && !mentionsOpen(cx, args);
  const state = lasting ? null : stateOf(cx, key, args);
  if (state !== null) {
    const known = cx.memo.verdicts.get(state);
    if (known !== undefined) {
      cx.taint++;
      cx.assumed += known.assumed;
      return known.verdict;
    }
  }
  if (cx.stack.includes(key)) {
    cx.taint++;
    cx.cycles++;
    // A cycle proves an auto trait (a list is Send when its node is); anything else it does not.
    const trait = traitDef(cx.u, g.ref.trait);
    return trait.isAuto || isLang(cx.u, trait.id, 'sized') ? 'yes' : closed ? 'no' : 'maybe';
  }
  const { taint, cycles, assumed } = cx;
  cx.stack.push(key);
  const found = select(cx, { trait: g.ref.trait, args }, depth);
  const verdict = found === 'no' || found === 'maybe' ? found : evaluateAll(cx, found.nested, depth + 1);
  cx.stack.pop();
  if (lasting && verdict !== 'maybe' && (cx.taint === taint || cx.stack.length === 0) && !cx.overflow) verdicts.set(key, verdict);
  // What bound nothing of its own may be answered from memory.
  if (state !== null && !cx.overflow && (cx.cycles === cycles || cx.stack.length === 0) && stateAfter(cx, g.ref.trait, args) === state) cx.memo.verdicts.set(state, { verdict, assumed: cx.assumed - assumed });
  return verdict;
}

/** The state of a goal, looked at again. */
function stateAfter(cx: Cx, def: DefId, args: readonly Type[]): State {
  const now = args.map(a => resolve(cx.infer, a));
  return stateOf(cx, numberOf(def, now), now);
}

/** By the outermost constructor alone. */
function isPlainlySized(t: Type): boolean {
  switch (t.kind) {
    case 'int': case 'float': case 'bool': case 'char': case 'never': case 'ref': case 'ptr': case 'array': case 'fnPtr': case 'fnDef': case 'closure': return true;
    case 'tuple': return t.elements.length === 0;
    case 'infer': return t.of !== 'type';
    default: return false;
  }
}

/** All of several goals, in rounds: what one binds may settle another. */
export function evaluateAll(cx: Cx, goals: readonly Goal[], depth: number): Verdict {
  const left = leftOf(cx, goals, depth);
  return left === null ? 'no' : left.length === 0 ? 'yes' : 'maybe';
}

/** Those of several goals that cannot be told yet; null when one does not hold. */
function leftOf(cx: Cx, goals: readonly Goal[], depth: number): readonly Goal[] | null {
  let pending = goals;
  for (let round = 0; ; round++) {
    const left: Goal[] = [];
    const before = (round === 0 && pending.length === 1) || pending.every(isClosed) ? '' : known(cx, pending);
    for (const g of pending) {
      const verdict = evaluate(cx, g, depth);
      if (verdict === 'no') return null;
      if (verdict === 'maybe') left.push(g);
    }
    if (left.length === 0) return left;
    // Nothing more is known of what is asked: another round would say the same.
    if (left.length === pending.length && (pending.length === 1 || pending.every(isClosed) || known(cx, pending) === before)) return left;
    if (round > 8) return left;
    pending = left;
  }
}

const typesOf = (g: Goal): readonly Type[] => (g.kind === 'trait' ? g.ref.args : g.kind === 'projection' ? [...g.args, g.type] : NONE);
const NONE: readonly Type[] = [];

function resolveGoal(cx: Cx, g: Goal): Goal {
  const list = (ts: readonly Type[]): Type[] => ts.map(t => resolve(cx.infer, t));
  return g.kind === 'trait' ? { kind: 'trait', ref: { trait: g.ref.trait, args: list(g.ref.args) } } : g.kind === 'projection' ? { kind: 'projection', item: g.item, args: list(g.args), type: resolve(cx.infer, g.type) } : g;
}

/** Each goal once: what a chain of adapters leaves open is left open at each of its links. */
function distinct(goals: readonly Goal[]): readonly Goal[] {
  if (goals.length < 2) return goals;
  const seen = new Set<string>();
  return goals.filter(g => {
    const key = `${g.kind === 'trait' ? g.ref.trait : g.kind === 'projection' ? g.item : `${g.def}${g.want}`} ${typesOf(g).map(t => t.id).join()}`;
    return !seen.has(key) && seen.add(key);
  });
}

const isClosed = (g: Goal): boolean => (g.kind === 'trait' ? flagsOf(g.ref.args) & HAS_INFER : g.kind === 'projection' ? (flagsOf(g.args) | g.type.flags) & HAS_INFER : 0) === 0;

/** All that is known of what goals are about, as a key. */
const known = (cx: Cx, goals: readonly Goal[]): string => goals.map(g => (g.kind === 'trait' ? g.ref.args : g.kind === 'projection' ? [...g.args, g.type] : []).map(a => resolve(cx.infer, a).id).join()).join(';');

/** Whether `ref` holds, without leaving a trace. */
export const holds = (cx: Cx, ref: TraitRef): Verdict => probe(cx.infer, () => evaluate(cx, { kind: 'trait', ref }, 0));

// ------------------------------------------------------------------ projection

export interface Normalised {
  readonly type: Type;
  readonly goals: readonly Goal[];
}

function revealShallow(cx: Cx, t: Type): Type {
  if (t.kind !== 'opaque') return t;
  const inside = cx.defining.get(t.def);
  if (inside !== undefined) {
    cx.taint++;
    return resolve(cx.infer, inside);
  }
  if (!cx.env.reveal) return t;
  const hidden = cx.u.opaques.get(t.def);
  return hidden === undefined ? t : revealShallow(cx, normalise(cx, instantiate(hidden, t.args), 1).type);
}

/**
 * `t` with every projection inside replaced by what it is; by a variable, with a goal that will tell, when that is not known
 * yet; left as it stands when it is rigid (a parameter's associated type). What no impl gives is left to the goal: it fails.
 */
export function normalise(cx: Cx, t: Type, depth: number): Normalised {
  if ((t.flags & (HAS_PROJECTION | HAS_OPAQUE)) === 0) return { type: t, goals: [] };
  if ((t.flags & HAS_INFER) !== 0) return normaliseAfresh(cx, t, depth);
  if ((t.flags & HAS_OPAQUE) !== 0 || cx.defining.size > 0) return settle(cx, normaliseAfresh(cx, t, depth), depth);
  // Projections are seen through here; what stands inside them decides.
  const { types } = answersFor(cx, t.flags & ~HAS_PROJECTION);
  const known = types.get(t.id);
  if (known !== undefined) return { type: known, goals: [] };
  const taint = cx.taint;
  const made = settle(cx, normaliseAfresh(cx, t, depth), depth);
  if (cx.taint === taint && made.goals.length === 0 && (made.type.flags & HAS_INFER) === 0) types.set(t.id, made.type);
  return made;
}

/** A closed type comes out closed: variables that an impl brought (`B` of `impl[B, I, F: FnMut(I::Item) -> B] Iterator for Map[I, F]`) follow from its bounds. */
function settle(cx: Cx, made: Normalised, depth: number): Normalised {
  if (made.goals.length === 0 || (made.type.flags & HAS_INFER) === 0) return made;
  const verdict = evaluateAll(cx, made.goals, depth + 1);
  const type = resolve(cx.infer, made.type);
  return { type, goals: verdict === 'yes' ? [] : made.goals };
}

function normaliseAfresh(cx: Cx, t: Type, depth: number): Normalised {
  const goals: Goal[] = [];
  const walk = (x: Type): Type => {
    if ((x.flags & (HAS_PROJECTION | HAS_OPAQUE)) === 0) return x;
    if (x.kind === 'opaque') {
      const y = mapParts(x, walk);
      const seen = revealShallow(cx, y);
      return seen === y ? y : seen;
    }
    if (x.kind !== 'projection') return mapParts(x, walk);
    const args = x.args.map(walk);
    const same = intern({ kind: 'projection', item: x.item, args });
    if (depth > DEPTH_LIMIT) {
      cx.overflow = true;
      cx.taint++;
      return ERROR;
    }
    const found = project(cx, x.item, args, depth + 1);
    if (found === 'maybe' || found === 'no') {
      if (found === 'no' && args.every(a => (a.flags & HAS_INFER) === 0)) {
        goals.push(goal(associatedType(cx.u, x.item).parent ?? x.item, ...args.slice(0, traitArity(cx, x.item))));
        return ERROR;
      }
      const variable = freshVar(cx.infer, OTHER);
      goals.push({ kind: 'projection', item: x.item, args, type: variable });
      return variable;
    }
    goals.push(...found.goals);
    return found.type === same ? same : found.type;
  };
  return { type: walk(t), goals };
}

const traitArity = (cx: Cx, item: DefId): number => genericsOf(cx.u, item).parentCount;

/** What `<args[0] as Trait[..]>::item` is. A rigid one is answered by itself. */
export function project(cx: Cx, item: DefId, given: readonly Type[], depth: number): Normalised | 'no' | 'maybe' {
  if (depth > DEPTH_LIMIT) {
    cx.overflow = true;
    cx.taint++;
    return 'no';
  }
  const args = given.map(a => revealShallow(cx, resolve(cx.infer, a)));
  const flags = flagsOf(args);
  if ((flags & HAS_INFER) === 0 && !mentionsOpen(cx, args)) return (flags & HAS_OPAQUE) !== 0 || cx.defining.size > 0 ? projectAfresh(cx, item, args, depth) : projectClosed(cx, item, args, flags, depth);
  const state = stateOf(cx, numberOf(item, args), args);
  const known = cx.memo.types.get(state);
  if (known !== undefined) {
    cx.taint++;
    cx.assumed += known.assumed;
    return known.made;
  }
  const { cycles, assumed } = cx;
  const count = cx.infer.values.length;
  const made = projectAfresh(cx, item, args, depth);
  const nowOn = made === 'no' || made === 'maybe' ? null : { type: made.type, goals: distinct(made.goals.map(g => resolveGoal(cx, g))) };
  if (nowOn !== null && !cx.overflow && cx.cycles === cycles && isOlder(nowOn.type, count) && nowOn.goals.every(g => typesOf(g).every(t => isOlder(t, count)))
    && stateAfter(cx, item, args) === state) cx.memo.types.set(state, { made: nowOn, assumed: cx.assumed - assumed });
  return nowOn ?? made;
}

/** Without variables: what came out closed, with nothing left to prove, is kept where `normalise` keeps it. A chain of adapters asks for each of its items again and again. */
function projectClosed(cx: Cx, item: DefId, args: readonly Type[], flags: number, depth: number): Normalised | 'no' | 'maybe' {
  const { types } = answersFor(cx, flags & ~HAS_PROJECTION);
  const { id } = intern({ kind: 'projection', item, args });
  const known = types.get(id);
  if (known !== undefined) return { type: known, goals: [] };
  const { taint } = cx;
  const made = projectAfresh(cx, item, args, depth);
  if (made !== 'no' && made !== 'maybe' && made.goals.length === 0 && cx.taint === taint && !cx.overflow && (made.type.flags & (HAS_INFER | HAS_ERROR)) === 0) types.set(id, made.type);
  return made;
}

/** Whether a type mentions no variable made since there were `count`. */
const isOlder = (t: Type, count: number): boolean => (t.flags & HAS_INFER) === 0 || (t.kind === 'infer' ? t.index < count : parts(t).every(p => isOlder(p, count)));

function projectAfresh(cx: Cx, item: DefId, args: readonly Type[], depth: number): Normalised | 'no' | 'maybe' {
  if (args.some(a => a.kind === 'error')) return { type: ERROR, goals: [] };
  const self = args[0] ?? ERROR;
  if (self.kind === 'infer' && self.of === 'type') return 'maybe';
  const u = cx.u;
  const decl = associatedType(u, item);
  const trait = decl.parent;
  if (trait === null) throw new Error(`associated type ${item} outside of a trait`);

  // Bounds in scope that name the item.
  const known: { args: readonly Type[]; type: Type }[] = cx.env.projections.filter(p => p.item === item);
  if (self.kind === 'opaque') {
    for (const p of opaqueBounds(u, self.def)) if (p.kind === 'projection' && p.item === item) known.push({ args: p.args.map(a => instantiate(a, self.args)), type: instantiate(p.type, self.args) });
  } else if (self.kind === 'projection') {
    const of = u.definitions.byId.get(self.item);
    if (of?.kind === 'associatedType') for (const p of of.bounds) if (p.kind === 'projection' && p.item === item) known.push({ args: p.args.map(a => instantiate(a, self.args)), type: instantiate(p.type, self.args) });
  }
  const fits = known.filter(k => probe(cx.infer, () => unifyAll(cx.infer, k.args, args)));
  const fit = fits.length > 1 ? (fits.find(k => k.args.every((a, i) => a === args[i])) ?? fits[0]) : fits[0];
  if (fit !== undefined) {
    unifyAll(cx.infer, fit.args, args);
    return fit.type.kind === 'projection' && fit.type.item === item && fit.type.args.every((a, i) => a === args[i])
      ? { type: fit.type, goals: [] }
      : normalise(cx, fit.type, depth + 1);
  }
  if (self.kind === 'dyn') {
    const p = self.projections.find(x => x.item === item);
    if (p !== undefined) {
      unifyAll(cx.infer, projectionArgs(u, self, item), args.slice(1));
      return { type: p.type, goals: [] };
    }
  }

  const arity = traitArity(cx, item);
  const ref: TraitRef = { trait, args: args.slice(0, arity) };
  const found = select(cx, ref, depth + 1);
  if (found === 'no' || found === 'maybe') return found;
  const own = args.slice(arity);
  switch (found.source.kind) {
    case 'impl': {
      const impl = definition(u, found.source.def);
      if (impl.kind !== 'impl') throw new Error(`not an impl: ${impl.id}`);
      const written = itemNamed(u, impl, decl.name, 'associatedType');
      const type = written?.type ?? null;
      if (type !== null) {
        const n = normalise(cx, instantiate(type, [...found.source.args, ...own]), depth + 1);
        const goals = [...found.nested.filter(g => needed(cx, g)), ...n.goals];
        // What the impl's conditions can tell of its arguments is asked at once: `Map[I, F]`'s item is what `F` returns.
        const left = goals.length === 0 ? goals : (leftOf(cx, goals, depth + 1) ?? goals);
        return { type: resolve(cx.infer, n.type), goals: left };
      }
      if (decl.type === null) return { type: ERROR, goals: [] };
      const n = normalise(cx, instantiate(decl.type, args), depth + 1);
      return { type: n.type, goals: n.goals };
    }
    case 'builtin': {
      const signature = callSignature(cx, self);
      if (isLang(u, trait, 'fn_once') && signature !== null) {
        const n = normalise(cx, signature.result, depth + 1);
        return { type: n.type, goals: [...found.nested, ...n.goals] };
      }
      return { type: ERROR, goals: [] };
    }
    case 'bound': case 'object':
      return { type: intern({ kind: 'projection', item, args: args.map(a => resolve(cx.infer, a)) }), goals: [] };
  }
}

/** An impl's own conditions are worth keeping only where they can still bind something: that they hold is asked where the trait is required. */
const needed = (cx: Cx, g: Goal): boolean => {
  const open = (ts: readonly Type[]): boolean => ts.some(t => (resolve(cx.infer, t).flags & HAS_INFER) !== 0);
  return g.kind === 'trait' ? open(g.ref.args) : g.kind === 'projection' ? open(g.args) || open([g.type]) : false;
};
