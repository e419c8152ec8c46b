/**
 * Time: the interface of a session that can stand at any step of a run. `session.ts` implements it.
 *
 * A step is a statement of the user's own code (of the library's too, when asked for). At position `n` the machine stands before a
 * statement, `n` statements are done; the last position is the end of the run: the program returned, or stopped where it went wrong.
 * All that a program gets from outside (input, clock, environment) is kept when it first gets it, so that going back and forth
 * gives the same run, byte for byte.
 */
import type { Program } from '../code/program.ts';
import type { BlockFacts } from '../memory/fault.ts';
import type { Machine } from '../run/machine.ts';
import type { MachineOptions } from '../run/create.ts';

/**
 *     statement  the next statement, whatever call it is in
 *     line       the next statement on another line or in another call
 *     over       the next line of this call or of one further out: calls made on the way are done in one go
 *     call       the first statement of the next call
 *     out        the next statement of the call that called this one
 *     heap       the first statement after a block was born, resized or died
 * Backwards each goes to the latest position before this one from which the same move would have led on.
 */
export type Unit = 'statement' | 'line' | 'over' | 'call' | 'out' | 'heap';

export type Arrival =
  /** Where it was asked to go. */
  | 'there'
  /** At position 0, and nothing is before it; or nothing was found. */
  | 'start'
  /** The run is over. */
  | 'end'
  | 'breakpoint'
  | 'watchpoint'
  /** The program reads and nobody has given input: `provide` it, and go on. */
  | 'input'
  /** The patience of this call is used up: the same call may go on. */
  | 'tired';

export interface Stand {
  readonly arrival: Arrival;
  readonly position: number;
  /** The breakpoint or watchpoint met. */
  readonly met: number | null;
}

export interface Patience {
  /** About so many branches and calls; no limit without it. A call that uses it up stands somewhere on its way. */
  readonly patience?: number;
}

/** What was done at a step: the statement that did it, which is not the one where the machine stands afterwards. */
export interface Deed {
  /** `seek(position)` shows the moment before it. */
  readonly position: number;
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly kind: 'write' | 'read' | 'born' | 'died';
  readonly address: number;
  readonly size: number;
}

export interface HeapDeed extends Deed {
  readonly kind: 'born' | 'died';
  /** The block's number in the debug profile, 0 elsewhere. */
  readonly number: number;
  /** As `PictureBlock.family`. */
  readonly family: string;
}

/**
 * `variable` by name in the innermost call that has it: compares values at each statement. `bytes`: a store (or any access) to one of
 * them, even of the value it had.
 */
export type WatchFor =
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'bytes'; readonly address: number; readonly size: number; readonly access: 'write' | 'any' };

export interface BreakFor {
  readonly file?: string;
  readonly line: number;
  /** `count > 3`, `list.length == 0 and ok`: names of variables and their fields, numbers, `true`, `false`, comparisons, `and`, `or`, `not`. */
  readonly condition?: string;
  /** Passes to let go by before the first stop. */
  readonly skip?: number;
}

/** The run so far in `n` parts of equal length: what a time line and a sparkline show. */
export interface Activity {
  readonly from: number;
  readonly to: number;
  readonly births: number;
  readonly deaths: number;
  /** The most and the last bytes held in this part. */
  readonly most: number;
  readonly last: number;
}

export interface Timeline {
  readonly program: Program;
  /** The machine as it stands: for `takePicture` and whoever looks closer. Nobody but the session may move it. */
  readonly machine: Machine;
  readonly position: number;
  /** The farthest position that was seen. */
  readonly seen: number;
  /** The last position, once the run was followed to its end. */
  readonly total: number | null;
  /** Position of the end when the program stopped for a fault or an uncaught panic, and that end was seen. */
  readonly fault: number | null;
  /** What the program wrote until this position. */
  readonly output: string;
  readonly needsInput: boolean;

  seek(position: number, patience?: Patience): Stand;
  forward(unit: Unit, times?: number, patience?: Patience): Stand;
  back(unit: Unit, times?: number, patience?: Patience): Stand;
  /** On to the next breakpoint or watchpoint, or the end. */
  resume(patience?: Patience): Stand;
  /** Back to the latest breakpoint or watchpoint before here, or the start. */
  reverse(patience?: Patience): Stand;
  /** On to the statement that next reads or writes one of these bytes; stands before it. */
  runTo(address: number, size: number, access: 'read' | 'write' | 'any', patience?: Patience): Stand;
  /** On to the next time execution stands on this line. */
  runToLine(line: number, file?: string, patience?: Patience): Stand;

  /** Who last wrote this byte before here; null for nobody. */
  lastWrite(address: number): Deed | null;
  /** The same for each byte of a range. */
  writersOf(address: number, size: number): readonly (Deed | null)[];
  /** Where a variable of an open call last changed; null when it has not since its call began. `depth` as in `PictureFrame`. */
  lastChange(name: string, depth?: number): Deed | null;
  /** By the block's number, or its address where blocks have no numbers. */
  bornOf(block: { readonly number: number; readonly address: number }): HeapDeed | null;
  diedOf(block: { readonly number: number; readonly address: number }): HeapDeed | null;
  /** Births and deaths of blocks in `[from, to)`, of what was seen. */
  heapDeeds(from: number, to: number): readonly HeapDeed[];
  /** Each reading or writing of these bytes by a statement in `[from, to)`, the last `most`. */
  accesses(address: number, size: number, from: number, to: number, most?: number): readonly Deed[];
  activity(parts: number): readonly Activity[];

  /** Gives its number, or says what is wrong with the condition. */
  breakAt(point: BreakFor): { readonly number: number } | { readonly wrong: string };
  watch(point: WatchFor): { readonly number: number } | { readonly wrong: string };
  /** Takes a breakpoint or watchpoint away. */
  forget(number: number): void;
  readonly points: readonly ({ readonly number: number } & ({ readonly break: BreakFor } | { readonly watch: WatchFor }))[];

  /** Does something to the machine, looks, and undoes it: what would `free` of this block do? */
  suppose<Seen>(act: (machine: Machine) => void, look: (machine: Machine) => Seen): Seen;
  /** More input; null for its end. Input that was taken once stays part of the run. */
  provide(bytes: Uint8Array | null): void;
  /** A number for all that the program could see: equal states have equal numbers. */
  stateHash(): string;
  /** Key frames that are kept, and their bytes. */
  kept(): { readonly frames: number; readonly bytes: number };
  /** The block that holds an address, dead ones included. */
  blockAt(address: number): BlockFacts | null;
}

export interface TimelineOptions {
  readonly machine?: MachineOptions;
  /** Arguments of the program, its name not among them. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** All of the input; 'later' when it comes by `provide`. Nothing without it. */
  readonly input?: Uint8Array | 'later';
  /** Statements of the library are steps too. */
  readonly library?: boolean;
  /** Milliseconds, asked when the program asks; without it a clock that stands still. */
  readonly now?: () => number;
  readonly wallClock?: () => number;
  /** Bytes that key frames may take; 96 MiB without it. */
  readonly keep?: number;
}

/** What `openTimeline` in `session.ts` is: a session at position 0, with the program's verified code. */
export type OpenTimeline = (program: Program, options?: TimelineOptions) => Timeline;
