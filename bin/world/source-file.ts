/**
 * Source text from the world: a file, or standard input for `-`. In: a name. Out: the text, or why there is none, as a problem.
 * UTF-8 with or without a byte order mark, with LF or CRLF; anything else is refused here, so that the parser sees text only.
 */
import { readFileSync, statSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { type Problem, type SourceFile, type Sources, problem } from '../../lib/index.ts';

export interface Loaded {
  readonly file: SourceFile;
  readonly problems: readonly Problem[];
}

export function loadSource(sources: Sources, name: string): Loaded {
  const read = readText(name);
  if ('text' in read) return { file: sources.add(name === '-' ? '<stdin>' : name, read.text), problems: [] };
  const file = sources.add(name, '');
  return { file, problems: [problem(read.code, { file: file.id, start: 0, end: 0 }, { file: name, ...read.with })] };
}

/** A module's file beside the root, or null where there is none. */
export function tryLoad(sources: Sources, name: string): SourceFile | null {
  try {
    if (!statSync(name).isFile()) return null;
  } catch {
    return null;
  }
  const read = readText(name);
  return 'text' in read ? sources.add(name, read.text) : null;
}

let input: Buffer | null = null;

/** Standard input as far as a program's text was read from it: it can be read only once, and a thread that does the command again needs it too. */
export const inputTaken = (): Uint8Array | null => input;

function standardInput(): Buffer {
  input ??= workerData instanceof Uint8Array ? Buffer.from(workerData) : readFileSync(0);
  return input;
}

type Read = { readonly text: string } | { readonly code: string; readonly with: Record<string, string> };

function readText(name: string): Read {
  let bytes: Buffer;
  try {
    bytes = name === '-' ? standardInput() : readFileSync(name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') return { code: 'E1090', with: {} };
    if (code === 'EISDIR') return { code: 'E1091', with: {} };
    return { code: 'E1092', with: { reason: code } };
  }
  if (bytes.includes(0)) return { code: 'E1093', with: { offset: String(bytes.indexOf(0)) } };
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
    return { text };
  } catch {
    return { code: 'E1094', with: { offset: String(firstInvalid(bytes)) } };
  }
}

/** Offset of the first byte that is not UTF-8. */
function firstInvalid(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle - 1;
    }
  }
  return low;
}
