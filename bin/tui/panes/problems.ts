/** What went wrong: the stop with its three places (touched, born, died), leaks, and what the compiler warned of. */
import type { Row } from '../style.ts';
import { type PaneRows, type View, releaseKnows } from '../view.ts';
import { wrap } from '../width.ts';

export function stopRows(view: View): Row[] {
  const { stop } = view.picture;
  if (stop === null) return [];
  const place = (label: string, role: 'bad' | 'good' | 'shared', at: { readonly function: string; readonly line: number } | null | undefined, key: string): Row[] => (at == null ? [] : [[[`${label.padEnd(8)}`, role], [`line ${at.line}`, 'strong'], [` in ${at.function}`, 'dim'], [`   ${key}`, 'key']]]);
  return [
    [[`${stop.code} ${stop.kind}`, 'bad']],
    [[stop.message]],
    ...place('touched', 'bad', stop.at, 't'),
    ...place('born', 'good', stop.born?.at, 'b'),
    ...place('died', 'shared', stop.died?.at, 'd'),
    ...(stop.block === null ? [] : [[['block', 'dim'], [`   ${stop.block}, byte ${stop.offset}`]] as Row]),
  ];
}

export function problemsPane(view: View, width: number, height: number): PaneRows {
  const leaked = view.picture.blocks.filter(block => block.standing === 'leaked');
  const rows: Row[] = [
    ...stopRows(view),
    ...leaked.map((block): Row => [['! ', 'leaked'], [`${block.id} leaked`, 'leaked'], [`, ${block.size} bytes${block.born === null ? '' : `, born on line ${block.born.at.line}`}`]]),
    ...view.problems.flatMap(line => wrap(line, Math.max(8, width - 2)).map((part, i): Row => [[i === 0 ? '▲ ' : '  ', 'warn'], [part]])),
    ...(view.picture.profile === 'release' ? wrap(releaseKnows, Math.max(8, width)).map((line): Row => [[line, 'warn']]) : []),
  ];
  const count = rows.length;
  if (count === 0) rows.push([['none', 'good']]);
  const from = Math.min(view.scroll.problems ?? 0, Math.max(0, rows.length - height));
  return { title: [[' problems ', view.picture.stop !== null || leaked.length > 0 ? 'bad' : 'title']], rows: rows.slice(from, from + height) };
}
