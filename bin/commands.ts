/**
 * The commands, one line each: name, what it does, and the module that does it, loaded when it is used.
 * A command's module exports `run(args, shared)` and gives the exit code; its own options stand in its file.
 */
import type { Shared } from './shared.ts';

export interface Command {
  readonly name: string;
  /** Arguments in the help, as commander writes them. */
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

export interface CommandModule {
  run(args: readonly string[], shared: Shared): Promise<number>;
}

export const commands: readonly Command[] = [
  { name: 'run', usage: 'FILE [args…]', summary: 'check a program and run it', load: () => import('./commands/run.ts') },
  { name: 'repl', usage: '[--resume]', summary: 'a session, line by line (altru alone at a terminal)', load: () => import('./commands/repl.ts') },
  { name: 'check', usage: 'FILE…', summary: 'report problems, run nothing', load: () => import('./commands/check.ts') },
  { name: 'viz', usage: 'FILE [args…]', summary: 'watch the heap as a picture, forwards and backwards in time', load: () => import('./commands/viz.ts') },
  { name: 'top', usage: 'FILE [args…]', summary: 'the same, already running', load: () => import('./commands/top.ts') },
  { name: 'picture', usage: 'FILE [--at LINE|end] [-o OUT]', summary: 'draw the heap at a moment of a run as svg, txt, json or html, or film it as gif', load: () => import('./commands/picture.ts') },
  { name: 'book', usage: 'DIR [-o OUT]', summary: 'put drawings into a folder of Markdown', load: () => import('./commands/book.ts') },
  { name: 'heap', usage: 'FILE [args…]', summary: 'profile the heap: who allocates what, the peak, lifetimes', load: () => import('./commands/heap.ts') },
  { name: 'test', usage: 'FILE… [words]', summary: 'run the functions marked @test', load: () => import('./commands/test.ts') },
  { name: 'fmt', usage: 'FILE…', summary: 'print or write the canonical form', load: () => import('./commands/fmt.ts') },
  { name: 'build', usage: 'FILE [-o OUT.altc]', summary: 'compile to a file of code that runs anywhere', load: () => import('./commands/build.ts') },
  { name: 'show', usage: 'tree|flow|code|size FILE [function]', summary: 'show a shape of a program, or how large its code is', load: () => import('./commands/show.ts') },
  { name: 'explain', usage: 'CODE', summary: 'explain a problem, with a wrong and a right program', load: () => import('./commands/explain.ts') },
  { name: 'new', usage: 'NAME', summary: 'make a new program', load: () => import('./commands/new.ts') },
];
