/**
 * Types as text, as rustc prints them but in Altru's brackets: `Vec[i32]`, `&mut [T; 4]`, `dyn Fn(A) -> B`. Paths are shortened to their last name. In:
 * a type. Out: text for messages, hovers and documents. Pure; linear.
 */
import type { Definitions, FnDef } from './definition.ts';
import { UNIT, type DefId, type FnSignature, type Region, type TraitRef, type Type, type TypeOf } from './type.ts';

/** Last name of a definition's path. */
export function shortName(def: DefId): string {
  const cut = def.lastIndexOf('::');
  const last = cut < 0 ? def : def.slice(cut + 2);
  return last.replace(/#\d+$/, '');
}

/** With definitions, arguments that equal their default are left out (`Vec[i32]`, not `Vec[i32, Global]`). */
export function printType(t: Type, definitions: Definitions | null = null): string {
  switch (t.kind) {
    case 'int': case 'float': return t.name;
    case 'bool': case 'char': case 'str': return t.kind;
    case 'never': return '!';
    case 'tuple': return t.elements.length === 1 ? `(${printList(t.elements, definitions)},)` : `(${printList(t.elements, definitions)})`;
    case 'array': return `[${printType(t.element, definitions)}; ${printType(t.length, definitions)}]`;
    case 'slice': return `[${printType(t.element, definitions)}]`;
    case 'ref': {
      const region = t.region.kind === 'region' ? printRegion(t.region.region) : '';
      return `&${region === '' || region === "'_" ? '' : `${region} `}${t.mutable ? 'mut ' : ''}${bracketed(t.inner, definitions)}`;
    }
    case 'ptr': return `*${t.mutable ? 'mut' : 'const'} ${bracketed(t.inner, definitions)}`;
    case 'adt': return printApplied(t.def, t.args, definitions);
    case 'fnPtr': return printSignature(t.signature, definitions);
    case 'fnDef': {
      const def = definitions?.byId.get(t.def);
      return def?.kind === 'fn' ? `fn item {${printFnHead(def, definitions)}}` : `fn item {${shortName(t.def)}}`;
    }
    case 'closure': return 'closure';
    case 'dyn': return printDyn(t, definitions);
    case 'opaque': return printOpaque(t, definitions);
    case 'param': return t.name.startsWith('impl#') ? 'impl Trait' : t.name;
    case 'projection': return printProjection(t, definitions);
    case 'infer': return t.of === 'int' ? '{integer}' : t.of === 'float' ? '{float}' : '_';
    case 'const': return t.type.kind === 'bool' ? String(t.value !== 0n) : t.type.kind === 'char' ? `'${String.fromCodePoint(Number(t.value))}'` : String(t.value);
    case 'region': return printRegion(t.region);
    case 'error': return '{error}';
  }
}

function printList(ts: readonly Type[], definitions: Definitions | null): string {
  return ts.map(t => printType(t, definitions)).join(', ');
}

/** `dyn A + B` needs parentheses behind `&`. */
function bracketed(t: Type, definitions: Definitions | null): string {
  const text = printType(t, definitions);
  return (t.kind === 'dyn' || t.kind === 'opaque') && text.includes(' + ') ? `(${text})` : text;
}

export function printRegion(r: Region): string {
  switch (r.of) {
    case 'static': return "'static";
    // Made for an elided lifetime: it was not written.
    case 'param': case 'bound': return /^'\d*$/.test(r.name) ? "'_" : r.name;
    default: return "'_";
  }
}

/** `Name[args]`, defaults and elided regions left out. */
function printApplied(def: DefId, args: readonly Type[], definitions: Definitions | null, extra: readonly string[] = [], skip = 0): string {
  const known = definitions?.byId.get(def);
  const params = known !== undefined && 'generics' in known ? known.generics.params : null;
  let shown = args.slice(skip);
  if (params !== null) {
    let end = args.length;
    while (end > skip) {
      const p = params[end - 1 - (params.length < args.length ? args.length - params.length : 0)];
      const arg = args[end - 1];
      if (p === undefined || arg === undefined || p.fallback === null || !isDefault(p.fallback, arg, args)) break;
      end--;
    }
    shown = args.slice(skip, end);
  }
  const texts = shown.filter(a => a.kind !== 'region' || (a.region.of !== 'erased' && printRegion(a.region) !== "'_")).map(a => printType(a, definitions));
  const all = [...texts, ...extra];
  return all.length === 0 ? shortName(def) : `${shortName(def)}[${all.join(', ')}]`;
}

function isDefault(fallback: Type, arg: Type, args: readonly Type[]): boolean {
  return fallback === arg || (fallback.kind === 'param' && args[fallback.index] === arg);
}

export function printSignature(s: FnSignature, definitions: Definitions | null = null): string {
  const head = `${s.isUnsafe ? 'unsafe ' : ''}${s.abi === null ? '' : `extern "${s.abi}" `}fn(${printList(s.params, definitions)})`;
  return s.result === UNIT ? head : `${head} -> ${printType(s.result, definitions)}`;
}

/** `fn name(a: A) -> R`, for hovers and labels. */
export function printFnHead(def: FnDef, definitions: Definitions | null = null): string {
  const generics = def.generics.params.filter(p => !p.synthetic).map(p => (p.kind === 'const' ? `const ${p.name}: ${p.constType === null ? '_' : printType(p.constType, definitions)}` : p.name));
  const params = def.signature.params.map((t, i) => {
    const name = def.paramNames[i] ?? '_';
    if (i > 0 || !def.hasSelf) return `${name}: ${printType(t, definitions)}`;
    if (t.kind === 'ref') return t.mutable ? '&mut self' : '&self';
    return 'self';
  });
  if (def.isVariadic === true) params.push('...');
  const result = def.signature.result === UNIT ? '' : ` -> ${printType(def.signature.result, definitions)}`;
  return `fn ${def.name}${generics.length === 0 ? '' : `[${generics.join(', ')}]`}(${params.join(', ')})${result}`;
}

/** `Trait[args]`, without the type that implements it. */
export function printTraitRef(ref: TraitRef, definitions: Definitions | null = null): string {
  return printBound(ref.trait, ref.args, [], definitions);
}

/** `Fn(A) -> B` for the function traits, else `Trait[A, Item = B]`. `args[0]` is the self type. */
function printBound(trait: DefId, args: readonly Type[], bindings: readonly { readonly item: DefId; readonly type: Type }[], definitions: Definitions | null): string {
  const name = shortName(trait);
  const inputs = args[1];
  if ((name === 'Fn' || name === 'FnMut' || name === 'FnOnce') && inputs?.kind === 'tuple') {
    const output = bindings.find(b => shortName(b.item) === 'Output')?.type;
    return `${name}(${printList(inputs.elements, definitions)})${output === undefined || output === UNIT ? '' : ` -> ${printType(output, definitions)}`}`;
  }
  return printApplied(trait, args, definitions, bindings.map(b => `${shortName(b.item)} = ${printType(b.type, definitions)}`), 1);
}

function printDyn(t: TypeOf<'dyn'>, definitions: Definitions | null): string {
  const parts: string[] = [];
  if (t.principal !== null) parts.push(printBound(t.principal.trait, [t, ...t.principal.args], t.projections, definitions));
  parts.push(...t.autos.map(shortName));
  const region = t.region.kind === 'region' && (t.region.region.of === 'param' || t.region.region.of === 'bound') ? printRegion(t.region.region) : "'_";
  if (region !== "'_") parts.push(region);
  return `dyn ${parts.join(' + ')}`;
}

function printOpaque(t: TypeOf<'opaque'>, definitions: Definitions | null): string {
  const cut = t.def.lastIndexOf('::');
  const owner = definitions?.byId.get(t.def.slice(0, cut) as DefId);
  const bounds = owner?.kind === 'fn' ? owner.opaques.find(o => o.def === t.def)?.bounds : undefined;
  if (bounds === undefined) return 'impl Trait';
  const sized = definitions?.lang.get('sized');
  const bindings = bounds.flatMap(b => (b.kind === 'projection' ? [{ item: b.item, type: b.type }] : []));
  const texts = bounds.flatMap(b => (b.kind === 'trait' && b.ref.trait !== sized && b.ref.args[0]?.kind === 'opaque' ? [printBound(b.ref.trait, b.ref.args, bindings.filter(x => isOf(x.item, b.ref.trait)), definitions)] : []));
  return `impl ${texts.length === 0 ? 'Sized' : texts.join(' + ')}`;
}

const isOf = (item: DefId, trait: DefId): boolean => item.startsWith(`${trait}::`) || shortName(item) === 'Output';

function printProjection(t: TypeOf<'projection'>, definitions: Definitions | null): string {
  // The result of a trait's method that says `impl Trait`.
  if (t.item.endsWith('}')) return 'impl Trait';
  const [self] = t.args;
  const cut = t.item.lastIndexOf('::');
  const trait = t.item.slice(0, cut) as DefId;
  const known = definitions?.byId.get(trait);
  const count = known?.kind === 'trait' ? known.generics.params.length : t.args.length;
  const own = t.args.slice(count).filter(a => a.kind !== 'region');
  const tail = own.length === 0 ? '' : `[${printList(own, definitions)}]`;
  if (self?.kind === 'param') return `${printType(self)}::${shortName(t.item)}${tail}`;
  return `<${self === undefined ? '_' : printType(self, definitions)} as ${printApplied(trait, t.args.slice(0, count), definitions, [], 1)}>::${shortName(t.item)}${tail}`;
}
