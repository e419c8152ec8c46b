/** Types of places and operands of a body. In: a body and a place. Out: its type. Linear in the place's projections. */
import type { Operand, Place } from '../flow/graph.ts';
import type { Type } from '../types/type.ts';
import type { Body } from './body.ts';
import { stepType, type World } from './world.ts';

export function placeTypeOf(world: World, body: Pick<Body, 'locals'>, place: Place): Type {
  const start = body.locals[place.local];
  if (start === undefined) throw new Error(`no local ${place.local}`);
  let { type } = start;
  for (const step of place.projection) type = stepType(world, type, step);
  return type;
}

export const operandTypeOf = (world: World, body: Pick<Body, 'locals'>, operand: Operand): Type =>
  operand.kind === 'constant' ? operand.constant.type : placeTypeOf(world, body, operand.place);
