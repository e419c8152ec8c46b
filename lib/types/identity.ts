/**
 * A number for a type that is the same in every process, for `TypeId`: 64 bits mixed from the type's structure and the paths of its definitions.
 * In: a type without parameters. Out: a number. Equal for equal types; two different types get one number with a chance of 2^-64.
 */
import type { Type } from './type.ts';

function text(type: Type): string {
  const list = (types: readonly Type[]): string => types.map(text).join(',');
  switch (type.kind) {
    case 'int': case 'float': return type.name;
    case 'tuple': return `(${list(type.elements)})`;
    case 'array': return `[${text(type.element)};${text(type.length)}]`;
    case 'slice': return `[${text(type.element)}]`;
    case 'ref': case 'ptr': return `${type.kind}${type.mutable ? ' mut' : ''} ${text(type.inner)}`;
    case 'adt': case 'fnDef': case 'closure': case 'opaque': return `${type.kind} ${type.def}<${list(type.args)}>`;
    case 'fnPtr': return `fn ${type.signature.isUnsafe} ${type.signature.abi ?? ''}(${list(type.signature.params)})${text(type.signature.result)}`;
    case 'dyn': {
      const principal = type.principal === null ? '' : `${type.principal.trait}<${list(type.principal.args)}>`;
      return `dyn ${principal}${type.projections.map(p => `+${p.item}=${text(p.type)}`).join('')}${[...type.autos].sort().map(auto => `+${auto}`).join('')}`;
    }
    case 'projection': return `projection ${type.item}<${list(type.args)}>`;
    case 'const': return `${type.value} ${text(type.type)}`;
    case 'param': return `param ${type.index}`;
    default: return type.kind;
  }
}

export function identityOf(type: Type): bigint {
  let [one, other] = [0xdeadbeef, 0x41c6ce57];
  for (const letter of text(type)) {
    const code = letter.codePointAt(0) ?? 0;
    one = Math.imul(one ^ code, 2654435761);
    other = Math.imul(other ^ code, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
  other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return BigInt.asIntN(64, (BigInt(other >>> 0) << 32n) | BigInt(one >>> 0));
}
