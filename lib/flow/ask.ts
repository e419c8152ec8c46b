/**
 * The flow phases' questions, answered by trait selection over one universe: makes the `TypeQueries` of a compilation. In: the
 * universe and the source texts. Out: cached answers. Questions about a closure's body are asked in its function's environment.
 */
import type { Span } from '../text/span.ts';
import type { Sources } from '../text/sources.ts';
import { storedTypes, type Cx } from '../types/builtin.ts';
import { paramEnv } from '../types/env.ts';
import { printType } from '../types/print.ts';
import { holds, makeCx, normalise, select } from '../types/solve.ts';
import type { Universe } from '../types/universe.ts';
import { eraseRegions, numberOf, substitute, type DefId, type Type } from '../types/type.ts';
import { dropImpl, isLang, type Selected, type TypeQueries } from './queries.ts';

/** The function (or constant) in whose body a closure stands. */
export function bodyOwner(def: DefId): DefId {
  const at = def.indexOf('::{closure#');
  return at < 0 ? def : (def.slice(0, at) as DefId);
}

export function makeQueries(u: Universe, sources: Sources): TypeQueries {
  const contexts = new Map<DefId, { cx: Cx; copy: Map<number, boolean>; drop: Map<number, boolean>; freeze: Map<number, boolean>; selected: Map<number, Selected | null> }>();
  const at = (owner: DefId): NonNullable<ReturnType<(typeof contexts)['get']>> => {
    const base = bodyOwner(owner);
    let found = contexts.get(base);
    if (found === undefined) contexts.set(base, (found = { cx: makeCx(u, paramEnv(u, base)), copy: new Map(), drop: new Map(), freeze: new Map(), selected: new Map() }));
    return found;
  };
  const normal = (cx: Cx, type: Type): Type => normalise(cx, type, 0).type;

  const isCopy = (owner: DefId, type: Type): boolean => {
    switch (type.kind) {
      case 'int': case 'float': case 'bool': case 'char': case 'never': case 'ptr': case 'fnDef': case 'fnPtr': return true;
      case 'ref': return !type.mutable;
      case 'str': case 'slice': case 'dyn': return false;
      case 'tuple': return type.elements.every(e => isCopy(owner, e));
      case 'array': return isCopy(owner, type.element);
      case 'error': return true;
      default: break;
    }
    const c = at(owner);
    let answer = c.copy.get(type.id);
    if (answer === undefined) {
      const trait = u.definitions.lang.get('copy');
      answer = trait !== undefined && holds(c.cx, { trait, args: [type] }) === 'yes';
      c.copy.set(type.id, answer);
    }
    return answer;
  };

  const needsDrop = (owner: DefId, type: Type): boolean => {
    switch (type.kind) {
      case 'int': case 'float': case 'bool': case 'char': case 'never': case 'ptr': case 'fnDef': case 'fnPtr': case 'ref': case 'str': case 'error': case 'region': case 'const': return false;
      case 'tuple': return type.elements.some(e => needsDrop(owner, e));
      case 'array': return !(type.length.kind === 'const' && type.length.value === 0n) && needsDrop(owner, type.element);
      case 'slice': return needsDrop(owner, type.element);
      case 'dyn': return true;
      case 'closure': {
        const facts = u.closures.get(type.def);
        return facts === undefined ? true : storedTypes(facts).some(t => needsDrop(owner, eraseRegions(substitute(t, type.args))));
      }
      case 'adt': break;
      default: return !isCopy(owner, type);
    }
    const c = at(owner);
    const known = c.drop.get(type.id);
    if (known !== undefined) return known;
    c.drop.set(type.id, false); // a cycle through itself alone adds nothing
    let answer = false;
    if (isLang(u.definitions, type, 'manually_drop')) answer = false;
    else if (dropImpl(u.definitions, type.def) !== null || isLang(u.definitions, type, 'owned_box')) answer = true;
    else {
      const d = u.definitions.byId.get(type.def);
      const variants = d?.kind === 'struct' ? [d.variant] : d?.kind === 'enum' ? d.variants : [];
      answer = variants.some(v => v.fields.some(f => needsDrop(owner, normal(c.cx, eraseRegions(substitute(f.type, type.args))))));
    }
    c.drop.set(type.id, answer);
    return answer;
  };

  const isFreeze = (owner: DefId, type: Type): boolean => {
    switch (type.kind) {
      case 'tuple': return type.elements.every(e => isFreeze(owner, e));
      case 'array': return (type.length.kind === 'const' && type.length.value === 0n) || isFreeze(owner, type.element);
      case 'slice': return isFreeze(owner, type.element);
      case 'param': case 'projection': case 'opaque': case 'dyn': return false;
      case 'adt': break;
      default: return true;
    }
    if (isLang(u.definitions, type, 'unsafe_cell')) return false;
    const c = at(owner);
    const known = c.freeze.get(type.id);
    if (known !== undefined) return known;
    c.freeze.set(type.id, true);
    const d = u.definitions.byId.get(type.def);
    const variants = d?.kind === 'struct' ? [d.variant] : d?.kind === 'enum' ? d.variants : [];
    const answer = variants.every(v => v.fields.every(f => isFreeze(owner, normal(c.cx, eraseRegions(substitute(f.type, type.args))))));
    c.freeze.set(type.id, answer);
    return answer;
  };

  return {
    definitions: u.definitions,
    isCopy,
    isClone(owner, type) {
      const trait = u.definitions.lang.get('clone');
      return trait !== undefined && holds(at(owner).cx, { trait, args: [eraseRegions(type)] }) === 'yes';
    }, needsDrop, isFreeze,
    normalise: (owner, type) => normal(at(owner).cx, type),
    captures(closure) {
      const facts = u.closures.get(closure);
      return facts === undefined ? null : storedTypes(facts).map(eraseRegions);
    },
    closure: def => u.closures.get(def) ?? null,
    select(owner, ref) {
      const { cx, selected } = at(owner);
      const args = ref.args.map(eraseRegions);
      const key = numberOf(ref.trait, args);
      const known = selected.get(key);
      if (known !== undefined) return known;
      const found = select(cx, { trait: ref.trait, args }, 0);
      const answer = found === 'no' || found === 'maybe' ? null : found.source;
      selected.set(key, answer);
      return answer;
    },
    hidden: def => u.opaques.get(def) ?? null,
    show: type => printType(type, u.definitions),
    text: (span: Span) => sources.slice(span),
    position(span: Span) {
      const p = sources.position(span.file, span.start);
      return `${sources.get(span.file).name}:${p.line}:${p.column}`;
    },
    isLibrary: (span: Span) => sources.files[span.file]?.library ?? false,
  };
}
