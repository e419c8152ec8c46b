/**
 * The buddy allocator: blocks of powers of two, split in halves, joined with the other half ("buddy": the address with one bit
 * flipped) when both are free.
 *
 *     block ─┬──────────────────┬─────┬──────┬──────────────────┬────────────────┬─────────────────┐
 *            │ seal             │ tag │ live │ order            │ requested size │ payload − block │  header, 16 bytes
 *            │ 31 … 12          │10…7 │  6   │ 5 … 0            │                │                 │
 *            └──────────────────┴─────┴──────┴──────────────────┴────────────────┴─────────────────┘
 *             word 0                                             word 1           word 2, word 3
 *     free:    seal, live = 0, order                             next free        previous free
 *
 * A block of order n has 2^n bytes at a multiple of 2^n, so an alignment of 2^a is had by a block of at least twice that size; its
 * payload then begins 2^a bytes in, and the header is repeated just below the payload (word 3 leads back to the block).
 * Invariants: a free block's buddy is not a free block of the same order; blocks lie gapless from start to top.
 * Cost: alloc and free O(orders); rounding may double a request.
 */
import { ALREADY_FREE, NOT_A_BLOCK, OTHER_TAG } from './allocator.ts';
import type { Allocator, VisitBlock } from './allocator.ts';
import type { Space } from './space.ts';

const HEADER = 16;
const LEAST_ORDER = 5;
const ORDERS = 31;
const LIVE = 64;
/** Orders that the top grows by at most in one step without need. */
const STEP_ORDER = 16;

const sealOf = (block: number): number => Math.imul(block, 0x9e3779b1) & ~0xfff;
const DIED = 0x800;

export function createBuddy(space: Space, base: number): Allocator {
  // Words at the base: the head of the free list of each order, then the top.
  const headsAddress = (base + 63) & -64;
  const heads = headsAddress >>> 2;
  const start = (headsAddress + ORDERS * 4 + 4 + 4095) & -4096;
  if (!space.ensure(start)) throw new Error('the heap has no room for its free lists');
  const limit = space.map.heap.end;
  const own = heads + ORDERS;
  space.i32[own] = start;

  function insert(words: Int32Array, block: number, order: number): void {
    const at = block >>> 2;
    const first = words[heads + order] as number;
    words[at] = sealOf(block) | order;
    words[at + 1] = first;
    words[at + 2] = 0;
    if (first !== 0) words[(first >>> 2) + 2] = block;
    words[heads + order] = block;
  }

  function remove(words: Int32Array, block: number, order: number): void {
    const next = words[(block >>> 2) + 1] as number;
    const previous = words[(block >>> 2) + 2] as number;
    if (next !== 0) words[(next >>> 2) + 2] = previous;
    if (previous !== 0) words[(previous >>> 2) + 1] = next;
    else words[heads + order] = next;
  }

  /** Puts a block back, joined with its buddies as far as they are free. */
  function release(words: Int32Array, from: number, fromOrder: number): void {
    const top = words[own] as number;
    let block = from;
    let order = fromOrder;
    while (order < ORDERS - 1) {
      const buddy = block ^ (1 << order);
      if (buddy < start || buddy + (1 << order) > top || words[buddy >>> 2] !== (sealOf(buddy) | order)) break;
      remove(words, buddy, order);
      if (buddy < block) block = buddy;
      order++;
    }
    insert(words, block, order);
  }

  /** Adds aligned blocks at the top until one of the order is free. */
  function grow(order: number): boolean {
    for (;;) {
      const top = space.i32[own] as number;
      const natural = 31 - Math.clz32(top & -top);
      let piece = Math.min(natural, Math.max(order, STEP_ORDER));
      while (piece >= LEAST_ORDER && (1 << piece) > limit - top) piece--;
      // A piece too small that cannot be followed by a larger one is of no use when the limit is near.
      if (piece < LEAST_ORDER || (piece < order && piece < natural) || !space.ensure(top + (1 << piece))) return false;
      space.i32[own] = top + (1 << piece);
      release(space.i32, top, piece);
      for (let o = order; o < ORDERS; o++) if (space.i32[heads + o] !== 0) return true;
    }
  }

  function orderFor(size: number, align: number): number {
    const bytes = size + (align <= HEADER ? HEADER : align);
    const least = size === 0 ? bytes + 1 : bytes;
    const order = least <= 32 ? LEAST_ORDER : 32 - Math.clz32(least - 1);
    return align <= HEADER ? order : Math.max(order, 32 - Math.clz32(align));
  }

  function alloc(size: number, align: number, tag: number): number {
    if (size > 0x3fffff00 || align > 0x10000000) return 0;
    const order = orderFor(size, align);
    let words = space.i32;
    let have = order;
    while (have < ORDERS && words[heads + have] === 0) have++;
    if (have >= ORDERS) {
      if (!grow(order)) return 0;
      words = space.i32;
      have = order;
      while (words[heads + have] === 0) have++;
    }
    const block = words[heads + have] as number;
    remove(words, block, have);
    while (have > order) {
      have--;
      insert(words, block + (1 << have), have);
    }
    const offset = align <= HEADER ? HEADER : align;
    write(words, block >>> 2, sealOf(block) | (tag << 7) | LIVE | order, size, offset);
    if (offset !== HEADER) write(words, (block + offset - HEADER) >>> 2, sealOf(block) | (tag << 7) | LIVE | order, size, offset);
    return block + offset;
  }

  function write(words: Int32Array, at: number, word: number, size: number, offset: number): void {
    words[at] = word;
    words[at + 1] = size;
    words[at + 2] = offset;
    words[at + 3] = offset;
  }

  /** The block of this payload when it is live, else an answer. */
  function check(words: Int32Array, address: number): number {
    if (address < start + HEADER || address >= (words[own] as number) || (address & 15) !== 0) return NOT_A_BLOCK;
    const near = (address - HEADER) >>> 2;
    const offset = words[near + 3] as number;
    const block = address - offset;
    if (offset < HEADER || (offset & (offset - 1)) !== 0 || block < start) return NOT_A_BLOCK;
    const word = words[near] as number;
    if ((word & ~0xfff) !== sealOf(block)) return NOT_A_BLOCK;
    if ((word & DIED) !== 0) return ALREADY_FREE;
    if ((word & LIVE) === 0) return offset === HEADER ? ALREADY_FREE : NOT_A_BLOCK;
    return words[block >>> 2] === word ? block : NOT_A_BLOCK;
  }

  function free(address: number, tag: number): number {
    const words = space.i32;
    const block = check(words, address);
    if (block < 0) return block;
    const at = block >>> 2;
    const word = words[at] as number;
    if (tag !== 0 && ((word >>> 7) & 15) !== tag) return OTHER_TAG;
    const size = words[at + 1] as number;
    const near = (address - HEADER) >>> 2;
    words[near] = (word & ~LIVE) | DIED;
    release(words, block, word & 63);
    return size;
  }

  function resize(address: number, size: number): boolean {
    const words = space.i32;
    const block = check(words, address);
    if (block < 0) return false;
    const at = block >>> 2;
    const order = (words[at] as number) & 63;
    const offset = address - block;
    const room = (1 << order) - offset;
    // Less than a quarter used: moving gives more back than staying saves.
    if (size > room || (size < room >>> 2 && order > LEAST_ORDER + 2)) return false;
    words[at + 1] = size;
    words[((address - HEADER) >>> 2) + 1] = size;
    return true;
  }

  function walk(visit: VisitBlock): void {
    const top = space.i32[own] as number;
    for (let block = start; block < top; ) {
      const words = space.i32;
      const word = words[block >>> 2] as number;
      const end = block + (1 << (word & 63));
      if ((word & LIVE) !== 0)
        visit(block, end, true, block + (words[(block >>> 2) + 3] as number), words[(block >>> 2) + 1] as number, (word >>> 7) & 15);
      else visit(block, end, false, 0, 0, 0);
      block = end;
    }
  }

  return {
    name: 'buddy',
    alloc,
    free,
    resize,
    sizeOf(address) {
      const block = check(space.i32, address);
      return block < 0 ? block : (space.i32[(block >>> 2) + 1] as number);
    },
    tagOf(address) {
      const block = check(space.i32, address);
      return block < 0 ? 0 : ((space.i32[block >>> 2] as number) >>> 7) & 15;
    },
    find(address) {
      let found = 0;
      walk((from, to, live, block, size) => {
        if (live && address >= from && address < to && address >= block && (address < block + size || address === block)) found = block;
      });
      return found;
    },
    walk,
    extent() {
      let free = 0;
      let largestFree = 0;
      walk((from, to, live) => {
        if (live) return;
        free += to - from - HEADER;
        largestFree = Math.max(largestFree, to - from - HEADER);
      });
      return { footprint: (space.i32[own] as number) - headsAddress, free, largestFree };
    },
    used: () => [base, space.i32[own] as number],
    range: () => ({ from: start, to: space.i32[own] as number }),
    lists(visit) {
      for (let order = 0; order < ORDERS; order++) {
        for (let block = space.i32[heads + order] as number; block !== 0; block = space.i32[(block >>> 2) + 1] as number) visit(`blocks of ${2 ** order} bytes`, block, 1 << order);
      }
    },
    invariants() {
      const wrong: string[] = [];
      const words = space.i32;
      const top = words[own] as number;
      const listed = new Set<number>();
      for (let order = 0; order < ORDERS; order++) {
        let previous = 0;
        for (let block = words[heads + order] as number; block !== 0; block = words[(block >>> 2) + 1] as number) {
          if (listed.has(block)) {
            wrong.push(`block ${block} is listed twice`);
            break;
          }
          listed.add(block);
          if (words[block >>> 2] !== (sealOf(block) | order)) wrong.push(`free block ${block} of order ${order}: header is wrong`);
          if (words[(block >>> 2) + 2] !== previous) wrong.push(`block ${block}: link back is wrong`);
          previous = block;
        }
      }
      let block = start;
      while (block < top) {
        const word = words[block >>> 2] as number;
        const order = word & 63;
        if (order < LEAST_ORDER || order >= ORDERS || (block & ((1 << order) - 1)) !== 0 || (word & ~0xfff) !== sealOf(block)) {
          wrong.push(`block ${block}: header ${word}`);
          break;
        }
        if ((word & LIVE) === 0) {
          if (!listed.delete(block)) wrong.push(`block ${block} is free and not listed`);
          const buddy = block ^ (1 << order);
          if (buddy >= start && buddy + (1 << order) <= top && words[buddy >>> 2] === (sealOf(buddy) | order))
            wrong.push(`block ${block} of order ${order} and its buddy are both free`);
        } else if ((words[(block >>> 2) + 1] as number) + (words[(block >>> 2) + 3] as number) > 1 << order)
          wrong.push(`block ${block}: smaller than its content`);
        block += 1 << order;
      }
      if (block !== top) wrong.push(`blocks end at ${block}, top is ${top}`);
      for (const free of listed) wrong.push(`block ${free} is listed as free and is not`);
      return wrong;
    },
  };
}
