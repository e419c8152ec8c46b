/**
 * Edits that put something before or behind an expression: where what it is written as does not hold together by itself, it comes into parentheses.
 * In: the expression's span and text. Out: edits. Cost: one walk over the text.
 */
import type { Edit } from './problem.ts';
import type { Span } from '../text/span.ts';

/** Names, literals, calls, indexes, fields: whatever may follow, it belongs to the whole. */
function holdsTogether(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (c === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
    } else if (c === "'" && /^'(?:\\u\{\w+\}|\\.|[^\\])'/.test(text.slice(i, i + 12))) i = text.indexOf("'", i + (text[i + 1] === '\\' ? 3 : 2));
    else if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
    else if (depth === 0 && !/[\p{L}\p{N}_.:?]/u.test(c)) return false;
  }
  return true;
}

/** The expression with `text` behind it. */
export const behind = (span: Span, written: string, text: string): Edit[] =>
  holdsTogether(written)
    ? [{ span: { ...span, start: span.end }, text }]
    : [{ span: { ...span, end: span.start }, text: '(' }, { span: { ...span, start: span.end }, text: `)${text}` }];

/** The expression with `text`, a prefix operator, before it. */
export const before = (span: Span, written: string, text: string): Edit[] =>
  holdsTogether(written.replace(/^[&*~-]+(?:mut )?/, ''))
    ? [{ span: { ...span, end: span.start }, text }]
    : [{ span: { ...span, end: span.start }, text: `${text}(` }, { span: { ...span, start: span.end }, text: ')' }];

/** The expression inside something with brackets of its own. */
export const around = (span: Span, open: string, close: string): Edit[] =>
  [{ span: { ...span, end: span.start }, text: open }, { span: { ...span, start: span.end }, text: close }];
