/** The keys of the visualizer: one table, from which the help card, the manual and the screen reader's list are made. */
import type { Row } from './style.ts';
import type { Language } from '../../lib/index.ts';
import { columnsOf, fill } from './width.ts';
import { say } from './words.ts';

export interface KeyHelp {
  readonly keys: string;
  readonly what: string;
}

export const keyHelp: readonly (readonly [group: string, keys: readonly KeyHelp[]])[] = [
  ['time', [
    { keys: 'space', what: 'play, pause' }, { keys: 'r', what: 'play backwards' }, { keys: '→ ←', what: 'next, previous statement' }, { keys: 'n N', what: 'next, previous line of this call' },
    { keys: 'c C', what: 'into the next, previous call' }, { keys: 'o O', what: 'out of this call, back to where it began' }, { keys: 'a A', what: 'next, previous change of the heap' }, { keys: 'w W', what: 'next, previous watch stop' },
    { keys: 'home end', what: 'start, end' }, { keys: 'g', what: 'go to a step, a line (:12), the fault' }, { keys: '+ -', what: 'faster, slower' },
  ]],
  ['things', [
    { keys: 'tab 1…8', what: 'next pane, a pane by number' }, { keys: '↑ ↓', what: 'choose a variable or block, scroll' }, { keys: 'enter', what: 'from a variable to its block, from a block to its line' }, { keys: '[ ] { }', what: 'byte and row of bytes in the inspector' }, { keys: 'escape', what: 'choose nothing, no filter' },
    { keys: 'b d', what: 'to where the block was born, died' }, { keys: 'T t', what: 'to the last write of the byte, the next access' }, { keys: 'v', what: 'to where the variable last changed' },
    { keys: 'f', what: 'what would free of this block do?' }, { keys: '/', what: 'filter blocks' }, { keys: 's', what: 'order blocks by address, age, size' }, { keys: 'z Z', what: 'closer, farther in the map' }, { keys: 'x', what: 'the map of another allocator beside this one' },
  ]],
  ['stops', [
    { keys: 'B', what: 'breakpoint on a line, with a condition' }, { keys: 'M', what: 'stop when a variable or a byte changes' }, { keys: 'p', what: 'all stops; a number takes one away' }, { keys: '.', what: 'on to the next stop' }, { keys: ',', what: 'back to the one before' }, { keys: 'e', what: 'the error card' },
  ]],
  ['screen', [
    { keys: 'i', what: 'give input to the program' }, { keys: 'S', what: 'save the screen as text or SVG, or record a GIF or an asciicast' }, { keys: 'ctrl-l', what: 'paint anew' }, { keys: 'ctrl-z', what: 'to the shell; fg comes back' }, { keys: 'q ctrl-c', what: 'leave' },
  ]],
];

/** In as many columns as are needed to fit the height. */
export function helpRows(width: number, height: number, language: Language): Row[] {
  const entries: Row[] = keyHelp.flatMap(([group, keys]): Row[] => [[[say(language, group), 'title']], ...keys.map(({ keys: key, what }): Row => [[` ${fill(say(language, key), 9)}`, 'key'], [say(language, what)]])]);
  if (entries.length <= height || width < 84) return entries;
  const half = Math.ceil(entries.length / 2);
  const left = Math.floor(width / 2) - 1;
  return entries.slice(0, half).map((row, i): Row => {
    const used = row.reduce((sum, [text]) => sum + columnsOf(text), 0);
    return [...row, [' '.repeat(Math.max(1, left - used))], ...(entries[half + i] ?? [])];
  });
}
