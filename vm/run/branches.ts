/**
 * Structure → jumps: blocks, the operands that a branch carries, comparison and branch as one instruction, loops turned round, returns.
 * In: a translation at a structured instruction. Out: branches whose targets are patched when their label is reached.
 * Invariant: at a label all operands are in their own slots, whichever way it is reached.
 */
import { nextAt, opcodes } from '../code/opcodes.ts';
import type { OpName } from '../code/opcodes.ts';
import { operation, operations } from './operations.ts';
import type { OperationName } from './operations.ts';
import { constantAt, OWN, own, place, pop, push, settle, settleLocals, slotAt, top, usedOnce } from './translation.ts';
import type { Block, Operand, Translation } from './translation.ts';
import { barrier, lastInto, takeBack, write } from './writer.ts';

const COMPARISONS = new Map<string, { branch: OperationName; opposite: OperationName }>();
for (const [type, one, other] of [
  ['i32', 'eq', 'ne'], ['i32', 'lt_s', 'ge_s'], ['i32', 'lt_u', 'ge_u'], ['i32', 'eq#', 'ne#'], ['i32', 'lt_s#', 'ge_s#'], ['i32', 'gt_s#', 'le_s#'], ['i32', 'lt_u#', 'ge_u#'], ['i32', 'gt_u#', 'le_u#'],
  ['i64', 'eq', 'ne'], ['i64', 'lt_s', 'ge_s'], ['i64', 'lt_u', 'ge_u'], ['f64', 'eq', 'ne'], ['f64', 'lt', 'nlt'], ['f64', 'le', 'nle'],
] as const) {
  const branch = `br.${type}.${one}` as OperationName;
  const opposite = `br.${type}.${other}` as OperationName;
  COMPARISONS.set(`${type}.${one}`, { branch, opposite });
  COMPARISONS.set(`${type}.${other}`, { branch: opposite, opposite: branch });
}
/** The conditional branches by number, with their opposites, to turn loops round. */
export const OPPOSITE: ReadonlyMap<number, OperationName> = new Map<number, OperationName>([
  [operation('br_if'), 'br_unless'],
  [operation('br_unless'), 'br_if'],
  ...[...COMPARISONS.values()].map(({ branch, opposite }): [number, OperationName] => [operation(branch), opposite]),
]);

export function outermost(t: Translation): Block {
  return { kind: 'block', height: 0, params: 0, results: t.cleanup ? 0 : t.signature.results.length, start: -1, patches: [], otherwise: [] };
}

function label(t: Translation, depth: number): Block {
  const block = t.blocks[t.blocks.length - 1 - depth];
  if (!block) throw new Error(`there is no label ${depth}`);
  return block;
}

const arity = (block: Block): number => (block.kind === 'loop' ? block.params : block.results);
/** A branch to the outermost block of the body returns. */
const returns = (t: Translation, block: Block): boolean => t.blocks[0] === block && !t.cleanup;

function blockType(t: Translation, type: number): { params: number; results: number } {
  if (type < 0) return { params: 0, results: type === -1 ? 0 : 1 };
  const found = t.program.signatures[type];
  return { params: found?.params.length ?? 0, results: found?.results.length ?? 0 };
}

export function open(t: Translation, kind: 'block' | 'loop' | 'if', type: number): void {
  const { params, results } = blockType(t, type);
  let otherwise: number[] = [];
  const condition = kind === 'if' ? constantAt(t, top(t)) : undefined;
  if (condition !== undefined) {
    pop(t, 1);
    settleLocals(t);
  } else if (kind === 'if') {
    // What is pending below is written before the comparison is fused with its branch; usually nothing is.
    if (params > 0 || t.stack.slice(0, -1).some((operand) => operand.kind === 'local' || operand.kind === 'sum')) for (let depth = 0; depth < t.stack.length; depth += 1) settle(t, depth);
    otherwise = [branch(t, false)];
  } else settleLocals(t);
  const height = t.stack.length - params;
  for (let depth = height; depth < t.stack.length; depth += 1) settle(t, depth);
  if (kind === 'loop') t.loops += 1;
  t.blocks.push({ kind, ...(condition === undefined ? {} : { known: condition !== 0 }), height, params, results, start: kind === 'loop' ? barrier(t.writer) : -1, patches: [], otherwise });
}

/** Opens an `if`; when its condition is known to be 0, goes on at its `else` or `end`. */
export function openIf(t: Translation, type: number): void {
  open(t, 'if', type);
  t.at = nextAt(t.body, t.at);
  if (label(t, 0).known === false) skip(t);
}

function target(t: Translation, block: Block, word: number): void {
  if (block.kind === 'loop') t.writer.words[word] = block.start;
  else block.patches.push(word);
}

function patch(t: Translation, words: readonly number[]): void {
  const pc = barrier(t.writer);
  for (const word of words) t.writer.words[word] = pc;
}

/** Moves the top operands to where a label wants them. */
function carry(t: Translation, block: Block): void {
  const count = arity(block);
  const from = t.stack.length - count;
  for (let each = 0; each < count; each += 1) {
    const operand = t.stack[from + each];
    const to = own(t, block.height + each);
    if (!operand) continue;
    if (operand.kind !== 'own') place(t, operand, to);
    else if (own(t, from + each) !== to) write(t.writer, 'move', to, own(t, from + each));
  }
}

function jump(t: Translation, block: Block): void {
  if (returns(t, block)) return leave(t);
  carry(t, block);
  const { writer } = t;
  const from = block.start - writer.base;
  const opposite = block.kind === 'loop' ? OPPOSITE.get(writer.words[from] ?? -1) : undefined;
  if (opposite === undefined || from >= writer.words.length) return target(t, block, write(writer, 'br', -1) + 1);
  // A loop that begins with the test that ends it is turned round: the test is made again here, at the bottom.
  const exit = from + (operations[writer.words[from] ?? 0]?.[1].length ?? 0);
  write(writer, opposite, ...writer.words.slice(from + 1, exit), writer.base + exit + 1);
  const out = write(writer, 'br', writer.words[exit] ?? -1) + 1;
  for (const each of t.blocks) {
    if (each.patches.includes(exit)) each.patches.push(out);
    if (each.otherwise.includes(exit)) each.otherwise.push(out);
  }
}

/** Takes the condition on top and writes a branch that is taken when it holds (or not); gives the word to patch. */
function branch(t: Translation, holds: boolean): number {
  const { writer, stack } = t;
  const depth = top(t);
  let sense = holds;
  for (let slot = slotAt(t, depth); ; ) {
    const last = slot === own(t, depth) || usedOnce(t, slot) ? lastInto(writer, slot) : undefined;
    if (!last) break;
    const [one = 0, other = 0] = writer.words.slice(last.start + 2);
    if (last.name === 'i32.eqz') {
      takeBack(writer);
      sense = !sense;
      slot = one;
      stack[depth] = slot === own(t, depth) ? OWN : { kind: 'local', value: slot, high: 0 };
      continue;
    }
    const comparison = COMPARISONS.get(last.name);
    if (!comparison) break;
    takeBack(writer);
    pop(t, 1);
    return write(writer, sense ? comparison.branch : comparison.opposite, one, other, -1) + 3;
  }
  const slot = slotAt(t, depth);
  pop(t, 1);
  return write(writer, sense ? 'br_if' : 'br_unless', slot, -1) + 2;
}

/** Returns what is on top. */
export function leave(t: Translation): void {
  const { writer, stack } = t;
  const count = t.signature.results.length;
  if (t.inline) return leaveInlined(t);
  if (t.watched.calls) write(writer, 'watch.return', 0);
  if (t.frameSlot >= 0) write(writer, t.program.provenance ? 'frame.gone' : 'leave', t.frameSlot);
  if (count === 1) {
    write(writer, 'return1', slotAt(t, top(t)));
    return;
  }
  const from = stack.length - count;
  // Results are moved in order; when a later one still lies in a local that an earlier one goes to, all are brought to safety first.
  const crossed = stack.slice(from).some((operand, each) => (operand.kind === 'local' || operand.kind === 'sum') && operand.value < each * 2);
  for (let each = 0; crossed && each < count; each += 1) settle(t, from + each);
  for (let each = 0; each < count; each += 1) {
    const operand = stack[from + each];
    if (operand && operand.kind !== 'own') place(t, operand, each * 2);
    else write(writer, 'move', each * 2, own(t, from + each));
  }
  write(writer, 'return');
}

/** Returns from a callee that is written in place of its call: the results go where the call's would, and control to its end. */
function leaveInlined(t: Translation): void {
  const { writer, stack, inline } = t;
  if (!inline) return;
  const count = t.signature.results.length;
  const from = stack.length - count;
  const name: OpName | undefined = opcodes[t.body[t.at] ?? -1]?.name;
  const last = t.blocks.length === 1 && (name === 'end' || (name === 'return' && nextAt(t.body, t.at) === t.body.length - 1));
  if (last && inline.patches.length === 0 && count <= 1) {
    // The only way out, and nothing has branched here: the operand itself is the result.
    const operand = stack[from];
    inline.results = !operand || count === 0 ? [] : [operand.kind === 'own' ? { kind: 'local', value: own(t, from), high: 0 } : operand];
    return;
  }
  const operands = stack.slice(from).map((operand, each): Operand => (operand.kind === 'own' ? { kind: 'local', value: own(t, from + each), high: 0 } : operand));
  const clear = operands.every(({ kind, value }) => kind === 'const' || value < inline.to || value >= inline.to + count * 2);
  if (last && inline.patches.length === 0 && inline.unpacked && clear) {
    inline.results = operands;
    return;
  }
  for (let each = 0; count > 1 && each < count; each += 1) settle(t, from + each);
  for (let each = 0; each < count; each += 1) {
    const operand = stack[from + each];
    const to = inline.to + each * 2;
    if (operand && operand.kind !== 'own') place(t, operand, to);
    else write(writer, 'move', to, own(t, from + each));
  }
  if (!last) inline.patches.push(write(writer, 'br', -1) + 1);
}

export function branchTo(t: Translation, depth: number): void {
  jump(t, label(t, depth));
  t.at = nextAt(t.body, t.at);
  skip(t);
}

export function branchIf(t: Translation, depth: number): void {
  const known = constantAt(t, top(t));
  if (known !== undefined) {
    pop(t, 1);
    if (known !== 0) return branchTo(t, depth);
    t.at = nextAt(t.body, t.at);
    return;
  }
  testAndBranch(t, depth);
  t.at = nextAt(t.body, t.at);
}

function testAndBranch(t: Translation, depth: number): void {
  const block = label(t, depth);
  const count = arity(block);
  const whole = returns(t, block);
  if (count === 0 && !whole) return target(t, block, branch(t, true));
  const from = t.stack.length - 1 - count;
  for (let each = from; each < from + count; each += 1) {
    if (t.stack[each]?.kind === 'own') continue;
    settle(t, top(t));
    settle(t, each);
  }
  if (!whole && from === block.height) return target(t, block, branch(t, true));
  const word = branch(t, false);
  if (whole) leave(t);
  else {
    carry(t, block);
    target(t, block, write(t.writer, 'br', -1) + 1);
  }
  patch(t, [word]);
}

export function branchTable(t: Translation, labels: readonly number[]): void {
  const { writer, stack } = t;
  const blocks = labels.map((depth) => label(t, depth));
  const slot = slotAt(t, top(t));
  pop(t, 1);
  const start = write(writer, 'br_table', slot, labels.length - 1, ...labels.map(() => -1));
  const operands = [...stack];
  const known = new Map<Block, number>();
  blocks.forEach((block, each) => {
    if (arity(block) === 0 && !returns(t, block)) return target(t, block, start + 3 + each);
    // A target that takes operands gets a place of its own, where they are moved.
    const before = known.get(block);
    const pc = before ?? barrier(writer);
    writer.words[start + 3 + each] = pc;
    if (before !== undefined) return;
    known.set(block, pc);
    stack.splice(0, stack.length, ...operands);
    if (returns(t, block)) leave(t);
    else {
      carry(t, block);
      target(t, block, write(writer, 'br', -1) + 1);
    }
  });
  t.at = nextAt(t.body, t.at);
  skip(t);
}

/** After what never falls through: go on at the `else` or `end` of this block. */
export function skip(t: Translation, arrives = false): void {
  let nesting = 0;
  while (t.at < t.body.length) {
    const name: OpName | undefined = opcodes[t.body[t.at] ?? -1]?.name;
    if (name === 'block' || name === 'loop' || name === 'if') nesting += 1;
    else if (name === 'end') {
      if (nesting === 0) return close(t, true, arrives);
      nesting -= 1;
    } else if (name === 'else' && nesting === 0) return otherwise(t, true);
    t.at = nextAt(t.body, t.at);
  }
}

export function otherwise(t: Translation, dead: boolean): void {
  const block = label(t, 0);
  if (block.known === true) {
    // This arm is never taken: what the first one leaves is what the block leaves.
    if (!dead) carry(t, block);
    block.kind = 'block';
    t.at = nextAt(t.body, t.at);
    return skip(t, !dead);
  }
  if (!dead && block.known !== false) {
    carry(t, block);
    target(t, block, write(t.writer, 'br', -1) + 1);
  }
  patch(t, block.otherwise);
  block.otherwise = [];
  block.kind = 'block';
  t.stack.length = block.height;
  for (let each = 0; each < block.params; each += 1) push(t, OWN);
  t.at = nextAt(t.body, t.at);
}

/** `arrives`: though what stands before the end is dead, the end is reached with the results in their slots. */
export function close(t: Translation, dead: boolean, arrives = false): void {
  const block = t.blocks[t.blocks.length - 1];
  if (!block) throw new Error('`end` without a block');
  t.at = nextAt(t.body, t.at);
  if (t.blocks.length === 1) {
    t.at = t.body.length - 1;
    if (!dead && !t.cleanup) leave(t);
    t.at = t.body.length;
    if (block.patches.length > 0) patch(t, block.patches);
    t.blocks.pop();
    return;
  }
  if (!dead) carry(t, block);
  block.patches.push(...block.otherwise);
  t.blocks.pop();
  if (block.kind === 'loop') t.loops -= 1;
  if (block.patches.length > 0) patch(t, block.patches);
  t.stack.length = block.height;
  for (let each = 0; each < block.results; each += 1) push(t, OWN);
  const passes = arrives || (block.known === false && block.kind === 'if');
  if (dead && !passes && block.patches.length === 0) skip(t);
}
