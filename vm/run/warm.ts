/**
 * Warming up: the most usual instructions are run a few times on harmless operands when the first program turns out to run for a while.
 * V8 compiles the interpreter's loop from what it has seen run; an instruction that it has not seen throws the compiled loop away when
 * it comes, and a program would pay for that again and again in its first second.
 * In: a machine between two instructions. Out: the same machine, as it was: only slots and stack bytes at the far end are written,
 * and those are put back. Cost: two milliseconds, once in a process.
 */
import { interpret } from './interpreter.ts';
import type { Machine } from './machine.ts';
import { common, operation } from './operations.ts';

let warm = false;
/** Compiling everything takes V8 300 ms, the most usual half 20 ms: the other families are left to be seen when they come. */
const later = /check.access|track|i64|u64|f64|f32|^(add|sub|mul|div|rem)\./;

export function warmUp(m: Machine): void {
  if (warm) return;
  warm = true;
  const I = m.ints;
  const { pc, fp, cp, msp, fuel, reserve, status, hot } = m;
  const at = m.codeEnd;
  const base = m.slotEnd - 256;
  const address = (m.stackEnd - 256) & -16;
  const bytes = m.space.u8.slice(address, address + 192);
  const slots = I.slice(base, m.slotEnd);
  if (at + 2000 > I.length) return;
  const words: number[] = [];
  // Slots: 0 and 2 hold small numbers, 4 an address, 6 a zero; 8 and above are written.
  const operand: Record<string, number> = { a: 0, b: 2, c: 2, d: 8, i: 2 };
  for (const [name, shape] of common) {
    if (/^(halt|return|call|frame$|leave|br_table)/.test(name) || later.test(name)) continue;
    const memory = /^(load|store)/.test(name);
    words.push(operation(name));
    for (const [place, letter] of [...shape].entries()) {
      if (letter === 't') words.push(at + words.length + 1);
      else words.push(memory && letter === 'a' ? 4 : memory && name.startsWith('store') && letter === 'i' ? 0 : name.startsWith('check') && place === 0 ? (name === 'check.null' ? 4 : 6) : (operand[letter] ?? 0));
    }
  }
  words.push(operation('frame'), 10, 0, 16, operation('leave'), 10);
  words.push(operation('br_table'), 6, 0, at + words.length + 4);
  const call = words.length;
  words.push(operation('call'), 0, 16);
  words.push(operation('halt'), 64);
  words[call + 1] = at + words.length;
  words.push(operation('return1'), 0);
  I.set(words, at);
  for (let round = 0; round < 8; round += 1) {
    I.set([7, 0, 3, 0, address + 64, 0, 0, 0], base);
    m.pc = at;
    m.fp = base;
    m.cp = cp;
    m.fuel = 10_000;
    m.status = 'running';
    interpret(m);
    if (m.trap) throw new Error(`warming up ended at ${m.pc - at}: ${m.trap.message}`);
  }
  I.set(slots, base);
  I.fill(0, at, at + words.length);
  m.space.u8.set(bytes, address);
  Object.assign(m, { pc, fp, cp, msp, fuel, reserve, status, hot, exit: 0 });
}
