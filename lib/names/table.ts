/**
 * What names lead to, as data: the module tree, the tables of resolved paths, and the list of bodies to check. Made by
 * `collectNames`, then read only. Paths are resolved before types are known, so a path may be resolved in part: `T::Item`,
 * `Vec::new` and `Self::Output` leave segments that lowering and inference look up by type.
 * Invariant: every `path` node of a checked file has an entry in `values` or `types` (perhaps `error`, already reported).
 */
import type { Problem } from '../report/problem.ts';
import type { Block, Expr, Item, NodeId, Param, GenericArg } from '../syntax/tree.ts';
import type { SourceFile } from '../text/sources.ts';
import type { FileId, Span } from '../text/span.ts';
import type { Definitions } from '../types/definition.ts';
import type { DefId, FloatName, IntName, Type } from '../types/type.ts';

export type PrimitiveName = IntName | FloatName | 'bool' | 'char' | 'str';

/** What a name leads to. */
export type Res =
  /** Module, struct, enum, variant, fn, trait, const, static, alias, associated item, builtin. In `values` a struct's or variant's id means its constructor. */
  | { readonly kind: 'def'; readonly def: DefId }
  /** A variable, by the id of the binding pattern (of an or-pattern, its first alternative) or of the `self` parameter. */
  | { readonly kind: 'local'; readonly binding: NodeId }
  /** A type or const parameter: `position` among the own parameters of `owner`. `paramOf` gives the type. */
  | { readonly kind: 'param'; readonly owner: DefId; readonly position: number; readonly of: 'type' | 'const' }
  /** `Self`: of a trait (its parameter 0), an impl (its self type), or a struct or enum in its own definition. In `values`: the constructor of the impl's type. */
  | { readonly kind: 'self'; readonly of: DefId }
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  /** The type written in `<T>::…`; all segments are associated items. */
  | { readonly kind: 'qualifiedType' }
  /** Unresolved, and reported: accept silently. */
  | { readonly kind: 'error' };

/** A path's resolution: `res` is what its first `used` segments lead to; the others are associated items, to be found by type. */
export interface PathRes {
  readonly res: Res;
  readonly used: number;
}

/** A name in a module's namespace. */
export interface NameBinding {
  readonly res: Res;
  /** Module in which it may be used; null: everywhere. */
  readonly visibleIn: DefId | null;
  readonly span: Span;
  /** Defined here, imported by name, or by a glob (which the others shadow). */
  readonly from: 'item' | 'import' | 'glob';
  /** Two globs give different things: an error when used (E0659). */
  readonly ambiguous?: Res;
}

/** A module, a block with items, an enum (its variants) or a trait (its items) as a place of names. Plain data: stored with the library. */
export interface ModuleScope {
  readonly id: DefId;
  readonly kind: 'module' | 'block' | 'enum' | 'trait';
  readonly parent: DefId | null;
  readonly types: Map<string, NameBinding>;
  readonly values: Map<string, NameBinding>;
  /** Traits imported as `_`. */
  readonly unnamed: { readonly trait: DefId; readonly visibleIn: DefId | null }[];
}

/** A body to infer: a function's, a constant's, a static's, an enum discriminant's. */
export interface Body {
  readonly owner: DefId;
  readonly kind: 'fn' | 'const' | 'static' | 'discriminant';
  readonly params: readonly Param[];
  readonly body: Block | Expr;
  /** Normal module it stands in: for privacy. */
  readonly module: DefId;
  readonly file: FileId;
  /** Traits in scope at its start; a block with `use` or traits of its own has a longer list in `NameTable.blockTraits`. */
  readonly traits: readonly DefId[];
  /** The type that the value must have, for kinds other than `fn`. */
  readonly type: Type | null;
}

/** A place in a body, as the chain of scopes around it. Opaque to others; see `resolveExprAt`. */
export interface Rib {
  readonly parent: Rib | null;
  readonly at: RibKind;
}

export type RibKind =
  | { readonly kind: 'locals'; readonly names: ReadonlyMap<string, NodeId> }
  /** Type and const parameters. */
  | { readonly kind: 'params'; readonly names: ReadonlyMap<string, Res> }
  | { readonly kind: 'selfType'; readonly of: DefId }
  | { readonly kind: 'scope'; readonly scope: ModuleScope }
  /** A nested item: locals (E0434) and parameters (E0401) outside are out of reach. `const`: locals only. */
  | { readonly kind: 'wall'; readonly of: 'item' | 'const' }
  | { readonly kind: 'label'; readonly name: string; readonly loop: NodeId; readonly isBlock: boolean }
  | { readonly kind: 'loop'; readonly loop: NodeId }
  | { readonly kind: 'closure' };

/** Resolved names of all trees of one crate, by node. */
export interface NameTable {
  /**
   * By `path` id: paths in expressions and patterns. By `binding` pattern id: only when the name is a constant, static, unit struct or variant.
   * A fresh binding has no entry.
   */
  readonly values: Map<NodeId, PathRes>;
  /** By `path` id: paths in types, bounds, struct literals and struct patterns, trait paths. */
  readonly types: Map<NodeId, PathRes>;
  /** Of an or-pattern's later alternatives: the binding that they stand for. */
  readonly sameBinding: Map<NodeId, NodeId>;
  /** `break` and `continue` by id: the loop or labelled block that they leave. */
  readonly targets: Map<NodeId, NodeId>;
  /** Blocks with traits of their own: every trait in scope there. */
  readonly blockTraits: Map<NodeId, readonly DefId[]>;
  /**
   * `index` nodes whose arguments can be types, converted once. `certain`: the base is a generic item (or `Type::assoc`), so it is no
   * indexing. Absent: indexing for sure. Not certain: `x.f[a](…)`, decided by types; its arguments may be in `values` too.
   */
  readonly typeArgs: Map<NodeId, { readonly args: readonly GenericArg[]; readonly certain: boolean }>;
  /** Calls of builtins (format functions) by `call` id: the place, for names in format texts. */
  readonly places: Map<NodeId, Rib>;
  /** Items by their `DefId`, for phases that need the tree (constants, editors). */
  readonly items: Map<DefId, Item>;
  /** `dyn Trait` types that were written: whether the trait may be one is asked when it is complete. */
  readonly dyns: { readonly trait: DefId; readonly span: Span }[];
  /** Initialisers of constants, statics and discriminants: what constant evaluation reads. */
  readonly initialisers: Map<DefId, Expr>;
}

/** Evaluates a constant expression of type `type` to a `const`, `param` (a const parameter alone) or `error` type, reporting into `problems`. `consteval.ts` has it; injected, because it needs layouts. */
export type Evaluate = (expr: Expr, type: Type, owner: DefId, world: World, problems: Problem[]) => Type;

/** All that a compilation knows by name. `definitions` and `modules` hold the library's and the user's; the rest is of the crate's own trees. */
export interface World {
  readonly definitions: Definitions;
  readonly modules: Map<DefId, ModuleScope>;
  readonly table: NameTable;
  readonly bodies: readonly Body[];
  readonly evaluate: Evaluate;
  /** Root module of the crate: `main` or `std`. */
  readonly root: DefId;
  /** The crate's own source files. */
  readonly files: ReadonlyMap<FileId, SourceFile>;
  /** Values of the library's constants, as constant evaluation made them (its `Value`); their trees are not at hand. */
  readonly constants: ReadonlyMap<DefId, unknown>;
}

