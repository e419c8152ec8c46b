/** What went wrong: the stop with its three places (touched, born, died), leaks, and what the compiler warned of. */
import type { Row } from '../style.ts';
import { type PaneRows, type View, releaseKnows } from '../view.ts';
import { fill, wrap } from '../width.ts';
import { say, stopMessage } from '../words.ts';

export function stopRows(view: View): Row[] {
  const { picture: { stop }, language } = view;
  if (stop === null) return [];
  const place = (label: string, role: 'bad' | 'good' | 'shared', at: { readonly function: string; readonly line: number } | null | undefined, key: string): Row[] => (at == null ? [] : [[[fill(say(language, label), 8), role], [say(language, 'line {0}', at.line), 'strong'], [` ${say(language, 'in')} ${at.function}`, 'dim'], [`   ${key}`, 'key']]]);
  return [
    [[`${stop.code} ${stop.kind}`, 'bad']],
    [[stopMessage(view.language, view.picture)]],
    ...place('touched', 'bad', stop.at, 't'),
    ...place('born', 'good', stop.born?.at, 'b'),
    ...place('died', 'shared', stop.died?.at, 'd'),
    ...(stop.block === null ? [] : [[[fill(say(language, 'block'), 8), 'dim'], [say(language, '{0}, byte {1}', stop.block, stop.offset)]] as Row]),
  ];
}

export function problemsPane(view: View, width: number, height: number): PaneRows {
  const leaked = view.picture.blocks.filter(block => block.standing === 'leaked');
  const rows: Row[] = [
    ...stopRows(view),
    ...leaked.map((block): Row => [['! ', 'leaked'], [say(view.language, '{0} leaked', block.id), 'leaked'], [`${say(view.language, ', {0} bytes', block.size)}${block.born === null ? '' : say(view.language, ', born on line {0}', block.born.at.line)}`]]),
    ...view.problems.flatMap(line => wrap(line, Math.max(8, width - 2)).map((part, i): Row => [[i === 0 ? '▲ ' : '  ', 'warn'], [part]])),
    ...(view.picture.profile === 'release' ? wrap(releaseKnows(view), Math.max(8, width)).map((line): Row => [[line, 'warn']]) : []),
  ];
  const count = rows.length;
  if (count === 0) rows.push([[say(view.language, 'none'), 'good']]);
  const from = Math.min(view.scroll.problems ?? 0, Math.max(0, rows.length - height));
  return { title: [[` ${say(view.language, 'problems')} `, view.picture.stop !== null || leaked.length > 0 ? 'bad' : 'title']], rows: rows.slice(from, from + height) };
}
