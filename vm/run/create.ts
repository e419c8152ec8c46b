/**
 * A machine made ready. In: a verified program, a host, limits. Out: a `Machine` that stands before the call of the program's entry, its
 * statics in memory. Cost: the statics; code is made when a function is first called.
 */
import type { Import, Program } from '../code/program.ts';
import { createHeap, regionFor } from '../memory/heap.ts';
import type { HeapOptions } from '../memory/heap.ts';
import { createSpace } from '../memory/space.ts';
import type { Growth } from '../memory/space.ts';
import { createFindings } from './findings.ts';
import type { Tolerance } from './found.ts';
import { linkImport } from './link.ts';
import { begin, idsOf, type Host, type Machine } from './machine.ts';
import { nothingWatched } from './translation.ts';
import { readyFor, type Ready } from './ready.ts';
import type { Watched } from './translation.ts';

export type MachineOptions = {
  /** Most bytes that the program may hold on the heap. */
  readonly heap?: number;
  readonly growth?: Growth;
  readonly allocator?: HeapOptions['allocator'];
  readonly quarantine?: number;
  /** Bytes of the memory stack, and how many calls may be open. */
  readonly stack?: number;
  readonly calls?: number;
  readonly seed?: number;
  /** Bytes behind the statics for those of later versions of the program. */
  readonly room?: number;
  readonly watched?: Partial<Watched>;
  /** Which findings end the run; without it the first. */
  readonly tolerance?: Tolerance;
  /** The only machine of its process (`memory/space.ts`). */
  readonly alone?: boolean;
  /** Register code of an earlier run, and whether it is to be kept for a later one (`ready.ts`). */
  readonly ready?: Ready;
  readonly keepsReady?: boolean;
};

export function createMachine(program: Program, host: Host, options: MachineOptions = {}): Machine {
  const sanitize = program.provenance;
  const limit = options.heap ?? 1 << 30;
  const stacks = options.stack ?? 8 << 20;
  const space = createSpace({ statics: Math.max(16, program.statics.size) + (options.room ?? 0), stacks, heap: regionFor(limit, sanitize), shadow: sanitize, growth: options.growth ?? { kind: 'geometric' }, alone: options.alone ?? false });
  const heap = createHeap(space, {
    sanitize,
    limit,
    seed: options.seed ?? 0,
    ...(options.allocator === undefined ? {} : { allocator: options.allocator }),
    ...(options.quarantine === undefined ? {} : { quarantine: options.quarantine }),
  });
  const calls = options.calls ?? 200_000;
  const slotEnd = Math.min(1 << 26, Math.max(1 << 18, calls * 24)) & -2;
  const codeBase = slotEnd + (calls + 4) * 2;
  const stored = program.functions.reduce((sum, { body, cleanup }) => sum + 24 + body.length * 2 + (cleanup?.length ?? 0) * 2, 2048);
  const bytes = (codeBase + stored + (stored & 1)) * 4;
  const buffer = options.alone ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  const signatureIds = idsOf(program);
  const machine: Machine = {
    program,
    host,
    space,
    heap,
    services: program.imports.map((each: Import) => linkImport(each)),
    statics: space.map.statics.start,
    staticPlaces: { start: space.map.statics.start, number: (offset) => staticNumber(machine, offset) },
    seed: options.seed ?? 0,
    entries: new Int32Array(program.functions.length),
    compiled: program.functions.map(() => undefined),
    ranges: [],
    table: program.table,
    tableSignatures: Int32Array.from(program.table, (index) => signatureIds[program.functions[index]?.signature ?? -1] ?? -1),
    signatureIds,
    ints: new Int32Array(buffer),
    floats: new Float64Array(buffer),
    singles: new Float32Array(buffer),
    slotEnd,
    callBase: slotEnd,
    callEnd: slotEnd + calls * 2,
    codeBase,
    codeEnd: codeBase + 8,
    stackEnd: space.map.stacks.end,
    pc: codeBase,
    fp: 0,
    msp: space.map.stacks.start,
    cp: slotEnd,
    fuel: 0,
    reserve: 0,
    hot: null,
    doubt: null,
    findings: options.tolerance === undefined ? null : createFindings(options.tolerance),
    status: 'running',
    ready: null,
    changed: false,
    exit: 0,
    trap: null,
    panics: [],
    caught: null,
    refused: null,
    sites: { parents: [0], pcs: [0], children: [0], siblings: [0], lastPcs: new Int32Array(64).fill(-1), lastSites: new Int32Array(64) },
    // Who asks for leaks in the middle of a run needs every variable at its own place.
    watched: { ...nothingWatched, moments: sanitize && program.imports.some(({ name }) => name === 'leaks' || name === 'leaks_refused'), ...options.watched },
    listeners: { statement: [], moment: [], call: [], return: [], load: [], store: [], alloc: [], free: [], panic: [] },
  };
  loadStatics(machine);
  if (options.ready !== undefined || options.keepsReady) machine.ready = readyFor(`${machine.statics} ${codeBase} ${JSON.stringify(machine.watched)}`, options.ready, options.keepsReady ?? false);
  begin(machine, program.entry);
  return machine;
}

function loadStatics(m: Machine): void {
  const { segments, pointers, constants, variables } = m.program.statics;
  const { u8, view } = m.space;
  for (const { at, bytes } of segments) u8.set(bytes, m.statics + at);
  for (const at of pointers) view.setInt32(m.statics + at, view.getInt32(m.statics + at, true) + m.statics, true);
  const sanitizer = m.heap.sanitizer;
  if (!sanitizer) return;
  sanitizer.written(m.statics, m.program.statics.size);
  for (const { at, size, fixed } of variables) if (size > 0) sanitizer.staticLive(m.statics + at, size, fixed === true);
  for (let i = 0; i < constants.length; i += 2) sanitizer.staticLive(m.statics + (constants[i] ?? 0), constants[i + 1] ?? 0, true);
  for (const at of pointers) sanitizer.setProvenance(m.statics + at, staticNumber(m, view.getInt32(m.statics + at, true) - m.statics));
}

/** The number of the static, text or constant that holds an offset of the statics area; 0 for tables of methods, which no program has a pointer to. */
const staticNumber = (m: Machine, offset: number): number => m.heap.sanitizer?.numberAt(m.statics + offset) ?? 0;
