/**
 * The frame of one function being emitted: where each local lives. A local whose address is never taken and whose value is one
 * or two machine values lives in VM locals; others have bytes in the function's memory frame; parameters in memory and the
 * result in memory are behind a pointer that the caller gave. In: a body. Out: homes, numbers of VM locals, frame size.
 */
import type { Place } from '../flow/graph.ts';
import type { Type } from '../types/type.ts';
import type { ValueType } from '../../vm/code/values.ts';
import type { Body } from './body.ts';
import { type Deferral, makeDeferral } from './pending.ts';
import type { Lasting, Layout } from './lasting.ts';
import { offsetsOf, prims, type Prim, type Shape, valueType } from './shape.ts';
import { callingConvention, type Unit } from './unit.ts';
import { isFreeze } from './world.ts';
import { makeWriter, type Writer } from './writer.ts';

export type Home =
  | { readonly kind: 'none' }
  /** Parts of the value: VM local, prim, offset in the value. `mirror`: frame bytes that a shared borrow is given, filled when it is taken. */
  | { readonly kind: 'values'; readonly parts: readonly Part[]; readonly mirror?: number }
  | { readonly kind: 'frame'; readonly offset: number; readonly size: number }
  /** The address is in a VM local. */
  | { readonly kind: 'behind'; readonly local: number };

export interface Part {
  readonly local: number;
  readonly prim: Prim;
  readonly at: number;
}

export interface Frame {
  readonly unit: Unit;
  readonly body: Body;
  readonly homes: Home[];
  /** VM locals that are parameters, by `params` types; own locals follow. */
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly own: ValueType[];
  size: number;
  align: number;
  /** Writer of the body in hand (the function's, then its cleanup's). */
  out: Writer;
  /** VM locals for the operation in hand, free again after it. */
  readonly scratch: Map<ValueType, { readonly locals: number[]; used: number }>;
  /** Frame bytes for the operation in hand: where they begin, how many are used by it. */
  scratchUsed: number;
  scratchMost: number;
  readonly landings: Map<number, number>;
  /** Values that wait on their way to the one who reads them. */
  readonly deferral: Deferral;
  /** Parameters that come as values but need an address: stored into the frame first. */
  readonly spills: { readonly home: Extract<Home, { kind: 'frame' }>; readonly parts: readonly Part[] }[];
}

const isLocalPlace = (place: Place): boolean => place.projection.every(step => step.kind !== 'deref');

/** Locals that must have an address: 1; those that are only lent for reading: 2. */
export function addressTaken(body: Body): Uint8Array {
  const taken = new Uint8Array(body.locals.length);
  const take = (place: Place, shared = false): void => { if (isLocalPlace(place)) taken[place.local] = shared && taken[place.local] !== 1 ? 2 : 1; };
  for (const block of body.blocks) {
    for (const op of block.ops) {
      if (op.kind === 'drop') take(op.place);
      else if (op.kind === 'assign') {
        const { value } = op;
        if (value.kind === 'rawBorrow' || (value.kind === 'borrow' && value.borrow !== 'fake')) take(value.place, value.kind === 'borrow' && value.borrow === 'shared');
      }
    }
  }
  return taken;
}

const isUsed = (body: Body): Uint8Array => {
  const used = new Uint8Array(body.locals.length);
  const mark = (x: unknown): void => {
    if (typeof x !== 'object' || x === null) return;
    if ('local' in x && typeof x.local === 'number') used[x.local] = 1;
    for (const [key, value] of Object.entries(x)) if (key !== 'span' && key !== 'type' && key !== 'result' && key !== 'target' && typeof value === 'object') mark(value);
  };
  for (const block of body.blocks) {
    for (const op of block.ops) {
      if (op.kind === 'live' || op.kind === 'dead') continue;
      mark(op);
      if (op.kind === 'call' && op.target.kind === 'pointer') mark(op.target.pointer);
    }
    mark(block.end);
  }
  return used;
};

/** With a layout, locals that last stand at its offsets, and all else comes behind them. */
export function makeFrame(unit: Unit, body: Body, paramTypes: readonly Type[], result: Type, layout: Layout | null = null): Frame {
  const { world } = unit;
  const convention = callingConvention(world, paramTypes, result);
  const frame: Frame = {
    unit, body, homes: [], params: convention.params, results: convention.results, own: [], size: 0, align: 1, out: makeWriter(),
    scratch: new Map(), scratchUsed: 0, scratchMost: 0, landings: new Map(), deferral: makeDeferral(body, world.profile === 'debug'), spills: [],
  };
  const taken = addressTaken(body);
  const used = isUsed(body);
  let next = convention.outPointer ? 1 : 0;
  const places = new Map<number, number>();
  if (layout !== null) {
    frame.align = LASTING_ALIGN;
    for (const [i, name] of layout.names) {
      const type = body.locals[i]?.type;
      if (type === undefined || type.kind === 'never' || (used[i] === 0 && body.locals[i]?.name === null)) continue;
      const shape = world.types.shape(type);
      if (shape.abi.kind !== 'zero') places.set(i, lastingPlace(layout.lasting, name, shape));
    }
    frame.size = layout.lasting.size;
  }
  for (const [i, each] of body.locals.entries()) {
    const isParam = i >= 1 && i <= body.params;
    if (each.type.kind === 'never' || (i > body.params && used[i] === 0 && !places.has(i))) { frame.homes.push({ kind: 'none' }); continue; }
    if (isParam && (each.type.kind === 'dyn' || each.type.kind === 'slice' || each.type.kind === 'str')) { frame.homes.push({ kind: 'behind', local: next++ }); continue; }
    const shape = world.types.shape(each.type);
    const lasting = places.get(i);
    if (lasting !== undefined) { frame.homes.push({ kind: 'frame', offset: lasting, size: shape.size }); continue; }
    if (i === 0 && convention.outPointer) frame.homes.push({ kind: 'behind', local: 0 });
    else if (shape.abi.kind === 'zero') frame.homes.push({ kind: 'none' });
    else if (isParam && shape.abi.kind === 'memory') frame.homes.push({ kind: 'behind', local: next++ });
    else if (shape.abi.kind === 'memory' || taken[i] === 1 || (taken[i] === 2 && (world.profile === 'debug' || !isFreeze(world, each.type)))) {
      const home = { kind: 'frame' as const, offset: reserveFrame(frame, shape), size: shape.size };
      frame.homes.push(home);
      if (isParam) {
        const offsets = offsetsOf(shape.abi);
        frame.spills.push({ home, parts: prims(shape.abi).map((prim, k) => ({ local: next++, prim, at: offsets[k] ?? 0 })) });
      }
    } else {
      const offsets = offsetsOf(shape.abi);
      const parts = prims(shape.abi).map((prim, k): Part => ({ local: isParam ? next++ : newLocal(frame, valueType(prim)), prim, at: offsets[k] ?? 0 }));
      // What is only read through its address need not live there: nothing changes while it is lent.
      frame.homes.push(taken[i] === 2 ? { kind: 'values', parts, mirror: reserveFrame(frame, shape) } : { kind: 'values', parts });
    }
  }
  if (frame.size > 0) frame.size = Math.ceil(frame.size / 16) * 16; // scratch bytes come after, whatever their alignment
  return frame;
}

/** A session's frame is aligned so that it can grow without moving. */
const LASTING_ALIGN = 64;

function lastingPlace(lasting: Lasting, name: string, { size, align }: Pick<Shape, 'size' | 'align'>): number {
  const known = lasting.offsets.get(name);
  if (known !== undefined && known.size === size) return known.at;
  const at = Math.ceil(lasting.size / align) * align;
  lasting.size = at + Math.max(size, 1);
  lasting.offsets.set(name, { at, size });
  return at;
}

export function reserveFrame(frame: Frame, shape: Pick<Shape, 'size' | 'align'>): number {
  const at = Math.ceil(frame.size / shape.align) * shape.align;
  frame.size = at + Math.max(shape.size, 1);
  frame.align = Math.max(frame.align, shape.align);
  return at;
}

export function newLocal(frame: Frame, type: ValueType): number {
  frame.own.push(type);
  return frame.params.length + frame.own.length - 1;
}

/** A VM local for the operation in hand. */
export function scratch(frame: Frame, type: ValueType): number {
  let pool = frame.scratch.get(type);
  if (pool === undefined) frame.scratch.set(type, (pool = { locals: [], used: 0 }));
  let local = pool.locals[pool.used];
  if (local === undefined) pool.locals.push((local = newLocal(frame, type)));
  pool.used++;
  return local;
}

/** Frame bytes for the operation in hand; the place of all of them is fixed when the function is done, so the offset is from their start. */
export function scratchBytes(frame: Frame, shape: Pick<Shape, 'size' | 'align'>): number {
  const at = Math.ceil(frame.scratchUsed / shape.align) * shape.align;
  frame.scratchUsed = at + shape.size;
  if (frame.scratchUsed > frame.scratchMost) frame.scratchMost = frame.scratchUsed;
  frame.align = Math.max(frame.align, shape.align);
  return frame.size + at;
}

export function releaseScratch(frame: Frame): void {
  for (const pool of frame.scratch.values()) pool.used = 0;
  frame.scratchUsed = 0;
}

export const shapeOf = (frame: Frame, type: Type): Shape => frame.unit.world.types.shape(type);
