/**
 * The initialisation plane: one bit for each byte, set when the byte has been written. Kept by the page of 64 KiB, and a page that is
 * wholly written (or wholly not) has no bits of its own, so the plane grows with what is used.
 * In: ranges written, made unwritten, copied. Out: the first unwritten byte of a range. Nothing is reported on a copy: the bits move
 * along, and the use decides.
 * Cost: size / 32; the usual access is one load and one store.
 */

import { keepWords, type Planes, restoreWords, wordsOf } from './keep.ts';

const PAGE_BITS = 16;
const WORDS = 1 << (PAGE_BITS - 5);
/** The page nobody has written to. Never changed: the first write makes a copy. */
const NONE = new Uint32Array(WORDS);

export interface Written {
  /** The bits, by page of 64 KiB; undefined: wholly written. To look at, not to change. */
  readonly planes: readonly (Uint32Array | undefined)[];
  written(address: number, size: number): void;
  unwritten(address: number, size: number): void;
  /** The first byte in the range that was never written, or -1. */
  firstUnwritten(address: number, size: number): number;
  copied(to: number, from: number, size: number): void;
  /** Pages that have bits of their own. */
  pages(): number;
  /** `[low, high)`: the pages that there may be. */
  keep(low: number, high: number, before: Planes | null): Planes;
  restore(low: number, high: number, kept: Planes): void;
}

/** `end` is the highest address there can be. */
export function createWritten(end: number): Written {
  // Filled, so that the array stays dense and a look-up is a load.
  const planes = new Array<Uint32Array | undefined>((end >>> PAGE_BITS) + 1).fill(undefined);
  let scratch = new Uint8Array(64);

  function own(page: number): Uint32Array {
    const plane = planes[page];
    if (plane !== undefined && plane !== NONE) return plane;
    const made = new Uint32Array(WORDS);
    if (plane === undefined) made.fill(0xffffffff);
    planes[page] = made;
    return made;
  }

  /** The usual store: a few bytes inside one word of bits. */
  function written(address: number, size: number): void {
    const bit = address & 31;
    if (bit + size > 32) {
      set(address, size, true);
      return;
    }
    const plane = planes[address >>> PAGE_BITS];
    if (plane === undefined) return;
    const mask = size === 32 ? -1 : ((1 << size) - 1) << bit;
    const word = (address & 0xffff) >>> 5;
    if (plane === NONE) own(address >>> PAGE_BITS)[word] = mask;
    else plane[word] = (plane[word] as number) | mask;
  }

  function set(address: number, size: number, value: boolean): void {
    let at = address;
    const end = address + size;
    while (at < end) {
      const page = at >>> PAGE_BITS;
      const stop = Math.min(end, (page + 1) * (1 << PAGE_BITS));
      const plane = planes[page];
      if (plane === (value ? undefined : NONE)) {
        at = stop;
        continue;
      }
      if (stop - at === 1 << PAGE_BITS) {
        if (value) planes[page] = undefined;
        else planes[page] = NONE;
        at = stop;
        continue;
      }
      setBits(own(page), at & 0xffff, ((stop - 1) & 0xffff) + 1, value);
      at = stop;
    }
  }

  /** `[from, to)` inside one page. */
  function setBits(plane: Uint32Array, from: number, to: number, value: boolean): void {
    const first = from >>> 5;
    const last = (to - 1) >>> 5;
    const head = -1 << (from & 31);
    const tail = -1 >>> (31 - ((to - 1) & 31));
    if (first === last) {
      const mask = head & tail;
      plane[first] = value ? (plane[first] as number) | mask : (plane[first] as number) & ~mask;
      return;
    }
    plane[first] = value ? (plane[first] as number) | head : (plane[first] as number) & ~head;
    if (last - first > 32) plane.fill(value ? 0xffffffff : 0, first + 1, last);
    else for (let word = first + 1; word < last; word++) plane[word] = value ? 0xffffffff : 0;
    plane[last] = value ? (plane[last] as number) | tail : (plane[last] as number) & ~tail;
  }

  function firstUnwritten(address: number, size: number): number {
    let at = address;
    const end = address + size;
    while (at < end) {
      const page = at >>> PAGE_BITS;
      const plane = planes[page];
      if (plane === undefined) {
        at = (page + 1) * (1 << PAGE_BITS);
        continue;
      }
      const word = plane[(at & 0xffff) >>> 5] as number;
      const missing = (~word >>> (at & 31)) >>> 0;
      if (missing !== 0) {
        const bad = at + (31 - Math.clz32(missing & -missing));
        return bad < end ? bad : -1;
      }
      at = (at & ~31) + 32;
    }
    return -1;
  }

  function copied(to: number, from: number, size: number): void {
    if (firstUnwritten(from, size) < 0) {
      set(to, size, true);
      return;
    }
    if (scratch.length < size) scratch = new Uint8Array(size * 2);
    for (let i = 0; i < size; i++) {
      const plane = planes[(from + i) >>> PAGE_BITS];
      const byte = (from + i) & 0xffff;
      scratch[i] = plane === undefined ? 1 : ((plane[byte >>> 5] as number) >>> (byte & 31)) & 1;
    }
    for (let i = 0; i < size; ) {
      let run = i + 1;
      while (run < size && scratch[run] === scratch[i]) run++;
      set(to + i, run - i, scratch[i] === 1);
      i = run;
    }
  }

  return {
    planes,
    written,
    unwritten: (address, size) => set(address, size, false),
    firstUnwritten,
    copied,
    keep(low, high, before) {
      const kept = new Map<number, Planes extends ReadonlyMap<number, infer P> ? P : never>();
      for (let page = low; page < high; page++) {
        const plane = planes[page];
        if (plane === undefined) continue;
        const known = before?.get(page);
        kept.set(page, plane === NONE ? 'none' : keepWords(wordsOf(plane), 0, WORDS, known === 'none' ? null : (known ?? null)));
      }
      return kept;
    },
    restore(low, high, kept) {
      for (let page = low; page < high; page++) {
        const pages = kept.get(page);
        if (pages === undefined) planes[page] = undefined;
        else if (pages === 'none') planes[page] = NONE;
        else restoreWords(wordsOf(own(page)), 0, WORDS, pages);
      }
    },
    pages: () => planes.reduce((sum, plane) => sum + (plane !== undefined && plane !== NONE ? 1 : 0), 0),
  };
}
