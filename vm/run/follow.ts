/**
 * Following doubt through one instruction: before it runs, what it reads is looked up, what it writes is noted, and the instructions
 * that may come next get `follow` in their place. In: the machine on an instruction, the table of the rare ones. Out: the next pc.
 * A doubtful value may be copied, computed with, passed and returned; where it decides (a branch, an address, an index, a size, what goes
 * outside) the program stops. Masks and shifts by constants keep bits apart, so that a written part of a word can be told from the rest.
 * Cost: a microsecond an instruction, and only from the read of an unwritten value until no slot in use holds one, or
 * for a million instructions.
 */
import { accessFlags } from '../code/reasons.ts';
import type { Fault } from '../memory/fault.ts';
import { decided, endDoubt, plant, uproot } from './doubt.ts';
import type { Doubt, Doubtful } from './doubtful.ts';
import { liveSlots } from './live-slots.ts';
import { compile } from './machine.ts';
import type { Machine } from './machine.ts';
import { firstRare, operations, operationWords } from './operations.ts';
import { expectWrite, settleWrite } from './undo.ts';

type Handler = (m: Machine, pc: number) => number;

const SIZES: Readonly<Record<string, number>> = { '8': 1, '16': 2, '32': 4, '64': 8, f64: 8 };
/** Loads and stores: what they are, how many bytes, whether they index. */
const ACCESS = /^(load|store)(8|16|32|64|f64)(_s|_u)?(\.x)?$/;
const MOVES: ReadonlySet<string> = new Set(['move', 'i64.extend_u', 'i32.extend8_s', 'i32.extend16_s', 'i64.extend_s', 'ptr.from', 'i32.wrap']);
/** They stop when what they look at is doubtful: it decides where the program goes or what it touches. */
const DECIDES = /^(br|check\.bounds|check\.null|check\.align|check\.access|check\.range|check\.copy|check\.pair|alloc|realloc|free|stack_alloc|memory\.(poison|unpoison|compare)|panic\.text|catch_call)/;
/** So often slots that nobody will read are cleared out. */
const SWEEP = 256;
/** A value that has decided nothing for so long is followed no longer: it must not make the rest of a long run slow. */
const LONGEST = 1_000_000;

export function follow(m: Machine, pc: number, rare: readonly Handler[]): number {
  const { doubt } = m;
  if (doubt === null) throw new Error('followed without doubt');
  uproot(m);
  settle(m, doubt);
  if (doubt.steps++ % SWEEP === SWEEP - 1) sweep(m, doubt, pc);
  if ((doubt.slots.size === 0 && nothingOpen(m, doubt)) || doubt.steps > LONGEST) {
    endDoubt(m);
    return pc;
  }
  const number = m.ints[pc] ?? 0;
  for (let wrong = step(m, doubt, pc); wrong !== null; wrong = step(m, doubt, pc)) if (!decided(m, wrong)) return pc;
  expectWrite(doubt, operations[number]?.[0] ?? '');
  const handler = rare[number - firstRare];
  if (handler === undefined) {
    for (const next of successors(m, pc)) plant(m, doubt, next);
    return pc;
  }
  let next = handler(m, pc);
  if (m.changed) next = m.pc;
  if (m.doubt !== doubt) return next;
  settle(m, doubt);
  if (m.status === 'running' || m.status === 'halted') plant(m, doubt, next);
  m.pc = next;
  return next;
}

/** What the last operation stored and is in doubt counts as not written. */
function settle(m: Machine, doubt: Doubt): void {
  settleWrite(m, doubt);
  if (doubt.stored === null) return;
  const [address, size] = doubt.stored;
  doubt.stored = null;
  for (let at = address; at < address + size; at++) if (doubt.bytes.has(at)) m.heap.sanitizer?.unwritten(at, 1);
}

/** Doubtful bytes of the stack may be read without a check; those elsewhere are found again by their own. */
function nothingOpen(m: Machine, doubt: Doubt): boolean {
  if (doubt.steps <= doubt.awaited || doubt.undo !== null) return false;
  const { stacks } = m.space.map;
  for (const at of doubt.bytes.keys()) {
    if (at >= stacks.start && at < m.msp) return false;
  }
  return true;
}

function sweep(m: Machine, doubt: Doubt, pc: number): void {
  if (doubt.slots.size === 0) return;
  const live = new Set<number>();
  let { fp, cp } = m;
  let at = pc;
  for (let during = false; ; during = true) {
    for (const slot of liveSlots(m, at, during)) live.add((fp >> 1) + slot);
    if (cp === m.callBase) break;
    cp -= 2;
    at = (m.ints[cp] ?? 0) - 1;
    fp = m.ints[cp + 1] ?? 0;
  }
  for (const slot of doubt.slots.keys()) if (!live.has(slot)) doubt.slots.delete(slot);
}

function successors(m: Machine, pc: number): number[] {
  const [name = '', shape = ''] = operations[m.ints[pc] ?? -1] ?? [];
  const word = (which: number): number => m.ints[pc + which] ?? 0;
  const following = pc + operationWords(m.ints, pc);
  switch (name) {
    case 'halt': return [];
    case 'call': return [word(1)];
    case 'call.lazy': return [compile(m, word(1))];
    case 'call_indirect': {
      const index = m.table[m.ints[m.fp + word(2)] ?? -1];
      return index === undefined ? [] : [compile(m, index)];
    }
    case 'return': case 'return1': return [m.ints[m.cp - 2] ?? 0];
    case 'br_table': return Array.from({ length: word(2) + 1 }, (_, i) => word(3 + i));
    default: {
      const target = shape.indexOf('t');
      if (target < 0) return [following];
      return name === 'br' ? [word(1)] : [following, word(target + 1)];
    }
  }
}

/** Moves doubt along; the fault when a doubtful value decides something here. */
function step(m: Machine, doubt: Doubt, pc: number): Fault | null {
  const { slots, bytes } = doubt;
  const [name = '', shape = ''] = operations[m.ints[pc] ?? -1] ?? [];
  const word = (which: number): number => m.ints[pc + which] ?? 0;
  /** The slot that a letter of the shape names. */
  const slotOf = (letter: string): number => (m.fp + word(shape.indexOf(letter) + 1)) >> 1;
  const valueOf = (letter: string): number => m.ints[slotOf(letter) << 1] ?? 0;
  const give = (slot: number, found: Doubtful | undefined): void => {
    if (found === undefined || (found.low | found.high) === 0) slots.delete(slot);
    else slots.set(slot, found);
  };
  const first = (letters: string): Doubtful | undefined => {
    for (const letter of letters) {
      const found = shape.includes(letter) ? slots.get(slotOf(letter)) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  /** Who writes without an instruction (the host, a new block of zeros) tells the sanitizer alone. */
  const written = (at: number): boolean => m.heap.sanitizer?.isWritten(at, 1) !== false;
  const whole = (found: Doubtful | undefined): Doubtful | undefined => found && { low: -1, high: -1, from: found.from };

  const access = ACCESS.exec(name) ?? (name === 'ptr.load' ? ['', 'load', '32'] : name === 'ptr.store' ? ['', 'store', '32'] : null);
  if (access !== null) {
    const indexed = access[4] === '.x';
    const load = access[1] === 'load';
    const bad = slots.get(slotOf('a')) ?? (indexed ? slots.get(slotOf('b')) : undefined);
    if (bad !== undefined) return bad.from;
    const size = SIZES[access[2] ?? ''] ?? 4;
    const address = indexed ? (valueOf('a') + Math.imul(valueOf('b'), word(4)) + word(5)) | 0 : (valueOf('a') + word(3)) | 0;
    if (load) {
      let low = 0;
      let high = 0;
      let from: Fault | undefined;
      for (let at = 0; at < size; at++) {
        const found = bytes.get(address + at);
        if (found === undefined || written(address + at)) continue;
        from ??= found;
        if (at < 4) low |= 0xff << (at * 8);
        else high |= 0xff << ((at - 4) * 8);
      }
      // A sign that nobody wrote fills the word.
      if (access[3] === '_s' && low >>> (size * 8 - 1) !== 0) low |= -1 << (size * 8 - 1);
      give(slotOf('d'), from && { low, high, from });
      return null;
    }
    const value = slots.get(slotOf(indexed ? 'c' : 'b'));
    let before = false;
    for (let at = 0; at < size; at++) {
      const bits = value === undefined ? 0 : ((at < 4 ? value.low : value.high) >>> ((at & 3) * 8)) & 0xff;
      if (bits !== 0 && value !== undefined) bytes.set(address + at, value.from);
      else before = bytes.delete(address + at) || before;
    }
    if (before) m.heap.sanitizer?.written(address, size);
    doubt.stored = [address, size];
    return null;
  }
  if (name === 'track.written') {
    doubt.stored = [(valueOf('a') + word(2)) | 0, word(3)];
    return null;
  }
  if (DECIDES.test(name)) {
    const bad = first('abc');
    if (bad !== undefined) return bad.from;
    if (name === 'check.range' && (word(3) & (accessFlags.write | accessFlags.uninitialised)) === 0) return firstIn(bytes, written, valueOf('a'), valueOf('b'));
    if (name === 'memory.compare') return firstIn(bytes, written, valueOf('a'), valueOf('c')) ?? firstIn(bytes, written, valueOf('b'), valueOf('c'));
    if (shape.startsWith('d')) slots.delete(slotOf('d'));
    return null;
  }
  switch (name) {
    case 'const': case 'const2': case 'frame': case 'frame.slot': slots.delete(slotOf('d')); return null;
    case 'zero': for (let each = 0; each < word(2); each++) slots.delete(slotOf('d') + each); return null;
    case 'select': {
      const bad = slots.get(slotOf('c'));
      if (bad !== undefined) return bad.from;
      give(slotOf('d'), slots.get(slotOf(valueOf('c') !== 0 ? 'a' : 'b')));
      return null;
    }
    case 'i32.and#': { const v = first('a'); give(slotOf('d'), v && { ...v, low: v.low & word(3), high: 0 }); return null; }
    case 'i32.or#': { const v = first('a'); give(slotOf('d'), v && { ...v, low: v.low & ~word(3), high: 0 }); return null; }
    case 'i32.xor#': { const v = first('a'); give(slotOf('d'), v && { ...v, high: 0 }); return null; }
    case 'i32.shl#': { const v = first('a'); give(slotOf('d'), v && { ...v, low: v.low << word(3), high: 0 }); return null; }
    case 'i32.shr_u#': { const v = first('a'); give(slotOf('d'), v && { ...v, low: v.low >>> word(3), high: 0 }); return null; }
    case 'i32.shr_s#': { const v = first('a'); give(slotOf('d'), v && { ...v, low: v.low >> word(3), high: 0 }); return null; }
    case 'i32.and': case 'i32.or': {
      // A written 0 makes `and` sure, a written 1 `or`.
      const [a, b] = [slots.get(slotOf('a')), slots.get(slotOf('b'))];
      const from = a?.from ?? b?.from;
      const sure = (v: Doubtful | undefined, value: number): number => ~(v?.low ?? 0) & (name === 'i32.and' ? ~value : value);
      give(slotOf('d'), from && { low: ((a?.low ?? 0) | (b?.low ?? 0)) & ~sure(a, valueOf('a')) & ~sure(b, valueOf('b')), high: 0, from });
      return null;
    }
    case 'check.value': return firstIn(bytes, written, valueOf('a'), word(2));
    case 'return1': give(m.fp >> 1, slots.get(slotOf('a'))); forget(slots, (m.fp >> 1) + 1); return null;
    case 'return': forget(slots, (m.fp >> 1) + 8); return null;
    case 'call_indirect': return slots.get(slotOf('a'))?.from ?? null;
    case 'host': {
      const base = (m.fp + word(2)) >> 1;
      const signature = m.program.imports[word(1)]?.signature;
      for (let each = 0; each < (signature?.params.length ?? 0); each++) {
        const bad = slots.get(base + each);
        if (bad !== undefined) return bad.from;
      }
      return null;
    }
    case 'memory.copy': {
      const bad = first('abc');
      if (bad !== undefined) return bad.from;
      move(bytes, valueOf('a'), valueOf('b'), valueOf('c'));
      return null;
    }
    case 'memory.fill': {
      const bad = slots.get(slotOf('a')) ?? slots.get(slotOf('c'));
      if (bad !== undefined) return bad.from;
      const value = slots.get(slotOf('b'));
      const to = valueOf('a');
      const length = valueOf('c');
      if (value === undefined) clear(bytes, to, length);
      else if (length <= 1 << 16) for (let at = 0; at < length; at++) bytes.set(to + at, value.from);
      doubt.stored = value === undefined ? null : [to, length];
      return null;
    }
    case 'frame.live': case 'memory.unpoison': case 'memory.initialised': clear(bytes, valueOf('a'), name === 'frame.live' ? word(2) : valueOf('b')); return null;
    case 'frame.gone': case 'leave': for (const at of [...bytes.keys()]) if (at >= (m.ints[(slotOf('a') << 1) + 1] ?? 0) && at < m.msp) bytes.delete(at); return null;
    case 'add.overflowing': case 'sub.overflowing': case 'mul.overflowing': {
      const v = whole(first('ab'));
      give(slotOf('d'), v);
      give(slotOf('d') + 1, v);
      return null;
    }
    default: {
      if (!shape.startsWith('d')) return null;
      const found = first('abc');
      give(slotOf('d'), MOVES.has(name) && name !== 'i32.wrap' ? found : name === 'i32.wrap' ? found && { ...found, high: 0 } : whole(found));
      return null;
    }
  }
}

function forget(slots: Doubt['slots'], from: number): void {
  for (const slot of slots.keys()) if (slot >= from) slots.delete(slot);
}

function firstIn(bytes: Doubt['bytes'], written: (at: number) => boolean, address: number, size: number): Fault | null {
  if (bytes.size < size) {
    for (const [at, from] of bytes) if (at >= address && at < address + size && !written(at)) return from;
    return null;
  }
  for (let at = address; at < address + size; at++) {
    const found = bytes.get(at);
    if (found !== undefined && !written(at)) return found;
  }
  return null;
}

function clear(bytes: Doubt['bytes'], address: number, size: number): void {
  for (const at of [...bytes.keys()]) if (at >= address && at < address + size) bytes.delete(at);
}

function move(bytes: Doubt['bytes'], to: number, from: number, size: number): void {
  const moved: [number, Fault][] = [];
  for (const [at, found] of bytes) if (at >= from && at < from + size) moved.push([at - from + to, found]);
  clear(bytes, to, size);
  for (const [at, found] of moved) bytes.set(at, found);
}
