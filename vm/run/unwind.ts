/**
 * Unwinding: a panic goes out through the open calls, running cleanup bodies, until `catch_call` or the end of the program.
 * In: a machine that stands on the instruction that panicked, or on `resume`. Out: the machine, moved to a cleanup body, to after
 * the catching call, or stopped. Nothing is paid for it while nothing panics: landings are looked up by place.
 */
import { nextAt, opcodes } from '../code/opcodes.ts';
import type { Landing } from '../code/program.ts';
import type { Fault } from '../memory/fault.ts';
import { panicInDoubt } from './doubt.ts';
import { operation } from './operations.ts';
import type { Machine } from './machine.ts';
import { callStack, compiledAt, originAt, panicPlace, placeOf, trapFor, trapPanic } from './trap.ts';

const CATCH_DONE = operation('catch_done');
const text = new TextEncoder();

/** `quietly`: the panic was reported before, and goes on. */
export function panic(m: Machine, message: string, quietly = false, fault?: Fault): void {
  m.changed = true;
  if (panicInDoubt(m)) return;
  const at = panicPlace(m);
  m.panics.push({ message, at, stack: callStack(m), ...(fault === undefined ? {} : { fault }) });
  for (const listener of m.listeners.panic) listener(message);
  if (quietly) return unwind(m);
  const place = at ? `${at.file}:${at.line}:${at.column}` : '?';
  m.host.write(2, text.encode(`thread 'main' panicked at ${place}:\n${message}\n`));
  unwind(m, fault !== undefined);
}

/** At the end of a cleanup body: on to the caller. */
export function resume(m: Machine): void {
  m.changed = true;
  if (leaveFrame(m)) unwind(m);
}

/** The call that the machine stands in returns at once, without a result; only calls that give none. */
export function leaveCall(m: Machine): void {
  const back = m.ints[m.cp - 2] ?? 0;
  leaveFrame(m);
  m.pc = back;
  m.changed = true;
}

/** A guard for null may have become one with the access behind it: the landing is the guard's. */
function guardsLanding(body: readonly number[], landings: readonly Landing[], offset: number): Landing | undefined {
  let guard = -1;
  for (let at = 0; at < offset; at = nextAt(body, at)) if (opcodes[body[at] ?? -1]?.name === 'check.null') guard = at;
  return landings.find(({ at }) => at === guard);
}

/** `guarded`: it begins at a guard for null. */
function unwind(m: Machine, guarded = false): void {
  for (let first = guarded; ; first = false) {
    const compiled = compiledAt(m, m.pc);
    const code = compiled && m.program.functions[compiled.index];
    if (compiled && code) {
      const offset = originAt(compiled, m.pc);
      if (offset < 0) return trapFor(m, 'panic_in_cleanup');
      if (code.noUnwind) return trapFor(m, 'panic_no_unwind');
      const landing = code.landings.find(({ at }) => at === offset) ?? (first ? guardsLanding(code.body, code.landings, offset) : undefined);
      if (landing) {
        const slot = m.fp + compiled.landingSlot;
        m.ints[slot] = landing.landing;
        m.ints[slot + 1] = 0;
        m.pc = compiled.cleanup;
        return;
      }
    }
    if (!leaveFrame(m)) return;
  }
}

/** Goes back to the caller, standing on its call; false when the panic ends: the call catches it, or there is no caller. */
function leaveFrame(m: Machine): boolean {
  const latest = m.panics[m.panics.length - 1];
  if (m.cp === m.callBase) {
    if (latest) trapPanic(m, latest);
    return false;
  }
  if (m.watched.calls) for (const listener of m.listeners.return) listener();
  const compiled = compiledAt(m, m.pc);
  if (compiled && compiled.frameSlot >= 0) {
    const from = m.ints[m.fp + compiled.frameSlot + 1] ?? m.msp;
    if (m.msp > from) m.heap.sanitizer?.frameGone(from, m.msp, placeOf(m));
    m.msp = from;
  }
  m.cp -= 2;
  const back = m.ints[m.cp] ?? 0;
  m.fp = m.ints[m.cp + 1] ?? 0;
  m.pc = back - 1;
  if (m.ints[back] !== CATCH_DONE) return true;
  const slot = m.fp + (m.ints[back + 1] ?? 0);
  m.ints[slot] = 1;
  m.ints[slot + 1] = 0;
  m.pc = back + 2;
  m.caught = latest ?? null;
  m.panics.pop();
  return false;
}
