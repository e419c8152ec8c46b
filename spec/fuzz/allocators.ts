/**
 * `npm run fuzz:allocators [NAME…]`: the contract of each allocator at length: 10,000 random scripts of 200 requests, `invariants()`, statistics, overhead
 * and fragmentation recomputed after each request (`spec/unit/allocator-contract.ts`). In: names of allocators (all without any), `RUNS` in the
 * environment, `SEED` to begin elsewhere. Out: a line for each; a shrunk script and exit 1 where the contract breaks. Cost: minutes for each.
 */
import fc from 'fast-check';
import { keepsContract } from '../unit/allocator-contract.ts';
import { createHeap, regionFor } from '../../vm/memory/heap.ts';
import { createSpace } from '../../vm/memory/space.ts';

const all = ['slab', 'buddy', 'tlsf', 'bump'] as const;
const runs = Number(process.env['RUNS'] ?? 10_000);
const seed = Number(process.env['SEED'] ?? 1);
const LIMIT = 1 << 20;
const asked = process.argv.slice(2);
fc.configureGlobal({ seed });
for (const name of all) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const start = performance.now();
  try {
    keepsContract(() => createHeap(createSpace({ heap: regionFor(LIMIT, false), stacks: 4096, shadow: false }), { limit: LIMIT, allocator: name }), runs);
  } catch (error) {
    console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    continue;
  }
  console.log(`${name}: ${runs} scripts of up to ${process.env['CONTRACT_STEPS'] ?? 120} requests keep the contract (${((performance.now() - start) / 1000).toFixed(0)} s, seed ${seed})`);
}
