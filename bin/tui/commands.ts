/**
 * Keys, pastes and the mouse to what the session does. In: an input and the session. Out: the session changed, or a wish that only the app can
 * grant (leave, suspend, save). Invariant: an unknown key does nothing; nothing here throws for what a person types.
 */
import type { Input } from './keys.ts';
import { type PaneName, type Slot, paneNames } from './arrange.ts';
import { freeCard } from './try-free.ts';
import { blocksTop } from './panes/blocks.ts';
import { dumpWidth } from './panes/inspector.ts';
import { cellAt, gridFor } from './panes/map.ts';
import { currentLine, sourceTop } from './panes/source.ts';
import { stackEntries, stackTop } from './panes/stack.ts';
import type { Session } from './session.ts';
import { say } from './words.ts';
import { type Prompt, type PromptFor, chosenBlock, shownBlocks, speeds, variablesOf } from './view.ts';

export type Wish = { readonly kind: 'leave' } | { readonly kind: 'suspend' } | { readonly kind: 'repaint' } | { readonly kind: 'save'; readonly name: string } | null;

export function obey(session: Session, input: Input, slots: readonly Slot[], rows: number, columns: number): Wish {
  if (input.kind === 'key' && input.key === 'ctrl-c') return { kind: 'leave' };
  if (input.kind === 'key' && input.key === 'ctrl-z') return { kind: 'suspend' };
  if (input.kind === 'key' && input.key === 'ctrl-l') return { kind: 'repaint' };
  if (session.view.prompt !== null) return typed(session, session.view.prompt, input);
  if (input.kind === 'mouse') {
    mouse(session, input, slots, rows, columns);
    return null;
  }
  if (input.kind === 'paste') return null;
  const { key } = input;
  if (session.working) {
    if (key === 'q') return { kind: 'leave' };
    if (key === 'escape' || key === 'space') session.cancel();
    return null;
  }
  const { card } = session.view;
  if (card !== null) {
    // The keys that the error card names work while it is up.
    if (key === 'q') return { kind: 'leave' };
    if (card.kind === 'points' && /^[1-9]$/.test(key)) {
      session.unpoint(Number(key) - 1);
      return null;
    }
    session.set({ card: null });
    if (card.kind !== 'stop' || !['b', 'd', 't'].includes(key)) return null;
  }
  return pressed(session, key);
}

const ask = (session: Session, what: PromptFor, text = ''): null => {
  session.set({ prompt: { what, text, at: [...text].length }, message: '', playing: 0 });
  return null;
};

function pressed(session: Session, key: string): Wish {
  const { view } = session;
  if (view.message !== '') session.set({ message: '' });
  if (/^[1-8]$/.test(key)) session.set({ focus: paneNames[Number(key) - 1] ?? 'source' });
  switch (key) {
    case 'q': return { kind: 'leave' };
    case '?': case 'f1': session.set({ card: { kind: 'help' } }); break;
    case 'space': session.set({ playing: view.playing === 0 ? 1 : 0 }); break;
    case 'r': session.set({ playing: view.playing === -1 ? 0 : -1 }); break;
    case 'right': case 'l': session.move(1, 'statement'); break;
    case 'left': case 'h': session.move(-1, 'statement'); break;
    case 'n': session.move(1, 'over'); break;
    case 'N': session.move(-1, 'over'); break;
    case 'c': session.move(1, 'call'); break;
    case 'C': session.move(-1, 'call'); break;
    case 'o': session.move(1, 'out'); break;
    case 'O': session.move(-1, 'out'); break;
    case 'a': session.move(1, 'heap'); break;
    case 'A': session.move(-1, 'heap'); break;
    case 'w': session.tour(1); break;
    case 'W': session.tour(-1); break;
    case '.': session.resume(1); break;
    case ',': session.resume(-1); break;
    case 'home': session.seek(0); break;
    case 'end': session.end(); break;
    case 'g': return ask(session, 'go');
    case '/': return ask(session, 'filter', view.filter);
    case 'i': return ask(session, 'input');
    case 'S': return ask(session, 'export');
    case 'M': return ask(session, 'watch', view.chosen?.kind === 'variable' ? view.chosen.id.replace(/^\d+\//, '').replace(/#.*/, '') : view.chosen?.kind === 'block' ? `${view.chosen.id}+${view.byte}` : '');
    case 'B': return ask(session, 'break');
    case 'p': session.set({ card: { kind: 'points' } }); break;
    case '+': case '=': session.set({ speed: Math.min(speeds.length - 1, view.speed + 1) }); break;
    case '-': session.set({ speed: Math.max(0, view.speed - 1) }); break;
    case 'tab': session.set({ focus: nextPane(view.focus, 1) }); break;
    case 'shift-tab': session.set({ focus: nextPane(view.focus, -1) }); break;
    case 'up': case 'k': choose(session, -1); break;
    case 'down': case 'j': choose(session, 1); break;
    case 'page-up': choose(session, -10); break;
    case 'page-down': choose(session, 10); break;
    case 'enter': follow(session); break;
    case '[': moveByte(session, -1); break;
    case ']': moveByte(session, 1); break;
    case '{': moveByte(session, -dumpWidth(80)); break;
    case '}': moveByte(session, dumpWidth(80)); break;
    case 'b': session.toEvent('born'); break;
    case 'd': session.toEvent('died'); break;
    case 't': if (view.picture.stop !== null) session.end(); else session.toNextAccess(); break;
    case 'T': session.toLastWrite(); break;
    case 'v': session.toLastChange(); break;
    case 'f': freeCard(session); break;
    case 's': session.set({ order: view.order === 'address' ? 'age' : view.order === 'age' ? 'size' : 'address' }); break;
    case 'z': session.set({ zoom: Math.min(16, view.zoom + 1) }); break;
    case 'Z': session.set({ zoom: Math.max(0, view.zoom - 1) }); break;
    case 'x': session.besideNext(); break;
    case 'e': session.set(view.picture.stop === null ? { message: say(view.language, 'nothing went wrong here') } : { card: { kind: 'stop' } }); break;
    case 'escape': session.set({ chosen: null, byte: 0, filter: '' }); break;
    default: break;
  }
  return null;
}

function nextPane(from: PaneName, by: number): PaneName {
  return paneNames[(paneNames.indexOf(from) + by + paneNames.length) % paneNames.length] ?? 'source';
}

/** Up and down mean choosing where there is something to choose, else scrolling. */
function choose(session: Session, by: number): void {
  const { view } = session;
  const step = (ids: readonly string[], now: string | undefined): string | undefined => {
    const at = now === undefined ? -1 : ids.indexOf(now);
    return ids[at < 0 ? (by > 0 ? 0 : ids.length - 1) : Math.max(0, Math.min(ids.length - 1, at + by))];
  };
  switch (view.focus) {
    case 'stack': {
      const id = step(variablesOf(view.picture).map(variable => variable.id), view.chosen?.kind === 'variable' ? view.chosen.id : undefined);
      if (id !== undefined) session.set({ chosen: { kind: 'variable', id }, byte: 0 });
      return;
    }
    case 'blocks': case 'map': {
      const id = step(shownBlocks(view).map(block => block.id), chosenBlock(view)?.id);
      if (id !== undefined) session.set({ chosen: { kind: 'block', id }, byte: 0 });
      return;
    }
    default: {
      const base = view.scroll[view.focus] ?? (view.focus === 'source' ? Math.max(0, (currentLine(view) ?? 1) - 8) : 0);
      // The output is read from its end.
      const now = view.focus === 'output' ? base - by : base + by;
      session.set({ scroll: { ...view.scroll, [view.focus]: Math.max(0, now) } });
    }
  }
}

/** From a variable to its block; from a block to the line that made it. */
function follow(session: Session): void {
  const { view } = session;
  const block = chosenBlock(view);
  if (block === null) session.set({ message: say(view.language, view.chosen === null ? 'choose something first' : 'it leads to no block') });
  else if (view.chosen?.kind === 'variable') session.set({ chosen: { kind: 'block', id: block.id }, byte: 0, focus: 'inspector' });
  else if (block.born !== null) session.set({ scroll: { ...view.scroll, source: Math.max(0, block.born.at.line - 4) }, message: say(view.language, '{0} was born on line {1}; b goes there', block.id, block.born.at.line) });
}

function moveByte(session: Session, by: number): void {
  const block = chosenBlock(session.view);
  if (block !== null) session.set({ byte: Math.max(0, Math.min(Math.max(0, block.size - 1), session.view.byte + by)) });
}

function typed(session: Session, prompt: Prompt, input: Input): Wish {
  const letters = [...prompt.text];
  const put = (text: string): void => {
    const more = [...text.replace(/[\x00-\x1f\x7f]/g, ' ')];
    session.set({ prompt: { ...prompt, text: [...letters.slice(0, prompt.at), ...more, ...letters.slice(prompt.at)].join(''), at: prompt.at + more.length } });
  };
  if (input.kind === 'paste') {
    put(input.text);
    return null;
  }
  if (input.kind === 'mouse') return null;
  const { key } = input;
  switch (key) {
    case 'escape': session.set({ prompt: null, ...(prompt.what === 'filter' ? { filter: '' } : {}) }); return null;
    case 'enter': session.set({ prompt: null }); return answered(session, prompt.what, prompt.text);
    case 'ctrl-d': if (prompt.what === 'input') {
      session.set({ prompt: null });
      session.provide(null);
    }
      return null;
    case 'left': session.set({ prompt: { ...prompt, at: Math.max(0, prompt.at - 1) } }); return null;
    case 'right': session.set({ prompt: { ...prompt, at: Math.min(letters.length, prompt.at + 1) } }); return null;
    case 'home': case 'ctrl-a': session.set({ prompt: { ...prompt, at: 0 } }); return null;
    case 'end': case 'ctrl-e': session.set({ prompt: { ...prompt, at: letters.length } }); return null;
    case 'ctrl-u': session.set({ prompt: { ...prompt, text: '', at: 0 } }); return null;
    case 'backspace': if (prompt.at > 0) session.set({ prompt: { ...prompt, text: [...letters.slice(0, prompt.at - 1), ...letters.slice(prompt.at)].join(''), at: prompt.at - 1 } }); return null;
    case 'delete': session.set({ prompt: { ...prompt, text: [...letters.slice(0, prompt.at), ...letters.slice(prompt.at + 1)].join('') } }); return null;
    default: put(key === 'space' ? ' ' : [...key].length === 1 ? key : ''); return null;
  }
}

function answered(session: Session, what: PromptFor, text: string): Wish {
  const { language } = session.view;
  switch (what) {
    case 'filter': session.set({ filter: text, focus: 'blocks' }); return null;
    case 'input': session.provide(`${text}\n`); return null;
    case 'export': return text.trim() === '' ? null : { kind: 'save', name: text.trim() };
    case 'watch': if (text.trim() !== '') session.watch(text.trim()); return null;
    case 'break': {
      const form = /^\s*(\d+)?(?:\s*\bwhen\s+(.+))?\s*$/.exec(text);
      const line = form?.[1] === undefined ? currentLine(session.view) : Number(form[1]);
      const condition = form?.[2];
      if (form === null || line === null) session.set({ message: form === null ? say(language, "'{0}' is no line, nor a line with 'when' and a condition", text) : say(language, 'no line is being done') });
      else if (condition !== undefined || !session.unbreak(line)) session.breakAt(line, condition ?? '');
      else session.set({ message: say(language, 'stops on line {0} no more', line) });
      return null;
    }
    case 'go': {
      const word = text.trim();
      const line = /^:(\d+)$/.exec(word)?.[1];
      if (word === 'start') session.seek(0);
      else if (word === 'end' || word === 'fault') session.end();
      else if (line !== undefined) session.toLine(Number(line));
      else if (/^\d[\d,_]*$/.test(word)) session.seek(Number(word.replace(/[,_]/g, '')));
      else if (word !== '') session.set({ message: say(language, "'{0}' is no step, line, start, end or fault", word) });
      return null;
    }
  }
}

function mouse(session: Session, input: Extract<Input, { readonly kind: 'mouse' }>, slots: readonly Slot[], rows: number, columns: number): void {
  const { view } = session;
  if (input.action === 'release') return;
  if (view.card !== null) {
    if (input.action === 'press') session.set({ card: null });
    return;
  }
  // The two rows of the time line: a press goes to that moment.
  if (input.row >= rows - 3 && input.row <= rows - 2) {
    const last = view.total ?? Math.max(view.seen, view.position);
    if (input.action === 'press' && !session.working) session.seek(Math.floor((input.column / Math.max(1, columns)) * last));
    return;
  }
  const slot = slots.find(({ box }) => input.column >= box.column && input.column < box.column + box.width && input.row >= box.row && input.row < box.row + box.height);
  if (slot === undefined) return;
  if (input.action === 'wheel-up' || input.action === 'wheel-down') {
    session.set({ focus: slot.pane });
    choose(session, input.action === 'wheel-up' ? -1 : 1);
    return;
  }
  if (input.action !== 'press') return;
  const column = input.column - slot.box.column - 1;
  const row = input.row - slot.box.row - 1;
  const width = slot.box.width - 2;
  const height = slot.box.height - 2;
  session.set({ focus: slot.pane });
  if (row < 0 || row >= height) return;
  switch (slot.pane) {
    case 'stack': {
      const entries = stackEntries(view);
      const id = entries.ids[stackTop(view, entries, height) + row];
      if (id != null) session.set({ chosen: { kind: 'variable', id }, byte: 0 });
      return;
    }
    case 'blocks': {
      const id = shownBlocks(view)[blocksTop(view, Math.max(1, height - 1)) + row - 1]?.id;
      if (row > 0 && id !== undefined) session.set({ chosen: { kind: 'block', id }, byte: 0 });
      return;
    }
    case 'map': {
      if (view.beside !== null) return;
      const id = cellAt(gridFor(view, view.picture, width, height), column, row)?.block;
      if (id != null) session.set({ chosen: { kind: 'block', id }, byte: 0 });
      return;
    }
    case 'source': {
      const line = sourceTop(view, height) + row + 1;
      if (column <= String(view.lines.length).length + 1 && !session.unbreak(line)) session.breakAt(line, '');
      return;
    }
    default: return;
  }
}
