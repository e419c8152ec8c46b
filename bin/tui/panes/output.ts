/** What the program wrote, its end. */
import type { Row } from '../style.ts';
import type { PaneRows, View } from '../view.ts';
import { tame, wrap } from '../width.ts';
import { say } from '../words.ts';

export function outputPane(view: View, width: number, height: number): PaneRows {
  const text = view.picture.output;
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n').slice(-400).flatMap(line => wrap(tame(line), Math.max(1, width)));
  const back = Math.min(view.scroll.output ?? 0, Math.max(0, lines.length - height));
  const end = lines.length - back;
  const rows: Row[] = lines.slice(Math.max(0, end - height), end).map(line => [[line]]);
  if (rows.length === 0) rows.push([[say(view.language, 'nothing was written yet'), 'dim']]);
  return { title: [[` ${say(view.language, 'output')} `, 'title'], ...(view.needsInput ? [[`${say(view.language, 'waits for input: i')} `, 'warn'] as const] : [])], rows };
}
