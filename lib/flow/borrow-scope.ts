/**
 * At which points a loan is in scope: from where it is made, along the edges, while its region contains the point, until what it
 * went through is assigned over. Two ways to say "its region contains the point": the solved values (NLL), and, for a loan that
 * seems broken, reachability in the graph of (region, point) pairs, where a constraint holds only where it arose (Polonius): that
 * accepts the conditional return. Cost: points for each loan; the second, points × regions, only when there is something to excuse.
 */
import { add, type Bits, bits, has } from './dataflow.ts';
import type { Loan } from './borrow-constraints.ts';
import { conflicts } from './borrow-conflict.ts';
import type { Regions, Values } from './borrow-regions.ts';
import { usesAt } from './borrow-liveness.ts';
import type { BlockId, Graph } from './graph.ts';
import type { TypeQueries } from './queries.ts';
import { successors } from './simplify.ts';

export interface Points {
  readonly count: number;
  readonly next: readonly (readonly number[])[];
  readonly block: Uint32Array;
  readonly index: Uint32Array;
}

export function makePoints(graph: Graph, bases: readonly number[]): Points {
  const count = bases[bases.length - 1] ?? 0;
  const next: number[][] = [];
  const block = new Uint32Array(count);
  const index = new Uint32Array(count);
  graph.blocks.forEach((b, i) => {
    const base = bases[i] ?? 0;
    for (let n = 0; n <= b.statements.length; n++) {
      block[base + n] = i;
      index[base + n] = n;
      next[base + n] = n < b.statements.length ? [base + n + 1] : successors(b.terminator).map(s => bases[s] ?? 0);
    }
  });
  return { count, next, block, index };
}

/** Does the statement at a point end the loan: its place (or what it goes through) gets another value. */
function kills(queries: TypeQueries, graph: Graph, loan: Loan, block: number, index: number): boolean {
  const b = graph.blocks[block];
  const s = b?.statements[index];
  if (s !== undefined) {
    if (s.kind === 'storageDead') return s.local === loan.place.local;
    if (s.kind !== 'assign' || s.place.local !== loan.place.local) return false;
    return s.place.projection.length === 0 || conflicts(queries, graph, loan.place, loan.kind, s.place, 'deep', true) && s.place.projection.length <= loan.place.projection.length;
  }
  const t = b?.terminator;
  return (t?.kind === 'call' || t?.kind === 'checked') && t.destination.local === loan.place.local && t.destination.projection.length === 0;
}

export function scopeOf(queries: TypeQueries, graph: Graph, points: Points, loan: Loan, contains: (point: number) => boolean): Bits {
  const scope = bits(points.count);
  const killed = (p: number): boolean => kills(queries, graph, loan, points.block[p] ?? 0, points.index[p] ?? 0);
  if (killed(loan.point)) return scope;
  const work = [...(points.next[loan.point] ?? [])];
  for (let p = work.pop(); p !== undefined; p = work.pop()) {
    if (has(scope, p) || !contains(p)) continue;
    add(scope, p);
    if (!killed(p)) work.push(...(points.next[p] ?? []));
  }
  return scope;
}

export function nllScope(queries: TypeQueries, graph: Graph, points: Points, values: Values, loan: Loan): Bits {
  return scopeOf(queries, graph, points, loan, p => values.contains(loan.region, p));
}

/** Two-phase: points between the borrow and its first use, where it only reads. Looked for where the loan is in scope. */
export function reservedPoints(graph: Graph, points: Points, loan: Loan, scope: Bits): { reserved: Bits; activation: number | null } {
  const reserved = bits(points.count);
  let activation: number | null = null;
  const target = loan.into.local;
  const usesTarget = (p: number): boolean => {
    let found = false;
    usesAt(graph, (points.block[p] ?? 0) as BlockId, points.index[p] ?? 0, { use(l) { if (l === target) found = true; }, define() { /* storage */ }, drop() { /* none */ } });
    return found;
  };
  const work = [...(points.next[loan.point] ?? [])];
  for (let p = work.pop(); p !== undefined; p = work.pop()) {
    if (has(reserved, p) || !has(scope, p)) continue;
    if (usesTarget(p)) { activation = p; continue; }
    add(reserved, p);
    work.push(...(points.next[p] ?? []));
  }
  return { reserved, activation };
}

/** The points at which a loan is alive when constraints hold only where they arose. */
export function preciseScope(queries: TypeQueries, graph: Graph, points: Points, regions: Regions, loan: Loan, inPlace: ReadonlySet<number>): Bits {
  const byPoint = new Map<number, { from: number; to: number }[]>();
  const everywhere = new Map<number, number[]>();
  for (const c of regions.constraints) {
    if (c.point < 0) {
      const list = everywhere.get(c.longer);
      if (list === undefined) everywhere.set(c.longer, [c.shorter]);
      else list.push(c.shorter);
    } else {
      const list = byPoint.get(c.point);
      if (list === undefined) byPoint.set(c.point, [{ from: c.longer, to: c.shorter }]);
      else list.push({ from: c.longer, to: c.shorter });
    }
  }
  const universal = new Set(regions.universals.map(u => u.region));
  const isLive = (r: number, p: number): boolean => { if (universal.has(r)) return true; const l = regions.live.get(r); return l !== undefined && has(l, p); };
  const before: number[][] = Array.from({ length: points.count }, () => []);
  points.next.forEach((list, p) => { for (const n of list) before[n]?.push(p); });
  const killed = (p: number): boolean => kills(queries, graph, loan, points.block[p] ?? 0, points.index[p] ?? 0);
  const scope = bits(points.count);
  const seen = new Set<number>();
  const work: [number, number][] = [[loan.region, loan.point]];
  // What a region in place was tied to, before the loan was made too: both are one for as long as both are alive.
  const tied = (from: number, at: number): number[] => {
    const found: number[] = [];
    const met = new Set<number>();
    const back: [number, number][] = [[from, at]];
    for (let next = back.pop(); next !== undefined; next = back.pop()) {
      const [r, p] = next;
      const key = r * width + p;
      if (met.has(key)) continue;
      met.add(key);
      // Regions of a call's signature are alive nowhere, and tie others all the same.
      for (const c of byPoint.get(p) ?? []) {
        if (c.from !== r) continue;
        if (p !== at && isLive(c.to, at)) found.push(c.to);
        back.push([c.to, p]);
      }
      for (const to of everywhere.get(r) ?? []) {
        if (p !== at && isLive(to, at)) found.push(to);
        back.push([to, p]);
      }
      if (inPlace.has(r) && isLive(r, p)) for (const n of before[p] ?? []) back.push([r, n]);
    }
    return found;
  };
  const enter = (r: number, p: number): void => {
    work.push([r, p]);
    if (inPlace.has(r) && isLive(r, p)) for (const to of tied(r, p)) work.push([to, p]);
  };
  const width = points.count + 1;
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    const [r, p] = at;
    const key = r * width + p;
    if (seen.has(key)) continue;
    seen.add(key);
    if (isLive(r, p)) add(scope, p);
    for (const c of byPoint.get(p) ?? []) if (c.from === r && !seen.has(c.to * width + p)) enter(c.to, p);
    for (const to of everywhere.get(r) ?? []) if (!seen.has(to * width + p)) enter(to, p);
    if (!killed(p)) for (const n of points.next[p] ?? []) if (isLive(r, n)) work.push([r, n]);
    // What is shared in place (behind `&mut`, in a cell) is the same region before as well, back to where it was tied to others.
    if (inPlace.has(r) && isLive(r, p)) for (const n of before[p] ?? []) if (!killed(n)) work.push([r, n]);
  }
  return scope;
}
