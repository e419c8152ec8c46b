/**
 * Words: source text → tokens, by moo. In: a file's text. Out: tokens (with the column of those that stand first on their line),
 * comments, problems. Every code unit of the text is in a token, a comment or between them; nothing is ever thrown. Context that one
 * or two neighbours decide is settled here: words after `.`, `::` and `fn` are names, `ref` and `raw` are words only where they can
 * stand, `0.1` after `.` is two fields. Linear in the text.
 */
import moo from 'moo';
import type { Lexer } from 'moo';
import type { FileId, Span } from '../text/span.ts';
import type { Problem } from '../report/problem.ts';
import { problem } from '../report/problem.ts';
import type { Literal } from './tree.ts';
import { charValue, numberValue, stringValue } from './literals.ts';

export interface Token {
  /** `ident`, `literal`, `int`, `lifetime`, `doc`, `assignop`, `op`; a keyword's or mark's type is its text. */
  type: string;
  /** What a literal of the grammar is compared with: the text of keywords and marks, else empty. */
  text: string;
  /** The source text; of a name its NFC form without backquotes. */
  value: string;
  readonly start: number;
  readonly end: number;
  /** Indentation when the token is the first of its line, else -1. */
  readonly column: number;
  readonly literal: Literal | null;
}

export interface Comment {
  readonly start: number;
  readonly end: number;
  /** Nothing but blanks stands before it on its line. */
  readonly own: boolean;
  readonly column: number;
}

export interface Words {
  readonly tokens: Token[];
  readonly comments: Comment[];
}

export const keywords: ReadonlySet<string> = new Set(
  ('and as break const continue defer do dyn elif else enum extern false fn for if impl in is let loop match mod move mut not null ' +
    'or pass pub return self Self static struct trait true type unsafe use where while').split(' '),
);

const str = { chunk: { match: /[^"\\]+/, lineBreaks: true }, escape: { match: /\\[^]/, lineBreaks: true }, close: { match: '"', pop: 1 }, cut: /\\/ };
const raw = (hashes: string) => ({ chunk: { match: /[^"]+/, lineBreaks: true }, close: { match: `"${hashes}`, pop: 1 }, ...(hashes === '' ? {} : { quote: '"' }) });

function makeLexer(): Lexer {
  return moo.states({
    main: {
      blank: /[ \t\f\v\r]+/,
      newline: { match: /\r?\n/, lineBreaks: true },
      raw3: { match: /[bc]?r###"/, push: 'raw3' },
      raw2: { match: /[bc]?r##"/, push: 'raw2' },
      raw1: { match: /[bc]?r#"/, push: 'raw1' },
      raw0: { match: /[bc]?r"/, push: 'raw0' },
      quote: { match: /[bc]?"/, push: 'str' },
      char: /b?'(?:[^'\\\r\n]|[\ud800-\udbff][\udc00-\udfff]|\\(?:u\{[^}'\r\n]*\}|x[^'\r\n]{0,2}|[^\r\nux]))'/,
      doc: /##(?!#)[^\r\n]*/,
      comment: /#[^\r\n]*/,
      lifetime: /'[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/,
      number: /0[xXoObB]\w*|[0-9][0-9_]*(?:\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9_]+)?\w*/,
      word: /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/,
      quoted: /`[^`\r\n]*`/,
      mark: ['<<=', '>>=', '..=', '...', '::', '->', '=>', '==', '!=', '<=', '>=', '<<', '>>', '&&', '||', ':=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '..',
        '(', ')', '[', ']', '{', '}', ',', ';', ':', '.', '=', '<', '>', '+', '-', '*', '/', '%', '&', '|', '^', '~', '?', '@', '!', '$'],
      bad: /[^\n]/,
    },
    str,
    raw0: raw(''),
    raw1: raw('#'),
    raw2: raw('##'),
    raw3: raw('###'),
  }, 'main');
}

const lexer = makeLexer();
/** A file of more words is refused: it would fill the memory. */
const maxTokens = 2_000_000;
const plainOps = new Set(['==', '!=', '<=', '>=', '/', '%', '^', '<<', '>>']);
const assignOps = new Set(['+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>=']);
const goodName = /^[\p{XID_Start}_][\p{XID_Continue}]*$/u;
const namePiece = /[\p{XID_Start}_]\p{XID_Continue}*/gu;

/** True when an operand may end with this token, so that what follows is a binary operator or a postfix. */
export function endsOperand(token: { readonly type: string } | undefined): boolean {
  if (token === undefined) return false;
  return operandEnds.has(token.type);
}
const operandEnds = new Set(['ident', 'literal', 'int', ')', ']', '}', '?', 'self', 'Self', '_', 'paren', 'bracket', 'brace', 'lifetime']);

export function lexFile(file: FileId, text: string, problems: Problem[]): Words {
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  const span = (start: number, end: number): Span => ({ file, start, end });
  let fresh = true;
  let column = 0;
  let tabs = -1;
  let badStart = -1;
  let badEnd = -1;
  const flushBad = (): void => {
    if (badStart < 0) return;
    const what = text.slice(badStart, Math.min(badEnd, badStart + 2));
    const replacement = lookalikes.get(what.charAt(0));
    problems.push(problem('E1009', span(badStart, badEnd), { character: printable(what.codePointAt(0) ?? 0) }, {
      fixes: replacement === undefined ? [] : [{ title: `write \`${replacement}\``, edits: [{ span: span(badStart, badEnd), text: replacement }], certain: false }],
    }));
    badStart = -1;
  };
  const bad = (start: number, end: number): void => {
    if (badStart >= 0 && badEnd !== start) flushBad();
    if (badStart < 0) badStart = start;
    badEnd = end;
  };
  const push = (type: string, tokenText: string, value: string, start: number, end: number, literal: Literal | null = null): void => {
    const last = tokens[tokens.length - 1];
    // `ref x`, `ref mut x`; `&raw const x`
    if (last !== undefined && last.type === 'ident' && !fresh) {
      if (last.value === 'ref' && (type === 'ident' || type === 'mut') && text.charAt(last.start) !== '`') last.type = last.text = 'ref';
      else if (last.value === 'raw' && (type === 'const' || type === 'mut') && tokens[tokens.length - 2]?.type === '&') last.type = last.text = 'raw';
    }
    tokens.push({ type, text: tokenText, value, start, end, column: fresh ? column : -1, literal });
    fresh = false;
  };
  const pushWord = (value: string, start: number, end: number): void => {
    const last = tokens[tokens.length - 1];
    const afterName = last !== undefined && (last.type === '.' || last.type === '::' || (last.type === 'fn' && !fresh));
    if (value === '_' ) push('_', '_', value, start, end);
    else if (afterName || !keywords.has(value)) push('ident', '', value, start, end);
    else if (value === 'true' || value === 'false') push('literal', '', value, start, end, { kind: 'bool', value: value === 'true' });
    else if (value === 'null') push('literal', '', value, start, end, { kind: 'null' });
    else push(value, value, value, start, end);
  };
  const pushMark = (value: string, start: number, end: number): void => {
    const last = tokens[tokens.length - 1];
    const one = (type: string, at: number, size: number): void => push(type, type, text.slice(at, at + size), at, at + size);
    switch (value) {
      case '&&':
      case '||': {
        const binary = endsOperand(last);
        const word = value === '&&' ? 'and' : 'or';
        const instead = binary ? word : value === '&&' ? '& &' : 'fn()';
        const padLeft = binary && text.charAt(start - 1) !== ' ' ? ' ' : '';
        const padRight = binary && text.charAt(end) !== ' ' ? ' ' : '';
        problems.push(problem('E1004', span(start, end), { found: value, word: instead.trim() }, {
          fixes: [{ title: `write \`${instead}\``, edits: [{ span: span(start, end), text: padLeft + instead + padRight }], certain: binary }],
        }));
        if (binary) one(word, start, 2);
        else {
          one(value.charAt(0), start, 1);
          one(value.charAt(0), start + 1, 1);
        }
        return;
      }
      case ':=':
        problems.push(problem('E1016', span(start, end), {}, { fixes: [{ title: 'write `=`', edits: [{ span: span(start, end), text: '=' }], certain: true }] }));
        one('=', start, 2);
        return;
      case '=>':
        problems.push(problem('E1032', span(start, end), {}, {
          fixes: [{ title: 'write `:`', edits: [{ span: span(text.charAt(start - 1) === ' ' ? start - 1 : start, end), text: ':' }], certain: true }],
        }));
        one(':', start, 2);
        return;
      case '<<':
        if (!endsOperand(last)) {
          one('<', start, 1);
          one('<', start + 1, 1);
          return;
        }
        break;
    }
    if (plainOps.has(value)) push('op', '', value, start, end);
    else if (assignOps.has(value)) push('assignop', '', value, start, end);
    else push(value, value, value, start, end);
  };

  let offset = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  lexer.reset(offset === 0 ? text : text.slice(1));
  let opener: { type: string; text: string; start: number } | null = null;
  /** The first string that goes over lines: when a quote is missing somewhere, it is the likely culprit. */
  let suspect: { start: number; tokens: number; comments: number; problems: number } | null = null;
  let openedAt = { start: 0, tokens: 0, comments: 0, problems: 0 };
  let resumed = false;
  for (;;) {
    const token = lexer.next();
    if (token === undefined) {
      if (opener === null || resumed) break;
      // a string that is never closed: taken to end with its line, and the rest is read on
      resumed = true;
      const from: { start: number; tokens: number; comments: number; problems: number } = suspect ?? { start: opener.start, tokens: tokens.length, comments: comments.length, problems: problems.length };
      tokens.length = from.tokens;
      comments.length = from.comments;
      problems.length = from.problems;
      opener = null;
      const lineEnd = text.indexOf('\n', from.start);
      const line = text.slice(from.start, lineEnd < 0 ? text.length : lineEnd);
      const tail = /[)\]}]*[,:]?\s*$/.exec(line.slice(-200))?.[0].length ?? 0;
      offset = from.start + Math.max(line.length - tail, Math.min(2, line.length));
      problems.push(problem('E1012', span(from.start, offset), {}, { fixes: [{ title: 'close it', edits: [{ span: span(offset, offset), text: '"' }], certain: false }] }));
      fresh = text.slice(text.lastIndexOf('\n', from.start) + 1, from.start).trim() === '';
      push('literal', '', text.slice(from.start, offset), from.start, offset, { kind: 'string', value: line.slice(1) });
      lexer.reset(text.slice(offset));
      continue;
    }
    const start = token.offset + offset;
    const end = start + token.text.length;
    const type = token.type ?? 'bad';
    if (opener !== null) {
      if (type === 'chunk' && suspect === null && token.text.includes('\n')) suspect = openedAt;
      if (type !== 'close') continue;
      const { literal, faults } = stringValue(opener.text, text.slice(opener.start + opener.text.length, start));
      for (const fault of faults) problems.push(problem('E1011', span(opener.start + opener.text.length + fault.start, opener.start + opener.text.length + fault.end), { escape: fault.text }));
      push('literal', '', text.slice(opener.start, end), opener.start, end, literal);
      opener = null;
      continue;
    }
    if (type !== 'bad' && badStart >= 0) flushBad();
    if (tokens.length > maxTokens) {
      problems.push(problem('E1026', span(start, start), { limit: String(maxTokens), unit: 'file' }));
      break;
    }
    switch (type) {
      case 'newline':
        fresh = true;
        column = 0;
        break;
      case 'blank':
        if (fresh) {
          column = 0;
          for (const c of token.text) column = c === '\t' ? (column | 3) + 1 : column + 1;
          if (tabs < 0 && token.text.includes('\t')) tabs = start;
        }
        break;
      case 'comment':
        comments.push({ start, end, own: fresh, column });
        break;
      case 'doc':
        comments.push({ start, end, own: fresh, column });
        push('doc', '', token.text.slice(2).replace(/^ /, '').trimEnd(), start, end);
        break;
      case 'quote': case 'raw0': case 'raw1': case 'raw2': case 'raw3':
        opener = { type, text: token.text, start };
        openedAt = { start, tokens: tokens.length, comments: comments.length, problems: problems.length };
        break;
      case 'char': {
        const { literal, fault } = charValue(token.text);
        if (fault !== null) problems.push(problem('E1011', span(start, end), { escape: fault }));
        push('literal', '', token.text, start, end, literal);
        break;
      }
      case 'number': {
        const last = tokens[tokens.length - 1];
        if (last !== undefined && last.type === '.' && /^[0-9.]+$/.test(token.text)) {
          const dot = token.text.indexOf('.');
          const first = dot < 0 ? token.text : token.text.slice(0, dot);
          push('int', '', first, start, start + first.length);
          if (dot >= 0) {
            push('.', '.', '.', start + dot, start + dot + 1);
            push('int', '', token.text.slice(dot + 1), start + dot + 1, end);
          }
          break;
        }
        const literal = numberValue(token.text);
        if (literal === null) problems.push(problem('E1013', span(start, end), { number: token.text }));
        const isInt = literal !== null && literal.kind === 'int' && literal.suffix === null;
        push(isInt ? 'int' : 'literal', '', token.text, start, end, literal ?? { kind: 'int', digits: 0n, suffix: null });
        break;
      }
      case 'lifetime':
        if (text.charAt(end) === "'" || !goodName.test(token.text.slice(1))) {
          const close = text.charAt(end) === "'" ? end + 1 : end;
          problems.push(problem('E1035', span(start, close), { text: text.slice(start, close) }));
          if (close > end) lexer.next();
          push('literal', '', token.text, start, close, { kind: 'char', value: token.text.codePointAt(1) ?? 0 });
        } else push('lifetime', '', token.text.slice(1).normalize('NFC'), start, end);
        break;
      case 'quoted': {
        const inner = token.text.slice(1, -1);
        if (goodName.test(inner)) push('ident', '', inner.normalize('NFC'), start, end);
        else {
          bad(start, end);
          flushBad();
        }
        break;
      }
      case 'word': {
        if (isAscii(token.text)) {
          pushWord(token.text, start, end);
          break;
        }
        if (goodName.test(token.text)) {
          pushWord(token.text.normalize('NFC'), start, end);
          break;
        }
        // names with foreign characters between them
        let at = 0;
        for (const piece of token.text.matchAll(namePiece)) {
          if (piece.index > at) {
            bad(start + at, start + piece.index);
            flushBad();
          }
          at = piece.index + piece[0].length;
          pushWord(piece[0].normalize('NFC'), start + piece.index, start + at);
        }
        if (at < token.text.length) bad(start + at, end);
        break;
      }
      case 'mark':
        pushMark(token.text, start, end);
        break;
      default:
        if (token.text === "'" || token.text === '"') {
          flushBad();
          problems.push(problem('E1035', span(start, end), { text: token.text }));
        } else bad(start, end);
    }
  }
  flushBad();
  if (opener !== null) {
    const lineEnd = text.indexOf('\n', opener.start);
    problems.push(problem('E1012', span(opener.start, lineEnd < 0 ? text.length : lineEnd), {}));
    push('literal', '', text.slice(opener.start), opener.start, text.length, { kind: 'string', value: '' });
  }
  if (tabs >= 0) problems.push(tabProblem(file, text, tabs));
  settleBangs(tokens, file, text, problems);
  return { tokens, comments };
}

/** `!x` is `not x`; `name!(…)` is Rust's macro call. A `!` that is left is the never type or a negative impl. */
function settleBangs(tokens: Token[], file: FileId, text: string, problems: Problem[]): void {
  let dropped = false;
  for (let i = 0; i < tokens.length; i++) {
    const bang = tokens[i];
    if (bang === undefined || bang.type !== '!') continue;
    const before = tokens[i - 1];
    const next = tokens[i + 1];
    const span: Span = { file, start: bang.start, end: bang.end };
    if (before !== undefined && before.end === bang.start && before.type === 'ident' && next !== undefined && (next.type === '(' || next.type === '[' || next.type === '{')) {
      const vec = before.value === 'vec';
      problems.push(problem('E1024', { file, start: before.start, end: bang.end }, { name: before.value }, {
        fixes: vec ? vecFix(tokens, i, file) : [{ title: `write \`${before.value}\` without \`!\``, edits: [{ span, text: '' }], certain: true }],
      }));
      bang.type = 'dropped';
      dropped = true;
    } else if (next !== undefined && next.start === bang.end && startsOperand.has(next.type) && before?.type !== 'impl' && before?.type !== ']' && before?.type !== '->') {
      problems.push(problem('E1004', span, { found: '!', word: 'not' }, { fixes: [{ title: 'write `not`', edits: [{ span, text: `${/\w/.test(text.charAt(bang.start - 1)) ? ' ' : ''}not ` }], certain: true }] }));
      bang.type = 'not';
      bang.text = 'not';
    }
  }
  if (!dropped) return;
  let kept = 0;
  for (const token of tokens) if (token.type !== 'dropped') tokens[kept++] = token;
  tokens.length = kept;
}
const startsOperand = new Set(['ident', 'literal', 'int', '(', 'self', 'Self', '*', '&', '!', '~', '-', 'match', 'if']);

function vecFix(tokens: readonly Token[], bang: number, file: FileId): { title: string; edits: { span: Span; text: string }[]; certain: boolean }[] {
  const name = tokens[bang - 1];
  const open = tokens[bang + 1];
  if (name === undefined || open === undefined || open.type !== '[') return [];
  let depth = 0;
  let semicolon: Token | null = null;
  for (let j = bang + 1; j < tokens.length && j < bang + 2000; j++) {
    const token = tokens[j];
    if (token === undefined) break;
    if ('([{'.includes(token.type)) depth++;
    else if (token.type === ';' && depth === 1) semicolon = token;
    else if (')]}'.includes(token.type) && --depth === 0) {
      const at = (start: number, end: number): Span => ({ file, start, end });
      if (j === bang + 2) return [{ title: 'write `Vec::new()`', edits: [{ span: at(name.start, token.end), text: 'Vec::new()' }], certain: true }];
      return semicolon === null
        ? [{ title: 'write `Vec::from([…])`', edits: [{ span: at(name.start, open.start), text: 'Vec::from(' }, { span: at(token.end, token.end), text: ')' }], certain: true }]
        : [{ title: 'write `Vec::repeat(…)`', edits: [{ span: at(name.start, open.end), text: 'Vec::repeat(' }, { span: at(semicolon.start, semicolon.end), text: ',' }, { span: at(token.start, token.end), text: ')' }], certain: true }];
    }
  }
  return [];
}

/** One problem for the file, whose fix puts spaces for all tabs in indentation. */
function tabProblem(file: FileId, text: string, start: number): Problem {
  const edits: { span: Span; text: string }[] = [];
  const indentation = /^[ \t]*\t[ \t]*/gm;
  for (let match = indentation.exec(text); match !== null && edits.length < 10_000; match = indentation.exec(text)) {
    let width = 0;
    for (const c of match[0]) width = c === '\t' ? (width | 3) + 1 : width + 1;
    edits.push({ span: { file, start: match.index, end: match.index + match[0].length }, text: ' '.repeat(width) });
  }
  let end = start;
  while (text.charAt(end) === '\t' || text.charAt(end) === ' ') end++;
  return problem('E1002', { file, start, end }, {}, { fixes: [{ title: 'indent with spaces', edits, certain: true }] });
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

function printable(code: number): string {
  return code > 32 && code !== 127 && !(code >= 0xd800 && code <= 0xdfff) ? `\`${String.fromCodePoint(code)}\` (U+${code.toString(16).toUpperCase().padStart(4, '0')})` : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

const lookalikes: ReadonlyMap<string, string> = new Map([
  ['，', ','], ['。', '.'], ['：', ':'], ['；', ';'], ['（', '('], ['）', ')'], ['【', '['], ['】', ']'], ['“', '"'], ['”', '"'], ['‘', "'"], ['’', "'"],
  ['！', '!'], ['＝', '='], ['＋', '+'], ['－', '-'], ['—', '-'], ['×', '*'], ['÷', '/'], ['《', '<'], ['》', '>'], ['\u00a0', ' '], ['\u3000', '  '], ['｛', '{'], ['｝', '}'], ['＃', '#'],
]);
