/** The debug profile on the machine: pointers carry their block through locals, memory, calls and copies, so that the sanitizer finds what was meant. */
import * as assert from 'uvu/assert';
import { draftProgram } from '../../vm/code/assemble.ts';
import type { Draft } from '../../vm/code/assemble.ts';
import { verify } from '../../vm/code/verify.ts';
import { createMachine } from '../../vm/run/create.ts';
import type { Machine } from '../../vm/run/machine.ts';
import { run } from '../../vm/run/run.ts';
import { suite } from '../suite.ts';

const test = suite('machine in debug');
const host = { write: (_: number, bytes: Uint8Array) => bytes.length, read: () => 0, args: [], env: () => undefined, now: () => 0, wallClock: () => 0, sleep() {} };

function ran(drafts: readonly Draft[], more: Parameters<typeof draftProgram>[1] = {}): Machine {
  const program = draftProgram(drafts, { profile: 'debug', provenance: true, ...more });
  assert.equal(verify(program), []);
  const m = createMachine(program, host, { heap: 1 << 24, stack: 1 << 18, calls: 1000 });
  run(m);
  return m;
}
const kind = (body: string, more: Partial<Draft> = {}, rest: Parameters<typeof draftProgram>[1] = {}): string | undefined => ran([{ name: 'main', locals: ['i32', 'i32', 'i32'], body: `${body} end`, ...more }], rest).trap?.kind;

const block = 'i32.const 16 i32.const 8 alloc system local.set 0';
const write = (offset: number, value = 5): string => `local.get 0 ptr.offset ${offset} check.null check.access 4 1 drop local.get 0 ptr.offset ${offset} i32.const ${value} i32.store 0`;
const read = (offset: number): string => `local.get 0 ptr.offset ${offset} check.null check.access 4 0 drop local.get 0 i32.load ${offset} drop`;

test('right accesses pass', () => {
  assert.is(kind(`${block} ${write(0)} ${write(12)} ${read(0)} ${read(12)} local.get 0 free system`), undefined);
});
test('an overrun, even when it lands inside another live block', () => {
  assert.is(kind(`${block} ${write(16)}`), 'heap-buffer-overflow');
  assert.is(kind(`${block} i32.const 64 i32.const 8 alloc system local.set 1 local.get 0 local.get 1 local.get 0 i32.sub ptr.add local.set 0 ${write(8)}`), 'heap-buffer-overflow');
});
test('a use after free, even when the memory was given out again', () => {
  assert.is(kind(`${block} local.get 0 free system ${write(0)}`), 'heap-use-after-free');
});
test('a branch on what was never written, and not the read of it', () => {
  const decides = read(4).replace(/drop$/, 'if _ end');
  assert.is(kind(`${block} ${write(0)} ${decides}`), 'use-of-uninitialized-value');
  assert.is(kind(`${block} ${write(0)} ${read(4)}`), undefined);
  assert.is(kind(`i32.const 16 i32.const 8 alloc_zeroed system local.set 0 ${read(4)}`), undefined);
});
test('a pointer in memory keeps its block, and so does a copy of it', () => {
  const cell = 'i32.const 8 i32.const 8 alloc system local.set 1 i32.const 8 i32.const 8 alloc system local.set 2';
  const through = `${block} ${write(0)} ${cell} local.get 1 local.get 0 ptr.store 4 local.get 2 local.get 1 i32.const 8 memory.copy local.get 0 free system`;
  assert.is(kind(`${through} local.get 2 ptr.load 4 check.access 4 0 drop`), 'heap-use-after-free');
  // A number that is stored there says nothing about blocks.
  assert.is(kind(`${block} ${write(0)} ${cell} local.get 1 local.get 0 ptr.store 0 local.get 1 local.get 0 i32.store 0 local.get 1 ptr.load 0 check.access 4 0 drop`), undefined);
});
test('a pointer that is passed and returned keeps its block', () => {
  const m = ran([
    { name: 'main', locals: ['i32'], body: `${block} local.get 0 free system local.get 0 i32.const 4 call 1 local.set 0 ${write(0)} end` },
    { name: 'step', params: ['i32', 'i32'], results: ['i32'], body: 'local.get 0 local.get 1 ptr.index 2 end' },
  ]);
  assert.is(m.trap?.kind, 'heap-use-after-free');
  assert.is(m.trap?.fault?.offset, 8);
});
test('slots of a frame: after their scope, after the return, over their end', () => {
  assert.is(kind(`frame.live 8 16 frame.addr 8 local.set 0 ${write(0)} ${read(0)} frame.dead 8 16`, { frame: 32 }), undefined);
  assert.is(kind(`frame.live 8 16 frame.addr 8 local.set 0 frame.dead 8 16 ${write(0)}`, { frame: 32 }), 'stack-use-after-scope');
  assert.match(kind(`frame.live 8 16 frame.addr 8 local.set 0 ${write(16)}`, { frame: 32 }) ?? '', /stack-buffer-overflow/);
  const m = ran([
    { name: 'main', locals: ['i32'], body: `call 1 local.set 0 ${write(0)} end` },
    { name: 'escape', results: ['i32'], frame: 16, body: 'frame.live 0 8 frame.addr 0 end' },
  ]);
  assert.is(m.trap?.kind, 'stack-use-after-return');
});
test('a frame that comes where another was is clean, watched slots or not', () => {
  const m = ran([
    { name: 'main', body: 'call 1 call 2 call 1 call 2 end' },
    { name: 'watched', frame: 32, locals: ['i32'], body: `frame.live 0 16 frame.addr 0 local.set 0 ${write(0)} ${read(0)} end` },
    { name: 'plain', frame: 32, locals: ['i32'], body: `frame.addr 0 local.set 0 ${write(4)} ${read(4)} end` },
  ]);
  assert.is(m.status, 'finished', m.trap?.message);
});
test('an unwinding takes the frames with it', () => {
  const m = ran([
    { name: 'main', locals: ['i32'], frame: 8, body: `frame.live 0 4 i32.const 2 frame.addr 0 catch_call drop frame.addr 0 ptr.load 0 local.set 0 ${write(0)} end` },
    { name: 'bad', params: ['i32'], frame: 16, body: 'frame.live 0 8 local.get 0 frame.addr 0 ptr.store 0 panic explicit end' },
  ]);
  assert.is(m.trap?.kind, 'stack-use-after-return');
  assert.is(m.panics.length, 0);
});
test('stack_alloc is a block of its own', () => {
  assert.match(kind(`i32.const 16 stack_alloc local.set 0 ${write(0)} ${write(16)}`) ?? '', /stack-buffer-overflow/);
});
test('a static over its end', () => {
  const statics = { statics: { size: 64, variables: [{ name: 'a', at: 16, size: 8, type: 0, mutable: true }] } };
  assert.is(kind(`static.addr 16 local.set 0 ${write(4)} ${read(0)}`, {}, statics), undefined);
  assert.is(kind(`static.addr 16 local.set 0 ${write(8)}`, {}, statics), 'global-buffer-overflow');
});
test('bulk operations are checked by range', () => {
  assert.is(kind(`${block} local.get 0 i32.const 17 check.range 1`), 'heap-buffer-overflow');
  assert.is(kind(`${block} local.get 0 i32.const -1 check.range 1`), 'negative-size-param');
  assert.is(kind(`${block} local.get 0 i32.const 16 check.range 1 local.get 0 i32.const 7 i32.const 16 memory.fill ${read(8)}`), undefined);
});
test('statistics are the same in both profiles', () => {
  const body = `${block} i32.const 100 i32.const 8 alloc system local.set 1 local.get 1 i32.const 300 i32.const 8 realloc system free system end`;
  const [debug, release] = (['debug', 'release'] as const).map((profile) => ran([{ name: 'main', locals: ['i32', 'i32'], body }], { profile, provenance: profile === 'debug' }).heap.statistics.read(0));
  assert.equal(debug, release);
  assert.is(debug?.liveBlocks, 1);
});
