/**
 * Where in the code a variable of the source has a value: from its assignment to the end of its scope, or until the value is moved away. In: a
 * body, and while its code is written the offset before and after each operation. Out: ranges of offsets for each body local that has a
 * name. For debuggers and pictures, and for the search for leaks, where what a moved or dead variable left behind must not count.
 * Invariant: a local is in no range where it certainly has no value; where ways meet, one way with a value is enough.
 * Cost: one pass of the data flow over the blocks, over the named locals only.
 */
import { type Body, type BodyBlock, type Op, successors } from './body.ts';
import { visitOp } from './opt/visit.ts';

export interface Range {
  readonly from: number;
  to: number;
}

export interface Scopes {
  /** The code of a block begins here. */
  block(block: BodyBlock, at: number): void;
  before(op: Op, at: number): void;
  after(op: Op, at: number): void;
  end(at: number): void;
  readonly ranges: ReadonlyMap<number, readonly Range[]>;
}

export function makeScopes(body: Body): Scopes {
  const named = new Set(body.variables.filter(v => v.place.projection.length === 0).map(v => v.place.local as number));
  const entries = statesAtEntry(body, named);
  const ranges = new Map<number, Range[]>();
  const open = new Set<number>();
  let now = new Set<number>();
  const start = (local: number, at: number): void => {
    if (open.has(local)) return;
    open.add(local);
    const list = ranges.get(local) ?? [];
    const last = list[list.length - 1];
    if (last !== undefined && last.to === at) last.to = Number.MAX_SAFE_INTEGER;
    else list.push({ from: at, to: Number.MAX_SAFE_INTEGER });
    ranges.set(local, list);
  };
  const stop = (local: number, at: number): void => {
    if (!open.delete(local)) return;
    const list = ranges.get(local) ?? [];
    const last = list[list.length - 1];
    if (last !== undefined) last.to = at;
    if (last !== undefined && last.from === at) list.pop();
  };
  const follow = (at: number): void => {
    for (const local of [...open]) if (!now.has(local)) stop(local, at);
    for (const local of now) start(local, at);
  };
  return {
    ranges,
    block(block, at) {
      now = new Set(entries.get(block));
      follow(at);
    },
    before(op, at) {
      leaves(op, named, local => { now.delete(local); stop(local, at); });
    },
    after(op, at) {
      arrives(op, named, local => { now.add(local); start(local, at); });
      if (op.kind === 'drop' && op.place.projection.length === 0) { now.delete(op.place.local); stop(op.place.local, at); }
    },
    end(at) {
      for (const local of [...open]) stop(local, at);
    },
  };
}

/** Locals whose value goes away as the operation begins. */
function leaves(op: Op, named: ReadonlySet<number>, visit: (local: number) => void): void {
  if (op.kind === 'live' || op.kind === 'dead') {
    if (named.has(op.local)) visit(op.local);
    return;
  }
  visitOp(op, (place, role) => {
    if (role === 'move' && place.projection.length === 0 && named.has(place.local)) visit(place.local);
  });
}

/** Locals that have a value when the operation is done. */
function arrives(op: Op, named: ReadonlySet<number>, visit: (local: number) => void): void {
  visitOp(op, (place, role) => {
    if (role === 'write' && named.has(place.local) && !place.projection.some(step => step.kind === 'deref')) visit(place.local);
  });
}

function statesAtEntry(body: Body, named: ReadonlySet<number>): Map<BodyBlock, ReadonlySet<number>> {
  const states: (Set<number> | null)[] = body.blocks.map(() => null);
  states[0] = new Set([...named].filter(local => local >= 1 && local <= body.params));
  const pending = [0];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const block = body.blocks[at];
    const state = new Set(states[at]);
    if (block === undefined) continue;
    for (const op of block.ops) {
      leaves(op, named, local => void state.delete(local));
      arrives(op, named, local => void state.add(local));
      if (op.kind === 'drop' && op.place.projection.length === 0) state.delete(op.place.local);
    }
    for (const next of successors(block.end)) {
      const known = states[next];
      if (known === null || known === undefined) states[next] = new Set(state);
      else {
        const size = known.size;
        for (const local of state) known.add(local);
        if (known.size === size) continue;
      }
      pending.push(next);
    }
  }
  return new Map(body.blocks.map((block, i) => [block, states[i] ?? new Set<number>()]));
}
