/**
 * The unit being emitted: what all functions of a program share. Numbers for functions, signatures, imports and function pointers are
 * given out on first mention; mentioning an instance puts it on the list of bodies to make. In: instances. Out: rows of a `Program`.
 * Invariant: `functions[i]` is the code of `order[i]` once emission is done.
 */
import type { Import, Signature } from '../../vm/code/program.ts';
import type { ValueType } from '../../vm/code/values.ts';
import { importNamed } from '../../vm/code/imports.ts';
import { ptr, UNIT, type DefId, type Type, type TypeOf } from '../types/type.ts';
import { addBytes, type Data, makeData, place, reserve, words } from './data.ts';
import { signatureOf } from './glue.ts';
import type { Instance } from './instance.ts';
import { attributeText, tableMethod } from './resolve.ts';
import type { Sources } from '../text/sources.ts';
import { valueTypes, type Shape } from './shape.ts';
import { dynKey, instanceNamed, instanceOf, instantiate, isFreeze, needsDrop, tableSlots, type World } from './world.ts';

/** A value known at compile time: bytes, and the addresses in them. */
export interface ConstValue {
  readonly bytes: Uint8Array;
  /** Offset in `bytes` → where the word points: an offset in the statics area. */
  readonly pointers: readonly number[];
}

export interface Unit {
  readonly world: World;
  readonly sources: Sources;
  readonly data: Data;
  readonly functions: Map<Instance, number>;
  readonly order: Instance[];
  readonly signatures: Signature[];
  readonly signatureIds: Map<string, number>;
  readonly imports: Import[];
  readonly importIds: Map<string, number>;
  readonly table: number[];
  readonly tableIds: Map<Instance, number>;
  readonly methodTables: Map<string, number>;
  /** Offsets of statics and promoted constants, by definition. */
  readonly objects: Map<DefId, number>;
  /** Values of promoted constants, for evaluating others. */
  readonly objectValues: Map<DefId, ConstValue>;
  /** Statics and promoted constants that are filled at start, in order of first mention. */
  readonly late: { readonly def: DefId; readonly instance: Instance; readonly type: Type; readonly at: number }[];
  readonly constants: Map<string, ConstValue | null>;
  readonly positions: Map<number, { readonly line: number; readonly column: number }>;
  /** Gives the value of a constant or static, or null when only code can make it. */
  readonly evaluate: (unit: Unit, instance: Instance) => ConstValue | null;
}

export function makeUnit(world: World, sources: Sources, evaluate: Unit['evaluate']): Unit {
  return {
    world, sources, evaluate, data: makeData(), functions: new Map(), order: [], signatures: [], signatureIds: new Map(), imports: [], importIds: new Map(),
    table: [-1], tableIds: new Map(), methodTables: new Map(), objects: new Map(), objectValues: new Map(), late: [], constants: new Map(), positions: new Map(),
  };
}

export function functionNumber(unit: Unit, instance: Instance): number {
  let number = unit.functions.get(instance);
  if (number === undefined) {
    number = unit.order.length;
    unit.functions.set(instance, number);
    unit.order.push(instance);
  }
  return number;
}

export function signatureNumber(unit: Unit, params: readonly ValueType[], results: readonly ValueType[]): number {
  const key = `${params.join()}>${results.join()}`;
  let number = unit.signatureIds.get(key);
  if (number === undefined) {
    number = unit.signatures.length;
    unit.signatureIds.set(key, number);
    unit.signatures.push({ params: [...params], results: [...results] });
  }
  return number;
}

/** The machine's view of parameters and a result: out-pointer first, memory by pointer. */
export function callingConvention(world: World, params: readonly Type[], result: Type): { params: ValueType[]; results: ValueType[]; outPointer: boolean } {
  const out = result.kind === 'never' ? null : world.types.shape(result);
  const outPointer = out !== null && out.abi.kind === 'memory';
  return {
    outPointer,
    params: [...(outPointer ? ['i32' as const] : []), ...params.flatMap(p => (p.kind === 'dyn' || p.kind === 'slice' || p.kind === 'str' ? ['i32' as const] : paramTypes(world.types.shape(p))))],
    results: out === null || outPointer ? [] : [...valueTypes(out.abi)],
  };
}
const paramTypes = (shape: Shape): readonly ValueType[] => (shape.abi.kind === 'memory' ? ['i32'] : valueTypes(shape.abi));

/** The signature of a call through a pointer. */
export function signatureFor(world: World, params: readonly Type[], result: Type): Signature {
  const { params: given, results } = callingConvention(world, params, result);
  return { params: given, results };
}

export function importNumber(unit: Unit, name: string, signature?: Signature): number {
  let number = unit.importIds.get(name);
  if (number === undefined) {
    const row = importNamed(name);
    const found = signature ?? row?.signature;
    if (found === undefined) throw new Error(`the machine has no service ${name}`);
    number = unit.imports.length;
    unit.importIds.set(name, number);
    unit.imports.push({ name, signature: found });
  }
  return number;
}

/** The value of a function pointer to an instance. */
export function pointerNumber(unit: Unit, instance: Instance): number {
  let number = unit.tableIds.get(instance);
  if (number === undefined) {
    number = unit.table.length;
    unit.tableIds.set(instance, number);
    unit.table.push(functionNumber(unit, instance));
  }
  return number;
}

/** Offset of the table of methods of `self` as `target`: drop, size, align, methods, tables of supertraits. */
export function methodTable(unit: Unit, self: Type, target: TypeOf<'dyn'>): number {
  const { world } = unit;
  const key = `${self.id} ${target.principal === null ? '' : dynKey(target.principal)}`;
  let at = unit.methodTables.get(key);
  if (at === undefined) {
    const shape = world.types.shape(self);
    const drop = needsDrop(world, self) ? pointerNumber(unit, instanceOf(world, { kind: 'drop', type: self })) : 0;
    const slots = tableSlots(world, target.principal);
    const values = [drop, shape.size, shape.align];
    const pointers: number[] = [];
    for (const slot of slots) {
      if (slot.kind === 'method') values.push(pointerNumber(unit, tableMethod(world, slot.def, self, slot.args)));
      else {
        pointers.push(values.length * 4);
        values.push(methodTable(unit, self, { ...target, principal: slot.above }));
      }
    }
    at = addBytes(unit.data, words(values), 4, pointers);
    unit.methodTables.set(key, at);
  }
  return at;
}

/** Offset of a static or promoted constant; evaluated on first mention, else filled at start. */
export function objectOffset(unit: Unit, def: DefId): number {
  const known = unit.objects.get(def);
  if (known !== undefined) return known;
  const { world } = unit;
  const promoted = def.startsWith('promoted ') ? instanceNamed(world, def) : undefined;
  const instance = promoted ?? instanceOf(world, { kind: 'item', def, args: [] });
  const type = objectType(world, instance);
  const shape = world.types.shape(type);
  const at = addBytesReserve(unit.data, shape);
  unit.objects.set(def, at);
  const value = unit.evaluate(unit, instance);
  if (value === null) unit.late.push({ def, instance, type, at });
  else {
    placeValue(unit, at, value);
    if (promoted !== undefined) unit.objectValues.set(def, value);
  }
  const item = world.definitions.byId.get(def);
  if (promoted !== undefined && shape.size > 0) unit.data.constants.push(at, shape.size);
  if (item?.kind === 'static') unit.data.variables.push({ name: def.startsWith('std::') ? def : item.name, at, size: shape.size, type: -1, mutable: item.mutable, ...(!item.mutable && isFreeze(world, type) ? { fixed: true as const } : {}), ...(unit.sources.get(item.span.file).library ? { std: true } : {}) });
  return at;
}
const addBytesReserve = (data: Data, shape: Shape): number => reserve(data, Math.max(shape.size, 1), shape.align);
const placeValue = (unit: Unit, at: number, value: ConstValue): void => place(unit.data, at, [...value.bytes], value.pointers);

/** Type of what a static or promoted constant holds. */
export function objectType(world: World, instance: Instance): Type {
  if (instance.kind === 'promoted') return signatureOfPromoted(world, instance);
  return signatureOf(world, instance).result;
}

function signatureOfPromoted(world: World, instance: Extract<Instance, { kind: 'promoted' }>): Type {
  const { owner, index } = instance;
  const def = ownerDef(owner);
  const graph = world.graphOf(def);
  const promoted = graph?.promoted[index];
  if (promoted === undefined) throw new Error(`no promoted constant ${index} of ${def}`);
  return instantiate(world, promoted.locals[0]?.type ?? UNIT, owner.kind === 'item' ? owner.args : []);
}

export function ownerDef(instance: Instance): DefId {
  if (instance.kind === 'item') return instance.def;
  if (instance.kind === 'promoted') return ownerDef(instance.owner);
  throw new Error(`${instance.kind} has no definition`);
}

export const thinPointer = ptr(UNIT, true);

/** Text of an attribute of a definition, or null. */
export function attributeOf(world: World, def: DefId, name: string): string | null {
  const found = world.definitions.byId.get(def);
  return found === undefined ? null : attributeText(found.attributes[name]);
}
