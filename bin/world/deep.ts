/**
 * Deep programs: what is nested deeper than the main thread's stack allows is done again, the whole command, in a thread with a large
 * one. In: problems of a check; the command line. Out: limits for the check, and the command's exit code. Programs that people write
 * pay nothing; the thread costs a start of the compiler. Faces that hold the terminal stay where they are, with the usual limits.
 */
import { isMainThread, Worker } from 'node:worker_threads';
import { type Problem, ROOMY_STACK, roomy, usual } from '../../lib/index.ts';
import { inputTaken } from './source-file.ts';

/** Thrown before anything was printed: the command begins again with more room. */
export class NeedsRoom extends Error {
  override readonly name = 'NeedsRoom';
}

let stays = !isMainThread;

/** What follows holds the terminal, which threads cannot. */
export function stayHere(): void {
  stays = true;
}

export const limits = isMainThread ? usual : roomy;

/** Asks for more room where the usual was not enough. */
export function askForRoom(problems: readonly Problem[]): void {
  if (!stays && problems.some(one => one.code === 'E1025')) throw new NeedsRoom();
}

export function canMove(): boolean {
  return !stays;
}

/** The command in a thread of its own; its exit code. */
export function runWithRoom(main: URL, args: readonly string[]): Promise<number> {
  const worker = new Worker(main, { argv: [...args], workerData: inputTaken(), resourceLimits: { stackSizeMb: ROOMY_STACK } });
  return new Promise((done, failed) => {
    worker.on('error', failed);
    worker.on('exit', done);
  });
}
