import type { Allocator } from './allocator.ts';
import type { Access, BlockFacts, Fault } from './fault.ts';
import type { HeapOptions } from './heap.ts';
import type { Space } from './space.ts';
import type { Statistics } from './statistics.ts';

/** What the debug profile adds. Numbers are block numbers: a pointer carries the number of the block that it was made from, 0 if unknown. */
export interface Sanitizer {
  alloc(size: number, align: number, family: number, site: number): number;
  free(address: number, family: number, site: number): Fault | null;
  /** What `free` or `realloc` would find wrong. */
  mayFree(address: number, family: number, access: Access): Fault | null;
  /** Always moves. The address is known to be a live block of the family. */
  realloc(address: number, size: number, family: number, site: number): number;
  sizeOf(address: number): number;

  /** The number of the block that holds this address, dead ones included; what a pointer made from it should carry. */
  numberAt(address: number): number;
  block(number: number): BlockFacts | null;
  blockAt(address: number): BlockFacts | null;
  blocks(visit: (block: BlockFacts) => void): void;

  /** By the shadow alone. The engine's fast path: `u8[shadow.start + (address >>> 3)] === 0` needs no call. */
  checkAccess(address: number, size: number, access: Access): Fault | null;
  /** By the pointer's block, then by the shadow. */
  checkPointer(number: number, address: number, size: number, access: Access): Fault | null;
  /** `memcpy`'s two ranges must not overlap. */
  checkCopy(to: number, from: number, size: number): Fault | null;
  checkWritten(address: number, size: number, access: Access): Fault | null;

  /** Initialisation by byte. */
  written(address: number, size: number): void;
  unwritten(address: number, size: number): void;
  isWritten(address: number, size: number): boolean;
  /** Initialisation and provenance of a copied range go along. Ranges may overlap. */
  copied(to: number, from: number, size: number): void;

  /** Which block the pointer stored in this aligned word belongs to; 0 when it is no pointer. */
  provenance(address: number): number;
  setProvenance(address: number, number: number): void;
  /** Non-pointer bytes were stored here. */
  clearProvenance(address: number, size: number): void;

  /** A stack slot comes into scope (uninitialised); returns its block number. `dynamic` for `stack_alloc`. */
  slotLive(address: number, size: number, site: number, dynamic: boolean): number;
  slotDead(number: number, site: number): void;
  /** A frame is gone: all bytes of `[from, to)` on the stack, and every slot there that is still live. */
  frameGone(from: number, to: number, site: number): void;
  /** A static's bytes; returns its block number. */
  staticLive(address: number, size: number): number;

  poison(address: number, size: number): void;
  unpoison(address: number, size: number): void;
  invariants(): string[];
}

export function createSanitizer(_space: Space, _inner: Allocator, _statistics: Statistics, _options: HeapOptions): Sanitizer {
  throw new Error('the sanitizer is not built yet');
}
