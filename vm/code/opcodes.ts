/**
 * The table of instructions: the only place where one is declared. A row gives its name, immediates, stack effect, how it can
 * stop, how it lowers to WebAssembly, and a sentence; encoder, disassembler, verifier and reference page are derived from it.
 * An instruction in code is the row's number, then one word for each immediate (two for `i64` and `f64`: low word first, the
 * bits of a float; `labels` is a count n, then n depths and the default). Numbers are positions here: append rows at the end of a
 * section only together with a new `codeVersion`.
 */
export const codeVersion = 4;

/** The kinds of immediates. */
export type Immediate =
  | 'block' //      what a block takes and leaves, see `values.ts`
  | 'label' //      how many blocks out to branch
  | 'labels' //     a count, that many labels, and the default label
  | 'local' //      parameters first, then the function's own locals
  | 'function' //   row of `program.functions`
  | 'signature' //  row of `program.signatures`
  | 'import' //     row of `program.imports`
  | 'i32' | 'f32' //        one word
  | 'i64' | 'f64' //        two words, low first
  | 'offset' //     bytes added to an address
  | 'size' //       a number of bytes
  | 'align' //      a power of two
  | 'kind' //       row of `intKinds`
  | 'flags' //      `accessFlags`
  | 'panic' //      row of `panicReasons`
  | 'trap' //       row of `trapReasons`
  | 'allocator' //  row of `allocators`
  | 'poison'; //    row of `poisonKinds`

/** How it can stop: never; by a panic, which unwinds; by a trap, which does not; or either, because it runs other code. */
export type Stops = 'never' | 'panics' | 'traps' | 'any';

/**
 * The effect on the operand stack: `'i32 i32 -> i32'`, or a rule of the verifier: `@block …` for structure; `@call` and so on by the
 * signature; `@local` by the local's type; `@KK` two operands and a result of the kind's type, `@K` one, `@Ks` a value and an
 * i32 amount, `@KKf` two operands to a value and an i32 flag; `@any` any one type.
 */
export type Effect = string;

/** A number is the WebAssembly instruction (0xfcNN is prefixed); a text says what it becomes. */
export type Lowering = number | string;

export type Row<Name extends string = string> = {
  readonly name: Name;
  readonly immediates: readonly Immediate[];
  readonly effect: Effect;
  readonly stops: Stops;
  readonly lower: Lowering;
  readonly says: string;
};

const row = <Name extends string>(name: Name, immediates: readonly Immediate[], effect: Effect, stops: Stops, lower: Lowering, says: string): Row<Name> => ({
  name,
  immediates,
  effect,
  stops,
  lower,
  says,
});

/** A numeric instruction without immediates that cannot stop and is WebAssembly's own. */
const plain = <Name extends string>(name: Name, effect: Effect, lower: number, says: string): Row<Name> => row(name, [], effect, 'never', lower, says);

/** A load or store with an offset. */
const access = <Name extends string>(name: Name, effect: Effect, lower: number, says: string): Row<Name> => row(name, ['offset'], effect, 'traps', lower, says);

export const opcodes = [
  // ── structure ────────────────────────────────────────────────────────────────────────────────────────────────────────
  row('unreachable', [], '@unreachable', 'traps', 0x00, 'Stops the program: the compiler has shown that this cannot be reached.'),
  row('block', ['block'], '@block', 'never', 0x02, 'Opens a block; a branch to it goes to its end.'),
  row('loop', ['block'], '@loop', 'never', 0x03, 'Opens a loop; a branch to it goes to its start.'),
  row('if', ['block'], '@if', 'never', 0x04, 'Takes a condition; runs up to `else` or `end` when it is not 0.'),
  row('else', [], '@else', 'never', 0x05, 'Ends the first arm of an `if` and begins the second.'),
  row('end', [], '@end', 'never', 0x0b, 'Ends a block, loop or if; the last one ends the body and returns.'),
  row('br', ['label'], '@br', 'never', 0x0c, 'Branches, carrying what the label takes.'),
  row('br_if', ['label'], '@br_if', 'never', 0x0d, 'Takes a condition; branches when it is not 0.'),
  row('br_table', ['labels'], '@br_table', 'never', 0x0e, 'Takes an index; branches to that label, or to the default.'),
  row('return', [], '@return', 'never', 0x0f, 'Returns the values on top of the stack.'),
  row('drop', [], '@drop', 'never', 0x1a, 'Takes a value of any type away.'),
  row('select', [], '@select', 'never', 0x1b, 'Takes a, b and a condition; gives a when it is not 0, else b.'),

  // ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────────
  row('call', ['function'], '@call', 'any', 0x10, 'Calls a function with the arguments on top of the stack.'),
  row('call_indirect', ['signature'], '@call_indirect', 'any', 0x11, 'Calls through a function pointer (on top, above the arguments); 0 is null and traps.'),
  row('host.call', ['import'], '@host', 'any', 'call of an import', 'Calls a service of the machine or of the host, listed in `imports.ts`.'),
  row('catch_call', [], 'i32 i32 -> i32', 'any', 'try/catch around call_indirect', 'Calls a function pointer of type (data pointer); gives 0, or 1 when it panicked: the panic ends here and its text waits in `caught_…`.'),

  // ── locals and constants ─────────────────────────────────────────────────────────────────────────────────────────────
  row('local.get', ['local'], '@local.get', 'never', 0x20, 'Gives the value of a local.'),
  row('local.set', ['local'], '@local.set', 'never', 0x21, 'Takes a value into a local.'),
  row('local.tee', ['local'], '@local.tee', 'never', 0x22, 'Copies the top value into a local and keeps it.'),
  row('i32.const', ['i32'], ' -> i32', 'never', 0x41, 'Gives a constant.'),
  row('i64.const', ['i64'], ' -> i64', 'never', 0x42, 'Gives a constant.'),
  row('f32.const', ['f32'], ' -> f32', 'never', 0x43, 'Gives a constant, written as its bits.'),
  row('f64.const', ['f64'], ' -> f64', 'never', 0x44, 'Gives a constant, written as its bits.'),

  // ── 32-bit integers ──────────────────────────────────────────────────────────────────────────────────────────────────
  plain('i32.eqz', 'i32 -> i32', 0x45, '1 when it is 0.'),
  plain('i32.eq', 'i32 i32 -> i32', 0x46, '1 when equal.'),
  plain('i32.ne', 'i32 i32 -> i32', 0x47, '1 when different.'),
  plain('i32.lt_s', 'i32 i32 -> i32', 0x48, '1 when less, signed.'),
  plain('i32.lt_u', 'i32 i32 -> i32', 0x49, '1 when less, unsigned.'),
  plain('i32.gt_s', 'i32 i32 -> i32', 0x4a, '1 when greater, signed.'),
  plain('i32.gt_u', 'i32 i32 -> i32', 0x4b, '1 when greater, unsigned.'),
  plain('i32.le_s', 'i32 i32 -> i32', 0x4c, '1 when less or equal, signed.'),
  plain('i32.le_u', 'i32 i32 -> i32', 0x4d, '1 when less or equal, unsigned.'),
  plain('i32.ge_s', 'i32 i32 -> i32', 0x4e, '1 when greater or equal, signed.'),
  plain('i32.ge_u', 'i32 i32 -> i32', 0x4f, '1 when greater or equal, unsigned.'),
  plain('i32.clz', 'i32 -> i32', 0x67, 'Counts leading zeros.'),
  plain('i32.ctz', 'i32 -> i32', 0x68, 'Counts trailing zeros.'),
  plain('i32.popcnt', 'i32 -> i32', 0x69, 'Counts ones.'),
  plain('i32.add', 'i32 i32 -> i32', 0x6a, 'Adds, wrapping.'),
  plain('i32.sub', 'i32 i32 -> i32', 0x6b, 'Subtracts, wrapping.'),
  plain('i32.mul', 'i32 i32 -> i32', 0x6c, 'Multiplies, wrapping.'),
  row('i32.div_s', [], 'i32 i32 -> i32', 'panics', 0x6d, 'Divides, signed; the compiler has shown that the divisor is neither 0 nor -1 with the least value.'),
  row('i32.div_u', [], 'i32 i32 -> i32', 'panics', 0x6e, 'Divides, unsigned.'),
  row('i32.rem_s', [], 'i32 i32 -> i32', 'panics', 0x6f, 'Remainder, signed.'),
  row('i32.rem_u', [], 'i32 i32 -> i32', 'panics', 0x70, 'Remainder, unsigned.'),
  plain('i32.and', 'i32 i32 -> i32', 0x71, 'And, bit by bit.'),
  plain('i32.or', 'i32 i32 -> i32', 0x72, 'Or, bit by bit.'),
  plain('i32.xor', 'i32 i32 -> i32', 0x73, 'Exclusive or, bit by bit.'),
  plain('i32.shl', 'i32 i32 -> i32', 0x74, 'Shifts left by the amount modulo 32.'),
  plain('i32.shr_s', 'i32 i32 -> i32', 0x75, 'Shifts right by the amount modulo 32, with the sign.'),
  plain('i32.shr_u', 'i32 i32 -> i32', 0x76, 'Shifts right by the amount modulo 32, with zeros.'),
  plain('i32.rotl', 'i32 i32 -> i32', 0x77, 'Rotates left.'),
  plain('i32.rotr', 'i32 i32 -> i32', 0x78, 'Rotates right.'),
  plain('i32.extend8_s', 'i32 -> i32', 0xc0, 'Extends the sign of the low byte.'),
  plain('i32.extend16_s', 'i32 -> i32', 0xc1, 'Extends the sign of the low two bytes.'),

  // ── 64-bit integers ──────────────────────────────────────────────────────────────────────────────────────────────────
  plain('i64.eqz', 'i64 -> i32', 0x50, '1 when it is 0.'),
  plain('i64.eq', 'i64 i64 -> i32', 0x51, '1 when equal.'),
  plain('i64.ne', 'i64 i64 -> i32', 0x52, '1 when different.'),
  plain('i64.lt_s', 'i64 i64 -> i32', 0x53, '1 when less, signed.'),
  plain('i64.lt_u', 'i64 i64 -> i32', 0x54, '1 when less, unsigned.'),
  plain('i64.gt_s', 'i64 i64 -> i32', 0x55, '1 when greater, signed.'),
  plain('i64.gt_u', 'i64 i64 -> i32', 0x56, '1 when greater, unsigned.'),
  plain('i64.le_s', 'i64 i64 -> i32', 0x57, '1 when less or equal, signed.'),
  plain('i64.le_u', 'i64 i64 -> i32', 0x58, '1 when less or equal, unsigned.'),
  plain('i64.ge_s', 'i64 i64 -> i32', 0x59, '1 when greater or equal, signed.'),
  plain('i64.ge_u', 'i64 i64 -> i32', 0x5a, '1 when greater or equal, unsigned.'),
  plain('i64.clz', 'i64 -> i64', 0x79, 'Counts leading zeros.'),
  plain('i64.ctz', 'i64 -> i64', 0x7a, 'Counts trailing zeros.'),
  plain('i64.popcnt', 'i64 -> i64', 0x7b, 'Counts ones.'),
  plain('i64.add', 'i64 i64 -> i64', 0x7c, 'Adds, wrapping.'),
  plain('i64.sub', 'i64 i64 -> i64', 0x7d, 'Subtracts, wrapping.'),
  plain('i64.mul', 'i64 i64 -> i64', 0x7e, 'Multiplies, wrapping.'),
  row('i64.div_s', [], 'i64 i64 -> i64', 'panics', 0x7f, 'Divides, signed.'),
  row('i64.div_u', [], 'i64 i64 -> i64', 'panics', 0x80, 'Divides, unsigned.'),
  row('i64.rem_s', [], 'i64 i64 -> i64', 'panics', 0x81, 'Remainder, signed.'),
  row('i64.rem_u', [], 'i64 i64 -> i64', 'panics', 0x82, 'Remainder, unsigned.'),
  plain('i64.and', 'i64 i64 -> i64', 0x83, 'And, bit by bit.'),
  plain('i64.or', 'i64 i64 -> i64', 0x84, 'Or, bit by bit.'),
  plain('i64.xor', 'i64 i64 -> i64', 0x85, 'Exclusive or, bit by bit.'),
  plain('i64.shl', 'i64 i64 -> i64', 0x86, 'Shifts left by the amount modulo 64.'),
  plain('i64.shr_s', 'i64 i64 -> i64', 0x87, 'Shifts right by the amount modulo 64, with the sign.'),
  plain('i64.shr_u', 'i64 i64 -> i64', 0x88, 'Shifts right by the amount modulo 64, with zeros.'),
  plain('i64.rotl', 'i64 i64 -> i64', 0x89, 'Rotates left.'),
  plain('i64.rotr', 'i64 i64 -> i64', 0x8a, 'Rotates right.'),
  plain('i64.extend8_s', 'i64 -> i64', 0xc2, 'Extends the sign of the low byte.'),
  plain('i64.extend16_s', 'i64 -> i64', 0xc3, 'Extends the sign of the low two bytes.'),
  plain('i64.extend32_s', 'i64 -> i64', 0xc4, 'Extends the sign of the low four bytes.'),

  // ── floats ───────────────────────────────────────────────────────────────────────────────────────────────────────────
  plain('f32.eq', 'f32 f32 -> i32', 0x5b, '1 when equal.'),
  plain('f32.ne', 'f32 f32 -> i32', 0x5c, '1 when different.'),
  plain('f32.lt', 'f32 f32 -> i32', 0x5d, '1 when less.'),
  plain('f32.gt', 'f32 f32 -> i32', 0x5e, '1 when greater.'),
  plain('f32.le', 'f32 f32 -> i32', 0x5f, '1 when less or equal.'),
  plain('f32.ge', 'f32 f32 -> i32', 0x60, '1 when greater or equal.'),
  plain('f64.eq', 'f64 f64 -> i32', 0x61, '1 when equal.'),
  plain('f64.ne', 'f64 f64 -> i32', 0x62, '1 when different.'),
  plain('f64.lt', 'f64 f64 -> i32', 0x63, '1 when less.'),
  plain('f64.gt', 'f64 f64 -> i32', 0x64, '1 when greater.'),
  plain('f64.le', 'f64 f64 -> i32', 0x65, '1 when less or equal.'),
  plain('f64.ge', 'f64 f64 -> i32', 0x66, '1 when greater or equal.'),
  plain('f32.abs', 'f32 -> f32', 0x8b, 'Without the sign.'),
  plain('f32.neg', 'f32 -> f32', 0x8c, 'With the other sign.'),
  plain('f32.ceil', 'f32 -> f32', 0x8d, 'Rounds up.'),
  plain('f32.floor', 'f32 -> f32', 0x8e, 'Rounds down.'),
  plain('f32.trunc', 'f32 -> f32', 0x8f, 'Rounds towards zero.'),
  plain('f32.nearest', 'f32 -> f32', 0x90, 'Rounds to the nearest whole number, ties to even.'),
  plain('f32.sqrt', 'f32 -> f32', 0x91, 'Square root.'),
  plain('f32.add', 'f32 f32 -> f32', 0x92, 'Adds.'),
  plain('f32.sub', 'f32 f32 -> f32', 0x93, 'Subtracts.'),
  plain('f32.mul', 'f32 f32 -> f32', 0x94, 'Multiplies.'),
  plain('f32.div', 'f32 f32 -> f32', 0x95, 'Divides.'),
  plain('f32.min', 'f32 f32 -> f32', 0x96, 'The lesser; not a number when one is not.'),
  plain('f32.max', 'f32 f32 -> f32', 0x97, 'The greater; not a number when one is not.'),
  plain('f32.copysign', 'f32 f32 -> f32', 0x98, 'The first with the sign of the second.'),
  plain('f64.abs', 'f64 -> f64', 0x99, 'Without the sign.'),
  plain('f64.neg', 'f64 -> f64', 0x9a, 'With the other sign.'),
  plain('f64.ceil', 'f64 -> f64', 0x9b, 'Rounds up.'),
  plain('f64.floor', 'f64 -> f64', 0x9c, 'Rounds down.'),
  plain('f64.trunc', 'f64 -> f64', 0x9d, 'Rounds towards zero.'),
  plain('f64.nearest', 'f64 -> f64', 0x9e, 'Rounds to the nearest whole number, ties to even.'),
  plain('f64.sqrt', 'f64 -> f64', 0x9f, 'Square root.'),
  plain('f64.add', 'f64 f64 -> f64', 0xa0, 'Adds.'),
  plain('f64.sub', 'f64 f64 -> f64', 0xa1, 'Subtracts.'),
  plain('f64.mul', 'f64 f64 -> f64', 0xa2, 'Multiplies.'),
  plain('f64.div', 'f64 f64 -> f64', 0xa3, 'Divides.'),
  plain('f64.min', 'f64 f64 -> f64', 0xa4, 'The lesser; not a number when one is not.'),
  plain('f64.max', 'f64 f64 -> f64', 0xa5, 'The greater; not a number when one is not.'),
  plain('f64.copysign', 'f64 f64 -> f64', 0xa6, 'The first with the sign of the second.'),
  row('f32.rem', [], 'f32 f32 -> f32', 'never', 'call of a service', 'Remainder with the sign of the first, as `%` does.'),
  row('f64.rem', [], 'f64 f64 -> f64', 'never', 'call of a service', 'Remainder with the sign of the first, as `%` does.'),

  // ── conversions ──────────────────────────────────────────────────────────────────────────────────────────────────────
  plain('i32.wrap_i64', 'i64 -> i32', 0xa7, 'The low 32 bits.'),
  plain('i64.extend_i32_s', 'i32 -> i64', 0xac, 'Widens with the sign.'),
  plain('i64.extend_i32_u', 'i32 -> i64', 0xad, 'Widens with zeros.'),
  plain('i32.trunc_sat_f32_s', 'f32 -> i32', 0xfc00, 'Towards zero; saturates; not a number gives 0.'),
  plain('i32.trunc_sat_f32_u', 'f32 -> i32', 0xfc01, 'Towards zero; saturates; not a number gives 0.'),
  plain('i32.trunc_sat_f64_s', 'f64 -> i32', 0xfc02, 'Towards zero; saturates; not a number gives 0.'),
  plain('i32.trunc_sat_f64_u', 'f64 -> i32', 0xfc03, 'Towards zero; saturates; not a number gives 0.'),
  plain('i64.trunc_sat_f32_s', 'f32 -> i64', 0xfc04, 'Towards zero; saturates; not a number gives 0.'),
  plain('i64.trunc_sat_f32_u', 'f32 -> i64', 0xfc05, 'Towards zero; saturates; not a number gives 0.'),
  plain('i64.trunc_sat_f64_s', 'f64 -> i64', 0xfc06, 'Towards zero; saturates; not a number gives 0.'),
  plain('i64.trunc_sat_f64_u', 'f64 -> i64', 0xfc07, 'Towards zero; saturates; not a number gives 0.'),
  plain('f32.convert_i32_s', 'i32 -> f32', 0xb2, 'To the nearest float.'),
  plain('f32.convert_i32_u', 'i32 -> f32', 0xb3, 'To the nearest float.'),
  plain('f32.convert_i64_s', 'i64 -> f32', 0xb4, 'To the nearest float.'),
  plain('f32.convert_i64_u', 'i64 -> f32', 0xb5, 'To the nearest float.'),
  plain('f32.demote_f64', 'f64 -> f32', 0xb6, 'To the nearest float.'),
  plain('f64.convert_i32_s', 'i32 -> f64', 0xb7, 'Exact.'),
  plain('f64.convert_i32_u', 'i32 -> f64', 0xb8, 'Exact.'),
  plain('f64.convert_i64_s', 'i64 -> f64', 0xb9, 'To the nearest float.'),
  plain('f64.convert_i64_u', 'i64 -> f64', 0xba, 'To the nearest float.'),
  plain('f64.promote_f32', 'f32 -> f64', 0xbb, 'Exact.'),
  plain('i32.reinterpret_f32', 'f32 -> i32', 0xbc, 'The bits.'),
  plain('i64.reinterpret_f64', 'f64 -> i64', 0xbd, 'The bits.'),
  plain('f32.reinterpret_i32', 'i32 -> f32', 0xbe, 'The float with these bits.'),
  plain('f64.reinterpret_i64', 'i64 -> f64', 0xbf, 'The float with these bits.'),

  // ── memory; an address need not be aligned ───────────────────────────────────────────────────────────────────────────
  access('i32.load', 'i32 -> i32', 0x28, 'Loads 4 bytes.'),
  access('i64.load', 'i32 -> i64', 0x29, 'Loads 8 bytes.'),
  access('f32.load', 'i32 -> f32', 0x2a, 'Loads 4 bytes.'),
  access('f64.load', 'i32 -> f64', 0x2b, 'Loads 8 bytes.'),
  access('i32.load8_s', 'i32 -> i32', 0x2c, 'Loads a byte with its sign.'),
  access('i32.load8_u', 'i32 -> i32', 0x2d, 'Loads a byte.'),
  access('i32.load16_s', 'i32 -> i32', 0x2e, 'Loads 2 bytes with their sign.'),
  access('i32.load16_u', 'i32 -> i32', 0x2f, 'Loads 2 bytes.'),
  access('i64.load8_s', 'i32 -> i64', 0x30, 'Loads a byte with its sign.'),
  access('i64.load8_u', 'i32 -> i64', 0x31, 'Loads a byte.'),
  access('i64.load16_s', 'i32 -> i64', 0x32, 'Loads 2 bytes with their sign.'),
  access('i64.load16_u', 'i32 -> i64', 0x33, 'Loads 2 bytes.'),
  access('i64.load32_s', 'i32 -> i64', 0x34, 'Loads 4 bytes with their sign.'),
  access('i64.load32_u', 'i32 -> i64', 0x35, 'Loads 4 bytes.'),
  access('i32.store', 'i32 i32 -> ', 0x36, 'Takes an address and a value; stores 4 bytes.'),
  access('i64.store', 'i32 i64 -> ', 0x37, 'Takes an address and a value; stores 8 bytes.'),
  access('f32.store', 'i32 f32 -> ', 0x38, 'Takes an address and a value; stores 4 bytes.'),
  access('f64.store', 'i32 f64 -> ', 0x39, 'Takes an address and a value; stores 8 bytes.'),
  access('i32.store8', 'i32 i32 -> ', 0x3a, 'Takes an address and a value; stores the low byte.'),
  access('i32.store16', 'i32 i32 -> ', 0x3b, 'Takes an address and a value; stores the low 2 bytes.'),
  access('i64.store8', 'i32 i64 -> ', 0x3c, 'Takes an address and a value; stores the low byte.'),
  access('i64.store16', 'i32 i64 -> ', 0x3d, 'Takes an address and a value; stores the low 2 bytes.'),
  access('i64.store32', 'i32 i64 -> ', 0x3e, 'Takes an address and a value; stores the low 4 bytes.'),
  row('memory.copy', [], 'i32 i32 i32 -> ', 'traps', 0xfc0a, 'Takes target, source and length; copies as if through a buffer.'),
  row('memory.fill', [], 'i32 i32 i32 -> ', 'traps', 0xfc0b, 'Takes target, byte and length.'),
  row('memory.compare', [], 'i32 i32 i32 -> i32', 'traps', 'call of a service', 'Takes two addresses and a length; gives -1, 0 or 1 by the first byte that differs.'),

  // ── addresses; in the debug profile they carry the number of their block ─────────────────────────────────────────────
  row('ptr.load', ['offset'], 'i32 -> i32', 'traps', 0x28, 'Loads a pointer, with its provenance where that is tracked.'),
  row('ptr.store', ['offset'], 'i32 i32 -> ', 'traps', 0x36, 'Takes an address and a pointer; stores it, with its provenance where that is tracked.'),
  row('ptr.add', [], 'i32 i32 -> i32', 'never', 0x6a, 'Takes an address and a number of bytes; keeps the provenance of the address.'),
  row('ptr.offset', ['offset'], 'i32 -> i32', 'never', 'i32.const, i32.add', 'Adds a constant number of bytes; keeps the provenance.'),
  row('ptr.index', ['size'], 'i32 i32 -> i32', 'never', 'i32.const, i32.mul, i32.add', 'Takes an address and an index; adds index times size; keeps the provenance.'),
  row('ptr.from', [], 'i32 -> i32', 'never', 'nothing', 'Makes an address of a number: it has no provenance.'),
  row('static.addr', ['offset'], ' -> i32', 'never', 'i32.const', 'Address in the statics area, which begins where the machine puts it.'),
  row('frame.addr', ['offset'], ' -> i32', 'never', 'local.get, i32.add', 'Address in the function\'s memory frame.'),
  row('frame.live', ['offset', 'size'], ' -> ', 'never', 'nothing', 'These bytes of the frame come to life, uninitialised (debug profile).'),
  row('frame.dead', ['offset', 'size'], ' -> ', 'never', 'nothing', 'These bytes of the frame went out of scope; with size 0, they belonged to the call before, which has returned (debug profile).'),
  row('stack_alloc', [], 'i32 -> i32', 'never', 'global.get, i32.add, global.set', 'Takes a size; gives that many bytes, aligned to 16, until the function returns; null when the stack is used up.'),

  // ── arithmetic that panics as Rust's does ────────────────────────────────────────────────────────────────────────────
  row('add.checked', ['kind'], '@KK', 'panics', 'add and a test', 'Adds; panics on overflow.'),
  row('sub.checked', ['kind'], '@KK', 'panics', 'sub and a test', 'Subtracts; panics on overflow.'),
  row('mul.checked', ['kind'], '@KK', 'panics', 'mul and a test', 'Multiplies; panics on overflow.'),
  row('div.checked', ['kind'], '@KK', 'panics', 'a test and div', 'Divides; panics when the divisor is 0 or the quotient does not fit.'),
  row('rem.checked', ['kind'], '@KK', 'panics', 'a test and rem', 'Remainder; panics when the divisor is 0 or the quotient does not fit.'),
  row('neg.checked', ['kind'], '@K', 'panics', 'sub and a test', 'Negates; panics on overflow.'),
  row('shl.checked', ['kind'], '@Ks', 'panics', 'a test and shl', 'Shifts left by an i32 amount; panics when it is not less than the width.'),
  row('shr.checked', ['kind'], '@Ks', 'panics', 'a test and shr', 'Shifts right by an i32 amount; panics when it is not less than the width.'),
  row('add.overflowing', ['kind'], '@KKf', 'never', 'add and a test', 'Adds, wrapping; gives the value and 1 when it wrapped.'),
  row('sub.overflowing', ['kind'], '@KKf', 'never', 'sub and a test', 'Subtracts, wrapping; gives the value and 1 when it wrapped.'),
  row('mul.overflowing', ['kind'], '@KKf', 'never', 'mul and a test', 'Multiplies, wrapping; gives the value and 1 when it wrapped.'),
  row('narrow', ['kind'], 'i32 -> i32', 'never', 'extend or and', 'Brings an i32 into the form its kind of 8 or 16 bits is kept in.'),

  // ── checks ───────────────────────────────────────────────────────────────────────────────────────────────────────────
  row('check.bounds', [], 'i32 i32 -> i32', 'panics', 'i32.ge_u, if, call', 'Takes an index and a length, gives the index; panics when it is not less.'),
  row('check.null', [], 'i32 -> i32', 'panics', 'i32.eqz, if, call', 'Takes an address and gives it; panics with a report when it is null.'),
  row('check.align', ['align'], 'i32 -> i32', 'traps', 'i32.and, if, call', 'Takes an address and gives it; stops with a report when it is not aligned.'),
  row('check.access', ['size', 'flags'], 'i32 -> i32', 'traps', 'shadow test, if, call', 'Takes an address and gives it; the sanitizer stops the program when these bytes may not be touched.'),
  row('check.range', ['flags'], 'i32 i32 -> ', 'traps', 'call of a service', 'Takes an address and a length; the sanitizer stops the program when these bytes may not be touched.'),
  row('check.copy', ['size', 'flags'], 'i32 i32 i32 -> ', 'traps', 'call of a service', 'Takes where to, where from and how many pieces of that size; the sanitizer stops the program when that copy may not be made.'),
  row('check.pair', [], 'i32 i32 -> ', 'traps', 'call of a service', 'Takes two addresses; the sanitizer stops the program when they belong to two blocks.'),
  row('check.value', ['size', 'i32', 'flags'], 'i32 -> i32', 'traps', 'a load and a test', 'Takes an address and gives it; the sanitizer stops the program when the number there, of that size, is more than the constant or otherwise none that the type has (`valueKinds`).'),

  // ── stopping and unwinding ───────────────────────────────────────────────────────────────────────────────────────────
  row('panic', ['panic'], '@stop', 'panics', 'throw', 'Panics with a fixed text.'),
  row('panic.text', [], 'i32 i32 @stop', 'panics', 'throw', 'Takes address and length of a text; panics with it.'),
  row('resume', [], '@stop', 'any', 'rethrow', 'Ends a cleanup body: goes on unwinding in the caller.'),
  row('trap', ['trap'], '@stop', 'traps', 'call of a service', 'Stops the program without unwinding.'),

  // ── the heap ─────────────────────────────────────────────────────────────────────────────────────────────────────────
  row('alloc', ['allocator'], 'i32 i32 -> i32', 'traps', 'call of a service', 'Takes size and alignment; gives a block, or null.'),
  row('alloc_zeroed', ['allocator'], 'i32 i32 -> i32', 'traps', 'call of a service', 'Takes size and alignment; gives a block of zeros, or null.'),
  row('realloc', ['allocator'], 'i32 i32 i32 -> i32', 'traps', 'call of a service', 'Takes a block, the new size and the alignment; gives the block, perhaps elsewhere, or null and leaves it.'),
  row('free', ['allocator'], 'i32 -> ', 'traps', 'call of a service', 'Takes a block away; null does nothing.'),
  row('memory.poison', ['poison'], 'i32 i32 -> ', 'never', 'nothing', 'Takes address and length: nobody may touch these bytes (debug profile).'),
  row('memory.unpoison', [], 'i32 i32 -> ', 'never', 'nothing', 'Takes address and length: these bytes may be touched, and are uninitialised (debug profile).'),
  row('memory.initialised', [], 'i32 i32 -> ', 'never', 'nothing', 'Takes address and length: these bytes count as initialised (debug profile).'),
] as const;

export type OpName = (typeof opcodes)[number]['name'];

const numbers = new Map<string, number>(opcodes.map((each, number) => [each.name, number]));

/** The number that stands for an instruction in code. */
export function op(name: OpName): number {
  const number = numbers.get(name);
  if (number === undefined) throw new Error(`no instruction is called ${name}`);
  return number;
}

/** The row of a number found in code, or undefined when there is none. */
export const rowOf = (number: number): (typeof opcodes)[number] | undefined => opcodes[number];

/** How many words an immediate takes; `labels` takes two more than its first word says. */
export const immediateWords = (kind: Immediate): number => (kind === 'i64' || kind === 'f64' ? 2 : 1);

/** The offset of the instruction after the one at `at`. The code must have been verified, or be about to be. */
export function nextAt(code: ArrayLike<number>, at: number): number {
  const row = opcodes[code[at] ?? -1];
  let next = at + 1;
  for (const kind of row?.immediates ?? []) next += kind === 'labels' ? (code[next] ?? 0) + 2 : immediateWords(kind);
  return next;
}
