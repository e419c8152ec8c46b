/**
 * The verifier: shows that code is well formed before an engine trusts it, as WebAssembly's validation does.
 * In: a program. Out: problems as data, none when it may run. An engine may rely on: operand types, balanced structure, every
 * immediate in range, landings on instructions that can stop, cleanup bodies that never return.
 * Cost: one pass over each body.
 */
import { immediateWords, nextAt, opcodes, rowOf } from './opcodes.ts';
import type { Immediate } from './opcodes.ts';
import type { CodeFunction, Program, Signature } from './program.ts';
import { allocators, panicReasons, poisonKinds, trapReasons } from './reasons.ts';
import { intKinds, intKindType, valueTypes } from './values.ts';
import type { ValueType } from './values.ts';

/** `function` is -1 when the problem is of the whole program; `at` is a word offset; `cleanup` tells which body. */
export type CodeProblem = { readonly function: number; readonly cleanup: boolean; readonly at: number; readonly message: string };

/** An operand of unknown type appears below an instruction that never falls through. */
type Operand = ValueType | 'unknown';
type Block = { kind: 'body' | 'block' | 'loop' | 'if' | 'else'; params: readonly ValueType[]; results: readonly ValueType[]; height: number; dead: boolean };

class Malformed extends Error {}

export function verify(program: Program): CodeProblem[] {
  const problems: CodeProblem[] = [];
  const whole = (message: string): void => void problems.push({ function: -1, cleanup: false, at: 0, message });

  const entry = program.functions[program.entry];
  const entrySignature = entry && program.signatures[entry.signature];
  if (!entrySignature) whole('the entry is not a function');
  else if (entrySignature.params.length > 0 || entrySignature.results.length > 1 || (entrySignature.results[0] ?? 'i32') !== 'i32') whole('the entry is neither of type () nor () -> i32');
  program.table.forEach((index, place) => {
    if (place === 0 ? index !== -1 : !program.functions[index]) whole(`entry ${place} of the function table is wrong`);
  });
  for (const { at, bytes } of program.statics.segments) if (at < 0 || at + bytes.length > program.statics.size) whole(`a segment at ${at} leaves the statics area`);
  for (const at of program.statics.pointers) if (at < 0 || at % 4 !== 0 || at + 4 > program.statics.size) whole(`a pointer at ${at} is not in the statics area`);

  program.functions.forEach((code, index) => {
    const signature = program.signatures[code.signature];
    if (!signature) return void problems.push({ function: index, cleanup: false, at: 0, message: 'its signature is not in the table' });
    const starts = verifyBody(program, code, index, signature, false, code.body, problems);
    if (code.cleanup) verifyBody(program, code, index, signature, true, code.cleanup, problems);
    let last = -1;
    for (const { at, landing } of code.landings) {
      const stops = starts.has(at) ? rowOf(code.body[at] ?? -1)?.stops : undefined;
      if (stops === undefined || stops === 'never') problems.push({ function: index, cleanup: false, at, message: 'a landing is not on an instruction that can stop' });
      if (!code.cleanup || landing < 0 || at <= last) problems.push({ function: index, cleanup: false, at, message: 'a landing without cleanup body, or out of order' });
      last = at;
    }
    const { size, align } = code.frame;
    if (size < 0 || align < 1 || (align & (align - 1)) !== 0) problems.push({ function: index, cleanup: false, at: 0, message: 'its frame is malformed' });
  });
  return problems;
}

/** Verifies one body; gives the offsets at which instructions start. */
function verifyBody(program: Program, code: CodeFunction, index: number, signature: Signature, cleanup: boolean, body: readonly number[], problems: CodeProblem[]): Set<number> {
  const starts = new Set<number>();
  let at = 0;
  try {
    checkBody(program, code, signature, cleanup, body, (offset) => {
      at = offset;
      starts.add(offset);
    });
  } catch (thrown) {
    if (!(thrown instanceof Malformed)) throw thrown;
    problems.push({ function: index, cleanup, at, message: thrown.message });
  }
  return starts;
}

function checkBody(program: Program, code: CodeFunction, signature: Signature, cleanup: boolean, body: readonly number[], visit: (at: number) => void): void {
  const fail = (message: string): never => {
    throw new Malformed(message);
  };
  const locals: readonly ValueType[] = [...signature.params, ...code.locals];
  const stack: Operand[] = [];
  const results = cleanup ? [] : signature.results;
  const blocks: Block[] = [{ kind: 'body', params: [], results, height: 0, dead: false }];
  if (cleanup) stack.push('i32');

  const top = (): Block => blocks[blocks.length - 1] ?? fail('an instruction after the end of the body');
  const pop = (wanted: Operand): Operand => {
    const block = top();
    if (stack.length <= block.height) return block.dead ? wanted : fail(`an operand of type ${wanted} is missing`);
    const found = stack.pop() ?? 'unknown';
    if (found !== wanted && found !== 'unknown' && wanted !== 'unknown') fail(`an operand is ${found} where ${wanted} is needed`);
    return found === 'unknown' ? wanted : found;
  };
  const popAll = (wanted: readonly ValueType[]): void => {
    for (let each = wanted.length - 1; each >= 0; each -= 1) pop(wanted[each] ?? 'unknown');
  };
  const pushAll = (types: readonly Operand[]): void => void stack.push(...types);
  const die = (): void => {
    const block = top();
    stack.length = block.height;
    block.dead = true;
  };
  const labelTypes = (depth: number): readonly ValueType[] => {
    const block = depth >= 0 ? blocks[blocks.length - 1 - depth] : undefined;
    if (!block) return fail(`there is no label ${depth}`);
    if (block.kind === 'body' && cleanup) return fail('a cleanup body returns');
    return block.kind === 'loop' ? block.params : block.results;
  };
  const blockType = (type: number): Signature => {
    if (type === -1) return { params: [], results: [] };
    const value = type < 0 ? valueTypes[-2 - type] : undefined;
    return value ? { params: [], results: [value] } : (program.signatures[type] ?? fail(`there is no block type ${type}`));
  };
  const open = (kind: 'block' | 'loop' | 'if', type: number): void => {
    const { params, results: leaves } = blockType(type);
    popAll(params);
    blocks.push({ kind, params, results: leaves, height: stack.length, dead: false });
    pushAll(params);
  };
  const close = (): Block => {
    const block = top();
    popAll(block.results);
    if (stack.length !== block.height) fail(`${stack.length - block.height} operands are left over at the end of a block`);
    return block;
  };
  const local = (number: number): ValueType => locals[number] ?? fail(`there is no local ${number}`);
  const call = ({ params, results: gives }: Signature): void => {
    popAll(params);
    pushAll(gives);
  };

  let offset = 0;
  while (offset < body.length) {
    visit(offset);
    const row = rowOf(body[offset] ?? -1) ?? fail(`there is no instruction ${body[offset]}`);
    const next = nextAt(body, offset);
    if (next > body.length) fail('the last instruction is cut off');
    const first = body[offset + 1] ?? 0;
    checkImmediates(program, row.immediates, body, offset, fail);
    top();
    switch (row.effect) {
      case '@unreachable': case '@stop':
        if (row.name === 'resume' && !cleanup) fail('`resume` outside of a cleanup body');
        die();
        break;
      case 'i32 i32 @stop':
        popAll(['i32', 'i32']);
        die();
        break;
      case '@block': open('block', first); break;
      case '@loop': open('loop', first); break;
      case '@if':
        pop('i32');
        open('if', first);
        break;
      case '@else': {
        const block = close();
        if (block.kind !== 'if') fail('`else` without `if`');
        blocks.pop();
        blocks.push({ ...block, kind: 'else', height: stack.length, dead: false });
        pushAll(block.params);
        break;
      }
      case '@end': {
        const block = close();
        if (block.kind === 'if' && (block.params.length !== block.results.length || block.params.some((type, place) => type !== block.results[place]))) fail('an `if` without `else` gives values');
        if (block.kind === 'body' && cleanup && !block.dead) fail('a cleanup body reaches its end');
        blocks.pop();
        if (blocks.length > 0) pushAll(block.results);
        break;
      }
      case '@br':
        popAll(labelTypes(first));
        die();
        break;
      case '@br_if': {
        pop('i32');
        const types = labelTypes(first);
        popAll(types);
        pushAll(types);
        break;
      }
      case '@br_table': {
        pop('i32');
        const depths = body.slice(offset + 2, next);
        const usual = labelTypes(depths[depths.length - 1] ?? -1);
        for (const depth of depths) if (labelTypes(depth).join() !== usual.join()) fail('the labels of a `br_table` differ in type');
        popAll(usual);
        die();
        break;
      }
      case '@return':
        if (cleanup) fail('a cleanup body returns');
        popAll(signature.results);
        die();
        break;
      case '@drop': pop('unknown'); break;
      case '@select': {
        pop('i32');
        const one = pop('unknown');
        stack.push(pop(one));
        break;
      }
      case '@call': {
        const called = program.functions[first];
        call((called && program.signatures[called.signature]) ?? fail(`there is no function ${first}`));
        break;
      }
      case '@call_indirect':
        pop('i32');
        call(program.signatures[first] ?? fail(`there is no signature ${first}`));
        break;
      case '@host': call((program.imports[first] ?? fail(`there is no import ${first}`)).signature); break;
      case '@local.get': stack.push(local(first)); break;
      case '@local.set': pop(local(first)); break;
      case '@local.tee':
        pop(local(first));
        stack.push(local(first));
        break;
      case '@KK': case '@K': case '@Ks': case '@KKf': {
        const kind = intKinds[first] ?? fail(`there is no integer kind ${first}`);
        const type = intKindType(kind);
        if (row.effect === '@Ks') pop('i32');
        if (row.effect === '@KK' || row.effect === '@KKf') pop(type);
        pop(type);
        stack.push(type);
        if (row.effect === '@KKf') stack.push('i32');
        break;
      }
      default: {
        if (row.name === 'frame.addr' && (first < 0 || first > code.frame.size || code.frame.size === 0)) fail('an address is outside of the frame');
        if ((row.name === 'frame.live' || row.name === 'frame.dead') && first + (body[offset + 2] ?? 0) > code.frame.size) fail('a slot is outside of the frame');
        const [pops, pushes] = simpleEffects[body[offset] ?? -1] ?? fail(`the effect of ${row.name} is unknown`);
        popAll(pops);
        pushAll(pushes);
      }
    }
    offset = next;
  }
  if (blocks.length > 0) fail('the body ends before its last block does');
}

/** The effects that are just types, parsed once. */
const simpleEffects = opcodes.map(({ effect }): [ValueType[], ValueType[]] | undefined => {
  if (effect.includes('@')) return undefined;
  const [pops = '', pushes = ''] = effect.split('->');
  const words = (text: string): ValueType[] => text.split(' ').filter((word): word is ValueType => word !== '');
  return [words(pops), words(pushes)];
});

function checkImmediates(program: Program, kinds: readonly Immediate[], body: readonly number[], at: number, fail: (message: string) => never): void {
  let place = at + 1;
  for (const kind of kinds) {
    const value = body[place] ?? 0;
    const limit = limits[kind];
    if (limit !== undefined && (value < 0 || value >= limit)) fail(`the immediate ${value} is not a ${kind}`);
    if (kind === 'size' && value < 0) fail('a size is negative');
    if (kind === 'align' && (value < 1 || (value & (value - 1)) !== 0)) fail('an alignment is not a power of two');
    if (kind === 'import' && !program.imports[value]) fail(`there is no import ${value}`);
    if (kind === 'labels' && value < 0) fail('a count of labels is negative');
    place += kind === 'labels' ? value + 2 : immediateWords(kind);
  }
}

const limits: Partial<Record<Immediate, number>> = {
  kind: intKinds.length,
  panic: panicReasons.length,
  trap: trapReasons.length,
  allocator: allocators.length,
  poison: poisonKinds.length,
  flags: 8,
};
