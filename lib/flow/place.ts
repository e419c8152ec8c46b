/**
 * Places as values: their types, equality, and how they print. A place is a local followed by projections; nothing here changes
 * a graph. Costs are linear in the number of projections.
 */
import { array, constant, slice, type Type } from '../types/type.ts';
import type { Graph, Local, LocalId, Operand, Place, Projection } from './graph.ts';
import { isBox, type TypeQueries } from './queries.ts';

export const RESULT = 0 as LocalId;
export const DEREF: Projection = { kind: 'deref' };

export const local = (id: LocalId): Place => ({ local: id, projection: [] });
export const project = (place: Place, ...more: Projection[]): Place => ({ local: place.local, projection: [...place.projection, ...more] });
export const field = (place: Place, index: number, type: Type): Place => project(place, { kind: 'field', index, type });

/** Type behind a reference, raw pointer or `Box`; the type itself where there is none. */
export function pointee(queries: TypeQueries, type: Type): Type {
  if (type.kind === 'ref' || type.kind === 'ptr') return type.inner;
  if (type.kind === 'adt' && isBox(queries.definitions, type)) return type.args[0] ?? type;
  return type;
}

export function elementType(type: Type): Type {
  return type.kind === 'array' || type.kind === 'slice' ? type.element : type;
}

export function stepType(queries: TypeQueries, type: Type, step: Projection): Type {
  switch (step.kind) {
    case 'deref': return pointee(queries, type);
    case 'field': return step.type;
    case 'variant': return type;
    case 'index': case 'constantIndex': return elementType(type);
    case 'subslice':
      if (type.kind === 'array' && type.length.kind === 'const') return array(type.element, constant(type.length.value - BigInt(step.from + step.to)));
      return slice(elementType(type));
  }
}

export function placeType(queries: TypeQueries, locals: readonly Local[], place: Place, steps = place.projection.length): Type {
  const start = locals[place.local];
  if (start === undefined) throw new Error(`no local ${place.local}`);
  let type = start.type;
  for (let i = 0; i < steps; i++) {
    const step = place.projection[i];
    if (step !== undefined) type = stepType(queries, type, step);
  }
  return type;
}

export function sameStep(a: Projection, b: Projection): boolean {
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'deref': return true;
    case 'field': case 'variant': return a.index === (b as typeof a).index;
    case 'index': return a.local === (b as typeof a).local;
    case 'constantIndex': return a.offset === (b as typeof a).offset && a.fromEnd === (b as typeof a).fromEnd;
    case 'subslice': return a.from === (b as typeof a).from && a.to === (b as typeof a).to;
  }
}

export function samePlace(a: Place, b: Place): boolean {
  return a.local === b.local && a.projection.length === b.projection.length && a.projection.every((s, i) => sameStep(s, b.projection[i] ?? DEREF));
}

/** A key of a place for maps. */
export function placeKey(place: Place): string {
  let key = String(place.local);
  for (const s of place.projection) {
    key += s.kind === 'deref' ? '*' : s.kind === 'field' ? `.${s.index}` : s.kind === 'variant' ? `@${s.index}` : s.kind === 'index' ? `[_${s.local}]`
      : s.kind === 'constantIndex' ? `[${s.fromEnd ? '-' : ''}${s.offset}]` : `[${s.from}..-${s.to}]`;
  }
  return key;
}

export function operandType(queries: TypeQueries, locals: readonly Local[], operand: Operand): Type {
  return operand.kind === 'constant' ? operand.constant.type : placeType(queries, locals, operand.place);
}

/** The place as the user would write it, null where a temporary stands in it. */
export function placeText(queries: TypeQueries, graph: Pick<Graph, 'locals' | 'variables'>, place: Place): string | null {
  const start = graph.locals[place.local];
  if (start === undefined) return null;
  let text = start.name;
  let type = start.type;
  let first = 0;
  if (text === null) {
    // A captured variable: its projection begins with the way through the environment.
    for (const v of graph.variables) {
      if (v.local !== place.local || v.projection.length === 0 || v.projection.length > place.projection.length) continue;
      if (!v.projection.every((s, i) => sameStep(s, place.projection[i] ?? DEREF))) continue;
      if (text === null || v.projection.length > first) { text = v.name; first = v.projection.length; }
    }
    if (text === null) return null;
    type = placeType(queries, graph.locals, place, first);
  }
  let stars = '';
  for (let i = first; i < place.projection.length; i++) {
    const step = place.projection[i];
    if (step === undefined) break;
    const next = place.projection[i + 1];
    switch (step.kind) {
      case 'deref':
        if (next === undefined || next.kind === 'deref') stars += '*';
        break;
      case 'field': text += `.${fieldName(queries, type, place, i, step.index)}`; break;
      case 'variant': break;
      case 'index': text += '[_]'; break;
      default: text += '[..]';
    }
    if (step.kind !== 'deref' && stars !== '') { text = `(${stars}${text})`; stars = ''; }
    type = stepType(queries, type, step);
  }
  return stars + text;
}

function fieldName(queries: TypeQueries, type: Type, place: Place, at: number, index: number): string {
  if (type.kind !== 'adt') return String(index);
  const before = place.projection[at - 1];
  const found = queries.definitions.byId.get(type.def);
  const variant = found?.kind === 'struct' ? found.variant : found?.kind === 'enum' && before?.kind === 'variant' ? found.variants[before.index] : undefined;
  return variant?.fields[index]?.name ?? String(index);
}
