/**
 * The system allocator. Small blocks (up to 1 KiB) come from slabs, middle ones (up to 64 KiB, or aligned to more than 16) from
 * chunks with boundary tags, large ones are whole pages.
 *
 *     slab ──┬──────────────────────────────────┐   one page of 16 KiB, slots of one size
 *      0     │ slot size 31…16 │ first 15…0     │   offset of slot 0
 *      4     │ reciprocal 31…15 │ slots 14…5 │ class 4…0
 *      8     │ free: slot + 1                   │   head of the list of free slots; 0 = full
 *     12     │ used                             │
 *     16     │ next slab with room              │   addresses; 0 = end
 *     20     │ previous slab with room          │
 *     24     │ –                                │
 *     32     │ note 0 │ note 1 │ note 2 │ …     │   one half-word a slot
 *            ├──────────────────────────────────┤
 *            │ slot 0 │ slot 1 │ …              │   aligned to 16
 *            └──────────────────────────────────┘
 *     note ──┬──────┬──────────┬────────────────┐
 *            │ live │ tag      │ requested size │   live = 1
 *            │ 15   │ 14 … 11  │ 10 … 0         │
 *            │ live │ new │ next free slot + 1  │   live = 0; new = 1 until the slot is first used
 *            │ 15   │ 14  │ 9 … 0               │
 *            └──────┴─────┴─────────────────────┘
 *
 * Notes stand apart from the slots, so a slot's bytes are all the program's, and a write past a block cannot break the free list
 * of its class. Invariants: a slab with room is in its class's list, a full one is not; at most one slab of a class and one segment
 * of chunks are kept empty. Cost: small O(1) with about ten loads and stores; middle a bin search; large first fit over page runs.
 */
import { ALREADY_FREE, NOT_A_BLOCK, OTHER_TAG } from './allocator.ts';
import type { Allocator, VisitBlock } from './allocator.ts';
import { CHUNKS, createPages, FREE, LARGE, PAGE_BITS, PAGE_BYTES, REST, SLAB, UNUSED } from './pages.ts';
import { binBytes, createTags } from './tags.ts';
import type { Space } from './space.ts';

const SMALL = 1024;
const MIDDLE = 65536;
const SEGMENT_PAGES = 16;
const SECOND = 3;
const NOTES = 32;
const LIVE = 0x8000;
const NEW = 0x4000;
const NEXT = 0x3ff;
/** Words of a slab. */
const FREE_SLOT = 2;
const USED = 3;
const NEXT_SLAB = 4;
const PREVIOUS_SLAB = 5;

/** Slot sizes: steps of 16 up to 128, then four to a power of two. */
export const SLOTS: readonly number[] = slotSizes();
/** Class of a size, by `(size + 15) >>> 4`. */
const CLASS_OF = classTable();
/** `(n * RECIPROCAL[c]) >>> 16` is `n / (slot / 16)` for every `n` below 1024, the offsets in a page in units of 16. */
const reciprocal = (slot: number): number => Math.ceil(65536 / (slot / 16));

function slotSizes(): number[] {
  const sizes: number[] = [];
  for (let size = 16; size <= 128; size += 16) sizes.push(size);
  for (let power = 128; power < SMALL; power *= 2) for (let part = 1; part <= 4; part++) sizes.push(power + (power / 4) * part);
  return sizes;
}

function classTable(): Uint8Array {
  const table = new Uint8Array(SMALL / 16 + 1);
  for (let unit = 0; unit < table.length; unit++) table[unit] = SLOTS.findIndex((slot) => slot >= unit * 16);
  return table;
}

function slotCount(slot: number): number {
  let count = Math.floor((PAGE_BYTES - NOTES) / (slot + 2));
  while (firstSlot(count) + count * slot > PAGE_BYTES) count--;
  return count;
}

function firstSlot(count: number): number {
  return (NOTES + 2 * count + 15) & -16;
}

export function createSlab(space: Space, base: number): Allocator {
  // Words at the base: the head of each class's list of slabs with room; a segment without live chunks that is kept, as its page + 1
  // (`spare`); the bins of the chunks; the page table.
  const headsAddress = (base + 63) & -64;
  const heads = headsAddress >>> 2;
  const spare = heads + SLOTS.length;
  const bins = headsAddress + ((SLOTS.length * 4 + 4 + 63) & -64);
  const tags = createTags(space, bins, SECOND, true);
  const pages = createPages(space, bins + binBytes(SECOND));
  const table = pages.table;
  const start = pages.start;

  function alloc(size: number, align: number, tag: number): number {
    if (size <= SMALL && align <= 16) {
      const kind = CLASS_OF[(size + 15) >>> 4] as number;
      const words = space.i32;
      const slab = words[heads + kind] as number;
      if (slab !== 0) return takeSlot(words, slab, kind, size, tag);
      const made = makeSlab(kind);
      if (made !== 0) return takeSlot(space.i32, made, kind, size, tag);
    }
    return size + align <= MIDDLE ? allocChunk(size, align, tag) : allocLarge(size, align, tag);
  }

  function takeSlot(words: Int32Array, slab: number, kind: number, size: number, tag: number): number {
    const at = slab >>> 2;
    const notes = space.u16;
    const slot = (words[at + FREE_SLOT] as number) - 1;
    const index = ((slab + NOTES) >>> 1) + slot;
    const next = (notes[index] as number) & NEXT;
    notes[index] = LIVE | (tag << 11) | size;
    words[at + FREE_SLOT] = next;
    words[at + USED] = (words[at + USED] as number) + 1;
    if (next === 0) unlink(words, slab, kind);
    const shape = words[at] as number;
    return slab + (shape & 0xffff) + Math.imul(slot, shape >>> 16);
  }

  function makeSlab(kind: number): number {
    const page = pages.take(1, SLAB);
    if (page < 0) return 0;
    const words = space.i32;
    const slab = start + (page << PAGE_BITS);
    const at = slab >>> 2;
    const slot = SLOTS[kind] as number;
    const count = slotCount(slot);
    words[at] = firstSlot(count) | (slot << 16);
    words[at + 1] = kind | (count << 5) | (reciprocal(slot) << 15);
    words[at + FREE_SLOT] = 1;
    words[at + USED] = 0;
    const notes = space.u16;
    const first = (slab + NOTES) >>> 1;
    for (let i = 0; i < count; i++) notes[first + i] = NEW | (i + 2);
    notes[first + count - 1] = NEW;
    link(words, slab, kind);
    return slab;
  }

  function link(words: Int32Array, slab: number, kind: number): void {
    const first = words[heads + kind] as number;
    words[(slab >>> 2) + NEXT_SLAB] = first;
    words[(slab >>> 2) + PREVIOUS_SLAB] = 0;
    if (first !== 0) words[(first >>> 2) + PREVIOUS_SLAB] = slab;
    words[heads + kind] = slab;
  }

  function unlink(words: Int32Array, slab: number, kind: number): void {
    const next = words[(slab >>> 2) + NEXT_SLAB] as number;
    const previous = words[(slab >>> 2) + PREVIOUS_SLAB] as number;
    if (next !== 0) words[(next >>> 2) + PREVIOUS_SLAB] = previous;
    if (previous !== 0) words[(previous >>> 2) + NEXT_SLAB] = next;
    else words[heads + kind] = next;
  }

  function allocChunk(size: number, align: number, tag: number): number {
    let address = tags.alloc(size, align, tag);
    if (address === 0) {
      let count = SEGMENT_PAGES;
      let page = pages.take(count, CHUNKS);
      if (page < 0) {
        count = Math.ceil((size + align + 96) / PAGE_BYTES);
        page = pages.take(count, CHUNKS);
        if (page < 0) return 0;
      }
      tags.addSegment(start + (page << PAGE_BITS), count << PAGE_BITS);
      address = tags.alloc(size, align, tag);
    }
    const words = space.i32;
    const kept = (words[spare] as number) - 1;
    if (kept >= 0 && address !== 0 && !tags.isEmpty(start + (kept << PAGE_BITS), (words[table + kept * 4 + 1] as number) << PAGE_BITS)) words[spare] = 0;
    return address;
  }

  function allocLarge(size: number, align: number, tag: number): number {
    const count = (size + PAGE_BYTES - 1) >>> PAGE_BITS || 1;
    let page: number;
    if (align <= PAGE_BYTES) page = pages.take(count, LARGE);
    else {
      const extra = align >>> PAGE_BITS;
      page = pages.take(count + extra, LARGE);
      if (page >= 0) {
        // Keep the aligned part; the pages before and behind it go back.
        const from = page;
        page = (((start + (from << PAGE_BITS) + align - 1) & -align) - start) >>> PAGE_BITS;
        const whole = from + count + extra;
        if (page + count < whole) pages.give(page + count, whole - page - count);
        if (page > from) pages.give(from, page - from);
        claim(page, count);
      }
    }
    if (page < 0) return 0;
    const entry = table + page * 4;
    space.i32[entry + 2] = size;
    space.i32[entry + 3] = tag;
    return start + (page << PAGE_BITS);
  }

  function claim(page: number, count: number): void {
    const words = space.i32;
    for (let i = 0; i < count; i++) {
      words[table + (page + i) * 4] = i === 0 ? LARGE : REST;
      words[table + (page + i) * 4 + 1] = i === 0 ? count : i;
    }
  }

  /** The page's entry as a word index; -1 outside the pages that were ever used. */
  function entryOf(address: number): number {
    const page = (address - start) >> PAGE_BITS;
    return page < 0 || page >= pages.highest() ? -1 : table + page * 4;
  }

  function headOf(entry: number): number {
    const words = space.i32;
    return words[entry] === REST ? entry - (words[entry + 1] as number) * 4 : entry;
  }

  /** Index of the slot that starts at the address, or -1. */
  function slotAt(words: Int32Array, slab: number, address: number): number {
    const at = slab >>> 2;
    const shape = words[at] as number;
    const more = words[at + 1] as number;
    const offset = address - slab - (shape & 0xffff);
    const slot = Math.imul(offset >>> 4, more >>> 15) >>> 16;
    return offset >= 0 && Math.imul(slot, shape >>> 16) === offset && slot < ((more >>> 5) & NEXT) ? slot : -1;
  }

  function free(address: number, tag: number): number {
    const entry = entryOf(address);
    if (entry < 0) return NOT_A_BLOCK;
    const words = space.i32;
    const kind = words[entry] as number;
    if (kind !== SLAB) return freeRest(address, tag, entry, kind);
    const slab = address & -PAGE_BYTES;
    const slot = slotAt(words, slab, address);
    if (slot < 0) return NOT_A_BLOCK;
    const notes = space.u16;
    const index = ((slab + NOTES) >>> 1) + slot;
    const note = notes[index] as number;
    if ((note & LIVE) === 0) return (note & NEW) === 0 ? ALREADY_FREE : NOT_A_BLOCK;
    if (tag !== 0 && ((note >>> 11) & 15) !== tag) return OTHER_TAG;
    const at = slab >>> 2;
    const next = words[at + FREE_SLOT] as number;
    notes[index] = next;
    words[at + FREE_SLOT] = slot + 1;
    const used = (words[at + USED] as number) - 1;
    words[at + USED] = used;
    if (next === 0) link(words, slab, (words[at + 1] as number) & 31);
    if (used === 0) dropSlab(words, slab, (words[at + 1] as number) & 31);
    return note & 2047;
  }

  /** An empty slab goes back unless it is the only one of its class with room. */
  function dropSlab(words: Int32Array, slab: number, kind: number): void {
    if (words[heads + kind] === slab && words[(slab >>> 2) + NEXT_SLAB] === 0) return;
    unlink(words, slab, kind);
    pages.give((slab - start) >>> PAGE_BITS, 1);
  }

  function freeRest(address: number, tag: number, entry: number, kind: number): number {
    const words = space.i32;
    if (kind === FREE || kind === UNUSED) return (address & 15) === 0 ? ALREADY_FREE : NOT_A_BLOCK;
    const head = headOf(entry);
    const page = (head - table) >>> 2;
    const at = start + (page << PAGE_BITS);
    const count = words[head + 1] as number;
    if (words[head] === LARGE) {
      if (address !== at) return NOT_A_BLOCK;
      if (tag !== 0 && words[head + 3] !== tag) return OTHER_TAG;
      const size = words[head + 2] as number;
      pages.give(page, count);
      return size;
    }
    if (address - 16 < at) return NOT_A_BLOCK;
    const size = tags.free(address, tag);
    if (size >= 0 && tags.isEmpty(at, count << PAGE_BITS)) {
      if (words[spare] === 0) words[spare] = page + 1;
      else if (words[spare] !== page + 1) {
        tags.dropSegment(at);
        pages.give(page, count);
      }
    }
    return size;
  }

  function resize(address: number, size: number): boolean {
    const entry = entryOf(address);
    if (entry < 0) return false;
    const words = space.i32;
    const kind = words[entry] as number;
    if (kind === SLAB) {
      const slab = address & -PAGE_BYTES;
      const slot = slotAt(words, slab, address);
      if (slot < 0 || size > SMALL || CLASS_OF[(size + 15) >>> 4] !== ((words[(slab >>> 2) + 1] as number) & 31)) return false;
      const index = ((slab + NOTES) >>> 1) + slot;
      const note = space.u16[index] as number;
      if ((note & LIVE) === 0) return false;
      space.u16[index] = (note & 0xf800) | size;
      return true;
    }
    if (kind === LARGE) {
      if ((address & (PAGE_BYTES - 1)) !== 0 || size <= MIDDLE / 2) return false;
      const page = (entry - table) >>> 2;
      const count = words[entry + 1] as number;
      const need = (size + PAGE_BYTES - 1) >>> PAGE_BITS;
      if (need > count && !pages.extend(page, count, need - count)) return false;
      if (need < count) {
        words[entry + 1] = need;
        pages.give(page + need, count - need);
      }
      space.i32[entry + 2] = size;
      return true;
    }
    if (kind !== CHUNKS && kind !== REST) return false;
    if (words[headOf(entry)] !== CHUNKS || size <= SMALL / 2 || size > MIDDLE) return false;
    return tags.resize(address, size);
  }

  function sizeOf(address: number): number {
    const entry = entryOf(address);
    if (entry < 0) return NOT_A_BLOCK;
    const words = space.i32;
    const kind = words[entry] as number;
    if (kind === SLAB) {
      const slab = address & -PAGE_BYTES;
      const slot = slotAt(words, slab, address);
      if (slot < 0) return NOT_A_BLOCK;
      const note = space.u16[((slab + NOTES) >>> 1) + slot] as number;
      if ((note & LIVE) === 0) return (note & NEW) === 0 ? ALREADY_FREE : NOT_A_BLOCK;
      return note & 2047;
    }
    if (kind === FREE || kind === UNUSED) return (address & 15) === 0 ? ALREADY_FREE : NOT_A_BLOCK;
    const head = headOf(entry);
    const at = start + (((head - table) >>> 2) << PAGE_BITS);
    if (words[head] === LARGE) return address === at ? (words[head + 2] as number) : NOT_A_BLOCK;
    return address - 16 < at ? NOT_A_BLOCK : tags.sizeOf(address);
  }

  function tagOf(address: number): number {
    if (sizeOf(address) < 0) return 0;
    const words = space.i32;
    const entry = entryOf(address);
    if (words[entry] === SLAB) {
      const slab = address & -PAGE_BYTES;
      return ((space.u16[((slab + NOTES) >>> 1) + slotAt(words, slab, address)] as number) >>> 11) & 15;
    }
    const head = headOf(entry);
    return words[head] === LARGE ? (words[head + 3] as number) : tags.tagOf(address);
  }

  function find(address: number): number {
    const entry = entryOf(address);
    if (entry < 0) return 0;
    const words = space.i32;
    const kind = words[entry] as number;
    if (kind === SLAB) {
      const slab = address & -PAGE_BYTES;
      const shape = words[slab >>> 2] as number;
      const first = slab + (shape & 0xffff);
      if (address < first) return 0;
      const slot = Math.imul((address - first) >>> 4, (words[(slab >>> 2) + 1] as number) >>> 15) >>> 16;
      const block = first + Math.imul(slot, shape >>> 16);
      const size = sizeOf(block);
      return size >= 0 && (address < block + size || address === block) ? block : 0;
    }
    if (kind === FREE || kind === UNUSED) return 0;
    const head = headOf(entry);
    const at = start + (((head - table) >>> 2) << PAGE_BITS);
    if (words[head] === LARGE) return address < at + (words[head + 2] as number) || address === at ? at : 0;
    return tags.find(at, address);
  }

  function walk(visit: VisitBlock): void {
    for (let page = 0; page < pages.count(); ) {
      const words = space.i32;
      const entry = table + page * 4;
      const at = start + (page << PAGE_BITS);
      const count = words[entry + 1] as number;
      const kind = words[entry] as number;
      if (kind === SLAB) walkSlab(at, visit);
      else if (kind === CHUNKS) tags.walk(at, visit);
      else if (kind === LARGE) visit(at, at + (count << PAGE_BITS), true, at, words[entry + 2] as number, words[entry + 3] as number);
      else visit(at, at + (count << PAGE_BITS), false, 0, 0, 0);
      page += count;
    }
  }

  function walkSlab(slab: number, visit: VisitBlock): void {
    const words = space.i32;
    const slotSize = (words[slab >>> 2] as number) >>> 16;
    const first = slab + ((words[slab >>> 2] as number) & 0xffff);
    const count = ((words[(slab >>> 2) + 1] as number) >>> 5) & NEXT;
    for (let slot = 0; slot < count; slot++) {
      const note = space.u16[((slab + NOTES) >>> 1) + slot] as number;
      const block = first + slot * slotSize;
      if ((note & LIVE) !== 0) visit(block, block + slotSize, true, block, note & 2047, (note >>> 11) & 15);
      else visit(block, block + slotSize, false, 0, 0, 0);
    }
  }

  function invariants(): string[] {
    const wrong = pages.invariants();
    const words = space.i32;
    const withRoom = new Set<number>();
    for (let kind = 0; kind < SLOTS.length; kind++) {
      let previous = 0;
      for (let slab = words[heads + kind] as number; slab !== 0; slab = words[(slab >>> 2) + NEXT_SLAB] as number) {
        if (withRoom.has(slab)) {
          wrong.push(`slab ${slab} is listed twice`);
          break;
        }
        withRoom.add(slab);
        if (((words[(slab >>> 2) + 1] as number) & 31) !== kind) wrong.push(`slab ${slab} is in the list of class ${kind}`);
        if (words[(slab >>> 2) + PREVIOUS_SLAB] !== previous) wrong.push(`slab ${slab}: link back is wrong`);
        previous = slab;
      }
    }
    const segments: number[] = [];
    for (let page = 0; page < pages.count(); page += words[table + page * 4 + 1] as number) {
      const at = start + (page << PAGE_BITS);
      const kind = words[table + page * 4];
      if (kind === CHUNKS) segments.push(at);
      if (kind === SLAB) checkSlab(at, withRoom, wrong);
      if ((words[table + page * 4 + 1] as number) < 1) break;
    }
    for (const slab of withRoom) wrong.push(`${slab} is listed as a slab with room and is none`);
    wrong.push(...tags.invariants(segments));
    return wrong;
  }

  function checkSlab(slab: number, withRoom: Set<number>, wrong: string[]): void {
    const words = space.i32;
    const at = slab >>> 2;
    const count = ((words[at + 1] as number) >>> 5) & NEXT;
    let live = 0;
    let listed = 0;
    for (let slot = 0; slot < count; slot++) {
      const note = space.u16[((slab + NOTES) >>> 1) + slot] as number;
      if ((note & LIVE) === 0) continue;
      live++;
      if ((note & 2047) > (words[at] as number) >>> 16) wrong.push(`slab ${slab}: slot ${slot} is smaller than its block`);
    }
    for (let free = words[at + FREE_SLOT] as number; free !== 0 && listed <= count; listed++) {
      const note = space.u16[((slab + NOTES) >>> 1) + free - 1] as number;
      if ((note & LIVE) !== 0) {
        wrong.push(`slab ${slab}: slot ${free - 1} is live and in the free list`);
        break;
      }
      free = note & NEXT;
    }
    if (live !== words[at + USED]) wrong.push(`slab ${slab}: ${live} live slots, recorded ${words[at + USED]}`);
    if (live + listed !== count) wrong.push(`slab ${slab}: ${live} live and ${listed} free slots of ${count}`);
    if (withRoom.delete(slab) !== live < count) wrong.push(`slab ${slab}: ${live} of ${count} live, and the list says otherwise`);
  }

  return {
    name: 'slab',
    // `vm/wasm/allocation.ts` does what `takeSlot` and the first half of `free` do; the layout above is its contract.
    fast: { heads: headsAddress, highest: table * 4 - 12, table: table * 4, start },
    alloc,
    free,
    resize,
    sizeOf,
    tagOf,
    find,
    walk,
    extent() {
      let free = 0;
      let largestFree = 0;
      walk((from, to, live) => {
        if (live) return;
        free += to - from;
        largestFree = Math.max(largestFree, to - from);
      });
      // The page table counts with the entries in use: what lies behind them is never touched.
      const words = table * 4 - headsAddress + pages.count() * 16;
      return { footprint: words + pages.count() * PAGE_BYTES, free, largestFree };
    },
    used: () => [base, table * 4 + pages.highest() * 16, start, start + pages.highest() * PAGE_BYTES],
    range: () => ({ from: start, to: start + pages.count() * PAGE_BYTES }),
    lists(visit) {
      const words = space.i32;
      for (let kind = 0; kind < SLOTS.length; kind++) {
        for (let slab = words[heads + kind] as number; slab !== 0; slab = words[(slab >>> 2) + NEXT_SLAB] as number) {
          const shape = words[slab >>> 2] as number;
          for (let free = words[(slab >>> 2) + FREE_SLOT] as number; free !== 0; free = (space.u16[((slab + NOTES) >>> 1) + free - 1] as number) & NEXT)
            visit(`slots of ${shape >>> 16} bytes`, slab + (shape & 0xffff) + (free - 1) * (shape >>> 16), shape >>> 16);
        }
      }
      tags.lists(visit);
      pages.lists((page, count) => visit('pages', start + (page << PAGE_BITS), count << PAGE_BITS));
    },
    invariants,
  };
}
