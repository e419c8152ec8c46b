/** Variables of open calls by name: what a person means by `count` where the machine stands. In: a machine and a name. Out: the variable and its bytes. */
import type { HoldState, Variable } from '../code/program.ts';
import type { Machine } from '../run/machine.ts';
import { type Frame, frames } from '../run/trap.ts';
import { wordsOfLocal } from '../run/variables.ts';
import { type Cells, variableCells } from './cells.ts';
import { read, type Reading } from './values.ts';

export interface Found {
  readonly frame: Frame;
  readonly variable: Variable;
  readonly hold: HoldState;
  /** Null while there is no value. */
  readonly cells: Cells | null;
}

/** What a variable holds where its call stands. */
export function holdOf(m: Machine, frame: Frame, variable: Variable): HoldState {
  if (variable.states === undefined) return 'held';
  if (frame.origin < 0) return 'out';
  let state: HoldState = 'out';
  for (const each of variable.states) {
    if (each.at > frame.origin) break;
    state = each.state;
  }
  if (state === 'partly') return 'moved';
  if (state !== 'either') return state;
  return variable.flag === undefined || wordsOfLocal(m, frame, variable.flag)?.[0] !== 0 ? 'held' : 'moved';
}

/** The user's open calls, innermost first. */
export const userFrames = (m: Machine): Frame[] => (m.cp === m.callBase ? [] : frames(m).filter(({ index }) => index !== m.program.entry && m.program.functions[index]?.std !== true));

/** In one call: the innermost of that name that is in scope; one with a value before one without. */
export function variableIn(m: Machine, frame: Frame, name: string): Found | null {
  let best: Found | null = null;
  for (const variable of m.program.functions[frame.index]?.variables ?? []) {
    if (variable.name !== name) continue;
    const hold = holdOf(m, frame, variable);
    if (hold === 'out' || (best?.hold === 'held' && hold !== 'held')) continue;
    best = { frame, variable, hold, cells: hold === 'held' ? variableCells(m, frame, variable) : null };
  }
  return best;
}

/** In the innermost call that has it, or in the call of that depth, counted from the outermost. */
export function variableNamed(m: Machine, name: string, depth?: number): Found | null {
  const all = userFrames(m);
  for (const [i, frame] of all.entries()) {
    if (depth !== undefined && all.length - 1 - i !== depth) continue;
    const found = variableIn(m, frame, name);
    if (found !== null) return found;
  }
  return null;
}

export const readFound = (m: Machine, { cells, variable, hold }: Found): Reading => (cells === null ? { text: hold === 'empty' ? 'uninitialised' : 'moved', scalar: null, parts: [] } : read(m, cells, 0, variable.type));
