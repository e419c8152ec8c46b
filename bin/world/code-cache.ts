/**
 * Code of programs that ran before, so that an unchanged one starts without its compiler (as Python keeps `__pycache__`). In: a
 * program's name and how it was compiled. Out: its code, when every source file is as it was, and Altru too. The folder is the user's
 * cache directory; it may be deleted at any time, and a damaged entry is passed over. `ALTRU_CACHE=off` keeps nothing.
 */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Program, decodeProgram, encodeProgram } from '../../vm/index.ts';
import { makeFolder } from './folder.ts';
import { version } from './version.ts';

export interface Manner {
  readonly profile: string;
  readonly overflowChecks: boolean;
}

/** 106 bits of two mixed multiplications (cyrb53): enough to know one's own files by, and no library to load for it. */
function hashOf(content: Uint8Array | string): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const mixed = (seed: number): string => {
    let [one, other] = [0xdeadbeef ^ seed, 0x41c6ce57 ^ seed];
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      one = Math.imul(one ^ byte, 2654435761);
      other = Math.imul(other ^ byte, 1597334677);
    }
    one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(other ^ (other >>> 13), 3266489909);
    other = Math.imul(other ^ (other >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
    return (4294967296 * (2097151 & other) + (one >>> 0)).toString(16).padStart(14, '0');
  };
  return `${mixed(0)}${mixed(bytes.length + 1)}${bytes.length.toString(16)}`;
}

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
    makeFolder(at);
    const head = JSON.stringify(files.map(file => [resolve(file), hashOf(readFileSync(file))]));
    writeFileSync(`${path}.${process.pid}`, Buffer.concat([Buffer.from(`${head}\n`), encodeProgram(program)]));
    renameSync(`${path}.${process.pid}`, path);
  } catch {
    // A cache that cannot be written is no reason not to run.
  }
}
