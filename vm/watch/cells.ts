/**
 * The bytes of a value, wherever it lives: in memory, or spread over registers. In: a machine and a place. Out: a view in which offset 0
 * is the value's first byte, with what is known of each byte: was it written, and which block was the pointer in it made for.
 * Registers are copied into bytes of their own; memory is looked at in place. Nothing is changed.
 */
import type { Variable } from '../code/program.ts';
import type { Machine } from '../run/machine.ts';
import type { Frame } from '../run/trap.ts';
import { placeOfVariable } from '../run/variables.ts';

export interface Cells {
  readonly view: DataView;
  /** Where the value begins in `view`. */
  readonly start: number;
  readonly size: number;
  /** Its address, null in registers. */
  readonly address: number | null;
  written(at: number, size: number): boolean;
  /** The number of the block that the pointer here was made for; 0 when not known. */
  numberAt(at: number): number;
}

/** May these bytes be looked at: are they in the memory that there is? */
export function isThere(m: Machine, address: number, size: number): boolean {
  return address >= m.space.map.statics.start && size >= 0 && address + size <= m.space.end;
}

export function memoryCells(m: Machine, address: number, size: number): Cells | null {
  if (!isThere(m, address, size)) return null;
  const { sanitizer } = m.heap;
  return {
    view: m.space.view, start: address, size, address,
    written: (at, bytes) => sanitizer === null || sanitizer.isWritten(address + at, bytes),
    numberAt: at => sanitizer?.provenance(address + at) ?? 0,
  };
}

export function registerCells(m: Machine, parts: readonly (readonly [low: number, high: number])[], offsets: readonly number[], size: number): Cells {
  const view = new DataView(new ArrayBuffer(Math.max(8, size) + 8));
  const numbers = new Map<number, number>();
  // A part in a register is written with all of its bits; the next part's own bytes come after and win.
  [...parts.keys()].sort((a, b) => (offsets[a] ?? 0) - (offsets[b] ?? 0)).forEach(i => {
    const at = Math.min(offsets[i] ?? 0, view.byteLength - 8);
    const [low = 0, high = 0] = parts[i] ?? [];
    view.setInt32(at, low, true);
    view.setInt32(at + 4, high, true);
    numbers.set(at, high);
  });
  const tracked = m.program.provenance;
  return { view, start: 0, size, address: null, written: () => true, numberAt: at => (tracked ? (numbers.get(at) ?? 0) : 0) };
}

/** The bytes of a variable of an open call, or null when it has none now. */
export function variableCells(m: Machine, frame: Frame, variable: Variable): Cells | null {
  const place = placeOfVariable(m, frame, variable);
  const size = m.program.types[variable.type]?.size ?? 0;
  if (place === null) return null;
  if (place.kind === 'memory') return memoryCells(m, place.address, size);
  const { lives } = variable;
  const parts = place.kind === 'words' ? place.words : place.at.map(slot => [m.ints[slot] ?? 0, m.ints[slot + 1] ?? 0] as const);
  return registerCells(m, parts, lives.kind === 'locals' ? (lives.at ?? lives.locals.map((_, i) => i * 4)) : [0], size);
}
