/**
 * Makes a folder and those above it. In: a path. Out: nothing; throws the system's error. Node's own recursive form never ends below
 * `/proc`, where a folder can be neither made nor found missing.
 */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export function makeFolder(path: string, mode?: number): void {
  const missing: string[] = [];
  for (let at = resolve(path); !isThere(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  for (const one of missing) {
    try {
      mkdirSync(one, mode);
    } catch (error) {
      // Somebody else was quicker.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST') || !statSync(one).isDirectory()) throw error;
    }
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
