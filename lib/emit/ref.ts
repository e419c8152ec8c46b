/**
 * What a word of code stands for when its number is given out by the unit: a callee, a signature, a place in the statics. Code that is made
 * once and used in many programs (`shelf.ts`) keeps these beside its words. Plain data; `link.ts` gives the numbers.
 */
import type { Signature } from '../../vm/code/program.ts';
import type { DefId, Type, TypeOf } from '../types/type.ts';
import type { Instance } from './instance.ts';

export type Ref =
  | { readonly kind: 'function'; readonly instance: Instance }
  /** The value of a function pointer. */
  | { readonly kind: 'pointer'; readonly instance: Instance }
  | { readonly kind: 'signature'; readonly signature: Signature }
  | { readonly kind: 'import'; readonly name: string; readonly signature: Signature | undefined }
  | { readonly kind: 'bytes'; readonly bytes: readonly number[]; readonly align: number }
  /** A static or a promoted constant. */
  | { readonly kind: 'object'; readonly def: DefId }
  | { readonly kind: 'methods'; readonly self: Type; readonly target: TypeOf<'dyn'> }
  /** A named constant whose bytes hold addresses; or, from `at` on, one of these. */
  | { readonly kind: 'constant'; readonly def: DefId; readonly args: readonly Type[]; readonly align: number; readonly at: number | null };

/** The word at `at` is the number of `ref`. */
export interface Placed {
  at: number;
  readonly ref: Ref;
}
