/**
 * From where a parse stopped to a problem in words. In: the rule, the words, the failure. Out: one problem, with a fix where one is likely.
 */
import type { Problem } from '../report/problem.ts';
import { problem } from '../report/problem.ts';
import type { Failure } from './earley.ts';
import type { Element } from './layout.ts';
import type { FileId } from '../text/span.ts';

interface Place {
  readonly file: FileId;
  readonly text: string;
  readonly problems: Problem[];
}

export function complain(b: Place, start: string, words: readonly Element[], failure: Failure): void {
  const found = words[failure.at];
  const last = words[words.length - 1];
  const from = found?.start ?? last?.end ?? 0;
  const to = found?.end ?? from;
  b.problems.push(problem('E1008', { file: b.file, start: from, end: to }, { found: found?.value ?? 'end', expected: [...failure.words].join(' ') + start }));
}
