/**
 * One test's run, with its output kept: a machine of its own, no input, no fuel limit but a generous one. In: code that enters at
 * the test, and whether it should panic. Out: why it failed (null when it passed), its output, its time.
 */
import { type Program, createMachine, outOfFuel, run } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { makeReport } from './run-report.ts';
import { renderTrap } from './trap-text.ts';

export interface Captured {
  readonly failure: string | null;
  readonly output: string;
  readonly milliseconds: number;
}

/** A test that takes more branches than this is taken to be endless. */
const FUEL = 900_000_000;

/** `shouldPanic`: null for no, else a text the panic must contain (perhaps empty). */
export function runCaptured(program: Program, shouldPanic: string | null, shared: Shared): Captured {
  const chunks: Buffer[] = [];
  const started = performance.now();
  const machine = createMachine(program, {
    write: (_stream, bytes) => {
      chunks.push(Buffer.from(bytes));
      return bytes.length;
    },
    read: () => 0,
    args: [program.name],
    env: () => undefined,
    now: () => performance.now(),
    wallClock: () => Date.now(),
    sleep: () => undefined,
  });
  if (run(machine, FUEL) === 'paused') outOfFuel(machine);
  const report = makeReport(machine);
  const output = Buffer.concat(chunks).toString('utf8');
  const milliseconds = performance.now() - started;
  const ended = renderTrap(machine, report, shared);
  if (shouldPanic !== null) {
    if (report.stop?.kind !== 'panic') return { failure: `it should panic, and ended with exit code ${report.exit}`, output, milliseconds };
    return { failure: report.stop.message.includes(shouldPanic) ? null : `it should panic with ${JSON.stringify(shouldPanic)}, and said ${JSON.stringify(report.stop.message)}`, output, milliseconds };
  }
  return { failure: report.exit === 0 ? null : ended === '' ? (report.stop === null ? `exit code ${report.exit}` : `panicked at ${report.stop.at.file}:${report.stop.at.line}: ${report.stop.message}`) : ended.trimEnd(), output, milliseconds };
}
