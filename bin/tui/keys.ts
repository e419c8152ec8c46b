/**
 * Bytes from the terminal to keys. In: chunks as they arrive, cut anywhere. Out: keys by name (`a`, `A`, `up`, `ctrl-c`, `shift-tab`, `f5`), pastes as
 * one piece, mouse presses and wheels (SGR 1006). Invariant: every byte is consumed; an unknown sequence is dropped whole, so that noise never turns into commands.
 */
export type Input =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'mouse'; readonly action: 'press' | 'release' | 'drag' | 'wheel-up' | 'wheel-down'; readonly column: number; readonly row: number };

const finals: Readonly<Record<string, string>> = { A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end', Z: 'shift-tab', P: 'f1', Q: 'f2', R: 'f3', S: 'f4' };
const tildes: Readonly<Record<string, string>> = { 1: 'home', 2: 'insert', 3: 'delete', 4: 'end', 5: 'page-up', 6: 'page-down', 7: 'home', 8: 'end', 11: 'f1', 12: 'f2', 13: 'f3', 14: 'f4', 15: 'f5', 17: 'f6', 18: 'f7', 19: 'f8', 20: 'f9', 21: 'f10', 23: 'f11', 24: 'f12' };
const PASTE_END = '\x1b[201~';
/** A sequence that never ends is not one. */
const LONGEST = 64;

export class Keys {
  #rest = '';
  #paste: string | null = null;

  /** The keys that a chunk completes. */
  feed(chunk: string): Input[] {
    const out: Input[] = [];
    let text = this.#rest + chunk;
    this.#rest = '';
    while (text !== '') {
      if (this.#paste !== null) {
        const end = text.indexOf(PASTE_END);
        if (end < 0) {
          // The end mark itself may be cut in two.
          const keep = Math.max(0, text.length - PASTE_END.length + 1);
          this.#paste += text.slice(0, keep);
          this.#rest = text.slice(keep);
          return out;
        }
        out.push({ kind: 'paste', text: (this.#paste + text.slice(0, end)).replace(/\r\n?/g, '\n') });
        this.#paste = null;
        text = text.slice(end + PASTE_END.length);
        continue;
      }
      const size = this.#one(text, out);
      if (size === 0) {
        this.#rest = text;
        return out;
      }
      text = text.slice(size);
    }
    return out;
  }

  /** What waits for more bytes and has waited long enough: a lone escape is the Escape key. */
  flush(): Input[] {
    const waits = this.#rest;
    if (waits === '' || this.#paste !== null) return [];
    this.#rest = '';
    return waits === '\x1b' ? [{ kind: 'key', key: 'escape' }] : [];
  }

  get waiting(): boolean {
    return this.#rest !== '';
  }

  /** Takes one key off the front; 0 when it is not complete. */
  #one(text: string, out: Input[]): number {
    const first = text[0] ?? '';
    if (first !== '\x1b') {
      const point = String.fromCodePoint(text.codePointAt(0) ?? 0);
      out.push({ kind: 'key', key: nameOf(point) });
      return point.length;
    }
    const second = text[1];
    if (second === undefined) return 0;
    if (second === 'O') {
      const third = text[2];
      if (third === undefined) return 0;
      const name = finals[third];
      if (name !== undefined) out.push({ kind: 'key', key: name });
      return 3;
    }
    // A control key after it: the two were pressed one after the other.
    if (second < ' ' || second === '\x7f') {
      out.push({ kind: 'key', key: 'escape' });
      return 1;
    }
    if (second !== '[') {
      const point = String.fromCodePoint(text.codePointAt(1) ?? 0);
      out.push({ kind: 'key', key: `alt-${nameOf(point)}` });
      return 1 + point.length;
    }
    const match = /^\x1b\[([<>?=]?)([0-9;:]*)([ -/]*)([@-~])/.exec(text);
    if (match === null) return /^\x1b\[[<>?=]?[0-9;:]*[ -/]*$/.test(text) && text.length < LONGEST ? 0 : 2;
    const [whole, mark = '', numbers = '', , final = ''] = match;
    const parts = numbers.split(/[;:]/);
    if (mark === '<' && (final === 'M' || final === 'm')) {
      const [button = 0, column = 0, row = 0] = parts.map(Number);
      const action = button & 64 ? (button & 1 ? 'wheel-down' : 'wheel-up') : button & 32 ? 'drag' : final === 'm' ? 'release' : 'press';
      out.push({ kind: 'mouse', action, column: column - 1, row: row - 1 });
    } else if (mark === '' && final === '~' && parts[0] === '200') {
      this.#paste = '';
    } else if (mark === '') {
      const name = final === '~' ? tildes[parts[0] ?? ''] : finals[final];
      const changes = Number(parts[1] ?? 1) - 1;
      if (name !== undefined) out.push({ kind: 'key', key: `${changes & 4 ? 'ctrl-' : ''}${changes & 2 ? 'alt-' : ''}${changes & 1 ? 'shift-' : ''}${name}` });
    }
    return whole.length;
  }
}

function nameOf(point: string): string {
  const code = point.codePointAt(0) ?? 0;
  if (point === '\r' || point === '\n') return 'enter';
  if (point === '\t') return 'tab';
  if (point === ' ') return 'space';
  if (code === 127 || code === 8) return 'backspace';
  if (code < 32) return code === 0 ? 'ctrl-space' : `ctrl-${String.fromCharCode(code + 96)}`;
  return point;
}
