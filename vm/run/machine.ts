/**
 * The machine: everything a running program is, in one record. In: a verified program and a host. Out: a record that `interpret`
 * moves on and that pictures, watchers and debuggers read.
 * Invariants: one buffer, seen as `ints`, `floats` and `singles`, holds slots of 8 bytes, then call records, then register code (one base
 * register in the compiled loop instead of three); `pc`, `fp`, `cp` are word indices in it. A call record is two words: the pc to return
 * to and the caller's frame. Code begins with a call of the entry and a `halt`.
 * A slot holds an i32 or f32 in its low word, a pointer's block number in its high word where provenance is tracked.
 */
import type { Import, Program } from '../code/program.ts';
import { createHeap, regionFor } from '../memory/heap.ts';
import type { Heap, HeapOptions } from '../memory/heap.ts';
import { createSpace } from '../memory/space.ts';
import type { Growth, Space } from '../memory/space.ts';
import type { Listeners } from './events.ts';
import { linkImport } from './link.ts';
import type { Service } from './link.ts';
import { operation } from './operations.ts';
import { toRegisters } from './registers.ts';
import type { Registers } from './registers.ts';
import { nothingWatched } from './translation.ts';
import type { StaticPlaces, Watched } from './translation.ts';
import type { Panic, Trap } from './trap.ts';

/** What the world does for a program. Bytes are the program's own memory: use them before returning. */
export type Host = {
  /** Gives how many bytes were taken, or -1. */
  write(stream: number, bytes: Uint8Array): number;
  /** Fills the buffer from its start; 0 at the end, -1 for an error. */
  read(stream: number, into: Uint8Array): number;
  readonly args: readonly string[];
  env(name: string): string | undefined;
  now(): number;
  wallClock(): number;
  sleep(milliseconds: number): void;
  /** Asked at a `halt`: true makes the machine stand still there; when it runs again it asks again. */
  halt?(n: number): boolean;
};

export type Status =
  | 'running'
  /** Out of the fuel that `run` was given; may go on. */
  | 'paused'
  /** At a statement that a listener asked to stop at; may go on. */
  | 'halted'
  /** The entry returned or the program called `exit`. */
  | 'finished'
  /** A trap or an uncaught panic; `trap` says what. */
  | 'stopped';

/** Compiled code for what is hot, when the machine has some: the interpreter says where it stands between slices, and enters where it begins. */
export type HotCode = { readonly slice: number; sample(): void; enter(pc: number): void };

/** Where the register code of a function stands. */
export type Compiled = Omit<Registers, 'words'> & { readonly index: number; readonly start: number; readonly end: number };

export type Machine = {
  /** This and the tables made from it are replaced when a session goes on (`continue.ts`). */
  program: Program;
  readonly host: Host;
  readonly space: Space;
  readonly heap: Heap;
  services: readonly Service[];
  readonly statics: number;
  readonly staticPlaces: StaticPlaces;
  readonly seed: number;

  entries: Int32Array;
  readonly compiled: (Compiled | undefined)[];
  /** All that is compiled, by `start`. */
  readonly ranges: Compiled[];
  table: readonly number[];
  /** The type of each entry of the table, and of each signature, such that equal types have equal numbers. */
  tableSignatures: Int32Array;
  signatureIds: Int32Array;

  /** Replaced together when the code outgrows the buffer. */
  ints: Int32Array;
  floats: Float64Array;
  singles: Float32Array;
  readonly slotEnd: number;
  readonly callBase: number;
  readonly callEnd: number;
  readonly codeBase: number;
  codeEnd: number;
  readonly stackEnd: number;

  pc: number;
  fp: number;
  /** Where the memory stack ends. A function with a memory frame keeps the frame's address and the old end in a slot of its own. */
  msp: number;
  cp: number;
  fuel: number;
  /** Fuel beyond this slice of the interpreter's, for compiled code. */
  reserve: number;
  hot: HotCode | null;
  status: Status;
  /** Something the interpreter keeps in its own variables was changed from outside. */
  changed: boolean;
  exit: number;
  trap: Trap | null;
  /** Panics that are unwinding, the innermost last; and the last one that was caught. */
  readonly panics: Panic[];
  caught: Panic | null;
  /** Numbers of the blocks for whose leak the program stopped itself (`assert_no_leaks`). */
  refused: readonly number[] | null;
  /** Numbers for call stacks, as a tree: `(parent, pc)` → number. */
  readonly sites: { readonly parents: number[]; readonly pcs: number[]; readonly known: Map<number, number> };
  readonly watched: Watched;
  readonly listeners: Listeners;
};

export type MachineOptions = {
  /** Most bytes that the program may hold on the heap. */
  readonly heap?: number;
  readonly growth?: Growth;
  readonly allocator?: HeapOptions['allocator'];
  readonly quarantine?: number;
  /** Bytes of the memory stack, and how many calls may be open. */
  readonly stack?: number;
  readonly calls?: number;
  readonly seed?: number;
  /** Bytes behind the statics for those of later versions of the program. */
  readonly room?: number;
  readonly watched?: Partial<Watched>;
};

export function createMachine(program: Program, host: Host, options: MachineOptions = {}): Machine {
  const sanitize = program.provenance;
  const limit = options.heap ?? 1 << 30;
  const stacks = options.stack ?? 8 << 20;
  const space = createSpace({ statics: Math.max(16, program.statics.size) + (options.room ?? 0), stacks, heap: regionFor(limit, sanitize), shadow: sanitize, growth: options.growth ?? { kind: 'geometric' } });
  const heap = createHeap(space, {
    sanitize,
    limit,
    seed: options.seed ?? 0,
    ...(options.allocator === undefined ? {} : { allocator: options.allocator }),
    ...(options.quarantine === undefined ? {} : { quarantine: options.quarantine }),
  });
  const calls = options.calls ?? 200_000;
  const slotEnd = Math.min(1 << 26, Math.max(1 << 18, calls * 24)) & -2;
  const codeBase = slotEnd + (calls + 4) * 2;
  const stored = program.functions.reduce((sum, { body, cleanup }) => sum + 24 + body.length * 2 + (cleanup?.length ?? 0) * 2, 2048);
  const buffer = new ArrayBuffer((codeBase + stored + (stored & 1)) * 4);
  const signatureIds = idsOf(program);
  const machine: Machine = {
    program,
    host,
    space,
    heap,
    services: program.imports.map((each: Import) => linkImport(each)),
    statics: space.map.statics.start,
    staticPlaces: { start: space.map.statics.start, number: (offset) => staticNumber(machine, offset) },
    seed: options.seed ?? 0,
    entries: new Int32Array(program.functions.length),
    compiled: program.functions.map(() => undefined),
    ranges: [],
    table: program.table,
    tableSignatures: Int32Array.from(program.table, (index) => signatureIds[program.functions[index]?.signature ?? -1] ?? -1),
    signatureIds,
    ints: new Int32Array(buffer),
    floats: new Float64Array(buffer),
    singles: new Float32Array(buffer),
    slotEnd,
    callBase: slotEnd,
    callEnd: slotEnd + calls * 2,
    codeBase,
    codeEnd: codeBase + 8,
    stackEnd: space.map.stacks.end,
    pc: codeBase,
    fp: 0,
    msp: space.map.stacks.start,
    cp: slotEnd,
    fuel: 0,
    reserve: 0,
    hot: null,
    status: 'running',
    changed: false,
    exit: 0,
    trap: null,
    panics: [],
    caught: null,
    refused: null,
    sites: { parents: [0], pcs: [0], known: new Map() },
    // Who asks for leaks in the middle of a run needs every variable at its own place.
    watched: { ...nothingWatched, moments: sanitize && program.imports.some(({ name }) => name === 'leaks' || name === 'leaks_refused'), ...options.watched },
    listeners: { statement: [], moment: [], call: [], return: [], load: [], store: [], alloc: [], free: [], panic: [] },
  };
  loadStatics(machine);
  begin(machine, program.entry);
  return machine;
}

/** Equal types of functions have equal numbers. */
export function idsOf(program: Program): Int32Array {
  const ids = new Map<string, number>();
  return Int32Array.from(program.signatures, ({ params, results }) => {
    const key = `${params.join()}>${results.join()}`;
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    return id;
  });
}

/** Makes the machine call a function without arguments next; only while no other call is open. */
export function begin(m: Machine, index: number): void {
  if (m.cp !== m.callBase) throw new Error('a call is still open');
  m.ints.set([operation('call.lazy'), index, 0, operation('halt')], m.codeBase);
  m.pc = m.codeBase;
  m.fp = 0;
  m.exit = 0;
  m.trap = null;
  m.panics.length = 0;
  m.status = 'running';
}

/** The register code of a function, made when it is first called. Gives the pc of its body. */
export function compile(m: Machine, index: number): number {
  const known = m.entries[index];
  if (known) return known;
  const { words, ...rest } = toRegisters(m.program, index, m.codeEnd, m.watched, m.staticPlaces);
  const start = m.codeEnd;
  if (start + words.length > m.ints.length) {
    const larger = new ArrayBuffer(8 * (start + words.length + 4096));
    const ints = new Int32Array(larger);
    ints.set(m.ints);
    m.ints = ints;
    m.floats = new Float64Array(larger);
    m.singles = new Float32Array(larger);
    m.changed = true;
  }
  m.ints.set(words, start);
  m.codeEnd = start + words.length;
  m.entries[index] = rest.entry;
  const compiled: Compiled = { index, start, end: m.codeEnd, ...rest };
  m.compiled[index] = compiled;
  m.ranges.push(compiled);
  return rest.entry;
}

function loadStatics(m: Machine): void {
  const { segments, pointers, variables } = m.program.statics;
  const { u8, view } = m.space;
  for (const { at, bytes } of segments) u8.set(bytes, m.statics + at);
  for (const at of pointers) view.setInt32(m.statics + at, view.getInt32(m.statics + at, true) + m.statics, true);
  const sanitizer = m.heap.sanitizer;
  if (!sanitizer) return;
  sanitizer.written(m.statics, m.program.statics.size);
  for (const { at, size } of variables) if (size > 0) sanitizer.staticLive(m.statics + at, size);
  for (const at of pointers) sanitizer.setProvenance(m.statics + at, staticNumber(m, view.getInt32(m.statics + at, true) - m.statics));
}

/** The number of the static that holds an offset of the statics area; 0 for constants, which nobody can do wrong by but by writing. */
function staticNumber(m: Machine, offset: number): number {
  const found = m.program.statics.variables.find(({ at, size }) => offset >= at && offset < at + size);
  return found && m.heap.sanitizer ? m.heap.sanitizer.numberAt(m.statics + found.at) : 0;
}
