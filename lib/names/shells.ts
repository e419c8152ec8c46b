/**
 * Parts of definitions that lowering asks for before they are finished: parameters, an alias's type, an impl's header, supertraits, the bounds
 * of a parameter. Each is made when first asked for and kept; a cycle gets what is there so far, or E0391. In: entries. Out: `Pending`, and
 * the shells that `define` completes.
 */
import { problem, type Problem } from '../report/problem.ts';
import type { Bound, Generics as GenericsNode, Path, TypeNode } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { GenericParam, Generics, Predicate } from '../types/definition.ts';
import { ERROR, STATIC, USIZE, param, parts, region, type DefId, type TraitRef, type Type } from '../types/type.ts';
import type { Build, Entry } from './build.ts';
import { identityArgs, lowerConstant, lowerTraitRef, lowerType, paramOf, type LowerContext } from './lower.ts';
import { countOf, isTrait, type Pending } from './pending.ts';
import { lowerLifetime, NAMED } from './regions.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export interface Shell {
  parent: DefId | null;
  parentCount: number;
  params: Writable<GenericParam>[];
  predicates: readonly Predicate[];
  filled: boolean;
}

export interface Shells extends Pending {
  readonly shell: (def: DefId) => Shell | null;
}

const genericsNodeOf = (entry: Entry): GenericsNode | null => ('generics' in entry.item ? entry.item.generics : null);

export function itemContext(build: Build, owner: DefId, problems: Problem[] = build.problems): LowerContext {
  return { world: build.world, owner, problems, infer: null, regions: NAMED, implTrait: null };
}

/** Appends a parameter that is not written: an elided lifetime, or a type for `impl Trait`. */
export function addSynthetic(shell: Shell, kind: 'lifetime' | 'type', name: string, span: Span): Type {
  const index = countOf(shell);
  shell.params.push({ kind, name, index, fallback: null, constType: null, synthetic: true, span });
  return kind === 'lifetime' ? region({ of: 'param', index, name }) : param(index, name);
}

export function makeShells(build: Build): Shells {
  const { world } = build;
  const shells = new Map<DefId, Shell>();
  const aliases = new Map<DefId, Type | 'busy'>();
  const headers = new Map<DefId, { self: Type | null; trait: TraitRef | null }>();
  const supers = new Map<DefId, readonly TraitRef[] | 'busy'>();
  const bounds = new Map<string, TraitRef[]>();

  function shell(def: DefId): Shell | null {
    const known = shells.get(def);
    if (known !== undefined) return known;
    const entry = build.byDef.get(def);
    if (entry === undefined) return null;
    const { container, item } = entry;
    if (container?.item.kind === 'impl') header(container.def);
    const parent = container === null ? null : shell(container.def);
    const made: Shell = { parent: container?.def ?? null, parentCount: parent === null ? 0 : countOf(parent), params: [], predicates: [], filled: false };
    shells.set(def, made);
    if (item.kind === 'trait') {
      made.params.push({ kind: 'type', name: 'Self', index: 0, fallback: null, constType: null, synthetic: true, span: item.name.span });
    }
    for (const node of genericsNodeOf(entry)?.params ?? []) {
      const outer = node.kind !== 'lifetimeParam' || container === null ? undefined : genericsNodeOf(container)?.params.find(p => p.kind === 'lifetimeParam' && p.name.text === node.name.text);
      if (outer !== undefined) {
        build.problems.push(problem('E0496', node.name.span, { name: `'${node.name.text}` }, { label: `\`'${node.name.text}\` already in scope`, labels: [{ span: outer.name.span, text: 'first declared here' }] }));
      }
      made.params.push({
        kind: node.kind === 'lifetimeParam' ? 'lifetime' : node.kind === 'typeParam' ? 'type' : 'const',
        name: node.kind === 'lifetimeParam' ? `'${node.name.text}` : node.name.text,
        index: countOf(made),
        fallback: null,
        constType: null,
        synthetic: false,
        span: node.name.span,
      });
    }
    if (item.kind === 'impl') header(def);
    return made;
  }

  /** Defaults and types of const parameters. */
  function fill(def: DefId, made: Shell): void {
    if (made.filled) return;
    made.filled = true;
    const entry = build.byDef.get(def);
    const nodes = entry === undefined ? [] : (genericsNodeOf(entry)?.params ?? []);
    const cx = itemContext(build, def);
    const first = entry?.item.kind === 'trait' ? 1 : 0;
    nodes.forEach((node, i) => {
      const target = made.params[i + first];
      if (target === undefined) return;
      if (node.kind === 'constParam') {
        target.constType = lowerType(node.type, cx);
        const { kind } = target.constType;
        if (kind !== 'int' && kind !== 'bool' && kind !== 'char' && kind !== 'error') {
          build.problems.push(problem(kind === 'param' ? 'E0770' : 'E0741', node.type.span, { name: node.name.text }, { label: 'a constant parameter is an integer, `bool` or `char`' }));
        }
      }
    });
    nodes.forEach((node, i) => {
      const target = made.params[i + first];
      if (target === undefined || node.kind !== 'typeParam' || entry === undefined) return;
      const own = paramOf(world, def, i);
      const wheres = (genericsNodeOf(entry)?.where ?? []).flatMap(w => (w.kind === 'whereType' && namesParam(w.type, def, own) ? w.bounds : []));
      const said = [...node.bounds, ...wheres].flatMap(b => (b.kind === 'lifetimeBound' ? [b.lifetime] : []));
      if (said.length === 1 && said[0] !== undefined && said[0].text !== '_') target.outlives = lowerLifetime(said[0], { ...cx, problems: [] });
    });
    nodes.forEach((node, i) => {
      const target = made.params[i + first];
      if (target === undefined || node.kind === 'lifetimeParam' || node.fallback === null) return;
      target.fallback = node.kind === 'typeParam' ? lowerType(node.fallback, cx) : lowerConstant(node.fallback, target.constType ?? USIZE, cx);
      if (mentionsFrom(target.fallback, target.index)) {
        build.problems.push(problem('E0128', node.fallback.span, {}, { label: 'defaulted generic parameters cannot be forward declared' }));
        target.fallback = ERROR;
      }
    });
  }

  function generics(def: DefId): Generics | null {
    const made = shell(def);
    if (made === null) {
      const owner = build.byDef.get(def.slice(0, Math.max(0, def.lastIndexOf('::'))) as DefId);
      return owner?.item.kind === 'enum' ? generics(owner.def) : null;
    }
    fill(def, made);
    return made;
  }

  function alias(def: DefId): Type | null {
    const known = aliases.get(def);
    const entry = build.byDef.get(def);
    if (entry?.item.kind !== 'type' || entry.item.value === null) return null;
    if (known === 'busy') {
      build.problems.push(problem('E0391', entry.item.name.span, { what: `type alias \`${entry.item.name.text}\`` }, { label: 'it stands for itself' }));
      aliases.set(def, ERROR);
      return ERROR;
    }
    if (known !== undefined) return known;
    aliases.set(def, 'busy');
    const type = lowerType(entry.item.value, itemContext(build, def));
    if (aliases.get(def) === 'busy') aliases.set(def, type);
    return aliases.get(def) === ERROR ? ERROR : type;
  }

  function header(def: DefId): { self: Type | null; trait: TraitRef | null } {
    const known = headers.get(def);
    if (known !== undefined) return known;
    const made: { self: Type | null; trait: TraitRef | null } = { self: null, trait: null };
    const entry = build.byDef.get(def);
    if (entry?.item.kind !== 'impl') return made;
    headers.set(def, made);
    const own = shell(def);
    if (own === null) return made;
    const cx: LowerContext = {
      ...itemContext(build, def),
      regions: { ...NAMED, elided: span => addSynthetic(own, 'lifetime', `'${own.params.length}`, span) },
    };
    made.self = lowerType(entry.item.self, cx);
    if (entry.item.trait !== null) made.trait = lowerTraitRef(entry.item.trait, made.self, cx)?.ref ?? null;
    return made;
  }

  function supertraits(def: DefId): readonly TraitRef[] | null {
    const known = supers.get(def);
    const entry = build.byDef.get(def);
    if (entry?.item.kind !== 'trait') return null;
    if (known === 'busy') {
      build.problems.push(problem('E0391', entry.item.name.span, { what: `supertraits of \`${entry.item.name.text}\`` }, { label: 'it is a supertrait of itself' }));
      supers.set(def, []);
      return [];
    }
    if (known !== undefined) return known;
    supers.set(def, 'busy');
    const self = param(0, 'Self');
    const all: Bound[] = [...entry.item.supertraits];
    for (const w of entry.item.generics.where) if (w.kind === 'whereType' && namesParam(w.type, def, self)) all.push(...w.bounds);
    const out = all.flatMap(b => bareRef(b, def, self));
    // Walk on, so that a cycle is met.
    for (const ref of out) if (!world.definitions.byId.has(ref.trait)) supertraits(ref.trait);
    if (supers.get(def) === 'busy') supers.set(def, out);
    return supers.get(def) === 'busy' ? out : (supers.get(def) as readonly TraitRef[]);
  }

  /** A bound's trait reference without its bindings; problems are those of the full lowering, later. */
  function bareRef(bound: Bound, owner: DefId, self: Type): TraitRef[] {
    if (bound.kind !== 'traitBound' || bound.maybe) return [];
    const cx: LowerContext = { ...itemContext(build, owner, []), regions: { ...NAMED, elided: () => STATIC, binders: [{ names: bound.binder.map(b => b.text), anonymous: 0 }] } };
    const ref = lowerTraitRef(withoutBindings(bound.path), self, cx);
    return ref === null ? [] : [ref.ref];
  }

  function namesParam(node: TypeNode, owner: DefId, wanted: Type): boolean {
    if (node.kind !== 'pathType' || node.path.segments.length !== 1) return false;
    const res = world.table.types.get(node.path.id)?.res;
    if (res?.kind === 'param') return paramOf(world, res.owner, res.position) === wanted;
    return res?.kind === 'self' && isTrait(world, res.of) && wanted === param(0, 'Self') && owner !== null;
  }

  function boundsOf(owner: DefId, type: Type): readonly TraitRef[] | null {
    if (!build.byDef.has(owner) || world.definitions.byId.has(owner)) return null;
    const key = `${owner} ${type.id}`;
    const known = bounds.get(key);
    if (known !== undefined) return known;
    const out: TraitRef[] = [];
    bounds.set(key, out);
    const late: { bound: Bound; at: DefId }[] = [];
    for (let at: Entry | null = build.byDef.get(owner) ?? null; at !== null; at = at.container) {
      const node = genericsNodeOf(at);
      const { def } = at;
      const take = (list: readonly Bound[]): void => {
        for (const bound of list) late.push({ bound, at: def });
      };
      if (at.item.kind === 'trait' && type === param(0, 'Self')) {
        out.push({ trait: def, args: identityArgs(world, def) });
        take(at.item.supertraits);
      }
      node?.params.forEach((p, position) => {
        if (p.kind === 'typeParam' && paramOf(world, def, position) === type) take(p.bounds);
      });
      for (const w of node?.where ?? []) if (w.kind === 'whereType' && namesParam(w.type, owner, type)) take(w.bounds);
    }
    // Bounds without arguments first: those with arguments may ask for the parameter's items.
    const hasArgs = (b: Bound): boolean => b.kind === 'traitBound' && b.path.segments.some(s => s.args !== null);
    for (const { bound, at } of late) if (!hasArgs(bound)) out.push(...bareRef(bound, at, type));
    for (const { bound, at } of late) if (hasArgs(bound)) out.push(...bareRef(bound, at, type));
    return out;
  }

  return {
    shell,
    generics,
    alias,
    implSelf: def => header(def).self,
    implTrait: def => header(def).trait,
    supertraits,
    isStatic: def => {
      const item = build.byDef.get(def)?.item;
      return item?.kind === 'trait' && item.supertraits.some(b => b.kind === 'lifetimeBound' && b.lifetime.text === 'static');
    },
    boundsOf,
    kindOf: def => {
      const entry = build.byDef.get(def);
      if (entry === undefined) return null;
      switch (entry.item.kind) {
        case 'struct': case 'enum': case 'trait': case 'fn': case 'impl': return entry.item.kind;
        case 'type': return entry.container === null ? 'alias' : 'associatedType';
        default: return 'other';
      }
    },
  };
}

function withoutBindings(path: Path): Path {
  if (!path.segments.some(s => s.args?.kind === 'brackets' && s.args.args.some(a => a.kind === 'binding'))) return path;
  return {
    ...path,
    segments: path.segments.map(s => (s.args?.kind === 'brackets' ? { ...s, args: { ...s.args, args: s.args.args.filter(a => a.kind !== 'binding') } } : s)),
  };
}

function mentionsFrom(t: Type, index: number): boolean {
  if (t.kind === 'param') return t.index >= index;
  return parts(t).some(x => mentionsFrom(x, index));
}

