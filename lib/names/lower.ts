/**
 * Lowering of written types to `Type`. In: type nodes whose paths are resolved (`NameTable`), and a context that says whose parameters
 * are in scope and what `_`, elided lifetimes and `impl Trait` become. Out: types; problems are appended. Aliases are expanded here.
 */
import { problem, type Fix, type Problem } from '../report/problem.ts';
import type { Bound, Expr, GenericArg, GenericArgs, Lifetime, Path, PathSegment, TypeNode } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { GenericParam, Generics, Predicate } from '../types/definition.ts';
import { printType } from '../types/print.ts';
import {
  BOOL, CHAR, ERASED, ERROR, NEVER, STATIC, STR, USIZE, adt, array, constant, eraseRegions, float, fnPtr, int, intern, param, parts, projection, ptr, ref, region, slice, substitute, tuple,
  type DefId, type TraitRef, type Type,
} from '../types/type.ts';
import type { LowerContext } from './context.ts';
import { earlyLifetimes } from './early.ts';
import { freshId } from './fresh.ts';
import { nameOf } from './lookup.ts';
import { countFixes, objectFixes, ownerFixes, traitFixes } from './mend.ts';
import { allParams, genericsOf, isTrait, pendingOf, supertraitsOf } from './pending.ts';
import { ERASE, elidedRegion, inBinder, lowerFnLike, lowerLifetime } from './regions.ts';
import { nearest } from './suggest.ts';
import { unconstrained } from './unconstrained.ts';
import type { PrimitiveName, Res, World } from './table.ts';

export type { LowerContext } from './context.ts';

/** Context for types inside a body: regions come out erased (undeclared ones are still E0261), `_` calls `infer`. */
export function bodyContext(world: World, owner: DefId, problems: Problem[], infer: LowerContext['infer']): LowerContext {
  return { world, owner, problems, infer, regions: ERASE, implTrait: null };
}

export function lowerType(node: TypeNode, cx: LowerContext): Type {
  switch (node.kind) {
    case 'pathType': return lowerPathType(node.path, cx);
    case 'refType': {
      const lifetime = node.lifetime === null ? elidedRegion({ ...node.span, end: node.span.start + 1 }, cx) : lowerLifetime(node.lifetime, cx);
      const inner = lowerType(node.inner, { ...cx, regions: { ...cx.regions, object: lifetime } });
      return ref(inner, node.mutable, lifetime);
    }
    case 'ptrType': return ptr(lowerType(node.inner, withoutObject(cx)), node.mutable);
    case 'sliceType': return slice(lowerType(node.element, withoutObject(cx)));
    case 'arrayType': return array(lowerType(node.element, withoutObject(cx)), lowerConstant(node.length, USIZE, cx));
    case 'tupleType': return tuple(node.elements.map(e => lowerType(e, withoutObject(cx))));
    case 'fnType': {
      const inner = inBinder({ ...cx, implTrait: null }, node.binder);
      const { params, result } = lowerFnLike(
        inner,
        inner.binder,
        c => node.params.map(p => lowerType(p, c)),
        c => (node.result === null ? tuple([]) : lowerType(node.result, c)),
      );
      const free = unconstrained(result, params);
      if (free !== null && node.result !== null) cx.problems.push(problem('E0581', node.result.span, { name: free }, { label: 'no parameter mentions it' }));
      return fnPtr({ params, result, isUnsafe: node.isUnsafe, abi: node.abi });
    }
    case 'dynType': return lowerDyn(node.bounds, node.span, cx);
    case 'implType':
      if (cx.implTrait !== null) return cx.implTrait(node.bounds, node.span, cx);
      cx.problems.push(problem('E0562', node.span, {}, { label: '`impl Trait` may stand in parameters and results of functions' }));
      return ERROR;
    case 'neverType': return NEVER;
    case 'inferType':
      if (cx.infer !== null) return cx.infer('type', node.span);
      cx.problems.push(problem('E0121', node.span, {}, { label: 'not allowed in type signatures' }));
      return ERROR;
  }
}

export function withoutObject(cx: LowerContext): LowerContext {
  const object = cx.regions.erase ? cx.regions.object : null;
  return cx.regions.object === object ? cx : { ...cx, regions: { ...cx.regions, object } };
}

/** A constant argument or array length. A const parameter alone stays a parameter. */
export function lowerConstant(expr: Expr, type: Type, cx: LowerContext): Type {
  if (expr.kind === 'underscore') {
    if (cx.infer !== null) return cx.infer('const', expr.span);
    cx.problems.push(problem('E0121', expr.span, {}, { label: 'not allowed in type signatures' }));
    return ERROR;
  }
  if (expr.kind === 'error') return ERROR;
  if (expr.kind === 'literal' && expr.value.kind === 'int' && expr.value.suffix === null && type === USIZE && expr.value.digits < 0x1_0000_0000n) return constant(expr.value.digits);
  if (expr.kind === 'pathExpr') {
    const found = cx.world.table.values.get(expr.path.id);
    if (found?.res.kind === 'param' && found.res.of === 'const' && found.used === expr.path.segments.length) return paramOf(cx.world, found.res.owner, found.res.position);
    if (found?.res.kind === 'error') return ERROR;
  }
  return cx.world.evaluate(expr, type, cx.owner, cx.world, cx.problems);
}

/** The parameter's type (`param`, or `region` for lifetimes) at its index in the full list. */
export function paramOf(world: World, owner: DefId, position: number): Type {
  const generics = genericsOf(world, owner);
  const found = generics.params[position + (isTrait(world, owner) ? 1 : 0)];
  if (found === undefined) return ERROR;
  return found.kind === 'lifetime' ? region({ of: 'param', index: found.index, name: found.name }) : param(found.index, found.name);
}

/** Identity arguments of a definition: its parameters as types, parents' first. */
export function identityArgs(world: World, def: DefId): readonly Type[] {
  return allParams(world, def).map(p => (p.kind === 'lifetime' ? region({ of: 'param', index: p.index, name: p.name }) : param(p.index, p.name)));
}

export const opaque = (def: DefId, args: readonly Type[]): Type => intern({ kind: 'opaque', def, args });

// ---------------------------------------------------------------- paths

/** A path as a type. */
export function lowerPathType(path: Path, cx: LowerContext): Type {
  const found = cx.world.table.types.get(path.id);
  if (found === undefined || found.res.kind === 'error') return ERROR;
  let type = lowerPathBase(path, cx);
  for (let { used } = found; used < path.segments.length; used++) {
    const segment = path.segments[used];
    if (segment === undefined) break;
    type = lowerAssociated(type, found.res, segment, path, cx);
  }
  return type;
}

/** Type that a path's first `used` segments name (an ADT with arguments, alias expanded, `Self`, a parameter, a primitive): the base of `Vec[i32]::new`. `table` says whether the path stands as a type or a value. */
export function lowerPathBase(path: Path, cx: LowerContext, inExpression = false): Type {
  const found = cx.world.table.types.get(path.id) ?? cx.world.table.values.get(path.id);
  if (found === undefined) return ERROR;
  const { res, used } = found;
  const last = path.segments[used - 1];
  // Arguments may stand on the last used segment only.
  path.segments.forEach((segment, i) => {
    if (i < used && i !== used - 1 && segment.args !== null && !isVariantPath(cx.world, res)) {
      cx.problems.push(problem('E0109', segment.args.span, { name: segment.name.text }, { label: 'generic arguments are not allowed on a module' }));
    }
  });
  switch (res.kind) {
    case 'primitive':
    case 'param':
    case 'self':
      if (last?.args != null) cx.problems.push(problem('E0109', last.args.span, { name: last.name.text }, { label: 'type takes no arguments' }));
      if (res.kind === 'primitive') return primitiveType(res.name);
      if (res.kind === 'param') return paramOf(cx.world, res.owner, res.position);
      return selfType(res.of, cx);
    case 'qualifiedType': return path.qualified === null ? ERROR : lowerType(path.qualified.type, cx);
    case 'def': return lowerDef(res.def, path, used, cx, inExpression);
    default: return ERROR;
  }
}

const isVariantPath = (world: World, res: Res): boolean => res.kind === 'def' && (world.definitions.byId.get(res.def)?.kind === 'variant' || pendingOf(world)?.kindOf(res.def) === 'other');

export function primitiveType(name: PrimitiveName): Type {
  switch (name) {
    case 'bool': return BOOL;
    case 'char': return CHAR;
    case 'str': return STR;
    case 'f32': case 'f64': return float(name);
    default: return int(name);
  }
}

/** `Self` of an impl, trait, struct or enum. */
export function selfType(of: DefId, cx: Pick<LowerContext, 'world' | 'regions'>): Type {
  const { world } = cx;
  const erase = (t: Type): Type => (cx.regions.erase ? eraseRegions(t) : t);
  if (isTrait(world, of)) return param(0, 'Self');
  const known = world.definitions.byId.get(of);
  if (known?.kind === 'impl') return erase(known.self);
  if (known?.kind === 'struct' || known?.kind === 'enum') return erase(adt(of, identityArgs(world, of)));
  const self = pendingOf(world)?.implSelf(of) ?? null;
  return erase(self ?? adt(of, identityArgs(world, of)));
}

function kindOf(world: World, def: DefId): string | null {
  const known = world.definitions.byId.get(def);
  return known !== undefined ? known.kind : (pendingOf(world)?.kindOf(def) ?? null);
}

function lowerDef(def: DefId, path: Path, used: number, cx: LowerContext, inExpression: boolean): Type {
  const { world } = cx;
  const segment = path.segments[used - 1];
  const span = segment?.span ?? path.span;
  const args = segment?.args ?? null;
  switch (kindOf(world, def)) {
    case 'struct': case 'enum': return adt(def, lowerGenericArgs(def, args, [], span, cx, inExpression));
    case 'variant': {
      const of = world.definitions.byId.get(def);
      return of?.kind === 'variant' ? adt(of.enum, lowerGenericArgs(of.enum, args ?? path.segments[used - 2]?.args ?? null, [], span, cx, inExpression)) : ERROR;
    }
    case 'alias': {
      const own = lowerGenericArgs(def, args, [], span, cx, inExpression);
      const known = world.definitions.byId.get(def);
      const type = known?.kind === 'alias' ? known.type : (pendingOf(world)?.alias(def) ?? ERROR);
      const full = substitute(type, own);
      return cx.regions.erase ? eraseRegions(full) : full;
    }
    case 'associatedType': {
      // `<T as Trait>::Item`, or `Trait::Item` with nothing to say whose.
      const trait = def.slice(0, def.lastIndexOf('::')) as DefId;
      if (path.qualified === null || path.qualified.trait === null) {
        cx.problems.push(problem('E0223', path.span, { trait: nameOf(trait), item: nameOf(def) }, { label: `say whose: \`<Type as ${nameOf(trait)}>::${nameOf(def)}\``, fixes: ownerFixes(cx.world, path.span, trait, nameOf(def)) }));
        return ERROR;
      }
      const self = lowerType(path.qualified.type, cx);
      const lowered = lowerTraitRef(path.qualified.trait, self, cx);
      if (lowered === null) return ERROR;
      return projection(def, lowerGenericArgs(def, args, lowered.ref.args, span, cx));
    }
    case 'trait': {
      cx.problems.push(problem('E0782', path.span, { name: nameOf(def) }, {
        label: 'a trait, not a type',
        fixes: [{ title: `use a trait object: \`dyn ${nameOf(def)}\``, edits: [{ span: { ...path.span, end: path.span.start }, text: 'dyn ' }], certain: false }],
      }));
      return ERROR;
    }
    default: return ERROR;
  }
}

/** `T::Item`: the associated type of a bound of `T`, or of the trait that an impl implements. */
function lowerAssociated(self: Type, res: Res, segment: PathSegment, path: Path, cx: LowerContext): Type {
  if (self.kind === 'error') return ERROR;
  const name = segment.name.text;
  const candidates: TraitRef[] = [];
  if (self.kind === 'param') candidates.push(...boundsOf(cx.world, cx.owner, self));
  else if (res.kind === 'self') {
    const ref = implTraitOf(cx.world, res.of);
    if (ref !== null) candidates.push({ trait: ref.trait, args: cx.regions.erase ? ref.args.map(eraseRegions) : ref.args });
  }
  const found = new Map<string, { item: DefId; ref: TraitRef }>();
  for (const candidate of candidates) {
    for (const ref of withSupertraits(cx.world, candidate)) {
      const item = associatedItem(cx.world, ref.trait, name);
      if (item !== null) found.set(`${item} ${ref.args.map(a => a.id).join()}`, { item, ref });
    }
  }
  const all = [...found.values()];
  const [only] = all;
  if (only === undefined) {
    if (self.kind === 'param' || res.kind === 'self') {
      const names = candidates.flatMap(c => withSupertraits(cx.world, c).flatMap(r => [...(cx.world.modules.get(r.trait)?.types.keys() ?? [])]));
      const near = nearest(name, names);
      cx.problems.push(problem('E0220', segment.name.span, { name, in: path.segments.slice(0, -1).map(s => s.name.text).join('::') }, {
        label: `associated type \`${name}\` not found`,
        fixes: near === null ? [] : [{ title: `there is an associated type with a similar name: \`${near}\``, edits: [{ span: segment.name.span, text: near }], certain: false }],
      }));
    } else {
      cx.problems.push(problem('E0223', path.span, { trait: 'Trait', item: name }, { label: `ambiguous: write \`<Type as Trait>::${name}\``, fixes: traitFixes(cx.world, path.span, printType(self, cx.world.definitions), name) }));
    }
    return ERROR;
  }
  if (all.length > 1 && new Set(all.map(a => a.item)).size > 1) {
    cx.problems.push(problem('E0221', segment.span, { name }, { label: `ambiguous associated type \`${name}\``, notes: all.map(a => `could be that of \`${nameOf(a.ref.trait)}\``) }));
    return ERROR;
  }
  return projection(only.item, lowerGenericArgs(only.item, segment.args, only.ref.args, segment.span, cx));
}

/** Trait references that bounds in scope of `owner` give for a parameter. */
export function boundsOf(world: World, owner: DefId, type: Type): readonly TraitRef[] {
  const pending = pendingOf(world)?.boundsOf(owner, type) ?? null;
  if (pending !== null) return pending;
  const out: TraitRef[] = [];
  for (let at: DefId | null = owner; at !== null; ) {
    const generics: Generics = genericsOf(world, at);
    for (const p of generics.predicates) if (p.kind === 'trait' && p.ref.args[0] === type) out.push(p.ref);
    if (isTrait(world, at) && type.kind === 'param' && type.index === 0) out.push({ trait: at, args: identityArgs(world, at) });
    at = generics.parent;
  }
  return out;
}

function implTraitOf(world: World, of: DefId): TraitRef | null {
  const known = world.definitions.byId.get(of);
  return known?.kind === 'impl' ? known.trait : (pendingOf(world)?.implTrait(of) ?? null);
}

/** A trait reference and all that follow from it, nearest first. */
export function withSupertraits(world: World, ref: TraitRef): readonly TraitRef[] {
  const out: TraitRef[] = [];
  const seen = new Set<string>();
  const queue = [ref];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const key = `${next.trait}<${next.args.map(a => a.id).join()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    out.push(next);
    const { args } = next;
    for (const up of supertraitsOf(world, next.trait)) queue.push({ trait: up.trait, args: up.args.map(a => substitute(a, args)) });
  }
  return out;
}

/** The associated type `name` of a trait itself. */
export function associatedItem(world: World, trait: DefId, name: string): DefId | null {
  const binding = world.modules.get(trait)?.types.get(name);
  return binding?.res.kind === 'def' ? binding.res.def : null;
}

// ---------------------------------------------------------------- generic arguments

/**
 * Arguments for the own parameters of `def`, after `parentArgs` (a trait's Self, an impl's …), as one full list. Missing ones come from `infer` when none
 * were written, from defaults, else E0107.
 */
export function lowerGenericArgs(def: DefId, written: GenericArgs | readonly GenericArg[] | null, parentArgs: readonly Type[], span: Span, cx: LowerContext, inExpression = false): readonly Type[] {
  const generics = genericsOf(cx.world, def);
  const list = written === null ? [] : isList(written) ? written : written.kind === 'brackets' ? written.args : null;
  if (list === null) {
    cx.problems.push(problem('E0214', written === null || isList(written) ? span : written.span, {}, { label: 'parenthesised arguments are for `Fn` traits' }));
    return [...parentArgs, ...generics.params.slice(parentArgs.length - generics.parentCount).map(() => ERROR)];
  }
  const argsSpan = written !== null && !isList(written) ? written.span : span;
  const lifetimes = list.flatMap(a => (a.kind === 'lifetime' ? [a.lifetime] : []));
  const others = list.filter(a => a.kind === 'type' || a.kind === 'const');
  for (const a of list) {
    if (a.kind === 'binding' && !isTrait(cx.world, def)) cx.problems.push(problem('E0229', a.span, { name: a.name.text }, { label: 'associated item constraints are for traits' }));
  }
  const args: Type[] = [...parentArgs];
  // `Self` of a trait is among the parents' arguments already.
  const own = generics.params.slice(parentArgs.length - generics.parentCount);
  const wantedLifetimes = own.filter(p => p.kind === 'lifetime' && !p.synthetic);
  const wantedOthers = own.filter(p => p.kind !== 'lifetime' && !p.synthetic);
  const required = wantedOthers.filter(p => p.fallback === null).length;
  const callee = cx.world.definitions.byId.get(def);
  if (inExpression && lifetimes[0] !== undefined && callee?.kind === 'fn') {
    const early = earlyLifetimes(callee);
    if (early !== wantedLifetimes.length && lifetimes.length !== early) cx.problems.push(problem('E0794', lifetimes[0].span, { name: callee.name }, { label: 'each call chooses the lifetimes that its arguments have' }));
  } else if (lifetimes.length > 0 && lifetimes.length !== wantedLifetimes.length && !(inExpression && wantedLifetimes.length === 0 && own.some(p => p.kind === 'lifetime'))) {
    reportCount(cx, def, argsSpan, 'lifetime', wantedLifetimes.length, wantedLifetimes.length, lifetimes.length, countFixes(cx.world, argsSpan, own, lifetimes.map(l => l.span), 'lifetime', ''));
  }
  const inferAll = others.length === 0 && cx.infer !== null && inExpression;
  if (others.length > wantedOthers.length || (others.length < required && !inferAll)) {
    const at = others.length === 0 ? span : argsSpan;
    reportCount(cx, def, at, 'generic', required, wantedOthers.length, others.length, countFixes(cx.world, at, own, others.map(o => (o.kind === 'type' ? o.type.span : o.value.span)), 'generic', cx.infer === null ? '()' : '_'));
  }
  let nextLifetime = 0;
  let next = 0;
  for (const p of own) {
    if (p.kind === 'lifetime') {
      const lifetime = p.synthetic ? undefined : lifetimes[nextLifetime++];
      args.push(lifetime === undefined ? (cx.regions.erase ? ERASED : elidedRegion(span, cx)) : lowerLifetime(lifetime, cx));
      continue;
    }
    if (p.synthetic) {
      args.push(cx.infer?.('type', span) ?? ERROR);
      continue;
    }
    const arg = others[next++];
    if (arg !== undefined) args.push(lowerArg(arg, p, args, cx));
    else if (inferAll) args.push(cx.infer?.(p.kind === 'const' ? 'const' : 'type', span) ?? ERROR);
    else if (p.fallback !== null) args.push(cx.regions.erase ? eraseRegions(substitute(p.fallback, args)) : substitute(p.fallback, args));
    else args.push(ERROR);
  }
  return args;
}

const isList = (written: GenericArgs | readonly GenericArg[]): written is readonly GenericArg[] => Array.isArray(written);

function reportCount(cx: LowerContext, def: DefId, span: Span, what: string, least: number, most: number, found: number, fixes: readonly Fix[]): void {
  const wanted = least === most ? `${most}` : found < least ? `at least ${least}` : `at most ${most}`;
  const number = found < least ? least : most;
  cx.problems.push(problem('E0107', span, { what: kindWord(cx.world, def), name: nameOf(def), expected: wanted, found: `${found}`, of: what }, {
    label: `expected ${wanted} ${what} argument${number === 1 ? '' : 's'}`,
    fixes,
  }));
}

function kindWord(world: World, def: DefId): string {
  const kind = kindOf(world, def);
  return kind === 'fn' ? 'function' : kind === 'alias' ? 'type alias' : kind === 'associatedType' ? 'associated type' : (kind ?? 'item');
}

function lowerArg(arg: GenericArg & { kind: 'type' | 'const' }, p: GenericParam, before: readonly Type[], cx: LowerContext): Type {
  if (p.kind === 'const') {
    const type = p.constType === null ? USIZE : substitute(p.constType, before);
    if (arg.kind === 'const') return lowerConstant(arg.value, type, cx);
    if (arg.type.kind === 'inferType') return cx.infer?.('const', arg.type.span) ?? lowerType(arg.type, cx);
    if (arg.type.kind === 'pathType') {
      const { path } = arg.type;
      if (cx.world.table.values.has(path.id)) return lowerConstant({ kind: 'pathExpr', id: freshId(), span: path.span, path }, type, cx);
      if (cx.world.table.types.get(path.id)?.res.kind === 'error') return ERROR;
    }
    cx.problems.push(problem('E0747', arg.type.span, { expected: 'constant', found: 'type', name: p.name }, { label: `\`${p.name}\` is a constant` }));
    return ERROR;
  }
  if (arg.kind === 'const') {
    cx.problems.push(problem('E0747', arg.value.span, { expected: 'type', found: 'constant', name: p.name }, { label: `\`${p.name}\` is a type` }));
    return ERROR;
  }
  if (arg.type.kind === 'pathType' && !cx.world.table.types.has(arg.type.path.id)) return ERROR;
  if (arg.type.kind === 'pathType' && cx.world.table.types.get(arg.type.path.id)?.res.kind === 'error' && (cx.world.table.values.get(arg.type.path.id)?.res.kind ?? 'error') !== 'error') {
    cx.problems.push(problem('E0747', arg.type.span, { expected: 'type', found: 'constant', name: p.name }, { label: `\`${p.name}\` is a type` }));
    return ERROR;
  }
  return lowerType(arg.type, objectOf(p, before, cx));
}

/** A `dyn` as an argument for `T: 'a` lives as long as `'a`. */
function objectOf(p: GenericParam, before: readonly Type[], cx: LowerContext): LowerContext {
  const inner = withoutObject(cx);
  if (cx.regions.erase || p.outlives === undefined) return inner;
  const object = substitute(p.outlives, before);
  return { ...inner, regions: { ...inner.regions, object } };
}

// ---------------------------------------------------------------- traits and bounds

/** `Trait[A, Item = B]` for `self`: the reference and what its bindings say. */
export function lowerTraitRef(path: Path, self: Type, cx: LowerContext): { readonly ref: TraitRef; readonly extra: readonly Predicate[] } | null {
  const found = cx.world.table.types.get(path.id);
  if (found === undefined || found.res.kind !== 'def' || !isTrait(cx.world, found.res.def)) return null;
  const trait = found.res.def;
  const segment = path.segments[found.used - 1];
  const args = segment?.args ?? null;
  if (args?.kind === 'parens') {
    const binder = cx.regions.binders.at(-1);
    const own = binder === undefined ? inBinder(cx, []) : { ...cx, binder };
    const { params, result } = lowerFnLike(
      own,
      own.binder,
      c => args.inputs.map(t => lowerType(t, c)),
      c => (args.output === null ? tuple([]) : lowerType(args.output, { ...c, implTrait: null })),
    );
    const ref: TraitRef = { trait, args: [self, tuple(params)] };
    const once = cx.world.definitions.lang.get('fn_once');
    const item = once === undefined ? null : associatedItem(cx.world, once, 'Output');
    const free = unconstrained(result, ref.args);
    if (free !== null && args.output !== null) cx.problems.push(problem('E0582', args.output.span, { name: free }, { label: 'no parameter mentions it' }));
    return { ref, extra: item === null ? [] : [{ kind: 'projection', item, args: ref.args, type: result, span: path.span }] };
  }
  const ref: TraitRef = { trait, args: lowerGenericArgs(trait, args, [self], segment?.span ?? path.span, cx) };
  const extra: Predicate[] = [];
  const bound = new Set<string>();
  for (const binding of args?.args ?? []) {
    if (binding.kind !== 'binding') continue;
    const name = binding.name.text;
    if (bound.has(name)) cx.problems.push(problem('E0719', binding.span, { name }, { label: 're-bound here' }));
    bound.add(name);
    const owner = withSupertraits(cx.world, ref).find(r => associatedItem(cx.world, r.trait, name) !== null);
    const item = owner === undefined ? null : associatedItem(cx.world, owner.trait, name);
    if (owner === undefined || item === null) {
      cx.problems.push(problem('E0220', binding.name.span, { name, in: nameOf(trait) }, { label: `associated type \`${name}\` not found` }));
      continue;
    }
    const itemArgs = lowerGenericArgs(item, binding.args, owner.args, binding.span, cx);
    if (binding.type !== null) {
      const type = lowerType(binding.type, cx);
      const free = cx.regions.binders.length === 0 ? null : unconstrained(type, itemArgs);
      if (free !== null) cx.problems.push(problem('E0582', binding.span, { name: free }, { label: 'the trait does not mention it' }));
      extra.push({ kind: 'projection', item, args: itemArgs, type, span: binding.span });
    }
    extra.push(...lowerBounds(projection(item, itemArgs), binding.bounds, cx));
  }
  return { ref, extra };
}

/** What `self: bounds` says. `?Sized` says nothing here. Each trait bound is a binder of its own, `outer` names included. */
export function lowerBounds(self: Type, bounds: readonly Bound[], cx: LowerContext, outer: readonly Lifetime[] = []): readonly Predicate[] {
  const out: Predicate[] = [];
  for (const bound of bounds) {
    if (bound.kind === 'lifetimeBound') {
      out.push({ kind: 'typeOutlives', type: self, region: lowerLifetime(bound.lifetime, cx), span: bound.span });
      continue;
    }
    if (bound.kind === 'useBound' || bound.maybe) continue;
    const lowered = lowerTraitRef(bound.path, self, inBinder(cx, [...outer, ...bound.binder]));
    if (lowered === null) continue;
    out.push({ kind: 'trait', ref: lowered.ref, span: bound.span }, ...lowered.extra);
  }
  return out;
}

/** Does a list of bounds lift the implied `Sized`? */
export const saysMaybeSized = (bounds: readonly Bound[]): boolean => bounds.some(b => b.kind === 'traitBound' && b.maybe);

export function sizedPredicate(world: World, type: Type, span: Span): readonly Predicate[] {
  const sized = world.definitions.lang.get('sized');
  return sized === undefined ? [] : [{ kind: 'trait', ref: { trait: sized, args: [type] }, span }];
}

/** `dyn A + Send + 'a`. */
function lowerDyn(bounds: readonly Bound[], span: Span, cx: LowerContext): Type {
  const { world } = cx;
  let region: Type | null = null;
  let principal: TraitRef | null = null;
  const projections: { item: DefId; type: Type }[] = [];
  const autos: DefId[] = [];
  const self = param(0, 'Self');
  let failed = false;
  let several = false;
  for (const bound of bounds) {
    if (bound.kind === 'lifetimeBound') {
      if (region !== null) cx.problems.push(problem('E0226', bound.span, {}, { label: 'a second lifetime' }));
      region = lowerLifetime(bound.lifetime, cx);
      continue;
    }
    if (bound.kind === 'useBound') {
      cx.problems.push(problem('E1109', bound.span, { what: '`use[…]` belongs to `impl Trait` in a result' }, { label: 'not here' }));
      continue;
    }
    const inner = inBinder(cx, bound.binder);
    const lowered = lowerTraitRef(bound.path, self, { ...inner, implTrait: null });
    if (lowered === null) {
      failed = true;
      continue;
    }
    const { ref, extra } = lowered;
    if (isAutoTrait(world, ref.trait)) {
      if (!autos.includes(ref.trait)) autos.push(ref.trait);
      continue;
    }
    if (principal !== null) {
      several = true;
      cx.problems.push(problem('E0225', bound.span, {}, { label: 'additional trait that is no auto trait', notes: [`make a new trait with both as supertraits: \`trait New: ${nameOf(principal.trait)} + ${nameOf(ref.trait)}\``] }));
      continue;
    }
    principal = ref;
    checkDefaults(ref.trait, bound.path, cx);
    for (const e of extra) if (e.kind === 'projection') projections.push({ item: e.item, type: e.type });
  }
  if (principal === null && autos.length === 0) {
    if (!failed) cx.problems.push(problem('E0224', span, {}, { label: 'at least one trait is required' }));
    return ERROR;
  }
  if (principal !== null && !several && !world.table.dyns.some(x => x.span === span)) world.table.dyns.push({ trait: principal.trait, span });
  if (principal !== null) checkDynItems(principal, projections, span, cx);
  return intern({
    kind: 'dyn',
    principal: principal === null ? null : { trait: principal.trait, args: principal.args.slice(1) },
    projections: projections.sort((a, b) => (a.item < b.item ? -1 : 1)),
    autos: autos.sort(),
    region: region ?? (principal !== null && isStaticTrait(world, principal) ? (cx.regions.erase ? ERASED : STATIC) : cx.regions.object ?? cx.regions.unbounded),
  });
}

/** E0393: a default that is `Self` means nothing for an object. */
function checkDefaults(trait: DefId, path: Path, cx: LowerContext): void {
  const written = path.segments.at(-1)?.args;
  const count = written?.kind === 'parens' ? Infinity : (written?.args ?? []).filter(a => a.kind === 'type' || a.kind === 'const').length;
  const left = genericsOf(cx.world, trait).params.slice(1).filter(p => p.kind !== 'lifetime').slice(count);
  const guilty = left.find(p => p.fallback !== null && hasSelf(p.fallback));
  if (guilty !== undefined) cx.problems.push(problem('E0393', path.span, { name: guilty.name }, { label: `\`${guilty.name}\` is \`Self\` when it is left out, and an object has no such type` }));
}

const hasSelf = (t: Type): boolean => t === param(0, 'Self') || parts(t).some(hasSelf);

/** `trait Any: 'static`: its objects are `'static` wherever they stand. */
function isStaticTrait(world: World, principal: TraitRef): boolean {
  return withSupertraits(world, principal).some(r => {
    const known = world.definitions.byId.get(r.trait);
    return known?.kind === 'trait' ? known.generics.predicates.some(p => p.kind === 'typeOutlives' && p.type === param(0, 'Self') && p.region === STATIC) : (pendingOf(world)?.isStatic(r.trait) ?? false);
  });
}

/** E0191: every associated type must be said, but those that a supertrait bound says. */
function checkDynItems(principal: TraitRef, projections: { item: DefId; type: Type }[], span: Span, cx: LowerContext): void {
  const pending = pendingOf(cx.world);
  const missing: string[] = [];
  for (const ref of withSupertraits(cx.world, principal)) {
    const scope = cx.world.modules.get(ref.trait);
    for (const [name, binding] of scope?.types ?? []) {
      if (binding.res.kind !== 'def') continue;
      const item = binding.res.def;
      if (projections.some(p => p.item === item)) continue;
      const known = cx.world.definitions.byId.get(item);
      if (known?.kind === 'associatedType' && known.generics.params.length > 0) continue;
      const said = fixedBySupertraits(cx.world, principal, item);
      if (said !== null) {
        projections.push({ item, type: said });
        continue;
      }
      missing.push(name);
    }
  }
  if (missing.length > 0 && (pending === null || !cx.regions.erase)) {
    const names = missing.map(n => `\`${n}\``).join(', ');
    cx.problems.push(problem('E0191', span, { names, trait: nameOf(principal.trait) }, { label: `say it: \`${nameOf(principal.trait)}[${missing.map(n => `${n} = Type`).join(', ')}]\``, fixes: objectFixes(cx.world, span, principal.trait, missing) }));
  }
}

/** `trait A: Iterator[Item = u8]` says what `Item` is for `dyn A`. */
function fixedBySupertraits(world: World, principal: TraitRef, item: DefId): Type | null {
  for (const ref of withSupertraits(world, principal)) {
    for (const p of genericsOf(world, ref.trait).predicates) {
      if (p.kind === 'projection' && p.item === item && p.args[0]?.kind === 'param' && p.args[0].index === 0) return substitute(p.type, ref.args);
    }
  }
  return null;
}

const AUTO_LANG = ['send', 'sync', 'unpin', 'unwind_safe', 'ref_unwind_safe'];

export function isAutoTrait(world: World, trait: DefId): boolean {
  const known = world.definitions.byId.get(trait);
  if (known?.kind === 'trait') return known.isAuto;
  return AUTO_LANG.some(name => world.definitions.lang.get(name) === trait);
}
