/**
 * Finds every item of a tree: gives it its `DefId`, puts its name into its scope's namespaces, and lists imports. Files of `mod name`
 * are loaded on the way. Items inside function bodies are gathered later, when `late` comes to their block. In: items and their
 * scope. Out: entries, scopes and imports in `Build`. Cost: linear in items; bodies are not looked at.
 */
import { problem } from '../report/problem.ts';
import type { EnumItem, GenericParam, Generics, ImplItem, Item, Name, StructItem, TypeNode, UseTree } from '../syntax/tree.ts';
import type { FileId } from '../text/span.ts';
import type { DefId } from '../types/type.ts';
import { addEntry, define, implId, makeScope, uniqueId, visibilityOf, type Build, type Entry, type LoadedFile } from './build.ts';
import { documentsPrelude } from './document.ts';
import { copyTree, freshId, pathOf } from './fresh.ts';
import { derivedImpls } from './derive.ts';
import type { ModuleScope, Rib } from './table.ts';

/** Where items stand. */
export interface Place {
  readonly scope: ModuleScope;
  readonly module: DefId;
  /** Prefix of ids: a module's or function's. */
  readonly path: string;
  readonly file: FileId;
  readonly rib: Rib | null;
}

export function gatherFile(build: Build, loaded: LoadedFile, scope: ModuleScope, directory: string): void {
  build.files.set(loaded.source.id, loaded.source);
  build.directories.set(scope.id, directory);
  gatherItems(build, loaded.tree.items, { scope, module: scope.id, path: scope.id, file: loaded.source.id, rib: null });
}

export function gatherItems(build: Build, items: readonly Item[], place: Place): void {
  for (const item of items) gatherItem(build, item, place, null, items);
}

function entryOf(build: Build, item: Item, def: DefId, place: Place, extra: Partial<Entry> = {}): Entry {
  return addEntry(build, {
    item,
    def,
    parent: place.path as DefId,
    scope: place.scope,
    module: place.module,
    file: place.file,
    visibleIn: visibilityOf(build, item.visibility, place.module),
    container: null,
    abi: null,
    rib: place.rib,
    inherited: 0,
    implicit: false,
    ...extra,
  });
}

function gatherItem(build: Build, item: Item, place: Place, abi: string | null, siblings: readonly Item[] = []): void {
  const { scope } = place;
  switch (item.kind) {
    case 'fn': {
      if (abi === null && documentsPrelude(build, item)) return;
      const def = uniqueId(build, `${place.path}::${item.name.text}`);
      const entry = entryOf(build, item, def, place, { abi: abi ?? (item.body === null ? item.abi : null) });
      define(build, scope, 'values', item.name, { kind: 'def', def }, entry.visibleIn);
      return;
    }
    case 'struct': return gatherStruct(build, item, place, siblings);
    case 'enum': return gatherEnum(build, item, place, siblings);
    case 'trait': {
      const def = uniqueId(build, `${place.path}::${item.name.text}`);
      const entry = entryOf(build, item, def, place);
      define(build, scope, 'types', item.name, { kind: 'def', def }, entry.visibleIn);
      const inner = makeScope(def, 'trait', scope.id);
      build.world.modules.set(def, inner);
      gatherAssociated(build, item.items, entry, place, inner);
      return;
    }
    case 'impl': {
      const def = implId(build, place.path);
      const entry = entryOf(build, item, def, place);
      gatherAssociated(build, item.items, entry, place, null);
      return;
    }
    case 'const':
    case 'static': {
      const def = uniqueId(build, `${place.path}::${item.name.text}`);
      const entry = entryOf(build, item, def, place, { abi });
      if (item.name.text !== '_') define(build, scope, 'values', item.name, { kind: 'def', def }, entry.visibleIn);
      if (item.value !== null) build.world.table.initialisers.set(def, item.value);
      return;
    }
    case 'type': {
      const def = uniqueId(build, `${place.path}::${item.name.text}`);
      const entry = entryOf(build, item, def, place);
      define(build, scope, 'types', item.name, { kind: 'def', def }, entry.visibleIn);
      return;
    }
    case 'use': {
      const visibleIn = visibilityOf(build, item.visibility, place.module);
      gatherUse(build, item.tree, [], { scope, module: place.module, visibleIn, item, rib: place.rib });
      return;
    }
    case 'mod': return gatherMod(build, item, place);
    case 'externBlock':
      for (const inner of item.items) gatherItem(build, inner, place, item.abi);
      return;
  }
}

function gatherMod(build: Build, item: Item & { kind: 'mod' }, place: Place): void {
  const { scope } = place;
  const directory = build.directories.get(place.module) ?? '';
  const path = directory + item.name.text;
  const def = uniqueId(build, `${place.path}::${item.name.text}`);
  const entry = entryOf(build, item, def, place);
  define(build, scope, 'types', item.name, { kind: 'def', def }, entry.visibleIn);
  const inner = makeScope(def, 'module', scope.id);
  build.world.modules.set(def, inner);
  build.directories.set(def, `${path}/`);
  if (item.items !== null) {
    gatherItems(build, item.items, { scope: inner, module: def, path: def, file: place.file, rib: null });
    return;
  }
  const loaded = loadModule(build, path);
  if (loaded !== null) gatherFile(build, loaded, inner, `${path}/`);
  else {
    build.problems.push(problem('E0583', item.name.span, { name: item.name.text }, {
      notes: [`to create the module \`${item.name.text}\`, create file \`${path}.altru\` or \`${path}/mod.altru\``],
    }));
  }
}

/** A module's file, read once: `path.altru`, else `path/mod.altru`. */
export function loadModule(build: Build, path: string): LoadedFile | null {
  const known = build.loaded.get(path);
  if (known !== undefined) return known;
  const loaded = build.load(path) ?? build.load(`${path}/mod`);
  build.loaded.set(path, loaded);
  return loaded;
}

function gatherStruct(build: Build, item: StructItem, place: Place, siblings: readonly Item[]): void {
  if (documentsPrelude(build, item)) return;
  const def = uniqueId(build, `${place.path}::${item.name.text}`);
  const entry = entryOf(build, item, def, place);
  define(build, place.scope, 'types', item.name, { kind: 'def', def }, entry.visibleIn);
  if (item.shape.kind !== 'named') {
    // A constructor is as visible as its least visible field.
    let visibleIn = entry.visibleIn;
    if (item.shape.kind === 'tuple') {
      for (const field of item.shape.fields) {
        const own = visibilityOf(build, field.visibility, place.module);
        if (own !== null && (visibleIn === null || visibleIn !== place.module)) visibleIn = own;
      }
    }
    define(build, place.scope, 'values', item.name, { kind: 'def', def }, visibleIn, false);
  }
  gatherMembers(build, item, place);
  for (const derived of derivedImpls(build, item, siblings)) gatherItem(build, derived, place, null);
}

function gatherEnum(build: Build, item: EnumItem, place: Place, siblings: readonly Item[]): void {
  const def = uniqueId(build, `${place.path}::${item.name.text}`);
  const entry = entryOf(build, item, def, place);
  define(build, place.scope, 'types', item.name, { kind: 'def', def }, entry.visibleIn);
  const inner = makeScope(def, 'enum', place.scope.id);
  build.world.modules.set(def, inner);
  for (const variant of item.variants) {
    const old = inner.types.get(variant.name.text);
    const id = uniqueId(build, `${def}::${variant.name.text}`);
    if (old !== undefined) {
      build.problems.push(problem('E0428', variant.name.span, { name: variant.name.text, namespace: 'type' }, {
        label: `\`${variant.name.text}\` redefined here`,
        labels: [{ span: old.span, text: `previous definition of the type \`${variant.name.text}\` here` }],
      }));
      continue;
    }
    define(build, inner, 'types', variant.name, { kind: 'def', def: id }, entry.visibleIn);
    define(build, inner, 'values', variant.name, { kind: 'def', def: id }, entry.visibleIn);
    if (variant.discriminant !== null) build.world.table.initialisers.set(id, variant.discriminant);
  }
  gatherMembers(build, item, place);
  for (const derived of derivedImpls(build, item, siblings)) gatherItem(build, derived, place, null);
}

/** Methods in a struct's or enum's body become an impl of their own; impls there may use the type's parameters. */
function gatherMembers(build: Build, item: StructItem | EnumItem, place: Place): void {
  const inherent = item.members.filter(m => m.kind === 'fn' || m.kind === 'const' || m.kind === 'type');
  if (inherent.length > 0) {
    const impl: ImplItem = {
      kind: 'impl',
      id: freshId(),
      span: item.name.span,
      visibility: { kind: 'private' },
      attributes: [],
      doc: null,
      generics: withoutFallbacks(copyTree(item.generics)),
      trait: null,
      negative: false,
      self: selfTypeNode(item.name, item.generics),
      items: inherent,
      isUnsafe: false,
    };
    const entry = entryOf(build, impl, implId(build, place.path), place, { implicit: true });
    gatherAssociated(build, inherent, entry, place, null);
  }
  for (const member of item.members) {
    if (member.kind === 'impl') gatherInnerImpl(build, item, member, place);
    else if (member.kind !== 'fn' && member.kind !== 'const' && member.kind !== 'type') gatherItem(build, member, place, null);
  }
}

function gatherInnerImpl(build: Build, item: StructItem | EnumItem, member: ImplItem, place: Place): void {
  const own = new Set(member.generics.params.map(nameOfParam));
  const words = new Set<string>();
  collectWords([member.trait, member.self], words);
  const inherited = item.generics.params.filter(p => !own.has(nameOfParam(p)) && words.has(nameOfParam(p)));
  const all = inherited.length === item.generics.params.length;
  const taken = withoutFallbacks(copyTree<Generics>({ ...item.generics, params: inherited, where: all ? item.generics.where : [] }));
  const impl: ImplItem = {
    ...member,
    generics: { span: member.generics.span, params: [...taken.params, ...member.generics.params], where: [...taken.where, ...member.generics.where] },
  };
  const entry = entryOf(build, impl, implId(build, place.path), place, { inherited: inherited.length });
  gatherAssociated(build, impl.items, entry, place, null);
}

const nameOfParam = (p: GenericParam): string => (p.kind === 'lifetimeParam' ? `'${p.name.text}` : p.name.text);

function collectWords(value: unknown, out: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const part of value) collectWords(part, out);
    return;
  }
  if ('text' in value && typeof value.text === 'string') {
    out.add(value.text);
    out.add(`'${value.text.replace(/^'/, '')}`);
    return;
  }
  for (const part of Object.values(value)) collectWords(part, out);
}

function withoutFallbacks(generics: Generics): Generics {
  return { ...generics, params: generics.params.map(p => (p.kind === 'lifetimeParam' ? p : { ...p, fallback: null })) };
}

/** `Vec[T]` for `struct Vec[T]`. */
export function selfTypeNode(name: Name, generics: Generics): TypeNode {
  const path = pathOf([name], name.span);
  const segment = path.segments[0];
  if (segment === undefined) throw new Error('a path has a segment');
  const args = generics.params.map(p =>
    p.kind === 'lifetimeParam'
      ? ({ kind: 'lifetime', lifetime: p.name } as const)
      : ({ kind: 'type', type: { kind: 'pathType', id: freshId(), span: p.span, path: pathOf([p.name], p.span) } } as const),
  );
  const full = args.length === 0 ? segment : { ...segment, args: { kind: 'brackets', span: name.span, args } as const };
  return { kind: 'pathType', id: freshId(), span: name.span, path: { ...path, segments: [full] } };
}

/** Items of a trait (into its scope) or impl. */
function gatherAssociated(build: Build, items: readonly Item[], container: Entry, place: Place, scope: ModuleScope | null): void {
  const ofTrait = scope !== null;
  const traitImpl = container.item.kind === 'impl' && container.item.trait !== null;
  const names = new Map<string, Name>();
  for (const item of items) {
    if (item.kind !== 'fn' && item.kind !== 'const' && item.kind !== 'type') {
      build.problems.push(problem('E1101', item.span, {}));
      continue;
    }
    const def = uniqueId(build, `${container.def}::${item.name.text}`);
    const ns = item.kind === 'type' ? 'types' : 'values';
    if ((ofTrait || traitImpl) && item.visibility.kind !== 'private') {
      build.problems.push(problem('E0449', item.visibility.kind === 'in' ? item.visibility.path.span : item.span, {}, {
        notes: [ofTrait ? "a trait's items are as visible as the trait" : "a trait's items are as visible as the trait and its type"],
      }));
    }
    entryOf(build, item, def, place, {
      parent: container.def,
      container,
      visibleIn: ofTrait ? container.visibleIn : traitImpl ? null : visibilityOf(build, item.visibility, place.module),
    });
    if (item.kind === 'const' && item.value !== null) build.world.table.initialisers.set(def, item.value);
    if (ofTrait) define(build, scope, ns, item.name, { kind: 'def', def }, container.visibleIn);
    else {
      const key = `${ns} ${item.name.text}`;
      const old = names.get(key);
      if (old !== undefined) {
        build.problems.push(problem(traitImpl ? 'E0201' : 'E0592', item.name.span, { name: item.name.text }, {
          label: 'duplicate definition',
          labels: [{ span: old.span, text: 'previous definition here' }],
        }));
      } else names.set(key, item.name);
    }
  }
}

interface UsePlace {
  readonly scope: ModuleScope;
  readonly module: DefId;
  readonly visibleIn: DefId | null;
  readonly item: Item & { kind: 'use' };
  readonly rib: Rib | null;
}

function gatherUse(build: Build, tree: UseTree, before: readonly Name[], place: UsePlace, inGroup = false): void {
  const prefix = [...before, ...tree.prefix];
  const base = { scope: place.scope, module: place.module, visibleIn: place.visibleIn, span: tree.span, item: place.item, rib: place.rib, found: false };
  const { end } = tree;
  if (end.kind === 'glob') {
    build.imports.push({ ...base, prefix, target: { kind: 'glob' } });
    return;
  }
  if (end.kind === 'group') {
    let seenSelf: Name | null = null;
    for (const inner of end.trees) {
      if (inner.end.kind === 'name' && inner.prefix.length === 0 && inner.end.name.text === 'self') {
        if (seenSelf !== null) build.problems.push(problem('E0430', inner.span, {}));
        seenSelf = inner.end.name;
      }
      gatherUse(build, inner, prefix, place, true);
    }
    return;
  }
  let { name } = end;
  if (name.text === 'self') {
    const last = prefix.at(-1);
    if (last === undefined) {
      build.problems.push(problem(inGroup ? 'E0431' : 'E0429', name.span, { path: '' }));
      return;
    }
    if (!inGroup) {
      const path = prefix.map(n => n.text).join('::');
      build.problems.push(problem('E0429', name.span, { path }, {
        fixes: [{ title: `import the module: \`use ${path}\``, edits: [{ span: { ...name.span, start: last.span.end }, text: '' }], certain: true }],
      }));
    }
    name = last;
    const as = end.alias?.text ?? name.text;
    build.imports.push({ ...base, prefix: prefix.slice(0, -1), target: { kind: 'name', name, as } });
    return;
  }
  build.imports.push({ ...base, prefix, target: { kind: 'name', name, as: end.alias?.text ?? name.text } });
}
