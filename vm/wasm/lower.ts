/**
 * Register instructions → WebAssembly, one after the other. In: a frame, a step, what is alive before it. Out: bytes that do the same.
 * What an instruction may stop for is asked first, and then the interpreter does that instruction: nothing is reported from here.
 */
import { intKindBits, intKinds } from '../code/values.ts';
import { F64, I32, I64, numeric, saturating, unsigned, wasm } from './bytes.ts';
import type { FunctionType, ValueType } from './bytes.ts';
import type { Alive } from './flow.ts';
import { assign, callNamed, constant, CP, emit, FP, getGlobal, getLocal, int, leave, leaveIf, localOf, newLocal, read, setGlobal, setLocal, spare, teeLocal } from './frame.ts';
import type { Frame, GlobalName } from './frame.ts';
import { slotsOf, typeOf } from './operands.ts';
import type { Step } from './operands.ts';

export const op = (name: string): number => {
  const found = numeric.get(name);
  if (found === undefined) throw new Error(`WebAssembly has no ${name}`);
  return found;
};

const WIDTHS: Partial<Record<string, { readonly width: number; readonly code: number; readonly type: ValueType }>> = {
  load8_s: { width: 1, code: 0x2c, type: I32 }, load8_u: { width: 1, code: 0x2d, type: I32 }, load16_s: { width: 2, code: 0x2e, type: I32 }, load16_u: { width: 2, code: 0x2f, type: I32 },
  load32: { width: 4, code: 0x28, type: I32 }, load64: { width: 8, code: 0x29, type: I64 }, loadf64: { width: 8, code: 0x2b, type: F64 },
  store8: { width: 1, code: 0x3a, type: I32 }, store16: { width: 2, code: 0x3b, type: I32 }, store32: { width: 4, code: 0x36, type: I32 }, store64: { width: 8, code: 0x37, type: I64 }, storef64: { width: 8, code: 0x39, type: F64 },
};

/** The type of a function of the program as it is written here. */
export const functionType = (params: readonly string[], results: readonly string[]): FunctionType => ({ params: [I32, I32, ...params.map(typeOf)], results: results.map(typeOf) });

export function lower(f: Frame, pc: number, step: Step, alive: Alive, after: () => Alive): void {
  const { unit } = f;
  const words = unit.code.words();
  const word = (which: number): number => words[pc + which] ?? 0;
  const { name } = step;
  const stop = (): void => leaveIf(f, pc, alive);
  const binary = (type: ValueType, code: number, result: ValueType = type): void => {
    read(f, word(2), type);
    read(f, word(3), type);
    emit(f, code);
    assign(f, word(1), result);
  };
  /** The left operand and a constant. */
  const withConstant = (code: number, low = word(3)): void => {
    read(f, word(2), I32);
    int(f, low);
    emit(f, code);
    assign(f, word(1), I32);
  };
  const head = name.replace(/\.x$/, '');
  const access = WIDTHS[head];
  if (access) return memory(f, pc, name, access, alive);
  const bare = name.endsWith('#') ? name.slice(0, -1) : name;
  const [family = '', verb = ''] = bare.split('.');

  switch (name) {
    case 'move': {
      const held = f.holds.get(word(2)) ?? { low: 0, high: 0 };
      if (typeof held === 'object') f.holds.set(word(1), held);
      else {
        read(f, word(2), held);
        assign(f, word(1), held);
      }
      return;
    }
    case 'const': f.holds.set(word(1), { low: word(2), high: 0 }); return;
    case 'const2': f.holds.set(word(1), { low: word(2), high: word(3) }); return;
    case 'zero':
      for (let each = 0; each < word(2); each += 1) f.holds.set(word(1) + each * 2, { low: 0, high: 0 });
      return;
    case 'select': {
      const one = f.holds.get(word(2));
      const other = f.holds.get(word(3));
      const type = typeof one === 'number' && (one === other || typeof other !== 'number') ? one : typeof other === 'number' && typeof one !== 'number' ? other : I64;
      read(f, word(2), type);
      read(f, word(3), type);
      read(f, word(4), I32);
      emit(f, wasm.select);
      assign(f, word(1), type);
      return;
    }
    case 'frame': {
      const start = spare(f, I32);
      const end = spare(f, I32, 1);
      if (f.oldEnd < 0) f.oldEnd = newLocal(f, I32);
      getGlobal(f, 'msp');
      int(f, word(3) - 1);
      emit(f, op('i32.add'));
      int(f, -word(3));
      emit(f, op('i32.and'));
      teeLocal(f, start);
      int(f, word(2));
      emit(f, op('i32.add'));
      teeLocal(f, end);
      int(f, unit.stackEnd);
      emit(f, op('i32.gt_s'));
      stop();
      getGlobal(f, 'msp');
      setLocal(f, f.oldEnd);
      getLocal(f, end);
      setGlobal(f, 'msp');
      getLocal(f, start);
      assign(f, word(1), I32);
      return;
    }
    case 'leave':
      getLocal(f, f.oldEnd);
      setGlobal(f, 'msp');
      return;
    case 'call': return call(f, pc, word(1), word(2), step, alive, after());
    case 'index':
      read(f, word(2), I32);
      scaled(f, word(3), word(4));
      emit(f, op('i32.add'));
      assign(f, word(1), I32);
      return;
    case 'check.bounds': case 'check.bounds#':
      read(f, word(1), I32);
      if (name === 'check.bounds') read(f, word(2), I32);
      else int(f, word(2));
      emit(f, op('i32.ge_u'));
      return stop();
    case 'check.null':
      read(f, word(1), I32);
      emit(f, op('i32.eqz'));
      return stop();
    case 'check.align':
      read(f, word(1), I32);
      int(f, word(2));
      emit(f, op('i32.and'));
      return stop();
    case 'check.shift':
      read(f, word(1), I32);
      int(f, word(2));
      emit(f, op('i32.ge_u'));
      return stop();
    case 'check.kind':
      read(f, word(1), I32);
      read(f, word(1), I32);
      if (word(2) === 0 || word(2) === 2) emit(f, op(word(2) === 0 ? 'i32.extend8_s' : 'i32.extend16_s'));
      else {
        int(f, word(2) === 1 ? 255 : 65535);
        emit(f, op('i32.and'));
      }
      emit(f, op('i32.ne'));
      return stop();
    case 'i32.add#': case 'i32.mul#': case 'i32.and#': case 'i32.or#': case 'i32.xor#': case 'i32.shl#': case 'i32.shr_s#': case 'i32.shr_u#': case 'i32.div_s#': case 'i32.div_u#': case 'i32.rem_s#': case 'i32.rem_u#':
      return withConstant(op(bare));
    case 'i64.add#':
      read(f, word(2), I64);
      constant(f, I64, { low: word(3), high: word(3) >> 31 });
      emit(f, op('i64.add'));
      return assign(f, word(1), I64);
    case 'i64.shl#': case 'i64.shr_s#': case 'i64.shr_u#': case 'i64.rotl#':
      read(f, word(2), I64);
      constant(f, I64, { low: word(3), high: 0 });
      emit(f, op(bare));
      return assign(f, word(1), I64);
    case 'i32.div_s': case 'i32.div_u': case 'i32.rem_s': case 'i32.rem_u': case 'i64.div_s': case 'i64.div_u': case 'i64.rem_s': case 'i64.rem_u': {
      const type = typeOf(family);
      // The interpreter answers for a divisor of 0, and of -1 where that may leave the range.
      refuse(f, word(3), type, 0, stop);
      if (verb === 'div_s') refuse(f, word(3), type, -1, stop);
      return binary(type, op(name));
    }
    case 'div.i32': case 'rem.i32': case 'div.u32': case 'rem.u32': return divide(f, pc, bare.slice(0, 3), family === '' ? 'i32' : verb, alive);
    case 'div.checked': case 'rem.checked': return divide(f, pc, family, intKinds[word(4)] ?? 'i32', alive);
    case 'neg.checked': {
      const kind = intKinds[word(3)] ?? 'i32';
      const type = intKindBits(kind) === 64 ? I64 : I32;
      refuse(f, word(2), type, kind.startsWith('u') ? 'not zero' : kind === 'i64' ? 'least' : -(2 ** (intKindBits(kind) - 1)), stop);
      constant(f, type, { low: 0, high: 0 });
      read(f, word(2), type);
      emit(f, op(type === I64 ? 'i64.sub' : 'i32.sub'));
      return assign(f, word(1), type);
    }
    case 'add.i32': case 'add.i32#': case 'sub.i32': case 'add.u32': case 'add.u32#': case 'sub.u32': case 'sub.u32#': case 'add.i64': case 'sub.i64': case 'add.u64': case 'sub.u64':
      return checkedSum(f, pc, family === 'add', verb.startsWith('i'), verb.endsWith('64') ? 'i64' : 'i32', name.endsWith('#'), alive);
    case 'mul.i32': case 'mul.u32': {
      const signed = name === 'mul.i32';
      const product = spare(f, I64);
      for (const which of [2, 3]) {
        read(f, word(which), I32);
        emit(f, op(signed ? 'i64.extend_s' : 'i64.extend_u'));
      }
      emit(f, op('i64.mul'));
      teeLocal(f, product);
      if (signed) {
        getLocal(f, product);
        emit(f, op('i64.extend32_s'), op('i64.ne'));
      } else {
        constant(f, I64, { low: 32, high: 0 });
        emit(f, op('i64.shr_u'), op('i64.eqz'), op('i32.eqz'));
      }
      stop();
      getLocal(f, product);
      emit(f, op('i32.wrap'));
      return assign(f, word(1), I32);
    }
    case 'mul.i64': case 'mul.u64': return wideProduct(f, pc, name === 'mul.i64', stop);
    case 'add.overflowing': case 'sub.overflowing': case 'mul.overflowing': return overflowing(f, pc, family, intKinds[word(4)] ?? 'i32', alive);
    case 'memory.copy': case 'memory.fill': {
      const skip = unsigned(0);
      emit(f, wasm.block, 0x40);
      read(f, word(3), I32);
      emit(f, op('i32.eqz'), wasm.br_if, ...skip);
      for (const which of name === 'memory.copy' ? [1, 2] : [1]) {
        // Outside: the length is more than all, or the start is beyond the last place for it.
        read(f, word(3), I32);
        getGlobal(f, 'span1');
        emit(f, op('i32.gt_u'));
        read(f, word(which), I32);
        int(f, unit.low);
        emit(f, op('i32.sub'));
        getGlobal(f, 'span1');
        read(f, word(3), I32);
        emit(f, op('i32.sub'), op('i32.gt_u'), op('i32.or'));
        stop();
      }
      for (const which of [1, 2, 3]) read(f, word(which), I32);
      if (name === 'memory.copy') emit(f, 0xfc, 10, 0, 0);
      else emit(f, 0xfc, 11, 0);
      emit(f, wasm.end);
      return;
    }
    case 'memory.compare': {
      const answer = spare(f, I32);
      for (const which of [2, 3, 4]) read(f, word(which), I32);
      callNamed(f, 'compare', { params: [I32, I32, I32], results: [I32] });
      teeLocal(f, answer);
      int(f, -2);
      emit(f, op('i32.eq'));
      stop();
      getLocal(f, answer);
      return assign(f, word(1), I32);
    }
    case 'alloc': case 'alloc_zeroed':
      read(f, word(2), I32);
      read(f, word(3), I32);
      int(f, word(4));
      if (name === 'alloc' && unit.fast) callNamed(f, 'take');
      else callNamed(f, name, { params: [I32, I32, I32], results: [I32] });
      return assign(f, word(1), I32);
    case 'realloc': {
      const answer = spare(f, I32);
      read(f, word(2), I32);
      read(f, word(3), I32);
      int(f, word(5));
      callNamed(f, 'realloc', { params: [I32, I32, I32], results: [I32] });
      teeLocal(f, answer);
      int(f, -1);
      emit(f, op('i32.eq'));
      stop();
      getLocal(f, answer);
      return assign(f, word(1), I32);
    }
    case 'free':
      read(f, word(1), I32);
      int(f, word(2));
      if (unit.fast) callNamed(f, 'put');
      else callNamed(f, 'free', { params: [I32, I32], results: [I32] });
      return stop();
    default: break;
  }
  if (saturating.includes(name)) {
    const [slot, type] = step.reads[0] ?? [0, F64];
    read(f, slot, type === 0 ? I64 : type);
    emit(f, 0xfc, saturating.indexOf(name));
    return assign(f, word(1), typeOf(family));
  }
  // `i32.lt_s#` and the like: a comparison with a constant; what is left is WebAssembly's own, by its own name.
  if (name.endsWith('#')) return withConstant(op(bare));
  for (const [slot, type] of step.reads) read(f, slot, type === 0 ? I64 : type);
  emit(f, op(name));
  const [slot, type] = step.writes[0] ?? [0, I32];
  assign(f, slot, type === 0 ? I64 : type);
}

function scaled(f: Frame, slot: number, size: number): void {
  read(f, slot, I32);
  if (size === 1) return;
  const shift = 31 - Math.clz32(size);
  if (size === 1 << shift) {
    int(f, shift);
    emit(f, op('i32.shl'));
  } else {
    int(f, size);
    emit(f, op('i32.mul'));
  }
}

/** A load or store, of an address or of base + index × size + offset. */
function memory(f: Frame, pc: number, name: string, { width, code, type }: { readonly width: number; readonly code: number; readonly type: ValueType }, alive: Alive): void {
  const words = f.unit.code.words();
  const word = (which: number): number => words[pc + which] ?? 0;
  const stores = name.startsWith('store');
  const indexed = name.endsWith('.x');
  const address = spare(f, I32);
  const base = stores ? 1 : 2;
  read(f, word(base), I32);
  if (indexed) {
    scaled(f, word(base + 1), word(4));
    emit(f, op('i32.add'));
  }
  const offset = word(indexed ? 5 : 3);
  if (offset !== 0) {
    int(f, offset);
    emit(f, op('i32.add'));
  }
  teeLocal(f, address);
  int(f, f.unit.low);
  emit(f, op('i32.sub'));
  const span: GlobalName = width === 1 ? 'span1' : width === 2 ? 'span2' : width === 4 ? 'span4' : 'span8';
  getGlobal(f, span);
  emit(f, op('i32.ge_u'));
  const mask = type === F64 ? 7 : width === 2 ? 1 : width === 1 ? 0 : 3;
  if (mask !== 0) {
    getLocal(f, address);
    int(f, mask);
    emit(f, op('i32.and'), op('i32.or'));
  }
  leaveIf(f, pc, alive);
  getLocal(f, address);
  const align = mask === 7 ? 3 : mask === 3 ? 2 : mask;
  if (stores) {
    read(f, word(indexed ? 3 : 2), type);
    emit(f, code, align, 0);
  } else {
    emit(f, code, align, 0);
    assign(f, word(1), type);
  }
}

/** Goes out when a slot holds a value that the interpreter must answer for. */
function refuse(f: Frame, slot: number, type: ValueType, value: number | 'least' | 'not zero', stop: () => void): void {
  const held = f.holds.get(slot);
  if (typeof held === 'object' && typeof value === 'number' && held.low !== value) return;
  read(f, slot, type);
  if (value === 0) emit(f, op(type === I64 ? 'i64.eqz' : 'i32.eqz'));
  else {
    constant(f, type, value === 'least' ? { low: 0, high: -2147483648 } : value === 'not zero' ? { low: 0, high: 0 } : { low: value, high: value < 0 ? -1 : 0 });
    emit(f, op(`${type === I64 ? 'i64' : 'i32'}.${value === 'not zero' ? 'ne' : 'eq'}`));
  }
  stop();
}

function divide(f: Frame, pc: number, verb: string, kind: string, alive: Alive): void {
  const words = f.unit.code.words();
  const [to = 0, left = 0, right = 0] = [words[pc + 1], words[pc + 2], words[pc + 3]];
  const type = kind.endsWith('64') ? I64 : I32;
  const stop = (): void => leaveIf(f, pc, alive);
  refuse(f, right, type, 0, stop);
  if (kind.startsWith('i')) refuse(f, right, type, -1, stop);
  read(f, left, type);
  read(f, right, type);
  emit(f, op(`${type === I64 ? 'i64' : 'i32'}.${verb}_${kind.startsWith('i') ? 's' : 'u'}`));
  assign(f, to, type);
}

function checkedSum(f: Frame, pc: number, adds: boolean, signed: boolean, type: 'i32' | 'i64', constantRight: boolean, alive: Alive): void {
  const words = f.unit.code.words();
  const [to = 0, left = 0, right = 0] = [words[pc + 1], words[pc + 2], words[pc + 3]];
  const own = typeOf(type);
  const result = spare(f, own);
  const one = (): void => read(f, left, own);
  const other = (): void => {
    if (constantRight) int(f, right);
    else read(f, right, own);
  };
  one();
  other();
  emit(f, op(`${type}.${adds ? 'add' : 'sub'}`));
  if (signed) {
    teeLocal(f, result);
    one();
    emit(f, op(`${type}.xor`));
    // Addition: the result has another sign than both; subtraction: the operands' signs differ, and the result's is not the left one's.
    if (adds) {
      getLocal(f, result);
      other();
    } else {
      one();
      other();
    }
    emit(f, op(`${type}.xor`), op(`${type}.and`));
    constant(f, own, { low: 0, high: 0 });
    emit(f, op(`${type}.lt_s`));
  } else if (adds) {
    teeLocal(f, result);
    one();
    emit(f, op(`${type}.lt_u`));
  } else {
    setLocal(f, result);
    one();
    other();
    emit(f, op(`${type}.lt_u`));
  }
  leaveIf(f, pc, alive);
  getLocal(f, result);
  assign(f, to, own);
}

/** A checked product of 64 bits: factors of 32 bits need no test; others are divided again. */
function wideProduct(f: Frame, pc: number, signed: boolean, stop: () => void): void {
  const words = f.unit.code.words();
  const [to = 0, left = 0, right = 0] = [words[pc + 1], words[pc + 2], words[pc + 3]];
  const product = spare(f, I64);
  const one = (): void => read(f, left, I64);
  const other = (): void => read(f, right, I64);
  const fits = (get: () => void): void => {
    get();
    if (signed) {
      get();
      emit(f, op('i64.extend32_s'), op('i64.eq'));
    } else {
      constant(f, I64, { low: 32, high: 0 });
      emit(f, op('i64.shr_u'), op('i64.eqz'));
    }
  };
  one();
  other();
  emit(f, op('i64.mul'));
  setLocal(f, product);
  fits(one);
  fits(other);
  emit(f, op('i32.and'), op('i32.eqz'), wasm.if, 0x40);
  one();
  emit(f, op('i64.eqz'), op('i32.eqz'), wasm.if, 0x40);
  if (signed) {
    // -1 times anything is left to the interpreter: the division below must not meet it.
    one();
    constant(f, I64, { low: -1, high: -1 });
    emit(f, op('i64.eq'));
    stop();
  }
  getLocal(f, product);
  one();
  emit(f, op(signed ? 'i64.div_s' : 'i64.div_u'));
  other();
  emit(f, op('i64.ne'));
  stop();
  emit(f, wasm.end, wasm.end);
  getLocal(f, product);
  assign(f, to, I64);
}

/** The wrapped result, and whether it wrapped. */
function overflowing(f: Frame, pc: number, verb: string, kind: string, alive: Alive): void {
  const words = f.unit.code.words();
  const [to = 0, left = 0, right = 0] = [words[pc + 1], words[pc + 2], words[pc + 3]];
  const signed = kind.startsWith('i');
  if (kind.endsWith('64')) {
    if (verb === 'mul') {
      // Rare: the wrapped product is made here, the flag by the interpreter when it is not clear.
      wideProduct(f, pc, signed, () => leaveIf(f, pc, alive));
      f.holds.set(to + 2, { low: 0, high: 0 });
      return;
    }
    const result = spare(f, I64);
    const flag = spare(f, I32);
    const one = (): void => read(f, left, I64);
    const other = (): void => read(f, right, I64);
    one();
    other();
    emit(f, op(`i64.${verb}`));
    setLocal(f, result);
    if (!signed) {
      if (verb === 'add') getLocal(f, result);
      one();
      if (verb === 'sub') other();
      emit(f, op('i64.lt_u'));
    } else {
      getLocal(f, result);
      one();
      emit(f, op('i64.xor'));
      if (verb === 'add') getLocal(f, result);
      else one();
      other();
      emit(f, op('i64.xor'), op('i64.and'));
      constant(f, I64, { low: 0, high: 0 });
      emit(f, op('i64.lt_s'));
    }
    setLocal(f, flag);
    getLocal(f, result);
    assign(f, to, I64);
    getLocal(f, flag);
    assign(f, to + 2, I32);
    return;
  }
  // Up to 32 bits: the exact result fits in 64.
  const bits = intKindBits(kind as 'i8');
  const exact = spare(f, I64);
  const kept = spare(f, I32);
  for (const slot of [left, right]) {
    read(f, slot, I32);
    emit(f, op(signed ? 'i64.extend_s' : 'i64.extend_u'));
  }
  emit(f, op(`i64.${verb}`));
  teeLocal(f, exact);
  emit(f, op('i32.wrap'));
  if (bits < 32 && signed) emit(f, op(bits === 8 ? 'i32.extend8_s' : 'i32.extend16_s'));
  else if (bits < 32) {
    int(f, 2 ** bits - 1);
    emit(f, op('i32.and'));
  }
  teeLocal(f, kept);
  emit(f, op(signed ? 'i64.extend_s' : 'i64.extend_u'));
  getLocal(f, exact);
  emit(f, op('i64.ne'));
  // The flag waits on the stack: its slot may be an operand's, which was read already.
  getLocal(f, kept);
  assign(f, to, I32);
  assign(f, to + 2, I32);
}

function call(f: Frame, pc: number, entry: number, slot: number, step: Step, alive: Alive, after: Alive): void {
  const { unit } = f;
  const index = unit.code.functionAt(entry) ?? -1;
  const signature = unit.code.program.signatures[unit.code.program.functions[index]?.signature ?? -1];
  if (!signature) throw new Error('a call of no function');
  const size = unit.code.words()[entry - 1] ?? 0;
  // Too deep, or too far: the interpreter makes the call, or refuses it.
  getLocal(f, FP);
  getGlobal(f, 'lastSlot');
  int(f, slot + size);
  emit(f, op('i32.sub'), op('i32.gt_s'));
  getLocal(f, CP);
  getGlobal(f, 'lastCall');
  emit(f, op('i32.ge_s'), op('i32.or'));
  const rest = spare(f, I32);
  getGlobal(f, 'fuel');
  int(f, 1);
  emit(f, op('i32.sub'));
  teeLocal(f, rest);
  setGlobal(f, 'fuel');
  getLocal(f, rest);
  int(f, 0);
  emit(f, op('i32.lt_s'), op('i32.or'));
  leaveIf(f, pc, alive);
  getLocal(f, FP);
  int(f, slot);
  emit(f, op('i32.add'));
  getLocal(f, CP);
  int(f, 2);
  emit(f, op('i32.add'));
  for (const [from, type] of slotsOf(signature, slot, 'params')) read(f, from, type === 0 ? I64 : type);
  callNamed(f, `function ${index}`);
  const results = slotsOf(signature, slot, 'results');
  for (const [to, type] of [...results].reverse()) setLocal(f, localOf(f, to, type === 0 ? I64 : type));
  // Whatever the callee used is gone, but for its results.
  getGlobal(f, 'left');
  emit(f, wasm.if, 0x40);
  const open = new Map(after);
  for (const [to] of results) open.delete(to);
  leave(f, pc + step.words, open, true);
  emit(f, wasm.end);
  for (const [to, type] of results) f.holds.set(to, type === 0 ? I64 : type);
}
