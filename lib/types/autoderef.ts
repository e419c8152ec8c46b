/**
 * Automatic dereferencing: the chain of types that `*` leads to, through references and boxes by the language's rule and
 * through `Deref` by impls. Used by fields, methods, indexing, calls and coercions. A step is made only when asked for.
 */
import { evaluate, normalise } from './solve.ts';
import type { Goal } from './goal.ts';
import type { Adjustment } from './facts.ts';
import { probe } from './infer.ts';
import { ref as refTo, projection, type DefId, type Type } from './type.ts';
import { known, resolved, type Typing } from './typing.ts';
import { isLang, lang, traitItem } from './universe.ts';

export interface DerefStep {
  readonly from: Type;
  readonly to: Type;
  /** Through `Deref`. */
  readonly overloaded: boolean;
  readonly goals: readonly Goal[];
}

const LIMIT = 40;

/** One dereference of `type`, or null. Raw pointers only where `raw` allows. */
export function derefOnce(t: Typing, type: Type, raw = false): DerefStep | null {
  const k = known(t, type);
  switch (k.kind) {
    case 'ref': return { from: k, to: known(t, k.inner), overloaded: false, goals: [] };
    case 'ptr': return raw ? { from: k, to: known(t, k.inner), overloaded: false, goals: [] } : null;
    case 'adt': {
      if (isLang(t.u, k.def, 'owned_box') && k.args[0] !== undefined) return { from: k, to: known(t, k.args[0]), overloaded: false, goals: [] };
      return derefByTrait(t, k);
    }
    case 'param': case 'projection': case 'opaque': return derefByTrait(t, k);
    default: return null;
  }
}

function derefByTrait(t: Typing, type: Type): DerefStep | null {
  const trait = lang(t.u, 'deref');
  if (trait === null) return null;
  const target = traitItem(t.u, trait, 'Target');
  if (target === null) return null;
  if (probe(t.cx.infer, () => evaluate(t.cx, { kind: 'trait', ref: { trait, args: [type] } }, 0)) === 'no') return null;
  const n = normalise(t.cx, projection(target, [type]), 0);
  const to = known(t, n.type);
  return to.kind === 'error' ? null : { from: type, to, overloaded: true, goals: n.goals };
}

/** All steps from `type`; `types[0]` is `type`, `types[i]` after `steps[i - 1]`. */
export function autoderef(t: Typing, type: Type, raw = false): { readonly types: readonly Type[]; readonly steps: readonly DerefStep[] } {
  const types: Type[] = [known(t, type)];
  const steps: DerefStep[] = [];
  for (;;) {
    const last = types[types.length - 1];
    const step = last === undefined || steps.length >= LIMIT ? null : derefOnce(t, last, raw);
    if (step === null || types.includes(step.to)) return { types, steps };
    steps.push(step);
    types.push(step.to);
  }
}

export function derefMethod(t: Typing, mutable: boolean): DefId | null {
  const trait = lang(t.u, mutable ? 'deref_mut' : 'deref');
  return trait === null ? null : traitItem(t.u, trait, mutable ? 'deref_mut' : 'deref');
}

/** The adjustments that make the steps; overloaded ones borrow mutably when the place is to be changed. */
export function derefAdjustments(t: Typing, steps: readonly DerefStep[], mutable: boolean): Adjustment[] {
  return steps.map(step => {
    const method = step.overloaded ? derefMethod(t, mutable) : null;
    return { kind: 'deref', method: method === null ? null : { def: method, args: [resolved(t, step.from)] }, mutable, target: step.to };
  });
}

/** The deref adjustments and then a borrow. */
export function borrowAfter(t: Typing, steps: readonly DerefStep[], to: Type, mutable: boolean, twoPhase = false): Adjustment[] {
  return [...derefAdjustments(t, steps, mutable), { kind: 'borrow', mutable, twoPhase, target: refTo(to, mutable) }];
}
