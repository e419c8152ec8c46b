/**
 * From an address to the block there, dead ones included as long as nothing new stands on their bytes.
 * Blocks of the heap begin at multiples of 16: a plane holds, for each 16 bytes, the number of the block that starts there (a page of
 * 64 KiB at a time, made when first needed). Parts of blocks, stack slots and statics begin anywhere and stand in a map.
 * Invariant: of two entries that cover one byte at most one is live. Cost: a start is found in O(1); an address inside a block by
 * looking back, page by page over the empty ones: only reports do that.
 */
import { LIVE, stateOf } from './blocks.ts';
import type { Blocks } from './blocks.ts';
import { keepPlanes, type Planes, restorePlanes } from './keep.ts';

const PAGE_BITS = 16;
const GRANULES = 1 << (PAGE_BITS - 4);
/** How far back a part, slot or static may begin. */
const REACH = 1 << 20;

export interface Places {
  /** A heap block takes `[from, to)` with its zones and begins at `start`. */
  put(from: number, to: number, start: number, number: number): void;
  putPart(start: number, number: number): void;
  /** The block starts nowhere any more (its bytes are another's, or its region is gone). */
  dropPart(start: number, number: number): void;
  /** Row of the block that starts exactly here, heap blocks first; 0 when none does. */
  startingAt(address: number): number;
  /** Row of the part, slot or static that starts exactly here. */
  partAt(address: number): number;
  /** Row of the heap block that holds the address. */
  heapBlock(address: number): number;
  /** Row of the innermost block that holds the address; a live one if there is one. */
  holding(address: number): number;
  /** Row of the block whose edge is nearest to an address that no live block holds, within `reach` bytes. */
  nearest(address: number, reach: number): number;
  /** The same among parts, slots and statics. */
  nearPart(address: number, reach: number): number;
  /** `[low, high)`: the pages of the heap that there may be. */
  keep(low: number, high: number, before: KeptPlaces | null): KeptPlaces;
  restore(low: number, high: number, kept: KeptPlaces): void;
}

export interface KeptPlaces {
  readonly planes: Planes;
  readonly parts: ReadonlyMap<number, number>;
}

export function createPlaces(blocks: Blocks, lowest: number, heapStart: number, heapEnd: number): Places {
  const planes = new Array<Int32Array | undefined>((heapEnd >>> PAGE_BITS) + 1).fill(undefined);
  const parts = new Map<number, number>();

  function rowAtGranule(address: number): number {
    const plane = planes[address >>> PAGE_BITS];
    if (plane === undefined) return 0;
    const row = blocks.rowOf(plane[(address & 0xffff) >>> 4] as number);
    return row > 0 ? row : 0;
  }

  function put(from: number, to: number, start: number, number: number): void {
    for (let page = from >>> PAGE_BITS; page <= (to - 1) >>> PAGE_BITS; page++) {
      const plane = planes[page];
      if (plane === undefined) continue;
      const low = Math.max(from, page << PAGE_BITS);
      const high = Math.min(to, (page + 1) * (1 << PAGE_BITS));
      const first = (low & 0xffff) >>> 4;
      const count = (high - low + 15) >>> 4;
      if (count > 32) plane.fill(0, first, first + count);
      else for (let i = 0; i < count; i++) plane[first + i] = 0;
    }
    const page = start >>> PAGE_BITS;
    let plane = planes[page];
    if (plane === undefined) {
      plane = new Int32Array(GRANULES);
      planes[page] = plane;
    }
    plane[(start & 0xffff) >>> 4] = number;
  }

  /** The last heap block that starts at or before the address. */
  function heapBefore(address: number): number {
    let granule = address & ~15;
    while (granule >= heapStart) {
      const plane = planes[granule >>> PAGE_BITS];
      if (plane === undefined) {
        granule = ((granule >>> PAGE_BITS) << PAGE_BITS) - 16;
        continue;
      }
      if (plane[(granule & 0xffff) >>> 4] !== 0) {
        const row = rowAtGranule(granule);
        if (row !== 0) return row;
      }
      granule -= 16;
    }
    return 0;
  }

  function holds(row: number, address: number): boolean {
    const start = blocks.start(row);
    const size = blocks.size(row);
    return address >= start && (address < start + size || address === start);
  }

  function heapBlock(address: number): number {
    if (address < heapStart || address >= heapEnd) return 0;
    const row = heapBefore(address);
    return row !== 0 && holds(row, address) ? row : 0;
  }

  /** The part, slot or static that holds the address, looking back as far as `low`; a live one before a dead one. */
  function partHolding(address: number, low: number): number {
    let dead = 0;
    if (parts.size === 0) return 0;
    for (let at = address; at >= low; at--) {
      const number = parts.get(at);
      if (number === undefined) continue;
      const row = blocks.rowOf(number);
      if (row <= 0 || !holds(row, address)) continue;
      if (stateOf(blocks.kind(row)) === LIVE) return row;
      if (dead === 0) dead = row;
    }
    return dead;
  }

  function holding(address: number): number {
    if (address >= heapStart && address < heapEnd) {
      const whole = heapBlock(address);
      const low = whole === 0 ? Math.max(heapStart, address - REACH) : blocks.start(whole);
      // A dead heap block has no parts worth naming: whoever freed it is to blame.
      if (whole !== 0 && stateOf(blocks.kind(whole)) !== LIVE) return whole;
      const part = whole === 0 ? 0 : partHolding(address, low);
      return part === 0 ? whole : part;
    }
    return partHolding(address, Math.max(lowest, address - REACH));
  }

  function distance(row: number, address: number): number {
    const start = blocks.start(row);
    const end = start + blocks.size(row);
    return address < start ? start - address : address >= end ? address - end : 0;
  }

  /** Twice the distance, less for a live block: of two equally near ones the live one is meant. */
  function rank(row: number, address: number): number {
    return distance(row, address) * 2 + (stateOf(blocks.kind(row)) === LIVE ? 0 : 1);
  }

  function nearest(address: number, reach: number): number {
    if (address < heapStart || address >= heapEnd) return nearPart(address, reach);
    const before = heapBefore(address);
    let after = 0;
    for (let granule = (address & ~15) + 16; after === 0 && granule <= address + reach && granule < heapEnd; granule += 16) after = rowAtGranule(granule);
    let best = before;
    if (before === 0 || (after !== 0 && rank(after, address) < rank(before, address))) best = after;
    return best !== 0 && distance(best, address) <= reach ? best : 0;
  }

  function nearPart(address: number, reach: number): number {
    let best = 0;
    if (parts.size === 0) return best;
    for (let at = Math.max(lowest, address - reach - 65536); at <= address + reach; at++) {
      const number = parts.get(at);
      if (number === undefined) continue;
      const row = blocks.rowOf(number);
      if (row > 0 && distance(row, address) <= reach && (best === 0 || rank(row, address) <= rank(best, address))) best = row;
    }
    return best;
  }

  return {
    put,
    putPart: (start, number) => void parts.set(start, number),
    dropPart(start, number) {
      if (parts.get(start) === number) parts.delete(start);
    },
    startingAt(address) {
      if ((address & 15) === 0 && address >= heapStart && address < heapEnd) {
        const row = rowAtGranule(address);
        if (row !== 0) return row;
      }
      return Math.max(0, blocks.rowOf(parts.get(address) ?? 0));
    },
    partAt: (address) => Math.max(0, blocks.rowOf(parts.get(address) ?? 0)),
    heapBlock,
    holding,
    nearest,
    nearPart,
    keep: (low, high, before) => ({ planes: keepPlanes(planes, low, high, before?.planes ?? null), parts: new Map(parts) }),
    restore(low, high, kept) {
      restorePlanes(planes, low, high, kept.planes);
      parts.clear();
      for (const [start, number] of kept.parts) parts.set(start, number);
    },
  };
}
