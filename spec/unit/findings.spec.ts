/**
 * A run that goes on after findings leaves the heap whole: bad writes at every distance from live and dead blocks, bad releases of every kind, under each allocator; afterwards
 * the heap's invariants hold and its figures agree. In: one program, arguments that choose. Also: a repetition from an earlier moment tells the same findings.
 */
import * as assert from 'uvu/assert';
import { openLibrary } from '../../bin/world/library.ts';
import { checkProgram, emitChecked, hasErrors, Sources } from '../../lib/index.ts';
import { createKeeper, createMachine, endSlice, listen, run, type Machine, type MachineOptions, type Program, type Trap } from '../../vm/index.ts';
import { suite } from '../suite.ts';

const claim = suite('findings and the heap');
const sources = new Sources();
const library = openLibrary(sources, undefined);

function compiled(text: string): Program {
  const root = sources.add('program.altru', text);
  const compilation = { sources, root, library, load: () => null };
  const checked = checkProgram(compilation);
  assert.not(hasErrors(checked.problems), checked.problems.map(({ code }) => code).join());
  const { value } = emitChecked(compilation, checked, { profile: 'debug' });
  if (value === null) throw new Error('no code');
  return value;
}

function machineFor(program: Program, options: MachineOptions): { readonly machine: Machine; readonly out: () => string } {
  let out = '';
  const machine = createMachine(program, {
    write(stream, bytes) {
      if (stream === 1) out += Buffer.from(bytes).toString();
      return bytes.length;
    },
    read: () => 0, args: ['program'], env: () => undefined, now: () => 0, wallClock: () => 0, sleep: () => undefined,
  }, { heap: 64 << 20, ...options });
  return { machine, out: () => out };
}

const WILD = compiled(`fn bytes(p: *mut u8, from: isize, to: isize):
    for i in from..to: *p.offset(i) = 0xAA
fn wide(p: *mut u8, from: isize, to: isize):
    let mut i = from
    while i < to:
        *(p.offset(i) as *mut u64) = 0xAAAA_AAAA_AAAA_AAAA
        i += 8
fn fill(p: *mut u8, n: usize): std::ptr::write_bytes(p, 0xAA, n)
fn finish(p: *mut u8): free(p)

fn main():
    let sizes = [1, 8, 24, 100, 3000]
    for size in sizes:
        let before = alloc(size)
        let p = alloc_zeroed(size)
        let after = alloc(size)
        finish(before)
        bytes(p, -100, size as isize + 300)
        wide(before, -200, size as isize + 200)
        fill(p, size + 64)
        finish(p)
        fill(p, size)
        bytes(p, 0, size as isize)
        finish(p)
        finish(p + 1)
        finish(after)
        let moved = realloc(p, size + 1)
        moved[size] = 1
        finish(moved)
    # The quarantine lets go of what was freed, and its memory serves again.
    for i in 0..3000:
        let p = alloc_zeroed(i % 700 + 1)
        if p[i % 700] != 0: println("not zero: {i}")
        finish(p)
    println("the end")
`);

for (const allocator of ['slab', 'buddy', 'tlsf', 'bump'] as const) {
  for (const quarantine of [0, 1 << 20]) {
    claim(`${allocator}, ${quarantine} bytes of quarantine: what is written where nothing lives breaks nothing`, () => {
      const { machine, out } = machineFor(WILD, { allocator, quarantine, tolerance: { most: Infinity, suppressed: () => -1 } });
      assert.is(run(machine, 100_000_000), 'finished');
      assert.is(out(), 'the end\n');
      assert.equal(machine.heap.invariants(), []);
      const kinds = new Set(machine.findings?.all.map(({ kind }) => kind));
      for (const kind of ['heap-buffer-overflow', 'heap-use-after-free', 'double-free', 'bad-free']) assert.ok(kinds.has(kind), kind);
    });
  }
}

claim('a run from an earlier moment finds the same, and ends at the same finding', () => {
  const program = compiled(`fn at(p: *mut u8, i: usize) -> u8: p[i]
fn other(p: *mut u8, i: usize) -> u8: p[i + 1]
fn third(p: *mut u8, i: usize) -> u8: p[i + 2]
fn main():
    let p = alloc_zeroed(4)
    let mut sum = 0
    for i in 0..100:
        if i == 20: sum += at(p, i)
        if i == 60: sum += other(p, i)
        if i == 80: sum += third(p, i)
    println("{sum}")
    free(p)
`);
  const found: Trap[] = [];
  const { machine } = machineFor(program, { tolerance: { most: 3, suppressed: () => -1, found: trap => void found.push(trap) }, watched: { statements: true } });
  let steps = 0;
  listen(machine, 'statement', () => {
    if (++steps === 60) endSlice(machine);
  });
  const keeper = createKeeper(machine);
  run(machine);
  const moment = keeper.keep(null);
  const lines = (): (number | undefined)[] => [...(machine.findings?.all ?? []).map(({ at }) => at?.line), machine.trap?.at?.line];
  run(machine);
  assert.is(machine.status, 'stopped');
  const first = lines();
  assert.equal(first, [1, 2, 3]);
  keeper.restore(moment);
  assert.equal(machine.findings?.all.length, 0);
  run(machine);
  assert.is(machine.status, 'stopped');
  assert.equal(lines(), first);
  assert.is(found.length, 4);
});
