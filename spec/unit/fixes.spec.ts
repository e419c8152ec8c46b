/**
 * Fixes that problems offer, applied: over every program of the suite that is refused, each fix is made in the text, alone. Then the
 * problem it was offered for must be gone from its place, the text must not be less readable than before, and a fix that is called
 * certain must leave fewer errors. So many must have been tried, and for so many codes, that this cannot pass empty.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkProgram, decodeLibrary, storedText, messageOf, Sources, type Problem } from '../../lib/index.ts';
import type { Fix } from '../../lib/report/problem.ts';
import { parseFile } from '../../lib/syntax/parse.ts';
import type { SourceFile } from '../../lib/text/sources.ts';
import { tryLoad } from '../../bin/world/source-file.ts';
import { collectCases } from '../program-cases.ts';
import { libraryKey, storedPath } from '../library-key.ts';
import { storeLibrary } from '../program-worker.ts';
import { suite } from '../suite.ts';

/** Every how many-th program: `STRIDE=1` for all. */
const STRIDE = Number(process.env['STRIDE'] ?? 1);
const FIXES = 240;
const CODES = 60;

const test = suite('fixes');

const stored = storedPath(libraryKey());
if (!existsSync(stored)) storeLibrary(stored);
const sources = new Sources();
const library = decodeLibrary(storedText(readFileSync(stored)), sources);
if (library === null) throw new Error('the stored library cannot be read');

const check = (file: string, text: string): { readonly root: SourceFile; readonly errors: readonly Problem[] } => {
  const root = sources.add(file, text);
  const { problems } = checkProgram({ sources, root, library, load: path => tryLoad(sources, path) });
  return { root, errors: problems.filter(each => each.severity === 'error') };
};

const unread = (root: SourceFile): number => parseFile(root, library.nextId).problems.filter(each => each.severity === 'error').length;

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

function made(text: string, fix: Fix): string {
  let out = text;
  for (const edit of [...fix.edits].sort((a, b) => b.span.start - a.span.start || b.span.end - a.span.end)) out = out.slice(0, edit.span.start) + edit.text + out.slice(edit.span.end);
  return out;
}

/** How far lines move that come after the edits above an offset. */
const shift = (text: string, fix: Fix, offset: number): number =>
  fix.edits.filter(edit => edit.span.start < offset || edit.span.end <= offset).reduce((sum, { span, text: put }) => sum + put.split('\n').length - text.slice(span.start, span.end).split('\n').length, 0);

test('every fix mends what it is offered for', () => {
  const wrong: string[] = [];
  const codes = new Set<string>();
  let tried = 0;
  const refused = collectCases(join(import.meta.dirname, '..')).filter(one => one.promised.errors.length > 0 && !one.fragment);
  refused.forEach((one, number) => {
    if (number % STRIDE !== 0) return;
    const first = check(one.file, one.text);
    for (const each of first.errors) {
      for (const fix of each.fixes) {
        if (each.span.file !== first.root.id || fix.edits.some(edit => edit.span.file !== first.root.id)) continue;
        tried++;
        codes.add(each.code);
        const text = made(one.text, fix);
        const then = check(one.file, text);
        const line = lineOf(one.text, each.span.start);
        const there = (errors: readonly Problem[], at: number): number => errors.filter(other => other.code === each.code && messageOf(other, 'en') === messageOf(each, 'en') && lineOf(sources.get(other.span.file).text, other.span.start) === at).length;
        const say = (what: string): number => wrong.push(`${one.name}:${line} ${each.code} ${messageOf(each, 'en')} | ${fix.title}: ${what}${then.errors.map(x => `\n      ${x.code} ${messageOf(x, 'en')}`).slice(0, 3).join('')}`);
        if (fix.edits.length === 0 || text === one.text) say('changes nothing');
        else if (there(then.errors, line + shift(one.text, fix, each.span.start)) >= there(first.errors, line)) say('the problem is still there');
        else if (unread(then.root) > unread(first.root)) say('cannot be read any more');
        else if (fix.certain && then.errors.length >= first.errors.length) say('certain, but as many errors as before');
      }
    }
  });
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${tried} fixes are wrong:\n  ${wrong.join('\n  ')}`);
  if (tried * STRIDE < FIXES || codes.size * STRIDE < CODES) throw new Error(`only ${tried} fixes of ${codes.size} codes were tried, fewer than ${FIXES} of ${CODES}`);
});
