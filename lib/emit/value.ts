/**
 * Values as code: pushing operands, storing what is on the stack, copying bytes. A value is no machine value, one, two, or bytes in
 * memory, by its type's abi. In: frame, operands and places. Out: code. Invariant: what stands on the stack or in a VM local is
 * kept in its prim's form (small integers extended).
 */
import type { Constant, Operand, Place } from '../flow/graph.ts';
import type { Type } from '../types/type.ts';
import { encodeUtf8 } from './data.ts';
import { getLocal } from './defer.ts';
import { type Frame, scratch, scratchBytes, shapeOf } from './frame.ts';
import { resolveConst, zeroSized } from './constant.ts';
import { writeBytes, writeCall, writeRef } from './link.ts';
import { type Found, findPlace, pushAddress, steady } from './place.ts';
import type { Ref } from './ref.ts';
import { type Abi, intKind, isSigned, keep, offsetsOf, type Prim, prims, primSize, valueType } from './shape.ts';
import type { ConstValue } from './unit.ts';
import { intKindNumber } from '../../vm/code/values.ts';
import { constantOf, f32, f64, get, i32, loadOps, set, storeOps, write } from './writer.ts';
import { holdsFunction, instanceOf } from './world.ts';
import { placeTypeOf } from './kind.ts';

export function operandType(frame: Frame, operand: Operand): Type {
  return operand.kind === 'constant' ? operand.constant.type : placeTypeOf(frame.unit.world, frame.body, operand.place);
}

export const abiOf = (frame: Frame, type: Type): Abi => (type.kind === 'never' ? { kind: 'zero' } : shapeOf(frame, type).abi);

/** The prim of a scalar type. */
export function primOf(frame: Frame, type: Type): Prim {
  const abi = abiOf(frame, type);
  if (abi.kind !== 'scalar') throw new Error(`a ${type.kind} is not one machine value`);
  return abi.prim;
}

/** Changes the value on the stack from one prim's form to another's; integers by value (truncating), floats by bits. */
export function convert(frame: Frame, from: Prim, to: Prim): void {
  if (from === to) return;
  const w = frame.out;
  const isFloat = (p: Prim): boolean => p === 'f32' || p === 'f64';
  if (isFloat(from) || isFloat(to)) {
    if (from === 'f32' && !isFloat(to)) { write(w, 'i32.reinterpret_f32'); convert(frame, 'u32', to); }
    else if (from === 'f64' && !isFloat(to)) { write(w, 'i64.reinterpret_f64'); convert(frame, 'u64', to); }
    else if (to === 'f32' && !isFloat(from)) { convert(frame, from, 'u32'); write(w, 'f32.reinterpret_i32'); }
    else if (to === 'f64' && !isFloat(from)) { convert(frame, from, 'u64'); write(w, 'f64.reinterpret_i64'); }
    else throw new Error('floats of two sizes share a place');
    return;
  }
  const fromWide = valueType(from) === 'i64';
  const toWide = valueType(to) === 'i64';
  if (!fromWide && toWide) write(w, isSigned(from) ? 'i64.extend_i32_s' : 'i64.extend_i32_u');
  else if (fromWide && !toWide) {
    write(w, 'i32.wrap_i64');
    if (primSize(to) < 4) write(w, 'narrow', intKindNumber(intKind(to)));
  } else if (!toWide && primSize(to) < 4) {
    const fits = primSize(from) < primSize(to) ? !(isSigned(from) && !isSigned(to)) : primSize(from) === primSize(to) && isSigned(from) === isSigned(to);
    if (!fits) write(w, 'narrow', intKindNumber(intKind(to)));
  }
}

// ── pushing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Pushes part `index` of the value at a place. */
export function pushPart(frame: Frame, found: Found, abi: Abi, index: number): void {
  const prim = prims(abi)[index];
  const at = offsetsOf(abi)[index] ?? 0;
  if (prim === undefined) return;
  if (found.kind === 'memory') {
    found.address();
    write(frame.out, loadOps[prim], found.offset + at);
    return;
  }
  if (found.kind === 'values') {
    const part = found.parts.find(p => p.at === found.at + at);
    if (part !== undefined) {
      getLocal(frame, part.local);
      convert(frame, part.prim, prim);
      return;
    }
    // A piece of a wider part: a field that shares its place with another variant's.
    const around = found.parts.find(p => p.at <= found.at + at && found.at + at + primSize(prim) <= p.at + primSize(p.prim));
    if (around !== undefined) {
      getLocal(frame, around.local);
      const shift = (found.at + at - around.at) * 8;
      if (valueType(around.prim) === 'i64') { constantOf(frame.out, 'u64', BigInt(shift)); write(frame.out, 'i64.shr_u'); } else { i32(frame.out, shift); write(frame.out, 'i32.shr_u'); }
      convert(frame, valueType(around.prim) === 'i64' ? 'u64' : 'u32', prim);
      return;
    }
  }
  pushZero(frame, prim);
}

export function pushZero(frame: Frame, prim: Prim): void {
  if (prim === 'f32') f32(frame.out, 0);
  else if (prim === 'f64') f64(frame.out, 0);
  else constantOf(frame.out, prim, 0n);
}

/** Pushes all parts of the value at a place (none for bytes in memory). */
export function pushFound(frame: Frame, found: Found): void {
  const abi = abiOf(frame, found.type);
  const from = abi.kind === 'pair' ? steady(frame, found) : found;
  for (let i = 0; i < prims(abi).length; i++) pushPart(frame, from, abi, i);
}

export const pushPlace = (frame: Frame, place: Place): void => pushFound(frame, findPlace(frame, place));

export function pushOperand(frame: Frame, operand: Operand): void {
  if (operand.kind === 'constant') pushConstant(frame, operand.constant);
  else pushPlace(frame, operand.place);
}

/** Pushes only part `index`. */
export function pushOperandPart(frame: Frame, operand: Operand, index: number): void {
  if (operand.kind !== 'constant') {
    const found = findPlace(frame, operand.place);
    pushPart(frame, found, abiOf(frame, found.type), index);
    return;
  }
  const { constant } = operand;
  const abi = abiOf(frame, constant.type);
  if (abi.kind === 'scalar') pushConstant(frame, constant);
  else {
    // Both, and away with the other.
    pushConstant(frame, constant);
    if (index === 0) write(frame.out, 'drop');
    else {
      const keepIt = scratch(frame, valueType(prims(abi)[1] ?? 'i32'));
      set(frame.out, keepIt);
      write(frame.out, 'drop');
      get(frame.out, keepIt);
    }
  }
}

/** Pushes a constant's machine values. Bytes in memory are reached with `operandMemory`. */
export function pushConstant(frame: Frame, constant: Constant): void {
  const { unit, out } = frame;
  switch (constant.kind) {
    case 'int': { const prim = primOf(frame, constant.type); constantOf(out, prim, keep(prim, constant.value)); return; }
    case 'float': if (primOf(frame, constant.type) === 'f32') f32(out, constant.value); else f64(out, constant.value); return;
    case 'string': {
      const bytes = encodeUtf8(constant.value);
      writeBytes(frame, bytes);
      i32(out, bytes.length);
      return;
    }
    case 'bytes': {
      const bytes = constant.nul ? [...constant.value, 0] : constant.value;
      writeBytes(frame, bytes);
      if (abiOf(frame, constant.type).kind === 'pair') i32(out, constant.value.length);
      return;
    }
    case 'zero': return;
    case 'null': for (const prim of prims(abiOf(frame, constant.type))) pushZero(frame, prim); return;
    case 'static': writeRef(frame, 'static.addr', { kind: 'object', def: constant.def }); return;
    case 'const': {
      const abi = abiOf(frame, constant.type);
      if (abi.kind === 'zero' || abi.kind === 'memory') return;
      const value = resolveConst(unit, constant.def, constant.args);
      if (value === null) {
        writeCall(frame, instanceOf(unit.world, { kind: 'item', def: constant.def, args: constant.args }));
        return;
      }
      pushBytes(frame, abi, value, constant);
      return;
    }
    case 'param': case 'promoted': throw new Error(`a ${constant.kind} in a body`);
  }
}

/** Pushes the machine values of a constant whose bytes are known. */
function pushBytes(frame: Frame, abi: Abi, { bytes, pointers }: ConstValue, constant: Extract<Constant, { kind: 'const' }>): void {
  if (holdsFunction(frame.unit.world, constant.type)) frame.out.bound = true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [i, prim] of prims(abi).entries()) {
    const at = offsetsOf(abi)[i] ?? 0;
    if (pointers.includes(at)) { writeRef(frame, 'static.addr', { kind: 'constant', def: constant.def, args: constant.args, align: 1, at }); continue; }
    switch (prim) {
      case 'f32': f32(frame.out, view.getFloat32(at, true)); break;
      case 'f64': f64(frame.out, view.getFloat64(at, true)); break;
      case 'i64': case 'u64': constantOf(frame.out, prim, view.getBigInt64(at, true)); break;
      case 'i8': i32(frame.out, view.getInt8(at)); break;
      case 'u8': i32(frame.out, view.getUint8(at)); break;
      case 'i16': i32(frame.out, view.getInt16(at, true)); break;
      case 'u16': i32(frame.out, view.getUint16(at, true)); break;
      default: i32(frame.out, view.getInt32(at, true)); break;
    }
  }
}

/** Where an operand's bytes are, for a type that lives in memory. A constant is put somewhere first. */
export function operandMemory(frame: Frame, operand: Operand): Found {
  if (operand.kind !== 'constant') return findPlace(frame, operand.place);
  const { constant } = operand;
  const { type } = constant;
  const { unit, out } = frame;
  if (constant.kind === 'const') {
    const value = resolveConst(unit, constant.def, constant.args);
    if (value !== null) {
      if (holdsFunction(unit.world, type)) out.bound = true;
      const { align } = shapeOf(frame, type);
      const ref: Ref = value.pointers.length === 0 ? { kind: 'bytes', bytes: [...value.bytes], align } : { kind: 'constant', def: constant.def, args: constant.args, align, at: null };
      return { kind: 'memory', type, address: () => writeRef(frame, 'static.addr', ref), offset: 0, costly: false, meta: null };
    }
    const at = scratchBytes(frame, shapeOf(frame, type));
    const found: Found = { kind: 'memory', type, address: () => write(frame.out, 'frame.addr', at), offset: 0, costly: false, meta: null };
    found.address();
    writeCall(frame, instanceOf(unit.world, { kind: 'item', def: constant.def, args: constant.args }));
    return found;
  }
  if (zeroSized(constant)) return { kind: 'none', type, meta: null };
  throw new Error(`a ${constant.kind} constant of a type in memory`);
}

// ── storing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Stores the machine values that `push` leaves on the stack at a place. For one value in memory the address goes below it, so nothing is
 * copied; for two they pass through scratch locals, unless `parts` can push them one by one.
 */
export function storeFound(frame: Frame, found: Found, push: () => void, parts?: (index: number) => void): void {
  const w = frame.out;
  const abi = abiOf(frame, found.type);
  const list = prims(abi);
  if (list.length === 0) { push(); return; }
  if (found.kind === 'values') {
    push();
    for (let i = list.length - 1; i >= 0; i--) setPart(frame, found, list[i] ?? 'i32', offsetsOf(abi)[i] ?? 0);
    return;
  }
  if (found.kind === 'none') {
    push();
    for (const _ of list) write(w, 'drop');
    return;
  }
  const [first, second] = list;
  if (first === undefined) return;
  if (second === undefined) {
    found.address();
    push();
    write(w, storeOps[first], found.offset);
    return;
  }
  const to = steady(frame, found);
  if (to.kind !== 'memory') return;
  const at = offsetsOf(abi)[1] ?? 0;
  if (parts !== undefined) {
    to.address();
    parts(0);
    write(w, storeOps[first], to.offset);
    to.address();
    parts(1);
    write(w, storeOps[second], to.offset + at);
    return;
  }
  push();
  const b = scratch(frame, valueType(second));
  const a = scratch(frame, valueType(first));
  set(w, b);
  set(w, a);
  to.address();
  get(w, a);
  write(w, storeOps[first], to.offset);
  to.address();
  get(w, b);
  write(w, storeOps[second], to.offset + at);
}

/** Takes the value on the stack into the part of a VM-local value at `at`. */
export function setPart(frame: Frame, found: Extract<Found, { kind: 'values' }>, prim: Prim, at: number): void {
  const w = frame.out;
  const part = found.parts.find(p => p.at === found.at + at);
  if (part !== undefined) {
    convert(frame, prim, part.prim);
    set(w, part.local);
    return;
  }
  const around = found.parts.find(p => p.at <= found.at + at && found.at + at + primSize(prim) <= p.at + primSize(p.prim));
  if (around === undefined) { write(w, 'drop'); return; }
  // Into a piece of a wider part: mask and shift.
  const wide = valueType(around.prim) === 'i64';
  const kind: Prim = wide ? 'u64' : 'u32';
  const shift = BigInt((found.at + at - around.at) * 8);
  const mask = ((1n << BigInt(primSize(prim) * 8)) - 1n) << shift;
  const type = wide ? 'i64' : 'i32';
  convert(frame, prim, kind);
  constantOf(w, kind, shift);
  write(w, `${type}.shl`);
  constantOf(w, kind, mask);
  write(w, `${type}.and`);
  getLocal(frame, around.local);
  constantOf(w, kind, ~mask);
  write(w, `${type}.and`);
  write(w, `${type}.or`);
  if (primSize(around.prim) < 4) write(w, 'narrow', intKindNumber(intKind(around.prim)));
  set(w, around.local);
}

export const storePlace = (frame: Frame, place: Place, push: () => void, parts?: (index: number) => void): void => storeFound(frame, findPlace(frame, place), push, parts);

/** Assigns an operand's value to a place. */
export function assignOperand(frame: Frame, to: Found, operand: Operand): void {
  const abi = abiOf(frame, to.type);
  if (abi.kind === 'zero') return;
  if (abi.kind === 'memory') {
    if (operand.kind === 'constant' && operand.constant.kind === 'const' && to.kind === 'memory' && resolveConst(frame.unit, operand.constant.def, operand.constant.args) === null) {
      // Made in place by its function.
      pushAddress(frame, to);
      writeCall(frame, instanceOf(frame.unit.world, { kind: 'item', def: operand.constant.def, args: operand.constant.args }));
      return;
    }
    copyBytes(frame, to, operandMemory(frame, operand), shapeOf(frame, to.type).size, shapeOf(frame, to.type).align);
    return;
  }
  if (operand.kind === 'constant') { storeFound(frame, to, () => pushOperand(frame, operand)); return; }
  const from = findPlace(frame, operand.place);
  const source = abi.kind === 'pair' ? steady(frame, from) : from;
  storeFound(frame, to, () => pushFound(frame, source), i => pushPart(frame, source, abi, i));
}

/** Copies bytes from place to place: a few moves for small sizes, one instruction for others and wherever shadow state must go along. */
export function copyBytes(frame: Frame, to: Found, from: Found, size: number, align: number): void {
  if (to.kind !== 'memory' || from.kind !== 'memory' || size === 0) return;
  const w = frame.out;
  if (frame.unit.world.profile !== 'debug' && size <= 32 && (align >= 4 || size <= 4)) {
    const target = steady(frame, to);
    const source = steady(frame, from);
    if (target.kind !== 'memory' || source.kind !== 'memory') return;
    for (let at = 0; at < size;) {
      const rest = size - at;
      const prim: Prim = rest >= 8 ? 'i64' : rest >= 4 ? 'i32' : rest >= 2 ? 'u16' : 'u8';
      target.address();
      source.address();
      write(w, loadOps[prim], source.offset + at);
      write(w, storeOps[prim], target.offset + at);
      at += primSize(prim);
    }
    return;
  }
  pushAddress(frame, to);
  pushAddress(frame, from);
  i32(w, size);
  write(w, 'memory.copy');
}
