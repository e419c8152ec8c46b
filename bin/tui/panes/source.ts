/** The source around the line the machine stands on; names of variables carry the colour of their ownership, which the stack pane says in signs. */
import type { Row, Role, Span } from '../style.ts';
import type { PaneRows, View } from '../view.ts';
import { wrap } from '../width.ts';
import { windowFrom } from '../view.ts';
import { say } from '../words.ts';
import { ownershipRole } from './stack.ts';

const keywords = new Set('and as break const continue defer do elif else enum extern false fn for if impl in is let loop match mod move mut not null or pub return self Self static struct super trait true type union unsafe use where while'.split(' '));
const words = /(#.*$)|("(?:[^"\\]|\\.)*"?)|([\p{L}_][\p{L}\p{N}_]*)|(\d[\d_.a-z]*)|([^\p{L}\p{N}_"#]+)/gu;

/** The first line in sight, from 0: the current line stands a third from the top, unless the person scrolled. */
export function sourceTop(view: View, height: number): number {
  const scroll = view.scroll.source;
  return scroll === undefined ? Math.max(0, Math.min(view.lines.length - height, (currentLine(view) ?? 1) - 1 - Math.floor(height / 3))) : windowFrom(scroll, null, view.lines.length, height);
}

/** The line of the user's own code that is being done. */
export function currentLine(view: View): number | null {
  const here = view.picture.at;
  return here === null || here.std ? (view.picture.frames.find(frame => !frame.std)?.at.line ?? null) : here.line;
}

export function sourcePane(view: View, width: number, height: number): PaneRows {
  const line = currentLine(view);
  const owners = new Map<string, Role>();
  for (const variable of [...(view.picture.frames[0]?.variables ?? [])].reverse()) owners.set(variable.name, ownershipRole[variable.ownership]);
  const from = sourceTop(view, height);
  const gutter = String(view.lines.length).length;
  const rows: Row[] = [];
  for (let at = from; at < Math.min(view.lines.length, from + height); at++) {
    const number = at + 1;
    const current = number === line;
    const sign: Span = current ? ['▶', 'focus'] : view.breaks.includes(number) ? ['●', 'bad'] : view.stops.some(stop => stop.line === number) ? ['◆', 'key'] : [' '];
    rows.push([sign, [`${String(number).padStart(gutter)} `, current ? 'focus' : 'dim'], ...painted(view.lines[at] ?? '', current ? owners : none)]);
  }
  const stop = view.stops.find(one => one.line === line);
  if (stop !== undefined) {
    const said = wrap(stop.text, Math.max(8, width - 3)).slice(0, 3);
    while (rows.length < Math.min(height, said.length)) rows.push([]);
    said.forEach((line, i) => (rows[rows.length - said.length + i] = [[i === 0 ? '◆ ' : '  ', 'key'], [line, 'key']]));
  }
  return { title: [[` ${nameOf(view.file)} `, 'title'], ...(line === null ? [] : [[`${say(view.language, 'line {0}', line)} `, 'dim'] as const])], rows };
}

const nameOf = (file: string): string => file.replace(/^.*[/\\]/, '');
const none: ReadonlyMap<string, Role> = new Map();

function painted(text: string, owners: ReadonlyMap<string, Role>): Span[] {
  const spans: Span[] = [];
  for (const [all, comment, string, word, number] of text.matchAll(words)) {
    if (comment !== undefined) spans.push([all, /^##\s*watch:/.test(comment) ? 'key' : 'dim']);
    else if (string !== undefined) spans.push([all, 'good']);
    else if (word !== undefined) {
      const role = owners.get(word);
      spans.push(role !== undefined ? [all, role] : keywords.has(word) ? [all, 'title'] : [all]);
    } else spans.push(number !== undefined ? [all, 'shared'] : [all]);
  }
  return spans;
}
