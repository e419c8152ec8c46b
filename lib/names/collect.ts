/**
 * The door of `names`: from trees to a `World`. Gathers items, resolves imports, then every name, then lowers signatures to definitions.
 * In: the program's file (or the library's files), a way to load more, the library's world. Out: a world and problems. Never throws for a user's mistake.
 */
import { LayeredMap } from '../store.ts';
import { problem, type Problem } from '../report/problem.ts';
import type { Block, Expr, File, Pattern } from '../syntax/tree.ts';
import type { SourceFile } from '../text/sources.ts';
import type { FileId } from '../text/span.ts';
import type { Definition, Definitions } from '../types/definition.ts';
import { UNIT, type DefId } from '../types/type.ts';
import { makeScope, uniqueId, type Build, type LoadedFile } from './build.ts';
import { checkItems } from './check-items.ts';
import { defineEntry, type Define } from './define.ts';
import { gatherFile } from './gather.ts';
import { resolveImports } from './imports.ts';
import { lateAt, resolveEntries } from './late.ts';
import { walkExpr, walkFn } from './late-bodies.ts';
import { PRELUDE, STD } from './lookup.ts';
import { setPending } from './pending.ts';
import { makeShells } from './shells.ts';
import type { Body, Evaluate, ModuleScope, NameTable, Rib, World } from './table.ts';
import { completeResults } from './trait-results.ts';
import { traitsAround } from './trait-scope.ts';

export interface CollectInput {
  /** `main` for the user's program, `std` for the library. */
  readonly crate: 'main' | 'std';
  /** The program's file; for the library null. */
  readonly root: LoadedFile | null;
  /** Of a session: the files that parts of the root's tree come from. */
  readonly sources?: readonly SourceFile[];
  /** The library's files, by module path below `std` (`option`, `collections/hash_map`). */
  readonly library?: ReadonlyMap<string, LoadedFile>;
  /** Reads and parses the file of a module, by path without root directory and ending (`shapes`, `geo/point`); null when there is none. */
  readonly load: (path: string) => LoadedFile | null;
  /** The library's world; null when the library itself is collected. */
  readonly base: World | null;
  readonly evaluate: Evaluate;
}

/** Names that the compiler itself knows: the format functions. */
const BUILTINS = [
  'print', 'println', 'eprint', 'eprintln', 'format', 'write', 'writeln', 'panic', 'assert', 'assert_eq', 'assert_ne', 'debug_assert', 'debug_assert_eq', 'debug_assert_ne',
  'unreachable', 'todo', 'unimplemented', 'dbg', 'format_args',
];

const emptyTable = (): NameTable => ({
  values: new Map(), types: new Map(), sameBinding: new Map(), targets: new Map(), blockTraits: new Map(), typeArgs: new Map(), places: new Map(), items: new Map(), dyns: [], initialisers: new Map(),
});

function startWorld(input: CollectInput, root: DefId, bodies: Body[], files: ReadonlyMap<FileId, SourceFile>): World {
  const { base } = input;
  const definitions: Definitions = base === null
    ? { byId: new Map(), lang: new Map(), implsOf: new Map(), inherent: new Map() }
    : { byId: new LayeredMap(base.definitions.byId), lang: base.definitions.lang, implsOf: new Map(base.definitions.implsOf), inherent: new Map(base.definitions.inherent) };
  return { definitions, modules: base === null ? new Map() : new LayeredMap(base.modules), table: emptyTable(), bodies, evaluate: input.evaluate, root, files, constants: base?.constants ?? new Map() };
}

export function collectNames(input: CollectInput): { readonly value: World; readonly problems: readonly Problem[] } {
  const root = input.crate as DefId;
  const bodies: Body[] = [];
  const files = new Map<FileId, SourceFile>((input.sources ?? []).map(source => [source.id, source]));
  const world = startWorld(input, root, bodies, files);
  const problems: Problem[] = [];
  const build: Build = {
    world, crate: input.crate, problems, entries: [], byDef: new Map(), byItem: new Map(), imports: [], directories: new Map(), load: input.load, loaded: new Map(), files,
    ids: new Set(), implCounts: new Map(), scriptNames: new Set(),
  };
  const scope = addModule(build, root, null, input.root);
  if (input.root !== null) gatherFile(build, input.root, scope, '');
  if (input.library !== undefined) gatherLibrary(build, input.library, scope);
  if (input.crate === 'std') addBuiltins(build);
  resolveImports(build);
  for (const s of input.root?.tree.statements ?? []) if (s.kind === 'let') for (const name of boundNames(s.pattern)) build.scriptNames.add(name);
  resolveEntries(build);
  const script = input.root === null || input.root.tree.statements.length === 0 ? null : scriptBlock(input.root.tree);
  const main = script === null || input.root === null ? null : resolveScript(build, input.root, scope, script, (input.sources ?? []).length > 0);

  markLanguageItems(build);
  const shells = makeShells(build);
  setPending(world, shells);
  const define: Define = { build, shells, bodies, results: new Map() };
  for (const entry of build.entries) defineEntry(define, entry);
  for (const types of define.results.values()) for (const type of types) world.definitions.byId.set(type.id, type);
  completeResults(build, define.results);
  if (main !== null && script !== null && input.root !== null) defineScript(define, input.root, scope, main, script);
  setPending(world, null);
  if (input.crate === 'std') keepValues(build);
  checkItems(build);
  return { value: world, problems };
}

function addModule(build: Build, id: DefId, parent: DefId | null, file: LoadedFile | null): ModuleScope {
  const scope = makeScope(id, 'module', parent);
  build.world.modules.set(id, scope);
  build.ids.add(id);
  const span = file?.tree.span ?? { file: 0 as never, start: 0, end: 0 };
  const made: Definition = { kind: 'module', id, name: id.slice(id.lastIndexOf(':') + 1), parent, span, nameSpan: span, visibleIn: null, doc: file?.tree.doc ?? null, attributes: {} };
  build.world.definitions.byId.set(id, made);
  return scope;
}

/** The library's modules follow its files: `collections/hash_map` is `std::collections::hash_map`. */
function gatherLibrary(build: Build, library: ReadonlyMap<string, LoadedFile>, root: ModuleScope): void {
  const paths = [...library.keys()].sort();
  const scopeOf = (path: string): ModuleScope => {
    if (path === '') return root;
    const id = `std::${path.replaceAll('/', '::')}` as DefId;
    const known = build.world.modules.get(id);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf('/');
    const parent = scopeOf(cut < 0 ? '' : path.slice(0, cut));
    const file = library.get(path) ?? library.get(`${path}/mod`) ?? null;
    const scope = addModule(build, id, parent.id, file);
    const span = file?.tree.span ?? { file: 0 as never, start: 0, end: 0 };
    parent.types.set(path.slice(cut + 1), { res: { kind: 'def', def: id }, visibleIn: null, span, from: 'item' });
    return scope;
  };
  for (const path of paths) {
    const loaded = library.get(path);
    if (loaded === undefined) continue;
    const module = path === 'lib' || path === 'mod' ? '' : path.replace(/\/mod$/, '');
    gatherFile(build, loaded, scopeOf(module), module === '' ? '' : `${module}/`);
  }
}

function addBuiltins(build: Build): void {
  const span = { file: 0 as never, start: 0, end: 0 };
  for (const name of BUILTINS) {
    const id = `std::{builtin}::${name}` as DefId;
    build.world.definitions.byId.set(id, { kind: 'builtin', id, name, parent: STD, span, nameSpan: span, visibleIn: null, doc: null, attributes: {} });
    for (const home of [STD, PRELUDE]) {
      const scope = build.world.modules.get(home);
      if (scope !== undefined && !scope.values.has(name)) scope.values.set(name, { res: { kind: 'def', def: id }, visibleIn: null, span, from: 'item' });
    }
  }
}

/** A program has no trees of the library: the values of its constants are kept in their definitions. */
function keepValues(build: Build): void {
  const { world } = build;
  for (const entry of build.entries) {
    const def = world.definitions.byId.get(entry.def);
    const expr = world.table.initialisers.get(entry.def);
    if (def?.kind !== 'const' || expr === undefined || (def.type.kind !== 'int' && def.type.kind !== 'bool' && def.type.kind !== 'char')) continue;
    const value = world.evaluate(expr, def.type, entry.def, world, []);
    if (value.kind === 'const') world.definitions.byId.set(entry.def, { ...def, value });
  }
}

/** Language items have to be known before anything is lowered. */
function markLanguageItems(build: Build): void {
  if (build.crate !== 'std') return;
  const { lang } = build.world.definitions;
  for (const entry of build.entries) {
    for (const attribute of entry.item.attributes) {
      const [arg] = attribute.args;
      if (attribute.name.text === 'lang' && arg?.kind === 'literal' && arg.value.kind === 'string') lang.set(arg.value.value, entry.def);
    }
  }
}

// ---------------------------------------------------------------- script mode

/** The statements of a script, as the body of `main`. The file's own id serves: nothing else uses it. */
function scriptBlock(tree: File): Block {
  return { kind: 'block', id: tree.id, span: tree.span, doc: null, statements: tree.statements };
}

/** Names that a pattern binds. */
function boundNames(p: Pattern): string[] {
  switch (p.kind) {
    case 'binding': return [p.name.text, ...(p.sub === null ? [] : boundNames(p.sub))];
    case 'tuplePattern': case 'slicePattern': case 'tupleStructPattern': return p.elements.flatMap(boundNames);
    case 'structPattern': return p.fields.flatMap(f => boundNames(f.pattern));
    case 'refPattern': return boundNames(p.inner);
    case 'orPattern': return p.alternatives[0] === undefined ? [] : boundNames(p.alternatives[0]);
    default: return [];
  }
}

function resolveScript(build: Build, root: LoadedFile, scope: ModuleScope, block: Block, isSession: boolean): DefId {
  const def = uniqueId(build, `${build.world.root}::main`);
  const from = build.entries.length;
  const first = block.statements[0];
  const written = scope.values.get('main')?.res;
  // A session has its lines run, whatever it calls `main`.
  if (!isSession && first !== undefined && written?.kind === 'def') build.problems.push(problem('E1033', first.span, { found: 'a statement', place: 'a file that has `main`', placeZh: '有 `main` 的文件' }, { label: 'it would never run', notes: ['put it into `main`'] }));
  build.scriptNames.clear();
  walkFn(lateAt(build, { scope, module: scope.id, file: root.source.id, def, rib: null }), [], block);
  resolveEntries(build, from);
  return def;
}

function defineScript(d: Define, root: LoadedFile, scope: ModuleScope, def: DefId, block: Block): void {
  const { world } = d.build;
  const span = block.statements[0]?.span ?? block.span;
  world.definitions.byId.set(def, {
    kind: 'fn', id: def, name: 'main', parent: scope.id, span: block.span, nameSpan: { ...span, end: span.start }, visibleIn: scope.id, doc: null, attributes: {},
    generics: { parent: null, parentCount: 0, params: [], predicates: [] },
    signature: { params: [], result: UNIT, isUnsafe: false, abi: null },
    hasSelf: false, paramNames: [], isConst: false, hasBody: true, isExtern: false, opaques: [],
  });
  d.bodies.push({ owner: def, kind: 'fn', params: [], body: block, module: scope.id, file: root.source.id, traits: traitsAround(world, scope), type: null });
}

/** Resolves the names of an expression made later (from a format text) at a recorded place, into the world's tables. */
export function resolveExprAt(world: World, place: Rib, expr: Expr, problems: Problem[]): void {
  let scope: ModuleScope | null = null;
  for (let rib: Rib | null = place; rib !== null && scope === null; rib = rib.parent) if (rib.at.kind === 'scope') ({ scope } = rib.at);
  if (scope === null) return;
  let module = scope;
  while (module.kind !== 'module' && module.parent !== null) module = world.modules.get(module.parent) ?? module;
  const build: Build = {
    world, crate: world.root === STD ? 'std' : 'main', problems, entries: [], byDef: new Map(), byItem: new Map(), imports: [], directories: new Map(), load: () => null, loaded: new Map(),
    files: new Map(), ids: new Set(), implCounts: new Map(), scriptNames: new Set(),
  };
  const late = lateAt(build, { scope, module: module.id, file: expr.span.file, def: module.id, rib: null });
  late.rib = place;
  late.items = place;
  walkExpr(late, expr);
}

