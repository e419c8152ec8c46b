/**
 * What leads where, and what the blocks therefore are: starting from the variables, every pointer is followed; the type it has is the type of
 * the block it leads to, whose own pointers are followed in turn. In: variables with their bytes, a way to find blocks. Out: arrows, and for
 * each block the best that is known of its type.
 * Invariant: an arrow is `dangling` when the block it was made for is dead, whoever has its bytes now. Cost: linear in pointers, of at most `most` blocks.
 */
import type { BlockFacts } from '../memory/fault.ts';
import type { Machine } from '../run/machine.ts';
import { memoryCells } from '../watch/cells.ts';
import { pointersOf, type PointerSeen } from '../watch/values.ts';
import type { SeenVariable } from './frames.ts';
import { blockId } from './heapmap.ts';
import type { BlockContent, BlockContents, PictureArrow, PictureEnd } from './picture.ts';

export interface Web {
  readonly arrows: readonly PictureArrow[];
  readonly contents: ReadonlyMap<string, BlockContent>;
  /** Address of each block that an arrow leads to. */
  readonly starts: ReadonlyMap<string, number>;
}

/** Of one block, so many elements are looked through. */
const MOST = 4096;

export function weave(m: Machine, variables: readonly SeenVariable[], live: readonly BlockFacts[], known: BlockContents | null, most = Number.POSITIVE_INFINITY): Web {
  let left = most;
  const { types } = m.program;
  const contents = new Map<string, BlockContent>();
  const from = new Map<string, PictureArrow[]>();
  const starts = new Map<string, number>();
  const waiting: BlockFacts[] = [];
  const sizeOf = (row: number): number => types[row]?.size ?? 0;
  const homes = variables.flatMap(v => (v.shown.place.kind === 'memory' && v.cells !== null ? [{ start: v.shown.place.address, end: v.shown.place.address + Math.max(1, v.shown.size), id: v.shown.id }] : [])).sort((a, b) => a.start - b.start);
  const variableAt = (address: number): PictureEnd | null => {
    let low = 0;
    let high = homes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((homes[middle]?.start ?? 0) <= address) low = middle + 1;
      else high = middle;
    }
    const home = homes[low - 1];
    return home !== undefined && address < home.end ? { kind: 'variable', id: home.id, offset: address - home.start } : null;
  };

  /** The block a pointer was made for; without numbers the one that is there. */
  const blockFor = (pointer: PointerSeen): BlockFacts | null | 'stale' => {
    const { sanitizer } = m.heap;
    if (sanitizer !== null && pointer.number !== 0) return sanitizer.block(pointer.number) ?? 'stale';
    return m.heap.blockAt(pointer.address);
  };

  function note(origin: PictureEnd, list: PictureArrow[], pointer: PointerSeen): void {
    const arrow = (to: PictureEnd, standing: PictureArrow['standing']): void => void list.push({ from: origin, to, holds: pointer.holds, standing, name: pointer.name, type: pointer.type });
    const { address } = pointer;
    if (address === 0) return pointer.holds === 'raw' ? arrow({ kind: 'null' }, 'null') : undefined;
    // Nothing is behind a pointer to no bytes, and constants are of no interest.
    if (pointer.pointee !== null && (sizeOf(pointer.pointee) === 0 || pointer.room === 0)) return;
    if (pointer.pointee === null && !/dyn |\[|Rc|Arc|Weak/.test(pointer.type)) return;
    const block = blockFor(pointer);
    if (block === 'stale') return arrow({ kind: 'elsewhere', address }, 'dangling');
    if (block === null || block.sort === 'static' || block.sort === 'slot') {
      const variable = variableAt(address);
      if (block !== null && block.state !== 'live') return arrow({ kind: 'elsewhere', address }, 'dangling');
      if (variable !== null) return arrow(variable, 'live');
      if (block?.sort === 'static') return undefined;
      const { heap, stacks } = m.space.map;
      if (block !== null || (address >= stacks.start && address < stacks.end)) return arrow({ kind: 'elsewhere', address }, 'live');
      return address >= heap.start ? arrow({ kind: 'elsewhere', address }, 'dangling') : undefined;
    }
    const id = blockId(block.number, block.address, block.ordinal);
    const offset = address - block.address;
    starts.set(id, block.address);
    const to: PictureEnd = { kind: 'block', id, offset };
    const inside = offset >= 0 && offset <= block.size;
    arrow(to, block.state !== 'live' || !inside ? 'dangling' : offset === pointer.before ? 'live' : 'interior');
    if (pointer.pointee === null || offset !== pointer.before) return;
    const size = sizeOf(pointer.pointee);
    const byteRow = types[pointer.pointee]?.name === 'u8' && !pointer.text;
    const rank = (pointer.holds === 'owner' ? 3 : pointer.holds === 'raw' ? (byteRow ? 0 : 1) : 2) * 4 + Math.min(3, size >> 2);
    const most = Math.floor((block.size - pointer.before) / size);
    const many = pointer.loose && pointer.before === 0 ? most : Math.min(most, pointer.room);
    if (many < 1 || (contents.get(id)?.rank ?? -1) >= rank) return;
    contents.set(id, { row: pointer.pointee, at: offset, room: many, used: pointer.loose && pointer.before === 0 ? many : Math.min(many, pointer.used), first: pointer.first, before: pointer.before, text: pointer.text, rank });
    if (block.state === 'live') waiting.push(block);
  }

  for (const { shown, type, cells } of variables) {
    if (cells === null) continue;
    const list: PictureArrow[] = [];
    from.set(shown.id, list);
    pointersOf(m, cells, 0, type, pointer => note({ kind: 'variable', id: shown.id, offset: pointer.at }, list, pointer));
  }
  const follow = (): void => {
    for (let block = waiting.pop(); block !== undefined && left > 0; block = waiting.pop(), left--) {
      const id = blockId(block.number, block.address, block.ordinal);
      const content = contents.get(id);
      const cells = memoryCells(m, block.address, block.size);
      if (content === undefined || cells === null) continue;
      const list: PictureArrow[] = [];
      from.set(id, list);
      const size = sizeOf(content.row);
      for (let i = 0; i < Math.min(content.used, MOST); i++) {
        const at = content.at + ((content.first + i) % Math.max(1, content.room)) * size;
        const prefix = content.room > 1 ? `[${(content.first + i) % content.room}]` : '';
        pointersOf(m, cells, at, content.row, pointer => note({ kind: 'block', id, offset: pointer.at }, list, pointer), prefix);
      }
    }
  };
  follow();
  for (const block of known === null || left <= 0 ? [] : live) {
    const id = blockId(block.number, block.address, block.ordinal);
    const before = known?.get(id);
    if (before === undefined || contents.has(id)) continue;
    contents.set(id, { ...before, rank: -1 });
    waiting.push(block);
    follow();
  }
  // Blocks that no typed pointer leads to still show the pointers that are known to stand in them.
  const { sanitizer } = m.heap;
  if (sanitizer !== null && left > 0) {
    for (const block of live) {
      const id = blockId(block.number, block.address, block.ordinal);
      if (contents.has(id) || block.size > 65536) continue;
      const list: PictureArrow[] = [];
      for (let at = 0; at + 4 <= block.size; at += 4) {
        const number = sanitizer.provenance(block.address + at);
        if (number === 0 || sanitizer.shadow.firstPoisoned(block.address + at, 4) >= 0) continue;
        const row = sanitizer.block(number);
        const address = m.space.i32[(block.address + at) >>> 2] ?? 0;
        if (row !== null) starts.set(blockId(number, row.address, row.ordinal), row.address);
        const to: PictureEnd = row === null || row.sort === 'slot' || row.sort === 'static' ? { kind: 'elsewhere', address } : { kind: 'block', id: blockId(number, row.address, row.ordinal), offset: address - row.address };
        list.push({ from: { kind: 'block', id, offset: at }, to, holds: 'raw', standing: row?.state === 'live' ? (row.address === address ? 'live' : 'interior') : 'dangling', name: '', type: '' });
      }
      if (list.length > 0) from.set(id, list);
    }
  }
  for (const [id, content] of known ?? []) if (!contents.has(id)) contents.set(id, content);
  return { arrows: [...from.values()].flat(), contents, starts };
}
