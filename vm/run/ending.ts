/**
 * What a run can stop for, as data: a trap with its place and call stacks, or a panic that unwinds. Shapes only; `trap.ts` makes them.
 */
import type { Fault } from '../memory/fault.ts';

export type Place = { readonly file: string; readonly line: number; readonly column: number };
export type StackEntry = Place & { readonly function: string; readonly std: boolean };

export type Trap = {
  readonly code: string;
  /** AddressSanitizer's name where it has one. */
  readonly kind: string;
  readonly message: string;
  readonly at: Place | null;
  /** Innermost first. */
  readonly stack: readonly StackEntry[];
  readonly fault: Fault | null;
  readonly born: readonly StackEntry[];
  readonly died: readonly StackEntry[];
  /** Where the region of the block was made. */
  readonly region?: readonly StackEntry[];
  readonly exit: number;
};

/** A panic under way. */
export type Panic = { readonly message: string; readonly at: Place | null; readonly stack: readonly StackEntry[]; /** Of a null pointer that a guard found. */ readonly fault?: Fault };
