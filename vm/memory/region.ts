import type { Fault } from './fault.ts';
import type { Sanitizer } from './guard.ts';
import type { Statistics } from './statistics.ts';

/** Hooks for allocators that hand out parts of memory they took: arenas, pools, users' own. They work in every profile (statistics); in the debug profile the sanitizer takes part. */
export interface Regions {
  /** A region (an arena, a pool, a user's allocator) was made. `family` is ARENA, POOL or a user's. */
  make(family: number, site: number): number;
  /** The region took this memory: all of it is poisoned until it is handed out. */
  take(region: number, address: number, size: number): void;
  /** The region handed out a block. Returns the block's number (0 outside debug). */
  handOut(region: number, address: number, size: number, site: number): number;
  /** One block goes back (`pool_release`, a user's `free`). */
  giveBack(region: number, address: number, size: number, site: number): Fault | null;
  /** How many blocks have been handed out; for `rollback`. */
  mark(region: number): number;
  rollback(region: number, mark: number, site: number): void;
  /** Everything handed out is gone; the memory stays with the region. */
  reset(region: number, site: number): void;
  /** The region is gone. Call it before its memory is freed. */
  drop(region: number, site: number): void;
}

export function createRegions(_statistics: Statistics, _sanitizer: Sanitizer | null): Regions {
  const none = (): number => 0;
  return { make: none, take() {}, handOut: none, giveBack: () => null, mark: none, rollback() {}, reset() {}, drop() {} };
}
