/**
 * The REPL in a real terminal: its tour, and what must not break it. Everything goes through keys and the screen. Each terminal has a state directory of
 * its own, so that nobody's history or sessions are touched.
 */
import * as assert from 'uvu/assert';
import { suite } from '../suite.ts';
import { altru, hasTmux, leftClean, openTerminal, type Terminal } from './tmux.ts';

const claim = suite('the REPL in a terminal');
const PROMPT = /^>( {2,}.*)?$/m;
const command = `node ${altru}`;

/** Types a line and waits for what it must lead to. */
async function line(t: Terminal, text: string, sees: string | RegExp): Promise<string[]> {
  t.type(text);
  t.keys('Enter');
  return t.sees(sees);
}

async function inTerminal(start: string, body: (t: Terminal) => Promise<void>, columns = 100, rows = 30): Promise<void> {
  if (!hasTmux) return;
  const t = openTerminal(start, columns, rows);
  try {
    await t.sees(PROMPT, 20);
    await body(t);
  } finally {
    t.close();
  }
}

claim('the tour: values, definitions, completion, ownership, faults, interruption; and the terminal is left as it was', () =>
  inTerminal(command, async t => {
    await line(t, 'let x = 41', /let x = 41\n>/);
    await line(t, 'x + 1', '42 : i32');
    // A block goes on until an empty line, at the right depth.
    t.type('fn twice(n: i32) -> i32:');
    t.keys('Enter');
    t.type('n * 2');
    t.keys('Enter');
    await t.sees(/^\. {5}n \* 2\n\.$/m);
    t.keys('Enter');
    await t.sees(/n \* 2\n>/);
    // Names complete, then members by their type, then commands.
    t.type('twi');
    t.keys('Tab');
    await t.sees(/^> twice$/m);
    await line(t, '(4)', '8 : i32');
    await line(t, 'let v = Vec::from([1, 2, 3])', /12 B · 1 block · peak 12 B/);
    t.type('v.is_emp');
    t.keys('Tab');
    await line(t, '()', 'false : bool');
    t.type(':own');
    t.keys('Tab', 'Enter');
    await t.sees(/v\s+Vec\[i32\]\s+owner\s+\[1, 2, 3\]/);
    // Ownership is real.
    await line(t, 'let w = v', /let w = v\n>/);
    await line(t, 'v', /E0382.*borrow of moved value: `v`/);
    // A panic and a fault keep the session, with the heap as it was.
    await line(t, 'panic("oh {}", x)', 'the session is as it was before the line');
    await line(t, 'w.len()', '3 : usize');
    t.keys('C-l');
    await line(t, 'let p = alloc(8); free(p)', /expected|E10/);
    await line(t, 'let p = alloc(8)', /20 B · 2 blocks/);
    await line(t, 'free(p)', /12 B · 1 block · peak 20 B/);
    // What is certain is refused, as in a file; what only the run can tell is a fault.
    await line(t, '*p', /E2003.*use of a block after it was freed/);
    t.keys('C-l');
    await line(t, '@allow(E2003)', /^\./m);
    t.type('fn late() -> u8:');
    t.keys('Enter');
    t.type('let q = alloc(8)');
    t.keys('Enter');
    t.type('free(q)');
    t.keys('Enter');
    t.type('*q');
    t.keys('Enter', 'Enter');
    await t.sees(/\*q\n\.?\s*\n?>/);
    await line(t, 'late()', 'heap-use-after-free');
    t.keys('C-l');
    await line(t, ':post', /quarantine/);
    // Endless lines end by Ctrl-C.
    t.keys('C-l');
    t.type('loop: pass');
    t.keys('Enter');
    await t.sees(/loop: pass\n$/m);
    t.keys('C-c');
    await t.sees('interrupted');
    // Wide characters keep their columns while editing.
    t.type('let 名字 = "陳文"');
    t.keys('Left', 'Left');
    t.type('大');
    assert.match((await t.sees('"陳大文"')).join('\n'), /^> let 名字 = "陳大文"/m);
    t.keys('Enter');
    await line(t, '名字', '"陳大文" : &str');
    t.keys('C-d');
    await leftClean(t);
  }));

claim('history by arrows and by search, also after the session; a kill loses nothing', () =>
  inTerminal(command, async t => {
    await line(t, 'let first = 11', /let first = 11\n>/);
    await line(t, 'first * 2', '22 : i32');
    t.keys('Up', 'Up');
    await t.sees(/^> let first = 11 *$/m);
    t.keys('Down', 'Enter');
    await t.sees(/22 : i32\n> first \* 2\n22 : i32/);
    t.keys('C-r');
    t.type('let f');
    await t.sees('(search) let f: let first = 11');
    t.keys('C-g');
    // Ours alone: the shell waits for it, so its child is the one.
    t.type('std::process::exit(5)');
    t.keys('Enter');
    await t.sees('ended itself with exit code 5');
    t.keys('C-c');
    t.keys('C-z');
    await t.sees('Stopped');
    await line(t, 'kill -9 %1; clear', /^\$$/m);
    await line(t, `stty sane; ${command} repl --resume`, /2 entries|3 entries/);
    await line(t, 'first + 1', '12 : i32');
    t.keys('C-d');
    await leftClean(t);
  }));

claim('a paste is one unit, and a long one is one too', () =>
  inTerminal(command, async t => {
    t.paste('fn f(n: i32) -> i32:\n    if n > 1:\n        n * f(n - 1)\n    else:\n        1\n\nlet six = f(3)\n');
    await t.sees(/^\. let six = f\(3\)$/m);
    t.keys('Enter', 'Enter');
    await line(t, 'six', '6 : i32');
    t.paste(Array.from({ length: 300 }, (_, i) => `let n${i} = ${i}`).join('\n'));
    await t.sees('let n299 = 299');
    t.keys('Enter');
    await t.sees('… 275 …');
    await line(t, 'n299 - n1', '298 : i32');
    t.keys('C-d');
    await leftClean(t);
  }));

claim('a program reads its lines at the terminal', () =>
  inTerminal(command, async t => {
    t.type('let name = input()');
    t.keys('Enter');
    await t.sees(/let name = input\(\)\n/);
    t.type('Lovelacex');
    t.keys('BSpace', 'Enter');
    await t.sees(/^Lovelace\n>/m);
    await line(t, 'name', '"Lovelace" : String');
    t.keys('C-d');
    await leftClean(t);
  }));

claim('resizing at any moment and keys of all kinds break nothing; SIGTERM leaves the terminal clean', () =>
  inTerminal(command, async t => {
    t.type('let answer = "a text that is longer than a narrow terminal is wide, and then some more" ');
    for (const [columns, rows] of [[40, 10], [200, 50], [20, 5], [61, 18], [100, 30]] as const) t.resize(columns, rows);
    t.keys('Enter');
    await line(t, 'answer.len()', '72 : usize');
    t.keys('Escape', 'F5', 'M-x', 'C-t', 'PageUp', 'PageDown', 'IC', 'C-y', 'BTab', 'C-Left', 'M-Left', 'C-k', 'C-u', 'C-@', 'C-c');
    t.type('"\x07\x0e" é 👩‍👩‍👧 \u0301');
    t.keys('BSpace', 'BSpace', 'C-a', 'C-k', 'C-c');
    const screen = await line(t, '6 * 7', '42 : i32');
    assert.not.match(screen.join('\n'), /\bat .*\.mjs|TypeError|RangeError/);
    await t.sees(PROMPT);
    const pid = t.fact('pane_pid');
    t.type('let waiting = 1');
    const { spawnSync } = await import('node:child_process');
    const child = spawnSync('pgrep', ['-P', pid, 'node'], { encoding: 'utf8' }).stdout.trim();
    assert.match(child, /^\d+$/, 'one process of node runs under the shell');
    process.kill(Number(child), 'SIGTERM');
    await leftClean(t);
  }));
