/**
 * The door of `types`: checks bodies and gives their facts. In: the universe of definitions, the names of a crate, its bodies.
 * Out: facts by owner, and problems. A body's checking shares nothing with another's but what the universe remembers:
 * closures and hidden types. Functions with hidden result types come first, because others may ask about them.
 */
import type { Body, World } from '../names/table.ts';
import type { NodeId } from '../syntax/tree.ts';
import { problem, type Problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import { checkBlock } from './block.ts';
import { goal, storedTypes } from './builtin.ts';
import { analyseCaptures } from './captures.ts';
import { checkClosure } from './closure.ts';
import { branches, coerce } from './coerce.ts';
import type { Predicate } from './definition.ts';
import { paramEnv } from './env.ts';
import { checkCoerced, checkExpr } from './expression.ts';
import type { BodyFacts, Capture, ClosureFacts } from './facts.ts';
import { checkFormat } from './format.ts';
import { solvePending } from './fulfil.ts';
import { freshVar, resolve } from './infer.ts';
import { mismatch } from './mismatch.ts';
import { checkPattern } from './pattern.ts';
import { evaluate, makeCx } from './solve.ts';
import { taints } from './tainted.ts';
import { ERROR, HAS_INFER, UNIT, type DefId, type Type } from './type.ts';
import { has, known, normal, require, resolved, show, type DraftClosure, type Frame, type Rules, type Typing } from './typing.ts';
import { addFacts, identityArgs, instantiate, lang, type Universe } from './universe.ts';
import { complainAmbiguous, complainUnknown, fallBack, writeBack } from './writeback.ts';

const RULES: Rules = {
  expr: checkExpr,
  coerced: checkCoerced,
  block: checkBlock,
  pattern: checkPattern,
  closure: checkClosure,
  format: checkFormat,
};

export interface Checked {
  readonly facts: Map<DefId, BodyFacts>;
  /** Bodies in which types are wrong. */
  readonly wrong: ReadonlySet<DefId>;
  readonly problems: Problem[];
}

/** Checks bodies. The universe must be made after names are complete; it is told of each body's closures and hidden types. */
/** `stood`: types of values that are there already, by the node that stands for each; null where no session is. */
export function checkBodies(u: Universe, names: World, bodies: readonly Body[] = names.bodies, stood: ReadonlyMap<NodeId, Type> | null = null): Checked {
  const facts = new Map<DefId, BodyFacts>();
  const problems: Problem[] = [];
  const wrong = new Set<DefId>();
  const hides = (b: Body): boolean => {
    const d = u.definitions.byId.get(b.owner);
    return d?.kind === 'fn' && d.opaques.length > 0;
  };
  for (const body of [...bodies.filter(hides), ...bodies.filter(b => !hides(b))]) {
    const done = checkBody(u, names, body, stood);
    facts.set(body.owner, done.facts);
    problems.push(...done.problems);
    if (done.problems.some(taints)) wrong.add(body.owner);
    addFacts(u, done.facts);
  }
  return { facts, wrong, problems };
}

export function checkBody(u: Universe, names: World, body: Body, stood: ReadonlyMap<NodeId, Type> | null = null): { facts: BodyFacts; problems: Problem[] } {
  const t = start(u, names, body, stood);
  const d = u.definitions.byId.get(body.owner);
  if (body.kind === 'fn' && d?.kind === 'fn') {
    const cause = { span: body.body.span, why: { kind: 'other' as const } };
    const args = identityArgs(u, body.owner);
    for (const o of d.opaques) t.cx.defining.set(o.def, freshVar(t.cx.infer, { span: d.nameSpan, what: { kind: 'other' } }));
    const result = normal(t, instantiate(d.signature.result, args), cause);
    const resultSpan = resultSpanOf(t, body);
    for (const o of d.opaques) for (const p of o.bounds) requireBound(t, p, args, resultSpan ?? d.nameSpan);
    if (known(t, result).kind === 'dyn') {
      // Its own mistake: the body is measured against nothing.
      t.problems.push(problem('E0746', resultSpan ?? d.nameSpan, { type: show(t, result) }, { label: 'its size is not known when compiling', notes: ['return `impl Trait`, or box it'] }));
      return finish(t);
    }
    const frame: Frame = { kind: 'fn', result, returns: branches(result, resultSpan), resultSpan };
    t.frame = frame;
    body.params.forEach((p, i) => {
      const type = normal(t, instantiate(d.signature.params[i] ?? ERROR, args), cause);
      if (p.kind === 'self') {
        t.locals.set(p.id, type);
        t.owners.set(p.id, null);
        t.facts.types.set(p.id, type);
        t.facts.bindings.set(p.id, { name: 'self', mode: 'move', mutable: p.mutable, type });
      } else {
        t.facts.types.set(p.id, type);
        checkPattern(t, p.pattern, type, p.type?.span ?? null);
      }
    });
    checkValue(t, body, result);
  } else {
    const type = normal(t, instantiate(body.type ?? ERROR, identityArgs(u, body.owner)), { span: body.body.span, why: { kind: 'other' } });
    t.frame = { kind: 'const', result: type, returns: branches(type), resultSpan: null };
    checkValue(t, body, type);
  }
  return finish(t);
}

function checkValue(t: Typing, body: Body, type: Type): void {
  if (body.body.kind === 'block') {
    t.bodyBlock = body.body.id;
    checkBlock(t, body.body, has(type));
    return;
  }
  coerce(t, body.body.id, body.body.span, checkExpr(t, body.body, has(type)), type);
}

function requireBound(t: Typing, p: Predicate, args: readonly Type[], span: Span): void {
  const cause = { span, why: { kind: 'coerce' as const } };
  const sub = (x: Type): Type => normal(t, instantiate(x, args), cause);
  if (p.kind === 'trait') require(t, { kind: 'trait', ref: { trait: p.ref.trait, args: p.ref.args.map(sub) } }, cause);
  else if (p.kind === 'projection') require(t, { kind: 'projection', item: p.item, args: p.args.map(sub), type: sub(p.type) }, cause);
}

function resultSpanOf(t: Typing, body: Body): Span | null {
  const item = t.table.items.get(body.owner);
  return item?.kind === 'fn' ? (item.result?.span ?? null) : null;
}

function start(u: Universe, names: World, body: Body, stood: ReadonlyMap<NodeId, Type> | null): Typing {
  const cx = makeCx(u, paramEnv(u, body.owner));
  return {
    u, names, table: names.table, body, cx, rules: RULES,
    facts: {
      types: new Map(), adjustments: new Map(), paths: new Map(), callees: new Map(), fields: new Map(), bindings: new Map(), sameBinding: new Map(),
      patternDerefs: new Map(), casts: new Map(), loops: new Map(), tries: new Map(), formats: new Map(), constants: new Map(), typeApplications: new Set(), annotations: new Map(), given: new Map(),
    },
    problems: [], calls: [], apart: new Set(), pending: [], frame: { kind: 'const', result: UNIT, returns: branches(UNIT), resultSpan: null }, bodyBlock: null, loops: new Map(),
    traits: body.traits, unsafeDepth: 0, broken: false, diverges: false, closures: [], closure: null, later: [], casts: [], given: { self: null, args: [] }, locals: new Map(), spans: new Map(), owners: new Map(), fnPointers: [], methodCalls: new Set(), literals: [], stood, stoodNumbers: new Map(),
  };
}

// ------------------------------------------------------------------ the end of a body

function finish(t: Typing): { facts: BodyFacts; problems: Problem[] } {
  const open = openTypes(t);
  fallBack(t);
  for (const cast of t.casts) cast();
  fallBack(t);
  const captures = closeClosures(t);
  fallBack(t);
  checkFnPointers(t, captures);
  complainAmbiguous(t);
  complainUnknown(t);
  checkSizes(t);
  const facts = writeBack(t, captures);
  return { facts: open === null ? facts : { ...facts, open }, problems: t.problems };
}

/** In a session: the variables whose numbers nothing has decided yet, so that a later line still may. */
function openTypes(t: Typing): Map<NodeId, Type> | null {
  if (t.stood === null) return null;
  solvePending(t);
  const open = new Map<NodeId, Type>();
  for (const [id, { type }] of t.facts.bindings) {
    const now = resolve(t.cx.infer, type);
    if ((now.flags & HAS_INFER) !== 0) open.set(id, now);
  }
  return open;
}

type Closed = Map<DraftClosure, { captures: readonly Capture[]; kind: ClosureFacts['kind'] }>;

/** Kinds and captures, inner closures first, in the order of the text: an earlier closure may be called in a later one. */
function closeClosures(t: Typing): Closed {
  const done: Closed = new Map();
  const captured = new Map<DraftClosure, readonly Capture[]>();
  const close = (c: DraftClosure): void => {
    for (const other of t.closures) if (other.parent === c && !done.has(other)) close(other);
    const found = analyseCaptures(t, c, captured);
    const open = t.cx.open.get(c.def);
    // A bound that asks for a kind decides it: a body that needs more is the borrow checker's to refuse.
    if (open?.expectedKind !== null && open?.expectedKind !== undefined) found.kind = open.expectedKind;
    done.set(c, found);
    captured.set(c, found.captures);
    if (open !== undefined) {
      open.kind = found.kind;
      open.stored = storedTypes(found);
      t.cx.kinds++;
    }
    for (const later of t.later) if (later.def === c.def) later.run();
  };
  for (const c of t.closures) if (c.parent === null) close(c);
  solvePending(t);
  return done;
}

function checkFnPointers(t: Typing, captures: Closed): void {
  for (const p of t.fnPointers) {
    const draft = t.closures.find(c => c.def === p.def);
    const found = draft === undefined ? undefined : captures.get(draft);
    if (draft === undefined || found === undefined || found.captures.length === 0) continue;
    mismatch(t, draft.expr.id, draft.expr.span, p.target, draft.type);
    const last = t.problems[t.problems.length - 1];
    if (last?.code === 'E0308') {
      t.problems[t.problems.length - 1] = { ...last, notes: [...last.notes, 'a closure becomes a function pointer only when it captures nothing'] };
    }
  }
}

/** Variables have a size. */
function checkSizes(t: Typing): void {
  const sized = lang(t.u, 'sized');
  if (sized === null) return;
  for (const [id, b] of t.facts.bindings) {
    const type = resolved(t, b.type);
    if (type.kind !== 'str' && type.kind !== 'slice' && type.kind !== 'dyn' && type.kind !== 'param') continue;
    if (evaluate(t.cx, goal(sized, type), 0) !== 'no') continue;
    const span = t.spans.get(id);
    if (span === undefined) continue;
    t.problems.push(problem('E0277', span, { what: `the size of \`${show(t, type)}\` is not known when compiling` }, { label: 'its size is not known when compiling', notes: ['all variables have a size known when compiling', 'use a reference or a box'] }));
  }
}
