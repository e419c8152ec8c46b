/** A program's text to code, for the specs of pictures and of time. In: text or a file. Out: code of the debug profile; throws for a program with errors. */
import { checkProgram, emitChecked, hasErrors, Sources } from '../lib/index.ts';
import type { Program } from '../vm/code/program.ts';
import { openLibrary } from '../bin/world/library.ts';
import { tryLoad } from '../bin/world/source-file.ts';

export function compiled(name: string, text: string, profile: 'debug' | 'release' = 'debug'): Program {
  const program = tryCompiled(name, text, profile);
  if (program === null) throw new Error(`${name} has errors`);
  return program;
}

export function tryCompiled(name: string, text: string, profile: 'debug' | 'release' = 'debug'): Program | null {
  const sources = new Sources();
  const library = openLibrary(sources, undefined);
  const root = sources.add(name, text);
  const compilation = { sources, root, library, load: (path: string) => tryLoad(sources, path) };
  const checked = checkProgram(compilation);
  return hasErrors(checked.problems) ? null : emitChecked(compilation, checked, { profile }).value;
}
