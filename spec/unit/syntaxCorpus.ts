/**
 * The programs that syntax is held to: every `.altru` file of the project and the forms beside this file. Read once.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Parsed } from '../../lib/syntax/parse.ts';
import { parseFile } from '../../lib/syntax/parse.ts';
import { Sources } from '../../lib/text/sources.ts';

const root = new URL('../../', import.meta.url).pathname;

function find(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? find(join(dir, entry.name)) : entry.name.endsWith('.altru') ? [join(dir, entry.name)] : []);
}

export interface Program {
  readonly name: string;
  readonly text: string;
}

/** Files whose claim is that they do not parse say so in their first comment (`E10…`, and Rust's E0586). */
export const corpus: readonly Program[] = ['samples', 'spec', 'lib/std'].flatMap(dir => find(join(root, dir)))
  .map(path => ({ name: path.slice(root.length), text: readFileSync(path, 'utf8') }))
  .filter(program => !/\bE(10\d\d|0586)\b/.test(program.text));

export function parse(text: string, name = 'spec.altru'): Parsed {
  return parseFile(new Sources().add(name, text), 1);
}

/** A tree without spans and ids, to be compared. */
export function bare(tree: unknown): string {
  return JSON.stringify(tree, (key, value: unknown) =>
    // A function's dots are there or not; where they stand is a place.
    key === 'variadic' ? value !== null && value !== undefined :
    key === 'span' || key === 'id' || key === 'head' || key === 'opSpan' || key === 'bracket' ? undefined : typeof value === 'bigint' ? `${value}n` : value);
}
