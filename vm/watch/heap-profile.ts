/**
 * A heap profile: every block of a run, who allocated it, how long it lived, and how its bytes were used. In: a debug machine before it
 * runs. Out: after the run, numbers by allocating call stack, the peak and who held it, usage over time, `realloc` chains. Time is
 * counted in steps: taken branches and calls.
 * Invariant: sums over sites are the heap's own statistics; a `realloc` ends one block and begins another, and is never a peak of both.
 * Cost: recording writes about ten words a block and a granule's masks an access; all else is computed when the run is over.
 */
import type { StackEntry } from '../run/trap.ts';
import { siteOf, siteStack } from '../run/trap.ts';
import { listen } from '../run/events.ts';
import type { Machine } from '../run/machine.ts';

export interface SiteProfile {
  /** Innermost first; the library's own frames are among them. */
  readonly stack: readonly StackEntry[];
  readonly blocks: number;
  readonly bytes: number;
  /** The most bytes and blocks of this site at once, and what it held at the peak of the whole heap and at the end. */
  readonly most: number;
  readonly mostBlocks: number;
  readonly atPeak: number;
  readonly blocksAtPeak: number;
  readonly atEnd: number;
  readonly blocksAtEnd: number;
  /** Steps that its blocks lived, together. */
  readonly lifetime: number;
  readonly shortest: number;
  readonly longest: number;
  /** Blocks that were freed before anything else was allocated or freed. */
  readonly temporary: number;
  readonly reads: number;
  readonly writes: number;
  readonly neverRead: number;
  readonly neverWritten: number;
  /** Blocks that `realloc` made of others, the longest chain of them, and the bytes that were moved. */
  readonly grown: number;
  readonly chain: number;
  readonly moved: number;
  /** Of sites whose blocks all have one size up to `FIELDS`: accesses by offset. */
  readonly size: number | null;
  readonly readsAt: readonly number[];
  readonly writesAt: readonly number[];
}

export interface HeapProfile {
  readonly steps: number;
  readonly events: number;
  readonly blocks: number;
  readonly bytes: number;
  readonly frees: number;
  readonly peak: { readonly bytes: number; readonly blocks: number; readonly step: number; readonly event: number };
  readonly end: { readonly bytes: number; readonly blocks: number };
  readonly temporary: number;
  /** Whether accesses were counted. */
  readonly accesses: boolean;
  /** Largest in total first. */
  readonly sites: readonly SiteProfile[];
  /** Usage over time: at each step the most bytes since the one before, and of each of the first sites. */
  readonly timeline: readonly { readonly step: number; readonly bytes: number; readonly sites: readonly number[] }[];
  readonly fragmentation: { readonly footprint: number; readonly free: number; readonly largestFree: number; readonly current: number; readonly overhead: number; readonly ratio: number };
  /** More blocks than can be remembered were made: the last ones are missing. */
  readonly cut: boolean;
}

/** Blocks with a histogram of their offsets are at most this large. */
export const FIELDS = 256;
const MOST_BLOCKS = 6_000_000;
const COLUMNS = 240;
const STACKED = 8;

export interface ProfileRecorder {
  /** Before each slice of the run: how much fuel it is given. */
  given(fuel: number): void;
  finish(): HeapProfile;
  /** How what each site held changed between two steps, by place in `finish().sites`. */
  between(first: number, last: number): readonly { readonly site: number; readonly bytes: number; readonly blocks: number }[];
}

/** What is written down of every block, by its number here: columns that grow together. */
interface Ledger {
  site: Int32Array;
  size: Float64Array;
  /** Steps; -1: alive. */
  born: Float64Array;
  died: Float64Array;
  /** Which `realloc` of a chain made it; 0: none. */
  chain: Int32Array;
  moved: Float64Array;
  start: Float64Array;
  reads: Float64Array;
  writes: Float64Array;
  unread: Float64Array;
  unwritten: Float64Array;
}

function longer<A extends Float64Array | Int32Array>(column: A, make: (size: number) => A): A {
  const made = make(Math.max(1024, column.length * 2));
  made.set(column);
  return made;
}
const floats = (size: number): Float64Array => new Float64Array(size);
const ints = (size: number): Int32Array => new Int32Array(size);

const bits16 = (mask: number): number => {
  let n = mask - ((mask >>> 1) & 0x5555);
  n = (n & 0x3333) + ((n >>> 2) & 0x3333);
  return (((n + (n >>> 4)) & 0x0f0f) * 0x101 >>> 8) & 31;
};

export function recordHeap(m: Machine, accesses: boolean): ProfileRecorder {
  const of: Ledger = {
    site: ints(0), size: floats(0), born: floats(0), died: floats(0), chain: ints(0), moved: floats(0), start: floats(0), reads: floats(0), writes: floats(0), unread: floats(0), unwritten: floats(0),
  };
  let room = 0;
  function grow(): void {
    for (const name of ['size', 'born', 'died', 'moved', 'start', 'reads', 'writes', 'unread', 'unwritten'] as const) of[name] = longer(of[name], floats);
    of.site = longer(of.site, ints);
    of.chain = longer(of.chain, ints);
    room = of.site.length;
  }
  /** One a birth (the block's number plus one) or death (its negative). */
  let log = ints(1024);
  const logged = (entry: number): void => {
    if (events === log.length) log = longer(log, ints);
    log[events++] = entry;
  };
  const at = new Map<number, number>();
  const sites = new Map<number, number>();
  const stacks: number[] = [];
  let blocks = 0;
  let events = 0;
  let given = 0;
  let cut = false;
  const now = (): number => given - (m.reserve + m.fuel + 1);

  /** By granule of 16 bytes: the block there, and which of its bytes were read and written. */
  const owners: (Int32Array | undefined)[] = [];
  const readMasks: (Uint16Array | undefined)[] = [];
  const writtenMasks: (Uint16Array | undefined)[] = [];
  const readsAt: (Float64Array | undefined)[] = [];
  const writesAt: (Float64Array | undefined)[] = [];

  function own(address: number, bytes: number, block: number): void {
    for (let granule = address >>> 4; granule <= (address + Math.max(1, bytes) - 1) >>> 4; granule++) {
      const page = granule >>> 12;
      const owner = (owners[page] ??= new Int32Array(4096).fill(-1));
      owner[granule & 4095] = block;
      (readMasks[page] ??= new Uint16Array(4096))[granule & 4095] = 0;
      (writtenMasks[page] ??= new Uint16Array(4096))[granule & 4095] = 0;
    }
  }

  function settle(address: number, block: number): void {
    const bytes = of.size[block] ?? 0;
    let seen = 0;
    let stored = 0;
    for (let granule = address >>> 4; granule <= (address + Math.max(1, bytes) - 1) >>> 4; granule++) {
      const page = granule >>> 12;
      seen += bits16(readMasks[page]?.[granule & 4095] ?? 0);
      stored += bits16(writtenMasks[page]?.[granule & 4095] ?? 0);
      const owner = owners[page];
      if (owner !== undefined) owner[granule & 4095] = -1;
    }
    of.unread[block] = bytes - seen;
    of.unwritten[block] = bytes - stored;
  }

  function touch(address: number, bytes: number, write: boolean): void {
    const block = owners[address >>> 16]?.[(address >>> 4) & 4095] ?? -1;
    if (block < 0) return;
    const counts = write ? of.writes : of.reads;
    counts[block] = (counts[block] ?? 0) + bytes;
    const masks = write ? writtenMasks : readMasks;
    for (let from = address; from < address + bytes; ) {
      const stop = Math.min(address + bytes, (from & ~15) + 16);
      const mask = ((1 << (stop - from)) - 1) << (from & 15);
      const plane = masks[from >>> 16];
      if (plane !== undefined) plane[(from >>> 4) & 4095] = (plane[(from >>> 4) & 4095] ?? 0) | mask;
      from = stop;
    }
    if ((of.size[block] ?? 0) > FIELDS) return;
    const fields = write ? writesAt : readsAt;
    const each = (fields[of.site[block] ?? 0] ??= new Float64Array(FIELDS + 1));
    const offset = address - (of.start[block] ?? 0);
    each[offset] = (each[offset] ?? 0) + 1;
  }

  function die(address: number): number {
    const block = at.get(address);
    if (block === undefined) return -1;
    at.delete(address);
    of.died[block] = now();
    logged(-block - 1);
    if (accesses) settle(address, block);
    return block;
  }

  listen(m, 'alloc', (address, bytes, _allocator, from) => {
    const old = from === 0 ? -1 : die(from);
    if (blocks >= MOST_BLOCKS) {
      cut = true;
      return;
    }
    const stack = siteOf(m);
    let number = sites.get(stack);
    if (number === undefined) {
      number = stacks.push(stack) - 1;
      sites.set(stack, number);
    }
    if (blocks === room) grow();
    const block = blocks++;
    of.site[block] = number;
    of.size[block] = bytes;
    of.born[block] = now();
    of.died[block] = -1;
    of.chain[block] = old < 0 ? 0 : (of.chain[old] ?? 0) + 1;
    of.moved[block] = old < 0 ? 0 : Math.min(bytes, of.size[old] ?? 0);
    of.start[block] = address;
    at.set(address, block);
    logged(block + 1);
    if (accesses) own(address, bytes, block);
  });
  listen(m, 'free', address => void die(address));
  if (accesses) {
    listen(m, 'load', (address, bytes) => touch(address, bytes, false));
    listen(m, 'store', (address, bytes) => touch(address, bytes, true));
  }

  /** Walks the log; `visit` sees the state after each event. */
  function walk(visit: (event: number, block: number, birth: boolean) => void): void {
    for (let event = 0; event < events; event++) {
      const entry = log[event] ?? 0;
      visit(event, Math.abs(entry) - 1, entry > 0);
    }
  }

  let order: number[] = [];

  return {
    given(fuel) {
      given += fuel;
    },
    finish() {
      const end = now();
      if (accesses) for (const [address, block] of [...at]) settle(address, block);
      const count = stacks.length;
      const table = Array.from({ length: count }, () => ({ blocks: 0, bytes: 0, most: 0, mostBlocks: 0, atPeak: 0, blocksAtPeak: 0, atEnd: 0, blocksAtEnd: 0, lifetime: 0, shortest: Infinity, longest: 0, temporary: 0, reads: 0, writes: 0, neverRead: 0, neverWritten: 0, grown: 0, chain: 0, moved: 0, size: null as number | null, mixed: false }));
      const held = new Float64Array(count);
      const heldBlocks = new Float64Array(count);
      let current = 0;
      let live = 0;
      const peak = { bytes: 0, blocks: 0, step: 0, event: 0 };
      walk((event, block, birth) => {
        const number = of.site[block] ?? 0;
        const row = table[number];
        if (row === undefined) return;
        const bytes = of.size[block] ?? 0;
        const sign = birth ? 1 : -1;
        current += sign * bytes;
        live += sign;
        held[number] = (held[number] ?? 0) + sign * bytes;
        heldBlocks[number] = (heldBlocks[number] ?? 0) + sign;
        if (!birth) {
          // What `realloc` ended lives on in the block that follows.
          const next = (log[event + 1] ?? 0) - 1;
          const goesOn = event + 1 < events && next >= 0 && (of.chain[next] ?? 0) === (of.chain[block] ?? 0) + 1;
          if (event > 0 && (log[event - 1] ?? 0) === block + 1 && !goesOn) row.temporary++;
          return;
        }
        row.blocks++;
        row.bytes += bytes;
        row.most = Math.max(row.most, held[number] ?? 0);
        row.mostBlocks = Math.max(row.mostBlocks, heldBlocks[number] ?? 0);
        if (row.blocks === 1) row.size = bytes;
        else if (row.size !== bytes) row.mixed = true;
        const life = ((of.died[block] ?? 0) < 0 ? end : (of.died[block] ?? 0)) - (of.born[block] ?? 0);
        row.lifetime += life;
        row.shortest = Math.min(row.shortest, life);
        row.longest = Math.max(row.longest, life);
        row.reads += of.reads[block] ?? 0;
        row.writes += of.writes[block] ?? 0;
        row.neverRead += of.unread[block] ?? 0;
        row.neverWritten += of.unwritten[block] ?? 0;
        if ((of.chain[block] ?? 0) > 0) row.grown++;
        row.chain = Math.max(row.chain, of.chain[block] ?? 0);
        row.moved += of.moved[block] ?? 0;
        if (current > peak.bytes) Object.assign(peak, { bytes: current, blocks: live, step: (of.born[block] ?? 0), event });
      });
      for (let number = 0; number < count; number++) {
        const row = table[number];
        if (row === undefined) continue;
        row.atEnd = held[number] ?? 0;
        row.blocksAtEnd = heldBlocks[number] ?? 0;
      }
      walk((event, block, birth) => {
        const row = table[of.site[block] ?? 0];
        if (event > peak.event || row === undefined) return;
        row.atPeak += (birth ? 1 : -1) * (of.size[block] ?? 0);
        row.blocksAtPeak += birth ? 1 : -1;
      });
      order = table.map((_, number) => number).sort((a, b) => (table[b]?.bytes ?? 0) - (table[a]?.bytes ?? 0) || a - b);
      const list = (counts: Float64Array | undefined, bytes: number | null): number[] => (counts === undefined || bytes === null ? [] : [...counts.subarray(0, bytes)]);
      const profiles = order.flatMap((number): SiteProfile[] => {
        const row = table[number];
        if (row === undefined) return [];
        const { mixed, ...rest } = row;
        const one = mixed || row.size === null || row.size > FIELDS ? null : row.size;
        return [{ stack: siteStack(m, stacks[number] ?? 0), ...rest, shortest: row.blocks === 0 ? 0 : row.shortest, size: one, readsAt: list(readsAt[number], one), writesAt: list(writesAt[number], one) }];
      });
      const extent = m.heap.allocator.extent();
      return {
        steps: end,
        events,
        blocks,
        bytes: profiles.reduce((sum, { bytes }) => sum + bytes, 0),
        frees: events - blocks,
        peak,
        end: { bytes: current, blocks: live },
        temporary: profiles.reduce((sum, { temporary }) => sum + temporary, 0),
        accesses,
        sites: profiles,
        timeline: timeline(end),
        fragmentation: { footprint: extent.footprint, free: extent.free, largestFree: extent.largestFree, current: m.heap.statistics.current(), overhead: m.heap.overhead(), ratio: m.heap.fragmentation() },
        cut,
      };
    },
    between(first, last) {
      const change = new Map<number, { bytes: number; blocks: number }>();
      walk((_event, block, birth) => {
        const step = birth ? (of.born[block] ?? 0) : (of.died[block] ?? 0);
        if (step < first || step >= last) return;
        const row = change.get(of.site[block] ?? 0) ?? { bytes: 0, blocks: 0 };
        row.bytes += (birth ? 1 : -1) * (of.size[block] ?? 0);
        row.blocks += birth ? 1 : -1;
        change.set(of.site[block] ?? 0, row);
      });
      return order.flatMap((number, place) => {
        const row = change.get(number);
        return row === undefined || (row.bytes === 0 && row.blocks === 0) ? [] : [{ site: place, ...row }];
      });
    },
  };

  /** The most bytes in each of many equal stretches of the run, and of the sites with the most at the peak among them. */
  function timeline(end: number): HeapProfile['timeline'] {
    const ranks = new Map(order.slice(0, STACKED).map((number, rank) => [number, rank]));
    const width = Math.max(1, end / COLUMNS);
    const out: { step: number; bytes: number; sites: number[] }[] = [];
    let current = 0;
    const held = new Array<number>(ranks.size).fill(0);
    let column = { step: 0, bytes: 0, sites: held.slice() };
    walk((_event, block, birth) => {
      const step = birth ? (of.born[block] ?? 0) : (of.died[block] ?? 0);
      while (step >= column.step + width) {
        out.push(column);
        column = { step: column.step + width, bytes: current, sites: held.slice() };
      }
      current += (birth ? 1 : -1) * (of.size[block] ?? 0);
      const rank = ranks.get(of.site[block] ?? 0);
      if (rank !== undefined) held[rank] = (held[rank] ?? 0) + (birth ? 1 : -1) * (of.size[block] ?? 0);
      if (current > column.bytes) {
        column.bytes = current;
        for (let i = 0; i < held.length; i++) column.sites[i] = held[i] ?? 0;
      }
    });
    out.push(column);
    while (column.step + width < end) out.push((column = { step: column.step + width, bytes: current, sites: held.slice() }));
    return out;
  }
}
