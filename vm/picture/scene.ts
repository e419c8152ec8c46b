/**
 * What of a picture is drawn, in boxes and rows: the same for every drawing. In: a picture. Out: calls with rows for their variables, blocks with
 * rows or cells for what they hold, arrows between rows. Variables whose parts are pointers get a row for each part; parts that an arena or a
 * pool handed out are rows of the block they lie in; ghosts that nothing leads to are only the latest few.
 * Invariant: order follows the picture, so equal pictures give equal drawings. Cost: linear.
 */
import type { BlockStanding, Ownership, Picture, PictureArrow, PictureBlock, PictureEnd, PictureField, PictureVariable } from './picture.ts';

export interface Row {
  readonly indent: number;
  readonly name: string;
  readonly value: string;
  readonly type: string;
  /** Bytes of the box that it stands for. */
  readonly from: number;
  readonly to: number;
  readonly ownership: Ownership | null;
  /** An arrow begins here. */
  readonly points: boolean;
  /** Nobody may use it: a free slot, a dead part. */
  readonly dim: boolean;
  /** The part of a region that it is. */
  readonly part: string | null;
}

export interface Box {
  readonly kind: 'call' | 'statics' | 'block';
  /** Key of arrows: the block's id, or that of the variable (each row of a call has its own). */
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly standing: BlockStanding;
  readonly rows: readonly Row[];
  /** Cells in a line instead of rows: an array of short things. */
  readonly cells: readonly { readonly text: string; readonly dim: boolean; readonly from: number; readonly to: number }[];
  /** Of a call: which variable each row belongs to. */
  readonly owners: readonly string[];
}

export interface Link {
  readonly arrow: PictureArrow;
  /** Box and row; row -1 is the box itself. */
  readonly from: { readonly box: number; readonly row: number };
  /** Null: into nowhere. */
  readonly to: { readonly box: number; readonly row: number } | null;
}

export interface Scene {
  /** Calls, outermost first, then statics; then blocks. */
  readonly boxes: readonly Box[];
  readonly calls: number;
  readonly links: readonly Link[];
  /** Blocks that are not drawn. */
  readonly hidden: number;
}

/** Ghosts that nothing leads to, fields of one value, cells of one array. */
const GHOSTS = 6;
/** Of a deep stack so many calls of each end. */
const OUTER = 3;
const INNER = 9;
const PARTS = 12;
const CELLS = 16;

export const sizeText = (bytes: number): string => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Number((bytes / 1024).toFixed(1))} KiB` : `${Number((bytes / 1048576).toFixed(1))} MiB`);

const isDead = (standing: BlockStanding): boolean => standing !== 'live' && standing !== 'leaked';

export function makeScene(picture: Picture): Scene {
  const out = new Map<string, number[]>();
  for (const { from, to } of picture.arrows) if (to.kind !== 'null' && (from.kind === 'variable' || from.kind === 'block')) out.set(from.id, [...(out.get(from.id) ?? []), from.offset]);
  const pointsIn = (id: string, from: number, to: number): boolean => (out.get(id) ?? []).some(at => at >= from && at < to);

  const boxes: Box[] = [];
  const calls = [...picture.frames].reverse();
  const left = calls.length > OUTER + INNER + 1 ? calls.length - OUTER - INNER : 0;
  for (const [i, frame] of calls.entries()) {
    if (left > 0 && i === OUTER) boxes.push({ kind: 'call', id: 'calls between', title: `… ${left} more calls`, note: '', standing: 'live', rows: [], cells: [], owners: [] });
    if (left > 0 && i >= OUTER && i < OUTER + left) continue;
    const rows: Row[] = [];
    const owners: string[] = [];
    for (const variable of frame.variables) for (const row of variableRows(variable, pointsIn)) { rows.push(row); owners.push(variable.id); }
    boxes.push({ kind: 'call', id: `call ${frame.depth}`, title: frame.function, note: `line ${frame.at.line}`, standing: 'live', rows, cells: [], owners });
  }
  if (picture.statics.length > 0) {
    const rows: Row[] = [];
    const owners: string[] = [];
    for (const variable of picture.statics) for (const row of variableRows(variable, pointsIn)) { rows.push(row); owners.push(variable.id); }
    boxes.push({ kind: 'statics', id: 'statics', title: 'statics', note: '', standing: 'live', rows, cells: [], owners });
  }
  const callCount = boxes.length;

  const led = new Set(picture.arrows.flatMap(a => (a.to.kind === 'block' ? [a.to.id] : [])));
  if (picture.stop?.block) led.add(picture.stop.block);
  const parts = new Map<string, PictureBlock[]>();
  for (const block of picture.blocks) if (block.inside !== null && picture.blocks.some(b => b.id === block.inside)) parts.set(block.inside, [...(parts.get(block.inside) ?? []), block]);
  const idle = picture.blocks.filter(b => isDead(b.standing) && !led.has(b.id) && b.inside === null && !(parts.get(b.id) ?? []).some(p => led.has(p.id)));
  const shownIdle = new Set([...idle].sort((a, b) => b.number - a.number).slice(0, GHOSTS).map(b => b.id));
  const drawn = picture.blocks.filter(b => !(b.inside !== null && parts.has(b.inside)) && (!idle.includes(b) || shownIdle.has(b.id)));
  const chunks = picture.regions.flatMap(r => r.chunks);
  for (const block of drawn) boxes.push(blockBox(block, parts.get(block.id) ?? [], chunks.filter(c => c.block === block.id), pointsIn));

  const where = new Map<string, { box: number; parts: boolean }>();
  boxes.forEach((box, i) => {
    if (box.kind === 'block') where.set(box.id, { box: i, parts: false });
    for (const row of box.rows) if (row.part !== null) where.set(row.part, { box: i, parts: true });
    for (const owner of box.owners) where.set(owner, { box: i, parts: true });
  });
  const find = (end: PictureEnd, source: boolean): { box: number; row: number } | null => {
    if (end.kind !== 'variable' && end.kind !== 'block') return null;
    const at = where.get(end.id);
    if (at === undefined) return null;
    const box = boxes[at.box];
    if (box === undefined) return null;
    let row = -1;
    let exact = false;
    box.rows.forEach((each, i) => {
      const mine = box.kind === 'block' ? (at.parts ? each.part === end.id : each.part === null) : box.owners[i] === end.id;
      if (!mine) return;
      if (at.parts && row === -1) row = i;
      // A pointer stands in the innermost row; what it leads to is the outermost that begins there.
      if ((exact && !source) || end.offset < each.from || end.offset >= Math.max(each.to, each.from + 1)) return;
      row = i;
      exact = each.from === end.offset;
    });
    if (end.kind === 'block' && !at.parts && end.offset === 0) row = -1;
    return { box: at.box, row };
  };
  const sourceOf = (end: PictureEnd): { box: number; row: number } | null => {
    const found = find(end, true);
    if (found === null || end.kind !== 'block' || found.row !== -1) return found;
    const rows = boxes[found.box]?.rows ?? [];
    const row = rows.findIndex(r => end.offset >= r.from && end.offset < r.to);
    return { box: found.box, row };
  };
  const links = picture.arrows.flatMap((arrow): Link[] => {
    const from = sourceOf(arrow.from);
    if (from === null || arrow.to.kind === 'null') return [];
    // What an arena or a pool keeps for itself in its chunk is not shown, nor where it points to.
    if (from.row === -1 && boxes[from.box]?.rows.some(row => row.part !== null) === true) return [];
    const to = find(arrow.to, false);
    return to === null && arrow.standing !== 'dangling' ? [] : [{ arrow, from, to }];
  });
  return { boxes, calls: callCount, links, hidden: idle.length - shownIdle.size + picture.more };
}

type PointsIn = (id: string, from: number, to: number) => boolean;

function variableRows(v: PictureVariable, pointsIn: PointsIn): Row[] {
  const points = pointsIn(v.id, 0, Math.max(4, v.size));
  const base = { type: v.type, from: 0, to: Math.max(1, v.size), ownership: v.ownership, dim: v.ownership === 'moved' || v.ownership === 'uninitialised', part: null };
  const simple = v.fields.length === 0 || v.fields.length > PARTS || !points || v.size <= 4 || (v.fields.length === 1 && v.fields[0]?.fields.length === 0);
  if (simple) return [{ ...base, indent: 0, name: v.name, value: points ? heldText(v.type, v.text) : v.text, points }];
  const rows: Row[] = [{ ...base, indent: 0, name: v.name, value: /^(String|Vec)/.test(v.type) ? v.text : '', points: false }];
  fieldRows(v.fields, v.id, 1, pointsIn, rows);
  // Of a large value the pointers are what is drawn; the rest is for an inspector.
  return rows.length > 7 ? rows.filter((row, i) => i === 0 || row.points || /^(len|length|cap|capacity|used)$/.test(row.name)).map(row => ({ ...row, indent: Math.min(1, row.indent) })) : rows;
}

/** What a pointer leads to is drawn where it is, and not said again. */
const heldText = (type: string, text: string): string => (/\{closure\}$|^(&|\*|Box\[|Rc\[|Arc\[|Weak\[)/.test(type) ? '' : /^Option\[(&|\*|Box\[|Rc\[|Arc\[|Weak\[)/.test(type) ? 'Some' : text);

/** A value that only wraps another one is shown as that one: `value: Some(0)` is one row. */
function inmost(f: PictureField): { f: PictureField; prefix: string } {
  const [only] = f.fields;
  if (f.fields.length !== 1 || only === undefined || /^(&|\*|Box|Rc|Arc|Weak|String|Vec)/.test(f.type)) return { f, prefix: '' };
  const variant = /^(\w+)\./.exec(only.name)?.[1] ?? '';
  const inner = inmost(only);
  return { f: { ...inner.f, name: f.name, at: f.at + inner.f.at }, prefix: [variant, inner.prefix].filter(t => t !== '').join(' ') };
}

function fieldRows(fields: readonly PictureField[], id: string, indent: number, pointsIn: PointsIn, rows: Row[], base = 0): void {
  for (const outer of fields) {
    const { f, prefix } = inmost(outer);
    const from = base + f.at;
    const points = pointsIn(id, from, from + Math.max(1, f.size));
    const open = points && f.fields.length > 0 && f.size > 4 && !/^(String$|Vec\[)/.test(f.type) && indent < 4 && rows.length < 40;
    rows.push({ indent, name: f.name, value: open ? prefix : [prefix, points ? heldText(f.type, f.text) : f.text].filter(t => t !== '').join(' '), type: outer.type, from, to: from + Math.max(1, f.size), ownership: null, points: points && !open, dim: false, part: null });
    if (open) fieldRows(f.fields, id, indent + 1, pointsIn, rows, from);
  }
}

const standingText: Record<BlockStanding, string> = { live: '', leaked: 'leaked', quarantined: 'freed', freed: 'freed', reset: 'reset', released: 'released', dropped: 'dropped' };

/** Stretches of a chunk that no part stands on: what its region can hand out next. */
function gapsOf(chunks: readonly { readonly address: number; readonly size: number }[], parts: readonly PictureBlock[]): { at: number; size: number }[] {
  const gaps: { at: number; size: number }[] = [];
  for (const { address, size } of chunks) {
    let at = address;
    for (const part of [...parts].sort((a, b) => a.address - b.address)) {
      if (part.address < at || part.address > address + size) continue;
      if (part.address > at) gaps.push({ at, size: part.address - at });
      at = part.address + part.size;
    }
    if (at < address + size) gaps.push({ at, size: address + size - at });
  }
  return gaps;
}

function blockBox(block: PictureBlock, parts: readonly PictureBlock[], chunks: readonly { readonly address: number; readonly size: number }[], pointsIn: PointsIn): Box {
  const rows: Row[] = [];
  let cells: Box['cells'] = [];
  const died = isDead(block.standing) && block.died !== null ? ` line ${block.died.at.line}` : '';
  const note = [standingText[block.standing] + died, block.family === 'system' ? '' : block.family].filter(t => t !== '').join(', ');
  const type = block.type === null ? '' : block.type.startsWith('counted ') ? `Rc ${block.type.slice(8)}` : block.type;
  const title = [block.id, ...(parts.length > 0 ? [`${parts[0]?.family ?? ''} chunk`] : type === '' ? [] : [type]), sizeText(block.size)].join(' · ');
  const dead = isDead(block.standing);
  const plain = { indent: 0, ownership: null, dim: dead, part: null };
  if (parts.length > 0) {
    const order = parts.slice(0, PARTS * 2);
    for (const part of order) {
      const value = part.text ?? (part.fields.length === 0 ? part.bytes.replace(/(..)/g, '$1 ').trim().slice(0, 24) : part.fields.map(f => (f.name === '' ? f.text : `${f.name}: ${f.text}`)).join(', '));
      rows.push({ ...plain, name: `${part.id} ${part.type ?? ''}`.trim(), value: isDead(part.standing) ? `${part.standing}${part.died === null ? '' : ` line ${part.died.at.line}`}` : value, type: part.type ?? '', from: part.address - block.address, to: part.address - block.address + Math.max(1, part.size), points: !isDead(part.standing) && pointsIn(part.id, 0, part.size), dim: isDead(part.standing), part: part.id });
    }
    for (const { at, size } of gapsOf(chunks, parts).filter(g => g.size >= 8)) rows.push({ ...plain, name: 'free', value: sizeText(size), type: '', from: at - block.address, to: at - block.address + size, points: false, dim: true });
    rows.sort((a, b) => a.from - b.from);
    if (parts.length > order.length) rows.push({ ...plain, name: `… ${parts.length - order.length} more`, value: '', type: '', from: block.size, to: block.size, points: false });
  } else if (block.text !== null) rows.push({ ...plain, name: '', value: block.text, type: '', from: 0, to: block.size, points: false });
  else if (block.fields.length > 0) {
    const list = block.fields.every(f => f.name.startsWith('['));
    const strip = list && block.fields.every(f => f.text.length <= 7 && !pointsIn(block.id, f.at, f.at + f.size));
    if (strip) {
      cells = block.fields.slice(0, CELLS).map(f => ({ text: f.text, dim: f.text === '·' || f.text === '?' || dead, from: f.at, to: f.at + f.size }));
      const all = Number(/; (\d+)\]$/.exec(block.type ?? '')?.[1] ?? cells.length);
      if (all > cells.length) cells = [...cells, { text: `+${all - cells.length}`, dim: true, from: block.size, to: block.size }];
    } else fieldRows(block.fields.slice(0, CELLS), block.id, 0, pointsIn, rows);
  } else if (block.bytes !== '' && !dead) {
    const hex = block.bytes.slice(0, 32).replace(/(..)/g, '$1 ').trim();
    rows.push({ ...plain, name: '', value: /^[. ]*$/.test(hex) ? 'never written' : `${hex}${block.bytes.length > 32 ? ' …' : ''}`, type: '', from: 0, to: block.size, points: false, dim: true });
  }
  const shown = dead ? rows.map(r => ({ ...r, dim: true, points: r.part !== null ? r.points : false })) : rows;
  return { kind: 'block', id: block.id, title, note, standing: block.standing, rows: shown, cells, owners: [] };
}

/** The figures under a drawing. */
export function figuresText({ statistics: s }: Picture): string {
  const blocks = `${s.liveBlocks} ${s.liveBlocks === 1 ? 'block' : 'blocks'}`;
  return `${sizeText(s.current)} in ${blocks}, peak ${sizeText(s.peak)}, ${s.allocations} allocations, ${s.frees} frees${s.quarantined > 0 ? `, ${sizeText(s.quarantined)} in quarantine` : ''}`;
}
