/**
 * Which constraint of a chain is worth showing: the one the reader wrote. In: a chain. Out: one of its links, by rustc's order of
 * interest: a return, a coercion to `dyn`, what the reader did, bounds and opaque types, the rest; of equals the last.
 */
import type { Category, Constraint } from './borrow-regions.ts';

const INTEREST: Readonly<Record<Category, number>> = { return: 0, unsize: 1, argument: 2, reify: 2, cast: 2, closure: 2, annotation: 2, assign: 2, static: 2, predicate: 4, opaque: 4, boring: 5, liveness: 6 };

export function blameRegions(path: readonly Constraint[]): Constraint | null {
  let best = -1;
  path.forEach((c, i) => {
    const other = path[best];
    if (other === undefined || INTEREST[c.category] <= INTEREST[other.category]) best = i;
  });
  const found = path[best] ?? null;
  // A value returned as `impl Trait`: what the type hides is to blame.
  const next = path[best + 1];
  return found?.category === 'return' && next?.category === 'opaque' ? { ...next, span: found.span } : found;
}
