/**
 * Which locals may be read before they are written: only those must be set to zero when a function begins.
 * In: verified bodies of a function. Out: the locals to zero. A forward pass over structured code: at each point the set of locals that
 * are certainly written; where paths meet, the sets are intersected. A loop's start keeps the set it was entered with.
 * Cost: one pass; sets are bit words.
 */
import { nextAt, op, rowOf } from '../code/opcodes.ts';
import type { CodeFunction } from '../code/program.ts';

const GET = op('local.get');
type Locals = Int32Array;
/** `exit` is what holds at the end, met over the branches so far; null while nothing has come there. */
type Frame = { kind: 'block' | 'loop' | 'if'; exit: Locals | null; readonly start: Locals; readonly dead: boolean };

export function localsToZero(code: CodeFunction, params: number): number[] {
  if (code.locals.length === 0) return [];
  const wanted = new Set<number>();
  scan(code.body, params, params + code.locals.length, wanted);
  if (code.cleanup) scan(code.cleanup, params, params + code.locals.length, wanted);
  return [...wanted].sort((one, other) => one - other);
}

function scan(body: readonly number[], params: number, count: number, wanted: Set<number>): void {
  let now: Locals = new Int32Array((count + 31) >> 5);
  let dead = false;
  const add = (local: number): void => {
    now[local >> 5] = (now[local >> 5] ?? 0) | (1 << (local & 31));
  };
  const meet = (frame: Frame | undefined, locals: Locals): void => {
    if (!frame || frame.kind === 'loop') return;
    const exit = frame.exit;
    frame.exit = exit ? exit.map((word, place) => word & (locals[place] ?? 0)) : locals.slice();
  };
  for (let local = 0; local < params; local += 1) add(local);
  const frames: Frame[] = [{ kind: 'block', exit: null, start: now.slice(), dead }];
  const out = (depth: number): Frame | undefined => frames[frames.length - 1 - depth];

  for (let at = 0; at < body.length; ) {
    const row = rowOf(body[at] ?? -1);
    const next = nextAt(body, at);
    const first = body[at + 1] ?? 0;
    switch (row?.effect) {
      case '@block': case '@if': case '@loop':
        frames.push({ kind: row.name === 'loop' ? 'loop' : row.name === 'if' ? 'if' : 'block', exit: null, start: now.slice(), dead });
        break;
      case '@else': {
        const frame = out(0);
        if (!frame) break;
        if (!dead) meet(frame, now);
        frame.kind = 'block';
        now = frame.start.slice();
        dead = frame.dead;
        break;
      }
      case '@end': {
        const frame = frames.pop();
        if (!frame || frame.kind === 'loop') break;
        if (!dead) meet(frame, now);
        if (frame.kind === 'if' && !frame.dead) meet(frame, frame.start);
        dead = frame.exit === null;
        if (frame.exit) now = frame.exit;
        break;
      }
      case '@br':
        if (!dead) meet(out(first), now);
        dead = true;
        break;
      case '@br_if':
        if (!dead) meet(out(first), now);
        break;
      case '@br_table':
        for (let place = at + 2; place < next && !dead; place += 1) meet(out(body[place] ?? 0), now);
        dead = true;
        break;
      case '@return': case '@unreachable': case '@stop': case 'i32 i32 @stop': dead = true; break;
      case '@local.set': case '@local.tee': add(first); break;
      default:
        if (body[at] === GET && !dead && ((now[first >> 5] ?? 0) & (1 << (first & 31))) === 0) wanted.add(first);
    }
    at = next;
  }
}
