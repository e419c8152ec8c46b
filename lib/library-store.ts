/**
 * The stored library: what `checkLibrary` found, as bytes that open fast. In: a library and its sources. Out: bytes; and from them
 * the same library, whose definitions, scopes and graphs are decoded one by one when a program first mentions them.
 * Format: the length of the index, the index, then rows of JSON text in ASCII without anything between: types (one row, a line each), one row a value, and one a file's text.
 */
import type { Library } from './compile.ts';
import { instance, type InstanceShape } from './emit/instance.ts';
import { makeShelf } from './emit/shelf.ts';
import { encodeShelf, shelfSource, type ShelfIndex } from './shelf-store.ts';
import type { Graph } from './flow/graph.ts';
import type { ModuleScope, World } from './names/table.ts';
import { Decoder, Encoder, LayeredMap } from './store.ts';
import type { Sources } from './text/sources.ts';
import type { ClosureFacts } from './types/facts.ts';
import { constantValues, evaluate } from './types/consteval.ts';
import type { Definition } from './types/definition.ts';
import type { DefId, Type } from './types/type.ts';

/** Changes with any change of what is stored or how. */
const FORMAT = 5;
/** Bytes of the index's length, in decimal digits. */
const HEAD = 12;

interface Index {
  readonly format: number;
  readonly nextId: number;
  readonly files: readonly string[];
  readonly definitions: readonly string[];
  readonly modules: readonly string[];
  /** Each the number of its definition, where it has one. */
  readonly graphs: readonly (string | number)[];
  readonly closures: readonly string[];
  readonly opaques: readonly string[];
  readonly shelf: ShelfIndex;
  /** Bytes of each row, in order: the types, what is shared, then a row a value, table by table; the shelf's; the file texts. */
  readonly lengths: readonly number[];
}

/** `count`: how many of the sources are the library's, from the first on. */
export function encodeLibrary(library: Library, sources: Sources, count: number = sources.files.length): Uint8Array {
  const files = sources.files.slice(0, count);
  const encoder = new Encoder(library.shelf.instances);
  const line = (value: unknown): string => JSON.stringify(encoder.encode(value));
  const { world } = library;
  const { definitions } = world;
  const values: string[] = [];
  const put = (map: ReadonlyMap<string, unknown>): string[] => {
    const keys = [...map.keys()];
    for (const key of keys) values.push(line(map.get(key)));
    return keys;
  };
  const tables = {
    definitions: put(definitions.byId),
    modules: put(world.modules),
    graphs: put(library.graphs),
    closures: put(library.closures),
    opaques: put(library.opaques),
  };
  // The rows before the values are the types and what is shared.
  const shelf = encodeShelf(library.shelf, encoder, text => 1 + values.push(text));
  const numbers = new Map(tables.definitions.map((id, i) => [id, i]));
  const graphs = tables.graphs.map(id => numbers.get(id) ?? id);
  const shared = line({ lang: definitions.lang, implsOf: definitions.implsOf, inherent: definitions.inherent, root: world.root, constants: constantValues(world) });
  const utf8 = new TextEncoder();
  const rows = [encoder.types.map(type => JSON.stringify(type)).join('\n'), shared, ...values, ...files.map(file => JSON.stringify(file.text))].map(row => utf8.encode(ascii(row)));
  const index: Index = { format: FORMAT, nextId: library.nextId, files: files.map(file => file.name), ...tables, graphs, shelf, lengths: rows.map(row => row.length) };
  const head = utf8.encode(ascii(JSON.stringify(index)));
  const bytes = new Uint8Array(HEAD + head.length + rows.reduce((sum, row) => sum + row.length, 0));
  bytes.set(utf8.encode(String(head.length).padStart(HEAD)), 0);
  bytes.set(head, HEAD);
  let at = HEAD + head.length;
  for (const row of rows) {
    bytes.set(row, at);
    at += row.length;
  }
  return bytes;
}

/** JSON text in ASCII alone, which engines read faster. */
const ascii = (json: string): string => json.replace(/[\u0080-\uffff]/g, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The stored bytes where they are: a program reads a small part of them. */
export interface StoredText {
  readonly length: number;
  /** The bytes from one offset to another, which are ASCII. */
  text(from: number, to: number): string;
}

export function storedText(bytes: Uint8Array): StoredText {
  const utf8 = new TextDecoder();
  return { length: bytes.length, text: (from, to) => utf8.decode(bytes.subarray(from, to)) };
}

/** Null when the bytes are damaged or of another format. The sources must be empty: the library's file ids come first. */
export function decodeLibrary(stored: StoredText, sources: Sources): Library | null {
  try {
    return decode(stored, sources);
  } catch {
    return null;
  }
}

function decode(stored: StoredText, sources: Sources): Library | null {
  const headLength = Number(stored.text(0, HEAD));
  const index = JSON.parse(stored.text(HEAD, HEAD + headLength)) as Index;
  if (index.format !== FORMAT) return null;
  const { lengths } = index;
  const starts = new Float64Array(lengths.length + 1);
  starts[0] = HEAD + headLength;
  for (let n = 0; n < lengths.length; n++) starts[n + 1] = (starts[n] ?? 0) + (lengths[n] ?? 0);
  if (starts[lengths.length] !== stored.length) return null;
  const text = (n: number): string => stored.text(starts[n] ?? 0, starts[n + 1] ?? 0);
  const row = (n: number): never => JSON.parse(text(n)) as never;
  const shelf = makeShelf();
  const decoder = new Decoder(text(0).split('\n'), shape => instance(shelf.instances, shape as InstanceShape));
  shelf.source = shelfSource(index.shelf, decoder, shelf, row);
  const shared = decoder.decode(row(1)) as { lang: Map<string, DefId>; implsOf: Map<DefId, DefId[]>; inherent: Map<string, DefId[]>; root: DefId; constants: Map<DefId, unknown> };
  const firstText = lengths.length - index.files.length;
  index.files.forEach((name, i) => sources.addLater(name, () => row(firstText + i)));
  let next = 2;
  const lazy = <V>(keys: readonly string[]): Map<DefId, V> => {
    const pending = new Map<DefId, number>();
    for (const key of keys) pending.set(key as DefId, next++);
    return new LayeredMap<DefId, V>(null, pending, n => decoder.decode(row(n)) as V);
  };
  const byId = lazy<Definition>(index.definitions);
  const modules = lazy<ModuleScope>(index.modules);
  const graphs = lazy<readonly Graph[]>(index.graphs.map(each => (typeof each === 'number' ? (index.definitions[each] ?? '') : each)));
  const closures = lazy<ClosureFacts>(index.closures);
  const opaques = lazy<Type>(index.opaques);
  const world: World = {
    definitions: { byId, lang: shared.lang, implsOf: shared.implsOf, inherent: shared.inherent },
    modules,
    table: { values: new Map(), types: new Map(), sameBinding: new Map(), targets: new Map(), blockTraits: new Map(), typeArgs: new Map(), places: new Map(), items: new Map(), dyns: [], initialisers: new Map() },
    bodies: [],
    evaluate,
    root: shared.root,
    files: new Map(),
    constants: shared.constants,
  };
  return { world, closures, opaques, graphs, shelf, nextId: index.nextId };
}
