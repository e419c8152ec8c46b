/**
 * A program's file to code that can run, for all commands that run something. In: a file of source or of code, a profile. Out: code, or null after
 * its problems were told; `told` gets them as lines too. Cost: what ran before and has not changed comes from the user's cache.
 */
import type { Program } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { type Entry, type Manner as CodeManner, cachedCode, keepCode } from './code-cache.ts';
import { openCode } from './code-file.ts';

interface Manner extends CodeManner {
  readonly profile: 'debug' | 'release' | 'unchecked';
}

/** Stored code as it is; a program that ran before from the cache; else through the compiler. */
export async function openProgram(name: string, manner: Manner, std: string | undefined, shared: Shared, told: (lines: readonly string[]) => void = () => {}): Promise<Program | null> {
  return (await openForRun(name, manner, std, shared, told))?.program ?? null;
}

/** The same with what an earlier run has made of it, and a place for what this one makes. */
export async function openForRun(name: string, manner: Manner, std: string | undefined, shared: Shared, told: (lines: readonly string[]) => void = () => {}): Promise<Omit<Entry, 'keep'> & { readonly keep?: Entry['keep'] } | null> {
  if (name.endsWith('.altc')) {
    const program = openCode(name);
    return program === null ? null : { program };
  }
  const cached = std === undefined ? cachedCode(name, manner) : null;
  if (cached !== null) return cached;
  const { compileFile } = await import('./compile-file.ts');
  const { program, files, quiet, told: lines } = compileFile(name, std, { profile: manner.profile, ...(manner.overflowChecks ? { overflowChecks: true } : {}) }, shared);
  told(lines);
  if (program === null) return null;
  return quiet && std === undefined ? { program, keep: keepCode(name, manner, files, program) } : { program };
}
