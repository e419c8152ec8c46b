/**
 * Values on their way to the one reader: what `defer` keeps for a frame. In: a body. Out: an empty table with the locals that may wait.
 */
import type { Body } from './body.ts';
import { usage } from './opt/visit.ts';

export interface Pending {
  /** Body local that it is the value of. */
  readonly of: number;
  /** VM local that would hold it. */
  readonly local: number;
  /** Pushes the value. */
  readonly push: () => void;
  readonly reads: ReadonlySet<number>;
  readonly memory: boolean;
  readonly effect: boolean;
}

export interface Deferral {
  readonly pending: Map<number, Pending>;
  /** Where a value was pushed instead of set: a second reader puts a `local.tee` there. */
  readonly pushed: Map<number, number>;
  /** Body locals that may wait. */
  readonly once: Uint8Array;
}

export function makeDeferral(body: Body, keepNamed: boolean): Deferral {
  const u = usage(body);
  const once = new Uint8Array(body.locals.length);
  for (const [i, each] of body.locals.entries()) if (i > body.params && u.writes[i] === 1 && u.reads[i] === 1 && u.taken[i] === 0 && !(keepNamed && each.name !== null)) once[i] = 1;
  return { pending: new Map(), pushed: new Map(), once };
}
