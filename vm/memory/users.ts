/**
 * Allocators of the program's own (`impl Allocator`): compiled code tells when one of their methods begins and ends, what they give and
 * what comes back. Each type is a region of its own: memory that it took is poisoned but for what it gave out, and while one of its
 * methods runs it may touch all of it. What it got from another allocator and passes on as it is stays that allocator's block.
 * In: a type's name, addresses, sizes, sites. Out: numbers for pointers, faults. Outside the debug profile only statistics are kept.
 * Cost: a block costs what a block of the heap costs the sanitizer.
 */
import { HEAP, LIVE, PART, RESET, sortOf, stateOf, STATIC } from './blocks.ts';
import { fault } from './fault.ts';
import type { Fault } from './fault.ts';
import type { Sanitizer } from './guard.ts';
import type { Regions } from './region.ts';
import type { Statistics } from './statistics.ts';

export interface Users {
  /** `depth` is where the call stands in the stack of calls: calls that were left by a panic are forgotten. `self`: where the allocator itself lies, of `size` bytes. */
  enter(name: string, depth: number, self?: number, size?: number): void;
  leave(): void;
  /** Where the outermost of the methods under way stands, or `depth` when none is. */
  outermost(depth: number): number;
  /** What the returned pointer carries. `kept`: so many of its bytes hold what they held. `whole`: a static it lies in is all the allocator's. */
  out(name: string, address: number, size: number, kept: number, site: number, whole: boolean): number;
  back(name: string, address: number, size: number, number: number, site: number): Fault | null;
  /** What a pointer carries that came back: it leads into the allocator's own memory. */
  inner(address: number, number: number): number;
  keep(): KeptUsers;
  restore(kept: KeptUsers): void;
}

export interface KeptUsers {
  readonly regions: readonly (readonly [string, number])[];
  readonly passed: readonly (readonly [number, readonly number[]])[];
  readonly open: readonly Open[];
  readonly givers: readonly (readonly [number, readonly (readonly [number, number])[]])[];
}

interface Open {
  readonly region: number;
  readonly depth: number;
  readonly self: number;
  readonly size: number;
}

/** Words that are looked at for a way from an allocator to a block. */
const MOST_WORDS = 1 << 16;

export function createUsers(regions: Regions, statistics: Statistics, sanitizer: Sanitizer | null): Users {
  const byName = new Map<string, number>();
  /** Blocks of other allocators that were passed on, by region. */
  const passed = new Map<number, Set<number>>();
  const open: Open[] = [];
  /** By the number of a block that was taken: where those lie, and of what size, that handed out of it. */
  const givers = new Map<number, Map<number, number>>();

  function regionOf(name: string): number {
    let region = byName.get(name);
    if (region === undefined) {
      region = regions.make(statistics.family(name), 0);
      byName.set(name, region);
      passed.set(region, new Set());
    }
    return region;
  }

  const familyOf = (region: number): number => regions.facts(region)?.family ?? 0;

  if (sanitizer !== null) {
    sanitizer.excuses = (address, size) => open.some(({ region }) => regions.holds(region, address, size));
    sanitizer.chunkFreed = (region, start, size, site) => regions.lose(region, start, size, site);
  }

  /** Blocks of this region that the range runs into are over: their memory is given to somebody else. */
  function endBelow({ table, places }: Sanitizer, region: number, address: number, size: number, site: number): void {
    const end = (row: number): void => {
      if (row === 0 || table.region(row) !== region || sortOf(table.kind(row)) !== PART || stateOf(table.kind(row)) !== LIVE) return;
      if (table.start(row) + table.size(row) > address && table.start(row) < address + size) regions.end(region, row, RESET, site);
    };
    end(places.holding(address));
    for (let at = address; at < address + size; at += size > 4096 ? 8 : 1) end(places.partAt(at));
  }

  /** Whoever is asked now handed out of this block. */
  function gives(chunk: number): void {
    const now = open[open.length - 1];
    if (now === undefined || now.self === 0) return;
    const known = givers.get(chunk);
    if (known === undefined) givers.set(chunk, new Map([[now.self, now.size]]));
    else known.set(now.self, now.size);
  }

  /** The block belongs to another allocator of the same type: that one still leads to it, the one that is asked does not. */
  function isSiblings(s: Sanitizer, chunk: number): boolean {
    const now = open[open.length - 1];
    const known = chunk === 0 ? undefined : givers.get(s.table.numberOf(chunk));
    if (now === undefined || now.self === 0 || known === undefined || known.has(now.self)) return false;
    if (leadsTo(s, now.self, now.size, chunk)) {
      known.set(now.self, now.size);
      return false;
    }
    return [...known].some(([self, size]) => leadsTo(s, self, size, chunk));
  }

  /** Whether pointers lead from these bytes to the block, but not through what was handed out. Yes when that takes too long to tell. */
  function leadsTo({ table, places, pointers, shadow }: Sanitizer, from: number, size: number, chunk: number): boolean {
    const seen = new Set<number>();
    const pending: { readonly start: number; readonly end: number; readonly own: boolean }[] = [{ start: from, end: from + size, own: true }];
    let words = 0;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (let at = (next.start + 3) & ~3; at + 4 <= next.end; at += 4) {
        if (++words > MOST_WORDS) return true;
        const number = pointers.get(at);
        if (number === 0 || (!next.own && shadow.firstPoisoned(at, 4) < 0)) continue;
        let row = table.rowOf(number);
        if (row > 0 && sortOf(table.kind(row)) === PART) row = places.heapBlock(table.start(row));
        if (row <= 0 || stateOf(table.kind(row)) !== LIVE || seen.has(row)) continue;
        if (row === chunk) return true;
        seen.add(row);
        pending.push({ start: table.start(row), end: table.start(row) + table.size(row), own: !givers.has(table.numberOf(row)) });
      }
    }
    return false;
  }

  return {
    enter(name, depth, self = 0, size = 0) {
      while (open.length > 0 && (open[open.length - 1]?.depth ?? 0) >= depth) open.pop();
      open.push({ region: regionOf(name), depth, self, size });
    },
    leave: () => void open.pop(),
    outermost: depth => Math.min(depth, open[0]?.depth ?? depth),
    out(name, address, size, kept, site, whole) {
      const region = regionOf(name);
      if (address === 0) {
        statistics.failed(familyOf(region));
        return 0;
      }
      if (sanitizer === null) {
        statistics.nestedBorn(familyOf(region), size);
        return 0;
      }
      const { table, places } = sanitizer;
      const there = places.startingAt(address);
      const sort = sortOf(table.kind(there));
      if (there !== 0 && stateOf(table.kind(there)) === LIVE && table.size(there) === size && table.region(there) !== region && (sort === HEAP || sort === PART)) {
        statistics.nestedBorn(familyOf(region), size);
        passed.get(region)?.add(address);
        return table.numberOf(there);
      }
      const chunk = places.heapBlock(address) || places.holding(address);
      if (chunk !== 0 && stateOf(table.kind(chunk)) === LIVE && !regions.holds(region, address, 1)) {
        const sort = sortOf(table.kind(chunk));
        if ((sort === HEAP && table.region(chunk) === 0) || (sort === STATIC && whole)) regions.take(region, table.start(chunk), table.size(chunk));
      }
      if (chunk !== 0) gives(table.numberOf(chunk));
      endBelow(sanitizer, region, address, size, site);
      return regions.handOut(region, address, size, site, kept);
    },
    back(name, address, size, number, site) {
      if (address === 0) return null;
      const region = regionOf(name);
      const family = familyOf(region);
      if (sanitizer === null || passed.get(region)?.delete(address) === true) {
        statistics.nestedDied(family, size);
        return null;
      }
      const { table, places } = sanitizer;
      const part = places.partAt(address);
      const own = part !== 0 && sortOf(table.kind(part)) === PART && table.region(part) === region;
      if (own) {
        if (stateOf(table.kind(part)) === LIVE && table.size(part) !== size) return fault('new-delete-type-mismatch', 'free', address, size, table.facts(part));
        if (table.numberOf(part) !== number && number !== 0 && sanitizer.block(number)?.sort === 'part') {
          const meant = sanitizer.block(number);
          if (meant !== null && meant.state !== 'live' && meant.address === address) return fault('double-free', 'free', address, 0, meant, { family });
        }
        if (stateOf(table.kind(part)) === LIVE && isSiblings(sanitizer, places.heapBlock(address))) return fault('alloc-dealloc-mismatch', 'free', address, 0, table.facts(part), { family });
        return regions.giveBack(region, address, size, site);
      }
      const meant = sanitizer.block(number) ?? sanitizer.blockAt(address);
      if (meant === null || meant.address !== address) return fault('bad-free', 'free', address, 0, meant, { family });
      return fault(meant.state === 'live' ? 'alloc-dealloc-mismatch' : meant.state === 'freed' ? 'double-free' : 'bad-free', 'free', address, 0, meant, { family });
    },
    inner(address, number) {
      if (sanitizer === null) return number;
      const { table, places } = sanitizer;
      const meant = table.rowOf(number);
      if (meant > 0 && sortOf(table.kind(meant)) === HEAP) return number;
      const chunk = places.heapBlock(address);
      if (chunk !== 0 && stateOf(table.kind(chunk)) === LIVE) return table.numberOf(chunk);
      return 0;
    },
    keep: () => ({ regions: [...byName], passed: [...passed].map(([region, addresses]) => [region, [...addresses]] as const), open: open.slice(), givers: [...givers].map(([chunk, known]) => [chunk, [...known]] as const) }),
    restore(kept) {
      byName.clear();
      for (const [name, region] of kept.regions) byName.set(name, region);
      passed.clear();
      for (const [region, addresses] of kept.passed) passed.set(region, new Set(addresses));
      open.splice(0, open.length, ...kept.open);
      givers.clear();
      for (const [chunk, known] of kept.givers) givers.set(chunk, new Map(known));
    },
  };
}

