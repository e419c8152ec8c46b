/**
 * The borrow checker's door: a body's graph and its closures' → problems. Non-lexical lifetimes as rustc does them: regions anew,
 * liveness, constraints, loans in scope, conflicts; then, for loans that seem broken, the location-sensitive answer decides. A
 * closure's body is checked first; what it needs of the regions it sees from outside is required where it is made.
 * In: graphs as built (before elaboration). Out: problems with where a loan began, what breaks it, and what needs it later.
 */
import { type Fix, type Problem, problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import type { Definition, Predicate } from '../types/definition.ts';
import { type DefId, ERASED, eraseRegions, HAS_OPAQUE, HAS_PROJECTION, HAS_REGION, mapParts, parts, ref, type Type } from '../types/type.ts';
import { bodyOwner } from './ask.ts';
import { checkImplMethod } from './borrow-impl.ts';
import { findConflicts, type Lending } from './borrow-access.ts';
import { isIgnored } from './borrow-conflict.ts';
import { bothOutlive, generate, type Generator } from './borrow-constraints.ts';
import { computeLiveness, pointBases } from './borrow-liveness.ts';
import { addUniversal, declare, FUNCTION, known, makeRegions, makeUniversal, outlives, pathTo, regionVar, solveRegions, STATIC_VAR, type Values, type Universal } from './borrow-regions.ts';
import { callable, type ClosureNeeds, equate, externals, prove, wellFormed } from './borrow-relate.ts';
import { report } from './borrow-report.ts';
import { makePoints, nllScope, preciseScope, reservedPoints } from './borrow-scope.ts';
import { canon, closureParts, lifetimesOf, normaliseR, ownClosure, predicatesOf, putPredicate, regionsIn, renumber } from './borrow-types.ts';
import { blameRegions } from './borrow-blame.ts';
import { variancesOf } from './borrow-variance.ts';
import { add, type Bits, bits } from './dataflow.ts';
import type { Graph } from './graph.ts';
import { collectMoves } from './moves.ts';
import type { TypeQueries } from './queries.ts';
import { successors } from './simplify.ts';

export function checkBorrows(graphs: readonly Graph[], queries: TypeQueries): Problem[] {
  const problems: Problem[] = [];
  const needs = new Map<DefId, ClosureNeeds>();
  const [own, ...closures] = graphs;
  // Closures inside closures come first.
  for (const g of closures) problems.push(...checkOne(g, queries, needs));
  if (own !== undefined) problems.push(...checkImplMethod(own.owner, queries), ...checkOne(own, queries, needs));
  return problems;
}

function checkOne(graph: Graph, queries: TypeQueries, needs: Map<DefId, ClosureNeeds>): Problem[] {
  const bases = pointBases(graph);
  const g = setUp(graph, queries, needs, bases);
  const moves = collectMoves(graph, queries, graph.owner);
  generate(g);
  if (g.loans.length === 0 && g.regions.constraints.length === 0 && g.tests.length === 0) { needs.set(graph.owner, { outlives: [], types: [] }); return []; }
  computeLiveness(graph, g, moves, bases);
  const values = solveRegions(g.regions);
  spreadPlaceholders(g, values);
  const problems: Problem[] = [];
  regionErrors(g, values, needs, problems);
  problems.push(...loanErrors(g, values, bases));
  return problems;
}

// ---------------------------------------------------------------- set-up

function setUp(graph: Graph, queries: TypeQueries, needs: ReadonlyMap<DefId, ClosureNeeds>, bases: readonly number[]): Generator {
  const regions = makeRegions(bases[bases.length - 1] ?? 0);
  const params = new Map<number, Type>();
  const owner = bodyOwner(graph.owner);
  for (const l of lifetimesOf(queries, owner)) params.set(l.index, regionVar(addUniversal(regions, l.synthetic || l.name === "'_" || l.name === '_' ? null : l.name, l.synthetic || l.name === '_' || l.name === "'_" ? 'anonymous' : 'named')));
  const bounds: Predicate[] = [];
  const g: Generator = { regions, queries, owner: graph.owner, params, locals: [], bounds, tests: [], depth: 0, open: new Map(), canonical: new Map(), normal: new Map(), later: [], graph, loans: [], needs, bases, callable: (type, inputs) => callable(g, type, inputs, { point: -1, span: graph.span, category: 'boring' }) };
  for (const p of predicatesOf(queries, owner)) bounds.push(putPredicate(g, p, []));
  // `T: Any` says `T: 'static`, because `trait Any: 'static` does.
  for (let i = 0; i < bounds.length && i < 200; i++) {
    const p = bounds[i];
    const trait = p?.kind === 'trait' ? queries.definitions.byId.get(p.ref.trait) : undefined;
    if (p?.kind !== 'trait' || trait?.kind !== 'trait') continue;
    for (const q of trait.generics.predicates) {
      if (q.kind === 'typeOutlives') bounds.push(putPredicate(g, q, p.ref.args));
      else if (q.kind === 'trait' && q.ref.args[0]?.kind === 'param' && q.ref.args[0].index === 0 && q.ref.trait !== p.ref.trait) {
        const up = queries.definitions.byId.get(q.ref.trait);
        if (up?.kind === 'trait' && up.generics.predicates.some(r => r.kind === 'typeOutlives')) bounds.push(putPredicate(g, q, p.ref.args));
      }
    }
  }
  for (const p of [...bounds]) {
    if (p.kind === 'regionOutlives') declareTypes(g, p.longer, p.shorter);
    else if (p.kind === 'typeOutlives') declareTypes(g, p.type, p.region);
  }
  const d = queries.definitions.byId.get(owner);
  const implied = (t: Type): void => { wellFormed(g, t, (longer, shorter) => { declareTypes(g, longer, shorter); }); };
  let at = d;
  while (at !== undefined && at.kind !== 'impl' && at.parent !== null && at.kind !== 'module') at = queries.definitions.byId.get(at.parent);
  if (at?.kind === 'impl') {
    implied(canon(g, at.self));
    for (const a of at.trait?.args ?? []) implied(canon(g, a));
  }
  const isClosure = owner !== graph.owner;
  const fixed: Type[] = [];
  if (isClosure) {
    const facts = queries.closure(graph.owner);
    if (facts !== null) {
      const seenOutside = canon(g, eraseRegions(facts.type));
      if (seenOutside.kind === 'closure') {
        const type = ownClosure(g, seenOutside, () => regionVar(addUniversal(regions, null, 'anonymous')));
        const parts = closureParts(g, type);
        const seen = new Set(regions.universals.map(u => u.region));
        for (const r of externals(g, type)) if (!seen.has(r)) { seen.add(r); makeUniversal(regions, r, null, 'external'); }
        const env = graph.locals[1]?.type;
        const self = env?.kind === 'ref' ? ref(type, env.mutable, regionVar(addUniversal(regions, null, 'anonymous'))) : type;
        if (parts !== null) fixed.push(parts.signature.result, self, ...parts.signature.params);
        for (const t of fixed) implied(t);
      }
    }
  } else if (d?.kind === 'fn') {
    fixed.push(normaliseR(g, canon(g, d.signature.result)), ...d.signature.params.map(p => normaliseR(g, canon(g, p))));
    for (const t of fixed) implied(t);
  } else if (d?.kind === 'const' || d?.kind === 'static') {
    const walk = (t: Type): Type => (t === ERASED ? regionVar(STATIC_VAR) : mapParts(t, walk));
    fixed.push(normaliseR(g, canon(g, walk(d.type))));
  }
  graph.locals.forEach((l, i) => {
    const given = fixed[i];
    if (i === 0 && given !== undefined && given.kind !== 'opaque' && (given.flags & HAS_OPAQUE) !== 0 && !isClosure) { g.locals.push(hiddenIn(g, given, l.type)); return; }
    if (given !== undefined && i <= graph.params && eraseRegions(given) === l.type) { g.locals.push(given); return; }
    if (given !== undefined && i <= graph.params && given.kind === 'closure') { g.locals.push(given); return; }
    if (given !== undefined && i === 1 && isClosure) { g.locals.push(given); return; }
    if (i === 0 && given !== undefined && given.kind === 'opaque') { g.locals.push(hiddenIn(g, given, l.type)); return; }
    g.locals.push(given !== undefined && i <= graph.params && given.kind === l.type.kind && given.kind !== 'projection' ? given : renumber(g, l.type));
  });
  graph.locals.forEach((l, i) => {
    if (l.annotated === null) return;
    const type = g.locals[i];
    if (type !== undefined && (l.annotated.flags & (HAS_REGION | HAS_PROJECTION)) !== 0) {
      const where = { point: -1, span: l.span, category: 'annotation' as const };
      const written = normaliseR(g, canon(g, l.annotated));
      equate(g, type, written, where);
      wellFormed(g, written, (longer, shorter) => { bothOutlive(g, longer, shorter, where); });
    }
  });
  return g;
}

/** `longer: shorter` is known: of regions, of all regions in a type, of a type parameter (kept as a bound). */
function declareTypes(g: Generator, longer: Type, shorter: Type): void {
  if (shorter.kind !== 'region' || shorter.region.of !== 'var') return;
  if (longer.kind === 'region') {
    if (longer.region.of === 'var') declare(g.regions, longer.region.index, shorter.region.index);
    return;
  }
  for (const r of regionsIn(g, longer)) declare(g.regions, r, shorter.region.index);
  const visit = (t: Type): void => {
    if (t.kind === 'param' || t.kind === 'projection') g.bounds.push({ kind: 'typeOutlives', type: t, region: shorter, span: g.graph.span });
    else if (t.kind === 'adt' || t.kind === 'closure') t.args.forEach(visit);
    else if (t.kind === 'ref' || t.kind === 'ptr') visit(t.inner);
    else if (t.kind === 'tuple') t.elements.forEach(visit);
    else if (t.kind === 'array' || t.kind === 'slice') visit(t.element);
  };
  visit(longer);
}

/** The result's type, with what stands behind its own opaque types. */
function hiddenIn(g: Generator, given: Type, type: Type): Type {
  if (given.kind === 'opaque') return hiddenResult(g, given, type.kind === 'opaque' ? eraseRegions(g.queries.hidden(type.def) ?? type) : type);
  const [wanted, found] = [parts(given), parts(type)];
  if (given.kind !== type.kind || wanted.length !== found.length || (given.flags & HAS_OPAQUE) === 0) return given;
  let at = 0;
  return mapParts(given, x => { const y = found[at++]; return y === undefined ? x : hiddenIn(g, x, y); });
}

/** The body's own hidden result: it leaves the function, so no loan of a local may be in it. */
function hiddenResult(g: Generator, given: Type & { kind: 'opaque' }, type: Type): Type {
  const hidden = renumber(g, type);
  const d = g.queries.definitions.byId.get(given.def.slice(0, given.def.lastIndexOf('::')) as DefId);
  const own = d?.kind === 'fn' ? d.opaques.find(o => o.def === given.def) : undefined;
  const captures = own?.captures?.flatMap(i => { const at = g.params.get(i); return at?.kind === 'region' && at.region.of === 'var' ? [at.region.index] : []; });
  const exit = addUniversal(g.regions, null, 'exit', captures);
  const { span } = g.graph;
  for (const r of regionsIn(g, hidden)) outlives(g.regions, r, exit, -1, span, 'opaque');
  const bounds = own?.bounds ?? [];
  const swap = (t: Type): Type => (t.kind === 'opaque' && t.def === given.def ? hidden : t.kind === 'region' ? t : mapParts(t, swap));
  const where = { point: -1, span, category: 'boring' as const };
  for (const p of bounds) {
    const q = putPredicate(g, p, given.args);
    if (q.kind === 'typeOutlives') prove(g, { ...q, type: swap(q.type) }, where);
    else if (q.kind === 'projection') prove(g, { ...q, args: q.args.map(swap), type: swap(q.type) }, where);
  }
  return hidden;
}

/** A region that must outlive any lifetime at all lasts everywhere. */
function spreadPlaceholders(g: Generator, values: Values): void {
  const holders = g.regions.universals.filter(u => u.of === 'placeholder');
  if (holders.length === 0) return;
  const own = new Set(holders.map(u => u.region));
  for (let r = 0; r < g.regions.count; r++) {
    if (own.has(r) || !values.ends(r).some(e => own.has(e))) continue;
    const value = values.of[r];
    if (value !== undefined) for (let p = 0; p < g.regions.points; p++) add(value, p);
  }
}

// ---------------------------------------------------------------- errors

function regionErrors(g: Generator, values: Values, needs: Map<DefId, ClosureNeeds>, problems: Problem[]): void {
  const { regions, graph } = g;
  const isClosure = bodyOwner(graph.owner) !== graph.owner;
  const external = new Map<number, number>();
  const collected: { longer: number; shorter: number; span: Span; category: ClosureNeeds['outlives'][number]['category'] }[] = [];
  const types: { type: Type; region: number; span: Span }[] = [];
  // One mistake breaks several of a signature's lifetimes: it is said once a place.
  const general = new Set<string>();
  const notGeneral = (path: Parameters<typeof blameRegions>[0], ofFunction: boolean, escapes: boolean): void => {
    // What a closure's body does is to blame where it does it.
    const inside = path.filter(c => c.inside === true);
    const blame = path.find(c => c.category === 'reify') ?? blameRegions(inside.length > 0 ? inside : path);
    const span = blame?.span ?? graph.span;
    const key = `${span.file}:${span.start}`;
    if (general.has(key)) return;
    general.add(key);
    if (ofFunction || blame?.category === 'reify') problems.push(problem('E0308', span, { expected: 'a function for any lifetime', found: 'one for a certain lifetime' }, { label: 'one type is more general than the other' }));
    else if (!escapes && inside.length > 0) problems.push(problem('E0312', span, { longer: 'what is given', shorter: 'any lifetime' }, { label: 'what the closure gives here must be good for any lifetime' }));
    else problems.push(problem('E0521', span, { what: 'closure', name: '' }, { label: 'this must be good for any lifetime, but it is for a certain one only' }));
  };
  if (isClosure) {
    const facts = g.queries.closure(graph.owner);
    const env = g.locals[1];
    const type = env?.kind === 'ref' ? env.inner : env;
    if (facts !== null && type?.kind === 'closure') externals(g, type).forEach((r, i) => { if (!external.has(r) && regions.universal.get(r)?.of !== 'anonymous') external.set(r, i); });
  }
  for (const u of regions.universals) {
    if (u.of === 'static' || u.of === 'exit') continue;
    for (const end of values.ends(u.region)) {
      if (end === u.region || known(regions, u.region, end)) continue;
      const other = regions.universal.get(end);
      if (other === undefined) continue;
      const path = pathTo(regions, u.region, r => r === end) ?? [];
      const a = external.get(u.region);
      const b = external.get(end);
      if (isClosure && a !== undefined && b !== undefined) {
        const blame = blameRegions(path);
        collected.push({ longer: a, shorter: b, span: blame?.span ?? graph.span, category: blame?.category ?? 'boring' });
        continue;
      }
      if (other.of === 'exit') { hiddenProblem(g, u, path, problems); break; }
      if (u.of === 'placeholder' || other.of === 'placeholder') { notGeneral(path, (u.of === 'placeholder' ? u : other).name === FUNCTION, other.of !== 'placeholder'); break; }
      lifetimeProblem(g, u, other, path, problems);
      break;
    }
    if (u.of === 'placeholder') {
      // It may not hold a point of this body: something that outlives the call would keep it.
      if (values.firstPoint(u.region) >= 0) {
        notGeneral(pathTo(regions, u.region, r => regions.live.has(r)) ?? [], u.name === FUNCTION, true);
      }
    }
  }
  for (const t of g.tests) {
    for (const end of values.ends(t.region)) {
      const other = regions.universal.get(end);
      if (other === undefined || other.of === 'exit') continue;
      const ok = g.bounds.some(p => p.kind === 'typeOutlives' && eraseRegions(p.type) === eraseRegions(t.type) && p.region.kind === 'region' && p.region.region.of === 'var' && known(regions, p.region.region.index, end));
      if (ok) continue;
      const at = external.get(end);
      if (isClosure && at !== undefined) { types.push({ type: t.type, region: at, span: t.where.span }); continue; }
      if (t.type.kind === 'projection' && other.of !== 'static') continue;
      const name = g.queries.show(t.type);
      const code = other.of === 'static' ? 'E0310' : other.of === 'named' ? 'E0309' : 'E0311';
      problems.push(problem(code, t.where.span, { type: name, lifetime: other.name ?? "'_" }, { label: `\`${name}\` must be valid for ${other.of === 'static' ? 'the static lifetime' : `\`${other.name ?? "'_"}\``} here`, fixes: t.type.kind === 'param' && code !== 'E0311' ? outliving(g, t.type.name, other.name ?? "'static") : [] }));
      break;
    }
  }
  // A function that is not general enough is the cause of whatever else is not.
  if (problems.some(p => p.code === 'E0308')) for (let i = problems.length - 1; i >= 0; i--) if (problems[i]?.code === 'E0521' && problems[i]?.with['name'] === '') problems.splice(i, 1);
  needs.set(graph.owner, { outlives: collected, types });
}

/** `T: 'a`, where the parameter is declared. */
function outliving(g: Generator, param: string, lifetime: string): Fix[] {
  for (let at: DefId | null = bodyOwner(g.graph.owner); at !== null;) {
    const d: Definition | undefined = g.queries.definitions.byId.get(at);
    const found = d !== undefined && 'generics' in d ? d.generics.params.find(p => p.name === param && !p.synthetic) : undefined;
    if (found !== undefined) {
      const { end } = found.span;
      const bounded = g.queries.text({ ...found.span, start: end, end: end + 1 }) === ':';
      const place = { ...found.span, start: bounded ? end + 1 : end, end: bounded ? end + 1 : end };
      return [{ title: `ask for it: \`${param}: ${lifetime}\``, certain: false, edits: [{ span: place, text: bounded ? ` ${lifetime} +` : `: ${lifetime}` }] }];
    }
    at = d?.parent ?? null;
  }
  return [];
}

/** E0700: the hidden type holds a lifetime that `use[…]` leaves out. */
function hiddenProblem(g: Generator, held: Universal, path: Parameters<typeof blameRegions>[0], problems: Problem[]): void {
  const span = blameRegions(path)?.span ?? g.graph.span;
  if (problems.some(p => p.code === 'E0700' && p.span.start === span.start)) return;
  problems.push(problem('E0700', span, { lifetime: held.name ?? "'_" }, {
    label: `the hidden type holds ${held.name === null ? 'a lifetime' : `\`${held.name}\``}, which \`use[…]\` leaves out`,
    notes: [held.name === null ? "give the lifetime a name, and write it in `use[…]`" : `write \`${held.name}\` in \`use[…]\``],
  }));
}

function lifetimeProblem(g: Generator, longer: { name: string | null; of: string; region: number }, shorter: { name: string | null; of: string; region: number }, path: Parameters<typeof blameRegions>[0], problems: Problem[]): void {
  const blame = blameRegions(path);
  const span = blame?.span ?? g.graph.span;
  const isClosure = bodyOwner(g.graph.owner) !== g.graph.owner;
  const paramOf = (region: number): number => g.locals.findIndex((t, i) => i >= 1 && i <= g.graph.params && regionsIn(g, t).has(region));
  const at = paramOf(longer.region);
  const param = at >= 0 ? g.graph.locals[at] : undefined;
  const paramName = param?.name ?? null;
  const escapes = (shorter.of === 'static' && blame?.category !== 'return') || (isClosure && blame?.category !== 'return');
  if (escapes && paramName !== null && shorter.of !== 'named') {
    problems.push(problem('E0521', span, { what: isClosure ? 'closure' : 'function', name: paramName }, {
      label: `\`${paramName}\` escapes the ${isClosure ? 'closure' : 'function'} body here`,
      labels: param === undefined ? [] : [{ span: param.span, text: `\`${paramName}\` is a reference that is only valid in the ${isClosure ? 'closure' : 'function'} body` }],
    }));
    return;
  }
  if (longer.of === 'anonymous' && shorter.of === 'named' && param !== undefined && paramName !== null && paramName !== 'self') {
    const lifetime = shorter.name ?? "'a";
    problems.push(problem('E0621', span, { name: paramName, lifetime }, { label: `lifetime \`${lifetime}\` required`, labels: [{ span: param.span, text: `the type of \`${paramName}\` needs this lifetime` }] }));
    return;
  }
  const name = (u: { name: string | null }): string => u.name ?? 'an anonymous lifetime';
  problems.push(problem('E0312', span, { longer: name(longer), shorter: name(shorter) }, {
    label: blame?.category === 'return' ? `returning this value requires that ${name(longer)} outlives ${name(shorter)}` : `this requires that ${name(longer)} outlives ${name(shorter)}`,
    labels: param === undefined ? [] : [{ span: param.span, text: 'its reference may not live so long' }],
  }));
}

function loanErrors(g: Generator, values: Values, bases: readonly number[]): Problem[] {
  const { graph, queries, regions } = g;
  const points = makePoints(graph, bases);
  const lendings: Lending[] = [];
  for (const loan of g.loans) {
    if (isIgnored(queries, graph, loan.place)) continue;
    const scope = nllScope(queries, graph, points, values, loan);
    const phase = loan.kind === 'twoPhase' ? reservedPoints(graph, points, loan, scope) : null;
    lendings.push({ loan, scope, reserved: phase?.reserved ?? null, activation: phase?.activation ?? null });
  }
  const live = reachableBlocks(graph);
  let found = findConflicts(graph, queries, bases, lendings, b => live.has(b));
  if (found.length === 0) return [];
  // What NLL refuses, the location-sensitive answer may excuse.
  const shared = inPlaceRegions(g);
  const broken = new Map<number, Bits>();
  for (const c of found) if (!broken.has(c.loan.index)) broken.set(c.loan.index, preciseScope(queries, graph, points, regions, c.loan, shared));
  const precise = lendings.map(l => {
    const scope = broken.get(l.loan.index) ?? bits(points.count);
    const both = bits(points.count);
    for (let w = 0; w < both.length; w++) both[w] = (scope[w] ?? 0) & (l.scope[w] ?? 0);
    return { ...l, scope: both };
  });
  found = findConflicts(graph, queries, bases, precise, b => live.has(b));
  return report({ g, values, points, conflicts: found });
}

function reachableBlocks(graph: Graph): Set<number> {
  const out = new Set<number>([0]);
  const work = [0];
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    const t = graph.blocks[at]?.terminator;
    if (t !== undefined) for (const n of successors(t)) if (!out.has(n)) { out.add(n); work.push(n); }
  }
  return out;
}

/** Regions that stand where a value can be changed through a reference: what flows in later was there all along. */
function inPlaceRegions(g: Generator): Set<number> {
  const out = new Set<number>();
  const visit = (t: Type, inside: boolean): void => {
    switch (t.kind) {
      case 'region': if (inside && t.region.of === 'var') out.add(t.region.index); return;
      case 'ref': visit(t.region, inside); visit(t.inner, inside || t.mutable); return;
      case 'ptr': visit(t.inner, true); return;
      case 'tuple': for (const e of t.elements) visit(e, inside); return;
      case 'array': case 'slice': visit(t.element, inside); return;
      case 'adt': {
        const of = variancesOf(g.queries.definitions, t.def);
        t.args.forEach((a, i) => { visit(a, inside || (of[i] ?? 3) > 1); });
        return;
      }
      case 'closure': for (const s of closureParts(g, t)?.stored ?? []) visit(s, inside); return;
      case 'fnPtr': for (const p of t.signature.params) visit(p, true); visit(t.signature.result, inside); return;
      case 'dyn': for (const a of t.principal?.args ?? []) visit(a, true); for (const p of t.projections) visit(p.type, true); visit(t.region, inside); return;
      case 'opaque': case 'projection': case 'fnDef': for (const a of t.args) visit(a, true); return;
      default: return;
    }
  };
  for (const t of g.locals) visit(t, false);
  return out;
}
