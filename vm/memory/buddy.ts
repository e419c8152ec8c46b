import type { Allocator } from './allocator.ts';
import { createBump } from './bump.ts';
import type { Space } from './space.ts';

export function createBuddy(space: Space, base: number): Allocator {
  return createBump(space, base);
}
