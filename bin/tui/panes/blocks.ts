/** The list of blocks: what is alive, what died and left a ghost, what leaked; with the line that each was born on. */
import type { BlockStanding } from '../../../vm/index.ts';
import { bytes } from '../charts.ts';
import type { Role, Row } from '../style.ts';
import { type PaneRows, type View, chosenBlock, shownBlocks, windowFrom } from '../view.ts';
import { fill, right } from '../width.ts';

export const standingRole: Readonly<Record<BlockStanding, Role>> = { live: 'live', leaked: 'leaked', quarantined: 'quarantine', freed: 'freed', reset: 'freed', released: 'freed', dropped: 'freed' };
export const standingSign: Readonly<Record<BlockStanding, string>> = { live: '█', leaked: '!', quarantined: '▒', freed: '░', reset: '░', released: '░', dropped: '░' };

/** The first block in sight. */
export function blocksTop(view: View, tall: number): number {
  const list = shownBlocks(view);
  const chosen = chosenBlock(view);
  const at = chosen === null ? -1 : list.findIndex(block => block.id === chosen.id);
  return windowFrom(view.scroll.blocks ?? 0, at < 0 ? null : at, list.length, tall);
}

export function blocksPane(view: View, width: number, height: number): PaneRows {
  const list = shownBlocks(view);
  const chosen = chosenBlock(view);
  const tall = Math.max(1, height - 1);
  const from = blocksTop(view, tall);
  const wide = width >= 56;
  const type = Math.max(6, width - (wide ? 42 : 28));
  const head: Row = [[`   ${fill('block', 7)}${right('bytes', 9)}  ${fill('type', type)}${wide ? fill('state', 12) : ''} line`, 'dim']];
  const rows = list.slice(from, from + tall).map((block): Row => {
    const picked = block.id === chosen?.id;
    const role = standingRole[block.standing];
    return [
      [picked ? '›' : ' ', 'focus'], [`${standingSign[block.standing]} `, role], [fill(block.id, 7), picked ? 'chosen' : role], [right(bytes(block.size), 9)],
      [`  ${fill(block.type ?? (block.text === null ? block.family : 'text'), type)}`], ...(wide ? [[fill(block.standing, 12), role] as const] : []), [right(block.born === null ? '' : String(block.born.at.line), 5), 'dim'],
    ];
  });
  if (list.length === 0) rows.push([[view.picture.blocks.length === 0 ? ' nothing was allocated yet' : ` no block fits '${view.filter}'`, 'dim']]);
  const live = view.picture.statistics.liveBlocks;
  return { title: [[' blocks ', 'title'], [`${live} live, ${list.length} shown${view.filter === '' ? '' : ` for '${view.filter}'`}${view.picture.more > 0 ? `, ${view.picture.more} more` : ''}${view.order === 'address' ? '' : `, by ${view.order}`} `, 'dim']], rows: [head, ...rows] };
}
