/** The figures of a picture: statistics, free lists, regions. In: a machine. Out: plain values. Nothing is changed. */
import type { Machine } from '../run/machine.ts';
import { blockId } from './heapmap.ts';
import type { PictureFreeList, PictureRegion, PictureStatistics } from './picture.ts';
import type { Placer } from './places.ts';

/** Of one list, so many links are shown. */
const LINKS = 12;

export function seeFreeLists(m: Machine): PictureFreeList[] {
  const lists = new Map<string, { address: number; size: number }[]>();
  const counts = new Map<string, number>();
  m.heap.allocator.lists((name, address, size) => {
    const items = lists.get(name);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (items === undefined) lists.set(name, [{ address, size }]);
    else if (items.length < LINKS) items.push({ address, size });
  });
  return [...lists].map(([name, items]) => ({ name, items, more: (counts.get(name) ?? 0) - items.length }));
}

export function seeRegions(m: Machine, placer: Placer): PictureRegion[] {
  return m.heap.regions.all().map(region => {
    const chunks: PictureRegion['chunks'][number][] = [];
    for (let i = 0; i < region.chunks.length; i += 2) {
      const address = region.chunks[i] ?? 0;
      const block = m.heap.sanitizer?.places.heapBlock(address) ?? 0;
      const facts = block === 0 ? null : (m.heap.sanitizer?.table.facts(block) ?? null);
      chunks.push({ block: facts === null ? null : blockId(facts.number, facts.address, facts.ordinal), address, size: region.chunks[i + 1] ?? 0 });
    }
    return { number: region.number, family: m.heap.statistics.familyName(region.family), made: placer.event(region.made), ended: placer.event(region.ended), dropped: region.dropped, chunks, parts: region.blocks, bytes: region.bytes };
  });
}

export function seeStatistics(m: Machine): PictureStatistics {
  const { heap } = m;
  const whole = heap.statistics.read(0);
  const { footprint, free, largestFree } = heap.allocator.extent();
  return {
    current: whole.current, peak: whole.peak, liveBlocks: whole.liveBlocks, totalAllocated: whole.totalAllocated, totalFreed: whole.totalFreed,
    allocations: whole.allocations, frees: whole.frees, reallocations: whole.reallocations, failures: whole.failures,
    overhead: footprint - free - whole.current, fragmentation: free === 0 ? 0 : 1 - largestFree / free, footprint, free, largestFree,
    quarantined: heap.sanitizer?.quarantined() ?? 0,
    families: heap.statistics.names().flatMap((family, i) => {
      const row = heap.statistics.read(i);
      return i === 0 || row.allocations === 0 ? [] : [{ family, current: row.current, peak: row.peak, liveBlocks: row.liveBlocks, allocations: row.allocations, frees: row.frees }];
    }),
  };
}
