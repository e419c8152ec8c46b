/**
 * The heap: what the machine calls. An allocator over the space, its statistics, the program's limit, injected failures, and in the
 * debug profile the sanitizer around it all.
 * In: sizes, addresses, a family (which allocation functions the program used) and a site (the machine's number for a call stack).
 * Out: addresses, 0 for "no memory", and faults as data. Nothing throws for what a program does.
 * Invariants: the limit bounds the bytes that the program holds, as it requested them, so a program meets it at the same allocation in
 * every profile; statistics are equal in every profile.
 * Cost: without the sanitizer one call more than the allocator itself.
 */
import { ALREADY_FREE, NOT_A_BLOCK, OTHER_TAG } from './allocator.ts';
import type { Allocator, AllocatorName } from './allocator.ts';
import { createBuddy } from './buddy.ts';
import { createBump } from './bump.ts';
import { fault } from './fault.ts';
import type { Access, BlockFacts, Fault } from './fault.ts';
import { createSanitizer } from './guard.ts';
import type { KeptSanitizer, Sanitizer } from './guard.ts';
import { createRegions } from './region.ts';
import { createUsers } from './users.ts';
import type { KeptUsers, Users } from './users.ts';
import type { KeptRegions, Regions } from './region.ts';
import { createSlab } from './slab.ts';
import type { Space } from './space.ts';
import { createStatistics, TABLE } from './statistics.ts';
import type { Statistics } from './statistics.ts';
import { createTlsf } from './tlsf.ts';

export interface HeapOptions {
  readonly allocator?: AllocatorName;
  /** Wrap the allocator with the sanitizer. The space needs a shadow. */
  readonly sanitize?: boolean;
  /** Most bytes that freed blocks may keep from reuse. */
  readonly quarantine?: number;
  /** 0 releases quarantined blocks oldest first; another number picks them by a random walk from this seed. */
  readonly seed?: number;
  /** Most bytes that the program may hold at once. */
  readonly limit?: number;
}

export interface Heap {
  readonly space: Space;
  readonly statistics: Statistics;
  /** The allocator below, with its words in memory. */
  readonly allocator: Allocator;
  /** Null outside the debug profile. */
  readonly sanitizer: Sanitizer | null;
  /** Arenas, pools and users' allocators, which hand out parts of blocks. */
  readonly regions: Regions;
  /** Allocators of the program's own. */
  readonly users: Users;
  /** The address of a block, or 0. `align` is a power of two; less than 16 means 16. */
  alloc(size: number, align: number, family: number, site: number): number;
  allocZeroed(size: number, align: number, family: number, site: number): number;
  /** The new address, 0 when there is no memory (the old block stays), or -1: `refusal` says what was wrong. `realloc(0, n)` is `alloc(n)`. */
  realloc(address: number, size: number, family: number, site: number): number;
  refusal: Fault | null;
  /** `free(0)` does nothing. A fault means that nothing was freed. */
  free(address: number, family: number, site: number): Fault | null;
  /** May the program touch these bytes? Without a sanitizer only the map of the space is looked at. */
  checkAccess(address: number, size: number, access: Access): Fault | null;
  /** The block that holds this address, live, or (with the sanitizer) dead and not yet reused. */
  blockAt(address: number): BlockFacts | null;
  /** Every live block, by address. */
  blocks(visit: (block: BlockFacts) => void): void;
  /** The k-th allocation from now returns null (1 is the next); 0 stops that. */
  failAllocation(k: number): void;
  /** Whether an allocation is to fail. */
  failing(): boolean;
  /** Most bytes that the program may hold at once. */
  readonly limit: number;
  /**
   * overhead = footprint - free - current
   *
   * `footprint`: bytes that the allocator has taken from the space; `free`: bytes that lie free inside, usable by later requests;
   * `current`: bytes that the program holds. What is left is headers, rounding, tables, red zones and quarantine.
   */
  overhead(): number;
  /**
   * fragmentation = 1 - largest free stretch / free bytes      (0 when nothing is free)
   *
   * How much of the free memory could not serve one request for all of it.
   */
  fragmentation(): number;
  /** What does not hold, in words; empty when all is well. */
  invariants(): string[];
  /** All of the heap's state that is not in memory, and back. */
  keep(before: KeptHeap | null): KeptHeap;
  restore(kept: KeptHeap): void;
}

export interface KeptHeap {
  readonly sanitizer: KeptSanitizer | null;
  readonly regions: KeptRegions;
  readonly users: KeptUsers;
  readonly families: readonly string[];
  readonly failIn: number;
}

/** How many bytes of address space a heap needs so that a program can hold `limit` bytes: room for headers, rounding, red zones. */
export function regionFor(limit: number, sanitize: boolean): number {
  return sanitize ? limit * 3 + (64 << 20) : limit + limit / 4 + (4 << 20);
}

const CREATE: Record<AllocatorName, (space: Space, base: number) => Allocator> = {
  slab: createSlab,
  buddy: createBuddy,
  tlsf: createTlsf,
  bump: createBump,
};

export function createHeap(space: Space, options: HeapOptions = {}): Heap {
  const sanitize = options.sanitize === true;
  const table = space.map.heap.start;
  if (!space.ensure(table + TABLE)) throw new Error('the heap has no room for its statistics');
  const statistics = createStatistics(space, table);
  const create = CREATE[options.allocator ?? 'slab'];
  const inner = create(space, table + TABLE);
  const sanitizer = sanitize ? createSanitizer(space, inner, statistics, options) : null;
  const limit = options.limit ?? space.map.heap.end - space.map.heap.start;
  let failIn = 0;

  /** True when the request must be refused: injected failure, or over the limit. */
  function refused(size: number, family: number): boolean {
    if ((failIn > 0 && --failIn === 0) || size > limit - statistics.current()) {
      statistics.failed(family);
      return true;
    }
    return false;
  }

  function alloc(size: number, align: number, family: number, site: number): number {
    if (refused(size, family)) return 0;
    const address = sanitizer === null ? inner.alloc(size, align, family) : sanitizer.alloc(size, align, family, site);
    if (address === 0) statistics.failed(family);
    else statistics.born(family, size);
    return address;
  }

  function allocZeroed(size: number, align: number, family: number, site: number): number {
    const address = alloc(size, align, family, site);
    if (address !== 0) {
      space.u8.fill(0, address, address + size);
      if (sanitizer !== null) sanitizer.written(address, size);
    }
    return address;
  }

  function realloc(address: number, size: number, family: number, site: number): number {
    if (address === 0) return alloc(size, 16, family, site);
    const from = sanitizer === null ? inner.sizeOf(address) : sanitizer.sizeOf(address);
    const wrong = sanitizer === null ? plainCheck(address, from, family) : sanitizer.mayFree(address, family, 'realloc');
    if (wrong !== null) {
      heap.refusal = wrong;
      return -1;
    }
    if (refused(size - from, family)) return 0;
    let to = address;
    if (sanitizer !== null) to = sanitizer.realloc(address, size, family, site);
    else if (!inner.resize(address, size)) {
      to = inner.alloc(size, 16, family);
      if (to !== 0) {
        space.u8.copyWithin(to, address, address + Math.min(from, size));
        inner.free(address, family);
      }
    }
    if (to === 0) statistics.failed(family);
    else statistics.reallocated(family, from, size);
    return to;
  }

  function plainCheck(address: number, answer: number, family: number): Fault | null {
    if (answer < 0) return plainFault(address, family, 'realloc', answer);
    return inner.tagOf(address) === family ? null : plainFault(address, family, 'realloc', OTHER_TAG);
  }

  function plainFault(address: number, family: number, access: Access, answer: number): Fault {
    if (answer === ALREADY_FREE) return fault('double-free', access, address, 0);
    const block = blockAt(address);
    if (answer === NOT_A_BLOCK) return fault('bad-free', access, address, 0, block);
    return fault('alloc-dealloc-mismatch', access, address, 0, block, { family });
  }

  function free(address: number, family: number, site: number): Fault | null {
    if (address === 0) return null;
    if (sanitizer !== null) return sanitizer.free(address, family, site);
    const answer = inner.free(address, family);
    if (answer < 0) return plainFault(address, family, 'free', answer);
    statistics.died(family, answer);
    return null;
  }

  function blockAt(address: number): BlockFacts | null {
    if (sanitizer !== null) return sanitizer.blockAt(address);
    const start = inner.find(address);
    return start === 0 ? null : plainBlock(start, inner.sizeOf(start), inner.tagOf(start));
  }

  const regions = createRegions(statistics, sanitizer);
  const heap: Heap = {
    space,
    statistics,
    allocator: inner,
    sanitizer,
    regions,
    users: createUsers(regions, statistics, sanitizer),
    alloc,
    allocZeroed,
    realloc,
    refusal: null,
    free,
    checkAccess(address, size, access) {
      if (sanitizer !== null) return sanitizer.checkAccess(address, size, access);
      if (address >= 0 && address < space.map.nullEnd) return fault('null-dereference', access, address, size);
      if (address < space.map.statics.start || address + size > space.end) return fault('wild-access', access, address, size);
      return null;
    },
    blockAt,
    blocks(visit) {
      if (sanitizer !== null) sanitizer.blocks(visit);
      else
        inner.walk((_from, _to, live, address, size, tag) => {
          if (live) visit(plainBlock(address, size, tag));
        });
    },
    failAllocation(k) {
      failIn = k;
    },
    failing: () => failIn > 0,
    limit,
    overhead() {
      const extent = inner.extent();
      return extent.footprint - extent.free - statistics.current();
    },
    fragmentation() {
      const extent = inner.extent();
      return extent.free === 0 ? 0 : 1 - extent.largestFree / extent.free;
    },
    keep: before => ({ sanitizer: sanitizer?.keep(before?.sanitizer ?? null) ?? null, regions: heap.regions.keep(), users: heap.users.keep(), families: statistics.names().slice(), failIn }),
    restore(kept) {
      if (sanitizer !== null && kept.sanitizer !== null) sanitizer.restore(kept.sanitizer);
      heap.regions.restore(kept.regions);
      heap.users.restore(kept.users);
      statistics.restoreNames(kept.families);
      failIn = kept.failIn;
      heap.refusal = null;
    },
    invariants() {
      const wrong = inner.invariants();
      if (sanitizer !== null) wrong.push(...sanitizer.invariants());
      let bytes = 0;
      let blocks = 0;
      heap.blocks((block) => {
        bytes += block.size;
        blocks++;
      });
      const whole = statistics.read(0);
      if (whole.current !== bytes) wrong.push(`statistics say ${whole.current} bytes are live, blocks add up to ${bytes}`);
      if (whole.liveBlocks !== blocks) wrong.push(`statistics say ${whole.liveBlocks} blocks are live, there are ${blocks}`);
      return wrong;
    },
  };
  return heap;
}

function plainBlock(address: number, size: number, family: number): BlockFacts {
  return { number: 0, address, size, family, sort: 'heap', state: 'live', born: 0, died: 0, region: null };
}
