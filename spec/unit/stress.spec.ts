/**
 * Stress: programs that are far too much of one thing are checked quickly, or refused with one clear problem; never an exception. The
 * limit is generous, since the machine may be busy: what is looked for is growth with the square, which would take minutes.
 */
import { equal, ok } from 'uvu/assert';
import { openLibrary } from '../../bin/world/library.ts';
import { checkProgram, Sources } from '../../lib/index.ts';
import { suite } from '../suite.ts';

const test = suite('stress');
const sources = new Sources();
const library = openLibrary(sources, undefined);
const LIMIT = 20_000;

/** Codes of the problems, each once. */
function codes(name: string, text: string): string[] {
  const root = sources.add(`${name}.altru`, text);
  const start = performance.now();
  const { problems } = checkProgram({ sources, root, library, load: () => null });
  const time = performance.now() - start;
  if (process.env['STRESS_TIMES'] !== undefined) console.log(`${name}: ${time.toFixed(0)} ms`);
  ok(time < LIMIT, `${name} took ${time.toFixed(0)} ms`);
  return [...new Set(problems.filter(p => p.severity === 'error').map(p => p.code))];
}

const times = (n: number, make: (i: number) => string): string => Array.from({ length: n }, (_, i) => make(i)).join('');

test('a trait for a thousand types', () => {
  equal(codes('impls', `trait Named:\n    fn name(&self) -> i32\n${times(1000, i => `struct S${i}\nimpl Named for S${i}:\n    fn name(&self) -> i32: ${i}\n`)}fn main(): println("{}", S7.name() + S999.name())\n`), []);
});

test('a match of a thousand arms', () => {
  equal(codes('arms', `fn f(x: u32) -> u32:\n    match x:\n${times(1000, i => `        ${i}: ${i * 3}\n`)}        _: 0\nfn main(): println("{}", f(3))\n`), []);
});

test('a struct of five hundred fields', () => {
  equal(codes('fields', `struct S:\n${times(500, i => `    f${i}: u32\n`)}fn sum(s: &S) -> u32: s.f0 + s.f499\nfn main():\n    let s = S { ${times(500, i => `f${i}: ${i}, `)} }\n    println("{}", sum(&s))\n`), []);
});

test('a thousand functions that call one another', () => {
  equal(codes('calls', `${times(1000, i => `fn f${i}(n: u32) -> u32: if n == 0: 0 else: f${(i + 1) % 1000}(n - 1) + 1\n`)}fn main(): println("{}", f0(10))\n`), []);
});

test('an array literal of two thousand elements', () => {
  equal(codes('array', `fn main():\n    let a = [${times(2000, i => `${i}, `)}]\n    println("{}", a[7])\n`), []);
});

test('a chain of two hundred elif', () => {
  equal(codes('elif', `fn f(x: u32) -> u32:\n    if x == 0: 0\n${times(200, i => `    elif x == ${i + 1}: ${i}\n`)}    else: 9\nfn main(): println("{}", f(3))\n`), []);
});

test('a chain of thirty adapters', () => {
  equal(codes('chain', `fn main():\n    let sum: u32 = (0u32..10)${times(30, () => '.map(fn(x): x + 1)')}.sum()\n    println("{sum}")\n`), []);
});

test('generic instances without end are refused', () => {
  ok(codes('instances', 'trait T:\n    fn t(&self)\nimpl[X] T for Vec[X] where Vec[Vec[X]]: T:\n    fn t(&self): ()\nfn main():\n    let v: Vec[u8] = Vec::new()\n    v.t()\n').includes('E0275'));
});

test('nesting without end is refused', () => {
  equal(codes('brackets', `fn main():\n    let a = ${'('.repeat(100_000)}1${')'.repeat(100_000)}\n`).length, 1);
  equal(codes('long', `fn main():\n    let a = "${'x'.repeat(10_000_000)}"\n    println("{}", a.len())\n`), []);
});
