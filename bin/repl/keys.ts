/**
 * Bytes of a terminal → keys. In: pieces of text as they come, perhaps cut in the middle of an escape. Out: keys by name, and pastes as one key.
 * What is not understood is dropped, so that it never gets into the text. Pure but for what it holds back; `flush` ends a lone Escape.
 */

export interface Key {
  /** `text`, `paste`, or a name: `enter`, `tab`, `left`, `home`, `backspace`, `escape`, `a` with `ctrl` … */
  readonly name: string;
  readonly text: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
}

const key = (name: string, more: Partial<Key> = {}): Key => ({ name, text: '', ctrl: false, alt: false, shift: false, ...more });

const FINAL: Record<string, string> = { A: 'up', B: 'down', C: 'right', D: 'left', F: 'end', H: 'home', Z: 'tab', M: 'enter' };
const TILDE: Record<string, string> = { 1: 'home', 2: 'insert', 3: 'delete', 4: 'end', 5: 'pageup', 6: 'pagedown', 7: 'home', 8: 'end' };
const PASTE_FROM = '\x1b[200~';
const PASTE_TO = '\x1b[201~';

export class Keys {
  #held = '';
  #paste: string | null = null;

  /** An Escape that waits for more. */
  get waits(): boolean {
    return this.#held !== '' && this.#paste === null;
  }

  feed(text: string): Key[] {
    const keys: Key[] = [];
    let rest = this.#held + text;
    this.#held = '';
    while (rest !== '') {
      if (this.#paste !== null) {
        const end = rest.indexOf(PASTE_TO);
        if (end < 0) {
          // The end may be cut: what could be its beginning waits.
          let kept = Math.min(rest.length, PASTE_TO.length - 1);
          while (kept > 0 && !PASTE_TO.startsWith(rest.slice(rest.length - kept))) kept--;
          this.#paste += rest.slice(0, rest.length - kept);
          this.#held = rest.slice(rest.length - kept);
          return keys;
        }
        keys.push(key('paste', { text: cleaned(this.#paste + rest.slice(0, end)) }));
        this.#paste = null;
        rest = rest.slice(end + PASTE_TO.length);
        continue;
      }
      if (rest[0] !== '\x1b') {
        const first = String.fromCodePoint(rest.codePointAt(0) ?? 0);
        const plain = /^[^\x00-\x1f\x7f\x80-\x9f]+/.exec(rest)?.[0];
        if (plain !== undefined) {
          keys.push(key('text', { text: plain }));
          rest = rest.slice(plain.length);
        } else {
          keys.push(control(first));
          rest = rest.slice(first.length);
        }
        continue;
      }
      const taken = this.#escape(rest, keys);
      if (taken === 0) {
        this.#held = rest;
        return keys;
      }
      rest = rest.slice(taken);
    }
    return keys;
  }

  /** Nothing more came: what waits is a lone Escape. */
  flush(): Key[] {
    if (!this.waits) return [];
    const rest = this.#held.slice(1);
    this.#held = '';
    return [key('escape'), ...(rest === '' ? [] : this.feed(rest))];
  }

  /** One escape sequence; gives how much it took, 0 when it is not all there. */
  #escape(text: string, keys: Key[]): number {
    if (text.startsWith(PASTE_FROM)) {
      this.#paste = '';
      return PASTE_FROM.length;
    }
    if (text.length === 1) return 0;
    if (text[1] === '[' || text[1] === 'O') {
      const match = /^\x1b(?:\[([\x30-\x3f]*)[\x20-\x2f]*([\x40-\x7e])|O([\x40-\x7e]))/.exec(text);
      if (match === null) return text.length > 32 ? 2 : 0;
      const parameters = (match[1] ?? '').split(';');
      const final = match[2] ?? match[3] ?? '';
      const modifiers = Number(parameters[1] ?? '1') - 1;
      const name = final === '~' ? TILDE[parameters[0] ?? ''] : FINAL[final];
      if (name !== undefined) keys.push(key(name, { shift: (modifiers & 1) !== 0 || final === 'Z', alt: (modifiers & 2) !== 0, ctrl: (modifiers & 4) !== 0 }));
      return match[0].length;
    }
    if (text[1] === '\x1b') {
      keys.push(key('escape'));
      return 1;
    }
    const second = String.fromCodePoint(text.codePointAt(1) ?? 0);
    const inner = control(second);
    keys.push(inner.name === 'text' ? key(second, { alt: true }) : { ...inner, alt: true });
    return 1 + second.length;
  }
}

function control(c: string): Key {
  switch (c) {
    case '\r': case '\n': return key('enter');
    case '\t': return key('tab');
    case '\x7f': case '\b': return key('backspace');
    case '\0': return key('space', { ctrl: true });
    case '\x1f': return key('_', { ctrl: true });
    default: {
      const code = c.charCodeAt(0);
      return code < 32 ? key(String.fromCharCode(code + 96), { ctrl: true }) : code >= 0x80 && code < 0xa0 ? key('none') : key('text', { text: c });
    }
  }
}

/** A paste's line ends as ours, and without control characters but tab. */
export const cleaned = (text: string): string => text.replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
