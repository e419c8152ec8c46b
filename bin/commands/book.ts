/**
 * `altru book DIR [-o OUT]`: copies a folder of Markdown and puts drawings into it. In: chapters with fences that open with
 * ```` ```altru picture ````, whose content is a whole program. Out: the same chapters, each such fence followed by its drawing, in OUT (DIR.book
 * without it); all other files as they are. After the words may stand `at=12x3`, `when="i > 2"`, `as=svg|txt`, `theme=light|dark`,
 * `hide` (the drawing alone), `caption="…"`. A fence whose program does not compile, or never comes there, is a problem with its file and line.
 */
import { copyFileSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { drawSvg, drawText } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { compileText } from '../world/compile-file.ts';
import { makeFolder } from '../world/folder.ts';
import { parseOptions } from '../world/options.ts';
import { pictureOf } from '../world/picture-of.ts';
import { wrongUse } from '../world/usage.ts';

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const options = parseOptions(args, { o: 'value', output: 'value', std: 'value' });
  if ('wrong' in options) return wrongUse(options.wrong);
  const folder = options.rest[0];
  if (folder === undefined || options.rest.length > 1) return wrongUse("'book' needs one folder");
  let files: string[];
  try {
    if (!statSync(folder).isDirectory()) return wrongUse(`'${folder}' is no folder`);
    files = filesOf(folder);
  } catch {
    return wrongUse(`there is no folder '${folder}'`);
  }
  const out = options.values.get('o') ?? options.values.get('output') ?? `${folder.replace(/[/\\]+$/, '')}.book`;
  if (resolve(out) === resolve(folder)) return wrongUse('the book cannot be written over its own source: give another folder with -o');
  const book: Book = { folder, out, std: options.values.get('std'), shared, drawings: 0, problems: [] };
  for (const file of files) {
    if (resolve(folder, file).startsWith(`${resolve(out)}/`)) continue;
    const target = join(out, file);
    makeFolder(dirname(target));
    if (/\.(md|markdown)$/i.test(file)) writeFileSync(target, chapter(book, file));
    else copyFileSync(join(folder, file), target);
  }
  for (const problem of book.problems) process.stderr.write(`altru: ${problem}\n`);
  process.stdout.write(`${out}: ${book.drawings} ${book.drawings === 1 ? 'drawing' : 'drawings'}\n`);
  return book.problems.length > 0 ? 1 : 0;
}

interface Book {
  readonly folder: string;
  readonly out: string;
  readonly std: string | undefined;
  readonly shared: Shared;
  drawings: number;
  readonly problems: string[];
}

function filesOf(folder: string, under = ''): string[] {
  return readdirSync(join(folder, under), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(entry => {
    const path = join(under, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : filesOf(folder, path);
    return entry.isFile() ? [path] : [];
  });
}

/** One chapter with its drawings made. Fences inside longer fences are text about fences and stay. */
function chapter(book: Book, file: string): string {
  const lines = readFileSync(join(book.folder, file), 'utf8').split('\n');
  const out: string[] = [];
  let made = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const open = /^( {0,3})(`{3,}|~{3,})\s*(.*?)\s*$/.exec(line);
    if (open === null) {
      out.push(line);
      continue;
    }
    const [, indent = '', marks = '', info = ''] = open;
    let end = i + 1;
    while (end < lines.length && !isClosing(lines[end] ?? '', marks)) end++;
    const body = lines.slice(i + 1, end);
    const wanted = /^altru\s+picture(?:\s+(.*))?$/.exec(info);
    if (wanted === null || end >= lines.length) out.push(...lines.slice(i, end + 1));
    else {
      const options = optionsOf(wanted[1] ?? '');
      if (!options.has('hide')) out.push(`${indent}${marks}altru`, ...body, `${indent}${marks}`, '');
      out.push(...drawing(book, file, i + 1, body, options, ++made).map(l => (l === '' ? '' : indent + l)));
    }
    i = end;
  }
  return out.join('\n');
}

const isClosing = (line: string, marks: string): boolean => {
  const close = /^ {0,3}(`+|~+)\s*$/.exec(line)?.[1] ?? '';
  return close.length >= marks.length && close[0] === marks[0];
};

function optionsOf(text: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const [, name = '', quoted, plain] of text.matchAll(/([\w-]+)(?:=(?:"([^"]*)"|(\S+)))?/g)) options.set(name, quoted ?? plain ?? '');
  return options;
}

function drawing(book: Book, file: string, line: number, body: readonly string[], options: ReadonlyMap<string, string>, number: number): string[] {
  const refuse = (why: string): string[] => {
    book.problems.push(`${join(book.folder, file)}:${line}: ${why}`);
    return [`> **No drawing**: ${why}`];
  };
  const known = ['at', 'when', 'as', 'theme', 'hide', 'caption', 'width'];
  for (const name of options.keys()) if (!known.includes(name)) return refuse(`a picture has no option \`${name}\`: there are ${known.join(', ')}`);
  const { program } = compileText(`${basename(file)}:${line}`, `${body.join('\n')}\n`, book.std, { profile: 'debug' }, book.shared);
  if (program === null) return refuse('the program has problems');
  const when = options.get('when');
  const made = pictureOf(program, { at: options.get('at') ?? 'end', most: 60, ...(when === undefined ? {} : { when }) });
  if ('wrong' in made) return refuse(made.wrong);
  book.drawings++;
  const caption = options.get('caption') ?? '';
  if (options.get('as') === 'txt') return ['```text', ...drawText(made.picture, Number(options.get('width') ?? 100) || 100).trimEnd().split('\n'), '```', ...(caption === '' ? [] : ['', `*${caption}*`])];
  const theme = options.get('theme');
  const name = `${basename(file).replace(/\.\w+$/, '')}-${number}.svg`;
  const place = join(book.out, dirname(file), 'pictures', name);
  makeFolder(dirname(place));
  writeFileSync(place, drawSvg(made.picture, theme === 'light' || theme === 'dark' ? { theme } : {}));
  const link = relative(join(book.out, dirname(file)), place).replaceAll('\\', '/').replaceAll(' ', '%20');
  return [`![${(caption === '' ? 'picture of the heap' : caption).replace(/[[\]]/g, '')}](${link})`, ...(caption === '' ? [] : ['', `*${caption}*`])];
}
