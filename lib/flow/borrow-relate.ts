/**
 * Relations between types with regions, as outlives constraints: subtyping by variance, equality, `T: 'a`, what a well-formed type
 * implies, and trait predicates as far as they speak of lifetimes. In: two types and where. Out: constraints in `Regions`, and
 * tests on type parameters (`T: 'a` must follow from the bounds). Cost: linear in the types.
 */
import type { Span } from '../text/span.ts';
import type { Predicate } from '../types/definition.ts';
import { type DefId, eraseRegions, type FnSignature, HAS_REGION, intern, parts, substitute, type TraitRef, type Type } from '../types/type.ts';
import { addUniversal, type Category, fresh, FUNCTION, outlives, regionVar, STATIC_VAR } from './borrow-regions.ts';
import { closureParts, freshClosure, freshItem, implArgs, isFnTrait, isOpen, itemSignature, normaliseR, openBinder, opaqueBounds, predicatesOf, put, putPredicate, replaceBound, settle, settleAlone, shapeOf, type Typer } from './borrow-types.ts';
import { compose, type Variance, variancesOf } from './borrow-variance.ts';

export interface Where {
  readonly point: number;
  readonly span: Span;
  readonly category: Category;
}

/** `T: 'r` for a type parameter (or a rigid projection): it must be known from the bounds for every end in `region`. */
export interface TypeTest {
  readonly type: Type;
  readonly region: number;
  readonly where: Where;
}

/** What a closure's body asks of its creator: regions by position in the closure's external list. */
export interface ClosureNeeds {
  readonly outlives: readonly { readonly longer: number; readonly shorter: number; readonly span: Span; readonly category: Category }[];
  /** `T: 'r`. */
  readonly types: readonly { readonly type: Type; readonly region: number; readonly span: Span }[];
}

export interface Relater extends Typer {
  readonly tests: TypeTest[];
  readonly needs: ReadonlyMap<DefId, ClosureNeeds>;
  depth: number;
  /** Relations that wait until it is known which lifetimes of a function pointer are bound; `force`: nothing more will tell. */
  later: ((force: boolean) => void)[];
}

/** Runs what waits until nothing does. */
export function settleLater(t: Relater): void {
  for (let force = false; t.later.length > 0;) {
    const waiting = t.later;
    t.later = [];
    waiting.forEach((run, i) => { run(force && i === 0); });
    force = t.later.length >= waiting.length;
  }
}

/** Regions that a closure's body sees from outside, in a fixed order: `'static`, the owner's lifetimes, those of what it stores, those of its signature. */
export function externals(g: Relater, type: Type & { kind: 'closure' }): number[] {
  const out: number[] = [STATIC_VAR];
  // In order of appearance, repeats included: both sides walk the same shape.
  const visit = (x: Type): void => {
    if (x.kind === 'region') { if (x.region.of === 'var') out.push(x.region.index); return; }
    if (x.kind === 'closure') {
      const own = closureParts(g, x);
      if (own !== null) { own.stored.forEach(visit); return; }
    }
    for (const p of parts(x)) visit(p);
  };
  for (const p of [...g.params].sort((a, b) => a[0] - b[0])) visit(p[1]);
  const own = closureParts(g, type);
  own?.stored.forEach(visit);
  own?.signature.params.forEach(visit);
  if (own !== null) visit(own.signature.result);
  return out;
}

/** Requires what a closure's body needs, for this instance of its signature. */
export function requireNeeds(g: Relater, type: Type & { kind: 'closure' }, where: Where): void {
  const needs = g.needs.get(type.def);
  if (needs === undefined) return;
  const list = externals(g, type);
  for (const n of needs.outlives) {
    const longer = list[n.longer];
    const shorter = list[n.shorter];
    if (longer !== undefined && shorter !== undefined) outlives(g.regions, longer, shorter, where.point, n.span, n.category, true);
  }
  for (const n of needs.types) {
    const region = list[n.region];
    if (region !== undefined) typeOutlives(g, n.type, regionVar(region), { ...where, span: n.span });
  }
}

/** Signature of what can be called, with fresh lifetimes, its parameters given these types. */
export function callable(t: Relater, type: Type, inputs: readonly Type[], where: Where): FnSignature | null {
  let signature: FnSignature | null = null;
  if (type.kind === 'closure') {
    const made = freshClosure(t, type);
    if (made !== null) { requireNeeds(t, made.type, where); signature = made.signature; }
  } else if (type.kind === 'fnPtr') {
    const shape = settleAlone(t, type);
    if (shape.kind === 'fnPtr') signature = openBinder(t, shape.signature);
  } else if (type.kind === 'fnDef') {
    const made = freshItem(t, type);
    signature = itemSignature(t, made);
    for (const p of predicatesOf(t.queries, made.def)) if (p.kind === 'regionOutlives' || p.kind === 'typeOutlives') prove(t, putPredicate(t, p, made.args), where);
  } else if (type.kind === 'ref' || type.kind === 'adt') {
    const inner = type.kind === 'ref' ? type.inner : (type.args[0] ?? type);
    if (inner.kind === 'closure' || inner.kind === 'fnDef' || inner.kind === 'fnPtr') return callable(t, inner, inputs, where);
  }
  if (signature === null) return null;
  const found = signature;
  inputs.forEach((e, i) => { const p = found.params[i]; if (p !== undefined) relate(t, normaliseR(t, e), normaliseR(t, p), 1, where); });
  return found;
}

export function sub(t: Relater, a: Type, b: Type, where: Where): void {
  relate(t, a, b, 1, where);
}

export function equate(t: Relater, a: Type, b: Type, where: Where): void {
  relate(t, a, b, 3, where);
}

function regionSub(t: Relater, a: Type, b: Type, v: Variance, where: Where): void {
  if (a === b || a.kind !== 'region' || b.kind !== 'region' || a.region.of !== 'var' || b.region.of !== 'var') return;
  // `&'a T` is a subtype of `&'b T` where 'a outlives 'b.
  if ((v & 1) !== 0) outlives(t.regions, a.region.index, b.region.index, where.point, where.span, where.category);
  if ((v & 2) !== 0) outlives(t.regions, b.region.index, a.region.index, where.point, where.span, where.category);
}

function relate(t: Relater, left: Type, right: Type, v: Variance, where: Where): void {
  if (left === right || v === 0) return;
  if (((left.flags | right.flags) & HAS_REGION) === 0) return;
  const a = left.kind === 'projection' ? normaliseR(t, left) : left;
  const b = right.kind === 'projection' ? normaliseR(t, right) : right;
  if (a.kind === 'region') { regionSub(t, a, b, v, where); return; }
  if (a.kind !== b.kind) { reveal(t, a, b, v, where); return; }
  const pairs = (xs: readonly Type[], ys: readonly Type[], by: (i: number) => Variance): void => {
    xs.forEach((x, i) => { const y = ys[i]; if (y !== undefined) relate(t, x, y, by(i), where); });
  };
  switch (a.kind) {
    case 'tuple': if (b.kind === 'tuple') pairs(a.elements, b.elements, () => v); return;
    case 'array': if (b.kind === 'array') relate(t, a.element, b.element, v, where); return;
    case 'slice': if (b.kind === 'slice') relate(t, a.element, b.element, v, where); return;
    case 'ref':
      if (b.kind !== 'ref') return;
      regionSub(t, a.region, b.region, v, where);
      // Behind a pointer a `dyn Trait + 'long` coerces to `dyn Trait + 'short`, exclusive or not.
      relate(t, a.inner, b.inner, b.mutable && !(a.inner.kind === 'dyn' && v === 1) ? 3 : v, where);
      return;
    case 'ptr': if (b.kind === 'ptr') relate(t, a.inner, b.inner, b.mutable ? 3 : v, where); return;
    case 'adt': {
      if (b.kind !== 'adt' || a.def !== b.def) return;
      const of = variancesOf(t.queries.definitions, a.def);
      pairs(a.args, b.args, i => compose(v, of[i] ?? 3));
      return;
    }
    case 'closure': {
      if (b.kind !== 'closure' || a.def !== b.def) return;
      const x = closureParts(t, a);
      const y = closureParts(t, b);
      if (x === null || y === null) { pairs(a.args, b.args, () => v); return; }
      // Its signature is good for all lifetimes that its body allows: each use makes it anew.
      pairs(x.stored, y.stored, () => v);
      return;
    }
    case 'fnDef': case 'opaque': case 'projection': if (b.kind === a.kind) pairs(a.args, b.args, () => 3); return;
    case 'fnPtr': {
      if (b.kind !== 'fnPtr') return;
      const openA = isOpen(t, a);
      const openB = isOpen(t, b);
      if (openA && openB) { t.later.push(force => { if (force) settleAlone(t, a); relate(t, a, b, v, where); }); return; }
      const x = openA ? settle(t, a, shapeOf(t, b)) : shapeOf(t, a);
      const y = openB ? settle(t, b, shapeOf(t, a)) : shapeOf(t, b);
      if (x !== a || y !== b) { if (x !== y) relate(t, x, y, v, where); return; }
      if ((v & 1) !== 0) fnSub(t, a, b, where);
      if ((v & 2) !== 0) fnSub(t, b, a, where);
      return;
    }
    case 'dyn': {
      if (b.kind !== 'dyn') return;
      regionSub(t, a.region, b.region, v, where);
      const said = (x: Type, y: Type): void => {
        if (x.kind !== 'dyn' || y.kind !== 'dyn') return;
        if ((v & 1) !== 0) objectSub(t, x, y, where);
        if ((v & 2) !== 0 && (v === 2 || bindsAny(x) || bindsAny(y))) objectSub(t, y, x, where);
      };
      const openA = isOpen(t, a);
      const openB = isOpen(t, b);
      if (openA && openB) { t.later.push(force => { if (force) settleAlone(t, a); relate(t, a, b, v, where); }); return; }
      said(openA ? settle(t, a, shapeOf(t, b)) : shapeOf(t, a), openB ? settle(t, b, shapeOf(t, a)) : shapeOf(t, b));
      return;
    }
    default: return;
  }
}

/** A body that defines an opaque type knows what it hides. */
function reveal(t: Relater, a: Type, b: Type, v: Variance, where: Where): void {
  const open = (x: Type): Type | null => {
    if (x.kind !== 'opaque') return null;
    const hidden = t.queries.hidden(x.def);
    return hidden === null || t.depth > 4 ? null : normaliseR(t, put(t, eraseRegions(hidden), x.args));
  };
  const x = open(a);
  const y = open(b);
  if (x === null && y === null) return;
  t.depth++;
  relate(t, x ?? a, y ?? b, v, where);
  t.depth--;
}

function fnSub(t: Relater, a: Type & { kind: 'fnPtr' }, b: Type & { kind: 'fnPtr' }, where: Where): void {
  // `b`'s own lifetimes may be any: `a` must fit them all.
  const wanted = openBinder(t, b.signature, () => regionVar(addUniversal(t.regions, FUNCTION, 'placeholder')));
  const given = openBinder(t, a.signature);
  wanted.params.forEach((p, i) => { const q = given.params[i]; if (q !== undefined) relate(t, p, q, 1, where); });
  relate(t, given.result, wanted.result, 1, where);
}

type Object = Type & { kind: 'dyn' };

const bindsAny = (x: Object): boolean => [...(x.principal?.args ?? []), ...x.projections.map(p => p.type)].some(mentionsBound);

/** What is said of `b`'s own lifetimes, which may be any, must be said of `a`'s, for some. */
function objectSub(t: Relater, a: Object, b: Object, where: Where): void {
  const opened = (x: Object, make: () => Type): Type[] => {
    const made = new Map<number, Type>();
    const at = (i: number): Type => {
      const known = made.get(i) ?? make();
      made.set(i, known);
      return known;
    };
    return [...(x.principal?.args ?? []), ...(x === b ? b.projections.map(p => p.type) : b.projections.map(p => x.projections.find(y => y.item === p.item)?.type ?? p.type))].map(y => (mentionsBound(y) ? replaceBound(y, 0, at) : y));
  };
  const wanted = opened(b, () => regionVar(addUniversal(t.regions, null, 'placeholder')));
  const given = opened(a, () => regionVar(fresh(t.regions)));
  wanted.forEach((w, i) => { const g = given[i]; if (g !== undefined) relate(t, g, w, 3, where); });
}

// ---------------------------------------------------------------- T: 'a

export function typeOutlives(t: Relater, type: Type, region: Type, where: Where): void {
  if (region.kind !== 'region' || region.region.of !== 'var') return;
  const shorter = region.region.index;
  const visit = (x: Type): void => {
    switch (x.kind) {
      case 'region': if (x.region.of === 'var') outlives(t.regions, x.region.index, shorter, where.point, where.span, where.category); return;
      case 'int': case 'float': case 'bool': case 'char': case 'str': case 'never': case 'const': case 'error': case 'infer': return;
      case 'param': t.tests.push({ type: x, region: shorter, where }); return;
      case 'projection': {
        const n = normaliseR(t, x);
        if (n.kind !== 'projection') { visit(n); return; }
        t.tests.push({ type: n, region: shorter, where });
        return;
      }
      case 'closure': {
        const own = closureParts(t, x);
        for (const s of own?.stored ?? []) visit(s);
        return;
      }
      case 'opaque': {
        // Its own bounds may say so.
        const said = opaqueBounds(t, x).some(p => p.kind === 'typeOutlives' && p.region.kind === 'region' && p.region.region.of === 'var' && p.region.region.index === shorter);
        if (!said) for (const a of x.args) visit(a);
        return;
      }
      case 'tuple': x.elements.forEach(visit); return;
      case 'array': case 'slice': visit(x.element); return;
      case 'ref': visit(x.region); visit(x.inner); return;
      case 'ptr': visit(x.inner); return;
      case 'fnPtr': x.signature.params.forEach(visit); visit(x.signature.result); return;
      case 'dyn': visit(x.region); for (const a of x.principal?.args ?? []) visit(a); for (const p of x.projections) visit(p.type); return;
      default: x.args.forEach(visit);
    }
  };
  visit(type);
}

/** What must hold for the type to make sense: `T: 'a` in `&'a T`, and the bounds of structs. `then` gets each. */
export function wellFormed(t: Typer, type: Type, then: (longer: Type, shorter: Type) => void): void {
  if ((type.flags & HAS_REGION) === 0) return;
  switch (type.kind) {
    case 'ref': then(type.inner, type.region); wellFormed(t, type.inner, then); return;
    case 'tuple': for (const e of type.elements) wellFormed(t, e, then); return;
    case 'array': case 'slice': wellFormed(t, type.element, then); return;
    case 'ptr': wellFormed(t, type.inner, then); return;
    case 'adt':
      for (const a of type.args) wellFormed(t, a, then);
      for (const p of predicatesOf(t.queries, type.def)) {
        if (p.kind === 'regionOutlives') then(put(t, p.longer, type.args), put(t, p.shorter, type.args));
        else if (p.kind === 'typeOutlives') then(put(t, p.type, type.args), put(t, p.region, type.args));
      }
      // `struct S['a, T]: r: &'a T` implies `T: 'a`.
      for (const [longer, shorter] of inferredOutlives(t, type.def)) then(put(t, longer, type.args), put(t, shorter, type.args));
      return;
    default: return;
  }
}

const inferred = new WeakMap<object, Map<string, [Type, Type][]>>();

/** Outlives bounds that a struct's fields imply (found on references that stand directly in fields). */
function inferredOutlives(t: Typer, def: string): [Type, Type][] {
  let table = inferred.get(t.queries.definitions);
  if (table === undefined) inferred.set(t.queries.definitions, (table = new Map()));
  const known = table.get(def);
  if (known !== undefined) return known;
  const out: [Type, Type][] = [];
  table.set(def, out);
  const d = t.queries.definitions.byId.get(def as Typer['owner']);
  const variants = d?.kind === 'struct' ? [d.variant] : d?.kind === 'enum' ? d.variants : [];
  const visit = (x: Type): void => {
    switch (x.kind) {
      case 'ref':
        if (x.region.kind === 'region' && x.region.region.of === 'param') components(x.inner, c => out.push([c, x.region]));
        visit(x.inner);
        return;
      case 'tuple': x.elements.forEach(visit); return;
      case 'array': case 'slice': visit(x.element); return;
      case 'adt':
        x.args.forEach(visit);
        // What a field's own type implies, for these arguments.
        for (const [longer, shorter] of [...inferredOutlives(t, x.def)]) {
          const s = substitute(shorter, x.args);
          if (s.kind === 'region' && s.region.of === 'param') components(substitute(longer, x.args), c => out.push([c, s]));
        }
        for (const p of predicatesOf(t.queries, x.def)) {
          if (p.kind !== 'typeOutlives' && p.kind !== 'regionOutlives') continue;
          const s = substitute(p.kind === 'typeOutlives' ? p.region : p.shorter, x.args);
          if (s.kind === 'region' && s.region.of === 'param') components(substitute(p.kind === 'typeOutlives' ? p.type : p.longer, x.args), c => out.push([c, s]));
        }
        return;
      default: return;
    }
  };
  for (const v of variants) for (const f of v.fields) visit(f.type);
  return out;
}

function components(x: Type, then: (c: Type) => void): void {
  switch (x.kind) {
    case 'param': then(x); return;
    case 'region': if (x.region.of === 'param') then(x); return;
    case 'ref': components(x.region, then); components(x.inner, then); return;
    case 'tuple': for (const e of x.elements) components(e, then); return;
    case 'array': case 'slice': components(x.element, then); return;
    case 'ptr': components(x.inner, then); return;
    case 'adt': for (const a of x.args) components(a, then); return;
    default: return;
  }
}

// ---------------------------------------------------------------- predicates

/** Requires a callee's (or impl's) predicates to hold, as far as lifetimes go. */
export function prove(t: Relater, p: Predicate, where: Where): void {
  switch (p.kind) {
    case 'regionOutlives':
      if (p.longer.kind === 'region' && p.shorter.kind === 'region' && p.longer.region.of === 'var' && p.shorter.region.of === 'var') outlives(t.regions, p.longer.region.index, p.shorter.region.index, where.point, where.span, where.category);
      return;
    case 'typeOutlives': typeOutlives(t, p.type, p.region, where); return;
    case 'projection': {
      const [args, type] = skolem(t, p.args, p.type);
      const found = normaliseR(t, intern({ kind: 'projection', item: p.item, args }));
      if (found.kind !== 'projection') equateOutput(t, found, type, where);
      return;
    }
    case 'trait': proveTrait(t, p.ref, where);
  }
}

/** Regions bound by the predicate's own `for['a]` become placeholders: any lifetime. */
function skolem(t: Relater, args: readonly Type[], type: Type | null): [Type[], Type] {
  const made = new Map<number, Type>();
  const at = (i: number): Type => {
    let r = made.get(i);
    if (r === undefined) made.set(i, (r = regionVar(addUniversal(t.regions, null, 'placeholder'))));
    return r;
  };
  const unit = intern({ kind: 'tuple', elements: [] });
  return [args.map(a => replaceBound(a, 0, at)), type === null ? unit : replaceBound(type, 0, at)];
}

/** A closure's result must be (at least) what the bound says. */
function equateOutput(t: Relater, found: Type, wanted: Type, where: Where): void {
  relate(t, found, wanted, 3, where);
}

const mentionsBound = (x: Type): boolean => (x.kind === 'region' ? x.region.of === 'bound' : x.kind !== 'fnPtr' && x.kind !== 'dyn' && parts(x).some(mentionsBound));

function proveTrait(t: Relater, given: TraitRef, where: Where): void {
  if (!given.args.some(a => (a.flags & HAS_REGION) !== 0)) return;
  const ref: TraitRef = given.args.some(mentionsBound) ? { trait: given.trait, args: skolem(t, given.args, null)[0] } : given;
  const { definitions } = t.queries;
  if (definitions.lang.get('sized') === ref.trait) return;
  const self = ref.args[0];
  if (self === undefined) return;
  const trait = definitions.byId.get(ref.trait);
  // `trait Any: 'static`.
  if (trait?.kind === 'trait') {
    for (const p of trait.generics.predicates) if (p.kind === 'typeOutlives') prove(t, putPredicate(t, p, ref.args), where);
  }
  if (isFnTrait(t.queries, ref.trait) && self.kind !== 'dyn') {
    const [args] = skolem(t, ref.args, null);
    const inputs = args[1];
    if (inputs?.kind === 'tuple') callable(t, args[0] ?? self, inputs.elements, where);
    return;
  }
  if (t.depth > 3) return;
  const selected = t.queries.select(t.owner, { trait: ref.trait, args: ref.args.map(eraseRegions) });
  if (selected?.kind === 'object' && self.kind === 'dyn' && self.principal !== null) {
    calledObject(t, self, ref, where);
    return;
  }
  if (selected?.kind === 'bound' || selected?.kind === 'object') {
    ref.args.forEach((a, i) => { const b = boundFor(t, selected.ref, i); if (b !== null && i > 0) relate(t, a, b, 3, where); });
    return;
  }
  if (selected?.kind !== 'impl') return;
  const impl = definitions.byId.get(selected.def);
  if (impl?.kind !== 'impl' || impl.trait === null) return;
  const { args, equal } = implArgs(t, impl.id, impl.trait, ref.args, selected.args);
  for (const [a, b] of equal) relate(t, a, b, 3, where);
  t.depth++;
  for (const p of predicatesOf(t.queries, impl.id)) prove(t, putPredicate(t, p, args), where);
  t.depth--;
}

/** A trait object's method is called: what the object says of the trait's arguments holds, its own lifetimes being any. */
function calledObject(t: Relater, self: Object, ref: TraitRef, where: Where): void {
  if (isOpen(t, self)) { t.later.push(force => { if (force) settleAlone(t, self); calledObject(t, self, ref, where); }); return; }
  const shape = shapeOf(t, self);
  if (shape.kind !== 'dyn' || shape.principal === null) return;
  const own = objectRef(t, { trait: shape.principal.trait, args: [self, ...shape.principal.args] }, ref.trait);
  const made = new Map<number, Type>();
  const at = (i: number): Type => {
    const known = made.get(i) ?? regionVar(fresh(t.regions));
    made.set(i, known);
    return known;
  };
  own?.args.forEach((a, i) => { const b = ref.args[i]; if (i > 0 && b !== undefined) relate(t, b, mentionsBound(a) ? replaceBound(a, 0, at) : a, 3, where); });
}

/** What a trait object says of one of its traits, with its own lifetimes: of its own, or of one above it. */
function objectRef(t: Relater, from: TraitRef, wanted: DefId): TraitRef | null {
  if (from.trait === wanted) return from;
  const d = t.queries.definitions.byId.get(from.trait);
  if (d?.kind !== 'trait') return null;
  for (const p of d.generics.predicates) {
    if (p.kind !== 'trait' || p.ref.trait === from.trait || p.ref.args[0]?.kind !== 'param' || p.ref.args[0].index !== 0) continue;
    const above = putPredicate(t, p, from.args);
    const found = above.kind === 'trait' ? objectRef(t, above.ref, wanted) : null;
    if (found !== null) return found;
  }
  return null;
}

/** The bound's argument with its regions, where the owner declares it. */
function boundFor(t: Relater, ref: TraitRef, index: number): Type | null {
  for (const p of t.bounds) {
    if (p.kind === 'trait' && p.ref.trait === ref.trait && p.ref.args.length === ref.args.length && p.ref.args.every((a, i) => eraseRegions(a) === ref.args[i])) return p.ref.args[index] ?? null;
  }
  return null;
}
