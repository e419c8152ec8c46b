/**
 * What is known of unsized values only at run time: their size and alignment, and how to drop them through a pointer. In: the type, and
 * what pushes the address and the meta data (length or table). Out: code.
 */
import { UNIT, type Type } from '../types/type.ts';
import { type Frame, scratch, shapeOf } from './frame.ts';
import { writeCall, writeIndirect } from './link.ts';
import { signatureFor, thinPointer } from './unit.ts';
import { fieldTypes, instanceOf, needsDrop, tailOf } from './world.ts';
import { get, i32, open, set, write } from './writer.ts';

/** Size and alignment of the sized part of an unsized struct; 0 and 1 for a bare tail. */
function prefix(frame: Frame, type: Type): { offset: number; align: number; tail: Type } {
  if (type.kind !== 'adt' && type.kind !== 'tuple') return { offset: 0, align: 1, tail: type };
  const last = fieldTypes(frame.unit.world, type).at(-1) ?? UNIT;
  const shape = shapeOf(frame, type);
  const inner = prefix(frame, last);
  const at = shape.offsets[0]?.at(-1) ?? 0;
  return { offset: at + inner.offset, align: Math.max(shape.align, inner.align), tail: inner.tail };
}

export function pushSizeOfVal(frame: Frame, type: Type, meta: () => void): void {
  const w = frame.out;
  const { world } = frame.unit;
  if (tailOf(world, type) === null) { i32(w, shapeOf(frame, type).size); return; }
  const { offset, align, tail } = prefix(frame, type);
  if (tail.kind !== 'dyn') {
    meta();
    const size = tail.kind === 'slice' ? shapeOf(frame, tail.element).size : 1;
    const own = tail.kind === 'slice' ? shapeOf(frame, tail.element).align : 1;
    if (size !== 1) { i32(w, size); write(w, 'i32.mul'); }
    const whole = Math.max(align, own);
    if (offset > 0 || whole > 1) {
      if (type === tail) return;
      i32(w, offset + whole - 1);
      write(w, 'i32.add');
      i32(w, -whole);
      write(w, 'i32.and');
    }
    return;
  }
  if (type === tail) { meta(); write(w, 'i32.load', 4); return; }
  // round(round(offset, a) + size, max(align, a))
  const a = scratch(frame, 'i32');
  meta(); write(w, 'i32.load', 8); set(w, a);
  const round = (): void => { i32(w, 0); get(w, a); write(w, 'i32.sub'); write(w, 'i32.and'); };
  get(w, a); i32(w, offset - 1); write(w, 'i32.add'); round();
  meta(); write(w, 'i32.load', 4); write(w, 'i32.add');
  get(w, a); i32(w, align); get(w, a); i32(w, align); write(w, 'i32.gt_u'); write(w, 'select'); set(w, a);
  get(w, a); write(w, 'i32.add'); i32(w, 1); write(w, 'i32.sub'); round();
}

export function pushAlignOfVal(frame: Frame, type: Type, meta: () => void): void {
  const w = frame.out;
  if (tailOf(frame.unit.world, type) === null) { i32(w, shapeOf(frame, type).align); return; }
  const { align, tail } = prefix(frame, type);
  if (tail.kind !== 'dyn') { i32(w, Math.max(align, tail.kind === 'slice' ? shapeOf(frame, tail.element).align : 1)); return; }
  if (type === tail) { meta(); write(w, 'i32.load', 8); return; }
  const a = scratch(frame, 'i32');
  meta(); write(w, 'i32.load', 8); set(w, a);
  get(w, a); i32(w, align); get(w, a); i32(w, align); write(w, 'i32.gt_u'); write(w, 'select');
}

/** Drops the value of `type` behind a pointer. */
export function dropPointer(frame: Frame, type: Type, address: () => void, meta: () => void): void {
  const { unit, out } = frame;
  const { world } = unit;
  if (!needsDrop(world, type)) return;
  if (type.kind === 'dyn') {
    const drop = scratch(frame, 'i32');
    meta();
    write(out, 'i32.load', 0);
    set(out, drop);
    get(out, drop);
    open(out, 'if');
    address();
    get(out, drop);
    writeIndirect(frame, signatureFor(world, [thinPointer], UNIT));
    write(out, 'end');
    return;
  }
  address();
  if (tailOf(world, type) !== null) meta();
  writeCall(frame, instanceOf(world, { kind: 'drop', type }));
}
