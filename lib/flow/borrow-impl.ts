/**
 * Is an impl's method at least as general in its lifetimes as the trait's: it must take all that the trait lets callers give, and give all that they may expect. The trait's lifetimes are
 * any; the method's own follow from each call. In: a method of an impl. Out: E0308 where some lifetime of the trait's would have to outlive another that it need not, E0276 where the method
 * asks more of a lifetime or type. Cost: linear in the signature.
 */
import { type Problem, problem } from '../report/problem.ts';
import type { FnDef, ImplDef, Predicate } from '../types/definition.ts';
import { eraseRegions, type DefId, HAS_OPAQUE, intern, type Type } from '../types/type.ts';
import { addUniversal, declare, fresh, known, makeRegions, regionVar, solveRegions } from './borrow-regions.ts';
import { callable, prove, type Relater, settleLater, sub, wellFormed } from './borrow-relate.ts';
import { canon, lateBound, lifetimesOf, normaliseR, put, putPredicate, regionsIn } from './borrow-types.ts';
import type { TypeQueries } from './queries.ts';

export function checkImplMethod(owner: DefId, queries: TypeQueries): Problem[] {
  const { byId } = queries.definitions;
  const mine = byId.get(owner);
  const impl = mine?.kind === 'fn' && mine.parent !== null ? byId.get(mine.parent) : undefined;
  if (mine?.kind !== 'fn' || impl?.kind !== 'impl' || impl.trait === null) return [];
  const trait = byId.get(impl.trait.trait);
  if (trait?.kind !== 'trait') return [];
  const theirs = trait.items.map(i => byId.get(i)).find(d => d?.kind === 'fn' && d.name === mine.name);
  if (theirs?.kind !== 'fn' || theirs.signature.params.length !== mine.signature.params.length) return [];
  return compare(queries, impl, mine, theirs);
}

function compare(queries: TypeQueries, impl: ImplDef, mine: FnDef, theirs: FnDef): Problem[] {
  const regions = makeRegions(0);
  const params = new Map<number, Type>();
  const span = mine.nameSpan;
  const where = { point: -1, span, category: 'boring' as const };
  const t: Relater = { regions, queries, owner: mine.id, params, locals: [], bounds: [], open: new Map(), canonical: new Map(), normal: new Map(), tests: [], needs: new Map(), depth: 0, later: [], callable: (type, inputs) => callable(t, type, inputs, where) };
  for (const l of lifetimesOf(queries, impl.id)) params.set(l.index, regionVar(addUniversal(regions, l.name, 'named')));
  // The trait's arguments, then its method's own: its lifetimes are any, its types are the method's.
  const args: Type[] = (impl.trait?.args ?? []).map(a => canon(t, a));
  const names = mine.generics.params.filter(p => p.kind !== 'lifetime');
  const early: Type[] = [];
  const late = new Set(lateBound(t, theirs.id));
  let next = 0;
  for (const p of theirs.generics.params) {
    if (p.kind === 'lifetime') {
      const any = regionVar(addUniversal(regions, p.synthetic ? null : p.name, p.synthetic ? 'anonymous' : 'named'));
      args[p.index] = any;
      if (!late.has(p.index)) early.push(any);
    } else {
      const other = names[next++];
      args[p.index] = intern({ kind: 'param', index: other?.index ?? p.index, name: other?.name ?? p.name });
    }
  }
  // Lifetimes of the method that a caller could name are the trait's, in order; the others are chosen at each call.
  const own = new Set(lateBound(t, mine.id));
  for (const p of mine.generics.params) {
    if (p.kind !== 'lifetime') continue;
    params.set(p.index, own.has(p.index) ? regionVar(fresh(regions)) : (early.shift() ?? regionVar(fresh(regions))));
  }
  const give = (x: Type): Type => normaliseR(t, put(t, x, args));
  const take = (x: Type): Type => normaliseR(t, canon(t, x));
  const assume = (p: Predicate): void => {
    t.bounds.push(p);
    if (p.kind === 'regionOutlives' && p.longer.kind === 'region' && p.longer.region.of === 'var' && p.shorter.kind === 'region' && p.shorter.region.of === 'var') declare(regions, p.longer.region.index, p.shorter.region.index);
    else if (p.kind === 'typeOutlives' && p.region.kind === 'region' && p.region.region.of === 'var') for (const r of regionsIn(t, p.type)) declare(regions, r, p.region.region.index);
  };
  for (const p of impl.generics.predicates) assume(putPredicate(t, p, []));
  for (const p of theirs.generics.predicates) assume(putPredicate(t, p, args));
  const wanted = theirs.signature.params.map(give);
  const result = give(theirs.signature.result);
  for (const x of [...wanted, result, ...args]) {
    wellFormed(t, x, (longer, shorter) => {
      if (longer.kind === 'region') assume({ kind: 'regionOutlives', longer, shorter, span });
      else assume({ kind: 'typeOutlives', type: longer, region: shorter, span });
    });
  }
  mine.signature.params.forEach((p, i) => { const w = wanted[i]; if (w !== undefined) sub(t, w, take(p), where); });
  if (((mine.signature.result.flags | theirs.signature.result.flags) & HAS_OPAQUE) === 0) sub(t, take(mine.signature.result), result, where);
  for (const p of mine.generics.predicates) if (p.kind === 'typeOutlives' && p.type.kind === 'param') prove(t, putPredicate(t, p, []), { ...where, span: p.span });
  settleLater(t);
  const values = solveRegions(regions);
  const labels = theirs.id.startsWith('std::') ? [] : [{ span: theirs.nameSpan, text: 'the trait declares it here' }];
  for (const u of regions.universals) {
    if (u.of === 'static') continue;
    for (const end of values.ends(u.region)) {
      if (end === u.region || known(regions, u.region, end)) continue;
      const shown = (r: { name: string | null; of: string } | undefined): string => (r?.of === 'static' ? "'static" : (r?.name ?? 'an anonymous lifetime'));
      return [problem('E0308', span, { expected: 'a method for any lifetimes, as in its trait', found: 'one for certain lifetimes' }, {
        label: `\`${mine.name}\` is less general than the trait's`, labels,
        notes: [`it requires that ${shown(u)} outlives ${shown(regions.universal.get(end))}, which the trait does not promise`],
      })];
    }
  }
  for (const test of t.tests) {
    for (const end of values.ends(test.region)) {
      if (t.bounds.some(p => p.kind === 'typeOutlives' && eraseRegions(p.type) === eraseRegions(test.type) && p.region.kind === 'region' && p.region.region.of === 'var' && known(regions, p.region.region.index, end))) continue;
      const name = regions.universal.get(end)?.of === 'static' ? "'static" : (regions.universal.get(end)?.name ?? "'_");
      return [problem('E0276', test.where.span, { name: mine.name, bound: `${queries.show(test.type)}: ${name}` }, { label: 'the trait does not ask for this', labels })];
    }
  }
  return [];
}
