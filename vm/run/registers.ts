/**
 * Verified stack code → register code, when a function is first called. Each operand depth is a slot of the frame; pushes of locals and
 * constants become operands; a comparison and the branch on it become one instruction, and so do constants and offsets.
 * In: a program, a function, the pc where its code will stand. Out: words, the entries of body and cleanup body, the way back to offsets.
 * Invariants: at every place that something branches to, all operands are in their own slots; a value that is pushed but not yet
 * written (`pending`: a local or a constant) is written before its local changes; arguments of a call lie in consecutive slots, which
 * are the callee's first locals, and its results come back there. Cost: one pass, linear.
 */
import { nextAt, op, opcodes } from '../code/opcodes.ts';
import type { OpName } from '../code/opcodes.ts';
import type { CodeFunction, Mark, Program, Signature } from '../code/program.ts';
import { accessFlags, panicNumber, trapNumber } from '../code/reasons.ts';
import { intKindBits, intKinds } from '../code/values.ts';
import { localsToZero } from './assigned.ts';
import { barrier, createWriter, lastInto, retarget, takeBack, write, writeValue } from './writer.ts';
import type { Writer } from './writer.ts';
import type { OperationName } from './operations.ts';
import { operationNumber, operations } from './operations.ts';
import { operation } from './operations.ts';

/** What somebody wants to see of a run; code for it is made only then. */
export type Watched = { readonly statements: boolean; readonly calls: boolean; readonly accesses: boolean };
export const nothingWatched: Watched = { statements: false, calls: false, accesses: false };

export type Registers = {
  readonly words: number[];
  /** The pc of the body, which has the number of words of the frame just before it; -1 for no cleanup body. */
  readonly entry: number;
  readonly cleanup: number;
  /** Where the landing number goes, from the frame. */
  readonly landingSlot: number;
  /** Where the address of the memory frame is kept, and after it the old end of the memory stack; -1 without one. */
  readonly frameSlot: number;
  /** Pairs of pc and offset; in the cleanup body the offset is `-1 - offset`. */
  readonly origins: Int32Array;
};

/** An operand: in its own slot, still only in a local (`value` its slot), or a constant (`value` low, `high`). */
type Operand = {
  readonly kind: 'own' | 'local' | 'const';
  readonly value: number;
  readonly high: number;
  /** So many bytes there have been checked for a store, which noted them as written. */
  readonly noted?: number;
};
const OWN: Operand = { kind: 'own', value: 0, high: 0 };
type Block = { kind: 'block' | 'loop' | 'if'; height: number; params: number; results: number; start: number; patches: number[]; otherwise: number[] };

export function toRegisters(program: Program, index: number, base: number, watched: Watched): Registers {
  const code = program.functions[index];
  const signature = code && program.signatures[code.signature];
  if (!code || !signature) throw new Error(`there is no function ${index}`);
  const pinned = pinConstants(code);
  const writer = createWriter(base);
  const fixed = signature.params.length + code.locals.length;
  writer.words.push(0); // the size of the frame, known at the end
  const entry = barrier(writer);
  writer.origin = 0;

  const zeros = localsToZero(code, signature.params.length);
  for (let at = 0; at < zeros.length; ) {
    let run = 1;
    while (zeros[at + run] === (zeros[at] ?? 0) + run) run += 1;
    write(writer, 'zero', (zeros[at] ?? 0) * 2, run);
    at += run;
  }
  for (const { slot, low, high } of pinned.values()) write(writer, 'const2', (fixed + slot) * 2, low, high);
  const frameSlot = usesMemoryStack(code) ? (fixed + pinned.size) * 2 : -1;
  if (frameSlot >= 0) write(writer, 'frame', frameSlot, code.frame.size, code.frame.align);
  if (program.provenance && code.frame.size > 0) write(writer, 'frame.made', frameSlot, code.frame.size);
  if (watched.calls) write(writer, 'watch.call', index);
  barrier(writer);

  const first = fixed + pinned.size + (frameSlot >= 0 ? 1 : 0);
  const shape: Shape = { firstSlot: first, pinnedSlot: fixed, frameSlot, pinned };
  let deep = translate(program, code, signature, false, writer, shape, watched);
  let cleanup = -1;
  if (code.cleanup) {
    cleanup = barrier(writer);
    deep = Math.max(deep, translate(program, code, signature, true, writer, shape, watched));
  }
  writer.words[0] = (first + deep + 2) * 2;
  return { words: writer.words, entry, cleanup, landingSlot: first * 2, frameSlot, origins: Int32Array.from(writer.origins, (value, place) => (place % 2 === 0 ? value + base : value)) };
}

/** Where things lie in a frame, in slots; `frameSlot` in words. */
type Shape = { readonly firstSlot: number; readonly pinnedSlot: number; readonly frameSlot: number; readonly pinned: Pinned };

function usesMemoryStack(code: CodeFunction): boolean {
  if (code.frame.size > 0) return true;
  for (let at = 0; at < code.body.length; at = nextAt(code.body, at)) if (code.body[at] === STACK_ALLOC) return true;
  return false;
}
const STACK_ALLOC = op('stack_alloc');

type Pinned = Map<string, { slot: number; low: number; high: number }>;

/** Constants that no instruction can hold and that a loop would write again each time round get slots of their own. */
function pinConstants(code: CodeFunction): Pinned {
  const pinned: Pinned = new Map();
  let loops = 0;
  const depths: boolean[] = [];
  for (let at = 0; at < code.body.length; at = nextAt(code.body, at)) {
    const name: OpName | undefined = opcodes[code.body[at] ?? -1]?.name;
    if (name === 'block' || name === 'if' || name === 'loop') {
      depths.push(name === 'loop');
      if (name === 'loop') loops += 1;
    } else if (name === 'end') {
      if (depths.pop()) loops -= 1;
    } else if (loops > 0 && (name === 'f64.const' || name === 'i64.const' || name === 'f32.const') && pinned.size < 32) {
      const low = code.body[at + 1] ?? 0;
      const high = name === 'f32.const' ? 0 : (code.body[at + 2] ?? 0);
      const key = `${low} ${high}`;
      if (!pinned.has(key)) pinned.set(key, { slot: pinned.size, low, high });
    }
  }
  return pinned;
}

/** How often each local is read, in both bodies; locals that hold a variable of the source count as read once more. */
function countReads(code: CodeFunction): Map<number, number> {
  const reads = new Map<number, number>();
  const count = (local: number): void => void reads.set(local, (reads.get(local) ?? 0) + 1);
  for (const body of [code.body, code.cleanup ?? []]) {
    for (let at = 0; at < body.length; at = nextAt(body, at)) {
      const name: OpName | undefined = opcodes[body[at] ?? -1]?.name;
      if (name === 'local.get' || name === 'local.tee') count(body[at + 1] ?? 0);
    }
  }
  for (const { lives } of code.variables) {
    if (lives.kind === 'local' || lives.kind === 'behind') count(lives.local);
    else if (lives.kind === 'locals') lives.locals.forEach(count);
  }
  return reads;
}

const COMPARISONS = new Map<string, { branch: OperationName; opposite: OperationName; constant: boolean }>();
for (const [type, one, other] of [
  ['i32', 'eq', 'ne'], ['i32', 'lt_s', 'ge_s'], ['i32', 'lt_u', 'ge_u'], ['i32', 'eq#', 'ne#'], ['i32', 'lt_s#', 'ge_s#'], ['i32', 'gt_s#', 'le_s#'], ['i32', 'lt_u#', 'ge_u#'], ['i32', 'gt_u#', 'le_u#'],
  ['i64', 'eq', 'ne'], ['i64', 'lt_s', 'ge_s'], ['i64', 'lt_u', 'ge_u'], ['f64', 'eq', 'ne'], ['f64', 'lt', 'nlt'], ['f64', 'le', 'nle'],
] as const) {
  const branch = `br.${type}.${one}` as OperationName;
  const opposite = `br.${type}.${other}` as OperationName;
  COMPARISONS.set(`${type}.${one}`, { branch, opposite, constant: one.endsWith('#') });
  COMPARISONS.set(`${type}.${other}`, { branch: opposite, opposite: branch, constant: one.endsWith('#') });
}
/** The conditional branches by number, with their opposites, to turn loops round. */
const OPPOSITE = new Map<number, OperationName>([
  [operation('br_if'), 'br_unless'],
  [operation('br_unless'), 'br_if'],
]);
for (const { branch, opposite } of COMPARISONS.values()) OPPOSITE.set(operation(branch), opposite);

const MIRROR: Partial<Record<string, string>> = { gt_s: 'lt_s', gt_u: 'lt_u', le_s: 'ge_s', le_u: 'ge_u', gt: 'lt', ge: 'le' };
const MIRROR_F: Partial<Record<string, string>> = { gt: 'lt', ge: 'le' };
const LOADS: Partial<Record<OpName, OperationName>> = {
  'i32.load': 'load32', 'i64.load': 'load64', 'f32.load': 'load32', 'f64.load': 'loadf64', 'i32.load8_s': 'load8_s', 'i32.load8_u': 'load8_u', 'i32.load16_s': 'load16_s', 'i32.load16_u': 'load16_u',
  'i64.load8_s': 'load8_s', 'i64.load8_u': 'load8_u', 'i64.load16_s': 'load16_s', 'i64.load16_u': 'load16_u', 'i64.load32_s': 'load32', 'i64.load32_u': 'load32',
};
const STORES: Partial<Record<OpName, OperationName>> = {
  'i32.store': 'store32', 'i64.store': 'store64', 'f32.store': 'store32', 'f64.store': 'storef64', 'i32.store8': 'store8', 'i32.store16': 'store16', 'i64.store8': 'store8', 'i64.store16': 'store16', 'i64.store32': 'store32',
};
const WIDTH: Partial<Record<OperationName, number>> = { load8_s: 1, load8_u: 1, load16_s: 2, load16_u: 2, load32: 4, load64: 8, loadf64: 8, store8: 1, store16: 2, store32: 4, store64: 8, storef64: 8 };
const INDEXED = new Set<string>(['load8_u', 'load32', 'load64', 'loadf64', 'store8', 'store32', 'store64', 'storef64']);
/** Rows whose operation has another name but the same shape, or that move bits. */
const MOVES = new Set<OpName>(['i32.reinterpret_f32', 'i64.reinterpret_f64', 'f32.reinterpret_i32', 'f64.reinterpret_i64']);

/** Translates a body; gives how many operand slots it needs. */
function translate(program: Program, code: CodeFunction, signature: Signature, cleanup: boolean, writer: Writer, { firstSlot, pinnedSlot, frameSlot, pinned }: Shape, watched: Watched): number {
  const body = cleanup ? (code.cleanup ?? []) : code.body;
  const marks: readonly Mark[] = cleanup ? code.cleanupMarks : code.marks;
  const stack: Operand[] = [];
  const reads = countReads(code);
  const own = (depth: number): number => (firstSlot + depth) * 2;
  let deepest = 0;
  let at = 0;
  let mark = 0;

  const push = (operand: Operand): void => {
    stack.push(operand);
    if (stack.length > deepest) deepest = stack.length;
  };
  /** Brings the operand at a depth into its own slot. */
  const settle = (depth: number): void => {
    const operand = stack[depth];
    if (!operand || operand.kind === 'own') return;
    if (operand.kind === 'local') write(writer, 'move', own(depth), operand.value);
    else if (operand.high === 0) write(writer, 'const', own(depth), operand.value);
    else write(writer, 'const2', own(depth), operand.value, operand.high);
    stack[depth] = OWN;
  };
  const settleAll = (): void => {
    for (let depth = 0; depth < stack.length; depth += 1) settle(depth);
  };
  /** The slot that an operand can be read from. */
  const slotAt = (depth: number): number => {
    const operand = stack[depth];
    if (!operand) throw new Error('the operand stack is too short');
    if (operand.kind === 'local') return operand.value;
    if (operand.kind === 'const') {
      const constant = pinned.get(`${operand.value} ${operand.high}`);
      if (constant) return (pinnedSlot + constant.slot) * 2;
      settle(depth);
    }
    return own(depth);
  };
  const constantAt = (depth: number): number | undefined => {
    const operand = stack[depth];
    return operand?.kind === 'const' && operand.high === 0 ? operand.value : undefined;
  };
  const pop = (count: number): void => void (stack.length -= count);
  const result = (name: OperationName, depth: number, ...operands: number[]): void => {
    pop(stack.length - depth);
    push(OWN);
    writeValue(writer, name, own(depth), ...operands);
  };
  const unary = (name: OperationName): void => {
    const depth = stack.length - 1;
    result(name, depth, slotAt(depth));
  };
  const binary = (name: OperationName, ...more: number[]): void => {
    const depth = stack.length - 2;
    const one = slotAt(depth);
    const other = slotAt(depth + 1);
    result(name, depth, one, other, ...more);
  };
  const swapped = (name: OperationName): void => {
    const depth = stack.length - 2;
    const one = slotAt(depth);
    const other = slotAt(depth + 1);
    result(name, depth, other, one);
  };
  /** Before a local changes: whoever still means its old value gets a copy. */
  const beforeChange = (slot: number, below: number): boolean => {
    let copied = false;
    for (let depth = 0; depth < below; depth += 1) {
      const operand = stack[depth];
      if (operand?.kind === 'local' && operand.value === slot) {
        settle(depth);
        copied = true;
      }
    }
    return copied;
  };
  const assign = (local: number): void => {
    const slot = local * 2;
    const depth = stack.length - 1;
    const operand = stack[depth];
    const last = operand?.kind === 'own' ? lastInto(writer, own(depth)) : undefined;
    const copied = beforeChange(slot, depth);
    if (operand?.kind === 'own') {
      if (last && !copied) retarget(writer, last, slot);
      else writeValue(writer, 'move', slot, own(depth));
    } else if (operand?.kind === 'local') {
      if (operand.value !== slot) writeValue(writer, 'move', slot, operand.value);
    } else if (operand) {
      if (operand.high === 0) writeValue(writer, 'const', slot, operand.value);
      else writeValue(writer, 'const2', slot, operand.value, operand.high);
    }
  };

  // ── branches ──
  const blocks: Block[] = [{ kind: 'block', height: 0, params: 0, results: cleanup ? 0 : signature.results.length, start: -1, patches: [], otherwise: [] }];
  const target = (block: Block, word: number): void => {
    if (block.kind === 'loop') writer.words[word] = block.start;
    else block.patches.push(word);
  };
  const labelBlock = (depth: number): Block => {
    const block = blocks[blocks.length - 1 - depth];
    if (!block) throw new Error(`there is no label ${depth}`);
    return block;
  };
  const arity = (block: Block): number => (block.kind === 'loop' ? block.params : block.results);
  /** Moves the top operands to where a label wants them. */
  const carry = (block: Block): void => {
    const count = arity(block);
    const from = stack.length - count;
    for (let each = 0; each < count; each += 1) {
      const operand = stack[from + each];
      const to = own(block.height + each);
      if (!operand || (operand.kind === 'own' && own(from + each) === to)) continue;
      if (operand.kind === 'own') write(writer, 'move', to, own(from + each));
      else if (operand.kind === 'local') write(writer, 'move', to, operand.value);
      else write(writer, 'const2', to, operand.value, operand.high);
    }
  };
  const jump = (block: Block): void => {
    if (blocks[0] === block && !cleanup) return leave();
    carry(block);
    // A loop that begins with the test that ends it is turned round: test at the bottom.
    if (block.kind === 'loop') {
      const from = block.start - writer.base;
      const opposite = OPPOSITE.get(writer.words[from] ?? -1);
      if (opposite && from < writer.words.length) {
        const length = (operations[writer.words[from] ?? 0]?.[1].length ?? 0) + 1;
        const exit = from + length - 1;
        write(writer, opposite, ...writer.words.slice(from + 1, exit), block.start + length);
        const out = write(writer, 'br', writer.words[exit] ?? -1);
        for (const each of blocks) {
          if (each.patches.includes(exit)) each.patches.push(out + 1);
          if (each.otherwise.includes(exit)) each.otherwise.push(out + 1);
        }
        return;
      }
    }
    const start = write(writer, 'br', -1);
    target(block, start + 1);
  };
  /** Is this the slot of a local that no debugger knows and that is read in one place only? Then its value may stay unwritten. */
  const usedOnce = (slot: number): boolean => reads.get(slot >> 1) === 1;
  /** The instruction that gave the operand at a depth, when it may be taken back. */
  const source = (depth: number): ReturnType<typeof lastInto> => {
    const operand = stack[depth];
    if (operand?.kind === 'own') return lastInto(writer, own(depth));
    return operand?.kind === 'local' && usedOnce(operand.value) ? lastInto(writer, operand.value) : undefined;
  };
  /** Takes the condition on top and writes a branch taken when it holds (or not); gives the word to patch. */
  const branch = (holds: boolean): number => {
    const depth = stack.length - 1;
    let sense = holds;
    for (let slot = slotAt(depth); ; ) {
      const last = slot === own(depth) || usedOnce(slot) ? lastInto(writer, slot) : undefined;
      if (!last) break;
      const words = writer.words.slice(last.start + 2);
      if (last.name === 'i32.eqz') {
        takeBack(writer);
        sense = !sense;
        slot = words[0] ?? 0;
        stack[depth] = slot === own(depth) ? OWN : { kind: 'local', value: slot, high: 0 };
        continue;
      }
      const comparison = COMPARISONS.get(last.name);
      if (!comparison) break;
      takeBack(writer);
      pop(1);
      return write(writer, sense ? comparison.branch : comparison.opposite, words[0] ?? 0, words[1] ?? 0, -1) + 3;
    }
    const slot = slotAt(depth);
    pop(1);
    return write(writer, sense ? 'br_if' : 'br_unless', slot, -1) + 2;
  };
  const settleLocals = (): void => {
    for (let depth = 0; depth < stack.length; depth += 1) if (stack[depth]?.kind === 'local') settle(depth);
  };
  const leave = (): void => {
    const count = signature.results.length;
    if (watched.calls) write(writer, 'watch.return', 0);
    if (frameSlot >= 0) write(writer, program.provenance ? 'frame.gone' : 'leave', frameSlot);
    if (count === 1) {
      const depth = stack.length - 1;
      write(writer, 'return1', slotAt(depth));
      return;
    }
    const from = stack.length - count;
    for (let each = 0; each < count; each += 1) settle(from + each);
    for (let each = 0; each < count; each += 1) write(writer, 'move', each * 2, own(from + each));
    write(writer, 'return');
  };
  const blockSignature = (type: number): [number, number] => {
    if (type === -1) return [0, 0];
    if (type < 0) return [0, 1];
    const found = program.signatures[type];
    return [found?.params.length ?? 0, found?.results.length ?? 0];
  };
  const place = (patches: readonly number[]): void => {
    const pc = barrier(writer);
    for (const word of patches) writer.words[word] = pc;
  };
  /** After a branch that is always taken: go on at the `else` or `end` of this block. */
  const skip = (): void => {
    let nesting = 0;
    for (;;) {
      const name: OpName | undefined = opcodes[body[at] ?? -1]?.name;
      if (name === 'block' || name === 'loop' || name === 'if') nesting += 1;
      else if (name === 'end') {
        if (nesting === 0) return close(true);
        nesting -= 1;
      } else if (name === 'else' && nesting === 0) return otherwise(true);
      if (at >= body.length) return;
      at = nextAt(body, at);
    }
  };
  const otherwise = (dead: boolean): void => {
    const block = labelBlock(0);
    if (!dead) {
      carry(block);
      target(block, write(writer, 'br', -1) + 1);
    }
    place(block.otherwise);
    block.otherwise = [];
    block.kind = 'block';
    stack.length = block.height;
    for (let each = 0; each < block.params; each += 1) push(OWN);
    at = nextAt(body, at);
  };
  const close = (dead: boolean): void => {
    const block = blocks[blocks.length - 1];
    if (!block) throw new Error('`end` without a block');
    at = nextAt(body, at);
    if (blocks.length === 1) {
      if (!dead && !cleanup) leave();
      place(block.patches);
      blocks.pop();
      return;
    }
    if (!dead) carry(block);
    block.patches.push(...block.otherwise);
    blocks.pop();
    const after = !dead || (block.kind !== 'loop' && block.patches.length > 0);
    if (block.patches.length > 0) place(block.patches);
    stack.length = block.height;
    for (let each = 0; each < block.results; each += 1) push(OWN);
    if (!after) skip();
  };

  const writeCall = (params: number, results: number, make: (slot: number) => void): void => {
    const from = stack.length - params;
    for (let each = from; each < stack.length; each += 1) settle(each);
    make(own(from));
    pop(params);
    for (let each = 0; each < results; each += 1) push(OWN);
    // One result may be given to a local at once by a move only: the callee writes it at its own frame's start.
  };

  if (cleanup) push(OWN);
  while (at < body.length) {
    writer.origin = cleanup ? -1 - at : at;
    if (watched.statements) {
      while (mark < marks.length && (marks[mark]?.at ?? 0) < at) mark += 1;
      if (marks[mark]?.at === at && marks[mark]?.statement) {
        barrier(writer);
        write(writer, 'watch.statement', writer.origin);
      }
    }
    const row = opcodes[body[at] ?? -1];
    if (!row) throw new Error(`there is no instruction ${body[at]}`);
    const first = body[at + 1] ?? 0;
    const second = body[at + 2] ?? 0;
    const name: OpName = row.name;
    const top = stack.length - 1;
    switch (name) {
      case 'block': case 'loop': {
        const [params, results] = blockSignature(first);
        settleLocals();
        for (let each = stack.length - params; each < stack.length; each += 1) settle(each);
        if (name === 'loop') {
          // Constants below may stay pending: they do not change.
          blocks.push({ kind: 'loop', height: stack.length - params, params, results, start: barrier(writer), patches: [], otherwise: [] });
        } else blocks.push({ kind: 'block', height: stack.length - params, params, results, start: -1, patches: [], otherwise: [] });
        break;
      }
      case 'if': {
        const [params, results] = blockSignature(first);
        // Operands below the condition that name locals are settled after the comparison was fused, before the branch.
        const pendingBelow = stack.slice(0, -1).some((operand) => operand.kind === 'local') || params > 0;
        if (pendingBelow) settleAll();
        const word = branch(false);
        for (let each = stack.length - params; each < stack.length; each += 1) settle(each);
        blocks.push({ kind: 'if', height: stack.length - params, params, results, start: -1, patches: [], otherwise: [word] });
        break;
      }
      case 'else':
        otherwise(false);
        continue;
      case 'end':
        close(false);
        continue;
      case 'br': {
        jump(labelBlock(first));
        at = nextAt(body, at);
        skip();
        continue;
      }
      case 'br_if': {
        const block = labelBlock(first);
        const count = arity(block);
        const whole = blocks[0] === block && !cleanup;
        const from = stack.length - 1 - count;
        if (count === 0 && !whole) target(block, branch(true));
        else {
          for (let each = from; each < from + count; each += 1) {
            const operand = stack[each];
            if (operand && operand.kind !== 'own') {
              settle(top);
              settle(each);
            }
          }
          if (!whole && from === block.height) target(block, branch(true));
          else {
            const word = branch(false);
            if (whole) leave();
            else {
              carry(block);
              target(block, write(writer, 'br', -1) + 1);
            }
            place([word]);
          }
        }
        break;
      }
      case 'br_table': {
        const count = first + 1;
        const labels = body.slice(at + 2, at + 2 + count);
        const blocksOf = labels.map(labelBlock);
        const slot = slotAt(top);
        pop(1);
        const simple = blocksOf.every((block) => arity(block) === 0 && !(blocks[0] === block && !cleanup));
        const start = write(writer, 'br_table', slot, first, ...labels.map(() => -1));
        if (simple) blocksOf.forEach((block, each) => target(block, start + 3 + each));
        else {
          const operands = [...stack];
          const done = new Map<Block, number>();
          blocksOf.forEach((block, each) => {
            const known = done.get(block);
            const pc = known ?? barrier(writer);
            writer.words[start + 3 + each] = pc;
            if (known !== undefined) return;
            done.set(block, pc);
            stack.splice(0, stack.length, ...operands);
            if (blocks[0] === block && !cleanup) leave();
            else {
              carry(block);
              target(block, write(writer, 'br', -1) + 1);
            }
          });
        }
        at = nextAt(body, at);
        skip();
        continue;
      }
      case 'return':
        leave();
        at = nextAt(body, at);
        skip();
        continue;
      case 'unreachable': case 'trap': case 'panic': case 'resume': case 'panic.text':
        if (name === 'unreachable') write(writer, 'trap', trapNumber('unreachable'));
        else if (name === 'resume') write(writer, 'resume');
        else if (name === 'panic.text') write(writer, 'panic.text', slotAt(top - 1), slotAt(top));
        else write(writer, name, first);
        at = nextAt(body, at);
        skip();
        continue;
      case 'drop': pop(1); break;
      case 'select': {
        const one = slotAt(top - 2);
        const other = slotAt(top - 1);
        result('select', top - 2, one, other, slotAt(top));
        break;
      }
      case 'call': {
        const called = program.functions[first];
        const type = called && program.signatures[called.signature];
        writeCall(type?.params.length ?? 0, type?.results.length ?? 0, (slot) => write(writer, 'call.lazy', first, slot));
        break;
      }
      case 'call_indirect': {
        const type = program.signatures[first];
        const pointer = slotAt(top);
        pop(1);
        writeCall(type?.params.length ?? 0, type?.results.length ?? 0, (slot) => write(writer, 'call_indirect', first, pointer, slot));
        if (stack.length + 1 > deepest) deepest = stack.length + 1;
        break;
      }
      case 'host.call': {
        const type = program.imports[first]?.signature;
        writeCall(type?.params.length ?? 0, type?.results.length ?? 0, (slot) => write(writer, 'host', first, slot));
        break;
      }
      case 'catch_call': {
        const pointer = slotAt(top - 1);
        settle(top);
        // The callee's frame begins at the data pointer, above the function pointer.
        write(writer, 'catch_call', own(top - 1), pointer, own(top));
        write(writer, 'catch_done', own(top - 1));
        pop(2);
        push(OWN);
        break;
      }
      case 'local.get': push({ kind: 'local', value: first * 2, high: 0 }); break;
      case 'local.set':
        assign(first);
        pop(1);
        break;
      case 'local.tee':
        assign(first);
        stack[top] = { kind: 'local', value: first * 2, high: 0 };
        break;
      case 'i32.const': case 'f32.const': push({ kind: 'const', value: first, high: 0 }); break;
      case 'i64.const': case 'f64.const': push({ kind: 'const', value: first, high: second }); break;
      case 'i32.reinterpret_f32': case 'i64.reinterpret_f64': case 'f32.reinterpret_i32': case 'f64.reinterpret_i64': break;
      case 'ptr.from':
        if (program.provenance) unary('i32.wrap');
        break;
      case 'i32.wrap_i64':
        if (program.provenance) unary('i32.wrap');
        else if (stack[top]?.kind === 'const') stack[top] = { kind: 'const', value: stack[top]?.value ?? 0, high: 0 };
        break;
      case 'i64.extend_i32_s': case 'i64.extend_i32_u': {
        const constant = constantAt(top);
        if (constant !== undefined) stack[top] = { kind: 'const', value: constant, high: name === 'i64.extend_i32_s' ? constant >> 31 : 0 };
        else unary(name === 'i64.extend_i32_s' ? 'i64.extend_s' : 'i64.extend_u');
        break;
      }
      case 'i64.extend32_s': unary('i64.extend_s'); break;
      case 'i32.load': case 'i64.load': case 'f32.load': case 'f64.load': case 'i32.load8_s': case 'i32.load8_u': case 'i32.load16_s': case 'i32.load16_u':
      case 'i64.load8_s': case 'i64.load8_u': case 'i64.load16_s': case 'i64.load16_u': case 'i64.load32_s': case 'i64.load32_u':
        load(LOADS[name] ?? 'load32', first);
        if (name.startsWith('i64.load') && name !== 'i64.load') unary(name.endsWith('_s') ? 'i64.extend_s' : 'i64.extend_u');
        break;
      case 'i32.store': case 'i64.store': case 'f32.store': case 'f64.store': case 'i32.store8': case 'i32.store16': case 'i64.store8': case 'i64.store16': case 'i64.store32':
        store(STORES[name] ?? 'store32', first);
        break;
      case 'ptr.load':
        if (watched.accesses) write(writer, 'watch.load', slotAt(top), first, 4);
        if (program.provenance) result('ptr.load', top, slotAt(top), first);
        else load('load32', first);
        break;
      case 'ptr.store':
        if (!program.provenance) store('store32', first);
        else {
          const address = slotAt(top - 1);
          write(writer, 'ptr.store', address, slotAt(top), first);
          if (watched.accesses) write(writer, 'watch.store', address, first, 4);
          pop(2);
        }
        break;
      case 'memory.copy': case 'memory.fill': {
        const to = slotAt(top - 2);
        const from = slotAt(top - 1);
        write(writer, name, to, from, slotAt(top));
        pop(3);
        break;
      }
      case 'memory.compare': {
        const one = slotAt(top - 2);
        const other = slotAt(top - 1);
        result(name, top - 2, one, other, slotAt(top));
        break;
      }
      case 'ptr.add': {
        const constant = constantAt(top);
        const operation = program.provenance ? 'ptr.add' : 'i32.add';
        if (constant !== undefined) addConstant(`${operation}#`, constant);
        else binary(operation);
        break;
      }
      case 'ptr.offset':
        push({ kind: 'const', value: first, high: 0 });
        addConstant(program.provenance ? 'ptr.add#' : 'i32.add#', first);
        break;
      case 'ptr.index': {
        const constant = constantAt(top);
        if (constant !== undefined) addConstant(program.provenance ? 'ptr.add#' : 'i32.add#', Math.imul(constant, first));
        else if (first === 1 && program.provenance) binary('ptr.add');
        else binary(program.provenance ? 'ptr.index' : 'index', first);
        break;
      }
      case 'static.addr': result('static.addr', stack.length, first); break;
      case 'frame.addr': result(program.provenance ? 'frame.address' : 'frame.addr', stack.length, frameSlot, first); break;
      case 'frame.live': case 'frame.dead':
        if (program.provenance) write(writer, name, frameSlot, first, second);
        break;
      case 'stack_alloc': unary('stack_alloc'); break;
      case 'add.checked': case 'sub.checked': case 'mul.checked': case 'div.checked': case 'rem.checked': case 'neg.checked': checked(name, first); break;
      case 'shl.checked': case 'shr.checked': shift(name, first); break;
      case 'add.overflowing': case 'sub.overflowing': case 'mul.overflowing': {
        const one = slotAt(top - 1);
        const other = slotAt(top);
        write(writer, name, own(top - 1), one, other, first);
        pop(2);
        push(OWN);
        push(OWN);
        break;
      }
      case 'narrow': narrow(first); break;
      case 'check.bounds': {
        const constant = constantAt(top);
        const index = slotAt(top - 1);
        if (constant !== undefined) write(writer, 'check.bounds#', index, constant);
        else write(writer, 'check.bounds', index, slotAt(top));
        pop(1);
        break;
      }
      case 'check.null': write(writer, 'check.null', slotAt(top)); break;
      case 'check.align': write(writer, 'check.align', slotAt(top), first - 1); break;
      case 'check.access': {
        write(writer, 'check.access', slotAt(top), first, second);
        const checked = stack[top];
        if (checked && (second & accessFlags.write) !== 0) stack[top] = { ...checked, noted: first };
        break;
      }
      case 'check.range': {
        const address = slotAt(top - 1);
        write(writer, 'check.range', address, slotAt(top), first);
        pop(2);
        break;
      }
      case 'alloc': case 'alloc_zeroed': binary(name, first); break;
      case 'realloc': {
        const block = slotAt(top - 2);
        const size = slotAt(top - 1);
        result(name, top - 2, block, size, slotAt(top), first);
        break;
      }
      case 'free':
        write(writer, 'free', slotAt(top), first);
        pop(1);
        break;
      case 'memory.poison': case 'memory.unpoison': case 'memory.initialised':
        if (program.provenance) {
          const address = slotAt(top - 1);
          if (name === 'memory.poison') write(writer, name, address, slotAt(top), first);
          else write(writer, name, address, slotAt(top));
        }
        pop(2);
        break;
      default: numeric(name);
    }
    at = nextAt(body, at);
  }
  return deepest;

  function addConstant(name: string, constant: number): void {
    const depth = stack.length - 2;
    const slot = slotAt(depth);
    result(name as OperationName, depth, slot, constant);
  }

  function load(name: OperationName, offset: number): void {
    const depth = stack.length - 1;
    if (watched.accesses) write(writer, 'watch.load', slotAt(depth), offset, WIDTH[name] ?? 4);
    const last = source(depth);
    if (last && last.name === 'index' && INDEXED.has(name)) {
      const [base = 0, index = 0, size = 0] = writer.words.slice(last.start + 2);
      takeBack(writer);
      return result(`${name}.x` as OperationName, depth, base, index, size, offset);
    }
    if (last && last.name === 'i32.add#') {
      const [base = 0, more = 0] = writer.words.slice(last.start + 2);
      if (more >= 0 && offset + more < 0x40000000) {
        takeBack(writer);
        return result(name, depth, base, offset + more);
      }
    }
    result(name, depth, slotAt(depth), offset);
  }

  function store(name: OperationName, offset: number): void {
    const depth = stack.length - 2;
    const value = slotAt(depth + 1);
    const last = source(depth);
    const tracked = program.provenance;
    if (last && last.name === 'index' && INDEXED.has(name) && !tracked && !watched.accesses) {
      const [base = 0, index = 0, size = 0] = writer.words.slice(last.start + 2);
      takeBack(writer);
      write(writer, `${name}.x` as OperationName, base, index, value, size, offset);
    } else {
      const address = slotAt(depth);
      write(writer, name, address, value, offset);
      if (tracked && (stack[depth]?.noted ?? 0) < offset + (WIDTH[name] ?? 8)) write(writer, 'track.written', address, offset, WIDTH[name] ?? 4);
      if (watched.accesses) write(writer, 'watch.store', address, offset, WIDTH[name] ?? 4);
    }
    pop(2);
  }

  function narrow(kindNumber: number): void {
    const depth = stack.length - 1;
    const kind = intKinds[kindNumber];
    if (kind === 'i8') unary('i32.extend8_s');
    else if (kind === 'i16') unary('i32.extend16_s');
    else if (kind === 'u8' || kind === 'u16') result('i32.and#', depth, slotAt(depth), kind === 'u8' ? 255 : 65535);
  }

  function checked(name: OpName, kindNumber: number): void {
    const kind = intKinds[kindNumber] ?? 'i32';
    const verb = name.slice(0, 3);
    const top = stack.length - 1;
    const constant = constantAt(top);
    const wide = intKindBits(kind) === 64;
    if (verb === 'neg') return result('neg.checked', top, slotAt(top), kindNumber);
    if (verb === 'div' || verb === 'rem') {
      if (!wide && constant !== undefined && constant > 0) return addConstant(`i32.${verb}_${kind.startsWith('i') ? 's' : 'u'}#`, constant);
      if (kind === 'i32' || kind === 'u32') return binary(`${verb}.${kind}` as OperationName);
      return binary(`${verb}.checked` as OperationName, kindNumber);
    }
    if (kind === 'i32' || kind === 'u32' || wide) {
      if (verb === 'add' && !wide && constant !== undefined) return addConstant(`add.${kind}#`, constant);
      if (verb === 'sub' && kind === 'u32' && constant !== undefined) return addConstant('sub.u32#', constant);
      if (verb === 'sub' && kind === 'i32' && constant !== undefined && constant !== -2147483648) return addConstant('add.i32#', -constant, );
      return binary(`${verb}.${kind}` as OperationName);
    }
    numeric(`i32.${verb}` as OpName);
    write(writer, 'check.kind', slotAt(stack.length - 1), kindNumber, panicNumber(verb === 'add' ? 'add' : verb === 'sub' ? 'sub' : 'mul'));
  }

  function shift(name: OpName, kindNumber: number): void {
    const kind = intKinds[kindNumber] ?? 'i32';
    const bits = intKindBits(kind);
    const top = stack.length - 1;
    const amount = constantAt(top);
    const left = name === 'shl.checked';
    if (amount === undefined || amount < 0 || amount >= bits) write(writer, 'check.shift', slotAt(top), bits, panicNumber(left ? 'shl' : 'shr'));
    const type = bits === 64 ? 'i64' : 'i32';
    numeric(`${type}.${left ? 'shl' : kind.startsWith('i') ? 'shr_s' : 'shr_u'}` as OpName);
    if (left && bits < 32) narrow(kindNumber);
  }

  function numeric(name: OpName): void {
    const top = stack.length - 1;
    const dot = name.indexOf('.');
    const type = name.slice(0, dot);
    const verb = name.slice(dot + 1);
    if (MOVES.has(name)) return;
    const effect = opcodes[operationRow(name)]?.effect ?? '';
    const twoOperands = effect.split('->')[0]?.trim().split(' ').length === 2;
    if (!twoOperands) return unary(name as OperationName);
    // A constant on the left of a symmetric operation goes to the right.
    if (type === 'i32' && constantAt(top - 1) !== undefined && constantAt(top) === undefined) {
      const mirrored = { add: 'add', mul: 'mul', and: 'and', or: 'or', xor: 'xor', eq: 'eq', ne: 'ne', lt_s: 'gt_s', gt_s: 'lt_s', le_s: 'ge_s', ge_s: 'le_s', lt_u: 'gt_u', gt_u: 'lt_u', le_u: 'ge_u', ge_u: 'le_u' }[verb];
      const left = constantAt(top - 1);
      if (mirrored && left !== undefined) return result(`i32.${mirrored}#` as OperationName, top - 1, slotAt(top), left);
    }
    const right = constantAt(top);
    if (type === 'i32' && right !== undefined) {
      if (verb === 'sub') return addConstant('i32.add#', -right | 0);
      const nonzero = !verb.startsWith('div') && !verb.startsWith('rem') || right > 0;
      if (nonzero && operationNumber(`${name}#`) !== undefined) return addConstant(`${name}#`, right);
    }
    const wideRight = stack[top];
    if (type === 'i64' && wideRight?.kind === 'const') {
      if (verb === 'add' && wideRight.high === wideRight.value >> 31) return addWide('i64.add#', wideRight.value);
      if (verb === 'sub' && wideRight.high === wideRight.value >> 31 && wideRight.value !== -2147483648) return addWide('i64.add#', -wideRight.value | 0);
      if (verb === 'shl' || verb === 'shr_s' || verb === 'shr_u' || verb === 'rotl') return addWide(`${name}#`, wideRight.value & 63);
      if (verb === 'rotr') return addWide('i64.rotl#', (64 - (wideRight.value & 63)) & 63);
    }
    const mirror = type.startsWith('f') ? MIRROR_F[verb] : MIRROR[verb];
    if (mirror) return swapped(`${type}.${mirror}` as OperationName);
    binary(name as OperationName);
  }

  function addWide(name: string, constant: number): void {
    const depth = stack.length - 2;
    result(name as OperationName, depth, slotAt(depth), constant);
  }
}

const rows = new Map<string, number>(opcodes.map((row, number) => [row.name, number]));
const operationRow = (name: OpName): number => rows.get(name) ?? -1;
