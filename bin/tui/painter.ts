/**
 * The painter: two layers of rows to the terminal, writing only rows that changed. In: the chrome that Ink drew (whole rows) and the dense map (rows in a
 * box that the chrome leaves empty). Out: escapes, as one synchronised update. Cost: a comparison of strings a row; Ink alone, which lays everything out anew
 * for each frame, reaches about 14 frames a second at 80×24, this some hundreds, so the map may move while the chrome stands.
 */
import { columnsFrom } from './width.ts';

export interface Box {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

export class Painter {
  #base: string[] = [];
  #map: string[] = [];
  #box: Box = { column: 0, row: 0, width: 0, height: 0 };
  #shownBase: (string | undefined)[] = [];
  #shownMap: (string | undefined)[] = [];
  /** Rows written since the start: for measuring. */
  written = 0;

  /** The chrome's rows, as text with escapes, each at most as wide as the terminal. */
  setBase(rows: readonly string[]): void {
    this.#base = [...rows];
  }

  /** The map's rows and the box they go into. */
  setMap(rows: readonly string[], box: Box): void {
    const { column, row, width, height } = this.#box;
    if (column !== box.column || row !== box.row || width !== box.width || height !== box.height) this.forget();
    this.#box = box;
    this.#map = [...rows];
  }

  /** The screen as it was painted last, the map put into its box. */
  screen(rows: number): string[] {
    return Array.from({ length: rows }, (_, row) => {
      const base = this.#base[row] ?? '';
      const map = this.#map[row - this.#box.row];
      if (map === undefined || row < this.#box.row || row >= this.#box.row + this.#box.height || this.#box.width === 0) return base;
      return `${columnsFrom(base, 0, this.#box.column)}\x1b[0m${map}\x1b[0m${columnsFrom(base, this.#box.column + this.#box.width)}`;
    });
  }

  /** The terminal shows something else: everything is written next time. */
  forget(): void {
    this.#shownBase = [];
    this.#shownMap = [];
  }

  /** The escapes that bring the terminal from what it shows to what it should. Empty when nothing changed. */
  paint(rows: number): string {
    let out = '';
    for (let row = 0; row < rows; row++) {
      const base = this.#base[row] ?? '';
      const inMap = row - this.#box.row;
      const map = inMap >= 0 && inMap < this.#box.height ? (this.#map[inMap] ?? '') : undefined;
      const under = this.#shownBase[row] !== base;
      if (under) {
        out += `\x1b[${row + 1};1H\x1b[0m${base}\x1b[0m\x1b[K`;
        this.#shownBase[row] = base;
        this.written++;
      }
      if (map !== undefined && this.#box.width > 0 && (under || this.#shownMap[row] !== map)) {
        out += `\x1b[${row + 1};${this.#box.column + 1}H\x1b[0m${map}\x1b[0m`;
        this.#shownMap[row] = map;
        this.written++;
      }
    }
    return out === '' ? '' : `\x1b[?2026h${out}\x1b[?2026l`;
  }
}
