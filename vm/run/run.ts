/**
 * Running a machine: with fuel, in slices, or to the next statement. In: a machine. Out: its status.
 * Cost: a slice of fuel is about as many taken branches and calls; a host that must react to the world runs slices of a few million.
 */
import { plant, uproot } from './doubt.ts';
import { interpret } from './interpreter.ts';
import { warmUp } from './warm.ts';
import type { Machine, Status } from './machine.ts';
import { trapFor } from './trap.ts';

/** More than any slice needs, and small enough to stay a small integer. */
export const plenty = 1_000_000_000;

/** Runs until the program ends, halts at a statement, or the fuel is used up. A machine that ended stays as it is. */
export function run(m: Machine, fuel: number = plenty): Status {
  if (m.status === 'finished' || m.status === 'stopped') return m.status;
  m.status = 'running';
  if (m.doubt !== null) plant(m, m.doubt, m.pc);
  try {
    // With compiled code to be made, the interpreter looks up now and then, to see where the time goes.
    let left = fuel;
    let brief = true;
    do {
      m.fuel = Math.min(left, m.hot !== null ? m.hot.slice : brief ? BRIEF : left);
      // A slice ends one branch after its fuel is gone.
      m.reserve = left - m.fuel - 1;
      m.status = 'running';
      interpret(m);
      left = m.reserve;
      if (left >= 0 && paused(m)) {
        if (m.hot === null) warmUp(m);
        else m.hot.sample();
      }
      brief = false;
    } while (left >= 0 && paused(m));
  } catch (thrown) {
    // Only the host's own limits can get here, such as its stack in a listener; a program cannot.
    if (!(thrown instanceof RangeError)) throw thrown;
    trapFor(m, 'stack_overflow');
  }
  uproot(m);
  return m.status;
}

/** A program that ends within so many branches is over before warming up would pay. */
const BRIEF = 20_000;
const paused = (m: Machine): boolean => m.status === 'paused';

/** Ends a machine because its fuel for the whole run is used up, or because somebody interrupted it. */
/** From a listener: this slice ends at the next branch, as if its fuel were gone. */
export function endSlice(m: Machine): void {
  m.fuel = 0;
  m.reserve = -1;
  m.changed = true;
}
export const outOfFuel = (m: Machine): void => trapFor(m, 'out_of_fuel');
export const interrupt = (m: Machine): void => trapFor(m, 'interrupted');
