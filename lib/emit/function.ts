/**
 * One body → one `CodeFunction`: homes for locals, structure, every operation lowered, the cleanup body, source marks. In: unit and body.
 * Out: the function. Everything else about the program (numbers of callees, data) is asked of the unit on the way.
 */
import type { CodeFunction, HoldState, Mark, Variable } from '../../vm/code/program.ts';
import type { Span } from '../text/span.ts';
import type { MadeFunction } from './shelf.ts';
import type { Type } from '../types/type.ts';
import { UNIT } from '../types/type.ts';
import { type Body, type BodyBlock, type End, type Op, unwindOf } from './body.ts';
import { type DebugTypes, debugType } from './debug.ts';
import type { Layout } from './lasting.ts';
import { type Frame, makeFrame, newLocal, releaseScratch } from './frame.ts';
import { type Holdings, holdings, holdState, type Watched } from './held.ts';
import { effectsOf, makeRoom, mayWait, settle } from './defer.ts';
import { lowerOp, lowerValue } from './lower.ts';
import { findPlace } from './place.ts';
import { type Exit, isTable, type Region, structure, type Test } from './structure.ts';
import { instanceText } from './symbol.ts';
import { keep, prims, valueType } from './shape.ts';
import { abiOf, operandType, primOf, pushFound, pushOperand } from './value.ts';
import { signatureNumber, type Unit } from './unit.ts';
import { fnDef } from './world.ts';
import { constantOf, finishBody, get, i32, lastOp, makeWriter, negateCondition, open, set, storeOps, write, writeNamed, type Writer } from './writer.ts';
import { op as opNumber } from '../../vm/code/opcodes.ts';

export function emitFunction(unit: Unit, body: Body, debug: DebugTypes, layout: Layout | null = null): MadeFunction {
  const types = body.locals.map(l => l.type);
  const frame = makeFrame(unit, body, types.slice(1, body.params + 1), types[0] ?? UNIT, layout);
  const normal: number[] = [];
  const cleanup: number[] = [];
  for (const [i, block] of body.blocks.entries()) (block.cleanup ? cleanup : normal).push(i);

  // Landings: one number for each cleanup block that an operation unwinds to.
  for (const i of normal) {
    for (const op of body.blocks[i]?.ops ?? []) {
      const unwind = unwindOf(op);
      if (unwind !== null && !frame.landings.has(unwind)) frame.landings.set(unwind, frame.landings.size);
    }
  }

  for (const spill of frame.spills) {
    for (const part of spill.parts) {
      write(frame.out, 'frame.addr', spill.home.offset);
      get(frame.out, part.local);
      write(frame.out, storeOps[part.prim], part.at);
    }
  }
  const main = frame.out;
  emitRegions(frame, normalGraph(frame, body), unit.world.profile === 'debug' && body.variables.length > 0 ? watchHolds(main, holdings(body)) : null);
  finishBody(main);

  let cleanupOut: Writer | null = null;
  if (frame.landings.size > 0) {
    cleanupOut = makeWriter();
    frame.out = cleanupOut;
    emitCleanup(frame, body, cleanup);
    finishBody(cleanupOut);
  }

  const { instance } = body;
  const definition = instance.kind === 'item' ? unit.world.definitions.byId.get(instance.def) : undefined;
  const attributes = definition?.attributes ?? {};
  const file = fileOf(unit, body.span);
  const position = file === null ? null : positionOf(unit, body.span);
  const made = variables(frame, body, debug, main);
  const code: CodeFunction = {
    name: instanceText(unit.world.definitions, instance),
    signature: signatureNumber(unit, frame.params, frame.results),
    locals: frame.own,
    frame: { size: Math.ceil((frame.size + frame.scratchMost) / 16) * 16, align: Math.max(frame.align, 1) },
    body: main.words,
    marks: main.marks,
    cleanup: cleanupOut === null ? null : cleanupOut.words,
    cleanupMarks: cleanupOut?.marks ?? [],
    landings: main.landings,
    variables: made.map(({ variable }) => variable),
    ...('track_caller' in attributes ? { trackCaller: true } : {}),
    // Who calls it may know nothing of panics.
    ...(definition?.kind === 'fn' && definition.signature.abi === 'C' ? { noUnwind: true } : {}),
    ...(file === null || unit.sources.get(body.span.file).library ? { std: true } : {}),
    ...(position === null ? {} : { declared: { source: body.span.file, line: position.line, column: position.column } }),
  };
  return {
    code, bound: main.bound || cleanupOut?.bound === true, refs: main.refs, cleanupRefs: cleanupOut?.refs ?? [],
    signature: { params: frame.params, results: frame.results }, types: made.map(({ type }) => type),
  };
}

const fileOf = (unit: Unit, span: Span): string | null => (span.start === 0 && span.end === 0 ? null : (unit.sources.files[span.file]?.name ?? null));

function positionOf(unit: Unit, span: Span): { line: number; column: number } {
  const key = span.file * 0x10000000 + span.start;
  let known = unit.positions.get(key);
  if (known === undefined) unit.positions.set(key, (known = unit.sources.position(span.file, span.start)));
  return known;
}

/** Says where in the source the next instructions come from. */
function mark(frame: Frame, span: Span, statement: boolean): void {
  const { unit, out } = frame;
  if (fileOf(unit, span) === null) return;
  const { line, column } = positionOf(unit, span);
  const at = out.words.length;
  const last = out.marks.at(-1);
  if (last !== undefined && last.source === span.file && last.line === line && last.column === column && (!statement || last.statement)) return;
  const row: Mark = { at, source: span.file, line, column, statement };
  if (last !== undefined && last.at === at) out.marks[out.marks.length - 1] = last.statement && !statement ? { ...row, statement: true } : row;
  else out.marks.push(row);
}

/** A function whose panics are its caller's does not tell its own places apart. */
interface Structured {
  readonly blocks: readonly (BodyBlock | null)[];
  /** Numbers of `blocks` in the body. */
  readonly original: readonly number[];
  readonly regions: readonly Region[];
  readonly exits: readonly Exit[];
  /** VM local with the landing number, for the virtual entry of the cleanup body. */
  readonly landing: number | null;
}

function exitOf(body: Body, frame: Frame, end: End, renumber: ReadonlyMap<number, number>): Exit {
  const to = (b: number): number => renumber.get(b) ?? 0;
  if (end.kind === 'goto') return { kind: 'goto', target: to(end.target) };
  if (end.kind !== 'switch') return { kind: 'stop' };
  const type = operandType(frame, end.operand);
  const prim = primOf(frame, type);
  const otherwise = body.blocks[end.otherwise];
  const never = otherwise !== undefined && otherwise.end.kind === 'unreachable' && otherwise.ops.every(op => op.kind === 'mark' || op.kind === 'live' || op.kind === 'dead');
  const isBool = type.kind === 'bool' && end.values.length >= 2;
  return {
    kind: 'switch', wide: valueType(prim) === 'i64', values: end.values.map(v => keep(prim, v)), targets: end.targets.map(to),
    otherwise: (never || isBool) && end.values.length > 0 ? null : to(end.otherwise),
  };
}

function normalGraph(frame: Frame, body: Body): Structured {
  const list = body.blocks.flatMap((b, i) => (b.cleanup ? [] : [i]));
  const renumber = new Map(list.map((b, i) => [b, i]));
  const blocks = list.map(i => body.blocks[i] ?? null);
  const exits = blocks.map(b => exitOf(body, frame, b?.end ?? { kind: 'unreachable' }, renumber));
  return { blocks, original: list, exits, regions: structure(exits), landing: null };
}

function emitCleanup(frame: Frame, body: Body, list: readonly number[]): void {
  const landings = [...frame.landings.keys()];
  const renumber = new Map(list.map((b, i) => [b, i + 1]));
  const landing = newLocal(frame, 'i32');
  set(frame.out, landing);
  const blocks = list.map(i => body.blocks[i] ?? null);
  const entry: Exit = landings.length === 1
    ? { kind: 'goto', target: renumber.get(landings[0] ?? 0) ?? 0 }
    : { kind: 'switch', wide: false, values: landings.map((_, i) => BigInt(i)), targets: landings.map(b => renumber.get(b) ?? 0), otherwise: null };
  const exits = [entry, ...blocks.map(b => exitOf(body, frame, b?.end ?? { kind: 'resume' }, renumber))];
  emitRegions(frame, { blocks: [null, ...blocks], original: [], exits, regions: structure(exits), landing });
}

/** Notes in the writer where a variable begins to hold something else. */
interface HoldWatch {
  enter(block: number): void;
  before(op: Op): void;
  after(op: Op): void;
}

function watchHolds(w: Writer, h: Holdings): HoldWatch {
  const noted: HoldState[] = h.watched.map(() => 'out');
  /** The sets of states that `noted` was made of: most are as they were. */
  const seen = new Uint8Array(h.watched.length);
  let now: Uint8Array = new Uint8Array(h.watched.length);
  const changed: number[] = [];
  const note = (i: number): void => {
    const set = now[i] ?? 0;
    if (set === seen[i]) return;
    seen[i] = set;
    const state = holdState(set);
    const of = h.watched[i];
    if (noted[i] === state || of === undefined) return;
    noted[i] = state;
    w.holds.push({ at: w.words.length, of, state });
  };
  const noteChanged = (): void => {
    for (const i of changed) note(i);
    changed.length = 0;
  };
  return {
    enter(block) { now = h.starts[block]?.slice() ?? now; for (let i = 0; i < now.length; i++) note(i); },
    before(op) { h.before(op, now, changed); noteChanged(); },
    after(op) { h.after(op, now, changed); noteChanged(); },
  };
}

function emitRegions(frame: Frame, graph: Structured, watch: HoldWatch | null = null): void {
  const w = frame.out;
  const endOf = (block: number): { end: End; span: Span | null } => {
    const found = graph.blocks[block];
    return found === null || found === undefined ? { end: { kind: 'unreachable' }, span: null } : { end: found.end, span: found.endSpan };
  };
  const pushSwitch = (block: number): { wide: boolean } => {
    const { end } = endOf(block);
    if (end.kind !== 'switch') { get(w, graph.landing ?? 0); return { wide: false }; }
    pushOperand(frame, end.operand);
    return { wide: valueType(primOf(frame, operandType(frame, end.operand))) === 'i64' };
  };
  const test = (block: number, t: Test): void => {
    const { wide } = pushSwitch(block);
    releaseScratch(frame);
    const type = wide ? 'i64' : 'i32';
    if (t.kind === 'set') { if (wide) { constantOf(w, 'i64', 0n); write(w, 'i64.ne'); } return; }
    if (t.kind === 'clear') { if (wide) write(w, 'i64.eqz'); else negateCondition(w); return; }
    constantOf(w, wide ? 'i64' : 'i32', t.value);
    writeNamed(w, `${type}.${t.kind === 'equal' ? 'eq' : 'ne'}`);
  };
  const walk = (regions: readonly Region[]): void => {
    for (const region of regions) {
      switch (region.kind) {
        case 'code': {
          const block = graph.blocks[region.block];
          watch?.enter(graph.original[region.block] ?? -1);
          for (const op of block?.ops ?? []) {
            watch?.before(op);
            if (block !== null && block !== undefined) lowerInOrder(frame, op, block);
            watch?.after(op);
          }
          // What the end of the block asks for may still wait; all else is written.
          settleFor(frame, block?.end ?? null, graph.exits[region.block]);
          break;
        }
        case 'block': case 'loop':
          open(w, region.kind);
          walk(region.inner);
          write(w, 'end');
          break;
        case 'if':
          test(region.block, region.test);
          releaseScratch(frame);
          open(w, 'if');
          walk(region.then);
          if (region.otherwise.length > 0) {
            write(w, 'else');
            walk(region.otherwise);
          }
          write(w, 'end');
          break;
        case 'branch': write(w, 'br', region.depth); break;
        case 'branchIf':
          test(region.block, region.test);
          write(w, 'br_if', region.depth);
          break;
        case 'table':
          pushSwitch(region.block);
          if (region.low !== 0n) { i32(w, Number(region.low)); write(w, 'i32.sub'); }
          write(w, 'br_table', region.depths.length, ...region.depths, region.otherwise);
          break;
        case 'stop': stop(frame, endOf(region.block).end); break;
      }
    }
  };
  walk(graph.regions);
}

/** One operation: made to wait, or written after what it would disturb. */
function lowerInOrder(frame: Frame, op: Op, block: BodyBlock): void {
  const w = frame.out;
  const landing = block.cleanup ? -1 : landingOf(frame, unwindOf(op));
  if (op.kind === 'mark' || op.kind === 'live' || op.kind === 'dead') {
    const last = w.marks.at(-1);
    // A statement without code of its own (`return`) is a place too: what dies at its end is alive at its beginning. And what got its value just now has
    // held it, before it dies: a leak is lost here, not where the value came from. Costs nothing when run.
    if (op.kind === 'dead' && frame.unit.world.profile === 'debug' && ((last?.statement === true && last.at === w.words.length) || heldJustNow(w, op.local))) {
      i32(w, 0);
      write(w, 'drop');
    }
    mark(frame, op.span, op.kind === 'mark');
    lowerOp(frame, op, op.kind === 'dead' && block.end.kind === 'return' && block.ops.slice(block.ops.indexOf(op)).every(later => later.kind === 'dead' || later.kind === 'mark'));
    return;
  }
  const effects = effectsOf(frame, op);
  makeRoom(frame, op, effects);
  const home = op.kind === 'assign' ? frame.homes[op.place.local] : op.kind === 'checked' ? frame.homes[op.destination.local] : undefined;
  const [part] = home?.kind === 'values' ? home.parts : [];
  if (part !== undefined && mayWait(frame, op, block, effects)) {
    // What it reads of others that wait, it waits for too.
    const memory = effects.memory || [...frame.deferral.pending.values()].some(p => p.memory && effects.reads.has(p.of));
    const effect = effects.effect || [...frame.deferral.pending.values()].some(p => p.effect && effects.reads.has(p.of));
    const reads = new Set(effects.reads);
    for (const p of frame.deferral.pending.values()) if (effects.reads.has(p.of)) for (const r of p.reads) reads.add(r);
    frame.deferral.pushed.delete(part.local);
    frame.deferral.pending.set(part.local, {
      of: op.kind === 'assign' ? op.place.local : op.kind === 'checked' ? op.destination.local : -1, local: part.local, reads, memory, effect,
      push: () => {
        if (effect) mark(frame, op.span, false);
        const before = w.landing;
        w.landing = landing;
        lowerValue(frame, op);
        w.landing = before;
      },
    });
    return;
  }
  mark(frame, op.span, false);
  w.landing = landing;
  lowerOp(frame, op);
  w.landing = -1;
  frame.deferral.pushed.clear();
  releaseScratch(frame);
}

function heldJustNow(w: Writer, local: number): boolean {
  const at = w.words.length;
  for (let i = w.holds.length - 1; i >= 0 && w.holds[i]?.at === at; i--) if (w.holds[i]?.of.local === local && w.holds[i]?.of.path.length === 0) return w.holds[i]?.state === 'held';
  return false;
}

/** Before a block ends: only the operand of its switch, or the result, may still wait. */
function settleFor(frame: Frame, end: End | null, exit: Exit | undefined): void {
  const wanted = end?.kind === 'switch' && end.operand.kind !== 'constant' && isAskedOnce(exit) ? end.operand.place.local : end?.kind === 'return' ? 0 : -1;
  const waiting = [...frame.deferral.pending.values()];
  const last = waiting.find(p => p.of === wanted);
  for (const p of waiting) if (p !== last && last?.reads.has(p.of) !== true && frame.deferral.pending.has(p.local)) settle(frame, p);
  releaseScratch(frame);
}

/** A switch whose operand is pushed once: two ways, or a table. */
function isAskedOnce(exit: Exit | undefined): boolean {
  if (exit?.kind !== 'switch') return false;
  const [a, b] = exit.values;
  if (exit.otherwise === null && exit.values.length === 2) return a !== undefined && b !== undefined && a + b === 1n;
  return exit.values.length === 1 || isTable(exit);
}

const landingOf = (frame: Frame, unwind: number | null): number => (unwind === null ? -1 : (frame.landings.get(unwind) ?? -1));

function stop(frame: Frame, end: End): void {
  const w = frame.out;
  switch (end.kind) {
    case 'return': {
      const result: Type = frame.body.locals[0]?.type ?? UNIT;
      if (frame.results.length > 0) pushFound(frame, findPlace(frame, { local: 0 as never, projection: [] }));
      if (frame.results.length > 0 && prims(abiOf(frame, result)).length !== frame.results.length) throw new Error('a result of another shape');
      frame.deferral.pushed.clear();
      write(w, 'return');
      break;
    }
    case 'resume': write(w, 'resume'); break;
    default: if (lastOp(w) !== opNumber('panic.text')) write(w, 'unreachable');
  }
}

function variables(frame: Frame, body: Body, debug: DebugTypes, main: Writer): { readonly variable: Variable; readonly type: Type }[] {
  const out: { readonly variable: Variable; readonly type: Type }[] = [];
  const add = (type: Type, variable: Variable): void => { out.push({ type, variable }); };
  const whole = new Map<number, { at: number; state: HoldState }[]>();
  const parts = new Map<number, Map<Watched, { at: number; state: HoldState }[]>>();
  for (const { at, of, state } of main.holds) {
    const own = of.path.length === 0 ? undefined : (parts.get(of.local) ?? new Map<Watched, { at: number; state: HoldState }[]>());
    if (own !== undefined) parts.set(of.local, own);
    const list = own === undefined ? whole.get(of.local) : own.get(of);
    const last = list?.at(-1);
    if (list === undefined && own !== undefined) own.set(of, [{ at, state }]);
    else if (list === undefined) whole.set(of.local, [{ at, state }]);
    else if (last?.at === at) last.state = state;
    else list.push({ at, state });
  }
  for (const variable of body.variables) {
    const type = body.locals[variable.place.local]?.type;
    const home = frame.homes[variable.place.local];
    if (type === undefined || home === undefined || variable.place.projection.length > 0) continue;
    const row = debugType(frame.unit, debug, type);
    const base = { name: variable.name, type: row, from: 0, to: main.words.length, ...(variable.place.local <= body.params && variable.place.local > 0 ? { parameter: true } : {}), ...statesOf(frame, variable, whole.get(variable.place.local)), ...partsOf(frame, type, parts.get(variable.place.local)) };
    if (home.kind === 'frame') add(type, { ...base, lives: { kind: 'frame', offset: home.offset } });
    else if (home.kind === 'behind') add(type, { ...base, lives: { kind: 'behind', local: home.local } });
    else if (home.kind === 'values') {
      const [only] = home.parts;
      if (home.parts.length === 1 && only !== undefined) add(type, { ...base, lives: { kind: 'local', local: only.local } });
      else add(type, { ...base, lives: { kind: 'locals', locals: home.parts.map(p => p.local), at: home.parts.map(p => p.at) } });
    }
  }
  return out;
}

/** Parts that are moved out somewhere, by their place in the value. */
function partsOf(frame: Frame, type: Type, parts: ReadonlyMap<Watched, NonNullable<Variable['states']>> | undefined): Pick<Variable, 'parts'> {
  if (parts === undefined || frame.unit.world.profile !== 'debug') return {};
  const { world } = frame.unit;
  return {
    parts: [...parts].map(([{ path }, states]) => {
      let at = 0;
      let here = type;
      let variant = 0;
      for (const step of path) {
        if (step.kind === 'variant') variant = step.index;
        if (step.kind !== 'field') continue;
        at += world.types.shape(here).offsets[variant]?.[step.index] ?? 0;
        here = step.type;
        variant = 0;
      }
      return { at, size: world.types.shape(here).size, states };
    }),
  };
}

function statesOf(frame: Frame, variable: Body['variables'][number], states: Variable['states']): Pick<Variable, 'states' | 'flag'> {
  if (frame.unit.world.profile !== 'debug') return {};
  const flag = variable.flag === undefined ? undefined : frame.homes[variable.flag];
  const [part] = flag?.kind === 'values' ? flag.parts : [];
  return { states: states ?? [], ...(part === undefined ? {} : { flag: part.local }) };
}

export const isInline = (unit: Unit, def: Parameters<typeof fnDef>[1]): boolean => { const f = fnDef(unit.world, def); return f !== null && 'inline' in f.attributes; };
