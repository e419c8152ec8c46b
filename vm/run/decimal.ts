/**
 * Floats and decimal digits, exactly. In: a float, or a text. Out: digits with a decimal exponent (the value is 0.DIGITS × 10^exponent),
 * or a float rounded once. BigInt is used here: printing is not the hot path.
 */
export type Decimal = { readonly digits: string; readonly exponent: number };

/** The fewest digits that read back as the value; of several, the nearest. */
export function shortest(value: number): Decimal {
  return split(value.toExponential());
}

export function shortestSingle(value: number): Decimal {
  for (let digits = 1; digits < 9; digits += 1) {
    const text = value.toExponential(digits - 1);
    if (Math.fround(Number(text)) === value) return split(text);
    // At a power of two the gap below is half of that above: the nearest text may miss where the next one up does not.
    const up = split(text);
    const next = `0.${(BigInt(up.digits.padEnd(digits, '0')) + 1n).toString()}`;
    const other = Number(`${next}e${up.exponent}`);
    if (next.length === digits + 2 && Math.fround(other) === value && isPowerOfTwo(value)) return trim({ digits: next.slice(2), exponent: up.exponent });
  }
  return split(value.toExponential(8));
}

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value)) && 2 ** Math.log2(value) === value;

function split(text: string): Decimal {
  const [mantissa = '0', exponent = '0'] = text.split('e');
  return trim({ digits: mantissa.replace('.', ''), exponent: Number(exponent) + 1 });
}

function trim({ digits, exponent }: Decimal): Decimal {
  return { digits: digits.replace(/0+$/, '') || '0', exponent };
}

const view = new DataView(new ArrayBuffer(8));

/** A finite positive float as mantissa × 2^exponent. */
function parts(value: number): { mantissa: bigint; exponent: number } {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  return exponent === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | 0x10000000000000n, exponent: exponent - 1075 };
}

/** numerator / denominator to the nearest whole number, ties to even. */
function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = (numerator - whole * denominator) * 2n;
  return twice > denominator || (twice === denominator && (whole & 1n) === 1n) ? whole + 1n : whole;
}

/** Rounded to that many digits after the point (before it, when negative). No digits: it rounds to 0. */
export function exact(value: number, fraction: number): Decimal {
  const { mantissa, exponent } = parts(value);
  let numerator = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa;
  let denominator = exponent >= 0 ? 1n : 1n << BigInt(-exponent);
  if (fraction >= 0) numerator *= 10n ** BigInt(fraction);
  else denominator *= 10n ** BigInt(-fraction);
  const rounded = roundedQuotient(numerator, denominator);
  if (rounded === 0n) return { digits: '', exponent: -fraction };
  const digits = rounded.toString();
  return { digits, exponent: digits.length - fraction };
}

/** Rounded to that many significant digits. */
export function exactDigits(value: number, count: number): Decimal {
  const first = shortest(value).exponent;
  let result = exact(value, count - first);
  if (result.digits.length > count) result = exact(value, count - first - 1);
  if (result.digits.length < count) result = exact(value, count - first + 1);
  return result;
}

const form = /^[+-]?(?:inf|infinity|nan|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i;

/** A float as Rust's `parse` reads it, or undefined. */
export function parseFloat64(text: string): number | undefined {
  if (!form.test(text)) return undefined;
  const lower = text.toLowerCase().replace(/^\+/, '');
  if (lower.includes('inf')) return lower.startsWith('-') ? -Infinity : Infinity;
  if (lower.includes('nan')) return NaN;
  return Number(lower);
}

/** The same for f32, rounded once: where the f64 lies halfway between two f32, the text itself decides. */
export function parseFloat32(text: string): number | undefined {
  const value = parseFloat64(text);
  if (value === undefined || !Number.isFinite(value) || value === 0) return value;
  const near = Math.fround(value);
  if (near === value || !Number.isFinite(near)) return near;
  const other = Math.fround(value + (value - near));
  if (value - near !== other - value) return near;
  const order = compareToText(Math.abs(value), text.replace(/^[+-]/, ''));
  if (order === 0) return near;
  const [small, large] = Math.abs(near) < Math.abs(other) ? [near, other] : [other, near];
  return order < 0 ? large : small;
}

/** The sign of value - text. */
function compareToText(value: number, text: string): number {
  const [mantissa = '0', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', after = ''] = mantissa.split('.');
  const scale = Number(power) - after.length;
  const { mantissa: bits, exponent } = parts(value);
  let left = bits;
  let right = BigInt(whole + after || '0');
  if (exponent >= 0) left <<= BigInt(exponent);
  else right <<= BigInt(-exponent);
  if (scale >= 0) right *= 10n ** BigInt(scale);
  else left *= 10n ** BigInt(-scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** a × b + c, rounded once. */
export function multiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  if (!Number.isFinite(a) || !Number.isFinite(b) || a === 0 || b === 0) return product + c;
  if (!Number.isFinite(c)) return c;
  const one = parts(Math.abs(a));
  const other = parts(Math.abs(b));
  const more = parts(Math.abs(c));
  const exponent = Math.min(one.exponent + other.exponent, more.exponent);
  const left = (one.mantissa * other.mantissa << BigInt(one.exponent + other.exponent - exponent)) * (Math.sign(a) * Math.sign(b) < 0 ? -1n : 1n);
  const right = (more.mantissa << BigInt(more.exponent - exponent)) * (c < 0 ? -1n : 1n);
  const sum = left + right;
  if (sum === 0n) return product === -c ? product + c : 0;
  return scaled(sum, exponent);
}

/** mantissa × 2^exponent to the nearest float, ties to even. */
function scaled(mantissa: bigint, exponent: number): number {
  const negative = mantissa < 0n;
  const size = negative ? -mantissa : mantissa;
  const bits = size.toString(2).length;
  const drop = Math.max(bits - 53, -1074 - exponent);
  const kept = drop > 0 ? roundedQuotient(size, 1n << BigInt(drop)) : size;
  const at = drop > 0 ? exponent + drop : exponent;
  // Two steps keep the power in range; `kept` has at most 53 bits, so nothing is rounded again.
  const half = Math.trunc(at / 2);
  const value = Number(kept) * 2 ** half * 2 ** (at - half);
  return negative ? -value : value;
}
