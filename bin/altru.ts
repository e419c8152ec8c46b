#!/usr/bin/env node
/**
 * The file that `altru` begins with. In: `process.argv`. Out: the command has run. What is started often and should be quick (`run`, `check`)
 * comes from parts that are compiled already (`world/parts.ts`), where there are any; all else is loaded as modules.
 */
import { openParts } from './world/parts.ts';

const QUICK = /^(run|check)$|\.(altru|altc)$/;

const here = new URL(import.meta.url);
const parts = QUICK.test(process.argv[2] ?? '') ? openParts(here) : null;
const { start } = parts === null ? await import('./main.ts') : parts.main();
await start(here);
