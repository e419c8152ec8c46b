/**
 * Threads that run tests side by side. In: code and the manner of its run. Out: a promise of how it went. Threads begin when there is work
 * for them; with one job, or where the thread's file is not built, tests run here. A thread that dies makes its test fail, and no other.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Program, encodeProgram } from '../../vm/index.ts';
import { type Captured, type Manner, runCaptured } from './captured.ts';
import type { Work } from './test-worker.ts';

export interface Pool {
  run(program: Program, manner: Manner): Promise<Captured>;
  close(): void;
}

interface Job {
  readonly work: Work;
  readonly done: (captured: Captured) => void;
}

const threadFile = join(dirname(fileURLToPath(import.meta.url)), 'test-worker.mjs');

export function openPool(jobs: number): Pool {
  if (jobs <= 1 || !existsSync(threadFile)) return { run: async (program, manner) => runCaptured(program, manner), close: () => undefined };
  const queue: Job[] = [];
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const busy = new Map<Worker, Job>();

  const next = (): void => {
    if (queue.length === 0) return;
    const worker = idle.pop() ?? (all.size < jobs ? start() : undefined);
    const job = worker === undefined ? undefined : queue.shift();
    if (worker === undefined || job === undefined) return;
    busy.set(worker, job);
    worker.postMessage(job.work);
  };
  const start = (): Worker => {
    const worker = new Worker(threadFile);
    all.add(worker);
    worker.on('message', (captured: Captured) => {
      busy.get(worker)?.done(captured);
      busy.delete(worker);
      idle.push(worker);
      next();
    });
    worker.on('error', error => {
      busy.get(worker)?.done({ failure: `this is a fault in Altru itself, not in your program: ${error.message}`, output: '', milliseconds: 0, stats: {} });
      busy.delete(worker);
      all.delete(worker);
      next();
    });
    return worker;
  };

  return {
    run: (program, manner) => new Promise(done => {
      queue.push({ work: { code: encodeProgram(program), manner }, done });
      next();
    }),
    close: () => {
      for (const worker of all) void worker.terminate();
    },
  };
}
