/**
 * The state of one translation from stack code to register code, and what is done with operands: each has a depth, and each depth a slot.
 * In: pushes and results. Out: register instructions, as late as possible.
 * Invariants: `stack` holds, for each depth, whether the value is in its own slot, still only in a local, or a constant; a pending
 * value is written to its slot before its local changes, and before anything branches to where it is expected.
 */
import type { CodeFunction, Program, Signature } from '../code/program.ts';
import type { OperationName } from './operations.ts';
import { lastInto, retarget, write, writeValue } from './writer.ts';
import type { Inlined, Writer, Written } from './writer.ts';

/** What somebody wants to see of a run; code for it is made only then. */
export type Watched = { readonly statements: boolean; /** Between statements too, where a variable changes. */ readonly moments: boolean; readonly calls: boolean; readonly accesses: boolean; /** Statements of the library are told too. */ readonly library: boolean };
export const nothingWatched: Watched = { statements: false, moments: false, calls: false, accesses: false, library: true };

/** An operand: in its own slot, still only in a local (`value` its slot), a constant (`value` low, `high`), or an address: a local plus `high`. */
export type Operand = {
  readonly kind: 'own' | 'local' | 'const' | 'sum';
  readonly value: number;
  readonly high: number;
  /** A `local` that is really a slot left behind by a callee that was written in place: it holds until operands are pushed over it. */
  readonly frail?: true;
};
export const OWN: Operand = { kind: 'own', value: 0, high: 0 };

/** A block that is open: where its operands begin, what it takes and leaves, and the words that want its end, or its `else`. */
export type Block = { kind: 'block' | 'loop' | 'if'; /** Its condition is known: the `else` is never taken (true), or always (false). */ readonly known?: boolean; readonly height: number; readonly params: number; readonly results: number; readonly start: number; patches: number[]; otherwise: number[] };

/** Constants that have slots of their own, by `low high`: the slot. */
export type Pinned = ReadonlyMap<string, number>;

/** Where statics are once the machine has put them somewhere, and the number that an address there carries (0 where none is tracked). */
export type StaticPlaces = { readonly start: number; number(offset: number): number };

export type Translation = {
  readonly program: Program;
  readonly code: CodeFunction;
  readonly signature: Signature;
  readonly cleanup: boolean;
  readonly body: readonly number[];
  readonly watched: Watched;
  readonly writer: Writer;
  /** The slot of the first operand, and the place of the memory frame's address (-1 without one), in words. */
  readonly firstSlot: number;
  readonly frameSlot: number;
  readonly pinned: Pinned;
  readonly statics: StaticPlaces;
  /** Stretches of the memory frame that come to life and die (debug profile): each has a slot that holds its address and, while it lives, its number. */
  readonly watchedSlots: readonly { readonly at: number; readonly size: number; readonly slot: number }[];
  /** Constants that a loop had to write, to be pinned in a second translation. */
  readonly wanted: Set<string>;
  /** The slot of each local; a parameter of a callee that is written in place may be an operand of the caller instead. */
  readonly slots: readonly number[];
  readonly given: readonly (Operand | undefined)[];
  /** Locals that stay what they are once set, and operands that they were found to be. */
  readonly single: ReadonlySet<number>;
  readonly fixed: Map<number, Operand>;
  /** Locals that were not written because their readers got the operand. */
  readonly passed: Set<number>;
  /** Set while a callee is written in place of a call: where its results go, and the words that want its end. */
  readonly inline: { readonly to: number; /** The results are set into locals at once. */ readonly unpacked: boolean; readonly patches: number[]; results: Operand[] | null; readonly mark: Inlined } | null;
  /** The functions that are being written in place, the real one first. */
  readonly chain: readonly number[];
  /** How often each local is read, by slot; a check that is left out takes its read away. */
  readonly reads: Map<number, number>;
  /** Locals that were not written because their readers, so many are left, can have the operand itself. */
  readonly aliases: Map<number, { readonly operand: Operand; readonly left: number }>;
  readonly stack: Operand[];
  readonly blocks: Block[];
  loops: number;
  deepest: number;
  /** The offset in `body`. */
  at: number;
};

export const own = (t: Translation, depth: number): number => (t.firstSlot + depth) * 2;
export const slotOf = (t: Translation, local: number): number => t.slots[local] ?? -1;
/** What reading a local gives. */
export const localOperand = (t: Translation, local: number): Operand => t.given[local] ?? t.fixed.get(local) ?? { kind: 'local', value: slotOf(t, local), high: 0 };
export const top = (t: Translation): number => t.stack.length - 1;

export function push(t: Translation, operand: Operand): void {
  t.stack.push(operand);
  if (t.stack.length > t.deepest) t.deepest = t.stack.length;
}

export function pop(t: Translation, count: number): void {
  t.stack.length -= count;
}

/** Writes a pending value to a slot. */
export function place(t: Translation, operand: Operand, slot: number): void {
  if (operand.kind === 'local') {
    if (operand.value !== slot) write(t.writer, 'move', slot, operand.value);
  } else if (operand.kind === 'sum') write(t.writer, 'i32.add#', slot, operand.value, operand.high);
  else if (operand.high === 0) write(t.writer, 'const', slot, operand.value);
  else write(t.writer, 'const2', slot, operand.value, operand.high);
}

/** Brings the operand at a depth into its own slot. */
export function settle(t: Translation, depth: number): void {
  const operand = t.stack[depth];
  if (!operand || operand.kind === 'own') return;
  place(t, operand, own(t, depth));
  t.stack[depth] = OWN;
}

export function settleLocals(t: Translation): void {
  for (let depth = 0; depth < t.stack.length; depth += 1) if (t.stack[depth]?.kind === 'local' || t.stack[depth]?.kind === 'sum') settle(t, depth);
}

/** The slot that an operand can be read from. */
export function slotAt(t: Translation, depth: number): number {
  const operand = t.stack[depth];
  if (!operand) throw new Error('the operand stack is too short');
  if (operand.kind === 'local') return operand.value;
  if (operand.kind === 'const') {
    const key = `${operand.value} ${operand.high}`;
    const slot = t.pinned.get(key);
    if (slot !== undefined) return slot;
    if (t.loops > 0) t.wanted.add(key);
    settle(t, depth);
  }
  if (operand.kind === 'sum') settle(t, depth);
  return own(t, depth);
}

/** The value of an operand that is a constant of 32 bits. */
export function constantAt(t: Translation, depth: number): number | undefined {
  const operand = t.stack[depth];
  return operand?.kind === 'const' && operand.high === 0 ? operand.value : undefined;
}

/** Writes an instruction whose value becomes the operand at a depth; everything above is used up. */
export function result(t: Translation, name: OperationName, depth: number, ...operands: number[]): void {
  pop(t, t.stack.length - depth);
  push(t, OWN);
  writeValue(t.writer, name, own(t, depth), ...operands);
}

export function unary(t: Translation, name: OperationName): void {
  const depth = top(t);
  result(t, name, depth, slotAt(t, depth));
}

export function binary(t: Translation, name: OperationName, ...more: number[]): void {
  const depth = t.stack.length - 2;
  const one = slotAt(t, depth);
  result(t, name, depth, one, slotAt(t, depth + 1), ...more);
}

/** The same with the operands exchanged. */
export function swapped(t: Translation, name: OperationName): void {
  const depth = t.stack.length - 2;
  const one = slotAt(t, depth);
  result(t, name, depth, slotAt(t, depth + 1), one);
}

/** The right operand is a constant and is held by the instruction. */
export function withConstant(t: Translation, name: OperationName, constant: number): void {
  const depth = t.stack.length - 2;
  result(t, name, depth, slotAt(t, depth), constant);
}

/** The top value goes to a local; it stays on the stack. */
export function assign(t: Translation, local: number): void {
  const { writer, stack } = t;
  const slot = slotOf(t, local);
  const depth = top(t);
  const operand = stack[depth];
  if (!operand) throw new Error('the operand stack is too short');
  const last = operand.kind === 'own' ? lastInto(writer, own(t, depth)) : undefined;
  let copied = false;
  for (let each = 0; each < depth; each += 1) {
    // Whoever still means the local's old value gets a copy first.
    const other = stack[each];
    if ((other?.kind !== 'local' && other?.kind !== 'sum') || other.value !== slot) continue;
    settle(t, each);
    copied = true;
  }
  if (last && !copied) retarget(writer, last, slot);
  else if (operand.kind === 'own') writeValue(writer, 'move', slot, own(t, depth));
  else if (operand.kind === 'local') {
    if (operand.value !== slot) writeValue(writer, 'move', slot, operand.value);
  } else if (operand.kind === 'sum') writeValue(writer, 'i32.add#', slot, operand.value, operand.high);
  else if (operand.high === 0) writeValue(writer, 'const', slot, operand.value);
  else writeValue(writer, 'const2', slot, operand.value, operand.high);
}

/** Is this the slot of a local that no debugger knows and that is read in one place only? Then its value may stay unwritten. */
export const usedOnce = (t: Translation, slot: number): boolean => t.reads.get(slot) === 1;

/** The instruction that gave the operand at a depth, when it may be taken back. */
export function source(t: Translation, depth: number): Written | undefined {
  const operand = t.stack[depth];
  if (operand?.kind === 'own') return lastInto(t.writer, own(t, depth));
  return operand?.kind === 'local' && usedOnce(t, operand.value) ? lastInto(t.writer, operand.value) : undefined;
}
