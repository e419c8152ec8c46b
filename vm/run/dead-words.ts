/**
 * Pointers that are still in memory although, by type, nothing is there any more: past a vector's length, in a ring's free places, in the
 * holes of a hash table, in the variants that an enum is not. They are no way to a block. In: a debug machine that stands still. Out: the
 * words of memory and the slots that such pointers stand in.
 *
 * Types are known of statics, of variables of open calls, and of what their pointers lead to; where nothing is known every pointer counts. A word is
 * dead when one of those types says so and none says that it is alive. A call of the library that may change a container is not
 * done with it yet, nor is whoever holds a `*mut` to one, or a value without a name that leads to one (a loop's iterator): of what such see, all room counts.
 * Invariant: only types from which a container or an enum can be reached are walked at all; a second walk, of everything, is made only
 * when something is dead. Cost: the values of such types, once or twice.
 */
import { LIVE, stateOf } from '../memory/blocks.ts';
import type { Sanitizer } from '../memory/guard.ts';
import type { DebugField, DebugType, Program, Variable } from '../code/program.ts';
import type { Machine } from './machine.ts';
import { frames } from './trap.ts';
import type { Frame } from './trap.ts';
import { pointersIn, stateAt, stateOfVariable, visitRoots } from './roots.ts';
import type { DeadWords } from './roots.ts';

const NONE: DeadWords = { words: new Set(), slots: new Set() };

/** A value that is looked at, in memory or spread over the slots of a call; `at` counts from where its holder begins. */
interface Source {
  /** Null when in slots. */
  readonly base: number | null;
  word(at: number): number;
  number(at: number): number;
  /** Pointers in `[from, to)` are dead, or alive after all. */
  dead(from: number, to: number): void;
  alive(from: number, to: number): void;
}

interface Waiting {
  readonly type: number;
  readonly address: number;
  /** Whoever leads here may be in the middle of a change. */
  readonly open: boolean;
}

/** The pointer, then what it leads to; more than any program needs, so that damaged memory ends the walk. */
const MOST = 4_000_000;

/** `careful`: what may be in the middle of a change counts as alive; else such moments show values on their way as gone. */
export function deadWords(m: Machine, careful: boolean): DeadWords {
  const { sanitizer } = m.heap;
  const { program } = m;
  if (sanitizer === null) return NONE;
  const telling = tellingTypes(program);
  const words = new Set<number>();
  const slots = new Set<number>();
  const open = m.cp === m.callBase ? [] : frames(m);
  // What a call that was written in place of another's has in its variables is not known.
  if (careful && open.some(({ index, inlined }) => inlined && program.functions[index]?.std === true && program.functions[index].variables.some(({ type }) => telling[type] === true))) return NONE;
  const given = movedParts(m, sanitizer, open);
  if (!telling.some(Boolean)) return given.words.size > 0 || given.slots.size > 0 ? given : NONE;
  /** Where values without a name lead to. */
  const opened = new Set<number>();
  if (careful && open.length > 0) visitRoots(m, NONE, (_, address, root) => { if (root().kind === 'temporary') opened.add(address); });
  const options = { careful, opened };
  walk(m, sanitizer, telling, options, words, slots, false);
  // A value on its way from one variable to the next has no type; a word that was dead stays so until it is written, or a type calls it alive.
  const before = careful ? new Map<number, number>() : (remembered.get(m) ?? new Map<number, number>());
  for (const [word, number] of before) if (sanitizer.provenance(word) === number) words.add(word);
  if (words.size > 0 || slots.size > 0) walk(m, sanitizer, telling, options, words, slots, true);
  if (!careful) remembered.set(m, new Map([...words].map(word => [word, sanitizer.provenance(word)])));
  for (const word of given.words) words.add(word);
  for (const slot of given.slots) slots.add(slot);
  return words.size > 0 || slots.size > 0 ? { words, slots } : NONE;
}

/** Parts of variables that were moved out of them. */
function movedParts(m: Machine, sanitizer: Sanitizer, open: readonly Frame[]): { readonly words: Set<number>; readonly slots: Set<number> } {
  const words = new Set<number>();
  const slots = new Set<number>();
  for (const frame of open) {
    if (frame.inlined || frame.origin < 0) continue;
    for (const variable of m.program.functions[frame.index]?.variables ?? []) {
      for (const { at, size, states } of variable.parts ?? []) {
        if (stateAt(states, frame.origin) !== 'moved') continue;
        beginVariable(m, frame, variable, false, (_, parts, address) => {
          for (const part of parts ?? []) if (part.at >= at && part.at < at + size) slots.add(part.slot);
          if (address !== null) pointersIn(sanitizer, address + at, address + at + size, words, word => words.add(word));
        });
      }
    }
  }
  return { words, slots };
}

const remembered = new WeakMap<Machine, ReadonlyMap<number, number>>();

/** `revive`: everything is walked, and what a type calls alive is dead no more. Else the dead are found. */
function walk(m: Machine, sanitizer: Sanitizer, telling: readonly boolean[], { careful, opened }: { readonly careful: boolean; readonly opened: ReadonlySet<number> }, words: Set<number>, slots: Set<number>, revive: boolean): void {
  const { program } = m;
  const { types } = program;
  const pointing = pointingTypes(program);
  const memory = m.space.i32;
  const { table } = sanitizer;
  const seen = new Set<number>();
  const waiting: Waiting[] = [];
  /** Room of containers by where it begins, with its end and the parts of it that hold values. */
  const rooms = new Map<number, { end: number; readonly live: [number, number][] }>();

  const wanted = (type: number): boolean => (revive ? pointing : telling)[type] === true;
  const eachWord = (set: Set<number>, from: number, to: number, add: boolean): void => {
    const { planes } = sanitizer.pointers;
    for (let at = (from + 3) & ~3; at + 4 <= to; at += 4) {
      const plane = planes[at >>> 16];
      if (plane === undefined) at = (at | 0xffff) - 3;
      else if ((plane[(at & 0xffff) >>> 2] ?? 0) !== 0) {
        if (add) set.add(at);
        else set.delete(at);
      }
    }
  };
  const inMemory = (base: number): Source => ({
    base,
    word: at => memory[(base + at) >>> 2] ?? 0,
    number: at => sanitizer.provenance(base + at),
    dead: (from, to) => { if (!revive) eachWord(words, base + from, base + to, true); },
    alive: (from, to) => { if (revive) eachWord(words, base + from, base + to, false); },
  });
  const inSlots = (parts: readonly { readonly at: number; readonly slot: number }[]): Source => {
    const slotAt = (at: number): number => parts.find(part => part.at <= at && at < part.at + 4)?.slot ?? -1;
    const each = (from: number, to: number, visit: (slot: number) => void): void => {
      for (const { at, slot } of parts) if (at >= from && at < to && (m.ints[slot + 1] ?? 0) !== 0) visit(slot);
    };
    return {
      base: null,
      word: at => m.ints[slotAt(at)] ?? 0,
      number: at => m.ints[slotAt(at) + 1] ?? 0,
      dead: (from, to) => { if (!revive) each(from, to, slot => slots.add(slot)); },
      alive: (from, to) => { if (revive) each(from, to, slot => slots.delete(slot)); },
    };
  };

  /** How many bytes a pointer may go on from where it points; 0 when it leads nowhere. */
  const reach = (number: number, address: number): number => {
    const row = number === 0 ? 0 : table.rowOf(number);
    if (row <= 0 || stateOf(table.kind(row)) !== LIVE) return 0;
    const start = table.start(row);
    return address < start ? 0 : Math.max(0, start + table.size(row) - address);
  };
  const lead = (type: number, number: number, address: number, count: number, open: boolean): void => {
    const size = types[type]?.size ?? 0;
    if (size === 0 || count <= 0 || !wanted(type)) return;
    const most = Math.min(count, Math.floor(reach(number, address) / size));
    for (let i = 0; i < most; i++) enqueue(type, address + i * size, open);
  };
  const enqueue = (type: number, address: number, given: boolean): void => {
    const open = given || opened.has(address);
    const key = (address * types.length + type) * 2 + (open ? 1 : 0);
    if (seen.has(key) || seen.size >= MOST) return;
    seen.add(key);
    waiting.push({ type, address, open });
  };

  const fields = (list: readonly DebugField[], source: Source, base: number, open: boolean, shared: boolean, but: readonly (number | null)[] = []): void => {
    list.forEach((field, i) => {
      if (!but.includes(i)) value(field.type, source, base + field.at, open, shared);
    });
  };

  /** `changing`: a library call holds it, and may be in the middle of changing what its `&mut` leads to. */
  function value(type: number, source: Source, at: number, open: boolean, changing: boolean): void {
    const row = types[type];
    if (row === undefined || !wanted(type)) return;
    switch (row.kind) {
      case 'pointer': {
        source.alive(at, at + 4);
        const mutable = careful && (row.name.startsWith('*mut') || (changing && row.name.startsWith('&mut')));
        // In a call of the library a raw pointer is a step on the way; what it leads to need not be a value.
        if (!careful && changing && !row.reference && !row.owns) return;
        lead(row.pointee, source.number(at), source.word(at), 1, mutable);
        return;
      }
      case 'slice':
        source.alive(at, at + 4);
        lead(row.element, source.number(at), source.word(at), source.word(at + 4) >>> 0, careful && changing);
        return;
      case 'dynamic': source.alive(at, at + 4); return;
      case 'array': {
        const size = types[row.element]?.size ?? 0;
        for (let i = 0; i < row.length; i++) value(row.element, source, at + i * size, open, changing);
        return;
      }
      case 'enum': {
        const active = variantOf(row, source, at);
        if (active === undefined) {
          source.alive(at, at + row.size);
          return;
        }
        const held = active.fields.map(field => [field.at, field.at + (types[field.type]?.size ?? 0)] as const).sort((a, b) => a[0] - b[0]);
        let from = 0;
        for (const [start, end] of [...held, [row.size, row.size] as const]) {
          if (start > from) source.dead(at + from, at + start);
          from = Math.max(from, end);
        }
        fields(active.fields, source, at, open, changing);
        return;
      }
      case 'struct': {
        if (row.there !== undefined) {
          const flag = row.fields[row.there.field];
          if (flag !== undefined && (source.word(at + flag.at) & row.there.bits) === 0 && !open) {
            for (const field of row.fields) if (field !== flag) source.dead(at + field.at, at + field.at + (types[field.type]?.size ?? 0));
            return;
          }
        }
        if (row.room !== undefined) room(row, row.room, source, at, open, changing);
        else fields(row.fields, source, at, open, changing);
        return;
      }
      default: return;
    }
  }

  function room(row: DebugType & { kind: 'struct' }, { field, size, first, count, end }: NonNullable<(DebugType & { kind: 'struct' })['room']>, source: Source, at: number, given: boolean, changing: boolean): void {
    const open = given || (source.base !== null && opened.has(source.base + at));
    const part = (which: number | null): number => {
      const found = which === null ? undefined : row.fields[which];
      return found === undefined ? 0 : source.word(at + found.at) >>> 0;
    };
    const holder = row.fields[field];
    const kind = types[holder?.type ?? -1];
    fields(row.fields, source, at, open, changing, [field, first]);
    if (holder === undefined) return;
    if (size === null) {
      // The room is in the value itself, perhaps wrapped.
      const start = at + holder.at;
      const length = kind?.size ?? 0;
      const element = elementOf(holder.type);
      if (element === null) return;
      const each = types[element]?.size ?? 0;
      const from = open ? 0 : Math.min(part(first) * each, length);
      const to = open ? length : Math.min(Math.max(part(end) * each, from), length);
      source.dead(start, start + from);
      source.dead(start + to, start + length);
      if (each > 0) for (let place = from; place < to; place += each) value(element, source, start + place, open, changing);
      return;
    }
    if (kind?.kind !== 'pointer') return;
    source.alive(at + holder.at, at + holder.at + 4);
    const element = kind.pointee;
    const each = types[element]?.size ?? 0;
    const address = source.word(at + holder.at);
    const number = source.number(at + holder.at);
    const capacity = each === 0 ? 0 : Math.min(part(size), Math.floor(reach(number, address) / each));
    if (capacity === 0 || pointing[element] !== true) return;
    const firstType = first === null ? undefined : types[row.fields[first]?.type ?? -1];
    const begin = firstType?.kind === 'pointer' ? Math.floor((part(first) - (address >>> 0)) / each) : part(first);
    const live: [number, number][] = [];
    const length = Math.min(part(count), capacity);
    if (open) live.push([0, capacity]);
    else if (length > 0 && begin >= 0 && begin < capacity) {
      live.push([begin, Math.min(begin + length, capacity)]);
      if (begin + length > capacity) live.push([0, begin + length - capacity]);
    }
    const known = rooms.get(address) ?? { end: 0, live: [] };
    known.end = Math.max(known.end, address + capacity * each);
    rooms.set(address, known);
    for (const [from, to] of live) {
      known.live.push([address + from * each, address + to * each]);
      if (wanted(element)) for (let i = from; i < to; i++) enqueue(element, address + i * each, open);
    }
  }

  /** The element of an array in a wrapper or two (`ManuallyDrop`). */
  function elementOf(type: number): number | null {
    const row = types[type];
    if (row?.kind === 'array') return row.element;
    const [only, another] = row?.kind === 'struct' ? row.fields : [];
    return only !== undefined && another === undefined ? elementOf(only.type) : null;
  }

  beginnings(m, (type, source, address, changing) => {
    if (!wanted(type)) return;
    if (address !== null) value(type, inMemory(address), 0, opened.has(address), changing);
    else if (source !== null) value(type, inSlots(source), 0, false, changing);
  });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) value(next.type, inMemory(next.address), 0, next.open, next.open);
  if (revive) return;
  for (const [start, { end, live }] of rooms) {
    let from = start;
    for (const [first, last] of [...live.sort((a, b) => a[0] - b[0]), [end, end] as const]) {
      if (first > from) eachWord(words, from, first, true);
      from = Math.max(from, last);
    }
  }
}

/** The variant that the bytes are; undefined when they are none, or cannot be told. */
function variantOf({ tag, variants }: DebugType & { kind: 'enum' }, source: Source, at: number): { readonly fields: readonly DebugField[] } | undefined {
  if (tag.kind === 'single') return variants.length === 1 ? variants[0] : undefined;
  if (tag.size > 4) return undefined;
  const word = source.word(at + (tag.at & ~3)) >>> ((tag.at & 3) * 8);
  const mask = tag.size === 4 ? 0xffffffff : (1 << (tag.size * 8)) - 1;
  const found = variants.find(({ value }) => value !== null && (value & mask) === (word & mask));
  return found ?? (tag.otherwise === null ? undefined : variants[tag.otherwise]);
}

type Begin = (type: number, slots: readonly { readonly at: number; readonly slot: number }[] | null, address: number | null, changing: boolean) => void;

/** Where types are known without a pointer: statics and variables that have a value. */
function beginnings(m: Machine, visit: Begin): void {
  for (const { at, type } of m.program.statics.variables) visit(type, null, m.statics + at, false);
  if (m.cp === m.callBase) return;
  for (const frame of frames(m)) {
    if (frame.inlined) continue;
    const code = m.program.functions[frame.index];
    for (const variable of code?.variables ?? []) {
      if (stateOfVariable(m, variable, frame) === 'held') beginVariable(m, frame, variable, code?.std === true, visit);
    }
  }
}

function beginVariable(m: Machine, { fp, memory }: Frame, { lives, type }: Variable, changing: boolean, visit: Begin): void {
  const size = m.program.types[type]?.size ?? 0;
  switch (lives.kind) {
    case 'local': return visit(type, [{ at: 0, slot: fp + lives.local * 2 }], null, changing);
    case 'locals': return visit(type, lives.locals.map((local, i) => ({ at: lives.at?.[i] ?? i * 4, slot: fp + local * 2 })), null, changing);
    case 'frame': return memory === 0 ? undefined : visit(type, null, memory + lives.offset, changing);
    case 'behind': {
      const address = m.ints[fp + lives.local * 2] ?? 0;
      return address >= m.statics && address + size <= m.space.end ? visit(type, null, address, changing) : undefined;
    }
  }
}

const known = new WeakMap<readonly DebugType[], { readonly pointing: readonly boolean[]; readonly telling: readonly boolean[] }>();

/** By row: can a value of the type hold a pointer. */
const pointingTypes = (program: Program): readonly boolean[] => typesOf(program).pointing;

/** By row: does the type, or one that its pointers lead to, say of some pointer that it is dead. */
const tellingTypes = (program: Program): readonly boolean[] => typesOf(program).telling;

function typesOf({ types }: Program): { readonly pointing: readonly boolean[]; readonly telling: readonly boolean[] } {
  const found = known.get(types);
  if (found !== undefined) return found;
  const pointing = spread(types, type => type.kind === 'pointer' || type.kind === 'slice' || type.kind === 'dynamic', inside);
  const points = (row: number): boolean => pointing[row] === true;
  const telling = spread(types, type => {
    if (type.kind === 'enum') return type.variants.length > 1 && type.variants.some(({ fields }) => fields.some(field => points(field.type))) && !isNiche(types, type);
    if (type.kind !== 'struct') return false;
    if (type.there !== undefined) return type.fields.some(field => points(field.type));
    if (type.room === undefined) return false;
    const holder = types[type.fields[type.room.field]?.type ?? -1];
    return holder?.kind === 'pointer' ? points(holder.pointee) : points(type.fields[type.room.field]?.type ?? -1);
  }, type => [...inside(type), ...(type.kind === 'pointer' ? [type.pointee] : type.kind === 'slice' ? [type.element] : [])]);
  const both = { pointing, telling };
  known.set(types, both);
  return both;
}

/** `Option[Box[T]]` and its like: the tag lies in the only pointer, which is null when nothing is there. */
function isNiche(types: readonly DebugType[], { tag, size, variants }: DebugType & { kind: 'enum' }): boolean {
  const full = variants.filter(({ fields }) => fields.some(field => (types[field.type]?.size ?? 0) > 0));
  return tag.kind === 'tag' && tag.otherwise !== null && tag.size === 4 && size === 4 && full.length === 1;
}

const inside = (type: DebugType): readonly number[] => (type.kind === 'array' ? [type.element] : type.kind === 'struct' ? type.fields.map(field => field.type) : type.kind === 'enum' ? type.variants.flatMap(({ fields }) => fields.map(field => field.type)) : []);

/** What holds for some types holds for those that lead to them. */
function spread(types: readonly DebugType[], holds: (type: DebugType) => boolean, leads: (type: DebugType) => readonly number[]): boolean[] {
  const users: number[][] = types.map(() => []);
  types.forEach((type, row) => { for (const to of leads(type)) users[to]?.push(row); });
  const marks = types.map(holds);
  const pending = marks.flatMap((mark, row) => (mark ? [row] : []));
  for (let row = pending.pop(); row !== undefined; row = pending.pop()) {
    for (const user of users[row] ?? []) {
      if (marks[user] === true) continue;
      marks[user] = true;
      pending.push(user);
    }
  }
  return marks;
}
