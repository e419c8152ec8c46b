/**
 * `altru build FILE [-o OUT.altc]`: compiles to a file of code, which `altru run OUT.altc` runs without the compiler. In: a file. Out: a file.
 */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { encodeProgram } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { compileFile } from '../world/compile-file.ts';
import { parseOptions } from '../world/options.ts';
import { wrongUse } from '../world/usage.ts';

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const options = parseOptions(args, { o: 'value', release: 'flag', unchecked: 'flag', std: 'value' });
  const name = 'wrong' in options ? undefined : options.rest[0];
  if ('wrong' in options || name === undefined) return wrongUse('wrong' in options ? options.wrong : "'build' needs a file");
  const profile = options.flags.has('unchecked') ? 'unchecked' : options.flags.has('release') ? 'release' : 'debug';
  const { program } = compileFile(name, options.values.get('std'), { profile }, shared);
  if (program === null) return 1;
  const out = options.values.get('o') ?? `${basename(name === '-' ? 'program' : name).replace(/\.altru$/, '')}.altc`;
  writeFileSync(out, encodeProgram(program));
  process.stdout.write(`${out}\n`);
  return 0;
}
