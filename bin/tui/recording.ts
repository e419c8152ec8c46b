/**
 * A recording of the visualizer: an asciicast (version 2) or a GIF of a stretch of time. In: what was written to the terminal, and the screen it made, as it happens or from
 * a script (`filmOfRun`). Out: text or bytes. Cost: a GIF takes at most ten pictures a second, and puts their rows together only when it is written.
 */
import { Canvas } from './canvas.ts';
import { type FilmFrame, film } from './film.ts';
import type { Session } from './session.ts';
import type { Pen, Theme } from './style.ts';

export type RecordingKind = 'cast' | 'gif';

/** Which kind of recording a file's name asks for; null for a still. */
export const recordingKind = (name: string): RecordingKind | null => (/\.cast$/.test(name) ? 'cast' : /\.gif$/.test(name) ? 'gif' : null);

/** Milliseconds between two pictures of a GIF, and how long its last one stays. */
const APART = 100;
const LAST = 1500;

export class Recording {
  readonly name: string;
  readonly kind: RecordingKind;
  readonly #columns: number;
  readonly #rows: number;
  readonly #start: number;
  readonly #events: string[] = [];
  readonly #stills: { readonly at: number; readonly rows: () => readonly string[] }[] = [];

  constructor(name: string, kind: RecordingKind, columns: number, rows: number, now: number) {
    this.name = name;
    this.kind = kind;
    this.#columns = columns;
    this.#rows = rows;
    this.#start = now;
  }

  /** `text` was written to the terminal at `now`, which shows `rows` then. */
  add(text: string, now: number, rows: () => readonly string[]): void {
    const at = now - this.#start;
    if (this.kind === 'cast') {
      this.#events.push(JSON.stringify([Number((at / 1000).toFixed(3)), 'o', text]));
      return;
    }
    const last = this.#stills.at(-1);
    // Of what comes within the same tenth of a second the last is kept.
    if (last !== undefined && Math.floor(last.at / APART) === Math.floor(at / APART)) this.#stills.pop();
    this.#stills.push({ at, rows });
  }

  /** The file. */
  made(title: string, theme: Theme): string | Uint8Array {
    if (this.kind === 'cast') return `${JSON.stringify({ version: 2, width: this.#columns, height: this.#rows, title })}\n${this.#events.join('\n')}\n`;
    const frames = this.#stills.map(({ at, rows }, i): FilmFrame => ({ rows: rows(), milliseconds: (this.#stills[i + 1]?.at ?? at + LAST) - at }));
    return film(frames, this.#columns, this.#rows, theme);
  }
}

/** Pictures of a run at most, time that each is seen, and time at a watch stop, where there is something to read. */
const MOST = 120;
const SEEN = 200;
const READ = 2500;

/** A recording of a run between two steps without a terminal: its watch stops, and between them as many steps, evenly, as there is room for. */
export function filmOfRun(session: Session, kind: RecordingKind, from: number, to: number, columns: number, rows: number, pen: Pen): string | Uint8Array {
  const done = (): void => {
    while (session.working) session.work();
  };
  const stops = new Set<number>();
  session.seek(from);
  done();
  for (let before = -1; session.view.stops.length > 0 && stops.size < MOST / 2 && session.view.position !== before; ) {
    before = session.view.position;
    session.tour(1);
    done();
    if (session.view.position < to) stops.add(session.view.position);
  }
  const room = Math.min(to - from, MOST - stops.size);
  const steps = [...new Set([...stops, ...Array.from({ length: room + 1 }, (_, i) => (room === 0 ? to : from + Math.round((i * (to - from)) / room)))])].sort((a, b) => a - b);
  const canvas = new Canvas(pen);
  const recording = new Recording('', kind, columns, rows, 0);
  let now = 0;
  for (const step of steps) {
    session.seek(step);
    done();
    session.set({ message: '' });
    canvas.show(session.view, columns, rows);
    const text = canvas.paint();
    recording.add(text === '' ? '\x1b[H' : text, now, canvas.still());
    now += stops.has(step) ? READ : SEEN;
  }
  canvas.close();
  return recording.made(session.view.file, pen.theme);
}
