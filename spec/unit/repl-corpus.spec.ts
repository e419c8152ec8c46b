/**
 * The REPL and `altru run` agree: programs of the suite are fed line by line (a script's items first, then each statement; a program with a `main` as one
 * unit and a call), and what they promise must hold. A stride of them, so that the whole suite stays quick; the rest by `ALTRU_STRIDE=1`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { collectCases, type Case } from '../program-cases.ts';
import { suite } from '../suite.ts';
import { entriesOf, feed, newBase } from './repl-feeder.ts';

const claim = suite('the REPL and programs');
const top = join(import.meta.dirname, '..');
const stride = Number(process.env['ALTRU_STRIDE'] ?? 50);
const gaps = new Set(readFileSync(join(top, 'known-gaps.txt'), 'utf8').split('\n'));
/** Its function comes before the variable when items are fed first: the names are not even there. */
const otherOrder = 'programs/script/functions-do-not-see-a-scripts-locals.altru';
/** Modules are files beside a program; a line of the session has none. */
const usesFiles = ({ file, text }: Case): boolean => file.endsWith('/main.altru') || /^\s*(pub )?mod \w+\s*(#.*)?$/m.test(text);

const trimmed = (lines: readonly string[]): string => lines.map(line => line.trimEnd()).join('\n');

async function broken({ text, promised }: Case, base: ReturnType<typeof newBase>): Promise<string | null> {
  const entries = entriesOf(base, text);
  if (entries === null) return promised.errors.length > 0 ? null : 'does not parse';
  const fed = await feed(base, entries, promised.input, promised.args);
  if (promised.errors.length > 0) {
    const codes = promised.errors.map(e => e.code);
    return fed.refused?.some(p => codes.includes(p.code)) === true ? null : `expected ${codes.join(' ')}, refused with ${fed.refused?.map(p => p.code).join(' ') ?? 'nothing'}`;
  }
  if (fed.refused !== null) return `refused with ${fed.refused.map(p => p.code).join(' ')}`;
  const want = trimmed(promised.out);
  const got = trimmed(fed.out.replace(/\n$/, '').split('\n'));
  if ((promised.out.length > 0 || promised.panic !== null) && want !== got) return `wrote ${JSON.stringify(got.slice(0, 200))}`;
  const exit = promised.exit ?? (promised.panic !== null ? 101 : promised.leaks.length > 0 ? 78 : promised.stop !== null ? null : 0);
  return exit === null ? (fed.exit !== 0 ? null : 'was not stopped') : fed.exit === exit ? null : `exit ${fed.exit}: ${fed.err.slice(0, 200)}`;
}

/** What `main` gives is its caller's: a session calls it, and ends with 0. */
const givesExit = (one: Case): boolean => one.promised.exit !== null && /^fn main\(\) -> /m.test(one.text);

claim('programs behave line by line as they do whole', async () => {
  const cases = collectCases(top).filter(c => !c.fragment && c.promised.runs && c.promised.profiles.includes('debug') && !gaps.has(c.name) && !usesFiles(c) && c.name !== otherOrder && !c.name.includes('bench/') && !givesExit(c));
  const chosen = cases.filter((c, i) => i % stride === 0 || c.name.startsWith('programs/script/'));
  const wrong: string[] = [];
  let base = newBase();
  for (const [i, one] of chosen.entries()) {
    if (i % 40 === 39) base = newBase();
    const why = await broken(one, base);
    if (why !== null) wrong.push(`${one.name}: ${why}`);
  }
  assert.ok(chosen.length > 25);
  assert.equal(wrong, []);
});
