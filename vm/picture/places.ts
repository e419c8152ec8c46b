/**
 * Places in the source as pictures show them. In: a machine and a call or a site. Out: places with the text of their lines, events with
 * their stacks. Cost: a site is looked up once in a picture.
 */
import type { Program } from '../code/program.ts';
import type { Machine } from '../run/machine.ts';
import { siteStack, type StackEntry } from '../run/trap.ts';
import type { PictureEvent, PicturePlace } from './picture.ts';

export interface Placer {
  place(entry: StackEntry): PicturePlace;
  event(site: number): PictureEvent | null;
  eventOf(stack: readonly StackEntry[]): PictureEvent | null;
}

const split = new WeakMap<Program, Map<string, readonly string[]>>();

/** The lines of a source, when the program carries it. */
export function linesOf(program: Program, file: string): readonly string[] {
  let known = split.get(program);
  if (known === undefined) split.set(program, (known = new Map()));
  let lines = known.get(file);
  if (lines === undefined) known.set(file, (lines = program.sources.find(s => s.path === file)?.text?.split(/\r?\n/) ?? []));
  return lines;
}

/** Most calls of a stack that a picture carries. */
const DEEPEST = 16;

export function createPlacer(m: Machine): Placer {
  const events = new Map<number, PictureEvent | null>();
  const place = ({ function: name, file, line, column, std }: StackEntry): PicturePlace => ({ function: name, file, line, column, text: linesOf(m.program, file)[line - 1]?.trim() ?? null, std });
  const eventOf = (stack: readonly StackEntry[]): PictureEvent | null => {
    const places = stack.slice(0, DEEPEST).map(place);
    const own = stack.find(entry => !entry.std) ?? stack[0];
    return own === undefined ? null : { at: place(own), stack: places };
  };
  return {
    place,
    eventOf,
    event(site) {
      if (site === 0) return null;
      let event = events.get(site);
      if (event === undefined) events.set(site, (event = eventOf(siteStack(m, site))));
      return event;
    },
  };
}
