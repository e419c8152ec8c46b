/**
 * Jump threading: a block that switches on a local whose value is known where a predecessor ends is skipped from there. A small block is
 * written again in the predecessor, so that what it does is done. Knowledge: constants assigned to locals, and variants of enums made by an
 * aggregate (their discriminant). Also folds switches on constants and writes `return` where control only goes on to it.
 * In: a body, in place. Growth is bounded by the size of a block that is written again. Invariant: no loop gets a second way in, so that
 * control can still be written as structured code.
 */
import type { Operand } from '../../flow/graph.ts';
import type { Body, BodyBlock, End, Op } from '../body.ts';
import { successors, unwindOf } from '../body.ts';
import { variantsOf, type World } from '../world.ts';
import { dominance } from './copies.ts';
import { usage, visitOp } from './visit.ts';

/** What is known of locals: a number, or the variant of an enum. */
interface Known { readonly values: Map<number, bigint>; readonly variants: Map<number, bigint> }

const MOST = 6;

function learn(world: World, body: Body, known: Known, op: Op, taken: Uint8Array): void {
  const { values, variants } = known;
  if (op.kind === 'assign' && op.place.projection.length === 0) {
    const l = op.place.local;
    const { value } = op;
    values.delete(l);
    const before = variants.get(l);
    variants.delete(l);
    if (taken[l] === 1) return;
    if (value.kind === 'use') {
      const { operand } = value;
      if (operand.kind === 'constant') {
        if (operand.constant.kind === 'int') values.set(l, operand.constant.value);
        return;
      }
      if (operand.place.projection.length > 0) return;
      const from = operand.place.local;
      const v = values.get(from);
      if (v !== undefined) values.set(l, v);
      const variant = from === l ? before : variants.get(from);
      if (variant !== undefined) variants.set(l, variant);
    } else if (value.kind === 'aggregate' && value.of.kind === 'adt' && value.of.variant !== null && value.type.kind === 'adt') {
      const discriminant = variantsOf(world, value.type.def)[value.of.variant]?.discriminant;
      if (discriminant !== undefined) variants.set(l, discriminant);
    } else if (value.kind === 'discriminant' && value.place.projection.length === 0) {
      const d = variants.get(value.place.local);
      if (d !== undefined) values.set(l, d);
    }
    return;
  }
  visitOp(op, (place, role) => {
    if (role === 'write' || role === 'drop' || role === 'borrow') { values.delete(place.local); if (place.projection.length === 0 || role !== 'write') variants.delete(place.local); }
  });
  void body;
}

/** The target of a switch whose operand is known. */
function decide(known: Known, end: Extract<End, { kind: 'switch' }>): number | null {
  const { operand } = end;
  const value = operand.kind === 'constant' ? (operand.constant.kind === 'int' ? operand.constant.value : null) : operand.place.projection.length === 0 ? (known.values.get(operand.place.local) ?? null) : null;
  if (value === null) return null;
  const i = end.values.indexOf(value);
  return (i >= 0 ? end.targets[i] : undefined) ?? end.otherwise;
}

/**
 * Is `inner` a block of the loop that `header` heads? Asked of the graph as it was at first: threading makes ways shorter and adds none, so
 * no loop grows by it.
 */
function loopsOf(body: Body): (header: number, inner: number) => boolean {
  const dominates = dominance(body);
  const from: number[][] = body.blocks.map(() => []);
  for (const [b, block] of body.blocks.entries()) {
    for (const t of successors(block.end)) from[t]?.push(b);
    for (const op of block.ops) { const u = unwindOf(op); if (u !== null) from[u]?.push(b); }
  }
  const loops = new Map<number, Set<number>>();
  return (header, inner) => {
    let loop = loops.get(header);
    if (loop === undefined) {
      const found = new Set<number>();
      const waiting = (from[header] ?? []).filter(b => dominates(header, b));
      if (waiting.length > 0) found.add(header);
      for (let b = waiting.pop(); b !== undefined; b = waiting.pop()) if (!found.has(b)) { found.add(b); waiting.push(...(from[b] ?? [])); }
      loops.set(header, found);
      loop = found;
    }
    return loop.has(inner);
  };
}

export function threadJumps(world: World, body: Body): boolean {
  const { taken } = usage(body);
  let inLoop: ((header: number, inner: number) => boolean) | null = null;
  let changed = false;
  for (let b = 0; b < body.blocks.length; b++) {
    const block = body.blocks[b];
    if (block === undefined) continue;
    for (let round = 0; round < 8; round++) {
      const known: Known = { values: new Map(), variants: new Map() };
      for (const op of block.ops) learn(world, body, known, op, taken);
      const end: End = block.end;
      if (end.kind === 'switch') {
        const to: number | null = decide(known, end);
        if (to === null) break;
        block.end = { kind: 'goto', target: to as never };
        changed = true;
        continue;
      }
      if (end.kind !== 'goto') break;
      const next: BodyBlock | undefined = body.blocks[end.target];
      if (next === undefined || next === block || next.cleanup !== block.cleanup) break;
      if (next.end.kind === 'return' && next.ops.length <= 1 && next.ops.every(op => unwindOf(op) === null)) {
        for (const op of next.ops) block.ops.push(op);
        block.end = next.end;
        block.endSpan = next.endSpan;
        changed = true;
        break;
      }
      if (next.end.kind !== 'switch' || next.ops.length > MOST || next.ops.some(op => op.kind === 'call')) break;
      const after: Known = { values: new Map(known.values), variants: new Map(known.variants) };
      for (const op of next.ops) learn(world, body, after, op, taken);
      const to: number | null = decide(after, next.end);
      if (to === null) break;
      inLoop ??= loopsOf(body);
      if (inLoop(end.target, to)) break;
      for (const op of next.ops) block.ops.push(op);
      block.end = { kind: 'goto', target: to as never };
      changed = true;
    }
  }
  return changed;
}

/** Replaces discriminants of locals whose variant is known in their own block. */
export function foldDiscriminants(world: World, body: Body): boolean {
  const { taken } = usage(body);
  let changed = false;
  for (const block of body.blocks) {
    const known: Known = { values: new Map(), variants: new Map() };
    for (const [i, op] of block.ops.entries()) {
      if (op.kind === 'assign' && op.value.kind === 'discriminant' && op.value.place.projection.length === 0) {
        const d = known.variants.get(op.value.place.local);
        if (d !== undefined) {
          const operand: Operand = { kind: 'constant', constant: { kind: 'int', value: d, type: op.value.type } };
          block.ops[i] = { ...op, value: { kind: 'use', operand } };
          changed = true;
        }
      }
      learn(world, body, known, block.ops[i] ?? op, taken);
    }
  }
  return changed;
}

