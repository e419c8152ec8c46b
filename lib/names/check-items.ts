/**
 * Checks on finished definitions that need no trait solving. In: all entries of the crate. Out: problems. What needs the solver is in
 * `types/wellformed.ts` and `types/coherence.ts`.
 */
import { problem } from '../report/problem.ts';
import type { Bound, Generics } from '../syntax/tree.ts';
import type { Build } from './build.ts';
import { checkImpl } from './check-impls.ts';
import { checkAdt, checkInherentNames, checkMain } from './check-types.ts';

export function checkItems(build: Build): void {
  for (const entry of build.entries) {
    switch (entry.item.kind) {
      case 'impl': checkImpl(build, entry); break;
      case 'struct': case 'enum': checkAdt(build, entry); break;
      default: break;
    }
    if ('generics' in entry.item) {
      for (const p of entry.item.generics.params) {
        if (p.kind === 'lifetimeParam' && (p.name.text === 'static' || p.name.text === '_')) {
          const code = p.name.text === '_' ? 'E0637' : 'E0262';
          build.problems.push(problem(code, p.name.span, { name: `'${p.name.text}` }, { label: `\`'${p.name.text}\` is a reserved lifetime name` }));
        }
      }
      checkGenerics(build, entry.item.generics);
    }
  }
  checkInherentNames(build);
  checkMain(build);
}

/** The order of parameters, and what bounds may say. */
function checkGenerics(build: Build, { params, where }: Generics): void {
  const last = params.findLastIndex(p => p.kind !== 'lifetimeParam' && p.fallback === null);
  const early = params.find((p, i) => i < last && p.kind !== 'lifetimeParam' && p.fallback !== null);
  if (early !== undefined) build.problems.push(problem('E1124', early.name.span, { what: 'parameters with a default come last' }, { label: 'parameters without a default follow' }));
  const lastLifetime = params.findLastIndex(p => p.kind === 'lifetimeParam');
  const firstOther = params.findIndex(p => p.kind !== 'lifetimeParam');
  const late = params[lastLifetime];
  if (firstOther >= 0 && firstOther < lastLifetime && late !== undefined) build.problems.push(problem('E1124', late.name.span, { what: 'lifetimes come before types and constants' }, { label: 'move it to the front' }));
  const named = (name: string): Bound[] => where.flatMap(w => (w.kind === 'whereType' && w.type.kind === 'pathType' && w.type.path.segments.length === 1 && w.type.path.segments[0]?.name.text === name ? w.bounds : []));
  for (const p of params) {
    if (p.kind !== 'typeParam') continue;
    if ([...p.bounds, ...named(p.name.text)].filter(b => b.kind === 'traitBound' && b.maybe).length > 1) build.problems.push(problem('E0203', p.name.span, { name: p.name.text }, { label: '`?` stands twice in its bounds' }));
  }
}
