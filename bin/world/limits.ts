/**
 * Limits that a test sets itself: `@max_allocs(3)`, `@no_alloc`, `@max_peak(4096)`. In: a machine before it runs. Out: after it ran, the
 * step that broke a limit first, as text, or null. Cost: a call at each allocation.
 */
import { type Machine, type StackEntry, callStack, listen } from '../../vm/index.ts';
import type { Test } from '../../lib/index.ts';
import { stepText } from './trap-text.ts';

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

export function watchLimits(machine: Machine, limits: Test['limits']): () => string | null {
  const { maxAllocs, maxPeak } = limits;
  let broken: { readonly says: string; readonly stack: readonly StackEntry[] } | null = null;
  let allocations = 0;
  if (maxAllocs !== null || maxPeak !== null) {
    listen(machine, 'alloc', (_address, size) => {
      allocations++;
      if (broken !== null) return;
      const current = machine.heap.statistics.current();
      if (maxAllocs !== null && allocations > maxAllocs) broken = { says: `${maxAllocs === 0 ? '`@no_alloc`' : `\`@max_allocs(${maxAllocs})\``}: this is allocation ${allocations}, of ${count(size, 'byte')}`, stack: callStack(machine) };
      else if (maxPeak !== null && current > maxPeak) broken = { says: `\`@max_peak(${maxPeak})\`: with this allocation of ${count(size, 'byte')} the test holds ${count(current, 'byte')}`, stack: callStack(machine) };
    });
  }
  return () => {
    if (broken === null) return null;
    const total = maxAllocs !== null && allocations > maxAllocs ? `\n${count(allocations, 'allocation')} in all` : '';
    return `${broken.says}\n${stepText(machine, broken.stack)}${total}`;
  };
}
