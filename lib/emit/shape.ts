/**
 * Shapes: how a type's values look to code. Size, alignment, whether a value is nothing, one machine value, two, or bytes in
 * memory; where fields are; how the variant is told. In: a whole type. Out: one object per type, made from its layout.
 * Invariant: the parts of a `pair` do not overlap, the first is at offset 0.
 */
import type { IntKind, ValueType } from '../../vm/code/values.ts';

/** A machine value's kind in memory; `ptr` is 4 bytes and may carry provenance. */
export type Prim = IntKind | 'f32' | 'f64' | 'ptr';

export type Abi =
  | { readonly kind: 'zero' }
  | { readonly kind: 'scalar'; readonly prim: Prim }
  /** `at`: offset of the second. */
  | { readonly kind: 'pair'; readonly first: Prim; readonly second: Prim; readonly at: number }
  | { readonly kind: 'memory' };

export type Tag =
  /** The discriminant stands at `at`; `values[variant]` is its bits as `prim` keeps them. */
  | { readonly kind: 'direct'; readonly at: number; readonly prim: Prim; readonly values: readonly bigint[] }
  /** Values of a field that it never has stand for the other variants: `start` for variant `first`, and so on to `last`. `start` is unsigned bits. */
  | { readonly kind: 'niche'; readonly at: number; readonly prim: Prim; readonly dataful: number; readonly start: bigint; readonly first: number; readonly last: number };

export interface Shape {
  readonly size: number;
  readonly align: number;
  readonly abi: Abi;
  /** Offsets of fields by variant; structs, tuples and closures have one. */
  readonly offsets: readonly (readonly number[])[];
  /** Null: one variant, or none. */
  readonly tag: Tag | null;
  /** Index of the only variant when `tag` is null in an enum. */
  readonly only: number;
}

export const primSize = (prim: Prim): number => {
  switch (prim) {
    case 'i8': case 'u8': return 1;
    case 'i16': case 'u16': return 2;
    case 'i64': case 'u64': case 'f64': return 8;
    default: return 4;
  }
};

export const valueType = (prim: Prim): ValueType => (prim === 'f32' || prim === 'f64' ? prim : prim === 'i64' || prim === 'u64' ? 'i64' : 'i32');

/** The machine values of an abi. */
export function prims(abi: Abi): readonly Prim[] {
  if (abi.kind === 'scalar') return [abi.prim];
  if (abi.kind === 'pair') return [abi.first, abi.second];
  return [];
}

export const offsetsOf = (abi: Abi): readonly number[] => (abi.kind === 'pair' ? [0, abi.at] : abi.kind === 'scalar' ? [0] : []);
export const valueTypes = (abi: Abi): readonly ValueType[] => prims(abi).map(valueType);
export const isSigned = (prim: Prim): boolean => prim.startsWith('i');

/** The integer kind of a prim; pointers count as `u32`. */
export const intKind = (prim: Prim): IntKind => {
  if (prim === 'ptr') return 'u32';
  if (prim === 'f32' || prim === 'f64') throw new Error('a float is no integer');
  return prim;
};

/** A number's bits as a value of `prim` keeps them: sign- or zero-extended, as a number that the immediate takes. */
export function keep(prim: Prim, value: bigint): bigint {
  const bits = primSize(prim) * 8;
  return isSigned(prim) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}
