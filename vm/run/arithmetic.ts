/**
 * Numbers and memory in the translation: which register instruction a numeric row, a checked one, a load or a store becomes, and when a
 * constant, an offset or an index goes into the instruction itself. In: a translation whose operands are on the stack. Out: the result pushed.
 */
import { op, opcodes } from '../code/opcodes.ts';
import type { OpName } from '../code/opcodes.ts';
import { panicNumber } from '../code/reasons.ts';
import { intKindBits, intKinds } from '../code/values.ts';
import { operationNumber } from './operations.ts';
import type { OperationName } from './operations.ts';
import { binary, constantAt, own, pop, push, result, slotAt, source, swapped, top, unary, withConstant } from './translation.ts';
import type { Translation } from './translation.ts';
import { takeBack, write } from './writer.ts';

const LOADS: Partial<Record<OpName, OperationName>> = {
  'i32.load': 'load32', 'i64.load': 'load64', 'f32.load': 'load32', 'f64.load': 'loadf64', 'i32.load8_s': 'load8_s', 'i32.load8_u': 'load8_u', 'i32.load16_s': 'load16_s', 'i32.load16_u': 'load16_u',
  'i64.load8_s': 'load8_s', 'i64.load8_u': 'load8_u', 'i64.load16_s': 'load16_s', 'i64.load16_u': 'load16_u', 'i64.load32_s': 'load32', 'i64.load32_u': 'load32', 'ptr.load': 'load32',
};
const STORES: Partial<Record<OpName, OperationName>> = {
  'i32.store': 'store32', 'i64.store': 'store64', 'f32.store': 'store32', 'f64.store': 'storef64', 'i32.store8': 'store8', 'i32.store16': 'store16', 'i64.store8': 'store8', 'i64.store16': 'store16', 'i64.store32': 'store32', 'ptr.store': 'store32',
};
const WIDTH: Partial<Record<OperationName, number>> = { load8_s: 1, load8_u: 1, load16_s: 2, load16_u: 2, load32: 4, load64: 8, loadf64: 8, store8: 1, store16: 2, store32: 4, store64: 8, storef64: 8 };
const INDEXED = new Set<string>(['load8_u', 'load32', 'load64', 'loadf64', 'store8', 'store32', 'store64', 'storef64']);

export function load(t: Translation, row: OpName, offset: number): void {
  const { writer } = t;
  const name = LOADS[row] ?? 'load32';
  const depth = top(t);
  if (t.watched.accesses) write(writer, 'watch.load', slotAt(t, depth), offset, WIDTH[name] ?? 4);
  const last = t.watched.accesses ? undefined : source(t, depth);
  const address = t.stack[depth];
  if (address?.kind === 'sum' && !t.program.provenance) result(t, name, depth, address.value, (address.high + offset) | 0);
  else if (row === 'ptr.load' && t.program.provenance) result(t, 'ptr.load', depth, slotAt(t, depth), offset);
  else if (last?.name === 'index' && INDEXED.has(name)) {
    const [base = 0, index = 0, size = 0] = writer.words.slice(last.start + 2);
    takeBack(writer);
    result(t, `${name}.x` as OperationName, depth, base, index, size, offset);
  } else if (last?.name === 'i32.add#' && (writer.words[last.start + 3] ?? -1) >= 0) {
    const [base = 0, more = 0] = writer.words.slice(last.start + 2);
    takeBack(writer);
    result(t, name, depth, base, (offset + more) | 0);
  } else result(t, name, depth, slotAt(t, depth), offset);
  if (row.startsWith('i64.load') && row !== 'i64.load') unary(t, row.endsWith('_s') ? 'i64.extend_s' : 'i64.extend_u');
}

export function store(t: Translation, row: OpName, offset: number): void {
  const { writer } = t;
  const name = STORES[row] ?? 'store32';
  const depth = t.stack.length - 2;
  const value = slotAt(t, depth + 1);
  const width = WIDTH[name] ?? 8;
  const tracked = t.program.provenance;
  const last = tracked || t.watched.accesses ? undefined : source(t, depth);
  const sum = t.stack[depth];
  if (sum?.kind === 'sum' && !tracked && !t.watched.accesses) write(writer, name, sum.value, value, (sum.high + offset) | 0);
  else if (last?.name === 'index' && INDEXED.has(name)) {
    const [base = 0, index = 0, size = 0] = writer.words.slice(last.start + 2);
    takeBack(writer);
    write(writer, `${name}.x` as OperationName, base, index, value, size, offset);
  } else {
    const address = slotAt(t, depth);
    if (row === 'ptr.store' && tracked) write(writer, 'ptr.store', address, value, offset);
    else {
      write(writer, name, address, value, offset);
      if (tracked) write(writer, 'track.written', address, offset, width);
    }
    if (t.watched.accesses) write(writer, 'watch.store', address, offset, width);
  }
  pop(t, 2);
}

/** The loads and stores that copy so many bytes, as pairs of names and offsets. */
const COPIES: Partial<Record<number, readonly (readonly [OperationName, OperationName, number])[]>> = {
  1: [['load8_u', 'store8', 0]],
  2: [['load16_u', 'store16', 0]],
  4: [['load32', 'store32', 0]],
  8: [['load64', 'store64', 0]],
  12: [['load64', 'store64', 0], ['load32', 'store32', 8]],
  16: [['load64', 'store64', 0], ['load64', 'store64', 8]],
};

/** A copy of a few bytes, known how many: all are loaded before any is stored. False when it is not that. */
export function copyByValue(t: Translation): boolean {
  const length = constantAt(t, top(t));
  const steps = length === undefined ? undefined : COPIES[length];
  if (!steps || t.program.provenance || t.watched.accesses) return false;
  const depth = top(t);
  const to = slotAt(t, depth - 2);
  const from = slotAt(t, depth - 1);
  steps.forEach(([load, , offset], step) => write(t.writer, load, own(t, depth + step), from, offset));
  steps.forEach(([, store, offset], step) => write(t.writer, store, to, own(t, depth + step), offset));
  t.deepest = Math.max(t.deepest, depth + steps.length);
  pop(t, 3);
  return true;
}

export function narrow(t: Translation, kindNumber: number): void {
  const depth = top(t);
  const kind = intKinds[kindNumber];
  if (kind === 'i8') unary(t, 'i32.extend8_s');
  else if (kind === 'i16') unary(t, 'i32.extend16_s');
  else if (kind === 'u8' || kind === 'u16') result(t, 'i32.and#', depth, slotAt(t, depth), kind === 'u8' ? 255 : 65535);
}

export function checked(t: Translation, row: OpName, kindNumber: number): void {
  const kind = intKinds[kindNumber] ?? 'i32';
  const verb = row.slice(0, 3);
  const depth = top(t);
  const constant = constantAt(t, depth);
  const wide = intKindBits(kind) === 64;
  if (verb === 'neg') return result(t, 'neg.checked', depth, slotAt(t, depth), kindNumber);
  if (verb === 'div' || verb === 'rem') {
    if (!wide && constant !== undefined && constant > 0) return withConstant(t, `i32.${verb}_${kind.startsWith('i') ? 's' : 'u'}#` as OperationName, constant);
    if (kind === 'i32' || kind === 'u32') return binary(t, `${verb}.${kind}` as OperationName);
    return binary(t, `${verb}.checked` as OperationName, kindNumber);
  }
  if (kind === 'i32' || kind === 'u32' || wide) {
    if (verb === 'add' && !wide && constant !== undefined) return withConstant(t, `add.${kind}#` as OperationName, constant);
    if (verb === 'sub' && kind === 'u32' && constant !== undefined) return withConstant(t, 'sub.u32#', constant);
    if (verb === 'sub' && kind === 'i32' && constant !== undefined && constant !== -2147483648) return withConstant(t, 'add.i32#', -constant);
    return binary(t, `${verb}.${kind}` as OperationName);
  }
  // 8 and 16 bits: the exact result fits in 32 (as an unsigned product does too), so a test of its form is enough.
  numeric(t, `i32.${verb}` as OpName);
  write(t.writer, 'check.kind', slotAt(t, top(t)), kindNumber, panicNumber(verb === 'add' ? 'add' : verb === 'sub' ? 'sub' : 'mul'));
}

export function shift(t: Translation, row: OpName, kindNumber: number): void {
  const kind = intKinds[kindNumber] ?? 'i32';
  const bits = intKindBits(kind);
  const amount = constantAt(t, top(t));
  const left = row === 'shl.checked';
  if (amount === undefined || amount < 0 || amount >= bits) write(t.writer, 'check.shift', slotAt(t, top(t)), bits, panicNumber(left ? 'shl' : 'shr'));
  numeric(t, `${bits === 64 ? 'i64' : 'i32'}.${left ? 'shl' : kind.startsWith('i') ? 'shr_s' : 'shr_u'}` as OpName);
  if (left && bits < 32) narrow(t, kindNumber);
}

/** The verb when the operands are exchanged, for a constant on the left. */
const MIRRORED: Partial<Record<string, string>> = { add: 'add', mul: 'mul', and: 'and', or: 'or', xor: 'xor', eq: 'eq', ne: 'ne', lt_s: 'gt_s', gt_s: 'lt_s', le_s: 'ge_s', ge_s: 'le_s', lt_u: 'gt_u', gt_u: 'lt_u', le_u: 'ge_u', ge_u: 'le_u' };
/** Comparisons that only exist with their operands exchanged. */
const EXCHANGED: Partial<Record<string, string>> = { gt_s: 'lt_s', gt_u: 'lt_u', le_s: 'ge_s', le_u: 'ge_u' };
const EXCHANGED_FLOAT: Partial<Record<string, string>> = { gt: 'lt', ge: 'le' };

/** What an i32 operation on two constants gives, where that is simple. */
function fold(verb: string, one: number, other: number): number | undefined {
  switch (verb) {
    case 'add': return (one + other) | 0;
    case 'sub': return (one - other) | 0;
    case 'mul': return Math.imul(one, other);
    case 'and': return one & other;
    case 'or': return one | other;
    case 'xor': return one ^ other;
    case 'shl': return one << other;
    case 'shr_s': return one >> other;
    case 'shr_u': return (one >>> other) | 0;
    case 'eq': return Number(one === other);
    case 'ne': return Number(one !== other);
    case 'lt_s': return Number(one < other);
    case 'gt_s': return Number(one > other);
    case 'le_s': return Number(one <= other);
    case 'ge_s': return Number(one >= other);
    case 'lt_u': return Number(one >>> 0 < other >>> 0);
    case 'gt_u': return Number(one >>> 0 > other >>> 0);
    case 'le_u': return Number(one >>> 0 <= other >>> 0);
    case 'ge_u': return Number(one >>> 0 >= other >>> 0);
    default: return undefined;
  }
}

/** A plain numeric row: `type.verb`. */
export function numeric(t: Translation, row: OpName): void {
  const depth = top(t);
  const [type = '', verb = ''] = row.split('.');
  const effect = opcodes[op(row)]?.effect ?? '';
  const right = constantAt(t, depth);
  if (effect.slice(0, effect.indexOf('->')).trim().indexOf(' ') < 0) {
    if (row === 'i32.eqz' && right !== undefined) t.stack[depth] = { kind: 'const', value: right === 0 ? 1 : 0, high: 0 };
    else unary(t, row as OperationName);
    return;
  }
  if (type === 'i32') {
    const left = constantAt(t, depth - 1);
    const folded = left !== undefined && right !== undefined ? fold(verb, left, right) : undefined;
    if (folded !== undefined) {
      pop(t, 2);
      return push(t, { kind: 'const', value: folded, high: 0 });
    }
    const mirrored = left !== undefined && right === undefined ? MIRRORED[verb] : undefined;
    if (mirrored !== undefined && left !== undefined) return result(t, `i32.${mirrored}#` as OperationName, depth - 1, slotAt(t, depth), left);
    if (right !== undefined && verb === 'sub') return withConstant(t, 'i32.add#', -right | 0);
    const divides = verb.startsWith('div') || verb.startsWith('rem');
    if (right !== undefined && (!divides || right > 0) && operationNumber(`${row}#`) !== undefined) return withConstant(t, `${row}#` as OperationName, right);
  }
  const wide = t.stack[depth];
  if (type === 'i64' && wide?.kind === 'const') {
    const short = wide.high === wide.value >> 31;
    if (verb === 'add' && short) return withConstant(t, 'i64.add#', wide.value);
    if (verb === 'sub' && short && wide.value !== -2147483648) return withConstant(t, 'i64.add#', -wide.value | 0);
    if (verb === 'shl' || verb === 'shr_s' || verb === 'shr_u' || verb === 'rotl') return withConstant(t, `${row}#` as OperationName, wide.value & 63);
    if (verb === 'rotr') return withConstant(t, 'i64.rotl#', -wide.value & 63);
  }
  const exchanged = type.startsWith('f') ? EXCHANGED_FLOAT[verb] : EXCHANGED[verb];
  if (exchanged !== undefined) return swapped(t, `${type}.${exchanged}` as OperationName);
  binary(t, row as OperationName);
}
