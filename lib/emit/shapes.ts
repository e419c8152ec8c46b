/** Shapes from layouts: what `types` says of memory, in the words that code is made with. In: a layout. Out: a shape, once per type. */
import { printType } from '../types/print.ts';
import type { Definitions } from '../types/definition.ts';
import type { Layout, Scalar } from '../types/layout.ts';
import type { Type } from '../types/type.ts';
import { type Abi, keep, type Prim, type Shape, type Tag } from './shape.ts';

export function primOfScalar(s: Scalar): Prim {
  if (s.pointer) return 'ptr';
  if (s.type === 'f32' || s.type === 'f64') return s.type;
  return `${s.signed ? 'i' : 'u'}${s.size * 8}` as Prim;
}

/** `discriminants` of the enum's variants, for tags that hold them. */
export function shapeFrom(layout: Layout, discriminants: readonly bigint[]): Shape {
  const { abi: from, discriminant } = layout;
  const abi: Abi = from.kind === 'scalar' ? { kind: 'scalar', prim: primOfScalar(from.scalar) }
    : from.kind === 'pair' ? { kind: 'pair', first: primOfScalar(from.first), second: primOfScalar(from.second), at: from.secondOffset } : from;
  let tag: Tag | null = null;
  if (discriminant.kind === 'tag') {
    const prim = primOfScalar(discriminant.tag);
    tag = { kind: 'direct', at: discriminant.offset, prim, values: discriminants.map(d => keep(prim, d)) };
  } else if (discriminant.kind === 'niche') {
    const { offset, untagged, first, last, start } = discriminant;
    tag = { kind: 'niche', at: offset, prim: primOfScalar(discriminant.tag), dataful: untagged, start, first, last };
  }
  const offsets = layout.variants.map(v => v.offsets);
  return { size: layout.size, align: layout.align, abi, offsets: offsets.length === 0 ? [[]] : offsets, tag, only: discriminant.kind === 'single' ? (discriminant.index ?? 0) : 0 };
}

/** A function from types to shapes, over one from types to layouts. */
export function makeShapes(definitions: Definitions, layout: (type: Type) => Layout | null): (type: Type) => Shape {
  const known = new Map<Type, Shape>();
  return type => {
    let shape = known.get(type);
    if (shape === undefined) {
      const found = layout(type);
      if (found === null) throw new Error(`${printType(type, definitions)} has no layout`);
      const definition = type.kind === 'adt' ? definitions.byId.get(type.def) : undefined;
      shape = shapeFrom(found, definition?.kind === 'enum' ? definition.variants.map(v => v.discriminant) : []);
      known.set(type, shape);
    }
    return shape;
  };
}
