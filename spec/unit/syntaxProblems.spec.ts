/**
 * Problems of syntax: one mistake gives one problem, the rest of the file is still there, fixes repair, and no input is too much.
 */
import { equal, ok } from 'uvu/assert';
import { fill } from '../../lib/report/catalogue.ts';
import { syntax } from '../../lib/report/catalogue/syntax.ts';
import type { Problem } from '../../lib/report/problem.ts';
import { suite } from '../suite.ts';
import { parse } from './syntaxCorpus.ts';

const test = suite('syntax problems');

test('each record’s wrong program has that one problem, and its right one none', () => {
  for (const record of syntax) {
    const wrong = parse(record.wrong);
    equal(wrong.problems.map(problem => problem.code), [record.code], record.slug);
    equal(parse(record.right).problems.map(problem => problem.code), [], record.slug);
    const [problem] = wrong.problems;
    for (const text of [record.message.en, record.message.zh]) ok(!/\{\w+\}/.test(fill(text, problem?.with ?? {})), `${record.code}: ${fill(text, problem?.with ?? {})}`);
  }
});

export function apply(text: string, problem: Problem): string {
  const edits = [...(problem.fixes[0]?.edits ?? [])].sort((a, b) => b.span.start - a.span.start);
  return edits.reduce((out, edit) => out.slice(0, edit.span.start) + edit.text + out.slice(edit.span.end), text);
}

test('certain fixes repair what they are for', () => {
  let count = 0;
  for (const record of syntax) {
    const [problem] = parse(record.wrong).problems;
    if (problem?.fixes[0]?.certain !== true) continue;
    count++;
    equal(parse(apply(record.wrong, problem)).problems.map(left => left.code), [], record.slug);
  }
  ok(count > 10);
});

/** One mistake in the middle of a file: its code, and everything around it still parses. */
const mistakes: readonly (readonly [string, string])[] = [
  ['let x 5', 'E1008'], ['let = 5', 'E1008'], ['let x = ', 'E1008'], ['x = = 2', 'E1008'], ['f(1 2)', 'E1008'], ['f(a, , b)', 'E1008'], ['let x = 5 6', 'E1008'], ['let match = 1', 'E1038'],
  ['if x return', 'E1001'], ['while x', 'E1001'], ['if x\n        y()', 'E1001'], ['for i in 0..3\n        y()', 'E1001'], ['let y = if a\n        1\n    else:\n        2', 'E1001'], ['match x\n        1: 2', 'E1001'], ['match x:\n        1\n            2', 'E1001'],
  ['if a && b: c', 'E1004'], ['if !a: c', 'E1004'], ['let x = a || b', 'E1004'], ['let x := 1', 'E1016'], ['a;', 'E1014'], ['x++', 'E1037'], ['x--', 'E1037'],
  ['if x { y() }', 'E1015'], ['if x {\n        y()\n    }', 'E1015'], ['while x {\n        y();\n        z();\n    }', 'E1015'], ['if x { y() } else { z() }', 'E1015'], ['match x {\n        1: 2,\n    }', 'E1015'], ['loop {\n        y()\n    }', 'E1015'],
  ['let v: Vec<i32> = f()', 'E1018'], ['let v: HashMap<K, Vec<V>> = f()', 'E1018'], ['let v = Vec::<i32>::new()', 'E1023'], ['let x = s.parse::<i32>()', 'E1023'], ['let v = Vec<i32>::new()', 'E1018'],
  ['if x = 3: y()', 'E1019'], ['if (x = 3): y()', 'E1019'], ['while x = 3: y()', 'E1019'], ['a < b < c', 'E1022'], ['a == b != c', 'E1022'], ['println!("x")', 'E1024'], ['let v = vec![1, 2]', 'E1024'],
  ['else: y()', 'E1031'], ['if a: b\n    else if c: d', 'E1021'], ['foo(|x| x + 1)', 'E1041'], ['foo(|a, b| a + b)', 'E1041'], ['let x = a ? b : c', 'E1040'], ['switch x:\n        y()', 'E1039'], ['whlie x:\n        y()', 'E1039'],
  ['let x = "abc', 'E1012'], ["let x = 'ab'", 'E1035'], ['let x = 12abc', 'E1013'], ['let x = "\\q"', 'E1011'], ['let x = a $ b', 'E1008'], ['let x = (1, 2', 'E1006'], ['let x = f(1, [2, 3)', 'E1006'], ['let x = 1)', 'E1007'], ['f(a,\n    b', 'E1006'],
  ['    y()', 'E1003'], ['let x = a\n        + b', 'E1003'], ['  y()', 'E1003'], ['let x = *mut u8', 'E1027'], ['let x = (let y = 1)', 'E1028'], ['fn g() i32: 1', 'E1017'], ['fn g<T>(x: T): 1', 'E1018'], ['fn g(x): 1', 'E1008'], ['fn g(x: HashMap<K, V>, y: i32): 1', 'E1018'],
  ['struct A { x: i32 y: i32 }', 'E1008'], ['enum B:\n        A,\n        C', 'E1036'], ['use a::b:', 'E1008'], ['let x = 1 +', 'E1008'], ['let x = f(', 'E1006'], ['return return (', 'E1006'], ['let (a, b = f()', 'E1006'], ['a.', 'E1008'], ['a::', 'E1008'], ['x[1', 'E1006'], ['let x = Point { x: 1, y }}', 'E1007'], ['@', 'E1008'], ['pub let x = 1', 'E1008'], ['impl X { }', 'E1015'],
  ['let x: [i32; 3; 4] = y', 'E1008'], ['a..b..c', 'E1008'], ['let P { .., x } = y', 'E1008'], ['let x = P { ..a, ..b }', 'E1008'], ['f(,)', 'E1008'], ['let f: for[T] fn(T) = g', 'E1008'], ['impl i32:\n        x', 'E1033'], ['x is not None', 'E1043'],
];

test('one mistake is one problem, and what stands around it is still read', () => {
  for (const [line, code] of mistakes) {
    const text = `fn before():\n    a()\n\nfn f():\n    b()\n    ${line}\n    c()\n\nfn after() -> i32:\n    d()\n`;
    const { value, problems } = parse(text);
    equal(problems.map(problem => problem.code), [code], line);
    for (const problem of problems) {
      const record = syntax.find(candidate => candidate.code === problem.code);
      for (const words of [record?.message.en ?? '{none}', record?.message.zh ?? '{none}']) ok(!/\{(none|found|expected)\w*\}/.test(fill(words, problem.with)), `${line}: ${fill(words, problem.with)}`);
    }
    equal(value.items.filter(item => item.kind === 'fn' && ['before', 'f', 'after'].includes(item.name.text)).length, 3, line);
  }
});

test('messages are in words', () => {
  const first = (text: string): string => {
    const [problem] = parse(text).problems;
    const record = syntax.find(candidate => candidate.code === problem?.code);
    return fill(record?.message.en ?? '', problem?.with ?? {});
  };
  equal(first('let = 5'), 'expected a pattern, found `=`');
  equal(first('let x: = 5'), 'expected a type, found `=`');
  equal(first('f(1 2)'), 'expected an operator or `,`, found `2`');
  equal(first('x = 1 +'), 'expected an expression, found the end of the line');
  equal(first('use std::'), 'expected a name, `*` or `{`, found the end of the line');
});

test('no input is too much', () => {
  const large = 1_000_000;
  const inputs: readonly (readonly [string, string])[] = [
    ['E1006 E1025', '('.repeat(100_000)], ['E1025', `${'('.repeat(100_000)}${')'.repeat(100_000)}`], ['E1009', '\0'.repeat(large)], ['E1026', `let x = ${'a + '.repeat(large / 4)}a`], ['', `let x = "${'a'.repeat(large)}"`],
    ['E1025', `let x: ${'& '.repeat(3000)}T`], ['E1025', 'return '.repeat(4000)], ['E1025', `x = ${'not '.repeat(4000)}y`], ['E1025', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}if a:`).join('\n')], ['E1025', `a${'.b()'.repeat(1000)}`],
    ['E1025', `if a: ${'if a: '.repeat(1000)}b`], ['E1025', `x = 1${' + 1'.repeat(1000)}`], ['', `x = [${'1, '.repeat(20_000)}]`], ['E1013', `x = ${'1'.repeat(large)}`],
  ];
  for (const [codes, text] of inputs) {
    const began = process.cpuUsage().user;
    const found = new Set(parse(text).problems.map(problem => problem.code));
    equal([...found].sort().join(' '), codes, text.slice(0, 30));
    ok(process.cpuUsage().user - began < 5_000_000, text.slice(0, 30));
  }
});
