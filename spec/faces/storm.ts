/**
 * A storm of sizes over a face: hundreds of `SIGWINCH` one after the other, from 60×18 to 300×100, now and then to nearly nothing. In: a terminal with the visualizer in
 * it, how many sizes, a seed. Out: nothing; throws with the screen where it does not show all of itself after a rest. Takes about 20 ms a size.
 */
import type { Terminal } from './tmux.ts';

export async function storm(terminal: Terminal, sizes: number, seed: number): Promise<void> {
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 1;
    return (seed >>> 8) % n;
  };
  for (let i = 1; i <= sizes; i++) {
    const small = i % 50 === 25;
    const [columns, rows] = small ? [20 + random(30), 6 + random(8)] : [60 + random(241), 18 + random(83)];
    terminal.resize(columns, rows);
    if (i % 100 !== 0 && i !== sizes) continue;
    const whole = (screen: readonly string[]): boolean => {
      const [head = '', edge = ''] = screen;
      return head.startsWith('altru ') && head.length === columns - 1 && head.endsWith('? help') && /^╭─ .*╮$/.test(edge) && edge.length === columns && / space /.test(screen[rows - 1] ?? '');
    };
    const end = Date.now() + 10_000;
    for (let screen = terminal.screen(); !whole(screen); screen = terminal.screen()) {
      if (Date.now() > end) throw new Error(`after ${i} sizes, at ${columns}×${rows}:\n${screen.join('\n')}`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}
