/**
 * Standard streams, read and written whole. In: bytes. Out: bytes. A pipe that is full is waited for; a reader that has gone ends
 * the process quietly, as other tools do.
 */
import { readSync, writeSync } from 'node:fs';
import { systemErrorText } from './system-error.ts';

const pause = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function writeAll(fd: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at, bytes.length - at);
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') pause();
      else if (codeOf(error) === 'EPIPE') process.exit(0);
      else throw error;
    }
  }
}

/** Where the process waits outside of JavaScript nobody hears that Ctrl-C was pressed: meanwhile it ends the process as it would any other (130 in a shell). */
export function interruptible<T>(wait: () => T): T {
  const listeners = process.listeners('SIGINT');
  process.removeAllListeners('SIGINT');
  try {
    return wait();
  } finally {
    for (const listener of listeners) process.on('SIGINT', listener);
  }
}

/** Bytes read into the buffer; 0 at the end of input, -1 for an error. */
export const readInput = (into: Uint8Array): number => interruptible(() => readWaiting(into));

function readWaiting(into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(0, into, 0, into.length, null);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EAGAIN') pause();
      else if (code === 'EOF') return 0;
      else return -1;
    }
  }
}

let guarded = false;
/** For what is written through the process's streams: when the reader has gone (a closed pipe), nothing is left to say. */
export function guardStreams(): void {
  if (guarded) return;
  guarded = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.stderr.write(`altru: ${systemErrorText(error) ?? error.message}\n`);
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
}
