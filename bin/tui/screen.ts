/** A view to a screen: head, panes in their slots, time line, keys, card. In: a view and a size. Out: frames and a card for Ink, and the texts that stand in them. Pure. */
import { type PaneName, type Slot, LEAST, arrange } from './arrange.ts';
import { grouped, timeRows } from './charts.ts';
import { helpRows } from './help.ts';
import type { Frame } from './ink-screen.tsx';
import type { Box } from './painter.ts';
import { blocksPane } from './panes/blocks.ts';
import { inspectorPane } from './panes/inspector.ts';
import { mapPane } from './panes/map.ts';
import { outputPane } from './panes/output.ts';
import { problemsPane, stopRows } from './panes/problems.ts';
import { sourcePane } from './panes/source.ts';
import { stackPane } from './panes/stack.ts';
import { statisticsPane } from './panes/statistics.ts';
import type { Row, Span } from './style.ts';
import { type PaneRows, type View, speeds } from './view.ts';
import { columnsOf, fit, wrap } from './width.ts';
import { say } from './words.ts';

/** How each pane is drawn; a face, or a test, may bring its own. */
export type Panes = Readonly<Record<PaneName, (view: View, width: number, height: number) => PaneRows>>;

export const usualPanes: Panes = { source: sourcePane, stack: stackPane, map: mapPane, blocks: blocksPane, inspector: inspectorPane, statistics: statisticsPane, output: outputPane, problems: problemsPane };

/** A pane that fails says so in its own box; the rest of the screen goes on. */
function drawn(panes: Panes, name: PaneName, view: View, slot: Slot): PaneRows {
  try {
    return panes[name](view, slot.box.width - 2, slot.box.height - 2);
  } catch (error) {
    return { title: [[` ${say(view.language, name)} `, 'bad']], rows: wrap(say(view.language, 'This pane failed, which is a fault in Altru and not in your program: {0}', error instanceof Error ? error.message : String(error)), Math.max(8, slot.box.width - 2)).map((line): Row => [[line, 'bad']]) };
  }
}

/** Rows in a box, each exactly as wide as it. */
export interface Placed {
  readonly box: Box;
  readonly rows: readonly Row[];
}

export interface Drawing {
  readonly frame: Frame;
  readonly texts: readonly Placed[];
}

export function drawScreen(view: View, columns: number, rows: number, panes: Panes = usualPanes): Drawing {
  const placed = (column: number, row: number, width: number, height: number, lines: readonly Row[]): Placed => ({ box: { column, row, width, height }, rows: Array.from({ length: height }, (_, i) => fit(lines[i] ?? [], width)) });
  if (columns < LEAST.columns || rows < LEAST.rows) {
    const text = say(view.language, 'Altru needs {0}×{1}, this is {2}×{3}. q leaves.', LEAST.columns, LEAST.rows, columns, rows);
    return { frame: { columns, rows, panes: [], card: null }, texts: [placed(0, 0, columns, rows, wrap(text, columns).map((line): Row => [[line]]))] };
  }
  const { slots, foot } = arrange(columns, rows, view.focus, view.turned);
  const texts = slots.flatMap((slot): Placed[] => {
    const { column, row, width, height } = slot.box;
    const { title, rows: lines } = drawn(panes, slot.pane, view, slot);
    const tabs: Span[] = slot.tabs.filter(tab => tab !== slot.pane).map((tab): Span => [`${say(view.language, tab)} `, 'dim']);
    const head: Row = [...title, ...(tabs.length > 0 ? [['│ ', 'dim'] as Span, ...tabs] : [])];
    const room = width - 4;
    const used = Math.min(room, head.reduce((sum, [text]) => sum + columnsOf(text), 0));
    const edge: Span = ['─'.repeat(room - used), slot.pane === view.focus ? 'focus' : 'dim'];
    return [placed(column + 2, row, room, 1, [[...fit(head, used), edge]]), placed(column + 1, row + 1, width - 2, height - 2, lines)];
  });
  return {
    frame: { columns, rows, panes: slots.map(slot => ({ slot, focused: slot.pane === view.focus })), card: cardOf(view, columns, rows) },
    texts: [placed(0, 0, columns, 1, [headRow(view, columns)]), ...texts, placed(0, rows - foot, columns, foot, footRows(view, columns))],
  };
}

function headRow(view: View, columns: number): Row {
  const { picture, position, total, playing, speed, language } = view;
  const word = (english: string): string => say(language, english);
  const state: Span = view.busy !== null ? [view.busy, 'warn'] : picture.status === 'stopped' ? [word('stopped: e'), 'bad'] : picture.status === 'finished' ? [word('finished'), 'good'] : playing !== 0 ? [word(playing > 0 ? '▶ playing' : '◀ backwards'), 'good'] : [word('paused'), 'warn'];
  const pace = speeds[speed] ?? 1;
  const width = (row: Row): number => row.reduce((sum, [text]) => sum + columnsOf(text), 0);
  const short = view.file.replace(/^.*[/\\]/, '');
  const step = ` · ${say(language, 'step {0}', grouped(position))}`;
  const said: Span[] = [[total === null ? step : ` · ${say(language, 'step {0} of {1}', grouped(position), grouped(total))}`], [` · ${pace === Number.POSITIVE_INFINITY ? word('full speed') : `${grouped(pace)}/s`}`, 'dim'], [` · ${picture.profile}`, 'dim']];
  const named = (file: string, rest: readonly Span[]): Row => [['altru ', 'title'], [file, 'strong'], [' · '], state, ...rest];
  // What matters least gives way first, so that the way to the help stays in sight: a long path, the profile, the pace, the number of steps.
  const forms = [named(view.file, said), named(short, said), named(short, said.slice(0, 2)), named(short, said.slice(0, 1)), named(short, [[step]]), named(short, [])];
  const left = forms.find(form => width(form) + 8 <= columns) ?? named(short, [[step]]);
  const used = width(left);
  const help = word('? help');
  return used + columnsOf(help) + 2 > columns ? left : [...left, [' '.repeat(columns - used - columnsOf(help) - 1)], [help, 'key']];
}

function footRows(view: View, columns: number): Row[] {
  const last = view.total ?? Math.max(view.seen, view.position);
  const time = timeRows(view.activity.map(part => part.most), view.happenings, view.position, last, columns);
  return [...time, view.prompt === null ? keyRow(view) : promptRow(view)];
}

function keyRow(view: View): Row {
  if (view.message !== '') return [[view.message, 'warn']];
  const keys: readonly (readonly [string, string])[] = [['space', view.playing === 0 ? 'play' : 'pause'], ['← →', 'step'], ['n N', 'line'], ['a A', 'heap'], ...(view.stops.length > 0 ? [['w W', 'stops'] as const] : []), ['↑ ↓', 'choose'], ['tab', 'pane'], ['b d', 'born, died'], ['f', 'try free'], ['g', 'go'], ['/', 'filter'], ['+ -', 'speed'], ['q', 'leave']];
  return keys.flatMap(([key, what]): Span[] => [[` ${say(view.language, key)}`, 'key'], [` ${say(view.language, what)} `, 'dim']]);
}

const asks = { filter: 'show blocks with (live leaked >100 line:12 Node): ', go: 'go to step, line (:12), start, end or fault: ', input: 'input for the program: ', break: 'stop on line (empty: this one; 12; 12 when count > 3; again: no more): ', watch: 'stop when this changes (a variable, b3, b3+4, 0x1f00): ', export: 'save screen as (.txt .svg .gif .cast): ' } as const;

function promptRow(view: View): Row {
  const { prompt } = view;
  if (prompt === null) return [];
  const letters = [...prompt.text];
  return [[say(view.language, asks[prompt.what]), 'key'], [letters.slice(0, prompt.at).join('')], [letters[prompt.at] ?? ' ', 'chosen'], [letters.slice(prompt.at + 1).join('')]];
}

function cardOf(view: View, columns: number, rows: number): Frame['card'] {
  const { card } = view;
  if (card === null) return null;
  const most = Math.min(columns - 6, 96);
  const word = (english: string): string => say(view.language, english);
  switch (card.kind) {
    case 'help': return { title: word('help — any key closes'), rows: helpRows(most, rows - 4, view.language), width: most, role: 'title' };
    case 'stop': {
      const lines = stopRows(view).flatMap((row): Row[] => (row.length === 1 && columnsOf(row[0]?.[0] ?? '') > most ? wrap(row[0]?.[0] ?? '', most).map((line): Row => [[line]]) : [row]));
      return { title: word('the program was stopped'), rows: [...lines, [], [['t', 'key'], [` ${word('the access')}   `], ['b', 'key'], [` ${word('birth')}   `], ['d', 'key'], [` ${word('death')}   `], ['esc', 'key'], [` ${word('close')}`]]], width: Math.min(most, 76), role: 'bad' };
    }
    case 'points': {
      const list = view.points.map((point, i): Row => [[`${i + 1}  `, 'key'], [point.text]]);
      const says: Row = view.points.length === 0 ? [[word('none: ')], ['B', 'key'], [word(' stops on a line, ')], ['M', 'key'], [word(' when a value changes')]] : [[word('a number takes that one away, '), 'dim'], ['. ,', 'key'], [word(' go to the next, the one before'), 'dim']];
      return { title: word('stops'), rows: [...list, ...(list.length > 0 ? [[]] : []), says], width: Math.min(most, 64), role: 'title' };
    }
    case 'text': return { title: card.title, rows: card.rows, width: Math.min(most, Math.max(30, ...card.rows.map(row => row.reduce((sum, [text]) => sum + columnsOf(text), 0)))), role: 'title' };
  }
}
