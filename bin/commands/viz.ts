/**
 * `altru viz FILE [args…]`: the heap as a living picture, with time that goes both ways. `altru top FILE` is the same face, already running. In: a
 * program. Out: a screen; with `--screen-reader`, or without a terminal, the same in sentences.
 */
import { readFileSync } from 'node:fs';
import type { Program } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { parseOptions } from '../world/options.ts';
import { machineOptions } from '../world/machine-options.ts';
import { stayHere } from '../world/deep.ts';
import { openProgram } from '../world/open-program.ts';
import { wrongUse } from '../world/usage.ts';

const OPTIONS = { release: 'flag', 'screen-reader': 'flag', calm: 'flag', light: 'flag', dark: 'flag', std: 'value', heap: 'value', seed: 'value', allocator: 'value', quarantine: 'value', input: 'value', at: 'value', beside: 'flag' } as const;

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  return openVisualizer(args, shared, false);
}

export async function openVisualizer(args: readonly string[], shared: Shared, playing: boolean): Promise<number> {
  const options = parseOptions(args, OPTIONS, true);
  if ('wrong' in options) return wrongUse(options.wrong);
  const [name, ...programArgs] = options.rest;
  if (name === undefined) return wrongUse(`'${playing ? 'top' : 'viz'}' needs a file`);
  const at = options.values.get('at');
  const toEnd = at === 'fault' || at === 'end';
  const chosen = machineOptions(options, ['heap', 'seed', 'quarantine', ...(toEnd ? [] : ['at'])]);
  if ('wrong' in chosen) return wrongUse(chosen.wrong);
  const given = options.values.get('input');
  let input: Uint8Array | 'later' = 'later';
  if (given !== undefined) {
    try {
      input = readFileSync(given);
    } catch {
      return wrongUse(`'${given}' cannot be read`);
    }
  }
  stayHere();
  let problems: readonly string[] = [];
  const program = await openProgram(name, { profile: options.flags.has('release') ? 'release' : 'debug', overflowChecks: false }, options.values.get('std'), shared, lines => {
    problems = lines;
  });
  if (program === null) return 1;
  const { Session } = await import('../tui/session.ts');
  const session = new Session(program, {
    file: name,
    text: sourceOf(program),
    problems,
    language: shared.language,
    timeline: {
      input, args: programArgs, environment: {}, now: () => performance.now(), wallClock: () => Date.now(),
      machine: chosen.machine,
    },
  });
  if (chosen.numbers['at'] !== undefined) session.seek(chosen.numbers['at']);
  if (toEnd) session.seek(Number.MAX_SAFE_INTEGER);
  if (options.flags.has('beside')) session.besideNext();
  const { stdin, stdout } = process;
  if (options.flags.has('screen-reader') || !stdout.isTTY || !stdin.isTTY) {
    const { narrate } = await import('../tui/narrate.ts');
    return narrate(session, stdin, text => void stdout.write(`${text}\n`));
  }
  if (playing) session.set({ playing: 1, speed: 7, focus: 'map' });
  const { runApp } = await import('../tui/app.ts');
  const { depthOf, penFor, themeOf } = await import('../tui/style.ts');
  const theme = options.flags.has('light') ? 'light' : options.flags.has('dark') ? 'dark' : themeOf(process.env);
  return runApp(session, { input: stdin, output: stdout, pen: penFor(theme, depthOf(process.env, shared.color)), calm: options.flags.has('calm') });
}

/** The text of the file that `main` is in. */
function sourceOf(program: Program): string {
  return program.sources.find(source => source.std !== true && source.text !== undefined)?.text ?? '';
}
