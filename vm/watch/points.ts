/**
 * Breakpoints and watchpoints. In: what to stop for. Out: at each statement of a run, the number of the point that is met. Lines are turned into
 * offsets of statements once, so a breakpoint costs a look-up; a watched variable costs a reading at each statement.
 */
import { listen } from '../run/events.ts';
import type { Machine } from '../run/machine.ts';
import { type Condition, parseCondition } from './condition.ts';
import { readFound, variableNamed } from './lookup.ts';
import { standOf } from './step-place.ts';
import type { BreakFor, Timeline, WatchFor } from './timeline.ts';

type Marks = ReadonlyMap<number, ReadonlySet<number>>;

type Point = { readonly number: number } & (
  | { readonly kind: 'break'; readonly what: BreakFor; readonly marks: Marks; readonly test: Condition | null; left: number }
  | { readonly kind: 'watch'; readonly what: WatchFor; before: string | null; hit: boolean }
);

export interface Points {
  breakAt(point: BreakFor): { readonly number: number } | { readonly wrong: string };
  watch(point: WatchFor): { readonly number: number } | { readonly wrong: string };
  forget(number: number): void;
  list(): Timeline['points'];
  kindOf(number: number): 'breakpoint' | 'watchpoint';
  /** A run begins where the machine stands: what is seen here is not met again. */
  begin(): void;
  meets(offset: number): number | null;
  meetsAtEnd(): number | null;
  /** Of a run that is looked at backwards: what this step meets, counting from the step before. */
  meetsStanding(): number | null;
  end(): void;
  marksOf(line: number, file?: string): Marks;
}

/** So far below the line asked for a statement may stand. */
const NEAR = 40;

export function createPoints(m: Machine): Points {
  let points: Point[] = [];
  let next = 1;
  let listening: (() => void)[] = [];

  function marksOf(line: number, file?: string): Marks {
    const fits = (path: string, std: boolean): boolean => (file === undefined ? !std : path === file || path.endsWith(`/${file}`));
    let best = Number.POSITIVE_INFINITY;
    let found = new Map<number, Set<number>>();
    for (const [index, code] of m.program.functions.entries()) {
      const lines = new Map<number, number>();
      for (const mark of code.marks) {
        const source = m.program.sources[mark.source];
        if (!mark.statement || source === undefined || mark.line < line || mark.line > Math.min(best, line + NEAR) || !fits(source.path, source.std === true)) continue;
        if (!lines.has(mark.line)) lines.set(mark.line, mark.at);
      }
      if (lines.size === 0) continue;
      const nearest = Math.min(...lines.keys());
      if (nearest > best) continue;
      if (nearest < best) found = new Map();
      best = nearest;
      found.set(index, new Set([lines.get(nearest) ?? 0]));
    }
    return found;
  }

  const textNow = (what: WatchFor): string | null => {
    const found = what.kind === 'variable' ? variableNamed(m, what.name) : null;
    return found === null ? null : readFound(m, found).text;
  };

  function meet(offset: number, index: number, skipping: boolean): number | null {
    let met: number | null = null;
    for (const point of points) {
      if (point.kind === 'break') {
        if (point.marks.get(index)?.has(offset) !== true || (point.test !== null && !point.test(m))) continue;
        if (skipping && point.left > 0) point.left--;
        else met ??= point.number;
      } else if (point.what.kind === 'bytes') {
        if (point.hit) met ??= point.number;
        point.hit = false;
      } else {
        const now = textNow(point.what);
        if (point.before !== null && now !== null && now !== point.before) met ??= point.number;
        if (now !== null) point.before = now;
      }
    }
    return met;
  }

  return {
    breakAt(what) {
      const parsed = what.condition === undefined ? null : parseCondition(what.condition);
      if (parsed !== null && 'wrong' in parsed) return parsed;
      const marks = marksOf(what.line, what.file);
      if (marks.size === 0) return { wrong: `no statement of the program stands at line ${what.line}` };
      points.push({ number: next, kind: 'break', what, marks, test: parsed?.test ?? null, left: what.skip ?? 0 });
      return { number: next++ };
    },
    watch(what) {
      if (what.kind === 'variable' && !m.program.functions.some(f => f.std !== true && f.variables.some(v => v.name === what.name))) return { wrong: `no variable is called \`${what.name}\`` };
      if (what.kind === 'bytes' && (what.size < 1 || what.address < m.space.map.statics.start)) return { wrong: 'these bytes cannot be watched' };
      points.push({ number: next, kind: 'watch', what, before: null, hit: false });
      return { number: next++ };
    },
    forget(number) {
      points = points.filter(p => p.number !== number);
    },
    list: () => points.map(p => (p.kind === 'break' ? { number: p.number, break: p.what } : { number: p.number, watch: p.what })),
    kindOf: number => (points.find(p => p.number === number)?.kind === 'watch' ? 'watchpoint' : 'breakpoint'),
    begin() {
      for (const point of points) {
        if (point.kind !== 'watch') continue;
        const { what } = point;
        point.hit = false;
        point.before = textNow(what);
        if (what.kind !== 'bytes') continue;
        const note = (address: number, size: number): void => {
          if (address < what.address + what.size && address + size > what.address) point.hit = true;
        };
        listening.push(listen(m, 'store', note));
        if (what.access === 'any') listening.push(listen(m, 'load', note));
      }
    },
    meets: offset => meet(offset, standOf(m).index, true),
    meetsAtEnd: () => points.find(p => p.kind === 'watch' && p.hit)?.number ?? null,
    meetsStanding() {
      const { index, offset } = standOf(m);
      return meet(offset, index, false);
    },
    end() {
      for (const stop of listening) stop();
      listening = [];
    },
    marksOf,
  };
}
