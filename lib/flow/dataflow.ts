/**
 * The one worklist solver, over bit sets, for "may" analyses (join is union), forward or backward. In: a graph, a number of bits,
 * and what a statement, a terminator and an edge do to a state. Out: the state at each block's entry (forward) or exit (backward).
 * Invariant: states only grow, so it ends. Cost: blocks × height, each step one pass over the block's statements.
 */
import type { BlockId, Graph } from './graph.ts';
import { successors } from './simplify.ts';

export type Bits = Uint32Array;

export const bits = (count: number): Bits => new Uint32Array((count + 31) >>> 5);
export const has = (set: Bits, i: number): boolean => (((set[i >>> 5] ?? 0) >>> (i & 31)) & 1) === 1;
export function add(set: Bits, i: number): void { set[i >>> 5] = (set[i >>> 5] ?? 0) | (1 << (i & 31)); }
export function remove(set: Bits, i: number): void { set[i >>> 5] = (set[i >>> 5] ?? 0) & ~(1 << (i & 31)); }

/** Adds all of `from`; true when something was new. */
export function union(into: Bits, from: Bits): boolean {
  let changed = false;
  for (let w = 0; w < into.length; w++) {
    const before = into[w] ?? 0;
    const after = (before | (from[w] ?? 0)) >>> 0; // unsigned, as the array gives it back
    if (after !== before) { into[w] = after; changed = true; }
  }
  return changed;
}

/** Indices in the set, ascending, from `from` on. */
export function* members(set: Bits, from = 0): Iterable<number> {
  for (let w = from >>> 5; w < set.length; w++) {
    let word = set[w] ?? 0;
    if (w === from >>> 5) word &= -1 << (from & 31);
    while (word !== 0) {
      const low = word & -word;
      yield w * 32 + (31 - Math.clz32(low));
      word ^= low;
    }
  }
}

export interface Analysis {
  readonly graph: Graph;
  readonly count: number;
  /** State at the function's entry. */
  entry(state: Bits): void;
  statement(state: Bits, block: BlockId, index: number): void;
  terminator(state: Bits, block: BlockId): void;
  /** What holds on one edge only: the result of a call on its normal return. `state` may be changed: it is the edge's own. */
  edge?(state: Bits, from: BlockId, to: BlockId): void;
}

/** Blocks so that, but for loops, each comes after all that lead to it. */
function order(graph: Graph): BlockId[] {
  const done = new Uint8Array(graph.blocks.length);
  const out: BlockId[] = [];
  const stack: { block: BlockId; next: BlockId[] }[] = [];
  const enter = (block: BlockId): void => {
    done[block] = 1;
    const t = graph.blocks[block]?.terminator;
    stack.push({ block, next: t === undefined ? [] : successors(t) });
  };
  if (graph.blocks.length > 0) enter(0 as BlockId);
  for (let top = stack[stack.length - 1]; top !== undefined; top = stack[stack.length - 1]) {
    const next = top.next.pop();
    if (next === undefined) { out.push(top.block); stack.pop(); } else if (done[next] === 0) enter(next);
  }
  return out.reverse();
}

/** Runs `step` over blocks in an order, again for those it asks for, until none is left. */
function rounds(blocks: readonly BlockId[], first: readonly BlockId[], step: (block: BlockId, again: (block: BlockId) => void) => void): void {
  const place = new Map(blocks.map((b, i) => [b, i]));
  const dirty = new Uint8Array(blocks.length);
  let lowest = blocks.length;
  const again = (block: BlockId): void => {
    const at = place.get(block);
    if (at === undefined) return;
    dirty[at] = 1;
    if (at < lowest) lowest = at;
  };
  first.forEach(again);
  while (lowest < blocks.length) {
    let at = lowest;
    lowest = blocks.length;
    for (; at < blocks.length; at++) {
      if (dirty[at] === 0) continue;
      dirty[at] = 0;
      const block = blocks[at];
      if (block !== undefined) step(block, again);
      // What lies behind waits for the next round; what lies ahead is met in this one.
      if (lowest > at) lowest = blocks.length;
    }
  }
}

/** Forward: the state at each block's entry; null where it is not reached. */
export function solve(a: Analysis): (Bits | null)[] {
  const { blocks } = a.graph;
  const states: (Bits | null)[] = blocks.map(() => null);
  const start = bits(a.count);
  a.entry(start);
  states[0] = start;
  rounds(order(a.graph), [0 as BlockId], (at, again) => {
    const block = blocks[at];
    const before = states[at];
    if (block === undefined || before === null || before === undefined) return;
    const state = before.slice();
    for (let i = 0; i < block.statements.length; i++) a.statement(state, at, i);
    a.terminator(state, at);
    for (const next of successors(block.terminator)) {
      let out = state;
      if (a.edge !== undefined) { out = state.slice(); a.edge(out, at, next); }
      const known = states[next];
      let changed = true;
      if (known === null || known === undefined) states[next] = out.slice();
      else changed = union(known, out);
      if (changed) again(next);
    }
  });
  return states;
}

export interface Backward {
  readonly graph: Graph;
  readonly count: number;
  statement(state: Bits, block: BlockId, index: number): void;
  terminator(state: Bits, block: BlockId): void;
  /** Undoes, on the way back over one edge, what only that edge does. */
  edge?(state: Bits, from: BlockId, to: BlockId): void;
}

export function predecessors(graph: Graph): BlockId[][] {
  const out: BlockId[][] = graph.blocks.map(() => []);
  graph.blocks.forEach((block, i) => {
    for (const s of successors(block.terminator)) {
      const list = out[s];
      if (list !== undefined && list[list.length - 1] !== i) list.push(i as BlockId);
    }
  });
  return out;
}

/** Backward: the state at each block's end (before its terminator is undone). */
export function solveBackward(a: Backward): Bits[] {
  const { blocks } = a.graph;
  const ends = blocks.map(() => bits(a.count));
  const before = predecessors(a.graph);
  const forward = order(a.graph);
  const all = blocks.map((_, i) => i as BlockId);
  rounds([...forward].reverse(), all, (at, again) => {
    const block = blocks[at];
    const end = ends[at];
    if (block === undefined || end === undefined) return;
    const state = end.slice();
    a.terminator(state, at);
    for (let i = block.statements.length - 1; i >= 0; i--) a.statement(state, at, i);
    for (const p of before[at] ?? []) {
      let out = state;
      if (a.edge !== undefined) { out = state.slice(); a.edge(out, p, at); }
      const known = ends[p];
      if (known !== undefined && union(known, out)) again(p);
    }
  });
  return ends;
}
