/**
 * What happens when the interpreter's loop is left: the slow half of instructions that stop, call or need code made.
 * In: the machine on the instruction, the reason's number (as `interpreter.ts` gives them), and what it knows. Out: the machine moved
 * on, or no longer running.
 */
import { nextAt, opcodes } from '../code/opcodes.ts';
import { accessFlags, panicReasons } from '../code/reasons.ts';
import { fault } from '../memory/fault.ts';
import type { Fault } from '../memory/fault.ts';
import { beginDoubt } from './doubt.ts';
import { goesOn } from './findings.ts';
import { compile } from './machine.ts';
import type { Machine } from './machine.ts';
import { operation, operations } from './operations.ts';
import { compiledAt, standing, trapFault, trapFor } from './trap.ts';
import { isThere, undoWrite } from './undo.ts';
import { panic } from './unwind.ts';

export function stopAt(m: Machine, reason: number, detail: number, address: number): void {
  switch (reason) {
    case 1: {
      const entry = m.program.functions[m.program.entry];
      const results = entry && m.program.signatures[entry.signature]?.results.length;
      m.exit = results ? (m.ints[m.fp] ?? 0) : 0;
      m.status = 'finished';
      return;
    }
    case 2:
      m.status = 'paused';
      return;
    case 3: return trapFor(m, 'stack_overflow');
    case 4: {
      const entry = compile(m, detail);
      m.ints[m.pc] = operation('call');
      m.ints[m.pc + 1] = entry;
      return;
    }
    case 5: return trapFor(m, detail === 0 ? 'null_call' : 'bad_call');
    case 6:
      compile(m, detail);
      return;
    case 7: {
      const size = Math.abs(detail);
      if (address >= m.space.map.statics.start && address + size <= m.space.end) {
        if (checkedAlign(m) && !goesOn(m, fault('misaligned-access', detail < 0 ? 'write' : 'read', address >>> 0, size))) return;
        return unaligned(m, address, size);
      }
      const kind = address >= 0 && address < m.space.map.nullEnd ? 'null-dereference' : 'wild-access';
      const found = fault(kind, detail < 0 ? 'write' : 'read', address >>> 0, size);
      return kind === 'null-dereference' ? nullPanic(m, found) : trapFault(m, found);
    }
    case 8: return panic(m, panicReasons[detail]?.message ?? 'explicit panic');
    case 9: return panic(m, `index out of bounds: the len is ${detail >>> 0} but the index is ${address >>> 0}`);
    case 10: return nullPanic(m, fault('null-dereference', 'read', 0, 0));
    case 11:
      if (goesOn(m, fault('misaligned-access', 'read', address >>> 0, detail))) m.pc += 3;
      return;
    case 12: return panic(m, panicReasons[nameOn(m) === 'sub.checked' ? 1 : 0].message);
    case 13: return checkAccess(m);
    case 14: {
      const at = ((m.ints[m.fp + word(m, 1)] ?? 0) + word(m, 2)) | 0;
      m.heap.sanitizer?.written(at, word(m, 3));
      m.heap.sanitizer?.clearProvenance(at, word(m, 3));
      m.pc += 4;
      return;
    }
    default: throw new Error(`the interpreter stopped for no reason: ${reason}`);
  }
}

/** Null that a guard finds is a panic: the check stands in the program, so to speak. */
const nullPanic = (m: Machine, found: Fault): void => panic(m, 'null pointer dereference', false, found);

const word = (m: Machine, which: number): number => m.ints[m.pc + which] ?? 0;

/** An access that the sanitizer could not let pass at once: it may be right and unusual. */
function checkAccess(m: Machine): void {
  const at = m.fp + word(m, 1);
  const size = word(m, 2);
  const flags = word(m, 3);
  const access = flags & accessFlags.write ? 'write' : 'read';
  const address = m.ints[at] ?? 0;
  const { sanitizer } = m.heap;
  const wrong = sanitizer ? sanitizer.checkPointer(m.ints[at + 1] ?? 0, address, size, access) : m.heap.checkAccess(address, size, access);
  if (wrong) {
    if (wrong.kind === 'null-dereference' && checkedNull(m)) return nullPanic(m, wrong);
    if (!isThere(m, address, size)) return trapFault(m, wrong);
    if (!goesOn(m, wrong)) return;
    m.pc += 4;
    if (access === 'write') undoWrite(m, address, size, m.pc);
    return;
  }
  const unwritten = sanitizer && (flags & (accessFlags.write | accessFlags.uninitialised)) === 0 ? sanitizer.checkWritten(address, size, access) : null;
  if (unwritten !== null && (flags & accessFlags.lent) !== 0) {
    if (goesOn(m, unwritten)) m.pc += 4;
    return;
  }
  m.pc += 4;
  // Reading it is no mistake yet: what the value decides is.
  if (unwritten !== null) beginDoubt(m, unwritten, address, size);
}

/** An access that is allowed but not aligned, done byte by byte. */
function unaligned(m: Machine, address: number, size: number): void {
  const [name = '', shape = ''] = operations[m.ints[m.pc] ?? -1] ?? [];
  const { view } = m.space;
  const store = name.startsWith('store');
  const slot = m.fp + (m.ints[m.pc + (store ? shape.lastIndexOf(shape.includes('c') ? 'c' : 'b') + 1 : 1)] ?? 0);
  for (let at = 0; at < size; at += 4) {
    if (store && size === 2) view.setInt16(address, m.ints[slot] ?? 0, true);
    else if (store) view.setInt32(address + at, m.ints[slot + at / 4] ?? 0, true);
    else if (size === 2) m.ints[slot] = name === 'load16_s' ? view.getInt16(address, true) : view.getUint16(address, true);
    else m.ints[slot + at / 4] = view.getInt32(address + at, true);
  }
  m.pc += shape.length + 1;
}

/** Was this access checked for alignment? The translation leaves such a check out when the access follows at once. */
function checkedAlign(m: Machine): boolean {
  const { body, at } = standsOn(m);
  const before: string[] = [];
  for (let each = 0; each < at; each = nextAt(body, each)) before.push(opcodes[body[each] ?? -1]?.name ?? '');
  const last = before.slice(-4);
  const drop = last.lastIndexOf('drop');
  return drop > 0 && last[drop - 1] === 'check.align';
}

/** Does the program itself look for null here, before the sanitizer? */
function checkedNull(m: Machine): boolean {
  const { body, at } = standsOn(m);
  let before = 0;
  for (let each = 0; each < at; each = nextAt(body, each)) before = each;
  return opcodes[body[before] ?? -1]?.name === 'check.null';
}

/** The instruction in the stack code that the machine stands on. */
function standsOn(m: Machine): { readonly body: readonly number[]; readonly at: number } {
  const compiled = compiledAt(m, m.pc);
  const here = compiled && standing(compiled, m.pc)[0];
  const code = m.program.functions[here?.index ?? -1];
  const origin = here?.origin ?? 0;
  return origin >= 0 ? { body: code?.body ?? [], at: origin } : { body: code?.cleanup ?? [], at: -1 - origin };
}

function nameOn(m: Machine): string | undefined {
  const { body, at } = standsOn(m);
  return opcodes[body[at] ?? -1]?.name;
}
