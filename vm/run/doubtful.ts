/** Values that nobody wrote, under way: shapes only; `doubt.ts` keeps them, `follow.ts` moves them along. */
import type { Fault } from '../memory/fault.ts';

/** Bits of a slot that nobody wrote, and the read that brought them. */
export interface Doubtful {
  readonly low: number;
  readonly high: number;
  readonly from: Fault;
}

export interface Doubt {
  /** By slot, counted from the first of all. */
  readonly slots: Map<number, Doubtful>;
  readonly bytes: Map<number, Fault>;
  /** Operations that stand aside for `follow`, by pc. */
  readonly planted: Map<number, number>;
  /** What the operation under way stores: address and size. */
  stored: readonly [address: number, size: number] | null;
  steps: number;
  /** Until this step a read that was found may still be to come. */
  awaited: number;
  /** A bad write under way of which nothing shall come: the bytes as they were, how many of them are still to be written, and until which step. */
  undo: { readonly address: number; readonly bytes: Uint8Array; left: number; readonly until: number } | null;
}
