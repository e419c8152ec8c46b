/**
 * Resolves the names in every item: signatures, bounds, fields, bodies. Runs after imports are settled; items in bodies are gathered and
 * join the list on the way. In: entries. Out: the tables of `World`, problems. Cost: linear in the trees.
 */
import type { Generics, Item, TypeItem, VariantShape } from '../syntax/tree.ts';
import type { DefId } from '../types/type.ts';
import type { Build, Entry } from './build.ts';
import { walkConstant, walkFn } from './late-bodies.ts';
import type { Late } from './late-paths.ts';
import { paramNames, walkBounds, walkGenerics, walkPath, walkType, within } from './late-types.ts';
import type { Rib } from './table.ts';

export function resolveEntries(build: Build, from = 0): void {
  for (let i = from; i < build.entries.length; i++) {
    const entry = build.entries[i];
    // An associated item is walked with its container.
    if (entry !== undefined && entry.container === null) resolveEntry(build, entry);
  }
}

export function lateAt(build: Build, entry: Pick<Entry, 'scope' | 'module' | 'file' | 'def' | 'rib'>): Late {
  const rib: Rib = entry.rib === null ? { parent: null, at: { kind: 'scope', scope: entry.scope } } : { parent: entry.rib, at: { kind: 'wall', of: 'item' } };
  return { build, rib, items: rib, scope: entry.scope, module: entry.module, file: entry.file, path: entry.def, labels: [], quiet: 0, walkConstant };
}

function resolveEntry(build: Build, entry: Entry): void {
  const late = lateAt(build, entry);
  const { item } = entry;
  switch (item.kind) {
    case 'fn': return resolveItem(late, entry);
    case 'struct':
      return inOwner(late, entry.def, item.generics, true, () => walkShape(late, item.shape));
    case 'enum':
      return inOwner(late, entry.def, item.generics, true, () => {
        for (const variant of item.variants) {
          walkShape(late, variant.shape);
          if (variant.discriminant !== null) walkConstant(late, variant.discriminant);
        }
      });
    case 'trait':
      return inOwner(late, entry.def, item.generics, true, () => {
        walkBounds(late, item.supertraits);
        for (const inner of item.items) resolveAssociated(late, build, inner);
      });
    case 'impl':
      return inOwner(late, entry.def, item.generics, true, () => {
        if (item.trait !== null) walkPath(late, item.trait, 'trait');
        walkType(late, item.self);
        for (const inner of item.items) resolveAssociated(late, build, inner);
      });
    case 'const': case 'static': case 'type': return resolveItem(late, entry);
    default: return;
  }
}

function resolveAssociated(late: Late, build: Build, item: Item): void {
  const entry = build.byItem.get(item);
  if (entry === undefined) return;
  const { path } = late;
  late.path = entry.def;
  resolveItem(late, entry);
  late.path = path;
}

/** A function, constant, static or type, alone or associated: its parameters come into scope inside what is already there. */
function resolveItem(late: Late, entry: Entry): void {
  const { item } = entry;
  if (item.kind === 'fn') {
    inOwner(late, entry.def, item.generics, false, () => {
      if (item.result !== null) walkType(late, item.result);
      walkFn(late, item.params, item.body);
    });
  } else if (item.kind === 'const' || item.kind === 'static') {
    if (item.type !== null) walkType(late, item.type);
    if (item.value !== null) walkConstant(late, item.value);
  } else if (item.kind === 'type') walkTypeItem(late, entry.def, item);
}

function walkTypeItem(late: Late, def: DefId, item: TypeItem): void {
  inOwner(late, def, item.generics, false, () => {
    walkBounds(late, item.bounds);
    if (item.value !== null) walkType(late, item.value);
  });
}

function inOwner(late: Late, owner: DefId, generics: Generics, hasSelf: boolean, inside: () => void): void {
  const body = (): void => {
    const names = paramNames(late, owner, generics);
    within(late, { kind: 'params', names }, () => {
      walkGenerics(late, generics);
      inside();
    });
  };
  if (hasSelf) within(late, { kind: 'selfType', of: owner }, body);
  else body();
}

function walkShape(late: Late, shape: VariantShape): void {
  if (shape.kind === 'unit') return;
  for (const field of shape.fields) walkType(late, field.type);
}

