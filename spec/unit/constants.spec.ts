/**
 * Constant evaluation over the tree: exact integers, control flow, `const fn`, and what fails.
 */
import * as assert from 'uvu/assert';
import { constantOf, type Value } from '../../lib/types/consteval.ts';
import type { Problem } from '../../lib/report/problem.ts';
import type { DefId } from '../../lib/types/type.ts';
import { suite } from '../suite.ts';
import { collect } from './tiny-library.ts';

const test = suite('constants');

function value(text: string): { value: Value | null; codes: string[]; labels: (string | undefined)[] } {
  const { world, codes } = collect(text);
  assert.equal(codes, []);
  const problems: Problem[] = [];
  const found = constantOf(world, 'main::X' as DefId, { file: 0 as never, start: 0, end: 0 }, problems);
  return { value: found, codes: problems.map(p => p.code), labels: problems.map(p => p.label) };
}

const int = (text: string): bigint | null => {
  const found = value(text);
  assert.equal(found.codes, []);
  return found.value?.kind === 'int' ? found.value.value : null;
};

test('arithmetic is exact and literals take the type that is there', () => {
  assert.is(int('const X: u64 = 1 << 40 | 7\n'), (1n << 40n) | 7n);
  assert.is(int('const X: i8 = -128\n'), -128n);
  assert.is(int('const X: u8 = !0 as u8\n'.replace('!', '~')), 255n);
  assert.is(int('const N: usize = 4\nconst X: usize = N * (2 + N) % 7\n'), 3n);
  assert.is(int('const X: u32 = u8::MAX as u32 + 1\n'), 256n);
  assert.is(int("const X: u8 = 'a' as u8\n"), 97n);
  assert.is(int('const X: i32 = -7 / 2\n'), -3n);
});

test('what would panic is E0080', () => {
  assert.equal(value('const X: u8 = 200 + 100\n').labels, ['attempt to compute `200_u8 + 100`, which would overflow']);
  assert.equal(value('const X: i32 = 1 / 0\n').codes, ['E0080']);
  assert.equal(value('const X: i32 = 1 << 32\n').codes, ['E0080']);
  assert.equal(value('const A: [i32; 2] = [1, 2]\nconst X: i32 = A[2]\n').codes, ['E0080']);
  assert.equal(value('const X: i32 = loop: pass\n').codes, ['E0080']);
});

test('const functions run, with loops and variables', () => {
  const text = `
const fn fib(n: u32) -> u64:
    let mut a: u64 = 0
    let mut b: u64 = 1
    let mut i = 0
    while i < n:
        let next = a + b
        a = b
        b = next
        i += 1
    a
const X: u64 = fib(50)
`;
  assert.is(int(text), 12586269025n);
  assert.is(int('const fn f(n: u32) -> u32: if n == 0: 1 else: n * f(n - 1)\nconst X: u32 = f(10)\n'), 3628800n);
});

test('matches, structs and associated constants', () => {
  const text = `
struct P:
    x: i32
    const ORIGIN: P = P { x: 5 }
    const fn twice(self) -> i32: self.x * 2
enum E:
    A
    B(i32)
const E1: E = E::B(4)
const X: i32 = match E1:
    E::A: 0
    E::B(n) if n > 3: n + P::ORIGIN.twice()
    _: 1
`;
  assert.is(int(text), 14n);
});

test('a constant that needs itself is a cycle', () => {
  assert.equal(value('const A: i32 = X\nconst X: i32 = A\n').codes, ['E0391']);
});
