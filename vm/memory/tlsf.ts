import type { Allocator } from './allocator.ts';
import { createBump } from './bump.ts';
import type { Space } from './space.ts';

export function createTlsf(space: Space, base: number): Allocator {
  return createBump(space, base);
}
