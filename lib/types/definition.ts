/**
 * Definitions: what names lead to, as data. One record for each item, variant, associated item and module, by `DefId`, with its
 * signature in types. Made by `names` from trees (user's files) or read from the stored library; later passes need no tree for
 * them. Bodies are elsewhere: as trees while a file is checked, then as flow graphs.
 */
import type { Span } from '../text/span.ts';
import type { DefId, FnSignature, TraitRef, Type } from './type.ts';

export interface GenericParam {
  readonly kind: 'lifetime' | 'type' | 'const';
  readonly name: string;
  /** Index in the full argument list (parent's included). */
  readonly index: number;
  /** `[T = i32]`; for a const parameter a `const` type. */
  readonly fallback: Type | null;
  /** Type of a const parameter. */
  readonly constType: Type | null;
  /** Made by `impl Trait` in a parameter, or by an elided lifetime: cannot be given explicitly. */
  readonly synthetic: boolean;
  readonly span: Span;
  /** `[T: 'a]`, where it is the only such bound: what a `dyn` without region gets as this argument. */
  readonly outlives?: Type;
}

export type Predicate =
  /** `T: Trait[..]`; regions bound by `for['a]` are `bound`. */
  | { readonly kind: 'trait'; readonly ref: TraitRef; readonly span: Span }
  /** `<..>::item == type`. */
  | { readonly kind: 'projection'; readonly item: DefId; readonly args: readonly Type[]; readonly type: Type; readonly span: Span }
  | { readonly kind: 'typeOutlives'; readonly type: Type; readonly region: Type; readonly span: Span }
  | { readonly kind: 'regionOutlives'; readonly longer: Type; readonly shorter: Type; readonly span: Span };

export interface Generics {
  readonly parent: DefId | null;
  /** Number of arguments that the parent takes (they come first). In a trait, `Self` is a parameter of its own at index 0. */
  readonly parentCount: number;
  readonly params: readonly GenericParam[];
  /** Own predicates; the parent's hold too. `T: Sized` is written out for every type parameter without `?Sized`. */
  readonly predicates: readonly Predicate[];
}

export interface FieldDef {
  /** `0`, `1`, … in tuple shapes. */
  readonly name: string;
  readonly type: Type;
  readonly span: Span;
  /** Module in which it may be named; null: everywhere. */
  readonly visibleIn: DefId | null;
}

export interface VariantDef {
  readonly def: DefId;
  readonly name: string;
  readonly shape: 'unit' | 'tuple' | 'named';
  readonly fields: readonly FieldDef[];
  readonly discriminant: bigint;
  readonly span: Span;
}

/** `@repr(C)`, `@packed`, `@align(n)`, `@repr(u8)`. */
export interface Representation {
  readonly c: boolean;
  readonly packed: boolean;
  readonly align: number | null;
  readonly int: Type | null;
  readonly transparent: boolean;
}

interface Base {
  readonly id: DefId;
  readonly name: string;
  /** Module (or trait, impl, function, enum) that holds it; null for a crate's root. */
  readonly parent: DefId | null;
  readonly span: Span;
  /** Span of the name alone. */
  readonly nameSpan: Span;
  /** Module in which it may be named; null: everywhere. */
  readonly visibleIn: DefId | null;
  readonly doc: string | null;
  /** Attributes other phases read (`inline`, `must_use`, `test`, `lang`, `intrinsic`, `allow` …): name → argument texts. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

export interface ModuleDef extends Base { readonly kind: 'module' }
export interface StructDef extends Base { readonly kind: 'struct'; readonly generics: Generics; readonly variant: VariantDef; readonly representation: Representation }
export interface EnumDef extends Base { readonly kind: 'enum'; readonly generics: Generics; readonly variants: readonly VariantDef[]; readonly representation: Representation }
export interface FnDef extends Base {
  readonly kind: 'fn';
  readonly generics: Generics;
  readonly signature: FnSignature;
  /** First parameter is `self` (of any form). */
  readonly hasSelf: boolean;
  readonly paramNames: readonly string[];
  readonly isConst: boolean;
  /** A body exists (tree or flow graph). False: required trait method, intrinsic, extern declaration. */
  readonly hasBody: boolean;
  /** `extern` declaration: resolved to the C library, the host, or an `@link`. */
  readonly isExtern: boolean;
  /** Ends its parameters with `...`: takes any number of arguments after them. */
  readonly isVariadic?: true;
  /** Opaque types made by `impl Trait` in the result: their bounds; the hidden type is found by checking the body. */
  /** `captures`: the lifetimes that the hidden type may hold, by index, where `use[…]` says so; null: all. */
  readonly opaques: readonly { readonly def: DefId; readonly bounds: readonly Predicate[]; readonly captures: readonly number[] | null }[];
}
export interface TraitDef extends Base {
  readonly kind: 'trait';
  readonly generics: Generics;
  /** Supertraits stand in `generics.predicates` as `Self: Super`, and here. */
  readonly supertraits: readonly TraitRef[];
  /** Ids of its fn, const and associated-type definitions, in order. */
  readonly items: readonly DefId[];
  readonly isUnsafe: boolean;
  /** `Send`, `Sync` …: holds for a type when it holds for its parts. */
  readonly isAuto: boolean;
  readonly isMarker: boolean;
}
export interface ImplDef extends Base {
  readonly kind: 'impl';
  readonly generics: Generics;
  readonly trait: TraitRef | null;
  readonly negative: boolean;
  readonly self: Type;
  readonly items: readonly DefId[];
}
export interface ConstDef extends Base {
  readonly kind: 'const';
  readonly generics: Generics;
  readonly type: Type;
  readonly hasBody: boolean;
  /** Of the library's constants: the value, a `const` type, when it is a scalar that is known. A program's are evaluated from their trees. */
  readonly value?: Type;
}
export interface StaticDef extends Base { readonly kind: 'static'; readonly type: Type; readonly mutable: boolean; readonly hasBody: boolean }
export interface AliasDef extends Base { readonly kind: 'alias'; readonly generics: Generics; readonly type: Type }
/** Associated type: in a trait (bounds, perhaps a default) or in an impl (`type` set). */
export interface AssociatedTypeDef extends Base { readonly kind: 'associatedType'; readonly generics: Generics; readonly bounds: readonly Predicate[]; readonly type: Type | null }
/** A variant as something that names lead to; its data stands in its enum. */
export interface VariantEntry extends Base { readonly kind: 'variant'; readonly enum: DefId; readonly index: number }
/** A prelude name that the compiler knows: the format functions (`println`, `format`, `assert_eq`, …). */
export interface BuiltinDef extends Base { readonly kind: 'builtin' }

export type Definition = ModuleDef | StructDef | EnumDef | FnDef | TraitDef | ImplDef | ConstDef | StaticDef | AliasDef | AssociatedTypeDef | VariantEntry | BuiltinDef;

/** All definitions of a compilation: the library's and the user's. Filled by `names`, then read only. */
export interface Definitions {
  readonly byId: Map<DefId, Definition>;
  /** Language items, marked in the library by `@lang("name")`. */
  readonly lang: Map<string, DefId>;
  /** Impls of a trait. */
  readonly implsOf: Map<DefId, DefId[]>;
  /** Inherent impls by the head of their self type: an ADT's `DefId`, or `int:i32`, `str`, `slice`, `ptr:mut`, `array` …. */
  readonly inherent: Map<string, DefId[]>;
}
