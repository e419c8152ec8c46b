/**
 * Leaks: blocks that nothing leads to any more, grouped by the call stack that allocated them and the instruction that lost them. In: a
 * machine whose program has ended, and a way to run it again. Out: groups, the largest first.
 *
 *     definite    nothing leads to it: a leak, with the place where the last way was lost
 *     cyclic      a ring of blocks that lead only to each other (`Rc` cycles)
 *     indirect    only lost blocks lead to it
 *     reachable   a static, or a call that was open when the program ended itself, leads to it: no failure
 *     intended    its owner said that it shall stay (`mem::forget`, `Box::leak`): no failure
 *
 * Only the debug profile knows enough to tell; elsewhere there are none. Cost: one walk over the live blocks; when something is lost, the
 * runs of `lost.ts`.
 */
import { byProvenance, findReach } from '../memory/reach.ts';
import type { BlockFacts } from '../memory/fault.ts';
import { deadWords } from '../run/dead-words.ts';
import type { Machine } from '../run/machine.ts';
import { siteStack, type StackEntry } from '../run/trap.ts';
import { findEnding } from './lost.ts';
import type { Ending, Loss } from './lost.ts';
import { sweep, unmarked } from '../run/sweep.ts';

export type LeakKind = 'definite' | 'indirect' | 'cyclic' | 'reachable' | 'intended';

export interface Leak {
  readonly kind: LeakKind;
  readonly bytes: number;
  readonly blocks: number;
  /** Innermost first. */
  readonly allocated: readonly StackEntry[];
  readonly lost: Loss | null;
  /** Of a ring: the places where its blocks were allocated, in the order in which they lead to each other. */
  readonly ring: readonly (readonly StackEntry[])[];
}

/** Blocks of one group that are followed to the instruction that lost them: the first ones and the last ones. */
const FIRST = 3;
const LAST = 2;

/** Kinds that make a run fail. */
export const isFailure = ({ kind }: Pick<Leak, 'kind'>): boolean => kind !== 'reachable' && kind !== 'intended';

export function findLeaks(machine: Machine, again: (() => Machine | null) | null): Leak[] {
  const { heap } = machine;
  if (heap.sanitizer === null) return [];
  if (machine.status === 'stopped' && machine.refused !== null && machine.trap?.kind === 'panic') {
    const ending = again === null ? null : findEnding(again, chooseFrom);
    return ending === null ? [] : classify(ending.machine, new Set(ending.lost), ending.intended, nearest(ending)).filter(isFailure);
  }
  if (machine.status !== 'finished') return [];
  const lost = unmarked(machine, sweep(machine, true).marks);
  // With calls still open (`exit`), only the replay, where nothing is written in place of its call, knows all variables.
  if (lost.length === 0) return classify(machine, new Set(), new Set(), () => null);
  const ending = again === null ? null : findEnding(again, chooseFrom);
  if (ending === null) return classify(machine, new Set(machine.cp === machine.callBase ? unmarked(machine, sweep(machine, false).marks) : []), new Set(), () => null);
  return classify(ending.machine, new Set([...ending.lost, ...ending.inner]), ending.intended, nearest(ending));
}

/** Of each site the first and the last blocks: those in between are told to have gone the way of the nearest. */
function chooseFrom(machine: Machine, lost: readonly number[]): number[] {
  const sites = bySite(machine, lost);
  const chosen: number[] = [];
  for (const blocks of sites.values()) for (const [i, block] of blocks.entries()) if (i < FIRST || i >= blocks.length - LAST) chosen.push(block);
  return chosen;
}

function bySite(machine: Machine, lost: readonly number[]): Map<number, number[]> {
  const sites = new Map<number, number[]>();
  for (const number of lost) {
    const site = machine.heap.sanitizer?.block(number)?.born ?? 0;
    const blocks = sites.get(site);
    if (blocks === undefined) sites.set(site, [number]);
    else blocks.push(number);
  }
  return sites;
}

function nearest(ending: Ending): (number: number) => Loss | null {
  const known = new Map<number, Loss | null>();
  for (const blocks of bySite(ending.machine, [...ending.lost, ...ending.inner]).values()) {
    let last: Loss | null = null;
    for (const number of blocks) {
      last = ending.lossOf(number) ?? last;
      known.set(number, last);
    }
  }
  return number => known.get(number) ?? null;
}

function classify(machine: Machine, lost: ReadonlySet<number>, intended: ReadonlySet<number>, lossOf: (number: number) => Loss | null): Leak[] {
  const { heap } = machine;
  // What is not lost is a root: then the rest falls into the groups by itself.
  const kept: number[] = [];
  heap.blocks(block => {
    if (!lost.has(block.number)) kept.push(block.address);
  });
  const reach = findReach(heap, kept, byProvenance(heap, deadWords(machine, true).words));
  const isIntended = (block: BlockFacts): boolean => intended.has(block.number);
  const rings = reach.cyclic.map(({ blocks }) => blocks);
  const groups = (kind: LeakKind, blocks: readonly BlockFacts[]): Leak[] => grouped(machine, kind, blocks, kind === 'definite' || kind === 'cyclic' || kind === 'intended' ? lossOf : () => null, rings);
  const unwanted = (blocks: readonly BlockFacts[]): BlockFacts[] => blocks.filter(block => !isIntended(block));
  return [
    ...groups('definite', unwanted(reach.definite)),
    ...groups('cyclic', unwanted(rings.flat())),
    ...groups('indirect', unwanted(reach.indirect)),
    ...groups('intended', [...reach.definite, ...rings.flat(), ...reach.indirect].filter(isIntended)),
    ...groups('reachable', reach.reachable),
  ];
}

function grouped(machine: Machine, kind: LeakKind, blocks: readonly BlockFacts[], lossOf: (number: number) => Loss | null, rings: readonly (readonly BlockFacts[])[]): Leak[] {
  const sites = new Map<string, { site: number; bytes: number; blocks: number; lost: Loss | null; ring: readonly BlockFacts[] }>();
  for (const block of blocks) {
    const lost = lossOf(block.number);
    const key = `${block.born} ${lost?.file} ${lost?.line} ${lost?.variable} ${lost?.how}`;
    const group = sites.get(key) ?? { site: block.born, bytes: 0, blocks: 0, lost, ring: kind === 'cyclic' ? (rings.find(ring => ring.includes(block)) ?? []) : [] };
    group.bytes += block.size;
    group.blocks++;
    sites.set(key, group);
  }
  return [...sites.values()]
    .map(({ site, bytes, blocks: count, lost, ring }) => ({ kind, bytes, blocks: count, allocated: siteStack(machine, site), lost, ring: ring.map(block => siteStack(machine, block.born)) }))
    .sort((a, b) => b.bytes - a.bytes);
}
