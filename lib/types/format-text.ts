/**
 * The text of a format function: Rust's whole format language, read into pieces. Arguments are named as written (by position,
 * by number, by name or by an expression of fields); `format.ts` gives them their values. In: the text. Out: pieces, and what
 * is wrong with it, by offset in the text. Linear.
 */
import type { FormatSpec, FormatTrait } from './facts.ts';

/** Which argument: the next positional, a numbered one, or a name (perhaps with fields). */
export type ArgumentName =
  | { readonly kind: 'next' }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'path'; readonly names: readonly { readonly text: string; readonly at: number }[] };

export type Count = { readonly kind: 'literal'; readonly value: number } | { readonly kind: 'argument'; readonly name: ArgumentName } | { readonly kind: 'star' };

export type TextPiece =
  | { readonly kind: 'text'; readonly text: string }
  | FormatSpec & {
      readonly kind: 'value';
      /** Offsets of `{` and after `}`. */
      readonly start: number;
      readonly end: number;
      readonly name: ArgumentName;
      readonly width: Count | null;
      readonly precision: Count | null;
    };

export interface FormatText {
  readonly pieces: readonly TextPiece[];
  readonly wrong: readonly { readonly at: number; readonly end: number; readonly text: string }[];
}

const ALIGN: Readonly<Record<string, 'left' | 'center' | 'right'>> = { '<': 'left', '^': 'center', '>': 'right' };
const TRAITS: Readonly<Record<string, FormatTrait>> = { '': 'Display', '?': 'Debug', x: 'LowerHex', X: 'UpperHex', o: 'Octal', b: 'Binary', e: 'LowerExp', E: 'UpperExp', p: 'Pointer' };

export function readFormat(text: string): FormatText {
  const pieces: TextPiece[] = [];
  const wrong: { at: number; end: number; text: string }[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain !== '') pieces.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let i = 0; i < text.length;) {
    const c = text[i];
    if (c === '{') {
      if (text[i + 1] === '{') {
        plain += '{';
        i += 2;
        continue;
      }
      const close = text.indexOf('}', i);
      if (close < 0) {
        wrong.push({ at: i, end: text.length, text: '`{` is never closed; to print it, write `{{`' });
        break;
      }
      flush();
      const piece = readHole(text, i, close + 1, wrong);
      if (piece !== null) pieces.push(piece);
      i = piece === null ? close + 1 : piece.end;
      continue;
    }
    if (c === '}') {
      if (text[i + 1] === '}') i += 2;
      else {
        wrong.push({ at: i, end: i + 1, text: '`}` was never opened; to print it, write `}}`' });
        i += 1;
      }
      plain += '}';
      continue;
    }
    plain += c;
    i += 1;
  }
  flush();
  return { pieces, wrong };
}

const NAME = /^[\p{XID_Start}_][\p{XID_Continue}]*/u;

function readHole(text: string, start: number, close: number, wrong: { at: number; end: number; text: string }[]): (TextPiece & { kind: 'value' }) | null {
  let i = start + 1;
  // `{:}>5}` has `}` as its fill: the closing one comes later.
  let end = close;
  const fillAt = text.indexOf(':', i);
  if (fillAt >= 0 && fillAt + 1 === end - 1 && '<^>'.includes(text[fillAt + 2] ?? '!')) {
    const next = text.indexOf('}', end);
    if (next >= 0) end = next + 1;
  }
  const stop = end - 1;
  const fail = (at: number, what: string): null => {
    wrong.push({ at, end: Math.max(at + 1, stop), text: what });
    return null;
  };
  const spaces = (): void => { while (i < stop && text[i] === ' ') i++; };
  const number = (): number | null => {
    const m = /^\d+/.exec(text.slice(i, stop));
    if (m === null) return null;
    i += m[0].length;
    return Number(m[0]);
  };
  const path = (): ArgumentName | null => {
    const names: { text: string; at: number }[] = [];
    for (;;) {
      const m = names.length === 0 ? NAME.exec(text.slice(i, stop)) : /^(?:[\p{XID_Start}_][\p{XID_Continue}]*|\d+)/u.exec(text.slice(i, stop));
      if (m === null) return null;
      names.push({ text: m[0], at: i });
      i += m[0].length;
      if (text[i] !== '.' || i >= stop) return { kind: 'path', names };
      i++;
    }
  };
  spaces();
  let name: ArgumentName = { kind: 'next' };
  if (i < stop && text[i] !== ':') {
    const n = number();
    if (n !== null) name = { kind: 'index', index: n };
    else {
      const p = path();
      if (p === null) return fail(i, 'only a name, fields of one, or a number may stand here; bind anything else to a variable first');
      name = p;
    }
    spaces();
  }
  let fill: string | null = null;
  let align: 'left' | 'center' | 'right' | null = null;
  let sign: '+' | '-' | null = null;
  let alternate = false;
  let zero = false;
  let debugHex: 'x' | 'X' | null = null;
  let width: Count | null = null;
  let precision: Count | null = null;
  let trait: FormatTrait = 'Display';
  if (i < stop && text[i] !== ':') return fail(i, 'only a name, fields of one, or a number may stand here; bind anything else to a variable first');
  if (text[i] === ':' && i < stop) {
    i++;
    const first = String.fromCodePoint(text.codePointAt(i) ?? 0);
    const after = text[i + first.length];
    if (i + first.length < stop && after !== undefined && ALIGN[after] !== undefined) {
      fill = first;
      align = ALIGN[after] ?? null;
      i += first.length + 1;
    } else if (i < stop && ALIGN[text[i] ?? ''] !== undefined) {
      align = ALIGN[text[i] ?? ''] ?? null;
      i++;
    }
    if (i < stop && (text[i] === '+' || text[i] === '-')) sign = text[i++] as '+' | '-';
    if (i < stop && text[i] === '#') {
      alternate = true;
      i++;
    }
    if (i < stop && text[i] === '0' && text[i + 1] !== '$') {
      zero = true;
      i++;
    }
    const count = (): Count | null => {
      const back = i;
      const n = number();
      if (n !== null) {
        if (text[i] === '$' && i < stop) {
          i++;
          return { kind: 'argument', name: { kind: 'index', index: n } };
        }
        return { kind: 'literal', value: n };
      }
      const m = NAME.exec(text.slice(i, stop));
      if (m !== null && text[i + m[0].length] === '$' && i + m[0].length < stop) {
        i += m[0].length + 1;
        return { kind: 'argument', name: { kind: 'path', names: [{ text: m[0], at: back }] } };
      }
      return null;
    };
    width = count();
    if (i < stop && text[i] === '.') {
      i++;
      if (text[i] === '*' && i < stop) {
        i++;
        precision = { kind: 'star' };
      } else {
        precision = count();
        if (precision === null) return fail(i, 'a precision is missing after `.`');
      }
    }
    let word = text.slice(i, stop).trim();
    if (word === 'x?' || word === 'X?') {
      debugHex = word[0] as 'x' | 'X';
      word = '?';
    }
    const found = TRAITS[word];
    if (found === undefined) return fail(i, `there is no format \`${word}\`: it can be \`?\`, \`x\`, \`X\`, \`o\`, \`b\`, \`e\`, \`E\` or \`p\``);
    trait = found;
  }
  return { kind: 'value', start, end, name, trait, fill, align, sign, alternate, zero, debugHex, width, precision };
}
