/**
 * Two-level segregated fit: every request in bounded time, whatever its size. One segment of chunks with boundary tags (drawn in
 * `tags.ts`) that grows at its end, and bins of 16 parts for each power of two; a request is rounded up to the next bin, so that the
 * first chunk of any bin found fits.
 * Invariants: those of the chunks. Cost: alloc, free and resize O(1); find walks.
 */
import { NOT_A_BLOCK } from './allocator.ts';
import type { Allocator } from './allocator.ts';
import { binBytes, chunkFor, createTags } from './tags.ts';
import type { Space } from './space.ts';

const SECOND = 4;
const STEP = 65536;

export function createTlsf(space: Space, base: number): Allocator {
  // Words at the base: where the segment ends, then the bins.
  const own = ((base + 63) & -64) >>> 2;
  const bins = own * 4 + 16;
  const start = (bins + binBytes(SECOND) + 63) & -64;
  if (!space.ensure(start)) throw new Error('the heap has no room for its bins');
  const tags = createTags(space, bins, SECOND, false);
  const limit = space.map.heap.end;
  space.i32[own] = start;
  const endOf = (): number => space.i32[own] as number;

  function grow(size: number, align: number): boolean {
    const words = space.i32;
    const end = endOf();
    let need = chunkFor(size) + (align <= 16 ? 0 : align + 32) + 48;
    // A free chunk at the end counts.
    if (end !== start && ((words[(end - 16) >>> 2] as number) & 2) === 0) need -= words[(end - 4) >>> 2] as number;
    if (need < 48) need = 48;
    let bytes = Math.ceil(need / STEP) * STEP;
    if (bytes > limit - end) bytes = (limit - end) & -16;
    if (bytes < need || !space.ensure(end + bytes)) return false;
    if (end === start) tags.addSegment(start, bytes);
    else tags.extendSegment(end, bytes);
    space.i32[own] = end + bytes;
    return true;
  }

  const inside = (address: number): boolean => address >= start + 16 && address < endOf() - 16;

  return {
    name: 'tlsf',
    alloc(size, align, tag) {
      const address = tags.alloc(size, align, tag);
      if (address !== 0 || !grow(size, align)) return address;
      return tags.alloc(size, align, tag);
    },
    free: (address, tag) => (inside(address) ? tags.free(address, tag) : NOT_A_BLOCK),
    resize: (address, size) => inside(address) && tags.resize(address, size),
    sizeOf: (address) => (inside(address) ? tags.sizeOf(address) : NOT_A_BLOCK),
    tagOf: (address) => (inside(address) ? tags.tagOf(address) : 0),
    find: (address) => (inside(address) ? tags.find(start, address) : 0),
    walk(visit) {
      if (endOf() !== start) tags.walk(start, visit);
    },
    extent() {
      let free = 0;
      let largestFree = 0;
      if (endOf() !== start)
        tags.walk(start, (from, to, live) => {
          if (live) return;
          free += to - from - 16;
          largestFree = Math.max(largestFree, to - from - 16);
        });
      return { footprint: endOf() - own * 4, free, largestFree };
    },
    used: () => [base, endOf()],
    range: () => ({ from: start, to: endOf() }),
    lists: tags.lists,
    invariants: () => tags.invariants(endOf() === start ? [] : [start]),
  };
}
