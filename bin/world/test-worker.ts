/**
 * A thread that runs tests for `test-pool.ts`: encoded code in, how the run went out, one message each. Each test gets a new machine.
 */
import { parentPort } from 'node:worker_threads';
import { decodeProgram } from '../../vm/index.ts';
import { type Manner, runCaptured } from './captured.ts';

export interface Work {
  readonly code: Uint8Array;
  readonly manner: Manner;
}

const port = parentPort;
port?.on('message', ({ code, manner }: Work) => {
  const decoded = decodeProgram(code);
  if (decoded.kind === 'damaged') throw new Error(decoded.message);
  port.postMessage(runCaptured(decoded.program, manner));
});
