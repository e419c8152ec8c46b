/**
 * Code of programs that ran before, so that an unchanged one starts without its compiler (as Python keeps `__pycache__`). In: a
 * program's name and how it was compiled. Out: its code, when every source file is as it was, and Altru too. The folder is the user's
 * cache directory; it may be deleted at any time, and a damaged entry is passed over. `ALTRU_CACHE=off` keeps nothing.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Program, decodeProgram, encodeProgram } from '../../vm/index.ts';
import { version } from './version.ts';

export interface Manner {
  readonly profile: string;
  readonly overflowChecks: boolean;
}

const hashOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

function folder(): string | null {
  if (process.env['ALTRU_CACHE'] === 'off') return null;
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'altru');
}

/** Changes with every build of Altru: its own code has then changed, and may make other code. */
function stamp(): string {
  const { mtimeMs, size } = statSync(fileURLToPath(import.meta.url));
  return `${version} ${mtimeMs} ${size}`;
}

function entryOf(name: string, manner: Manner): string | null {
  const at = folder();
  return at === null || name === '-' ? null : join(at, `${hashOf(`${stamp()}\n${resolve(name)}\n${name}\n${manner.profile} ${manner.overflowChecks}`).slice(0, 32)}.altc`);
}

export function cachedCode(name: string, manner: Manner): Program | null {
  try {
    const path = entryOf(name, manner);
    if (path === null) return null;
    const bytes = readFileSync(path);
    const end = bytes.indexOf(10);
    const files: unknown = JSON.parse(bytes.subarray(0, end).toString('utf8'));
    if (!Array.isArray(files)) return null;
    for (const entry of files) if (!Array.isArray(entry) || hashOf(readFileSync(String(entry[0]))) !== entry[1]) return null;
    const decoded = decodeProgram(new Uint8Array(bytes.subarray(end + 1)));
    return decoded.kind === 'program' ? decoded.program : null;
  } catch {
    return null;
  }
}

/** `files`: every source file of the user's that the code was made from. */
export function keepCode(name: string, manner: Manner, files: readonly string[], program: Program): void {
  try {
    const path = entryOf(name, manner);
    const at = folder();
    if (path === null || at === null) return;
    mkdirSync(at, { recursive: true });
    const head = JSON.stringify(files.map(file => [resolve(file), hashOf(readFileSync(file))]));
    writeFileSync(`${path}.${process.pid}`, Buffer.concat([Buffer.from(`${head}\n`), encodeProgram(program)]));
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // A cache that cannot be written is no reason not to run.
  }
}
