/** Every allocator through the contract, alone and below the sanitizer. */
import { suite } from '../suite.ts';
import type { AllocatorName } from '../../vm/memory/allocator.ts';
import { createHeap, regionFor } from '../../vm/memory/heap.ts';
import type { Heap, HeapOptions } from '../../vm/memory/heap.ts';
import { createSpace } from '../../vm/memory/space.ts';
import { keepsContract, RUNS } from './allocator-contract.ts';

const test = suite('allocators keep the contract');
const LIMIT = 1 << 20;

function heap(allocator: AllocatorName, options: HeapOptions = {}): Heap {
  const sanitize = options.sanitize === true;
  const space = createSpace({ heap: regionFor(LIMIT, sanitize), stacks: 4096, shadow: sanitize });
  return createHeap(space, { limit: LIMIT, ...options, allocator });
}

for (const name of ['slab', 'tlsf', 'buddy', 'bump'] as const) {
  test(name, () => keepsContract(() => heap(name)));
}

for (const name of ['slab', 'tlsf', 'buddy', 'bump'] as const) {
  test(`${name} below the sanitizer`, () => keepsContract(() => heap(name, { sanitize: true, quarantine: 5000 }), RUNS / 2));
}

test('reuse of addresses chosen by a seed', () => keepsContract(() => heap('slab', { sanitize: true, quarantine: 20000, seed: 7 }), RUNS / 4));
