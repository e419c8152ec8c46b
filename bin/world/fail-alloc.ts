/**
 * A test run again and again, each time with another allocation failing: `altru test --fail-alloc all`. In: a way to run the test with
 * its k-th allocation refused. Out: what went wrong on the error paths: memory errors, leaks, crashes; each with the command that repeats
 * it. A panic that says in words that memory is exhausted, or that an `assert` does not hold, is an orderly end and no finding.
 * Cost: as many runs as the test has allocations, at most `MOST`.
 */
import { type Machine, type StackEntry, callStack, isFailure, listen } from '../../vm/index.ts';
import type { RunReport } from './run-report.ts';

/** One run: the allocation that fails (0: none), and what came of it. */
export type Attempt = (failing: number, before: (machine: Machine) => void) => { readonly report: RunReport; readonly text: () => string };

export interface Outcome {
  readonly runs: number;
  /** Null when all error paths are sound. */
  readonly failure: string | null;
}

const MOST = 2000;

/** Panics that show a mistake rather than say that memory is exhausted. */
const CRASHES = /^(called `(Option|Result)::unwrap|index out of bounds|attempt to |range (start|end) index|slice index|byte index|already (mutably )?borrowed|internal error)/;

interface Finding {
  readonly what: string;
  readonly text: string;
  /** Numbers of the allocations whose failure leads there. */
  readonly at: number[];
}

export function failEach(attempt: Attempt, repeat: string): Outcome {
  const places: string[] = [];
  attempt(0, machine => {
    listen(machine, 'alloc', (_address, size) => {
      if (places.length < MOST) places.push(`${size} ${size === 1 ? 'byte' : 'bytes'}, ${placeOf(callStack(machine))}`);
    });
  });
  const findings = new Map<string, Finding>();
  for (let failing = 1; failing <= places.length; failing++) {
    const { report, text } = attempt(failing, () => undefined);
    const what = whatIsWrong(report);
    if (what === null) continue;
    const known = findings.get(what);
    if (known === undefined) findings.set(what, { what, text: text().trimEnd(), at: [failing] });
    else known.at.push(failing);
  }
  if (findings.size === 0) return { runs: places.length, failure: null };
  const told = [...findings.values()].map(({ text, at, what }) => {
    const [first = 0, ...more] = at;
    const others = more.length === 0 ? '' : `\nthe same when allocation ${more.length > 8 ? `${more.slice(0, 8).join(', ')} …` : more.join(', ')} fails`;
    return `when allocation ${first} fails (${places[first - 1] ?? ''}): ${what.split('\n')[0] ?? ''}\n${text === '' ? what : text}\nagain: ${repeat} ${first}${others}`;
  });
  return { runs: places.length, failure: told.join('\n\n') };
}

const placeOf = (stack: readonly StackEntry[]): string => {
  const own = stack.find(entry => !entry.std) ?? stack[0];
  return own === undefined ? '?' : `${own.file}:${own.line}:${own.column}`;
};

/** What a run with a failing allocation shows, null when it ended in order; equal for equal mistakes. */
function whatIsWrong({ stop, leaks, exit }: RunReport): string | null {
  if (stop !== null) {
    const at = `${stop.at.file}:${stop.at.line}:${stop.at.column}`;
    if (stop.kind === 'panic') return CRASHES.test(stop.message) ? `panic at ${at}: ${stop.message}` : null;
    // `process::abort` is a way to end in order.
    if (stop.kind === 'abort') return null;
    return `${stop.kind} at ${at}`;
  }
  const lost = leaks.filter(isFailure);
  if (lost.length === 0) return null;
  const places = lost.map(leak => `${'line' in leak.allocated ? `${leak.allocated.file}:${leak.allocated.line}` : '?'} ${leak.lost?.line ?? ''}`);
  return exit === 0 ? null : `leak\n${places.join(' ')}`;
}
