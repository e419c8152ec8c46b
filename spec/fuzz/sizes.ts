/**
 * `npm run fuzz:sizes -- [sizes] [seed]`: a storm of a thousand terminal sizes over the visualizer in tmux, while it stands and while it plays; the terminal afterwards as it was.
 * In: how many sizes (1,000), a seed. Out: exit 1 with the screen that was wrong.
 */
import { join } from 'node:path';
import { storm } from '../faces/storm.ts';
import { altru, leftClean, openTerminal } from '../faces/tmux.ts';

const sizes = Number(process.argv[2] ?? 1000);
const seed = Number(process.argv[3] ?? 1);
const terminal = openTerminal(`node ${altru} viz ${join(import.meta.dirname, '../../samples/bench/binary_trees.altru')} 8`, 100, 30);
try {
  await terminal.sees('? help', 20);
  const start = Date.now();
  await storm(terminal, sizes / 2, seed);
  terminal.keys('Space');
  await storm(terminal, sizes / 2, seed + 1);
  console.log(`${sizes} sizes in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  terminal.keys('q');
  await leftClean(terminal);
} finally {
  terminal.close();
}
