/**
 * WebAssembly as bytes: numbers in LEB128, instructions by name, and a module put together from its parts. In: types, imports, functions.
 * Out: the bytes of a module. Nothing here knows of Altru.
 */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export type ValueType = typeof I32 | typeof I64 | typeof F32 | typeof F64;

export type FunctionType = { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] };

export function unsigned(value: number): number[] {
  const out: number[] = [];
  let rest = value >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    out.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return out;
}

export function signed(value: number): number[] {
  const out: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      out.push(low);
      return out;
    }
    out.push(low | 0x80);
  }
}

/** A 64-bit constant given as two words. */
export function signedWide(low: number, high: number): number[] {
  if (high === low >> 31) return signed(low);
  const out: number[] = [];
  let rest = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
  for (;;) {
    const part = Number(rest & 0x7fn);
    rest >>= 7n;
    if ((rest === 0n && (part & 0x40) === 0) || (rest === -1n && (part & 0x40) !== 0)) {
      out.push(part);
      return out;
    }
    out.push(part | 0x80);
  }
}

/** Instructions without operands of their own, by number. */
export const wasm = {
  unreachable: 0x00, block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, br_if: 0x0d, br_table: 0x0e, return: 0x0f, call: 0x10, call_indirect: 0x11,
  drop: 0x1a, select: 0x1b, get: 0x20, set: 0x21, tee: 0x22, globalGet: 0x23, globalSet: 0x24, i32Const: 0x41, i64Const: 0x42, f32Const: 0x43, f64Const: 0x44,
} as const;

/** Numeric instructions by Altru's names for them. */
export const numeric: ReadonlyMap<string, number> = new Map(
  ([
    [0x45, 'i32', 'eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u'],
    [0x50, 'i64', 'eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u'],
    [0x5b, 'f32', 'eq ne lt gt le ge'],
    [0x61, 'f64', 'eq ne lt gt le ge'],
    [0x67, 'i32', 'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr'],
    [0x79, 'i64', 'clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr'],
    [0x8b, 'f32', 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign'],
    [0x99, 'f64', 'abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign'],
    [0xa7, 'i32', 'wrap'],
    [0xac, 'i64', 'extend_s extend_u'],
    [0xb2, 'f32', 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64'],
    [0xb7, 'f64', 'convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32'],
    [0xc0, 'i32', 'extend8_s extend16_s'],
    [0xc2, 'i64', 'extend8_s extend16_s extend32_s'],
  ] as const).flatMap(([first, type, names]) => names.split(' ').map((name, place): [string, number] => [`${type}.${name}`, first + place])),
);
export const reinterpret = { i32f32: 0xbc, i64f64: 0xbd, f32i32: 0xbe, f64i64: 0xbf } as const;
/** Saturating conversions, after the prefix 0xfc. */
export const saturating: readonly string[] = ['i32.trunc_sat_f32_s', 'i32.trunc_sat_f32_u', 'i32.trunc_sat_f64_s', 'i32.trunc_sat_f64_u', 'i64.trunc_sat_f32_s', 'i64.trunc_sat_f32_u', 'i64.trunc_sat_f64_s', 'i64.trunc_sat_f64_u'];

export type ModuleParts = {
  readonly types: readonly FunctionType[];
  /** Functions, then globals (32-bit, changeable) and the memory, by field name of the one module `a`. */
  readonly functionImports: readonly { readonly name: string; readonly type: number }[];
  readonly globalImports: readonly string[];
  readonly functions: readonly { readonly type: number; readonly locals: readonly ValueType[]; readonly code: readonly number[] }[];
  readonly exports: readonly { readonly name: string; readonly index: number }[];
  /** The memory is one that threads could share (`memory/space.ts`, `alone`). */
  readonly shared: boolean;
};

const text = (word: string): number[] => [...unsigned(word.length), ...[...word].map((letter) => letter.charCodeAt(0))];

class Bytes {
  all: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 14);
  length = 0;
  add(bytes: ArrayLike<number>): void {
    if (this.length + bytes.length > this.all.length) {
      const larger = new Uint8Array((this.length + bytes.length) * 2);
      larger.set(this.all);
      this.all = larger;
    }
    this.all.set(bytes, this.length);
    this.length += bytes.length;
  }
}

/** All that 32 bits can address. */
const MOST_PAGES = 65536;

export function assembleModule({ types, functionImports, globalImports, functions, exports, shared }: ModuleParts): Uint8Array<ArrayBuffer> {
  const out = new Bytes();
  const list = (parts: readonly (readonly number[])[]): number[] => [...unsigned(parts.length), ...parts.flat()];
  const section = (id: number, content: ArrayLike<number>): void => {
    out.add([id, ...unsigned(content.length)]);
    out.add(content);
  };
  out.add([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  section(1, list(types.map(({ params, results }) => [0x60, ...unsigned(params.length), ...params, ...unsigned(results.length), ...results])));
  section(2, list([
    ...functionImports.map(({ name, type }) => [...text('a'), ...text(name), 0, ...unsigned(type)]),
    ...globalImports.map((name) => [...text('a'), ...text(name), 3, I32, 1]),
    [...text('a'), ...text('memory'), 2, ...(shared ? [3, 1, ...unsigned(MOST_PAGES)] : [0, 1])],
  ]));
  section(3, list(functions.map(({ type }) => unsigned(type))));
  section(7, list(exports.map(({ name, index }) => [...text(name), 0, ...unsigned(functionImports.length + index)])));
  const bodies = new Bytes();
  bodies.add(unsigned(functions.length));
  for (const { locals, code } of functions) {
    const runs: number[][] = [];
    for (let at = 0; at < locals.length; ) {
      let end = at;
      while (end < locals.length && locals[end] === locals[at]) end += 1;
      runs.push([...unsigned(end - at), locals[at] ?? I32]);
      at = end;
    }
    const head = list(runs);
    bodies.add(unsigned(head.length + code.length));
    bodies.add(head);
    bodies.add(code);
  }
  section(10, bodies.all.subarray(0, bodies.length));
  return out.all.slice(0, out.length);
}
