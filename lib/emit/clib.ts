/**
 * Functions from outside as code: the C library's over the program's own heap, where an instruction does it; the library's own
 * implementations (`std::c`), where one is there; else an import of that name. In: the call. Out: code.
 */
import { accessFlags, allocators, trapNumber } from '../../vm/code/reasons.ts';
import type { DefId } from '../types/type.ts';
import type { Op } from './body.ts';
import { type Frame, scratch, scratchBytes } from './frame.ts';
import type { Found } from './place.ts';
import { writeCall, writeHostCall } from './link.ts';
import { prims, valueType } from './shape.ts';
import { abiOf, operandType, pushOperand, storeFound } from './value.ts';
import { instanceOf } from './world.ts';
import { get, i32, i64, set, write } from './writer.ts';

type CallOp = Extract<Op, { kind: 'call' }>;
const MALLOC = allocators.indexOf('malloc');

interface CCall { readonly frame: Frame; readonly push: (i: number) => void }

const copy = ({ frame, push }: CCall, flags: number): void => {
  if (frame.unit.world.profile === 'debug') { push(0); push(1); push(2); write(frame.out, 'check.copy', 1, flags); }
  push(0); push(1); push(2);
  write(frame.out, 'memory.copy');
  push(0);
};

/** In debug, says that the bytes at argument `pointer`, as many as argument 2 says, are about to be touched. */
const watch = ({ frame, push }: CCall, pointer: number, flags: number): void => {
  if (frame.unit.world.profile !== 'debug') return;
  push(pointer);
  push(2);
  write(frame.out, 'check.range', flags);
};

/** Pushes the operands and the instruction; what is left on the stack is the result. */
const rows: Readonly<Record<string, ((c: CCall) => void) | undefined>> = {
  malloc: ({ frame, push }) => { push(0); i32(frame.out, 16); write(frame.out, 'alloc', MALLOC); },
  realloc: ({ frame, push }) => { push(0); push(1); i32(frame.out, 16); write(frame.out, 'realloc', MALLOC); },
  free: ({ frame, push }) => { push(0); write(frame.out, 'free', MALLOC); },
  memcpy: c => copy(c, accessFlags.write),
  memmove: c => copy(c, accessFlags.write | accessFlags.overlap),
  memset: c => { const { frame, push } = c; watch(c, 0, accessFlags.write); push(0); push(1); push(2); write(frame.out, 'memory.fill'); push(0); },
  memcmp: c => { const { frame, push } = c; watch(c, 0, accessFlags.read); watch(c, 1, accessFlags.read); push(0); push(1); push(2); write(frame.out, 'memory.compare'); },
  abort: ({ frame }) => write(frame.out, 'trap', trapNumber('abort')),
  exit: ({ frame, push }) => { push(0); writeHostCall(frame, 'exit'); },
  abs: ({ frame, push }) => {
    const w = frame.out;
    const x = scratch(frame, 'i32');
    push(0); set(w, x);
    i32(w, 0); get(w, x); write(w, 'i32.sub'); get(w, x);
    get(w, x); i32(w, 0); write(w, 'i32.lt_s');
    write(w, 'select');
  },
};

/** Functions that take more arguments than they name, and how many they name. The rest lies in memory, eight bytes each. */
const variadic: Readonly<Record<string, number | undefined>> = { printf: 1, sprintf: 2, snprintf: 3 };

/** Puts the arguments from `fixed` on into memory; gives what pushes their address. */
function spillArguments(frame: Frame, op: CallOp, fixed: number, push: (i: number) => void): () => void {
  const { out } = frame;
  const count = Math.max(1, op.args.length - fixed);
  const room = scratchBytes(frame, { size: 8 * count, align: 8 });
  const address = (): void => write(out, 'frame.addr', room);
  for (let i = fixed; i < op.args.length; i++) {
    const operand = op.args[i];
    const [prim] = operand === undefined ? [] : prims(abiOf(frame, operandType(frame, operand)));
    if (prim === undefined) continue;
    const at = 8 * (i - fixed);
    address();
    if (prim === 'ptr') i64(out, 0n); else push(i);
    if (prim === 'f32') write(out, 'f64.promote_f32');
    else if (prim !== 'ptr' && valueType(prim) === 'i32') write(out, prim.startsWith('i') ? 'i64.extend_i32_s' : 'i64.extend_i32_u');
    write(out, prim === 'f32' || prim === 'f64' ? 'f64.store' : 'i64.store', at);
    if (prim === 'ptr') { address(); push(i); write(out, 'ptr.store', at); }
  }
  return address;
}

export function lowerExtern(frame: Frame, name: string, abi: string, op: CallOp, to: Found): void {
  const { unit, out } = frame;
  const push = (i: number): void => { const operand = op.args[i]; if (operand !== undefined) pushOperand(frame, operand); };
  const results = op.result.kind === 'never' ? [] : prims(abiOf(frame, op.result)).map(valueType);
  if (abi.replaceAll('"', '') === 'C') {
    const row = rows[name];
    if (row !== undefined) {
      if (results.length === 0 && ['memcpy', 'memmove', 'memset'].includes(name)) { row({ frame, push }); write(out, 'drop'); return; }
      storeFound(frame, { ...to, type: op.result }, () => row({ frame, push }));
      return;
    }
    const fixed = variadic[name];
    const own = unit.world.definitions.byId.get(`std::c::${fixed === undefined ? '' : 'print::'}${name}` as DefId);
    if (own?.kind === 'fn' && own.hasBody) {
      const slots = fixed === undefined ? null : spillArguments(frame, op, fixed, push);
      storeFound(frame, { ...to, type: op.result }, () => {
        op.args.forEach((_, i) => { if (fixed === undefined || i < fixed) push(i); });
        slots?.();
        writeCall(frame, instanceOf(unit.world, { kind: 'item', def: own.id, args: [] }));
      });
      return;
    }
  }
  const params = op.args.flatMap(a => prims(abiOf(frame, operandType(frame, a))).map(valueType));
  storeFound(frame, { ...to, type: op.result }, () => {
    op.args.forEach((_, i) => push(i));
    writeHostCall(frame, name, { params, results });
  });
}
