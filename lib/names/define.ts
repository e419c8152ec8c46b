/**
 * Makes definitions of entries: signatures, fields, variants, impls, with types lowered. In: entries whose names are resolved, and their shells.
 * Out: `Definitions` filled, bodies listed. Invariant: after it nothing of the crate is pending. Cost: linear, aliases and headers made once.
 */
import { problem } from '../report/problem.ts';
import type { Bound, EnumItem, Expr, FnItem, Item, Param, StructItem, VariantShape } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { AssociatedTypeDef, Definition, FieldDef, FnDef, Generics, Predicate, Representation, StructDef, VariantDef } from '../types/definition.ts';
import { ERROR, ISIZE, UNIT, param, parts, projection, ref, type DefId, type Type } from '../types/type.ts';
import { attributesOf, representationOf } from './attributes.ts';
import { visibilityOf, type Build, type Entry } from './build.ts';
import { capturedArgs, noCaptures } from './captured.ts';
import { identityArgs, isAutoTrait, lowerBounds, lowerType, opaque, saysMaybeSized, selfType, sizedPredicate, type LowerContext } from './lower.ts';
import { allParams } from './pending.ts';
import { nameOf } from './lookup.ts';
import { lowerPredicates } from './predicates.ts';
import { NAMED, STATICS, inBounds, elidedRegion, lowerLifetime } from './regions.ts';
import { addSynthetic, itemContext, type Shell, type Shells } from './shells.ts';
import type { Body } from './table.ts';
import { resultTypeId, traitResult } from './trait-results.ts';
import { traitsAround } from './trait-scope.ts';

/** What the parts of defining share. */
export interface Define {
  readonly build: Build;
  readonly shells: Shells;
  readonly bodies: Body[];
  /** Types of `impl Trait` in results of traits' methods, by trait. */
  readonly results: Map<DefId, AssociatedTypeDef[]>;
}

type Base = Pick<Definition, 'id' | 'name' | 'parent' | 'span' | 'nameSpan' | 'visibleIn' | 'doc' | 'attributes'>;

export function baseOf(d: Define, entry: Entry): Base {
  const { item } = entry;
  const nameSpan = 'name' in item ? item.name.span : item.kind === 'impl' ? item.self.span : item.span;
  const name = 'name' in item ? item.name.text : nameOf(entry.def);
  if (item.kind !== 'struct' && item.kind !== 'enum') {
    for (const a of item.attributes) {
      if (a.name.text === 'repr' || a.name.text === 'packed' || a.name.text === 'align') d.build.problems.push(problem('E0517', a.span, { name: a.name.text, wanted: 'a struct or enum' }, { label: 'only for structs and enums' }));
    }
  }
  return {
    id: entry.def, name, parent: entry.parent, span: item.span, nameSpan, visibleIn: entry.visibleIn, doc: item.doc, attributes: attributesOf(d.build, item.attributes),
  };
}

export function finish(shell: Shell, predicates: readonly Predicate[]): Generics {
  return { parent: shell.parent, parentCount: shell.parentCount, params: shell.params, predicates };
}

export function defineEntry(d: Define, entry: Entry): void {
  const made = define(d, entry);
  if (made !== null) d.build.world.definitions.byId.set(entry.def, made);
}

function define(d: Define, entry: Entry): Definition | null {
  const { item } = entry;
  switch (item.kind) {
    case 'fn': return defineFn(d, entry, item);
    case 'struct': return defineStruct(d, entry, item);
    case 'enum': return defineEnum(d, entry, item);
    case 'trait': return defineTrait(d, entry, item);
    case 'impl': return defineImpl(d, entry, item);
    case 'const': case 'static': return defineValue(d, entry, item);
    case 'type': return entry.container === null ? defineAlias(d, entry, item) : defineAssociatedType(d, entry, item);
    case 'mod': return { ...baseOf(d, entry), kind: 'module' };
    default: return null;
  }
}

function shellOf(d: Define, entry: Entry): Shell {
  const shell = d.shells.shell(entry.def);
  if (shell === null) throw new Error(`no shell for ${entry.def}`);
  d.shells.generics(entry.def);
  return shell;
}

function addBody(d: Define, entry: Entry, kind: Body['kind'], params: readonly Param[], body: Body['body'], type: Type | null, owner = entry.def): void {
  d.bodies.push({ owner, kind, params, body, module: entry.module, file: entry.file, traits: traitsAround(d.build.world, entry.scope), type });
}

// ---------------------------------------------------------------- functions

function defineFn(d: Define, entry: Entry, item: FnItem): FnDef {
  const { build } = d;
  const shell = shellOf(d, entry);
  const base = baseOf(d, entry);
  const made: Predicate[] = [];
  const problems = build.problems;
  // `impl Trait` in a parameter: a parameter of its own, with its bounds.
  const implTrait = (bounds: readonly Bound[], span: Span, cx: LowerContext): Type => {
    const own = addSynthetic(shell, 'type', `impl#${shell.params.length}`, span);
    noCaptures(bounds, problems);
    if (!saysMaybeSized(bounds)) made.push(...sizedPredicate(build.world, own, span));
    made.push(...lowerBounds(own, bounds, cx));
    return own;
  };
  const cx: LowerContext = {
    ...itemContext(build, entry.def),
    implTrait,
    regions: { ...NAMED, elided: span => addSynthetic(shell, 'lifetime', `'${shell.params.length}`, span) },
  };
  const { params, elided } = lowerParams(d, entry, item, cx);

  const opaques: { def: DefId; bounds: readonly Predicate[]; captures: readonly number[] | null }[] = [];
  const result = item.result === null ? UNIT : lowerType(item.result, {
    ...itemContext(build, entry.def),
    implTrait: (list, span, inner) => {
      const { container } = entry;
      if (container?.item.kind === 'trait') {
        if (item.body !== null) {
          problems.push(problem('E0562', span, {}, { label: "not in the result of a trait's default method", notes: ['declare an associated type in the trait, and return that'] }));
          return ERROR;
        }
        const own = d.results.get(container.def) ?? [];
        const id = resultTypeId(container.def, item.name.text, own.filter(t => t.name.startsWith(`{${item.name.text}:`)).length);
        const type = projection(id, identityArgs(build.world, entry.def));
        const bounds = [...(saysMaybeSized(list) ? [] : sizedPredicate(build.world, type, span)), ...lowerBounds(type, list, inner)];
        d.results.set(container.def, [...own, traitResult(id, container.def, { span, nameSpan: span, visibleIn: entry.visibleIn }, finish(shell, []), bounds)]);
        return type;
      }
      const def = `${entry.def}::{opaque#${opaques.length}}` as DefId;
      const { args, captures } = capturedArgs(allParams(build.world, entry.def), list, problems);
      const slot = { def, bounds: [] as readonly Predicate[], captures };
      opaques.push(slot);
      const type = opaque(def, args);
      slot.bounds = [...(saysMaybeSized(list) ? [] : sizedPredicate(build.world, type, span)), ...lowerBounds(type, list, inner)];
      return type;
    },
    regions: { ...NAMED, elided: (span, inner) => elided ?? NAMED.elided(span, inner) },
  });
  const predicates = [...lowerPredicates(item.generics, entry.def, itemContext(build, entry.def)), ...made];
  const { container } = entry;
  if (item.isConst && (container?.item.kind === 'trait' || (container?.item.kind === 'impl' && container.item.trait !== null))) {
    problems.push(problem('E0379', { ...item.head, end: item.head.start + 5 }, { what: container.item.kind === 'trait' ? 'traits' : 'trait implementations' }, { label: `functions in ${container.item.kind === 'trait' ? 'traits' : 'trait implementations'} cannot be \`const\`` }));
  }
  const isExtern = entry.abi !== null && item.body === null;
  if (item.variadic !== null && !(isExtern && (entry.abi ?? item.abi)?.replaceAll('"', '') === 'C')) {
    problems.push(problem('E0045', item.variadic, { name: item.name.text }, { label: 'only functions of C that are declared here, and defined elsewhere, take any number of arguments' }));
  }
  if (isExtern) checkForeign(d, item);
  const intrinsic = 'intrinsic' in base.attributes;
  const emptyBody = item.body !== null && item.body.statements.length === 0;
  if (item.body === null && !isExtern && !intrinsic && entry.container?.item.kind !== 'trait') {
    problems.push(problem('E1104', item.head, { name: item.name.text }, { label: 'it needs `:` and a body' }));
  }
  const unwritten = emptyBody && !intrinsic && item.result !== null && result !== UNIT && result.kind !== 'error';
  if (unwritten) {
    problems.push(problem('E1010', item.head, { name: item.name.text }, {
      label: `its body is empty, but it promises a value`,
      notes: ['only a function of the prelude may be declared again without a body'],
    }));
  }
  if (item.body !== null && !unwritten) addBody(d, entry, 'fn', item.params, item.body, null);
  return {
    ...base,
    kind: 'fn',
    generics: finish(shell, predicates),
    signature: { params, result, isUnsafe: item.isUnsafe, abi: item.abi ?? entry.abi },
    hasSelf: item.params[0]?.kind === 'self',
    paramNames: item.params.map(p => (p.kind === 'self' ? 'self' : p.pattern.kind === 'binding' ? p.pattern.name.text : '_')),
    isConst: item.isConst,
    hasBody: item.body !== null && !intrinsic,
    isExtern,
    ...(item.variadic === null ? {} : { isVariadic: true as const }),
    opaques,
  };
}

/** A function of outside has one form, and no patterns. */
function checkForeign(d: Define, item: FnItem): void {
  const generic = item.generics.params.find(p => p.kind !== 'lifetimeParam');
  if (generic !== undefined) d.build.problems.push(problem('E0044', item.name.span, { name: item.name.text }, { label: 'a function of outside has no type parameters', notes: ['write the types that it is called with'] }));
  for (const p of item.params) {
    if (p.kind === 'self' || (p.pattern.kind === 'binding' && !p.pattern.mutable && !p.pattern.byRef && p.pattern.sub === null) || p.pattern.kind === 'wildcard') continue;
    d.build.problems.push(problem('E0130', p.pattern.span, {}, { label: 'a name or `_` only' }));
  }
}

function lowerParams(d: Define, entry: Entry, item: FnItem, cx: LowerContext): { params: Type[]; elided: Type | null } {
  const { build } = d;
  const params: Type[] = [];
  let elided: Type | null = null;
  let fromSelf = false;
  let several = false;
  item.params.forEach((p, i) => {
    const seen: Type[] = [];
    const own: LowerContext = { ...cx, regions: { ...cx.regions, seen } };
    if (p.kind === 'self') {
      if (i > 0 || entry.container === null) {
        build.problems.push(problem('E1105', p.span, {}, { label: entry.container === null ? '`self` is for methods' : '`self` comes first' }));
        params.push(ERROR);
        return;
      }
      const self = selfType(entry.container.def, cx);
      if (p.type !== null) {
        const type = lowerType(p.type, own);
        if (seen[0] !== undefined && isSelfReference(type, self)) {
          elided = seen[0];
          fromSelf = true;
        }
        params.push(type);
        return;
      }
      if (p.reference === null) {
        params.push(isDropMethod(d, entry) ? ref(self, true, addElided(p.span, own)) : self);
        return;
      }
      const lifetime = p.reference.lifetime === null ? addElided(p.span, own) : lowerLifetime(p.reference.lifetime, own);
      params.push(ref(self, p.reference.mutable, lifetime));
      elided = lifetime;
      fromSelf = true;
      return;
    }
    params.push(p.type === null ? ERROR : lowerType(p.type, own));
    const distinct = new Set(seen);
    if (fromSelf || distinct.size === 0) return;
    const [only] = distinct;
    if (elided !== null || distinct.size > 1 || only === undefined) several = true;
    else elided = only;
  });
  return { params, elided: several && !fromSelf ? null : elided };
}

const addElided = (span: Span, cx: LowerContext): Type => elidedRegion(span, cx);

const isSelfReference = (type: Type, self: Type): boolean => (type.kind === 'ref' && (type.inner === self || parts(type.inner).includes(self))) || (type.kind === 'adt' && parts(type).some(t => isSelfReference(t, self)));

/** `fn drop(self)` in `impl Drop` means `fn drop(&mut self)`. */
function isDropMethod(d: Define, entry: Entry): boolean {
  if (entry.container?.item.kind !== 'impl' || entry.item.kind !== 'fn' || entry.item.name.text !== 'drop') return false;
  const trait = d.shells.implTrait(entry.container.def);
  return trait !== null && trait.trait === d.build.world.definitions.lang.get('drop');
}

// ---------------------------------------------------------------- structs and enums

function fieldsOf(d: Define, entry: Entry, shape: VariantShape, inEnum: boolean): FieldDef[] {
  if (shape.kind === 'unit') return [];
  const cx = itemContext(d.build, entry.def);
  const seen = new Map<string, Span>();
  return shape.fields.map((field, i) => {
    const name = field.kind === 'field' ? field.name.text : String(i);
    const span = field.kind === 'field' ? field.name.span : field.span;
    const old = seen.get(name);
    if (old !== undefined) d.build.problems.push(problem('E0124', span, { name }, { label: 'field already declared', labels: [{ span: old, text: `\`${name}\` first declared here` }] }));
    seen.set(name, span);
    if (inEnum && field.visibility.kind !== 'private') d.build.problems.push(problem('E0449', field.span, {}, { notes: ["an enum's fields are as visible as the enum"] }));
    return { name, type: lowerType(field.type, cx), span, visibleIn: inEnum ? null : visibilityOf(d.build, field.visibility, entry.module) };
  });
}

function defineStruct(d: Define, entry: Entry, item: StructItem): StructDef {
  const shell = shellOf(d, entry);
  const fields = fieldsOf(d, entry, item.shape, false);
  const predicates = lowerPredicates(item.generics, entry.def, itemContext(d.build, entry.def));
  const base = baseOf(d, entry);
  return {
    ...base,
    kind: 'struct',
    generics: finish(shell, predicates),
    variant: { def: entry.def, name: item.name.text, shape: item.shape.kind, fields, discriminant: 0n, span: item.name.span },
    representation: representationOf(d.build, item.attributes, false, d.build.problems),
  };
}

function defineEnum(d: Define, entry: Entry, item: EnumItem): Definition {
  const { build } = d;
  const shell = shellOf(d, entry);
  const base = baseOf(d, entry);
  const representation = representationOf(build, item.attributes, true, build.problems);
  if (item.variants.length === 0 && representation.int !== null) build.problems.push(problem('E0084', item.name.span, {}, { label: 'an enum without variants has no representation' }));
  if (representation.int === null && item.variants.some(v => v.discriminant !== null) && item.variants.some(v => v.shape.kind !== 'unit')) {
    build.problems.push(problem('E0732', item.name.span, {}, { label: 'its variants have numbers, and some hold values', notes: ['say what the number is stored as: `@repr(u8)`'] }));
  }
  // Variants go in before their discriminants are known, so that those may be evaluated one by one.
  const variants: VariantDef[] = [];
  const used = new Map<bigint, VariantDef>();
  const scope = build.world.modules.get(entry.def);
  let next = 0n;
  const shapes = item.variants.map(variant => fieldsOf(d, entry, variant.shape, true));
  const predicates = lowerPredicates(item.generics, entry.def, itemContext(build, entry.def));
  const made: Definition = { ...base, kind: 'enum', generics: finish(shell, predicates), variants, representation };
  build.world.definitions.byId.set(entry.def, made);
  for (const [i, variant] of item.variants.entries()) {
    const binding = scope?.types.get(variant.name.text);
    if (binding?.res.kind !== 'def' || binding.span !== variant.name.span) continue;
    const id = binding.res.def;
    const fields = shapes[i] ?? [];
    const discriminant = discriminantOf(d, entry, variant.discriminant, next, representation, variant.name.span, id);
    const one: VariantDef = { def: id, name: variant.name.text, shape: variant.shape.kind, fields, discriminant, span: variant.name.span };
    const old = used.get(discriminant);
    if (old !== undefined) {
      build.problems.push(problem('E0081', item.name.span, { value: String(discriminant) }, {
        label: 'two of its variants have one number',
        labels: [{ span: old.span, text: `\`${discriminant}\` first assigned here` }, { span: variant.name.span, text: `\`${discriminant}\` assigned here` }],
      }));
    } else used.set(discriminant, one);
    next = discriminant + 1n;
    build.world.definitions.byId.set(id, {
      ...base, kind: 'variant', id, name: one.name, parent: entry.def, span: variant.span, nameSpan: variant.name.span, doc: variant.doc,
      attributes: attributesOf(build, variant.attributes), enum: entry.def, index: variants.length,
    });
    variants.push(one);
  }
  return made;
}

function discriminantOf(d: Define, entry: Entry, written: Expr | null, next: bigint, representation: Representation, span: Span, id: DefId): bigint {
  const type = representation.int ?? ISIZE;
  if (written === null) {
    if (!fits(next, type)) d.build.problems.push(problem('E0370', span, { value: String(next) }, { label: 'overflowed on the value after the one before' }));
    return next;
  }
  const value = d.build.world.evaluate(written, type, entry.def, d.build.world, d.build.problems);
  if (value.kind !== 'const') return next;
  addBody(d, entry, 'discriminant', [], written, type, id);
  return value.value;
}

function fits(value: bigint, type: Type): boolean {
  if (type.kind !== 'int') return true;
  const bits = type.name.endsWith('size') ? 32 : Number(type.name.slice(1));
  return type.name.startsWith('u') ? value >= 0n && value < 1n << BigInt(bits) : value >= -(1n << BigInt(bits - 1)) && value < 1n << BigInt(bits - 1);
}

// ---------------------------------------------------------------- traits and impls

function defineTrait(d: Define, entry: Entry, item: Item & { kind: 'trait' }): Definition {
  const { build } = d;
  const shell = shellOf(d, entry);
  const base = baseOf(d, entry);
  const cx = itemContext(build, entry.def);
  const self = param(0, 'Self');
  // A cycle is met here, asked for or not.
  d.shells.supertraits(entry.def);
  const supers = lowerBounds(self, item.supertraits, { ...cx, regions: inBounds(cx.regions) });
  const predicates = [...supers, ...lowerPredicates(item.generics, entry.def, cx)];
  return {
    ...base,
    kind: 'trait',
    generics: finish(shell, predicates),
    supertraits: predicates.flatMap(p => (p.kind === 'trait' && p.ref.args[0] === self ? [p.ref] : [])),
    items: itemIds(build, item.items),
    isUnsafe: item.isUnsafe,
    isAuto: 'auto' in base.attributes || isAutoTrait(build.world, entry.def),
    isMarker: item.items.length === 0,
  };
}

function itemIds(build: Build, items: readonly Item[]): DefId[] {
  return items.flatMap(i => {
    const entry = build.byItem.get(i);
    return entry === undefined ? [] : [entry.def];
  });
}

function defineImpl(d: Define, entry: Entry, item: Item & { kind: 'impl' }): Definition | null {
  const { build, shells } = d;
  const shell = shellOf(d, entry);
  const base = baseOf(d, entry);
  const cx = itemContext(build, entry.def);
  const self = shells.implSelf(entry.def) ?? ERROR;
  const trait = shells.implTrait(entry.def);
  const predicates = lowerPredicates(item.generics, entry.def, { ...cx, problems: entry.implicit ? [] : cx.problems });
  const { definitions } = build.world;
  if (item.trait !== null && trait === null) {
    // Its trait is unknown, and that was reported: its items are still checked, as inherent ones that nobody finds.
  } else if (trait !== null) pushTo(definitions.implsOf, trait.trait, entry.def);
  else {
    const head = headOf(self);
    if (head !== null) pushTo(definitions.inherent, head, entry.def);
  }
  return { ...base, kind: 'impl', generics: finish(shell, predicates), trait, negative: item.negative, self, items: itemIds(build, item.items) };
}

function pushTo<K>(map: Map<K, DefId[]>, key: K, value: DefId): void {
  // A list may be shared with the library's world: never changed in place.
  map.set(key, [...(map.get(key) ?? []), value]);
}

/** Key of a self type in `Definitions.inherent`. */
export function headOf(self: Type): string | null {
  switch (self.kind) {
    case 'adt': return self.def;
    case 'int': case 'float': return `${self.kind}:${self.name}`;
    case 'bool': case 'char': case 'str': case 'slice': case 'array': case 'never': case 'tuple': return self.kind;
    case 'ptr': return `ptr:${self.mutable ? 'mut' : 'const'}`;
    case 'ref': return 'ref';
    case 'dyn': return self.principal === null ? 'dyn' : `dyn:${self.principal.trait}`;
    case 'fnPtr': return 'fn';
    default: return null;
  }
}

// ---------------------------------------------------------------- values and types

function defineValue(d: Define, entry: Entry, item: Item & { kind: 'const' | 'static' }): Definition {
  const { build } = d;
  const base = baseOf(d, entry);
  const cx: LowerContext = { ...itemContext(build, entry.def), regions: entry.container === null || entry.container.item.kind === 'impl' ? STATICS : NAMED };
  let type: Type = ERROR;
  if (item.type === null) build.problems.push(problem('E1106', item.name.span, { what: item.kind, name: item.name.text }, { label: 'its type must be written' }));
  else type = lowerType(item.type, cx);
  if (item.value === null && entry.container?.item.kind !== 'trait' && !(item.kind === 'static' && entry.abi !== null)) {
    build.problems.push(problem('E1107', item.name.span, { what: item.kind, name: item.name.text }, { label: 'it needs a value' }));
  }
  if (item.value !== null) addBody(d, entry, item.kind, [], item.value, type);
  if (item.kind === 'static') return { ...base, kind: 'static', type, mutable: item.mutable, hasBody: item.value !== null };
  return { ...base, kind: 'const', generics: finish(shellOf(d, entry), []), type, hasBody: item.value !== null };
}

function defineAlias(d: Define, entry: Entry, item: Item & { kind: 'type' }): Definition {
  const shell = shellOf(d, entry);
  if (item.value === null) d.build.problems.push(problem('E1107', item.name.span, { what: 'type', name: item.name.text }, { label: 'it needs `= Type`' }));
  return { ...baseOf(d, entry), kind: 'alias', generics: finish(shell, lowerPredicates(item.generics, entry.def, itemContext(d.build, entry.def))), type: d.shells.alias(entry.def) ?? ERROR };
}

function defineAssociatedType(d: Define, entry: Entry, item: Item & { kind: 'type' }): Definition {
  const { build } = d;
  const shell = shellOf(d, entry);
  const cx = itemContext(build, entry.def);
  const generics = finish(shell, lowerPredicates(item.generics, entry.def, cx));
  const inTrait = entry.container?.item.kind === 'trait';
  let bounds: readonly Predicate[] = [];
  if (inTrait) {
    const self = selfProjection(build, entry.def);
    bounds = [...(saysMaybeSized(item.bounds) ? [] : sizedPredicate(build.world, self, item.name.span)), ...lowerBounds(self, item.bounds, { ...cx, regions: inBounds(cx.regions) })];
  } else if (item.value === null) {
    build.problems.push(problem('E1107', item.name.span, { what: 'type', name: item.name.text }, { label: 'it needs `= Type`' }));
  }
  return { ...baseOf(d, entry), kind: 'associatedType', generics, bounds, type: item.value === null ? null : lowerType(item.value, cx) };
}

function selfProjection(build: Build, def: DefId): Type {
  return projection(def, identityArgs(build.world, def));
}
