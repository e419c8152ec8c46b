/**
 * Calls as code. In: a call operation. Out: pushes of the arguments, the call, the result stored. Convention: an address for a result in
 * memory first; then each argument as none, one or two machine values, or the address of its bytes, which the callee owns: a moved place
 * is passed as it is, a copied one or a constant through a copy.
 */
import type { Operand } from '../flow/graph.ts';
import { UNIT, type Type } from '../types/type.ts';
import type { Op } from './body.ts';
import { lowerExtern } from './clib.ts';
import { type Frame, scratch, scratchBytes, shapeOf } from './frame.ts';
import { intrinsics } from './intrinsics.ts';
import { writeCall, writeIndirect } from './link.ts';
import { type Found, findPlace, pushAddress, steady } from './place.ts';
import { abiOf, copyBytes, operandMemory, operandType, pushOperand, pushPart, storeFound } from './value.ts';
import { signatureFor, thinPointer } from './unit.ts';
import { tailOf } from './world.ts';
import { get, open, set, write } from './writer.ts';

type CallOp = Extract<Op, { kind: 'call' }>;

/** Bytes of the frame for a value of this type, for the operation in hand. */
export function scratchPlace(frame: Frame, type: Type): Found {
  const at = scratchBytes(frame, shapeOf(frame, type));
  return { kind: 'memory', type, address: () => write(frame.out, 'frame.addr', at), offset: 0, costly: false, meta: null };
}

export function pushArgument(frame: Frame, operand: Operand, alias: (operand: Operand) => boolean): void {
  const type = operandType(frame, operand);
  if (operand.kind !== 'constant' && tailOf(frame.unit.world, type) !== null) { pushAddress(frame, findPlace(frame, operand.place)); return; }
  const abi = abiOf(frame, type);
  if (abi.kind === 'zero') return;
  if (abi.kind !== 'memory') { pushOperand(frame, operand); return; }
  if (operand.kind === 'move' && !alias(operand)) { pushAddress(frame, findPlace(frame, operand.place)); return; }
  const copy = scratchPlace(frame, type);
  copyBytes(frame, copy, operandMemory(frame, operand), shapeOf(frame, type).size, shapeOf(frame, type).align);
  pushAddress(frame, copy);
}

export function lowerCall(frame: Frame, op: CallOp): void {
  const { unit, out } = frame;
  const { target } = op;
  const to = findPlace(frame, op.destination);
  if (target.kind === 'intrinsic') {
    const row = intrinsics[target.name];
    if (row === undefined) throw new Error(`no intrinsic is called ${target.name}`);
    row({ frame, args: op.args, types: target.args, to, op });
    return;
  }
  if (target.kind === 'extern') { lowerExtern(frame, target.name, target.abi, op, to); return; }
  if (target.kind === 'virtual' && target.slot === 0) { lowerVirtualDrop(frame, op); return; }
  const resultAbi = abiOf(frame, op.result);
  const writesMemory = resultAbi.kind === 'memory';
  const derefs = (o: { place: { projection: readonly { kind: string }[] } }): boolean => o.place.projection.some(s => s.kind === 'deref');
  const alias = (operand: Operand): boolean =>
    writesMemory && operand.kind !== 'constant' && (operand.place.local === op.destination.local || (derefs(operand) && derefs({ place: op.destination })));
  const invoke = (): void => {
    if (target.kind === 'instance') {
      for (const arg of op.args) pushArgument(frame, arg, alias);
      writeCall(frame, target.instance);
    } else if (target.kind === 'pointer') {
      for (const arg of op.args) pushArgument(frame, arg, alias);
      pushOperand(frame, target.pointer);
      const type = operandType(frame, target.pointer);
      const signature = type.kind === 'fnPtr' ? type.signature : null;
      if (signature === null) throw new Error('a call through what is no function pointer');
      writeIndirect(frame, signatureFor(unit.world, signature.params, signature.result));
    } else {
      const [self, ...rest] = op.args;
      if (self === undefined || self.kind === 'constant') throw new Error('a method of a dyn without self');
      const { table } = pushDyn(frame, findPlace(frame, self.place));
      for (const arg of rest) pushArgument(frame, arg, alias);
      table();
      write(out, 'i32.load', target.slot * 4);
      writeIndirect(frame, signatureFor(unit.world, [thinPointer, ...target.params.slice(1)], op.result));
    }
  };
  if (writesMemory) {
    const real = to.kind === 'memory' ? to : scratchPlace(frame, op.result);
    pushAddress(frame, real);
    invoke();
  } else storeFound(frame, { ...to, type: op.result }, invoke);
  if (unit.world.profile === 'debug') for (const arg of op.args) if (arg.kind === 'move') endArgument(frame, arg);
}

/** A temporary that was passed in its own bytes belongs to the callee: it is over when the call is. */
function endArgument(frame: Frame, arg: Extract<Operand, { kind: 'move' }>): void {
  const { local, projection } = arg.place;
  const home = frame.homes[local];
  if (home?.kind !== 'frame' || projection.length > 0 || abiOf(frame, operandType(frame, arg)).kind !== 'memory') return;
  if (frame.body.variables.some(variable => variable.place.local === local)) return;
  write(frame.out, 'frame.dead', home.offset, 0);
}

/** Pushes the data address of a pointer to a `dyn` (or of a `dyn` itself); gives what pushes its table. */
function pushDyn(frame: Frame, at: Found): { table: () => void } {
  if (tailOf(frame.unit.world, at.type) !== null) {
    const found = steady(frame, at);
    pushAddress(frame, found);
    return { table: () => found.meta?.() };
  }
  const abi = abiOf(frame, at.type);
  const fat = abi.kind === 'pair' ? abi : ({ kind: 'pair', first: 'ptr', second: 'ptr', at: 4 } as const);
  const found = steady(frame, at);
  pushPart(frame, found, fat, 0);
  return { table: () => pushPart(frame, found, fat, 1) };
}

/** The drop function of a `dyn`'s table, when there is one. */
function lowerVirtualDrop(frame: Frame, op: CallOp): void {
  const { out, unit } = frame;
  const [self] = op.args;
  if (self === undefined || self.kind === 'constant') return;
  const found = steady(frame, findPlace(frame, self.place));
  const fat = { kind: 'pair', first: 'ptr', second: 'ptr', at: 4 } as const;
  const drop = scratch(frame, 'i32');
  pushPart(frame, found, fat, 1);
  write(out, 'i32.load', 0);
  set(out, drop);
  get(out, drop);
  open(out, 'if');
  pushPart(frame, found, fat, 0);
  get(out, drop);
  writeIndirect(frame, signatureFor(unit.world, [thinPointer], UNIT));
  write(out, 'end');
}
