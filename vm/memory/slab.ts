import type { Allocator } from './allocator.ts';
import { createBump } from './bump.ts';
import type { Space } from './space.ts';

export function createSlab(space: Space, base: number): Allocator {
  return createBump(space, base);
}
