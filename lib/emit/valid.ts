/**
 * Values that a type does not have, looked for where memory is read as that type: a `bool` that is neither 0 nor 1, a `char` that is
 * no character, a tag that no variant has. In: a frame with the address on the stack, a type. Out: checks; the address stays there.
 * Only what can be told by a bound is looked for: tags that stand by themselves and are counted without gaps. Debug profile only.
 */
import { accessFlags, valueKinds } from '../../vm/code/reasons.ts';
import type { Type } from '../types/type.ts';
import { type Frame, scratch } from './frame.ts';
import { primSize } from './shape.ts';
import { fieldTypes, isEnum, isLang, tailOf, type World } from './world.ts';
import { get, write } from './writer.ts';
import { writtenRanges } from './written.ts';

/** Values that are one number, all of whose bytes count. */
export const SCALARS: ReadonlySet<Type['kind']> = new Set<Type['kind']>(['int', 'float', 'bool', 'char', 'ptr']);

export interface ValueCheck {
  readonly at: number;
  readonly size: number;
  readonly most: number;
  readonly kind: (typeof valueKinds)[number];
}

const known = new WeakMap<World, Map<Type, readonly ValueCheck[]>>();
const MOST = 8;

export function valueChecks(world: World, type: Type): readonly ValueCheck[] {
  let table = known.get(world);
  if (table === undefined) known.set(world, (table = new Map()));
  let found = table.get(type);
  if (found === undefined) {
    found = compute(world, type).slice(0, MOST);
    table.set(type, found);
  }
  return found;
}

function compute(world: World, type: Type): readonly ValueCheck[] {
  if (type.kind === 'bool') return [{ at: 0, size: 1, most: 1, kind: 'invalid-bool' }];
  if (type.kind === 'char') return [{ at: 0, size: 4, most: 0x10ffff, kind: 'invalid-char' }];
  if (type.kind !== 'adt' && type.kind !== 'tuple') return [];
  if (tailOf(world, type) !== null || (type.kind === 'adt' && isLang(world, type.def, 'maybe_uninit'))) return [];
  const shape = world.types.shape(type);
  if (type.kind === 'adt' && isEnum(world, type)) {
    const { tag } = shape;
    if (tag?.kind !== 'direct' || primSize(tag.prim) > 4) return [];
    const counted = tag.values.every((value, i) => value === BigInt(i));
    return counted ? [{ at: tag.at, size: primSize(tag.prim), most: tag.values.length - 1, kind: 'invalid-enum-tag' }] : [];
  }
  const offsets = shape.offsets[0] ?? [];
  return fieldTypes(world, type).flatMap((field, i) => valueChecks(world, field).map(check => ({ ...check, at: check.at + (offsets[i] ?? 0) })));
}

export function checkValue(frame: Frame, type: Type): void {
  const checks = valueChecks(frame.unit.world, type);
  if (checks.length === 0) return;
  const w = frame.out;
  const [only] = checks;
  if (checks.length === 1 && only?.at === 0) {
    write(w, 'check.value', only.size, only.most, valueKinds.indexOf(only.kind));
    return;
  }
  const base = scratch(frame, 'i32');
  write(w, 'local.tee', base);
  for (const { at, size, most, kind } of checks) {
    get(w, base);
    if (at > 0) write(w, 'ptr.offset', at);
    write(w, 'check.value', size, most, valueKinds.indexOf(kind));
    write(w, 'drop');
  }
}

/** The sanitizer's check of the address on the stack, which stays there. A read asks that all but padding was written. */
export function watchRead(frame: Frame, type: Type, size: number): void {
  const w = frame.out;
  const ranges = writtenRanges(frame.unit.world, type);
  const [only] = ranges ?? [];
  if (ranges?.length === 1 && only !== undefined && only[0] === 0 && only[1] === size) { write(w, 'check.access', size, accessFlags.read); return; }
  write(w, 'check.access', size, accessFlags.read | accessFlags.uninitialised);
  if (ranges === null || ranges.length === 0) return;
  const base = scratch(frame, 'i32');
  write(w, 'local.tee', base);
  for (const [from, to] of ranges) {
    get(w, base);
    if (from > 0) write(w, 'ptr.offset', from);
    write(w, 'check.access', to - from, accessFlags.read);
    write(w, 'drop');
  }
}
