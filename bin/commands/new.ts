/**
 * `altru new NAME`: a folder with a first program. In: a name. Out: files; refuses to touch what exists.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Shared } from '../shared.ts';
import { makeFolder } from '../world/folder.ts';

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

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const name = args[0];
  if (name === undefined || name.startsWith('-')) {
    process.stderr.write(shared.language === 'zh' ? 'altru: new 需要一个名字\n' : "altru: 'new' needs a name\n");
    return 2;
  }
  if (existsSync(name)) {
    process.stderr.write(shared.language === 'zh' ? `altru: '${name}' 已经存在\n` : `altru: '${name}' exists already\n`);
    return 1;
  }
  makeFolder(name);
  writeFileSync(join(name, 'main.altru'), program(basename(name)));
  process.stdout.write(`${join(name, 'main.altru')}\n`);
  return 0;
}
