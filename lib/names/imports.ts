/**
 * Imports, resolved together to a fixed point: each round tries every import against what the others have put into scopes so far,
 * until a round changes nothing. Globs copy what they can see, and everything else shadows them. What is unresolved at the end is
 * reported. In: `Build` with gathered imports. Out: scopes with bindings. Cost: rounds × imports; rounds are as many as the longest chain of re-exports.
 */
import { problem, type Fix } from '../report/problem.ts';
import type { Name } from '../syntax/tree.ts';
import type { DefId } from '../types/type.ts';
import { canSee, isLibrary, isWithin, makeScope, normalModule, type Build, type Import } from './build.ts';
import { gatherFile, loadModule } from './gather.ts';
import { around, importCandidates, specialModule, visibleNames, walkModules, type Namespace, type Walk } from './lookup.ts';
import { nearest, unbuilt } from './suggest.ts';
import type { ModuleScope, NameBinding, Res } from './table.ts';

const BOTH: readonly Namespace[] = ['types', 'values'];

/** Resolves imports from index `from` on. */
export function resolveImports(build: Build, from = 0): void {
  for (let changed = true; changed; ) {
    changed = false;
    // Loading a file adds imports while we go.
    for (let i = from; i < build.imports.length; i++) {
      const one = build.imports[i];
      if (one !== undefined && tryImport(build, one)) changed = true;
    }
  }
  for (let i = from; i < build.imports.length; i++) {
    const one = build.imports[i];
    if (one !== undefined) reportImport(build, one);
  }
}

/** A module that exists as a file only: `use shapes::…` with `shapes.altru` beside the root. */
function supplyFile(build: Build, names: readonly Name[]) {
  return (inside: ModuleScope | null, at: number): ModuleScope | null => {
    if (isLibrary(build)) return null;
    const name = names[at];
    const home = inside ?? build.world.modules.get(build.world.root);
    if (name === undefined || home === undefined) return null;
    const directory = build.directories.get(home.id);
    if (directory === undefined) return null;
    const existing = home.types.get(name.text);
    if (existing?.res.kind === 'def' && build.directories.has(existing.res.def)) return build.world.modules.get(existing.res.def) ?? null;
    const path = directory + name.text;
    const loaded = loadModule(build, path);
    const next = names[at + 1];
    if (loaded === null && (next === undefined || loadModule(build, `${path}/${next.text}`) === null)) return null;
    const def = `${home.id}::${name.text}` as DefId;
    build.ids.add(def);
    const scope = makeScope(def, 'module', home.id);
    build.world.modules.set(def, scope);
    build.directories.set(def, `${path}/`);
    build.world.definitions.byId.set(def, {
      kind: 'module', id: def, name: name.text, parent: home.id, span: loaded?.tree.span ?? name.span, nameSpan: name.span, visibleIn: build.world.root,
      doc: loaded?.tree.doc ?? null, attributes: {},
    });
    home.types.set(name.text, { res: { kind: 'def', def }, visibleIn: build.world.root, span: name.span, from: 'item' });
    if (loaded !== null) gatherFile(build, loaded, scope, `${path}/`);
    return scope;
  };
}

/** True when it put something new into a scope. */
function tryImport(build: Build, one: Import): boolean {
  const { world } = build;
  const names = one.target.kind === 'name' ? [...one.prefix, one.target.name] : one.prefix;
  const walk = walkModules(world, one.scope, one.prefix, supplyFile(build, names));
  if (walk.kind !== 'scope') return false;
  if (one.target.kind === 'glob') return tryGlob(build, one, walk.scope);
  const { name, as } = one.target;
  let changed = false;
  let any = false;
  for (const ns of BOTH) {
    const binding = findImported(build, one, walk.scope, name.text, ns, names);
    if (binding === null || !canSee(world, binding.visibleIn, one.module)) continue;
    any = true;
    if (as === '_') {
      if (binding.res.kind === 'def' && !one.scope.unnamed.some(u => binding.res.kind === 'def' && u.trait === binding.res.def)) {
        one.scope.unnamed.push({ trait: binding.res.def, visibleIn: one.visibleIn });
        changed = true;
      }
      continue;
    }
    if (put(build, one, ns, as, binding.res, 'import')) changed = true;
  }
  if (any) one.found = true;
  return changed;
}

function findImported(build: Build, one: Import, scope: ModuleScope, name: string, ns: Namespace, names: readonly Name[]): NameBinding | null {
  const { world } = build;
  if (one.prefix.length > 0) {
    const found = scope[ns].get(name);
    if (found !== undefined) return found;
    if (ns === 'types') {
      const special = specialModule(world, one.scope, scope, name);
      if (special !== null) return { res: { kind: 'def', def: special.id }, visibleIn: null, span: one.span, from: 'item' };
      const supplied = supplyFile(build, names)(scope, names.length - 1);
      if (supplied !== null) return scope.types.get(name) ?? null;
    }
    return null;
  }
  if (ns === 'types') {
    const special = specialModule(world, one.scope, null, name);
    if (special !== null) return { res: { kind: 'def', def: special.id }, visibleIn: null, span: one.span, from: 'item' };
  }
  // `use x` alone: not the import's own name.
  const own = one.scope[ns].get(name);
  if (own !== undefined && own.from === 'import' && own.span === one.span) return own;
  const found = around(world, one.scope, name, ns);
  if (found !== null) return found;
  if (ns === 'types' && supplyFile(build, names)(null, 0) !== null) return world.modules.get(world.root)?.types.get(name) ?? null;
  return null;
}

function tryGlob(build: Build, one: Import, from: ModuleScope): boolean {
  one.found = true;
  if (from === one.scope) return false;
  let changed = false;
  for (const ns of BOTH) {
    for (const [name, binding] of from[ns]) {
      if (binding.ambiguous !== undefined || !canSee(build.world, binding.visibleIn, one.module)) continue;
      if (put(build, one, ns, name, binding.res, 'glob')) changed = true;
    }
  }
  for (const { trait, visibleIn } of from.unnamed) {
    if (canSee(build.world, visibleIn, one.module) && !one.scope.unnamed.some(u => u.trait === trait)) {
      one.scope.unnamed.push({ trait, visibleIn: one.visibleIn });
      changed = true;
    }
  }
  return changed;
}

function put(build: Build, one: Import, ns: Namespace, name: string, res: Res, from: 'import' | 'glob'): boolean {
  const names = one.scope[ns];
  const old = names.get(name);
  const fresh: NameBinding = { res, visibleIn: one.visibleIn, span: one.span, from };
  if (old === undefined) {
    names.set(name, fresh);
    return true;
  }
  if (old.span === one.span && old.from === from) {
    if (sameRes(old.res, res)) return false;
    names.set(name, fresh);
    return true;
  }
  if (old.from === 'glob') {
    if (from === 'import') {
      names.set(name, fresh);
      return true;
    }
    if (sameRes(old.res, res)) {
      // The wider of two visibilities holds.
      const wider = one.visibleIn === null || (old.visibleIn !== null && old.visibleIn !== one.visibleIn && isWithin(build.world, old.visibleIn, one.visibleIn));
      if (wider && old.visibleIn !== one.visibleIn) {
        names.set(name, fresh);
        return true;
      }
      return false;
    }
    if (old.ambiguous !== undefined) return false;
    names.set(name, { ...old, ambiguous: res });
    return true;
  }
  return false;
}

export function sameRes(a: Res, b: Res): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'def' && b.kind === 'def') return a.def === b.def;
  if (a.kind === 'primitive' && b.kind === 'primitive') return a.name === b.name;
  return a === b;
}

function reportImport(build: Build, one: Import): void {
  const before = build.problems.length;
  explainImport(build, one);
  if (build.problems.length === before || one.target.kind !== 'name' || one.target.as === '_') return;
  // What could not be imported is accepted silently where it is used.
  const { types, values } = one.scope;
  const { as } = one.target;
  if (types.has(as) || values.has(as)) return;
  const missing: NameBinding = { res: { kind: 'error' }, visibleIn: one.visibleIn, span: one.span, from: 'import' };
  types.set(as, missing);
  values.set(as, missing);
}

function explainImport(build: Build, one: Import): void {
  const { world } = build;
  const walk = walkModules(world, one.scope, one.prefix);
  const path = [...one.prefix.map(n => n.text), ...(one.target.kind === 'name' ? [one.target.name.text] : ['*'])].join('::');
  if (walk.kind !== 'scope') {
    reportWalk(build, one, walk, path);
    return;
  }
  if (one.target.kind === 'glob') return;
  const { name, as } = one.target;
  const from = normalModule(world, one.scope).id;
  let seen: NameBinding | null = null;
  let hidden: NameBinding | null = null;
  let exported = false;
  for (const ns of BOTH) {
    const binding = one.prefix.length > 0 ? (walk.scope[ns].get(name.text) ?? null) : one.found ? around(world, one.scope, name.text, ns) : null;
    if (binding === null) continue;
    if (!canSee(world, binding.visibleIn, from)) hidden = binding;
    else {
      seen = binding;
      if (exportsTo(build, binding, one)) exported = true;
      const mine = one.scope[ns].get(as);
      if (as !== '_' && mine !== undefined && mine.span !== one.span && mine.from !== 'glob') {
        build.problems.push(problem(mine.from === 'item' ? 'E0255' : 'E0252', name.span, { name: as }, {
          label: `\`${as}\` ${mine.from === 'item' ? 'reimported' : 'reimported'} here`,
          labels: [{ span: mine.span, text: mine.from === 'item' ? `previous definition of \`${as}\` here` : `previous import of \`${as}\` here` }],
          notes: [`\`${as}\` must be defined only once in the ${ns === 'types' ? 'type' : 'value'} namespace of this module`],
        }));
        return;
      }
    }
  }
  if (seen !== null || (one.found && hidden === null)) {
    if (seen !== null && !exported) {
      const isModule = seen.res.kind === 'def' && world.modules.get(seen.res.def)?.kind === 'module';
      build.problems.push(problem(isModule ? 'E0365' : 'E0364', name.span, { name: name.text }, {
        label: `re-export of private \`${name.text}\``,
        notes: [`consider declaring \`${name.text}\` with \`pub\``],
      }));
    }
    return;
  }
  if (hidden !== null) {
    build.problems.push(problem('E0603', name.span, { what: describe(build, hidden.res), name: name.text }, {
      label: `private ${describe(build, hidden.res)}`,
      labels: [{ span: hidden.span, text: `the ${describe(build, hidden.res)} \`${name.text}\` is defined here` }],
    }));
    return;
  }
  const names = new Set<string>();
  for (const ns of BOTH) for (const n of visibleNames(world, walk.scope, ns, from)) names.add(n);
  const near = one.prefix.length === 0 ? null : nearest(name.text, names);
  const fixes: Fix[] = near === null ? [] : [{ title: `a similar name exists in the module: \`${near}\``, edits: [{ span: name.span, text: near }], certain: false }];
  const later = unbuilt(walk.scope.id, name.text);
  const others = elsewhere(build, one);
  build.problems.push(problem('E0432', name.span, { path }, {
    label: one.prefix.length === 0 ? `no \`${name.text}\` in scope and no file \`${name.text}.altru\`` : `no \`${name.text}\` in \`${printScope(walk.scope)}\``,
    fixes: later === null ? [...fixes, ...(near === null ? pathFixes(build, one, others) : [])] : [],
    notes: later !== null ? [later] : near === null ? others.map(o => `consider importing this item instead: \`use ${o}\``) : [],
  }));
}

/** Does importing keep the thing within its own visibility? */
function exportsTo(build: Build, binding: NameBinding, one: Import): boolean {
  if (binding.visibleIn === null) return true;
  return one.visibleIn !== null && isWithin(build.world, one.visibleIn, binding.visibleIn);
}

const printScope = (scope: ModuleScope): string => (scope.id === 'main' ? 'crate' : scope.id.replace(/^main::/, ''));

function reportWalk(build: Build, one: Import, walk: Exclude<Walk, { kind: 'scope' }>, path: string): void {
  const name = one.prefix[walk.at];
  if (name === undefined) return;
  const from = normalModule(build.world, one.scope).id;
  if (walk.kind === 'private') {
    const what = describe(build, walk.binding.res);
    build.problems.push(problem('E0603', name.span, { what, name: name.text }, {
      label: `private ${what}`,
      labels: [{ span: walk.binding.span, text: `the ${what} \`${name.text}\` is defined here` }],
    }));
    return;
  }
  if (walk.kind === 'notModule') {
    build.problems.push(problem('E0432', name.span, { path }, { label: `\`${name.text}\` is ${article(describe(build, walk.res))}, not a module` }));
    return;
  }
  const candidates = walk.inside === null ? [...(build.world.modules.get(from)?.types.keys() ?? []), 'std'] : [...visibleNames(build.world, walk.inside, 'types', from)];
  const isModule = (candidate: string): boolean => {
    const res = (walk.inside ?? build.world.modules.get(from))?.types.get(candidate)?.res;
    return candidate === 'std' || (res?.kind === 'def' && build.world.modules.has(res.def));
  };
  const near = nearest(name.text, candidates.filter(isModule));
  build.problems.push(problem('E0432', name.span, { path }, {
    label: walk.inside === null ? `no module \`${name.text}\` here, and no file \`${name.text}.altru\` beside the program` : `could not find \`${name.text}\` in \`${printScope(walk.inside)}\``,
    fixes: near === null ? pathFixes(build, one, elsewhere(build, one)) : [{ title: `there is a module with a similar name: \`${near}\``, edits: [{ span: name.span, text: near }], certain: false }],
  }));
}

/** Where else an item of that name is. */
function elsewhere(build: Build, one: Import): string[] {
  if (one.target.kind === 'glob') return [];
  const { text } = one.target.name;
  const from = normalModule(build.world, one.scope).id;
  return [...new Set([...importCandidates(build.world, text, 'types', from), ...importCandidates(build.world, text, 'values', from)])].slice(0, 3);
}

/** The whole path anew, where it is written in one piece. */
function pathFixes(build: Build, one: Import, paths: readonly string[]): Fix[] {
  const first = one.prefix[0] ?? (one.target.kind === 'name' ? one.target.name : undefined);
  if (one.target.kind === 'glob' || first === undefined) return [];
  const span = { ...first.span, end: one.target.name.span.end };
  const written = build.files.get(span.file)?.text.slice(span.start, span.end) ?? '{';
  return written.includes('{') ? [] : paths.map(path => ({ title: `import \`${path}\``, edits: [{ span, text: path }], certain: false }));
}

export const article = (what: string): string => (/^(?:[aeio]|u(?!nit|nion|ser))/.test(what) ? `an ${what}` : `a ${what}`);

/** What a name leads to, in a word. */
export function describe(build: Pick<Build, 'world' | 'byDef'>, res: Res): string {
  switch (res.kind) {
    case 'local': return 'local variable';
    case 'param': return res.of === 'type' ? 'type parameter' : 'const parameter';
    case 'self': return 'self type';
    case 'primitive': return 'builtin type';
    case 'error': case 'qualifiedType': return 'item';
    case 'def': {
      const scope = build.world.modules.get(res.def);
      if (scope !== undefined && scope.kind !== 'block') return scope.kind;
      const entry = build.byDef.get(res.def);
      const kind = entry?.item.kind ?? build.world.definitions.byId.get(res.def)?.kind ?? 'variant';
      if (kind === 'fn') return 'function';
      if (kind === 'const') return 'constant';
      if (kind === 'static') return 'static';
      if (kind === 'type' || kind === 'alias') return entry?.container != null ? 'associated type' : 'type alias';
      if (kind === 'associatedType') return 'associated type';
      return kind;
    }
  }
}
