/**
 * The parameter environment: what is known to hold of a body's generic parameters. The owner's predicates and its parents',
 * with supertraits written out and regions erased. Made once per owner; answers about it are cached in it.
 */
import type { Predicate } from './definition.ts';
import { definition, instantiateRef, makeAnswers, predicatesOf, supertraits, identityArgs, type Answers, type Universe } from './universe.ts';
import { eraseRegions, HAS_PARAM, type DefId, type TraitRef, type Type } from './type.ts';

export interface KnownProjection {
  readonly item: DefId;
  readonly args: readonly Type[];
  readonly type: Type;
}

export interface ParamEnv {
  readonly traits: readonly TraitRef[];
  readonly projections: readonly KnownProjection[];
  /** Answers for goals without inference variables. */
  readonly answers: Answers;
  /** Nothing is assumed of a type without parameters: what is asked of those has one answer everywhere, kept in the universe. */
  readonly general: boolean;
  /** Opaque types are seen through: where code is made, not where it is checked. */
  readonly reveal: boolean;
}

const empty = new WeakMap<Universe, ParamEnv>();
const revealed = new WeakMap<Universe, ParamEnv>();
const envs = new WeakMap<Universe, Map<DefId, ParamEnv>>();

/** Where nothing is assumed. */
export function emptyEnv(u: Universe): ParamEnv {
  let env = empty.get(u);
  if (env === undefined) empty.set(u, (env = { traits: [], projections: [], answers: makeAnswers(), general: true, reveal: false }));
  return env;
}

/** For concrete types, with opaque types seen through: what `emit` uses. */
export function concreteEnv(u: Universe): ParamEnv {
  let env = revealed.get(u);
  if (env === undefined) revealed.set(u, (env = { traits: [], projections: [], answers: makeAnswers(), general: false, reveal: true }));
  return env;
}

/** What may be assumed inside `owner`: a function, impl, trait, constant …. */
export function paramEnv(u: Universe, owner: DefId): ParamEnv {
  let table = envs.get(u);
  if (table === undefined) envs.set(u, (table = new Map()));
  let env = table.get(owner);
  if (env === undefined) table.set(owner, (env = makeEnv(u, owner)));
  return env;
}

function makeEnv(u: Universe, owner: DefId): ParamEnv {
  const predicates: Predicate[] = [...predicatesOf(u, owner)];
  const own: TraitRef[] = [];
  for (let at: DefId | null = owner; at !== null;) {
    const d = definition(u, at);
    // Inside a trait, `Self` implements it.
    if (d.kind === 'trait') own.push({ trait: d.id, args: identityArgs(u, d.id) });
    at = d.kind === 'trait' || d.kind === 'impl' || d.kind === 'module' ? null : d.parent;
  }
  return envOf(u, predicates, own);
}

export function envOf(u: Universe, predicates: readonly Predicate[], extra: readonly TraitRef[] = []): ParamEnv {
  const traits: TraitRef[] = [];
  const projections: KnownProjection[] = [];
  const seen = new Set<string>();
  const add = (ref: TraitRef): void => {
    for (const s of supertraits(u, { trait: ref.trait, args: ref.args.map(eraseRegions) })) {
      const key = `${s.trait}<${s.args.map(a => a.id).join()}>`;
      if (seen.has(key)) continue;
      seen.add(key);
      traits.push(s);
      // `trait Sub: Super[Item = u8]` says something of the supertrait's item.
      const d = u.definitions.byId.get(s.trait);
      if (d?.kind === 'trait') {
        for (const p of d.generics.predicates) {
          if (p.kind === 'projection') {
            const known = instantiateRef({ trait: d.id, args: [...p.args, p.type] }, s.args);
            projections.push({ item: p.item, args: known.args.slice(0, -1), type: known.args[known.args.length - 1] ?? p.type });
          }
        }
      }
    }
  };
  for (const ref of extra) add(ref);
  for (const p of predicates) {
    if (p.kind === 'trait') add(p.ref);
    else if (p.kind === 'projection') projections.push({ item: p.item, args: p.args.map(eraseRegions), type: eraseRegions(p.type) });
  }
  const general = traits.every(r => isOpen(r.args[0])) && projections.every(p => isOpen(p.args[0]));
  return { traits, projections, answers: makeAnswers(), general, reveal: false };
}

const isOpen = (self: Type | undefined): boolean => self !== undefined && (self.flags & HAS_PARAM) !== 0;
