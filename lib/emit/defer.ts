/**
 * Expression trees out of temporaries: the definition of a local that is read once is not written when it is lowered but when it is read,
 * on the operand stack, so that the machine folds it into the reader. In: a frame and the operations in order. Out: code without the
 * temporary. Invariant: between definition and reader nothing changes what the definition reads, and effects keep their order; what
 * cannot wait is written into its local first.
 */
import type { Place, Rvalue } from '../flow/graph.ts';
import { op as opNumber } from '../../vm/code/opcodes.ts';
import type { BodyBlock, Op } from './body.ts';
import type { Frame } from './frame.ts';
import type { Pending } from './pending.ts';
import { visitOp } from './opt/visit.ts';
import { get, set, type Writer } from './writer.ts';

/** Pushes a VM local, or what waits for it. */
export function getLocal(frame: Frame, local: number): void {
  const { deferral, out } = frame;
  const waiting = deferral.pending.get(local);
  if (waiting !== undefined) {
    deferral.pending.delete(local);
    waiting.push();
    deferral.pushed.set(local, out.words.length);
    return;
  }
  const at = deferral.pushed.get(local);
  if (at !== undefined) {
    insertTee(out, at, local);
    for (const [other, place] of deferral.pushed) if (place > at || other === local) { if (other === local) deferral.pushed.delete(other); else deferral.pushed.set(other, place + 2); }
  }
  get(out, local);
}

function insertTee(w: Writer, at: number, local: number): void {
  w.words.splice(at, 0, opNumber('local.tee'), local);
  // Only what was written last stands behind the place.
  for (let i = w.marks.length - 1; i >= 0; i--) { const mark = w.marks[i]; if (mark === undefined || mark.at < at) break; w.marks[i] = { ...mark, at: mark.at + 2 }; }
  for (let i = w.landings.length - 1; i >= 0; i--) { const landing = w.landings[i]; if (landing === undefined || landing.at < at) break; w.landings[i] = { ...landing, at: landing.at + 2 }; }
  for (let i = w.holds.length - 1; i >= 0; i--) { const hold = w.holds[i]; if (hold === undefined || hold.at < at) break; hold.at += 2; }
  for (let i = w.refs.length - 1; i >= 0; i--) { const placed = w.refs[i]; if (placed === undefined || placed.at < at) break; placed.at += 2; }
  w.last = w.last >= at ? w.last + 2 : at;
  w.previous = -1;
}

/** Writes a waiting value into its local now. */
export function settle(frame: Frame, p: Pending): void {
  frame.deferral.pending.delete(p.local);
  p.push();
  set(frame.out, p.local);
}

/** Writes all that waits. */
export function settleAll(frame: Frame): void {
  for (const p of [...frame.deferral.pending.values()]) if (frame.deferral.pending.has(p.local)) settle(frame, p);
}

const throughPointer = (place: Place): boolean => place.projection.some(s => s.kind === 'deref');

/** Locals that an operation reads, whether it reads memory, and what it writes. */
export interface Effects { readonly reads: Set<number>; memory: boolean; writes: number; writesMemory: boolean; effect: boolean }

export function effectsOf(frame: Frame, op: Op): Effects {
  const e: Effects = { reads: new Set(), memory: false, writes: -1, writesMemory: false, effect: false };
  const inMemory = (local: number): boolean => { const home = frame.homes[local]; return home?.kind === 'frame' || home?.kind === 'behind'; };
  visitOp(op, (place, role) => {
    for (const s of place.projection) if (s.kind === 'index') e.reads.add(s.local);
    if (role === 'write' && !throughPointer(place)) {
      e.writes = place.local;
      if (inMemory(place.local)) e.writesMemory = true;
      return;
    }
    e.reads.add(place.local);
    if (role === 'write') e.writesMemory = true;
    else if (role !== 'borrow' && (throughPointer(place) || inMemory(place.local))) e.memory = true;
    else if (role === 'borrow' && place.projection.filter(s => s.kind === 'deref').length > 1) e.memory = true;
    // A pointer that itself lives in memory is loaded.
    if (throughPointer(place) && inMemory(place.local)) e.memory = true;
  });
  if (op.kind === 'call' || op.kind === 'drop') { e.effect = true; e.writesMemory = true; e.memory = true; }
  if (op.kind === 'bounds' || op.kind === 'guard') e.effect = true;
  if (op.kind === 'checked') e.effect = op.op === 'div' || op.op === 'rem' || frame.unit.world.overflowChecks;
  return e;
}

/** Before an operation is written: what it would disturb is written first. */
export function makeRoom(frame: Frame, op: Op, e: Effects): void {
  const { pending } = frame.deferral;
  if (pending.size === 0) return;
  const several = op.kind === 'assign' && e.writesMemory && writesSeveral(op.value);
  const readHere = (p: Pending): boolean => { for (const l of e.reads) { const home = frame.homes[l]; if (home?.kind === 'values' && home.parts.some(part => part.local === p.local)) return true; } return false; };
  for (const p of [...pending.values()]) {
    if (!pending.has(p.local)) continue;
    const used = readHere(p);
    const disturbed = used
      ? p.memory && several
      : (e.writes >= 0 && p.reads.has(e.writes)) || (p.memory && e.writesMemory) || (p.effect && (e.effect || e.writesMemory));
    if (disturbed) settle(frame, p);
  }
  // Two effects in one expression would run in the order of the operands: keep the order of the source.
  const effects = [...pending.values()].filter(p => p.effect);
  if (effects.length > 1) for (const p of effects.slice(0, -1)) if (pending.has(p.local)) settle(frame, p);
}

function writesSeveral(value: Rvalue): boolean {
  if (value.kind === 'aggregate' || value.kind === 'repeat' || value.kind === 'cast') return true;
  return value.kind === 'use' || value.kind === 'borrow';
}

/** May the operation's value wait for its reader: one machine value of a local that is read once, made without writing anything. */
export function mayWait(frame: Frame, op: Op, block: BodyBlock, e: Effects): boolean {
  const to = op.kind === 'assign' ? op.place : op.kind === 'checked' ? op.destination : null;
  if (to === null || to.projection.length > 0 || e.writesMemory) return false;
  const home = frame.homes[to.local];
  if (home?.kind !== 'values' || home.parts.length !== 1) return false;
  if (to.local === 0) return block.end.kind === 'return' && block.ops.indexOf(op) === lastIndex(block) && !block.cleanup;
  if (frame.deferral.once[to.local] !== 1) return false;
  if (op.kind === 'assign') {
    const { value } = op;
    // A cast may need scratch locals; what needs several steps is written at once.
    if (value.kind === 'aggregate' || value.kind === 'repeat') return false;
    if (value.kind === 'cast' && value.cast !== 'numeric' && value.cast !== 'pointerToPointer' && value.cast !== 'pointerToInt') return false;
  }
  return true;
}

function lastIndex(block: BodyBlock): number {
  let at = block.ops.length - 1;
  while (at >= 0) {
    const kind = block.ops[at]?.kind;
    if (kind !== 'dead' && kind !== 'mark' && kind !== 'live') break;
    at--;
  }
  return at;
}
