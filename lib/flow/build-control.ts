/**
 * Lowers control flow: `if`, conditions with `and`, `or`, `let` and `is`, loops, jumps, `?`. In: tree expressions. Out: blocks.
 * Invariant: a condition's temporaries end before its branch begins, those of an `if let`'s scrutinee before `else` (Rust 2024).
 * `for` over a built-in integer range is a counted loop without calls.
 */
import type { Span } from '../text/span.ts';
import type { Expr } from '../syntax/tree.ts';
import { BOOL, type DefId, intern, ISIZE, NEVER, ref, type Type, UNIT } from '../types/type.ts';
import { assign, assignUnit, type Builder, consume, constantOperand, diverge, goto, inScope, leave, newBlock, newLocal, newTemp, push, scheduleValue, tempOf, terminate, unwind, blockOf } from './builder.ts';
import { lowerAssign, lowerStatement } from './build-block.ts';
import { bindIrrefutable, branch, declare, lowerMatch, refutable, testOnly } from './build-match.ts';
import { call, discard, into, operand } from './build-value.ts';
import type { BlockId, LocalId, Operand, Place } from './graph.ts';
import { adjustedType, mirror, typeOf } from './mirror.ts';
import { field, local, project, RESULT } from './place.ts';
import { variantIndex } from './queries.ts';

export function lowerControl(b: Builder, destination: Place, expr: Expr, type: Type): void {
  const { span } = expr;
  switch (expr.kind) {
    case 'do': lowerDo(b, destination, expr, type); return;
    case 'unsafe':
      b.trusted++;
      b.lower.block(b, destination, expr.body, type);
      b.trusted--;
      return;
    case 'if': lowerIf(b, destination, expr, type); return;
    case 'match': lowerMatch(b, destination, expr, mirror(b, expr.value), type); return;
    case 'while': lowerWhile(b, destination, expr); return;
    case 'loop': lowerLoop(b, destination, expr); return;
    case 'for': lowerFor(b, destination, expr); return;
    case 'return': {
      if (expr.value === null) assignUnit(b, local(RESULT), span);
      else intoResult(b, expr.value);
      leave(b, 0);
      diverge(b, { kind: 'goto', target: b.returnBlock, span });
      return;
    }
    case 'break': case 'continue': lowerJump(b, expr); return;
    case 'try': lowerTry(b, destination, expr); return;
    case 'closure': b.lower.closure(b, destination, expr); return;
    case 'call': b.lower.format(b, destination, expr, type); return;
    case 'assignExpr':
      lowerInlineStatement(b, expr);
      assignUnit(b, destination, span);
      return;
    case 'underscore': case 'typeExpr': case 'namedArg': case 'error':
      terminate(b, { kind: 'unreachable', span });
      b.current = newBlock(b);
      return;
    default: into(b, destination, mirror(b, expr));
  }
}

function lowerInlineStatement(b: Builder, expr: Expr & { kind: 'assignExpr' }): void {
  const { statement } = expr;
  if (statement.kind === 'assign') lowerAssign(b, statement.target, statement.value, statement.span);
  else lowerStatement(b, statement);
}

/** A `return`'s value (`()` is expected and another type given: it is dropped). */
function intoResult(b: Builder, value: Expr): void {
  const term = mirror(b, value);
  const wanted = b.locals[RESULT]?.type ?? UNIT;
  if (wanted === UNIT && term.type !== UNIT && term.type.kind !== 'never') { discard(b, term); assignUnit(b, local(RESULT), value.span); } else into(b, local(RESULT), term);
}

function lowerDo(b: Builder, destination: Place, expr: Expr & { kind: 'do' }, type: Type): void {
  if (expr.label === null) { b.lower.block(b, destination, expr.body, type); return; }
  const exit = newBlock(b);
  b.breakables.push({ label: expr.label.text, isLoop: false, exit, next: null, destination, depth: b.scopes.length });
  b.lower.block(b, destination, expr.body, type);
  b.breakables.pop();
  goto(b, exit, expr.span);
  b.current = exit;
}

// ---------------------------------------------------------------- conditions

/** Goes on where the condition holds; `onFalse` ends the block where it does not (all scopes of the condition are open there). */
export function lowerCondition(b: Builder, expr: Expr, onFalse: () => void): void {
  const { span } = expr;
  switch (expr.kind) {
    case 'paren':
      if ((b.facts.adjustments.get(expr.id)?.length ?? 0) === 0) { lowerCondition(b, expr.inner, onFalse); return; }
      break;
    case 'logical': {
      if (expr.op === 'and') {
        lowerCondition(b, expr.left, onFalse);
        lowerCondition(b, expr.right, onFalse);
        return;
      }
      // `a or b`: where a fails, b is tried.
      const yes = newBlock(b);
      const second = newBlock(b);
      inScope(b, () => {
        const depth = b.scopes.length - 1;
        lowerCondition(b, expr.left, () => { leave(b, depth); goto(b, second, span); });
      });
      goto(b, yes, span);
      b.current = second;
      lowerCondition(b, expr.right, onFalse);
      goto(b, yes, span);
      b.current = yes;
      return;
    }
    case 'unary':
      if (expr.op === 'not' && !b.facts.callees.has(expr.id) && typeOf(b, expr.operand.id) === BOOL) {
        const no = newBlock(b);
        inScope(b, () => {
          const depth = b.scopes.length - 1;
          lowerCondition(b, expr.operand, () => { leave(b, depth); goto(b, no, span); });
        });
        onFalse();
        b.current = no;
        return;
      }
      break;
    case 'letCondition': {
      const place = b.lower.place(b, mirror(b, expr.value), 'read');
      push(b, { kind: 'fakeRead', place, why: 'match', span: expr.value.span });
      const ids = declare(b, expr.pattern, null, expr.value.span);
      refutable(b, expr.pattern, place, ids, b.temps, onFalse, expr.value.span);
      return;
    }
    case 'is':
      inScopeUntil(b, onFalse, fail => {
        const place = b.lower.place(b, mirror(b, expr.value), 'read');
        push(b, { kind: 'fakeRead', place, why: 'match', span: expr.value.span });
        testOnly(b, expr.pattern, place, fail, expr.value.span);
      });
      return;
    default: break;
  }
  // A plain value: its temporaries end before either branch.
  const flag = newTemp(b, BOOL, span);
  inScope(b, () => into(b, local(flag), mirror(b, expr)));
  const yes = newBlock(b);
  const no = newBlock(b);
  branch(b, flag, yes, no, span);
  b.current = no;
  onFalse();
  b.current = yes;
}

/** A scope that is left on both ways out. */
function inScopeUntil(b: Builder, onFalse: () => void, body: (fail: () => void) => void): void {
  const no = newBlock(b);
  let used = false;
  inScope(b, () => {
    const depth = b.scopes.length - 1;
    body(() => { used = true; leave(b, depth); goto(b, no, blockOf(b, b.current).terminator.span); });
  });
  if (!used) return;
  const yes = b.current;
  b.current = no;
  onFalse();
  b.current = yes;
}

function lowerIf(b: Builder, destination: Place, expr: Expr & { kind: 'if' }, type: Type): void {
  const { span } = expr;
  const otherwise = newBlock(b);
  const end = newBlock(b);
  inScope(b, () => {
    const depth = b.scopes.length - 1;
    lowerCondition(b, expr.condition, () => { leave(b, depth); goto(b, otherwise, expr.condition.span); });
    b.lower.block(b, destination, expr.then, type);
  });
  goto(b, end, span);
  b.current = otherwise;
  if (expr.otherwise === null) assignUnit(b, destination, span);
  else if (expr.otherwise.kind === 'block') b.lower.block(b, destination, expr.otherwise, type);
  else {
    const inner = mirror(b, expr.otherwise);
    into(b, destination, inner);
  }
  goto(b, end, span);
  b.current = end;
}

// ---------------------------------------------------------------- loops

function loopHead(b: Builder, expr: Expr): { head: BlockId; exit: BlockId } {
  const head = newBlock(b);
  goto(b, head, expr.span);
  b.current = head;
  const body = newBlock(b);
  const exit = newBlock(b);
  terminate(b, { kind: 'falseUnwind', real: body, unwind: unwind(b), span: expr.span });
  b.current = body;
  return { head, exit };
}

function unitBlock(b: Builder, body: Parameters<Builder['lower']['block']>[2]): void {
  const sink = newLocal(b, UNIT, body.span);
  b.lower.block(b, local(sink), body, UNIT);
}

function lowerLoop(b: Builder, destination: Place, expr: Expr & { kind: 'loop' }): void {
  const { head, exit } = loopHead(b, expr);
  b.breakables.push({ label: expr.label?.text ?? null, isLoop: true, exit, next: head, destination, depth: b.scopes.length });
  unitBlock(b, expr.body);
  b.breakables.pop();
  goto(b, head, expr.span);
  b.current = exit;
}

function lowerWhile(b: Builder, destination: Place, expr: Expr & { kind: 'while' }): void {
  const { head, exit } = loopHead(b, expr);
  const done = newBlock(b);
  b.breakables.push({ label: expr.label?.text ?? null, isLoop: true, exit, next: head, destination, depth: b.scopes.length });
  inScope(b, () => {
    const depth = b.scopes.length - 1;
    push(b, { kind: 'mark', span: expr.condition.span });
    lowerCondition(b, expr.condition, () => { leave(b, depth); goto(b, done, expr.condition.span); });
    unitBlock(b, expr.body);
  });
  b.breakables.pop();
  goto(b, head, expr.span);
  b.current = done;
  assignUnit(b, destination, expr.span);
  goto(b, exit, expr.span);
  b.current = exit;
}

function lowerJump(b: Builder, expr: Expr & { kind: 'break' | 'continue' }): void {
  const { span } = expr;
  const label = expr.label?.text ?? null;
  const target = b.breakables.findLast(t => (label === null ? t.isLoop : t.label === label));
  if (target === undefined) { diverge(b, { kind: 'unreachable', span }); return; }
  if (expr.kind === 'break') {
    if (expr.value === null) assignUnit(b, target.destination, span);
    else into(b, target.destination, mirror(b, expr.value));
  }
  const to = expr.kind === 'break' ? target.exit : target.next;
  leave(b, target.depth);
  diverge(b, { kind: 'goto', target: to ?? target.exit, span });
}

function stripParens(expr: Expr): Expr {
  let out = expr;
  while (out.kind === 'paren') out = out.inner;
  return out;
}

function lowerFor(b: Builder, destination: Place, expr: Expr & { kind: 'for' }): void {
  const facts = b.facts.loops.get(expr.id);
  const iterable = stripParens(expr.iterable);
  const item = facts?.item ?? UNIT;
  if (facts === undefined) { diverge(b, { kind: 'unreachable', span: expr.span }); return; }
  if (iterable.kind === 'range' && isCountable(iterable, item) && !inConstFn(b, expr.span)) {
    lowerCounted(b, destination, expr, iterable, item);
    return;
  }
  const { span } = expr;
  const syntax = { span: expr.iterable.span, calleeSpan: expr.iterable.span, syntax: 'for' as const };
  inScope(b, () => {
    // match IntoIterator::into_iter(iterable): mut iter → loop: match Iterator::next(&mut iter): …
    const source = operand(b, mirror(b, expr.iterable));
    const iter = newTemp(b, facts.iterator, expr.iterable.span);
    call(b, local(iter), fnOperand(facts.intoIter), [source], facts.iterator, syntax);
    scheduleValue(b, b.temps, iter, expr.iterable.span);
    const { head, exit } = loopHead(b, expr);
    b.breakables.push({ label: expr.label?.text ?? null, isLoop: true, exit, next: head, destination, depth: b.scopes.length });
    const option = optionOf(b, item);
    const done = newBlock(b);
    inScope(b, () => {
      push(b, { kind: 'mark', span: expr.pattern.span });
      const view = tempOf(b, ref(facts.iterator, true), { kind: 'borrow', borrow: 'mut', place: local(iter) }, expr.iterable.span);
      const next = newTemp(b, option, expr.iterable.span);
      call(b, local(next), fnOperand(facts.next), [{ kind: 'move', place: local(view) }], option, syntax);
      scheduleValue(b, b.temps, next, expr.iterable.span);
      const depth = b.scopes.length - 1;
      const some = switchVariant(b, local(next), option, 'Some', span, () => { leave(b, depth); goto(b, done, span); });
      const inner = field(project(local(next), { kind: 'variant', index: some }), 0, item);
      inScope(b, () => {
        const ids = declare(b, expr.pattern, null);
        bindIrrefutable(b, expr.pattern, inner, ids, b.temps);
        unitBlock(b, expr.body);
      });
    });
    goto(b, head, span);
    b.breakables.pop();
    b.current = done;
    assignUnit(b, destination, span);
    goto(b, exit, span);
    b.current = exit;
  });
}

/** There a loop is a call that may not be made: it is built as one. */
function inConstFn(b: Builder, span: Span): boolean {
  const d = b.queries.definitions.byId.get(b.owner);
  return d?.kind === 'fn' && d.isConst && !b.queries.isLibrary(span);
}

function isCountable(iterable: Expr, item: Type): boolean {
  return iterable.kind === 'range' && iterable.start !== null && iterable.end !== null && item.kind === 'int';
}

/** `for i in a..b` and `a..=b` over integers: a counter, a comparison and an addition that cannot overflow. */
function lowerCounted(b: Builder, destination: Place, expr: Expr & { kind: 'for' }, range: Expr & { kind: 'range' }, item: Type): void {
  const { span } = expr;
  if (range.start === null || range.end === null) return;
  const start = mirror(b, range.start);
  const end = mirror(b, range.end);
  const one = constantOperand({ kind: 'int', value: 1n, type: item });
  inScope(b, () => {
    const next = newTemp(b, item, range.span);
    into(b, local(next), start);
    let limit: Operand;
    if (end.kind === 'constant') limit = constantOperand(end.constant);
    else {
      const held = newTemp(b, item, range.span);
      into(b, local(held), end);
      limit = { kind: 'copy', place: local(held) };
    }
    const step = range.inclusive ? newBlock(b) : null;
    const { head, exit } = loopHead(b, expr);
    const done = newBlock(b);
    const body = newBlock(b);
    const ok = newLocal(b, BOOL, span);
    assign(b, local(ok), { kind: 'binary', op: range.inclusive ? 'le' : 'lt', left: { kind: 'copy', place: local(next) }, right: limit }, range.span);
    branch(b, ok, body, done, range.span);
    b.current = body;
    b.breakables.push({ label: expr.label?.text ?? null, isLoop: true, exit, next: step ?? head, destination, depth: b.scopes.length });
    inScope(b, () => {
      push(b, { kind: 'mark', span: expr.pattern.span });
      let source: LocalId = next;
      if (!range.inclusive) {
        // The counter moves on before the body, so that `continue` needs no block of its own.
        source = tempOf(b, item, { kind: 'use', operand: { kind: 'copy', place: local(next) } }, expr.pattern.span);
        assign(b, local(next), { kind: 'binary', op: 'add', left: { kind: 'copy', place: local(next) }, right: one }, range.span);
      }
      const ids = declare(b, expr.pattern, null);
      bindIrrefutable(b, expr.pattern, local(source), ids, b.temps);
      unitBlock(b, expr.body);
    });
    b.breakables.pop();
    if (step === null) goto(b, head, span);
    else {
      goto(b, step, span);
      b.current = step;
      const last = newLocal(b, BOOL, span);
      assign(b, local(last), { kind: 'binary', op: 'eq', left: { kind: 'copy', place: local(next) }, right: limit }, range.span);
      const more = newBlock(b);
      branch(b, last, done, more, range.span);
      b.current = more;
      assign(b, local(next), { kind: 'binary', op: 'add', left: { kind: 'copy', place: local(next) }, right: one }, range.span);
      goto(b, head, span);
    }
    b.current = done;
    assignUnit(b, destination, span);
    goto(b, exit, span);
    b.current = exit;
  });
}

function fnOperand(callee: { readonly def: DefId; readonly args: readonly Type[] }): Operand {
  return constantOperand({ kind: 'zero', type: intern({ kind: 'fnDef', def: callee.def, args: callee.args }) });
}

function optionOf(b: Builder, inner: Type): Type {
  const def = b.queries.definitions.lang.get('Option');
  if (def === undefined) throw new Error('the library has no @lang("Option")');
  return intern({ kind: 'adt', def, args: [inner] });
}

/** Goes on where the place is of variant `name` (whose index it gives); `other` ends the block where it is not. */
function switchVariant(b: Builder, place: Place, type: Type, name: string, span: Expr['span'], other: () => void): number {
  if (type.kind !== 'adt') throw new Error('no enum');
  const index = variantIndex(b.queries.definitions, type.def, name);
  const found = b.queries.definitions.byId.get(type.def);
  const value = found?.kind === 'enum' ? (found.variants[index]?.discriminant ?? BigInt(index)) : BigInt(index);
  const tag = tempOf(b, ISIZE, { kind: 'discriminant', place, type: ISIZE }, span);
  const yes = newBlock(b);
  const no = newBlock(b);
  terminate(b, { kind: 'switch', operand: { kind: 'move', place: local(tag) }, type: ISIZE, values: [value], targets: [yes], otherwise: no, span });
  b.current = no;
  other();
  b.current = yes;
  return index;
}

// ---------------------------------------------------------------- ?

function lowerTry(b: Builder, destination: Place, expr: Expr & { kind: 'try' }): void {
  const facts = b.facts.tries.get(expr.id);
  const { span } = expr;
  if (facts === undefined) { diverge(b, { kind: 'unreachable', span }); return; }
  const term = mirror(b, expr.value);
  const type = adjustedType(b, expr.value);
  const held = b.lower.temp(b, term);
  const isOption = facts.of === 'option';
  const good = switchVariant(b, local(held), type, isOption ? 'Some' : 'Ok', span, () => {
    const returns = facts.returns;
    if (returns.kind !== 'adt') throw new Error('`?` returns no enum');
    const bad = variantIndex(b.queries.definitions, returns.def, isOption ? 'None' : 'Err');
    let parts: Operand[] = [];
    if (!isOption) {
      const errors = type.kind === 'adt' ? (type.args[1] ?? NEVER) : NEVER;
      const from = variantIndex(b.queries.definitions, type.kind === 'adt' ? type.def : returns.def, 'Err');
      const inner = field(project(local(held), { kind: 'variant', index: from }), 0, errors);
      const wanted = returns.args[1] ?? errors;
      if (facts.from === null || wanted === errors) parts = [consume(b, inner, errors)];
      else {
        const converted = newTemp(b, wanted, span);
        call(b, local(converted), fnOperand(facts.from), [consume(b, inner, errors)], wanted, { span, calleeSpan: span, syntax: 'operator' });
        scheduleValue(b, b.temps, converted, span);
        parts = [consume(b, local(converted), wanted)];
      }
    }
    assign(b, local(RESULT), { kind: 'aggregate', of: { kind: 'adt', variant: bad }, type: returns, operands: parts }, span);
    leave(b, 0);
    terminate(b, { kind: 'goto', target: b.returnBlock, span });
  });
  const inner = field(project(local(held), { kind: 'variant', index: good }), 0, facts.output);
  assign(b, destination, { kind: 'use', operand: consume(b, inner, facts.output) }, span);
}
