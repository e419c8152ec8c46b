/**
 * What the visualizer shows, as one plain value: a picture, where in time it stands, and what the person chose. In: made by `session.ts`, changed by `commands.ts`.
 * Out: read by the panes, which are functions from it to rows. Invariant: panes ask nobody else, so a screen can be drawn in a test from a value.
 */
import type { Language } from '../../lib/index.ts';
import type { Activity, Deed, Picture, PictureBlock, PictureVariable } from '../../vm/index.ts';
import type { PaneName } from './arrange.ts';
import type { Happening } from './charts.ts';
import type { Row } from './style.ts';
import { say } from './words.ts';

/** A `## watch:` comment: where a tour stops, and what it says there. */
export interface WatchStop {
  readonly line: number;
  readonly text: string;
}

export type Chosen = { readonly kind: 'variable'; readonly id: string } | { readonly kind: 'block'; readonly id: string };

export type Card =
  | { readonly kind: 'help' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'points' }
  | { readonly kind: 'text'; readonly title: string; readonly rows: readonly Row[] };

export type PromptFor = 'filter' | 'go' | 'input' | 'break' | 'watch' | 'export';

export interface Prompt {
  readonly what: PromptFor;
  readonly text: string;
  /** Where the cursor stands, in characters. */
  readonly at: number;
}

export interface View {
  readonly language: Language;
  readonly file: string;
  readonly lines: readonly string[];
  readonly picture: Picture;
  readonly position: number;
  readonly total: number | null;
  readonly seen: number;
  readonly fault: number | null;
  readonly activity: readonly Activity[];
  readonly happenings: readonly Happening[];
  readonly stops: readonly WatchStop[];
  /** Lines with breakpoints. */
  readonly breaks: readonly number[];
  /** All that stops the run, in words. */
  readonly points: readonly { readonly number: number; readonly text: string }[];
  readonly needsInput: boolean;
  /** Warnings and notes of the compiler, one line each. */
  readonly problems: readonly string[];
  /** What wrote the byte that the inspector's cursor is on. */
  readonly writer: Deed | null;
  /** What wrote each byte of the chosen block, as far as its bytes are shown. */
  readonly writers: readonly (Deed | null)[];
  /** The same moment under another allocator. */
  readonly beside: Picture | null;

  readonly focus: PaneName;
  /** When each pane was last turned to: the higher, the later. */
  readonly turned: Readonly<Partial<Record<PaneName, number>>>;
  readonly scroll: Readonly<Partial<Record<PaneName, number>>>;
  readonly chosen: Chosen | null;
  /** The inspector's cursor, in bytes from the start of the block. */
  readonly byte: number;
  readonly filter: string;
  readonly order: 'address' | 'age' | 'size';
  readonly zoom: number;
  readonly playing: -1 | 0 | 1;
  readonly speed: number;
  readonly busy: string | null;
  readonly card: Card | null;
  readonly prompt: Prompt | null;
  readonly message: string;
}

/** A pane's content for the inside of its box. */
export interface PaneRows {
  readonly title: Row;
  readonly rows: readonly Row[];
}

/** Statements a second; the last is as fast as it goes. */
export const speeds: readonly number[] = [1, 2, 5, 10, 30, 100, 1000, 10_000, Number.POSITIVE_INFINITY];

export const variablesOf = (picture: Picture): readonly PictureVariable[] => [...picture.frames.flatMap(frame => frame.variables), ...picture.statics];

/** What release code does not know: said wherever it would be looked for. */
export const releaseKnows = ({ language }: View): string => say(language, 'release code: where blocks were born and died, dead blocks, leaks and wrong uses are not recorded');

export function chosenBlock(view: View): PictureBlock | null {
  const { chosen, picture } = view;
  if (chosen === null) return null;
  if (chosen.kind === 'block') return picture.blocks.find(block => block.id === chosen.id) ?? null;
  const arrow = picture.arrows.find(one => one.from.kind === 'variable' && one.from.id === chosen.id && one.to.kind === 'block');
  const to = arrow?.to;
  return to?.kind === 'block' ? (picture.blocks.find(block => block.id === to.id) ?? null) : null;
}

/** The blocks that the filter lets through, in the order that was asked for. */
export function shownBlocks(view: View): readonly PictureBlock[] {
  const words = view.filter.trim().split(/\s+/).filter(Boolean);
  const fits = (block: PictureBlock): boolean => words.every(word => {
    const size = /^([<>])=?(\d+)$/.exec(word);
    if (size !== null) return size[1] === '<' ? block.size < Number(size[2]) : block.size > Number(size[2]);
    const line = /^line:(\d+)$/.exec(word);
    if (line !== null) return block.born?.stack.some(place => !place.std && place.line === Number(line[1])) === true;
    const text = `${block.id} ${block.standing} ${block.family} ${block.type ?? ''} ${block.born?.at.function ?? ''} ${block.address.toString(16)}`.toLowerCase();
    return text.includes(word.toLowerCase());
  });
  const list = view.picture.blocks.filter(fits);
  switch (view.order) {
    case 'address': return list;
    case 'age': return [...list].sort((a, b) => a.number - b.number);
    case 'size': return [...list].sort((a, b) => b.size - a.size || a.address - b.address);
  }
}

/** The window of `height` rows that keeps `at` in sight, beginning as near to `scroll` as it can. */
export function windowFrom(scroll: number, at: number | null, count: number, height: number): number {
  let from = scroll;
  if (at !== null) from = Math.min(Math.max(from, at - height + 1), at);
  return Math.max(0, Math.min(from, count - height));
}
