/**
 * Sessions where no terminal is needed: what is accepted, refused, taken back, repeated; keys, editing and painting as data; completion.
 */
import * as assert from 'uvu/assert';
import { Keys, cleaned } from '../../bin/repl/keys.ts';
import { blank, press, type Editing } from '../../bin/repl/editor.ts';
import { ShownFilter } from '../../bin/repl/outside.ts';
import { draw } from '../../bin/repl/paint.ts';
import type { Outcome, Session } from '../../bin/repl/session.ts';
import { classify, SHOWN_FROM, SHOWN_TO } from '../../lib/index.ts';
import { takePicture } from '../../vm/index.ts';
import { suite } from '../suite.ts';
import { newBase, newSession } from './repl-feeder.ts';

const claim = suite('the REPL');
const base = newBase();

/** What a line came to, in a word or two: its value and type, the codes of its problems, how it stopped. */
function told(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done': return outcome.type === null ? 'done' : `${outcome.shown ?? '…'} : ${outcome.type}`;
    case 'refused': return outcome.problems.filter(p => p.severity === 'error').map(p => p.code).join(' ');
    case 'stopped': return outcome.interrupted ? 'interrupted' : (outcome.stop.report.stop?.kind ?? `exit ${outcome.stop.report.exit}`);
    default: return outcome.kind;
  }
}

async function say(session: Session, ...lines: readonly string[]): Promise<string[]> {
  const out: string[] = [];
  for (const line of lines) out.push(told(await session.submit(line)));
  return out;
}

claim('values are shown with their type: by Debug, by Display, by the type alone; a place is not moved by looking', async () => {
  const { session } = newSession(base);
  assert.equal(await say(session, 'let s = String::from("é")', 's', 's', '()', 'if true: 1 else: 2', 'fn(x: i32): x', 'struct P { x: i32 }', 'P { x: 1 }', 'loop: break 7', '# nothing'), [
    'done', '"é" : String', '"é" : String', 'done', '1 : i32', '… : closure', 'done', '… : P', '7 : i32', 'nothing',
  ]);
  await say(session, 'impl std::fmt::Display for P:\n    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result: write(f, "<{}>", self.x)\n');
  assert.equal(await say(session, 'P { x: 1 }'), ['<1> : P']);
});

claim('a refused line, a panic, a fault and an exit leave the session as it was', async () => {
  const { session, paper } = newSession(base);
  assert.equal(await say(session, 'let mut v = Vec::from([1])', 'v.push("a")', 'do:\n    v.push(2)\n    panic("no")\n\n', 'v', 'let p = alloc(4)', 'free(p)', 'free(p)', '@allow(E2004)\nfn twice():\n    let q = alloc(4)\n    free(q)\n    free(q)\n', 'twice()', 'std::process::exit(3)', 'v.len()', 'let w = v', 'v', 'w'), [
    'done', 'E0308', 'panic', '[1] : Vec[i32]', 'done', 'done', 'E2004', 'done', 'double-free', 'exit 3', '1 : usize', 'done', 'E0382', '[1] : Vec[i32]',
  ]);
  assert.equal(paper.out, '');
  assert.ok(session.post !== null);
});

claim('borrows hold across lines', async () => {
  const { session } = newSession(base);
  assert.equal(await say(session, 'let mut v = Vec::from([1, 2])', 'let first = &v[0]', 'v.push(3)', '*first', 'v.push(3)', 'v.len()'), ['done', 'done', 'done', 'E0502', 'done', '4 : usize']);
});

claim('what is defined anew shadows; what was defined before keeps the old one', async () => {
  const { session } = newSession(base);
  assert.equal(await say(session, 'fn f() -> i32: 1', 'fn g() -> i32: f()', 'fn f() -> i32: 2', 'f() * 10 + g()', 'use std::rc::Rc', 'use std::rc::Rc', 'struct P { x: i32 }', 'let p = P { x: 1 }', 'struct P { y: f64 }', 'p.x', 'P { y: 0.5 }.y', 'let p = 2', 'p'), [
    'done', 'done', 'done', '21 : i32', 'done', 'done', 'done', 'done', 'done', '1 : i32', '0.5 : f64', 'done', '2 : i32',
  ]);
});

claim('old lines are not heard again, their input and clock are given again, and undo and redo go both ways', async () => {
  const { session, paper } = newSession(base);
  paper.input = 'Ada\n';
  await say(session, 'let name = input()', 'println("once")', 'let t = std::time::Instant::now()', 'println("{name}")');
  assert.equal(paper.out, 'once\nAda\n');
  assert.equal(session.undo(), 'println("{name}")');
  assert.equal(session.undo(), 'let t = std::time::Instant::now()');
  assert.equal(await say(session, 'name.len()'), ['3 : usize']);
  assert.equal(session.takeRedo(), null, 'a new line forgets what was undone');
  session.undo();
  assert.equal(told(await session.redo(session.takeRedo() ?? '')), '3 : usize');
  assert.equal(paper.out, 'once\nAda\n');
});

claim('an interrupted line is forgotten', async () => {
  const { session, paper } = newSession(base);
  await say(session, 'let mut n = 0');
  setTimeout(() => { paper.stop = true; }, 50);
  assert.equal(await say(session, 'loop:\n    n += 1\n    if n > 1000: n = 0\n\n'), ['interrupted']);
  paper.stop = false;
  assert.equal(await say(session, 'n'), ['0 : i32']);
});

claim('the machine stands after the last line with all variables alive, and ends like a file', async () => {
  const { session, paper } = newSession(base);
  await say(session, 'struct D { n: i32 }', 'impl Drop for D:\n    fn drop(&mut self): println("drop {}", self.n)\n', 'let a = D { n: 1 }', 'let b = Box::new(D { n: 2 })');
  const machine = await session.machine();
  assert.ok(machine !== null);
  const picture = takePicture(machine, { stretches: false });
  assert.equal(picture.frames.at(-1)?.variables.map(v => `${v.name} ${v.ownership}`), ['a owner', 'b owner']);
  assert.equal(picture.statistics.liveBlocks, 1);
  assert.equal(paper.out, '');
  await session.finish();
  assert.equal(paper.out, 'drop 2\ndrop 1\n');
});

claim('junk is a problem, never a fault of ours', async () => {
  const { session } = newSession(base);
  for (const junk of ['\0', '\ud800', '\u{10ffff}\u{2}', '(((((', '}', '"', "'", '\\', 'let', 'fn', ':', '1 2', 'x y z', '# c', '\t\tx', '0x', '1e', 'let = 5', 'loop', '@', 'é é', '`', '::', 'mod m', 'return 5', 'break', '?', 'extern "C":', 'let x: = 1', `${'('.repeat(3000)}1${')'.repeat(3000)}`, 'a'.repeat(100_000), `${'1 + '.repeat(3000)}1`]) {
    const outcome = await session.submit(junk);
    assert.ok(['refused', 'nothing', 'done'].includes(outcome.kind), `${JSON.stringify(junk.slice(0, 20))}: ${outcome.kind}`);
  }
  assert.equal(await say(session, '1 + 1'), ['2 : i32']);
});

claim('completion knows members by type, names in scope, paths and keywords', async () => {
  const { session } = newSession(base);
  await say(session, 'struct Point { long: i32, lat: i32 }', 'enum Shade { Light, Dark }', 'let here = Point { long: 1, lat: 2 }', 'let words = Vec::from(["a"])');
  const names = (text: string): readonly string[] => session.completion(text).candidates;
  assert.equal(names('here.l'), ['long', 'lat']);
  assert.ok(names('words[0].to_upper').includes('to_uppercase'));
  assert.ok(names('words.iter().ma').includes('map'));
  assert.ok(names('for word in &words:\n    word.le').includes('len'));
  assert.equal(names('Shade::'), ['Dark', 'Light']);
  assert.ok(names('Vec::with').includes('with_capacity'));
  assert.ok(names('std::coll').includes('collections'));
  assert.ok(names('wh').includes('while') && names('wo').includes('words') && names('he')[0] === 'here');
  assert.equal(names('let text = "here.l'), []);
  assert.equal(names('# he'), []);
});

claim('keys come whole however they are cut', () => {
  const bytes = 'a\x1b[A\x1b[1;5D\x1b[200~one\r\ntwo\x1b[201~\x03\x1bf陳\x1b[Z';
  const whole = new Keys().feed(bytes);
  assert.equal(whole.map(k => `${k.ctrl ? 'C-' : ''}${k.alt ? 'M-' : ''}${k.shift ? 'S-' : ''}${k.name}${k.text === '' ? '' : `:${k.text}`}`), ['text:a', 'up', 'C-left', 'paste:one\ntwo', 'C-c', 'M-f', 'text:陳', 'S-tab']);
  for (let cut = 1; cut < bytes.length; cut++) {
    const keys = new Keys();
    assert.equal([...keys.feed(bytes.slice(0, cut)), ...keys.feed(bytes.slice(cut))].map(k => k.name + k.text).join(' '), whole.map(k => k.name + k.text).join(' '), `cut at ${cut}`);
  }
  assert.equal(cleaned('a\x07\x1b[31mb'), 'a[31mb');
});

claim('editing: graphemes, words, lines, undo, history', () => {
  const keys = new Keys();
  const type = (state: Editing, text: string, history: readonly string[] = []): Editing => keys.feed(text).reduce((s, key) => press(s, key, history).state, state);
  assert.is(type(blank([]), 'e\u0301x\x1b[D\x7f').text, 'x');
  assert.is(type(blank([]), '👩‍👩‍👧\x7f').text, '');
  assert.is(type(blank([]), 'one two\x17\x19\x19').text, 'one twotwo');
  assert.is(type(blank([]), 'abc\x7f\x1f').text, 'abc');
  const history = ['first', 'second'];
  assert.is(type(blank(history), 'draft\x1b[A\x1b[A\x1b[B\x1b[B', history).text, 'draft');
  assert.is(type(blank(history), '\x12fir', history).text, 'first');
  assert.is(type(blank(history), 'x\x12fir\x07', history).text, 'x');
});

claim('painting: wide characters are not cut, rows fit, the cursor is where it should be', () => {
  const options = { columns: 10, height: 5, first: '> ', next: '. ', paintPrompt: (text: string) => text, paint: (_kind: string, text: string) => text, right: '', paintRight: (text: string) => text };
  assert.equal(draw('陳大文x', 4, [], options), { rows: ['> 陳大文x'], row: 0, column: 9, above: 0 });
  assert.equal(draw('x陳大文陳', 5, [], options), { rows: ['> x陳大文', '陳'], row: 1, column: 2, above: 0 });
  assert.equal(draw('12345678', 8, [], options), { rows: ['> 12345678', ''], row: 1, column: 0, above: 0 });
  assert.equal(draw(Array.from({ length: 20 }, (_, i) => String(i)).join('\n'), 0, [], options).rows.length, 5);
  assert.equal(draw('a\tb\x07', 0, [], options).rows, ['> a    b␇']);
});

claim('colours follow the words, also of what is not whole', () => {
  const kinds = (text: string): string => classify(text).map(s => `${text.slice(s.from, s.to)}=${s.kind}`).join(' ');
  assert.is(kinds('let x: Vec[i32] = f(1, "a") # c'), 'let=keyword Vec=type i32=type f=function 1=number "a"=string # c=comment');
  assert.ok(kinds('let s = "open').includes('"open=string'));
});

claim('shown values are taken out of the output however it is cut', () => {
  const bytes = new TextEncoder().encode(`a${SHOWN_FROM}v${SHOWN_TO}b\u{10ffff}c`);
  for (let cut = 0; cut <= bytes.length; cut++) {
    let out: number[] = [];
    const filter = new ShownFilter(more => { out = [...out, ...more]; });
    filter.write(bytes.slice(0, cut));
    filter.write(bytes.slice(cut));
    assert.is(new TextDecoder().decode(Uint8Array.from(out)), 'ab\u{10ffff}c');
    assert.is(filter.shown, 'v');
  }
});

claim('a machine that went on line by line is where one is that ran the whole script at once', async () => {
  const lines = [
    'struct D { n: i32 }\n\nimpl Drop for D:\n    fn drop(&mut self): println("drop {}", self.n)\n',
    'let a = D { n: 1 }', 'let yes = std::env::args().count() > 0', 'if yes: drop(a)', 'let b = D { n: 2 }', 'if not yes: drop(b)',
    'struct Two { left: D, right: D }', 'let two = Two { left: D { n: 3 }, right: D { n: 4 } }', 'let right = two.right', 'if yes: drop(two.left)',
    'let boxed = Box::new(D { n: 5 })', 'let inner = *boxed', 'let r = &String::from("extended")', 'println("{r} {}", inner.n)',
    'let mut count = 0', 'let mut add = fn(k: i32): count += k', 'add(2)', 'add(3)', 'println("{count}")',
    'static mut TOTAL: i32 = 7', 'unsafe: TOTAL += 1', 'println("{}", unsafe: TOTAL)', 'const N: usize = 3', 'let mut grid = [[0; N]; N]', 'grid[1][2] = 5', 'for row in &grid: println("{:?}", row)',
    'trait Speak:\n    fn say(&self) -> String\n', 'impl Speak for D:\n    fn say(&self) -> String: format("D{}", self.n)\n', 'let speakers: Vec[Box[dyn Speak]] = Vec::from([Box::new(D { n: 6 }), Box::new(D { n: 8 })])', 'for s in &speakers: println("{}", s.say())',
    'use std::rc::Rc', 'let shared = Rc::new(D { n: 9 })', 'let other = shared.clone()', 'Rc::strong_count(&shared)', 'drop(other)', 'let text = String::from("ab-cd")', 'let parts = text.split("-")', 'for part in parts: println("{part}")',
    'let late: i32', 'late = 4', 'let (x, mut y) = (late, 2.5)', 'y += 1.0', 'let Some(z) = Some(x * 2) else: panic("no")', 'defer println("deferred {}", z)', 'let p = alloc(16)', '*p = 65', 'let x = "shadow"', 'fn twice(n: i32) -> i32: n * 2', 'fn twice(n: i32) -> i32: n * 4', 'let w = twice(3)', 'free(p)', 'let m: Option[Box[i32]] = None', 'let k = m is None', 'while late < 0: pass',
  ];
  const one = newSession(base);
  let continued = 0;
  for (const line of lines) {
    const outcome = await one.session.submit(line);
    assert.ok(outcome.kind === 'done', `${line}: ${told(outcome)}`);
    if (outcome.kind === 'done' && outcome.times.continued) continued++;
  }
  assert.ok(continued > lines.length - 8, `went on ${continued} of ${lines.length} times`);
  const whole = newSession(base);
  assert.is(told(await whole.session.submit(lines.slice(0, 48).map(line => `${line}\n`).join(''))), 'done');
  for (const line of lines.slice(48)) await whole.session.submit(line);
  const seen = async (session: Session): Promise<unknown> => {
    const machine = await session.machine();
    if (machine === null) return null;
    const picture = takePicture(machine, { stretches: false, leaks: true });
    const { current, liveBlocks, allocations, frees } = picture.statistics;
    return { variables: picture.frames.at(-1)?.variables.map(v => `${v.name}: ${v.type} ${v.ownership} ${/0x/.test(v.text) ? '' : v.text}`), current, liveBlocks, allocations, frees, lost: picture.blocks.filter(b => b.standing === 'leaked').length, wrong: machine.heap.invariants() };
  };
  assert.equal(await seen(one.session), await seen(whole.session));
  const ends = [await one.session.finish(), await whole.session.finish()];
  assert.equal(one.paper.out, whole.paper.out);
  assert.equal(ends.map(m => m?.exit), [0, 0]);
});

claim('a line behind many is refused or taken exactly as in a file', async () => {
  const { session } = newSession(base);
  const filler = Array.from({ length: 12 }, (_, i) => [`let n${i} = ${i}`, `let s${i} = String::from("${i}")`, `s${i}.len() + n${i}`]).flat();
  await say(session, ...filler);
  // Loans that end on a line whose text was not looked at again.
  assert.equal(await say(session, 'let mut v = Vec::from([1])', 'let r = &v', 'v.push(2)', 'r', 'v.len()'), ['done', 'done', 'done', 'E0502', '2 : usize']);
  assert.equal(await say(session, 'let m = &mut v', 'v.len()', 'm.push(1)', 'v.push(3)'), ['done', '2 : usize', 'E0502', 'done']);
  assert.equal(await say(session, 'let mut count = 0', 'let mut more = fn(): count += 1', 'more()', 'count', 'more()'), ['done', 'done', 'done', '1 : i32', 'E0502']);
  // Moves, also on some paths only, and values that come back.
  assert.equal(await say(session, 'let mut a = String::from("a")', 'let b = a', 'a', 'a = String::from("c")', 'a', 'a.push(\'d\')', 'a'), ['done', 'done', 'E0382', 'done', '"c" : String', 'done', '"cd" : String']);
  assert.equal(await say(session, 'if n3 > 1: drop(a)', 'a', 's4', 'let t = (s4, s5)', 's4', 't.0'), ['done', 'E0382', '"4" : String', 'done', 'E0382', '"4" : String']);
  assert.equal(await say(session, 'let x: i32', 'x', 'x = 5', 'x', 'x = 6', 'n1 = 3'), ['done', 'E0381', 'done', '5 : i32', 'E0384', 'E0384']);
  // A number stays open until a line decides.
  assert.equal(await say(session, 'let k = 7', 'let list = Vec::from([k])', 'list', 'let wide: u64 = list[0]', 'k', 'k + 1'), ['done', 'done', '[7] : Vec[i32]', 'done', '7 : u64', '8 : u64']);
  // A name that is defined anew, and one that an earlier line would have meant.
  assert.equal(await say(session, 'fn s1(): pass', 's1()', 'fn four() -> i32: 4', 'four()', 's2.len()'), ['done', 'E0618', 'done', '4 : i32', '1 : usize']);
  const { session: other } = newSession(base);
  assert.equal(await say(other, ...filler, 'struct P:\n    x: i32\n', 'let p = P { x: 1 }', 'impl Drop for P:\n    fn drop(&mut self): println("gone")\n', 'p.x'), [...await say(newSession(base).session, ...filler), 'done', 'done', 'done', '1 : i32']);
});

claim('a line is taken back where it stood: nothing runs again', async () => {
  const { session, paper } = newSession(base);
  await say(session, 'let mut v = Vec::from([1])', 'let mut n = 1', 'v.push(2)', 'n = 5', 'let w = v', 'println("here")');
  const machine = session.standing;
  for (const _ of [1, 2, 3]) session.undo();
  assert.is(session.standing, machine);
  assert.equal(await say(session, 'v', 'n', 'v.push(9)', 'v.len()'), ['[1, 2] : Vec[i32]', '1 : i32', 'done', '3 : usize']);
  assert.is(session.standing, machine);
  assert.is(paper.out, 'here\n');
  for (const _ of [1, 2, 3, 4, 5]) session.undo();
  assert.equal(await say(session, 'v'), ['[1] : Vec[i32]']);
});

claim('a line costs about the same early and late in a session', async () => {
  const { session } = newSession(base);
  const names = async (from: number, to: number): Promise<number> => {
    const start = process.cpuUsage();
    for (let i = from; i < to; i++) await say(session, `let v${i} = Vec::from([${i}, 2, 3])`, `v${i}.len()`);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / (2 * (to - from));
  };
  await names(0, 10);
  const early = await names(10, 25);
  await names(25, 100);
  const late = await names(100, 115);
  assert.ok(late < early * 4, `${early.toFixed(1)} ms a line became ${late.toFixed(1)}`);
});
