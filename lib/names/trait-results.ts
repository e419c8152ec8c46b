/**
 * `impl Trait` in the result of a trait's method: an associated type that nobody writes. The trait's method returns its projection; each impl's
 * one is what stands at that place in the result of the impl's method. In: definitions of the crate. Out: made associated types, in traits and impls.
 * Names of these types are in braces, so no path leads to them. A default body would have to know a type that impls may change: refused in `define`.
 */
import type { AssociatedTypeDef, FnDef, GenericParam, Generics, ImplDef, Predicate, TraitDef } from '../types/definition.ts';
import { mapParts, param, parts, region, type DefId, type Type } from '../types/type.ts';
import type { Build } from './build.ts';

/** Id of the type that stands for the `n`th `impl Trait` in the result of `method` of `trait`. */
export const resultTypeId = (trait: DefId, method: string, n: number): DefId => `${trait}::{${method}:impl#${n}}` as DefId;

/** The trait's side. Its parameters are those of the method, at the same places. */
export function traitResult(id: DefId, trait: DefId, fn: Pick<FnDef, 'span' | 'nameSpan' | 'visibleIn'>, generics: Generics, bounds: readonly Predicate[]): AssociatedTypeDef {
  return {
    kind: 'associatedType', id, name: id.slice(trait.length + 2), parent: trait, span: fn.span, nameSpan: fn.nameSpan, visibleIn: fn.visibleIn, doc: null, attributes: {},
    generics: { parent: trait, parentCount: generics.parentCount, params: generics.params, predicates: [] }, bounds, type: null,
  };
}

/** Completes traits and impls once all methods have their signatures. `made` are the traits' types by trait. */
export function completeResults(build: Build, made: ReadonlyMap<DefId, readonly AssociatedTypeDef[]>): void {
  const { byId } = build.world.definitions;
  for (const [id, types] of made) {
    const trait = byId.get(id);
    if (trait?.kind !== 'trait') continue;
    byId.set(id, { ...trait, items: [...trait.items, ...types.map(t => t.id)] });
  }
  for (const entry of build.entries) {
    const impl = byId.get(entry.def);
    if (impl?.kind !== 'impl' || impl.trait === null) continue;
    const trait = byId.get(impl.trait.trait);
    if (trait?.kind === 'trait') completeImpl(build, impl, trait);
  }
}

function completeImpl(build: Build, impl: ImplDef, trait: TraitDef): void {
  const { byId } = build.world.definitions;
  const items: DefId[] = [];
  for (const id of trait.items) {
    const type = byId.get(id);
    if (type?.kind !== 'associatedType' || !type.name.startsWith('{')) continue;
    const method = type.name.slice(1, type.name.indexOf(':'));
    const theirs = namedFn(build, trait.items, method);
    const mine = namedFn(build, impl.items, method);
    if (theirs === null || mine === null) continue;
    const found = partAt(theirs.signature.result, mine.signature.result, id);
    if (found === null) continue;
    const start = mine.generics.parentCount;
    const own = type.generics.params.map((p, i): GenericParam => ({ ...p, index: start + i }));
    const def = `${impl.id}::${type.name}` as DefId;
    byId.set(def, {
      ...type, id: def, parent: impl.id, span: mine.span, nameSpan: mine.nameSpan, bounds: [], type: renumber(found, mine.generics.params, own),
      generics: { parent: impl.id, parentCount: start, params: own, predicates: mine.generics.predicates.flatMap(p => renumberPredicate(p, mine.generics.params, own)) },
    });
    items.push(def);
  }
  if (items.length > 0) byId.set(impl.id, { ...impl, items: [...impl.items, ...items] });
}

function namedFn(build: Build, items: readonly DefId[], name: string): FnDef | null {
  for (const id of items) {
    const item = build.world.definitions.byId.get(id);
    if (item?.kind === 'fn' && item.name === name) return item;
  }
  return null;
}

/** What stands in `mine` where `theirs` has the projection of `item`. */
function partAt(theirs: Type, mine: Type, item: DefId): Type | null {
  if (theirs.kind === 'projection' && theirs.item === item) return mine;
  if (theirs.kind !== mine.kind) return null;
  const [a, b] = [parts(theirs), parts(mine)];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]];
    const found = x === undefined || y === undefined ? null : partAt(x, y, item);
    if (found !== null) return found;
  }
  return null;
}

/** The impl method's parameters by the trait method's places: the first type by the first, the first lifetime by the first. */
function renumber(t: Type, from: readonly GenericParam[], to: readonly GenericParam[]): Type {
  const target = new Map<number, GenericParam>();
  for (const kind of ['lifetime', 'type', 'const'] as const) {
    const [a, b] = [from.filter(p => p.kind === kind), to.filter(p => p.kind === kind)];
    a.forEach((p, i) => {
      const other = b[i];
      if (other !== undefined) target.set(p.index, other);
    });
  }
  const go = (x: Type): Type => {
    if (x.kind === 'param') {
      const p = target.get(x.index);
      return p === undefined ? x : param(p.index, p.name);
    }
    if (x.kind === 'region') {
      const p = x.region.of === 'param' ? target.get(x.region.index) : undefined;
      return p === undefined ? x : region({ of: 'param', index: p.index, name: p.name });
    }
    return mapParts(x, go);
  };
  return go(t);
}

function renumberPredicate(p: Predicate, from: readonly GenericParam[], to: readonly GenericParam[]): Predicate[] {
  const go = (t: Type): Type => renumber(t, from, to);
  if (p.kind === 'trait') return [{ ...p, ref: { trait: p.ref.trait, args: p.ref.args.map(go) } }];
  return p.kind === 'projection' ? [{ ...p, args: p.args.map(go), type: go(p.type) }] : [];
}
