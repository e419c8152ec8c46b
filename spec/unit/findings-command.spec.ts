/**
 * `altru run` with `--halt-on`, `--suppress` and `--shadow`, and what its report tells: the built command as a user runs it. In: `dist/`, made by the build. What each kind
 * of finding does to the rest of a run is told by `programs/findings`, what variables hold by `programs/values`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import * as assert from 'uvu/assert';
import { nextStep } from '../../lib/index.ts';
import type { RunReport } from '../../bin/world/run-report.ts';
import { faultCodes } from '../../vm/index.ts';
import { suite } from '../suite.ts';

const claim = suite('findings');
const top = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'altru-findings-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
  readonly report: RunReport;
}

const schema: unknown = JSON.parse(readFileSync(join(top, 'lib/report/run.schema.json'), 'utf8'));
const fits = new Ajv({ allErrors: true }).compile(schema as object);

function run(options: readonly string[], text: string, shared: readonly string[] = []): Ran {
  writeFileSync(join(work, 'program.altru'), text);
  const ran = spawnSync(process.execPath, [join(top, 'dist/altru.mjs'), ...shared, 'run', '--report', 'report.json', ...options, 'program.altru'], { cwd: work, encoding: 'utf8', timeout: 60_000, env: { ...process.env, NO_COLOR: '1', LANG: 'C', LC_ALL: 'C' } });
  assert.not.match(ran.stderr, /^\s+at .*(node:|\.m?[jt]s:\d+)/m, 'no JavaScript stack trace');
  const value: unknown = JSON.parse(readFileSync(join(work, 'report.json'), 'utf8'));
  assert.ok(fits(value), JSON.stringify(fits.errors));
  return { exit: ran.status, out: ran.stdout, err: ran.stderr, report: value as RunReport };
}

const refused = (options: readonly string[], words: RegExp): void => {
  const ran = spawnSync(process.execPath, [join(top, 'dist/altru.mjs'), 'run', ...options, 'program.altru'], { cwd: work, encoding: 'utf8', timeout: 60_000 });
  assert.is(ran.status, 2, ran.stderr);
  assert.match(ran.stderr, words);
};

const THREE = `fn finish(p: *mut i32): free(p)
fn last(p: *mut i32, n: usize) -> i32:
    p[n - 1]

fn main():
    let p = alloc_array[i32](4)
    for i in 0..4: p[i] = 7
    finish(p)
    println("{}", last(p, 4))
    finish(p)
    let q = alloc_zeroed(4)
    println("{}", q[args().count() + 3])
    free(q)
    println("the end")
`;

claim('a run stops at the first finding, unless it is told otherwise', () => {
  for (const options of [[], ['--halt-on', 'first'], ['--halt-on=1']]) {
    const { exit, out, err, report } = run(options, THREE);
    assert.is(exit, 77);
    assert.is(out, '');
    assert.equal(report.findings.map(({ kind }) => kind), ['heap-use-after-free']);
    assert.is(err.match(/^[a-z-]+ \[R\d+\]/gm)?.length, 1);
    assert.is(report.stop?.at.line, 3);
  }
});

claim('--halt-on never tells all in order, as they come, and ends with 77; the first is the stop', () => {
  const { exit, out, err, report } = run(['--halt-on', 'never'], THREE);
  assert.is(exit, 77);
  assert.is(out, '7\n0\nthe end\n');
  const all = [['R4004', 3], ['R4027', 1], ['R4003', 12]];
  assert.equal(report.findings.map(({ code, at }) => [code, at.line]), all);
  assert.equal([...err.matchAll(/^[a-z-]+ \[(R\d+)\].*\n +--> program\.altru:(\d+)/gm)].map(([, code, line]) => [code, Number(line)]), all);
  assert.equal(report.stop, report.findings[0]);
  assert.is(report.exit, 77);
  assert.match(err, /3 findings: R4004 ×1, R4027 ×1, R4003 ×1\n$/);
});

claim('--halt-on N ends at that finding, which is the stop', () => {
  const { exit, out, report } = run(['--halt-on', '2'], THREE);
  assert.is(exit, 77);
  assert.is(out, '7\n');
  assert.equal(report.findings.map(({ code }) => code), ['R4004', 'R4027']);
  assert.is(report.stop?.code, 'R4027');
  assert.is(run(['--halt-on', '9'], 'println("fine")\n').exit, 0);
});

claim('--suppress lets findings pass by code and function, counts them, and tells what never matched', () => {
  const one = run(['--suppress', 'R4004:last', '--suppress', 'R4027:fin*', '--suppress', 'R4010:main'], THREE);
  assert.is(one.exit, 77);
  assert.is(one.out, '7\n');
  assert.equal(one.report.findings.map(({ code }) => code), ['R4003']);
  assert.equal(one.report.suppressed, [{ suppression: 'R4004:last', count: 1 }, { suppression: 'R4027:fin*', count: 1 }]);
  assert.equal(one.report.idle, ['R4010:main']);
  assert.match(one.err, /suppressed: R4004:last ×1, R4027:fin\* ×1\nthis suppression never matched: R4010:main\n$/);
  writeFileSync(join(work, 'known.txt'), '# known and harmless\n\nR4004 last   # until the list is gone\nR40* main\r\nR4027 finish\n');
  const all = run(['--suppress', 'known.txt'], THREE);
  assert.is(all.exit, 0);
  assert.is(all.out, '7\n0\nthe end\n');
  assert.is(all.report.stop, null);
  assert.match(all.err, /^suppressed: R4004:last ×1, R40\*:main ×\d, R4027:finish ×1\n$/);
  assert.is(run(['--suppress', 'R4004:other'], THREE).report.stop?.code, 'R4004');
});

claim('leaks are suppressed by the function that allocated', () => {
  const text = 'fn keep(n: usize):\n    let p = alloc(n)\n    *p = 1\nfn other():\n    let p = alloc(3)\n    *p = 1\nfn main():\n    keep(1)\n    keep(2)\n    other()\n';
  const one = run(['--suppress', 'R4040:keep'], text);
  assert.is(one.exit, 78);
  assert.equal(one.report.leaks.filter(({ kind }) => kind === 'definite').map(({ bytes }) => bytes), [3]);
  assert.equal(one.report.suppressed, [{ suppression: 'R4040:keep', count: 2 }]);
  assert.is(run(['--suppress', 'R4040'], text).exit, 0);
});

claim('values of these options that are none are refused', () => {
  for (const value of ['0', 'always', '1.5', '-1']) refused([`--halt-on=${value}`], /'--halt-on' takes first, never or a number from 1, not /);
  refused(['--suppress', 'R4999:main'], /no problem 'R4999'/);
  refused(['--suppress', 'E0382'], /'--suppress' takes a code such as R4004:name, or a file of them, not 'E0382'/);
  refused(['--suppress', 'missing.txt'], /not 'missing\.txt'/);
  writeFileSync(join(work, 'wrong.txt'), 'R4004 main\nwhatever this is\n');
  refused(['--suppress', 'wrong.txt'], /line 2 of 'wrong\.txt' is no suppression/);
});

claim('--shadow shows the bytes around the address with their meaning, in the report as data too', () => {
  const { err, report } = run(['--shadow'], THREE);
  const { shadow } = report.stop ?? {};
  assert.ok(shadow !== undefined);
  if (shadow === undefined) return;
  const row = shadow.rows[shadow.row];
  assert.is(row?.bytes[shadow.column], 0xfd);
  assert.equal([...shadow.rows.map(({ address }) => address)], [...shadow.rows.map(({ address }) => address)].sort((a, b) => a - b));
  assert.is(shadow.legend.find(({ code }) => code === 0xfd)?.means, 'freed');
  assert.match(err, /\n {2}=> {2}0x[0-9a-f]{8} .*\[fd\]/);
  assert.match(err, /\n {6}fd {5}freed\n/);
  assert.is(run([], THREE).report.stop?.shadow, undefined);
});

claim('the report goes from the message to what to try, in both languages', () => {
  const english = run([], THREE).err;
  const order = ['heap-use-after-free [R4004]', '[------------XXXX]', 'touched at', 'born: allocated at', 'died: released at', 'values', 'last  p: *mut i32 ⇢ b1 ✗, n: usize = 4', 'why:', 'try:', 'altru viz --at fault program.altru', 'altru explain R4004'].map(text => english.indexOf(text));
  assert.ok(order.every((at, i) => at >= 0 && (i === 0 || at > (order[i - 1] ?? 0))), `${order.join()}\n${english}`);
  const chinese = run(['--shadow', '--halt-on', 'never', '--suppress', 'R4027', '--suppress', 'R4010'], THREE, ['--lang', 'zh']).err;
  for (const text of ['变量的值', '建议: ', '用图画查看: altru viz', '影子内存', '已释放', '共发现 2 处', '已抑制：R4027 ×1', '从未匹配的抑制规则：R4010']) assert.ok(chinese.includes(text), `${text}\n${chinese}`);
  for (const line of chinese.split('\n')) if (!/`|altru | 0x|program\.altru|\||  (main|last|finish) /.test(line)) assert.not.match(line, /[a-z]{2,} [a-z]{2,} [a-z]{2,}/, line);
});

claim('a panic that ends the run has its values in the report, though its calls are gone', () => {
  const { exit, report } = run([], 'fn at(v: &Vec[i32], i: usize) -> i32: v[i]\nfn main():\n    let v = Vec::from([1, 2])\n    println("{}", at(&v, 5))\n');
  assert.is(exit, 101);
  assert.equal(report.findings, []);
  assert.equal(report.stop?.frames.map(({ function: name, variables }) => [name, ...variables.map(each => `${each.name}: ${each.value}`)]), [['at', 'v: &[1, 2]', 'i: 5'], ['main', 'v: [1, 2]']]);
});

claim('whatever the memory finds wrong has a next step', () => {
  assert.equal([...Object.values(faultCodes), 'R4040'].filter(code => !/\p{Script=Han}/u.test(nextStep(code)?.zh ?? '') || nextStep(code)?.en === ''), []);
});
