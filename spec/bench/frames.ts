/**
 * `npm run bench`, the faces: what a frame of the visualizer costs at 200×50 while a program runs, in processor time, apart: run and picture, the map, the chrome. In: a
 * benchmark program. Out: milliseconds and frames a second, added to `bench.json`. The aim is 50 frames a second of the map.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLibrary } from '../../bin/world/library.ts';
import { CHROME_SHARE } from '../../bin/tui/app.ts';
import { openInk } from '../../bin/tui/ink-screen.tsx';
import { Painter } from '../../bin/tui/painter.ts';
import { drawMap, drawScreen } from '../../bin/tui/screen.ts';
import { Session } from '../../bin/tui/session.ts';
import { penFor } from '../../bin/tui/style.ts';
import { Sources, checkProgram, emitChecked } from '../../lib/index.ts';

const top = join(import.meta.dirname, '../..');
const [columns, rows] = [200, 50];
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const busy = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const at = (values: readonly number[], part: number): number => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;

const results: Record<string, unknown>[] = [];
for (const [file, args] of [['samples/bench/binary_trees.altru', ['8']], ['samples/life.altru', []], ['samples/bench/alloc_churn.altru', ['20000']]] as const) {
  const sources = new Sources();
  const library = openLibrary(sources, undefined);
  const text = readFileSync(join(top, file), 'utf8');
  const compilation = { sources, root: sources.add(file, text), library, load: () => null };
  const program = emitChecked(compilation, checkProgram(compilation), { profile: 'debug' }).value;
  if (program === null) throw new Error(`${file} does not compile`);
  const session = new Session(program, { file, text, problems: [], timeline: { args } });
  session.set({ playing: 1, speed: 8 });
  const pen = penFor('dark', 'truecolor');
  const painter = new Painter();
  let base: readonly string[] = [];
  const ink = openInk(frame => {
    base = frame;
  });
  const run: number[] = [];
  const map: number[] = [];
  const chrome: number[] = [];
  const bytes: number[] = [];
  let sinceChrome = 0;
  const whole = busy();
  for (let frame = 0; frame < 250 && session.view.playing !== 0; frame++) {
    let start = busy();
    session.play(20);
    run.push(busy() - start);
    start = busy();
    const drawing = drawMap(session.view, columns, rows);
    if (drawing !== null) painter.setMap(drawing.rows.map(row => pen.row(row)), drawing.box);
    const written = painter.paint(rows).length;
    map.push(busy() - start);
    bytes.push(written);
    if (sinceChrome >= CHROME_SHARE * at(chrome, 0.5) || chrome.length === 0) {
      sinceChrome = 0;
      start = busy();
      ink.show(drawScreen(session.view, columns, rows, pen).frame);
      painter.setBase(base);
      chrome.push(busy() - start);
    }
    sinceChrome += (run.at(-1) ?? 0) + (map.at(-1) ?? 0);
  }
  const perSecond = (1000 * map.length) / (busy() - whole);
  ink.close();
  const row = { file, frames: map.length, slice: at(run, 0.5), map: at(map, 0.5), map95: at(map, 0.95), chrome: at(chrome, 0.5), bytes: at(bytes, 0.5), perSecond };
  results.push(row);
  console.log(`${file.padEnd(36)} run and picture ${row.slice.toFixed(1)} ms, map ${row.map.toFixed(2)} ms (95 %: ${row.map95.toFixed(2)}), chrome ${row.chrome.toFixed(1)} ms, ${row.bytes} bytes written: ${perSecond.toFixed(0)} frames a second of processor time`);
}
const path = join(top, 'bench.json');
const old: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
writeFileSync(path, `${JSON.stringify({ ...(typeof old === 'object' ? old : {}), frames: results }, null, 1)}\n`);
