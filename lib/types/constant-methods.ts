/**
 * Methods of integers that constants may call. In: a number, a method's name, its arguments. Out: a value, why it overflows, or null: no such method here.
 */
import { bitsOf, fitsInt, rangeOf, wrapInt } from './constant-arithmetic.ts';
import type { Value } from './constant-value.ts';

export type MethodResult = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly why: string };

export function intMethod(self: Value & { kind: 'int' }, name: string, args: readonly Value[]): MethodResult | null {
  const type = self.type ?? 'i32';
  const [first] = args;
  const other = first?.kind === 'int' ? first.value : null;
  const make = (value: bigint): MethodResult => ({ ok: true, value: { kind: 'int', value, type: self.type } });
  const count = (value: bigint): MethodResult => ({ ok: true, value: { kind: 'int', value, type: 'u32' } });
  const { min, max } = rangeOf(type);
  const unsigned = BigInt.asUintN(bitsOf(type), self.value);
  if (other !== null) {
    switch (name) {
      case 'wrapping_add': return make(wrapInt(self.value + other, type));
      case 'wrapping_sub': return make(wrapInt(self.value - other, type));
      case 'wrapping_mul': return make(wrapInt(self.value * other, type));
      case 'saturating_add': case 'saturating_sub': {
        const sum = name === 'saturating_add' ? self.value + other : self.value - other;
        return make(sum < min ? min : sum > max ? max : sum);
      }
      case 'min': return make(self.value < other ? self.value : other);
      case 'max': return make(self.value > other ? self.value : other);
      case 'rem_euclid': return other === 0n ? null : make(((self.value % other) + (other < 0n ? -other : other)) % (other < 0n ? -other : other));
      case 'pow': {
        const value = self.value ** other;
        return fitsInt(value, type) ? make(value) : { ok: false, why: `attempt to compute \`${self.value}_${type}\` to the power ${other}, which would overflow` };
      }
      default: return null;
    }
  }
  const ones = unsigned.toString(2).replaceAll('0', '').length;
  switch (name) {
    case 'abs': return make(self.value < 0n ? -self.value : self.value);
    case 'count_ones': return count(BigInt(ones));
    case 'leading_zeros': return count(BigInt(unsigned === 0n ? bitsOf(type) : bitsOf(type) - unsigned.toString(2).length));
    case 'trailing_zeros': return count(BigInt(unsigned === 0n ? bitsOf(type) : (/0*$/.exec(unsigned.toString(2))?.[0].length ?? 0)));
    case 'is_power_of_two': return { ok: true, value: { kind: 'bool', value: ones === 1 } };
    case 'next_power_of_two': return make(self.value <= 1n ? 1n : 1n << BigInt((self.value - 1n).toString(2).length));
    default: return null;
  }
}
