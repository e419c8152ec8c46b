/**
 * Every program, rule and sample, checked and run in both profiles, by two processes. In: words that names must contain. Out: what
 * fails and why, then `Total`, `Passed`, `Skipped`; exit 1 on any failure.
 * `known-gaps.txt` lists programs that fail today: they count as skipped, and one that passes must leave the list.
 * With `--write-gaps` the list becomes what fails now; `--verbose` tells of each program as it ends.
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectCases, type Case } from './program-cases.ts';
import { bundle } from './bundle.ts';
import { libraryKey, storedPath } from './library-key.ts';

/** A program that takes longer hangs. */
const LIMIT = 240_000;
const WORKERS = 2;

const here = import.meta.dirname;
const gapsFile = join(here, 'known-gaps.txt');
const words = process.argv.slice(2).filter(word => !word.startsWith('--'));
const writes = process.argv.includes('--write-gaps');
const verbose = process.argv.includes('--verbose');
const known = new Set(readFileSync(gapsFile, 'utf8').split('\n').filter(line => line !== '' && !line.startsWith('#')));

const entry = join(here, 'program-worker.ts');
const made = await bundle([entry]);
const worker = made.path(entry);
const stored = storedPath(libraryKey());
if (!existsSync(stored)) {
  const storing = spawnSync(process.execPath, [worker, '--store', stored], { encoding: 'utf8' });
  if (storing.status !== 0) {
    made.remove();
    console.log(`FAIL the standard library\n${storing.stdout}${storing.stderr}`);
    console.log('Total: 1\nPassed: 0\nSkipped: 0');
    process.exit(1);
  }
}

const cases = collectCases(here).filter(one => words.length === 0 || words.some(word => one.name.includes(word)));
const queue = [...cases];
const results = new Map<string, readonly string[]>();

/** One process until the queue is empty; a new one after a program that hung or killed it. */
async function work(): Promise<void> {
  let child: ChildProcess | null = null;
  for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
    child ??= await start();
    const broken = await ask(child, one);
    results.set(one.name, broken ?? ['crash: no answer in four minutes, or the process died']);
    if (verbose) console.log(`${results.size}/${cases.length} ${one.name}${broken?.length === 0 ? '' : `\n  ${(broken ?? ['no answer']).join('\n  ')}`}`);
    if (broken === null) {
      child.kill('SIGKILL');
      child = null;
    }
  }
  child?.kill();
}

function start(): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = fork(worker, ['--work', stored], { execArgv: ['--max-semi-space-size=64', '--enable-source-maps'] });
    child.once('message', () => resolve(child));
    child.once('error', reject);
  });
}

function ask(child: ChildProcess, one: Case): Promise<string[] | null> {
  return new Promise(resolve => {
    const done = (broken: string[] | null): void => {
      clearTimeout(timer);
      child.off('message', answer);
      child.off('exit', died);
      resolve(broken);
    };
    const answer = (broken: unknown): void => done(Array.isArray(broken) ? broken.map(String) : null);
    const died = (): void => done(null);
    const timer = setTimeout(died, LIMIT);
    child.on('message', answer);
    child.on('exit', died);
    child.send(one);
  });
}

await Promise.all(Array.from({ length: WORKERS }, work));
made.remove();

let passed = 0;
let failed = 0;
let skipped = 0;
for (const { name } of cases) {
  const broken = results.get(name) ?? ['not run'];
  const gap = known.has(name);
  if (broken.length === 0 && !gap) passed++;
  else if (broken.length > 0 && gap) skipped++;
  else {
    failed++;
    console.log(`FAIL ${name}\n${gap ? '  passes now: remove it from the list of known gaps' : broken.map(text => `  ${text.replaceAll('\n', '\n    ')}`).join('\n')}`);
  }
}
for (const name of known) {
  if (words.length > 0 || cases.some(one => one.name === name)) continue;
  failed++;
  console.log(`FAIL ${name}\n  stands in the list of known gaps, but there is no such program`);
}
if (writes) {
  const head = readFileSync(gapsFile, 'utf8').split('\n').filter(line => line.startsWith('#'));
  const kept = words.length === 0 ? [] : [...known].filter(name => !results.has(name));
  const failing = [...results].filter(([, broken]) => broken.length > 0).map(([name]) => name);
  writeFileSync(gapsFile, `${[...head, ...[...kept, ...failing].sort()].join('\n')}\n`);
}
console.log(`\n  Total:     ${passed + failed}\n  Passed:    ${passed}\n  Skipped:   ${skipped}`);
process.exitCode = failed > 0 ? 1 : 0;
