/**
 * Places: expressions that name memory, which can be assigned to and borrowed in place.
 */
import type { Expr } from '../syntax/tree.ts';
import { bare, type Typing } from './typing.ts';

/** Whether `e` names a place: a variable, a static, a field, element or dereference of something. */
export function isPlace(t: Typing, e: Expr): boolean {
  const b = bare(e);
  switch (b.kind) {
    case 'pathExpr': {
      const to = t.facts.paths.get(b.path.id);
      return to === undefined || to.kind === 'local' || to.kind === 'static';
    }
    case 'field': case 'deref': case 'error': return true;
    case 'index': return !t.facts.typeApplications.has(b.id);
    default: return false;
  }
}
