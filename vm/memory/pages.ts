/**
 * Pages of 16 KiB and runs of them: what the system allocator builds everything from. A table in memory has one entry a page.
 *
 *     entry ─┬───────────────────┬───────────────────┬───────────────────┬───────────────────┐   16 bytes
 *            │ kind              │ pages in the run  │ next free run + 1 │ prev free run + 1 │   free run: length at both ends
 *            │ kind              │ pages             │ requested size    │ tag               │   LARGE
 *            │ kind              │ pages             │                   │                   │   SLAB, CHUNKS
 *            │ REST              │ distance to head  │                   │                   │   later pages of CHUNKS and LARGE
 *            └───────────────────┴───────────────────┴───────────────────┴───────────────────┘
 *     Four words before the table: pages below the top, most that ever were, first single free page + 1, first longer free run + 1.
 *
 * In: a base address in the heap. Out: runs of pages, taken and given back.
 * Invariants: two free runs never touch; no free run touches the top (the top comes down instead); every page below the top has an
 * owner. Cost: one page O(1), n pages first fit over the free runs longer than one page; giving back O(pages).
 */
import type { Space } from './space.ts';

export const PAGE_BITS = 14;
export const PAGE_BYTES = 1 << PAGE_BITS;

/** The words before the table. */
const TOP = 0;
const HIGHEST = 1;
const SINGLE = 2;
const LONGER = 3;

export const UNUSED = 0;
export const FREE = 1;
export const SLAB = 2;
export const CHUNKS = 3;
export const LARGE = 4;
export const REST = 5;

export interface Pages {
  /** Index of the table's first word in `space.i32`; page `p`'s entry begins at `table + 4 * p`. */
  readonly table: number;
  /** Address of page 0. */
  readonly start: number;
  /** A run of pages as its first page's number, -1 when there is no room. All entries get the kind, later ones REST if not SLAB. */
  take(count: number, kind: number): number;
  give(page: number, count: number): void;
  /** Makes a run longer where it stands. */
  extend(page: number, count: number, more: number): boolean;
  /** Number of pages below the top. */
  count(): number;
  /** Number of pages that were ever below the top. */
  highest(): number;
  /** The free runs as they are listed. */
  lists(visit: (page: number, count: number) => void): void;
  invariants(): string[];
}

export function createPages(space: Space, base: number): Pages {
  const own = ((base + 63) & -64) >>> 2;
  const tableAddress = own * 4 + 16;
  const most = Math.floor((space.map.heap.end - tableAddress) / (PAGE_BYTES + 16)) - 1;
  const start = (tableAddress + most * 16 + PAGE_BYTES - 1) & -PAGE_BYTES;
  const pages = Math.max(0, Math.min(most, Math.floor((space.map.heap.end - start) / PAGE_BYTES)));
  if (!space.ensure(start)) throw new Error('the heap has no room for its page table');
  const table = tableAddress >>> 2;

  function insert(page: number, count: number): void {
    const words = space.i32;
    const entry = table + page * 4;
    const tail = table + (page + count - 1) * 4;
    words[tail] = FREE;
    words[tail + 1] = count;
    words[entry] = FREE;
    words[entry + 1] = count;
    const list = own + (count === 1 ? SINGLE : LONGER);
    const head = words[list] as number;
    words[entry + 2] = head;
    words[entry + 3] = 0;
    if (head !== 0) words[table + (head - 1) * 4 + 3] = page + 1;
    words[list] = page + 1;
  }

  function remove(page: number): void {
    const words = space.i32;
    const entry = table + page * 4;
    const next = words[entry + 2] as number;
    const previous = words[entry + 3] as number;
    if (next !== 0) words[table + (next - 1) * 4 + 3] = previous;
    if (previous !== 0) words[table + (previous - 1) * 4 + 2] = next;
    else words[own + (words[entry + 1] === 1 ? SINGLE : LONGER)] = next;
  }

  function claim(page: number, count: number, kind: number): number {
    const words = space.i32;
    const entry = table + page * 4;
    words[entry] = kind;
    words[entry + 1] = count;
    words[entry + 2] = 0;
    words[entry + 3] = 0;
    for (let i = 1; i < count; i++) {
      words[entry + i * 4] = REST;
      words[entry + i * 4 + 1] = i;
    }
    return page;
  }

  function take(count: number, kind: number): number {
    const words = space.i32;
    if (count === 1 && words[own + SINGLE] !== 0) {
      const page = (words[own + SINGLE] as number) - 1;
      remove(page);
      return claim(page, 1, kind);
    }
    for (let run = words[own + LONGER] as number; run !== 0; run = words[table + (run - 1) * 4 + 2] as number) {
      const page = run - 1;
      const length = words[table + page * 4 + 1] as number;
      if (length < count) continue;
      remove(page);
      if (length > count) insert(page + count, length - count);
      return claim(page, count, kind);
    }
    if (!raise(count)) return -1;
    return claim((space.i32[own + TOP] as number) - count, count, kind);
  }

  function raise(count: number): boolean {
    const top = (space.i32[own + TOP] as number) + count;
    if (top > pages || !space.ensure(start + top * PAGE_BYTES)) return false;
    const words = space.i32;
    words[own + TOP] = top;
    if (top > (words[own + HIGHEST] as number)) words[own + HIGHEST] = top;
    return true;
  }

  function give(page: number, count: number): void {
    const words = space.i32;
    const top = words[own + TOP] as number;
    let from = page;
    let to = page + count;
    if (from > 0 && words[table + (from - 1) * 4] === FREE) {
      from -= words[table + (from - 1) * 4 + 1] as number;
      remove(from);
    }
    if (to < top && words[table + to * 4] === FREE) {
      const next = to;
      to += words[table + next * 4 + 1] as number;
      remove(next);
    }
    for (let p = page; p < page + count; p++) words[table + p * 4] = FREE;
    if (to < top) {
      insert(from, to - from);
      return;
    }
    for (let p = from; p < top; p++) words[table + p * 4] = UNUSED;
    words[own + TOP] = from;
  }

  function extend(page: number, count: number, more: number): boolean {
    const words = space.i32;
    const next = page + count;
    if (next === words[own + TOP]) {
      if (!raise(more)) return false;
    } else {
      if (words[table + next * 4] !== FREE) return false;
      const length = words[table + next * 4 + 1] as number;
      if (length < more) return false;
      remove(next);
      if (length > more) insert(next + more, length - more);
    }
    const grown = space.i32;
    grown[table + page * 4 + 1] = count + more;
    for (let i = count; i < count + more; i++) {
      grown[table + (page + i) * 4] = REST;
      grown[table + (page + i) * 4 + 1] = i;
    }
    return true;
  }

  function invariants(): string[] {
    const wrong: string[] = [];
    const words = space.i32;
    const top = words[own + TOP] as number;
    const listed = new Set<number>();
    for (const [name, head] of [
      ['single', words[own + SINGLE] as number],
      ['longer', words[own + LONGER] as number],
    ] as const) {
      let previous = 0;
      for (let run = head; run !== 0; run = words[table + (run - 1) * 4 + 2] as number) {
        if (listed.has(run - 1)) {
          wrong.push(`free run at page ${run - 1} is listed twice`);
          break;
        }
        listed.add(run - 1);
        const length = words[table + (run - 1) * 4 + 1] as number;
        if ((length === 1) !== (name === 'single')) wrong.push(`a free run of ${length} pages is in the list of ${name} ones`);
        if (words[table + (run - 1) * 4 + 3] !== previous) wrong.push(`page ${run - 1}: link back is wrong`);
        previous = run;
      }
    }
    let free = false;
    for (let page = 0; page < top; ) {
      const entry = table + page * 4;
      const kind = words[entry] as number;
      const length = words[entry + 1] as number;
      if (kind === UNUSED || kind === REST || kind > REST || length < 1 || page + length > top) {
        wrong.push(`page ${page}: kind ${kind}, length ${length}`);
        break;
      }
      if (kind === FREE) {
        if (free) wrong.push(`page ${page}: two free runs touch`);
        if (!listed.delete(page)) wrong.push(`page ${page}: a free run that is not listed`);
        if (words[table + (page + length - 1) * 4 + 1] !== length) wrong.push(`page ${page}: the run's two lengths differ`);
        if (page + length === top) wrong.push(`page ${page}: a free run touches the top`);
      } else {
        for (let i = 1; i < length; i++)
          if (words[entry + i * 4] !== REST || words[entry + i * 4 + 1] !== i) wrong.push(`page ${page + i} does not point to its head`);
      }
      free = kind === FREE;
      page += length;
    }
    for (const page of listed) wrong.push(`page ${page} is listed as free and is not`);
    return wrong;
  }

  function lists(visit: (page: number, count: number) => void): void {
    for (const list of [SINGLE, LONGER]) {
      for (let run = space.i32[own + list] as number; run !== 0; run = space.i32[table + (run - 1) * 4 + 2] as number) visit(run - 1, space.i32[table + (run - 1) * 4 + 1] as number);
    }
  }

  return { table, start, take, give, extend, lists, count: () => space.i32[own + TOP] as number, highest: () => space.i32[own + HIGHEST] as number, invariants };
}
