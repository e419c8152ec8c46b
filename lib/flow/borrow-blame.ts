/**
 * Which constraint of a chain is worth showing: the one the reader wrote. In: a chain. Out: one of its links, by rustc's order of
 * interest: a return, an argument, a cast or closure, an assignment, the rest.
 */
import type { Category, Constraint } from './borrow-regions.ts';

const ORDER: readonly Category[] = ['return', 'argument', 'predicate', 'reify', 'cast', 'closure', 'annotation', 'assign', 'static', 'boring', 'liveness'];

export function blameRegions(path: readonly Constraint[]): Constraint | null {
  let best: Constraint | null = null;
  for (const c of path) if (best === null || ORDER.indexOf(c.category) < ORDER.indexOf(best.category)) best = c;
  return best;
}
