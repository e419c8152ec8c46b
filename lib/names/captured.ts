/**
 * `use['a, T]` of `impl Trait`: which parameters the hidden type may hold. In: all parameters in scope, and the bounds. Out: the arguments of the
 * opaque type, in which a lifetime that is left out is `'static` (so that no caller is tied by it), and the indices of the lifetimes that are held;
 * null where nothing is said, and all are. Type and const parameters must all be there (E1109).
 */
import { problem, type Problem } from '../report/problem.ts';
import type { Bound } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { GenericParam } from '../types/definition.ts';
import { param, region, STATIC, type Type } from '../types/type.ts';

type UseBound = Bound & { readonly kind: 'useBound' };

const usesOf = (bounds: readonly Bound[]): UseBound[] => bounds.filter((b): b is UseBound => b.kind === 'useBound');

const wrong = (span: Span, what: string): Problem => problem('E1109', span, { what }, { label: 'this list' });

/** In a parameter there is nothing hidden. */
export function noCaptures(bounds: readonly Bound[], problems: Problem[]): void {
  for (const b of usesOf(bounds)) problems.push(wrong(b.span, '`use[…]` belongs to `impl Trait` in a result'));
}

export function capturedArgs(params: readonly GenericParam[], bounds: readonly Bound[], problems: Problem[]): { readonly args: readonly Type[]; readonly captures: readonly number[] | null } {
  const identity = (p: GenericParam): Type => (p.kind === 'lifetime' ? region({ of: 'param', index: p.index, name: p.name }) : param(p.index, p.name));
  const [use, more] = usesOf(bounds);
  if (use === undefined) return { args: params.map(identity), captures: null };
  if (more !== undefined) problems.push(wrong(more.span, '`use[…]` is written twice'));
  const captures = new Set<number>();
  for (const l of use.lifetimes) {
    if (l.text === 'static') continue;
    const found = params.filter(p => p.kind === 'lifetime' && (l.text === '_' ? p.synthetic || p.name === "'_" : p.name === `'${l.text}`));
    if (found.length === 0 && l.text !== '_') problems.push(problem('E0261', l.span, { name: `'${l.text}` }, { label: 'undeclared lifetime' }));
    for (const p of found) captures.add(p.index);
  }
  for (const n of use.names) {
    if (n.text !== 'Self' && !params.some(p => p.kind !== 'lifetime' && p.name === n.text)) problems.push(problem('E0800', n.span, { name: n.text }, { label: 'no parameter in scope has this name' }));
  }
  for (const p of params) {
    if (p.kind === 'lifetime' || use.names.some(n => n.text === p.name)) continue;
    problems.push(wrong(use.span, p.synthetic ? 'a parameter that is `impl Trait` has no name to stand in `use[…]`' : `\`use[…]\` must name every type and constant in scope: \`${p.name}\` is missing`));
  }
  return { args: params.map(p => (p.kind === 'lifetime' && !captures.has(p.index) ? STATIC : identity(p))), captures: [...captures] };
}
