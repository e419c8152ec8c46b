/**
 * Look-ups over trees that constant evaluation needs before definitions are complete. In: the world, a type, a name; an argument. Out: a
 * definition, a text. Cost: `associatedConst` walks the items.
 */
import type { Problem } from '../report/problem.ts';
import type { World } from '../names/table.ts';
import type { Expr } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { DefId } from './type.ts';

/** A constant in an inherent impl, or a trait impl, of a type. Impls may be pending, so the trees are asked. */
export function associatedConst(world: World, of: DefId, name: string): DefId | null {
  for (const [def, item] of world.table.items) {
    if (item.kind !== 'const' || item.name.text !== name) continue;
    const container = world.table.items.get(def.slice(0, def.lastIndexOf('::')) as DefId);
    if (container?.kind !== 'impl' || container.self.kind !== 'pathType') continue;
    const res = world.table.types.get(container.self.path.id)?.res;
    if (res?.kind === 'def' && res.def === of) return def;
  }
  return null;
}

/** The text of an argument that is a plain string. */
export const textArg = (e: Expr | undefined): string | null => (e?.kind === 'literal' && e.value.kind === 'string' ? e.value.value : null);

/** What goes wrong inside a function is shown where the constant called it. */
export function calledHere(found: Problem | undefined, span: Span): Problem {
  if (found === undefined) throw new Error('no problem');
  if (found.code !== 'E0080') return found;
  return { ...found, span, labels: [{ span: found.span, text: found.label ?? 'here' }, ...found.labels], label: `it fails inside this call: ${found.label ?? ''}` };
}
