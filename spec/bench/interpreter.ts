/**
 * `npm run bench`: Altru against CPython and Lua on the same programs, side by side in one run, interleaved. In: the programs of
 * `samples/bench` and their twins here. Out: median ratios with their spread, the geometric mean, and `bench.json`.
 * What is compared is processor time (user and system, all threads), less what the bare engine takes to start: on a shared machine it
 * is steadier than the clock on the wall. The first run of each row is not counted: it compiles, and fills the cache of code.
 * Absolute times mean nothing from run to run; ratios within a run do. A peer that is not installed is left out, and said so.
 * `BENCH_ROUNDS` says how often; words as arguments choose rows.
 */
import { join } from 'node:path';
import { altru, geometric, has, here, keep, median, time, top, work } from './measure.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const wanted = process.argv.slice(2);

/** Sizes give every peer work of ten times its own start-up at least. */
const rows = [
  { name: 'fib', args: ['34'] },
  { name: 'sieve', args: ['5000000'] },
  { name: 'nbody', args: ['300000'] },
  { name: 'fannkuch', args: ['9'] },
  { name: 'spectral_norm', args: ['400'] },
  { name: 'binary_trees', args: ['15'] },
  { name: 'alloc_churn', args: ['3000000'] },
  { name: 'sort', args: ['1000000'] },
  { name: 'hash_map', args: ['4000000'] },
].filter(({ name }) => wanted.length === 0 || wanted.some(word => name.includes(word)));

const lua = has('lua5.4') ? 'lua5.4' : has('lua') ? 'lua' : null;
const python = has('python3') ? 'python3' : null;

const empty = join(here, 'empty.altru');
const idle = { altru: [] as number[], python: [] as number[], lua: [] as number[], node: [] as number[] };
time(process.execPath, [altru, 'run', '--release', empty]);
for (let i = 0; i < rounds; i++) {
  idle.node.push(time(process.execPath, ['-e', '0']));
  idle.altru.push(time(process.execPath, [altru, 'run', '--release', empty]));
  if (python !== null) idle.python.push(time(python, ['-c', '0']));
  if (lua !== null) idle.lua.push(time(lua, ['-e', '']));
}
const base = { altru: median(idle.altru), python: median(idle.python), lua: median(idle.lua), node: median(idle.node) };
console.log(`start-up of 'run' on an empty program, kept from before: ${(base.altru / base.node).toFixed(2)} × bare node`);

const results: { name: string; python: number | null; lua: number | null; seconds: number }[] = [];
for (const { name, args } of rows) {
  const ours: number[] = [];
  const py: number[] = [];
  const lu: number[] = [];
  const run = (): number => time(process.execPath, [altru, 'run', '--release', join(top, 'samples/bench', `${name}.altru`), ...args]);
  run();
  for (let i = 0; i < rounds; i++) {
    ours.push(work(run(), base.altru));
    if (python !== null) py.push(work(time(python, [join(here, 'python', `${name}.py`), ...args]), base.python));
    if (lua !== null) lu.push(work(time(lua, [join(here, 'lua', `${name}.lua`), ...args]), base.lua));
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
keep('interpreter', { startup: base.altru / base.node, rows: results, means });
