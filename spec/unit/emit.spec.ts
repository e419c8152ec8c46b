/** Emission: hand-built graphs become code that runs. */
import assert from 'node:assert/strict';
import { BOOL, F64, I32, ptr, tuple, UNIT, USIZE, array, constant, int as intType, ref } from '../../lib/types/type.ts';
import { suite } from '../suite.ts';
import { assign, block, call, copy, int, item, move, place, runProgram, to, use, type TestFunction } from './emit-harness.ts';

const test = suite('emit');
const U8 = intType('u8');
const I64 = intType('i64');

const fib: TestFunction = {
  name: 'fib', params: [I32], result: I32, locals: [BOOL, I32, I32, I32],
  blocks: [
    block([assign(2, { kind: 'binary', op: 'lt', left: copy(1), right: int(2) })], { kind: 'switch', operand: copy(2), type: BOOL, values: [0n], targets: [to(1)], otherwise: to(2) }),
    block([], { kind: 'checked', op: 'sub', left: copy(1), right: int(1), destination: place(3), target: to(3), unwind: null }),
    block([assign(0, use(copy(1)))], { kind: 'return' }),
    block([], call(item('fib'), [move(3)], 4, 4)),
    block([], { kind: 'checked', op: 'sub', left: copy(1), right: int(2), destination: place(3), target: to(5), unwind: null }),
    block([], call(item('fib'), [move(3)], 5, 6)),
    block([], { kind: 'checked', op: 'add', left: copy(4), right: copy(5), destination: place(0), target: to(7), unwind: null }),
    block([], { kind: 'return' }),
  ],
};

test('calls, branches and checked arithmetic', () => {
  const main: TestFunction = { name: 'main', params: [], result: I32, blocks: [block([], call(item('fib'), [int(10)], 0, 1)), block([], { kind: 'return' })] };
  assert.equal(runProgram([fib, main]), 55);
  assert.equal(runProgram([fib, main], [], 'debug'), 55);
});

test('overflow panics in debug and wraps in release', () => {
  const main: TestFunction = {
    name: 'main', params: [], result: I32, locals: [U8],
    blocks: [
      block([assign(1, use(int(250, U8)))], { kind: 'checked', op: 'add', left: copy(1), right: int(10, U8), destination: place(1), target: to(1), unwind: null }),
      block([assign(0, { kind: 'cast', cast: 'numeric', operand: copy(1), type: I32 })], { kind: 'return' }),
    ],
  };
  assert.equal(runProgram([main]), 4);
  assert.match(String(runProgram([main], [], 'debug')), /attempt to add with overflow/);
});

test('a loop over an array in memory', () => {
  // let a = [5; 10]; a[3] = 7; sum
  const A = array(I32, constant(10n));
  const main: TestFunction = {
    name: 'main', params: [], result: I32, locals: [A, USIZE, BOOL, I32],
    blocks: [
      block([assign(1, { kind: 'repeat', operand: int(5), length: constant(10n), type: A }), assign(place(1, { kind: 'constantIndex', offset: 3, fromEnd: false }), use(int(7))), assign(2, use(int(0, USIZE))), assign(0, use(int(0)))], { kind: 'goto', target: to(1) }),
      block([assign(3, { kind: 'binary', op: 'lt', left: copy(2), right: int(10, USIZE) })], { kind: 'switch', operand: copy(3), type: BOOL, values: [0n], targets: [to(3)], otherwise: to(2) }),
      block([assign(4, use(copy(place(1, { kind: 'index', local: 2 as never })))), assign(0, { kind: 'binary', op: 'add', left: copy(0), right: copy(4) }), assign(2, { kind: 'binary', op: 'add', left: copy(2), right: int(1, USIZE) })], { kind: 'goto', target: to(1) }),
      block([], { kind: 'return' }),
    ],
  };
  for (const profile of ['release', 'debug', 'unchecked'] as const) assert.equal(runProgram([main], [], profile), 52);
});

test('pairs are two machine values; references reach into memory', () => {
  const P = tuple([I32, F64]);
  const Q = tuple([I32, U8]);
  const setter: TestFunction = { name: 'set', params: [ref(Q, true)], result: UNIT, blocks: [block([assign(place(1, { kind: 'deref' }, { kind: 'field', index: 0, type: I32 }), use(int(40)))], { kind: 'return' })] };
  const swap: TestFunction = { name: 'swap', params: [P], result: P, blocks: [block([assign(0, use(move(1)))], { kind: 'return' })] };
  const main: TestFunction = {
    name: 'main', params: [], result: I32, locals: [P, Q, ref(Q, true), UNIT, I32],
    blocks: [
      block([
        assign(1, { kind: 'aggregate', of: { kind: 'tuple' }, type: P, operands: [int(2), { kind: 'constant', constant: { kind: 'float', value: 1.5, type: F64 } }] }),
        assign(2, { kind: 'aggregate', of: { kind: 'tuple' }, type: Q, operands: [int(1), int(200, U8)] }),
        assign(3, { kind: 'borrow', borrow: 'mut', place: place(2) }),
      ], call(item('set'), [move(3)], 4, 1)),
      block([], call(item('swap'), [move(1)], 1, 2)),
      block([assign(5, use(copy(place(2, { kind: 'field', index: 0, type: I32 })))), assign(0, { kind: 'binary', op: 'add', left: copy(5), right: copy(place(1, { kind: 'field', index: 0, type: I32 })) })], { kind: 'return' }),
    ],
  };
  assert.equal(runProgram([setter, swap, main]), 42);
});

test('64-bit values, casts and tables', () => {
  const pick: TestFunction = {
    name: 'pick', params: [I32], result: I64, blocks: [
      block([], { kind: 'switch', operand: copy(1), type: I32, values: [0n, 1n, 2n, 3n, 5n], targets: [to(1), to(2), to(3), to(4), to(2)], otherwise: to(5) }),
      ...[10, 20, 30, 40, 50].map(v => block([assign(0, use(int(v, I64)))], { kind: 'return' })),
    ],
  };
  const main: TestFunction = {
    name: 'main', params: [], result: I32, locals: [I64, I64, I64],
    blocks: [
      block([], call(item('pick'), [int(3)], 1, 1)), block([], call(item('pick'), [int(5)], 2, 2)), block([], call(item('pick'), [int(4)], 3, 3)),
      block([assign(1, { kind: 'binary', op: 'add', left: copy(1), right: copy(2) }), assign(1, { kind: 'binary', op: 'sub', left: copy(1), right: copy(3) }), assign(0, { kind: 'cast', cast: 'numeric', operand: copy(1), type: I32 })], { kind: 'return' }),
    ],
  };
  assert.equal(runProgram([pick, main]), 10);
});

test('raw pointers: guards stop a null access', () => {
  const main: TestFunction = {
    name: 'main', params: [], result: I32, locals: [ptr(I32, true)],
    blocks: [
      block([assign(1, use({ kind: 'constant', constant: { kind: 'null', type: ptr(I32, true) } }))], { kind: 'guard', pointer: copy(1), type: I32, access: 'read', target: to(1), unwind: null, verdict: 'guarded' }),
      block([assign(0, use(copy(place(1, { kind: 'deref' }))))], { kind: 'return' }),
    ],
  };
  assert.match(String(runProgram([main])), /null/);
});
