/**
 * The register instructions that are rare or long: one function each, beside the interpreter's switch so that it stays small.
 * In: the machine, with its state written back, and the pc of the instruction. Out: the next pc; when `m.changed` is set, the machine's own
 * `pc` counts instead. Cost: a call through a table, about ten nanoseconds more than a case.
 */
import { accessFlags, panicReasons, trapReasons, valueKinds } from '../code/reasons.ts';
import { intKindBits, intKinds } from '../code/values.ts';
import { fault } from '../memory/fault.ts';
import type { Fault } from '../memory/fault.ts';
import { goesOn } from './findings.ts';
import { follow } from './follow.ts';
import { addTo, asNumber, divide, isLeast, isMinusOne, isZero, multiplyTo, rotateLeft, subtractFrom, writeNumber } from './int64.ts';
import { bytesAt } from './link.ts';
import { compile } from './machine.ts';
import type { Machine } from './machine.ts';
import { rare } from './operations.ts';
import type { RareName } from './operations.ts';
import { placeOf, siteOf, trapFault, trapFor } from './trap.ts';
import { isThere, undoWrite } from './undo.ts';
import { panic, resume } from './unwind.ts';

type Handler = (m: Machine, pc: number) => number;
const decode = new TextDecoder();

/** The slot that an operand names, and its low word. */
const slot = (m: Machine, pc: number, which: number): number => m.fp + m.ints[pc + which]!;
const int = (m: Machine, pc: number, which: number): number => m.ints[slot(m, pc, which)]!;
const word = (m: Machine, pc: number, which: number): number => m.ints[pc + which]!;

const ints = (compute: (value: number) => number): Handler => (m, pc) => {
  m.ints[slot(m, pc, 1)] = compute(int(m, pc, 2));
  return pc + 3;
};
const doubles = (compute: (value: number) => number): Handler => (m, pc) => {
  m.floats[slot(m, pc, 1) >> 1] = compute(m.floats[slot(m, pc, 2) >> 1]!);
  return pc + 3;
};
const doubles2 = (compute: (one: number, other: number) => number): Handler => (m, pc) => {
  m.floats[slot(m, pc, 1) >> 1] = compute(m.floats[slot(m, pc, 2) >> 1]!, m.floats[slot(m, pc, 3) >> 1]!);
  return pc + 4;
};
const singles = (compute: (value: number) => number): Handler => (m, pc) => {
  m.singles[slot(m, pc, 1)] = compute(m.singles[slot(m, pc, 2)]!);
  return pc + 3;
};
const singles2 = (compute: (one: number, other: number) => number): Handler => (m, pc) => {
  m.singles[slot(m, pc, 1)] = compute(m.singles[slot(m, pc, 2)]!, m.singles[slot(m, pc, 3)]!);
  return pc + 4;
};
/** An i64 from something: `write` puts it into the slots. */
const wide = (write: (m: Machine, d: number, a: number) => void): Handler => (m, pc) => {
  write(m, slot(m, pc, 1), slot(m, pc, 2));
  return pc + 3;
};

const popcount = (value: number): number => {
  const pairs = value - ((value >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};
const trailing = (value: number): number => (value === 0 ? 32 : 31 - Math.clz32(value & -value));
const setWide = (m: Machine, d: number, low: number, high = 0): void => {
  m.ints[d] = low;
  m.ints[d + 1] = high;
};
const nearest = (value: number): number => {
  if (!Number.isFinite(value) || Math.abs(value) >= 4503599627370496) return value;
  const floor = Math.floor(value);
  const rest = value - floor;
  const rounded = rest < 0.5 ? floor : rest > 0.5 ? floor + 1 : floor % 2 === 0 ? floor : floor + 1;
  return rounded === 0 && (value < 0 || Object.is(value, -0)) ? -0 : rounded;
};
const sign = (value: number): boolean => value < 0 || Object.is(value, -0);
const copySign = (value: number, from: number): number => (sign(value) === sign(from) ? value : -value);
const truncate = (value: number, least: number, most: number): number => (value >= most ? most : value > least ? Math.trunc(value) : value <= least ? least : 0);
const saturate64 = (signed: boolean, value: number, m: Machine, d: number): void => {
  if (Number.isNaN(value)) setWide(m, d, 0, 0);
  else if (signed && value >= 9223372036854775808) setWide(m, d, -1, 2147483647);
  else if (signed && value <= -9223372036854775808) setWide(m, d, 0, -2147483648);
  else if (!signed && value >= 18446744073709551616) setWide(m, d, -1, -1);
  else if (!signed && value <= 0) setWide(m, d, 0, 0);
  else writeNumber(m.ints, d, Math.trunc(value));
};
/** An i64 to f32, rounded once: bits that f64 cannot hold are folded into a sticky one. */
const toSingle = (m: Machine, a: number, signed: boolean): number => {
  const high = m.ints[a + 1]!;
  const low = m.ints[a]!;
  if (signed ? high >= -0x200000 && high < 0x200000 : high >= 0 && high < 0x200000) return Math.fround(asNumber(m.ints, a, signed));
  const sticky = (low & 0x7ff) !== 0 ? 0x800 : 0;
  return Math.fround((signed ? high : high >>> 0) * 4294967296 + (((low & ~0x7ff) | sticky) >>> 0));
};

/** Panics with a fixed text unless `fine`. */
const unless = (m: Machine, fine: boolean, reason: number, pc: number): number => {
  if (!fine) panic(m, panicReasons[reason]?.message ?? '');
  return pc;
};

/** Division of any kind; 8 and 16 bits are extended, so their least value by -1 leaves their range. */
const division = (remainder: boolean): Handler => (m, pc) => {
  const kind = intKinds[word(m, pc, 4)] ?? 'i32';
  const signed = kind.startsWith('i');
  const I = m.ints;
  const d = slot(m, pc, 1);
  const a = slot(m, pc, 2);
  const b = slot(m, pc, 3);
  const long = intKindBits(kind) === 64;
  if (long ? isZero(I, b) : I[b] === 0) return unless(m, false, remainder ? 9 : 8, pc);
  const least = long ? isLeast(I, a) : I[a] === -(2 ** (intKindBits(kind) - 1));
  if (signed && least && (long ? isMinusOne(I, b) : I[b] === -1)) return unless(m, false, remainder ? 4 : 3, pc);
  if (long) divide(I, d, a, b, signed, remainder);
  else if (signed) I[d] = remainder ? I[a]! % I[b]! : I[a]! / I[b]!;
  else I[d] = remainder ? (I[a]! >>> 0) % (I[b]! >>> 0) : (I[a]! >>> 0) / (I[b]! >>> 0);
  return pc + 5;
};

type Step = 'add' | 'sub' | 'mul';
const long64 = { add: addTo, sub: subtractFrom, mul: multiplyTo };
const overflowing = (step: Step): Handler => (m, pc) => {
  const kind = intKinds[word(m, pc, 4)] ?? 'i32';
  const I = m.ints;
  const d = slot(m, pc, 1);
  const a = slot(m, pc, 2);
  const b = slot(m, pc, 3);
  const signed = kind.startsWith('i');
  let wrapped: boolean;
  if (intKindBits(kind) === 64) {
    // The second operand may lie where the flag goes, which is written last.
    wrapped = long64[step](I, d, a, b, signed);
  } else {
    const one = signed ? I[a]! : I[a]! >>> 0;
    const other = signed ? I[b]! : I[b]! >>> 0;
    const whole = step === 'add' ? one + other : step === 'sub' ? one - other : one * other;
    const low = step === 'mul' ? Math.imul(one, other) : whole | 0;
    const bits = intKindBits(kind);
    const kept = bits === 32 ? low : signed ? (low << (32 - bits)) >> (32 - bits) : low & (2 ** bits - 1);
    wrapped = (signed ? kept : kept >>> 0) !== whole;
    I[d] = kept;
    I[d + 1] = 0;
  }
  setWide(m, d + 2, wrapped ? 1 : 0);
  return pc + 5;
};

const stopWith = (m: Machine, wrong: Fault | null, next: number, pc: number): number => {
  if (!wrong) return next;
  m.pc = pc;
  return goesOn(m, wrong) ? next : pc;
};
/** The same for what nothing can follow. */
const endWith = (m: Machine, wrong: Fault, pc: number): number => {
  trapFault(m, wrong);
  return pc;
};
/** The same before a range is touched: only memory that is there can be. */
const stopAtRange = (m: Machine, wrong: Fault | null, address: number, size: number, write: boolean, next: number, pc: number): number => {
  if (!wrong) return next;
  if (!isThere(m, address, size)) return endWith(m, wrong, pc);
  const then = stopWith(m, wrong, next, pc);
  if (then === next && write) undoWrite(m, address, size, next);
  return then;
};
const site = (m: Machine): number => (m.heap.sanitizer ? siteOf(m) : 0);
/** A new block: its address and number go to the slot; views may be new. */
const born = (m: Machine, d: number, address: number, size: number, allocator: number, from: number, end: number): void => {
  m.ints[d] = address;
  m.ints[d + 1] = address !== 0 && m.heap.sanitizer ? m.heap.sanitizer.lastNumber : 0;
  if (address !== 0) for (const listener of m.listeners.alloc) listener(address, size, allocator, from);
  if (m.space.end !== end) m.changed = true;
};
const allocation = (zeroed: boolean): Handler => (m, pc) => {
  const size = int(m, pc, 2) >>> 0;
  const align = int(m, pc, 3);
  if (align <= 0 || (align & (align - 1)) !== 0) {
    setWide(m, slot(m, pc, 1), 0);
    return stopWith(m, fault('invalid-allocation-alignment', 'alloc', align, size), pc + 5, pc);
  }
  const end = m.space.end;
  const family = word(m, pc, 4) + 1;
  const address = zeroed ? m.heap.allocZeroed(size, int(m, pc, 3), family, site(m)) : m.heap.alloc(size, int(m, pc, 3), family, site(m));
  born(m, slot(m, pc, 1), address, size, family, 0, end);
  m.pc = pc + 5;
  return pc + 5;
};
const watch = (kind: 'load' | 'store'): Handler => (m, pc) => {
  const address = (int(m, pc, 1) + word(m, pc, 2)) | 0;
  for (const listener of m.listeners[kind]) listener(address, word(m, pc, 3));
  return pc + 4;
};
/** Whether a range may be touched at all; if not, the machine is stopped. */
const range = (m: Machine, address: number, length: number, write: boolean): boolean =>
  (address >= m.space.map.statics.start && address + (length >>> 0) <= m.space.end) || bytesAt(m, address, length, write) !== undefined;
/** What is wrong with a range whose address stands in a slot: may it be touched, and was it written. */
const rangeFault = (m: Machine, at: number, size: number, flags: number): Fault | null => {
  const access = flags & accessFlags.write ? 'write' : 'read';
  const { sanitizer } = m.heap;
  if (!sanitizer) return m.heap.checkAccess(m.ints[at]!, size, access);
  return sanitizer.checkPointer(m.ints[at + 1]!, m.ints[at]!, size, access) ?? ((flags & (accessFlags.write | accessFlags.uninitialised)) === 0 ? sanitizer.checkWritten(m.ints[at]!, size, access) : null);
};
/** What is wrong with a pointer that shall be released: it does not lead to the start of its block, or its block is dead and another one stands there now. */
const astray = (m: Machine, at: number, access: 'free' | 'realloc'): Fault | null => {
  const address = m.ints[at]!;
  const meant = m.heap.sanitizer?.block(m.ints[at + 1]!);
  if (!meant || meant.sort === 'part' || address === 0) return null;
  if (address !== meant.address) return fault('bad-free', access, address, 0, meant);
  return meant.sort === 'heap' && meant.state === 'freed' ? fault('double-free', access, address, 0, meant) : null;
};
const table: Record<RareName, Handler> = {
  host: (m, pc) => {
    m.pc = pc;
    const end = m.space.end;
    m.services[word(m, pc, 1)]!(m, slot(m, pc, 2));
    if (!m.changed && m.space.end !== end) {
      m.changed = true;
      m.pc = pc + 3;
    }
    return pc + 3;
  },
  catch_call: (m, pc) => {
    const pointer = int(m, pc, 2);
    const index = m.table[pointer];
    const signature = m.program.signatures[m.program.functions[index ?? -1]?.signature ?? -1];
    m.changed = true;
    if (pointer === 0 || index === undefined || signature?.params.join() !== 'i32' || signature.results.length > 0) {
      trapFor(m, pointer === 0 ? 'null_call' : 'bad_call');
      return pc;
    }
    const entry = compile(m, index);
    const fp = slot(m, pc, 3);
    if (fp + m.ints[entry - 1]! > m.slotEnd || m.cp >= m.callEnd) {
      trapFor(m, 'stack_overflow');
      return pc;
    }
    m.ints.set([pc + 4, m.fp], m.cp);
    m.cp += 2;
    m.fp = fp;
    m.pc = entry;
    return entry;
  },
  catch_done: (m, pc) => {
    setWide(m, slot(m, pc, 1), 0);
    return pc + 2;
  },
  resume: (m, pc) => {
    resume(m);
    return pc;
  },
  panic: (m, pc) => unless(m, false, word(m, pc, 1), pc),
  'panic.text': (m, pc) => {
    const bytes = bytesAt(m, int(m, pc, 1), int(m, pc, 2), false);
    if (bytes) panic(m, decode.decode(bytes));
    return pc;
  },
  native: (m, pc) => {
    m.pc = pc;
    m.hot?.enter(pc);
    return pc;
  },
  follow: (m, pc) => follow(m, pc, handlers),
  trap: (m, pc) => {
    const reason = trapReasons[word(m, pc, 1)];
    trapFor(m, reason?.name ?? 'unreachable');
    return pc;
  },

  'i32.clz': ints(Math.clz32),
  'i32.ctz': ints(trailing),
  'i32.popcnt': ints(popcount),
  'i32.rotl': (m, pc) => {
    const value = int(m, pc, 2);
    const amount = int(m, pc, 3) & 31;
    m.ints[slot(m, pc, 1)] = amount === 0 ? value : (value << amount) | (value >>> (32 - amount));
    return pc + 4;
  },
  'i32.rotr': (m, pc) => {
    const value = int(m, pc, 2);
    const amount = int(m, pc, 3) & 31;
    m.ints[slot(m, pc, 1)] = amount === 0 ? value : (value >>> amount) | (value << (32 - amount));
    return pc + 4;
  },
  'i64.eqz': wide((m, d, a) => {
    m.ints[d] = isZero(m.ints, a) ? 1 : 0;
  }),
  'i64.clz': wide((m, d, a) => setWide(m, d, m.ints[a + 1] === 0 ? 32 + Math.clz32(m.ints[a]!) : Math.clz32(m.ints[a + 1]!))),
  'i64.ctz': wide((m, d, a) => setWide(m, d, m.ints[a] === 0 ? 32 + trailing(m.ints[a + 1]!) : trailing(m.ints[a]!))),
  'i64.popcnt': wide((m, d, a) => setWide(m, d, popcount(m.ints[a]!) + popcount(m.ints[a + 1]!))),
  'i64.rotr': (m, pc) => {
    rotateLeft(m.ints, slot(m, pc, 1), slot(m, pc, 2), 64 - (int(m, pc, 3) & 63));
    return pc + 4;
  },
  'i64.extend8_s': wide((m, d, a) => setWide(m, d, (m.ints[a]! << 24) >> 24, (m.ints[a]! << 24) >> 31)),
  'i64.extend16_s': wide((m, d, a) => setWide(m, d, (m.ints[a]! << 16) >> 16, (m.ints[a]! << 16) >> 31)),

  'f64.ceil': doubles(Math.ceil),
  'f64.floor': doubles(Math.floor),
  'f64.trunc': doubles(Math.trunc),
  'f64.nearest': doubles(nearest),
  'f64.min': doubles2(Math.min),
  'f64.max': doubles2(Math.max),
  'f64.copysign': (m, pc) => {
    const d = slot(m, pc, 1);
    const a = slot(m, pc, 2);
    setWide(m, d, m.ints[a]!, (m.ints[a + 1]! & 0x7fffffff) | (m.ints[slot(m, pc, 3) + 1]! & -0x80000000));
    return pc + 4;
  },
  'f64.rem': doubles2((one, other) => one % other),
  'f32.abs': ints((bits) => bits & 0x7fffffff),
  'f32.neg': ints((bits) => bits ^ -0x80000000),
  'f32.ceil': singles(Math.ceil),
  'f32.floor': singles(Math.floor),
  'f32.trunc': singles(Math.trunc),
  'f32.nearest': singles(nearest),
  'f32.sqrt': singles(Math.sqrt),
  'f32.min': singles2(Math.min),
  'f32.max': singles2(Math.max),
  'f32.copysign': singles2(copySign),
  'f32.rem': singles2((one, other) => one % other),
  'i32.trunc_sat_f32_s': (m, pc) => {
    m.ints[slot(m, pc, 1)] = truncate(m.singles[slot(m, pc, 2)]!, -2147483648, 2147483647);
    return pc + 3;
  },
  'i32.trunc_sat_f32_u': (m, pc) => {
    m.ints[slot(m, pc, 1)] = truncate(m.singles[slot(m, pc, 2)]!, 0, 4294967295);
    return pc + 3;
  },
  'i64.trunc_sat_f32_s': wide((m, d, a) => saturate64(true, m.singles[a]!, m, d)),
  'i64.trunc_sat_f32_u': wide((m, d, a) => saturate64(false, m.singles[a]!, m, d)),
  'i64.trunc_sat_f64_s': wide((m, d, a) => saturate64(true, m.floats[a >> 1]!, m, d)),
  'i64.trunc_sat_f64_u': wide((m, d, a) => saturate64(false, m.floats[a >> 1]!, m, d)),
  'f32.convert_i32_s': (m, pc) => {
    m.singles[slot(m, pc, 1)] = int(m, pc, 2);
    return pc + 3;
  },
  'f32.convert_i32_u': (m, pc) => {
    m.singles[slot(m, pc, 1)] = int(m, pc, 2) >>> 0;
    return pc + 3;
  },
  'f32.convert_i64_s': wide((m, d, a) => {
    m.singles[d] = toSingle(m, a, true);
  }),
  'f32.convert_i64_u': wide((m, d, a) => {
    m.singles[d] = toSingle(m, a, false);
  }),
  'f64.convert_i64_s': wide((m, d, a) => {
    m.floats[d >> 1] = asNumber(m.ints, a, true);
  }),
  'f64.convert_i64_u': wide((m, d, a) => {
    m.floats[d >> 1] = asNumber(m.ints, a, false);
  }),

  'memory.copy': (m, pc) => {
    const to = int(m, pc, 1);
    const from = int(m, pc, 2);
    const length = int(m, pc, 3);
    if (!range(m, from, length, false) || !range(m, to, length, true)) return pc;
    for (const listener of m.listeners.load) listener(from, length);
    m.space.u8.copyWithin(to, from, from + length);
    m.heap.sanitizer?.copied(to, from, length);
    for (const listener of m.listeners.store) listener(to, length);
    return pc + 4;
  },
  'memory.fill': (m, pc) => {
    const to = int(m, pc, 1);
    const length = int(m, pc, 3);
    const bytes = bytesAt(m, to, length, true);
    if (!bytes) return pc;
    bytes.fill(int(m, pc, 2));
    if (m.heap.sanitizer) {
      m.heap.sanitizer.written(to, length);
      m.heap.sanitizer.clearProvenance(to, length);
    }
    for (const listener of m.listeners.store) listener(to, length);
    return pc + 4;
  },
  'memory.compare': (m, pc) => {
    const length = int(m, pc, 4);
    const one = bytesAt(m, int(m, pc, 2), length, false);
    const other = one && bytesAt(m, int(m, pc, 3), length, false);
    if (!one || !other) return pc;
    for (const listener of m.listeners.load) {
      listener(int(m, pc, 2), length);
      listener(int(m, pc, 3), length);
    }
    let at = 0;
    while (at < one.length && one[at] === other[at]) at += 1;
    m.ints[slot(m, pc, 1)] = at === one.length ? 0 : one[at]! < other[at]! ? -1 : 1;
    return pc + 5;
  },

  'mul.i64': (m, pc) => unless(m, !multiplyTo(m.ints, slot(m, pc, 1), slot(m, pc, 2), slot(m, pc, 3), true), 2, pc + 4),
  'mul.u64': (m, pc) => unless(m, !multiplyTo(m.ints, slot(m, pc, 1), slot(m, pc, 2), slot(m, pc, 3), false), 2, pc + 4),
  'div.checked': division(false),
  'rem.checked': division(true),
  'neg.checked': (m, pc) => {
    const kind = intKinds[word(m, pc, 3)] ?? 'i32';
    const d = slot(m, pc, 1);
    const a = slot(m, pc, 2);
    const long = intKindBits(kind) === 64;
    const bad = kind.startsWith('u') ? (long ? !isZero(m.ints, a) : m.ints[a] !== 0) : long ? isLeast(m.ints, a) : m.ints[a] === -(2 ** (intKindBits(kind) - 1));
    if (bad) return unless(m, false, 5, pc);
    if (long) {
      const low = m.ints[a]!;
      setWide(m, d, -low | 0, (~m.ints[a + 1]! + (low === 0 ? 1 : 0)) | 0);
    } else m.ints[d] = -m.ints[a]!;
    return pc + 4;
  },
  'add.overflowing': overflowing('add'),
  'sub.overflowing': overflowing('sub'),
  'mul.overflowing': overflowing('mul'),

  'frame.made': (m, pc) => {
    m.heap.sanitizer?.unpoison(int(m, pc, 1), word(m, pc, 2));
    return pc + 3;
  },
  'frame.gone': (m, pc) => {
    const from = m.ints[slot(m, pc, 1) + 1]!;
    if (m.msp > from) m.heap.sanitizer?.frameGone(from, m.msp, placeOf(m));
    m.msp = from;
    return pc + 2;
  },
  stack_alloc: (m, pc) => {
    const size = int(m, pc, 2) >>> 0;
    const address = (m.msp + 15) & -16;
    const fits = size <= m.stackEnd - address;
    const number = fits && m.heap.sanitizer ? m.heap.sanitizer.slotLive(address, size, siteOf(m), true) : 0;
    setWide(m, slot(m, pc, 1), fits ? address : 0, number);
    if (fits) m.msp = address + size;
    return pc + 3;
  },
  'ptr.from': (m, pc) => {
    const address = int(m, pc, 2);
    setWide(m, slot(m, pc, 1), address, m.heap.sanitizer?.numberFrom(address) ?? 0);
    return pc + 3;
  },
  'ptr.load': (m, pc) => {
    const address = (int(m, pc, 2) + word(m, pc, 3)) | 0;
    if (!range(m, address, 4, false)) return pc;
    setWide(m, slot(m, pc, 1), m.space.view.getInt32(address, true), (address & 3) === 0 ? (m.heap.sanitizer?.provenance(address) ?? 0) : 0);
    return pc + 4;
  },
  'ptr.store': (m, pc) => {
    const address = (int(m, pc, 1) + word(m, pc, 3)) | 0;
    if (!range(m, address, 4, true)) return pc;
    const from = slot(m, pc, 2);
    m.space.view.setInt32(address, m.ints[from]!, true);
    if (m.heap.sanitizer) {
      m.heap.sanitizer.written(address, 4);
      if ((address & 3) === 0) m.heap.sanitizer.setProvenance(address, m.ints[from + 1]!);
    }
    return pc + 4;
  },
  'frame.live': (m, pc) => {
    const at = slot(m, pc, 1);
    m.ints[at + 1] = m.heap.sanitizer?.slotLive(m.ints[at]!, word(m, pc, 2), placeOf(m), false) ?? 0;
    return pc + 3;
  },
  'frame.dead': (m, pc) => {
    const number = m.ints[slot(m, pc, 1) + 1]!;
    if (number !== 0) m.heap.sanitizer?.slotDead(number, placeOf(m), word(m, pc, 2) === 1);
    return pc + 3;
  },
  'check.range': (m, pc) => {
    const at = slot(m, pc, 1);
    const size = int(m, pc, 2);
    const access = word(m, pc, 3) & 1 ? 'write' : 'read';
    if (size === 0) return pc + 4;
    if (size < 0) return endWith(m, fault('negative-size-param', access, m.ints[at]!, size, m.heap.sanitizer?.block(m.ints[at + 1]!) ?? null), pc);
    return stopAtRange(m, rangeFault(m, at, size, word(m, pc, 3)), m.ints[at]!, size, access === 'write', pc + 4, pc);
  },
  'check.copy': (m, pc) => {
    const to = slot(m, pc, 1);
    const from = slot(m, pc, 2);
    const size = int(m, pc, 3) * word(m, pc, 4);
    const flags = word(m, pc, 5);
    if (size === 0) return pc + 6;
    // A count below zero, or one whose bytes no address can count.
    if (size < 0 || size > 0x7fffffff) return endWith(m, fault('negative-size-param', 'copy', m.ints[to]!, size, m.heap.sanitizer?.block(m.ints[to + 1]!) ?? null), pc);
    const wrong = rangeFault(m, from, size, accessFlags.read | accessFlags.uninitialised) ?? rangeFault(m, to, size, accessFlags.write)
      ?? ((flags & accessFlags.overlap) !== 0 ? null : m.heap.sanitizer?.checkCopy(m.ints[to]!, m.ints[from]!, size) ?? null);
    if (wrong && !isThere(m, m.ints[from]!, size)) return endWith(m, wrong, pc);
    return stopAtRange(m, wrong, m.ints[to]!, size, true, pc + 6, pc);
  },
  'check.pair': (m, pc) => {
    const one = m.ints[slot(m, pc, 1) + 1]!;
    const other = m.ints[slot(m, pc, 2) + 1]!;
    const { sanitizer } = m.heap;
    if (one === other || one === 0 || other === 0 || !sanitizer) return pc + 3;
    const block = sanitizer.block(one);
    const hit = sanitizer.block(other);
    return block === null || hit === null ? pc + 3 : stopWith(m, fault('invalid-pointer-pair', 'read', int(m, pc, 1), 0, block, { hit }), pc + 3, pc);
  },
  'check.value': (m, pc) => {
    const address = int(m, pc, 1);
    const size = word(m, pc, 2);
    const kind = valueKinds[word(m, pc, 4)];
    if (kind === undefined || !range(m, address, size, false)) return pc;
    const { view } = m.space;
    const value = size === 1 ? view.getUint8(address) : size === 2 ? view.getUint16(address, true) : view.getUint32(address, true);
    const fine = value <= word(m, pc, 3) >>> 0 && !(kind === 'invalid-char' && value >= 0xd800 && value < 0xe000);
    return fine ? pc + 5 : stopWith(m, fault(kind, 'read', address, size, m.heap.sanitizer?.block(m.ints[slot(m, pc, 1) + 1]!) ?? m.heap.sanitizer?.blockAt(address) ?? null, { value }), pc + 5, pc);
  },
  alloc: allocation(false),
  alloc_zeroed: allocation(true),
  realloc: (m, pc) => {
    const from = int(m, pc, 2);
    const size = int(m, pc, 3) >>> 0;
    const end = m.space.end;
    const family = word(m, pc, 5) + 1;
    const wrong = astray(m, slot(m, pc, 2), 'realloc');
    const address = wrong ? -1 : m.heap.realloc(from, size, family, site(m));
    if (address === -1 && stopWith(m, wrong ?? m.heap.refusal, pc + 6, pc) === pc) return pc;
    // What cannot be moved stays what it is; who asked gets a new block.
    const given = address === -1 ? m.heap.alloc(size, 16, family, site(m)) : address;
    born(m, slot(m, pc, 1), given, size, family, address === -1 ? 0 : from, end);
    m.pc = pc + 6;
    return pc + 6;
  },
  free: (m, pc) => {
    const address = int(m, pc, 1);
    // A part may begin where its chunk does: the pointer tells which of them is meant.
    const meant = m.heap.sanitizer?.block(m.ints[slot(m, pc, 1) + 1]!);
    const part = meant?.sort === 'part' && meant.address === address ? fault(meant.state === 'live' ? 'alloc-dealloc-mismatch' : 'bad-free', 'free', address, 0, meant, { family: word(m, pc, 2) + 1 }) : null;
    const wrong = part ?? astray(m, slot(m, pc, 1), 'free') ?? m.heap.free(address, word(m, pc, 2) + 1, site(m));
    if (!wrong && address !== 0) for (const listener of m.listeners.free) listener(address, word(m, pc, 2) + 1);
    return stopWith(m, wrong, pc + 3, pc);
  },
  'memory.poison': (m, pc) => {
    m.heap.sanitizer?.poison(int(m, pc, 1), int(m, pc, 2));
    return pc + 4;
  },
  'memory.unpoison': (m, pc) => {
    m.heap.sanitizer?.unpoison(int(m, pc, 1), int(m, pc, 2));
    return pc + 3;
  },
  'memory.initialised': (m, pc) => {
    m.heap.sanitizer?.written(int(m, pc, 1), int(m, pc, 2));
    return pc + 3;
  },

  'watch.statement': (m, pc) => {
    let halt = false;
    for (const listener of m.listeners.statement) halt = listener(word(m, pc, 1)) === true || halt;
    if (halt) {
      m.pc = pc + 2;
      m.status = 'halted';
      m.changed = true;
    }
    return pc + 2;
  },
  'watch.moment': (m, pc) => {
    for (const listener of m.listeners.moment) listener(word(m, pc, 1));
    return pc + 2;
  },
  'watch.call': (m, pc) => {
    for (const listener of m.listeners.call) listener(word(m, pc, 1));
    return pc + 2;
  },
  'watch.return': (m, pc) => {
    for (const listener of m.listeners.return) listener();
    return pc + 2;
  },
  'watch.load': watch('load'),
  'watch.store': watch('store'),
};

/** By number, from the first rare one. */
export const handlers: readonly Handler[] = rare.map(([name]) => table[name]);
