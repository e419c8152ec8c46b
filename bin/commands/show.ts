/**
 * `altru show tree|flow|code|size FILE [function]`: a shape of a program as text, beside its source lines, or how large its code is, for each
 * function and each generic instance. In: a shape, a file and perhaps part of a function's name. Out: text on stdout; `size --json`: data.
 */
import { Sources, checkProgram, emitChecked, hasErrors, showFlow, showTree } from '../../lib/index.ts';
import { disassemble, disassembleFunction } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { sizeReport, sizeTable } from '../world/code-size.ts';
import { askForRoom, limits } from '../world/deep.ts';
import { openLibrary } from '../world/library.ts';
import { parseOptions } from '../world/options.ts';
import { reportProblems } from '../world/report.ts';
import { loadSource, tryLoad } from '../world/source-file.ts';
import { wrongUse } from '../world/usage.ts';
import { functionsNamed } from '../world/functions-named.ts';

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const options = parseOptions(args, { std: 'value', release: 'flag', json: 'flag' });
  if ('wrong' in options) return wrongUse(options.wrong);
  const [shape, name, wanted] = options.rest;
  if (name === undefined || (shape !== 'tree' && shape !== 'flow' && shape !== 'code' && shape !== 'size')) return wrongUse("'show' needs tree, flow, code or size, and a file");
  if (options.flags.has('json') && shape !== 'size') return wrongUse("'--json' is for 'show size'");
  const sources = new Sources();
  const library = openLibrary(sources, options.values.get('std'));
  const { file, problems } = loadSource(sources, name);
  const compilation = { sources, root: file, library, load: (path: string) => tryLoad(sources, path), limits };
  const checked = problems.length > 0 ? null : checkProgram(compilation);
  askForRoom(checked?.problems ?? []);
  if (checked === null) {
    reportProblems(problems, sources, shared);
    return 1;
  }
  const root = checked.trees[0];
  if (shape === 'tree' && root !== undefined) {
    process.stdout.write(`${showTree(root.tree, {})}\n`);
    return 0;
  }
  reportProblems(checked.problems, sources, shared);
  if (hasErrors(checked.problems)) return 1;
  if (shape === 'flow') {
    process.stdout.write(showFlow(checked, wanted ?? null));
    return 0;
  }
  const emitted = emitChecked(compilation, checked, { profile: options.flags.has('release') ? 'release' : 'debug' });
  reportProblems(emitted.problems, sources, shared);
  const program = emitted.value;
  if (program === null) return 1;
  if (shape === 'size') {
    const report = sizeReport(program, wanted ?? null);
    process.stdout.write(options.flags.has('json') ? `${JSON.stringify(report, null, 1)}\n` : sizeTable(report));
  } else if (wanted === undefined) process.stdout.write(disassemble(program));
  else for (const index of functionsNamed(program, wanted)) process.stdout.write(`${disassembleFunction(program, index)}\n`);
  return 0;
}
