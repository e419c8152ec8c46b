/**
 * The queue of goals of one body: tried in rounds until nothing moves. A goal that got stuck is tried again only when one of
 * its variables became known. Failures are reported here, at the goal that caused them, and only once a place.
 * In: `t.pending`. Out: bound variables, problems, what is still waiting.
 */
import { problem } from '../report/problem.ts';

import { complainKind, complainProjection, complainTrait, goalText } from './complain.ts';
import { kindSatisfies } from './builtin.ts';
import type { Goal } from './goal.ts';
import { commitIf, probe, resolve, shallow, variablesIn, type InferType } from './infer.ts';
import { evaluate, project, select, settleClosures } from './solve.ts';
import { ERROR, HAS_ERROR, HAS_INFER, numberOf, type Type } from './type.ts';
import type { Pending, Typing } from './typing.ts';
import { unify } from './unify.ts';

const DEPTH_LIMIT = 120;

/** Tries what waits, until nothing moves. */
export function solvePending(t: Typing): void {
  settleClosures(t.cx);
  for (;;) {
    let moved = false;
    const round = t.pending;
    t.pending = [];
    for (const p of round) {
      if (p.waits !== null && p.waits.length > 0 && p.waits.every(v => shallow(t.cx.infer, v) === v)) {
        t.pending.push(p);
        continue;
      }
      if (attempt(t, p)) moved = true;
      else t.pending.push(p);
    }
    if (!moved) return;
  }
}

const typesOf = (g: Goal): readonly Type[] => (g.kind === 'trait' ? g.ref.args : g.kind === 'projection' ? g.args : []);

/** True when the goal is done with: proven, refuted, or replaced by others. */
function attempt(t: Typing, p: Pending): boolean {
  const { infer } = t.cx;
  const g = p.goal;
  if (p.depth > DEPTH_LIMIT || t.cx.overflow) return overflow(t, p);
  if (g.kind === 'closureKind') {
    const open = t.cx.open.get(g.def);
    if (open === undefined || open.kind === null) return false;
    if (!kindSatisfies(open.kind, g.want)) complainKind(t, p, g.def, open.kind, g.want);
    return true;
  }
  const args = typesOf(g).map(a => resolve(infer, a));
  if (args.some(a => (a.flags & HAS_ERROR) !== 0)) {
    if (g.kind === 'projection') unify(infer, g.type, ERROR);
    return true;
  }
  if (g.kind === 'projection') {
    const before = infer.log.length;
    const found = project(t.cx, g.item, args, 0);
    if (t.cx.overflow) return overflow(t, p);
    if (found === 'maybe') return wait(t, p, [...args], infer.log.length !== before);
    if (found === 'no') {
      complainTrait(t, p, { trait: t.u.definitions.byId.get(g.item)?.parent ?? g.item, args: args.slice(0, arityOf(t, g.item, args.length)) });
      unify(infer, g.type, ERROR);
      return true;
    }
    if (!commitIf(infer, () => unify(infer, found.type, g.type))) complainProjection(t, p, g, found.type);
    for (const n of found.goals) t.pending.push({ goal: n, cause: p.cause, depth: p.depth + 1, parent: p, waits: null, key: null });
    return true;
  }
  const ref = { trait: g.ref.trait, args };
  p.key = numberOf(ref.trait, args);
  const again = repeats(p);
  // The same goal was taken apart before: what it needs waits already.
  if (!again && t.apart.has(p.key)) return true;
  if (args.every(a => (a.flags & HAS_INFER) === 0)) {
    const proven = provenAsItIs(t, p.goal);
    if (t.cx.overflow) return overflow(t, p);
    if (proven) return true;
  }
  if (p.parent === null || p.depth < 2) {
    const proven = provenAsItIs(t, p.goal);
    if (t.cx.overflow) return overflow(t, p);
    if (proven) return true;
  }
  if (again) {
    // A cycle proves an auto trait; for others it would go on for ever.
    const trait = t.u.definitions.byId.get(ref.trait);
    return (trait?.kind === 'trait' && trait.isAuto) || t.u.langOf.get(ref.trait) === 'sized' || overflow(t, p);
  }
  const found = select(t.cx, ref, 0);
  if (t.cx.overflow) return overflow(t, p);
  if (found === 'maybe') return wait(t, p, args, false);
  if (found === 'no') {
    complainTrait(t, p, ref);
    return true;
  }
  t.apart.add(p.key);
  for (const n of found.nested) t.pending.push({ goal: n, cause: p.cause, depth: p.depth + 1, parent: p, waits: null, key: null });
  return true;
}

/** Whether a goal holds without binding anything that it was not made for, and without a closure's kind being taken for granted. */
function provenAsItIs(t: Typing, g: Goal): boolean {
  const { infer } = t.cx;
  const { assumed } = t.cx;
  const count = infer.values.length;
  const start = infer.log.length;
  return probe(infer, () => evaluate(t.cx, g, 0) === 'yes' && infer.log.slice(start).every(index => index >= count)) && t.cx.assumed === assumed;
}

const arityOf = (t: Typing, item: Type['kind'] | string, all: number): number => {
  const d = t.u.definitions.byId.get(item as never);
  return d?.kind === 'associatedType' ? d.generics.parentCount : all;
};

/** Whether a goal came back to itself, as it was when it was tried. */
function repeats(p: Pending): boolean {
  for (let at = p.parent; at !== null; at = at.parent) if (at.key === p.key) return true;
  return false;
}

function wait(t: Typing, p: Pending, types: readonly Type[], moved: boolean): boolean {
  const into = new Set<InferType>();
  for (const a of types) variablesIn(t.cx.infer, a, into);
  p.waits = [...into];
  if (moved) p.waits = null;
  return false;
}

function overflow(t: Typing, p: Pending): boolean {
  t.cx.overflow = false;
  let root = p;
  while (root.parent !== null) root = root.parent;
  if (!t.problems.some(x => x.code === 'E0275' && x.span.start === root.cause.span.start)) {
    t.problems.push(problem('E0275', root.cause.span, { goal: goalText(t, root) }));
  }
  return true;
}

