/**
 * Doubt: values that were read from bytes nobody wrote, on their way to where they decide something. In: the reads that the sanitizer
 * finds. Out: for each slot the bits that are in doubt, for each byte of memory whether it is; a fault where a doubtful value is used.
 * Nothing of this exists while no such value is under way. `follow.ts` moves doubt along with each instruction.
 * Invariant: code holds `follow` in place of its own operation only at the pcs in `planted`, and only while the machine runs.
 */
import type { Fault } from '../memory/fault.ts';
import type { Doubt, Doubtful } from './doubtful.ts';
import type { Machine } from './machine.ts';
import { operation, operations } from './operations.ts';
import { goesOn } from './findings.ts';
import { siteOf, trapFault } from './trap.ts';

/** Doubt as a moment of the run keeps it: the machine stands still, so nothing is planted. */
export type KeptDoubt = Pick<Doubt, 'stored' | 'steps' | 'awaited' | 'undo'> & { readonly slots: readonly (readonly [number, Doubtful])[]; readonly bytes: readonly (readonly [number, Fault])[] };

const FOLLOW = operation('follow');
/** More bytes than that in one read are not followed one by one: the read is reported. */
const MOST = 1 << 16;
/** At most so many instructions stand between a check and the reads that it is for. */
const READ = 24;

/** Notes that these bytes are being read although some were never written; the machine stands on the instruction that comes next. */
export function beginDoubt(m: Machine, found: Fault, address: number, size: number): void {
  const { sanitizer } = m.heap;
  if (sanitizer === null || size > MOST) return void goesOn(m, found);
  const doubt = (m.doubt ??= { slots: new Map(), bytes: new Map(), planted: new Map(), stored: null, steps: 0, awaited: 0, undo: null });
  doubt.awaited = doubt.steps + READ;
  const from = { ...found, read: siteOf(m) };
  for (let at = address; at < address + size; at++) if (!sanitizer.isWritten(at, 1)) doubt.bytes.set(at, from);
  plant(m, doubt, m.pc);
}

export function plant(m: Machine, { planted }: Doubt, pc: number): void {
  const there = m.ints[pc] ?? 0;
  if (there === FOLLOW) return;
  planted.set(pc, there);
  m.ints[pc] = FOLLOW;
}

/** The code is as it was made again. */
export function uproot(m: Machine): void {
  if (m.doubt === null) return;
  for (const [pc, there] of m.doubt.planted) m.ints[pc] = there;
  m.doubt.planted.clear();
}

export function endDoubt(m: Machine): void {
  uproot(m);
  m.doubt = null;
}

export const keepDoubt = ({ doubt }: Machine): KeptDoubt | null => (doubt === null ? null : { slots: [...doubt.slots], bytes: [...doubt.bytes], stored: doubt.stored, steps: doubt.steps, awaited: doubt.awaited, undo: doubt.undo && { ...doubt.undo } });

export function restoreDoubt(m: Machine, kept: KeptDoubt | null): void {
  endDoubt(m);
  if (kept !== null) m.doubt = { slots: new Map(kept.slots), bytes: new Map(kept.bytes), planted: new Map(), stored: kept.stored, steps: kept.steps, awaited: kept.awaited, undo: kept.undo && { ...kept.undo } };
}

/** The doubt about what the operation at a pc reads from its slots, or null. */
export function doubtAt(m: Machine, pc: number): Doubtful | null {
  const { doubt } = m;
  if (doubt === null || doubt.slots.size === 0) return null;
  const shape = operations[doubt.planted.get(pc) ?? m.ints[pc] ?? -1]?.[1] ?? '';
  for (let each = 0; each < shape.length; each++) {
    const letter = shape[each];
    if (letter !== 'a' && letter !== 'b' && letter !== 'c') continue;
    const found = doubt.slots.get((m.fp + (m.ints[pc + each + 1] ?? 0)) >> 1);
    if (found !== undefined) return found;
  }
  return null;
}

/** A doubtful value is used: stops the program, unless it goes on after findings; then that value is doubted no longer. True when it goes on. */
export function decided(m: Machine, from: Fault): boolean {
  const { doubt } = m;
  if (m.findings === null || doubt === null) {
    endDoubt(m);
    trapFault(m, from);
    return false;
  }
  if (!goesOn(m, from)) {
    endDoubt(m);
    return false;
  }
  for (const [slot, found] of doubt.slots) if (found.from === from) doubt.slots.delete(slot);
  for (const [at, found] of doubt.bytes) if (found === from) doubt.bytes.delete(at);
  return true;
}

/** A panic: if a doubtful value brought it about, the program stops for that instead. What unwinds is not followed. */
export function panicInDoubt(m: Machine): boolean {
  if (m.doubt === null) return false;
  const found = doubtAt(m, m.pc);
  const stops = found !== null && !decided(m, found.from);
  endDoubt(m);
  return stops;
}
