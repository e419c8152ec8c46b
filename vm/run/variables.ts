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
  | { readonly kind: 'memory'; readonly address: number };

/** Where a variable is now; null when it is not alive here, or its call was written in place of another's. */
export function placeOfVariable(m: Machine, frame: Frame, { lives, from, to }: Variable): VariablePlace | null {
  if (frame.inlined || (frame.origin >= 0 && (frame.origin < from || frame.origin >= to))) return null;
  switch (lives.kind) {
    case 'local': return { kind: 'slots', at: [frame.fp + lives.local * 2] };
    case 'locals': return { kind: 'slots', at: lives.locals.map((local) => frame.fp + local * 2) };
    case 'frame': return frame.memory === 0 ? null : { kind: 'memory', address: frame.memory + lives.offset };
    case 'behind': return { kind: 'memory', address: m.ints[frame.fp + lives.local * 2] ?? 0 };
  }
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
