/**
 * `altru heap FILE [args…]`: runs a program and profiles its heap. In: a file, options. Out: after the program's own output a report as text, or
 * with `--json` the profile; `--svg OUT` a drawing; `--export speedscope|pprof|dhat [-o OUT]` a file for another program. `--diff A B`
 * compares two saved profiles, `--between A..B` two moments of this run, in steps or per cent.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type HeapProfile, type Host, type MachineOptions, createMachine, endSlice, fieldNames, interrupt, listen, outOfFuel, placeKey, recordHeap, recordHost, run as go } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { toDhat, toPprof, toSpeedscope, toSvg } from '../heap/profile-export.ts';
import { bytesText, differenceText, framesOf, number, profileText, type NamedProfile } from '../heap/profile-text.ts';
import { machineOptions } from '../world/machine-options.ts';
import { openProgram } from '../world/open-program.ts';
import { parseOptions } from '../world/options.ts';
import { makeReport } from '../world/run-report.ts';
import { parseSize } from '../world/size.ts';
import { readInput, writeAll } from '../world/streams.ts';
import { renderTrap } from '../world/trap-text.ts';
import { wrongUse } from '../world/usage.ts';

const OPTIONS = { json: 'flag', quick: 'flag', diff: 'flag', svg: 'value', export: 'value', o: 'value', between: 'value', top: 'value', fuel: 'value', heap: 'value', seed: 'value', allocator: 'value', std: 'value' } as const;
const SLICE = 4_000_000;
/** Runs with more steps are not repeated for the names of fields. */
const MOST_REPEATED = 400_000_000;

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const options = parseOptions(args, OPTIONS, true);
  if ('wrong' in options) return wrongUse(options.wrong);
  const top = parseSize(options.values.get('top') ?? '10');
  if (top === null || top < 1) return wrongUse("'--top' takes a number from 1");
  if (options.flags.has('diff')) return difference(options.rest, top);
  const [name, ...programArgs] = options.rest;
  if (name === undefined) return wrongUse("'heap' needs a file");
  const format = options.values.get('export');
  if (format !== undefined && format !== 'speedscope' && format !== 'pprof' && format !== 'dhat') return wrongUse("'--export' takes speedscope, pprof or dhat");
  const chosen = machineOptions(options, ['fuel', 'heap', 'seed']);
  if ('wrong' in chosen) return wrongUse(chosen.wrong);
  const { fuel } = chosen.numbers;
  const span = options.values.get('between');
  const moments = span === undefined ? null : /^(\d+)(%?)\.\.(\d+)(%?)$/.exec(span);
  if (span !== undefined && moments === null) return wrongUse("'--between' takes two moments, such as 1000..5000 or 20%..80%");

  const program = await openProgram(name, { profile: 'debug', overflowChecks: false }, options.values.get('std'), shared);
  if (program === null) return 1;
  // What other programs shall read is alone on standard output.
  const toOut = !options.flags.has('json') && (format === undefined || options.values.has('o'));
  const host: Host = {
    write(stream, bytes) {
      writeAll(stream === 2 || !toOut ? 2 : 1, bytes);
      return bytes.length;
    },
    read: (_stream, into) => readInput(into),
    args: [program.name, ...programArgs],
    env: variable => process.env[variable],
    now: () => performance.now(),
    wallClock: () => Date.now(),
    sleep: () => undefined,
  };
  const accesses = !options.flags.has('quick');
  const recorded = recordHost(host);
  const manner: MachineOptions = chosen.machine;
  const machine = createMachine(program, recorded.host, { ...manner, watched: { accesses } });
  const recorder = recordHeap(machine, accesses);
  await runWatched();
  if (machine.trap !== null) writeAll(2, Buffer.from(renderTrap(machine, makeReport(machine, null), shared)));
  const plain = recorder.finish();
  const names = accesses && (toOut || options.flags.has('json')) && plain.peak.bytes > 0 ? namesAtPeak(plain.peak.event) : null;
  const profile: NamedProfile = names === null ? plain : { ...plain, sites: plain.sites.map(site => ({ ...site, ...names.get(placeKey(site.stack)) })) };

  const svg = options.values.get('svg');
  try {
    if (svg !== undefined) writeFileSync(svg, toSvg(profile, program.name));
    if (format !== undefined) {
      const made = format === 'speedscope' ? toSpeedscope(profile, program.name) : format === 'pprof' ? toPprof(profile) : toDhat(profile, ['altru', 'heap', name, ...programArgs].join(' '));
      const out = options.values.get('o');
      if (out === undefined) writeAll(1, Buffer.from(made));
      else writeFileSync(out, made);
    }
  } catch (error) {
    return wrongUse(`cannot write: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (options.flags.has('json')) writeAll(1, Buffer.from(`${JSON.stringify({ version: 1, program: program.name, ...profile })}\n`));
  else if (moments !== null) writeAll(1, Buffer.from(betweenText(profile, moments)));
  else if (toOut && svg === undefined && format === undefined) writeAll(1, Buffer.from(`\n${profileText(profile, top)}`));
  return machine.exit;

  async function runWatched(): Promise<void> {
    let interrupted = false;
    const onInterrupt = (): void => {
      interrupted = true;
    };
    process.on('SIGINT', onInterrupt);
    for (let left = fuel ?? Infinity; ; left -= SLICE) {
      const slice = Math.min(SLICE, left);
      recorder.given(slice);
      const status = go(machine, slice);
      if (status === 'finished' || status === 'stopped') break;
      if (left <= slice) { outOfFuel(machine); break; }
      await new Promise(resolve => setImmediate(resolve));
      if (interrupted) { interrupt(machine); break; }
    }
    process.off('SIGINT', onInterrupt);
  }

  /** Runs the program again up to its peak, where most blocks have somebody who says what they are. */
  function namesAtPeak(event: number): ReturnType<typeof fieldNames> | null {
    const again = program === null ? null : recorded.again();
    if (program === null || again === null || plain.steps > MOST_REPEATED) return null;
    const second = createMachine(program, again, manner);
    let events = 0;
    let names: ReturnType<typeof fieldNames> | null = null;
    const count = (more: number): void => {
      events += more;
      if (names !== null || events <= event) return;
      names = fieldNames(second);
      endSlice(second);
    };
    listen(second, 'alloc', (_address, _size, _allocator, from) => count(from === 0 ? 1 : 2));
    listen(second, 'free', () => count(1));
    for (let slice = 0; slice < MOST_REPEATED / SLICE && names === null && go(second, SLICE) === 'paused'; slice++) continue;
    return names;
  }

  function betweenText(whole: HeapProfile, found: RegExpExecArray): string {
    const moment = (text: string | undefined, sign: string | undefined): number => (sign === '%' ? (Number(text) / 100) * whole.steps : Number(text));
    const [first, last] = [moment(found[1], found[2]), moment(found[3], found[4])];
    const changes = recorder.between(first, last).slice().sort((a, b) => Math.abs(b.bytes) - Math.abs(a.bytes));
    const sum = changes.reduce((total, { bytes }) => total + bytes, 0);
    const signed = (n: number, text: string): string => (n > 0 ? `+${text}` : text);
    const lines = [`from step ${number(first)} to step ${number(last)}: ${signed(sum, bytesText(sum))}`, ...changes.slice(0, top ?? 10).map(({ site, bytes, blocks }) => `  ${signed(bytes, bytesText(bytes)).padStart(12)}  ${signed(blocks, number(blocks)).padStart(8)} blocks  ${framesOf(whole.sites[site] ?? { stack: [] })[0] ?? '?'}`)];
    return `${lines.join('\n')}\n`;
  }
}

function difference(names: readonly string[], top: number): number {
  const profiles: Saved[] = [];
  for (const name of names) {
    let value: unknown;
    try {
      value = JSON.parse(readFileSync(name, 'utf8'));
    } catch {
      return wrongUse(`'${name}' is no profile that 'altru heap --json' wrote`);
    }
    if (!isProfile(value)) return wrongUse(`'${name}' is no profile that 'altru heap --json' wrote`);
    profiles.push(value);
  }
  const [before, after] = profiles;
  if (before === undefined || after === undefined || profiles.length > 2) return wrongUse("'--diff' needs two profiles");
  writeAll(1, Buffer.from(differenceText(before, after, before.program === after.program, top)));
  return 0;
}

type Saved = HeapProfile & { readonly program: string };

function isProfile(value: unknown): value is Saved {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 1 && 'sites' in value && Array.isArray(value.sites) && 'peak' in value && 'timeline' in value && 'steps' in value;
}
