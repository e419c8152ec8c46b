/**
 * Writes code: words, source marks and landings of one body. In: instructions by name, in order. Out: the lists that a
 * `CodeFunction` holds. Invariant: whatever may panic while `landing` is set gets a landing of that number.
 */
import type { Watched } from './held.ts';
import { emptyBlock } from '../../vm/code/values.ts';
import { op, type OpName, rowOf } from '../../vm/code/opcodes.ts';
import type { HoldState, Landing, Mark } from '../../vm/code/program.ts';
import { f32Word, f64Words, i64Words } from '../../vm/code/words.ts';
import type { Placed } from './ref.ts';
import type { Prim } from './shape.ts';

export interface Writer {
  readonly words: number[];
  readonly marks: Mark[];
  readonly landings: Landing[];
  /** Which words are numbers of this unit, in order of their writing. */
  readonly refs: Placed[];
  /** The words hold something of this unit that no reference says. */
  bound: boolean;
  /** What variables hold from here on, by the body's local. Debug profile only. */
  readonly holds: { at: number; readonly of: Watched; readonly state: HoldState }[];
  /** Where panics of the next instructions go; -1: to the caller. */
  landing: number;
  /** Offset of the last instruction. */
  last: number;
  /** And of the one before it; -1 when that is not known. */
  previous: number;
}

export const makeWriter = (): Writer => ({ words: [], marks: [], landings: [], refs: [], bound: false, holds: [], landing: -1, last: -1, previous: -1 });

export function write(w: Writer, name: OpName, ...immediates: readonly number[]): void {
  const number = op(name);
  w.previous = w.last;
  w.last = w.words.length;
  if (w.landing >= 0) {
    const stops = rowOf(number)?.stops;
    if (stops === 'panics' || stops === 'any') w.landings.push({ at: w.last, landing: w.landing });
  }
  w.words.push(number, ...immediates);
}

/** For names put together from parts. */
export const writeNamed = (w: Writer, name: string): void => write(w, name as OpName);

export const i32 = (w: Writer, value: number): void => write(w, 'i32.const', value | 0);
export const i64 = (w: Writer, value: bigint): void => write(w, 'i64.const', ...i64Words(value));
export const f32 = (w: Writer, value: number): void => write(w, 'f32.const', f32Word(value));
export const f64 = (w: Writer, value: number): void => write(w, 'f64.const', ...f64Words(value));
export const get = (w: Writer, local: number): void => write(w, 'local.get', local);
export const set = (w: Writer, local: number): void => write(w, 'local.set', local);

/** Number of the last instruction written, or -1. */
export const lastOp = (w: Writer): number => (w.last < 0 ? -1 : (w.words[w.last] ?? -1));

const opposites: readonly (readonly [string, string])[] = [['eq', 'ne'], ['lt_s', 'ge_s'], ['lt_u', 'ge_u'], ['gt_s', 'le_s'], ['gt_u', 'le_u']];
const inverse = new Map<number, number>();
for (const type of ['i32', 'i64']) {
  for (const [a, b] of opposites) {
    inverse.set(op(`${type}.${a}` as OpName), op(`${type}.${b}` as OpName));
    inverse.set(op(`${type}.${b}` as OpName), op(`${type}.${a}` as OpName));
  }
}

/** Makes the condition on the stack its opposite: another comparison where the last instruction is one. */
export function negateCondition(w: Writer): void {
  const other = inverse.get(lastOp(w));
  if (other === undefined) write(w, 'i32.eqz');
  else w.words[w.last] = other;
}

export const open = (w: Writer, kind: 'block' | 'loop' | 'if'): void => write(w, kind, emptyBlock);

const endsPath = new Set(['unreachable', 'br', 'br_table', 'return', 'panic', 'panic.text', 'resume', 'trap'].map(name => op(name as OpName)));

/** Ends the body; a path that would fall out of it is unreachable. */
export function finishBody(w: Writer): void {
  if (!endsPath.has(lastOp(w))) write(w, 'unreachable');
  write(w, 'end');
}

export function constantOf(w: Writer, prim: Prim, value: bigint): void {
  if (prim === 'i64' || prim === 'u64') i64(w, value);
  else i32(w, Number(BigInt.asIntN(32, value)));
}

export const loadOps: Readonly<Record<Prim, OpName>> = {
  i8: 'i32.load8_s', u8: 'i32.load8_u', i16: 'i32.load16_s', u16: 'i32.load16_u', i32: 'i32.load', u32: 'i32.load',
  i64: 'i64.load', u64: 'i64.load', f32: 'f32.load', f64: 'f64.load', ptr: 'ptr.load',
};

export const storeOps: Readonly<Record<Prim, OpName>> = {
  i8: 'i32.store8', u8: 'i32.store8', i16: 'i32.store16', u16: 'i32.store16', i32: 'i32.store', u32: 'i32.store',
  i64: 'i64.store', u64: 'i64.store', f32: 'f32.store', f64: 'f64.store', ptr: 'ptr.store',
};
