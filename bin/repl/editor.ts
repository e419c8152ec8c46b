/**
 * The text that is being edited, and what each key does to it. In: a state and a key. Out: the next state, and what it asks for (`accept`, `leave` …).
 * Pure: no terminal, no clock; the history is given. Positions are in UTF-16 units and always between graphemes.
 */
import type { Key } from './keys.ts';

export interface Editing {
  readonly text: string;
  readonly cursor: number;
  /** Position in the history; its length is the draft that is being written. */
  readonly at: number;
  readonly draft: string;
  /** Searching the history backwards. */
  readonly search: { readonly query: string; readonly from: number; readonly found: boolean } | null;
  readonly killed: string;
  readonly undo: readonly { readonly text: string; readonly cursor: number }[];
  /** Candidates that are shown below the text until the next key. */
  readonly menu: readonly string[] | null;
}

export type Wish = 'none' | 'accept' | 'cancel' | 'leave' | 'clear' | 'suspend' | 'complete';

export const blank = (history: readonly string[], killed = ''): Editing => ({ text: '', cursor: 0, at: history.length, draft: '', search: null, killed, undo: [], menu: null });

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const NEAR = 64;
const INDENT = '    ';

/** The grapheme border before or after a position; only the neighbourhood is looked at. */
function before(text: string, at: number): number {
  if (at <= 0) return 0;
  const from = Math.max(0, at - NEAR);
  let last = from;
  for (const { index } of segmenter.segment(text.slice(from, at))) last = from + index;
  return last;
}
function after(text: string, at: number): number {
  if (at >= text.length) return text.length;
  for (const { segment } of segmenter.segment(text.slice(at, at + NEAR))) return at + segment.length;
  return text.length;
}
const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
const lineEnd = (text: string, at: number): number => { const end = text.indexOf('\n', at); return end < 0 ? text.length : end; };
const WORD = /[\p{L}\p{N}_]/u;
function wordLeft(text: string, at: number): number {
  while (at > 0 && !WORD.test(text[at - 1] ?? '')) at--;
  while (at > 0 && WORD.test(text[at - 1] ?? '')) at--;
  return at;
}
function wordRight(text: string, at: number): number {
  while (at < text.length && !WORD.test(text[at] ?? '')) at++;
  while (at < text.length && WORD.test(text[at] ?? '')) at++;
  return at;
}

/** A change of the text, which can be undone. */
function changed(s: Editing, text: string, cursor: number): Editing {
  return { ...s, text, cursor, undo: [...s.undo.slice(-200), { text: s.text, cursor: s.cursor }] };
}
const inserted = (s: Editing, piece: string): Editing => changed(s, s.text.slice(0, s.cursor) + piece + s.text.slice(s.cursor), s.cursor + piece.length);
const moved = (s: Editing, cursor: number): Editing => ({ ...s, cursor });
function cut(s: Editing, from: number, to: number): Editing {
  if (from >= to) return s;
  return { ...changed(s, s.text.slice(0, from) + s.text.slice(to), from), killed: s.text.slice(from, to) };
}
const erased = (s: Editing, from: number, to: number): Editing => (from >= to ? s : changed(s, s.text.slice(0, from) + s.text.slice(to), from));

/** Replaces the stretch before the cursor that completion began at. */
export const replaced = (s: Editing, from: number, piece: string): Editing => changed(s, s.text.slice(0, from) + piece + s.text.slice(s.cursor), from + piece.length);

/** A new line that goes on at the right depth. */
export function newLine(s: Editing): Editing {
  const line = s.text.slice(lineStart(s.text, s.cursor), s.cursor);
  const depth = /^[ ]*/.exec(line)?.[0] ?? '';
  const opens = /[:([{]\s*(#.*)?$/.test(line) && !/^\s*#/.test(line);
  const leaves = /^\s*(return|break|continue|pass)\b/.test(line) && !opens;
  return inserted(s, `\n${opens ? depth + INDENT : leaves ? depth.slice(INDENT.length) : depth}`);
}

function recalled(s: Editing, history: readonly string[], at: number): Editing {
  if (at < 0 || at > history.length || at === s.at) return s;
  const draft = s.at === history.length ? s.text : s.draft;
  const text = at === history.length ? draft : (history[at] ?? '');
  return { ...s, text, cursor: text.length, at, draft, undo: [] };
}

/** Up and down: a line in the text, else an entry of the history. */
function vertical(s: Editing, history: readonly string[], by: -1 | 1): Editing {
  const start = lineStart(s.text, s.cursor);
  const column = s.cursor - start;
  if (by < 0) {
    if (start === 0) return recalled(s, history, s.at - 1);
    const above = lineStart(s.text, start - 1);
    return moved(s, before(s.text, Math.min(above + column, start - 1) + 1));
  }
  const end = lineEnd(s.text, s.cursor);
  if (end === s.text.length) return recalled(s, history, s.at + 1);
  return moved(s, Math.min(end + 1 + column, lineEnd(s.text, end + 1)));
}

/** The newest entry at or before `from` that holds the query. */
function find(history: readonly string[], query: string, from: number): number {
  for (let i = Math.min(from, history.length - 1); i >= 0; i--) if (history[i]?.includes(query) === true) return i;
  return -1;
}

function searching(s: Editing, key: Key, history: readonly string[]): { state: Editing; wish: Wish } | null {
  const { search } = s;
  if (search === null) return null;
  const look = (query: string, from: number): { state: Editing; wish: Wish } => {
    const at = query === '' ? -1 : find(history, query, from);
    const text = at >= 0 ? (history[at] ?? '') : s.text;
    return { state: { ...s, text, cursor: at >= 0 ? Math.max(0, text.indexOf(query)) : s.cursor, search: { query, from: at >= 0 ? at : search.from, found: query === '' || at >= 0 } }, wish: 'none' };
  };
  if (key.name === 'text' && !key.alt) return look(search.query + key.text, search.from);
  if (key.name === 'backspace') return look(search.query.slice(0, before(search.query, search.query.length)), history.length);
  if (key.ctrl && key.name === 'r') return look(search.query, search.from - 1);
  if (key.ctrl && (key.name === 'g' || key.name === 'c')) return { state: { ...s, text: s.draft, cursor: s.draft.length, search: null }, wish: 'none' };
  const out = { ...s, search: null };
  return key.name === 'escape' || key.name === 'tab' ? { state: out, wish: 'none' } : press(out, key, history);
}

export function press(given: Editing, key: Key, history: readonly string[]): { state: Editing; wish: Wish } {
  const found = searching(given, key, history);
  if (found !== null) return found;
  const s: Editing = { ...given, menu: null };
  const stay = (state: Editing): { state: Editing; wish: Wish } => ({ state, wish: 'none' });
  const { text, cursor } = s;
  if (key.ctrl) {
    switch (key.name) {
      case 'a': return stay(moved(s, lineStart(text, cursor)));
      case 'e': return stay(moved(s, lineEnd(text, cursor)));
      case 'b': return stay(moved(s, before(text, cursor)));
      case 'f': return stay(moved(s, after(text, cursor)));
      case 'p': return stay(vertical(s, history, -1));
      case 'n': return stay(vertical(s, history, 1));
      case 'k': return stay(cut(s, cursor, lineEnd(text, cursor) === cursor ? Math.min(text.length, cursor + 1) : lineEnd(text, cursor)));
      case 'u': return stay(cut(s, lineStart(text, cursor), cursor));
      case 'w': return stay(cut(s, wordLeft(text, cursor), cursor));
      case 'y': return stay(inserted(s, s.killed));
      case 'h': return stay(erased(s, before(text, cursor), cursor));
      case 'd': return text === '' ? { state: s, wish: 'leave' } : stay(erased(s, cursor, after(text, cursor)));
      case 't': {
        const left = before(text, cursor);
        const right = after(text, cursor);
        if (left === cursor || right === cursor) return stay(s);
        return stay(changed(s, text.slice(0, left) + text.slice(cursor, right) + text.slice(left, cursor) + text.slice(right), right));
      }
      case '_': {
        const last = s.undo[s.undo.length - 1];
        return stay(last === undefined ? s : { ...s, ...last, undo: s.undo.slice(0, -1) });
      }
      case 'r': return stay({ ...s, draft: s.at === history.length ? text : s.draft, search: { query: '', from: history.length - 1, found: true } });
      case 'c': return { state: s, wish: 'cancel' };
      case 'l': return { state: s, wish: 'clear' };
      case 'z': return { state: s, wish: 'suspend' };
      case 'j': return stay(newLine(s));
      case 'left': return stay(moved(s, wordLeft(text, cursor)));
      case 'right': return stay(moved(s, wordRight(text, cursor)));
      case 'home': return stay(moved(s, 0));
      case 'end': return stay(moved(s, text.length));
      default: return stay(s);
    }
  }
  if (key.alt) {
    switch (key.name) {
      case 'b': case 'left': return stay(moved(s, wordLeft(text, cursor)));
      case 'f': case 'right': return stay(moved(s, wordRight(text, cursor)));
      case 'd': return stay(cut(s, cursor, wordRight(text, cursor)));
      case 'backspace': return stay(cut(s, wordLeft(text, cursor), cursor));
      case 'enter': return stay(newLine(s));
      case '<': return stay(recalled(s, history, 0));
      case '>': return stay(recalled(s, history, history.length));
      default: return stay(s);
    }
  }
  switch (key.name) {
    case 'text': return stay(inserted(s, key.text));
    case 'paste': return stay(inserted(s, key.text));
    case 'enter': return { state: s, wish: 'accept' };
    case 'tab': {
      // At the beginning of a line it goes deeper; else it completes.
      const line = text.slice(lineStart(text, cursor), cursor);
      return /^\s*$/.test(line) && !key.shift ? stay(inserted(s, INDENT)) : { state: s, wish: 'complete' };
    }
    case 'backspace': {
      const line = text.slice(lineStart(text, cursor), cursor);
      if (line !== '' && /^ +$/.test(line)) return stay(erased(s, cursor - (((line.length - 1) % INDENT.length) + 1), cursor));
      return stay(erased(s, before(text, cursor), cursor));
    }
    case 'delete': return stay(erased(s, cursor, after(text, cursor)));
    case 'left': return stay(moved(s, before(text, cursor)));
    case 'right': return stay(moved(s, after(text, cursor)));
    case 'home': return stay(moved(s, lineStart(text, cursor)));
    case 'end': return stay(moved(s, lineEnd(text, cursor)));
    case 'up': return stay(vertical(s, history, -1));
    case 'down': return stay(vertical(s, history, 1));
    case 'pageup': return stay(recalled(s, history, s.at - 1));
    case 'pagedown': return stay(recalled(s, history, s.at + 1));
    default: return stay(s);
  }
}
