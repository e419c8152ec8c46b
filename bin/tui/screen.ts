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

/** How each pane is drawn; a face, or a test, may bring its own. */
export type Panes = Readonly<Record<PaneName, (view: View, width: number, height: number) => PaneRows>>;

export const usualPanes: Panes = { source: sourcePane, stack: stackPane, map: mapPane, blocks: blocksPane, inspector: inspectorPane, statistics: statisticsPane, output: outputPane, problems: problemsPane };

/** A pane that fails says so in its own box; the rest of the screen goes on. */
function drawn(panes: Panes, name: PaneName, view: View, slot: Slot): PaneRows {
  try {
    return panes[name](view, slot.box.width - 2, slot.box.height - 2);
  } catch (error) {
    return { title: [[` ${name} `, 'bad']], rows: wrap(`This pane failed, which is a fault in Altru and not in your program: ${error instanceof Error ? error.message : String(error)}`, Math.max(8, slot.box.width - 2)).map((line): Row => [[line, 'bad']]) };
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
    const text = `Altru needs ${LEAST.columns}×${LEAST.rows}, this is ${columns}×${rows}. q leaves.`;
    return { frame: { columns, rows, panes: [], card: null }, texts: [placed(0, 0, columns, rows, wrap(text, columns).map((line): Row => [[line]]))] };
  }
  const { slots, foot } = arrange(columns, rows, view.focus, view.turned);
  const texts = slots.flatMap((slot): Placed[] => {
    const { column, row, width, height } = slot.box;
    const { title, rows: lines } = drawn(panes, slot.pane, view, slot);
    const tabs: Span[] = slot.tabs.filter(tab => tab !== slot.pane).map((tab): Span => [`${tab} `, 'dim']);
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
  const { picture, position, total, playing, speed } = view;
  const state: Span = view.busy !== null ? [view.busy, 'warn'] : picture.status === 'stopped' ? ['stopped: e', 'bad'] : picture.status === 'finished' ? ['finished', 'good'] : playing !== 0 ? [playing > 0 ? '▶ playing' : '◀ backwards', 'good'] : ['paused', 'warn'];
  const pace = speeds[speed] ?? 1;
  const width = (row: Row): number => row.reduce((sum, [text]) => sum + columnsOf(text), 0);
  const short = view.file.replace(/^.*[/\\]/, '');
  const step = ` · step ${grouped(position)}`;
  const said: Span[] = [[`${step}${total === null ? '' : ` of ${grouped(total)}`}`], [` · ${pace === Number.POSITIVE_INFINITY ? 'full speed' : `${grouped(pace)}/s`}`, 'dim'], [` · ${picture.profile}`, 'dim']];
  const named = (file: string, rest: readonly Span[]): Row => [['altru ', 'title'], [file, 'strong'], [' · '], state, ...rest];
  // What matters least gives way first, so that the way to the help stays in sight: a long path, the profile, the pace, the number of steps.
  const forms = [named(view.file, said), named(short, said), named(short, said.slice(0, 2)), named(short, said.slice(0, 1)), named(short, [[step]]), named(short, [])];
  const left = forms.find(form => width(form) + 8 <= columns) ?? named(short, [[step]]);
  const used = width(left);
  return used + 8 > columns ? left : [...left, [' '.repeat(columns - used - 7)], ['? help', 'key']];
}

function footRows(view: View, columns: number): Row[] {
  const last = view.total ?? Math.max(view.seen, view.position);
  const time = timeRows(view.activity.map(part => part.most), view.happenings, view.position, last, columns);
  return [...time, view.prompt === null ? keyRow(view) : promptRow(view)];
}

function keyRow(view: View): Row {
  if (view.message !== '') return [[view.message, 'warn']];
  const keys: readonly (readonly [string, string])[] = [['space', view.playing === 0 ? 'play' : 'pause'], ['← →', 'step'], ['n N', 'line'], ['a A', 'heap'], ...(view.stops.length > 0 ? [['w W', 'stops'] as const] : []), ['↑ ↓', 'choose'], ['tab', 'pane'], ['b d', 'born, died'], ['f', 'try free'], ['g', 'go'], ['/', 'filter'], ['+ -', 'speed'], ['q', 'leave']];
  return keys.flatMap(([key, what]): Span[] => [[` ${key}`, 'key'], [` ${what} `, 'dim']]);
}

const asks = { filter: 'show blocks with (live leaked >100 line:12 Node): ', go: 'go to step, line (:12), start, end or fault: ', input: 'input for the program: ', break: 'stop on line (empty: this one; 12; 12 when count > 3; again: no more): ', watch: 'stop when this changes (a variable, b3, b3+4, 0x1f00): ', export: 'save screen as (.txt .svg .gif .cast): ' } as const;

function promptRow(view: View): Row {
  const { prompt } = view;
  if (prompt === null) return [];
  const letters = [...prompt.text];
  return [[asks[prompt.what], 'key'], [letters.slice(0, prompt.at).join('')], [letters[prompt.at] ?? ' ', 'chosen'], [letters.slice(prompt.at + 1).join('')]];
}

function cardOf(view: View, columns: number, rows: number): Frame['card'] {
  const { card } = view;
  if (card === null) return null;
  const most = Math.min(columns - 6, 96);
  switch (card.kind) {
    case 'help': return { title: 'help — any key closes', rows: helpRows(most, rows - 4), width: most, role: 'title' };
    case 'stop': {
      const lines = stopRows(view).flatMap((row): Row[] => (row.length === 1 && columnsOf(row[0]?.[0] ?? '') > most ? wrap(row[0]?.[0] ?? '', most).map((line): Row => [[line]]) : [row]));
      return { title: 'the program was stopped', rows: [...lines, [], [['t', 'key'], [' the access   '], ['b', 'key'], [' birth   '], ['d', 'key'], [' death   '], ['esc', 'key'], [' close']]], width: Math.min(most, 76), role: 'bad' };
    }
    case 'points': {
      const list = view.points.map((point, i): Row => [[`${i + 1}  `, 'key'], [point.text]]);
      const says: Row = view.points.length === 0 ? [['none: '], ['B', 'key'], [' stops on a line, '], ['M', 'key'], [' when a value changes']] : [['a number takes that one away, ', 'dim'], ['. ,', 'key'], [' go to the next, the one before', 'dim']];
      return { title: 'stops', rows: [...list, ...(list.length > 0 ? [[]] : []), says], width: Math.min(most, 64), role: 'title' };
    }
    case 'text': return { title: card.title, rows: card.rows, width: Math.min(most, Math.max(30, ...card.rows.map(row => row.reduce((sum, [text]) => sum + columnsOf(text), 0)))), role: 'title' };
  }
}
