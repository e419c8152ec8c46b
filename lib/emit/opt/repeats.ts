/**
 * What a block does twice it does once: a bounds check that was made already, the address of an element that is reached again. In: a body, in place,
 * as the last of the passes (`refs.ts` would take the addresses apart again). Invariant: nothing that a check or an address depends on is written
 * in between. Linear in the block, but for the number of things remembered.
 */
import type { Operand, Place } from '../../flow/graph.ts';
import { ptr } from '../../types/type.ts';
import { addLocal, type Body, type Op } from '../body.ts';
import { placeTypeOf } from '../kind.ts';
import { tailOf, type World } from '../world.ts';
import { changeEnd, changeOp, type Change, usage, visitEnd, visitOp } from './visit.ts';

const operandKey = (o: Operand): string | null => {
  if (o.kind === 'constant') return o.constant.kind === 'int' ? `#${o.constant.value}` : null;
  return o.place.projection.length === 0 ? `_${o.place.local}` : null;
};

/** Checks of the same index against the same length. */
export function dropRepeatedChecks(body: Body): void {
  const { taken } = usage(body);
  for (const block of body.blocks) {
    const made = new Map<string, readonly number[]>();
    block.ops = block.ops.filter(op => {
      if (op.kind === 'bounds') {
        const a = operandKey(op.index);
        const b = operandKey(op.length);
        if (a === null || b === null) return true;
        const locals = [op.index, op.length].flatMap(o => (o.kind === 'constant' ? [] : [o.place.local]));
        if (locals.some(l => taken[l] === 1)) return true;
        const key = `${a} ${b}`;
        if (made.has(key)) return false;
        made.set(key, locals);
        return true;
      }
      const written = writtenLocal(op);
      if (written >= 0) for (const [key, locals] of made) if (locals.includes(written)) made.delete(key);
      return true;
    });
  }
}

function writtenLocal(op: Op): number {
  const to = op.kind === 'assign' ? op.place : op.kind === 'call' || op.kind === 'checked' ? op.destination : null;
  return to === null || to.projection.some(s => s.kind === 'deref') ? -1 : to.local;
}

/** The way to the last element of a place: everything up to its last index. */
function prefixOf(place: Place): { key: string; steps: number; locals: number[] } | null {
  let steps = 0;
  place.projection.forEach((s, i) => { if (s.kind === 'index') steps = i + 1; });
  if (steps === 0) return null;
  const locals: number[] = [place.local];
  let key = `${place.local}`;
  let derefs = 0;
  for (const s of place.projection.slice(0, steps)) {
    if (s.kind === 'deref') { derefs++; key += '*'; } else if (s.kind === 'index') { locals.push(s.local); key += `[${s.local}]`; } else if (s.kind === 'field') key += `.${s.index}`;
    else if (s.kind === 'variant') key += `!${s.index}`;
    else return null;
  }
  // A second pointer on the way is itself in memory, which may change.
  if (derefs > 1 || (derefs === 1 && place.projection[0]?.kind !== 'deref')) return null;
  return { key, steps, locals };
}

/** The address of an element that a block reaches several times is made once. */
export function shareAddresses(world: World, body: Body): void {
  const { taken } = usage(body);
  for (const block of body.blocks) {
    // Count first, with what is written in between as a new generation.
    const generation = new Map<number, number>();
    const stamp = (key: string, locals: readonly number[]): string => `${key} ${locals.map(l => generation.get(l) ?? 0).join(',')}`;
    const counts = new Map<string, number>();
    const usable = (place: Place): { key: string; steps: number } | null => {
      const p = prefixOf(place);
      // An array in the frame is reached without a pointer: only an element behind one, or of a local with an address, is worth it.
      return p === null || p.locals.slice(1).some(l => taken[l] === 1) || (place.projection[0]?.kind === 'deref' && taken[place.local] === 1) ? null : { key: stamp(p.key, p.locals), steps: p.steps };
    };
    const count = (place: Place): void => { const p = usable(place); if (p !== null) counts.set(p.key, (counts.get(p.key) ?? 0) + 1); };
    const after = (op: Op): void => { const l = writtenLocal(op); if (l >= 0 && (op.kind !== 'assign' || op.place.projection.length === 0)) generation.set(l, (generation.get(l) ?? 0) + 1); };
    for (const op of block.ops) { visitOp(op, count); after(op); }
    visitEnd(block.end, count);
    if (![...counts.values()].some(n => n > 1)) continue;
    generation.clear();
    const shared = new Map<string, number>();
    const ops: Op[] = [];
    const change: Change = {
      place: place => {
        const p = usable(place);
        if (p === null || (counts.get(p.key) ?? 0) < 2) return place;
        let local = shared.get(p.key);
        if (local === undefined) {
          const prefix: Place = { local: place.local, projection: place.projection.slice(0, p.steps) };
          const type = placeTypeOf(world, body, prefix);
          if (tailOf(world, type) !== null) return place;
          local = addLocal(body, ptr(type, true));
          shared.set(p.key, local);
          ops.push({ kind: 'assign', span: current?.span ?? block.endSpan, place: { local: local as Place['local'], projection: [] }, value: { kind: 'rawBorrow', mutable: true, place: prefix } });
        }
        return { local: local as Place['local'], projection: [{ kind: 'deref' }, ...place.projection.slice(p.steps)] };
      },
    };
    let current: Op | null = null;
    for (const op of block.ops) {
      current = op;
      const changed = changeOp(op, change);
      ops.push(changed);
      after(op);
    }
    current = null;
    block.end = changeEnd(block.end, change);
    block.ops = ops;
  }
}

