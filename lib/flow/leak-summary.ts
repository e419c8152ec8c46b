/**
 * What the functions of a program do with the blocks that they are given, and what they give: made once for each, when a caller asks or when the
 * function itself is checked. In: the graphs of the program. Out: a walk and its summary. A function that is still being walked (recursion),
 * one whose paths are too many, a method that a trait leaves open: nothing is known of it.
 */
import type { DefId } from '../types/type.ts';
import { call } from './leak-calls.ts';
import type { Graph } from './graph.ts';
import { blockOf, blocksIn, load, settled, type State } from './leak-state.ts';
import { walkPaths, type Summary, type Walk } from './leak-walk.ts';
import type { TypeQueries } from './queries.ts';

export interface Known {
  readonly walk: Walk;
  readonly summary: Summary | null;
}

export interface LeakAnalysis {
  of(graph: Graph): Known;
}

type Fate = Summary['params'][number];
type Result = Summary['result'] | { readonly kind: 'null' };

export function leakAnalysis(graphs: ReadonlyMap<DefId, readonly Graph[]>, queries: TypeQueries): LeakAnalysis {
  const known = new Map<Graph, Known | null>();
  const of = (graph: Graph): Known => {
    const before = known.get(graph);
    if (before !== undefined && before !== null) return before;
    known.set(graph, null);
    const made = analyse(graph, queries, end => {
      const type = end.callee.kind === 'constant' ? end.callee.constant.type : null;
      if (type?.kind !== 'fnDef' || end.args.every(arg => arg.kind === 'constant') && !('args' in type)) return null;
      const [own] = graphs.get(type.def) ?? [];
      const found = queries.definitions.byId.get(type.def);
      if (own === undefined || found?.kind !== 'fn' || inTrait(type.def, queries)) return null;
      const there = known.get(own);
      if (there === null) return null;
      return (there ?? of(own)).summary;
    });
    known.set(graph, made);
    return made;
  };
  return { of };
}

/** A method that stands in a trait: another may be called in its place. */
function inTrait(def: DefId, queries: TypeQueries): boolean {
  const at = def.lastIndexOf('::');
  return queries.definitions.byId.get(def.slice(0, at) as DefId)?.kind === 'trait';
}

function analyse(graph: Graph, queries: TypeQueries, summary: Walk['summary']): Known {
  const fates: (Fate | null)[] = Array.from({ length: graph.params }, () => null);
  let result: Result | null = null;
  let returns = false;
  const givenBack = new Set<number>();
  const returned = (s: State): void => {
    if (s.doubtful) { fates.fill('given'); result = { kind: 'other' }; returns = true; return; }
    returns = true;
    for (const [id, block] of s.blocks) {
      if (block.param === null) continue;
      const fate = fateOf(s, id);
      if (blocksIn(s.env.get('_0')).includes(id)) givenBack.add(block.param);
      if (fate !== null) fates[block.param] = meet(fates[block.param] ?? null, fate);
    }
    result = join(result, resultOf(s));
  };
  const walk = walkPaths(graph, queries, { summary, returned, call });
  const whole = walk.complete && walk.tainted.size === 0;
  if (!whole) return { walk, summary: null };
  const last = result as Result | null;
  // One that answers with a code may say by it that nothing was stored.
  const result0 = graph.locals[0]?.type;
  if (!(result0?.kind === 'tuple' && result0.elements.length === 0)) fates.forEach((fate, i) => { if (fate === 'outlet') fates[i] = 'given'; });
  for (const param of givenBack) if (last?.kind !== 'param') fates[param] = 'given';
  return { walk, summary: { params: fates.map((fate, i) => (graph.locals[i + 1]?.type.kind === 'ptr' || graph.locals[i + 1]?.type.kind === 'ref' ? (fate ?? 'given') : 'given')), result: last === null || last.kind === 'null' ? { kind: 'other' } : last, returns } };
}

/** What became of a parameter's block on one path; null where it was null. */
function fateOf(s: State, id: number): Fate | null {
  const block = s.blocks.get(id);
  if (block === undefined || block.status === 'none') return null;
  if (block.status === 'freed' || block.status === 'gone') return 'freed';
  if (block.status !== 'live') return 'given';
  // It stands in another block, or in a part of what is returned.
  for (const [path, value] of s.env) if ((path.startsWith('b') || path.startsWith('_0.') || path.startsWith('_0@') || path.startsWith('_0[')) && blocksIn(value).includes(id)) return 'given';
  const contents = [...s.env].filter(([path]) => blockOf(path)?.id === id);
  let outlet = false;
  for (const [path, value] of contents) {
    if (value.kind === 'const' || value.kind === 'unknown' || value.kind === 'isNull') continue;
    const [made] = blocksIn(value);
    const fresh = made === undefined ? undefined : s.blocks.get(made);
    if (value.kind !== 'null' && (fresh === undefined || fresh.param !== null || fresh.status !== 'live' || value.kind !== 'block' || value.offset !== 0 || fresh.family !== 'heap')) return 'given';
    if (path !== `b${id}+0`) return 'given';
    if (value.kind === 'block') outlet = true;
  }
  if (outlet) return 'outlet';
  return block.touched || contents.some(([, value]) => value.kind === 'null') ? 'reached' : 'looked';
}

function meet(a: Fate | null, b: Fate): Fate {
  if (a === null || a === b) return b;
  const order: readonly Fate[] = ['looked', 'reached'];
  return order.includes(a) && order.includes(b) ? 'reached' : 'given';
}

function resultOf(s: State): Result {
  const value = settled(s, load(s, '_0', () => 'result'));
  if (value.kind === 'null') return { kind: 'null' };
  const block = value.kind === 'block' ? s.blocks.get(value.id) : undefined;
  if (value.kind !== 'block' || block === undefined || value.offset !== 0) return { kind: 'other' };
  if (block.param !== null) return block.status === 'live' ? { kind: 'param', index: block.param } : { kind: 'other' };
  return block.status === 'live' && block.family !== 'stack' && block.family !== 'arena' ? { kind: 'fresh', family: block.family } : { kind: 'other' };
}

function join(a: Result | null, b: Result): Result {
  if (a === null || a.kind === 'null') return b;
  if (b.kind === 'null') return a.kind === 'param' ? { kind: 'other' } : a;
  if (a.kind === 'fresh' && b.kind === 'fresh') return a.family === b.family ? a : { kind: 'other' };
  if (a.kind === 'param' && b.kind === 'param') return a.index === b.index ? a : { kind: 'other' };
  return { kind: 'other' };
}
