/**
 * Pages of 16 KiB and runs of them: what the system allocator builds everything from. A table in memory has one entry a page.
 *
 *     entry ─┬───────────────────┬───────────────────┬───────────────────┬───────────────────┐   16 bytes
 *            │ kind              │ pages in the run  │ next free run + 1 │ prev free run + 1 │   free run: length at both ends
 *            │ kind              │ pages             │ requested size    │ tag               │   LARGE
 *            │ kind              │ pages             │                   │                   │   SLAB, CHUNKS
 *            │ REST              │ distance to head  │                   │                   │   later pages of CHUNKS and LARGE
 *            └───────────────────┴───────────────────┴───────────────────┴───────────────────┘
 *
 * In: a base address in the heap. Out: runs of pages, taken and given back.
 * Invariants: two free runs never touch; no free run touches the top (the top comes down instead); every page below the top has an
 * owner. Cost: one page O(1), n pages first fit over the free runs longer than one page; giving back O(pages).
 */
import type { Space } from './space.ts';

export const PAGE_BITS = 14;
export const PAGE_BYTES = 1 << PAGE_BITS;

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
  invariants(): string[];
}

export function createPages(space: Space, base: number): Pages {
  const tableAddress = (base + 63) & -64;
  const most = Math.floor((space.map.heap.end - tableAddress) / (PAGE_BYTES + 16)) - 1;
  const start = (tableAddress + most * 16 + PAGE_BYTES - 1) & -PAGE_BYTES;
  const pages = Math.max(0, Math.min(most, Math.floor((space.map.heap.end - start) / PAGE_BYTES)));
  if (!space.ensure(start)) throw new Error('the heap has no room for its page table');
  const table = tableAddress >>> 2;
  let top = 0;
  let highest = 0;
  /** Heads of the lists of free runs, page + 1: single pages, and longer runs. */
  let single = 0;
  let longer = 0;

  function insert(page: number, count: number): void {
    const words = space.i32;
    const entry = table + page * 4;
    const tail = table + (page + count - 1) * 4;
    words[tail] = FREE;
    words[tail + 1] = count;
    words[entry] = FREE;
    words[entry + 1] = count;
    const head = count === 1 ? single : longer;
    words[entry + 2] = head;
    words[entry + 3] = 0;
    if (head !== 0) words[table + (head - 1) * 4 + 3] = page + 1;
    if (count === 1) single = page + 1;
    else longer = page + 1;
  }

  function remove(page: number): void {
    const words = space.i32;
    const entry = table + page * 4;
    const next = words[entry + 2] as number;
    const previous = words[entry + 3] as number;
    if (next !== 0) words[table + (next - 1) * 4 + 3] = previous;
    if (previous !== 0) words[table + (previous - 1) * 4 + 2] = next;
    else if (words[entry + 1] === 1) single = next;
    else longer = next;
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
    if (count === 1 && single !== 0) {
      const page = single - 1;
      remove(page);
      return claim(page, 1, kind);
    }
    for (let run = longer; run !== 0; run = words[table + (run - 1) * 4 + 2] as number) {
      const page = run - 1;
      const length = words[table + page * 4 + 1] as number;
      if (length < count) continue;
      remove(page);
      if (length > count) insert(page + count, length - count);
      return claim(page, count, kind);
    }
    if (!raise(count)) return -1;
    return claim(top - count, count, kind);
  }

  function raise(count: number): boolean {
    if (count > pages - top || !space.ensure(start + (top + count) * PAGE_BYTES)) return false;
    top += count;
    if (top > highest) highest = top;
    return true;
  }

  function give(page: number, count: number): void {
    const words = space.i32;
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
    top = from;
  }

  function extend(page: number, count: number, more: number): boolean {
    const words = space.i32;
    const next = page + count;
    if (next === top) {
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
    const listed = new Set<number>();
    for (const [name, head] of [
      ['single', single],
      ['longer', longer],
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

  return { table, start, take, give, extend, count: () => top, highest: () => highest, invariants };
}
