/**
 * Freed blocks wait here before their bytes may be handed out again, so that a use after free finds them poisoned.
 * In: rows of dead blocks and their bytes. Out: rows whose wait is over, oldest first, or by a random walk from a seed (so that a
 * program can be run with other reuse of addresses).
 * Invariant: at most `limit` bytes wait. Cost: O(1).
 */
import { keepWords, type Pages, restoreWords } from './keep.ts';

export interface Quarantine {
  add(row: number, bytes: number): void;
  /** The next row to let go, or 0 when the limit holds. `all` empties it whatever the limit. */
  next(all: boolean): number;
  bytes(): number;
  rows(): Iterable<number>;
  keep(before: KeptQuarantine | null): KeptQuarantine;
  restore(kept: KeptQuarantine): void;
}

export interface KeptQuarantine {
  readonly rows: Pages;
  readonly sizes: Pages;
  readonly room: number;
  readonly first: number;
  readonly count: number;
  readonly held: number;
  readonly random: number;
}

export function createQuarantine(limit: number, seed: number): Quarantine {
  let rows = new Int32Array(1024);
  let sizes = new Int32Array(1024);
  let first = 0;
  let count = 0;
  let held = 0;
  let random = seed | 0;

  function grow(): void {
    const widerRows = new Int32Array(rows.length * 2);
    const widerSizes = new Int32Array(rows.length * 2);
    for (let i = 0; i < count; i++) {
      widerRows[i] = rows[(first + i) & (rows.length - 1)] as number;
      widerSizes[i] = sizes[(first + i) & (rows.length - 1)] as number;
    }
    rows = widerRows;
    sizes = widerSizes;
    first = 0;
  }

  return {
    add(row, bytes) {
      if (count === rows.length) grow();
      const at = (first + count) & (rows.length - 1);
      rows[at] = row;
      sizes[at] = bytes;
      count++;
      held += bytes;
    },
    next(all) {
      if (count === 0 || (!all && held <= limit)) return 0;
      if (random !== 0) {
        random ^= random << 13;
        random ^= random >>> 17;
        random ^= random << 5;
        const other = (first + ((random >>> 0) % count)) & (rows.length - 1);
        const row = rows[other] as number;
        const size = sizes[other] as number;
        rows[other] = rows[first] as number;
        sizes[other] = sizes[first] as number;
        rows[first] = row;
        sizes[first] = size;
      }
      const row = rows[first] as number;
      held -= sizes[first] as number;
      first = (first + 1) & (rows.length - 1);
      count--;
      return row;
    },
    keep: before => ({
      rows: keepWords(rows, 0, rows.length, before?.room === rows.length ? before.rows : null),
      sizes: keepWords(sizes, 0, sizes.length, before?.room === sizes.length ? before.sizes : null),
      room: rows.length, first, count, held, random,
    }),
    restore(kept) {
      if (rows.length !== kept.room) {
        rows = new Int32Array(kept.room);
        sizes = new Int32Array(kept.room);
      }
      restoreWords(rows, 0, rows.length, kept.rows);
      restoreWords(sizes, 0, sizes.length, kept.sizes);
      ({ first, count, held, random } = kept);
    },
    bytes: () => held,
    *rows() {
      for (let i = 0; i < count; i++) yield rows[(first + i) & (rows.length - 1)] as number;
    },
  };
}
