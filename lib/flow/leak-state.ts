/**
 * What is known on one path through a function, for the search for leaks and wrong frees (`leak-walk.ts`): what each place holds, blocks that
 * were allocated on the way or came as parameters, and what tests have told. In: places and values. Out: values; a copy for each way a test goes.
 * A place is a text: a root (`_5` a local, `b3+8` inside a block, else the pointer's own key) and steps (`.1`, `@0`, `[2]`, `*`).
 * Invariant: a block that anybody else may have seen is `escaped` and never told as lost; unknown values that are computed alike from alike
 * have one key, so that the same test is decided the same way twice. Cost: a copy is as large as what is known.
 */
import type { Span } from '../text/span.ts';
import type { Type } from '../types/type.ts';
import type { LocalId, Place } from './graph.ts';

export type Value =
  /** A pointer into a block: `offset` in bytes, null where it is not known. */
  | { readonly kind: 'block'; readonly id: number; readonly offset: number | null; /** the field that it was made from */ readonly field?: Write }
  | { readonly kind: 'null' }
  | { readonly kind: 'const'; readonly value: bigint }
  | { readonly kind: 'unknown'; readonly key: string }
  /** Whether a block's pointer is null (or, not). */
  | { readonly kind: 'isNull'; readonly id: number; readonly not: boolean }
  /** Of a local, or a part of one. */
  | { readonly kind: 'address'; readonly path: string; readonly moved: boolean }
  /** A struct, tuple, variant or array: its parts, by their steps. */
  | { readonly kind: 'parts'; readonly parts: ReadonlyMap<string, Value> }
  /** Of a static, a function, a text: nothing that was allocated. `what` says it. */
  | { readonly kind: 'lasting'; readonly key: string; readonly what: 'static' | 'function' | 'text' };

/** One write through a pointer: where in the block, by which type, to which of its fields. */
export interface Write {
  readonly offset: number;
  readonly type: Type;
  readonly steps: string;
}

export interface BlockState {
  readonly site: Span;
  /** `replaced`: given to a `realloc` that has not been seen to fail. `none`: the allocation failed on this path. `gone`: a callee freed it. */
  readonly status: 'live' | 'freed' | 'gone' | 'escaped' | 'none' | 'replaced';
  readonly sure: boolean;
  /** The block that `realloc` made this one of. */
  readonly of: number | null;
  /** The last variable that held it. */
  readonly name: string | null;
  /** It came in as this parameter: somebody else's, and perhaps another parameter's too. */
  readonly param: number | null;
  readonly family: 'heap' | 'malloc' | 'stack' | 'arena' | 'box';
  readonly died: Span | null;
  /** What was written to it; null: anything may have been. */
  readonly writes: readonly Write[] | null;
  /** Of a parameter: what its memory was used for. */
  readonly touched: boolean;
}

export interface State {
  readonly env: Map<string, Value>;
  readonly blocks: Map<number, BlockState>;
  /** Unknown values that a test has fixed, and values that it excluded. */
  readonly facts: Map<string, bigint>;
  readonly excluded: Map<string, readonly bigint[]>;
  /** Locals whose address others may have kept. */
  readonly exposed: Set<string>;
  /** How often each block of the graph was entered. */
  readonly visits: Map<number, number>;
  /** What stood in places when a round of a loop was given up being counted, by block of the graph. */
  readonly widened: Map<number, { readonly held: string; readonly visit: number }>;
  /** Where the path stands. */
  at: Span;
  /** The path took a way that a constant of the program decides, which is not known here: nothing is told of it. */
  doubtful: boolean;
  /** The path took a way that something decides which mostly is always the same. */
  decided: boolean;
  /** The statement stands in `unsafe:`, as far as its guards tell. */
  trusted: boolean;
}

export const newState = (at: Span): State => ({ env: new Map(), blocks: new Map(), facts: new Map(), excluded: new Map(), exposed: new Set(), visits: new Map(), widened: new Map(), at, doubtful: false, decided: false, trusted: false });

export const copyState = (s: State): State => ({ env: new Map(s.env), blocks: new Map(s.blocks), facts: new Map(s.facts), excluded: new Map(s.excluded), exposed: new Set(s.exposed), visits: new Map(s.visits), widened: new Map(s.widened), at: s.at, doubtful: s.doubtful, decided: s.decided, trusted: s.trusted });

/** What the value turned out to be by now. */
export function settled(s: State, value: Value): Value {
  if (value.kind === 'block' && s.blocks.get(value.id)?.status === 'none') return value.offset === 0 ? { kind: 'null' } : { kind: 'unknown', key: `null+${value.offset}` };
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
    case 'block': return `b${value.id}+${value.offset ?? '?'}`;
    case 'null': return 'null';
    case 'const': return String(value.value);
    case 'unknown': return value.key;
    case 'isNull': return `isNull${value.id}${value.not}`;
    case 'address': return `&${value.path}`;
    case 'parts': return `{${[...value.parts].map(([step, part]) => `${step}:${keyOf(part)}`).join()}}`;
    case 'lasting': return value.key;
  }
}

export function blocksIn(value: Value | undefined): readonly number[] {
  if (value === undefined) return [];
  if (value.kind === 'block') return [value.id];
  return value.kind === 'parts' ? [...value.parts.values()].flatMap(blocksIn) : [];
}

export function change(s: State, id: number, more: Partial<BlockState>): void {
  const block = s.blocks.get(id);
  if (block !== undefined) s.blocks.set(id, { ...block, ...more });
}

/** Is `path` the place `root` or a part of it? */
export const within = (path: string, root: string): boolean => path.startsWith(root) && (path.length === root.length || '.@[*#'.includes(path[root.length] ?? ''));

/** Places inside a block that hold something. */
const inside = (path: string, id: number): boolean => path.startsWith(`b${id}+`) && !path.includes('*');

/** Somebody else may have it now: its block, what the block holds, what the variable holds. */
export function escape(s: State, value: Value | undefined): void {
  if (value === undefined) return;
  if (value.kind === 'parts') for (const part of value.parts.values()) escape(s, part);
  if (value.kind === 'block') {
    const block = s.blocks.get(value.id);
    if (block === undefined) return;
    if (block.writes !== null || !block.touched) change(s, value.id, { writes: null, touched: true });
    if (block.status === 'live' || block.status === 'replaced') change(s, value.id, { status: 'escaped' });
    escapeContents(s, value.id);
  }
  if (value.kind === 'address') expose(s, value.path);
}

/** What stands in the block may be anything from here on. */
export function escapeContents(s: State, id: number): void {
  for (const [path, value] of [...s.env]) {
    if (!inside(path, id)) continue;
    s.env.delete(path);
    escape(s, value);
  }
}

/** Others may read and write the variable from here on. */
export function expose(s: State, path: string): void {
  const root = /^_\d+/.exec(path)?.[0] ?? path;
  s.exposed.add(root);
  for (const [each, value] of [...s.env]) {
    if (!within(each, root)) continue;
    s.env.delete(each);
    escape(s, value);
  }
}

/** Live blocks that no place leads to any more. */
export function lostBlocks(s: State): number[] {
  const held = new Set<number>();
  const pending: number[] = [];
  const hold = (value: Value): void => {
    for (const id of blocksIn(value)) if (!held.has(id)) { held.add(id); pending.push(id); }
  };
  for (const [path, value] of s.env) if (path.startsWith('_')) hold(value);
  for (const [id, block] of s.blocks) if (block.param !== null && !held.has(id)) { held.add(id); pending.push(id); }
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) for (const [path, value] of s.env) if (inside(path, id)) hold(value);
  return [...s.blocks].filter(([id, block]) => block.status === 'live' && !held.has(id)).map(([id]) => id);
}

export const localPath = (local: LocalId): string => `_${local}`;

/** A place as a text; alike places are alike. Through a pointer the root is what the pointer holds. */
export function pathOf(s: State, place: Place): string {
  let path = localPath(place.local);
  for (const step of place.projection) {
    switch (step.kind) {
      case 'deref': {
        const value = settled(s, s.env.get(path) ?? { kind: 'unknown', key: path });
        path = value.kind === 'address' ? value.path : value.kind === 'block' ? `b${value.id}+${value.offset ?? '?'}` : `${keyOf(value)}*`;
        break;
      }
      case 'field': path += `.${step.index}`; break;
      case 'variant': path += `@${step.index}`; break;
      case 'index': {
        const at = settled(s, s.env.get(localPath(step.local)) ?? { kind: 'unknown', key: localPath(step.local) });
        path += at.kind === 'const' ? `[${at.value}]` : `[?${keyOf(at)}]`;
        break;
      }
      case 'constantIndex': path += step.fromEnd ? `[?-${step.offset}]` : `[${step.offset}]`; break;
      case 'subslice': path += '[?..]'; break;
    }
  }
  return path;
}

/** The block in which a place lies, null where it is in none that is known. */
export function blockOf(path: string): { readonly id: number; readonly offset: number | null } | null {
  const found = /^b(\d+)\+(-?\d+|\?)/.exec(path);
  return found === null || path.includes('*') ? null : { id: Number(found[1]), offset: found[2] === '?' ? null : Number(found[2]) };
}

/** What the place holds. `fresh` names a value that nothing is known of. */
export function load(s: State, path: string, fresh: () => string): Value {
  const exact = s.env.get(path);
  if (exact !== undefined) return settled(s, exact);
  const parts = new Map<string, Value>();
  for (const [each, value] of s.env) if (within(each, path) && each[path.length] !== '*') parts.set(each.slice(path.length), value);
  if (parts.size > 0) return { kind: 'parts', parts };
  // A part whose number is not known, or a part of something whole: it may be any of them.
  for (const [each, value] of [...s.env]) {
    if (each.length >= path.length ? !overlaps(each, path) : !overlaps(path, each)) continue;
    if (blocksIn(value).length === 0 && value.kind !== 'address') continue;
    escape(s, value);
  }
  const block = blockOf(path);
  if (block !== null) {
    if (block.offset === null || [...s.env.keys()].some(each => inside(each, block.id) && !sameRoot(each, path))) escapeContents(s, block.id);
  }
  if (path.includes('?')) return { kind: 'unknown', key: `${path} ${fresh()}` };
  if (!path.startsWith('_') || path.includes('*')) return settled(s, { kind: 'unknown', key: path });
  const unknown: Value = { kind: 'unknown', key: `${path} ${fresh()}` };
  if (!s.exposed.has(root(path))) s.env.set(path, unknown);
  return unknown;
}

const root = (path: string): string => /^(_\d+|b\d+\+(?:-?\d+|\?))/.exec(path)?.[0] ?? path;
const sameRoot = (a: string, b: string): boolean => root(a) === root(b);

/** Whether two places of one root may be the same memory: the steps of one begin those of the other, an unknown index being any. */
function overlaps(a: string, b: string): boolean {
  if (!sameRoot(a, b)) return false;
  const steps = (path: string): string[] => path.slice(root(path).length).match(/\.\d+|@\d+|#|\*|\[[^\]]*\]/g) ?? [];
  const x = steps(a);
  const y = steps(b);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] === y[i]) continue;
    if ((x[i]?.startsWith('[?') === true || y[i]?.startsWith('[?') === true) && x[i]?.startsWith('[') === true && y[i]?.startsWith('[') === true) continue;
    return false;
  }
  return true;
}

/** Puts a value where the place is, in parts where it has them. */
export function store(s: State, path: string, value: Value): void {
  const vague = path.includes('?');
  for (const [each, old] of [...s.env]) {
    if (within(each, path)) s.env.delete(each);
    else if (vague && overlaps(each, path)) { s.env.delete(each); escape(s, old); }
  }
  if (vague || s.exposed.has(root(path))) { escape(s, value); return; }
  if (value.kind === 'parts') for (const [step, part] of value.parts) s.env.set(path + step, part);
  else s.env.set(path, value);
}
