/**
 * Arithmetic, comparisons and numeric casts as instructions. In: prims and operands already on the stack (or pushed by a function given).
 * Out: code whose result is in its prim's form. Rust's meaning: wrapping where asked, panics by the checked instructions.
 */
import type { ArithmeticName, CompareName } from '../flow/graph.ts';
import type { OpName } from '../../vm/code/opcodes.ts';
import { intKindNumber } from '../../vm/code/values.ts';
import { type Frame, scratch } from './frame.ts';
import { intKind, isSigned, type Prim, primSize, valueType } from './shape.ts';
import { convert } from './value.ts';
import { constantOf, get, i32, set, write, writeNamed } from './writer.ts';

export const isFloat = (prim: Prim): prim is 'f32' | 'f64' => prim === 'f32' || prim === 'f64';
const isWide = (prim: Prim): boolean => valueType(prim) === 'i64';

/** Brings a result of 32-bit arithmetic back into the form of a small kind. */
export function narrow(frame: Frame, prim: Prim): void {
  if (primSize(prim) < 4) write(frame.out, 'narrow', intKindNumber(intKind(prim)));
}

const floatOps: Readonly<Partial<Record<ArithmeticName | CompareName, string>>> = {
  add: 'add', sub: 'sub', mul: 'mul', div: 'div', rem: 'rem', eq: 'eq', ne: 'ne', lt: 'lt', le: 'le', gt: 'gt', ge: 'ge',
};

export function compare(frame: Frame, op: CompareName, prim: Prim): void {
  if (isFloat(prim)) { writeNamed(frame.out, `${prim}.${op}`); return; }
  const type = valueType(prim);
  const sign = op === 'eq' || op === 'ne' ? '' : isSigned(prim) ? '_s' : '_u';
  writeNamed(frame.out, `${type}.${op}${sign}`);
}

/** An arithmetic operation that wraps, both operands on the stack (the amount of a shift is of `amount`). */
export function wrapping(frame: Frame, op: ArithmeticName, prim: Prim, amount: Prim = prim): void {
  const w = frame.out;
  if (isFloat(prim)) { writeNamed(w, `${prim}.${floatOps[op] ?? 'add'}`); return; }
  const type = valueType(prim);
  switch (op) {
    case 'add': case 'sub': case 'mul':
      writeNamed(w, `${type}.${op}`);
      narrow(frame, prim);
      return;
    case 'and': case 'or': case 'xor': writeNamed(w, `${type}.${op}`); return;
    case 'div': case 'rem':
      writeNamed(w, `${type}.${op}_${isSigned(prim) ? 's' : 'u'}`);
      narrow(frame, prim);
      return;
    case 'shl': case 'shr': {
      convert(frame, amount, isWide(prim) ? 'u64' : 'u32');
      if (primSize(prim) < 4) { i32(w, primSize(prim) * 8 - 1); write(w, 'i32.and'); }
      writeNamed(w, op === 'shl' ? `${type}.shl` : `${type}.shr_${isSigned(prim) ? 's' : 'u'}`);
      if (op === 'shl') narrow(frame, prim);
      return;
    }
  }
}

/** An operation that panics when it overflows, by the profile's instruction. Operands on the stack. */
export function checkedOp(frame: Frame, op: ArithmeticName | 'neg', prim: Prim, amount: Prim = prim): void {
  const w = frame.out;
  if (isFloat(prim)) { if (op === 'neg') write(w, `${prim}.neg`); else wrapping(frame, op, prim); return; }
  const kind = intKindNumber(intKind(prim));
  const { overflowChecks } = frame.unit.world;
  switch (op) {
    case 'div': case 'rem': write(w, `${op}.checked`, kind); return;
    case 'add': case 'sub': case 'mul':
      if (overflowChecks) write(w, `${op}.checked`, kind);
      else wrapping(frame, op, prim);
      return;
    case 'neg':
      if (overflowChecks) write(w, 'neg.checked', kind);
      else negate(frame, prim);
      return;
    case 'shl': case 'shr':
      if (!overflowChecks) { wrapping(frame, op, prim, amount); return; }
      if (isWide(amount)) {
        // An amount that needs more than 32 bits is too much, whatever its low half.
        const whole = scratch(frame, 'i64');
        set(w, whole);
        get(w, whole);
        write(w, 'i32.wrap_i64');
        i32(w, 255);
        get(w, whole);
        constantOf(w, 'u64', 255n);
        write(w, 'i64.lt_u');
        write(w, 'select');
      }
      write(w, `${op}.checked`, kind);
      return;
    default: wrapping(frame, op, prim);
  }
}

/** Negates the value on the stack, wrapping. */
export function negate(frame: Frame, prim: Prim): void {
  const w = frame.out;
  if (isFloat(prim)) { write(w, `${prim}.neg`); return; }
  const type = valueType(prim);
  constantOf(w, prim, -1n);
  writeNamed(w, `${type}.xor`);
  constantOf(w, prim, 1n);
  writeNamed(w, `${type}.add`);
  narrow(frame, prim);
}

/** `~` of an integer, `not` of a bool. */
export function invert(frame: Frame, prim: Prim, isBool: boolean): void {
  const w = frame.out;
  if (isBool) { write(w, 'i32.eqz'); return; }
  constantOf(w, prim, primSize(prim) < 4 && !isSigned(prim) ? BigInt(2 ** (primSize(prim) * 8) - 1) : -1n);
  writeNamed(w, `${valueType(prim)}.xor`);
}

/** `as` between numbers: the value on the stack from one prim to the other, by Rust's rules. */
export function castNumber(frame: Frame, from: Prim, to: Prim): void {
  const w = frame.out;
  if (!isFloat(from) && !isFloat(to)) { convert(frame, from, to); return; }
  if (isFloat(from) && isFloat(to)) {
    if (from === 'f32' && to === 'f64') write(w, 'f64.promote_f32');
    else if (from === 'f64' && to === 'f32') write(w, 'f32.demote_f64');
    return;
  }
  if (isFloat(to)) { writeNamed(w, `${to}.convert_${valueType(from)}_${isSigned(from) ? 's' : 'u'}`); return; }
  const type = valueType(to);
  writeNamed(w, `${type}.trunc_sat_${from}_${isSigned(to) ? 's' : 'u'}`);
  const bits = primSize(to) * 8;
  if (bits >= 32) return;
  // Saturates at the small kind's own bounds.
  const value = scratch(frame, 'i32');
  const clamp = (bound: number, less: OpName): void => {
    set(w, value);
    get(w, value);
    i32(w, bound);
    get(w, value);
    i32(w, bound);
    write(w, less);
    write(w, 'select');
  };
  if (isSigned(to)) { clamp(2 ** (bits - 1) - 1, 'i32.lt_s'); clamp(-(2 ** (bits - 1)), 'i32.gt_s'); } else clamp(2 ** bits - 1, 'i32.lt_u');
}
