/**
 * `try free`: what would the allocator do if this block were freed now? In: the session and its chosen block. Out: a card with the bytes before and after, what joined with
 * what, and the list they would go to. The machine does it, is looked at, and is put back: nothing changes.
 */
import { type Picture, takePicture } from '../../vm/index.ts';
import type { Session } from './session.ts';
import type { Row } from './style.ts';
import { type View, chosenBlock } from './view.ts';
import { fill } from './width.ts';
import { say } from './words.ts';

export function freeCard(session: Session): void {
  const block = chosenBlock(session.view);
  if (block === null) return session.set({ message: say(session.view.language, 'choose a block first') });
  if (block.sort !== 'heap') return session.set({ message: say(session.view.language, '{0} is a part of a region: it ends with its region, not by free', block.id) });
  let refused: string | null = null;
  const after = session.suppose(
    machine => {
      const fault = machine.heap.free(block.address, machine.heap.blockAt(block.address)?.family ?? 0, 0);
      refused = fault === null ? null : fault.kind;
    },
    machine => takePicture(machine, { ghosts: true, stretches: true, mostBlocks: 4000 }),
  );
  session.set({ card: { kind: 'text', title: `free(${block.id})`, rows: freeRows(session.view, block.id, block.address, block.size, after, refused) } });
}

function freeRows(view: View, id: string, address: number, size: number, after: Picture, refused: string | null): Row[] {
  const word = (english: string, ...values: readonly (string | number)[]): string => say(view.language, english, ...values);
  if (refused !== null) return [[[word('refused: '), 'bad'], [refused]], [[word('{0} is not a live block that free may take', id), 'dim']]];
  const before = view.picture;
  const rows: Row[] = [[[word('{0} bytes at {1}', size, `0x${address.toString(16)}`)]]];
  const now = after.heap.stretches.find(stretch => stretch.from <= address && address < stretch.to);
  if (now?.class === 'quarantine' || now?.class === 'redzone') rows.push([[word('quarantine'), 'quarantine'], [word(': the sanitizer keeps the bytes from reuse, so that a late use is found'), 'dim']]);
  else if (now !== undefined) {
    const joined = after.heap.stretches.filter(stretch => stretch.class === 'free' && stretch.from <= address && address < stretch.to)[0] ?? now;
    const was = before.heap.stretches.filter(stretch => stretch.class === 'free' && stretch.from >= joined.from && stretch.to <= joined.to);
    rows.push([[word('free'), 'good'], [word(': {0} … {1}, {2} bytes', `0x${joined.from.toString(16)}`, `0x${joined.to.toString(16)}`, joined.to - joined.from)]]);
    if (was.length > 0) rows.push([[word(was.length === 1 ? 'joined with 1 free neighbour of {1} bytes' : 'joined with {0} free neighbours of {1} bytes', was.length, was.map(one => one.to - one.from).join(' + '))]]);
  }
  for (const list of after.freeLists) {
    const old = before.freeLists.find(one => one.name === list.name);
    const fresh = list.items.filter(item => old?.items.every(other => other.address !== item.address || other.size !== item.size) !== false);
    for (const item of fresh.slice(0, 3)) rows.push([[word('list '), 'dim'], [list.name, 'strong'], [word(': {0} ({1} bytes) comes to place {2} of {3}', `0x${item.address.toString(16)}`, item.size, list.items.indexOf(item) + 1, list.items.length + list.more)]]);
  }
  for (const list of before.freeLists) {
    const left = after.freeLists.find(one => one.name === list.name);
    const gone = list.items.filter(item => left?.items.some(other => other.address === item.address) !== true);
    for (const item of gone.slice(0, 3)) rows.push([[word('list '), 'dim'], [list.name, 'strong'], [word(': {0} ({1} bytes) is taken out', `0x${item.address.toString(16)}`, item.size), 'dim']]);
  }
  const figure = (name: string, one: number, other: number): Row => [[fill(word(name), 14), 'dim'], [`${one} → ${other}`]];
  rows.push([], figure('in use', before.statistics.current, after.statistics.current), figure('free', before.statistics.free, after.statistics.free), figure('largest free', before.statistics.largestFree, after.statistics.largestFree), figure('quarantine', before.statistics.quarantined, after.statistics.quarantined));
  const dangling = after.arrows.filter(arrow => arrow.standing === 'dangling').length - before.arrows.filter(arrow => arrow.standing === 'dangling').length;
  if (dangling > 0) rows.push([[word(dangling === 1 ? '1 pointer would dangle' : '{0} pointers would dangle', dangling), 'bad']]);
  return rows;
}
