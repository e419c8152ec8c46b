/**
 * Key frames: moments of a run from which any step is reached by doing the rest again. In: moments as the run goes on. Out: the best one to start
 * from for a step. The distance between them doubles whenever there are too many or they take too much, so a run of any length is
 * covered by a bounded number; beside them stand a few close to where somebody is looking, at distances that grow by eight.
 * Invariant: the first one is kept for ever. Cost: as `moment.ts`; a search is a walk over some hundred entries.
 */
import { type Moment, momentBytes } from './moment.ts';
import type { TapePosition } from './tape.ts';

export interface KeyFrame {
  /** Statements begun. */
  readonly count: number;
  /** Stands before the statement `count - 1`; else in the middle of it. */
  readonly halted: boolean;
  readonly moment: Moment;
  readonly tape: TapePosition;
}

export interface KeyFrames {
  /** At this count another one is due. */
  due(): number;
  add(frame: KeyFrame): void;
  addNear(frame: KeyFrame): void;
  /** The latest from which position `target` can be reached. */
  before(target: number): KeyFrame | undefined;
  /** Those that stand before a statement, up to a position, latest first. */
  backwards(position: number): KeyFrame[];
  latest(): KeyFrame | undefined;
  measure(): { readonly frames: number; readonly bytes: number };
}

const MOST = 128;
const NEAR = 12;

export const positionOf = (frame: KeyFrame): number => frame.count - 1;

export function createKeyFrames(most: number): KeyFrames {
  let frames: KeyFrame[] = [];
  let near: KeyFrame[] = [];
  let spacing = 2000;
  let sinceMeasured = 0;

  const measure = (): number => {
    const counted = new Set<Int32Array>();
    let bytes = 0;
    for (const { moment } of [...frames, ...near]) bytes += momentBytes(moment, counted);
    return bytes;
  };

  function thin(): void {
    frames = frames.filter((_, i) => i % 2 === 0 || i === frames.length - 1);
    spacing *= 2;
  }

  return {
    due: () => (frames[frames.length - 1]?.count ?? -spacing) + spacing,
    add(frame) {
      frames.push(frame);
      if (frames.length > MOST) thin();
      if (++sinceMeasured < 8) return;
      sinceMeasured = 0;
      for (let bytes = measure(); bytes > most && frames.length > 2; bytes = measure()) {
        if (near.length > 2) near = near.slice(-2);
        else thin();
      }
    },
    addNear(frame) {
      near = near.filter(f => f.count !== frame.count);
      near.push(frame);
      if (near.length > NEAR) near.shift();
    },
    before(target) {
      let best: KeyFrame | undefined;
      for (const frame of [...frames, ...near]) {
        if (frame.halted ? frame.count > target + 1 : frame.count > target) continue;
        if (best === undefined || frame.count > best.count || (frame.count === best.count && !frame.halted)) best = frame;
      }
      return best;
    },
    backwards: position => [...frames, ...near].filter(f => f.halted && positionOf(f) <= position).sort((a, b) => b.count - a.count).filter((f, i, all) => i === 0 || f.count !== all[i - 1]?.count),
    latest: () => frames[frames.length - 1],
    measure: () => ({ frames: frames.length + near.length, bytes: measure() }),
  };
}
