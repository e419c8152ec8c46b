/**
 * Which item a trait's item is for whole types: the impl's own, or the trait's default. In: the trait's method or constant and its
 * arguments (Self and the trait's first, then its own). Out: definition and arguments; null when the compiler makes it itself.
 * Cost: one selection, which is cached by its goal.
 */
import type { Cx } from './builtin.ts';
import { evaluateAll, normalise, normaliseGoals, select } from './solve.ts';
import { definition, itemNamed, paramsOf } from './universe.ts';
import { eraseRegions, HAS_INFER, type DefId, type Type } from './type.ts';
import { resolve } from './infer.ts';

export interface Instantiated {
  readonly def: DefId;
  readonly args: readonly Type[];
}

export function resolveItem(cx: Cx, def: DefId, args: readonly Type[]): Instantiated | null {
  const item = definition(cx.u, def);
  const trait = item.parent;
  if (trait === null || (item.kind !== 'fn' && item.kind !== 'const')) return null;
  const count = paramsOf(cx.u, trait).length;
  const goal = args.slice(0, count).map(a => normalise(cx, eraseRegions(a), 0).type);
  const found = select(cx, { trait, args: goal }, 0);
  if (found === 'no' || found === 'maybe') return null;
  // Parameters of the impl that follow from its bounds alone: `B` of `impl[B, I, F: FnMut(I::Item) -> B] Iterator for Map[I, F]`.
  if (found.source.kind === 'impl' && found.source.args.some(a => (resolve(cx.infer, a).flags & HAS_INFER) !== 0)) evaluateAll(cx, normaliseGoals(cx, found.nested, 0), 0);
  const hasDefault = item.hasBody || (item.kind === 'fn' && 'intrinsic' in item.attributes);
  if (found.source.kind === 'impl') {
    const impl = definition(cx.u, found.source.def);
    const own = impl.kind === 'impl' ? itemNamed(cx.u, impl, item.name, item.kind) : null;
    if (own !== null) return { def: own.id, args: [...found.source.args.map(a => normalise(cx, resolve(cx.infer, a), 0).type), ...args.slice(count)] };
  }
  return hasDefault ? { def, args: [...goal, ...args.slice(count)] } : null;
}
