/**
 * Traps: every way to stop, as plain data: what, where, the call stack, and for a memory error where the block was born and died.
 * In: a machine that stands on the instruction. Out: data; wording beyond `message` is the report's business.
 */
import { markAt } from '../code/program.ts';
import type { CodeFunction, Mark } from '../code/program.ts';
import { trapNumber, trapReasons } from '../code/reasons.ts';
import type { TrapReason } from '../code/reasons.ts';
import type { Fault, FaultKind } from '../memory/fault.ts';
import type { Compiled, Machine } from './machine.ts';
import type { Panic, Place, StackEntry, Trap } from './ending.ts';
import type { LocalPlace } from './writer.ts';

export type { Panic, Place, StackEntry, Trap } from './ending.ts';

/** The numbers that reports have for what the memory finds wrong. */
export const faultCodes: Record<FaultKind, string> = {
  'null-dereference': 'R4001',
  'wild-access': 'R4002',
  'heap-buffer-overflow': 'R4003',
  'heap-use-after-free': 'R4004',
  'stack-buffer-overflow': 'R4005',
  'stack-buffer-underflow': 'R4006',
  'dynamic-stack-buffer-overflow': 'R4007',
  'stack-use-after-return': 'R4008',
  'stack-use-after-scope': 'R4009',
  'global-buffer-overflow': 'R4020',
  'use-after-poison': 'R4021',
  'use-after-reset': 'R4022',
  'use-after-release': 'R4023',
  'use-after-drop': 'R4024',
  'use-of-uninitialized-value': 'R4025',
  'misaligned-access': 'R4026',
  'double-free': 'R4027',
  'double-release': 'R4028',
  'bad-free': 'R4029',
  'alloc-dealloc-mismatch': 'R4030',
  'new-delete-type-mismatch': 'R4031',
  'memcpy-param-overlap': 'R4032',
  'negative-size-param': 'R4033',
  'invalid-allocation-alignment': 'R4034',
  'invalid-pointer-pair': 'R4036',
  'invalid-enum-tag': 'R4037',
  'invalid-bool': 'R4038',
  'invalid-char': 'R4039',
  'write-to-read-only': 'R4041',
};

/** The compiled function whose code holds a pc. */
export function compiledAt(m: Machine, pc: number): Compiled | undefined {
  let low = 0;
  let high = m.ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((m.ranges[middle]?.start ?? 0) <= pc) low = middle + 1;
    else high = middle;
  }
  const found = m.ranges[low - 1];
  return found && pc < found.end ? found : undefined;
}

/** The offset in the stack code that a pc came from; negative minus one in the cleanup body. */
export function originAt({ origins }: { readonly origins: Int32Array }, pc: number): number {
  let low = 0;
  let high = origins.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((origins[middle * 2] ?? 0) <= pc) low = middle + 1;
    else high = middle;
  }
  return origins[(low - 1) * 2 + 1] ?? 0;
}

/** The functions that a pc stands in: a callee that was written in place of its call before its caller. */
export function standing(compiled: Compiled, pc: number): { readonly index: number; readonly origin: number; readonly places: ReadonlyMap<number, LocalPlace> | null }[] {
  const list: ReturnType<typeof standing> = [{ index: compiled.index, origin: originAt(compiled, pc), places: null }];
  for (const inlined of compiled.inlined) if (inlined.start <= pc && pc < inlined.end) list.unshift({ index: inlined.index, origin: originAt(inlined, pc), places: inlined.places });
  return list;
}

/** An open call, innermost first. One that was written in place of its call (`inlined`) has its caller's `fp`, and no slots of its own. */
export type Frame = { readonly index: number; readonly origin: number; readonly pc: number; readonly fp: number; readonly inlined: boolean; /** Of such a one: where its locals are, as far as they are anywhere. */ readonly places: ReadonlyMap<number, LocalPlace> | null; /** Address of its bytes in linear memory, 0 when it has none. */ readonly memory: number };

export function frames(m: Machine, most = Infinity): Frame[] {
  const list: Frame[] = [];
  let { pc, fp, cp } = m;
  for (;;) {
    const compiled = compiledAt(m, pc);
    if (compiled) {
      const memory = compiled.frameSlot < 0 ? 0 : (m.ints[fp + compiled.frameSlot] ?? 0);
      const here = standing(compiled, pc);
      here.forEach(({ index, origin, places }, place) => {
        const inlined = place < here.length - 1;
        list.push({ index, origin, pc, fp, inlined, places, memory: inlined ? 0 : memory });
      });
    }
    if (cp === m.callBase || list.length >= most) return list;
    cp -= 2;
    pc = (m.ints[cp] ?? 0) - 1;
    fp = m.ints[cp + 1] ?? 0;
  }
}

export function markOf(m: Machine, index: number, origin: number): Mark | undefined {
  const code = m.program.functions[index];
  return code && (origin >= 0 ? markAt(code.marks, origin) : markAt(code.cleanupMarks, -1 - origin));
}

/** A place in a library function is the library's, unless it came from a closure of the user's that was written into it. */
const isStd = (m: Machine, code: CodeFunction | undefined, mark: Mark | undefined): boolean => code?.std === true && (mark === undefined || m.program.sources[mark.source]?.std === true);

export function entryOf(m: Machine, index: number, origin: number): StackEntry {
  const code = m.program.functions[index];
  const mark = markOf(m, index, origin);
  const source = mark && m.program.sources[mark.source];
  return { function: code?.name ?? '?', file: source?.path ?? '?', line: mark?.line ?? 0, column: mark?.column ?? 0, std: isStd(m, code, mark) };
}

/** The call stack, innermost first. A very deep one keeps both ends. */
export function callStack(m: Machine): StackEntry[] {
  const all = frames(m);
  const kept = all.length > 256 ? [...all.slice(0, 128), ...all.slice(-32)] : all;
  return kept.map(({ index, origin }) => entryOf(m, index, origin));
}

/** Where a panic is said to happen: in the innermost function that is the user's own and does not pass its caller's place on. */
export function panicPlace(m: Machine): Place | null {
  let first: Place | null = null;
  for (const { index, origin } of frames(m)) {
    const { file, line, column, std } = entryOf(m, index, origin);
    first ??= { file, line, column };
    const code = m.program.functions[index];
    if (code?.trackCaller !== true && !std) return { file, line, column };
  }
  return first;
}

export function endWith(m: Machine, trap: Trap): void {
  m.trap = trap;
  m.exit = trap.exit;
  m.status = 'stopped';
  m.changed = true;
}

/** Where the user's own code stands: the innermost entry that is not the library's. */
function userPlace(stack: readonly StackEntry[]): Place | null {
  const entry = stack.find((each) => !each.std) ?? stack[0];
  return entry ? { file: entry.file, line: entry.line, column: entry.column } : null;
}

/** Stops for a reason of the table. */
export function trapFor(m: Machine, name: TrapReason, message?: string): void {
  const reason = trapReasons[trapNumber(name)];
  if (!reason) throw new Error(`no trap is called ${name}`);
  const stack = callStack(m);
  endWith(m, { code: reason.code, kind: reason.kind, message: message ?? reason.message, at: userPlace(stack), stack, fault: null, born: [], died: [], exit: reason.exit });
}

/** Stops because nothing caught a panic. */
export function trapPanic(m: Machine, panic: Panic): void {
  const { fault } = panic;
  endWith(m, { code: fault ? faultCodes[fault.kind] : 'R4000', kind: fault?.kind ?? 'panic', message: panic.message, at: panic.at, stack: panic.stack, fault: fault ?? null, born: [], died: [], exit: 101 });
}

/** A local that left its scope is one of a function that returned, when the function where it died is not open in these bytes any more. */
export function named(m: Machine, fault: Fault): Fault {
  const { block } = fault;
  if (fault.kind !== 'stack-use-after-scope' || block === null || block.died === 0) return fault;
  const pc = m.sites.pcs[block.died] ?? 0;
  const compiled = compiledAt(m, pc);
  const owner = compiled && standing(compiled, pc)[0]?.index;
  const open = frames(m).some(({ index, memory, inlined }) => index === owner && (inlined || memory === 0 || memory <= block.address));
  return open ? fault : { ...fault, kind: 'stack-use-after-return', block: { ...block, state: 'returned' } };
}

/** Stops for what the memory found. `left`: so many of the innermost calls are not to blame. Where the program could go on, ask `goesOn` instead. */
export function trapFault(m: Machine, found: Fault, left = 0): void {
  endWith(m, trapOf(m, named(m, found), left));
}

export function trapOf(m: Machine, fault: Fault, left: number): Trap {
  const stack = callStack(m).slice(left);
  const site = (number: number | undefined): StackEntry[] => (number ? siteStack(m, number) : []);
  return {
    code: faultCodes[fault.kind],
    kind: fault.kind,
    message: `${fault.kind} on ${fault.access} of ${fault.size} bytes at address ${fault.address}`,
    at: userPlace(stack),
    stack,
    fault,
    born: site(fault.block?.born),
    died: site(fault.block?.died),
    region: site(fault.block?.region?.made),
    exit: 77,
  };
}

/** A number for the place of now alone, without its callers: for what is born and dies with every call. */
export function placeOf(m: Machine): number {
  return siteUnder(m, 0, m.pc);
}

/** The node for a call at `pc` under another; the one asked for last stands first among its siblings. */
function siteUnder({ sites: { parents, pcs, children, siblings } }: Machine, parent: number, pc: number): number {
  let before = 0;
  let site = children[parent] ?? 0;
  while (site !== 0 && pcs[site] !== pc) {
    before = site;
    site = siblings[site] ?? 0;
  }
  if (site !== 0 && before === 0) return site;
  if (site === 0) {
    site = parents.length;
    parents.push(parent);
    pcs.push(pc);
    children.push(0);
    siblings.push(0);
  } else siblings[before] = siblings[site] ?? 0;
  siblings[site] = children[parent] ?? 0;
  children[parent] = site;
  return site;
}

/**
 * A number for the call stack of now: equal stacks have equal numbers. Only the innermost calls count. As far as the stack is the one
 * that was asked for last, its numbers are at hand.
 */
export function siteOf(m: Machine): number {
  const { lastPcs, lastSites } = m.sites;
  let site = 0;
  let depth = 0;
  let same = true;
  const from = Math.max(m.callBase, m.cp - COUNTED * 2);
  for (let cp = from; cp <= m.cp; cp += 2, depth++) {
    const pc = cp === m.cp ? m.pc : (m.ints[cp] ?? 0) - 1;
    if (same && lastPcs[depth] === pc) {
      site = lastSites[depth] ?? 0;
      continue;
    }
    same = false;
    site = siteUnder(m, site, pc);
    lastPcs[depth] = pc;
    lastSites[depth] = site;
  }
  return site;
}
const COUNTED = 24;

/** The same for the calls below one of them, given where it stands. */
export function siteBelow(m: Machine, depth: number): number {
  let site = 0;
  for (let cp = Math.max(m.callBase, depth - COUNTED * 2); cp < depth; cp += 2) site = siteUnder(m, site, (m.ints[cp] ?? 0) - 1);
  return site;
}

/** The call stack that a number stands for, innermost first. */
export function siteStack(m: Machine, site: number): StackEntry[] {
  const list: StackEntry[] = [];
  for (let at = site; at > 0; at = m.sites.parents[at] ?? 0) {
    const pc = m.sites.pcs[at] ?? 0;
    const compiled = compiledAt(m, pc);
    if (compiled) for (const { index, origin } of standing(compiled, pc)) list.push(entryOf(m, index, origin));
  }
  return list;
}
