/**
 * Items: logical lines → the tree's items. In: the elements of a line (attributes taken off) and what documents it. Out: an item, or
 * null when its head could not be parsed (reported). Bodies are handed to the makers of blocks and members. Linear.
 */
import type { Span } from '../text/span.ts';
import { problem } from '../report/problem.ts';
import type { Builder, ItemPlace } from './builder.ts';
import { deeper, idOf, nameOf, parseAs, piecesOf, spanOf } from './builder.ts';
import { buildGenerics, textOf } from './buildType.ts';
import type { Block as Suite, Element, Group } from './layout.ts';
import type { RawItem, RawParam, RawStatic, RawUsePath, RawUseTree, RawVisible, RawWords, Starts } from './raw.ts';
import { bodyColon, wrapBody, wrapSuites } from './suites.ts';
import type { Attribute, Field, Item, Name, Param, StaticItem, TupleField, UseTree, Variant, VariantShape, Visibility } from './tree.ts';
import type { Token } from './words.ts';
import { misfit } from './expected.ts';

interface Kind {
  readonly rule: keyof Starts;
  /** Index of the item's keyword. */
  readonly at: number;
}

const plain: ReadonlyMap<string, keyof Starts> = new Map([
  ['struct', 'structItem'], ['enum', 'enumItem'], ['trait', 'traitItem'], ['impl', 'implItem'], ['mod', 'modItem'], ['use', 'useItem'], ['static', 'staticItem'], ['type', 'typeItem'],
]);

/** Which item a line begins, if any. */
export function itemKind(elements: readonly Element[]): Kind | null {
  let at = 0;
  if (elements[0]?.type === 'pub') at = elements[1]?.type === 'paren' ? 2 : 1;
  let qualified = at > 0;
  for (; at < elements.length; at++) {
    const type = elements[at]?.type ?? '';
    const next = elements[at + 1]?.type;
    const rule = plain.get(type);
    if (rule !== undefined) return { rule: rule === 'staticItem' && elements.slice(0, at).some(element => element.type === 'extern') ? 'externStatic' : rule, at };
    if (type === 'fn') return next === 'ident' || qualified || next === undefined ? { rule: 'fnItem', at } : null;
    if (type === 'const' && next !== 'fn' && next !== 'unsafe' && next !== 'extern') return { rule: 'constItem', at };
    if (type === 'unsafe' && next === ':') return null;
    if (type === 'extern' && (next === ':' || (next === 'literal' && elements[at + 2]?.type === ':'))) return { rule: 'externItem', at };
    if (type !== 'const' && type !== 'unsafe' && type !== 'extern' && !(type === 'literal' && qualified)) break;
    qualified = true;
  }
  return qualified && elements[0]?.type === 'pub' ? { rule: 'fnItem', at: 0 } : null;
}

function docOf(before: string | null, body: Suite | Group | null): string | null {
  const inside = body !== null && body.type === 'block' && body.docs.length > 0 ? body.docs.map(doc => doc.value).join('\n') : null;
  return before === null ? inside : inside === null ? before : `${before}\n${inside}`;
}

export function docText(docs: readonly Token[]): string | null {
  return docs.length === 0 ? null : docs.map(doc => doc.value).join('\n');
}

/** Takes the attributes off the front of a line or element. */
export function takeAttributes(b: Builder, elements: readonly Element[]): { attributes: Attribute[]; rest: readonly Element[] } {
  const attributes: Attribute[] = [];
  let at = 0;
  while (elements[at]?.type === '@') {
    let end = at + 2;
    while (elements[end]?.type === '::') end += 2;
    if (elements[end]?.type === 'paren') end++;
    const words = elements.slice(at, end);
    const raw = parseAs(b, 'attribute', words, null);
    if (raw === null) return { attributes, rest: [] };
    {
      const path = b.path(raw.path);
      const name: Name = { text: path.segments.map(segment => segment.name.text).join('::'), span: path.span };
      const args = raw.args === null ? [] : b.args(raw.args, 'call');
      attributes.push({ kind: 'attribute', name, args, id: idOf(b), span: spanOf(b, raw.at.start, raw.args?.end ?? path.span.end) });
    }
    at = end;
  }
  return { attributes, rest: at === 0 ? elements : elements.slice(Math.min(at, elements.length)) };
}

function visibility(b: Builder, raw: RawVisible | null): Visibility {
  if (raw === null) return { kind: 'private' };
  if (raw.where === null) return { kind: 'pub' };
  const [piece] = piecesOf(b, raw.where);
  const path = piece === undefined ? null : parseAs(b, 'visPath', piece.elements, null);
  return path === null ? { kind: 'pub' } : { kind: 'in', path: b.path(path) };
}

export function buildItem(b: Builder, elements: readonly Element[], attributes: readonly Attribute[], doc: string | null): Item | null {
  const kind = itemKind(elements);
  if (kind === null) return null;
  const colon = bodyColon(elements, kind.at);
  const words = kind.rule === 'constItem' || kind.rule === 'staticItem' || kind.rule === 'externStatic'
    ? wrapSuites(elements, 'statement', b.file, b.problems, b.limits.suites)
    : colon < 0 ? elements : wrapBody(elements, colon, b.file, b.problems, b.limits.suites);
  const raw = parseAs(b, kind.rule, words, null) as RawItem | null;
  if (raw === null) return null;
  const start = words[0]?.start ?? 0;
  const end = words[words.length - 1]?.end ?? start;
  return deeper(b, 1, start, () => finish(b, raw, attributes, doc, start, end), () => null);
}

function finish(b: Builder, raw: RawItem, attributes: readonly Attribute[], doc: string | null, start: number, end: number): Item {
  const span = spanOf(b, start, end);
  const base = { attributes, doc };
  switch (raw.k) {
    case 'fn': {
      const words = wordsOf(raw.words);
      const generics = buildGenerics(b, raw.generics, raw.where, raw.name.end);
      const { params, variadic } = paramsOf(b, raw.params);
      const result = raw.result === null ? null : b.type(raw.result);
      const body = raw.body === null ? null : b.block(raw.body);
      const headStart = words.first?.start ?? raw.word.start;
      return {
        kind: 'fn', ...base, doc: docOf(doc, raw.body), visibility: visibility(b, raw.vis), name: nameOf(b, raw.name), generics, params, variadic, result, body,
        isConst: words.isConst, isUnsafe: words.isUnsafe, abi: words.abi, head: spanOf(b, headStart, result?.span.end ?? raw.params.end), id: idOf(b), span,
      };
    }
    case 'struct': {
      const generics = buildGenerics(b, raw.generics, raw.where, raw.name.end);
      const members: Item[] = [];
      let shape: VariantShape = { kind: 'unit' };
      if (raw.fields !== null) shape = shapeOf(b, raw.fields);
      let emptyBody = false;
      if (raw.body !== null) {
        const fields = fieldLines(b, raw.body, members);
        emptyBody = raw.body.lines.length === 0;
        if (raw.fields === null) shape = { kind: 'named', fields };
        else if (fields[0] !== undefined) b.problems.push(problem('E1033', fields[0].span, { found: 'a named field', place: 'a tuple struct', placeZh: '元组结构体' }));
      }
      return { kind: 'struct', ...base, doc: docOf(doc, raw.body), visibility: visibility(b, raw.vis), name: nameOf(b, raw.name), generics, shape, members, emptyBody, id: idOf(b), span };
    }
    case 'enum': {
      const generics = buildGenerics(b, raw.generics, raw.where, raw.name.end);
      const members: Item[] = [];
      const variants = raw.body.type === 'block' ? variantLines(b, raw.body, members) : variantPieces(b, raw.body);
      return { kind: 'enum', ...base, doc: docOf(doc, raw.body), visibility: visibility(b, raw.vis), name: nameOf(b, raw.name), generics, variants, members, id: idOf(b), span };
    }
    case 'trait': {
      const generics = buildGenerics(b, raw.generics, raw.where, raw.name.end);
      const supertraits = b.bounds(raw.supers);
      const items = b.items(raw.body, 'trait');
      return { kind: 'trait', ...base, doc: docOf(doc, raw.body), visibility: visibility(b, raw.vis), name: nameOf(b, raw.name), generics, supertraits, items, isUnsafe: raw.unsafe !== null, id: idOf(b), span };
    }
    case 'impl': {
      const generics = buildGenerics(b, raw.generics, raw.where, raw.word.end);
      const trait = raw.trait === null ? null : b.type(raw.trait);
      const self = b.type(raw.self);
      if (trait !== null && trait.kind !== 'pathType') b.problems.push(problem('E1008', trait.span, misfit('this type', 'a trait')));
      const items = b.items(raw.body, 'impl');
      return {
        kind: 'impl', ...base, doc: docOf(doc, raw.body), visibility: { kind: 'private' }, generics, trait: trait?.kind === 'pathType' ? trait.path : null, negative: raw.negative !== null, self, items, isUnsafe: raw.unsafe !== null, id: idOf(b), span,
      };
    }
    case 'const': {
      const type = raw.type === null ? null : b.type(raw.type);
      const value = raw.value === null ? null : b.expr(raw.value);
      return { kind: 'const', ...base, visibility: visibility(b, raw.vis), name: nameOf(b, raw.name), type, value, id: idOf(b), span };
    }
    case 'static': return { ...staticOf(b, raw), ...base, id: idOf(b), span };
    case 'typeAlias': {
      const generics = buildGenerics(b, raw.generics, raw.where, raw.name.end);
      const bounds = b.bounds(raw.bounds);
      const value = raw.type === null ? null : b.type(raw.type);
      return { kind: 'type', ...base, visibility: visibility(b, raw.vis), name: nameOf(b, raw.name), generics, bounds, value, id: idOf(b), span };
    }
    case 'use': return { kind: 'use', ...base, visibility: visibility(b, raw.vis), tree: useTree(b, raw.tree), id: idOf(b), span };
    case 'mod': {
      const items = raw.body === null ? null : b.items(raw.body, 'mod');
      return { kind: 'mod', ...base, doc: docOf(doc, raw.body), visibility: visibility(b, raw.vis), name: nameOf(b, raw.name), items, id: idOf(b), span };
    }
    case 'extern': {
      const items = b.items(raw.body, 'extern');
      return { kind: 'externBlock', ...base, doc: docOf(doc, raw.body), visibility: { kind: 'private' }, abi: raw.abi === null ? 'C' : textOf(raw.abi), items, id: idOf(b), span };
    }
    case 'externStatic': {
      const item = { ...staticOf(b, raw.item), ...base, id: idOf(b), span };
      return { kind: 'externBlock', attributes: [], doc: null, visibility: { kind: 'private' }, abi: raw.abi === null ? 'C' : textOf(raw.abi), items: [item], id: idOf(b), span };
    }
  }
}

function staticOf(b: Builder, raw: RawStatic): Omit<StaticItem, 'attributes' | 'doc' | 'id' | 'span'> {
  const type = raw.type === null ? null : b.type(raw.type);
  const value = raw.value === null ? null : b.expr(raw.value);
  return { kind: 'static', visibility: visibility(b, raw.vis), name: nameOf(b, raw.name), mutable: raw.mutable !== null, type, value };
}

function wordsOf(raw: RawWords | null): { isConst: boolean; isUnsafe: boolean; abi: string | null; first: Token | null } {
  const out = { isConst: false, isUnsafe: false, abi: null as string | null, first: null as Token | null };
  for (let link = raw; link !== null; link = link.prev) {
    if (link.word.type === 'const') out.isConst = true;
    else if (link.word.type === 'unsafe') out.isUnsafe = true;
    else out.abi = link.abi === null ? 'C' : textOf(link.abi);
    out.first = link.word;
  }
  return out;
}

function paramsOf(b: Builder, group: Group): { readonly params: Param[]; readonly variadic: Span | null } {
  const out: Param[] = [];
  let variadic: Span | null = null;
  deeper(b, 1, group.start, () => {
    const pieces = piecesOf(b, group, true);
    for (const [i, piece] of pieces.entries()) {
      const { rest } = takeAttributes(b, piece.elements);
      const [only] = rest;
      if (i + 1 === pieces.length && rest.length === 1 && only?.type === '...') {
        variadic = spanOf(b, only.start, only.end);
        continue;
      }
      const raw = parseAs(b, 'param', rest, null, group);
      if (raw !== null) out.push(paramOf(b, raw, rest));
    }
  }, () => undefined);
  return { params: out, variadic };
}

function paramOf(b: Builder, raw: RawParam, elements: readonly Element[]): Param {
  const start = elements[0]?.start ?? 0;
  const span = spanOf(b, start, elements[elements.length - 1]?.end ?? start);
  if (raw.k === 'self') {
    const reference = raw.reference ? { lifetime: raw.lifetime === null ? null : { text: raw.lifetime.value, span: spanOf(b, raw.lifetime.start, raw.lifetime.end) }, mutable: raw.mutable } : null;
    return { kind: 'self', reference, mutable: !raw.reference && raw.mutable, type: raw.type === null ? null : b.type(raw.type), id: idOf(b), span };
  }
  const { pat } = raw.pattern;
  if (raw.pattern.prev === null && pat.k === 'path' && pat.path.k === 'seg' && pat.path.prev === null && pat.path.name.type === 'self') {
    return { kind: 'self', reference: null, mutable: false, type: raw.type === null ? null : b.type(raw.type), id: idOf(b), span };
  }
  const pattern = b.pattern(raw.pattern);
  const type = raw.type === null ? null : b.type(raw.type);
  return { kind: 'param', pattern, type, id: idOf(b), span };
}

function shapeOf(b: Builder, group: Group): VariantShape {
  if (group.type === 'brace') {
    const fields: Field[] = [];
    for (const piece of piecesOf(b, group, true)) {
      const field = fieldOf(b, piece.elements, docText(piece.docs), [], group);
      if (field !== null) fields.push(field);
    }
    return { kind: 'named', fields };
  }
  const fields: TupleField[] = [];
  for (const piece of piecesOf(b, group, true)) {
    const { attributes, rest } = takeAttributes(b, piece.elements);
    const raw = parseAs(b, 'tupleField', rest, null, group);
    if (raw === null) continue;
    const start = rest[0]?.start ?? group.start;
    const type = b.type(raw.type);
    fields.push({ kind: 'tupleField', type, visibility: visibility(b, raw.vis), attributes, id: idOf(b), span: spanOf(b, start, type.span.end) });
  }
  return { kind: 'tuple', fields };
}

function fieldOf(b: Builder, elements: readonly Element[], doc: string | null, before: readonly Attribute[], group: Group | null): Field | null {
  const { attributes, rest } = takeAttributes(b, elements);
  const raw = parseAs(b, 'field', rest, null, group);
  if (raw === null) return null;
  const type = b.type(raw.type);
  const start = rest[0]?.start ?? 0;
  return { kind: 'field', name: nameOf(b, raw.name), type, visibility: visibility(b, raw.vis), attributes: [...before, ...attributes], doc, id: idOf(b), span: spanOf(b, start, type.span.end) };
}

/** The lines of a struct's or enum's body: items go to `members`, the others to `other`. */
function memberLines(b: Builder, body: Suite, members: Item[], other: (elements: readonly Element[], doc: string | null, attributes: readonly Attribute[]) => void): void {
  let attributes: Attribute[] = [];
  let docs: string | null = null;
  for (const line of body.lines) {
    const taken = b.attributes(line.elements);
    attributes.push(...taken.attributes);
    const doc = docText(line.docs);
    docs = docs === null ? doc : doc === null ? docs : `${docs}\n${doc}`;
    if (taken.rest.length === 0) continue;
    const first = taken.rest[0];
    if (first?.type === 'pass' && taken.rest.length === 1) continue;
    const kind = itemKind(taken.rest);
    // `pub x: T` is a field
    if (kind !== null && !(first?.type === 'pub' && kind.at === 0)) {
      const item = b.item(taken.rest, attributes, docs);
      if (item !== null) members.push(item);
    } else other(taken.rest, docs, attributes);
    attributes = [];
    docs = null;
  }
  dangling(b, attributes);
}

/** Attributes that nothing follows. */
export function dangling(b: Builder, attributes: readonly Attribute[]): void {
  const last = attributes[attributes.length - 1];
  if (last !== undefined) b.problems.push(problem('E1034', last.span, { name: last.name.text }));
}

function fieldLines(b: Builder, body: Suite, members: Item[]): Field[] {
  const fields: Field[] = [];
  memberLines(b, body, members, (elements, doc, attributes) => {
    const field = fieldOf(b, withoutComma(b, elements), doc, attributes, null);
    if (field !== null) fields.push(field);
  });
  return fields;
}

/** A comma at the end of a line of a body: a habit from braces. */
function withoutComma(b: Builder, elements: readonly Element[]): readonly Element[] {
  const last = elements[elements.length - 1];
  if (last?.type !== ',' || elements.length < 2) return elements;
  const span = spanOf(b, last.start, last.end);
  b.problems.push(problem('E1036', span, {}, { fixes: [{ title: 'remove it', edits: [{ span, text: '' }], certain: true }] }));
  return elements.slice(0, -1);
}

function variantLines(b: Builder, body: Suite, members: Item[]): Variant[] {
  const variants: Variant[] = [];
  memberLines(b, body, members, (elements, doc, attributes) => {
    const variant = variantOf(b, withoutComma(b, elements), doc, attributes, null);
    if (variant !== null) variants.push(variant);
  });
  return variants;
}

function variantPieces(b: Builder, group: Group): Variant[] {
  const variants: Variant[] = [];
  for (const piece of piecesOf(b, group, true)) {
    const { attributes, rest } = takeAttributes(b, piece.elements);
    const variant = variantOf(b, rest, docText(piece.docs), attributes, group);
    if (variant !== null) variants.push(variant);
  }
  return variants;
}

function variantOf(b: Builder, elements: readonly Element[], doc: string | null, attributes: readonly Attribute[], group: Group | null): Variant | null {
  const raw = parseAs(b, 'variant', elements, 'element', group);
  if (raw === null) return null;
  const shape: VariantShape = raw.body === null ? { kind: 'unit' } : shapeOf(b, raw.body);
  const discriminant = raw.value === null ? null : b.expr(raw.value);
  return { kind: 'variant', name: nameOf(b, raw.name), shape, discriminant, attributes, doc, id: idOf(b), span: spanOf(b, raw.name.start, elements[elements.length - 1]?.end ?? raw.name.end) };
}

function prefixOf(b: Builder, raw: RawUsePath | null): Name[] {
  const names: Name[] = [];
  for (let link = raw; link !== null; link = link.prev) names.push(nameOf(b, link.name));
  return names.reverse();
}

function useTree(b: Builder, raw: RawUseTree): UseTree {
  const names = prefixOf(b, raw.path);
  const start = names[0]?.span.start;
  if (raw.k === 'name') {
    const name = names.pop() ?? { text: '', span: spanOf(b, 0, 0) };
    const alias = raw.alias === null ? null : nameOf(b, raw.alias);
    return { span: spanOf(b, start ?? name.span.start, (alias ?? name).span.end), prefix: names, end: { kind: 'name', name, alias } };
  }
  if (raw.k === 'glob') return { span: spanOf(b, start ?? raw.at.start, raw.at.end), prefix: names, end: { kind: 'glob' } };
  const trees: UseTree[] = [];
  deeper(b, 1, raw.group.start, () => {
    for (const piece of piecesOf(b, raw.group)) {
      const inner = parseAs(b, 'useTree', piece.elements, null, raw.group);
      if (inner !== null) trees.push(useTree(b, inner));
    }
  }, () => undefined);
  return { span: spanOf(b, start ?? raw.group.start, raw.group.end), prefix: names, end: { kind: 'group', trees } };
}

/** The items of a trait, impl, module or extern block. */
export function buildItems(b: Builder, body: Suite, place: ItemPlace): Item[] {
  const items: Item[] = [];
  deeper(b, 1, body.start, () => memberLines(b, body, items, elements => {
    const start = elements[0]?.start ?? body.start;
    const end = elements[elements.length - 1]?.end ?? start;
    b.problems.push(problem('E1033', spanOf(b, start, end), { found: `\`${elements[0]?.value || '…'}\``, place: places[place][0], placeZh: places[place][1] }));
  }), () => undefined);
  return items;
}
const places: { readonly [place in ItemPlace]: readonly [string, string] } = { trait: ['a trait', 'trait'], impl: ['an `impl`', '`impl`'], mod: ['a module', '模块'], extern: ['an `extern` block', '`extern` 块'] };
