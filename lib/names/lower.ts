/**
 * Lowering of written types to `Type`. In: type nodes whose paths are resolved (`NameTable`). Out: types; problems are appended.
 */
import type { Problem } from '../report/problem.ts';
import type { Bound, GenericArgs, GenericArg, Path, TypeNode } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { Predicate } from '../types/definition.ts';
import type { DefId, TraitRef, Type } from '../types/type.ts';
import type { World } from './table.ts';

/** Where types are lowered: whose parameters are in scope, and what `_` and elided lifetimes become. */
export interface LowerContext {
  readonly world: World;
  /** Definition whose generics (and parents') are in scope. */
  readonly owner: DefId;
  readonly problems: Problem[];
  /** A fresh inference variable for `_` or an omitted argument; null: not allowed (E0121). */
  readonly infer: ((of: 'type' | 'const', span: Span) => Type) | null;
}

/** Context for types inside a body: regions come out erased (undeclared ones are still E0261), `_` calls `infer`. */
export declare function bodyContext(world: World, owner: DefId, problems: Problem[], infer: (of: 'type' | 'const', span: Span) => Type): LowerContext;
export declare function lowerType(node: TypeNode, cx: LowerContext): Type;
/**
 * Arguments for the own parameters of `def`, after `parentArgs` (a trait's Self and its arguments, an impl's …). Missing ones come from `infer`,
 * else from defaults. E0107 when their number is wrong.
 */
export declare function lowerGenericArgs(def: DefId, args: GenericArgs | readonly GenericArg[] | null, parentArgs: readonly Type[], span: Span, cx: LowerContext): readonly Type[];
/** `Trait[A, Item = B]` for `self`: the reference and what its bindings say. */
export declare function lowerTraitRef(path: Path, self: Type, cx: LowerContext): { readonly ref: TraitRef; readonly extra: readonly Predicate[] } | null;
export declare function lowerBounds(self: Type, bounds: readonly Bound[], cx: LowerContext): readonly Predicate[];
/** Type that a path's first `used` segments name (an ADT with arguments, alias expanded, `Self`, a parameter, a primitive): the base of `Vec[i32]::new`. */
export declare function lowerPathBase(path: Path, cx: LowerContext): Type;
/** The parameter's type (`param`, or `region` for lifetimes) at its index in the full list. */
export declare function paramOf(world: World, owner: DefId, position: number): Type;
/** Identity arguments of a definition: its parameters as types, parents' first. */
export declare function identityArgs(world: World, def: DefId): readonly Type[];
