/**
 * One process that checks and runs programs for `programs.ts`. In: cases, one message each. Out: what each breaks of its promises, one
 * message each; an exception of ours is that program's failure. The library is opened once.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Library, type Problem, Sources, checkProgram, decodeLibrary, emitChecked, encodeLibrary, hasErrors, messageOf, storedText } from '../lib/index.ts';
import { parseFile } from '../lib/syntax/parse.ts';
import { type Host, type Machine, type MachineOptions, type Program, type StopFrame, type Tolerance, createMachine, listen, outOfFuel, recordHost, run, speedUp, valuesAtStop } from '../vm/index.ts';
import { makeCommonCode } from '../bin/world/common-code.ts';
import { fromSources } from '../bin/world/library.ts';
import { makeReport, type ReportStop, stopOf } from '../bin/world/run-report.ts';
import { variableText } from '../bin/world/stop-text.ts';
import { tryLoad } from '../bin/world/source-file.ts';
import { judgeCheck, judgeRun, type CheckResult, type RunResult } from './expectation.ts';
import type { Case } from './program-cases.ts';

/** Branches and calls that one program may take. */
const FUEL = 400_000_000;
const top = join(import.meta.dirname, '..');

/** Checks the library's sources and stores it; the text of its problems when there are any. */
export function storeLibrary(path: string): void {
  const sources = new Sources();
  const library = fromSources(sources, join(top, 'lib', 'std'));
  mkdirSync(join(path, '..'), { recursive: true });
  const files = sources.files.length;
  makeCommonCode(sources, library, [readFileSync(join(top, 'bin', 'common-code.altru'), 'utf8')]);
  writeFileSync(`${path}.${process.pid}`, encodeLibrary(library, sources, files));
  renameSync(`${path}.${process.pid}`, path);
}

function open(text: Uint8Array): { readonly sources: Sources; readonly library: Library } {
  const sources = new Sources();
  const library = decodeLibrary(storedText(text), sources);
  if (library === null) throw new Error('the stored library cannot be read');
  return { sources, library };
}

const decoder = new TextDecoder();

/**
 * Most programs need little memory, and the engine collects its garbage each time a machine with much is made. One that breaks a promise in
 * here is run again as users run it, and only that counts.
 */
const LITTLE: MachineOptions = { heap: 64 << 20, growth: { kind: 'linear', step: 4 << 20 } };

function execute(program: Program, one: Case, options: MachineOptions): RunResult {
  const written = { 1: '', 2: '' };
  let input = Buffer.from(one.promised.input);
  const host: Host = {
    write(stream, bytes) {
      written[stream === 2 ? 2 : 1] += decoder.decode(bytes);
      return bytes.length;
    },
    read(_stream, into) {
      const count = input.copy(into);
      input = input.subarray(count);
      return count;
    },
    args: [program.name, ...one.promised.args],
    env: () => undefined,
    now: () => 0,
    wallClock: () => 0,
    sleep: () => undefined,
  };
  const recorder = recordHost(host);
  const findings: ReportStop[] = [];
  const never: Tolerance = { most: Infinity, suppressed: () => -1 };
  const goesOn = one.promised.findings.length > 0;
  const machine: Machine = createMachine(program, recorder.host, { ...options, ...(goesOn ? { tolerance: { ...never, found: trap => void findings.push(stopOf(machine, trap, false)) } } : {}) });
  let atPanic: readonly StopFrame[] | null = null;
  if (one.promised.values.length > 0) listen(machine, 'panic', () => void (atPanic = valuesAtStop(machine)));
  // Compiled as soon as anything can be: in release the programs hold the compiled code to the promise, in debug the interpreter.
  speedUp(machine, { slice: 1, hot: 1 });
  const status = run(machine, FUEL);
  if (status === 'paused') outOfFuel(machine);
  const report = makeReport(machine, () => {
    const repeated = recorder.again();
    return repeated === null ? null : createMachine(program, repeated, { ...options, ...(goesOn ? { tolerance: never } : {}), watched: { statements: true, moments: true, calls: true } });
  }, { findings, atPanic });
  const { stop } = report;
  return {
    stdout: written[1],
    stderr: written[2] + (stop === null ? '' : `${stop.kind}: ${stop.message}`),
    exit: report.exit,
    stop: stop === null ? null : { kind: stop.kind, message: stop.message, line: stop.at.line, born: stop.born?.line ?? null, died: stop.died?.line ?? null },
    findings: report.findings.map(({ kind, at }) => ({ kind, line: at.line })),
    values: (stop?.frames ?? []).flatMap(({ variables }) => variables.map(each => variableText(each, 'en'))),
    leaks: report.leaks.map(leak => ({ line: leak.lost?.line ?? null, name: leak.lost?.variable ?? null })),
  };
}

export function judge(one: Case, { sources, library }: { readonly sources: Sources; readonly library: Library }): string[] {
  const root = sources.add(one.file, one.text);
  const described = (problems: readonly Problem[]): CheckResult => ({
    problems: problems.map(each => ({ code: each.code, severity: each.severity, line: sources.position(each.span.file, each.span.start).line, message: messageOf(each, 'en'), file: sources.get(each.span.file).name })),
  });
  if (one.fragment) return judgeCheck(one.promised, described(parseFile(root, library.nextId).problems));
  const compilation = { sources, root, library, load: (path: string) => tryLoad(sources, path) };
  const checked = checkProgram(compilation);
  if (hasErrors(checked.problems) || !one.promised.runs) return judgeCheck(one.promised, described(checked.problems));
  const broken: string[] = [];
  for (const profile of one.promised.profiles) {
    const emitted = emitChecked(compilation, checked, { profile });
    const problems = [...checked.problems, ...emitted.problems];
    const here = judgeCheck(one.promised, described(problems));
    if (here.length === 0 && emitted.value !== null && !hasErrors(problems)) {
      const little = judgeRun(one.promised, execute(emitted.value, one, LITTLE));
      if (little.length > 0) here.push(...judgeRun(one.promised, execute(emitted.value, one, {})));
    }
    broken.push(...here.map(text => `${profile}: ${text}`));
  }
  return broken;
}

if (process.argv[2] === '--store') storeLibrary(process.argv[3] ?? '');
else if (process.argv[2] === '--work' && existsSync(process.argv[3] ?? '')) {
  const opened = open(readFileSync(process.argv[3] ?? ''));
  process.on('message', (one: Case) => {
    let broken: string[];
    try {
      broken = judge(one, opened);
    } catch (error) {
      broken = [`crash: ${error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 6).join('\n') : String(error)}`];
    }
    process.send?.(broken);
  });
  process.send?.('ready');
}
