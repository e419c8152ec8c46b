/**
 * Register code kept from one run for the next: most runs of a program call the same functions in the same order, so each function comes to stand
 * where it stood, and need not be translated again. In: what an earlier machine kept, as plain data. Out: the register code of a function at
 * a place; null where the earlier run had another one there, and from then on code is made as ever. Invariant: only taken by a machine whose statics, code
 * and watchers are those of the machine that kept it; the program is the same (whoever stores both sees to that). Cost: a copy for each function.
 */
import type { Registers } from './registers.ts';
import type { LocalPlace } from './writer.ts';

type Lists = readonly number[];

/** Of one function: its number and place, then the fields of `Registers`. */
type ReadyFunction = readonly [index: number, base: number, words: Lists, entry: number, cleanup: number, landingSlot: number, frameSlot: number, origins: Lists, inlined: readonly (readonly [index: number, start: number, end: number, origins: Lists, places: readonly (readonly [local: number, place: LocalPlace])[]])[]];

/** As JSON can hold it. `setting` says what the code depends on besides the program. */
export type Ready = { readonly setting: string; readonly functions: readonly ReadyFunction[] };

export type ReadyCode = {
  take(index: number, base: number): Registers | null;
  keep(index: number, base: number, registers: Registers): void;
  /** All that this run used, when it had to make some of it; null when there is nothing new to keep. */
  kept(): Ready | null;
};

/** Functions and words beyond this are not kept: such a program runs long enough. */
const MOST = 1 << 18;

/** Without `keeps` nothing is gathered. */
export function readyFor(setting: string, earlier: Ready | undefined, keeps: boolean): ReadyCode {
  const known = new Map(earlier?.setting === setting ? earlier.functions.map((each) => [each[0], each]) : []);
  const used: ReadyFunction[] = [];
  let size = 0;
  let fresh = false;
  return {
    take(index, base) {
      const found = known.get(index);
      if (found === undefined || found[1] !== base) return null;
      if (keeps) used.push(found);
      const [, , words, entry, cleanup, landingSlot, frameSlot, origins, inlined] = found;
      return { words, entry, cleanup, landingSlot, frameSlot, origins: Int32Array.from(origins), inlined: inlined.map(([callee, start, end, its, places]) => ({ index: callee, start, end, origins: Int32Array.from(its), places: new Map(places) })) };
    },
    keep(index, base, { words, entry, cleanup, landingSlot, frameSlot, origins, inlined }) {
      if (!keeps || size > MOST) return;
      size += words.length + origins.length;
      fresh = true;
      used.push([index, base, [...words], entry, cleanup, landingSlot, frameSlot, [...origins], inlined.map((each) => [each.index, each.start, each.end, [...each.origins], [...each.places]])]);
    },
    kept: () => (fresh ? { setting, functions: used } : null),
  };
}
