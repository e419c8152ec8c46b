/**
 * Which lifetimes of a function a caller could give, and which follow from each call. In: a function's definition. Out: how many could be given.
 */
import type { FnDef } from '../types/definition.ts';
import { parts, type Type } from '../types/type.ts';

/** Lifetimes that a caller could give: those with bounds, and those that no parameter mentions. The others follow from each call. */
export function earlyLifetimes(f: FnDef): number {
  const bounded = new Set<number>();
  for (const p of f.generics.predicates) {
    if (p.kind === 'regionOutlives') for (const r of [p.longer, p.shorter]) collectParams(r, bounded);
    else if (p.kind === 'typeOutlives') for (const t of [p.type, p.region]) collectParams(t, bounded);
    else if (p.kind === 'trait') for (const t of p.ref.args) collectParams(t, bounded);
    else for (const t of [...p.args, p.type]) collectParams(t, bounded);
  }
  const given = new Set<number>();
  for (const t of f.signature.params) collectParams(t, given);
  const returned = new Set<number>();
  collectParams(f.signature.result, returned);
  return f.generics.params.filter(p => p.kind === 'lifetime' && !p.synthetic && (bounded.has(p.index) || (!given.has(p.index) && returned.has(p.index)))).length;
}

export function collectParams(t: Type, out: Set<number>): void {
  if (t.kind === 'param') out.add(t.index);
  else if (t.kind === 'region' && t.region.of === 'param') out.add(t.region.index);
  for (const part of parts(t)) collectParams(part, out);
}
