/**
 * Enums as code: reading which variant is there, writing a tag. The tag stands by itself, or as values of a field that the field's
 * own type never has (niche). In: places and shapes. Out: code.
 */
import type { Type } from '../types/type.ts';
import { type Frame, shapeOf } from './frame.ts';
import type { Found } from './place.ts';
import { keep, type Prim, type Shape, valueType } from './shape.ts';
import { convert, pushPart, setPart } from './value.ts';
import { constantOf, i32, storeOps, write, writeNamed } from './writer.ts';
import { variantsOf } from './world.ts';

/** Pushes the tag as its prim keeps it. */
function pushTag(frame: Frame, found: Found, at: number, prim: Prim): void {
  const abi = { kind: 'scalar', prim } as const;
  if (found.kind === 'memory') pushPart(frame, { ...found, offset: found.offset + at }, abi, 0);
  else if (found.kind === 'values') pushPart(frame, { ...found, at: found.at + at }, abi, 0);
  else constantOf(frame.out, prim, 0n);
}

/** Pushes the discriminant of the enum at a place, as `to`. */
export function pushDiscriminant(frame: Frame, found: Found, to: Prim): void {
  const w = frame.out;
  const { type } = found;
  const shape = shapeOf(frame, type);
  const { tag } = shape;
  if (tag === null) { constantOf(w, to, keep(to, discriminantOf(frame, type, shape.only))); return; }
  if (tag.kind === 'direct') {
    pushTag(frame, found, tag.at, tag.prim);
    convert(frame, tag.prim, to);
    return;
  }
  const narrow = valueType(tag.prim) === 'i32';
  const t = valueType(tag.prim);
  if (tag.first === tag.last) {
    // One niche value: is it that, or not.
    const niche = tag.first;
    pushTag(frame, found, tag.at, tag.prim);
    const zero = tag.start === 0n;
    if (niche === 0 && tag.dataful === 1) {
      if (zero && narrow) { i32(w, 0); write(w, 'i32.ne'); } else { constantOf(w, tag.prim, keep(tag.prim, tag.start)); writeNamed(w, `${t}.ne`); }
      convert(frame, 'u8', to);
      return;
    }
    if (zero) writeNamed(w, `${t}.eqz`);
    else { constantOf(w, tag.prim, keep(tag.prim, tag.start)); writeNamed(w, `${t}.eq`); }
    if (!(niche === 1 && tag.dataful === 0)) {
      // dataful + is·(niche − dataful)
      i32(w, niche - tag.dataful);
      write(w, 'i32.mul');
      i32(w, tag.dataful);
      write(w, 'i32.add');
    }
    convert(frame, 'i32', to);
    return;
  }
  // relative = tag − start; relative ≤ last − first ? relative + first : dataful
  const push = (): void => {
    pushTag(frame, found, tag.at, tag.prim);
    constantOf(w, tag.prim, keep(tag.prim, tag.start));
    writeNamed(w, `${t}.sub`);
    if (narrow) convert(frame, 'u32', tag.prim === 'ptr' ? 'u32' : (tag.prim.replace('i', 'u') as Prim));
  };
  push();
  if (!narrow) write(w, 'i32.wrap_i64');
  i32(w, tag.first);
  write(w, 'i32.add');
  i32(w, tag.dataful);
  push();
  constantOf(w, tag.prim, BigInt(tag.last - tag.first));
  writeNamed(w, `${t}.le_u`);
  write(w, 'select');
  convert(frame, 'i32', to);
}

function discriminantOf(frame: Frame, type: Type, variant: number): bigint {
  if (type.kind !== 'adt') return 0n;
  return variantsOf(frame.unit.world, type.def)[variant]?.discriminant ?? 0n;
}

/** What stands for a variant: the tag's value, or null when nothing needs to be written. */
export function tagValue(shape: Shape, variant: number): { readonly at: number; readonly prim: Prim; readonly value: bigint } | null {
  const { tag } = shape;
  if (tag === null) return null;
  if (tag.kind === 'direct') return { at: tag.at, prim: tag.prim, value: keep(tag.prim, tag.values[variant] ?? 0n) };
  if (variant === tag.dataful) return null;
  return { at: tag.at, prim: tag.prim, value: keep(tag.prim, tag.start + BigInt(variant - tag.first)) };
}

/** Writes the tag of a variant at a place. */
export function storeTag(frame: Frame, found: Found, variant: number): void {
  const tag = tagValue(shapeOf(frame, found.type), variant);
  if (tag === null) return;
  const w = frame.out;
  if (found.kind === 'memory') {
    found.address();
    constantOf(w, tag.prim, tag.value);
    write(w, storeOps[tag.prim], found.offset + tag.at);
  } else if (found.kind === 'values') {
    constantOf(w, tag.prim, tag.value);
    setPart(frame, found, tag.prim, tag.at);
  }
}
