/**
 * Spacing: what stands between two neighbours on one line. In: the neighbours and where they are. Out: one blank or none. A table of habits, most of them from
 * rustfmt and black. It can only choose blanks, so it never changes what is read (`& &x` keeps its blank). O(1).
 */
import type { Element, Group } from './layout.ts';
import { endsOperand, keywords } from './words.ts';

const binary = new Set(['op', '+', '-', '*', '&', '|', '<', '>', '=', 'assignop', '->']);
const signs = new Set(['-', '*', '&', '~', '!', '<', '?']);

/** `angles.open` counts `<` of `<T as Trait>` that wait for their `>`. */
export function gap(before: Element | null, next: Element, elements: readonly Element[], index: number, angles: { open: number }, attributes: boolean): '' | ' ' {
  const opensAngle = next.type === '<' && !operandBefore(elements, index);
  const closesAngle = next.type === '>' && angles.open > 0;
  if (opensAngle) angles.open++;
  if (closesAngle) angles.open--;
  if (before === null) return '';
  if (closesAngle) return '';
  const b = before.type;
  const n = next.type;
  if (b === '@') return attributes ? '' : ' ';
  // `7 .1` is a field of a number; `7.1` would be another number. In `t.0.1` the zero is a field itself.
  if (n === '.' && b === 'int' && elements[index + 1]?.type === 'int' && elements[index - 2]?.type !== '.') return ' ';
  if (b === '.' || n === '.' || n === ',' || n === ';' || n === ':' || n === '?' && endsOperand(before)) return '';
  if (b === '::') return '';
  if (n === '::') return endsOperand(before) || b === '>' ? '' : blankAfter(before, elements, index);
  if (n === '..' || n === '..=') return endsOperand(before) && b !== 'lifetime' ? '' : blankAfter(before, elements, index);
  if (b === '..' || b === '..=') return '';
  if (n === 'paren') {
    if (b === 'paren' && elements[index - 2]?.type === 'pub') return ' ';
    if (b === 'pub') return visibilityPath(next as Group) ? '' : ' ';
    return (endsOperand(before) && b !== 'lifetime') || b === 'fn' || b === '>' ? '' : blankAfter(before, elements, index);
  }
  if (n === 'bracket') return (endsOperand(before) && b !== 'lifetime' && b !== 'literal' && b !== 'int') || (b === 'impl' && elements[index + 1]?.type !== ':') || b === 'use' || (b === 'for' && lifetimes(next as Group)) ? '' : blankAfter(before, elements, index);
  return blankAfter(before, elements, index);
}

/** Signs before an operand hold on to it. */
function blankAfter(before: Element, elements: readonly Element[], index: number): '' | ' ' {
  const b = before.type;
  const next = elements[index];
  if (!signs.has(b) || operandBefore(elements, index - 1)) return ' ';
  // `& &x` and `- -x` are two signs; `-> !` is a type of its own
  if (next !== undefined && next.type === b && (b === '&' || b === '-')) return ' ';
  if (b === '!' && next !== undefined && (keywords.has(next.type) && next.type !== 'Self' || binary.has(next.type))) return ' ';
  return '';
}

/** Does an operand end before `index`, so that a sign there is binary? */
function operandBefore(elements: readonly Element[], index: number): boolean {
  const before = elements[index - 1];
  if (before === undefined || !endsOperand(before)) return false;
  if (before.type === 'lifetime') return elements[index]?.type === '+';
  if (before.type === '?') return operandBefore(elements, index - 1);
  if (before.type === 'bracket') {
    const owner = elements[index - 2]?.type;
    return owner !== 'impl' && owner !== 'for';
  }
  return true;
}

function visibilityPath(group: Group): boolean {
  const first = group.parts[0];
  return first !== undefined && (first.type === 'in' || first.type === 'self' || first.value === 'crate' || first.value === 'super') && (group.parts.length === 1 || first.type === 'in');
}

function lifetimes(group: Group): boolean {
  return group.parts[0]?.type === 'lifetime';
}
