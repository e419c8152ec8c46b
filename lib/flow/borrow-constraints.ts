/**
 * The graph's own typing rules with regions: every assignment, call and return gives outlives constraints, every borrow a loan. In:
 * a graph and its typer. Out: constraints in `Regions`, loans, tests of type parameters. Closures' own requirements come in as
 * facts of their bodies. Cost: linear in statements and types.
 */
import type { Span } from '../text/span.ts';
import type { Given } from '../types/facts.ts';
import { type DefId, ERASED, eraseRegions, HAS_REGION, intern, ISIZE, mapParts, ref, region, type Type, UNIT } from '../types/type.ts';
import { type Category, fresh, markLive, outlives, regionVar, STATIC_VAR } from './borrow-regions.ts';
import { equate, prove, type Relater, requireNeeds, settleLater, sub, typeOutlives, type Where, wellFormed } from './borrow-relate.ts';
import { canon, closureParts, fieldR, freshClosure, freshItem, isOpen, itemSignature, lateBound, normaliseR, openBinder, placeTypeR, predicatesOf, put, putPredicate, regionsIn, renumber, settle, settleAlone, shapeOf } from './borrow-types.ts';
import type { BlockId, BorrowKind, Constant, Graph, Operand, Place, Rvalue } from './graph.ts';
import { isBox, isLang } from './queries.ts';

export interface Loan {
  readonly index: number;
  readonly region: number;
  readonly place: Place;
  readonly kind: BorrowKind;
  readonly block: BlockId;
  readonly statement: number;
  readonly point: number;
  readonly span: Span;
  /** Of what a closure captures: the use in its body. */
  readonly use: Span;
  /** The local that the reference is stored in. */
  readonly into: Place;
  /** A pool lent for a call: what comes of it borrows a slot, so the pool may go on being used, but not moved, dropped or replaced. */
  readonly slot: boolean;
}

export interface Generator extends Relater {
  readonly graph: Graph;
  readonly loans: Loan[];
  readonly bases: readonly number[];
}

export function generate(g: Generator): void {
  g.graph.blocks.forEach((block, i) => {
    const id = i as BlockId;
    block.statements.forEach((s, n) => {
      const point = (g.bases[i] ?? 0) + n;
      if (s.kind === 'ascribe') sub(g, placeTypeR(g, s.place), normaliseR(g, canon(g, s.written)), { point, span: s.span, category: 'annotation' });
      if (s.kind !== 'assign') return;
      const to = placeTypeR(g, s.place);
      const where: Where = { point, span: s.span, category: categoryOf(g, s.place, s.value) };
      const type = rvalueType(g, s.value, s.place, where, id, n);
      if (type !== null) sub(g, type, to, where);
    });
    const t = block.terminator;
    const point = (g.bases[i] ?? 0) + block.statements.length;
    if (t.kind === 'call') call(g, t.callee, t.args, t.destination, point, t.span, t.target !== null);
    // What a hidden or returned value holds must live as long as the caller asks: local 0 has the signature's type.
  });
  settleLater(g);
}

function categoryOf(g: Generator, place: Place, value: Rvalue): Category {
  if (place.local === 0) return 'return';
  if (value.kind === 'cast') return 'cast';
  if (value.kind === 'aggregate' && value.of.kind === 'closure') return 'closure';
  return g.graph.locals[place.local]?.role === 'temporary' ? 'boring' : 'assign';
}

function operandTypeR(g: Generator, o: Operand, where: Where): Type {
  return o.kind === 'constant' ? constantType(g, o.constant, where) : placeTypeR(g, o.place);
}

const statics = (type: Type): Type => {
  const walk = (t: Type): Type => {
    if (t.kind === 'region') return t.region.of === 'bound' ? t : regionVar(STATIC_VAR);
    return mapParts(t, walk);
  };
  return walk(type);
};

function constantType(g: Generator, c: Constant, where: Where): Type {
  switch (c.kind) {
    case 'string': case 'bytes': case 'promoted': return statics(c.type);
    case 'static': {
      const d = g.queries.definitions.byId.get(c.def);
      return d?.kind === 'static' ? intern({ kind: 'ptr', mutable: true, inner: statics(eraseRegions(d.type)) }) : statics(c.type);
    }
    case 'const': {
      const d = g.queries.definitions.byId.get(c.def);
      const args = c.args.map(a => canon(g, eraseRegions(a)));
      if (d?.kind !== 'const') return renumber(g, c.type);
      if (c.given !== undefined) asGiven(g, c.def, args, c.given, { ...where, category: 'annotation' });
      for (const p of predicatesOf(g.queries, c.def)) prove(g, putPredicate(g, p, args), { ...where, category: 'predicate' });
      return normaliseR(g, elided(g, d.type, args));
    }
    case 'zero': {
      const type = renumber(g, c.type);
      if (c.given !== undefined && type.kind === 'fnDef') asGiven(g, type.def, type.args, c.given, { ...where, category: 'annotation' });
      return type;
    }
    default: return renumber(g, c.type);
  }
}

/** The arguments of a function or constant are those that were written. */
function asGiven(g: Generator, def: DefId, args: readonly Type[], given: Given, where: Where): void {
  given.args.forEach((a, i) => {
    const own = args[i];
    if (own !== undefined && (a.flags & HAS_REGION) !== 0) equate(g, own, normaliseR(g, canon(g, a)), where);
  });
  if (given.self === null) return;
  const d = g.queries.definitions.byId.get(def);
  const parent = d?.parent == null ? undefined : g.queries.definitions.byId.get(d.parent);
  const self = parent?.kind === 'impl' ? put(g, parent.self, args) : parent?.kind === 'trait' ? args[0] : undefined;
  if (self !== undefined) equate(g, normaliseR(g, self), normaliseR(g, canon(g, given.self)), where);
}

/** The most general pointer to a function item: its own lifetimes that no bound mentions are bound. */
function generalSignature(g: Generator, type: Type & { kind: 'fnDef' }, isUnsafe: boolean, abi: string | null): Type {
  const made = freshItem(g, type);
  const signature = itemSignature(g, made);
  if (signature === null) return type;
  const bound = lateBound(g, type.def).map(i => made.args[i]);
  const bind = (x: Type, depth: number): Type => {
    const index = x.kind === 'region' ? bound.indexOf(x) : -1;
    if (index >= 0) return region({ of: 'bound', depth, index, name: "'_" });
    const inner = x.kind === 'fnPtr' || x.kind === 'dyn' ? depth + 1 : depth;
    return mapParts(x, y => bind(y, inner));
  };
  return intern({ kind: 'fnPtr', signature: { params: signature.params.map(p => bind(p, 0)), result: bind(signature.result, 0), isUnsafe, abi } });
}

/** Erased regions of a constant's declared type are `'static`. */
function elided(g: Generator, type: Type, args: readonly Type[]): Type {
  const walk = (t: Type): Type => (t === ERASED ? regionVar(STATIC_VAR) : mapParts(t, walk));
  return put(g, walk(type), args);
}

function rvalueType(g: Generator, v: Rvalue, to: Place, where: Where, block: BlockId, statement: number): Type | null {
  switch (v.kind) {
    case 'use': return operandTypeR(g, v.operand, where);
    case 'borrow': {
      const region = fresh(g.regions);
      const inner = placeTypeR(g, v.place);
      g.loans.push({ index: g.loans.length, region, place: v.place, kind: v.borrow, block, statement, point: where.point, span: where.span, use: v.use ?? where.span, into: to, slot: v.borrow !== 'shared' && isLang(g.queries.definitions, inner, 'ObjectPool') && g.graph.locals[to.local]?.role === 'temporary' });
      reborrow(g, v.place, region, where);
      return ref(inner, v.borrow !== 'shared' && v.borrow !== 'fake', regionVar(region));
    }
    case 'rawBorrow': return intern({ kind: 'ptr', mutable: v.mutable, inner: placeTypeR(g, v.place) });
    case 'pointer': return v.op === 'difference' ? ISIZE : operandTypeR(g, v.left, where);
    case 'binary': case 'unary': case 'discriminant': case 'length': return null;
    case 'repeat': {
      const t = operandTypeR(g, v.operand, where);
      return intern({ kind: 'array', element: t, length: v.length });
    }
    case 'aggregate': return aggregate(g, v, where);
    case 'cast': return cast(g, v, where);
  }
}

/** A borrow through references lasts at most as long as they do. */
function reborrow(g: Generator, place: Place, region: number, where: Where): void {
  for (let n = place.projection.length; n > 0; n--) {
    if (place.projection[n - 1]?.kind !== 'deref') continue;
    const base = placeTypeR(g, place, n - 1);
    if (base.kind === 'ref') {
      if (base.region.kind === 'region' && base.region.region.of === 'var') outlives(g.regions, base.region.region.index, region, where.point, where.span, 'boring');
      if (!base.mutable) return;
    } else if (base.kind === 'ptr') return;
    else if (!isBox(g.queries.definitions, base)) return;
  }
}

function aggregate(g: Generator, v: Rvalue & { kind: 'aggregate' }, where: Where): Type {
  const types = v.operands.map(o => operandTypeR(g, o, where));
  switch (v.of.kind) {
    case 'tuple': return intern({ kind: 'tuple', elements: types });
    case 'array': {
      const element = renumber(g, v.of.element);
      for (const t of types) sub(g, t, element, where);
      return v.type.kind === 'array' ? intern({ kind: 'array', element, length: v.type.length }) : renumber(g, v.type);
    }
    case 'adt': {
      const type = renumber(g, v.type);
      const { variant, written } = v.of;
      if (written !== undefined) equate(g, type, normaliseR(g, canon(g, written)), { ...where, category: 'annotation' });
      v.operands.forEach((o, i) => {
        const t = types[i];
        if (t !== undefined) sub(g, t, fieldR(g, type, variant, i, o.kind === 'constant' ? o.constant.type : UNIT), where);
      });
      wellFormed(g, type, (longer, shorter) => { bothOutlive(g, longer, shorter, where); });
      if (type.kind === 'adt') for (const p of predicatesOf(g.queries, type.def)) if (p.kind === 'trait' || p.kind === 'projection') prove(g, normalisePredicate(g, putPredicate(g, p, type.args)), { ...where, category: 'predicate' });
      return type;
    }
    case 'closure': {
      const type = renumber(g, v.type);
      if (type.kind !== 'closure') return type;
      const parts = closureParts(g, type);
      parts?.stored.forEach((s, i) => { const t = types[i]; if (t !== undefined) sub(g, t, s, where); });
      requireNeeds(g, type, where);
      return type;
    }
  }
}

export function bothOutlive(g: Generator, longer: Type, shorter: Type, where: Where): void {
  if (longer.kind === 'region') {
    if (longer.region.of === 'var' && shorter.kind === 'region' && shorter.region.of === 'var') outlives(g.regions, longer.region.index, shorter.region.index, where.point, where.span, 'boring');
  } else typeOutlives(g, longer, shorter, { ...where, category: 'boring' });
}

function cast(g: Generator, v: Rvalue & { kind: 'cast' }, where: Where): Type | null {
  const from = operandTypeR(g, v.operand, where);
  const to = renumber(g, v.type);
  switch (v.cast) {
    case 'unsize': case 'upcast': unsize(g, from, to, where); return to;
    case 'reify': {
      if (from.kind === 'fnDef' && to.kind === 'fnPtr') {
        const s = instantiate(g, from, where);
        if (s === null) return to;
        const { isUnsafe, abi } = to.signature;
        if (isOpen(g, to)) settle(g, to, generalSignature(g, from, isUnsafe, abi));
        sub(g, intern({ kind: 'fnPtr', signature: { ...s, isUnsafe, abi } }), to, { ...where, category: 'reify' });
      }
      return to;
    }
    case 'closureToFn': {
      if (from.kind === 'closure' && to.kind === 'fnPtr') {
        const made = freshClosure(g, from);
        if (made !== null) {
          requireNeeds(g, made.type, where);
          if (isOpen(g, to)) settleAlone(g, to);
          sub(g, intern({ kind: 'fnPtr', signature: { ...made.signature, isUnsafe: to.signature.isUnsafe, abi: to.signature.abi } }), to, where);
        }
      }
      return to;
    }
    default: return to;
  }
}

/** `&[T; N]` to `&[T]`, a value to `dyn`, behind any pointer. */
function unsize(g: Generator, from: Type, to: Type, where: Where): void {
  if (from.kind === 'ref' && to.kind === 'ref') {
    if (from.region.kind === 'region' && to.region.kind === 'region' && from.region.region.of === 'var' && to.region.region.of === 'var') outlives(g.regions, from.region.region.index, to.region.region.index, where.point, where.span, where.category);
    unsize(g, from.inner, to.inner, where);
    return;
  }
  if ((from.kind === 'ref' || from.kind === 'ptr') && to.kind === 'ptr') { unsize(g, from.inner, to.inner, where); return; }
  if (from.kind === 'array' && to.kind === 'slice') { sub(g, from.element, to.element, where); return; }
  if (to.kind === 'dyn') {
    if (from.kind === 'dyn') {
      typeOutlives(g, from, to.region, where);
      sub(g, intern({ kind: 'dyn', principal: from.principal, projections: from.projections, autos: from.autos, region: to.region }), to, where);
      return;
    }
    typeOutlives(g, from, to.region, { ...where, category: 'unsize' });
    implemented(g, from, to, where);
    return;
  }
  if (from.kind === 'adt' && to.kind === 'adt' && from.def === to.def) {
    from.args.forEach((a, i) => {
      const b = to.args[i];
      if (b === undefined) return;
      if (b.kind === 'dyn' || b.kind === 'slice') unsize(g, a, b, where);
      else sub(g, a, b, where);
    });
    return;
  }
  sub(g, from, to, where);
}

/** A value that becomes a trait object does what the object says. */
function implemented(g: Generator, from: Type, to: Type & { kind: 'dyn' }, where: Where): void {
  if (isOpen(g, to)) { g.later.push(force => { if (force) settleAlone(g, to); implemented(g, from, to, where); }); return; }
  const shape = shapeOf(g, to);
  if (shape.kind !== 'dyn' || shape.principal === null) return;
  const { trait, args } = shape.principal;
  prove(g, { kind: 'trait', ref: { trait, args: [from, ...args] }, span: where.span }, where);
  for (const p of shape.projections) prove(g, { kind: 'projection', item: p.item, args: [from, ...args], type: p.type, span: where.span }, where);
}

/** A callee's signature with fresh regions; its predicates are required. */
function instantiate(g: Generator, type: Type & { kind: 'fnDef' }, where: Where): ReturnType<typeof itemSignature> {
  const signature = itemSignature(g, type);
  if (signature === null) return null;
  for (const p of predicatesOf(g.queries, type.def)) prove(g, normalisePredicate(g, putPredicate(g, p, type.args)), { ...where, category: 'predicate' });
  // A trait's method is called for a type that implements it.
  const parent = g.queries.definitions.byId.get(type.def)?.parent ?? null;
  const trait = parent === null ? undefined : g.queries.definitions.byId.get(parent);
  if (trait?.kind === 'trait') prove(g, { kind: 'trait', ref: { trait: trait.id, args: type.args.slice(0, Math.max(1, trait.generics.parentCount + trait.generics.params.length)).map(t => normaliseR(g, t)) }, span: where.span }, where);
  const require = (t: Type): void => { wellFormed(g, t, (longer, shorter) => { bothOutlive(g, longer, shorter, where); }); };
  signature.params.forEach(require);
  require(signature.result);
  return signature;
}

function normalisePredicate(g: Generator, p: ReturnType<typeof putPredicate>): ReturnType<typeof putPredicate> {
  const n = (t: Type): Type => normaliseR(g, t);
  switch (p.kind) {
    case 'trait': return { ...p, ref: { trait: p.ref.trait, args: p.ref.args.map(n) } };
    case 'projection': return { ...p, args: p.args.map(n), type: n(p.type) };
    case 'typeOutlives': return { ...p, type: n(p.type) };
    default: return p;
  }
}

function call(g: Generator, callee: Operand, args: readonly Operand[], destination: Place, point: number, span: Span, returns: boolean, force = false): void {
  const at: Where = { point, span, category: 'argument' };
  const found = callee.kind === 'constant' ? constantType(g, callee.constant, at) : placeTypeR(g, callee.place);
  if (isOpen(g, found) && !force) { g.later.push(last => { call(g, callee, args, destination, point, span, returns, last); }); return; }
  const type = found.kind === 'fnPtr' ? settleAlone(g, found) : found;
  let signature: ReturnType<typeof itemSignature> = null;
  if (type.kind === 'fnDef') {
    signature = instantiate(g, type, at);
    // What its type arguments mention is alive during the call.
    for (const a of type.args) if (a.kind !== 'region') for (const r of regionsIn(g, a)) markLive(g.regions, r, point);
  }
  else if (type.kind === 'fnPtr') signature = openBinder(g, type.signature);
  if (signature === null) return;
  args.forEach((a, i) => {
    const p = signature.params[i];
    if (p !== undefined) sub(g, operandTypeR(g, a, at), p, { ...at, span: (a.kind === 'constant' ? undefined : a.span) ?? span });
  });
  if (!returns) return;
  const category: Category = destination.local === 0 ? 'return' : g.graph.locals[destination.local]?.role === 'temporary' ? 'boring' : 'assign';
  sub(g, signature.result, placeTypeR(g, destination), { ...at, category });
}
