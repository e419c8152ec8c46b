/**
 * Hot code as WebAssembly: what the interpreter is found in again and again is compiled, and entered from then on. In: a machine that runs
 * without watchers. Out: the machine, whose hot loops and functions begin with an instruction that enters compiled code.
 * The interpreter stays the truth: compiled code that meets anything unusual (a panic, a fault, a call of the host, no fuel) puts its state
 * back into the slots and call records, stands on that instruction, and the interpreter does it. So nothing here can report, unwind or trap.
 * What is hot is found by samples: the interpreter runs in short slices of fuel, and where it stands between them counts.
 */
import type { HotCode, Machine } from '../run/machine.ts';
import { operation } from '../run/operations.ts';
import { compiledAt } from '../run/trap.ts';
import { writePut, writeTake } from './allocation.ts';
import type { FastAllocation } from './allocation.ts';
import { assembleModule, F64, I64 } from './bytes.ts';
import { analyse, cut } from './flow.ts';
import type { Analysis, Flow, Range } from './flow.ts';
import { globals, TooHard, typeNumber } from './frame.ts';
import type { Exit, GlobalName, Unit } from './frame.ts';
import { encloseFunction, givers, writeFunction } from './function.ts';
import type { Wish, Written } from './function.ts';
import { functionType } from './lower.ts';
import type { Code, Wanted } from './operands.ts';

export type TierOptions = { /** Branches and calls between two samples. */ readonly slice?: number; /** Samples that make a function hot. */ readonly hot?: number };

type Entry = { readonly pc: number; readonly index: number; readonly original: number; readonly enter: (fp: number, cp: number) => unknown; /** Which of the loops around the pc is compiled, from the innermost on; -1 for the whole function. */ readonly level: number; readonly range: Range | null; entered: number; spent: number; ended: number };

type Piece = { readonly wish: Wish; readonly flow: Flow; readonly level: number; readonly range: Range | null };

/** How far compiled calls may nest before the interpreter takes over and the host's own stack is empty again. */
const DEEPEST = 800;
const FARTHEST = 12_000;
const NATIVE = operation('native');
/** Functions in one module, and tries to compile one place. */
const MOST = 64;
const TRIES = 4;
/** Words of a function that is compiled with its caller though it was never found hot itself. */
const SMALL = 300;
/** How often a loop must end, after fewer turns than `LONG` as a rule, before the one around it is compiled. */
const WIDEN = 100;
const LONG = 100_000;
/** How often code must be left at the same call before it is made anew with what is called. */
const MISSED = 20;

export function speedUp(m: Machine, options: TierOptions = {}): void {
  const { statements, moments, calls, accesses } = m.watched;
  if (m.program.provenance || statements || moments || calls || accesses || typeof WebAssembly !== 'object') return;
  m.hot = new Tier(m, options);
}

class Tier implements HotCode {
  readonly slice: number;
  readonly #m: Machine;
  readonly #hot: number;
  readonly #samples = new Map<number, number>();
  /** Functions that were found running, or were called often by code that did not have them. */
  readonly #known = new Set<number>();
  readonly #entries = new Map<number, Entry>();
  readonly #functions = new Map<number, unknown>();
  readonly #exits: { readonly exit: Exit; count: number }[] = [];
  readonly #tries = new Map<number, number>();
  readonly #globals: Record<GlobalName, WebAssembly.Global>;
  readonly #imports: Record<string, unknown>;
  readonly #code: Code;
  readonly #analyses = new Map<string, Analysis | null>();
  readonly #starts = new Map<number, number>();
  readonly #fast: FastAllocation | null;
  #modules = 0;
  #forgotten = 0;

  constructor(m: Machine, { slice = 2000, hot = 3 }: TierOptions) {
    this.#m = m;
    this.slice = slice;
    this.#hot = hot;
    this.#code = { program: m.program, words: () => m.ints, operationAt: (pc) => this.#entries.get(pc)?.original ?? m.ints[pc] ?? 0, functionAt: (entry) => this.#starts.get(entry) };
    const { fast } = m.heap.allocator;
    this.#fast = fast === undefined || m.heap.failing() ? null : { ...fast, statistics: m.heap.statistics.address, limit: Math.min(m.heap.limit, 0x7fffffff) };
    const make = (): WebAssembly.Global => new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
    this.#globals = Object.fromEntries(globals.map((name) => [name, make()])) as Record<GlobalName, WebAssembly.Global>;
    m.space.onGrow(() => this.#measure());
    this.#measure();
    this.#imports = {
      ...this.#globals,
      ...givers(() => m.ints, () => m.floats, () => m.singles),
      memory: m.space.memory,
      word: (at: number) => m.ints[at] ?? 0,
      compare: (one: number, other: number, length: number) => this.#compare(one, other, length),
      alloc: (size: number, align: number, family: number) => m.heap.alloc(size >>> 0, align, family + 1, 0),
      alloc_zeroed: (size: number, align: number, family: number) => m.heap.allocZeroed(size >>> 0, align, family + 1, 0),
      realloc: (block: number, size: number, family: number) => m.heap.realloc(block, size >>> 0, family + 1, 0),
      free: (block: number, family: number) => (m.heap.free(block, family + 1, 0) ? 1 : 0),
    };
  }

  /** What was compiled, how often it was entered, and where it was left: for tests, and for whoever wonders why a program is slow. */
  survey(): { readonly modules: number; readonly forgotten: number; readonly entries: readonly { readonly pc: number; readonly index: number; readonly entered: number; readonly spent: number }[]; readonly exits: readonly { readonly pc: number; readonly count: number; readonly operation: number }[] } {
    const exits = this.#exits.map(({ exit, count }) => ({ pc: exit.pc, count, operation: this.#code.operationAt(exit.pc) }));
    return { modules: this.#modules, forgotten: this.#forgotten, entries: [...this.#entries.values()], exits };
  }

  #measure(): void {
    const { end, map } = this.#m.space;
    for (const width of [1, 2, 4, 8] as const) this.#globals[`span${width}`].value = end - map.statics.start - (width - 1);
  }

  #compare(one: number, other: number, length: number): number {
    const { u8, map, end } = this.#m.space;
    const size = length >>> 0;
    if (size === 0) return 0;
    if (one < map.statics.start || other < map.statics.start || one + size > end || other + size > end) return -2;
    for (let at = 0; at < size; at += 1) {
      const [a = 0, b = 0] = [u8[one + at], u8[other + at]];
      if (a !== b) return a < b ? -1 : 1;
    }
    return 0;
  }

  /** The machine stands here after a slice: a place that is found often is compiled. */
  sample(): void {
    const m = this.#m;
    const { pc } = m;
    const compiled = compiledAt(m, pc);
    const count = (this.#samples.get(pc) ?? 0) + 1;
    this.#samples.set(pc, count);
    if (compiled) this.#known.add(compiled.index);
    if (count < this.#hot || this.#entries.has(pc) || m.listeners.alloc.length + m.listeners.free.length > 0) return;
    const tries = this.#tries.get(pc) ?? 0;
    if (tries >= TRIES) return;
    this.#tries.set(pc, tries + 1);
    this.#samples.delete(pc);
    if (!compiled || (compiled.cleanup >= 0 && pc >= compiled.cleanup)) return;
    this.#compile(compiled.index, pc, 0);
  }

  /** The instruction at this pc enters compiled code. Gives nothing: the machine is where it is left. */
  enter(pc: number): void {
    const m = this.#m;
    const entry = this.#entries.get(pc);
    if (!entry) throw new Error('no compiled code begins here');
    const g = this.#globals;
    const { fp, cp } = m;
    const slice = m.fuel;
    const fuel = slice + 1 + m.reserve;
    g.left.value = 0;
    g.fuel.value = fuel;
    g.msp.value = m.msp;
    g.lastSlot.value = Math.min(m.slotEnd, fp + FARTHEST);
    g.lastCall.value = Math.min(m.callEnd, cp + DEEPEST * 2);
    m.changed = true;
    entry.enter(fp, cp);
    m.msp = g.msp.value as number;
    const rest = g.fuel.value as number;
    entry.entered += 1;
    entry.spent += fuel - rest;
    if (g.left.value === 0) {
      m.cp = cp - 2;
      m.pc = m.ints[m.cp] ?? 0;
      m.fp = m.ints[m.cp + 1] ?? 0;
    } else if (rest >= 0 && entry.range && m.fp === fp && (m.pc < entry.range.from || m.pc >= entry.range.to)) {
      // A loop that comes to its end again and again is inside another: that one is compiled next.
      entry.ended += 1;
      if (entry.ended === WIDEN && entry.spent < entry.ended * LONG) {
        this.#remove(entry);
        this.#compile(entry.index, pc, entry.level + 1);
      }
    } else if (rest >= 0 && ((m.pc === pc && m.fp === fp) || (entry.entered > 100 && entry.spent < entry.entered * 8))) this.#remove(entry);
    if (rest < 0) {
      m.fuel = -1;
      m.reserve = -1;
      m.status = 'paused';
    } else {
      // The slice goes on, and ends once even when nothing but calls of compiled code is in it.
      m.fuel = Math.min(rest, slice - 1);
      m.reserve = rest - m.fuel - 1;
      if (m.fuel < 0) m.status = 'paused';
    }
  }

  #remove(entry: Entry): void {
    this.#m.ints[entry.pc] = entry.original;
    this.#entries.delete(entry.pc);
  }

  /** Compiled code is left: slots and call records are as the interpreter has them. */
  #leave(number: number, fp: number, cp: number, words: readonly number[]): void {
    const m = this.#m;
    const found = this.#exits[number];
    if (!found) throw new Error('compiled code was left where there is no way out');
    const { exit } = found;
    this.#globals.left.value = 1;
    let place = 0;
    for (const [slot, type] of exit.slots) {
      m.ints[fp + slot] = words[place++] ?? 0;
      if (type === I64 || type === F64) m.ints[fp + slot + 1] = words[place++] ?? 0;
    }
    for (const [slot, { low, high }] of exit.constants) {
      m.ints[fp + slot] = low;
      m.ints[fp + slot + 1] = high;
    }
    if (exit.frameSlot >= 0) m.ints[fp + exit.frameSlot + 1] = words[place] ?? 0;
    if (exit.called) {
      m.ints[cp] = exit.pc;
      m.ints[cp + 1] = fp;
      return;
    }
    m.pc = exit.pc;
    m.fp = fp;
    m.cp = cp;
    found.count += 1;
    // A call that could not be made from compiled code, and is made often: what is compiled is made anew.
    if (found.count !== MISSED || exit.missed < 0 || this.#forgotten >= MISSED) return;
    this.#known.add(exit.missed);
    this.#forget();
  }

  /** Lets all compiled code go; what is hot is found again. */
  #forget(): void {
    this.#forgotten += 1;
    for (const entry of [...this.#entries.values()]) this.#remove(entry);
    this.#functions.clear();
    this.#samples.clear();
    this.#tries.clear();
  }

  #analysis(index: number, straight: boolean): Analysis | null {
    const m = this.#m;
    const key = `${index} ${straight}`;
    const known = this.#analyses.get(key);
    if (known !== undefined) return known;
    const compiled = m.compiled[index];
    const signature = m.program.signatures[m.program.functions[index]?.signature ?? -1];
    let found: Analysis | null = null;
    if (compiled && signature) {
      // What a cleanup body may read is alive wherever a panic may come from.
      const always = new Map<number, Wanted>();
      const cleanup = compiled.cleanup >= 0 ? analyse(this.#code, compiled.cleanup, signature, new Map()) : null;
      for (const [slot, type] of cleanup?.blocks[0]?.alive ?? []) if (slot !== compiled.landingSlot && slot !== compiled.frameSlot) always.set(slot, type);
      if (cleanup !== null || compiled.cleanup < 0) found = analyse(this.#code, compiled.entry, signature, always, straight);
    }
    this.#analyses.set(key, found);
    return found;
  }

  #piece(index: number, pc: number, level: number, straight = false): Piece | null {
    const m = this.#m;
    const analysis = this.#analysis(index, straight);
    const compiled = m.compiled[index];
    const signature = m.program.signatures[m.program.functions[index]?.signature ?? -1];
    if (!analysis || !compiled || !signature) return null;
    const whole = compiled.entry === pc;
    const range = whole ? null : (analysis.loops.filter(({ from, to }) => from <= pc && pc < to)[level] ?? null);
    const flow = cut(this.#code, analysis, pc, signature, range);
    if (flow && !flow.structured && !straight) return this.#piece(index, pc, level, true);
    return flow && { wish: { index, pc, whole, frameSlot: compiled.frameSlot, signature, always: analysis.always }, flow, level: range === null ? -1 : level, range };
  }

  #compile(index: number, pc: number, level: number): void {
    const m = this.#m;
    for (const compiled of m.ranges) this.#starts.set(compiled.entry, compiled.index);
    const pieces: Piece[] = [];
    const here = new Set<number>();
    const add = (piece: Piece | null): void => {
      if (!piece) return;
      const { wish, flow } = piece;
      if (wish.whole) here.add(wish.index);
      pieces.push(piece);
      for (const number of flow.order) for (const { pc: at, step } of flow.blocks[number]?.steps ?? []) {
        if (step.exits) break;
        if (step.name !== 'call') continue;
        const callee = this.#starts.get(m.ints[at + 1] ?? 0);
        if (callee === undefined || here.has(callee) || this.#functions.has(callee) || pieces.length >= MOST) continue;
        const made = m.compiled[callee];
        if (made && (this.#known.has(callee) || made.end - made.start <= SMALL)) add(this.#piece(callee, made.entry, 0));
      }
    };
    add(this.#piece(index, pc, level));
    if (pieces.length === 0) return;
    const unit: Unit = {
      code: this.#code, low: m.space.map.statics.start, stackEnd: m.stackEnd, types: [], imports: [], exits: [], firstExit: this.#exits.length,
      fast: this.#fast !== null,
      callable: (callee) => here.has(callee) || this.#functions.has(callee),
    };
    try {
      this.#link(unit, pieces);
    } catch (thrown) {
      if (!(thrown instanceof TooHard) && !(thrown instanceof RangeError)) throw thrown;
    }
  }

  #link(unit: Unit, pieces: readonly Piece[]): void {
    const m = this.#m;
    const written = pieces.map(({ wish, flow }) => writeFunction(unit, wish, flow));
    const uses = (name: string): boolean => written.some(({ calls }) => calls.some((each) => each.name === name));
    const own = this.#fast === null ? [] : [
      ...(uses('take') ? [{ name: 'take', body: writeTake(unit, this.#fast) }] : []),
      ...(uses('put') ? [{ name: 'put', body: writePut(unit, this.#fast) }] : []),
    ];
    const numbers = new Map<string, number>();
    pieces.forEach(({ wish }, place) => {
      if (wish.whole) numbers.set(`function ${wish.index}`, place);
    });
    for (const { calls } of written) for (const { name } of calls) {
      const callee = /^function (\d+)$/.exec(name)?.[1];
      const signature = callee === undefined ? undefined : m.program.signatures[m.program.functions[Number(callee)]?.signature ?? -1];
      if (signature && !numbers.has(name) && !unit.imports.some((each) => each.name === name)) unit.imports.push({ name, type: typeNumber(unit, functionType(signature.params, signature.results)) });
    }
    // Around each function one that the interpreter enters: it fetches the parameters, and puts the results into the slots.
    own.forEach(({ name }, place) => numbers.set(name, written.length + place));
    const around = pieces.map(({ wish }, place) => encloseFunction(unit, wish, `#${place}`));
    const count = unit.imports.length;
    const functions = [...written, ...own.map(({ body }) => body), ...around].map((each: Written) => {
      for (const { at, name } of each.calls) {
        const imported = unit.imports.findIndex((one) => one.name === name);
        const inner = /^#(\d+)$/.exec(name)?.[1];
        let number = inner !== undefined ? count + Number(inner) : imported >= 0 ? imported : count + (numbers.get(name) ?? 0);
        for (let byte = 0; byte < 5; byte += 1) {
          each.code[at + byte] = (number & 0x7f) | (byte < 4 ? 0x80 : 0);
          number >>>= 7;
        }
      }
      return { type: typeNumber(unit, { params: each.params, results: each.results }), locals: each.locals, code: each.code };
    });
    const bytes = assembleModule({
      types: unit.types, functionImports: unit.imports, globalImports: globals, functions,
      exports: functions.map((_, place) => ({ name: `f${place}`, index: place })),
      shared: this.#m.space.memory.buffer instanceof SharedArrayBuffer,
    });
    const leave = (number: number, fp: number, cp: number, ...words: number[]): void => this.#leave(number, fp, cp, words);
    const given = Object.fromEntries(unit.imports.map(({ name }): [string, unknown] => {
      const callee = /^function (\d+)$/.exec(name)?.[1];
      const known = callee === undefined ? (name.startsWith('exit ') ? leave : this.#imports[name]) : this.#functions.get(Number(callee));
      if (known === undefined) throw new Error(`compiled code wants ${name}`);
      return [name, known];
    }));
    this.#modules += 1;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { a: { ...this.#imports, ...given } });
    this.#exits.push(...unit.exits.map((exit) => ({ exit, count: 0 })));
    pieces.forEach(({ wish, level, range }, place) => {
      const inner = instance.exports[`f${place}`];
      if (wish.whole && inner) this.#functions.set(wish.index, inner);
      const enter = instance.exports[`f${written.length + own.length + place}`] as (fp: number, cp: number) => unknown;
      if (this.#entries.has(wish.pc)) return;
      this.#entries.set(wish.pc, { pc: wish.pc, index: wish.index, original: m.ints[wish.pc] ?? 0, enter, level, range, entered: 0, spent: 0, ended: 0 });
      m.ints[wish.pc] = NATIVE;
    });
  }
}
