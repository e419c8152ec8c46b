/**
 * The terminal of a session: raw mode and pastes as a unit while it is ours, the text repainted after each key, and everything as before when we leave,
 * whatever ends us. In: a terminal, a history, what completes and what is whole. Out: entries, one at a time; keys that come while a line runs are
 * kept for later, but for Ctrl-C, which is told. Invariant: after `close` nothing of ours is left switched on.
 */
import { readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import stringWidth from 'string-width';
import { classify, type Completion, type TextStretch } from '../../lib/index.ts';
import { blank, newLine, press, replaced, type Editing } from './editor.ts';
import { Keys, type Key } from './keys.ts';
import { draw, inColumns, type DrawOptions } from './paint.ts';

export interface PromptOptions {
  readonly history: string[];
  /** More is needed before the text can be run. */
  readonly isIncomplete: (text: string) => boolean;
  readonly complete: (textBefore: string) => Completion;
  readonly paint: DrawOptions['paint'];
  readonly dim: (text: string) => string;
  readonly accent: (text: string) => string;
  /** At the right edge: what the heap holds. */
  readonly right: () => string;
  readonly searchWord: string;
}

/** Longer texts are not coloured while they are typed. */
const MOST_COLOURED = 60_000;
/** A text of more rows is shown shortened once it is accepted. */
const MOST_KEPT = 60;
const ESCAPE_WAIT = 40;

export class Prompt {
  readonly #o: PromptOptions;
  readonly #in = process.stdin;
  readonly #out = process.stdout;
  readonly #keys = new Keys();
  readonly #decoder = new StringDecoder('utf8');
  #state: Editing;
  #killed = '';
  /** Where the cursor stands in what was painted last, and its columns then. */
  #painted = { row: 0, columns: 0, widths: [] as number[] };
  #wait: ((text: string | null) => void) | null = null;
  #escape: NodeJS.Timeout | null = null;
  #queue: Key[] = [];
  #open = false;
  #interrupted = false;
  #completing = '';

  constructor(o: PromptOptions) {
    this.#o = o;
    this.#state = blank(o.history);
  }

  open(): void {
    this.#open = true;
    this.#in.setRawMode(true);
    this.#in.on('data', this.#onData);
    this.#in.on('end', this.#onEnd);
    this.#in.on('error', this.#onEnd);
    this.#in.resume();
    this.#out.on('resize', this.#onResize);
    this.#out.write('\x1b[?2004h');
    process.on('exit', this.#restore);
    process.on('SIGCONT', this.#onContinue);
  }

  close(): void {
    if (!this.#open) return;
    this.#restore();
    // Who comes after us begins at the margin.
    if (this.#wait !== null) this.#out.write('\r\n');
    this.#open = false;
    this.#in.off('data', this.#onData);
    this.#in.off('end', this.#onEnd);
    this.#in.off('error', this.#onEnd);
    this.#in.pause();
    this.#out.off('resize', this.#onResize);
    process.off('exit', this.#restore);
    process.off('SIGCONT', this.#onContinue);
  }

  /** Somebody else has the terminal meanwhile. */
  aside(action: () => void): void {
    this.close();
    try {
      action();
    } finally {
      this.open();
    }
  }

  readonly #restore = (): void => {
    if (!this.#open) return;
    try {
      this.#in.setRawMode(false);
    } catch {
      // The terminal has gone: nothing is left to restore.
    }
    this.#out.write('\x1b[?2004l\x1b[?25h\x1b[0m');
  };

  /** Ctrl-C came while nobody waited for a line. */
  takeInterrupt(): boolean {
    const was = this.#interrupted;
    this.#interrupted = false;
    return was;
  }

  get interrupted(): boolean {
    return this.#interrupted;
  }

  interrupt(): void {
    if (this.#wait === null) this.#interrupted = true;
    else this.#handle({ name: 'c', text: '', ctrl: true, alt: false, shift: false });
  }

  /** The next entry; null when the session is left. */
  read(): Promise<string | null> {
    return new Promise(resolve => {
      this.#interrupted = false;
      this.#state = blank(this.#o.history, this.#killed);
      this.#painted = { row: 0, columns: this.#out.columns || 80, widths: [] };
      this.#wait = resolve;
      const queue = this.#queue;
      this.#queue = [];
      this.#paint();
      for (const [i, key] of queue.entries()) {
        if (this.#wait === null) {
          this.#queue.push(...queue.slice(i));
          break;
        }
        this.#handle(key, i === queue.length - 1);
      }
    });
  }

  /**
   * A line for the program, read while nothing else happens: what was typed ahead first. Gives its bytes with the line end, none at the end of
   * input, null when it was interrupted.
   */
  readForProgram(): Uint8Array | null {
    let line = '';
    const echo = (text: string): void => { this.#out.write(text); };
    const take = (key: Key): 'end' | 'stop' | 'more' | 'done' => {
      if (key.ctrl && key.name === 'c') return 'stop';
      if (key.ctrl && key.name === 'd') return line === '' ? 'end' : 'more';
      if (key.name === 'enter') {
        echo('\n');
        line += '\n';
        return 'done';
      }
      if (key.name === 'backspace') {
        const last = [...line].pop();
        if (last !== undefined) {
          line = line.slice(0, -last.length);
          const width = stringWidth(last);
          echo('\b'.repeat(width) + ' '.repeat(width) + '\b'.repeat(width));
        }
      } else if (key.name === 'text' || key.name === 'paste') {
        const end = key.text.indexOf('\n');
        const now = end < 0 ? key.text : key.text.slice(0, end);
        echo(now);
        line += now;
        if (end >= 0) {
          const rest = key.text.slice(end + 1);
          if (rest !== '') this.#queue.unshift({ ...key, text: rest });
          echo('\n');
          line += '\n';
          return 'done';
        }
      }
      return 'more';
    };
    const buffer = new Uint8Array(4096);
    for (;;) {
      for (let key = this.#queue.shift(); key !== undefined; key = this.#queue.shift()) {
        const what = take(key);
        if (what === 'done') return new TextEncoder().encode(line);
        if (what === 'end') return new Uint8Array();
        if (what === 'stop') {
          this.#interrupted = true;
          return null;
        }
      }
      let count = 0;
      try {
        count = readSync(0, buffer, 0, buffer.length, null);
        if (count === 0) return new Uint8Array();
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : '';
        if (code === 'EOF') return new Uint8Array();
        if (code !== 'EAGAIN') return null;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 15);
        continue;
      }
      this.#queue.push(...this.#keys.feed(this.#decoder.write(Buffer.from(buffer.subarray(0, count)))));
    }
  }

  /** Waits for a program that sleeps; Ctrl-C ends it. */
  sleep(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    const buffer = new Uint8Array(256);
    for (let left = milliseconds; left > 0 && !this.#interrupted; left = end - performance.now()) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.min(left, 20));
      try {
        const count = readSync(0, buffer, 0, buffer.length, null);
        this.#take(this.#keys.feed(this.#decoder.write(Buffer.from(buffer.subarray(0, count)))));
      } catch {
        // Nothing was typed.
      }
    }
  }

  // -------------------------------------------------------------- what comes

  readonly #onData = (chunk: Buffer | string): void => {
    if (this.#escape !== null) clearTimeout(this.#escape);
    this.#escape = null;
    this.#take(this.#keys.feed(typeof chunk === 'string' ? chunk : this.#decoder.write(chunk)));
    if (this.#keys.waits) this.#escape = setTimeout(() => this.#take(this.#keys.flush()), ESCAPE_WAIT);
  };

  #take(keys: readonly Key[]): void {
    for (const [i, key] of keys.entries()) {
      if (this.#wait === null) {
        if (key.ctrl && key.name === 'c') {
          this.#interrupted = true;
          this.#queue = [];
        } else this.#queue.push(key);
      } else this.#handle(key, i === keys.length - 1);
    }
  }

  readonly #onEnd = (): void => {
    this.#finish(null);
  };

  readonly #onResize = (): void => {
    if (this.#wait === null) return;
    // The terminal has broken the rows anew: the cursor is where they now are.
    const columns = this.#out.columns || 80;
    let row = 0;
    for (const width of this.#painted.widths.slice(0, this.#painted.row)) row += Math.max(1, Math.ceil(width / columns));
    this.#painted = { ...this.#painted, row, columns };
    this.#paint();
  };

  readonly #onContinue = (): void => {
    if (!this.#open) return;
    this.#in.setRawMode(true);
    this.#out.write('\x1b[?2004h');
    this.#painted = { ...this.#painted, row: 0 };
    if (this.#wait !== null) this.#paint();
  };

  #handle(key: Key, last = true): void {
    const { state, wish } = press(this.#state, key, this.#o.history);
    this.#state = state;
    this.#killed = state.killed;
    switch (wish) {
      case 'accept': {
        const { text } = state;
        const blankLine = /\n[ \t]*$/.test(text.slice(0, state.cursor)) && state.cursor === text.length;
        const recalled = state.text === this.#o.history[state.at];
        if (!recalled && !text.startsWith(':') && text.trim() !== '' && this.#o.isIncomplete(blankLine ? `${text}\n` : text)) {
          this.#state = newLine(state);
          break;
        }
        this.#finish(text);
        return;
      }
      case 'cancel':
        this.#finish('');
        return;
      case 'leave':
        this.#finish(null);
        return;
      case 'clear':
        this.#out.write('\x1b[H\x1b[2J');
        this.#painted = { ...this.#painted, row: 0 };
        break;
      case 'suspend':
        this.#restore();
        this.#out.write('\n');
        process.kill(process.pid, 'SIGTSTP');
        return;
      case 'complete':
        this.#complete();
        break;
      case 'none': break;
    }
    if (wish !== 'complete') this.#completing = '';
    if (last) this.#paint();
  }

  #complete(): void {
    const s = this.#state;
    const { from, candidates } = this.#o.complete(s.text.slice(0, s.cursor));
    const written = s.text.slice(from, s.cursor);
    const [only] = candidates;
    if (only === undefined) return;
    let common = only;
    for (const name of candidates) while (!name.startsWith(common)) common = common.slice(0, -1);
    if (candidates.length === 1 || common.length > written.length) this.#state = replaced(s, from, common);
    if (candidates.length > 1 && (common.length === written.length || this.#completing === s.text)) this.#state = { ...this.#state, menu: candidates };
    this.#completing = this.#state.text;
  }

  #finish(text: string | null): void {
    const resolve = this.#wait;
    if (resolve === null) return;
    // The empty line that ended a block is not worth a row.
    const shown = this.#state.text.trimEnd();
    this.#state = { ...this.#state, text: shown, menu: null, search: null, cursor: shown.length };
    this.#paint(true);
    this.#out.write('\n');
    this.#wait = null;
    resolve(text);
  }

  // -------------------------------------------------------------- painting

  #paint(final = false): void {
    const { text, cursor, search, menu } = this.#state;
    const columns = this.#out.columns || 80;
    const rows = this.#out.rows || 24;
    const stretches: readonly TextStretch[] = text.length > MOST_COLOURED || text.startsWith(':') ? [] : classify(text);
    const first = search === null ? '> ' : `(${this.#o.searchWord}${search.found ? '' : '?'}) ${search.query}: `;
    const drawing = draw(text, cursor, stretches, {
      columns,
      height: final ? Number.MAX_SAFE_INTEGER : Math.max(3, rows - (menu === null ? 1 : 6)),
      first,
      next: '. ',
      paintPrompt: this.#o.accent,
      paint: this.#o.paint,
      right: final ? '' : this.#o.right(),
      paintRight: this.#o.dim,
    });
    let shown = drawing.rows;
    if (final && shown.length > MOST_KEPT) shown = [...shown.slice(0, 20), this.#o.dim(`  … ${shown.length - 25} …`), ...shown.slice(-5)];
    const below = menu === null ? [] : inColumns(menu, columns - 1, 5).map(this.#o.dim);
    const all = [...shown, ...below];
    const row = final ? shown.length - 1 : drawing.row;
    const up = this.#painted.row > 0 ? `\x1b[${this.#painted.row}A` : '';
    const back = all.length - 1 - row;
    const place = `${back > 0 ? `\x1b[${back}A` : ''}\r${drawing.column > 0 && !final ? `\x1b[${drawing.column}C` : ''}`;
    const end = final ? '' : place;
    this.#out.write(`\x1b[?25l${up}\r\x1b[J${all.join('\r\n')}${end}\x1b[?25h`);
    this.#painted = { row, columns, widths: all.map(line => stringWidth(line)) };
  }
}
