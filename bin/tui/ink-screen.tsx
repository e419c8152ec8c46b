/**
 * Ink as a drawing engine: the chrome and the text panes as React components, rendered to rows of text instead of to the terminal. In: what
 * to show, by `show`. Out: `onFrame` gets the rows of each frame. The painter puts them on the terminal together with the map, so that the two never write over each other.
 * Cost: a layout of some ten boxes a frame.
 */
import { Writable } from 'node:stream';
import { Box, Text, render } from 'ink';
import type { ReactElement } from 'react';
import type { Slot } from './arrange.ts';
import type { Pen, Row } from './style.ts';
import { columnsOf, fit } from './width.ts';

/** Where Ink believes the terminal is. */
class Sheet extends Writable {
  columns = 80;
  rows = 24;
  readonly isTTY = true;
  readonly #onFrame: (rows: readonly string[]) => void;

  constructor(onFrame: (rows: readonly string[]) => void) {
    super({ decodeStrings: false });
    this.#onFrame = onFrame;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString();
    // Ink also sends words to the terminal (hide the cursor …); frames are what has rows.
    if (text.includes('\n')) this.#onFrame(text.split('\n'));
    done();
  }
}

/** A pane as it is drawn: its slot, a name for each tab, its rows already cut to the inside of its box. */
export interface DrawnPane {
  readonly slot: Slot;
  readonly focused: boolean;
  readonly title: Row;
  readonly rows: readonly Row[];
}

export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly pen: Pen;
  readonly head: Row;
  readonly panes: readonly DrawnPane[];
  readonly foot: readonly Row[];
  /** Drawn over everything, in the middle: help, an error card, a question. */
  readonly card: { readonly title: string; readonly rows: readonly Row[]; readonly width: number; readonly role: 'title' | 'bad' } | null;
}

function Pane({ pane, pen }: { readonly pane: DrawnPane; readonly pen: Pen }): ReactElement {
  const { box } = pane.slot;
  const inside = box.width - 2;
  const edge = pane.focused ? 'focus' : 'dim';
  const title = pane.title.reduce((sum, [text]) => sum + columnsOf(text), 0);
  const top = pen.row([['╭─', edge], ...fit(pane.title, Math.min(title, inside - 2)), [`${'─'.repeat(Math.max(0, inside - 1 - Math.min(title, inside - 2)))}╮`, edge]]);
  const lines = Array.from({ length: Math.max(0, box.height - 2) }, (_, i) => pen.row([['│', edge], ...fit(pane.rows[i] ?? [], inside), ['│', edge]]));
  const bottom = pen.row([[`╰${'─'.repeat(inside)}╯`, edge]]);
  return (
    <Box position="absolute" marginLeft={box.column} marginTop={box.row} width={box.width} height={box.height}>
      <Text wrap="truncate">{[top, ...lines, bottom].join('\n')}</Text>
    </Box>
  );
}

function Screen({ frame }: { readonly frame: Frame }): ReactElement {
  const { columns, rows, pen, head, panes, foot, card } = frame;
  return (
    <Box width={columns} height={rows} flexDirection="column">
      <Box height={1}><Text wrap="truncate">{pen.row(fit(head, columns))}</Text></Box>
      {panes.map(pane => <Pane key={`${pane.slot.box.column},${pane.slot.box.row}`} pane={pane} pen={pen} />)}
      <Box position="absolute" marginTop={Math.max(0, rows - foot.length)} width={columns}>
        <Text wrap="truncate">{foot.map(row => pen.row(fit(row, columns))).join('\n')}</Text>
      </Box>
      {card === null ? null : <Card frame={frame} card={card} />}
    </Box>
  );
}

function Card({ frame, card }: { readonly frame: Frame; readonly card: NonNullable<Frame['card']> }): ReactElement {
  const width = Math.min(card.width + 4, frame.columns);
  const height = Math.min(card.rows.length + 2, frame.rows);
  const { pen } = frame;
  const name = ` ${card.title} `;
  const top = pen.row([['╔═', card.role], ...fit([[name, card.role]], Math.min(columnsOf(name), width - 4)), [`${'═'.repeat(Math.max(0, width - 3 - Math.min(columnsOf(name), width - 4)))}╗`, card.role]]);
  const lines = card.rows.slice(0, height - 2).map(row => pen.row([['║ ', card.role], ...fit(row, width - 4), [' ║', card.role]]));
  return (
    <Box position="absolute" marginLeft={Math.max(0, (frame.columns - width) >> 1)} marginTop={Math.max(0, (frame.rows - height) >> 1)} width={width} height={height}>
      <Text wrap="truncate">{[top, ...lines, pen.row([[`╚${'═'.repeat(width - 2)}╝`, card.role]])].join('\n')}</Text>
    </Box>
  );
}

export interface InkScreen {
  show(frame: Frame): void;
  close(): void;
}

export function openInk(onFrame: (rows: readonly string[]) => void): InkScreen {
  const sheet = new Sheet(onFrame);
  const none = new Sheet(() => {});
  const start: Frame = { columns: 80, rows: 24, pen: { theme: 'dark', depth: 'none', on: () => '', row: row => row.map(([text]) => text).join('') }, head: [], panes: [], foot: [], card: null };
  const ink = render(<Screen frame={start} />, {
    stdout: sheet as unknown as NodeJS.WriteStream,
    stderr: none as unknown as NodeJS.WriteStream,
    // Each frame is written whole and at once: rows are compared by the painter.
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  return {
    show(frame) {
      sheet.columns = frame.columns;
      sheet.rows = frame.rows;
      ink.rerender(<Screen frame={frame} />);
    },
    close: () => ink.unmount(),
  };
}
