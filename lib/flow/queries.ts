/**
 * What the flow phases ask of types and definitions: is it Copy, must it be dropped, what are its fields. One object per
 * compilation, made by `types`; answers are cached there. Also the small look-ups over `Definitions` that several files here need.
 * Invariant: types given and answered have erased regions, except in the borrow checker, which erases before it asks.
 */
import type { Span } from '../text/span.ts';
import type { Definition, Definitions, EnumDef, FnDef, Generics, StructDef, VariantDef } from '../types/definition.ts';
import type { ClosureFacts } from '../types/facts.ts';
import { type DefId, eraseRegions, substitute, type TraitRef, type Type } from '../types/type.ts';

export type Selected =
  | { readonly kind: 'impl'; readonly def: DefId; readonly args: readonly Type[] }
  | { readonly kind: 'bound' | 'object'; readonly ref: TraitRef }
  | { readonly kind: 'builtin' };

export interface TypeQueries {
  readonly definitions: Definitions;
  /** `type: Copy`, under the bounds in scope at `owner`. */
  isCopy(owner: DefId, type: Type): boolean;
  /** `type: Clone`, as far as is known. */
  isClone(owner: DefId, type: Type): boolean;
  /** May running its destructor do anything (a parameter may, unless it is Copy). */
  needsDrop(owner: DefId, type: Type): boolean;
  /** Has no `UnsafeCell` outside of indirections. */
  isFreeze(owner: DefId, type: Type): boolean;
  /** Projections replaced where they are known. */
  normalise(owner: DefId, type: Type): Type;
  /** Captures of a closure by its definition: what it stores, in order. Null while unknown (of another body). */
  captures(closure: DefId): readonly Type[] | null;
  closure(def: DefId): ClosureFacts | null;
  /** How a trait reference (regions erased) holds: by which impl or bound. */
  select(owner: DefId, ref: TraitRef): Selected | null;
  /** Hidden type of an opaque result, where its body has been checked. */
  hidden(opaque: DefId): Type | null;
  /** Of the library's own file. */
  isLibrary(span: Span): boolean;
  /** The type as the user writes it. */
  show(type: Type): string;
  /** Source text of a span, for `assert` and `dbg`. */
  text(span: Span): string;
  /** `file:line:column`, for `dbg`. */
  position(span: Span): string;
}

export function lang(definitions: Definitions, name: string): DefId {
  const id = definitions.lang.get(name);
  if (id === undefined) throw new Error(`the library has no @lang("${name}")`);
  return id;
}

export function definition(definitions: Definitions, id: DefId): Definition {
  const found = definitions.byId.get(id);
  if (found === undefined) throw new Error(`no definition ${id}`);
  return found;
}

export function isLang(definitions: Definitions, type: Type, name: string): boolean {
  return type.kind === 'adt' && definitions.lang.get(name) === type.def;
}

export const isBox = (definitions: Definitions, type: Type): boolean => isLang(definitions, type, 'owned_box');

/** The struct or enum of a type. */
export function adtOf(definitions: Definitions, type: Type): StructDef | EnumDef | null {
  if (type.kind !== 'adt') return null;
  const found = definitions.byId.get(type.def);
  return found !== undefined && (found.kind === 'struct' || found.kind === 'enum') ? found : null;
}

export function variantOf(definitions: Definitions, def: DefId, index: number | null): VariantDef {
  const found = definition(definitions, def);
  const variant = found.kind === 'struct' ? found.variant : found.kind === 'enum' ? found.variants[index ?? 0] : undefined;
  if (variant === undefined) throw new Error(`${def} has no variant ${String(index)}`);
  return variant;
}

/** Types of a variant's fields in the type `type` (an ADT), regions erased. */
export function fieldTypes(queries: TypeQueries, owner: DefId, type: Type, variant: number | null): readonly Type[] {
  if (type.kind === 'tuple') return type.elements;
  if (type.kind === 'closure') return queries.captures(type.def) ?? [];
  if (type.kind !== 'adt') return [];
  return variantOf(queries.definitions, type.def, variant).fields.map(f => queries.normalise(owner, eraseRegions(substitute(f.type, type.args))));
}

/** A trait's method by the trait's language name: `eq` of `eq`, `deref_mut` of `deref_mut`. */
export function traitMethod(definitions: Definitions, trait: string, method: string): DefId {
  const found = definition(definitions, lang(definitions, trait));
  if (found.kind !== 'trait') throw new Error(`@lang("${trait}") is no trait`);
  for (const item of found.items) if (definitions.byId.get(item)?.name === method) return item;
  throw new Error(`trait ${found.name} has no method ${method}`);
}

export function variantIndex(definitions: Definitions, def: DefId, name: string): number {
  const found = definition(definitions, def);
  const at = found.kind === 'enum' ? found.variants.findIndex(v => v.name === name) : -1;
  if (at < 0) throw new Error(`${def} has no variant ${name}`);
  return at;
}

export function fnDef(definitions: Definitions, id: DefId): FnDef | null {
  const found = definitions.byId.get(id);
  return found?.kind === 'fn' ? found : null;
}

/** Generics of any definition that has them. */
export function genericsOf(found: Definition | undefined): Generics | null {
  return found !== undefined && 'generics' in found ? found.generics : null;
}

const dropImpls = new WeakMap<Definitions, Map<DefId, DefId>>();

/** The definition's `impl Drop`, null where it has none. Found once per compilation (all impls are known by then). */
export function dropImpl(definitions: Definitions, def: DefId): DefId | null {
  let known = dropImpls.get(definitions);
  if (known === undefined) {
    known = new Map();
    const trait = definitions.lang.get('drop');
    for (const id of trait === undefined ? [] : (definitions.implsOf.get(trait) ?? [])) {
      const impl = definitions.byId.get(id);
      if (impl?.kind === 'impl' && !impl.negative && impl.self.kind === 'adt') known.set(impl.self.def, id);
    }
    dropImpls.set(definitions, known);
  }
  return known.get(def) ?? null;
}
