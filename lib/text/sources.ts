/**
 * The source files of one compilation: text by file id, and positions as people count them.
 * In: names and texts. Out: ids, and line/column for an offset. Line starts are found once per file, on first use; a look-up
 * is a binary search. Columns count Unicode scalar values, from 1, as rustc's do.
 */
import type { FileId, Span } from './span.ts';

export interface SourceFile {
  readonly id: FileId;
  /** As given by the user (`samples/tour.altru`), or `std/vec.altru` for the library's own. */
  readonly name: string;
  readonly text: string;
  /** The library's own file: problems are not reported in it, and reports may leave its frames out. */
  readonly library: boolean;
}

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in Unicode scalar values. */
  readonly column: number;
}

export class Sources {
  readonly files: SourceFile[] = [];
  readonly #starts = new Map<FileId, number[]>();

  add(name: string, text: string, library = false): SourceFile {
    const file: SourceFile = { id: this.files.length as FileId, name, text, library };
    this.files.push(file);
    return file;
  }

  /** A file of the library whose text is read when somebody looks at it. */
  addLater(name: string, read: () => string): SourceFile {
    let known: string | null = null;
    const file: SourceFile = { id: this.files.length as FileId, name, get text() { return (known ??= read()); }, library: true };
    this.files.push(file);
    return file;
  }

  get(id: FileId): SourceFile {
    const file = this.files[id];
    if (file === undefined) throw new Error(`no source file ${id}`);
    return file;
  }

  /** The text a span covers. */
  slice(span: Span): string {
    return this.get(span.file).text.slice(span.start, span.end);
  }

  position(file: FileId, offset: number): Position {
    const starts = this.#lineStarts(file);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const start = starts[low] ?? 0;
    const before = this.get(file).text.slice(start, offset);
    let column = 1;
    for (const _ of before) column++;
    return { line: low + 1, column };
  }

  /** The text of line `line` (from 1), without its end. */
  line(file: FileId, line: number): string {
    const starts = this.#lineStarts(file);
    const start = starts[line - 1];
    if (start === undefined) return '';
    const end = starts[line] ?? this.get(file).text.length + 1;
    return this.get(file).text.slice(start, end - 1).replace(/\r$/, '');
  }

  /** Offset of the first character of line `line` (from 1). */
  lineStart(file: FileId, line: number): number {
    return this.#lineStarts(file)[line - 1] ?? this.get(file).text.length;
  }

  #lineStarts(id: FileId): number[] {
    let starts = this.#starts.get(id);
    if (starts === undefined) {
      starts = [0];
      const { text } = this.get(id);
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
      this.#starts.set(id, starts);
    }
    return starts;
  }
}
