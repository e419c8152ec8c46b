/**
 * The statics area of a program: constants, strings, tables of methods, statics. In: bytes and the words in them that are addresses.
 * Out: offsets, and the `Statics` record. Equal texts share one place. Offsets are final once given.
 */
import type { Statics } from '../../vm/code/program.ts';

export interface Data {
  size: number;
  align: number;
  readonly segments: { at: number; bytes: number[] }[];
  readonly pointers: number[];
  readonly constants: number[];
  readonly variables: { name: string; at: number; size: number; type: number; mutable: boolean; fixed?: true; std?: true }[];
  readonly interned: Map<string, number>;
}

export const makeData = (): Data => ({ size: 0, align: 16, segments: [], pointers: [], constants: [], variables: [], interned: new Map() });

export function reserve(data: Data, size: number, align: number): number {
  const at = Math.ceil(data.size / align) * align;
  data.size = at + size;
  data.align = Math.max(data.align, align);
  return at;
}

/** Bytes with, at `pointers`, offsets (from their start) of words that hold an offset in the area. */
export function place(data: Data, at: number, bytes: readonly number[], pointers: readonly number[] = []): void {
  if (bytes.some(b => b !== 0)) data.segments.push({ at, bytes: [...bytes] });
  for (const p of pointers) data.pointers.push(at + p);
}

export function addBytes(data: Data, bytes: readonly number[], align: number, pointers: readonly number[] = []): number {
  const at = reserve(data, bytes.length, align);
  place(data, at, bytes, pointers);
  return at;
}

/** Bytes that the program itself has a pointer to: whoever leaves them is found. */
export function addConstant(data: Data, bytes: readonly number[], align: number, pointers: readonly number[] = []): number {
  const at = addBytes(data, bytes, align, pointers);
  if (bytes.length > 0) data.constants.push(at, bytes.length);
  return at;
}

/** The same bytes without addresses in them, once. */
export function internBytes(data: Data, bytes: readonly number[], align = 1): number {
  const key = `${align}:${String.fromCharCode(...bytes.slice(0, 4096))}${bytes.length > 4096 ? bytes.slice(4096).join() : ''}`;
  let at = data.interned.get(key);
  if (at === undefined) {
    at = addConstant(data, bytes, align);
    data.interned.set(key, at);
  }
  return at;
}

/** UTF-8, without the host's encoder (this folder is pure). */
export function encodeUtf8(text: string): number[] {
  const out: number[] = [];
  for (const ch of text) {
    const c = ch.codePointAt(0) ?? 0;
    if (c < 0x80) out.push(c);
    else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63));
    else if (c < 0x10000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    else out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
  }
  return out;
}

export function words(values: readonly number[]): number[] {
  return values.flatMap(v => [v & 255, (v >> 8) & 255, (v >> 16) & 255, (v >>> 24) & 255]);
}

export function statics(data: Data): Statics {
  const segments = [...data.segments].sort((a, b) => a.at - b.at);
  return { size: data.size, align: data.align, segments, pointers: [...data.pointers].sort((a, b) => a - b), constants: data.constants, variables: data.variables };
}
