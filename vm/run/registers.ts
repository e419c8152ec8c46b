/**
 * Verified stack code → register code, when a function is first called. Each operand depth is a slot of the frame; pushes of locals and
 * constants become operands; a comparison and the branch on it become one instruction, and so do constants and offsets.
 * In: a program, a function, the pc where its code will stand. Out: words, the entries of body and cleanup body, the way back to offsets.
 *
 * A frame, in slots of 8 bytes:
 *
 *     parameters │ locals │ constants that loops need │ address of the memory frame, old end of its stack │ watched stretches of it │ operands …
 *
 * Arguments of a call are the top operands of the caller and the first locals of the callee: nothing is copied, and results come back to
 * the same place. Cost: linear; functions with constants in loops are translated twice.
 */
import { nextAt, op } from '../code/opcodes.ts';
import type { CodeFunction, Program, Signature } from '../code/program.ts';
import { factsOf } from './facts.ts';
import { operation, operations, operationWords } from './operations.ts';
import { translate } from './translate.ts';
import type { StaticPlaces, Translation, Watched } from './translation.ts';
import { barrier, createWriter, write } from './writer.ts';
import type { LocalPlace } from './writer.ts';

export type Registers = {
  readonly words: readonly number[];
  /** The pc of the body, which has the number of words of the frame just before it; -1 for no cleanup body. */
  readonly entry: number;
  readonly cleanup: number;
  /** Where the landing number goes, from the frame. */
  readonly landingSlot: number;
  /** Where the address of the memory frame is kept, and after it the old end of the memory stack; -1 without one. */
  readonly frameSlot: number;
  /** Pairs of pc and offset; in the cleanup body the offset is `-1 - offset`. */
  readonly origins: Int32Array;
  /** Callees that were written in place of their calls, outer before inner. */
  readonly inlined: readonly { readonly index: number; readonly start: number; readonly end: number; readonly origins: Int32Array; readonly places: ReadonlyMap<number, LocalPlace> }[];
};

const MOST_PINNED = 48;

export function toRegisters(program: Program, index: number, base: number, watched: Watched, statics: StaticPlaces): Registers {
  const code = program.functions[index];
  const signature = code && program.signatures[code.signature];
  if (!code || !signature) throw new Error(`there is no function ${index}`);
  const wanted = new Set<string>();
  const registers = layOut(program, code, signature, index, base, watched, statics, [], wanted);
  return wanted.size === 0 ? registers : layOut(program, code, signature, index, base, watched, statics, [...wanted].slice(0, MOST_PINNED), new Set());
}

function layOut(program: Program, code: CodeFunction, signature: Signature, index: number, base: number, watched: Watched, statics: StaticPlaces, constants: readonly string[], wanted: Set<string>): Registers {
  const writer = createWriter(base);
  const facts = factsOf(code, signature.params.length);
  writer.words.push(0); // the size of the frame, known at the end
  const entry = barrier(writer);
  const fixed = signature.params.length + code.locals.length;

  const { zeros } = facts;
  for (let at = 0; at < zeros.length; ) {
    let run = 1;
    while (zeros[at + run] === (zeros[at] ?? 0) + run) run += 1;
    write(writer, 'zero', (zeros[at] ?? 0) * 2, run);
    at += run;
  }
  const pinned = new Map(constants.map((key, place) => [key, (fixed + place) * 2]));
  for (const [key, slot] of pinned) {
    const [low = 0, high = 0] = key.split(' ').map(Number);
    write(writer, 'const2', slot, low, high);
  }
  const frameSlot = usesMemoryStack(code) ? (fixed + pinned.size) * 2 : -1;
  if (frameSlot >= 0) write(writer, 'frame', frameSlot, code.frame.size, code.frame.align);
  if (program.provenance && code.frame.size > 0) write(writer, 'frame.made', frameSlot, code.frame.size);
  const watchedSlots = (program.provenance ? facts.slots : []).map(({ at, size }, place) => ({ at, size, slot: frameSlot + 2 + place * 2 }));
  for (const { at, slot } of watchedSlots) write(writer, 'frame.slot', slot, frameSlot, at);
  if (watched.calls) write(writer, 'watch.call', index);
  barrier(writer);

  const firstSlot = fixed + pinned.size + (frameSlot >= 0 ? 1 : 0) + watchedSlots.length;
  let deepest = 0;
  const body = (words: readonly number[], cleanup: boolean): void => {
    const unnamed = new Set([...facts.single].filter((local) => !facts.named.has(local)));
    const slots = Array.from({ length: fixed }, (_, local) => local * 2);
    const reads = new Map([...facts.reads].map(([local, count]) => [local * 2, facts.named.has(local) ? count + 1 : count]));
    const t: Translation = { program, code, signature, cleanup, body: words, watched, writer, firstSlot, frameSlot, pinned, statics, watchedSlots, wanted, slots, given: [], single: program.profile === 'debug' ? unnamed : facts.single, fixed: new Map(), passed: new Set(), inline: null, chain: [index], reads, aliases: new Map(), stack: [], blocks: [], loops: 0, deepest: 0, at: 0 };
    translate(t);
    deepest = Math.max(deepest, t.deepest);
  };
  body(code.body, false);
  const cleanup = code.cleanup ? barrier(writer) : -1;
  if (code.cleanup) body(code.cleanup, true);
  threadJumps(writer.words, base);
  const pairs = (origins: readonly number[]): Int32Array => Int32Array.from(origins, (value, place) => (place % 2 === 0 ? value + base : value));
  const inlined = writer.inlined.filter(({ start, end }) => end > start).map((each) => ({ index: each.index, start: each.start + base, end: each.end + base, origins: pairs(each.origins), places: each.places }));
  writer.words[0] = (firstSlot + deepest + 2) * 2;
  return { words: writer.words, entry, cleanup, landingSlot: firstSlot * 2, frameSlot, origins: pairs(writer.origins), inlined };
}

/** A jump to a jump goes to its end, and a jump to a return returns. */
function threadJumps(words: number[], base: number): void {
  for (let pc = 1; pc < words.length; pc += operationWords(words, pc)) {
    const shape = operations[words[pc] ?? -1]?.[1] ?? '';
    const last = pc + operationWords(words, pc) - 1;
    const first = shape.endsWith('*') ? pc + shape.length : shape.endsWith('t') ? last : last + 1;
    for (let place = first; place <= last; place += 1) {
      for (let hops = 0; hops < 8 && words[(words[place] ?? 0) - base] === BR; hops += 1) words[place] = words[(words[place] ?? 0) - base + 1] ?? 0;
    }
    const target = (words[pc + 1] ?? 0) - base;
    if (words[pc] !== BR || words[target] !== RETURN1) continue;
    words[pc] = RETURN1;
    words[pc + 1] = words[target + 1] ?? 0;
  }
}
const BR = operation('br');
const RETURN1 = operation('return1');

function usesMemoryStack(code: CodeFunction): boolean {
  if (code.frame.size > 0) return true;
  for (let at = 0; at < code.body.length; at = nextAt(code.body, at)) if (code.body[at] === STACK_ALLOC) return true;
  return false;
}
const STACK_ALLOC = op('stack_alloc');
