/**
 * Programs as bytes and back: a `.altc` file. In: a program, or bytes from anywhere. Out: bytes, or a program, or what is wrong with them.
 *
 *     'ALTC'  version u16  flags u16  checksum u32 (of all that follows)  content
 *
 * Content is a sequence of values in the order of the type `Program`: whole numbers as signed LEB128, texts as length and UTF-8, lists as
 * count and items, choices as a number. Reading never trusts a length: it stops at the end of the bytes. A program that was read must
 * still be verified before it runs. Cost: linear; code takes about 1.3 bytes a word.
 */
import { codeVersion } from './opcodes.ts';
import { holdStates } from './program.ts';
import type { CodeFunction, DebugField, DebugShape, DebugType, DebugVariant, Mark, Profile, Program, Signature, Variable } from './program.ts';
import { valueTypes } from './values.ts';
import type { ValueType } from './values.ts';

export type Decoded = { readonly kind: 'program'; readonly program: Program } | { readonly kind: 'damaged'; readonly message: string };

const magic = [0x41, 0x4c, 0x54, 0x43];
const HEADER = 12;
const profiles: readonly Profile[] = ['debug', 'release', 'unchecked'];

export function encodeProgram(program: Program): Uint8Array {
  const out = new Output();
  writeProgram(out, program);
  const content = out.finish();
  const bytes = new Uint8Array(HEADER + content.length);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint16(4, program.version, true);
  view.setUint32(8, checksum(content), true);
  bytes.set(content, HEADER);
  return bytes;
}

export function decodeProgram(bytes: Uint8Array): Decoded {
  const damaged = (message: string): Decoded => ({ kind: 'damaged', message });
  if (bytes.length < HEADER || magic.some((byte, place) => bytes[place] !== byte)) return damaged('this is not Altru code');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint16(4, true);
  if (version !== codeVersion) return damaged(`this is code of version ${version}; this Altru reads version ${codeVersion}`);
  const content = bytes.subarray(HEADER);
  if (checksum(content) !== view.getUint32(8, true)) return damaged('the file is damaged: its checksum is wrong');
  try {
    const input = new Input(content);
    const program = readProgram(input, version);
    return input.atEnd() ? { kind: 'program', program } : damaged('the file is damaged: it goes on after its end');
  } catch (thrown) {
    if (!(thrown instanceof Damaged)) throw thrown;
    return damaged(`the file is damaged: ${thrown.message}`);
  }
}

/** FNV-1a. */
function checksum(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++) sum = Math.imul(sum ^ (bytes[at] ?? 0), 0x01000193);
  return sum >>> 0;
}

class Damaged extends Error {}

class Output {
  #bytes = new Uint8Array(4096);
  #end = 0;
  readonly #text = new TextEncoder();

  byte(value: number): void {
    if (this.#end === this.#bytes.length) this.#room(1);
    this.#bytes[this.#end++] = value;
  }
  #room(more: number): void {
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
  int(value: number): void {
    let rest = value | 0;
    for (;;) {
      const byte = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) return this.byte(byte);
      this.byte(byte | 0x80);
    }
  }
  flag(value: boolean | undefined): void {
    this.byte(value ? 1 : 0);
  }
  text(value: string): void {
    this.raw(this.#text.encode(value));
  }
  raw(bytes: ArrayLike<number>): void {
    this.int(bytes.length);
    if (this.#end + bytes.length > this.#bytes.length) this.#room(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }
  list<Item>(items: readonly Item[], each: (item: Item) => void): void {
    this.int(items.length);
    for (const item of items) each(item);
  }
  ints(items: readonly number[]): void {
    this.int(items.length);
    for (const item of items) this.int(item);
  }
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#end);
  }
}

class Input {
  #at = 0;
  readonly #bytes: Uint8Array;
  readonly #text = new TextDecoder();
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Damaged('it ends too early');
    this.#at += 1;
    return byte;
  }
  int(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return shift < 25 && (byte & 0x40) !== 0 ? value | (-1 << (shift + 7)) : value | 0;
    }
    throw new Damaged('a number is too long');
  }
  /** A count of things of at least one byte each. */
  count(): number {
    const count = this.int();
    if (count < 0 || count > this.#bytes.length - this.#at) throw new Damaged('a length is wrong');
    return count;
  }
  flag(): boolean {
    return this.byte() === 1;
  }
  raw(): number[] {
    const count = this.count();
    const bytes = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return [...bytes];
  }
  text(): string {
    const count = this.count();
    this.#at += count;
    return this.#text.decode(this.#bytes.subarray(this.#at - count, this.#at));
  }
  list<Item>(each: () => Item): Item[] {
    const count = this.count();
    const items: Item[] = [];
    for (let place = 0; place < count; place += 1) items.push(each());
    return items;
  }
  ints(): number[] {
    return this.list(() => this.int());
  }
  choice<Item>(items: readonly Item[]): Item {
    const item = items[this.byte()];
    if (item === undefined) throw new Damaged('a choice is unknown');
    return item;
  }
  atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }
}

function writeProgram(out: Output, program: Program): void {
  out.text(program.name);
  out.byte(profiles.indexOf(program.profile));
  out.flag(program.provenance);
  out.list(program.signatures, (each) => writeSignature(out, each));
  out.list(program.functions, (each) => writeFunction(out, each));
  out.ints(program.table);
  out.list(program.imports, ({ name, signature }) => {
    out.text(name);
    writeSignature(out, signature);
  });
  const { statics } = program;
  out.int(statics.size);
  out.int(statics.align);
  out.list(statics.segments, ({ at, bytes }) => {
    out.int(at);
    out.raw(bytes);
  });
  out.ints(statics.pointers);
  out.ints(statics.constants);
  out.list(statics.variables, ({ name, at, size, type, mutable, fixed, std }) => {
    out.text(name);
    out.int(at);
    out.int(size);
    out.int(type);
    out.byte((mutable ? 1 : 0) | (std ? 2 : 0) | (fixed ? 4 : 0));
  });
  out.int(program.entry);
  out.list(program.sources, ({ path, text, std }) => {
    out.text(path);
    out.flag(text !== undefined);
    if (text !== undefined) out.text(text);
    out.flag(std);
  });
  out.list(program.types, (each) => writeType(out, each));
}

function readProgram(input: Input, version: number): Program {
  return {
    version,
    name: input.text(),
    profile: input.choice(profiles),
    provenance: input.flag(),
    signatures: input.list(() => readSignature(input)),
    functions: input.list(() => readFunction(input)),
    table: input.ints(),
    imports: input.list(() => ({ name: input.text(), signature: readSignature(input) })),
    statics: {
      size: input.int(),
      align: input.int(),
      segments: input.list(() => ({ at: input.int(), bytes: input.raw() })),
      pointers: input.ints(),
      constants: input.ints(),
      variables: input.list(() => {
        const variable = { name: input.text(), at: input.int(), size: input.int(), type: input.int() };
        const flags = input.byte();
        return { ...variable, mutable: (flags & 1) === 1, ...(flags & 4 ? { fixed: true as const } : {}), ...(flags & 2 ? { std: true as const } : {}) };
      }),
    },
    entry: input.int(),
    sources: input.list(() => {
      const path = input.text();
      const text = input.flag() ? { text: input.text() } : {};
      return { path, ...text, ...(input.flag() ? { std: true } : {}) };
    }),
    types: input.list(() => readType(input)),
  };
}

function writeSignature(out: Output, { params, results }: Signature): void {
  out.list(params, (type) => out.byte(valueTypes.indexOf(type)));
  out.list(results, (type) => out.byte(valueTypes.indexOf(type)));
}
const readValues = (input: Input): ValueType[] => input.list(() => input.choice(valueTypes));
const readSignature = (input: Input): Signature => ({ params: readValues(input), results: readValues(input) });

function writeMarks(out: Output, marks: readonly Mark[]): void {
  let at = 0;
  let line = 0;
  out.list(marks, (mark) => {
    out.int(mark.at - at);
    out.int(mark.source);
    out.int(mark.line - line);
    out.int(mark.column * 2 + (mark.statement ? 1 : 0));
    at = mark.at;
    line = mark.line;
  });
}
function readMarks(input: Input): Mark[] {
  let at = 0;
  let line = 0;
  return input.list(() => {
    at += input.int();
    const source = input.int();
    line += input.int();
    const column = input.int();
    return { at, source, line, column: column >> 1, statement: (column & 1) === 1 };
  });
}

function writeFunction(out: Output, code: CodeFunction): void {
  out.text(code.name);
  out.int(code.signature);
  out.list(code.locals, (type) => out.byte(valueTypes.indexOf(type)));
  out.int(code.frame.size);
  out.int(code.frame.align);
  out.ints(code.body);
  writeMarks(out, code.marks);
  out.flag(code.cleanup !== null);
  if (code.cleanup) out.ints(code.cleanup);
  writeMarks(out, code.cleanupMarks);
  out.list(code.landings, ({ at, landing }) => {
    out.int(at);
    out.int(landing);
  });
  out.list(code.variables, (each) => writeVariable(out, each));
  out.byte((code.trackCaller ? 1 : 0) | (code.std ? 2 : 0) | (code.noUnwind ? 4 : 0) | (code.declared ? 8 : 0));
  if (code.declared) out.ints([code.declared.source, code.declared.line, code.declared.column]);
}
function readFunction(input: Input): CodeFunction {
  const code = {
    name: input.text(),
    signature: input.int(),
    locals: readValues(input),
    frame: { size: input.int(), align: input.int() },
    body: input.ints(),
    marks: readMarks(input),
    cleanup: input.flag() ? input.ints() : null,
    cleanupMarks: readMarks(input),
    landings: input.list(() => ({ at: input.int(), landing: input.int() })),
    variables: input.list(() => readVariable(input)),
  };
  const flags = input.byte();
  const [source = 0, line = 0, column = 0] = flags & 8 ? input.ints() : [];
  return {
    ...code,
    ...(flags & 1 ? { trackCaller: true } : {}),
    ...(flags & 2 ? { std: true } : {}),
    ...(flags & 4 ? { noUnwind: true } : {}),
    ...(flags & 8 ? { declared: { source, line, column } } : {}),
  };
}

const homes = ['local', 'locals', 'frame', 'behind'] as const;

function writeVariable(out: Output, { name, type, lives, from, to, parameter, states, flag, parts }: Variable): void {
  out.text(name);
  out.int(type);
  out.byte(homes.indexOf(lives.kind));
  if (lives.kind === 'locals') {
    out.ints(lives.locals);
    out.flag(lives.at !== undefined);
    if (lives.at) out.ints(lives.at);
  } else out.int(lives.kind === 'frame' ? lives.offset : lives.local);
  out.int(from);
  out.int(to);
  out.byte((parameter ? 1 : 0) | (states ? 2 : 0) | (flag === undefined ? 0 : 4) | (parts ? 8 : 0));
  if (states) writeStates(out, states);
  if (flag !== undefined) out.int(flag);
  if (parts) {
    out.list(parts, part => {
      out.int(part.at);
      out.int(part.size);
      writeStates(out, part.states);
    });
  }
}
function writeStates(out: Output, states: NonNullable<Variable['states']>): void {
  let before = 0;
  out.list(states, ({ at, state }) => {
    out.int(at - before);
    out.byte(holdStates.indexOf(state));
    before = at;
  });
}
function readVariable(input: Input): Variable {
  const name = input.text();
  const type = input.int();
  const kind = input.choice(homes);
  const lives: Variable['lives'] = kind === 'locals' ? { kind, locals: input.ints(), ...(input.flag() ? { at: input.ints() } : {}) } : kind === 'frame' ? { kind, offset: input.int() } : { kind, local: input.int() };
  const from = input.int();
  const to = input.int();
  const flags = input.byte();
  const states = flags & 2 ? { states: readStates(input) } : {};
  const flag = flags & 4 ? { flag: input.int() } : {};
  const parts = flags & 8 ? { parts: input.list(() => ({ at: input.int(), size: input.int(), states: readStates(input) })) } : {};
  return { name, type, lives, from, to, ...(flags & 1 ? { parameter: true } : {}), ...states, ...flag, ...parts };
}
function readStates(input: Input): NonNullable<Variable['states']> {
  let at = 0;
  return input.list(() => ({ at: (at += input.int()), state: input.choice(holdStates) }));
}

const plainShapes = ['unit', 'never', 'bool', 'char', 'f32', 'f64'] as const;
const shapes = [...plainShapes, 'int', 'pointer', 'slice', 'dynamic', 'function', 'array', 'struct', 'enum'] as const;

const writeFields = (out: Output, fields: readonly DebugField[]): void =>
  out.list(fields, ({ name, type, at }) => {
    out.text(name);
    out.int(type);
    out.int(at);
  });
const readFields = (input: Input): DebugField[] => input.list(() => ({ name: input.text(), type: input.int(), at: input.int() }));
const writeMaybe = (out: Output, value: number | null): void => {
  out.flag(value !== null);
  if (value !== null) out.int(value);
};
const readMaybe = (input: Input): number | null => (input.flag() ? input.int() : null);

function writeType(out: Output, type: DebugType): void {
  out.text(type.name);
  out.int(type.size);
  out.int(type.align);
  out.byte(shapes.indexOf(type.kind) * 2 + (type.drops ? 1 : 0));
  switch (type.kind) {
    case 'int': return out.flag(type.signed);
    case 'pointer':
      out.int(type.pointee);
      out.flag(type.owns);
      return out.flag(type.reference);
    case 'slice':
      out.int(type.element);
      out.flag(type.text);
      return out.flag(type.reference);
    case 'dynamic': return out.flag(type.owns);
    case 'array':
      out.int(type.element);
      return out.int(type.length);
    case 'struct':
      writeFields(out, type.fields);
      out.byte((type.room ? 1 : 0) + (type.there ? 2 : 0));
      if (type.room) for (const part of [type.room.field, type.room.size, type.room.first, type.room.count, type.room.end]) writeMaybe(out, part);
      if (type.there) out.ints([type.there.field, type.there.bits]);
      return;
    case 'enum':
      out.flag(type.tag.kind === 'tag');
      if (type.tag.kind === 'tag') {
        out.int(type.tag.at);
        out.int(type.tag.size);
        writeMaybe(out, type.tag.otherwise);
      }
      return out.list(type.variants, ({ name, value, fields }) => {
        out.text(name);
        writeMaybe(out, value);
        writeFields(out, fields);
      });
    default:
  }
}
function readType(input: Input): DebugType {
  const head = { name: input.text(), size: input.int(), align: input.int() };
  const kind = input.byte();
  const shape = shapes[kind >> 1];
  if (shape === undefined) throw new Damaged('a type is of no kind');
  return { ...head, ...(kind & 1 ? { drops: true as const } : {}), ...readShape(input, shape) };
}
function readShape(input: Input, kind: (typeof shapes)[number]): DebugShape {
  switch (kind) {
    case 'int': return { kind, signed: input.flag() };
    case 'pointer': return { kind, pointee: input.int(), owns: input.flag(), reference: input.flag() };
    case 'slice': return { kind, element: input.int(), text: input.flag(), reference: input.flag() };
    case 'dynamic': return { kind, owns: input.flag() };
    case 'array': return { kind, element: input.int(), length: input.int() };
    case 'struct': {
      const fields = readFields(input);
      const flags = input.byte();
      const room = (flags & 1) === 0 ? {} : { room: { field: readMaybe(input) ?? 0, size: readMaybe(input), first: readMaybe(input), count: readMaybe(input), end: readMaybe(input) } };
      const [field = 0, bits = 0] = (flags & 2) === 0 ? [] : input.ints();
      return { kind, fields, ...room, ...((flags & 2) === 0 ? {} : { there: { field, bits } }) };
    }
    case 'enum': {
      const tag = input.flag() ? { kind: 'tag' as const, at: input.int(), size: input.int(), otherwise: readMaybe(input) } : { kind: 'single' as const };
      const variants = input.list((): DebugVariant => ({ name: input.text(), value: readMaybe(input), fields: readFields(input) }));
      return { kind, tag, variants };
    }
    default: return { kind };
  }
}
