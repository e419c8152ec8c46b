/**
 * Traits in scope at a module or block: what method look-up may use. Those defined or imported there and in the blocks around, then the prelude's.
 */
import type { DefId } from '../types/type.ts';
import { PRELUDE } from './lookup.ts';
import type { ModuleScope, World } from './table.ts';

const caches = new WeakMap<World, Map<DefId, readonly DefId[]>>();

export function traitsAround(world: World, scope: ModuleScope): readonly DefId[] {
  let cache = caches.get(world);
  if (cache === undefined) caches.set(world, (cache = new Map()));
  const known = cache.get(scope.id);
  if (known !== undefined) return known;
  const found = new Set<DefId>();
  let at: ModuleScope | undefined = scope;
  while (at !== undefined) {
    take(world, at, found);
    if (at.kind === 'module') break;
    at = at.parent === null ? undefined : world.modules.get(at.parent);
  }
  const prelude = world.modules.get(PRELUDE);
  if (prelude !== undefined) take(world, prelude, found);
  const list = [...found];
  cache.set(scope.id, list);
  return list;
}

function take(world: World, scope: ModuleScope, out: Set<DefId>): void {
  for (const binding of scope.types.values()) {
    if (binding.res.kind === 'def' && world.modules.get(binding.res.def)?.kind === 'trait') out.add(binding.res.def);
  }
  for (const { trait } of scope.unnamed) out.add(trait);
}
