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

const ROW_BITS = 24;
const ROW_MASK = (1 << ROW_BITS) - 1;
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
  /** Columns, by row. Replaced when the table grows. */
  start: Int32Array;
  size: Int32Array;
  /** state | sort << 4 | family << 8. */
  kind: Int32Array;
  born: Int32Array;
  died: Int32Array;
  region: Int32Array;
  /** The row's generation, shifted into place. */
  generation: Int32Array;
  /** Bytes between the start of the allocator's own block and this one. */
  before: Int32Array;
  /** 1 while the bytes wait in quarantine. */
  waiting: Uint8Array;
  /** Rows in use, dead ones included: rows are 1 … count. */
  count: number;
  make(start: number, size: number, sort: number, family: number, site: number, region: number, before: number): number;
  die(row: number, state: number, site: number): void;
  /** The row of a number, 0 when the number is 0, or -1 when it is stale. */
  rowOf(number: number): number;
  numberOf(row: number): number;
  facts(row: number): BlockFacts;
  /** Set by the regions. */
  regionFacts: (region: number) => RegionFacts | null;
}

export const stateOf = (kind: number): number => kind & 15;
export const sortOf = (kind: number): number => (kind >>> 4) & 15;
export const familyOf = (kind: number): number => kind >>> 8;

export function createBlocks(): Blocks {
  let capacity = 1024;
  const int = (): Int32Array => new Int32Array(capacity);
  /** Dead rows, oldest first, in a ring. */
  let dead = new Int32Array(1024);
  let oldest = 0;
  let deaths = 0;

  function grow(): void {
    capacity *= 2;
    for (const column of ['start', 'size', 'kind', 'born', 'died', 'region', 'generation', 'before'] as const) {
      const wider = int();
      wider.set(blocks[column]);
      blocks[column] = wider;
    }
    const wider = new Uint8Array(capacity);
    wider.set(blocks.waiting);
    blocks.waiting = wider;
  }

  /** A row for a new block: the oldest dead one when enough are kept and its bytes are out of quarantine. */
  function row(): number {
    if (deaths > KEPT) {
      const candidate = dead[oldest] as number;
      if (blocks.waiting[candidate] === 0) {
        oldest = (oldest + 1) & (dead.length - 1);
        deaths--;
        blocks.generation[candidate] = ((blocks.generation[candidate] as number) + (1 << ROW_BITS)) & 0x7fffffff;
        return candidate;
      }
    }
    if (blocks.count + 1 >= capacity) grow();
    if (blocks.count >= ROW_MASK) throw new Error('more than 16 million blocks are tracked');
    return ++blocks.count;
  }

  const blocks: Blocks = {
    start: int(),
    size: int(),
    kind: int(),
    born: int(),
    died: int(),
    region: int(),
    generation: int(),
    before: int(),
    waiting: new Uint8Array(capacity),
    count: 0,
    regionFacts: () => null,
    make(start, size, sort, family, site, region, before) {
      const at = row();
      blocks.start[at] = start;
      blocks.size[at] = size;
      blocks.kind[at] = (sort << 4) | (family << 8);
      blocks.born[at] = site;
      blocks.died[at] = 0;
      blocks.region[at] = region;
      blocks.before[at] = before;
      return (blocks.generation[at] as number) | at;
    },
    die(at, state, site) {
      blocks.kind[at] = ((blocks.kind[at] as number) & ~15) | state;
      blocks.died[at] = site;
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
      return at <= blocks.count && ((blocks.generation[at] as number) | at) === number ? at : -1;
    },
    numberOf: (at) => (blocks.generation[at] as number) | at,
    facts(at) {
      const kind = blocks.kind[at] as number;
      const region = blocks.region[at] as number;
      return {
        number: blocks.numberOf(at),
        address: blocks.start[at] as number,
        size: blocks.size[at] as number,
        family: familyOf(kind),
        sort: SORTS[sortOf(kind)] as BlockSort,
        state: STATES[stateOf(kind)] as BlockState,
        born: blocks.born[at] as number,
        died: blocks.died[at] as number,
        region: region === 0 ? null : blocks.regionFacts(region),
      };
    },
  };
  return blocks;
}
