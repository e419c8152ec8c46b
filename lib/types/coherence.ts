/**
 * Coherence: no two impls of a trait may be for one type (E0119). Two impls overlap when their references unify and no bound of either is
 * known to fail. In: the universe, a crate's world. Out: problems. Cost: each impl of the crate against the trait's others of the same
 * head, and the blanket ones.
 */
import { problem, type Problem } from '../report/problem.ts';
import type { World } from '../names/table.ts';
import type { ImplDef } from './definition.ts';
import { probe, resolve } from './infer.ts';
import { printTraitRef, printType } from './print.ts';
import type { Goal } from './goal.ts';
import { evaluateAll, freshArgs, makeCx, normaliseGoals, predicateGoals } from './solve.ts';
import { parts, type DefId, type Type } from './type.ts';
import { unifyAll } from './unify.ts';
import { implsFor, instantiate, type Universe } from './universe.ts';

export function coherenceProblems(u: Universe, world: World): Problem[] {
  const problems: Problem[] = [];
  for (const [trait, impls] of u.definitions.implsOf) {
    const own = impls.filter(id => world.table.items.has(id));
    if (own.length === 0) continue;
    const rank = new Map(own.map((id, i) => [id, i]));
    for (const id of own) {
      const mine = u.definitions.byId.get(id);
      if (mine?.kind !== 'impl' || mine.trait === null) continue;
      // A library trait for every type is refused already (E0210).
      if (mine.self.kind === 'param' && mine.trait.trait.startsWith('std::') && !id.startsWith('std::')) continue;
      for (const theirs of implsFor(u, trait, mine.trait.args[0] ?? mine.self)) {
        const other = theirs.id;
        // Each pair of the crate's own once, the later one reported.
        if (other === id || (rank.get(other) ?? -1) > (rank.get(id) ?? 0)) continue;
        if (theirs.trait === null || !headsMeet(mine, theirs)) continue;
        if (!overlap(u, mine, theirs)) continue;
        // Of what is derived and what is written, the derive is at fault.
        const blamed = isDerived(world, other) && !isDerived(world, id) ? other : id;
        const first = blamed === id ? theirs : mine;
        const item = world.table.items.get(blamed);
        const span = item?.kind === 'impl' ? { ...item.self.span, start: item.trait?.span.start ?? item.self.span.start } : mine.nameSpan;
        const type = printType(mine.self, u.definitions);
        problems.push(problem('E0119', span, { trait: printTraitRef(mine.trait, u.definitions), type }, {
          label: `conflicting implementation for \`${type}\``,
          labels: world.table.items.has(other) ? [{ span: first.nameSpan, text: 'first implementation here' }] : [],
          notes: world.table.items.has(other) ? [] : [`the library has \`impl ${printTraitRef(theirs.trait, u.definitions)} for ${printType(theirs.self, u.definitions)}\``],
        }));
        break;
      }
    }
  }
  return problems;
}

/** A derived impl stands, whole, where its trait is named. */
export function isDerived(world: World, id: DefId): boolean {
  const item = world.table.items.get(id);
  return item?.kind === 'impl' && item.self.span.start === item.span.start && item.self.span.end === item.span.end;
}

/** A cheap look: can the references be one at all? */
function headsMeet(a: ImplDef, b: ImplDef): boolean {
  const [x, y] = [a.trait?.args ?? [], b.trait?.args ?? []];
  return x.every((t, i) => {
    const other = y[i];
    return other === undefined || meets(t, other);
  });
}

function meets(a: Type, b: Type): boolean {
  if (a === b || isOpen(a) || isOpen(b)) return true;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'adt' && b.kind === 'adt' && a.def !== b.def) return false;
  if ((a.kind === 'int' && b.kind === 'int') || (a.kind === 'float' && b.kind === 'float') || (a.kind === 'const' && b.kind === 'const')) return false;
  if ((a.kind === 'ref' && b.kind === 'ref' && a.mutable !== b.mutable) || (a.kind === 'ptr' && b.kind === 'ptr' && a.mutable !== b.mutable)) return false;
  if (a.kind === 'dyn' && b.kind === 'dyn' && (a.principal?.trait !== b.principal?.trait || a.autos.join() !== b.autos.join())) return false;
  const [x, y] = [parts(a), parts(b)];
  return x.length === y.length && x.every((t, i) => {
    const other = y[i];
    return other === undefined || meets(t, other);
  });
}

const isOpen = (t: Type): boolean => t.kind === 'param' || t.kind === 'projection' || t.kind === 'opaque' || t.kind === 'region' || t.kind === 'infer' || t.kind === 'error';

function overlap(u: Universe, a: ImplDef, b: ImplDef): boolean {
  const cx = makeCx(u);
  return probe(cx.infer, () => {
    const [argsA, argsB] = [freshArgs(cx, a.id), freshArgs(cx, b.id)];
    const goals = [];
    const refA = (a.trait?.args ?? []).map(t => instantiate(t, argsA));
    const refB = (b.trait?.args ?? []).map(t => instantiate(t, argsB));
    if (refA.some(hasError) || refB.some(hasError)) return false;
    if (!unifyAll(cx.infer, refA, refB)) return false;
    goals.push(...predicateGoals(cx, a.id, argsA, 0), ...predicateGoals(cx, b.id, argsB, 0));
    // What the library does not implement today it may implement tomorrow: that it does not is no argument.
    const foreign = (g: Goal): boolean => g.kind === 'trait' && g.ref.trait.startsWith('std::') && !KNOWABLE.has(u.langOf.get(g.ref.trait) ?? '') && g.ref.args.every(t => isForeign(u, resolve(cx.infer, t)));
    const settled = normaliseGoals(cx, goals, 0);
    return evaluateAll(cx, a.id.startsWith('std::') ? settled : settled.filter(g => !foreign(g)), 0) !== 'no';
  });
}

/** Traits of which it is certain who implements them. */
const KNOWABLE: ReadonlySet<string> = new Set(['sized', 'fn', 'fn_mut', 'fn_once', 'send', 'sync', 'unpin']);

/** A type that another crate owns, by the orphan rule: what is inside a `Vec` does not make it ours; `&T` and `Box[T]` are whose `T` is. */
function isForeign(u: Universe, t: Type): boolean {
  switch (t.kind) {
    case 'adt': return t.def.startsWith('std::') && (u.langOf.get(t.def) !== 'owned_box' || t.args[0] === undefined || isForeign(u, t.args[0]));
    case 'ref': return isForeign(u, t.inner);
    case 'dyn': return t.principal === null || t.principal.trait.startsWith('std::');
    case 'param': case 'infer': case 'closure': case 'opaque': case 'projection': case 'error': return false;
    default: return true;
  }
}

const hasError = (t: Type): boolean => t.kind === 'error' || parts(t).some(hasError);
