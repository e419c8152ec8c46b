/**
 * Habits from other languages: what their words and marks are here. Small look-ups for complain.ts; pure.
 */
import type { Edit } from '../report/problem.ts';
import type { FileId } from '../text/span.ts';
import type { Element } from './layout.ts';
import { keywords } from './words.ts';

const foreign: ReadonlyMap<string, string> = new Map([
  ['def', 'fn'], ['func', 'fn'], ['function', 'fn'], ['fun', 'fn'], ['proc', 'fn'], ['sub', 'fn'], ['var', 'let'], ['val', 'let'], ['auto', 'let'], ['local', 'let'], ['switch', 'match'], ['class', 'struct'], ['record', 'struct'],
  ['interface', 'trait'], ['protocol', 'trait'], ['import', 'use'], ['from', 'use'], ['include', 'use'], ['using', 'use'], ['elseif', 'elif'], ['elsif', 'elif'], ['until', 'while'], ['foreach', 'for'], ['namespace', 'mod'], ['module', 'mod'],
  ['typedef', 'type'], ['public', 'pub'], ['final', 'const'], ['constexpr', 'const'], ['throw', 'return'], ['raise', 'return'], ['finally', 'defer'], ['extends', 'impl'], ['implements', 'impl'],
]);

export function foreignWord(word: string): string | null {
  return foreign.get(word) ?? null;
}

/** A keyword one slip away from the word. */
export function nearKeyword(word: string): string | null {
  if (word.length < 3 || word.length > 9) return null;
  for (const keyword of keywords) if (keyword.length > 2 && oneSlip(word, keyword)) return keyword;
  return null;
}

/** One letter more, less, other, or two neighbours swapped. */
function oneSlip(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let i = 0;
  while (i < a.length && a.charAt(i) === b.charAt(i)) i++;
  const restA = a.slice(i);
  const restB = b.slice(i);
  if (restA.slice(1) === restB || restB.slice(1) === restA || restA.slice(1) === restB.slice(1)) return true;
  return restA.charAt(0) === restB.charAt(1) && restA.charAt(1) === restB.charAt(0) && restA.slice(2) === restB.slice(2);
}

/** `<T, U>` from `at` on → `[T, U]`; null when it is not closed. */
export function angleEdits(file: FileId, words: readonly Element[], at: number): Edit[] | null {
  const edits: Edit[] = [];
  let depth = 0;
  for (let i = at; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    const one = (start: number, text: string): void => void edits.push({ span: { file, start, end: start + 1 }, text });
    if (word.type === '<') {
      one(word.start, '[');
      depth++;
    } else if (word.type === '>') {
      one(word.start, ']');
      depth--;
    } else if (word.type === 'op' && word.value === '>>') {
      one(word.start, ']');
      one(word.start + 1, ']');
      depth -= 2;
    } else if (word.type === 'block' || word.type === '=') return null;
    if (depth <= 0) return depth === 0 ? edits : null;
  }
  return null;
}

/** `|a| e` → `fn(a): e`; null when the second bar is missing. */
export function closureBars(file: FileId, words: readonly Element[], at: number): Edit[] | null {
  const open = words[at];
  const close = words.slice(at + 1).find(word => word.type === '|');
  if (open === undefined || close === undefined) return null;
  return [{ span: { file, start: open.start, end: open.end }, text: 'fn(' }, { span: { file, start: close.start, end: close.end }, text: '):' }];
}
