/** The visualizer in a real terminal: the tour, time both ways, resize storms, key soup, signals; and the terminal afterwards as it was before. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from '../suite.ts';
import { type Terminal, altru, hasTmux, leftClean, openTerminal } from './tmux.ts';

const samples = join(import.meta.dirname, '../../samples');
const test = suite('viz');

/** A terminal with the visualizer in it; closed whatever happens. */
async function using(command: string, body: (terminal: Terminal) => Promise<void>, columns = 120, rows = 36): Promise<void> {
  if (!hasTmux) return;
  const terminal = openTerminal(command, columns, rows);
  try {
    await body(terminal);
  } finally {
    terminal.close();
  }
}

const viz = (sample: string, options = ''): string => `node ${altru} viz ${options} ${join(samples, sample)}`;

test('a tour stops where the sample says and tells its story', () => using(viz('watch/01-list-reversal.altru'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('w');
  await terminal.sees('three blocks, each with an arrow');
  await terminal.sees(/list.*→ b\d+/);
  terminal.keys('w');
  await terminal.sees('`next` keeps the rest of the list');
  terminal.keys('W');
  await terminal.sees('three blocks, each with an arrow');
  terminal.keys('End');
  await terminal.sees('finished');
  await terminal.sees('3 2 1');
  terminal.keys('q');
  await leftClean(terminal);
}));

test('a fault opens its card, and birth and death are one key away', () => using(viz('watch/06-use-after-free.altru'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('End');
  await terminal.sees('the program was stopped');
  for (const part of [/heap-use-after-free/, /touched +line 20/, /born +line 6/, /died +line 12/]) await terminal.sees(part);
  terminal.keys('d');
  await terminal.sees(/died here/);
  await terminal.sees(/▶ *12 /);
  terminal.keys('b');
  await terminal.sees(/born here/);
  await terminal.sees(/▶ *6 /);
  terminal.keys('q');
  await leftClean(terminal);
}));

test('steps go forwards and back to the same screen', () => using(viz('watch/10-move-and-drop.altru'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('w');
  await terminal.sees('◆ `book` owns the text');
  const before = await terminal.settled();
  const at = /step (\d+)/.exec(before.join('\n'))?.[1];
  terminal.keys('Right');
  await terminal.sees(new RegExp(`step ${Number(at) + 1} `));
  terminal.keys('Left');
  await terminal.sees(new RegExp(`step ${at} `));
  const after = await terminal.settled();
  // The time line knows more of the run now; all above it is as it was.
  assert.deepEqual(after.slice(1, -4), before.slice(1, -4));
  terminal.keys('q');
  await leftClean(terminal);
}));

test('what free would do is shown and not done', () => using(viz('watch/03-fragmentation.altru', '--quarantine 0'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('w');
  await terminal.sees('six blocks in a row');
  terminal.keys('4');
  terminal.keys('Down');
  terminal.keys('f');
  await terminal.sees(/free\(b\d+\)/);
  await terminal.sees(/in use +3600 → 3000/);
  terminal.keys('Escape');
  await terminal.sees('6 live');
  terminal.keys('q');
  await leftClean(terminal);
}));

test('every pane, the filter, the other allocator, help', () => using(viz('linked_list.altru'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('?');
  await terminal.sees('any key closes');
  terminal.keys('x');
  for (const pane of '12345678') terminal.keys(pane);
  terminal.keys('a');
  terminal.keys('x');
  await terminal.sees(/slab.*│.*buddy|beside slab/);
  terminal.keys('/');
  await terminal.sees('show blocks with');
  terminal.type('live');
  terminal.keys('Enter');
  await terminal.sees("for 'live'");
  terminal.keys('q');
  await leftClean(terminal);
}));

test('a program that reads gets its input in a line', () => using(viz('text_statistics.altru'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('End');
  await terminal.sees('waits for input');
  terminal.keys('i');
  await terminal.sees('input for the program');
  terminal.paste('one two one');
  terminal.keys('Enter');
  terminal.keys('i');
  await terminal.sees('input for the program');
  terminal.keys('C-d');
  terminal.keys('End');
  await terminal.sees('finished');
  terminal.keys('q');
  await leftClean(terminal);
}));

test('a screen is saved as SVG', () => using(viz('watch/02-vector-growth.altru'), async terminal => {
  const folder = mkdtempSync(join(tmpdir(), 'altru-save-'));
  const file = join(folder, 'screen.svg');
  await terminal.sees('? help');
  terminal.keys('w');
  terminal.keys('S');
  await terminal.sees('save screen as');
  terminal.type(file);
  terminal.keys('Enter');
  await terminal.sees('wrote');
  assert.ok(existsSync(file) && readFileSync(file, 'utf8').includes('</svg>'));
  rmSync(folder, { recursive: true });
  terminal.keys('C-c');
  await leftClean(terminal);
}));

test('a storm of sizes and a soup of keys leave it standing', () => using(viz('binary_tree.altru'), async terminal => {
  await terminal.sees('? help');
  let seed = 7;
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 1;
    return (seed >>> 8) % n;
  };
  const soup = ['Right', 'Left', 'n', 'N', 'a', 'A', 'c', 'o', 'Tab', 'Up', 'Down', 'z', 'Z', 's', 'f', 'b', 'd', 'T', '[', ']', 'Escape', 'Space', '+', '-', 'e', 'x', 'PageDown', 'F5', 'v', 'M-x', 'C-e', 'Enter', '{', '}'];
  for (let i = 0; i < 60; i++) {
    terminal.resize(20 + random(230), 6 + random(80));
    for (let k = 0; k < 3; k++) terminal.keys(soup[random(soup.length)] ?? 'n');
  }
  terminal.resize(100, 30);
  terminal.keys('Escape', 'Escape');
  await terminal.sees('? help');
  terminal.keys('C-c');
  await leftClean(terminal);
}));

test('SIGTERM and Ctrl-Z give the terminal back', () => using(viz('life.altru'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('C-z');
  await terminal.sees('Stopped');
  assert.equal(terminal.fact('alternate_on'), '0');
  terminal.type('fg');
  terminal.keys('Enter');
  await terminal.sees('? help');
  terminal.keys('C-z');
  await terminal.sees('Stopped');
  terminal.type('kill -TERM %1; fg');
  terminal.keys('Enter');
  await terminal.sees(/^\$\s*$/m);
  await leftClean(terminal);
}));

test('top runs by itself, and without a terminal the picture is told in sentences', () => using(`node ${altru} top ${join(samples, 'life.altru')}`, async terminal => {
  await terminal.sees(/finished|step [1-9]\d/, 20);
  terminal.keys('q');
  await leftClean(terminal);
  terminal.type(`clear; printf 'stop\\nwhole\\nend\\nquit\\n' | node ${altru} viz ${join(samples, 'watch/01-list-reversal.altru')} | tail -20`);
  terminal.keys('Enter');
  await terminal.sees('The program has finished.');
}));
