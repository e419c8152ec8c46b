/**
 * Fixes for types that are written in part: how many arguments (E0107), what an object's associated types are (E0191), whose an associated type is (E0223).
 * In: what is wrong and where. Out: fixes, none of them certain; a type that nobody knows is written `_` in bodies, `()` elsewhere.
 */
import type { Fix } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import type { GenericParam } from '../types/definition.ts';
import { printType } from '../types/print.ts';
import type { DefId } from '../types/type.ts';
import { nameOf } from './lookup.ts';
import type { World } from './table.ts';

const insertAt = (span: Span, at: number, text: string): Fix['edits'][number] => ({ span: { ...span, start: at, end: at }, text });

export const textOf = (world: World, span: Span): string => world.files.get(span.file)?.text.slice(span.start, span.end) ?? '';

/** `span` is the list in brackets, or the path where there is none. `filler`: what to write for a type that nobody says. */
export function countFixes(world: World, span: Span, own: readonly GenericParam[], given: readonly Span[], kind: 'lifetime' | 'generic', filler: string): Fix[] {
  const text = textOf(world, span);
  const wanted = own.filter(p => !p.synthetic && (p.kind === 'lifetime') === (kind === 'lifetime'));
  const last = given.at(-1);
  if (given.length > wanted.length) {
    const title = 'leave out what is too much';
    const kept = given[wanted.length - 1];
    const [first] = given;
    if (last === undefined || first === undefined) return [];
    if (kept !== undefined) return [{ title, certain: false, edits: [{ span: { ...span, start: kept.end, end: last.end }, text: '' }] }];
    // Nothing else stands in the brackets: they go too.
    const open = text.lastIndexOf('[', first.start - span.start);
    const alone = open >= 0 && text.slice(open + 1, first.start - span.start).trim() === '' && text.slice(last.end - span.start).trim() === ']';
    return alone ? [{ title, certain: false, edits: [{ span: { ...span, start: span.start + open }, text: '' }] }] : [];
  }
  const lacking = wanted.slice(given.length).filter(p => p.fallback === null);
  const words = lacking.map(p => (p.kind === 'lifetime' ? "'static" : p.kind === 'const' && filler !== '_' ? '0' : filler)).join(', ');
  if (lacking.length === 0 || words === '') return [];
  if (last !== undefined) return [{ title: 'write what is missing, to be filled in', certain: false, edits: [insertAt(span, last.end, `, ${words}`)] }];
  if (text.endsWith(']') || kind === 'lifetime') return [];
  return [{ title: 'write what is missing, to be filled in', certain: false, edits: [insertAt(span, span.end, `[${words}]`)] }];
}

/** `span` is the whole `dyn A + B`; the trait's name stands in it. */
export function objectFixes(world: World, span: Span, trait: DefId, missing: readonly string[]): Fix[] {
  const text = textOf(world, span);
  const found = new RegExp(`(?<![\\p{L}\\p{N}_])${nameOf(trait)}(?![\\p{L}\\p{N}_])`, 'u').exec(text);
  if (found === null) return [];
  const words = missing.map(name => `${name} = ()`).join(', ');
  const after = found.index + found[0].length;
  if (text[after] !== '[') return [{ title: 'write what is missing, to be filled in', certain: false, edits: [insertAt(span, span.start + after, `[${words}]`)] }];
  let depth = 0;
  for (let i = after; i < text.length; i++) {
    if (text[i] === '[') depth++;
    else if (text[i] === ']' && --depth === 0) {
      const isEmpty = text.slice(after + 1, i).trim() === '';
      return [{ title: 'write what is missing, to be filled in', certain: false, edits: [insertAt(span, span.start + i, isEmpty ? words : `, ${words}`)] }];
    }
  }
  return [];
}

/** `Trait::Item`: of a type that implements it, where the program has just one such impl. */
export function ownerFixes(world: World, span: Span, trait: DefId, item: string): Fix[] {
  const types = new Set<string>();
  for (const id of world.definitions.implsOf.get(trait) ?? []) {
    const impl = world.definitions.byId.get(id);
    if (impl?.kind === 'impl' && id.startsWith(`${world.root}::`)) types.add(printType(impl.self, world.definitions));
  }
  const [only] = types;
  return only === undefined || types.size > 1 ? [] : [asTrait(span, only, nameOf(trait), item)];
}

/** `Type::Item`: of the one trait in the crate that declares it. */
export function traitFixes(world: World, span: Span, type: string, item: string): Fix[] {
  const found = new Set<string>();
  for (const [id, scope] of world.modules) if (scope.kind === 'trait' && id.startsWith(`${world.root}::`) && scope.types.has(item)) found.add(nameOf(id));
  const [only] = found;
  return only === undefined || found.size > 1 ? [] : [asTrait(span, type, only, item)];
}

const asTrait = (span: Span, type: string, trait: string, item: string): Fix => ({ title: `say whose it is: \`<${type} as ${trait}>::${item}\``, certain: false, edits: [{ span, text: `<${type} as ${trait}>::${item}` }] });
