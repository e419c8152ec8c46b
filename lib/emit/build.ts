/**
 * From a generic flow graph to the body of one instance: types put in and made whole, callees resolved, terminators that go on to one
 * block turned into operations, and blocks joined where control only falls through. In: graph and instance. Out: a body that shares
 * nothing with the graph. Linear.
 */
import type { BlockId, Constant, Graph, LocalId, Operand, Place, Projection, Rvalue } from '../flow/graph.ts';
import { eraseRegions, substitute, UNIT, type DefId, type Type } from '../types/type.ts';
import { type Body, type BodyBlock, type End, type Op, successors, type Target, unwindOf } from './body.ts';
import type { Instance } from './instance.ts';
import { resolveTarget } from './resolve.ts';
import { simplify } from './simplify.ts';
import { instanceNamed, instanceOf, stepType, type World } from './world.ts';

/** A promoted constant in a body is named like a static; this is its name. */
const PROMOTED = 'promoted ';
export const isPromoted = (def: DefId): boolean => def.startsWith(PROMOTED);
export const promotedInstance = (world: World, def: DefId): Instance => {
  const found = instanceNamed(world, def);
  if (found === undefined) throw new Error(`no ${def}`);
  return found;
};

export function bodyOf(world: World, instance: Instance, graph: Graph, args: readonly Type[]): Body {
  const memo = new Map<Type, Type>();
  const whole = (type: Type): Type => {
    let known = memo.get(type);
    if (known === undefined) {
      known = world.types.normalize(eraseRegions(substitute(type, args)));
      memo.set(type, known);
    }
    return known;
  };

  const projection = (step: Projection): Projection => (step.kind === 'field' ? { ...step, type: whole(step.type) } : step);
  const place = (p: Place): Place => (p.projection.length === 0 ? p : { local: p.local, projection: p.projection.map(projection) });
  const constant = (c: Constant): Constant => {
    const type = whole(c.type);
    switch (c.kind) {
      case 'const': {
        const own = c.args.map(whole);
        const item = world.definitions.byId.get(c.def);
        const parent = item?.parent === null || item === undefined ? undefined : world.definitions.byId.get(item.parent);
        const resolved = parent?.kind === 'trait' ? world.types.resolveItem(c.def, own) : null;
        return { kind: 'const', def: resolved?.def ?? c.def, args: resolved?.args ?? own, type };
      }
      case 'param': {
        const value = whole(c.param);
        if (value.kind !== 'const') throw new Error('a constant parameter without a value');
        return { kind: 'int', value: value.value, type };
      }
      case 'promoted': return { kind: 'static', def: instanceOf(world, { kind: 'promoted', owner: instance.kind === 'promoted' ? instance.owner : instance, index: c.index }).key as DefId, type };
      default: return { ...c, type };
    }
  };
  const operand = (o: Operand): Operand => (o.kind === 'constant' ? { kind: 'constant', constant: constant(o.constant) } : { kind: o.kind, place: place(o.place) });
  const rvalue = (r: Rvalue): Rvalue => {
    switch (r.kind) {
      case 'use': case 'unary': return { ...r, operand: operand(r.operand) };
      case 'borrow': case 'rawBorrow': case 'length': return { ...r, place: place(r.place) };
      case 'discriminant': return { ...r, place: place(r.place), type: whole(r.type) };
      case 'binary': case 'pointer': return { ...r, left: operand(r.left), right: operand(r.right) };
      case 'cast': return { ...r, operand: operand(r.operand), type: whole(r.type) };
      case 'aggregate': return { ...r, type: whole(r.type), operands: r.operands.map(operand), of: r.of.kind === 'array' ? { kind: 'array', element: whole(r.of.element) } : r.of };
      case 'repeat': return { ...r, operand: operand(r.operand), length: whole(r.length), type: whole(r.type) };
    }
  };
  const locals = graph.locals.map(l => ({ type: whole(l.type), name: l.name }));
  const typeOfCallee = (o: Operand): Type => {
    if (o.kind === 'constant') return o.constant.type;
    let type = locals[o.place.local]?.type ?? UNIT;
    for (const step of o.place.projection) if (step.kind === 'field') type = step.type; else if (step.kind === 'deref' && (type.kind === 'ref' || type.kind === 'ptr')) type = type.inner;
    return type;
  };

  const blocks = graph.blocks.map((block): BodyBlock => {
    const ops: Op[] = [];
    for (const s of block.statements) {
      switch (s.kind) {
        case 'assign': ops.push({ kind: 'assign', span: s.span, place: place(s.place), value: rvalue(s.value) }); break;
        case 'storageLive': ops.push({ kind: 'live', span: s.span, local: s.local }); break;
        case 'storageDead': ops.push({ kind: 'dead', span: s.span, local: s.local }); break;
        case 'mark': ops.push({ kind: 'mark', span: s.span }); break;
        case 'fakeRead': case 'ascribe': case 'nop': break;
      }
    }
    const t = block.terminator;
    const unwind = 'unwind' in t && !block.cleanup ? t.unwind : null;
    let end: End;
    switch (t.kind) {
      case 'goto': end = { kind: 'goto', target: t.target }; break;
      case 'falseEdge': case 'falseUnwind': end = { kind: 'goto', target: t.real }; break;
      case 'switch': end = { kind: 'switch', operand: operand(t.operand), values: t.values, targets: t.targets, otherwise: t.otherwise }; break;
      case 'return': case 'unreachable': case 'resume': end = { kind: t.kind }; break;
      case 'drop':
        ops.push({ kind: 'drop', span: t.span, place: place(t.place), unwind });
        end = { kind: 'goto', target: t.target };
        break;
      case 'call': {
        const callee = operand(t.callee);
        const type = typeOfCallee(callee);
        const target: Target = type.kind === 'fnDef' ? resolveTarget(world, type.def, type.args) : { kind: 'pointer', pointer: callee };
        const destination = place(t.destination);
        let result = locals[destination.local]?.type ?? UNIT;
        for (const step of destination.projection) if (step.kind !== 'variant') result = stepType(world, result, step);
        ops.push({ kind: 'call', span: t.span, target, args: t.args.map(operand), destination, result, unwind });
        end = t.target === null ? { kind: 'unreachable' } : { kind: 'goto', target: t.target };
        break;
      }
      case 'checked':
        ops.push({ kind: 'checked', span: t.span, op: t.op, left: operand(t.left), right: t.right === null ? null : operand(t.right), destination: place(t.destination), unwind });
        end = { kind: 'goto', target: t.target };
        break;
      case 'bounds':
        ops.push({ kind: 'bounds', span: t.span, index: operand(t.index), length: operand(t.length), verdict: t.verdict, unwind });
        end = { kind: 'goto', target: t.target };
        break;
      case 'guard':
        // What is trusted is watched in debug, and costs nothing elsewhere.
        if (t.verdict === 'guarded' || world.profile === 'debug') ops.push({ kind: 'guard', span: t.span, pointer: operand(t.pointer), type: whole(t.type), access: t.access, verdict: t.verdict, unwind });
        end = { kind: 'goto', target: t.target };
        break;
    }
    return { ops, end, endSpan: t.span, cleanup: block.cleanup };
  });
  const variables = graph.variables.map(v => ({ name: v.name, place: place({ local: v.local, projection: v.projection }), ...(v.flag === undefined ? {} : { flag: v.flag }) }));
  // What a closure captured is a parameter like any other, for whoever looks.
  if (world.profile === 'debug' && graph.upvars !== undefined && graph.upvars.length > 0 && graph.params > 0) variables.unshift({ name: 'captured', place: { local: 1 as LocalId, projection: [] } });
  const body: Body = { instance, params: graph.params, locals, blocks, variables, span: graph.span };
  tidyBlocks(body);
  if (simplify(world, body)) tidyBlocks(body);
  return body;
}

/** Joins a block to its only predecessor, skips empty ones, and removes those that cannot be reached. The entry stays block 0. */
export function tidyBlocks(body: Body): void {
  const { blocks } = body;
  const skip = (start: BlockId): BlockId => {
    let at = start;
    for (let steps = 0; steps < blocks.length; steps++) {
      const block = blocks[at];
      if (block === undefined || block.ops.length > 0 || block.end.kind !== 'goto' || block.end.target === at) break;
      at = block.end.target;
    }
    return at;
  };
  const redirect = (end: End, change: (b: BlockId) => BlockId): End => {
    if (end.kind === 'goto') return { kind: 'goto', target: change(end.target) };
    if (end.kind !== 'switch') return end;
    const targets = end.targets.map(change);
    const otherwise = change(end.otherwise);
    return targets.every(t => t === otherwise) ? { kind: 'goto', target: otherwise } : { ...end, targets, otherwise };
  };
  /** An unwind edge to a block that only resumes is no edge. */
  const skipUnwind = (start: BlockId): BlockId | null => {
    const at = skip(start);
    const block = blocks[at];
    return block !== undefined && block.end.kind === 'resume' && block.ops.every(op => op.kind === 'mark' || op.kind === 'dead') ? null : at;
  };
  for (const block of blocks) {
    block.end = redirect(block.end, skip);
    for (const [i, op] of block.ops.entries()) {
      const unwind = unwindOf(op);
      if (unwind === null) continue;
      const to = skipUnwind(unwind);
      if (to !== unwind) block.ops[i] = { ...op, unwind: to } as Op;
    }
  }
  const edges = new Int32Array(blocks.length);
  const seen = new Uint8Array(blocks.length);
  const work: number[] = [0];
  seen[0] = 1;
  edges[0] = 2; // the entry is never joined to another
  const reach = (to: number, weight: number): void => {
    edges[to] = (edges[to] ?? 0) + weight;
    if (seen[to] === 0) { seen[to] = 1; work.push(to); }
  };
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    const block = blocks[at];
    if (block === undefined) continue;
    for (const op of block.ops) { const unwind = unwindOf(op); if (unwind !== null) reach(unwind, 2); }
    for (const to of successors(block.end)) reach(to, 1);
  }
  for (const [at, block] of blocks.entries()) {
    if (seen[at] !== 1) continue;
    while (block.end.kind === 'goto' && edges[block.end.target] === 1 && block.end.target !== at) {
      const to = block.end.target;
      const next = blocks[to];
      if (next === undefined || next.cleanup !== block.cleanup) break;
      // `push(...ops)` would overflow on very long blocks.
      for (const op of next.ops) block.ops.push(op);
      block.end = next.end;
      block.endSpan = next.endSpan;
      seen[to] = 2;
    }
  }
  const renumber = new Int32Array(blocks.length).fill(-1);
  const kept: BodyBlock[] = [];
  for (const [at, block] of blocks.entries()) if (seen[at] === 1) { renumber[at] = kept.length; kept.push(block); }
  const change = (b: BlockId): BlockId => (renumber[b] ?? -1) as BlockId;
  for (const block of kept) {
    block.end = redirect(block.end, change);
    for (const [i, op] of block.ops.entries()) {
      const unwind = unwindOf(op);
      if (unwind !== null) block.ops[i] = { ...op, unwind: change(unwind) } as Op;
    }
  }
  body.blocks = kept;
}
