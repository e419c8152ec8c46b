/**
 * Why code stops: the static panics (which unwind) and the traps (which do not), with their numbers as immediates.
 * In: nothing. Out: lists; an immediate is the index in the list. Texts of panics are Rust's, to the letter.
 */
export const panicReasons = [
  { name: 'add', message: 'attempt to add with overflow' },
  { name: 'sub', message: 'attempt to subtract with overflow' },
  { name: 'mul', message: 'attempt to multiply with overflow' },
  { name: 'div', message: 'attempt to divide with overflow' },
  { name: 'rem', message: 'attempt to calculate the remainder with overflow' },
  { name: 'neg', message: 'attempt to negate with overflow' },
  { name: 'shl', message: 'attempt to shift left with overflow' },
  { name: 'shr', message: 'attempt to shift right with overflow' },
  { name: 'div_zero', message: 'attempt to divide by zero' },
  { name: 'rem_zero', message: 'attempt to calculate the remainder with a divisor of zero' },
  { name: 'unreachable', message: 'internal error: entered unreachable code' },
  { name: 'todo', message: 'not yet implemented' },
  { name: 'unimplemented', message: 'not implemented' },
  { name: 'explicit', message: 'explicit panic' },
  { name: 'unwrap_none', message: 'called `Option::unwrap()` on a `None` value' },
  { name: 'capacity', message: 'capacity overflow' },
  { name: 'already_borrowed', message: 'already borrowed' },
  { name: 'already_mutably_borrowed', message: 'already mutably borrowed' },
  { name: 'resumed', message: '`async fn` resumed after panicking' },
] as const;
export type PanicReason = (typeof panicReasons)[number]['name'];
export const panicNumber = (name: PanicReason): number => panicReasons.findIndex((reason) => reason.name === name);

/** Traps: the program stops at once, no destructor runs. `kind` is the name a report shows; `code` its number in the catalogue. */
export const trapReasons = [
  { name: 'abort', code: 'R4090', kind: 'abort', message: 'the program aborted', exit: 134 },
  { name: 'panic_in_cleanup', code: 'R4091', kind: 'abort', message: 'panic in a destructor during cleanup', exit: 134 },
  { name: 'panic_no_unwind', code: 'R4092', kind: 'abort', message: 'panic in a function that cannot unwind', exit: 134 },
  { name: 'unreachable', code: 'R4093', kind: 'unreachable', message: 'code that cannot be reached was reached', exit: 134 },
  { name: 'stack_overflow', code: 'R4010', kind: 'stack-overflow', message: 'stack overflow', exit: 101 },
  { name: 'null_call', code: 'R4011', kind: 'null-call', message: 'call through a null function pointer', exit: 77 },
  { name: 'bad_call', code: 'R4012', kind: 'bad-call', message: 'call through a pointer to no function of this type', exit: 77 },
  { name: 'out_of_fuel', code: 'R4015', kind: 'out-of-fuel', message: 'the fuel is used up', exit: 124 },
  { name: 'interrupted', code: 'R4016', kind: 'interrupted', message: 'interrupted', exit: 130 },
] as const;
export type TrapReason = (typeof trapReasons)[number]['name'];
export const trapNumber = (name: TrapReason): number => trapReasons.findIndex((reason) => reason.name === name);

/** The allocators that `alloc`, `free`, `realloc` know; the immediate is the index. Blocks of one are foreign to the other. */
export const allocators = ['system', 'malloc'] as const;
export type Allocator = (typeof allocators)[number];

/** What `memory.poison` may say about bytes nobody may touch. */
export const poisonKinds = ['freed', 'arena_tail', 'arena_reset', 'pool_slot', 'user'] as const;
export type PoisonKind = (typeof poisonKinds)[number];

/** Flags of `check.access`, `check.range` and `check.copy`: added together. `lent`: a reference to the bytes goes on, whose reads nobody checks. `overlap`: the two sides of a copy may overlap. */
export const accessFlags = { read: 0, write: 1, uninitialised: 2, pointer: 4, overlap: 8, lent: 16 } as const;

/** What `check.value` looks for, as a report names it: the immediate is the index. A `char` is no surrogate either. */
export const valueKinds = ['invalid-bool', 'invalid-char', 'invalid-enum-tag'] as const;
export type ValueKind = (typeof valueKinds)[number];
