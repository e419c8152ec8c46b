/** Which blocks are lost, and how. */
import assert from 'node:assert/strict';
import { suite } from '../suite.ts';
import { createHeap, regionFor } from '../../vm/memory/heap.ts';
import type { Heap } from '../../vm/memory/heap.ts';
import { conservatively, findReach } from '../../vm/memory/reach.ts';
import { createSpace } from '../../vm/memory/space.ts';
import { ARENA, SYSTEM } from '../../vm/memory/statistics.ts';

const test = suite('reachability');

function make(sanitize: boolean): { heap: Heap; block: (size?: number) => number; store: (at: number, pointer: number) => void } {
  const limit = 8 << 20;
  const space = createSpace({ heap: regionFor(limit, sanitize), shadow: sanitize });
  const heap = createHeap(space, { limit, sanitize });
  return {
    heap,
    block: (size = 32) => heap.allocZeroed(size, 16, SYSTEM, 0),
    store(at, pointer) {
      heap.space.i32[at >>> 2] = pointer;
      heap.sanitizer?.setProvenance(at, heap.sanitizer.numberAt(pointer));
    },
  };
}

const at = (blocks: readonly { address: number }[]): number[] => blocks.map((block) => block.address);

for (const sanitize of [false, true]) {
  test(`each block is in one group${sanitize ? ', by provenance' : ', by every word'}`, () => {
    const { heap, block, store } = make(sanitize);
    const [root, child, self, owner, owned, deep, a, b, tail, empty] = Array.from({ length: 10 }, (_, i) => block(i === 9 ? 0 : 32)) as [
      number, number, number, number, number, number, number, number, number, number,
    ];
    store(root + 8, child + 4); // an interior pointer keeps a block
    store(self, self);
    store(owner + 4, owned);
    store(owned, deep);
    store(a, b);
    store(b, a);
    store(b + 4, tail);
    const reach = findReach(heap, [root + 1]);
    assert.deepEqual(at(reach.reachable), [root, child].sort((x, y) => x - y));
    assert.deepEqual(at(reach.definite), [self, owner, empty].sort((x, y) => x - y));
    assert.deepEqual(reach.cyclic.map((ring) => at(ring.blocks)), [[a, b].sort((x, y) => x - y)]);
    assert.deepEqual(at(reach.indirect), [owned, deep, tail].sort((x, y) => x - y));
    assert.deepEqual(at(findReach(heap, [empty]).reachable), [empty]);
  });
}

test('a list of 50,000 lost blocks is one definite leak', () => {
  const { heap, block, store } = make(false);
  let next = 0;
  for (let i = 0; i < 50_000; i++) {
    const node = block(16);
    store(node, next);
    next = node;
  }
  const reach = findReach(heap, []);
  assert.deepEqual([at(reach.definite), reach.indirect.length], [[next], 49_999]);
});

test('a stale pointer in a reset arena and a number that looks like an address keep nothing alive', () => {
  const { heap, block, store } = make(true);
  const chunk = block(64);
  const arena = heap.regions.make(ARENA, 1);
  heap.regions.take(arena, chunk, 64);
  heap.regions.handOut(arena, chunk, 32, 2);
  const kept = block();
  const masked = block();
  store(chunk, kept);
  const holder = block();
  heap.space.i32[holder >>> 2] = masked;
  assert.deepEqual(at(findReach(heap, [chunk, holder]).definite), [masked]);
  assert.deepEqual(at(findReach(heap, [chunk, holder], conservatively(heap)).definite), []);
  heap.regions.reset(arena, 3);
  assert.deepEqual(at(findReach(heap, [chunk, holder]).definite), [kept, masked].sort((x, y) => x - y));
});
