/**
 * Takes a picture of a machine. In: a machine that stands still (halted, paused, stopped or finished). Out: a `Picture`.
 * A pure function: the machine is not changed, and equal machines give equal pictures. Cost: linear in open calls, blocks and pointers;
 * `mostBlocks`, `mostBytes` and `stretches: false` bound it for those who take many in a second.
 */
import { HEAP, LIVE, ordinalOf, PART, sortOf, STACK_BLOCK, stateOf } from '../memory/blocks.ts';
import type { BlockFacts } from '../memory/fault.ts';
import { findReach } from '../memory/reach.ts';
import type { Machine } from '../run/machine.ts';
import { entryOf, frames as openCalls, type StackEntry } from '../run/trap.ts';
import { roots } from '../run/variables.ts';
import { memoryCells } from '../watch/cells.ts';
import { type Limits, read, textOf, usualLimits } from '../watch/values.ts';
import { weave } from './arrows.ts';
import { fieldOf, seeFrames, seeStatics } from './frames.ts';
import { blockId, mapHeap } from './heapmap.ts';
import { seeFreeLists, seeRegions, seeStatistics } from './figures.ts';
import type { BlockContent, BlockContents, BlockStanding, Picture, PictureEnd, PictureBlock, PictureField, PictureOptions, PictureRange, PictureStop } from './picture.ts';
import { createPlacer, type Placer } from './places.ts';

const MOST_BLOCKS = 400;
const MOST_BYTES = 64;

export function takePicture(m: Machine, options: PictureOptions = {}): Picture {
  const limits: Limits = { ...usualLimits, elements: options.mostElements ?? usualLimits.elements };
  const placer = createPlacer(m);
  const { frames, variables } = seeFrames(m, placer, limits, options.library === true);
  const statics = seeStatics(m, limits);
  const most = options.mostBlocks ?? MOST_BLOCKS;
  const { blocks: live, left } = findLive(m, options.mostFollowed === undefined ? Number.POSITIVE_INFINITY : most);
  const { arrows, contents, starts } = weave(m, [...variables, ...statics], live, options.known ?? null, options.mostFollowed);
  const led = new Set(arrows.flatMap(a => (a.to.kind === 'block' ? [a.to.id] : [])));
  const ghosts = options.ghosts === false ? { blocks: [], left: 0 } : findGhosts(m, led, most);
  if (left > 0) for (const [id, start] of starts) {
    const block = m.heap.blockAt(start);
    if (block !== null && blockId(block.number, block.address, block.ordinal) === id && !live.some(one => one.number === block.number)) live.push(block);
  }
  const found = [...live, ...ghosts.blocks].sort(byPlace);
  const lost = lostBlocks(m, options.leaks === true);
  const map = options.stretches === false ? null : mapHeap(m.heap);
  const kept = choose(found, led, most);
  const shown = new Set(kept.map(b => blockId(b.number, b.address, b.ordinal)));
  const close = options.close ?? shown;
  const layouts = new Map<string, PictureRange[]>();
  for (const { class: kind, from, to, block } of map?.stretches ?? []) {
    if (block === null || !close.has(block)) continue;
    const list = layouts.get(block);
    if (list === undefined) layouts.set(block, [{ class: kind, from, to }]);
    else list.push({ class: kind, from, to });
  }
  const range = m.heap.allocator.range();
  return {
    version: 1,
    program: m.program.name,
    profile: m.program.profile,
    allocator: m.heap.allocator.name,
    step: options.step ?? null,
    status: m.status === 'finished' || m.status === 'stopped' ? m.status : 'running',
    at: standsAt(m, placer),
    frames,
    statics: statics.map(s => s.shown),
    blocks: kept.map(b => {
      const id = blockId(b.number, b.address, b.ordinal);
      return seeBlock(m, b, placer, contents.get(id) ?? null, close.has(id) ? { layout: layouts.get(id) ?? [], limits, mostBytes: options.mostBytes ?? MOST_BYTES } : null, lost);
    }),
    more: found.length - kept.length + ghosts.left + left,
    heap: { from: range.from, to: range.to, limit: m.space.map.heap.end, stretches: map?.stretches ?? [] },
    freeLists: seeFreeLists(m),
    regions: seeRegions(m, placer),
    arrows: arrows.filter(a => a.from.kind !== 'block' || shown.has(a.from.id)).map(a => ({ ...a, to: shownEnd(m, a.to, shown, starts) })),
    statistics: seeStatistics(m),
    output: options.output ?? '',
    stop: seeStop(m, placer),
  };
}

/** Where an arrow leads for the one who looks: a block that is not shown is just an address, or the block that has its bytes now. */
function shownEnd(m: Machine, end: PictureEnd, shown: ReadonlySet<string>, starts: ReadonlyMap<string, number>): PictureEnd {
  if (end.kind !== 'block' || shown.has(end.id)) return end;
  const address = (starts.get(end.id) ?? 0) + end.offset;
  const now = m.heap.blockAt(address);
  const id = now === null ? '' : blockId(now.number, now.address, now.ordinal);
  return now !== null && shown.has(id) ? { kind: 'block', id, offset: address - now.address } : { kind: 'elsewhere', address };
}

/** What is known of the blocks now, for pictures of moments at which nothing leads to them any more. */
export function learnContents(m: Machine): BlockContents {
  const { variables } = seeFrames(m, createPlacer(m), { elements: 0, text: 0, depth: 0 }, false);
  return weave(m, [...variables, ...seeStatics(m, { elements: 0, text: 0, depth: 0 })], findLive(m, Number.POSITIVE_INFINITY).blocks, null).contents;
}

function standsAt(m: Machine, placer: Placer): Picture['at'] {
  if (m.cp === m.callBase) return m.trap?.at ? placer.place({ function: m.trap.stack.find(e => !e.std)?.function ?? '', ...m.trap.at, std: false }) : null;
  const entries = openCalls(m, 64).map(({ index, origin }) => entryOf(m, index, origin)).filter(e => e.line > 0);
  const entry = entries.find(e => !e.std) ?? entries[0];
  return entry === undefined ? null : placer.place(entry);
}

/** By address, the enclosing before what lies inside. */
const byPlace = (a: BlockFacts, b: BlockFacts): number => a.address - b.address || b.size - a.size || a.number - b.number;

/** All live blocks, or the first `most` by address and how many are left out. */
function findLive(m: Machine, most: number): { blocks: BlockFacts[]; left: number } {
  const found: BlockFacts[] = [];
  const { sanitizer } = m.heap;
  let left = 0;
  if (sanitizer === null) m.heap.blocks(block => found.push(block));
  else {
    const { table } = sanitizer;
    let rows: number[] = [];
    for (let row = 1; row <= table.count; row++) {
      const kind = table.kind(row);
      const sort = sortOf(kind);
      if (stateOf(kind) === LIVE && (sort === HEAP || sort === PART || sort === STACK_BLOCK)) rows.push(row);
    }
    if (rows.length > most) {
      left = rows.length - most;
      const highest = Float64Array.from(rows, row => table.start(row)).sort()[most - 1] ?? 0;
      rows = rows.filter(row => table.start(row) <= highest).slice(0, most);
    }
    for (const row of rows) found.push(table.facts(row));
  }
  return { blocks: found.sort(byPlace), left };
}

/** Ghosts are dead blocks whose start is nobody else's yet: those that arrows lead to, and the latest others, `most` of them. */
function findGhosts(m: Machine, led: ReadonlySet<string>, most: number): { blocks: BlockFacts[]; left: number } {
  const { sanitizer } = m.heap;
  if (sanitizer === null) return { blocks: [], left: 0 };
  const { table, places } = sanitizer;
  const meant: number[] = [];
  const others: number[] = [];
  const fault = m.trap?.fault?.block?.number ?? 0;
  for (let row = 1; row <= table.count; row++) {
    const kind = table.kind(row);
    const sort = sortOf(kind);
    if (stateOf(kind) === LIVE || (sort !== HEAP && sort !== PART)) continue;
    const start = table.start(row);
    if ((sort === HEAP ? places.startingAt(start) : places.partAt(start)) !== row || (sort === PART && insideDead(m, start))) continue;
    const number = table.numberOf(row);
    if (number === fault || led.has(blockId(number, start, ordinalOf(kind)))) meant.push(row);
    else others.push(row);
  }
  const shown = others.length > most ? others.slice(-most) : others;
  return { blocks: [...meant, ...shown].map(row => table.facts(row)), left: others.length - shown.length };
}

/** A part of a block that is dead itself is told by that block. */
function insideDead(m: Machine, address: number): boolean {
  const row = m.heap.sanitizer?.places.heapBlock(address) ?? 0;
  return row === 0 || stateOf(m.heap.sanitizer?.table.kind(row) ?? 0) !== LIVE;
}

/** Not too many: first those that arrows lead to, then live ones, then the latest ghosts. */
function choose(found: readonly BlockFacts[], led: ReadonlySet<string>, most: number): readonly BlockFacts[] {
  if (found.length <= most) return found;
  const rank = (b: BlockFacts): number => (b.state === 'live' ? 0 : 2) + (led.has(blockId(b.number, b.address, b.ordinal)) ? 0 : 1);
  const order = found.map((block, i) => ({ block, i, rank: rank(block) })).sort((a, b) => a.rank - b.rank || (a.rank < 2 ? a.i - b.i : b.block.number - a.block.number));
  return order.slice(0, most).sort((a, b) => a.i - b.i).map(o => o.block);
}

function lostBlocks(m: Machine, asked: boolean): ReadonlySet<number> {
  if (m.heap.sanitizer === null || (!asked && m.status !== 'finished')) return new Set();
  const from: number[] = [];
  if (m.status === 'finished') for (let at = m.statics; at + 4 <= m.statics + m.program.statics.size; at += 4) from.push(m.space.i32[at >>> 2] ?? 0);
  else roots(m, address => from.push(address));
  const reach = findReach(m.heap, from);
  return new Set([...reach.definite, ...reach.indirect, ...reach.cyclic.flatMap(ring => ring.blocks)].map(b => b.address));
}

function standingOf(m: Machine, block: BlockFacts, lost: ReadonlySet<number>): BlockStanding {
  switch (block.state) {
    case 'live': return block.sort === 'heap' && lost.has(block.address) ? 'leaked' : 'live';
    case 'reset': case 'released': case 'dropped': return block.state;
    default: {
      const { sanitizer } = m.heap;
      const row = sanitizer === null ? 0 : sanitizer.table.rowOf(block.number);
      return sanitizer !== null && row > 0 && block.sort === 'heap' && sanitizer.table.isWaiting(row) ? 'quarantined' : 'freed';
    }
  }
}

/** How a block is looked into, where it is. */
interface Close {
  readonly layout: readonly PictureRange[];
  readonly limits: Limits;
  readonly mostBytes: number;
}

function seeBlock(m: Machine, block: BlockFacts, placer: Placer, content: BlockContent | null, close: Close | null, lost: ReadonlySet<number>): PictureBlock {
  const limits = close?.limits ?? usualLimits;
  const cells = close === null ? null : memoryCells(m, block.address, block.size);
  const type = content === null ? undefined : m.program.types[content.row];
  const fields: PictureField[] = [];
  if (content !== null && cells !== null && type !== undefined) {
    if (content.before > 0) for (const [name, back] of [['strong', 8], ['weak', 4]] as const) fields.push({ name, type: 'usize', at: content.before - back, size: 4, text: cells.written(content.before - back, 4) ? String(cells.view.getUint32(cells.start + content.before - back, true)) : '?', fields: [] });
    if (content.room === 1) {
      const reading = read(m, cells, content.at, content.row, limits);
      if (reading.parts.length > 0 && content.before === 0) fields.push(...reading.parts.map(fieldOf).map(f => ({ ...f, at: f.at + content.at })));
      else fields.push({ name: content.before > 0 ? 'value' : '', type: type.name, at: content.at, size: type.size, text: reading.text, fields: reading.parts.map(fieldOf) });
    } else if (!content.text) {
      for (let i = 0; i < Math.min(content.room, limits.elements * 2); i++) {
        const at = content.at + i * type.size;
        const inUse = (i - content.first + content.room) % content.room < content.used;
        const empty = type.size > 0 && !cells.written(at, 1) && !cells.written(at + type.size - 1, 1);
        const reading = inUse && !empty ? read(m, cells, at, content.row, limits) : null;
        fields.push({ name: `[${i}]`, type: type.name, at, size: type.size, text: reading?.text ?? (inUse ? '?' : '·'), fields: reading?.parts.map(fieldOf) ?? [] });
      }
    }
  }
  let bytes = '';
  for (let at = 0; cells !== null && at < Math.min(block.size, close?.mostBytes ?? 0); at++) bytes += cells.written(at, 1) ? cells.view.getUint8(cells.start + at).toString(16).padStart(2, '0') : '..';
  const inside = block.sort === 'part' ? (m.heap.sanitizer?.places.heapBlock(block.address) ?? 0) : 0;
  const outer = inside === 0 ? null : (m.heap.sanitizer?.table.facts(inside) ?? null);
  return {
    id: blockId(block.number, block.address, block.ordinal),
    number: block.number,
    address: block.address,
    size: block.size,
    family: m.heap.statistics.familyName(block.family),
    sort: block.sort === 'part' || block.sort === 'stack' ? block.sort : 'heap',
    standing: standingOf(m, block, lost),
    type: type === undefined || content === null ? null : content.text ? 'text' : content.before > 0 ? `counted ${type.name}` : content.room === 1 ? type.name : `[${type.name}; ${content.room}]`,
    born: placer.event(block.born),
    died: placer.event(block.died),
    inside: outer === null ? null : blockId(outer.number, outer.address, outer.ordinal),
    region: block.region?.number ?? null,
    layout: close?.layout ?? [],
    bytes,
    fields,
    text: content?.text === true && cells !== null ? textOf(cells, content.at, content.used, limits).text : null,
  };
}

function seeStop(m: Machine, placer: Placer): PictureStop | null {
  const { trap } = m;
  if (trap === null) return null;
  const place = trap.at === null ? null : (trap.stack.find(e => !e.std && e.line === trap.at?.line && e.file === trap.at.file) ?? { function: '', std: false, ...trap.at });
  const { fault } = trap;
  const event = (stack: readonly StackEntry[]): PictureStop['born'] => placer.eventOf(stack);
  return {
    code: trap.code, kind: trap.kind, message: trap.message, at: place === null ? null : placer.place(place), exit: trap.exit,
    block: fault?.block ? blockId(fault.block.number, fault.block.address, fault.block.ordinal) : null, offset: fault?.offset ?? 0, address: fault?.address ?? null,
    born: event(trap.born), died: event(trap.died),
  };
}
