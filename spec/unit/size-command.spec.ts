/**
 * `altru show size`: instances stand under their generic function, the sums are right, and what is counted is what a file of code holds.
 * In: `dist/` and small programs.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { equal, ok } from 'uvu/assert';
import type { SizeReport } from '../../bin/world/code-size.ts';
import { suite } from '../suite.ts';

const test = suite('show size');
const altru = join(import.meta.dirname, '../../dist/altru.mjs');
const program = `@inline(never)
fn twice[T: Copy](x: T) -> (T, T): (x, x)
trait Area:
    fn area(&self) -> u32
struct A
struct B: n: u32
impl Area for A:
    fn area(&self) -> u32: 1
impl Area for B:
    fn area(&self) -> u32: self.n
@inline(never)
fn total(all: &[Box[dyn Area]]) -> u32: all.iter().map(fn(x): x.area()).sum()
fn main():
    println("{} {} {}", twice(1u8).0, twice(2u64).1, twice(1.5).0)
    println("{}", total(&[Box::new(A) as Box[dyn Area], Box::new(B { n: 2 })]))
`;

function show(...args: string[]): { readonly status: number | null; readonly out: string; readonly err: string } {
  const ran = spawnSync(process.execPath, [altru, 'show', ...args], { input: program, encoding: 'utf8', timeout: 60_000 });
  return { status: ran.status, out: ran.stdout, err: ran.stderr };
}

const report = (...more: string[]): SizeReport => JSON.parse(show('size', '--json', '-', ...more).out) as SizeReport;

test('instances of a generic function stand under it', () => {
  const { groups, totals, profile } = report();
  const twice = groups.find(group => group.name.endsWith('twice'));
  equal(twice?.instances.map(one => one.name).sort(), ['twice[f64]', 'twice[u64]', 'twice[u8]']);
  equal(twice?.at, { file: '<stdin>', line: 2 });
  equal([profile, twice?.library], ['debug', false]);
  for (const group of groups) {
    equal(group.bytes, group.instances.reduce((sum, one) => sum + one.bytes, 0));
    equal(group.instructions, group.instances.reduce((sum, one) => sum + one.instructions, 0));
    ok(group.instances.every(one => one.bytes >= one.instructions && one.instructions > 0), group.name);
  }
  equal(totals.bytes, groups.reduce((sum, one) => sum + one.bytes, 0));
  equal(totals.functions, groups.reduce((sum, one) => sum + one.instances.length, 0));
  equal(totals.groups, groups.length);
  equal(groups.map(one => one.bytes), groups.map(one => one.bytes).sort((a, b) => b - a));
  ok(groups.some(group => group.library && group.at?.file.startsWith('std/')));
});

test('words choose functions, and the table says what the data says', () => {
  const some = report('twice');
  equal(some.groups.length, 1);
  const { out } = show('size', '-', 'twice');
  const lines = out.trimEnd().split('\n');
  equal(lines.length, 6);
  const [group] = some.groups;
  ok(new RegExp(`^ +${group?.bytes} +${group?.instructions} +3  twice  <stdin>:2$`).test(lines[1] ?? ''), out);
  ok(new RegExp(`^ +${some.totals.bytes} +${some.totals.instructions} +3  1 function; `).test(lines[5] ?? ''), out);
});

test('wrong use is said', () => {
  equal(show('size').status, 2);
  equal(show('code', '--json', '-').status, 2);
});
