/**
 * Floats as Rust prints them. In: a value, whether it is an f32, a mode (`{}`, `{:.p}`, `{:?}`, `{:e}`, `{:.pe}`), a precision. Out: ASCII.
 * Digits come from `decimal.ts`; here they get their point and exponent.
 */
import { exact, exactDigits, shortest, shortestSingle } from './decimal.ts';
import type { Decimal } from './decimal.ts';

export function floatText(value: number, single: boolean, mode: number, precision: number): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  if (size === Infinity) return `${sign}inf`;
  const digits = (): Decimal => (size === 0 ? { digits: '0', exponent: 1 } : single ? shortestSingle(size) : shortest(size));
  switch (mode) {
    case 1: return sign + fixed(size, precision);
    case 2: return sign + (size !== 0 && (size < 1e-4 || size >= 1e16) ? scientific(digits()) : plain(digits(), 1));
    case 3: return sign + scientific(digits());
    case 4: return sign + scientific(size === 0 ? { digits: '0'.repeat(precision + 1), exponent: 1 } : exactDigits(size, precision + 1));
    default: return sign + plain(digits(), 0);
  }
}

/** Digits with a point, and at least so many digits after it. */
function plain({ digits, exponent }: Decimal, least: number): string {
  const whole = exponent <= 0 ? '0' : digits.slice(0, exponent).padEnd(exponent, '0');
  const after = exponent <= 0 ? '0'.repeat(-exponent) + digits : digits.slice(exponent);
  const padded = after.padEnd(least, '0');
  return padded === '' ? whole : `${whole}.${padded}`;
}

function fixed(size: number, precision: number): string {
  const { digits } = size === 0 ? { digits: '' } : exact(size, precision);
  const all = digits.padStart(precision + 1, '0');
  return precision === 0 ? all : `${all.slice(0, -precision)}.${all.slice(-precision)}`;
}

function scientific({ digits, exponent }: Decimal): string {
  return `${digits[0] ?? '0'}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${exponent - 1}`;
}
