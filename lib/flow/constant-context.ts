/**
 * What constants, statics and `const fn`s may do: they call only what is `const` (E0015), and
 * leave no destructor to run (E0493), and lend for ever nothing that may change (E0492, E0764). In: a body's own graph, as built. Out: problems, one a place. Cost: one pass over the calls.
 */
import { type Problem, problem } from '../report/problem.ts';
import type { Definition } from '../types/definition.ts';
import type { Graph, Terminator } from './graph.ts';
import type { TypeQueries } from './queries.ts';

/** Format functions that may stand in a constant: they end its evaluation. */
const ENDS = new Set(['panic_fmt', 'panic_str', 'assert_failed']);

export function checkConstantContext(graph: Graph, queries: TypeQueries): Problem[] {
  const where = contextOf(graph, queries);
  if (where === null) return [];
  const problems: Problem[] = [];
  const said = new Set<number>();
  const ends = graph.blocks.some(b => b.terminator.kind === 'call' && isEnd(queries, b.terminator));
  for (const block of graph.blocks) {
    const t = block.terminator;
    if (t.kind !== 'call' || block.cleanup || said.has(t.span.start)) continue;
    if (t.syntax === 'format' && (ends || isEnd(queries, t))) continue;
    const callee = calleeOf(queries, t);
    if (callee === null || callee.kind !== 'fn' || callee.isConst || 'intrinsic' in callee.attributes) continue;
    said.add(t.span.start);
    const label = t.syntax === 'for' ? '`for` calls `Iterator::next`, which is not `const`' : t.syntax === 'operator' ? 'this operator is not `const`' : 'only a `const fn` may be called here';
    problems.push(problem('E0015', t.syntax === 'format' ? t.calleeSpan : t.span, { name: callee.name, where }, { label }));
  }
  problems.push(...lentForEver(graph, queries));
  return problems;
}

/** References in a constant's value to temporaries that live as long as the program. */
function lentForEver(graph: Graph, queries: TypeQueries): Problem[] {
  const d = queries.definitions.byId.get(graph.owner);
  if (d?.kind !== 'const' && d?.kind !== 'static') return [];
  const ending = new Set(graph.blocks.flatMap(b => b.statements.flatMap(s => (s.kind === 'storageDead' ? [s.local] : []))));
  const problems: Problem[] = [];
  for (const block of graph.blocks) {
    for (const s of block.statements) {
      if (s.kind !== 'assign' || s.value.kind !== 'borrow') continue;
      const { place, borrow } = s.value;
      const local = graph.locals[place.local];
      if (local?.role !== 'temporary' || ending.has(place.local) || place.projection.some(p => p.kind === 'deref')) continue;
      if (borrow === 'mut') {
        if (d.kind !== 'static' || !d.mutable) problems.push(problem('E0764', s.span, {}, { label: 'this reference could change a value that lives as long as the program' }));
      } else if (!queries.isFreeze(graph.owner, local.type) && !isPlain(graph, place.local)) problems.push(problem('E0492', s.span, { type: queries.show(local.type) }, { label: 'this borrow leads to a value that may change behind it' }));
    }
  }
  return problems;
}

/** A variant without anything in it: nothing in there can change. */
function isPlain(graph: Graph, local: number): boolean {
  const made = graph.blocks.flatMap(b => b.statements.filter(s => s.kind === 'assign' && s.place.local === local && s.place.projection.length === 0));
  return made.length === 1 && made.every(s => s.kind === 'assign' && s.value.kind === 'aggregate' && s.value.operands.length === 0);
}

function contextOf(graph: Graph, queries: TypeQueries): string | null {
  const d = queries.definitions.byId.get(graph.owner);
  if (d === undefined || queries.isLibrary(graph.span)) return null;
  return d.kind === 'const' ? 'constants' : d.kind === 'static' ? 'statics' : d.kind === 'fn' && d.isConst ? 'constant functions' : null;
}

/** Of an elaborated graph: destructors that are left to run. */
export function checkConstantDrops(graph: Graph, queries: TypeQueries): Problem[] {
  if (contextOf(graph, queries) === null) return [];
  const problems: Problem[] = [];
  const said = new Set<number>();
  for (const block of graph.blocks) {
    const t = block.terminator;
    if (t.kind !== 'drop' || block.cleanup || said.has(t.place.local)) continue;
    said.add(t.place.local);
    const local = graph.locals[t.place.local];
    if (local === undefined) continue;
    problems.push(problem('E0493', local.span, { type: queries.show(local.type) }, { label: 'its destructor cannot run when compiling', labels: [{ span: t.span, text: 'value is dropped here' }] }));
  }
  return problems;
}

function calleeOf(queries: TypeQueries, t: Terminator & { kind: 'call' }): Definition | null {
  if (t.callee.kind !== 'constant') return null;
  const { type } = t.callee.constant;
  return type.kind === 'fnDef' ? (queries.definitions.byId.get(type.def) ?? null) : null;
}

function isEnd(queries: TypeQueries, t: Terminator & { kind: 'call' }): boolean {
  const callee = calleeOf(queries, t);
  return callee !== null && ENDS.has(callee.name);
}
