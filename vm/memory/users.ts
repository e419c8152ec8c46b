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
  /** `depth` is where the call stands in the stack of calls: calls that were left by a panic are forgotten. */
  enter(name: string, depth: number): void;
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
}

interface Open {
  readonly region: number;
  readonly depth: number;
}

export function createUsers(regions: Regions, statistics: Statistics, sanitizer: Sanitizer | null): Users {
  const byName = new Map<string, number>();
  /** Blocks of other allocators that were passed on, by region. */
  const passed = new Map<number, Set<number>>();
  const open: Open[] = [];

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

  return {
    enter(name, depth) {
      while (open.length > 0 && (open[open.length - 1]?.depth ?? 0) >= depth) open.pop();
      open.push({ region: regionOf(name), depth });
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
    keep: () => ({ regions: [...byName], passed: [...passed].map(([region, addresses]) => [region, [...addresses]] as const), open: open.slice() }),
    restore(kept) {
      byName.clear();
      for (const [name, region] of kept.regions) byName.set(name, region);
      passed.clear();
      for (const [region, addresses] of kept.passed) passed.set(region, new Set(addresses));
      open.splice(0, open.length, ...kept.open);
    },
  };
}

