/**
 * Undoing: a bad write after which the program goes on must not reach memory that is not live, where allocators keep their own words. In: the range of
 * a write that was just checked. Out: its bytes as they were, once the write is done. The doubt's stepping is used to see when that is.
 * Cost: some instructions are stepped through after such a write; nothing otherwise.
 */
import type { Doubt } from './doubtful.ts';
import { plant } from './doubt.ts';
import type { Machine } from './machine.ts';

/** The write stands at most so many instructions behind its check. */
const FAR = 24;
/** Calls, and what changes the heap: the write is not behind them. */
const BEYOND = /^(call|catch|return|resume|panic|trap|alloc|realloc|free|halt)/;

const SIZES: Readonly<Record<string, number>> = { '8': 1, '16': 2, '32': 4, '64': 8, f64: 8 };

/** Whether the program can touch these bytes at all. */
export const isThere = (m: Machine, address: number, size: number): boolean => address >= m.space.map.statics.start && size >= 0 && address + size <= m.space.end;

/** The bytes are about to be written, at `next` or a little later; where they are not live memory, nothing comes of it. */
export function undoWrite(m: Machine, address: number, size: number, next: number): void {
  if (m.heap.checkAccess(address, size, 'write') === null) return;
  const doubt = (m.doubt ??= { slots: new Map(), bytes: new Map(), planted: new Map(), stored: null, steps: 0, awaited: 0, undo: null });
  doubt.undo = { address, bytes: m.space.u8.slice(address, address + size), left: size, until: doubt.steps + FAR };
  plant(m, doubt, next);
}

/** Before an operation: does the write happen here? */
export function expectWrite(doubt: Doubt, name: string): void {
  const { undo } = doubt;
  if (undo === null) return;
  if (BEYOND.test(name)) doubt.undo = null;
  else if (/^(memory\.(copy|fill)|host)$/.test(name)) undo.left = 0;
  else if (/^(store|ptr\.store)/.test(name)) undo.left -= SIZES[/\d+$|f64/.exec(name.replace(/\.x$/, ''))?.[0] ?? ''] ?? 4;
}

/** After an operation. */
export function settleWrite(m: Machine, doubt: Doubt): void {
  const { undo } = doubt;
  if (undo === null) return;
  m.space.u8.set(undo.bytes, undo.address);
  if (undo.left <= 0 || doubt.steps > undo.until) doubt.undo = null;
}
