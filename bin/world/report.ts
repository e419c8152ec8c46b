/**
 * Problems to standard error, as the shared options want them. In: problems and sources. Out: text on stderr; nothing else.
 */
import { type Problem, type Sources, renderProblem } from '../../lib/index.ts';
import type { Shared } from '../shared.ts';
import { guardStreams } from './streams.ts';
import { columns, paintFor, wantsColor } from './terminal.ts';

/** How many problems are shown before the rest is only counted: a broken file must not flood the terminal. */
const SHOWN = 50;

export function reportProblems(problems: readonly Problem[], sources: Sources, shared: Shared): void {
  if (problems.length === 0) return;
  // Opening the process's streams takes time that a program without problems need not wait for.
  guardStreams();
  const paint = paintFor(wantsColor(process.stderr, shared.color));
  const ordered = [...problems].sort((a, b) => a.span.file - b.span.file || a.span.start - b.span.start);
  const shown = ordered.slice(0, SHOWN).map(problem => renderProblem(problem, sources, { language: shared.language, paint, form: shared.messages, width: columns }));
  const errors = problems.filter(problem => problem.severity === 'error').length;
  const warnings = problems.filter(problem => problem.severity === 'warning').length;
  let text = shown.join(shared.messages === 'short' ? '' : '\n');
  if (shared.messages === 'full' && (errors > 0 || warnings > 1)) text += `\n${summary(errors, warnings, problems.length - shown.length, shared.language)}\n`;
  process.stderr.write(text);
}

function summary(errors: number, warnings: number, hidden: number, language: 'en' | 'zh'): string {
  if (language === 'zh') return `${errors} 个错误，${warnings} 个警告${hidden > 0 ? `（另有 ${hidden} 个未显示）` : ''}`;
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
  return `${[errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : ''].filter(Boolean).join(', ')}${hidden > 0 ? ` (${hidden} not shown)` : ''}`;
}
