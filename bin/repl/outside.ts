/**
 * What a session's programs see of the world, and how a run is repeated: all that came in from outside is kept in order, and given again when old
 * lines run again, so that they do the same. In: a face that shows output and gives input. Out: a host for a machine.
 * Between two marks in the output stands a value that the session shows; it is taken out of what the program writes.
 */
import { SHOWN_FROM, SHOWN_TO } from '../../lib/index.ts';
import type { Host } from '../../vm/index.ts';

/** How a session reaches the person in front of it. */
export interface Face {
  write(stream: number, bytes: Uint8Array): void;
  /** Input for the program: bytes read, 0 at the end, -1 when it was interrupted. */
  read(into: Uint8Array): number;
  /** Waits, or less when it is interrupted. */
  sleep(milliseconds: number): void;
  /** Somebody asked for the line to stop. Asked between slices of a run. */
  interrupted(): boolean;
}

/** Something that came from outside, in order. */
export type Event = { readonly kind: 'read'; readonly bytes: readonly number[] } | { readonly kind: 'now' | 'wall'; readonly value: number };

/** More shown text than this is cut: nobody reads it. */
const MOST_SHOWN = 20_000;

const encoder = new TextEncoder();
const FROM = encoder.encode(SHOWN_FROM);
const TO = encoder.encode(SHOWN_TO);
const LEAD = FROM[0] ?? 0;

/** Splits the marks off standard output. */
export class ShownFilter {
  /** The value shown last; null when there was none. */
  shown: string | null = null;
  #held: number[] = [];
  #inside: number[] | null = null;
  #cut = 0;
  readonly #out: (bytes: Uint8Array) => void;

  constructor(out: (bytes: Uint8Array) => void) {
    this.#out = out;
  }

  write(bytes: Uint8Array): void {
    if (this.#inside === null && this.#held.length === 0 && !bytes.includes(LEAD)) return this.#out(bytes);
    let plain: number[] = [];
    for (const byte of bytes) {
      this.#held.push(byte);
      for (;;) {
        const mark = this.#inside === null ? FROM : TO;
        const fits = this.#held.every((each, i) => each === mark[i]);
        if (fits && this.#held.length < mark.length) break;
        if (fits) {
          this.#held = [];
          if (this.#inside === null) {
            if (plain.length > 0) this.#out(Uint8Array.from(plain));
            plain = [];
            this.#inside = [];
            this.#cut = 0;
          } else {
            const text = new TextDecoder().decode(Uint8Array.from(this.#inside));
            this.shown = this.#cut === 0 ? text : `${text}… (${this.#cut})`;
            this.#inside = null;
          }
          break;
        }
        const first = this.#held.shift();
        if (first === undefined) break;
        if (this.#inside === null) plain.push(first);
        else if (this.#inside.length < MOST_SHOWN) this.#inside.push(first);
        else this.#cut++;
        if (this.#held.length === 0) break;
      }
    }
    if (plain.length > 0) this.#out(Uint8Array.from(plain));
  }
}

/** One run's host. While `muted`, nothing is shown, and input comes from what was kept. */
export class SessionHost implements Host {
  readonly args: readonly string[];
  muted = true;
  filter: ShownFilter;
  /** Stops the machine: an interruption came while it was with us. */
  onStop: () => void = () => undefined;
  /** Asked at the halt after entry `n`, counted from 1: whether the machine stands still there. */
  onHalt: (n: number) => boolean = () => false;
  readonly #face: Face;
  readonly #events: Event[];
  #next = 0;

  /** `events` grows as the run goes on beyond it. */
  constructor(face: Face, events: Event[], args: readonly string[]) {
    this.#face = face;
    this.#events = events;
    this.args = args;
    this.filter = this.newFilter();
  }

  /** Before a line whose value shall be known. */
  newFilter(): ShownFilter {
    this.filter = new ShownFilter(bytes => this.#face.write(1, bytes));
    return this.filter;
  }

  write(stream: number, bytes: Uint8Array): number {
    if (!this.muted) {
      if (stream === 1) this.filter.write(bytes);
      else this.#face.write(stream, Uint8Array.from(bytes));
    }
    return bytes.length;
  }

  read(_stream: number, into: Uint8Array): number {
    const kept = this.#again('read');
    if (kept !== null && kept.kind === 'read' && kept.bytes.length <= into.length) {
      into.set(kept.bytes);
      return kept.bytes.length;
    }
    const count = this.#face.read(into);
    if (count < 0 && this.#face.interrupted()) {
      this.onStop();
      return -1;
    }
    this.#keep({ kind: 'read', bytes: [...into.subarray(0, Math.max(0, count))] });
    return count;
  }

  halt(n: number): boolean {
    return this.onHalt(n);
  }

  /** As if nothing had come in after the first `count` events. */
  rewind(count: number): void {
    this.#events.length = Math.min(this.#events.length, count);
    this.#next = this.#events.length;
  }

  env(name: string): string | undefined {
    return process.env[name];
  }

  now(): number {
    return this.#time('now', () => performance.now());
  }

  wallClock(): number {
    return this.#time('wall', () => Date.now());
  }

  sleep(milliseconds: number): void {
    // Old lines need not wait again.
    if (this.muted) return;
    this.#face.sleep(milliseconds);
    if (this.#face.interrupted()) this.onStop();
  }

  #time(kind: 'now' | 'wall', live: () => number): number {
    const kept = this.#again(kind);
    if (kept !== null && kept.kind === kind) return kept.value;
    const value = live();
    this.#keep({ kind, value });
    return value;
  }

  /** The next kept event, when it is of the kind; a run that took another way forgets what was kept. */
  #again(kind: Event['kind']): Event | null {
    const event = this.#events[this.#next];
    if (event === undefined) return null;
    if (event.kind !== kind) {
      this.#events.length = this.#next;
      return null;
    }
    this.#next++;
    return event;
  }

  #keep(event: Event): void {
    this.#events.length = this.#next;
    this.#events.push(event);
    this.#next++;
  }
}
