/**
 * Layout: how values of a type lie in memory, as rustc lays them out for a 32-bit target where `i64` and `f64` are aligned to 8. Fields are reordered
 * to save padding unless `@repr(C)`; an enum uses unused values of its largest variant, else a tag. In: a monomorphic type. Out: size, alignment,
 * offsets, how the discriminant is kept, and the `abi`: whether a value can be one or two operands. Null when the type still has parameters.
 * Each type is laid out once; cost is linear in its fields.
 */
import type { Definitions, EnumDef, Representation, StructDef } from './definition.ts';
import { available, floating, full, integer, maskOf, nicheOf, pointer, reserve, type Niche, type Scalar } from './niche.ts';
import { substitute, type DefId, type Type } from './type.ts';

export type { Niche, Scalar, ValType } from './niche.ts';

export type Abi =
  /** Nothing to carry: size 0. */
  | { readonly kind: 'zero' }
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | { readonly kind: 'pair'; readonly first: Scalar; readonly second: Scalar; readonly secondOffset: number }
  | { readonly kind: 'memory' };

export interface VariantLayout {
  /** Offset of each field, in order of declaration. */
  readonly offsets: readonly number[];
  readonly size: number;
  readonly uninhabited: boolean;
}

export type Discriminant =
  /** One variant only (or none: `index` null). */
  | { readonly kind: 'single'; readonly index: number | null }
  /** The tag holds the discriminant itself, cut to the tag's size. */
  | { readonly kind: 'tag'; readonly tag: Scalar; readonly offset: number }
  /**
   * The tag is a niche of variant `untagged`. With `r = tag - start` (wrapping in the tag's size), `r <= last - first` means variant
   * `first + r`, else `untagged`.
   */
  | { readonly kind: 'niche'; readonly tag: Scalar; readonly offset: number; readonly untagged: number; readonly first: number; readonly last: number; readonly start: bigint };

export interface Layout {
  readonly size: number;
  readonly align: number;
  readonly abi: Abi;
  readonly uninhabited: boolean;
  /** `str`, slices, `dyn` and structs that end in one: behind pointers only; size is that of the sized part. */
  readonly unsized: boolean;
  /** Structs, tuples, closures: one. Enums: each variant. Arrays: none, elements stand in a row. */
  readonly variants: readonly VariantLayout[];
  readonly discriminant: Discriminant;
  /** Largest niche. */
  readonly niche: Niche | null;
}

export interface Layouts {
  readonly of: (type: Type) => Layout | null;
}

export interface LayoutHelp {
  readonly definitions: Definitions;
  /** Types of what a closure holds, in order, over its owner's parameters; null: unknown. */
  readonly captures: (closure: Type) => readonly Type[] | null;
  /** Projections and opaque types made concrete. */
  readonly normalize: (type: Type) => Type;
}

const ZERO: Abi = { kind: 'zero' };
const MEMORY: Abi = { kind: 'memory' };
const SINGLE: Discriminant = { kind: 'single', index: 0 };

export const alignTo = (offset: number, align: number): number => Math.ceil(offset / align) * align;

/** A layout by definitions alone, for constant evaluation: closures and projections have none. */
export function layoutIn(definitions: Definitions, type: Type): Layout | null {
  return makeLayouts({ definitions, captures: () => null, normalize: t => t }).of(type);
}

export function makeLayouts(help: LayoutHelp): Layouts {
  const { definitions } = help;
  const known = new Map<number, Layout | null>();
  const lang = (name: string): DefId | undefined => definitions.lang.get(name);

  function of(raw: Type): Layout | null {
    const type = help.normalize(raw);
    const old = known.get(type.id);
    if (old !== undefined) return old;
    // A type that holds itself: no layout, and no endless loop.
    known.set(type.id, null);
    const made = make(type);
    known.set(type.id, made);
    return made;
  }

  function make(type: Type): Layout | null {
    switch (type.kind) {
      case 'int': return scalarLayout(integer(intSize(type.name), type.name.startsWith('i')));
      case 'float': return scalarLayout(floating(type.name === 'f32' ? 4 : 8));
      case 'bool': return scalarLayout(integer(1, false, 0n, 1n));
      case 'char': return scalarLayout(integer(4, false, 0n, 0x10ffffn));
      case 'never': return { size: 0, align: 1, abi: ZERO, uninhabited: true, unsized: false, variants: [], discriminant: { kind: 'single', index: null }, niche: null };
      case 'str': return unsizedLayout(1);
      case 'dyn': return unsizedLayout(1);
      case 'slice': {
        const element = of(type.element);
        return element === null ? null : unsizedLayout(element.align);
      }
      case 'ref': return pointerTo(type.inner, true);
      case 'ptr': return pointerTo(type.inner, false);
      case 'fnPtr': return scalarLayout(pointer(true));
      case 'fnDef': return structLayout([], PLAIN, 'sized', 0, 1);
      case 'tuple': {
        const fields = all(type.elements);
        return fields === null ? null : structLayout(fields, PLAIN, type.elements.length === 0 ? 'sized' : 'maybeUnsized', 0, 1);
      }
      case 'closure': {
        const captures = help.captures(type);
        const fields = captures === null ? null : all(captures.map(c => substitute(c, type.args)));
        return fields === null ? null : structLayout(fields, PLAIN, 'sized', 0, 1);
      }
      case 'array': return arrayLayout(type.element, type.length);
      case 'adt': return adtLayout(type.def, type.args);
      default: return null;
    }
  }

  function all(types: readonly Type[]): Layout[] | null {
    const out: Layout[] = [];
    for (const type of types) {
      const layout = of(type);
      if (layout === null) return null;
      out.push(layout);
    }
    return out;
  }

  function arrayLayout(elementType: Type, length: Type): Layout | null {
    const element = of(elementType);
    if (element === null || length.kind !== 'const') return null;
    const count = Number(length.value);
    const size = element.size * count;
    return {
      size,
      align: element.align,
      abi: size === 0 ? ZERO : MEMORY,
      uninhabited: count > 0 && element.uninhabited,
      unsized: false,
      variants: [],
      discriminant: SINGLE,
      niche: count > 0 ? element.niche : null,
    };
  }

  /** What a pointer to `inner` carries besides the address. */
  function metadataOf(inner: Type): 'none' | 'length' | 'vtable' | null {
    const type = help.normalize(inner);
    switch (type.kind) {
      case 'str': case 'slice': return 'length';
      case 'dyn': return 'vtable';
      case 'adt': {
        const def = definitions.byId.get(type.def);
        if (def?.kind !== 'struct') return 'none';
        const last = def.variant.fields.at(-1);
        // Only a parameter in the tail can be unsized; asking no further keeps recursive types finite.
        return last === undefined || !mayBeUnsized(last.type, 0) ? 'none' : metadataOf(substitute(last.type, type.args));
      }
      case 'tuple': {
        const last = type.elements.at(-1);
        return last === undefined ? 'none' : metadataOf(last);
      }
      case 'param': case 'projection': case 'opaque': case 'infer': case 'error': return null;
      default: return 'none';
    }
  }

  function mayBeUnsized(type: Type, depth: number): boolean {
    if (type.kind === 'param' || type.kind === 'projection' || type.kind === 'str' || type.kind === 'slice' || type.kind === 'dyn') return true;
    if (type.kind !== 'adt' || depth > 8) return false;
    const def = definitions.byId.get(type.def);
    const last = def?.kind === 'struct' ? def.variant.fields.at(-1) : undefined;
    return last !== undefined && mayBeUnsized(last.type, depth + 1);
  }

  function pointerTo(inner: Type, nonNull: boolean): Layout | null {
    const metadata = metadataOf(inner);
    if (metadata === null) return null;
    const address = pointer(nonNull);
    if (metadata === 'none') return scalarLayout(address);
    const second = metadata === 'length' ? integer(4, false) : pointer(true);
    const niche = largest(nicheOf(0, address), nicheOf(4, second));
    return {
      size: 8, align: 4, abi: { kind: 'pair', first: address, second, secondOffset: 4 }, uninhabited: false, unsized: false, variants: [{ offsets: [0, 4], size: 8, uninhabited: false }], discriminant: SINGLE, niche,
    };
  }

  function adtLayout(id: DefId, args: readonly Type[]): Layout | null {
    const def = definitions.byId.get(id);
    if (def?.kind === 'enum') return enumOf(def, args);
    if (def?.kind !== 'struct') return null;
    const fields = all(def.variant.fields.map(f => substitute(f.type, args)));
    if (fields === null) return null;
    const made = structLayout(fields, def.representation, maybeUnsizedTail(def) ? 'maybeUnsized' : 'sized', 0, 1);
    if (id === lang('owned_box') || id === lang('NonNull')) return withNonNull(made);
    if (id === lang('unsafe_cell') || id === lang('maybe_uninit')) return withoutNiche(made, id === lang('maybe_uninit'));
    return made;
  }

  /** Fields of a struct whose last one is a parameter that need not be sized keep that one last. */
  function maybeUnsizedTail(def: StructDef): boolean {
    const last = def.variant.fields.at(-1);
    if (last === undefined) return false;
    const { type } = last;
    if (type.kind === 'str' || type.kind === 'slice' || type.kind === 'dyn') return true;
    if (type.kind === 'param') {
      const sized = lang('sized');
      return !def.generics.predicates.some(p => p.kind === 'trait' && p.ref.trait === sized && p.ref.args[0] === type);
    }
    return false;
  }

  function enumOf(def: EnumDef, args: readonly Type[]): Layout | null {
    const variants: Layout[][] = [];
    for (const v of def.variants) {
      const fields = all(v.fields.map(f => substitute(f.type, args)));
      if (fields === null) return null;
      variants.push(fields);
    }
    return enumLayout(variants, def.variants.map(v => v.discriminant), def.representation);
  }

  return { of };
}

const PLAIN: Representation = { c: false, packed: false, align: null, int: null, transparent: false };

export function intSize(name: string): number {
  return name.endsWith('size') ? 4 : Number(name.slice(1)) / 8;
}

function scalarLayout(scalar: Scalar): Layout {
  return {
    size: scalar.size, align: scalar.size, abi: { kind: 'scalar', scalar }, uninhabited: false, unsized: false, variants: [{ offsets: [], size: scalar.size, uninhabited: false }], discriminant: SINGLE, niche: nicheOf(0, scalar),
  };
}

function unsizedLayout(align: number): Layout {
  return { size: 0, align, abi: MEMORY, uninhabited: false, unsized: true, variants: [], discriminant: SINGLE, niche: null };
}

function largest(a: Niche | null, b: Niche | null): Niche | null {
  if (a === null) return b;
  return b === null || available(a.scalar) >= available(b.scalar) ? a : b;
}

function withNonNull(layout: Layout): Layout {
  const { abi } = layout;
  if (abi.kind === 'scalar' && abi.scalar.pointer) {
    const scalar = pointer(true);
    return { ...layout, abi: { kind: 'scalar', scalar }, niche: nicheOf(0, scalar) };
  }
  if (abi.kind === 'pair' && abi.first.pointer) {
    const first = pointer(true);
    return { ...layout, abi: { ...abi, first }, niche: nicheOf(0, first) };
  }
  // A box with an allocator of its own: the pointer is its first field.
  return { ...layout, niche: nicheOf(layout.variants[0]?.offsets[0] ?? 0, pointer(true)) };
}

/** Memory that may hold any bits, or that others may change: nothing can be read off it. */
function withoutNiche(layout: Layout, anyBits: boolean): Layout {
  const { abi } = layout;
  const abiOpen: Abi = abi.kind === 'scalar' ? { kind: 'scalar', scalar: full(abi.scalar) } : abi.kind === 'pair' ? { ...abi, first: full(abi.first), second: full(abi.second) } : abi;
  return { ...layout, abi: abiOpen, niche: null, uninhabited: anyBits ? false : layout.uninhabited };
}

const isZeroSized = (l: Layout): boolean => l.size === 0 && !l.unsized;

type StructKind = 'sized' | 'maybeUnsized' | 'prefixed';

/** Fields in one row; a tag of `prefix` bytes may stand before them. */
function structLayout(fields: readonly Layout[], representation: Representation, kind: StructKind, prefix: number, prefixAlign: number): Layout {
  const order = fieldOrder(fields, representation, kind);
  const offsets = new Array<number>(fields.length).fill(0);
  let align = 1;
  let offset = 0;
  if (kind === 'prefixed') {
    align = Math.max(align, representation.packed ? 1 : prefixAlign);
    offset = alignTo(prefix, representation.packed ? 1 : prefixAlign);
  }
  let niche: Niche | null = null;
  let uninhabited = false;
  let unsized = false;
  for (const i of order) {
    const field = fields[i];
    if (field === undefined) continue;
    const own = representation.packed ? 1 : field.align;
    offset = alignTo(offset, own);
    align = Math.max(align, own);
    offsets[i] = offset;
    if (field.uninhabited) uninhabited = true;
    if (field.unsized) unsized = true;
    if (field.niche !== null && (niche === null || available(field.niche.scalar) > available(niche.scalar))) niche = { offset: field.niche.offset + offset, scalar: field.niche.scalar };
    offset += field.size;
  }
  if (representation.align !== null) align = Math.max(align, representation.align);
  const size = alignTo(offset, align);
  const abi = unsized ? MEMORY : structAbi(fields, offsets, size, align);
  return { size, align, abi, uninhabited, unsized, variants: [{ offsets, size, uninhabited }], discriminant: SINGLE, niche };
}

function fieldOrder(fields: readonly Layout[], representation: Representation, kind: StructKind): number[] {
  const order = fields.map((_, i) => i);
  if (representation.c || fields.length < 2) return order;
  const movable = kind === 'maybeUnsized' ? order.slice(0, -1) : order;
  const rest = kind === 'maybeUnsized' ? order.slice(-1) : [];
  const maxAlign = Math.max(1, ...fields.map(f => f.align));
  const maxNiche = fields.reduce((most, f) => (f.niche === null ? most : bigMax(most, available(f.niche.scalar))), 0n);
  const log = (n: number): number => (n === 0 ? 64 : Math.log2(n & -n));
  const group = (f: Layout): number => {
    if (representation.packed) return 1;
    const sizeAsAlign = log(Math.max(f.align, f.size));
    return maxNiche > 0n ? Math.min(log(maxAlign), sizeAsAlign) : sizeAsAlign;
  };
  const keyed = movable.map(i => {
    const field = fields[i];
    return { i, zero: field !== undefined && isZeroSized(field), group: field === undefined ? 0 : group(field), niche: field?.niche == null ? 0n : available(field.niche.scalar), at: field?.niche?.offset ?? 0 };
  });
  if (kind === 'prefixed') keyed.sort((a, b) => a.group - b.group || compareBig(a.niche, b.niche));
  else keyed.sort((a, b) => Number(b.zero) - Number(a.zero) || b.group - a.group || compareBig(b.niche, a.niche) || a.at - b.at);
  return [...keyed.map(k => k.i), ...rest];
}

const bigMax = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const compareBig = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function structAbi(fields: readonly Layout[], offsets: readonly number[], size: number, align: number): Abi {
  if (size === 0) return ZERO;
  const solid = fields.map((field, i) => ({ field, offset: offsets[i] ?? 0 })).filter(f => !isZeroSized(f.field));
  const [first, second] = solid;
  if (first === undefined) return MEMORY;
  if (second === undefined) {
    const { field } = first;
    return first.offset === 0 && field.align === align && field.size === size && (field.abi.kind === 'scalar' || field.abi.kind === 'pair') ? field.abi : MEMORY;
  }
  if (solid.length > 2 || first.field.abi.kind !== 'scalar' || second.field.abi.kind !== 'scalar') return MEMORY;
  const [low, high] = first.offset < second.offset ? [first, second] : [second, first];
  if (low.field.abi.kind !== 'scalar' || high.field.abi.kind !== 'scalar') return MEMORY;
  return pairAbi(low.field.abi.scalar, high.field.abi.scalar, low.offset, high.offset, size, align);
}

/** Two scalars as a pair, when they lie where a pair of them would. */
function pairAbi(first: Scalar, second: Scalar, firstOffset: number, secondOffset: number, size: number, align: number): Abi {
  const pairAlign = Math.max(first.size, second.size);
  const at = alignTo(first.size, second.size);
  const fits = firstOffset === 0 && secondOffset === at && align === pairAlign && size === alignTo(at + second.size, pairAlign);
  return fits ? { kind: 'pair', first, second, secondOffset: at } : MEMORY;
}

// ---------------------------------------------------------------- enums

function enumLayout(variants: readonly (readonly Layout[])[], discriminants: readonly bigint[], representation: Representation): Layout {
  const absent = (fields: readonly Layout[]): boolean => fields.some(f => f.uninhabited) && fields.every(isZeroSized);
  const present = variants.flatMap((fields, i) => (absent(fields) ? [] : [i]));
  const plain = representation.int === null && !representation.c;
  const none = variants.length === 0 || present.length === 0;
  if (none && plain) {
    return {
      size: 0, align: 1, abi: ZERO, uninhabited: true, unsized: false, variants: variants.map(f => ({ offsets: f.map(() => 0), size: 0, uninhabited: true })), discriminant: { kind: 'single', index: null }, niche: null,
    };
  }
  const [only] = present;
  if (plain && present.length === 1 && only !== undefined) {
    const single = structLayout(variants[only] ?? [], representation, 'sized', 0, 1);
    const all = variants.map((fields, i) => (i === only ? (single.variants[0] ?? EMPTY_VARIANT) : { offsets: fields.map(() => 0), size: 0, uninhabited: true }));
    return { ...single, variants: all, discriminant: { kind: 'single', index: only } };
  }
  const tagged = taggedLayout(variants, discriminants, representation, absent);
  const niched = plain && variants.length >= 2 ? nichedLayout(variants, representation, absent) : null;
  if (niched === null) return tagged;
  const room = (l: Layout): bigint => (l.niche === null ? 0n : available(l.niche.scalar));
  return tagged.size > niched.size || (tagged.size === niched.size && room(tagged) < room(niched)) ? niched : tagged;
}

const EMPTY_VARIANT: VariantLayout = { offsets: [], size: 0, uninhabited: false };

function nichedLayout(variants: readonly (readonly Layout[])[], representation: Representation, absent: (f: readonly Layout[]) => boolean): Layout | null {
  const layouts = variants.map(fields => structLayout(fields, representation, 'sized', 0, 1));
  let untagged = 0;
  layouts.forEach((l, i) => {
    if (l.size >= (layouts[untagged]?.size ?? 0)) untagged = i;
  });
  const main = layouts[untagged];
  if (main === undefined || main.niche === null) return null;
  const tagged = variants.flatMap((fields, i) => (i !== untagged && !absent(fields) ? [i] : []));
  const first = tagged[0];
  const last = tagged.at(-1);
  if (first === undefined || last === undefined) return null;
  const reserved = reserve(main.niche.scalar, BigInt(last - first + 1));
  if (reserved === null) return null;
  const { offset } = main.niche;
  const { size } = main;
  const end = offset + main.niche.scalar.size;
  const placed: VariantLayout[] = [];
  for (let i = 0; i < layouts.length; i++) {
    const layout = layouts[i];
    const variant = layout?.variants[0];
    if (layout === undefined || variant === undefined) return null;
    if (i === untagged || layout.size <= offset) {
      placed.push(variant);
      continue;
    }
    // It does not fit before the niche: after it, perhaps.
    const shift = alignTo(end, layout.align);
    if (shift + layout.size > size) return null;
    const fields = variants[i] ?? [];
    placed.push({ ...variant, offsets: variant.offsets.map((o, k) => (fields[k] !== undefined && isZeroSized(fields[k]) ? o : o + shift)), size: layout.size + shift });
  }
  const align = Math.max(...layouts.map(l => l.align));
  const othersEmpty = layouts.every((l, i) => i === untagged || l.size === 0);
  const { scalar } = reserved;
  let abi: Abi = MEMORY;
  if (othersEmpty && align === main.align && size === alignTo(size, align)) {
    if (main.abi.kind === 'scalar') abi = { kind: 'scalar', scalar };
    else if (main.abi.kind === 'pair') abi = offset === 0 ? { ...main.abi, first: scalar, second: full(main.abi.second) } : { ...main.abi, first: full(main.abi.first), second: scalar };
  }
  return {
    size: alignTo(size, align), align, abi, uninhabited: layouts.every(l => l.uninhabited), unsized: false, variants: placed,
    discriminant: { kind: 'niche', tag: scalar, offset, untagged, first, last, start: reserved.start },
    niche: nicheOf(offset, scalar),
  };
}

function taggedLayout(variants: readonly (readonly Layout[])[], discriminants: readonly bigint[], representation: Representation, absent: (f: readonly Layout[]) => boolean): Layout {
  const used = discriminants.filter((_, i) => variants[i] !== undefined && !(absent(variants[i]) && representation.int === null));
  const min = used.reduce((a, b) => (b < a ? b : a), used[0] ?? 0n);
  const max = used.reduce((a, b) => (b > a ? b : a), used[0] ?? 0n);
  const least = tagSize(min, max, representation);
  const { signed } = least;
  let { size: tagBytes } = least;
  const fixed = representation.c || representation.int !== null;
  const prefixAlign = fixed ? Math.max(tagBytes, ...variants.flat().map(f => f.align)) : tagBytes;

  let startAlign = 256;
  let size = 0;
  let align = 1;
  const layouts = variants.map(fields => {
    const layout = structLayout(fields, { ...representation, align: null }, 'prefixed', tagBytes, prefixAlign);
    const offsets = layout.variants[0]?.offsets ?? [];
    const byOffset = fields.map((field, k) => ({ field, offset: offsets[k] ?? 0 })).sort((a, b) => a.offset - b.offset);
    const firstSolid = byOffset.find(f => f.field.size > 0 || f.field.align > 1);
    if (firstSolid !== undefined) startAlign = Math.min(startAlign, representation.packed ? 1 : firstSolid.field.align);
    size = Math.max(size, layout.size);
    align = Math.max(align, layout.align);
    return layout;
  });
  if (representation.align !== null) align = Math.max(align, representation.align);
  size = alignTo(size, align);

  // A wider tag costs nothing when the fields begin later anyway.
  const wide = fixed || startAlign > 8 ? tagBytes : startAlign;
  const old = tagBytes;
  const widened = !fixed && wide > tagBytes;
  if (widened) tagBytes = wide;
  const placed = layouts.map((layout, i): VariantLayout => {
    const variant = layout.variants[0] ?? EMPTY_VARIANT;
    const uninhabited = (variants[i] ?? []).some(f => f.uninhabited);
    if (!widened) return { ...variant, uninhabited };
    return { offsets: variant.offsets.map(o => (o <= old ? tagBytes : o)), size: variant.size <= old ? tagBytes : variant.size, uninhabited };
  });

  const mask = maskOf(tagBytes);
  const tag = integer(tagBytes, signed, min & mask, max & mask);
  let abi: Abi = MEMORY;
  if (tagBytes === size) abi = { kind: 'scalar', scalar: tag };
  else abi = taggedPair(variants, placed, tag, size, align);
  return {
    size, align, abi, uninhabited: variants.length === 0 || placed.every(p => p.uninhabited), unsized: false, variants: placed, discriminant: { kind: 'tag', tag, offset: 0 }, niche: nicheOf(0, tag),
  };
}

/** Every variant has the same one scalar at the same place: the enum is a tag and that scalar. */
function taggedPair(variants: readonly (readonly Layout[])[], placed: readonly VariantLayout[], tag: Scalar, size: number, align: number): Abi {
  const found: { scalar: Scalar; offset: number }[] = [];
  for (let i = 0; i < variants.length; i++) {
    const solid = (variants[i] ?? []).map((field, k) => ({ field, offset: placed[i]?.offsets[k] ?? 0 })).filter(f => !isZeroSized(f.field));
    const [first] = solid;
    if (first === undefined) continue;
    if (solid.length > 1 || first.field.abi.kind !== 'scalar') return MEMORY;
    const { scalar } = first.field.abi;
    found.push({ scalar, offset: first.offset });
  }
  const [one] = found;
  if (one === undefined || !found.every(f => f.offset === one.offset && f.scalar.size === one.scalar.size && f.scalar.type === one.scalar.type)) return MEMORY;
  const shared: Scalar = { ...one.scalar, pointer: found.some(f => f.scalar.pointer) };
  return pairAbi(tag, full(shared), 0, one.offset, size, align);
}

function tagSize(min: bigint, max: bigint, representation: Representation): { size: number; signed: boolean } {
  const { int } = representation;
  if (int !== null && int.kind === 'int') return { size: intSize(int.name), signed: int.name.startsWith('i') };
  const least = representation.c ? 4 : 1;
  const signed = min < 0n;
  for (const size of [1, 2, 4]) {
    if (size < least) continue;
    const bits = BigInt(size * 8);
    if (signed ? min >= -(1n << (bits - 1n)) && max < 1n << (bits - 1n) : max < 1n << bits) return { size, signed };
  }
  return { size: 8, signed };
}
