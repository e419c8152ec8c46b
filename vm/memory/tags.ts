/**
 * Chunks with boundary tags: blocks of any size in a segment of memory, split when taken, joined with free neighbours at once when
 * freed. The system allocator uses it for middle sizes, TLSF for all.
 *
 *     chunk ─┬──────────────────────────┬──────┬─────────┐
 *            │ size of the chunk        │ prev │  live   │   word 0; size is a multiple of 16, so its low bits are flags:
 *            │ 31 … 4                   │ 1    │  0      │   `prev` = the chunk before is live
 *            ├──────────────────────────┴──────┴─────────┤
 *            │ size the program asked for                │   word 1; live only
 *            ├───────────────────────────┬───────────────┤
 *            │ seal: mixed address       │ tag           │   word 2; says that a block starts here, live (seal | tag) or
 *            │ 31 … 4                    │ 3 … 0         │   died here (~seal)
 *            ├───────────────────────────┴───────────────┤
 *            │ size of the chunk before                  │   word 3: the boundary tag, true only while `prev` = 0
 *            ├───────────────────────────────────────────┤
 *            │ payload …                                 │   free: next and previous chunk of its bin
 *            └───────────────────────────────────────────┘
 *     A segment ends with a header of size 0, live for ever.
 *
 * Bins are two-level: by power of two, then 2^second equal parts of it; bit sets say which are not empty. `scan` looks in the bin
 * of the size itself for a chunk that fits (tight, may take steps); without it the size is rounded up to the next bin, whose every
 * chunk fits (O(1): "good fit", as in TLSF).
 * Invariants: no two free chunks touch; a chunk is in exactly the bin of its size; tags and flags agree with the neighbours.
 */
import { ALREADY_FREE, NOT_A_BLOCK, OTHER_TAG } from './allocator.ts';
import type { VisitBlock, VisitFree } from './allocator.ts';
import type { Space } from './space.ts';

const LIVE = 1;
const PREV_LIVE = 2;
const HEADER = 16;
const LEAST = 32;
const LEVELS = 32;
const STEPS = 32;

export interface Tags {
  /** Makes a free chunk of a whole segment. Its start is aligned to 16, its length a multiple of 16, at least 48. */
  addSegment(start: number, bytes: number): void;
  /** Joins memory right behind the segment that ends at `end` to it. */
  extendSegment(end: number, bytes: number): void;
  /** True when nothing in the segment is live. */
  isEmpty(start: number, bytes: number): boolean;
  /** Takes an empty segment out. */
  dropSegment(start: number): void;
  alloc(size: number, align: number, tag: number): number;
  /** As `Allocator.free`; the address is known to lie in a segment. */
  free(address: number, tag: number): number;
  sizeOf(address: number): number;
  tagOf(address: number): number;
  resize(address: number, size: number): boolean;
  /** The live block of this segment that holds the address, or 0. */
  find(start: number, address: number): number;
  walk(start: number, visit: VisitBlock): void;
  /** The bins' chunks, bin by bin. */
  lists(visit: VisitFree): void;
  invariants(segments: readonly number[]): string[];
}

/** Bytes of memory that the bins take. */
export function binBytes(second: number): number {
  return 4 * (1 + LEVELS + (LEVELS << second));
}

const sealOf = (chunk: number): number => Math.imul(chunk, 0x9e3779b1) & -16;

/** The chunk size that a request needs. */
export function chunkFor(size: number): number {
  return size <= 16 ? LEAST : (size + HEADER + 15) & -16;
}

export function createTags(space: Space, binsAddress: number, second: number, scan: boolean): Tags {
  const firstSet = binsAddress >>> 2;
  const secondSets = firstSet + 1;
  const heads = secondSets + LEVELS;
  const mask = (1 << second) - 1;

  function insert(words: Int32Array, chunk: number, size: number): void {
    const level = 31 - Math.clz32(size);
    const part = (size >>> (level - second)) & mask;
    const head = heads + (level << second) + part;
    const first = words[head] as number;
    words[(chunk + 16) >>> 2] = first;
    words[(chunk + 20) >>> 2] = 0;
    if (first !== 0) words[(first + 20) >>> 2] = chunk;
    words[head] = chunk;
    words[secondSets + level] = (words[secondSets + level] as number) | (1 << part);
    words[firstSet] = (words[firstSet] as number) | (1 << level);
  }

  function remove(words: Int32Array, chunk: number, size: number): void {
    const next = words[(chunk + 16) >>> 2] as number;
    const previous = words[(chunk + 20) >>> 2] as number;
    if (next !== 0) words[(next + 20) >>> 2] = previous;
    if (previous !== 0) {
      words[(previous + 16) >>> 2] = next;
      return;
    }
    const level = 31 - Math.clz32(size);
    const part = (size >>> (level - second)) & mask;
    words[heads + (level << second) + part] = next;
    if (next !== 0) return;
    const rest = (words[secondSets + level] as number) & ~(1 << part);
    words[secondSets + level] = rest;
    if (rest === 0) words[firstSet] = (words[firstSet] as number) & ~(1 << level);
  }

  /** A free chunk of at least `need` bytes, still in its bin, or 0. */
  function search(words: Int32Array, need: number): number {
    let level = 31 - Math.clz32(need);
    let part = (need >>> (level - second)) & mask;
    if (scan) {
      let steps = STEPS;
      for (let chunk = words[heads + (level << second) + part] as number; chunk !== 0 && steps > 0; steps--) {
        if (((words[chunk >>> 2] as number) & -16) >= need) return chunk;
        chunk = words[(chunk + 16) >>> 2] as number;
      }
      part++;
    } else if ((need & ((1 << (level - second)) - 1)) !== 0) part++;
    let set = part > mask ? 0 : (words[secondSets + level] as number) & (-1 << part);
    if (set === 0) {
      const levels = level >= 31 ? 0 : (words[firstSet] as number) & (-1 << (level + 1));
      if (levels === 0) return scan ? 0 : lastResort(words, need);
      level = 31 - Math.clz32(levels & -levels);
      set = words[secondSets + level] as number;
    }
    part = 31 - Math.clz32(set & -set);
    return words[heads + (level << second) + part] as number;
  }

  /** Good fit skips the bin of the size itself; before memory is refused, its first few chunks get a look. */
  function lastResort(words: Int32Array, need: number): number {
    const level = 31 - Math.clz32(need);
    const part = (need >>> (level - second)) & mask;
    let steps = STEPS;
    for (let chunk = words[heads + (level << second) + part] as number; chunk !== 0 && steps > 0; steps--) {
      if (((words[chunk >>> 2] as number) & -16) >= need) return chunk;
      chunk = words[(chunk + 16) >>> 2] as number;
    }
    return 0;
  }

  /** Writes a free chunk and the tag behind it; the chunk before it is live. */
  function makeFree(words: Int32Array, chunk: number, size: number): void {
    const at = chunk >>> 2;
    words[at] = size | PREV_LIVE;
    words[at + 2] = ~sealOf(chunk);
    const next = (chunk + size) >>> 2;
    words[next] = (words[next] as number) & ~PREV_LIVE;
    words[next + 3] = size;
    insert(words, chunk, size);
  }

  function alloc(size: number, align: number, tag: number): number {
    const need = chunkFor(size);
    const words = space.i32;
    let chunk = search(words, align <= 16 ? need : need + align + LEAST);
    if (chunk === 0) return 0;
    let have = (words[chunk >>> 2] as number) & -16;
    remove(words, chunk, have);
    if (align > 16) {
      let payload = (chunk + HEADER + align - 1) & -align;
      if (payload - HEADER !== chunk && payload - HEADER - chunk < LEAST) payload += align;
      const gap = payload - HEADER - chunk;
      if (gap !== 0) {
        const front = chunk;
        chunk += gap;
        have -= gap;
        // The new chunk's header must stand before the front chunk's tag is written into it.
        words[chunk >>> 2] = have;
        makeFree(words, front, gap);
      }
    }
    occupy(words, chunk, have, need);
    const at = chunk >>> 2;
    words[at + 1] = size;
    words[at + 2] = sealOf(chunk) | tag;
    return chunk + HEADER;
  }

  /** Makes `[chunk, chunk + have)`, which is in no bin, live with `need` bytes; what is left over is a free chunk. */
  function occupy(words: Int32Array, chunk: number, have: number, need: number): void {
    const at = chunk >>> 2;
    const flags = ((words[at] as number) & PREV_LIVE) | LIVE;
    const left = have - need;
    if (left >= LEAST) {
      words[at] = need | flags;
      const rest = chunk + need;
      const next = (rest + left) >>> 2;
      words[next] = (words[next] as number) & ~PREV_LIVE;
      makeFree(words, rest, left);
    } else {
      words[at] = have | flags;
      const next = (chunk + have) >>> 2;
      words[next] = (words[next] as number) | PREV_LIVE;
    }
  }

  /** The chunk's header as a word index if a live block starts at the address, else an answer. */
  function check(words: Int32Array, address: number): number {
    if ((address & 15) !== 0) return NOT_A_BLOCK;
    const chunk = address - HEADER;
    const at = chunk >>> 2;
    const seal = words[at + 2] as number;
    if (seal === ~sealOf(chunk)) return ALREADY_FREE;
    if ((seal & -16) !== sealOf(chunk) || ((words[at] as number) & LIVE) === 0) return NOT_A_BLOCK;
    return at;
  }

  function free(address: number, tag: number): number {
    const words = space.i32;
    const at = check(words, address);
    if (at < 0) return at;
    if (tag !== 0 && ((words[at + 2] as number) & 15) !== tag) return OTHER_TAG;
    const requested = words[at + 1] as number;
    let chunk = address - HEADER;
    let size = (words[at] as number) & -16;
    words[at + 2] = ~sealOf(chunk);
    const next = chunk + size;
    const nextWord = words[next >>> 2] as number;
    if ((nextWord & LIVE) === 0) {
      const nextSize = nextWord & -16;
      remove(words, next, nextSize);
      size += nextSize;
    }
    if (((words[at] as number) & PREV_LIVE) === 0) {
      const before = words[at + 3] as number;
      chunk -= before;
      remove(words, chunk, before);
      size += before;
    }
    makeFree(words, chunk, size);
    return requested;
  }

  function resize(address: number, size: number): boolean {
    const words = space.i32;
    const at = check(words, address);
    if (at < 0) return false;
    const need = chunkFor(size);
    const chunk = address - HEADER;
    let have = (words[at] as number) & -16;
    const next = chunk + have;
    const nextWord = words[next >>> 2] as number;
    const spare = (nextWord & LIVE) === 0 ? nextWord & -16 : 0;
    if (need > have + spare) return false;
    if (need > have || (spare !== 0 && need < have)) {
      remove(words, next, spare);
      have += spare;
    }
    if (have - need >= LEAST || have !== ((words[at] as number) & -16)) occupy(words, chunk, have, need);
    words[at + 1] = size;
    return true;
  }

  function walk(start: number, visit: VisitBlock): void {
    for (let chunk = start; ; ) {
      const at = chunk >>> 2;
      const word = space.i32[at] as number;
      const size = word & -16;
      if (size === 0) return;
      if ((word & LIVE) !== 0)
        visit(chunk, chunk + size, true, chunk + HEADER, space.i32[at + 1] as number, (space.i32[at + 2] as number) & 15);
      else visit(chunk, chunk + size, false, 0, 0, 0);
      chunk += size;
    }
  }

  return {
    addSegment(start, bytes) {
      const words = space.i32;
      const sentinel = (start + bytes - HEADER) >>> 2;
      words[sentinel] = LIVE;
      words[sentinel + 2] = 0;
      makeFree(words, start, bytes - HEADER);
    },
    extendSegment(end, bytes) {
      const words = space.i32;
      let chunk = end - HEADER;
      const at = chunk >>> 2;
      let size = bytes;
      const sentinel = (end + bytes - HEADER) >>> 2;
      words[sentinel] = LIVE;
      words[sentinel + 2] = 0;
      if (((words[at] as number) & PREV_LIVE) === 0) {
        const before = words[at + 3] as number;
        chunk -= before;
        remove(words, chunk, before);
        size += before;
      }
      makeFree(words, chunk, size);
    },
    isEmpty: (start, bytes) => (space.i32[start >>> 2] as number) === ((bytes - HEADER) | PREV_LIVE),
    dropSegment: (start) => remove(space.i32, start, (space.i32[start >>> 2] as number) & -16),
    alloc,
    free,
    sizeOf(address) {
      const at = check(space.i32, address);
      return at < 0 ? at : (space.i32[at + 1] as number);
    },
    tagOf(address) {
      const at = check(space.i32, address);
      return at < 0 ? 0 : (space.i32[at + 2] as number) & 15;
    },
    resize,
    find(start, address) {
      let found = 0;
      walk(start, (_from, _to, live, block, size) => {
        if (live && address >= block && (address < block + size || address === block)) found = block;
      });
      return found;
    },
    walk,
    lists(visit) {
      const words = space.i32;
      for (let bin = 0; bin < LEVELS << second; bin++) {
        const level = bin >>> second;
        const least = level < second ? 1 << level : (1 << level) + ((bin & mask) << (level - second));
        for (let chunk = words[heads + bin] as number; chunk !== 0; chunk = words[(chunk + 16) >>> 2] as number) visit(`chunks from ${least} bytes`, chunk, (words[chunk >>> 2] as number) & -16);
      }
    },
    invariants(segments) {
      const wrong: string[] = [];
      const words = space.i32;
      const binned = new Map<number, number>();
      for (let bin = 0; bin < LEVELS << second; bin++) {
        const level = bin >>> second;
        const part = bin & mask;
        const filled = words[heads + bin] !== 0;
        if ((((words[secondSets + level] as number) >>> part) & 1) !== (filled ? 1 : 0)) wrong.push(`bin ${level}.${part}: its bit is wrong`);
        let previous = 0;
        for (let chunk = words[heads + bin] as number; chunk !== 0; chunk = words[(chunk + 16) >>> 2] as number) {
          if (binned.has(chunk)) {
            wrong.push(`chunk ${chunk} is in two bins`);
            break;
          }
          binned.set(chunk, bin);
          if (words[(chunk + 20) >>> 2] !== previous) wrong.push(`chunk ${chunk}: link back is wrong`);
          previous = chunk;
        }
      }
      for (let level = 0; level < LEVELS; level++)
        if ((((words[firstSet] as number) >>> level) & 1) !== (words[secondSets + level] === 0 ? 0 : 1)) wrong.push(`level ${level}: its bit is wrong`);
      for (const start of segments) {
        let previousLive = true;
        let previousSize = 0;
        for (let chunk = start; ; ) {
          const at = chunk >>> 2;
          const word = words[at] as number;
          const size = word & -16;
          const live = (word & LIVE) !== 0;
          if (((word & PREV_LIVE) !== 0) !== previousLive) wrong.push(`chunk ${chunk}: flag for the chunk before is wrong`);
          if (!previousLive && words[at + 3] !== previousSize) wrong.push(`chunk ${chunk}: boundary tag ${words[at + 3]}, should be ${previousSize}`);
          if (size === 0) {
            if (!live) wrong.push(`segment ${start}: its end is marked free`);
            break;
          }
          if (size < LEAST) {
            wrong.push(`chunk ${chunk}: size ${size}`);
            break;
          }
          if (live) {
            if (((words[at + 2] as number) & -16) !== sealOf(chunk)) wrong.push(`chunk ${chunk}: seal broken`);
            if (chunkFor(words[at + 1] as number) > size) wrong.push(`chunk ${chunk}: smaller than its block`);
          } else {
            if (!previousLive) wrong.push(`chunk ${chunk}: two free chunks touch`);
            const level = 31 - Math.clz32(size);
            const bin = (level << second) + ((size >>> (level - second)) & mask);
            if (binned.get(chunk) !== bin) wrong.push(`chunk ${chunk} of ${size} bytes is in bin ${binned.get(chunk)}, should be ${bin}`);
            binned.delete(chunk);
          }
          previousLive = live;
          previousSize = size;
          chunk += size;
        }
      }
      for (const chunk of binned.keys()) wrong.push(`chunk ${chunk} is in a bin and not free in any segment`);
      return wrong;
    },
  };
}
