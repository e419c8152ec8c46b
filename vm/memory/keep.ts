/**
 * Keeping the state of memory and putting it back: words by the page of 4 KiB, pages that did not change shared with the copy before, pages of
 * nothing but the usual filling left out. In: words and a range. Out: pages, to be held as long as wanted; the words as they were.
 * Invariant: kept pages are never changed, so any number of copies may share them. Cost: one comparison of the range.
 */
export type Pages = ReadonlyMap<number, Int32Array>;

const BITS = 10;

/** Words `[from, to)`. `before` is an earlier copy of the same words. */
export function keepWords(words: Int32Array, from: number, to: number, before: Pages | null, fill = 0): Pages {
  const pages = new Map<number, Int32Array>();
  for (let page = from >>> BITS; page << BITS < to; page++) {
    const start = Math.max(from, page << BITS);
    const end = Math.min(to, (page + 1) << BITS);
    let at = start;
    while (at < end && words[at] === fill) at++;
    if (at === end) continue;
    const known = before?.get(page);
    if (known !== undefined && known.length === end - start) {
      at = start;
      while (at < end && words[at] === known[at - start]) at++;
      if (at === end) {
        pages.set(page, known);
        continue;
      }
    }
    pages.set(page, words.slice(start, end));
  }
  return pages;
}

/** Puts the words back; what lies in `[from, to)` and in no page gets the filling. */
export function restoreWords(words: Int32Array, from: number, to: number, pages: Pages, fill = 0): void {
  for (let page = from >>> BITS; page << BITS < to; page++) {
    const start = Math.max(from, page << BITS);
    const known = pages.get(page);
    if (known === undefined) words.fill(fill, start, Math.min(to, (page + 1) << BITS));
    else {
      words.set(known, start);
      if (start + known.length < Math.min(to, (page + 1) << BITS)) words.fill(fill, start + known.length, Math.min(to, (page + 1) << BITS));
    }
  }
}

/** Planes are arrays of words that are made when first needed; `none` stands for one that all share and nobody writes. */
export type Planes = ReadonlyMap<number, Pages | 'none'>;

export const wordsOf = (plane: Int32Array | Uint32Array): Int32Array => (plane instanceof Int32Array ? plane : new Int32Array(plane.buffer, plane.byteOffset, plane.length));

/** `[low, high)`: the planes that there may be. */
export function keepPlanes(planes: readonly (Int32Array | undefined)[], low: number, high: number, before: Planes | null): Planes {
  const kept = new Map<number, Pages | 'none'>();
  for (let page = low; page < high; page++) {
    const plane = planes[page];
    if (plane === undefined) continue;
    const known = before?.get(page);
    kept.set(page, keepWords(plane, 0, plane.length, known === 'none' ? null : (known ?? null)));
  }
  return kept;
}

/** A plane that was not there becomes one of zeros. */
export function restorePlanes(planes: readonly (Int32Array | undefined)[], low: number, high: number, kept: Planes): void {
  for (let page = low; page < high; page++) {
    const plane = planes[page];
    const pages = kept.get(page);
    if (plane !== undefined) restoreWords(plane, 0, plane.length, pages === undefined || pages === 'none' ? new Map() : pages);
  }
}

/** Every page of every copy, each told once: what they take together. */
export function bytesOf(copies: Iterable<Pages>, counted: Set<Int32Array>): number {
  let bytes = 0;
  for (const pages of copies) {
    for (const page of pages.values()) {
      if (counted.has(page)) continue;
      counted.add(page);
      bytes += page.byteLength + 64;
    }
  }
  return bytes;
}

/** A number for the content of pages, whatever lies between them: for comparing states. */
export function hashPages(pages: Pages, seed: number): number {
  let sum = 0;
  for (const [page, words] of pages) {
    let hash = Math.imul(seed ^ page, 0x9e3779b1);
    for (let i = 0; i < words.length; i++) hash = Math.imul((hash ^ (words[i] as number)) + i, 0x01000193);
    sum = (sum + (hash ^ (hash >>> 15))) | 0;
  }
  return sum;
}
