/**
 * Looking up a method or associated item by name on a type, in rustc's order: each dereference step by value, then by `&`,
 * then by `&mut` (and `*mut` as `*const`); inherent items before those of traits in scope; an array as a slice last. In: the
 * receiver's type. Out: the one candidate that fits, or why none does. Leaves no trace; `method.ts` makes the choice real.
 */
import { autoderef, type DerefStep } from './autoderef.ts';
import type { ConstDef, Definition, FnDef, ImplDef, TraitDef } from './definition.ts';
import { probe, resolve, shallow } from './infer.ts';
import { evaluate, evaluateAll, freshArgs, normalise, opaqueBounds, predicateGoals } from './solve.ts';
import { HAS_PROJECTION, ptr, ref as refTo, slice, type DefId, type TraitRef, type Type } from './type.ts';
import { known, type Typing } from './typing.ts';
import { headOf, implsOf, instantiate, instantiateRef, supertraits, type Universe } from './universe.ts';
import { unify, unifyAll } from './unify.ts';

export type Item = FnDef | ConstDef;

export type Candidate =
  | { readonly kind: 'impl'; readonly impl: ImplDef; readonly item: Item }
  | { readonly kind: 'trait'; readonly trait: TraitDef; readonly item: Item }
  /** A bound in scope, or an object's trait: the trait's arguments are given. */
  | { readonly kind: 'bound'; readonly ref: TraitRef; readonly item: Item };

export type Autoref = 'none' | 'ref' | 'refMut' | 'constPtr';

export interface Pick {
  readonly candidate: Candidate;
  readonly steps: readonly DerefStep[];
  readonly autoref: Autoref;
  /** The array that the steps lead to is taken as a slice. */
  readonly unsize: boolean;
  /** Type that is passed as self. */
  readonly self: Type;
}

export type Found =
  | { readonly kind: 'found'; readonly pick: Pick }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'private'; readonly item: Item }
  /** Nothing fits. `unmet`: a candidate whose bounds do not hold; `outOfScope`: traits that would have it. */
  | { readonly kind: 'none'; readonly unmet: Candidate | null; readonly associated: Item | null }
  /** The receiver's type must be known here. */
  | { readonly kind: 'unknown'; readonly type: Type };

// ------------------------------------------------------------------ tables

const inherentTables = new WeakMap<Universe, Map<string, Map<string, { impl: ImplDef; item: Item }[]>>>();
const traitTables = new WeakMap<Universe, Map<DefId, Map<string, Item>>>();

/** Key of `Definitions.inherent`. */
export function inherentKey(t: Type): string | null {
  switch (t.kind) {
    case 'adt': return t.def;
    case 'int': return `int:${t.name}`;
    case 'float': return `float:${t.name}`;
    case 'ptr': return t.mutable ? 'ptr:mut' : 'ptr:const';
    case 'ref': return t.mutable ? 'ref:mut' : 'ref';
    case 'dyn': return t.principal === null ? null : `dyn:${t.principal.trait}`;
    case 'bool': case 'char': case 'str': case 'slice': case 'array': case 'tuple': case 'fnPtr': case 'never': return t.kind;
    default: return null;
  }
}

export function inherentItems(u: Universe, key: string): Map<string, { impl: ImplDef; item: Item }[]> {
  let table = inherentTables.get(u);
  if (table === undefined) inherentTables.set(u, (table = new Map()));
  let items = table.get(key);
  if (items === undefined) {
    items = new Map();
    for (const id of u.definitions.inherent.get(key) ?? []) {
      const impl = u.definitions.byId.get(id);
      if (impl?.kind !== 'impl') continue;
      for (const def of impl.items) {
        const item = u.definitions.byId.get(def);
        if (item?.kind !== 'fn' && item?.kind !== 'const') continue;
        const list = items.get(item.name);
        if (list === undefined) items.set(item.name, [{ impl, item }]);
        else list.push({ impl, item });
      }
    }
    table.set(key, items);
  }
  return items;
}

export function traitItems(u: Universe, trait: DefId): Map<string, Item> {
  let table = traitTables.get(u);
  if (table === undefined) traitTables.set(u, (table = new Map()));
  let items = table.get(trait);
  if (items === undefined) {
    items = new Map();
    const d = u.definitions.byId.get(trait);
    if (d?.kind === 'trait') {
      for (const def of d.items) {
        const item = u.definitions.byId.get(def);
        if (item?.kind === 'fn' || item?.kind === 'const') items.set(item.name, item);
      }
    }
    table.set(trait, items);
  }
  return items;
}

// ------------------------------------------------------------------ candidates

interface Candidates {
  readonly inherent: Candidate[];
  readonly traits: Candidate[];
}

function assemble(t: Typing, types: readonly Type[], name: string): Candidates {
  const inherent: Candidate[] = [];
  const traits: Candidate[] = [];
  for (const type of types) {
    const key = inherentKey(type);
    if (key !== null) for (const c of inherentItems(t.u, key).get(name) ?? []) inherent.push({ kind: 'impl', ...c });
    for (const ref of ownBounds(t, type)) {
      const item = traitItems(t.u, ref.trait).get(name);
      if (item !== undefined) inherent.push({ kind: 'bound', ref, item });
    }
  }
  traits.push(...likelyTraits(t, types, name));
  return { inherent, traits };
}

type TraitCandidate = Extract<Candidate, { kind: 'trait' }>;

/** The traits in scope that have an item of one name. */
interface Named {
  readonly all: TraitCandidate[];
  /** Those for types of one outermost constructor, and those that may be for others; made when there are many. */
  heads: { readonly of: Map<string, TraitCandidate[]>; readonly rest: TraitCandidate[] } | null;
}

/** The list of traits is one object for each scope. */
const scopeTables = new WeakMap<readonly DefId[], Map<string, Named>>();
const FEW = 4;

function traitsNaming(u: Universe, scope: readonly DefId[]): Map<string, Named> {
  let table = scopeTables.get(scope);
  if (table !== undefined) return table;
  table = new Map();
  for (const id of new Set(scope)) {
    const trait = u.definitions.byId.get(id);
    if (trait?.kind !== 'trait') continue;
    for (const item of traitItems(u, id).values()) {
      const named = table.get(item.name);
      if (named === undefined) table.set(item.name, { all: [{ kind: 'trait', trait, item }], heads: null });
      else named.all.push({ kind: 'trait', trait, item });
    }
  }
  scopeTables.set(scope, table);
  return table;
}

/** Candidates in traits in scope. Of many traits with one name in them, few have an impl for any of the types: the others are not looked at. */
function likelyTraits(t: Typing, types: readonly Type[], name: string): readonly TraitCandidate[] {
  const named = traitsNaming(t.u, t.traits).get(name);
  if (named === undefined) return [];
  if (named.all.length <= FEW) return named.all;
  named.heads ??= byHead(t.u, named.all);
  const found = new Set<TraitCandidate>(named.heads.rest);
  for (const type of types) {
    const head = headOf(type);
    // What is called a pointer, an object or a function may hold by rules of the language.
    if (head === null || type.kind === 'closure' || type.kind === 'ptr' || type.kind === 'opaque' || type.kind === 'dyn' || type.kind === 'fnDef') return named.all;
    for (const c of named.heads.of.get(head) ?? []) found.add(c);
  }
  for (const bound of t.cx.env.traits) for (const c of traitItems(t.u, bound.trait).has(name) ? named.all : []) if (c.trait.id === bound.trait) found.add(c);
  return found.size === 0 ? named.all : [...found];
}

function byHead(u: Universe, all: readonly TraitCandidate[]): NonNullable<Named['heads']> {
  const made: NonNullable<Named['heads']> = { of: new Map(), rest: [] };
  for (const c of all) {
    const index = implsOf(u, c.trait.id);
    if (index.rest.length > 0 || u.langOf.has(c.trait.id) || index.heads.has('&') || index.heads.has('&mut')) made.rest.push(c);
    for (const head of index.heads.keys()) {
      const list = made.of.get(head);
      if (list === undefined) made.of.set(head, [c]);
      else list.push(c);
    }
  }
  return made;
}

/** Traits that a type has by itself, in scope or not: a parameter's bounds, an object's traits, an opaque type's bounds. */
export function ownBounds(t: Typing, type: Type): readonly TraitRef[] {
  switch (type.kind) {
    case 'dyn': return type.principal === null ? [] : supertraits(t.u, { trait: type.principal.trait, args: [type, ...type.principal.args] });
    case 'param': return t.cx.env.traits.filter(r => r.args[0] === type);
    case 'projection': {
      const item = t.u.definitions.byId.get(type.item);
      const declared = item?.kind === 'associatedType' ? item.bounds : [];
      return [
        ...t.cx.env.traits.filter(r => r.args[0] === type),
        ...declared.flatMap(p => (p.kind === 'trait' ? supertraits(t.u, instantiateRef(p.ref, type.args)) : [])),
      ];
    }
    case 'opaque': return opaqueBounds(t.u, type.def).flatMap(p => (p.kind === 'trait' ? supertraits(t.u, instantiateRef(p.ref, type.args)) : []));
    default: return [];
  }
}

// ------------------------------------------------------------------ methods

export function findMethod(t: Typing, receiver: Type, name: string): Found {
  const chain = autoderef(t, receiver);
  const last = chain.types[chain.types.length - 1] as Type;
  if (last.kind === 'infer' && last.of === 'type') return { kind: 'unknown', type: last };
  const unsized = last.kind === 'array' ? slice(last.element) : null;
  const candidates = assemble(t, unsized === null ? chain.types : [...chain.types, unsized], name);
  let unmet: Candidate | null = null;
  let hidden: Item | null = null;
  const note = (c: Candidate): void => { unmet ??= c; };
  for (let i = 0; i < chain.types.length + (unsized === null ? 0 : 1); i++) {
    const at = chain.types[i] ?? (unsized as Type);
    const steps = chain.steps.slice(0, i);
    const wholes: [Autoref, Type][] = [['none', at], ['ref', refTo(at)], ['refMut', refTo(at, true)]];
    if (at.kind === 'ptr' && at.mutable) wholes.push(['constPtr', ptr(at.inner, false)]);
    for (const [autoref, self] of wholes) {
      for (const list of [candidates.inherent, candidates.traits]) {
        const fits = unique(t, list.filter(c => c.item.kind === 'fn' && c.item.hasSelf && fitsSelf(t, c, self, note)));
        const open = fits.filter(c => accessible(t, c.item.visibleIn));
        if (open.length === 0) {
          hidden ??= fits[0]?.item ?? null;
          continue;
        }
        if (open.length > 1) return { kind: 'ambiguous', candidates: open };
        return { kind: 'found', pick: { candidate: open[0] as Candidate, steps, autoref, unsize: i === chain.types.length, self } };
      }
    }
  }
  if (hidden !== null) return { kind: 'private', item: hidden };
  const associated = [...candidates.inherent, ...candidates.traits].find(c => c.item.kind !== 'fn' || !c.item.hasSelf)?.item ?? null;
  return { kind: 'none', unmet, associated };
}

/**
 * Candidates that lead to one item of one trait count once. Where several bounds of one trait fit (`T: Into[A] + Into[B]`), the trait is
 * chosen and its arguments are left to what comes after.
 */
function unique(t: Typing, list: readonly Candidate[]): Candidate[] {
  const out: Candidate[] = [];
  for (const c of list) {
    const at = out.findIndex(o => o.item === c.item);
    const other = out[at];
    if (other === undefined) out.push(c);
    else if (c.kind === 'bound' && other.kind === 'bound' && c.ref.args.some((a, i) => a !== other.ref.args[i])) {
      const trait = t.u.definitions.byId.get(c.ref.trait);
      if (trait?.kind === 'trait') out[at] = { kind: 'trait', trait, item: c.item };
    }
  }
  return out;
}

/** Whether the method takes `self` for its receiver, and its bounds may hold. */
function fitsSelf(t: Typing, c: Candidate, self: Type, unmet: (c: Candidate) => void): boolean {
  const { cx } = t;
  const fn = c.item;
  if (fn.kind !== 'fn') return false;
  return probe(cx.infer, () => {
    const args = candidateArgs(t, c, null);
    const receiver = fn.signature.params[0];
    if (receiver === undefined) return false;
    const own = fn.generics.params.map(p => p.index);
    const all = own.length === 0 ? args : [...args, ...freshArgs(cx, fn.id).slice(args.length)];
    let wanted = instantiate(receiver, all);
    if ((wanted.flags & HAS_PROJECTION) !== 0) wanted = normalise(cx, wanted, 0).type;
    if (!unify(cx.infer, wanted, self)) return false;
    return boundsMayHold(t, c, args, unmet);
  });
}

function boundsMayHold(t: Typing, c: Candidate, args: readonly Type[], unmet: (c: Candidate) => void): boolean {
  const { cx } = t;
  const verdict = c.kind === 'impl'
    ? evaluateAll(cx, predicateGoals(cx, c.impl.id, args, 0), 0)
    : c.kind === 'trait'
      ? traitMayHold(t, c.trait.id, args)
      : 'yes';
  if (verdict === 'no') unmet(c);
  return verdict !== 'no';
}

function traitMayHold(t: Typing, trait: DefId, args: readonly Type[]): 'yes' | 'no' | 'maybe' {
  const self = shallow(t.cx.infer, args[0] as Type);
  if (self.kind === 'infer' && self.of === 'type') return 'maybe';
  return evaluate(t.cx, { kind: 'trait', ref: { trait, args: args.map(a => resolve(t.cx.infer, a)) } }, 0);
}

/** Arguments of the impl or trait that a candidate's item stands in; `self` fixes the trait's Self when given. */
export function candidateArgs(t: Typing, c: Candidate, self: Type | null): Type[] {
  if (c.kind === 'bound') return [...c.ref.args];
  const args = freshArgs(t.cx, c.kind === 'impl' ? c.impl.id : c.trait.id);
  if (c.kind === 'trait' && self !== null) args[0] = self;
  return args;
}

// ------------------------------------------------------------------ paths

/** `Type::name`: an associated function, method or constant. */
export function findAssociated(t: Typing, type: Type, name: string): Found {
  const self = known(t, type);
  if (self.kind === 'infer' && self.of === 'type') return { kind: 'unknown', type: self };
  const candidates = assemble(t, [self], name);
  let unmet: Candidate | null = null;
  let hidden: Item | null = null;
  for (const list of [candidates.inherent, candidates.traits]) {
    const fits = unique(t, list.filter(c => probe(t.cx.infer, () => {
      const args = candidateArgs(t, c, self);
      if (c.kind === 'impl') {
        const own = normalise(t.cx, instantiate(c.impl.self, args), 0).type;
        if (!unify(t.cx.infer, own, self)) return false;
      } else if (c.kind === 'bound' && !unifyAll(t.cx.infer, [c.ref.args[0] as Type], [self])) return false;
      return boundsMayHold(t, c, args, x => { unmet ??= x; });
    })));
    const open = fits.filter(c => accessible(t, c.item.visibleIn));
    if (open.length > 1) return { kind: 'ambiguous', candidates: open };
    if (open[0] !== undefined) return { kind: 'found', pick: { candidate: open[0], steps: [], autoref: 'none', unsize: false, self } };
    hidden ??= fits[0]?.item ?? null;
  }
  return hidden !== null ? { kind: 'private', item: hidden } : { kind: 'none', unmet, associated: null };
}

/** Whether something visible in `where` (null: everywhere) may be named by this body. */
export function accessible(t: Typing, where: DefId | null): boolean {
  if (where === null) return true;
  for (let at: DefId | null = t.body.module; at !== null; at = t.u.definitions.byId.get(at)?.parent ?? null) if (at === where) return true;
  return t.body.owner === where;
}

/** Traits, in scope or not, that have a method of this name for the type. */
export function traitsWith(t: Typing, receiver: Type, name: string): TraitDef[] {
  const out: TraitDef[] = [];
  const types = autoderef(t, receiver).types;
  for (const d of t.u.definitions.byId.values() as Iterable<Definition>) {
    if (d.kind !== 'trait' || t.traits.includes(d.id) || !traitItems(t.u, d.id).has(name)) continue;
    const holds = types.some(type => probe(t.cx.infer, () => {
      const args = freshArgs(t.cx, d.id);
      args[0] = type;
      return traitMayHold(t, d.id, args) === 'yes';
    }));
    if (holds) out.push(d);
    if (out.length >= 4) break;
  }
  return out;
}
