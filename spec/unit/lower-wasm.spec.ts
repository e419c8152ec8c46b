/**
 * The code lowers to WebAssembly one to one: fib, a sieve and a walk over structs give the same results there, and so does every numeric
 * instruction on awkward operands, given as constants and through locals (which are different instructions in the register form).
 */
import * as assert from 'uvu/assert';
import { draftProgram } from '../../vm/code/assemble.ts';
import type { Draft } from '../../vm/code/assemble.ts';
import { opcodes } from '../../vm/code/opcodes.ts';
import { verify } from '../../vm/code/verify.ts';
import { createMachine } from '../../vm/run/create.ts';
import type { Machine } from '../../vm/run/machine.ts';
import { run } from '../../vm/run/run.ts';
import { suite } from '../suite.ts';
import { lower } from './lowering.ts';

const test = suite('lowering to WebAssembly');
const host = { write: (_: number, bytes: Uint8Array) => bytes.length, read: () => 0, args: [], env: () => undefined, now: () => 0, wallClock: () => 0, sleep() {} };

/** Runs a program in both engines; gives the machine and WebAssembly's memory and result. */
function both(drafts: readonly Draft[]): { machine: Machine; result: unknown; memory: WebAssembly.Memory } {
  const program = draftProgram(drafts);
  assert.equal(verify(program), []);
  const machine = createMachine(program, host, { heap: 1 << 22, calls: 1000, stack: 1 << 16 });
  assert.is(run(machine), 'finished', machine.trap?.message);
  const bytes = lower(program);
  assert.ok(WebAssembly.validate(bytes), 'the module is valid');
  const memory = new WebAssembly.Memory({ initial: 64 });
  let top = 65536;
  const alloc = (size: number): number => {
    top += (size + 15) & -16;
    while (top > memory.buffer.byteLength) memory.grow(16);
    return top - ((size + 15) & -16);
  };
  const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { alloc, memory } }).exports;
  const main = exports['main'];
  if (typeof main !== 'function') throw new Error('no main');
  return { machine, result: main(), memory };
}

test('fib', () => {
  const { machine, result } = both([
    { name: 'main', results: ['i32'], body: 'i32.const 15 call 1 end' },
    { name: 'fib', params: ['i32'], results: ['i32'], body: 'local.get 0 i32.const 2 i32.lt_s if _ local.get 0 return end local.get 0 i32.const 1 i32.sub call 1 local.get 0 i32.const 2 i32.sub call 1 i32.add end' },
  ]);
  assert.is(machine.exit, 610);
  assert.is(result, 610);
});

test('sieve', () => {
  const { machine, result } = both([
    { name: 'main', results: ['i32'], locals: ['i32', 'i32', 'i32', 'i32'], body: `
      i32.const 20000 i32.const 16 alloc_zeroed system local.set 0
      i32.const 2 local.set 1
      block _ loop _
        local.get 1 i32.const 20000 i32.ge_s br_if 1
        local.get 0 local.get 1 ptr.index 1 i32.load8_u 0 i32.eqz
        if _
          local.get 3 i32.const 1 i32.add local.set 3
          local.get 1 local.get 1 i32.add local.set 2
          loop _
            local.get 2 i32.const 20000 i32.lt_s if _
              local.get 0 local.get 2 ptr.index 1 i32.const 1 i32.store8 0
              local.get 2 local.get 1 i32.add local.set 2
              br 1
            end
          end
        end
        local.get 1 i32.const 1 i32.add local.set 1
        br 0
      end end
      local.get 3 end` },
  ]);
  assert.is(machine.exit, 2262);
  assert.is(result, 2262);
});

test('a walk over a list of structs', () => {
  const { machine, result } = both([
    { name: 'main', results: ['i32'], locals: ['i32', 'i32', 'i32', 'f64'], body: `
      ; build: { next: ptr, key: u8, value: f64 }
      loop _
        i32.const 16 i32.const 8 alloc system local.set 1
        local.get 1 local.get 0 ptr.store 0
        local.get 1 local.get 2 i32.store8 4
        local.get 1 local.get 2 f64.convert_i32_s f64.const 1.5 f64.mul f64.store 8
        local.get 1 local.set 0
        local.get 2 i32.const 1 i32.add local.tee 2 i32.const 300 i32.lt_s br_if 0
      end
      block _ loop _
        local.get 0 i32.eqz br_if 1
        local.get 3 local.get 0 f64.load 8 f64.add local.get 0 i32.load8_s 4 f64.convert_i32_s f64.add local.set 3
        local.get 0 ptr.load 0 local.set 0
        br 0
      end end
      local.get 3 i32.trunc_sat_f64_s end` },
  ]);
  assert.is(machine.exit, result);
  assert.ok(machine.exit > 60000);
});

test('multi-value blocks, br_table, select', () => {
  const { machine, result } = both([
    { name: 'main', results: ['i32'], locals: ['i32', 'i32'], body: `
      loop _
        block i32
          block _ block _ block _
            local.get 0 i32.const 3 i32.rem_s br_table [0 1 2]
          end i32.const 5 br 2 end i32.const 70 br 1 end
          i32.const 900
        end
        local.get 1 i32.add local.set 1
        i32.const 1000 i32.const 2000 local.get 0 i32.const 4 i32.gt_s select local.get 1 i32.add local.set 1
        local.get 0 i32.const 1 i32.add local.tee 0 i32.const 9 i32.lt_u br_if 0
      end
      i32.const 7 call 1 i32.sub local.get 1 i32.add end` },
    { name: 'pair', params: ['i32'], results: ['i32', 'i32'], body: 'local.get 0 local.get 0 i32.const 3 i32.mul block _ local.get 0 i32.eqz br_if 0 end end' },
  ]);
  assert.is(machine.exit, result);
});

const operands = {
  i32: ['0', '1', '-1', '2', '31', '33', '7', '-7', '255', '-128', '65535', '32768', '2147483647', '-2147483648', '-559038737'],
  i64: ['0', '1', '-1', '2', '63', '65', '32', '7', '-7', '4294967295', '4294967296', '-4294967296', '9223372036854775807', '-9223372036854775808', '81985529216486895', '-81985529216486895', '9007199254740993', '255'],
  f32: ['0', '-0', '1', '-1.5', '2.5', '3.5', '0.5', '1e-40', '3.4e38', '16777217', 'Infinity', '-Infinity', 'NaN', '2147483648', '-2147483649', '9.3e18'],
  f64: ['0', '-0', '1', '-1.5', '2.5', '3.5', '0.5', '1e-310', '1.7e308', '4503599627370497.5', 'Infinity', '-Infinity', 'NaN', '2147483648', '-2147483649', '4294967296', '9.3e18', '1.9e19', '-9.3e18', '123456789.987'],
};
/** Right operands: every other one, and the first three. */
const few = (all: readonly string[]): string[] => all.filter((_, place) => place < 3 || place % 2 === 1);
const isType = (word: string): word is keyof typeof operands => word in operands;

for (const row of opcodes) {
  const [pops = '', pushes = ''] = row.effect.split('->');
  const takes = pops.trim().split(' ').filter(isType);
  const gives = pushes.trim();
  if (typeof row.lower !== 'number' || row.immediates.length > 0 || !isType(gives) || takes.length === 0 || takes.length > 2 || row.name.startsWith('ptr')) continue;
  const first = takes[0] ?? 'i32';
  const second = takes[1];
  const wide = gives.endsWith('64');
  const divides = /div_|rem_/.test(row.name);
  test(`${row.name} is WebAssembly's`, () => {
    const lines: string[] = [];
    let at = 8;
    const cases: string[] = [];
    for (const one of operands[first]) {
      for (const other of second ? few(operands[second]) : ['']) {
        if (divides && (other === '0' || (other === '-1' && (one === '-2147483648' || one === '-9223372036854775808')))) continue;
        const consts = second ? `${first}.const ${one} ${second}.const ${other}` : `${first}.const ${one}`;
        cases.push(`${one} ${other}`);
        const store = `${gives}.store`;
        const through = second ? `${first}.const ${one} local.set 1 ${second}.const ${other} local.set 2 local.get 1 local.get 2` : `${first}.const ${one} local.set 1 local.get 1`;
        const half = second ? `${first}.const ${one} local.set 1 local.get 1 ${second}.const ${other}` : through;
        const left = second ? `${second}.const ${other} local.set 2 ${first}.const ${one} local.get 2` : through;
        lines.push(`local.get 0 ${consts} ${row.name} ${store} ${at}`, `local.get 0 ${through} ${row.name} ${store} ${at + 8}`, `local.get 0 ${half} ${row.name} ${store} ${at + 16}`, `${left} ${row.name} local.set 3 local.get 0 local.get 3 ${store} ${at + 24}`);
        if (gives === 'i32') lines.push(`local.get 0 ${through} ${row.name} if i32 i32.const 5 else i32.const 6 end i32.store ${at + 28}`);
        at += 32;
      }
    }
    const body = `i32.const ${at + 64} i32.const 16 alloc_zeroed system local.set 0 ${lines.join(' ')} local.get 0 end`;
    const { machine, result, memory } = both([{ name: 'main', results: ['i32'], locals: ['i32', first, second ?? 'i32', gives], body }]);
    const ours = new DataView(machine.space.memory.buffer, machine.exit);
    const theirs = new DataView(memory.buffer, Number(result));
    const read = (view: DataView, place: number): string => {
      if (gives === 'f64' && Number.isNaN(view.getFloat64(place, true))) return 'NaN';
      if (gives === 'f32' && Number.isNaN(view.getFloat32(place, true))) return 'NaN';
      return wide ? view.getBigInt64(place, true).toString(16) : `${view.getInt32(place, true)} ${gives === 'i32' ? view.getInt32(place + 4, true) : ''}`;
    };
    cases.forEach((operand, index) => {
      for (let form = 0; form < 4; form += 1) assert.is(read(ours, 8 + index * 32 + form * 8), read(theirs, 8 + index * 32 + form * 8), `${row.name} of ${operand}, form ${form}`);
    });
  });
}
