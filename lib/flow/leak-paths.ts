/**
 * What the source shows of blocks: leaks on a path (W2001) where the last pointer to a block goes out of scope or is overwritten without
 * `free`; and uses that are wrong whichever way leads to them: after `free` (E2003), `free` again (E2004), of what is no block of `alloc`'s
 * (E2005), of memory that nobody wrote (E2006). In: a graph as built, and the walks over it (`leak-summary.ts`). Out: problems.
 * A leak needs one path that nothing known rules out; an error needs that every path which comes by is wrong. What is given to a function of
 * which nothing is known, stored where others look, captured or returned is somebody else's to free.
 */
import { type Fix, problem, type Problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import { bodyOwner } from './ask.ts';
import type { Graph } from './graph.ts';
import type { LeakAnalysis } from './leak-summary.ts';
import type { Lost, Wrong } from './leak-walk.ts';
import type { TypeQueries } from './queries.ts';

export function checkLeaks(graph: Graph, queries: TypeQueries, analysis: LeakAnalysis): Problem[] {
  if (graph.owner.startsWith('std::') || !graph.locals.some(local => local.type.kind === 'ptr')) return [];
  const owner = queries.definitions.byId.get(bodyOwner(graph.owner));
  const attributes = owner !== undefined && 'attributes' in owner ? owner.attributes : {};
  const allowed = attributes['allow'] ?? [];
  const { walk } = analysis.of(graph);
  const problems: Problem[] = [];
  if (!allowed.includes('W2001')) {
    const severity = attributes['deny']?.includes('W2001') === true ? 'error' : 'warning';
    problems.push(...[...walk.lost.values()].sort((a, b) => a.at.start - b.at.start).map(found => leak(queries, severity, found, walk.freed)));
  }
  if (!walk.complete) return problems;
  const told = new Set<string>();
  for (const { wrong, right, block } of walk.judged.values()) {
    if (wrong === null || right || walk.tainted.has(block) || allowed.includes(wrong.code)) continue;
    const key = `${wrong.code} ${wrong.at.start}`;
    if (told.has(key)) continue;
    told.add(key);
    problems.push(refuted(wrong));
  }
  return problems;
}

function refuted({ code, at, born, died, what }: Wrong): Problem {
  const label = { E2003: 'the block is no longer there', E2004: 'the block was freed before', E2005: `this is ${what}`, E2006: 'nothing was written here yet' }[code];
  return problem(code, at, { what }, {
    label,
    labels: [...(born === null ? [] : [{ span: born, text: 'born: the block is allocated here' }]), ...(died === null ? [] : [{ span: died, text: 'died: it is freed here' }])],
  });
}

function leak(queries: TypeQueries, severity: 'warning' | 'error', found: Lost, freed: ReadonlySet<number>): Problem {
  const { at, site, name } = found;
  const fix = name === null || found.replaced ? null : fixFor(queries, at, name, found.overwritten, freed.has(site.start));
  return problem('W2001', at, { what: name === null ? 'the block that nobody keeps' : `the memory that \`${name}\` leads to` }, {
    label: 'here the last pointer to the block is lost',
    labels: [{ span: site, text: 'the block is allocated here' }],
    fixes: fix === null ? [] : [fix],
    severity,
  });
}

/** Frees before what leaves or overwrites; at the end of a scope only when no other path frees it already. */
function fixFor(queries: TypeQueries, at: Span, name: string, overwritten: boolean, freedElsewhere: boolean): Fix | null {
  const column = Number(/:(\d+)$/.exec(queries.position(at))?.[1] ?? '1') - 1;
  const line = queries.text({ ...at, start: at.start - column, end: at.start });
  const indent = /^ */.exec(line)?.[0] ?? '';
  const leaves = /^(return|break|continue)\b/.test(queries.text(at));
  const alone = line.trim() === '';
  const deeper = alone ? indent : `${indent}    `;
  if (leaves || overwritten) return { title: `free \`${name}\` before`, edits: [{ span: { ...at, end: at.start }, text: alone ? `free(${name})\n${indent}` : `\n${deeper}free(${name})\n${deeper}` }], certain: false };
  if (freedElsewhere || !alone) return null;
  return { title: `free \`${name}\` at the end`, edits: [{ span: { ...at, start: at.end }, text: `\n${indent}free(${name})` }], certain: false };
}
