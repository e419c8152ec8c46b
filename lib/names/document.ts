/**
 * Items that only document the library: a function or struct with an empty body whose head is that of a prelude item is that item, not a
 * new one (this is how the design note writes `fn alloc(size: usize) -> *mut u8:`). In: an item. Out: does it. Types are compared as written, by shape
 * and last name, because names are not resolved yet.
 */
import type { FnItem, StructItem, TypeNode } from '../syntax/tree.ts';
import type { Generics } from '../types/definition.ts';
import type { Type } from '../types/type.ts';
import type { Build } from './build.ts';
import type { DefId } from '../types/type.ts';
import type { Definition } from '../types/definition.ts';

const PRELUDE = 'std::prelude' as DefId;

export function documentsPrelude(build: Build, item: FnItem | StructItem): boolean {
  if (build.crate === 'std') return false;
  if (item.kind === 'fn') {
    if (item.body === null ? item.abi !== null : item.body.statements.some(s => s.kind !== 'pass')) return false;
    const def = preludeItem(build, item.name.text, 'values');
    if (def?.kind !== 'fn' || def.hasSelf) return false;
    if (explicitCount(def.generics) !== item.generics.params.length || def.signature.params.length !== item.params.length) return false;
    const result = def.signature.result;
    const unit = result.kind === 'tuple' && result.elements.length === 0;
    if (item.result === null ? !unit : !matches(item.result, result)) return false;
    return item.params.every((p, i) => {
      const type = def.signature.params[i];
      return p.kind === 'param' && p.type !== null && type !== undefined && matches(p.type, type);
    });
  }
  if (!item.emptyBody || item.members.length > 0) return false;
  const def = preludeItem(build, item.name.text, 'types');
  if (def?.kind !== 'struct') return false;
  // Parameters with defaults (an allocator) need not be written.
  const required = def.generics.params.filter(p => !p.synthetic && p.fallback === null).length;
  const count = item.generics.params.length;
  return count >= required && count <= explicitCount(def.generics);
}

const explicitCount = (generics: Generics): number => generics.params.filter(p => !p.synthetic).length;

function preludeItem(build: Build, name: string, ns: 'types' | 'values'): Definition | null {
  const binding = build.world.modules.get(PRELUDE)?.[ns].get(name);
  return binding?.res.kind === 'def' ? (build.world.definitions.byId.get(binding.res.def) ?? null) : null;
}

function matches(node: TypeNode, type: Type): boolean {
  switch (node.kind) {
    case 'refType': return type.kind === 'ref' && type.mutable === node.mutable && matches(node.inner, type.inner);
    case 'ptrType': return type.kind === 'ptr' && type.mutable === node.mutable && matches(node.inner, type.inner);
    case 'sliceType': return type.kind === 'slice' && matches(node.element, type.element);
    case 'tupleType': return type.kind === 'tuple' && node.elements.length === type.elements.length && node.elements.every((n, i) => sameAt(n, type.elements[i]));
    case 'neverType': return type.kind === 'never';
    case 'pathType': {
      const segment = node.path.segments.at(-1);
      if (segment === undefined) return false;
      const name = segment.name.text;
      if (type.kind === 'int' || type.kind === 'float') return type.name === name;
      if (type.kind === 'bool' || type.kind === 'char' || type.kind === 'str') return type.kind === name;
      if (type.kind === 'param') return segment.args === null;
      if (type.kind !== 'adt' || !type.def.endsWith(`::${name}`)) return false;
      const written = segment.args?.kind === 'brackets' ? segment.args.args.flatMap(a => (a.kind === 'type' ? [a.type] : [])) : [];
      const types = type.args.filter(a => a.kind !== 'region');
      return written.length <= types.length && written.every((n, i) => sameAt(n, types[i]));
    }
    default: return false;
  }
}

const sameAt = (node: TypeNode, type: Type | undefined): boolean => type !== undefined && matches(node, type);
