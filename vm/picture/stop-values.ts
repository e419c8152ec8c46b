/**
 * What the variables of the open calls hold where a machine stands, in few words: for the report of a stop. In: a machine that stands still. Out: the user's
 * calls, innermost first, each with its variables as lines of text; pointers by the block or variable that they lead to (`→ b1+12`; `⇢ b1 ✗` when it is dead),
 * as pictures name them. The middle of a deep stack is left out. Nothing is changed. Cost: the calls that are shown; a walk over those that are open.
 */
import type { BlockFacts } from '../memory/fault.ts';
import type { Machine } from '../run/machine.ts';
import { entryOf, type Frame, markOf, siteStack, type StackEntry } from '../run/trap.ts';
import { placeOfVariable } from '../run/variables.ts';
import { holdOf, userFrames } from '../watch/lookup.ts';
import type { Limits } from '../watch/values.ts';
import { seeVariable } from './frames.ts';
import { blockId } from './heapmap.ts';

export interface StopVariable {
  readonly name: string;
  readonly type: string;
  /** Empty without one. */
  readonly value: string;
  readonly state: 'held' | 'moved' | 'uninitialised';
}

export interface StopFrame extends Omit<StackEntry, 'std'> {
  readonly variables: readonly StopVariable[];
  /** Variables that are not shown, because there are too many. */
  readonly more: number;
}

/** Calls of each end of the stack, variables of a call, letters of a value. */
const INNER = 12;
const OUTER = 4;
const VARIABLES = 12;
const LONGEST = 64;
const limits: Limits = { elements: 6, text: 40, depth: 3 };

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);

export function valuesAtStop(m: Machine): StopFrame[] {
  // Release code keeps variables where it likes.
  if (m.program.profile !== 'debug') return [];
  const open = userFrames(m).filter(({ index, origin }) => markOf(m, index, origin) !== undefined);
  const kept = open.length > INNER + OUTER ? [...open.slice(0, INNER), ...open.slice(-OUTER)] : open;
  const name = namer(m, kept);
  return kept.map((frame): StopFrame => {
    const { std, ...at } = entryOf(m, frame.index, frame.origin);
    const variables = (m.program.functions[frame.index]?.variables ?? []).flatMap((variable): StopVariable[] => {
      const hold = holdOf(m, frame, variable);
      const seen = hold === 'out' ? null : seeVariable(m, frame, variable, hold, '', { ...limits, name });
      if (seen === null) return [];
      const { name: called, type, text, ownership } = seen.shown;
      const state = ownership === 'moved' || ownership === 'uninitialised' ? ownership : 'held';
      return [{ name: called, type: cut(type), value: state === 'held' ? cut(text) : '', state }];
    });
    return { ...at, variables: variables.slice(-VARIABLES), more: Math.max(0, variables.length - VARIABLES) };
  });
}

/** The block that an address belongs to which nobody made for one: the end of a block counts, and what lives comes before a dead part of it. */
function around({ heap }: Machine, address: number): BlockFacts | null {
  const holds = (block: BlockFacts | null): block is BlockFacts => block !== null && address >= block.address && address <= block.address + block.size;
  const inner = heap.blockAt(address);
  const found = holds(inner) ? inner : heap.blockAt(address - 1);
  if (!holds(found) || found.state === 'live' || heap.sanitizer === null) return holds(found) ? found : null;
  const { places, table } = heap.sanitizer;
  const row = places.heapBlock(found.address);
  const whole = row === 0 ? null : table.facts(row);
  return holds(whole) && whole.state === 'live' ? whole : found;
}

/** Names for addresses: blocks as pictures call them, variables of open calls, statics. */
function namer(m: Machine, open: readonly Frame[]): NonNullable<Limits['name']> {
  const offset = (address: number, start: number): string => (address === start ? '' : `${address > start ? '+' : ''}${address - start}`);
  let locals: { readonly name: string; readonly start: number; readonly size: number }[] | null = null;
  const local = (address: number): string | null => {
    locals ??= open.flatMap(frame => (m.program.functions[frame.index]?.variables ?? []).flatMap(variable => {
      const place = placeOfVariable(m, frame, variable);
      return place?.kind === 'memory' ? [{ name: variable.name, start: place.address, size: m.program.types[variable.type]?.size ?? 0 }] : [];
    }));
    const found = locals.find(({ start, size }) => address >= start && address < start + Math.max(1, size));
    return found === undefined ? null : `→ ${found.name}${offset(address, found.start)}`;
  };
  const dead = (block: BlockFacts, address: number): string => {
    const born = siteStack(m, block.born)[0];
    return `⇢ ${born === undefined ? '' : `${born.function}:${born.line}`}${offset(address, block.address)} ✗`;
  };
  return (at, number) => {
    const address = at >>> 0;
    const { sanitizer } = m.heap;
    const meant = number === 0 ? undefined : sanitizer?.block(number);
    const block = meant ?? around(m, address);
    if (block === null) return local(address);
    if (block.sort === 'slot') return block.state === 'live' ? local(address) : dead(block, address);
    if (block.sort === 'static') {
      const found = m.program.statics.variables.find(each => m.statics + each.at === block.address);
      return found === undefined ? null : `→ ${found.name}${offset(address, block.address)}`;
    }
    const id = blockId(block.number, block.address, block.ordinal);
    return block.state === 'live' ? `→ ${id}${offset(address, block.address)}` : `⇢ ${id}${offset(address, block.address)} ✗`;
  };
}
