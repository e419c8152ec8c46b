/**
 * The functions that somebody means by a name. In: a program, a name or a part of one. Out: their places. Of the user's own those with exactly that name
 * (its path and type arguments may be left out) and their closures, else those whose name holds it, else the library's that do. Linear.
 */
import type { Program } from '../../vm/index.ts';

export function functionsNamed({ functions }: Program, wanted: string): readonly number[] {
  const places = (fits: (name: string, own: boolean) => boolean): number[] => functions.flatMap(({ name, std }, i) => (fits(name, std !== true) ? [i] : []));
  const exact = places((name, own) => own && [name, plain(name)].some(each => each === wanted || each.endsWith(`::${wanted}`)));
  if (exact.length > 0) return exact;
  const own = places((name, isOwn) => isOwn && name.includes(wanted));
  return own.length > 0 ? own : places(name => name.includes(wanted));
}

const plain = (name: string): string => name.replace(/(::\{closure[^}]*\})+$/, '').replace(/\[.*\]$/, '');
