/**
 * Places as code: where the value of a place is, and how to reach it. A place is found as parts of a VM local's value, or as an address
 * that code pushes plus a constant offset. In: a frame and a place. Out: a `Found`. Pushing an address has no effect on anything but the
 * stack, so it may be pushed more than once; `steady` puts a costly one into a scratch local first.
 */
import type { Place } from '../flow/graph.ts';
import type { Type } from '../types/type.ts';
import { UNIT } from '../types/type.ts';
import { getLocal } from './defer.ts';
import { type Frame, type Part, scratch, shapeOf } from './frame.ts';
import { primSize } from './shape.ts';
import { fieldTypes, isBox, lengthOf, pointee, stepType, tailOf } from './world.ts';
import { get, i32, set, write } from './writer.ts';

export type Found = { readonly type: Type; /** of an unsized place: pushes its length or table */ readonly meta: (() => void) | null } & (
  | { readonly kind: 'none' }
  | { readonly kind: 'values'; readonly parts: readonly Part[]; readonly at: number }
  /** `address` pushes; the place is `offset` bytes behind. `costly`: better pushed once. */
  | { readonly kind: 'memory'; readonly address: () => void; readonly offset: number; readonly costly: boolean }
);

export function findPlace(frame: Frame, place: Place): Found {
  let found = home(frame, place.local);
  let variant: number | null = null;
  for (const step of place.projection) {
    if (step.kind === 'variant') { variant = step.index; continue; }
    switch (step.kind) {
      case 'deref': found = derefOf(frame, found); break;
      case 'field': found = fieldOf(frame, found, variant, step.index, step.type); break;
      case 'index': {
        const inner = found;
        const size = shapeOf(frame, stepType(frame.unit.world, found.type, step)).size;
        const index = frame.homes[step.local];
        const push = (): void => {
          const [part] = index?.kind === 'values' ? index.parts : [];
          if (part !== undefined) getLocal(frame, part.local);
          else if (index?.kind === 'frame') { write(frame.out, 'frame.addr', index.offset); write(frame.out, 'i32.load', 0); }
          else i32(frame.out, 0);
        };
        found = elementAt(inner, stepType(frame.unit.world, found.type, step), () => { push(); write(frame.out, 'ptr.index', size); });
        break;
      }
      case 'constantIndex': {
        const { type } = found;
        const element = stepType(frame.unit.world, type, step);
        const { size } = shapeOf(frame, element);
        if (!step.fromEnd) found = moved(found, element, step.offset * size, null);
        else if (type.kind === 'array') found = moved(found, element, (Number(lengthOf(type)) - step.offset) * size, null);
        else {
          const { meta } = found;
          found = elementAt(found, element, () => {
            meta?.();
            i32(frame.out, step.offset);
            write(frame.out, 'i32.sub');
            write(frame.out, 'ptr.index', size);
          });
        }
        break;
      }
      case 'subslice': {
        const { type, meta } = found;
        const part = stepType(frame.unit.world, type, step);
        const { size } = shapeOf(frame, type.kind === 'array' || type.kind === 'slice' ? type.element : UNIT);
        const rest = type.kind === 'array' ? null : (): void => {
          meta?.();
          i32(frame.out, step.from + step.to);
          write(frame.out, 'i32.sub');
        };
        found = moved(found, part, step.from * size, rest);
        break;
      }
    }
    variant = null;
  }
  return found;
}

function home(frame: Frame, id: number): Found {
  const at = frame.homes[id] ?? { kind: 'none' };
  const type = frame.body.locals[id]?.type ?? UNIT;
  switch (at.kind) {
    case 'none': return { kind: 'none', type, meta: null };
    case 'values': return { kind: 'values', type, parts: at.parts, at: 0, meta: null };
    case 'frame': return { kind: 'memory', type, address: () => write(frame.out, 'frame.addr', at.offset), offset: 0, costly: false, meta: null };
    case 'behind': return { kind: 'memory', type, address: () => get(frame.out, at.local), offset: 0, costly: false, meta: null };
  }
}

/** The same place, `by` bytes on, seen as `type`. */
function moved(found: Found, type: Type, by: number, meta: (() => void) | null): Found {
  switch (found.kind) {
    case 'none': return { kind: 'none', type, meta };
    case 'values': return { ...found, type, at: found.at + by, meta };
    case 'memory': return { ...found, type, offset: found.offset + by, meta };
  }
}

function elementAt(found: Found, type: Type, step: () => void): Found {
  if (found.kind !== 'memory') return { kind: 'none', type, meta: null };
  const { address, offset } = found;
  return { kind: 'memory', type, address: () => { address(); step(); }, offset, costly: true, meta: null };
}

function fieldOf(frame: Frame, found: Found, variant: number | null, index: number, type: Type): Found {
  const { world } = frame.unit;
  const shape = shapeOf(frame, found.type);
  const by = (shape.offsets[variant ?? 0] ?? shape.offsets[0] ?? [])[index] ?? 0;
  const tail = found.meta === null ? null : tailOf(world, type);
  const meta = tail === null ? null : found.meta;
  // The last field of an unsized type that ends in a `dyn` stands where its alignment, known from the table only, wants it.
  if (tail?.kind === 'dyn' && type !== found.type && found.kind === 'memory' && by > 0 && found.meta !== null) {
    const { address, offset, meta: table } = found;
    return {
      kind: 'memory', type, meta, costly: true, offset: 0,
      address: () => {
        address();
        if (offset !== 0) write(frame.out, 'ptr.offset', offset);
        pushDynOffset(frame, by, table);
        write(frame.out, 'ptr.add');
      },
    };
  }
  return moved(found, type, by, meta);
}

/** `by` rounded up to the alignment that the table says. */
function pushDynOffset(frame: Frame, by: number, table: () => void): void {
  const w = frame.out;
  // (by + align - 1) & -align
  table();
  write(w, 'i32.load', 8);
  i32(w, by - 1);
  write(w, 'i32.add');
  i32(w, 0);
  table();
  write(w, 'i32.load', 8);
  write(w, 'i32.sub');
  write(w, 'i32.and');
}

function derefOf(frame: Frame, pointer: Found): Found {
  const { world } = frame.unit;
  // A box is its first field, the raw pointer (perhaps inside a wrapper).
  let found = pointer;
  while (found.type.kind === 'adt') {
    const { type: outer } = found;
    if (isBox(world, outer) || fieldTypes(world, outer)[0]?.kind === 'ptr' || fieldTypes(world, outer)[0]?.kind === 'adt') found = fieldOf(frame, found, null, 0, fieldTypes(world, outer)[0] ?? UNIT);
    else break;
  }
  const type = pointee(world, pointer.type);
  const unsized = tailOf(world, type) !== null;
  if (found.kind === 'values') {
    const { parts, at } = found;
    const data = parts.find(p => p.at === at);
    const second = parts.find(p => p.at === at + 4);
    if (data === undefined) throw new Error('a pointer without a value');
    return {
      kind: 'memory', type, address: () => getLocal(frame, data.local), offset: 0, costly: false,
      meta: unsized && second !== undefined ? () => getLocal(frame, second.local) : null,
    };
  }
  if (found.kind === 'memory') {
    const { address, offset } = found;
    const kind = type.kind === 'dyn' || tailOf(world, type)?.kind === 'dyn' ? 'ptr.load' : 'i32.load';
    return {
      kind: 'memory', type, address: () => { address(); write(frame.out, 'ptr.load', offset); }, offset: 0, costly: true,
      meta: unsized ? () => { address(); write(frame.out, kind, offset + 4); } : null,
    };
  }
  // A pointer that has no value: code that is never reached.
  return { kind: 'memory', type, address: () => i32(frame.out, 0), offset: 0, costly: false, meta: unsized ? () => i32(frame.out, 0) : null };
}

/** Pushes the address of a place in memory, offset included. */
export function pushAddress(frame: Frame, found: Found): void {
  if (found.kind === 'memory') {
    const w = frame.out;
    found.address();
    if (found.offset !== 0) write(w, 'ptr.offset', found.offset);
  } else i32(frame.out, Math.max(1, shapeAlign(frame, found.type)));
}

const shapeAlign = (frame: Frame, type: Type): number => (tailOf(frame.unit.world, type) === null && type.kind !== 'never' ? shapeOf(frame, type).align : 1);

/** The same place with an address that is cheap to push again. */
export function steady(frame: Frame, found: Found): Found {
  if (found.kind !== 'memory' || !found.costly) return found;
  const local = scratch(frame, 'i32');
  found.address();
  set(frame.out, local);
  return { ...found, address: () => get(frame.out, local), costly: false };
}

/** Parts of a VM local's value that a value of `size` bytes at `at` consists of. */
export const partsWithin = (parts: readonly Part[], at: number, size: number): readonly Part[] => parts.filter(p => p.at >= at && p.at + primSize(p.prim) <= at + size);
