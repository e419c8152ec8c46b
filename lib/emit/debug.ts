/**
 * Debug types: what pictures, the leak scan and reports know of the types of variables and statics. In: types. Out: rows of
 * `Program.types`, which name each other by number; a recursive type's row is reserved before its parts are made.
 */
import type { DebugField, DebugRoom, DebugShape, DebugTag, DebugThere, DebugType, DebugVariant } from '../../vm/code/program.ts';
import { U8, type DefId, type Type } from '../types/type.ts';
import { keep, primSize, type Shape } from './shape.ts';
import { typeText } from './symbol.ts';
import type { Unit } from './unit.ts';
import { fieldTypes, isBox, isEnum, lengthOf, needsDrop, pointee, tailOf, variantsOf } from './world.ts';

export interface DebugTypes {
  readonly rows: (DebugType | null)[];
  readonly ids: Map<Type, number>;
}

export const makeDebugTypes = (): DebugTypes => ({ rows: [], ids: new Map() });

export function debugType(unit: Unit, debug: DebugTypes, type: Type): number {
  const known = debug.ids.get(type);
  if (known !== undefined) return known;
  const row = debug.rows.length;
  debug.rows.push(null);
  debug.ids.set(type, row);
  const sized = tailOf(unit.world, type) === null && type.kind !== 'never';
  const shape = sized ? unit.world.types.shape(type) : null;
  debug.rows[row] = { name: typeText(unit.world.definitions, type), size: shape?.size ?? 0, align: shape?.align ?? 1, ...(sized && needsDrop(unit.world, type) ? { drops: true } : {}), ...describe(unit, debug, type, shape) };
  return row;
}

export const debugRows = (debug: DebugTypes): DebugType[] => debug.rows.map(r => r ?? { name: '?', size: 0, align: 1, kind: 'unit' });

function describe(unit: Unit, debug: DebugTypes, type: Type, shape: Shape | null): DebugShape {
  const { world } = unit;
  switch (type.kind) {
    case 'int': return { kind: 'int', signed: type.name.startsWith('i') };
    case 'float': return { kind: type.name };
    case 'bool': case 'char': case 'never': return { kind: type.kind };
    case 'fnPtr': return { kind: 'function' };
    case 'fnDef': return { kind: 'unit' };
    case 'ref': case 'ptr': return pointer(unit, debug, type, type.inner, false, type.kind === 'ref');
    case 'array': return { kind: 'array', element: debugType(unit, debug, type.element), length: Number(lengthOf(type)) };
    case 'tuple': return type.elements.length === 0 ? { kind: 'unit' } : { kind: 'struct', fields: fields(unit, debug, type, shape, type.elements.map((_, i) => String(i)), 0) };
    case 'closure': return { kind: 'struct', fields: fields(unit, debug, type, shape, capturedNames(unit, type), 0) };
    case 'adt': {
      if (isBox(world, type)) return pointer(unit, debug, type, pointee(world, type), true, false);
      const variants = variantsOf(world, type.def);
      if (!isEnum(world, type)) {
        const names = variants[0]?.fields.map(f => f.name) ?? [];
        return { kind: 'struct', fields: fields(unit, debug, type, shape, names, 0), ...whatHolds(unit, type.def, names) };
      }
      return { kind: 'enum', tag: tagOf(shape), variants: variants.map((v, i): DebugVariant => ({ name: v.name, value: tagValueOf(shape, i), fields: fields(unit, debug, type, shape, v.fields.map(f => f.name), i) })) };
    }
    default: return { kind: 'unit' };
  }
}

/** `@room(pointer, capacity, first, count)`, `@room(array, , start, ..end)` and `@there(field, bits)` of the library's types: which of their places hold values. */
function whatHolds(unit: Unit, def: DefId, names: readonly string[]): { readonly room?: DebugRoom; readonly there?: DebugThere } {
  const attributes = def.startsWith('std::') ? unit.world.definitions.byId.get(def)?.attributes : undefined;
  const { room, there } = attributes ?? {};
  const numberOf = (name: string | undefined): number | null => (name === undefined || !names.includes(name) ? null : names.indexOf(name));
  return {
    ...(room === undefined ? {} : { room: { field: numberOf(room[0]) ?? 0, size: numberOf(room[1]), first: numberOf(room[2]), count: numberOf(room[3]), end: room[3]?.startsWith('..') === true ? numberOf(room[3].slice(2)) : null } }),
    ...(there === undefined ? {} : { there: { field: numberOf(there[0]) ?? 0, bits: Number(there[1] ?? 0) } }),
  };
}

/** Captures by the names of what was captured. */
function capturedNames(unit: Unit, type: Type & { kind: 'closure' }): readonly string[] {
  const upvars = unit.world.graphOf(type.def)?.upvars ?? [];
  return fieldTypes(unit.world, type).map((_, i) => upvars[i]?.name ?? String(i));
}

function pointer(unit: Unit, debug: DebugTypes, _type: Type, inner: Type, owns: boolean, reference: boolean): DebugShape {
  const tail = tailOf(unit.world, inner);
  if (tail === null) return { kind: 'pointer', pointee: debugType(unit, debug, inner), owns, reference };
  if (inner.kind === 'slice') return { kind: 'slice', element: debugType(unit, debug, inner.element), text: false, reference };
  if (inner.kind === 'str') return { kind: 'slice', element: debugType(unit, debug, U8), text: true, reference };
  return { kind: 'dynamic', owns };
}

function fields(unit: Unit, debug: DebugTypes, type: Type, shape: Shape | null, names: readonly string[], variant: number): DebugField[] {
  const offsets = shape?.offsets[variant] ?? [];
  return fieldTypes(unit.world, type, variant).map((t, i) => ({ name: names[i] ?? String(i), type: debugType(unit, debug, t), at: offsets[i] ?? 0 }));
}

function tagOf(shape: Shape | null): DebugTag {
  const tag = shape?.tag ?? null;
  if (tag === null) return { kind: 'single' };
  return { kind: 'tag', at: tag.at, size: primSize(tag.prim), otherwise: tag.kind === 'niche' ? tag.dataful : null };
}

function tagValueOf(shape: Shape | null, variant: number): number | null {
  const tag = shape?.tag ?? null;
  if (tag === null) return null;
  if (tag.kind === 'direct') return Number(keep(tag.prim, tag.values[variant] ?? 0n));
  return variant === tag.dataful ? null : Number(keep(tag.prim, tag.start + BigInt(variant - tag.first)));
}
