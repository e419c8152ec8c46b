/**
 * Which bytes of a value must have been written for the value to be read: all but padding, what only some variants use, and `MaybeUninit`.
 * In: a type. Out: ranges in order, joined where they touch; an array too long to list is null. Kept by type.
 */
import type { Type } from '../types/type.ts';
import { fieldTypes, isEnum, isLang, lengthOf, tailOf, type World } from './world.ts';
import { primSize } from './shape.ts';

export type Range = readonly [from: number, to: number];
const MOST = 8;
const known = new WeakMap<World, Map<Type, readonly Range[] | null>>();

export function writtenRanges(world: World, type: Type): readonly Range[] | null {
  let table = known.get(world);
  if (table === undefined) known.set(world, (table = new Map()));
  let found = table.get(type);
  if (found === undefined) {
    found = join(compute(world, type));
    table.set(type, found);
  }
  return found;
}

function join(ranges: readonly Range[] | null): readonly Range[] | null {
  if (ranges === null) return null;
  const out: Range[] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last !== undefined && from <= last[1]) out[out.length - 1] = [last[0], Math.max(last[1], to)];
    else if (to > from) out.push([from, to]);
  }
  return out.length > MOST ? null : out;
}

function compute(world: World, type: Type): readonly Range[] | null {
  if (type.kind === 'never' || tailOf(world, type) !== null) return [];
  const shape = world.types.shape(type);
  if (shape.size === 0) return [];
  switch (type.kind) {
    case 'tuple': case 'closure': return fields(world, type);
    case 'array': {
      const inner = writtenRanges(world, type.element);
      const { size } = world.types.shape(type.element);
      if (inner === null) return null;
      const [only] = inner;
      if (inner.length === 1 && only !== undefined && only[0] === 0 && only[1] === size) return [[0, shape.size]];
      const count = Number(lengthOf(type));
      if (inner.length * count > MOST) return null;
      return Array.from({ length: count }, (_, i) => inner.map(([a, b]): Range => [a + i * size, b + i * size])).flat();
    }
    case 'adt': {
      if (isLang(world, type.def, 'maybe_uninit')) return [];
      if (!isEnum(world, type)) return fields(world, type);
      return shape.tag === null ? [] : [[shape.tag.at, shape.tag.at + primSize(shape.tag.prim)]];
    }
    default: return [[0, shape.size]];
  }
}

function fields(world: World, type: Type): readonly Range[] | null {
  const offsets = world.types.shape(type).offsets[0] ?? [];
  const out: Range[] = [];
  for (const [i, t] of fieldTypes(world, type).entries()) {
    const inner = writtenRanges(world, t);
    if (inner === null) return null;
    for (const [a, b] of inner) out.push([a + (offsets[i] ?? 0), b + (offsets[i] ?? 0)]);
  }
  return out;
}
