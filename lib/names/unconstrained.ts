/**
 * E0581 and E0582: a lifetime that a `for['a]` brings in and a result mentions must stand in what is given, or a caller could not choose it.
 * In: the result and what is given, both seen from inside the binder. Out: the name of a lifetime that nothing gives. Cost: linear in the types.
 */
import { parts, type Type } from '../types/type.ts';

/** Calls `met` with the number of each lifetime of the binder that is `depth` binders out. A projection says nothing of what stands in it. */
function each(t: Type, depth: number, through: boolean, met: (index: number, name: string) => void): void {
  if (t.kind === 'region') {
    if (t.region.of === 'bound' && t.region.depth === depth) met(t.region.index, t.region.name);
    return;
  }
  if (t.kind === 'projection' && !through) return;
  if (t.kind === 'dyn') {
    for (const part of parts(t)) each(part, part === t.region ? depth : depth + 1, through, met);
    return;
  }
  const inner = t.kind === 'fnPtr' ? depth + 1 : depth;
  for (const part of parts(t)) each(part, inner, through, met);
}

export function unconstrained(result: Type, given: readonly Type[]): string | null {
  const seen = new Set<number>();
  for (const t of given) each(t, 0, false, index => seen.add(index));
  let found: string | null = null;
  each(result, 0, true, (index, name) => { if (!seen.has(index)) found ??= name; });
  return found;
}
