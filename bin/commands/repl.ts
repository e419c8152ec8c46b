/**
 * `altru` alone, and `altru repl`: a session, line by line (`bin/repl/README.md`). In: options. Out: the exit code of the session's end.
 * At a terminal it is a prompt; else the lines of standard input are fed to it and answers go out without escapes.
 */
import { Sources } from '../../lib/index.ts';
import type { Shared } from '../shared.ts';
import { holdAtTerminal, holdPiped } from '../repl/loop.ts';
import { lastSession } from '../repl/saved.ts';
import { Talk } from '../repl/talk.ts';
import { openLibrary } from '../world/library.ts';
import { parseOptions } from '../world/options.ts';
import { tryLoad } from '../world/source-file.ts';
import { wrongUse } from '../world/usage.ts';

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const options = parseOptions(args, { resume: 'flag', 'no-heap': 'flag', std: 'value' }, true);
  if ('wrong' in options) return wrongUse(options.wrong);
  const sources = new Sources();
  const library = openLibrary(sources, options.values.get('std'));
  const base = { sources, library, load: (path: string) => tryLoad(sources, path) };
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const talk = new Talk(shared, sources, interactive);
  const resume = options.flags.has('resume') ? lastSession() : null;
  if (options.flags.has('resume') && resume === null) talk.note(talk.words.noSession);
  return (interactive ? holdAtTerminal : holdPiped)(base, talk, { heap: !options.flags.has('no-heap'), resume, args: options.rest });
}
