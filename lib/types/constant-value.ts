/**
 * Values of constants as evaluation sees them: what kinds there are, how they compare, and how a scalar becomes a type argument. Pure data.
 */
import { problem, type Problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import { fitsInt } from './constant-arithmetic.ts';
import type { Definition } from './definition.ts';
import { constant, type DefId, type IntName, type Type } from './type.ts';

export type Value =
  /** `type` null: a literal that has met no type yet. */
  | { readonly kind: 'int'; readonly value: bigint; readonly type: IntName | null }
  | { readonly kind: 'float'; readonly value: number; readonly type: 'f32' | 'f64' | null }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'char'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: readonly number[] }
  | { readonly kind: 'null' }
  /** Tuple, array (no `def`), struct or variant. */
  | { readonly kind: 'parts'; readonly def: DefId | null; readonly names: readonly string[] | null; readonly parts: readonly Value[] }
  /** A const parameter alone. */
  | { readonly kind: 'param'; readonly param: Type };

/** The value as a `const` of the type; null, with a problem, when it is none. */
export function toType(value: Value, type: Type, span: Span, problems: Problem[]): Type | null {
  switch (value.kind) {
    case 'param': return value.param;
    case 'int':
      if (type.kind !== 'int') return mismatch(type, 'integer', span, problems);
      if (!fitsInt(value.value, type.name)) {
        problems.push(problem('E0080', span, {}, { label: `\`${value.value}\` does not fit in \`${type.name}\`` }));
        return null;
      }
      if (value.type !== null && value.type !== type.name) return mismatch(type, value.type, span, problems);
      return constant(value.value, type);
    case 'bool': return type.kind === 'bool' ? constant(value.value ? 1n : 0n, type) : mismatch(type, 'bool', span, problems);
    case 'char': return type.kind === 'char' ? constant(BigInt(value.value), type) : mismatch(type, 'char', span, problems);
    default: return mismatch(type, 'another type', span, problems);
  }
}

function mismatch(type: Type, found: string, span: Span, problems: Problem[]): null {
  if (type.kind !== 'error') {
    const expected = type.kind === 'int' ? type.name : type.kind;
    problems.push(problem('E0308', span, { expected, found }, { label: `expected \`${expected}\`, found \`${found}\`` }));
  }
  return null;
}

/** A literal that met no type takes this one. */
export function settle(value: Value, type: Type): Value {
  if (value.kind === 'int' && value.type === null && type.kind === 'int') return { ...value, type: type.name };
  if (value.kind === 'float' && value.type === null && type.kind === 'float') return { ...value, type: type.name };
  return value;
}

/** Below, equal or above; null when the two cannot be compared. */
export function compare(a: Value, b: Value): number | null {
  if (a.kind === 'int' && b.kind === 'int') return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  if ((a.kind === 'float' && b.kind === 'float') || (a.kind === 'char' && b.kind === 'char')) return a.value < b.value ? -1 : a.value > b.value ? 1 : a.value === b.value ? 0 : null;
  if (a.kind === 'bool' && b.kind === 'bool') return Number(a.value) - Number(b.value);
  if (a.kind === 'text' && b.kind === 'text') return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  if (a.kind === 'null' && b.kind === 'null') return 0;
  if (a.kind === 'parts' && b.kind === 'parts' && a.def === b.def && a.parts.length === b.parts.length) {
    for (let i = 0; i < a.parts.length; i++) {
      const [x, y] = [a.parts[i], b.parts[i]];
      const order = x === undefined || y === undefined ? null : compare(x, y);
      if (order !== 0) return order;
    }
    return 0;
  }
  return a.kind === 'parts' && b.kind === 'parts' ? 1 : null;
}

export const equal = (a: Value, b: Value): boolean | null => {
  const order = compare(a, b);
  return order === null ? null : order === 0;
};

/** Value of a library's constant, which its definition keeps. */
export function keptValue(known: Definition | undefined): Value | null {
  const kept = known?.kind === 'const' ? known.value : undefined;
  if (kept?.kind !== 'const') return null;
  if (kept.type.kind === 'int') return { kind: 'int', value: kept.value, type: kept.type.name };
  if (kept.type.kind === 'bool') return { kind: 'bool', value: kept.value !== 0n };
  return kept.type.kind === 'char' ? { kind: 'char', value: Number(kept.value) } : null;
}
