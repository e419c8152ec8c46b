/**
 * `npm run bench`: what a chain of adapters with closures costs, against the same loop written by hand in Altru, and against CPython and
 * Lua, in one run, interleaved. In: `altru/chains.altru`, whose pairs have twins in `python/chains.py` and `lua/chains.lua`. Out: median
 * ratios with their spread, the geometric means, and the figures in `bench.json`. The aim is 1.3 times the loop at most.
 * Processor time of whole processes, less the same process with no rounds, which makes the data. `BENCH_ROUNDS` says how often; words choose rows.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { altru, geometric, has, here, keep, median, time, work } from './measure.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const wanted = process.argv.slice(2);

/** How often each side runs, and its peers: some tenths of a second of work for each. */
const rows = [
  { name: 'map_filter_sum', ours: 1000, peers: 40 },
  { name: 'zip', ours: 2000, peers: 40 },
  { name: 'windows', ours: 2000, peers: 40 },
  { name: 'chunks', ours: 1500, peers: 40 },
  { name: 'enumerate', ours: 2000, peers: 40 },
  { name: 'flat_map', ours: 300, peers: 6 },
  { name: 'fold', ours: 2000, peers: 40 },
  { name: 'bytes', ours: 3000, peers: 40 },
  { name: 'chars', ours: 1500, peers: 40 },
  { name: 'sort_by', ours: 12, peers: 4 },
  { name: 'take_while', ours: 2000, peers: 40 },
  { name: 'rev_step_by', ours: 6000, peers: 120 },
  { name: 'zip_three', ours: 2000, peers: 40 },
  { name: 'two_in_turn', ours: 1500, peers: 30 },
  { name: 'flat_for', ours: 300, peers: 6 },
  { name: 'groups', ours: 800, peers: 30 },
  { name: 'inclusive', ours: 3000, peers: 40 },
  { name: 'partition', ours: 800, peers: 40 },
  { name: 'scan', ours: 3000, peers: 40 },
  { name: 'chars_rev', ours: 1500, peers: 40 },
].filter(({ name }) => wanted.length === 0 || wanted.some(word => name.includes(word)));

const lua = has('lua5.4') ? 'lua5.4' : has('lua') ? 'lua' : null;
const python = has('python3') ? 'python3' : null;
const program = join(here, 'altru/chains.altru');

type Side = 'chain' | 'hand' | 'python' | 'lua';

/** The command of one side, doing its work so often. */
function command(side: Side, name: string, often: number): readonly [string, readonly string[]] {
  if (side === 'python') return [python ?? '', [join(here, 'python/chains.py'), name, String(often)]];
  if (side === 'lua') return [lua ?? '', [join(here, 'lua/chains.lua'), name, String(often)]];
  return [process.execPath, [altru, 'run', '--release', program, name, side, String(often)]];
}

const sides: readonly Side[] = ['chain', 'hand', ...(python === null ? [] : ['python' as const]), ...(lua === null ? [] : ['lua' as const])];
const run = (side: Side, name: string, often: number): number => time(...command(side, name, often));
const output = (side: Side, name: string): string => {
  const [what, args] = command(side, name, 2);
  return spawnSync(what, args, { encoding: 'utf8' }).stdout;
};

const first = rows[0]?.name ?? 'zip';
run('chain', first, 0);
const starts = new Map<Side, number>(sides.map(side => [side, median(Array.from({ length: rounds }, () => run(side, first, 0)))]));

const results: { name: string; hand: number; python: number | null; lua: number | null }[] = [];
for (const { name, ours, peers } of rows) {
  const answers = new Set(sides.map(side => output(side, name).trim()));
  if (answers.size !== 1) throw new Error(`${name}: the sides disagree: ${[...answers].join(', ')}`);
  const seconds = new Map<Side, number[]>(sides.map(side => [side, []]));
  for (let i = 0; i < rounds; i++) {
    for (const side of sides) {
      const often = side === 'chain' || side === 'hand' ? ours : peers;
      seconds.get(side)?.push(work(run(side, name, often), starts.get(side) ?? 0) / often);
    }
  }
  const chain = seconds.get('chain') ?? [];
  const ratio = (side: Side): number | null => {
    const other = seconds.get(side);
    return other === undefined ? null : median(chain) / median(other);
  };
  const spread = (side: Side): string => {
    const other = seconds.get(side);
    return other === undefined ? 'not installed' : `${(Math.min(...chain) / Math.max(...other)).toFixed(2)}–${(Math.max(...chain) / Math.min(...other)).toFixed(2)}`;
  };
  const row = { name, hand: ratio('hand') ?? Number.NaN, python: ratio('python'), lua: ratio('lua') };
  results.push(row);
  console.log(`${name.padEnd(15)} by hand ${row.hand.toFixed(2)} (${spread('hand')})   CPython ${row.python?.toFixed(3) ?? '-'} (${spread('python')})   Lua ${row.lua?.toFixed(3) ?? '-'} (${spread('lua')})`);
}
const mean = (values: readonly (number | null)[]): number | null => (values.includes(null) || values.length === 0 ? null : geometric(values.flatMap(v => (v === null ? [] : [v]))));
const means = { hand: mean(results.map(r => r.hand)), python: mean(results.map(r => r.python)), lua: mean(results.map(r => r.lua)) };
console.log(`geometric mean  by hand ${means.hand?.toFixed(2) ?? '-'}   CPython ${means.python?.toFixed(3) ?? '-'}   Lua ${means.lua?.toFixed(3) ?? '-'}   (time of the chain relative to each: lower is better)`);
const over = results.filter(r => r.hand > 1.3).map(r => r.name);
console.log(over.length === 0 ? 'every chain stays below 1.3 times its loop' : `above 1.3 times the loop: ${over.join(', ')}`);
keep('chains', { rows: results, means });
