/**
 * The assembler: code from a readable text, for tests and experiments; the disassembler's output reads back.
 * In: instructions by name, separated by spaces or lines; `;` begins a comment. Immediates: numbers; names for kinds, panics, traps,
 * allocators and block types (`_` for none); `[0 1 2]` for labels, the last one being the default. Out: words. Throws on a mistake.
 */
import { op, rowOf } from './opcodes.ts';
import type { Immediate, OpName } from './opcodes.ts';
import { codeVersion, opcodes } from './opcodes.ts';
import type { CodeFunction, Import, Program, Signature, Statics } from './program.ts';
import { allocators, panicReasons, poisonKinds, trapReasons } from './reasons.ts';
import { blockOf, emptyBlock, intKinds, valueTypes } from './values.ts';
import type { ValueType } from './values.ts';
import { f32Word, f64Words, i64Words } from './words.ts';

const names = new Set<string>(opcodes.map((row) => row.name));
const isName = (word: string): word is OpName => names.has(word);

export function assemble(text: string): number[] {
  const words = text
    .replace(/;.*/g, '')
    .replace(/[[\]]/g, ' $& ')
    .split(/\s+/)
    .filter((word) => word !== '');
  const code: number[] = [];
  let at = 0;
  const take = (): string => {
    const word = words[at];
    if (word === undefined) throw new Error('the text ends inside an instruction');
    at += 1;
    return word;
  };
  while (at < words.length) {
    const name = take();
    if (!isName(name)) throw new Error(`no instruction is called ${name}`);
    const number = op(name);
    code.push(number);
    for (const kind of rowOf(number)?.immediates ?? []) code.push(...immediate(kind, take));
  }
  return code;
}

function immediate(kind: Immediate, take: () => string): number[] {
  if (kind === 'labels') {
    const labels: number[] = [];
    if (take() !== '[') throw new Error('labels begin with [');
    for (let word = take(); word !== ']'; word = take()) labels.push(Number(word));
    return [labels.length - 1, ...labels];
  }
  const word = take();
  const among = (list: readonly string[]): number[] => [list.includes(word) ? list.indexOf(word) : whole(word)];
  switch (kind) {
    case 'block': {
      const type = valueTypes.find((each) => each === word);
      return [word === '_' ? emptyBlock : type ? blockOf(type) : whole(word)];
    }
    case 'i64': return i64Words(BigInt(word));
    case 'f64': return f64Words(Number(word));
    case 'f32': return [f32Word(Number(word))];
    case 'kind': return among(intKinds);
    case 'panic': return among(panicReasons.map((each) => each.name));
    case 'trap': return among(trapReasons.map((each) => each.name));
    case 'allocator': return among(allocators);
    case 'poison': return among(poisonKinds);
    default: return [whole(word)];
  }
}

function whole(word: string): number {
  const value = Number(word);
  if (!Number.isInteger(value)) throw new Error(`${word} is not a whole number`);
  return value | 0;
}

export type Draft = { name: string; params?: ValueType[]; results?: ValueType[]; locals?: ValueType[]; frame?: number; body: string; cleanup?: string } & Partial<
  Pick<CodeFunction, 'landings' | 'marks' | 'cleanupMarks' | 'variables' | 'trackCaller' | 'noUnwind'>
>;

/** A whole program of assembled functions; the first is the entry, and the function table holds all of them, from 1. */
export function draftProgram(drafts: readonly Draft[], more: { imports?: Import[]; signatures?: Signature[]; statics?: Partial<Statics>; profile?: Program['profile']; provenance?: boolean } = {}): Program {
  const signatures: Signature[] = [...(more.signatures ?? [])];
  const functions = drafts.map((draft): CodeFunction => {
    signatures.push({ params: draft.params ?? [], results: draft.results ?? [] });
    return {
      name: draft.name,
      signature: signatures.length - 1,
      locals: draft.locals ?? [],
      frame: { size: draft.frame ?? 0, align: 8 },
      body: assemble(draft.body),
      marks: draft.marks ?? [],
      cleanup: draft.cleanup === undefined ? null : assemble(draft.cleanup),
      cleanupMarks: draft.cleanupMarks ?? [],
      landings: draft.landings ?? [],
      variables: draft.variables ?? [],
      ...(draft.trackCaller ? { trackCaller: true } : {}),
      ...(draft.noUnwind ? { noUnwind: true } : {}),
    };
  });
  return {
    version: codeVersion,
    name: 'draft',
    profile: more.profile ?? 'release',
    provenance: more.provenance ?? false,
    signatures,
    functions,
    table: [-1, ...functions.keys()],
    imports: more.imports ?? [],
    statics: { size: 0, align: 16, segments: [], pointers: [], constants: [], variables: [], ...more.statics },
    entry: 0,
    sources: [{ path: 'draft.altru' }],
    types: [],
  };
}
