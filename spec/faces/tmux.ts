/**
 * A real terminal for specs: tmux, driven by keys and read as a screen. In: a command, a size. Out: what is to be seen. Each terminal has a server of its
 * own, so that specs may run side by side. Where tmux is missing the specs are skipped and say so; in CI that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;
if (!hasTmux && process.env['CI'] !== undefined) throw new Error('tmux is missing, and in CI it must be there: apt-get install tmux');
if (!hasTmux) console.log('SKIPPED: tmux is missing, so nothing here was tried in a terminal');

export const altru = join(import.meta.dirname, '../../dist/altru.mjs');

const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));

export interface Terminal {
  /** Types keys by tmux's names (`Enter`, `Escape`, `C-c`, `Up`, `q`). */
  keys(...names: string[]): void;
  /** Types text as it is. */
  type(text: string): void;
  /** Text as a terminal sends a paste, between its marks where the program asked for them. */
  paste(text: string): void;
  /** The screen as lines of text. */
  screen(): string[];
  /** Waits until the screen holds the text or fits the pattern; fails with the screen after `seconds`. */
  sees(what: string | RegExp, seconds?: number): Promise<string[]>;
  /** The screen with its colours, as escapes. */
  styled(): string;
  /** Presses the mouse at a column and row, from 0, as a terminal says it. */
  press(column: number, row: number): void;
  /** The screen once it stands still: a frame may reach the terminal in two parts. */
  settled(): Promise<string[]>;
  resize(columns: number, rows: number): void;
  /** What tmux knows of the pane: `alternate_on`, `cursor_flag`, `pane_dead`, `pane_pid`, `mouse_any_flag` … */
  fact(name: string): string;
  close(): void;
}

/** Starts a shell with a bare prompt (`$ `) and the command typed into it, so that what is left behind can be seen. */
export function openTerminal(command: string, columns = 100, rows = 30, env: Readonly<Record<string, string>> = {}): Terminal {
  const home = mkdtempSync(join(tmpdir(), 'altru-faces-'));
  const socket = join(home, 'tmux');
  const tmux = (...args: string[]): string => {
    const run = spawnSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`tmux ${args[0]}: ${run.stderr}`);
    return run.stdout;
  };
  const outside: Record<string, string> = { ...Object.fromEntries(Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined)), XDG_STATE_HOME: join(home, 'state'), XDG_CACHE_HOME: join(home, 'cache'), PS1: '$ ', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', ...env };
  for (const name of ['CI', 'NO_COLOR', 'FORCE_COLOR', 'TMUX', 'PROMPT_COMMAND', ...Object.keys(env).filter(name => env[name] === '')]) delete outside[name];
  const made = spawnSync('tmux', ['-S', socket, '-f', '/dev/null', '-u', 'new-session', '-d', '-x', String(columns), '-y', String(rows), "env PS1='$ ' bash --norc --noprofile"], { env: outside, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`tmux: ${made.stderr}`);
  tmux('set-option', '-g', 'status', 'off');
  tmux('set-option', '-g', 'window-size', 'manual');
  tmux('set-option', '-g', 'escape-time', '10');
  tmux('resize-window', '-x', String(columns), '-y', String(rows));
  const terminal: Terminal = {
    keys: (...names) => void tmux('send-keys', ...names),
    type: text => void tmux('send-keys', '-l', text),
    paste(text) {
      const run = spawnSync('tmux', ['-S', socket, 'load-buffer', '-'], { input: text });
      if (run.status !== 0) throw new Error('tmux load-buffer failed');
      tmux('paste-buffer', '-p', '-r');
    },
    screen: () => tmux('capture-pane', '-p').split('\n'),
    async sees(what, seconds = 10) {
      const end = Date.now() + seconds * 1000;
      for (;;) {
        const lines = terminal.screen();
        const all = lines.join('\n');
        if (typeof what === 'string' ? all.includes(what) : what.test(all)) return lines;
        if (Date.now() > end) throw new Error(`not seen within ${seconds} s: ${what}\n${all.replace(/\n\s*\n/g, '\n')}`);
        await pause(40);
      }
    },
    async settled() {
      for (let before = terminal.screen(); ;) {
        await pause(150);
        const now = terminal.screen();
        if (now.join('\n') === before.join('\n')) return now;
        before = now;
      }
    },
    styled: () => tmux('capture-pane', '-e', '-p'),
    press(column, row) {
      for (const end of 'Mm') tmux('send-keys', '-l', `\x1b[<0;${column + 1};${row + 1}${end}`);
    },
    resize: (width, height) => void tmux('resize-window', '-x', String(width), '-y', String(height)),
    fact: name => tmux('display-message', '-p', `#{${name}}`).trim(),
    close() {
      spawnSync('tmux', ['-S', socket, 'kill-server']);
      rmSync(home, { recursive: true, force: true });
    },
  };
  if (command !== '') {
    terminal.type(command);
    terminal.keys('Enter');
  }
  return terminal;
}

/** The terminal is as it was before the face came: no alternate screen, a cursor, no mouse, and what is typed is echoed. */
export async function leftClean(terminal: Terminal): Promise<void> {
  await terminal.sees(/^\$ ?$/m);
  if (terminal.fact('alternate_on') !== '0') throw new Error('the alternate screen was left on');
  if (terminal.fact('cursor_flag') !== '1') throw new Error('the cursor was left hidden');
  if (terminal.fact('mouse_any_flag') !== '0') throw new Error('the mouse was left on');
  terminal.type('echo st""ill here');
  await terminal.sees('echo st""ill here');
  terminal.keys('Enter');
  await terminal.sees(/^still here$/m);
}
