/**
 * Evaluates constants, statics and promoted constants to bytes, by running their bodies on memory of its own: locals are small
 * allocations, pointers are (allocation, offset). In: unit and instance. Out: bytes with the addresses in them, or null when only
 * code can make the value (a call from outside, an allocation). An overflow, a bad index or a panic in a constant is E0080.
 * Costs one step an operation, up to a limit.
 */
import type { Operand, Place, Rvalue } from '../flow/graph.ts';
import { problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import { identityOf } from '../types/identity.ts';
import { type DefId, ISIZE, type Type } from '../types/type.ts';
import type { Body, Op, Target } from './body.ts';
import { bodyFor } from './bodies.ts';
import { addConstant, encodeUtf8, internBytes } from './data.ts';
import { binaryOp, castValue, checkedResult, fromPrim, type Num, overflowing, toPrim, unaryOp } from './number.ts';
import type { Instance } from './instance.ts';
import { operandTypeOf, placeTypeOf } from './kind.ts';
import { reified } from './resolve.ts';
import { keep, offsetsOf, type Prim, prims, primSize, type Shape } from './shape.ts';
import { attributeOf, type ConstValue, methodTable, objectOffset, pointerNumber, type Unit } from './unit.ts';
import { fieldTypes, instanceOf, isBox, isEnum, isLang, lengthOf, needsDrop, pointee, stepType, tailOf, variantsOf } from './world.ts';
import { typeText } from './symbol.ts';
import { tagValue } from './enum.ts';

/** Bytes, and the pointers in them by offset. `area` ≥ 0: it stands at that offset of the statics area already. */
interface Alloc {
  bytes: Uint8Array;
  readonly pointers: Map<number, Pointer>;
  area: number;
  readonly align: number;
}
interface Pointer { readonly to: Alloc; readonly offset: number }
interface At { readonly alloc: Alloc; readonly offset: number; readonly type: Type; readonly meta: Cell | null }
/** One machine value. */
type Cell = { readonly kind: 'number'; readonly value: Num } | { readonly kind: 'pointer'; readonly pointer: Pointer };

class CannotEvaluate extends Error {}
class Refused extends Error {
  readonly why: string;
  readonly span: Span;
  constructor(why: string, span: Span) { super(why); this.why = why; this.span = span; }
}

interface Run { readonly unit: Unit; steps: number; depth: number }
const STEPS = 3_000_000;
const DEPTH = 200;

const cannot = (why: string): never => { throw new CannotEvaluate(why); };
const alloc = (size: number, align = 1): Alloc => ({ bytes: new Uint8Array(size), pointers: new Map(), area: -1, align });

export function evaluateConstant(unit: Unit, instance: Instance): ConstValue | null {
  const { world } = unit;
  const run: Run = { unit, steps: 0, depth: 0 };
  try {
    const result = call(run, instance, []);
    return finish(unit, result.alloc, result.offset, world.types.shape(result.type).size);
  } catch (thrown) {
    if (thrown instanceof Refused) {
      if (instance.kind === 'promoted') return null;
      const definition = instance.kind === 'item' ? world.definitions.byId.get(instance.def) : undefined;
      const span = thrown.span.end > 0 ? thrown.span : (definition?.span ?? thrown.span);
      world.problems.push(problem('E0080', span, { name: definition?.name ?? 'constant', why: thrown.why }, { label: thrown.why }));
      return null;
    }
    if (thrown instanceof CannotEvaluate) return null;
    throw thrown;
  }
}

/** Puts what the bytes point to into the statics area. */
function finish(unit: Unit, from: Alloc, offset: number, size: number): ConstValue {
  const bytes = from.bytes.slice(offset, offset + size);
  const pointers: number[] = [];
  const view = new DataView(bytes.buffer);
  for (const [at, pointer] of from.pointers) {
    if (at < offset || at + 4 > offset + size) continue;
    pointers.push(at - offset);
    view.setUint32(at - offset, settle(unit, pointer.to) + pointer.offset, true);
  }
  return { bytes, pointers };
}

function settle(unit: Unit, target: Alloc): number {
  if (target.area >= 0) return target.area;
  const { bytes, pointers } = finish(unit, target, 0, target.bytes.length);
  target.area = addConstant(unit.data, [...bytes], target.align, pointers);
  return target.area;
}

// ── calls and blocks ─────────────────────────────────────────────────────────────────────────────────────────────────

interface Activation { readonly run: Run; readonly body: Body; readonly locals: Alloc[] }

function call(run: Run, instance: Instance, args: readonly At[]): At {
  const { world } = run.unit;
  if (run.depth >= DEPTH) cannot('too deep');
  if (instance.kind === 'item' && world.graphOf(instance.def) === null) cannot('no body');
  const body = bodyFor(world, instance);
  run.depth++;
  const locals = body.locals.map(l => {
    if (l.type.kind === 'never' || tailOf(world, l.type) !== null) return alloc(0);
    const shape = world.types.shape(l.type);
    return alloc(shape.size, shape.align);
  });
  const a: Activation = { run, body, locals };
  args.forEach((arg, i) => {
    const to = locals[i + 1];
    const type = body.locals[i + 1]?.type;
    if (to !== undefined && type !== undefined) copy(a, { alloc: to, offset: 0, type, meta: null }, arg);
  });
  let at = 0;
  for (;;) {
    const block = body.blocks[at];
    if (block === undefined) throw new Error(`no block ${at}`);
    for (const op of block.ops) step(a, op);
    if (++run.steps > STEPS) cannot('too long');
    const { end } = block;
    if (end.kind === 'goto') at = end.target;
    else if (end.kind === 'switch') {
      const prim = primOf(a, operandTypeOf(world, body, end.operand));
      const value = number(read(a, end.operand, 0));
      if (typeof value !== 'bigint') throw new Error('a switch on a float');
      const i = end.values.findIndex(v => keep(prim, v) === value);
      at = (i >= 0 ? end.targets[i] : undefined) ?? end.otherwise;
    } else if (end.kind === 'return') break;
    else cannot('unreachable');
  }
  run.depth--;
  const type = body.locals[0]?.type;
  const result = locals[0];
  if (type === undefined || result === undefined) throw new Error('no result');
  return { alloc: result, offset: 0, type, meta: null };
}

function step(a: Activation, op: Op): void {
  if (++a.run.steps > STEPS) cannot('too long');
  const { world } = a.run.unit;
  switch (op.kind) {
    case 'assign': assign(a, find(a, op.place), op.value); return;
    case 'live': case 'dead': case 'mark': case 'guard': return;
    case 'drop': if (needsDrop(world, placeTypeOf(world, a.body, op.place))) cannot('a destructor'); return;
    case 'bounds': {
      const [index, length] = [number(read(a, op.index, 0)), number(read(a, op.length, 0))];
      if (index >= length) throw new Refused(`index out of bounds: the length is ${length} but the index is ${index}`, op.span);
      return;
    }
    case 'checked': {
      const prim = primOf(a, operandTypeOf(world, a.body, op.left));
      const left = number(read(a, op.left, 0));
      const right = op.right === null ? 0n : number(read(a, op.right, 0));
      const result = checkedResult(op.op, prim, left, right);
      if (typeof result === 'string') throw new Refused(result, op.span);
      writeCell(a, find(a, op.destination), 0, { kind: 'number', value: result.value });
      return;
    }
    case 'call': callOp(a, op); return;
  }
}

function callOp(a: Activation, op: Extract<Op, { kind: 'call' }>): void {
  const { unit } = a.run;
  const target: Target = op.target;
  if (target.kind === 'intrinsic') { intrinsic(a, op, target.name, target.args); return; }
  if (target.kind !== 'instance') return cannot('a call that is not direct');
  const { instance } = target;
  if (instance.kind === 'item') {
    for (const name of ['panic_fmt', 'panic_str', 'assert_failed']) if (isLang(unit.world, instance.def, name)) throw new Refused(name === 'panic_str' ? panicText(op) : 'the evaluated program panicked', op.span);
    if (attributeOf(unit.world, instance.def, 'intrinsic') !== null) cannot('an intrinsic');
  }
  const args = op.args.map(arg => operandAt(a, arg));
  const result = call(a.run, instance, args);
  if (op.result.kind !== 'never') copy(a, find(a, op.destination), result);
}

function panicText(op: Extract<Op, { kind: 'call' }>): string {
  const [text] = op.args;
  if (text?.kind === 'constant' && text.constant.kind === 'string') return `evaluation panicked: ${text.constant.value}`;
  return 'the evaluated program panicked';
}

function intrinsic(a: Activation, op: Extract<Op, { kind: 'call' }>, name: string, all: readonly Type[]): void {
  const { unit } = a.run;
  const { world } = unit;
  const types = all.filter(t => t.kind !== 'region');
  const t = types[0] ?? ISIZE;
  const arg = (i: number): Operand => op.args[i] ?? cannot('an argument');
  const to = (): At => find(a, op.destination);
  const give = (value: Num): void => writeCell(a, to(), 0, { kind: 'number', value });
  const num = (i: number): Num => number(read(a, arg(i), 0));
  switch (name) {
    case 'size_of': give(BigInt(world.types.shape(t).size)); return;
    case 'align_of': give(BigInt(world.types.shape(t).align)); return;
    case 'needs_drop': give(needsDrop(world, t) ? 1n : 0n); return;
    case 'is_copy': give(world.types.isCopy(t) ? 1n : 0n); return;
    case 'type_id': give(identityOf(t)); return;
    case 'type_name': writeText(a, to(), typeText(world.definitions, t)); return;
    case 'wrapping_add': case 'wrapping_sub': case 'wrapping_mul': { const prim = primOf(a, t); give(binaryOp(nameOf(name.slice(9)), prim, num(0), num(1))); return; }
    case 'unchecked_shl': case 'unchecked_shr': case 'unchecked_div': case 'unchecked_rem': { const prim = primOf(a, t); give(binaryOp(nameOf(name.slice(10)), prim, num(0), num(1))); return; }
    case 'add_overflow': case 'sub_overflow': case 'mul_overflow': {
      const { value, wrapped } = overflowing(nameOf(name.slice(0, 3)), primOf(a, t), num(0), num(1));
      const at = to();
      const [x = 0, y = 0] = world.types.shape(at.type).offsets[0] ?? [];
      const parts = fieldTypes(world, at.type);
      writeCell(a, { ...at, offset: at.offset + x, type: parts[0] ?? t }, 0, { kind: 'number', value });
      writeCell(a, { ...at, offset: at.offset + y, type: parts[1] ?? t }, 0, { kind: 'number', value: wrapped ? 1n : 0n });
      return;
    }
    case 'ctpop': case 'ctlz': case 'cttz': {
      const prim = primOf(a, t);
      const bits = primSize(prim) * 8;
      const text = BigInt.asUintN(bits, BigInt(num(0))).toString(2).padStart(bits, '0');
      const ones = text.replaceAll('0', '').length;
      give(BigInt(name === 'ctpop' ? ones : name === 'ctlz' ? (text.indexOf('1') + 1 || bits + 1) - 1 : ones === 0 ? bits : bits - 1 - text.lastIndexOf('1')));
      return;
    }
    case 'rotate_left': case 'rotate_right': {
      const prim = primOf(a, t);
      const bits = BigInt(primSize(prim) * 8);
      const by = BigInt(num(1)) % bits;
      const left = name === 'rotate_left' ? by : (bits - by) % bits;
      const x = BigInt.asUintN(Number(bits), BigInt(num(0)));
      give(keep(prim, (x << left) | (x >> (bits - left))));
      return;
    }
    case 'sqrt': case 'floor': case 'ceil': case 'trunc': case 'abs': { const x = Number(num(0)); give(toPrim(primOf(a, t), Math[name](x))); return; }
    case 'forget': return;
    case 'uninit': return;
    case 'read': copy(a, to(), { ...behind(a, arg(0)), type: t }); return;
    case 'write': copy(a, { ...behind(a, arg(0)), type: t }, operandAt(a, arg(1))); return;
    case 'transmute': { const from = operandAt(a, arg(0)); copy(a, to(), { ...from, type: to().type }); return; }
    case 'slice_from_parts': { const at = to(); writeCell(a, at, 0, read(a, arg(0), 0)); writeCell(a, at, 1, read(a, arg(1), 0)); return; }
    case 'slice_len': writeCell(a, to(), 0, read(a, arg(0), 1)); return;
    case 'slice_data': writeCell(a, to(), 0, read(a, arg(0), 0)); return;
    case 'str_from_bytes': case 'bytes_of_str': { const at = to(); writeCell(a, at, 0, read(a, arg(0), 0)); writeCell(a, at, 1, read(a, arg(0), 1)); return; }
    case 'offset': {
      const cell = read(a, arg(0), 0);
      if (cell.kind !== 'pointer') return cannot('an address');
      writeCell(a, to(), 0, { kind: 'pointer', pointer: { to: cell.pointer.to, offset: cell.pointer.offset + Number(num(1)) * world.types.shape(t).size } });
      return;
    }
    case 'panic_begin': throw new Refused('the evaluated program panicked', op.span);
    default: cannot(`intrinsic ${name}`);
  }
}

const nameOf = (text: string): 'add' | 'sub' | 'mul' | 'div' | 'rem' | 'shl' | 'shr' => text as 'add';

// ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const shapeOf = (a: Activation, type: Type): Shape => a.run.unit.world.types.shape(type);

function primOf(a: Activation, type: Type): Prim {
  const { abi } = shapeOf(a, type);
  return abi.kind === 'scalar' ? abi.prim : cannot('no scalar');
}

function number(cell: Cell): Num {
  return cell.kind === 'number' ? cell.value : cannot('an address as a number');
}

/** Parts of a type's value: machine values at offsets; an unsized pointer's meta data is the second. */
function partOf(a: Activation, type: Type, index: number): { prim: Prim; at: number } {
  const { abi } = shapeOf(a, type);
  const prim = prims(abi)[index];
  return prim === undefined ? cannot('no such part') : { prim, at: offsetsOf(abi)[index] ?? 0 };
}

function readCell(a: Activation, at: At, index: number): Cell {
  const part = partOf(a, at.type, index);
  return cellAt(at.alloc, at.offset + part.at, part.prim);
}

function cellAt(from: Alloc, at: number, prim: Prim): Cell {
  const pointer = from.pointers.get(at);
  if (pointer !== undefined && primSize(prim) === 4) return { kind: 'pointer', pointer };
  if (at < 0 || at + primSize(prim) > from.bytes.length) cannot('outside of an allocation');
  return { kind: 'number', value: fromPrim(prim, new DataView(from.bytes.buffer, from.bytes.byteOffset), at) };
}

function writeCell(a: Activation, at: At, index: number, cell: Cell): void {
  const part = partOf(a, at.type, index);
  setCell(at.alloc, at.offset + part.at, part.prim, cell);
}

function setCell(to: Alloc, at: number, prim: Prim, cell: Cell): void {
  if (to.area >= 0) cannot('a write to a static');
  if (at < 0 || at + primSize(prim) > to.bytes.length) cannot('outside of an allocation');
  for (let i = -3; i < primSize(prim); i++) to.pointers.delete(at + i);
  if (cell.kind === 'pointer') { to.pointers.set(at, cell.pointer); return; }
  toBytes(prim, new DataView(to.bytes.buffer, to.bytes.byteOffset), at, cell.value);
}

function toBytes(prim: Prim, view: DataView, at: number, value: Num): void {
  if (prim === 'f32') view.setFloat32(at, Number(value), true);
  else if (prim === 'f64') view.setFloat64(at, Number(value), true);
  else {
    const whole = BigInt.asUintN(primSize(prim) * 8, BigInt(value));
    for (let i = 0; i < primSize(prim); i++) view.setUint8(at + i, Number((whole >> BigInt(i * 8)) & 255n));
  }
}

function copy(a: Activation, to: At, from: At): void {
  const { size } = shapeOf(a, to.type);
  if (to.alloc.area >= 0) cannot('a write to a static');
  if (from.offset + size > from.alloc.bytes.length || to.offset + size > to.alloc.bytes.length) {
    if (size === 0) return;
    cannot('outside of an allocation');
  }
  const bytes = from.alloc.bytes.slice(from.offset, from.offset + size);
  const pointers = [...from.alloc.pointers].filter(([at]) => at >= from.offset && at + 4 <= from.offset + size);
  for (const at of [...to.alloc.pointers.keys()]) if (at > to.offset - 4 && at < to.offset + size) to.alloc.pointers.delete(at);
  to.alloc.bytes.set(bytes, to.offset);
  for (const [at, pointer] of pointers) to.alloc.pointers.set(at - from.offset + to.offset, pointer);
}

function writeText(a: Activation, to: At, text: string): void {
  const bytes = encodeUtf8(text);
  const area: Alloc = { bytes: Uint8Array.from(bytes), pointers: new Map(), area: internBytes(a.run.unit.data, bytes), align: 1 };
  writeCell(a, to, 0, { kind: 'pointer', pointer: { to: area, offset: 0 } });
  if (prims(shapeOf(a, to.type).abi).length > 1) writeCell(a, to, 1, { kind: 'number', value: BigInt(bytes.length) });
}

/** Where the bytes of a pointer's target are. */
function follow(a: Activation, cell: Cell, type: Type, meta: Cell | null): At {
  if (cell.kind === 'pointer') return { alloc: cell.pointer.to, offset: cell.pointer.offset, type, meta };
  // A dangling address of something without bytes.
  if (tailOf(a.run.unit.world, type) === null && shapeOf(a, type).size === 0) return { alloc: alloc(0), offset: 0, type, meta };
  return cannot('an address');
}

function behind(a: Activation, operand: Operand): At {
  const type = operandTypeOf(a.run.unit.world, a.body, operand);
  const inner = pointee(a.run.unit.world, type);
  return follow(a, read(a, operand, 0), inner, tailOf(a.run.unit.world, inner) === null ? null : read(a, operand, 1));
}

function find(a: Activation, place: Place): At {
  const { world } = a.run.unit;
  const start = a.locals[place.local];
  const type = a.body.locals[place.local]?.type;
  if (start === undefined || type === undefined) throw new Error(`no local ${place.local}`);
  let at: At = { alloc: start, offset: 0, type, meta: null };
  let variant: number | null = null;
  for (const s of place.projection) {
    switch (s.kind) {
      case 'variant': variant = s.index; continue;
      case 'field': {
        const { offsets } = shapeOf(a, at.type);
        at = { ...at, offset: at.offset + ((offsets[variant ?? 0] ?? offsets[0] ?? [])[s.index] ?? 0), type: s.type };
        break;
      }
      case 'deref': {
        if (isBox(world, at.type)) cannot('a box');
        const inner = pointee(world, at.type);
        at = follow(a, readCell(a, at, 0), inner, tailOf(world, inner) === null ? null : readCell(a, at, 1));
        break;
      }
      case 'index': {
        const index = a.locals[s.local];
        const element = stepType(world, at.type, s);
        const n = index === undefined ? 0n : number(cellAt(index, 0, 'u32'));
        at = { alloc: at.alloc, offset: at.offset + Number(n) * shapeOf(a, element).size, type: element, meta: null };
        break;
      }
      case 'constantIndex': case 'subslice': {
        const element = at.type.kind === 'array' || at.type.kind === 'slice' ? at.type.element : cannot('no element');
        const length = at.type.kind === 'array' ? Number(lengthOf(at.type)) : at.meta === null ? 0 : Number(number(at.meta));
        const from = s.kind === 'subslice' ? s.from : s.fromEnd ? length - s.offset : s.offset;
        const meta: Cell | null = s.kind === 'subslice' && at.type.kind === 'slice' ? { kind: 'number', value: BigInt(length - s.from - s.to) } : null;
        at = { alloc: at.alloc, offset: at.offset + from * shapeOf(a, element).size, type: stepType(world, at.type, s), meta };
        break;
      }
    }
    variant = null;
  }
  return at;
}

// ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** An operand's value as bytes somewhere. */
function operandAt(a: Activation, operand: Operand): At {
  if (operand.kind !== 'constant') return find(a, operand.place);
  const { constant } = operand;
  const shape = shapeOf(a, constant.type);
  const at: At = { alloc: alloc(shape.size, shape.align), offset: 0, type: constant.type, meta: null };
  const { unit } = a.run;
  switch (constant.kind) {
    case 'int': writeCell(a, at, 0, { kind: 'number', value: keep(primOf(a, constant.type), constant.value) }); break;
    case 'float': writeCell(a, at, 0, { kind: 'number', value: constant.value }); break;
    case 'string': writeText(a, at, constant.value); break;
    case 'bytes': {
      const bytes = constant.nul ? [...constant.value, 0] : constant.value;
      const area: Alloc = { bytes: Uint8Array.from(bytes), pointers: new Map(), area: internBytes(unit.data, bytes), align: 1 };
      writeCell(a, at, 0, { kind: 'pointer', pointer: { to: area, offset: 0 } });
      if (shape.abi.kind === 'pair') writeCell(a, at, 1, { kind: 'number', value: BigInt(constant.value.length) });
      break;
    }
    case 'zero': case 'null': break;
    case 'static': {
      const area = objectOffset(unit, constant.def);
      // Its bytes are read through `evaluated`, only of constants: a static may change.
      writeCell(a, at, 0, { kind: 'pointer', pointer: { to: staticAlloc(unit, constant.def, area), offset: 0 } });
      break;
    }
    case 'const': {
      const inner = call(a.run, instanceOf(unit.world, { kind: 'item', def: constant.def, args: constant.args }), []);
      return { ...inner, type: constant.type };
    }
    default: cannot(constant.kind);
  }
  return at;
}

const staticAllocs = new WeakMap<Unit, Map<DefId, Alloc>>();
function staticAlloc(unit: Unit, def: DefId, area: number): Alloc {
  let table = staticAllocs.get(unit);
  if (table === undefined) staticAllocs.set(unit, (table = new Map()));
  let found = table.get(def);
  if (found === undefined) {
    // A promoted constant's bytes may be read at compile time; a static's may not.
    const value = unit.objectValues.get(def);
    const pointers = new Map<number, Pointer>();
    if (value !== undefined) {
      const view = new DataView(value.bytes.buffer, value.bytes.byteOffset);
      for (const at of value.pointers) pointers.set(at, { to: { bytes: new Uint8Array(0), pointers: new Map(), area: view.getUint32(at, true), align: 1 }, offset: 0 });
    }
    found = { bytes: value?.bytes ?? new Uint8Array(0), pointers, area, align: 1 };
    table.set(def, found);
  }
  return found;
}

function read(a: Activation, operand: Operand, index: number): Cell {
  return readCell(a, operandAt(a, operand), index);
}

function assign(a: Activation, to: At, value: Rvalue): void {
  const { unit } = a.run;
  const { world } = unit;
  const give = (n: Num): void => writeCell(a, to, 0, { kind: 'number', value: n });
  switch (value.kind) {
    case 'use': copy(a, to, operandAt(a, value.operand)); return;
    case 'borrow': case 'rawBorrow': {
      if (value.kind === 'borrow' && value.borrow === 'fake') return;
      const at = find(a, value.place);
      writeCell(a, to, 0, { kind: 'pointer', pointer: { to: at.alloc, offset: at.offset } });
      if (tailOf(world, at.type) !== null) writeCell(a, to, 1, at.meta ?? { kind: 'number', value: 0n });
      return;
    }
    case 'binary': {
      const type = operandTypeOf(world, a.body, value.left);
      if (shapeOf(a, type).abi.kind !== 'scalar') cannot('a comparison of pairs');
      give(binaryOp(value.op, primOf(a, type), number(read(a, value.left, 0)), number(read(a, value.right, 0))));
      return;
    }
    case 'pointer': {
      const left = read(a, value.left, 0);
      const type = operandTypeOf(world, a.body, value.left);
      if (left.kind !== 'pointer' || type.kind !== 'ptr' || value.op === 'difference') return cannot('pointer arithmetic');
      const by = Number(number(read(a, value.right, 0))) * shapeOf(a, type.inner).size;
      writeCell(a, to, 0, { kind: 'pointer', pointer: { to: left.pointer.to, offset: left.pointer.offset + (value.op === 'sub' ? -by : by) } });
      return;
    }
    case 'unary': {
      const type = operandTypeOf(world, a.body, value.operand);
      give(unaryOp(value.op, primOf(a, type), number(read(a, value.operand, 0)), type.kind === 'bool'));
      return;
    }
    case 'cast': cast(a, to, value); return;
    case 'aggregate': {
      const shape = shapeOf(a, value.type);
      const variant = value.of.kind === 'adt' ? value.of.variant : null;
      value.operands.forEach((operand, i) => {
        const type = operandTypeOf(world, a.body, operand);
        const by = value.of.kind === 'array' ? i * shapeOf(a, value.of.element).size : ((shape.offsets[variant ?? 0] ?? shape.offsets[0] ?? [])[i] ?? 0);
        copy(a, { ...to, offset: to.offset + by, type, meta: null }, operandAt(a, operand));
      });
      const tag = variant === null ? null : tagValue(shape, variant);
      if (tag !== null) setCell(to.alloc, to.offset + tag.at, tag.prim, { kind: 'number', value: tag.value });
      return;
    }
    case 'repeat': {
      const type = operandTypeOf(world, a.body, value.operand);
      const count = value.length.kind === 'const' ? Number(value.length.value) : 0;
      const { size } = shapeOf(a, type);
      if (count * size > 1 << 22) cannot('too large');
      const from = operandAt(a, value.operand);
      for (let i = 0; i < count; i++) copy(a, { ...to, offset: to.offset + i * size, type, meta: null }, from);
      return;
    }
    case 'discriminant': {
      const at = find(a, value.place);
      give(keep(primOf(a, to.type), discriminant(a, at)));
      return;
    }
    case 'length': {
      const at = find(a, value.place);
      give(at.type.kind === 'array' ? lengthOf(at.type) : at.meta === null ? 0n : number(at.meta));
      return;
    }
  }
}

function discriminant(a: Activation, at: At): bigint {
  const { world } = a.run.unit;
  if (at.type.kind !== 'adt' || !isEnum(world, at.type)) return 0n;
  const { tag, only } = shapeOf(a, at.type);
  const variants = variantsOf(world, at.type.def);
  if (tag === null) return variants[only]?.discriminant ?? 0n;
  const cell = cellAt(at.alloc, at.offset + tag.at, tag.prim);
  if (tag.kind === 'direct') {
    const i = tag.values.indexOf(BigInt(number(cell)));
    return variants[i]?.discriminant ?? 0n;
  }
  if (cell.kind === 'pointer') return variants[tag.dataful]?.discriminant ?? 0n;
  const relative = BigInt.asUintN(primSize(tag.prim) * 8, BigInt(cell.value) - tag.start);
  const variant = relative <= BigInt(tag.last - tag.first) ? tag.first + Number(relative) : tag.dataful;
  return variants[variant]?.discriminant ?? 0n;
}

function cast(a: Activation, to: At, value: Extract<Rvalue, { kind: 'cast' }>): void {
  const { unit } = a.run;
  const { world } = unit;
  const from = operandTypeOf(world, a.body, value.operand);
  switch (value.cast) {
    case 'numeric': writeCell(a, to, 0, { kind: 'number', value: castValue(primOf(a, from), primOf(a, value.type), number(read(a, value.operand, 0))) }); return;
    case 'enumToInt': writeCell(a, to, 0, { kind: 'number', value: keep(primOf(a, value.type), discriminant(a, operandAt(a, value.operand))) }); return;
    case 'intToPointer': writeCell(a, to, 0, read(a, value.operand, 0)); return;
    case 'pointerToPointer': {
      const at = operandAt(a, value.operand);
      writeCell(a, to, 0, readCell(a, at, 0));
      if (shapeOf(a, value.type).abi.kind === 'pair') writeCell(a, to, 1, readCell(a, at, 1));
      return;
    }
    case 'reify':
      if (from.kind === 'fnDef') writeCell(a, to, 0, { kind: 'number', value: BigInt(pointerNumber(unit, reified(world, from.def, from.args))) });
      else copy(a, to, operandAt(a, value.operand));
      return;
    case 'closureToFn': writeCell(a, to, 0, { kind: 'number', value: BigInt(pointerNumber(unit, instanceOf(world, { kind: 'closureFn', closure: from }))) }); return;
    case 'unsize': {
      if (from.kind !== 'ref' && from.kind !== 'ptr') return cannot('unsizing');
      const target = value.type;
      if (target.kind !== 'ref' && target.kind !== 'ptr') return cannot('unsizing');
      writeCell(a, to, 0, read(a, value.operand, 0));
      if (from.inner.kind === 'array') writeCell(a, to, 1, { kind: 'number', value: lengthOf(from.inner) });
      else if (target.inner.kind === 'dyn' && from.inner.kind !== 'dyn') writeCell(a, to, 1, { kind: 'pointer', pointer: { to: { bytes: new Uint8Array(0), pointers: new Map(), area: methodTable(unit, from.inner, target.inner), align: 4 }, offset: 0 } });
      else cannot('unsizing');
      return;
    }
    default: cannot(value.cast);
  }
}
