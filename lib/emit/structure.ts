/**
 * From a graph of blocks to structured control flow, by the dominator tree (Ramsey, "Beyond Relooper", 2022): what a block
 * dominates is written inside or after it; a block that several edges reach stands after a `block` that the edges branch out of; a
 * loop's header opens a `loop`. In: successors of each block, entry first. Out: regions, with branch depths counted as
 * WebAssembly counts them. Invariant: the graph is reducible (the language has no goto), every block is written once, and every path
 * of the result ends in a branch or a stop. Linear but for the dominators, which converge in two rounds on reducible graphs.
 */

/** How a block ends, as far as structure goes. */
export type Exit =
  | { readonly kind: 'goto'; readonly target: number }
  /** `values[i]` → `targets[i]`; `otherwise` null: one of the values must match. */
  // `wide`: asked of a 64-bit value, which no table takes. */
  | { readonly kind: 'switch'; readonly wide: boolean; readonly values: readonly bigint[]; readonly targets: readonly number[]; readonly otherwise: number | null }
  | { readonly kind: 'stop' };

/** Which question an `if` or `br_if` asks of the operand of `block`'s switch. */
export type Test =
  | { readonly kind: 'equal' | 'notEqual'; readonly value: bigint }
  /** It is not 0. */
  | { readonly kind: 'set' }
  /** It is 0. */
  | { readonly kind: 'clear' };

export type Region =
  | { readonly kind: 'code'; readonly block: number }
  | { readonly kind: 'block' | 'loop'; readonly inner: readonly Region[] }
  | { readonly kind: 'if'; readonly block: number; readonly test: Test; readonly then: readonly Region[]; readonly otherwise: readonly Region[] }
  | { readonly kind: 'branch'; readonly depth: number }
  | { readonly kind: 'branchIf'; readonly block: number; readonly test: Test; readonly depth: number }
  /** `depths[i]` for the value `low + i`. */
  | { readonly kind: 'table'; readonly block: number; readonly low: bigint; readonly depths: readonly number[]; readonly otherwise: number }
  | { readonly kind: 'stop'; readonly block: number };

type Label = { readonly kind: 'block' | 'loop'; readonly target: number } | { readonly kind: 'if' };

function targetsOf(exit: Exit): readonly number[] {
  if (exit.kind === 'goto') return [exit.target];
  if (exit.kind === 'switch') return exit.otherwise === null ? exit.targets : [...exit.targets, exit.otherwise];
  return [];
}

/** A switch that becomes a `br_table`: at least three values, and no more holes than values. */
export function isTable(exit: Exit): boolean {
  if (exit.kind !== 'switch' || exit.wide || exit.values.length < 3) return false;
  let low = exit.values[0] ?? 0n;
  let high = low;
  for (const value of exit.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low < BigInt(exit.values.length) * 2n + 2n;
}

/** Reachable blocks in reverse postorder; without recursion, since a function may be long. */
export function reversePostorder(count: number, successors: (block: number) => readonly number[], entry = 0): number[] {
  const seen = new Uint8Array(count);
  const order: number[] = [];
  const stack: { block: number; next: number }[] = [{ block: entry, next: 0 }];
  seen[entry] = 1;
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const target = successors(top.block)[top.next++];
    if (target === undefined) {
      order.push(top.block);
      stack.pop();
    } else if (seen[target] === 0) {
      seen[target] = 1;
      stack.push({ block: target, next: 0 });
    }
  }
  return order.reverse();
}

/** Immediate dominators by Cooper, Harvey and Kennedy; the entry's is itself, an unreachable block's is -1. */
export function dominators(order: readonly number[], count: number, predecessors: readonly (readonly number[])[]): Int32Array {
  const position = new Int32Array(count).fill(-1);
  order.forEach((block, at) => { position[block] = at; });
  const idom = new Int32Array(count).fill(-1);
  const entry = order[0] ?? 0;
  idom[entry] = entry;
  const at = (block: number): number => position[block] ?? -1;
  const up = (block: number): number => idom[block] ?? -1;
  for (let changed = true; changed;) {
    changed = false;
    for (const block of order) {
      if (block === entry) continue;
      let best = -1;
      for (const from of predecessors[block] ?? []) {
        if (up(from) < 0) continue;
        if (best < 0) { best = from; continue; }
        let a = from;
        let b = best;
        while (a !== b) {
          while (at(a) > at(b)) a = up(a);
          while (at(b) > at(a)) b = up(b);
        }
        best = a;
      }
      if (best >= 0 && idom[block] !== best) { idom[block] = best; changed = true; }
    }
  }
  return idom;
}

export function structure(exits: readonly Exit[]): Region[] {
  const count = exits.length;
  const exitOf = (block: number): Exit => exits[block] ?? { kind: 'stop' };
  const order = reversePostorder(count, block => targetsOf(exitOf(block)));
  const position = new Int32Array(count).fill(-1);
  order.forEach((block, i) => { position[block] = i; });
  const at = (block: number): number => position[block] ?? -1;
  const predecessors: number[][] = Array.from({ length: count }, () => []);
  for (const block of order) for (const target of targetsOf(exitOf(block))) predecessors[target]?.push(block);
  const idom = dominators(order, count, predecessors);

  const isHeader = new Uint8Array(count);
  const isMerge = new Uint8Array(count);
  for (const block of order) {
    const exit = exitOf(block);
    const table = isTable(exit);
    for (const target of targetsOf(exit)) {
      if (at(target) <= at(block)) isHeader[target] = 1;
      else if (table) isMerge[target] = 1;
    }
    let forward = 0;
    for (const from of predecessors[block] ?? []) if (at(from) < at(block)) forward++;
    if (forward > 1) isMerge[block] = 1;
  }
  const merges: number[][] = Array.from({ length: count }, () => []);
  for (const block of order) {
    const parent = idom[block] ?? -1;
    if (isMerge[block] === 1 && parent >= 0) merges[parent]?.push(block);
  }

  const labels: Label[] = [];
  const depthOf = (kind: 'block' | 'loop', target: number): number => {
    for (let i = labels.length - 1; i >= 0; i--) {
      const label = labels[i];
      if (label !== undefined && label.kind === kind && label.target === target) return labels.length - 1 - i;
    }
    throw new Error(`block ${target} has no label here: the graph is not reducible`);
  };

  /** A jump from `from`: a branch, or the target itself when this is the only way to it. */
  const isBranch = (from: number, to: number): boolean => at(to) <= at(from) || isMerge[to] === 1;
  const jumpDepth = (from: number, to: number): number => depthOf(at(to) <= at(from) ? 'loop' : 'block', to);
  const jump = (from: number, to: number, out: Region[]): void => {
    if (isBranch(from, to)) out.push({ kind: 'branch', depth: jumpDepth(from, to) });
    else tree(to, out);
  };

  const fork = (from: number, test: Test, then: number, otherwise: (out: Region[]) => void, out: Region[]): void => {
    if (isBranch(from, then)) {
      out.push({ kind: 'branchIf', block: from, test, depth: jumpDepth(from, then) });
      otherwise(out);
      return;
    }
    const thenRegions: Region[] = [];
    const otherRegions: Region[] = [];
    labels.push({ kind: 'if' });
    tree(then, thenRegions);
    otherwise(otherRegions);
    labels.pop();
    out.push({ kind: 'if', block: from, test, then: thenRegions, otherwise: otherRegions });
  };

  const choose = (from: number, exit: Extract<Exit, { kind: 'switch' }>, out: Region[]): void => {
    const cases = exit.values.map((value, i) => ({ value, target: exit.targets[i] ?? 0 }));
    let otherwise = exit.otherwise;
    if (otherwise === null) {
      const last = cases.at(-1);
      if (last === undefined) { out.push({ kind: 'stop', block: from }); return; }
      // The values 0 and 1 are all there are: ask whether it is set.
      const first = cases[0];
      if (cases.length === 2 && first !== undefined && first.value + last.value === 1n) {
        const [zero, one] = first.value === 0n ? [first.target, last.target] : [last.target, first.target];
        return twoWay(from, zero, one, out);
      }
      cases.pop();
      otherwise = last.target;
    }
    const [only] = cases;
    if (only !== undefined && cases.length === 1 && only.value === 0n) return twoWay(from, only.target, otherwise, out);
    const rest = (index: number) => (into: Region[]): void => {
      const next = cases[index];
      if (next === undefined) jump(from, otherwise, into);
      else fork(from, { kind: 'equal', value: next.value }, next.target, rest(index + 1), into);
    };
    // `x == v ? inline : branch` reads better as a branch on the opposite.
    if (only !== undefined && cases.length === 1 && !isBranch(from, only.target) && isBranch(from, otherwise)) {
      fork(from, { kind: 'notEqual', value: only.value }, otherwise, into => jump(from, only.target, into), out);
    } else rest(0)(out);
  };
  const twoWay = (from: number, zero: number, one: number, out: Region[]): void => {
    if (isBranch(from, zero) && !isBranch(from, one)) fork(from, { kind: 'clear' }, zero, into => jump(from, one, into), out);
    else fork(from, { kind: 'set' }, one, into => jump(from, zero, into), out);
  };

  const leave = (block: number, out: Region[]): void => {
    const exit = exitOf(block);
    if (exit.kind === 'goto') jump(block, exit.target, out);
    else if (exit.kind === 'stop') out.push({ kind: 'stop', block });
    else if (isTable(exit)) {
      const targetOf = new Map(exit.values.map((value, i) => [value, exit.targets[i] ?? 0]));
      let low = exit.values[0] ?? 0n;
      let high = low;
      for (const value of exit.values) { if (value < low) low = value; if (value > high) high = value; }
      const fallback = exit.otherwise ?? exit.targets[0] ?? 0;
      const depths: number[] = [];
      for (let value = low; value <= high; value++) depths.push(jumpDepth(block, targetOf.get(value) ?? fallback));
      out.push({ kind: 'table', block, low, depths, otherwise: jumpDepth(block, fallback) });
    } else choose(block, exit, out);
  };

  /** Writes a block and everything it dominates. The last merge is written in a loop rather than by recursion. */
  function tree(block: number, out: Region[]): void {
    for (let current: number | undefined = block; current !== undefined;) {
      if (isHeader[current] === 1) {
        const inner: Region[] = [];
        labels.push({ kind: 'loop', target: current });
        within(current, inner);
        labels.pop();
        out.push({ kind: 'loop', inner });
        return;
      }
      current = within(current, out, true);
    }
  }

  /** The block inside one `block` for each merge that it dominates, each merge after its own. With `tail`, gives back the last merge instead of writing it. */
  function within(block: number, out: Region[], tail = false): number | undefined {
    const after = merges[block] ?? []; // in reverse postorder: the first ends innermost
    for (let i = after.length - 1; i >= 0; i--) labels.push({ kind: 'block', target: after[i] ?? 0 });
    let inner: Region[] = [{ kind: 'code', block }];
    leave(block, inner);
    for (let i = 0; i < after.length; i++) {
      labels.pop();
      const outer: Region[] = [{ kind: 'block', inner }];
      if (tail && i === after.length - 1) { out.push(...outer); return after[i]; }
      tree(after[i] ?? 0, outer);
      inner = outer;
    }
    out.push(...inner);
    return undefined;
  }

  const out: Region[] = [];
  if (count > 0) tree(0, out);
  return out;
}
