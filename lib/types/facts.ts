/**
 * Facts of one function body (or constant's initialiser), found by type inference and keyed by tree node: all that the flow
 * graph needs beyond the tree. Written once by `types`, then read only. Types here are fully resolved (no `infer`) with
 * regions erased; they may mention the owner's generic parameters.
 */
import type { Expr, NodeId } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { DefId, FnSignature, Type } from './type.ts';

/** What a path (expression, pattern, struct literal, method) leads to. */
export type Resolution =
  /** A variable, by the id of the pattern (or `self` parameter) that binds it; of an or-pattern, its first alternative. */
  | { readonly kind: 'local'; readonly binding: NodeId }
  /** A function or method. A trait's method is named as the trait's, `args` = [Self, …trait's, …own]; the impl is found per instance. */
  | { readonly kind: 'fn'; readonly def: DefId; readonly args: readonly Type[] }
  /** A tuple or unit struct (`variant` null) or variant. As a value: unit → the value, tuple → a function. `def` is the struct or enum. */
  | { readonly kind: 'constructor'; readonly def: DefId; readonly variant: number | null; readonly args: readonly Type[] }
  | { readonly kind: 'const'; readonly def: DefId; readonly args: readonly Type[] }
  | { readonly kind: 'static'; readonly def: DefId }
  /** A const generic parameter as a value. */
  | { readonly kind: 'constParam'; readonly param: Type };

export interface Callee {
  readonly def: DefId;
  readonly args: readonly Type[];
}

/** Type arguments as written, their lifetimes kept: `Vec['static]::<…>`. `self` is the type before the last `::`. */
export interface Given {
  readonly self: Type | null;
  /** All of the item's arguments; those that nobody wrote are erased or variables. Empty when none names a lifetime. */
  readonly args: readonly Type[];
}

/** Applied in order to an expression's value or place; `target` is the type after the step. As rustc's adjustments. */
export type Adjustment =
  | { readonly kind: 'neverToAny'; readonly target: Type }
  /** Built-in for `&T`, `*T`, `Box[T]` (`method` null); else calls `Deref::deref` / `DerefMut::deref_mut` (`mutable`) on a borrow, then dereferences. */
  | { readonly kind: 'deref'; readonly method: Callee | null; readonly mutable: boolean; readonly target: Type }
  | { readonly kind: 'borrow'; readonly mutable: boolean; readonly twoPhase: boolean; readonly target: Type }
  | { readonly kind: 'rawBorrow'; readonly mutable: boolean; readonly target: Type }
  /** `mutToConst`: `*mut T → *const T` and any raw pointer → `*u8`; `unsize`: array → slice, T → dyn, also inside `&`, `Box`, `Rc`; `reify`: function item → pointer; `closure`: closure → pointer; `upcast`: dyn → dyn of a supertrait. */
  | { readonly kind: 'pointer'; readonly cast: 'mutToConst' | 'unsize' | 'reify' | 'closure' | 'upcast'; readonly target: Type };

export type CastKind =
  | 'numeric' // int↔int, int↔float, float↔float, bool/char → int, u8 → char
  | 'enumToInt'
  | 'pointerToPointer'
  | 'pointerToInt'
  | 'intToPointer'
  | 'fnToPointer' // function item, closure or function pointer → pointer or int
  | 'none'; // a coercion did it all (see adjustments)

export interface Binding {
  readonly name: string;
  /** `move` copies where the type is Copy. */
  readonly mode: 'move' | 'ref' | 'refMut';
  readonly mutable: boolean;
  /** Type of the variable. */
  readonly type: Type;
}

export type CaptureMode = 'move' | 'ref' | 'refMut' | 'uniqueRef';

/** A place that a closure captures: a variable and the fields and dereferences from it. */
export interface Capture {
  readonly binding: NodeId;
  readonly projection: readonly ({ readonly kind: 'field'; readonly index: number; readonly type: Type } | { readonly kind: 'deref'; readonly type: Type })[];
  readonly mode: CaptureMode;
  /** Type of the captured place (what the closure stores is it, or a reference to it). */
  readonly type: Type;
  /** The use that made it this mode. */
  readonly use: NodeId;
  /** Where that use names the variable. */
  readonly at: Span | null;
}

export interface ClosureFacts {
  readonly def: DefId;
  readonly kind: 'Fn' | 'FnMut' | 'FnOnce';
  /** Parameters as the body sees them (not tupled). */
  readonly signature: FnSignature;
  /** Types of parameters as written, with their lifetimes; `bound` ones were left out: they are any. Null where nothing names a lifetime. */
  readonly written: readonly (Type | null)[];
  /** The result's type as written; null where it names no lifetime. */
  readonly writtenResult: Type | null;
  readonly captures: readonly Capture[];
  readonly type: Type;
}

/** `for P in e`: `IntoIterator::into_iter(e)`, then `Iterator::next(&mut it)` until `None`. */
export interface ForFacts {
  readonly intoIter: Callee;
  readonly iterator: Type;
  readonly next: Callee;
  readonly item: Type;
}

export interface TryFacts {
  readonly of: 'option' | 'result';
  /** Type of the value inside. */
  readonly output: Type;
  /** `From::from` for the error; null for options. */
  readonly from: Callee | null;
  /** Result type of the function (or closure) that is left. */
  readonly returns: Type;
}

export type FormatTrait = 'Display' | 'Debug' | 'LowerHex' | 'UpperHex' | 'Octal' | 'Binary' | 'LowerExp' | 'UpperExp' | 'Pointer';

/** What stands after the `:` of a piece, but for its counts. */
export interface FormatSpec {
  readonly trait: FormatTrait;
  readonly fill: string | null;
  readonly align: 'left' | 'center' | 'right' | null;
  readonly sign: '+' | '-' | null;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly debugHex: 'x' | 'X' | null;
}

/** One piece of a format text. Widths and precisions that are arguments name an index into `FormatFacts.args`. */
export type FormatPiece =
  | { readonly kind: 'text'; readonly text: string }
  | FormatSpec & {
      readonly kind: 'value';
      readonly arg: number;
      readonly width: { readonly literal: number } | { readonly arg: number } | null;
      readonly precision: { readonly literal: number } | { readonly arg: number } | null;
    };

/** A call of a format function (`println`, `format`, `panic`, `assert_eq`, `write`, `dbg` …), keyed by the call. */
export interface FormatFacts {
  readonly name: string;
  /** Arguments before the text: `write`'s target, `assert`'s condition, `assert_eq`'s two sides, `dbg`'s value. */
  readonly leading: readonly Expr[];
  /** null: called without text. */
  readonly pieces: readonly FormatPiece[] | null;
  /** Values by index, in order of evaluation; `{name}` and `{e.f}` in the text are expressions made for them, with facts of their own. */
  readonly args: readonly Expr[];
  /** `write`: the `write_fmt` method that is called on the (adjusted) target; `assert_eq`/`assert_ne`: `PartialEq::eq`. */
  readonly method: Callee | null;
}

export interface BodyFacts {
  /** Of a session's script: types of variables before undecided numbers became `i32` and `f64`, where there are such. */
  readonly open?: ReadonlyMap<NodeId, Type>;
  readonly owner: DefId;
  /** Type of each expression before its adjustments, of each pattern (before implicit dereferences are undone: the type matched), and of each `let`. */
  readonly types: Map<NodeId, Type>;
  readonly adjustments: Map<NodeId, readonly Adjustment[]>;
  /** By id of a `path` node (in `pathExpr`, `struct`, patterns), or of a `binding` pattern that names a constant or variant; of an `index` that applies type arguments to a path or method; of an `is`… */
  readonly paths: Map<NodeId, Resolution>;
  /** Method calls, and what is overloaded: operators, indexing, dereference, calls of closures (`Fn::call` …: arguments go as one tuple). Absent: built in. Operators borrow their operands as Rust's do (`==` both, `+=` the left). */
  readonly callees: Map<NodeId, Callee>;
  /** Field index, by id of a `field` expression, `fieldInit`, `fieldPattern`. */
  readonly fields: Map<NodeId, number>;
  readonly bindings: Map<NodeId, Binding>;
  /** Of an or-pattern's later alternatives: the binding that they stand for. */
  readonly sameBinding: Map<NodeId, NodeId>;
  /** Implicit dereferences before a pattern is matched (default binding modes): the types peeled, outermost first. */
  readonly patternDerefs: Map<NodeId, readonly Type[]>;
  readonly casts: Map<NodeId, CastKind>;
  readonly closures: Map<NodeId, ClosureFacts>;
  readonly loops: Map<NodeId, ForFacts>;
  readonly tries: Map<NodeId, TryFacts>;
  readonly formats: Map<NodeId, FormatFacts>;
  /** Array lengths of `repeat` expressions, and values of constant expressions in patterns, when known. */
  readonly constants: Map<NodeId, bigint>;
  /** `index` nodes that are type application, not indexing (the callee of a call). `methodCall`-like calls `x.f[T](a)` have their callee here and receiver adjustments on the receiver. */
  readonly typeApplications: Set<NodeId>;
  /** Types of `let`s as written, with their lifetimes (those left out are erased), for the borrow checker. */
  readonly annotations: Map<NodeId, Type>;
  /** Type arguments of functions as written, where they name a lifetime: by node of the path, `index` or method call. */
  readonly given: Map<NodeId, Given>;
  /** Hidden types of the owner's opaque results. */
  readonly opaques: Map<DefId, Type>;
}
