/**
 * What the solver is asked and what it answers. In and out: nothing; shapes only, so that the tables of answers (`universe`) and the
 * solver that fills them need not import each other. A goal holds ('yes'), does not ('no'), or waits for variables ('maybe').
 */
import type { ClosureFacts } from './facts.ts';
import type { DefId, TraitRef, Type } from './type.ts';

export type Goal =
  | { readonly kind: 'trait'; readonly ref: TraitRef }
  | { readonly kind: 'projection'; readonly item: DefId; readonly args: readonly Type[]; readonly type: Type }
  | { readonly kind: 'closureKind'; readonly def: DefId; readonly want: ClosureFacts['kind'] };

export type Source =
  | { readonly kind: 'impl'; readonly def: DefId; readonly args: readonly Type[] }
  /** A bound in scope, or of an opaque or associated type. */
  | { readonly kind: 'bound'; readonly ref: TraitRef }
  | { readonly kind: 'object'; readonly ref: TraitRef }
  | { readonly kind: 'builtin' };

export interface Selection {
  readonly source: Source;
  readonly nested: readonly Goal[];
}

export type Outcome = Selection | 'no' | 'maybe';
export type Verdict = 'yes' | 'no' | 'maybe';
