/**
 * `altru new NAME`: a folder with a first program. In: a name. Out: files; refuses to touch what exists.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Shared } from '../shared.ts';
import { makeFolder } from '../world/folder.ts';
import { wrongUse } from '../world/usage.ts';

const program = (name: string): string => `## ${name}: run it with \`altru main.altru\`, watch it with \`altru check main.altru\`.
use std::mem::stats

struct Note:
    text: String

    impl Drop for Note:
        fn drop(self):
            println("bye, {self.text}")

fn main():
    let note = Note { text: String::from("hello") }
    println("{note.text} from ${name}")
    println("{} bytes on the heap", stats::current_usage())
`;

export async function run(args: readonly string[], _: Shared): Promise<number> {
  const name = args[0];
  if (name === undefined || name.startsWith('-')) {
    return wrongUse("'new' needs a name");
  }
  if (existsSync(name)) {
    wrongUse(`'${name}' exists already`);
    return 1;
  }
  makeFolder(name);
  writeFileSync(join(name, 'main.altru'), program(basename(name)));
  process.stdout.write(`${join(name, 'main.altru')}\n`);
  return 0;
}
