/**
 * A picture as text for terminals, issues and books: calls at the left, blocks at the right, each pointer with the name of what it leads to.
 * In: a picture, a width. Out: lines of at most that width, of letters and box-drawing characters only. What colour says elsewhere is said by
 * words and glyphs here.
 */
import { endText } from './difference.ts';
import type { Picture, PictureArrow } from './picture.ts';
import { type Box, figuresText, type Link, makeScene, type Row, type Scene } from './scene.ts';
import { columnsOf, fit } from './width.ts';

const glyphs = { owner: '■', plain: ' ', shared: '&', exclusive: '&mut', raw: '*', moved: '✗', uninitialised: '·' } as const;

export function drawText(picture: Picture, width = 100): string {
  const scene = makeScene(picture);
  const lines: string[] = [...headLines(picture), ''];
  const boxes = scene.boxes.map((box, i) => boxLines(box, i, scene));
  const left = stack(boxes.slice(0, scene.calls));
  const right = boxes.slice(scene.calls);
  const needed = Math.min(Math.floor(width / 2), Math.max(0, ...right.flatMap(b => b.map(columnsOf))));
  const leftWidth = Math.min(Math.max(0, ...left.map(columnsOf)), Math.max(30, width - 3 - needed));
  const room = width - (left.length === 0 ? 0 : leftWidth + 3);
  const columns = flow(right, room);
  for (let i = 0; i < Math.max(left.length, columns.length); i++) {
    const line = left.length === 0 ? (columns[i] ?? '') : `${fit(left[i] ?? '', leftWidth)}   ${columns[i] ?? ''}`;
    lines.push(line.trimEnd());
  }
  if (scene.hidden > 0) lines.push('', `and ${scene.hidden} more ${scene.hidden === 1 ? 'block' : 'blocks'}`);
  const used = new Set(scene.boxes.flatMap(b => b.rows.flatMap(r => (r.ownership === null || r.ownership === 'plain' ? [] : [r.ownership]))));
  if (used.size > 0) lines.push('', (['owner', 'shared', 'exclusive', 'raw', 'moved', 'uninitialised'] as const).filter(o => used.has(o)).map(o => `${glyphs[o]} ${o}`).join('   '));
  lines.push('', figuresText(picture));
  const output = picture.output.split('\n').filter(l => l !== '').slice(-3);
  if (output.length > 0) lines.push(...output.map(l => fit(`> ${l}`, width).trimEnd()));
  return `${lines.map(l => tame(l).trimEnd()).join('\n')}\n`;
}

/** Characters that would move a terminal's cursor are shown as what they are. */
const tame = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '�');

export function headLines(picture: Picture): string[] {
  const lines: string[] = [];
  const name = picture.program.replace(/.*\//, '').replace(/\.(md|markdown):\d+$/i, '');
  if (picture.at !== null) lines.push(`${/\.(md|markdown):\d+$/i.test(picture.at.file) ? 'line ' : `${picture.at.file.replace(/.*\//, '')}:`}${picture.at.line}  ${picture.at.text ?? ''}`.trimEnd());
  else lines.push(`${name}: ${picture.status === 'finished' ? 'the end of the run' : picture.status}`);
  const { stop } = picture;
  if (stop !== null) {
    lines.push(`✗ ${stop.code} ${stop.kind}${stop.kind === 'panic' || stop.block === null ? `: ${stop.message.split('\n')[0] ?? ''}` : ` at ${stop.block}${stop.offset === 0 ? '' : `+${stop.offset}`}`}`);
    if (stop.born !== null) lines.push(`  born  line ${stop.born.at.line}  ${stop.born.at.text ?? ''}`.trimEnd());
    if (stop.died !== null) lines.push(`  died  line ${stop.died.at.line}  ${stop.died.at.text ?? ''}`.trimEnd());
  }
  if (picture.profile === 'release') lines.push('release code: births, dead blocks, leaks and wrong uses are not recorded');
  return lines;
}

/** An `Rc` leads behind the counts: that is its block's value and needs no offset. */
const toText = ({ to: end, standing }: PictureArrow): string => {
  const to = end.kind === 'block' && standing === 'live' ? { ...end, offset: 0 } : end;
  return arrowText(to, standing);
};

const arrowText = (to: PictureArrow['to'], standing: PictureArrow['standing']): string => `${standing === 'dangling' ? '⇢' : '→'} ${to.kind === 'variable' ? to.id.replace(/^\d+\/|#\d+$/g, '') + (to.offset === 0 ? '' : `+${to.offset}`) : endText(to)}${standing === 'dangling' ? ' ✗' : ''}`;

function valueOf(row: Row, links: readonly Link[]): string {
  const ends = [...new Set(links.map(l => toText(l.arrow)))].slice(0, 3).join(' ');
  // An address says less than the name of what is there.
  const value = row.points && (/^(0x|&)/.test(row.value) || (links.length > 0 && row.ownership !== null && row.ownership !== 'owner')) ? '' : row.value;
  return [value, ends].filter(t => t !== '').join(' ');
}

function boxLines(box: Box, index: number, scene: Scene): string[] {
  const links = (row: number): Link[] => scene.links.filter(l => l.from.box === index && l.from.row === row);
  const rows = box.rows.map((row, i) => {
    const name = `${'  '.repeat(row.indent)}${row.name}`;
    const mark = row.ownership === null ? '' : glyphs[row.ownership];
    return { name, type: box.kind === 'block' ? '' : row.type, mark, value: valueOf(row, links(i)) };
  });
  const nameWidth = Math.min(24, Math.max(0, ...rows.map(r => columnsOf(r.name))));
  const typeWidth = Math.min(18, Math.max(0, ...rows.map(r => columnsOf(r.type))));
  const markWidth = Math.max(0, ...rows.map(r => columnsOf(r.mark)));
  const body = rows.map(r => [...(nameWidth > 0 ? [fit(r.name, nameWidth)] : []), ...(typeWidth > 0 ? [fit(r.type, typeWidth)] : []), ...(markWidth > 0 ? [fit(r.mark, markWidth)] : []), fit(r.value, Math.min(44, columnsOf(r.value)))].join(' ').trimEnd());
  if (box.cells.length > 0) body.push(box.cells.map(c => c.text).join('│'));
  const title = ` ${box.title}${box.note === '' ? '' : `  ${box.note}`} `;
  const inner = Math.max(columnsOf(title) + 1, ...body.map(l => columnsOf(l) + 2));
  const dead = box.standing !== 'live' && box.standing !== 'leaked';
  const [h, v] = dead ? ['╌', '╎'] : ['─', '│'];
  return [`┌${h}${title}${h.repeat(Math.max(0, inner - 1 - columnsOf(title)))}┐`, ...body.map(l => `${v} ${fit(l, inner - 2)} ${v}`), `└${h.repeat(inner)}┘`];
}

const stack = (boxes: readonly (readonly string[])[]): string[] => boxes.flatMap(lines => [...lines]);

/** Boxes in rows from left to right, as many as fit. */
function flow(boxes: readonly (readonly string[])[], room: number): string[] {
  const lines: string[] = [];
  let line: (readonly string[])[] = [];
  let used = 0;
  const end = (): void => {
    const height = Math.max(0, ...line.map(b => b.length));
    const widths = line.map(b => Math.max(...b.map(columnsOf)));
    for (let i = 0; i < height; i++) lines.push(line.map((b, k) => fit(b[i] ?? '', widths[k] ?? 0)).join(' '));
    line = [];
    used = 0;
  };
  for (const box of boxes) {
    const cut = box.map(l => (columnsOf(l) > room ? fit(l, Math.max(8, room)) : l));
    const width = Math.max(...cut.map(columnsOf)) + 1;
    if (line.length > 0 && used + width > room + 1) end();
    line.push(cut);
    used += width;
  }
  if (line.length > 0) end();
  return lines;
}
