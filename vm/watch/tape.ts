/**
 * The tape: what a program got from outside and what it wrote, kept when it first happens, so that a run can be done again from any moment and be
 * the same. In: input as it comes, clocks. Out: a host for the machine; a position on the tape that belongs to a moment.
 * Invariant: what stands on the tape never changes; only its end grows.
 */
import type { Host, Machine } from '../run/machine.ts';

export interface TapePosition {
  readonly written: number;
  readonly reads: number;
  readonly taken: number;
  readonly clocks: number;
}

export interface Tape {
  readonly host: Host;
  /** Set once the machine is made: reading without input stops it. */
  machine: Machine | null;
  /** The machine stopped because it wants input that nobody gave yet. */
  hungry: boolean;
  provide(bytes: Uint8Array | null): void;
  position(): TapePosition;
  moveTo(position: TapePosition): void;
  /** All that was written until the position. */
  output(): string;
}

export interface TapeOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly input: Uint8Array | 'later';
  readonly now: () => number;
  readonly wallClock: () => number;
}

/** Bytes of output that are kept: what a program writes beyond them is counted only. */
const MOST_OUTPUT = 16 << 20;

export function createTape(options: TapeOptions): Tape {
  let output = new Uint8Array(4096);
  let held = 0;
  let input: Uint8Array = options.input === 'later' ? new Uint8Array() : options.input;
  let ended = options.input !== 'later';
  /** How many bytes each reading gave. */
  const reads: number[] = [];
  const clocks: number[] = [];
  let at = { written: 0, reads: 0, taken: 0, clocks: 0 };
  const decoder = new TextDecoder();
  let shown = { end: 0, text: '' };

  function clock(ask: () => number): number {
    const known = clocks[at.clocks];
    const value = known ?? ask();
    if (known === undefined) clocks.push(value);
    at.clocks++;
    return value;
  }

  const tape: Tape = {
    machine: null,
    hungry: false,
    host: {
      write(_stream, bytes) {
        const end = at.written + bytes.length;
        if (end > held && end <= MOST_OUTPUT) {
          if (end > output.length) {
            const larger = new Uint8Array(Math.max(end, output.length * 2));
            larger.set(output);
            output = larger;
          }
          output.set(bytes, at.written);
          held = end;
        }
        at.written = end;
        return bytes.length;
      },
      read(_stream, into) {
        let count = reads[at.reads];
        if (count === undefined) {
          count = Math.min(into.length, input.length - at.taken);
          if (count === 0 && !ended && into.length > 0) {
            tape.hungry = true;
            if (tape.machine !== null) {
              tape.machine.status = 'paused';
              tape.machine.changed = true;
            }
            return 0;
          }
          reads.push(count);
        }
        into.set(input.subarray(at.taken, at.taken + count));
        at.taken += count;
        at.reads++;
        return count;
      },
      args: [options.name, ...options.args],
      env: name => options.environment[name],
      now: () => clock(options.now),
      wallClock: () => clock(options.wallClock),
      sleep: () => undefined,
    },
    provide(bytes) {
      if (bytes === null) ended = true;
      else {
        const longer = new Uint8Array(input.length + bytes.length);
        longer.set(input);
        longer.set(bytes, input.length);
        input = longer;
      }
      tape.hungry = false;
    },
    position: () => ({ ...at }),
    moveTo(position) {
      at = { ...position };
      tape.hungry = false;
    },
    output() {
      const end = Math.min(at.written, held);
      if (end !== shown.end) shown = { end, text: decoder.decode(output.subarray(0, end)) };
      return shown.text;
    },
  };
  return tape;
}
