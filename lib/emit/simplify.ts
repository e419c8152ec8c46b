/**
 * What a body no longer needs once its types are known. A generic body has drops, drop flags and cleanup for values that may own something; in
 * an instance they often own nothing. In: a body. Out: the same without drops of what needs none, without flags and tests that then decide
 * nothing (so that cleanup that does nothing goes, and locals are no longer in memory for a drop's sake). True when blocks should be tidied.
 * A test decides nothing when all ways from it, leaving out assignments to locals that nothing else reads, come to the same block.
 */
import type { BlockId, LocalId, Operand, Place, Rvalue } from '../flow/graph.ts';
import type { Body, End, Op } from './body.ts';
import { placeTypeOf } from './kind.ts';
import { needsDrop, type World } from './world.ts';

export function simplify(world: World, body: Body): boolean {
  let changed = false;
  for (const block of body.blocks) {
    const kept = block.ops.filter(op => op.kind !== 'drop' || needsDrop(world, placeTypeOf(world, body, op.place)));
    if (kept.length < block.ops.length) { block.ops = kept; changed = true; }
  }
  const idle = idleLocals(body);
  if (idle.size === 0) return changed;
  for (const block of body.blocks) {
    const { end } = block;
    const only = end.kind === 'switch' && isIdleTest(end.operand, idle) ? onlyWay(body, end, idle) : null;
    if (only !== null) { block.end = { kind: 'goto', target: only }; changed = true; }
    const kept = block.ops.filter(op => !isIdle(op, idle));
    if (kept.length < block.ops.length) { block.ops = kept; changed = true; }
  }
  return changed;
}

/** Locals without a name that are only given values, and only read by tests that decide nothing. */
function idleLocals(body: Body): Set<number> {
  const idle = new Set<number>();
  for (const [id, local] of body.locals.entries()) if (id > body.params && local.name === null) idle.add(id);
  for (const { place } of body.variables) idle.delete(place.local);
  const used = (place: Place): void => {
    idle.delete(place.local);
    for (const step of place.projection) if (step.kind === 'index') idle.delete(step.local);
  };
  const operand = (o: Operand): void => { if (o.kind !== 'constant') used(o.place); };
  for (const block of body.blocks) {
    for (const op of block.ops) {
      switch (op.kind) {
        case 'assign':
          if (op.place.projection.length > 0 || !isPlain(op.value)) used(op.place);
          readsOf(op.value, used, operand);
          break;
        case 'call':
          used(op.destination);
          op.args.forEach(operand);
          if (op.target.kind === 'pointer') operand(op.target.pointer);
          break;
        case 'drop': used(op.place); break;
        case 'checked':
          used(op.destination);
          operand(op.left);
          if (op.right !== null) operand(op.right);
          break;
        case 'bounds': operand(op.index); operand(op.length); break;
        case 'guard': operand(op.pointer); break;
        case 'live': case 'dead': case 'mark': break;
      }
    }
    if (block.end.kind === 'switch' && block.end.operand.kind !== 'constant' && block.end.operand.place.projection.length > 0) used(block.end.operand.place);
  }
  // Whoever decides something is not idle, and then neither is what was left out on the way.
  for (let before = -1; before !== idle.size; ) {
    before = idle.size;
    for (const { end } of body.blocks) {
      if (end.kind !== 'switch' || !isIdleTest(end.operand, idle)) continue;
      if (onlyWay(body, end, idle) === null) operand(end.operand);
    }
  }
  return idle;
}

/** Tests inside tests that are looked through. */
const NESTED = 4;

/** Values that are made without any effect. */
const isPlain = (value: Rvalue): boolean => (value.kind === 'use' || value.kind === 'discriminant' || value.kind === 'unary' || value.kind === 'binary');

function readsOf(value: Rvalue, place: (p: Place) => void, operand: (o: Operand) => void): void {
  switch (value.kind) {
    case 'use': case 'unary': case 'cast': case 'repeat': operand(value.operand); return;
    case 'borrow': case 'rawBorrow': case 'length': case 'discriminant': place(value.place); return;
    case 'binary': case 'pointer': operand(value.left); operand(value.right); return;
    case 'aggregate': value.operands.forEach(operand); return;
  }
}

const isIdleTest = (o: Operand, idle: ReadonlySet<number>): boolean => o.kind !== 'constant' && o.place.projection.length === 0 && idle.has(o.place.local);
const isIdleLocal = (local: LocalId, idle: ReadonlySet<number>): boolean => idle.has(local);
const isIdle = (op: Op, idle: ReadonlySet<number>): boolean =>
  (op.kind === 'assign' && op.place.projection.length === 0 && isIdleLocal(op.place.local, idle)) || ((op.kind === 'live' || op.kind === 'dead') && isIdleLocal(op.local, idle));

/** Where a test goes whatever it finds, or null when that differs. A way that cannot be taken does not count. */
function onlyWay(body: Body, end: Extract<End, { kind: 'switch' }>, idle: ReadonlySet<number>, depth = 0): BlockId | null {
  let way: BlockId | null = null;
  for (const target of [...end.targets, end.otherwise]) {
    const to = onward(body, target, idle, depth);
    const block = body.blocks[to];
    if (block?.end.kind === 'unreachable' && block.ops.length === 0) continue;
    if (way !== null && to !== way) return null;
    way = to;
  }
  return way;
}

/** Where control comes to from here without doing anything that counts. */
function onward(body: Body, start: BlockId, idle: ReadonlySet<number>, depth: number): BlockId {
  let at = start;
  for (let steps = 0; steps < body.blocks.length; steps++) {
    const block = body.blocks[at];
    if (block === undefined || !block.ops.every(op => op.kind === 'mark' || isIdle(op, idle))) break;
    const inner = block.end.kind === 'switch' && depth < NESTED && isIdleTest(block.end.operand, idle) ? onlyWay(body, block.end, idle, depth + 1) : null;
    if (block.end.kind === 'goto') at = block.end.target;
    else if (inner !== null) at = inner;
    else break;
  }
  return at;
}
