/** Bit counting, byte swapping, bit reversal and rotation for every integer kind. In: the operand on the stack, kept as its prim. Out: the result there. */
import { type Frame, scratch } from './frame.ts';
import { isSigned, type Prim, primSize, valueType } from './shape.ts';
import { convert } from './value.ts';
import { constantOf, get, i32, set, write, writeNamed } from './writer.ts';

const bitsOf = (prim: Prim): number => primSize(prim) * 8;
const unsigned = (prim: Prim): Prim => (isSigned(prim) ? (prim.replace('i', 'u') as Prim) : prim);

export function countBits(frame: Frame, what: 'popcnt' | 'clz' | 'ctz', prim: Prim): void {
  const w = frame.out;
  const bits = bitsOf(prim);
  convert(frame, prim, unsigned(prim));
  if (bits === 64) { writeNamed(w, `i64.${what}`); write(w, 'i32.wrap_i64'); return; }
  if (bits < 32 && what === 'ctz') { i32(w, 2 ** bits); write(w, 'i32.or'); }
  writeNamed(w, `i32.${what}`);
  if (bits < 32 && what === 'clz') { i32(w, 32 - bits); write(w, 'i32.sub'); }
}

/** x = ((x & mask) << by) | ((x >> by) & mask), in a local. */
function exchange(frame: Frame, local: number, prim: 'u32' | 'u64', by: number, mask: bigint): void {
  const w = frame.out;
  const t = valueType(prim);
  get(w, local); constantOf(w, prim, mask); writeNamed(w, `${t}.and`); constantOf(w, prim, BigInt(by)); writeNamed(w, `${t}.shl`);
  get(w, local); constantOf(w, prim, BigInt(by)); writeNamed(w, `${t}.shr_u`); constantOf(w, prim, mask); writeNamed(w, `${t}.and`);
  writeNamed(w, `${t}.or`);
  set(w, local);
}

const repeat = (pattern: bigint, bits: number): bigint => { let out = 0n; for (let i = 0; i < bits; i += 8) out |= pattern << BigInt(i); return out; };

function swapIn(frame: Frame, prim: Prim, steps: readonly (readonly [number, (bits: number) => bigint])[]): void {
  const w = frame.out;
  const bits = bitsOf(prim);
  const wide = bits === 64;
  const kind = wide ? 'u64' : 'u32';
  const whole = wide ? 64 : 32;
  const local = scratch(frame, valueType(kind));
  convert(frame, prim, unsigned(prim));
  set(w, local);
  for (const [by, mask] of steps) if (by < whole) exchange(frame, local, kind, by, mask(whole));
  get(w, local);
  if (bits < 32) { i32(w, 32 - bits); write(w, 'i32.shr_u'); }
  convert(frame, unsigned(prim), prim);
}

const halves = (by: number) => (bits: number): bigint => { let out = 0n; for (let i = 0; i < bits; i += by * 2) out |= ((1n << BigInt(by)) - 1n) << BigInt(i); return out; };

export function byteSwap(frame: Frame, prim: Prim): void {
  if (bitsOf(prim) === 8) return;
  swapIn(frame, prim, [[8, halves(8)], [16, halves(16)], [32, halves(32)]]);
}

export function bitReverse(frame: Frame, prim: Prim): void {
  swapIn(frame, prim, [[1, bits => repeat(0x55n, bits)], [2, bits => repeat(0x33n, bits)], [4, bits => repeat(0x0fn, bits)], [8, halves(8)], [16, halves(16)], [32, halves(32)]]);
}

/** The value, then the u32 amount, on the stack. */
export function rotate(frame: Frame, way: 'left' | 'right', prim: Prim): void {
  const w = frame.out;
  const bits = bitsOf(prim);
  if (bits === 64) { write(w, 'i64.extend_i32_u'); write(w, way === 'left' ? 'i64.rotl' : 'i64.rotr'); return; }
  if (bits === 32) { write(w, way === 'left' ? 'i32.rotl' : 'i32.rotr'); return; }
  const amount = scratch(frame, 'i32');
  const value = scratch(frame, 'i32');
  i32(w, bits - 1); write(w, 'i32.and'); set(w, amount);
  convert(frame, prim, unsigned(prim));
  set(w, value);
  get(w, value); get(w, amount); write(w, way === 'left' ? 'i32.shl' : 'i32.shr_u');
  get(w, value); i32(w, bits); get(w, amount); write(w, 'i32.sub'); write(w, way === 'left' ? 'i32.shr_u' : 'i32.shl');
  write(w, 'i32.or');
  convert(frame, 'u32', prim);
}
