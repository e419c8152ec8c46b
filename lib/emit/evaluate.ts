/**
 * Evaluates constants and statics to bytes. In: the unit and an instance. Out: bytes with the addresses in them, or null when only code
 * can make the value.
 */
import type { Instance } from './instance.ts';
import type { ConstValue, Unit } from './unit.ts';

export function evaluateConstant(_unit: Unit, _instance: Instance): ConstValue | null {
  return null;
}
