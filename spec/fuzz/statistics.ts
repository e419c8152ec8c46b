/**
 * `npm run fuzz:statistics -- [programs] [seed]`: random programs, and after each the statistics of the heap against a recomputation from the
 * trace of what was asked of the heap. In: how many programs (1,000), a seed. Out: exit 1 with the first program that differs.
 * The trace is taken where the interpreter calls the heap, so nothing of the statistics' own counting is used. Cost: some 10 ms a program.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Sources, checkProgram, decodeLibrary, emitChecked, storedText } from '../../lib/index.ts';
import { createMachine, run, type Host } from '../../vm/index.ts';
import { libraryKey, storedPath } from '../library-key.ts';
import { storeLibrary } from '../program-worker.ts';
import { randomProgram } from './allocating-program.ts';

const count = Number(process.argv[2] ?? 1000);
const first = Number(process.argv[3] ?? 1);
const stored = storedPath(libraryKey());
if (!existsSync(stored)) storeLibrary(stored);
const bytes = readFileSync(stored);
let sources = new Sources();
let library = decodeLibrary(storedText(bytes), sources);
const quiet: Host = { write: (_stream, text) => text.length, read: () => 0, args: ['random'], env: () => undefined, now: () => 0, wallClock: () => 0, sleep: () => undefined };
const SYSTEM = 1;

for (let i = 0; i < count; i++) {
  const text = randomProgram(first + i);
  if (i % 100 === 99) { sources = new Sources(); library = decodeLibrary(storedText(bytes), sources); }
  if (library === null) throw new Error('the stored library cannot be read');
  const compilation = { sources, root: sources.add(`random${first + i}.altru`, text), library, load: () => null };
  const checked = checkProgram(compilation);
  const { value } = emitChecked(compilation, checked, { profile: i % 2 === 0 ? 'debug' : 'release' });
  if (value === null) throw new Error(`program ${first + i} is not accepted:\n${text}\n${checked.problems.map(p => p.code).join()}`);
  const machine = createMachine(value, quiet, {});
  const heap = machine.heap as { -readonly [K in keyof typeof machine.heap]: (typeof machine.heap)[K] };
  const trace = { current: 0, peak: 0, totalAllocated: 0, totalFreed: 0, allocations: 0, frees: 0 };
  const sizes = new Map<number, number>();
  const born = (address: number, size: number): void => {
    sizes.set(address, size);
    trace.current += size;
    trace.peak = Math.max(trace.peak, trace.current);
    trace.totalAllocated += size;
    trace.allocations++;
  };
  const died = (address: number): void => {
    const size = sizes.get(address) ?? 0;
    sizes.delete(address);
    trace.current -= size;
    trace.totalFreed += size;
    trace.frees++;
  };
  const { alloc, allocZeroed, free, realloc } = machine.heap;
  heap.alloc = (size, align, family, at) => { const address = alloc(size, align, family, at); if (address > 0 && family === SYSTEM) born(address, size); return address; };
  heap.allocZeroed = (size, align, family, at) => { const address = allocZeroed(size, align, family, at); if (address > 0 && family === SYSTEM) born(address, size); return address; };
  heap.free = (address, family, at) => { const wrong = free(address, family, at); if (wrong === null && address !== 0 && sizes.has(address)) died(address); return wrong; };
  heap.realloc = (old, size, family, at) => {
    const address = realloc(old, size, family, at);
    if (address > 0 && family === SYSTEM) {
      // The block changes size: the peak never holds both.
      if (old !== 0 && sizes.has(old)) died(old);
      born(address, size);
    }
    return address;
  };
  const status = run(machine, 50_000_000);
  const seen = machine.heap.statistics.read(SYSTEM);
  const differing = (Object.keys(trace) as (keyof typeof trace)[]).filter(key => seen[key] !== trace[key]);
  if (differing.length > 0 || status === 'paused') {
    console.log(`program ${first + i}: ${status}; ${differing.map(key => `${key} ${seen[key]}, the trace says ${trace[key]}`).join('; ')}\n${text}`);
    process.exit(1);
  }
  if (trace.allocations === 0) throw new Error(`program ${first + i} allocates nothing: the trace is not taken`);
}
console.log(`${count} programs agree with their traces`);
process.exit(0);
