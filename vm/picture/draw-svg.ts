/**
 * A picture as SVG for slides, issues and books: calls at the left, blocks at the right in the order in which pointers lead to them, an arrow for
 * each pointer. In: a picture. Out: one SVG text that needs nothing else: light or dark as the reader prefers, all text escaped, colours that
 * those who do not see red and green tell apart (Okabe and Ito), and line styles that say the same without colour.
 * Invariant: equal pictures give equal text. Cost: linear in boxes and arrows.
 */
import { headLines } from './draw-text.ts';
import type { Picture, PictureArrow } from './picture.ts';
import { type Box, figuresText, type Link, makeScene, type Row, type Scene } from './scene.ts';
import { columnsOf, fit } from './width.ts';
import { type Cell, cellsOf } from './heapmap.ts';

export interface SvgOptions {
  /** Without it the reader's own preference decides. */
  readonly theme?: 'light' | 'dark';
  /** The strip with the class of the heap's bytes. */
  readonly strip?: boolean;
}

const FONT = 13;
const CHAR = 7.8;
const LINE = 20;
const PAD = 10;
const GAP_X = 64;
const GAP_Y = 18;
const MARGIN = 24;
/** Blocks beside each other before the next ones go below. */
const ACROSS = 5;

interface Placed {
  readonly box: Box;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly widths: readonly [number, number, number];
}

export const escapeText = (text: string): string => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '\ufffd').replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

const light = { back: '#ffffff', text: '#1b1b1f', faint: '#71717a', line: '#a1a1aa', call: '#f4f4f5', block: '#ffffff', head: '#e4e4e7', owner: '#0072B2', shared: '#00785a', exclusive: '#a34a86', raw: '#8a6100', danger: '#D55E00', leak: '#E69F00', free: '#e4e4e7', payload: '#56B4E9', zone: '#F0E442', quarantine: '#CC79A7', header: '#0072B2', table: '#71717a', padding: '#b9dff5', unused: '#f4f4f5' };
const dark: typeof light = { back: '#17171a', text: '#ececf1', faint: '#a1a1aa', line: '#5b5b66', call: '#232329', block: '#1e1e23', head: '#2e2e36', owner: '#56B4E9', shared: '#2fc79b', exclusive: '#e29bc5', raw: '#E69F00', danger: '#ff7a1a', leak: '#E69F00', free: '#33333c', payload: '#56B4E9', zone: '#c9be2f', quarantine: '#CC79A7', header: '#3a8fc4', table: '#71717a', padding: '#28506a', unused: '#232329' };

function styleOf(c: typeof light): string {
  return [
    `.back{fill:${c.back}}.t{fill:${c.text}}.f{fill:${c.faint}}.call{fill:${c.call};stroke:${c.line}}.block{fill:${c.block};stroke:${c.line}}.head{fill:${c.head}}`,
    `.ghost{fill:none;stroke:${c.line};stroke-dasharray:5 4}.leak{stroke:${c.leak};stroke-width:2.2;stroke-dasharray:2 2}.meant{stroke:${c.danger};stroke-width:2.4}`,
    `.cell{fill:none;stroke:${c.line}}.owner{stroke:${c.owner}}.shared{stroke:${c.shared}}.exclusive{stroke:${c.exclusive}}.raw{stroke:${c.raw}}.dangling{stroke:${c.danger};stroke-dasharray:6 3}`,
    `.fowner{fill:${c.owner}}.fshared{fill:${c.shared}}.fexclusive{fill:${c.exclusive}}.fraw{fill:${c.raw}}.fdangling,.bad{fill:${c.danger}}.fleak{fill:${c.leak}}`,
    ...(['free', 'payload', 'header', 'table', 'padding', 'unused', 'quarantine'] as const).map(k => `.s-${k}{fill:${c[k]}}`), `.s-redzone{fill:${c.zone}}`,
  ].join('');
}

const BASE = `text{font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}.b{font-weight:700}.i{font-style:italic}.x{text-decoration:line-through}.a{fill:none;stroke-width:1.8}`;

export function drawSvg(picture: Picture, options: SvgOptions = {}): string {
  const scene = makeScene(picture);
  const head = headLines(picture);
  const top = MARGIN + head.length * LINE + 14;
  const placed = place(scene, top);
  const out: string[] = [];
  let width = Math.max(480, ...placed.map(p => p.x + p.w), ...head.map(l => MARGIN + columnsOf(l) * CHAR));
  let height = Math.max(top + 40, ...placed.map(p => p.y + p.h));

  head.forEach((line, i) => {
    const y = MARGIN + i * LINE + FONT;
    // The place, and apart from it what stands there: white space is not kept by every viewer.
    const [, place = line, code = ''] = /^(.*?\S)  +(\S.*)$/.exec(line.trim()) ?? [];
    const [first, second] = line.startsWith(' ') ? [line.trim(), ''] : [place, code];
    out.push(`<text class="${line.startsWith('✗') ? 'bad b' : i === 0 ? 't b' : 'f'}" x="${MARGIN + (line.startsWith(' ') ? 16 : 0)}" y="${y}">${escapeText(first)}</text>`);
    if (second !== '') out.push(`<text class="t" x="${round(MARGIN + (columnsOf(first) + 3) * CHAR)}" y="${y}">${escapeText(second)}</text>`);
  });
  placed.forEach(p => out.push(...drawBox(p, picture)));
  const lanes = new Map<string, number>();
  for (const link of scene.links) {
    const drawn = drawLink(link, placed, lanes);
    out.push(drawn.svg);
    width = Math.max(width, drawn.right);
  }
  height += 20;
  if (options.strip !== false) {
    const strip = drawStrip(picture, MARGIN, height, Math.max(width - MARGIN, 480));
    out.push(...strip.svg);
    height += strip.height;
  }
  const feet = [...(scene.hidden > 0 ? [`and ${scene.hidden} more ${scene.hidden === 1 ? 'block' : 'blocks'} that are not drawn`] : []), figuresText(picture), ...picture.output.split('\n').filter(l => l !== '').slice(-3).map(l => fit(`> ${l}`, 96).trimEnd())];
  feet.forEach((line, i) => {
    out.push(`<text class="f" x="${MARGIN}" y="${height + i * LINE + FONT}">${escapeText(line)}</text>`);
    width = Math.max(width, MARGIN + columnsOf(line) * CHAR);
  });
  height += feet.length * LINE + 4;
  out.push(...drawKey(scene, MARGIN, height));
  height += LINE + 12;
  width += MARGIN;
  const style = options.theme === 'dark' ? styleOf(dark) : options.theme === 'light' ? styleOf(light) : `${styleOf(light)}@media (prefers-color-scheme:dark){${styleOf(dark)}}`;
  const title = escapeText(head.join(', '));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`, `<style>${BASE}${style}</style>`,
    `<rect class="back" width="100%" height="100%"/>`,
    ...out, '</svg>', '',
  ].join('\n');
}

const round = (n: number): number => Math.round(n * 10) / 10;

// ---------------------------------------------------------------- where boxes stand

function measure(box: Box): { w: number; h: number; widths: [number, number, number] } {
  const names = Math.max(0, ...box.rows.map(r => columnsOf(r.name) + r.indent * 2));
  const types = box.kind === 'block' ? 0 : Math.min(22, Math.max(0, ...box.rows.map(r => columnsOf(r.type))));
  const values = Math.max(0, ...box.rows.map(r => Math.min(46, columnsOf(valueOf(r)) + (r.points ? 2 : 0))));
  const gaps = (names > 0 ? 2 : 0) + (types > 0 ? 2 : 0);
  const body = (names + types + values + gaps) * CHAR;
  const cells = box.cells.reduce((sum, c) => sum + cellWidth(c.text), 0);
  const title = (columnsOf(box.title) + (box.note === '' ? 0 : columnsOf(box.note) + 3)) * CHAR;
  return { w: round(Math.max(body, cells, title, 70) + PAD * 2), h: LINE + 6 + (box.cells.length > 0 ? 34 : box.rows.length > 0 ? box.rows.length * LINE + 6 : 0), widths: [names, types, values] };
}

const cellWidth = (text: string): number => Math.max(24, columnsOf(text) * CHAR + 10);
const valueOf = (row: Row): string => (row.points && /^0x[0-9a-f]+$/.test(row.value) ? '' : row.points && (row.ownership === 'shared' || row.ownership === 'exclusive') ? '' : row.value);

function place(scene: Scene, top: number): Placed[] {
  const sizes = scene.boxes.map(measure);
  const placed: Placed[] = [];
  let y = top;
  let right = MARGIN;
  for (let i = 0; i < scene.calls; i++) {
    const { w, h, widths } = sizes[i] ?? { w: 0, h: 0, widths: [0, 0, 0] as [number, number, number] };
    placed[i] = { box: scene.boxes[i] as Box, x: MARGIN, y, w, h, widths };
    y += h + GAP_Y;
    right = Math.max(right, MARGIN + w);
  }
  const layers = layerOf(scene);
  const reached = scene.boxes.flatMap((_, i) => (i >= scene.calls && layers.has(i) ? [i] : []));
  const columns = new Map<number, number[]>();
  for (const i of reached) {
    const layer = layers.get(i) ?? 0;
    columns.set(layer, [...(columns.get(layer) ?? []), i]);
  }
  // Within a layer by where its arrows come from, so that they cross little.
  const order = new Map<number, number>();
  for (let i = 0; i < scene.calls; i++) order.set(i, i);
  const sortKey = (i: number, layer: number): number => {
    const froms = scene.links.filter(l => l.to?.box === i && l.arrow.standing !== 'dangling' && (layers.get(l.from.box) ?? -1) < layer).map(l => (order.get(l.from.box) ?? 0) + l.from.row / 1000);
    return froms.length === 0 ? 1e6 + i : froms.reduce((a, b) => a + b, 0) / froms.length;
  };
  const start = right + GAP_X + 16;
  let bandTop = top;
  const depth = Math.max(-1, ...columns.keys());
  for (let band = 0; band * ACROSS <= depth; band++) {
    let x = start;
    let bottom = bandTop;
    for (let k = 0; k < ACROSS; k++) {
      const layer = band * ACROSS + k;
      const list = (columns.get(layer) ?? []).map(i => ({ i, key: sortKey(i, layer) })).sort((a, b) => a.key - b.key || a.i - b.i).map(e => e.i);
      if (list.length === 0) continue;
      // A layer of many narrow blocks takes several columns.
      const rows = Math.max(6, Math.ceil(list.length / 4));
      for (let from = 0; from < list.length; from += rows) {
        const part = list.slice(from, from + rows);
        const widest = Math.max(...part.map(i => sizes[i]?.w ?? 0));
        let below = bandTop;
        part.forEach((i, n) => {
          const size = sizes[i] ?? { w: 0, h: 0, widths: [0, 0, 0] as [number, number, number] };
          placed[i] = { box: scene.boxes[i] as Box, x, y: below, w: size.w, h: size.h, widths: size.widths };
          order.set(i, from + n);
          below += size.h + GAP_Y;
        });
        bottom = Math.max(bottom, below);
        x += widest + GAP_X;
      }
    }
    bandTop = bottom + 14;
  }
  // What nothing leads to stands in rows below.
  let x = start;
  let rowBottom = bandTop;
  const limit = Math.max(start + 620, ...placed.filter(p => p !== undefined).map(p => p.x + p.w));
  for (let i = scene.calls; i < scene.boxes.length; i++) {
    if (layers.has(i)) continue;
    const size = sizes[i] ?? { w: 0, h: 0, widths: [0, 0, 0] as [number, number, number] };
    if (x > start && x + size.w > limit) {
      x = start;
      bandTop = rowBottom;
    }
    placed[i] = { box: scene.boxes[i] as Box, x, y: bandTop, w: size.w, h: size.h, widths: size.widths };
    x += size.w + 24;
    rowBottom = Math.max(rowBottom, bandTop + size.h + GAP_Y);
  }
  return placed;
}

/** How many pointers away from the calls a block is; not in the map when nothing drawn leads to it. */
function layerOf(scene: Scene): Map<number, number> {
  const layers = new Map<number, number>();
  let wave = new Set<number>();
  for (const { from, to } of scene.links) if (from.box < scene.calls && to !== null && to.box >= scene.calls) wave.add(to.box);
  for (let layer = 0; wave.size > 0; layer++) {
    const next = new Set<number>();
    for (const box of wave) if (!layers.has(box)) layers.set(box, layer);
    for (const { from, to } of scene.links) if (wave.has(from.box) && to !== null && to.box >= scene.calls && !layers.has(to.box)) next.add(to.box);
    wave = next;
  }
  // A ring that nothing leads to begins somewhere: its members stand beside each other.
  for (const { from, to } of scene.links) {
    if (to === null || from.box < scene.calls || to.box < scene.calls || layers.has(from.box)) continue;
    layers.set(from.box, 0);
    if (!layers.has(to.box)) layers.set(to.box, 1);
  }
  return layers;
}

// ---------------------------------------------------------------- drawing

const rowY = (p: Placed, row: number): number => (row < 0 ? p.y + (LINE + 6) / 2 : p.box.cells.length > 0 ? p.y + LINE + 20 : p.y + LINE + 6 + row * LINE + LINE / 2 + 3);

function drawBox(p: Placed, picture: Picture): string[] {
  const { box, x, y, w, h } = p;
  const dead = box.standing !== 'live' && box.standing !== 'leaked';
  const meant = picture.stop?.block === box.id;
  const out: string[] = [`<rect class="${box.kind === 'block' ? (dead ? 'ghost' : 'block') : 'call'}${box.standing === 'leaked' ? ' leak' : ''}${meant ? ' meant' : ''}" x="${x}" y="${round(y)}" width="${w}" height="${h}" rx="5"/>`];
  if (!dead) out.push(`<path class="head" d="M${x + 1} ${round(y + LINE + 4)}V${round(y + 5)}q0 -4 4 -4H${round(x + w - 5)}q4 0 4 4V${round(y + LINE + 4)}z"/>`);
  out.push(`<text class="${dead ? 'f' : 't b'}" x="${x + PAD}" y="${round(y + 17)}">${escapeText(box.title)}</text>`);
  if (box.note !== '') out.push(`<text class="${dead ? 'bad' : box.standing === 'leaked' ? 'fleak b' : 'f'}" x="${round(x + w - PAD)}" y="${round(y + 17)}" text-anchor="end">${escapeText(box.note)}</text>`);
  let at = x + PAD;
  for (const cell of box.cells) {
    const wide = cellWidth(cell.text);
    out.push(`<rect class="cell" x="${round(at)}" y="${round(y + LINE + 8)}" width="${round(wide)}" height="24"/>`, `<text class="${cell.dim ? 'f' : 't'}" x="${round(at + wide / 2)}" y="${round(y + LINE + 25)}" text-anchor="middle">${escapeText(cell.text)}</text>`);
    at += wide;
  }
  box.rows.forEach((row, i) => out.push(...drawRow(p, row, i)));
  return out;
}

function drawRow(p: Placed, row: Row, i: number): string[] {
  const { box, x } = p;
  const [names, types] = p.widths;
  const base = round(rowY(p, i) + 4);
  const out: string[] = [];
  const put = (column: number, text: string, kind: string): void => {
    if (text !== '') out.push(`<text class="${kind}" x="${round(x + PAD + column * CHAR)}" y="${base}">${escapeText(text)}</text>`);
  };
  const faint = row.dim ? 'f' : 't';
  const own = row.ownership;
  const away = own === 'moved' || own === 'uninitialised';
  const colour = own === null || own === 'plain' || away ? faint : `f${own}`;
  put(row.indent * 2, row.name, `${colour}${own !== null ? ' b' : ''}${own === 'moved' ? ' x' : ''}`);
  const second = names > 0 ? names + 2 : 0;
  if (box.kind !== 'block') put(second, fit(row.type, Math.min(22, Math.max(types, 1))).trimEnd(), 'f');
  const value = fit(valueOf(row), 46).trimEnd();
  put(box.kind === 'block' ? second : second + (types > 0 ? types + 2 : 0), value, away ? 'f i' : value === 'null' ? 'f' : faint);
  return out;
}

function drawLink(link: Link, placed: readonly Placed[], lanes: Map<string, number>): { svg: string; right: number } {
  const from = placed[link.from.box];
  if (from === undefined) return { svg: '', right: 0 };
  const kind = link.arrow.standing === 'dangling' ? 'dangling' : link.arrow.holds;
  const sx = from.x + from.w - PAD;
  const sy = rowY(from, link.from.row);
  const dot = (x: number): string => `<circle class="f${kind}" cx="${round(x)}" cy="${round(sy)}" r="3.4"/>`;
  if (link.to === null) {
    const ex = from.x + from.w + 26;
    return { svg: `${dot(sx)}<path class="a ${kind}" d="M${round(sx)} ${round(sy)}H${round(ex)}"/><text class="fdangling b" x="${round(ex + 2)}" y="${round(sy + 4)}">✗</text>`, right: ex + 16 };
  }
  const to = placed[link.to.box];
  if (to === undefined) return { svg: '', right: 0 };
  const ty = rowY(to, link.to.row);
  const marker = (x: number, y: number, left: boolean): string => `<path class="f${kind}" d="M${round(x)} ${round(y)}l${left ? -9 : 9} -4.5v9z"/>`;
  const name = `<title>${escapeText(titleOf(link.arrow))}</title>`;
  if (to.x > from.x + from.w - 4) {
    const ex = to.x;
    // Arrows that come to one place come a little apart.
    const key = `${link.to.box}/${link.to.row}`;
    const lane = lanes.get(key) ?? 0;
    lanes.set(key, lane + 1);
    const y = ty + Math.min(lane, 3) * 4 * (lane % 2 === 0 ? 1 : -1);
    const bend = Math.max(28, Math.min(140, (ex - sx) / 2));
    return { svg: `<g>${name}${dot(sx)}<path class="a ${kind}" d="M${round(sx)} ${round(sy)}C${round(sx + bend)} ${round(sy)} ${round(ex - bend)} ${round(y)} ${round(ex - 8)} ${round(y)}"/>${marker(ex, y, true)}</g>`, right: 0 };
  }
  const ex = to.x + to.w;
  if (from.x > ex + 110 && to.y - 16 > from.y + from.h) {
    // To the next band: through the gap above it, so that no box is crossed.
    const key = `gap ${Math.round(to.y)}`;
    const lane = lanes.get(key) ?? 0;
    lanes.set(key, lane + 1);
    const gap = to.y - 12 - (lane % 3) * 4;
    const outer = from.x + from.w + 14 + (lane % 3) * 5;
    const inner = to.x - 22 - (lane % 3) * 5;
    return { svg: `<g>${name}${dot(sx)}<path class="a ${kind}" d="M${round(sx)} ${round(sy)}H${round(outer - 8)}q8 0 8 8V${round(gap - 8)}q0 8 -8 8H${round(inner + 8)}q-8 0 -8 8V${round(ty - 8)}q0 8 8 8H${round(to.x - 8)}"/>${marker(to.x, ty, true)}</g>`, right: outer + 4 };
  }
  if (from.x > ex + 4) {
    // Back to an earlier column: out at the left side.
    const bend = Math.max(24, Math.min(120, (from.x - ex) / 2));
    return { svg: `<g>${name}${dot(from.x)}<path class="a ${kind}" d="M${round(from.x)} ${round(sy)}C${round(from.x - bend)} ${round(sy)} ${round(ex + bend)} ${round(ty)} ${round(ex + 8)} ${round(ty)}"/>${marker(ex, ty, false)}</g>`, right: 0 };
  }
  // Within a column: around the right side.
  const key = `right ${Math.round(to.x)}`;
  const lane = lanes.get(key) ?? 0;
  lanes.set(key, lane + 1);
  const out = Math.max(from.x + from.w, ex) + 20 + (lane % 6) * 7;
  return { svg: `<g>${name}${dot(sx)}<path class="a ${kind}" d="M${round(sx)} ${round(sy)}C${round(out + 14)} ${round(sy)} ${round(out + 14)} ${round(ty)} ${round(ex + 8)} ${round(ty)}"/>${marker(ex, ty, false)}</g>`, right: out + 14 };
}

const titleOf = ({ name, type, holds, standing }: PictureArrow): string => [name, type, holds, standing === 'live' ? '' : standing].filter(t => t !== '').join(', ');

/** The heap's bytes in cells, from the first block to the last. */
function drawStrip(picture: Picture, x: number, y: number, width: number): { svg: string[]; height: number } {
  const { stretches } = picture.heap;
  const used = stretches.filter(s => s.block !== null);
  const first = used[0];
  const last = used[used.length - 1];
  if (first === undefined || last === undefined) return { svg: [], height: 0 };
  const from = first.from & -16;
  const per = Math.floor((width - 20) / 9);
  let bytes = 8;
  const taken = used.reduce((sum, s) => sum + s.to - s.from, 0);
  while (taken / bytes > per * 3 || (last.to - from) / bytes > 200_000) bytes *= 2;
  const cells = shorten(cellsOf({ from, to: last.to, stretches }, from, bytes, Math.ceil((last.to - from) / bytes)));
  const svg: string[] = [`<text class="f" x="${x}" y="${y + FONT}">the heap from its first to its last block, ${bytes} bytes a cell</text>`];
  const kinds = new Set<string>();
  cells.forEach((cell, i) => {
    if (cell === null) {
      svg.push(`<text class="f" x="${x + (i % per) * 9}" y="${y + 31 + Math.floor(i / per) * 13}">…</text>`);
      return;
    }
    kinds.add(cell.class);
    svg.push(`<rect class="s-${cell.class}" x="${x + (i % per) * 9}" y="${y + 22 + Math.floor(i / per) * 13}" width="8" height="12"/>`);
  });
  const rows = Math.ceil(cells.length / per);
  let at = x;
  for (const kind of kinds) {
    svg.push(`<rect class="s-${kind}" x="${round(at)}" y="${y + 28 + rows * 13}" width="8" height="12"/>`, `<text class="f" x="${round(at + 13)}" y="${y + 39 + rows * 13}">${kind === 'redzone' ? 'red zone' : kind}</text>`);
    at += (columnsOf(kind) + 4) * CHAR;
  }
  return { svg, height: 28 + rows * 13 + 28 };
}

/** Long stretches of what is of no block are cut to a few cells and a gap, which is null. */
function shorten(cells: readonly Cell[]): (Cell | null)[] {
  const out: (Cell | null)[] = [];
  for (let i = 0; i < cells.length; ) {
    const cell = cells[i] as Cell;
    let run = 1;
    while (cell.block === null && cells[i + run]?.block === null && cells[i + run]?.class === cell.class) run++;
    if (run > 12) out.push(cell, cell, cell, null, cell, cell);
    else for (let k = 0; k < run; k++) out.push(cell);
    i += run;
  }
  return out;
}

function drawKey(scene: Scene, x: number, y: number): string[] {
  const kinds = new Set(scene.links.map(l => (l.arrow.standing === 'dangling' ? 'dangling' : l.arrow.holds)));
  const out: string[] = [];
  let at = x;
  for (const kind of ['owner', 'shared', 'exclusive', 'raw', 'dangling'] as const) {
    if (!kinds.has(kind)) continue;
    out.push(`<path class="a ${kind}" d="M${round(at)} ${y + 9}h26"/><path class="f${kind}" d="M${round(at + 33)} ${y + 9}l-9 -4.5v9z"/><text class="f" x="${round(at + 40)}" y="${y + 13}">${kind}</text>`);
    at += 40 + (columnsOf(kind) + 3) * CHAR;
  }
  return out;
}
