/**
 * Constants as the words that stand for them in code. In: a number. Out: its words, low first; and back.
 * Floats are written as bits, so that every NaN survives.
 */
const floats = new Float64Array(1);
const singles = new Float32Array(floats.buffer, 0, 1);
const ints = new Int32Array(floats.buffer);
const longs = new BigInt64Array(floats.buffer);

export function i64Words(value: bigint): [number, number] {
  longs[0] = BigInt.asIntN(64, value);
  return [ints[0] ?? 0, ints[1] ?? 0];
}

export function f64Words(value: number): [number, number] {
  floats[0] = value;
  return [ints[0] ?? 0, ints[1] ?? 0];
}

export function f32Word(value: number): number {
  singles[0] = value;
  return ints[0] ?? 0;
}

export function i64Value(low: number, high: number): bigint {
  ints[0] = low;
  ints[1] = high;
  return longs[0] ?? 0n;
}

export function f64Value(low: number, high: number): number {
  ints[0] = low;
  ints[1] = high;
  return floats[0] ?? 0;
}

export function f32Value(word: number): number {
  ints[0] = word;
  return singles[0] ?? 0;
}
