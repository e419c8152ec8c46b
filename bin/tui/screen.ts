/** A view to a screen: head, panes in their slots, time line, keys, card. In: a view and a size. Out: a frame for Ink and the box of the map with its rows. Pure. */
import { type PaneName, type Slot, LEAST, arrange } from './arrange.ts';
import { grouped, timeRows } from './charts.ts';
import { helpRows } from './help.ts';
import type { DrawnPane, Frame } from './ink-screen.tsx';
import type { Box } from './painter.ts';
import { blocksPane } from './panes/blocks.ts';
import { inspectorPane } from './panes/inspector.ts';
import { mapPane, mapTitle } from './panes/map.ts';
import { outputPane } from './panes/output.ts';
import { problemsPane, stopRows } from './panes/problems.ts';
import { sourcePane } from './panes/source.ts';
import { stackPane } from './panes/stack.ts';
import { statisticsPane } from './panes/statistics.ts';
import type { Pen, Row, Span } from './style.ts';
import { type PaneRows, type View, speeds } from './view.ts';
import { columnsOf, fit, wrap } from './width.ts';

type DrawPane = (view: View, width: number, height: number) => PaneRows;

const panes: Readonly<Record<PaneName, DrawPane>> = { source: sourcePane, stack: stackPane, map: mapPane, blocks: blocksPane, inspector: inspectorPane, statistics: statisticsPane, output: outputPane, problems: problemsPane };

/** A pane that fails says so in its own box; the rest of the screen goes on. */
function drawn(name: PaneName, view: View, slot: Slot): PaneRows {
  try {
    return panes[name](view, slot.box.width - 2, slot.box.height - 2);
  } catch (error) {
    return { title: [[` ${name} `, 'bad']], rows: [[['this pane failed: ', 'bad'], [error instanceof Error ? error.message : String(error)]]] };
  }
}

export interface Drawing {
  readonly frame: Frame;
  readonly map: MapDrawing | null;
}

export interface MapDrawing {
  readonly box: Box;
  readonly rows: readonly Row[];
}

export function drawScreen(view: View, columns: number, rows: number, pen: Pen): Drawing {
  if (columns < LEAST.columns || rows < LEAST.rows) {
    const text = `Altru needs ${LEAST.columns}×${LEAST.rows}, this is ${columns}×${rows}. q leaves.`;
    return { frame: { columns, rows, pen, head: [], panes: [], foot: wrap(text, columns).slice(0, rows - 1).map((line): Row => [[line]]), card: null }, map: null };
  }
  const { slots } = arrange(columns, rows, view.focus, view.turned);
  const drawings = slots.map((slot): DrawnPane => {
    // The painter fills the map, unless a card lies over it.
    const { title, rows: lines } = slot.pane === 'map' && view.card === null ? { title: mapTitle(view), rows: [] } : drawn(slot.pane, view, slot);
    const tabs: Span[] = slot.tabs.filter(tab => tab !== slot.pane).map((tab): Span => [`${tab} `, 'dim']);
    return { slot, focused: slot.pane === view.focus, title: [...title, ...(tabs.length > 0 ? [['│ ', 'dim'] as Span, ...tabs] : [])], rows: lines };
  });
  return { frame: { columns, rows, pen, head: headRow(view, columns), panes: drawings, foot: footRows(view, columns), card: cardOf(view, columns, rows) }, map: drawMap(view, columns, rows) };
}

/** The map alone and the box it stands in: what is painted in every frame. Null when a card lies over it, or there is no room. */
export function drawMap(view: View, columns: number, rows: number): MapDrawing | null {
  if (view.card !== null || columns < LEAST.columns || rows < LEAST.rows) return null;
  const slot = arrange(columns, rows, view.focus, view.turned).slots.find(one => one.pane === 'map');
  if (slot === undefined) return null;
  const { column, row, width, height } = slot.box;
  const { rows: lines } = drawn('map', view, slot);
  return { box: { column: column + 1, row: row + 1, width: width - 2, height: height - 2 }, rows: Array.from({ length: height - 2 }, (_, i) => fit(lines[i] ?? [], width - 2)) };
}

function headRow(view: View, columns: number): Row {
  const { picture, position, total, playing, speed } = view;
  const state: Span = view.busy !== null ? [view.busy, 'warn'] : picture.status === 'stopped' ? ['stopped: e', 'bad'] : picture.status === 'finished' ? ['finished', 'good'] : playing !== 0 ? [playing > 0 ? '▶ playing' : '◀ backwards', 'good'] : ['paused', 'warn'];
  const pace = speeds[speed] ?? 1;
  const left: Row = [['altru ', 'title'], [columns < 100 ? view.file.replace(/^.*[/\\]/, '') : view.file, 'strong'], [' · '], state, [` · step ${grouped(position)}${total === null ? '' : ` of ${grouped(total)}`}`], [` · ${pace === Number.POSITIVE_INFINITY ? 'full speed' : `${grouped(pace)}/s`}`, 'dim'], [` · ${picture.profile}`, 'dim']];
  const used = left.reduce((sum, [text]) => sum + columnsOf(text), 0);
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

const asks = { filter: 'show blocks with (live leaked >100 line:12 Node): ', go: 'go to step, line (:12), start, end or fault: ', input: 'input for the program: ', break: 'stop on this line, when (empty: always): ', watch: 'stop when this variable changes: ', export: 'save screen as (.txt .svg .cast): ' } as const;

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
    case 'text': return { title: card.title, rows: card.rows, width: Math.min(most, Math.max(30, ...card.rows.map(row => row.reduce((sum, [text]) => sum + columnsOf(text), 0)))), role: 'title' };
  }
}
