/**
 * The contract of every allocator: random scripts of requests against a model, with all invariants recomputed after each step.
 * In: how to make a heap. Out: nothing, or an error with the shrunk script. `CONTRACT_RUNS` and `CONTRACT_STEPS` ask for more.
 */
import fc from 'fast-check';
import type { Heap } from '../../vm/memory/heap.ts';

export const RUNS = Number(process.env['CONTRACT_RUNS'] ?? 40);
export const STEPS = Number(process.env['CONTRACT_STEPS'] ?? 120);

type Step =
  | { readonly op: 'alloc'; readonly size: number; readonly align: number; readonly family: number; readonly zeroed: boolean }
  | { readonly op: 'free'; readonly pick: number }
  | { readonly op: 'realloc'; readonly pick: number; readonly size: number };

interface Held {
  address: number;
  size: number;
  family: number;
  /** The value its bytes were filled with. */
  fill: number;
}

const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 130 }) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 1100 }) },
  { weight: 3, arbitrary: fc.integer({ min: 1000, max: 20000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 20000, max: 300000 }) },
);
const pick = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant('alloc' as const),
      size,
      align: fc.oneof({ weight: 6, arbitrary: fc.constant(16) }, { weight: 1, arbitrary: fc.constantFrom(1, 8, 32, 64, 256, 4096, 32768) }),
      family: fc.constantFrom(1, 2),
      zeroed: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ op: fc.constant('free' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('realloc' as const), pick, size }) },
);

export const scripts = fc.array(step, { minLength: 1, maxLength: STEPS, size: 'max' });

export function keepsContract(make: () => Heap, runs = RUNS): void {
  fc.assert(
    fc.property(scripts, (script) => runScript(make(), script)),
    { numRuns: runs },
  );
}

/**
 * The two measures again, from what stands in the heap's bytes: every stretch between start and top is a block's (its rounding and
 * header are overhead), a free one's (a free header of the boundary tags is overhead too), or a table's.
 */
function recompute(heap: Heap): { overhead: number; fragmentation: number } {
  const header = heap.allocator.name === 'tlsf' || heap.allocator.name === 'buddy' ? 16 : 0;
  const { footprint } = heap.allocator.extent();
  let free = 0;
  let largest = 0;
  let end = 0;
  let current = 0;
  const freeCounts = heap.allocator.name !== 'bump';
  heap.allocator.walk((from, to, live, address, size) => {
    if (from < end || to <= from) fail(`stretch ${from} … ${to} overlaps the one before, which ends at ${end}`);
    end = to;
    if (live && (address < from || address + size > to)) fail(`block ${address} is not inside its stretch`);
    if (live || !freeCounts) return;
    free += to - from - header;
    largest = Math.max(largest, to - from - header);
  });
  heap.blocks((block) => {
    current += block.size;
  });
  return { overhead: footprint - free - current, fragmentation: free === 0 ? 0 : 1 - largest / free };
}

function fail(text: string): never {
  throw new Error(text);
}

export function runScript(heap: Heap, script: readonly Step[]): void {
  const held: Held[] = [];
  const trace = { current: 0, peak: 0, allocated: 0, freed: 0, allocations: 0, frees: 0, failures: 0 };
  let fill = 0;
  for (const [index, it] of script.entries()) {
    if (it.op === 'alloc') {
      const address = (it.zeroed ? heap.allocZeroed : heap.alloc)(it.size, it.align, it.family, index + 1);
      if (address === 0) trace.failures++;
      else {
        if (it.zeroed && heap.space.u8.subarray(address, address + it.size).some((byte) => byte !== 0)) fail(`step ${index}: not zeroed`);
        born(it.size);
        place(address, it.size, it.align, it.family);
      }
    } else if (held.length > 0) {
      const at = it.pick % held.length;
      const block = held[at] as Held;
      same(block, block.size);
      if (it.op === 'free') {
        const wrong = heap.free(block.address, block.family, index + 1);
        if (wrong) fail(`step ${index}: free of a live block is refused: ${JSON.stringify(wrong)}`);
        held.splice(at, 1);
        died(block.size);
        const again = heap.free(block.address, block.family, index + 1);
        if (again === null) fail(`step ${index}: a double free goes unseen`);
      } else {
        const address = heap.realloc(block.address, it.size, block.family, index + 1);
        if (address < 0) fail(`step ${index}: realloc of a live block is refused`);
        if (address === 0) trace.failures++;
        else {
          held.splice(at, 1);
          const from = block.size;
          block.address = address;
          same(block, Math.min(from, it.size));
          trace.current += it.size - from;
          trace.peak = Math.max(trace.peak, trace.current);
          trace.allocated += it.size;
          trace.freed += from;
          trace.allocations++;
          trace.frees++;
          place(address, it.size, 16, block.family);
        }
      }
    }
    const wrong = heap.invariants();
    if (wrong.length > 0) fail(`step ${index} (${JSON.stringify(it)}): ${wrong.join('; ')}`);
    const s = heap.statistics.read(0);
    const seen = JSON.stringify({ c: s.current, p: s.peak, a: s.totalAllocated, f: s.totalFreed, n: s.allocations, m: s.frees, x: s.failures });
    const meant = JSON.stringify({ c: trace.current, p: trace.peak, a: trace.allocated, f: trace.freed, n: trace.allocations, m: trace.frees, x: trace.failures });
    if (seen !== meant) fail(`step ${index}: statistics ${seen}, the trace says ${meant}`);
    const bytes = recompute(heap);
    if (heap.overhead() !== bytes.overhead) fail(`step ${index}: overhead ${heap.overhead()}, recomputed ${bytes.overhead}`);
    if (heap.fragmentation() !== bytes.fragmentation) fail(`step ${index}: fragmentation ${heap.fragmentation()}, recomputed ${bytes.fragmentation}`);
  }
  for (const block of held) {
    same(block, block.size);
    if (heap.free(block.address, block.family, 0)) fail('a live block is refused at the end');
    const wrong = heap.invariants();
    if (wrong.length > 0) fail(`at the end: ${wrong.join('; ')}`);
  }
  if (heap.statistics.read(0).current !== 0) fail('all is free, and statistics say otherwise');

  function born(bytes: number): void {
    trace.current += bytes;
    trace.peak = Math.max(trace.peak, trace.current);
    trace.allocated += bytes;
    trace.allocations++;
  }
  function died(bytes: number): void {
    trace.current -= bytes;
    trace.freed += bytes;
    trace.frees++;
  }
  function place(address: number, bytes: number, align: number, family: number): void {
    if (address % Math.max(16, align) !== 0) fail(`${address} is not aligned to ${align}`);
    for (const other of held) {
      const apart = address === other.address ? false : address + bytes <= other.address || other.address + other.size <= address;
      if (!apart) fail(`${address} (${bytes} bytes) overlaps ${other.address} (${other.size} bytes)`);
    }
    fill = (fill + 1) & 255;
    heap.space.u8.fill(fill, address, address + bytes);
    heap.sanitizer?.written(address, bytes);
    held.push({ address, size: bytes, family, fill });
  }
  function same(block: Held, bytes: number): void {
    const content = heap.space.u8.subarray(block.address, block.address + bytes);
    const wrong = content.findIndex((byte) => byte !== block.fill);
    if (wrong >= 0) fail(`byte ${wrong} of the block at ${block.address} changed to ${content[wrong]}`);
    if (bytes > 1 && heap.blockAt(block.address + (bytes >>> 1))?.address !== block.address) fail(`blockAt does not find ${block.address}`);
  }
}
