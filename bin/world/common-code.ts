/**
 * Code that most programs use, made before the library is stored: the programs given are compiled in each profile, and what is the library's own
 * stays on its shelf. In: a library and texts of programs. Out: nothing; a text with problems is our own bug.
 */
import { type Library, type Sources, checkProgram, emitChecked, hasErrors } from '../../lib/index.ts';

export function makeCommonCode(sources: Sources, library: Library, texts: readonly string[]): void {
  for (const text of texts) {
    const compilation = { sources, root: sources.add('common-code.altru', text), library, load: () => null };
    const checked = checkProgram(compilation);
    if (hasErrors(checked.problems)) throw new Error(`the common code has errors: ${checked.problems.map(problem => problem.code).join(' ')}`);
    for (const profile of ['debug', 'release'] as const) emitChecked(compilation, checked, { profile });
  }
}
