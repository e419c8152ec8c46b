/**
 * What is known of a function before it is translated, gathered once: how often locals are read, which parameters change, which locals must
 * begin as zeros, and whether it is small enough to be written in place of a call. In: verified code. Out: facts, kept by function.
 */
import { nextAt, opcodes } from '../code/opcodes.ts';
import type { OpName } from '../code/opcodes.ts';
import type { CodeFunction } from '../code/program.ts';
import { localsToZero } from './assigned.ts';

export type Facts = {
  /** By local, in both bodies. */
  readonly reads: ReadonlyMap<number, number>;
  /** Locals that hold a variable of the source: a debugger may want to see them. */
  readonly named: ReadonlySet<number>;
  /** Parameters that are set. */
  readonly changed: ReadonlySet<number>;
  /** Locals that are set in one place that comes before all of their readers, whatever way is taken. */
  readonly single: ReadonlySet<number>;
  readonly zeros: readonly number[];
  /** Slots of the memory frame that come to life and die. */
  readonly slots: readonly { readonly at: number; readonly size: number }[];
  readonly small: boolean;
  /** Numbers of the imports that it calls. */
  readonly hosts: ReadonlySet<number>;
  /** Offsets in the body before which a variable was set, or began or ceased to hold something. */
  readonly moments: ReadonlySet<number>;
};

/** Words of a body that is written in place of a call. */
const SMALL = 80;
/** What a body must not have for that: loops, and what belongs to a frame of its own. */
const own = new Set<OpName>(['loop', 'stack_alloc', 'frame.addr', 'frame.live', 'frame.dead', 'catch_call', 'resume']);

const known = new WeakMap<CodeFunction, Facts>();

export function factsOf(code: CodeFunction, params: number): Facts {
  const before = known.get(code);
  if (before) return before;
  const reads = new Map<number, number>();
  const changed = new Set<number>();
  const slots = new Map<number, number>();
  const hosts = new Set<number>();
  const count = (local: number): void => void reads.set(local, (reads.get(local) ?? 0) + 1);
  let small = code.body.length <= SMALL && code.cleanup === null && code.frame.size === 0 && code.noUnwind !== true;
  for (const body of [code.body, code.cleanup ?? []]) {
    for (let at = 0; at < body.length; at = nextAt(body, at)) {
      const name: OpName | undefined = opcodes[body[at] ?? -1]?.name;
      const first = body[at + 1] ?? 0;
      if (name === 'local.get' || name === 'local.tee') count(first);
      if ((name === 'local.set' || name === 'local.tee') && first < params) changed.add(first);
      if (name === 'frame.live') slots.set(first, body[at + 2] ?? 0);
      if (name === 'host.call') hosts.add(first);
      if (name !== undefined && own.has(name)) small = false;
    }
  }
  const named = new Set<number>();
  for (const { lives } of code.variables) {
    if (lives.kind === 'local' || lives.kind === 'behind') named.add(lives.local);
    else if (lives.kind === 'locals') for (const local of lives.locals) named.add(local);
  }
  const moments = new Set<number>();
  for (const { states } of code.variables) for (const { at } of states ?? []) moments.add(at);
  for (let at = 0; at < code.body.length; at = nextAt(code.body, at)) {
    const name: OpName | undefined = opcodes[code.body[at] ?? -1]?.name;
    if (name === 'local.set' && named.has(code.body[at + 1] ?? -1)) moments.add(nextAt(code.body, at));
  }
  const facts: Facts = { reads, named, changed, single: singleLocals(code, params), zeros: localsToZero(code, params), slots: [...slots].map(([at, size]) => ({ at, size })), small, hosts, moments };
  known.set(code, facts);
  return facts;
}

/**
 * A place comes before a reader on all ways when the reader stands after it, and the innermost block (or arm) around the place is still
 * open there. Locals that the cleanup body touches do not count.
 */
function singleLocals(code: CodeFunction, params: number): Set<number> {
  const single = new Set<number>();
  const lost = new Set<number>();
  /** Of each local that was set: the number of the block it was set in. */
  const setIn = new Map<number, number>();
  const open: number[] = [0];
  let blocks = 0;
  const { body } = code;
  for (let at = 0; at < body.length; at = nextAt(body, at)) {
    const name: OpName | undefined = opcodes[body[at] ?? -1]?.name;
    const first = body[at + 1] ?? 0;
    if (name === 'block' || name === 'loop' || name === 'if') open.push((blocks += 1));
    else if (name === 'else') open[open.length - 1] = blocks += 1;
    else if (name === 'end') open.pop();
    else if (name === 'local.tee') lost.add(first);
    else if (name === 'local.set') {
      if (first < params || setIn.has(first)) lost.add(first);
      setIn.set(first, open[open.length - 1] ?? 0);
    } else if (name === 'local.get' && first >= params && !open.includes(setIn.get(first) ?? -1)) lost.add(first);
  }
  for (let at = 0; code.cleanup && at < code.cleanup.length; at = nextAt(code.cleanup, at)) {
    const name: OpName | undefined = opcodes[code.cleanup[at] ?? -1]?.name;
    if (name === 'local.get' || name === 'local.set' || name === 'local.tee') lost.add(code.cleanup[at + 1] ?? 0);
  }
  for (const local of setIn.keys()) if (!lost.has(local)) single.add(local);
  return single;
}
