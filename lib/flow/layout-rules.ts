/**
 * Rules that need the layout of types: no reference to a field of a packed struct that may not be aligned (E0793), and `transmute` between types
 * of one size only (E0512). In: a graph as built. Out: problems, one a place. Cost: one pass; layouts are asked for where a type is packed.
 */
import { type Problem, problem } from '../report/problem.ts';
import { layoutIn } from '../types/layout.ts';
import type { Graph, Place } from './graph.ts';
import { placeType } from './place.ts';
import type { TypeQueries } from './queries.ts';

export function checkLayoutRules(graph: Graph, queries: TypeQueries): Problem[] {
  const problems: Problem[] = [];
  const said = new Set<number>();
  const { definitions } = queries;
  const isPacked = (place: Place, steps: number): boolean => {
    const type = placeType(queries, graph.locals, place, steps);
    const d = type.kind === 'adt' ? definitions.byId.get(type.def) : undefined;
    return d?.kind === 'struct' && d.representation.packed;
  };
  const misaligned = (place: Place): boolean => {
    for (let n = place.projection.length - 1; n >= 0; n--) {
      const step = place.projection[n];
      if (step?.kind === 'deref') return false;
      if (step?.kind === 'field' && isPacked(place, n)) return (layoutIn(definitions, placeType(queries, graph.locals, place))?.align ?? 2) > 1;
    }
    return false;
  };
  for (const block of graph.blocks) {
    if (block.cleanup) continue;
    for (const s of block.statements) {
      if (s.kind !== 'assign' || s.value.kind !== 'borrow' || s.value.borrow === 'fake' || said.has(s.span.start) || !misaligned(s.value.place)) continue;
      said.add(s.span.start);
      problems.push(problem('E0793', s.span, {}, { label: 'this field may stand at an address that its type does not allow', notes: ['copy it into a variable, or use `&raw const` and `read_unaligned`'] }));
    }
    const t = block.terminator;
    if (t.kind !== 'call' || t.callee.kind !== 'constant' || t.callee.constant.type.kind !== 'fnDef' || t.callee.constant.type.def !== 'std::intrinsics::transmute') continue;
    const [from, to] = t.callee.constant.type.args;
    const a = from === undefined ? null : layoutIn(definitions, from);
    const b = to === undefined ? null : layoutIn(definitions, to);
    if (from === undefined || to === undefined || a === null || b === null || a.size === b.size) continue;
    problems.push(problem('E0512', t.calleeSpan, { from: queries.show(from), to: queries.show(to) }, { label: `\`${queries.show(from)}\` has ${a.size} bytes, \`${queries.show(to)}\` has ${b.size}` }));
  }
  return problems;
}
