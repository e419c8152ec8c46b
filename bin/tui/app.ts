/**
 * The visualizer's loop: keys in, slices of work, frames out. In: a session and the terminal. Out: the exit code, when the person leaves. The map is painted up to
 * fifty times a second; the chrome, which Ink lays out anew each time, about twelve times, and at once after a key.
 */
import { writeFileSync } from 'node:fs';
import { arrange } from './arrange.ts';
import { obey, type Wish } from './commands.ts';
import { plainText, Recording, screenSvg } from './export.ts';
import { openInk } from './ink-screen.tsx';
import { Keys } from './keys.ts';
import { Painter } from './painter.ts';
import { drawMap, drawScreen } from './screen.ts';
import type { Session } from './session.ts';
import type { Pen } from './style.ts';
import { takeTerminal } from './terminal-life.ts';

export interface AppOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly pen: Pen;
  /** Fewer frames and no playing faster than the eye: one frame a change, four a second at most. */
  readonly calm: boolean;
}

const MAP_EVERY = 20;
const CHROME_EVERY = 80;
const CALM_EVERY = 250;
/** While something plays the chrome takes a fifth of the time at most: the map goes on. */
export const CHROME_SHARE = 4;

export function runApp(session: Session, { input, output, pen, calm }: AppOptions): Promise<number> {
  return new Promise(resolve => {
    const keys = new Keys();
    const painter = new Painter();
    let base: readonly string[] = [];
    const ink = openInk(rows => {
      base = rows;
    });
    let recording: { readonly tape: Recording; readonly name: string } | null = null;
    let chromeDue = true;
    let lastChrome = 0;
    let chromeCost = 0;
    let lastTick = performance.now();
    let leaving = false;

    const life = takeTerminal(input, output, {
      onInput(chunk) {
        for (const one of keys.feed(chunk)) act(one);
        if (keys.waiting) setTimeout(() => {
          for (const one of keys.flush()) act(one);
          paint(true);
        }, 60);
        paint(true);
      },
      onResize() {
        painter.forget();
        life.write('\x1b[2J');
        paint(true);
      },
      onResume() {
        painter.forget();
        paint(true);
      },
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
        case 'repaint':
          painter.forget();
          life.write('\x1b[2J');
          return;
        case 'save': save(wish.name); return;
        default: return;
      }
    }

    function save(name: string): void {
      const { columns, rows } = life.size();
      try {
        if (name.endsWith('.cast')) {
          if (recording === null) {
            recording = { tape: new Recording(columns, rows, performance.now()), name };
            painter.forget();
            session.set({ message: `recording; S with a name that ends with .cast again writes ${name}` });
            return;
          }
          writeFileSync(recording.name, recording.tape.text(session.view.file));
          session.set({ message: `wrote ${recording.name}` });
          recording = null;
          return;
        }
        session.set({ prompt: null, message: '' });
        paint(true);
        const shown = painter.screen(rows);
        writeFileSync(name, name.endsWith('.svg') ? screenSvg(shown, columns, pen.theme) : plainText(shown));
        session.set({ message: `wrote ${name}` });
      } catch (error) {
        session.set({ message: `could not write ${name}: ${error instanceof Error ? error.message : String(error)}` });
      }
    }

    /** Draws the view. The chrome is laid out anew when it is due; the map always. */
    function paint(chrome: boolean): void {
      if (leaving) return;
      const { columns, rows } = life.size();
      const now = performance.now();
      if (chrome || (chromeDue && now - lastChrome >= Math.max(calm ? CALM_EVERY : CHROME_EVERY, CHROME_SHARE * chromeCost))) {
        ink.show(drawScreen(session.view, columns, rows, pen).frame);
        painter.setBase(base);
        lastChrome = performance.now();
        chromeCost = lastChrome - now;
        chromeDue = false;
      }
      const map = drawMap(session.view, columns, rows);
      painter.setMap(map === null ? [] : map.rows.map(row => pen.row(row)), map?.box ?? { column: 0, row: 0, width: 0, height: 0 });
      const text = painter.paint(rows);
      if (text === '') return;
      recording?.tape.add(text, now);
      life.write(text);
    }

    const tick = (): void => {
      if (leaving) return;
      const now = performance.now();
      const changed = session.working ? session.work() : session.play(Math.min(250, now - lastTick));
      lastTick = now;
      if (changed) {
        chromeDue = true;
        paint(!session.working && session.view.playing === 0);
      } else if (chromeDue) paint(true);
      timer = setTimeout(tick, session.working ? 0 : calm ? CALM_EVERY : MAP_EVERY);
    };
    let timer = setTimeout(tick, 0);

    function finish(code: number): void {
      if (leaving) return;
      leaving = true;
      clearTimeout(timer);
      ink.close();
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
    paint(true);
  });
}
