/**
 * Which programs the suite runs: files, fences of the reference, samples. In: the folder of the suite. Out: cases, each with a name that is
 * stable (it stands in `known-gaps.txt`), its text and what it promises. A folder with a `main.altru` is one program, the rest are its modules.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { promisesOf, type Promised } from './expectation.ts';

export interface Case {
  readonly name: string;
  /** The file as messages name it; modules are looked for beside it. */
  readonly file: string;
  readonly text: string;
  readonly promised: Promised;
  /** Only parsed. */
  readonly fragment: boolean;
}

export function collectCases(here: string): Case[] {
  return [...programs(join(here, 'programs'), here), ...fences(join(here, 'rules')), ...samples(join(here, '../samples'), join(here, 'samples'))];
}

function programs(folder: string, here: string): Case[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const main = entries.find(entry => entry.name === 'main.altru');
  const one = (file: string, name: string): Case => {
    const text = readFileSync(file, 'utf8');
    return { name: relative(here, name).replaceAll('\\', '/'), file, text, promised: promisesOf(text), fragment: false };
  };
  if (main !== undefined) return [one(join(folder, main.name), folder)];
  return entries.flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return programs(path, here);
    return entry.name.endsWith('.altru') ? [one(path, path)] : [];
  });
}

/** A fence's text is moved down to its own lines, so that a line number is that of the chapter. */
function fences(folder: string): Case[] {
  const cases: Case[] = [];
  for (const chapter of readdirSync(folder).filter(name => name.endsWith('.md')).sort()) {
    const lines = readFileSync(join(folder, chapter), 'utf8').split('\n');
    let heading = '';
    let count = 0;
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at] ?? '';
      if (line.startsWith('#')) {
        heading = line.replace(/^#+\s*/, '');
        count = 0;
      }
      const open = /^```altru( fragment)?\s*$/.exec(line);
      if (open === null) continue;
      const end = lines.indexOf('```', at);
      if (end < 0) throw new Error(`${chapter}:${at + 1}: a fence without end`);
      const text = `${'\n'.repeat(at + 1)}${lines.slice(at + 1, end).join('\n')}\n`;
      count++;
      const promised = promisesOf(text);
      // The programs run in both profiles; of the reference, whose rules are theirs too, one is enough unless a long run asks for both.
      const profiles = promised.profiles.length > 1 && process.env['ALTRU_PROFILES'] !== 'all' ? (['debug'] as const) : promised.profiles;
      cases.push({ name: `rules/${chapter} ${heading} ${count}`, file: join(folder, chapter), text, promised: { ...promised, profiles }, fragment: open[1] !== undefined });
      at = end;
    }
  }
  return cases;
}

/** A sample keeps no comments about its output: that stands in a file of the same name under `spec/samples`. Those to watch may say how they stop. */
function samples(folder: string, expected: string): Case[] {
  return [folder, join(folder, 'watch'), join(folder, 'bench')].flatMap(each => readdirSync(each).filter(name => name.endsWith('.altru')).sort().flatMap(name => {
    const file = join(each, name);
    const text = readFileSync(file, 'utf8');
    const stem = join(expected, relative(folder, file).replace(/\.altru$/, ''));
    const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
    if (!existsSync(`${stem}.out`) && each !== folder) return [];
    const printed = read(`${stem}.out`).replace(/\n$/, '');
    const out = printed === '' ? [] : printed.split('\n');
    const args = read(`${stem}.args`).trim().split(/\s+/).filter(Boolean);
    const ends = each.endsWith('watch') ? text : '';
    const promised: Promised = { ...promisesOf(ends), out, input: read(`${stem}.in`), args, ...(each.endsWith('bench') ? { profiles: ['release'] as const } : ends === '' ? {} : { profiles: ['debug'] as const }) };
    return [{ name: `samples/${relative(folder, file)}`, file: relative(process.cwd(), file) || basename(file), text, promised, fragment: false }];
  }));
}
