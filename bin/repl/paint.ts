/**
 * A text that is being edited as rows of a terminal. In: text, cursor, colours by stretch, prompts, width, height. Out: rows with escapes in them, and where
 * the cursor is. Wide characters are never cut at the edge; what does not fit in height is left out around the cursor. Pure; linear in the text.
 */
import stringWidth from 'string-width';
import type { TextStretch } from '../../lib/index.ts';

export interface Drawing {
  readonly rows: readonly string[];
  readonly row: number;
  readonly column: number;
  /** Rows above the first that is shown. */
  readonly above: number;
}

export interface DrawOptions {
  readonly columns: number;
  /** Most rows. */
  readonly height: number;
  /** Before the first line and before the others; plain text and how it is painted. */
  readonly first: string;
  readonly next: string;
  readonly paintPrompt: (text: string) => string;
  readonly paint: (kind: TextStretch['kind'], text: string) => string;
  /** At the right edge of the first row, where there is room. */
  readonly right: string;
  readonly paintRight: (text: string) => string;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that a grapheme takes, and how it is shown. */
function cell(grapheme: string): { readonly text: string; readonly width: number } {
  const code = grapheme.charCodeAt(0);
  if (grapheme.length === 1) {
    if (code >= 32 && code < 127) return { text: grapheme, width: 1 };
    if (code === 9) return { text: '    ', width: 4 };
    if (code < 32 || code === 127) return { text: code === 127 ? '␡' : String.fromCharCode(0x2400 + code), width: 1 };
  }
  const width = stringWidth(grapheme);
  // A lone combining mark or an unassigned character must not make the column uncertain.
  return width === 0 ? { text: '·', width: 1 } : { text: grapheme, width };
}

const ASCII = /^[\x20-\x7e]*$/;
const graphemes = function* (text: string): Iterable<{ segment: string; index: number }> {
  if (ASCII.test(text)) for (let index = 0; index < text.length; index++) yield { segment: text[index] ?? '', index };
  else yield* segmenter.segment(text);
};

export function draw(text: string, cursor: number, stretches: readonly TextStretch[], o: DrawOptions): Drawing {
  const rows: string[] = [];
  let row = 0;
  let column = 0;
  let at = 0;
  let which = 0;
  let width = 0;
  let line = '';
  const limit = Math.max(8, o.columns);
  const kindAt = (offset: number): TextStretch['kind'] => {
    while (which < stretches.length && (stretches[which]?.to ?? 0) <= offset) which++;
    const stretch = stretches[which];
    return stretch !== undefined && stretch.from <= offset ? stretch.kind : 'plain';
  };
  text.split('\n').forEach((source, n) => {
    const prompt = n === 0 ? o.first : o.next;
    line = o.paintPrompt(prompt);
    width = stringWidth(prompt);
    let run = '';
    let kind: TextStretch['kind'] = 'plain';
    const flush = (): void => {
      if (run !== '') line += kind === 'plain' ? run : o.paint(kind, run);
      run = '';
    };
    for (const { segment, index } of graphemes(source)) {
      const here = cell(segment);
      if (width + here.width > limit) {
        flush();
        rows.push(line);
        line = '';
        width = 0;
      }
      if (at + index === cursor) [row, column] = [rows.length, width];
      const next = kindAt(at + index);
      if (next !== kind) {
        flush();
        kind = next;
      }
      run += here.text;
      width += here.width;
    }
    flush();
    if (at + source.length === cursor) {
      // Behind a full row the cursor stands at the beginning of the next.
      if (width >= limit) {
        rows.push(line);
        line = '';
        width = 0;
      }
      [row, column] = [rows.length, width];
    }
    if (n === 0 && rows.length === 0 && o.right !== '' && !text.includes('\n') && width + stringWidth(o.right) + 2 < limit) {
      line += `${' '.repeat(limit - width - stringWidth(o.right) - 1)}${o.paintRight(o.right)}`;
    }
    rows.push(line);
    at += source.length + 1;
  });
  if (rows.length <= o.height) return { rows, row, column, above: 0 };
  const above = Math.max(0, Math.min(rows.length - o.height, row - Math.floor(o.height / 2)));
  return { rows: rows.slice(above, above + o.height), row: row - above, column, above };
}

/** Names in columns, as many rows as there is room for. */
export function inColumns(names: readonly string[], columns: number, most: number): string[] {
  const cellWidth = Math.min(columns, Math.max(...names.map(name => stringWidth(name))) + 2);
  const across = Math.max(1, Math.floor(columns / cellWidth));
  const down = Math.ceil(names.length / across);
  const rows: string[] = [];
  for (let r = 0; r < Math.min(down, most); r++) {
    let row = '';
    for (let c = 0; c < across; c++) {
      const name = names[c * down + r];
      if (name !== undefined) row += name + ' '.repeat(Math.max(0, cellWidth - stringWidth(name)));
    }
    rows.push(row.trimEnd());
  }
  if (down > most) rows.push(`… ${names.length}`);
  return rows;
}
