/**
 * The sanitizer's quick answers for single accesses of up to eight bytes: yes, or "ask the slow one". An engine calls these before each
 * guarded access and goes on when they say true; only on false does it call `checkPointer` and `checkWritten`, which find the fault
 * (or none: an access may be right and unusual).
 * In: the pointer's block number, address, size. Out: a boolean. Invariant: true is never said of a wrong access.
 * Cost: one row of the block table, one shadow byte or two, one word of initialisation bits; no calls.
 */
import { GENERATION, isFixed, KIND, ROW_MASK, SIZE, START, STRIDE } from './blocks.ts';
import type { Blocks } from './blocks.ts';
import type { Provenance } from './provenance.ts';
import type { Shadow } from './shadow.ts';
import type { Space } from './space.ts';
import type { Written } from './written.ts';

export interface QuickAccess {
  /** The pointer's block is alive, the bytes are its own and may be touched. */
  mayAccess(number: number, address: number, size: number): boolean;
  /** That, and the block is no constant. */
  mayWrite(number: number, address: number, size: number): boolean;
  /** The bytes may be touched, and all of them have been written. */
  mayRead(number: number, address: number, size: number): boolean;
  /** That the bytes may be touched; then notes that something other than a pointer was stored there. False: nothing was noted. */
  mayStore(number: number, address: number, size: number): boolean;
}

export function createQuickAccess(space: Space, shadow: Shadow, table: Blocks, plane: Written, pointers: Provenance): QuickAccess {
  const { base } = shadow;
  const lowest = space.map.statics.start;
  const staticsEnd = space.map.statics.end;
  const written = plane.planes;
  const stored = pointers.planes;

  function mayAccess(number: number, address: number, size: number): boolean {
    const end = address + size;
    if (number !== 0) {
      const row = number & ROW_MASK;
      const at = row << STRIDE;
      const rows = table.rows;
      if ((((rows[at + GENERATION] as number) & 0x7fffffff) | row) !== number || ((rows[at + KIND] as number) & 15) !== 0) return false;
      const start = rows[at + START] as number;
      if (address < start || end > start + (rows[at + SIZE] as number)) return false;
    } else if (address < lowest || end > space.end) return false;
    if (size > 8) return false;
    const u8 = space.u8;
    const last = u8[base + ((end - 1) >>> 3)] as number;
    if (last !== 0 && (last > 7 || ((end - 1) & 7) >= last)) return false;
    return ((address ^ (end - 1)) & -8) === 0 || u8[base + (address >>> 3)] === 0;
  }

  function mayWrite(number: number, address: number, size: number): boolean {
    return mayAccess(number, address, size) && (address >= staticsEnd || number === 0 || !isFixed(table.rows[((number & ROW_MASK) << STRIDE) + KIND] as number));
  }

  function mayRead(number: number, address: number, size: number): boolean {
    if (!mayAccess(number, address, size)) return false;
    const bits = written[address >>> 16];
    if (bits === undefined) return true;
    const bit = address & 31;
    const mask = ((1 << size) - 1) << bit;
    return bit + size <= 32 && ((bits[(address & 0xffff) >>> 5] as number) & mask) === mask;
  }

  function mayStore(number: number, address: number, size: number): boolean {
    if (!mayAccess(number, address, size)) return false;
    plane.written(address, size);
    const words = stored[address >>> 16];
    if (words === undefined) return true;
    const first = (address & 0xffff) >>> 2;
    const last = ((address + size - 1) & 0xffff) >>> 2;
    if (last < first || last - first > 1 || (size < 4 && words[first] !== 0)) pointers.clear(address, size);
    else {
      words[first] = 0;
      words[last] = 0;
    }
    return true;
  }

  return { mayAccess, mayWrite, mayRead, mayStore };
}
