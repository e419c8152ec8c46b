/**
 * The options of a machine, as every command that runs a program takes them. In: parsed options and the names of those the command knows. Out: numbers and the allocator,
 * absent where they were not given, or a sentence that says what is wrong.
 */
import type { Parsed } from './options.ts';
import { parseSize } from './size.ts';

const allocators = ['slab', 'buddy', 'tlsf', 'bump'] as const;
export type AllocatorChoice = (typeof allocators)[number];

export interface MachineChoices {
  readonly numbers: Readonly<Partial<Record<string, number>>>;
  readonly machine: { readonly heap?: number; readonly stack?: number; readonly seed?: number; readonly quarantine?: number; readonly allocator?: AllocatorChoice };
}

const isAllocator = (name: string): name is AllocatorChoice => (allocators as readonly string[]).includes(name);

export function machineOptions(options: Parsed, names: readonly string[]): MachineChoices | { readonly wrong: string } {
  const numbers: Record<string, number> = {};
  for (const name of names) {
    const text = options.values.get(name);
    if (text === undefined) continue;
    const value = parseSize(text);
    if (value === null) return { wrong: `'--${name}' takes a number such as 1000 or 64MiB, not '${text}'` };
    numbers[name] = value;
  }
  const allocator = options.values.get('allocator');
  if (allocator !== undefined && !isAllocator(allocator)) return { wrong: `'--allocator' takes slab, buddy, tlsf or bump` };
  const { heap, stack, seed, quarantine } = numbers;
  return {
    numbers,
    machine: {
      ...(heap === undefined ? {} : { heap }), ...(stack === undefined ? {} : { stack }), ...(seed === undefined ? {} : { seed }),
      ...(quarantine === undefined ? {} : { quarantine }), ...(allocator === undefined ? {} : { allocator }),
    },
  };
}
