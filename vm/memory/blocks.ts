/**
 * The table of blocks: what each number stands for, alive or dead. A number is what a pointer carries as its provenance.
 *
 *     number ─┬──────────────────┬───────────────────────────┐   0 = unknown
 *             │ generation 30…24 │ row in the table 23 … 0   │
 *             └──────────────────┴───────────────────────────┘
 *
 * Rows of dead blocks are kept for a long time (the last `KEPT` deaths), so that a late use still finds who died and where; then a row
 * is used again with the next generation, and the old number is known to be stale.
 * Invariant: a live block's row is never used again. Cost: a birth or death writes about eight words; no objects are made.
 */
import type { BlockFacts, BlockSort, BlockState, RegionFacts } from './fault.ts';
import { keepWords, type Pages, restoreWords } from './keep.ts';

const ROW_BITS = 24;
export const ROW_MASK = (1 << ROW_BITS) - 1;
/** What a pointer carries that was made from a small number other than 0: of no block, and not null either. */
export const NOWHERE = 1 << ROW_BITS;
const KEPT = 1 << 16;

export const HEAP = 0;
export const PART = 1;
export const SLOT = 2;
export const STACK_BLOCK = 3;
export const STATIC = 4;
const SORTS: readonly BlockSort[] = ['heap', 'part', 'slot', 'stack', 'static'];

export const LIVE = 0;
export const FREED = 1;
export const RESET = 2;
export const RELEASED = 3;
export const DROPPED = 4;
export const RETURNED = 5;
export const LEFT_SCOPE = 6;
const STATES: readonly BlockState[] = ['live', 'freed', 'reset', 'released', 'dropped', 'returned', 'left-scope'];

export interface Blocks {
  /** The table's words, `1 << STRIDE` a row; replaced when it grows. For those who cannot afford a call for each word. */
  rows: Int32Array;
  start(row: number): number;
  size(row: number): number;
  /** state | sort << 4 | family << 8 | ordinal << 12; the functions below take it apart. */
  kind(row: number): number;
  /** The region that handed a part out, or that took a heap block; 0 for none. */
  region(row: number): number;
  setRegion(row: number, region: number): void;
  /** Bytes between the start of the allocator's own block and this one. */
  before(row: number): number;
  /** True while the bytes wait in quarantine. */
  setWaiting(row: number, waiting: boolean): void;
  isWaiting(row: number): boolean;
  /** Rows in use, dead ones included: rows are 1 … count. */
  count: number;
  make(start: number, size: number, sort: number, family: number, site: number, region: number, before: number): number;
  die(row: number, state: number, site: number): void;
  /** The row of a number, 0 when the number is 0, or -1 when it is stale. */
  rowOf(number: number): number;
  numberOf(row: number): number;
  facts(row: number): BlockFacts;
  keep(before: KeptBlocks | null): KeptBlocks;
  restore(kept: KeptBlocks): void;
  /** Set by the regions. */
  regionFacts: (region: number) => RegionFacts | null;
}

export interface KeptBlocks {
  readonly rows: Pages;
  readonly count: number;
  readonly dead: Pages;
  readonly room: number;
  readonly oldest: number;
  readonly deaths: number;
  readonly births: number;
}

export const stateOf = (kind: number): number => kind & 15;
export const sortOf = (kind: number): number => (kind >>> 4) & 15;
/** What stands for the family of a static that nothing may write to. */
export const FIXED = 1;
export const isFixed = (kind: number): boolean => (kind & 0xff0) === ((FIXED << 8) | (STATIC << 4));
export const familyOf = (kind: number): number => (kind >>> 8) & 15;
/** The how manyth block of the heap, or part of one, it is: what people call it by. 0 for others, and after the first million. */
export const ordinalOf = (kind: number): number => kind >>> 12;
const MOST_ORDINALS = (1 << 20) - 1;

/** Words of a row: one half of a cache line. */
export const START = 0;
export const SIZE = 1;
export const KIND = 2;
const BORN = 3;
const DIED = 4;
const REGION = 5;
/** The generation, shifted into place; the sign bit is set while the bytes wait in quarantine. */
export const GENERATION = 6;
const BEFORE = 7;
const WAITING = 1 << 31;
export const STRIDE = 3;

export function createBlocks(): Blocks {
  /** Dead rows, oldest first, in a ring. */
  let dead = new Int32Array(1024);
  let oldest = 0;
  let deaths = 0;
  let births = 0;
  const word = (row: number, field: number): number => blocks.rows[(row << STRIDE) + field] as number;

  /** A row for a new block: the oldest dead one when enough are kept and its bytes are out of quarantine. */
  function row(): number {
    if (deaths > KEPT) {
      const candidate = dead[oldest] as number;
      const generation = word(candidate, GENERATION);
      if (generation >= 0) {
        oldest = (oldest + 1) & (dead.length - 1);
        deaths--;
        blocks.rows[(candidate << STRIDE) + GENERATION] = (generation + (1 << ROW_BITS)) & 0x7fffffff;
        return candidate;
      }
    }
    if ((blocks.count + 2) << STRIDE > blocks.rows.length) {
      const longer = new Int32Array(blocks.rows.length * 2);
      longer.set(blocks.rows);
      blocks.rows = longer;
    }
    if (blocks.count >= ROW_MASK) throw new Error('more than 16 million blocks are tracked');
    return ++blocks.count;
  }

  const blocks: Blocks = {
    rows: new Int32Array(1024 << STRIDE),
    count: 0,
    regionFacts: () => null,
    start: (at) => word(at, START),
    size: (at) => word(at, SIZE),
    kind: (at) => word(at, KIND),
    region: (at) => word(at, REGION),
    before: (at) => word(at, BEFORE),
    setRegion(at, region) {
      blocks.rows[(at << STRIDE) + REGION] = region;
    },
    setWaiting(at, waiting) {
      const { rows } = blocks;
      const index = (at << STRIDE) + GENERATION;
      rows[index] = waiting ? (rows[index] as number) | WAITING : (rows[index] as number) & ~WAITING;
    },
    isWaiting: (at) => word(at, GENERATION) < 0,
    make(start, size, sort, family, site, region, before) {
      const at = row();
      const { rows } = blocks;
      const base = at << STRIDE;
      rows[base + START] = start;
      rows[base + SIZE] = size;
      rows[base + KIND] = (sort << 4) | (family << 8) | ((sort === HEAP || sort === PART) && births < MOST_ORDINALS ? ++births << 12 : 0);
      rows[base + BORN] = site;
      rows[base + DIED] = 0;
      rows[base + REGION] = region;
      rows[base + BEFORE] = before;
      return (rows[base + GENERATION] as number) | at;
    },
    die(at, state, site) {
      const { rows } = blocks;
      const base = at << STRIDE;
      rows[base + KIND] = ((rows[base + KIND] as number) & ~15) | state;
      rows[base + DIED] = site;
      if (deaths === dead.length) {
        const longer = new Int32Array(dead.length * 2);
        for (let i = 0; i < deaths; i++) longer[i] = dead[(oldest + i) & (dead.length - 1)] as number;
        dead = longer;
        oldest = 0;
      }
      dead[(oldest + deaths) & (dead.length - 1)] = at;
      deaths++;
    },
    rowOf(number) {
      const at = number & ROW_MASK;
      if (at === 0) return 0;
      return at <= blocks.count && ((word(at, GENERATION) & ~WAITING) | at) === number ? at : -1;
    },
    numberOf: (at) => (word(at, GENERATION) & ~WAITING) | at,
    keep: before => ({
      rows: keepWords(blocks.rows, 0, (blocks.count + 1) << STRIDE, before?.rows ?? null),
      dead: keepWords(dead, 0, dead.length, before?.room === dead.length ? before.dead : null),
      count: blocks.count, room: dead.length, oldest, deaths, births,
    }),
    restore(kept) {
      restoreWords(blocks.rows, 0, (Math.max(blocks.count, kept.count) + 1) << STRIDE, kept.rows);
      if (dead.length !== kept.room) dead = new Int32Array(kept.room);
      restoreWords(dead, 0, dead.length, kept.dead);
      blocks.count = kept.count;
      oldest = kept.oldest;
      deaths = kept.deaths;
      births = kept.births;
    },
    facts(at) {
      const kind = word(at, KIND);
      const region = word(at, REGION);
      return {
        number: blocks.numberOf(at),
        ordinal: ordinalOf(kind),
        address: word(at, START),
        size: word(at, SIZE),
        family: familyOf(kind),
        sort: SORTS[sortOf(kind)] as BlockSort,
        state: STATES[stateOf(kind)] as BlockState,
        born: word(at, BORN),
        died: word(at, DIED),
        region: region === 0 ? null : blocks.regionFacts(region),
      };
    },
  };
  return blocks;
}
