/**
 * The tree: the first of the three shapes of a program, all its node kinds on this page. Immutable, plain data, holds no facts:
 * names, types and the rest live in tables keyed by `NodeId`. Every node has a span; ids are given after parsing, unique in one
 * compilation. Where syntax cannot tell a type argument from an index (`name[x]`) the tree keeps one node and names decide.
 */
import type { Span } from '../text/span.ts';

export type NodeId = number & { readonly __brand: 'NodeId' };

interface Node {
  readonly id: NodeId;
  readonly span: Span;
}

/** A name as written, without backquotes. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

// ---------------------------------------------------------------- file and items

export interface File extends Node {
  readonly kind: 'file';
  readonly doc: string | null;
  readonly items: readonly Item[];
  /** Script mode: the statements at top level, in order (empty in a file of items only). */
  readonly statements: readonly Statement[];
}

export type Visibility =
  | { readonly kind: 'private' }
  | { readonly kind: 'pub' }
  /** `pub(crate)`, `pub(super)`, `pub(in path)`. */
  | { readonly kind: 'in'; readonly path: Path };

/** `@derive(Clone, Debug)`, `@align(64)`, `@export("name")`, `@default`, `@repr(u8)`. */
export interface Attribute extends Node {
  readonly kind: 'attribute';
  readonly name: Name;
  /** Arguments as expressions: paths, literals. */
  readonly args: readonly Expr[];
}

interface ItemBase extends Node {
  readonly visibility: Visibility;
  readonly attributes: readonly Attribute[];
  readonly doc: string | null;
}

export type Item = FnItem | StructItem | EnumItem | TraitItem | ImplItem | ConstItem | StaticItem | TypeItem | UseItem | ModItem | ExternBlockItem;

export interface FnItem extends ItemBase {
  readonly kind: 'fn';
  readonly name: Name;
  readonly generics: Generics;
  readonly params: readonly Param[];
  /** `...` after them: any number of arguments more. */
  readonly variadic: Span | null;
  /** null: none written, `()`. */
  readonly result: TypeNode | null;
  /** null: no `:` (a trait's required method, an `extern` declaration). A block with no statements: an empty body. */
  readonly body: Block | null;
  readonly isConst: boolean;
  readonly isUnsafe: boolean;
  /** ABI text of `extern "C" fn`, else null. */
  readonly abi: string | null;
  /** Span of `fn name(…) -> R`, for labels. */
  readonly head: Span;
}

export type Param = SelfParam | PatternParam;

export interface SelfParam extends Node {
  readonly kind: 'self';
  /** `self`, `&self`, `&mut self`, or `self: T` (`type` set). */
  readonly reference: null | { readonly lifetime: Lifetime | null; readonly mutable: boolean };
  readonly mutable: boolean;
  readonly type: TypeNode | null;
}

export interface PatternParam extends Node {
  readonly kind: 'param';
  readonly pattern: Pattern;
  /** null only in closures. */
  readonly type: TypeNode | null;
}

export interface StructItem extends ItemBase {
  readonly kind: 'struct';
  readonly name: Name;
  readonly generics: Generics;
  readonly shape: VariantShape;
  /** Methods, associated consts and trait impls that stand inside the struct's body. Methods are inherent items of it. */
  readonly members: readonly Item[];
  /** Struct with `:` but nothing below (it may name a prelude type). */
  readonly emptyBody: boolean;
}

export type VariantShape =
  | { readonly kind: 'unit' }
  | { readonly kind: 'tuple'; readonly fields: readonly TupleField[] }
  | { readonly kind: 'named'; readonly fields: readonly Field[] };

export interface Field extends Node {
  readonly kind: 'field';
  readonly name: Name;
  readonly type: TypeNode;
  readonly visibility: Visibility;
  readonly attributes: readonly Attribute[];
  readonly doc: string | null;
}

export interface TupleField extends Node {
  readonly kind: 'tupleField';
  readonly type: TypeNode;
  readonly visibility: Visibility;
  readonly attributes: readonly Attribute[];
}

export interface EnumItem extends ItemBase {
  readonly kind: 'enum';
  readonly name: Name;
  readonly generics: Generics;
  readonly variants: readonly Variant[];
  readonly members: readonly Item[];
}

export interface Variant extends Node {
  readonly kind: 'variant';
  readonly name: Name;
  readonly shape: VariantShape;
  readonly discriminant: Expr | null;
  readonly attributes: readonly Attribute[];
  readonly doc: string | null;
}

export interface TraitItem extends ItemBase {
  readonly kind: 'trait';
  readonly name: Name;
  readonly generics: Generics;
  readonly supertraits: readonly Bound[];
  /** fn, const, type (with bounds, perhaps default). */
  readonly items: readonly Item[];
  readonly isUnsafe: boolean;
}

export interface ImplItem extends ItemBase {
  readonly kind: 'impl';
  readonly generics: Generics;
  /** null: inherent. */
  readonly trait: Path | null;
  readonly negative: boolean;
  readonly self: TypeNode;
  readonly items: readonly Item[];
  readonly isUnsafe: boolean;
}

export interface ConstItem extends ItemBase {
  readonly kind: 'const';
  /** `_` allowed. */
  readonly name: Name;
  readonly type: TypeNode | null;
  /** null: a trait's required constant. */
  readonly value: Expr | null;
}

export interface StaticItem extends ItemBase {
  readonly kind: 'static';
  readonly name: Name;
  readonly mutable: boolean;
  readonly type: TypeNode | null;
  readonly value: Expr | null;
}

/** `type Bytes = Vec[u8]`, and a trait's or impl's associated type. */
export interface TypeItem extends ItemBase {
  readonly kind: 'type';
  readonly name: Name;
  readonly generics: Generics;
  readonly bounds: readonly Bound[];
  readonly value: TypeNode | null;
}

export interface UseItem extends ItemBase {
  readonly kind: 'use';
  readonly tree: UseTree;
}

export interface UseTree {
  readonly span: Span;
  /** Names before the end; may begin with `crate`, `self`, `super`. */
  readonly prefix: readonly Name[];
  readonly end:
    | { readonly kind: 'name'; readonly name: Name; /** `as x`; `_` allowed. */ readonly alias: Name | null }
    | { readonly kind: 'glob' }
    | { readonly kind: 'group'; readonly trees: readonly UseTree[] };
}

export interface ModItem extends ItemBase {
  readonly kind: 'mod';
  readonly name: Name;
  /** null: `mod name` with its contents in a file of that name. */
  readonly items: readonly Item[] | null;
}

/** `extern "C":` followed by a block of declarations, each an `fn` or `static`. */
export interface ExternBlockItem extends ItemBase {
  readonly kind: 'externBlock';
  readonly abi: string;
  readonly items: readonly Item[];
}

// ---------------------------------------------------------------- generics, bounds, lifetimes

export interface Generics {
  readonly span: Span;
  readonly params: readonly GenericParam[];
  readonly where: readonly WherePredicate[];
}

export type GenericParam =
  | (Node & { readonly kind: 'lifetimeParam'; readonly name: Lifetime; readonly bounds: readonly Lifetime[] })
  | (Node & { readonly kind: 'typeParam'; readonly name: Name; readonly bounds: readonly Bound[]; readonly fallback: TypeNode | null })
  | (Node & { readonly kind: 'constParam'; readonly name: Name; readonly type: TypeNode; readonly fallback: Expr | null });

export type WherePredicate =
  | (Node & { readonly kind: 'whereType'; readonly binder: readonly Lifetime[]; readonly type: TypeNode; readonly bounds: readonly Bound[] })
  | (Node & { readonly kind: 'whereLifetime'; readonly lifetime: Lifetime; readonly bounds: readonly Lifetime[] });

export type Bound =
  /** `?Sized` has `maybe`; `for['a] Fn(&'a T) -> R` has a binder. Fn-sugar is in the path's last segment. */
  | (Node & { readonly kind: 'traitBound'; readonly maybe: boolean; readonly binder: readonly Lifetime[]; readonly path: Path })
  | (Node & { readonly kind: 'lifetimeBound'; readonly lifetime: Lifetime })
  /** `use['a, T]` of `impl Trait`: what the hidden type may hold. */
  | (Node & { readonly kind: 'useBound'; readonly lifetimes: readonly Lifetime[]; readonly names: readonly Name[] });

/** `'a`: text without the quote; `'static` and `'_` included. */
export interface Lifetime {
  readonly text: string;
  readonly span: Span;
}

// ---------------------------------------------------------------- paths

export interface Path extends Node {
  readonly kind: 'path';
  /** `<T as Trait>::…` or `<T>::…`: the first segment follows the `>`. */
  readonly qualified: { readonly type: TypeNode; readonly trait: Path | null } | null;
  /** `crate`, `self`, `super`, `Self` are ordinary segments with those texts. A leading `::` is kept as `global`. */
  readonly segments: readonly PathSegment[];
  readonly global: boolean;
}

export interface PathSegment extends Node {
  readonly kind: 'segment';
  readonly name: Name;
  /** null: no brackets were written. */
  readonly args: GenericArgs | null;
}

export type GenericArgs =
  | { readonly kind: 'brackets'; readonly span: Span; readonly args: readonly GenericArg[] }
  /** `Fn(A, B) -> R`. */
  | { readonly kind: 'parens'; readonly span: Span; readonly inputs: readonly TypeNode[]; readonly output: TypeNode | null };

export type GenericArg =
  | { readonly kind: 'lifetime'; readonly lifetime: Lifetime }
  | { readonly kind: 'type'; readonly type: TypeNode }
  /** A const argument that cannot be a type (`3`, `-1`, `true`, `'c'`, `{N + 1}`…). A bare name is a `type` argument; names decide. */
  | { readonly kind: 'const'; readonly value: Expr }
  /** `Item = T`, or `Item: Bound`; the name may have arguments of its own (generic associated types). */
  | { readonly kind: 'binding'; readonly span: Span; readonly name: Name; readonly args: GenericArgs | null; readonly type: TypeNode | null; readonly bounds: readonly Bound[] };

// ---------------------------------------------------------------- types

export type TypeNode =
  | (Node & { readonly kind: 'pathType'; readonly path: Path })
  | (Node & { readonly kind: 'refType'; readonly lifetime: Lifetime | null; readonly mutable: boolean; readonly inner: TypeNode })
  | (Node & { readonly kind: 'ptrType'; readonly mutable: boolean; readonly inner: TypeNode })
  | (Node & { readonly kind: 'arrayType'; readonly element: TypeNode; readonly length: Expr })
  | (Node & { readonly kind: 'sliceType'; readonly element: TypeNode })
  /** `()` is an empty tuple. A type in parentheses is that type itself, not a tuple. */
  | (Node & { readonly kind: 'tupleType'; readonly elements: readonly TypeNode[] })
  | (Node & { readonly kind: 'fnType'; readonly binder: readonly Lifetime[]; readonly isUnsafe: boolean; readonly abi: string | null; readonly params: readonly TypeNode[]; readonly result: TypeNode | null })
  | (Node & { readonly kind: 'dynType'; readonly bounds: readonly Bound[] })
  | (Node & { readonly kind: 'implType'; readonly bounds: readonly Bound[] })
  | (Node & { readonly kind: 'neverType' })
  | (Node & { readonly kind: 'inferType' });

// ---------------------------------------------------------------- blocks and statements

export interface Block extends Node {
  readonly kind: 'block';
  readonly doc: string | null;
  /** The last one, when it is an expression statement, gives the block its value. */
  readonly statements: readonly Statement[];
}

export type Statement =
  | (Node & { readonly kind: 'let'; readonly attributes: readonly Attribute[]; readonly pattern: Pattern; readonly type: TypeNode | null; readonly value: Expr | null; readonly orElse: Block | null })
  | (Node & { readonly kind: 'expr'; readonly expr: Expr })
  | (Node & { readonly kind: 'assign'; readonly target: Expr; readonly value: Expr })
  | (Node & { readonly kind: 'compound'; readonly op: BinaryOp; readonly target: Expr; readonly value: Expr })
  /** `defer e` or `defer:` with a block. */
  | (Node & { readonly kind: 'defer'; readonly body: Expr })
  | (Node & { readonly kind: 'item'; readonly item: Item })
  | (Node & { readonly kind: 'pass' });

// ---------------------------------------------------------------- expressions

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';
export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type BinaryOp = ArithmeticOp;
export type UnaryOp = '-' | '~' | 'not';

export type Expr =
  | LiteralExpr
  | PathExpr
  | (Node & { readonly kind: 'unary'; readonly op: UnaryOp; readonly operand: Expr })
  | (Node & { readonly kind: 'binary'; readonly op: ArithmeticOp | CompareOp; readonly left: Expr; readonly right: Expr; readonly opSpan: Span })
  | (Node & { readonly kind: 'logical'; readonly op: 'and' | 'or'; readonly left: Expr; readonly right: Expr })
  /** `e is PATTERN`: a bool, no bindings. */
  | (Node & { readonly kind: 'is'; readonly value: Expr; readonly pattern: Pattern })
  /** `let P = e` as a link of an `if`/`while` condition (joined by `and`). */
  | (Node & { readonly kind: 'letCondition'; readonly pattern: Pattern; readonly value: Expr })
  | (Node & { readonly kind: 'cast'; readonly value: Expr; readonly type: TypeNode })
  /** `&x`, `&mut x`. */
  | (Node & { readonly kind: 'borrow'; readonly mutable: boolean; readonly place: Expr })
  /** `&raw const x`, `&raw mut x`. */
  | (Node & { readonly kind: 'rawBorrow'; readonly mutable: boolean; readonly place: Expr })
  | (Node & { readonly kind: 'deref'; readonly value: Expr })
  | (Node & { readonly kind: 'call'; readonly callee: Expr; readonly args: readonly Expr[] })
  /** `x.name(args)`; `x.name[T](args)` is a `call` of an `index` over a `field`: names and types decide. */
  | (Node & { readonly kind: 'methodCall'; readonly receiver: Expr; readonly name: Name; readonly args: readonly Expr[] })
  /** `x.name`, and `x.0` (the text is digits). */
  | (Node & { readonly kind: 'field'; readonly value: Expr; readonly name: Name })
  /** `base[args]`: indexing (one argument) or type arguments. Arguments that can only be types are `typeExpr`. */
  | (Node & { readonly kind: 'index'; readonly base: Expr; readonly args: readonly Expr[]; readonly bracket: Span })
  | (Node & { readonly kind: 'try'; readonly value: Expr })
  | (Node & { readonly kind: 'range'; readonly start: Expr | null; readonly end: Expr | null; readonly inclusive: boolean })
  | (Node & { readonly kind: 'tuple'; readonly elements: readonly Expr[] })
  | (Node & { readonly kind: 'paren'; readonly inner: Expr })
  | (Node & { readonly kind: 'array'; readonly elements: readonly Expr[] })
  | (Node & { readonly kind: 'repeat'; readonly value: Expr; readonly count: Expr })
  | (Node & { readonly kind: 'struct'; readonly path: Path; readonly fields: readonly FieldInit[]; readonly base: Expr | null })
  | BlockLike
  | ClosureExpr
  | (Node & { readonly kind: 'return'; readonly value: Expr | null })
  | (Node & { readonly kind: 'break'; readonly label: Lifetime | null; readonly value: Expr | null })
  | (Node & { readonly kind: 'continue'; readonly label: Lifetime | null })
  /** `println("…", a, name = b)` and the other format functions of §4, when called by that name and not shadowed: names decide; the tree keeps named arguments here. */
  | (Node & { readonly kind: 'namedArg'; readonly name: Name; readonly value: Expr })
  /** An assignment where only an expression may stand: an arm's or closure's inline body (`x: y = 1`). */
  | (Node & { readonly kind: 'assignExpr'; readonly statement: Statement })
  /** A type in brackets of an `index`: `size_of[*mut T]()`, `Vec[&'a str]::new()`, `f['a]`, `it.sum[_]()`. */
  | (Node & { readonly kind: 'typeExpr'; readonly arg: GenericArg })
  /** `_`: on the left of a destructuring assignment, or as a type argument. */
  | (Node & { readonly kind: 'underscore' })
  /** Where text could not be parsed: types accept it silently. */
  | (Node & { readonly kind: 'error' });

export type LiteralExpr = Node & { readonly kind: 'literal'; readonly value: Literal };

export type Literal =
  /** The magnitude, of any size; `suffix` like `u8`, null when absent. A suffix of `f32`/`f64` on digits makes a float. */
  | { readonly kind: 'int'; readonly digits: bigint; readonly suffix: string | null }
  | { readonly kind: 'float'; readonly text: string; readonly suffix: string | null }
  | { readonly kind: 'bool'; readonly value: boolean }
  /** Code point. */
  | { readonly kind: 'char'; readonly value: number }
  | { readonly kind: 'byte'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: readonly number[] }
  /** `c"…"`: bytes without the final NUL. */
  | { readonly kind: 'cstring'; readonly value: readonly number[] }
  | { readonly kind: 'null' };

export type PathExpr = Node & { readonly kind: 'pathExpr'; readonly path: Path };

export interface FieldInit extends Node {
  readonly kind: 'fieldInit';
  /** Digits in `Type { 0: x }`. */
  readonly name: Name;
  /** `Point { x }`: a path expression with the same span as the name. */
  readonly value: Expr;
  readonly shorthand: boolean;
}

export type BlockLike =
  | (Node & { readonly kind: 'do'; readonly label: Lifetime | null; readonly body: Block })
  | (Node & { readonly kind: 'unsafe'; readonly body: Block })
  /** `elif` is an `if` in `otherwise`. `otherwise` is a `do`-less block or an `if`. */
  | (Node & { readonly kind: 'if'; readonly condition: Expr; readonly then: Block; readonly otherwise: Block | (Expr & { readonly kind: 'if' }) | null })
  | (Node & { readonly kind: 'match'; readonly value: Expr; readonly arms: readonly Arm[] })
  | (Node & { readonly kind: 'while'; readonly label: Lifetime | null; readonly condition: Expr; readonly body: Block })
  | (Node & { readonly kind: 'loop'; readonly label: Lifetime | null; readonly body: Block })
  | (Node & { readonly kind: 'for'; readonly label: Lifetime | null; readonly pattern: Pattern; readonly iterable: Expr; readonly body: Block });

export interface Arm extends Node {
  readonly kind: 'arm';
  readonly pattern: Pattern;
  readonly guard: Expr | null;
  readonly body: Block;
}

export interface ClosureExpr extends Node {
  readonly kind: 'closure';
  readonly isMove: boolean;
  readonly binder: readonly Lifetime[];
  readonly params: readonly PatternParam[];
  readonly result: TypeNode | null;
  readonly body: Block;
  /** Span of `fn(…)`. */
  readonly head: Span;
}

// ---------------------------------------------------------------- patterns

export type Pattern =
  | (Node & { readonly kind: 'wildcard' })
  | (Node & { readonly kind: 'rest' })
  /** `x`, `mut x`, `ref x`, `ref mut x`, `x @ p`. A lone name may turn out to be a constant or unit variant: names decide. */
  | (Node & { readonly kind: 'binding'; readonly name: Name; readonly byRef: boolean; readonly mutable: boolean; readonly sub: Pattern | null })
  /** A literal, perhaps negated. */
  | (Node & { readonly kind: 'literalPattern'; readonly value: Literal; readonly negative: boolean })
  | (Node & { readonly kind: 'rangePattern'; readonly start: Pattern | null; readonly end: Pattern | null; readonly inclusive: boolean })
  | (Node & { readonly kind: 'pathPattern'; readonly path: Path })
  | (Node & { readonly kind: 'tupleStructPattern'; readonly path: Path; readonly elements: readonly Pattern[] })
  | (Node & { readonly kind: 'structPattern'; readonly path: Path; readonly fields: readonly FieldPattern[]; readonly rest: boolean })
  | (Node & { readonly kind: 'tuplePattern'; readonly elements: readonly Pattern[] })
  | (Node & { readonly kind: 'slicePattern'; readonly elements: readonly Pattern[] })
  | (Node & { readonly kind: 'refPattern'; readonly mutable: boolean; readonly inner: Pattern })
  | (Node & { readonly kind: 'orPattern'; readonly alternatives: readonly Pattern[] })
  | (Node & { readonly kind: 'errorPattern' });

export interface FieldPattern extends Node {
  readonly kind: 'fieldPattern';
  readonly name: Name;
  readonly pattern: Pattern;
  readonly shorthand: boolean;
}
