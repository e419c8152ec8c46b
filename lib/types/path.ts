/**
 * Paths as values: what a resolved path means here, with its type arguments put in. In: a path and what names found. Out: its
 * type, and the resolution in the facts. Segments that names left are looked up by type. Errors: E0599, E0423, E0533, E0034.
 */
import { lowerPathBase, lowerTraitRef, lowerType } from '../names/lower.ts';
import type { GenericArg, GenericArgs, NodeId, Path, PathSegment } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { Definition, FnDef } from './definition.ts';
import type { Resolution } from './facts.ts';
import { argsFor, keepGiven, keeping, lowering, requirePredicates, signatureOf } from './method.ts';
import { candidateArgs, findAssociated, type Pick } from './probe.ts';
import { eraseRegions, ERROR, HAS_REGION, intern, projection, type DefId, type FnSignature, type Type } from './type.ts';
import { fresh, known, normal, report, require, show, type Cause, type Typing } from './typing.ts';
import { containerOf, definition, instantiate, paramsOf, traitItem, variantsOf, identityArgs } from './universe.ts';
import { nearest } from '../names/suggest.ts';
import { inherentItems, inherentKey, traitItems } from './probe.ts';
import { unify } from './unify.ts';
import { solvePending } from './fulfil.ts';

type Written = GenericArgs | readonly GenericArg[] | null;

export interface PathValue {
  readonly type: Type;
  readonly resolution: Resolution | null;
}

const BAD: PathValue = { type: ERROR, resolution: null };

/** The value a path stands for; `extra` are type arguments that follow it in an `index` node. Writes the facts by `ids`. */
export function pathValue(t: Typing, path: Path, extra: readonly GenericArg[] | null, ids: readonly NodeId[]): PathValue {
  t.given = { self: null, args: [] };
  const found = resolvePath(t, path, extra);
  keepGiven(t, ids);
  if (found.resolution !== null) for (const id of ids) t.facts.paths.set(id, found.resolution);
  return found;
}

function resolvePath(t: Typing, path: Path, extra: readonly GenericArg[] | null): PathValue {
  const res = t.table.values.get(path.id) ?? t.table.types.get(path.id);
  if (res === undefined) {
    t.broken = true;
    return BAD;
  }
  const { segments } = path;
  const last = segments[segments.length - 1];
  if (last === undefined) return BAD;
  const written: Written = extra ?? last.args;
  if (res.res.kind === 'error') {
    t.broken = true;
    return BAD;
  }

  // `<T as Trait>::name`.
  if (path.qualified !== null && path.qualified.trait !== null && res.res.kind === 'def') {
    const lowered = lowerType(path.qualified.type, keeping(t));
    const self = normal(t, eraseRegions(lowered), { span: path.span, why: { kind: 'other' } });
    const trait = lowerTraitRef(path.qualified.trait, lowered, keeping(t));
    if (trait === null) return BAD;
    const given = trait.ref.args.map((a, i) => (i === 0 ? self : eraseRegions(a)));
    if (segments.length === 1) {
      const found = item(t, res.res.def, given, written, path.span, null);
      if (trait.ref.args.some(a => (a.flags & HAS_REGION) !== 0)) t.given = { ...t.given, args: [...trait.ref.args, ...t.given.args.slice(given.length)] };
      return found;
    }
    return associated(t, normal(t, projection(res.res.def, given), other(path.span)), segments, 1, written, path.span);
  }
  if (res.res.kind === 'qualifiedType') {
    if (path.qualified === null) return BAD;
    return associated(t, normalType(t, path.qualified.type, path.span), segments, 0, written, path.span);
  }
  if (res.used < segments.length) {
    const lowered = lowerPathBase(path, keeping(t), true);
    if ((lowered.flags & HAS_REGION) !== 0 && res.res.kind !== 'self') t.given = { ...t.given, self: lowered };
    const base = eraseRegions(lowered);
    return associated(t, normal(t, base, other(path.span)), segments, res.used, written, path.span);
  }
  switch (res.res.kind) {
    case 'local': {
      const type = t.locals.get(res.res.binding) ?? ERROR;
      for (let c = t.closure; c !== null; c = c.parent) c.mentions.set(res.res.binding, Math.min(c.mentions.get(res.res.binding) ?? Infinity, path.span.start));
      return { type, resolution: { kind: 'local', binding: res.res.binding } };
    }
    case 'param': {
      const params = paramsOf(t.u, res.res.owner).filter(p => p.kind !== 'lifetime');
      const own = t.u.definitions.byId.get(res.res.owner);
      const generics = own !== undefined && 'generics' in own ? own.generics.params : [];
      const p = generics[res.res.position] ?? params[res.res.position];
      if (p === undefined || p.kind !== 'const') return BAD;
      return { type: p.constType ?? ERROR, resolution: { kind: 'constParam', param: intern({ kind: 'param', index: p.index, name: p.name }) } };
    }
    case 'self': return selfConstructor(t, res.res.of, path.span);
    case 'def': return fromDefinition(t, res.res.def, segments, written, path.span);
    case 'primitive': return BAD;
  }
}

export const normalType = (t: Typing, node: Parameters<typeof lowerType>[0], span: Span): Type => normal(t, eraseRegions(lowerType(node, lowering(t))), { span, why: { kind: 'other' } });

const other = (span: Span): Cause => ({ span, why: { kind: 'other' } });

/** `Self` as a value: the constructor of the impl's struct. */
function selfConstructor(t: Typing, of: DefId, span: Span): PathValue {
  const d = definition(t.u, of);
  const self = d.kind === 'impl' ? instantiate(d.self, identityArgs(t.u, of)) : d.kind === 'struct' ? intern({ kind: 'adt', def: of, args: identityArgs(t.u, of) }) : ERROR;
  if (self.kind !== 'adt') return BAD;
  return constructor(t, self.def, null, self.args, span);
}

/** A unit or tuple constructor: its value or function type. */
export function constructor(t: Typing, def: DefId, variant: number | null, args: readonly Type[], span: Span): PathValue {
  const v = variantsOf(t.u, def)[variant ?? 0];
  if (v === undefined) return BAD;
  const resolution: Resolution = { kind: 'constructor', def, variant, args };
  if (v.shape === 'named') {
    report(t, variant === null ? 'E0423' : 'E0533', span, { name: v.name, what: variant === null ? 'struct' : 'variant', expected: 'value', found: variant === null ? 'struct' : 'struct variant' }, { label: `write \`${v.name} { … }\`` });
    return { type: ERROR, resolution: null };
  }
  if (v.shape === 'unit') return { type: intern({ kind: 'adt', def, args }), resolution };
  // A tuple struct whose fields are private cannot be made here.
  return { type: intern({ kind: 'fnDef', def: variant === null ? def : v.def, args }), resolution };
}

function fromDefinition(t: Typing, def: DefId, segments: readonly PathSegment[], written: Written, span: Span): PathValue {
  const d = definition(t.u, def);
  const before = segments[segments.length - 2];
  switch (d.kind) {
    case 'variant': {
      // Arguments stand on the enum (`Option[i32]::None`) or on the variant (`None[i32]`).
      const args = argsFor(t, d.enum, written ?? before?.args ?? null, [], span);
      requirePredicates(t, d.enum, args, span);
      return constructor(t, d.enum, d.index, args, span);
    }
    case 'struct': {
      const args = argsFor(t, def, written, [], span);
      requirePredicates(t, def, args, span);
      return constructor(t, def, null, args, span);
    }
    case 'static': {
      if (d.mutable && t.unsafeDepth === 0) report(t, 'E0133', span, { what: 'use of mutable static' }, { label: 'use of mutable static' });
      return { type: normal(t, instantiate(d.type, []), other(span)), resolution: { kind: 'static', def } };
    }
    case 'fn': case 'const': {
      const container = containerOf(t.u, def);
      if (container?.kind === 'trait') {
        // `Trait::method`: the type is to be inferred.
        const self = fresh(t, span);
        const args = argsFor(t, container.id, before?.args ?? null, [self], span);
        return item(t, def, args, written, span, null);
      }
      return item(t, def, container === null ? [] : argsFor(t, container.id, null, [], span), written, span, null);
    }
    case 'alias': {
      const type = normal(t, instantiate(d.type, argsFor(t, def, written, [], span)), other(span));
      return type.kind === 'adt' ? constructor(t, type.def, null, type.args, span) : BAD;
    }
    case 'enum': {
      const missing = segments[segments.length - 1];
      return missing === undefined ? BAD : (report(t, 'E0423', span, { name: missing.name.text, what: 'enum', expected: 'value', found: 'enum' }), BAD);
    }
    case 'builtin':
      report(t, 'E0423', span, { name: d.name, what: 'format function', expected: 'value', found: 'format function' }, { label: 'it can only be called' });
      return BAD;
    default: return BAD;
  }
}

/** A function or constant with its parent's arguments. */
export function item(t: Typing, def: DefId, parentArgs: readonly Type[], written: Written, span: Span, _self: Type | null): PathValue {
  const d = definition(t.u, def);
  const cause: Cause = { span, why: { kind: 'bound', def } };
  const container = containerOf(t.u, def);
  if (d.kind === 'fn') {
    const args = argsFor(t, def, written, parentArgs, span);
    if (container?.kind === 'trait') require(t, { kind: 'trait', ref: { trait: container.id, args: args.slice(0, paramsOf(t.u, container.id).length) } }, cause);
    requirePredicates(t, def, args, span);
    return { type: intern({ kind: 'fnDef', def, args }), resolution: { kind: 'fn', def, args } };
  }
  if (d.kind === 'const') {
    const args = argsFor(t, def, written, parentArgs, span);
    if (container?.kind === 'trait') require(t, { kind: 'trait', ref: { trait: container.id, args: args.slice(0, paramsOf(t.u, container.id).length) } }, cause);
    return { type: normal(t, instantiate(d.type, args), cause), resolution: { kind: 'const', def, args } };
  }
  return BAD;
}

/** The segments from `at` on, looked up on `base`. */
function associated(t: Typing, base: Type, segments: readonly PathSegment[], at: number, written: Written, span: Span): PathValue {
  let type = base;
  for (let i = at; i < segments.length - 1; i++) {
    const segment = segments[i];
    if (segment === undefined) return BAD;
    const next = associatedTypeOf(t, type, segment.name.text, span);
    if (next === null) {
      report(t, 'E0223', segment.span, { item: segment.name.text, type: show(t, type) }, { label: `\`${show(t, type)}\` has no such associated type` });
      return BAD;
    }
    type = next;
  }
  const last = segments[segments.length - 1];
  if (last === undefined) return BAD;
  return associatedValue(t, type, last.name.text, last.name.span, written, span);
}

/** `T::Item`: by the bounds of a parameter, or by the trait in scope that has it. */
export function associatedTypeOf(t: Typing, type: Type, name: string, span: Span): Type | null {
  for (const r of t.cx.env.traits) {
    if (r.args[0] !== known(t, type)) continue;
    const found = traitItem(t.u, r.trait, name);
    if (found !== null && definition(t.u, found).kind === 'associatedType') return normal(t, projection(found, r.args), other(span));
  }
  for (const trait of t.traits) {
    const found = traitItem(t.u, trait, name);
    if (found !== null && definition(t.u, found).kind === 'associatedType') return normal(t, projection(found, [type, ...paramsOf(t.u, trait).slice(1).map(() => fresh(t, span))]), other(span));
  }
  return null;
}

/** `Type::name` as a value: a variant, a function, a method, a constant. */
export function associatedValue(t: Typing, base: Type, name: string, nameSpan: Span, written: Written, span: Span): PathValue {
  let type = known(t, base);
  if (type.kind === 'error') return BAD;
  if (type.kind === 'infer' && type.of === 'type') {
    solvePending(t);
    type = known(t, type);
  }
  if (type.kind === 'adt') {
    const index = t.u.definitions.byId.get(type.def)?.kind === 'enum' ? variantsOf(t.u, type.def).findIndex(v => v.name === name) : -1;
    if (index >= 0) return constructor(t, type.def, index, type.args, span);
  }
  const found = findAssociated(t, type, name);
  switch (found.kind) {
    case 'found': return picked(t, found.pick, type, written, span);
    case 'unknown': report(t, 'E0282', span, { type: '_' }, { label: 'cannot infer type' }); return BAD;
    case 'private': report(t, 'E0624', nameSpan, { what: kindOf(found.item), name }, { label: `private ${kindOf(found.item)}`, labels: [{ span: found.item.nameSpan, text: `private ${kindOf(found.item)} defined here` }] }); return BAD;
    case 'ambiguous': report(t, 'E0034', nameSpan, { name }, { label: `several \`${name}\` found`, labels: found.candidates.map(c => ({ span: c.item.nameSpan, text: 'one of them' })) }); return BAD;
    case 'none': {
      const notes: string[] = [];
      if (found.unmet !== null) notes.push(`the ${kindOf(found.unmet.item)} \`${name}\` exists, but its bounds do not hold`);
      const near = nearest(name, associatedNames(t, type));
      report(t, 'E0599', nameSpan, { what: type.kind === 'adt' && t.u.definitions.byId.get(type.def)?.kind === 'enum' ? 'variant or associated item' : 'function or associated item', name, type: show(t, type) }, {
        label: `not found in \`${show(t, type)}\``,
        notes,
        fixes: near === null ? [] : [{ title: `use \`${near}\``, certain: false, edits: [{ span: nameSpan, text: near }] }],
      });
      return BAD;
    }
  }
}

export const kindOf = (d: Definition): string => (d.kind === 'fn' ? (d.hasSelf ? 'method' : 'associated function') : d.kind === 'const' ? 'associated constant' : d.kind);

export function associatedNames(t: Typing, type: Type): string[] {
  const key = inherentKey(type);
  const names = key === null ? [] : [...inherentItems(t.u, key).keys()];
  if (type.kind === 'adt') for (const v of variantsOf(t.u, type.def)) if (t.u.definitions.byId.get(type.def)?.kind === 'enum') names.push(v.name);
  for (const trait of t.traits) names.push(...traitItems(t.u, trait).keys());
  return names;
}

function picked(t: Typing, pick: Pick, self: Type, written: Written, span: Span): PathValue {
  const c = pick.candidate;
  const args = candidateArgs(t, c, self);
  if (c.kind === 'impl') unify(t.cx.infer, normal(t, instantiate(c.impl.self, args), other(span)), self);
  return item(t, c.item.id, args, written, span, self);
}

/** `S::of[T]`: is it a function that takes arguments, or a constant that is indexed? */
export function leadsToFunction(t: Typing, path: Path): boolean {
  const res = t.table.values.get(path.id) ?? t.table.types.get(path.id);
  const last = path.segments[path.segments.length - 1];
  if (res === undefined || last === undefined || res.res.kind === 'error') return false;
  const quiet = { ...lowering(t), problems: [] };
  const inner = path.qualified !== null && res.res.kind === 'qualifiedType' && path.segments.length === 1 ? lowerType(path.qualified.type, quiet) : res.used === path.segments.length - 1 ? lowerPathBase(path, quiet, true) : null;
  if (inner === null) return false;
  const found = findAssociated(t, normal(t, eraseRegions(inner), other(path.span)), last.name.text);
  return found.kind === 'found' && found.pick.candidate.item.kind === 'fn';
}

/** Signature of a function a path leads to, ready to be called. */
export function calledSignature(t: Typing, type: Type, span: Span): { readonly signature: FnSignature; readonly fn: FnDef | null } | null {
  if (type.kind !== 'fnDef') return null;
  const d = definition(t.u, type.def);
  const cause: Cause = { span, why: { kind: 'bound', def: type.def } };
  if (d.kind === 'fn') return { signature: signatureOf(t, d.signature, type.args, cause), fn: d };
  const v = d.kind === 'struct' ? d.variant : d.kind === 'variant' ? variantsOf(t.u, d.enum)[d.index] : undefined;
  if (v === undefined) return null;
  const owner = d.kind === 'variant' ? d.enum : type.def;
  const signature: FnSignature = { params: v.fields.map(f => f.type), result: intern({ kind: 'adt', def: owner, args: type.args }), isUnsafe: false, abi: null };
  return { signature: { ...signatureOf(t, signature, type.args, cause), result: intern({ kind: 'adt', def: owner, args: type.args }) }, fn: null };
}
