/**
 * Running a program again exactly as it ran: what the world told it is kept, and told again. In: a host. Out: a host that does the same
 * and remembers, and from it hosts that repeat. Output of a repetition goes nowhere, and nobody waits in it.
 * Invariant: a repetition sees the same bytes, times and answers in the same order; a program that asks for more than was remembered (it
 * took another way) gets the end of its input. Cost: the input's bytes, a number for each look at a clock.
 */
import type { Host } from '../run/machine.ts';

/** More input than this is not kept; then nothing can be repeated. */
const MOST = 256 << 20;

export interface Recorder {
  readonly host: Host;
  /** A host that repeats from the beginning; null when too much came in. */
  again(): Host | null;
}

export function recordHost(host: Host): Recorder {
  const reads: { readonly count: number; readonly bytes: Uint8Array }[] = [];
  const times: number[] = [];
  const names = new Map<string, string | undefined>();
  /** Writes that did not take all they were given, by their number. */
  const short = new Map<number, number>();
  let writes = 0;
  let kept = 0;
  return {
    host: {
      write(stream, bytes) {
        const size = bytes.length;
        const taken = host.write(stream, bytes);
        if (taken !== size) short.set(writes, taken);
        writes++;
        return taken;
      },
      read(stream, into) {
        const count = host.read(stream, into);
        kept += Math.max(0, count);
        reads.push({ count, bytes: count > 0 && kept <= MOST ? into.slice(0, count) : new Uint8Array() });
        return count;
      },
      args: host.args,
      env(name) {
        const value = host.env(name);
        names.set(name, value);
        return value;
      },
      now() {
        const time = host.now();
        times.push(time);
        return time;
      },
      wallClock() {
        const time = host.wallClock();
        times.push(time);
        return time;
      },
      sleep: milliseconds => host.sleep(milliseconds),
    },
    again() {
      if (kept > MOST) return null;
      let read = 0;
      let look = 0;
      let write = 0;
      return {
        write: (_stream, bytes) => short.get(write++) ?? bytes.length,
        read(_stream, into) {
          const next = reads[read++];
          if (next === undefined) return 0;
          into.set(next.bytes.subarray(0, into.length));
          return next.count;
        },
        args: host.args,
        env: name => names.get(name),
        now: () => times[look++] ?? times[times.length - 1] ?? 0,
        wallClock: () => times[look++] ?? times[times.length - 1] ?? 0,
        sleep: () => undefined,
      };
    },
  };
}
