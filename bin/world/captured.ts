/**
 * One test's run, with its output kept: a machine and a heap of its own, no input, no fuel limit but a generous one. In: code that enters
 * at the test, and whether it should panic. Out: why it failed (null when it passed), its output, its time, its heap's statistics.
 */
import type { Test } from '../../lib/index.ts';
import { type Host, type Machine, type MachineOptions, type Program, createMachine, outOfFuel, recordHost, run } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { withDifference } from './difference.ts';
import { failEach } from './fail-alloc.ts';
import { watchLimits } from './limits.ts';
import { makeReport, type RunReport } from './run-report.ts';
import { paintFor } from './terminal.ts';
import { renderTrap } from './trap-text.ts';

export interface Captured {
  readonly failure: string | null;
  readonly output: string;
  readonly milliseconds: number;
  readonly stats: RunReport['stats'];
}

/** How a test is to be run and judged. */
export interface Manner {
  /** Null for no, else a text the panic must contain (perhaps empty). */
  readonly shouldPanic: string | null;
  readonly colored: boolean;
  readonly limits: Test['limits'];
  /** The allocation that is refused, or each in turn; null: none. */
  readonly failAlloc: number | 'all' | null;
  /** The command that runs this test again, up to the number of the allocation that shall fail. */
  readonly repeat: string;
  readonly shared: Shared;
}

/** A test that takes more branches than this is taken to be endless. */
const FUEL = 900_000_000;

export function runCaptured(program: Program, manner: Manner): Captured {
  const once = runOnce(program, manner, manner.failAlloc === 'all' ? 0 : (manner.failAlloc ?? 0));
  const { report, milliseconds } = once;
  const output = withoutPanic(once.output, report);
  const own = failureOf(report, manner, once.text) ?? once.limit();
  if (own !== null || manner.failAlloc !== 'all') return { failure: own, output, milliseconds, stats: report.stats };
  const { failure } = failEach((failing, before) => runOnce(program, manner, failing, before), manner.repeat);
  return { failure, output: '', milliseconds, stats: report.stats };
}

interface Once {
  readonly report: RunReport;
  readonly output: string;
  readonly milliseconds: number;
  /** How it ended, in words; empty when all went well. */
  readonly text: () => string;
  readonly limit: () => string | null;
}

function runOnce(program: Program, { shared, limits }: Manner, failing: number, before: (machine: Machine) => void = () => undefined): Once {
  const chunks: Buffer[] = [];
  const started = performance.now();
  const host: Host = {
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
  };
  const recorder = recordHost(host);
  const make = (to: Host, options: MachineOptions): Machine => {
    const machine = createMachine(program, to, options);
    if (failing > 0) machine.heap.failAllocation(failing);
    return machine;
  };
  const machine = make(recorder.host, {});
  const limit = watchLimits(machine, limits);
  before(machine);
  if (run(machine, FUEL) === 'paused') outOfFuel(machine);
  const report = makeReport(machine, () => {
    const repeated = recorder.again();
    return repeated === null ? null : make(repeated, { watched: { statements: true, moments: true, calls: true } });
  });
  return { report, output: Buffer.concat(chunks).toString('utf8'), milliseconds: performance.now() - started, text: () => renderTrap(machine, report, shared).trimEnd(), limit };
}

/** Why the run is a failure; `trap` tells how it ended otherwise than by a panic. */
function failureOf(report: RunReport, { shouldPanic, colored }: Manner, trap: () => string): string | null {
  const { stop } = report;
  const panicked = stop?.kind === 'panic';
  if (shouldPanic !== null && !panicked) {
    if (stop === null) return `it should panic, and ended with exit code ${report.exit}`;
    return `it should panic, and was stopped otherwise\n${trap()}`;
  }
  if (panicked) {
    const place = `${stop.at.file}:${stop.at.line}:${stop.at.column}`;
    if (shouldPanic !== null) return stop.message.includes(shouldPanic) ? null : `it should panic with a message that contains ${JSON.stringify(shouldPanic)}\nand panicked at ${place}: ${stop.message}`;
    const leaks = report.leaks.length === 0 ? '' : `\n${trap()}`;
    return `panicked at ${place}: ${withDifference(stop.message, paintFor(colored))}${leaks}`;
  }
  return report.exit === 0 ? null : trap() || `exit code ${report.exit}`;
}

/** The panic that is told as the failure need not be told again with the output. */
function withoutPanic(output: string, { stop }: RunReport): string {
  if (stop?.kind !== 'panic') return output;
  const said = `thread 'main' panicked at ${stop.at.file}:${stop.at.line}:${stop.at.column}:\n${stop.message}\n`;
  const at = output.lastIndexOf(said);
  return at < 0 ? output : output.slice(0, at) + output.slice(at + said.length);
}
