/**
 * Constant folding: arithmetic and comparisons of known numbers, casts of them, queries about types; reads and writes through pointers as assignments. In: a body, in place. An operation that would
 * panic stays. Linear.
 */
import type { Constant, Operand } from '../../flow/graph.ts';
import { type Body, type Op, project } from '../body.ts';
import { operandTypeOf, placeTypeOf } from '../kind.ts';
import { binaryOp, castValue, checkedResult, type Num, unaryOp } from '../number.ts';
import { keep, type Prim } from '../shape.ts';
import type { Type } from '../../types/type.ts';
import { lengthOf, needsDrop, type World } from '../world.ts';

export function foldConstants(world: World, body: Body): boolean {
  let changed = false;
  const primOf = (type: Type): Prim | null => { const { abi } = world.types.shape(type); return abi.kind === 'scalar' ? abi.prim : null; };
  const value = (o: Operand): Num | null => {
    if (o.kind !== 'constant') return null;
    const { constant } = o;
    if (constant.kind === 'float') return constant.value;
    if (constant.kind !== 'int') return null;
    const prim = primOf(constant.type);
    return prim === null || prim === 'f32' || prim === 'f64' ? null : keep(prim, constant.value);
  };
  const operand = (n: Num, type: Type): Operand => ({ kind: 'constant', constant: (typeof n === 'number' ? { kind: 'float', value: n, type } : { kind: 'int', value: n, type }) satisfies Constant });
  const give = (op: Op, place: Extract<Op, { kind: 'assign' }>['place'], n: Num): Op => {
    changed = true;
    return { kind: 'assign', span: op.span, place, value: { kind: 'use', operand: operand(n, placeTypeOf(world, body, place)) } };
  };
  for (const block of body.blocks) {
    for (const [i, op] of block.ops.entries()) {
      if (op.kind === 'assign') {
        const r = op.value;
        if (r.kind === 'binary') {
          const [a, b] = [value(r.left), value(r.right)];
          const prim = a === null || b === null ? null : primOf(operandTypeOf(world, body, r.left));
          if (a !== null && b !== null && prim !== null) block.ops[i] = give(op, op.place, binaryOp(r.op, prim, a, b));
        } else if (r.kind === 'unary') {
          const a = value(r.operand);
          const type = operandTypeOf(world, body, r.operand);
          const prim = a === null ? null : primOf(type);
          if (a !== null && prim !== null) block.ops[i] = give(op, op.place, unaryOp(r.op, prim, a, type.kind === 'bool'));
        } else if (r.kind === 'cast' && r.cast === 'numeric') {
          const a = value(r.operand);
          const from = a === null ? null : primOf(operandTypeOf(world, body, r.operand));
          const to = primOf(r.type);
          if (a !== null && from !== null && to !== null) block.ops[i] = give(op, op.place, castValue(from, to, a));
        } else if (r.kind === 'cast' && r.cast === 'pointerToPointer' && r.operand.kind !== 'constant') {
          // The same address of the same type: said as an address, so that the place can be followed.
          const from = operandTypeOf(world, body, r.operand);
          if ((from.kind === 'ref' || from.kind === 'ptr') && r.type.kind === 'ptr' && from.inner === r.type.inner) {
            block.ops[i] = { ...op, value: { kind: 'rawBorrow', mutable: r.type.mutable, place: project(r.operand.place, { kind: 'deref' }) } };
            changed = true;
          }
        } else if (r.kind === 'length') {
          const type = placeTypeOf(world, body, r.place);
          if (type.kind === 'array') block.ops[i] = give(op, op.place, lengthOf(type));
        }
      } else if (op.kind === 'checked') {
        const a = value(op.left);
        const b = op.right === null ? 0n : value(op.right);
        const prim = a === null || b === null ? null : primOf(operandTypeOf(world, body, op.left));
        if (a === null || b === null || prim === null) continue;
        const result = checkedResult(op.op, prim, a, b);
        if (typeof result !== 'string') block.ops[i] = give(op, op.destination, result.value);
      } else if (op.kind === 'call' && op.target.kind === 'intrinsic') {
        const types = op.target.args.filter(t => t.kind !== 'region');
        const [t] = types;
        if (t === undefined) continue;
        switch (op.target.name) {
          case 'size_of': block.ops[i] = give(op, op.destination, BigInt(world.types.shape(t).size)); break;
          case 'align_of': block.ops[i] = give(op, op.destination, BigInt(world.types.shape(t).align)); break;
          case 'needs_drop': block.ops[i] = give(op, op.destination, needsDrop(world, t) ? 1n : 0n); break;
          // In release a read or write through a pointer is an assignment like others, so that the pointer can go.
          case 'read': case 'write': {
            const [pointer, written] = op.args;
            if (pointer === undefined || pointer.kind === 'constant') break;
            const place = project(pointer.place, { kind: 'deref' });
            if (op.target.name === 'read') block.ops[i] = { kind: 'assign', span: op.span, place: op.destination, value: { kind: 'use', operand: { kind: 'copy', place } } };
            else if (written !== undefined) block.ops[i] = { kind: 'assign', span: op.span, place, value: { kind: 'use', operand: written } };
            changed = true;
            break;
          }
          case 'is_copy': block.ops[i] = give(op, op.destination, world.types.isCopy(t) ? 1n : 0n); break;
          default: break;
        }
      } else if (op.kind === 'bounds') {
        const [a, b] = [value(op.index), value(op.length)];
        if (a !== null && b !== null && a < b) { block.ops[i] = { kind: 'mark', span: op.span }; changed = true; }
      }
    }
  }
  return changed;
}
