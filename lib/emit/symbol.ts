/**
 * Names of instances and types as a person reads them: `Vec[i32]::push`, `main::area`, `drop of Node`. For reports, profiles and
 * `show code`; nothing depends on their text. In: types without parameters. Costs linear in the type.
 */
import type { Definitions } from '../types/definition.ts';
import { substitute, type DefId, type Type } from '../types/type.ts';
import type { Instance } from './instance.ts';

const list = (d: Definitions, types: readonly Type[]): string => types.filter(t => t.kind !== 'region').map(t => typeText(d, t)).join(', ');

const generic = (d: Definitions, name: string, args: readonly Type[]): string => {
  const inside = list(d, args);
  return inside === '' ? name : `${name}[${inside}]`;
};

const lastName = (d: Definitions, def: DefId): string => d.byId.get(def)?.name ?? def.slice(def.lastIndexOf('::') + 2);

export function typeText(d: Definitions, t: Type): string {
  switch (t.kind) {
    case 'int': case 'float': return t.name;
    case 'never': return '!';
    case 'tuple': return t.elements.length === 1 ? `(${list(d, t.elements)},)` : `(${list(d, t.elements)})`;
    case 'array': return `[${typeText(d, t.element)}; ${typeText(d, t.length)}]`;
    case 'slice': return `[${typeText(d, t.element)}]`;
    case 'ref': return `&${t.mutable ? 'mut ' : ''}${typeText(d, t.inner)}`;
    case 'ptr': return `*${t.mutable ? 'mut' : 'const'} ${typeText(d, t.inner)}`;
    case 'adt': {
      const definition = d.byId.get(t.def);
      const fallbacks = definition !== undefined && 'generics' in definition ? definition.generics : null;
      // An allocator that is the default is not worth saying.
      const args = t.args.filter((a, i) => {
        const param = fallbacks?.params.find(p => p.index === i);
        return param === undefined || param.fallback === null || param.fallback !== a;
      });
      return generic(d, lastName(d, t.def), args);
    }
    case 'fnPtr': return `fn(${list(d, t.signature.params)})${t.signature.result.kind === 'tuple' && t.signature.result.elements.length === 0 ? '' : ` -> ${typeText(d, t.signature.result)}`}`;
    case 'fnDef': return generic(d, pathText(d, t.def), t.args);
    case 'closure': return `${pathText(d, t.def)}`;
    case 'dyn': return `dyn ${t.principal === null ? t.autos.map(a => lastName(d, a)).join(' + ') : generic(d, lastName(d, t.principal.trait), t.principal.args)}`;
    case 'opaque': return `impl ${t.def}`;
    case 'param': return t.name;
    case 'const': return t.type.kind === 'bool' ? (t.value === 0n ? 'false' : 'true') : String(t.value);
    case 'projection': return lastName(d, t.item);
    case 'infer': return '_';
    case 'error': return '?';
    default: return t.kind;
  }
}

/** A definition's path without its crate's generated parts. */
function pathText(d: Definitions, def: DefId): string {
  const closure = def.lastIndexOf('::{closure');
  if (closure >= 0) return `${pathText(d, def.slice(0, closure) as DefId)}::{closure}`;
  const definition = d.byId.get(def);
  if (definition === undefined) return def;
  const parent = definition.parent === null ? undefined : d.byId.get(definition.parent);
  if (parent === undefined || parent.parent === null || parent.kind === 'module') return definition.name;
  return `${parent.name}::${definition.name}`;
}

/** A function's name with its arguments where they belong: on the impl's type, and on the method. */
function itemText(d: Definitions, def: DefId, args: readonly Type[]): string {
  const closure = def.lastIndexOf('::{closure');
  if (closure >= 0) return `${itemText(d, def.slice(0, closure) as DefId, args)}::{closure}`;
  const definition = d.byId.get(def);
  if (definition === undefined) return def;
  const generics = 'generics' in definition ? definition.generics : null;
  const own = args.slice(generics?.parentCount ?? 0);
  const parent = definition.parent === null ? undefined : d.byId.get(definition.parent);
  if (parent?.kind === 'impl') return `${typeText(d, substitute(parent.self, args))}::${generic(d, definition.name, own)}`;
  if (parent?.kind === 'trait') {
    const [self] = args;
    return `<${self === undefined ? 'Self' : typeText(d, self)} as ${parent.name}>::${generic(d, definition.name, own)}`;
  }
  if (parent?.kind === 'struct' || parent?.kind === 'enum') return `${generic(d, parent.name, args.slice(0, generics?.parentCount ?? 0))}::${generic(d, definition.name, own)}`;
  if (parent?.kind === 'module' && parent.parent !== null) return `${pathText(d, parent.id)}::${generic(d, definition.name, own)}`;
  return generic(d, definition.name, own);
}



export function instanceText(d: Definitions, i: Instance): string {
  switch (i.kind) {
    case 'item': case 'constructor': case 'virtual': case 'intrinsic': return itemText(d, i.def, i.args);
    case 'drop': return `drop of ${typeText(d, i.type)}`;
    case 'clone': return `clone of ${typeText(d, i.type)}`;
    case 'call': return `call of ${typeText(d, i.self)}`;
    case 'closureFn': return `${typeText(d, i.closure)} as fn`;
    case 'byPointer': return instanceText(d, i.inner);
    case 'promoted': return `constant ${i.index} of ${instanceText(d, i.owner)}`;
    case 'start': return 'start';
  }
}
