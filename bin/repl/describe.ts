/**
 * A picture of the machine as lines of text: who owns what, the blocks and who leads to them, statistics. In: a picture, a width. Out: lines. Pure.
 */
import stringWidth from 'string-width';
import type { Paint } from '../../lib/index.ts';
import type { Picture, PictureBlock, PictureEnd, PictureVariable } from '../../vm/index.ts';
import type { Words } from './words.ts';

export const bytesText = (n: number): string => (n < 1024 ? `${n} B` : n < 1 << 20 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / (1 << 20)).toFixed(1)} MiB`);

/** `412 B · 3 blocks · peak 1.2 KiB`; empty while nothing was ever allocated. */
export function heapLine({ current, liveBlocks, peak }: { readonly current: number; readonly liveBlocks: number; readonly peak: number }, words: Words): string {
  if (peak === 0) return '';
  return `${bytesText(current)} · ${words.blocks(liveBlocks)} · ${words.peak} ${bytesText(peak)}`;
}

/** Columns of equal width, as wide as their widest cell; the last takes what is left. */
export function table(rows: readonly (readonly string[])[], columns: number): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((text, i) => { widths[i] = Math.max(widths[i] ?? 0, Math.min(34, stringWidth(text))); });
  return rows.map(row => {
    const line = row.map((text, i) => (i === row.length - 1 ? text : `${text}${' '.repeat(Math.max(0, (widths[i] ?? 0) - stringWidth(text)))}`)).join('  ');
    return fitted(`  ${line}`.trimEnd(), columns);
  });
}

/** A line that is too long ends with `…`. */
export function fitted(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let width = 0;
  let out = '';
  for (const c of text) {
    const w = stringWidth(c);
    if (width + w > columns - 1) break;
    out += c;
    width += w;
  }
  return `${out}…`;
}

/** The script's own variables, those that are shadowed left out. */
function ownVariables(picture: Picture): PictureVariable[] {
  const frame = picture.frames[picture.frames.length - 1];
  const last = new Map<string, PictureVariable>();
  for (const variable of frame?.variables ?? []) {
    last.delete(variable.name);
    last.set(variable.name, variable);
  }
  return [...last.values()];
}

function endName(end: PictureEnd): string {
  switch (end.kind) {
    case 'variable': {
      const name = end.id.replace(/^\d+\//, '').replace(/#\d+$/, '');
      return end.offset === 0 ? name : `${name}+${end.offset}`;
    }
    case 'block': return end.offset === 0 ? end.id : `${end.id}+${end.offset}`;
    case 'null': return 'null';
    case 'elsewhere': return `@${end.address}`;
  }
}

const leadsTo = (picture: Picture, id: string): string =>
  picture.arrows
    .filter(a => a.from.kind === 'variable' && a.from.id === id)
    .map(a => `→ ${endName(a.to)}${a.standing === 'dangling' ? ' ✗' : ''}`)
    .join(' ');

/** `:owners`: each variable, how it holds its value, and where that leads. */
export function owners(picture: Picture, columns: number, words: Words, paint: Paint): string[] {
  const variables = ownVariables(picture);
  if (variables.length === 0) return [`  ${words.noVariables}`];
  const rows = variables.map(v => {
    const gone = v.ownership === 'moved' || v.ownership === 'uninitialised';
    return [v.name, v.type, words.ownership[v.ownership], gone ? '' : [v.text, leadsTo(picture, v.id)].filter(Boolean).join('  ')];
  });
  return table(rows, columns).map((line, i) => (variables[i]?.ownership === 'moved' ? paint('dim', line) : line));
}

const holders = (picture: Picture, block: PictureBlock): string =>
  picture.arrows
    .filter(a => a.to.kind === 'block' && a.to.id === block.id && a.standing !== 'null')
    .map(a => `${a.from.kind === 'block' ? a.from.id : endName({ ...a.from, ...(a.from.kind === 'variable' ? { offset: 0 } : {}) })}${a.name === '' ? '' : `.${a.name}`}${a.standing === 'dangling' ? ' ✗' : ''}`)
    .slice(0, 4)
    .join(', ');

function content(block: PictureBlock): string {
  if (block.text !== null) return block.text;
  if (block.fields.length > 0) return block.fields.map(f => (/^\[\d+\]$/.test(f.name) || f.name === '' ? f.text : `${f.name}: ${f.text}`)).join(', ');
  return block.bytes.replace(/(..)/g, '$1 ').trim();
}

/** `:blocks`: every block, dead ones too. */
export function blocks(picture: Picture, columns: number, words: Words, paint: Paint): string[] {
  const list = picture.blocks.filter(b => b.sort !== 'stack');
  if (list.length === 0) return [`  ${words.noBlocks}`];
  const rows = list.map(b => [b.id, `@${b.address}`, bytesText(b.size), words.standing[b.standing], b.type ?? '', b.born === null ? '' : `${b.born.at.file}:${b.born.at.line}`, holders(picture, b) === '' ? '' : `← ${holders(picture, b)}`]);
  const lines = table(rows, columns).map((line, i) => (list[i]?.standing === 'live' ? line : list[i]?.standing === 'leaked' ? paint('error', line) : paint('dim', line)));
  return picture.more > 0 ? [...lines, `  … ${picture.more}`] : lines;
}

/** `:heap`: the line of figures, then the live blocks with what is in them and who leads there. */
export function heap(picture: Picture, columns: number, words: Words): string[] {
  const live = picture.blocks.filter(b => (b.standing === 'live' || b.standing === 'leaked') && b.sort !== 'stack');
  const figures = heapLine(picture.statistics, words);
  const rows = live.map(b => [`${holders(picture, b) === '' ? '?' : holders(picture, b)} →`, b.id, bytesText(b.size), b.type ?? '', content(b)]);
  return [`  ${figures === '' ? words.noBlocks : figures}`, ...table(rows, columns)];
}

export function leaks(picture: Picture, columns: number, words: Words): string[] {
  const lost = picture.blocks.filter(b => b.standing === 'leaked');
  if (lost.length === 0) return [`  ${words.noLeaks}`];
  return table(lost.map(b => [b.id, bytesText(b.size), b.type ?? '', b.born === null ? '' : `${b.born.at.file}:${b.born.at.line}  ${b.born.at.text?.trim() ?? ''}`]), columns);
}

export function statistics({ statistics: s, allocator }: Picture, columns: number, words: Words): string[] {
  const rows: string[][] = [
    [words.figures.allocator, allocator],
    [words.figures.current, `${bytesText(s.current)} (${words.blocks(s.liveBlocks)})`],
    [words.figures.peak, bytesText(s.peak)],
    [words.figures.allocated, `${bytesText(s.totalAllocated)} (${s.allocations})`],
    [words.figures.freed, `${bytesText(s.totalFreed)} (${s.frees})`],
    [words.figures.overhead, bytesText(s.overhead)],
    [words.figures.quarantine, bytesText(s.quarantined)],
    [words.figures.fragmentation, `${(s.fragmentation * 100).toFixed(1)} %`],
    ...s.families.filter(f => f.allocations > 0).map(f => [f.family, `${bytesText(f.current)} (${words.blocks(f.liveBlocks)}, ${words.peak} ${bytesText(f.peak)})`]),
  ];
  return table(rows, columns);
}

/** `:post`: the open calls with their variables, and the block that was hit. */
export function post(picture: Picture, columns: number, words: Words): string[] {
  const lines: string[] = [];
  for (const frame of picture.frames) {
    lines.push(`  ${frame.function}  ${frame.at.file}:${frame.at.line}${frame.at.text === null ? '' : `  ${frame.at.text.trim()}`}`);
    lines.push(...table(frame.variables.map(v => ['  ', v.name, v.type, words.ownership[v.ownership], v.ownership === 'moved' ? '' : [v.text, leadsTo(picture, v.id)].filter(Boolean).join('  ')]), columns));
  }
  const hit = picture.blocks.find(b => b.id === picture.stop?.block);
  if (hit !== undefined) lines.push(...table([[hit.id, bytesText(hit.size), words.standing[hit.standing], hit.type ?? '', content(hit)]], columns));
  return lines;
}
