/**
 * What each register instruction reads and writes, and as what type. In: code, a pc, the program's signatures. Out: slots with types;
 * where it goes on; whether it can be written as WebAssembly, or is left to the interpreter. Derived from the shapes in `operations.ts`.
 */
import type { Program, Signature } from '../code/program.ts';
import { intKindBits, intKinds } from '../code/values.ts';
import { operations, operationWords } from '../run/operations.ts';
import { F32, F64, I32, I64 } from './bytes.ts';
import type { ValueType } from './bytes.ts';

/** What a reader wants: a type, or whatever there is. */
export const ANY = 0;
export type Wanted = ValueType | typeof ANY;

/** The code of a machine as it was made: instructions that were replaced by an entry are seen as they were. */
export type Code = {
  readonly program: Program;
  words(): Int32Array;
  operationAt(pc: number): number;
  /** The function whose body begins at a pc. */
  functionAt(entry: number): number | undefined;
};

export type Step = {
  readonly name: string;
  readonly words: number;
  readonly reads: readonly (readonly [slot: number, type: Wanted])[];
  readonly writes: readonly (readonly [slot: number, type: Wanted])[];
  /** Branch targets; what comes after is not among them. */
  readonly targets: readonly number[];
  readonly falls: boolean;
  /** Left to the interpreter. */
  readonly exits: boolean;
  /** May have to be left to it, when it is done. */
  readonly mayExit: boolean;
  /** A test at the bottom of a loop that is seen as a jump to the same test at its top. */
  readonly turned?: true;
};

/** What depends on the name alone, found out once. */
type Row = { readonly types: ReturnType<typeof typesOf>; readonly falls: boolean; readonly exits: boolean; readonly mayExit: boolean };
const rows = new Map<string, Row>();
function rowFor(name: string, kind: number): Row {
  const key = KINDED.test(name) ? `${name} ${kind}` : name;
  let row = rows.get(key);
  if (row === undefined) rows.set(key, (row = { types: typesOf(name, kind), falls: !ENDS.test(name), exits: LEFT.test(name), mayExit: LEFT.test(name) || MAY.test(name) }));
  return row;
}

export const typeOf = (name: string): ValueType => (name === 'i64' ? I64 : name === 'f64' ? F64 : name === 'f32' ? F32 : I32);

const LEFT = /^(halt|call\.lazy|call_indirect|host|catch_call|catch_done|resume|panic|panic\.text|trap|frame\.|stack_alloc|ptr\.|track|watch|memory\.(poison|unpoison|initialised)|check\.(access|range)|f64\.rem|f32\.rem|zero\.|native)/;
const MAY = /^(load|store|check|add\.|sub\.|mul\.|div\.|rem\.|neg\.|i(32|64)\.(div|rem)_[su]$|frame|call|memory|alloc|realloc|free)/;
const KINDED = /\.(overflowing|checked)$/;
const ENDS = /^(halt|resume|panic|panic\.text|trap|return|return1|br|br_table)$/;

/** The types of `d`, `a`, `b`, `c` where they are not all 32-bit integers; by name, remembered. */
function typesOf(name: string, kind: number): { readonly d: Wanted; readonly a: Wanted; readonly b: Wanted; readonly c: Wanted } {
  const all = (type: Wanted, d: Wanted = type): { d: Wanted; a: Wanted; b: Wanted; c: Wanted } => ({ d, a: type, b: type, c: type });
  const [type = '', verb = ''] = name.split('.');
  if (name === 'move') return all(ANY);
  if (name === 'select') return { d: ANY, a: ANY, b: ANY, c: I32 };
  if (name === 'return1') return all(ANY);
  if (type === 'br') return all(typeOf(verb));
  if (/^(loadf64)/.test(name)) return all(I32, F64);
  if (/^(load64)/.test(name)) return all(I32, I64);
  if (/^store(64|f64)/.test(name)) {
    const value = name.startsWith('storef64') ? F64 : I64;
    return name.endsWith('.x') ? { d: I32, a: I32, b: I32, c: value } : { d: I32, a: I32, b: value, c: I32 };
  }
  if (/^(add|sub|mul|div|rem)\.(i|u)64$/.test(name)) return all(I64);
  if (/\.(overflowing|checked)$/.test(name)) return all(intKindBits(intKinds[kind] ?? 'i32') === 64 ? I64 : I32);
  if (type !== 'i32' && type !== 'i64' && type !== 'f32' && type !== 'f64') return all(I32);
  const own = typeOf(type);
  if (verb === 'wrap') return all(I64, I32);
  const from = /_(i32|i64|f32|f64)(_[su])?$/.exec(verb)?.[1];
  if (from !== undefined) return all(typeOf(from), own);
  if (/^extend_[su]$/.test(verb)) return all(I32, I64);
  if (/^(eqz|eq|ne|lt|gt|le|ge)(_[su])?#?$/.test(verb)) return all(own, I32);
  return all(own);
}

export const slotsOf = (signature: Signature | undefined, at: number, which: 'params' | 'results'): [number, Wanted][] => (signature?.[which] ?? []).map((type, place) => [at + place * 2, typeOf(type)]);

export function stepAt(code: Code, pc: number, own: Signature): Step {
  const words = code.words();
  const number = code.operationAt(pc);
  const [name = 'halt', shape = ''] = operations[number] ?? [];
  const word = (which: number): number => words[pc + which] ?? 0;
  const { program } = code;
  const reads: [number, Wanted][] = [];
  const writes: [number, Wanted][] = [];
  const targets: number[] = [];
  const length = words[pc] === number ? operationWords(words, pc) : shape.endsWith('*') ? shape.length + word(shape.length - 1) + 1 : shape.length + 1;
  const { types, falls, exits, mayExit } = rowFor(name, word(shape.length));
  for (const [place, letter] of [...shape].entries()) {
    if (letter === 't' && name !== 'call') targets.push(word(place + 1));
    else if (letter === '*') for (let at = place + 1; at < length; at += 1) targets.push(word(at));
    else if (letter === 'd') writes.push([word(place + 1), types.d]);
    else if (letter === 'a' || letter === 'b' || letter === 'c') reads.push([word(place + 1), types[letter]]);
  }
  switch (name) {
    case 'zero':
      writes.length = 0;
      for (let each = 0; each < word(2); each += 1) writes.push([word(1) + each * 2, ANY]);
      break;
    case 'call': case 'call.lazy': {
      const index = name === 'call' ? code.functionAt(word(1)) : word(1);
      const signature = program.signatures[program.functions[index ?? -1]?.signature ?? -1];
      reads.push(...slotsOf(signature, word(2), 'params'));
      writes.push(...slotsOf(signature, word(2), 'results'));
      break;
    }
    case 'call_indirect':
      reads.length = 0;
      reads.push([word(2), I32], ...slotsOf(program.signatures[word(1)], word(3), 'params'));
      writes.push(...slotsOf(program.signatures[word(1)], word(3), 'results'));
      break;
    case 'host':
      reads.push(...slotsOf(program.imports[word(1)]?.signature, word(2), 'params'));
      writes.push(...slotsOf(program.imports[word(1)]?.signature, word(2), 'results'));
      break;
    case 'catch_call':
      writes.length = 0;
      reads.push([word(3), I32]);
      break;
    case 'return': reads.push(...slotsOf(own, 0, 'results')); break;
    case 'return1':
      reads.length = 0;
      reads.push([word(1), own.results[0] === undefined ? ANY : typeOf(own.results[0])]);
      break;
    case 'add.overflowing': case 'sub.overflowing': case 'mul.overflowing': writes.push([word(1) + 2, I32]); break;
    default: break;
  }
  return { name, words: length, reads, writes, targets, falls, exits, mayExit };
}
