/**
 * `altru test`: what the chapter on tests promises is what the command says, and the formats for other programs keep their shape. In: `dist/` and the
 * fences of `rules/tests.md`, whose tests have `# passes`, `# fails: text` or `# skipped` behind them.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { withDifference } from '../../bin/world/difference.ts';
import { suite } from '../suite.ts';

const claim = suite('altru test');
const top = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'altru-test-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

function altru(...args: string[]): { readonly exit: number | null; readonly out: string; readonly err: string } {
  const ran = spawnSync(process.execPath, [join(top, 'dist/altru.mjs'), 'test', ...args], { cwd: work, encoding: 'utf8', timeout: 60_000, env: { ...process.env, NO_COLOR: '1', LANG: 'C', LC_ALL: 'C' } });
  return { exit: ran.status, out: ran.stdout, err: ran.stderr };
}

function file(name: string, text: string): string {
  writeFileSync(join(work, name), text);
  return name;
}

/** What is told of one test below the list of all. */
const toldOf = (out: string, name: string): string => out.split(/^(?=FAIL )/m).find(part => part.startsWith(`FAIL ${name} (`)) ?? '';

const fences = [...readFileSync(join(top, 'spec/rules/tests.md'), 'utf8').matchAll(/^```altru\n(.*?)^```$/gms)].map(match => match[1] ?? '').filter(text => /# (passes|fails|skipped)/.test(text));
fences.forEach((text, i) => {
  claim(`the chapter's program ${i + 1} does what stands beside its tests`, () => {
    const { out, exit } = altru(file(`fence${i}.altru`, text));
    const promised = [...text.matchAll(/^\s*fn (\w+)\(.*# (passes|fails|skipped)(?:: (.*))?$/gm)];
    assert.ok(promised.length > 0);
    for (const [, name = '', verdict, part = ''] of promised) {
      const line = out.split('\n').find(one => one.endsWith(` ${name}`) || one.endsWith(`::${name}`)) ?? '';
      assert.is(line.slice(0, 4).trim(), verdict === 'passes' ? 'ok' : verdict === 'fails' ? 'FAIL' : 'skip', `${name}: ${out}`);
      if (verdict === 'fails') assert.ok(toldOf(out, line.slice(5)).includes(part), `${name} tells ${JSON.stringify(part)}: ${out}`);
    }
    assert.is(exit, promised.some(one => one[2] === 'fails') ? 1 : 0);
    assert.match(out, new RegExp(`\n${promised.filter(one => one[2] === 'passes').length} passed, ${promised.filter(one => one[2] === 'fails').length} failed`));
    assert.not.match(out, /nobody sees this/);
  });
});

const several = file('several.altru', Array.from({ length: 9 }, (_, i) => `@test\nfn t${i}():\n    println("out of ${i}")\n    assert(${i} % 4 != 3, "<${i} & \\"x\\">")\n`).join(''));

claim('the order is the source\'s, whatever runs side by side', () => {
  for (const jobs of ['1', '4']) {
    const { out } = altru(several, '--jobs', jobs);
    assert.equal([...out.matchAll(/^(?:ok {2}|FAIL) (t\d)$/gm)].map(match => match[1]), Array.from({ length: 9 }, (_, i) => `t${i}`));
    assert.match(toldOf(out, 't3'), /out of 3/);
    assert.not.match(out, /out of 4/);
  }
});

claim('words choose by part of the name or by the whole of it; a folder stands for its programs', () => {
  mkdirSync(join(work, 'folder/inner'), { recursive: true });
  file('folder/inner/one.altru', '@test\nfn add(): pass\n@test\nfn add_more(): pass\n');
  assert.is(altru('--list', 'folder', 'add').out, 'add\nadd_more\n');
  assert.is(altru('--list', 'folder', '--exact', 'add').out, 'add\n');
  assert.match(altru('folder', 'none').out, /0 passed, 0 failed/);
  assert.is(altru('nothing').exit, 2);
});

claim('TAP has a plan, numbers, and diagnostics in YAML', () => {
  const { out, exit } = altru('--format', 'tap', several);
  assert.is(exit, 1);
  assert.match(out, /^TAP version 14\n1\.\.9\n/);
  assert.equal([...out.matchAll(/^(not )?ok (\d) - t\d$/gm)].map(match => `${match[1] ?? ''}${match[2]}`), ['1', '2', '3', 'not 4', '5', '6', '7', 'not 8', '9']);
  assert.match(out, /^ {2}allocationCount: \d+$/m);
  assert.is([...out.matchAll(/^ {2}---$/gm)].length, [...out.matchAll(/^ {2}\.\.\.$/gm)].length);
});

claim('JUnit counts by file and escapes what XML would misread', () => {
  const { out } = altru('--format', 'junit', several, 'folder');
  assert.match(out, /<testsuites name="altru" tests="11" failures="2" skipped="0"/);
  assert.match(out, /<testsuite name="several.altru" tests="9" failures="2"/);
  assert.match(out, /&lt;3 &amp; &quot;x&quot;&gt;/);
  assert.match(out, /<property name="peakUsage" value="\d+"\/>/);
  const tags = [...out.matchAll(/<(\/?)([a-z-]+)[^>]*?(\/?)>/g)].filter(tag => tag[3] === '');
  const open: string[] = [];
  for (const [, close, name] of tags) {
    if (close === '') open.push(name ?? '');
    else assert.is(open.pop(), name);
  }
  assert.equal(open, []);
});

claim('the difference marks what differs and nothing else', () => {
  const plain = (_style: string, text: string): string => text;
  const say = (left: string, right: string): string[] => withDifference(`assertion \`left == right\` failed\n  left: ${left}\n right: ${right}`, plain).split('\n').slice(1);
  assert.equal(say('1', '2'), ['  left: 1', ' right: 2']);
  assert.equal(say('"grey cat"', '"grey 猫 cat"'), ['  left: "grey cat"', ' right: "grey 猫 cat"', '              ~~~']);
  assert.equal(say('[1, 2, 3]', '[1, 3]'), ['  left: [1, 2, 3]', '            ~~~', ' right: [1, 3]']);
  assert.is(say('NaN', 'NaN').at(-1), 'both sides print the same, and are not equal');
  const long = (n: number): string => `[${Array.from({ length: 40 }, (_, i) => (i === n ? 'Some("x")' : 'None')).join(', ')}]`;
  const shown = say(long(10), long(30)).slice(2);
  assert.is(shown.filter(line => line.startsWith('  -') || line.startsWith('  +')).length, 3 + 3, shown.join('\n'));
  assert.ok(shown.includes('    …'));
  assert.is(withDifference('assertion `left != right` failed\n  left: 1\n right: 1', plain), 'assertion `left != right` failed\n  left: 1\n right: 1');
});
