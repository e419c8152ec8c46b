/**
 * `altru check [--json] FILE…`: problems and nothing else. In: files. Out: problems on stderr, or with `--json` the value of
 * `check.schema.json` on stdout; 1 when there is an error.
 */
import { type Problem, Sources, checkProgram, problemsToJson } from '../../lib/index.ts';
import type { Shared } from '../shared.ts';
import { askForRoom, limits } from '../world/deep.ts';
import { openLibrary } from '../world/library.ts';
import { parseOptions } from '../world/options.ts';
import { reportProblems } from '../world/report.ts';
import { loadSource, tryLoad } from '../world/source-file.ts';
import { wrongUse } from '../world/usage.ts';

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const options = parseOptions(args, { json: 'flag', std: 'value' });
  if ('wrong' in options) return wrongUse(options.wrong);
  if (options.rest.length === 0) return wrongUse("'check' needs a file");
  let failed = false;
  const sources = new Sources();
  const library = openLibrary(sources, options.values.get('std'));
  const all: Problem[] = [];
  for (const name of options.rest) {
    const { file, problems: unreadable } = loadSource(sources, name);
    const problems = unreadable.length > 0 ? unreadable : checkProgram({ sources, root: file, library, load: path => tryLoad(sources, path), limits }).problems;
    askForRoom(problems);
    all.push(...problems);
    if (problems.some(problem => problem.severity === 'error')) failed = true;
  }
  if (options.flags.has('json')) process.stdout.write(`${JSON.stringify(problemsToJson(all, sources, shared.language), null, 1)}\n`);
  else reportProblems(all, sources, shared);
  return failed ? 1 : 0;
}
