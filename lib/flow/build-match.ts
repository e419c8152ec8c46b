/**
 * Lowers pattern matching: `match`, `let … else`, `if let`, irrefutable patterns. Candidates are tested in order; one test sorts
 * as many of them as it can, then each branch goes on with its own (rustc's algorithm before or-pattern sub-candidates; an
 * or-pattern is written out as several candidates with one body). In: patterns and a scrutinee place. Out: blocks; bindings.
 * Invariant: testing never moves; values are bound only where all tests (and the guard) have succeeded.
 */
import type { Arm, Expr, NodeId, Pattern } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { BOOL, ISIZE, ref, STR, type Type, USIZE } from '../types/type.ts';
import { assign, type Builder, blockOf, consume, constantOperand, goto, inScope, leave, newBlock, newLocal, newTemp, popScope, push, pushScope, type Scope, scheduleStorage, scheduleValue, tempOf, terminate, type Variable } from './builder.ts';
import { call } from './build-value.ts';
import { type Pat, pat } from './build-pattern.ts';
import type { BlockId, Constant, LocalId, Operand, Place } from './graph.ts';
import type { Term } from './term.ts';
import { elementType, field, local, placeKey, project, samePlace } from './place.ts';
import { adtOf, fieldTypes, traitMethod } from './queries.ts';
import { intern } from '../types/type.ts';

interface Pair {
  readonly place: Place;
  readonly pat: Pat;
}

interface Bind {
  readonly variable: NodeId;
  readonly mode: 'move' | 'ref' | 'refMut';
  readonly place: Place;
  readonly type: Type;
  readonly span: Span;
}

interface Candidate {
  readonly arm: number;
  readonly span: Span;
  readonly hasGuard: boolean;
  pairs: Pair[];
  binds: Bind[];
  /** Entered when all its tests succeeded. */
  readonly bound: BlockId;
  /** Where matching goes on when its guard says no. */
  otherwise: BlockId | null;
}

// ---------------------------------------------------------------- variables

/** Variables of a pattern, in order, each once. */
export function bindingsOf(b: Builder, pattern: Pattern): { id: NodeId; pattern: Pattern & { kind: 'binding' } }[] {
  const out: { id: NodeId; pattern: Pattern & { kind: 'binding' } }[] = [];
  const seen = new Set<NodeId>();
  const visit = (p: Pattern): void => {
    switch (p.kind) {
      case 'binding': {
        const to = b.facts.paths.get(p.id);
        if (to !== undefined && to.kind !== 'local') return;
        const id = b.facts.sameBinding.get(p.id) ?? p.id;
        if (!seen.has(id)) { seen.add(id); out.push({ id, pattern: p }); }
        if (p.sub !== null) visit(p.sub);
        return;
      }
      case 'tuplePattern': case 'slicePattern': case 'tupleStructPattern': p.elements.forEach(visit); return;
      case 'structPattern': for (const f of p.fields) visit(f.pattern); return;
      case 'refPattern': visit(p.inner); return;
      case 'orPattern': p.alternatives.forEach(visit); return;
      default: return;
    }
  };
  visit(pattern);
  return out;
}

/** Makes locals for the variables of a pattern. Storage and drops are the caller's. */
export function declare(b: Builder, pattern: Pattern, annotated: Type | null, matched: Span | null = null): LocalId[] {
  return bindingsOf(b, pattern).map(({ id, pattern: p }) => {
    const found = b.facts.bindings.get(id);
    const mutable = found?.mutable ?? (p.mutable && !p.byRef);
    const type = found?.type ?? b.facts.types.get(id);
    if (type === undefined) throw new Error(`no type for variable ${p.name.text} of ${b.owner}`);
    const made = newLocal(b, type, p.name.span, 'variable', p.name.text, mutable, p === pattern ? annotated : null, matched);
    const variable: Variable = { local: made, guard: null };
    b.bound.set(id, variable);
    b.variables.push({ name: p.name.text, local: made, projection: [], scope: p.span });
    return made;
  });
}

/** The one variable of a pattern that is nothing else: it is initialised directly. */
export function simpleBinding(b: Builder, pattern: Pattern): NodeId | null {
  if (pattern.kind !== 'binding' || pattern.sub !== null || pattern.byRef) return null;
  const to = b.facts.paths.get(pattern.id);
  if ((to !== undefined && to.kind !== 'local') || b.facts.bindings.get(pattern.id)?.mode === 'ref' || b.facts.bindings.get(pattern.id)?.mode === 'refMut') return null;
  return pattern.id;
}

// ---------------------------------------------------------------- doors

/** Binds a pattern that always matches; drops go to `scope`. */
export function bindIrrefutable(b: Builder, pattern: Pattern, place: Place, ids: readonly LocalId[], scope: Scope): void {
  // Every alternative of an or-pattern matches here; the first that is tested wins.
  refutable(b, pattern, place, ids, scope, () => terminate(b, { kind: 'unreachable', span: pattern.span }));
}

/** Matches one pattern; goes on in the current block when it matched. `failed` ends the block of failure. */
export function refutable(b: Builder, pattern: Pattern, place: Place, ids: readonly LocalId[], scope: Scope, failed: () => void, matched: Span | null = null): void {
  const candidates = candidatesOf(b, pattern, place, 0, false);
  const otherwise = newBlock(b);
  const joined = newBlock(b);
  matchCandidates(b, candidates, otherwise, matched ?? pattern.span);
  for (const c of candidates) {
    b.current = c.bound;
    storageFor(b, ids);
    bindAll(b, c.binds);
    goto(b, joined, pattern.span);
  }
  b.current = otherwise;
  failed();
  b.current = joined;
  for (const id of ids) {
    const span = b.locals[id]?.span ?? pattern.span;
    scheduleStorage(b, scope, id, span);
    scheduleValue(b, scope, id, span);
  }
}

/** Tests a pattern without binding anything; `failed` ends the block of failure. */
export function testOnly(b: Builder, pattern: Pattern, place: Place, failed: () => void, matched: Span | null = null): void {
  const candidates = candidatesOf(b, pattern, place, 0, false);
  const otherwise = newBlock(b);
  const joined = newBlock(b);
  matchCandidates(b, candidates, otherwise, matched ?? pattern.span);
  for (const c of candidates) { b.current = c.bound; goto(b, joined, pattern.span); }
  b.current = otherwise;
  failed();
  b.current = joined;
}

export function lowerMatch(b: Builder, destination: Place, expr: Expr & { kind: 'match' }, scrutinee: Term, type: Type): void {
  const place = b.lower.place(b, scrutinee, 'read');
  push(b, { kind: 'fakeRead', place, why: 'match', span: expr.value.span });
  const end = newBlock(b);
  const perArm = expr.arms.map((arm, i) => candidatesOf(b, arm.pattern, place, i, arm.guard !== null));
  const candidates = perArm.flat();
  const guarded = expr.arms.some(a => a.guard !== null);
  const fakes = guarded ? fakeBorrows(b, candidates, place, expr.value.span) : [];
  const otherwise = newBlock(b);
  matchCandidates(b, candidates, otherwise, expr.value.span);
  blockOf(b, otherwise).terminator = { kind: 'unreachable', span: expr.span };
  for (const [i, arm] of expr.arms.entries()) lowerArm(b, destination, arm, perArm[i] ?? [], fakes, type, end, expr.value.span);
  b.current = end;
}

function lowerArm(b: Builder, destination: Place, arm: Arm, candidates: readonly Candidate[], fakes: readonly LocalId[], type: Type, end: BlockId, matched: Span): void {
  const body = newBlock(b);
  const ids = declare(b, arm.pattern, null, matched);
  for (const c of candidates) {
    b.current = c.bound;
    if (arm.guard === null) {
      storageFor(b, ids);
      bindAll(b, c.binds);
    } else lowerGuard(b, c, arm.guard, ids, fakes);
    goto(b, body, arm.span);
  }
  b.current = body;
  inScope(b, () => {
    const scope = b.temps;
    for (const id of ids) {
      const span = b.locals[id]?.span ?? arm.span;
      scheduleStorage(b, scope, id, span);
      scheduleValue(b, scope, id, span);
    }
    b.lower.block(b, destination, arm.body, type);
  });
  goto(b, end, arm.span);
}

/** The guard sees its variables through references; values are bound once it has said yes. */
function lowerGuard(b: Builder, c: Candidate, guard: Expr, ids: readonly LocalId[], fakes: readonly LocalId[]): void {
  const depth = b.scopes.length;
  const outer = b.temps;
  b.temps = pushScope(b);
  storageFor(b, ids);
  const held: Variable[] = [];
  const views: LocalId[] = [];
  for (const bind of c.binds) {
    const variable = b.bound.get(bind.variable);
    if (variable === undefined) continue;
    const type = b.locals[variable.local]?.type ?? bind.type;
    const view = newTemp(b, ref(type), bind.span);
    if (bind.mode === 'move') {
      assign(b, local(view), { kind: 'borrow', borrow: 'shared', place: bind.place }, bind.span);
      views.push(view);
    }
    else {
      bindOne(b, bind, variable.local);
      assign(b, local(view), { kind: 'borrow', borrow: 'shared', place: local(variable.local) }, bind.span);
    }
    variable.guard = view;
    held.push(variable);
  }
  const fail = c.otherwise ?? newBlock(b);
  inScope(b, () => {
    b.lower.condition(b, guard, () => {
      leave(b, depth);
      for (const id of ids) push(b, { kind: 'storageDead', local: id, span: guard.span });
      goto(b, fail, guard.span);
    });
  });
  for (const v of held) v.guard = null;
  for (const fake of fakes) push(b, { kind: 'fakeRead', place: local(fake), why: 'guard', span: guard.span });
  // What is bound afterwards must still be what the guard saw.
  for (const view of views) push(b, { kind: 'fakeRead', place: local(view), why: 'let', span: guard.span });
  popScope(b);
  b.temps = outer;
  for (const bind of c.binds) {
    const variable = b.bound.get(bind.variable);
    if (variable !== undefined && bind.mode === 'move') bindOne(b, bind, variable.local);
  }
}

function storageFor(b: Builder, ids: readonly LocalId[]): void {
  for (const id of ids) push(b, { kind: 'storageLive', local: id, span: b.locals[id]?.span ?? { file: 0 as Span['file'], start: 0, end: 0 } });
}

function bindAll(b: Builder, binds: readonly Bind[]): void {
  for (const bind of binds) {
    const variable = b.bound.get(bind.variable);
    if (variable !== undefined) bindOne(b, bind, variable.local);
  }
}

function bindOne(b: Builder, bind: Bind, to: LocalId): void {
  const value = bind.mode === 'move'
    ? { kind: 'use' as const, operand: consume(b, bind.place, bind.type) }
    : { kind: 'borrow' as const, borrow: bind.mode === 'ref' ? ('shared' as const) : ('mut' as const), place: bind.place };
  assign(b, local(to), value, bind.span);
}

/** Places that the tests look at: a guard may not change them. */
function fakeBorrows(b: Builder, candidates: readonly Candidate[], scrutinee: Place, span: Span): LocalId[] {
  const places = new Map<string, Place>();
  const add = (p: Place): void => {
    for (let n = p.projection.length; n >= scrutinee.projection.length; n--) {
      const cut: Place = { local: p.local, projection: p.projection.slice(0, n) };
      const last = cut.projection[n - 1];
      if (last?.kind === 'variant') continue;
      places.set(placeKey(cut), cut);
    }
    // Which value a reference leads to may not change either.
    p.projection.forEach((step, n) => {
      if (step.kind !== 'deref') return;
      const base: Place = { local: p.local, projection: p.projection.slice(0, n) };
      places.set(placeKey(base), base);
    });
  };
  for (const c of candidates) {
    for (const p of c.pairs) {
      add(p.place);
      const inner = (pat: Pat, place: Place): void => {
        for (const sub of subPairs(b, { place, pat })) { if (needsTest(b, sub.pat)) add(sub.place); inner(sub.pat, sub.place); }
      };
      inner(p.pat, p.place);
    }
  }
  return [...places.values()].map(place => tempOf(b, ref(placeTypeOf(b, place)), { kind: 'borrow', borrow: 'fake', place }, span));
}

function placeTypeOf(b: Builder, place: Place): Type {
  let type = b.locals[place.local]?.type ?? BOOL;
  for (const s of place.projection) {
    if (s.kind === 'field') type = s.type;
    else if (s.kind === 'deref') type = type.kind === 'ref' || type.kind === 'ptr' ? type.inner : type.kind === 'adt' ? (type.args[0] ?? type) : type;
    else if (s.kind === 'constantIndex' || s.kind === 'index') type = elementType(type);
  }
  return type;
}

// ---------------------------------------------------------------- candidates

function candidatesOf(b: Builder, pattern: Pattern, place: Place, arm: number, hasGuard: boolean): Candidate[] {
  const done: Candidate[] = [];
  // Or-patterns are written out, first alternative first.
  const expand = (pairs: readonly (Pair | Bind)[], tests: Pair[], binds: Bind[]): void => {
    const work = [...pairs];
    for (let next = work.shift(); next !== undefined; next = work.shift()) {
      if ('mode' in next) { binds.push(next); continue; }
      const { place: at, pat: p } = next;
      if (p.kind === 'wild') continue;
      if (p.kind === 'or') {
        for (const a of p.alternatives) expand([{ place: at, pat: a }, ...work], [...tests], [...binds]);
        return;
      }
      if (p.kind === 'binding') {
        const bind: Bind = { variable: p.variable, mode: p.mode, place: at, type: p.type, span: p.span };
        // `a @ (_, b)`: what is copied out of the value is copied before the value moves.
        if (p.sub === null) binds.push(bind);
        else work.unshift({ place: at, pat: p.sub }, bind);
        continue;
      }
      if (!needsTest(b, p)) { work.unshift(...subPairs(b, next)); continue; }
      // What stands inside is found when the test has succeeded; or-patterns in it are written out now.
      const inside = subPairs(b, next);
      if (inside.some(s => hasOr(s.pat))) {
        const flat = alternatives(p);
        if (flat.length > 1) {
          for (const a of flat) expand([{ place: at, pat: a }, ...work], [...tests], [...binds]);
          return;
        }
      }
      tests.push(next);
    }
    done.push({ arm, span: pattern.span, hasGuard, pairs: tests, binds, bound: newBlock(b), otherwise: null });
  };
  expand([{ place, pat: pat(b, pattern) }], [], []);
  return done;
}

function hasOr(p: Pat): boolean {
  switch (p.kind) {
    case 'or': return true;
    case 'binding': return p.sub !== null && hasOr(p.sub);
    case 'variant': case 'leaf': return p.fields.some(f => hasOr(f.pat));
    case 'deref': return hasOr(p.inner);
    case 'slice': return p.prefix.some(hasOr) || p.suffix.some(hasOr) || (p.rest !== null && hasOr(p.rest));
    default: return false;
  }
}

/** The pattern with its or-patterns multiplied out. */
function alternatives(p: Pat): Pat[] {
  switch (p.kind) {
    case 'or': return p.alternatives.flatMap(alternatives);
    case 'binding': return p.sub === null ? [p] : alternatives(p.sub).map(sub => ({ ...p, sub }));
    case 'deref': return alternatives(p.inner).map(inner => ({ ...p, inner }));
    case 'variant': case 'leaf': return product(p.fields.map(f => alternatives(f.pat))).map(row => ({ ...p, fields: p.fields.map((f, i) => ({ index: f.index, pat: row[i] ?? f.pat })) }));
    case 'slice': return product([...p.prefix, ...p.suffix].map(alternatives)).map(row => ({ ...p, prefix: row.slice(0, p.prefix.length), suffix: row.slice(p.prefix.length) }));
    default: return [p];
  }
}

function product(lists: readonly Pat[][]): Pat[][] {
  return lists.reduce<Pat[][]>((rows, list) => rows.flatMap(row => list.map(x => [...row, x])), [[]]);
}

function needsTest(b: Builder, p: Pat): boolean {
  switch (p.kind) {
    case 'constant': return true;
    case 'range': return p.low !== null || p.high !== null;
    case 'variant': {
      const adt = adtOf(b.queries.definitions, p.type);
      return adt?.kind !== 'enum' || adt.variants.length > 1;
    }
    case 'slice': return p.type.kind !== 'array' && !(p.open && p.prefix.length === 0 && p.suffix.length === 0);
    default: return false;
  }
}

/** What stands inside a pattern whose own test, if any, succeeded. */
function subPairs(b: Builder, { place, pat: p }: Pair): Pair[] {
  switch (p.kind) {
    case 'deref': return [{ place: project(place, { kind: 'deref' }), pat: p.inner }];
    case 'leaf': case 'variant': {
      const types = fieldTypes(b.queries, b.owner, p.type, p.kind === 'variant' ? p.index : null);
      const from = p.kind === 'variant' ? project(place, { kind: 'variant', index: p.index }) : place;
      return p.fields.map(f => ({ place: field(from, f.index, types[f.index] ?? f.pat.type), pat: f.pat }));
    }
    case 'slice': {
      const out: Pair[] = [];
      const atLeast = p.prefix.length + p.suffix.length;
      const fixed = p.type.kind === 'array' && p.type.length.kind === 'const' ? Number(p.type.length.value) : null;
      p.prefix.forEach((e, i) => out.push({ place: project(place, { kind: 'constantIndex', offset: i, fromEnd: false, atLeast }), pat: e }));
      if (p.rest !== null) out.push({ place: project(place, { kind: 'subslice', from: p.prefix.length, to: p.suffix.length }), pat: p.rest });
      p.suffix.forEach((e, i) => {
        const back = p.suffix.length - i;
        out.push({ place: project(place, fixed === null ? { kind: 'constantIndex', offset: back, fromEnd: true, atLeast } : { kind: 'constantIndex', offset: fixed - back, fromEnd: false }), pat: e });
      });
      return out;
    }
    case 'binding': return p.sub === null ? [] : [{ place, pat: p.sub }];
    default: return [];
  }
}

const isWithin = (inner: Place, outer: Place): boolean => inner.projection.length >= outer.projection.length && samePlace({ local: inner.local, projection: inner.projection.slice(0, outer.projection.length) }, outer);

/** After a successful test: what stood inside is simplified into the candidate. */
function succeed(b: Builder, c: Candidate, pair: Pair): void {
  c.pairs = c.pairs.filter(p => p !== pair);
  const work: (Pair | Bind)[] = subPairs(b, pair);
  const found: Pair[] = [];
  const inside: Bind[] = [];
  for (let next = work.shift(); next !== undefined; next = work.shift()) {
    if ('mode' in next) { inside.push(next); continue; }
    if (next.pat.kind === 'wild') continue;
    if (next.pat.kind === 'binding') {
      const bind: Bind = { variable: next.pat.variable, mode: next.pat.mode, place: next.place, type: next.pat.type, span: next.pat.span };
      if (next.pat.sub === null) inside.push(bind);
      else work.unshift({ place: next.place, pat: next.pat.sub }, bind);
    } else if (needsTest(b, next.pat)) found.push(next);
    else work.unshift(...subPairs(b, next));
  }
  c.pairs = [...found, ...c.pairs];
  // Before those of what it stands in: `a @ Some(b)` copies `b` out before `a` takes the whole.
  const around = c.binds.findIndex(x => isWithin(pair.place, x.place));
  if (around < 0) c.binds.push(...inside);
  else c.binds.splice(around, 0, ...inside);
}

// ---------------------------------------------------------------- tests

type Test =
  | { readonly kind: 'variants'; readonly place: Place; readonly type: Type }
  | { readonly kind: 'ints'; readonly place: Place; readonly type: Type; readonly values: bigint[] }
  | { readonly kind: 'equal'; readonly place: Place; readonly value: Constant; readonly type: Type }
  | { readonly kind: 'within'; readonly place: Place; readonly pat: Pat & { kind: 'range' } }
  | { readonly kind: 'length'; readonly place: Place; readonly length: number; readonly atLeast: boolean };

/** Where a candidate goes by a test: a branch, or undecided. Branches of two-way tests: 0 success, 1 failure. */
type Branch = number | 'otherwise' | null;

function matchCandidates(b: Builder, candidates: readonly Candidate[], otherwise: BlockId, span: Span): void {
  walk(b, candidates, otherwise, candidates, span);
}

/** `span`: of the value that is matched, where the tests read it. */
function walk(b: Builder, candidates: readonly Candidate[], otherwise: BlockId, all: readonly Candidate[], span: Span): void {
  const first = candidates[0];
  if (first === undefined) { goto(b, otherwise, span); return; }
  const pair = first.pairs[0];
  if (pair === undefined) {
    // Fully matched. For the checkers it might not match, and the next candidate may be tried.
    const following = all[all.indexOf(first) + 1];
    if (following === undefined) goto(b, first.bound, first.span);
    else terminate(b, { kind: 'falseEdge', real: first.bound, imaginary: following.bound, span: first.span });
    if (!first.hasGuard) return;
    first.otherwise = newBlock(b);
    b.current = first.otherwise;
    if (following !== undefined) {
      // For the checkers the next candidate may come next, whatever the tests have told.
      const rest = newBlock(b);
      terminate(b, { kind: 'falseEdge', real: rest, imaginary: following.bound, span: first.span });
      b.current = rest;
    }
    walk(b, candidates.slice(1), otherwise, all, span);
    return;
  }
  const test = testFor(pair);
  if (test.kind === 'ints') collectValues(test, candidates);
  const branches = new Map<number | 'otherwise', Candidate[]>();
  let sorted = 0;
  for (const c of candidates) {
    const to = sort(b, test, c);
    if (to === null) break;
    const list = branches.get(to);
    if (list === undefined) branches.set(to, [c]);
    else list.push(c);
    sorted++;
  }
  const rest = candidates.slice(sorted);
  const restBlock = rest.length === 0 ? otherwise : newBlock(b);
  const targets = new Map<number | 'otherwise', BlockId>();
  for (const key of branches.keys()) targets.set(key, newBlock(b));
  perform(b, test, key => targets.get(key) ?? restBlock, span);
  for (const [key, list] of branches) {
    b.current = targets.get(key) ?? restBlock;
    walk(b, list, restBlock, all, span);
  }
  if (rest.length > 0) {
    b.current = restBlock;
    walk(b, rest, otherwise, all, span);
  }
}

function testFor({ place, pat: p }: Pair): Test {
  switch (p.kind) {
    case 'variant': return { kind: 'variants', place, type: p.type };
    case 'constant':
      if (p.value.kind === 'int') return { kind: 'ints', place, type: p.type, values: [] };
      return { kind: 'equal', place, value: p.value, type: p.type };
    case 'range': return { kind: 'within', place, pat: p };
    case 'slice': return { kind: 'length', place, length: p.prefix.length + p.suffix.length, atLeast: p.open };
    default: throw new Error(`pattern ${p.kind} needs no test`);
  }
}

function collectValues(test: Test & { kind: 'ints' }, candidates: readonly Candidate[]): void {
  for (const c of candidates) {
    const pair = c.pairs.find(p => samePlace(p.place, test.place));
    if (pair === undefined) return;
    if (pair.pat.kind === 'constant' && pair.pat.value.kind === 'int') {
      if (!test.values.includes(pair.pat.value.value)) test.values.push(pair.pat.value.value);
    } else return;
  }
}

function sort(b: Builder, test: Test, c: Candidate): Branch {
  const pair = c.pairs.find(p => samePlace(p.place, test.place));
  if (pair === undefined) return null;
  const p = pair.pat;
  switch (test.kind) {
    case 'variants':
      if (p.kind !== 'variant') return null;
      succeed(b, c, pair);
      return p.index;
    case 'ints':
      if (p.kind === 'constant' && p.value.kind === 'int') {
        const at = test.values.indexOf(p.value.value);
        if (at < 0) return 'otherwise';
        succeed(b, c, pair);
        return at;
      }
      if (p.kind === 'range') return test.values.some(v => contains(p, v) !== false) ? null : 'otherwise';
      return null;
    case 'equal':
      if (p.kind !== 'constant') return null;
      if (sameConstant(p.value, test.value)) { succeed(b, c, pair); return 0; }
      return p.value.kind === 'string' && test.value.kind === 'string' ? 1 : null;
    case 'within':
      if (p.kind === 'range') {
        if (sameBound(p.low, test.pat.low) && sameBound(p.high, test.pat.high) && p.inclusive === test.pat.inclusive) { succeed(b, c, pair); return 0; }
        return disjoint(p, test.pat) ? 1 : null;
      }
      if (p.kind === 'constant' && p.value.kind === 'int') return contains(test.pat, p.value.value) === false ? 1 : null;
      return null;
    case 'length': {
      if (p.kind !== 'slice') return null;
      const n = p.prefix.length + p.suffix.length;
      if (n === test.length && p.open === test.atLeast) { succeed(b, c, pair); return 0; }
      if (!test.atLeast) return !p.open || n > test.length ? 1 : null;
      return !p.open && n < test.length ? 1 : null;
    }
  }
}

function number(c: Constant | null): bigint | number | null {
  return c?.kind === 'int' || c?.kind === 'float' ? c.value : null;
}

/** Undefined where a bound is not known here. */
function contains(p: Pat & { kind: 'range' }, value: bigint): boolean | undefined {
  const low = number(p.low);
  const high = number(p.high);
  if ((p.low !== null && low === null) || (p.high !== null && high === null)) return undefined;
  if (low !== null && value < low) return false;
  return high === null || (p.inclusive ? value <= high : value < high);
}

function sameBound(a: Constant | null, c: Constant | null): boolean {
  return a === c || (a !== null && c !== null && sameConstant(a, c));
}

function disjoint(a: Pat & { kind: 'range' }, c: Pat & { kind: 'range' }): boolean {
  const ends = (p: typeof a): { low: bigint | number | null; high: bigint | number | null } => ({ low: number(p.low), high: number(p.high) });
  const x = ends(a);
  const y = ends(c);
  if ((a.low !== null && x.low === null) || (a.high !== null && x.high === null) || (c.low !== null && y.low === null) || (c.high !== null && y.high === null)) return false;
  const before = (p: typeof a, high: bigint | number | null, low: bigint | number | null): boolean => high !== null && low !== null && (p.inclusive ? high < low : high <= low);
  return before(a, x.high, y.low) || before(c, y.high, x.low);
}

function sameConstant(a: Constant, c: Constant): boolean {
  if (a.kind === 'int' && c.kind === 'int') return a.value === c.value;
  if (a.kind === 'float' && c.kind === 'float') return a.value === c.value;
  if (a.kind === 'string' && c.kind === 'string') return a.value === c.value;
  if (a.kind === 'const' && c.kind === 'const') return a.def === c.def && a.args.length === c.args.length && a.args.every((t, i) => t === c.args[i]);
  return a.kind === 'null' && c.kind === 'null';
}

/** Emits the test; `to` gives the block of a branch (or where undecided candidates go on). */
function perform(b: Builder, test: Test, to: (branch: number | 'otherwise') => BlockId, span: Span): void {
  switch (test.kind) {
    case 'variants': {
      const adt = adtOf(b.queries.definitions, test.type);
      const variants = adt?.kind === 'enum' ? adt.variants : [];
      const type = adt?.kind === 'enum' ? (adt.representation.int ?? ISIZE) : ISIZE;
      const tag = tempOf(b, type, { kind: 'discriminant', place: test.place, type }, span);
      const values: bigint[] = [];
      const targets: BlockId[] = [];
      const rest = to('otherwise');
      variants.forEach((v, i) => {
        const target = to(i);
        if (target !== rest) { values.push(v.discriminant); targets.push(target); }
      });
      const dead = values.length === variants.length ? newBlock(b) : rest;
      terminate(b, { kind: 'switch', operand: { kind: 'move', place: local(tag) }, type, values, targets, otherwise: dead, span });
      return;
    }
    case 'ints': {
      const targets = test.values.map((_, i) => to(i));
      let otherwise = to('otherwise');
      const full = test.type === BOOL && test.values.length === 2;
      if (full) otherwise = newBlock(b);
      terminate(b, { kind: 'switch', operand: { kind: 'copy', place: test.place }, type: test.type, values: test.values, targets, otherwise, span });
      return;
    }
    case 'equal': branchOn(b, equal(b, test, span), to, span); return;
    case 'within': {
      const value: Operand = { kind: 'copy', place: test.place };
      const { low, high, inclusive } = test.pat;
      const fail = to(1);
      const success = to(0);
      if (low !== null) {
        const ok = tempOf(b, BOOL, { kind: 'binary', op: 'le', left: constantOperand(low), right: value }, span);
        const next = high === null ? success : newBlock(b);
        branch(b, ok, next, fail, span);
        if (high === null) return;
        b.current = next;
      }
      if (high !== null) branch(b, tempOf(b, BOOL, { kind: 'binary', op: inclusive ? 'le' : 'lt', left: value, right: constantOperand(high) }, span), success, fail, span);
      return;
    }
    case 'length': {
      const length = tempOf(b, USIZE, { kind: 'length', place: test.place }, span);
      const ok = tempOf(b, BOOL, { kind: 'binary', op: test.atLeast ? 'ge' : 'eq', left: { kind: 'move', place: local(length) }, right: constantOperand({ kind: 'int', value: BigInt(test.length), type: USIZE }) }, span);
      branchOn(b, ok, to, span);
    }
  }
}

function branchOn(b: Builder, flag: LocalId, to: (branch: number) => BlockId, span: Span): void {
  branch(b, flag, to(0), to(1), span);
}

export function branch(b: Builder, flag: LocalId, yes: BlockId, no: BlockId, span: Span): void {
  terminate(b, { kind: 'switch', operand: { kind: 'move', place: local(flag) }, type: BOOL, values: [0n], targets: [no], otherwise: yes, span });
}

function equal(b: Builder, test: Test & { kind: 'equal' }, span: Span): LocalId {
  const { type } = test;
  const value: Operand = { kind: 'copy', place: test.place };
  const wanted = constantOperand(test.value);
  const through = type.kind === 'ref' ? type.inner : type;
  const direct = (t: Type): boolean => t.kind === 'int' || t.kind === 'float' || t.kind === 'bool' || t.kind === 'char' || t.kind === 'ptr' || t.kind === 'fnPtr';
  if (direct(type)) return tempOf(b, BOOL, { kind: 'binary', op: 'eq', left: value, right: wanted }, span);
  // `PartialEq::eq(&place, &constant)`; a `&str` is compared as a `str`.
  const byRef = type.kind === 'ref';
  const left = byRef ? value : ({ kind: 'move', place: local(tempOf(b, ref(type), { kind: 'borrow', borrow: 'shared', place: test.place }, span)) } as const);
  let right: Operand = wanted;
  if (!byRef && type !== STR) {
    const held = newTemp(b, type, span);
    assign(b, local(held), { kind: 'use', operand: wanted }, span);
    right = { kind: 'move', place: local(tempOf(b, ref(type), { kind: 'borrow', borrow: 'shared', place: local(held) }, span)) };
  }
  const out = newTemp(b, BOOL, span);
  const method = traitMethod(b.queries.definitions, 'eq', 'eq');
  const callee = constantOperand({ kind: 'zero', type: intern({ kind: 'fnDef', def: method, args: [through, through] }) });
  call(b, local(out), callee, [left, right], BOOL, { span, calleeSpan: span, syntax: 'operator' });
  return out;
}
