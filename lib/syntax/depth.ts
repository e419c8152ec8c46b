/**
 * How deeply a program may be nested. Passes walk trees and types recursively, so the limits go with the stack that a face gives
 * them: `usual` fits the stack that every JavaScript engine gives, `roomy` one of `ROOMY_STACK` megabytes. In and out: data.
 */
export interface Depth {
  /** Operators, postfixes and nesting below one another in one tree. */
  readonly tree: number;
  /** Brackets and blocks open at once. */
  readonly nesting: number;
  /** Suites on one line, inside one another. */
  readonly suites: number;
}

export const usual: Depth = { tree: 500, nesting: 200, suites: 100 };
export const roomy: Depth = { tree: 4000, nesting: 1600, suites: 800 };
/** What the deepest programs that `roomy` lets through were seen to need, and as much again. */
export const ROOMY_STACK = 512;
