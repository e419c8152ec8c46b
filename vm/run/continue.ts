/**
 * Going on with more program: a machine that stands at a halt of a session's script takes a later version of the program, in which all that
 * it knows is still there with its numbers and offsets, and stands at the same halt of the script's new body, in the same bytes of memory.
 * In: a machine whose innermost call stands on `host.call` of `halt`; a later program; the new body and its drop flags. Out: false, and nothing
 * changed, when it does not fit; then the program must run from its start. Cost: that of the tables' new rows and of the body's translation.
 */
import { nextAt, opcodes } from '../code/opcodes.ts';
import type { Program } from '../code/program.ts';
import { factsOf } from './facts.ts';
import { linkImport } from './link.ts';
import { compile, idsOf, type Machine } from './machine.ts';
import { operation, operations, operationWords } from './operations.ts';
import { compiledAt } from './trap.ts';

export type NewBody = {
  readonly main: number;
  /** Which of the body's halts, counted from 1. */
  readonly halt: number;
  readonly flags: readonly { readonly at: number; readonly value: number | { readonly from: number } }[];
};

/** What a machine was before it went on: to be put back with `goBack`, together with a moment. */
export type Before = Pick<Machine, 'program' | 'services' | 'entries' | 'table' | 'tableSignatures' | 'signatureIds'>;

export const beforeOf = ({ program, services, entries, table, tableSignatures, signatureIds }: Machine): Before => ({ program, services, entries, table, tableSignatures, signatureIds });

/** Room that a session's statics may grow into. */
export const STATIC_ROOM = 1 << 20;

const names = operations.map(([name]) => name);
const HOST = operation('host');

export function goOn(m: Machine, program: Program, body: NewBody): boolean {
  const standing = compiledAt(m, m.pc);
  const code = program.functions[body.main];
  const old = standing === undefined ? undefined : m.program.functions[standing.index];
  if (standing === undefined || code === undefined || old === undefined || m.ints[m.pc] !== HOST) return false;
  if (program.provenance !== m.program.provenance || program.statics.size > m.space.map.statics.end - m.statics) return false;
  const offset = haltIn(program, body.main, body.halt);
  if (offset < 0) return false;
  const { fp } = m;
  const had = standing.frameSlot >= 0;
  const base = had ? (m.ints[fp + standing.frameSlot] ?? 0) : (m.msp + code.frame.align - 1) & -code.frame.align;
  const top = had ? (m.ints[fp + standing.frameSlot + 1] ?? 0) : m.msp;
  if ((base & (code.frame.align - 1)) !== 0 || base + code.frame.size > m.stackEnd) return false;

  // Which stretches of the frame are known to the sanitizer, by their offsets.
  const numbers = new Map<number, number>();
  factsOf(old, 0).slots.forEach(({ at }, place) => numbers.set(at, m.ints[fp + standing.frameSlot + 2 + place * 2 + 1] ?? 0));
  const ends = m.msp;
  adopt(m, program);
  compile(m, body.main);
  const made = m.compiled[body.main];
  if (made === undefined) return false;
  const at = resumeAt(m, made, offset);
  const words = m.ints[made.entry - 1] ?? 0;
  if (at < 0 || fp + words > m.slotEnd) return false;
  m.ints.fill(0, fp, fp + words);
  enter(m, made.entry, fp, base, top);
  if (made.frameSlot >= 0) {
    factsOf(code, 0).slots.forEach((slot, place) => {
      const number = numbers.get(slot.at);
      if (number !== undefined) m.ints[fp + made.frameSlot + 2 + place * 2 + 1] = number;
    });
    m.msp = Math.max(ends, base + code.frame.size);
    if (m.msp > ends) m.heap.sanitizer?.unpoison(ends, m.msp - ends);
  }
  for (const { at: flag, value } of body.flags) {
    m.space.u8[base + flag] = typeof value === 'number' ? value : (m.space.u8[base + value.from] ?? 0);
    m.heap.sanitizer?.written(base + flag, 1);
  }
  m.pc = at;
  return true;
}

/** Forgets what came after: for a line that failed. The machine's moment must be put back with it. */
export function goBack(m: Machine, before: Before): void {
  const count = before.program.functions.length;
  Object.assign(m, before);
  m.compiled.length = count;
}

/** The offset of a halt in a body; -1 when it has not so many. */
function haltIn(program: Program, index: number, wanted: number): number {
  const body = program.functions[index]?.body ?? [];
  const halt = program.imports.findIndex(({ name }) => name === 'halt');
  let count = 0;
  for (let at = 0; at < body.length; at = nextAt(body, at)) {
    if (opcodes[body[at] ?? -1]?.name === 'host.call' && body[at + 1] === halt && ++count === wanted) return at;
  }
  return -1;
}

/** Where the register code of an offset asks the host. */
function resumeAt(m: Machine, { origins }: { readonly origins: Int32Array }, offset: number): number {
  for (let i = 0; i + 1 < origins.length; i += 2) {
    if (origins[i + 1] !== offset) continue;
    for (let pc = origins[i] ?? 0; pc < (origins[i + 2] ?? m.codeEnd); pc += operationWords(m.ints, pc)) if (m.ints[pc] === HOST) return pc;
  }
  return -1;
}

/** What the beginning of a body does to its slots, in a frame that is there already. */
function enter(m: Machine, entry: number, fp: number, base: number, top: number): void {
  for (let pc = entry; ; pc += operationWords(m.ints, pc)) {
    const [first = 0, second = 0, third = 0] = [m.ints[pc + 1], m.ints[pc + 2], m.ints[pc + 3]];
    switch (names[m.ints[pc] ?? -1]) {
      case 'zero': case 'frame.made': break;
      case 'const2':
        m.ints[fp + first] = second;
        m.ints[fp + first + 1] = third;
        break;
      case 'frame':
        m.ints[fp + first] = base;
        m.ints[fp + first + 1] = top;
        break;
      case 'frame.slot':
        m.ints[fp + first] = base + third;
        break;
      default: return;
    }
  }
}

function adopt(m: Machine, program: Program): void {
  const known = m.program;
  const { segments, pointers, constants, variables } = program.statics;
  const from = known.statics.size;
  const { u8, view } = m.space;
  m.program = program;
  m.services = program.imports.map((each, i) => m.services[i] ?? linkImport(each));
  const entries = new Int32Array(program.functions.length);
  entries.set(m.entries.subarray(0, entries.length));
  m.entries = entries;
  while (m.compiled.length < program.functions.length) m.compiled.push(undefined);
  m.signatureIds = idsOf(program);
  m.table = program.table;
  m.tableSignatures = Int32Array.from(program.table, (index) => m.signatureIds[program.functions[index]?.signature ?? -1] ?? -1);
  // New constants and statics lie behind the old ones.
  for (const { at, bytes } of segments) if (at >= from) u8.set(bytes, m.statics + at);
  const fresh = pointers.filter((at) => at >= from);
  for (const at of fresh) view.setInt32(m.statics + at, view.getInt32(m.statics + at, true) + m.statics, true);
  const { sanitizer } = m.heap;
  if (sanitizer === null) return;
  sanitizer.written(m.statics + from, program.statics.size - from);
  for (const { at, size, fixed } of variables) if (at >= from && size > 0) sanitizer.staticLive(m.statics + at, size, fixed === true);
  for (let i = 0; i < constants.length; i += 2) if ((constants[i] ?? 0) >= from) sanitizer.staticLive(m.statics + (constants[i] ?? 0), constants[i + 1] ?? 0, true);
  for (const at of fresh) sanitizer.setProvenance(m.statics + at, m.staticPlaces.number(view.getInt32(m.statics + at, true) - m.statics));
}
