/**
 * Inference variables of one body: a union-find with an undo log, so that a probe (method lookup, a coercion, a candidate
 * impl) can be rolled back. Variables are `infer` types, numbered from 0; a bound one leads to another type, perhaps to
 * another variable. Invariant: `values`, `origins` and `diverging` run in parallel. Binding and following cost O(1) a step.
 */
import type { Span } from '../text/span.ts';
import { depthOf, HAS_INFER, intern, mapParts, type DefId, type Type, type TypeOf } from './type.ts';

/** What a variable stands for: said when it cannot be inferred. */
export interface Origin {
  readonly span: Span;
  readonly what:
    /** A type argument of a path or method: `T` of `Vec::new`. */
    | { readonly kind: 'argument'; readonly name: string; readonly of: DefId }
    | { readonly kind: 'closureParam' | 'closureResult' | 'element' | 'pattern' | 'diverging' | 'literal' | 'other' };
}

export interface Infer {
  readonly values: (Type | null)[];
  readonly origins: Origin[];
  readonly kinds: InferType['of'][];
  /** Variables made for an expression that never yields a value: they fall back to `()`. */
  readonly diverging: Set<number>;
  readonly log: number[];
  /** Attempts under way that may be undone. */
  probing: number;
  /** Deep types as `resolve` made them since a variable was last bound or freed, by type id. */
  readonly resolved: Map<number, Type>;
}

export type InferType = TypeOf<'infer'>;

export interface Snapshot {
  readonly log: number;
  readonly count: number;
}

export const makeInfer = (): Infer => ({ values: [], origins: [], kinds: [], diverging: new Set(), log: [], probing: 0, resolved: new Map() });

export function freshVar(infer: Infer, origin: Origin, of: InferType['of'] = 'type'): Type {
  const index = infer.values.length;
  infer.values.push(null);
  infer.origins.push(origin);
  infer.kinds.push(of);
  return intern({ kind: 'infer', of, index });
}

/** Follows a bound variable to what it leads to; looks at the outermost constructor only. */
export function shallow(infer: Infer, t: Type): Type {
  while (t.kind === 'infer') {
    const next = infer.values[t.index];
    if (next === null || next === undefined) return t;
    t = next;
  }
  return t;
}

/** Types deeper than this are resolved once for all that is known: the type of a chain of adapters is asked for again and again. */
const DEEP = 6;

/** Follows every bound variable inside. */
export function resolve(infer: Infer, t: Type): Type {
  if ((t.flags & HAS_INFER) === 0) return t;
  if (t.kind === 'infer') {
    const next = infer.values[t.index];
    return next === null || next === undefined ? t : resolve(infer, next);
  }
  if (depthOf(t) <= DEEP) return mapParts(t, part => resolve(infer, part));
  let made = infer.resolved.get(t.id);
  if (made === undefined) infer.resolved.set(t.id, (made = mapParts(t, part => resolve(infer, part))));
  return made;
}

export function bind(infer: Infer, variable: InferType, value: Type): void {
  infer.values[variable.index] = value;
  if (infer.resolved.size > 0) infer.resolved.clear();
  infer.log.push(variable.index);
  if (infer.diverging.has(variable.index) && value.kind === 'infer') infer.diverging.add(value.index);
}

export const snapshot = (infer: Infer): Snapshot => ({ log: infer.log.length, count: infer.values.length });

/** Undoes every binding since, and forgets the variables made since. */
export function rollback(infer: Infer, to: Snapshot): void {
  if (infer.resolved.size > 0 && infer.log.length > to.log) infer.resolved.clear();
  while (infer.log.length > to.log) {
    const index = infer.log.pop();
    if (index !== undefined) infer.values[index] = null;
  }
  for (let i = to.count; i < infer.values.length; i++) infer.diverging.delete(i);
  infer.values.length = to.count;
  infer.origins.length = to.count;
  infer.kinds.length = to.count;
}

/** Runs `attempt` and undoes what it bound. */
export function probe<R>(infer: Infer, attempt: () => R): R {
  const start = snapshot(infer);
  infer.probing++;
  try {
    return attempt();
  } finally {
    infer.probing--;
    rollback(infer, start);
  }
}

/** Runs `attempt`; keeps its bindings only when it succeeds. */
export function commitIf(infer: Infer, attempt: () => boolean): boolean {
  const start = snapshot(infer);
  infer.probing++;
  const done = attempt();
  infer.probing--;
  if (!done) rollback(infer, start);
  return done;
}

/** Unbound variables inside, each once. */
export function variablesIn(infer: Infer, t: Type, into: Set<InferType> = new Set()): Set<InferType> {
  if ((t.flags & HAS_INFER) === 0) return into;
  t = shallow(infer, t);
  if (t.kind === 'infer') into.add(t);
  else mapParts(t, part => (variablesIn(infer, part, into), part));
  return into;
}
