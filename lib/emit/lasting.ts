/**
 * What of a session's script lasts from one of its lines to the next: locals that are mentioned on both sides of a halt. They get bytes in the frame at
 * offsets that stay the same in every later version of the script, so that a machine that stands at a halt can go on in a later version.
 * In: the script's graph. Out: for each such local the name of its place. Cost: linear.
 */
import { haltNumber, type BlockId, type Graph } from '../flow/graph.ts';
import { eachTarget } from '../flow/simplify.ts';

/** Places that were given out. A new version of the script asks by the same names. */
export interface Lasting {
  size: number;
  readonly offsets: Map<string, { readonly at: number; readonly size: number }>;
}

export const noLasting = (): Lasting => ({ size: 0, offsets: new Map() });

/** How the frame of the script is laid out. */
export interface Layout {
  readonly names: ReadonlyMap<number, string>;
  readonly lasting: Lasting;
}

export function lastingNames(graph: Graph): Map<number, string> {
  const seenIn = new Map<number, Set<number>>();
  let region = 0;
  const see = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('local' in value && typeof value.local === 'number') {
      const regions = seenIn.get(value.local);
      if (regions === undefined) seenIn.set(value.local, new Set([region]));
      else regions.add(region);
    }
    for (const [key, inner] of Object.entries(value)) if (typeof inner === 'object' && key !== 'span' && key !== 'type' && key !== 'constant') see(inner);
  };
  // Region by region: what is reached from one halt without passing the next.
  const starts: BlockId[] = [0 as BlockId];
  const passed = new Set<BlockId>();
  for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
    const seen = new Set<BlockId>([start]);
    const work: BlockId[] = [start];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      const block = graph.blocks[at];
      if (block === undefined) continue;
      for (const statement of block.statements) see(statement);
      const { terminator } = block;
      see(terminator);
      if (haltNumber(terminator) !== null && terminator.kind === 'call' && terminator.target !== null) {
        if (!passed.has(at)) starts.push(terminator.target);
        passed.add(at);
        continue;
      }
      eachTarget(terminator, to => {
        if (!seen.has(to)) {
          seen.add(to);
          work.push(to);
        }
      });
    }
    region++;
  }
  const names = new Map<number, string>();
  for (const [local, regions] of seenIn) {
    if (regions.size < 2 || local === 0) continue;
    const flag = graph.session?.flags.get(local)?.[0];
    names.set(local, flag === undefined ? `local ${local}` : `flag ${flag}`);
  }
  return names;
}

