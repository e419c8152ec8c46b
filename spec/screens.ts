/**
 * `npm run screens`: the screens that the README shows, made by running the visualizer without a terminal. In: samples to watch, and where to stand. Out: SVG and
 * text in `bin/tui/screens/`. Run it after a change of a pane.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLibrary } from '../bin/world/library.ts';
import { Canvas } from '../bin/tui/canvas.ts';
import { plainText, screenSvg } from '../bin/tui/export.ts';
import { Session } from '../bin/tui/session.ts';
import { penFor } from '../bin/tui/style.ts';
import { Sources, checkProgram, emitChecked } from '../lib/index.ts';

const top = join(import.meta.dirname, '..');
const folder = join(top, 'bin/tui/screens');
mkdirSync(folder, { recursive: true });

interface Shot {
  readonly name: string;
  readonly file: string;
  readonly columns: number;
  readonly rows: number;
  readonly go: (session: Session) => void;
}

const shots: readonly Shot[] = [
  { name: 'list-reversal', file: 'samples/watch/01-list-reversal.altru', columns: 120, rows: 34, go: session => tour(session, 2) },
  { name: 'use-after-free', file: 'samples/watch/06-use-after-free.altru', columns: 120, rows: 34, go: session => session.end() },
  { name: 'vector-growth', file: 'samples/watch/02-vector-growth.altru', columns: 170, rows: 44, go: session => tour(session, 5) },
];

function tour(session: Session, stops: number): void {
  for (let i = 0; i < stops; i++) {
    session.tour(1);
    while (session.working) session.work();
  }
}

for (const { name, file, columns, rows, go } of shots) {
  const sources = new Sources();
  const text = readFileSync(join(top, file), 'utf8');
  const compilation = { sources, root: sources.add(file, text), library: openLibrary(sources, undefined), load: () => null };
  const program = emitChecked(compilation, checkProgram(compilation), { profile: 'debug' }).value;
  if (program === null) throw new Error(`${file} does not compile`);
  const session = new Session(program, { file, text, problems: [], language: 'en', timeline: {} });
  go(session);
  while (session.working) session.work();
  const block = session.view.picture.blocks.find(one => one.standing === 'live') ?? session.view.picture.blocks[0];
  if (session.view.chosen === null && block !== undefined) session.set({ chosen: { kind: 'block', id: block.id } });
  const canvas = new Canvas(penFor('dark', 'truecolor'));
  canvas.show(session.view, columns, rows);
  const screen = canvas.still()();
  canvas.close();
  writeFileSync(join(folder, `${name}.svg`), screenSvg(screen, columns, 'dark'));
  writeFileSync(join(folder, `${name}.txt`), plainText(screen));
  console.log(`${name}: ${columns}×${rows}`);
}
