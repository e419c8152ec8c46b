/** Named constants as values: evaluated once per instance, kept by key. In: definition and arguments. Out: bytes, or null when code must make them. */
import type { Constant } from '../flow/graph.ts';
import type { DefId, Type } from '../types/type.ts';
import type { ConstValue, Unit } from './unit.ts';
import { instanceOf } from './world.ts';

export function resolveConst(unit: Unit, def: DefId, args: readonly Type[]): ConstValue | null {
  const instance = instanceOf(unit.world, { kind: 'item', def, args });
  let value = unit.constants.get(instance.key);
  if (value === undefined) {
    unit.constants.set(instance.key, null); // a constant that needs itself is made by code
    value = unit.evaluate(unit, instance);
    unit.constants.set(instance.key, value);
  }
  return value;
}

export const zeroSized = (constant: Constant): boolean => constant.kind === 'zero';
