/**
 * Signatures by themselves: do the types that are written in items keep the bounds of what they apply, are fields and parameters sized, does an
 * impl's method fit its trait's, may a trait be a `dyn`. In: the universe, a crate's world. Out: problems. Bodies are `check`'s. Cost: linear in the items.
 */
import { problem, type Problem } from '../report/problem.ts';
import type { FnItem, Item } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { World } from '../names/table.ts';
import type { Cx } from './builtin.ts';
import { coherenceProblems, isDerived } from './coherence.ts';
import { constantProblems } from './consteval.ts';
import type { AssociatedTypeDef, Definition, EnumDef, FnDef, ImplDef, Predicate, StructDef, TraitDef } from './definition.ts';
import { envOf, paramEnv, emptyEnv } from './env.ts';
import { resolve } from './infer.ts';
import { printFnHead, printTraitRef, printType, shortName } from './print.ts';
import { boundFix, withoutBound } from './repair.ts';
import { evaluateAll, holds, makeCx, normalise } from './solve.ts';
import { eraseRegions, HAS_ERROR, param, parts, projection, region, substitute, type DefId, type TraitRef, type Type, HAS_PARAM, HAS_PROJECTION, HAS_REGION, HAS_OPAQUE } from './type.ts';
import { genericsOf, identityArgs, instantiate, lang, predicatesOf, supertraits, type Universe } from './universe.ts';

interface Check {
  readonly u: Universe;
  readonly world: World;
  readonly problems: Problem[];
}

/** All checks of the definitions that have a tree in this world. */
export function checkDefinitions(u: Universe, world: World): Problem[] {
  const check: Check = { u, world, problems: [] };
  for (const [def, item] of world.table.items) {
    const d = u.definitions.byId.get(def);
    if (d !== undefined) checkOne(check, d, item);
  }
  for (const { trait, span } of world.table.dyns) checkDyn(check, trait, span);
  check.problems.push(...coherenceProblems(u, world), ...constantProblems(world));
  return check.problems;
}

function checkOne(check: Check, d: Definition, item: Item): void {
  const { u } = check;
  if (d.kind === 'struct' || d.kind === 'enum' || d.kind === 'fn' || d.kind === 'impl') closedBounds(check, d.generics.predicates);
  switch (d.kind) {
    case 'struct': case 'enum': return checkAdt(check, d);
    case 'fn': return checkSignature(check, d, item);
    case 'const': case 'static': {
      const span = (item.kind === 'const' || item.kind === 'static') && item.type !== null ? item.type.span : d.nameSpan;
      const cx = makeCx(u, paramEnv(u, d.id));
      wellFormed(check, cx, d.type, span);
      // A trait's own constant may be of a type that only its impls know.
      if (!(d.kind === 'const' && d.parent !== null && u.definitions.byId.get(d.parent)?.kind === 'trait')) sized(check, cx, d.type, span);
      const sync = lang(u, 'sync');
      // A static is seen by every thread.
      if (d.kind === 'static' && !d.mutable && d.hasBody && sync !== null) require(check, cx, { trait: sync, args: [d.type] }, span, null);
      return;
    }
    case 'impl': return checkImpl(check, d, item);
    default: return;
  }
}

// ---------------------------------------------------------------- bounds

/** A bound without parameters (`where String: Copy`) promises nothing: it holds here, or nowhere. */
function closedBounds(check: Check, bounds: readonly Predicate[]): void {
  for (const p of bounds) {
    if (p.kind !== 'trait' || p.ref.args.some(a => (a.flags & (HAS_PARAM | HAS_PROJECTION | HAS_REGION | HAS_OPAQUE)) !== 0)) continue;
    require(check, makeCx(check.u, emptyEnv(check.u)), p.ref, p.span, null);
  }
}

/** Every application in a type must keep the bounds of what it applies. */
function wellFormed(check: Check, cx: Cx, type: Type, span: Span): void {
  if ((type.flags & HAS_ERROR) !== 0) return;
  const { u } = check;
  if (type.kind === 'adt') predicates(check, cx, type.def, predicatesOf(u, type.def), type.args, span);
  if (type.kind === 'projection') {
    const trait = type.item.slice(0, type.item.lastIndexOf('::')) as DefId;
    const count = genericsOf(u, trait).params.length;
    require(check, cx, { trait, args: type.args.slice(0, count) }, span, null);
  }
  if (type.kind === 'array' || type.kind === 'slice') sized(check, cx, type.element, span);
  if (type.kind === 'tuple') for (const e of type.elements.slice(0, -1)) sized(check, cx, e, span);
  // Bound regions and types inside a `dyn`'s own arguments are not closed: left alone.
  if (type.kind !== 'dyn' && type.kind !== 'fnPtr' && type.kind !== 'opaque') for (const part of parts(type)) wellFormed(check, cx, part, span);
}

function predicates(check: Check, cx: Cx, of: DefId, list: readonly Predicate[], args: readonly Type[], span: Span): void {
  for (const p of list) {
    if (p.kind === 'trait') require(check, cx, { trait: p.ref.trait, args: p.ref.args.map(a => instantiate(a, args)) }, span, of);
    else if (p.kind === 'projection') {
      const found = settled(cx, projection(p.item, p.args.map(a => instantiate(a, args))));
      const wanted = settled(cx, instantiate(p.type, args));
      if (found !== wanted && ((found.flags | wanted.flags) & HAS_ERROR) === 0 && found.kind !== 'infer' && wanted.kind !== 'infer') {
        check.problems.push(problem('E0271', span, { what: `type mismatch resolving \`${printType(projection(p.item, p.args.map(a => instantiate(a, args))), check.u.definitions)}\``, expected: show(check, wanted), found: show(check, found) }, {
          label: `expected \`${show(check, wanted)}\`, found \`${show(check, found)}\``,
        }));
      }
    }
  }
}

/** The type with its projections made plain, and what follows for them solved. */
function settled(cx: Cx, t: Type): Type {
  const n = normalise(cx, t, 0);
  if (n.goals.length === 0) return n.type;
  evaluateAll(cx, n.goals, 0);
  return resolve(cx.infer, n.type);
}

const show = (check: Check, t: Type): string => printType(t, check.u.definitions);

function require(check: Check, cx: Cx, ref: TraitRef, span: Span, by: DefId | null): void {
  const args = ref.args.map(a => settled(cx, eraseRegions(a)));
  if (args.some(a => (a.flags & HAS_ERROR) !== 0)) return;
  const full: TraitRef = { trait: ref.trait, args };
  if (holds(cx, full) !== 'no') return;
  const [self] = args;
  if (self === undefined) return;
  const type = show(check, self);
  const isSized = ref.trait === lang(check.u, 'sized');
  const what = isSized ? `the size of \`${type}\` is not known when compiling` : `the trait bound \`${type}: ${printTraitRef(full, check.u.definitions)}\` is not satisfied`;
  const notes = by === null ? [] : [`required by a bound in \`${shortName(by)}\``];
  const label = isSized ? 'its size is not known when compiling' : `the trait \`${printTraitRef(full, check.u.definitions)}\` is not implemented for \`${type}\``;
  if (check.problems.some(p => p.span.start === span.start && p.span.file === span.file && p.with['what'] === what)) return;
  check.problems.push(problem('E0277', span, { what }, { label, notes }));
}

function sized(check: Check, cx: Cx, type: Type, span: Span): void {
  const trait = lang(check.u, 'sized');
  if (trait !== null) require(check, cx, { trait, args: [type] }, span, null);
}

// ---------------------------------------------------------------- structs, functions

/** The types that bounds speak of are well formed themselves. */
function boundsWellFormed(check: Check, cx: Cx, list: readonly Predicate[]): void {
  for (const p of list) {
    if (p.kind !== 'trait') continue;
    for (const arg of p.ref.args) if ((arg.flags & HAS_ERROR) === 0 && !hasBound(arg)) wellFormed(check, cx, eraseRegions(arg), p.span);
  }
}

function checkAdt(check: Check, d: StructDef | EnumDef): void {
  const cx = makeCx(check.u, paramEnv(check.u, d.id));
  boundsWellFormed(check, cx, d.generics.predicates);
  const variants = d.kind === 'struct' ? [d.variant] : d.variants;
  for (const variant of variants) {
    variant.fields.forEach((field, i) => {
      const type = eraseRegions(field.type);
      wellFormed(check, cx, type, field.span);
      for (const [longer, shorter] of outlivesIn(check.u, field.type)) {
        if (shorter.kind !== 'region' || shorter.region.of !== 'static' || longer.kind !== 'param' || isPromised(d.generics.predicates, longer, shorter)) continue;
        check.problems.push(problem('E0310', field.span, { type: longer.name, lifetime: "'static" }, { label: `\`${longer.name}\` must be valid for the static lifetime here`, fixes: [boundFix(check.world, d.id, longer.name, "'static") ?? []].flat() }));
        break;
      }
      // A struct's last field may be unsized.
      if (d.kind === 'enum' || i < variant.fields.length - 1) sized(check, cx, type, field.span);
    });
  }
}

function checkSignature(check: Check, d: FnDef, item: Item): void {
  const cx = makeCx(check.u, paramEnv(check.u, d.id));
  const fn: FnItem | null = item.kind === 'fn' ? item : null;
  checkStart(check, cx, d, fn);
  d.signature.params.forEach((t, i) => {
    const p = fn?.params[i];
    const span = p === undefined ? d.nameSpan : p.kind === 'param' && p.type !== null ? p.type.span : p.span;
    const type = eraseRegions(t);
    wellFormed(check, cx, type, span);
    if (d.hasBody) sized(check, cx, type, span);
  });
  const span = fn?.result?.span ?? d.nameSpan;
  wellFormed(check, cx, eraseRegions(d.signature.result), span);
  // A `dyn` as a result is E0746, said with the body.
  if (d.hasBody && d.signature.result.kind !== 'dyn') sized(check, cx, eraseRegions(d.signature.result), span);
  boundsWellFormed(check, cx, d.generics.predicates);
  checkReceiver(check, cx, d, fn);
}

/** What the machine starts, `main` and tests: nothing goes in, and what comes out says how the program ended. */
function checkStart(check: Check, cx: Cx, d: FnDef, fn: FnItem | null): void {
  const isMain = d.id === `${check.world.root}::main`;
  const isTest = d.attributes['test'] !== undefined;
  for (const name of ['max_peak', 'max_allocs', 'no_alloc']) {
    const values = d.attributes[name];
    if (values === undefined) continue;
    const fits = name === 'no_alloc' ? values.length === 0 : values.length === 1 && /^\d+$/.test(values[0] ?? '');
    if (isTest && fits) continue;
    check.problems.push(problem('E1121', d.nameSpan, { name }, { label: isTest ? (name === 'no_alloc' ? '`@no_alloc` takes nothing' : `\`@${name}\` takes one number, as in \`@${name}(3)\``) : 'this is not a test' }));
  }
  if (fn === null || (!isMain && !isTest)) return;
  const [generic] = d.generics.params;
  if (isTest && (d.signature.params.length > 0 || generic !== undefined)) {
    check.problems.push(problem('E1120', d.nameSpan, { name: d.name }, { label: generic !== undefined ? 'a test cannot be generic' : 'a test takes no parameters' }));
    return;
  }
  const termination = lang(check.u, 'Termination');
  if (termination === null || generic !== undefined) return;
  const type = settled(cx, eraseRegions(d.signature.result));
  if ((type.flags & HAS_ERROR) !== 0 || holds(cx, { trait: termination, args: [type] }) !== 'no') return;
  check.problems.push(problem('E0277', fn.result?.span ?? d.nameSpan, { what: `\`${isMain ? 'main' : d.name}\` cannot return \`${show(check, type)}\`` }, {
    label: `the trait \`Termination\` is not implemented for \`${show(check, type)}\``,
    notes: ['it may return `()`, `i32`, `ExitCode`, `!`, or a `Result` of these whose error implements `Debug`'],
  }));
}

const hasBound = (t: Type): boolean => (t.kind === 'region' && t.region.of === 'bound') || parts(t).some(hasBound);

/** E0307: `self` must lead to `Self` by dereferences. */
function checkReceiver(check: Check, cx: Cx, d: FnDef, fn: FnItem | null): void {
  const first = fn?.params[0];
  const type = d.signature.params[0];
  if (first?.kind !== 'self' || first.type === null || type === undefined || d.parent === null) return;
  const container = check.u.definitions.byId.get(d.parent);
  const self = container?.kind === 'impl' ? eraseRegions(container.self) : container?.kind === 'trait' ? param(0, 'Self') : null;
  const target = lang(check.u, 'deref_target') ?? null;
  const deref = lang(check.u, 'deref');
  let at: Type = eraseRegions(type);
  for (let n = 0; n < 8 && self !== null; n++) {
    if (at === self || at.kind === 'error') return;
    if (at.kind === 'ref' || at.kind === 'ptr') at = at.inner;
    else if (deref !== null && holds(cx, { trait: deref, args: [at] }) === 'yes') {
      const item: Type = projection(target ?? (`${deref}::Target` as DefId), [at]);
      at = settled(cx, item);
    } else break;
  }
  check.problems.push(problem('E0307', first.type.span, { type: show(check, type) }, { label: 'it must be `Self` or a pointer to it', notes: ['`self`, `&self`, `&mut self`, `self: Box[Self]`, `self: Rc[Self]` … are possible'] }));
}

// ---------------------------------------------------------------- impls

function checkImpl(check: Check, d: ImplDef, item: Item): void {
  const { u } = check;
  const cx = makeCx(u, paramEnv(u, d.id));
  if (item.kind !== 'impl') return;
  wellFormed(check, cx, eraseRegions(d.self), item.self.span);
  boundsWellFormed(check, cx, d.generics.predicates);
  if (d.trait === null || d.negative) return;
  const trait = u.definitions.byId.get(d.trait.trait);
  if (trait?.kind !== 'trait') return;
  const args = d.trait.args.map(eraseRegions);
  const span = item.trait?.span ?? item.span;
  const isCopy = trait.id === lang(u, 'copy');
  // `Copy` for what is no struct or enum is refused already.
  if (isCopy && d.self.kind !== 'adt') return;
  predicates(check, cx, trait.id, trait.generics.predicates, args, span);
  checkLives(check, d, trait, span);
  checkEnds(check, d);
  if (isCopy) checkCopy(check, cx, d, span);
  for (const id of d.items) {
    const mine = u.definitions.byId.get(id);
    const theirs = trait.items.map(t => u.definitions.byId.get(t)).find(t => t?.name === mine?.name && t?.kind === mine?.kind);
    if (mine === undefined || theirs === undefined) continue;
    if (mine.kind === 'fn' && theirs.kind === 'fn') compareMethod(check, d, trait, mine, theirs);
    else if (mine.kind === 'associatedType' && theirs.kind === 'associatedType') checkItemType(check, d, mine, theirs);
    else if (mine.kind === 'const' && theirs.kind === 'const') {
      const wanted = settled(cx, instantiate(theirs.type, args));
      const found = settled(cx, eraseRegions(mine.type));
      if (wanted !== found && ((wanted.flags | found.flags) & HAS_ERROR) === 0) {
        check.problems.push(problem('E0326', mine.nameSpan, { name: mine.name, expected: show(check, wanted), found: show(check, found) }, { label: `expected \`${show(check, wanted)}\`, found \`${show(check, found)}\`` }));
      }
    }
  }
}

/** What a trait asks to outlive a lifetime (`trait Any: 'static`) does so by the impl's bounds and by the types in its head. */
function checkLives(check: Check, d: ImplDef, trait: TraitDef, span: Span): void {
  const given = d.trait?.args ?? [];
  const promised = predicatesOf(check.u, d.id);
  const head = given.flatMap(t => outlivesIn(check.u, t));
  for (const p of trait.generics.predicates) {
    if (p.kind !== 'typeOutlives') continue;
    const shorter = substitute(p.region, given);
    if (!isNamed(shorter) || shorter.kind !== 'region') continue;
    for (const longer of components(substitute(p.type, given))) {
      if (longer === shorter || isPromised(promised, longer, shorter) || head.some(([l, s]) => l === longer && s === shorter)) continue;
      const name = shorter.region.of === 'param' ? shorter.region.name : "'static";
      if (longer.kind === 'param') check.problems.push(problem(name === "'static" ? 'E0310' : 'E0309', span, { type: longer.name, lifetime: name }, { label: `\`${longer.name}\` must be valid for \`${name}\` here`, fixes: [boundFix(check.world, d.id, longer.name, name) ?? []].flat() }));
      else if (longer.kind === 'region' && longer.region.of === 'param') check.problems.push(problem('E0478', span, { longer: longer.region.name, shorter: name }, { label: `\`${longer.region.name}\` must outlive \`${name}\`` }));
      else continue;
      return;
    }
  }
}

/** E0275: a bound of the impl that only the impl itself could prove, for ever larger types. */
function checkEnds(check: Check, d: ImplDef): void {
  for (const p of d.generics.predicates) {
    if (p.kind !== 'trait' || p.ref.trait !== d.trait?.trait || p.ref.args[0]?.kind === 'param' || p.ref.args.some(a => (a.flags & HAS_ERROR) !== 0 || hasBound(a))) continue;
    const cx = makeCx(check.u, envOf(check.u, d.generics.predicates.filter(q => q !== p)));
    const ref: TraitRef = { trait: p.ref.trait, args: p.ref.args.map(eraseRegions) };
    holds(cx, ref);
    if (!cx.overflow) continue;
    check.problems.push(problem('E0275', p.span, { goal: `${show(check, ref.args[0] ?? p.ref.args[0] as Type)}: ${printTraitRef(ref, check.u.definitions)}` }, { label: 'proving it needs the same of a larger type, and so on' }));
    return;
  }
}

/** E0204: every field of a `Copy` type is `Copy`. */
function checkCopy(check: Check, cx: Cx, d: ImplDef, span: Span): void {
  const copy = lang(check.u, 'copy');
  if (copy === null || d.self.kind !== 'adt') return;
  const adt = check.u.definitions.byId.get(d.self.def);
  if (adt?.kind !== 'struct' && adt?.kind !== 'enum') return;
  const { args } = d.self;
  const fields = adt.kind === 'struct' ? adt.variant.fields : adt.variants.flatMap(v => v.fields);
  const guilty = fields.filter(f => {
    const type = settled(cx, instantiate(f.type, args));
    return (type.flags & HAS_ERROR) === 0 && holds(cx, { trait: copy, args: [type] }) === 'no';
  });
  if (guilty.length === 0) return;
  check.problems.push(problem('E0204', isDerived(check.world, d.id) ? adt.nameSpan : span, { type: adt.name }, {
    label: 'it holds something that is not `Copy`',
    labels: guilty.map(f => ({ span: f.span, text: `\`${show(check, instantiate(f.type, args))}\` is not \`Copy\`` })),
  }));
}

/** Parameters of the trait's item as the impl sees them: the trait's by the impl's reference, the item's own by the impl item's own. */
function itemArgs(u: Universe, d: ImplDef, mine: FnDef | AssociatedTypeDef, theirs: FnDef | AssociatedTypeDef): Type[] {
  const own = mine.generics.params;
  const args = (d.trait?.args ?? []).map(eraseRegions);
  const explicit = own.filter(p => p.kind !== 'lifetime');
  let next = 0;
  for (const p of theirs.generics.params) {
    if (p.kind === 'lifetime') {
      args.push(region({ of: 'erased' }));
      continue;
    }
    const other = explicit[next++];
    args.push(other === undefined ? param(p.index, p.name) : param(other.index, other.name));
  }
  void u;
  return args;
}

/** E0053 (types), E0276 (stricter bounds). */
function compareMethod(check: Check, d: ImplDef, trait: TraitDef, mine: FnDef, theirs: FnDef): void {
  const { u } = check;
  if (mine.signature.params.length !== theirs.signature.params.length) return;
  const count = (f: FnDef): number => f.generics.params.filter(p => p.kind !== 'lifetime').length;
  if (count(mine) !== count(theirs)) return;
  const args = itemArgs(u, d, mine, theirs);
  const outer = makeCx(u, paramEnv(u, d.id));
  const promised = theirs.generics.predicates.map(p => plain(outer, instantiatePredicate(p, args)));
  // The impl's own bounds, and what the trait's method promises.
  const env = envOf(u, [...predicatesOf(u, d.id), ...promised]);
  const cx = makeCx(u, env);
  for (const p of mine.generics.predicates) {
    if (p.kind !== 'trait' || p.ref.args.some(a => (a.flags & HAS_ERROR) !== 0 || hasBound(a))) continue;
    const ref: TraitRef = { trait: p.ref.trait, args: p.ref.args.map(a => settled(cx, eraseRegions(a))) };
    if (holds(cx, ref) !== 'no') continue;
    check.problems.push(problem('E0276', p.span, { name: mine.name, bound: `${ref.args[0] === undefined ? '' : show(check, ref.args[0])}: ${printTraitRef(ref, u.definitions)}` }, {
      label: 'the trait does not ask for this',
      fixes: [withoutBound(check.world, p.span) ?? []].flat(),
      labels: theirs.id.startsWith('std::') ? [] : [{ span: theirs.nameSpan, text: 'the trait declares it here' }],
    }));
    return;
  }
  const full = makeCx(u, envOf(u, [...predicatesOf(u, mine.id), ...promised]));
  const same = (a: Type, b: Type): boolean => {
    const x = settled(full, instantiate(a, args));
    const y = settled(full, eraseRegions(b));
    // A hidden type may stand where the trait says another hidden type or itself.
    return x === y || ((x.flags | y.flags) & HAS_ERROR) !== 0 || hasOpaque(x) || hasOpaque(y);
  };
  const item = check.world.table.items.get(mine.id);
  const fn = item?.kind === 'fn' ? item : null;
  for (let i = 0; i <= theirs.signature.params.length; i++) {
    const last = i === theirs.signature.params.length;
    const wanted = last ? theirs.signature.result : theirs.signature.params[i];
    const found = last ? mine.signature.result : mine.signature.params[i];
    if (wanted === undefined || found === undefined || same(wanted, found)) continue;
    const p = fn?.params[i];
    const span = last ? (fn?.result?.span ?? mine.nameSpan) : p === undefined ? mine.nameSpan : p.kind === 'param' && p.type !== null ? p.type.span : p.span;
    const expected = show(check, settled(full, instantiate(wanted, args)));
    check.problems.push(problem('E0053', span, { name: mine.name, trait: trait.name, expected, found: show(check, eraseRegions(found)) }, {
      label: `expected \`${expected}\`, found \`${show(check, eraseRegions(found))}\``,
      labels: theirs.id.startsWith('std::') ? [] : [{ span: theirs.nameSpan, text: 'type in trait' }],
      notes: [`the trait says \`${printFnHead(theirs, u.definitions)}\``],
      fixes: expected.includes('impl ') || (last && fn?.result == null) ? [] : [{
        title: 'write it as the trait does', certain: false,
        edits: [{ span, text: p?.kind !== 'self' ? expected : wanted.kind === 'ref' ? `&${wanted.mutable ? 'mut ' : ''}self` : wanted.kind === 'param' ? 'self' : `self: ${expected}` }],
      }],
    }));
    return;
  }
}

const hasOpaque = (t: Type): boolean => t.kind === 'opaque' || parts(t).some(hasOpaque);

function instantiatePredicate(p: Predicate, args: readonly Type[]): Predicate {
  switch (p.kind) {
    case 'trait': return { ...p, ref: { trait: p.ref.trait, args: p.ref.args.map(a => substitute(a, args)) } };
    case 'projection': return { ...p, args: p.args.map(a => substitute(a, args)), type: substitute(p.type, args) };
    default: return p;
  }
}

/** A trait predicate with its projections made plain: `<Iter as Iterator>::Item: Ord` promises `Ord` of what the item is. */
function plain(cx: Cx, p: Predicate): Predicate {
  return p.kind === 'trait' ? { ...p, ref: { trait: p.ref.trait, args: p.ref.args.map(a => (hasBound(a) ? a : settled(cx, eraseRegions(a)))) } } : p;
}

/** The bounds of a trait's associated type hold for the impl's. */
function checkItemType(check: Check, d: ImplDef, mine: AssociatedTypeDef, theirs: AssociatedTypeDef): void {
  if (mine.type === null || d.trait === null) return;
  const { u } = check;
  const args = itemArgs(u, d, mine, theirs);
  const env = envOf(u, [...predicatesOf(u, d.id), ...mine.generics.predicates, ...theirs.generics.predicates.map(p => instantiatePredicate(p, args))]);
  const cx = makeCx(u, env);
  const type = eraseRegions(mine.type);
  wellFormed(check, cx, type, mine.nameSpan);
  checkItemLifetimes(check, d, mine, theirs);
  for (const p of theirs.bounds) {
    if (p.kind !== 'trait') continue;
    // The bound speaks of the projection; here it is the given type.
    const bound = p.ref.args.map((a, i) => (i === 0 && isOwnProjection(a, theirs.id) ? type : settled(cx, instantiate(a, args))));
    if (bound.some(hasBound)) continue;
    require(check, cx, { trait: p.ref.trait, args: bound }, mine.nameSpan, theirs.id);
  }
}

const isNamed = (t: Type): boolean => t.kind === 'region' && (t.region.of === 'param' || t.region.of === 'static');

/** What the references in a type, and the bounds of what it applies, ask for: `T: 'a` and `'b: 'a` of `&'a (T, &'b U)`. */
function outlivesIn(u: Universe, t: Type): [Type, Type][] {
  const own: [Type, Type][] = [];
  if (t.kind === 'ref' && isNamed(t.region)) for (const c of components(t.inner)) own.push([c, t.region]);
  if (t.kind === 'adt') {
    for (const [longer, shorter] of impliedBy(u, t.def)) {
      const end = substitute(shorter, t.args);
      if (isNamed(end)) for (const c of components(substitute(longer, t.args))) own.push([c, end]);
    }
    for (const p of predicatesOf(u, t.def)) {
      if (p.kind !== 'typeOutlives' && p.kind !== 'regionOutlives') continue;
      const shorter = substitute(p.kind === 'typeOutlives' ? p.region : p.shorter, t.args);
      if (isNamed(shorter)) for (const c of components(substitute(p.kind === 'typeOutlives' ? p.type : p.longer, t.args))) own.push([c, shorter]);
    }
  }
  return t.kind === 'fnPtr' || t.kind === 'dyn' ? [] : [...own, ...parts(t).flatMap(part => outlivesIn(u, part))];
}

const implied = new WeakMap<Universe, Map<DefId, [Type, Type][]>>();

/** What a struct's or enum's fields ask of its own parameters, said or not: `struct Ref['a, T](&'a T)` asks for `T: 'a`. What is `'static` must be said. */
function impliedBy(u: Universe, def: DefId): [Type, Type][] {
  let table = implied.get(u);
  if (table === undefined) implied.set(u, (table = new Map()));
  const known = table.get(def);
  if (known !== undefined) return known;
  table.set(def, []);
  const d = u.definitions.byId.get(def);
  const variants = d?.kind === 'struct' ? [d.variant] : d?.kind === 'enum' ? d.variants : [];
  const pairs = variants.flatMap(v => v.fields).flatMap(f => outlivesIn(u, f.type)).filter(([longer, shorter]) => longer !== shorter && shorter.kind === 'region' && shorter.region.of === 'param');
  table.set(def, pairs);
  return pairs;
}

/** Parameters and lifetimes that stand in a type. */
function components(t: Type): Type[] {
  if (t.kind === 'param') return [t];
  if (t.kind === 'region') return t.region.of === 'param' ? [t] : [];
  return t.kind === 'fnPtr' || t.kind === 'dyn' || t.kind === 'projection' ? [] : parts(t).flatMap(components);
}

function isPromised(list: readonly Predicate[], longer: Type, shorter: Type): boolean {
  return list.some(p => (p.kind === 'typeOutlives' ? (p.region === shorter || (p.region.kind === 'region' && p.region.region.of === 'static')) && components(p.type).includes(longer) : p.kind === 'regionOutlives' && p.longer === longer && p.shorter === shorter));
}

/** An associated type's references ask for no more than the impl promises, by its bounds and by the types in its head. */
function checkItemLifetimes(check: Check, d: ImplDef, mine: AssociatedTypeDef, theirs: AssociatedTypeDef): void {
  if (mine.type === null) return;
  const promised = [...predicatesOf(check.u, d.id), ...mine.generics.predicates];
  const head = [d.self, ...(d.trait?.args ?? [])].flatMap(t => outlivesIn(check.u, t));
  // `Iter['a, T]` may imply `T: 'a` by its fields.
  const together = (t: Type, a: Type, b: Type): boolean => (t.kind === 'adt' && components(t).includes(a) && components(t).includes(b)) || parts(t).some(x => together(x, a, b));
  if (theirs.generics.predicates.some(p => p.kind === 'typeOutlives') && mine.generics.predicates.length < theirs.generics.predicates.length) return;
  for (const [longer, shorter] of outlivesIn(check.u, mine.type)) {
    if (longer === shorter || isPromised(promised, longer, shorter) || head.some(([l, s]) => l === longer && s === shorter) || [d.self, ...(d.trait?.args ?? [])].some(t => together(t, longer, shorter))) continue;
    const item = check.world.table.items.get(mine.id);
    const span = item?.kind === 'type' && item.value !== null ? item.value.span : mine.nameSpan;
    const name = shorter.kind === 'region' && shorter.region.of === 'param' ? shorter.region.name : "'static";
    if (longer.kind === 'param') check.problems.push(problem(name === "'static" ? 'E0310' : 'E0309', span, { type: longer.name, lifetime: name }, { label: `\`${longer.name}\` must be valid for \`${name}\` here`, fixes: [boundFix(check.world, d.id, longer.name, name) ?? []].flat() }));
    else if (longer.kind === 'region' && longer.region.of === 'param' && shorter.kind === 'region' && shorter.region.of === 'param') check.problems.push(problem('E0491', span, { longer: longer.region.name, shorter: name }, { label: `\`${longer.region.name}\` must outlive \`${name}\`` }));
    return;
  }
}

const isOwnProjection = (t: Type, item: DefId): boolean => t.kind === 'projection' && t.item === item;

// ---------------------------------------------------------------- dyn

const verdicts = new WeakMap<Universe, Map<DefId, readonly { readonly span: Span; readonly text: string }[]>>();

/** E0038: why a trait cannot be a `dyn`. */
function checkDyn(check: Check, trait: DefId, span: Span): void {
  let cache = verdicts.get(check.u);
  if (cache === undefined) verdicts.set(check.u, (cache = new Map()));
  let reasons = cache.get(trait);
  if (reasons === undefined) cache.set(trait, (reasons = obstacles(check.u, trait)));
  if (reasons.length === 0) return;
  const inProgram = reasons.filter(r => !check.u.definitions.byId.get(trait)?.id.startsWith('std::') && r.span.end > 0);
  check.problems.push(problem('E0038', span, { trait: shortName(trait) }, {
    label: `\`${shortName(trait)}\` cannot be used as \`dyn\``,
    labels: inProgram,
    notes: inProgram.length > 0 ? [] : reasons.map(r => r.text),
  }));
}

function obstacles(u: Universe, trait: DefId): { span: Span; text: string }[] {
  const out: { span: Span; text: string }[] = [];
  const sizedTrait = lang(u, 'sized');
  const all = supertraits(u, { trait, args: identityArgs(u, trait) });
  for (const ref of all) {
    const d = u.definitions.byId.get(ref.trait);
    if (d?.kind !== 'trait') continue;
    if (d.id === sizedTrait) {
      out.push({ span: d.nameSpan, text: 'it requires `Self: Sized`' });
      continue;
    }
    for (const p of d.generics.predicates) {
      if (p.kind === 'trait' && p.ref.trait !== sizedTrait && p.ref.args.slice(1).some(a => mentionsSelf(a))) out.push({ span: p.span, text: 'it uses `Self` as a type parameter of a supertrait' });
    }
    for (const id of d.items) {
      const item = u.definitions.byId.get(id);
      if (item === undefined) continue;
      if (item.kind === 'const') out.push({ span: item.nameSpan, text: `it has the constant \`${item.name}\`` });
      else if (item.kind === 'associatedType' && item.generics.params.length > 0) {
        if (!needsSized(u, item.generics.predicates, sizedTrait)) out.push({ span: item.nameSpan, text: `it has the generic associated type \`${item.name}\`` });
      } else if (item.kind === 'fn') out.push(...methodObstacles(u, item, d, sizedTrait));
    }
  }
  return out;
}

const mentionsSelf = (t: Type): boolean => (t.kind === 'param' && t.index === 0 && t.name === 'Self') || (t.kind !== 'projection' && parts(t).some(mentionsSelf));

function needsSized(_u: Universe, list: readonly Predicate[], sizedTrait: DefId | null): boolean {
  return list.some(p => p.kind === 'trait' && p.ref.trait === sizedTrait && p.ref.args[0]?.kind === 'param' && p.ref.args[0].index === 0 && p.ref.args[0].name === 'Self');
}

/** The projection of an `impl Trait` result: its name is in braces. */
const hasResultType = (t: Type): boolean => (t.kind === 'projection' && t.item.endsWith('}')) || parts(t).some(hasResultType);

function methodObstacles(u: Universe, item: FnDef, _d: TraitDef, sizedTrait: DefId | null): { span: Span; text: string }[] {
  if (needsSized(u, item.generics.predicates, sizedTrait)) return [];
  const at = item.nameSpan;
  if (!item.hasSelf) return [{ span: at, text: `\`${item.name}\` has no \`self\` parameter` }];
  if (item.generics.params.some(p => p.kind !== 'lifetime')) return [{ span: at, text: `\`${item.name}\` has generic type parameters` }];
  if (item.signature.params.slice(1).some(mentionsSelf) || mentionsSelf(item.signature.result)) return [{ span: at, text: `\`${item.name}\` mentions \`Self\` in its signature` }];
  if (hasOpaque(item.signature.result) || hasResultType(item.signature.result)) return [{ span: at, text: `\`${item.name}\` returns an \`impl Trait\`` }];
  return [];
}
