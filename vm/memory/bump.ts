/**
 * The bump allocator: a pointer that only moves up. To teach, and to compare the others with.
 *
 *     block ─┬──────────────┬──────────────┬──────────────────┬────────────────┐
 *            │ extent │live │ requested    │ to previous │tag │ payload − block│   header, 16 bytes
 *            │ 31 … 4 │  0  │              │ 31 … 4      │3…0 │                │
 *            ├──────────────┴──────────────┴──────────────────┴────────────────┤
 *            │ payload, aligned to 16; the header is repeated just below it    │
 *            │ when alignment pushed the two apart                             │
 *     top  → └─────────────────────────────────────────────────────────────────┘
 *
 * `extent` is the whole block's length. Free gives bytes back only when the block is the last one (with all free ones below it).
 * Invariant: blocks lie gapless from start to top. Cost: alloc O(1), free O(1) but for the last block, find O(blocks).
 */
import { ALREADY_FREE, NOT_A_BLOCK, OTHER_TAG } from './allocator.ts';
import type { Allocator, VisitBlock } from './allocator.ts';
import type { Space } from './space.ts';

const HEADER = 16;
const LIVE = 1;
const TOP = 0;
const LAST = 1;
const COUNT = 2;

export function createBump(space: Space, base: number): Allocator {
  // Words at the base: the top; the last block, 0 when there is none (free walks down from it by the links back); live blocks.
  const own = ((base + 15) & -16) >>> 2;
  const start = own * 4 + 16;
  const limit = space.map.heap.end;
  space.i32[own + TOP] = start;
  /** Where the top was highest. */
  let highest = start;

  const topOf = (): number => space.i32[own + TOP] as number;

  function alloc(size: number, align: number, tag: number): number {
    const top = space.i32[own + TOP] as number;
    const payload = align <= 16 ? top + HEADER : (top + HEADER + align - 1) & -align;
    const end = (payload + size + 15) & -16;
    if (size > limit - top || payload < 0 || end > limit || end < 0) return 0;
    const next = end === payload ? end + 16 : end; // alloc(0) must be unique
    if (next > limit || !space.ensure(next)) return 0;
    const words = space.i32;
    const block = top;
    const last = words[own + LAST] as number;
    const shift = payload - block;
    let header = block >>> 2;
    words[header] = (next - block) | LIVE;
    words[header + 1] = size;
    words[header + 2] = tag | (last === 0 ? 0 : block - last);
    words[header + 3] = shift;
    if (shift !== HEADER) {
      header = (payload - HEADER) >>> 2;
      words[header] = (next - block) | LIVE;
      words[header + 1] = size;
      words[header + 2] = tag;
      words[header + 3] = shift;
    }
    words[own + LAST] = block;
    words[own + TOP] = next;
    if (next > highest) highest = next;
    words[own + COUNT] = (words[own + COUNT] as number) + 1;
    return payload;
  }

  /** The block whose payload starts here, live or free, or 0. */
  function blockOf(address: number): number {
    const top = space.i32[own + TOP] as number;
    if (address < start + HEADER || address >= top || (address & 15) !== 0) return 0;
    const words = space.i32;
    const shift = words[(address - 4) >>> 2] as number;
    const block = address - shift;
    if (shift < HEADER || block < start || (block & 15) !== 0) return 0;
    // A payload can look like a header; only a walk is sure, and it is cheap to demand both copies to agree first.
    if (words[(block + 12) >>> 2] !== shift) return 0;
    const extent = (words[block >>> 2] as number) & -16;
    if (extent < shift || block + extent > top) return 0;
    return block;
  }

  function free(address: number, tag: number): number {
    const block = blockOf(address);
    if (block === 0) return NOT_A_BLOCK;
    const words = space.i32;
    const header = block >>> 2;
    const word = words[header] as number;
    if ((word & LIVE) === 0) return ALREADY_FREE;
    if (tag !== 0 && ((words[header + 2] as number) & 15) !== tag) return OTHER_TAG;
    const size = words[header + 1] as number;
    words[header] = word & ~LIVE;
    words[own + COUNT] = (words[own + COUNT] as number) - 1;
    if (block === words[own + LAST]) lower();
    return size;
  }

  /** Gives back the free blocks at the top. */
  function lower(): void {
    const words = space.i32;
    if (words[own + COUNT] === 0) {
      words[own + LAST] = 0;
      words[own + TOP] = start;
      return;
    }
    let last = words[own + LAST] as number;
    while (last !== 0 && ((words[last >>> 2] as number) & LIVE) === 0) {
      words[own + TOP] = last;
      const back = (words[(last + 8) >>> 2] as number) & -16;
      last = back === 0 ? 0 : last - back;
    }
    words[own + LAST] = last;
  }

  function resize(address: number, size: number): boolean {
    const block = blockOf(address);
    if (block === 0) return false;
    const words = space.i32;
    const header = block >>> 2;
    const word = words[header] as number;
    if ((word & LIVE) === 0) return false;
    const room = block + (word & -16) - address;
    if (size > room) {
      if (block !== words[own + LAST] || size > limit - address) return false;
      const next = (address + size + 15) & -16;
      if (next > limit || !space.ensure(next)) return false;
      const grown = space.i32;
      grown[header] = (next - block) | LIVE;
      if (address - block !== HEADER) grown[(address - HEADER) >>> 2] = (next - block) | LIVE;
      grown[own + TOP] = next;
      if (next > highest) highest = next;
    }
    space.i32[header + 1] = size;
    return true;
  }

  function walk(visit: VisitBlock): void {
    for (let block = start; block < topOf(); ) {
      const words = space.i32;
      const header = block >>> 2;
      const word = words[header] as number;
      const end = block + (word & -16);
      if ((word & LIVE) !== 0) {
        const payload = block + (words[header + 3] as number);
        visit(block, end, true, payload, words[header + 1] as number, (words[header + 2] as number) & 15);
      } else visit(block, end, false, 0, 0, 0);
      block = end;
    }
  }

  function find(address: number): number {
    for (let block = start; block < topOf(); ) {
      const words = space.i32;
      const word = words[block >>> 2] as number;
      const end = block + (word & -16);
      if (address < end) {
        const payload = block + (words[(block + 12) >>> 2] as number);
        const size = words[(block + 4) >>> 2] as number;
        return (word & LIVE) !== 0 && address >= payload && (address < payload + size || address === payload) ? payload : 0;
      }
      block = end;
    }
    return 0;
  }

  return {
    name: 'bump',
    alloc,
    free,
    resize,
    sizeOf(address) {
      const block = blockOf(address);
      if (block === 0) return NOT_A_BLOCK;
      if (((space.i32[block >>> 2] as number) & LIVE) === 0) return ALREADY_FREE;
      return space.i32[(block + 4) >>> 2] as number;
    },
    tagOf(address) {
      const block = blockOf(address);
      if (block === 0 || ((space.i32[block >>> 2] as number) & LIVE) === 0) return 0;
      return (space.i32[(block + 8) >>> 2] as number) & 15;
    },
    find,
    walk,
    // Freed bytes below the top are lost until the top comes down to them: they are overhead, not free.
    extent: () => ({ footprint: topOf() - own * 4, free: 0, largestFree: 0 }),
    used: () => [base, Math.max(highest, topOf())],
    range: () => ({ from: start, to: topOf() }),
    lists: () => undefined,
    invariants() {
      const wrong: string[] = [];
      let live = 0;
      let previous = 0;
      const top = topOf();
      const last = space.i32[own + LAST];
      const liveBlocks = space.i32[own + COUNT];
      let block = start;
      while (block < top) {
        const words = space.i32;
        const word = words[block >>> 2] as number;
        const extent = word & -16;
        if (extent < HEADER) {
          wrong.push(`block ${block}: extent ${extent}`);
          break;
        }
        const back = (words[(block + 8) >>> 2] as number) & -16;
        if (back !== (previous === 0 ? 0 : block - previous)) wrong.push(`block ${block}: back link ${back}`);
        if ((word & LIVE) !== 0) live++;
        previous = block;
        block += extent;
      }
      if (block !== top) wrong.push(`blocks end at ${block}, top is ${top}`);
      if (previous !== last) wrong.push(`last block is ${previous}, recorded ${last}`);
      if (live !== liveBlocks) wrong.push(`${live} live blocks, recorded ${liveBlocks}`);
      return wrong;
    },
  };
}
