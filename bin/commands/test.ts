/**
 * `altru test FILE… [words]`: runs the functions marked `@test`, each in a heap of its own, side by side in threads. In: files or folders,
 * words that names must contain. Out: results as text, TAP or JUnit, in the order of the source; output of a test is shown when it fails.
 * With `--fail-alloc all` each test runs once more for every allocation it makes, with that one refused; `--fail-alloc K` runs one of these.
 * A test fails by a panic, a memory error, an `Err`, or a leak. Exit 1 when one failed or a file has errors.
 */
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Compilation, type Test, Sources, checkProgram, emitChecked, hasErrors, testsOf } from '../../lib/index.ts';
import type { Program } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import type { Captured } from '../world/captured.ts';
import { askForRoom, limits } from '../world/deep.ts';
import { openLibrary } from '../world/library.ts';
import { parseOptions } from '../world/options.ts';
import { reportProblems } from '../world/report.ts';
import { loadSource, tryLoad } from '../world/source-file.ts';
import { paintFor, wantsColor } from '../world/terminal.ts';
import { openPool } from '../world/test-pool.ts';
import { reporterFor, type TestResult } from '../world/test-report.ts';
import { wrongUse } from '../world/usage.ts';

const OPTIONS = { list: 'flag', filter: 'value', exact: 'flag', ignored: 'flag', stats: 'flag', format: 'value', jobs: 'value', 'fail-alloc': 'value', release: 'flag', std: 'value' } as const;

interface Planned {
  readonly file: string;
  readonly test: Test;
  readonly emit: () => Program | null;
}

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const options = parseOptions(args, OPTIONS);
  if ('wrong' in options) return wrongUse(options.wrong);
  const format = options.values.get('format') ?? 'pretty';
  if (format !== 'pretty' && format !== 'tap' && format !== 'junit') return wrongUse("'--format' takes pretty, tap or junit");
  const wantedJobs = options.values.get('jobs');
  if (wantedJobs !== undefined && !/^[1-9]\d{0,2}$/.test(wantedJobs)) return wrongUse(`'--jobs' takes a number from 1, not '${wantedJobs}'`);
  const failing = options.values.get('fail-alloc');
  if (failing !== undefined && failing !== 'all' && !/^[1-9]\d{0,8}$/.test(failing)) return wrongUse(`'--fail-alloc' takes a number from 1, or all, not '${failing}'`);
  const failAlloc = failing === undefined ? null : failing === 'all' ? 'all' : Number(failing);
  const isFile = (name: string): boolean => /\.altru$/.test(name) || name === '-' || isFolder(name);
  const files = options.rest.filter(isFile).flatMap(name => (isFolder(name) ? filesIn(name) : [name]));
  const words = [...options.rest.filter(name => !isFile(name)), ...(options.values.has('filter') ? [options.values.get('filter') ?? ''] : [])];
  if (!options.rest.some(isFile)) return wrongUse("'test' needs a file or a folder");

  const matches = (name: string): boolean => words.length === 0 || words.some(word => (options.flags.has('exact') ? name === word : name.includes(word)));
  const planned: Planned[] = [];
  let broken = false;
  for (const file of files) {
    const plan = planFile(file, options.values.get('std'), options.flags.has('release') ? 'release' : 'debug', shared);
    if (plan === null) broken = true;
    else planned.push(...plan.filter(({ test }) => matches(test.name)));
  }
  if (options.flags.has('list')) {
    for (const { test } of planned) process.stdout.write(`${test.name}\n`);
    return broken ? 1 : 0;
  }
  if (broken) return 1;

  const colored = format === 'pretty' && wantsColor(process.stdout, shared.color);
  const reporter = reporterFor(format, paintFor(colored), options.flags.has('stats'));
  const started = performance.now();
  const pool = openPool(Math.min(wantedJobs === undefined ? availableParallelism() : Number(wantedJobs), Math.ceil(planned.length / 2)));
  const waiting: Promise<TestResult>[] = [];
  const results: TestResult[] = [];
  process.stdout.write(reporter.begin(planned.length));
  const tell = async (one: Promise<TestResult>): Promise<void> => {
    const result = await one;
    process.stdout.write(reporter.result(result, results.length));
    results.push(result);
  };
  let told = Promise.resolve();
  for (const { file, test, emit } of planned) {
    const captured = test.ignored && !options.flags.has('ignored') ? null : runOne(emit, async program => pool.run(program, { shouldPanic: test.shouldPanic, colored, limits: test.limits, failAlloc, repeat: `altru test ${file} ${test.name} --exact --fail-alloc`, shared }));
    const result = (captured ?? Promise.resolve(skipped)).then(it => ({ file, name: test.name, ignored: captured === null, ...it }));
    waiting.push(result);
    told = told.then(() => tell(result));
    // Threads answer while the next test's code is made.
    await new Promise(resolve => setImmediate(resolve));
  }
  await Promise.all(waiting);
  await told;
  pool.close();
  process.stdout.write(reporter.end(results, performance.now() - started));
  return results.some(result => result.failure !== null) ? 1 : 0;
}

const skipped: Captured = { failure: null, output: '', milliseconds: 0, stats: {} };

async function runOne(emit: () => Program | null, execute: (program: Program) => Promise<Captured>): Promise<Captured> {
  const program = emit();
  return program === null ? { ...skipped, failure: 'no code could be made of it; the problems stand above' } : execute(program);
}

/** A file's tests, checked; null after its errors were told. */
function planFile(name: string, std: string | undefined, profile: 'debug' | 'release', shared: Shared): Planned[] | null {
  const sources = new Sources();
  const library = openLibrary(sources, std);
  const { file, problems } = loadSource(sources, name);
  const compilation: Compilation = { sources, root: file, library, load: (path: string) => tryLoad(sources, path), limits };
  const checked = problems.length > 0 ? null : checkProgram(compilation);
  askForRoom(checked?.problems ?? []);
  reportProblems(checked?.problems ?? problems, sources, shared);
  if (checked === null || hasErrors(checked.problems)) return null;
  return testsOf(checked).map(test => ({
    file: name,
    test,
    emit: () => {
      const emitted = emitChecked(compilation, checked, { profile, entry: test.def });
      if (!hasErrors(emitted.problems)) return emitted.value;
      reportProblems(emitted.problems, sources, shared);
      return null;
    },
  }));
}

function isFolder(name: string): boolean {
  try {
    return statSync(name).isDirectory();
  } catch {
    return false;
  }
}

/** Every program below a folder, without hidden ones and what is installed. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : entry.name.endsWith('.altru') ? [join(folder, entry.name)] : []));
}
