/**
 * Inlining: a call of a small function becomes its blocks. In: a body in hand and the finished bodies of callees. Out: the body, changed in place.
 * Invariant: a callee that may unwind goes on to the call's cleanup; inside a cleanup block nothing may unwind. Growth is bounded.
 */
import type { BlockId, LocalId, Operand, Place } from '../../flow/graph.ts';
import type { Span } from '../../text/span.ts';
import { addLocal, type Body, type BodyBlock, type End, local, moveOf, type Op, unwindOf } from '../body.ts';
import type { Instance } from '../instance.ts';
import { changeEnd, changeOp } from './visit.ts';

/** Operations a body may grow to by inlining. */
const LARGEST = 2500;

export interface Inliner {
  /** The finished body of a callee that is worth it, or null. */
  candidate(instance: Instance): Body | null;
  /** Is this place inside the callee told as its caller's? So are the library's own, and those of `@track_caller`. */
  isCallers(instance: Instance, callee: Body, span: Span): boolean;
}

/** How much code a body is. */
export function weight(body: Body): number {
  let n = 0;
  for (const block of body.blocks) {
    if (block.cleanup) continue;
    for (const op of block.ops) n += op.kind === 'call' ? (op.target.kind === 'intrinsic' ? 1 : 3) : op.kind === 'mark' ? 0 : op.kind === 'drop' ? 2 : 1;
    n += block.end.kind === 'switch' ? 1 : 0;
  }
  return n;
}

export function inlineCalls(body: Body, inliner: Inliner): boolean {
  let size = body.blocks.reduce((n, b) => n + b.ops.length, 0);
  let changed = false;
  // A finished callee has kept the calls that were not worth it, and those of itself: they are not looked at again, or a recursive
  // function would be written out until the caller is full.
  const judged = new Set<number>();
  for (let b = 0; b < body.blocks.length; b++) {
    const block = body.blocks[b];
    if (block === undefined || judged.has(b)) continue;
    const at = block.ops.findIndex(op => op.kind === 'call' && op.target.kind === 'instance' && size < LARGEST && inliner.candidate(op.target.instance) !== null);
    const op = at < 0 ? undefined : block.ops[at];
    if (op?.kind !== 'call' || op.target.kind !== 'instance') continue;
    const callee = inliner.candidate(op.target.instance);
    if (callee === null) continue;
    size += callee.blocks.reduce((n, x) => n + x.ops.length, 0);
    // The rest of the block is a new block at the end, looked at in its turn.
    const rest = body.blocks.length;
    const { instance } = op.target;
    insert(body, b, at, op, callee, span => inliner.isCallers(instance, callee, span));
    for (let inner = rest + 1; inner < body.blocks.length; inner++) judged.add(inner);
    changed = true;
  }
  return changed;
}

function insert(body: Body, b: number, at: number, call: Extract<Op, { kind: 'call' }>, callee: Body, isCallers: (span: Span) => boolean): void {
  const block = body.blocks[b];
  if (block === undefined) return;
  const firstBlock = body.blocks.length + 1;
  const rest: BodyBlock = { ops: block.ops.slice(at + 1), end: block.end, endSpan: block.endSpan, cleanup: block.cleanup };
  const restId = body.blocks.length as BlockId;
  // The result is written where it is wanted, when that is a plain local.
  const direct = call.destination.projection.length === 0 && body.locals[call.destination.local]?.type === callee.locals[0]?.type && !call.args.some(a => a.kind !== 'constant' && mentions(a.place, call.destination.local));
  const names = callee.locals.map((each, i) => (i === 0 && direct ? call.destination.local : addLocal(body, each.type, null)));
  const nameOf = (l: LocalId): LocalId => names[l] ?? l;
  const place = (p: Place): Place => ({ local: nameOf(p.local), projection: p.projection.some(s => s.kind === 'index') ? p.projection.map(s => (s.kind === 'index' ? { kind: 'index', local: nameOf(s.local) } : s)) : p.projection });
  const spanOf = (s: Span): Span => (isCallers(s) ? call.span : s);
  const to = (x: BlockId): BlockId => (x + firstBlock) as BlockId;

  const before = block.ops.slice(0, at);
  call.args.forEach((arg: Operand, i) => {
    const param = names[i + 1];
    if (param !== undefined && i < callee.params) before.push({ kind: 'assign', span: call.span, place: local(param), value: { kind: 'use', operand: arg } });
  });
  block.ops = before;
  block.end = { kind: 'goto', target: to(0 as BlockId) };
  if (!direct) rest.ops.unshift({ kind: 'assign', span: call.span, place: call.destination, value: { kind: 'use', operand: moveOf(local(names[0] ?? 0)) } });
  body.blocks.push(rest);
  for (const source of callee.blocks) {
    const cleanup = block.cleanup || source.cleanup;
    const ops = source.ops.map((op): Op => {
      const moved = { ...changeOp(op, { place }), span: spanOf(op.span) };
      if (moved.kind === 'live' || moved.kind === 'dead') return { ...moved, local: nameOf(moved.local) };
      const unwind = unwindOf(op);
      if (!('unwind' in moved)) return moved;
      return { ...moved, unwind: cleanup ? null : unwind === null ? call.unwind : to(unwind) };
    });
    body.blocks.push({ ops, cleanup, endSpan: spanOf(source.endSpan), end: endOf(source.end, source.cleanup) });
  }

  function endOf(end: End, cleanup: boolean): End {
    switch (end.kind) {
      case 'goto': return { kind: 'goto', target: to(end.target) };
      case 'switch': return { ...(changeEnd(end, { place }) as Extract<End, { kind: 'switch' }>), targets: end.targets.map(to), otherwise: to(end.otherwise) };
      case 'return': return { kind: 'goto', target: restId };
      case 'resume': return cleanup && call.unwind !== null ? { kind: 'goto', target: call.unwind } : { kind: 'resume' };
      case 'unreachable': return end;
    }
  }
}

const mentions = (place: Place, l: LocalId): boolean => place.local === l || place.projection.some(s => s.kind === 'index' && s.local === l);
