/**
 * Syntax: the corpus parses, in one way; what syntax cannot tell apart stands in the tree as the contract says.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { equal, ok } from 'uvu/assert';
import { parseByChart, parsePlainly, parseWords } from '../../lib/syntax/earley.ts';
import { parseSnippet } from '../../lib/syntax/parse.ts';
import { showTree } from '../../lib/syntax/show.ts';
import { typeOfExpr } from '../../lib/syntax/typeOfExpr.ts';
import { lexFile } from '../../lib/syntax/words.ts';
import { Sources } from '../../lib/text/sources.ts';
import type { FileId } from '../../lib/text/span.ts';
import { suite } from '../suite.ts';
import { bare, corpus, parse } from './syntaxCorpus.ts';

const test = suite('syntax');
const root = new URL('../../', import.meta.url).pathname;

test('every program of the corpus parses, in exactly one way', () => {
  ok(corpus.length > 5);
  for (const { name, text } of corpus) {
    const { problems, parses } = parse(text, name);
    equal(problems.map(problem => `${name}: ${problem.code} at ${problem.span.start}`), []);
    equal(`${name}: ${parses > 1}`, `${name}: false`);
  }
});

test('the compiled grammar is fresh', () => {
  const made = execFileSync('node', [`${root}node_modules/nearley/bin/nearleyc.js`, `${root}lib/syntax/grammar.ne`], { encoding: 'utf8' });
  equal(readFileSync(`${root}lib/syntax/grammar.mjs`, 'utf8').trim(), made.trim());
});

test('one word alone gives what the grammar gives', () => {
  for (const word of ['name', '1', '"text"', 'true']) {
    const { tokens } = lexFile(0 as FileId, word, []);
    for (const start of ['arg', 'expr', 'exprStmt', 'type', 'typeArg', 'fnTypeParam', 'pattern', 'closureParam'] as const) {
      const [short, chart] = [parseWords(start, tokens), parseByChart(start, tokens)];
      equal(bare('value' in short ? short.value : null), bare('value' in chart ? chart.value : null), `${start} ${word}`);
    }
  }
});

test('looking a word ahead changes no parse', () => {
  const lines = ['a', 'f(x).y[1]? as u8', 'x is Some(n) and not n == 1', 'return', '-a.b + *p * &mut q', 'a..', '..=b', 'x = fn(a): a', 'a < b', 'if x: 1 else: 2', 'a +', ') b', 'let'];
  for (const line of lines) {
    const words = lexFile(0 as FileId, line, []).tokens;
    for (const start of ['expr', 'exprStmt', 'type', 'pattern', 'arg', 'letStmt', 'fnItem'] as const) {
      const [ahead, plain] = [parseByChart(start, words), parsePlainly(start, words)];
      equal('value' in ahead ? [bare(ahead.value), ahead.count] : ahead.failure.at, 'value' in plain ? [bare(plain.value), plain.count] : plain.failure.at, `${start} ${line}`);
    }
  }
});

/** The tree of the only statement. */
function shown(text: string): string {
  const { value, problems } = parse(text);
  equal(problems.map(problem => problem.code), []);
  const [statement] = value.statements;
  if (statement === undefined) throw new Error('no statement');
  return showTree(statement).trim();
}

test('operators nest by the table of the language', () => {
  const nested = (text: string): string => {
    const { value } = parse(text);
    const read = (e: unknown): string => {
      const x = e as { kind: string; op: string; left: unknown; right: unknown; operand: unknown; value: unknown; start: unknown; end: unknown; path: { segments: { name: { text: string } }[] } };
      switch (x.kind) {
        case 'binary': case 'logical': return `(${read(x.left)} ${x.op} ${read(x.right)})`;
        case 'unary': return `(${x.op} ${read(x.operand)})`;
        case 'cast': return `(${read(x.value)} as)`;
        case 'is': return `(${read(x.value)} is)`;
        case 'range': return `(${x.start === null ? '' : read(x.start)}..${x.end === null ? '' : read(x.end)})`;
        default: return x.path.segments[0]?.name.text ?? '';
      }
    };
    const [statement] = value.statements;
    return statement?.kind === 'expr' ? read(statement.expr) : '';
  };
  equal(nested('a + b * c - d'), '((a + (b * c)) - d)');
  equal(nested('not a == b and c or d'), '(((not (a == b)) and c) or d)');
  equal(nested('-a as i32 * b'), '(((- a) as) * b)');
  equal(nested('a | b ^ c & d << e + f'), '(a | (b ^ (c & (d << (e + f)))))');
  equal(nested('a..b + c'), '(a..(b + c))');
  equal(nested('a == not b'), '(a == (not b))');
  equal(nested('x is None and y'), '((x is) and y)');
  equal(nested('a - b - c'), '((a - b) - c)');
});

test('name[…] is one node; a path goes on through its arguments', () => {
  equal(shown('size_of[Point]()'), 'expr\n  expr: call\n    callee: index\n      base: pathExpr path=size_of\n      args: pathExpr path=Point');
  equal(shown('x.f[T](a)'), 'expr\n  expr: call\n    callee: index\n      base: field name=f\n        value: pathExpr path=x\n      args: pathExpr path=T\n    args: pathExpr path=a');
  ok(shown('Vec[i32]::new()').includes('segments: segment name=Vec\n          args: brackets'));
});

test('an else belongs to the nearest if of its line; at the start of a line, to the outermost', () => {
  equal(shown('if a: if b: c else: d'), shown('if a:\n    if b: c\n    else: d'));
  equal(shown('if a: if b: c\nelse: d'), shown('if a:\n    if b: c\nelse:\n    d'));
  equal(shown('let Some(v) = if a: b else: c else: return'), shown('let Some(v) = if a:\n    b\nelse:\n    c\nelse:\n    return'));
});

test('the types that expressions in brackets spell', () => {
  for (const type of ['i32', '&T', '(A, &mut B)', '[u8; 4]', '[T]', '*mut T', 'Vec[Box[dyn A + \'a]]', 'fn(A) -> B', '_', '!', 'a::b[C]', 'Fn(A) -> B', '()', '&[*const u8]', '<T as A>::B']) {
    const { value, problems } = parse(`f[${type}]()\nlet x: ${type}`);
    equal(problems.map(problem => problem.code), [], type);
    const [first, second] = value.statements;
    if (first?.kind !== 'expr' || first.expr.kind !== 'call' || first.expr.callee.kind !== 'index' || second?.kind !== 'let' || second.type === null) throw new Error(type);
    const [arg] = first.expr.callee.args;
    const spelled = arg === undefined ? null : typeOfExpr(arg);
    if (spelled === null) throw new Error(`${type} is no type`);
    equal(showTree(spelled), showTree(second.type), type);
  }
});

test('blocks in brackets end at the dedent, and the expression goes on', () => {
  const text = 'let v = f(fn(x):\n        let y = x\n        y\n    , if a:\n        1\n    else:\n        2\n).g()\n    .h()\n';
  ok(/value: methodCall name=h\n +receiver: methodCall name=g\n +receiver: call\n/.test(shown(text)));
});

test('docs go to the item that follows, or to the one whose body they begin', () => {
  const { value } = parse('## of the file\n\n## of a\nfn a():\n    ## inside\n    pass\n\nstruct P:\n    ## of P\n    x: i32\n    ## of y\n    y: i32\n');
  equal(value.doc, 'of the file');
  const [a, p] = value.items;
  equal(a?.doc, 'of a\ninside');
  equal(p?.doc, 'of P');
  if (p?.kind !== 'struct' || p.shape.kind !== 'named') throw new Error('no struct');
  equal(p.shape.fields.map(field => field.doc), [null, 'of y']);
});

test('literals have Rust’s values', () => {
  const value = (text: string): unknown => {
    const [statement] = parse(text).value.statements;
    return statement?.kind === 'expr' && statement.expr.kind === 'literal' ? statement.expr.value : null;
  };
  equal(value('0xff_u8'), { kind: 'int', digits: 255n, suffix: 'u8' });
  equal(value('340282366920938463463374607431768211456'), { kind: 'int', digits: 2n ** 128n, suffix: null });
  equal(value('1_0.5e-3f32'), { kind: 'float', text: '10.5e-3', suffix: 'f32' });
  equal(value('2f64'), { kind: 'float', text: '2', suffix: 'f64' });
  equal(value('"a\\u{1F600}\\\n      b\\x41"'), { kind: 'string', value: 'a😀bA' });
  equal(value('r#"a\\"b"#'), { kind: 'string', value: 'a\\"b' });
  equal(value('b"\\xff\\0"'), { kind: 'bytes', value: [255, 0] });
  equal(value('c"é"'), { kind: 'cstring', value: [0xc3, 0xa9] });
  equal(value("'\\''"), { kind: 'char', value: 39 });
  equal(value("b'a'"), { kind: 'byte', value: 97 });
  equal(value('null'), { kind: 'null' });
});

test('names are any Unicode identifiers, in NFC; CRLF and a byte order mark are no matter', () => {
  const { value, problems } = parse('\ufefflet 变量 = 1\r\nlet cafe\u0301 = 变量\r\n');
  equal(problems, []);
  equal(value.statements.map(statement => (statement.kind === 'let' && statement.pattern.kind === 'binding' ? statement.pattern.name.text : '')), ['变量', 'café']);
});

test('every node has an id of its own, from the first given on, and a span inside its parent’s file', () => {
  for (const { name, text } of corpus.slice(0, 40)) {
    const { value, nextId } = parse(text, name);
    const seen = new Set<number>();
    const walk = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { id, span } = node as { id?: number; span?: { start: number; end: number } };
      if (id !== undefined && span !== undefined) {
        ok(id >= 1 && id < nextId && !seen.has(id), `${name}: id ${id} twice`);
        seen.add(id);
        ok(span.start <= span.end && span.end <= text.length, `${name}: span of ${id}`);
      }
      for (const inner of Object.values(node)) walk(inner);
    };
    walk(value);
  }
});

test('a prompt knows when more lines could complete what was typed', () => {
  const incomplete = (text: string): boolean => parseSnippet(new Sources().add('prompt', text), 1).incomplete;
  for (const text of ['let x =', 'f(1,', 'if x:', 'if x:\n    1', 'fn f():', 'let s = "abc', 'x +', '@inline', 'match x:\n    1: 2\n']) ok(incomplete(text), text);
  for (const text of ['1 + 2', 'if x: 1', 'if x:\n    1\n\n', 'x + )', 'let = 3', 'fn f(): 1', '']) ok(!incomplete(text), text);
});
