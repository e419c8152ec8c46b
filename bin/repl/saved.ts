/**
 * What a session leaves on disk: its entries, written anew after each change, so that a kill loses nothing; and the history of what was typed. In the
 * user's state directory (XDG_STATE_HOME). In: texts. Out: texts. A file that is damaged is read as far as it goes; a disk that refuses is no error.
 */
import { appendFileSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../world/folder.ts';

const KEPT_SESSIONS = 20;
const KEPT_HISTORY = 2000;

const folder = (): string => join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state'), 'altru', 'repl');

function quietly<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    return otherwise;
  }
}

/** Lines of JSON texts; what is no such line is left out. */
function texts(path: string): string[] {
  return quietly(() => readFileSync(path, 'utf8'), '').split('\n').flatMap(line => {
    const value: unknown = line === '' ? null : quietly((): unknown => JSON.parse(line), null);
    return typeof value === 'string' ? [value] : [];
  });
}

export function readHistory(): string[] {
  const all = texts(join(folder(), 'history'));
  if (all.length > KEPT_HISTORY * 2) {
    const kept = all.slice(-KEPT_HISTORY);
    quietly(() => writeFileSync(join(folder(), 'history'), kept.map(text => `${JSON.stringify(text)}\n`).join('')), undefined);
    return kept;
  }
  return all;
}

export function addHistory(text: string): void {
  quietly(() => {
    makeFolder(folder(), 0o700);
    appendFileSync(join(folder(), 'history'), `${JSON.stringify(text)}\n`, { mode: 0o600 });
  }, undefined);
}

const sessions = (): string[] =>
  quietly(() => readdirSync(folder()), [])
    .filter(name => name.startsWith('session-'))
    .map(name => ({ name, time: quietly(() => statSync(join(folder(), name)).mtimeMs, 0) }))
    .sort((a, b) => b.time - a.time)
    .map(({ name }) => name);

/** The entries of the session that was saved last; null when there is none. */
export function lastSession(): string[] | null {
  const [newest] = sessions();
  return newest === undefined ? null : texts(join(folder(), newest));
}

export class Saved {
  readonly #path: string;

  constructor() {
    this.#path = join(folder(), `session-${Date.now().toString(36)}-${process.pid}`);
    for (const old of sessions().slice(KEPT_SESSIONS)) quietly(() => rmSync(join(folder(), old)), undefined);
  }

  /** Beside the old one and put in its place: a kill in between loses at most the last line. */
  save(entries: readonly string[]): void {
    quietly(() => {
      makeFolder(folder(), 0o700);
      writeFileSync(`${this.#path}~`, entries.map(text => `${JSON.stringify(text)}\n`).join(''), { mode: 0o600 });
      renameSync(`${this.#path}~`, this.#path);
    }, undefined);
  }
}
