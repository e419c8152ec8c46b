/**
 * `npm run bench`: Altru's interpreter against CPython and Lua on the same programs, side by side in one run, interleaved. In: the
 * programs of `samples/bench` and their twins here. Out: median ratios with their spread, the geometric mean, and `bench.json`.
 * Absolute times mean nothing on a shared machine; ratios within a run do. A peer that is not installed is left out, and said so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const top = join(here, '../..');
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);

const rows: readonly { readonly name: string; readonly args: readonly string[] }[] = [
  { name: 'fib', args: ['32'] },
  { name: 'sieve', args: ['5000000'] },
  { name: 'nbody', args: ['200000'] },
  { name: 'fannkuch', args: ['9'] },
  { name: 'spectral_norm', args: ['300'] },
  { name: 'binary_trees', args: ['14'] },
  { name: 'alloc_churn', args: ['2000000'] },
  { name: 'sort', args: [] },
  { name: 'hash_map', args: [] },
];

const has = (command: string): boolean => spawnSync(command, ['-v']).error === undefined;
const lua = has('lua5.4') ? 'lua5.4' : has('lua') ? 'lua' : null;
const python = has('python3') ? 'python3' : null;

/** Seconds of one run; the start-up of the bare engine is measured apart and taken off. */
function time(command: string, args: readonly string[]): number {
  const start = process.hrtime.bigint();
  const run = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const end = process.hrtime.bigint();
  if (run.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${run.status}: ${run.stderr.toString().slice(0, 400)}`);
  return Number(end - start) / 1e9;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const geometric = (values: readonly number[]): number => Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
const altru = join(top, 'dist/altru.mjs');
const empty = join(here, 'empty.altru');
const idle = { altru: [] as number[], python: [] as number[], lua: [] as number[], node: [] as number[] };
for (let i = 0; i < rounds; i++) {
  idle.node.push(time(process.execPath, ['-e', '0']));
  idle.altru.push(time(process.execPath, [altru, 'run', '--release', empty]));
  if (python !== null) idle.python.push(time(python, ['-c', '0']));
  if (lua !== null) idle.lua.push(time(lua, ['-e', '']));
}
const base = { altru: median(idle.altru), python: median(idle.python), lua: median(idle.lua), node: median(idle.node) };
console.log(`start-up of 'run' on an empty program: ${(base.altru / base.node).toFixed(2)} × bare node`);

const results: { name: string; python: number | null; lua: number | null; seconds: number }[] = [];
for (const { name, args } of rows) {
  const ours: number[] = [];
  const py: number[] = [];
  const lu: number[] = [];
  for (let i = 0; i < rounds; i++) {
    ours.push(time(process.execPath, [altru, 'run', '--release', join(top, 'samples/bench', `${name}.altru`), ...args]) - base.altru);
    if (python !== null) py.push(time(python, [join(here, 'python', `${name}.py`), ...args]) - base.python);
    if (lua !== null) lu.push(time(lua, [join(here, 'lua', `${name}.lua`), ...args]) - base.lua);
  }
  const ratio = (peer: readonly number[]): number | null => (peer.length === 0 ? null : median(ours) / median(peer));
  const spread = (peer: readonly number[]): string => (peer.length === 0 ? 'not installed' : `${(Math.min(...ours) / Math.max(...peer)).toFixed(2)}–${(Math.max(...ours) / Math.min(...peer)).toFixed(2)}`);
  const row = { name, python: ratio(py), lua: ratio(lu), seconds: median(ours) };
  results.push(row);
  console.log(`${name.padEnd(14)} CPython ${row.python?.toFixed(2) ?? '-'} (${spread(py)})   Lua ${row.lua?.toFixed(2) ?? '-'} (${spread(lu)})   ${row.seconds.toFixed(2)} s`);
}
const means = {
  python: python === null ? null : geometric(results.flatMap(r => (r.python === null ? [] : [r.python]))),
  lua: lua === null ? null : geometric(results.flatMap(r => (r.lua === null ? [] : [r.lua]))),
};
console.log(`geometric mean  CPython ${means.python?.toFixed(2) ?? '-'}   Lua ${means.lua?.toFixed(2) ?? '-'}   (time relative to the peer: lower is better)`);
writeFileSync(join(top, 'bench.json'), `${JSON.stringify({ startup: base.altru / base.node, rows: results, means }, null, 1)}\n`);
if (!existsSync(altru)) throw new Error('run `npm run build` first');
