/**
 * The stored library: what `checkLibrary` found, as text that opens fast. In: a library and its sources. Out: text; and from the text
 * the same library, whose definitions, scopes and graphs are decoded one by one when a program first mentions them.
 * Format: lines of JSON. The first is the index: counts, file names, keys; then each file's text, the types, and one line a value.
 */
import type { Library } from './compile.ts';
import type { Graph } from './flow/graph.ts';
import type { ModuleScope, World } from './names/table.ts';
import { Decoder, Encoder, LayeredMap } from './store.ts';
import type { Sources } from './text/sources.ts';
import type { ClosureFacts } from './types/facts.ts';
import { constantValues, evaluate } from './types/consteval.ts';
import type { Definition } from './types/definition.ts';
import type { DefId, Type } from './types/type.ts';

/** Changes with any change of what is stored or how. */
const FORMAT = 1;

interface Index {
  readonly format: number;
  readonly nextId: number;
  readonly files: readonly string[];
  readonly definitions: readonly string[];
  readonly modules: readonly string[];
  readonly graphs: readonly string[];
  readonly closures: readonly string[];
  readonly opaques: readonly string[];
}

export function encodeLibrary(library: Library, sources: Sources): string {
  const encoder = new Encoder();
  const line = (value: unknown): string => JSON.stringify(encoder.encode(value));
  const { world } = library;
  const { definitions } = world;
  const values: string[] = [];
  const put = (map: ReadonlyMap<string, unknown>): string[] => {
    const keys = [...map.keys()];
    for (const key of keys) values.push(line(map.get(key)));
    return keys;
  };
  const index: Index = {
    format: FORMAT,
    nextId: library.nextId,
    files: sources.files.map(file => file.name),
    definitions: put(definitions.byId),
    modules: put(world.modules),
    graphs: put(library.graphs),
    closures: put(library.closures),
    opaques: put(library.opaques),
  };
  const shared = line({ lang: definitions.lang, implsOf: definitions.implsOf, inherent: definitions.inherent, root: world.root, constants: constantValues(world) });
  return [JSON.stringify(index), JSON.stringify(sources.files.map(file => file.text)), JSON.stringify(encoder.types), shared, ...values].join('\n');
}

/** Null when the text is damaged or of another format. The sources must be empty: the library's file ids come first. */
export function decodeLibrary(text: string, sources: Sources): Library | null {
  try {
    return decode(text, sources);
  } catch {
    return null;
  }
}

function decode(text: string, sources: Sources): Library | null {
  let at = 0;
  const next = (): string => {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    return line;
  };
  const index = JSON.parse(next()) as Index;
  if (index.format !== FORMAT) return null;
  const texts = JSON.parse(next()) as string[];
  const decoder = new Decoder(JSON.parse(next()));
  const shared = decoder.decode(JSON.parse(next())) as { lang: Map<string, DefId>; implsOf: Map<DefId, DefId[]>; inherent: Map<string, DefId[]>; root: DefId; constants: Map<DefId, unknown> };
  index.files.forEach((name, i) => sources.add(name, texts[i] ?? '', true));
  const lazy = <V>(keys: readonly string[]): Map<DefId, V> => {
    const pending = new Map<DefId, string>();
    for (const key of keys) pending.set(key as DefId, next());
    return new LayeredMap<DefId, V>(null, pending, line => decoder.decode(JSON.parse(line)) as V);
  };
  const byId = lazy<Definition>(index.definitions);
  const modules = lazy<ModuleScope>(index.modules);
  const graphs = lazy<readonly Graph[]>(index.graphs);
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
  return { world, closures, opaques, graphs, nextId: index.nextId };
}
