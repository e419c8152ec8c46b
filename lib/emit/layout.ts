/**
 * Layout of types in memory, by rustc's rules: fields are reordered to shrink padding (unless `@repr(C)`), enums use values that a field
 * never has (niches) for their other variants where that is smaller, structs of one or two machine values are those values.
 * In: a whole type and what its fields are. Out: a shape, once per type. Sizes and offsets are final: data and code agree by them.
 */
import type { Definitions, Representation } from '../types/definition.ts';
import type { Type } from '../types/type.ts';
import { type Abi, keep, type Prim, prims, primSize, type Shape, type Tag } from './shape.ts';

/** Values that a machine value at `at` never has: all outside of `low..=high` (unsigned, may wrap). */
interface Niche {
  readonly at: number;
  readonly prim: Prim;
  readonly low: bigint;
  readonly high: bigint;
}

export interface Layout extends Shape {
  readonly niche: Niche | null;
  readonly uninhabited: boolean;
}

export interface LayoutInput {
  readonly definitions: Definitions;
  /** Types of fields, of a variant for enums. */
  fields(type: Type, variant: number | null): readonly Type[];
  isLang(type: Type, name: string): boolean;
  readonly known: Map<Type, Layout>;
}

const bitsOf = (prim: Prim): number => primSize(prim) * 8;
const maxOf = (prim: Prim): bigint => (1n << BigInt(bitsOf(prim))) - 1n;
const up = (at: number, align: number): number => Math.ceil(at / align) * align;

function available(niche: Niche | null): bigint {
  if (niche === null) return 0n;
  const max = maxOf(niche.prim);
  return BigInt.asUintN(bitsOf(niche.prim), niche.low - niche.high - 1n) & max;
}

const zero = (align = 1): Layout => ({ size: 0, align, abi: { kind: 'zero' }, offsets: [[]], tag: null, only: 0, niche: null, uninhabited: false });
const scalar = (prim: Prim, niche: readonly [bigint, bigint] | null = null): Layout => ({
  size: primSize(prim), align: primSize(prim), abi: { kind: 'scalar', prim }, offsets: [[0]], tag: null, only: 0, uninhabited: false,
  niche: niche === null ? null : { at: 0, prim, low: niche[0], high: niche[1] },
});
const NON_NULL = [1n, 0xffff_ffffn] as const;
/** Address and meta data. */
const fat = (second: Prim, nonNull: boolean): Layout => ({
  size: 8, align: 4, abi: { kind: 'pair', first: 'ptr', second, at: 4 }, offsets: [[0, 4]], tag: null, only: 0, uninhabited: false,
  niche: nonNull ? { at: 0, prim: 'ptr', low: NON_NULL[0], high: NON_NULL[1] } : null,
});

export function layoutOf(input: LayoutInput, type: Type): Layout {
  let known = input.known.get(type);
  if (known === undefined) {
    known = compute(input, type);
    input.known.set(type, known);
  }
  return known;
}

function compute(input: LayoutInput, type: Type): Layout {
  switch (type.kind) {
    case 'int': return scalar(type.name === 'isize' ? 'i32' : type.name === 'usize' ? 'u32' : type.name);
    case 'float': return scalar(type.name);
    case 'bool': return scalar('u8', [0n, 1n]);
    case 'char': return scalar('u32', [0n, 0x10ffffn]);
    case 'never': return { ...zero(), uninhabited: true };
    case 'fnDef': return zero();
    case 'fnPtr': return scalar('u32', NON_NULL);
    case 'ref': case 'ptr': return pointerTo(input, type.inner, type.kind === 'ref');
    case 'array': {
      const element = layoutOf(input, type.element);
      const count = type.length.kind === 'const' ? Number(type.length.value) : 0;
      const size = element.size * count;
      return { ...zero(element.align), size, abi: size === 0 ? { kind: 'zero' } : { kind: 'memory' }, niche: count > 0 ? element.niche : null, uninhabited: count > 0 && element.uninhabited };
    }
    case 'slice': return { ...zero(layoutOf(input, type.element).align), abi: { kind: 'memory' } };
    case 'str': case 'dyn': return { ...zero(), abi: { kind: 'memory' } };
    case 'tuple': return struct(type.elements.map(t => layoutOf(input, t)), null, 'struct', isUnsized(input, type.elements.at(-1)));
    case 'closure': return struct(input.fields(type, null).map(t => layoutOf(input, t)), null, 'struct', false);
    case 'adt': return adtLayout(input, type);
    default: throw new Error(`a ${type.kind} has no layout`);
  }
}

function tail(input: LayoutInput, type: Type): Type | null {
  if (type.kind === 'slice' || type.kind === 'str' || type.kind === 'dyn') return type;
  if (type.kind === 'adt' && input.definitions.byId.get(type.def)?.kind === 'struct') {
    const last = input.fields(type, null).at(-1);
    return last === undefined ? null : tail(input, last);
  }
  if (type.kind === 'tuple') { const last = type.elements.at(-1); return last === undefined ? null : tail(input, last); }
  return null;
}
const isUnsized = (input: LayoutInput, type: Type | undefined): boolean => type !== undefined && tail(input, type) !== null;

function pointerTo(input: LayoutInput, inner: Type, nonNull: boolean): Layout {
  const end = tail(input, inner);
  if (end === null) return scalar('ptr', nonNull ? NON_NULL : null);
  return fat(end.kind === 'dyn' ? 'ptr' : 'u32', nonNull);
}

/** Fields after one another; `variant`: behind a tag of `prefix` bytes, small alignments first. */
function struct(fields: readonly Layout[], representation: Representation | null, of: 'struct' | 'variant', unsized: boolean, prefix = 0, prefixAlign = 1): Layout {
  const packed = representation?.packed ?? false;
  const alignOf = (f: Layout): number => (packed ? 1 : f.align);
  const order = fields.map((_, i) => i);
  const align_ = (i: number): number => { const f = fields[i]; return f === undefined ? 1 : alignOf(f); };
  if (representation?.c !== true) {
    const movable = unsized ? order.slice(0, -1) : order;
    movable.sort((a, b) => (of === 'struct' ? align_(b) - align_(a) : align_(a) - align_(b)) || a - b);
    if (unsized) movable.push(fields.length - 1);
    order.splice(0, order.length, ...movable);
  }
  const offsets = new Array<number>(fields.length).fill(0);
  let at = prefix;
  let align = packed ? 1 : prefixAlign;
  let niche: Niche | null = null;
  let uninhabited = false;
  for (const i of order) {
    const f = fields[i];
    if (f === undefined) continue;
    at = up(at, alignOf(f));
    offsets[i] = at;
    align = Math.max(align, alignOf(f));
    if (f.niche !== null && available(f.niche) > available(niche)) niche = { ...f.niche, at: f.niche.at + at };
    uninhabited ||= f.uninhabited;
    at += f.size;
  }
  if (representation?.align != null) align = Math.max(align, representation.align);
  const size = up(at, align);
  const abi: Abi = unsized ? { kind: 'memory' } : size === 0 ? { kind: 'zero' } : prefix > 0 ? { kind: 'memory' } : valuesOf(fields, offsets);
  return { size, align, abi, offsets: [offsets], tag: null, only: 0, niche, uninhabited };
}

/** One or two machine values, when that is all there is. */
function valuesOf(fields: readonly Layout[], offsets: readonly number[]): Abi {
  const parts: { prim: Prim; at: number }[] = [];
  for (const [i, f] of fields.entries()) {
    if (f.size === 0) continue;
    if (f.abi.kind === 'memory') return { kind: 'memory' };
    for (const [k, prim] of prims(f.abi).entries()) parts.push({ prim, at: (offsets[i] ?? 0) + (k === 1 && f.abi.kind === 'pair' ? f.abi.at : 0) });
    if (parts.length > 2) return { kind: 'memory' };
  }
  parts.sort((a, b) => a.at - b.at);
  const [first, second] = parts;
  if (first === undefined || first.at !== 0) return { kind: 'memory' };
  return second === undefined ? { kind: 'scalar', prim: first.prim } : { kind: 'pair', first: first.prim, second: second.prim, at: second.at };
}

function adtLayout(input: LayoutInput, type: Extract<Type, { kind: 'adt' }>): Layout {
  const definition = input.definitions.byId.get(type.def);
  if (definition?.kind === 'struct') {
    const types = input.fields(type, null);
    const whole = struct(types.map(t => layoutOf(input, t)), definition.representation, 'struct', isUnsized(input, types.at(-1)));
    if (input.isLang(type, 'owned_box') || input.isLang(type, 'NonNull')) return whole.niche === null ? { ...whole, niche: { at: whole.offsets[0]?.[0] ?? 0, prim: 'ptr', low: NON_NULL[0], high: NON_NULL[1] } } : whole;
    if (input.isLang(type, 'unsafe_cell')) return { ...whole, niche: null };
    if (input.isLang(type, 'maybe_uninit')) return { ...whole, niche: null, uninhabited: false };
    return whole;
  }
  if (definition?.kind !== 'enum') throw new Error(`${type.def} is no type`);
  const variants = definition.variants.map((_, i) => input.fields(type, i).map(t => layoutOf(input, t)));
  return enumLayout(variants, definition.variants.map(v => v.discriminant), definition.representation);
}

function enumLayout(variants: readonly (readonly Layout[])[], discriminants: readonly bigint[], representation: Representation): Layout {
  const forced = representation.int !== null || representation.c;
  const absent = variants.map(fields => fields.some(f => f.uninhabited) && fields.every(f => f.size === 0));
  const present = variants.flatMap((_, i) => (absent[i] === true ? [] : [i]));
  const empty = variants.map(fields => fields.map(() => 0));
  if (!forced && present.length <= 1) {
    const [only] = present;
    if (only === undefined) return { ...zero(), uninhabited: true, offsets: empty };
    const one = struct(variants[only] ?? [], representation, 'struct', false);
    return { ...one, offsets: variants.map((_, i) => (i === only ? (one.offsets[0] ?? []) : (empty[i] ?? []))), only };
  }
  const tagged = taggedLayout(variants, discriminants, representation, absent);
  const niched = forced ? null : nicheLayout(variants, representation, present, absent);
  if (niched === null) return tagged;
  if (niched.size < tagged.size || (niched.size === tagged.size && available(niched.niche) > available(tagged.niche))) return niched;
  return tagged;
}

/** The other variants as values that a field of the largest one never has. */
function nicheLayout(variants: readonly (readonly Layout[])[], representation: Representation, present: readonly number[], absent: readonly boolean[]): Layout | null {
  const own = variants.map(fields => struct(fields, representation, 'struct', false));
  let largest = present[0] ?? 0;
  for (const i of present) if ((own[i]?.size ?? 0) > (own[largest]?.size ?? 0)) largest = i;
  const dataful = own[largest];
  if (dataful === undefined || dataful.niche === null) return null;
  const others = present.filter(i => i !== largest);
  const first = others[0];
  const last = others.at(-1);
  if (first === undefined || last === undefined) return null;
  const count = BigInt(last - first + 1);
  const { niche } = dataful;
  if (available(niche) < count) return null;
  const bits = bitsOf(niche.prim);
  const wrap = (v: bigint): bigint => BigInt.asUintN(bits, v);
  // As rustc: prefer to take in zero, from whichever end is nearer.
  const max = maxOf(niche.prim);
  const fromEnd = { start: wrap(niche.high + 1n), low: niche.low, high: wrap(niche.high + count) };
  const fromStart = { start: wrap(niche.low - count), low: wrap(niche.low - count), high: niche.high };
  const toZero = max - niche.high;
  const taken = niche.low > niche.high ? fromEnd
    : niche.low <= toZero ? (count <= niche.low ? fromStart : fromEnd)
      : (fromEnd.high >= 1n && fromEnd.high <= niche.high ? fromStart : fromEnd);
  const at = niche.at;
  const end = at + primSize(niche.prim);
  const offsets: (readonly number[])[] = [];
  let { align } = dataful;
  let othersEmpty = true;
  for (const [i, fields] of variants.entries()) {
    const layout = own[i];
    if (i === largest) { offsets.push(dataful.offsets[0] ?? []); continue; }
    if (layout === undefined || absent[i] === true) { offsets.push(fields.map(() => 0)); continue; }
    align = Math.max(align, layout.align);
    if (layout.size > 0) othersEmpty = false;
    if (layout.size <= at) offsets.push(layout.offsets[0] ?? []);
    else {
      const by = up(end, layout.align);
      if (by + layout.size > dataful.size) return null;
      offsets.push((layout.offsets[0] ?? []).map(o => o + by));
    }
  }
  if (align > dataful.align) return null;
  const tag: Tag = { kind: 'niche', at, prim: niche.prim, dataful: largest, start: taken.start, first, last };
  return {
    size: dataful.size, align, abi: othersEmpty ? dataful.abi : { kind: 'memory' }, offsets, tag, only: largest, uninhabited: false,
    niche: { at, prim: niche.prim, low: taken.low, high: taken.high },
  };
}

function taggedLayout(variants: readonly (readonly Layout[])[], discriminants: readonly bigint[], representation: Representation, absent: readonly boolean[]): Layout {
  const values = discriminants.filter((_, i) => absent[i] !== true);
  let low = values[0] ?? 0n;
  let high = low;
  for (const v of values) { if (v < low) low = v; if (v > high) high = v; }
  let prim = representation.int?.kind === 'int' ? intPrim(representation.int.name) : representation.c ? 'i32' : smallest(low, high);
  const build = (tag: Prim): { layouts: Layout[]; size: number; align: number } => {
    const layouts = variants.map(fields => struct(fields, representation, 'variant', false, primSize(tag), primSize(tag)));
    const align = Math.max(primSize(tag), ...layouts.map(l => l.align));
    return { layouts, align, size: up(Math.max(primSize(tag), ...layouts.filter((_, i) => absent[i] !== true).map(l => l.size)), align) };
  };
  let built = build(prim);
  if (representation.int === null && !representation.c) {
    // A wider tag where there is padding behind it anyway: no narrow loads.
    const starts = variants.flatMap((fields, i) => fields.flatMap((f, k) => (f.size > 0 ? [built.layouts[i]?.offsets[0]?.[k] ?? 0] : [])));
    const room = Math.min(4, built.align, ...(starts.length === 0 ? [primSize(prim)] : starts));
    const wide: Prim | null = room >= 4 ? (low < 0n ? 'i32' : 'u32') : room >= 2 ? (low < 0n ? 'i16' : 'u16') : null;
    if (wide !== null && primSize(wide) > primSize(prim)) {
      const again = build(wide);
      if (again.size === built.size) { built = again; prim = wide; }
    }
  }
  const tag: Tag = { kind: 'direct', at: 0, prim, values: discriminants.map(d => keep(prim, d)) };
  const bits = bitsOf(prim);
  const niche: Niche = { at: 0, prim, low: BigInt.asUintN(bits, low), high: BigInt.asUintN(bits, high) };
  return {
    size: built.size, align: built.align, abi: taggedAbi(prim, variants, built.layouts), offsets: built.layouts.map(l => l.offsets[0] ?? []), tag, only: 0,
    niche: available(niche) > 0n ? niche : null, uninhabited: false,
  };
}

/** Tag alone, or tag and one machine value that all variants with data have at the same place. */
function taggedAbi(tag: Prim, variants: readonly (readonly Layout[])[], layouts: readonly Layout[]): Abi {
  let common: { prim: Prim; at: number } | null = null;
  for (const [i, fields] of variants.entries()) {
    const real = fields.flatMap((f, k) => (f.size > 0 ? [{ f, at: layouts[i]?.offsets[0]?.[k] ?? 0 }] : []));
    if (real.length === 0) continue;
    const [only, more] = real;
    if (only === undefined || more !== undefined || only.f.abi.kind !== 'scalar') return { kind: 'memory' };
    const { prim } = only.f.abi;
    if (common === null) common = { prim, at: only.at };
    else {
      if (common.at !== only.at || primSize(common.prim) !== primSize(prim) || isFloat(common.prim) !== isFloat(prim)) return { kind: 'memory' };
      if (prim === 'ptr') common = { prim, at: only.at };
    }
  }
  return common === null ? { kind: 'scalar', prim: tag } : { kind: 'pair', first: tag, second: common.prim, at: common.at };
}
const isFloat = (prim: Prim): boolean => prim === 'f32' || prim === 'f64';

const intPrim = (name: string): Prim => (name === 'isize' ? 'i32' : name === 'usize' ? 'u32' : (name as Prim));

function smallest(low: bigint, high: bigint): Prim {
  if (low < 0n) return low >= -128n && high <= 127n ? 'i8' : low >= -32768n && high <= 32767n ? 'i16' : low >= -0x8000_0000n && high <= 0x7fff_ffffn ? 'i32' : 'i64';
  return high <= 0xffn ? 'u8' : high <= 0xffffn ? 'u16' : high <= 0xffff_ffffn ? 'u32' : 'u64';
}
