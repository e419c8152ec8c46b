/**
 * Everything that `host.call` can reach, as data: services that the machine itself gives (pure, deterministic), and the few
 * things only a host can do. In: nothing. Out: name, signature and a sentence; an engine links a program's imports by name.
 * A text is an address and a length; a result that is a text is asked for twice: its length, then a copy.
 */
import type { Import } from './program.ts';
import type { ValueType } from './values.ts';

export type ImportRow = Import & { readonly from: 'host' | 'machine'; readonly says: string };

const words = (text: string): ValueType[] => text.split(' ').filter((word): word is ValueType => word !== '');
const row = (from: 'host' | 'machine', name: string, effect: string, says: string): ImportRow => {
  const [params = '', results = ''] = effect.split('->');
  return { name, signature: { params: words(params), results: words(results) }, from, says };
};
const unary = (name: string): ImportRow => row('machine', name, 'f64 -> f64', 'As Rust\'s method of that name.');

export const importRows: readonly ImportRow[] = [
  row('host', 'write', 'i32 i32 i32 -> i32', 'Takes a stream (1 or 2) and a text; gives how many bytes were written, or -1.'),
  row('host', 'read', 'i32 i32 i32 -> i32', 'Takes a stream (0) and a buffer; gives how many bytes were read, 0 at the end, or -1.'),
  row('host', 'args_count', '-> i32', 'How many arguments the program has; the first is its name.'),
  row('host', 'arg_length', 'i32 -> i32', 'Bytes of an argument.'),
  row('host', 'arg_copy', 'i32 i32 ->', 'Takes an argument\'s number and an address; copies the argument there.'),
  row('host', 'env_length', 'i32 i32 -> i32', 'Takes a name; gives the bytes of that environment variable, or -1.'),
  row('host', 'env_copy', 'i32 i32 i32 ->', 'Takes a name and an address; copies the variable there.'),
  row('host', 'now', '-> f64', 'Milliseconds since some moment, never going back.'),
  row('host', 'wall_clock', '-> f64', 'Milliseconds since 1970.'),
  row('host', 'sleep', 'f64 ->', 'Waits that many milliseconds.'),
  row('host', 'halt', 'i32 ->', 'Between two lines of a session: the host may make the machine stand still here; it passes otherwise.'),
  row('machine', 'exit', 'i32 ->', 'Ends the program with this exit code; no destructor runs.'),
  row('machine', 'random_seed', '-> i64', 'The seed of the run: the same for the same `--seed`.'),
  row('machine', 'panicking', '-> i32', '1 while a panic unwinds.'),
  row('machine', 'caught_length', '-> i32', 'Bytes of the text of the panic that `catch_call` caught last.'),
  row('machine', 'caught_copy', 'i32 ->', 'Copies that text to an address.'),
  row('machine', 'caught_file_length', '-> i32', 'Bytes of the path where that panic happened.'),
  row('machine', 'caught_file_copy', 'i32 ->', 'Copies that path to an address.'),
  row('machine', 'caught_line', '-> i32', 'The line of that panic.'),
  row('machine', 'caught_column', '-> i32', 'The column of that panic.'),
  row('machine', 'stats', 'i32 i32 -> f64', 'Takes a row of `statFields` and a row of `families`; gives the number.'),
  row('machine', 'stats_reset_peak', '->', 'Makes the peak the current usage.'),
  row('machine', 'region_make', 'i32 -> i32', 'An arena, a pool or an allocator of the program was made; takes its row of `families`, gives the region\'s number.'),
  row('machine', 'region_take', 'i32 i32 i32 ->', 'Takes region, address and size: the region holds this memory; nobody may touch it until it is handed out.'),
  row('machine', 'region_hand_out', 'i32 i32 i32 -> i32', 'Takes region, address and size: the region gives out this block; gives the address, which then knows its block.'),
  row('machine', 'region_give_back', 'i32 i32 i32 ->', 'Takes region, address and size: one block comes back.'),
  row('machine', 'region_mark', 'i32 -> i32', 'Takes a region; gives how many blocks it has given out.'),
  row('machine', 'region_rollback', 'i32 i32 ->', 'Takes region and mark: all blocks given out since are gone.'),
  row('machine', 'region_reset', 'i32 ->', 'Takes a region: all its blocks are gone, its memory stays.'),
  row('machine', 'region_drop', 'i32 ->', 'Takes a region: it is gone; to be called before its memory is freed.'),
  row('machine', 'allocator_enter', 'i32 i32 i32 i32 ->', 'Takes the name of a type that is an allocator of the program\'s, the address and the size of the one that is asked: one of its methods begins, and may touch what the allocator holds (debug profile).'),
  row('machine', 'allocator_leave', '->', 'The method that began last ends.'),
  row('machine', 'allocator_in', 'i32 -> i32', 'Takes a pointer that comes back to its allocator; gives it as one into the allocator\'s own memory.'),
  row('machine', 'allocator_out', 'i32 i32 i32 i32 -> i32', 'Takes the name, an address and a size: the allocator gives out this block; gives the address, which then knows its block.'),
  row('machine', 'allocator_back', 'i32 i32 i32 i32 -> i32', 'Takes the name, an address and a size: the block comes back; gives the address as one into the allocator\'s own memory.'),
  row('machine', 'allocator_again', 'i32 i32 i32 i32 i32 i32 -> i32', 'Takes the name, a block\'s address, what `reallocate` gives for it, the old and the new size; gives that address, which then knows its block.'),
  row('machine', 'stats_family', 'i32 i32 -> i32', 'Takes the name of an allocator; gives its row for `stats`, or -1.'),
  row('machine', 'check_sized', 'i32 i32 ->', 'Takes an address and a size: a block that is released or resized as one of that size must have it (debug profile).'),
  row('machine', 'leaks', '-> i32', 'Bytes that nothing leads to any more; 0 where that is not known (outside the debug profile).'),
  row('machine', 'leaks_refused', '->', 'Panics when there are such bytes, and says where they were allocated.'),
  row('machine', 'peak_begin', '-> i32', 'Lets the peak of the whole heap start again from the current usage; gives what it was.'),
  row('machine', 'peak_end', 'i32 ->', 'Takes what `peak_begin` gave: the peak is again the highest of all.'),
  row('machine', 'panic_resume', 'i32 i32 ->', 'Takes a text: panics with it, without a report.'),
  row('machine', 'float_text', 'f64 i32 i32 i32 i32 -> i32', 'Takes a value, 1 when it is an f32, a mode, a precision, and a buffer of 1100 bytes; writes the value as Rust prints it; gives the length. Modes: 0 `{}`, 1 `{:.p}`, 2 `{:?}`, 3 `{:e}`, 4 `{:.pe}`.'),
  row('machine', 'float_parse', 'i32 i32 i32 i32 -> i32', 'Takes a text, 1 when an f32 is wanted, and the address of an f64; gives 1 and writes the value, or 0.'),
  row('machine', 'f64_shortest', 'f64 i32 -> i32 i32', 'Takes a finite positive value and a buffer of 17 bytes; writes the fewest digits that read back as the value; gives their count and the exponent e, where the value is 0.DIGITS times 10 to the e.'),
  row('machine', 'f32_shortest', 'f32 i32 -> i32 i32', 'The same for f32.'),
  row('machine', 'f64_exact', 'f64 i32 i32 i32 -> i32 i32', 'Takes a finite positive value, how many digits are wanted after the point, a buffer and its size; writes the digits, correctly rounded (ties to even on the exact value); gives count and exponent as `f64_shortest`. No digits means that it rounds to 0.'),
  row('machine', 'f64_exact_digits', 'f64 i32 i32 -> i32 i32', 'Takes a finite positive value, how many significant digits are wanted, and a buffer of that size; writes them, correctly rounded; gives count and exponent.'),
  row('machine', 'f64_parse', 'i32 i32 -> f64 i32', 'Takes a text; gives its value and 1, or 0.0 and 0 when it is not a float as Rust writes them.'),
  row('machine', 'f32_parse', 'i32 i32 -> f32 i32', 'The same for f32, rounded once.'),
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'exp', 'exp2', 'exp_m1', 'ln', 'log2', 'log10', 'ln_1p', 'cbrt'].map((name) => unary(`f64_${name}`)),
  row('machine', 'f64_atan2', 'f64 f64 -> f64', 'As Rust\'s method of that name.'),
  row('machine', 'f64_pow', 'f64 f64 -> f64', 'As Rust\'s `powf`.'),
  row('machine', 'f64_hypot', 'f64 f64 -> f64', 'As Rust\'s method of that name.'),
  row('machine', 'f64_mul_add', 'f64 f64 f64 -> f64', 'a times b plus c, rounded once.'),
];

/** Who takes memory, as statistics tell them apart: the first operand of `region_make`, the second of `stats`. Users' allocators come after. */
export const families = ['heap', 'system', 'malloc', 'arena', 'pool', 'stack'] as const;

/** The numbers of §10, by the first operand of `stats`. */
export const statFields = ['current_usage', 'peak_usage', 'total_allocated', 'total_freed', 'allocation_count', 'free_count', 'live_blocks', 'fragmentation', 'overhead'] as const;

export const importNamed = (name: string): ImportRow | undefined => importRows.find((each) => each.name === name);
