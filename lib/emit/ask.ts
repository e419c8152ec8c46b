/**
 * Emission's questions about types, answered by trait selection over one universe with opaque types seen through. In: the universe.
 * Out: the `TypesApi`, with cached answers. Types asked about have no parameters left.
 */
import { storedTypes, type Cx } from '../types/builtin.ts';
import { resolve } from '../types/infer.ts';
import { makeLayouts } from '../types/layout.ts';
import { concreteCx, evaluateAll, holds, normalise, select } from '../types/solve.ts';
import { ERASED, eraseRegions, HAS_OPAQUE, HAS_PROJECTION, HAS_REGION, substitute, type DefId, type Type } from '../types/type.ts';
import { containerOf, definition, genericsOf, itemNamed, lang, paramsOf, type Universe } from '../types/universe.ts';
import { makeShapes } from './shapes.ts';
import type { TypesApi } from './world.ts';

export function makeTypesApi(u: Universe): TypesApi {
  const normal = new Map<Type, Type>();
  const copies = new Map<Type, boolean>();

  const normalize = (raw: Type): Type => {
    const type = (raw.flags & HAS_REGION) === 0 ? raw : eraseRegions(raw);
    if ((type.flags & (HAS_PROJECTION | HAS_OPAQUE)) === 0) return type;
    let known = normal.get(type);
    if (known === undefined) {
      const cx = concreteCx(u);
      const made = normalise(cx, type, 0);
      if (made.goals.length > 0) evaluateAll(cx, made.goals, 0);
      known = eraseRegions(resolve(cx.infer, made.type));
      // What was hidden may hide something itself.
      if (known !== type && (known.flags & (HAS_PROJECTION | HAS_OPAQUE)) !== 0) known = normalize(known);
      normal.set(type, known);
    }
    return known;
  };

  const isCopy = (type: Type): boolean => {
    let known = copies.get(type);
    if (known === undefined) {
      const trait = lang(u, 'copy');
      known = trait !== null && holds(concreteCx(u), { trait, args: [type] }) === 'yes';
      copies.set(type, known);
    }
    return known;
  };

  const layouts = makeLayouts({
    definitions: u.definitions, normalize,
    captures: closure => {
      const facts = closure.kind === 'closure' ? u.closures.get(closure.def) : undefined;
      return facts === undefined || closure.kind !== 'closure' ? null : storedTypes(facts).map(t => normalize(eraseRegions(substitute(t, closure.args))));
    },
  });

  return {
    normalize, isCopy,
    resolveItem: (def, args) => resolveItem(u, def, args.map(normalize), normalize),
    shape: makeShapes(u.definitions, type => layouts.of(type)),
    closure: def => {
      const facts = u.closures.get(def);
      if (facts === undefined) throw new Error(`no facts of ${def}`);
      return { kind: facts.kind, captures: storedTypes(facts).map(eraseRegions), params: facts.signature.params.map(eraseRegions), result: eraseRegions(facts.signature.result) };
    },
  };
}

function resolveItem(u: Universe, def: DefId, args: readonly Type[], normalize: (t: Type) => Type): { def: DefId; args: readonly Type[] } | null {
  const item = definition(u, def);
  const trait = containerOf(u, def);
  if (trait?.kind !== 'trait') return { def, args };
  const arity = paramsOf(u, trait.id).length;
  const cx: Cx = concreteCx(u);
  const found = select(cx, { trait: trait.id, args: args.slice(0, arity) }, 0);
  if (found === 'no' || found === 'maybe') return hasDefault(u, def) ? { def, args } : null;
  if (found.source.kind === 'impl') {
    evaluateAll(cx, found.nested, 0);
    const impl = definition(u, found.source.def);
    if (impl.kind !== 'impl') throw new Error(`${impl.id} is no impl`);
    const own = itemNamed(u, impl, item.name, item.kind);
    if (own === null) return { def, args };
    const parent = found.source.args.map(a => normalize(eraseRegions(resolve(cx.infer, a))));
    return { def: own.id, args: [...parent, ...ownArgs(u, own.id, args.slice(arity))] };
  }
  return hasDefault(u, def) ? { def, args } : null;
}

/** A method's own arguments, for an impl's method: its lifetimes are its own, types and constants are the trait method's in order. */
function ownArgs(u: Universe, def: DefId, given: readonly Type[]): Type[] {
  const rest = given.filter(a => a.kind !== 'region');
  return genericsOf(u, def).params.map(p => (p.kind === 'lifetime' ? ERASED : (rest.shift() ?? ERASED)));
}

function hasDefault(u: Universe, def: DefId): boolean {
  const d = u.definitions.byId.get(def);
  return (d?.kind === 'fn' || d?.kind === 'const') && d.hasBody;
}
