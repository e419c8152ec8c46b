/**
 * All analyses of a body's graphs, in order, one line each: initialisation and moves, permissions, obligations, leaks, borrows. In: the graphs of one
 * body (its own first, then its closures'), as built. Out: problems.
 */
import type { Problem } from '../report/problem.ts';
import { checkBorrows } from './borrow.ts';
import type { Graph } from './graph.ts';
import { checkInitialised } from './initialised.ts';
import { checkLeaks } from './leak-paths.ts';
import { collectMoves } from './moves.ts';
import { checkObligations } from './obligations.ts';
import { checkPermissions } from './permissions.ts';
import type { TypeQueries } from './queries.ts';

export type FlowPass = 'moves' | 'borrows';

export function checkFlow(graphs: readonly Graph[], queries: TypeQueries, ended: (pass: FlowPass) => void = () => {}): Problem[] {
  const problems: Problem[] = [];
  for (const graph of graphs) {
    const moves = collectMoves(graph, queries, graph.owner);
    problems.push(...checkInitialised(graph, queries, moves), ...checkPermissions(graph, queries, moves), ...checkObligations(graph), ...checkLeaks(graph, queries));
  }
  ended('moves');
  problems.push(...checkBorrows(graphs, queries));
  ended('borrows');
  return problems;
}
