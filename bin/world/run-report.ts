/**
 * The report of a run as JSON for tools: `altru run --report FILE`. In: a machine that has ended. Out: the value that
 * `run.schema.json` describes. Born and died are the user's own places, with the whole call stacks beside them.
 */
import { type How, type Leak, type LeakKind, type Machine, type StackEntry, entryOf, findLeaks, frames, isFailure } from '../../vm/index.ts';

export interface ReportFrame {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ReportEvent {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly stack: readonly ReportFrame[];
}

export interface ReportLeak {
  readonly kind: LeakKind;
  readonly bytes: number;
  readonly blocks: number;
  readonly allocated: ReportEvent | Record<string, never>;
  /** The instruction that lost the last way to it, the variable that held it, and how it went. */
  readonly lost: { readonly file: string; readonly line: number; readonly column: number; readonly variable: string | null; readonly how: How } | null;
  /** Of a cyclic group: where the blocks of a ring were allocated, in the order in which they lead to each other. */
  readonly ring?: readonly ReportEvent[];
}

export interface RunReport {
  readonly version: 1;
  readonly exit: number;
  readonly stop: null | {
    readonly code: string;
    readonly kind: string;
    readonly message: string;
    readonly at: { readonly file: string; readonly line: number; readonly column: number };
    readonly stack: readonly ReportFrame[];
    readonly born: ReportEvent | null;
    readonly died: ReportEvent | null;
    /** Where the arena or pool of the block was made. */
    readonly region?: ReportEvent;
  };
  readonly leaks: readonly ReportLeak[];
  readonly stats: Readonly<Record<string, number>>;
}

/** Exit code of a run that leaked and did not fail otherwise. */
const LEAKED = 78;

/** The row of the whole heap. */
const ALL_FAMILIES = 0;

const frame = ({ function: name, file, line, column }: StackEntry): ReportFrame => ({ function: name, file, line, column });

/** An event by its call stack: its place is the innermost of the user's own. */
export function eventOf(stack: readonly StackEntry[]): ReportEvent | null {
  const place = stack.find(entry => !entry.std) ?? stack[0];
  return place === undefined ? null : { file: place.file, line: Math.max(1, place.line), column: Math.max(1, place.column), stack: stack.map(frame) };
}

/** `again` makes the machine anew, for the search for what lost a block; without it leaks have no `lost`. */
export function makeReport(machine: Machine, again: (() => Machine | null) | null): RunReport {
  const { trap, heap } = machine;
  const all = heap.statistics.read(ALL_FAMILIES);
  const here = trap?.at ?? firstFrame(machine);
  const leaks = findLeaks(machine, again).map(leakOf);
  const lost = leaks.some(isFailure);
  return {
    version: 1,
    exit: machine.exit === 0 && trap === null && lost ? LEAKED : machine.exit,
    stop: trap === null
      ? null
      : { code: trap.code, kind: trap.kind, message: trap.message, at: { file: here.file, line: Math.max(1, here.line), column: Math.max(1, here.column) }, stack: trap.stack.map(frame), born: eventOf(trap.born), died: eventOf(trap.died), ...regionOf(trap.region ?? []) },
    leaks,
    stats: {
      currentUsage: all.current,
      peakUsage: all.peak,
      totalAllocated: all.totalAllocated,
      totalFreed: all.totalFreed,
      allocationCount: all.allocations,
      freeCount: all.frees,
      liveBlocks: all.liveBlocks,
      overhead: heap.overhead(),
      fragmentation: heap.fragmentation(),
    },
  };
}

function leakOf({ kind, bytes, blocks, allocated, lost, ring }: Leak): ReportLeak {
  const places = ring.flatMap(stack => eventOf(stack) ?? []);
  return { kind, bytes, blocks, allocated: eventOf(allocated) ?? {}, lost, ...(places.length === 0 ? {} : { ring: places }) };
}

function regionOf(stack: readonly StackEntry[]): { readonly region?: ReportEvent } {
  const region = eventOf(stack);
  return region === null ? {} : { region };
}

function firstFrame(machine: Machine): { file: string; line: number; column: number } {
  const first = frames(machine, 1)[0];
  return first === undefined ? { file: machine.program.name, line: 1, column: 1 } : entryOf(machine, first.index, first.origin);
}
