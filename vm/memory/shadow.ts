/**
 * The shadow: one byte for each eight of memory, in AddressSanitizer's encoding, so that compiled code can look at it inline.
 *
 *     0          all eight bytes may be touched
 *     1 … 7      the first k may be touched
 *     0x80 …     none may; the value says why (below)
 *     0xe1       mixed: which ones is kept by the byte in a map aside (AddressSanitizer has no such value)
 *
 * In: ranges of bytes, of any alignment. Out: the first byte of a range that may not be touched, and why.
 * Invariant: a granule is mixed only if 0 … 7 and "none" cannot say it. Cost: size / 8; the usual granule costs one store.
 */
import type { Space } from './space.ts';

export const RED_ZONE = 0xfa;
export const FREED = 0xfd;
export const POISONED = 0xf7;
export const STACK_BETWEEN = 0xf2;
export const AFTER_RETURN = 0xf5;
export const AFTER_SCOPE = 0xf8;
export const STATIC_ZONE = 0xf9;
export const DYNAMIC_ZONE = 0xcb;
export const MIXED = 0xe1;

export interface Shadow {
  /** The shadow byte of `a` is at `base + (a >>> 3)`. */
  readonly base: number;
  poison(address: number, size: number, code: number): void;
  unpoison(address: number, size: number): void;
  /** The first byte in the range that may not be touched, or -1. */
  firstPoisoned(address: number, size: number): number;
  /** Why this byte may not be touched; 0 when it may. */
  codeAt(address: number): number;
  /** What is kept aside of the shadow's bytes, and back. */
  keep(): ReadonlyMap<number, number>;
  restore(kept: ReadonlyMap<number, number>): void;
}

interface Mix {
  /** Bit i: byte i may not be touched. */
  mask: number;
  code: number;
}

export function createShadow(space: Space): Shadow {
  const base = space.map.shadow.start;
  if (space.map.shadow.end === base) throw new Error('the space has no shadow');
  const mixed = new Map<number, Mix>();

  function maskOf(granule: number): number {
    const value = space.u8[base + granule] as number;
    if (value === 0) return 0;
    if (value < 8) return (0xff << value) & 0xff;
    return value === MIXED ? (mixed.get(granule) as Mix).mask : 0xff;
  }

  /** Sets bytes `from` … `to - 1` of one granule. `code` 0 opens them. */
  function setPart(granule: number, from: number, to: number, code: number): void {
    const part = ((1 << (to - from)) - 1) << from;
    const before = maskOf(granule);
    const mask = code === 0 ? before & ~part : before | part;
    if (mask === before && code === 0) return;
    const u8 = space.u8;
    if (u8[base + granule] === MIXED) mixed.delete(granule);
    if (mask === 0) u8[base + granule] = 0;
    else if (mask === 0xff) u8[base + granule] = code === 0 ? POISONED : code;
    else {
      const open = 31 - Math.clz32(mask & -mask);
      if (mask === ((0xff << open) & 0xff)) u8[base + granule] = open;
      else {
        u8[base + granule] = MIXED;
        mixed.set(granule, { mask, code: code === 0 ? POISONED : code });
      }
    }
  }

  function set(address: number, size: number, code: number): void {
    if (size <= 0) return;
    const end = address + size;
    let granule = address >>> 3;
    const last = end >>> 3;
    if ((address & 7) !== 0) {
      setPart(granule, address & 7, granule === last ? end & 7 : 8, code);
      if (granule === last) return;
      granule++;
    }
    const u8 = space.u8;
    if (mixed.size > 0) for (let g = granule; g < last; g++) if (u8[base + g] === MIXED) mixed.delete(g);
    fillBytes(base + granule, base + last, code);
    if ((end & 7) === 0) return;
    const tail = u8[base + last] as number;
    if (code === 0 && tail >= 0x80 && tail !== MIXED) u8[base + last] = end & 7;
    else setPart(last, 0, end & 7, code);
  }

  /** Bytes `[from, to)`, by words where it can: most blocks have some dozen shadow bytes, too few for `fill` to be worth its call. */
  function fillBytes(from: number, to: number, code: number): void {
    const u8 = space.u8;
    if (to - from > 256) {
      u8.fill(code, from, to);
      return;
    }
    let at = from;
    while (at < to && (at & 3) !== 0) u8[at++] = code;
    const words = space.i32;
    const four = code * 0x01010101;
    for (; at + 4 <= to; at += 4) words[at >>> 2] = four;
    while (at < to) u8[at++] = code;
  }

  function firstPoisoned(address: number, size: number): number {
    const u8 = space.u8;
    const end = address + size;
    if (size <= 8 && (u8[base + (address >>> 3)] as number) === 0 && (u8[base + ((end - 1) >>> 3)] as number) === 0) return -1;
    for (let granule = address >>> 3; granule << 3 < end; granule++) {
      const value = u8[base + granule] as number;
      if (value === 0) continue;
      const first = granule << 3;
      const from = Math.max(address, first);
      if (value < 8) {
        const bad = Math.max(from, first + value);
        if (bad < end && bad < first + 8) return bad;
      } else if (value === MIXED) {
        const mask = maskOf(granule);
        for (let byte = from; byte < end && byte < first + 8; byte++) if (((mask >>> (byte - first)) & 1) !== 0) return byte;
      } else return from;
    }
    return -1;
  }

  return {
    base,
    poison: set,
    unpoison: (address, size) => set(address, size, 0),
    firstPoisoned,
    keep: () => new Map([...mixed].map(([granule, { mask, code }]) => [granule, mask | (code << 8)])),
    restore(kept) {
      mixed.clear();
      for (const [granule, both] of kept) mixed.set(granule, { mask: both & 0xff, code: both >>> 8 });
    },
    codeAt(address) {
      const granule = address >>> 3;
      if (((maskOf(granule) >>> (address & 7)) & 1) === 0) return 0;
      const value = space.u8[base + granule] as number;
      if (value === MIXED) return (mixed.get(granule) as Mix).code;
      if (value >= 0x80) return value;
      // The rest of a partly open granule: what follows says why.
      const next = space.u8[base + granule + 1] as number;
      return next >= 0x80 && next !== MIXED ? next : POISONED;
    },
  };
}
