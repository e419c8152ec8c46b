/**
 * Spans: where a piece of source text stands. A span names its file by id, so that it can be carried anywhere (facts, problems,
 * code marks) without its module. Offsets are UTF-16 code units from 0, end exclusive. Plain data; costs three numbers.
 */

/** Index of a source file in the `Sources` of one compilation. */
export type FileId = number & { readonly __brand: 'FileId' };

export interface Span {
  readonly file: FileId;
  readonly start: number;
  readonly end: number;
}

/** The smallest span that covers both. Both must be of one file. */
export function cover(a: Span, b: Span): Span {
  return { file: a.file, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** The empty span just after `a`: where something is missing. */
export function after(a: Span): Span {
  return { file: a.file, start: a.end, end: a.end };
}
