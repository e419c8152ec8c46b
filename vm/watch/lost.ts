/**
 * The instruction at which the last way to a block was lost, found by running the program again. In: a way to make the machine anew, in
 * the state it began in. Out: what is leaked at the end, and for each block looked at the place, the variable that held it, and how it
 * went. Time is counted in events: statements, moments between them, calls, returns.
 * The first run looks at what is reachable at moments spread over the run, the next ones at moments between the last one at which a block
 * was there and the first one at which it was lost, until these are neighbours; a last run says what happened between them.
 * Invariant: output of these runs goes nowhere; the program takes the same way in each. Cost: bounded by `MOST_EVENTS` over all runs, and
 * by `LOOKS` looks at the heap in each, fewer where the heap is large; when that is not enough, the answer is null.
 */
import { DROPPED, LIVE, RELEASED, RESET, stateOf } from '../memory/blocks.ts';
import { listen } from '../run/events.ts';
import type { Machine } from '../run/machine.ts';
import type { Variable } from '../code/program.ts';
import { deadWords } from '../run/dead-words.ts';
import { factsOf } from '../run/facts.ts';
import { liveSlots } from '../run/live-slots.ts';
import { run } from '../run/run.ts';
import { entryOf, frames, markOf } from '../run/trap.ts';
import type { StackEntry } from '../run/trap.ts';
import { argumentsOf, stateOfVariable } from '../run/roots.ts';
import { spread, sweep, unmarked, wayTo } from '../run/sweep.ts';
import type { Way } from '../run/sweep.ts';

/** Events of all runs together, and how many of the first run at least. */
const MOST_EVENTS = 150_000_000;
/** Looks at the heap in one run. */
const LOOKS = 192;
/** Blocks that are followed to their end. */
const FOLLOWED = 48;

/** How the last way went. */
export type How = 'overwritten' | 'removed' | 'scope' | 'freed' | 'reset' | 'dropped';

export interface Loss {
  readonly how: How;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The variable that held it; null when it was never in one. */
  readonly variable: string | null;
}

export interface Ending {
  /** The machine at its end, in the replay: numbers of blocks are its own. */
  readonly machine: Machine;
  /** Numbers of blocks that are unreachable at the end. */
  readonly lost: readonly number[];
  /** Numbers of blocks that something leads to, but nothing to their beginning. */
  readonly inner: readonly number[];
  /** Numbers of blocks whose owner said that they shall stay: `mem::forget`, `Box::leak`. */
  readonly intended: ReadonlySet<number>;
  /** Null: the search was given up. */
  lossOf(number: number): Loss | null;
}

interface Target {
  readonly number: number;
  readonly exact: boolean;
  /** It was there (or not yet born) at `low`, and lost at `high`. */
  low: number;
  high: number;
}

/** Functions of the library whose argument shall live for ever. */
const INTENDED = /^(mem::forget\b|(boxed::)?Box\[.*\]::leak\b|(vec::)?Vec\[.*\]::leak\b|(string::)?String::leak\b|(mem::)?ManuallyDrop\[.*\]::new\b|mem::forget$)/;

/** The replay to the end; null when it would take too long. */
export function findEnding(again: () => Machine | null, chosen: (machine: Machine, lost: readonly number[]) => readonly number[]): Ending | null {
  const machine = again();
  if (machine === null) return null;
  const intended = new Set<number>();
  watchIntended(machine, intended);
  const first = coarse(machine);
  if (first === null || (machine.status !== 'finished' && machine.refused === null)) return null;
  const lost = machine.refused ?? unmarked(machine, sweep(machine, false).marks);
  const unreached = new Set(lost);
  const inner = machine.refused !== null ? [] : unmarked(machine, sweep(machine, true).marks).filter(number => !unreached.has(number));
  const losses = new Map<number, Loss>();
  const isInner = new Set(inner);
  const targets = chosen(machine, [...lost, ...inner]).slice(0, FOLLOWED).map((number): Target => {
    const seen = first.lostAt.get(number);
    if (isInner.has(number)) return { number, exact: true, low: 0, high: first.events + 1 };
    return { number, exact: false, low: seen?.low ?? first.last, high: seen?.high ?? first.events + 1 };
  });
  let left = MOST_EVENTS - first.events;
  for (let pending = targets; pending.length > 0 && left > 0; pending = targets.filter(target => target.high - target.low > 1)) {
    left -= refine(again, pending, Math.ceil((2 * first.events) / (rowsOf(machine) + 1)));
  }
  const narrow = targets.filter(target => target.high - target.low === 1);
  if (narrow.length > 0 && left > 0) describe(again, narrow, losses);
  return { machine, lost, inner, intended, lossOf: number => losses.get(number) ?? null };
}

type Kind = 'statement' | 'moment' | 'call' | 'return';

/** Counts events; `at` is called at the event whose number is `clock.next`. */
function startClock(machine: Machine, at: (now: number, kind: Kind) => void): { now: number; next: number } {
  const clock = { now: 0, next: 1 };
  const tick = (kind: Kind) => (): void => {
    if (++clock.now >= clock.next) at(clock.now, kind);
  };
  listen(machine, 'statement', tick('statement'));
  listen(machine, 'moment', tick('moment'));
  listen(machine, 'call', tick('call'));
  listen(machine, 'return', tick('return'));
  // Where the program refuses its leaks, time ends.
  listen(machine, 'panic', () => {
    if (machine.refused !== null) halt(machine);
  });
  return clock;
}

function halt(machine: Machine): void {
  machine.status = 'halted';
  machine.changed = true;
}

function runToEnd(machine: Machine): void {
  while (run(machine) === 'paused') continue;
}

const rowsOf = (machine: Machine): number => (machine.heap.sanitizer?.table.count ?? 0) >> 2;

/** Looks at moments that lie twice as far apart whenever there are too many. */
function coarse(machine: Machine): { readonly events: number; readonly last: number; readonly lostAt: ReadonlyMap<number, { low: number; high: number }> } | null {
  const lostAt = new Map<number, { low: number; high: number }>();
  let stride = 1;
  let looks = 0;
  let last = 0;
  const clock = startClock(machine, now => {
    if (now > MOST_EVENTS) return halt(machine);
    const unseen = new Set(lostAt.keys());
    for (const number of unmarked(machine, sweep(machine, false, false).marks)) {
      unseen.delete(number);
      if (!lostAt.has(number)) lostAt.set(number, { low: last, high: now });
    }
    for (const number of unseen) lostAt.delete(number);
    last = now;
    if (++looks >= LOOKS) {
      looks = LOOKS / 2;
      stride *= 2;
    }
    // A look costs about as much as that many events.
    clock.next = now + Math.max(stride, rowsOf(machine));
  });
  runToEnd(machine);
  return clock.now > MOST_EVENTS ? null : { events: clock.now, last, lostAt };
}

/** One run that looks, about `looks` times, between the two moments of each target; gives how many events it took. */
function refine(again: () => Machine | null, targets: readonly Target[], looks: number): number {
  const machine = again();
  if (machine === null) return MOST_EVENTS;
  const wide = new Map<string, Target>();
  for (const target of targets) wide.set(`${target.low} ${target.high}`, target);
  const each = Math.max(4, Math.floor(Math.min(LOOKS, looks) / wide.size));
  const times = new Set<number>();
  for (const { low, high } of wide.values()) {
    const step = Math.max(1, (high - low) / (each + 1));
    for (let at = low + step; at < high; at += step) times.add(Math.floor(at));
  }
  const moments = [...times].sort((a, b) => a - b);
  // The last moment at which it was there counts: a value on its way from call to call may look lost in between.
  const bounds = new Map(targets.map(target => [target, { low: target.low, high: target.high, open: true }]));
  let place = 0;
  const clock = startClock(machine, now => {
    const marks = { any: null as Uint8Array | null, exact: null as Uint8Array | null };
    for (const target of targets) {
      const bound = bounds.get(target);
      if (bound === undefined || now <= target.low || now >= target.high) continue;
      if (isLost(machine, target, marks)) {
        if (bound.open) bound.high = now;
        bound.open = false;
      } else {
        bound.low = now;
        bound.high = target.high;
        bound.open = true;
      }
    }
    place++;
    const next = moments[place];
    if (next === undefined) return halt(machine);
    clock.next = next;
  });
  clock.next = moments[0] ?? Infinity;
  runToEnd(machine);
  for (const [target, bound] of bounds) {
    target.low = bound.low;
    target.high = bound.high;
  }
  return Math.max(1, clock.now);
}

/** Alive and unreachable; what is not born yet is not lost. */
function isLost(machine: Machine, { number, exact }: Target, marks: { any: Uint8Array | null; exact: Uint8Array | null }): boolean {
  const table = machine.heap.sanitizer?.table;
  const row = table?.rowOf(number) ?? 0;
  if (table === undefined || row <= 0 || row > table.count || table.numberOf(row) !== number || stateOf(table.kind(row)) !== LIVE) return false;
  const here = exact ? (marks.exact ??= sweep(machine, true, false).marks) : (marks.any ??= sweep(machine, false, false).marks);
  return here[row] !== 1;
}

interface Before {
  readonly way: Way | null;
  readonly kind: Kind;
  readonly open: readonly { readonly entry: StackEntry; readonly index: number; readonly fp: number }[];
  /** The value that the root held. */
  readonly held: number;
  /** The innermost call is about to end, and gives that value to its caller. */
  readonly given: boolean;
}

/** The run that looks at the two neighbouring moments of each target, and says what happened between them. */
function describe(again: () => Machine | null, targets: readonly Target[], losses: Map<number, Loss>): void {
  const machine = again();
  if (machine === null) return;
  const moments = [...new Set(targets.flatMap(({ low, high }) => [low, high]))].filter(at => at > 0).sort((a, b) => a - b);
  const before = new Map<Target, Before>();
  let place = 0;
  const clock = startClock(machine, (now, kind) => {
    for (const target of targets) {
      const known = before.get(target);
      if (target.high === now && known !== undefined) losses.set(target.number, lossFrom(machine, known));
      if (target.low === now) before.set(target, lookBefore(machine, target, kind));
    }
    place++;
    clock.next = moments[place] ?? Infinity;
  });
  clock.next = moments[0] ?? Infinity;
  runToEnd(machine);
  for (const target of targets) {
    const known = before.get(target);
    if (target.high > clock.now && known !== undefined) losses.set(target.number, lossFrom(machine, known));
  }
}

function lookBefore(machine: Machine, target: Target, kind: Before['kind']): Before {
  const way = wayTo(machine, target.number, target.exact);
  // A moment belongs to what came before it.
  const all = frames(machine);
  const panic = machine.panics[machine.panics.length - 1];
  const open = all.map(({ index, origin: at, fp }, place) => ({ index, origin: kind === 'moment' && place === 0 && at > 0 ? at - 1 : at, fp })).map(({ index, origin, fp }, place) => {
    // A call that is being unwound stands where the panic left it.
    const left = origin < 0 ? panic?.stack[panic.stack.length - (all.length - place)] : undefined;
    return { entry: left ?? entryOf(machine, index, markOf(machine, index, origin) === undefined ? 0 : origin), index, fp };
  });
  const held = way === null ? 0 : heldBy(machine, way);
  return { way, kind, open, held, given: kind === 'return' && held !== 0 && liveSlots(machine, machine.pc, false).some(slot => machine.ints[machine.fp + slot * 2] === held) };
}

const heldBy = (machine: Machine, { root }: Way): number => {
  if (root.kind === 'static') return machine.space.i32[root.address >>> 2] ?? 0;
  return root.where.kind === 'slot' ? (machine.ints[root.where.at] ?? 0) : (machine.space.i32[root.where.address >>> 2] ?? 0);
};

const isUsers = ({ std, line }: StackEntry): boolean => !std && line > 0;

function lossFrom(machine: Machine, before: Before): Loss {
  const { way, open, kind } = before;
  const at = (place: number): StackEntry => open.slice(Math.max(0, place)).find(({ entry }) => isUsers(entry))?.entry ?? open.find(({ entry }) => isUsers(entry))?.entry ?? open[0]?.entry ?? { function: '?', file: '?', line: 1, column: 1, std: false };
  const make = (how: How, { file, line, column }: StackEntry, variable: string | null): Loss => ({ how, file, line: Math.max(1, line), column: Math.max(1, column), variable });
  // After a return it is the caller that goes on.
  const active = at(kind === 'return' ? 1 : 0);
  if (way === null) return make('dropped', active, null);
  const { root, steps } = way;
  if (root.kind === 'temporary') return make('dropped', active, null);
  const name = root.name;
  if (root.kind === 'variable') {
    const place = open.length - 1 - root.depth;
    const stays = isStillThere(machine, before, root.depth, open[place]?.fp ?? -1, root.variable);
    if (!stays) {
      const code = machine.program.functions[open[place]?.index ?? -1];
      const params = machine.program.signatures[code?.signature ?? -1]?.params.length ?? 0;
      // What a caller passed and did not keep is the caller's to lose, when the callee only used it.
      if (root.variable.parameter === true && kind === 'return' && place === 0 && place + 1 < open.length && root.where.kind === 'slot' && code !== undefined && !factsOf(code, params).changed.has((root.where.at - (open[place]?.fp ?? 0)) / 2)) return make('dropped', at(place + 1), null);
      // What a call gave and its caller did not take, the caller loses.
      if (before.given && place === 0 && open.length > 1) return make('dropped', at(1), null);
      const own = open[place]?.entry;
      return make('scope', own !== undefined && isUsers(own) ? own : at(place), own?.std === true ? null : name);
    }
    if (heldBy(machine, way) !== before.held) return make('overwritten', root.where.kind === 'slot' ? at(place) : active, open[place]?.entry.std === true ? null : name);
  } else if (heldBy(machine, way) !== before.held) return make('overwritten', active, name);
  const table = machine.heap.sanitizer?.table;
  const dead = deadWords(machine, false).words;
  for (const step of steps) {
    if (dead.has(step.word)) return make('removed', active, name);
    const row = table?.rowOf(step.number) ?? 0;
    if (table === undefined || row <= 0 || stateOf(table.kind(row)) !== LIVE) {
      const state = table !== undefined && row > 0 ? stateOf(table.kind(row)) : 0;
      return make(state === RESET || state === RELEASED || state === DROPPED ? 'reset' : 'freed', active, name);
    }
    if ((machine.heap.sanitizer?.shadow.firstPoisoned(step.word, 4) ?? -1) >= 0) return make('reset', active, name);
  }
  return make('overwritten', active, name);
}

/** Whether a variable's call is still open and the variable still has a value. */
function isStillThere(machine: Machine, before: Before, depth: number, fp: number, variable: Variable): boolean {
  if (machine.status === 'finished' && machine.cp === machine.callBase) return false;
  const now = frames(machine);
  const frame = now[now.length - 1 - depth];
  const then = before.open[before.open.length - 1 - depth];
  if (frame === undefined || then === undefined || frame.fp !== fp || frame.index !== then.index) return false;
  if (before.kind === 'return' && depth === before.open.length - 1) return false;
  return stateOfVariable(machine, variable, frame) === 'held';
}

/** Marks blocks that are given to a function of the library which keeps them for ever. */
function watchIntended(machine: Machine, intended: Set<number>): void {
  const names = machine.program.functions.map(code => code.std === true && INTENDED.test(code.name));
  if (!names.includes(true)) return;
  listen(machine, 'call', index => {
    if (names[index] !== true) return;
    const [, caller] = frames(machine, 2);
    if (caller === undefined || machine.program.functions[caller.index]?.std === true) return;
    const { sanitizer } = machine.heap;
    if (sanitizer === null) return;
    const marks = new Uint8Array(sanitizer.table.count + 1);
    argumentsOf(machine, row => spread(machine, marks, row, new Set()));
    for (let row = 1; row < marks.length; row++) if (marks[row] === 1) intended.add(sanitizer.table.numberOf(row));
  });
}
