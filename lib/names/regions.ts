/**
 * Lifetimes, written and left out, as regions. Names are looked up in binders (`for['a]`, function types, `dyn`), then among the owner's
 * parameters. What an elided lifetime becomes is decided by the place: a new parameter, the innermost binder's, `'static`, an error.
 */
import { problem } from '../report/problem.ts';
import type { Lifetime } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { ERASED, STATIC, region, type Type } from '../types/type.ts';
import type { Binder, LowerContext, Regions } from './context.ts';
import { allParams } from './pending.ts';

export const ERASE: Regions = { erase: true, binders: [], elided: () => ERASED, object: ERASED, unbounded: ERASED, seen: null };
export const STATICS: Regions = { erase: false, binders: [], elided: () => STATIC, object: null, unbounded: STATIC, seen: null };

/** Lifetimes that are named stay, those left out are erased: written types in bodies, for the borrow checker. */
export const KEEP: Regions = { erase: false, binders: [], elided: () => ERASED, object: ERASED, unbounded: ERASED, seen: null };

/** Elided lifetimes are an error here (E0106). */
export const NAMED: Regions = {
  erase: false,
  binders: [],
  elided: (span, cx) => {
    cx.problems.push(problem('E0106', span, {}, { label: 'expected named lifetime parameter', notes: ["declare a lifetime: `['a]` after the name, and write `&'a`"] }));
    return STATIC;
  },
  object: null,
  unbounded: STATIC,
  seen: null,
};

/** Bounds and where clauses: a lifetime that is left out has nothing to follow from (E0637). */
export const inBounds = (regions: Regions): Regions => (regions.erase ? regions : {
  ...regions,
  elided: (span, cx) => {
    cx.problems.push(problem('E0637', span, {}, { label: 'a lifetime is left out' }));
    return STATIC;
  },
});

export function lowerLifetime(lifetime: Lifetime, cx: LowerContext): Type {
  const { regions } = cx;
  const { text } = lifetime;
  if (text === '_') return elidedRegion(lifetime.span, cx);
  const found = text === 'static' ? STATIC : named(text, cx);
  if (found === null) {
    cx.problems.push(problem('E0261', lifetime.span, { name: `'${text}` }, { label: 'undeclared lifetime' }));
    return regions.erase ? ERASED : STATIC;
  }
  regions.seen?.push(found);
  return regions.erase ? ERASED : found;
}

function named(text: string, cx: LowerContext): Type | null {
  const { binders } = cx.regions;
  for (let i = binders.length - 1; i >= 0; i--) {
    const index = binders[i]?.names.indexOf(text) ?? -1;
    if (index >= 0) return region({ of: 'bound', depth: binders.length - 1 - i, index, name: `'${text}` });
  }
  const param = allParams(cx.world, cx.owner).find(p => p.kind === 'lifetime' && p.name === `'${text}`);
  return param === undefined ? null : region({ of: 'param', index: param.index, name: param.name });
}

export function elidedRegion(span: Span, cx: LowerContext): Type {
  const found = cx.regions.elided(span, cx);
  cx.regions.seen?.push(found);
  return found;
}

/** The context inside one more binder. Its elided lifetimes stay what they are outside. */
export function inBinder(cx: LowerContext, names: readonly Lifetime[]): LowerContext & { readonly binder: Binder } {
  const binder: Binder = { names: names.map(n => n.text), anonymous: 0 };
  const outer = cx.regions;
  const regions: Regions = {
    ...outer,
    binders: [...outer.binders, binder],
    elided: (span, inner) => shift(outer.elided(span, inner)),
    object: outer.object === null ? null : shift(outer.object),
  };
  return { ...cx, regions, binder };
}

/** A region of outside, seen from inside one more binder. */
function shift(t: Type): Type {
  if (t.kind !== 'region' || t.region.of !== 'bound') return t;
  return region({ ...t.region, depth: t.region.depth + 1 });
}

/** Parameters of a function type or `Fn(A) -> R`: each elided lifetime is bound by the innermost binder; the result's follows the one in the parameters. */
export function lowerFnLike(cx: LowerContext, binder: Binder, inputs: (cx: LowerContext) => readonly Type[], output: (cx: LowerContext) => Type): { readonly params: readonly Type[]; readonly result: Type } {
  if (cx.regions.erase) return { params: inputs(cx), result: output(cx) };
  const depth = cx.regions.binders.length - 1 - cx.regions.binders.indexOf(binder);
  const seen: Type[] = [];
  const params = inputs({
    ...cx,
    regions: {
      ...cx.regions,
      seen,
      object: null,
      // Inside further binders, `inBinder` shifts what this gives.
      elided: () => region({ of: 'bound', depth, index: binder.names.length + binder.anonymous++, name: "'_" }),
    },
  });
  const distinct = new Set(seen);
  const [only] = distinct;
  const result = output({
    ...cx,
    regions: {
      ...cx.regions,
      object: null,
      elided: (span, inner) => {
        if (distinct.size === 1 && only !== undefined) return only;
        inner.problems.push(problem('E0106', span, {}, { label: 'expected named lifetime parameter' }));
        return STATIC;
      },
    },
  });
  return { params, result };
}
