/**
 * What every allocator of the system looks like from outside. One file each implements it over the bytes of a space; the heap puts
 * statistics' reading and, in the debug profile, the sanitizer around it. One contract spec puts each of them through the same.
 *
 * Rules: blocks are aligned to 16 or more; `alloc(0)` gives a unique non-null block; a block's requested size and its tag (a small
 * number, the family) are kept in memory beside it; nothing here throws, allocates host objects or uses BigInt on the paths of
 * `alloc`, `free` and `resize`.
 */

/** Answers of `free` and `sizeOf` that are no sizes. */
/** The address is not the start of a block. */
export const NOT_A_BLOCK = -1;
/** It is the start of a block that is already free. */
export const ALREADY_FREE = -2;
/** It is a live block of another tag; nothing was freed. */
export const OTHER_TAG = -3;

/**
 * One stretch of the heap as `walk` shows it. `address` and `size` are the block's as the program sees it (0 and 0 when free);
 * `from` and `to` bound every byte of the stretch, headers and rounding included.
 */
export type VisitBlock = (from: number, to: number, live: boolean, address: number, size: number, tag: number) => void;

export type VisitFree = (list: string, address: number, size: number) => void;

export interface Extent {
  /** Bytes taken from the space, `top - start`. */
  readonly footprint: number;
  /** Bytes that lie free inside, usable by later requests. */
  readonly free: number;
  /** The largest free stretch. */
  readonly largestFree: number;
}

export type AllocatorName = 'slab' | 'buddy' | 'tlsf' | 'bump';

/** Addresses of the words that compiled code needs to take a slot of a slab, and to put one back, by itself. */
export interface FastPath {
  readonly heads: number;
  readonly highest: number;
  readonly table: number;
  readonly start: number;
}

export interface Allocator {
  readonly name: AllocatorName;
  readonly fast?: FastPath;
  /** 0 when there is no room. `align` is a power of two; `tag` is 1 … 15. */
  alloc(size: number, align: number, tag: number): number;
  /** The requested size of the freed block, or one of the answers above. `tag` 0 frees a block of any tag. */
  free(address: number, tag: number): number;
  /** True when the block could be given this size where it stands. */
  resize(address: number, size: number): boolean;
  /** The requested size of the live block that starts here, or what `free` would answer. */
  sizeOf(address: number): number;
  /** The tag of the live block that starts here, or 0. */
  tagOf(address: number): number;
  /** The start of the live block that holds this address, or 0. May cost a walk. */
  find(address: number): number;
  walk(visit: VisitBlock): void;
  extent(): Extent;
  /** Where blocks can stand: below are the allocator's own words, above nothing was taken yet. */
  range(): { readonly from: number; readonly to: number };
  /** Pairs of from and to: outside of these no byte of the heap was ever written by the allocator or handed out. */
  used(): readonly number[];
  /** Free memory as it is listed: list by list, each from its head on, with the address and the bytes it could give. */
  lists(visit: VisitFree): void;
  /** Recomputes all that must hold; what does not, in words. */
  invariants(): string[];
}
