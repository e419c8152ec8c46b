/**
 * Checks on finished definitions that need no trait solving. In: all entries of the crate. Out: problems. What needs the solver is in
 * `types/wellformed.ts` and `types/coherence.ts`.
 */
import { problem } from '../report/problem.ts';
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
          build.problems.push(problem('E0262', p.name.span, { name: `'${p.name.text}` }, { label: `\`'${p.name.text}\` is a reserved lifetime name` }));
        }
      }
    }
  }
  checkInherentNames(build);
  checkMain(build);
}
