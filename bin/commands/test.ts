/**
 * `altru test FILE…`: runs the functions marked `@test`, each in a heap of its own. In: files, a filter. Out: results as text, TAP or
 * JUnit; output of a test is shown when it fails. A test fails by a panic, a memory error, an `Err`, or a leak. Exit 1 when one failed.
 */
import { Sources, checkProgram, emitChecked, hasErrors, testsOf } from '../../lib/index.ts';
import type { Shared } from '../shared.ts';
import { runCaptured } from '../world/captured.ts';
import { openLibrary } from '../world/library.ts';
import { parseOptions } from '../world/options.ts';
import { reportProblems } from '../world/report.ts';
import { loadSource, tryLoad } from '../world/source-file.ts';
import { paintFor, wantsColor } from '../world/terminal.ts';
import { renderResults, type TestResult } from '../world/test-report.ts';

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const options = parseOptions(args, { list: 'flag', filter: 'value', format: 'value', release: 'flag', std: 'value' });
  if ('wrong' in options) return usage(options.wrong);
  const format = options.values.get('format') ?? 'pretty';
  if (format !== 'pretty' && format !== 'tap' && format !== 'junit') return usage("'--format' takes pretty, tap or junit");
  const files = options.rest.filter(name => /\.altru$/.test(name) || name === '-');
  const words = [...options.rest.filter(name => !files.includes(name)), ...(options.values.has('filter') ? [options.values.get('filter') ?? ''] : [])];
  if (files.length === 0) return usage("'test' needs a file");
  const results: TestResult[] = [];
  for (const name of files) {
    const sources = new Sources();
    const library = openLibrary(sources, options.values.get('std'));
    const { file, problems } = loadSource(sources, name);
    const compilation = { sources, root: file, library, load: (path: string) => tryLoad(sources, path) };
    const checked = problems.length > 0 ? null : checkProgram(compilation);
    reportProblems(checked?.problems ?? problems, sources, shared);
    if (checked === null || hasErrors(checked.problems)) return 1;
    for (const test of testsOf(checked)) {
      if (words.length > 0 && !words.some(word => test.name.includes(word))) continue;
      if (options.flags.has('list')) {
        process.stdout.write(`${test.name}\n`);
        continue;
      }
      const emitted = emitChecked(compilation, checked, { profile: options.flags.has('release') ? 'release' : 'debug', entry: test.def });
      if (emitted.value === null || hasErrors(emitted.problems)) {
        reportProblems(emitted.problems, sources, shared);
        return 1;
      }
      results.push({ file: name, name: test.name, ...runCaptured(emitted.value, test.shouldPanic, shared) });
    }
  }
  if (options.flags.has('list')) return 0;
  process.stdout.write(renderResults(results, format, paintFor(wantsColor(process.stdout, shared.color))));
  return results.some(result => result.failure !== null) ? 1 : 0;
}

function usage(text: string): number {
  process.stderr.write(`altru: ${text}\n`);
  return 2;
}
