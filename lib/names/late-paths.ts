/**
 * Resolving paths inside items and bodies, through the scopes around a place. In: a path and what it should name. Out: an entry in
 * the tables, and a problem when it names nothing or something else. Segments after a type are left for types to find.
 */
import { problem, type Fix } from '../report/problem.ts';
import type { Expr, NodeId, Path, PathSegment } from '../syntax/tree.ts';
import type { FileId, Span } from '../text/span.ts';
import type { DefId } from '../types/type.ts';
import { canSee, type Build } from './build.ts';
import { article, describe } from './imports.ts';
import { importCandidates, nameOf, namesAround, specialModule, universal, visibleNames, type Namespace } from './lookup.ts';
import { nearest, unbuilt } from './suggest.ts';
import type { ModuleScope, NameBinding, PathRes, Res, Rib } from './table.ts';

export interface Late {
  readonly build: Build;
  /** Scopes around the place, innermost first. */
  rib: Rib;
  /** The same without variables: what outlives the walk. */
  items: Rib;
  /** Innermost module or block. */
  scope: ModuleScope;
  module: DefId;
  file: FileId;
  /** Prefix for ids of items in bodies. */
  path: string;
  labels: Label[];
  /** Problems are not reported while this is above 0: a guess is being tried. */
  quiet: number;
  /** Bodies know how to walk a constant; types, which bodies import, need to. */
  readonly walkConstant: (late: Late, expr: Expr) => void;
}

export type Label =
  | { readonly kind: 'loop' | 'block'; readonly name: string | null; readonly node: NodeId; readonly takesValue: boolean }
  | { readonly kind: 'closure' }
  /** What a `while` asks: no loop of its own can be left from there without its name. */
  | { readonly kind: 'condition' };

export type Wanted = 'type' | 'trait' | 'value' | 'pattern' | 'tuplePattern' | 'struct';

const ERROR: Res = { kind: 'error' };

export interface Found {
  readonly res: Res;
  readonly binding: NameBinding | null;
  /** It stands beyond the wall of a nested item or constant. */
  readonly beyond: 'item' | 'const' | null;
}

export function report(late: Late, ...args: Parameters<typeof problem>): void {
  if (late.quiet === 0) late.build.problems.push(problem(...args));
}

/** A name alone, seen from the place. */
export function lookup(late: Late, name: string, ns: Namespace): Found | null {
  let beyond: Found['beyond'] = null;
  let constant = false;
  for (let rib: Rib | null = late.rib; rib !== null; rib = rib.parent) {
    const { at } = rib;
    switch (at.kind) {
      case 'locals': {
        if (ns !== 'values') break;
        const binding = at.names.get(name);
        if (binding !== undefined) return { res: { kind: 'local', binding }, binding: null, beyond: constant ? 'const' : beyond };
        break;
      }
      case 'params': {
        const res = at.names.get(name);
        if (res?.kind === 'param' && (res.of === 'const') === (ns === 'values')) return { res, binding: null, beyond: beyond === 'item' ? beyond : null };
        break;
      }
      case 'selfType':
        if (name === 'Self') return { res: { kind: 'self', of: at.of }, binding: null, beyond: beyond === 'item' ? beyond : null };
        break;
      case 'scope': {
        const binding = at.scope[ns].get(name);
        if (binding !== undefined) return { res: binding.res, binding, beyond: null };
        if (at.scope.kind === 'module') {
          const outer = universal(late.build.world, name, ns);
          return outer === null ? null : { res: outer.res, binding: outer, beyond: null };
        }
        break;
      }
      case 'wall':
        if (beyond !== 'item') beyond = at.of;
        constant ||= at.of === 'const';
        break;
      default: break;
    }
  }
  return null;
}

export function resolvePath(late: Late, path: Path, wanted: Wanted): PathRes {
  const { table } = late.build.world;
  const ns: Namespace = wanted === 'type' || wanted === 'trait' || wanted === 'struct' ? 'types' : 'values';
  const found = resolve(late, path, ns, wanted);
  (ns === 'types' ? table.types : table.values).set(path.id, found);
  return found;
}

function resolve(late: Late, path: Path, ns: Namespace, wanted: Wanted): PathRes {
  const count = path.segments.length;
  const failed: PathRes = { res: ERROR, used: count };
  if (path.qualified !== null) return resolveQualified(late, path, ns);
  const first = path.segments[0];
  if (first === undefined) return failed;
  if (count === 1) return resolveSingle(late, path, first, ns, wanted);

  let here: ModuleScope | null = null;
  let hidden = false;
  for (let i = 0; i < count; i++) {
    const segment = path.segments[i];
    if (segment === undefined) return failed;
    const text = segment.name.text;
    const last = i === count - 1;
    const special = specialModule(late.build.world, late.scope, here, text);
    if (special !== null && !last) {
      here = special;
      continue;
    }
    if (special !== null) return accept(late, path, segment, { kind: 'def', def: special.id }, count, wanted);
    const at: Namespace = last ? ns : 'types';
    let binding: NameBinding | null;
    let res: Res;
    if (here === null) {
      const found: Found | null = lookup(late, text, at);
      if (found === null) {
        reportUndeclared(late, path, segment);
        return failed;
      }
      if (found.beyond === 'item' && found.res.kind !== 'def') {
        reportOuterParam(late, segment.name.span, text, found.res);
        return failed;
      }
      binding = found.binding;
      // A module of a primitive type's name (`use std::f64`) and the type itself: whichever has the next name.
      const prim = found.res.kind === 'def' ? primitiveBehind(late, text, found.res.def, path.segments[1], count === 2 ? ns : 'types') : null;
      res = prim ?? found.res;
    } else {
      const inside: ModuleScope = here;
      binding = inside[at].get(text) ?? null;
      if (binding === null) {
        if (inside.kind === 'enum') return { res: { kind: 'def', def: inside.id }, used: i };
        if (inside.kind === 'trait') {
          // The trait has no such item, so it stands where a type should.
          const written = { ...path.span, end: path.segments[i - 1]?.span.end ?? path.span.end };
          report(late, 'E0782', written, { name: nameOf(inside.id) }, {
            label: 'a trait, not a type',
            notes: [`\`${nameOf(inside.id)}\` declares no \`${text}\``],
            fixes: [{ title: `use a trait object: \`<dyn ${nameOf(inside.id)}>\``, certain: false, edits: [{ span: { ...written, end: written.start }, text: '<dyn ' }, { span: { ...written, start: written.end }, text: '>' }] }],
          });
          return failed;
        }
        reportMissingIn(late, path, segment, inside, last, ns, wanted);
        return failed;
      }
      res = binding.res;
    }
    if (binding !== null) {
      // What it is, is known all the same.
      if (!hidden && !canSee(late.build.world, binding.visibleIn, late.module)) {
        hidden = true;
        const what = describe(late.build, res);
        report(late, 'E0603', segment.name.span, { what, name: text }, {
          label: `private ${what}`,
          labels: [{ span: binding.span, text: `the ${what} \`${text}\` is defined here` }],
        });
      }
      if (binding.ambiguous !== undefined) reportAmbiguous(late, segment, binding);
    }
    if (last) return accept(late, path, segment, res, count, wanted);
    const next: ModuleScope | undefined = res.kind === 'def' ? late.build.world.modules.get(res.def) : undefined;
    if (next === undefined || next.kind === 'block') return partial(late, path, segment, res, i + 1, failed);
    here = next;
  }
  return failed;
}

/** The path goes on inside something that is no module: a type's associated items. */
function partial(late: Late, _path: Path, segment: PathSegment, res: Res, used: number, failed: PathRes): PathRes {
  if (res.kind === 'error') return failed;
  if (res.kind === 'local' || (res.kind === 'param' && res.of === 'const')) {
    report(late, 'E0433', segment.name.span, { name: segment.name.text, what: 'type or module' }, { label: `\`${segment.name.text}\` is ${article(describe(late.build, res))}` });
    return failed;
  }
  if (res.kind === 'def') {
    const what = describe(late.build, res);
    if (what !== 'struct' && what !== 'type alias' && what !== 'associated type') {
      report(late, 'E0433', segment.name.span, { name: segment.name.text, what: 'type or module' }, { label: `\`${segment.name.text}\` is ${article(what)}, not a module` });
      return failed;
    }
  }
  return { res, used };
}

function primitiveBehind(late: Late, text: string, def: DefId, next: PathSegment | undefined, ns: Namespace): Res | null {
  const scope = late.build.world.modules.get(def);
  if (scope?.kind !== 'module' || next === undefined) return null;
  if (scope[ns].has(next.name.text) || scope.types.has(next.name.text)) return null;
  const outer = universal(late.build.world, text, 'types');
  return outer?.res.kind === 'primitive' ? outer.res : null;
}

function resolveQualified(late: Late, path: Path, ns: Namespace): PathRes {
  const trait = path.qualified?.trait ?? null;
  if (trait === null) return { res: { kind: 'qualifiedType' }, used: 0 };
  const failed: PathRes = { res: ERROR, used: path.segments.length };
  const found = resolvePath(late, trait, 'trait');
  const first = path.segments[0];
  if (found.res.kind !== 'def' || first === undefined) return failed;
  const scope = late.build.world.modules.get(found.res.def);
  const at: Namespace = path.segments.length > 1 ? 'types' : ns;
  const item = scope?.[at].get(first.name.text);
  const other = item === undefined ? scope?.[at === 'types' ? 'values' : 'types'].get(first.name.text) : undefined;
  if (other !== undefined) {
    const expected = at === 'types' ? 'associated type' : 'method or associated constant';
    report(late, 'E0575', path.span, { expected, found: describe(late.build, other.res), name: first.name.text }, { label: `not ${article(expected)}` });
    return failed;
  }
  if (item === undefined) {
    report(late, 'E0576', first.name.span, { what: at === 'types' ? 'associated type' : 'method or associated constant', name: first.name.text, in: `trait \`${nameOf(found.res.def)}\`` }, {
      label: `not found in \`${nameOf(found.res.def)}\``,
    });
    return failed;
  }
  return { res: item.res, used: 1 };
}

function resolveSingle(late: Late, path: Path, segment: PathSegment, ns: Namespace, wanted: Wanted): PathRes {
  const text = segment.name.text;
  const failed: PathRes = { res: ERROR, used: 1 };
  const special = text === 'self' && ns === 'values' ? null : specialModule(late.build.world, late.scope, null, text);
  if (special !== null && text !== 'Self') return accept(late, path, segment, { kind: 'def', def: special.id }, 1, wanted);
  const found = lookup(late, text, ns);
  if (found === null) {
    reportMissing(late, segment, wanted);
    return failed;
  }
  if (found.beyond !== null) {
    if (found.res.kind === 'local') {
      if (text === 'self') reportNoSelf(late, segment);
      else if (found.beyond === 'item' && !isConstant(late)) {
        report(late, 'E0434', segment.name.span, { name: text }, { label: `\`${text}\` belongs to the function outside`, notes: ['use a closure `fn(…)` in an expression instead: it captures'] });
      } else report(late, 'E0435', segment.name.span, { name: text }, { label: 'not a constant' });
    } else reportOuterParam(late, segment.name.span, text, found.res);
    return failed;
  }
  if (found.binding?.ambiguous !== undefined) reportAmbiguous(late, segment, found.binding);
  let { res } = found;
  // `use std::str` names a module; where a type is wanted the primitive stands behind it.
  if (wanted === 'type' && res.kind === 'def' && late.build.world.modules.get(res.def)?.kind === 'module') {
    const outer = universal(late.build.world, text, 'types');
    if (outer?.res.kind === 'primitive') ({ res } = outer);
  }
  return accept(late, path, segment, res, 1, wanted);
}

/** Checks that what was found is what is wanted. */
function accept(late: Late, path: Path, segment: PathSegment, res: Res, used: number, wanted: Wanted): PathRes {
  const good: PathRes = { res, used };
  if (res.kind === 'error') return good;
  const what = describe(late.build, res);
  const name = segment.name.text;
  const fail = (code: string, expected: string, extra: Parameters<typeof problem>[3] = {}): PathRes => {
    report(late, code, path.span, { expected, found: what, name }, { label: `not ${article(expected)}`, ...extra });
    return { res: ERROR, used };
  };
  switch (wanted) {
    case 'type':
      if (what === 'module' || what === 'variant' || what === 'function' || what === 'constant') {
        const owner = what === 'variant' && res.kind === 'def' ? nameOf(res.def.slice(0, res.def.lastIndexOf('::')) as DefId) : null;
        return fail('E0573', 'type', owner === null ? {} : { fixes: [{ title: `try using the variant's enum: \`${owner}\``, edits: [{ span: path.span, text: owner }], certain: false }] });
      }
      return good;
    case 'trait':
      return what === 'trait' ? good : fail('E0404', 'trait');
    case 'struct':
      if (what === 'struct' || what === 'variant' || what === 'type alias' || what === 'associated type' || what === 'self type') return good;
      return fail('E0574', 'struct, variant or union type');
    case 'value':
      if (what === 'variant' && variantShape(late, res) === 'named') {
        report(late, 'E0533', path.span, { expected: 'value', found: 'struct variant', name: pathText(path) }, { label: 'not a value', notes: [`it has fields: write \`${pathText(path)} { … }\``] });
        return { res: ERROR, used };
      }
      return what === 'module' || what === 'trait' || what === 'enum' ? fail('E0423', 'value') : good;
    case 'pattern':
      if (what === 'function' || what === 'builtin' || what === 'local variable' || what === 'static' || what === 'module') return fail('E0532', 'unit struct, unit variant or constant');
      return good;
    case 'tuplePattern':
      if (what === 'struct' || what === 'variant' || what === 'self type' || what === 'type alias') return good;
      return fail('E0532', 'tuple struct or tuple variant');
  }
}

export function variantShape(late: Pick<Late, 'build'>, res: Res): 'unit' | 'tuple' | 'named' | null {
  if (res.kind !== 'def') return null;
  const { build } = late;
  const known = build.world.definitions.byId.get(res.def);
  if (known?.kind === 'struct') return known.variant.shape;
  if (known?.kind === 'variant') {
    const owner = build.world.definitions.byId.get(known.enum);
    return owner?.kind === 'enum' ? (owner.variants[known.index]?.shape ?? null) : null;
  }
  const entry = build.byDef.get(res.def);
  if (entry?.item.kind === 'struct') return entry.item.shape.kind;
  const cut = res.def.lastIndexOf('::');
  const owner = build.byDef.get(res.def.slice(0, cut) as DefId);
  if (owner?.item.kind === 'enum') return owner.item.variants.find(v => v.name.text === nameOf(res.def))?.shape.kind ?? null;
  return null;
}

export const pathText = (path: Path): string => path.segments.map(s => s.name.text).join('::');

function reportAmbiguous(late: Late, segment: PathSegment, binding: NameBinding): void {
  report(late, 'E0659', segment.name.span, { name: segment.name.text }, {
    label: 'ambiguous name',
    labels: [{ span: binding.span, text: `\`${segment.name.text}\` could be what this glob imports, or another glob's` }],
  });
}

/** A `const` or `static` of its own is being walked. */
function isConstant(late: Late): boolean {
  const kind = late.build.byDef.get(late.path as DefId)?.item.kind;
  return kind === 'const' || kind === 'static';
}

function reportOuterParam(late: Late, span: Span, name: string, res: Res): void {
  if (res.kind === 'self') report(late, 'E0401', span, { name: 'Self' }, { label: "use of the outer item's `Self`" });
  else report(late, 'E0401', span, { name }, { label: 'use of a generic parameter of the outer item', notes: ['an inner item has its own parameters only: declare it again there'] });
}

function reportNoSelf(late: Late, segment: PathSegment): void {
  report(late, 'E0424', segment.name.span, {}, { label: '`self` is only there in functions that have a `self` parameter' });
}

/** Similar names, and where the library has it. */
function hints(late: Late, name: string, span: Span, ns: Namespace, candidates: Iterable<string>): { fixes: Fix[]; notes: string[] } {
  const near = nearest(name, candidates);
  const fixes: Fix[] = near === null ? [] : [{ title: `a similar name exists: \`${near}\``, edits: [{ span, text: near }], certain: false }];
  const elsewhere = importCandidates(late.build.world, name, ns, late.module).slice(0, 3);
  const notes = elsewhere.map(path => `consider importing it: \`use ${path}\``);
  const start = { file: late.file, start: 0, end: 0 };
  for (const path of elsewhere) {
    // In a module of its own the name stands beside its path, so that nothing must be imported there.
    const isNested = late.module !== late.build.world.root && late.build.byDef.get(late.module)?.item.kind === 'mod' && late.build.directories.get(late.module) === undefined;
    fixes.push(isNested ? { title: `write its path: \`${path}\``, edits: [{ span, text: path }], certain: false } : { title: `import it: \`use ${path}\``, edits: [{ span: start, text: `use ${path}\n` }], certain: false });
  }
  return { fixes, notes };
}

function* localNames(late: Late, ns: Namespace): Iterable<string> {
  for (let rib: Rib | null = late.rib; rib !== null; rib = rib.parent) {
    if (rib.at.kind === 'locals' && ns === 'values') yield* rib.at.names.keys();
    if (rib.at.kind === 'params') for (const [name, res] of rib.at.names) if (res.kind === 'param' && (res.of === 'const') === (ns === 'values')) yield name;
  }
  yield* namesAround(late.build.world, late.scope, ns);
}

/** Names of other languages for what the reader means. */
const FOREIGN: Readonly<Record<string, string>> = { int: 'i32', uint: 'u32', long: 'i64', float: 'f64', double: 'f64', string: 'String', boolean: 'bool', byte: 'u8', size_t: 'usize', void: '()', None: 'None', True: 'true', False: 'false', len: '.len()' };

function reportMissing(late: Late, segment: PathSegment, wanted: Wanted): void {
  if (late.quiet > 0) return;
  const { span, text } = segment.name;
  if (text === 'self') return reportNoSelf(late, segment);
  if (wanted === 'value' && late.build.scriptNames.has(text)) {
    report(late, 'E0434', span, { name: text }, { label: `\`${text}\` is a variable of the script, and functions do not see those`, notes: ['pass it as an argument, or make it a `const` or `static`'] });
    return;
  }
  if (text === 'Self') return report(late, 'E0411', span, {}, { label: '`Self` is only there in impls, traits and types' });
  if (wanted === 'type' || wanted === 'trait' || wanted === 'struct') {
    const value = wanted === 'type' ? lookup(late, text, 'values') : null;
    if (value !== null && value.res.kind === 'def') {
      report(late, 'E0573', span, { expected: 'type', found: describe(late.build, value.res), name: text }, { label: 'not a type' });
      return;
    }
    const instead = wanted === 'struct' ? lookup(late, text, 'values') : null;
    if (instead !== null && instead.res.kind !== 'local') {
      report(late, 'E0574', span, { expected: 'struct, variant or union type', found: describe(late.build, instead.res), name: text }, { label: 'it has no fields' });
      return;
    }
    const { fixes, notes } = hints(late, text, span, 'types', localNames(late, 'types'));
    const foreign = FOREIGN[text];
    if (foreign !== undefined && wanted === 'type') fixes.unshift({ title: `Altru's name for it is \`${foreign}\``, edits: [{ span, text: foreign }], certain: false });
    report(late, wanted === 'trait' ? 'E0405' : wanted === 'struct' ? 'E0422' : 'E0412', span, { name: text }, { label: 'not found in this scope', fixes, notes });
    return;
  }
  const type = lookup(late, text, 'types');
  if (type !== null && type.beyond === null && wanted !== 'value') {
    const what = describe(late.build, type.res);
    const expected = wanted === 'pattern' ? 'unit struct, unit variant or constant' : 'tuple struct or tuple variant';
    report(late, 'E0532', span, { expected, found: what, name: text }, { label: `not ${article(expected)}`, notes: what === 'struct' ? [`its fields have names: \`${text} { … }\``] : [] });
    return;
  }
  if (type !== null && type.beyond === null && wanted === 'value') {
    const what = describe(late.build, type.res);
    const notes = what === 'struct' ? [`a struct with fields is made by \`${text} { … }\``] : [];
    report(late, 'E0423', span, { expected: 'value', found: what, name: text }, { label: 'not a value', notes });
    return;
  }
  const { fixes, notes } = hints(late, text, span, 'values', localNames(late, 'values'));
  const member = wanted === 'value' ? memberNamed(late, text) : null;
  if (member !== null) fixes.unshift({ title: `you might have meant \`${member}\``, edits: [{ span, text: member }], certain: false });
  const foreign = FOREIGN[text];
  if (foreign !== undefined && (text === 'True' || text === 'False')) fixes.unshift({ title: `write \`${foreign}\``, edits: [{ span, text: foreign }], certain: true });
  const code = wanted === 'value' ? 'E0425' : 'E0531';
  report(late, code, span, { name: text, what: wanted === 'value' ? 'value' : wanted === 'pattern' ? 'unit struct, unit variant or constant' : 'tuple struct or tuple variant' }, {
    label: 'not found in this scope',
    fixes,
    notes,
  });
}

/** A field or method of the type around, by its bare name: `self.x`, `Self::new`. */
function memberNamed(late: Late, name: string): string | null {
  const { build } = late;
  for (let rib: Rib | null = late.rib; rib !== null; rib = rib.parent) {
    if (rib.at.kind !== 'selfType') continue;
    const item = build.byDef.get(rib.at.of)?.item;
    if (item?.kind !== 'impl' && item?.kind !== 'trait') return null;
    const hasSelf = lookup(late, 'self', 'values')?.beyond === null;
    const found = item.items.find(i => (i.kind === 'fn' || i.kind === 'const') && i.name.text === name);
    if (found !== undefined) return found.kind === 'fn' && found.params[0]?.kind === 'self' ? (hasSelf ? `self.${name}` : null) : `Self::${name}`;
    if (!hasSelf || item.kind !== 'impl' || item.self.kind !== 'pathType') return null;
    const res = build.world.table.types.get(item.self.path.id)?.res;
    const owner = res?.kind === 'def' ? build.byDef.get(res.def)?.item : undefined;
    return owner?.kind === 'struct' && owner.shape.kind === 'named' && owner.shape.fields.some(f => f.name.text === name) ? `self.${name}` : null;
  }
  return null;
}

function reportUndeclared(late: Late, path: Path, segment: PathSegment): void {
  if (late.quiet > 0) return;
  const { text, span } = segment.name;
  const next = path.segments[1];
  const isType = /^\p{Lu}/u.test(text);
  const { fixes, notes } = hints(late, text, span, 'types', [...localNames(late, 'types'), 'std']);
  if (text === 'Self') notes.push('`Self` is only there in impls, traits and types');
  if (!isType && next !== undefined && late.build.load(text) !== null) notes.push(`there is a file \`${text}.altru\`: write \`use ${text}\` first`);
  report(late, 'E0433', span, { name: text, what: isType ? 'type' : 'module' }, { label: `use of undeclared ${isType ? 'type' : 'module'} \`${text}\``, fixes, notes });
}

function reportMissingIn(late: Late, path: Path, segment: PathSegment, inside: ModuleScope, last: boolean, ns: Namespace, wanted: Wanted): void {
  if (late.quiet > 0) return;
  const { text, span } = segment.name;
  const { world } = late.build;
  const where = inside.id === world.root ? 'the crate root' : `module \`${nameOf(inside.id)}\``;
  const { fixes, notes } = hints(late, text, span, last ? ns : 'types', visibleNames(world, inside, last ? ns : 'types', late.module));
  if (!last) {
    report(late, 'E0433', span, { name: text, what: 'module' }, { label: `could not find \`${text}\` in ${where}`, fixes, notes });
    return;
  }
  const code = ns === 'values' ? (wanted === 'value' ? 'E0425' : 'E0531') : wanted === 'trait' ? 'E0405' : wanted === 'struct' ? 'E0422' : 'E0412';
  if (ns === 'values' && inside.types.has(text)) {
    const expected = wanted === 'pattern' ? 'unit struct, unit variant or constant' : wanted === 'tuplePattern' ? 'tuple struct or tuple variant' : 'value';
    report(late, expected === 'value' ? 'E0423' : 'E0532', path.span, { expected, found: describe(late.build, inside.types.get(text)?.res ?? ERROR), name: text }, { label: `not ${article(expected)}` });
    return;
  }
  const later = unbuilt(inside.id, text);
  report(late, code, span, { name: text, what: ns === 'values' ? 'value' : 'type' }, { label: `not found in ${where}`, fixes: later === null ? fixes : [], notes: later === null ? notes : [later] });
}
