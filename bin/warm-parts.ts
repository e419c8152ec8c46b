/**
 * The last step of the build: runs a program with the parts of `world/parts.ts` as they come from the bundler, and keeps what the engine has compiled
 * meanwhile beside each. In: a command line. Out: the parts' files, written anew. The compiled form holds the functions that such a run calls.
 */
import { writeFileSync } from 'node:fs';
import { HEAD, openParts } from './world/parts.ts';

const here = new URL(import.meta.url);
const parts = openParts(here);
if (parts === null) throw new Error('there are no parts');
await parts.main().start(here);
for (const [name, { script, source }] of parts.scripts) {
  writeFileSync(new URL(`${name}.part`, here), Buffer.concat([Buffer.from(`${String(source.length).padStart(HEAD)}${source}`, 'latin1'), script.createCachedData()]));
}
