/**
 * Lowers value terms: into a destination, into a temporary, as an operand. In: terms. Out: statements and terminators at the
 * builder's `current`. Evaluation is left to right: an operand that something later could change is read into a temporary.
 * Cost: linear in the term.
 */
import { BOOL, type Type } from '../types/type.ts';
import { assign, assignConstant, type Builder, blockOf, consume, constantOperand, diverge, inScope, isCopy, needsDrop, newBlock, newTemp, push, scheduleValue, terminate, unwind } from './builder.ts';
import { promote } from './build-promoted.ts';
import type { LocalId, Operand, Place, Rvalue } from './graph.ts';
import { isPlace, type Term } from './term.ts';
import { field, local } from './place.ts';
import { fieldTypes } from './queries.ts';

/** Evaluates `term` and stores it in `destination`, which is uninitialised. */
export function into(b: Builder, destination: Place, term: Term): void {
  const { span } = term;
  if (isPlace(term)) {
    assign(b, destination, { kind: 'use', operand: placeOperand(b, term) }, span);
    return;
  }
  switch (term.kind) {
    case 'constant': assignConstant(b, destination, term.constant, span); return;
    case 'control': b.lower.control(b, destination, term.expr, term.type); return;
    case 'logical': intoBool(b, destination, term); return;
    case 'call': intoCall(b, destination, term); return;
    case 'neverToAny':
      b.lower.discard(b, term.base);
      diverge(b, { kind: 'unreachable', span });
      return;
    case 'update': intoUpdate(b, destination, term); return;
    case 'ascribe':
      into(b, destination, term.base);
      push(b, { kind: 'ascribe', place: destination, written: term.written, span });
      return;
    case 'binary': case 'unary': {
      const checked = isChecked(term);
      if (checked !== null) { intoChecked(b, destination, term, checked); return; }
      assign(b, destination, rvalue(b, term), span);
      return;
    }
    default: assign(b, destination, rvalue(b, term), span);
  }
}

/** The value as an operand, read now. */
export function operand(b: Builder, term: Term): Operand {
  if (term.kind === 'constant') return constantOperand(term.constant);
  if (term.type.kind === 'never' && term.kind !== 'control') return { kind: 'move', place: local(temp(b, term)) };
  return { kind: isPlace(term) && isCopy(b, term.type) ? 'copy' : 'move', place: local(temp(b, term)) };
}

/** Operands of one operation, left to right; a place is read in place where nothing evaluated later could change it. */
export function operands(b: Builder, terms: readonly Term[]): Operand[] {
  const out: Operand[] = [];
  for (const [i, term] of terms.entries()) {
    if (isPlace(term) && isStill(term) && !lent(terms.slice(0, i), term) && terms.slice(i + 1).every(isQuiet)) out.push(placeOperand(b, term));
    else out.push(operand(b, term));
  }
  return out;
}

/** Is the variable lent to an earlier operand, or read through a reference that may look at what is lent: then it is read now, before the loan is used. */
function lent(before: readonly Term[], place: Term): boolean {
  const root = rootOf(place);
  return before.some(t => t.kind === 'borrow' && t.borrow !== 'shared' && (readsThrough(place) || rootOf(t.base) === root));
}

function readsThrough(term: Term): boolean {
  return term.kind === 'deref' ? term.base.type.kind === 'ref' || readsThrough(term.base) : term.kind === 'field' && readsThrough(term.base);
}

function rootOf(term: Term): number | null {
  switch (term.kind) {
    case 'local': return term.binding;
    case 'field': case 'deref': case 'index': return rootOf(term.base);
    default: return null;
  }
}

/** A place that reading costs nothing and cannot fail. */
function isStill(term: Term): boolean {
  switch (term.kind) {
    case 'local': return true;
    case 'field': return isStill(term.base);
    case 'deref': return term.base.type.kind !== 'ptr' && isStill(term.base);
    default: return false;
  }
}

/** Evaluating it changes nothing and cannot jump. */
function isQuiet(term: Term): boolean {
  switch (term.kind) {
    case 'constant': return true;
    case 'binary': return isQuiet(term.left) && isQuiet(term.right);
    case 'unary': case 'cast': return isQuiet(term.base);
    case 'borrow': return term.borrow === 'shared' && isStill(term.base);
    case 'aggregate': return term.parts.every(p => isQuiet(p) && (!isPlace(p)));
    default: return isStill(term);
  }
}

export function placeOperand(b: Builder, term: Term): Operand {
  const place = b.lower.place(b, term, 'read');
  return consume(b, place, term.type, term.span);
}

/** A temporary that holds the value, dropped at the end of its statement (or later, where it is extended). */
export function temp(b: Builder, term: Term): LocalId {
  const scope = b.extended.get(term.node) ?? b.temps;
  const id = newTemp(b, term.type, term.span, scope);
  into(b, local(id), term);
  if (scope !== 'forever') scheduleValue(b, scope, id, term.span);
  return id;
}

/** Evaluates for effect; the value is dropped with its statement. */
export function discard(b: Builder, term: Term): void {
  if (term.kind === 'neverToAny') { discard(b, term.base); return; }
  temp(b, term);
}

// ---------------------------------------------------------------- rvalues

export function rvalue(b: Builder, term: Term): Rvalue {
  switch (term.kind) {
    case 'borrow': return borrowValue(b, term);
    case 'rawBorrow': return { kind: 'rawBorrow', mutable: term.mutable, place: b.lower.place(b, term.base, 'address') };
    case 'binary': {
      if (isChecked(term) !== null) break;
      const pointer = pointerOp(term);
      const [left, right] = operands(b, [term.left, term.right]);
      if (left === undefined || right === undefined) break;
      return pointer === null ? { kind: 'binary', op: term.op, left, right } : { kind: 'pointer', op: pointer, left, right };
    }
    case 'unary': {
      if (isChecked(term) !== null) break;
      const [value] = operands(b, [term.base]);
      if (value === undefined) break;
      return { kind: 'unary', op: term.op, operand: value };
    }
    case 'cast': {
      const [value] = operands(b, [term.base]);
      if (value === undefined) break;
      return { kind: 'cast', cast: term.cast, operand: value, type: term.type };
    }
    case 'aggregate': return { kind: 'aggregate', of: term.of, type: term.type, operands: operands(b, term.parts) };
    case 'repeat': {
      const [value] = operands(b, [term.base]);
      if (value === undefined) break;
      if (value.kind === 'move' && term.length.kind === 'const' && term.length.value === 0n && term.type.kind === 'array') {
        // Nothing takes the value: it goes at once.
        inScope(b, () => { dropNow(b, value, term.base); });
        return { kind: 'aggregate', of: { kind: 'array', element: term.type.element }, type: term.type, operands: [] };
      }
      return { kind: 'repeat', operand: value, length: term.length, type: term.type };
    }
    default: break;
  }
  return { kind: 'use', operand: operand(b, term) };
}

function dropNow(b: Builder, value: Operand, term: Term): void {
  const scope = b.scopes[b.scopes.length - 1] ?? b.temps;
  const id = newTemp(b, term.type, term.span, scope);
  assign(b, local(id), { kind: 'use', operand: value }, term.span);
  scheduleValue(b, scope, id, term.span);
}

function borrowValue(b: Builder, term: Term & { kind: 'borrow' }): Rvalue {
  const promoted = promote(b, term);
  if (promoted !== null) return { kind: 'use', operand: constantOperand(promoted) };
  return { kind: 'borrow', borrow: term.borrow, place: b.lower.place(b, term.base, 'borrow'), ...(term.use === undefined ? {} : { use: term.use }) };
}

function pointerOp(term: Term & { kind: 'binary' }): 'add' | 'sub' | 'difference' | null {
  if (term.left.type.kind !== 'ptr' || (term.op !== 'add' && term.op !== 'sub')) return null;
  if (term.right.type.kind === 'ptr') return 'difference';
  return term.op;
}

type CheckedOp = 'add' | 'sub' | 'mul' | 'div' | 'rem' | 'shl' | 'shr' | 'neg';

/** The operation when it may panic. */
function isChecked(term: Term): CheckedOp | null {
  if (term.kind === 'unary') return term.op === 'neg' && term.type.kind === 'int' ? 'neg' : null;
  if (term.kind !== 'binary' || term.left.type.kind !== 'int') return null;
  switch (term.op) {
    case 'add': case 'sub': case 'mul': case 'div': case 'rem': case 'shl': case 'shr': return term.op;
    default: return null;
  }
}

function intoChecked(b: Builder, destination: Place, term: Term, op: CheckedOp): void {
  const parts = term.kind === 'binary' ? operands(b, [term.left, term.right]) : term.kind === 'unary' ? operands(b, [term.base]) : [];
  const [left, right] = parts;
  if (left === undefined) return;
  checked(b, destination, op, left, right ?? null, term.span);
}

export function checked(b: Builder, destination: Place, op: CheckedOp, left: Operand, right: Operand | null, span: Term['span']): void {
  const next = newBlock(b);
  terminate(b, { kind: 'checked', op, left, right, destination, target: next, unwind: unwind(b), span });
  b.current = next;
}

/** A built-in binary operation on operands, into `destination` (compound assignment). */
export function operate(b: Builder, destination: Place, op: Extract<Term, { kind: 'binary' }>['op'], left: Operand, right: Operand, type: Type, span: Term['span']): void {
  if (type.kind === 'int' && (op === 'add' || op === 'sub' || op === 'mul' || op === 'div' || op === 'rem' || op === 'shl' || op === 'shr')) { checked(b, destination, op, left, right, span); return; }
  if (type.kind === 'ptr' && (op === 'add' || op === 'sub')) { assign(b, destination, { kind: 'pointer', op, left, right }, span); return; }
  assign(b, destination, { kind: 'binary', op, left, right }, span);
}

// ---------------------------------------------------------------- calls

function intoCall(b: Builder, destination: Place, term: Term & { kind: 'call' }): void {
  let callee: Operand;
  let args: Operand[];
  if (term.callee.kind === 'constant') {
    callee = constantOperand(term.callee.constant);
    args = operands(b, term.args);
  } else {
    const [first, ...rest] = operands(b, [term.callee, ...term.args]);
    if (first === undefined) return;
    callee = first;
    args = rest;
  }
  call(b, destination, callee, args, term.type, term);
}

/** A call on operands. A result of type `!` ends the path. */
export function call(b: Builder, destination: Place, callee: Operand, args: readonly Operand[], result: Type, at: { readonly span: Term['span']; readonly calleeSpan: Term['span']; readonly syntax: Extract<Term, { kind: 'call' }>['syntax'] }): void {
  const never = result.kind === 'never';
  const after = unwind(b);
  const next = newBlock(b);
  terminate(b, { kind: 'call', callee, args, destination, target: never ? null : next, unwind: after, calleeSpan: at.calleeSpan, syntax: at.syntax, span: at.span });
  b.current = next;
}

// ---------------------------------------------------------------- booleans

/** `and`, `or`, `is` as a value. */
function intoBool(b: Builder, destination: Place, term: Term & { kind: 'logical' }): void {
  const { span } = term;
  const end = newBlock(b);
  const no = newBlock(b);
  b.lower.condition(b, term.expr, () => {
    terminate(b, { kind: 'goto', target: no, span });
  });
  assignConstant(b, destination, { kind: 'int', value: 1n, type: BOOL }, span);
  terminate(b, { kind: 'goto', target: end, span });
  b.current = no;
  assignConstant(b, destination, { kind: 'int', value: 0n, type: BOOL }, span);
  terminate(b, { kind: 'goto', target: end, span });
  b.current = end;
}

// ---------------------------------------------------------------- struct update

/** `S { c: x, ..base }`, and fields out of order: evaluated as written, stored as declared. */
function intoUpdate(b: Builder, destination: Place, term: Term & { kind: 'update' }): void {
  const given = term.order.flatMap(i => term.fields.get(i) ?? []);
  const values = operands(b, given);
  const byIndex = new Map<number, Operand>();
  term.order.forEach((at, i) => {
    const value = values[i];
    if (value !== undefined) byIndex.set(at, value);
  });
  if (byIndex.size < term.count && term.base.type.kind === 'adt') {
    const base = b.lower.place(b, term.base, 'read');
    const types = fieldsOf(b, term);
    for (let i = 0; i < term.count; i++) {
      const type = types[i];
      if (type !== undefined && !byIndex.has(i)) byIndex.set(i, consume(b, field(base, i, type), type));
    }
  }
  const all: Operand[] = [];
  for (let i = 0; i < term.count; i++) {
    const value = byIndex.get(i);
    if (value !== undefined) all.push(value);
  }
  assign(b, destination, { kind: 'aggregate', of: { kind: 'adt', variant: term.variant }, type: term.type, operands: all }, term.span);
}

function fieldsOf(b: Builder, term: Term & { kind: 'update' }): readonly Type[] {
  return fieldTypes(b.queries, b.owner, term.base.type, term.variant);
}

// ---------------------------------------------------------------- assignment

/** `place = value`, dropping the old value. */
export function assignTerm(b: Builder, target: Term, value: Term, span: Term['span']): void {
  if (needsDrop(b, target.type) || !isSimple(value)) {
    const source = operand(b, value);
    const place = b.lower.place(b, target, 'write');
    store(b, place, source, target.type, span);
    return;
  }
  const source = rvalue(b, value);
  const place = b.lower.place(b, target, 'write');
  assign(b, place, source, span);
}

/** Overwrites an initialised place (or initialises it): the old value is dropped where there is one. */
export function store(b: Builder, place: Place, value: Operand, type: Type, span: Term['span']): void {
  if (!needsDrop(b, type)) { assign(b, place, { kind: 'use', operand: value }, span); return; }
  const next = newBlock(b);
  const clean = unwind(b);
  // When the old value's destructor panics, the new value is stored all the same, and dropped by the chain.
  let onPanic = clean;
  if (!b.cleanup) {
    const chain = clean;
    const block = newBlock(b, true);
    blockOf(b, block).statements.push({ kind: 'assign', place, value: { kind: 'use', operand: value }, span });
    blockOf(b, block).terminator = chain === null ? { kind: 'resume', span } : { kind: 'goto', target: chain, span };
    onPanic = block;
  }
  terminate(b, { kind: 'drop', place, target: next, unwind: onPanic, replace: true, span });
  b.current = next;
  assign(b, place, { kind: 'use', operand: value }, span);
}

/** Its value is made by one rvalue whose operands cannot be the target half written. */
function isSimple(term: Term): boolean {
  switch (term.kind) {
    case 'constant': case 'local': case 'field': case 'cast': case 'borrow': case 'rawBorrow': return true;
    case 'deref': return term.base.type.kind !== 'ptr';
    case 'binary': case 'unary': return isChecked(term) === null;
    default: return false;
  }
}
