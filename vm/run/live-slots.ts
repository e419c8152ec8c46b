/**
 * Which slots of an open call still matter: a slot is live where its value may be read before it is written. In: the register code of a
 * function. Out: the live slots at a place in it. A slot that is not live holds a stale copy, which must not keep a block from being lost.
 * Invariant: computed from the shapes of the operations alone, so a new operation needs nothing here unless it calls.
 * Cost: once for each function that is asked about, a few passes over its code; then a look-up.
 */
import type { Signature } from '../code/program.ts';
import type { Compiled, Machine } from './machine.ts';
import { operations, operationWords } from './operations.ts';
import { compiledAt, originAt } from './trap.ts';

interface Step {
  readonly pc: number;
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  readonly next: readonly number[];
  /** A panic out of it goes to the cleanup body. */
  readonly lands: boolean;
}

interface Live {
  readonly steps: readonly Step[];
  /** What is live after each step. */
  readonly after: readonly Uint32Array[];
}

const known = new WeakMap<Compiled, Live>();

/** Slots (numbers of slots, not words) that are live at a pc. `during`: the operation there is under way (a call), else it is about to begin. */
export function liveSlots(m: Machine, pc: number, during: boolean): number[] {
  const compiled = compiledAt(m, pc);
  if (compiled === undefined) return [];
  let live = known.get(compiled);
  if (live === undefined) known.set(compiled, (live = analyse(m, compiled)));
  const at = stepAt(live.steps, pc);
  const step = live.steps[at];
  const after = live.after[at];
  if (step === undefined || after === undefined) return [];
  const set = after.slice();
  for (const slot of step.writes) clear(set, slot);
  if (!during) for (const slot of step.reads) put(set, slot);
  const list: number[] = [];
  for (let word = 0; word < set.length; word++) for (let bits = set[word] ?? 0; bits !== 0; bits &= bits - 1) list.push(word * 32 + 31 - Math.clz32(bits & -bits));
  return list;
}

const put = (set: Uint32Array, slot: number): void => void (set[slot >>> 5] = (set[slot >>> 5] ?? 0) | (1 << (slot & 31)));
const clear = (set: Uint32Array, slot: number): void => void (set[slot >>> 5] = (set[slot >>> 5] ?? 0) & ~(1 << (slot & 31)));

function stepAt(steps: readonly Step[], pc: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle]?.pc ?? 0) <= pc) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function analyse(m: Machine, compiled: Compiled): Live {
  const code = m.program.functions[compiled.index];
  const results = m.program.signatures[code?.signature ?? -1]?.results.length ?? 0;
  const landings = new Set(code?.landings.map(({ at }) => at));
  const steps: Step[] = [];
  for (let pc = compiled.start + 1; pc < compiled.end; pc += operationWords(m.ints, pc)) {
    const step = stepOf(m, pc, results);
    steps.push({ ...step, lands: landings.has(originAt(compiled, pc)) });
  }
  const places = new Map(steps.map((step, at) => [step.pc, at]));
  const slots = (m.ints[compiled.start] ?? 0) / 2 + 8;
  const words = (slots + 31) >>> 5;
  const before = steps.map(() => new Uint32Array(words));
  const after = steps.map(() => new Uint32Array(words));
  const cleanup = compiled.cleanup >= 0 ? before[places.get(compiled.cleanup) ?? -1] : undefined;
  for (let changed = true; changed; ) {
    changed = false;
    for (let at = steps.length - 1; at >= 0; at--) {
      const step = steps[at];
      const out = after[at];
      const into = before[at];
      if (step === undefined || out === undefined || into === undefined) continue;
      for (const pc of step.next) {
        const from = before[places.get(pc) ?? -1];
        if (from !== undefined) for (let word = 0; word < words; word++) out[word] = (out[word] ?? 0) | (from[word] ?? 0);
      }
      // A panic leaves the results unwritten, and the cleanup body with what it reads.
      const value = out.slice();
      for (const slot of step.writes) clear(value, slot);
      if (step.lands && cleanup !== undefined) for (let word = 0; word < words; word++) value[word] = (value[word] ?? 0) | (cleanup[word] ?? 0);
      if (step.lands && cleanup !== undefined) for (let word = 0; word < words; word++) out[word] = (out[word] ?? 0) | (cleanup[word] ?? 0);
      for (const slot of step.reads) put(value, slot);
      // The number of the landing is put there by the unwinding.
      if (step.pc === compiled.cleanup) clear(value, compiled.landingSlot >> 1);
      for (let word = 0; word < words; word++) {
        if (((into[word] ?? 0) | (value[word] ?? 0)) >>> 0 === into[word]) continue;
        into[word] = (into[word] ?? 0) | (value[word] ?? 0);
        changed = true;
      }
    }
  }
  return { steps, after };
}

/** What one operation reads, writes, and where it goes on. */
function stepOf(m: Machine, pc: number, results: number): Omit<Step, 'lands'> {
  const [name = 'halt', shape = ''] = operations[m.ints[pc] ?? -1] ?? [];
  const word = (which: number): number => m.ints[pc + which] ?? 0;
  const following = pc + operationWords(m.ints, pc);
  const reads: number[] = [];
  const writes: number[] = [];
  const next: number[] = [];
  for (let each = 0; each < shape.length; each++) {
    const letter = shape[each];
    if (letter === 'd') writes.push(word(each + 1) >> 1);
    else if (letter === 'a' || letter === 'b' || letter === 'c') reads.push(word(each + 1) >> 1);
    else if (letter === 't' && name !== 'call') next.push(word(each + 1));
    else if (letter === '*') for (let place = pc + each + 1; place < following; place++) next.push(m.ints[place] ?? 0);
  }
  const call = (signature: Signature | undefined, base: number): void => {
    for (let each = 0; each < (signature?.params.length ?? 0); each++) reads.push((base >> 1) + each);
    for (let each = 0; each < (signature?.results.length ?? 0); each++) writes.push((base >> 1) + each);
  };
  const ofFunction = (index: number): Signature | undefined => m.program.signatures[m.program.functions[index]?.signature ?? -1];
  switch (name) {
    case 'zero': for (let each = 1; each < word(2); each++) writes.push((word(1) >> 1) + each); break;
    case 'add.overflowing': case 'sub.overflowing': case 'mul.overflowing': writes.push((word(1) >> 1) + 1); break;
    case 'call': call(ofFunction(compiledAt(m, word(1))?.index ?? -1), word(2)); break;
    case 'call.lazy': call(ofFunction(word(1)), word(2)); break;
    case 'call_indirect': call(m.program.signatures[word(1)], word(3)); break;
    case 'host': call(m.program.imports[word(1)]?.signature, word(2)); break;
    case 'catch_call': reads.push(word(3) >> 1); break;
    case 'return': for (let each = 0; each < results; each++) reads.push(each); break;
    default: break;
  }
  const ends = name === 'br' || name === 'br_table' || name === 'return' || name === 'return1' || name === 'halt' || name === 'resume' || name === 'panic' || name === 'panic.text' || name === 'trap';
  if (!ends) next.push(following);
  return { pc, reads, writes, next };
}
