/**
 * Numbers for what code refers to. In: a unit and a reference. Out: its number, given out on first mention; or an instruction with it,
 * noted in the writer, so that the code can be used in another unit.
 */
import type { CodeFunction, Signature } from '../../vm/code/program.ts';
import type { OpName } from '../../vm/code/opcodes.ts';
import { resolveConst } from './constant.ts';
import { addConstant, internBytes } from './data.ts';
import type { Frame } from './frame.ts';
import type { Instance } from './instance.ts';
import type { Ref } from './ref.ts';
import { functionNumber, importNumber, methodTable, objectOffset, pointerNumber, signatureNumber, type Unit } from './unit.ts';
import { write } from './writer.ts';
import { type DebugTypes, debugType } from './debug.ts';
import type { MadeFunction } from './shelf.ts';
import type { Placed } from './ref.ts';

export function numberOf(unit: Unit, ref: Ref): number {
  switch (ref.kind) {
    case 'function': return functionNumber(unit, ref.instance);
    case 'pointer': return pointerNumber(unit, ref.instance);
    case 'signature': return signatureNumber(unit, ref.signature.params, ref.signature.results);
    case 'import': return importNumber(unit, ref.name, ref.signature);
    case 'bytes': return internBytes(unit.data, ref.bytes, ref.align);
    case 'object': return objectOffset(unit, ref.def);
    case 'methods': return methodTable(unit, ref.self, ref.target);
    case 'constant': {
      const value = resolveConst(unit, ref.def, ref.args);
      if (value === null) throw new Error(`${ref.def} has no value`);
      if (ref.at === null) {
        const key = `constant ${ref.align} ${ref.def}<${ref.args.map(type => type.id).join()}>`;
        let at = unit.data.interned.get(key);
        if (at === undefined) unit.data.interned.set(key, (at = addConstant(unit.data, [...value.bytes], ref.align, value.pointers)));
        return at;
      }
      return new DataView(value.bytes.buffer, value.bytes.byteOffset, value.bytes.byteLength).getUint32(ref.at, true);
    }
  }
}

/** A function that was made in another unit, with the numbers of this one. */
export function inUnit(unit: Unit, debug: DebugTypes, { code, refs, cleanupRefs, signature, types }: MadeFunction): CodeFunction {
  const numbered = (words: readonly number[], placed: readonly Placed[]): number[] => {
    const own = words.slice();
    for (const { at, ref } of placed) own[at] = numberOf(unit, ref);
    return own;
  };
  return {
    ...code,
    signature: signatureNumber(unit, signature.params, signature.results),
    body: numbered(code.body, refs),
    cleanup: code.cleanup === null ? null : numbered(code.cleanup, cleanupRefs),
    variables: code.variables.map((variable, i) => { const type = types[i]; return type === undefined ? variable : { ...variable, type: debugType(unit, debug, type) }; }),
  };
}

/** Writes an instruction whose one immediate is a reference's number. */
export function writeRef(frame: Frame, name: OpName, ref: Ref): void {
  const { out } = frame;
  write(out, name, numberOf(frame.unit, ref));
  out.refs.push({ at: out.words.length - 1, ref });
}

export const writeCall = (frame: Frame, instance: Instance): void => writeRef(frame, 'call', { kind: 'function', instance });
export const writePointer = (frame: Frame, instance: Instance): void => writeRef(frame, 'i32.const', { kind: 'pointer', instance });
export const writeHostCall = (frame: Frame, name: string, signature?: Signature): void => writeRef(frame, 'host.call', { kind: 'import', name, signature });
export const writeIndirect = (frame: Frame, signature: Signature): void => writeRef(frame, 'call_indirect', { kind: 'signature', signature });
export const writeBytes = (frame: Frame, bytes: readonly number[], align = 1): void => writeRef(frame, 'static.addr', { kind: 'bytes', bytes, align });
