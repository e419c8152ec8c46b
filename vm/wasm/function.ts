/**
 * A flow → the structured code of one WebAssembly function, from the dominator tree (Ramsey, *Beyond Relooper*, 2022): a block that several
 * ways lead to begins after the end of a `block`, a loop's head is inside its `loop`. In: a unit, what to write. Out: locals and bytes.
 * Invariant: at the start of a block each slot that is wanted there is in the local of the type it is wanted as.
 */
import type { Signature } from '../code/program.ts';
import { F32, F64, I32, I64, unsigned, wasm } from './bytes.ts';
import type { ValueType } from './bytes.ts';
import { before, wayOn } from './flow.ts';
import type { Alive, Block, Flow } from './flow.ts';
import { callNamed, constant, CP, emit, FP, getGlobal, getLocal, int, leave, localOf, makeFrame, newLocal, read, setGlobal, setLocal, settleFor, spare, TooHard } from './frame.ts';
import type { Frame, Unit } from './frame.ts';
import { functionType, lower, op } from './lower.ts';
import { typeOf } from './operands.ts';

export type Written = { readonly params: readonly ValueType[]; readonly results: readonly ValueType[]; readonly locals: readonly ValueType[]; readonly code: number[]; readonly calls: readonly { readonly at: number; readonly name: string }[] };

/** What is compiled: a function from its beginning, called as others are, or a stretch of it from a pc on, with its state in the slots. */
export type Wish = { readonly index: number; readonly pc: number; readonly whole: boolean; readonly frameSlot: number; readonly signature: Signature; readonly always: Alive };

export function writeFunction(unit: Unit, wish: Wish, flow: Flow): Written {
  const type = functionType(wish.whole ? wish.signature.params : [], wish.signature.results);
  const frame = makeFrame(unit, type.results, wish.frameSlot, type.params.length);
  if (wish.whole) {
    wish.signature.params.forEach((param, place) => {
      frame.slots.set(place * 2, new Map([[typeOf(param), place + 2]]));
      frame.holds.set(place * 2, typeOf(param));
    });
  } else {
    for (const [slot, wanted] of flow.blocks[0]?.alive ?? []) fetch(frame, slot, wanted === 0 ? I64 : wanted);
    if (wish.frameSlot >= 0) {
      fetch(frame, wish.frameSlot, I32);
      frame.oldEnd = newLocal(frame, I32);
      load(frame, wish.frameSlot + 1);
      emit(frame, wasm.set, ...unsigned(frame.oldEnd));
    }
  }
  settleFor(frame, flow.blocks[0]?.alive ?? new Map());
  new Writer(frame, flow, wish).tree(0, []);
  emit(frame, wasm.unreachable, wasm.end);
  return { params: type.params, results: type.results, locals: frame.locals, code: frame.bytes, calls: frame.calls };
}

/** Pushes a word of the interpreter's slots. */
function load(f: Frame, word: number): void {
  getLocal(f, FP);
  int(f, word);
  emit(f, op('i32.add'));
  callNamed(f, 'word', { params: [I32], results: [I32] });
}

function fetch(f: Frame, slot: number, type: ValueType): void {
  load(f, slot);
  if (type !== I32) {
    emit(f, op('i64.extend_u'));
    load(f, slot + 1);
    emit(f, op('i64.extend_u'));
    constant(f, I64, { low: 32, high: 0 });
    emit(f, op('i64.shl'), op('i64.or'));
  }
  const from = type === I32 ? I32 : I64;
  emit(f, wasm.set, ...unsigned(localOf(f, slot, from)));
  f.holds.set(slot, from);
}

/** Labels that are open, the innermost last. */
const NOTHING: Alive = new Map();
type Label = { readonly kind: 'after' | 'loop' | 'if'; readonly block: number };

class Writer {
  readonly f: Frame;
  readonly flow: Flow;
  readonly wish: Wish;
  constructor(f: Frame, flow: Flow, wish: Wish) {
    this.f = f;
    this.flow = flow;
    this.wish = wish;
  }

  /** A block and all that it dominates. */
  tree(number: number, labels: readonly Label[]): void {
    const { flow } = this;
    const after = (flow.children[number] ?? []).filter((child) => flow.merges.has(child));
    if (!flow.loops.has(number)) return this.within(number, after, labels);
    emit(this.f, wasm.loop, 0x40);
    this.within(number, after, [...labels, { kind: 'loop', block: number }]);
    emit(this.f, wasm.end);
  }

  /** The blocks that come after are in the order of the flow; each ends a `block` around all before it. */
  within(number: number, after: readonly number[], labels: readonly Label[]): void {
    const last = after[after.length - 1];
    if (last === undefined) return this.block(number, labels);
    emit(this.f, wasm.block, 0x40);
    this.within(number, after.slice(0, -1), [...labels, { kind: 'after', block: last }]);
    emit(this.f, wasm.end);
    this.tree(last, labels);
  }

  block(number: number, labels: readonly Label[]): void {
    const { f, flow } = this;
    const block = flow.blocks[number];
    if (!block) throw new TooHard('a block that is not there');
    if (block.outside) {
      for (const [slot, wanted] of block.alive) f.holds.set(slot, wanted === 0 ? I64 : wanted);
      if (f.frameSlot >= 0 && !block.alive.has(f.frameSlot)) f.holds.set(f.frameSlot, I32);
      return leave(f, block.pc, block.alive);
    }
    if (labels.length > 400) throw new TooHard('nested too deep');
    for (const [slot, wanted] of block.alive) f.holds.set(slot, wanted === 0 ? I64 : wanted);
    for (const slot of [...f.holds.keys()]) if (!block.alive.has(slot)) f.holds.delete(slot);
    if (f.frameSlot >= 0 && !(number === 0 && this.wish.whole) && !block.alive.has(f.frameSlot)) f.holds.set(f.frameSlot, I32);
    const alive = aliveAt(flow, block, this.wish.always);
    if (flow.loops.has(number)) this.countdown(block);
    for (const [place, { pc, step }] of block.steps.entries()) {
      const here = alive[place] ?? NOTHING;
      const operand = f.unit.code.words()[pc + 1] ?? 0;
      const callee = step.name === 'call' ? (f.unit.code.functionAt(operand) ?? -1) : step.name === 'call.lazy' ? operand : -1;
      if (step.exits || (step.name === 'call' && !f.unit.callable(callee))) return leave(f, pc, here, false, callee);
      if (place === block.steps.length - 1 && (step.targets.length > 0 || !step.falls)) return this.end(block, pc, labels);
      lower(f, pc, step, here, () => alive[place + 1] ?? flow.after(block));
    }
    const [next] = block.next;
    settleFor(f, flow.blocks[next ?? -1]?.alive ?? new Map());
    this.go(number, next ?? -1, labels);
  }

  /** A turn of a loop costs fuel; without any left, the interpreter stands on the loop's head. */
  countdown(block: Block): void {
    const { f } = this;
    const rest = spare(f, I32);
    getGlobal(f, 'fuel');
    int(f, 1);
    emit(f, op('i32.sub'), wasm.tee, ...unsigned(rest));
    setGlobal(f, 'fuel');
    getLocal(f, rest);
    int(f, 0);
    emit(f, op('i32.lt_s'), wasm.if, 0x40);
    leave(f, block.pc, block.alive);
    emit(f, wasm.end);
  }

  end(block: Block, pc: number, labels: readonly Label[]): void {
    const { f } = this;
    const words = f.unit.code.words();
    const word = (which: number): number => words[pc + which] ?? 0;
    const step = block.steps[block.steps.length - 1]?.step;
    const number = this.flow.blocks.indexOf(block);
    if (!step) return;
    if (step.name === 'return' || step.name === 'return1') {
      for (const [slot, type] of step.reads) read(f, slot, type === 0 ? I64 : type);
      emit(f, wasm.return);
      return;
    }
    // What the ways want goes to other locals than those that hold the operands of the test.
    const condition = this.condition(pc, step.name);
    for (const next of new Set(wayOn(block))) settleFor(f, this.flow.blocks[next]?.alive ?? new Map());
    const [taken = -1, below = -1] = block.next;
    if (step.name === 'br') return this.go(number, taken, labels);
    if (step.name === 'br_table') {
      const rows = block.next.map((next) => this.depth(number, next, labels));
      read(f, word(1), I32);
      emit(f, wasm.br_table, ...unsigned(rows.length - 1), ...rows.flatMap((depth) => unsigned(depth ?? 0)));
      if (rows.some((depth) => depth === null)) throw new TooHard('a table that leads inside');
      return;
    }
    condition?.();
    const depth = this.depth(number, taken, labels);
    const held = new Map(f.holds);
    if (depth !== null) {
      emit(f, wasm.br_if, ...unsigned(depth));
      return this.go(number, below, labels);
    }
    const inside: Label = { kind: 'if', block: -1 };
    emit(f, wasm.if, 0x40);
    this.go(number, taken, [...labels, inside]);
    f.holds = held;
    if (this.depth(number, below, labels) !== null) {
      emit(f, wasm.end);
      return this.go(number, below, labels);
    }
    emit(f, wasm.else);
    this.go(number, below, [...labels, inside]);
    emit(f, wasm.end);
  }

  condition(pc: number, name: string): (() => void) | null {
    const { f } = this;
    const words = f.unit.code.words();
    const word = (which: number): number => words[pc + which] ?? 0;
    if (name === 'br_if' || name === 'br_unless') {
      return () => {
        read(f, word(1), I32);
        if (name === 'br_unless') emit(f, op('i32.eqz'));
      };
    }
    const found = /^br\.(i32|i64|f64)\.(\w+)(#?)$/.exec(name);
    if (!found) return null;
    const [, type = 'i32', verb = '', constantRight] = found;
    return () => {
      read(f, word(1), typeOf(type));
      if (constantRight) int(f, word(2));
      else read(f, word(2), typeOf(type));
      const negated = verb === 'nlt' || verb === 'nle';
      emit(f, op(`${type}.${negated ? verb.slice(1) : verb}`));
      if (negated) emit(f, op('i32.eqz'));
    };
  }

  /** How many labels out a branch must go; null when the block is written where the branch stands. */
  depth(from: number, to: number, labels: readonly Label[]): number | null {
    const { flow } = this;
    const back = (flow.place[to] ?? 0) <= (flow.place[from] ?? 0);
    if (!back && !flow.merges.has(to)) return null;
    for (let at = labels.length - 1; at >= 0; at -= 1) {
      const label = labels[at];
      if (label?.block === to && label.kind === (back ? 'loop' : 'after')) return labels.length - 1 - at;
    }
    throw new TooHard('a way that is not structured');
  }

  go(from: number, to: number, labels: readonly Label[]): void {
    const depth = this.depth(from, to, labels);
    if (depth === null) this.tree(to, labels);
    else emit(this.f, wasm.br, ...unsigned(depth));
  }
}

/** What is alive before each step of a block that may go out to the interpreter, or comes after a call. */
function aliveAt(flow: Flow, block: Block, always: Alive): Alive[] {
  const alive = flow.after(block);
  const list: Alive[] = [];
  for (let at = block.steps.length - 1; at >= 0; at -= 1) {
    const step = block.steps[at]?.step;
    if (!step) continue;
    before(step, alive, always);
    // What comes after a call is asked for too.
    if (step.mayExit || block.steps[at - 1]?.step.name === 'call') list[at] = new Map(alive);
  }
  return list;
}

/** The way in from the interpreter: parameters come out of its slots, results go back there unless the code was left. */
export function encloseFunction(unit: Unit, wish: Wish, inner: string): Written {
  const type = functionType(wish.whole ? wish.signature.params : [], wish.signature.results);
  const f = makeFrame(unit, [], -1, 2);
  getLocal(f, FP);
  getLocal(f, CP);
  if (wish.whole) {
    wish.signature.params.forEach((param, place) => {
      fetch(f, place * 2, typeOf(param));
      read(f, place * 2, typeOf(param));
    });
  }
  callNamed(f, inner);
  const results = type.results.map((result, place) => ({ result, local: newLocal(f, result), place }));
  for (const { local } of [...results].reverse()) setLocal(f, local);
  getGlobal(f, 'left');
  emit(f, wasm.if, 0x40, wasm.return, wasm.end);
  for (const { result, local, place } of results) {
    getLocal(f, FP);
    int(f, place * 2);
    emit(f, op('i32.add'));
    getLocal(f, local);
    callNamed(f, `give ${result}`, { params: [I32, result], results: [] });
  }
  emit(f, wasm.end);
  return { params: [I32, I32], results: [], locals: f.locals, code: f.bytes, calls: f.calls };
}

/** How results are given to the interpreter, by type. */
export const givers = (ints: () => Int32Array, floats: () => Float64Array, singles: () => Float32Array): Record<string, (at: number, value: never) => void> => ({
  [`give ${I32}`]: (at: number, value: number) => {
    ints()[at] = value;
  },
  [`give ${I64}`]: (at: number, value: bigint) => {
    ints()[at] = Number(BigInt.asIntN(32, value));
    ints()[at + 1] = Number(value >> 32n);
  },
  [`give ${F32}`]: (at: number, value: number) => {
    singles()[at] = value;
  },
  [`give ${F64}`]: (at: number, value: number) => {
    floats()[at >> 1] = value;
  },
});
