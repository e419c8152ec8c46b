/**
 * Statistics: words in memory, one row for each family of allocation functions and one for the heap as a whole. Sizes are as the
 * program requested them, so that the numbers are the same in every profile. 
 *
 * One row is 64 bytes:
 *
 *      0  current usage        u32     4  peak usage           u32
 *      8  total allocated      u64    16  total freed          u64
 *     24  allocations          u64    32  frees                u64
 *     40  live blocks          u32    44  peak of live blocks  u32
 *     48  reallocations        u64    56  failed requests      u64
 *
 * A reallocation counts as one allocation of the new size and one free of the old, as Valgrind counts it, whether the block moved or
 * not; the two are never alive together, so it raises the peak only by the difference. Row 0 is the whole heap: the sum of the
 * families that take memory from the heap. Blocks that an arena, a pool or the stack hands out lie inside such memory; they have rows
 * of their own and are not counted twice.
 * Cost: about a dozen loads and stores for an allocation.
 */
import type { Space } from './space.ts';

export const ROW = 64;
export const FAMILIES = 16;
/** Bytes that the table of rows takes. */
export const TABLE = ROW * FAMILIES;

export const WHOLE = 0;
/** `alloc`, `realloc`, `free` and all of the library's own containers. */
export const SYSTEM = 1;
/** C's `malloc`, `calloc`, `realloc`, `free`. */
export const MALLOC = 2;
export const ARENA = 3;
export const POOL = 4;
export const STACK = 5;
/** The first of the families that users' allocators get, in the order of their first appearance. */
export const FIRST_USER = 6;

const NAMES = ['heap', 'system', 'malloc', 'arena', 'pool', 'stack'];

/** True for families whose blocks lie inside memory that another family took. */
export function isNested(family: number): boolean {
  return family >= ARENA;
}

export interface FamilyStatistics {
  readonly current: number;
  readonly peak: number;
  readonly totalAllocated: number;
  readonly totalFreed: number;
  readonly allocations: number;
  readonly frees: number;
  readonly liveBlocks: number;
  readonly peakBlocks: number;
  readonly reallocations: number;
  readonly failures: number;
}

export interface Statistics {
  /** Address of the table in memory. */
  readonly address: number;
  born(family: number, size: number): void;
  died(family: number, size: number): void;
  reallocated(family: number, from: number, to: number): void;
  /** Blocks that lie inside other families' memory: the whole heap's row stays as it is. */
  nestedBorn(family: number, size: number): void;
  nestedDied(family: number, size: number): void;
  /** Many nested blocks died at once (a reset). */
  nestedGone(family: number, blocks: number, bytes: number): void;
  failed(family: number): void;
  /** The bytes the program holds now. */
  current(): number;
  read(family: number): FamilyStatistics;
  resetPeak(): void;
  /** The number of a family by name; a new name gets a new family while there are any, else the last one. */
  family(name: string): number;
  familyName(family: number): string;
  /** The families that have been named so far. */
  names(): readonly string[];
}

/** `address` is aligned to 64 and `TABLE` bytes there belong to the statistics. */
export function createStatistics(space: Space, address: number): Statistics {
  const names = NAMES.slice();
  const at = address >>> 2;

  /** Adds to an unsigned 64-bit number in two words. */
  function add64(words: Int32Array, index: number, amount: number): void {
    const low = (words[index] as number) >>> 0;
    const sum = (low + amount) | 0;
    words[index] = sum;
    if (sum >>> 0 < low) words[index + 1] = (words[index + 1] as number) + 1;
  }

  function up(words: Int32Array, row: number, size: number): void {
    const current = ((words[row] as number) + size) | 0;
    words[row] = current;
    if (current > (words[row + 1] as number)) words[row + 1] = current;
    add64(words, row + 2, size);
    add64(words, row + 6, 1);
    const live = (words[row + 10] as number) + 1;
    words[row + 10] = live;
    if (live > (words[row + 11] as number)) words[row + 11] = live;
  }

  function down(words: Int32Array, row: number, size: number): void {
    words[row] = (words[row] as number) - size;
    add64(words, row + 4, size);
    add64(words, row + 8, 1);
    words[row + 10] = (words[row + 10] as number) - 1;
  }

  function shift(words: Int32Array, row: number, from: number, to: number): void {
    const current = (words[row] as number) + to - from;
    words[row] = current;
    if (current > (words[row + 1] as number)) words[row + 1] = current;
    add64(words, row + 2, to);
    add64(words, row + 4, from);
    add64(words, row + 6, 1);
    add64(words, row + 8, 1);
    add64(words, row + 12, 1);
  }

  const rowOf = (family: number): number => at + family * (ROW / 4);
  const whole = at;

  return {
    address,
    born(family, size) {
      const words = space.i32;
      up(words, rowOf(family), size);
      up(words, whole, size);
    },
    died(family, size) {
      const words = space.i32;
      down(words, rowOf(family), size);
      down(words, whole, size);
    },
    reallocated(family, from, to) {
      const words = space.i32;
      shift(words, rowOf(family), from, to);
      shift(words, whole, from, to);
    },
    nestedBorn(family, size) {
      up(space.i32, rowOf(family), size);
    },
    nestedDied(family, size) {
      down(space.i32, rowOf(family), size);
    },
    nestedGone(family, blocks, bytes) {
      const words = space.i32;
      const row = rowOf(family);
      words[row] = (words[row] as number) - bytes;
      add64(words, row + 4, bytes);
      add64(words, row + 8, blocks);
      words[row + 10] = (words[row + 10] as number) - blocks;
    },
    failed(family) {
      const words = space.i32;
      add64(words, rowOf(family) + 14, 1);
      add64(words, whole + 14, 1);
    },
    current: () => space.i32[whole] as number,
    read(family) {
      const words = space.u32;
      const row = rowOf(family);
      const word = (i: number): number => words[row + i] as number;
      const wide = (i: number): number => word(i) + word(i + 1) * 0x100000000;
      return {
        current: word(0),
        peak: word(1),
        totalAllocated: wide(2),
        totalFreed: wide(4),
        allocations: wide(6),
        frees: wide(8),
        liveBlocks: word(10),
        peakBlocks: word(11),
        reallocations: wide(12),
        failures: wide(14),
      };
    },
    resetPeak() {
      const words = space.i32;
      for (let family = 0; family < FAMILIES; family++) {
        const row = rowOf(family);
        words[row + 1] = words[row] as number;
        words[row + 11] = words[row + 10] as number;
      }
    },
    family(name) {
      const known = names.indexOf(name);
      if (known >= 0) return known;
      if (names.length === FAMILIES) return FAMILIES - 1;
      return names.push(name) - 1;
    },
    familyName: (family) => names[family] ?? `allocator ${family}`,
    names: () => names,
  };
}
