/**
 * The values of literals. In: the source text of a number, a character or a string's inside. Out: the tree's literal and what is
 * malformed about it, as offsets into the text given. Pure; linear.
 */
import type { Literal } from './tree.ts';

const intForm = /^(?:0[xX]([0-9a-fA-F_]*[0-9a-fA-F][0-9a-fA-F_]*?)|0[oO]([0-7_]*[0-7][0-7_]*?)|0[bB]([01_]*[01][01_]*?)|([0-9][0-9_]*?))_?((?:[iu](?:8|16|32|64|128|size))?)$/;
const floatForm = /^([0-9][0-9_]*(?:\.[0-9][0-9_]*?)?(?:[eE][+-]?_*[0-9][0-9_]*?)?)_?(f32|f64)?$/;

/** null when the text is no number. */
export function numberValue(text: string): Literal | null {
  const int = intForm.exec(text);
  if (int !== null) {
    const [, hex, octal, binary, decimal, suffix] = int;
    const digits = (hex ?? octal ?? binary ?? decimal ?? '0').replaceAll('_', '');
    const prefix = hex !== undefined ? '0x' : octal !== undefined ? '0o' : binary !== undefined ? '0b' : '';
    // A number of thousands of digits costs quadratic time to convert; no type holds one.
    if (digits.length > 1000) return null;
    return { kind: 'int', digits: BigInt(prefix + digits), suffix: suffix === undefined || suffix === '' ? null : suffix };
  }
  const float = floatForm.exec(text);
  if (float !== null) return { kind: 'float', text: (float[1] ?? '0').replaceAll('_', ''), suffix: float[2] ?? null };
  return null;
}

export function charValue(text: string): { literal: Literal; fault: string | null } {
  const byte = text.startsWith('b');
  const inner = text.slice(byte ? 2 : 1, -1);
  const kind = byte ? 'byte' : 'char';
  if (!inner.startsWith('\\')) {
    const value = inner.codePointAt(0) ?? 0;
    return { literal: { kind, value }, fault: (byte && value > 127) || (value >= 0xd800 && value <= 0xdfff) ? inner : null };
  }
  const read = readEscape(inner, 0, byte);
  if (read === null || read.end !== inner.length || read.value < 0) return { literal: { kind, value: 0 }, fault: inner };
  return { literal: { kind, value: read.value }, fault: null };
}

interface Fault {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** `opener` is the text up to and with the opening quote; `inside` what stands between the quotes. */
export function stringValue(opener: string, inside: string): { literal: Literal; faults: readonly Fault[] } {
  const bytes = opener.startsWith('b');
  const c = opener.startsWith('c');
  const faults: Fault[] = [];
  const source = inside.includes('\r\n') ? inside.replaceAll('\r\n', '\n') : inside;
  let text = '';
  /** Bytes of `b"…"` and `c"…"`; null while the text alone says it all. */
  const list: number[] = [];
  if (opener.includes('r') || !source.includes('\\')) {
    text = source;
    if (bytes || c) list.push(...utf8(source));
  } else {
    let plain = 0;
    const flush = (to: number): void => {
      const piece = source.slice(plain, to);
      if (bytes || c) for (const byte of utf8(piece)) list.push(byte);
      else text += piece;
    };
    for (let i = source.indexOf('\\'); i >= 0; i = source.indexOf('\\', i)) {
      flush(i);
      if (source.charAt(i + 1) === '\n') {
        i += 2;
        while (' \t\n\r'.includes(source.charAt(i)) && i < source.length) i++;
        plain = i;
        continue;
      }
      const read = readEscape(source, i, bytes || c);
      if (read === null) {
        const end = Math.min(source.length, i + 2);
        if (faults.length < 20) faults.push({ start: i, end, text: source.slice(i, end) });
        i = end;
      } else {
        if (read.value < 0) {
          if (faults.length < 20) faults.push({ start: i, end: read.end, text: source.slice(i, read.end) });
        } else if (bytes || c) {
          if (read.unicode) for (const byte of utf8(String.fromCodePoint(read.value))) list.push(byte);
          else list.push(read.value);
        } else text += String.fromCodePoint(read.value);
        i = read.end;
      }
      plain = i;
    }
    flush(source.length);
  }
  if (bytes && !isAscii(source)) faults.push({ start: 0, end: inside.length, text: 'a character that is not ASCII' });
  if (c && list.includes(0)) faults.push({ start: 0, end: inside.length, text: '\\0 in a C string' });
  const literal: Literal = bytes ? { kind: 'bytes', value: list } : c ? { kind: 'cstring', value: list } : { kind: 'string', value: text };
  return { literal, faults };
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** The escape at `at` (a backslash). Value -1: well formed, but no such character. null: no escape at all. */
function readEscape(text: string, at: number, bytes: boolean): { value: number; end: number; unicode: boolean } | null {
  const simple = simpleEscapes.get(text.charAt(at + 1));
  if (simple !== undefined) return { value: simple, end: at + 2, unicode: false };
  const letter = text.charAt(at + 1);
  if (letter === 'x') {
    const digits = text.slice(at + 2, at + 4);
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) return null;
    const value = Number.parseInt(digits, 16);
    return { value: value > 127 && !bytes ? -1 : value, end: at + 4, unicode: false };
  }
  if (letter === 'u') {
    const match = /^\\u\{([0-9a-fA-F_]{1,12})\}/.exec(text.slice(at, at + 20));
    if (match === null) return null;
    const value = Number.parseInt((match[1] ?? '').replaceAll('_', ''), 16);
    const good = value <= 0x10ffff && !(value >= 0xd800 && value <= 0xdfff);
    return { value: good ? value : -1, end: at + match[0].length, unicode: true };
  }
  return null;
}

const simpleEscapes: ReadonlyMap<string, number> = new Map([['n', 10], ['r', 13], ['t', 9], ['0', 0], ['\\', 92], ['"', 34], ["'", 39]]);

function utf8(text: string): number[] {
  const out: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return out;
}
