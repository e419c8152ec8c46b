/**
 * Looking a name up: in one scope, in the scopes around a place, and along a path of modules. In: names. Out: bindings, or why not.
 * Order around a place: blocks outward to the module, then `std`, the prelude, the primitive types.
 */
import type { Name } from '../syntax/tree.ts';
import type { DefId } from '../types/type.ts';
import { canSee, normalModule } from './build.ts';
import type { ModuleScope, NameBinding, PrimitiveName, Res, World } from './table.ts';

export type Namespace = 'types' | 'values';

export const PRELUDE = 'std::prelude' as DefId;
export const STD = 'std' as DefId;

const PRIMITIVES: ReadonlySet<string> = new Set(['i8', 'i16', 'i32', 'i64', 'u8', 'u16', 'u32', 'u64', 'isize', 'usize', 'f32', 'f64', 'bool', 'char', 'str']);

const nowhere = { file: 0, start: 0, end: 0 } as NameBinding['span'];

export function primitive(name: string): Res | null {
  return PRIMITIVES.has(name) ? { kind: 'primitive', name: name as PrimitiveName } : null;
}

/** What stands around all modules: `std`, then the prelude, then primitives. */
export function universal(world: World, name: string, ns: Namespace): NameBinding | null {
  if (ns === 'types' && (name === 'std' || name === 'core') && world.modules.has(STD)) {
    return { res: { kind: 'def', def: STD }, visibleIn: null, span: nowhere, from: 'item' };
  }
  const prelude = world.modules.get(PRELUDE)?.[ns].get(name);
  if (prelude !== undefined && prelude.visibleIn === null) return prelude;
  const res = ns === 'types' ? primitive(name) : null;
  return res === null ? null : { res, visibleIn: null, span: nowhere, from: 'item' };
}

/** A name seen from a module or block: blocks outward up to the module, then what stands around all. */
export function around(world: World, scope: ModuleScope, name: string, ns: Namespace): NameBinding | null {
  let at: ModuleScope | undefined = scope;
  while (at !== undefined) {
    const found = at[ns].get(name);
    if (found !== undefined) return found;
    if (at.kind === 'module') break;
    at = at.parent === null ? undefined : world.modules.get(at.parent);
  }
  return universal(world, name, ns);
}

export type Walk =
  | { readonly kind: 'scope'; readonly scope: ModuleScope }
  /** Segment `at` was not found in `inside` (null: around the place). */
  | { readonly kind: 'missing'; readonly at: number; readonly inside: ModuleScope | null }
  /** Segment `at` leads to something that has no names inside. */
  | { readonly kind: 'notModule'; readonly at: number; readonly res: Res }
  | { readonly kind: 'private'; readonly at: number; readonly binding: NameBinding };

/** Walks names that must all be modules, enums or traits. `missing` may supply a module that is not there yet (a file). */
export function walkModules(
  world: World,
  scope: ModuleScope,
  names: readonly Name[],
  supply: (inside: ModuleScope | null, at: number) => ModuleScope | null = () => null,
): Walk {
  const from = normalModule(world, scope).id;
  let here: ModuleScope | null = null;
  for (let i = 0; i < names.length; i++) {
    const text = names[i]?.text ?? '';
    const special = specialModule(world, scope, here, text);
    if (special !== null) {
      here = special;
      continue;
    }
    const binding: NameBinding | null | undefined = here === null ? around(world, scope, text, 'types') : here.types.get(text);
    if (binding === null || binding === undefined) {
      const supplied: ModuleScope | null = supply(here, i);
      if (supplied === null) return { kind: 'missing', at: i, inside: here };
      here = supplied;
      continue;
    }
    if (!canSee(world, binding.visibleIn, from)) return { kind: 'private', at: i, binding };
    const next: ModuleScope | undefined = binding.res.kind === 'def' ? world.modules.get(binding.res.def) : undefined;
    if (next === undefined) {
      const supplied: ModuleScope | null = here === null && binding.from === 'glob' ? supply(here, i) : null;
      if (supplied === null) return { kind: 'notModule', at: i, res: binding.res };
      here = supplied;
      continue;
    }
    here = next;
  }
  return { kind: 'scope', scope: here ?? normalModule(world, scope) };
}

/** `crate`, `self`, `super` as a path's segment after `here`. */
export function specialModule(world: World, scope: ModuleScope, here: ModuleScope | null, text: string): ModuleScope | null {
  if (text === 'crate' && here === null) return world.modules.get(world.root) ?? null;
  if (text === 'self' && here === null) return normalModule(world, scope);
  if (text === 'super') {
    const start = here ?? normalModule(world, scope);
    return start.parent === null ? null : (world.modules.get(start.parent) ?? null);
  }
  return null;
}

/** Names that a scope offers to `from`: for did-you-mean and completion. */
export function* visibleNames(world: World, scope: ModuleScope, ns: Namespace, from: DefId): Iterable<string> {
  for (const [name, binding] of scope[ns]) if (canSee(world, binding.visibleIn, from)) yield name;
}

/** Every name that can be used alone at a module or block. */
export function* namesAround(world: World, scope: ModuleScope, ns: Namespace): Iterable<string> {
  let at: ModuleScope | undefined = scope;
  while (at !== undefined) {
    yield* at[ns].keys();
    if (at.kind === 'module') break;
    at = at.parent === null ? undefined : world.modules.get(at.parent);
  }
  const prelude = world.modules.get(PRELUDE);
  if (prelude !== undefined) yield* prelude[ns].keys();
  if (ns === 'types') yield* PRIMITIVES;
}

/** Paths by which `from` could import an item of that name: the program's own, then the library's, each by its shortest. */
export function importCandidates(world: World, name: string, ns: Namespace, from: DefId): string[] {
  const own: string[] = [];
  const found: string[] = [];
  for (const [id, scope] of world.modules) {
    if (scope.kind !== 'module' || id === PRELUDE || id === from) continue;
    const binding = scope[ns].get(name);
    if (binding === undefined) continue;
    if (id === STD || id.startsWith('std::')) {
      if (binding.visibleIn === null) found.push(`${id}::${name}`);
    } else if (binding.from === 'item' && canSee(world, binding.visibleIn, from) && canReach(world, id, from)) own.push(`${id.replace(/^[^:]*/, 'crate')}::${name}`);
  }
  const depth = (path: string): number => path.split('::').length;
  found.sort((a, b) => depth(a) - depth(b) || a.length - b.length || (a < b ? -1 : 1));
  return [...own.sort(), ...found.filter(path => depth(path) === depth(found[0] ?? path))];
}

/** Is every module on the way visible to `from`? */
function canReach(world: World, module: DefId, from: DefId): boolean {
  for (let at = module; at !== world.root;) {
    const cut = at.lastIndexOf('::');
    if (cut < 0) return true;
    const parent = at.slice(0, cut) as DefId;
    const binding = world.modules.get(parent)?.types.get(at.slice(cut + 2));
    if (binding === undefined || !canSee(world, binding.visibleIn, from)) return false;
    at = parent;
  }
  return true;
}

/** Last name of a definition's path: `Vec` of `std::vec::Vec`. */
export function nameOf(def: DefId): string {
  const cut = def.lastIndexOf('::');
  return (cut < 0 ? def : def.slice(cut + 2)).replace(/#\d+$/, '');
}
