/**
 * Hooks for allocators that hand out parts of memory they took: arenas, pools, users' own. Whoever implements them (the library, in
 * Altru) calls these at each step; in every profile they keep the family's statistics, in the debug profile the sanitizer takes part:
 * taken memory is poisoned, each part handed out is a block of its own with its own number, and a late use names the region.
 * In: regions, the memory they take, the parts they hand out. Out: block numbers, faults.
 * Invariant: statistics' rows of nested families are the sums over their regions. Cost: a part costs about what a block of the heap
 * costs the sanitizer; without it one statistics row.
 */
import { DROPPED, FREED, familyOf, LIVE, PART, RELEASED, RESET, sortOf, stateOf } from './blocks.ts';
import { fault } from './fault.ts';
import type { Fault, RegionFacts } from './fault.ts';
import type { Sanitizer } from './guard.ts';
import { POOL } from './statistics.ts';
import type { Statistics } from './statistics.ts';

export interface Regions {
  /** A region (an arena, a pool, a user's allocator) was made. `family` is ARENA, POOL or a user's. Returns its number. */
  make(family: number, site: number): number;
  /** The region took this memory: all of it is poisoned until it is handed out. */
  take(region: number, address: number, size: number): void;
  /** The region gives memory that it took back to where it came from, before it frees it. */
  leave(region: number, address: number): void;
  /** The region handed out a part, whose first `kept` bytes hold what they held. Returns the part's block number (0 outside debug). */
  handOut(region: number, address: number, size: number, site: number, kept?: number): number;
  /** One part goes back (`pool_release`, a user's `free`). */
  giveBack(region: number, address: number, size: number, site: number): Fault | null;
  /** A point to roll back to. */
  mark(region: number): number;
  /** Everything handed out since the mark is gone; the mark and earlier ones stay valid. */
  rollback(region: number, mark: number, site: number): void;
  /** Everything handed out is gone; the memory stays with the region. */
  reset(region: number, site: number): void;
  /** The region is gone. Call it before its memory is freed. */
  drop(region: number, site: number): void;
  /** Whether the region took all of this memory. */
  holds(region: number, address: number, size: number): boolean;
  /** One part ends, given its row. */
  end(region: number, row: number, state: number, site: number): void;
  /** Memory that the region took was freed, and with it what it had handed out of it. */
  lose(region: number, start: number, size: number, site: number): void;
  facts(region: number): RegionFacts | null;
  /** Every region that was made, by number, with what it took: address, size, address, size … */
  all(): readonly (RegionFacts & { readonly bytes: number; readonly blocks: number; readonly chunks: readonly number[] })[];
  keep(): KeptRegions;
  restore(kept: KeptRegions): void;
  /** Bytes and parts that are out. */
  held(region: number): { readonly bytes: number; readonly blocks: number };
}

/** Regions as they were: opaque to all but this file. */
export type KeptRegions = readonly (Region | undefined)[];

interface Mark {
  readonly position: number;
  readonly bytes: number;
  readonly blocks: number;
}

interface Region {
  readonly family: number;
  readonly made: number;
  ended: number;
  dropped: boolean;
  bytes: number;
  blocks: number;
  /** What was taken: address, size, address, size … */
  chunks: number[];
  /** Numbers of the parts in the order of handing out, dead ones among them; debug only. */
  order: number[];
  marks: Mark[];
}

export function createRegions(statistics: Statistics, sanitizer: Sanitizer | null): Regions {
  const regions: (Region | undefined)[] = [undefined];
  if (sanitizer !== null) sanitizer.table.regionFacts = facts;

  function facts(number: number): RegionFacts | null {
    const region = regions[number];
    if (region === undefined) return null;
    return { number, family: region.family, made: region.made, ended: region.ended, dropped: region.dropped };
  }

  const copyOf = (region: Region | undefined): Region | undefined => (region === undefined ? undefined : { ...region, chunks: region.chunks.slice(), order: region.order.slice(), marks: region.marks.slice() });

  function get(number: number): Region {
    const region = regions[number];
    if (region === undefined) throw new Error(`there is no region ${number}`);
    return region;
  }

  /** The parts from this position on die; their bytes are poisoned. */
  function kill(region: Region, position: number, state: number, site: number): void {
    if (sanitizer === null) return;
    const { table } = sanitizer;
    for (let i = position; i < region.order.length; i++) {
      const row = table.rowOf(region.order[i] as number);
      if (row <= 0 || stateOf(table.kind(row)) !== LIVE) continue;
      table.die(row, state, site);
      sanitizer.poison(table.start(row), table.size(row));
      // What stood there leads nowhere, also when the memory is plain again.
      sanitizer.clearProvenance(table.start(row), table.size(row));
    }
    region.order.length = position;
  }

  function end(number: number, row: number, state: number, site: number): void {
    if (sanitizer === null || stateOf(sanitizer.table.kind(row)) !== LIVE) return;
    const { table } = sanitizer;
    const region = get(number);
    table.die(row, state, site);
    statistics.nestedDied(region.family, table.size(row));
    region.bytes -= table.size(row);
    region.blocks--;
  }

  function empty(number: number, state: number, site: number): Region {
    const region = get(number);
    region.ended = site;
    statistics.nestedGone(region.family, region.blocks, region.bytes);
    region.blocks = 0;
    region.bytes = 0;
    region.marks.length = 0;
    kill(region, 0, state, site);
    return region;
  }

  /** The order list keeps dead numbers; it is swept when they are the most of it. Marks point into it, so not while any stands. */
  function sweep(region: Region): void {
    if (sanitizer === null || region.marks.length > 0 || region.order.length < 64 + 2 * region.blocks) return;
    const { table } = sanitizer;
    region.order = region.order.filter((number) => {
      const row = table.rowOf(number);
      return row > 0 && stateOf(table.kind(row)) === LIVE;
    });
  }

  return {
    make(family, site) {
      return regions.push({ family, made: site, ended: 0, dropped: false, bytes: 0, blocks: 0, chunks: [], order: [], marks: [] }) - 1;
    },
    take(number, address, size) {
      get(number).chunks.push(address, size);
      if (sanitizer === null) return;
      sanitizer.poison(address, size);
      const row = sanitizer.places.heapBlock(address);
      if (row !== 0) sanitizer.table.setRegion(row, number);
    },
    leave(number, address) {
      const { chunks } = get(number);
      for (let i = 0; i < chunks.length; i += 2) {
        if (chunks[i] !== address) continue;
        release(address, chunks[i + 1] as number);
        chunks.splice(i, 2);
        return;
      }
    },
    handOut(number, address, size, site, kept = 0) {
      const region = get(number);
      statistics.nestedBorn(region.family, size);
      region.bytes += size;
      region.blocks++;
      if (sanitizer === null) return 0;
      const block = sanitizer.table.make(address, size, PART, region.family, site, number, 0);
      sanitizer.places.putPart(address, block);
      sanitizer.unpoison(address, size);
      sanitizer.unwritten(address + kept, size - kept);
      sanitizer.clearProvenance(address + kept, size - kept);
      sweep(region);
      region.order.push(block);
      sanitizer.lastNumber = block;
      return block;
    },
    giveBack(number, address, size, site) {
      const region = get(number);
      let bytes = size;
      if (sanitizer !== null) {
        const { table, places } = sanitizer;
        const access = region.family === POOL ? 'release' : 'free';
        const row = places.partAt(address);
        const kind = row === 0 ? 0 : table.kind(row);
        if (row === 0 || sortOf(kind) !== PART) return fault('bad-free', access, address, 0, sanitizer.blockAt(address), { family: region.family });
        if (stateOf(kind) !== LIVE) {
          return fault(region.family === POOL ? 'double-release' : 'double-free', access, address, 0, table.facts(row), { family: region.family });
        }
        if (table.region(row) !== number || familyOf(kind) !== region.family)
          return fault('alloc-dealloc-mismatch', access, address, 0, table.facts(row), { family: region.family });
        bytes = table.size(row);
        table.die(row, region.family === POOL ? RELEASED : FREED, site);
        sanitizer.poison(address, bytes);
        sanitizer.clearProvenance(address, bytes);
      }
      statistics.nestedDied(region.family, bytes);
      region.bytes -= bytes;
      region.blocks--;
      return null;
    },
    mark(number) {
      const region = get(number);
      return region.marks.push({ position: region.order.length, bytes: region.bytes, blocks: region.blocks }) - 1;
    },
    rollback(number, mark, site) {
      const region = get(number);
      const to = region.marks[mark];
      if (to === undefined) return;
      region.ended = site;
      statistics.nestedGone(region.family, Math.max(0, region.blocks - to.blocks), Math.max(0, region.bytes - to.bytes));
      region.blocks = Math.min(region.blocks, to.blocks);
      region.bytes = Math.min(region.bytes, to.bytes);
      region.marks.length = mark + 1;
      kill(region, to.position, RESET, site);
    },
    reset(number, site) {
      const region = empty(number, RESET, site);
      if (sanitizer === null) return;
      for (let i = 0; i < region.chunks.length; i += 2) sanitizer.poison(region.chunks[i] as number, region.chunks[i + 1] as number);
    },
    drop(number, site) {
      const parts = sanitizer === null ? [] : get(number).order.slice();
      const region = empty(number, DROPPED, site);
      region.dropped = true;
      for (let i = 0; i < region.chunks.length; i += 2) release(region.chunks[i] as number, region.chunks[i + 1] as number);
      region.chunks.length = 0;
      if (sanitizer === null) return;
      for (const part of parts) {
        const row = sanitizer.table.rowOf(part);
        if (row > 0) sanitizer.places.dropPart(sanitizer.table.start(row), part);
      }
    },
    holds(number, address, size) {
      const chunks = regions[number]?.chunks ?? [];
      for (let i = 0; i < chunks.length; i += 2) {
        const start = chunks[i] as number;
        if (address >= start && address + size <= start + (chunks[i + 1] as number)) return true;
      }
      return false;
    },
    end,
    lose(number, start, size, site) {
      if (sanitizer === null) return;
      const region = get(number);
      region.chunks = region.chunks.flatMap((at, i) => (i % 2 === 0 && at !== start ? [at, region.chunks[i + 1] as number] : []));
      const { table, places } = sanitizer;
      for (const part of region.order) {
        const row = table.rowOf(part);
        if (row <= 0 || table.start(row) < start || table.start(row) >= start + size) continue;
        end(number, row, FREED, site);
        places.dropPart(table.start(row), part);
      }
    },
    facts,
    keep: () => regions.map(copyOf),
    restore: kept => void regions.splice(0, regions.length, ...kept.map(copyOf)),
    all: () => regions.flatMap((region, number) => (region === undefined ? [] : [{ number, family: region.family, made: region.made, ended: region.ended, dropped: region.dropped, bytes: region.bytes, blocks: region.blocks, chunks: region.chunks.slice() }])),
    held(number) {
      const region = get(number);
      return { bytes: region.bytes, blocks: region.blocks };
    },
  };

  /** Taken memory is plain memory of its block again. */
  function release(address: number, size: number): void {
    if (sanitizer === null) return;
    sanitizer.unpoison(address, size);
    const row = sanitizer.places.heapBlock(address);
    if (row !== 0) sanitizer.table.setRegion(row, 0);
  }
}
