/**
 * Bytes as a person reads them: by the program's table of types. In: cells and a row of the table. Out: one line as `{:?}` would print it,
 * shortened; the parts with their offsets; the number in it, for conditions; and every pointer in it with what it leads to.
 * A pointer is followed only where the memory says that its bytes are alive. Containers of the library are known by their names
 * and fields, since what they hold is said by a length beside the pointer and not by a type. Nothing is changed.
 * Cost: bounded by the limits, whatever the bytes say.
 */
import type { DebugField, DebugType } from '../code/program.ts';
import type { Machine } from '../run/machine.ts';
import { floatText } from '../run/floattext.ts';
import { type Cells, memoryCells } from './cells.ts';

export interface Reading {
  readonly text: string;
  readonly scalar: number | bigint | boolean | string | null;
  readonly parts: readonly Part[];
}

export interface Part {
  readonly name: string;
  readonly type: string;
  readonly at: number;
  readonly size: number;
  readonly reading: Reading;
}

export type Holds = 'owner' | 'shared' | 'exclusive' | 'raw';

/** A pointer in a value. */
export interface PointerSeen {
  /** Where it is, from the value's start. */
  readonly at: number;
  readonly address: number;
  readonly number: number;
  readonly holds: Holds;
  /** `head`, `0.next`, empty when the value itself is the pointer. */
  readonly name: string;
  readonly type: string;
  /** Row of what it leads to; null when not known. */
  readonly pointee: number | null;
  /** How many of them: a container's room, and how many of these are in use (from `first` on, around the end). */
  readonly room: number;
  readonly used: number;
  readonly first: number;
  /** Bytes of the block before the address (the counts of an `Rc`). */
  readonly before: number;
  readonly text: boolean;
  /** A raw pointer says nothing of how many there are. */
  readonly loose: boolean;
}

export interface Limits {
  readonly elements: number;
  readonly text: number;
  readonly depth: number;
  /** What people call this address, by the block that its pointer was made for; null when it has no better name than its number. */
  readonly name?: (address: number, number: number) => string | null;
}

export const usualLimits: Limits = { elements: 8, text: 60, depth: 5 };

const decoder = new TextDecoder();
const nothing: Reading = { text: '?', scalar: null, parts: [] };
const told = (text: string, scalar: Reading['scalar'] = null, parts: readonly Part[] = []): Reading => ({ text, scalar, parts });
const unsigned = (value: number): string => `0x${(value >>> 0).toString(16)}`;
const named = ({ name }: Limits, address: number, number: number): string => name?.(address, number) ?? unsigned(address);

const rowOf = (m: Machine, row: number): DebugType | undefined => m.program.types[row];
const fieldOf = (type: DebugType, name: string): DebugField | undefined => (type.kind === 'struct' ? type.fields.find(f => f.name === name) : undefined);
const wordAt = (cells: Cells, at: number): number => (cells.start + at + 4 <= cells.view.byteLength ? cells.view.getInt32(cells.start + at, true) : 0);

/** A container that is a pointer and numbers beside it. */
interface Container {
  readonly kind: 'vec' | 'deque' | 'counted' | 'weak';
  readonly pointer: DebugField;
}

function containerOf(type: DebugType): Container | null {
  if (type.kind !== 'struct') return null;
  const pointer = fieldOf(type, 'ptr');
  if (pointer === undefined) return null;
  if (/^(Vec|VecDeque)\[/.test(type.name) && fieldOf(type, 'cap') && fieldOf(type, 'len')) return { kind: fieldOf(type, 'head') ? 'deque' : 'vec', pointer };
  if (/^(Rc|Arc)\[/.test(type.name)) return { kind: 'counted', pointer };
  return /^Weak\[/.test(type.name) ? { kind: 'weak', pointer } : null;
}

/** A struct that only wraps one value, and says nothing by itself. */
const wraps = (type: DebugType): boolean => type.kind === 'struct' && /^(UnsafeCell|Cell|ManuallyDrop|MaybeUninit|NonNull)\[/.test(type.name);
const sized = (m: Machine, fields: readonly DebugField[]): readonly DebugField[] => fields.filter(f => (rowOf(m, f.type)?.size ?? 0) > 0);

/** Room and use of a container, by the words beside its pointer. Lengths that cannot be are cut down. */
function measure(m: Machine, cells: Cells, at: number, type: DebugType, container: Container): { room: number; used: number; first: number; pointee: number | null } {
  const pointer = rowOf(m, container.pointer.type);
  const pointee = pointer?.kind === 'pointer' ? pointer.pointee : null;
  const word = (name: string): number => {
    const field = fieldOf(type, name);
    return field === undefined ? 0 : wordAt(cells, at + field.at) >>> 0;
  };
  if (container.kind === 'counted' || container.kind === 'weak') return { room: 1, used: 1, first: 0, pointee };
  const size = Math.max(1, pointee === null ? 1 : (rowOf(m, pointee)?.size ?? 1));
  const room = Math.min(word('cap'), Math.floor(m.space.end / size));
  return { room, used: Math.min(word('len'), room), first: container.kind === 'deque' ? word('head') % Math.max(1, room) : 0, pointee };
}

/** The bytes a pointer leads to, when they may be read. */
function follow(m: Machine, address: number, number: number, size: number): Cells | null {
  const { sanitizer } = m.heap;
  if (sanitizer !== null && sanitizer.checkPointer(number, address, Math.max(1, size), 'read') !== null) return null;
  return memoryCells(m, address, size);
}

export function textOf(cells: Cells, at: number, length: number, limits: Limits): Reading {
  const shown = Math.min(length, limits.text);
  if (cells.start + at + shown > cells.view.byteLength || !cells.written(at, shown)) return nothing;
  const text = decoder.decode(new Uint8Array(cells.view.buffer, cells.view.byteOffset + cells.start + at, shown));
  return told(`${JSON.stringify(text)}${length > shown ? '…' : ''}`, text);
}

export function read(m: Machine, cells: Cells, at: number, row: number, limits: Limits = usualLimits): Reading {
  const type = rowOf(m, row);
  if (type === undefined || cells.start + at + type.size > cells.view.byteLength) return nothing;
  if (type.size === 0 && type.kind !== 'struct') return told(type.kind === 'unit' ? '()' : type.name);
  if (limits.depth < 0) return told('…');
  const deeper: Limits = { ...limits, depth: limits.depth - 1 };
  const place = cells.start + at;
  if (type.kind !== 'struct' && type.kind !== 'array' && type.kind !== 'enum' && !cells.written(at, type.size)) return nothing;
  switch (type.kind) {
    case 'bool': {
      const byte = cells.view.getUint8(place);
      return byte > 1 ? told(`bool of bits ${byte}`) : told(byte === 1 ? 'true' : 'false', byte === 1);
    }
    case 'char': {
      const code = cells.view.getUint32(place, true);
      return code > 0x10ffff ? told(`char of bits ${unsigned(code)}`) : told(`'${JSON.stringify(String.fromCodePoint(code)).slice(1, -1).replace(/\\"/g, '"')}'`, String.fromCodePoint(code));
    }
    case 'f32': case 'f64': {
      const value = type.kind === 'f32' ? cells.view.getFloat32(place, true) : cells.view.getFloat64(place, true);
      return told(floatText(value, type.kind === 'f32', 2, 0), value);
    }
    case 'int': {
      const number = readInt(cells, place, type.size, type.signed);
      // An address that somebody keeps as a number.
      const address = type.name === 'usize' && limits.name !== undefined ? limits.name(cells.view.getInt32(place, true), 0) : null;
      return address === null ? number : told(address, number.scalar);
    }
    case 'function': {
      const index = cells.view.getInt32(place, true);
      return told(index === 0 ? 'null' : `fn ${m.program.functions[m.program.table[index] ?? -1]?.name ?? '?'}`);
    }
    case 'pointer': {
      const address = cells.view.getInt32(place, true);
      if (address === 0) return told('null', 0);
      if (!type.reference && !type.owns) return told(named(limits, address, cells.numberAt(at)), address >>> 0);
      const there = follow(m, address, cells.numberAt(at), rowOf(m, type.pointee)?.size ?? 0);
      const seen = there === null ? told(named(limits, address, cells.numberAt(at))) : read(m, there, 0, type.pointee, deeper);
      return told(`${type.owns ? '' : type.name.startsWith('&mut') ? '&mut ' : '&'}${seen.text}`, seen.scalar);
    }
    case 'slice': {
      const length = Math.min(wordAt(cells, at + 4) >>> 0, m.space.end);
      const size = Math.max(1, rowOf(m, type.element)?.size ?? 1);
      const there = follow(m, cells.view.getInt32(place, true), cells.numberAt(at), length * size);
      if (length === 0) return told(type.text ? '""' : '&[]', type.text ? '' : null);
      if (there === null) return told(`${named(limits, cells.view.getInt32(place, true), cells.numberAt(at))}[..${length}]`);
      return type.text ? textOf(there, 0, length, limits) : told(`&${list(m, there, 0, type.element, length, 0, length, deeper)}`);
    }
    case 'dynamic': return told(`${type.name} at ${named(limits, cells.view.getInt32(place, true), cells.numberAt(at))}`);
    case 'array': {
      const size = rowOf(m, type.element)?.size ?? 0;
      const shown = Math.min(type.length, limits.elements);
      return told(list(m, cells, at, type.element, type.length, 0, type.length, deeper), null, Array.from({ length: shown }, (_, i) => part(m, cells, at, `[${i}]`, at + i * size, type.element, deeper)));
    }
    case 'struct': return readStruct(m, cells, at, type, limits, deeper);
    case 'enum': {
      const variant = variantOf(cells, at, type);
      if (variant === null) return told(cells.written(at, 1) ? `${type.name} of no variant` : '?');
      const fields = sized(m, variant.fields);
      const parts = fields.map(f => part(m, cells, at, `${variant.name}.${f.name}`, at + f.at, f.type, deeper));
      return told(composite(variant.name, variant.fields.map(f => f.name), variant.fields.map(f => read(m, cells, at + f.at, f.type, deeper).text)), fields.length === 0 ? variant.name : null, parts);
    }
    default: return told(type.kind === 'unit' ? '()' : type.name);
  }
}

function readInt(cells: Cells, place: number, size: number, signed: boolean): Reading {
  const { view } = cells;
  if (size === 8) {
    const value = signed ? view.getBigInt64(place, true) : view.getBigUint64(place, true);
    return told(String(value), value);
  }
  if (size === 16) {
    const high = signed ? view.getBigInt64(place + 8, true) : view.getBigUint64(place + 8, true);
    const value = (high << 64n) | view.getBigUint64(place, true);
    return told(String(value), value);
  }
  const value = size === 1 ? (signed ? view.getInt8(place) : view.getUint8(place)) : size === 2 ? (signed ? view.getInt16(place, true) : view.getUint16(place, true)) : signed ? view.getInt32(place, true) : view.getUint32(place, true);
  return told(String(value), value);
}

const part = (m: Machine, cells: Cells, base: number, name: string, at: number, row: number, limits: Limits): Part => ({ name, type: rowOf(m, row)?.name ?? '?', at: at - base, size: rowOf(m, row)?.size ?? 0, reading: read(m, cells, at, row, limits) });

function list(m: Machine, cells: Cells, at: number, element: number, room: number, first: number, used: number, limits: Limits): string {
  const size = rowOf(m, element)?.size ?? 0;
  const texts: string[] = [];
  for (let i = 0; i < Math.min(used, limits.elements); i++) texts.push(read(m, cells, at + ((first + i) % Math.max(1, room)) * size, element, limits).text);
  if (used > limits.elements) texts.push(`… ${used - limits.elements} more`);
  return cut(`[${texts.join(', ')}]`, limits.text * 2);
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function composite(name: string, names: readonly string[], texts: readonly string[]): string {
  if (texts.length === 0) return name;
  const tuple = names.every((each, i) => each === String(i));
  const bare = name.startsWith('(') ? '' : name.replace(/\[.*/, '');
  return cut(tuple ? `${bare}(${texts.join(', ')})` : `${bare} { ${texts.map((text, i) => `${names[i] ?? ''}: ${text}`).join(', ')} }`, 160);
}

function readStruct(m: Machine, cells: Cells, at: number, type: DebugType & { kind: 'struct' }, limits: Limits, deeper: Limits): Reading {
  const fields = sized(m, type.fields);
  const parts = (): Part[] => fields.map(f => part(m, cells, at, f.name, at + f.at, f.type, deeper));
  const [only] = fields;
  if (wraps(type) && fields.length === 1 && only !== undefined) {
    const inner = read(m, cells, at + only.at, only.type, limits);
    return told(inner.text, inner.scalar, inner.parts);
  }
  if (type.name === 'String' && only !== undefined) {
    const inner = rowOf(m, only.type);
    const container = inner === undefined ? null : containerOf(inner);
    if (inner !== undefined && container !== null && cells.written(at, type.size)) {
      const { used } = measure(m, cells, at + only.at, inner, container);
      const from = at + only.at + container.pointer.at;
      const there = follow(m, wordAt(cells, from), cells.numberAt(from), used);
      const seen = used === 0 ? told('""', '') : there === null ? nothing : textOf(there, 0, used, limits);
      return told(seen.text, seen.scalar, part(m, cells, at, only.name, at + only.at, only.type, deeper).reading.parts.map(p => ({ ...p, at: p.at + only.at })));
    }
  }
  const container = containerOf(type);
  if (container !== null && cells.written(at, type.size)) {
    const { room, used, first, pointee } = measure(m, cells, at, type, container);
    const from = at + container.pointer.at;
    const pointer = rowOf(m, container.pointer.type);
    if (container.kind === 'counted' && pointer?.kind === 'slice') return told(`${type.name.replace(/\[.*/, '')}(${read(m, cells, from, container.pointer.type, deeper).text})`, null, parts());
    const size = pointee === null ? 0 : (rowOf(m, pointee)?.size ?? 0);
    const there = pointee === null ? null : follow(m, wordAt(cells, from), cells.numberAt(from), container.kind === 'vec' ? used * size : container.kind === 'deque' ? room * size : size);
    if (container.kind === 'counted' && pointee !== null) return told(`${type.name.replace(/\[.*/, '')}(${there === null ? '?' : read(m, there, 0, pointee, deeper).text})`, null, parts());
    if (container.kind === 'weak') return told('(Weak)', null, parts());
    if (pointee !== null) return told(used === 0 ? '[]' : there === null ? (size === 0 ? `[; ${used}]` : `?[..${used}]`) : list(m, there, 0, pointee, room, first, used, deeper), null, parts());
  }
  const texts = type.fields.map(f => read(m, cells, at + f.at, f.type, deeper).text);
  return told(composite(type.name, type.fields.map(f => f.name), texts), null, parts());
}

export function variantOf(cells: Cells, at: number, type: DebugType & { kind: 'enum' }): (typeof type.variants)[number] | null {
  const { tag } = type;
  if (tag.kind === 'single') return type.variants.find((_, i) => i === 0) ?? null;
  if (!cells.written(at + tag.at, tag.size)) return null;
  const place = cells.start + at + tag.at;
  if (place + tag.size > cells.view.byteLength) return null;
  const signed = Number(readInt(cells, place, tag.size, true).scalar);
  const plain = Number(readInt(cells, place, tag.size, false).scalar);
  return type.variants.find(v => v.value !== null && (v.value === signed || v.value === plain)) ?? (tag.otherwise === null ? null : (type.variants[tag.otherwise] ?? null));
}

/** Every pointer in a value, whatever it is inside of. */
export function pointersOf(m: Machine, cells: Cells, at: number, row: number, visit: (pointer: PointerSeen) => void, name = '', depth = 6): void {
  const type = rowOf(m, row);
  if (type === undefined || depth < 0 || cells.start + at + type.size > cells.view.byteLength) return;
  const below = (more: string): string => (name === '' ? more : more === '' ? name : `${name}.${more}`);
  const one = { at, number: 0, name, type: type.name, room: 1, used: 1, first: 0, before: 0, text: false, loose: false };
  switch (type.kind) {
    case 'pointer':
      if (cells.written(at, 4)) visit({ ...one, address: wordAt(cells, at), number: cells.numberAt(at), holds: type.owns ? 'owner' : holdsOf(type), pointee: type.pointee, loose: !type.owns && !type.reference });
      return;
    case 'slice': {
      if (!cells.written(at, 8)) return;
      const length = wordAt(cells, at + 4) >>> 0;
      visit({ ...one, address: wordAt(cells, at), number: cells.numberAt(at), holds: holdsOf(type), pointee: type.element, room: length, used: length, text: type.text });
      return;
    }
    case 'dynamic':
      if (cells.written(at, 4)) visit({ ...one, address: wordAt(cells, at), number: cells.numberAt(at), holds: type.owns ? 'owner' : holdsOf(type), pointee: null });
      return;
    case 'array': {
      const size = rowOf(m, type.element)?.size ?? 0;
      for (let i = 0; i < Math.min(type.length, 256) && size > 0; i++) pointersOf(m, cells, at + i * size, type.element, visit, below(`[${i}]`), depth - 1);
      return;
    }
    case 'struct': {
      const container = containerOf(type);
      if (container !== null) {
        if (!cells.written(at, type.size)) return;
        const { room, used, first, pointee } = measure(m, cells, at, type, container);
        const from = at + container.pointer.at;
        const fat = rowOf(m, container.pointer.type)?.kind;
        if (container.kind === 'vec' && room === 0) return;
        const counts = Math.max(8, pointee === null ? 8 : (rowOf(m, pointee)?.align ?? 8));
        const shared = container.kind === 'counted' || container.kind === 'weak';
        if (fat !== 'pointer' && !shared) break;
        visit({ ...one, at: from, address: wordAt(cells, from), number: cells.numberAt(from), holds: container.kind === 'weak' ? 'raw' : 'owner', pointee, room, used, first, before: shared ? counts : 0 });
        return;
      }
      const owning = type.drops === true && type.fields.some(f => rowOf(m, f.type)?.name.startsWith('PhantomData['));
      for (const f of type.fields) {
        const string = type.name === 'String' && rowOf(m, f.type)?.name === 'Vec[u8]';
        const seen: typeof visit = string ? p => visit({ ...p, type: 'String', text: true }) : owning ? p => visit(p.holds === 'raw' ? { ...p, holds: 'owner' } : p) : visit;
        pointersOf(m, cells, at + f.at, f.type, seen, string || wraps(type) ? name : below(f.name), depth - 1);
      }
      return;
    }
    case 'enum': {
      const variant = variantOf(cells, at, type);
      for (const f of variant?.fields ?? []) pointersOf(m, cells, at + f.at, f.type, visit, below(variant === null || variant.name === 'Some' ? (f.name === '0' ? '' : f.name) : `${variant.name}.${f.name}`), depth - 1);
      return;
    }
    default:
  }
}

export const holdsOf = (type: DebugType): Holds => (type.name.startsWith('&mut') ? 'exclusive' : type.name.startsWith('&') ? 'shared' : type.name.startsWith('*') ? 'raw' : 'owner');
