/**
 * Where each pane stands. In: the size of the terminal, the pane that has the focus. Out: slots, each with the pane that it shows and the others that
 * can be turned to in the same place. Invariant: slots do not overlap and fill the rows between title and status exactly, from 60×18 to 300×100.
 */
import type { Box } from './painter.ts';

export type PaneName = 'source' | 'stack' | 'map' | 'blocks' | 'inspector' | 'statistics' | 'output' | 'problems';

export const paneNames: readonly PaneName[] = ['source', 'stack', 'map', 'blocks', 'inspector', 'statistics', 'output', 'problems'];

export interface Slot {
  readonly pane: PaneName;
  /** All that this place can show, `pane` among them. */
  readonly tabs: readonly PaneName[];
  readonly box: Box;
}

export interface Arrangement {
  readonly slots: readonly Slot[];
  /** Rows of the time line and of the keys, at the foot. */
  readonly foot: number;
}

export const LEAST = { columns: 60, rows: 18 };
const HEAD = 1;
const FOOT = 3;

/** `turned` says which pane a shared place showed last; the focus comes first. */
export function arrange(columns: number, rows: number, focus: PaneName, turned: Readonly<Partial<Record<PaneName, number>>>): Arrangement {
  const height = rows - HEAD - FOOT;
  const slots: Slot[] = [];
  const place = (tabs: readonly PaneName[], column: number, row: number, width: number, tall: number): void => {
    const latest = [...tabs].sort((a, b) => (turned[b] ?? 0) - (turned[a] ?? 0))[0] ?? 'source';
    slots.push({ pane: tabs.includes(focus) ? focus : latest, tabs, box: { column, row: row + HEAD, width, height: tall } });
  };
  const wide = columns >= 130 && rows >= 34;
  const left = Math.floor(columns * (columns >= 200 ? 0.36 : columns >= 100 ? 0.44 : 0.5));
  const source = Math.max(5, Math.round(height * 0.55));
  place(['source'], 0, 0, left, source);
  place(['stack'], 0, source, left, height - source);
  const rest = columns - left;
  if (wide) {
    const map = Math.max(8, Math.round(height * 0.42));
    const low = Math.max(8, Math.round(height * 0.24));
    const half = Math.floor(rest / 2);
    place(['map'], left, 0, rest, map);
    place(['blocks'], left, map, half, height - map - low);
    place(['inspector'], left + half, map, rest - half, height - map - low);
    place(['statistics'], left, height - low, half, low);
    place(['output', 'problems'], left + half, height - low, rest - half, low);
  } else {
    const map = Math.max(5, Math.round(height * 0.4));
    // What the program writes is always in sight where there is room for it.
    const low = height >= 24 ? 5 : 0;
    place(['map'], left, 0, rest, map);
    place(low > 0 ? ['blocks', 'inspector', 'statistics'] : ['blocks', 'inspector', 'statistics', 'output', 'problems'], left, map, rest, height - map - low);
    if (low > 0) place(['output', 'problems'], left, height - low, rest, low);
  }
  return { slots, foot: FOOT };
}
