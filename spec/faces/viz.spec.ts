/** The visualizer in a real terminal: the tour, time both ways, resize storms, key soup, signals; and the terminal afterwards as it was before. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GifReader } from 'omggif';
import { suite } from '../suite.ts';
import { storm } from './storm.ts';
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
  terminal.keys('6');
  await terminal.sees('of two allocators');
  await terminal.sees(/ slab +buddy /);
  await terminal.sees(/from system +[\d.]+ \w+ +[\d.]+ \w+/);
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

test('a thousand sizes, while it stands and while it plays', () => using(viz('binary_tree.altru'), async terminal => {
  await terminal.sees('? help');
  await storm(terminal, 500, 1);
  terminal.keys('-', '-', 'Space');
  await storm(terminal, 500, 2);
  terminal.keys('q');
  await leftClean(terminal);
}));

test('a soup of keys leaves it standing', () => using(viz('binary_tree.altru'), async terminal => {
  await terminal.sees('? help');
  let seed = 7;
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 1;
    return (seed >>> 8) % n;
  };
  const soup = ['Right', 'Left', 'n', 'N', 'a', 'A', 'c', 'C', 'o', 'O', 'Tab', 'BTab', 'Up', 'Down', 'z', 'Z', 's', 'f', 'b', 'd', 't', 'T', 'v', '[', ']', 'Escape', 'Space', 'r', '+', '-', 'e', 'x', 'PageDown', 'F5', 'M-x', 'C-e', 'Enter', '{', '}', 'B', 'M', '.', ',', 'g', '/', '3', '?', 'Home', 'End', 'w', 'W', 'C-l', '漢'];
  for (let i = 0; i < 40; i++) {
    terminal.keys(...Array.from({ length: 8 }, () => soup[random(soup.length)] ?? 'n'));
    if (i % 8 === 7) terminal.resize(20 + random(230), 6 + random(80));
  }
  terminal.resize(100, 30);
  terminal.keys('Escape');
  await terminal.sees('? help', 20);
  terminal.keys('C-c');
  await leftClean(terminal);
}));

test('a long path leaves the way to the help in sight', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'altru-path-')), 'a-folder-with-a-long-name'.repeat(4));
  mkdirSync(folder);
  copyFileSync(join(samples, 'binary_tree.altru'), join(folder, 'binary_tree.altru'));
  await using(`node ${altru} viz ${join(folder, 'binary_tree.altru')}`, async terminal => {
    await terminal.sees('? help', 20);
    terminal.keys('End');
    await terminal.sees(/binary_tree\.altru · finished .*\? help/);
    terminal.keys('q');
    await leftClean(terminal);
  }, 100, 30);
  rmSync(dirname(folder), { recursive: true });
});

test('it speaks Chinese where asked', () => using(viz('watch/06-use-after-free.altru', '--lang zh'), async terminal => {
  await terminal.sees('? 帮助');
  terminal.keys('End');
  await terminal.sees('程序被停下');
  await terminal.sees('释放后使用堆块');
  await terminal.sees(/访问 +第 20 行/);
  terminal.keys('Escape');
  await terminal.sees('悬空');
  terminal.keys('?');
  await terminal.sees('下一条、上一条语句');
  terminal.keys('x', 'q');
  await leftClean(terminal);
}));

test('a pane that throws says so in its frame, and the rest goes on', () => using(`node --import tsx ${join(import.meta.dirname, 'broken-pane.ts')} pane ${join(samples, 'linked_list.altru')}`, async terminal => {
  await terminal.sees('This pane failed', 30);
  await terminal.sees('planted in a spec');
  terminal.keys('a');
  await terminal.sees('1 live');
  terminal.keys('q');
  await leftClean(terminal);
}));

test('a fault of our own in the loop gives the terminal back, then says what it was', () => using(`node --import tsx ${join(import.meta.dirname, 'broken-pane.ts')} loop ${join(samples, 'linked_list.altru')}`, async terminal => {
  await terminal.sees('? help', 30);
  terminal.keys('Right');
  await terminal.sees('a fault in Altru itself');
  await terminal.sees('planted in a spec');
  await leftClean(terminal);
}));

test('the mouse chooses blocks and variables, sets stops, goes through time', () => using(viz('watch/03-fragmentation.altru', '--quarantine 0'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('w');
  await terminal.sees('6 live');
  const screen = await terminal.settled();
  const find = (text: string): { column: number; row: number } => {
    const row = screen.findIndex(line => line.includes(text));
    assert.ok(row >= 0, `${text} is not on the screen`);
    return { column: screen[row]?.indexOf(text) ?? 0, row };
  };
  const block = find('b3 ');
  terminal.press(block.column, block.row);
  await terminal.sees(/›█ b3/);
  // A cell of the map: the first that is live.
  const cell = find('██');
  terminal.press(cell.column, cell.row);
  await terminal.sees('◼◼');
  await terminal.sees(/›█ b1/);
  // The gutter of the source sets a breakpoint, and takes it away.
  const number = /^│. *(\d+)/.exec(screen[3] ?? '')?.[1];
  terminal.press(2, 3);
  await terminal.sees(new RegExp(`● *${number} `));
  terminal.press(2, 3);
  await terminal.sees(new RegExp(`[ ◆▶] *${number} `));
  assert.ok(!(await terminal.settled()).some(row => row.includes('●')));
  // The time line: its left end is the start.
  terminal.press(0, 36 - 2);
  await terminal.sees('step 0 ');
  terminal.keys('q');
  await leftClean(terminal);
}));

test('stops with conditions, on written bytes, their list, and away again', () => using(viz('linked_list.altru'), async terminal => {
  const answer = async (key: string, question: string, text: string): Promise<void> => {
    terminal.keys(key);
    await terminal.sees(question);
    terminal.keys('C-u');
    terminal.type(text);
    terminal.keys('Enter');
  };
  await terminal.sees('? help');
  await answer('B', 'stop on line', '18 when value == 30');
  await terminal.sees('stops on line 18 when value == 30');
  terminal.keys('.');
  await terminal.sees(/▶ *18 /);
  await terminal.sees('value: i32 = 30');
  await answer('M', 'stop when this changes', 'b1+4');
  await terminal.sees('stops when b1+4 is written');
  terminal.keys('p');
  await terminal.sees('1  line 18 when value == 30');
  await terminal.sees('2  b1+4 is written');
  terminal.keys('1', 'Escape');
  await terminal.settled();
  terminal.keys('.');
  await terminal.sees('a watched value changes');
  await terminal.sees(/▶ *38 /);
  await answer('B', 'stop on line', 'what');
  await terminal.sees("'what' is no line");
  await answer('M', 'stop when this changes', 'b99');
  await terminal.sees('there is no block b99 now');
  terminal.keys('q');
  await leftClean(terminal);
}));

test('birth and death of a block are a key away from each other', () => using(viz('linked_list.altru'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('w', 'w', '4', 'Down', 'Down', 'b');
  await terminal.sees('b2 born here');
  terminal.keys('5');
  await terminal.sees('b2 does not exist at this moment');
  terminal.keys('d');
  await terminal.sees('b2 died here', 20);
  await terminal.sees(/▶ *29 /);
  terminal.keys('q');
  await leftClean(terminal);
}));

test('release code: what is not known is said', () => using(viz('linked_list.altru', '--release'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('a', '4', 'Down', '5');
  await terminal.sees('release code: where blocks were born');
  terminal.keys('q');
  await leftClean(terminal);
}));

test('warnings of the compiler stand among the problems', () => using(viz('../spec/programs/leaks/on-paths/an-early-return.altru'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('8');
  await terminal.sees(/▲ .*W\d+/);
  terminal.keys('q');
  await terminal.sees(/^\$ ?$/m);
}));

test('colours go down a ladder to none, and dark and light differ', async () => {
  const seen = async (before: string, options: string): Promise<string> => {
    let styled = '';
    await using(`${before} ${viz('watch/01-list-reversal.altru', options)}`, async terminal => {
      await terminal.sees('? help');
      await terminal.settled();
      styled = terminal.styled();
      terminal.keys('q');
      await leftClean(terminal);
    });
    return styled;
  };
  if (!hasTmux) return;
  const all = await seen('COLORTERM=truecolor', '--dark');
  assert.match(all, /\x1b\[[0-9;:]*38[;:]2[;:]+86[;:]180[;:]233m/);
  assert.match(await seen('COLORTERM=truecolor', '--light'), /\x1b\[[0-9;:]*38[;:]2[;:]+0[;:]114[;:]178m/);
  const cube = await seen('COLORTERM=', '');
  assert.ok(/38[;:]5[;:]/.test(cube) && !/38[;:]2[;:]/.test(cube), 'of a terminal with 256 colours');
  const none = await seen('NO_COLOR=1', '');
  assert.ok(!/\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m:]/.test(none), 'no colour is left on the screen');
  assert.ok(none.includes('◆') && none.includes('step 0'), 'the signs say it alone');
});

test('with reduced motion it comes to the same end', () => using(viz('watch/01-list-reversal.altru', '--calm'), async terminal => {
  await terminal.sees('? help');
  terminal.keys('+', '+', '+', '+', '+', 'Space');
  await terminal.sees('finished', 20);
  terminal.keys('q');
  await leftClean(terminal);
}));

test('with a screen reader in mind it speaks in sentences, in a terminal too', () => using(viz('watch/06-use-after-free.altru', '--screen-reader'), async terminal => {
  await terminal.sees('Commands: step');
  assert.equal(terminal.fact('alternate_on'), '0');
  terminal.type('end');
  terminal.keys('Enter');
  await terminal.sees('Stopped: heap-use-after-free');
  await terminal.sees('The block was born on line 6 and died on line 12.');
  terminal.type('quit');
  terminal.keys('Enter');
  await leftClean(terminal);
}));

test('a stretch of time is recorded as a GIF', () => using(viz('watch/02-vector-growth.altru'), async terminal => {
  const folder = mkdtempSync(join(tmpdir(), 'altru-film-'));
  const file = join(folder, 'x.gif');
  await terminal.sees('? help');
  for (let i = 0; i < 2; i++) {
    terminal.keys('S');
    await terminal.sees('save screen as');
    terminal.type(file);
    terminal.keys('Enter');
    await terminal.sees(i === 0 ? 'recording' : 'wrote');
    for (let stop = 0; i === 0 && stop < 2; stop++) {
      terminal.keys('w');
      await terminal.settled();
    }
  }
  const gif = new GifReader(readFileSync(file));
  assert.deepEqual([gif.width, gif.height], [120 * 12, 36 * 22]);
  assert.ok(gif.numFrames() >= 3, `${gif.numFrames()} pictures`);
  rmSync(folder, { recursive: true });
  terminal.keys('q');
  await leftClean(terminal);
}));

test('the first picture of a sample is there within a second of work', () => using('', async terminal => {
  // Processor time of the process's own thread, which other work on the machine does not delay.
  const shell = terminal.fact('pane_pid');
  for (const sample of ['text_statistics.altru', 'tour.altru']) {
    for (const [what, most] of [['cold', 1200], ['warm', 800]] as const) {
      terminal.type(`clear; ${viz(sample)}`);
      terminal.keys('Enter');
      await terminal.sees('? help', 20);
      const child = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ')[0];
      const spent = Number(readFileSync(`/proc/${child}/task/${child}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
      assert.ok(spent < most, `${sample}, ${what}: ${spent.toFixed(0)} ms`);
      terminal.keys('q');
      await leftClean(terminal);
    }
  }
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
