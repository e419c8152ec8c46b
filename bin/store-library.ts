/**
 * The last step of the build: checks the library and writes its stored form. In: the folder of its sources. Out: one file.
 */
import { writeFileSync } from 'node:fs';
import { Sources, encodeLibrary } from '../lib/index.ts';
import { fromSources } from './world/library.ts';

export async function storeLibrary(folder: string, to: string): Promise<void> {
  const sources = new Sources();
  const library = fromSources(sources, folder);
  writeFileSync(to, encodeLibrary(library, sources));
}
