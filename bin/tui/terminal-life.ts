/**
 * The terminal while a face has it: alternate screen, no cursor, raw keys, mouse, pastes marked; and as it was before, whatever happens: leaving, an
 * exception, SIGTERM, SIGHUP, Ctrl-Z and back. In: the two streams. Out: `enter`, `leave`, and calls when the size changes or the process comes back.
 * Invariant: `leave` is written at most once for each `enter`, and always before the process ends.
 */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?1000h\x1b[?1002h\x1b[?1006h\x1b[?2004h\x1b[2J';
const LEAVE = '\x1b[?2004l\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[0m\x1b[?25h\x1b[?1049l';

export interface TerminalLife {
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
  /** Gives the terminal back and takes up what was before. */
  leave(): void;
  /** Stops the process as Ctrl-Z does, with the terminal given back meanwhile. */
  suspend(): void;
}

export interface LifeHooks {
  onInput(chunk: string): void;
  onResize(): void;
  /** After Ctrl-Z and `fg`: the screen must be painted anew. */
  onResume(): void;
  /** The process is asked to end; the terminal is given back already. */
  onEnd(signal: NodeJS.Signals): void;
}

export function takeTerminal(input: NodeJS.ReadStream, output: NodeJS.WriteStream, hooks: LifeHooks): TerminalLife {
  let inside = false;
  const enter = (): void => {
    if (inside) return;
    inside = true;
    if (input.isTTY) input.setRawMode(true);
    output.write(ENTER);
    input.resume();
  };
  const give = (): void => {
    if (!inside) return;
    inside = false;
    output.write(LEAVE);
    if (input.isTTY) input.setRawMode(false);
  };
  const onData = (chunk: Buffer | string): void => hooks.onInput(decoder.decode(typeof chunk === 'string' ? Buffer.from(chunk) : chunk, { stream: true }));
  const decoder = new TextDecoder('utf-8');
  const onSignal = (signal: NodeJS.Signals): void => {
    leave();
    hooks.onEnd(signal);
  };
  const onContinue = (): void => {
    enter();
    hooks.onResume();
  };
  const onExit = (): void => give();
  const onResize = (): void => hooks.onResize();
  const leave = (): void => {
    give();
    input.off('data', onData);
    input.pause();
    output.off('resize', onResize);
    process.off('SIGTERM', onSignal);
    process.off('SIGHUP', onSignal);
    process.off('SIGCONT', onContinue);
    process.off('exit', onExit);
  };
  input.on('data', onData);
  output.on('resize', onResize);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  process.on('SIGCONT', onContinue);
  process.on('exit', onExit);
  enter();
  return {
    size: () => ({ columns: Math.max(1, output.columns ?? 80), rows: Math.max(1, output.rows ?? 24) }),
    write: text => {
      if (inside) output.write(text);
    },
    leave,
    suspend() {
      give();
      process.kill(process.pid, 'SIGSTOP');
    },
  };
}
