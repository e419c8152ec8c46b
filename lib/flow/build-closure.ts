/**
 * Lowers a closure expression: its captures become the fields of an aggregate, its body a graph of its own. In: the closure and
 * its facts. Out: one assignment here, one graph in `children`.
 */
import type { Expr } from '../syntax/tree.ts';
import type { Capture, ClosureFacts } from '../types/facts.ts';
import { eraseRegions, ref, type Type } from '../types/type.ts';
import { assign, type Builder, consume } from './builder.ts';
import type { Operand, Place } from './graph.ts';
import type { Term } from './term.ts';

/** What the closure stores for a capture. */
export function storedType(capture: Capture): Type {
  const type = eraseRegions(capture.type);
  return capture.mode === 'move' ? type : ref(type, capture.mode !== 'ref');
}

export function lowerClosure(b: Builder, destination: Place, expr: Expr & { kind: 'closure' }, build: (b: Builder, facts: ClosureFacts, expr: Expr & { kind: 'closure' }) => void): void {
  const facts = b.facts.closures.get(expr.id);
  if (facts === undefined) throw new Error(`no facts for a closure of ${b.owner}`);
  const operands = facts.captures.map(c => captureOperand(b, c, expr));
  assign(b, destination, { kind: 'aggregate', of: { kind: 'closure' }, type: facts.type, operands }, expr.head);
  if (!b.closures.some(c => c.def === facts.def)) {
    b.closures.push({ def: facts.def, kind: facts.kind, captures: facts.captures.map(storedType), params: facts.signature.params.map(eraseRegions), result: eraseRegions(facts.signature.result) });
    build(b, facts, expr);
  }
}

function captureOperand(b: Builder, capture: Capture, expr: Expr & { kind: 'closure' }): Operand {
  const span = expr.head;
  let term: Term = { kind: 'local', binding: capture.binding, type: b.facts.bindings.get(capture.binding)?.type ?? capture.type, span, node: expr.id };
  for (const s of capture.projection) {
    term = s.kind === 'deref' ? { kind: 'deref', base: term, type: s.type, span, node: expr.id } : { kind: 'field', base: term, index: s.index, type: s.type, span, node: expr.id };
  }
  const place = b.lower.place(b, term, capture.mode === 'move' ? 'read' : 'borrow');
  if (capture.mode === 'move') return consume(b, place, term.type);
  // A variable that is not `mut` is lent uniquely: whether its content may be changed is the closure's own question.
  const borrow = capture.mode === 'ref' ? 'shared' : (b.locals[place.local]?.mutable ?? false) ? 'mut' : 'unique';
  const held = b.lower.temp(b, { kind: 'borrow', borrow, base: term, ...(capture.at === null ? {} : { use: capture.at }), type: storedType(capture), span, node: expr.id });
  return { kind: 'move', place: { local: held, projection: [] } };
}

