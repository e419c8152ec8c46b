/**
 * Constructors of values, for the exhaustiveness of patterns: what a type's values are made by, split so that each split constructor is
 * wholly inside or outside every pattern of a column. In: types and heads of patterns. Out: constructors, the types of their fields. After Maranget, as rustc does it.
 */
import { rangeOf } from './constant-arithmetic.ts';
import type { Definitions } from './definition.ts';
import { substitute, type Type } from './type.ts';

export type Constructor =
  /** The only one of a struct, tuple or reference. */
  | { readonly kind: 'single' }
  | { readonly kind: 'variant'; readonly index: number }
  /** Integers, chars and booleans, both ends included. */
  | { readonly kind: 'range'; readonly low: bigint; readonly high: bigint }
  /** Slices and arrays: exactly `prefix` elements (`suffix` null), or at least `prefix + suffix`. */
  | { readonly kind: 'slice'; readonly prefix: number; readonly suffix: number | null }
  /** A constant whose equals alone are known: texts, floats, null. `null` key: a constant that is not known at all. */
  | { readonly kind: 'literal'; readonly key: string | null; readonly text: string };

export type Pat =
  | { readonly kind: 'wild'; readonly type: Type }
  | { readonly kind: 'made'; readonly type: Type; readonly by: Constructor; readonly fields: readonly Pat[] }
  | { readonly kind: 'or'; readonly type: Type; readonly alternatives: readonly Pat[] };

export interface PatternTypes {
  readonly definitions: Definitions;
  readonly normalize: (type: Type) => Type;
}

export const wild = (type: Type): Pat => ({ kind: 'wild', type });

/** Types of what the constructor takes. */
export function fieldTypes(types: PatternTypes, type: Type, by: Constructor): readonly Type[] {
  const { definitions, normalize } = types;
  switch (by.kind) {
    case 'single':
      if (type.kind === 'tuple') return type.elements;
      if (type.kind === 'ref') return [type.inner];
      if (type.kind === 'adt') {
        const def = definitions.byId.get(type.def);
        return def?.kind === 'struct' ? def.variant.fields.map(f => normalize(substitute(f.type, type.args))) : [];
      }
      return [];
    case 'variant': {
      const def = type.kind === 'adt' ? definitions.byId.get(type.def) : undefined;
      if (def?.kind !== 'enum' || type.kind !== 'adt') return [];
      return def.variants[by.index]?.fields.map(f => normalize(substitute(f.type, type.args))) ?? [];
    }
    case 'slice': {
      const element = type.kind === 'slice' || type.kind === 'array' ? type.element : null;
      return element === null ? [] : new Array<Type>(by.prefix + (by.suffix ?? 0)).fill(element);
    }
    default: return [];
  }
}

/** Has the type no values? Types that hold themselves count as inhabited. */
export function isEmpty(types: PatternTypes, type: Type, depth = 0): boolean {
  if (depth > 6) return false;
  switch (type.kind) {
    case 'never': return true;
    case 'tuple': return type.elements.some(e => isEmpty(types, e, depth + 1));
    case 'array': return type.length.kind === 'const' && type.length.value > 0n && isEmpty(types, type.element, depth + 1);
    case 'adt': {
      const def = types.definitions.byId.get(type.def);
      if (def?.kind === 'struct') return fieldTypes(types, type, { kind: 'single' }).some(f => isEmpty(types, f, depth + 1));
      if (def?.kind === 'enum') return def.variants.every((_, index) => fieldTypes(types, type, { kind: 'variant', index }).some(f => isEmpty(types, f, depth + 1)));
      return false;
    }
    default: return false;
  }
}

export interface Split {
  /** Constructors that some pattern of the column has. */
  readonly present: readonly Constructor[];
  /** Constructors that none has. */
  readonly missing: readonly Constructor[];
  /** Values that cannot be listed are missing too (texts, floats, unknown types). */
  readonly open: boolean;
}

/** Splits the constructors of a type by those in a column. */
export function split(types: PatternTypes, type: Type, heads: readonly Constructor[]): Split {
  switch (type.kind) {
    case 'bool': return splitRanges(0n, 1n, heads);
    case 'char': {
      const low = splitRanges(0n, 0xd7ffn, heads);
      const high = splitRanges(0xe000n, 0x10ffffn, heads);
      return { present: [...low.present, ...high.present], missing: [...low.missing, ...high.missing], open: false };
    }
    case 'int': {
      const { min, max } = rangeOf(type.name);
      return splitRanges(min, max, heads);
    }
    case 'tuple': case 'ref': return splitSingle(heads);
    case 'adt': {
      const def = types.definitions.byId.get(type.def);
      if (def?.kind === 'struct') return splitSingle(heads);
      if (def?.kind !== 'enum') break;
      const used = new Set(heads.flatMap(h => (h.kind === 'variant' ? [h.index] : [])));
      const present: Constructor[] = [];
      const missing: Constructor[] = [];
      def.variants.forEach((_, index) => {
        const by: Constructor = { kind: 'variant', index };
        if (used.has(index)) present.push(by);
        else if (!fieldTypes(types, type, by).some(f => isEmpty(types, f))) missing.push(by);
      });
      return { present, missing, open: false };
    }
    case 'array':
      if (type.length.kind === 'const') {
        const by: Constructor = { kind: 'slice', prefix: Number(type.length.value), suffix: null };
        return heads.length > 0 ? { present: [by], missing: [], open: false } : { present: [], missing: [by], open: false };
      }
      break;
    case 'slice': return splitSlices(heads);
    case 'never': return { present: [], missing: [], open: false };
    default: break;
  }
  const keys = new Map<string, Constructor>();
  for (const h of heads) if (h.kind === 'literal' && h.key !== null) keys.set(h.key, h);
  return { present: [...keys.values()], missing: [], open: true };
}

function splitSingle(heads: readonly Constructor[]): Split {
  const by: Constructor = { kind: 'single' };
  return heads.length > 0 ? { present: [by], missing: [], open: false } : { present: [], missing: [by], open: false };
}

function splitRanges(min: bigint, max: bigint, heads: readonly Constructor[]): Split {
  // Boundaries: the first number of each piece.
  const starts = new Set<bigint>([min]);
  const ranges = heads.flatMap(h => (h.kind === 'range' ? [h] : []));
  for (const { low, high } of ranges) {
    if (low > min && low <= max) starts.add(low);
    if (high >= min && high < max) starts.add(high + 1n);
  }
  const sorted = [...starts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const present: Constructor[] = [];
  const missing: { kind: 'range'; low: bigint; high: bigint }[] = [];
  sorted.forEach((low, i) => {
    const next = sorted[i + 1];
    const high = next === undefined ? max : next - 1n;
    if (ranges.some(r => r.low <= low && high <= r.high)) present.push({ kind: 'range', low, high });
    else {
      const last = missing.at(-1);
      if (last !== undefined && last.high + 1n === low) last.high = high;
      else missing.push({ kind: 'range', low, high });
    }
  });
  return { present, missing, open: false };
}

/** Lengths up to the longest pattern one by one, then all longer ones as one. */
function splitSlices(heads: readonly Constructor[]): Split {
  let longest = 0;
  let maxPrefix = 0;
  let maxSuffix = 0;
  const slices = heads.flatMap(h => (h.kind === 'slice' ? [h] : []));
  for (const h of slices) {
    if (h.suffix === null) longest = Math.max(longest, h.prefix);
    else {
      maxPrefix = Math.max(maxPrefix, h.prefix);
      maxSuffix = Math.max(maxSuffix, h.suffix);
    }
  }
  // The open-ended piece must be longer than every fixed pattern, and have room for the longest ends.
  if (longest + 1 > maxPrefix + maxSuffix) maxPrefix = longest + 1 - maxSuffix;
  const pieces: Constructor[] = [];
  for (let n = 0; n < maxPrefix + maxSuffix; n++) pieces.push({ kind: 'slice', prefix: n, suffix: null });
  pieces.push({ kind: 'slice', prefix: maxPrefix, suffix: maxSuffix });
  const present: Constructor[] = [];
  const missing: Constructor[] = [];
  for (const piece of pieces) (slices.some(h => covers(h, piece)) ? present : missing).push(piece);
  return { present, missing, open: false };
}

/** Does a pattern's constructor take every value of the split one? */
export function covers(pattern: Constructor, piece: Constructor): boolean {
  switch (pattern.kind) {
    case 'single': return piece.kind === 'single';
    case 'variant': return piece.kind === 'variant' && piece.index === pattern.index;
    case 'range': return piece.kind === 'range' && pattern.low <= piece.low && piece.high <= pattern.high;
    case 'literal': return piece.kind === 'literal' && pattern.key !== null && piece.key === pattern.key;
    case 'slice': {
      if (piece.kind !== 'slice') return false;
      if (pattern.suffix === null) return piece.suffix === null && piece.prefix === pattern.prefix;
      const least = pattern.prefix + pattern.suffix;
      return piece.suffix === null ? piece.prefix >= least : piece.prefix >= pattern.prefix && piece.suffix >= pattern.suffix;
    }
  }
}

/** The pattern's fields spread over the fields of the split constructor that it covers. */
export function spread(types: PatternTypes, p: Pat & { kind: 'made' }, piece: Constructor): readonly Pat[] {
  if (p.by.kind !== 'slice' || piece.kind !== 'slice') return p.fields;
  const total = piece.prefix + (piece.suffix ?? 0);
  if (p.by.suffix === null || p.fields.length === total) return p.fields;
  const own = fieldTypes(types, p.type, piece);
  const front = p.fields.slice(0, p.by.prefix);
  const back = p.fields.slice(p.by.prefix);
  const middle = own.slice(front.length, total - back.length).map(wild);
  return [...front, ...middle, ...back];
}
