/**
 * What an item's generics promise: bounds, where clauses and implied `Sized`, as predicates. In: the generics as written. Out: predicates in order.
 */
import type { Generics as GenericsNode } from '../syntax/tree.ts';
import type { Predicate } from '../types/definition.ts';
import { parts, type DefId, type Type } from '../types/type.ts';
import { lowerBounds, lowerType, paramOf, saysMaybeSized, sizedPredicate, type LowerContext } from './lower.ts';
import { inBinder, inBounds, lowerLifetime } from './regions.ts';

export function lowerPredicates(node: GenericsNode, def: DefId, outer: LowerContext): Predicate[] {
  const cx: LowerContext = { ...outer, regions: inBounds(outer.regions) };
  const out: Predicate[] = [];
  const { world } = cx;
  const maybeSized = new Set<Type>();
  for (const where of node.where) {
    if (where.kind === 'whereType' && saysMaybeSized(where.bounds)) maybeSized.add(lowerType(where.type, { ...inBinder(cx, where.binder), problems: [] }));
  }
  node.params.forEach((p, position) => {
    const own = paramOf(world, def, position);
    if (p.kind === 'typeParam') {
      if (!saysMaybeSized(p.bounds) && !maybeSized.has(own)) out.push(...sizedPredicate(world, own, p.span));
      out.push(...lowerBounds(own, p.bounds, cx));
    } else if (p.kind === 'lifetimeParam') {
      for (const bound of p.bounds) out.push({ kind: 'regionOutlives', longer: own, shorter: lowerLifetime(bound, cx), span: p.span });
    }
  });
  for (const where of node.where) {
    if (where.kind === 'whereLifetime') {
      const longer = lowerLifetime(where.lifetime, cx);
      for (const bound of where.bounds) out.push({ kind: 'regionOutlives', longer, shorter: lowerLifetime(bound, cx), span: where.span });
      continue;
    }
    // The binder's lifetimes stand in the type too, so each bound lowers it inside the same binder.
    const inner = inBinder(cx, where.binder);
    out.push(...lowerBounds(where.binder.length === 0 ? lowerType(where.type, cx) : lowerType(where.type, inner), where.bounds, cx, where.binder));
  }
  return out;
}

/** Regions that a type mentions as parameters. */
export function mentions(t: Type, wanted: (t: Type) => boolean): boolean {
  return wanted(t) || parts(t).some(x => mentions(x, wanted));
}

