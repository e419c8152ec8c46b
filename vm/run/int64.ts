/**
 * 64-bit integers as two 32-bit halves in slots: the operations that are more than a line. In: the slots, and where operands and result
 * are, low word first. Out: the result, written. A result may lie where an operand does: operands are read before anything is written.
 * No BigInt here; only division of numbers beyond 53 bits goes to a small WebAssembly module, made when first needed.
 */
const P32 = 4294967296;

/** The high word of the product of two unsigned words. */
export function highProduct(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const middle = ah * bl + ((al * bl) >>> 16);
  const other = al * bh + (middle & 0xffff);
  return (ah * bh + Math.floor(middle / 65536) + Math.floor(other / 65536)) | 0;
}

export function multiply(I: Int32Array, d: number, a: number, b: number): void {
  const al = I[a]!;
  const bl = I[b]!;
  const high = (highProduct(al, bl) + Math.imul(al, I[b + 1]!) + Math.imul(I[a + 1]!, bl)) | 0;
  I[d] = Math.imul(al, bl);
  I[d + 1] = high;
}

export function shiftLeft(I: Int32Array, d: number, a: number, amount: number): void {
  const n = amount & 63;
  const low = I[a]!;
  const high = I[a + 1]!;
  if (n === 0) {
    I[d] = low;
    I[d + 1] = high;
  } else if (n < 32) {
    I[d] = low << n;
    I[d + 1] = (high << n) | (low >>> (32 - n));
  } else {
    I[d] = 0;
    I[d + 1] = low << (n - 32);
  }
}

export function shiftRight(I: Int32Array, d: number, a: number, amount: number, signed: boolean): void {
  const n = amount & 63;
  const low = I[a]!;
  const high = I[a + 1]!;
  const fill = signed ? high >> 31 : 0;
  if (n === 0) {
    I[d] = low;
    I[d + 1] = high;
  } else if (n < 32) {
    I[d] = (low >>> n) | (high << (32 - n));
    I[d + 1] = signed ? high >> n : high >>> n;
  } else {
    I[d] = signed ? high >> (n - 32) : high >>> (n - 32);
    I[d + 1] = fill;
  }
}

export function rotateLeft(I: Int32Array, d: number, a: number, amount: number): void {
  const n = amount & 63;
  const low = n & 32 ? I[a + 1]! : I[a]!;
  const high = n & 32 ? I[a]! : I[a + 1]!;
  const m = n & 31;
  if (m === 0) {
    I[d] = low;
    I[d + 1] = high;
  } else {
    I[d] = (low << m) | (high >>> (32 - m));
    I[d + 1] = (high << m) | (low >>> (32 - m));
  }
}

export function lessSigned(I: Int32Array, a: number, b: number): boolean {
  const ah = I[a + 1]!;
  const bh = I[b + 1]!;
  return ah < bh || (ah === bh && I[a]! >>> 0 < I[b]! >>> 0);
}

export function lessUnsigned(I: Int32Array, a: number, b: number): boolean {
  const ah = I[a + 1]! >>> 0;
  const bh = I[b + 1]! >>> 0;
  return ah < bh || (ah === bh && I[a]! >>> 0 < I[b]! >>> 0);
}

/** Adds; gives whether it wrapped. */
export function addTo(I: Int32Array, d: number, a: number, b: number, signed: boolean): boolean {
  const al = I[a]!;
  const ah = I[a + 1]!;
  const bh = I[b + 1]!;
  const low = (al + I[b]!) | 0;
  const carry = low >>> 0 < al >>> 0 ? 1 : 0;
  const high = (ah + bh + carry) | 0;
  I[d] = low;
  I[d + 1] = high;
  return signed ? ((ah ^ high) & (bh ^ high)) < 0 : (ah >>> 0) + (bh >>> 0) + carry >= P32;
}

/** Subtracts; gives whether it wrapped. */
export function subtractFrom(I: Int32Array, d: number, a: number, b: number, signed: boolean): boolean {
  const al = I[a]!;
  const ah = I[a + 1]!;
  const bl = I[b]!;
  const bh = I[b + 1]!;
  const borrow = al >>> 0 < bl >>> 0 ? 1 : 0;
  const high = (ah - bh - borrow) | 0;
  I[d] = (al - bl) | 0;
  I[d + 1] = high;
  return signed ? ((ah ^ bh) & (ah ^ high)) < 0 : (ah >>> 0) < (bh >>> 0) + borrow;
}

/** Multiplies; gives whether it wrapped. */
export function multiplyTo(I: Int32Array, d: number, a: number, b: number, signed: boolean): boolean {
  const al = I[a]!;
  const ah = I[a + 1]!;
  const bl = I[b]!;
  const bh = I[b + 1]!;
  const small = ah === al >> 31 && bh === bl >> 31;
  multiply(I, d, a, b);
  if (signed) {
    if (small) return false;
    // |a·b| is compared in floats first; near the border the exact product decides.
    const product = BigInt.asIntN(64, (BigInt(ah) << 32n) | BigInt(al >>> 0)) * BigInt.asIntN(64, (BigInt(bh) << 32n) | BigInt(bl >>> 0));
    return BigInt.asIntN(64, product) !== product;
  }
  if (ah === 0 && bh === 0) return false;
  if (ah !== 0 && bh !== 0) return true;
  // One factor has a high word: (h·2³² + l)·m overflows when h·m, plus the carry of l·m, does not fit in a word.
  const h = ah !== 0 ? ah >>> 0 : bh >>> 0;
  const l = ah !== 0 ? al : bl;
  const m = ah !== 0 ? bl : al;
  return h * (m >>> 0) + (highProduct(l, m) >>> 0) >= P32;
}

export const isZero = (I: Int32Array, a: number): boolean => I[a] === 0 && I[a + 1] === 0;
export const isMinusOne = (I: Int32Array, a: number): boolean => I[a] === -1 && I[a + 1] === -1;
export const isLeast = (I: Int32Array, a: number): boolean => I[a] === 0 && I[a + 1] === -2147483648;

export const asNumber = (I: Int32Array, a: number, signed: boolean): number => (signed ? I[a + 1]! : I[a + 1]! >>> 0) * P32 + (I[a]! >>> 0);

/** Writes a whole number between -2⁶³ and 2⁶⁴. */
export function writeNumber(I: Int32Array, d: number, value: number): void {
  const high = Math.floor(value / P32);
  I[d] = value - high * P32;
  I[d + 1] = high;
}

/** Quotient or remainder; the divisor is not 0, and not -1 with the least value. */
export function divide(I: Int32Array, d: number, a: number, b: number, signed: boolean, remainder: boolean): void {
  const ah = I[a + 1]!;
  const bh = I[b + 1]!;
  // Below 2⁵³ a float division cannot round up to a whole number, so truncation is exact.
  if (ah < 0x200000 && bh < 0x200000 && (signed ? ah >= -0x200000 && bh >= -0x200000 : ah >= 0 && bh >= 0)) {
    const one = ah * P32 + (I[a]! >>> 0);
    const other = bh * P32 + (I[b]! >>> 0);
    return writeNumber(I, d, remainder ? one % other : Math.trunc(one / other));
  }
  wide ??= makeWide();
  const low = (signed ? (remainder ? wide.rem_s : wide.div_s) : remainder ? wide.rem_u : wide.div_u)(I[a]!, ah, I[b]!, bh);
  I[d] = low;
  I[d + 1] = wide.high();
}

type Wide = Record<'div_s' | 'div_u' | 'rem_s' | 'rem_u', (al: number, ah: number, bl: number, bh: number) => number> & { high: () => number };
let wide: Wide | undefined;

/** A module with four divisions of (low, high, low, high) that give the low word and keep the high one for `high`. */
function makeWide(): Wide {
  const text = (word: string): number[] => [word.length, ...[...word].map((letter) => letter.charCodeAt(0))];
  const section = (id: number, content: number[]): number[] => [id, ...leb(content.length), ...content];
  const leb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)]);
  // local.get low; i64.extend_i32_u; local.get high; i64.extend_i32_u; i64.const 32; i64.shl; i64.or
  const join = (low: number): number[] => [0x20, low, 0xad, 0x20, low + 1, 0xad, 0x42, 32, 0x86, 0x84];
  const body = (op: number): number[] => {
    // … ; op; local.tee 4; i64.const 32; i64.shr_u; i32.wrap; global.set 0; local.get 4; i32.wrap; end
    const code = [1, 1, 0x7e, ...join(0), ...join(2), op, 0x22, 4, 0x42, 32, 0x88, 0xa7, 0x24, 0, 0x20, 4, 0xa7, 0x0b];
    return [...leb(code.length), ...code];
  };
  const high = [0, 0x23, 0, 0x0b];
  const names = ['div_s', 'div_u', 'rem_s', 'rem_u', 'high'];
  const module = [
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [2, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f, 0x60, 0, 1, 0x7f]),
    ...section(3, [5, 0, 0, 0, 0, 1]),
    ...section(6, [1, 0x7f, 1, 0x41, 0, 0x0b]),
    ...section(7, [5, ...names.flatMap((name, index) => [...text(name), 0, index])]),
    ...section(10, [5, ...[0x7f, 0x80, 0x81, 0x82].flatMap(body), high.length, ...high]),
  ];
  return new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(module))).exports as Wide;
}
