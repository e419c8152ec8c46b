/**
 * The passes, in order, over one body: callees first, so that what is inlined is finished. Release profiles only: debug code stays as it was
 * written. In: unit and instance. Out: its finished body, kept. Each pass is a file beside this one.
 */
import { bodyFor } from '../bodies.ts';
import type { Body } from '../body.ts';
import { tidyBlocks } from '../build.ts';
import type { Instance } from '../instance.ts';
import { shelvedCandidate } from '../shelf.ts';
import { isShelved, needsDrop, type World } from '../world.ts';
import { placeTypeOf } from '../kind.ts';
import { propagateCopies, writeAtOnce } from './copies.ts';
import { removeDead, removeStorage } from './dead.ts';
import { foldConstants } from './fold.ts';
import { inlineCalls, type Inliner, weight } from './inline.ts';
import { forwardReferences } from './refs.ts';
import { dropRepeatedChecks, shareAddresses } from './repeats.ts';
import { splitAggregates } from './split.ts';
import { foldDiscriminants, threadJumps } from './thread.ts';

export interface Optimiser {
  readonly world: World;
  /** How many callees are being finished, one for another. */
  depth: number;
  /** Finished bodies; null while one is being made. */
  readonly done: Map<Instance, Body | null>;
  readonly weights: Map<Body, number>;
}

export const makeOptimiser = (world: World): Optimiser => ({ world, depth: 0, done: new Map(), weights: new Map() });

/** Longer chains of calls are finished without their ends. */
const DEEPEST = 120;

/** Bodies up to these weights are inlined: asked for, made by the compiler, others. */
const LIMITS = { asked: 90, made: 70, small: 24 } as const;

export function finishedBody(o: Optimiser, instance: Instance): Body {
  const known = o.done.get(instance);
  if (known !== undefined && known !== null) return known;
  const body = bodyFor(o.world, instance);
  if (o.world.profile === 'debug') { o.done.set(instance, body); return body; }
  if (known === null) return body; // asked for by itself on the way: as it was written
  o.done.set(instance, null);
  o.depth++;
  optimise(o, body);
  o.depth--;
  o.done.set(instance, body);
  return body;
}

function candidate(o: Optimiser, instance: Instance): Body | null {
  const { shelf } = o.world;
  const shelved = shelf !== null && isShelved(o.world, instance) ? shelvedCandidate(shelf, instance) : undefined;
  if (shelved !== undefined) return shelved;
  const found = judge(o, instance);
  // A callee that is being finished, or stands at the end of a long chain, is judged otherwise elsewhere.
  if (shelf !== null && o.depth <= DEEPEST && o.done.get(instance) !== null && isShelved(o.world, instance)) shelf.row.candidates.set(instance, found);
  return found;
}

function judge(o: Optimiser, instance: Instance): Body | null {
  const { world } = o;
  if (o.depth > DEEPEST && !o.done.has(instance)) return null;
  if (o.done.get(instance) === null || instance.kind === 'promoted' || instance.kind === 'start') return null;
  let limit: number = LIMITS.small;
  if (instance.kind === 'item') {
    const definition = world.definitions.byId.get(instance.def);
    if (world.graphOf(instance.def) === null) return null;
    if (definition === undefined) limit = LIMITS.made; // a closure
    else if ('cold' in definition.attributes || definition.attributes['inline']?.includes('never') === true) return null;
    // No panic may leave it: it needs a frame at which unwinding stops.
    else if (definition.kind === 'fn' && definition.signature.abi === 'C') return null;
    else if (definition.kind === 'fn' && 'inline' in definition.attributes) limit = LIMITS.asked;
    if (definition !== undefined && definition.kind !== 'fn') return null;
  } else limit = LIMITS.made;
  const body = finishedBody(o, instance);
  let w = o.weights.get(body);
  if (w === undefined) {
    w = body.blocks.some(b => b.ops.some(op => op.kind === 'call' && op.target.kind === 'intrinsic' && op.target.name === 'stack_alloc')) ? Infinity : weight(body);
    o.weights.set(body, w);
  }
  return w <= limit ? body : null;
}

function optimise(o: Optimiser, body: Body): void {
  const { world } = o;
  removeStorage(body);
  for (const block of body.blocks) block.ops = block.ops.filter(op => op.kind !== 'drop' || needsDrop(world, placeTypeOf(world, body, op.place)));
  tidyBlocks(body);
  simplify(world, body, 2);
  const inliner: Inliner = {
    candidate: instance => candidate(o, instance),
    // The library's own lines mean nothing to a user: what is inlined from it is told at the call. A closure that was inlined into it
    // keeps its lines.
    isCallers: (instance, callee, span) => {
      if (world.inLibrary(span)) return true;
      const d = instance.kind === 'item' ? world.definitions.byId.get(instance.def) : undefined;
      return d !== undefined && 'track_caller' in d.attributes && span.file === callee.span.file && span.start >= callee.span.start && span.end <= callee.span.end;
    },
  };
  if (inlineCalls(body, inliner)) {
    tidyBlocks(body);
    simplify(world, body, 12);
  }
}

/** What is left to do on a body that becomes code itself; one that is inlined elsewhere must not have it. */
export function polish(world: World, body: Body): Body {
  if (world.profile === 'debug') return body;
  const own: Body = { ...body, locals: [...body.locals], blocks: body.blocks.map(b => ({ ...b, ops: [...b.ops] })) };
  dropRepeatedChecks(own);
  shareAddresses(world, own);
  return own;
}

/** All passes, as long as one finds something, up to `rounds` times. */
function simplify(world: World, body: Body, rounds: number): void {
  for (let round = 0; round < rounds; round++) {
    let changed = propagateCopies(world, body);
    changed = foldConstants(world, body) || changed;
    changed = forwardReferences(world, body) || changed;
    changed = splitAggregates(world, body) || changed;
    changed = foldDiscriminants(world, body) || changed;
    changed = writeAtOnce(world, body) || changed;
    changed = threadJumps(world, body) || changed;
    changed = removeDead(body, false) || changed;
    if (!changed) break;
    tidyBlocks(body);
  }
}
