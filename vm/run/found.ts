/** Findings of a run that goes on after them: shapes only; `findings.ts` fills them. */
import type { Trap } from './ending.ts';

export interface Tolerance {
  /** The finding of this number ends the run. */
  readonly most: number;
  /** The number of the rule that lets a finding pass; -1 for none. */
  suppressed(code: string, functionName: string): number;
  /** Told of each finding that the run goes on after, while the machine stands on it. */
  found?(trap: Trap): void;
}

export interface Findings {
  readonly tolerance: Tolerance;
  readonly all: Trap[];
  /** By kind and call stack: the rule that lets it pass, or -1. */
  readonly known: Map<string, number>;
  /** Codes, functions and lines that are in `all`. */
  readonly told: Set<string>;
  /** How often each rule let something pass. */
  readonly passed: Map<number, number>;
}
