/**
 * Random input for the parser: token soup, byte soup, spliced and damaged corpus. In: `npm run fuzz:syntax [count] [seed]`. Out: exit 0 when every input
 * gave a tree and problems only; an exception, a hang (over five seconds of work) or a second parse prints the input and exits 1.
 * Deterministic for a seed.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { format } from '../../lib/syntax/format.ts';
import { parseFile, parseSnippet } from '../../lib/syntax/parse.ts';
import { keywords } from '../../lib/syntax/words.ts';
import { Sources } from '../../lib/text/sources.ts';
import { bare } from '../unit/syntaxCorpus.ts';

const count = Number(process.argv[2] ?? 100_000);
let state = Number(process.argv[3] ?? 1) >>> 0;

/** mulberry32: small, seeded, good enough. */
function random(): number {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n: number): number => Math.floor(random() * n);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

function programs(dir: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== 'node_modules') found.push(...programs(join(dir, entry.name)));
    else if (entry.name.endsWith('.altru')) found.push(readFileSync(join(dir, entry.name), 'utf8'));
  }
  return found;
}

const root = new URL('../../', import.meta.url).pathname;
const corpus = ['samples', 'spec', 'lib/std'].flatMap(dir => programs(join(root, dir))).filter(text => text.length < 20_000);
if (corpus.length === 0) corpus.push('fn main():\n    let x = if a: 1 else: 2\n    println("{x}")\n');
const words = [...keywords, 'x', 'foo', 'T', '变量', '0', '1', '1.5', '0xff', '"s"', "'c'", "'a", 'b"x"', '(', ')', '[', ']', '{', '}', ',', ';', ':', '::', '.', '..', '..=', '=', '==', '<', '>', '<=', '+', '-', '*', '/', '%', '&', '|', '^', '~', '!', '?', '@', '->', '=>', '&&', '||', '<<', '>>', '+=', ':=', '\n', '\n    ', '\n        ', '\n            ', ' ', ':\n    ', ':\n        ', '# c\n', '## d\n', '\t', '\\', '"', "'", '`a`', 'r#"x"#', '\0', '\r\n', '$'];

const makers: readonly (() => string)[] = [
  // whole items with other blanks: most parse, so the formatter is tried
  () => {
    const lines = pick(corpus).split('\n');
    const starts = lines.flatMap((line, index) => (/^[a-z@#]/.test(line) ? [index] : []));
    const at = below(starts.length);
    const piece = lines.slice(starts[at] ?? 0, starts[at + 1 + below(4)] ?? lines.length);
    return piece.map(line => (below(4) === 0 ? line.replace(/(?<=\S) (?=[^"']*$)/g, () => pick(['  ', ' ', '   '])) : line) + (below(12) === 0 ? '  # c' : '') + (below(15) === 0 ? '\n\n' : '')).join('\n');
  },
  () => Array.from({ length: below(60) }, () => pick(words)).join(pick(['', ' '])),
  () => Array.from({ length: below(120) }, () => String.fromCharCode(below(below(3) === 0 ? 65536 : 128))).join(''),
  () => {
    const a = pick(corpus);
    const b = pick(corpus);
    const at = below(a.length);
    const to = below(b.length);
    return a.slice(Math.max(0, at - 400), at) + b.slice(to, to + 400);
  },
  () => {
    const a = pick(corpus);
    const start = below(a.length);
    let text = a.slice(start, start + 600);
    for (let n = below(4) + 1; n > 0; n--) {
      const at = below(text.length + 1);
      text = text.slice(0, at) + (below(2) === 0 ? pick(words) : '') + text.slice(at + below(4));
    }
    return text;
  },
];

let clean = 0;
const began = performance.now();
for (let i = 0; i < count; i++) {
  const text = pick(makers)();
  const start = process.cpuUsage().user;
  try {
    const file = new Sources().add('fuzz', text);
    const { parses, problems, value } = parseFile(file, 1);
    if (parses > 1) throw new Error(`${parses} parses`);
    if (value.kind !== 'file') throw new Error('no file');
    for (const found of problems) if (found.span.start < 0 || found.span.end > text.length || found.span.end < found.span.start) throw new Error(`${found.code} outside of the text`);
    parseSnippet(file, 1);
    if (problems.length === 0) {
      const once = format(file).value;
      const again = parseFile(new Sources().add('fuzz', once), 1);
      if (bare(again.value) !== bare(value)) throw new Error(`formatting changed the tree:\n${once}`);
      if (format(new Sources().add('fuzz', once)).value !== once) throw new Error(`formatting is not idempotent:\n${once}`);
      clean++;
    }
  } catch (thrown) {
    const path = join(tmpdir(), `altru-fuzz-${i}.altru`);
    writeFileSync(path, text);
    console.error(`input ${i} (${path}): ${thrown instanceof Error ? thrown.stack : String(thrown)}\n${JSON.stringify(text)}`);
    process.exit(1);
  }
  const took = (process.cpuUsage().user - start) / 1000;
  if (took > 5000) {
    console.error(`input ${i} took ${took.toFixed(0)} ms\n${JSON.stringify(text)}`);
    process.exit(1);
  }
}
console.log(`${count} inputs, ${((performance.now() - began) / 1000).toFixed(1)} s: problems only (${clean} without any)`);
