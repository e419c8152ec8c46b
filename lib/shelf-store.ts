/**
 * The stored form of the library's own code (`emit/shelf.ts`), so that a program which says nothing unusual emits only what is its own. In: a
 * shelf, and what encodes types and instances. Out: rows of text; and from them, one by one when they are asked for, the same code.
 * Rows are found by the group of an instance: its definition, or the head of its type. Invariant: nothing in a row depends on the process.
 */
import type { CodeFunction, Landing, Mark } from '../vm/code/program.ts';
import type { Body } from './emit/body.ts';
import { instance, type Instance, type InstanceShape } from './emit/instance.ts';
import type { MadeFunction, Shelf, ShelfSource } from './emit/shelf.ts';
import type { Decoder, Encoder, Json } from './store.ts';
import type { Type } from './types/type.ts';

/** By manner: the groups, and the row of each group's list. */
export type ShelfIndex = { readonly [manner: string]: { readonly groups: readonly string[]; readonly rows: readonly number[] } };

/** Row of the code, row of the body for inlining; -1: neither is known; -2: not worth it. */
type Entry = readonly [shape: Json, code: number, candidate: number];

function headOf(type: Type): string {
  switch (type.kind) {
    case 'adt': case 'fnDef': case 'closure': return type.def;
    case 'int': case 'float': return type.name;
    case 'ref': case 'ptr': return `${type.kind} ${headOf(type.inner)}`;
    default: return type.kind;
  }
}

function groupOf(shape: InstanceShape): string {
  switch (shape.kind) {
    case 'item': return shape.def;
    case 'constructor': case 'virtual': case 'intrinsic': return `${shape.kind} ${shape.def}`;
    case 'drop': case 'clone': return `${shape.kind} ${headOf(shape.type)}`;
    case 'call': return `call ${headOf(shape.self)}`;
    case 'closureFn': return `closureFn ${headOf(shape.closure)}`;
    case 'byPointer': return `byPointer ${groupOf(shape.inner)}`;
    case 'promoted': return `promoted ${groupOf(shape.owner)}`;
    case 'start': return 'start';
  }
}

/** Gives the index; `row` takes a text and gives its number. */
export function encodeShelf(shelf: Shelf, encoder: Encoder, row: (text: string) => number): ShelfIndex {
  const index: Record<string, { groups: string[]; rows: number[] }> = {};
  for (const [manner, { code, candidates }] of shelf.rows) {
    const groups = new Map<string, Entry[]>();
    for (const one of new Set([...code.keys(), ...candidates.keys()])) {
      const made = code.get(one);
      const body = candidates.get(one);
      const list = groups.get(groupOf(one)) ?? [];
      groups.set(groupOf(one), list);
      list.push([encoder.encode(one), made === undefined ? -1 : row(codeText(made, encoder)), body === undefined ? -1 : body === null ? -2 : row(JSON.stringify(encoder.encode(body)))]);
    }
    index[manner] = { groups: [...groups.keys()], rows: [...groups.values()].map(list => row(JSON.stringify(list))) };
  }
  return index;
}

interface CodeRow {
  readonly body: readonly number[];
  readonly cleanup: readonly number[] | null;
  readonly marks: readonly number[];
  readonly cleanupMarks: readonly number[];
  readonly landings: readonly number[];
  readonly rest: Json;
}

const MARK = 5;

function codeText({ code: { body, cleanup, marks, cleanupMarks, landings, ...code }, ...made }: MadeFunction, encoder: Encoder): string {
  const flat = (list: readonly Mark[]): number[] => list.flatMap(({ at, source, line, column, statement }) => [at, source, line, column, statement ? 1 : 0]);
  const out: CodeRow = { body, cleanup, marks: flat(marks), cleanupMarks: flat(cleanupMarks), landings: landings.flatMap(({ at, landing }) => [at, landing]), rest: encoder.encode({ ...made, code }) };
  return JSON.stringify(out);
}

function codeOf({ body, cleanup, marks, cleanupMarks, landings, rest }: CodeRow, decoder: Decoder): MadeFunction {
  const made = decoder.decode(rest) as Omit<MadeFunction, 'code'> & { readonly code: Omit<CodeFunction, 'body' | 'cleanup' | 'marks' | 'cleanupMarks' | 'landings'> };
  const unflat = (list: readonly number[]): Mark[] => {
    const out: Mark[] = [];
    for (let i = 0; i < list.length; i += MARK) out.push({ at: list[i] ?? 0, source: list[i + 1] ?? 0, line: list[i + 2] ?? 0, column: list[i + 3] ?? 0, statement: list[i + 4] === 1 });
    return out;
  };
  const places: Landing[] = [];
  for (let i = 0; i < landings.length; i += 2) places.push({ at: landings[i] ?? 0, landing: landings[i + 1] ?? 0 });
  return { ...made, code: { ...made.code, body, cleanup, marks: unflat(marks), cleanupMarks: unflat(cleanupMarks), landings: places } };
}

/** What is stored, as a shelf asks for it; `row` gives the value of a row's text. */
export function shelfSource(index: ShelfIndex, decoder: Decoder, shelf: Shelf, row: (n: number) => never): ShelfSource {
  const manners = new Map<string, { readonly groups: ReadonlyMap<string, number>; readonly lists: Map<string, ReadonlyMap<Instance, Entry>> }>();
  const entryOf = (manner: string, one: Instance): Entry | null => {
    let found = manners.get(manner);
    if (found === undefined) {
      const stored = index[manner];
      manners.set(manner, (found = { groups: new Map(stored?.groups.map((group, i) => [group, stored.rows[i] ?? 0])), lists: new Map() }));
    }
    const group = groupOf(one);
    let list = found.lists.get(group);
    if (list === undefined) {
      const at = found.groups.get(group);
      const entries: readonly Entry[] = at === undefined ? [] : row(at);
      list = new Map(entries.map(entry => [instance(shelf.instances, decoder.decode(entry[0]) as Instance), entry]));
      found.lists.set(group, list);
    }
    return list.get(one) ?? null;
  };
  return {
    code(manner, one) {
      const at = entryOf(manner, one)?.[1] ?? -1;
      return at < 0 ? undefined : codeOf(row(at), decoder);
    },
    candidate(manner, one) {
      const at = entryOf(manner, one)?.[2] ?? -1;
      return at === -2 ? null : at < 0 ? undefined : (decoder.decode(row(at)) as Body);
    },
  };
}
