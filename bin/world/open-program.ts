/**
 * A program's file to code that can run, for all commands that run something. In: a file of source or of code, a profile. Out: code, or null after
 * its problems were told; `told` gets them as lines too. Cost: what ran before and has not changed comes from the user's cache.
 */
import type { Program } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { cachedCode, keepCode } from './code-cache.ts';
import { openCode } from './code-file.ts';

/** Stored code as it is; a program that ran before from the cache; else through the compiler. */
export async function openProgram(name: string, manner: { readonly profile: 'debug' | 'release' | 'unchecked'; readonly overflowChecks: boolean }, std: string | undefined, shared: Shared, told: (lines: readonly string[]) => void = () => {}): Promise<Program | null> {
  if (name.endsWith('.altc')) return openCode(name);
  const cached = std === undefined ? cachedCode(name, manner) : null;
  if (cached !== null) return cached;
  const { compileFile } = await import('./compile-file.ts');
  const { program, files, quiet, told: lines } = compileFile(name, std, { profile: manner.profile, ...(manner.overflowChecks ? { overflowChecks: true } : {}) }, shared);
  told(lines);
  if (program !== null && quiet && std === undefined) keepCode(name, manner, files, program);
  return program;
}
