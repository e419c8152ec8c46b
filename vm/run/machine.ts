/**
 * The machine: everything a running program is, in one record. `create.ts` makes it from a verified program and a
 * host; `interpret` moves it on; pictures, watchers and debuggers read it. Here: its shape, and how a function comes into its code.
 * Invariants: one buffer, seen as `ints`, `floats` and `singles`, holds slots of 8 bytes, then call records, then register code (one base
 * register in the compiled loop instead of three); `pc`, `fp`, `cp` are word indices in it. A call record is two words: the pc to return
 * to and the caller's frame. Code begins with a call of the entry and a `halt`.
 * A slot holds an i32 or f32 in its low word, a pointer's block number in its high word where provenance is tracked.
 */
import type { Program } from '../code/program.ts';
import type { Heap } from '../memory/heap.ts';
import type { Space } from '../memory/space.ts';
import type { Listeners } from './events.ts';
import { operation } from './operations.ts';
import { toRegisters } from './registers.ts';
import type { ReadyCode } from './ready.ts';
import type { Registers } from './registers.ts';
import type { StaticPlaces, Watched } from './translation.ts';
import type { Panic, Trap } from './ending.ts';
import type { Doubt } from './doubtful.ts';
import type { Findings } from './found.ts';

/** Code behind an import. `at` is the index in `ints` of the first argument; the next one is two further. */
export type Service = (m: Machine, at: number) => void;

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
  /** Values nobody wrote that are under way; null almost always. */
  doubt: Doubt | null;
  /** What was found so far, when the run goes on after findings. */
  findings: Findings | null;
  status: Status;
  /** Register code that was made in an earlier run, or is kept for a later one; null when neither is wanted. */
  ready: ReadyCode | null;
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
  readonly sites: { readonly parents: number[]; readonly pcs: number[]; readonly children: number[]; readonly siblings: number[]; readonly lastPcs: Int32Array; readonly lastSites: Int32Array };
  readonly watched: Watched;
  readonly listeners: Listeners;
};

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

function made(m: Machine, index: number): Registers {
  const registers = toRegisters(m.program, index, m.codeEnd, m.watched, m.staticPlaces);
  m.ready?.keep(index, m.codeEnd, registers);
  return registers;
}

/** The register code of a function, made when it is first called. Gives the pc of its body. */
export function compile(m: Machine, index: number): number {
  const known = m.entries[index];
  if (known) return known;
  const { words, ...rest } = m.ready?.take(index, m.codeEnd) ?? made(m, index);
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
