/**
 * The door of `names`: from trees to a `World`.
 */
import type { Problem } from '../report/problem.ts';
import type { Expr, File } from '../syntax/tree.ts';
import type { SourceFile } from '../text/sources.ts';
import type { Evaluate, Rib, World } from './table.ts';

export interface LoadedFile {
  readonly source: SourceFile;
  readonly tree: File;
}

export interface CollectInput {
  /** `main` for the user's program, `std` for the library. */
  readonly crate: 'main' | 'std';
  /** The program's file; for the library null. */
  readonly root: LoadedFile | null;
  /** The library's files, by module path below `std` (`option`, `collections/hash_map`). */
  readonly library?: ReadonlyMap<string, LoadedFile>;
  /** Reads and parses the file of a module, by path without root directory and ending (`shapes`, `geo/point`); null when there is none. */
  readonly load: (path: string) => LoadedFile | null;
  /** The library's world; null when the library itself is collected. */
  readonly base: World | null;
  readonly evaluate: Evaluate;
}

export declare function collectNames(input: CollectInput): { readonly value: World; readonly problems: readonly Problem[] };

/** Resolves the names of an expression made later (from a format text) at a recorded place, into the world's tables. */
export declare function resolveExprAt(world: World, place: Rib, expr: Expr, problems: Problem[]): void;
