/**
 * The last step of the build: checks the library, makes the code that most programs use, and writes the stored form. In: the folder of the
 * library's sources, the file of a program that says what is used. Out: one file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Sources, encodeLibrary } from '../lib/index.ts';
import { makeCommonCode } from './world/common-code.ts';
import { fromSources } from './world/library.ts';

export async function storeLibrary(folder: string, to: string, common: string): Promise<void> {
  const sources = new Sources();
  const library = fromSources(sources, folder);
  const files = sources.files.length;
  makeCommonCode(sources, library, [readFileSync(common, 'utf8')]);
  writeFileSync(to, encodeLibrary(library, sources, files));
}
