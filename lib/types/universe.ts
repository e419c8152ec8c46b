/**
 * The universe a type is asked about: all definitions, and what checking bodies has found that other bodies need (closures'
 * signatures, hidden types of `impl Trait`). With it the questions that need no inference: generics, predicates, items by
 * name, impls by the head of their self type. Answers that are asked often are kept; the definitions are read only.
 */
import type { AssociatedTypeDef, Definition, Definitions, FnDef, GenericParam, Generics, ImplDef, Predicate, TraitDef, VariantDef } from './definition.ts';
import type { BodyFacts, ClosureFacts } from './facts.ts';
import type { Outcome, Verdict } from './goal.ts';
import { ERASED, eraseRegions, intern, param, substitute, tuple, type DefId, type TraitRef, type Type } from './type.ts';

export interface Universe {
  readonly definitions: Definitions;
  readonly closures: Map<DefId, ClosureFacts>;
  /** Hidden types, over the generics of the function that defines them. */
  readonly opaques: Map<DefId, Type>;
  /** What a `DefId` is to the language: the inverse of `definitions.lang`. */
  readonly langOf: Map<DefId, string>;
  readonly impls: Map<DefId, ImplIndex>;
  readonly params: Map<DefId, readonly GenericParam[]>;
  readonly predicates: Map<DefId, readonly Predicate[]>;
  /** Answers that hold in every environment where nothing is assumed of types without parameters. */
  readonly answers: Answers;
}

/** Answers of trait selection: for goals by `numberOf` trait and arguments, for types by their ids. */
export interface Answers {
  readonly selections: Map<number, Outcome>;
  readonly verdicts: Map<number, Verdict>;
  readonly types: Map<number, Type>;
}

export const makeAnswers = (): Answers => ({ selections: new Map(), verdicts: new Map(), types: new Map() });

/** A trait's impls by the head of their self type; `rest` are the blanket ones. */
export interface ImplIndex {
  readonly heads: Map<string, ImplDef[]>;
  readonly rest: ImplDef[];
  readonly all: ImplDef[];
}

export function makeUniverse(definitions: Definitions, facts: Iterable<BodyFacts> = []): Universe {
  const langOf = new Map<DefId, string>();
  for (const [name, def] of definitions.lang) langOf.set(def, name);
  const u: Universe = { definitions, closures: new Map(), opaques: new Map(), langOf, impls: new Map(), params: new Map(), predicates: new Map(), answers: makeAnswers() };
  for (const body of facts) addFacts(u, body);
  return u;
}

/** Makes a checked body's closures and hidden types known to others. */
export function addFacts(u: Universe, facts: BodyFacts): void {
  for (const closure of facts.closures.values()) u.closures.set(closure.def, closure);
  for (const [def, type] of facts.opaques) u.opaques.set(def, type);
}

export function definition(u: Universe, def: DefId): Definition {
  const found = u.definitions.byId.get(def);
  if (found === undefined) throw new Error(`no definition ${def}`);
  return found;
}

export const lang = (u: Universe, name: string): DefId | null => u.definitions.lang.get(name) ?? null;

export const isLang = (u: Universe, def: DefId | null, name: string): boolean => def !== null && u.langOf.get(def) === name;

export const NO_GENERICS: Generics = { parent: null, parentCount: 0, params: [], predicates: [] };

export function genericsOf(u: Universe, def: DefId): Generics {
  const d = definition(u, def);
  switch (d.kind) {
    case 'struct': case 'enum': case 'fn': case 'trait': case 'impl': case 'const': case 'alias': case 'associatedType': return d.generics;
    case 'variant': return genericsOf(u, d.enum);
    default: return NO_GENERICS;
  }
}

/** Parameters of a definition, its parents' first: `params[i].index === i`. A trait's `Self` is index 0 and stands here too. */
export function paramsOf(u: Universe, def: DefId): readonly GenericParam[] {
  let list = u.params.get(def);
  if (list === undefined) {
    const generics = genericsOf(u, def);
    const out: GenericParam[] = [];
    const put = (g: Generics): void => {
      if (g.parent !== null) put(genericsOf(u, g.parent));
      for (const p of g.params) out[p.index] = p;
    };
    put(generics);
    // A trait's `Self` may be left out of its parameter list: it is there all the same.
    const d = definition(u, def);
    if (out[0] === undefined && out.length > 0) {
      out[0] = { kind: 'type', name: 'Self', index: 0, fallback: null, constType: null, synthetic: true, span: d.span };
    }
    if (d.kind === 'trait' && out.length === 0) out.push({ kind: 'type', name: 'Self', index: 0, fallback: null, constType: null, synthetic: true, span: d.span });
    list = out;
    u.params.set(def, list);
  }
  return list;
}

/** A definition's parameters as arguments for itself: the identity substitution, with regions erased. */
export const identityArgs = (u: Universe, def: DefId): Type[] =>
  paramsOf(u, def).map(p => (p.kind === 'lifetime' ? ERASED : param(p.index, p.name)));

/** `type` of a definition with `args` for its parameters, regions erased. */
export const instantiate = (type: Type, args: readonly Type[]): Type => eraseRegions(substitute(type, args));

export const instantiateRef = (ref: TraitRef, args: readonly Type[]): TraitRef =>
  ({ trait: ref.trait, args: ref.args.map(a => instantiate(a, args)) });

/** All predicates of a definition, its parents' first. */
export function predicatesOf(u: Universe, def: DefId): readonly Predicate[] {
  let list = u.predicates.get(def);
  if (list === undefined) {
    const g = genericsOf(u, def);
    list = g.parent === null ? g.predicates : [...predicatesOf(u, g.parent), ...g.predicates];
    u.predicates.set(def, list);
  }
  return list;
}

export function traitDef(u: Universe, def: DefId): TraitDef {
  const d = definition(u, def);
  if (d.kind !== 'trait') throw new Error(`not a trait: ${def}`);
  return d;
}

/** The trait (or impl) an associated item stands in; null for others. */
export function containerOf(u: Universe, def: DefId): TraitDef | ImplDef | null {
  const parent = definition(u, def).parent;
  if (parent === null) return null;
  const d = u.definitions.byId.get(parent);
  return d !== undefined && (d.kind === 'trait' || d.kind === 'impl') ? d : null;
}

export function itemNamed<K extends Definition['kind']>(u: Universe, container: TraitDef | ImplDef, name: string, kind: K): Extract<Definition, { kind: K }> | null {
  for (const id of container.items) {
    const d = u.definitions.byId.get(id);
    if (d !== undefined && d.kind === kind && d.name === name) return d as Extract<Definition, { kind: K }>;
  }
  return null;
}

export const traitItem = (u: Universe, trait: DefId, name: string): DefId | null => {
  const t = traitDef(u, trait);
  for (const id of t.items) if (u.definitions.byId.get(id)?.name === name) return id;
  return null;
};

export function associatedType(u: Universe, item: DefId): AssociatedTypeDef {
  const d = definition(u, item);
  if (d.kind !== 'associatedType') throw new Error(`not an associated type: ${item}`);
  return d;
}

export const fnDefinition = (u: Universe, def: DefId): FnDef | null => {
  const d = u.definitions.byId.get(def);
  return d !== undefined && d.kind === 'fn' ? d : null;
};

/** Variants of a struct (one) or enum. */
export function variantsOf(u: Universe, def: DefId): readonly VariantDef[] {
  const d = definition(u, def);
  return d.kind === 'struct' ? [d.variant] : d.kind === 'enum' ? d.variants : [];
}

/** A key for the outermost constructor; null when it can be anything (parameters, projections, variables). */
export function headOf(t: Type): string | null {
  switch (t.kind) {
    case 'int': case 'float': return t.name;
    case 'bool': case 'char': case 'str': case 'never': case 'slice': case 'array': case 'fnPtr': return t.kind;
    case 'tuple': return `tuple${t.elements.length}`;
    case 'ref': return t.mutable ? '&mut' : '&';
    case 'ptr': return t.mutable ? '*mut' : '*const';
    case 'adt': case 'closure': case 'fnDef': return t.def;
    case 'dyn': return t.principal === null ? 'dyn' : `dyn ${t.principal.trait}`;
    case 'opaque': return t.def;
    default: return null;
  }
}

export function implsOf(u: Universe, trait: DefId): ImplIndex {
  let index = u.impls.get(trait);
  if (index === undefined) {
    index = { heads: new Map(), rest: [], all: [] };
    for (const id of u.definitions.implsOf.get(trait) ?? []) {
      const d = u.definitions.byId.get(id);
      if (d === undefined || d.kind !== 'impl') continue;
      index.all.push(d);
      const self = d.trait?.args[0] ?? d.self;
      const head = headOf(self);
      if (head === null) index.rest.push(d);
      else {
        const list = index.heads.get(head);
        if (list === undefined) index.heads.set(head, [d]);
        else list.push(d);
      }
    }
    u.impls.set(trait, index);
  }
  return index;
}

/** Impls of a trait that may be for `self`. */
export function implsFor(u: Universe, trait: DefId, self: Type): readonly ImplDef[] {
  const index = implsOf(u, trait);
  const head = headOf(self);
  if (head === null) return index.all;
  const some = index.heads.get(head);
  return some === undefined ? index.rest : index.rest.length === 0 ? some : [...some, ...index.rest];
}

/** Supertraits of `ref`, itself first, each once, with arguments. */
export function supertraits(u: Universe, ref: TraitRef): readonly TraitRef[] {
  const out: TraitRef[] = [];
  const seen = new Set<string>();
  const visit = (r: TraitRef): void => {
    const key = `${r.trait}<${r.args.map(a => a.id).join()}>`;
    if (seen.has(key)) return;
    seen.add(key);
    out.push(r);
    const d = u.definitions.byId.get(r.trait);
    if (d?.kind !== 'trait') return;
    for (const s of d.supertraits) visit(instantiateRef(s, r.args));
    for (const p of d.generics.predicates) {
      if (p.kind === 'trait' && p.ref.args[0]?.kind === 'param' && p.ref.args[0].index === 0 && p.ref.trait !== r.trait) visit(instantiateRef(p.ref, r.args));
    }
  };
  visit(ref);
  return out;
}

/** Type of a unit, tuple or named constructor's value. */
export const constructorType = (def: DefId, args: readonly Type[]): Type => intern({ kind: 'adt', def, args });

export const tupled = (types: readonly Type[]): Type => tuple(types);
