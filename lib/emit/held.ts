/**
 * What the variables of a body hold at each operation: out of scope, no value yet, a value, given away, or whichever way was taken. For
 * debuggers and pictures; nothing that runs depends on it. In: a body of the debug profile. Out: for each block the states at its
 * start, and a step from the state before an operation to the one while it is done and the one after it.
 * A part that is moved out of a variable is watched too, by itself; what is left of the variable is still held, `partly`.
 * Invariant: states are sets of single ones, joined where ways meet. Cost: blocks × variables, a few rounds.
 */
import type { HoldState } from '../../vm/code/program.ts';
import type { Place, Projection } from '../flow/graph.ts';
import { type Body, type Op, successors } from './body.ts';
import { visitOp } from './opt/visit.ts';

const OUT = 1;
const EMPTY = 2;
const HELD = 4;
const MOVED = 8;
/** Beside `HELD`: some way moved a part out. */
const PARTLY = 16;

export const holdState = (set: number): HoldState => (set === (HELD | PARTLY) ? 'partly' : set === HELD ? 'held' : (set & HELD) !== 0 ? ((set & ~(HELD | PARTLY)) === OUT ? 'held' : 'either') : (set & EMPTY) !== 0 ? 'empty' : (set & MOVED) !== 0 ? 'moved' : 'out');

export interface Holdings {
  /** Locals that are variables, each once, then parts of them that are moved out somewhere. */
  readonly watched: readonly Watched[];
  /** By block: a set for each of `watched`; all zero for a block that is not reached. */
  readonly starts: readonly Uint8Array[];
  /** What the operation takes away is gone while it is done. Gives the places in `watched` that it changed to `changed`. */
  before(op: Op, states: Uint8Array, changed?: number[]): void;
  /** What it gives is there after it. */
  after(op: Op, states: Uint8Array, changed?: number[]): void;
}

export interface Watched {
  readonly local: number;
  /** Fields down to a part; empty for the variable itself. */
  readonly path: readonly Projection[];
}

const isField = (step: Projection): boolean => step.kind === 'field' || step.kind === 'variant';
const sameStep = (a: Projection, b: Projection | undefined): boolean => b !== undefined && a.kind === b.kind && 'index' in a && 'index' in b && a.index === b.index;
/** `path` is `of`, or leads to what holds it. */
const isWithin = (path: readonly Projection[], of: readonly Projection[]): boolean => path.length <= of.length && path.every((step, i) => sameStep(step, of[i]));

const isOwn = (place: Place): boolean => place.projection.every(step => step.kind !== 'deref');

export function holdings(body: Body): Holdings {
  const locals = [...new Set(body.variables.filter(v => v.place.projection.length === 0).map(v => v.place.local as number))].sort((a, b) => a - b);
  const place = new Map(locals.map((local, i) => [local, i]));
  const watched: Watched[] = locals.map(local => ({ local, path: [] }));
  const parts = new Map<number, number[]>();
  for (const block of body.blocks) {
    for (const op of block.ops) {
      visitOp(op, (at, role) => {
        if (role !== 'move' || at.projection.length === 0 || !place.has(at.local) || !at.projection.every(isField)) return;
        const known = parts.get(at.local) ?? [];
        if (known.some(i => watched[i]?.path.length === at.projection.length && isWithin(at.projection, watched[i]?.path ?? []))) return;
        parts.set(at.local, [...known, watched.push({ local: at.local, path: at.projection }) - 1]);
      });
    }
  }
  /** The parts that a place of its local holds. */
  const partsIn = (at: Place): readonly number[] => (parts.get(at.local) ?? []).filter(i => isWithin(at.projection, watched[i]?.path ?? []));
  const born = new Set<number>();
  for (const block of body.blocks) for (const op of block.ops) if (op.kind === 'live') born.add(op.local);

  const before = (op: Op, states: Uint8Array, changed?: number[]): void => {
    visitOp(op, (at, role) => {
      const i = place.get(at.local);
      if (i === undefined || role !== 'move' || !isOwn(at)) return;
      states[i] = at.projection.length === 0 ? MOVED : HELD | PARTLY;
      changed?.push(i);
      for (const part of partsIn(at)) {
        states[part] = MOVED;
        changed?.push(part);
      }
    });
  };
  const after = (op: Op, states: Uint8Array, changed?: number[]): void => {
    const becomes = (i: number, state: number): void => {
      states[i] = state;
      changed?.push(i);
    };
    if (op.kind === 'live' || op.kind === 'dead') {
      const i = place.get(op.local);
      if (i === undefined) return;
      for (const each of [i, ...(parts.get(op.local) ?? [])]) becomes(each, op.kind === 'live' ? EMPTY : OUT);
      return;
    }
    visitOp(op, (at, role) => {
      const i = place.get(at.local);
      if (i === undefined || !isOwn(at) || (role !== 'write' && role !== 'drop')) return;
      const state = role === 'write' ? HELD : MOVED;
      if (at.projection.length === 0) becomes(i, state);
      for (const part of partsIn(at)) becomes(part, state);
    });
  };

  const starts = body.blocks.map(() => new Uint8Array(watched.length));
  const first = starts[0];
  watched.forEach(({ local }, i) => {
    if (first) first[i] = local >= 1 && local <= body.params ? HELD : born.has(local) ? OUT : EMPTY;
  });
  // What a block does to each variable, once: the state it leaves, or 0 where it leaves what was there. Cleanup has no states.
  const leaves = new Array<Uint8Array | undefined>(body.blocks.length).fill(undefined);
  const effectOf = (at: number): Uint8Array => {
    let effect = leaves[at];
    if (effect === undefined) {
      effect = new Uint8Array(watched.length);
      for (const op of body.blocks[at]?.ops ?? []) {
        before(op, effect);
        after(op, effect);
      }
      leaves[at] = effect;
    }
    return effect;
  };
  const waiting = [0];
  const reached = new Set([0]);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const block = body.blocks[at];
    const start = starts[at];
    if (block === undefined || start === undefined) continue;
    const effect = effectOf(at);
    for (const to of successors(block.end)) {
      const next = starts[to];
      if (next === undefined) continue;
      let changed = !reached.has(to);
      for (let i = 0; i < next.length; i++) {
        const both = (next[i] ?? 0) | (effect[i] || (start[i] ?? 0));
        if (both !== next[i]) { next[i] = both; changed = true; }
      }
      if (!changed) continue;
      reached.add(to);
      waiting.push(to);
    }
  }
  return { watched, starts, before, after };
}
