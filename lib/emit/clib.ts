/**
 * Functions from outside as code: the C library's over the program's own heap, where an instruction does it; the library's own
 * implementations (`std::c`), where one is there; else an import of that name. In: the call. Out: code.
 */
import { allocators, trapNumber } from '../../vm/code/reasons.ts';
import type { DefId } from '../types/type.ts';
import type { Op } from './body.ts';
import { type Frame, scratch } from './frame.ts';
import type { Found } from './place.ts';
import { prims, valueType } from './shape.ts';
import { functionNumber, importNumber } from './unit.ts';
import { abiOf, operandType, pushOperand, storeFound } from './value.ts';
import { instanceOf } from './world.ts';
import { get, i32, set, write } from './writer.ts';

type CallOp = Extract<Op, { kind: 'call' }>;
const MALLOC = allocators.indexOf('malloc');

interface CCall { readonly frame: Frame; readonly push: (i: number) => void }

/** Pushes the operands and the instruction; what is left on the stack is the result. */
const rows: Readonly<Record<string, ((c: CCall) => void) | undefined>> = {
  malloc: ({ frame, push }) => { push(0); i32(frame.out, 16); write(frame.out, 'alloc', MALLOC); },
  calloc: ({ frame, push }) => { push(0); push(1); write(frame.out, 'i32.mul'); i32(frame.out, 16); write(frame.out, 'alloc_zeroed', MALLOC); },
  realloc: ({ frame, push }) => { push(0); push(1); i32(frame.out, 16); write(frame.out, 'realloc', MALLOC); },
  free: ({ frame, push }) => { push(0); write(frame.out, 'free', MALLOC); },
  memcpy: ({ frame, push }) => { push(0); push(1); push(2); write(frame.out, 'memory.copy'); push(0); },
  memmove: ({ frame, push }) => { push(0); push(1); push(2); write(frame.out, 'memory.copy'); push(0); },
  memset: ({ frame, push }) => { push(0); push(1); push(2); write(frame.out, 'memory.fill'); push(0); },
  memcmp: ({ frame, push }) => { push(0); push(1); push(2); write(frame.out, 'memory.compare'); },
  abort: ({ frame }) => write(frame.out, 'trap', trapNumber('abort')),
  exit: ({ frame, push }) => { push(0); write(frame.out, 'host.call', importNumber(frame.unit, 'exit')); },
  abs: ({ frame, push }) => {
    const w = frame.out;
    const x = scratch(frame, 'i32');
    push(0); set(w, x);
    i32(w, 0); get(w, x); write(w, 'i32.sub'); get(w, x);
    get(w, x); i32(w, 0); write(w, 'i32.lt_s');
    write(w, 'select');
  },
};

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
    const own = unit.world.definitions.byId.get(`std::c::${name}` as DefId);
    if (own?.kind === 'fn' && own.hasBody) {
      storeFound(frame, { ...to, type: op.result }, () => {
        op.args.forEach((_, i) => push(i));
        write(out, 'call', functionNumber(unit, instanceOf(unit.world, { kind: 'item', def: own.id, args: [] })));
      });
      return;
    }
  }
  const params = op.args.flatMap(a => prims(abiOf(frame, operandType(frame, a))).map(valueType));
  storeFound(frame, { ...to, type: op.result }, () => {
    op.args.forEach((_, i) => push(i));
    write(out, 'host.call', importNumber(unit, name, { params, results }));
  });
}
