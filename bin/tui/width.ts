/**
 * Text by columns: cutting and filling rows to a width, counting wide characters (CJK, emoji) as two. In: text of a program, which may hold
 * anything. Out: text that takes exactly the columns it says. Invariant: no control character leaves here.
 */
import stringWidth from 'string-width';
import type { Row, Span } from './style.ts';

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Letters and signs of one column each, which faces draw with: most text is asked no further. */
export const narrow = /^[\x20-\x7e\u00b7\u00d7\u00e0-\u00ff\u2018-\u201d\u2026\u2190-\u2193\u21e5\u2500-\u25fc\u2716\u203a]*$/;

/** Control characters become pictures of themselves; a tab becomes spaces. */
export function tame(text: string): string {
  return narrow.test(text) ? text : text.replace(/\t/g, '    ').replace(/[\x00-\x1f\x7f-\x9f]/g, c => (c === '\x7f' ? '␡' : c < ' ' ? String.fromCodePoint(0x2400 + c.charCodeAt(0)) : '·')).replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '·');
}

export const columnsOf = (text: string): number => (narrow.test(text) ? text.length : stringWidth(text));

/** At most `width` columns of the text; what is cut ends with an ellipsis. */
export function cut(text: string, width: number): string {
  if (width <= 0) return '';
  if (columnsOf(text) <= width) return text;
  if (narrow.test(text)) return `${text.slice(0, width - 1)}…`;
  let kept = '';
  let used = 0;
  for (const { segment } of segments.segment(text)) {
    const w = columnsOf(segment);
    if (used + w > width - 1) break;
    kept += segment;
    used += w;
  }
  return `${kept}…`;
}

/** Exactly `width` columns. */
export const fill = (text: string, width: number): string => {
  const short = cut(text, width);
  return short + ' '.repeat(Math.max(0, width - columnsOf(short)));
};

export const right = (text: string, width: number): string => {
  const short = cut(text, width);
  return ' '.repeat(Math.max(0, width - columnsOf(short))) + short;
};

/** A row of exactly `width` columns. */
export function fit(row: Row, width: number): Row {
  const out: Span[] = [];
  let left = width;
  for (const [raw, role] of row) {
    if (left <= 0) break;
    const text = cut(tame(raw), left);
    left -= columnsOf(text);
    out.push(role === undefined ? [text] : [text, role]);
  }
  if (left > 0) out.push([' '.repeat(left)]);
  return out;
}

/** Text in lines of at most `width` columns, broken at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > width) {
        lines.push(line);
        line = '';
      }
      line = line === '' ? word : `${line} ${word}`;
      while (columnsOf(line) > width && width > 1) {
        let head = '';
        let used = 0;
        for (const { segment } of segments.segment(line)) {
          const w = columnsOf(segment);
          if (used + w > width) break;
          head += segment;
          used += w;
        }
        if (head === '') break;
        lines.push(head);
        line = line.slice(head.length);
      }
    }
    lines.push(line);
  }
  return lines;
}

/** Columns `[from, to)` of a row that holds colour escapes; those before the cut still count. */
export function columnsFrom(row: string, from: number, to = Number.POSITIVE_INFINITY): string {
  let out = '';
  let column = 0;
  for (const part of row.split(/(\x1b\[[0-9;]*m)/)) {
    if (part.startsWith('\x1b')) {
      if (column < to) out += part;
      continue;
    }
    for (const { segment } of segments.segment(part)) {
      if (column >= from && column < to) out += segment;
      column += columnsOf(segment);
    }
  }
  return out;
}
