/**
 * A body: the flow graph of one instance, made ready for code. Types are whole (no parameter, projection or opaque type left),
 * and what may panic (calls, drops, checked arithmetic, bounds) is an operation inside a block with an edge to its cleanup block
 * beside it, not a terminator: so blocks are long and the passes over them are simple.
 * Invariant: block 0 is the entry; locals 0 (result) and 1..=params keep their numbers through every pass.
 */
import type { Span } from '../text/span.ts';
import type { ArithmeticName, BlockId, LocalId, Operand, Place, Projection, Rvalue, Verdict } from '../flow/graph.ts';
import type { Type } from '../types/type.ts';
import type { Instance } from './instance.ts';

export interface BodyLocal {
  readonly type: Type;
  /** Name of a variable of the source. */
  readonly name: string | null;
}

/** What a call goes to, once types are known. */
export type Target =
  | { readonly kind: 'instance'; readonly instance: Instance }
  /** Through a function pointer. */
  | { readonly kind: 'pointer'; readonly pointer: Operand }
  /** Entry `slot` of the table of methods of the first argument, a pointer to a `dyn`; `params` as the method sees them (the first is a thin pointer). */
  | { readonly kind: 'virtual'; readonly slot: number; readonly params: readonly Type[] }
  | { readonly kind: 'intrinsic'; readonly name: string; readonly args: readonly Type[] }
  /** A function of the C library, the host, or an `@link`. */
  | { readonly kind: 'extern'; readonly name: string; readonly abi: string };

export type Op = { readonly span: Span } & (
  | { readonly kind: 'assign'; readonly place: Place; readonly value: Rvalue }
  | { readonly kind: 'live'; readonly local: LocalId }
  | { readonly kind: 'dead'; readonly local: LocalId }
  | { readonly kind: 'mark' }
  | { readonly kind: 'call'; readonly target: Target; readonly args: readonly Operand[]; readonly destination: Place; readonly result: Type; readonly unwind: BlockId | null }
  | { readonly kind: 'drop'; readonly place: Place; readonly unwind: BlockId | null }
  | { readonly kind: 'checked'; readonly op: ArithmeticName | 'neg'; readonly left: Operand; readonly right: Operand | null; readonly destination: Place; readonly unwind: BlockId | null }
  | { readonly kind: 'bounds'; readonly index: Operand; readonly length: Operand; readonly verdict: Verdict; readonly unwind: BlockId | null }
  | { readonly kind: 'guard'; readonly pointer: Operand; readonly type: Type; readonly access: 'read' | 'write' | 'borrow' | 'part' | 'address'; readonly verdict: Verdict; readonly unwind: BlockId | null }
);

export type End =
  | { readonly kind: 'goto'; readonly target: BlockId }
  | { readonly kind: 'switch'; readonly operand: Operand; readonly values: readonly bigint[]; readonly targets: readonly BlockId[]; readonly otherwise: BlockId }
  | { readonly kind: 'return' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'resume' };

export interface BodyBlock {
  ops: Op[];
  end: End;
  endSpan: Span;
  readonly cleanup: boolean;
}

export interface BodyVariable {
  readonly name: string;
  readonly place: Place;
  /** Its drop flag. */
  readonly flag?: LocalId;
}

export interface Body {
  readonly instance: Instance;
  readonly params: number;
  readonly locals: BodyLocal[];
  blocks: BodyBlock[];
  readonly variables: BodyVariable[];
  readonly span: Span;
}

export const local = (id: number): Place => ({ local: id as LocalId, projection: [] });
export const project = (place: Place, ...more: Projection[]): Place => ({ local: place.local, projection: [...place.projection, ...more] });
export const field = (place: Place, index: number, type: Type): Place => project(place, { kind: 'field', index, type });
export const deref = (place: Place): Place => project(place, { kind: 'deref' });
export const copyOf = (place: Place): Operand => ({ kind: 'copy', place });
export const moveOf = (place: Place): Operand => ({ kind: 'move', place });
export const blockId = (n: number): BlockId => n as BlockId;

export function successors(end: End): readonly BlockId[] {
  switch (end.kind) {
    case 'goto': return [end.target];
    case 'switch': return [...end.targets, end.otherwise];
    default: return [];
  }
}

/** The cleanup block an operation may go to. */
export const unwindOf = (op: Op): BlockId | null => ('unwind' in op ? op.unwind : null);

/** Adds a local and gives its number. */
export function addLocal(body: { locals: BodyLocal[] }, type: Type, name: string | null = null): LocalId {
  body.locals.push({ type, name });
  return (body.locals.length - 1) as LocalId;
}
