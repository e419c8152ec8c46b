/**
 * Numbers at compile time, as the machine computes them: bigints for integers (kept as their prim keeps them), numbers for floats. Used by the
 * constant evaluator and by constant folding. In: prims and values. Out: values, or the text of the panic.
 */
import type { ArithmeticName, CompareName } from '../flow/graph.ts';
import { isSigned, keep, type Prim, primSize } from './shape.ts';

export type Num = bigint | number;

const isFloat = (prim: Prim): boolean => prim === 'f32' || prim === 'f64';
export const toPrim = (prim: Prim, value: number): Num => (prim === 'f32' ? Math.fround(value) : prim === 'f64' ? value : BigInt(Math.trunc(value)));

export function fromPrim(prim: Prim, view: DataView, at: number): Num {
  switch (prim) {
    case 'i8': return BigInt(view.getInt8(at));
    case 'u8': return BigInt(view.getUint8(at));
    case 'i16': return BigInt(view.getInt16(at, true));
    case 'u16': return BigInt(view.getUint16(at, true));
    case 'i32': return BigInt(view.getInt32(at, true));
    case 'u32': case 'ptr': return BigInt(view.getUint32(at, true));
    case 'i64': return view.getBigInt64(at, true);
    case 'u64': return view.getBigUint64(at, true);
    case 'f32': return view.getFloat32(at, true);
    case 'f64': return view.getFloat64(at, true);
  }
}

function floatOp(op: ArithmeticName | CompareName, prim: Prim, a: number, b: number): Num {
  const round = (x: number): number => (prim === 'f32' ? Math.fround(x) : x);
  switch (op) {
    case 'add': return round(a + b);
    case 'sub': return round(a - b);
    case 'mul': return round(a * b);
    case 'div': return round(a / b);
    case 'rem': return round(a % b);
    default: return compare(op, a, b) ? 1n : 0n;
  }
}

function compare(op: string, a: Num, b: Num): boolean {
  switch (op) {
    case 'eq': return a === b;
    case 'ne': return a !== b;
    case 'lt': return a < b;
    case 'le': return a <= b;
    case 'gt': return a > b;
    default: return a >= b;
  }
}

/** The exact result of integer arithmetic, before wrapping. Divisors are not 0. */
function exact(op: ArithmeticName, prim: Prim, a: bigint, b: bigint): bigint {
  const bits = BigInt(primSize(prim) * 8);
  switch (op) {
    case 'add': return a + b;
    case 'sub': return a - b;
    case 'mul': return a * b;
    case 'div': return b === 0n ? 0n : a / b;
    case 'rem': return b === 0n ? 0n : a % b;
    case 'and': return a & b;
    case 'or': return a | b;
    case 'xor': return a ^ b;
    case 'shl': return a << BigInt.asUintN(64, b) % bits;
    case 'shr': return a >> BigInt.asUintN(64, b) % bits;
  }
}

export function binaryOp(op: ArithmeticName | CompareName, prim: Prim, a: Num, b: Num): Num {
  if (isFloat(prim)) return floatOp(op, prim, Number(a), Number(b));
  if (op === 'eq' || op === 'ne' || op === 'lt' || op === 'le' || op === 'gt' || op === 'ge') return compare(op, a, b) ? 1n : 0n;
  return keep(prim, exact(op, prim, BigInt(a), BigInt(b)));
}

export function unaryOp(op: 'neg' | 'not', prim: Prim, a: Num, isBool: boolean): Num {
  if (isFloat(prim)) return -Number(a);
  if (op === 'neg') return keep(prim, -BigInt(a));
  return isBool ? (a === 0n ? 1n : 0n) : keep(prim, ~BigInt(a));
}

export function overflowing(op: ArithmeticName, prim: Prim, a: Num, b: Num): { value: Num; wrapped: boolean } {
  const whole = exact(op, prim, BigInt(a), BigInt(b));
  const value = keep(prim, whole);
  return { value, wrapped: value !== whole };
}

const verbs: Readonly<Record<string, string>> = { add: 'add', sub: 'subtract', mul: 'multiply', div: 'divide', rem: 'calculate the remainder', neg: 'negate', shl: 'shift left', shr: 'shift right' };

/** Result of an operation that panics on overflow, or the panic's text. */
export function checkedResult(op: ArithmeticName | 'neg', prim: Prim, a: Num, b: Num): { value: Num } | string {
  if (isFloat(prim)) return { value: op === 'neg' ? -Number(a) : floatOp(op, prim, Number(a), Number(b)) };
  if ((op === 'div' || op === 'rem') && BigInt(b) === 0n) return op === 'div' ? 'attempt to divide by zero' : 'attempt to calculate the remainder with a divisor of zero';
  const text = `attempt to ${verbs[op] ?? op} with overflow`;
  if (op === 'shl' || op === 'shr') {
    const amount = BigInt(b);
    return amount < 0n || amount >= BigInt(primSize(prim) * 8) ? text : { value: binaryOp(op, prim, a, b) };
  }
  if (op === 'neg') { const whole = -BigInt(a); return keep(prim, whole) === whole ? { value: whole } : text; }
  if (op === 'rem' && isSigned(prim) && BigInt(b) === -1n && keep(prim, -BigInt(a)) !== -BigInt(a)) return text;
  const { value, wrapped } = overflowing(op, prim, a, b);
  return wrapped ? text : { value };
}

/** `as` between numbers. */
export function castValue(from: Prim, to: Prim, value: Num): Num {
  if (isFloat(to)) {
    // A bigint becomes the nearest double; f32 is rounded once more, which is wrong only for wide integers at ties.
    return to === 'f32' ? Math.fround(Number(value)) : Number(value);
  }
  if (!isFloat(from)) return keep(to, BigInt(value));
  const x = Number(value);
  if (Number.isNaN(x)) return 0n;
  const bits = primSize(to) * 8;
  const [low, high] = isSigned(to) ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n] : [0n, (1n << BigInt(bits)) - 1n];
  if (x === Infinity) return high;
  if (x === -Infinity) return low;
  const whole = BigInt(Math.trunc(x));
  return whole < low ? low : whole > high ? high : whole;
}
