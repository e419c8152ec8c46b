/**
 * The roots of a machine that stands still, by type: what the program can start from to get at a block. Statics, the memory of variables
 * that have a value, and slots of open calls whose value is still wanted. In: a debug machine. Out: each pointer found there, as the
 * number of its block, and on request who holds it.
 * Invariant: a slot or stack byte that a dead variable, a moved value or a finished call left behind is no root, nor is an integer that
 * happens to look like an address. Cost: open calls × their variables, and one pass over the table of blocks.
 */
import { LIVE, SLOT, sortOf, STACK_BLOCK, stateOf } from '../memory/blocks.ts';
import type { Sanitizer } from '../memory/guard.ts';
import type { DebugType, HoldState, Program, Variable } from '../code/program.ts';
import type { Machine } from './machine.ts';
import { compiledAt, frames } from './trap.ts';
import type { Frame } from './trap.ts';
import { factsOf } from './facts.ts';
import { liveSlots } from './live-slots.ts';

export type Root =
  | { readonly kind: 'static'; readonly name: string; readonly address: number; /** The static is a pointer that owns nothing, or an array of such. */ readonly bare: boolean }
  /** A variable of an open call; `depth` counts calls from the outside, 0 is the first. */
  | { readonly kind: 'variable'; readonly name: string; readonly depth: number; readonly variable: Variable; readonly where: Place; readonly order: number }
  /** A value without a name, in a slot or on the stack. */
  | { readonly kind: 'temporary'; readonly depth: number; readonly where: Place };

export type Place = { readonly kind: 'slot'; readonly at: number } | { readonly kind: 'memory'; readonly address: number };

/** Where pointers stand that by type are none: see `dead-words.ts`. */
export interface DeadWords {
  /** Addresses of words. */
  readonly words: ReadonlySet<number>;
  /** Indices in `machine.ints`. */
  readonly slots: ReadonlySet<number>;
}

/** `row` is the block's row in the table; `value` the pointer itself. */
export type VisitRoot = (row: number, value: number, root: () => Root) => void;

/** How far beside its block an unnamed slot's pointer may point: numbers in slots may be stale, and then the two do not fit. */
const BESIDE = 4096;

/** `dead`: pointers that by type are none. */
export function visitRoots(m: Machine, dead: DeadWords, visit: VisitRoot): void {
  const { sanitizer } = m.heap;
  if (sanitizer === null) return;
  const words = m.space.i32;
  const { table } = sanitizer;
  const live = (number: number): number => {
    if (number === 0) return 0;
    const row = table.rowOf(number);
    return row > 0 && stateOf(table.kind(row)) === LIVE ? row : 0;
  };
  const memory = (from: number, to: number, root: (address: number) => Root): void => {
    pointersIn(sanitizer, from, to, dead.words, (address, number) => {
      const row = live(number);
      if (row > 0) visit(row, words[address >>> 2] ?? 0, () => root(address));
    });
  };

  for (const { name, at, size, type } of m.program.statics.variables) memory(m.statics + at, m.statics + at + size, address => ({ kind: 'static', name, address, bare: isBare(m.program, type) }));
  if (m.cp === m.callBase) return;
  const open = frames(m);
  stackMemory(m, sanitizer, open, memory);
  open.forEach((frame, place) => {
    if (!frame.inlined) slots(m, frame, open.length - 1 - place, dead, live, visit, memory);
  });
}

/** The words of `[from, to)` where a pointer stands that may be touched and is not dead. */
export function pointersIn(sanitizer: Sanitizer, from: number, to: number, dead: ReadonlySet<number>, visit: (address: number, number: number) => void): void {
  const { planes } = sanitizer.pointers;
  const end = (to & ~3) >>> 0;
  for (let at = (from + 3) & ~3; at < end; ) {
    const stop = Math.min(end, (at & ~0xffff) + 0x10000);
    const plane = planes[at >>> 16];
    if (plane !== undefined) {
      for (let word = at; word < stop; word += 4) {
        const number = plane[(word & 0xffff) >>> 2] ?? 0;
        if (number !== 0 && sanitizer.shadow.firstPoisoned(word, 4) < 0 && !dead.has(word)) visit(word, number);
      }
    }
    at = stop;
  }
}

/** What a variable holds where its call stands: `held` when it has a value, `empty` before the first, else nothing that counts. */
export function stateOfVariable(m: Machine, variable: Variable, frame: { readonly origin: number; readonly fp: number }): 'held' | 'empty' | 'out' {
  const { origin } = frame;
  if (origin < 0 || variable.states === undefined) return origin < 0 || (origin >= variable.from && origin < variable.to) ? 'held' : 'out';
  const state = stateAt(variable.states, origin);
  if (state === 'either') return variable.flag === undefined || (m.ints[frame.fp + variable.flag * 2] ?? 0) !== 0 ? 'held' : 'out';
  return state === 'held' || state === 'partly' ? 'held' : state === 'empty' ? state : 'out';
}

/** By the list of a variable or a part of one. */
export function stateAt(states: NonNullable<Variable['states']>, origin: number): HoldState {
  let low = 0;
  let high = states.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((states[middle]?.at ?? 0) <= origin) low = middle + 1;
    else high = middle;
  }
  return states[low - 1]?.state ?? 'out';
}

/** Blocks that the arguments of the innermost call hold, at its beginning. */
export function argumentsOf(m: Machine, visit: (row: number) => void): void {
  const { sanitizer } = m.heap;
  const [frame] = frames(m, 1);
  if (sanitizer === null || frame === undefined) return;
  const one = (number: number): void => {
    const row = sanitizer.table.rowOf(number);
    if (row > 0 && stateOf(sanitizer.table.kind(row)) === LIVE) visit(row);
  };
  for (const { lives, type, parameter } of m.program.functions[frame.index]?.variables ?? []) {
    if (parameter !== true || lives.kind === 'frame') continue;
    if (lives.kind === 'behind') {
      const address = m.ints[frame.fp + lives.local * 2] ?? 0;
      if (address >= m.statics) pointersIn(sanitizer, address, address + (m.program.types[type]?.size ?? 0), new Set(), (_, number) => one(number));
    } else for (const local of lives.kind === 'local' ? [lives.local] : lives.locals) one(m.ints[frame.fp + local * 2 + 1] ?? 0);
  }
}

/** Stretches of the memory stack that are alive: variables with a value, values without a name, `stack_alloc`. */
function stackMemory(m: Machine, sanitizer: Sanitizer, open: readonly Frame[], memory: (from: number, to: number, root: (address: number) => Root) => void): void {
  const { table } = sanitizer;
  const standing = open.flatMap((frame, place) => (frame.memory === 0 ? [] : [{ frame, depth: open.length - 1 - place }])).sort((a, b) => a.frame.memory - b.frame.memory);
  for (let row = 1; row <= table.count; row++) {
    const kind = table.kind(row);
    const sort = sortOf(kind);
    if ((sort !== SLOT && sort !== STACK_BLOCK) || stateOf(kind) !== LIVE) continue;
    const start = table.start(row);
    let low = 0;
    let high = standing.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((standing[middle]?.frame.memory ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    const holder = standing[low - 1];
    if (holder === undefined) continue;
    const { frame, depth } = holder;
    const rows = sort === STACK_BLOCK ? [] : (m.program.functions[frame.index]?.variables ?? []).map((variable, order) => ({ variable, order })).filter(({ variable: { lives } }) => lives.kind === 'frame' && lives.offset === start - frame.memory);
    const now = rows.find(({ variable }) => stateOfVariable(m, variable, frame) !== 'out');
    // Its value was moved away, or its scope is over: the bytes are a copy that nobody may use.
    if (now === undefined && rows.length > 0) continue;
    memory(start, start + table.size(row), (address): Root => {
      const where: Place = { kind: 'memory', address };
      return now === undefined ? { kind: 'temporary', depth, where } : { kind: 'variable', name: now.variable.name, depth, variable: now.variable, where, order: now.order };
    });
  }
}

/** Slots of one call: variables that have a value, and what its code will still read. */
function slots(m: Machine, frame: Frame, depth: number, dead: DeadWords, live: (number: number) => number, visit: VisitRoot, memory: (from: number, to: number, root: (address: number) => Root) => void): void {
  const table = m.heap.sanitizer?.table;
  if (table === undefined) return;
  const code = m.program.functions[frame.index];
  /** Slots that were looked at; and those of variables that hold nothing any more. */
  const named = new Set<number>();
  const former = new Map<number, { readonly variable: Variable; readonly order: number }>();
  (code?.variables ?? []).forEach((variable, order) => {
    const { lives } = variable;
    if (stateOfVariable(m, variable, frame) !== 'held') {
      if (lives.kind === 'local') former.set(lives.local, { variable, order });
      return;
    }
    const root = (where: Place) => (): Root => ({ kind: 'variable', name: variable.name, depth, variable, where, order });
    if (lives.kind === 'behind') {
      const address = m.ints[frame.fp + lives.local * 2] ?? 0;
      const size = m.program.types[variable.type]?.size ?? 0;
      if (address >= m.statics) memory(address, address + size, at => root({ kind: 'memory', address: at })());
      return;
    }
    if (lives.kind === 'frame') return;
    for (const local of lives.kind === 'local' ? [lives.local] : lives.locals) {
      named.add(local);
      if (!holdsPointer(m.program, variable.type)) continue;
      const at = frame.fp + local * 2;
      if (dead.slots.has(at)) continue;
      const row = live(m.ints[at + 1] ?? 0);
      const value = m.ints[at] ?? 0;
      if (row > 0 && (lives.kind === 'local' || isNear(table, row, value))) visit(row, value, root({ kind: 'slot', at }));
    }
  });
  // Where the call's own bytes and the variables in them begin is no value of the program.
  const own = (compiledAt(m, frame.pc)?.frameSlot ?? -2) >> 1;
  const above = own < 0 || code === undefined ? own : own + factsOf(code, 0).slots.length;
  for (const slot of liveSlots(m, frame.pc, true)) {
    if (named.has(slot) || (slot >= own && slot <= above)) continue;
    const at = frame.fp + slot * 2;
    const row = live(m.ints[at + 1] ?? 0);
    const value = m.ints[at] ?? 0;
    // A read of a variable may have been made to wait beyond its scope: then it still leads there.
    const was = former.get(slot);
    const where: Place = { kind: 'slot', at };
    if (row > 0 && isNear(table, row, value)) visit(row, value, () => (was === undefined ? { kind: 'temporary', depth, where } : { kind: 'variable', name: was.variable.name, depth, where, ...was }));
  }
}

const isNear = (table: Sanitizer['table'], row: number, value: number): boolean => value >= table.start(row) - BESIDE && value <= table.start(row) + table.size(row) + BESIDE;

function isBare({ types }: Program, type: number): boolean {
  for (let row = types[type]; row !== undefined; row = types[row.element]) {
    if (row.kind === 'pointer') return !row.owns;
    if (row.kind !== 'array') return false;
  }
  return false;
}

const pointerTypes = new WeakMap<readonly DebugType[], Map<number, boolean>>();

/** Whether a value of the type can hold a pointer at all. */
function holdsPointer(program: Program, type: number): boolean {
  let known = pointerTypes.get(program.types);
  if (known === undefined) pointerTypes.set(program.types, (known = new Map()));
  const answer = known.get(type);
  if (answer !== undefined) return answer;
  known.set(type, false);
  const row = program.types[type];
  const any = (types: readonly { readonly type: number }[]): boolean => types.some(field => holdsPointer(program, field.type));
  let found = false;
  switch (row?.kind) {
    case 'pointer': case 'slice': case 'dynamic': found = true; break;
    case 'array': found = row.length > 0 && holdsPointer(program, row.element); break;
    case 'struct': found = any(row.fields); break;
    case 'enum': found = row.variants.some(variant => any(variant.fields)); break;
    default: break;
  }
  known.set(type, found);
  return found;
}
