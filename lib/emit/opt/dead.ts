/**
 * Dead code: assignments to locals that nobody reads, storage marks of release code. In: a body, in place. What may panic, call or write
 * through a pointer stays. Linear a round; rounds until nothing goes.
 */
import type { Body } from '../body.ts';
import { usage } from './visit.ts';

export function removeDead(body: Body, keepNamed: boolean): boolean {
  let any = false;
  for (let changed = true; changed;) {
    changed = false;
    const u = usage(body);
    for (const block of body.blocks) {
      const kept = block.ops.filter(op => {
        if (op.kind !== 'assign') return true;
        const { place } = op;
        const l = place.local;
        if (l === 0 || place.projection.some(s => s.kind === 'deref')) return true;
        if ((u.reads[l] ?? 0) > 0 || u.taken[l] === 1) return true;
        if (keepNamed && body.locals[l]?.name !== null) return true;
        return false;
      });
      if (kept.length !== block.ops.length) { block.ops = kept; changed = true; any = true; }
    }
  }
  return any;
}

/** In release, storage has no meaning to code. */
export function removeStorage(body: Body): void {
  for (const block of body.blocks) block.ops = block.ops.filter(op => op.kind !== 'live' && op.kind !== 'dead' && op.kind !== 'guard' || op.kind === 'guard' && op.verdict === 'guarded');
}
