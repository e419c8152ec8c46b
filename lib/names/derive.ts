/**
 * `@derive(…)`: impls made as Altru text, parsed once, and given the span of the trait's name in the attribute, so that problems in them are
 * shown there. Each type parameter gets the trait as a bound, as in Rust. In: a struct or enum. Out: impl items. Cost: linear in the fields.
 */
import { problem } from '../report/problem.ts';
import type { Attribute, EnumItem, Expr, Generics, Item, StructItem, TypeNode, VariantShape } from '../syntax/tree.ts';
import { parseFile } from '../syntax/parse.ts';
import type { Span } from '../text/span.ts';
import { textOf, type Build } from './build.ts';
import { copyTree } from './fresh.ts';
import { nearest } from './suggest.ts';

/** A trait that can be derived, and those that it brings along when nobody else implements them. */
const TRAITS: Readonly<Record<string, { readonly path: string; readonly brings: readonly string[] }>> = {
  Clone: { path: 'std::clone::Clone', brings: [] },
  Copy: { path: 'std::marker::Copy', brings: ['Clone'] },
  Debug: { path: 'std::fmt::Debug', brings: [] },
  Default: { path: 'std::default::Default', brings: [] },
  PartialEq: { path: 'std::cmp::PartialEq', brings: [] },
  Eq: { path: 'std::cmp::Eq', brings: ['PartialEq'] },
  PartialOrd: { path: 'std::cmp::PartialOrd', brings: ['PartialEq'] },
  Ord: { path: 'std::cmp::Ord', brings: ['PartialEq', 'Eq', 'PartialOrd'] },
  Hash: { path: 'std::hash::Hash', brings: [] },
};

const KEYWORDS: ReadonlySet<string> = new Set(
  'and as break const continue defer do dyn elif else enum extern false fn for if impl in is let loop match mod move mut not null or pass pub return self Self static struct trait true type unsafe use where while'.split(' '),
);

type TypeItem = StructItem | EnumItem;

interface Variant {
  /** `Name` or `Enum::Name`. */
  readonly path: string;
  readonly name: string;
  readonly shape: VariantShape;
}

export function derivedImpls(build: Build, item: TypeItem, siblings: readonly Item[]): readonly Item[] {
  const wanted = new Map<string, Span>();
  for (const attribute of item.attributes) {
    if (attribute.name.text !== 'derive') continue;
    for (const arg of attribute.args) addTrait(build, item, siblings, nameOfArg(arg), arg.span, wanted);
  }
  const made: Item[] = [];
  for (const [trait, span] of wanted) {
    const text = implText(build, item, trait, wanted, span);
    if (text === null) continue;
    const parsed = parseFile({ id: span.file, name: '', text, library: true }, 1);
    for (const one of parsed.value.items) made.push(copyTree<Item>(one, span));
  }
  return made;
}

function addTrait(build: Build, item: TypeItem, siblings: readonly Item[], name: string | null, span: Span, wanted: Map<string, Span>): void {
  const trait = name === null ? undefined : TRAITS[name];
  if (name === null || trait === undefined) {
    const near = name === null ? null : nearest(name, Object.keys(TRAITS));
    build.problems.push(problem('E1108', span, { name: name ?? textOf(build, span) }, {
      label: 'cannot be derived',
      fixes: near === null ? [] : [{ title: `a trait with a similar name: \`${near}\``, edits: [{ span, text: near }], certain: false }],
      notes: [`these can: ${Object.keys(TRAITS).map(name => `\`${name}\``).join(', ')}`],
    }));
    return;
  }
  if (!wanted.has(name)) wanted.set(name, span);
  for (const brought of trait.brings) if (!wanted.has(brought) && !implementsByHand(item, siblings, brought)) wanted.set(brought, span);
}

function nameOfArg(arg: Expr): string | null {
  return arg.kind === 'pathExpr' ? (arg.path.segments.at(-1)?.name.text ?? null) : null;
}

function implementsByHand(item: TypeItem, siblings: readonly Item[], trait: string): boolean {
  const isIt = (i: Item): boolean => i.kind === 'impl' && i.trait?.segments.at(-1)?.name.text === trait;
  return item.members.some(isIt) || siblings.some(i => i.kind === 'impl' && isIt(i) && i.self.kind === 'pathType' && i.self.path.segments.at(-1)?.name.text === item.name.text);
}

const quoted = (name: string): string => (KEYWORDS.has(name) ? `\`${name}\`` : name);

function implText(build: Build, item: TypeItem, trait: string, all: ReadonlyMap<string, Span>, span: Span): string | null {
  const path = TRAITS[trait]?.path ?? trait;
  const name = quoted(item.name.text);
  const variants: Variant[] = item.kind === 'struct'
    ? [{ path: name, name: item.name.text, shape: item.shape }]
    : item.variants.map(v => ({ path: `${name}::${quoted(v.name.text)}`, name: v.name.text, shape: v.shape }));
  const bound = trait === 'Default' && item.kind === 'enum' ? null : path;
  const head = header(build, item.generics, variants, path, name, bound);
  const body = bodyOf(build, item, trait, variants, all, span);
  if (body === null) return null;
  return body.length === 0 ? `${head}\n` : `${head}\n${body.map(line => `    ${line}`).join('\n')}\n`;
}

function header(build: Build, generics: Generics, variants: readonly Variant[], trait: string, name: string, bound: string | null): string {
  const text = (s: Span): string => textOf(build, s);
  const params: string[] = [];
  const args: string[] = [];
  const types = new Set<string>();
  for (const p of generics.params) {
    const own = p.kind === 'lifetimeParam' ? `'${p.name.text}` : quoted(p.name.text);
    args.push(own);
    if (p.kind === 'lifetimeParam') params.push(p.bounds.length === 0 ? own : `${own}: ${p.bounds.map(b => `'${b.text}`).join(' + ')}`);
    else if (p.kind === 'constParam') params.push(`const ${own}: ${text(p.type.span)}`);
    else {
      types.add(p.name.text);
      const bounds = [...p.bounds.map(b => text(b.span)), ...(bound === null ? [] : [bound])];
      params.push(bounds.length === 0 ? own : `${own}: ${bounds.join(' + ')}`);
    }
  }
  const where = generics.where.map(w => text(w.span));
  if (bound !== null) for (const projected of projections(build, variants, types)) where.push(`${projected}: ${bound}`);
  const impl = params.length === 0 ? 'impl' : `impl[${params.join(', ')}]`;
  const self = args.length === 0 ? name : `${name}[${args.join(', ')}]`;
  return `${impl} ${trait} for ${self}${where.length === 0 ? '' : ` where ${where.join(', ')}`}:`;
}

/** `T::Item` in fields: bounded too. */
function projections(build: Build, variants: readonly Variant[], params: ReadonlySet<string>): Set<string> {
  const out = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) return node.forEach(visit);
    const type = node as TypeNode;
    if (type.kind === 'pathType' && type.path.qualified === null && type.path.segments.length > 1 && params.has(type.path.segments[0]?.name.text ?? '')) out.add(textOf(build, type.span));
    for (const part of Object.values(node)) visit(part);
  };
  for (const v of variants) if (v.shape.kind !== 'unit') for (const field of v.shape.fields) visit(field.type);
  return out;
}

function fieldNames(shape: VariantShape): string[] {
  return shape.kind === 'unit' ? [] : shape.kind === 'named' ? shape.fields.map(f => f.name.text) : shape.fields.map((_, i) => String(i));
}

/** `Name { a: x0, b: x1 }`, `Name(x0, x1)`, `Name`: a pattern or a value. */
function shaped(v: Variant, part: (i: number) => string): string {
  const names = fieldNames(v.shape);
  if (v.shape.kind === 'unit') return v.path;
  if (v.shape.kind === 'tuple') return `${v.path}(${names.map((_, i) => part(i)).join(', ')})`;
  return `${v.path} { ${names.map((n, i) => `${quoted(n)}: ${part(i)}`).join(', ')} }`;
}

const DISCRIMINANT = 'std::intrinsics::discriminant_value';

function bodyOf(build: Build, item: TypeItem, trait: string, variants: readonly Variant[], all: ReadonlyMap<string, Span>, span: Span): string[] | null {
  const isEnum = item.kind === 'enum';
  const single = variants[0];
  switch (trait) {
    case 'Copy': case 'Eq': return [];
    case 'Clone': {
      const head = 'fn clone(&self) -> Self:';
      if (all.has('Copy') && item.generics.params.length === 0) return [head, '    *self'];
      if (!isEnum && single !== undefined) return [head, `    ${shaped(single, i => `std::clone::Clone::clone(&self.${fieldNames(single.shape)[i] ?? ''})`)}`];
      return [head, ...arms('self', variants.map(v => `${shaped(v, i => `f${i}`)}: ${shaped(v, i => `std::clone::Clone::clone(f${i})`)}`))];
    }
    case 'Debug': {
      const head = 'fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result:';
      if (!isEnum && single !== undefined) return [head, `    ${debugText(single, i => `&self.${fieldNames(single.shape)[i] ?? ''}`)}`];
      return [head, ...arms('self', variants.map(v => `${shaped(v, i => `f${i}`)}: ${debugText(v, i => `f${i}`)}`))];
    }
    case 'Default': return defaultBody(build, item, variants, span);
    case 'PartialEq': {
      const head = 'fn eq(&self, other: &Self) -> bool:';
      if (!isEnum && single !== undefined) return [head, `    ${fieldNames(single.shape).map(n => `self.${n} == other.${n}`).join(' and ') || 'true'}`];
      const out = [head];
      if (variants.length > 1) out.push(`    if ${DISCRIMINANT}(self) != ${DISCRIMINANT}(other): return false`);
      return [...out, ...pairs(variants, v => [fieldNames(v.shape).map((_, i) => `*a${i} == *b${i}`).join(' and ')], 'true')];
    }
    case 'PartialOrd': {
      const equal = 'std::option::Option::Some(std::cmp::Ordering::Equal)';
      const head = 'fn partial_cmp(&self, other: &Self) -> std::option::Option[std::cmp::Ordering]:';
      return compareBody(head, isEnum, variants, 'std::cmp::PartialOrd::partial_cmp', equal);
    }
    case 'Ord': return compareBody('fn cmp(&self, other: &Self) -> std::cmp::Ordering:', isEnum, variants, 'std::cmp::Ord::cmp', 'std::cmp::Ordering::Equal');
    case 'Hash': {
      const head = 'fn hash[__H: std::hash::Hasher](&self, state: &mut __H):';
      const hash = (e: string): string => `std::hash::Hash::hash(${e}, state)`;
      if (!isEnum && single !== undefined) return [head, ...(fieldNames(single.shape).map(n => `    ${hash(`&self.${n}`)}`)), '    ()'];
      const out = [head];
      if (variants.length > 1) out.push(`    ${hash(`&${DISCRIMINANT}(self)`)}`);
      const withFields = variants.filter(v => v.shape.kind !== 'unit' && v.shape.fields.length > 0);
      if (variants.length > 0 && withFields.length === 0) return [...out, '    ()'];
      const lines = withFields.map(v => [`${shaped(v, i => `f${i}`)}:`, ...fieldNames(v.shape).map((_, i) => `    ${hash(`f${i}`)}`), '    ()']);
      return [...out, ...matchLines('self', withFields.length < variants.length ? [...lines, ['_: ()']] : lines)];
    }
    default: return null;
  }
}

/** A match over one-line arms; over `*self` when there are none. */
function arms(value: string, lines: readonly string[]): string[] {
  return matchLines(value, lines.map(l => [l]));
}

function matchLines(value: string, blocks: readonly (readonly string[])[]): string[] {
  return [`    match ${blocks.length === 0 ? `*${value}` : value}:`, ...blocks.flatMap(b => b.map(l => `        ${l}`))];
}

/** A match of `(self, other)` over variants with fields; both are of one variant already. */
function pairs(variants: readonly Variant[], lines: (v: Variant) => readonly string[], otherwise: string): string[] {
  if (variants.length === 0) return ['    match *self:'];
  const withFields = variants.filter(v => v.shape.kind !== 'unit' && v.shape.fields.length > 0);
  if (withFields.length === 0) return [`    ${otherwise}`];
  const blocks = withFields.map(v => [`(${shaped(v, i => `a${i}`)}, ${shaped(v, i => `b${i}`)}):`, ...lines(v).map(l => `    ${l}`)]);
  if (variants.length > 1) blocks.push([`_: ${otherwise}`]);
  return matchLines('(self, other)', blocks);
}

function compareBody(head: string, isEnum: boolean, variants: readonly Variant[], compare: string, equal: string): string[] {
  const step = (a: string, b: string): string[] => [`match ${compare}(${a}, ${b}):`, `    ${equal}: ()`, '    c: return c'];
  const single = variants[0];
  if (!isEnum && single !== undefined) {
    return [head, ...fieldNames(single.shape).flatMap(n => step(`&self.${n}`, `&other.${n}`)).map(l => `    ${l}`), `    ${equal}`];
  }
  const out = [head];
  if (variants.length > 1) {
    out.push(`    let a = ${DISCRIMINANT}(self)`, `    let b = ${DISCRIMINANT}(other)`, `    if a != b: return ${compare}(&a, &b)`);
  }
  return [...out, ...pairs(variants, v => [...fieldNames(v.shape).flatMap((_, i) => step(`a${i}`, `b${i}`)), equal], equal)];
}

function debugText(v: Variant, field: (i: number) => string): string {
  const name = JSON.stringify(v.name);
  const names = fieldNames(v.shape);
  if (v.shape.kind === 'unit') return `f.write_str(${name})`;
  if (v.shape.kind === 'tuple') return `f.debug_tuple(${name})${names.map((_, i) => `.field(${field(i)})`).join('')}.finish()`;
  return `f.debug_struct(${name})${names.map((n, i) => `.field(${JSON.stringify(n)}, ${field(i)})`).join('')}.finish()`;
}

function defaultBody(build: Build, item: TypeItem, variants: readonly Variant[], span: Span): string[] | null {
  const head = 'fn default() -> Self:';
  if (item.kind === 'struct') {
    const [single] = variants;
    return single === undefined ? null : [head, `    ${shaped(single, () => 'std::default::Default::default()')}`];
  }
  const marked = item.variants.filter(v => v.attributes.some((a: Attribute) => a.name.text === 'default'));
  const [only] = marked;
  if (only === undefined || marked.length > 1 || only.shape.kind !== 'unit') {
    build.problems.push(problem('E0665', span, { name: item.name.text }, {
      label: only === undefined ? 'no variant is marked' : marked.length > 1 ? 'several variants are marked' : 'the marked variant has fields',
      notes: ['mark one variant without fields with `@default`'],
    }));
    return null;
  }
  return [head, `    ${quoted(item.name.text)}::${quoted(only.name.text)}`];
}
