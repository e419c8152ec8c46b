/**
 * The door of the graph builder: a body and its facts → its graph and those of its closures, before elaboration. Modelled on
 * rustc's MIR construction. In: a function, a constant's or static's initialiser, or a file's top-level statements. Out: graphs,
 * the body's own first. Invariant: every block reachable or a dead end; types erased. Cost: linear in the tree, but that exits and
 * deferred bodies are written out at each place that leaves their scope.
 */
import type { ClosureExpr, Block as TreeBlock, Expr, NodeId, Param, Pattern } from '../syntax/tree.ts';
import type { BodyFacts, Capture, ClosureFacts } from '../types/facts.ts';
import { type DefId, ERASED, eraseRegions, ref, type Type, UNIT } from '../types/type.ts';
import type { Span } from '../text/span.ts';
import { blockOf, type Builder, goto, inScope, type Lowering, newBlock, newLocal, pushScope, popScope, type Scope, scheduleValue, type Upvars } from './builder.ts';
import { extendLet, lowerBlock, lowerStatement } from './build-block.ts';
import { lowerClosure, storedType } from './build-closure.ts';
import { lowerCondition, lowerControl } from './build-control.ts';
import { lowerFormat } from './build-format.ts';
import { bindIrrefutable, declare, simpleBinding } from './build-match.ts';
import { capturePlace, lowerPlace } from './build-place.ts';
import { discard, into, operand, operands, temp } from './build-value.ts';
import type { Graph, LocalId } from './graph.ts';
import { mirror } from './mirror.ts';
import { local, RESULT } from './place.ts';
import { simplify } from './simplify.ts';
import type { TypeQueries } from './queries.ts';

/** As `names` gives it: a function (or a file's statements, as an implicit `main`), a constant's or static's initialiser. */
export interface Body {
  readonly owner: DefId;
  readonly kind: 'fn' | 'const' | 'static' | 'discriminant';
  readonly params: readonly Param[];
  readonly body: TreeBlock | Expr;
  readonly type: Type | null;
}

const LOWERING: Lowering = {
  into, operand, operands, temp, discard, mirror,
  place: lowerPlace,
  block: lowerBlock,
  statement: lowerStatement,
  control: lowerControl,
  format: lowerFormat,
  condition: lowerCondition,
  closure: (b, destination, expr) => lowerClosure(b, destination, expr, buildClosure),
};

/** `promoted`: of an earlier version of the same body; numbers that were given out stay theirs. */
export function buildGraph(body: Body, facts: BodyFacts, queries: TypeQueries, promoted: readonly Graph[] = []): Graph[] {
  const children: Graph[] = [];
  const b = builder(facts.owner, facts, queries, children, null, body.kind !== 'fn');
  b.promoted.push(...promoted);
  const def = queries.definitions.byId.get(facts.owner);
  const put = (t: Type): Type => queries.normalise(facts.owner, eraseRegions(t));
  let graph: Graph;
  if (body.body.kind === 'block') {
    const signature = def?.kind === 'fn' ? def.signature : null;
    graph = buildBody(b, body.params, (signature?.params ?? []).map(put), revealed(b, put(signature?.result ?? UNIT)), body.body, body.body.span);
  } else graph = buildConstant(b, body.body, put(body.type ?? UNIT));
  return [graph, ...children];
}

/** The result's type as the body sees it: its own opaque types are what they hide. */
function revealed(b: Builder, type: Type): Type {
  const { opaques } = b.facts;
  if (opaques.size === 0) return type;
  const change = (t: Type): Type => {
    if (t.kind === 'opaque') return eraseRegions(opaques.get(t.def) ?? t);
    return t;
  };
  return type.kind === 'opaque' ? change(type) : type;
}

function builder(owner: Builder['owner'], facts: BodyFacts, queries: TypeQueries, children: Graph[], upvars: Upvars | null, isConstant: boolean): Builder {
  const root: Scope = { drops: [] };
  return {
    owner, facts, queries, lower: LOWERING, locals: [], blocks: [], promoted: [], variables: [], closures: [], children, bound: new Map(), untied: new Set(), upvars,
    extended: new Map(), breakables: [], scopes: [root], temps: root, current: 0 as Builder['current'], trusted: 0, cleanup: false, resume: null,
    returnBlock: 0 as Builder['returnBlock'], isConstant,
  };
}

/** The part that functions and closures share: the result, parameters, then the body. */
function buildBody(b: Builder, params: readonly Param[], types: readonly Type[], result: Type, body: TreeBlock, span: Span, before = 0): Graph {
  const patterns: { pattern: Pattern; id: LocalId }[] = [];
  const ids: LocalId[] = [];
  if (b.locals.length === 0) newLocal(b, result, span, 'result');
  params.forEach((p, i) => {
    const type = types[i] ?? UNIT;
    if (p.kind === 'self') {
      const id = newLocal(b, type, p.span, 'param', 'self', p.mutable);
      ids.push(id);
      bind(b, p.id, id);
      b.variables.push({ name: 'self', local: id, projection: [], scope: body.span });
      return;
    }
    const simple = simpleBinding(b, p.pattern);
    if (simple !== null && p.pattern.kind === 'binding') {
      const id = newLocal(b, type, p.pattern.name.span, 'param', p.pattern.name.text, b.facts.bindings.get(simple)?.mutable ?? p.pattern.mutable);
      ids.push(id);
      bind(b, simple, id);
      b.variables.push({ name: p.pattern.name.text, local: id, projection: [], scope: body.span });
      return;
    }
    const id = newLocal(b, type, p.span, 'param', null, false);
    ids.push(id);
    patterns.push({ pattern: p.pattern, id });
  });
  b.current = newBlock(b);
  b.returnBlock = newBlock(b);
  blockOf(b, b.returnBlock).terminator = { kind: 'return', span: { file: span.file, start: body.span.end, end: body.span.end } };
  const scope = b.temps;
  if (before === 1) scheduleValue(b, scope, 1 as LocalId, span);
  for (const id of ids) {
    scheduleValue(b, scope, id, span);
    const found = patterns.find(p => p.id === id);
    if (found === undefined) continue;
    const declared = declare(b, found.pattern, null);
    bindIrrefutable(b, found.pattern, local(id), declared, scope);
  }
  pushScope(b);
  lowerBlock(b, local(RESULT), body, result);
  popScope(b);
  popScope(b);
  goto(b, b.returnBlock, body.span);
  return finish(b, ids.length + before, body.span);
}

function bind(b: Builder, node: NodeId, id: LocalId): void {
  b.bound.set(node, { local: id, guard: null });
}

function finish(b: Builder, params: number, span: Span): Graph {
  return simplify({ owner: b.owner, params, locals: b.locals, blocks: b.blocks, promoted: b.promoted.map(simplify), variables: b.variables, closures: b.closures, span });
}

function buildConstant(b: Builder, value: Expr, type: Type): Graph {
  newLocal(b, type, value.span, 'result');
  b.current = newBlock(b);
  b.returnBlock = newBlock(b);
  blockOf(b, b.returnBlock).terminator = { kind: 'return', span: value.span };
  extendLet(b, null, value, 'forever');
  inScope(b, () => into(b, local(RESULT), mirror(b, value)));
  popScope(b);
  goto(b, b.returnBlock, value.span);
  return finish(b, 0, value.span);
}

/** A closure's body: its environment is the first parameter. */
function buildClosure(outer: Builder, facts: ClosureFacts, expr: ClosureExpr): void {
  const upvars: Upvars = { facts, captures: facts.captures };
  const queries: TypeQueries = { ...outer.queries, captures: def => (def === facts.def ? facts.captures.map(storedType) : outer.queries.captures(def)) };
  const b = builder(facts.def, { ...outer.facts }, queries, outer.children, upvars, false);
  b.trusted = 0;
  const result = eraseRegions(facts.signature.result);
  newLocal(b, result, expr.head, 'result');
  const type = facts.type;
  newLocal(b, facts.kind === 'FnOnce' ? type : ref(type, facts.kind === 'FnMut', ERASED), expr.head, 'param', null, false);
  facts.captures.forEach((c, i) => {
    const name = captureName(outer, c.binding);
    if (name !== null) b.variables.push({ name, local: 1 as LocalId, projection: capturePlace(b, i, c, storedType(c)).projection, scope: expr.body.span });
  });
  const graph = buildBody(b, expr.params, facts.signature.params.map(eraseRegions), result, expr.body, expr.head, 1);
  outer.children.push({ ...graph, upvars: facts.captures.map(c => ({ name: captureName(outer, c.binding) ?? 'value', mutable: isMutableCapture(outer, c), byRef: c.mode !== 'move' })) });
}

/** May the captured place be changed: the variable is `mut`, or the last reference on the way is exclusive. */
function isMutableCapture(outer: Builder, c: Capture): boolean {
  let mutable = outer.facts.bindings.get(c.binding)?.mutable ?? isMutableLocal(outer, c.binding);
  let type = outer.facts.bindings.get(c.binding)?.type ?? outer.facts.types.get(c.binding);
  for (const s of c.projection) {
    if (s.kind === 'deref' && type?.kind === 'ref') {
      if (!type.mutable) return false;
      mutable = true;
    }
    type = s.type;
  }
  return mutable;
}

function isMutableLocal(outer: Builder, binding: NodeId): boolean {
  const found = outer.bound.get(binding);
  return found !== undefined && (outer.locals[found.local]?.mutable ?? false);
}

function captureName(outer: Builder, binding: NodeId): string | null {
  return outer.facts.bindings.get(binding)?.name ?? (outer.facts.types.has(binding) ? 'self' : null);
}
