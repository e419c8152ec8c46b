/** The sanitizer at the level of addresses: each class of mistake gives its kind and names the right block. */
import assert from 'node:assert/strict';
import { suite } from '../suite.ts';
import type { AllocatorName } from '../../vm/memory/allocator.ts';
import type { Fault } from '../../vm/memory/fault.ts';
import type { Sanitizer } from '../../vm/memory/guard.ts';
import { createHeap, regionFor } from '../../vm/memory/heap.ts';
import type { Heap, HeapOptions } from '../../vm/memory/heap.ts';
import { createSpace } from '../../vm/memory/space.ts';
import { ARENA, FIRST_USER, MALLOC, POOL, SYSTEM } from '../../vm/memory/statistics.ts';

const test = suite('the sanitizer');
const NAMES: readonly AllocatorName[] = ['slab', 'tlsf', 'buddy', 'bump'];

function make(allocator: AllocatorName = 'slab', options: HeapOptions = {}): { heap: Heap; guard: Sanitizer; stack: number; statics: number } {
  const limit = 8 << 20;
  const space = createSpace({ heap: regionFor(limit, true), stacks: 1 << 17, statics: 4096, shadow: true });
  const heap = createHeap(space, { limit, sanitize: true, allocator, ...options });
  if (heap.sanitizer === null) throw new Error('no sanitizer');
  return { heap, guard: heap.sanitizer, stack: space.map.stacks.start, statics: space.map.statics.start };
}

function is(fault: Fault | null, kind: Fault['kind'], block?: number): Fault {
  assert.equal(fault?.kind, kind);
  if (block !== undefined) assert.equal(fault?.block?.address, block);
  return fault as Fault;
}

for (const name of NAMES) {
  test(`${name}: classes of mistakes at every size and offset`, () => {
    for (const size of [1, 3, 8, 24, 100, 5000]) {
      const { heap, guard } = make(name);
      const left = heap.alloc(size, 16, SYSTEM, 10);
      const p = heap.alloc(size, 16, SYSTEM, 11);
      const number = guard.numberAt(p);
      const right = heap.alloc(size, 16, SYSTEM, 12);
      for (const access of ['read', 'write'] as const) {
        assert.equal(heap.checkAccess(p, size, access), null);
        assert.equal(guard.checkPointer(number, p + size - 1, 1, access), null);
        const before = is(heap.checkAccess(p - 1, 1, access), 'heap-buffer-overflow', p);
        assert.deepEqual([before.where, before.distance, before.block?.born], ['before', 1, 11]);
        const after = is(heap.checkAccess(p + size, 1, access), 'heap-buffer-overflow', p);
        assert.deepEqual([after.where, after.distance], ['after', 0]);
        is(heap.checkAccess(p + size + 1, 1, access), 'heap-buffer-overflow', p);
        is(heap.checkAccess(p + size - 1, 4, access), 'heap-buffer-overflow', p);
        // Into a neighbour, and far: only provenance can tell.
        for (const other of [left, right]) {
          assert.equal(heap.checkAccess(other, 1, access), null);
          const hit = is(guard.checkPointer(number, other, 1, access), 'heap-buffer-overflow', p);
          assert.equal(hit.hit?.address, other);
        }
        is(guard.checkPointer(number, p + 100_000, 1, access), 'heap-buffer-overflow', p);
        is(guard.checkPointer(number, p - 20_000, 1, access), 'heap-buffer-overflow', p);
      }
      if (size > 1) {
        const inside = is(heap.free(p + 1, SYSTEM, 0), 'bad-free', p);
        assert.equal(inside.offset, 1);
      }
      is(heap.free(p, MALLOC, 0), 'alloc-dealloc-mismatch', p);
      assert.equal(heap.free(p, SYSTEM, 77), null);
      const late = is(heap.checkAccess(p, 1, 'read'), 'heap-use-after-free', p);
      assert.deepEqual([late.block?.born, late.block?.died, late.block?.size], [11, 77, size]);
      is(heap.checkAccess(p + size - 1, 1, 'read'), 'heap-use-after-free', p);
      is(heap.free(p, SYSTEM, 0), 'double-free', p);
      heap.realloc(p, 5, SYSTEM, 0);
      is(heap.refusal, 'double-free', p);
      assert.deepEqual(heap.invariants(), []);
    }
  });
}

test('a use after free is found after the bytes were handed out again', () => {
  const { heap, guard } = make('slab', { quarantine: 0 });
  const p = heap.alloc(24, 16, SYSTEM, 1);
  const number = guard.lastNumber;
  heap.free(p, SYSTEM, 2);
  const q = heap.alloc(24, 16, SYSTEM, 3);
  assert.equal(q, p);
  assert.equal(heap.checkAccess(p, 4, 'read'), null);
  const fault = is(guard.checkPointer(number, p, 4, 'read'), 'heap-use-after-free', p);
  assert.deepEqual([fault.block?.born, fault.block?.died, fault.hit?.born], [1, 2, 3]);
});

test('realloc always moves, and keeps bytes, initialisation and provenance', () => {
  const { heap, guard } = make();
  const p = heap.alloc(16, 16, SYSTEM, 1);
  heap.space.i32[p >>> 2] = 42;
  guard.written(p, 4);
  guard.setProvenance(p, 5);
  const q = heap.realloc(p, 40, SYSTEM, 2);
  assert.notEqual(q, p);
  assert.equal(heap.space.i32[q >>> 2], 42);
  assert.equal(guard.provenance(q), 5);
  assert.ok(guard.isWritten(q, 4));
  is(guard.checkWritten(q, 8, 'read'), 'use-of-uninitialized-value', q);
  is(heap.checkAccess(p, 1, 'read'), 'heap-use-after-free', p);
  heap.realloc(q + 8, 10, SYSTEM, 0);
  is(heap.refusal, 'bad-free', q);
});

test('addresses that are no blocks', () => {
  const { heap, stack, statics } = make();
  is(heap.checkAccess(0, 4, 'read'), 'null-dereference');
  is(heap.checkAccess(44, 4, 'read'), 'null-dereference');
  is(heap.checkAccess(-8, 4, 'read'), 'wild-access');
  is(heap.checkAccess(0x7ffffff0, 4, 'read'), 'wild-access');
  is(heap.checkAccess(70000, 4, 'read'), 'wild-access');
  is(heap.free(0x1234567, SYSTEM, 0), 'bad-free');
  is(heap.free(stack + 8, SYSTEM, 0), 'bad-free');
  is(heap.free(statics, SYSTEM, 0), 'bad-free');
  assert.equal(heap.free(0, SYSTEM, 0), null);
});

test('overlapping copies', () => {
  const { heap, guard } = make();
  const x = heap.alloc(100, 16, SYSTEM, 1);
  assert.equal(guard.checkCopy(x + 20, x, 20), null);
  is(guard.checkCopy(x + 20, x, 21), 'memcpy-param-overlap', x);
  assert.equal(guard.checkCopy(x, x + 20, 20), null);
  is(guard.checkCopy(x, x + 20, 21), 'memcpy-param-overlap', x);
  assert.equal(guard.checkCopy(x, x, 16), null);
});

test('stack slots: scope, return, bounds', () => {
  const { heap, guard, stack } = make();
  guard.frameMade(stack, stack + 128);
  const a = guard.slotLive(stack + 16, 10, 1, false);
  const b = guard.slotLive(stack + 48, 8, 2, false);
  assert.equal(heap.checkAccess(stack + 16, 10, 'write'), null);
  is(heap.checkAccess(stack + 26, 1, 'read'), 'stack-buffer-overflow', stack + 16);
  is(heap.checkAccess(stack + 15, 1, 'read'), 'stack-buffer-underflow', stack + 16);
  is(guard.checkPointer(a, stack + 48, 1, 'read'), 'stack-buffer-overflow', stack + 16);
  is(heap.free(stack + 16, SYSTEM, 0), 'bad-free', stack + 16);
  guard.slotDead(b, 9);
  const scope = is(heap.checkAccess(stack + 48, 4, 'read'), 'stack-use-after-scope', stack + 48);
  assert.equal(scope.block?.died, 9);
  // The same bytes again in the next round of a loop: the old pointer stays dead.
  const again = guard.slotLive(stack + 48, 8, 3, false);
  is(guard.checkPointer(b, stack + 48, 4, 'read'), 'stack-use-after-scope');
  assert.equal(guard.checkPointer(again, stack + 48, 4, 'write'), null);
  const dynamic = guard.slotLive(stack + 64, 10, 4, true);
  is(guard.checkPointer(dynamic, stack + 97, 1, 'write'), 'dynamic-stack-buffer-overflow', stack + 64);
  guard.frameGone(stack, stack + 128, 30);
  const gone = is(heap.checkAccess(stack + 16, 1, 'read'), 'stack-use-after-return', stack + 16);
  assert.equal(gone.block?.died, 30);
  is(guard.checkPointer(a, stack + 16, 1, 'read'), 'stack-use-after-return');
});

test('a static has bounds', () => {
  const { guard, statics } = make();
  const number = guard.staticLive(statics + 16, 10, false);
  assert.equal(guard.checkPointer(number, statics + 16, 10, 'read'), null);
  is(guard.checkPointer(number, statics + 26, 1, 'read'), 'global-buffer-overflow', statics + 16);
});

test('an arena: gaps, reset, rollback, drop', () => {
  const { heap, guard } = make();
  const chunk = heap.alloc(1000, 16, SYSTEM, 1);
  const arena = heap.regions.make(ARENA, 2);
  heap.regions.take(arena, chunk, 1000);
  is(heap.checkAccess(chunk, 1, 'write'), 'use-after-poison', chunk);
  const first = heap.regions.handOut(arena, chunk, 3, 3);
  const second = heap.regions.handOut(arena, chunk + 3, 5, 4); // no gap between them
  assert.equal(heap.checkAccess(chunk, 8, 'write'), null);
  is(guard.checkPointer(first, chunk + 3, 1, 'write'), 'heap-buffer-overflow', chunk);
  const gap = is(heap.checkAccess(chunk + 8, 1, 'write'), 'use-after-poison');
  assert.equal(gap.block?.address, chunk + 3);
  is(heap.free(chunk + 3, SYSTEM, 0), 'alloc-dealloc-mismatch', chunk + 3);
  is(heap.free(chunk, SYSTEM, 0), 'alloc-dealloc-mismatch', chunk);
  const mark = heap.regions.mark(arena);
  const third = heap.regions.handOut(arena, chunk + 16, 16, 5);
  assert.equal(heap.statistics.read(ARENA).current, 24);
  heap.regions.rollback(arena, mark, 6);
  is(guard.checkPointer(third, chunk + 16, 4, 'read'), 'use-after-reset', chunk + 16);
  is(heap.checkAccess(chunk + 16, 4, 'read'), 'use-after-reset', chunk + 16);
  assert.equal(guard.checkPointer(second, chunk + 3, 5, 'read'), null);
  heap.regions.reset(arena, 7);
  const late = is(guard.checkPointer(second, chunk + 3, 1, 'read'), 'use-after-reset', chunk + 3);
  assert.deepEqual([late.block?.born, late.block?.died, late.block?.region?.made, late.block?.region?.ended], [4, 7, 2, 7]);
  const reused = heap.regions.handOut(arena, chunk, 8, 8);
  is(guard.checkPointer(first, chunk, 1, 'read'), 'use-after-reset');
  assert.equal(guard.checkPointer(reused, chunk, 8, 'write'), null);
  heap.regions.drop(arena, 9);
  is(guard.checkPointer(reused, chunk, 8, 'read'), 'use-after-drop');
  assert.equal(heap.free(chunk, SYSTEM, 10), null);
  assert.equal(heap.statistics.read(ARENA).current, 0);
  assert.deepEqual(heap.invariants(), []);
});

test('a pool: release, double release, foreign release', () => {
  const { heap, guard } = make();
  const chunk = heap.alloc(256, 16, SYSTEM, 1);
  const pool = heap.regions.make(POOL, 2);
  heap.regions.take(pool, chunk, 256);
  const object = heap.regions.handOut(pool, chunk, 24, 3);
  heap.regions.handOut(pool, chunk + 32, 24, 4);
  is(heap.checkAccess(chunk + 24, 1, 'read'), 'use-after-poison', chunk);
  assert.equal(heap.regions.giveBack(pool, chunk, 24, 5), null);
  const late = is(heap.checkAccess(chunk, 4, 'read'), 'use-after-release', chunk);
  assert.equal(late.block?.died, 5);
  is(guard.checkPointer(object, chunk, 4, 'read'), 'use-after-release', chunk);
  is(heap.regions.giveBack(pool, chunk, 24, 6), 'double-release', chunk);
  const other = heap.regions.make(POOL, 7);
  is(heap.regions.giveBack(other, chunk + 32, 24, 8), 'alloc-dealloc-mismatch', chunk + 32);
  is(heap.regions.giveBack(pool, chunk + 40, 24, 8), 'bad-free', chunk + 32);
  is(heap.regions.giveBack(pool, heap.alloc(24, 16, SYSTEM, 9), 24, 10), 'bad-free');
  assert.deepEqual({ ...heap.statistics.read(POOL), peak: 0 }, {
    current: 24, peak: 0, totalAllocated: 48, totalFreed: 24, allocations: 2, frees: 1, liveBlocks: 1, reallocations: 0, failures: 0,
  });
});

test('a user’s allocator takes part', () => {
  const { heap, guard } = make();
  const family = heap.statistics.family('FreeList');
  assert.equal(family, FIRST_USER);
  const chunk = heap.alloc(512, 16, SYSTEM, 1);
  const region = heap.regions.make(family, 2);
  heap.regions.take(region, chunk, 512);
  const number = heap.regions.handOut(region, chunk + 10, 7, 3); // any alignment
  assert.equal(heap.checkAccess(chunk + 10, 7, 'write'), null);
  is(heap.checkAccess(chunk + 17, 1, 'write'), 'use-after-poison', chunk + 10);
  is(heap.checkAccess(chunk + 9, 1, 'write'), 'use-after-poison', chunk + 10);
  assert.equal(heap.regions.giveBack(region, chunk + 10, 7, 4), null);
  is(guard.checkPointer(number, chunk + 10, 1, 'read'), 'heap-use-after-free', chunk + 10);
  is(heap.regions.giveBack(region, chunk + 10, 7, 5), 'double-free', chunk + 10);
});

test('a quick yes is never wrong, and the usual right access gets one', () => {
  const { heap, guard, stack } = make('slab', { quarantine: 500 });
  const held: { at: number; number: number; size: number; live: boolean }[] = [];
  let random = 7;
  const next = (below: number): number => {
    random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff;
    return (random >>> 8) % below;
  };
  let yes = 0;
  for (let step = 0; step < 4000; step++) {
    const what = next(10);
    if (what < 2) {
      const size = next(40);
      const at = heap.alloc(size, 16, SYSTEM, 1);
      const number = guard.lastNumber;
      guard.written(at, next(size + 1));
      held.push({ at, number, size, live: true });
    } else if (what === 2) {
      const block = held[next(held.length || 1)];
      if (block?.live) {
        heap.free(block.at, SYSTEM, 2);
        block.live = false;
      }
    }
    const block = held[next(held.length || 1)] ?? { at: stack, number: 0, size: 8, live: true };
    const size = 1 << next(4);
    const address = block.at + next(block.size + 6) - 3;
    for (const number of [0, block.number]) {
      const right = guard.checkPointer(number, address, size, 'read') === null;
      const readable = right && guard.checkWritten(address, size, 'read') === null;
      if (guard.quick.mayAccess(number, address, size)) assert.ok(right);
      else if (right && number !== 0) assert.fail(`${address} ${size}: a right access is slow`);
      if (guard.quick.mayRead(number, address, size)) {
        yes++;
        assert.ok(readable);
      }
      const stored = guard.quick.mayStore(number, address, size);
      if (stored) assert.ok(right && guard.isWritten(address, size));
    }
  }
  assert.ok(yes > 500);
});

test('a limit of 1 GiB costs nothing until it is used', () => {
  const before = process.memoryUsage.rss();
  const space = createSpace({ heap: regionFor(1 << 30, true), shadow: true });
  const heap = createHeap(space, { limit: 1 << 30, sanitize: true });
  heap.free(heap.alloc(100, 16, SYSTEM, 1), SYSTEM, 2);
  assert.ok(process.memoryUsage.rss() - before < 8 << 20, `${(process.memoryUsage.rss() - before) >> 20} MiB were taken`);
});

test('the limit is met at the same request in every profile', () => {
  const counts = [false, true].map((sanitize) => {
    const limit = 1 << 20;
    const space = createSpace({ heap: regionFor(limit, sanitize), shadow: sanitize });
    const heap = createHeap(space, { limit, sanitize });
    let count = 0;
    while (heap.alloc(100, 16, SYSTEM, 1) !== 0) count++;
    assert.equal(heap.alloc(4294967295, 16, SYSTEM, 1), 0);
    return count;
  });
  assert.deepEqual(counts, [10485, 10485]);
});

test('the k-th allocation fails when asked to', () => {
  const { heap } = make();
  heap.failAllocation(2);
  assert.notEqual(heap.alloc(8, 16, SYSTEM, 1), 0);
  assert.equal(heap.alloc(8, 16, SYSTEM, 1), 0);
  assert.notEqual(heap.alloc(8, 16, SYSTEM, 1), 0);
  assert.equal(heap.statistics.read(SYSTEM).failures, 1);
});
