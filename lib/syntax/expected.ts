/**
 * "Expected …, found …" in words: from the sets of terminals and rules that a parse could have gone on with, and the word that stood there instead. Both
 * languages are made at once, since a problem carries printed fragments. Pure.
 */
import type { Failure } from './earley.ts';
import type { Element } from './layout.ts';

interface Wording {
  readonly en: string;
  readonly zh: string;
}

const kinds: readonly (readonly [string, Wording, readonly string[]])[] = [
  // a rule that could begin, how it is called, terminals it accounts for
  ['atom', { en: 'an expression', zh: '表达式' }, ['%literal', '%int', '%ident', '%paren', '%bracket', '%lifetime', '_', '-', '~', '*', 'not', '&', 'letlink', '..', '..=', 'return', 'break', 'continue', 'self', 'Self', '::', '<', 'if', 'match', 'unsafe', 'do', 'loop', 'while', 'for', 'fn', 'move', '!', 'dyn', 'impl', '%brace', 'extern']],
  ['ntype', { en: 'a type', zh: '类型' }, ['%ident', 'self', 'Self', '::', '<', '&', '*', '%paren', '%bracket', '!', '_', 'fn', 'unsafe', 'extern', 'for', 'dyn', 'impl', '%lifetime', '-', '%int', '%literal', '%brace', '?']],
  ['bound', { en: 'a trait', zh: 'trait' }, ['%ident', 'self', 'Self', '::', '<', '?', 'for', '%lifetime', '%paren']],
  ['pat1', { en: 'a pattern', zh: '模式' }, ['%ident', 'mut', 'ref', '_', '..', '..=', '%literal', '%int', '-', '::', '<', '&', '%paren', '%bracket', 'self', 'Self', '|']],
  ['binop', { en: 'an operator', zh: '运算符' }, ['%op', '<', '>', '+', '-', '*', '&', '|', 'and', 'or', '..', '..=', 'as', 'is', '?', '.', '%paren', '%bracket', '%brace', '::', '%assignop', '->']],
  ['andor', { en: '`and` or `or`', zh: '`and` 或 `or`' }, ['and', 'or']],
];

const named: { readonly [terminal: string]: Wording } = {
  '%ident': { en: 'a name', zh: '名字' },
  '%literal': { en: 'a literal', zh: '字面量' },
  '%int': { en: 'a number', zh: '数字' },
  '%lifetime': { en: 'a lifetime', zh: '生命周期' },
  '%paren': { en: '`(`', zh: '`(`' },
  '%bracket': { en: '`[`', zh: '`[`' },
  '%brace': { en: '`{`', zh: '`{`' },
  '%block': { en: 'a block', zh: '代码块' },
  '%op': { en: 'an operator', zh: '运算符' },
  '%assignop': { en: 'an assignment', zh: '赋值' },
  letelse: { en: '`else`', zh: '`else`' },
};

/** The fragments of E1008 where the builder finds it. */
export function misfit(found: string, expected: string): { found: string; foundZh: string; expected: string; expectedZh: string } {
  return { found, foundZh: chinese.get(found) ?? found, expected, expectedZh: chinese.get(expected) ?? expected };
}
const chinese: ReadonlyMap<string, string> = new Map([
  ['a second `..`', '第二个 `..`'], ['one', '一个'], ['an expression', '表达式'], ['a type', '类型'], ['this type', '这个类型'], ['a trait', 'trait'], ['a lifetime', '生命周期'], ['one expression in it', '其中有一个表达式'],
  ['a field after `..`', '`..` 之后的字段'], ['an element', '元素'], ['an element before it', '它之前的元素'], ['the end of the range', '范围的结尾'],
]);

export function expectedWords(failure: Failure, inGroup: boolean, start: string): Wording {
  const left = new Set(failure.words);
  const parts: Wording[] = [];
  for (const [rule, wording, covered] of kinds) {
    if (!failure.rules.has(rule) || (rule === 'andor' && failure.rules.has('binop'))) continue;
    parts.push(wording);
    for (const terminal of covered) left.delete(terminal);
  }
  const whole = failure.rules.has('binop') || failure.rules.has('andor');
  const ends = whole || failure.words.size === 0;
  if (left.size > 5) {
    // a long list helps nobody: words of the language before marks of its fringe
    for (const rare of ['::', '%lifetime', '?', '@', '%bracket', '..', '..=', '|', '->', 'where']) if (left.size > 4) left.delete(rare);
  }
  if (left.has('%ident')) for (const like of ['self', 'Self']) left.delete(like);
  const inWords = (terminal: string): number => (named[terminal]?.en.startsWith('a') === true ? 0 : 1);
  const sorted = [...left].sort((a, b) => inWords(a) - inWords(b));
  for (const terminal of sorted) parts.push(named[terminal] ?? { en: `\`${terminal}\``, zh: `\`${terminal}\`` });
  if (inGroup && failure.at > 0 && ends) parts.push({ en: '`,`', zh: '`,`' });
  else if (!inGroup && ends && failure.at > 0 && start !== 'arm') parts.push({ en: 'the end of the line', zh: '行尾' });
  const unique = parts.filter((part, index) => parts.findIndex(other => other.en === part.en) === index).slice(0, 6);
  return { en: list(unique.map(part => part.en), ', ', ' or '), zh: list(unique.map(part => part.zh), '、', '或') };
}

function list(words: readonly string[], comma: string, or: string): string {
  if (words.length < 2) return words[0] ?? '';
  return words.slice(0, -1).join(comma) + or + (words[words.length - 1] ?? '');
}

export function foundWord(found: Element | undefined, inGroup: boolean): Wording {
  if (found === undefined) return inGroup ? { en: 'the end of the element', zh: '元素结尾' } : { en: 'the end of the line', zh: '行尾' };
  switch (found.type) {
    case 'block': return { en: 'a block', zh: '代码块' };
    case 'paren': return { en: '`(`', zh: '`(`' };
    case 'bracket': return { en: '`[`', zh: '`[`' };
    case 'brace': return { en: '`{`', zh: '`{`' };
    case 'lifetime': return { en: `\`'${found.value}\``, zh: `\`'${found.value}\`` };
    case 'letlink': return { en: '`let`', zh: '`let`' };
    case 'letelse': return { en: '`else`', zh: '`else`' };
    default: {
      const text = found.value.length > 40 ? `${found.value.slice(0, 37)}…` : found.value;
      return { en: `\`${text.replaceAll('\n', '⏎')}\``, zh: `\`${text.replaceAll('\n', '⏎')}\`` };
    }
  }
}
