/**
 * What a machine that stands still can be asked: where a variable of an open call is, and which addresses the program can start from.
 * In: a machine, a frame of `frames`. Out: places in the slots or in memory; addresses. Nothing is changed. For debuggers, pictures, leaks.
 */
import type { Variable } from '../code/program.ts';
import type { Machine } from './machine.ts';
import { frames } from './trap.ts';
import type { Frame } from './trap.ts';

export type VariablePlace =
  /** The parts of the value, each an index in `machine.ints`: the low word of a slot of 8 bytes. */
  | { readonly kind: 'slots'; readonly at: readonly number[] }
  | { readonly kind: 'memory'; readonly address: number }
  /** Of a call that was written in place of another's: the parts as pairs of words; there may be no slot of their own. */
  | { readonly kind: 'words'; readonly words: readonly (readonly [low: number, high: number])[] };

/** Where a variable is now; null when it is not alive here, or its call was written in place of another's and it is nowhere. */
export function placeOfVariable(m: Machine, frame: Frame, { lives, from, to }: Variable): VariablePlace | null {
  if (frame.origin >= 0 && (frame.origin < from || frame.origin >= to)) return null;
  if (frame.inlined) return inlinedPlace(m, frame, lives);
  switch (lives.kind) {
    case 'local': return { kind: 'slots', at: [frame.fp + lives.local * 2] };
    case 'locals': return { kind: 'slots', at: lives.locals.map((local) => frame.fp + local * 2) };
    case 'frame': return frame.memory === 0 ? null : { kind: 'memory', address: frame.memory + lives.offset };
    case 'behind': return { kind: 'memory', address: m.ints[frame.fp + lives.local * 2] ?? 0 };
  }
}

function inlinedPlace(m: Machine, frame: Frame, lives: Variable['lives']): VariablePlace | null {
  if (lives.kind === 'frame') return null;
  const words = (lives.kind === 'locals' ? lives.locals : [lives.local]).map((local) => wordsOfLocal(m, frame, local));
  const known = words.flatMap((each) => (each === null ? [] : [each]));
  if (known.length < words.length) return null;
  return lives.kind === 'behind' ? { kind: 'memory', address: known[0]?.[0] ?? 0 } : { kind: 'words', words: known };
}

/** What a local of an open call holds; null when nobody wrote it down. */
export function wordsOfLocal(m: Machine, { inlined, places, fp }: Frame, local: number): readonly [low: number, high: number] | null {
  const place = inlined ? places?.get(local) : { kind: 'local', value: local * 2, high: 0 };
  if (place === undefined) return null;
  if (place.kind === 'const') return [place.value, place.high];
  const [low, high] = [m.ints[fp + place.value] ?? 0, m.ints[fp + place.value + 1] ?? 0];
  return place.kind === 'sum' ? [(low + place.high) | 0, 0] : [low, high];
}

/** The variables of a call that are alive where it stands, innermost scope last. */
export function variablesOf(m: Machine, frame: Frame): { readonly variable: Variable; readonly place: VariablePlace }[] {
  const all = m.program.functions[frame.index]?.variables ?? [];
  return all.flatMap((variable) => {
    const place = placeOfVariable(m, frame, variable);
    return place ? [{ variable, place }] : [];
  });
}

/** Every word that may be an address from which the program goes on: statics, the memory stack in use, slots of open calls. */
export function roots(m: Machine, visit: (address: number) => void): void {
  const words = m.space.i32;
  const { start } = m.space.map.statics;
  for (let at = start; at + 4 <= start + m.program.statics.size; at += 4) visit(words[at >>> 2] ?? 0);
  for (let at = m.space.map.stacks.start; at + 4 <= m.msp; at += 4) visit(words[at >>> 2] ?? 0);
  if (m.status === 'finished' || m.cp === m.callBase) return;
  const top = frames(m, 1)[0];
  const size = top ? (m.ints[(m.compiled[top.index]?.entry ?? 0) - 1] ?? 0) : 0;
  for (let at = 0; at < m.fp + Math.max(size, 64); at += 2) visit(m.ints[at] ?? 0);
}
