/**
 * Operations of a body as code, one function a kind. In: frame and operation. Out: instructions in `frame.out`, which leave the operand
 * stack as it was. Guards and checks are what the profile chose: nothing for what is proven.
 */
import type { Operand, Place, Rvalue } from '../flow/graph.ts';
import { op as opNumber } from '../../vm/code/opcodes.ts';
import { accessFlags } from '../../vm/code/reasons.ts';
import { checkedOp, compare, invert, isFloat, negate, wrapping } from './arith.ts';
import type { Op } from './body.ts';
import { lowerCall } from './call.ts';
import { lowerCast } from './cast.ts';
import { pushDiscriminant, storeTag, tagValue } from './enum.ts';
import { type Frame, scratch, shapeOf } from './frame.ts';
import { type Found, findPlace, pushAddress, steady } from './place.ts';
import { offsetsOf, type Prim, prims, primSize, valueType } from './shape.ts';
import { writeCall } from './link.ts';
import { dropPointer } from './unsized.ts';
import { abiOf, assignOperand, convert, copyBytes, operandMemory, operandType, primOf, pushOperand, pushOperandPart, pushZero, setPart, storeFound } from './value.ts';
import type { Span } from '../text/span.ts';
import { checkValue, SCALARS, watchRead } from './valid.ts';
import { instanceOf, lengthOf, needsDrop, stepType, tailOf } from './world.ts';
import { constantOf, get, i32, open, set, storeOps, write } from './writer.ts';

/** `last`: nothing but the return follows; what dies here dies of it, also when the call was written in place. */
export function lowerOp(frame: Frame, op: Op, last = false): void {
  const w = frame.out;
  switch (op.kind) {
    case 'assign': lowerAssign(frame, op.place, op.value, op.span); return;
    case 'live': case 'dead': {
      const home = frame.homes[op.local];
      if (frame.unit.world.profile === 'debug' && home?.kind === 'frame') write(w, op.kind === 'live' ? 'frame.live' : 'frame.dead', home.offset, last ? 0 : home.size);
      return;
    }
    case 'mark': return;
    case 'call': lowerCall(frame, op); return;
    case 'drop': lowerDrop(frame, op.place); return;
    case 'checked': {
      const prim = primOf(frame, operandType(frame, op.left));
      storeFound(frame, findPlace(frame, op.destination), () => {
        pushOperand(frame, op.left);
        if (op.right === null) { checkedOp(frame, op.op, prim); return; }
        const { right } = op;
        pushOperand(frame, right);
        // A divisor that is known and neither 0 nor -1 needs no check.
        const known = right.kind === 'constant' && right.constant.kind === 'int' ? right.constant.value : null;
        if ((op.op === 'div' || op.op === 'rem') && known !== null && known !== 0n && BigInt.asIntN(64, known) !== -1n && !isFloat(prim)) wrapping(frame, op.op, prim);
        else checkedOp(frame, op.op, prim, primOf(frame, operandType(frame, right)));
      });
      return;
    }
    case 'bounds': {
      if (op.verdict === 'proven' || frame.unit.world.profile === 'unchecked') return;
      pushOperand(frame, op.index);
      pushOperand(frame, op.length);
      write(w, 'check.bounds');
      write(w, 'drop');
      return;
    }
    case 'guard': lowerGuard(frame, op); return;
  }
}

/** Pushes the one machine value of an assignment or checked operation, instead of storing it. */
export function lowerValue(frame: Frame, op: Op): void {
  const place = op.kind === 'assign' ? op.place : op.kind === 'checked' ? op.destination : null;
  const home = place === null ? undefined : frame.homes[place.local];
  if (place === null || home?.kind !== 'values') throw new Error('no value to push');
  // The store at its end is taken back: what it would have set stays on the stack.
  const w = frame.out;
  lowerOp(frame, op);
  const [part] = home.parts;
  if (part === undefined || w.words[w.words.length - 2] !== SET || w.words[w.words.length - 1] !== part.local) throw new Error('a value that is not stored last');
  w.words.length -= 2;
  w.last = w.previous;
}
const SET = opNumber('local.set');

function lowerGuard(frame: Frame, op: Extract<Op, { kind: 'guard' }>): void {
  const { profile } = frame.unit.world;
  if (op.verdict === 'proven' || profile === 'unchecked') return;
  const w = frame.out;
  const unsized = tailOf(frame.unit.world, op.type) !== null;
  const { size, align } = unsized ? { size: 0, align: 1 } : shapeOf(frame, op.type);
  const checks = op.verdict === 'guarded';
  const watched = profile === 'debug' && size > 0 && op.access !== 'part' && op.access !== 'address';
  // A part may lie askew in a packed whole; the library trusts itself.
  const aligned = align > 1 && op.access !== 'address' && (checks || (profile === 'debug' && op.verdict === 'trusted' && frame.unit.sources.get(op.span.file).library !== true));
  if (!checks && !watched && !aligned) return;
  pushOperandPart(frame, op.pointer, 0);
  if (checks) write(w, 'check.null');
  // Out of bounds comes before misaligned. Whether what is borrowed was written is asked when it is read.
  const plain = op.access === 'write' ? accessFlags.write : accessFlags.read | accessFlags.uninitialised;
  if (watched && op.access === 'read') watchRead(frame, op.type, size);
  else if (watched) write(w, 'check.access', size, plain);
  if (aligned) write(w, 'check.align', align);
  if (watched && op.access === 'read') checkValue(frame, op.type);
  write(w, 'drop');
}

function lowerDrop(frame: Frame, place: Place): void {
  const found = findPlace(frame, place);
  const { unit } = frame;
  if (!needsDrop(unit.world, found.type)) return;
  if (found.type.kind === 'dyn') {
    const at = steady(frame, found);
    dropDyn(frame, at);
    return;
  }
  pushAddress(frame, found);
  if (tailOf(unit.world, found.type) !== null) found.meta?.();
  writeCall(frame, instanceOf(unit.world, { kind: 'drop', type: found.type }));
}

function dropDyn(frame: Frame, at: Found): void {
  dropPointer(frame, at.type, () => pushAddress(frame, at), () => at.meta?.());
}

function lowerAssign(frame: Frame, place: Place, value: Rvalue, span: Span): void {
  if (value.kind === 'borrow' && value.borrow === 'fake') return;
  // What an earlier line of a session left: the machine that goes on behind this has it.
  if (value.kind === 'use' && value.operand.kind === 'constant' && value.operand.constant.kind === 'zero' && abiOf(frame, value.operand.constant.type).kind !== 'zero') return;
  const to = findPlace(frame, place);
  switch (value.kind) {
    case 'use': assignOperand(frame, to, value.operand); return;
    case 'borrow': case 'rawBorrow':
      if (value.kind === 'borrow' && value.borrow === 'shared') watchBorrow(frame, value.place, span);
      lowerBorrow(frame, to, value.place);
      return;
    case 'binary': storeFound(frame, to, () => lowerBinary(frame, value)); return;
    case 'pointer': storeFound(frame, to, () => lowerPointer(frame, value)); return;
    case 'unary': {
      const type = operandType(frame, value.operand);
      const prim = primOf(frame, type);
      storeFound(frame, to, () => {
        pushOperand(frame, value.operand);
        if (value.op === 'neg') negate(frame, prim);
        else invert(frame, prim, type.kind === 'bool');
      });
      return;
    }
    case 'cast': lowerCast(frame, to, value); return;
    case 'aggregate': lowerAggregate(frame, to, value); return;
    case 'repeat': lowerRepeat(frame, to, value); return;
    case 'discriminant': storeFound(frame, to, () => pushDiscriminant(frame, findPlace(frame, value.place), primOf(frame, to.type))); return;
    case 'length': {
      const from = findPlace(frame, value.place);
      storeFound(frame, to, () => { if (from.type.kind === 'array') i32(frame.out, Number(lengthOf(from.type))); else if (from.meta !== null) from.meta(); else i32(frame.out, 0); });
      return;
    }
  }
}

/**
 * A number behind a raw pointer that is lent for reading is as good as read: who gets the reference looks at no shadow. The library
 * lends what it has written, and is left alone.
 */
function watchBorrow(frame: Frame, place: Place, span: Span): void {
  const { world, sources, profile } = { ...frame.unit, profile: frame.unit.world.profile };
  if (profile !== 'debug' || sources.get(span.file).library === true) return;
  let type = frame.body.locals[place.local]?.type;
  let raw = false;
  for (const step of place.projection) {
    if (type === undefined) return;
    if (step.kind === 'deref') raw = type.kind === 'ptr';
    else if (step.kind === 'variant') return;
    type = stepType(world, type, step);
  }
  if (!raw || type === undefined || !SCALARS.has(type.kind)) return;
  pushAddress(frame, findPlace(frame, place));
  write(frame.out, 'check.access', shapeOf(frame, type).size, accessFlags.read | accessFlags.lent);
  checkValue(frame, type);
  write(frame.out, 'drop');
}

function lowerBorrow(frame: Frame, to: Found, place: Place): void {
  const from = findPlace(frame, place);
  const home = frame.homes[place.local];
  if (from.kind === 'values' && home?.kind === 'values' && home.mirror !== undefined && place.projection.every(s => s.kind !== 'deref')) {
    const { mirror } = home;
    for (const part of home.parts) {
      write(frame.out, 'frame.addr', mirror);
      get(frame.out, part.local);
      write(frame.out, storeOps[part.prim], part.at);
    }
    storeFound(frame, to, () => write(frame.out, 'frame.addr', mirror + from.at));
    return;
  }
  if (tailOf(frame.unit.world, from.type) === null) { storeFound(frame, to, () => pushAddress(frame, from)); return; }
  const source = steady(frame, from);
  const part = (i: number): void => { if (i === 0) pushAddress(frame, source); else if (source.meta !== null) source.meta(); else i32(frame.out, 0); };
  storeFound(frame, to, () => { part(0); part(1); }, part);
}

function lowerBinary(frame: Frame, value: Extract<Rvalue, { kind: 'binary' }>): void {
  const { op, left, right } = value;
  const type = operandType(frame, left);
  const abi = abiOf(frame, type);
  const w = frame.out;
  if (abi.kind === 'pair') { comparePairs(frame, op, left, right); return; }
  if (abi.kind === 'zero') { i32(w, op === 'eq' || op === 'le' || op === 'ge' ? 1 : 0); return; }
  const prim = primOf(frame, type);
  pushOperand(frame, left);
  pushOperand(frame, right);
  switch (op) {
    case 'eq': case 'ne': case 'lt': case 'le': case 'gt': case 'ge': compare(frame, op, prim); return;
    case 'shl': case 'shr': wrapping(frame, op, prim, primOf(frame, operandType(frame, right))); return;
    default: wrapping(frame, op, prim);
  }
}

/** Unsized pointers: by address, then by meta data. */
function comparePairs(frame: Frame, op: string, left: Operand, right: Operand): void {
  const w = frame.out;
  const both = (i: number): void => { pushOperandPart(frame, left, i); pushOperandPart(frame, right, i); };
  const word = op === 'ne' ? 'i32.ne' : 'i32.eq';
  if (op === 'eq' || op === 'ne') {
    both(0); write(w, word);
    both(1); write(w, word);
    write(w, op === 'eq' ? 'i32.and' : 'i32.or');
    return;
  }
  const strict = op === 'lt' || op === 'le' ? 'i32.lt_u' : 'i32.gt_u';
  both(0); write(w, strict);
  both(0); write(w, 'i32.eq');
  both(1); write(w, op === 'lt' ? 'i32.lt_u' : op === 'le' ? 'i32.le_u' : op === 'gt' ? 'i32.gt_u' : 'i32.ge_u');
  write(w, 'i32.and');
  write(w, 'i32.or');
}

function lowerPointer(frame: Frame, value: Extract<Rvalue, { kind: 'pointer' }>): void {
  const w = frame.out;
  const type = operandType(frame, value.left);
  const pointee = type.kind === 'ptr' || type.kind === 'ref' ? type.inner : type;
  const { size } = shapeOf(frame, pointee);
  if (value.op === 'difference') {
    if (frame.unit.world.profile === 'debug') { pushOperand(frame, value.left); pushOperand(frame, value.right); write(w, 'check.pair'); }
    pushOperand(frame, value.left);
    pushOperand(frame, value.right);
    write(w, 'i32.sub');
    if (size > 1) { i32(w, size); write(w, 'i32.div_s'); }
    return;
  }
  pushOperand(frame, value.left);
  const { right } = value;
  if (right.kind === 'constant' && right.constant.kind === 'int') {
    const by = Number(BigInt.asIntN(32, right.constant.value)) * size;
    if (by !== 0) write(w, 'ptr.offset', value.op === 'sub' ? -by : by);
    return;
  }
  if (value.op === 'sub') i32(w, 0);
  pushOperand(frame, right);
  if (valueType(primOf(frame, operandType(frame, right))) === 'i64') write(w, 'i32.wrap_i64');
  if (value.op === 'sub') write(w, 'i32.sub');
  write(w, 'ptr.index', size);
}

function lowerAggregate(frame: Frame, to: Found, value: Extract<Rvalue, { kind: 'aggregate' }>): void {
  const abi = abiOf(frame, value.type);
  if (abi.kind === 'zero') return;
  const shape = shapeOf(frame, value.type);
  if (to.kind === 'memory') {
    const at = value.operands.length > 1 ? steady(frame, to) : to;
    if (at.kind !== 'memory') return;
    value.operands.forEach((operand, i) => {
      const type = operandType(frame, operand);
      const by = value.of.kind === 'array' ? i * shapeOf(frame, value.of.element).size : offsetOf(shape.offsets, value.of, i);
      assignOperand(frame, { ...at, type, offset: at.offset + by, meta: null }, operand);
    });
    if (value.of.kind === 'adt' && value.of.variant !== null) storeTag(frame, { ...at, type: value.type, meta: null }, value.of.variant);
    return;
  }
  if (to.kind !== 'values') return;
  // Each machine value comes from the tag or from the operand that stands there.
  const w = frame.out;
  const tag = value.of.kind === 'adt' && value.of.variant !== null ? tagValue(shape, value.of.variant) : null;
  const list = prims(abi);
  const offsets = offsetsOf(abi);
  const order: number[] = [];
  for (const [k, prim] of list.entries()) {
    const at = offsets[k] ?? 0;
    if (tag !== null && tag.at === at) { constantOf(w, tag.prim, tag.value); convert(frame, tag.prim, prim); order.push(k); continue; }
    const found = findOperand(frame, value, shape.offsets, at);
    if (found !== null) {
      found.push();
      convert(frame, found.prim, prim);
    } else pushZero(frame, prim);
    order.push(k);
  }
  for (const k of order.reverse()) setPart(frame, to, list[k] ?? 'i32', offsets[k] ?? 0);
  // A tag that shares a machine value with fields is put in last.
  if (tag !== null && !offsets.includes(tag.at)) storeTag(frame, { ...to, type: value.type }, value.of.kind === 'adt' ? (value.of.variant ?? 0) : 0);
}

function offsetOf(offsets: readonly (readonly number[])[], of: Extract<Rvalue, { kind: 'aggregate' }>['of'], index: number): number {
  const variant = of.kind === 'adt' ? (of.variant ?? 0) : 0;
  return (offsets[variant] ?? offsets[0] ?? [])[index] ?? 0;
}

function findOperand(frame: Frame, value: Extract<Rvalue, { kind: 'aggregate' }>, offsets: readonly (readonly number[])[], at: number): { push: () => void; prim: Prim } | null {
  for (const [i, operand] of value.operands.entries()) {
    const abi = abiOf(frame, operandType(frame, operand));
    const start = offsetOf(offsets, value.of, i);
    for (const [part, prim] of prims(abi).entries()) {
      if (start + (offsetsOf(abi)[part] ?? 0) === at) return { prim, push: () => pushOperandPart(frame, operand, part) };
    }
  }
  return null;
}

function lowerRepeat(frame: Frame, to: Found, value: Extract<Rvalue, { kind: 'repeat' }>): void {
  const count = value.length.kind === 'const' ? Number(value.length.value) : 0;
  const element = operandType(frame, value.operand);
  const { size, align } = shapeOf(frame, element);
  if (count === 0 || size === 0 || to.kind !== 'memory') return;
  const w = frame.out;
  const abi = abiOf(frame, element);
  const byte = fillByte(value.operand, abi.kind === 'scalar' ? abi.prim : null);
  if (byte !== null) {
    pushAddress(frame, to);
    byte();
    i32(w, count * size);
    write(w, 'memory.fill');
    return;
  }
  if (abi.kind === 'scalar' && abi.prim !== 'ptr' && primSize(abi.prim) === 1) {
    pushAddress(frame, to);
    pushOperand(frame, value.operand);
    i32(w, count);
    write(w, 'memory.fill');
    return;
  }
  const at = scratch(frame, 'i32');
  const left = scratch(frame, 'i32');
  // The value is pushed anew for each element; it is a constant or a place, so that costs nothing but a copy.
  const source: Found | null = abi.kind === 'memory' ? steady(frame, operandMemory(frame, value.operand)) : null;
  pushAddress(frame, to);
  set(w, at);
  i32(w, count);
  set(w, left);
  open(w, 'loop');
  const target: Found = { kind: 'memory', type: element, address: () => get(w, at), offset: 0, costly: false, meta: null };
  if (source !== null) copyBytes(frame, target, source, size, align);
  else assignOperand(frame, target, value.operand);
  get(w, at);
  write(w, 'ptr.offset', size);
  set(w, at);
  get(w, left);
  i32(w, 1);
  write(w, 'i32.sub');
  write(w, 'local.tee', left);
  write(w, 'br_if', 0);
  write(w, 'end');

  function fillByte(operand: Operand, prim: Prim | null): (() => void) | null {
    if (prim === null || operand.kind !== 'constant') return null;
    const { constant } = operand;
    if (constant.kind === 'null') return () => i32(w, 0);
    if (constant.kind === 'int') {
      const bits = BigInt.asUintN(primSize(prim) * 8, constant.value);
      const low = bits & 255n;
      let whole = 0n;
      for (let i = 0; i < primSize(prim); i++) whole |= low << BigInt(i * 8);
      return whole === bits ? () => i32(w, Number(low)) : null;
    }
    if (constant.kind === 'float') return Object.is(constant.value, 0) ? () => i32(w, 0) : null;
    return null;
  }
}
