/**
 * The sanitizer: what the debug profile puts around any allocator.
 *
 *     allocator's block ─┬───────────┬──────────────────────┬────────────────┐
 *                        │ red zone  │ the program's block  │ red zone       │
 *                        └───────────┴──────────────────────┴────────────────┘
 *                          16 … 256, or the alignment         up to 16 + zone
 *
 * It keeps five things: the shadow (which bytes may be touched), the initialisation plane, the provenance plane, the table of blocks,
 * and the quarantine. Everything in the heap that is not a live block is poisoned, allocators' own words included.
 * In: allocations, releases and accesses with sites. Out: faults as data, with the right block named.
 * Invariant: `invariants` recomputes the shadow from the table. Cost: the engine looks at one shadow byte inline and calls only when it
 * is not zero; a pair of alloc and free writes about size / 8 shadow bytes and thirty words.
 */
import { createQuickAccess } from './access.ts';
import type { QuickAccess } from './access.ts';
import type { Allocator } from './allocator.ts';
import {
  createBlocks, familyOf, FIXED, FREED, HEAP, isFixed, LEFT_SCOPE, LIVE, NOWHERE, PART, RETURNED, SLOT, sortOf, STACK_BLOCK, stateOf, STATIC,
} from './blocks.ts';
import type { Blocks, KeptBlocks } from './blocks.ts';
import { fault } from './fault.ts';
import type { Access, BlockFacts, Fault, FaultKind } from './fault.ts';
import type { Planes } from './keep.ts';
import { createPlaces } from './places.ts';
import type { KeptPlaces, Places } from './places.ts';
import { createProvenance } from './provenance.ts';
import type { Provenance } from './provenance.ts';
import { createQuarantine } from './quarantine.ts';
import type { KeptQuarantine } from './quarantine.ts';
import * as codes from './shadow.ts';
import type { Shadow } from './shadow.ts';
import type { Space } from './space.ts';
import { ARENA, POOL, STACK } from './statistics.ts';
import type { Statistics } from './statistics.ts';
import { createWritten } from './written.ts';

export interface SanitizerOptions {
  readonly quarantine?: number;
  readonly seed?: number;
}

/** What the debug profile adds. Numbers are block numbers: a pointer carries the number of the block that it was made from, 0 if unknown. */
export interface Sanitizer {
  readonly shadow: Shadow;
  readonly table: Blocks;
  readonly places: Places;
  /** The number of the block made last: what the pointer just returned should carry. */
  lastNumber: number;

  alloc(size: number, align: number, family: number, site: number): number;
  free(address: number, family: number, site: number): Fault | null;
  /** What `free` or `realloc` would find wrong. */
  mayFree(address: number, family: number, access: Access): Fault | null;
  /** Always moves. The address is known to be a live block of the family. */
  realloc(address: number, size: number, family: number, site: number): number;
  /** -1 when no live heap block starts here. */
  sizeOf(address: number): number;

  /** The number of the block that holds this address, dead ones included; what a pointer made from an integer should carry. */
  numberAt(address: number): number;
  /** What a pointer made from an integer carries: the block of the heap, of the stack or of the statics that the address lies in. */
  numberFrom(address: number): number;
  block(number: number): BlockFacts | null;
  blockAt(address: number): BlockFacts | null;
  /** The heap block or part that starts exactly here. */
  startingAt(address: number): BlockFacts | null;
  /** Live heap blocks by address. */
  blocks(visit: (block: BlockFacts) => void): void;
  /** Live parts of blocks: what arenas, pools and users' allocators handed out. */
  parts(visit: (block: BlockFacts) => void): void;

  /** Bytes that wait in quarantine. */
  quarantined(): number;

  /** The quick answers: see `access.ts`. */
  readonly quick: QuickAccess;
  /** By the shadow alone. The engine's fast path: `u8[shadow.base + (address >>> 3)] === 0` needs no call. */
  checkAccess(address: number, size: number, access: Access): Fault | null;
  /** By the pointer's block, then by the shadow. */
  checkPointer(number: number, address: number, size: number, access: Access): Fault | null;
  /** `memcpy`'s two ranges must not overlap; the same place on both sides is let pass. */
  checkCopy(to: number, from: number, size: number): Fault | null;
  checkWritten(address: number, size: number, access: Access): Fault | null;

  /** Initialisation by byte. */
  written(address: number, size: number): void;
  unwritten(address: number, size: number): void;
  isWritten(address: number, size: number): boolean;
  /** Initialisation and provenance of a copied range go along. Ranges may overlap. */
  copied(to: number, from: number, size: number): void;

  /** The provenance plane, for those who look at many words. */
  readonly pointers: Provenance;
  /** Which block the pointer stored in this aligned word belongs to; 0 when it is no pointer. */
  provenance(address: number): number;
  setProvenance(address: number, number: number): void;
  /** Non-pointer bytes were stored here. */
  clearProvenance(address: number, size: number): void;

  /** A stack slot comes into scope (uninitialised); returns its block number. `dynamic` for `stack_alloc`. */
  slotLive(address: number, size: number, site: number, dynamic: boolean): number;
  /** `returned`: it belonged to a function that was called, and is over with the call. */
  slotDead(number: number, site: number, returned?: boolean): void;
  /** A frame is gone: all bytes of `[from, to)` on the stack, and every slot there that is still live. */
  frameGone(from: number, to: number, site: number): void;
  /** The bytes between slots of a new frame: `[from, to)` may not be touched until slots come live in it. */
  frameMade(from: number, to: number): void;
  /** A static's bytes; returns its block number. */
  staticLive(address: number, size: number, fixed: boolean): number;

  /** By hand, as the program asks. */
  poison(address: number, size: number): void;
  unpoison(address: number, size: number): void;
  /** Set by the allocators of the program: may the bytes be touched after all, by one that holds them? */
  excuses: (address: number, size: number) => boolean;
  /** Set by them too: a block that a region took was freed. */
  chunkFreed: (region: number, start: number, size: number, site: number) => void;
  invariants(): string[];

  keep(before: KeptSanitizer | null): KeptSanitizer;
  restore(kept: KeptSanitizer): void;
}

/** All that the sanitizer knows but the shadow's bytes, which are memory. */
export interface KeptSanitizer {
  readonly mixed: ReadonlyMap<number, number>;
  readonly written: Planes;
  readonly pointers: Planes;
  readonly table: KeptBlocks;
  readonly places: KeptPlaces;
  readonly quarantine: KeptQuarantine;
  readonly slots: readonly (readonly [number, readonly number[]])[];
  readonly lastNumber: number;
}

/** A red zone's least size: wider around larger blocks, where a stride over it is likelier. */
function zoneFor(size: number): number {
  return size <= 256 ? 16 : size <= 4096 ? 64 : 256;
}

const GONE: readonly (FaultKind | null)[] = [
  null, 'heap-use-after-free', 'use-after-reset', 'use-after-release', 'use-after-drop', 'stack-use-after-return', 'stack-use-after-scope',
];

export function createSanitizer(space: Space, inner: Allocator, statistics: Statistics, options: SanitizerOptions): Sanitizer {
  const shadow = codes.createShadow(space);
  const plane = createWritten(space.map.heap.end);
  const pointers = createProvenance(space.map.heap.end);
  const table = createBlocks();
  const { map } = space;
  const lowest = map.statics.start;
  const places = createPlaces(table, lowest, map.heap.start, map.heap.end);
  const quarantine = createQuarantine(options.quarantine ?? 1 << 20, options.seed ?? 0);
  /** Numbers of slots by 64 KiB of stack, innermost last: a frame's end finds those still in scope. Stacks do not share such pages. */
  const slots: number[][] = [];

  shadow.poison(map.heap.start, space.end - map.heap.start, codes.RED_ZONE);
  space.onGrow((from, to) => shadow.poison(from, to - from, codes.RED_ZONE));

  function alloc(size: number, align: number, family: number, site: number): number {
    const zone = zoneFor(size);
    const before = align > zone ? align : zone;
    const total = before + ((size + 15) & -16) + zone;
    if (total > 0x7fffffff - 65536) return 0;
    let whole = inner.alloc(total, align, 1);
    if (whole === 0) {
      if (quarantine.bytes() === 0) return 0;
      settle(true);
      whole = inner.alloc(total, align, 1);
      if (whole === 0) return 0;
    }
    const start = whole + before;
    const number = table.make(start, size, HEAP, family, site, 0, before);
    places.put(whole, whole + total, start, number);
    shadow.unpoison(start, size);
    plane.unwritten(start, size);
    pointers.clear(start, size);
    sanitizer.lastNumber = number;
    return start;
  }

  /** Lets bytes go from quarantine until the limit holds. They stay marked as freed: whoever gets them next opens what is his. */
  function settle(all: boolean): void {
    for (let row = quarantine.next(all); row !== 0; row = quarantine.next(all)) {
      const start = table.start(row);
      table.setWaiting(row, false);
      const answer = inner.free(start - table.before(row), 1);
      if (answer < 0) throw new Error(`a quarantined block is unknown to its allocator (${answer})`);
    }
  }

  /** The row of the live heap block that starts here, 0 when there is none. */
  function liveAt(address: number): number {
    const row = places.startingAt(address);
    return row !== 0 && isLive(row) && sortOf(table.kind(row)) === HEAP ? row : 0;
  }

  const isLive = (row: number): boolean => stateOf(table.kind(row)) === LIVE;

  function mayFree(address: number, family: number, access: Access): Fault | null {
    const row = places.startingAt(address);
    if (row !== 0) {
      const kind = table.kind(row);
      const sort = sortOf(kind);
      if (sort === HEAP) {
        if (stateOf(kind) !== LIVE) return fault('double-free', access, address, 0, table.facts(row));
        // A chunk that belongs to an arena or a pool is not the program's to free, nor is the part that begins where the chunk does.
        const owner = table.region(row) === 0 ? null : table.regionFacts(table.region(row));
        const part = places.partAt(address);
        if (owner !== null && (owner.family === ARENA || owner.family === POOL))
          return fault('alloc-dealloc-mismatch', access, address, 0, table.facts(part === 0 ? row : part), { family });
        return familyOf(kind) === family ? null : fault('alloc-dealloc-mismatch', access, address, 0, table.facts(row), { family });
      }
      if (sort === PART) {
        const what: FaultKind = stateOf(kind) === LIVE ? 'alloc-dealloc-mismatch' : 'bad-free';
        return fault(what, access, address, 0, table.facts(row), { family });
      }
      return fault('bad-free', access, address, 0, table.facts(row));
    }
    const holder = address < lowest ? 0 : places.holding(address);
    return fault('bad-free', access, address, 0, holder === 0 ? null : table.facts(holder));
  }

  function bury(row: number, site: number): void {
    const start = table.start(row);
    const size = table.size(row);
    table.die(row, FREED, site);
    table.setWaiting(row, true);
    shadow.poison(start, (size + 7) & -8 || 8, codes.FREED);
    quarantine.add(row, size + table.before(row) + zoneFor(size));
    settle(false);
  }

  function free(address: number, family: number, site: number): Fault | null {
    const row = liveAt(address);
    if (row === 0 || familyOf(table.kind(row)) !== family || table.region(row) !== 0) {
      const wrong = mayFree(address, family, 'free');
      if (wrong !== null) return wrong;
    }
    statistics.died(family, table.size(row));
    const region = table.region(row);
    if (region !== 0) {
      table.setRegion(row, 0);
      sanitizer.chunkFreed(region, address, table.size(row), site);
    }
    bury(row, site);
    return null;
  }

  function realloc(address: number, size: number, family: number, site: number): number {
    const row = liveAt(address);
    const from = table.size(row);
    const to = alloc(size, 16, family, site);
    if (to === 0) return 0;
    const kept = Math.min(from, size);
    space.u8.copyWithin(to, address, address + kept);
    plane.copied(to, address, kept);
    pointers.copied(to, address, kept);
    bury(row, site);
    return to;
  }

  function overflowKind(kind: number, before: boolean): FaultKind {
    const sort = sortOf(kind);
    if (sort === SLOT) return before ? 'stack-buffer-underflow' : 'stack-buffer-overflow';
    if (sort === STACK_BLOCK) return 'dynamic-stack-buffer-overflow';
    return sort === STATIC ? 'global-buffer-overflow' : 'heap-buffer-overflow';
  }

  /** The kind of an access that leaves its live block: beside a part lies what its region took and handed to nobody. */
  function beside(row: number, address: number, size: number): FaultKind {
    const start = table.start(row);
    if (sortOf(table.kind(row)) === PART && address >= lowest && address + size <= space.end) {
      const bad = address < start ? address : Math.max(address, start + table.size(row));
      if (shadow.codeAt(bad) === codes.POISONED) return 'use-after-poison';
    }
    return overflowKind(table.kind(row), address < start);
  }

  /** A dead block's own kind: a user's allocator frees, a pool releases. */
  function goneKind(row: number): FaultKind {
    return GONE[stateOf(table.kind(row))] ?? 'heap-use-after-free';
  }

  /** Which fault a poisoned byte means, and the block to name. */
  function explain(bad: number, address: number, size: number, access: Access): Fault {
    const code = shadow.codeAt(bad);
    const meant = places.holding(address);
    if (meant !== 0 && isLive(meant) && bad >= table.start(meant) + table.size(meant)) {
      // Begins inside a live block and runs over its end.
      return fault(beside(meant, address, size), access, address, size, table.facts(meant));
    }
    const holder = places.holding(bad);
    if (holder !== 0 && !isLive(holder)) return fault(goneKind(holder), access, address, size, table.facts(holder));
    if (code === codes.POISONED) {
      const near = places.nearPart(address, 64) || holder;
      return fault('use-after-poison', access, address, size, near === 0 ? null : table.facts(near));
    }
    if (code === codes.AFTER_RETURN || code === codes.AFTER_SCOPE) {
      const kind = code === codes.AFTER_RETURN ? 'stack-use-after-return' : 'stack-use-after-scope';
      return fault(kind, access, address, size, holder === 0 ? null : table.facts(holder));
    }
    const near = places.nearest(address, 4096);
    if (near === 0) return fault(code === codes.FREED ? 'heap-use-after-free' : bad >= map.heap.start ? 'heap-buffer-overflow' : 'wild-access', access, address, size);
    if (!isLive(near)) {
      const away = address < table.start(near) ? 0 : address - table.start(near) - table.size(near);
      // Beside a dead block: it is the dead one's zone only when nothing live is near.
      if (away <= 0) return fault(goneKind(near), access, address, size, table.facts(near));
    }
    return fault(overflowKind(table.kind(near), address < table.start(near)), access, address, size, table.facts(near));
  }

  function outside(address: number, size: number, access: Access): Fault | null {
    if (address >= 0 && address < map.nullEnd) return fault('null-dereference', access, address, size);
    if (address < lowest || address + size > space.end) return fault('wild-access', access, address, size);
    return null;
  }

  function checkAccess(address: number, size: number, access: Access): Fault | null {
    if (size > 0 || address < lowest) {
      const wild = outside(address, size, access);
      if (wild !== null) return wild;
    }
    const bad = shadow.firstPoisoned(address, size);
    return bad < 0 || sanitizer.excuses(address, size) ? null : explain(bad, address, size, access);
  }

  function checkPointer(number: number, address: number, size: number, access: Access): Fault | null {
    const row = table.rowOf(number);
    if (number === NOWHERE) return fault('wild-access', access, address, size, size > 0 && address >= lowest ? sanitizer.blockAt(address) : null);
    if (row === 0) return checkAccess(address, size, access);
    if (row < 0) {
      const now = checkAccess(address, size, access);
      return now !== null && now.kind === 'heap-use-after-free' ? now : fault('heap-use-after-free', access, address, size);
    }
    if (!isLive(row)) return fault(goneKind(row), access, address, size, table.facts(row), hitAt(row, address));
    const start = table.start(row);
    if (address >= start && address + size <= start + table.size(row)) {
      if (access === 'write' && size > 0 && isFixed(table.kind(row))) return fault('write-to-read-only', access, address, size, table.facts(row));
      const bad = shadow.firstPoisoned(address, size);
      return bad < 0 || sanitizer.excuses(address, size) ? null : explain(bad, address, size, access);
    }
    return fault(beside(row, address, size), access, address, size, table.facts(row), hitAt(row, address));
  }

  /** The live block really hit, when it is another one. */
  function hitAt(row: number, address: number): { hit?: BlockFacts } {
    if (address < lowest || address >= space.end) return {};
    const there = places.holding(address);
    return there !== 0 && there !== row && isLive(there) ? { hit: table.facts(there) } : {};
  }

  function each(visit: (block: BlockFacts) => void, sort: number): void {
    const rows: number[] = [];
    for (let row = 1; row <= table.count; row++) {
      const kind = table.kind(row);
      if (stateOf(kind) === LIVE && sortOf(kind) === sort) rows.push(row);
    }
    rows.sort((a, b) => table.start(a) - table.start(b));
    for (const row of rows) visit(table.facts(row));
  }

  function slotLive(address: number, size: number, site: number, dynamic: boolean): number {
    const number = table.make(address, size, dynamic ? STACK_BLOCK : SLOT, dynamic ? STACK : 0, site, 0, 0);
    places.putPart(address, number);
    shadow.unpoison(address, size);
    plane.unwritten(address, size);
    pointers.clear(address, size);
    (slots[address >>> 16] ??= []).push(number);
    sanitizer.lastNumber = number;
    return number;
  }

  function endSlot(row: number, state: number, site: number): void {
    table.die(row, state, site);
    shadow.poison(table.start(row), table.size(row), state === RETURNED ? codes.AFTER_RETURN : codes.AFTER_SCOPE);
  }

  function invariants(): string[] {
    const wrong: string[] = [];
    for (let row = 1; row <= table.count; row++) {
      const kind = table.kind(row);
      if (sortOf(kind) !== HEAP || stateOf(kind) !== LIVE) continue;
      const start = table.start(row);
      const size = table.size(row);
      if (places.startingAt(start) !== row) wrong.push(`block ${start} is not found by its start`);
      if (shadow.codeAt(start - 1) === 0 || shadow.codeAt(start + size) === 0) wrong.push(`block ${start}: a byte beside it is open`);
      const bad = shadow.firstPoisoned(start, size);
      if (bad >= 0 && shadow.codeAt(bad) !== codes.POISONED) wrong.push(`block ${start}: byte ${bad - start} is poisoned`);
      const before = table.before(row);
      if (inner.sizeOf(start - before) < before + size) wrong.push(`block ${start}: its allocator's block is smaller`);
    }
    let waiting = 0;
    for (const row of quarantine.rows()) {
      const start = table.start(row);
      const size = table.size(row);
      waiting += size + table.before(row) + zoneFor(size);
      for (let byte = 0; byte < Math.max(1, size); byte += 8)
        if (shadow.codeAt(start + byte) !== codes.FREED) {
          wrong.push(`quarantined block ${start}: byte ${byte} is not marked as freed`);
          break;
        }
    }
    if (waiting !== quarantine.bytes()) wrong.push(`${waiting} bytes wait in quarantine, recorded ${quarantine.bytes()}`);
    return wrong;
  }

  const sanitizer: Sanitizer = {
    shadow,
    table,
    places,
    quick: createQuickAccess(space, shadow, table, plane, pointers),
    lastNumber: 0,
    excuses: () => false,
    chunkFreed: () => {},
    quarantined: quarantine.bytes,
    alloc,
    free,
    mayFree,
    realloc,
    sizeOf(address) {
      const row = liveAt(address);
      return row === 0 ? -1 : table.size(row);
    },
    numberAt(address) {
      if (address < lowest || address >= space.end) return 0;
      const row = places.startingAt(address) || places.holding(address);
      return row === 0 ? 0 : table.numberOf(row);
    },
    numberFrom(address) {
      if (address > 0 && address < map.nullEnd) return NOWHERE;
      if (address < lowest || address >= space.end) return 0;
      const row = places.holding(address);
      // Parts are left out: whoever hands them out may reach them, and their end is the start of the next.
      if (row === 0 || sortOf(table.kind(row)) === PART || address >= table.start(row) + table.size(row) || address < table.start(row)) return 0;
      return isLive(row) || (stateOf(table.kind(row)) === FREED && table.isWaiting(row)) ? table.numberOf(row) : 0;
    },
    block(number) {
      const row = table.rowOf(number);
      return row > 0 ? table.facts(row) : null;
    },
    blockAt(address) {
      const row = address < lowest || address >= space.end ? 0 : places.holding(address);
      return row === 0 ? null : table.facts(row);
    },
    startingAt(address) {
      const row = address < lowest || address >= space.end ? 0 : places.startingAt(address);
      return row === 0 ? null : table.facts(row);
    },
    blocks: (visit) => each(visit, HEAP),
    parts: (visit) => each(visit, PART),
    checkAccess,
    checkPointer,
    checkCopy(to, from, size) {
      if (to === from || to + size <= from || from + size <= to) return null;
      return fault('memcpy-param-overlap', 'copy', to, size, sanitizer.blockAt(to));
    },
    checkWritten(address, size, access) {
      const bad = plane.firstUnwritten(address, size);
      return bad < 0 ? null : fault('use-of-uninitialized-value', access, bad, address + size - bad, sanitizer.blockAt(bad));
    },
    written: plane.written,
    unwritten: plane.unwritten,
    isWritten: (address, size) => plane.firstUnwritten(address, size) < 0,
    copied(to, from, size) {
      plane.copied(to, from, size);
      pointers.copied(to, from, size);
    },
    pointers,
    provenance: pointers.get,
    setProvenance: pointers.set,
    clearProvenance: pointers.clear,
    slotLive,
    slotDead(number, site, returned = false) {
      const row = table.rowOf(number);
      if (row <= 0 || !isLive(row)) return;
      const here = slots[table.start(row) >>> 16] ?? [];
      if (here[here.length - 1] === number) here.pop();
      endSlot(row, returned ? RETURNED : LEFT_SCOPE, site);
    },
    frameGone(from, to, site) {
      for (let page = from >>> 16; page <= (to - 1) >>> 16; page++) {
        const here = slots[page];
        if (here === undefined) continue;
        for (let i = here.length - 1; i >= 0; i--) {
          const row = table.rowOf(here[i] as number);
          const live = row > 0 && isLive(row);
          const start = live ? table.start(row) : 0;
          if (live && (start < from || start >= to)) break;
          here.length = i;
          if (live) endSlot(row, RETURNED, site);
        }
      }
      shadow.poison(from, to - from, codes.AFTER_RETURN);
    },
    frameMade(from, to) {
      shadow.poison(from, to - from, codes.STACK_BETWEEN);
    },
    staticLive(address, size, fixed) {
      const number = table.make(address, size, STATIC, fixed ? FIXED : 0, 0, 0, 0);
      places.putPart(address, number);
      shadow.unpoison(address, size);
      plane.written(address, size);
      return number;
    },
    poison: (address, size) => shadow.poison(address, size, codes.POISONED),
    unpoison: shadow.unpoison,
    keep: before => ({
      mixed: shadow.keep(), written: plane.keep(lowest >>> 16, space.end >>> 16, before?.written ?? null), pointers: pointers.keep(lowest >>> 16, space.end >>> 16, before?.pointers ?? null), table: table.keep(before?.table ?? null),
      places: places.keep(map.heap.start >>> 16, space.end >>> 16, before?.places ?? null), quarantine: quarantine.keep(before?.quarantine ?? null),
      slots: slots.flatMap((numbers, page) => (numbers.length === 0 ? [] : [[page, numbers.slice()] as const])), lastNumber: sanitizer.lastNumber,
    }),
    restore(kept) {
      shadow.restore(kept.mixed);
      // Of the state before and the one to come, the larger end counts; the space is put back after this.
      plane.restore(lowest >>> 16, space.end >>> 16, kept.written);
      pointers.restore(lowest >>> 16, space.end >>> 16, kept.pointers);
      table.restore(kept.table);
      places.restore(map.heap.start >>> 16, space.end >>> 16, kept.places);
      quarantine.restore(kept.quarantine);
      slots.length = 0;
      for (const [page, numbers] of kept.slots) slots[page] = numbers.slice();
      sanitizer.lastNumber = kept.lastNumber;
    },
    invariants,
  };
  return sanitizer;
}
