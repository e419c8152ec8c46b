/**
 * The state of collecting one crate: what `gather` found in trees and the later passes fill in. Private to `names`; the `World`
 * that leaves is made of its tables. Also where names are put into namespaces, and where visibility is decided.
 */
import { problem, type Problem } from '../report/problem.ts';
import type { File, Item, Name, UseItem, Visibility } from '../syntax/tree.ts';
import type { SourceFile } from '../text/sources.ts';
import type { FileId, Span } from '../text/span.ts';
import type { DefId } from '../types/type.ts';
import type { ModuleScope, NameBinding, Res, Rib, World } from './table.ts';

/** A file that was read and parsed. */
export interface LoadedFile {
  readonly source: SourceFile;
  readonly tree: File;
}

/** An item with its place. */
export interface Entry {
  readonly item: Item;
  readonly def: DefId;
  /** Module, trait, impl or function that holds it. */
  readonly parent: DefId;
  /** Scope it stands in: a module or a block. */
  readonly scope: ModuleScope;
  /** Normal module it stands in. */
  readonly module: DefId;
  readonly file: FileId;
  /** Module in which it may be named; null: everywhere. */
  readonly visibleIn: DefId | null;
  /** Of an associated item: the trait or impl. */
  readonly container: Entry | null;
  /** Of a declaration: ABI of its `extern` block or of itself. */
  readonly abi: string | null;
  /** Scopes around it when it stands in a block; null: module level. */
  readonly rib: Rib | null;
  /** Number of leading generic parameters that an impl inside a struct takes over from it. */
  readonly inherited: number;
  /** Impl that collects the methods of a struct's body: its problems are the struct's. */
  readonly implicit: boolean;
}

export interface Import {
  readonly scope: ModuleScope;
  readonly module: DefId;
  readonly prefix: readonly Name[];
  readonly target: { readonly kind: 'name'; readonly name: Name; readonly as: string } | { readonly kind: 'glob' };
  readonly visibleIn: DefId | null;
  readonly span: Span;
  readonly item: UseItem;
  readonly rib: Rib | null;
  found: boolean;
}

export interface Build {
  readonly world: World;
  readonly crate: 'main' | 'std';
  readonly problems: Problem[];
  readonly entries: Entry[];
  readonly byDef: Map<DefId, Entry>;
  readonly byItem: Map<Item, Entry>;
  readonly imports: Import[];
  /** Directory of a module that is a file (`''` for the root), where modules below it are looked for. */
  readonly directories: Map<DefId, string>;
  readonly load: (path: string) => LoadedFile | null;
  readonly loaded: Map<string, LoadedFile | null>;
  /** The same map as the world's. */
  readonly files: Map<FileId, SourceFile>;
  readonly ids: Set<string>;
  readonly implCounts: Map<string, number>;
  /** Variables of the script's own statements: functions cannot use them (E0434). */
  readonly scriptNames: Set<string>;
}

export const isLibrary = (build: Build): boolean => build.crate === 'std';

export function textOf(build: Build, span: Span): string {
  return build.files.get(span.file)?.text.slice(span.start, span.end) ?? '';
}

export function uniqueId(build: Build, wanted: string): DefId {
  let id = wanted;
  for (let n = 1; build.ids.has(id) || build.world.definitions.byId.has(id as DefId); n++) id = `${wanted}#${n}`;
  build.ids.add(id);
  return id as DefId;
}

export function implId(build: Build, path: string): DefId {
  const n = build.implCounts.get(path) ?? 0;
  build.implCounts.set(path, n + 1);
  return uniqueId(build, `${path}::{impl#${n}}`);
}

export function makeScope(id: DefId, kind: ModuleScope['kind'], parent: DefId | null): ModuleScope {
  return { id, kind, parent, types: new Map(), values: new Map(), unnamed: [] };
}

/** Nearest module that is no block. */
export function normalModule(world: World, scope: ModuleScope): ModuleScope {
  let at = scope;
  while (at.kind !== 'module') {
    const parent = at.parent === null ? undefined : world.modules.get(at.parent);
    if (parent === undefined) break;
    at = parent;
  }
  return at;
}

/** Is `module` the module `ancestor` or inside it? */
export function isWithin(world: World, module: DefId, ancestor: DefId): boolean {
  let at: DefId | null = module;
  while (at !== null) {
    if (at === ancestor) return true;
    at = world.modules.get(at)?.parent ?? null;
  }
  return false;
}

export function canSee(world: World, visibleIn: DefId | null, from: DefId): boolean {
  return visibleIn === null || isWithin(world, from, visibleIn);
}

export function visibilityOf(build: Build, v: Visibility, module: DefId): DefId | null {
  if (v.kind === 'pub') return null;
  if (v.kind === 'private') return module;
  let at: DefId | null = null;
  for (const segment of v.path.segments) {
    const text = segment.name.text;
    if (text === 'crate') at = build.world.root;
    else if (text === 'self') at = module;
    else if (text === 'super') at = build.world.modules.get(at ?? module)?.parent ?? build.world.root;
    else {
      const scope: ModuleScope | undefined = build.world.modules.get(at ?? module);
      const next: NameBinding | undefined = scope?.types.get(text);
      // Modules around this one are known already: what is not is none of them.
      if (next?.res.kind !== 'def') {
        build.problems.push(problem('E0742', v.path.span, {}));
        return module;
      }
      at = next.res.def;
    }
  }
  at ??= module;
  if (!isWithin(build.world, module, at)) {
    build.problems.push(problem('E0742', v.path.span, {}));
    return module;
  }
  return at;
}

type Namespace = 'types' | 'values';

/** Puts a name into a scope; a second item of that name is E0428, an import against an item E0255. */
export function define(build: Build, scope: ModuleScope, ns: Namespace, name: Name, res: Res, visibleIn: DefId | null, report = true): void {
  const old = scope[ns].get(name.text);
  if (old !== undefined && old.from === 'item') {
    if (report) {
      build.problems.push(problem('E0428', name.span, { name: name.text, namespace: ns === 'types' ? 'type' : 'value' }, {
        label: `\`${name.text}\` redefined here`,
        labels: [{ span: old.span, text: `previous definition of the ${ns === 'types' ? 'type' : 'value'} \`${name.text}\` here` }],
      }));
    }
    return;
  }
  scope[ns].set(name.text, { res, visibleIn, span: name.span, from: 'item' });
}

export function addEntry(build: Build, entry: Entry): Entry {
  build.entries.push(entry);
  build.byDef.set(entry.def, entry);
  build.byItem.set(entry.item, entry);
  build.world.table.items.set(entry.def, entry.item);
  return entry;
}

