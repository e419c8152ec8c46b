/**
 * Integer arithmetic of constants, exact: every result is checked against its type's range. In: big integers and a type name. Out: the result, or the
 * words for why there is none. Pure.
 */
import type { ArithmeticOp } from '../syntax/tree.ts';
import type { IntName, Type } from './type.ts';

export const bitsOf = (name: IntName): number => (name.endsWith('size') ? 32 : Number(name.slice(1)));
export const isSigned = (name: IntName): boolean => name.startsWith('i');

export function rangeOf(name: IntName): { readonly min: bigint; readonly max: bigint } {
  const bits = BigInt(bitsOf(name));
  return isSigned(name) ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n } : { min: 0n, max: (1n << bits) - 1n };
}

export function fitsInt(value: bigint, name: IntName): boolean {
  const { min, max } = rangeOf(name);
  return value >= min && value <= max;
}

/** The value modulo 2^bits, as the type reads it. */
export function wrapInt(value: bigint, name: IntName): bigint {
  const bits = bitsOf(name);
  return isSigned(name) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

export type Arithmetic = { readonly ok: true; readonly value: bigint } | { readonly ok: false; readonly why: string };

/** `a op b` in type `name`; shifts take their right side of any type. */
export function arithmetic(op: ArithmeticOp, a: bigint, b: bigint, name: IntName): Arithmetic {
  const text = `\`${a}_${name} ${op} ${b}\``;
  const checked = (value: bigint): Arithmetic => (fitsInt(value, name) ? { ok: true, value } : { ok: false, why: `attempt to compute ${text}, which would overflow` });
  switch (op) {
    case '+': return checked(a + b);
    case '-': return checked(a - b);
    case '*': return checked(a * b);
    case '/':
      if (b === 0n) return { ok: false, why: `attempt to divide \`${a}_${name}\` by zero` };
      return checked(a / b);
    case '%':
      if (b === 0n) return { ok: false, why: `attempt to calculate the remainder of \`${a}_${name}\` with a divisor of zero` };
      if (!fitsInt(a / b, name)) return { ok: false, why: `attempt to compute ${text}, which would overflow` };
      return { ok: true, value: a % b };
    case '&': return { ok: true, value: wrapInt(a & b, name) };
    case '|': return { ok: true, value: wrapInt(a | b, name) };
    case '^': return { ok: true, value: wrapInt(a ^ b, name) };
    case '<<': case '>>': {
      if (b < 0n || b >= BigInt(bitsOf(name))) return { ok: false, why: `attempt to shift ${op === '<<' ? 'left' : 'right'} by \`${b}\`, which would overflow` };
      return { ok: true, value: op === '<<' ? wrapInt(a << b, name) : a >> b };
    }
  }
}

/** `value as type` for scalars as numbers (booleans 0/1, chars their code points). */
export function castInt(value: bigint, to: Type): bigint | null {
  switch (to.kind) {
    case 'int': return wrapInt(value, to.name);
    case 'char': return value >= 0n && value <= 0xffn ? value : null;
    case 'ptr': return BigInt.asUintN(32, value);
    default: return null;
  }
}
