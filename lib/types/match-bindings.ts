/**
 * A binding of a whole with bindings of its parts (`a @ Some(b)`): both may only look, or copy. In: a pattern with its facts. Out: problems. Cost: linear in the pattern.
 */
import { type Problem, problem } from '../report/problem.ts';
import type { Pattern } from '../syntax/tree.ts';
import type { BodyFacts } from './facts.ts';
import type { Type } from './type.ts';

type Bound = Pattern & { kind: 'binding' };

export function checkWhole(pattern: Bound, facts: BodyFacts, isCopy: (type: Type) => boolean): Problem | null {
  if (pattern.sub === null) return null;
  const how = (p: Bound): 'move' | 'copy' | 'ref' | 'refMut' | null => {
    const found = facts.bindings.get(p.id) ?? facts.bindings.get(facts.sameBinding.get(p.id) ?? p.id);
    if (found === undefined) return null;
    return found.mode === 'move' && isCopy(found.type) ? 'copy' : found.mode;
  };
  const outer = how(pattern);
  if (outer === null || outer === 'copy') return null;
  for (const part of partsOf(pattern.sub)) {
    const inner = how(part);
    // Two moves are for the check of moves; copies are made first.
    if (inner === null || inner === 'copy' || (outer === 'ref' && inner === 'ref') || (outer === 'move' && inner === 'move')) continue;
    const whole = pattern.name.text;
    const name = part.name.text;
    if (outer === 'move') return problem('E0505', pattern.name.span, { name: whole }, { label: `value is moved into \`${whole}\` here`, labels: [{ span: part.name.span, text: `a part of it is borrowed by \`${name}\` here` }] });
    if (inner === 'move') return problem('E0382', pattern.name.span, { verb: 'borrow of', state: 'moved', name: whole }, { label: `value is borrowed by \`${whole}\` here`, labels: [{ span: part.name.span, text: `a part of it is moved into \`${name}\` here` }] });
    const labels = [{ span: part.name.span, text: `a part of it is borrowed by \`${name}\` here` }];
    if (outer === 'refMut' && inner === 'refMut') return problem('E0499', pattern.name.span, { name: whole, through: '' }, { label: `value is mutably borrowed by \`${whole}\` here`, labels });
    const [mine, other] = outer === 'refMut' ? ['mutable', 'immutable'] : ['immutable', 'mutable'];
    return problem('E0502', pattern.name.span, { name: whole, how: mine ?? '', other: other ?? '', through: '' }, { label: `${mine ?? ''} borrow by \`${whole}\` occurs here`, labels });
  }
  return null;
}

function partsOf(p: Pattern): Bound[] {
  switch (p.kind) {
    case 'binding': return [p, ...(p.sub === null ? [] : partsOf(p.sub))];
    case 'tuplePattern': case 'slicePattern': case 'tupleStructPattern': return p.elements.flatMap(partsOf);
    case 'structPattern': return p.fields.flatMap(f => partsOf(f.pattern));
    case 'refPattern': return partsOf(p.inner);
    case 'orPattern': return p.alternatives.flatMap(partsOf);
    default: return [];
  }
}
