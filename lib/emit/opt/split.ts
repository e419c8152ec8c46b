/**
 * Aggregates in memory into their parts: a struct, tuple, closure or enum whose address is not taken and that is only used by its parts (or copied
 * whole) becomes one local a field, so that each can live in a VM local; an enum's variant is one more local, its tag. In: a body, in place. Invariant:
 * an enum is taken apart only where nobody wants it back in one piece, since that would need a branch. Linear a round; nested ones take a round each.
 */
import type { Operand, Place, Projection, Rvalue } from '../../flow/graph.ts';
import { ISIZE, type Type } from '../../types/type.ts';
import { addLocal, type Body, local, type Op, project } from '../body.ts';
import { fieldTypes, isEnum, tailOf, variantsOf, type World } from '../world.ts';
import { changeBody, usage, visitBody } from './visit.ts';

/** Parts that are worth a local each. */
const MOST = 12;

/** A field of a struct (`variant` null) or of a variant. */
interface Field { readonly variant: number | null; readonly index: number; readonly type: Type }
interface Whole { readonly isEnum: boolean; readonly fields: readonly Field[] }
interface Parts { readonly tag: number | null; readonly locals: readonly number[]; readonly fields: readonly Field[] }

function wholeOf(world: World, type: Type): Whole | null {
  const plain = (variant: number | null): readonly Field[] => fieldTypes(world, type, variant).map((t, index) => ({ variant, index, type: t }));
  if (type.kind === 'tuple' || type.kind === 'closure') return { isEnum: false, fields: plain(null) };
  if (type.kind !== 'adt' || tailOf(world, type) !== null) return null;
  if (!isEnum(world, type)) return { isEnum: false, fields: plain(null) };
  const variants = variantsOf(world, type.def);
  if (variants.length < 2 || variants.some(v => BigInt.asIntN(32, v.discriminant) !== v.discriminant)) return null;
  return { isEnum: true, fields: variants.flatMap((_, v) => plain(v)) };
}

/** The field a place goes to first, as a number among the fields, and how many steps that takes; null when it takes another way. */
function firstField(whole: { readonly fields: readonly Field[] }, place: Place): { readonly part: number; readonly steps: number } | null {
  const [first, second] = place.projection;
  const variant = first?.kind === 'variant' ? first.index : null;
  const step = first?.kind === 'variant' ? second : first;
  if (step?.kind !== 'field') return null;
  const part = whole.fields.findIndex(f => f.variant === variant && f.index === step.index);
  return part < 0 ? null : { part, steps: variant === null ? 1 : 2 };
}

export function splitAggregates(world: World, body: Body): boolean {
  const u = usage(body);
  const candidates = new Map<number, Whole>();
  for (const [l, each] of body.locals.entries()) {
    if (l <= body.params || u.taken[l] === 1 || (u.reads[l] === 0 && u.writes[l] === 0) || each.type.kind === 'never') continue;
    const { abi } = world.types.shape(each.type);
    if (abi.kind === 'zero') continue;
    const whole = wholeOf(world, each.type);
    if (whole === null || whole.fields.length === 0 || whole.fields.length > MOST) continue;
    candidates.set(l, whole);
  }
  if (candidates.size === 0) return false;
  // Whole uses: only as one side of a copy, or made by an aggregate.
  const joined: { from: number; to: number | null }[] = [];
  visitBody(body, (place, role, op) => {
    const whole = candidates.get(place.local);
    if (whole === undefined || firstField(whole, place) !== null) return;
    if (place.projection.length === 0) {
      if (role === 'inspect' && op?.kind === 'assign' && op.value.kind === 'discriminant' && whole.isEnum) return;
      if (op?.kind === 'assign') {
        if (role === 'write' ? (op.value.kind === 'use' && op.value.operand.kind !== 'constant') || op.value.kind === 'aggregate' : op.value.kind === 'use') {
          if (role !== 'write' && whole.isEnum) joined.push({ from: place.local, to: op.place.projection.length === 0 ? op.place.local : null });
          return;
        }
      }
    }
    candidates.delete(place.local);
  });
  for (let changed = true; changed;) {
    changed = false;
    for (const { from, to } of joined) if ((to === null || !candidates.has(to)) && candidates.delete(from)) changed = true;
  }
  if (candidates.size === 0) return false;

  const parts = new Map<number, Parts>();
  for (const [l, whole] of candidates) parts.set(l, { tag: whole.isEnum ? addLocal(body, ISIZE, null) : null, locals: whole.fields.map(f => addLocal(body, f.type, null)), fields: whole.fields });
  const partsOf = (place: Place): Parts | undefined => (place.projection.length === 0 ? parts.get(place.local) : undefined);
  const part = (place: Place, i: number, field: Field): Place => {
    const own = partsOf(place)?.locals[i];
    if (own !== undefined) return local(own);
    const step: Projection = { kind: 'field', index: field.index, type: field.type };
    return field.variant === null ? project(place, step) : project(place, { kind: 'variant', index: field.variant }, step);
  };
  const tagOf = (operand: Exclude<Operand, { kind: 'constant' }>): Rvalue => {
    const tag = partsOf(operand.place)?.tag ?? null;
    return tag === null ? { kind: 'discriminant', place: operand.place, type: ISIZE } : { kind: 'use', operand: { kind: 'copy', place: local(tag) } };
  };
  for (const block of body.blocks) {
    const ops: Op[] = [];
    for (const op of block.ops) {
      if (op.kind !== 'assign') { ops.push(op); continue; }
      const { value, span } = op;
      const assign = (place: Place, what: typeof value): void => { ops.push({ kind: 'assign', span, place, value: what }); };
      const target = partsOf(op.place);
      if (value.kind === 'discriminant') {
        const tag = partsOf(value.place)?.tag ?? null;
        if (tag === null) ops.push(op);
        else assign(op.place, value.type === ISIZE ? { kind: 'use', operand: { kind: 'copy', place: local(tag) } } : { kind: 'cast', cast: 'numeric', operand: { kind: 'copy', place: local(tag) }, type: value.type });
      } else if (value.kind === 'aggregate' && target !== undefined) {
        const variant = target.tag === null || value.of.kind !== 'adt' ? null : value.of.variant;
        const at = target.fields.flatMap((f, i) => (f.variant === variant ? [i] : []));
        // Through fresh locals, in case an operand reads the old value.
        const selfish = value.operands.some(o => o.kind !== 'constant' && o.place.local === op.place.local);
        const sources = value.operands.map((operand, i): Operand => {
          if (!selfish) return operand;
          const held = addLocal(body, target.fields[at[i] ?? 0]?.type ?? value.type, null);
          assign(local(held), { kind: 'use', operand });
          return { kind: 'move', place: local(held) };
        });
        sources.forEach((operand, i) => { const to = target.locals[at[i] ?? -1]; if (to !== undefined) assign(local(to), { kind: 'use', operand }); });
        if (target.tag !== null && variant !== null && value.type.kind === 'adt') {
          assign(local(target.tag), { kind: 'use', operand: { kind: 'constant', constant: { kind: 'int', value: variantsOf(world, value.type.def)[variant]?.discriminant ?? 0n, type: ISIZE } } });
        }
      } else if (value.kind === 'use' && value.operand.kind !== 'constant') {
        const { operand } = value;
        const both = target ?? partsOf(operand.place);
        if (both === undefined) { ops.push(op); continue; }
        if (both.tag !== null && target?.tag !== undefined && target.tag !== null) assign(local(target.tag), tagOf(operand));
        both.fields.forEach((field, i) => assign(part(op.place, i, field), { kind: 'use', operand: { kind: operand.kind, place: part(operand.place, i, field) } }));
      } else ops.push(op);
    }
    block.ops = ops;
  }
  changeBody(body, {
    place: place => {
      const own = parts.get(place.local);
      const first = own === undefined ? null : firstField(own, place);
      const to = own === undefined || first === null ? undefined : own.locals[first.part];
      return to === undefined || first === null ? place : { local: local(to).local, projection: place.projection.slice(first.steps) };
    },
  });
  return true;
}
