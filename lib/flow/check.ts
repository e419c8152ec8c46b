/**
 * All analyses of a body's graphs, in order, one line each: what constants may do, initialisation and moves, permissions, obligations, layout, leaks, borrows. In: the graphs of one
 * body (its own first, then its closures'), as built. Out: problems.
 */
import type { Problem } from '../report/problem.ts';
import { checkBorrows } from './borrow.ts';
import { checkConstantContext } from './constant-context.ts';
import type { Graph } from './graph.ts';
import { checkInitialised } from './initialised.ts';
import { checkLayoutRules } from './layout-rules.ts';
import { checkLeaks } from './leak-paths.ts';
import type { LeakAnalysis } from './leak-summary.ts';
import { collectMoves } from './moves.ts';
import { checkObligations } from './obligations.ts';
import { checkPermissions } from './permissions.ts';
import type { TypeQueries } from './queries.ts';

const REFUTED = new Set(['E2003', 'E2004', 'E2005', 'E2006']);

export type FlowPass = 'moves' | 'borrows';

export function checkFlow(graphs: readonly Graph[], queries: TypeQueries, leaks: LeakAnalysis, ended: (pass: FlowPass) => void = () => {}): Problem[] {
  const problems: Problem[] = [];
  const [own] = graphs;
  if (own !== undefined) problems.push(...checkConstantContext(own, queries));
  for (const graph of graphs) {
    const moves = collectMoves(graph, queries, graph.owner);
    const unready = checkInitialised(graph, queries, moves);
    // Where a value is missing altogether, that its part may not be assigned is not worth saying.
    const denied = checkPermissions(graph, queries, moves).filter(p => p.code !== 'E0594' || !unready.some(u => u.code === 'E0381' && u.span.start === p.span.start && u.span.file === p.span.file));
    problems.push(...unready, ...denied, ...checkObligations(graph), ...checkLayoutRules(graph, queries), ...checkLeaks(graph, queries, leaks));
  }
  ended('moves');
  problems.push(...checkBorrows(graphs, queries));
  ended('borrows');
  // What is not right by the rules of ownership is said first; what its memory would do matters when that is mended.
  const refuted = (p: Problem): boolean => REFUTED.has(p.code);
  return problems.some(p => p.severity === 'error' && !refuted(p)) ? problems.filter(p => !refuted(p)) : problems;
}
