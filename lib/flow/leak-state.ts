/**
 * What is known on one path through a function, for the search for leaks (`leak-paths.ts`): values of locals, blocks that were allocated on
 * the way, and what tests have told. In: values and places. Out: values; a copy for each way that a test goes.
 * Invariant: a block that anybody else may have seen is `escaped` and never told as lost; unknown values that are computed alike from alike
 * have one key, so that the same test is decided the same way twice. Cost: a copy is as large as what is known.
 */
import type { Span } from '../text/span.ts';
import type { LocalId, Place } from './graph.ts';

export type Value =
  /** A pointer into a block that was allocated on this path. */
  | { readonly kind: 'block'; readonly id: number }
  | { readonly kind: 'null' }
  | { readonly kind: 'const'; readonly value: bigint }
  | { readonly kind: 'unknown'; readonly key: string }
  /** Whether a block's pointer is null (or, not). */
  | { readonly kind: 'isNull'; readonly id: number; readonly not: boolean }
  | { readonly kind: 'address'; readonly local: LocalId }
  /** A struct, tuple or array that holds pointers to these blocks. */
  | { readonly kind: 'holds'; readonly ids: readonly number[] };

export interface BlockState {
  readonly site: Span;
  /** `replaced`: given to a `realloc` that has not been seen to fail. `none`: the allocation failed on this path. */
  readonly status: 'live' | 'freed' | 'escaped' | 'none' | 'replaced';
  readonly sure: boolean;
  /** The block that `realloc` made this one of. */
  readonly of: number | null;
  /** The last variable that held it. */
  readonly name: string | null;
}

export interface State {
  readonly env: Map<LocalId, Value>;
  readonly blocks: Map<number, BlockState>;
  /** Unknown values that a test has fixed, and values that it excluded. */
  readonly facts: Map<string, bigint>;
  readonly excluded: Map<string, readonly bigint[]>;
  /** Memory behind pointers that are not blocks of this path, by place. */
  readonly memory: Map<string, Value>;
  /** How often each block of the graph was entered. */
  readonly visits: Map<number, number>;
  /** Where the path stands. */
  at: Span;
  /** The path took a way that a constant of the program decides, which is not known here: nothing is told of it. */
  doubtful: boolean;
}

export const copyState = (s: State): State => ({ env: new Map(s.env), blocks: new Map(s.blocks), facts: new Map(s.facts), excluded: new Map(s.excluded), memory: new Map(s.memory), visits: new Map(s.visits), at: s.at, doubtful: s.doubtful });

/** What the value turned out to be by now. */
export function settled(s: State, value: Value): Value {
  if (value.kind === 'block' && s.blocks.get(value.id)?.status === 'none') return { kind: 'null' };
  if (value.kind === 'unknown') {
    const fact = s.facts.get(value.key);
    if (fact !== undefined) return { kind: 'const', value: fact };
  }
  if (value.kind === 'isNull') {
    const block = s.blocks.get(value.id);
    if (block?.status === 'none') return { kind: 'const', value: value.not ? 0n : 1n };
    if (block?.sure === true) return { kind: 'const', value: value.not ? 1n : 0n };
  }
  return value;
}

export function keyOf(value: Value): string {
  switch (value.kind) {
    case 'block': return `block${value.id}`;
    case 'null': return 'null';
    case 'const': return String(value.value);
    case 'unknown': return value.key;
    case 'isNull': return `isNull${value.id}${value.not}`;
    case 'address': return `&${value.local}`;
    case 'holds': return `{${value.ids.join()}}`;
  }
}

export const blocksIn = (value: Value | undefined): readonly number[] => (value === undefined ? [] : value.kind === 'block' ? [value.id] : value.kind === 'holds' ? value.ids : []);

export function change(s: State, id: number, more: Partial<BlockState>): void {
  const block = s.blocks.get(id);
  if (block !== undefined) s.blocks.set(id, { ...block, ...more });
}

export function escape(s: State, value: Value | undefined): void {
  for (const id of blocksIn(value)) if (s.blocks.get(id)?.status === 'live' || s.blocks.get(id)?.status === 'replaced') change(s, id, { status: 'escaped' });
  // Whoever has a variable's address can take what it holds.
  if (value?.kind === 'address') escape(s, s.env.get(value.local)?.kind === 'address' ? undefined : s.env.get(value.local));
}

/** Live blocks that no local leads to any more. */
export function lostBlocks(s: State): number[] {
  const lost: number[] = [];
  for (const [id, block] of s.blocks) {
    if (block.status !== 'live') continue;
    let held = false;
    for (const value of s.env.values()) if (blocksIn(value).includes(id)) held = true;
    if (!held) lost.push(id);
  }
  return lost;
}

/** A name for a place behind an unknown pointer: alike places are alike, whatever happened between. */
export function memoryKey(s: State, place: Place): string {
  let key = keyOf(settled(s, s.env.get(place.local) ?? { kind: 'unknown', key: `_${place.local}` }));
  for (const step of place.projection) {
    key += step.kind === 'deref' ? '*' : step.kind === 'field' ? `.${step.index}` : step.kind === 'variant' ? `@${step.index}` : step.kind === 'index' ? `[${keyOf(settled(s, s.env.get(step.local) ?? { kind: 'unknown', key: `_${step.local}` }))}]` : '[..]';
  }
  return key;
}
