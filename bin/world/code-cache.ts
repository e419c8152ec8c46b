/**
 * Code of programs that ran before, so that an unchanged one starts without its compiler (as Python keeps `__pycache__`). In: a
 * program's name and how it was compiled. Out: its code, when every source file is as it was, and Altru too; and what the machine made of it.
 * The folder is the user's cache directory; it may be deleted at any time, and a damaged entry is passed over. `ALTRU_CACHE=off` keeps nothing.
 * An entry: a checksum, then three lines of JSON text in ASCII: the source files and their hashes, the program, the register code. The engine reads
 * such text ten times faster than code of ours could read `.altc`. It is written beside its place and moved there, so that two may write it at once.
 */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Program, Ready } from '../../vm/index.ts';
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
  return at === null || name === '-' ? null : join(at, `${hashOf(`${stamp()}\n${resolve(name)}\n${name}\n${manner.profile} ${manner.overflowChecks}`).slice(0, 32)}.kept`);
}

/** A program of the cache. */
export interface Entry {
  readonly program: Program;
  /** What the machine made of it in an earlier run. */
  readonly ready?: Ready;
  /** Takes what the machine has made in this one. */
  readonly keep: (ready: Ready) => void;
}

/** Bytes of the checksum before the lines. */
const HEAD = 12;

/** Of all that follows the checksum, whose length is a multiple of four. */
function checksum(bytes: Buffer): number {
  const words = new Int32Array(bytes.buffer.slice(bytes.byteOffset + HEAD, bytes.byteOffset + bytes.length));
  let sum = 0x811c9dc5;
  for (let at = 0; at < words.length; at++) sum = Math.imul(sum ^ (words[at] ?? 0), 0x01000193);
  return sum >>> 0;
}

export function cachedCode(name: string, manner: Manner): Entry | null {
  try {
    const path = entryOf(name, manner);
    if (path === null) return null;
    const bytes = readFileSync(path);
    if ((bytes.length - HEAD) % 4 !== 0 || Number(bytes.toString('latin1', 0, HEAD)) !== checksum(bytes)) return null;
    const [head = '', text = '', made = ''] = bytes.toString('latin1', HEAD).split('\n');
    const files: unknown = JSON.parse(head);
    if (!Array.isArray(files)) return null;
    for (const entry of files) if (!Array.isArray(entry) || hashOf(readFileSync(String(entry[0]))) !== entry[1]) return null;
    const ready = made === '' ? undefined : (JSON.parse(made) as Ready);
    return { program: JSON.parse(text) as Program, ...(ready === undefined ? {} : { ready }), keep: now => write(path, head, text, ascii(now)) };
  } catch {
    return null;
  }
}

/** `files`: every source file of the user's that the code was made from. Gives where to put what the machine makes of it. */
export function keepCode(name: string, manner: Manner, files: readonly string[], program: Program): Entry['keep'] {
  try {
    const path = entryOf(name, manner);
    if (path === null) return () => {};
    makeFolder(dirname(path));
    const head = ascii(files.map(file => [resolve(file), hashOf(readFileSync(file))]));
    const text = ascii(program);
    write(path, head, text, '');
    return ready => write(path, head, text, ascii(ready));
  } catch {
    // A cache that cannot be written is no reason not to run.
    return () => {};
  }
}

const ascii = (value: unknown): string => JSON.stringify(value).replace(/[\u0080-\uffff]/g, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

function write(path: string, head: string, text: string, made: string): void {
  try {
    const lines = `${head}\n${text}\n${made}\n`;
    const bytes = Buffer.from(`${' '.repeat(HEAD)}${lines}${' '.repeat(-lines.length & 3)}`, 'latin1');
    bytes.write(String(checksum(bytes)).padStart(HEAD), 'latin1');
    const beside = `${path}.${process.pid}`;
    writeFileSync(beside, bytes);
    renameSync(beside, path);
  } catch {
    // As above.
  }
}
