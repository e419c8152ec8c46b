/**
 * `altru run FILE [args…]`: checks a program and runs it. In: a file and options. Out: the program's output and exit code.
 * The machine runs in slices, so that Ctrl-C and closed pipes are noticed between them.
 */
import { writeFileSync } from 'node:fs';
import type { Shared } from '../shared.ts';
import { runMachine } from '../world/machine.ts';
import { machineOptions } from '../world/machine-options.ts';
import { openForRun } from '../world/open-program.ts';
import { parseOptions } from '../world/options.ts';
import { guardStreams } from '../world/streams.ts';
import { wrongUse } from '../world/usage.ts';

const OPTIONS = {
  release: 'flag', unchecked: 'flag', 'overflow-checks': 'flag', raw: 'flag', std: 'value', fuel: 'value', heap: 'value', stack: 'value', seed: 'value', report: 'value', allocator: 'value', quarantine: 'value', 'fail-alloc': 'value', engine: 'value',
  'halt-on': 'value', suppress: 'values', shadow: 'flag',
} as const;

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const options = parseOptions(args, OPTIONS, true);
  if ('wrong' in options) return usage(options.wrong);
  const [name, ...programArgs] = options.rest;
  if (name === undefined) return usage("'run' needs a file");
  const chosen = machineOptions(options, ['fuel', 'heap', 'stack', 'seed', 'quarantine', 'fail-alloc']);
  if ('wrong' in chosen) return usage(chosen.wrong);
  const { fuel, 'fail-alloc': failAllocation } = chosen.numbers;
  const engine = options.values.get('engine');
  if (engine !== undefined && engine !== 'auto' && engine !== 'interpreter' && engine !== 'eager') return usage(`'--engine' takes auto, interpreter or eager`);
  const halt = options.values.get('halt-on') ?? 'first';
  const haltOn = halt === 'first' ? 1 : halt === 'never' ? Infinity : /^[1-9]\d{0,8}$/.test(halt) ? Number(halt) : null;
  if (haltOn === null) return usage(`'--halt-on' takes first, never or a number from 1, not '${halt}'`);
  const given = options.lists.get('suppress') ?? [];
  // What suppressions may name stands in the catalogue, which other runs need not load.
  const suppressions = given.length === 0 ? [] : (await import('../world/suppress.ts')).readSuppressions(given);
  if ('wrong' in suppressions) return usage(suppressions.wrong);
  const profile = options.flags.has('unchecked') ? 'unchecked' : options.flags.has('release') ? 'release' : 'debug';

  const opened = await openForRun(name, { profile, overflowChecks: options.flags.has('overflow-checks') }, options.values.get('std'), shared);
  if (opened === null) return 1;
  const { program, ready, keep } = opened;
  const outcome = await runMachine(program, programArgs, {
    ...chosen.machine,
    ...(fuel === undefined ? {} : { fuel }),
    ...(failAllocation === undefined ? {} : { failAllocation }),
    ...(engine === undefined || engine === 'auto' ? {} : { engine }),
    ...(ready === undefined ? {} : { ready }),
    ...(keep === undefined ? {} : { keep }),
    raw: options.flags.has('raw'),
    haltOn,
    suppressions,
    shadow: options.flags.has('shadow'),
    again: name === '-' ? null : [name, ...programArgs].map(quoted).join(' '),
    shared,
  });
  const report = options.values.get('report');
  if (report !== undefined) writeFileSync(report, `${JSON.stringify(outcome.report, null, 1)}\n`);
  return outcome.exit;
}

/** As a shell takes it. */
const quoted = (word: string): string => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

function usage(text: string): number {
  guardStreams();
  return wrongUse(text);
}
