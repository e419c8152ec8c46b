/**
 * Problems as text for people, in the manner of rustc: code and message, the source lines with labels below them, notes, why,
 * and the fix as the edited line. In: problems and their sources. Out: text, with colour where `paint` gives it.
 * Cost: linear in the lines shown; nothing here looks at the rest of a file.
 */
import type { Sources } from '../text/sources.ts';
import type { FileId, Span } from '../text/span.ts';
import { type Language, messageOf, recordOf } from './catalogue.ts';
import type { Fix, Problem, Severity } from './problem.ts';
import { inChinese } from './said.ts';

export type Style = 'error' | 'warning' | 'advice' | 'dim' | 'bold' | 'good';
export type Paint = (style: Style, text: string) => string;

export interface TextOptions {
  readonly language: Language;
  readonly paint: Paint;
  /** `short`: one line a problem, as compilers in editors like it. */
  readonly form: 'full' | 'short';
  /** Columns of a text in a terminal (CJK is two). */
  readonly width: (text: string) => number;
  /** False where the record's reason stands beside already. */
  readonly why?: false;
}

const said = (text: string, language: Language): string => (language === 'zh' ? inChinese(text) : text);

const words = {
  en: { error: 'error', warning: 'warning', advice: 'advice', note: 'note', why: 'why', fix: 'fix', more: 'more about it', lines: 'and' },
  zh: { error: '错误', warning: '警告', advice: '建议', note: '注意', why: '原因', fix: '修复', more: '详细说明', lines: '以及' },
} as const;

interface Mark {
  readonly span: Span;
  readonly text: string;
  readonly primary: boolean;
}

/** One problem, ending with a newline. */
export function renderProblem(problem: Problem, sources: Sources, options: TextOptions): string {
  const { language, paint } = options;
  const word = words[language];
  const file = sources.get(problem.span.file);
  const at = sources.position(file.id, problem.span.start);
  const message = messageOf(problem, language);
  if (options.form === 'short') return `${file.name}:${at.line}:${at.column}: ${problem.severity} ${problem.code}: ${message}\n`;
  const out: string[] = [];
  out.push(`${paint(problem.severity, `${word[problem.severity]}[${problem.code}]`)}${paint('bold', `: ${message}`)}`);
  const marks: Mark[] = [
    { span: problem.span, text: said(problem.label ?? '', language), primary: true },
    ...problem.labels.map(label => ({ span: label.span, text: said(label.text, language), primary: false })),
  ];
  const gutter = String(Math.max(...marks.map(mark => sources.position(mark.span.file, mark.span.end).line))).length;
  out.push(`${' '.repeat(gutter)}${paint('dim', '-->')} ${file.name}:${at.line}:${at.column}`);
  const files = [...new Set(marks.map(mark => mark.span.file))];
  for (const id of files) {
    if (id !== file.id) out.push(`${' '.repeat(gutter)}${paint('dim', ':::')} ${sources.get(id).name}`);
    out.push(...snippet(marks.filter(mark => mark.span.file === id), id, gutter, problem.severity, sources, options));
  }
  const bar = `${' '.repeat(gutter)} ${paint('dim', '=')} `;
  for (const note of problem.notes) out.push(`${bar}${paint('bold', word.note)}: ${said(note, language)}`);
  const record = recordOf(problem.code);
  if (record !== undefined && problem.severity === 'error' && options.why !== false) out.push(`${bar}${paint('bold', word.why)}: ${record.why[language]}`);
  for (const fix of problem.fixes.slice(0, 3)) out.push(...renderFix(fix, gutter, sources, options));
  return `${out.join('\n')}\n`;
}

/** The lines that marks touch, each mark drawn below its line; a mark over several lines is drawn at its first. */
function snippet(marks: readonly Mark[], file: FileId, gutter: number, severity: Severity, sources: Sources, options: TextOptions): string[] {
  const { paint, width } = options;
  const byLine = new Map<number, Mark[]>();
  for (const mark of marks) {
    const { line } = sources.position(file, mark.span.start);
    byLine.set(line, [...(byLine.get(line) ?? []), mark]);
  }
  const blank = `${' '.repeat(gutter)} ${paint('dim', '|')}`;
  const out: string[] = [blank];
  let last = 0;
  for (const line of [...byLine.keys()].sort((a, b) => a - b)) {
    if (last > 0 && line > last + 2) out.push(paint('dim', '...'));
    else for (let between = last + 1; last > 0 && between < line; between++) out.push(sourceLine(between, file, gutter, sources, paint));
    const text = sources.line(file, line);
    const lineStart = sources.lineStart(file, line);
    const ordered = [...(byLine.get(line) ?? [])].sort((a, b) => b.span.start - a.span.start || Number(b.primary) - Number(a.primary));
    const seen = partOf(text, ((ordered.find(mark => mark.primary) ?? ordered[0])?.span.start ?? lineStart) - lineStart);
    out.push(sourceLine(line, file, gutter, sources, paint, seen));
    for (const mark of ordered) {
      const within = (at: number): number => Math.max(seen.from, Math.min(seen.to, at));
      const from = within(mark.span.start - lineStart);
      const to = Math.max(from + 1, within(Math.min(mark.span.end - lineStart, text.length)));
      const pad = (seen.from > 0 ? '…' : '') + expandTabs(text.slice(seen.from, from));
      const carets = (mark.primary ? '^' : '-').repeat(Math.max(1, width(expandTabs(text.slice(from, to)))));
      out.push(`${blank} ${' '.repeat(width(pad))}${paint(mark.primary ? severity : 'dim', carets)}${mark.text === '' ? '' : ` ${paint(mark.primary ? severity : 'bold', mark.text)}`}`);
    }
    last = line;
  }
  out.push(blank);
  return out;
}

function sourceLine(line: number, file: FileId, gutter: number, sources: Sources, paint: Paint, part?: Part): string {
  const text = sources.line(file, line);
  return `${paint('dim', `${String(line).padStart(gutter)} |`)} ${shownPart(text, part ?? partOf(text, 0))}`;
}

/** The part of a line that is shown, in characters. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** A line longer than this is shown in part; so many characters stand before what is spoken of. */
const LONG = 400;
const BEFORE = 60;
const SHOWN = 200;

/** Of a very long line, the surroundings of `at`: a problem in a 10 MB line must neither print 10 MB nor mark what is out of sight. */
function partOf(text: string, at: number): Part {
  if (text.length <= LONG) return { from: 0, to: text.length };
  const from = at + SHOWN - BEFORE <= SHOWN ? 0 : at - BEFORE;
  return { from, to: Math.min(text.length, from + SHOWN) };
}

function shownPart(text: string, { from, to }: Part): string {
  return `${from > 0 ? '…' : ''}${expandTabs(text.slice(from, to))}${to < text.length ? '…' : ''}`;
}

function expandTabs(text: string): string {
  return text.replaceAll('\t', '    ');
}

function renderFix(fix: Fix, gutter: number, sources: Sources, { language, paint }: TextOptions): string[] {
  const out = [`${' '.repeat(gutter)} ${paint('dim', '=')} ${paint('good', words[language].fix)}: ${said(fix.title, language)}`];
  const first = fix.edits[0];
  if (first === undefined) return out;
  const file = first.span.file;
  const edits = fix.edits.filter(edit => edit.span.file === file).sort((a, b) => a.span.start - b.span.start);
  const from = sources.position(file, first.span.start).line;
  const { text } = sources.get(file);
  const start = sources.lineStart(file, from);
  const lastEnd = Math.max(...edits.map(edit => edit.span.end));
  const lineEnd = text.indexOf('\n', lastEnd);
  let shown = '';
  let at = start;
  for (const edit of edits) {
    if (edit.span.start < at) continue;
    shown += text.slice(at, edit.span.start) + edit.text;
    at = edit.span.end;
  }
  shown += text.slice(at, lineEnd < 0 ? text.length : lineEnd);
  const lines = shown.split('\n').slice(0, 6);
  lines.forEach((line, i) => out.push(`${paint('dim', `${String(from + i).padStart(gutter)} ${'|'}`)} ${paint('good', shownPart(line, partOf(line, i === 0 ? first.span.start - start : 0)))}`));
  return out;
}
