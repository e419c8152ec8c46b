/**
 * Structs, enums and the rest by themselves: unused parameters, types that hold themselves, `main`. In: entries and definitions. Out: problems.
 */
import { problem } from '../report/problem.ts';
import type { EnumDef, FnDef, StructDef } from '../types/definition.ts';
import { parts, substitute, type DefId, type Type } from '../types/type.ts';
import type { Build, Entry } from './build.ts';

export function checkAdt(build: Build, entry: Entry): void {
  const def = build.world.definitions.byId.get(entry.def);
  if (def?.kind !== 'struct' && def?.kind !== 'enum') return;
  checkUnused(build, def);
  checkSize(build, def);
  checkPacked(build, def);
}

const fieldsOf = (def: StructDef | EnumDef): readonly Type[] => (def.kind === 'struct' ? def.variant.fields : def.variants.flatMap(v => v.fields)).map(f => f.type);

/** E0392: a parameter that no field uses. Uses inside the type itself alone do not count. */
function checkUnused(build: Build, def: StructDef | EnumDef): void {
  if (def.id === build.world.definitions.lang.get('phantom_data')) return;
  const used = new Set<number>();
  const take = (t: Type): void => {
    if (t.kind === 'adt' && t.def === def.id) {
      t.args.forEach((a, i) => {
        const own = a.kind === 'param' ? a.index : a.kind === 'region' && a.region.of === 'param' ? a.region.index : -1;
        if (own !== i) take(a);
      });
      return;
    }
    if (t.kind === 'error') for (const p of def.generics.params) used.add(p.index);
    if (t.kind === 'param') used.add(t.index);
    else if (t.kind === 'region' && t.region.of === 'param') used.add(t.region.index);
    for (const part of parts(t)) take(part);
  };
  for (const t of fieldsOf(def)) take(t);
  for (const p of def.generics.params) {
    // A const parameter need not be used.
    if (used.has(p.index) || p.kind === 'const') continue;
    // A name given twice is said already.
    if (def.generics.params.filter(q => q.name === p.name).length > 1) continue;
    build.problems.push(problem('E0392', p.span, { name: p.name, kind: p.kind }, {
      label: `unused ${p.kind} parameter`,
      notes: [p.kind === 'lifetime' ? 'remove it, use it in a field, or hold a `PhantomData[&\'a ()]`' : `remove it, use it in a field, or hold a \`PhantomData[${p.name}]\``],
    }));
  }
}

/** E0072: a type that holds itself without a pointer between has no size. */
function checkSize(build: Build, def: StructDef | EnumDef): void {
  const { definitions } = build.world;
  const seen = new Set<string>();
  const holds = (t: Type, depth: number): boolean => {
    if (depth > 24) return false;
    switch (t.kind) {
      case 'tuple': return t.elements.some(e => holds(e, depth + 1));
      case 'array': return holds(t.element, depth + 1);
      case 'adt': {
        if (t.def === def.id) return true;
        const key = String(t.id);
        if (seen.has(key)) return false;
        seen.add(key);
        const inner = definitions.byId.get(t.def);
        if (inner?.kind !== 'struct' && inner?.kind !== 'enum') return false;
        return fieldsOf(inner).some(f => holds(substitute(f, t.args), depth + 1));
      }
      default: return false;
    }
  };
  const fields = def.kind === 'struct' ? def.variant.fields : def.variants.flatMap(v => v.fields);
  const guilty = fields.filter(f => holds(f.type, 0));
  if (guilty.length === 0) return;
  const labels = guilty.map(f => ({ span: f.span, text: 'recursive without indirection' }));
  build.problems.push(problem('E0072', def.nameSpan, { name: def.name }, {
    label: 'it holds itself, so its size would be infinite',
    labels,
    notes: [`put a pointer between: \`Box[${def.name}]\``],
  }));
}

/** E0588: what is packed cannot hold what asks for an alignment. */
function checkPacked(build: Build, def: StructDef | EnumDef): void {
  if (def.kind !== 'struct' || !def.representation.packed) return;
  const seen = new Set<Type>();
  const aligned = (t: Type): boolean => {
    if (seen.has(t)) return false;
    seen.add(t);
    if (t.kind === 'tuple') return t.elements.some(aligned);
    if (t.kind === 'array') return aligned(t.element);
    const inner = t.kind === 'adt' ? build.world.definitions.byId.get(t.def) : undefined;
    if (t.kind !== 'adt' || (inner?.kind !== 'struct' && inner?.kind !== 'enum')) return false;
    return inner.representation.align !== null || fieldsOf(inner).some(f => aligned(substitute(f, t.args)));
  };
  const guilty = def.variant.fields.find(f => aligned(f.type));
  if (guilty !== undefined) build.problems.push(problem('E0588', def.nameSpan, { name: def.name }, { label: 'it is packed', labels: [{ span: guilty.span, text: 'this holds something with an alignment of its own' }] }));
}

export function checkMain(build: Build): void {
  const main = build.world.definitions.byId.get(`${build.world.root}::main` as DefId);
  if (build.crate !== 'main' || main?.kind !== 'fn') return;
  const fn: FnDef = main;
  const [first] = fn.generics.params;
  if (first !== undefined) build.problems.push(problem('E0131', fn.nameSpan, {}, { label: '`main` cannot have generic parameters' }));
  const entry = build.byDef.get(fn.id);
  const clause = entry?.item.kind === 'fn' ? entry.item.generics.where[0] : undefined;
  if (clause !== undefined) build.problems.push(problem('E0646', clause.span, {}, { label: '`main` cannot have a `where` clause' }));
  if (fn.signature.params.length > 0) build.problems.push(problem('E0580', fn.nameSpan, {}, { label: '`main` takes no parameters', notes: ['the program\'s arguments are `args()`'] }));
}

/** E0592: two inherent impls give one type the same name. */
export function checkInherentNames(build: Build): void {
  const { definitions } = build.world;
  for (const [, impls] of definitions.inherent) {
    const own = impls.filter(id => build.byDef.has(id));
    if (own.length === 0 || impls.length < 2) continue;
    const names = new Map<string, { impl: Type; id: DefId; span: { file: Entry['file']; start: number; end: number } }[]>();
    for (const id of impls) {
      const impl = definitions.byId.get(id);
      if (impl?.kind !== 'impl') continue;
      for (const itemId of impl.items) {
        const item = definitions.byId.get(itemId);
        if (item === undefined) continue;
        const key = `${item.kind === 'associatedType' ? 'type' : 'value'} ${item.name}`;
        const others = names.get(key) ?? [];
        const old = others.find(o => mayOverlap(o.impl, impl.self) && own.includes(id));
        if (old !== undefined && others.length > 0) {
          const [at, other] = !library(id) && !library(old.id) ? [old.span, item.nameSpan] : [item.nameSpan, old.span];
          build.problems.push(problem('E0592', at, { name: item.name }, { label: `duplicate definitions for \`${item.name}\``, labels: [{ span: other, text: `other definition for \`${item.name}\`` }] }));
        }
        names.set(key, [...others, { impl: impl.self, id, span: item.nameSpan }]);
      }
    }
  }
}

const library = (id: DefId): boolean => id.startsWith('std::');

/** Could two self types be one? Parameters can be anything; constants and heads must agree. */
export function mayOverlap(a: Type, b: Type): boolean {
  if (a === b || a.kind === 'param' || b.kind === 'param' || a.kind === 'error' || b.kind === 'error' || a.kind === 'projection' || b.kind === 'projection') return true;
  if (a.kind === 'region' || b.kind === 'region') return true;
  if (a.kind !== b.kind) return false;
  if ((a.kind === 'adt' && b.kind === 'adt' && a.def !== b.def) || (a.kind === 'int' && b.kind === 'int') || (a.kind === 'float' && b.kind === 'float') || (a.kind === 'const' && b.kind === 'const')) return false;
  if ((a.kind === 'ref' && b.kind === 'ref' && a.mutable !== b.mutable) || (a.kind === 'ptr' && b.kind === 'ptr' && a.mutable !== b.mutable)) return false;
  if (a.kind === 'dyn' && b.kind === 'dyn' && (a.principal?.trait !== b.principal?.trait || a.autos.join() !== b.autos.join())) return false;
  const [x, y] = [parts(a), parts(b)];
  return x.length === y.length && x.every((t, i) => {
    const other = y[i];
    return other !== undefined && mayOverlap(t, other);
  });
}

