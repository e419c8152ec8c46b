/**
 * What a run does about what the memory finds wrong: stop at the first (`m.findings` is null), or note it and go on, as far as that is possible.
 * In: faults. Out: whether the program goes on; the list of what was found, one of each code, function and line; how often suppressed ones came.
 * What goes on: a read gives what is there; a write reaches live memory only, elsewhere it is undone at once (`undo.ts`); a bad release does nothing.
 * Invariant: two runs of a program with the same tolerance go the same way. Cost: nothing in a run that stops at the first.
 */
import type { Fault } from '../memory/fault.ts';
import type { Findings, Tolerance } from './found.ts';
import type { Machine } from './machine.ts';
import { endWith, faultCodes, named, siteOf, trapFault, trapOf } from './trap.ts';

export type KeptFindings = Omit<Findings, 'tolerance'>;

export const createFindings = (tolerance: Tolerance): Findings => ({ tolerance, all: [], known: new Map(), told: new Set(), passed: new Map() });

/** Tells of a fault after which the program could go on. True: it does. `left`: so many of the innermost calls are not to blame. */
export function goesOn(m: Machine, found: Fault, left = 0): boolean {
  const { findings } = m;
  if (findings === null) {
    trapFault(m, found, left);
    return false;
  }
  const fault = named(m, found);
  const { tolerance, known, told, passed, all } = findings;
  const stack = `${fault.kind} ${siteOf(m)}`;
  const before = known.get(stack);
  if (before !== undefined) {
    if (before >= 0) passed.set(before, (passed.get(before) ?? 0) + 1);
    return true;
  }
  const trap = trapOf(m, fault, left);
  const owner = (trap.stack.find(({ std }) => !std) ?? trap.stack[0])?.function ?? '?';
  const rule = tolerance.suppressed(faultCodes[fault.kind], owner);
  known.set(stack, rule);
  if (rule >= 0) {
    passed.set(rule, 1 + (passed.get(rule) ?? 0));
    return true;
  }
  const line = `${trap.code} ${owner} ${trap.at?.file}:${trap.at?.line}`;
  if (told.has(line)) return true;
  if (all.length + 1 >= tolerance.most) {
    endWith(m, trap);
    return false;
  }
  told.add(line);
  all.push(trap);
  tolerance.found?.(trap);
  return true;
}

export function keepFindings({ findings }: Machine): KeptFindings | null {
  return findings === null ? null : { all: findings.all.slice(), known: new Map(findings.known), told: new Set(findings.told), passed: new Map(findings.passed) };
}

export function restoreFindings(m: Machine, kept: KeptFindings | null): void {
  if (m.findings !== null && kept !== null) m.findings = { tolerance: m.findings.tolerance, all: kept.all.slice(), known: new Map(kept.known), told: new Set(kept.told), passed: new Map(kept.passed) };
}
