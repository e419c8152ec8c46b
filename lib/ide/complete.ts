/**
 * What could stand at a place: members of a value, names of a module or type, names in scope, words of the language. In: a session (or what was
 * checked of it) and the text up to the cursor. Out: where the word to be completed begins, and candidates, the most likely first. Nothing is changed.
 * Cost: a check of the text before the cursor where members are asked for; else the tables alone.
 */
import { keywords } from '../syntax/words.ts';
import type { Expr, Pattern } from '../syntax/tree.ts';
import type { ModuleScope, World } from '../names/table.ts';
import { inherentItems, inherentKey, traitItems } from '../types/probe.ts';
import { concreteCx, freshArgs, holds, normalise } from '../types/solve.ts';
import { intern, slice, type DefId, type Type } from '../types/type.ts';
import { lang, traitItem, variantsOf, type Universe } from '../types/universe.ts';
import { probe } from '../types/infer.ts';
import { checkEntry, readEntry, type SessionBase, type SessionCheck, type SessionEntry } from './session.ts';

export interface Completion {
  /** Where the word begins. */
  readonly from: number;
  readonly candidates: readonly string[];
}

const WORD = /[\p{L}\p{N}_]*$/u;
const TYPES = ['i8', 'i16', 'i32', 'i64', 'isize', 'u8', 'u16', 'u32', 'u64', 'usize', 'f32', 'f64', 'bool', 'char', 'str'];

/** `text` is what stands before the cursor; `now` is the last check of the session's entries, when there is one. */
export function complete(base: SessionBase, entries: readonly SessionEntry[], now: SessionCheck | null, text: string, ids: { next: number }): Completion {
  const word = WORD.exec(text)?.[0] ?? '';
  const from = text.length - word.length;
  const head = text.slice(0, from);
  const fits = (names: Iterable<string>): string[] => [...new Set(names)].filter(name => name.startsWith(word) && name !== '' && !name.startsWith('{'));
  if (insideText(text)) return { from, candidates: [] };
  if (/\.\s*$/.test(head) && !/\.\.\s*$/.test(head)) {
    const before = head.replace(/\.\s*$/, '');
    const start = receiverStart(before);
    const receiver = before.slice(start);
    if (receiver === '' || /^\d+$/.test(receiver)) return { from, candidates: [] };
    const found = typeOf(base, entries, now, before, start, ids) ?? typeOf(base, entries, now, receiver, 0, ids);
    return { from, candidates: found === null ? [] : fits(members(found.universe, found.world, found.type)) };
  }
  const path = /((?:[\p{L}_][\p{L}\p{N}_]*\s*::\s*)+)$/u.exec(head)?.[1];
  const world = now?.checked.world ?? base.library.world;
  if (path !== undefined) return { from, candidates: fits(namesBehind(world, now?.checked.universe ?? null, path.split('::').map(p => p.trim()).filter(Boolean))) };
  const written = [...head.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)].map(m => m[0]).filter(name => !keywords.has(name));
  const variables = entries.flatMap(e => e.tree.statements.flatMap(s => (s.kind === 'let' ? bound(s.pattern) : [])));
  const scopes = [world.modules.get('main' as DefId), world.modules.get('std::prelude' as DefId)];
  const items = entries.flatMap(e => e.tree.items.flatMap(item => ('name' in item ? [item.name.text] : [])));
  return { from, candidates: fits([...variables.reverse(), ...items, ...written, ...scopes.flatMap(scopeNames), ...keywords, ...TYPES, 'std']) };
}

/** In a string or a comment nothing is completed. */
function insideText(text: string): boolean {
  const line = text.slice(text.lastIndexOf('\n') + 1).replace(/\\./g, '  ').replace(/'.'/g, '   ');
  let open = false;
  for (const c of line) {
    if (c === '"') open = !open;
    else if (c === '#' && !open) return true;
  }
  return open;
}

/** Where the expression begins that ends with the text: names, calls, indexes and fields, backwards. */
function receiverStart(text: string): number {
  let at = text.length;
  for (;;) {
    const before = at;
    const c = text[at - 1] ?? '';
    if (c === ')' || c === ']' || c === '}') at = opening(text, at - 1);
    else if (c === '"') at = Math.max(0, text.lastIndexOf('"', at - 2));
    else if (c === '?') at--;
    if (at === 0) return 0;
    const word = /[\p{L}\p{N}_]+$/u.exec(text.slice(0, at))?.[0] ?? '';
    if (word !== '' && !(keywords.has(word) && word !== 'self')) at -= word.length;
    const joint = /(\.|::)$/.exec(text.slice(0, at))?.[0];
    if (joint !== undefined) {
      at -= joint.length;
      continue;
    }
    if (at === before || /[\p{L}\p{N}_(\s,=+\-*/&|<>![{:]/u.test(text[at - 1] ?? ' ')) return at;
  }
}

function opening(text: string, close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    if (/[)\]}]/.test(text[at] ?? '')) depth++;
    else if (/[([{]/.test(text[at] ?? '') && --depth === 0) return at;
  }
  return close;
}

/** The type of the expression that stands at `[start, end of text)`. */
function typeOf(base: SessionBase, entries: readonly SessionEntry[], now: SessionCheck | null, text: string, start: number, ids: { next: number }): { type: Type; universe: Universe; world: World } | null {
  const read = readEntry(base, '<completion>', text, ids);
  const check = checkEntry(base, entries, read, ids, now);
  let found: Expr | null = null;
  visit(read.tree, node => {
    if (node.span.start === start && node.span.end === text.length && (found === null || node.span.end > found.span.end)) found = node as Expr;
  });
  if (found === null) return null;
  for (const facts of check.checked.facts.values()) {
    const type = facts.types.get((found as Expr).id);
    if (type !== undefined && type.kind !== 'error') return { type, universe: check.checked.universe, world: check.checked.world };
  }
  return null;
}

interface Placed { readonly id: number; readonly kind: string; readonly span: { readonly start: number; readonly end: number } }

function visit(value: unknown, see: (node: Placed) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value) visit(each, see);
    return;
  }
  if ('kind' in value && 'id' in value && 'span' in value && EXPRESSIONS.has(String(value.kind))) see(value as Placed);
  for (const each of Object.values(value)) visit(each, see);
}
const EXPRESSIONS = new Set(['pathExpr', 'call', 'methodCall', 'field', 'index', 'paren', 'literal', 'try', 'struct', 'array', 'tuple']);

/** Names that a pattern binds. */
export function bound(p: Pattern): string[] {
  const names: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) return value.forEach(walk);
    if ('kind' in value && value.kind === 'binding' && 'name' in value) names.push((value.name as { text: string }).text);
    Object.values(value).forEach(walk);
  };
  walk(p);
  return names;
}

// ---------------------------------------------------------------- members

/** Fields first, then methods of the type and what it dereferences to, then those of traits. */
function members(u: Universe, world: World, type: Type): string[] {
  const fields: string[] = [];
  const methods: string[] = [];
  const ofTraits: string[] = [];
  const cx = concreteCx(u);
  const open = (visibleIn: DefId | null): boolean => visibleIn === null || visibleIn.startsWith('main');
  const traits = world.bodies[world.bodies.length - 1]?.traits ?? [];
  for (const at of chain(u, type)) {
    if (at.kind === 'adt' && u.definitions.byId.get(at.def)?.kind === 'struct') for (const f of variantsOf(u, at.def)[0]?.fields ?? []) if (open(f.visibleIn)) fields.push(f.name);
    if (at.kind === 'tuple') fields.push(...at.elements.map((_, i) => String(i)));
    const key = inherentKey(at);
    if (key !== null) for (const [name, list] of inherentItems(u, key)) if (list.some(({ item }) => item.kind === 'fn' && item.hasSelf && open(item.visibleIn))) methods.push(name);
    for (const trait of traits) {
      const names = [...traitItems(u, trait)].filter(([, item]) => item.kind === 'fn' && item.hasSelf).map(([name]) => name);
      if (names.length === 0) continue;
      const verdict = probe(cx.infer, () => holds(cx, { trait, args: [at, ...freshArgs(cx, trait).slice(1)] }));
      if (verdict !== 'no') ofTraits.push(...names);
    }
  }
  return [...fields, ...methods.sort(), ...ofTraits.sort()];
}

/** The type, what it dereferences to, and so on; an array as a slice at the end. */
function chain(u: Universe, type: Type): Type[] {
  const out: Type[] = [];
  const deref = lang(u, 'deref');
  const target = deref === null ? null : traitItem(u, deref, 'Target');
  let at: Type | null = type;
  while (at !== null && out.length < 8) {
    out.push(at);
    const now: Type = at;
    at = null;
    if (now.kind === 'ref') at = now.inner;
    else if (now.kind === 'array') out.push(slice(now.element));
    else if (now.kind === 'adt' && deref !== null && target !== null) {
      const cx = concreteCx(u);
      if (holds(cx, { trait: deref, args: [now] }) !== 'yes') continue;
      const next: Type = normalise(cx, intern({ kind: 'projection', item: target, args: [now] }), 0).type;
      if (next.kind !== 'projection' && next.kind !== 'error') at = next;
    }
  }
  return out;
}

// ---------------------------------------------------------------- paths

function scopeNames(scope: ModuleScope | undefined): string[] {
  return scope === undefined ? [] : [...scope.types.keys(), ...scope.values.keys()];
}

function namesBehind(world: World, universe: Universe | null, path: readonly string[]): string[] {
  const [first, ...rest] = path;
  if (first === undefined) return [];
  const lookIn = (scope: ModuleScope | undefined, name: string): DefId | null => {
    const found = scope?.types.get(name);
    return found?.res.kind === 'def' ? found.res.def : null;
  };
  let def: DefId | null = first === 'std' ? ('std' as DefId) : first === 'crate' || first === 'self' ? ('main' as DefId) : null;
  const blocks = [...world.modules.values()].filter(scope => scope.kind === 'block').reverse();
  for (const scope of [...blocks, world.modules.get('main' as DefId), world.modules.get('std::prelude' as DefId)]) def ??= lookIn(scope, first);
  for (const name of rest) def = def === null ? null : lookIn(world.modules.get(def), name);
  if (def === null) return [];
  const at = def;
  const own = [...(world.modules.get(at)?.types ?? []), ...(world.modules.get(at)?.values ?? [])];
  const names = own.filter(([, binding]) => binding.visibleIn === null || binding.visibleIn.startsWith('main')).map(([name]) => name);
  const u = universe;
  if (u !== null) for (const [name, list] of inherentItems(u, at)) if (list.some(({ item }) => item.visibleIn === null || item.visibleIn.startsWith('main'))) names.push(name);
  return [...new Set(names)].sort();
}
