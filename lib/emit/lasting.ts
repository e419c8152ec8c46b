/**
 * What of a session's script lasts from one of its lines to the next: locals that are mentioned on both sides of a halt. They get bytes in the frame at
 * offsets that stay the same in every later version of the script, so that a machine that stands at a halt can go on in a later version.
 * In: the script's graph. Out: for each such local the name of its place. Cost: linear.
 */
import type { Graph, LocalId } from '../flow/graph.ts';
import { eachLocal, stretchesOf } from '../flow/stretches.ts';

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

/** Names that are the same in every version of a session: of a variable by its place in the text, of a temporary by the line that makes it. */
export function localNames(graph: Graph): Map<LocalId, string> {
  const names = new Map<LocalId, string>();
  for (const { from, blocks } of stretchesOf(graph)) {
    let count = 0;
    for (const id of blocks) {
      eachLocal(graph.blocks[id], local => {
        if (names.has(local)) return;
        const { name, role, span } = graph.locals[local] ?? { name: null, role: 'temporary', span: null };
        names.set(local, role === 'variable' && span !== null ? `${span.file}:${span.start} ${name ?? ''}` : `${from}/${count++}`);
      });
    }
  }
  return names;
}

export function lastingNames(graph: Graph): Map<number, string> {
  const seenIn = new Map<LocalId, Set<number>>();
  stretchesOf(graph).forEach(({ blocks }, stretch) => {
    for (const id of blocks) {
      eachLocal(graph.blocks[id], local => {
        const found = seenIn.get(local);
        if (found === undefined) seenIn.set(local, new Set([stretch]));
        else found.add(stretch);
      });
    }
  });
  const nameOf = localNames(graph);
  const names = new Map<number, string>();
  for (const [local, stretches] of seenIn) {
    if (stretches.size < 2 || local === 0) continue;
    const flag = graph.session?.flags.get(local)?.[0];
    names.set(local, flag === undefined ? `local ${nameOf.get(local) ?? ''}` : `flag ${nameOf.get(flag.local) ?? ''}${flag.rest}`);
  }
  return names;
}
