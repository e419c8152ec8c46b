/**
 * The commands, one line each: name, arguments, and the module that does it, loaded when it is used.
 * A command's module exports `run(args, shared)` and gives the exit code; its own options stand in its file.
 */
import type { Shared } from './shared.ts';

export interface Command {
  readonly name: string;
  /** Arguments in the help, as commander writes them. */
  readonly usage: string;
  readonly load: () => Promise<CommandModule>;
}

export interface CommandModule {
  run(args: readonly string[], shared: Shared): Promise<number>;
}

export const commands: readonly Command[] = [
  { name: 'run', usage: 'FILE [args…]', load: () => import('./commands/run.ts') },
  { name: 'repl', usage: '[--resume]', load: () => import('./commands/repl.ts') },
  { name: 'check', usage: 'FILE…', load: () => import('./commands/check.ts') },
  { name: 'viz', usage: 'FILE [args…]', load: () => import('./commands/viz.ts') },
  { name: 'top', usage: 'FILE [args…]', load: () => import('./commands/top.ts') },
  { name: 'picture', usage: 'FILE [--at LINE|end] [-o OUT]', load: () => import('./commands/picture.ts') },
  { name: 'book', usage: 'DIR [-o OUT]', load: () => import('./commands/book.ts') },
  { name: 'heap', usage: 'FILE [args…]', load: () => import('./commands/heap.ts') },
  { name: 'test', usage: 'FILE… [words]', load: () => import('./commands/test.ts') },
  { name: 'fmt', usage: 'FILE…', load: () => import('./commands/fmt.ts') },
  { name: 'build', usage: 'FILE [-o OUT.altc]', load: () => import('./commands/build.ts') },
  { name: 'show', usage: 'tree|flow|code|size FILE [function]', load: () => import('./commands/show.ts') },
  { name: 'explain', usage: 'CODE', load: () => import('./commands/explain.ts') },
  { name: 'new', usage: 'NAME', load: () => import('./commands/new.ts') },
];
