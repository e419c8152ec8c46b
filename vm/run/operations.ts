/**
 * The instructions of the register form: what the interpreter runs. They never leave the machine: code is stored as stack code,
 * and `registers.ts` makes these when a function is first called. In: nothing. Out: names, numbers (positions), shapes.
 * A shape has a letter for each word after the number: `d` slot written, `a` `b` `c` slots read, `i` a constant, `t` a target pc,
 * `*` as many targets as the word before says, and the default. A slot is an offset from the frame, in words (two a slot).
 * `common` stand in the interpreter's switch under their number; `rare` are functions in `rare.ts`.
 * `#` in a name: the last operand is a constant. `.x`: address = base + index × size + offset.
 */
export const common = [
  ['halt', ''],
  // moves
  ['move', 'da'], ['const', 'di'], ['const2', 'dii'], ['zero', 'di'], ['select', 'dabc'],
  // branches
  ['br', 't'], ['br_if', 'at'], ['br_unless', 'at'], ['br_table', 'ai*'],
  ['br.i32.eq', 'abt'], ['br.i32.ne', 'abt'], ['br.i32.lt_s', 'abt'], ['br.i32.ge_s', 'abt'], ['br.i32.lt_u', 'abt'], ['br.i32.ge_u', 'abt'],
  ['br.i32.eq#', 'ait'], ['br.i32.ne#', 'ait'], ['br.i32.lt_s#', 'ait'], ['br.i32.ge_s#', 'ait'], ['br.i32.gt_s#', 'ait'], ['br.i32.le_s#', 'ait'],
  ['br.i32.lt_u#', 'ait'], ['br.i32.ge_u#', 'ait'], ['br.i32.gt_u#', 'ait'], ['br.i32.le_u#', 'ait'],
  ['br.i64.eq', 'abt'], ['br.i64.ne', 'abt'], ['br.i64.lt_s', 'abt'], ['br.i64.ge_s', 'abt'], ['br.i64.lt_u', 'abt'], ['br.i64.ge_u', 'abt'],
  ['br.f64.eq', 'abt'], ['br.f64.ne', 'abt'], ['br.f64.lt', 'abt'], ['br.f64.nlt', 'abt'], ['br.f64.le', 'abt'], ['br.f64.nle', 'abt'],
  // calls
  ['call', 'ti'], ['call.lazy', 'ii'], ['call_indirect', 'iai'], ['return', ''], ['return1', 'a'], ['frame', 'dii'], ['leave', 'a'], ['frame.slot', 'dai'],
  // i32
  ['i32.add', 'dab'], ['i32.sub', 'dab'], ['i32.mul', 'dab'], ['i32.and', 'dab'], ['i32.or', 'dab'], ['i32.xor', 'dab'],
  ['i32.shl', 'dab'], ['i32.shr_s', 'dab'], ['i32.shr_u', 'dab'], ['i32.div_s', 'dab'], ['i32.div_u', 'dab'], ['i32.rem_s', 'dab'], ['i32.rem_u', 'dab'],
  ['i32.add#', 'dai'], ['i32.mul#', 'dai'], ['i32.and#', 'dai'], ['i32.or#', 'dai'], ['i32.xor#', 'dai'],
  ['i32.shl#', 'dai'], ['i32.shr_s#', 'dai'], ['i32.shr_u#', 'dai'], ['i32.div_s#', 'dai'], ['i32.div_u#', 'dai'], ['i32.rem_s#', 'dai'], ['i32.rem_u#', 'dai'],
  ['i32.eqz', 'da'], ['i32.eq', 'dab'], ['i32.ne', 'dab'], ['i32.lt_s', 'dab'], ['i32.ge_s', 'dab'], ['i32.lt_u', 'dab'], ['i32.ge_u', 'dab'],
  ['i32.eq#', 'dai'], ['i32.ne#', 'dai'], ['i32.lt_s#', 'dai'], ['i32.ge_s#', 'dai'], ['i32.gt_s#', 'dai'], ['i32.le_s#', 'dai'],
  ['i32.lt_u#', 'dai'], ['i32.ge_u#', 'dai'], ['i32.gt_u#', 'dai'], ['i32.le_u#', 'dai'],
  ['i32.extend8_s', 'da'], ['i32.extend16_s', 'da'], ['i32.wrap', 'da'],
  // i64
  ['i64.add', 'dab'], ['i64.add#', 'dai'], ['i64.sub', 'dab'], ['i64.mul', 'dab'], ['i64.and', 'dab'], ['i64.or', 'dab'], ['i64.xor', 'dab'],
  ['i64.shl', 'dab'], ['i64.shr_s', 'dab'], ['i64.shr_u', 'dab'], ['i64.shl#', 'dai'], ['i64.shr_s#', 'dai'], ['i64.shr_u#', 'dai'], ['i64.rotl', 'dab'], ['i64.rotl#', 'dai'],
  ['i64.eq', 'dab'], ['i64.ne', 'dab'], ['i64.lt_s', 'dab'], ['i64.ge_s', 'dab'], ['i64.lt_u', 'dab'], ['i64.ge_u', 'dab'],
  ['i64.extend_s', 'da'], ['i64.extend_u', 'da'],
  ['i64.div_s', 'dab'], ['i64.div_u', 'dab'], ['i64.rem_s', 'dab'], ['i64.rem_u', 'dab'],
  // f64
  ['f64.add', 'dab'], ['f64.sub', 'dab'], ['f64.mul', 'dab'], ['f64.div', 'dab'], ['f64.neg', 'da'], ['f64.abs', 'da'], ['f64.sqrt', 'da'],
  ['f64.eq', 'dab'], ['f64.ne', 'dab'], ['f64.lt', 'dab'], ['f64.le', 'dab'],
  ['f64.convert_i32_s', 'da'], ['f64.convert_i32_u', 'da'], ['i32.trunc_sat_f64_s', 'da'], ['i32.trunc_sat_f64_u', 'da'], ['f64.promote_f32', 'da'], ['f32.demote_f64', 'da'],
  // f32
  ['f32.add', 'dab'], ['f32.sub', 'dab'], ['f32.mul', 'dab'], ['f32.div', 'dab'], ['f32.eq', 'dab'], ['f32.ne', 'dab'], ['f32.lt', 'dab'], ['f32.le', 'dab'],
  // memory
  ['load8_s', 'dai'], ['load8_u', 'dai'], ['load16_s', 'dai'], ['load16_u', 'dai'], ['load32', 'dai'], ['load64', 'dai'], ['loadf64', 'dai'],
  ['store8', 'abi'], ['store16', 'abi'], ['store32', 'abi'], ['store64', 'abi'], ['storef64', 'abi'],
  ['load8_u.x', 'dabii'], ['load32.x', 'dabii'], ['load64.x', 'dabii'], ['loadf64.x', 'dabii'],
  ['store8.x', 'abcii'], ['store32.x', 'abcii'], ['store64.x', 'abcii'], ['storef64.x', 'abcii'],
  ['index', 'dabi'],
  // checks
  ['check.bounds', 'ab'], ['check.bounds#', 'ai'], ['check.null', 'a'], ['check.align', 'ai'], ['check.shift', 'aii'], ['check.kind', 'aii'],
  ['add.i32', 'dab'], ['add.i32#', 'dai'], ['sub.i32', 'dab'], ['mul.i32', 'dab'], ['add.u32', 'dab'], ['add.u32#', 'dai'], ['sub.u32', 'dab'], ['sub.u32#', 'dai'], ['mul.u32', 'dab'],
  ['add.i64', 'dab'], ['sub.i64', 'dab'], ['add.u64', 'dab'], ['sub.u64', 'dab'], ['div.i32', 'dab'], ['div.u32', 'dab'], ['rem.i32', 'dab'], ['rem.u32', 'dab'],
  // addresses with provenance, and what the sanitizer looks at
  ['check.access', 'aii'], ['track.written', 'aii'],
  ['ptr.add', 'dab'], ['ptr.add#', 'dai'], ['ptr.index', 'dabi'],
] as const;

export const rare = [
  ['host', 'ii'], ['catch_call', 'dai'], ['catch_done', 'd'], ['resume', ''], ['panic', 'i'], ['panic.text', 'ab'], ['trap', 'i'], ['native', ''], ['follow', ''],
  ['i32.clz', 'da'], ['i32.ctz', 'da'], ['i32.popcnt', 'da'], ['i32.rotl', 'dab'], ['i32.rotr', 'dab'],
  ['i64.eqz', 'da'], ['i64.clz', 'da'], ['i64.ctz', 'da'], ['i64.popcnt', 'da'], ['i64.rotr', 'dab'], ['i64.extend8_s', 'da'], ['i64.extend16_s', 'da'],
  ['f64.ceil', 'da'], ['f64.floor', 'da'], ['f64.trunc', 'da'], ['f64.nearest', 'da'], ['f64.min', 'dab'], ['f64.max', 'dab'], ['f64.copysign', 'dab'], ['f64.rem', 'dab'],
  ['f32.abs', 'da'], ['f32.neg', 'da'], ['f32.ceil', 'da'], ['f32.floor', 'da'], ['f32.trunc', 'da'], ['f32.nearest', 'da'], ['f32.sqrt', 'da'],
  ['f32.min', 'dab'], ['f32.max', 'dab'], ['f32.copysign', 'dab'], ['f32.rem', 'dab'],
  ['i32.trunc_sat_f32_s', 'da'], ['i32.trunc_sat_f32_u', 'da'],
  ['i64.trunc_sat_f32_s', 'da'], ['i64.trunc_sat_f32_u', 'da'], ['i64.trunc_sat_f64_s', 'da'], ['i64.trunc_sat_f64_u', 'da'],
  ['f32.convert_i32_s', 'da'], ['f32.convert_i32_u', 'da'], ['f32.convert_i64_s', 'da'], ['f32.convert_i64_u', 'da'], ['f64.convert_i64_s', 'da'], ['f64.convert_i64_u', 'da'],
  ['memory.copy', 'abc'], ['memory.fill', 'abc'], ['memory.compare', 'dabc'],
  ['mul.i64', 'dab'], ['mul.u64', 'dab'], ['div.checked', 'dabi'], ['rem.checked', 'dabi'], ['neg.checked', 'dai'],
  ['add.overflowing', 'dabi'], ['sub.overflowing', 'dabi'], ['mul.overflowing', 'dabi'],
  ['frame.made', 'ai'], ['frame.gone', 'a'], ['stack_alloc', 'da'], ['ptr.load', 'dai'], ['ptr.store', 'abi'], ['frame.live', 'ai'], ['frame.dead', 'ai'],
  ['check.range', 'abi'], ['check.copy', 'abcii'], ['check.pair', 'ab'], ['check.value', 'aiii'], ['ptr.from', 'da'],
  ['alloc', 'dabi'], ['alloc_zeroed', 'dabi'], ['realloc', 'dabci'], ['free', 'ai'], 
  ['memory.poison', 'abi'], ['memory.unpoison', 'ab'], ['memory.initialised', 'ab'],
  // only in code made for a machine that somebody watches
  ['watch.statement', 'i'], ['watch.moment', 'i'], ['watch.call', 'i'], ['watch.return', 'i'], ['watch.load', 'aii'], ['watch.store', 'aii'],
] as const;

type Numbers<List extends readonly unknown[]> = Extract<keyof List, `${number}`> extends `${infer Number extends number}` ? Number : never;
export type CommonName = (typeof common)[number][0];
export type RareName = (typeof rare)[number][0];
export type OperationName = CommonName | RareName;
/** The numbers that the interpreter's switch has a case for. */
export type CommonNumber = Numbers<typeof common>;

export const operations: readonly (readonly [OperationName, string])[] = [...common, ...rare];
export const firstRare = common.length;

const numbers = new Map<string, number>(operations.map(([name], number) => [name, number]));
export const operationNumber = (name: string): number | undefined => numbers.get(name);
export function operation(name: OperationName): number {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`no operation is called ${name}`);
  return number;
}

/** How many words an operation takes, its number included. */
export function operationWords(code: ArrayLike<number>, pc: number): number {
  const shape = operations[code[pc] ?? -1]?.[1] ?? '';
  return shape.endsWith('*') ? shape.length + (code[pc + shape.length - 1] ?? 0) + 1 : shape.length + 1;
}
