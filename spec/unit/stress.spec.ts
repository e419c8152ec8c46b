/**
 * Stress: programs that are far too much of one thing are checked quickly, or refused with one clear problem; never an exception. The
 * limit is generous, since the machine may be busy: what is looked for is growth with the square, which would take minutes. What is
 * deeper than this thread's stack goes through the command line, as users meet it: check, emission and run, in both profiles.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const altru = join(import.meta.dirname, '../../dist/altru.mjs');

/** Runs a program by the command line in both profiles: exit code 0, this output, nothing said. */
function runs(name: string, text: string, output: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'altru-stress-'));
  try {
    const file = join(folder, `${name}.altru`);
    writeFileSync(file, text);
    for (const profile of [[], ['--release']]) {
      const start = performance.now();
      const { status, stdout, stderr } = spawnSync(process.execPath, [altru, 'run', ...profile, file], { encoding: 'utf8', timeout: 6 * LIMIT, env: { ...process.env, XDG_CACHE_HOME: folder } });
      if (process.env['STRESS_TIMES'] !== undefined) console.log(`${name} ${profile.join()}: ${(performance.now() - start).toFixed(0)} ms`);
      equal({ status, stdout, stderr }, { status: 0, stdout: `${output}\n`, stderr: '' }, name);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the command line says of a program that it refuses: the code alone, and no stack trace. */
function refused(name: string, text: string, code: string): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [altru, 'run', '-'], { input: text, encoding: 'utf8', timeout: 6 * LIMIT });
  equal([status, stdout, [...stderr.matchAll(/^error\[(\w+)\]/gm)].map(m => m[1])], [1, '', [code]], name);
  ok(!stderr.includes('    in ') && !stderr.includes('    at '), `${name}: ${stderr.slice(0, 400)}`);
}

test('a chain of three hundred adapters over a range', () => {
  runs('adapters', `fn main():\n    let sum: u32 = (0u32..10)${times(300, i => (i % 2 === 0 ? '.filter(fn(x): *x != 1000)' : '.map(fn(x): x + 1)'))}.sum()\n    println("{sum}")\n`, '1545');
});

test('a chain of three hundred adapters over borrowed elements', () => {
  runs('borrowed', `fn main():\n    let v: Vec[u32] = Vec::from([1, 2, 3])\n    let sum: u32 = v.iter()${times(300, i => (i % 2 === 0 ? '.filter(fn(x): **x != 1000)' : '.map(fn(x): x)'))}.sum()\n    println("{sum}")\n`, '6');
});

test('a chain of a hundred adapters of all kinds, with literals whose type is known last', () => {
  const kinds = ['.map(fn(x): x + k)', '.filter(fn(x): *x != 1000)', '.skip(0)', '.take(100)', '.chain(0..1)', '.inspect(fn(x): ())', '.enumerate().map(fn(p): p.1)', '.take_while(fn(x): *x < 100000)', '.zip(0..1000).map(fn(p): p.0)', '.step_by(1)'];
  runs('kinds', `fn main():\n    let v: Vec[u32] = Vec::from([1, 2, 3])\n    let k = 5\n    let sum: u32 = v.iter().copied()${times(100, i => kinds[i % kinds.length] ?? '')}.sum()\n    println("{sum}")\n`, '381');
});

test('two hundred nested closures', () => {
  runs('closures', `fn main():\n    let f = ${times(200, i => `move fn(x${i}: u32): (`)}x0 + x199${')'.repeat(200)}\n    println("{}", f${times(200, i => `(${i})`)})\n`, '199');
  runs('called', `fn main():\n    let a = 1u32\n    println("{}", ${times(200, () => '(fn(): ')}a${times(200, () => ')() + 1')})\n`, '201');
  runs('blocks', `fn main():\n${times(200, i => `${'    '.repeat(i + 1)}let f${i} = fn(x: u32) -> u32:\n`)}${'    '.repeat(201)}x\n${times(200, j => `${'    '.repeat(200 - j)}${j < 199 ? `f${199 - j}(x + 1)` : 'println("{}", f0(1))'}\n`)}`, '200');
});

test('two hundred closures, each in the next', () => {
  runs('captured', `fn main():\n    let f0 = fn(x: u32): x + 1\n${times(200, i => `    let f${i + 1} = move fn(x: u32): f${i}(x) + 1\n`)}    println("{}", f200(1))\n`, '202');
  runs('boxed', `fn main():\n    let mut f: Box[dyn Fn(u32) -> u32] = Box::new(fn(x: u32): x + 1)\n${times(200, () => '    let f: Box[dyn Fn(u32) -> u32] = Box::new(move fn(x: u32): f(x) + 1)\n')}    println("{}", f(1))\n`.replace('let mut f', 'let f'), '202');
});

test('a deep program from standard input, with an exit code of its own', () => {
  const text = `fn main():\n    let a = ${'('.repeat(300)}7${')'.repeat(300)}\n    println("{a}")\n    std::process::exit(a)\n`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [altru, 'run', '-'], { input: text, encoding: 'utf8', timeout: 6 * LIMIT });
  equal([status, stdout, stderr], [7, '7\n', '']);
});

test('types, brackets, calls and operators a thousand deep', () => {
  runs('types', `fn main():\n    let a: ${'Option['.repeat(1000)}u8${']'.repeat(1000)} = None\n    println("{}", a.is_some())\n`, 'false');
  runs('calls', `fn f(x: u32) -> u32: x + 1\nfn main():\n    println("{}", ${'f('.repeat(1000)}1${')'.repeat(1000)})\n`, '1001');
  runs('sum', `fn main():\n    let a: i32 = 1${' + 1'.repeat(1500)}\n    println("{a}")\n`, '1501');
});

test('instances without end are refused when code is made', () => {
  refused('doubling', 'fn f[T: Copy](n: u32, x: T):\n    if n > 0: f(n - 1, (x, x))\nfn main(): f(3, 1u8)\n', 'E0275');
  refused('closures', 'fn f[T: Fn() -> u32](n: u32, x: T) -> u32:\n    if n > 0: f(n - 1, fn(): x() + 1) else: x()\nfn main(): println("{}", f(3, fn(): 1))\n', 'E0275');
  refused('adapters', 'fn f[T: Iterator[Item = u32]](n: u32, x: T) -> u32:\n    if n > 0: f(n - 1, x.map(fn(y): y + 1)) else: x.sum()\nfn main(): println("{}", f(3, 0u32..4))\n', 'E0275');
});

test('nesting without end is refused', () => {
  equal(codes('brackets', `fn main():\n    let a = ${'('.repeat(100_000)}1${')'.repeat(100_000)}\n`).length, 1);
  refused('brackets', `fn main():\n    let a = ${'('.repeat(100_000)}1${')'.repeat(100_000)}\n`, 'E1025');
  equal(codes('long', `fn main():\n    let a = "${'x'.repeat(10_000_000)}"\n    println("{}", a.len())\n`), []);
});
