/**
 * The painter: rows of text to the terminal, writing only those that changed. In: what lies below (whole rows: the frames that Ink drew) and patches over it (the
 * texts of panes, head and foot), the later over the earlier. Out: escapes, as one synchronised update. Cost: a comparison of strings a row and patch.
 */
import { columnsFrom } from './width.ts';

export interface Box {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/** Text in a box: as many rows as it is high, each exactly as wide as it is. */
export interface Patch {
  readonly box: Box;
  readonly rows: readonly string[];
}

/** A piece of a row of the screen. */
interface Piece {
  readonly column: number;
  readonly width: number;
  readonly text: string;
}

function piecesOf(base: readonly string[], patches: readonly Patch[], row: number): Piece[] {
  const pieces: Piece[] = [{ column: 0, width: Number.POSITIVE_INFINITY, text: base[row] ?? '' }];
  for (const { box, rows } of patches) {
    if (row >= box.row && row < box.row + box.height && box.width > 0) pieces.push({ column: box.column, width: box.width, text: rows[row - box.row] ?? '' });
  }
  return pieces;
}

export class Painter {
  #base: readonly string[] = [];
  #patches: readonly Patch[] = [];
  /** For each row what the terminal shows, piece by piece. */
  #shown: (readonly Piece[])[] = [];
  /** Pieces written since the start: for measuring. */
  written = 0;

  set(base: readonly string[], patches: readonly Patch[]): void {
    this.#base = base;
    this.#patches = patches;
  }

  /** The screen as it is now, row by row, for whoever asks later. */
  still(rows: number): () => string[] {
    const base = this.#base;
    const patches = this.#patches;
    return () => Array.from({ length: rows }, (_, row) => {
      const [below, ...over] = piecesOf(base, patches, row);
      return over.reduce((text, piece) => `${columnsFrom(text, 0, piece.column)}\x1b[0m${piece.text}\x1b[0m${columnsFrom(text, piece.column + piece.width)}`, below?.text ?? '');
    });
  }

  /** The terminal shows something else: everything is written next time. */
  forget(): void {
    this.#shown = [];
  }

  /** The escapes that bring the terminal from what it shows to what it should. Empty when nothing changed. */
  paint(rows: number): string {
    let out = '';
    for (let row = 0; row < rows; row++) {
      const pieces = piecesOf(this.#base, this.#patches, row);
      const before = this.#shown[row] ?? [];
      const same = pieces.length === before.length && pieces.every((piece, i) => piece.column === before[i]?.column && piece.width === before[i]?.width);
      const fresh: Piece[] = [];
      pieces.forEach((piece, i) => {
        // What lies over something that is written goes with it.
        const covered = fresh.some(one => one.column < piece.column + piece.width && piece.column < one.column + one.width);
        if (same && !covered && before[i]?.text === piece.text) return;
        fresh.push(piece);
        out += `\x1b[${row + 1};${piece.column + 1}H\x1b[0m${piece.text}\x1b[0m${i === 0 ? '\x1b[K' : ''}`;
      });
      this.written += fresh.length;
      this.#shown[row] = pieces;
    }
    return out === '' ? '' : `\x1b[?2026h${out}\x1b[?2026l`;
  }
}
