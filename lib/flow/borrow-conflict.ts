/**
 * Does an access to a place touch what a loan has lent (rustc's `places_conflict`), and which loans need no tracking. Tables of
 * cases over the two places' steps. In: two places with their types. Out: yes or no. Cost: linear in their projections.
 */
import type { Type } from '../types/type.ts';
import type { BorrowKind, Graph, Place, Projection } from './graph.ts';
import { placeType } from './place.ts';
import { dropImpl, isBox, type TypeQueries } from './queries.ts';

/** How deep an access goes: an assignment touches a place's own bytes, a move all it owns, a destructor what it can reach. */
export type Depth = 'shallow' | 'length' | 'deep' | 'drop';

export type Overlap = 'same' | 'disjoint';

/** Loans of what a shared reference or raw pointer leads to cannot be broken through this place. */
export function isIgnored(queries: TypeQueries, graph: Graph, place: Place): boolean {
  for (let n = 0; n < place.projection.length; n++) {
    if (place.projection[n]?.kind !== 'deref') continue;
    const base = placeType(queries, graph.locals, place, n);
    if (base.kind === 'ptr' || (base.kind === 'ref' && !base.mutable)) return true;
  }
  return false;
}

/** `sure`: only what certainly is the same place counts (unknown indices do not). */
export function conflicts(queries: TypeQueries, graph: Graph, loan: Place, kind: BorrowKind, access: Place, depth: Depth, sure = false): boolean {
  if (loan.local !== access.local) return false;
  for (let n = 0; n < loan.projection.length; n++) {
    const lent = loan.projection[n];
    if (lent === undefined) break;
    const touched = access.projection[n];
    if (touched !== undefined) {
      if (overlap(lent, touched, () => placeType(queries, graph.locals, loan, n), sure) === 'disjoint') return false;
      continue;
    }
    // The loan goes on below the place that is accessed.
    const base = placeType(queries, graph.locals, loan, n);
    if (depth === 'length') return false;
    if (lent.kind === 'deref') {
      if (depth === 'shallow') return false;
      if (depth === 'drop' && base.kind === 'ref') return false;
      if (base.kind === 'ptr') return false;
    }
    if (lent.kind === 'field' && depth === 'drop' && base.kind === 'adt' && !isBox(queries.definitions, base) && dropImpl(queries.definitions, base.def) !== null) return true;
  }
  if (kind === 'fake' && loan.projection.length < access.projection.length) return false;
  return true;
}

function overlap(a: Projection, b: Projection, base: () => Type, sure: boolean): Overlap {
  if (a.kind === 'deref' || b.kind === 'deref') return 'same';
  if (a.kind === 'field' && b.kind === 'field') return a.index === b.index ? 'same' : 'disjoint';
  if (a.kind === 'variant' && b.kind === 'variant') return a.index === b.index ? 'same' : 'disjoint';
  if (a.kind === 'index' || b.kind === 'index') return sure && !(a.kind === 'index' && b.kind === 'index' && a.local === b.local) ? 'disjoint' : sure ? 'disjoint' : 'same';
  const length = (): number | null => { const t = base(); return t.kind === 'array' && t.length.kind === 'const' ? Number(t.length.value) : null; };
  if (a.kind === 'constantIndex' && b.kind === 'constantIndex') {
    if (a.fromEnd === b.fromEnd) return a.offset === b.offset ? 'same' : 'disjoint';
    const start = a.fromEnd ? b : a;
    const end = a.fromEnd ? a : b;
    const least = Math.max(a.atLeast ?? 0, b.atLeast ?? 0);
    return start.offset >= least - end.offset ? 'same' : 'disjoint';
  }
  if ((a.kind === 'constantIndex' && b.kind === 'subslice') || (a.kind === 'subslice' && b.kind === 'constantIndex')) {
    const one = a.kind === 'constantIndex' ? a : (b as Projection & { kind: 'constantIndex' });
    const many = a.kind === 'subslice' ? a : (b as Projection & { kind: 'subslice' });
    const n = length();
    if (n !== null && !one.fromEnd) return one.offset >= many.from && one.offset < n - many.to ? 'same' : 'disjoint';
    if (one.fromEnd) return one.offset > many.to ? 'same' : 'disjoint';
    return one.offset >= many.from ? 'same' : 'disjoint';
  }
  if (a.kind === 'subslice' && b.kind === 'subslice') {
    const n = length();
    if (n !== null) return a.from < n - b.to && b.from < n - a.to ? 'same' : 'disjoint';
  }
  return 'same';
}
