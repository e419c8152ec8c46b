/**
 * The provenance plane: for each aligned word of memory the number of the block that the pointer stored there was made from, 0 when
 * no pointer is there. Kept by the page of 64 KiB, made when a pointer is first stored in the page.
 * In: pointer stores, other stores, copies. Out: a block's number for a word.
 * A pointer of which other bytes than all four were overwritten is torn: the word holds minus the mask of those bytes, and what is loaded
 * from it leads nowhere. Invariant: a word whose bytes were all overwritten by anything but a whole pointer has number 0. Cost: one load or store an access.
 */

import { NOWHERE } from './blocks.ts';
import { keepPlanes, type Planes, restorePlanes } from './keep.ts';

const PAGE_BITS = 16;
const WORDS = 1 << (PAGE_BITS - 2);

export interface Provenance {
  /** The numbers, by page of 64 KiB; undefined: no pointer was ever stored there. */
  readonly planes: readonly (Int32Array | undefined)[];
  get(address: number): number;
  set(address: number, number: number): void;
  clear(address: number, size: number): void;
  copied(to: number, from: number, size: number): void;
  pages(): number;
  /** `[low, high)`: the pages that there may be. */
  keep(low: number, high: number, before: Planes | null): Planes;
  restore(low: number, high: number, kept: Planes): void;
}

/** `end` is the highest address there can be. */
export function createProvenance(end: number): Provenance {
  // Filled, so that the array stays dense and a look-up is a load.
  const planes = new Array<Int32Array | undefined>((end >>> PAGE_BITS) + 1).fill(undefined);

  function get(address: number): number {
    if ((address & 3) !== 0) return 0;
    const plane = planes[address >>> PAGE_BITS];
    const number = plane === undefined ? 0 : (plane[(address & 0xffff) >>> 2] as number);
    return number < 0 ? NOWHERE : number;
  }

  function set(address: number, number: number): void {
    if ((address & 3) !== 0) {
      clear(address, 4);
      return;
    }
    let plane = planes[address >>> PAGE_BITS];
    if (plane === undefined) {
      if (number === 0) return;
      plane = new Int32Array(WORDS);
      planes[address >>> PAGE_BITS] = plane;
    }
    plane[(address & 0xffff) >>> 2] = number;
  }

  /** Bytes of a word, by their mask, are no pointer's any more. */
  function tear(word: number, mask: number): void {
    const plane = planes[word >>> (PAGE_BITS - 2)];
    if (plane === undefined) return;
    const at = word & (WORDS - 1);
    const number = plane[at] as number;
    if (number === 0) return;
    const gone = (number < 0 ? -number : 0) | mask;
    plane[at] = gone === 15 ? 0 : -gone;
  }

  function clear(address: number, size: number): void {
    if (size <= 0) return;
    let word = address >>> 2;
    const last = (address + size - 1) >>> 2;
    // The torn ones at the ends, then whole words.
    if ((address & 3) !== 0 || word === last) {
      const from = address & 3;
      const to = Math.min(4, from + size);
      if (to - from < 4) {
        tear(word, ((1 << to) - 1) & ~((1 << from) - 1));
        word++;
        if (word > last) return;
      }
    }
    const over = (address + size) & 3;
    if (over !== 0) {
      tear(last, (1 << over) - 1);
      if (word === last) return;
      clear(word << 2, ((last << 2) >>> 0) - (word << 2));
      return;
    }
    while (word <= last) {
      const page = word >>> (PAGE_BITS - 2);
      const stop = Math.min(last + 1, (page + 1) * WORDS);
      const plane = planes[page];
      if (plane !== undefined) {
        const from = word & (WORDS - 1);
        if (stop - word > 16) plane.fill(0, from, from + stop - word);
        else for (let i = 0; i < stop - word; i++) plane[from + i] = 0;
      }
      word = stop;
    }
  }

  function copied(to: number, from: number, size: number): void {
    if (size <= 0) return;
    if (((to ^ from) & 3) !== 0) {
      clear(to, size);
      return;
    }
    // Only whole words carry a pointer along; the torn ones at the edges lose theirs.
    const firstWord = (to + 3) & ~3;
    const endWord = (to + size) & ~3;
    // A range within one word has no whole one: its end lies before its first.
    const words = Math.max(0, (endWord - firstWord) >> 2);
    const shift = from - to;
    if (shift > 0) for (let i = 0; i < words; i++) set(firstWord + i * 4, get(firstWord + shift + i * 4));
    else for (let i = words - 1; i >= 0; i--) set(firstWord + i * 4, get(firstWord + shift + i * 4));
    if (firstWord > to) clear(to, Math.min(size, firstWord - to));
    if (endWord < to + size) clear(Math.max(to, endWord), to + size - Math.max(to, endWord));
  }

  return { planes, get, set, clear, copied, keep: (low, high, before) => keepPlanes(planes, low, high, before), restore: (low, high, kept) => restorePlanes(planes, low, high, kept), pages: () => planes.reduce((sum, plane) => sum + (plane === undefined ? 0 : 1), 0) };
}
