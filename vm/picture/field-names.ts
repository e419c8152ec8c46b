/**
 * What stands at each offset of the blocks that a call stack allocated, by name: `next`, `point.x`. In: a machine that stands where such blocks
 * live. Out: for each allocating place, by its user's frames, the names by offset. For the histograms of a heap profile.
 * A block's type is what the variables and blocks that lead to it say; a place whose blocks have several types keeps the first.
 */
import type { DebugType } from '../code/program.ts';
import type { Machine } from '../run/machine.ts';
import { siteStack } from '../run/trap.ts';
import type { StackEntry } from '../run/trap.ts';
import { blockId } from './heapmap.ts';
import { learnContents } from './take.ts';

export interface FieldName {
  readonly at: number;
  readonly name: string;
}

/** A place as key: the same for the same call stack in every run of the program. */
export const placeKey = (stack: readonly StackEntry[]): string => stack.filter(entry => entry.line > 0).map(({ function: name, file, line, column }) => `${name} ${file}:${line}:${column}`).join('\n');

/** Values of one type in a row are named up to here. */
const MOST = 32;

export function fieldNames(m: Machine): ReadonlyMap<string, { readonly type: string; readonly fields: readonly FieldName[] }> {
  const contents = learnContents(m);
  const found = new Map<string, { readonly type: string; readonly fields: readonly FieldName[] }>();
  const keys = new Map<number, string>();
  const keyOf = (site: number): string => {
    const known = keys.get(site) ?? placeKey(siteStack(m, site));
    keys.set(site, known);
    return known;
  };
  m.heap.blocks(block => {
    const content = contents.get(blockId(block.number, block.address, block.ordinal));
    const type = content === undefined ? undefined : m.program.types[content.row];
    const key = keyOf(block.born);
    if (content === undefined || type === undefined || content.text || type.size === 0 || found.has(key)) return;
    const fields: FieldName[] = content.before >= 8 ? [{ at: content.at - 8, name: 'strong' }, { at: content.at - 4, name: 'weak' }] : [];
    for (let i = 0; i < content.room && fields.length < MOST; i++) flatten(m.program.types, content.row, content.at + i * type.size, content.room > 1 ? `[${i}]` : '', fields);
    found.set(key, { type: type.name, fields });
  });
  return found;
}

function flatten(types: readonly DebugType[], row: number, at: number, path: string, into: FieldName[]): void {
  const type = types[row];
  if (type === undefined || into.length >= MOST) return;
  const deeper = (name: string): string => (path === '' ? name : `${path}.${name}`);
  switch (type.kind) {
    case 'struct':
      for (const field of type.fields) flatten(types, field.type, at + field.at, deeper(field.name), into);
      return;
    case 'enum':
      if (type.tag.kind === 'tag' && type.tag.otherwise === null) into.push({ at: at + type.tag.at, name: deeper('tag') });
      for (const variant of type.variants) for (const field of variant.fields) flatten(types, field.type, at + field.at, deeper(`${variant.name}.${field.name}`), into);
      return;
    case 'array':
      for (let i = 0; i < Math.min(type.length, MOST); i++) flatten(types, type.element, at + i * (types[type.element]?.size ?? 1), `${path}[${i}]`, into);
      return;
    case 'slice': into.push({ at, name: path === '' ? 'start' : path }, { at: at + 4, name: deeper('length') }); return;
    case 'dynamic': into.push({ at, name: path === '' ? 'value' : path }, { at: at + 4, name: deeper('methods') }); return;
    case 'unit': case 'never': return;
    default: if (type.size > 0) into.push({ at, name: path === '' ? 'value' : path });
  }
}
