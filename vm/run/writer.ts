/**
 * Where register code is written: words, the way back from each pc to the stack code, and what was written last, so that the
 * translator can take an instruction back and fuse it with the next.
 * Invariant: `history` holds the instructions since the last place that something may branch to; only those may be taken back.
 */
import type { OperationName } from './operations.ts';
import { operation } from './operations.ts';

/** A written instruction that gave a value: `target` is the slot it writes, found at `words[targetAt]`. */
export type Written = { readonly start: number; readonly name: OperationName; targetAt: number; target: number };

export type Writer = {
  readonly base: number;
  readonly words: number[];
  /** Pairs: local pc, offset in the stack code (negative minus one in the cleanup body). */
  readonly origins: number[];
  readonly history: Written[];
  origin: number;
};

export const createWriter = (base: number): Writer => ({ base, words: [], origins: [], history: [], origin: 0 });

/** Writes an instruction that gives no value, or whose target may not be changed. */
export function write(writer: Writer, name: OperationName, ...operands: readonly number[]): number {
  const start = writer.words.length;
  if (writer.origins[writer.origins.length - 1] !== writer.origin) writer.origins.push(start, writer.origin);
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
  while (writer.origins.length > 0 && (writer.origins[writer.origins.length - 2] ?? 0) >= last.start) writer.origins.length -= 2;
}

export function retarget(writer: Writer, written: Written, slot: number): void {
  writer.words[written.targetAt] = slot;
  written.target = slot;
}
