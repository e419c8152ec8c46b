/**
 * Which blocks the program can still get at. In: the live blocks, the roots (addresses found in statics, frames, registers), and a way
 * to list the addresses that a block holds. Out: every block in exactly one group.
 *
 *     reachable   some root leads to it
 *     definite    nothing leads to it, or only it itself
 *     cyclic      in a ring of blocks that nothing else leads to (`Rc` cycles)
 *     indirect    only lost blocks lead to it
 *
 * An address inside a block counts as leading to it; one past its end does not, as that is where another block may begin.
 * Cost: O((blocks + addresses) log blocks); nothing recursive, so long lists are no danger.
 */
import { LIVE, PART, sortOf, stateOf } from './blocks.ts';
import type { BlockFacts } from './fault.ts';
import type { Heap } from './heap.ts';

export interface Ring {
  readonly blocks: readonly BlockFacts[];
}

export interface Reach {
  readonly reachable: readonly BlockFacts[];
  readonly definite: readonly BlockFacts[];
  readonly cyclic: readonly Ring[];
  readonly indirect: readonly BlockFacts[];
}

/** Lists the addresses that a block holds. */
export type Addresses = (block: BlockFacts, visit: (address: number) => void) => void;

/** Every aligned word that could be an address. */
export function conservatively(heap: Heap): Addresses {
  return (block, visit) => {
    const words = heap.space.i32;
    for (let at = (block.address + 3) & ~3; at + 4 <= block.address + block.size; at += 4) visit(words[at >>> 2] as number);
  };
}

/**
 * Only words in which a pointer is known to stand, whose block is still the one it was made from, and which may be touched: pointers in
 * dead parts of an arena or in freed bytes lead nowhere, nor do those in words that are said to be dead. Needs the sanitizer.
 */
export function byProvenance(heap: Heap, dead: ReadonlySet<number> = new Set()): Addresses {
  const sanitizer = heap.sanitizer;
  if (sanitizer === null) return conservatively(heap);
  const { table, shadow } = sanitizer;
  return (block, visit) => {
    const words = heap.space.i32;
    for (let at = (block.address + 3) & ~3; at + 4 <= block.address + block.size; at += 4) {
      const number = sanitizer.provenance(at);
      if (number === 0 || shadow.firstPoisoned(at, 4) >= 0 || dead.has(at)) continue;
      const row = table.rowOf(number);
      if (row <= 0 || stateOf(table.kind(row)) !== LIVE) continue;
      // The block that it was made from, wherever it now points to: `end` pointers and masked ones still keep theirs.
      visit(table.start(row));
      if (sortOf(table.kind(row)) === PART) visit(words[at >>> 2] as number);
    }
  };
}

/** The heap's live blocks by reachability. `roots` are addresses; `addresses` defaults to the most precise way there is. */
export function findReach(heap: Heap, roots: Iterable<number>, addresses: Addresses = byProvenance(heap)): Reach {
  const blocks: BlockFacts[] = [];
  heap.blocks((block) => blocks.push(block));
  const index = createIndex(blocks);

  const marked = new Uint8Array(blocks.length);
  const pending: number[] = [];
  const mark = (address: number): void => {
    const block = index(address);
    if (block < 0 || marked[block] === 1) return;
    marked[block] = 1;
    pending.push(block);
  };
  for (const root of roots) {
    mark(root);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) addresses(blocks[next] as BlockFacts, mark);
  }

  const lost: number[] = [];
  for (let i = 0; i < blocks.length; i++) if (marked[i] === 0) lost.push(i);
  const edges = new Map<number, number[]>();
  for (const block of lost) {
    const to: number[] = [];
    addresses(blocks[block] as BlockFacts, (address) => {
      const target = index(address);
      if (target >= 0) to.push(target);
    });
    edges.set(block, to);
  }

  const rings = components(lost, edges);
  const ringOf = new Map<number, number>();
  rings.forEach((ring, i) => {
    for (const block of ring) ringOf.set(block, i);
  });
  const ledTo = new Uint8Array(rings.length);
  for (const [from, targets] of edges) for (const to of targets) if (ringOf.get(from) !== ringOf.get(to)) ledTo[ringOf.get(to) as number] = 1;

  const definite: BlockFacts[] = [];
  const indirect: BlockFacts[] = [];
  const cyclic: Ring[] = [];
  rings.forEach((ring, i) => {
    const members = ring.sort((a, b) => a - b).map((block) => blocks[block] as BlockFacts);
    if (ledTo[i] === 1) indirect.push(...members);
    else if (members.length === 1) definite.push(...members);
    else cyclic.push({ blocks: members });
  });
  const byAddress = (a: BlockFacts, b: BlockFacts): number => a.address - b.address;
  return {
    reachable: blocks.filter((_, i) => marked[i] === 1),
    definite: definite.sort(byAddress),
    indirect: indirect.sort(byAddress),
    cyclic: cyclic.sort((a, b) => byAddress(a.blocks[0] as BlockFacts, b.blocks[0] as BlockFacts)),
  };
}

/** From an address to the number of the block that holds it, -1 when none does. */
function createIndex(blocks: readonly BlockFacts[]): (address: number) => number {
  const starts = Int32Array.from(blocks, (block) => block.address);
  return (address) => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] as number) <= address) low = middle + 1;
      else high = middle;
    }
    const block = blocks[low - 1];
    if (block === undefined) return -1;
    return address < block.address + block.size || address === block.address ? low - 1 : -1;
  };
}

/** Strongly connected components (Tarjan), with a stack of our own. */
function components(nodes: readonly number[], edges: ReadonlyMap<number, readonly number[]>): number[][] {
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const open = new Set<number>();
  const stack: number[] = [];
  const found: number[][] = [];
  for (const start of nodes) {
    if (order.has(start)) continue;
    const path: { node: number; next: number }[] = [];
    enter(start);
    for (let top = path[path.length - 1]; top !== undefined; top = path[path.length - 1]) {
      const to = edges.get(top.node)?.[top.next];
      if (to !== undefined) {
        top.next++;
        if (!order.has(to)) enter(to);
        else if (open.has(to)) low.set(top.node, Math.min(low.get(top.node) as number, order.get(to) as number));
        continue;
      }
      path.pop();
      const above = path[path.length - 1];
      if (above !== undefined) low.set(above.node, Math.min(low.get(above.node) as number, low.get(top.node) as number));
      if (low.get(top.node) === order.get(top.node)) found.push(close(top.node));
    }

    function enter(node: number): void {
      order.set(node, order.size);
      low.set(node, order.size - 1);
      open.add(node);
      stack.push(node);
      path.push({ node, next: 0 });
    }
  }
  return found;

  function close(root: number): number[] {
    const ring: number[] = [];
    for (;;) {
      const node = stack.pop();
      if (node === undefined) return ring;
      open.delete(node);
      ring.push(node);
      if (node === root) return ring;
    }
  }
}
