/** `altru picture` and `altru book` as commands: what they write, what they refuse, with which exit code. Runs the built product. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GifReader } from 'omggif';
import * as assert from 'uvu/assert';
import { suite } from '../suite.ts';

const test = suite('picture and book');
const top = join(import.meta.dirname, '../..');
const altru = (...args: string[]): { status: number | null; stdout: string; stderr: string } => spawnSync(process.execPath, [join(top, 'dist/altru.mjs'), '--color', 'never', ...args], { encoding: 'utf8', timeout: 60_000 });
const program = (name: string): string => join(top, 'spec/picture', `${name}.altru`);

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'altru-picture-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('text by default, the end or the fault without a moment', () => {
  const fault = altru('picture', program('use-after-free'));
  assert.is(fault.status, 0);
  assert.match(fault.stdout, 'heap-use-after-free at b1');
  assert.is(altru('picture', program('use-after-free'), '--at', 'fault').stdout, fault.stdout);
  assert.match(altru('picture', program('list-reversal'), '--at', 'end').stdout, 'the end of the run');
});

test('a file of each kind by its ending', () => inFolder(folder => {
  const beginnings: Record<string, RegExp> = { svg: /^<svg xmlns=/, html: /^<!doctype html>/, json: /^\{\n "version": 1/, txt: /^vector-growth\.altru:8/ };
  for (const [kind, begins] of Object.entries(beginnings)) {
    const out = join(folder, `x.${kind}`);
    assert.is(altru('picture', program('vector-growth'), '--at', '8x3', '-o', out).status, 0);
    assert.match(readFileSync(out, 'utf8'), begins);
  }
  const { frames } = JSON.parse(readFileSync(join(folder, 'x.json'), 'utf8')) as { frames: { at: { line: number } }[] };
  assert.is(frames[0]?.at.line, 8);
}));

test('a film of the way there, as a GIF and as an asciicast', () => inFolder(folder => {
  const gif = join(folder, 'x.gif');
  const made = altru('picture', program('list-reversal'), '--at', 'step:12', '--from', '2', '--width', '80', '--height', '24', '-o', gif);
  assert.is(made.status, 0, made.stderr);
  const reader = new GifReader(readFileSync(gif));
  assert.equal([reader.width, reader.height, reader.numFrames()], [960, 528, 11]);
  const pixels = new Uint8Array(960 * 528 * 4);
  const colours = new Set<string>();
  for (let i = 0; i < 11; i++) reader.decodeAndBlitFrameRGBA(i, pixels);
  for (let at = 0; at < pixels.length; at += 4) colours.add([...pixels.slice(at, at + 3)].join());
  assert.ok(colours.has('20,22,26') && colours.has('86,180,233') && colours.size > 5, `${colours.size} colours`);
  const cast = join(folder, 'x.cast');
  assert.is(altru('picture', program('list-reversal'), '--at', 'step:12', '-o', cast).status, 0);
  const [head = '', ...events] = readFileSync(cast, 'utf8').trim().split('\n');
  assert.equal(JSON.parse(head), { version: 2, width: 100, height: 34, title: program('list-reversal') });
  assert.is(events.length, 13);
}));

test('a moment by a condition, by a step, with another allocator', () => {
  const by = altru('picture', program('vector-growth'), '--at', '8', '--when', 'v.len == 4');
  assert.match(by.stdout, '[11, 22, 33, 44]');
  assert.is(altru('picture', program('vector-growth'), '--at', 'step:3').status, 0);
  assert.is(altru('picture', program('vector-growth'), '--allocator', 'buddy').status, 0);
});

test('what cannot be is refused in one sentence', () => {
  const cases: [string[], number, RegExp][] = [
    [[], 2, /needs a file/], [[program('rc-cycle'), '-o', 'x.pdf'], 2, /\.svg, \.txt, \.json or \.html/], [[program('rc-cycle'), '--at', 'soon'], 1, /'--at' takes a line/],
    [[program('rc-cycle'), '--at', '900'], 1, /no statement of the program stands at line 900/], [[program('rc-cycle'), '--at', 'fault'], 1, /ends without a fault/],
    [[program('rc-cycle'), '--at', '14x9'], 1, /does not stand 9 times/], [[program('rc-cycle'), '--at', 'step:100000'], 1, /steps only/], [[program('rc-cycle'), '--at', '14', '--when', 'a >'], 1, /ends too early/],
    [[program('rc-cycle'), '--theme', 'pink'], 2, /light or dark/], [['nowhere.altru'], 1, /nowhere\.altru/], [[program('rc-cycle'), '-o', '/nowhere/x.svg'], 2, /cannot write/],
  ];
  for (const [args, status, says] of cases) {
    const made = altru('picture', ...args);
    assert.is(made.status, status, `${args.join(' ')}: ${made.stderr}`);
    assert.match(made.stderr, says);
    assert.not.match(made.stderr, /\n\s+at /);
  }
});

test('a book gets its drawings, and keeps everything else', () => inFolder(folder => {
  const source = join(folder, 'src');
  mkdirSync(join(source, 'part'), { recursive: true });
  const fence = '```';
  const body = 'fn main():\n    let b = Box::new(41)\n    println("{}", b)\n';
  writeFileSync(join(source, 'one.md'), `# One\n\n${fence}altru picture at=3 caption="A box"\n${body}${fence}\n\n${fence}${fence[0] ?? ''}text\n${fence}altru picture\nnot this\n${fence}\n${fence}${fence[0] ?? ''}\n\n${fence}altru\nfn main(): pass\n${fence}\n`);
  writeFileSync(join(source, 'part/two.md'), `${fence}altru picture as=txt hide at=3\n${body}${fence}\n`);
  writeFileSync(join(source, 'part/data.bin'), Buffer.from([0, 255, 1]));
  const out = join(folder, 'out');
  const made = altru('book', source, '-o', out);
  assert.is(made.status, 0, made.stderr);
  assert.match(made.stdout, '2 drawings');
  const one = readFileSync(join(out, 'one.md'), 'utf8');
  assert.match(one, `${fence}altru\n${body}${fence}\n\n![A box](pictures/one-1.svg)\n\n*A box*`);
  assert.match(one, `${fence}altru picture\nnot this`);
  assert.match(readFileSync(join(out, 'pictures/one-1.svg'), 'utf8'), '41');
  const two = readFileSync(join(out, 'part/two.md'), 'utf8');
  assert.match(two, '┌─ main  line 3');
  assert.not.match(two, 'Box::new');
  assert.equal([...readFileSync(join(out, 'part/data.bin'))], [0, 255, 1]);
  assert.equal(readdirSync(out).sort(), ['one.md', 'part', 'pictures']);
  const first = readFileSync(join(out, 'pictures/one-1.svg'), 'utf8');
  execFileSync(process.execPath, [join(top, 'dist/altru.mjs'), 'book', source, '-o', out]);
  assert.is(readFileSync(join(out, 'pictures/one-1.svg'), 'utf8'), first);
}));

test('the sample book draws all of its pictures', () => inFolder(folder => {
  const out = join(folder, 'out');
  const made = altru('book', join(top, 'samples/book'), '-o', out);
  assert.is(made.status, 0, made.stderr);
  assert.match(made.stdout, '9 drawings');
  assert.is(readdirSync(join(out, 'pictures')).length, 9);
}));

test('a fence that cannot be drawn is told with its place', () => inFolder(folder => {
  const source = join(folder, 'src');
  mkdirSync(source);
  writeFileSync(join(source, 'bad.md'), 'text\n\n```altru picture\nfn main():\n    let x: i32 = "no"\n```\n\n```altru picture at=77\nfn main(): pass\n```\n\n```altru picture colour=red\nfn main(): pass\n```\n');
  const made = altru('book', source);
  assert.is(made.status, 1);
  assert.match(made.stderr, /bad\.md:3: the program has problems/);
  assert.match(made.stderr, /bad\.md:8: no statement of the program stands at line 77/);
  assert.match(made.stderr, /bad\.md:12: a picture has no option `colour`/);
  assert.is(altru('book', source, '-o', source).status, 2);
  assert.is(altru('book', join(folder, 'nowhere')).status, 2);
}));
