/**
 * Scalars as memory holds them, with the values they may have, and niches: places whose unused values can stand for other variants. The
 * arithmetic is rustc's. Valid values run from `start` to `end`, both as unsigned numbers of the scalar's width, and may wrap around.
 */
export type ValType = 'i32' | 'i64' | 'f32' | 'f64';

export interface Scalar {
  /** Type of the operand that carries it. */
  readonly type: ValType;
  /** Bytes in memory: 1, 2, 4, 8. */
  readonly size: number;
  readonly signed: boolean;
  readonly pointer: boolean;
  readonly start: bigint;
  readonly end: bigint;
}

export interface Niche {
  readonly offset: number;
  readonly scalar: Scalar;
}

export const maskOf = (size: number): bigint => (1n << BigInt(size * 8)) - 1n;

export function integer(size: number, signed: boolean, start = 0n, end = maskOf(size)): Scalar {
  return { type: size === 8 ? 'i64' : 'i32', size, signed, pointer: false, start, end };
}

export const floating = (size: 4 | 8): Scalar => ({ type: size === 8 ? 'f64' : 'f32', size, signed: false, pointer: false, start: 0n, end: maskOf(size) });

export const pointer = (nonNull: boolean): Scalar => ({ type: 'i32', size: 4, signed: false, pointer: true, start: nonNull ? 1n : 0n, end: maskOf(4) });

/** The scalar with every bit pattern allowed. */
export const full = (s: Scalar): Scalar => (s.start === 0n && s.end === maskOf(s.size) ? s : { ...s, start: 0n, end: maskOf(s.size) });

/** How many values are unused. */
export const available = (s: Scalar): bigint => (s.start - s.end - 1n) & maskOf(s.size);

export function nicheOf(offset: number, scalar: Scalar): Niche | null {
  return available(scalar) > 0n && scalar.type !== 'f32' && scalar.type !== 'f64' ? { offset, scalar } : null;
}

/** Takes `count` unused values: the first of them, and the scalar that allows them. Prefers to keep or take zero as rustc does. */
export function reserve(s: Scalar, count: bigint): { readonly start: bigint; readonly scalar: Scalar } | null {
  if (count > available(s)) return null;
  const max = maskOf(s.size);
  const moveStart = (): { start: bigint; scalar: Scalar } => {
    const start = (s.start - count) & max;
    return { start, scalar: { ...s, start } };
  };
  const moveEnd = (): { start: bigint; scalar: Scalar } => ({ start: (s.end + 1n) & max, scalar: { ...s, end: (s.end + count) & max } });
  if (s.start > s.end) return moveEnd();
  if (s.start <= max - s.end) return count <= s.start ? moveStart() : moveEnd();
  const end = (s.end + count) & max;
  const overlapsZero = end >= 1n && end <= s.end;
  return overlapsZero ? moveStart() : moveEnd();
}
