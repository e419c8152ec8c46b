/**
 * References to locals away: where `r = &x.f` is the only definition of `r` and `r` is only dereferenced, `(*r).g` is `x.f.g`. After inlining this is
 * what lets a struct whose methods borrow it live in VM locals. In: a body, in place. Invariant: the borrowed place means the same wherever
 * `r` is used: no part of the way to it can change (its pointer has one definition, its index too).
 */
import type { Place } from '../../flow/graph.ts';
import type { Body } from '../body.ts';
import type { World } from '../world.ts';
import { dominance, onlyDefinitions } from './copies.ts';
import { changeBody, usage, visitBody } from './visit.ts';

export function forwardReferences(world: World, body: Body): boolean {
  const u = usage(body);
  const only = onlyDefinitions(body, u);
  const dominates = dominance(body);
  const candidates = new Map<number, Place>();
  for (const [r, definition] of only.entries()) {
    if (definition === null || definition === 'param' || u.taken[r] === 1) continue;
    const { op } = definition;
    if (op.kind !== 'assign') continue;
    const { value } = op;
    if (value.kind !== 'rawBorrow' && !(value.kind === 'borrow' && value.borrow !== 'fake')) continue;
    const { place } = value;
    const type = body.locals[r]?.type;
    if (type === undefined || (type.kind !== 'ref' && type.kind !== 'ptr') || place.local === r) continue;
    const derefs = place.projection.filter(s => s.kind === 'deref').length;
    if (derefs > 1 || (derefs === 1 && place.projection[0]?.kind !== 'deref')) continue;
    const fixed = (l: number): boolean => { const d = only[l] ?? null; return d === 'param' ? u.taken[l] === 0 : d !== null && u.taken[l] === 0 && (d.block === definition.block ? d.at < definition.at : dominates(d.block, definition.block)); };
    if (derefs === 1 && !fixed(place.local)) continue;
    if (place.projection.some(s => s.kind === 'index' && !fixed(s.local))) continue;
    if (place.projection.some(s => s.kind === 'subslice')) continue;
    candidates.set(r, place);
  }
  if (candidates.size === 0) return false;
  // Used otherwise than through a dereference, or where the definition does not reach: it stays a reference.
  visitBody(body, (place, role, _op, block, at) => {
    if (!candidates.has(place.local)) return;
    if (role === 'write' && place.projection.length === 0) return;
    const definition = only[place.local];
    const reached = definition !== null && definition !== undefined && definition !== 'param' && (definition.block === block ? definition.at < at : dominates(definition.block, block));
    if (place.projection[0]?.kind !== 'deref' || !reached) candidates.delete(place.local);
  });
  if (candidates.size === 0) return false;
  const rewrite = (place: Place): Place => {
    let at = place;
    for (let i = 0; i < 32; i++) {
      const to = candidates.get(at.local);
      if (to === undefined || at.projection[0]?.kind !== 'deref') return at;
      at = { local: to.local, projection: [...to.projection, ...at.projection.slice(1)] };
    }
    return at;
  };
  changeBody(body, { place: (place, role) => (role === 'write' && place.projection.length === 0 ? place : rewrite(place)) });
  void world;
  return true;
}
