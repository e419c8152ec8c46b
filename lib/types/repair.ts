/**
 * Edits at other places than the complaint's: a bound for a type parameter, a derive for a type. In: the world of names, what is to hold.
 * Out: a fix, or null where the place is not of the program or the edit would not do. Cost: a walk up the owners.
 */
import { behind } from '../report/edits.ts';
import type { Fix } from '../report/problem.ts';
import type { World } from '../names/table.ts';
import type { Span } from '../text/span.ts';
import { shortName } from './print.ts';
import type { DefId } from './type.ts';

const textOf = (world: World, span: Span): string => world.files.get(span.file)?.text.slice(span.start, span.end) ?? '';

/** `T: Bound`, at the declaration of `T` that is in force in `owner`. */
export function boundFix(world: World, owner: DefId, param: string, bound: string): Fix | null {
  for (let at: DefId | null = owner; at !== null; at = world.definitions.byId.get(at)?.parent ?? null) {
    const item = world.table.items.get(at);
    if (item === undefined || !('generics' in item)) continue;
    const found = item.generics.params.find(p => p.kind === 'typeParam' && p.name.text === param);
    if (found?.kind !== 'typeParam') continue;
    const last = found.bounds[found.bounds.length - 1];
    const place: Span = last === undefined ? { ...found.name.span, start: found.name.span.end } : { ...last.span, start: last.span.end };
    return { title: `ask for it: \`${param}: ${bound}\``, certain: false, edits: [{ span: place, text: `${last === undefined ? ': ' : ' + '}${bound}` }] };
  }
  return null;
}

/** `@derive(…)` before a type of the program. */
export function deriveFix(world: World, def: DefId, traits: readonly string[]): Fix | null {
  const item = world.table.items.get(def);
  const file = item === undefined ? undefined : world.files.get(item.span.file);
  if (item === undefined || file === undefined || (item.kind !== 'struct' && item.kind !== 'enum')) return null;
  const line = file.text.lastIndexOf('\n', item.span.start - 1) + 1;
  const indent = /^[ ]*/.exec(file.text.slice(line))?.[0] ?? '';
  if (file.text.slice(line, item.span.start).trim() !== '') return null;
  const place: Span = { ...item.span, start: line, end: line };
  return { title: `derive it for \`${shortName(def)}\``, certain: false, edits: [{ span: place, text: `${indent}@derive(${traits.join(', ')})\n` }] };
}

/** A bound that goes: with the colon or plus sign before it. */
export function withoutBound(world: World, bound: Span): Fix | null {
  const text = world.files.get(bound.file)?.text;
  if (text === undefined) return null;
  const lead = /[:+]\s*$/.exec(text.slice(0, bound.start));
  const follows = /^\s*\+\s*/.exec(text.slice(bound.end));
  if (lead === null) return null;
  const isFirst = lead[0].startsWith(':');
  if (isFirst && follows !== null) return { title: 'leave the bound out', certain: false, edits: [{ span: { ...bound, end: bound.end + follows[0].length }, text: '' }] };
  return { title: 'leave the bound out', certain: false, edits: [{ span: { ...bound, start: bound.start - lead[0].length }, text: '' }] };
}

/** The text of `span` with a method called on it. */
export const calling = (world: World, span: Span, call: string): Fix['edits'] => behind(span, textOf(world, span), call);
