/**
 * A fault: what the memory has to say of a bad access or a bad release, as plain data. Wording is the report's business.
 * `kind` is AddressSanitizer's name where it has one, else one in its style. Sites are the machine's own numbers for call stacks;
 * 0 means unknown.
 */

export type FaultKind =
  | 'null-dereference'
  | 'wild-access'
  | 'heap-buffer-overflow'
  | 'heap-use-after-free'
  | 'stack-buffer-overflow'
  | 'stack-buffer-underflow'
  | 'dynamic-stack-buffer-overflow'
  | 'stack-use-after-return'
  | 'stack-use-after-scope'
  | 'global-buffer-overflow'
  | 'use-after-poison'
  | 'use-after-reset'
  | 'use-after-release'
  | 'use-after-drop'
  | 'use-of-uninitialized-value'
  | 'misaligned-access'
  | 'double-free'
  | 'double-release'
  | 'bad-free'
  | 'alloc-dealloc-mismatch'
  | 'new-delete-type-mismatch'
  | 'memcpy-param-overlap'
  | 'write-to-read-only'
  | 'invalid-pointer-pair'
  | 'invalid-bool'
  | 'invalid-char'
  | 'invalid-enum-tag'
  | 'negative-size-param'
  | 'invalid-allocation-alignment';

export type Access = 'alloc' | 'read' | 'write' | 'free' | 'realloc' | 'release' | 'call' | 'copy';

/** `live`, or how it died. */
export type BlockState = 'live' | 'freed' | 'reset' | 'released' | 'dropped' | 'returned' | 'left-scope';

/** What a block is: of the heap, a part that an arena, a pool or a user's allocator handed out, a local, `stack_alloc`'s, a static. */
export type BlockSort = 'heap' | 'part' | 'slot' | 'stack' | 'static';

export interface BlockFacts {
  /** The block's number: what a pointer carries as its provenance. 0 where nobody numbers blocks (outside the debug profile). */
  readonly number: number;
  /** The how manyth block of the heap it is, where that is counted: what people call it by. */
  readonly ordinal?: number;
  readonly address: number;
  /** As the program asked for. */
  readonly size: number;
  /** Which allocator interface it came from; `familyName` in `statistics.ts` prints it. */
  readonly family: number;
  readonly sort: BlockSort;
  readonly state: BlockState;
  readonly born: number;
  readonly died: number;
  /** The arena or pool that handed it out: born is where the region was made, died where it was last reset, or dropped. */
  readonly region: RegionFacts | null;
}

export interface RegionFacts {
  readonly number: number;
  readonly family: number;
  readonly made: number;
  /** Where it was last reset, or dropped; 0 when neither. */
  readonly ended: number;
  readonly dropped: boolean;
}

export interface Fault {
  readonly kind: FaultKind;
  readonly access: Access;
  readonly address: number;
  readonly size: number;
  /** The block that was meant or hit, when one is known. */
  readonly block: BlockFacts | null;
  /** `address - block.address`, 0 without a block. */
  readonly offset: number;
  /** Where the access lies: `across` begins inside and goes over the end. */
  readonly where: 'inside' | 'before' | 'after' | 'across' | 'unknown';
  /** How far: bytes from the block's nearer edge, 0 when inside or touching it. */
  readonly distance: number;
  /** The block whose bytes were really hit, when that is another one than `block`. */
  readonly hit?: BlockFacts;
  /** For a mismatch: the family of the function that was called. */
  readonly family?: number;
  /** The number that was read, where the type has no such value. */
  readonly value?: number;
  /** Where an unwritten value was read that decided something later. */
  readonly read?: number;
}

/** Makes a fault and computes how the access lies to the block. */
export function fault(
  kind: FaultKind,
  access: Access,
  address: number,
  size: number,
  block: BlockFacts | null = null,
  extra: Pick<Fault, 'hit' | 'family' | 'value'> = {},
): Fault {
  const offset = block ? address - block.address : 0;
  let where: Fault['where'] = 'unknown';
  let distance = 0;
  if (block) {
    if (offset < 0) {
      where = 'before';
      distance = -offset;
    } else if (offset >= block.size && !(offset === 0 && size === 0)) {
      where = 'after';
      distance = offset - block.size;
    } else {
      where = offset + size > block.size ? 'across' : 'inside';
    }
  }
  return { kind, access, address, size, block, offset, where, distance, ...extra };
}
