/**
 * Which blocks of the heap the program can still get at, by row of the table: the quick form of `memory/reach.ts`, for the many looks that
 * the search for a leak's losing instruction takes. In: a debug machine that stands still. Out: a mark for each row, and on request the
 * way to one block. Invariant: only pointers whose block is the one they were made from count, and not those that by type are dead; a part
 * leads to the block it lies in.
 * Cost: the words of reachable blocks, once.
 */
import { HEAP, LIVE, PART, sortOf, stateOf } from '../memory/blocks.ts';
import type { Machine } from './machine.ts';
import { pointersIn, visitRoots } from './roots.ts';
import type { Root } from './roots.ts';
import { deadWords } from './dead-words.ts';

export interface Sweep {
  /** 1 for each row that is reachable. */
  readonly marks: Uint8Array;
}

/** `exact`: a static that is a bare pointer counts only when it leads to a block's beginning, as then it can give the block back. `careful`: see `dead-words.ts`. */
export function sweep(m: Machine, exact: boolean, careful = true): Sweep {
  const marks = new Uint8Array((m.heap.sanitizer?.table.count ?? 0) + 1);
  const dead = deadWords(m, careful);
  visitRoots(m, dead, (row, value, root) => {
    if (!exact || !isInner(m, row, value, root())) spread(m, marks, row, dead.words);
  });
  return { marks };
}

/** A bare pointer in a static that leads into the middle of a block. */
function isInner(m: Machine, row: number, value: number, root: Root): boolean {
  return root.kind === 'static' && root.bare && m.heap.sanitizer?.table.start(row) !== value;
}

/** Marks what a pointer leads to. */
export function spread(m: Machine, marks: Uint8Array, row: number, dead: ReadonlySet<number>, led?: (row: number, from: number, word: number) => void): void {
  const { sanitizer } = m.heap;
  if (sanitizer === null) return;
  const { table, places } = sanitizer;
  const pending: number[] = [];
  const reach = (to: number, from: number, word: number): void => {
    const sort = sortOf(table.kind(to));
    const block = sort === HEAP ? to : sort === PART ? places.heapBlock(table.start(to)) : 0;
    if (block === 0 || marks[block] === 1) return;
    marks[block] = 1;
    pending.push(block);
    led?.(block, from, word);
  };
  reach(row, 0, 0);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const from = next;
    const start = table.start(from);
    pointersIn(sanitizer, start, start + table.size(from), dead, (word, number) => {
      const to = table.rowOf(number);
      if (to > 0 && stateOf(table.kind(to)) === LIVE) reach(to, from, word);
    });
  }
}

export interface Way {
  readonly root: Root;
  /** From the root's block to the one looked for: each step's block and the word in it that holds the next pointer. */
  readonly steps: readonly { readonly number: number; readonly word: number }[];
}

/** A way to a block: by a variable of the outermost call, declared first, before other roots, as that is the last to go. Null when there is none. */
export function wayTo(m: Machine, number: number, exact: boolean): Way | null {
  const { sanitizer } = m.heap;
  const target = sanitizer?.table.rowOf(number) ?? 0;
  if (sanitizer === null || target <= 0) return null;
  const found: { row: number; value: number; root: Root }[] = [];
  const dead = deadWords(m, false);
  visitRoots(m, dead, (row, value, root) => void found.push({ row, value, root: root() }));
  const rank = ({ root }: { root: Root }): number => (root.kind === 'variable' ? root.depth * 4096 + root.order : root.kind === 'static' ? 2 ** 40 : 2 ** 41 + root.depth);
  found.sort((a, b) => rank(a) - rank(b));
  const marks = new Uint8Array(sanitizer.table.count + 1);
  const parents = new Map<number, { from: number; word: number }>();
  for (const { row, value, root } of found) {
    if (exact && isInner(m, row, value, root)) continue;
    spread(m, marks, row, dead.words, (to, from, word) => void parents.set(to, { from, word }));
    if (marks[target] !== 1) continue;
    const steps: { number: number; word: number }[] = [];
    for (let at = parents.get(target); at !== undefined && at.from !== 0; at = parents.get(at.from)) steps.unshift({ number: sanitizer.table.numberOf(at.from), word: at.word });
    return { root, steps };
  }
  return null;
}

/** Live blocks of the heap that are not marked. */
export function unmarked(m: Machine, marks: Uint8Array): number[] {
  const table = m.heap.sanitizer?.table;
  const list: number[] = [];
  if (table === undefined) return list;
  for (let row = 1; row < marks.length; row++) {
    const kind = table.kind(row);
    if (marks[row] === 0 && sortOf(kind) === HEAP && stateOf(kind) === LIVE) list.push(table.numberOf(row));
  }
  return list;
}
