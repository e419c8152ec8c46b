/**
 * The allocator's fast path as WebAssembly: a slot is taken from the first slab of its class, or put back, with the statistics kept as
 * always. In: where the allocator's words are. Out: two functions, `take` and `put`, which every module that allocates has.
 * Invariant: what they do is exactly what `takeSlot` and `free` of `vm/memory/slab.ts` and `born` and `died` of `statistics.ts` do;
 * whatever is not the plain case (a slab that becomes full or empty, other sizes, a wrong address, the limit) goes there instead.
 */
import { F64, I32, unsigned, wasm } from './bytes.ts';
import { constant, callNamed, emit, getLocal, int, makeFrame, newLocal, setLocal, teeLocal } from './frame.ts';
import type { Frame, Unit } from './frame.ts';
import type { Written } from './function.ts';
import { op } from './lower.ts';

export type FastAllocation = { readonly heads: number; readonly highest: number; readonly table: number; readonly start: number; readonly statistics: number; readonly limit: number };

export const TAKE = { params: [I32, I32, I32], results: [I32] } as const;
export const PUT = { params: [I32, I32], results: [I32] } as const;

const LOAD = 0x28;
const LOAD16 = 0x2f;
const STORE = 0x36;
const STORE16 = 0x3b;
const LOAD_F64 = 0x2b;
const STORE_F64 = 0x39;
const LIVE = 0x8000;
const NEXT = 0x3ff;
const NOTES = 32;
const SMALL = 1024;
const SLAB = 2;
const PAGE_BITS = 14;
const ROW = 64;

const at = (f: Frame, code: number, offset: number): void => emit(f, code, code === LOAD16 || code === STORE16 ? 1 : code === LOAD_F64 || code === STORE_F64 ? 3 : 2, ...unsigned(offset));
const does = (f: Frame, ...names: readonly string[]): void => emit(f, ...names.map(op));

/** Adds to a word: the address is in a local. */
function bump(f: Frame, address: number, offset: number, amount: () => void, verb: 'i32.add' | 'i32.sub'): void {
  getLocal(f, address);
  getLocal(f, address);
  at(f, LOAD, offset);
  amount();
  does(f, verb);
  at(f, STORE, offset);
}

/** Current usage, its peak and the number of live blocks of a row. */
function grow(f: Frame, row: number, size: number, current: number): void {
  getLocal(f, row);
  getLocal(f, row);
  at(f, LOAD, 0);
  getLocal(f, size);
  does(f, 'i32.add');
  teeLocal(f, current);
  at(f, STORE, 0);
  getLocal(f, current);
  getLocal(f, row);
  at(f, LOAD, 4);
  does(f, 'i32.gt_s');
  emit(f, wasm.if, 0x40);
  getLocal(f, row);
  getLocal(f, current);
  at(f, STORE, 4);
  emit(f, wasm.end);
  bump(f, row, 8, () => int(f, 1), 'i32.add');
}

function total(f: Frame, row: number, offset: number, amount: () => void): void {
  getLocal(f, row);
  getLocal(f, row);
  at(f, LOAD_F64, offset);
  amount();
  does(f, 'f64.add');
  at(f, STORE_F64, offset);
}

const rowOf = (f: Frame, { statistics }: FastAllocation, family: number, row: number): void => {
  getLocal(f, family);
  int(f, 1);
  does(f, 'i32.add');
  int(f, ROW);
  does(f, 'i32.mul');
  int(f, statistics);
  does(f, 'i32.add');
  setLocal(f, row);
};

/** `take(size, align, family)`: the address, as the heap's `alloc` gives it. */
export function writeTake(unit: Unit, fast: FastAllocation): Written {
  const f = makeFrame(unit, [I32], -1, 3);
  const [size, align, family] = [0, 1, 2];
  const [units, slab, slot, note, next, row, current] = Array.from({ length: 7 }, () => newLocal(f, I32)) as [number, number, number, number, number, number, number];
  emit(f, wasm.block, 0x40);
  const slow = (): void => emit(f, wasm.br_if, 0);
  getLocal(f, size);
  int(f, SMALL);
  does(f, 'i32.gt_u');
  getLocal(f, align);
  int(f, 16);
  does(f, 'i32.gt_u', 'i32.or');
  slow();
  int(f, fast.limit);
  int(f, fast.statistics);
  at(f, LOAD, 0);
  does(f, 'i32.sub');
  getLocal(f, size);
  does(f, 'i32.lt_s');
  slow();
  // The class: steps of 16 up to 128, then four to a power of two.
  getLocal(f, size);
  int(f, 15);
  does(f, 'i32.add');
  int(f, 4);
  does(f, 'i32.shr_u');
  teeLocal(f, units);
  int(f, 8);
  does(f, 'i32.le_u');
  emit(f, wasm.if, I32);
  // 0 and 1 units are both the first class.
  getLocal(f, units);
  getLocal(f, units);
  int(f, 0);
  does(f, 'i32.ne', 'i32.sub');
  emit(f, wasm.else);
  int(f, 31);
  getLocal(f, units);
  int(f, 1);
  does(f, 'i32.sub');
  teeLocal(f, units);
  does(f, 'i32.clz', 'i32.sub');
  teeLocal(f, slot);
  int(f, 2);
  does(f, 'i32.shl');
  int(f, 4);
  does(f, 'i32.sub');
  getLocal(f, units);
  int(f, 1);
  getLocal(f, slot);
  does(f, 'i32.shl', 'i32.sub');
  getLocal(f, slot);
  int(f, 2);
  does(f, 'i32.sub', 'i32.shr_u', 'i32.add');
  emit(f, wasm.end);
  int(f, 2);
  does(f, 'i32.shl');
  at(f, LOAD, fast.heads);
  teeLocal(f, slab);
  does(f, 'i32.eqz');
  slow();
  getLocal(f, slab);
  at(f, LOAD, 8);
  int(f, 1);
  does(f, 'i32.sub');
  teeLocal(f, slot);
  int(f, 1);
  does(f, 'i32.shl');
  getLocal(f, slab);
  does(f, 'i32.add');
  teeLocal(f, note);
  at(f, LOAD16, NOTES);
  int(f, NEXT);
  does(f, 'i32.and');
  teeLocal(f, next);
  does(f, 'i32.eqz');
  slow();
  getLocal(f, note);
  getLocal(f, family);
  int(f, 1);
  does(f, 'i32.add');
  int(f, 11);
  does(f, 'i32.shl');
  getLocal(f, size);
  does(f, 'i32.or');
  int(f, LIVE);
  does(f, 'i32.or');
  at(f, STORE16, NOTES);
  getLocal(f, slab);
  getLocal(f, next);
  at(f, STORE, 8);
  bump(f, slab, 12, () => int(f, 1), 'i32.add');
  rowOf(f, fast, family, row);
  grow(f, row, size, current);
  total(f, row, 16, () => {
    getLocal(f, size);
    does(f, 'f64.convert_i32_u');
  });
  total(f, row, 24, () => constant(f, F64, { low: 0, high: 0x3ff00000 }));
  int(f, fast.statistics);
  setLocal(f, row);
  grow(f, row, size, current);
  getLocal(f, slab);
  getLocal(f, slab);
  at(f, LOAD, 0);
  teeLocal(f, next);
  int(f, 0xffff);
  does(f, 'i32.and', 'i32.add');
  getLocal(f, slot);
  getLocal(f, next);
  int(f, 16);
  does(f, 'i32.shr_u', 'i32.mul', 'i32.add');
  emit(f, wasm.return, wasm.end);
  for (const local of [size, align, family]) getLocal(f, local);
  callNamed(f, 'alloc', TAKE);
  emit(f, wasm.end);
  return { ...TAKE, locals: f.locals, code: f.bytes, calls: f.calls };
}

/** `put(address, family)`: 0, or 1 when the interpreter must say what is wrong. */
export function writePut(unit: Unit, fast: FastAllocation): Written {
  const f = makeFrame(unit, [I32], -1, 2);
  const [address, family] = [0, 1];
  const [page, slab, slot, shape, more, note, row, size] = Array.from({ length: 8 }, () => newLocal(f, I32)) as [number, number, number, number, number, number, number, number];
  emit(f, wasm.block, 0x40);
  const slow = (): void => emit(f, wasm.br_if, 0);
  getLocal(f, address);
  int(f, fast.start);
  does(f, 'i32.sub');
  int(f, PAGE_BITS);
  does(f, 'i32.shr_s');
  teeLocal(f, page);
  int(f, fast.highest);
  at(f, LOAD, 0);
  does(f, 'i32.ge_u');
  slow();
  getLocal(f, page);
  int(f, 4);
  does(f, 'i32.shl');
  at(f, LOAD, fast.table);
  int(f, SLAB);
  does(f, 'i32.ne');
  slow();
  getLocal(f, address);
  int(f, -(1 << PAGE_BITS));
  does(f, 'i32.and');
  teeLocal(f, slab);
  at(f, LOAD, 0);
  setLocal(f, shape);
  getLocal(f, slab);
  at(f, LOAD, 4);
  setLocal(f, more);
  // The slot that begins at the address, if one does.
  getLocal(f, address);
  getLocal(f, slab);
  does(f, 'i32.sub');
  getLocal(f, shape);
  int(f, 0xffff);
  does(f, 'i32.and', 'i32.sub');
  teeLocal(f, size);
  int(f, 0);
  does(f, 'i32.lt_s');
  slow();
  getLocal(f, size);
  int(f, 4);
  does(f, 'i32.shr_u');
  getLocal(f, more);
  int(f, 15);
  does(f, 'i32.shr_u', 'i32.mul');
  int(f, 16);
  does(f, 'i32.shr_u');
  teeLocal(f, slot);
  getLocal(f, shape);
  int(f, 16);
  does(f, 'i32.shr_u', 'i32.mul');
  getLocal(f, size);
  does(f, 'i32.ne');
  getLocal(f, slot);
  getLocal(f, more);
  int(f, 5);
  does(f, 'i32.shr_u');
  int(f, NEXT);
  does(f, 'i32.and', 'i32.ge_u', 'i32.or');
  slow();
  getLocal(f, slab);
  getLocal(f, slot);
  int(f, 1);
  does(f, 'i32.shl', 'i32.add');
  teeLocal(f, page);
  at(f, LOAD16, NOTES);
  teeLocal(f, note);
  int(f, 11);
  does(f, 'i32.shr_u');
  // Live, and of this family: five bits at once.
  getLocal(f, family);
  int(f, 1 + (LIVE >>> 11));
  does(f, 'i32.add', 'i32.ne');
  slow();
  getLocal(f, slab);
  at(f, LOAD, 8);
  teeLocal(f, more);
  does(f, 'i32.eqz');
  getLocal(f, slab);
  at(f, LOAD, 12);
  int(f, 1);
  does(f, 'i32.eq', 'i32.or');
  slow();
  getLocal(f, page);
  getLocal(f, more);
  at(f, STORE16, NOTES);
  getLocal(f, slab);
  getLocal(f, slot);
  int(f, 1);
  does(f, 'i32.add');
  at(f, STORE, 8);
  bump(f, slab, 12, () => int(f, 1), 'i32.sub');
  getLocal(f, note);
  int(f, 2047);
  does(f, 'i32.and');
  setLocal(f, size);
  rowOf(f, fast, family, row);
  for (const last of [false, true]) {
    bump(f, row, 0, () => getLocal(f, size), 'i32.sub');
    bump(f, row, 8, () => int(f, 1), 'i32.sub');
    if (last) break;
    int(f, fast.statistics);
    setLocal(f, row);
  }
  int(f, 0);
  emit(f, wasm.return, wasm.end);
  getLocal(f, address);
  getLocal(f, family);
  callNamed(f, 'free', PUT);
  emit(f, wasm.end);
  return { ...PUT, locals: f.locals, code: f.bytes, calls: f.calls };
}
