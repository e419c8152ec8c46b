/**
 * The world that code is made in: definitions, flow graphs, and what is asked of types, all for whole types (no parameter left).
 * One object per emission; answers are kept. In: the interface `TypesApi`, which the pipeline puts together from `types`.
 * Nothing here changes a graph. Each question costs once per type.
 */
import type { Graph } from '../flow/graph.ts';
import type { Problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import type { Definitions, FnDef, VariantDef } from '../types/definition.ts';
import { STR, UNIT, array, constant, eraseRegions, intern, ptr, ref, slice, substitute, tuple, type DefId, type Type, U8 } from '../types/type.ts';
import type { Projection } from '../flow/graph.ts';
import { instance, instanceKey, type Instance, type InstanceShape, type InstanceTable } from './instance.ts';
import type { Profile } from '../../vm/code/program.ts';
import type { Shape } from './shape.ts';
import { isOwn, type Shelf, type ShelfRow } from './shelf.ts';

export interface ClosureInfo {
  readonly kind: 'Fn' | 'FnMut' | 'FnOnce';
  /** What it stores, in order; over the owner's generics. */
  readonly captures: readonly Type[];
  readonly params: readonly Type[];
  readonly result: Type;
}

/** What emission needs of types. Types given are without parameters; answers are normalised. */
export interface TypesApi {
  /** Projections replaced, opaque types seen through, regions erased. */
  normalize(type: Type): Type;
  /** The item (method or constant) that a trait's is for these arguments (`args[0]` is Self): an impl's, or the trait's default. Null: made by the compiler. */
  resolveItem(def: DefId, args: readonly Type[]): { readonly def: DefId; readonly args: readonly Type[] } | null;
  isCopy(type: Type): boolean;
  shape(type: Type): Shape;
  closure(def: DefId): ClosureInfo;
}

/** Types of the program that are allocators, and the one that stands in for `Global`. */
export interface Allocators {
  readonly trait: DefId;
  readonly own: ReadonlySet<DefId>;
  readonly global: { readonly def: DefId; readonly type: Type } | null;
}

export interface World {
  readonly definitions: Definitions;
  readonly types: TypesApi;
  readonly profile: Profile;
  /** Overflow is checked: debug, or asked for. */
  readonly overflowChecks: boolean;
  readonly graphOf: (def: DefId) => Graph | null;
  /** Is this a place in the library? */
  readonly inLibrary: (span: Span) => boolean;
  /** The program's own allocators. */
  readonly allocators: Allocators | null;
  readonly instances: InstanceTable;
  /** The library's own code, for this manner of emission. */
  readonly shelf: { readonly shelf: Shelf; readonly row: ShelfRow } | null;
  readonly problems: Problem[];
  readonly caches: {
    readonly fields: Map<string, readonly Type[]>;
    readonly needsDrop: Map<Type, boolean>;
    readonly dropFns: Map<DefId, DefId | null>;
    readonly tables: Map<string, readonly TableSlot[]>;
  };
}

export function instanceOf({ instances, shelf }: World, shape: InstanceShape): Instance {
  if (shelf === null) return instance(instances, shape);
  const key = instanceKey(shape);
  let found = instances.get(key) ?? shelf.shelf.instances.get(key);
  if (found === undefined) found = instance(isOwn(shelf.shelf, shape) ? shelf.shelf.instances : instances, shape);
  return found;
}

export const instanceNamed = ({ instances, shelf }: World, key: string): Instance | undefined => instances.get(key) ?? shelf?.shelf.instances.get(key);

/** Its code is the same in every program. */
export const isShelved = ({ shelf }: World, one: Instance): boolean => shelf !== null && shelf.shelf.instances.get(one.key) === one;

export const langId = (world: World, name: string): DefId | null => world.definitions.lang.get(name) ?? null;

export function langItem(world: World, name: string): DefId {
  const id = world.definitions.lang.get(name);
  if (id === undefined) throw new Error(`the library has no @lang("${name}")`);
  return id;
}

export const isLang = (world: World, def: DefId, name: string): boolean => world.definitions.lang.get(name) === def;

export const isBox = (world: World, type: Type): boolean => type.kind === 'adt' && isLang(world, type.def, 'owned_box');

export function fnDef(world: World, def: DefId): FnDef | null {
  const found = world.definitions.byId.get(def);
  return found?.kind === 'fn' ? found : null;
}

/** Definition's type for these arguments, whole. */
export const instantiate = (world: World, type: Type, args: readonly Type[]): Type => world.types.normalize(eraseRegions(substitute(type, args)));

export function variantsOf(world: World, def: DefId): readonly VariantDef[] {
  const found = world.definitions.byId.get(def);
  if (found?.kind === 'struct') return [found.variant];
  if (found?.kind === 'enum') return found.variants;
  throw new Error(`${def} is no struct or enum`);
}

export const isEnum = (world: World, type: Type): boolean => type.kind === 'adt' && world.definitions.byId.get(type.def)?.kind === 'enum';

/** Types of the fields of a struct, tuple, closure, or of a variant. */
export function fieldTypes(world: World, type: Type, variant: number | null = null): readonly Type[] {
  if (type.kind === 'tuple') return type.elements;
  const key = `${type.id} ${variant ?? ''}`;
  let found = world.caches.fields.get(key);
  if (found === undefined) {
    if (type.kind === 'adt') {
      const v = variantsOf(world, type.def)[variant ?? 0];
      found = v === undefined ? [] : v.fields.map(f => instantiate(world, f.type, type.args));
    } else if (type.kind === 'closure') found = world.types.closure(type.def).captures.map(c => instantiate(world, c, type.args));
    else found = [];
    world.caches.fields.set(key, found);
  }
  return found;
}

/** The function `Drop::drop` of a type's own impl. */
export function dropFn(world: World, def: DefId): DefId | null {
  let found = world.caches.dropFns.get(def);
  if (found === undefined) {
    found = null;
    const trait = langId(world, 'drop');
    for (const id of trait === null ? [] : (world.definitions.implsOf.get(trait) ?? [])) {
      const impl = world.definitions.byId.get(id);
      if (impl?.kind === 'impl' && !impl.negative && impl.self.kind === 'adt' && impl.self.def === def) found = impl.items.find(i => world.definitions.byId.get(i)?.kind === 'fn') ?? null;
    }
    world.caches.dropFns.set(def, found);
  }
  return found;
}

/** Whether dropping a value of this type does anything. */
export function needsDrop(world: World, type: Type): boolean {
  let known = world.caches.needsDrop.get(type);
  if (known === undefined) {
    world.caches.needsDrop.set(type, false); // a recursive type goes through a Box, which does need it
    known = computeNeedsDrop(world, type);
    world.caches.needsDrop.set(type, known);
  }
  return known;
}

function computeNeedsDrop(world: World, type: Type): boolean {
  switch (type.kind) {
    case 'dyn': return true;
    case 'array': return type.length.kind === 'const' && type.length.value === 0n ? false : needsDrop(world, type.element);
    case 'slice': return needsDrop(world, type.element);
    case 'tuple': return type.elements.some(t => needsDrop(world, t));
    case 'closure': return fieldTypes(world, type).some(t => needsDrop(world, t));
    case 'adt': {
      if (isLang(world, type.def, 'manually_drop')) return false;
      if (isBox(world, type) || dropFn(world, type.def) !== null) return true;
      return variantsOf(world, type.def).some((_, v) => fieldTypes(world, type, v).some(t => needsDrop(world, t)));
    }
    default: return false;
  }
}

/** Its bytes hold a function pointer. */
export function holdsFunction(world: World, type: Type): boolean {
  switch (type.kind) {
    case 'fnPtr': return true;
    case 'array': return holdsFunction(world, type.element);
    case 'tuple': return type.elements.some(t => holdsFunction(world, t));
    case 'closure': return fieldTypes(world, type).some(t => holdsFunction(world, t));
    case 'adt': return variantsOf(world, type.def).some((_, v) => fieldTypes(world, type, v).some(t => holdsFunction(world, t)));
    default: return false;
  }
}

/** No part of it can change behind a shared reference. */
export function isFreeze(world: World, type: Type): boolean {
  switch (type.kind) {
    case 'tuple': return type.elements.every(t => isFreeze(world, t));
    case 'array': return isFreeze(world, type.element);
    case 'closure': return fieldTypes(world, type).every(t => isFreeze(world, t));
    case 'adt': {
      if (isLang(world, type.def, 'unsafe_cell') || isLang(world, type.def, 'maybe_uninit')) return false;
      return variantsOf(world, type.def).every((_, v) => fieldTypes(world, type, v).every(t => isFreeze(world, t)));
    }
    case 'dyn': case 'slice': case 'str': return false;
    default: return true;
  }
}

export function pointee(world: World, type: Type): Type {
  if (type.kind === 'ref' || type.kind === 'ptr') return type.inner;
  if (isBox(world, type) && type.kind === 'adt') return type.args[0] ?? UNIT;
  throw new Error(`a ${type.kind} cannot be dereferenced`);
}

export function stepType(world: World, type: Type, step: Projection): Type {
  switch (step.kind) {
    case 'deref': return pointee(world, type);
    case 'field': return step.type;
    case 'variant': return type;
    case 'index': case 'constantIndex':
      if (type.kind === 'array' || type.kind === 'slice') return type.element;
      throw new Error(`a ${type.kind} cannot be indexed`);
    case 'subslice':
      if (type.kind === 'array') return array(type.element, constant(lengthOf(type) - BigInt(step.from) - BigInt(step.to)));
      if (type.kind === 'slice') return slice(type.element);
      throw new Error(`a ${type.kind} has no part`);
  }
}

/** Length of an array type. */
export function lengthOf(type: Type): bigint {
  if (type.kind === 'array' && type.length.kind === 'const') return type.length.value;
  throw new Error('an array without a length');
}

export const isSized = (world: World, type: Type): boolean => tailOf(world, type) === null;

/** The slice, `str` or `dyn` at the end of an unsized type; null for sized ones. */
export function tailOf(world: World, type: Type): Type | null {
  switch (type.kind) {
    case 'slice': case 'str': case 'dyn': return type;
    case 'tuple': { const last = type.elements.at(-1); return last === undefined ? null : tailOf(world, last); }
    case 'adt': {
      const definition = world.definitions.byId.get(type.def);
      if (definition?.kind !== 'struct' || type.args.length === 0 && definition.variant.fields.length === 0) return null;
      const lastField = definition.variant.fields.at(-1);
      // Only a last field of a type that can be unsized makes a struct unsized; others are not worth the walk.
      if (lastField === undefined || !['param', 'adt', 'slice', 'str', 'dyn', 'projection', 'tuple'].includes(lastField.type.kind)) return null;
      const last = fieldTypes(world, type).at(-1);
      return last === undefined || last.kind === 'ptr' ? null : tailOf(world, last);
    }
    default: return null;
  }
}

/** One entry of a table of methods, after its head. */
export type TableSlot =
  | { readonly kind: 'method'; readonly def: DefId; /** of the trait, `Self` left out */ readonly args: readonly Type[] }
  /** Address of the same type's table for a supertrait. */
  | { readonly kind: 'super'; readonly above: DynTrait };

/** Words of a table before its slots: drop function (0: nothing to do), size, alignment. */
export const TABLE_HEAD = 3;

/** Slots of a `dyn`'s table, in order: methods of supertraits, own methods, then tables of the supertraits (for upcasts). */
export function tableSlots(world: World, principal: DynTrait | null): readonly TableSlot[] {
  if (principal === null) return [];
  const key = dynKey(principal);
  let slots = world.caches.tables.get(key);
  if (slots === undefined) {
    const out: TableSlot[] = [];
    const supers = supertraitsOf(world, principal);
    for (const each of supers) {
      const trait = world.definitions.byId.get(each.trait);
      if (trait?.kind !== 'trait') continue;
      for (const item of trait.items) {
        const method = fnDef(world, item);
        if (method === null || !method.hasSelf || isSelfSized(world, method) || method.generics.params.some(p => p.kind !== 'lifetime')) continue;
        out.push({ kind: 'method', def: item, args: each.args });
      }
    }
    for (const above of supers) if (above.trait !== principal.trait) out.push({ kind: 'super', above });
    slots = out;
    world.caches.tables.set(key, slots);
  }
  return slots;
}

export const dynKey = (principal: DynTrait): string => `${principal.trait}<${principal.args.map(a => a.id).join(',')}>`;

/** `where Self: Sized` keeps a method out of the table. */
function isSelfSized(world: World, method: FnDef): boolean {
  const sized = langId(world, 'sized');
  return method.generics.predicates.some(p => p.kind === 'trait' && p.ref.trait === sized && p.ref.args[0]?.kind === 'param' && p.ref.args[0].index === 0);
}

export interface DynTrait { readonly trait: DefId; readonly args: readonly Type[] }

/** Supertraits, each before the trait that needs it, itself last; each once. `Self` is left out of the arguments. */
export function supertraitsOf(world: World, principal: DynTrait): readonly DynTrait[] {
  const out: DynTrait[] = [];
  const seen = new Set<string>();
  const self = intern({ kind: 'dyn', principal, projections: [], autos: [], region: erased });
  const visit = (each: DynTrait): void => {
    const key = dynKey(each);
    if (seen.has(key)) return;
    seen.add(key);
    const trait = world.definitions.byId.get(each.trait);
    if (trait?.kind !== 'trait') return;
    for (const above of trait.supertraits) {
      const args = above.args.map(a => eraseRegions(substitute(a, [self, ...each.args]))).slice(1);
      visit({ trait: above.trait, args });
    }
    out.push(each);
  };
  visit(principal);
  return out;
}
const erased = eraseRegions(intern({ kind: 'region', region: { of: 'erased' } }));

export const bytesOf = (type: Type): Type => ref(slice(type));
export const STR_REF = ref(STR);
export const BYTE_PTR = ptr(U8, true);
export const unitSpan = (span: Span): Span => ({ file: span.file, start: span.start, end: span.start });
export const tupleOf = tuple;
