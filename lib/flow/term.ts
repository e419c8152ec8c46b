/**
 * The shape between tree and flow graph: one expression with adjustments and overloaded operators written out, made one level at a time by
 * `mirror`. Shapes only. Invariant: a term's type is the expression's after all adjustments up to it.
 */
import type { Expr, NodeId } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { DefId, Type } from '../types/type.ts';
import type { ArithmeticName, BorrowKind, CastName, CompareName, Constant, Rvalue } from './graph.ts';

export type CallSyntax = 'call' | 'method' | 'operator' | 'for' | 'deref' | 'index' | 'format';
export type AggregateOf = (Rvalue & { kind: 'aggregate' })['of'];

export type Term = { readonly type: Type; readonly span: Span; readonly node: NodeId } & (
  // places
  | { readonly kind: 'local'; readonly binding: NodeId }
  | { readonly kind: 'static'; readonly def: DefId }
  | { readonly kind: 'field'; readonly base: Term; readonly index: number }
  | { readonly kind: 'deref'; readonly base: Term }
  | { readonly kind: 'index'; readonly base: Term; readonly index: Term }
  // values
  | { readonly kind: 'constant'; readonly constant: Constant }
  | { readonly kind: 'borrow'; readonly borrow: BorrowKind; readonly base: Term; /** of what a closure captures: the use in its body */ readonly use?: Span }
  | { readonly kind: 'rawBorrow'; readonly mutable: boolean; readonly base: Term }
  | { readonly kind: 'call'; readonly callee: Term; readonly args: readonly Term[]; readonly calleeSpan: Span; readonly syntax: CallSyntax }
  | { readonly kind: 'binary'; readonly op: ArithmeticName | CompareName; readonly left: Term; readonly right: Term }
  | { readonly kind: 'unary'; readonly op: 'neg' | 'not'; readonly base: Term }
  | { readonly kind: 'cast'; readonly cast: CastName; readonly base: Term }
  /** A cast to a type that names lifetimes. */
  | { readonly kind: 'ascribe'; readonly base: Term; readonly written: Type }
  | { readonly kind: 'neverToAny'; readonly base: Term }
  | { readonly kind: 'aggregate'; readonly of: AggregateOf; readonly parts: readonly Term[] }
  | { readonly kind: 'update'; readonly variant: number | null; readonly fields: ReadonlyMap<number, Term>; readonly order: readonly number[]; readonly count: number; readonly base: Term }
  | { readonly kind: 'repeat'; readonly base: Term; readonly length: Type }
  | { readonly kind: 'logical'; readonly expr: Expr }
  /** Blocks, loops, matches, jumps, closures, format calls: lowered from the tree. */
  | { readonly kind: 'control'; readonly expr: Expr }
);

export const isPlace = (t: Term): boolean => t.kind === 'local' || t.kind === 'static' || t.kind === 'field' || t.kind === 'deref' || t.kind === 'index';
