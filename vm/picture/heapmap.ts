/**
 * The heap byte by byte: what each is, as stretches that cover all that the allocator took, without a gap. In: a machine, or a heap. Out:
 * stretches by address; and for those who paint, the class of each cell when the heap is laid out in cells of equal size.
 * Invariant: stretches follow from the allocator's own words and the sanitizer's table; nothing is remembered from before.
 * Cost: one walk over the allocator's blocks, and over the table of blocks in the debug profile.
 */
import { HEAP, LIVE, ordinalOf, sortOf, stateOf } from '../memory/blocks.ts';
import type { Heap } from '../memory/heap.ts';
import type { ByteClass, PictureStretch } from './picture.ts';

/** Header and repeated header of the allocators that write one. */
const HEADER = 16;

/** Most bytes of a heap whose rows are found without a map. */
const DENSE = 1 << 24;

export interface HeapMap {
  readonly from: number;
  readonly to: number;
  readonly stretches: readonly PictureStretch[];
}

/** `b3`: the third block of the run; `n12` by its number after the first million; `@65536` where blocks have no numbers. */
export const blockId = (number: number, address: number, ordinal = 0): string => (number === 0 ? `@${address}` : ordinal > 0 ? `b${ordinal}` : `n${number & 0xffffff}${number >>> 24 === 0 ? '' : `.${number >>> 24}`}`);

export function mapHeap(heap: Heap): HeapMap {
  const { allocator, sanitizer } = heap;
  const { from, to } = allocator.range();
  const stretches: { class: ByteClass; from: number; to: number; block: string | null }[] = [];
  let at = from;
  const put = (kind: ByteClass, end: number, block: string | null): void => {
    if (end <= at) return;
    const last = stretches[stretches.length - 1];
    if (last !== undefined && last.class === kind && last.block === block) last.to = end;
    else stretches.push({ class: kind, from: at, to: end, block });
    at = end;
  };
  /** Rows of the sanitizer's blocks by the address of the allocator's block that they stand in: by each eight bytes, and of a large heap in a map, which is slower and smaller. */
  const dense = to - from <= DENSE ? new Int32Array(((to - from) >>> 3) + 1) : null;
  const sparse = new Map<number, number>();
  if (sanitizer !== null) {
    const { table } = sanitizer;
    for (let row = 1; row <= table.count; row++) {
      const kind = table.kind(row);
      if (sortOf(kind) === HEAP && (stateOf(kind) === LIVE || table.isWaiting(row))) {
        const start = table.start(row) - table.before(row);
        if (dense === null || (start & 7) !== 0) sparse.set(start, row);
        else dense[(start - from) >>> 3] = row;
      }
    }
  }
  allocator.walk((begin, end, live, address, size) => {
    put('table', begin, null);
    if (!live) return put(allocator.name === 'bump' ? 'unused' : 'free', end, null);
    const row = dense === null || (address & 7) !== 0 ? (sparse.get(address) ?? 0) : (dense[(address - from) >>> 3] ?? 0);
    const number = row === 0 || sanitizer === null ? 0 : sanitizer.table.numberOf(row);
    const start = row === 0 || sanitizer === null ? address : sanitizer.table.start(row);
    const id = blockId(number, start, row === 0 || sanitizer === null ? 0 : ordinalOf(sanitizer.table.kind(row)));
    if (address - begin > HEADER) {
      put('header', begin + HEADER, id);
      put('padding', address - HEADER, id);
    }
    put('header', address, id);
    if (row !== 0 && sanitizer !== null) {
      const dead = stateOf(sanitizer.table.kind(row)) !== LIVE;
      put(dead ? 'quarantine' : 'redzone', start, id);
      put(dead ? 'quarantine' : 'payload', start + sanitizer.table.size(row), id);
      put(dead ? 'quarantine' : 'redzone', address + size, id);
    } else put('payload', address + size, id);
    put('padding', end, id);
  });
  put('table', to, null);
  return { from, to, stretches };
}

/** Classes by rank: a cell of several classes shows the first of these. */
const ranks: readonly ByteClass[] = ['payload', 'quarantine', 'redzone', 'header', 'table', 'padding', 'unused', 'free'];

export interface Cell {
  readonly class: ByteClass;
  readonly block: string | null;
  /** Of its bytes, how many are payload. */
  readonly payload: number;
}

/** `count` cells of `bytes` each from an address on: the most telling class in each. Cells beyond the map are left out. */
export function cellsOf(map: HeapMap, from: number, bytes: number, count: number): Cell[] {
  const cells: Cell[] = [];
  let low = 0;
  let high = map.stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((map.stretches[middle]?.to ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  let next = low;
  for (let i = 0; i < count; i++) {
    const start = from + i * bytes;
    const end = start + bytes;
    let best: PictureStretch | null = null;
    let payload = 0;
    for (let place = next; ; place++) {
      const stretch = map.stretches[place];
      if (stretch === undefined || stretch.from >= end) break;
      const part = Math.min(end, stretch.to) - Math.max(start, stretch.from);
      if (part <= 0) continue;
      if (stretch.class === 'payload') payload += part;
      if (best === null || ranks.indexOf(stretch.class) < ranks.indexOf(best.class)) best = stretch;
      if (stretch.to <= end) next = place + (stretch.to <= end ? 1 : 0);
    }
    if (best === null) break;
    cells.push({ class: best.class, block: best.block, payload });
  }
  return cells;
}
