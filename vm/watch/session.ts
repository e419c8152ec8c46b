/**
 * A session: the time line of one run (`timeline.ts` says what it can do). In: a verified program and its surroundings. Out: a `Timeline`.
 * Going forward is running; going anywhere else is a key frame and running the rest again. Going back by a unit runs stretches between
 * key frames, latest first, and takes the last step in them that fits.
 * Invariant: at position `n` the machine is the same, bit for bit, however it came there. Cost: `seek` runs at most the distance between
 * two key frames; the code is made with events for statements and accesses, about half as fast as plain code.
 */
import type { Program } from '../code/program.ts';
import { listen } from '../run/events.ts';
import { createMachine } from '../run/create.ts';
import { plenty, run } from '../run/run.ts';
import { createActivity } from './activity.ts';
import { createKeyFrames, type KeyFrame, positionOf } from './keyframes.ts';
import { createKeeper, hashOf, type Moment } from './moment.ts';
import { createPoints } from './points.ts';
import { type Engine, createQueries } from './queries.ts';
import { standOf, type StepPlace } from './step-place.ts';
import { createTape, type TapePosition } from './tape.ts';
import type { Arrival, Patience, Stand, Timeline, TimelineOptions, Unit } from './timeline.ts';

/** Branches and calls between two looks at patience. */
const SLICE = 1_000_000;
/** What keeping a moment counts against patience, in branches: about as long as it takes. */
const KEPT = 60_000;
/** Distances before the goal of a way back at which moments are kept. */
const NEAR = [1500, 100];
const KEEP = 96 << 20;

export function openTimeline(program: Program, options: TimelineOptions = {}): Timeline {
  const tape = createTape({
    name: program.name, args: options.args ?? [], environment: options.environment ?? {}, input: options.input ?? new Uint8Array(),
    now: options.now ?? (() => 0), wallClock: options.wallClock ?? (() => 0),
  });
  const m = createMachine(program, tape.host, { ...options.machine, watched: { statements: true, moments: false, accesses: true, calls: false, library: options.library === true } });
  tape.machine = m;
  const keeper = createKeeper(m);
  const keyframes = createKeyFrames(options.keep ?? KEEP);
  const activity = createActivity(m, () => count);
  const points = createPoints(m);

  /** Statements begun; the machine stands before the last of them when `halted`. */
  let count = 0;
  let halted = false;
  let ended = false;
  let seen = 0;
  let total: number | null = null;
  let fault: number | null = null;
  let end: (KeyFrame & { readonly ended: true }) | null = null;
  /** Where an uncaught panic began, with its open calls; the end shows that and not the emptied stack. */
  let panicked: { readonly moment: Moment; readonly tape: TapePosition } | null = null;
  let last: Moment | null = null;
  /** Of the run under way: stops at this count, or when it says so. */
  let until = 0;
  let fits: (() => boolean) | null = null;
  let matched = false;

  listen(m, 'statement', offset => {
    count++;
    if (count > seen) {
      seen = count;
      if (count >= keyframes.due()) {
        matched = fits !== null && fits();
        return true;
      }
    }
    if (fits !== null) {
      engine.offset = offset;
      matched = fits();
      return matched || count >= until;
    }
    return count >= until;
  });
  listen(m, 'panic', () => {
    if (total === null) panicked = { moment: (last = keeper.keep(last)), tape: tape.position() };
  });

  const frameNow = (): KeyFrame => ({ count, halted, moment: (last = keeper.keep(last)), tape: tape.position() });

  function restore(frame: KeyFrame): void {
    keeper.restore(frame.moment);
    last = frame.moment;
    tape.moveTo(frame.tape);
    count = frame.count;
    halted = frame.halted;
    ended = frame === end;
  }

  function finish(): void {
    ended = true;
    halted = false;
    if (total !== null) return;
    total = count;
    const { trap } = m;
    if (trap !== null) fault = count;
    let moment = keeper.keep(last);
    const at = tape.position();
    if (trap?.kind === 'panic' && panicked !== null) {
      moment = { ...panicked.moment, status: 'stopped', trap, exit: trap.exit };
      keeper.restore(moment);
    }
    last = moment;
    end = { count, halted: false, moment, tape: at, ended: true };
    panicked = null;
  }

  /** Runs until `count` statements are begun, or `fit` says that the one just begun is it. */
  function go(target: number, fit: (() => boolean) | null, patience: number): 'there' | 'end' | 'input' | 'tired' {
    if (ended) return 'end';
    let left = patience;
    until = target;
    fits = fit;
    matched = false;
    try {
      for (;;) {
        const slice = Math.min(SLICE, left);
        halted = false;
        const status = run(m, slice);
        if (status === 'halted') {
          halted = true;
          left -= 200;
          if (count >= keyframes.due()) {
            keyframes.add(frameNow());
            left -= KEPT;
          }
          if (matched || count >= until) return 'there';
        } else if (status === 'finished' || status === 'stopped') {
          finish();
          return 'end';
        } else if (tape.hungry) return 'input';
        else {
          left -= slice;
          // A statement that takes this long is worth a moment in its middle.
          const latest = keyframes.latest();
          if (count >= seen && latest !== undefined && slice === SLICE && (latest.count < count || latest.halted)) keyframes.add(frameNow());
        }
        if (left <= 0) return 'tired';
      }
    } finally {
      fits = null;
    }
  }

  const stand = (arrival: Arrival, met: number | null = null): Stand => ({ arrival, position: position(), met });
  const position = (): number => (ended ? count : Math.max(0, count - 1));
  const atPosition = (target: number): boolean => (ended ? target >= count : halted && count === target + 1);

  function seek(target: number, patience: number): Stand {
    const wanted = Math.max(0, Math.trunc(target));
    if (atPosition(wanted)) return stand(ended ? 'end' : 'there');
    if (total !== null && wanted >= total && end !== null) {
      restore(end);
      return stand('end');
    }
    const behind = ended || count > wanted + 1 || (count === wanted + 1 && !halted);
    const best = keyframes.before(wanted);
    if (best !== undefined && (behind || best.count > count)) {
      restore(best);
      if (atPosition(wanted)) return stand('there');
    }
    if (behind) {
      for (const distance of NEAR) {
        const stop = wanted + 1 - distance;
        if (stop - count < distance) continue;
        const way = go(stop, null, patience);
        if (way !== 'there') return stand(way);
        keyframes.addNear(frameNow());
      }
    }
    const way = go(wanted + 1, null, patience);
    return stand(way);
  }

  /** The latest position before `before` at which `fit` holds, looked for stretch by stretch; null for none. `fit` sees the step before, if any. */
  function findBack(before: number, fit: (now: StepPlace, previous: StepPlace | null) => boolean, stop: ((now: StepPlace) => boolean) | null = null): number | null {
    let upper = before;
    for (const frame of keyframes.backwards(before - 1)) {
      restore(frame);
      let previous: StepPlace | null = null;
      let found: number | null = null;
      let barred = false;
      let now = standOf(m);
      const look = (): void => {
        if (stop !== null && stop(now)) {
          barred = true;
          found = null;
        } else if (fit(now, previous)) found = position();
        previous = now;
      };
      look();
      // The first of a stretch is the last of the one before it, where its predecessor is known.
      if (positionOf(frame) > 0) {
        found = null;
        barred = false;
      }
      if (positionOf(frame) < upper) {
        const at = upper;
        go(Number.MAX_SAFE_INTEGER, () => {
          if (position() > at || (position() === at && at === before)) return true;
          now = standOf(m);
          look();
          return position() >= at;
        }, Infinity);
      }
      if (found !== null) return found;
      if (barred) return null;
      upper = positionOf(frame);
    }
    return null;
  }

  function excursion<Result>(work: () => Result): Result {
    const here = ended && end !== null ? end : frameNow();
    try {
      return work();
    } finally {
      restore(here);
    }
  }

  const engine: Engine = {
    m, offset: 0, position, excursion, findBack, seek: to => seek(to, Infinity),
    total: () => total,
    seen: () => (total === null ? Math.max(0, seen - 1) : total),
    /** On to a position, or the end; false when it is not reached. */
    on: to => (total !== null && to >= total ? go(Number.MAX_SAFE_INTEGER, null, Infinity) : go(to + 1, null, Infinity)),
    stretches: to => keyframes.backwards(to),
    restore,
    count: () => count,
    ended: () => ended,
    place: () => standOf(m),
  };
  const queries = createQueries(engine);

  function once(unit: Unit, patience: number): Stand {
    if (ended) return stand('end');
    const from = standOf(m);
    if (unit === 'statement') return stand(go(count + 1, null, patience));
    let previous = from;
    const way = go(Number.MAX_SAFE_INTEGER, () => {
      if (unit === 'heap') return m.heap.statistics.clock() !== from.heap;
      if (unit === 'out') return m.cp < from.cp;
      const now = standOf(m);
      const before = previous;
      previous = now;
      return unit === 'line' ? now.line !== before.line || now.cp !== before.cp || now.source !== before.source : unit === 'over' ? now.cp < from.cp || (now.cp === from.cp && now.line !== from.line) : now.cp > before.cp || (now.cp === before.cp && now.called !== before.called);
    }, patience);
    return stand(way);
  }

  function onceBack(unit: Unit): Stand {
    const here = position();
    if (here === 0 && !ended) return stand('start');
    if (unit === 'statement') return seek(here - 1, Infinity);
    const start = ended ? null : standOf(m);
    const back = frameNow();
    const was = ended;
    const found = findBack(here, (now, previous) => {
      switch (unit) {
        case 'line': return previous === null || now.line !== previous.line || now.cp !== previous.cp || now.source !== previous.source;
        case 'call': return previous !== null && (now.cp > previous.cp || (now.cp === previous.cp && now.called !== previous.called));
        case 'out': return start === null ? now.cp === m.callBase + 2 : now.cp < start.cp;
        case 'over': return start === null || now.cp < start.cp || (now.cp === start.cp && now.line !== start.line);
        default: return previous !== null && now.heap !== previous.heap;
      }
    });
    if (found !== null) {
      const there = seek(found, Infinity);
      return there;
    }
    if (was && end !== null) restore(end);
    else restore(back);
    const first = seek(0, Infinity);
    return { ...first, arrival: 'start' };
  }

  function repeat(times: number, step: () => Stand): Stand {
    let result = stand(ended ? 'end' : 'there');
    for (let i = 0; i < times; i++) {
      result = step();
      if (result.arrival !== 'there') break;
    }
    return result;
  }

  const patienceOf = (given?: Patience): number => given?.patience ?? Infinity;

  const timeline: Timeline = {
    program,
    machine: m,
    get position() { return position(); },
    get seen() { return total ?? Math.max(0, seen - 1); },
    get total() { return total; },
    get fault() { return fault; },
    get output() { return tape.output(); },
    get needsInput() { return tape.hungry; },
    seek: (to, patience) => seek(to, patienceOf(patience)),
    forward(unit, times = 1, patience) {
      if (unit === 'statement' && !ended) return seek(position() + times, patienceOf(patience));
      return repeat(times, () => once(unit, patienceOf(patience)));
    },
    back(unit, times = 1) {
      if (unit === 'statement') {
        const target = position() - times;
        const there = seek(Math.max(0, target), Infinity);
        return target < 0 ? { ...there, arrival: 'start' } : there;
      }
      return repeat(times, () => onceBack(unit));
    },
    resume(patience) {
      if (ended) return stand('end');
      points.begin();
      let met: number | null = null;
      const way = go(Number.MAX_SAFE_INTEGER, () => (met = points.meets(engine.offset)) !== null, patienceOf(patience));
      const seenLast = way === 'end' ? points.meetsAtEnd() : met;
      points.end();
      return seenLast === null ? stand(way) : stand(points.kindOf(seenLast), seenLast);
    },
    reverse() {
      const here = position();
      let latest: number | null = null;
      points.begin();
      const found = findBack(here, () => {
        const met = points.meetsStanding();
        if (met !== null) latest = met;
        return met !== null;
      });
      points.end();
      const there = seek(found ?? 0, Infinity);
      return found === null || latest === null ? { ...there, arrival: 'start' } : { ...there, arrival: points.kindOf(latest), met: latest };
    },
    runTo(address, size, access, patience) {
      let hit = false;
      const note = (at: number, bytes: number): void => {
        if (at < address + size && at + bytes > address) hit = true;
      };
      const forget = [...(access === 'write' ? [] : [listen(m, 'load', note)]), ...(access === 'read' ? [] : [listen(m, 'store', note)])];
      const way = go(Number.MAX_SAFE_INTEGER, () => hit, patienceOf(patience));
      for (const end of forget) end();
      if (!hit) return stand(way);
      return seek(position() - 1, Infinity);
    },
    runToLine(line, file, patience) {
      const marks = points.marksOf(line, file);
      const way = go(Number.MAX_SAFE_INTEGER, () => marks.get(standOf(m).index)?.has(engine.offset) === true, patienceOf(patience));
      return stand(way);
    },
    ...queries,
    heapDeeds: (from, to) => queries.heapDeeds(from, to),
    activity: parts => activity.parts(parts, total ?? Math.max(1, seen)),
    breakAt: point => points.breakAt(point),
    watch: point => points.watch(point),
    forget: number => points.forget(number),
    get points() { return points.list(); },
    suppose(act, look) {
      const here = keeper.keep(last);
      const at = tape.position();
      const { status } = m;
      try {
        act(m);
        return look(m);
      } finally {
        keeper.restore(here);
        m.status = status;
        tape.moveTo(at);
        last = here;
      }
    },
    provide: bytes => tape.provide(bytes),
    stateHash: () => hashOf((last = keeper.keep(last))) + (tape.position().written >>> 0).toString(16),
    kept: () => keyframes.measure(),
    blockAt: address => m.heap.blockAt(address),
  };
  go(1, null, plenty);
  if (halted && keyframes.latest() === undefined) keyframes.add(frameNow());
  return timeline;
}
