/**
 * What watching costs: the debug profile with everything on (guards, overflow checks, shadow memory, provenance, leaks) against release
 * code on the same engine, the interpreter; beside it Valgrind's Memcheck and gcc's AddressSanitizer against uninstrumented runs of the
 * same programs in C (`c/`, gcc -O1). And what recording a heap profile costs on top of debug. One run, interleaved. Processor time, less
 * what an empty program takes under the same tool. Peers that are not installed are left out, and said so.
 * `BENCH_ROUNDS` says how often; words as arguments choose rows. Aim: debug at most 2.5 times release in the geometric mean, a heap profile at most 1.5 times debug.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { altru, geometric, has, here, keep, median, time, top, work } from './measure.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const wanted = process.argv.slice(2);

/** Sizes give interpreted code and C about a second of work each. */
const rows = [
  { name: 'fib', ours: '27', c: '36' },
  { name: 'sieve', ours: '1000000', c: '40000000' },
  { name: 'nbody', ours: '20000', c: '3000000' },
  { name: 'fannkuch', ours: '8', c: '10' },
  { name: 'spectral_norm', ours: '100', c: '2000' },
  { name: 'binary_trees', ours: '11', c: '17' },
  { name: 'alloc_churn', ours: '300000', c: '10000000' },
  { name: 'sort', ours: '100000', c: '3000000' },
  { name: 'hash_map', ours: '200000', c: '20000000' },
].filter(({ name }) => wanted.length === 0 || wanted.some(word => name.includes(word)));

const gcc = has('gcc', '--version');
const valgrind = gcc && has('valgrind', '--version');
if (!gcc) console.log('gcc is not installed: no AddressSanitizer and no Memcheck beside it');
else if (!valgrind) console.log('valgrind is not installed: no Memcheck beside it');

const built = mkdtempSync(join(tmpdir(), 'altru-bench-'));
function build(name: string, how: 'plain' | 'asan'): string {
  const out = join(built, `${name}.${how}`);
  const made = spawnSync('gcc', ['-O1', '-g', ...(how === 'asan' ? ['-fsanitize=address'] : []), '-o', out, join(here, 'c', `${name}.c`), '-lm']);
  if (made.status !== 0) throw new Error(`gcc ${name}: ${made.stderr.toString().slice(0, 400)}`);
  return out;
}

type Way = { readonly name: string; readonly run: (program: string, size: string) => number };
const script = (program: string): string => (program === 'empty' ? join(here, 'empty.altru') : join(top, 'samples/bench', `${program}.altru`));
const nowhere = join(built, 'profile.json');
const ways: Record<'release' | 'debug' | 'heap' | 'plain' | 'asan' | 'memcheck', Way | null> = {
  release: { name: 'release', run: (program, size) => time(process.execPath, [altru, 'run', '--release', '--engine', 'interpreter', script(program), size]) },
  debug: { name: 'debug', run: (program, size) => time(process.execPath, [altru, 'run', script(program), size]) },
  heap: { name: 'heap profile', run: (program, size) => time(process.execPath, [altru, 'heap', '--json', '-o', nowhere, script(program), size]) },
  plain: gcc ? { name: 'C', run: (program, size) => time(join(built, `${program}.plain`), [size]) } : null,
  asan: gcc ? { name: 'AddressSanitizer', run: (program, size) => time(join(built, `${program}.asan`), [size]) } : null,
  memcheck: valgrind ? { name: 'Memcheck', run: (program, size) => time('valgrind', ['-q', '--leak-check=full', join(built, `${program}.plain`), size]) } : null,
};
type Name = keyof typeof ways;
const names = (Object.keys(ways) as Name[]).filter(name => ways[name] !== null);
const sizeFor = (name: Name, row: { readonly ours: string; readonly c: string }): string => (name === 'release' || name === 'debug' || name === 'heap' ? row.ours : row.c);

try {
  if (gcc) for (const name of ['empty', ...rows.map(row => row.name)]) for (const how of ['plain', 'asan'] as const) build(name, how);
  const idle = new Map<Name, number>();
  for (const name of names) {
    ways[name]?.run('empty', '0');
    idle.set(name, median(Array.from({ length: rounds }, () => ways[name]?.run('empty', '0') ?? 0)));
  }
  const ratios: { name: string; debug: number; heap: number; asan: number | null; memcheck: number | null }[] = [];
  for (const row of rows) {
    const taken = new Map<Name, number[]>(names.map(name => [name, []]));
    // The first run compiles, and fills the cache of code.
    for (const name of names) ways[name]?.run(row.name, sizeFor(name, row));
    for (let i = 0; i < rounds; i++) for (const name of names) taken.get(name)?.push(work(ways[name]?.run(row.name, sizeFor(name, row)) ?? 0, idle.get(name) ?? 0));
    const over = (one: Name, other: Name): number | null => (ways[one] === null || ways[other] === null ? null : median(taken.get(one) ?? []) / median(taken.get(other) ?? []));
    const result = { name: row.name, debug: over('debug', 'release') ?? Number.NaN, heap: over('heap', 'debug') ?? Number.NaN, asan: over('asan', 'plain'), memcheck: over('memcheck', 'plain') };
    ratios.push(result);
    console.log(`${row.name.padEnd(14)} Altru debug/release ${result.debug.toFixed(2)}   heap profile/debug ${result.heap.toFixed(2)}   AddressSanitizer/C ${result.asan?.toFixed(2) ?? '-'}   Memcheck/C ${result.memcheck?.toFixed(2) ?? '-'}`);
  }
  const mean = (of: (one: (typeof ratios)[number]) => number | null): number | null => {
    const values = ratios.map(of).filter(value => value !== null);
    return values.length === 0 ? null : geometric(values);
  };
  const means = { debug: mean(r => r.debug), heap: mean(r => r.heap), asan: mean(r => r.asan), memcheck: mean(r => r.memcheck) };
  console.log(`geometric mean  debug ${means.debug?.toFixed(2)}   heap profile ${means.heap?.toFixed(2)}   AddressSanitizer ${means.asan?.toFixed(2) ?? '-'}   Memcheck ${means.memcheck?.toFixed(2) ?? '-'}`);
  keep('sanitizer', { rows: ratios, means });
} finally {
  rmSync(built, { recursive: true, force: true });
}
