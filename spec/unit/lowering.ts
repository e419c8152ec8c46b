/**
 * A throw-away lowering of code to a WebAssembly binary, to prove that the table's rows say what they lower to. Numbers in a row's `lower`
 * are the instruction; the few others that the programs here use are spelled out. In: a program without imports, statics or frames.
 * Out: the bytes of a module that imports `m.memory` and `m.alloc`, and exports `main`.
 */
import { nextAt, rowOf } from '../../vm/code/opcodes.ts';
import type { Program, Signature } from '../../vm/code/program.ts';
import { i64Value } from '../../vm/code/words.ts';

const types = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };

function unsigned(value: number): number[] {
  const low = value >>> 0;
  return low < 128 ? [low] : [(low & 127) | 128, ...unsigned(low >>> 7)];
}
function signed(value: bigint): number[] {
  const byte = Number(value & 127n);
  const rest = value >> 7n;
  return (rest === 0n && byte < 64) || (rest === -1n && byte >= 64) ? [byte] : [byte | 128, ...signed(rest)];
}
const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const text = (word: string): number[] => sized([...word].map((letter) => letter.charCodeAt(0)));
const wordBytes = (word: number): number[] => [word & 255, (word >> 8) & 255, (word >> 16) & 255, word >>> 24];
const typeBytes = ({ params, results }: Signature): number[] => [0x60, ...vector(params.map((type) => [types[type]])), ...vector(results.map((type) => [types[type]]))];

export function lower(program: Program): Uint8Array {
  const allocType = program.signatures.length;
  const functions = program.functions.map((code): number[] => {
    const bytes: number[] = [];
    for (let at = 0; at < code.body.length; at = nextAt(code.body, at)) bytes.push(...instruction(code.body, at));
    return sized([...vector(code.locals.map((type) => [1, types[type]])), ...bytes]);
  });
  const section = (id: number, content: readonly number[]): number[] => [id, ...sized(content)];
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, vector([...program.signatures.map(typeBytes), [0x60, 2, 0x7f, 0x7f, 1, 0x7f]])),
    ...section(2, vector([[...text('m'), ...text('alloc'), 0, ...unsigned(allocType)], [...text('m'), ...text('memory'), 2, 0, 1]])),
    ...section(3, vector(program.functions.map((code) => unsigned(code.signature)))),
    ...section(7, vector([[...text('main'), 0, 1]])),
    ...section(10, vector(functions)),
  ]);
}

function instruction(body: readonly number[], at: number): number[] {
  const row = rowOf(body[at] ?? -1);
  if (!row) throw new Error(`there is no instruction ${body[at]}`);
  const first = body[at + 1] ?? 0;
  const second = body[at + 2] ?? 0;
  switch (row.name) {
    case 'ptr.index': return [0x41, ...signed(BigInt(first)), 0x6c, 0x6a];
    case 'ptr.offset': return [0x41, ...signed(BigInt(first)), 0x6a];
    case 'alloc': case 'alloc_zeroed': return [0x10, 0];
    case 'call': return [0x10, ...unsigned(first + 1)];
    case 'i64.const': return [0x42, ...signed(i64Value(first, second))];
    case 'f64.const': return [0x44, ...wordBytes(first), ...wordBytes(second)];
    case 'f32.const': return [0x43, ...wordBytes(first)];
    case 'i32.const': return [0x41, ...signed(BigInt(first))];
    case 'br_table': return [0x0e, ...vector(body.slice(at + 2, at + 2 + first).map(unsigned)), ...unsigned(body[at + 2 + first] ?? 0)];
    default:
  }
  if (typeof row.lower !== 'number') throw new Error(`${row.name} has no lowering here`);
  const code = row.lower > 255 ? [0xfc, row.lower & 255] : [row.lower];
  const kinds: readonly string[] = row.immediates;
  if (kinds[0] === 'block') return [...code, first === -1 ? 0x40 : first < 0 ? (0x7f - (-2 - first)) : 0, ...(first >= 0 ? unsigned(first) : [])].filter((_, place) => !(first >= 0 && place === code.length));
  if (kinds[0] === 'offset') return [...code, 0, ...unsigned(first)];
  if (row.name === 'memory.copy') return [...code, 0, 0];
  if (row.name === 'memory.fill') return [...code, 0];
  return [...code, ...kinds.flatMap(() => unsigned(first))];
}
