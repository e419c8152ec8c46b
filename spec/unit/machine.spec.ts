/** The machine: checked arithmetic, panics and unwinding, traps with their places, fuel, halting at statements, events, services. */
import * as assert from 'uvu/assert';
import { draftProgram } from '../../vm/code/assemble.ts';
import type { Draft } from '../../vm/code/assemble.ts';
import { importNamed } from '../../vm/code/imports.ts';
import type { Import, Variable } from '../../vm/code/program.ts';
import { intKindBits, intKinds, intKindType } from '../../vm/code/values.ts';
import { verify } from '../../vm/code/verify.ts';
import { listen } from '../../vm/run/events.ts';
import { begin } from '../../vm/run/machine.ts';
import { createMachine } from '../../vm/run/create.ts';
import type { Machine } from '../../vm/run/machine.ts';
import type { MachineOptions } from '../../vm/run/create.ts';
import { outOfFuel, run } from '../../vm/run/run.ts';
import { frames, siteStack } from '../../vm/run/trap.ts';
import { variablesOf } from '../../vm/run/variables.ts';
import { speedUp } from '../../vm/wasm/tier.ts';
import { suite } from '../suite.ts';

const test = suite('machine');

type More = Parameters<typeof draftProgram>[1];
function make(drafts: readonly Draft[], more: More = {}, options: MachineOptions = {}): { m: Machine; output: () => string } {
  let output = '';
  const host = {
    write: (_: number, bytes: Uint8Array) => {
      output += new TextDecoder().decode(bytes);
      return bytes.length;
    },
    read: () => 0, args: ['one', 'zwölf'], env: (name: string) => (name === 'A' ? 'b' : undefined), now: () => 5, wallClock: () => 6, sleep() {},
  };
  const program = draftProgram(drafts, more);
  assert.equal(verify(program), []);
  return { m: createMachine(program, host, options), output: () => output };
}
function ran(drafts: readonly Draft[], more: More = {}, options: MachineOptions = {}): { m: Machine; output: string } {
  const { m, output } = make(drafts, more, options);
  run(m);
  // Compiled wherever it can be, the same: a stop, its place and its call stack too.
  const hot = make(drafts, more, options);
  speedUp(hot.m, { slice: 0, hot: 1 });
  run(hot.m);
  assert.equal([hot.m.status, hot.m.exit, hot.output(), hot.m.trap], [m.status, m.exit, output(), m.trap], 'compiled code does the same');
  return { m, output: output() };
}
const imports = (...names: string[]): Import[] =>
  names.map((name) => {
    const row = importNamed(name);
    if (!row) throw new Error(`no import ${name}`);
    return { name, signature: row.signature };
  });

// ── arithmetic ──
const verbs = { add: 'add', sub: 'subtract', mul: 'multiply' } as const;
for (const kind of intKinds) {
  test(`${kind} arithmetic panics and wraps as Rust's`, () => {
    const bits = BigInt(intKindBits(kind));
    const signed = kind.startsWith('i');
    const least = signed ? -(1n << (bits - 1n)) : 0n;
    const most = signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
    const wrap = (value: bigint): bigint => (signed ? BigInt.asIntN(Number(bits), value) : BigInt.asUintN(Number(bits), value));
    const type = intKindType(kind);
    const values = [...new Set([least, least + 1n, -1n, 0n, 1n, 2n, 7n, most / 2n, most - 1n, most, 1n << (bits / 2n), (1n << (bits / 2n)) - 1n])].filter((value) => value >= least && value <= most);
    const word = (value: bigint): string => String(type === 'i32' ? BigInt.asIntN(32, value) : value);
    const kept = (value: bigint): bigint => (type === 'i32' ? BigInt.asIntN(32, value) : BigInt.asIntN(64, value));
    const drafts: Draft[] = [{ name: 'main', body: 'end' }];
    const expected: { value: bigint | string; flag: number | null; claim: string }[] = [];
    const say = (code: string, value: bigint | string, flag: number | null, claim: string): void => {
      drafts.push({ name: claim, locals: [type, type, 'i32', type], body: `${code} end` });
      expected.push({ value, flag, claim });
    };
    for (const one of values) {
      for (const other of values) {
        for (const form of ['const', 'local']) {
          const first = form === 'const' ? '' : `${type}.const ${word(other)} local.set 1`;
          const both = `${type}.const ${word(one)} local.set 0 ${first} local.get 0 ${form === 'const' ? `${type}.const ${word(other)}` : 'local.get 1'}`;
          const store = `local.set 3 static.addr 0 local.get 3 ${type}.store 0`;
          for (const [verb, text] of Object.entries(verbs)) {
            const exact = verb === 'add' ? one + other : verb === 'sub' ? one - other : one * other;
            const fits = exact >= least && exact <= most;
            say(`${both} ${verb}.checked ${kind} ${store}`, fits ? kept(exact) : `attempt to ${text} with overflow`, null, `${one} ${verb} ${other} ${form}`);
            say(`${both} ${verb}.overflowing ${kind} local.set 2 ${store} static.addr 0 local.get 2 i32.store 8`, kept(wrap(exact)), fits ? 0 : 1, `${one} ${verb} ${other} wraps, ${form}`);
          }
          for (const verb of ['div', 'rem']) {
            const action = verb === 'div' ? 'attempt to divide' : 'attempt to calculate the remainder';
            const result = other === 0n ? `${action} ${verb === 'div' ? 'by zero' : 'with a divisor of zero'}` : signed && one === least && other === -1n ? `${action} with overflow` : kept(verb === 'div' ? one / other : one % other);
            say(`${both} ${verb}.checked ${kind} ${store}`, result, null, `${one} ${verb} ${other} ${form}`);
          }
          if (other >= 0n && other < 256n) {
            const amount = form === 'const' ? `i32.const ${other}` : `i32.const ${other} local.set 2 local.get 2`;
            for (const verb of ['shl', 'shr']) {
              const fits = other < bits;
              const result = verb === 'shl' ? wrap(one << other) : one >> other;
              say(`${type}.const ${word(one)} ${amount} ${verb}.checked ${kind} ${store}`, fits ? kept(result) : `attempt to shift ${verb === 'shl' ? 'left' : 'right'} with overflow`, null, `${one} ${verb} ${other} ${form}`);
            }
          }
        }
      }
      const negative = -one;
      say(`${type}.const ${word(one)} neg.checked ${kind} local.set 3 static.addr 0 local.get 3 ${type}.store 0`, negative >= least && negative <= most ? kept(negative) : 'attempt to negate with overflow', null, `neg ${one}`);
    }
    const { m } = make(drafts, { statics: { size: 16 } });
    expected.forEach(({ value, flag, claim }, index) => {
      begin(m, index + 1);
      run(m);
      const got = m.trap ? m.trap.message : type === 'i32' ? BigInt(m.space.view.getInt32(m.statics, true)) : m.space.view.getBigInt64(m.statics, true);
      assert.is(got, value, `${kind}: ${claim}`);
      if (flag !== null) assert.is(m.space.view.getInt32(m.statics + 8, true), flag, `${kind}: ${claim}`);
    });
  });
}

// ── panics ──
const at = (line: number, offset = 0) => ({ at: offset, source: 0, line, column: 5, statement: true });

test('a panic says what and where, as Rust does, and exits with 101', () => {
  const { m, output } = ran([{ name: 'main', body: 'i32.const 7 i32.const 3 check.bounds drop end', marks: [at(4)] }]);
  assert.is(output, "thread 'main' panicked at draft.altru:4:5:\nindex out of bounds: the len is 3 but the index is 7\n");
  assert.is(m.exit, 101);
  assert.equal(m.trap?.at, { file: 'draft.altru', line: 4, column: 5 });
});

test('a panic in a function that passes its caller on is reported there', () => {
  const { output } = ran([{ name: 'main', body: 'call 1 end', marks: [at(9)] }, { name: 'unwrap', body: 'panic unwrap_none end', marks: [at(1)], trackCaller: true }]);
  assert.match(output, /draft\.altru:9:5:\ncalled `Option::unwrap\(\)` on a `None` value/);
});

/** A function that writes a digit: `trace = trace * 10 + digit`, in the statics. */
const digit = (value: number): string => `static.addr 0 static.addr 0 i32.load 0 i32.const 10 i32.mul i32.const ${value} i32.add i32.store 0`;
const trace = (m: Machine): number => m.space.view.getInt32(m.statics, true);
const statics = { statics: { size: 16 } };

test('a panic runs the cleanup of each open call, innermost first, then ends the program', () => {
  const { m } = ran(
    [
      { name: 'main', body: 'call 1 end', cleanup: `block 0 br_table [0] end ${digit(3)} resume end`, landings: [{ at: 0, landing: 0 }] },
      { name: 'middle', body: 'call 2 end', locals: ['i32'], cleanup: `local.set 0 ${digit(2)} local.get 0 i32.const 5 i32.eq if _ ${digit(9)} end resume end`, landings: [{ at: 0, landing: 5 }] },
      { name: 'inner', body: `${digit(1)} panic explicit end` },
    ],
    { ...statics, signatures: [{ params: ['i32'], results: [] }] },
  );
  assert.is(trace(m), 1293);
  assert.is(m.exit, 101);
  assert.equal(m.trap?.stack.map((entry) => entry.function), ['inner', 'middle', 'main']);
});

test('catch_call stops a panic, gives 1, and the text can be asked for', () => {
  const { m } = ran(
    [
      { name: 'main', results: ['i32'], body: `i32.const 2 i32.const 77 catch_call if _ ${digit(4)} end i32.const 3 i32.const 78 catch_call i32.eqz if _ ${digit(5)} end host.call 0 end` },
      { name: 'bad', params: ['i32'], body: `local.get 0 i32.const 77 i32.eq if _ ${digit(1)} end call 3 end`, cleanup: `drop ${digit(2)} resume end`, landings: [{ at: 22, landing: 0 }] },
      { name: 'good', params: ['i32'], body: 'local.get 0 i32.const 78 i32.ne if _ trap abort end end' },
      { name: 'fails', body: 'panic explicit end' },
    ],
    { ...statics, imports: imports('caught_length') },
  );
  assert.is(m.status, 'finished', m.trap?.message);
  assert.is(trace(m), 1245);
  assert.is(m.exit, 'explicit panic'.length);
});

test('a landing belongs to its call: the same call with a landing runs cleanup before it is caught', () => {
  const call = 'i32.const 0 drop ';
  const { m } = ran(
    [
      { name: 'main', body: 'i32.const 2 i32.const 0 catch_call drop end' },
      { name: 'bad', params: ['i32'], body: `${call} call 2 end`, cleanup: `drop ${digit(2)} resume end`, landings: [{ at: 3, landing: 0 }] },
      { name: 'fails', body: 'panic explicit end' },
    ],
    statics,
  );
  assert.is(trace(m), 2);
});

test('a panic in cleanup aborts, but one that is caught in there does not', () => {
  const inCleanup = (code: string): Machine =>
    ran(
      [
        { name: 'main', body: 'panic explicit end', cleanup: `drop ${code} resume end`, landings: [{ at: 0, landing: 0 }] },
        { name: 'fails', params: ['i32'], body: 'panic todo end' },
      ],
      statics,
    ).m;
  const aborted = inCleanup('i32.const 0 call 1');
  assert.is(aborted.exit, 134);
  assert.is(aborted.trap?.kind, 'abort');
  const caught = inCleanup(`i32.const 2 i32.const 0 catch_call if _ ${digit(6)} end`);
  assert.is(caught.exit, 101);
  assert.is(trace(caught), 6);
  assert.is(caught.trap?.message, 'explicit panic');
});

test('a panic may not leave a function that does not unwind', () => {
  assert.is(ran([{ name: 'main', body: 'call 1 end' }, { name: 'c', body: 'panic explicit end', noUnwind: true }]).m.exit, 134);
});

// ── stopping ──
test('deep recursion is a trap with both ends of the stack', () => {
  const { m } = ran([{ name: 'main', body: 'call 1 end' }, { name: 'down', body: 'call 1 end' }]);
  assert.is(m.trap?.kind, 'stack-overflow');
  assert.is(m.exit, 101);
  assert.is(m.trap?.stack.at(-1)?.function, 'main');
});

test('a memory frame that does not fit is a stack overflow too', () => {
  assert.is(ran([{ name: 'main', body: 'call 1 end' }, { name: 'down', frame: 100_000, body: 'call 1 end' }]).m.trap?.kind, 'stack-overflow');
});

test('frames are given back, and stack_alloc with them', () => {
  const { m } = ran([
    { name: 'main', results: ['i32'], locals: ['i32', 'i32'], body: 'loop _ call 1 local.set 1 local.get 0 i32.const 1 i32.add local.tee 0 i32.const 3000 i32.lt_s br_if 0 end local.get 1 end' },
    { name: 'f', results: ['i32'], frame: 4000, locals: ['i32'], body: 'frame.addr 16 i32.const 5 i32.store 0 i32.const 4000 stack_alloc local.tee 0 i32.const 6 i32.store 0 frame.addr 16 i32.load 0 local.get 0 i32.load 0 i32.add end' },
  ]);
  assert.is(m.exit, 11);
  assert.is(m.msp, m.space.map.stacks.start);
});

test('fuel stops a loop, which goes on with more', () => {
  const { m } = make([{ name: 'main', results: ['i32'], locals: ['i32'], body: 'loop _ local.get 0 i32.const 1 i32.add local.tee 0 i32.const 1000 i32.lt_s br_if 0 end local.get 0 end' }]);
  let slices = 0;
  while (run(m, 100) === 'paused') slices += 1;
  assert.is(m.exit, 1000);
  assert.is(slices, 9);
  const { m: other } = make([{ name: 'main', body: 'loop _ br 0 end end' }]);
  run(other, 10);
  outOfFuel(other);
  assert.is(other.exit, 124);
});

test('null and wild pointers are caught with what was touched', () => {
  const through = (code: string): Machine => ran([{ name: 'main', body: `${code} end`, marks: [at(2)] }]).m;
  assert.equal([through('i32.const 4 i32.load 0 drop').trap?.kind, through('i32.const 4 i32.load 0 drop').exit], ['null-dereference', 101]);
  assert.is(through('i32.const -5 i32.const 1 i32.store 0').trap?.kind, 'wild-access');
  assert.is(through('i32.const 2000000000 f64.load 8 drop').trap?.fault?.size, 8);
  assert.is(through('i32.const 0 check.null drop').trap?.code, 'R4001');
  assert.is(through('i32.const 6 check.align 4 drop').trap?.kind, 'misaligned-access');
  assert.is(through('i32.const 0 i32.const 9 i32.const 10 memory.copy').trap?.kind, 'null-dereference');
});

test('a check that the next access makes anyway still stops in the same way', () => {
  const through = (address: number, code: string): string | undefined => ran([{ name: 'main', locals: ['i32'], body: `i32.const ${address} local.set 0 ${code} end` }]).m.trap?.kind;
  const load = 'local.get 0 check.null check.align 4 drop local.get 0 i32.load 0 drop';
  const store = 'local.get 0 check.null check.align 4 drop local.get 0 i32.const 7 i32.store 0';
  const far = 'local.get 0 check.null check.align 4 drop local.get 0 i32.load 4 drop';
  for (const code of [load, store, far]) {
    assert.is(through(0, code), 'null-dereference', code);
    assert.is(through(65536 + 2, code), 'misaligned-access', code);
    assert.is(through(65536 + 4, code), undefined, code);
  }
  assert.is(through(0, 'local.get 0 check.null drop'), 'null-dereference');
});

test('unaligned accesses work', () => {
  const { m } = ran([{ name: 'main', results: ['i32'], locals: ['i64', 'f64'], body: `
    static.addr 1 i64.const 0x1122334455667788 i64.store 0
    static.addr 1 i64.load 0 local.set 0
    static.addr 1 f64.load 0 local.set 1
    static.addr 11 local.get 1 f64.store 0
    static.addr 3 i32.load16_u 0
    static.addr 12 i32.load 0 i32.add
    static.addr 3 i32.const -2 i32.store16 0 static.addr 3 i32.load16_s 0 i32.add
    local.get 0 i64.const 32 i64.shr_u i32.wrap_i64 i32.add end` }], { statics: { size: 32 } });
  assert.is(m.exit, (0x5566 + 0x44556677 - 2 + 0x11223344) | 0);
});

test('a function pointer is checked for null and for its type', () => {
  const call = (pointer: number): Machine => ran([{ name: 'main', results: ['i32'], body: `i32.const 20 i32.const ${pointer} call_indirect 0 end` }, { name: 'twice', params: ['i32'], results: ['i32'], body: 'local.get 0 i32.const 2 i32.mul end' }], { signatures: [{ params: ['i32'], results: ['i32'] }] }).m;
  assert.is(call(2).exit, 40);
  assert.is(call(0).trap?.kind, 'null-call');
  assert.is(call(1).trap?.kind, 'bad-call');
  assert.is(call(-1).trap?.kind, 'bad-call');
});

test('freeing twice stops with 77', () => {
  const { m } = ran([{ name: 'main', locals: ['i32'], body: 'i32.const 8 i32.const 8 alloc system local.tee 0 free system local.get 0 free system end', marks: [at(3)] }]);
  assert.is(m.trap?.kind, 'double-free');
  assert.is(m.exit, 77);
});

// ── watching ──
test('statements can be listened to, and a listener may halt the machine there', () => {
  const body = 'i32.const 1 drop i32.const 2 drop i32.const 3 drop end';
  const marks = [at(1), at(2, 3), at(3, 6)];
  const { m } = make([{ name: 'main', body, marks }], {}, { watched: { statements: true } });
  const seen: number[] = [];
  listen(m, 'statement', (offset) => {
    seen.push(offset);
    return offset === 3;
  });
  assert.is(run(m), 'halted');
  assert.equal(seen, [0, 3]);
  assert.is(run(m), 'finished');
  assert.equal(seen, [0, 3, 6]);
});

test('calls, accesses and allocations can be listened to', () => {
  const { m } = make(
    [{ name: 'main', locals: ['i32'], body: 'i32.const 24 i32.const 8 alloc system local.tee 0 i32.const 5 i32.store 4 local.get 0 i32.load8_u 4 drop local.get 0 free system call 1 end' }, { name: 'f', body: 'end' }],
    {},
    { watched: { calls: true, accesses: true } },
  );
  const seen: string[] = [];
  let block = 0;
  listen(m, 'alloc', (address, size) => {
    block = address;
    seen.push(`alloc ${size}`);
  });
  listen(m, 'store', (address, size) => void seen.push(`store ${address - block} ${size}`));
  listen(m, 'load', (address, size) => void seen.push(`load ${address - block} ${size}`));
  listen(m, 'free', (address) => void seen.push(`free ${address - block}`));
  listen(m, 'call', (index) => void seen.push(`call ${index}`));
  listen(m, 'return', () => void seen.push('return'));
  run(m);
  assert.equal(seen, ['call 0', 'alloc 24', 'store 4 4', 'load 4 1', 'free 0', 'call 1', 'return', 'return']);
});

// ── services ──
test('arguments and variables of the environment arrive as UTF-8', () => {
  const { m, output } = ran([{ name: 'main', body: 'static.addr 0 i32.const 1 host.call 0 static.addr 0 drop drop i32.const 1 static.addr 0 host.call 1 i32.const 1 static.addr 0 i32.const 1 host.call 0 host.call 2 drop end'.replace('static.addr 0 i32.const 1 host.call 0 static.addr 0 drop drop', '') }], {
    statics: { size: 16 },
    imports: imports('arg_length', 'arg_copy', 'write'),
  });
  assert.is(m.status, 'finished', m.trap?.message);
  assert.is(output, 'zwölf');
});

test('a call of something the host does not have stops there', () => {
  const { m } = ran([{ name: 'main', body: 'host.call 0 end' }], { imports: [{ name: 'launch', signature: { params: [], results: [] } }] });
  assert.match(m.trap?.message ?? '', /`launch`/);
});

test('a number for a call stack leads back to its places', () => {
  const { m } = ran([
    { name: 'main', locals: ['i32'], body: 'call 1 local.tee 0 free system local.get 0 free system end', marks: [at(7)] },
    { name: 'make', results: ['i32'], body: 'i32.const 8 i32.const 8 alloc system end', marks: [at(2)] },
  ], { provenance: true, profile: 'debug' });
  assert.is(m.trap?.kind, 'double-free');
  assert.equal(m.trap?.born.map(({ function: name, line }) => `${name}:${line}`), ['make:2', 'main:7']);
  assert.equal(siteStack(m, 0), []);
});

test('a callee that was written in place of its call still stands in the call stack', () => {
  const { m, output } = ran([
    { name: 'main', body: 'i32.const 9 call 1 drop end', marks: [at(3)] },
    { name: 'outer', params: ['i32'], results: ['i32'], body: 'local.get 0 i32.const 1 i32.add call 2 end', marks: [at(5)] },
    { name: 'inner', params: ['i32'], results: ['i32'], body: 'local.get 0 i32.const 3 check.bounds end', marks: [at(8)] },
  ]);
  assert.match(output, /draft\.altru:8:5/);
  assert.equal(m.trap?.stack.map(({ function: name, line }) => `${name}:${line}`), ['inner:8', 'outer:5', 'main:3']);
});

test('variables of an open call are found where they live', () => {
  const variable = (name: string, lives: Variable['lives'], from = 0, to = 1000): Variable => ({ name, type: 0, lives, from, to });
  const { m } = make(
    [
      { name: 'main', body: 'i32.const 5 call 1 drop end', marks: [at(1)] },
      {
        name: 'f', params: ['i32'], results: ['i32'], locals: ['i32'], frame: 16, marks: [at(2), at(3, 8)],
        body: 'i32.const 7 local.set 1 frame.addr 8 i32.const 9 i32.store 0 local.get 0 local.get 1 i32.add end',
        variables: [variable('n', { kind: 'local', local: 0 }), variable('k', { kind: 'local', local: 1 }), variable('gone', { kind: 'local', local: 1 }, 0, 2), variable('cell', { kind: 'frame', offset: 8 })],
      },
    ],
    { profile: 'debug' },
    { watched: { statements: true } },
  );
  listen(m, 'statement', (offset) => offset === 8 && frames(m)[0]?.index === 1);
  // The store has not run at its own mark: go one statement further by asking at the end of the function.
  assert.is(run(m), 'halted');
  const frame = frames(m)[0];
  if (!frame) throw new Error('no frame');
  const found = variablesOf(m, frame).map(({ variable: { name }, place }) => `${name} ${place.kind === 'slots' ? m.ints[place.at[0] ?? 0] : place.kind}`);
  assert.equal(found, ['n 5', 'k 7', 'cell memory']);
  assert.is(run(m), 'finished');
});
