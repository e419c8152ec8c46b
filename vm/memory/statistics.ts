/**
 * Statistics: numbers in memory, one row for each family of allocation functions and one for the heap as a whole. Sizes are as the
 * program requested them, so that they are the same in every profile.
 *
 * One row is 64 bytes, little-endian, in the order of how often they are touched:
 *
 *      0  current usage        u32     4  peak usage           u32
 *      8  live blocks          u32    12  –
 *     16  total allocated      f64    24  allocations          f64     exact up to 2^53
 *     32  reallocations        f64    40  failed requests      f64
 *
 * What follows from them is not stored: total freed = total allocated - current, frees = allocations - live blocks.
 * A reallocation counts as one allocation of the new size and one free of the old, as Valgrind counts it, whether the block moved or
 * not; the two are never alive together, so it raises the peak only by the difference. Row 0 is the whole heap: the families that take
 * memory from the heap; it stores current, peak and live blocks, its totals are their sums. Blocks that an arena, a pool or the stack
 * hands out lie inside such memory; they have rows of their own and are not counted twice.
 * Cost: six loads, six stores for an allocation; four of each for a free.
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
  /** Grows whenever a block of any family is born, resized or dies. */
  clock(): number;
  /** The bytes the program holds now. */
  current(): number;
  read(family: number): FamilyStatistics;
  resetPeak(): void;
  /** The peak of the whole heap starts again; gives what it was, for `endPeak`. */
  beginPeak(): number;
  endPeak(before: number): void;
  /** The number of a family by name; a new name gets a new family while there are any, else the last one. */
  family(name: string): number;
  familyName(family: number): string;
  /** The families that have been named so far. */
  names(): readonly string[];
  restoreNames(names: readonly string[]): void;
}

/** `address` is aligned to 64 and `TABLE` bytes there belong to the statistics. */
export function createStatistics(space: Space, address: number): Statistics {
  const names = NAMES.slice();
  const at = address >>> 2;

  function up(row: number, size: number): void {
    const words = space.i32;
    const current = ((words[row] as number) + size) | 0;
    words[row] = current;
    if (current > (words[row + 1] as number)) words[row + 1] = current;
    words[row + 2] = (words[row + 2] as number) + 1;
    const wide = space.f64;
    const at = row >>> 1;
    wide[at + 2] = (wide[at + 2] as number) + size;
    wide[at + 3] = (wide[at + 3] as number) + 1;
  }

  function down(row: number, size: number): void {
    const words = space.i32;
    words[row] = (words[row] as number) - size;
    words[row + 2] = (words[row + 2] as number) - 1;
  }

  function shift(row: number, from: number, to: number): void {
    const words = space.i32;
    const current = ((words[row] as number) + to - from) | 0;
    words[row] = current;
    if (current > (words[row + 1] as number)) words[row + 1] = current;
  }

  function add(row: number, field: number, amount: number): void {
    const wide = space.f64;
    wide[(row >>> 1) + field] = (wide[(row >>> 1) + field] as number) + amount;
  }

  const rowOf = (family: number): number => at + family * (ROW / 4);
  const whole = at;

  return {
    address,
    born(family, size) {
      up(rowOf(family), size);
      const words = space.i32;
      const current = ((words[whole] as number) + size) | 0;
      words[whole] = current;
      if (current > (words[whole + 1] as number)) words[whole + 1] = current;
      words[whole + 2] = (words[whole + 2] as number) + 1;
    },
    died(family, size) {
      down(rowOf(family), size);
      down(whole, size);
    },
    reallocated(family, from, to) {
      const row = rowOf(family);
      shift(row, from, to);
      shift(whole, from, to);
      add(row, 2, to);
      add(row, 3, 1);
      add(row, 4, 1);
    },
    nestedBorn(family, size) {
      up(rowOf(family), size);
    },
    nestedDied(family, size) {
      down(rowOf(family), size);
    },
    nestedGone(family, blocks, bytes) {
      const row = rowOf(family);
      down(row, bytes);
      space.i32[row + 2] = (space.i32[row + 2] as number) + 1 - blocks;
    },
    failed(family) {
      add(rowOf(family), 5, 1);
    },
    clock() {
      let sum = 0;
      for (let f = SYSTEM; f < FAMILIES; f++) sum += 2 * (space.f64[(rowOf(f) >>> 1) + 3] as number) - (space.i32[rowOf(f) + 2] as number);
      return sum;
    },
    current: () => space.i32[whole] as number,
    read(family) {
      const row = rowOf(family);
      const sum = (field: number): number => {
        if (family !== WHOLE) return space.f64[(row >>> 1) + field] as number;
        let total = 0;
        for (let f = SYSTEM; f < FAMILIES; f++) if (!isNested(f)) total += space.f64[(rowOf(f) >>> 1) + field] as number;
        return total;
      };
      const current = space.u32[row] as number;
      const liveBlocks = space.u32[row + 2] as number;
      const totalAllocated = sum(2);
      const allocations = sum(3);
      return {
        current,
        peak: space.u32[row + 1] as number,
        totalAllocated,
        totalFreed: totalAllocated - current,
        allocations,
        frees: allocations - liveBlocks,
        liveBlocks,
        reallocations: sum(4),
        failures: sum(5),
      };
    },
    beginPeak() {
      const before = space.u32[whole + 1] as number;
      space.u32[whole + 1] = space.u32[whole] as number;
      return before;
    },
    endPeak(before) {
      space.u32[whole + 1] = Math.max(before >>> 0, space.u32[whole + 1] as number);
    },
    resetPeak() {
      const words = space.i32;
      for (let family = 0; family < FAMILIES; family++) {
        const row = rowOf(family);
        words[row + 1] = words[row] as number;
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
    restoreNames: kept => void names.splice(0, names.length, ...kept),
  };
}
