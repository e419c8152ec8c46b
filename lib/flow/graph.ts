/**
 * The flow graph: the second of the three shapes of a program. One `Graph` a function body (or constant), generic as the source is,
 * in rustc's MIR form: locals, basic blocks of statements with one terminator, places with projections, explicit moves, borrows,
 * storage, drops and unwind edges. Plain data (numbers, strings, types), so that the library's graphs can be stored.
 * Invariant: types have erased regions (the borrow checker makes them anew); every block's targets exist; blocks marked `cleanup`
 * are reached only by unwinding and end in `resume` or go on to cleanup blocks. Irreducible graphs cannot arise (no goto), so that
 * code can be emitted as structured control flow from the dominator tree.
 */
import type { Span } from '../text/span.ts';
import type { FormatFacts, Given } from '../types/facts.ts';
import type { DefId, Type } from '../types/type.ts';

export type LocalId = number & { readonly __brand: 'LocalId' };
export type BlockId = number & { readonly __brand: 'BlockId' };

export interface Local {
  readonly type: Type;
  /** Variable's name, null for a temporary. Local 0 is the result, then parameters (`params` of them), then the rest. */
  readonly name: string | null;
  readonly mutable: boolean;
  readonly span: Span;
  /** `let x: T` as written with its regions, for the borrow checker; null where none was. */
  readonly annotated: Type | null;
  /** Of a variable bound by a pattern: the value that is matched. */
  readonly matched?: Span;
  readonly role: 'result' | 'param' | 'variable' | 'temporary' | 'capture' | 'dropFlag';
}

export type Projection =
  /** Through a reference, raw pointer or `Box`. */
  | { readonly kind: 'deref' }
  /** Field of a struct, tuple, closure (captures in order) or, after a `variant`, of an enum's variant. `type` is the field's. */
  | { readonly kind: 'field'; readonly index: number; readonly type: Type }
  | { readonly kind: 'variant'; readonly index: number }
  | { readonly kind: 'index'; readonly local: LocalId }
  /** Element `offset` from the start, or (`fromEnd`) from the end: 1 is the last. */
  | { readonly kind: 'constantIndex'; readonly offset: number; readonly fromEnd: boolean; /** of a slice's pattern: it has at least so many elements */ readonly atLeast?: number }
  /** Elements `from` .. (length − `to`). For arrays the type is an array, for slices a slice. */
  | { readonly kind: 'subslice'; readonly from: number; readonly to: number };

export interface Place {
  readonly local: LocalId;
  readonly projection: readonly Projection[];
}

export type Constant =
  /** Integers (any width), bool as 0/1, char as its code point. */
  | { readonly kind: 'int'; readonly value: bigint; readonly type: Type }
  | { readonly kind: 'float'; readonly value: number; readonly type: Type }
  /** `&'static str`. */
  | { readonly kind: 'string'; readonly value: string; readonly type: Type }
  /** `&'static [u8]` or `&'static [u8; N]`, by `type`. `nul`: one NUL is added (C strings, `*const u8`). */
  | { readonly kind: 'bytes'; readonly value: readonly number[]; readonly nul: boolean; readonly type: Type }
  /** A zero-sized value: `()`, a function item, a unit struct, an empty closure. */
  | { readonly kind: 'zero'; readonly type: Type; /** a function item's type arguments as written, for the borrow checker */ readonly given?: Given }
  | { readonly kind: 'null'; readonly type: Type }
  /** A named constant's value: a fresh value at each use. */
  | { readonly kind: 'const'; readonly def: DefId; readonly args: readonly Type[]; readonly type: Type; /** as written, for the borrow checker */ readonly given?: Given }
  /** A const generic parameter. */
  | { readonly kind: 'param'; readonly param: Type; readonly type: Type }
  /** Address of a static: a `*mut T` (so `static` uses are derefs of it). */
  | { readonly kind: 'static'; readonly def: DefId; readonly type: Type }
  /** Reference to a promoted constant expression (`&[1, 2, 3]`, `&CONST`): graph `index` of `Graph.promoted`, evaluated once. */
  | { readonly kind: 'promoted'; readonly index: number; readonly type: Type };

export type Operand =
  /** `span`: of the expression that is read, where it stands inside a larger operation. */
  | { readonly kind: 'copy'; readonly place: Place; readonly span?: Span }
  | { readonly kind: 'move'; readonly place: Place; readonly span?: Span }
  | { readonly kind: 'constant'; readonly constant: Constant };

export type ArithmeticName = 'add' | 'sub' | 'mul' | 'div' | 'rem' | 'and' | 'or' | 'xor' | 'shl' | 'shr';
export type CompareName = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

export type BorrowKind = 'shared' | 'mut' | 'twoPhase' | /** closure captures of `*x` where x is not mutable */ 'unique' | /** of match guards: reads are allowed, no conflict with shallow reads */ 'fake';

export type CastName = 'numeric' | 'enumToInt' | 'pointerToPointer' | 'pointerToInt' | 'intToPointer' | 'fnToPointer' | 'unsize' | 'upcast' | 'reify' | 'closureToFn';

export type Rvalue =
  | { readonly kind: 'use'; readonly operand: Operand }
  | { readonly kind: 'borrow'; readonly borrow: BorrowKind; readonly place: Place; /** of what a closure captures: the use in its body */ readonly use?: Span }
  | { readonly kind: 'rawBorrow'; readonly mutable: boolean; readonly place: Place }
  /** Operations that cannot fail: bits, floats, comparisons of scalars and pointers, wrapping forms. */
  | { readonly kind: 'binary'; readonly op: ArithmeticName | CompareName; readonly left: Operand; readonly right: Operand }
  /** Pointer arithmetic: `p + n`, `p - n` (scaled by the pointee), `p - q` (in elements, `isize`). */
  | { readonly kind: 'pointer'; readonly op: 'add' | 'sub' | 'difference'; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'unary'; readonly op: 'neg' | 'not'; readonly operand: Operand }
  | { readonly kind: 'cast'; readonly cast: CastName; readonly operand: Operand; readonly type: Type }
  /** Tuple, array, struct, variant or closure from its parts, in order of declaration. */
  | { readonly kind: 'aggregate'; readonly of: { readonly kind: 'tuple' } | { readonly kind: 'array'; readonly element: Type } | { readonly kind: 'adt'; readonly variant: number | null; /** as written, with its lifetimes */ readonly written?: Type } | { readonly kind: 'closure' }; readonly type: Type; readonly operands: readonly Operand[] }
  /** `[x; N]`; `length` is a const, or a parameter. */
  | { readonly kind: 'repeat'; readonly operand: Operand; readonly length: Type; readonly type: Type }
  /** The discriminant's value, of the enum's `isize` (or `@repr` integer) type. */
  | { readonly kind: 'discriminant'; readonly place: Place; readonly type: Type }
  /** Number of elements of an array or slice place. */
  | { readonly kind: 'length'; readonly place: Place };

export type Statement = { readonly span: Span } & (
  | { readonly kind: 'assign'; readonly place: Place; readonly value: Rvalue }
  | { readonly kind: 'storageLive'; readonly local: LocalId }
  | { readonly kind: 'storageDead'; readonly local: LocalId }
  /** For the borrow and initialisation checks alone: the place is read as a match scrutinee, or a `let _ = place`. */
  | { readonly kind: 'fakeRead'; readonly place: Place; readonly why: 'match' | 'let' | 'guard' | 'index' | 'indexGuard' }
  /** For the borrow check alone: the place's type is one of `written`, with the lifetimes that it names. */
  | { readonly kind: 'ascribe'; readonly place: Place; readonly written: Type }
  /** A statement of the source begins here (stepping, statement marks). */
  | { readonly kind: 'mark' }
  | { readonly kind: 'nop' }
);

/** What a guard is about; the code generator turns it into checks by profile, or none where `verdict` is proven. `watched`: a part, whose whole has another guard. */
export type Verdict = 'proven' | 'guarded' | 'trusted' | 'watched';

export type Terminator = { readonly span: Span } & (
  | { readonly kind: 'goto'; readonly target: BlockId }
  /** On an integer, bool or char operand; `values[i]` → `targets[i]`, else `otherwise`. */
  | { readonly kind: 'switch'; readonly operand: Operand; readonly type: Type; readonly values: readonly bigint[]; readonly targets: readonly BlockId[]; readonly otherwise: BlockId }
  | { readonly kind: 'return' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'resume' }
  /** Before elaboration: drop the place if (and where) it is initialised. After: drop it, whole. */
  | { readonly kind: 'drop'; readonly place: Place; readonly target: BlockId; readonly unwind: BlockId | null; /** an assignment that drops the old value */ readonly replace: boolean }
  /** `target` null: does not return. A callee operand of a `fnDef` type is direct; of a `fnPtr` type indirect; a method of a `dyn` is resolved by emit. */
  | { readonly kind: 'call'; readonly callee: Operand; readonly args: readonly Operand[]; readonly destination: Place; readonly target: BlockId | null; readonly unwind: BlockId | null; /** span of the callee's name, for labels */ readonly calleeSpan: Span; /** overloaded operator, method call …: for messages */ readonly syntax: 'call' | 'method' | 'operator' | 'for' | 'deref' | 'index' | 'format' }
  /** An operation that may panic: checked arithmetic (`add sub mul shl shr neg` overflow by profile; `div rem` always). */
  | { readonly kind: 'checked'; readonly op: ArithmeticName | 'neg'; readonly left: Operand; readonly right: Operand | null; readonly destination: Place; readonly target: BlockId; readonly unwind: BlockId | null }
  /** `index < length` or panic. */
  | { readonly kind: 'bounds'; readonly index: Operand; readonly length: Operand; readonly target: BlockId; readonly unwind: BlockId | null; readonly verdict: Verdict }
  /** Before an access through the raw pointer `pointer` of `size_of(type)` bytes: non-null, aligned, live, in bounds. */
  | { readonly kind: 'guard'; readonly pointer: Operand; readonly type: Type; readonly access: 'read' | 'write' | 'borrow' | 'part' | 'address'; readonly target: BlockId; readonly unwind: BlockId | null; readonly verdict: Verdict }
  /** For the borrow checker: control may also go to `imaginary`; code is made for `real` only. */
  | { readonly kind: 'falseEdge'; readonly real: BlockId; readonly imaginary: BlockId }
  | { readonly kind: 'falseUnwind'; readonly real: BlockId; readonly unwind: BlockId | null }
);

export interface Block {
  readonly statements: Statement[];
  terminator: Terminator;
  cleanup: boolean;
}

/** A halt of a session in its graph, and what is known there of each drop flag: no value, a value, or whichever way was taken. */
export interface Halt {
  readonly number: number;
  readonly flags: readonly { readonly local: LocalId; readonly state: 'no' | 'yes' | 'either' }[];
}

export interface Graph {
  /** Of a session's script, once elaborated: its halts in order, and by which path each drop flag is called (its own name and those of what it is a part of). */
  readonly session?: { readonly halts: readonly Halt[]; readonly flags: ReadonlyMap<number, readonly { readonly local: LocalId; readonly rest: string }[]> };
  readonly owner: DefId;
  /** Number of parameters: locals 1..=params. A closure's body has its environment (`self`: by value, `&` or `&mut` by kind) first, then its own parameters, not tupled. */
  readonly params: number;
  readonly locals: Local[];
  readonly blocks: Block[];
  /** Constant expressions behind references, each evaluated once. */
  readonly promoted: Graph[];
  /** Source scopes for variables: from which block/statement on a variable is visible, for debuggers. */
  readonly variables: readonly { readonly name: string; readonly local: LocalId; readonly projection: readonly Projection[]; readonly scope: Span; /** After elaboration: says whether the value is still there, where only the run can tell. */ readonly flag?: LocalId }[];
  readonly span: Span;
  /** Of a closure's body: what it captured, in order; `mutable` when the captured place may be changed. */
  readonly upvars?: readonly { readonly name: string; readonly mutable: boolean; readonly byRef: boolean }[];
  /** Closures made in this body: definition, captures' types and kind (the owner's generics are in force). */
  readonly closures: readonly { readonly def: DefId; readonly kind: 'Fn' | 'FnMut' | 'FnOnce'; readonly captures: readonly Type[]; readonly params: readonly Type[]; readonly result: Type }[];
}

export type { FormatFacts };

/** The number of a session's halt, when the terminator is one. */
export function haltNumber(t: Terminator): number | null {
  if (t.kind !== 'call' || t.callee.kind !== 'constant' || t.callee.constant.type.kind !== 'fnDef' || t.callee.constant.type.def !== 'std::intrinsics::halt') return null;
  const [number] = t.args;
  return number?.kind === 'constant' && number.constant.kind === 'int' ? Number(number.constant.value) : null;
}
