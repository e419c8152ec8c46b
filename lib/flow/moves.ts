/**
 * Move paths: the places of a graph that are moved from, initialised or dropped, as a tree (rustc's `MoveData`), and what each
 * point does to them. In: a graph. Out: paths, effects by point, and the moves that are not allowed (out of a reference, of an
 * indexed place, of a type with a destructor). Cost: linear in statements times the depth of places.
 */
import type { Span } from '../text/span.ts';
import type { DefId, Type } from '../types/type.ts';
import { add, type Bits, remove, solve } from './dataflow.ts';
import type { BlockId, Graph, LocalId, Operand, Place, Projection, Rvalue } from './graph.ts';
import { placeKey, placeType, stepType } from './place.ts';
import { dropImpl, isBox, type TypeQueries } from './queries.ts';

export interface MovePath {
  readonly id: number;
  readonly place: Place;
  readonly parent: number | null;
  readonly children: number[];
}

export type Effect =
  | { readonly kind: 'move'; readonly path: number }
  /** Storage ends, or a destructor runs: nobody moved it. */
  | { readonly kind: 'end'; readonly path: number }
  | { readonly kind: 'init'; readonly path: number }
  /** Initialised on the normal return of the terminator only. */
  | { readonly kind: 'initOnReturn'; readonly path: number };

export type BadMove = { readonly span: Span; readonly place: Place; readonly block: BlockId; readonly index: number } & (
  /** Out of what a reference or raw pointer leads to (E0507). */
  | { readonly kind: 'borrowed'; readonly base: Place; readonly baseType: Type }
  /** Out of a type that implements Drop (E0509). */
  | { readonly kind: 'destructor'; readonly type: Type }
  /** Out of an indexed place (E0508). */
  | { readonly kind: 'index'; readonly type: Type }
);

export interface Moves {
  readonly graph: Graph;
  readonly paths: MovePath[];
  /** Path of a local. */
  readonly ofLocal: number[];
  /** Effects of statement `index` of a block; the terminator's at index = number of statements. In order. */
  effects(block: BlockId, index: number): readonly Effect[];
  /** Exact path, or the nearest that holds it. */
  find(place: Place): { readonly path: number; readonly exact: boolean };
  /** The path and all below it. */
  below(path: number): readonly number[];
  readonly bad: readonly BadMove[];
}

const NONE: readonly Effect[] = [];

export function collectMoves(graph: Graph, queries: TypeQueries, owner: DefId): Moves {
  const paths: MovePath[] = [];
  const byKey = new Map<string, number>();
  const make = (place: Place, parent: number | null): number => {
    const id = paths.length;
    paths.push({ id, place, parent, children: [] });
    if (parent !== null) paths[parent]?.children.push(id);
    byKey.set(placeKey(place), id);
    return id;
  };
  const ofLocal = graph.locals.map((_, i) => make({ local: i as LocalId, projection: [] }, null));
  const effects = new Map<number, Effect[]>();
  const bad: BadMove[] = [];
  const point = (block: BlockId, index: number): number => block * 1048576 + index;
  const note = (block: BlockId, index: number, effect: Effect): void => {
    const key = point(block, index);
    const list = effects.get(key);
    if (list === undefined) effects.set(key, [effect]);
    else list.push(effect);
  };

  type Step = Omit<BadMove, 'span' | 'place' | 'block' | 'index'> | { kind: string };
  /** The path of a place, made where it is missing; or why there can be none. */
  const pathFor = (place: Place): number | Step => {
    let path = ofLocal[place.local] ?? 0;
    let type = graph.locals[place.local]?.type;
    for (let i = 0; i < place.projection.length && type !== undefined; i++) {
      const step = place.projection[i];
      if (step === undefined) break;
      const base: Place = { local: place.local, projection: place.projection.slice(0, i) };
      if (step.kind === 'deref' && !isBox(queries.definitions, type)) return { kind: 'borrowed', base, baseType: type } as Step;
      if (step.kind === 'field' || step.kind === 'variant') {
        if (type.kind === 'adt' && !isBox(queries.definitions, type) && dropImpl(queries.definitions, type.def) !== null) return { kind: 'destructor', type } as Step;
      } else if (step.kind !== 'deref') {
        if (type.kind !== 'array' || step.kind === 'index') return { kind: 'index', type } as Step;
      }
      const cut: Place = { local: place.local, projection: place.projection.slice(0, i + 1) };
      path = byKey.get(placeKey(cut)) ?? make(cut, path);
      type = stepType(queries, type, step);
    }
    return path;
  };

  /** A subslice of an array is its elements. */
  const elements = (place: Place): Place[] => {
    const last = place.projection[place.projection.length - 1];
    if (last?.kind !== 'subslice') return [place];
    const base: Place = { local: place.local, projection: place.projection.slice(0, -1) };
    const type = placeType(queries, graph.locals, base);
    if (type.kind !== 'array' || type.length.kind !== 'const') return [place];
    const out: Place[] = [];
    for (let i = last.from; i < Number(type.length.value) - last.to; i++) out.push({ local: place.local, projection: [...base.projection, { kind: 'constantIndex', offset: i, fromEnd: false }] });
    return out;
  };

  const moved = (place: Place, span: Span, block: BlockId, index: number): void => {
    for (const p of elements(place)) {
      const path = pathFor(p);
      if (typeof path === 'number') note(block, index, { kind: 'move', path });
      else bad.push({ ...(path as Omit<BadMove, 'span'>), place: p, span, block, index } as BadMove);
    }
  };
  const operand = (o: Operand, span: Span, block: BlockId, index: number): void => { if (o.kind === 'move') moved(o.place, span, block, index); };
  const init = (place: Place, block: BlockId, index: number, onReturn: boolean): void => {
    const path = pathFor(place);
    if (typeof path === 'number') note(block, index, { kind: onReturn ? 'initOnReturn' : 'init', path });
  };

  graph.blocks.forEach((block, b) => {
    const id = b as BlockId;
    block.statements.forEach((s, i) => {
      if (s.kind === 'assign') {
        for (const o of operandsOf(s.value)) operand(o, s.span, id, i);
        init(s.place, id, i, false);
      } else if (s.kind === 'storageDead') note(id, i, { kind: 'end', path: ofLocal[s.local] ?? 0 });
    });
    const t = block.terminator;
    const at = block.statements.length;
    switch (t.kind) {
      case 'call':
        operand(t.callee, t.span, id, at);
        for (const a of t.args) operand(a, t.span, id, at);
        init(t.destination, id, at, true);
        return;
      case 'checked':
        operand(t.left, t.span, id, at);
        if (t.right !== null) operand(t.right, t.span, id, at);
        init(t.destination, id, at, true);
        return;
      case 'drop': {
        const path = pathFor(t.place);
        if (typeof path === 'number') note(id, at, { kind: 'end', path });
        return;
      }
      case 'switch': operand(t.operand, t.span, id, at); return;
      case 'bounds': operand(t.index, t.span, id, at); operand(t.length, t.span, id, at); return;
      case 'guard': operand(t.pointer, t.span, id, at); return;
      default: return;
    }
  });

  const belowCache: (number[] | undefined)[] = [];
  const below = (path: number): readonly number[] => {
    const known = belowCache[path];
    if (known !== undefined) return known;
    const out = [path];
    for (let i = 0; i < out.length; i++) out.push(...(paths[out[i] ?? 0]?.children ?? []));
    belowCache[path] = out;
    return out;
  };
  const find = (place: Place): { path: number; exact: boolean } => {
    let path = ofLocal[place.local] ?? 0;
    const steps: Projection[] = [];
    for (const step of place.projection) {
      steps.push(step);
      const next = byKey.get(placeKey({ local: place.local, projection: steps }));
      if (next === undefined) return { path, exact: false };
      path = next;
    }
    return { path, exact: true };
  };
  void owner;
  return { graph, paths, ofLocal, effects: (block, index) => effects.get(point(block, index)) ?? NONE, find, below, bad };
}

/** Operands that an rvalue reads, in order. */
export function operandsOf(v: Rvalue): readonly Operand[] {
  switch (v.kind) {
    case 'use': case 'unary': case 'cast': case 'repeat': return [v.operand];
    case 'binary': case 'pointer': return [v.left, v.right];
    case 'aggregate': return v.operands;
    default: return [];
  }
}

/** Applies effects to "maybe initialised" (`wanted` true) or "maybe uninitialised" (false). */
export function applyEffects(moves: Moves, state: Bits, effects: readonly Effect[], wanted: boolean): void {
  for (const e of effects) {
    if (e.kind === 'initOnReturn') continue;
    const becomes = (e.kind === 'init') === wanted;
    for (const p of moves.below(e.path)) if (becomes) add(state, p); else remove(state, p);
  }
}

/** What is maybe initialised (or maybe not) at each block's entry. */
export function initialisation(moves: Moves, wanted: boolean): (Bits | null)[] {
  const { graph } = moves;
  return solve({
    graph,
    count: moves.paths.length,
    entry(state) {
      for (const path of moves.paths) {
        const isParam = path.place.local >= 1 && path.place.local <= graph.params;
        if (isParam === wanted) add(state, path.id);
      }
    },
    statement: (state, block, index) => { applyEffects(moves, state, moves.effects(block, index), wanted); },
    terminator: (state, block) => { applyEffects(moves, state, moves.effects(block, graph.blocks[block]?.statements.length ?? 0), wanted); },
    edge: (state, from, to) => { edgeEffect(moves, state, from, to, wanted); },
  });
}

export function edgeEffect(moves: Moves, state: Bits, from: BlockId, to: BlockId, wanted: boolean): void {
  const block = moves.graph.blocks[from];
  if (block === undefined) return;
  const t = block.terminator;
  if ((t.kind !== 'call' && t.kind !== 'checked') || t.target !== to) return;
  for (const e of moves.effects(from, block.statements.length)) {
    if (e.kind === 'initOnReturn') for (const p of moves.below(e.path)) if (wanted) add(state, p); else remove(state, p);
  }
}
