/**
 * The difference between the two sides of a failed `assert_eq`, worth reading: short values with the differing part marked below, long
 * ones laid out as `{:#?}` does and compared line by line. In: the panic's message. Out: the message with what differs, as it was when it is
 * no such failure or says it all. The panic itself says what Rust's does. Cost: lines² of what differs, and values of 2,000 lines at most.
 */
import stringWidth from 'string-width';
import type { Paint } from '../../lib/index.ts';

/** A value that is longer than this is laid out over lines. */
const SHORT = 60;
const MOST_LINES = 2000;
const MOST_MARKED = 3000;
/** Equal lines that are shown around a difference. */
const AROUND = 2;

export function withDifference(message: string, paint: Paint): string {
  const sides = /^(assertion `left (==|!=) right` failed.*?)\n {2}left: (.*)\n right: (.*)$/s.exec(message);
  if (sides === null || sides[2] === '!=') return message;
  const [said, left, right] = [sides[1] ?? '', sides[3] ?? '', sides[4] ?? ''];
  if (left === right) return `${message}\nboth sides print the same, and are not equal`;
  const [a, b] = [laidOut(left), laidOut(right)];
  const onLines = left.includes('\n') || right.includes('\n') || (a.length > 1 && b.length > 1 && Math.max(left.length, right.length) > SHORT);
  if (onLines && a.length <= MOST_LINES && b.length <= MOST_LINES) return [message, ...compared(a, b, paint)].join('\n');
  const lines = left.length > MOST_MARKED || right.length > MOST_MARKED ? [] : marked(left, right, paint);
  return lines.length === 0 ? message : [said, ...lines].join('\n');
}

const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const split = (text: string): string[] => [...segments.segment(text)].map(one => one.segment);
/** Words, numbers, and all else sign by sign: what a reader compares. */
const tokens = (text: string): string[] => text.match(/[\p{L}\p{M}\p{N}_.]+|\P{M}\p{M}*/gsu) ?? [];

/** How many elements two lists begin with in common, and end with beyond that. */
function common<T>(a: readonly T[], b: readonly T[]): { readonly head: number; readonly tail: number } {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return { head, tail };
}

/** A piece of one side, and whether it differs from the other. */
interface Piece {
  readonly text: string;
  readonly differs: boolean;
}

/** One line each, with marks below what differs; none where that would say no more than the values themselves. */
function marked(left: string, right: string, paint: Paint): string[] {
  const [a, b] = [tokens(left), tokens(right)];
  const { head, tail } = common(a, b);
  const [ours, theirs]: [Piece[], Piece[]] = [[], []];
  const same = (text: string): void => { for (const side of [ours, theirs]) side.push({ text, differs: false }); };
  same(a.slice(0, head).join(''));
  let [gone, come] = ['', ''];
  const settle = (): void => {
    const [x, y] = [split(gone), split(come)];
    const inner = common(x, y);
    same(x.slice(0, inner.head).join(''));
    ours.push({ text: x.slice(inner.head, x.length - inner.tail).join(''), differs: true });
    theirs.push({ text: y.slice(inner.head, y.length - inner.tail).join(''), differs: true });
    same(x.slice(x.length - inner.tail).join(''));
    [gone, come] = ['', ''];
  };
  for (const { sign, text } of aligned(a.slice(head, a.length - tail), b.slice(head, b.length - tail))) {
    if (sign === '-') gone += text;
    else if (sign === '+') come += text;
    else {
      if (gone !== '' || come !== '') settle();
      same(text);
    }
  }
  if (gone !== '' || come !== '') settle();
  same(a.slice(a.length - tail).join(''));
  const kept = ours.reduce((sum, piece) => sum + (piece.differs ? 0 : split(piece.text.replace(/["\s]/g, '')).length), 0);
  if (kept < 3) return [];
  return [...line('  left', ours, 'error', paint), ...line(' right', theirs, 'good', paint)];
}

/** A side and the marks below it. Equal parts that are long are cut to what stands near a difference. */
function line(name: string, pieces: readonly Piece[], style: 'error' | 'good', paint: Paint): string[] {
  let [text, marks] = [`${name}: `, ' '.repeat(name.length + 2)];
  pieces.forEach((piece, i) => {
    if (piece.differs) {
      text += paint(style, piece.text);
      marks += piece.text === '' ? '' : paint(style, '~'.repeat(stringWidth(piece.text)));
      return;
    }
    const letters = split(piece.text);
    const [first, last] = [pieces.slice(0, i).every(one => one.text === ''), pieces.slice(i + 1).every(one => one.text === '')];
    const shown = letters.length <= 80 ? piece.text : first ? `…${letters.slice(-40).join('')}` : last ? `${letters.slice(0, 40).join('')}…` : `${letters.slice(0, 35).join('')}…${letters.slice(-35).join('')}`;
    text += shown;
    marks += ' '.repeat(stringWidth(shown));
  });
  return marks.trim() === '' ? [text] : [text, marks.trimEnd()];
}

/** Lines that are only left (`-`), only right (`+`), or on both, with far ones left out. */
function compared(a: readonly string[], b: readonly string[], paint: Paint): string[] {
  const { head, tail } = common(a, b);
  const rows: { readonly sign: ' ' | '-' | '+'; readonly text: string }[] = a.slice(0, head).map(text => ({ sign: ' ', text }));
  for (const row of aligned(a.slice(head, a.length - tail), b.slice(head, b.length - tail))) rows.push(row);
  for (const text of a.slice(a.length - tail)) rows.push({ sign: ' ', text });
  const near = rows.map((_, i) => rows.slice(Math.max(0, i - AROUND), i + AROUND + 1).some(row => row.sign !== ' '));
  const out = [`difference (${paint('error', '- left')}, ${paint('good', '+ right')}):`];
  rows.forEach(({ sign, text }, i) => {
    if (near[i] !== true) {
      if (near[i - 1] !== false) out.push('    …');
      return;
    }
    out.push(sign === ' ' ? `    ${text}` : paint(sign === '-' ? 'error' : 'good', `  ${sign} ${text}`));
  });
  return out;
}

function aligned(a: readonly string[], b: readonly string[]): { readonly sign: ' ' | '-' | '+'; readonly text: string }[] {
  const width = b.length + 1;
  // The longest common subsequence of every pair of ends.
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? 1 + (longest[(i + 1) * width + j + 1] ?? 0) : Math.max(longest[(i + 1) * width + j] ?? 0, longest[i * width + j + 1] ?? 0);
    }
  }
  const rows: { sign: ' ' | '-' | '+'; text: string }[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [x, y] = [a[i], b[j]];
    if (x !== undefined && x === y) {
      rows.push({ sign: ' ', text: x });
      i++;
      j++;
    } else if (x !== undefined && (y === undefined || (longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0))) {
      rows.push({ sign: '-', text: x });
      i++;
    } else if (y !== undefined) {
      rows.push({ sign: '+', text: y });
      j++;
    }
  }
  return rows;
}

/** Debug text with each element of a bracket on a line of its own; text in quotes is left alone. */
function laidOut(text: string): string[] {
  if (text.includes('\n')) return text.split('\n');
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  const end = (): void => {
    if (line.trim() !== '') lines.push('    '.repeat(depth) + line.trim());
    line = '';
  };
  for (let at = 0; at < text.length; at++) {
    const c = text[at] ?? '';
    const quoted = c === '"' ? /^"(?:[^"\\]|\\.)*"/s.exec(text.slice(at)) : c === "'" ? /^'(?:[^'\\]|\\[^u]|\\u\{[0-9a-f]+\})'/s.exec(text.slice(at)) : null;
    if (quoted !== null) {
      line += quoted[0];
      at += quoted[0].length - 1;
    } else if ('([{'.includes(c)) {
      const empty = /^(\(\s*\)|\[\s*\]|\{\s*\})/.exec(text.slice(at));
      if (empty !== null) {
        line += empty[0];
        at += empty[0].length - 1;
        continue;
      }
      line += c;
      end();
      depth++;
    } else if (')]}'.includes(c)) {
      if (line.trim() !== '') line = `${line.trimEnd()},`;
      end();
      depth = Math.max(0, depth - 1);
      line = c;
    } else if (c === ',') {
      line += c;
      end();
    } else line += c;
  }
  end();
  return lines;
}
