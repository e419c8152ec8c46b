/**
 * Aggregates in memory into their fields: a struct, tuple or closure whose address is not taken and that is only used by its fields (or copied whole)
 * becomes one local a field, so that each can live in a VM local. In: a body, in place. Linear a round; nested ones take a round each.
 */
import type { Operand, Place } from '../../flow/graph.ts';
import type { Type } from '../../types/type.ts';
import { addLocal, type Body, local, type Op, project } from '../body.ts';
import { fieldTypes, isEnum, tailOf, type World } from '../world.ts';
import { changeBody, usage, visitBody } from './visit.ts';

/** Fields that are worth a local each. */
const MOST = 12;

function fieldsOf(world: World, type: Type): readonly Type[] | null {
  if (type.kind === 'tuple' || type.kind === 'closure') return fieldTypes(world, type);
  if (type.kind !== 'adt' || isEnum(world, type) || tailOf(world, type) !== null) return null;
  return fieldTypes(world, type);
}

export function splitAggregates(world: World, body: Body): boolean {
  const u = usage(body);
  const candidates = new Map<number, readonly Type[]>();
  for (const [l, each] of body.locals.entries()) {
    if (l <= body.params || u.taken[l] === 1 || (u.reads[l] === 0 && u.writes[l] === 0) || each.type.kind === 'never') continue;
    const fields = fieldsOf(world, each.type);
    if (fields === null || fields.length === 0 || fields.length > MOST) continue;
    const { abi } = world.types.shape(each.type);
    if (abi.kind !== 'memory' && abi.kind !== 'pair') continue;
    candidates.set(l, fields);
  }
  if (candidates.size === 0) return false;
  // Whole uses: only as one side of a copy, or made by an aggregate.
  visitBody(body, (place, role, op) => {
    if (!candidates.has(place.local)) return;
    if (place.projection[0]?.kind === 'field') return;
    const whole = place.projection.length === 0 && op?.kind === 'assign' && (role === 'write'
      ? (op.value.kind === 'use' && op.value.operand.kind !== 'constant') || op.value.kind === 'aggregate'
      : op.value.kind === 'use');
    if (!whole) candidates.delete(place.local);
  });
  if (candidates.size === 0) return false;
  const parts = new Map<number, readonly number[]>();
  for (const [l, fields] of candidates) parts.set(l, fields.map(t => addLocal(body, t, null)));
  const part = (place: Place, i: number, type: Type): Place => {
    const own = place.projection.length === 0 ? parts.get(place.local)?.[i] : undefined;
    return own === undefined ? project(place, { kind: 'field', index: i, type }) : local(own);
  };
  for (const block of body.blocks) {
    const ops: Op[] = [];
    for (const op of block.ops) {
      if (op.kind !== 'assign' || (op.value.kind !== 'use' && op.value.kind !== 'aggregate')) { ops.push(op); continue; }
      const target = op.place.projection.length === 0 ? candidates.get(op.place.local) : undefined;
      if (op.value.kind === 'aggregate') {
        if (target === undefined) { ops.push(op); continue; }
        // Through fresh locals, in case an operand reads the old value.
        const selfish = op.value.operands.some(o => o.kind !== 'constant' && o.place.local === op.place.local);
        const { value } = op;
        const sources = value.operands.map((operand, i): Operand => {
          if (!selfish) return operand;
          const held = addLocal(body, target[i] ?? value.type, null);
          ops.push({ kind: 'assign', span: op.span, place: local(held), value: { kind: 'use', operand } });
          return { kind: 'move', place: local(held) };
        });
        sources.forEach((operand, i) => ops.push({ kind: 'assign', span: op.span, place: part(op.place, i, target[i] ?? value.type), value: { kind: 'use', operand } }));
        continue;
      }
      const { operand } = op.value;
      const source = operand.kind !== 'constant' && operand.place.projection.length === 0 ? candidates.get(operand.place.local) : undefined;
      const fields = target ?? source;
      if (fields === undefined || operand.kind === 'constant') { ops.push(op); continue; }
      fields.forEach((t, i) => ops.push({ kind: 'assign', span: op.span, place: part(op.place, i, t), value: { kind: 'use', operand: { kind: operand.kind, place: part(operand.place, i, t) } } }));
    }
    block.ops = ops;
  }
  changeBody(body, {
    place: place => {
      const own = parts.get(place.local);
      const [first, ...rest] = place.projection;
      if (own === undefined || first?.kind !== 'field') return place;
      const to = own[first.index];
      return to === undefined ? place : { local: local(to).local, projection: rest };
    },
  });
  return true;
}
