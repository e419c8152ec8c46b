/**
 * The map of the heap against the bytes of the allocators: for random heaps, what each byte is must follow from the words that the drawings
 * at the head of each allocator's file describe, read here anew. `HEAPS` says how many heaps (200 in the suite; 10000 for a long run).
 */
import * as assert from 'uvu/assert';
import type { AllocatorName } from '../../vm/memory/allocator.ts';
import { createHeap, type Heap, regionFor } from '../../vm/memory/heap.ts';
import { SLOTS } from '../../vm/memory/slab.ts';
import { createSpace } from '../../vm/memory/space.ts';
import { TABLE } from '../../vm/memory/statistics.ts';
import { binBytes } from '../../vm/memory/tags.ts';
import { cellsOf, mapHeap } from '../../vm/picture/heapmap.ts';
import type { ByteClass } from '../../vm/picture/picture.ts';
import { suite } from '../suite.ts';

const test = suite('heap map');
const HEAPS = Number(process.env['HEAPS'] ?? 200);
const PAGE = 1 << 14;

type Run = [from: number, to: number, kind: ByteClass];

function random(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/** A heap after some dozens of random calls, with the dead blocks that nobody got again yet. */
function randomHeap(seed: number, allocator: AllocatorName, sanitize: boolean): Heap {
  const next = random(seed * 2654435761);
  const limit = 4 << 20;
  const heap = createHeap(createSpace({ heap: regionFor(limit, sanitize), shadow: sanitize }), { allocator, sanitize, limit, quarantine: 1 << (8 + Math.floor(next() * 10)) });
  const live: number[] = [];
  // With the sanitizer a block without bytes leaves no trace in the shadow by which it could be told from a dead one.
  const size = (): number => (sanitize ? 1 : 0) + (next() < 0.7 ? Math.floor(next() * 200) : next() < 0.9 ? Math.floor(next() * 3000) : Math.floor(next() * 150_000));
  for (let i = 0; i < 20 + next() * 120; i++) {
    const what = next();
    if (what < 0.55 || live.length === 0) {
      const address = heap.alloc(size(), next() < 0.8 ? 16 : 16 << Math.floor(next() * 7), 1, 0);
      if (address !== 0) live.push(address);
    } else if (what < 0.7) {
      const at = Math.floor(next() * live.length);
      const address = heap.realloc(live[at] ?? 0, size(), 1, 0);
      if (address > 0) live[at] = address;
    } else {
      const [address = 0] = live.splice(Math.floor(next() * live.length), 1);
      assert.is(heap.free(address, 1, 0), null);
    }
  }
  return heap;
}

/** The classes of all bytes, from the allocator's words alone. */
function fromBytes(heap: Heap): Run[] {
  const { space } = heap;
  const words = space.i32;
  const runs: Run[] = [];
  const put = (from: number, to: number, kind: ByteClass): void => {
    const last = runs[runs.length - 1];
    if (to <= from) return;
    if (last !== undefined && last[2] === kind && last[1] === from) last[1] = to;
    else runs.push([from, to, kind]);
  };
  const word = (address: number): number => words[address >>> 2] ?? 0;
  /** What the program, or the sanitizer for it, asked for. */
  const inner = (from: number, to: number): void => {
    const { sanitizer } = heap;
    if (sanitizer === null) return put(from, to, 'payload');
    const codes = Array.from({ length: to - from }, (_, i) => sanitizer.shadow.codeAt(from + i));
    // Around a live block the zones may still be marked as freed: by whom had these bytes before. A dead one has no byte that may be touched.
    const dead = !codes.includes(0);
    codes.forEach((code, i) => put(from + i, from + i + 1, dead ? 'quarantine' : code === 0 ? 'payload' : 'redzone'));
  };
  const liveBlock = (from: number, to: number, address: number, size: number): void => {
    put(from, Math.min(address, from + 16), 'header');
    if (address - from > 16) {
      put(from + 16, address - 16, 'padding');
      put(address - 16, address, 'header');
    }
    inner(address, address + size);
    put(address + size, to, 'padding');
  };
  const chunks = (start: number, end: number): void => {
    let at = start;
    while (at < end) {
      const size = word(at) & -16;
      if (size === 0) break;
      if ((word(at) & 1) !== 0) liveBlock(at, at + size, at + 16, word(at + 4));
      else put(at, at + size, 'free');
      at += size;
    }
    put(at, end, 'table');
  };
  const base = space.map.heap.start + TABLE;
  switch (heap.allocator.name) {
    case 'bump': {
      const own = (base + 15) & -16;
      for (let at = own + 16; at < word(own); at += word(at) & -16) {
        const end = at + (word(at) & -16);
        if ((word(at) & 1) !== 0) liveBlock(at, end, at + word(at + 12), word(at + 4));
        else put(at, end, 'unused');
      }
      break;
    }
    case 'buddy': {
      const heads = (base + 63) & -64;
      const start = (heads + 31 * 4 + 4 + 4095) & -4096;
      for (let at = start; at < word(heads + 31 * 4); at += 1 << (word(at) & 63)) {
        const end = at + (1 << (word(at) & 63));
        if ((word(at) & 64) !== 0) liveBlock(at, end, at + word(at + 12), word(at + 4));
        else put(at, end, 'free');
      }
      break;
    }
    case 'tlsf': {
      const own = (base + 63) & -64;
      chunks((own + 16 + binBytes(4) + 63) & -64, word(own));
      break;
    }
    default: {
      const heads = (base + 63) & -64;
      const bins = heads + ((SLOTS.length * 4 + 4 + 63) & -64);
      const own = (bins + binBytes(3) + 63) & -64;
      const table = own + 16;
      const most = Math.floor((space.map.heap.end - table) / (PAGE + 16)) - 1;
      const start = (table + most * 16 + PAGE - 1) & -PAGE;
      for (let page = 0; page < word(own); ) {
        const entry = table + page * 16;
        const at = start + page * PAGE;
        const count = word(entry + 4);
        const end = at + count * PAGE;
        const kind = word(entry);
        if (kind === 2) {
          const slot = word(at) >>> 16;
          const first = word(at) & 0xffff;
          const slots = (word(at + 4) >>> 5) & 0x3ff;
          put(at, at + first, 'table');
          for (let i = 0; i < slots; i++) {
            const note = space.u16[(at + 32) / 2 + i] ?? 0;
            const from = at + first + i * slot;
            if ((note & 0x8000) === 0) put(from, from + slot, 'free');
            else {
              inner(from, from + (note & 2047));
              put(from + (note & 2047), from + slot, 'padding');
            }
          }
          put(at + first + slots * slot, end, 'table');
        } else if (kind === 3) chunks(at, end);
        else if (kind === 4) {
          inner(at, at + word(entry + 8));
          put(at + word(entry + 8), end, 'padding');
        } else put(at, end, 'free');
        page += count;
      }
    }
  }
  return runs;
}

/** Stretches of one class that follow each other, whatever blocks they belong to. */
function merged(stretches: ReturnType<typeof mapHeap>['stretches']): Run[] {
  const runs: Run[] = [];
  for (const { from, to, class: kind } of stretches) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[1] === from && last[2] === kind) last[1] = to;
    else runs.push([from, to, kind]);
  }
  return runs;
}

const order: readonly ByteClass[] = ['payload', 'quarantine', 'redzone', 'header', 'table', 'padding', 'unused', 'free'];

for (const allocator of ['slab', 'buddy', 'tlsf', 'bump'] as const) {
  for (const sanitize of [false, true]) {
    test(`every byte and every cell, ${allocator}, ${sanitize ? 'with' : 'without'} the sanitizer`, () => {
      for (let i = 0; i < Math.ceil(HEAPS / 8); i++) {
        const heap = randomHeap(i * 8 + 1, allocator, sanitize);
        const truth = fromBytes(heap);
        const map = mapHeap(heap);
        assert.equal(merged(map.stretches), truth, `heap ${i}`);
        // Blocks of the map are the blocks of the heap.
        const payload = new Map<string, number>();
        for (const s of map.stretches) if (s.class === 'payload' && s.block !== null) payload.set(s.block, (payload.get(s.block) ?? 0) + s.to - s.from);
        let bytes = 0;
        heap.blocks(block => (bytes += block.size));
        assert.is([...payload.values()].reduce((a, b) => a + b, 0), bytes);
        const next = random(i + 77);
        for (const cell of [8, 16, 64, 4096]) {
          const from = map.from + Math.floor((next() * (map.to - map.from)) / cell) * cell;
          const cells = cellsOf(map, from, cell, 64);
          cells.forEach((each, k) => {
            const start = from + k * cell;
            const there = truth.filter(([a, b]) => a < start + cell && b > start);
            const best = [...there].sort((a, b) => order.indexOf(a[2]) - order.indexOf(b[2]))[0];
            assert.is(each.class, best?.[2], `heap ${i}, cell of ${cell} at ${start - map.from}`);
            assert.is(each.payload, there.filter(r => r[2] === 'payload').reduce((sum, [a, b]) => sum + Math.min(b, start + cell) - Math.max(a, start), 0));
          });
          assert.is(cells.length, Math.min(64, Math.ceil((map.to - from) / cell)));
        }
      }
    });
  }
}
