/** Where a halted machine stands, in a form that is cheap to compare: asked at each step of a search. */
import { markAt } from '../code/program.ts';
import type { Machine } from '../run/machine.ts';
import { compiledAt, originAt } from '../run/trap.ts';

export interface StepPlace {
  /** The function, and the offset in its body. */
  readonly index: number;
  readonly offset: number;
  readonly source: number;
  readonly line: number;
  readonly column: number;
  /** How deep: the call record, and whom the call returns to. */
  readonly cp: number;
  readonly called: number;
  /** Births and deaths of blocks so far. */
  readonly heap: number;
}

export function standOf(m: Machine): StepPlace {
  const compiled = compiledAt(m, m.pc);
  const offset = compiled === undefined ? 0 : originAt(compiled, m.pc);
  const code = m.program.functions[compiled?.index ?? -1];
  const mark = code === undefined ? undefined : offset >= 0 ? markAt(code.marks, offset) : markAt(code.cleanupMarks, -1 - offset);
  return { index: compiled?.index ?? -1, offset, source: mark?.source ?? -1, line: mark?.line ?? 0, column: mark?.column ?? 0, cp: m.cp, called: m.cp > m.callBase ? (m.ints[m.cp - 2] ?? 0) : 0, heap: m.heap.statistics.clock() };
}
