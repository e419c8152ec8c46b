/**
 * Where regions must be alive: at each point, those in the types of locals that may be used later, or whose destructor may run
 * later while they may hold a value (unless the destructor cannot look: the library's containers of references). In: a graph, its
 * typed locals, its moves. Out: points in `Regions.live`. Cost: two backward passes over bits of locals.
 */
import type { Type } from '../types/type.ts';
import { add, type Bits, bits, has, members, remove, solveBackward } from './dataflow.ts';
import type { BlockId, Graph, Operand, Place, Rvalue } from './graph.ts';
import { applyEffects, initialisation, type Moves, operandsOf } from './moves.ts';
import { closureParts, normaliseR, put, regionsIn, type Typer } from './borrow-types.ts';
import { markLive } from './borrow-regions.ts';
import { dropImpl, isBox, isLang } from './queries.ts';

/** Number of the first point of each block; a statement is one point, the terminator the last. */
export function pointBases(graph: Graph): number[] {
  const out: number[] = [];
  let at = 0;
  for (const block of graph.blocks) { out.push(at); at += block.statements.length + 1; }
  out.push(at);
  return out;
}

export interface Uses {
  use(local: number): void;
  define(local: number): void;
  drop(local: number): void;
}

function placeUses(place: Place, u: Uses): void {
  u.use(place.local);
  for (const s of place.projection) if (s.kind === 'index') u.use(s.local);
}

function operandUses(o: Operand, u: Uses): void {
  if (o.kind !== 'constant') placeUses(o.place, u);
}

export function rvalueUses(v: Rvalue, u: Uses): void {
  for (const o of operandsOf(v)) operandUses(o, u);
  if (v.kind === 'borrow' || v.kind === 'rawBorrow' || v.kind === 'discriminant' || v.kind === 'length') placeUses(v.place, u);
}

function destination(place: Place, u: Uses): void {
  if (place.projection.length === 0) u.define(place.local);
  else placeUses(place, u);
}

/** Uses of a statement or (index = number of statements) terminator. The result of a call is defined on its edge. */
export function usesAt(graph: Graph, block: BlockId, index: number, u: Uses): void {
  const b = graph.blocks[block];
  const s = b?.statements[index];
  if (s !== undefined) {
    switch (s.kind) {
      case 'assign': destination(s.place, u); rvalueUses(s.value, u); return;
      case 'storageDead': case 'storageLive': u.define(s.local); return;
      case 'fakeRead': case 'ascribe': placeUses(s.place, u); return;
      default: return;
    }
  }
  const t = b?.terminator;
  if (t === undefined) return;
  switch (t.kind) {
    case 'switch': operandUses(t.operand, u); return;
    case 'return': u.use(0); return;
    case 'drop': u.drop(t.place.local); for (const st of t.place.projection) if (st.kind === 'index') u.use(st.local); return;
    case 'call':
      if (t.destination.projection.length > 0) placeUses(t.destination, u);
      operandUses(t.callee, u);
      for (const a of t.args) operandUses(a, u);
      return;
    case 'checked':
      if (t.destination.projection.length > 0) placeUses(t.destination, u);
      operandUses(t.left, u);
      if (t.right !== null) operandUses(t.right, u);
      return;
    case 'bounds': operandUses(t.index, u); operandUses(t.length, u); return;
    case 'guard': operandUses(t.pointer, u); return;
    default: return;
  }
}

/** The local a terminator defines on its normal return. */
export function definedOnReturn(graph: Graph, block: BlockId, to: BlockId): number | null {
  const t = graph.blocks[block]?.terminator;
  if ((t?.kind === 'call' || t?.kind === 'checked') && t.target === to && t.destination.projection.length === 0) return t.destination.local;
  return null;
}

export interface Liveness {
  /** Locals that are used later, on entry to each point of a block (dense by point). */
  readonly usedAt: Bits[];
}

export function computeLiveness(graph: Graph, t: Typer, moves: Moves, bases: readonly number[]): void {
  const count = graph.locals.length;
  const relevant = bits(count);
  const regions: number[][] = [];
  const dropRegions: (number[] | null)[] = [];
  t.locals.forEach((type, i) => {
    const all = [...regionsIn(t, type)];
    regions.push(all);
    dropRegions.push(null);
    if (all.length > 0) add(relevant, i);
  });
  const run = (kind: 'use' | 'drop'): Bits[] => solveBackward({
    graph,
    count,
    statement: (state, block, index) => { step(graph, state, block, index, kind, relevant); },
    terminator: (state, block) => { step(graph, state, block, graph.blocks[block]?.statements.length ?? 0, kind, relevant); },
    edge: (state, from, to) => { const d = definedOnReturn(graph, from, to); if (d !== null) remove(state, d); },
  });
  const used = run('use');
  const dropped = run('drop');
  const initialised = initialisation(moves, true);
  graph.blocks.forEach((block, i) => {
    const id = i as BlockId;
    const use = used[id]?.slice();
    const drop = dropped[id]?.slice();
    if (use === undefined || drop === undefined) return;
    const base = bases[i] ?? 0;
    // What may hold a value on entry to each point, where a destructor may run later.
    const states: Bits[] = [];
    const start = initialised[id];
    const wantsDrops = start !== null && start !== undefined;
    if (wantsDrops) {
      const state = start.slice();
      for (let n = 0; n <= block.statements.length; n++) {
        states.push(state.slice());
        applyEffects(moves, state, moves.effects(id, n), true);
      }
    }
    for (let n = block.statements.length; n >= 0; n--) {
      step(graph, use, id, n, 'use', relevant);
      step(graph, drop, id, n, 'drop', relevant);
      const point = base + n;
      for (const l of members(use)) for (const r of regions[l] ?? []) markLive(t.regions, r, point);
      const state = states[n];
      if (state === undefined) continue;
      for (const l of members(drop)) {
        if (!moves.below(moves.ofLocal[l] ?? 0).some(p => has(state, p))) continue;
        const own = (dropRegions[l] ??= [...droppedRegions(t, t.locals[l] as Type)]);
        for (const r of own) markLive(t.regions, r, point);
      }
    }
  });
}

function step(graph: Graph, state: Bits, block: BlockId, index: number, kind: 'use' | 'drop', relevant: Bits): void {
  const used: number[] = [];
  usesAt(graph, block, index, {
    define: l => { remove(state, l); },
    use: l => { if (kind === 'use') used.push(l); else remove(state, l); },
    drop: l => { if (kind === 'drop') used.push(l); },
  });
  for (const l of used) if (has(relevant, l)) add(state, l);
}

const DANGLES = /^std::(vec|boxed|rc|sync|collections|option|result|mem|string)\b/;

/** Regions that a destructor of this type may look through. */
export function droppedRegions(t: Typer, type: Type, seen: Set<number> = new Set(), out: Set<number> = new Set()): Set<number> {
  if (seen.has(type.id)) return out;
  seen.add(type.id);
  switch (type.kind) {
    case 'tuple': for (const e of type.elements) droppedRegions(t, e, seen, out); return out;
    case 'array': case 'slice': return droppedRegions(t, type.element, seen, out);
    case 'closure': for (const s of closureParts(t, type)?.stored ?? []) droppedRegions(t, s, seen, out); return out;
    case 'dyn': case 'opaque': case 'projection': return regionsIn(t, type, out);
    case 'adt': {
      if (isLang(t.queries.definitions, type, 'manually_drop') || isLang(t.queries.definitions, type, 'phantom_data')) return out;
      const isContainer = isBox(t.queries.definitions, type) || DANGLES.test(type.def);
      if (dropImpl(t.queries.definitions, type.def) !== null || isBox(t.queries.definitions, type)) {
        if (isContainer) {
          for (const a of type.args) if (a.kind !== 'region') droppedRegions(t, a, seen, out);
          // A view with a lifetime of its own (a draining iterator, a guard) does look.
          if (type.args.some(a => a.kind === 'region')) regionsIn(t, type, out);
          return out;
        }
        return regionsIn(t, type, out);
      }
      const d = t.queries.definitions.byId.get(type.def);
      const variants = d?.kind === 'struct' ? [d.variant] : d?.kind === 'enum' ? d.variants : [];
      if (seen.size > 200) return regionsIn(t, type, out);
      for (const v of variants) for (const f of v.fields) droppedRegions(t, normaliseR(t, put(t, f.type, type.args)), seen, out);
      return out;
    }
    default: return out;
  }
}
