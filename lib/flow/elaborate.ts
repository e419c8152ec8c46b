/**
 * Drop elaboration (rustc's): each `drop` of a place that may or may not be initialised, or only in part, becomes drops of whole
 * initialised places, behind flags where only the run can tell. Also removes what only the checkers needed (false edges, fake
 * reads and borrows). In: a graph as built and checked. Out: the graph that code is made from.
 * Invariant: after it, a reached `drop` drops its place whole. Cost: linear, plus the ladders it writes.
 */
import { BOOL, intern, ptr, ref, type Type, type DefId, ISIZE, UNIT } from '../types/type.ts';
import type { Span } from '../text/span.ts';
import { type Bits, has } from './dataflow.ts';
import { haltNumber, type Block, type BlockId, type Graph, type Halt, type LocalId, type Operand, type Place, type Statement, type Terminator } from './graph.ts';
import { applyEffects, collectMoves, type Effect, initialisation, type Moves } from './moves.ts';
import { constantOperand } from './builder.ts';
import { DEREF, field, local, placeType, project } from './place.ts';
import { adtOf, dropImpl, fieldTypes, isBox, lang, type TypeQueries } from './queries.ts';
import { mapTargets, simplify, successors } from './simplify.ts';

interface Context {
  readonly graph: Graph;
  readonly queries: TypeQueries;
  readonly owner: DefId;
  readonly moves: Moves;
  readonly flags: Map<number, LocalId>;
  readonly blocks: Block[];
  readonly locals: Graph['locals'];
  resume: BlockId | null;
}

/** State at one drop. */
interface At {
  readonly live: Bits;
  readonly dead: Bits;
  readonly span: Span;
  /** In a block that runs while unwinding. */
  readonly cleanup: boolean;
}

export function elaborate(graph: Graph, queries: TypeQueries): Graph {
  const moves = collectMoves(graph, queries, graph.owner);
  const live = initialisation(moves, true);
  const dead = initialisation(moves, false);
  const c: Context = { graph, queries, owner: graph.owner, moves, flags: new Map(), blocks: graph.blocks.map(b => ({ ...b, statements: [...b.statements] })), locals: [...graph.locals], resume: null };
  const states = (id: BlockId): At | null => {
    const l = live[id]?.slice();
    const d = dead[id]?.slice();
    const block = graph.blocks[id];
    if (l === undefined || d === undefined || block === undefined) return null;
    block.statements.forEach((_, i) => {
      applyEffects(moves, l, moves.effects(id, i), true);
      applyEffects(moves, d, moves.effects(id, i), false);
    });
    return { live: l, dead: d, span: block.terminator.span, cleanup: block.cleanup };
  };
  const drops: { id: BlockId; at: At; t: Terminator & { kind: 'drop' } }[] = [];
  graph.blocks.forEach((block, i) => {
    if (block.terminator.kind !== 'drop') return;
    const at = states(i as BlockId);
    if (at !== null) drops.push({ id: i as BlockId, at, t: block.terminator });
  });
  // Which paths need a flag: those that a drop may find either way.
  for (const { at, t } of drops) {
    const { path, exact } = moves.find(t.place);
    if (!exact) continue;
    for (const p of moves.below(path)) {
      if (has(at.live, p) && has(at.dead, p) && !c.flags.has(p)) {
        c.flags.set(p, c.locals.length as LocalId);
        c.locals.push({ type: BOOL, name: null, mutable: true, span: t.span, annotated: null, role: 'dropFlag' });
      }
    }
  }
  for (const { id, at, t } of drops) {
    const block = c.blocks[id];
    if (block === undefined) continue;
    const { path, exact } = moves.find(t.place);
    const unwind = t.unwind;
    if (!exact) continue; // behind a reference or an index: always whole
    const first = dropPath(c, t.place, path, at, t.target, unwind, t.replace);
    block.terminator = { kind: 'goto', target: first, span: t.span };
  }
  const session = sessionOf(c, states);
  setFlags(c);
  clean(c);
  const variables = graph.variables.map(v => {
    const flag = v.projection.length === 0 ? c.flags.get(moves.ofLocal[v.local] ?? -1) : undefined;
    return flag === undefined ? v : { ...v, flag };
  });
  return simplify({ ...graph, locals: c.locals, blocks: c.blocks, promoted: graph.promoted, variables, ...(session === null ? {} : { session }) });
}

/** What a session needs to go on from one of its halts; null for all other bodies. */
function sessionOf(c: Context, states: (id: BlockId) => At | null): NonNullable<Graph['session']> | null {
  const halts: Halt[] = [];
  c.graph.blocks.forEach(({ terminator }, i) => {
    const number = haltNumber(terminator);
    const at = number === null ? null : states(i as BlockId);
    if (number === null || at === null) return;
    halts.push({ number, flags: [...c.flags].map(([path, local]) => ({ local, state: !has(at.live, path) ? 'no' : has(at.dead, path) ? 'either' : 'yes' })) });
  });
  if (halts.length === 0) return null;
  const names = (path: number | null): { local: LocalId; rest: string }[] => {
    const found = path === null ? undefined : c.moves.paths[path];
    if (found === undefined) return [];
    const { place, parent } = found;
    return [{ local: place.local, rest: place.projection.map(s => `.${s.kind}${'index' in s ? s.index : 'offset' in s ? s.offset : ''}`).join('') }, ...names(parent)];
  };
  return { halts: halts.sort((a, b) => a.number - b.number), flags: new Map([...c.flags].map(([path, local]) => [local as number, names(path)])) };
}

// ---------------------------------------------------------------- drops

function newBlock(c: Context, terminator: Terminator, cleanup: boolean, statements: Statement[] = []): BlockId {
  c.blocks.push({ statements, terminator, cleanup });
  return (c.blocks.length - 1) as BlockId;
}

function setFlag(flag: LocalId, value: boolean, span: Span): Statement {
  return { kind: 'assign', place: local(flag), value: { kind: 'use', operand: constantOperand({ kind: 'int', value: value ? 1n : 0n, type: BOOL }) }, span };
}

function resets(c: Context, paths: readonly number[], span: Span): Statement[] {
  return paths.flatMap(p => { const flag = c.flags.get(p); return flag === undefined ? [] : [setFlag(flag, false, span)]; });
}

const needsDrop = (c: Context, type: Type): boolean => c.queries.needsDrop(c.owner, type);

/** A block that drops what of the path is initialised, then goes to `target`. */
function dropPath(c: Context, place: Place, path: number, at: At, target: BlockId, unwind: BlockId | null, replace = false): BlockId {
  const all = c.moves.below(path);
  const live = all.some(p => has(at.live, p));
  const dead = all.some(p => has(at.dead, p));
  if (!live) return target;
  const type = placeType(c.queries, c.locals, place);
  if (!needsDrop(c, type)) return target;
  if (!dead) return newBlock(c, { kind: 'drop', place, target, unwind, replace, span: at.span }, at.cleanup, resets(c, all, at.span));
  if (all.length === 1) return conditional(c, path, at, newBlock(c, { kind: 'drop', place, target, unwind, replace, span: at.span }, at.cleanup, resets(c, all, at.span)), target);
  return openDrop(c, place, path, type, at, target, unwind);
}

/** Runs `block` where the path itself is initialised, else goes to `target`. */
function conditional(c: Context, path: number, at: At, block: BlockId, target: BlockId): BlockId {
  if (!has(at.live, path)) return target;
  if (!has(at.dead, path)) return block;
  const flag = c.flags.get(path);
  if (flag === undefined) throw new Error('a path without its flag');
  return newBlock(c, { kind: 'switch', operand: { kind: 'copy', place: local(flag) }, type: BOOL, values: [0n], targets: [target], otherwise: block, span: at.span }, at.cleanup);
}

function childBy(c: Context, path: number, fits: (step: Place['projection'][number]) => boolean): number | null {
  for (const child of c.moves.paths[path]?.children ?? []) {
    const steps = c.moves.paths[child]?.place.projection;
    const last = steps?.[steps.length - 1];
    if (last !== undefined && fits(last)) return child;
  }
  return null;
}

interface Part {
  readonly place: Place;
  readonly path: number | null;
}

/** A value of which parts were moved away: what is left, part by part. */
function openDrop(c: Context, place: Place, path: number, type: Type, at: At, target: BlockId, unwind: BlockId | null): BlockId {
  const done = after(c, path, at, target);
  if (isBox(c.queries.definitions, type)) return openBox(c, place, path, type, at, done, unwind);
  switch (type.kind) {
    case 'tuple': case 'closure': return ladder(c, parts(c, place, path, type, null), path, at, done, unwind);
    case 'array': {
      if (type.length.kind !== 'const') break;
      const list: Part[] = [];
      for (let i = 0; i < Number(type.length.value); i++) {
        list.push({ place: project(place, { kind: 'constantIndex', offset: i, fromEnd: false }), path: childBy(c, path, s => s.kind === 'constantIndex' && s.offset === i) });
      }
      // From the end, as rustc does (the reference leaves it open).
      return ladder(c, list.reverse(), path, at, done, unwind);
    }
    case 'adt': {
      if (dropImpl(c.queries.definitions, type.def) !== null) break;
      const adt = adtOf(c.queries.definitions, type);
      if (adt?.kind === 'struct') return ladder(c, parts(c, place, path, type, null), path, at, done, unwind);
      if (adt?.kind === 'enum') return openEnum(c, place, path, type, at, done, unwind);
      break;
    }
    default: break;
  }
  return conditional(c, path, at, newBlock(c, { kind: 'drop', place, target: done, unwind, replace: false, span: at.span }, at.cleanup), done);
}

/** After all parts: the path's own flag falls. */
function after(c: Context, path: number, at: At, target: BlockId): BlockId {
  const statements = resets(c, [path], at.span);
  return statements.length === 0 ? target : newBlock(c, { kind: 'goto', target, span: at.span }, at.cleanup, statements);
}

function parts(c: Context, place: Place, path: number, type: Type, variant: number | null): Part[] {
  return fieldTypes(c.queries, c.owner, type, variant).map((t, i) => ({ place: field(place, i, t), path: childBy(c, path, s => s.kind === 'field' && s.index === i) }));
}

/** Drops parts in order; when one panics, the rest are dropped while unwinding. */
function ladder(c: Context, list: readonly Part[], path: number, at: At, target: BlockId, unwind: BlockId | null): BlockId {
  const wanted = list.filter(p => needsDrop(c, placeType(c.queries, c.locals, p.place)));
  const cleanup: At = { ...at, cleanup: true };
  let next = target;
  let onPanic = unwind;
  for (let i = wanted.length - 1; i >= 0; i--) {
    const part = wanted[i];
    if (part === undefined) continue;
    const unwound = at.cleanup ? null : onPanic;
    const first = dropPart(c, part, path, at, next, unwound);
    if (!at.cleanup && i > 0) onPanic = dropPart(c, part, path, cleanup, onPanic ?? resumeBlock(c, at.span), null);
    next = first;
  }
  return next;
}

function dropPart(c: Context, part: Part, path: number, at: At, target: BlockId, unwind: BlockId | null): BlockId {
  if (part.path !== null) return dropPath(c, part.place, part.path, at, target, unwind);
  // Not tracked on its own: it is there when the whole is.
  return conditional(c, path, at, newBlock(c, { kind: 'drop', place: part.place, target, unwind, replace: false, span: at.span }, at.cleanup), target);
}

function resumeBlock(c: Context, span: Span): BlockId {
  c.resume ??= newBlock(c, { kind: 'resume', span }, true);
  return c.resume;
}

function openEnum(c: Context, place: Place, path: number, type: Type, at: At, target: BlockId, unwind: BlockId | null): BlockId {
  const adt = adtOf(c.queries.definitions, type);
  if (adt?.kind !== 'enum') return target;
  const values: bigint[] = [];
  const targets: BlockId[] = [];
  let others = false;
  adt.variants.forEach((v, i) => {
    const child = childBy(c, path, s => s.kind === 'variant' && s.index === i);
    if (child === null) {
      if (fieldTypes(c.queries, c.owner, type, i).some(t => needsDrop(c, t))) others = true;
      return;
    }
    const at_ = project(place, { kind: 'variant', index: i });
    values.push(v.discriminant);
    targets.push(ladder(c, parts(c, at_, child, type, i), child, at, target, unwind));
  });
  const otherwise = others ? conditional(c, path, at, newBlock(c, { kind: 'drop', place, target, unwind, replace: false, span: at.span }, at.cleanup), target) : target;
  const tagType = adt.representation.int ?? ISIZE;
  const tag = c.locals.length as LocalId;
  c.locals.push({ type: tagType, name: null, mutable: true, span: at.span, annotated: null, role: 'temporary' });
  const read: Statement = { kind: 'assign', place: local(tag), value: { kind: 'discriminant', place, type: tagType }, span: at.span };
  const block = newBlock(c, { kind: 'switch', operand: { kind: 'copy', place: local(tag) }, type: tagType, values, targets, otherwise, span: at.span }, at.cleanup, [read]);
  return conditional(c, path, at, block, target);
}

/** A box whose content was moved out: the content where it is (again) there, then the memory. */
function openBox(c: Context, place: Place, path: number, type: Type, at: At, target: BlockId, unwind: BlockId | null): BlockId {
  const inner = childBy(c, path, s => s.kind === 'deref');
  const free = (state: At, to: BlockId, onPanic: BlockId | null): BlockId => conditional(c, path, state, boxFree(c, place, type, state, to, onPanic), to);
  const next = free(at, target, at.cleanup ? null : unwind);
  const content = project(place, DEREF);
  if (inner === null) return next;
  const onPanic = at.cleanup ? null : free({ ...at, cleanup: true }, unwind ?? resumeBlock(c, at.span), null);
  return dropPath(c, content, inner, at, next, onPanic);
}

function boxFree(c: Context, place: Place, type: Type, at: At, target: BlockId, unwind: BlockId | null): BlockId {
  if (type.kind !== 'adt') return target;
  const [content, allocator] = type.args;
  if (content === undefined) return target;
  const types = fieldTypes(c.queries, c.owner, type, null);
  const raw = types[0] ?? ptr(content, true);
  const temp = (t: Type): LocalId => {
    c.locals.push({ type: t, name: null, mutable: true, span: at.span, annotated: null, role: 'temporary' });
    return (c.locals.length - 1) as LocalId;
  };
  const statements: Statement[] = [];
  const args: Operand[] = [];
  const pointer = temp(ptr(content, true));
  const from: Operand = { kind: 'copy', place: field(place, 0, raw) };
  statements.push({ kind: 'assign', place: local(pointer), value: raw.kind === 'ptr' ? { kind: 'use', operand: from } : { kind: 'cast', cast: 'pointerToPointer', operand: from, type: ptr(content, true) }, span: at.span });
  args.push({ kind: 'move', place: local(pointer) });
  if (allocator !== undefined) {
    const view = temp(ref(allocator));
    statements.push({ kind: 'assign', place: local(view), value: { kind: 'borrow', borrow: 'shared', place: field(place, 1, types[1] ?? allocator) }, span: at.span });
    args.push({ kind: 'move', place: local(view) });
  }
  const def = lang(c.queries.definitions, 'box_free');
  const found = c.queries.definitions.byId.get(def);
  const given = [content, ...(allocator === undefined ? [] : [allocator])];
  let at_ = 0;
  const typeArgs = found?.kind === 'fn' ? found.generics.params.map(p => (p.kind === 'lifetime' ? intern({ kind: 'region', region: { of: 'erased' } }) : (given[at_++] ?? content))) : given;
  const callee = constantOperand({ kind: 'zero', type: intern({ kind: 'fnDef', def, args: typeArgs }) });
  return newBlock(c, { kind: 'call', callee, args, destination: local(temp(UNIT)), target, unwind, calleeSpan: at.span, syntax: 'call', span: at.span }, at.cleanup, statements);
}

// ---------------------------------------------------------------- flags

function setFlags(c: Context): void {
  if (c.flags.size === 0) return;
  const { graph, moves } = c;
  const sets = (effects: readonly Effect[], kinds: readonly Effect['kind'][], span: Span): Statement[] => {
    const out: Statement[] = [];
    for (const e of effects) {
      if (!kinds.includes(e.kind)) continue;
      for (const p of moves.below(e.path)) {
        const flag = c.flags.get(p);
        if (flag !== undefined) out.push(setFlag(flag, e.kind === 'init' || e.kind === 'initOnReturn', span));
      }
    }
    return out;
  };
  graph.blocks.forEach((original, i) => {
    const id = i as BlockId;
    const block = c.blocks[id];
    if (block === undefined) return;
    const statements: Statement[] = [];
    original.statements.forEach((s, n) => {
      statements.push(s, ...sets(moves.effects(id, n), ['move', 'init'], s.span));
    });
    const at = original.statements.length;
    const t = block.terminator;
    const { span } = original.terminator;
    const effects = moves.effects(id, at);
    // A drop's own reset is part of its elaboration.
    if (original.terminator.kind !== 'drop') statements.push(...sets(effects, ['move'], span));
    block.statements.splice(0, block.statements.length, ...statements);
    if ((t.kind === 'call' || t.kind === 'checked') && t.target !== null) {
      const onReturn = sets(effects, ['initOnReturn'], span);
      if (onReturn.length > 0) {
        const between = newBlock(c, { kind: 'goto', target: t.target, span }, block.cleanup, onReturn);
        block.terminator = { ...t, target: between };
      }
    }
  });
  const entry = c.blocks[0];
  if (entry === undefined) return;
  const first: Statement[] = [];
  for (const [path, flag] of c.flags) {
    const at = moves.paths[path]?.place.local ?? 0;
    first.push(setFlag(flag, at >= 1 && at <= graph.params, graph.span));
  }
  // The entry may be a loop's head: flags are set before it.
  const again = graph.blocks.some(b => targetsEntry(b.terminator));
  if (again) {
    const moved = newBlock(c, entry.terminator, entry.cleanup, entry.statements);
    for (const b of c.blocks) b.terminator = retarget(b.terminator, moved);
    c.blocks[0] = { statements: first, terminator: { kind: 'goto', target: moved, span: graph.span }, cleanup: false };
  } else entry.statements.unshift(...first);
}

function targetsEntry(t: Terminator): boolean {
  return successors(t).includes(0 as BlockId);
}

function retarget(t: Terminator, moved: BlockId): Terminator {
  return mapTargets(t, id => (id === 0 ? moved : id));
}

// ---------------------------------------------------------------- clean

/** What only the checkers needed. */
function clean(c: Context): void {
  const fakes = new Set<LocalId>();
  for (const block of c.blocks) for (const s of block.statements) if (s.kind === 'assign' && s.value.kind === 'borrow' && s.value.borrow === 'fake') fakes.add(s.place.local);
  for (const block of c.blocks) {
    const kept = block.statements.filter(s => {
      if (s.kind === 'fakeRead' || s.kind === 'ascribe' || s.kind === 'nop') return false;
      if (s.kind === 'assign') return !fakes.has(s.place.local);
      if (s.kind === 'storageLive' || s.kind === 'storageDead') return !fakes.has(s.local);
      return true;
    });
    block.statements.splice(0, block.statements.length, ...kept);
    const t = block.terminator;
    if (t.kind === 'falseEdge' || t.kind === 'falseUnwind') block.terminator = { kind: 'goto', target: t.real, span: t.span };
  }
}
