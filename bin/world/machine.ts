/**
 * Running a program in the world: standard streams, arguments, environment, clock, Ctrl-C. In: code and limits. Out: the exit code
 * and the report of the run (`run.schema.json`). The machine runs in slices of fuel; between them the event loop sees signals.
 */
import { fstatSync } from 'node:fs';
import { type Host, type Machine, type MachineOptions, type Program, type Ready, type StopFrame, type Tolerance, createMachine, interrupt, listen, outOfFuel, recordHost, run, speedUp, valuesAtStop } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { makeReport, type ReportStop, type RunReport, stopOf } from './run-report.ts';
import type { Suppression } from './suppress.ts';
import { interruptible, readInput, writeAll } from './streams.ts';

export interface RunOptions {
  readonly fuel?: number;
  readonly heap?: number;
  readonly stack?: number;
  readonly seed?: number;
  readonly quarantine?: number;
  readonly failAllocation?: number;
  /** Whether hot code of an unwatched program is compiled: as a rule when it is hot, `eager` at once, for tests. */
  readonly engine?: 'interpreter' | 'eager';
  readonly allocator?: 'slab' | 'buddy' | 'tlsf' | 'bump';
  /** Register code of an earlier run, and who takes what this one had to make. */
  readonly ready?: Ready;
  readonly keep?: (ready: Ready) => void;
  /** Terminal escapes in the program's output reach a terminal as they are. */
  readonly raw: boolean;
  /** The finding of this number ends the run. */
  readonly haltOn?: number;
  readonly suppressions?: readonly Suppression[];
  /** Reports show the shadow. */
  readonly shadow?: boolean;
  /** What a person would type after `altru viz` to see this run; null when nothing would. */
  readonly again?: string | null;
  readonly shared: Shared;
}

/** Branches and calls between two looks at the world: some tens of milliseconds. */
const SLICE = 4_000_000;
/** So many panics are looked at when they begin. */
const PANICS = 32;
/** Bytes of output that wait for the next write. */
const CHUNK = 1 << 15;

/** Output is gathered and written in large pieces; what goes to a terminal is made harmless unless `raw`. */
class Stream {
  readonly #fd: number;
  readonly #tame: boolean;
  #pending: Buffer[] = [];
  #size = 0;

  constructor(fd: number, tame: boolean) {
    this.#fd = fd;
    this.#tame = tame;
  }

  write(bytes: Uint8Array): void {
    this.#pending.push(Buffer.from(bytes));
    this.#size += bytes.length;
    if (this.#size >= CHUNK) this.flush();
  }

  flush(): void {
    if (this.#size === 0) return;
    const all = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#size = 0;
    writeAll(this.#fd, this.#tame ? tamed(all) : all);
  }
}

/** Escape and other control characters become pictures of themselves, so that a program cannot drive the terminal. */
export function tamed(bytes: Buffer): Buffer {
  if (!bytes.some(byte => (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) || byte === 127)) return bytes;
  return Buffer.from(bytes.toString('utf8').replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, c => (c === '\x7f' ? '␡' : String.fromCodePoint(0x2400 + c.charCodeAt(0)))), 'utf8');
}

/** Asks the module of terminals, which takes time to load, only about what may be one. */
async function isTerminal(fd: number): Promise<boolean> {
  try {
    if (!fstatSync(fd).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return (await import('node:tty')).isatty(fd);
}

export async function runMachine(program: Program, args: readonly string[], options: RunOptions): Promise<{ readonly exit: number; readonly report: RunReport }> {
  const out = new Stream(1, !options.raw && (await isTerminal(1)));
  const err = new Stream(2, !options.raw && (await isTerminal(2)));
  const host: Host = {
    write(stream, bytes) {
      // What was said first on the other stream comes first on a terminal that shows both.
      if (stream === 2) out.flush();
      (stream === 2 ? err : out).write(bytes);
      if (stream === 2) err.flush();
      return bytes.length;
    },
    read(_stream, into) {
      out.flush();
      return readInput(into);
    },
    args: [program.name, ...args],
    env: name => process.env[name],
    now: () => performance.now(),
    wallClock: () => Date.now(),
    sleep(milliseconds) {
      out.flush();
      interruptible(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds));
    },
  };
  // In debug what the world says is kept, so that the run can be repeated to find what lost a block.
  const recorder = program.provenance ? recordHost(host) : null;
  const manner: MachineOptions = {
    alone: true,
    ...(options.heap === undefined ? {} : { heap: options.heap }),
    ...(options.stack === undefined ? {} : { stack: options.stack }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.quarantine === undefined ? {} : { quarantine: options.quarantine }),
    ...(options.allocator === undefined ? {} : { allocator: options.allocator }),
  };
  const make = (to: Host, more: MachineOptions): Machine => {
    const made = createMachine(program, to, { ...manner, ...more });
    if (options.failAllocation !== undefined) made.heap.failAllocation(options.failAllocation);
    return made;
  };
  const { suppressions = [], haltOn = 1, shadow = false } = options;
  const lenient = haltOn > 1 || suppressions.length > 0;
  // A repetition goes on after the same findings, and tells nobody.
  const tolerance: Tolerance | null = lenient ? { most: haltOn, suppressed: (code, name) => suppressions.findIndex(each => each.matches(code, name)) } : null;
  const findings: ReportStop[] = [];
  const text = lenient ? await import('./trap-text.ts') : null;
  const machine: Machine = make(recorder?.host ?? host, {
    ...(options.ready === undefined ? {} : { ready: options.ready }),
    keepsReady: options.keep !== undefined,
    ...(tolerance === null ? {} : { tolerance: {
      ...tolerance,
      found(trap) {
        const stop = stopOf(machine, trap, shadow);
        findings.push(stop);
        out.flush();
        err.write(Buffer.from(`${text?.renderStop(machine, stop, trap.fault, options.shared, findings.length === 1 ? (options.again ?? null) : null) ?? ''}\n`));
        err.flush();
      },
    } }),
  });
  let atPanic: readonly StopFrame[] | null = null;
  let panics = 0;
  // A panic that ends the run takes its calls away; one that is caught again and again need not be looked at.
  listen(machine, 'panic', () => {
    atPanic = ++panics <= PANICS || machine.panics[machine.panics.length - 1]?.fault !== undefined ? valuesAtStop(machine) : null;
  });
  const again = (): Machine | null => {
    const repeated = recorder?.again() ?? null;
    return repeated === null ? null : make(repeated, { watched: { statements: true, moments: true, calls: true }, ...(tolerance === null ? {} : { tolerance }) });
  };
  if (options.engine !== 'interpreter') speedUp(machine, options.engine === 'eager' ? { slice: 1, hot: 1 } : {});
  await runInSlices(machine, options.fuel, out);
  out.flush();
  const made = machine.ready?.kept() ?? null;
  if (made !== null) options.keep?.(made);
  const report = makeReport(machine, again, { shadow, findings, suppressions, atPanic });
  if (report.stop !== null || report.leaks.length > 0) {
    // The words of reports come with the catalogue, which a run that ends well need not load.
    const { renderTrap } = await import('./trap-text.ts');
    err.write(Buffer.from(renderTrap(machine, report, options.shared, findings.length === 0 ? (options.again ?? null) : null)));
  }
  if (lenient) err.write(Buffer.from((await import('./stop-text.ts')).endText(report, options.shared.language)));
  err.flush();
  return { exit: report.exit, report };
}

async function runInSlices(machine: Machine, fuel: number | undefined, out: Stream): Promise<void> {
  let interrupted = false;
  const onInterrupt = (): void => {
    interrupted = true;
  };
  process.on('SIGINT', onInterrupt);
  let left = fuel ?? Number.POSITIVE_INFINITY;
  try {
    for (;;) {
      const slice = Math.min(SLICE, left);
      const status = run(machine, slice);
      if (status === 'finished' || status === 'stopped') return;
      left -= slice;
      if (left <= 0) return outOfFuel(machine);
      out.flush();
      await new Promise(resolve => setImmediate(resolve));
      if (interrupted) return interrupt(machine);
    }
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}
