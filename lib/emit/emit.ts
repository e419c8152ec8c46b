/**
 * The door of emission: flow graphs → a program. From the entry on, every instance that code mentions gets a body and becomes a function;
 * statics and promoted constants that cannot be evaluated are filled by code before `main`. In: definitions, graphs, what is asked of
 * types, the profile. Out: a program and problems (constants that overflow, instances without end); the value is null when there are errors.
 * Costs grow with the code that is reached, not with the library.
 */
import type { Graph } from '../flow/graph.ts';
import type { CodeFunction, Program, Profile } from '../../vm/code/program.ts';
import { codeVersion } from '../../vm/code/opcodes.ts';
import { type Problem, problem } from '../report/problem.ts';
import type { Sources } from '../text/sources.ts';
import type { Definitions } from '../types/definition.ts';
import { fnPtr, I32, intern, UNIT, type DefId } from '../types/type.ts';
import { allocatorsOf } from './allocators.ts';
import { addLocal, type Body, blockId, local, moveOf, type Op, project } from './body.ts';
import { debugRows, debugType, makeDebugTypes } from './debug.ts';
import { evaluateConstant } from './evaluate.ts';
import { emitFunction } from './function.ts';
import { copyKept, replaceFunction, resumeFrom, type Kept, type Resume } from './kept.ts';
import { lastingNames, noLasting } from './lasting.ts';
import { finishedBody, makeOptimiser, polish } from './opt/optimise.ts';
import { itemSignature } from './glue.ts';
import { resolveTarget } from './resolve.ts';
import { statics } from './data.ts';
import { functionNumber, makeUnit, objectType, type Unit } from './unit.ts';
import type { Instance } from './instance.ts';
import { inUnit } from './link.ts';
import { type Shelf, shelfRow, shelvedCode } from './shelf.ts';
import { instanceOf, isShelved, langId, type TypesApi, type World } from './world.ts';
import type { Span } from '../text/span.ts';

export interface EmitInput {
  readonly name: string;
  readonly definitions: Definitions;
  /** Graphs of a function, constant or static and of the closures in it; null when it has no body. Also asked with a closure's id. */
  readonly graphs: (def: DefId) => readonly Graph[] | null;
  readonly types: TypesApi;
  readonly profile: Profile;
  readonly overflowChecks?: boolean;
  /** Nesting of the deepest type that the program's own bodies mention. */
  readonly deepest: number;
  /** `main`. */
  readonly entry: DefId;
  readonly sources: Sources;
  /** The library's own code, made for other programs before. */
  readonly shelf?: Shelf;
  /** The entry is a session's script, and machines stand at this halt of the earlier version. */
  readonly session?: { readonly standsAt: number };
}

export interface Emitted {
  readonly value: Program | null;
  readonly problems: readonly Problem[];
  readonly kept: Kept;
  /** How a machine that stands at the last halt of the earlier version goes on in this one; null when it cannot. */
  readonly resume: Resume | null;
}

/** Arguments nested so much deeper than any type that the program's own bodies mention come from an instance that needs ever larger ones. */
const DEEPER = 96;
/** The same for types that double at every step. */
const LARGEST = 1 << 16;

export function makeWorld(input: EmitInput): World {
  const graphs = new Map<DefId, Graph | null>();
  const graphOf = (def: DefId): Graph | null => {
    let found = graphs.get(def);
    if (found === undefined) {
      found = null;
      for (let at: string = def; found === null; at = at.slice(0, at.lastIndexOf('::'))) {
        for (const graph of input.graphs(at as DefId) ?? []) {
          if (!graphs.has(graph.owner)) graphs.set(graph.owner, graph);
          if (graph.owner === def) found = graph;
        }
        if (!at.slice(at.lastIndexOf('::')).startsWith('::{closure')) break;
      }
      graphs.set(def, found);
    }
    return found;
  };
  const allocators = allocatorsOf(input.definitions, span => input.sources.get(span.file).library);
  return {
    definitions: input.definitions, types: input.types, profile: input.profile, overflowChecks: input.overflowChecks ?? input.profile === 'debug', graphOf,
    inLibrary: span => input.sources.get(span.file).library,
    allocators, instances: new Map(), problems: [],
    // With another allocator in `Global`'s place the library's code is another.
    shelf: input.shelf === undefined || allocators?.global ? null : { shelf: input.shelf, row: shelfRow(input.shelf, `${input.profile} ${input.overflowChecks ?? input.profile === 'debug'}`) }, caches: { fields: new Map(), needsDrop: new Map(), dropFns: new Map(), tables: new Map() },
  };
}

/**
 * With `before`, an emission of an earlier version of the same session, only what is new gets code, and the script's body gets a number of its own:
 * numbers and offsets that were given out stay. All else that the earlier emission saw must be unchanged.
 */
export function emitProgram(input: EmitInput, before: Kept | null = null): Emitted {
  const fresh = makeWorld(input);
  const copy = before === null ? null : copyKept(before);
  const world: World = copy === null ? fresh : { ...fresh, instances: copy.unit.world.instances, caches: copy.unit.world.caches };
  const unit: Unit = copy === null ? makeUnit(world, input.sources, evaluateConstant) : { ...copy.unit, world };
  const debug = copy?.debug ?? makeDebugTypes();
  const optimiser = makeOptimiser(world);
  const functions = copy?.functions ?? [];
  const kept: Kept = { unit, debug, functions, lasting: copy?.lasting ?? noLasting() };
  const body = input.session !== undefined ? instanceOf(world, { kind: 'item', def: input.entry, args: [] }) : null;
  const script = body === null ? null : world.graphOf(input.entry);
  const layout = script === null ? null : { names: lastingNames(script), lasting: kept.lasting };
  if (body !== null && copy !== null) replaceFunction(unit, body);
  const start = instanceOf(world, { kind: 'start' });
  const entry = functionNumber(unit, start);
  const mainSpan = world.definitions.byId.get(input.entry)?.nameSpan ?? { file: 0 as Span['file'], start: 0, end: 0 };
  let deep = false;
  const codeOf = (instance: Instance): CodeFunction => {
    const shelf = world.shelf !== null && isShelved(world, instance) ? world.shelf : null;
    const shelved = shelf === null ? undefined : shelvedCode(shelf, instance);
    if (shelved !== undefined) return inUnit(unit, debug, shelved);
    const problems = world.problems.length;
    const made = emitFunction(unit, polish(world, finishedBody(optimiser, instance)), debug, instance === body ? layout : null);
    if (!made.bound && world.problems.length === problems) shelf?.row.code.set(instance, made);
    return made.code;
  };
  const drain = (): void => {
    for (let i = functions.length; i < unit.order.length; i++) {
      const instance = unit.order[i];
      if (instance === undefined || instance === start) { functions.push(null); continue; }
      if (instance.depth > input.deepest + DEEPER || instance.size > LARGEST) {
        if (!deep) world.problems.push(problem('E0275', instance.kind === 'item' ? (world.definitions.byId.get(instance.def)?.nameSpan ?? mainSpan) : mainSpan, { goal: 'an instance with ever larger types' }));
        deep = true;
        functions.push(null);
        continue;
      }
      functions.push(codeOf(instance));
    }
  };
  if (before === null) functions.push(null);
  // Until nothing new is mentioned: functions, then the start function, which names what must be filled.
  for (let made = -1; made !== unit.order.length + unit.late.length;) {
    made = unit.order.length + unit.late.length;
    functions[entry] = emitFunction(unit, startBody(unit, start, input.entry, mainSpan), debug).code;
    drain();
  }
  if (world.problems.some(p => p.severity === 'error')) return { value: null, problems: world.problems, kept, resume: null };
  for (const variable of unit.data.variables) {
    const found = [...unit.objects].find(([, at]) => at === variable.at);
    if (found !== undefined) variable.type = debugType(unit, debug, objectType(world, instanceOf(world, { kind: 'item', def: found[0], args: [] })));
  }
  const program: Program = {
    version: codeVersion,
    name: input.name,
    profile: input.profile,
    provenance: input.profile === 'debug',
    signatures: unit.signatures,
    functions: functions.flatMap(f => (f === null ? [] : [f])),
    table: unit.table,
    imports: unit.imports,
    statics: statics(unit.data),
    entry,
    sources: input.sources.files.map(f => ({ path: f.name, ...(f.library ? { std: true } : { text: f.text }) })),
    types: debugRows(debug),
  };
  const resume = before === null || body === null || script === null ? null : resumeFrom(script, before, kept, functionNumber(unit, body), input.session?.standsAt ?? 0);
  return { value: program, problems: world.problems, kept, resume };
}

/** Fills what code must make, calls `main` through the library's `start`, gives the exit code. */
function startBody(unit: Unit, instance: Instance, main: DefId, span: Span): Body {
  const { world } = unit;
  const body: Body = { instance, params: 0, locals: [{ type: I32, name: null }], blocks: [{ ops: [], end: { kind: 'return' }, endSpan: span, cleanup: false }], variables: [], span };
  const ops: Op[] = body.blocks[blockId(0)]?.ops ?? [];
  for (const late of [...unit.late].reverse()) {
    const pointer = addLocal(body, intern({ kind: 'ptr', mutable: true, inner: late.type }));
    const constantAddress = { kind: 'static', def: late.def, type: intern({ kind: 'ptr', mutable: true, inner: late.type }) } as const;
    ops.push({ kind: 'assign', span, place: local(pointer), value: { kind: 'use', operand: { kind: 'constant', constant: constantAddress } } });
    ops.push({ kind: 'call', span, target: { kind: 'instance', instance: late.instance }, args: [], destination: project(local(pointer), { kind: 'deref' }), result: late.type, unwind: null });
  }
  const signature = itemSignature(world, main, []);
  const start = langId(world, 'start');
  if (start === null) {
    const result = addLocal(body, signature.result);
    ops.push({ kind: 'call', span, target: resolveTarget(world, main, []), args: [], destination: local(result), result: signature.result, unwind: null });
    ops.push({ kind: 'assign', span, place: local(0), value: { kind: 'use', operand: signature.result === I32 ? moveOf(local(result)) : { kind: 'constant', constant: { kind: 'int', value: 0n, type: I32 } } } });
    return body;
  }
  const pointerType = fnPtr({ params: [], result: signature.result, isUnsafe: false, abi: null });
  const pointer = addLocal(body, pointerType);
  const item = intern({ kind: 'fnDef', def: main, args: [] });
  ops.push({ kind: 'assign', span, place: local(pointer), value: { kind: 'cast', cast: 'reify', operand: { kind: 'constant', constant: { kind: 'zero', type: item } }, type: pointerType } });
  ops.push({ kind: 'call', span, target: resolveTarget(world, start, [signature.result.kind === 'never' ? UNIT : signature.result]), args: [moveOf(local(pointer))], destination: local(0), result: I32, unwind: null });
  return body;
}
