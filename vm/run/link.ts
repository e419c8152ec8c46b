/**
 * Imports → functions of the machine: what `host.call` reaches. In: an import by name. Out: a function over the machine and the place of
 * its arguments in the slots; results go to the same place. A missing one stops the program when it is called, not before.
 */
import { importNamed, statFields } from '../code/imports.ts';
import type { Import } from '../code/program.ts';
import { fault } from '../memory/fault.ts';
import { exact, exactDigits, multiplyAdd, parseFloat32, parseFloat64, shortest, shortestSingle } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { goesOn } from './findings.ts';
import { floatText } from './floattext.ts';
import type { Machine, Service } from './machine.ts';
import { sweep, unmarked } from './sweep.ts';
import { compiledAt, siteBelow, siteOf, siteStack, trapFault, trapFor } from './trap.ts';
import { leaveCall, panic } from './unwind.ts';

const encode = new TextEncoder();
const decode = new TextDecoder();

/** The program's bytes from an address, or undefined after stopping for a bad range. */
export function bytesAt(m: Machine, address: number, length: number, write: boolean): Uint8Array | undefined {
  const start = address >>> 0;
  const size = length >>> 0;
  if (size === 0) return m.space.u8.subarray(0, 0);
  if (start >= m.space.map.statics.start && start + size <= m.space.end) return m.space.u8.subarray(start, start + size);
  trapFault(m, fault(start < m.space.map.nullEnd ? 'null-dereference' : 'wild-access', write ? 'write' : 'read', start, size));
  return undefined;
}

const int = (m: Machine, at: number, which: number): number => m.ints[at + which * 2] ?? 0;
const give = (m: Machine, at: number, value: number, which = 0): void => {
  m.ints[at + which * 2] = value;
  m.ints[at + which * 2 + 1] = 0;
};
const float = (m: Machine, at: number, which: number): number => m.floats[(at >> 1) + which] ?? 0;
const giveFloat = (m: Machine, at: number, value: number): void => {
  m.floats[at >> 1] = value;
};
const put = (m: Machine, address: number, text: string | Uint8Array): void => {
  const bytes = typeof text === 'string' ? encode.encode(text) : text;
  const target = bytesAt(m, address, bytes.length, true);
  if (!target) return;
  target.set(bytes);
  m.heap.sanitizer?.written(address, bytes.length);
};
const text = (m: Machine, address: number, length: number): string => decode.decode(bytesAt(m, address, length, false) ?? new Uint8Array());
const length = (text: string): number => encode.encode(text).length;
const giveDecimal = (m: Machine, at: number, buffer: number, { digits, exponent }: Decimal): void => {
  put(m, buffer, digits);
  give(m, at, digits.length, 0);
  give(m, at, exponent, 1);
};

const unary = (compute: (value: number) => number): Service => (m, at) => giveFloat(m, at, compute(float(m, at, 0)));
const binary = (compute: (one: number, other: number) => number): Service => (m, at) => giveFloat(m, at, compute(float(m, at, 0), float(m, at, 1)));

/** Rust's `powf`: IEEE's, where 1 to any power and anything to the power 0 is 1. */
const power = (base: number, exponent: number): number => (base === 1 || (base === -1 && !Number.isFinite(exponent) && !Number.isNaN(exponent)) ? 1 : base ** exponent);

const emptied = (m: Machine, region: number): void => {
  for (const listener of m.listeners.free) listener(0, m.heap.regions.facts(region)?.family ?? 0);
};

const services: Record<string, Service> = {
  write: (m, at) => {
    const bytes = bytesAt(m, int(m, at, 1), int(m, at, 2), false);
    if (bytes) give(m, at, m.host.write(int(m, at, 0), bytes));
  },
  read: (m, at) => {
    const address = int(m, at, 1);
    const bytes = bytesAt(m, address, int(m, at, 2), true);
    if (!bytes) return;
    const count = m.host.read(int(m, at, 0), bytes);
    if (count > 0) {
      m.heap.sanitizer?.written(address, count);
      for (const listener of m.listeners.store) listener(address, count);
    }
    give(m, at, count);
  },
  args_count: (m, at) => give(m, at, m.host.args.length),
  arg_length: (m, at) => give(m, at, length(m.host.args[int(m, at, 0)] ?? '')),
  arg_copy: (m, at) => put(m, int(m, at, 1), m.host.args[int(m, at, 0)] ?? ''),
  env_length: (m, at) => {
    const value = m.host.env(text(m, int(m, at, 0), int(m, at, 1)));
    give(m, at, value === undefined ? -1 : length(value));
  },
  env_copy: (m, at) => put(m, int(m, at, 2), m.host.env(text(m, int(m, at, 0), int(m, at, 1))) ?? ''),
  now: (m, at) => giveFloat(m, at, m.host.now()),
  wall_clock: (m, at) => giveFloat(m, at, m.host.wallClock()),
  sleep: (m, at) => m.host.sleep(float(m, at, 0)),
  halt: (m, at) => {
    if (m.host.halt?.(int(m, at, 0)) !== true) return;
    m.status = 'halted';
    m.changed = true;
  },
  exit: (m, at) => {
    m.exit = int(m, at, 0);
    m.status = 'finished';
    m.changed = true;
  },
  random_seed: (m, at) => {
    m.ints[at] = m.seed;
    m.ints[at + 1] = m.seed < 0 ? -1 : 0;
  },
  panicking: (m, at) => give(m, at, m.panics.length > 0 ? 1 : 0),
  caught_length: (m, at) => give(m, at, length(m.caught?.message ?? '')),
  caught_copy: (m, at) => put(m, int(m, at, 0), m.caught?.message ?? ''),
  caught_file_length: (m, at) => give(m, at, length(m.caught?.at?.file ?? '')),
  caught_file_copy: (m, at) => put(m, int(m, at, 0), m.caught?.at?.file ?? ''),
  caught_line: (m, at) => give(m, at, m.caught?.at?.line ?? 0),
  caught_column: (m, at) => give(m, at, m.caught?.at?.column ?? 0),
  stats: (m, at) => giveFloat(m, at, statistic(m, statFields[int(m, at, 0)], Math.max(0, int(m, at, 1)))),
  leaks: (m, at) => give(m, at, leakedNow(m).bytes),
  leaks_refused: (m) => {
    const leaked = leakedNow(m);
    if (leaked.bytes === 0 && leaked.numbers.length === 0) return;
    m.refused = leaked.numbers;
    panic(m, leakedText(m, leaked.numbers));
  },
  peak_begin: (m, at) => give(m, at, m.heap.statistics.beginPeak()),
  peak_end: (m, at) => m.heap.statistics.endPeak(int(m, at, 0)),
  stats_reset_peak: (m) => m.heap.statistics.resetPeak(),
  panic_resume: (m, at) => panic(m, text(m, int(m, at, 0), int(m, at, 1)), true),
  float_text: (m, at) => {
    const written = floatText(float(m, at, 0), int(m, at, 1) !== 0, int(m, at, 2), int(m, at, 3) >>> 0);
    put(m, int(m, at, 4), written);
    give(m, at, written.length);
  },
  float_parse: (m, at) => {
    const source = text(m, int(m, at, 0), int(m, at, 1));
    const value = int(m, at, 2) !== 0 ? parseFloat32(source) : parseFloat64(source);
    const into = int(m, at, 3);
    if (bytesAt(m, into, 8, true)) m.space.view.setFloat64(into, value ?? 0, true);
    m.heap.sanitizer?.written(into, 8);
    give(m, at, value === undefined ? 0 : 1);
  },
  f64_shortest: (m, at) => giveDecimal(m, at, int(m, at, 1), shortest(float(m, at, 0))),
  f32_shortest: (m, at) => giveDecimal(m, at, int(m, at, 1), shortestSingle(m.singles[at] ?? 0)),
  f64_exact: (m, at) => {
    const result = exact(float(m, at, 0), int(m, at, 1));
    giveDecimal(m, at, int(m, at, 2), { digits: result.digits.slice(0, int(m, at, 3)), exponent: result.exponent });
  },
  f64_exact_digits: (m, at) => giveDecimal(m, at, int(m, at, 2), exactDigits(float(m, at, 0), int(m, at, 1))),
  f64_parse: (m, at) => {
    const value = parseFloat64(text(m, int(m, at, 0), int(m, at, 1)));
    giveFloat(m, at, value ?? 0);
    give(m, at, value === undefined ? 0 : 1, 1);
  },
  f32_parse: (m, at) => {
    const value = parseFloat32(text(m, int(m, at, 0), int(m, at, 1)));
    m.singles[at] = value ?? 0;
    give(m, at, value === undefined ? 0 : 1, 1);
  },
  f64_sin: unary(Math.sin),
  f64_cos: unary(Math.cos),
  f64_tan: unary(Math.tan),
  f64_asin: unary(Math.asin),
  f64_acos: unary(Math.acos),
  f64_atan: unary(Math.atan),
  f64_sinh: unary(Math.sinh),
  f64_cosh: unary(Math.cosh),
  f64_tanh: unary(Math.tanh),
  f64_asinh: unary(Math.asinh),
  f64_acosh: unary(Math.acosh),
  f64_atanh: unary(Math.atanh),
  f64_exp: unary(Math.exp),
  f64_exp2: unary((value) => 2 ** value),
  f64_exp_m1: unary(Math.expm1),
  f64_ln: unary(Math.log),
  f64_log2: unary(Math.log2),
  f64_log10: unary(Math.log10),
  f64_ln_1p: unary(Math.log1p),
  f64_cbrt: unary(Math.cbrt),
  f64_atan2: binary(Math.atan2),
  f64_pow: binary(power),
  f64_hypot: binary(Math.hypot),
  f64_mul_add: (m, at) => giveFloat(m, at, multiplyAdd(float(m, at, 0), float(m, at, 1), float(m, at, 2))),
  allocator_enter: (m, at) => m.heap.users.enter(nameAt(m, at), m.cp, int(m, at, 2), int(m, at, 3)),
  allocator_leave: (m) => m.heap.users.leave(),
  allocator_in: (m, at) => {
    m.ints[at + 1] = m.heap.users.inner(int(m, at, 0), m.ints[at + 1] ?? 0);
  },
  allocator_out: (m, at) => out(m, at, int(m, at, 2), int(m, at, 3), 0),
  allocator_back: (m, at) => {
    const address = int(m, at, 2);
    const number = m.ints[at + 5] ?? 0;
    const wrong = m.heap.users.back(nameAt(m, at), address, int(m, at, 3), number, callerSite(m));
    if (wrong) {
      // The release is left out: the method returns at once.
      if (goesOn(m, wrong, (m.cp - m.heap.users.outermost(m.cp)) / 2 + 1)) {
        m.heap.users.leave();
        leaveCall(m);
      }
      return;
    }
    m.ints[at] = address;
    m.ints[at + 1] = m.heap.users.inner(address, number);
  },
  allocator_again: (m, at) => {
    const address = int(m, at, 3);
    const [old, size] = [int(m, at, 4), int(m, at, 5)];
    if (address !== 0) {
      const wrong = m.heap.users.back(nameAt(m, at), int(m, at, 2), old, m.ints[at + 5] ?? 0, callerSite(m));
      if (wrong) return trapFault(m, wrong, (m.cp - m.heap.users.outermost(m.cp)) / 2 + 1);
    }
    out(m, at, address, size, Math.min(old, size));
  },
  stats_family: (m, at) => {
    const bytes = bytesAt(m, int(m, at, 0), int(m, at, 1), false);
    if (bytes) give(m, at, m.heap.statistics.names().indexOf(decode.decode(bytes)));
  },
  check_sized: (m, at) => {
    const block = m.heap.sanitizer?.startingAt(int(m, at, 0));
    if (block && block.state === 'live' && block.size !== int(m, at, 1)) goesOn(m, fault('new-delete-type-mismatch', 'free', block.address, int(m, at, 1), block));
  },
  region_make: (m, at) => give(m, at, m.heap.regions.make(int(m, at, 0), siteOf(m))),
  region_take: (m, at) => m.heap.regions.take(int(m, at, 0), int(m, at, 1), int(m, at, 2)),
  region_hand_out: (m, at) => {
    const address = int(m, at, 1);
    const region = int(m, at, 0);
    const number = m.heap.regions.handOut(region, address, int(m, at, 2), siteOf(m));
    const size = int(m, at, 2);
    m.ints[at] = address;
    m.ints[at + 1] = number;
    for (const listener of m.listeners.alloc) listener(address, size, m.heap.regions.facts(region)?.family ?? 0, 0);
  },
  region_give_back: (m, at) => {
    const wrong = m.heap.regions.giveBack(int(m, at, 0), int(m, at, 1), int(m, at, 2), siteOf(m));
    if (wrong) {
      // The release is left out: the pool's method returns at once, where it stands in a call of its own.
      if (m.program.functions[compiledAt(m, m.pc)?.index ?? -1]?.std !== true) trapFault(m, wrong);
      else if (goesOn(m, wrong)) leaveCall(m);
    } else for (const listener of m.listeners.free) listener(int(m, at, 1), m.heap.regions.facts(int(m, at, 0))?.family ?? 0);
  },
  region_mark: (m, at) => give(m, at, m.heap.regions.mark(int(m, at, 0))),
  region_rollback: (m, at) => {
    m.heap.regions.rollback(int(m, at, 0), int(m, at, 1), siteOf(m));
    emptied(m, int(m, at, 0));
  },
  region_reset: (m, at) => {
    m.heap.regions.reset(int(m, at, 0), siteOf(m));
    emptied(m, int(m, at, 0));
  },
  region_drop: (m, at) => {
    m.heap.regions.drop(int(m, at, 0), siteOf(m));
    emptied(m, int(m, at, 0));
  },
};

const nameAt = (m: Machine, at: number): string => decode.decode(m.space.u8.subarray(int(m, at, 0), int(m, at, 0) + int(m, at, 1)));

/** The site of the call of an allocator's method: who asked, not where in the allocator. */
const callerSite = (m: Machine): number => (m.heap.sanitizer ? siteBelow(m, m.heap.users.outermost(m.cp)) : 0);

function out(m: Machine, at: number, address: number, size: number, kept: number): void {
  const name = nameAt(m, at);
  const block = m.heap.sanitizer?.blockAt(address);
  const variable = block?.sort === 'static' ? m.program.statics.variables.find(each => m.statics + each.at === block.address) : undefined;
  const number = m.heap.users.out(name, address, size, kept, callerSite(m), variable !== undefined && m.program.types[variable.type]?.kind === 'array');
  m.ints[at] = address;
  m.ints[at + 1] = number;
}

/** What nothing leads to where the machine stands. */
function leakedNow(m: Machine): { readonly numbers: readonly number[]; readonly bytes: number } {
  const { sanitizer } = m.heap;
  if (sanitizer === null) return { numbers: [], bytes: 0 };
  const numbers = unmarked(m, sweep(m, false).marks);
  return { numbers, bytes: numbers.reduce((sum, number) => sum + (sanitizer.block(number)?.size ?? 0), 0) };
}

function leakedText(m: Machine, numbers: readonly number[]): string {
  const blocks = numbers.flatMap((number) => m.heap.sanitizer?.block(number) ?? []);
  const bytes = blocks.reduce((sum, { size }) => sum + size, 0);
  const places = new Set(blocks.map(({ born }) => {
    const stack = siteStack(m, born);
    const place = stack.find(({ std }) => !std) ?? stack[0];
    return place ? `${place.file}:${place.line}:${place.column}` : '?';
  }));
  const most = [...places].slice(0, 4).join(', ');
  return `memory is leaked: ${bytes} ${bytes === 1 ? 'byte' : 'bytes'} in ${blocks.length} ${blocks.length === 1 ? 'block' : 'blocks'}, allocated at ${most}${places.size > 4 ? ', …' : ''}`;
}

function statistic(m: Machine, field: (typeof statFields)[number] | undefined, family: number): number {
  const row = m.heap.statistics.read(family);
  switch (field) {
    case 'current_usage': return row.current;
    case 'peak_usage': return row.peak;
    case 'total_allocated': return row.totalAllocated;
    case 'total_freed': return row.totalFreed;
    case 'allocation_count': return row.allocations;
    case 'free_count': return row.frees;
    case 'live_blocks': return row.liveBlocks;
    case 'fragmentation': return m.heap.fragmentation();
    case 'overhead': return m.heap.overhead();
    default: return 0;
  }
}

/** Services that a program may name; the spec holds them against the list in `vm/code`. */
export const serviceNames: readonly string[] = Object.keys(services);

export function linkImport({ name, signature }: Import): Service {
  const service = services[name];
  const known = importNamed(name)?.signature;
  if (service && known && known.params.join() === signature.params.join() && known.results.join() === signature.results.join()) return service;
  return (m) => trapFor(m, 'abort', `the program calls \`${name}\`, which this host does not have`);
}
