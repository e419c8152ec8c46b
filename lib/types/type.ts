/**
 * Types as data, hash-consed: two equal types are the same object, so `===` compares and `id` keys caches. Also the arguments
 * of generics that are no types (regions, constants), so that argument lists are plain `Type[]`, in the order of the owner's
 * generics: parent's first (a trait's `Self` is index 0), then its own.
 * In function bodies every region is `erased`; signatures and definitions keep theirs, and the flow graph makes them anew.
 * Invariant: `flags` summarises what stands inside. Making a type costs a map look-up for each part.
 */

/** Path of a definition, unique: `std::vec::Vec`, `main::Point`, `std::vec::{impl#3}::push`, `main::f::{closure#0}`. */
export type DefId = string & { readonly __brand: 'DefId' };

export type IntName = 'i8' | 'i16' | 'i32' | 'i64' | 'u8' | 'u16' | 'u32' | 'u64' | 'isize' | 'usize';
export type FloatName = 'f32' | 'f64';

export interface FnSignature {
  readonly params: readonly Type[];
  readonly result: Type;
  readonly isUnsafe: boolean;
  /** null, or the text of `extern "C"`. */
  readonly abi: string | null;
}

/** `args[0]` is the type that implements it. */
export interface TraitRef {
  readonly trait: DefId;
  readonly args: readonly Type[];
}

export type Region =
  | { readonly of: 'static' }
  | { readonly of: 'erased' }
  /** A lifetime parameter in scope; `index` into the owner's argument list. */
  | { readonly of: 'param'; readonly index: number; readonly name: string }
  /** Bound by the innermost enclosing `for['a]`, `fn(…)` or `dyn` at `depth` 0, the next at 1 …. */
  | { readonly of: 'bound'; readonly depth: number; readonly index: number; readonly name: string }
  /** A region variable of the borrow checker. */
  | { readonly of: 'var'; readonly index: number };

export type TypeShape =
  | { readonly kind: 'int'; readonly name: IntName }
  | { readonly kind: 'float'; readonly name: FloatName }
  | { readonly kind: 'bool' }
  | { readonly kind: 'char' }
  | { readonly kind: 'str' }
  | { readonly kind: 'never' }
  /** `()` has no elements. */
  | { readonly kind: 'tuple'; readonly elements: readonly Type[] }
  /** `length` is a `const`, `param`, `infer` or `error`. */
  | { readonly kind: 'array'; readonly element: Type; readonly length: Type }
  | { readonly kind: 'slice'; readonly element: Type }
  | { readonly kind: 'ref'; readonly region: Type; readonly mutable: boolean; readonly inner: Type }
  | { readonly kind: 'ptr'; readonly mutable: boolean; readonly inner: Type }
  | { readonly kind: 'adt'; readonly def: DefId; readonly args: readonly Type[] }
  | { readonly kind: 'fnPtr'; readonly signature: FnSignature }
  /** The zero-sized type of a function item, method or tuple constructor. */
  | { readonly kind: 'fnDef'; readonly def: DefId; readonly args: readonly Type[] }
  /** Captures, kind and signature are in the body facts of the owner; `args` are the owner's generics. */
  | { readonly kind: 'closure'; readonly def: DefId; readonly args: readonly Type[] }
  /** `principal` has no self: `args` are those after it. `projections`: `Item = T`. */
  | { readonly kind: 'dyn'; readonly principal: { readonly trait: DefId; readonly args: readonly Type[] } | null; readonly projections: readonly { readonly item: DefId; readonly type: Type }[]; readonly autos: readonly DefId[]; readonly region: Type }
  /** `impl Trait` as a result: an opaque type defined by a function (`def` = `fn::{opaque#0}`). */
  | { readonly kind: 'opaque'; readonly def: DefId; readonly args: readonly Type[] }
  /** A type or const parameter. */
  | { readonly kind: 'param'; readonly index: number; readonly name: string }
  /** `<args[0] as Trait[args[1..]]>::item`, followed by the item's own arguments. `item` names trait and associated type. */
  | { readonly kind: 'projection'; readonly item: DefId; readonly args: readonly Type[] }
  | { readonly kind: 'infer'; readonly of: 'type' | 'int' | 'float' | 'const'; readonly index: number }
  /** A constant argument: array length or const generic. Booleans are 0/1, chars their code points. */
  | { readonly kind: 'const'; readonly value: bigint; readonly type: Type }
  | { readonly kind: 'region'; readonly region: Region }
  | { readonly kind: 'error' };

export type Type = TypeShape & { readonly id: number; readonly flags: number };
export type TypeOf<K extends Type['kind']> = Extract<Type, { readonly kind: K }>;

export const HAS_INFER = 1;
export const HAS_PARAM = 2;
export const HAS_PROJECTION = 4;
export const HAS_REGION = 8; // a region other than erased
export const HAS_ERROR = 16;
export const HAS_OPAQUE = 32;

const all: Type[] = [];
/** Nesting, and parts written out, by type id. */
const depths: number[] = [];
const sizes: number[] = [];

/** How deeply types are nested in a type: 0 when it has no parts. */
export const depthOf = (t: Type): number => depths[t.id] ?? 0;
/** How many types stand in a type, itself among them, as often as they are written; huge where a type doubles at every step. */
export const sizeOf = (t: Type): number => sizes[t.id] ?? 1;

/** Types reachable from a shape, one level down, in order. */
export function parts(t: TypeShape): readonly Type[] {
  switch (t.kind) {
    case 'tuple': return t.elements;
    case 'array': return [t.element, t.length];
    case 'slice': return [t.element];
    case 'ref': return [t.region, t.inner];
    case 'ptr': return [t.inner];
    case 'adt': case 'fnDef': case 'closure': case 'opaque': case 'projection': return t.args;
    case 'fnPtr': return [...t.signature.params, t.signature.result];
    case 'dyn': return [...(t.principal?.args ?? []), ...t.projections.map(p => p.type), t.region];
    case 'const': return [t.type];
    default: return [];
  }
}

/**
 * A way to a type by the numbers of its parts: a node is a number from 1, and all steps from node to node stand in one table of open
 * addresses, a row of three words each (from, by, to). A map for each node costs several times as much, and the collector looks at each.
 */
type Node = number;
const ROW = 3;
let steps = new Int32Array(ROW << 12);
let mask = (1 << 12) - 1;
let used = 0;
let nodes = 0;
/** By node: the type that stands there, and the number of a definition with arguments (`numberOf`); 0: none yet. */
const typeAt: (Type | undefined)[] = [undefined];
const numberAt: number[] = [0];

function newNode(): Node {
  typeAt.push(undefined);
  numberAt.push(0);
  return ++nodes;
}

/** The row of a step, or the free one where it belongs. */
function rowOf(node: Node, id: number): number {
  let hash = Math.imul(node, 0x9e3779b1) ^ Math.imul(id, 0x85ebca6b);
  hash ^= hash >>> 15;
  for (let row = hash & mask; ; row = (row + 1) & mask) {
    const at = row * ROW;
    const from = steps[at];
    if (from === 0 || (from === node && steps[at + 1] === id)) return at;
  }
}

function step(node: Node, id: number): Node {
  let at = rowOf(node, id);
  const known = steps[at + 2] as number;
  if (known !== 0) return known;
  if (++used * 3 > mask * 2) {
    widen();
    at = rowOf(node, id);
  }
  const made = newNode();
  steps[at] = node;
  steps[at + 1] = id;
  steps[at + 2] = made;
  return made;
}

function widen(): void {
  const old = steps;
  steps = new Int32Array(old.length * 2);
  mask = mask * 2 + 1;
  for (let at = 0; at < old.length; at += ROW) {
    if (old[at] === 0) continue;
    const to = rowOf(old[at] as number, old[at + 1] as number);
    for (let i = 0; i < ROW; i++) steps[to + i] = old[at + i] as number;
  }
}

function walk(node: Node, types: readonly Type[]): Node {
  let at = node;
  for (let i = 0; i < types.length; i++) at = step(at, (types[i] as Type).id);
  return at;
}

function named(map: Map<string, Node>, name: string): Node {
  let found = map.get(name);
  if (found === undefined) map.set(name, (found = newNode()));
  return found;
}

const byDef = { adt: new Map<string, Node>(), fnDef: new Map<string, Node>(), closure: new Map<string, Node>(), opaque: new Map<string, Node>(), projection: new Map<string, Node>() };
const byText = new Map<string, Node>();
const roots = { tuple: newNode(), array: newNode(), slice: newNode(), ref: newNode(), refMut: newNode(), ptr: newNode(), ptrMut: newNode(), type: newNode(), int: newNode(), float: newNode(), const: newNode(), regionVar: newNode() };

const applied = new Map<string, Node>();
let numbers = 0;

/** A number for a definition (a trait, an associated type) with arguments: equal ones have the same. Keys caches. */
export function numberOf(def: DefId, args: readonly Type[]): number {
  const node = walk(named(applied, def), args);
  return (numberAt[node] ||= ++numbers);
}

/** The place in the tables where the type of this shape stands, or will stand. */
function placeOf(t: TypeShape): Node {
  switch (t.kind) {
    case 'tuple': return walk(roots.tuple, t.elements);
    case 'array': return step(step(roots.array, t.element.id), t.length.id);
    case 'slice': return step(roots.slice, t.element.id);
    case 'ref': return step(step(t.mutable ? roots.refMut : roots.ref, t.inner.id), t.region.id);
    case 'ptr': return step(t.mutable ? roots.ptrMut : roots.ptr, t.inner.id);
    case 'adt': case 'fnDef': case 'closure': case 'opaque': return walk(named(byDef[t.kind], t.def), t.args);
    case 'projection': return walk(named(byDef.projection, t.item), t.args);
    case 'infer': return step(roots[t.of], t.index);
    case 'region': return t.region.of === 'var' ? step(roots.regionVar, t.region.index) : named(byText, textOf(t));
    default: return named(byText, textOf(t));
  }
}

function textOf(t: TypeShape): string {
  const ids = (ts: readonly Type[]): string => ts.map(x => x.id).join(',');
  switch (t.kind) {
    case 'int': case 'float': return t.name;
    case 'fnPtr': return `fn${t.signature.isUnsafe ? 'u' : ''}${t.signature.abi ?? ''}(${ids(t.signature.params)})${t.signature.result.id}`;
    case 'dyn': return `d${t.principal === null ? '' : `${t.principal.trait}<${ids(t.principal.args)}>`}{${t.projections.map(p => `${p.item}=${p.type.id}`).join(';')}}${t.autos.join('+')}'${t.region.id}`;
    case 'param': return `P${t.index}${t.name}`;
    case 'const': return `=${t.value}:${t.type.id}`;
    case 'region': {
      const r = t.region;
      return `'${r.of}${r.of === 'param' ? `${r.index}${r.name}` : r.of === 'bound' ? `${r.depth}.${r.index}` : ''}`;
    }
    default: return t.kind;
  }
}

function ownFlags(t: TypeShape): number {
  switch (t.kind) {
    case 'infer': return HAS_INFER;
    case 'param': return HAS_PARAM;
    case 'projection': return HAS_PROJECTION;
    case 'opaque': return HAS_OPAQUE;
    case 'error': return HAS_ERROR;
    case 'region': return t.region.of === 'erased' ? 0 : t.region.of === 'param' ? HAS_REGION : HAS_REGION;
    default: return 0;
  }
}

/** The one object for this shape. */
export function intern(shape: TypeShape): Type {
  const place = placeOf(shape);
  let type = typeAt[place];
  if (type === undefined) {
    let flags = ownFlags(shape);
    let depth = 0;
    let size = 1;
    for (const part of parts(shape)) {
      flags |= part.flags;
      depth = Math.max(depth, (depths[part.id] ?? 0) + 1);
      size += sizes[part.id] ?? 1;
    }
    depths.push(depth);
    sizes.push(size);
    type = { ...shape, id: all.length, flags };
    all.push(type);
    typeAt[place] = type;
  }
  return type;
}

export const UNIT = intern({ kind: 'tuple', elements: [] });
export const NEVER = intern({ kind: 'never' });
export const BOOL = intern({ kind: 'bool' });
export const CHAR = intern({ kind: 'char' });
export const STR = intern({ kind: 'str' });
export const ERROR = intern({ kind: 'error' });
export const ERASED = intern({ kind: 'region', region: { of: 'erased' } });
export const STATIC = intern({ kind: 'region', region: { of: 'static' } });
export const int = (name: IntName): Type => intern({ kind: 'int', name });
export const float = (name: FloatName): Type => intern({ kind: 'float', name });
export const I32 = int('i32');
export const U8 = int('u8');
export const USIZE = int('usize');
export const ISIZE = int('isize');
export const F64 = float('f64');
export const tuple = (elements: readonly Type[]): Type => intern({ kind: 'tuple', elements });
export const array = (element: Type, length: Type): Type => intern({ kind: 'array', element, length });
export const slice = (element: Type): Type => intern({ kind: 'slice', element });
export const ref = (inner: Type, mutable = false, region: Type = ERASED): Type => intern({ kind: 'ref', region, mutable, inner });
export const ptr = (inner: Type, mutable: boolean): Type => intern({ kind: 'ptr', mutable, inner });
export const adt = (def: DefId, args: readonly Type[]): Type => intern({ kind: 'adt', def, args });
export const param = (index: number, name: string): Type => intern({ kind: 'param', index, name });
export const constant = (value: bigint, type: Type = USIZE): Type => intern({ kind: 'const', value, type });
export const projection = (item: DefId, args: readonly Type[]): Type => intern({ kind: 'projection', item, args });
export const fnPtr = (signature: FnSignature): Type => intern({ kind: 'fnPtr', signature });
export const region = (r: Region): Type => intern({ kind: 'region', region: r });

/** Rebuilds a type with `change` applied to each part; the same object when nothing changed. */
export function mapParts(t: Type, change: (part: Type) => Type): Type {
  const list = (ts: readonly Type[]): readonly Type[] => {
    let out: Type[] | null = null;
    for (let i = 0; i < ts.length; i++) {
      const x = ts[i] as Type;
      const y = change(x);
      if (y !== x) (out ??= ts.slice())[i] = y;
    }
    return out ?? ts;
  };
  switch (t.kind) {
    case 'tuple': { const e = list(t.elements); return e === t.elements ? t : intern({ kind: 'tuple', elements: e }); }
    case 'array': {
      const [element, length] = [change(t.element), change(t.length)];
      return element === t.element && length === t.length ? t : array(element, length);
    }
    case 'slice': { const element = change(t.element); return element === t.element ? t : slice(element); }
    case 'ref': {
      const [region, inner] = [change(t.region), change(t.inner)];
      return region === t.region && inner === t.inner ? t : intern({ kind: 'ref', region, mutable: t.mutable, inner });
    }
    case 'ptr': { const inner = change(t.inner); return inner === t.inner ? t : ptr(inner, t.mutable); }
    case 'adt': case 'fnDef': case 'closure': case 'opaque': { const a = list(t.args); return a === t.args ? t : intern({ kind: t.kind, def: t.def, args: a }); }
    case 'projection': { const a = list(t.args); return a === t.args ? t : intern({ kind: 'projection', item: t.item, args: a }); }
    case 'fnPtr': { const s = t.signature; return intern({ kind: 'fnPtr', signature: { ...s, params: list(s.params), result: change(s.result) } }); }
    case 'dyn': return intern({
      kind: 'dyn',
      principal: t.principal === null ? null : { trait: t.principal.trait, args: list(t.principal.args) },
      projections: t.projections.map(p => ({ item: p.item, type: change(p.type) })),
      autos: t.autos,
      region: change(t.region),
    });
    default: return t;
  }
}

/** Replaces parameters (types, constants and regions) by `args`, by index. A parameter without an argument stays. */
export function substitute(t: Type, args: readonly Type[]): Type {
  if ((t.flags & (HAS_PARAM | HAS_REGION)) === 0) return t;
  if (t.kind === 'param') return args[t.index] ?? t;
  if (t.kind === 'region') return t.region.of === 'param' ? (args[t.region.index] ?? t) : t;
  return mapParts(t, x => substitute(x, args));
}

const erasedForms: (Type | undefined)[] = [];

/** The type with every region erased. */
export function eraseRegions(t: Type): Type {
  if ((t.flags & HAS_REGION) === 0) return t;
  if (t.kind === 'region') return ERASED;
  return (erasedForms[t.id] ??= mapParts(t, eraseRegions));
}

/** Whether a value is one of the interned types (and not merely shaped like one). */
export function isType(value: object): value is Type {
  return 'id' in value && 'flags' in value && typeof value.id === 'number' && all[value.id] === value;
}
