/**
 * Problems as JSON for tools: `altru check --json`. In: problems and sources. Out: the value that `check.schema.json` describes.
 * Lines and columns count from 1; an end is exclusive.
 */
import type { Sources } from '../text/sources.ts';
import type { Span } from '../text/span.ts';
import { type Language, messageOf, recordOf } from './catalogue.ts';
import type { Problem, Severity } from './problem.ts';
import { inChinese } from './said.ts';

export interface JsonPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface JsonProblem extends JsonPlace {
  readonly code: string;
  readonly slug: string;
  readonly severity: Severity;
  readonly message: string;
  readonly labels: readonly (JsonPlace & { readonly text: string })[];
  readonly notes: readonly string[];
  readonly fixes: readonly { readonly title: string; readonly edits: readonly (JsonPlace & { readonly text: string })[] }[];
}

export function placeOf(span: Span, sources: Sources): JsonPlace {
  const start = sources.position(span.file, span.start);
  const end = sources.position(span.file, span.end);
  return { file: sources.get(span.file).name, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

export function problemsToJson(problems: readonly Problem[], sources: Sources, language: Language): { readonly version: 1; readonly problems: readonly JsonProblem[] } {
  const said = (text: string): string => (language === 'zh' ? inChinese(text) : text);
  return {
    version: 1,
    problems: problems.map(problem => ({
      code: problem.code,
      slug: recordOf(problem.code)?.slug ?? problem.code.toLowerCase(),
      severity: problem.severity,
      message: messageOf(problem, language),
      ...placeOf(problem.span, sources),
      labels: [
        ...(problem.label === undefined ? [] : [{ ...placeOf(problem.span, sources), text: said(problem.label) }]),
        ...problem.labels.map(label => ({ ...placeOf(label.span, sources), text: said(label.text) })),
      ],
      notes: problem.notes.map(said),
      fixes: problem.fixes.map(fix => ({ title: said(fix.title), edits: fix.edits.map(edit => ({ ...placeOf(edit.span, sources), text: edit.text })) })),
    })),
  };
}
