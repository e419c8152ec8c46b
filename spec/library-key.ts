/** Where the stored library of a state of this checkout stands. In: the checkout. Out: a key, and the path for a key. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const top = join(import.meta.dirname, '..');

/** The library's files and the compiler that reads them, as one key: either changes, and the stored library is made anew. */
export function libraryKey(): string {
  const hash = createHash('sha1');
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (/\.(altru|ts|mjs)$/.test(entry.name)) hash.update(entry.name).update(readFileSync(path));
    }
  };
  visit(join(top, 'lib'));
  hash.update(readFileSync(join(top, 'bin', 'common-code.altru')));
  return hash.digest('hex').slice(0, 16);
}

export const storedPath = (key: string): string => join(top, 'node_modules', '.cache', 'altru', `library-${key}.txt`);
