/**
 * The report of a run as JSON for tools: `altru run --report FILE`. In: a machine that has ended. Out: the value that
 * `run.schema.json` describes. Born and died are the user's own places, with the whole call stacks beside them.
 */
import { type How, type Leak, type LeakKind, type Machine, type ShadowMeaning, type StackEntry, type StopFrame, type StopVariable, type Trap, entryOf, findLeaks, frames, isFailure, shadowTable, valuesAtStop } from '../../vm/index.ts';
import type { Suppressed, Suppression } from './suppress.ts';

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

/** A call that was open at the stop, with what its variables held. */
export interface ReportValues extends ReportFrame {
  readonly variables: readonly StopVariable[];
  /** Variables that are left out. */
  readonly more?: number;
}

/** The shadow around the address, when it was asked for: each byte stands for eight of memory. */
export interface ReportShadow {
  readonly rows: readonly { readonly address: number; readonly bytes: readonly number[] }[];
  readonly row: number;
  readonly column: number;
  readonly legend: readonly { readonly code: number; readonly means: ShadowMeaning }[];
}

export interface ReportStop {
  readonly code: string;
  readonly kind: string;
  readonly message: string;
  readonly at: { readonly file: string; readonly line: number; readonly column: number };
  readonly stack: readonly ReportFrame[];
  readonly born: ReportEvent | null;
  readonly died: ReportEvent | null;
  /** Where the arena or pool of the block was made. */
  readonly region?: ReportEvent;
  readonly frames: readonly ReportValues[];
  readonly shadow?: ReportShadow;
}

export interface RunReport {
  readonly version: 1;
  readonly exit: number;
  /** What ended the run; when nothing did, the first finding. */
  readonly stop: ReportStop | null;
  /** What the memory found wrong, in order: more than one only with `--halt-on`. */
  readonly findings: readonly ReportStop[];
  /** Suppressions that let something pass, and those that never did. */
  readonly suppressed: readonly Suppressed[];
  readonly idle: readonly string[];
  readonly leaks: readonly ReportLeak[];
  readonly stats: Readonly<Record<string, number>>;
}

/** What a report is made of beside the machine. */
export interface Asked {
  readonly shadow?: boolean;
  /** Findings after which the run went on. */
  readonly findings?: readonly ReportStop[];
  readonly suppressions?: readonly Suppression[];
  /** What the variables held when the last panic began: when it ends the run, their calls are gone. */
  readonly atPanic?: readonly StopFrame[] | null;
}

/** Exit code of a run in which the memory found something wrong. */
const FOUND = 77;

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

/** What is found where the machine stands. `panicked`: the values of before, when the calls are gone. */
export function stopOf(machine: Machine, trap: Trap, shadow: boolean, panicked: readonly StopFrame[] | null = null): ReportStop {
  const here = trap.at ?? firstFrame(machine);
  const open = machine.cp === machine.callBase ? (panicked ?? []) : valuesAtStop(machine);
  const table = shadow && trap.fault !== null ? shadowTable(machine.heap, trap.fault.address) : null;
  return {
    code: trap.code, kind: trap.kind, message: trap.message, at: { file: here.file, line: Math.max(1, here.line), column: Math.max(1, here.column) }, stack: trap.stack.map(frame), born: eventOf(trap.born), died: eventOf(trap.died), ...regionOf(trap.region ?? []),
    frames: open.map(({ more, ...values }) => (more === 0 ? values : { ...values, more })),
    ...(table === null ? {} : { shadow: table }),
  };
}

/** `again` makes the machine anew, for the search for what lost a block; without it leaks have no `lost`. */
export function makeReport(machine: Machine, again: (() => Machine | null) | null, { shadow = false, findings = [], suppressions = [], atPanic = null }: Asked = {}): RunReport {
  const { trap, heap } = machine;
  const all = heap.statistics.read(ALL_FAMILIES);
  const counts = new Map(machine.findings?.passed);
  const leaks = findLeaks(machine, again).map(leakOf).filter(leak => {
    const rule = isFailure(leak) ? suppressions.findIndex(each => each.matches('R4040', ownerOf(leak))) : -1;
    if (rule >= 0) counts.set(rule, leak.blocks + (counts.get(rule) ?? 0));
    return rule < 0;
  });
  const lost = leaks.some(isFailure);
  const last = trap === null ? null : stopOf(machine, trap, shadow, atPanic);
  const found = last === null || trap?.fault == null ? findings : [...findings, last];
  const { used, idle } = tally(suppressions, counts);
  return {
    version: 1,
    exit: findings.length > 0 ? FOUND : machine.exit === 0 && trap === null && lost ? LEAKED : machine.exit,
    stop: last ?? findings[0] ?? null,
    findings: found,
    suppressed: used,
    idle,
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

/** How often each rule was of use, for those that were; and those that never were. */
function tally(rules: readonly Suppression[], counts: ReadonlyMap<number, number>): { readonly used: readonly Suppressed[]; readonly idle: readonly string[] } {
  const used = rules.flatMap(({ text }, i) => (counts.has(i) ? [{ suppression: text, count: counts.get(i) ?? 0 }] : []));
  return { used, idle: rules.flatMap(({ text }, i) => (counts.has(i) ? [] : [text])) };
}

/** The user's innermost function that allocated it. */
function ownerOf({ allocated }: ReportLeak): string {
  const stack = 'stack' in allocated ? (allocated as ReportEvent).stack : [];
  return (stack.find(({ file }) => !file.startsWith('std/')) ?? stack[0])?.function ?? '?';
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
