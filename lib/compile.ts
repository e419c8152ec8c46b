/**
 * The pipeline on one page: source text → tree → names → types → flow graph → ownership → code. In: a program's file, a way to
 * load its modules, the library. Out: problems, and at each stage what the next needs; a stage with errors in it still gives a
 * value, and code is made only from a program without errors.
 * `checkProgram` is the front half, `emitChecked` the back; `checkLibrary` is the front half for the library itself.
 */
import { makeTypesApi } from './emit/ask.ts';
import { emitProgram } from './emit/emit.ts';
import type { Kept, Resume } from './emit/kept.ts';
import { makeShelf, type Shelf } from './emit/shelf.ts';
import { makeQueries } from './flow/ask.ts';
import { buildGraph } from './flow/build.ts';
import { checkFlow, type FlowPass } from './flow/check.ts';
import { checkConstantDrops } from './flow/constant-context.ts';
import { elaborate } from './flow/elaborate.ts';
import type { Graph } from './flow/graph.ts';
import { leakAnalysis } from './flow/leak-summary.ts';
import { showGraph } from './flow/show.ts';
import { collectNames } from './names/collect.ts';
import type { LoadedFile } from './names/build.ts';
import type { Body, World } from './names/table.ts';
import { withoutConsequences } from './report/consequences.ts';
import { problem, type Problem } from './report/problem.ts';
import { LayeredMap } from './store.ts';
import { type Depth, usual } from './syntax/depth.ts';
import { parseFile } from './syntax/parse.ts';
import type { File, NodeId } from './syntax/tree.ts';
import type { SourceFile, Sources } from './text/sources.ts';
import type { Span } from './text/span.ts';
import { checkBodies } from './types/check.ts';
import { evaluate } from './types/consteval.ts';
import type { BodyFacts } from './types/facts.ts';
import { checkMatches } from './types/match-check.ts';
import { printType } from './types/print.ts';
import { concreteCx, normalise } from './types/solve.ts';
import { taintedBodies } from './types/tainted.ts';
import { depthOf, eraseRegions, type DefId, type Type } from './types/type.ts';
import { addFacts, makeUniverse, type Universe } from './types/universe.ts';
import { checkDefinitions } from './types/wellformed.ts';
import type { Profile, Program } from '../vm/code/program.ts';

/** The library as later compilations see it: its names, what its bodies told, and its graphs, ready for emission. */
export interface Library {
  readonly world: World;
  readonly closures: Universe['closures'];
  readonly opaques: Universe['opaques'];
  readonly graphs: ReadonlyMap<DefId, readonly Graph[]>;
  /** Code of the library's own, as far as programs have asked for it. */
  readonly shelf: Shelf;
  /** Node ids below this are the library's. */
  readonly nextId: number;
}

export interface Compilation {
  readonly sources: Sources;
  readonly root: SourceFile;
  readonly library: Library;
  /** The source of a module, by its path from the root's folder (`geo/shapes.altru`); null where there is no such file. */
  readonly load: (path: string) => SourceFile | null;
  /** How deeply the program may be nested, by the stack that there is; `usual` when it is not said. */
  readonly limits?: Depth;
  /** Told the name of each pass when it ends; flow passes once for each body. For those who measure. */
  readonly ended?: (pass: Pass) => void;
}

/** What an earlier check of the same session told, so that it need not be told again. */
export interface Earlier {
  /** Types of values that earlier lines left, by the node that stands for each. */
  readonly stood: ReadonlyMap<NodeId, Type>;
  /** Bodies whose trees and meaning are as they were. */
  readonly bodies: ReadonlyMap<DefId, KnownBody>;
  /** Promoted constants of the script's body: their numbers are theirs. */
  readonly promoted: ReadonlyMap<DefId, readonly Graph[]>;
}

export interface KnownBody {
  /** Of the body's tree. */
  readonly id: NodeId;
  readonly facts: BodyFacts;
  readonly graphs: readonly Graph[];
}

export type Pass = 'parse' | 'names' | 'bodies' | 'definitions' | 'matches' | 'graphs' | FlowPass | 'elaborate';

export interface Checked {
  readonly problems: readonly Problem[];
  readonly trees: readonly LoadedFile[];
  readonly world: World;
  readonly universe: Universe;
  readonly facts: ReadonlyMap<DefId, BodyFacts>;
  /** Elaborated, the function's own first, then its closures'. Empty when there are errors before. */
  readonly graphs: ReadonlyMap<DefId, readonly Graph[]>;
}

export const hasErrors = (problems: readonly Problem[]): boolean => problems.some(one => one.severity === 'error');

const ignore = (): void => {};

/** Said only where every body of the program is right. */
const OF_MEMORY = new Set(['E2003', 'E2004', 'E2005', 'E2006', 'W2001']);

/** Source text to checked flow graphs. */
export function checkProgram(compilation: Compilation): Checked {
  const { root, library, limits = usual, ended = ignore } = compilation;
  const parsed = parseFile(root, library.nextId, limits);
  ended('parse');
  return checkTree(compilation, parsed.value, parsed.nextId, parsed.problems);
}

/** The same from the root's tree on; `firstId` is the first node id that is free, `parts` the files that the tree was put together from. */
export function checkTree({ sources, root, library, load, limits = usual, ended = ignore }: Compilation, rootTree: File, firstId: number, found: readonly Problem[], parts: readonly SourceFile[] = [], earlier: Earlier | null = null): Checked {
  const problems: Problem[] = [...found];
  const unread: Problem[] = [...found];
  const tree: LoadedFile = { source: root, tree: rootTree };
  const trees: LoadedFile[] = [tree];
  let nextId = firstId;
  const parse = (source: SourceFile): LoadedFile => {
    const parsed = parseFile(source, nextId, limits);
    nextId = parsed.nextId;
    problems.push(...parsed.problems);
    unread.push(...parsed.problems);
    const loaded = { source, tree: parsed.value };
    trees.push(loaded);
    ended('parse');
    return loaded;
  };
  const folder = root.name.slice(0, root.name.lastIndexOf('/') + 1);
  const names = collectNames({
    crate: 'main',
    root: tree,
    sources: parts,
    load: path => {
      const source = load(`${folder}${path}.altru`);
      return source === null ? null : parse(source);
    },
    base: library.world,
    evaluate,
  });
  problems.push(...names.problems);
  ended('names');
  const universe: Universe = { ...makeUniverse(names.value.definitions), closures: new LayeredMap(library.closures), opaques: new LayeredMap(library.opaques) };
  const checked = finish(names.value, universe, sources, problems, trees, ended, earlier, hasErrors(unread));
  const lineOf = (span: Span): { number: number; text: string } => {
    const number = sources.position(span.file, span.start).line;
    return { number, text: sources.line(span.file, number) };
  };
  return unread.length === 0 ? checked : { ...checked, problems: withoutConsequences(unread, checked.problems, { lineOf, textOf: span => sources.slice(span) }) };
}

/** The library's files, by module path, to a library. Its problems are our own bugs. */
export function checkLibrary(sources: Sources, files: ReadonlyMap<string, SourceFile>): { readonly value: Library; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const library = new Map<string, LoadedFile>();
  let nextId = 1;
  for (const [path, source] of files) {
    const parsed = parseFile(source, nextId);
    nextId = parsed.nextId;
    problems.push(...parsed.problems);
    library.set(path, { source, tree: parsed.value });
  }
  const names = collectNames({ crate: 'std', root: null, library, load: () => null, base: null, evaluate });
  problems.push(...names.problems);
  const universe = makeUniverse(names.value.definitions);
  const checked = finish(names.value, universe, sources, problems, [...library.values()], ignore);
  return { value: { world: names.value, closures: universe.closures, opaques: universe.opaques, graphs: checked.graphs, shelf: makeShelf(), nextId }, problems: checked.problems };
}

/** Names to graphs: the part of the pipeline that a program and the library share. Where a file could not be read (`isUnread`), moves and borrows are not looked at. */
function finish(world: World, universe: Universe, sources: Sources, problems: Problem[], trees: readonly LoadedFile[], ended: (pass: Pass) => void, earlier: Earlier | null = null, isUnread = false): Checked {
  const known = new Map<DefId, KnownBody>();
  for (const body of earlier === null ? [] : world.bodies) {
    const found = earlier?.bodies.get(body.owner);
    const definition = world.definitions.byId.get(body.owner);
    if (found === undefined || found.id !== body.body.id || (definition?.kind === 'fn' && definition.opaques.length > 0)) continue;
    known.set(body.owner, found);
    addFacts(universe, found.facts);
  }
  const bodies = known.size === 0 ? world.bodies : world.bodies.filter(body => !known.has(body.owner));
  const typed = checkBodies(universe, world, bodies, earlier?.stood ?? null);
  for (const [owner, { facts }] of known) typed.facts.set(owner, facts);
  ended('bodies');
  problems.push(...typed.problems, ...checkDefinitions(universe, world));
  ended('definitions');
  const cx = concreteCx(universe);
  const queries = makeQueries(universe, sources);
  const graphs = new Map<DefId, readonly Graph[]>();
  // A body with mistakes of its own is left alone; the others are looked at all the same.
  const broken = hasErrors(problems);
  const tainted = broken ? taintedBodies(bodies, typed.facts, world.definitions, typed.wrong, problems) : new Set<DefId>();
  if (tainted === null) return { problems, trees, world, universe, facts: typed.facts, graphs };
  const sound: { readonly body: Body; readonly facts: BodyFacts }[] = [];
  for (const body of bodies) {
    const facts = typed.facts.get(body.owner);
    if (facts === undefined || tainted.has(body.owner)) continue;
    const found = checkMatches(body, facts, world, type => normalise(cx, eraseRegions(type), 0).type, type => queries.isCopy(body.owner, eraseRegions(type)));
    problems.push(...found);
    if (!hasErrors(found)) sound.push({ body, facts });
  }
  ended('matches');
  if (isUnread) return { problems, trees, world, universe, facts: typed.facts, graphs };
  for (const { body, facts } of sound) {
    graphs.set(body.owner, buildGraph(body, facts, queries, earlier?.promoted.get(body.owner)));
    ended('graphs');
  }
  // A function may ask what another does with what it is given: all are there before the first is checked.
  const leaks = leakAnalysis(graphs, queries);
  for (const built of graphs.values()) {
    const found = checkFlow(built, queries, leaks, ended);
    // What memory would do matters when the rest is mended: some of the functions that it depends on are not here.
    problems.push(...(graphs.size === bodies.length ? found : found.filter(p => !OF_MEMORY.has(p.code))));
  }
  if (hasErrors(problems)) return { problems, trees, world, universe, facts: typed.facts, graphs: broken ? new Map() : graphs };
  for (const [owner, built] of graphs) {
    const elaborated = built.map(graph => elaborate(graph, queries));
    graphs.set(owner, elaborated);
    const [own] = elaborated;
    if (own !== undefined) problems.push(...checkConstantDrops(own, queries));
  }
  for (const [owner, body] of known) graphs.set(owner, body.graphs);
  ended('elaborate');
  return { problems, trees, world, universe, facts: typed.facts, graphs };
}

export interface EmitOptions {
  readonly profile: Profile;
  readonly overflowChecks?: boolean;
  /** The function to begin with instead of `main`. */
  readonly entry?: DefId;
  /** The entry is the body of a session's script (`emitProgram`). */
  readonly session?: { readonly standsAt: number };
  /** What an earlier emission left, of which this program is a continuation (`emitProgram`). */
  readonly before?: Kept;
}

/** Checked graphs to code. A program without `main` is a problem here, so that a module alone can be checked. */
export function emitChecked({ sources, root, library }: Compilation, checked: Checked, options: EmitOptions): { readonly value: Program | null; readonly problems: readonly Problem[]; readonly kept: Kept | null; readonly resume: Resume | null } {
  const { universe } = checked;
  const entry = universe.definitions.byId.get(options.entry ?? ('main::main' as DefId));
  if (entry?.kind !== 'fn') {
    const end = { file: root.id, start: 0, end: 0 };
    return { value: null, problems: [problem('E0601', end, { file: root.name })], kept: null, resume: null };
  }
  return emitProgram({
    name: root.name,
    definitions: universe.definitions,
    graphs: def => checked.graphs.get(def) ?? library.graphs.get(def) ?? null,
    types: makeTypesApi(universe),
    profile: options.profile,
    ...(options.overflowChecks === undefined ? {} : { overflowChecks: options.overflowChecks }),
    deepest: deepestType(checked.graphs.values()),
    entry: entry.id,
    sources,
    shelf: library.shelf,
    ...(options.session === undefined ? {} : { session: options.session }),
  }, options.before ?? null);
}

function deepestType(graphs: Iterable<readonly Graph[]>): number {
  let deepest = 0;
  for (const list of graphs) for (const graph of list) for (const one of graph.locals) deepest = Math.max(deepest, depthOf(one.type));
  return deepest;
}

/** The flow graphs of the functions whose name contains `wanted` (null: all of the user's), as text. */
export function showFlow(checked: Checked, wanted: string | null): string {
  const text = (type: Type): string => printType(type, checked.world.definitions);
  return [...checked.graphs.values()]
    .flat()
    .filter(graph => wanted === null || graph.owner.includes(wanted))
    .map(graph => `${showGraph(graph, text)}\n`)
    .join('\n');
}

export interface Test {
  readonly def: DefId;
  readonly name: string;
  /** `@should_panic("text")`: the text (perhaps empty); null when it should not. */
  readonly shouldPanic: string | null;
  /** `@ignore`: only run when it is asked for. */
  readonly ignored: boolean;
  /** `@max_peak(4096)`, `@max_allocs(3)`, `@no_alloc`: null where there is none. */
  readonly limits: { readonly maxPeak: number | null; readonly maxAllocs: number | null };
}

function limitsOf(attributes: Readonly<Record<string, readonly string[]>>): Test['limits'] {
  const number = (name: string): number | null => {
    const [text] = attributes[name] ?? [];
    return text === undefined ? null : Number(text);
  };
  return { maxPeak: number('max_peak'), maxAllocs: attributes['no_alloc'] !== undefined ? 0 : number('max_allocs') };
}

/** The functions marked `@test`, in order of their places. */
export function testsOf(checked: Checked): Test[] {
  const tests: Test[] = [];
  for (const { owner } of checked.world.bodies) {
    const found = checked.world.definitions.byId.get(owner);
    if (found?.kind !== 'fn' || found.attributes['test'] === undefined) continue;
    const panics = found.attributes['should_panic'];
    tests.push({ def: owner, name: owner.replace(/^main::/, ''), shouldPanic: panics === undefined ? null : (panics[0] ?? ''), ignored: found.attributes['ignore'] !== undefined, limits: limitsOf(found.attributes) });
  }
  return tests;
}
