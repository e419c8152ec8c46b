/**
 * The catalogue keeps its word: every record's wrong program shows its code, its right one has no error, both languages are there,
 * templates name fragments alike, and no code stands twice. In: the catalogue, the pipeline. Reports (R4xxx) are run, others checked.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openLibrary } from '../../bin/world/library.ts';
import { loadSource } from '../../bin/world/source-file.ts';
import type { Shown } from '../../lib/report/record.ts';
import { catalogue, checkProgram, emitChecked, hasErrors, Sources } from '../../lib/index.ts';
import { trapReasons } from '../../vm/code/reasons.ts';
import { createMachine, faultCodes, findLeaks, interrupt, isFailure, outOfFuel, run } from '../../vm/index.ts';
import { suite } from '../suite.ts';

const claim = suite('catalogue');
const sources = new Sources();
const library = openLibrary(sources, undefined);

interface Seen {
  readonly codes: readonly string[];
  readonly errors: readonly string[];
}

const work = mkdtempSync(join(tmpdir(), 'altru-catalogue-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

/** What is said of a file that cannot be read. */
function unread(file: Extract<Shown, { by: 'file' }>['file'], code: string): Seen | null {
  const path = join(work, code);
  if (file === 'folder') mkdirSync(path);
  else if (file !== 'none') writeFileSync(path, file === 'locked' ? 'pass' : Buffer.from(file), { mode: file === 'locked' ? 0 : 0o600 });
  if (file === 'locked' && process.getuid?.() === 0) return null; // nothing is locked for root
  const codes = loadSource(sources, path).problems.map(problem => problem.code);
  return { codes, errors: codes };
}

function outcome(text: string, runs: boolean, shown?: Shown): Seen {
  const root = sources.add('program.altru', text);
  const compilation = { sources, root, library, load: () => null };
  const checked = checkProgram(compilation);
  const emitted = hasErrors(checked.problems) || !runs ? null : emitChecked(compilation, checked, { profile: 'debug' });
  const problems = [...checked.problems, ...(emitted?.problems ?? [])];
  const codes = problems.map(problem => problem.code);
  const errors = problems.filter(problem => problem.severity === 'error').map(problem => problem.code);
  if (emitted?.value == null || errors.length > 0) return { codes, errors };
  const machine = createMachine(emitted.value, { write: (_stream, bytes) => bytes.length, read: () => 0, args: ['program'], env: () => undefined, now: () => 0, wallClock: () => 0, sleep: () => undefined });
  if (run(machine, shown?.by === 'fuel' ? shown.fuel : shown?.by === 'interrupt' ? 10_000 : 50_000_000) === 'paused') (shown?.by === 'interrupt' ? interrupt : outOfFuel)(machine);
  if (machine.trap !== null) return { codes: [...codes, machine.trap.code], errors: [machine.trap.code] };
  const leaks = findLeaks(machine, null).some(isFailure) ? ['R4040'] : [];
  return { codes: [...codes, ...leaks], errors: leaks };
}

for (const record of catalogue) {
  claim(`${record.code} ${record.slug}: what it says is so`, () => {
    const runs = record.severity === 'report' || record.code === 'E0080' || record.code === 'E0275' || record.code === 'E0601';
    assert.ok(record.message.en !== '' && record.message.zh !== '' && record.why.en !== '' && record.why.zh !== '', 'words in both languages');
    const names = (template: string): string[] => [...new Set([...template.matchAll(/\{(\w+)\}/g)].map(match => match[1] ?? ''))].sort();
    assert.equal(names(record.message.zh).filter(name => !names(record.message.en).includes(name.replace(/Zh$/, ''))), [], 'no fragment in Chinese that English lacks');
    const { shown } = record;
    assert.ok(record.wrong.trim() !== '' && record.right.trim() !== '', 'it has a wrong and a right program');
    const seen = shown?.by === 'file' ? unread(shown.file, record.code) : outcome(record.wrong, runs, shown);
    assert.ok(seen === null || seen.codes.includes(record.code), `the wrong program gives ${seen?.codes.join(' ') || 'nothing'}`);
    assert.equal(outcome(record.right, runs).errors, [], 'the right program is accepted');
  });
}

claim('whatever the machine stops for is explained', () => {
  const codes = [...Object.values(faultCodes), ...trapReasons.map(reason => reason.code)];
  assert.equal(codes.filter(code => !catalogue.some(record => record.code === code)), []);
});

claim('no code and no slug stands twice', () => {
  const codes = catalogue.map(record => record.code);
  const slugs = catalogue.map(record => record.slug);
  assert.equal(codes.filter((code, i) => codes.indexOf(code) !== i), []);
  assert.equal(slugs.filter((slug, i) => slugs.indexOf(slug) !== i), []);
});

claim('the stored library is there to be tested with', () => {
  assert.ok(existsSync(join(import.meta.dirname, '../../dist/std.store')) && readFileSync(join(import.meta.dirname, '../../dist/std.store')).length > 0);
});
