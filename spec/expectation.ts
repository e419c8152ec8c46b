/**
 * What a program's comments promise (see README.md here), as data, and whether a result keeps it. In: source text; a result.
 * Out: a list of broken promises in words, empty when all hold.
 */

export interface Promised {
  readonly out: readonly string[];
  readonly input: string;
  readonly args: readonly string[];
  readonly exit: number | null;
  readonly profiles: readonly ('debug' | 'release')[];
  readonly runs: boolean;
  /** By line from 1. */
  readonly errors: readonly { readonly line: number; readonly code: string }[];
  readonly warnings: readonly { readonly line: number; readonly code: string }[];
  readonly panic: { readonly line: number; readonly text: string } | null;
  readonly stop: { readonly line: number; readonly kind: string } | null;
  readonly born: number | null;
  readonly died: number | null;
  readonly leaks: readonly { readonly line: number; readonly name: string }[];
  /** With any of these the run goes on after findings, and these are all that there are. */
  readonly findings: readonly { readonly line: number; readonly kind: string }[];
  /** What variables hold at the stop, or at the first finding: `name: type = value`, one of each line in order. */
  readonly values: readonly string[];
}

export interface CheckResult {
  readonly problems: readonly { readonly code: string; readonly severity: string; readonly line: number; readonly message: string; readonly file: string }[];
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  readonly stop: null | { readonly kind: string; readonly message: string; readonly line: number; readonly born: number | null; readonly died: number | null };
  readonly leaks: readonly { readonly line: number | null; readonly name: string | null }[];
  readonly findings: readonly { readonly kind: string; readonly line: number }[];
  readonly values: readonly string[];
}

export function promisesOf(text: string): Promised {
  const out: string[] = [];
  const input: string[] = [];
  const args: string[] = [];
  const errors: { line: number; code: string }[] = [];
  const warnings: { line: number; code: string }[] = [];
  const leaks: { line: number; name: string }[] = [];
  const findings: { line: number; kind: string }[] = [];
  const values: string[] = [];
  let exit: number | null = null;
  let profiles: ('debug' | 'release')[] = ['debug', 'release'];
  let runs = true;
  let panic: Promised['panic'] = null;
  let stop: Promised['stop'] = null;
  let born: number | null = null;
  let died: number | null = null;
  text.split('\n').forEach((source, index) => {
    const line = index + 1;
    const match = /#\s*(out|in|args|exit|profile|run|error|warning|panic|stop|finding|value|born|died|leak)(?::\s?(.*))?$/.exec(source);
    if (match === null) return;
    const word = match[1];
    const rest = match[2] ?? '';
    const alone = source.slice(0, match.index).trim() === '';
    if (alone && match[2] !== undefined) {
      if (word === 'out') out.push(rest);
      else if (word === 'in') input.push(rest);
      else if (word === 'value') values.push(rest.trim());
      else if (word === 'args') args.push(...rest.split(' ').filter(Boolean));
      else if (word === 'exit') exit = Number(rest);
      else if (word === 'profile') profiles = [rest.trim() === 'release' ? 'release' : 'debug'];
      else if (word === 'run') runs = rest.trim() !== 'no';
    }
    if (word === 'out' && !alone) out.push(rest);
    if (word === 'error') for (const code of rest.trim().split(/[ ,]+/)) errors.push({ line, code });
    if (word === 'warning') for (const code of rest.trim().split(/[ ,]+/)) warnings.push({ line, code });
    if (word === 'panic') panic = { line, text: rest.trim() };
    if (word === 'stop') stop = { line, kind: rest.trim() };
    if (word === 'finding') findings.push({ line, kind: rest.trim() });
    if (word === 'born' && match[2] === undefined) born = line;
    if (word === 'died' && match[2] === undefined) died = line;
    if (word === 'leak') leaks.push({ line, name: rest.trim() });
  });
  // Only there the machine knows.
  if (findings.length > 0 || values.length > 0) profiles = ['debug'];
  return { out, input: input.map(line => `${line}\n`).join(''), args, exit, profiles, runs, errors, warnings, panic, stop, born, died, leaks, findings, values };
}

/** Broken promises of the checker. */
export function judgeCheck(promised: Promised, result: CheckResult): string[] {
  const broken: string[] = [];
  const reported = result.problems.filter(problem => problem.severity === 'error');
  for (const { line, code } of promised.errors) {
    if (!reported.some(problem => problem.code === code && problem.line === line)) broken.push(`line ${line}: expected ${code}, reported: ${reported.map(p => `${p.code}@${p.line}`).join(' ') || 'nothing'}`);
  }
  for (const problem of reported) {
    if (!promised.errors.some(({ line, code }) => problem.code === code && problem.line === line)) broken.push(`line ${problem.line}: unexpected ${problem.code}: ${problem.message}`);
  }
  for (const { line, code } of promised.warnings) {
    if (!result.problems.some(problem => problem.severity !== 'error' && problem.code === code && problem.line === line)) broken.push(`line ${line}: expected warning ${code}`);
  }
  return broken;
}

/** Broken promises of a run. */
export function judgeRun(promised: Promised, result: RunResult): string[] {
  const broken: string[] = [];
  const expectedExit = promised.exit ?? (promised.panic !== null ? 101 : promised.findings.length > 0 ? 77 : promised.leaks.length > 0 ? 78 : promised.stop !== null ? null : 0);
  if (expectedExit === null ? result.exit === 0 : result.exit !== expectedExit) broken.push(`exit ${result.exit}, expected ${expectedExit ?? 'a failure'}: ${result.stderr.trim().split('\n').slice(0, 4).join(' | ')}`);
  const lines = result.stdout === '' ? [] : result.stdout.replace(/\n$/, '').split('\n');
  if (promised.out.length > 0 || promised.panic !== null) {
    const length = Math.max(lines.length, promised.out.length);
    for (let i = 0; i < length; i++) {
      const want = promised.out[i];
      const got = lines[i];
      if (want === got || (want !== undefined && got !== undefined && want.trimEnd() === got.trimEnd())) continue;
      if (promised.out.length === 0) break;
      broken.push(`output line ${i + 1}: ${got === undefined ? 'missing' : JSON.stringify(got)}, expected ${want === undefined ? 'the end' : JSON.stringify(want)}`);
      break;
    }
  }
  const { panic, stop } = promised;
  if (panic !== null) {
    if (result.stop === null) broken.push('no panic was reported');
    else {
      if (!result.stop.message.includes(panic.text)) broken.push(`panic says ${JSON.stringify(result.stop.message)}, expected ${JSON.stringify(panic.text)}`);
      if (result.stop.line !== panic.line) broken.push(`panic at line ${result.stop.line}, expected ${panic.line}`);
    }
  }
  if (stop !== null) {
    if (result.stop === null) broken.push(`no stop, expected ${stop.kind}`);
    else {
      if (result.stop.kind !== stop.kind) broken.push(`stopped by ${result.stop.kind}, expected ${stop.kind}`);
      if (result.stop.line !== stop.line) broken.push(`stopped at line ${result.stop.line}, expected ${stop.line}`);
      if (promised.born !== null && result.stop.born !== promised.born) broken.push(`born at line ${result.stop.born}, expected ${promised.born}`);
      if (promised.died !== null && result.stop.died !== promised.died) broken.push(`died at line ${result.stop.died}, expected ${promised.died}`);
    }
  }
  if (promised.findings.length > 0) {
    const found = (list: RunResult['findings']): string => [...list].sort((a, b) => a.line - b.line || (a.kind < b.kind ? -1 : 1)).map(({ kind, line }) => `${kind}@${line}`).join(' ');
    if (found(result.findings) !== found(promised.findings)) broken.push(`found ${found(result.findings) || 'nothing'}, expected ${found(promised.findings)}`);
  }
  let from = 0;
  for (const value of promised.values) {
    const at = result.values.indexOf(value, from);
    if (at < 0) broken.push(`no value ${JSON.stringify(value)}${from === 0 ? '' : ' behind the one before'}; told: ${result.values.join(' | ') || 'none'}`);
    else from = at + 1;
  }
  for (const leak of promised.leaks) {
    if (!result.leaks.some(one => one.line === leak.line && (leak.name === '' || one.name === leak.name))) broken.push(`no leak lost at line ${leak.line}${leak.name === '' ? '' : ` by ${leak.name}`}; reported: ${result.leaks.map(one => `${one.name}@${one.line}`).join(' ') || 'none'}`);
  }
  return broken;
}
