/**
 * An impl against its trait, as far as shapes go: the right items, of the right kind, with the right number of parameters; and the rules of where
 * impls may stand. Types of signatures are compared by `types`, which can solve traits. In: entries and definitions. Out: problems.
 */
import { problem } from '../report/problem.ts';
import type { ImplItem } from '../syntax/tree.ts';
import type { AssociatedTypeDef, Definition, FnDef, ImplDef, TraitDef } from '../types/definition.ts';
import { parts, type DefId, type Type } from '../types/type.ts';
import { isWithin, type Build, type Entry } from './build.ts';
import { collectParams, earlyLifetimes } from './early.ts';
import { nameOf } from './lookup.ts';
import { signatureOf, stubFix } from './stubs.ts';
import { nearest } from './suggest.ts';

export function checkImpl(build: Build, entry: Entry): void {
  const { definitions } = build.world;
  const impl = definitions.byId.get(entry.def);
  if (impl?.kind !== 'impl' || entry.item.kind !== 'impl') return;
  if (entry.item.trait === null || impl.trait !== null) checkParameters(build, entry, impl);
  if (entry.item.trait === null) {
    checkInherent(build, entry, impl);
    return;
  }
  if (impl.trait === null) return;
  const trait = definitions.byId.get(impl.trait.trait);
  if (trait?.kind !== 'trait') return;
  checkItems(build, { ...entry, item: entry.item }, impl, trait);
  checkPlace(build, entry, impl, trait);
  const span = entry.item.trait.span;
  if (trait.isUnsafe && !entry.item.isUnsafe && !impl.negative) {
    build.problems.push(problem('E0200', span, { trait: trait.name }, {
      label: 'the trait is unsafe', fixes: [{ title: 'write `unsafe impl`', edits: [{ span: { ...entry.item.span, end: entry.item.span.start }, text: 'unsafe ' }], certain: false }],
    }));
  } else if (!trait.isUnsafe && entry.item.isUnsafe && !mayDangle(entry)) build.problems.push(problem('E0199', span, { trait: trait.name }, { label: 'the trait is not unsafe' }));
}

const mayDangle = (entry: Entry): boolean => entry.item.attributes.some(a => a.name.text === 'may_dangle');

function checkItems(build: Build, entry: Entry & { readonly item: ImplItem }, impl: ImplDef, trait: TraitDef): void {
  const { definitions } = build.world;
  const wanted = new Map<string, Definition>();
  for (const id of trait.items) {
    const item = definitions.byId.get(id);
    if (item !== undefined) wanted.set(item.name, item);
  }
  const given = new Set<string>();
  for (const id of impl.items) {
    const item = definitions.byId.get(id);
    if (item === undefined) continue;
    const theirs = wanted.get(item.name);
    if (theirs?.kind === item.kind) given.add(item.name);
    if (theirs === undefined || theirs.kind !== item.kind) {
      const code = theirs !== undefined ? (item.kind === 'const' ? 'E0323' : item.kind === 'fn' ? 'E0324' : 'E0325') : item.kind === 'fn' ? 'E0407' : item.kind === 'const' ? 'E0438' : 'E0437';
      const near = nearest(item.name, [...wanted.values()].filter(w => w.kind === item.kind).map(w => w.name));
      build.problems.push(problem(code, item.nameSpan, { name: item.name, trait: trait.name }, {
        label: `not a member of trait \`${trait.name}\``,
        fixes: near === null ? [] : [{ title: `there is a member with a similar name: \`${near}\``, edits: [{ span: item.nameSpan, text: near }], certain: false }],
      }));
      continue;
    }
    if (item.kind === 'fn' && theirs.kind === 'fn') checkMethod(build, impl, item, theirs, trait);
    if (item.kind === 'associatedType') checkExposed(build, impl, trait, item);
  }
  if (impl.negative) return;
  // A type in braces stands for an `impl Trait` result: it comes with its method.
  const missing = [...wanted.values()].filter(w => !given.has(w.name) && isRequired(w) && !w.name.startsWith('{'));
  if (missing.length > 0) {
    const names = missing.map(m => `\`${m.name}\``).join(', ');
    const fix = stubFix(build, impl, entry.item, missing);
    build.problems.push(problem('E0046', headSpan(entry), { names }, {
      label: `missing ${names} in implementation`,
      labels: missing.filter(m => !m.id.startsWith('std::')).map(m => ({ span: m.nameSpan, text: `\`${m.name}\` from trait` })),
      notes: missing.slice(0, 8).map(m => `write \`${signatureOf(build, impl, m)}\``),
      fixes: fix === null ? [] : [fix],
    }));
  }
}

/** E0446: an associated type may not show a type that fewer can see than the trait and its type. */
function checkExposed(build: Build, impl: ImplDef, trait: TraitDef, item: AssociatedTypeDef): void {
  const { world } = build;
  const homes = (t: Type): (DefId | null)[] => [...(t.kind === 'adt' ? [world.definitions.byId.get(t.def)?.visibleIn ?? null] : []), ...parts(t).flatMap(homes)];
  const narrower = (a: DefId | null, b: DefId | null): DefId | null => (a === null || (b !== null && isWithin(world, b, a)) ? b : a);
  const shown = [trait.visibleIn, homes(impl.self), (impl.trait?.args ?? []).flatMap(homes)].flat().reduce(narrower, null);
  if (item.type === null) return;
  const hidden = homes(item.type).find(home => home !== null && (shown === null || !isWithin(world, shown, home)));
  if (hidden === undefined) return;
  build.problems.push(problem('E0446', item.nameSpan, { name: item.name }, { label: 'shows a private type', notes: [`its type can be seen in \`${nameOf(hidden ?? world.root)}\` alone`] }));
}

function isRequired(item: Definition): boolean {
  return item.kind === 'fn' ? !item.hasBody && !('intrinsic' in item.attributes) : item.kind === 'const' ? !item.hasBody : item.kind === 'associatedType' ? item.type === null : false;
}

function headSpan(entry: Entry): { file: Entry['file']; start: number; end: number } {
  const { item } = entry;
  if (item.kind !== 'impl') return item.span;
  return { file: item.span.file, start: item.trait?.span.start ?? item.span.start, end: item.self.span.end };
}

function checkMethod(build: Build, impl: ImplDef, mine: FnDef, theirs: FnDef, trait: TraitDef): void {
  if (mine.hasSelf !== theirs.hasSelf) {
    build.problems.push(problem(mine.hasSelf ? 'E0185' : 'E0186', mine.nameSpan, { name: mine.name }, {
      label: mine.hasSelf ? '`self` used here, but not in the trait' : 'expected `self`, as in the trait',
      labels: library(theirs) ? [] : [{ span: theirs.nameSpan, text: 'the trait declares it here' }],
    }));
    return;
  }
  const wanted = theirs.signature.params.length;
  const found = mine.signature.params.length;
  if (wanted !== found) {
    build.problems.push(problem('E0050', mine.nameSpan, { name: mine.name, found: String(found), expected: String(wanted), trait: trait.name }, {
      label: `expected ${wanted} parameter${wanted === 1 ? '' : 's'}, found ${found}`,
      notes: [`the trait says \`${signatureOf(build, impl, theirs)}\``],
      labels: library(theirs) ? [] : [{ span: theirs.nameSpan, text: `trait requires ${wanted} parameter${wanted === 1 ? '' : 's'}` }],
    }));
    return;
  }
  const count = (f: FnDef, kind: 'type' | 'const'): number => f.generics.params.filter(p => p.kind === kind).length;
  for (const kind of ['type', 'const'] as const) {
    if (count(mine, kind) !== count(theirs, kind)) {
      build.problems.push(problem('E0049', mine.nameSpan, { name: mine.name, found: String(count(mine, kind)), expected: String(count(theirs, kind)), kind }, {
        label: `found ${count(mine, kind)} ${kind} parameters, expected ${count(theirs, kind)}`,
      }));
      return;
    }
  }
  if (earlyLifetimes(mine) !== earlyLifetimes(theirs)) {
    build.problems.push(problem('E0195', mine.nameSpan, { name: mine.name }, { label: "lifetimes do not match the trait's" }));
  }
}

const library = (d: Definition): boolean => d.id.startsWith('std::');

/** E0207: every parameter must follow from the self type, the trait reference or a projection of them. */
function checkParameters(build: Build, entry: Entry, impl: ImplDef): void {
  const known = new Set<number>();
  const take = (t: Type): void => {
    if (t.kind === 'param') known.add(t.index);
    else if (t.kind === 'region' && t.region.of === 'param') known.add(t.region.index);
    // What stands in a projection does not follow from it.
    if (t.kind === 'projection') return;
    for (const part of parts(t)) take(part);
  };
  take(impl.self);
  for (const arg of impl.trait?.args ?? []) take(arg);
  if (impl.self.kind === 'error' || impl.trait?.args.some(hasError) === true) return;
  for (let changed = true; changed; ) {
    changed = false;
    for (const p of impl.generics.predicates) {
      if (p.kind !== 'projection') continue;
      const inputs = new Set<number>();
      for (const arg of p.args) collectParams(arg, inputs);
      if (![...inputs].every(i => known.has(i))) continue;
      const before = known.size;
      take(p.type);
      if (known.size > before) changed = true;
    }
  }
  for (const p of impl.generics.params) {
    if (known.has(p.index) || p.synthetic) continue;
    // A lifetime may stay free unless an associated type uses it.
    if (p.kind === 'lifetime' && !usesLifetime(build, impl, p.index)) continue;
    build.problems.push(problem('E0207', p.span, { name: p.name, kind: p.kind }, { label: `unconstrained ${p.kind} parameter` }));
  }
  void entry;
}

const hasError = (t: Type): boolean => t.kind === 'error' || parts(t).some(hasError);

function usesLifetime(build: Build, impl: ImplDef, index: number): boolean {
  return impl.items.some(id => {
    const item = build.world.definitions.byId.get(id);
    if (item?.kind !== 'associatedType' || item.type === null) return false;
    const used = new Set<number>();
    collectParams(item.type, used);
    return used.has(index);
  });
}

/** Inherent impls: for the crate's own types only. */
function checkInherent(build: Build, entry: Entry, impl: ImplDef): void {
  if (build.crate === 'std' || entry.item.kind !== 'impl') return;
  const { self } = impl;
  const span = entry.item.self.span;
  if (entry.item.isUnsafe) build.problems.push(problem('E0197', span, {}, { label: 'an impl of no trait promises nothing', fixes: [{ title: 'leave `unsafe` out', certain: false, edits: [{ span: { ...entry.item.span, end: entry.item.span.start + 'unsafe '.length }, text: '' }] }] }));
  switch (self.kind) {
    case 'adt':
      if (self.def.startsWith('std::')) build.problems.push(problem('E0116', span, { type: nameOf(self.def) }, { label: 'defined in the library', notes: ['make a trait of your own with these methods and implement it'] }));
      return;
    case 'error': return;
    case 'dyn':
      if (self.principal?.trait.startsWith('std::') === true) build.problems.push(problem('E0116', span, { type: nameOf(self.principal.trait) }, { label: 'defined in the library' }));
      return;
    case 'param': case 'projection': case 'opaque':
      build.problems.push(problem('E0118', span, {}, { label: 'no type of its own', notes: ['implement a trait for it, or make a type of your own around it'] }));
      return;
    default:
      build.problems.push(problem('E0390', span, {}, { label: 'a built-in type', notes: ['make a trait of your own with these methods and implement it'] }));
  }
}

/** Orphan rules and the traits that only some types may implement. */
function checkPlace(build: Build, entry: Entry, impl: ImplDef, trait: TraitDef): void {
  if (entry.item.kind !== 'impl' || impl.trait === null) return;
  const { definitions } = build.world;
  const lang = (name: string): boolean => definitions.lang.get(name) === trait.id;
  const span = entry.item.self.span;
  if (lang('drop')) {
    const isLocal = impl.self.kind === 'adt' && (build.crate === 'std' || !impl.self.def.startsWith('std::'));
    if (!isLocal && impl.self.kind !== 'error') build.problems.push(problem('E0120', span, {}, { label: 'must be a struct or enum' }));
    if (isLocal) checkDrop(build, entry, impl);
  }
  if (impl.self.kind === 'dyn' && impl.self.principal !== null) {
    const { principal } = impl.self;
    if (ancestors(build, principal.trait).has(trait.id)) build.problems.push(problem('E0371', span, { trait: trait.name, type: nameOf(principal.trait) }, { label: `\`dyn ${nameOf(principal.trait)}\` has \`${trait.name}\` by itself` }));
  }
  if (lang('copy') && !impl.negative) {
    if (impl.self.kind !== 'adt' && impl.self.kind !== 'error' && build.crate === 'main') build.problems.push(problem('E0206', span, {}, { label: 'not a struct or enum' }));
    if (impl.self.kind === 'adt') {
      const { def } = impl.self;
      const drop = definitions.lang.get('drop');
      const drops = drop === undefined ? [] : (definitions.implsOf.get(drop) ?? []);
      if (drops.some(id => implOf(build, id)?.self.kind === 'adt' && adtOf(build, id) === def)) {
        build.problems.push(problem('E0184', entry.item.trait?.span ?? span, { type: nameOf(def) }, { label: '`Copy` not allowed on types with destructors' }));
      }
    }
  }
  if (build.crate === 'std') return;
  if (lang('sized') || lang('unsize')) build.problems.push(problem('E0322', entry.item.trait?.span ?? span, { trait: trait.name }, { label: `\`${trait.name}\` cannot be implemented by hand` }));
  if (!trait.id.startsWith('std::')) return;
  // A trait of the library: some argument must be a type of this crate, with no bare parameter before it.
  for (const arg of impl.trait.args) {
    if (arg.kind === 'region') continue;
    if (isLocalType(arg)) return;
    const bare = bareParam(arg);
    if (bare !== null) {
      build.problems.push(problem('E0210', span, { name: bare }, {
        label: `type parameter \`${bare}\` must be covered by another type when it appears before the first local type`,
        notes: ['a trait of the library can be implemented for types of this program only'],
      }));
      return;
    }
  }
  if (impl.trait.args.some(hasError)) return;
  build.problems.push(problem('E0117', { ...span, start: entry.item.trait?.span.start ?? span.start }, { trait: trait.name }, {
    label: 'neither the trait nor the type is of this program',
    notes: ['implement a trait of your own, or wrap the type: `struct Mine(Type)`'],
  }));
}

/** A trait and all that it asks for. */
function ancestors(build: Build, trait: DefId, seen = new Set<DefId>()): Set<DefId> {
  if (seen.has(trait)) return seen;
  seen.add(trait);
  const known = build.world.definitions.byId.get(trait);
  if (known?.kind === 'trait') for (const s of known.supertraits) ancestors(build, s.trait, seen);
  return seen;
}

function isLocalType(t: Type): boolean {
  switch (t.kind) {
    case 'adt': return !t.def.startsWith('std::') || (isFundamental(t.def) && t.args.some(isLocalType));
    case 'ref': return isLocalType(t.inner);
    case 'dyn': return t.principal !== null && !t.principal.trait.startsWith('std::');
    case 'error': return true;
    default: return false;
  }
}

const isFundamental = (def: DefId): boolean => def === 'std::boxed::Box' || def === 'std::pin::Pin';

function bareParam(t: Type): string | null {
  if (t.kind === 'param') return t.name;
  if (t.kind === 'ref') return bareParam(t.inner);
  if (t.kind === 'adt' && isFundamental(t.def)) return t.args[0] === undefined ? null : bareParam(t.args[0]);
  return null;
}

function implOf(build: Build, id: DefId): ImplDef | null {
  const impl = build.world.definitions.byId.get(id);
  return impl?.kind === 'impl' ? impl : null;
}

function adtOf(build: Build, id: DefId): DefId | null {
  const self = implOf(build, id)?.self;
  return self?.kind === 'adt' ? self.def : null;
}

/** `Drop` must be for all of a type's instances (E0366). */
function checkDrop(build: Build, entry: Entry, impl: ImplDef): void {
  if (impl.self.kind !== 'adt' || entry.item.kind !== 'impl') return;
  const { args, def } = impl.self;
  const seen = new Set<Type>();
  const distinct = args.every(a => {
    const isParam = a.kind === 'param' || (a.kind === 'region' && a.region.of === 'param');
    const fresh = !seen.has(a);
    seen.add(a);
    return (isParam && fresh) || a.kind === 'error';
  });
  if (!distinct) {
    build.problems.push(problem('E0366', entry.item.self.span, { type: nameOf(def) }, { label: 'a destructor must be for every instance of the type', notes: ['use the same parameters as the type itself'] }));
    return;
  }
  const owner = build.world.definitions.byId.get(def);
  if (owner?.kind !== 'struct' && owner?.kind !== 'enum') return;
  // E0367: no bound that the type does not have.
  const theirs = new Set(owner.generics.predicates.flatMap(p => (p.kind === 'trait' ? [`${nameIn(p.ref.args[0], args)} ${p.ref.trait}`] : [])));
  for (const p of impl.generics.predicates) {
    if (p.kind !== 'trait' || p.ref.trait === build.world.definitions.lang.get('sized')) continue;
    const self = p.ref.args[0];
    const position = self === undefined ? -1 : args.indexOf(self);
    if (position < 0 || theirs.has(`${position} ${p.ref.trait}`)) continue;
    build.problems.push(problem('E0367', p.span, { type: nameOf(def), bound: nameOf(p.ref.trait) }, { label: 'the type itself has no such bound', labels: [{ span: owner.nameSpan, text: 'the type is declared here' }] }));
  }
}

/** Position of a type parameter of the definition. */
const nameIn = (t: Type | undefined, _args: readonly Type[]): number => (t?.kind === 'param' ? t.index : -1);
