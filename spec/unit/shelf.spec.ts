/** Code that the library's instances share: what one program of a process left on the shelf is right in the next, whose statics lie elsewhere. */
import * as assert from 'uvu/assert';
import { checkProgram, emitChecked, hasErrors, Sources } from '../../lib/index.ts';
import { createMachine, run } from '../../vm/index.ts';
import { openLibrary } from '../../bin/world/library.ts';
import { suite } from '../suite.ts';

const test = suite('shelf');
const sources = new Sources();
const library = openLibrary(sources, undefined);

function printed(name: string, text: string, profile: 'debug' | 'release'): string {
  const compilation = { sources, root: sources.add(name, text), library, load: () => null };
  const checked = checkProgram(compilation);
  assert.not.ok(hasErrors(checked.problems), name);
  const program = emitChecked(compilation, checked, { profile }).value;
  assert.ok(program !== null, name);
  let out = '';
  const machine = createMachine(program, {
    write: (_, bytes) => { out += Buffer.from(bytes).toString('utf8'); return bytes.length; },
    read: () => 0, args: [name], env: () => undefined, now: () => 0, wallClock: () => 0, sleep: () => undefined,
  });
  run(machine);
  return out;
}

const names = 'println("{} {}", std::any::type_name[i32](), std::any::type_name[Vec[u8]]())';
for (const profile of ['debug', 'release'] as const) {
  test(`names of types, in ${profile}`, () => {
    const first = printed('one.altru', `fn main(): ${names}\n`, profile);
    assert.match(first, /^i32 .*Vec\[u8\]\n$/);
    assert.is(printed('two.altru', `fn main():\n    println("texts {} that {} come {} before", "another", "and one more", 3)\n    ${names}\n`, profile), `texts another that and one more come 3 before\n${first}`);
    assert.is(printed('three.altru', `static TABLE: [u64; 9] = [7; 9]\nfn main():\n    ${names}\n    println("{}", TABLE[3])\n`, profile), `${first}7\n`);
  });
}
