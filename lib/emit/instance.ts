/**
 * Instances: what becomes one function (or one constant) of a program. A generic function with whole types for its parameters,
 * and the functions nobody wrote: drop glue, clones of tuples, adapters between ways to call. Interned by key, so that `===`
 * compares them. Plain data; how each gets its body is in `instances.ts` and `glue.ts`.
 */
import { depthOf, sizeOf, type DefId, type Type } from '../types/type.ts';

export type CallMode = 'ref' | 'mut' | 'once';

export type InstanceShape =
  /** A function, method, closure body, or constant (as a function without parameters). */
  | { readonly kind: 'item'; readonly def: DefId; readonly args: readonly Type[] }
  /** A tuple struct's or variant's constructor as a function. */
  | { readonly kind: 'constructor'; readonly def: DefId; readonly args: readonly Type[] }
  /** `drop_in_place::<T>(*mut T)`. */
  | { readonly kind: 'drop'; readonly type: Type }
  /** `Clone::clone` of a tuple, array, closure or function pointer. */
  | { readonly kind: 'clone'; readonly type: Type }
  /** `Fn::call`, `FnMut::call_mut`, `FnOnce::call_once` of a closure, function item or pointer: (self, tuple of arguments). */
  | { readonly kind: 'call'; readonly self: Type; readonly mode: CallMode; readonly args: Type }
  /** A closure without captures as a function pointer. */
  | { readonly kind: 'closureFn'; readonly closure: Type }
  /** A method of a `dyn` as a function: calls through its table. */
  | { readonly kind: 'virtual'; readonly def: DefId; readonly args: readonly Type[] }
  /** An intrinsic as a function value. */
  | { readonly kind: 'intrinsic'; readonly def: DefId; readonly args: readonly Type[] }
  /** A method with `self` by value, as a table of methods needs it: takes a pointer to `self`. */
  | { readonly kind: 'byPointer'; readonly inner: Instance }
  /** Promoted constant `index` of another instance's graph. */
  | { readonly kind: 'promoted'; readonly owner: Instance; readonly index: number }
  /** Fills the statics that could not be evaluated, then starts the program. */
  | { readonly kind: 'start' };

export type Instance = InstanceShape & { readonly key: string; readonly depth: number; readonly size: number };

const ids = (types: readonly Type[]): string => types.map(t => t.id).join(',');

export function instanceKey(shape: InstanceShape): string {
  switch (shape.kind) {
    case 'item': return `${shape.def}<${ids(shape.args)}>`;
    case 'constructor': case 'virtual': case 'intrinsic': return `${shape.kind} ${shape.def}<${ids(shape.args)}>`;
    case 'drop': case 'clone': return `${shape.kind} ${shape.type.id}`;
    case 'call': return `call ${shape.mode} ${shape.self.id} ${shape.args.id}`;
    case 'closureFn': return `closureFn ${shape.closure.id}`;
    case 'byPointer': return `byPointer ${shape.inner.key}`;
    case 'promoted': return `promoted ${shape.index} ${shape.owner.key}`;
    case 'start': return 'start';
  }
}

/** The types that an instance is made for: one that needs ever deeper or larger ones never ends. */
function typesOf(shape: InstanceShape): readonly Type[] {
  switch (shape.kind) {
    case 'item': case 'constructor': case 'virtual': case 'intrinsic': return shape.args;
    case 'drop': case 'clone': return [shape.type];
    case 'call': return [shape.self, shape.args];
    case 'closureFn': return [shape.closure];
    case 'byPointer': return typesOf(shape.inner);
    case 'promoted': return typesOf(shape.owner);
    case 'start': return [];
  }
}

export type InstanceTable = Map<string, Instance>;

/** The one object for this shape. */
export function instance(table: InstanceTable, shape: InstanceShape): Instance {
  const key = instanceKey(shape);
  let found = table.get(key);
  if (found === undefined) {
    const types = typesOf(shape);
    found = { ...shape, key, depth: types.reduce((most, t) => Math.max(most, depthOf(t)), 0), size: types.reduce((sum, t) => sum + sizeOf(t), 0) };
    table.set(key, found);
  }
  return found;
}
