/**
 * A screen that shows views: Ink's frames below, the texts of the panes over them, the card over all. In: a view and a size. Out: the escapes that bring a terminal to show it,
 * or the whole screen as rows. Invariant: Ink is asked only when what it draws has changed. Cost: a frame without Ink is a millisecond or two.
 */
import { type InkScreen, dialogBox, openInk } from './ink-screen.tsx';
import { Painter, type Patch } from './painter.ts';
import { type Panes, drawScreen, usualPanes } from './screen.ts';
import type { Pen } from './style.ts';
import type { View } from './view.ts';
import { columnsFrom } from './width.ts';

export class Canvas {
  readonly #pen: Pen;
  readonly #panes: Panes;
  readonly #painter = new Painter();
  readonly #ink: InkScreen;
  #below: readonly string[] = [];
  #drawn = '';
  #rows = 0;

  constructor(pen: Pen, panes: Panes = usualPanes) {
    this.#pen = pen;
    this.#panes = panes;
    this.#ink = openInk(pen, rows => {
      this.#below = rows;
    });
  }

  show(view: View, columns: number, rows: number): void {
    const { frame, texts } = drawScreen(view, columns, rows, this.#panes);
    const key = JSON.stringify(frame);
    if (key !== this.#drawn) this.#ink.show(frame);
    this.#drawn = key;
    this.#rows = rows;
    const patches: Patch[] = texts.map(({ box, rows }) => ({ box, rows: rows.map(row => this.#pen.row(row)) }));
    if (frame.card !== null) {
      const box = dialogBox(frame.card, columns, rows);
      patches.push({ box, rows: this.#below.slice(box.row, box.row + box.height).map(row => columnsFrom(row, box.column, box.column + box.width)) });
    }
    this.#painter.set(this.#below, patches);
  }

  /** What the terminal must be sent; empty when it shows the view already. */
  paint(): string {
    return this.#painter.paint(this.#rows);
  }

  /** All rows of the screen as it is now, put together when they are asked for. */
  still(): () => string[] {
    return this.#painter.still(this.#rows);
  }

  /** The terminal shows something else by now. */
  forget(): void {
    this.#painter.forget();
  }

  close(): void {
    this.#ink.close();
  }
}
