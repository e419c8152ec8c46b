/**
 * The shadow around an address, as AddressSanitizer prints it: rows of 16 shadow bytes, each of which stands for 8 bytes of memory. In: a heap with a
 * sanitizer, an address. Out: rows as numbers, the place of the address in them, and which meanings occur. Wording is the report's business.
 */
import type { Heap } from './heap.ts';
import * as codes from './shadow.ts';

export interface ShadowTable {
  /** Rows in order; `address` is that of the memory that the row's first byte stands for. */
  readonly rows: readonly { readonly address: number; readonly bytes: readonly number[] }[];
  /** Which row and which byte of it is the address's. */
  readonly row: number;
  readonly column: number;
  /** The values that occur, ascending, by their meaning; 1 stands for all of 1 … 7. */
  readonly legend: readonly { readonly code: number; readonly means: ShadowMeaning }[];
}

export type ShadowMeaning = 'open' | 'partly-open' | 'red-zone' | 'freed' | 'poisoned' | 'between-locals' | 'after-return' | 'after-scope' | 'static-zone' | 'dynamic-zone' | 'mixed';

const MEANINGS: ReadonlyMap<number, ShadowMeaning> = new Map([
  [0, 'open'], [1, 'partly-open'], [codes.RED_ZONE, 'red-zone'], [codes.FREED, 'freed'], [codes.POISONED, 'poisoned'], [codes.STACK_BETWEEN, 'between-locals'], [codes.AFTER_RETURN, 'after-return'],
  [codes.AFTER_SCOPE, 'after-scope'], [codes.STATIC_ZONE, 'static-zone'], [codes.DYNAMIC_ZONE, 'dynamic-zone'], [codes.MIXED, 'mixed'],
]);

const WIDTH = 16;
const AROUND = 3;

/** Null where there is no shadow: outside of the debug profile, and for addresses outside of memory. */
export function shadowTable({ sanitizer, space }: Heap, address: number): ShadowTable | null {
  if (sanitizer === null || address < space.map.statics.start || address >= space.end) return null;
  const { base } = sanitizer.shadow;
  const granule = address >>> 3;
  const first = space.map.statics.start >>> 3;
  const end = space.end >>> 3;
  const middle = granule - (granule % WIDTH);
  const rows: { address: number; bytes: number[] }[] = [];
  let row = 0;
  for (let at = middle - AROUND * WIDTH; at <= middle + AROUND * WIDTH; at += WIDTH) {
    if (at + WIDTH <= first || at >= end) continue;
    if (at === middle) row = rows.length;
    rows.push({ address: at * 8, bytes: Array.from(space.u8.subarray(base + at, base + at + WIDTH)) });
  }
  const values = new Set(rows.flatMap(({ bytes }) => bytes.map(byte => (byte > 0 && byte < 8 ? 1 : byte))));
  const legend = [...values].sort((a, b) => a - b).map(code => ({ code, means: MEANINGS.get(code) ?? 'poisoned' }));
  return { rows, row, column: granule % WIDTH, legend };
}
