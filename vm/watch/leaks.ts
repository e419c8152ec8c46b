/**
 * Leaks at the end of a run: blocks that nothing leads to any more, grouped by the call stack that allocated them. In: a machine whose
 * program has returned, so that statics are the only roots. Out: groups, the largest first. Only the debug profile knows enough
 * to tell; elsewhere there are none. Cost: one walk over the live blocks.
 */
import { findReach } from '../memory/reach.ts';
import type { BlockFacts } from '../memory/fault.ts';
import type { Machine } from '../run/machine.ts';
import { siteStack, type StackEntry } from '../run/trap.ts';

export type LeakKind = 'definite' | 'indirect' | 'cyclic' | 'reachable';

export interface Leak {
  readonly kind: LeakKind;
  readonly bytes: number;
  readonly blocks: number;
  /** Innermost first. */
  readonly allocated: readonly StackEntry[];
}

export function findLeaks(machine: Machine): Leak[] {
  const { heap, space } = machine;
  if (heap.sanitizer === null || machine.status !== 'finished') return [];
  const roots: number[] = [];
  for (let at = machine.statics; at + 4 <= machine.statics + machine.program.statics.size; at += 4) roots.push(space.i32[at >>> 2] ?? 0);
  const reach = findReach(heap, roots);
  return [
    ...grouped(machine, 'definite', reach.definite),
    ...grouped(machine, 'cyclic', reach.cyclic.flatMap(ring => ring.blocks)),
    ...grouped(machine, 'indirect', reach.indirect),
    ...grouped(machine, 'reachable', reach.reachable),
  ];
}

function grouped(machine: Machine, kind: LeakKind, blocks: readonly BlockFacts[]): Leak[] {
  const sites = new Map<number, { bytes: number; blocks: number }>();
  for (const block of blocks) {
    const group = sites.get(block.born) ?? { bytes: 0, blocks: 0 };
    group.bytes += block.size;
    group.blocks++;
    sites.set(block.born, group);
  }
  return [...sites]
    .map(([site, { bytes, blocks: count }]) => ({ kind, bytes, blocks: count, allocated: siteStack(machine, site) }))
    .sort((a, b) => b.bytes - a.bytes);
}
