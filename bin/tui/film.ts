/**
 * A stretch of time as a GIF. In: screens as rows with SGR escapes, and how long each is seen. Out: bytes. Pixels are painted with `glyphs.ts`; of a picture only what
 * differs from the one before is stored. Cost: some tens of milliseconds a picture of 120 by 36.
 */
import gifenc from 'gifenc/dist/gifenc.js';
import { papers, runsOf } from './export.ts';
import { TALL, WIDE, glyph } from './glyphs.ts';
import type { Theme } from './style.ts';
import { columnsOf } from './width.ts';

export interface FilmFrame {
  readonly rows: readonly string[];
  readonly milliseconds: number;
}

/** Above so many cells a dot is one pixel, else two by two. */
const LARGE = 5000;
const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });

export function film(frames: readonly FilmFrame[], columns: number, rows: number, theme: Theme): Uint8Array {
  const scale = columns * rows > LARGE ? 1 : 2;
  const width = columns * WIDE * scale;
  const height = rows * TALL * scale;
  const { paper, text } = papers[theme];
  // 0 stands for 'as before'.
  const palette: (readonly [number, number, number])[] = [[0, 0, 0]];
  const places = new Map<string, number>();
  const colour = (hex: string): number => {
    let at = places.get(hex);
    if (at === undefined) {
      at = palette.length < 256 ? palette.push([1, 3, 5].map(from => Number.parseInt(hex.slice(from, from + 2), 16)) as [number, number, number]) - 1 : 1;
      places.set(hex, at);
    }
    return at;
  };
  colour(paper);
  colour(text);
  const paint = (row: string, line: number, to: Uint8Array): void => {
    for (const { text: run, column, ink } of runsOf(row)) {
      const on = colour(ink.inverse ? paper : (ink.color ?? text));
      const under = colour(ink.inverse ? (ink.color ?? text) : paper);
      let at = column;
      for (const { segment } of segments.segment(run)) {
        const span = columnsOf(segment);
        if (at + span > columns) break;
        for (let part = 0; part < span; part++) {
          const dots = glyph(segment);
          for (let y = 0; y < TALL * scale; y++) {
            const bits = ink.strike && Math.floor(y / scale) === TALL >> 1 ? 63 : (dots[Math.floor(y / scale)] ?? 0);
            let pixel = (line * TALL * scale + y) * width + (at + part) * WIDE * scale;
            for (let x = 0; x < WIDE * scale; x++) {
              // A bold letter is a pixel wider.
              const lit = (bits >> (WIDE - 1 - Math.floor(x / scale))) & 1 || (ink.bold && x > 0 && (bits >> (WIDE - 1 - Math.floor((x - 1) / scale))) & 1);
              to[pixel++] = lit ? on : under;
            }
          }
        }
        at += span;
      }
    }
  };
  // Every colour must be known before the first picture is written, since all share its palette.
  for (const { rows: lines } of frames) for (const row of new Set(lines)) for (const { ink } of runsOf(row)) if (ink.color !== null) colour(ink.color);
  const gif = gifenc.GIFEncoder();
  const pixels = new Uint8Array(width * height).fill(1);
  let shown: readonly string[] = [];
  frames.forEach(({ rows: lines, milliseconds }, i) => {
    const changed = new Uint8Array(i === 0 ? 0 : width * height);
    const rowPixels = width * TALL * scale;
    for (let line = 0; line < rows; line++) {
      const row = lines[line] ?? '';
      if (i > 0 && row === shown[line]) continue;
      const before = pixels.slice(line * rowPixels, (line + 1) * rowPixels);
      pixels.fill(1, line * rowPixels, (line + 1) * rowPixels);
      paint(row, line, pixels);
      if (i > 0) for (let at = 0; at < rowPixels; at++) if (pixels[line * rowPixels + at] !== before[at]) changed[line * rowPixels + at] = pixels[line * rowPixels + at] ?? 0;
    }
    shown = lines;
    const delay = Math.max(20, milliseconds);
    if (i === 0) gif.writeFrame(pixels.slice(), width, height, { palette, delay, repeat: 0, dispose: 1 });
    else gif.writeFrame(changed, width, height, { delay, transparent: true, transparentIndex: 0, dispose: 1 });
  });
  gif.finish();
  return gif.bytes();
}
