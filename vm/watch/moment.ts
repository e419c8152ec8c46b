/**
 * A moment: all that a machine is, kept so that it can be put back, many times if wanted. In: a machine that stands still, and an earlier moment
 * whose unchanged pages are shared. Out: a moment; the machine as it was; a number that is equal for equal states.
 * What only grows and never changes meaning (translated code, numbers of call stacks) is not part of it.
 * Invariant: after `restore` the machine goes on exactly as it did, dead registers and unused memory included.
 * Cost: one comparison of the memory that was ever used, typically well below a millisecond.
 */
import { bytesOf, hashPages, keepWords, type Pages, type Planes, restoreWords } from '../memory/keep.ts';
import type { KeptHeap } from '../memory/heap.ts';
import * as codes from '../memory/shadow.ts';
import { keepDoubt, restoreDoubt, type KeptDoubt } from '../run/doubt.ts';
import { keepFindings, type KeptFindings, restoreFindings } from '../run/findings.ts';
import type { Machine, Status } from '../run/machine.ts';
import type { Panic, Trap } from '../run/trap.ts';

export interface Moment {
  readonly memory: Pages;
  readonly shadow: Pages;
  readonly slots: Pages;
  readonly calls: Pages;
  readonly heap: KeptHeap;
  readonly end: number;
  readonly pc: number;
  readonly fp: number;
  readonly msp: number;
  readonly cp: number;
  readonly status: Status;
  readonly exit: number;
  readonly trap: Trap | null;
  readonly panics: readonly Panic[];
  readonly caught: Panic | null;
  readonly doubt: KeptDoubt | null;
  readonly findings: KeptFindings | null;
}

export interface Keeper {
  keep(before: Moment | null): Moment;
  restore(moment: Moment): void;
}

/** Words that are looked at beyond the known end of use: no frame leaves so many untouched. */
const WINDOW = 1 << 14;
const RED = Math.imul(codes.RED_ZONE, 0x01010101);

/** Page-aligned ranges of words, joined where they touch. */
function joined(pairs: readonly number[]): (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) ranges.push([(pairs[i] ?? 0) & -1024, ((pairs[i + 1] ?? 0) + 1023) & -1024]);
  ranges.sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const range of ranges) {
    const last = out[out.length - 1];
    if (last !== undefined && range[0] <= last[1]) last[1] = Math.max(last[1], range[1]);
    else out.push(range);
  }
  return out;
}

export function createKeeper(m: Machine): Keeper {
  const { map } = m.space;
  const hasShadow = map.shadow.end > map.shadow.start;
  /** How far slots and the memory stack were ever used, in words. */
  let slotsUsed = 0;
  let stackUsed = map.stacks.start >>> 2;

  /** The end of use: from the known one on, as long as the next window holds anything. */
  function reach(words: Int32Array, known: number, limit: number): number {
    for (let end = known; ; ) {
      const next = Math.min(limit, end + WINDOW);
      let at = next;
      while (at > end && words[at - 1] === 0) at--;
      if (at === end) return end;
      end = at;
    }
  }

  function extent(): { memory: (readonly [number, number])[]; shadow: (readonly [number, number, number])[] } {
    slotsUsed = Math.min(m.slotEnd, (reach(m.ints, Math.max(slotsUsed, Math.min(m.slotEnd, m.fp + 256)), m.slotEnd) + 1023) & -1024);
    stackUsed = reach(m.space.i32, Math.max(stackUsed, (m.msp + 3) >>> 2), map.stacks.end >>> 2);
    const heap = m.heap.allocator.used();
    const pairs = [map.statics.start >>> 2, (map.statics.end + 3) >>> 2, map.stacks.start >>> 2, stackUsed, map.heap.start >>> 2, (map.heap.start >>> 2) + 1];
    for (const address of heap) pairs.push((address + 3) >>> 2);
    const shadowOf = (from: number, to: number): number[] => [(map.shadow.start + (from >>> 3)) >>> 2, (map.shadow.start + (to >>> 3) + 7) >>> 2];
    const low = shadowOf(map.statics.start, stackUsed << 2);
    const high: number[] = [];
    for (let i = 0; i + 1 < heap.length; i += 2) high.push(...shadowOf(heap[i] ?? 0, heap[i + 1] ?? 0));
    // The page of the shadow where stacks end and the heap begins belongs to both: it is kept as the heap's.
    const border = ((map.shadow.start + (map.heap.start >>> 3)) >>> 2) & -1024;
    const shadow = hasShadow
      ? [...joined(low).map(([from, to]) => [from, Math.min(to, border), 0] as const), ...joined([border, border + 1024, ...high]).map(([from, to]) => [from, to, RED] as const)].filter(([from, to]) => from < to)
      : [];
    const limit = m.space.end >>> 2;
    return { memory: joined(pairs).map(([from, to]) => [from, Math.min(to, limit)] as const), shadow };
  }

  return {
    keep(before) {
      const ranges = extent();
      const memory = new Map<number, Int32Array>();
      for (const [from, to] of ranges.memory) for (const [page, words] of keepWords(m.space.i32, from, to, before?.memory ?? null)) memory.set(page, words);
      const shadow = new Map<number, Int32Array>();
      for (const [from, to, fill] of ranges.shadow) for (const [page, words] of keepWords(m.space.i32, from, to, before?.shadow ?? null, fill)) shadow.set(page, words);
      return {
        memory, shadow,
        slots: keepWords(m.ints, 0, slotsUsed, before?.slots ?? null),
        calls: keepWords(m.ints, m.callBase, m.cp, before?.calls ?? null),
        heap: m.heap.keep(before?.heap ?? null),
        end: m.space.end, pc: m.pc, fp: m.fp, msp: m.msp, cp: m.cp, status: m.status, exit: m.exit, trap: m.trap, panics: m.panics.slice(), caught: m.caught, doubt: keepDoubt(m), findings: keepFindings(m),
      };
    },
    restore(moment) {
      const ranges = extent();
      const cover = (pages: Pages, fill: number, list: readonly (readonly number[])[]): void => {
        for (const [from = 0, to = 0] of list) restoreWords(m.space.i32, from, to, pages, fill);
      };
      cover(moment.memory, 0, ranges.memory);
      for (const range of ranges.shadow) cover(moment.shadow, range[2], [range]);
      // Pages of a moment that used more than the machine does now.
      for (const [page, words] of moment.memory) m.space.i32.set(words, page << 10);
      for (const [page, words] of moment.shadow) m.space.i32.set(words, page << 10);
      restoreWords(m.ints, 0, slotsUsed, moment.slots);
      for (const [page, words] of moment.slots) m.ints.set(words, page << 10);
      restoreWords(m.ints, m.callBase, moment.cp, moment.calls);
      m.space.end = Math.max(m.space.end, moment.end);
      m.heap.restore(moment.heap);
      m.space.end = moment.end;
      m.pc = moment.pc;
      m.fp = moment.fp;
      m.msp = moment.msp;
      m.cp = moment.cp;
      m.status = moment.status;
      m.exit = moment.exit;
      m.trap = moment.trap;
      m.caught = moment.caught;
      restoreDoubt(m, moment.doubt);
      restoreFindings(m, moment.findings);
      m.panics.splice(0, m.panics.length, ...moment.panics);
    },
  };
}

function planes(kept: Planes): Pages[] {
  return [...kept.values()].filter((pages): pages is Pages => pages !== 'none');
}

function pagesOf({ memory, shadow, slots, calls, heap: { sanitizer } }: Moment): Pages[] {
  const own = [memory, shadow, slots, calls];
  if (sanitizer !== null) own.push(sanitizer.table.rows, sanitizer.table.dead, sanitizer.quarantine.rows, sanitizer.quarantine.sizes, ...planes(sanitizer.written), ...planes(sanitizer.pointers), ...planes(sanitizer.places.planes));
  return own;
}

export const momentBytes = (moment: Moment, counted: Set<Int32Array>): number => bytesOf(pagesOf(moment), counted) + (moment.heap.sanitizer?.places.parts.size ?? 0) * 32;

/** Two numbers of 32 bits over all of it. */
export function hashOf(moment: Moment): string {
  let one = 0x811c9dc5;
  let other = 0x1234567;
  const mix = (value: number): void => {
    one = Math.imul(one ^ value, 0x01000193);
    other = Math.imul((other ^ value) + 0x7f4a7c15, 0x85ebca6b);
    other ^= other >>> 13;
  };
  for (const value of [moment.pc, moment.fp, moment.msp, moment.cp, moment.exit, moment.end, moment.panics.length, moment.heap.failIn]) mix(value);
  const { sanitizer } = moment.heap;
  let seed = 1;
  const mixPlanes = (kept: Planes): void => {
    for (const [page, pages] of [...kept].sort((a, b) => a[0] - b[0])) {
      const hash = pages === 'none' ? 7 : hashPages(pages, page + seed);
      if (hash === 0) continue;
      mix(page);
      mix(hash);
    }
    seed++;
  };
  for (const pages of [moment.memory, moment.shadow, moment.slots, moment.calls]) mix(hashPages(pages, seed++));
  if (sanitizer !== null) {
    const { table, quarantine } = sanitizer;
    for (const pages of [table.rows, table.dead, quarantine.rows, quarantine.sizes]) mix(hashPages(pages, seed++));
    for (const kept of [sanitizer.written, sanitizer.pointers, sanitizer.places.planes]) mixPlanes(kept);
    for (const value of [table.count, table.oldest, table.deaths, quarantine.first, quarantine.count, quarantine.held, quarantine.random, sanitizer.lastNumber, sanitizer.places.parts.size]) mix(value);
    for (const [granule, mask] of sanitizer.mixed) mix(granule ^ (mask << 20));
  }
  for (const region of moment.heap.regions) mix(region === undefined ? 0 : region.bytes + region.blocks * 31 + region.order.length * 7);
  return (one >>> 0).toString(16).padStart(8, '0') + (other >>> 0).toString(16).padStart(8, '0');
}
