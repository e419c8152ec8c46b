/**
 * The visualizer's loop: keys in, slices of work, frames out. In: a session and the terminal. Out: the exit code, when the person leaves. While something moves there is
 * a frame every 20 ms, and one at once after a key.
 */
import { writeFileSync } from 'node:fs';
import { arrange } from './arrange.ts';
import { obey, type Wish } from './commands.ts';
import { plainText, screenSvg } from './export.ts';
import { Canvas } from './canvas.ts';
import { Keys } from './keys.ts';
import { Recording, recordingKind } from './recording.ts';
import type { Panes } from './screen.ts';
import type { Session } from './session.ts';
import type { Pen } from './style.ts';
import { takeTerminal } from './terminal-life.ts';
import { say } from './words.ts';

export interface AppOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly pen: Pen;
  /** Fewer frames and no playing faster than the eye: one frame a change, four a second at most. */
  readonly calm: boolean;
  readonly panes?: Panes;
}

const FRAME_EVERY = 20;
const CALM_EVERY = 250;

export function runApp(session: Session, { input, output, pen, calm, panes }: AppOptions): Promise<number> {
  return new Promise(resolve => {
    const keys = new Keys();
    const canvas = new Canvas(pen, panes);
    let recording: Recording | null = null;
    let resized = false;
    let lastTick = performance.now();
    let lastCalm = 0;
    let leaving = false;

    const life = takeTerminal(input, output, {
      onInput(chunk) {
        for (const one of keys.feed(chunk)) act(one);
        if (keys.waiting) setTimeout(() => {
          for (const one of keys.flush()) act(one);
          paint();
        }, 60);
        paint();
      },
      onResize() {
        // Of sizes that come in one go the last is drawn.
        if (!resized) setTimeout(anew, FRAME_EVERY);
        resized = true;
      },
      onResume: anew,
      onEnd(signal) {
        finish(signal === 'SIGHUP' ? 129 : 143);
      },
    });

    function act(one: Parameters<typeof obey>[1]): void {
      if (leaving) return;
      const { columns, rows } = life.size();
      grant(obey(session, one, arrange(columns, rows, session.view.focus, session.view.turned).slots, rows, columns));
    }

    function grant(wish: Wish): void {
      switch (wish?.kind) {
        case 'leave': finish(0); return;
        case 'suspend': life.suspend(); return;
        case 'repaint': anew(); return;
        case 'save': save(wish.name); return;
        default: return;
      }
    }

    function save(name: string): void {
      const { columns, rows } = life.size();
      const kind = recordingKind(name);
      try {
        if (recording !== null && kind === recording.kind) {
          const { name: file } = recording;
          writeFileSync(file, recording.made(session.view.file, pen.theme));
          recording = null;
          session.set({ message: say(session.view.language, 'wrote {0}', file) });
        } else if (kind !== null) {
          recording = new Recording(name, kind, columns, rows, performance.now());
          canvas.forget();
          session.set({ message: say(session.view.language, 'recording; S and a name that ends with .{0} again ends it and writes {1}', kind, name) });
        } else {
          session.set({ prompt: null, message: '' });
          paint();
          const shown = canvas.still()();
          writeFileSync(name, name.endsWith('.svg') ? screenSvg(shown, columns, pen.theme) : plainText(shown));
          session.set({ message: say(session.view.language, 'wrote {0}', name) });
        }
      } catch (error) {
        session.set({ message: say(session.view.language, 'could not write {0}: {1}', name, error instanceof Error ? error.message : String(error)) });
      }
    }

    function anew(): void {
      resized = false;
      if (leaving) return;
      canvas.forget();
      life.write('\x1b[2J');
      paint();
    }

    function paint(): void {
      if (leaving) return;
      const { columns, rows } = life.size();
      canvas.show(session.view, columns, rows);
      const text = canvas.paint();
      if (text === '') return;
      recording?.add(text, performance.now(), canvas.still());
      life.write(text);
    }

    const tick = (): void => {
      if (leaving) return;
      const now = performance.now();
      const changed = session.working ? session.work() : session.play(Math.min(250, now - lastTick));
      lastTick = now;
      if (changed && (!calm || !session.working || now - lastCalm >= CALM_EVERY)) {
        lastCalm = now;
        paint();
      }
      timer = setTimeout(tick, session.working ? 0 : Math.max(0, (calm ? CALM_EVERY : FRAME_EVERY) - (performance.now() - now)));
    };
    let timer = setTimeout(tick, 0);

    function finish(code: number): void {
      if (leaving) return;
      leaving = true;
      clearTimeout(timer);
      canvas.close();
      life.leave();
      process.off('uncaughtException', onFault);
      resolve(code);
    }

    /** A fault of our own: the terminal first, then the words. */
    function onFault(error: Error): void {
      finish(70);
      process.stderr.write(`altru: this is a fault in Altru itself, not in your program.\n\n${(error.stack ?? error.message).split('\n').slice(0, 6).join('\n')}\n`);
    }
    process.on('uncaughtException', onFault);
    paint();
  });
}
