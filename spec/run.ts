/**
 * `npm test`: every unit spec, each in a process of its own, then every program, rule and sample; ends with `N passed, N failed`.
 * In: nothing, or words that names must contain. Out: the closing line; exit 1 on any failure, or when fewer tests ran than the floor.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';

/** A broken runner must not pass: fewer tests than this is a failure. Raised as the suite grows. */
const FLOOR = 2000;

const here = import.meta.dirname;
const filters = process.argv.slice(2);
const wanted = (name: string): boolean => filters.length === 0 || filters.some(word => name.includes(word));

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly output: string;
}

function runFile(path: string): Promise<Outcome> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, ['--enable-source-maps', made.path(path), ...filters], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.on('close', code => {
      const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? 0);
      const total = number(/Total:\s+(\d+)/);
      const passed = number(/Passed:\s+(\d+)/);
      const skipped = number(/Skipped:\s+(\d+)/);
      // A file that dies before its summary, or runs nothing although no word chose among its tests, is one failure.
      const failed = total === 0 && !(filters.length > 0 && code === 0) ? 1 : Math.max(total - passed, code === 0 ? 0 : 1);
      resolve({ passed, failed, skipped, output });
    });
  });
}

const specs = (folder: string): string[] => readdirSync(join(here, folder)).filter(name => name.endsWith('.spec.ts')).map(name => join(folder, name));
const names = [...specs('unit'), ...specs('faces'), 'programs.ts'];
const queue = names.filter(name => name === 'programs.ts' || wanted(name)).sort((a, b) => Number(b === 'programs.ts') - Number(a === 'programs.ts'));
const made = await bundle(queue.map(name => join(here, name)));
const totals = { passed: 0, failed: 0, skipped: 0 };

async function worker(): Promise<void> {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const outcome = await runFile(join(here, name));
    totals.passed += outcome.passed;
    totals.failed += outcome.failed;
    totals.skipped += outcome.skipped;
    console.log(`${outcome.failed === 0 ? 'ok  ' : 'FAIL'} ${name} (${outcome.passed} passed${outcome.failed > 0 ? `, ${outcome.failed} failed` : ''})`);
    if (outcome.failed > 0) console.log(outcome.output.trimEnd());
  }
}

await Promise.all([worker(), worker()]);
made.remove();
if (filters.length === 0 && totals.passed + totals.failed < FLOOR) {
  console.log(`only ${totals.passed + totals.failed} tests ran, expected at least ${FLOOR}`);
  totals.failed++;
}
console.log(`${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`);
process.exitCode = totals.failed > 0 ? 1 : 0;
