/**
 * Copies away: `d = s` with one definition each makes `d` another name of `s`; `t = …; x = t` writes `x` at once; a constant stands where
 * the only local that held it was read. In: a body, in place. Invariant: a local that is renamed has one definition, which dominates its uses, so
 * that both hold the same at every use. Linear but for dominators.
 */
import type { LocalId, Operand, Place } from '../../flow/graph.ts';
import type { Body, Op } from '../body.ts';
import { successors, unwindOf } from '../body.ts';
import { dominators, reversePostorder } from '../structure.ts';
import type { World } from '../world.ts';
import { changeBody, type Usage, usage, visitBody, visitOp } from './visit.ts';

interface Definition { readonly block: number; readonly at: number; readonly op: Op }

/** Dominator tree with numbers, so that a question is O(1). */
export function dominance(body: Body): (a: number, b: number) => boolean {
  const n = body.blocks.length;
  const out = body.blocks.map(block => {
    const list: number[] = [...successors(block.end)];
    for (const op of block.ops) { const u = unwindOf(op); if (u !== null) list.push(u); }
    return list;
  });
  const order = reversePostorder(n, b => out[b] ?? []);
  const predecessors: number[][] = Array.from({ length: n }, () => []);
  for (const b of order) for (const t of out[b] ?? []) predecessors[t]?.push(b);
  const idom = dominators(order, n, predecessors);
  const children: number[][] = Array.from({ length: n }, () => []);
  for (const b of order) { const up = idom[b] ?? -1; if (up >= 0 && up !== b) children[up]?.push(b); }
  const enter = new Int32Array(n);
  const leave = new Int32Array(n);
  let clock = 0;
  const stack: { b: number; next: number }[] = n > 0 ? [{ b: 0, next: 0 }] : [];
  if (n > 0) enter[0] = clock++;
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const child = children[top.b]?.[top.next++];
    if (child === undefined) { leave[top.b] = clock++; stack.pop(); } else { enter[child] = clock++; stack.push({ b: child, next: 0 }); }
  }
  return (a, b) => (enter[a] ?? 0) <= (enter[b] ?? 0) && (leave[b] ?? 0) <= (leave[a] ?? 0);
}

const bare = (place: Place): boolean => place.projection.length === 0;

/** The only definition of each local that has one; null for others. Parameters count as defined at the entry, before everything. */
export function onlyDefinitions(body: Body, u: Usage): (Definition | 'param' | null)[] {
  const out: (Definition | 'param' | null)[] = body.locals.map((_, i) => (i >= 1 && i <= body.params && u.writes[i] === 0 ? 'param' : null));
  for (const [b, block] of body.blocks.entries()) {
    for (const [i, op] of block.ops.entries()) {
      const to = op.kind === 'assign' ? op.place : op.kind === 'call' || op.kind === 'checked' ? op.destination : null;
      if (to !== null && bare(to) && u.writes[to.local] === 1 && to.local > body.params) out[to.local] = { block: b, at: i, op };
    }
  }
  return out;
}

export function propagateCopies(world: World, body: Body): boolean {
  const u = usage(body);
  const only = onlyDefinitions(body, u);
  const dominates = dominance(body);
  const before = (a: Definition | 'param', block: number, at: number): boolean => a === 'param' || (a.block === block ? a.at < at : dominates(a.block, block));
  const inMemory = (local: number): boolean => {
    const type = body.locals[local]?.type;
    return type === undefined || type.kind === 'never' || world.types.shape(type).abi.kind === 'memory';
  };

  // Which locals are but another name, or a constant.
  const replacement = new Map<number, Operand>();
  for (const [d, definition] of only.entries()) {
    if (d === 0 || definition === null || definition === 'param' || u.taken[d] === 1) continue;
    const { op } = definition;
    if (op.kind !== 'assign' || op.value.kind !== 'use') continue;
    const { operand } = op.value;
    if (operand.kind === 'constant') {
      const { constant } = operand;
      if (constant.kind === 'int' || constant.kind === 'float' || constant.kind === 'null' || constant.kind === 'zero' || constant.kind === 'static' || constant.kind === 'string') replacement.set(d, operand);
      continue;
    }
    const { place } = operand;
    if (!bare(place) || place.local === d || place.local === 0 || u.taken[place.local] === 1) continue;
    const source = only[place.local] ?? null;
    if (source === null || !before(source, definition.block, definition.at)) continue;
    if (body.locals[d]?.type !== body.locals[place.local]?.type) continue;
    // Bytes in memory may be given to a callee that changes them: then only a move of the one use is a change of name.
    if (inMemory(d) && u.reads[place.local] !== 1) continue;
    replacement.set(d, { kind: 'copy', place });
  }
  if (replacement.size === 0) return false;
  // Uses that the definition does not dominate keep the local.
  visitBody(body, (place, role, _op, block, at) => {
    const check = (l: number): void => {
      if (!replacement.has(l)) return;
      const definition = only[l];
      if (definition === null || definition === undefined || !before(definition, block, at)) replacement.delete(l);
    };
    if (!(role === 'write' && bare(place))) check(place.local);
    for (const step of place.projection) if (step.kind === 'index') check(step.local);
    // A constant has no parts, and no address.
    const r = replacement.get(place.local);
    if (r?.kind === 'constant' && role !== 'write' && !(bare(place) && (role === 'copy' || role === 'move'))) {
      const derefsStatic = r.constant.kind === 'static' || r.constant.kind === 'string' || r.constant.kind === 'int' || r.constant.kind === 'null';
      if (!bare(place) || derefsStatic) replacement.delete(place.local);
    }
    for (const step of place.projection) if (step.kind === 'index' && replacement.get(step.local)?.kind === 'constant') replacement.delete(step.local);
  });
  const nameOf = (l: LocalId): LocalId => {
    let at = l;
    for (let i = 0; i < 64; i++) {
      const r = replacement.get(at);
      if (r === undefined || r.kind === 'constant') return at;
      at = r.place.local;
    }
    return at;
  };
  let changed = false;
  changeBody(body, {
    place: (place, role) => {
      if (role === 'write' && bare(place)) return place;
      const base = nameOf(place.local);
      const moved = place.projection.some(s => s.kind === 'index' && nameOf(s.local) !== s.local);
      if (base === place.local && !moved) return place;
      changed = true;
      return { local: base, projection: moved ? place.projection.map(s => (s.kind === 'index' ? { kind: 'index', local: nameOf(s.local) } : s)) : place.projection };
    },
    operand: operand => {
      if (operand.kind === 'constant' || !bare(operand.place)) return operand;
      const r = replacement.get(operand.place.local);
      if (r?.kind !== 'constant') return operand;
      changed = true;
      return r;
    },
  });
  return changed;
}

/** `t = …; …; x = move t`, with one use of `t`: `x = …`, when `x` is not touched in between. */
export function writeAtOnce(world: World, body: Body): boolean {
  const u = usage(body);
  let changed = false;
  for (const block of body.blocks) {
    for (let i = 0; i < block.ops.length; i++) {
      const copy = block.ops[i];
      if (copy?.kind !== 'assign' || copy.value.kind !== 'use' || copy.value.operand.kind === 'constant' || !bare(copy.place)) continue;
      const from = copy.value.operand.place;
      const x = copy.place.local;
      const t = from.local;
      if (!bare(from) || t === x || t <= body.params || u.reads[t] !== 1 || u.writes[t] !== 1 || u.taken[t] === 1 || u.taken[x] === 1) continue;
      if (body.locals[t]?.type !== body.locals[x]?.type) continue;
      // Find the definition of t, with nothing about x on the way, and no way out to a cleanup that could see x.
      let at = -1;
      for (let k = i - 1; k >= 0; k--) {
        const op = block.ops[k];
        if (op === undefined) break;
        const to = op.kind === 'assign' ? op.place : op.kind === 'call' || op.kind === 'checked' ? op.destination : null;
        if (to !== null && bare(to) && to.local === t) { at = k; break; }
        if (touches(op, x) || unwindOf(op) !== null) break;
      }
      const definition = at < 0 ? undefined : block.ops[at];
      if (definition === undefined) continue;
      // A result in memory must not overwrite what the operation still reads.
      const type = body.locals[t]?.type;
      const memory = type !== undefined && type.kind !== 'never' && world.types.shape(type).abi.kind === 'memory';
      if (memory && touches(definition, x)) continue;
      // A call that panics leaves x as it was; a later landing may look at it.
      if (unwindOf(definition) !== null && memory) continue;
      if (definition.kind === 'assign') block.ops[at] = { ...definition, place: copy.place };
      else if (definition.kind === 'call' || definition.kind === 'checked') block.ops[at] = { ...definition, destination: copy.place };
      else continue;
      block.ops.splice(i, 1);
      i--;
      changed = true;
    }
  }
  return changed;
}

function touches(op: Op, local: number): boolean {
  let found = false;
  visitOp(op, place => {
    if (place.local === local) found = true;
    for (const step of place.projection) if (step.kind === 'index' && step.local === local) found = true;
  });
  return found;
}
