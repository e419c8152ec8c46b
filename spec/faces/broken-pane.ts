/** The visualizer with a fault planted: a pane that throws (`pane`), or a run that throws in the middle of the loop (`loop`). For `viz.spec.ts`, run in a terminal. */
import { readFileSync } from 'node:fs';
import { runApp } from '../../bin/tui/app.ts';
import { usualPanes } from '../../bin/tui/screen.ts';
import { Session } from '../../bin/tui/session.ts';
import { penFor } from '../../bin/tui/style.ts';
import { compiled } from '../compiled.ts';

const [, , what = 'pane', file = ''] = process.argv;
const text = readFileSync(file, 'utf8');
const session = new Session(compiled(file, text), { file, text, problems: [], language: 'en', timeline: {} });
const planted = (): never => {
  throw new Error('planted in a spec');
};
if (what === 'loop') session.move = planted;
process.exitCode = await runApp(session, { input: process.stdin, output: process.stdout, pen: penFor('dark', 'ansi256'), calm: false, panes: what === 'pane' ? { ...usualPanes, map: planted } : usualPanes });
