/**
 * Regions of one body: variables, what outlives what, and their values. A value is a set of points of the graph and of ends of
 * universal regions (`'static`, lifetime parameters, those of anonymous references in the signature). In: constraints. Out: the
 * least values that satisfy them. Cost: constraints × growth, on bit sets.
 */
import type { Span } from '../text/span.ts';
import { region, type Type } from '../types/type.ts';
import { add, type Bits, bits, has, members, union } from './dataflow.ts';

export type Category = 'return' | 'opaque' | 'argument' | 'assign' | 'cast' | 'unsize' | 'closure' | 'static' | 'predicate' | 'annotation' | 'reify' | 'boring' | 'liveness';

/** `longer` contains all that `shorter` contains. */
export interface Constraint {
  readonly longer: number;
  readonly shorter: number;
  /** Point where it arose; -1: everywhere. */
  readonly point: number;
  readonly span: Span;
  readonly category: Category;
  /** A closure's body needs it. */
  readonly inside?: boolean;
}

export interface Universal {
  readonly region: number;
  /** `'a`, or null for an anonymous one. */
  readonly name: string | null;
  /** 'placeholder': any lifetime at all, of a `for['a]` that a closure must satisfy. 'exit': a hidden result leaves the body with it. */
  /** Of an exit: what the result may hold, by `use[…]`; absent: anything. */
  readonly captures?: readonly number[];
  readonly of: 'static' | 'named' | 'anonymous' | 'external' | 'placeholder' | 'exit';
}

export interface Regions {
  count: number;
  readonly constraints: Constraint[];
  readonly universals: Universal[];
  readonly universal: Map<number, Universal>;
  /** Declared: universal → universals that it outlives. */
  readonly declared: Map<number, Set<number>>;
  readonly points: number;
  /** Liveness: points by region. */
  readonly live: Map<number, Bits>;
}

export const STATIC_VAR = 0;
/** Name of a placeholder that stands for a function pointer's own lifetime. */
export const FUNCTION = 'fn';

export function makeRegions(points: number): Regions {
  const r: Regions = { count: 0, constraints: [], universals: [], universal: new Map(), declared: new Map(), points, live: new Map() };
  addUniversal(r, "'static", 'static');
  return r;
}

export function fresh(r: Regions): number {
  return r.count++;
}

export const regionVar = (index: number): Type => region({ of: 'var', index });

export function addUniversal(r: Regions, name: string | null, of: Universal['of'], captures?: readonly number[]): number {
  const index = fresh(r);
  makeUniversal(r, index, name, of, captures);
  return index;
}

/** A region that exists already is given from outside. */
export function makeUniversal(r: Regions, index: number, name: string | null, of: Universal['of'], captures?: readonly number[]): void {
  const made: Universal = { region: index, name, of, ...(captures === undefined ? {} : { captures }) };
  r.universals.push(made);
  r.universal.set(index, made);
}

export function outlives(r: Regions, longer: number, shorter: number, point: number, span: Span, category: Category, inside = false): void {
  if (longer === shorter || longer === STATIC_VAR) return;
  r.constraints.push({ longer, shorter, point, span, category, ...(inside ? { inside } : {}) });
}

export function declare(r: Regions, longer: number, shorter: number): void {
  const set = r.declared.get(longer);
  if (set === undefined) r.declared.set(longer, new Set([shorter]));
  else set.add(shorter);
}

/** Is `longer: shorter` known from the signature (transitively)? */
export function known(r: Regions, longer: number, shorter: number): boolean {
  if (longer === shorter || longer === STATIC_VAR) return true;
  const end = r.universal.get(shorter);
  if (end?.of === 'exit') return end.captures === undefined || end.captures.some(c => known(r, longer, c));
  const seen = new Set<number>([longer]);
  const work = [longer];
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    for (const next of r.declared.get(at) ?? []) {
      if (next === shorter || next === STATIC_VAR) return true;
      if (!seen.has(next)) { seen.add(next); work.push(next); }
    }
  }
  return false;
}

export function markLive(r: Regions, index: number, point: number): void {
  let set = r.live.get(index);
  if (set === undefined) r.live.set(index, (set = bits(r.points)));
  add(set, point);
}

export interface Values {
  readonly of: Bits[];
  contains(region: number, point: number): boolean;
  /** Its first point; -1 when it has none. */
  firstPoint(region: number): number;
  containsEnd(region: number, universal: number): boolean;
  ends(region: number): number[];
}

export function solveRegions(r: Regions): Values {
  const size = r.points + r.universals.length;
  const indexOf = new Map(r.universals.map((u, i) => [u.region, r.points + i]));
  const values: Bits[] = [];
  for (let i = 0; i < r.count; i++) {
    const own = bits(size);
    const live = r.live.get(i);
    if (live !== undefined) union(own, live);
    values.push(own);
  }
  for (const u of r.universals) {
    const own = values[u.region];
    if (own === undefined) continue;
    if (u.of !== 'placeholder') for (let p = 0; p < r.points; p++) add(own, p);
    add(own, indexOf.get(u.region) ?? 0);
  }
  const into: number[][] = Array.from({ length: r.count }, () => []);
  for (const c of r.constraints) into[c.shorter]?.push(c.longer);
  const work: number[] = [];
  const queued = new Uint8Array(r.count);
  for (let i = 0; i < r.count; i++) { work.push(i); queued[i] = 1; }
  for (let head = 0; head < work.length; head++) {
    const at = work[head] ?? 0;
    queued[at] = 0;
    const from = values[at];
    if (from === undefined) continue;
    for (const to of into[at] ?? []) {
      const target = values[to];
      if (target !== undefined && union(target, from) && queued[to] === 0) { queued[to] = 1; work.push(to); }
    }
  }
  return {
    of: values,
    contains: (i, point) => { const v = values[i]; return v !== undefined && has(v, point); },
    firstPoint(i) {
      const v = values[i];
      if (v !== undefined) for (const m of members(v)) return m < r.points ? m : -1;
      return -1;
    },
    containsEnd: (i, universal) => { const v = values[i]; const at = indexOf.get(universal); return v !== undefined && at !== undefined && has(v, at); },
    ends(i) {
      const out: number[] = [];
      const v = values[i];
      if (v === undefined) return out;
      for (const m of members(v, r.points)) out.push(r.universals[m - r.points]?.region ?? 0);
      return out;
    },
  };
}

/** A shortest chain of constraints by which `from` came to contain what `goal` accepts. */
export function pathTo(r: Regions, from: number, goal: (region: number) => boolean): Constraint[] | null {
  const out = new Map<number, Constraint[]>();
  for (const c of r.constraints) {
    const list = out.get(c.longer);
    if (list === undefined) out.set(c.longer, [c]);
    else list.push(c);
  }
  const by = new Map<number, Constraint | null>([[from, null]]);
  const work = [from];
  for (let head = 0; head < work.length; head++) {
    const at = work[head] ?? 0;
    if (goal(at)) {
      const path: Constraint[] = [];
      for (let c = by.get(at) ?? null; c !== null; c = by.get(c.longer) ?? null) path.unshift(c);
      return path;
    }
    for (const c of out.get(at) ?? []) if (!by.has(c.shorter)) { by.set(c.shorter, c); work.push(c.shorter); }
  }
  return null;
}
