/**
 * Where register code is written: words, the way back from each pc to the stack code, and what was written last, so that the
 * translator can take an instruction back and fuse it with the next.
 * Invariant: `history` holds the instructions since the last place that something may branch to; only those may be taken back.
 */
import type { OperationName } from './operations.ts';
import { operation } from './operations.ts';

/** A written instruction that gave a value: `target` is the slot it writes, found at `words[targetAt]`. */
export type Written = { readonly start: number; readonly name: OperationName; targetAt: number; target: number };

/** A call whose callee's code was written in its place: the pcs it covers, and the way back into the callee. */
export type Inlined = { readonly index: number; readonly start: number; end: number; readonly origins: number[]; origin: number; /** Where its locals are, as far as they are anywhere: for those who want to see their values. */ places: ReadonlyMap<number, LocalPlace> };

/** A local of a callee that was written in place: a slot of the caller's frame, a constant, or an address: a slot plus `high`. */
export type LocalPlace = { readonly kind: 'own' | 'local' | 'const' | 'sum'; readonly value: number; readonly high: number };

export type Writer = {
  readonly base: number;
  readonly words: number[];
  /** Pairs: local pc, offset in the stack code (negative minus one in the cleanup body). */
  readonly origins: number[];
  readonly history: Written[];
  origin: number;
  /** All of them, outer before inner; and those that are open now. */
  readonly inlined: Inlined[];
  readonly open: Inlined[];
  /** Slots whose value was never written after all, in the order in which that was found. */
  readonly gone: number[];
};

export const createWriter = (base: number): Writer => ({ base, words: [], origins: [], history: [], origin: 0, inlined: [], open: [], gone: [] });

/** Writes an instruction that gives no value, or whose target may not be changed. */
export function write(writer: Writer, name: OperationName, ...operands: readonly number[]): number {
  const start = writer.words.length;
  if (writer.origins[writer.origins.length - 1] !== writer.origin) writer.origins.push(start, writer.origin);
  for (const { origins, origin } of writer.open) if (origins[origins.length - 1] !== origin) origins.push(start, origin);
  writer.words.push(operation(name), ...operands);
  writer.history.push({ start, name, targetAt: -1, target: -1 });
  return start;
}

/** Writes an instruction whose first operand is the slot it writes. */
export function writeValue(writer: Writer, name: OperationName, target: number, ...operands: readonly number[]): void {
  const start = write(writer, name, target, ...operands);
  writer.history[writer.history.length - 1] = { start, name, targetAt: start + 1, target };
}

/** Something may branch here: nothing before it may be taken back. */
export function barrier(writer: Writer): number {
  writer.history.length = 0;
  return writer.base + writer.words.length;
}

/** The last instruction, when it gave its value to this slot and may be changed. */
export function lastInto(writer: Writer, slot: number): Written | undefined {
  const last = writer.history[writer.history.length - 1];
  return last !== undefined && last.targetAt >= 0 && last.target === slot ? last : undefined;
}

export function takeBack(writer: Writer): void {
  const last = writer.history.pop();
  if (!last) throw new Error('there is nothing to take back');
  writer.words.length = last.start;
  if (last.target >= 0) writer.gone.push(last.target);
  shorten(writer.origins, last.start);
  for (const { origins } of writer.open) shorten(origins, last.start);
  for (let at = writer.inlined.length - 1; at >= 0; at -= 1) {
    const inlined = writer.inlined[at];
    if (!inlined || inlined.end <= last.start) break;
    inlined.end = last.start;
  }
}

function shorten(origins: number[], end: number): void {
  while (origins.length > 0 && (origins[origins.length - 2] ?? 0) >= end) origins.length -= 2;
}

/** What is written from here on is the code of this callee. */
export function beginInlined(writer: Writer, index: number): Inlined {
  const inlined: Inlined = { index, start: writer.words.length, end: Infinity, origins: [], origin: 0, places: new Map() };
  writer.inlined.push(inlined);
  writer.open.push(inlined);
  return inlined;
}

export function endInlined(writer: Writer): void {
  const inlined = writer.open.pop();
  if (inlined) inlined.end = writer.words.length;
}

export function retarget(writer: Writer, written: Written, slot: number): void {
  if (written.target !== slot) writer.gone.push(written.target);
  writer.words[written.targetAt] = slot;
  written.target = slot;
}
