/**
 * Lowers blocks and statements: declarations, assignments, expression statements, `defer`; decides which temporaries of a `let`
 * live as long as its block. In: tree statements. Out: statements in the graph and scheduled drops.
 * Invariant: a block is one scope; its last expression's temporaries end before its locals (Rust 2024).
 */
import type { Block as TreeBlock, Expr, Pattern, Statement } from '../syntax/tree.ts';
import { NEVER, type Type, UNIT } from '../types/type.ts';
import { assign, assignUnit, type Builder, consume, inScope, leave, needsDrop, newBlock, newTemp, push, schedule, type Scope, scheduleStorage, scheduleValue, terminate } from './builder.ts';
import { bindIrrefutable, declare, refutable, simpleBinding } from './build-match.ts';
import { assignTerm, discard, into, operand, operate, store } from './build-value.ts';
import type { Operand, Place } from './graph.ts';
import { adjustedType, arithmeticName, fnTerm, isUntied, mirror, typeOf } from './mirror.ts';
import { isPlace, type Term } from './term.ts';
import { elementType, field, local, project } from './place.ts';
import { fieldTypes } from './queries.ts';
import { ref } from '../types/type.ts';

/** Evaluates a block into `destination`; `type` is the type expected of it. */
export function lowerBlock(b: Builder, destination: Place, block: TreeBlock, type: Type): void {
  inScope(b, () => {
    b.temps.end = { file: block.span.file, start: Math.max(block.span.start, block.span.end - 1), end: block.span.end };
    const count = block.statements.length;
    const last = block.statements[count - 1];
    const tail = last?.kind === 'expr' ? last : null;
    for (const [i, statement] of block.statements.entries()) if (statement !== tail || i !== count - 1) lowerStatement(b, statement);
    if (tail === null) {
      if (type.kind !== 'never') assignUnit(b, destination, block.span);
      return;
    }
    push(b, { kind: 'mark', span: tail.span });
    inScope(b, () => {
      const value = mirror(b, tail.expr);
      if (type === UNIT && value.type !== UNIT && value.type.kind !== 'never') {
        discard(b, value);
        assignUnit(b, destination, tail.span);
      } else into(b, destination, value);
    });
  });
}

export function lowerStatement(b: Builder, statement: Statement): void {
  const { span } = statement;
  if (statement.kind !== 'item' && statement.kind !== 'pass') push(b, { kind: 'mark', span });
  switch (statement.kind) {
    case 'item': case 'pass': return;
    case 'expr':
      inScope(b, () => discard(b, mirror(b, statement.expr)));
      return;
    case 'assign':
      inScope(b, () => lowerAssign(b, statement.target, statement.value, span));
      return;
    case 'compound':
      inScope(b, () => lowerCompound(b, statement));
      return;
    case 'defer': {
      const scope = b.scopes[b.scopes.length - 1];
      if (scope !== undefined) schedule(b, scope, { kind: 'defer', body: statement.body, span, unwind: null });
      return;
    }
    case 'let': lowerLet(b, statement);
  }
}

// ---------------------------------------------------------------- let

function lowerLet(b: Builder, statement: Statement & { kind: 'let' }): void {
  const { pattern, value, span } = statement;
  const scope = b.scopes[b.scopes.length - 1];
  if (scope === undefined) return;
  const annotated = b.facts.annotations.get(statement.id) ?? null;
  if (value === null) {
    for (const id of declare(b, pattern, annotated)) {
      push(b, { kind: 'storageLive', local: id, span });
      scheduleStorage(b, scope, id, span);
      scheduleValue(b, scope, id, span);
    }
    return;
  }
  extendLet(b, pattern, value, scope);
  if (statement.orElse !== null) { lowerLetElse(b, statement, value, statement.orElse, scope); return; }

  const simple = simpleBinding(b, pattern);
  if (simple !== null) {
    const [id] = declare(b, pattern, annotated);
    if (id === undefined) return;
    push(b, { kind: 'storageLive', local: id, span: pattern.span });
    scheduleStorage(b, scope, id, pattern.span);
    inScope(b, () => {
      const term = mirror(b, value);
      if (isUntied(b, term)) b.untied.add(simple);
      into(b, local(id), term);
      scheduleValue(b, scope, id, pattern.span);
    });
    return;
  }
  inScope(b, () => {
    const term = mirror(b, value);
    const place = b.lower.place(b, term, 'read');
    ascribe(b, statement, place);
    const ids = declare(b, pattern, null, value.span);
    bindIrrefutable(b, pattern, place, ids, scope);
  });
}

/** What is taken apart is of the type that was written. */
function ascribe(b: Builder, statement: Statement & { kind: 'let' }, place: Place): void {
  const written = b.facts.annotations.get(statement.id);
  if (written !== undefined) push(b, { kind: 'ascribe', place, written, span: statement.type?.span ?? statement.span });
}

function lowerLetElse(b: Builder, statement: Statement & { kind: 'let' }, value: Expr, orElse: TreeBlock, scope: Scope): void {
  const otherwise = newBlock(b);
  const ids = declare(b, statement.pattern, null, value.span);
  inScope(b, () => {
    const depth = b.scopes.length - 1;
    const place = b.lower.place(b, mirror(b, value), 'read');
    push(b, { kind: 'fakeRead', place, why: 'match', span: value.span });
    ascribe(b, statement, place);
    refutable(b, statement.pattern, place, ids, scope, () => {
      leave(b, depth);
      terminate(b, { kind: 'goto', target: otherwise, span: orElse.span });
    }, value.span);
  });
  const after = b.current;
  b.current = otherwise;
  inScope(b, () => {
    b.lower.temp(b, { kind: 'control', expr: { kind: 'do', label: null, body: orElse, id: orElse.id, span: orElse.span }, type: NEVER, span: orElse.span, node: orElse.id });
  });
  terminate(b, { kind: 'unreachable', span: orElse.span });
  b.current = after;
}

// ---------------------------------------------------------------- lifetime extension

function hasRefBinding(p: Pattern): boolean {
  switch (p.kind) {
    case 'binding': return p.byRef || (p.sub !== null && hasRefBinding(p.sub));
    case 'tuplePattern': case 'slicePattern': case 'tupleStructPattern': return p.elements.some(hasRefBinding);
    case 'structPattern': return p.fields.some(f => hasRefBinding(f.pattern));
    case 'orPattern': return p.alternatives.some(hasRefBinding);
    default: return false;
  }
}

export function extendLet(b: Builder, pattern: Pattern | null, value: Expr, scope: Scope | 'forever'): void {
  if (pattern !== null && hasRefBinding(pattern)) extendOperand(b, value, scope);
  extendExpr(b, value, scope);
}

/** Expressions whose borrowed operands live as long as the declared variable. */
function extendExpr(b: Builder, expr: Expr, scope: Scope | 'forever'): void {
  switch (expr.kind) {
    case 'borrow': case 'rawBorrow':
      extendExpr(b, expr.place, scope);
      extendOperand(b, expr.place, scope);
      return;
    case 'paren': extendExpr(b, expr.inner, scope); return;
    case 'cast': extendExpr(b, expr.value, scope); return;
    case 'tuple': case 'array': for (const e of expr.elements) extendExpr(b, e, scope); return;
    case 'struct': for (const f of expr.fields) extendExpr(b, f.value, scope); return;
    case 'call': {
      const callee = expr.callee.kind === 'pathExpr' ? b.facts.paths.get(expr.callee.path.id) : undefined;
      if (callee?.kind === 'constructor') for (const a of expr.args) extendExpr(b, a, scope);
      const format = b.facts.formats.get(expr.id);
      if (format?.name === 'format_args' && scope !== 'forever') {
        b.extended.set(expr.id, scope);
        for (const a of format.args) {
          extendExpr(b, a, scope);
          extendOperand(b, a, scope);
        }
      }
      return;
    }
    case 'do': case 'unsafe': extendTail(b, expr.body, scope); return;
    case 'if': {
      extendTail(b, expr.then, scope);
      if (expr.otherwise?.kind === 'block') extendTail(b, expr.otherwise, scope);
      else if (expr.otherwise !== null) extendExpr(b, expr.otherwise, scope);
      return;
    }
    case 'match': for (const arm of expr.arms) extendTail(b, arm.body, scope); return;
    default: return;
  }
}

function extendTail(b: Builder, block: TreeBlock, scope: Scope | 'forever'): void {
  const last = block.statements[block.statements.length - 1];
  if (last?.kind === 'expr') extendExpr(b, last.expr, scope);
}

/** The operand of an extended borrow, and what it is a place of. */
function extendOperand(b: Builder, expr: Expr, scope: Scope | 'forever'): void {
  b.extended.set(expr.id, scope);
  switch (expr.kind) {
    case 'paren': extendOperand(b, expr.inner, scope); return;
    case 'borrow': case 'rawBorrow': extendOperand(b, expr.place, scope); return;
    case 'field': case 'deref': extendOperand(b, expr.value, scope); return;
    case 'index': extendOperand(b, expr.base, scope); return;
    default: return;
  }
}

// ---------------------------------------------------------------- assignment

function isDestructuring(b: Builder, target: Expr): boolean {
  switch (target.kind) {
    case 'underscore': case 'tuple': case 'array': case 'struct': return true;
    case 'call': return target.callee.kind === 'pathExpr' && b.facts.paths.get(target.callee.path.id)?.kind === 'constructor';
    case 'paren': return isDestructuring(b, target.inner);
    default: return false;
  }
}

export function lowerAssign(b: Builder, target: Expr, value: Expr, span: Statement['span']): void {
  if (!isDestructuring(b, target)) { assignTerm(b, mirror(b, target), mirror(b, value), span); return; }
  const term = mirror(b, value);
  if (target.kind !== 'underscore' && needsDrop(b, term.type)) { assignParts(b, target, term); return; }
  const source = target.kind === 'underscore' && isPlace(term) ? b.lower.place(b, term, 'read') : local(b.lower.temp(b, term));
  if (target.kind === 'underscore') { push(b, { kind: 'fakeRead', place: source, why: 'let', span }); return; }
  // First all parts are taken, then each is stored, in order.
  const parts: { target: Expr; value: Operand; type: Type }[] = [];
  take(b, target, source, term.type, parts);
  for (const p of parts) store(b, b.lower.place(b, mirror(b, p.target), 'write'), p.value, p.type, p.target.span);
}

/** The parts are taken out of the value; what is left of it is dropped before they are stored. */
function assignParts(b: Builder, target: Expr, term: Term): void {
  const outer = b.temps;
  const held: { target: Expr; value: Operand; type: Type }[] = [];
  inScope(b, () => {
    const parts: { target: Expr; value: Operand; type: Type }[] = [];
    take(b, target, local(b.lower.temp(b, term)), term.type, parts);
    for (const p of parts) {
      const id = newTemp(b, p.type, p.target.span, outer);
      assign(b, local(id), { kind: 'use', operand: p.value }, p.target.span);
      scheduleValue(b, outer, id, p.target.span);
      held.push({ ...p, value: { kind: p.value.kind === 'copy' ? 'copy' : 'move', place: local(id) } });
    }
  });
  for (const p of held) store(b, b.lower.place(b, mirror(b, p.target), 'write'), p.value, p.type, p.target.span);
}

function take(b: Builder, target: Expr, source: Place, type: Type, out: { target: Expr; value: Operand; type: Type }[]): void {
  switch (target.kind) {
    case 'underscore': return;
    case 'paren': take(b, target.inner, source, type, out); return;
    case 'tuple': case 'call': {
      const elements = target.kind === 'tuple' ? target.elements : target.args;
      const to = target.kind === 'call' && target.callee.kind === 'pathExpr' ? b.facts.paths.get(target.callee.path.id) : undefined;
      const types = fieldTypes(b.queries, b.owner, type, to?.kind === 'constructor' ? to.variant : null);
      const rest = elements.findIndex(isRest);
      elements.forEach((e, i) => {
        if (isRest(e)) return;
        const at = rest >= 0 && i > rest ? types.length - (elements.length - i) : i;
        take(b, e, field(source, at, types[at] ?? type), types[at] ?? type, out);
      });
      return;
    }
    case 'struct': {
      const types = fieldTypes(b.queries, b.owner, type, null);
      for (const f of target.fields) {
        const at = b.facts.fields.get(f.id) ?? 0;
        take(b, f.value, field(source, at, types[at] ?? type), types[at] ?? type, out);
      }
      return;
    }
    case 'array': {
      const rest = target.elements.findIndex(isRest);
      target.elements.forEach((e, i) => {
        if (isRest(e)) return;
        const fromEnd = rest >= 0 && i > rest;
        let step: { kind: 'constantIndex'; offset: number; fromEnd: boolean } = { kind: 'constantIndex', offset: fromEnd ? target.elements.length - i : i, fromEnd };
        if (fromEnd && type.kind === 'array' && type.length.kind === 'const') step = { kind: 'constantIndex', offset: Number(type.length.value) - step.offset, fromEnd: false };
        take(b, e, project(source, step), elementType(type), out);
      });
      return;
    }
    default: {
      const held = newTemp(b, type, target.span);
      assign(b, local(held), { kind: 'use', operand: consume(b, source, type) }, target.span);
      scheduleValue(b, b.temps, held, target.span);
      out.push({ target, value: consume(b, local(held), type), type });
    }
  }
}

function isRest(e: Expr): boolean {
  return e.kind === 'range' && e.start === null && e.end === null;
}

function lowerCompound(b: Builder, statement: Statement & { kind: 'compound' }): void {
  const { span } = statement;
  const target = mirror(b, statement.target);
  const method = b.facts.callees.get(statement.id);
  if (method !== undefined) {
    const receiver: Term = target.kind === 'borrow' && adjustedType(b, statement.target) !== typeOf(b, statement.target.id)
      ? target
      : { kind: 'borrow', borrow: 'twoPhase', base: target, type: ref(target.type, true), span: target.span, node: target.node };
    discard(b, { kind: 'call', callee: fnTerm(method, span, statement.id), args: [receiver, mirror(b, statement.value)], calleeSpan: span, syntax: 'operator', type: UNIT, span, node: statement.id });
    return;
  }
  let value = mirror(b, statement.value);
  if (value.type.kind === 'ref') value = { kind: 'deref', base: value, type: value.type.inner, span: value.span, node: value.node };
  const right = operand(b, value);
  const place = b.lower.place(b, target, 'write');
  operate(b, place, arithmeticName(statement.op), { kind: 'copy', place }, right, target.type, span);
}
