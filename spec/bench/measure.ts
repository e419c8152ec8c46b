/**
 * What the benches measure with, and where they keep it. Processor time (user and system, all threads) of whole processes, less what
 * starting takes: on a shared machine it is steadier than the clock on the wall. `keep` writes a bench's figures into `bench.json`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const here = import.meta.dirname;
export const top = join(here, '../..');
export const altru = join(top, 'dist/altru.mjs');
if (!existsSync(altru)) throw new Error('run `npm run build` first');

export const has = (command: string, ask = '-v'): boolean => spawnSync(command, [ask]).error === undefined;
/** Bash counts milliseconds, other shells hundredths. */
const shell = has('bash') ? 'bash' : 'sh';

/** Seconds of processor time of one run, as the shell's `times` gives them for its children. */
export function time(command: string, args: readonly string[], ends: readonly number[] = [0]): number {
  const run = spawnSync(shell, ['-c', '"$0" "$@" >/dev/null; ended=$?; times; exit $ended', command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  if (!ends.includes(run.status ?? -1)) throw new Error(`${command} ${args.join(' ')} ended with ${run.status}: ${run.stderr.toString().slice(0, 400)}`);
  const children = run.stdout.toString().trim().split('\n').at(-1) ?? '';
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

/** The work alone: never nothing, and never less than nothing. */
export const work = (whole: number, start: number): number => Math.max(whole - start, 0.001);

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
export const geometric = (values: readonly number[]): number => Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);

/** Puts one bench's figures beside those of the others in `bench.json`. */
export function keep(bench: string, figures: unknown): void {
  const file = join(top, 'bench.json');
  let all: Record<string, unknown> = {};
  try {
    all = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  } catch { /* the first one */ }
  writeFileSync(file, `${JSON.stringify({ ...all, [bench]: figures }, null, 1)}\n`);
}
