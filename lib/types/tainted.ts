/**
 * Which bodies have mistakes of their own, so that nothing more is said of them: their moves and borrows would follow from guesses. In: bodies with
 * their facts and the problems of names, types and definitions. Out: owners. As rustc does: a body is looked at when its own types are right,
 * whatever else is wrong, and a name that may not be used (E0603) or is given twice (E0415, E0416) is known all the same.
 * Cost: the problems times the bodies, and one look at each fact.
 */
import type { Body } from '../names/table.ts';
import type { Problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import type { Definitions } from './definition.ts';
import type { BodyFacts } from './facts.ts';
import { HAS_ERROR, parts, type DefId, type Type } from './type.ts';

/** In a body: what is meant is clear, though it may not be. */
const CLEAR = new Set(['E0015', 'E0133', 'E0403', 'E0415', 'E0416', 'E0451', 'E0603', 'E1020']);

/** In a signature: the body's types or lifetimes depend on what is missing. */
const UNKNOWN = new Set(['E0106', 'E0191', 'E0220', 'E0223', 'E0261', 'E0401', 'E0403', 'E0412', 'E0424', 'E0425', 'E0432', 'E0433', 'E0434', 'E0746']);

/** Traits that are missing leave open what every method of the program is. */
const EVERYWHERE = new Set(['E0404', 'E0405']);

export const taints = (p: Problem): boolean => p.severity === 'error' && !CLEAR.has(p.code);

const holds = (outer: Span, inner: Span): boolean => outer.file === inner.file && outer.start <= inner.start && inner.end <= outer.end;

/** `own`: owners whose checking found mistakes. Null: nothing can be said of any body. */
export function taintedBodies(bodies: readonly Body[], facts: ReadonlyMap<DefId, BodyFacts>, definitions: Definitions, own: ReadonlySet<DefId>, problems: readonly Problem[]): ReadonlySet<DefId> | null {
  const errors = problems.filter(p => p.severity === 'error');
  if (errors.some(p => EVERYWHERE.has(p.code))) return null;
  const tainted = new Set<DefId>(own);
  for (const p of errors) {
    const inside = narrowest(bodies, b => b.body.span, p.span);
    if (inside !== null) {
      if (!CLEAR.has(p.code)) tainted.add(inside.owner);
    } else if (UNKNOWN.has(p.code)) {
      const of = narrowest(bodies, b => definitions.byId.get(b.owner)?.span ?? b.body.span, p.span);
      if (of !== null) tainted.add(of.owner);
    }
  }
  const endless = endlessTypes(definitions, errors);
  for (const [owner, f] of facts) if (!tainted.has(owner) && guessed(f, endless)) tainted.add(owner);
  return tainted;
}

function narrowest(bodies: readonly Body[], spanOf: (b: Body) => Span, at: Span): Body | null {
  let best: Body | null = null;
  for (const body of bodies) {
    if (!holds(spanOf(body), at)) continue;
    if (best === null || holds(spanOf(best), spanOf(body))) best = body;
  }
  return best;
}

/** Types that would hold themselves: they have no layout. */
function endlessTypes(definitions: Definitions, errors: readonly Problem[]): ReadonlySet<DefId> {
  const places = errors.filter(p => p.code === 'E0072' || p.code === 'E0391');
  const out = new Set<DefId>();
  if (places.length === 0) return out;
  for (const [id, d] of definitions.byId) if ((d.kind === 'struct' || d.kind === 'enum') && places.some(p => holds(d.span, p.span))) out.add(id);
  return out;
}

function guessed(f: BodyFacts, endless: ReadonlySet<DefId>): boolean {
  const wrong = (t: Type): boolean => (t.flags & HAS_ERROR) !== 0 || (endless.size > 0 && mentions(t, endless));
  for (const t of f.types.values()) if (wrong(t)) return true;
  for (const b of f.bindings.values()) if (wrong(b.type)) return true;
  for (const c of f.callees.values()) if (c.args.some(wrong)) return true;
  for (const r of f.paths.values()) if ('args' in r && r.args.some(wrong)) return true;
  for (const steps of f.adjustments.values()) if (steps.some(a => wrong(a.target))) return true;
  return false;
}

function mentions(t: Type, defs: ReadonlySet<DefId>): boolean {
  if (t.kind === 'adt' && defs.has(t.def)) return true;
  return parts(t).some(part => mentions(part, defs));
}
