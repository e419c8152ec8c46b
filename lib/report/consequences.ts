/**
 * One mistake, one problem: what follows from a line that could not be read is taken out. In: the syntax problems, all problems, and a
 * way to read a line. Out: the problems without those on the same lines, and without names that such a line would have given.
 */
import type { Span } from '../text/span.ts';
import type { Problem } from './problem.ts';

/** Names that are missing. */
const MISSING = new Set(['E0405', 'E0412', 'E0422', 'E0423', 'E0425', 'E0432', 'E0433', 'E0531']);

export interface Lines {
  /** Number of the line that a place is on, and its text. */
  readonly lineOf: (span: Span) => { readonly number: number; readonly text: string };
  readonly textOf: (span: Span) => string;
}

export function withoutConsequences(unread: readonly Problem[], all: readonly Problem[], { lineOf, textOf }: Lines): readonly Problem[] {
  const broken = unread.filter(p => p.severity === 'error');
  if (broken.length === 0) return all;
  const at = (p: Problem): string => `${p.span.file}:${lineOf(p.span).number}`;
  const lines = new Set(broken.map(at));
  const words = new Set(broken.flatMap(p => lineOf(p.span).text.match(/[\p{ID_Start}_][\p{ID_Continue}]*/gu) ?? []));
  const openStrings = new Set(broken.filter(p => p.code === 'E1012').map(at));
  const syntax = new Set(unread);
  return all.filter(p => {
    if (syntax.has(p)) return p.code !== 'E1006' || !openStrings.has(at(p));
    return p.severity !== 'error' || !(lines.has(at(p)) || (MISSING.has(p.code) && words.has(textOf(p.span))));
  });
}
