/** The pieces of the visualizer that can be said without a terminal: keys, arrangement, widths, the painter. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { GifReader } from 'omggif';
import stringWidth from 'string-width';
import { LEAST, arrange, paneNames } from '../../bin/tui/arrange.ts';
import { plainText, screenSvg } from '../../bin/tui/export.ts';
import { bytes, sparkline, timeRows } from '../../bin/tui/charts.ts';
import { film } from '../../bin/tui/film.ts';
import { TALL, WIDE, glyph } from '../../bin/tui/glyphs.ts';
import { keyHelp } from '../../bin/tui/help.ts';
import { type Input, Keys } from '../../bin/tui/keys.ts';
import { Painter } from '../../bin/tui/painter.ts';
import { depthOf, penFor } from '../../bin/tui/style.ts';
import { columnsOf, columnsFrom, cut, fill, fit, narrow, wrap } from '../../bin/tui/width.ts';
import { watchStops } from '../../bin/tui/tour.ts';
import { suite } from '../suite.ts';

const test = suite('tui');
const names = (inputs: readonly Input[]): string[] => inputs.map(one => (one.kind === 'key' ? one.key : one.kind === 'paste' ? `paste:${one.text}` : `${one.action}@${one.column},${one.row}`));

test('keys have their names', () => {
  assert.deepEqual(names(new Keys().feed('a\x1b[A\x1bOB\x1b[5~\x1b[1;5C\x1b[Z\r\t\x03 \x7f你')), ['a', 'up', 'down', 'page-up', 'ctrl-right', 'shift-tab', 'enter', 'tab', 'ctrl-c', 'space', 'backspace', '你']);
  assert.deepEqual(names(new Keys().feed('\x1b[<0;10;5M\x1b[<64;1;1M\x1b[<0;10;5m')), ['press@9,4', 'wheel-up@0,0', 'release@9,4']);
  assert.deepEqual(names(new Keys().feed('\x1b[200~one\rtwo\x1b[A\x1b[201~q')), ['paste:one\ntwo\x1b[A', 'q']);
});

test('a lone escape is a key only after a while', () => {
  const keys = new Keys();
  assert.deepEqual(names(keys.feed('\x1b')), []);
  assert.ok(keys.waiting);
  assert.deepEqual(names(keys.flush()), ['escape']);
});

test('chunks cut anywhere give the same keys', () => {
  const piece = fc.constantFrom('a', 'Q', '\x1b[A', '\x1bOP', '\x1b[1;2D', '\x1b[<35;7;8M', '\x1b[200~x\x1b[2~y\x1b[201~', '\r', '\x1b[24~', '中', '\x1b[?2026;2$y', '\x1b[99;99;99z');
  fc.assert(fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 8 }), (pieces, cuts) => {
    const all = `${pieces.join('')}!`;
    const keys = new Keys();
    const points = [...new Set([0, ...cuts.map(c => c % all.length), all.length])].sort((a, b) => a - b);
    const got = points.slice(1).flatMap((to, i) => names(keys.feed(all.slice(points[i], to))));
    assert.deepEqual(got, names(new Keys().feed(all)));
  }), { numRuns: 300 });
});

test('noise never stops the keys', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
    const keys = new Keys();
    keys.feed(text);
    keys.flush();
    // A paste that was opened by the noise must be closed first.
    const after = names(keys.feed('\x1b[201~\x1b[201~zz'));
    assert.equal(after.at(-1)?.at(-1), 'z');
  }), { numRuns: 500 });
});

test('slots fill the screen exactly at every size', () => {
  for (let columns = LEAST.columns; columns <= 300; columns++) {
    for (let rows = LEAST.rows; rows <= 100; rows += 5) {
      for (const focus of paneNames) {
        const { slots, foot } = arrange(columns, rows, focus, {});
        let area = 0;
        slots.forEach(({ box }, i) => {
          assert.ok(box.width >= 12 && box.height >= 3, `${columns}×${rows}: a box of ${box.width}×${box.height}`);
          assert.ok(box.row >= 1 && box.row + box.height <= rows - foot && box.column + box.width <= columns, `${columns}×${rows}: a slot leaves the screen`);
          area += box.width * box.height;
          for (const { box: other } of slots.slice(i + 1)) {
            const apart = box.column + box.width <= other.column || other.column + other.width <= box.column || box.row + box.height <= other.row || other.row + other.height <= box.row;
            assert.ok(apart, `${columns}×${rows}: two slots overlap`);
          }
        });
        assert.equal(area, columns * (rows - 1 - foot), `${columns}×${rows}: holes`);
        assert.ok(slots.some(slot => slot.pane === focus), `${columns}×${rows}: ${focus} cannot be seen`);
      }
    }
  }
});

test('a row takes the columns it says, whatever it holds', () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (texts, width) => {
    const row = fit(texts.map(text => [text] as const), width);
    const all = row.map(([text]) => text).join('');
    assert.ok(!/[\x00-\x1f\x7f]/.test(all));
    assert.equal(row.reduce((sum, [text]) => sum + columnsOf(text), 0), width);
  }), { numRuns: 500 });
  assert.equal(cut('漢字漢字', 5), '漢字…');
  assert.equal(fill('ab', 4), 'ab  ');
  assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
  assert.equal(columnsFrom('\x1b[1mab漢cd', 2, 5), '\x1b[1m漢c');
});

/** A terminal that knows what the painter writes: moves, erase to the end of the line, and ignores colour. */
function play(screen: string[][], text: string): void {
  let row = 0;
  let column = 0;
  for (const part of text.split(/(\x1b\[[?0-9;]*[A-Za-z])/)) {
    const move = /^\x1b\[(\d+);(\d+)H$/.exec(part);
    if (move !== null) [row, column] = [Number(move[1]) - 1, Number(move[2]) - 1];
    else if (part === '\x1b[K') (screen[row] ?? []).length = column;
    else if (!part.startsWith('\x1b')) for (const c of part) (screen[row] ??= [])[column++] = c;
  }
}

test('the painter shows what it was given, whatever came before', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' '), minLength: 10, maxLength: 10 });
  const frame = fc.record({ base: fc.array(line, { minLength: 4, maxLength: 4 }), map: fc.array(fc.string({ unit: fc.constantFrom('#', '.'), minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 2 }), column: fc.integer({ min: 0, max: 7 }), row: fc.integer({ min: 0, max: 2 }), lid: fc.option(fc.integer({ min: 0, max: 8 })) });
  fc.assert(fc.property(fc.array(frame, { minLength: 1, maxLength: 6 }), frames => {
    const painter = new Painter();
    const screen: string[][] = [[], [], [], []];
    for (const { base, map, column, row, lid } of frames) {
      const patches = [{ box: { column, row, width: 3, height: 2 }, rows: map }, ...(lid === null ? [] : [{ box: { column: lid, row: 1, width: 2, height: 1 }, rows: ['@@'] }])];
      painter.set(base, patches);
      play(screen, painter.paint(4));
      const under = base.map((text, y) => (y >= row && y < row + 2 ? text.slice(0, column) + (map[y - row] ?? '') + text.slice(column + 3) : text));
      const expected = under.map((text, y) => (y === 1 && lid !== null ? `${text.slice(0, lid)}@@${text.slice(lid + 2)}` : text));
      assert.deepEqual(screen.map(cells => cells.join('').slice(0, 10)), expected);
      assert.deepEqual(painter.still(4)().map(text => text.replace(/\x1b\[[0-9;]*m/g, '')), expected);
    }
    assert.equal(painter.paint(4), '', 'nothing changed, so nothing is written');
  }), { numRuns: 300 });
});

test('colour goes down a ladder to none', () => {
  assert.equal(depthOf({ TERM: 'xterm-256color', NO_COLOR: '1' }, 'auto'), 'none');
  assert.equal(depthOf({ TERM: 'xterm-256color' }, 'auto'), 'ansi256');
  assert.equal(depthOf({ TERM: 'xterm', COLORTERM: 'truecolor' }, 'auto'), 'truecolor');
  assert.equal(depthOf({ TERM: 'linux' }, 'auto'), 'ansi16');
  assert.equal(depthOf({ TERM: 'dumb' }, 'auto'), 'none');
  assert.equal(penFor('dark', 'none').row([['x', 'dim'], ['y', 'live']]), 'xy');
  assert.equal(penFor('dark', 'truecolor').row([['x', 'live']]), '\x1b[38;2;0;158;115mx\x1b[0m');
});

test('what is taken for narrow is', () => {
  for (let code = 32; code < 0x3000; code++) {
    const text = String.fromCodePoint(code);
    if (narrow.test(text)) assert.equal(stringWidth(text), 1, `U+${code.toString(16)}`);
  }
});

test('figures read well', () => {
  assert.deepEqual([0, 412, 1229, 3 << 20, 5 * 2 ** 30].map(bytes), ['0 B', '412 B', '1.2 KiB', '3.0 MiB', '5.0 GiB']);
  assert.equal(sparkline([0, 1, 2, 4], 4), ' ▂▄█');
  for (const row of timeRows([1, 5, 2], [{ step: 9, kind: 'fault' }], 5, 10, 30)) assert.equal(row.reduce((sum, [text]) => sum + columnsOf(text), 0), 30);
});

test('watch stops stand on the code after their comment', () => {
  assert.deepEqual(watchStops(['fn main():', '    ## watch: here', '', '    # why', '    let x = 1', '    ## watch: nothing follows']), [{ line: 5, text: 'here' }]);
});

test('a screen can be kept as text and SVG', () => {
  const rows = ['\x1b[1;38;2;0;158;115m<b>\x1b[0m & \x1b[7mx\x1b[0m  ', ''];
  assert.equal(plainText(rows), '<b> & x\n');
  const svg = screenSvg(rows, 20, 'dark');
  assert.match(svg, /fill="#009e73" font-weight="bold">&lt;b&gt;</);
  assert.ok(!svg.includes('\x1b'));
});

/** A GIF as another library reads it: each frame in full, and the pixel at a place. */
function decoded(bytes: Uint8Array): { readonly width: number; readonly height: number; readonly delays: number[]; readonly at: (frame: number, x: number, y: number) => string } {
  const gif = new GifReader(bytes);
  const pixels = new Uint8Array(gif.width * gif.height * 4);
  const frames = Array.from({ length: gif.numFrames() }, (_, i) => {
    gif.decodeAndBlitFrameRGBA(i, pixels);
    return pixels.slice();
  });
  return {
    width: gif.width, height: gif.height, delays: frames.map((_, i) => gif.frameInfo(i).delay * 10),
    at: (frame, x, y) => `#${[...(frames[frame] ?? []).slice((y * gif.width + x) * 4, (y * gif.width + x) * 4 + 3)].map(part => part.toString(16).padStart(2, '0')).join('')}`,
  };
}

test('a film is a GIF with the pictures, their times, and their colours', () => {
  const frames = [{ rows: ['\x1b[38;2;0;158;115m█\x1b[0m  ', 'x'], milliseconds: 200 }, { rows: ['  \x1b[38;2;255;122;51m█\x1b[0m', 'x'], milliseconds: 700 }, { rows: ['  \x1b[38;2;255;122;51m█\x1b[0m', '\x1b[7m \x1b[0m'], milliseconds: 50 }];
  const { width, height, delays, at } = decoded(film(frames, 3, 2, 'dark'));
  assert.deepEqual([width, height], [3 * WIDE * 2, 2 * TALL * 2]);
  assert.deepEqual(delays, [200, 700, 50]);
  const last = width - 1;
  assert.deepEqual([at(0, 0, 0), at(0, last, 0)], ['#009e73', '#14161a']);
  assert.deepEqual([at(1, 0, 0), at(1, last, 0)], ['#14161a', '#ff7a33'], 'what is gone is paper again');
  assert.equal(at(2, 0, TALL * 2), '#d8d8d8', 'an inverse space is full');
  // The letter x, dot by dot, in the second picture, where its row did not change.
  for (let y = 0; y < TALL; y++) for (let x = 0; x < WIDE; x++) assert.equal(at(1, x * 2, (TALL + y) * 2), ((glyph('x')[y] ?? 0) >> (WIDE - 1 - x)) & 1 ? '#d8d8d8' : '#14161a');
});

test('every sign that the faces draw with has dots of its own', () => {
  const box = glyph('\u{1f40c}').join();
  for (const sign of '─│╭╮╰╯├┤┃═║╔╗╚╝▁▂▃▄▅▆▇█▏▎▍▌▋▊▉░▒▓■▪◼·×→←↑↓▶◀▲◆●✖…≡⇥›▾▹éñ~@') assert.notEqual(glyph(sign).join(), box, sign);
  for (let code = 33; code < 127; code++) assert.ok(glyph(String.fromCharCode(code)).some(row => row !== 0) && glyph(String.fromCharCode(code)).join() !== box);
});

test('every key that does something is in the help, and the other way round', () => {
  const source = readFileSync(join(import.meta.dirname, '../../bin/tui/commands.ts'), 'utf8');
  const pressed = source.slice(source.indexOf('function pressed('), source.indexOf('function nextPane('));
  const names: Readonly<Record<string, string>> = { right: '→', left: '←', up: '↑', down: '↓' };
  // The first name of each line is its key; others of the same line are for those who are used to them.
  const does = [...pressed.matchAll(/^ {4}case '([^']+)':/gm)].map(match => names[match[1] ?? ''] ?? match[1] ?? '');
  const told = new Set(keyHelp.flatMap(([, keys]) => keys.flatMap(one => one.keys.split(' '))));
  const silent = new Set(['?', 'page-up', 'page-down', 'shift-tab']);
  for (const key of does) assert.ok(told.has(key) || silent.has(key), `${key} is not in the help`);
  for (const key of told) assert.ok(does.includes(key) || ['1…8', 'ctrl-l', 'ctrl-z', 'ctrl-c'].includes(key), `${key} does nothing`);
});
