/**
 * The lines of a session in its script's graph: a stretch is what is reached from one halt without passing the next. In: a graph. Out: stretches in
 * order of their halts, each with its blocks in an order that depends on the line alone; and the locals that a block mentions. Cost: linear.
 */
import { haltNumber, type Block, type BlockId, type Graph, type LocalId } from './graph.ts';
import { eachTarget } from './simplify.ts';

export interface Stretch {
  /** The halt that it begins behind; 0 is the beginning of the script. */
  readonly from: number;
  /** The halts at which it ends. */
  readonly to: readonly number[];
  readonly blocks: readonly BlockId[];
}

export function stretchesOf(graph: Graph): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const starts: { readonly from: number; readonly at: BlockId }[] = [{ from: 0, at: 0 as BlockId }];
  const passed = new Set<BlockId>();
  for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
    const blocks: BlockId[] = [];
    const to = new Set<number>();
    const seen = new Set<BlockId>([start.at]);
    const work: BlockId[] = [start.at];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      const block = graph.blocks[at];
      if (block === undefined) continue;
      blocks.push(at);
      const { terminator } = block;
      const number = haltNumber(terminator);
      if (number !== null && terminator.kind === 'call' && terminator.target !== null) {
        to.add(number);
        if (!passed.has(at)) starts.push({ from: number, at: terminator.target });
        passed.add(at);
        continue;
      }
      eachTarget(terminator, next => {
        if (seen.has(next)) return;
        seen.add(next);
        work.push(next);
      });
    }
    stretches.push({ from: start.from, to: [...to], blocks });
  }
  return stretches.sort((a, b) => a.from - b.from);
}

/** Every mention of a local, in the order of the text. */
export function eachLocal(block: Block | undefined, see: (local: LocalId) => void): void {
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('local' in value && typeof value.local === 'number') see(value.local as LocalId);
    for (const key in value) {
      if (key === 'span' || key === 'type' || key === 'constant') continue;
      const inner: unknown = (value as Record<string, unknown>)[key];
      if (typeof inner === 'object') visit(inner);
    }
  };
  if (block === undefined) return;
  for (const statement of block.statements) visit(statement);
  visit(block.terminator);
}
