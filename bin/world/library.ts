/**
 * The standard library for a command: stored form beside the bundle where it is, else checked from its sources. In: the sources of
 * the compilation, which must still be empty (the library's file ids come first). Out: a library.
 */
import { existsSync, fstatSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Library, type SourceFile, type Sources, type StoredText, checkLibrary, decodeLibrary, hasErrors, renderProblem } from '../../lib/index.ts';

export function openLibrary(sources: Sources, folder: string | undefined): Library {
  if (folder === undefined) {
    const stored = fromStore(sources);
    if (stored !== null) return stored;
  }
  return fromSources(sources, folder ?? defaultFolder());
}

/** The stored form, beside the bundle or in `dist/` of a checkout. */
function fromStore(sources: Sources): Library | null {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const candidate of ['std.store', '../std.store', '../../dist/std.store']) {
    const path = join(here, candidate);
    if (existsSync(path)) return decodeLibrary(openStored(path), sources);
  }
  return null;
}

/** Bytes that are read at once; what is mentioned together stands together. */
const CHUNK = 1 << 16;

/** A stored file that stays open, of which only what is asked for is read. */
function openStored(path: string): StoredText {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  const chunks = new Map<number, Buffer>();
  const read = (from: number, to: number): Buffer => {
    const bytes = Buffer.allocUnsafeSlow(to - from);
    for (let done = 0; done < bytes.length;) {
      const count = readSync(file, bytes, done, bytes.length - done, from + done);
      if (count === 0) throw new Error(`${path} is shorter than it was`);
      done += count;
    }
    return bytes;
  };
  return {
    length: size,
    text(from, to) {
      const number = Math.floor(from / CHUNK);
      const start = number * CHUNK;
      if (to > start + CHUNK) return read(from, to).toString('latin1');
      let chunk = chunks.get(number);
      if (chunk === undefined) chunks.set(number, (chunk = read(start, Math.min(start + CHUNK, size))));
      return chunk.toString('latin1', from - start, to - start);
    },
  };
}

function defaultFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (const candidate of ['std', '../std', '../../lib/std']) if (existsSync(join(here, candidate))) return join(here, candidate);
  throw new Error('the standard library is missing');
}

/** Parses and checks the library's own files: slow, for the build and for `--std`. */
export function fromSources(sources: Sources, folder: string): Library {
  const files = new Map<string, SourceFile>();
  for (const path of altruFiles(folder)) {
    const name = relative(folder, path).replaceAll('\\', '/');
    files.set(name.replace(/\.altru$/, ''), sources.add(`std/${name}`, readFileSync(path, 'utf8'), true));
  }
  const { value, problems } = checkLibrary(sources, files);
  if (hasErrors(problems)) {
    const texts = problems.filter(p => p.severity === 'error').map(p => renderProblem(p, sources, { language: 'en', paint: (_style, text) => text, form: 'full', width: text => text.length }));
    throw new Error(`the standard library has ${texts.length} errors\n${texts.slice(0, Number(process.env['ALTRU_STD_ERRORS'] ?? 20)).join('\n')}`);
  }
  return value;
}

function altruFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => (entry.isDirectory() ? altruFiles(join(folder, entry.name)) : entry.name.endsWith('.altru') ? [join(folder, entry.name)] : []));
}
