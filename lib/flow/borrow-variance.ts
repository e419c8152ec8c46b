/**
 * Variance of the parameters of structs and enums: how a type changes when an argument gets a longer or shorter lifetime. Found by
 * a fixpoint over field types, kept per set of definitions. The library's raw pointers count as owning (covariant), as Rust's
 * `NonNull` does; a user's `*mut T` is invariant. Cost: fields × rounds, once per definition.
 */
import type { Definitions } from '../types/definition.ts';
import type { DefId, Type } from '../types/type.ts';

/** Bits: 1 may grow (covariant use), 2 may shrink (contravariant use); 0 unused, 3 invariant. */
export type Variance = 0 | 1 | 2 | 3;

const cache = new WeakMap<Definitions, Map<DefId, Variance[]>>();

export function variancesOf(definitions: Definitions, def: DefId): readonly Variance[] {
  let table = cache.get(definitions);
  if (table === undefined) cache.set(definitions, (table = new Map()));
  const known = table.get(def);
  if (known !== undefined) return known;
  // All definitions that are reached from here are solved together.
  const group = new Set<DefId>();
  const collect = (d: DefId): void => {
    if (group.has(d) || table.has(d)) return;
    group.add(d);
    for (const t of fieldsOf(definitions, d)) mention(t, collect);
  };
  collect(def);
  for (const d of group) table.set(d, new Array<Variance>(countOf(definitions, d)).fill(0));
  for (let changed = true; changed;) {
    changed = false;
    for (const d of group) {
      const own = table.get(d) ?? [];
      const library = d.startsWith('std::');
      const cell = definitions.lang.get('unsafe_cell') === d;
      const visit = (t: Type, v: Variance): void => {
        if (v === 0) return;
        const put = (index: number): void => {
          const merged = ((own[index] ?? 0) | v) as Variance;
          if (merged !== own[index]) { own[index] = merged; changed = true; }
        };
        switch (t.kind) {
          case 'param': put(t.index); return;
          case 'region': if (t.region.of === 'param') put(t.region.index); return;
          case 'tuple': for (const e of t.elements) visit(e, v); return;
          case 'array': visit(t.element, v); visit(t.length, 3); return;
          case 'slice': visit(t.element, v); return;
          case 'ref': visit(t.region, v); visit(t.inner, t.mutable ? 3 : v); return;
          case 'ptr': visit(t.inner, t.mutable && !library ? 3 : v); return;
          case 'fnPtr': for (const p of t.signature.params) visit(p, flip(v)); visit(t.signature.result, v); return;
          case 'adt': {
            const of = variancesIn(table, definitions, t.def);
            t.args.forEach((a, i) => { visit(a, compose(v, of[i] ?? 3)); });
            return;
          }
          case 'dyn': for (const a of t.principal?.args ?? []) visit(a, 3); for (const p of t.projections) visit(p.type, 3); visit(t.region, v); return;
          case 'projection': case 'opaque': case 'closure': case 'fnDef': for (const a of t.args) visit(a, 3); return;
          default: return;
        }
      };
      for (const t of fieldsOf(definitions, d)) visit(t, cell ? 3 : 1);
      if (definitions.lang.get('phantom_data') === d && own[0] !== undefined && (own[0] & 1) === 0) { own[0] = 1; changed = true; }
    }
  }
  return table.get(def) ?? [];
}

function variancesIn(table: Map<DefId, Variance[]>, definitions: Definitions, def: DefId): readonly Variance[] {
  return table.get(def) ?? variancesOf(definitions, def);
}

const flip = (v: Variance): Variance => (v === 1 ? 2 : v === 2 ? 1 : v);

export function compose(outer: Variance, inner: Variance): Variance {
  if (inner === 0 || outer === 0) return 0;
  if (inner === 3 || outer === 3) return 3;
  return inner === 1 ? outer : flip(outer);
}

function countOf(definitions: Definitions, def: DefId): number {
  const d = definitions.byId.get(def);
  return d !== undefined && 'generics' in d ? d.generics.parentCount + d.generics.params.length : 0;
}

function fieldsOf(definitions: Definitions, def: DefId): readonly Type[] {
  const d = definitions.byId.get(def);
  if (d?.kind === 'struct') return d.variant.fields.map(f => f.type);
  if (d?.kind === 'enum') return d.variants.flatMap(v => v.fields.map(f => f.type));
  return [];
}

function mention(t: Type, visit: (def: DefId) => void): void {
  switch (t.kind) {
    case 'adt': visit(t.def); for (const a of t.args) mention(a, visit); return;
    case 'tuple': for (const e of t.elements) mention(e, visit); return;
    case 'array': case 'slice': mention(t.element, visit); return;
    case 'ref': case 'ptr': mention(t.inner, visit); return;
    case 'fnPtr': for (const p of t.signature.params) mention(p, visit); mention(t.signature.result, visit); return;
    default: return;
  }
}
