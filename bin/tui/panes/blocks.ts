/** The list of blocks: what is alive, what died and left a ghost, what leaked; with the line that each was born on. */
import type { BlockStanding } from '../../../vm/index.ts';
import { bytes } from '../charts.ts';
import type { Role, Row } from '../style.ts';
import { type PaneRows, type View, chosenBlock, shownBlocks, windowFrom } from '../view.ts';
import { fill, right } from '../width.ts';
import { say } from '../words.ts';

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
  const { language } = view;
  const word = (english: string): string => say(language, english);
  const list = shownBlocks(view);
  const chosen = chosenBlock(view);
  const tall = Math.max(1, height - 1);
  const from = blocksTop(view, tall);
  const wide = width >= 56;
  const type = Math.max(6, width - (wide ? 42 : 28));
  const head: Row = [[`   ${fill(word('block'), 7)}${right(word('bytes'), 9)}  ${fill(word('type'), type)}${wide ? fill(word('state'), 12) : ''} ${word('line')}`, 'dim']];
  const rows = list.slice(from, from + tall).map((block): Row => {
    const picked = block.id === chosen?.id;
    const role = standingRole[block.standing];
    return [
      [picked ? '›' : ' ', 'focus'], [`${standingSign[block.standing]} `, role], [fill(block.id, 7), picked ? 'chosen' : role], [right(bytes(block.size), 9)],
      [`  ${fill(block.type ?? (block.text === null ? block.family : word('text')), type)}`], ...(wide ? [[fill(word(block.standing), 12), role] as const] : []), [right(block.born === null ? '' : String(block.born.at.line), 5), 'dim'],
    ];
  });
  if (list.length === 0) rows.push([[view.picture.blocks.length === 0 ? word(' nothing was allocated yet') : say(language, " no block fits '{0}'", view.filter), 'dim']]);
  const live = view.picture.statistics.liveBlocks;
  return { title: [[` ${word('blocks')} `, 'title'], [`${say(language, '{0} live, {1} shown', live, list.length)}${view.filter === '' ? '' : say(language, " for '{0}'", view.filter)}${view.picture.more > 0 ? say(language, ', {0} more', view.picture.more) : ''}${view.order === 'address' ? '' : word(view.order === 'age' ? ', by age' : ', by size')} `, 'dim']], rows: [head, ...rows] };
}
