/**
 * What stands still, laid out by Ink: the frames of the panes, and the card that lies over them. In: where they are, by `show`. Out: `onFrame` gets rows of text, which
 * the painter puts below the texts of the panes; Ink itself never writes to the terminal. Cost: some milliseconds, when the arrangement, the focus or the card changes.
 */
import { Writable } from 'node:stream';
import { Box, Text, render } from 'ink';
import type { ReactElement } from 'react';
import type { Slot } from './arrange.ts';
import type { Box as Place } from './painter.ts';
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

/** A dialog: help, an error, the answer to a question. */
export interface Dialog {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly width: number;
  readonly role: 'title' | 'bad';
}

export interface Frame {
  readonly columns: number;
  readonly rows: number;
  readonly panes: readonly { readonly slot: Slot; readonly focused: boolean }[];
  readonly card: Dialog | null;
}

/** Where a dialog lies: in the middle. */
export function dialogBox(card: Dialog, columns: number, rows: number): Place {
  const width = Math.min(card.width + 4, columns);
  const height = Math.min(card.rows.length + 2, rows);
  return { column: Math.max(0, (columns - width) >> 1), row: Math.max(0, (rows - height) >> 1), width, height };
}

function At({ box, rows }: { readonly box: Place; readonly rows: readonly string[] }): ReactElement {
  return (
    <Box position="absolute" marginLeft={box.column} marginTop={box.row} width={box.width} height={box.height}>
      <Text wrap="truncate">{rows.join('\n')}</Text>
    </Box>
  );
}

function Screen({ frame, pen }: { readonly frame: Frame; readonly pen: Pen }): ReactElement {
  const { columns, rows, panes, card } = frame;
  return (
    <Box width={columns} height={rows}>
      {panes.map(({ slot: { box }, focused }) => {
        const edge = focused ? 'focus' : 'dim';
        const side = pen.row([['│', edge], [' '.repeat(box.width - 2)], ['│', edge]]);
        const rows = [pen.row([[`╭${'─'.repeat(box.width - 2)}╮`, edge]]), ...Array.from({ length: box.height - 2 }, () => side), pen.row([[`╰${'─'.repeat(box.width - 2)}╯`, edge]])];
        return <At key={`${box.column},${box.row}`} box={box} rows={rows} />;
      })}
      {card === null ? null : <At box={dialogBox(card, columns, rows)} rows={dialogRows(card, dialogBox(card, columns, rows), pen)} />}
    </Box>
  );
}

function dialogRows({ title, rows, role }: Dialog, { width, height }: Place, pen: Pen): string[] {
  const name = fit([[` ${title} `, role]], Math.min(columnsOf(title) + 2, width - 4));
  const top = pen.row([['╔═', role], ...name, [`${'═'.repeat(Math.max(0, width - 3 - Math.min(columnsOf(title) + 2, width - 4)))}╗`, role]]);
  return [top, ...rows.slice(0, height - 2).map(row => pen.row([['║ ', role], ...fit(row, width - 4), [' ║', role]])), pen.row([[`╚${'═'.repeat(width - 2)}╝`, role]])];
}

export interface InkScreen {
  show(frame: Frame): void;
  close(): void;
}

export function openInk(pen: Pen, onFrame: (rows: readonly string[]) => void): InkScreen {
  const sheet = new Sheet(onFrame);
  const none = new Sheet(() => {});
  const ink = render(<Screen frame={{ columns: 80, rows: 24, panes: [], card: null }} pen={pen} />, {
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
      ink.rerender(<Screen frame={frame} pen={pen} />);
    },
    close: () => ink.unmount(),
  };
}
