/**
 * The interpreter: one switch over register code. In: a machine that is running. Out: nothing; it returns when the machine's status is no
 * longer `running`, or its fuel is used up.
 * Invariant: `pc` stays on an instruction until it is done, so that whatever stops there can be reported, unwound or resumed.
 * Numbers of cases are positions in `operations.ts` (a spec compares them with the names beside them). The function must stay under
 * V8's limit of 60 KB of bytecode for optimised code, so what is rare stands in `rare.ts`, and what stops goes out by `reason`.
 * Cost: nothing is allocated in the loop; fuel is counted at calls and taken branches.
 */
import { addTo, divide, isLeast, isMinusOne, isZero, lessSigned, lessUnsigned, multiply, rotateLeft, shiftLeft, shiftRight, subtractFrom } from './int64.ts';
import type { Machine } from './machine.ts';
import { firstRare } from './operations.ts';
import type { CommonNumber } from './operations.ts';
import { handlers } from './rare.ts';
import { stopAt } from './stop.ts';

/* eslint-disable -- the loop reads typed arrays at places that the verifier has shown to exist */
export function interpret(m: Machine): void {
  run: while (m.status === 'running') {
    m.changed = false;
    const I = m.ints;
    const F = m.floats;
    const S = m.singles;
    const slotEnd = m.slotEnd;
    const callEnd = m.callEnd;
    const U8 = m.space.u8;
    const I8 = m.space.i8;
    const U16 = m.space.u16;
    const I16 = m.space.i16;
    const M = m.space.i32;
    const D = m.space.f64;
    const Q = m.heap.sanitizer === null ? null : m.heap.sanitizer.quick;
    const low = m.space.map.statics.start;
    const span1 = m.space.end - low;
    const span2 = span1 - 1;
    const span4 = span1 - 3;
    const span8 = span1 - 7;
    let pc = m.pc;
    let fp = m.fp;
    let cp = m.cp;
    let fuel = m.fuel;
    /** Why the inner loop was left, and what `stopAt` must know of it: set only on the way out, since what the loop carries costs. */
    let reason = 0;
    let detail = 0;
    let address = 0;

    step: for (;;) {
      const operation = I[pc] as CommonNumber;
      switch (operation) {
        case 0: /* halt */ reason = 1; break step;

        // ── moves ──
        case 1: /* move */ { const p = fp + I[pc + 1]!; const q = fp + I[pc + 2]!; I[p] = I[q]!; I[p + 1] = I[q + 1]!; pc += 3; continue; }
        case 2: /* const */ { const p = fp + I[pc + 1]!; I[p] = I[pc + 2]!; I[p + 1] = 0; pc += 3; continue; }
        case 3: /* const2 */ { const p = fp + I[pc + 1]!; I[p] = I[pc + 2]!; I[p + 1] = I[pc + 3]!; pc += 4; continue; }
        case 4: /* zero */ { const p = fp + I[pc + 1]!; I.fill(0, p, p + I[pc + 2]! * 2); pc += 3; continue; }
        case 5: /* select */ { const p = fp + I[pc + 1]!; const q = fp + (I[fp + I[pc + 4]!]! !== 0 ? I[pc + 2]! : I[pc + 3]!); I[p] = I[q]!; I[p + 1] = I[q + 1]!; pc += 5; continue; }

        // ── branches; a taken one costs fuel ──
        case 6: /* br */ pc = I[pc + 1]!; if (--fuel < 0) { reason = 2; break step; } continue;
        case 7: /* br_if */ if (I[fp + I[pc + 1]!]! !== 0) { pc = I[pc + 2]!; if (--fuel < 0) { reason = 2; break step; } } else pc += 3; continue;
        case 8: /* br_unless */ if (I[fp + I[pc + 1]!]! === 0) { pc = I[pc + 2]!; if (--fuel < 0) { reason = 2; break step; } } else pc += 3; continue;
        case 9: /* br_table */ { const x = I[fp + I[pc + 1]!]! >>> 0; const q = I[pc + 2]!; pc = I[pc + 3 + (x < q ? x : q)]!; if (--fuel < 0) { reason = 2; break step; } continue; }
        case 10: /* br.i32.eq */ if (I[fp + I[pc + 1]!]! === I[fp + I[pc + 2]!]!) break; pc += 4; continue;
        case 11: /* br.i32.ne */ if (I[fp + I[pc + 1]!]! !== I[fp + I[pc + 2]!]!) break; pc += 4; continue;
        case 12: /* br.i32.lt_s */ if (I[fp + I[pc + 1]!]! < I[fp + I[pc + 2]!]!) break; pc += 4; continue;
        case 13: /* br.i32.ge_s */ if (I[fp + I[pc + 1]!]! >= I[fp + I[pc + 2]!]!) break; pc += 4; continue;
        case 14: /* br.i32.lt_u */ if (I[fp + I[pc + 1]!]! >>> 0 < I[fp + I[pc + 2]!]! >>> 0) break; pc += 4; continue;
        case 15: /* br.i32.ge_u */ if (I[fp + I[pc + 1]!]! >>> 0 >= I[fp + I[pc + 2]!]! >>> 0) break; pc += 4; continue;
        case 16: /* br.i32.eq# */ if (I[fp + I[pc + 1]!]! === I[pc + 2]!) break; pc += 4; continue;
        case 17: /* br.i32.ne# */ if (I[fp + I[pc + 1]!]! !== I[pc + 2]!) break; pc += 4; continue;
        case 18: /* br.i32.lt_s# */ if (I[fp + I[pc + 1]!]! < I[pc + 2]!) break; pc += 4; continue;
        case 19: /* br.i32.ge_s# */ if (I[fp + I[pc + 1]!]! >= I[pc + 2]!) break; pc += 4; continue;
        case 20: /* br.i32.gt_s# */ if (I[fp + I[pc + 1]!]! > I[pc + 2]!) break; pc += 4; continue;
        case 21: /* br.i32.le_s# */ if (I[fp + I[pc + 1]!]! <= I[pc + 2]!) break; pc += 4; continue;
        case 22: /* br.i32.lt_u# */ if (I[fp + I[pc + 1]!]! >>> 0 < I[pc + 2]! >>> 0) break; pc += 4; continue;
        case 23: /* br.i32.ge_u# */ if (I[fp + I[pc + 1]!]! >>> 0 >= I[pc + 2]! >>> 0) break; pc += 4; continue;
        case 24: /* br.i32.gt_u# */ if (I[fp + I[pc + 1]!]! >>> 0 > I[pc + 2]! >>> 0) break; pc += 4; continue;
        case 25: /* br.i32.le_u# */ if (I[fp + I[pc + 1]!]! >>> 0 <= I[pc + 2]! >>> 0) break; pc += 4; continue;
        case 26: /* br.i64.eq */ { const p = fp + I[pc + 1]!; const q = fp + I[pc + 2]!; if (I[p] === I[q] && I[p + 1] === I[q + 1]) break; pc += 4; continue; }
        case 27: /* br.i64.ne */ { const p = fp + I[pc + 1]!; const q = fp + I[pc + 2]!; if (I[p] !== I[q] || I[p + 1] !== I[q + 1]) break; pc += 4; continue; }
        case 28: /* br.i64.lt_s */ if (lessSigned(I, fp + I[pc + 1]!, fp + I[pc + 2]!)) break; pc += 4; continue;
        case 29: /* br.i64.ge_s */ if (!lessSigned(I, fp + I[pc + 1]!, fp + I[pc + 2]!)) break; pc += 4; continue;
        case 30: /* br.i64.lt_u */ if (lessUnsigned(I, fp + I[pc + 1]!, fp + I[pc + 2]!)) break; pc += 4; continue;
        case 31: /* br.i64.ge_u */ if (!lessUnsigned(I, fp + I[pc + 1]!, fp + I[pc + 2]!)) break; pc += 4; continue;
        case 32: /* br.f64.eq */ if (F[(fp + I[pc + 1]!) >> 1]! === F[(fp + I[pc + 2]!) >> 1]!) break; pc += 4; continue;
        case 33: /* br.f64.ne */ if (F[(fp + I[pc + 1]!) >> 1]! !== F[(fp + I[pc + 2]!) >> 1]!) break; pc += 4; continue;
        case 34: /* br.f64.lt */ if (F[(fp + I[pc + 1]!) >> 1]! < F[(fp + I[pc + 2]!) >> 1]!) break; pc += 4; continue;
        case 35: /* br.f64.nlt */ if (!(F[(fp + I[pc + 1]!) >> 1]! < F[(fp + I[pc + 2]!) >> 1]!)) break; pc += 4; continue;
        case 36: /* br.f64.le */ if (F[(fp + I[pc + 1]!) >> 1]! <= F[(fp + I[pc + 2]!) >> 1]!) break; pc += 4; continue;
        case 37: /* br.f64.nle */ if (!(F[(fp + I[pc + 1]!) >> 1]! <= F[(fp + I[pc + 2]!) >> 1]!)) break; pc += 4; continue;

        // ── calls: the arguments are the first locals of the callee; a record keeps the caller's place ──
        case 38: /* call */ {
          const p = I[pc + 1]!;
          const q = fp + I[pc + 2]!;
          if (q + I[p - 1]! > slotEnd || cp >= callEnd) { reason = 3; break step; }
          I[cp] = pc + 3; I[cp + 1] = fp; cp += 2;
          fp = q; pc = p;
          if (--fuel < 0) { reason = 2; break step; }
          continue;
        }
        case 39: /* call.lazy */ reason = 4; detail = I[pc + 1]!; break step;
        case 40: /* call_indirect */ {
          const x = I[fp + I[pc + 2]!]!;
          if (x >>> 0 >= m.table.length || m.tableSignatures[x] !== m.signatureIds[I[pc + 1]!]) { reason = 5; detail = x; break step; }
          const p = m.entries[m.table[x]!]!;
          if (p === 0) { reason = 6; detail = m.table[x]!; break step; }
          const q = fp + I[pc + 3]!;
          if (q + I[p - 1]! > slotEnd || cp >= callEnd) { reason = 3; break step; }
          I[cp] = pc + 4; I[cp + 1] = fp; cp += 2;
          fp = q; pc = p;
          if (--fuel < 0) { reason = 2; break step; }
          continue;
        }
        case 42: /* return1 */ { const p = fp + I[pc + 1]!; I[fp] = I[p]!; I[fp + 1] = I[p + 1]!; cp -= 2; pc = I[cp]!; fp = I[cp + 1]!; continue; }
        case 41: /* return */ cp -= 2; pc = I[cp]!; fp = I[cp + 1]!; continue;
        case 43: /* frame */ {
          const p = fp + I[pc + 1]!; const top = m.msp; const align = I[pc + 3]!;
          const start = (top + align - 1) & -align;
          const end = start + I[pc + 2]!;
          if (end > m.stackEnd) { reason = 3; break step; }
          I[p] = start; I[p + 1] = top; m.msp = end; pc += 4; continue;
        }
        case 44: /* leave */ m.msp = I[fp + I[pc + 1]! + 1]!; pc += 2; continue;
        case 45: /* frame.slot */ { const p = fp + I[pc + 1]!; I[p] = I[fp + I[pc + 2]!]! + I[pc + 3]!; I[p + 1] = 0; pc += 4; continue; }

        // ── i32 ──
        case 46: /* i32.add */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! + I[fp + I[pc + 3]!]!; pc += 4; continue;
        case 47: /* i32.sub */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! - I[fp + I[pc + 3]!]!; pc += 4; continue;
        case 48: /* i32.mul */ I[fp + I[pc + 1]!] = Math.imul(I[fp + I[pc + 2]!]!, I[fp + I[pc + 3]!]!); pc += 4; continue;
        case 49: /* i32.and */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! & I[fp + I[pc + 3]!]!; pc += 4; continue;
        case 50: /* i32.or */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! | I[fp + I[pc + 3]!]!; pc += 4; continue;
        case 51: /* i32.xor */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! ^ I[fp + I[pc + 3]!]!; pc += 4; continue;
        case 52: /* i32.shl */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! << I[fp + I[pc + 3]!]!; pc += 4; continue;
        case 53: /* i32.shr_s */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >> I[fp + I[pc + 3]!]!; pc += 4; continue;
        case 54: /* i32.shr_u */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >>> I[fp + I[pc + 3]!]!; pc += 4; continue;
        case 55: /* i32.div_s */ { const x = I[fp + I[pc + 3]!]!; if (x === 0) { reason = 8; detail = 8; break step; } I[fp + I[pc + 1]!] = (I[fp + I[pc + 2]!]! / x) | 0; pc += 4; continue; }
        case 56: /* i32.div_u */ { const x = I[fp + I[pc + 3]!]! >>> 0; if (x === 0) { reason = 8; detail = 8; break step; } I[fp + I[pc + 1]!] = (I[fp + I[pc + 2]!]! >>> 0) / x | 0; pc += 4; continue; }
        case 57: /* i32.rem_s */ { const x = I[fp + I[pc + 3]!]!; if (x === 0) { reason = 8; detail = 9; break step; } I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! % x | 0; pc += 4; continue; }
        case 58: /* i32.rem_u */ { const x = I[fp + I[pc + 3]!]! >>> 0; if (x === 0) { reason = 8; detail = 9; break step; } I[fp + I[pc + 1]!] = (I[fp + I[pc + 2]!]! >>> 0) % x | 0; pc += 4; continue; }
        case 59: /* i32.add# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! + I[pc + 3]!; pc += 4; continue;
        case 60: /* i32.mul# */ I[fp + I[pc + 1]!] = Math.imul(I[fp + I[pc + 2]!]!, I[pc + 3]!); pc += 4; continue;
        case 61: /* i32.and# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! & I[pc + 3]!; pc += 4; continue;
        case 62: /* i32.or# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! | I[pc + 3]!; pc += 4; continue;
        case 63: /* i32.xor# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! ^ I[pc + 3]!; pc += 4; continue;
        case 64: /* i32.shl# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! << I[pc + 3]!; pc += 4; continue;
        case 65: /* i32.shr_s# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >> I[pc + 3]!; pc += 4; continue;
        case 66: /* i32.shr_u# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >>> I[pc + 3]!; pc += 4; continue;
        case 67: /* i32.div_s# */ I[fp + I[pc + 1]!] = (I[fp + I[pc + 2]!]! / I[pc + 3]!) | 0; pc += 4; continue;
        case 68: /* i32.div_u# */ I[fp + I[pc + 1]!] = (I[fp + I[pc + 2]!]! >>> 0) / I[pc + 3]! | 0; pc += 4; continue;
        case 69: /* i32.rem_s# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! % I[pc + 3]! | 0; pc += 4; continue;
        case 70: /* i32.rem_u# */ I[fp + I[pc + 1]!] = (I[fp + I[pc + 2]!]! >>> 0) % I[pc + 3]! | 0; pc += 4; continue;
        case 71: /* i32.eqz */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! === 0 ? 1 : 0; pc += 3; continue;
        case 72: /* i32.eq */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! === I[fp + I[pc + 3]!]! ? 1 : 0; pc += 4; continue;
        case 73: /* i32.ne */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! !== I[fp + I[pc + 3]!]! ? 1 : 0; pc += 4; continue;
        case 74: /* i32.lt_s */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! < I[fp + I[pc + 3]!]! ? 1 : 0; pc += 4; continue;
        case 75: /* i32.ge_s */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >= I[fp + I[pc + 3]!]! ? 1 : 0; pc += 4; continue;
        case 76: /* i32.lt_u */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >>> 0 < I[fp + I[pc + 3]!]! >>> 0 ? 1 : 0; pc += 4; continue;
        case 77: /* i32.ge_u */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >>> 0 >= I[fp + I[pc + 3]!]! >>> 0 ? 1 : 0; pc += 4; continue;
        case 78: /* i32.eq# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! === I[pc + 3]! ? 1 : 0; pc += 4; continue;
        case 79: /* i32.ne# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! !== I[pc + 3]! ? 1 : 0; pc += 4; continue;
        case 80: /* i32.lt_s# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! < I[pc + 3]! ? 1 : 0; pc += 4; continue;
        case 81: /* i32.ge_s# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >= I[pc + 3]! ? 1 : 0; pc += 4; continue;
        case 82: /* i32.gt_s# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! > I[pc + 3]! ? 1 : 0; pc += 4; continue;
        case 83: /* i32.le_s# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! <= I[pc + 3]! ? 1 : 0; pc += 4; continue;
        case 84: /* i32.lt_u# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >>> 0 < I[pc + 3]! >>> 0 ? 1 : 0; pc += 4; continue;
        case 85: /* i32.ge_u# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >>> 0 >= I[pc + 3]! >>> 0 ? 1 : 0; pc += 4; continue;
        case 86: /* i32.gt_u# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >>> 0 > I[pc + 3]! >>> 0 ? 1 : 0; pc += 4; continue;
        case 87: /* i32.le_u# */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! >>> 0 <= I[pc + 3]! >>> 0 ? 1 : 0; pc += 4; continue;
        case 88: /* i32.extend8_s */ I[fp + I[pc + 1]!] = (I[fp + I[pc + 2]!]! << 24) >> 24; pc += 3; continue;
        case 89: /* i32.extend16_s */ I[fp + I[pc + 1]!] = (I[fp + I[pc + 2]!]! << 16) >> 16; pc += 3; continue;
        case 90: /* i32.wrap */ { const p = fp + I[pc + 1]!; I[p] = I[fp + I[pc + 2]!]!; I[p + 1] = 0; pc += 3; continue; }

        // ── i64, two halves ──
        case 91: /* i64.add */ addTo(I, fp + I[pc + 1]!, fp + I[pc + 2]!, fp + I[pc + 3]!, true); pc += 4; continue;
        case 92: /* i64.add# */ {
          const p = fp + I[pc + 1]!; const q = fp + I[pc + 2]!; const x = I[q]!; const y = I[pc + 3]!;
          I[p + 1] = I[q + 1]! + (y >> 31) + ((x + y) >>> 0 < x >>> 0 ? 1 : 0);
          I[p] = x + y; pc += 4; continue;
        }
        case 93: /* i64.sub */ subtractFrom(I, fp + I[pc + 1]!, fp + I[pc + 2]!, fp + I[pc + 3]!, true); pc += 4; continue;
        case 94: /* i64.mul */ multiply(I, fp + I[pc + 1]!, fp + I[pc + 2]!, fp + I[pc + 3]!); pc += 4; continue;
        case 95: /* i64.and */ { const x = fp + I[pc + 1]!; const p = fp + I[pc + 2]!; const q = fp + I[pc + 3]!; I[x] = I[p]! & I[q]!; I[x + 1] = I[p + 1]! & I[q + 1]!; pc += 4; continue; }
        case 96: /* i64.or */ { const x = fp + I[pc + 1]!; const p = fp + I[pc + 2]!; const q = fp + I[pc + 3]!; I[x] = I[p]! | I[q]!; I[x + 1] = I[p + 1]! | I[q + 1]!; pc += 4; continue; }
        case 97: /* i64.xor */ { const x = fp + I[pc + 1]!; const p = fp + I[pc + 2]!; const q = fp + I[pc + 3]!; I[x] = I[p]! ^ I[q]!; I[x + 1] = I[p + 1]! ^ I[q + 1]!; pc += 4; continue; }
        case 98: /* i64.shl */ shiftLeft(I, fp + I[pc + 1]!, fp + I[pc + 2]!, I[fp + I[pc + 3]!]!); pc += 4; continue;
        case 99: /* i64.shr_s */ shiftRight(I, fp + I[pc + 1]!, fp + I[pc + 2]!, I[fp + I[pc + 3]!]!, true); pc += 4; continue;
        case 100: /* i64.shr_u */ shiftRight(I, fp + I[pc + 1]!, fp + I[pc + 2]!, I[fp + I[pc + 3]!]!, false); pc += 4; continue;
        case 101: /* i64.shl# */ shiftLeft(I, fp + I[pc + 1]!, fp + I[pc + 2]!, I[pc + 3]!); pc += 4; continue;
        case 102: /* i64.shr_s# */ shiftRight(I, fp + I[pc + 1]!, fp + I[pc + 2]!, I[pc + 3]!, true); pc += 4; continue;
        case 103: /* i64.shr_u# */ shiftRight(I, fp + I[pc + 1]!, fp + I[pc + 2]!, I[pc + 3]!, false); pc += 4; continue;
        case 104: /* i64.rotl */ rotateLeft(I, fp + I[pc + 1]!, fp + I[pc + 2]!, I[fp + I[pc + 3]!]!); pc += 4; continue;
        case 105: /* i64.rotl# */ rotateLeft(I, fp + I[pc + 1]!, fp + I[pc + 2]!, I[pc + 3]!); pc += 4; continue;
        case 106: /* i64.eq */ { const p = fp + I[pc + 2]!; const q = fp + I[pc + 3]!; I[fp + I[pc + 1]!] = I[p] === I[q] && I[p + 1] === I[q + 1] ? 1 : 0; pc += 4; continue; }
        case 107: /* i64.ne */ { const p = fp + I[pc + 2]!; const q = fp + I[pc + 3]!; I[fp + I[pc + 1]!] = I[p] !== I[q] || I[p + 1] !== I[q + 1] ? 1 : 0; pc += 4; continue; }
        case 108: /* i64.lt_s */ I[fp + I[pc + 1]!] = lessSigned(I, fp + I[pc + 2]!, fp + I[pc + 3]!) ? 1 : 0; pc += 4; continue;
        case 109: /* i64.ge_s */ I[fp + I[pc + 1]!] = lessSigned(I, fp + I[pc + 2]!, fp + I[pc + 3]!) ? 0 : 1; pc += 4; continue;
        case 110: /* i64.lt_u */ I[fp + I[pc + 1]!] = lessUnsigned(I, fp + I[pc + 2]!, fp + I[pc + 3]!) ? 1 : 0; pc += 4; continue;
        case 111: /* i64.ge_u */ I[fp + I[pc + 1]!] = lessUnsigned(I, fp + I[pc + 2]!, fp + I[pc + 3]!) ? 0 : 1; pc += 4; continue;
        case 112: /* i64.extend_s */ { const p = fp + I[pc + 1]!; const x = I[fp + I[pc + 2]!]!; I[p] = x; I[p + 1] = x >> 31; pc += 3; continue; }
        case 113: /* i64.extend_u */ { const p = fp + I[pc + 1]!; I[p] = I[fp + I[pc + 2]!]!; I[p + 1] = 0; pc += 3; continue; }
        case 114: /* i64.div_s */ {
          const p = fp + I[pc + 2]!; const q = fp + I[pc + 3]!;
          if (isZero(I, q)) { reason = 8; detail = 8; break step; }
          if (isMinusOne(I, q) && isLeast(I, p)) { reason = 8; detail = 3; break step; }
          divide(I, fp + I[pc + 1]!, p, q, true, false); pc += 4; continue;
        }
        case 115: /* i64.div_u */ { const q = fp + I[pc + 3]!; if (isZero(I, q)) { reason = 8; detail = 8; break step; } divide(I, fp + I[pc + 1]!, fp + I[pc + 2]!, q, false, false); pc += 4; continue; }
        case 116: /* i64.rem_s */ {
          const q = fp + I[pc + 3]!;
          if (isZero(I, q)) { reason = 8; detail = 9; break step; }
          if (isMinusOne(I, q)) { const p = fp + I[pc + 1]!; I[p] = 0; I[p + 1] = 0; } else divide(I, fp + I[pc + 1]!, fp + I[pc + 2]!, q, true, true);
          pc += 4; continue;
        }
        case 117: /* i64.rem_u */ { const q = fp + I[pc + 3]!; if (isZero(I, q)) { reason = 8; detail = 9; break step; } divide(I, fp + I[pc + 1]!, fp + I[pc + 2]!, q, false, true); pc += 4; continue; }

        // ── floats; an f32 is the low word of its slot ──
        case 118: /* f64.add */ F[(fp + I[pc + 1]!) >> 1] = F[(fp + I[pc + 2]!) >> 1]! + F[(fp + I[pc + 3]!) >> 1]!; pc += 4; continue;
        case 119: /* f64.sub */ F[(fp + I[pc + 1]!) >> 1] = F[(fp + I[pc + 2]!) >> 1]! - F[(fp + I[pc + 3]!) >> 1]!; pc += 4; continue;
        case 120: /* f64.mul */ F[(fp + I[pc + 1]!) >> 1] = F[(fp + I[pc + 2]!) >> 1]! * F[(fp + I[pc + 3]!) >> 1]!; pc += 4; continue;
        case 121: /* f64.div */ F[(fp + I[pc + 1]!) >> 1] = F[(fp + I[pc + 2]!) >> 1]! / F[(fp + I[pc + 3]!) >> 1]!; pc += 4; continue;
        case 122: /* f64.neg */ { const p = fp + I[pc + 1]!; const q = fp + I[pc + 2]!; I[p] = I[q]!; I[p + 1] = I[q + 1]! ^ -2147483648; pc += 3; continue; }
        case 123: /* f64.abs */ { const p = fp + I[pc + 1]!; const q = fp + I[pc + 2]!; I[p] = I[q]!; I[p + 1] = I[q + 1]! & 2147483647; pc += 3; continue; }
        case 124: /* f64.sqrt */ F[(fp + I[pc + 1]!) >> 1] = Math.sqrt(F[(fp + I[pc + 2]!) >> 1]!); pc += 3; continue;
        case 125: /* f64.eq */ I[fp + I[pc + 1]!] = F[(fp + I[pc + 2]!) >> 1]! === F[(fp + I[pc + 3]!) >> 1]! ? 1 : 0; pc += 4; continue;
        case 126: /* f64.ne */ I[fp + I[pc + 1]!] = F[(fp + I[pc + 2]!) >> 1]! !== F[(fp + I[pc + 3]!) >> 1]! ? 1 : 0; pc += 4; continue;
        case 127: /* f64.lt */ I[fp + I[pc + 1]!] = F[(fp + I[pc + 2]!) >> 1]! < F[(fp + I[pc + 3]!) >> 1]! ? 1 : 0; pc += 4; continue;
        case 128: /* f64.le */ I[fp + I[pc + 1]!] = F[(fp + I[pc + 2]!) >> 1]! <= F[(fp + I[pc + 3]!) >> 1]! ? 1 : 0; pc += 4; continue;
        case 129: /* f64.convert_i32_s */ F[(fp + I[pc + 1]!) >> 1] = I[fp + I[pc + 2]!]!; pc += 3; continue;
        case 130: /* f64.convert_i32_u */ F[(fp + I[pc + 1]!) >> 1] = I[fp + I[pc + 2]!]! >>> 0; pc += 3; continue;
        case 131: /* i32.trunc_sat_f64_s */ { const f = F[(fp + I[pc + 2]!) >> 1]!; I[fp + I[pc + 1]!] = f >= 2147483647 ? 2147483647 : f <= -2147483648 ? -2147483648 : f | 0; pc += 3; continue; }
        case 132: /* i32.trunc_sat_f64_u */ { const f = F[(fp + I[pc + 2]!) >> 1]!; I[fp + I[pc + 1]!] = f >= 4294967295 ? -1 : f > 0 ? f >>> 0 : 0; pc += 3; continue; }
        case 133: /* f64.promote_f32 */ F[(fp + I[pc + 1]!) >> 1] = S[fp + I[pc + 2]!]!; pc += 3; continue;
        case 134: /* f32.demote_f64 */ S[fp + I[pc + 1]!] = F[(fp + I[pc + 2]!) >> 1]!; pc += 3; continue;
        case 135: /* f32.add */ S[fp + I[pc + 1]!] = S[fp + I[pc + 2]!]! + S[fp + I[pc + 3]!]!; pc += 4; continue;
        case 136: /* f32.sub */ S[fp + I[pc + 1]!] = S[fp + I[pc + 2]!]! - S[fp + I[pc + 3]!]!; pc += 4; continue;
        case 137: /* f32.mul */ S[fp + I[pc + 1]!] = S[fp + I[pc + 2]!]! * S[fp + I[pc + 3]!]!; pc += 4; continue;
        case 138: /* f32.div */ S[fp + I[pc + 1]!] = S[fp + I[pc + 2]!]! / S[fp + I[pc + 3]!]!; pc += 4; continue;
        case 139: /* f32.eq */ I[fp + I[pc + 1]!] = S[fp + I[pc + 2]!]! === S[fp + I[pc + 3]!]! ? 1 : 0; pc += 4; continue;
        case 140: /* f32.ne */ I[fp + I[pc + 1]!] = S[fp + I[pc + 2]!]! !== S[fp + I[pc + 3]!]! ? 1 : 0; pc += 4; continue;
        case 141: /* f32.lt */ I[fp + I[pc + 1]!] = S[fp + I[pc + 2]!]! < S[fp + I[pc + 3]!]! ? 1 : 0; pc += 4; continue;
        case 142: /* f32.le */ I[fp + I[pc + 1]!] = S[fp + I[pc + 2]!]! <= S[fp + I[pc + 3]!]! ? 1 : 0; pc += 4; continue;

        // ── memory: no access leaves what the program may touch; unaligned ones go out and are done by `stopAt` ──
        case 143: /* load8_s */ { const p = (I[fp + I[pc + 2]!]! + I[pc + 3]!) | 0; if ((p - low) >>> 0 >= span1) { address = p; reason = 7; detail = 1; break step; } I[fp + I[pc + 1]!] = I8[p]!; pc += 4; continue; }
        case 144: /* load8_u */ { const p = (I[fp + I[pc + 2]!]! + I[pc + 3]!) | 0; if ((p - low) >>> 0 >= span1) { address = p; reason = 7; detail = 1; break step; } I[fp + I[pc + 1]!] = U8[p]!; pc += 4; continue; }
        case 145: /* load16_s */ { const p = (I[fp + I[pc + 2]!]! + I[pc + 3]!) | 0; if ((p - low) >>> 0 >= span2 || (p & 1) !== 0) { address = p; reason = 7; detail = 2; break step; } I[fp + I[pc + 1]!] = I16[p >> 1]!; pc += 4; continue; }
        case 146: /* load16_u */ { const p = (I[fp + I[pc + 2]!]! + I[pc + 3]!) | 0; if ((p - low) >>> 0 >= span2 || (p & 1) !== 0) { address = p; reason = 7; detail = 2; break step; } I[fp + I[pc + 1]!] = U16[p >> 1]!; pc += 4; continue; }
        case 147: /* load32 */ { const p = (I[fp + I[pc + 2]!]! + I[pc + 3]!) | 0; if ((p - low) >>> 0 >= span4 || (p & 3) !== 0) { address = p; reason = 7; detail = 4; break step; } I[fp + I[pc + 1]!] = M[p >> 2]!; pc += 4; continue; }
        case 148: /* load64 */ {
          const p = (I[fp + I[pc + 2]!]! + I[pc + 3]!) | 0; const q = fp + I[pc + 1]!;
          if ((p - low) >>> 0 >= span8 || (p & 3) !== 0) { address = p; reason = 7; detail = 8; break step; }
          I[q] = M[p >> 2]!; I[q + 1] = M[(p >> 2) + 1]!;
          pc += 4; continue;
        }
        case 149: /* loadf64 */ { const p = (I[fp + I[pc + 2]!]! + I[pc + 3]!) | 0; if ((p - low) >>> 0 >= span8 || (p & 7) !== 0) { address = p; reason = 7; detail = 8; break step; } F[(fp + I[pc + 1]!) >> 1] = D[p >> 3]!; pc += 4; continue; }
        case 150: /* store8 */ { const p = (I[fp + I[pc + 1]!]! + I[pc + 3]!) | 0; if ((p - low) >>> 0 >= span1) { address = p; reason = 7; detail = -1; break step; } U8[p] = I[fp + I[pc + 2]!]!; pc += 4; continue; }
        case 151: /* store16 */ { const p = (I[fp + I[pc + 1]!]! + I[pc + 3]!) | 0; if ((p - low) >>> 0 >= span2 || (p & 1) !== 0) { address = p; reason = 7; detail = -2; break step; } I16[p >> 1] = I[fp + I[pc + 2]!]!; pc += 4; continue; }
        case 152: /* store32 */ { const p = (I[fp + I[pc + 1]!]! + I[pc + 3]!) | 0; if ((p - low) >>> 0 >= span4 || (p & 3) !== 0) { address = p; reason = 7; detail = -4; break step; } M[p >> 2] = I[fp + I[pc + 2]!]!; pc += 4; continue; }
        case 153: /* store64 */ {
          const p = (I[fp + I[pc + 1]!]! + I[pc + 3]!) | 0; const q = fp + I[pc + 2]!;
          if ((p - low) >>> 0 >= span8 || (p & 3) !== 0) { address = p; reason = 7; detail = -8; break step; }
          M[p >> 2] = I[q]!; M[(p >> 2) + 1] = I[q + 1]!;
          pc += 4; continue;
        }
        case 154: /* storef64 */ { const p = (I[fp + I[pc + 1]!]! + I[pc + 3]!) | 0; if ((p - low) >>> 0 >= span8 || (p & 7) !== 0) { address = p; reason = 7; detail = -8; break step; } D[p >> 3] = F[(fp + I[pc + 2]!) >> 1]!; pc += 4; continue; }
        case 155: /* load8_u.x */ { const p = (I[fp + I[pc + 2]!]! + Math.imul(I[fp + I[pc + 3]!]!, I[pc + 4]!) + I[pc + 5]!) | 0; if ((p - low) >>> 0 >= span1) { address = p; reason = 7; detail = 1; break step; } I[fp + I[pc + 1]!] = U8[p]!; pc += 6; continue; }
        case 156: /* load32.x */ { const p = (I[fp + I[pc + 2]!]! + Math.imul(I[fp + I[pc + 3]!]!, I[pc + 4]!) + I[pc + 5]!) | 0; if ((p - low) >>> 0 >= span4 || (p & 3) !== 0) { address = p; reason = 7; detail = 4; break step; } I[fp + I[pc + 1]!] = M[p >> 2]!; pc += 6; continue; }
        case 157: /* load64.x */ {
          const p = (I[fp + I[pc + 2]!]! + Math.imul(I[fp + I[pc + 3]!]!, I[pc + 4]!) + I[pc + 5]!) | 0; const q = fp + I[pc + 1]!;
          if ((p - low) >>> 0 >= span8 || (p & 3) !== 0) { address = p; reason = 7; detail = 8; break step; }
          I[q] = M[p >> 2]!; I[q + 1] = M[(p >> 2) + 1]!;
          pc += 6; continue;
        }
        case 158: /* loadf64.x */ { const p = (I[fp + I[pc + 2]!]! + Math.imul(I[fp + I[pc + 3]!]!, I[pc + 4]!) + I[pc + 5]!) | 0; if ((p - low) >>> 0 >= span8 || (p & 7) !== 0) { address = p; reason = 7; detail = 8; break step; } F[(fp + I[pc + 1]!) >> 1] = D[p >> 3]!; pc += 6; continue; }
        case 159: /* store8.x */ { const p = (I[fp + I[pc + 1]!]! + Math.imul(I[fp + I[pc + 2]!]!, I[pc + 4]!) + I[pc + 5]!) | 0; if ((p - low) >>> 0 >= span1) { address = p; reason = 7; detail = -1; break step; } U8[p] = I[fp + I[pc + 3]!]!; pc += 6; continue; }
        case 160: /* store32.x */ { const p = (I[fp + I[pc + 1]!]! + Math.imul(I[fp + I[pc + 2]!]!, I[pc + 4]!) + I[pc + 5]!) | 0; if ((p - low) >>> 0 >= span4 || (p & 3) !== 0) { address = p; reason = 7; detail = -4; break step; } M[p >> 2] = I[fp + I[pc + 3]!]!; pc += 6; continue; }
        case 161: /* store64.x */ {
          const p = (I[fp + I[pc + 1]!]! + Math.imul(I[fp + I[pc + 2]!]!, I[pc + 4]!) + I[pc + 5]!) | 0; const q = fp + I[pc + 3]!;
          if ((p - low) >>> 0 >= span8 || (p & 3) !== 0) { address = p; reason = 7; detail = -8; break step; }
          M[p >> 2] = I[q]!; M[(p >> 2) + 1] = I[q + 1]!;
          pc += 6; continue;
        }
        case 162: /* storef64.x */ { const p = (I[fp + I[pc + 1]!]! + Math.imul(I[fp + I[pc + 2]!]!, I[pc + 4]!) + I[pc + 5]!) | 0; if ((p - low) >>> 0 >= span8 || (p & 7) !== 0) { address = p; reason = 7; detail = -8; break step; } D[p >> 3] = F[(fp + I[pc + 3]!) >> 1]!; pc += 6; continue; }
        case 163: /* index */ I[fp + I[pc + 1]!] = I[fp + I[pc + 2]!]! + Math.imul(I[fp + I[pc + 3]!]!, I[pc + 4]!); pc += 5; continue;

        // ── checks: `reason` 8 is a panic with the fixed text `detail`, 9 an index out of bounds ──
        case 164: /* check.bounds */ { if (I[fp + I[pc + 1]!]! >>> 0 >= I[fp + I[pc + 2]!]! >>> 0) { reason = 9; address = I[fp + I[pc + 1]!]!; detail = I[fp + I[pc + 2]!]!; break step; } pc += 3; continue; }
        case 165: /* check.bounds# */ { if (I[fp + I[pc + 1]!]! >>> 0 >= I[pc + 2]! >>> 0) { reason = 9; address = I[fp + I[pc + 1]!]!; detail = I[pc + 2]!; break step; } pc += 3; continue; }
        case 166: /* check.null */ if (I[fp + I[pc + 1]!]! === 0) { reason = 10; break step; } pc += 2; continue;
        case 167: /* check.align */ { const p = I[fp + I[pc + 1]!]!; if ((p & I[pc + 2]!) !== 0) { address = p; reason = 11; detail = I[pc + 2]! + 1; break step; } pc += 3; continue; }
        case 168: /* check.shift */ if (I[fp + I[pc + 1]!]! >>> 0 >= I[pc + 2]!) { reason = 8; detail = I[pc + 3]!; break step; } pc += 4; continue;
        case 169: /* check.kind */ {
          const x = I[fp + I[pc + 1]!]!; const q = I[pc + 2]!;
          if ((q === 0 ? (x << 24) >> 24 : q === 1 ? x & 255 : q === 2 ? (x << 16) >> 16 : x & 65535) !== x) { reason = 8; detail = I[pc + 3]!; break step; }
          pc += 4; continue;
        }
        case 170: /* add.i32 */ { const p = I[fp + I[pc + 2]!]!; const q = I[fp + I[pc + 3]!]!; const x = (p + q) | 0; if (((p ^ x) & (q ^ x)) < 0) { reason = 8; detail = 0; break step; } I[fp + I[pc + 1]!] = x; pc += 4; continue; }
        case 171: /* add.i32# */ { const p = I[fp + I[pc + 2]!]!; const q = I[pc + 3]!; const x = (p + q) | 0; if (((p ^ x) & (q ^ x)) < 0) { reason = 12; break step; } I[fp + I[pc + 1]!] = x; pc += 4; continue; }
        case 172: /* sub.i32 */ { const p = I[fp + I[pc + 2]!]!; const q = I[fp + I[pc + 3]!]!; const x = (p - q) | 0; if (((p ^ q) & (p ^ x)) < 0) { reason = 8; detail = 1; break step; } I[fp + I[pc + 1]!] = x; pc += 4; continue; }
        case 173: /* mul.i32 */ { const p = I[fp + I[pc + 2]!]!; const q = I[fp + I[pc + 3]!]!; const x = Math.imul(p, q); if (p * q !== x && p !== 0 && q !== 0) { reason = 8; detail = 2; break step; } I[fp + I[pc + 1]!] = x; pc += 4; continue; }
        case 174: /* add.u32 */ { const p = I[fp + I[pc + 2]!]!; const x = (p + I[fp + I[pc + 3]!]!) | 0; if (x >>> 0 < p >>> 0) { reason = 8; detail = 0; break step; } I[fp + I[pc + 1]!] = x; pc += 4; continue; }
        case 175: /* add.u32# */ { const p = I[fp + I[pc + 2]!]!; const x = (p + I[pc + 3]!) | 0; if (x >>> 0 < p >>> 0) { reason = 8; detail = 0; break step; } I[fp + I[pc + 1]!] = x; pc += 4; continue; }
        case 176: /* sub.u32 */ { const p = I[fp + I[pc + 2]!]!; const q = I[fp + I[pc + 3]!]!; if (p >>> 0 < q >>> 0) { reason = 8; detail = 1; break step; } I[fp + I[pc + 1]!] = p - q; pc += 4; continue; }
        case 177: /* sub.u32# */ { const p = I[fp + I[pc + 2]!]!; const q = I[pc + 3]!; if (p >>> 0 < q >>> 0) { reason = 8; detail = 1; break step; } I[fp + I[pc + 1]!] = p - q; pc += 4; continue; }
        case 178: /* mul.u32 */ { const p = I[fp + I[pc + 2]!]!; const q = I[fp + I[pc + 3]!]!; if ((p >>> 0) * (q >>> 0) > 4294967295) { reason = 8; detail = 2; break step; } I[fp + I[pc + 1]!] = Math.imul(p, q); pc += 4; continue; }
        case 179: /* add.i64 */ if (addTo(I, fp + I[pc + 1]!, fp + I[pc + 2]!, fp + I[pc + 3]!, true)) { reason = 8; detail = 0; break step; } pc += 4; continue;
        case 180: /* sub.i64 */ if (subtractFrom(I, fp + I[pc + 1]!, fp + I[pc + 2]!, fp + I[pc + 3]!, true)) { reason = 8; detail = 1; break step; } pc += 4; continue;
        case 181: /* add.u64 */ if (addTo(I, fp + I[pc + 1]!, fp + I[pc + 2]!, fp + I[pc + 3]!, false)) { reason = 8; detail = 0; break step; } pc += 4; continue;
        case 182: /* sub.u64 */ if (subtractFrom(I, fp + I[pc + 1]!, fp + I[pc + 2]!, fp + I[pc + 3]!, false)) { reason = 8; detail = 1; break step; } pc += 4; continue;
        case 183: /* div.i32 */ {
          const p = I[fp + I[pc + 2]!]!; const q = I[fp + I[pc + 3]!]!;
          if (q === 0) { reason = 8; detail = 8; break step; }
          if (q === -1 && p === -2147483648) { reason = 8; detail = 3; break step; }
          I[fp + I[pc + 1]!] = (p / q) | 0; pc += 4; continue;
        }
        case 184: /* div.u32 */ { const q = I[fp + I[pc + 3]!]! >>> 0; if (q === 0) { reason = 8; detail = 8; break step; } I[fp + I[pc + 1]!] = (I[fp + I[pc + 2]!]! >>> 0) / q | 0; pc += 4; continue; }
        case 185: /* rem.i32 */ {
          const p = I[fp + I[pc + 2]!]!; const q = I[fp + I[pc + 3]!]!;
          if (q === 0) { reason = 8; detail = 9; break step; }
          if (q === -1 && p === -2147483648) { reason = 8; detail = 4; break step; }
          I[fp + I[pc + 1]!] = (p % q) | 0; pc += 4; continue;
        }
        case 186: /* rem.u32 */ { const q = I[fp + I[pc + 3]!]! >>> 0; if (q === 0) { reason = 8; detail = 9; break step; } I[fp + I[pc + 1]!] = (I[fp + I[pc + 2]!]! >>> 0) % q | 0; pc += 4; continue; }

        // ── addresses whose high word is the number of their block; the sanitizer's quick answers ──
        case 187: /* check.access */ {
          const p = fp + I[pc + 1]!;
          if (Q === null || !((I[pc + 3]! & 3) === 0 ? Q.mayRead(I[p + 1]!, I[p]!, I[pc + 2]!) : (I[pc + 3]! & 1) !== 0 ? Q.mayWrite(I[p + 1]!, I[p]!, I[pc + 2]!) : Q.mayAccess(I[p + 1]!, I[p]!, I[pc + 2]!))) { reason = 13; break step; }
          pc += 4; continue;
        }
        case 188: /* track.written */ if (Q === null || !Q.mayStore(0, (I[fp + I[pc + 1]!]! + I[pc + 2]!) | 0, I[pc + 3]!)) { reason = 14; break step; } pc += 4; continue;
        case 189: /* ptr.add */ { const p = fp + I[pc + 1]!; const q = fp + I[pc + 2]!; I[p] = I[q]! + I[fp + I[pc + 3]!]!; I[p + 1] = I[q + 1]!; pc += 4; continue; }
        case 190: /* ptr.add# */ { const p = fp + I[pc + 1]!; const q = fp + I[pc + 2]!; I[p] = I[q]! + I[pc + 3]!; I[p + 1] = I[q + 1]!; pc += 4; continue; }
        case 191: /* ptr.index */ { const p = fp + I[pc + 1]!; const q = fp + I[pc + 2]!; const x = I[q + 1]!; I[p] = I[q]! + Math.imul(I[fp + I[pc + 3]!]!, I[pc + 4]!); I[p + 1] = x; pc += 5; continue; }

        default: {
          const rare: never = operation;
          m.pc = pc; m.fp = fp; m.cp = cp; m.fuel = fuel;
          pc = handlers[(rare as number) - firstRare]!(m, pc);
          if (m.changed) continue run;
          continue;
        }
      }
      // a fused branch that is taken: its target is its last word
      pc = I[pc + 3]!;
      if (--fuel < 0) { reason = 2; break; }
    }
    m.pc = pc; m.fp = fp; m.cp = cp; m.fuel = fuel;
    stopAt(m, reason, detail, address);
  }
}
