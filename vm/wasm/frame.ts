/**
 * The state of writing one function as WebAssembly: its bytes, where each slot's value is, and how it goes out to the interpreter.
 * A slot may have a WebAssembly local for each type it was used as; `holds` says which of them has its value now, or that it is a constant.
 * An exit gives the interpreter the pc and every slot that is alive there; it is the only way in which this code can stop.
 */
import { F32, F64, I32, I64, reinterpret, signed, signedWide, unsigned, wasm } from './bytes.ts';
import type { FunctionType, ValueType } from './bytes.ts';
import type { Alive } from './flow.ts';
import type { Code } from './operands.ts';

export type Constant = { readonly low: number; readonly high: number };
export type Held = ValueType | Constant;

/** What the interpreter is told when code is left: where it stands, or (`called`) which call of it is open. */
export type Exit = { readonly pc: number; readonly called: boolean; readonly slots: readonly (readonly [slot: number, type: ValueType])[]; readonly constants: readonly (readonly [slot: number, value: Constant])[]; /** Of a memory frame: the slot; its old end comes last. */ readonly frameSlot: number; /** The function whose call here could not be written, or -1. */ readonly missed: number };

export const globals = ['left', 'fuel', 'msp', 'span1', 'span2', 'span4', 'span8', 'lastSlot', 'lastCall'] as const;
export type GlobalName = (typeof globals)[number];

/** A module under way. Functions are named until all imports are known. */
export type Unit = {
  readonly code: Code;
  /** The lowest address of the program, the end of its memory stack. */
  readonly low: number;
  readonly stackEnd: number;
  readonly types: FunctionType[];
  readonly imports: { readonly name: string; readonly type: number }[];
  readonly exits: Exit[];
  readonly firstExit: number;
  /** Whether a call of a function can be written: it is in this module, or in one made before. */
  readonly callable: (index: number) => boolean;
  /** Whether the modules take and put slots of the allocator themselves. */
  readonly fast: boolean;
};

export type Frame = {
  readonly unit: Unit;
  readonly results: readonly ValueType[];
  readonly frameSlot: number;
  readonly bytes: number[];
  /** Places of function numbers in `bytes`, five bytes each. */
  readonly calls: { readonly at: number; readonly name: string }[];
  readonly locals: ValueType[];
  readonly firstLocal: number;
  readonly slots: Map<number, Map<ValueType, number>>;
  holds: Map<number, Held>;
  oldEnd: number;
  /** Locals for passing values inside an instruction, by type. */
  readonly spare: Map<string, number>;
};

/** What is not compiled, and why; the interpreter goes on with it. */
export class TooHard extends Error {}

/** `i64.shr_s`. */
const SHIFT = 0x87;

export const FP = 0;
export const CP = 1;

export const makeFrame = (unit: Unit, results: readonly ValueType[], frameSlot: number, params: number): Frame => ({
  unit, results, frameSlot, bytes: [], calls: [], locals: [], firstLocal: params, slots: new Map(), holds: new Map(), oldEnd: -1, spare: new Map(),
});

export const emit = (f: Frame, ...bytes: readonly number[]): void => {
  for (const byte of bytes) f.bytes.push(byte);
};
export const getLocal = (f: Frame, local: number): void => emit(f, wasm.get, ...unsigned(local));
export const setLocal = (f: Frame, local: number): void => emit(f, wasm.set, ...unsigned(local));
export const teeLocal = (f: Frame, local: number): void => emit(f, wasm.tee, ...unsigned(local));
export const int = (f: Frame, value: number): void => emit(f, wasm.i32Const, ...signed(value));
export const getGlobal = (f: Frame, name: GlobalName): void => emit(f, wasm.globalGet, globals.indexOf(name));
export const setGlobal = (f: Frame, name: GlobalName): void => emit(f, wasm.globalSet, globals.indexOf(name));

export function typeNumber(unit: Unit, type: FunctionType): number {
  const found = unit.types.findIndex(({ params, results }) => params.join() === type.params.join() && results.join() === type.results.join());
  if (found >= 0) return found;
  unit.types.push(type);
  return unit.types.length - 1;
}

/** A call of an import or of a function of the program, whose number is not known yet. */
export function callNamed(f: Frame, name: string, type?: FunctionType): void {
  if (type && !f.unit.imports.some((each) => each.name === name)) f.unit.imports.push({ name, type: typeNumber(f.unit, type) });
  emit(f, wasm.call);
  f.calls.push({ at: f.bytes.length, name });
  emit(f, 0x80, 0x80, 0x80, 0x80, 0x00);
}

export function newLocal(f: Frame, type: ValueType): number {
  f.locals.push(type);
  return f.firstLocal + f.locals.length - 1;
}

/** A local to keep a value of an instruction in; `which` tells apart those in use at once. */
export function spare(f: Frame, type: ValueType, which = 0): number {
  const key = `${type} ${which}`;
  let local = f.spare.get(key);
  if (local === undefined) f.spare.set(key, (local = newLocal(f, type)));
  return local;
}

export function localOf(f: Frame, slot: number, type: ValueType): number {
  let known = f.slots.get(slot);
  if (!known) f.slots.set(slot, (known = new Map()));
  let local = known.get(type);
  if (local === undefined) known.set(type, (local = newLocal(f, type)));
  return local;
}

const view = new DataView(new ArrayBuffer(8));
export function constant(f: Frame, type: ValueType, { low, high }: Constant): void {
  view.setInt32(0, low, true);
  view.setInt32(4, high, true);
  if (type === I32) int(f, low);
  else if (type === I64) emit(f, wasm.i64Const, ...signedWide(low, high));
  else if (type === F32) emit(f, wasm.f32Const, ...new Uint8Array(view.buffer, 0, 4));
  else emit(f, wasm.f64Const, ...new Uint8Array(view.buffer, 0, 8));
}

/** Makes what is on the stack another type with the same bits. */
function convert(f: Frame, from: ValueType, to: ValueType): void {
  if (from === to) return;
  if (from === F64) emit(f, reinterpret.i64f64);
  if (from === F32) emit(f, reinterpret.i32f32);
  const wide = from === F64 || from === I64;
  const wants = to === F64 || to === I64;
  if (wide && !wants) emit(f, 0xa7);
  if (!wide && wants) emit(f, 0xad);
  if (to === F64) emit(f, reinterpret.f64i64);
  if (to === F32) emit(f, reinterpret.f32i32);
}

/** Pushes a slot's value as a type. */
export function read(f: Frame, slot: number, type: ValueType): void {
  const held = f.holds.get(slot);
  if (held === undefined) constant(f, type, { low: 0, high: 0 });
  else if (typeof held === 'object') constant(f, type, held);
  else {
    getLocal(f, localOf(f, slot, held));
    convert(f, held, type);
  }
}

/** Takes the top of the stack as a slot's value. */
export function assign(f: Frame, slot: number, type: ValueType): void {
  setLocal(f, localOf(f, slot, type));
  f.holds.set(slot, type);
}

/** Brings what a block wants into the locals that it looks for them in. */
export function settleFor(f: Frame, alive: Alive): void {
  for (const [slot, wanted] of alive) {
    const type = wanted === 0 ? I64 : wanted;
    const held = f.holds.get(slot);
    if (held === undefined || held === type) continue;
    read(f, slot, type);
    setLocal(f, localOf(f, slot, type));
  }
}

/** Leaves for the interpreter: the state goes out, and the function returns. `alive` is what the interpreter may read at the pc. */
export function leave(f: Frame, pc: number, alive: Alive, called = false, missed = -1): void {
  const slots: [number, ValueType][] = [];
  const constants: [number, Constant][] = [];
  for (const slot of alive.keys()) {
    const held = f.holds.get(slot);
    if (slot === f.frameSlot || held === undefined) continue;
    if (typeof held === 'object') constants.push([slot, held]);
    else slots.push([slot, held]);
  }
  const frameSlot = f.frameSlot >= 0 && f.holds.has(f.frameSlot) ? f.frameSlot : -1;
  if (frameSlot >= 0) slots.push([frameSlot, I32]);
  const number = f.unit.firstExit + f.unit.exits.length;
  f.unit.exits.push({ pc, called, slots, constants, frameSlot, missed });
  int(f, number);
  getLocal(f, FP);
  getLocal(f, CP);
  if (slots.length > 400) throw new TooHard('too much is alive');
  // Every value as words, and as many words as the next power of two: the host makes an adapter for each type of an import, which costs more
  // than the module itself.
  let words = 0;
  for (const [slot, type] of slots) {
    const wide = type === I64 || type === F64;
    read(f, slot, wide ? I64 : I32);
    if (wide) {
      emit(f, 0xa7);
      read(f, slot, I64);
      emit(f, wasm.i64Const, 32, SHIFT, 0xa7);
    }
    words += wide ? 2 : 1;
  }
  if (frameSlot >= 0) {
    getLocal(f, f.oldEnd);
    words += 1;
  }
  let room = 4;
  while (room < words) room *= 2;
  for (; words < room; words += 1) int(f, 0);
  const params = Array.from({ length: room + 3 }, (): ValueType => I32);
  callNamed(f, `exit ${room}`, { params, results: [] });
  for (const type of f.results) constant(f, type, { low: 0, high: 0 });
  emit(f, wasm.return);
}

/** The same when the condition on the stack is not 0. */
export function leaveIf(f: Frame, pc: number, alive: Alive): void {
  emit(f, wasm.if, 0x40);
  leave(f, pc, alive);
  emit(f, wasm.end);
}
