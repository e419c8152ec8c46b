/**
 * Casts and coercions as code: numbers, pointers, unsizing (array → slice, value → `dyn`, also inside smart pointers), upcasts, functions
 * to pointers. In: the rvalue. Out: code that stores the result. Meta data of unsized pointers: a length, or the address of a table.
 */
import type { Operand, Rvalue } from '../flow/graph.ts';
import type { Type } from '../types/type.ts';
import { castNumber } from './arith.ts';
import { pushDiscriminant } from './enum.ts';
import { type Frame, shapeOf } from './frame.ts';
import { writePointer, writeRef } from './link.ts';
import { type Found, findPlace } from './place.ts';
import { reified, upcastSlot } from './resolve.ts';
import { prims } from './shape.ts';
import { abiOf, assignOperand, copyBytes, operandMemory, operandType, primOf, pushOperand, pushOperandPart, pushPart, storeFound } from './value.ts';
import { fieldTypes, instanceOf, isBox, lengthOf, tailOf } from './world.ts';
import { i32, write } from './writer.ts';

export function lowerCast(frame: Frame, to: Found, value: Extract<Rvalue, { kind: 'cast' }>): void {
  const { operand, type } = value;
  const from = operandType(frame, operand);
  switch (value.cast) {
    case 'numeric': case 'intToPointer': case 'pointerToInt': case 'fnToPointer':
      storeFound(frame, to, () => {
        if (from.kind === 'fnDef') { writePointer(frame, reified(frame.unit.world, from.def, from.args)); return; }
        if (from.kind === 'closure') { writePointer(frame, instanceOf(frame.unit.world, { kind: 'closureFn', closure: from })); return; }
        pushOperandPart(frame, operand, 0);
        const source = prims(abiOf(frame, from))[0] ?? 'i32';
        castNumber(frame, source, primOf(frame, type));
        if (value.cast === 'intToPointer') write(frame.out, 'ptr.from');
      });
      return;
    case 'enumToInt':
      storeFound(frame, to, () => {
        const prim = primOf(frame, type);
        if (operand.kind === 'constant') { pushOperand(frame, operand); castNumber(frame, primOf(frame, from), prim); } else pushDiscriminant(frame, findPlace(frame, operand.place), prim);
      });
      return;
    case 'pointerToPointer': {
      const wide = abiOf(frame, type).kind === 'pair';
      if (wide) assignOperand(frame, to, operand);
      else storeFound(frame, to, () => pushOperandPart(frame, operand, 0));
      return;
    }
    case 'reify':
      if (from.kind !== 'fnDef') { assignOperand(frame, to, operand); return; }
      storeFound(frame, to, () => writePointer(frame, reified(frame.unit.world, from.def, from.args)));
      return;
    case 'closureToFn':
      storeFound(frame, to, () => writePointer(frame, instanceOf(frame.unit.world, { kind: 'closureFn', closure: from })));
      return;
    case 'unsize': case 'upcast': unsize(frame, to, operand, from, type); return;
  }
}

function unsize(frame: Frame, to: Found, operand: Operand, from: Type, type: Type): void {
  const target = abiOf(frame, type);
  const [before, after] = pointees(frame, from, type);
  const hasMeta = tailOf(frame.unit.world, before) !== null;
  if (target.kind === 'pair' && abiOf(frame, from).kind === (hasMeta ? 'pair' : 'scalar')) {
    const source = operand.kind === 'constant' ? null : findPlace(frame, operand.place);
    const part = (i: number): void => {
      if (i === 0) pushOperandPart(frame, operand, 0);
      else pushMeta(frame, before, after, () => { if (source === null) pushOperandPart(frame, operand, 1); else pushPart(frame, source, abiOf(frame, from), 1); });
    };
    storeFound(frame, to, () => { part(0); part(1); }, part);
    return;
  }
  // A struct around the pointer: field by field.
  const source = operandMemory(frame, operand);
  coerceFields(frame, to, source, from, type);
}

function coerceFields(frame: Frame, to: Found, from: Found, before: Type, after: Type): void {
  if (before === after) {
    const abi = abiOf(frame, after);
    if (abi.kind === 'memory') copyBytes(frame, to, from, shapeOf(frame, after).size, shapeOf(frame, after).align);
    else storeFound(frame, to, () => prims(abi).forEach((_, i) => pushPart(frame, from, abi, i)), i => pushPart(frame, from, abi, i));
    return;
  }
  if (before.kind === 'adt' && after.kind === 'adt' && !(isPointer(before) || isPointer(after))) {
    const old = fieldTypes(frame.unit.world, before);
    const now = fieldTypes(frame.unit.world, after);
    for (const [i, t] of now.entries()) coerceFields(frame, part(frame, to, after, i, t), part(frame, from, before, i, old[i] ?? t), old[i] ?? t, t);
    return;
  }
  const [inner, outer] = pointees(frame, before, after);
  const abi = abiOf(frame, before);
  const parts = (i: number): void => { if (i === 0) pushPart(frame, from, abi, 0); else pushMeta(frame, inner, outer, () => pushPart(frame, from, abi, 1)); };
  storeFound(frame, to, () => { parts(0); parts(1); }, parts);
}

function part(frame: Frame, found: Found, type: Type, index: number, fieldType: Type): Found {
  const by = shapeOf(frame, type).offsets[0]?.[index] ?? 0;
  if (found.kind === 'values') return { ...found, type: fieldType, at: found.at + by };
  if (found.kind === 'memory') return { ...found, type: fieldType, offset: found.offset + by };
  return { ...found, type: fieldType };
}

const isPointer = (t: Type): boolean => t.kind === 'ref' || t.kind === 'ptr';

/** What the two pointers point to, found through the structs around them. */
function pointees(frame: Frame, from: Type, to: Type): [Type, Type] {
  const { world } = frame.unit;
  if ((from.kind === 'ref' || from.kind === 'ptr') && (to.kind === 'ref' || to.kind === 'ptr')) return [from.inner, to.inner];
  if (isBox(world, from) && isBox(world, to) && from.kind === 'adt' && to.kind === 'adt') return [from.args[0] ?? from, to.args[0] ?? to];
  const before = fieldTypes(world, from);
  const after = fieldTypes(world, to);
  for (const [i, t] of before.entries()) {
    const u = after[i];
    if (u !== undefined && t !== u && !(t.kind === 'adt' && isPhantom(frame, t))) return pointees(frame, t, u);
  }
  throw new Error('nothing to unsize');
}

const isPhantom = (frame: Frame, t: Type): boolean => abiOf(frame, t).kind === 'zero';

/** Pushes the meta data of a pointer to `after`, made of one to `before`; `old` pushes that one's. */
export function pushMeta(frame: Frame, before: Type, after: Type, old: () => void): void {
  const { unit } = frame;
  if (after.kind === 'slice' && before.kind === 'array') { i32(frame.out, Number(lengthOf(before))); return; }
  if (after.kind === 'dyn') {
    if (before.kind !== 'dyn') { writeRef(frame, 'static.addr', { kind: 'methods', self: before, target: after }); return; }
    old();
    const slot = upcastSlot(unit.world, before, after);
    if (slot !== null) write(frame.out, 'ptr.load', slot * 4);
    return;
  }
  if (before.kind === 'adt' && after.kind === 'adt') {
    const a = fieldTypes(unit.world, before).at(-1);
    const b = fieldTypes(unit.world, after).at(-1);
    if (a !== undefined && b !== undefined && a !== before) { pushMeta(frame, a, b, old); return; }
  }
  old();
}
