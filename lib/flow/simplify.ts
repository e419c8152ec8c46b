/**
 * Removes what building leaves behind: unreachable blocks, and chains of empty blocks that only go on. In: a graph. Out: the same
 * graph with fewer blocks, renumbered in order of discovery. Invariant: paths and statements are unchanged. Cost: linear.
 */
import type { Block, BlockId, Graph, Terminator } from './graph.ts';

/** Where control may go, in order; imaginary edges and unwinding included. */
export function successors(t: Terminator): BlockId[] {
  const out: BlockId[] = [];
  eachTarget(t, id => { out.push(id); });
  return out;
}

export function eachTarget(t: Terminator, visit: (target: BlockId) => void): void {
  switch (t.kind) {
    case 'goto': visit(t.target); return;
    case 'switch': t.targets.forEach(visit); visit(t.otherwise); return;
    case 'return': case 'unreachable': case 'resume': return;
    case 'falseEdge': visit(t.real); visit(t.imaginary); return;
    case 'falseUnwind': visit(t.real); if (t.unwind !== null) visit(t.unwind); return;
    default:
      if (t.target !== null) visit(t.target);
      if (t.unwind !== null) visit(t.unwind);
  }
}

export function mapTargets(t: Terminator, to: (target: BlockId) => BlockId): Terminator {
  const maybe = (id: BlockId | null): BlockId | null => (id === null ? null : to(id));
  switch (t.kind) {
    case 'goto': return { ...t, target: to(t.target) };
    case 'switch': return { ...t, targets: t.targets.map(to), otherwise: to(t.otherwise) };
    case 'return': case 'unreachable': case 'resume': return t;
    case 'falseEdge': return { ...t, real: to(t.real), imaginary: to(t.imaginary) };
    case 'falseUnwind': return { ...t, real: to(t.real), unwind: maybe(t.unwind) };
    case 'call': return { ...t, target: maybe(t.target), unwind: maybe(t.unwind) };
    default: return { ...t, target: to(t.target), unwind: maybe(t.unwind) };
  }
}

export function simplify(graph: Graph): Graph {
  const { blocks } = graph;
  // An empty block that goes on stands for where it leads.
  const lead = (id: BlockId): BlockId => {
    let at = id;
    for (let steps = 0; steps < 64; steps++) {
      const block = blocks[at];
      if (block === undefined || block.statements.length > 0 || block.terminator.kind !== 'goto' || block.terminator.target === at) return at;
      const next = blocks[block.terminator.target];
      if (next === undefined || next.cleanup !== block.cleanup) return at;
      at = block.terminator.target;
    }
    return at;
  };
  const order: BlockId[] = [];
  const number = new Map<BlockId, BlockId>();
  const stack: BlockId[] = [lead(0 as BlockId)];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (number.has(id)) continue;
    const block = blocks[id];
    if (block === undefined) continue;
    number.set(id, order.length as BlockId);
    order.push(id);
    block.terminator = mapTargets(block.terminator, lead);
    const next = successors(block.terminator);
    for (let i = next.length - 1; i >= 0; i--) { const n = next[i]; if (n !== undefined && !number.has(n)) stack.push(n); }
  }
  const predecessors = new Array<number>(blocks.length).fill(0);
  for (const id of order) eachTarget(blocks[id]?.terminator ?? { kind: 'unreachable', span: graph.span }, t => { predecessors[t] = (predecessors[t] ?? 0) + 1; });
  // A block with one way in is joined to the one that goes on to it.
  const merged = new Set<BlockId>();
  for (const id of order) {
    const block = blocks[id];
    if (block === undefined || merged.has(id)) continue;
    while (block.terminator.kind === 'goto') {
      const { target } = block.terminator;
      const next = blocks[target];
      if (target === id || next === undefined || predecessors[target] !== 1 || next.cleanup !== block.cleanup || target === order[0]) break;
      block.statements.push(...next.statements);
      block.terminator = next.terminator;
      merged.add(target);
    }
  }
  const kept = order.filter(id => !merged.has(id));
  const final = new Map(kept.map((id, i) => [id, i as BlockId]));
  const out: Block[] = kept.map(id => {
    const block = blocks[id];
    if (block === undefined) throw new Error(`no block ${id}`);
    return { statements: block.statements, terminator: mapTargets(block.terminator, t => final.get(t) ?? t), cleanup: block.cleanup };
  });
  return { ...graph, blocks: out };
}
