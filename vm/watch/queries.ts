/**
 * Questions to a run: who wrote this byte, where was this block born, when did this variable change. In: a session that can go anywhere. Out: deeds,
 * with the position to go to. Each question runs stretches of the run again and leaves the session where it was.
 * Cost: latest stretch first, so what happened not long ago is found at once; at worst the run until here is done once more.
 */
import { listen } from '../run/events.ts';
import type { Machine } from '../run/machine.ts';
import { entryOf, frames } from '../run/trap.ts';
import { type KeyFrame, positionOf } from './keyframes.ts';
import { readFound, userFrames, variableIn, variableNamed } from './lookup.ts';
import type { StepPlace } from './step-place.ts';
import type { Deed, HeapDeed, Stand, Timeline } from './timeline.ts';

/** What the questions need of a session. */
export interface Engine {
  readonly m: Machine;
  /** Offset of the statement just begun. */
  offset: number;
  position(): number;
  total(): number | null;
  seen(): number;
  count(): number;
  ended(): boolean;
  place(): StepPlace;
  seek(position: number): Stand;
  on(position: number): string;
  restore(frame: KeyFrame): void;
  stretches(position: number): KeyFrame[];
  excursion<Result>(work: () => Result): Result;
  findBack(before: number, fit: (now: StepPlace, previous: StepPlace | null) => boolean, stop?: ((now: StepPlace) => boolean) | null): number | null;
}

export type Queries = Pick<Timeline, 'lastWrite' | 'writersOf' | 'lastChange' | 'bornOf' | 'diedOf' | 'heapDeeds' | 'accesses'>;

export function createQueries(engine: Engine): Queries {
  const { m } = engine;

  function deed<Kind extends Deed['kind']>(kind: Kind, address: number, size: number): Deed & { kind: Kind } {
    const entries = frames(m, 64).map(({ index, origin }) => entryOf(m, index, origin));
    const at = entries.find(e => !e.std && e.line > 0) ?? entries[0];
    return { position: Math.max(0, engine.count() - 1), function: at?.function ?? '', file: at?.file ?? '', line: at?.line ?? 0, column: at?.column ?? 0, kind, address, size };
  }

  function writersOf(address: number, size: number): (Deed | null)[] {
    const found = new Array<Deed | null | undefined>(size).fill(undefined);
    engine.excursion(() => {
      let upper = engine.position();
      for (const frame of engine.stretches(upper)) {
        engine.restore(frame);
        const here = new Array<Deed | null | undefined>(size).fill(undefined);
        const note = (from: number, bytes: number, value: Deed | null | (() => Deed)): void => {
          const first = Math.max(0, from - address);
          const last = Math.min(size, from + bytes - address);
          if (first >= last) return;
          const one = typeof value === 'function' ? value() : value;
          for (let i = first; i < last; i++) here[i] = one;
        };
        const forget = [
          listen(m, 'store', (at, bytes) => note(at, bytes, () => deed('write', at, bytes))),
          listen(m, 'alloc', (at, bytes) => {
            if (at + bytes <= address || at >= address + size) return;
            const { sanitizer } = m.heap;
            for (let i = Math.max(0, address - at); i < bytes && at + i < address + size; i++) note(at + i, 1, sanitizer?.isWritten(at + i, 1) === true ? () => deed('write', at, bytes) : null);
          }),
        ];
        if (positionOf(frame) < upper) engine.on(upper);
        for (const end of forget) end();
        for (let i = 0; i < size; i++) if (found[i] === undefined) found[i] = here[i];
        if (found.every(f => f !== undefined)) break;
        upper = positionOf(frame);
      }
    });
    return found.map(f => f ?? null);
  }

  const familyName = (family: number): string => m.heap.statistics.familyName(family);
  type Which = { readonly number: number; readonly address: number };

  /** The statement after which `is` first held, when it holds now and goes on to hold once it does. */
  function firstAfter(is: () => boolean, kind: 'born' | 'died', which: Which): HeapDeed | null {
    let upper = engine.position();
    for (const frame of engine.stretches(upper)) {
      engine.restore(frame);
      if (is()) {
        if (positionOf(frame) === 0) return null;
        upper = positionOf(frame);
        continue;
      }
      // One step at a time from here on.
      let before = deed(kind, which.address, 0);
      for (let at = positionOf(frame) + 1; at <= upper || engine.ended(); at++) {
        const way = engine.on(at);
        if (is()) {
          const block = m.heap.sanitizer?.block(which.number) ?? null;
          return { ...before, kind, address: block?.address ?? which.address, size: block?.size ?? 0, number: which.number, family: familyName(block?.family ?? 0) };
        }
        if (way !== 'there') break;
        before = deed(kind, which.address, 0);
      }
      return null;
    }
    return null;
  }

  function eventOf(which: Which, kind: 'born' | 'died'): HeapDeed | null {
    const { sanitizer } = m.heap;
    return engine.excursion(() => {
      if (sanitizer !== null && which.number !== 0) {
        const { table } = sanitizer;
        const row = which.number & 0xffffff;
        const exists = (): boolean => row <= table.count && table.numberOf(row) >>> 24 >= which.number >>> 24;
        const dead = (): boolean => exists() && sanitizer.block(which.number)?.state !== 'live';
        const is = kind === 'born' ? exists : dead;
        if (!is()) engine.seek(engine.seen());
        return is() ? firstAfter(is, kind, which) : null;
      }
      // Without numbers: the last event of that address before here; a death may also lie ahead.
      const here = engine.position();
      let upper = here;
      let found: HeapDeed | null = null;
      const hear = (wanted: 'born' | 'died'): (() => void)[] => [
        listen(m, 'alloc', (address, size, family) => {
          if (address === which.address && wanted === 'born') found = { ...deed('born', address, size), number: 0, family: familyName(family) };
        }),
        listen(m, 'free', (address, family) => {
          if (address === which.address && wanted === 'died') found ??= { ...deed('died', address, 0), number: 0, family: familyName(family) };
        }),
      ];
      if (kind === 'died' && m.heap.blockAt(which.address) !== null) {
        const forget = hear('died');
        engine.on(engine.seen());
        for (const end of forget) end();
        return found;
      }
      for (const frame of engine.stretches(upper)) {
        engine.restore(frame);
        const forget = hear(kind);
        if (positionOf(frame) < upper) engine.on(upper);
        for (const end of forget) end();
        if (found !== null) return found;
        upper = positionOf(frame);
      }
      return found;
    });
  }

  return {
    lastWrite: address => writersOf(address, 1)[0] ?? null,
    writersOf,
    lastChange(name, depth) {
      const start = variableNamed(m, name, depth);
      if (start === null) return null;
      const { text } = readFound(m, start);
      const { fp, index } = start.frame;
      const same = (): ReturnType<typeof variableIn> => {
        const frame = userFrames(m).find(f => f.fp === fp && f.index === index);
        return frame === undefined ? null : variableIn(m, frame, name);
      };
      return engine.excursion(() => {
        const at = engine.findBack(engine.position(), () => {
          const found = same();
          return found === null || readFound(m, found).text !== text;
        }, () => !userFrames(m).some(f => f.fp === fp && f.index === index));
        if (at === null) return null;
        engine.seek(at);
        return deed('write', start.cells?.address ?? 0, m.program.types[start.variable.type]?.size ?? 0);
      });
    },
    bornOf: block => eventOf(block, 'born'),
    diedOf: block => eventOf(block, 'died'),
    heapDeeds(from, to) {
      const list: HeapDeed[] = [];
      engine.excursion(() => {
        if (engine.seek(from).arrival !== 'there') return;
        const forget = [
          listen(m, 'alloc', (address, size, family, old) => {
            if (old !== 0) list.push({ ...deed('died', old, 0), number: m.heap.sanitizer?.blockAt(old)?.number ?? 0, family: familyName(family) });
            list.push({ ...deed('born', address, size), number: m.heap.sanitizer?.lastNumber ?? 0, family: familyName(family) });
          }),
          listen(m, 'free', (address, family) => void list.push({ ...deed('died', address, 0), number: address === 0 ? 0 : (m.heap.sanitizer?.blockAt(address)?.number ?? 0), family: familyName(family) })),
        ];
        engine.on(Math.min(to, engine.seen()));
        for (const end of forget) end();
      });
      return list;
    },
    accesses(address, size, from, to, most = 100) {
      const list: Deed[] = [];
      engine.excursion(() => {
        if (engine.seek(from).arrival !== 'there') return;
        const note = (kind: 'read' | 'write') => (at: number, bytes: number): void => {
          if (at >= address + size || at + bytes <= address) return;
          list.push(deed(kind, at, bytes));
          if (list.length > most * 2) list.splice(0, most);
        };
        const forget = [listen(m, 'load', note('read')), listen(m, 'store', note('write'))];
        engine.on(Math.min(to, engine.seen()));
        for (const end of forget) end();
      });
      return list.slice(-most);
    },
  };
}
