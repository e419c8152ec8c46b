/**
 * The kinds of value that code works on: operand types, and the integer kinds that checked arithmetic knows.
 * In: nothing. Out: names, their numbers (an immediate is the index in the list), and ranges.
 * Invariant: an integer of 8 or 16 bits lives in an `i32` that is kept sign- or zero-extended to its kind; a pointer is an
 * `i32` whose slot may carry provenance in its spare half; `bool` and `char` are `i32`.
 */
export const valueTypes = ['i32', 'i64', 'f32', 'f64'] as const;
export type ValueType = (typeof valueTypes)[number];

export const intKinds = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64'] as const;
export type IntKind = (typeof intKinds)[number];

export const intKindNumber = (kind: IntKind): number => intKinds.indexOf(kind);
export const intKindType = (kind: IntKind): ValueType => (kind === 'i64' || kind === 'u64' ? 'i64' : 'i32');
export const intKindBits = (kind: IntKind): number => Number(kind.slice(1));
export const intKindSigned = (kind: IntKind): boolean => kind.startsWith('i');

/** What a block takes and leaves: `-1` nothing, `-2 … -5` one result of that value type, `0 …` a row of `program.signatures`. */
export const emptyBlock = -1;
export const blockOf = (type: ValueType): number => -2 - valueTypes.indexOf(type);
