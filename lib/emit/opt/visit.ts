/**
 * Walking and rewriting the places and operands of a body, for the passes. In: an operation and what to do at each place or operand. Out: nothing,
 * or a new operation. The only file of the passes that knows every kind of operation.
 */
import type { LocalId, Operand, Place, Rvalue } from '../../flow/graph.ts';
import type { Body, End, Op, Target } from '../body.ts';

/** What happens at a place: its value is read by an operand, written, its address is taken, it is dropped, or its tag or length is read. */
export type Role = 'copy' | 'move' | 'write' | 'borrow' | 'drop' | 'inspect';

type Visit = (place: Place, role: Role) => void;

const inOperand = (o: Operand, visit: Visit): void => { if (o.kind !== 'constant') visit(o.place, o.kind); };

function inRvalue(r: Rvalue, visit: Visit): void {
  switch (r.kind) {
    case 'use': case 'unary': case 'cast': case 'repeat': inOperand(r.operand, visit); break;
    case 'borrow': visit(r.place, r.borrow === 'fake' ? 'inspect' : 'borrow'); break;
    case 'rawBorrow': visit(r.place, 'borrow'); break;
    case 'binary': case 'pointer': inOperand(r.left, visit); inOperand(r.right, visit); break;
    case 'aggregate': for (const o of r.operands) inOperand(o, visit); break;
    case 'discriminant': case 'length': visit(r.place, 'inspect'); break;
  }
}

/** Every place of an operation, reads before the write. */
export function visitOp(op: Op, visit: Visit): void {
  switch (op.kind) {
    case 'assign': inRvalue(op.value, visit); visit(op.place, 'write'); break;
    case 'call':
      for (const o of op.args) inOperand(o, visit);
      if (op.target.kind === 'pointer') inOperand(op.target.pointer, visit);
      visit(op.destination, 'write');
      break;
    case 'drop': visit(op.place, 'drop'); break;
    case 'checked': inOperand(op.left, visit); if (op.right !== null) inOperand(op.right, visit); visit(op.destination, 'write'); break;
    case 'bounds': inOperand(op.index, visit); inOperand(op.length, visit); break;
    case 'guard': inOperand(op.pointer, visit); break;
    default: break;
  }
}

export const visitEnd = (end: End, visit: Visit): void => { if (end.kind === 'switch') inOperand(end.operand, visit); };

export function visitBody(body: Body, visit: (place: Place, role: Role, op: Op | null, block: number, at: number) => void): void {
  for (const [b, block] of body.blocks.entries()) {
    for (const [i, op] of block.ops.entries()) visitOp(op, (place, role) => visit(place, role, op, b, i));
    visitEnd(block.end, (place, role) => visit(place, role, null, b, block.ops.length));
  }
}

/** Locals that a place reads on the way: its base (unless the place itself is it) and indices. */
export function indexLocals(place: Place, visit: (local: LocalId) => void): void {
  for (const step of place.projection) if (step.kind === 'index') visit(step.local);
}

export interface Change {
  place(place: Place, role: Role): Place;
  /** After its place was changed. */
  operand?(operand: Operand): Operand;
}

function changeOperand(o: Operand, c: Change): Operand {
  if (o.kind === 'constant') return o;
  const place = c.place(o.place, o.kind);
  const changed: Operand = place === o.place ? o : { kind: o.kind, place };
  return c.operand === undefined ? changed : c.operand(changed);
}

export function changeRvalue(r: Rvalue, c: Change): Rvalue {
  switch (r.kind) {
    case 'use': case 'unary': case 'cast': case 'repeat': { const operand = changeOperand(r.operand, c); return operand === r.operand ? r : { ...r, operand }; }
    case 'borrow': { const place = c.place(r.place, r.borrow === 'fake' ? 'inspect' : 'borrow'); return place === r.place ? r : { ...r, place }; }
    case 'rawBorrow': { const place = c.place(r.place, 'borrow'); return place === r.place ? r : { ...r, place }; }
    case 'binary': case 'pointer': {
      const left = changeOperand(r.left, c);
      const right = changeOperand(r.right, c);
      return left === r.left && right === r.right ? r : { ...r, left, right };
    }
    case 'aggregate': return { ...r, operands: r.operands.map(o => changeOperand(o, c)) };
    case 'discriminant': case 'length': { const place = c.place(r.place, 'inspect'); return place === r.place ? r : { ...r, place }; }
  }
}

export function changeOp(op: Op, c: Change): Op {
  switch (op.kind) {
    case 'assign': {
      const value = changeRvalue(op.value, c);
      const place = c.place(op.place, 'write');
      return value === op.value && place === op.place ? op : { ...op, value, place };
    }
    case 'call': {
      const args = op.args.map(o => changeOperand(o, c));
      const target: Target = op.target.kind === 'pointer' ? { kind: 'pointer', pointer: changeOperand(op.target.pointer, c) } : op.target;
      return { ...op, args, target, destination: c.place(op.destination, 'write') };
    }
    case 'drop': return { ...op, place: c.place(op.place, 'drop') };
    case 'checked': return { ...op, left: changeOperand(op.left, c), right: op.right === null ? null : changeOperand(op.right, c), destination: c.place(op.destination, 'write') };
    case 'bounds': return { ...op, index: changeOperand(op.index, c), length: changeOperand(op.length, c) };
    case 'guard': return { ...op, pointer: changeOperand(op.pointer, c) };
    default: return op;
  }
}

export const changeEnd = (end: End, c: Change): End => (end.kind === 'switch' ? { ...end, operand: changeOperand(end.operand, c) } : end);

export function changeBody(body: Body, c: Change): void {
  for (const block of body.blocks) {
    for (const [i, op] of block.ops.entries()) { const changed = changeOp(op, c); if (changed !== op) block.ops[i] = changed; }
    block.end = changeEnd(block.end, c);
  }
}

export interface Usage {
  /** Writes of the whole local, and of parts of it. */
  readonly writes: Int32Array;
  /** Reads of the local or anything reached through it; as an index too. */
  readonly reads: Int32Array;
  /** Its address is taken (a `borrow` or drop without going through a pointer). */
  readonly taken: Uint8Array;
}

export function usage(body: Body): Usage {
  const n = body.locals.length;
  const u: Usage = { writes: new Int32Array(n), reads: new Int32Array(n), taken: new Uint8Array(n) };
  const read = (l: number): void => { u.reads[l] = (u.reads[l] ?? 0) + 1; };
  visitBody(body, (place, role) => {
    const through = place.projection.some(s => s.kind === 'deref');
    if (role === 'write' && !through) u.writes[place.local] = (u.writes[place.local] ?? 0) + 1;
    else read(place.local);
    if ((role === 'borrow' || role === 'drop') && !through) u.taken[place.local] = 1;
    indexLocals(place, read);
  });
  return u;
}
