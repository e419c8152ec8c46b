/**
 * `altru fmt FILE…`: writes files in canonical form; `-` goes from standard input to standard output; `--check` only says which
 * files are not. In: files. Out: files changed in place; 1 when a file has syntax errors, or with `--check` is not in form.
 */
import { writeFileSync } from 'node:fs';
import { Sources, format, hasErrors } from '../../lib/index.ts';
import type { Shared } from '../shared.ts';
import { parseOptions } from '../world/options.ts';
import { reportProblems } from '../world/report.ts';
import { askForRoom, limits } from '../world/deep.ts';
import { loadSource } from '../world/source-file.ts';
import { wrongUse } from '../world/usage.ts';

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const options = parseOptions(args, { check: 'flag' });
  if ('wrong' in options || options.rest.length === 0) return wrongUse('wrong' in options ? options.wrong : "'fmt' needs a file");
  let failed = false;
  for (const name of options.rest) {
    const sources = new Sources();
    const { file, problems } = loadSource(sources, name);
    const formatted = problems.length > 0 ? { value: '', problems } : format(file, limits);
    askForRoom(formatted.problems);
    if (hasErrors(formatted.problems)) {
      reportProblems(formatted.problems, sources, shared);
      failed = true;
    } else if (options.flags.has('check')) {
      if (formatted.value === file.text) continue;
      process.stdout.write(`${name}\n`);
      failed = true;
    } else if (name === '-') process.stdout.write(formatted.value);
    else if (formatted.value !== file.text) writeFileSync(name, formatted.value);
  }
  return failed ? 1 : 0;
}
