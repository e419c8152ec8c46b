/**
 * A program's file to code, for the commands that run or keep code. In: a name and a profile. Out: code, or null after its problems
 * were told on standard error; and the user's own files that it was made from.
 */
import { type SourceFile, Sources, checkProgram, emitChecked, hasErrors, renderProblem } from '../../lib/index.ts';
import type { Program } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { askForRoom, limits } from './deep.ts';
import { openLibrary } from './library.ts';
import { reportProblems } from './report.ts';
import { loadSource, tryLoad } from './source-file.ts';
import { columns } from './terminal.ts';

export interface CompiledFile {
  readonly program: Program | null;
  readonly files: readonly string[];
  /** Nothing was reported, not even a warning: it need not be said again next time. */
  readonly quiet: boolean;
  /** What was reported, a line each, without colour. */
  readonly told: readonly string[];
}

interface Manner {
  readonly profile: 'debug' | 'release' | 'unchecked';
  readonly overflowChecks?: boolean;
}

export function compileFile(name: string, std: string | undefined, emit: Manner, shared: Shared): CompiledFile {
  const sources = new Sources();
  const library = openLibrary(sources, std);
  const { file, problems: unreadable } = loadSource(sources, name);
  if (unreadable.length > 0) {
    reportProblems(unreadable, sources, shared);
    return { program: null, files: [], quiet: false, told: [] };
  }
  return compileLoaded(sources, library, file, emit, shared);
}

/** A program that stands in no file of its own. */
export function compileText(name: string, text: string, std: string | undefined, emit: Manner, shared: Shared): CompiledFile {
  const sources = new Sources();
  const library = openLibrary(sources, std);
  return compileLoaded(sources, library, sources.add(name, text), emit, shared);
}

function compileLoaded(sources: Sources, library: ReturnType<typeof openLibrary>, file: SourceFile, emit: Manner, shared: Shared): CompiledFile {
  const compilation = { sources, root: file, library, load: (path: string) => tryLoad(sources, path), limits };
  const checked = checkProgram(compilation);
  askForRoom(checked.problems);
  const emitted = hasErrors(checked.problems) ? null : emitChecked(compilation, checked, emit);
  const problems = [...checked.problems, ...(emitted?.problems ?? [])];
  reportProblems(problems, sources, shared);
  return {
    program: hasErrors(problems) ? null : (emitted?.value ?? null),
    files: sources.files.filter(one => !one.library).map(one => one.name),
    quiet: problems.length === 0,
    told: problems.flatMap(problem => renderProblem(problem, sources, { language: shared.language, paint: (_style, text) => text, form: 'short', width: columns }).trimEnd().split('\n')).map(line => line.replace(/^.*?:(\d+):\d+:\s*/, 'line $1: ')),
  };
}
