/**
 * What is on the screen, for papers and slides: plain text or SVG; `recording.ts` keeps a stretch of time. In: rows with SGR escapes as the painter
 * has them. Out: text.
 */
import { columnsOf } from './width.ts';

const ESCAPE = /\x1b\[([0-9;]*)m/g;

export const plainText = (rows: readonly string[]): string => `${rows.map(row => row.replace(ESCAPE, '').trimEnd()).join('\n').trimEnd()}\n`;

const basic = ['#000000', '#d55e00', '#009e73', '#f0e442', '#0072b2', '#cc79a7', '#56b4e9', '#cccccc', '#8a8a8a', '#ff7a33', '#33c19b', '#fff27a', '#56a0d3', '#e3a6c9', '#9fd8f5', '#ffffff'];

export interface Ink {
  color: string | null;
  bold: boolean;
  inverse: boolean;
  strike: boolean;
}

function applied(ink: Ink, codes: string): Ink {
  const next = { ...ink };
  const list = codes === '' ? [0] : codes.split(';').map(Number);
  for (let i = 0; i < list.length; i++) {
    const code = list[i] ?? 0;
    if (code === 0) Object.assign(next, { color: null, bold: false, inverse: false, strike: false });
    else if (code === 1) next.bold = true;
    else if (code === 22) next.bold = false;
    else if (code === 7) next.inverse = true;
    else if (code === 27) next.inverse = false;
    else if (code === 9) next.strike = true;
    else if (code === 29) next.strike = false;
    else if (code === 39) next.color = null;
    else if (code >= 30 && code <= 37) next.color = basic[code - 30] ?? null;
    else if (code >= 90 && code <= 97) next.color = basic[code - 82] ?? null;
    else if (code === 38 && list[i + 1] === 2) {
      next.color = `#${[list[i + 2], list[i + 3], list[i + 4]].map(part => (part ?? 0).toString(16).padStart(2, '0')).join('')}`;
      i += 4;
    } else if (code === 38 && list[i + 1] === 5) {
      const n = list[i + 2] ?? 0;
      const level = (part: number): string => (part === 0 ? 0 : 55 + part * 40).toString(16).padStart(2, '0');
      next.color = n < 16 ? (basic[n] ?? null) : n >= 232 ? `#${(8 + (n - 232) * 10).toString(16).padStart(2, '0').repeat(3)}` : `#${level(Math.floor((n - 16) / 36))}${level(Math.floor((n - 16) / 6) % 6)}${level((n - 16) % 6)}`;
      i += 2;
    }
  }
  return next;
}

/** The pieces of a row that look the same throughout, with the column that each begins at. */
export function* runsOf(row: string): Generator<{ readonly text: string; readonly column: number; readonly span: number; readonly ink: Ink }> {
  let ink: Ink = { color: null, bold: false, inverse: false, strike: false };
  let column = 0;
  for (const part of row.split(/(\x1b\[[0-9;]*m)/)) {
    const codes = /^\x1b\[([0-9;]*)m$/.exec(part)?.[1];
    if (codes !== undefined) ink = applied(ink, codes);
    else if (part !== '') {
      const span = columnsOf(part);
      yield { text: part, column, span, ink };
      column += span;
    }
  }
}

export const papers = { dark: { paper: '#14161a', text: '#d8d8d8' }, light: { paper: '#ffffff', text: '#1c1c1c' } } as const;

const escaped = (text: string): string => text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c).replace(/[\x00-\x08\x0b-\x1f]/g, '');

/** The screen as an SVG: one `text` a run, placed by column, so that any fixed-width font fits. */
export function screenSvg(rows: readonly string[], columns: number, theme: 'dark' | 'light'): string {
  const wide = 8.4;
  const tall = 18;
  const { paper, text } = papers[theme];
  const width = Math.ceil(columns * wide + 20);
  const height = rows.length * tall + 20;
  const parts: string[] = [];
  rows.forEach((row, y) => {
    for (const { text: run, column, span, ink } of runsOf(row)) {
      if (run.trim() === '' && !ink.inverse) continue;
      const x = (10 + column * wide).toFixed(1);
      const length = (span * wide).toFixed(1);
      if (ink.inverse) parts.push(`<rect x="${x}" y="${10 + y * tall}" width="${length}" height="${tall}" fill="${ink.color ?? text}"/>`);
      parts.push(`<text x="${x}" y="${10 + y * tall + 13}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${ink.inverse ? paper : (ink.color ?? text)}"${ink.bold ? ' font-weight="bold"' : ''}${ink.strike ? ' text-decoration="line-through"' : ''}>${escaped(run)}</text>`);
    }
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" xml:space="preserve">\n<rect width="100%" height="100%" rx="6" fill="${paper}"/>\n${parts.join('\n')}\n</svg>\n`;
}
