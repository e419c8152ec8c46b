/**
 * The tree as the builder wants it: adjustments and overloaded operators written out (rustc's THIR). In: an expression and its
 * facts. Out: a `Term`, made one level at a time; control flow stays a tree and is lowered from it.
 * Invariant: a term's type is the expression's after all adjustments up to it. Cost: one small object a node and adjustment.
 */
import type { Span } from '../text/span.ts';
import type { Adjustment, Callee, CastKind, Resolution, Given } from '../types/facts.ts';
import type { ArithmeticOp, CompareOp, Expr, FieldInit, Literal, NodeId } from '../syntax/tree.ts';
import { BOOL, CHAR, ERROR, intern, ptr, ref, type Type, U8, UNIT, parts } from '../types/type.ts';
import type { ArithmeticName, CastName, CompareName, Constant } from './graph.ts';
import type { Builder } from './builder.ts';
import type { Term } from './term.ts';
import { lang, variantOf } from './queries.ts';
import { elementType, pointee } from './place.ts';

export function typeOf(b: Builder, id: NodeId): Type {
  return b.facts.types.get(id) ?? ERROR;
}

/** The expression with all its adjustments. */
export function mirror(b: Builder, expr: Expr): Term {
  let term = expr.kind === 'paren' ? mirror(b, expr.inner) : bare(b, expr);
  for (const a of b.facts.adjustments.get(expr.id) ?? []) term = adjust(term, a);
  return term;
}

/** Type after adjustments, without building anything. */
export function adjustedType(b: Builder, expr: Expr): Type {
  const steps = b.facts.adjustments.get(expr.id);
  const last = steps?.[steps.length - 1];
  if (last !== undefined) return last.target;
  return expr.kind === 'paren' ? adjustedType(b, expr.inner) : typeOf(b, expr.id);
}

function adjust(base: Term, a: Adjustment): Term {
  const { span, node } = base;
  const type = a.target;
  switch (a.kind) {
    case 'neverToAny': return { kind: 'neverToAny', base, type, span, node };
    case 'deref': {
      if (a.method === null) return { kind: 'deref', base, type, span, node };
      return overloadedDeref(base, a.method, a.mutable, type, span, node);
    }
    case 'borrow': return { kind: 'borrow', borrow: a.mutable ? (a.twoPhase ? 'twoPhase' : 'mut') : 'shared', base, type, span, node };
    case 'rawBorrow': return { kind: 'rawBorrow', mutable: a.mutable, base, type, span, node };
    case 'pointer': {
      const cast: CastName = a.cast === 'mutToConst' ? 'pointerToPointer' : a.cast === 'closure' ? 'closureToFn' : a.cast;
      return { kind: 'cast', cast, base, type, span, node };
    }
  }
}

function overloadedDeref(base: Term, method: Callee, mutable: boolean, type: Type, span: Span, node: NodeId): Term {
  const receiver: Term = base.kind === 'borrow' && base.type.kind === 'ref' ? base : { kind: 'borrow', borrow: mutable ? 'mut' : 'shared', base, type: ref(base.type, mutable), span, node };
  const call: Term = { kind: 'call', callee: fnTerm(method, span, node), args: [receiver], calleeSpan: span, syntax: 'deref', type: ref(type, mutable), span, node };
  return { kind: 'deref', base: call, type, span, node };
}

/** The constant that is a function item. */
export function fnTerm(callee: Callee, span: Span, node: NodeId, given?: Given): Term {
  const type = intern({ kind: 'fnDef', def: callee.def, args: callee.args });
  return { kind: 'constant', constant: { kind: 'zero', type, ...(given === undefined ? {} : { given }) }, type, span, node };
}

const ARITHMETIC: Readonly<Record<ArithmeticOp, ArithmeticName>> = { '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '%': 'rem', '&': 'and', '|': 'or', '^': 'xor', '<<': 'shl', '>>': 'shr' };
const COMPARE: Readonly<Record<CompareOp, CompareName>> = { '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' };

export function isCompare(op: string): op is CompareOp {
  return op in COMPARE;
}

export const arithmeticName = (op: ArithmeticOp): ArithmeticName => ARITHMETIC[op];

/** The expression before its adjustments. */
function bare(b: Builder, expr: Expr): Term {
  const { span, id: node } = expr;
  const type = typeOf(b, node);
  const base = { type, span, node };
  const constant = (c: Constant): Term => ({ kind: 'constant', constant: c, ...base });
  switch (expr.kind) {
    case 'literal': return constant(literal(expr.value, type, false));
    case 'pathExpr': return pathTerm(b, b.facts.paths.get(expr.path.id) ?? b.facts.paths.get(node), type, span, node, b.facts.given.get(expr.path.id));
    case 'index':
      if (b.facts.typeApplications.has(node)) return pathTerm(b, applied(b, expr), type, span, node, b.facts.given.get(node));
      return indexTerm(b, expr, type);
    case 'field': return { kind: 'field', base: mirror(b, expr.value), index: b.facts.fields.get(node) ?? 0, ...base };
    case 'deref': {
      const method = b.facts.callees.get(node);
      const value = mirror(b, expr.value);
      return method === undefined ? { kind: 'deref', base: value, ...base } : overloadedDeref(value, method, isMutMethod(b, method), type, span, node);
    }
    case 'borrow': return { kind: 'borrow', borrow: expr.mutable ? 'mut' : 'shared', base: mirror(b, expr.place), ...base };
    case 'rawBorrow': return { kind: 'rawBorrow', mutable: expr.mutable, base: mirror(b, expr.place), ...base };
    case 'unary': {
      const method = b.facts.callees.get(node);
      if (method !== undefined) return { kind: 'call', callee: fnTerm(method, span, node), args: [mirror(b, expr.operand)], calleeSpan: span, syntax: 'operator', ...base };
      let inner = expr.operand;
      while (inner.kind === 'paren') inner = inner.inner;
      if (expr.op === '-' && inner.kind === 'literal' && (inner.value.kind === 'int' || inner.value.kind === 'float')) return constant(literal(inner.value, type, true));
      let operand = mirror(b, expr.operand);
      if (operand.type.kind === 'ref') operand = { kind: 'deref', base: operand, type: operand.type.inner, span: operand.span, node: operand.node };
      return { kind: 'unary', op: expr.op === '-' ? 'neg' : 'not', base: operand, ...base };
    }
    case 'binary': return binaryTerm(b, expr, type);
    case 'logical': case 'is': case 'letCondition': return { kind: 'logical', expr, ...base, type: BOOL };
    case 'cast': {
      const value = castTerm(mirror(b, expr.value), b.facts.casts.get(node) ?? 'none', type, span, node);
      const written = b.facts.annotations.get(node);
      return written === undefined ? value : { kind: 'ascribe', base: value, written, ...base };
    }
    case 'call': return callTerm(b, expr, type);
    case 'methodCall': {
      const callee = b.facts.callees.get(node);
      const args = expr.args.map(a => mirror(b, a));
      if (callee === undefined) return { kind: 'control', expr: { kind: 'error', id: node, span }, ...base };
      return { kind: 'call', callee: fnTerm(callee, expr.name.span, node, b.facts.given.get(node)), args: [mirror(b, expr.receiver), ...args], calleeSpan: expr.name.span, syntax: 'method', ...base };
    }
    case 'tuple':
      if (expr.elements.length === 0) return constant({ kind: 'zero', type: UNIT });
      return { kind: 'aggregate', of: { kind: 'tuple' }, parts: expr.elements.map(e => mirror(b, e)), ...base };
    case 'array': return { kind: 'aggregate', of: { kind: 'array', element: elementType(type) }, parts: expr.elements.map(e => mirror(b, e)), ...base };
    case 'repeat': return { kind: 'repeat', base: mirror(b, expr.value), length: type.kind === 'array' ? type.length : ERROR, ...base };
    case 'range': return rangeTerm(b, expr, type);
    case 'struct': return structTerm(b, expr.path.id, expr.fields, expr.base, type, span, node);
    case 'paren': return mirror(b, expr.inner);
    // What an earlier line of a session left: it is there when this code goes on.
    case 'underscore': return constant({ kind: 'zero', type });
    default: return { kind: 'control', expr, ...base };
  }
}

/** Resolution of a type application: of the `index` node, or of the path under it. */
function applied(b: Builder, expr: Expr & { kind: 'index' }): Resolution | undefined {
  const own = b.facts.paths.get(expr.id);
  if (own !== undefined) return own;
  const callee = b.facts.callees.get(expr.id);
  if (callee !== undefined) return { kind: 'fn', def: callee.def, args: callee.args };
  return expr.base.kind === 'pathExpr' ? b.facts.paths.get(expr.base.path.id) : undefined;
}

export function literal(value: Literal, type: Type, negative: boolean): Constant {
  switch (value.kind) {
    case 'int':
      if (type.kind === 'float') return { kind: 'float', value: (negative ? -1 : 1) * Number(value.digits), type };
      return { kind: 'int', value: negative ? -value.digits : value.digits, type };
    case 'float': {
      const number = Number(value.text.replaceAll('_', ''));
      return { kind: 'float', value: negative ? -number : number, type };
    }
    case 'bool': return { kind: 'int', value: value.value ? 1n : 0n, type: BOOL };
    case 'char': return { kind: 'int', value: BigInt(value.value), type: CHAR };
    case 'byte': return { kind: 'int', value: BigInt(value.value), type: U8 };
    case 'string': return { kind: 'string', value: value.value, type };
    case 'bytes': return { kind: 'bytes', value: value.value, nul: false, type };
    case 'cstring': return { kind: 'bytes', value: value.value, nul: true, type };
    case 'null': return { kind: 'null', type };
  }
}

function pathTerm(b: Builder, to: Resolution | undefined, type: Type, span: Span, node: NodeId, given?: Given): Term {
  const base = { type, span, node };
  const constant = (c: Constant): Term => ({ kind: 'constant', constant: c, ...base });
  if (to === undefined) return { kind: 'control', expr: { kind: 'error', id: node, span }, ...base };
  switch (to.kind) {
    case 'local': return { kind: 'local', binding: b.facts.sameBinding.get(to.binding) ?? to.binding, ...base };
    case 'static': return { kind: 'static', def: to.def, ...base };
    case 'const': return constant({ kind: 'const', def: to.def, args: to.args, type, ...(given === undefined ? {} : { given }) });
    case 'constParam': return constant({ kind: 'param', param: to.param, type });
    case 'fn': return constant({ kind: 'zero', type: type.kind === 'fnDef' ? type : intern({ kind: 'fnDef', def: to.def, args: to.args }), ...(given === undefined ? {} : { given }) });
    case 'constructor':
      if (type.kind !== 'adt') return constant({ kind: 'zero', type, ...(given === undefined ? {} : { given }) });
      return { kind: 'aggregate', of: { kind: 'adt', variant: to.variant, ...writtenAs(type, given) }, parts: [], ...base };
  }
}

/** The type that a constructor was asked to make, where lifetimes stand in it. */
function writtenAs(type: Type, given: Given | undefined): { readonly written?: Type } {
  if (given === undefined || type.kind !== 'adt') return {};
  if (given.args.length > 0) return { written: intern({ kind: 'adt', def: type.def, args: given.args }) };
  return given.self?.kind === 'adt' && given.self.def === type.def ? { written: given.self } : {};
}

function isMutMethod(b: Builder, callee: Callee): boolean {
  const name = b.queries.definitions.byId.get(callee.def)?.name ?? '';
  return name === 'deref_mut' || name === 'index_mut' || name === 'call_mut';
}

/** A reference to `base` for a method that takes `&wanted`, unless the facts' adjustments have made it one already. */
function borrowed(base: Term, wanted: Type | undefined, mutable: boolean, twoPhase: boolean): Term {
  if (base.type.kind === 'ref' && base.type.inner === wanted && (base.type.mutable || !mutable)) return base;
  return { kind: 'borrow', borrow: mutable ? (twoPhase ? 'twoPhase' : 'mut') : 'shared', base, type: ref(base.type, mutable), span: base.span, node: base.node };
}

function indexTerm(b: Builder, expr: Expr & { kind: 'index' }, type: Type): Term {
  const { span, id: node } = expr;
  const base = mirror(b, expr.base);
  const at = expr.args[0];
  const index: Term = at === undefined ? { kind: 'control', expr: { kind: 'error', id: node, span }, type: ERROR, span, node } : mirror(b, at);
  const method = b.facts.callees.get(node);
  if (method === undefined) {
    if (base.type.kind === 'ptr') {
      const moved: Term = { kind: 'binary', op: 'add', left: base, right: index, type: base.type, span, node };
      return { kind: 'deref', base: moved, type, span, node };
    }
    return { kind: 'index', base: autoderef(b, base), index, type, span, node };
  }
  const mutable = isMutMethod(b, method);
  const receiver = borrowed(base, method.args[0], mutable, false);
  const call: Term = { kind: 'call', callee: fnTerm(method, expr.bracket, node), args: [receiver, index], calleeSpan: expr.bracket, syntax: 'index', type: ref(type, mutable), span, node };
  return { kind: 'deref', base: call, type, span, node };
}

/** Built-in indexing through references that no adjustment took away. */
function autoderef(b: Builder, term: Term): Term {
  let out = term;
  while (out.type.kind === 'ref') out = { kind: 'deref', base: out, type: pointee(b.queries, out.type), span: out.span, node: out.node };
  return out;
}

function binaryTerm(b: Builder, expr: Expr & { kind: 'binary' }, type: Type): Term {
  const { span, id: node, op } = expr;
  const method = b.facts.callees.get(node);
  const left = mirror(b, expr.left);
  const right = mirror(b, expr.right);
  if (method === undefined) {
    // Built-in operators see through references to scalars.
    const through = (t: Term): Term => (t.type.kind === 'ref' ? { kind: 'deref', base: t, type: t.type.inner, span: t.span, node: t.node } : t);
    return { kind: 'binary', op: isCompare(op) ? COMPARE[op] : ARITHMETIC[op], left: through(left), right: through(right), type, span, node };
  }
  const args = isCompare(op) ? [borrowed(left, method.args[0], false, false), borrowed(right, method.args[1] ?? method.args[0], false, false)] : [left, right];
  return { kind: 'call', callee: fnTerm(method, expr.opSpan, node), args, calleeSpan: expr.opSpan, syntax: 'operator', type, span, node };
}

const CASTS: Readonly<Record<Exclude<CastKind, 'none'>, CastName>> = {
  numeric: 'numeric', enumToInt: 'enumToInt', pointerToPointer: 'pointerToPointer', pointerToInt: 'pointerToInt', intToPointer: 'intToPointer', fnToPointer: 'fnToPointer',
};

function castTerm(value: Term, cast: CastKind, type: Type, span: Span, node: NodeId): Term {
  if (cast === 'none') return value.type === type || value.type.kind !== 'never' ? { ...value, span } : { kind: 'neverToAny', base: value, type, span, node };
  if (value.kind === 'constant' && value.constant.kind === 'null' && cast === 'pointerToPointer') return { kind: 'constant', constant: { kind: 'null', type }, type, span, node };
  if (cast === 'pointerToPointer' && value.type.kind === 'ref') {
    // `&x as *const T`: a raw borrow of what the reference leads to.
    const mutable = type.kind === 'ptr' && type.mutable && value.type.mutable;
    const place: Term = { kind: 'deref', base: value, type: value.type.inner, span, node };
    const raw: Term = { kind: 'rawBorrow', mutable, base: place, type: ptr(value.type.inner, mutable), span, node };
    return raw.type === type ? raw : { kind: 'cast', cast: 'pointerToPointer', base: raw, type, span, node };
  }
  return { kind: 'cast', cast: CASTS[cast], base: value, type, span, node };
}

function callTerm(b: Builder, expr: Expr & { kind: 'call' }, type: Type): Term {
  const { span, id: node } = expr;
  const base = { type, span, node };
  if (b.facts.formats.has(node)) return { kind: 'control', expr, ...base };
  const args = (): Term[] => expr.args.map(a => mirror(b, a));
  let callee = expr.callee;
  while (callee.kind === 'paren') callee = callee.inner;

  // `x.f[T](a)`: a method call whose callee stands at the application (or at the call).
  if (callee.kind === 'index' && b.facts.typeApplications.has(callee.id) && callee.base.kind === 'field') {
    const method = b.facts.callees.get(callee.id) ?? b.facts.callees.get(node);
    if (method !== undefined) {
      const name = callee.base.name.span;
      return { kind: 'call', callee: fnTerm(method, name, node), args: [mirror(b, callee.base.value), ...args()], calleeSpan: name, syntax: 'method', ...base };
    }
  }
  const to = callee.kind === 'pathExpr' ? b.facts.paths.get(callee.path.id) : callee.kind === 'index' && b.facts.typeApplications.has(callee.id) ? applied(b, callee) : undefined;
  if (to?.kind === 'constructor' && type.kind === 'adt' && !b.facts.callees.has(node)) {
    const given = b.facts.given.get(callee.kind === 'pathExpr' ? callee.path.id : callee.id);
    return { kind: 'aggregate', of: { kind: 'adt', variant: to.variant, ...writtenAs(type, given) }, parts: args(), ...base };
  }
  let method = b.facts.callees.get(node);
  if (method !== undefined) {
    // `f(a, b)` where `f` is a closure or implements `Fn…`: arguments go as one tuple.
    const name = b.queries.definitions.byId.get(method.def)?.name ?? '';
    let value = mirror(b, expr.callee);
    let self = method.args[0];
    // `f(x)` with `f: &mut F` calls `*f`, so that the variable need not be `mut`.
    if (name !== 'call_once') {
      while (value.type.kind === 'ref' && self?.kind === 'ref' && self === value.type) {
        self = self.inner;
        value = { kind: 'deref', base: value, type: self, span: value.span, node: value.node };
      }
      method = { def: method.def, args: self === undefined ? method.args : [self, ...method.args.slice(1)] };
    }
    const receiver = name === 'call_once' ? value : borrowed(value, method.args[0], name === 'call_mut', true);
    const parts = args();
    const packed: Term = parts.length === 0
      ? { kind: 'constant', constant: { kind: 'zero', type: UNIT }, type: UNIT, span, node }
      : { kind: 'aggregate', of: { kind: 'tuple' }, parts, type: intern({ kind: 'tuple', elements: parts.map(p => p.type) }), span, node };
    return { kind: 'call', callee: fnTerm(method, expr.callee.span, node), args: [receiver, packed], calleeSpan: expr.callee.span, syntax: 'call', ...base };
  }
  const given = args();
  // Whoever gives an object back to its pool has it no more: the reference moves, it is not only lent.
  const [pool, object] = given;
  if (to?.kind === 'fn' && pool !== undefined && object !== undefined && to.def === b.queries.definitions.lang.get('pool_release')) given[1] = unlent(object);
  return { kind: 'call', callee: mirror(b, expr.callee), args: given, calleeSpan: expr.callee.span, syntax: 'call', ...base };
}

/** The variable itself in the place of `&mut *variable` that a coercion made. */
function unlent(term: Term): Term {
  if (term.kind !== 'borrow' || term.base.kind !== 'deref') return term;
  const { base } = term.base;
  return base.kind === 'local' && base.type.kind === 'ref' && base.node === term.node ? base : term;
}

function rangeTerm(b: Builder, expr: Expr & { kind: 'range' }, type: Type): Term {
  const { span, id: node } = expr;
  const base = { type, span, node };
  const parts = [expr.start, expr.end].flatMap(e => (e === null ? [] : [mirror(b, e)]));
  if (type.kind !== 'adt') return { kind: 'control', expr: { kind: 'error', id: node, span }, ...base };
  const count = variantOf(b.queries.definitions, type.def, null).fields.length;
  // `RangeInclusive` also knows whether it is exhausted.
  if (count > parts.length) parts.push({ kind: 'constant', constant: { kind: 'int', value: 0n, type: BOOL }, type: BOOL, span, node });
  return { kind: 'aggregate', of: { kind: 'adt', variant: null }, parts, ...base };
}

function structTerm(b: Builder, path: NodeId, fields: readonly FieldInit[], baseExpr: Expr | null, type: Type, span: Span, node: NodeId): Term {
  const to = b.facts.paths.get(path) ?? b.facts.paths.get(node);
  const variant = to?.kind === 'constructor' ? to.variant : null;
  const base = { type, span, node };
  if (type.kind !== 'adt') return { kind: 'control', expr: { kind: 'error', id: node, span }, ...base };
  const count = variantOf(b.queries.definitions, type.def, variant).fields.length;
  const given = new Map<number, Term>();
  const order: number[] = [];
  for (const f of fields) {
    const at = b.facts.fields.get(f.id) ?? order.length;
    given.set(at, mirror(b, f.value));
    order.push(at);
  }
  const inOrder = order.every((at, i) => at === i) && order.length === count;
  const written = b.facts.annotations.get(path);
  if (baseExpr === null && inOrder) return { kind: 'aggregate', of: { kind: 'adt', variant, ...(written === undefined ? {} : { written }) }, parts: order.flatMap(i => given.get(i) ?? []), ...base };
  const unitBase: Term = { kind: 'constant', constant: { kind: 'zero', type: UNIT }, type: UNIT, span, node };
  return { kind: 'update', variant, fields: given, order, count, base: baseExpr === null ? unitBase : mirror(b, baseExpr), ...base };
}

/** What the compiler's own code calls. */
export function langFn(b: Builder, name: string, args: readonly Type[], span: Span, node: NodeId): Term {
  return fnTerm({ def: lang(b.queries.definitions, name), args }, span, node);
}

/** A reference that is made of a raw pointer, here or by a function whose result names a lifetime that no argument has. */
export function isUntied(b: Builder, term: Term): boolean {
  if (term.type.kind !== 'ref' || b.queries.isLibrary(term.span)) return false;
  if (term.kind === 'control') {
    const { expr } = term;
    const last = expr.kind === 'unsafe' ? expr.body.statements[expr.body.statements.length - 1] : undefined;
    return last?.kind === 'expr' && isUntied(b, mirror(b, last.expr));
  }
  if (term.kind === 'borrow') {
    let at = term.base;
    while (at.kind === 'field' || at.kind === 'index') at = at.base;
    return at.kind === 'deref' && (at.base.type.kind === 'ptr' || isUntied(b, at.base));
  }
  if (term.kind !== 'call' || term.callee.type.kind !== 'fnDef') return false;
  const callee = b.queries.definitions.byId.get(term.callee.type.def);
  if (callee?.kind !== 'fn' || callee.signature.result.kind !== 'ref') return false;
  const { region } = callee.signature.result;
  const names = (type: Type): boolean => type === region || parts(type).some(names);
  return region.kind === 'region' && region.region.of !== 'static' && !callee.signature.params.some(names);
}
