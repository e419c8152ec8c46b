/**
 * From where a parse stopped to a problem in words. In: the rule, the words, and the failure with its sets of what could have stood there. Out: one
 * problem, with a fix where one is likely. The habits of other languages are looked for first, each by a small function of its own; what
 * none of them knows is "expected …, found …". Costs only what a failing line costs.
 */
import type { FileId, Span } from '../text/span.ts';
import type { Fix, Problem } from '../report/problem.ts';
import { problem } from '../report/problem.ts';
import type { Failure } from './earley.ts';
import { expectedWords, foundWord } from './expected.ts';
import { angleEdits, closureBars, foreignWord, nearKeyword } from './habits.ts';
import type { Element, Group } from './layout.ts';
import { keywords } from './words.ts';

interface Place {
  readonly file: FileId;
  readonly text: string;
  readonly problems: Problem[];
}

const heads = new Set(['if', 'elif', 'while', 'for', 'match', 'fn', 'else', 'loop', 'do', 'unsafe', 'impl', 'trait', 'enum', 'mod', 'extern', 'letelse']);
const typeStarts = new Set(['ident', 'Self', '&', '*', 'paren', 'bracket', 'dyn', 'impl', '!']);
const groupRules = new Set(['arg', 'fieldInit', 'fieldPat', 'typeArg', 'fnTypeParam', 'genericParam', 'param', 'closureParam', 'tupleField', 'useTree']);

export function complain(b: Place, start: string, words: readonly Element[], failure: Failure, group: Group | null): void {
  const found = words[failure.at];
  const before = words[failure.at - 1];
  const first = words[0];
  const last = words[words.length - 1];
  const end = last?.end ?? 0;
  const at = (from: number, to: number): Span => ({ file: b.file, start: from, end: to });
  const say = (code: string, span: Span, fragments: { [name: string]: string } = {}, fixes: readonly Fix[] = [], label?: string): void => {
    b.problems.push(problem(code, span, fragments, { fixes, ...(label === undefined ? {} : { label }) }));
  };
  const insert = (title: string, offset: number, text: string, certain = false): Fix => ({ title, edits: [{ span: at(offset, offset), text }], certain });
  const replace = (title: string, element: { start: number; end: number }, text: string, certain = false): Fix => ({ title, edits: [{ span: at(element.start, element.end), text }], certain });
  const foundSpan = found === undefined ? at(end, end) : at(found.start, Math.max(found.type === 'block' ? found.start : found.end, found.start));
  const head = openHead(words, failure.at);

  // `else` with nothing before it that could take it
  if (found !== undefined && (found.type === 'else' || found.type === 'elif') && !(before?.type === 'brace')) return say('E1031', foundSpan, { word: found.type });

  // `if x { … }`: blocks in braces
  const brace = found?.type === 'brace' ? found : before?.type === 'brace' && (failure.words.has(':') || found?.type === 'else') ? before : null;
  if (brace !== null && head !== null && (failure.words.has(':') || found?.type === 'else')) {
    const group = brace as Group;
    const open = b.text.charAt(group.start - 1) === ' ' ? group.start - 1 : group.start;
    return say('E1015', at(group.start, group.start + 1), { head: head.value || head.type }, [
      { title: 'open the block with `:` and close it by indentation alone', edits: [{ span: at(open, group.start + 1), text: ':' }, { span: at(group.end - 1, group.end), text: '' }], certain: false },
    ]);
  }

  // `if x = 3:`
  if (found?.type === '=' && head !== null && (head.type === 'if' || head.type === 'elif' || head.type === 'while')) {
    return say('E1019', foundSpan, { name: before?.value ?? '' }, [replace('compare with `==`', found, '==')]);
  }

  // `Vec::<i32>::new()`, `text.parse::<i32>()`
  const turbo = found?.type === '<' && before?.type === '::' ? failure.at : found?.type === '::' && words[failure.at + 1]?.type === '<' ? failure.at + 1 : -1;
  if (turbo >= 0) {
    const colons = words[turbo - 1];
    const edits = angleEdits(b.file, words, turbo);
    const from = colons?.start ?? foundSpan.start;
    mute(group);
    return say('E1023', at(from, words[turbo]?.end ?? from), {}, edits === null ? [] : [{ title: 'write type arguments in `[ ]`', edits: [{ span: at(from, colons?.end ?? from), text: '' }, ...edits], certain: true }]);
  }

  // `fn f<T>`, `Vec<i32>`
  if (found?.type === '<' && before !== undefined && (before.type === 'ident' || before.type === 'impl' || before.type === 'fn' || before.type === 'Self' || before.type === 'for')) {
    const edits = angleEdits(b.file, words, failure.at);
    mute(group);
    return say('E1018', foundSpan, { name: before.value }, edits === null ? [] : [{ title: 'write `[ ]`', edits, certain: true }]);
  }

  // `fn f() i32:`
  if (failure.words.has('->') && found !== undefined && typeStarts.has(found.type) && before?.type === 'paren' && head?.type === 'fn') {
    return say('E1017', foundSpan, {}, [insert('write `->` before the result type', found.start, '-> ', true)]);
  }

  // `|x| x + 1`
  if (found?.type === '|' && failure.rules.has('atom')) {
    mute(group);
    const edits = closureBars(b.file, words, failure.at);
    return say('E1041', foundSpan, {}, edits === null ? [] : [{ title: 'write `fn(…):`', edits, certain: false }]);
  }

  // `*mut T`, `dyn X` where a value should stand
  if (found !== undefined && failure.rules.has('atom') && (found.type === 'dyn' || found.type === 'impl' || (before?.type === '*' && (found.type === 'mut' || found.type === 'const')))) {
    const from = before?.type === '*' ? before.start : found.start;
    return say('E1027', at(from, found.end), { type: b.text.slice(from, Math.min(end, from + 40)) });
  }

  // `x is not None`
  if (found?.type === 'not' && before?.type === 'is') {
    const subject = words[failure.at - 2];
    return say('E1043', at(before.start, found.end), {}, subject === undefined ? [] : [{ title: 'write `not … is …`', edits: [{ span: at(words[0]?.start ?? 0, words[0]?.start ?? 0), text: failure.at === 2 ? 'not ' : '' }, { span: at(before.end, found.end), text: '' }], certain: false }]);
  }

  // `x++`
  const plus = found?.type === '+' && before?.type === '+' && before.end === found.start ? before : null;
  const minus = found === undefined && before?.type === '-' && words[failure.at - 2]?.type === '-' ? words[failure.at - 2] : undefined;
  if (plus !== null || minus !== undefined) {
    const from = (plus ?? minus)?.start ?? end;
    const mark = plus !== null ? '+' : '-';
    return say('E1037', at(from, from + 2), { operator: mark + mark, instead: `${mark}= 1` }, [{ title: `write \`${mark}= 1\``, edits: [{ span: at(from, from + 2), text: ` ${mark}= 1` }], certain: false }]);
  }

  // `a ? b : c`
  if (before?.type === '?' && found !== undefined && words.slice(failure.at).some(word => word.type === ':')) return say('E1040', at(before.start, before.end));

  // `def f():`, `whlie x:`
  if (failure.at === 1 && first !== undefined && first.type === 'ident' && (start === 'exprStmt' || start === 'arm')) {
    const instead = foreignWord(first.value);
    if (instead !== null) return say('E1039', at(first.start, first.end), { word: first.value, instead }, [replace(`write \`${instead}\``, first, instead)]);
    const near = nearKeyword(first.value);
    if (near !== null) return say('E1039', at(first.start, first.end), { word: first.value, instead: near }, [replace(`write \`${near}\``, first, near)]);
  }

  // a keyword where a name should stand
  if (found !== undefined && keywords.has(found.type) && failure.words.has('%ident') && !failure.rules.has('atom') && !failure.rules.has('exprStmt')) {
    return say('E1038', foundSpan, { word: found.type }, [replace('write it in backquotes to use it as a name', found, `\`${found.type}\``)]);
  }

  // a head without its `:`
  if (failure.words.has(':') && head !== null && before !== undefined && found?.type !== ':' && start !== 'field' && start !== 'param') {
    return say('E1001', at(before.end, before.end), { after: head.value || head.type }, [insert('add `:`', before.end, ':', found !== undefined && found.type !== 'ident')], 'a `:` is missing here');
  }

  const inGroup = groupRules.has(start) || group !== null;
  const expected = expectedWords(failure, inGroup, start);
  const what = foundWord(found, inGroup);
  say('E1008', foundSpan, { expected: expected.en, expectedZh: expected.zh, found: what.en, foundZh: what.zh });
}

/** What follows in the same brackets belongs to the same mistake. */
function mute(group: Group | null): void {
  if (group !== null) group.broken = true;
}

/** The last head word before `at` whose `:` has not come yet. */
function openHead(words: readonly Element[], at: number): Element | null {
  let head: Element | null = null;
  for (let i = 0; i < at; i++) {
    const word = words[i];
    if (word === undefined) break;
    if (heads.has(word.type)) head = word;
    else if (word.type === ':' && words[i + 1]?.type === 'block') head = null;
  }
  return head;
}
