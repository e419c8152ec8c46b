/**
 * Definitions that are still being lowered. Lowering one type needs parts of others (how many parameters a struct has, what an alias
 * stands for, an impl's self type) before those are finished; those parts are given on demand here, with cycles caught by who gives them. After
 * collecting, everything is in `Definitions` and nothing is pending.
 */
import type { GenericParam, Generics } from '../types/definition.ts';
import type { DefId, TraitRef, Type } from '../types/type.ts';
import type { World } from './table.ts';

export interface Pending {
  readonly generics: (def: DefId) => Generics | null;
  readonly alias: (def: DefId) => Type | null;
  readonly implSelf: (def: DefId) => Type | null;
  readonly implTrait: (def: DefId) => TraitRef | null;
  readonly supertraits: (def: DefId) => readonly TraitRef[] | null;
  /** `trait T: 'static`. */
  readonly isStatic: (trait: DefId) => boolean;
  /** Bounds written on a type parameter: trait references alone. */
  readonly boundsOf: (owner: DefId, param: Type) => readonly TraitRef[] | null;
  readonly kindOf: (def: DefId) => 'struct' | 'enum' | 'alias' | 'trait' | 'associatedType' | 'fn' | 'impl' | 'other' | null;
}

const pendings = new WeakMap<World, Pending>();

export function setPending(world: World, pending: Pending | null): void {
  if (pending === null) pendings.delete(world);
  else pendings.set(world, pending);
}

export const pendingOf = (world: World): Pending | null => pendings.get(world) ?? null;

const NONE: Generics = { parent: null, parentCount: 0, params: [], predicates: [] };

/** Parameters of a definition (an enum's for its variant). Predicates may be missing while it is pending. */
export function genericsOf(world: World, def: DefId): Generics {
  const known = world.definitions.byId.get(def);
  if (known !== undefined) {
    if ('generics' in known) return known.generics;
    if (known.kind === 'variant') return genericsOf(world, known.enum);
  }
  return pendingOf(world)?.generics(def) ?? NONE;
}

export const countOf = (generics: Generics): number => generics.parentCount + generics.params.length;

/** All parameters, parents' first. */
export function allParams(world: World, def: DefId): readonly GenericParam[] {
  const generics = genericsOf(world, def);
  return generics.parent === null ? generics.params : [...allParams(world, generics.parent), ...generics.params];
}

export function isTrait(world: World, def: DefId): boolean {
  return world.modules.get(def)?.kind === 'trait';
}

export function supertraitsOf(world: World, trait: DefId): readonly TraitRef[] {
  const known = world.definitions.byId.get(trait);
  if (known?.kind === 'trait') return known.supertraits;
  return pendingOf(world)?.supertraits(trait) ?? [];
}
