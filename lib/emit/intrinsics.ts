/**
 * The intrinsics, one row each: what a call of `@intrinsic("name")` becomes. In: the call's operands, type arguments and destination. Out: code.
 * Rows are short because the helpers above them do the pushing; a name that is missing here is our own bug.
 */
import type { Operand } from '../flow/graph.ts';
import { identityOf } from '../types/identity.ts';
import { BOOL, type Type } from '../types/type.ts';
import type { OpName } from '../../vm/code/opcodes.ts';
import { importNamed } from '../../vm/code/imports.ts';
import { accessFlags, trapNumber } from '../../vm/code/reasons.ts';
import { intKindNumber } from '../../vm/code/values.ts';
import { wrapping } from './arith.ts';
import type { Op } from './body.ts';
import { resolveConst } from './constant.ts';
import { encodeUtf8 } from './data.ts';
import { pushDiscriminant } from './enum.ts';
import { type Frame, scratch, scratchBytes, shapeOf } from './frame.ts';
import { type Found, pushAddress } from './place.ts';
import { typeText } from './symbol.ts';
import { bitReverse, byteSwap, countBits, rotate } from './bits.ts';
import { intKind, type Prim, prims, primSize, valueType } from './shape.ts';
import { dropPointer, pushSizeOfVal, pushAlignOfVal } from './unsized.ts';
import { writeBytes, writeHostCall } from './link.ts';
import { checkValue, valueChecks, watchRead } from './valid.ts';
import { abiOf, assignOperand, convert, copyBytes, operandMemory, operandType, primOf, pushFound, pushOperand, pushOperandPart, storeFound } from './value.ts';
import { isEnum, needsDrop, tailOf } from './world.ts';
import { get, i32, i64, open, set, write, writeNamed } from './writer.ts';

export interface IntrinsicCall {
  readonly frame: Frame;
  readonly args: readonly Operand[];
  readonly types: readonly Type[];
  readonly to: Found;
  readonly op: Extract<Op, { kind: 'call' }>;
}
type Row = (c: IntrinsicCall) => void;

const arg = (c: IntrinsicCall, i: number): Operand => {
  const found = c.args[i];
  if (found === undefined) throw new Error('an intrinsic without its argument');
  return found;
};
const type = (c: IntrinsicCall, i = 0): Type => {
  const found = c.types.filter(t => t.kind !== 'region')[i];
  if (found === undefined) throw new Error('an intrinsic without its type');
  return found;
};
const push = (c: IntrinsicCall, i: number): void => pushOperand(c.frame, arg(c, i));
const store = (c: IntrinsicCall, make: () => void): void => storeFound(c.frame, c.to, make);
const count = (c: IntrinsicCall, n: number): void => store(c, () => i32(c.frame.out, n));

/** The place that a pointer operand points to. */
function behind(c: IntrinsicCall, i: number, pointee: Type): Found {
  const operand = arg(c, i);
  const { frame } = c;
  const unsized = tailOf(frame.unit.world, pointee) !== null;
  return {
    kind: 'memory', type: pointee, offset: 0, costly: operand.kind === 'constant' || operand.place.projection.length > 0,
    address: () => pushOperandPart(frame, operand, 0), meta: unsized ? () => pushOperandPart(frame, operand, 1) : null,
  };
}

/** In debug, says to the sanitizer what is about to be touched. */
function watch(c: IntrinsicCall, at: Found, flags: number): void {
  const { frame } = c;
  if (frame.unit.world.profile !== 'debug' || at.kind !== 'memory') return;
  const { size } = shapeOf(frame, at.type);
  if (size === 0) return;
  pushAddress(frame, at);
  write(frame.out, 'check.access', size, flags);
  write(frame.out, 'drop');
}

/** Pushes operand `i`, a number of elements, as bytes. */
function pushBytesOf(c: IntrinsicCall, i: number, size: number): void {
  const operand = arg(c, i);
  if (operand.kind === 'constant' && operand.constant.kind === 'int') { i32(c.frame.out, Number(operand.constant.value) * size); return; }
  push(c, i);
  if (size === 1) return;
  i32(c.frame.out, size);
  write(c.frame.out, 'i32.mul');
}

const watchRange = (c: IntrinsicCall, pointer: number, elements: number, size: number, flags: number): void => {
  if (c.frame.unit.world.profile !== 'debug') return;
  push(c, pointer);
  pushBytesOf(c, elements, size);
  write(c.frame.out, 'check.range', flags);
};

const copyRow = (flags: number): Row => c => {
  const { size } = shapeOf(c.frame, type(c));
  if (size === 0) return;
  if (c.frame.unit.world.profile === 'debug') {
    push(c, 1);
    push(c, 0);
    push(c, 2);
    write(c.frame.out, 'check.copy', size, flags);
  }
  push(c, 1);
  push(c, 0);
  pushBytesOf(c, 2, size);
  write(c.frame.out, 'memory.copy');
};

const host = (name: string): Row => c => store(c, () => {
  for (const operand of c.args) pushOperand(c.frame, operand);
  writeHostCall(c.frame, name);
});

function pushTypeName(c: IntrinsicCall): void {
  const bytes = encodeUtf8(typeText(c.frame.unit.world.definitions, type(c)));
  writeBytes(c.frame, bytes);
  i32(c.frame.out, bytes.length);
}

/** A service that is told the name of the type. */
const named = (name: string): Row => c => store(c, () => {
  pushTypeName(c);
  for (const operand of c.args) pushOperand(c.frame, operand);
  writeHostCall(c.frame, name);
});

const hostDrop = (name: string): Row => c => {
  for (const operand of c.args) pushOperand(c.frame, operand);
  writeHostCall(c.frame, name);
  for (const _ of importNamed(name)?.signature.results ?? []) write(c.frame.out, 'drop');
};

/** A float function that both sizes have as an instruction. */
const floatOp = (name: string): Row => c => store(c, () => {
  for (const operand of c.args) pushOperand(c.frame, operand);
  writeNamed(c.frame.out, `${primOf(c.frame, type(c))}.${name}`);
});

/** A float function of the machine, which works in f64. */
const floatHost = (name: string): Row => c => store(c, () => {
  const single = primOf(c.frame, type(c)) === 'f32';
  for (const operand of c.args) {
    pushOperand(c.frame, operand);
    if (single) write(c.frame.out, 'f64.promote_f32');
  }
  writeHostCall(c.frame, `f64_${name}`);
  if (single) write(c.frame.out, 'f32.demote_f64');
});

/** Rust's `min` and `max`: the other one when one is no number. */
const floatPick = (name: 'min' | 'max'): Row => c => store(c, () => {
  const w = c.frame.out;
  const prim = primOf(c.frame, type(c));
  const [a, b] = [scratch(c.frame, valueType(prim)), scratch(c.frame, valueType(prim))];
  push(c, 0); set(w, a);
  push(c, 1); set(w, b);
  get(w, b);
  get(w, a); get(w, b); writeNamed(w, `${prim}.${name}`);
  get(w, a);
  get(w, b); get(w, b); writeNamed(w, `${prim}.eq`);
  write(w, 'select'); // b is a number: the lesser, else a
  get(w, a); get(w, a); writeNamed(w, `${prim}.ne`);
  write(w, 'select');
});

const wrap = (name: 'add' | 'sub' | 'mul' | 'div' | 'rem'): Row => c => store(c, () => {
  push(c, 0);
  push(c, 1);
  wrapping(c.frame, name, primOf(c.frame, type(c)));
});

const shift = (name: 'shl' | 'shr'): Row => c => store(c, () => {
  push(c, 0);
  push(c, 1);
  wrapping(c.frame, name, primOf(c.frame, type(c)), 'u32');
});

const overflowing = (name: 'add' | 'sub' | 'mul'): Row => c => {
  const { frame, to } = c;
  const prim = primOf(frame, type(c));
  const value = scratch(frame, valueType(prim));
  const flag = scratch(frame, 'i32');
  push(c, 0);
  push(c, 1);
  writeNamedKind(frame, `${name}.overflowing`, prim);
  set(frame.out, flag);
  set(frame.out, value);
  const offsets = shapeOf(frame, to.type).offsets[0] ?? [0, 0];
  const partOf = (at: number, t: Type): Found => (to.kind === 'values' ? { ...to, type: t, at: to.at + at } : to.kind === 'memory' ? { ...to, type: t, offset: to.offset + at } : { ...to, type: t });
  storeFound(frame, partOf(offsets[0] ?? 0, type(c)), () => get(frame.out, value));
  storeFound(frame, partOf(offsets[1] ?? 0, BOOL), () => get(frame.out, flag));
};
const writeNamedKind = (frame: Frame, name: string, prim: Prim): void => write(frame.out, name as OpName, intKindNumber(intKind(prim)));

/** Pushes `alloc` and its like for the family that operand `i` names. */
function byFamily(c: IntrinsicCall, i: number, pushes: () => void, name: 'alloc' | 'alloc_zeroed' | 'realloc' | 'free'): void {
  const operand = arg(c, i);
  const w = c.frame.out;
  const known = familyOf(c, operand);
  if (known !== null) { pushes(); write(w, name, known); return; }
  const result = name === 'free' ? null : scratch(c.frame, 'i32');
  push(c, i);
  open(w, 'if');
  pushes(); write(w, name, 1); if (result !== null) set(w, result);
  write(w, 'else');
  pushes(); write(w, name, 0); if (result !== null) set(w, result);
  write(w, 'end');
  if (result !== null) get(w, result);
}

function familyOf(c: IntrinsicCall, operand: Operand): number | null {
  if (operand.kind !== 'constant') return null;
  const { constant } = operand;
  if (constant.kind === 'int') return Number(constant.value);
  if (constant.kind !== 'const') return null;
  const value = resolveConst(c.frame.unit, constant.def, constant.args);
  return value === null ? null : (value.bytes[0] ?? 0);
}

/** In debug, for the program's own code: is what comes out of a `transmute` or a `read` a value of its type, and is a reference one to something? */
function watchValue(c: IntrinsicCall, value: Type, pushAt: () => void): void {
  const { frame } = c;
  if (valueChecks(frame.unit.world, value).length === 0) return;
  pushAt();
  checkValue(frame, value);
  write(frame.out, 'drop');
}

const ofProgram = (c: IntrinsicCall): boolean => c.frame.unit.world.profile === 'debug' && c.frame.unit.sources.get(c.op.span.file).library !== true;

const transmute: Row = c => {
  const { frame, to } = c;
  if (ofProgram(c)) {
    const source = operandType(frame, arg(c, 0));
    const size = to.type.kind === 'ref' && source.kind === 'int' && tailOf(frame.unit.world, to.type.inner) === null ? shapeOf(frame, to.type.inner).size : 0;
    if (size > 0) {
      push(c, 0);
      write(frame.out, 'ptr.from');
      write(frame.out, 'check.access', size, accessFlags.read | accessFlags.uninitialised);
      write(frame.out, 'drop');
    }
    watchValue(c, to.type, () => {
      const bytes = scratchFor(c, source);
      assignOperand(frame, { ...bytes, type: source }, arg(c, 0));
      pushAddress(frame, bytes);
    });
  }
  const from = operandType(frame, arg(c, 0));
  const a = abiOf(frame, from);
  const b = abiOf(frame, to.type);
  if (b.kind === 'zero') return;
  if (a.kind === 'memory' && b.kind === 'memory') { copyBytes(frame, to, operandMemory(frame, arg(c, 0)), shapeOf(frame, from).size, 1); return; }
  if (a.kind === 'memory') {
    const source = operandMemory(frame, arg(c, 0));
    storeFound(frame, to, () => pushFound(frame, { ...source, type: to.type }));
    return;
  }
  const [p, q] = [prims(a), prims(b)];
  if (b.kind !== 'memory' && p.length === q.length && p.every((x, i) => { const y = q[i]; return y !== undefined && primSize(x) === primSize(y); })) {
    storeFound(frame, to, () => {
      if (p.length === 1) { push(c, 0); convert(frame, p[0] ?? 'i32', q[0] ?? 'i32'); return; }
      p.forEach((x, i) => { pushOperandPart(frame, arg(c, 0), i); convert(frame, x, q[i] ?? x); });
    });
    return;
  }
  // Through memory.
  const through: Found = to.kind === 'memory' && b.kind === 'memory' ? to : scratchFor(c, from);
  assignOperand(frame, { ...through, type: from }, arg(c, 0));
  if (through !== to) storeFound(frame, to, () => pushFound(frame, { ...through, type: to.type }));
};

function scratchFor(c: IntrinsicCall, t: Type): Found {
  const a = shapeOf(c.frame, t);
  const b = shapeOf(c.frame, c.to.type);
  const at = scratchBytes(c.frame, { size: Math.max(a.size, b.size), align: Math.max(a.align, b.align) });
  return { kind: 'memory', type: t, address: () => write(c.frame.out, 'frame.addr', at), offset: 0, costly: false, meta: null };
}

export const intrinsics: Readonly<Record<string, Row | undefined>> = {
  // ── types
  size_of: c => count(c, shapeOf(c.frame, type(c)).size),
  align_of: c => count(c, shapeOf(c.frame, type(c)).align),
  needs_drop: c => count(c, needsDrop(c.frame.unit.world, type(c)) ? 1 : 0),
  is_copy: c => count(c, c.frame.unit.world.types.isCopy(type(c)) ? 1 : 0),
  type_name: c => store(c, () => pushTypeName(c)),
  type_id: c => store(c, () => i64(c.frame.out, identityOf(type(c)))),
  size_of_val: c => store(c, () => pushSizeOfVal(c.frame, type(c), () => pushOperandPart(c.frame, arg(c, 0), 1))),
  align_of_val: c => store(c, () => pushAlignOfVal(c.frame, type(c), () => pushOperandPart(c.frame, arg(c, 0), 1))),
  discriminant_value: c => store(c, () => {
    if (isEnum(c.frame.unit.world, type(c))) pushDiscriminant(c.frame, behind(c, 0, type(c)), 'i64');
    else i64(c.frame.out, 0n);
  }),

  // ── memory
  read: c => {
    const { frame, to } = c;
    const from = behind(c, 0, type(c));
    const abi = abiOf(frame, type(c));
    const own = ofProgram(c);
    if (frame.unit.world.profile === 'debug' && from.kind === 'memory' && shapeOf(frame, from.type).size > 0) {
      pushAddress(frame, from);
      watchRead(frame, from.type, shapeOf(frame, from.type).size);
      write(frame.out, 'drop');
    }
    if (own) watchValue(c, type(c), () => pushAddress(frame, from));
    if (abi.kind === 'memory') copyBytes(frame, to, from, shapeOf(frame, type(c)).size, shapeOf(frame, type(c)).align);
    else if (abi.kind !== 'zero') storeFound(frame, to, () => pushFound(frame, from));
  },
  write: c => {
    const at = behind(c, 0, type(c));
    watch(c, at, accessFlags.write);
    assignOperand(c.frame, at, arg(c, 1));
  },
  copy: copyRow(accessFlags.write | accessFlags.overlap),
  copy_nonoverlapping: copyRow(accessFlags.write),
  write_bytes: c => {
    const { size } = shapeOf(c.frame, type(c));
    if (size === 0) return;
    watchRange(c, 0, 2, size, accessFlags.write);
    push(c, 0);
    push(c, 1);
    pushBytesOf(c, 2, size);
    write(c.frame.out, 'memory.fill');
  },
  check_slice: c => {
    const { size } = shapeOf(c.frame, type(c));
    if (size > 0) watchRange(c, 0, 1, size, accessFlags.read | accessFlags.uninitialised);
  },
  allocator_enter: c => {
    if (c.frame.unit.world.profile !== 'debug') return;
    pushTypeName(c);
    const self = c.types[1];
    if (self === undefined) i32(c.frame.out, 0);
    else push(c, 0);
    i32(c.frame.out, self === undefined ? 0 : shapeOf(c.frame, self).size);
    writeHostCall(c.frame, 'allocator_enter');
  },
  allocator_leave: c => { if (c.frame.unit.world.profile === 'debug') writeHostCall(c.frame, 'allocator_leave'); },
  allocator_in: c => store(c, () => { push(c, 0); if (c.frame.unit.world.profile === 'debug') writeHostCall(c.frame, 'allocator_in'); }),
  allocator_out: named('allocator_out'), allocator_back: named('allocator_back'), allocator_again: named('allocator_again'),
  check_sized: c => {
    if (c.frame.unit.world.profile !== 'debug') return;
    push(c, 0);
    push(c, 1);
    writeHostCall(c.frame, 'check_sized');
  },
  compare_bytes: c => {
    watchRange(c, 0, 2, 1, accessFlags.read);
    watchRange(c, 1, 2, 1, accessFlags.read);
    store(c, () => { push(c, 0); push(c, 1); push(c, 2); write(c.frame.out, 'memory.compare'); });
  },
  drop_in_place: c => dropPointer(c.frame, type(c), () => pushOperandPart(c.frame, arg(c, 0), 0), () => pushOperandPart(c.frame, arg(c, 0), 1)),
  forget: () => {},
  transmute,
  uninit: () => {},
  offset: c => store(c, () => {
    push(c, 0);
    push(c, 1);
    write(c.frame.out, 'ptr.index', shapeOf(c.frame, type(c)).size);
  }),
  ptr_diff: c => store(c, () => {
    const { size } = shapeOf(c.frame, type(c));
    if (c.frame.unit.world.profile === 'debug') { push(c, 0); push(c, 1); write(c.frame.out, 'check.pair'); }
    push(c, 0);
    push(c, 1);
    write(c.frame.out, 'i32.sub');
    if (size > 1) { i32(c.frame.out, size); write(c.frame.out, 'i32.div_s'); }
  }),
  slice_from_parts: c => store(c, () => { push(c, 0); push(c, 1); }),
  slice_len: c => store(c, () => pushOperandPart(c.frame, arg(c, 0), 1)),
  slice_data: c => store(c, () => pushOperandPart(c.frame, arg(c, 0), 0)),
  str_from_bytes: c => store(c, () => push(c, 0)),
  bytes_of_str: c => store(c, () => push(c, 0)),
  unreachable: c => write(c.frame.out, 'unreachable'),
  abort: c => write(c.frame.out, 'trap', trapNumber('abort')),

  // ── allocation
  alloc: c => store(c, () => byFamily(c, 2, () => { push(c, 0); push(c, 1); }, 'alloc')),
  alloc_zeroed: c => store(c, () => byFamily(c, 2, () => { push(c, 0); push(c, 1); }, 'alloc_zeroed')),
  realloc: c => store(c, () => byFamily(c, 2, () => { push(c, 0); push(c, 1); i32(c.frame.out, 16); }, 'realloc')),
  free: c => byFamily(c, 1, () => push(c, 0), 'free'),
  stack_alloc: c => store(c, () => { push(c, 0); write(c.frame.out, 'stack_alloc'); }),
  stat: c => store(c, () => {
    const w = c.frame.out;
    push(c, 0);
    push(c, 0); i32(w, 7); write(w, 'i32.eq'); write(w, 'i32.add'); // row 7 of the machine's is fragmentation
    i32(w, -1);
    writeHostCall(c.frame, 'stats');
    write(w, 'i32.trunc_sat_f64_u');
  }),
  fragmentation: c => store(c, () => { i32(c.frame.out, 7); i32(c.frame.out, -1); writeHostCall(c.frame, 'stats'); }),
  reset_peak: hostDrop('stats_reset_peak'),

  // ── integers
  wrapping_add: wrap('add'), wrapping_sub: wrap('sub'), wrapping_mul: wrap('mul'),
  add_overflow: overflowing('add'), sub_overflow: overflowing('sub'), mul_overflow: overflowing('mul'),
  unchecked_div: wrap('div'), unchecked_rem: wrap('rem'), unchecked_shl: shift('shl'), unchecked_shr: shift('shr'),
  ctpop: c => store(c, () => { push(c, 0); countBits(c.frame, 'popcnt', primOf(c.frame, type(c))); }),
  ctlz: c => store(c, () => { push(c, 0); countBits(c.frame, 'clz', primOf(c.frame, type(c))); }),
  cttz: c => store(c, () => { push(c, 0); countBits(c.frame, 'ctz', primOf(c.frame, type(c))); }),
  bswap: c => store(c, () => { push(c, 0); byteSwap(c.frame, primOf(c.frame, type(c))); }),
  bitreverse: c => store(c, () => { push(c, 0); bitReverse(c.frame, primOf(c.frame, type(c))); }),
  rotate_left: c => store(c, () => { push(c, 0); push(c, 1); rotate(c.frame, 'left', primOf(c.frame, type(c))); }),
  rotate_right: c => store(c, () => { push(c, 0); push(c, 1); rotate(c.frame, 'right', primOf(c.frame, type(c))); }),

  // ── floats
  sqrt: floatOp('sqrt'), floor: floatOp('floor'), ceil: floatOp('ceil'), trunc: floatOp('trunc'), nearest: floatOp('nearest'), abs: floatOp('abs'), copysign: floatOp('copysign'),
  fmin: floatPick('min'), fmax: floatPick('max'),
  ...Object.fromEntries(
    ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'exp', 'exp2', 'exp_m1', 'ln', 'ln_1p', 'log2', 'log10', 'cbrt', 'atan2', 'pow', 'hypot'].map(name => [name, floatHost(name)]),
  ),
  fma: floatHost('mul_add'),

  // ── numbers as text
  float_text: host('float_text'),
  float_parse: host('float_parse'),

  // ── the world
  host_write: hostDrop('write'), host_read: host('read'), arg_count: host('args_count'), arg_len: host('arg_length'), arg_copy: hostDrop('arg_copy'),
  env_get: c => store(c, () => {
    const w = c.frame.out;
    const length = scratch(c.frame, 'i32');
    push(c, 0); push(c, 1);
    writeHostCall(c.frame, 'env_length');
    set(w, length);
    get(w, length); push(c, 3); write(w, 'i32.le_s');
    get(w, length); i32(w, 0); write(w, 'i32.gt_s');
    write(w, 'i32.and');
    open(w, 'if');
    push(c, 0); push(c, 1); push(c, 2);
    writeHostCall(c.frame, 'env_copy');
    write(w, 'end');
    get(w, length);
  }),
  now: host('wall_clock'), clock: host('now'),
  exit: hostDrop('exit'),

  // ── panics
  panic_begin: c => { push(c, 0); push(c, 1); write(c.frame.out, 'panic.text'); },
  panic_resume: c => { push(c, 0); push(c, 1); writeHostCall(c.frame, 'panic_resume'); write(c.frame.out, 'unreachable'); },
  catch_call: c => store(c, () => { push(c, 0); push(c, 1); write(c.frame.out, 'catch_call'); }),
  panic_message_len: host('caught_length'),
  panic_message_copy: hostDrop('caught_copy'),
  panicking: host('panicking'),
};
