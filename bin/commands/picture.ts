/**
 * `altru picture FILE --at LINE|step:N|fault|end -o x.svg|x.txt|x.json|x.html`: one drawing of the heap and the calls at a moment of a run. In: a
 * file and a moment; without one, where it went wrong, or its end. Out: a file by its ending, or text on standard output. `-o x.gif` and `-o x.cast` show the visualizer's screen from
 * the start (or `--from STEP`) to that moment.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Picture, drawHtml, drawSvg, drawText } from '../../vm/index.ts';
import type { Program } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { machineOptions } from '../world/machine-options.ts';
import { openProgram } from '../world/open-program.ts';
import { parseOptions } from '../world/options.ts';
import { pictureOf } from '../world/picture-of.ts';
import { parseSize } from '../world/size.ts';
import { wrongUse } from '../world/usage.ts';

const OPTIONS = { at: 'value', when: 'value', o: 'value', output: 'value', theme: 'value', width: 'value', input: 'value', allocator: 'value', heap: 'value', std: 'value', release: 'flag', library: 'flag', 'no-ghosts': 'flag', 'no-strip': 'flag', most: 'value', from: 'value', height: 'value' } as const;

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const options = parseOptions(args, OPTIONS);
  if ('wrong' in options) return wrongUse(options.wrong);
  const [name, ...programArgs] = options.rest;
  if (name === undefined) return wrongUse("'picture' needs a file");
  const theme = options.values.get('theme');
  if (theme !== undefined && theme !== 'light' && theme !== 'dark') return wrongUse("'--theme' takes light or dark");
  const chosen = machineOptions(options, ['heap']);
  if ('wrong' in chosen) return wrongUse(chosen.wrong);
  const width = parseSize(options.values.get('width') ?? '100');
  if (width === null || width < 40 || width > 1000) return wrongUse("'--width' takes a number from 40 to 1000");
  const out = options.values.get('o') ?? options.values.get('output') ?? '-';
  const kind = out === '-' ? 'txt' : /\.(svg|txt|json|html|gif|cast)$/.exec(out)?.[1];
  if (kind === undefined) return wrongUse(`'-o' takes a file that ends in .svg, .txt, .json or .html, or .gif or .cast for a film, not '${out}'`);
  const from = parseSize(options.values.get('from') ?? '0');
  if (from === null) return wrongUse("'--from' takes a step");
  const height = parseSize(options.values.get('height') ?? '34');
  if (height === null || height < 18 || height > 200) return wrongUse("'--height' takes a number of rows from 18 to 200");
  if ((kind === 'gif' || kind === 'cast') && width < 60) return wrongUse("a film is at least 60 columns wide");
  // A drawing of hundreds of blocks says nothing; a value for tools may hold them.
  const most = parseSize(options.values.get('most') ?? (kind === 'json' ? '1000' : '60'));
  if (most === null || most < 1) return wrongUse("'--most' takes a number of blocks");
  let input: Uint8Array | undefined;
  const inputName = options.values.get('input');
  if (inputName !== undefined) {
    try {
      input = readFileSync(inputName);
    } catch {
      return wrongUse(`cannot read '${inputName}'`);
    }
  }

  const program = await openProgram(name, { profile: options.flags.has('release') ? 'release' : 'debug', overflowChecks: false }, options.values.get('std'), shared);
  if (program === null) return 1;
  const at = options.values.get('at');
  /** The same run in the visualizer, up to the moment that was pictured. */
  const filmed = async (kind: 'gif' | 'cast', { sources }: Program, { step }: Picture): Promise<string | Uint8Array> => {
    const [{ Session }, { filmOfRun }, { penFor }] = await Promise.all([import('../tui/session.ts'), import('../tui/recording.ts'), import('../tui/style.ts')]);
    const session = new Session(program, { file: name, text: sources.find(source => source.std !== true)?.text ?? '', problems: [], language: shared.language, timeline: { args: programArgs, ...(input === undefined ? {} : { input }), machine: chosen.machine } });
    return filmOfRun(session, kind, Math.min(from, step ?? 0), step ?? 0, width, height, penFor(theme ?? 'dark', 'truecolor'));
  };
  const when = options.values.get('when');
  const made = pictureOf(program, {
    at: at ?? 'end', args: programArgs, library: options.flags.has('library'), ghosts: !options.flags.has('no-ghosts'), most,
    ...(when === undefined ? {} : { when }), ...(input === undefined ? {} : { input }),
    machine: chosen.machine,
  });
  if ('wrong' in made) {
    process.stderr.write(`altru: ${made.wrong}\n`);
    return 1;
  }
  const text = kind === 'gif' || kind === 'cast' ? await filmed(kind, program, made.picture) : draw(kind, made.picture, program, { width, strip: !options.flags.has('no-strip'), ...(theme === undefined ? {} : { theme }) });
  if (out === '-') process.stdout.write(text);
  else {
    try {
      writeFileSync(out, text);
    } catch {
      return wrongUse(`cannot write '${out}'`);
    }
    process.stdout.write(`${out}\n`);
  }
  return 0;
}

function draw(kind: string, picture: Picture, program: Program, options: { readonly width: number; readonly theme?: 'light' | 'dark'; readonly strip: boolean }): string {
  switch (kind) {
    case 'svg': return drawSvg(picture, options);
    case 'json': return `${JSON.stringify(picture, null, 1)}\n`;
    case 'html': return drawHtml(picture, program.sources.find(s => s.path === picture.at?.file)?.text?.split(/\r?\n/) ?? []);
    default: return drawText(picture, options.width);
  }
}
