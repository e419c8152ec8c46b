/**
 * Types with regions, for the borrow checker alone: fresh region variables for erased ones, types of places, signatures put in
 * place, projections resolved without losing regions. A closure's type carries, behind its owner's arguments, a tuple of what it
 * stores and a function pointer with its signature. In: types of the graph and of definitions. Out: types whose regions are
 * variables (or bound). Cost: linear in types; selections are cached by `types`.
 */
import type { Predicate } from '../types/definition.ts';
import { type DefId, ERASED, eraseRegions, fnPtr, type FnSignature, HAS_PROJECTION, intern, mapParts, parts, region, slice, array, constant, substitute, type TraitRef, tuple, type Type } from '../types/type.ts';
import { storedType } from './build-closure.ts';
import { bodyOwner } from './ask.ts';
import { fresh, outlives, type Regions, regionVar, STATIC_VAR } from './borrow-regions.ts';
import type { Place, Projection } from './graph.ts';
import { isBox, type TypeQueries } from './queries.ts';

export interface Typer {
  readonly regions: Regions;
  readonly queries: TypeQueries;
  readonly owner: DefId;
  /** Region variables of the owner's lifetime parameters, by index. */
  readonly params: Map<number, Type>;
  /** Types of locals, renumbered. */
  readonly locals: Type[];
  /** Predicates in scope, regions put in. */
  readonly bounds: Predicate[];
  /** Signature of what can be called, instantiated anew, with these types as its arguments. */
  readonly callable: (type: Type, inputs: readonly Type[]) => FnSignature | null;
  /** Function pointers whose binders inference erased, by type id, and what they turned out to be. */
  readonly open: Map<number, { shape: Type | null; /** what waits for it */ readonly then: ((shape: Type) => void)[] }>;
  /** What `canon` made of a type, by type id, where another time would give the same: no region of its own came of it. */
  readonly canonical: Map<number, Type>;
  /** What `normaliseR` made of a type, by type id. Its constraints hold everywhere, so they are needed once. */
  readonly normal: Map<number, Type>;
}

/** Every region becomes a fresh variable; closures get their parts; function pointers are open: what meets them tells which of their lifetimes are bound. */
export function renumber(t: Typer, type: Type): Type {
  return canon(t, eraseRegions(type));
}

/** The same, with the careful answer for function pointers. */
export function renumberBound(t: Typer, type: Type): Type {
  return canon(t, rebind(eraseRegions(type)));
}

/** What is known of a function pointer now. */
export function shapeOf(t: Typer, type: Type): Type {
  return t.open.get(type.id)?.shape ?? type;
}

/** Whether nothing has told yet which lifetimes of the function pointer are bound. */
export const isOpen = (t: Typer, type: Type): boolean => t.open.get(type.id)?.shape === null;

/** An open function pointer is one like `like`, for other free lifetimes. */
export function settle(t: Typer, type: Type, like: Type): Type {
  const cell = t.open.get(type.id);
  if (cell === undefined) return type;
  const renew = (x: Type): Type => (x.kind === 'region' ? (x.region.of === 'var' ? regionVar(fresh(t.regions)) : x) : t.open.has(x.id) ? x : mapParts(x, renew));
  return close(cell, () => withRegion(mapParts(like, renew), type));
}

/** Nothing told: the careful answer. */
export function settleAlone(t: Typer, type: Type): Type {
  const cell = t.open.get(type.id);
  if (cell === undefined) return type;
  const erased = eraseRegions(type);
  return close(cell, () => (erased.kind === 'dyn' ? withRegion(canon(t, rebindObject(erased)), type) : canon(t, rebind(erased))));
}

function close(cell: { shape: Type | null; readonly then: ((shape: Type) => void)[] }, make: () => Type): Type {
  if (cell.shape !== null) return cell.shape;
  const shape = make();
  cell.shape = shape;
  for (const run of cell.then.splice(0)) run(shape);
  return shape;
}

/** How long the object lives is no part of what was open. */
function withRegion(shape: Type, type: Type): Type {
  return shape.kind === 'dyn' && type.kind === 'dyn' ? intern({ ...shape, region: type.region }) : shape;
}

/** `dyn Fn(&T) -> &U`: as a function pointer with that signature. */
function rebindObject(type: Type & { kind: 'dyn' }): Type {
  const [inputs] = type.principal?.args ?? [];
  const [output] = type.projections;
  if (type.principal === null || inputs?.kind !== 'tuple') return type;
  const pointer = rebind(fnPtr({ params: inputs.elements, result: output?.type ?? tuple([]), isUnsafe: false, abi: null }));
  if (pointer.kind !== 'fnPtr') return type;
  const { params, result } = pointer.signature;
  return intern({ ...type, principal: { trait: type.principal.trait, args: [tuple(params), ...type.principal.args.slice(1)] }, projections: output === undefined ? type.projections : [{ ...output, type: result }, ...type.projections.slice(1)] });
}

/** Whether the trait is `Fn`, `FnMut` or `FnOnce`. */
export function isFnTrait(queries: TypeQueries, trait: DefId): boolean {
  const { lang } = queries.definitions;
  return trait === lang.get('fn') || trait === lang.get('fn_mut') || trait === lang.get('fn_once');
}

/**
 * Erasing took the binders of function pointers away: lifetimes of parameters are bound again. When the result has one, which of
 * several it was is not known: then all are one, which is the careful answer.
 */
function rebind(type: Type): Type {
  if (type.kind !== 'fnPtr') return mapParts(type, rebind);
  const counts = (x: Type): number => (x === ERASED ? 1 : x.kind === 'fnPtr' || x.kind === 'dyn' ? 0 : parts(x).reduce((n, p) => n + counts(p), 0));
  const { signature } = type;
  const tied = counts(signature.result) > 0;
  let next = 0;
  const bind = (x: Type): Type => {
    if (x === ERASED) return region({ of: 'bound', depth: 0, index: tied ? 0 : next++, name: "'_" });
    if (x.kind === 'fnPtr') return rebind(x);
    return x.kind === 'dyn' ? x : mapParts(x, bind);
  };
  const params = signature.params.map(bind);
  const result = signature.params.some(p => counts(p) > 0) ? bind(signature.result) : rebind(signature.result);
  return intern({ kind: 'fnPtr', signature: { ...signature, params, result } });
}

/** Like `renumber`, but regions that mean something here keep it: variables, parameters, `'static`. */
export function canon(t: Typer, type: Type): Type {
  switch (type.kind) {
    case 'region': case 'int': case 'float': case 'bool': case 'char': case 'str': case 'never': case 'param': case 'const': case 'error': case 'infer': return canonAfresh(t, type);
    default: {
      const known = t.canonical.get(type.id);
      if (known !== undefined) return known;
      const regions = t.regions.count;
      const open = t.open.size;
      const made = canonAfresh(t, type);
      // A closure's signature is made anew by each use, so its regions may stay; only what it stores counts.
      if (t.open.size === open && (t.regions.count === regions || (type.kind === 'closure' && type.def !== t.owner && regionsIn(t, made).size === 0))) t.canonical.set(type.id, made);
      return made;
    }
  }
}

function canonAfresh(t: Typer, type: Type): Type {
  switch (type.kind) {
    case 'region':
      switch (type.region.of) {
        case 'erased': return regionVar(fresh(t.regions));
        case 'static': return regionVar(STATIC_VAR);
        case 'param': return t.params.get(type.region.index) ?? regionVar(fresh(t.regions));
        default: return type;
      }
    case 'closure': return closureType(t, type);
    case 'fnPtr': {
      const made = mapParts(type, x => canon(t, x));
      if (made !== type && !parts(type).some(mentionsBound) && parts(type).some(mentionsErased)) t.open.set(made.id, { shape: null, then: [] });
      return made;
    }
    case 'dyn': {
      const made = mapParts(type, x => canon(t, x));
      const said = [...(type.principal?.args ?? []), ...type.projections.map(p => p.type)];
      if (made !== type && type.principal !== null && isFnTrait(t.queries, type.principal.trait) && !said.some(mentionsBound) && said.some(mentionsErased)) t.open.set(made.id, { shape: null, then: [] });
      return made;
    }
    case 'fnDef': return intern({ kind: 'fnDef', def: type.def, args: complete(t, type.def, type.args.map(x => canon(t, x))) });
    case 'int': case 'float': case 'bool': case 'char': case 'str': case 'never': case 'param': case 'const': case 'error': case 'infer': return type;
    default: return mapParts(type, x => canon(t, x));
  }
}

const mentionsBound = (x: Type): boolean => (x.kind === 'region' ? x.region.of === 'bound' : x.kind !== 'fnPtr' && x.kind !== 'dyn' && parts(x).some(mentionsBound));
const mentionsErased = (x: Type): boolean => (x === ERASED ? true : x.kind !== 'fnPtr' && parts(x).some(mentionsErased));

/** Arguments for all parameters: lifetimes that nobody wrote are fresh. */
function complete(t: Typer, def: DefId, args: readonly Type[]): readonly Type[] {
  const d = t.queries.definitions.byId.get(def);
  const count = d !== undefined && 'generics' in d ? d.generics.parentCount + d.generics.params.length : args.length;
  if (args.length >= count) return args;
  const out = [...args];
  while (out.length < count) out.push(regionVar(fresh(t.regions)));
  return out;
}

function closureArity(t: Typer, type: Type & { kind: 'closure' }): number {
  const facts = t.queries.closure(type.def);
  return facts !== null && facts.type.kind === 'closure' ? facts.type.args.length : type.args.length;
}

function closureType(t: Typer, type: Type & { kind: 'closure' }): Type {
  const facts = t.queries.closure(type.def);
  const arity = closureArity(t, type);
  if (facts === null) return mapParts(type, x => canon(t, x));
  if (type.args.length > arity) return mapParts(type, x => canon(t, x));
  const own = type.args.map(x => canon(t, x));
  const put = (x: Type): Type => canon(t, substitute(rebind(eraseRegions(x)), own));
  const stored = tuple(facts.captures.map(c => put(storedType(c))));
  const { signature, written, writtenResult } = facts;
  const params = signature.params.map((p, i) => { const w = written[i] ?? null; return w === null ? put(p) : writtenParam(t, w, own, () => regionVar(fresh(t.regions))); });
  return intern({ kind: 'closure', def: type.def, args: [...own, stored, fnPtr({ ...signature, params, result: writtenResult === null ? put(signature.result) : writtenParam(t, writtenResult, own, () => regionVar(fresh(t.regions))) })] });
}

/** A closure's parameter as written: lifetimes that were left out are what `at` gives. */
function writtenParam(t: Typer, written: Type, own: readonly Type[], at: (index: number) => Type): Type {
  return normaliseR(t, canon(t, replaceBound(substitute(written, own), 0, at)));
}

/** The closure's type as its own body sees it: lifetimes left out in written parameters are any. */
export function ownClosure(t: Typer, type: Type & { kind: 'closure' }, any: () => Type): Type & { kind: 'closure' } {
  const facts = t.queries.closure(type.def);
  const signature = type.args[type.args.length - 1];
  if (facts === null || signature?.kind !== 'fnPtr') return type;
  const own = type.args.slice(0, closureArity(t, type));
  const made = new Map<number, Type>();
  const at = (i: number): Type => {
    const known = made.get(i) ?? any();
    made.set(i, known);
    return known;
  };
  const params = signature.signature.params.map((p, i) => { const w = facts.written[i] ?? null; return w === null ? p : writtenParam(t, w, own, at); });
  const out = intern({ ...type, args: [...type.args.slice(0, -1), fnPtr({ ...signature.signature, params })] });
  return out.kind === 'closure' ? out : type;
}

/** What a closure of this type stores, and its signature. */
export function closureParts(t: Typer, type: Type & { kind: 'closure' }): { stored: readonly Type[]; signature: FnSignature } | null {
  const arity = closureArity(t, type);
  const stored = type.args[arity];
  const signature = type.args[arity + 1];
  if (stored?.kind !== 'tuple' || signature?.kind !== 'fnPtr') return null;
  return { stored: stored.elements, signature: signature.signature };
}

// ---------------------------------------------------------------- regions in a type

/** Free region variables of a type; of closures only those of what they store. */
export function regionsIn(t: Typer, type: Type, out: Set<number> = new Set()): Set<number> {
  switch (type.kind) {
    case 'region': if (type.region.of === 'var') out.add(type.region.index); return out;
    case 'int': case 'float': case 'bool': case 'char': case 'str': case 'never': case 'param': case 'const': case 'error': case 'infer': return out;
    case 'closure': {
      const own = closureParts(t, type);
      if (own !== null) { for (const s of own.stored) regionsIn(t, s, out); return out; }
      for (const a of type.args) regionsIn(t, a, out);
      return out;
    }
    case 'tuple': for (const e of type.elements) regionsIn(t, e, out); return out;
    case 'array': case 'slice': return regionsIn(t, type.element, out);
    case 'ref': regionsIn(t, type.region, out); return regionsIn(t, type.inner, out);
    case 'ptr': return regionsIn(t, type.inner, out);
    case 'fnPtr': {
      const shape = shapeOf(t, type);
      if (shape.kind !== 'fnPtr') return out;
      for (const p of shape.signature.params) regionsIn(t, p, out);
      return regionsIn(t, shape.signature.result, out);
    }
    case 'dyn': {
      const shape = shapeOf(t, type);
      if (shape.kind !== 'dyn') return out;
      for (const a of shape.principal?.args ?? []) regionsIn(t, a, out);
      for (const p of shape.projections) regionsIn(t, p.type, out);
      return regionsIn(t, type.region, out);
    }
    default: for (const a of type.args) regionsIn(t, a, out); return out;
  }
}

// ---------------------------------------------------------------- places

export function placeTypeR(t: Typer, place: Place, steps = place.projection.length): Type {
  let type = t.locals[place.local] ?? intern({ kind: 'error' });
  let variant: number | null = null;
  for (let i = 0; i < steps; i++) {
    const step = place.projection[i];
    if (step === undefined) break;
    if (step.kind === 'variant') { variant = step.index; continue; }
    type = stepR(t, type, step, variant);
    variant = null;
  }
  return type;
}

function stepR(t: Typer, type: Type, step: Projection, variant: number | null): Type {
  switch (step.kind) {
    case 'deref':
      if (type.kind === 'ref' || type.kind === 'ptr') return type.inner;
      if (isBox(t.queries.definitions, type) && type.kind === 'adt') return type.args[0] ?? type;
      return type;
    case 'field': return fieldR(t, type, variant, step.index, step.type);
    case 'variant': return type;
    case 'index': case 'constantIndex': return type.kind === 'array' || type.kind === 'slice' ? type.element : type;
    case 'subslice':
      if (type.kind === 'array' && type.length.kind === 'const') return array(type.element, constant(type.length.value - BigInt(step.from + step.to)));
      return type.kind === 'slice' ? slice(type.element) : type;
  }
}

export function fieldR(t: Typer, type: Type, variant: number | null, index: number, erased: Type): Type {
  if (type.kind === 'tuple') return type.elements[index] ?? erased;
  if (type.kind === 'closure') return closureParts(t, type)?.stored[index] ?? renumber(t, erased);
  if (type.kind === 'adt') {
    const d = t.queries.definitions.byId.get(type.def);
    const v = d?.kind === 'struct' ? d.variant : d?.kind === 'enum' ? d.variants[variant ?? 0] : undefined;
    const f = v?.fields[index];
    if (f !== undefined) return normaliseR(t, put(t, f.type, type.args));
  }
  return renumber(t, erased);
}

/** A type of a definition with arguments put in. */
export function put(t: Typer, type: Type, args: readonly Type[]): Type {
  return canonStatic(t, substitute(type, args));
}

/** After substitution: `'static` and leftovers. */
function canonStatic(t: Typer, type: Type): Type {
  return canon(t, type);
}

// ---------------------------------------------------------------- projections

/** Replaces projections by what they are, regions kept. */
export function normaliseR(t: Typer, type: Type): Type {
  if ((type.flags & HAS_PROJECTION) === 0) return type;
  let made = t.normal.get(type.id);
  if (made === undefined) t.normal.set(type.id, (made = type.kind === 'projection' ? normaliseProjection(t, type) : mapParts(type, x => normaliseR(t, x))));
  return made;
}

function normaliseProjection(t: Typer, type: Type & { kind: 'projection' }): Type {
  const args = type.args.map(a => normaliseR(t, a));
  const found = project(t, type.item, args);
  if (found !== null) return found;
  const plain = t.queries.normalise(t.owner, eraseRegions(type));
  if (plain.kind === 'projection' && plain.item === type.item) return intern({ kind: 'projection', item: type.item, args });
  return renumber(t, plain);
}

function project(t: Typer, item: DefId, args: readonly Type[]): Type | null {
  const { definitions } = t.queries;
  const assoc = definitions.byId.get(item);
  if (assoc?.kind !== 'associatedType' || assoc.parent === null) return null;
  const trait = definitions.byId.get(assoc.parent);
  if (trait?.kind !== 'trait') return null;
  const own = assoc.generics.params.length;
  const traitArgs = own > 0 ? args.slice(0, args.length - own) : args;
  const self = args[0];
  if (self === undefined) return null;
  // What a bound says of it.
  const erased = traitArgs.map(eraseRegions);
  for (const p of t.bounds) {
    if (p.kind === 'projection' && p.item === item && p.args.length === args.length && p.args.every((a, i) => eraseRegions(a) === (erased[i] ?? eraseRegions(args[i] ?? a)))) return unbind(p.args, args, p.type);
  }
  const fnTrait = isFnTrait(t.queries, trait.id);
  if (fnTrait && assoc.name === 'Output') {
    const inputs = args[1];
    const signature = t.callable(self, inputs?.kind === 'tuple' ? inputs.elements : []);
    if (signature !== null) return normaliseR(t, signature.result);
  }
  if (self.kind === 'dyn') {
    const said = saidOf(t, shapeOf(t, self), item, args[1]);
    if (said !== null && isOpen(t, self)) {
      // The result is known when the object's own lifetimes are.
      const out = renumber(t, said);
      t.open.get(self.id)?.then.push(shape => { const known = saidOf(t, shape, item, args[1]); if (known !== null) same(t, out, known); });
      return out;
    }
    if (said !== null) return said;
  }
  if (self.kind === 'opaque') {
    for (const p of opaqueBounds(t, self)) if (p.kind === 'projection' && p.item === item) return normaliseR(t, p.type);
  }
  const selected = t.queries.select(t.owner, { trait: trait.id, args: erased });
  if (selected?.kind !== 'impl') return null;
  const impl = definitions.byId.get(selected.def);
  if (impl?.kind !== 'impl' || impl.trait === null) return null;
  const bound = implArgs(t, impl.id, impl.trait, traitArgs, selected.args).args;
  for (const id of impl.items) {
    const d = definitions.byId.get(id);
    if (d?.kind === 'associatedType' && d.name === assoc.name && d.type !== null) return normaliseR(t, put(t, d.type, [...bound, ...args.slice(args.length - own)]));
  }
  return null;
}

/** A bound's type, its `for['a]` lifetimes replaced by those that the actual arguments have. */
function unbind(pattern: readonly Type[], actual: readonly Type[], type: Type): Type {
  const found = new Map<number, Type>();
  const match = (p: Type, a: Type): void => {
    if (p.kind === 'region') { if (p.region.of === 'bound' && p.region.depth === 0 && !found.has(p.region.index)) found.set(p.region.index, a); return; }
    const xs = parts(p);
    const ys = parts(a);
    xs.forEach((x, i) => { const y = ys[i]; if (y !== undefined) match(x, y); });
  };
  pattern.forEach((p, i) => { const a = actual[i]; if (a !== undefined) match(p, a); });
  return found.size === 0 ? type : replaceBound(type, 0, i => found.get(i) ?? regionVar(STATIC_VAR));
}

/** What a trait object says of an associated type; of a function's result, for these arguments. */
function saidOf(t: Typer, object: Type, item: DefId, inputs: Type | undefined): Type | null {
  if (object.kind !== 'dyn') return null;
  const p = object.projections.find(x => x.item === item);
  if (p === undefined) return null;
  if (object.principal === null || !isFnTrait(t.queries, object.principal.trait) || isOpen(t, object)) return p.type;
  const [pattern] = object.principal.args;
  if (pattern !== undefined && mentionsBound(pattern) && inputs !== undefined) return unbind([pattern], [inputs], p.type);
  return mentionsBound(p.type) ? tiedResult(t, p.type, inputs ?? p.type) : p.type;
}

/** Two types of one form have the same lifetimes. */
function same(t: Typer, a: Type, b: Type): void {
  const span = { file: 0 as never, start: 0, end: 0 };
  if (a.kind === 'region' && b.kind === 'region') {
    if (a.region.of !== 'var' || b.region.of !== 'var') return;
    outlives(t.regions, a.region.index, b.region.index, -1, span, 'boring');
    outlives(t.regions, b.region.index, a.region.index, -1, span, 'boring');
    return;
  }
  const ys = parts(b);
  parts(a).forEach((x, i) => { const y = ys[i]; if (y !== undefined) same(t, x, y); });
}

/** Result of calling a `dyn Fn`: whether its lifetimes are the arguments' is not known any more, so it may be any of them. */
function tiedResult(t: Typer, result: Type, args: Type): Type {
  const from = [...regionsIn(t, args), ...regionsIn(t, result)];
  if (from.length === 0) return result;
  const out = renumber(t, result);
  const span = { file: 0 as never, start: 0, end: 0 };
  for (const o of regionsIn(t, out)) for (const r of from) outlives(t.regions, r, o, -1, span, 'boring');
  return out;
}

/** Bounds that an opaque type declares, for these arguments. */
export function opaqueBounds(t: Typer, type: Type & { kind: 'opaque' }): Predicate[] {
  const at = type.def.lastIndexOf('::');
  const fn = t.queries.definitions.byId.get(type.def.slice(0, at) as DefId);
  if (fn?.kind !== 'fn') return [];
  return (fn.opaques.find(o => o.def === type.def)?.bounds ?? []).map(p => putPredicate(t, p, type.args));
}

/** An impl's arguments, found by matching its header with types that have regions; where a region stands twice (or `'static`), what must be equal. */
export function implArgs(t: Typer, impl: DefId, header: TraitRef, actual: readonly Type[], selected: readonly Type[]): { args: Type[]; equal: [Type, Type][] } {
  const found: (Type | undefined)[] = [];
  const equal: [Type, Type][] = [];
  const match = (pattern: Type, real: Type): void => {
    if (pattern.kind === 'param') {
      const before = found[pattern.index];
      if (before === undefined) found[pattern.index] = real;
      else if (before !== real) equal.push([before, real]);
      return;
    }
    if (pattern.kind === 'region') {
      if (pattern.region.of === 'param') {
        const before = found[pattern.region.index];
        if (before === undefined) found[pattern.region.index] = real;
        else equal.push([before, real]);
      } else if (pattern.region.of === 'static') equal.push([regionVar(STATIC_VAR), real]);
      return;
    }
    if (pattern.kind !== real.kind) return;
    switch (pattern.kind) {
      case 'tuple': if (real.kind === 'tuple') pattern.elements.forEach((e, i) => { const r = real.elements[i]; if (r !== undefined) match(e, r); }); return;
      case 'array': if (real.kind === 'array') { match(pattern.element, real.element); match(pattern.length, real.length); } return;
      case 'slice': if (real.kind === 'slice') match(pattern.element, real.element); return;
      case 'ref': if (real.kind === 'ref') { match(pattern.region, real.region); match(pattern.inner, real.inner); } return;
      case 'ptr': if (real.kind === 'ptr') match(pattern.inner, real.inner); return;
      case 'adt': if (real.kind === 'adt') pattern.args.forEach((a, i) => { const r = real.args[i]; if (r !== undefined) match(a, r); }); return;
      case 'dyn': if (real.kind === 'dyn') {
        match(pattern.region, real.region);
        (pattern.principal?.args ?? []).forEach((a, i) => { const r = real.principal?.args[i]; if (r !== undefined) match(a, r); });
        pattern.projections.forEach((p, i) => { const r = real.projections[i]; if (r !== undefined) match(p.type, r.type); });
      } return;
      default: return;
    }
  };
  header.args.forEach((a, i) => { const r = actual[i]; if (r !== undefined) match(a, r); });
  const d = t.queries.definitions.byId.get(impl);
  const count = d !== undefined && 'generics' in d ? d.generics.parentCount + d.generics.params.length : 0;
  const args: Type[] = [];
  for (let i = 0; i < count; i++) args.push(found[i] ?? (selected[i] === undefined ? regionVar(fresh(t.regions)) : renumber(t, selected[i] as Type)));
  // Parameters that only the impl's own projection bounds determine.
  if (d?.kind === 'impl') {
    for (const p of d.generics.predicates) {
      if (p.kind === 'projection' && p.type.kind === 'param' && found[p.type.index] === undefined && (p.type.index < args.length)) args[p.type.index] = normaliseR(t, intern({ kind: 'projection', item: p.item, args: p.args.map(a => put(t, a, args)) }));
    }
  }
  return { args, equal };
}

/** A closure's signature with fresh lifetimes, and the closure type that has it. */
export function freshClosure(t: Typer, type: Type & { kind: 'closure' }): { type: Type & { kind: 'closure' }; signature: FnSignature } | null {
  const parts = closureParts(t, type);
  if (parts === null) return null;
  const renew = (x: Type): Type => renumberBound(t, x);
  const arity = closureArity(t, type);
  const facts = t.queries.closure(type.def);
  const written = facts?.written ?? [];
  const writtenResult = facts?.writtenResult ?? null;
  const params = parts.signature.params.map((p, i) => {
    const w = written[i] ?? null;
    return w === null ? renew(p) : writtenParam(t, w, type.args.slice(0, arity), () => regionVar(fresh(t.regions)));
  });
  const result = writtenResult === null ? renew(parts.signature.result) : writtenParam(t, writtenResult, type.args.slice(0, arity), () => regionVar(fresh(t.regions)));
  const signature: FnSignature = { ...parts.signature, params, result };
  const made = intern({ kind: 'closure', def: type.def, args: [...type.args.slice(0, arity + 1), fnPtr(signature)] });
  return made.kind === 'closure' ? { type: made, signature } : null;
}

/** Lifetimes of a function that each call chooses anew: its own, in its parameters, that no bound mentions. By index. */
export function lateBound(t: Typer, def: DefId): readonly number[] {
  const d = t.queries.definitions.byId.get(def);
  if (d?.kind !== 'fn') return [];
  const inside = (x: Type, i: number): boolean => (x.kind === 'region' ? x.region.of === 'param' && x.region.index === i : parts(x).some(y => inside(y, i)));
  const bounded = (i: number): boolean => d.generics.predicates.some(p => (p.kind === 'trait' ? p.ref.args.some(a => inside(a, i)) : p.kind === 'projection' ? [...p.args, p.type].some(a => inside(a, i)) : p.kind === 'typeOutlives' ? inside(p.type, i) || inside(p.region, i) : inside(p.longer, i)));
  return d.generics.params.filter(p => p.kind === 'lifetime' && !bounded(p.index) && d.signature.params.some(x => inside(x, p.index))).map(p => p.index);
}

/** A function item with fresh lifetimes of its own. */
export function freshItem(t: Typer, type: Type & { kind: 'fnDef' }): Type & { kind: 'fnDef' } {
  const d = t.queries.definitions.byId.get(type.def);
  if (d?.kind !== 'fn') return type;
  const args = [...type.args];
  for (const i of lateBound(t, type.def)) args[i] = regionVar(fresh(t.regions));
  const made = intern({ kind: 'fnDef', def: type.def, args });
  return made.kind === 'fnDef' ? made : type;
}

/** The signature with its own bound lifetimes replaced by fresh variables. */
export function openBinder(t: Typer, s: FnSignature, make: () => Type = () => regionVar(fresh(t.regions))): FnSignature {
  const made = new Map<number, Type>();
  const at = (i: number): Type => {
    let r = made.get(i);
    if (r === undefined) made.set(i, (r = make()));
    return r;
  };
  const open = (x: Type, depth: number): Type => replaceBound(x, depth, at);
  return { ...s, params: s.params.map(p => open(p, 0)), result: open(s.result, 0) };
}

/** Replaces regions bound at `depth` (counted from outside this type). */
export function replaceBound(type: Type, depth: number, at: (index: number) => Type): Type {
  if (type.kind === 'region') {
    const r = type.region;
    return r.of === 'bound' && r.depth === depth ? at(r.index) : type;
  }
  const inner = type.kind === 'fnPtr' || type.kind === 'dyn' ? depth + 1 : depth;
  return mapParts(type, x => replaceBound(x, inner, at));
}

/** Signature of a function item, method or constructor, for its arguments. */
export function itemSignature(t: Typer, type: Type & { kind: 'fnDef' }): FnSignature | null {
  const d = t.queries.definitions.byId.get(type.def);
  if (d === undefined) return null;
  const sub = (x: Type): Type => normaliseR(t, put(t, x, type.args));
  if (d.kind === 'fn') return { ...d.signature, params: d.signature.params.map(sub), result: sub(d.signature.result) };
  const adt = (def: DefId): Type => intern({ kind: 'adt', def, args: type.args });
  if (d.kind === 'struct') return { params: d.variant.fields.map(f => sub(f.type)), result: adt(d.id), isUnsafe: false, abi: null };
  if (d.kind === 'variant') {
    const e = t.queries.definitions.byId.get(d.enum);
    const v = e?.kind === 'enum' ? e.variants[d.index] : undefined;
    return v === undefined ? null : { params: v.fields.map(f => sub(f.type)), result: adt(d.enum), isUnsafe: false, abi: null };
  }
  return null;
}

// ---------------------------------------------------------------- predicates

export function putPredicate(t: Typer, p: Predicate, args: readonly Type[]): Predicate {
  const sub = (x: Type): Type => put(t, x, args);
  switch (p.kind) {
    case 'trait': return { ...p, ref: { trait: p.ref.trait, args: p.ref.args.map(sub) } };
    case 'projection': return { ...p, args: p.args.map(sub), type: sub(p.type) };
    case 'typeOutlives': return { ...p, type: sub(p.type), region: sub(p.region) };
    case 'regionOutlives': return { ...p, longer: sub(p.longer), shorter: sub(p.shorter) };
  }
}

/** A definition's predicates, its parents' first, unsubstituted. */
export function predicatesOf(queries: TypeQueries, def: DefId): readonly Predicate[] {
  const d = queries.definitions.byId.get(def);
  if (d === undefined) return [];
  if (d.kind === 'variant') return predicatesOf(queries, d.enum);
  if (!('generics' in d)) return [];
  return d.generics.parent === null ? d.generics.predicates : [...predicatesOf(queries, d.generics.parent), ...d.generics.predicates];
}

/** Lifetime parameters of a body's owner, its parents' first. */
export function lifetimesOf(queries: TypeQueries, owner: DefId): { name: string; index: number; synthetic: boolean }[] {
  const d = queries.definitions.byId.get(bodyOwner(owner));
  if (d === undefined || !('generics' in d)) return [];
  const parent = d.generics.parent === null ? [] : lifetimesOf(queries, d.generics.parent);
  return [...parent, ...d.generics.params.filter(p => p.kind === 'lifetime').map(p => ({ name: p.name, index: p.index, synthetic: p.synthetic }))];
}

