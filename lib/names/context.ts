/**
 * Where a type is lowered: whose parameters are in scope, and what `_`, elided lifetimes and `impl Trait` become there.
 */
import type { Problem } from '../report/problem.ts';
import type { Bound } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { DefId, Type } from '../types/type.ts';
import type { World } from './table.ts';

export interface Binder {
  readonly names: readonly string[];
  /** Elided lifetimes that it binds, after the named. */
  anonymous: number;
}

export interface Regions {
  /** In bodies every region comes out erased. */
  readonly erase: boolean;
  /** Innermost last. */
  readonly binders: readonly Binder[];
  readonly elided: (span: Span, cx: LowerContext) => Type;
  /** Default region of a `dyn` here; null: `unbounded`. */
  readonly object: Type | null;
  /** What a `dyn` gets where nothing gives it a region: `'static` in signatures, to be inferred in bodies. */
  readonly unbounded: Type;
  /** Regions met, for elision in results; null: not wanted. */
  readonly seen: Type[] | null;
}

/** Where types are lowered: whose parameters are in scope, and what `_` and elided lifetimes become. */
export interface LowerContext {
  readonly world: World;
  /** Definition whose generics (and parents') are in scope. */
  readonly owner: DefId;
  readonly problems: Problem[];
  /** A fresh inference variable for `_` or an omitted argument; null: not allowed (E0121). */
  readonly infer: ((of: 'type' | 'const', span: Span) => Type) | null;
  readonly regions: Regions;
  /** What `impl Trait` becomes; null: not allowed here (E0562). */
  readonly implTrait: ((bounds: readonly Bound[], span: Span, cx: LowerContext) => Type) | null;
}
