/**
 * `npm run bench`, the faces: what a frame of the visualizer costs at 200×50 while a program runs, in processor time, apart: the run with its picture, and the drawing of all
 * panes. In: programs. Out: milliseconds and frames a second, added to `bench.json`. The aim is 50 frames a second, each of them whole.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLibrary } from '../../bin/world/library.ts';
import { Canvas } from '../../bin/tui/canvas.ts';
import { Session } from '../../bin/tui/session.ts';
import { penFor } from '../../bin/tui/style.ts';
import { Sources, checkProgram, emitChecked } from '../../lib/index.ts';

const top = join(import.meta.dirname, '../..');
const [columns, rows] = [200, 50];
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
/** Processor time of this thread alone, where the system tells it: what the collector and the compiler of JavaScript do beside it delays no frame. */
const busy = (): number => {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
};
const at = (values: readonly number[], part: number): number => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const results: Record<string, unknown>[] = [];
for (const [file, args] of [['samples/bench/binary_trees.altru', ['8']], ['samples/bench/binary_trees.altru', ['12']], ['samples/life.altru', []], ['samples/bench/alloc_churn.altru', ['200000']], ['samples/bench/hash_map.altru', []], ['samples/bench/vector_growth.altru', []], ['samples/bench/binary_trees_arena.altru', ['12']]] as const) {
  const sources = new Sources();
  const library = openLibrary(sources, undefined);
  const text = readFileSync(join(top, file), 'utf8');
  const compilation = { sources, root: sources.add(file, text), library, load: () => null };
  const program = emitChecked(compilation, checkProgram(compilation), { profile: 'debug' }).value;
  if (program === null) throw new Error(`${file} does not compile`);
  const session = new Session(program, { file, text, problems: [], language: 'en', timeline: { args } });
  session.set({ playing: 1, speed: 8 });
  const canvas = new Canvas(penFor('dark', 'truecolor'));
  const run: number[] = [];
  const paint: number[] = [];
  const bytes: number[] = [];
  const whole = busy();
  for (let frame = 0; frame < 250 && session.view.playing !== 0; frame++) {
    let start = busy();
    session.play(20);
    run.push(busy() - start);
    start = busy();
    canvas.show(session.view, columns, rows);
    bytes.push(canvas.paint().length);
    paint.push(busy() - start);
  }
  const perSecond = (1000 * paint.length) / (busy() - whole);
  canvas.close();
  const row = { file, frames: paint.length, run: mean(run), run95: at(run, 0.95), paint: mean(paint), paint95: at(paint, 0.95), bytes: mean(bytes), perSecond };
  results.push(row);
  console.log(`${`${file} ${args.join(' ')}`.padEnd(41)} ${paint.length} frames: run and picture ${row.run.toFixed(1)} ms (95 %: ${row.run95.toFixed(1)}), drawing ${row.paint.toFixed(1)} ms (95 %: ${row.paint95.toFixed(1)}), ${row.bytes.toFixed(0)} bytes written: ${perSecond.toFixed(0)} frames a second of processor time`);
}
const path = join(top, 'bench.json');
const old: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
writeFileSync(path, `${JSON.stringify({ ...(typeof old === 'object' ? old : {}), frames: results }, null, 1)}\n`);
