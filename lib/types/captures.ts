/**
 * What closures capture, as Rust 2021: each place that the body uses, as precise as it is written, in the weakest mode that
 * the uses need; and the closure's kind. In: a checked body with all its types. Out: captures and kinds in the open closures.
 * Inner closures come first: what they capture from outside is a use in the outer one. Cost: linear in the closure's body,
 * times its captures.
 */
import type { Span } from '../text/span.ts';
import type { Block, Expr, NodeId, Pattern, Statement } from '../syntax/tree.ts';
import type { Capture, CaptureMode, ClosureFacts } from './facts.ts';
import { holds, normalise } from './solve.ts';
import { ERROR, type Type } from './type.ts';
import { resolved, type DraftClosure, type Typing } from './typing.ts';
import { implsFor, instantiate, lang, variantsOf } from './universe.ts';
import { isCompare } from './operator.ts';

type Step = { readonly kind: 'field'; readonly index: number; readonly type: Type } | { readonly kind: 'deref'; readonly type: Type } | { readonly kind: 'index'; readonly type: Type };

/** A place: a variable and the way from it; `base` null is a temporary or static. */
interface Place {
  readonly base: NodeId | null;
  /** Where the variable is named. */
  readonly at: Span | null;
  readonly start: Type;
  readonly steps: readonly Step[];
}

interface Use {
  readonly base: NodeId;
  readonly start: Type;
  steps: Step[];
  mode: CaptureMode;
  readonly use: NodeId;
  readonly at: Span | null;
}

interface Walk {
  readonly t: Typing;
  readonly closure: DraftClosure;
  readonly uses: Use[];
  readonly inner: ReadonlyMap<DraftClosure, readonly Capture[]>;
  kind: ClosureFacts['kind'];
}

const STRENGTH: Readonly<Record<CaptureMode, number>> = { ref: 0, uniqueRef: 1, refMut: 2, move: 3 };

/** Captures and kind of one closure, whose inner closures are done. */
export function analyseCaptures(t: Typing, closure: DraftClosure, done: ReadonlyMap<DraftClosure, readonly Capture[]>): { captures: Capture[]; kind: ClosureFacts['kind'] } {
  const w: Walk = { t, closure, uses: [], inner: done, kind: 'Fn' };
  walkBody(w, closure.expr.body);
  const captures: Use[] = [];
  for (const use of w.uses) {
    const u = closure.expr.isMove ? moved(w, use) : { ...use };
    if (!closure.expr.isMove && u.mode === 'move') truncateAtDeref(u);
    restrict(t, u);
    shorten(t, u);
    merge(t, captures, u);
  }
  return {
    kind: w.kind,
    captures: captures.sort((a, b) => inOrder(closure, a, b)).map(c => ({
      binding: c.base,
      projection: c.steps.flatMap(s => (s.kind === 'index' ? [] : [s])),
      mode: c.mode,
      type: resolved(t, c.steps[c.steps.length - 1]?.type ?? c.start),
      use: c.use,
      at: c.at,
    })),
  };
}

/** Variables in the order of the text, places of one variable in the order of its fields. */
function inOrder(closure: DraftClosure, a: Use, b: Use): number {
  if (a.base !== b.base) return (closure.mentions.get(a.base) ?? Infinity) - (closure.mentions.get(b.base) ?? Infinity);
  for (let i = 0; i < Math.min(a.steps.length, b.steps.length); i++) {
    const x = a.steps[i];
    const y = b.steps[i];
    if (x?.kind === 'field' && y?.kind === 'field' && x.index !== y.index) return x.index - y.index;
  }
  return 0;
}

// ------------------------------------------------------------------ from uses to captures

const typeAt = (u: Use, index: number): Type => u.steps[index - 1]?.type ?? u.start;

function cut(t: Typing, u: Use, length: number): void {
  if (length >= u.steps.length) return;
  // What is left out goes through a `&mut`: the reference itself is borrowed uniquely.
  if (u.mode === 'refMut') {
    for (let i = length; i < u.steps.length; i++) {
      const before = resolved(t, typeAt(u, i));
      if (u.steps[i]?.kind === 'deref' && before.kind === 'ref' && before.mutable) u.mode = 'uniqueRef';
    }
  }
  u.steps = u.steps.slice(0, length);
}

function truncateAtDeref(u: Use): void {
  const first = u.steps.findIndex(s => s.kind === 'deref');
  if (first >= 0) u.steps = u.steps.slice(0, first);
}

/** A `move` closure takes the variable, up to the first dereference. */
function moved(_w: Walk, use: Use): Use {
  const u: Use = { ...use, mode: 'move' };
  truncateAtDeref(u);
  return u;
}

/** Places that cannot be captured as precisely as they are written: elements, behind raw pointers, inside types with a destructor. */
function restrict(t: Typing, u: Use): void {
  const index = u.steps.findIndex(s => s.kind === 'index');
  if (index >= 0) cut(t, u, index);
  for (let i = 0; i < u.steps.length; i++) {
    const before = resolved(t, typeAt(u, i));
    if (u.steps[i]?.kind === 'deref' && before.kind === 'ptr') {
      cut(t, u, i);
      break;
    }
    if (before.kind !== 'adt') continue;
    const d = t.u.definitions.byId.get(before.def);
    if (d?.kind === 'struct' && d.representation.packed) {
      cut(t, u, i);
      break;
    }
    if (u.mode === 'move' && hasDrop(t, before)) {
      cut(t, u, i);
      break;
    }
  }
}

function hasDrop(t: Typing, type: Type): boolean {
  const trait = lang(t.u, 'drop');
  return trait !== null && type.kind === 'adt' && implsFor(t.u, trait, type).length > 0;
}

/** Behind a shared reference the reference is all that is needed. */
function shorten(t: Typing, u: Use): void {
  if (u.mode === 'move') return;
  for (let i = u.steps.length - 1; i >= 0; i--) {
    if (u.steps[i]?.kind !== 'deref') continue;
    const before = resolved(t, typeAt(u, i));
    if (before.kind === 'ref' && !before.mutable) {
      cut(t, u, i + 1);
      u.mode = 'ref';
    }
    return;
  }
}

const sameStep = (a: Step | undefined, b: Step | undefined): boolean => a !== undefined && b !== undefined && a.kind === b.kind && (a.kind !== 'field' || (b.kind === 'field' && a.index === b.index));

const isPrefix = (a: Use, b: Use): boolean => a.base === b.base && a.steps.length <= b.steps.length && a.steps.every((s, i) => sameStep(s, b.steps[i]));

/** One capture for a place and what is inside it, in the strongest mode of its uses. */
function merge(t: Typing, captures: Use[], u: Use): void {
  const above = captures.find(c => isPrefix(c, u));
  if (above !== undefined) {
    const cutUse = { ...u };
    cut(t, cutUse, above.steps.length);
    if (STRENGTH[cutUse.mode] > STRENGTH[above.mode]) {
      captures[captures.indexOf(above)] = { ...above, mode: cutUse.mode, use: cutUse.use, at: cutUse.at };
    }
    return;
  }
  const own = { ...u };
  let at = captures.length;
  for (let i = captures.length - 1; i >= 0; i--) {
    const c = captures[i];
    if (c === undefined || !isPrefix(own, c)) continue;
    cut(t, c, own.steps.length);
    if (STRENGTH[c.mode] > STRENGTH[own.mode]) own.mode = c.mode;
    captures.splice(i, 1);
    at = i;
  }
  captures.splice(at, 0, own);
}

// ------------------------------------------------------------------ uses

function use(w: Walk, p: Place, mode: CaptureMode, id: NodeId): void {
  if (p.base === null) return;
  const owner = w.t.owners.get(p.base);
  if (owner === w.closure || owner === undefined || isInside(owner, w.closure)) return;
  let m = mode;
  // A raw pointer is copied; what it leads to is not the closure's.
  if (m !== 'move' && p.steps.some((s, i) => s.kind === 'deref' && resolved(w.t, p.steps[i - 1]?.type ?? p.start).kind === 'ptr')) m = 'ref';
  if (m === 'move') w.kind = 'FnOnce';
  else if (m !== 'ref' && w.kind === 'Fn') w.kind = 'FnMut';
  w.uses.push({ base: p.base, start: p.start, steps: [...p.steps], mode: m, use: id, at: p.at });
}

function isInside(owner: DraftClosure | null, outer: DraftClosure): boolean {
  for (let at = owner; at !== null; at = at.parent) if (at === outer) return true;
  return false;
}

const placeType = (p: Place): Type => p.steps[p.steps.length - 1]?.type ?? p.start;

function isCopy(t: Typing, type: Type): boolean {
  const trait = lang(t.u, 'copy');
  return trait === null || holds(t.cx, { trait, args: [resolved(t, type)] }) === 'yes';
}

function consumePlace(w: Walk, p: Place, id: NodeId): void {
  use(w, p, isCopy(w.t, placeType(p)) ? 'ref' : 'move', id);
}

function consume(w: Walk, e: Expr): void {
  consumePlace(w, placeOf(w, e), e.id);
  walk(w, e);
}

function borrow(w: Walk, e: Expr, mutable: boolean): void {
  use(w, placeOf(w, e), mutable ? 'refMut' : 'ref', e.id);
  walk(w, e);
}

// ------------------------------------------------------------------ places

const temporary = (type: Type): Place => ({ base: null, at: null, start: type, steps: [] });
const then = (p: Place, step: Step): Place => ({ ...p, steps: [...p.steps, step] });

const typeOf = (w: Walk, e: { readonly id: NodeId }): Type => resolved(w.t, w.t.facts.types.get(e.id) ?? ERROR);

/** The place of an expression after its adjustments. */
function placeOf(w: Walk, e: Expr): Place {
  let p = placeBefore(w, e);
  for (const a of w.t.facts.adjustments.get(e.id) ?? []) {
    const type = resolved(w.t, a.target);
    if (a.kind === 'deref') p = then(a.method === null ? p : temporary(ERROR), { kind: 'deref', type });
    else p = temporary(type);
  }
  return p;
}

function placeBefore(w: Walk, e: Expr): Place {
  switch (e.kind) {
    case 'paren': return placeOf(w, e.inner);
    case 'pathExpr': {
      const to = w.t.facts.paths.get(e.path.id);
      if (to?.kind !== 'local') return temporary(typeOf(w, e));
      const base = w.t.facts.sameBinding.get(to.binding) ?? to.binding;
      return { base, at: e.span, start: resolved(w.t, w.t.locals.get(base) ?? ERROR), steps: [] };
    }
    case 'field': {
      const index = w.t.facts.fields.get(e.id);
      const base = placeOf(w, e.value);
      return index === undefined ? temporary(typeOf(w, e)) : then(base, { kind: 'field', index, type: typeOf(w, e) });
    }
    case 'deref': return w.t.facts.callees.has(e.id) ? then(temporary(ERROR), { kind: 'deref', type: typeOf(w, e) }) : then(placeOf(w, e.value), { kind: 'deref', type: typeOf(w, e) });
    case 'index': {
      if (w.t.facts.typeApplications.has(e.id)) return temporary(typeOf(w, e));
      if (w.t.facts.callees.has(e.id)) return then(temporary(ERROR), { kind: 'deref', type: typeOf(w, e) });
      const base = placeOf(w, e.base);
      const on = resolved(w.t, placeType(base));
      return then(on.kind === 'ptr' ? then(base, { kind: 'deref', type: on.inner }) : base, { kind: 'index', type: typeOf(w, e) });
    }
    default: return temporary(typeOf(w, e));
  }
}

// ------------------------------------------------------------------ the walk

function walkBody(w: Walk, b: Block): void {
  walkBlock(w, b);
}

function walkBlock(w: Walk, b: Block): void {
  for (const s of b.statements) walkStatement(w, s);
}

function walkStatement(w: Walk, s: Statement): void {
  switch (s.kind) {
    case 'let':
      if (s.value !== null) matched(w, s.value, [s.pattern]);
      if (s.orElse !== null) walkBlock(w, s.orElse);
      return;
    case 'expr': return consume(w, s.expr);
    case 'assign': return walkAssign(w, s.target, s.value);
    case 'compound':
      if (w.t.facts.callees.has(s.id)) {
        borrow(w, s.target, true);
        consume(w, s.value);
      } else {
        consume(w, s.value);
        borrow(w, s.target, true);
      }
      return;
    case 'defer': return consume(w, s.body);
    case 'item': case 'pass': return;
  }
}

function walkAssign(w: Walk, target: Expr, value: Expr): void {
  consume(w, value);
  assignTo(w, target);
}

function assignTo(w: Walk, target: Expr): void {
  switch (target.kind) {
    case 'paren': return assignTo(w, target.inner);
    case 'tuple': case 'array': for (const x of target.elements) assignTo(w, x); return;
    case 'underscore': case 'range': return;
    case 'call': for (const x of target.args) assignTo(w, x); return;
    case 'struct': for (const f of target.fields) assignTo(w, f.value); return;
    default: borrow(w, target, true);
  }
}

/** A value matched against patterns: what they bind is moved or borrowed, what they test is read. */
function matched(w: Walk, value: Expr, patterns: readonly Pattern[]): void {
  walk(w, value);
  const place = placeOf(w, value);
  for (const p of patterns) walkPattern(w, p, place, value.id);
}

function walkPattern(w: Walk, p: Pattern, at: Place, id: NodeId): void {
  let place = at;
  for (const peeled of w.t.facts.patternDerefs.get(p.id) ?? []) {
    const r = resolved(w.t, peeled);
    place = then(place, { kind: 'deref', type: r.kind === 'ref' ? r.inner : ERROR });
  }
  const type = typeOf(w, p);
  switch (p.kind) {
    case 'wildcard': case 'rest': case 'errorPattern': return;
    case 'binding': {
      const binding = w.t.facts.bindings.get(p.id);
      if (binding === undefined) {
        if (tests(w, type)) use(w, place, 'ref', id);
        return;
      }
      if (binding.mode === 'move') consumePlace(w, place, id);
      else use(w, place, binding.mode, id);
      if (p.sub !== null) walkPattern(w, p.sub, place, id);
      return;
    }
    case 'literalPattern': case 'rangePattern': use(w, place, 'ref', id); return;
    case 'pathPattern': if (tests(w, type)) use(w, place, 'ref', id); return;
    case 'tupleStructPattern': case 'structPattern': {
      if (tests(w, type)) use(w, place, 'ref', id);
      const to = w.t.facts.paths.get(p.path.id);
      const fields = to?.kind === 'constructor' ? (variantsOf(w.t.u, to.def)[to.variant ?? 0]?.fields.length ?? 0) : 0;
      if (p.kind === 'structPattern') for (const f of p.fields) walkPattern(w, f.pattern, then(place, { kind: 'field', index: w.t.facts.fields.get(f.id) ?? 0, type: typeBefore(w, f.pattern) }), id);
      else positions(p.elements, fields, (e, i) => { walkPattern(w, e, then(place, { kind: 'field', index: i, type: typeBefore(w, e) }), id); });
      return;
    }
    case 'tuplePattern':
      positions(p.elements, type.kind === 'tuple' ? type.elements.length : p.elements.length, (e, i) => { walkPattern(w, e, then(place, { kind: 'field', index: i, type: typeBefore(w, e) }), id); });
      return;
    case 'slicePattern':
      if (type.kind !== 'array') use(w, place, 'ref', id);
      for (const e of p.elements) walkPattern(w, e, then(place, { kind: 'index', type: typeBefore(w, e) }), id);
      return;
    case 'refPattern': return walkPattern(w, p.inner, then(place, { kind: 'deref', type: typeBefore(w, p.inner) }), id);
    case 'orPattern': for (const a of p.alternatives) walkPattern(w, a, at, id); return;
  }
}

/** Type of the place a pattern is matched against, before it looks through references. */
const typeBefore = (w: Walk, p: Pattern): Type => resolved(w.t, w.t.facts.patternDerefs.get(p.id)?.[0] ?? w.t.facts.types.get(p.id) ?? ERROR);

/** Whether the pattern reads which variant it is. */
function tests(w: Walk, type: Type): boolean {
  return type.kind !== 'adt' || variantsOf(w.t.u, type.def).length > 1;
}

function positions(elements: readonly Pattern[], count: number, each: (p: Pattern, index: number) => void): void {
  const rest = elements.findIndex(e => e.kind === 'rest');
  elements.forEach((e, i) => {
    if (e.kind !== 'rest') each(e, rest >= 0 && i > rest ? count - (elements.length - i) : i);
  });
}

function walk(w: Walk, e: Expr): void {
  const { facts } = w.t;
  const steps = facts.adjustments.get(e.id);
  if (steps !== undefined) {
    let p = placeBefore(w, e);
    for (const a of steps) {
      const type = resolved(w.t, a.target);
      switch (a.kind) {
        case 'neverToAny': case 'pointer': consumePlace(w, p, e.id); p = temporary(type); break;
        case 'deref':
          if (a.method !== null) use(w, p, a.mutable ? 'refMut' : 'ref', e.id);
          p = then(a.method === null ? p : temporary(ERROR), { kind: 'deref', type });
          break;
        case 'borrow': case 'rawBorrow': use(w, p, a.mutable ? 'refMut' : 'ref', e.id); p = temporary(type); break;
      }
    }
  }
  switch (e.kind) {
    case 'literal': case 'pathExpr': case 'continue': case 'typeExpr': case 'underscore': case 'error': return;
    case 'paren': return walk(w, e.inner);
    case 'field': return walk(w, e.value);
    case 'deref':
      if (facts.callees.has(e.id)) borrow(w, e.value, isMutable(w, e.id));
      else walk(w, e.value);
      return;
    case 'index':
      if (facts.typeApplications.has(e.id)) {
        if (e.base.kind === 'field') walk(w, e.base.value);
        return;
      }
      walk(w, e.base);
      for (const a of e.args) consume(w, a);
      return;
    case 'unary': return consume(w, e.operand);
    case 'binary':
      if (isCompare(e.op) && facts.callees.has(e.id)) {
        borrow(w, e.left, false);
        borrow(w, e.right, false);
      } else {
        consume(w, e.left);
        consume(w, e.right);
      }
      return;
    case 'logical': consume(w, e.left); consume(w, e.right); return;
    case 'is': case 'letCondition': return matched(w, e.value, [e.pattern]);
    case 'cast': return consume(w, e.value);
    case 'borrow': return borrow(w, e.place, e.mutable);
    case 'rawBorrow': return borrow(w, e.place, e.mutable);
    case 'call': {
      const format = facts.formats.get(e.id);
      if (format !== undefined) {
        for (const a of format.leading) {
          if (format.name === 'dbg' || format.name.startsWith('assert') && !format.name.includes('_')) consume(w, a);
          else if (format.name.startsWith('write')) consume(w, a);
          else borrow(w, a, false);
        }
        for (const a of format.args) borrow(w, a, false);
        return;
      }
      if (facts.typeApplications.has(e.callee.id) && e.callee.kind === 'index' && e.callee.base.kind === 'field') consume(w, e.callee.base.value);
      else consume(w, e.callee);
      for (const a of e.args) consume(w, a);
      return;
    }
    case 'methodCall': consume(w, e.receiver); for (const a of e.args) consume(w, a); return;
    case 'try': return consume(w, e.value);
    case 'range': if (e.start !== null) consume(w, e.start); if (e.end !== null) consume(w, e.end); return;
    case 'tuple': case 'array': for (const x of e.elements) consume(w, x); return;
    case 'repeat': return consume(w, e.value);
    case 'struct': {
      for (const f of e.fields) consume(w, f.value);
      if (e.base !== null) {
        const type = typeOf(w, e);
        const given = new Set(e.fields.map(f => facts.fields.get(f.id)));
        const place = placeOf(w, e.base);
        const fields = type.kind === 'adt' ? (variantsOf(w.t.u, type.def)[0]?.fields ?? []) : [];
        fields.forEach((f, i) => {
          if (!given.has(i) && type.kind === 'adt') consumePlace(w, then(place, { kind: 'field', index: i, type: fieldType(w, f.type, type.args) }), e.id);
        });
        walk(w, e.base);
      }
      return;
    }
    case 'do': case 'unsafe': return walkBlock(w, e.body);
    case 'loop': return walkBlock(w, e.body);
    case 'while': consume(w, e.condition); return walkBlock(w, e.body);
    case 'for': {
      consume(w, e.iterable);
      walkPattern(w, e.pattern, temporary(facts.loops.get(e.id)?.item ?? ERROR), e.id);
      return walkBlock(w, e.body);
    }
    case 'if':
      consume(w, e.condition);
      walkBlock(w, e.then);
      if (e.otherwise !== null) {
        if (e.otherwise.kind === 'block') walkBlock(w, e.otherwise);
        else consume(w, e.otherwise);
      }
      return;
    case 'match':
      matched(w, e.value, e.arms.map(a => a.pattern));
      for (const a of e.arms) {
        if (a.guard !== null) consume(w, a.guard);
        walkBlock(w, a.body);
      }
      return;
    case 'closure': return walkInner(w, e.id);
    case 'return': case 'break': if (e.value !== null) consume(w, e.value); return;
    case 'namedArg': return consume(w, e.value);
    case 'assignExpr': return walkStatement(w, e.statement);
  }
}

const isMutable = (w: Walk, id: NodeId): boolean => (w.t.u.definitions.byId.get(w.t.facts.callees.get(id)?.def ?? ('' as never))?.name ?? '').endsWith('_mut');

const fieldType = (w: Walk, type: Type, args: readonly Type[]): Type => resolved(w.t, normalised(w, instantiate(type, args)));

/** What an inner closure captures from outside is used here, in the same mode. */
function walkInner(w: Walk, id: NodeId): void {
  for (const [draft, captures] of w.inner) {
    if (draft.expr.id !== id) continue;
    for (const c of captures) {
      const place: Place = { base: c.binding, at: c.at, start: resolved(w.t, w.t.locals.get(c.binding) ?? ERROR), steps: c.projection.map((s): Step => s) };
      if (c.mode === 'move') consumePlace(w, place, c.use);
      else use(w, place, c.mode, c.use);
    }
  }
}

const normalised = (w: Walk, type: Type): Type => normalise(w.t.cx, type, 0).type;
