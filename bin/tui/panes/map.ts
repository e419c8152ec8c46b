/**
 * The map of the heap: every byte that the allocator took, some bytes a cell, by what the bytes are. In: the stretches of a picture. Out: rows of cells. A cell
 * shows the most telling class among its bytes, so a small block or one red zone in a large free area is never lost. Cost: linear in stretches and cells.
 */
import type { Language } from '../../../lib/index.ts';
import type { ByteClass, Picture, PictureBlock } from '../../../vm/index.ts';
import { bytes } from '../charts.ts';
import type { Role, Row, Span } from '../style.ts';
import { type PaneRows, type View, chosenBlock } from '../view.ts';
import { columnsOf, fit, right } from '../width.ts';
import { say } from '../words.ts';

export const byteSign: Readonly<Record<ByteClass, string>> = { table: '≡', header: '▪', payload: '█', padding: '-', redzone: 'x', quarantine: '▒', free: '·', unused: ' ' };
export const byteRole: Readonly<Record<ByteClass, Role>> = { table: 'header', header: 'header', payload: 'live', padding: 'padding', redzone: 'redzone', quarantine: 'quarantine', free: 'free', unused: 'outside' };
const weight: Readonly<Record<ByteClass, number>> = { payload: 7, quarantine: 5, redzone: 4, header: 3, padding: 2, table: 6, free: 1, unused: 0 };

/** What a cell shows: a class, and the block where it is a payload's. */
export interface Cell {
  readonly class: ByteClass;
  readonly block: string | null;
  /** The first block that begins in it begins here: neighbours are told apart by it. */
  readonly turn: number;
}

export interface Grid {
  readonly from: number;
  readonly to: number;
  /** Bytes a cell, a power of two. */
  readonly scale: number;
  readonly across: number;
  readonly cells: readonly Cell[];
}

const empty: Cell = { class: 'unused', block: null, turn: 0 };

/** The cells of `[from, to)`, `across` in a row. */
export function gridOf(picture: Picture, from: number, to: number, across: number, down: number): Grid {
  let scale = 1;
  while ((to - from) / scale > across * down) scale *= 2;
  from -= from % scale;
  const count = Math.min(across * down, Math.ceil((to - from) / scale));
  const cells: Cell[] = new Array<Cell>(count).fill(empty);
  const weights = new Int8Array(count).fill(-1);
  let turn = 0;
  let before: string | null = null;
  for (const stretch of picture.heap.stretches) {
    if (stretch.block !== null && stretch.class === 'payload' && stretch.block !== before) {
      turn++;
      before = stretch.block;
    }
    if (stretch.to <= from || stretch.from >= to) continue;
    const w = weight[stretch.class];
    const cell: Cell = { class: stretch.class, block: stretch.block, turn };
    const last = Math.min(count - 1, Math.floor((Math.min(stretch.to, to) - 1 - from) / scale));
    for (let at = Math.max(0, Math.floor((stretch.from - from) / scale)); at <= last; at++) {
      if ((weights[at] ?? 0) >= w) continue;
      weights[at] = w;
      cells[at] = cell;
    }
  }
  return { from, to, scale, across, cells };
}

/** What the map looks at: everything, or around the chosen block, `zoom` times closer. */
export function rangeOf(picture: Picture, zoom: number, around: PictureBlock | null): { readonly from: number; readonly to: number } {
  const { heap } = picture;
  // What lies behind the last byte in use is one empty tail, and before the first block stand the allocator's tables: showing all of both would make the rest small.
  let used = heap.from;
  let first = heap.to;
  for (const stretch of heap.stretches) {
    if (stretch.class === 'free' || stretch.class === 'unused') continue;
    used = Math.max(used, stretch.to);
    if (stretch.class !== 'table') first = Math.min(first, stretch.from);
  }
  const end = Math.min(heap.to, used + Math.max(256, Math.ceil((used - heap.from) / 8)));
  const start = first >= end ? heap.from : Math.max(heap.from, first - Math.ceil((end - first) / 12)) & ~15;
  const whole = Math.max(256, end - start);
  if (zoom <= 0) return { from: start, to: start + whole };
  const size = Math.max(256, Math.ceil(whole / 2 ** zoom));
  const middle = around === null ? start + whole / 2 : around.address + around.size / 2;
  const from = Math.max(start, Math.min(start + whole - size, Math.floor(middle - size / 2))) & ~15;
  return { from, to: from + size };
}

const LABEL = 9;

/** The cells of a map that takes `width` columns and `height` rows, its addresses and legend among them. */
export function gridFor(view: View, picture: Picture, width: number, height: number): Grid {
  const across = Math.max(8, (width - LABEL) & ~7);
  const { from, to } = rangeOf(picture, view.zoom, chosenBlock(view));
  return gridOf(picture, from, to, across, Math.max(1, height - 1));
}

/** The cell at a place in the pane. */
export function cellAt(grid: Grid, column: number, row: number): Cell | null {
  return column < LABEL || column - LABEL >= grid.across ? null : (grid.cells[row * grid.across + column - LABEL] ?? null);
}

/** The rows of one map, each `width` columns: address, cells. */
export function mapRows(view: View, picture: Picture, width: number, height: number): Row[] {
  const chosen = chosenBlock(view);
  const down = Math.max(1, height - 1);
  const grid = gridFor(view, picture, width, height);
  const { across } = grid;
  if (picture.heap.to === picture.heap.from) return [[[`  ${say(view.language, 'the program has taken no memory yet')}`, 'dim']]];
  const standing = new Map(picture.blocks.map(block => [block.id, block.standing]));
  const touched = picture.stop?.address ?? null;
  const target = new Set(chosen === null ? [] : [chosen.id]);
  const rows: Row[] = [];
  for (let row = 0; row < down; row++) {
    const start = row * across;
    if (start >= grid.cells.length) {
      rows.push([]);
      continue;
    }
    const spans: Span[] = [[`${(grid.from + start * grid.scale).toString(16).padStart(7)}  `, 'dim']];
    let run = '';
    let role: Role = 'free';
    const flush = (): void => {
      if (run !== '') spans.push([run, role]);
      run = '';
    };
    for (let at = start; at < Math.min(grid.cells.length, start + across); at++) {
      const cell = grid.cells[at] ?? empty;
      const address = grid.from + at * grid.scale;
      const state = cell.block === null ? undefined : standing.get(cell.block);
      let sign = byteSign[cell.class];
      let next = byteRole[cell.class];
      if (cell.class === 'payload') {
        if (state === 'leaked') [sign, next] = ['!', 'leaked'];
        else if (state !== undefined && state !== 'live') [sign, next] = ['░', 'freed'];
        else if (cell.turn % 2 === 0) [sign, next] = ['▓', 'live2'];
      }
      if (cell.block !== null && target.has(cell.block) && (cell.class === 'payload' || cell.class === 'quarantine')) [sign, next] = ['◼', 'focus'];
      if (touched !== null && touched >= address && touched < address + grid.scale) [sign, next] = ['✖', 'bad'];
      if (next !== role) {
        flush();
        role = next;
      }
      run += sign;
    }
    flush();
    rows.push(spans);
  }
  const scale = `${right(say(view.language, grid.scale === 1 ? '1 byte a cell' : '{0} bytes a cell', grid.scale), 20)}  `;
  rows.push([[scale, 'dim'], ...legend(width - columnsOf(scale), view.language)]);
  return rows;
}

const legends: readonly (readonly [string, Role, string])[] = [
  ['█▓', 'live', 'live'], ['▪', 'header', 'header'], ['x', 'redzone', 'red zone'], ['▒', 'quarantine', 'quarantine'], ['-', 'padding', 'padding'], ['·', 'free', 'free'], ['≡', 'header', 'tables'], ['!', 'leaked', 'leaked'],
];

function legend(width: number, language: Language): Span[] {
  const spans: Span[] = [];
  let used = 0;
  for (const [sign, role, english] of legends) {
    const word = say(language, english);
    if (used + sign.length + columnsOf(word) + 2 > width) break;
    spans.push([sign, role], [` ${word}  `, 'dim']);
    used += sign.length + columnsOf(word) + 3;
  }
  return spans;
}

/** Which allocator, and how much it has taken. */
function mapTitle({ picture, beside, zoom, language }: View): Row {
  const said = (of: Picture): string => say(language, '{0}, {1} taken', of.allocator, bytes(of.heap.to - of.heap.from));
  return [[` ${say(language, 'heap')} `, 'title'], [`${said(picture)}${beside !== null ? ` │ ${said(beside)}` : zoom > 0 ? `, ×${2 ** zoom}` : ''} `, 'dim']];
}

/** One map, or two allocators side by side. */
export function mapPane(view: View, width: number, height: number): PaneRows {
  const { picture, beside } = view;
  if (beside === null) return { title: mapTitle(view), rows: mapRows(view, picture, width, height) };
  const half = Math.floor((width - 1) / 2);
  const one = mapRows(view, picture, half, height);
  const other = mapRows({ ...view, chosen: null }, beside, width - 1 - half, height);
  return { title: mapTitle(view), rows: Array.from({ length: Math.max(one.length, other.length) }, (_, i): Row => [...fit(one[i] ?? [], half), ['│', 'dim'], ...(other[i] ?? [])]) };
}
