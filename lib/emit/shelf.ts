/**
 * The library's own code, made once and used in every program: an instance of the library with nothing of the user's in its arguments has the
 * same code wherever it is mentioned, but for the numbers that a unit gives out. In: instances, their code with references. Out: the same
 * code with another unit's numbers, and small finished bodies for inlining. Invariant: what is on a shelf is never written to.
 * A shelf belongs to one library; it grows with what its programs mention.
 */
import type { CodeFunction, Signature } from '../../vm/code/program.ts';
import type { Type } from '../types/type.ts';
import type { Body } from './body.ts';
import type { Instance, InstanceShape, InstanceTable } from './instance.ts';
import type { Placed } from './ref.ts';

/** A function whose numbers are those of the unit that it was made in. */
export interface MadeFunction {
  readonly code: CodeFunction;
  /** The words hold something of that unit that no reference says. */
  readonly bound: boolean;
  readonly signature: Signature;
  readonly refs: readonly Placed[];
  readonly cleanupRefs: readonly Placed[];
  /** Of its variables, in order. */
  readonly types: readonly Type[];
}

export interface ShelfRow {
  readonly manner: string;
  readonly code: Map<Instance, MadeFunction>;
  /** What callers may inline; null: not worth it. */
  readonly candidates: Map<Instance, Body | null>;
}

/** Code that was stored with the library. */
export interface ShelfSource {
  code(manner: string, instance: Instance): MadeFunction | undefined;
  candidate(manner: string, instance: Instance): Body | null | undefined;
}

export interface Shelf {
  readonly instances: InstanceTable;
  /** By the manner of emission: profile and overflow checks. */
  readonly rows: Map<string, ShelfRow>;
  readonly own: Map<Type, boolean>;
  source: ShelfSource | null;
}

export const makeShelf = (): Shelf => ({ instances: new Map(), rows: new Map(), own: new Map(), source: null });

export function shelfRow(shelf: Shelf, manner: string): ShelfRow {
  let row = shelf.rows.get(manner);
  if (row === undefined) shelf.rows.set(manner, (row = { manner, code: new Map(), candidates: new Map() }));
  return row;
}

/** Only for instances of the shelf. */
export function shelvedCode({ shelf, row }: { readonly shelf: Shelf; readonly row: ShelfRow }, one: Instance): MadeFunction | undefined {
  let found = row.code.get(one);
  if (found !== undefined || shelf.source === null) return found;
  found = shelf.source.code(row.manner, one);
  if (found !== undefined) row.code.set(one, found);
  return found;
}

export function shelvedCandidate({ shelf, row }: { readonly shelf: Shelf; readonly row: ShelfRow }, one: Instance): Body | null | undefined {
  let found = row.candidates.get(one);
  if (found !== undefined || shelf.source === null) return found;
  found = shelf.source.candidate(row.manner, one);
  if (found !== undefined) row.candidates.set(one, found);
  return found;
}

const ofLibrary = (def: string): boolean => def.startsWith('std::');

/** Nothing in it is the user's. */
export function isOwn(shelf: Shelf, shape: InstanceShape): boolean {
  const own = (type: Type): boolean => isOwnType(shelf, type);
  switch (shape.kind) {
    case 'item': case 'constructor': case 'virtual': case 'intrinsic': return ofLibrary(shape.def) && shape.args.every(own);
    case 'drop': case 'clone': return own(shape.type);
    case 'call': return own(shape.self) && own(shape.args);
    case 'closureFn': return own(shape.closure);
    case 'byPointer': return isOwn(shelf, shape.inner);
    case 'promoted': return isOwn(shelf, shape.owner);
    case 'start': return false;
  }
}

function isOwnType(shelf: Shelf, type: Type): boolean {
  let known = shelf.own.get(type);
  if (known === undefined) shelf.own.set(type, (known = look(shelf, type)));
  return known;
}

function look(shelf: Shelf, type: Type): boolean {
  const own = (t: Type): boolean => isOwnType(shelf, t);
  switch (type.kind) {
    case 'tuple': return type.elements.every(own);
    case 'array': return own(type.element);
    case 'slice': return own(type.element);
    case 'ref': case 'ptr': return own(type.inner);
    case 'adt': case 'fnDef': case 'closure': return ofLibrary(type.def) && type.args.every(own);
    case 'fnPtr': return type.signature.params.every(own) && own(type.signature.result);
    case 'dyn': return (type.principal === null || (ofLibrary(type.principal.trait) && type.principal.args.every(own))) && type.projections.every(p => ofLibrary(p.item) && own(p.type)) && type.autos.every(ofLibrary);
    case 'int': case 'float': case 'bool': case 'char': case 'str': case 'never': case 'const': case 'region': return true;
    default: return false;
  }
}
