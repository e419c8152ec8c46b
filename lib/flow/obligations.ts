/**
 * Obligations that are refuted whatever happens: an index that is a constant out of a constant length (E2001), an access through a
 * pointer that is always null (E2002). In: a graph as built. Out: problems. A local is a constant when it is assigned once, with a
 * constant, never compared, and never lent; paths and values that only flow could tell are left to the guards. Cost: linear.
 */
import { problem, type Problem } from '../report/problem.ts';
import type { Constant, Graph, LocalId, Operand, Place } from './graph.ts';
import { successors } from './simplify.ts';

export function checkObligations(graph: Graph): Problem[] {
  const constants = constantLocals(graph);
  const value = (operand: Operand): Constant | null => {
    if (operand.kind === 'constant') return operand.constant;
    return operand.place.projection.length === 0 ? (constants.get(operand.place.local) ?? null) : null;
  };
  const problems: Problem[] = [];
  for (const id of reachable(graph)) {
    const end = graph.blocks[id]?.terminator;
    if (end?.kind === 'bounds') {
      const index = value(end.index);
      const length = value(end.length);
      if (index?.kind === 'int' && length?.kind === 'int' && index.value >= length.value) {
        problems.push(problem('E2001', end.span, { index: String(index.value), length: String(length.value) }, { label: `the length is ${length.value}, the index is ${index.value}` }));
      }
    } else if (end?.kind === 'guard' && end.verdict === 'guarded' && value(end.pointer)?.kind === 'null') {
      problems.push(problem('E2002', end.span, {}, { label: 'the pointer is null here, always' }));
    }
  }
  return problems;
}

/** Locals that hold one constant from their only assignment on. */
function constantLocals(graph: Graph): Map<LocalId, Constant> {
  const found = new Map<LocalId, Constant>();
  const spoiled = new Set<LocalId>();
  const copies: [LocalId, LocalId][] = [];
  const written = (place: Place, constant: Constant | null): void => {
    if (place.projection.length > 0) {
      if (place.projection[0]?.kind !== 'deref') spoiled.add(place.local);
    } else if (constant === null || found.has(place.local)) spoiled.add(place.local);
    else found.set(place.local, constant);
  };
  for (let id = 1; id <= graph.params; id++) spoiled.add(id as LocalId);
  for (const block of graph.blocks) {
    for (const statement of block.statements) {
      if (statement.kind !== 'assign') continue;
      const { value } = statement;
      // What is compared decides a path: whether that path can be taken is not for this analysis to say.
      if (value.kind === 'binary') for (const side of [value.left, value.right]) if (side.kind !== 'constant' && side.place.projection.length === 0) spoiled.add(side.place.local);
      if (value.kind === 'use' && value.operand.kind !== 'constant' && value.operand.place.projection.length === 0) copies.push([value.operand.place.local, statement.place.local]);
      written(statement.place, value.kind === 'use' && value.operand.kind === 'constant' ? value.operand.constant : null);
      if (value.kind === 'borrow' || value.kind === 'rawBorrow') if (value.place.projection[0]?.kind !== 'deref') spoiled.add(value.place.local);
    }
    const end = block.terminator;
    if (end.kind === 'call' || end.kind === 'checked') written(end.destination, null);
  }
  // A copy that is compared, or lent, tells of its original too.
  for (const [from, to] of copies.reverse()) if (spoiled.has(to)) spoiled.add(from);
  for (const id of spoiled) found.delete(id);
  return found;
}

function reachable(graph: Graph): Set<number> {
  const seen = new Set<number>([0]);
  for (const id of seen) {
    const end = graph.blocks[id]?.terminator;
    if (end !== undefined) for (const next of successors(end)) seen.add(next);
  }
  return seen;
}
