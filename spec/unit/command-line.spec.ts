/**
 * The command line end to end: the built `altru` as a user runs it, each claim a process or two. In: `dist/`, made by the build. Claims
 * are about exit codes, streams, JSON against its schema, and bad input that must get a clear problem and never a stack trace.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import * as assert from 'uvu/assert';
import { commands } from '../../bin/commands.ts';
import { suite } from '../suite.ts';

const claim = suite('command line');
const top = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'altru-cli-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

function altru(args: readonly string[], input = ''): Ran {
  const ran = spawnSync(process.execPath, [join(top, 'dist/altru.mjs'), ...args], { cwd: work, input, encoding: 'utf8', timeout: 60_000, env: { ...process.env, NO_COLOR: '1', LANG: 'C', LC_ALL: 'C' } });
  assert.not.match(ran.stderr, /^\s+at .*(node:|\.m?[jt]s:\d+)/m, 'no JavaScript stack trace');
  return { exit: ran.status, out: ran.stdout, err: ran.stderr };
}

function file(name: string, text: string | Buffer): string {
  writeFileSync(join(work, name), text);
  return name;
}

const validator = (name: string): ((value: unknown) => void) => {
  const schema: unknown = JSON.parse(readFileSync(join(top, 'lib/report', name), 'utf8'));
  const check = new Ajv({ allErrors: true }).compile(schema as object);
  return value => assert.ok(check(value), JSON.stringify(check.errors));
};

claim('a program runs, from a file and from standard input', () => {
  assert.equal(altru([file('hello.altru', 'fn main(): println("hello")\n')]), { exit: 0, out: 'hello\n', err: '' });
  assert.equal(altru(['-'], 'println("{}", 6 * 7)\n').out, '42\n');
  assert.equal(altru(['run', file('args.altru', 'for a in args().skip(1): println("{a}")\n'), 'one', '--two']).out, 'one\n--two\n');
});

claim('exit codes are what the reference says', () => {
  assert.is(altru(['-'], 'std::process::exit(3)\n').exit, 3);
  assert.is(altru(['-'], 'let x: i32 = "text"\n').exit, 1);
  assert.is(altru(['no-such-command']).exit, 2);
  assert.is(altru(['run', '--no-such-option', 'x.altru']).exit, 2);
  assert.is(altru(['-'], 'panic("no")\n').exit, 101);
  assert.is(altru(['-'], '@allow(E2004)\nfn twice():\n    let p = alloc(4)\n    free(p)\n    free(p)\ntwice()\n').exit, 77);
  assert.is(altru(['-'], 'let p = alloc(4)\n*p = 1\n').exit, 78);
  assert.is(altru(['run', '--fuel', '1000', '-'], 'loop: pass\n').exit, 124);
  assert.is(altru(['-'], 'fn f(n: u64) -> u64: f(n + 1) + 1\nprintln("{}", f(0))\n').exit, 101);
});

claim('check --json keeps its schema, with and without problems', () => {
  const valid = validator('check.schema.json');
  valid(JSON.parse(altru(['check', '--json', file('good.altru', 'fn main(): pass\n')]).out));
  const bad = altru(['check', '--json', file('bad.altru', 'fn main():\n    let a = String::new()\n    let b = a\n    println("{a}")\n')]);
  const value = JSON.parse(bad.out) as { problems: { code: string; line: number }[] };
  valid(value);
  assert.is(bad.exit, 1);
  assert.equal(value.problems.filter(one => one.code === 'E0382').map(one => one.line), [4]);
});

claim('run --report keeps its schema for a good end, a panic, a memory error and a leak', () => {
  const valid = validator('run.schema.json');
  const reportOf = (text: string): { exit: number; stop: null | { kind: string; at: { line: number } }; leaks: unknown[] } => {
    altru(['run', '--report', 'report.json', '-'], text);
    const value: unknown = JSON.parse(readFileSync(join(work, 'report.json'), 'utf8'));
    valid(value);
    return value as { exit: number; stop: null | { kind: string; at: { line: number } }; leaks: unknown[] };
  };
  assert.is(reportOf('println("x")\n').stop, null);
  assert.is(reportOf('println("x")\npanic("y")\n').stop?.at.line, 2);
  const freed = reportOf('@allow(E2003)\nfn late():\n    let p = alloc(4)\n    free(p)\n    *p = 2\nlate()\n');
  assert.is(freed.stop?.kind, 'heap-use-after-free');
  assert.is(freed.stop?.at.line, 5);
  const leak = reportOf('let p = alloc(4)\n*p = 1\n');
  assert.is(leak.exit, 78);
  assert.is(leak.leaks.length, 1);
});

claim('bad input gets a clear problem', () => {
  assert.match(altru(['missing.altru']).err, /E1090/);
  assert.match(altru(['./']).err, /E1091/);
  assert.match(altru([file('binary.altru', Buffer.from([102, 110, 0, 1]))]).err, /E1093/);
  assert.match(altru([file('latin.altru', Buffer.from([0x70, 0xe9, 0x0a]))]).err, /E1094/);
  assert.is(altru([file('bom.altru', '\ufeffprintln("bom")\r\nprintln("crlf")\r\n')]).out, 'bom\ncrlf\n');
  assert.is(altru([file('empty.altru', '')]).exit === 70, false);
  assert.is(altru([file('deep.altru', `let x = ${'('.repeat(100_000)}1${')'.repeat(100_000)}\n`)]).exit, 1);
  assert.is(altru(['check', file('long.altru', `let x = "${'a'.repeat(10_000_000)}"\n`)]).exit === 70, false);
});

claim('fmt writes the canonical form, and --check tells', () => {
  const name = file('form.altru', 'fn main( ) :\n  println( "x" )\n');
  assert.is(altru(['fmt', '--check', name]).exit, 1);
  assert.is(altru(['fmt', name]).exit, 0);
  assert.is(altru(['fmt', '--check', name]).exit, 0);
  assert.is(readFileSync(join(work, name), 'utf8'), 'fn main():\n    println("x")\n');
});

claim('of a very long line what is spoken of is shown, with its surroundings', () => {
  const name = file('long-line.altru', `fn main():\n    let s = "${'a'.repeat(5000)}" + 1; println("${'b'.repeat(3000)}")\n`);
  const { err, exit } = altru(['check', name]);
  assert.is(exit, 1);
  assert.match(err, /…a+" \+ 1; println/);
  for (const line of err.split('\n')) assert.ok(line.length < 260, `a line of ${line.length} columns`);
});

claim('show prints each shape, explain knows a code, new makes a program that runs', () => {
  const name = file('shown.altru', 'fn twice(n: i32) -> i32: n * 2\nfn main(): println("{}", twice(4))\n');
  for (const shape of ['tree', 'flow', 'code']) assert.match(altru(['show', shape, name, 'twice']).out, /twice/);
  assert.match(altru(['explain', 'E0382']).out, /borrow of moved value: `a`[^]* --> wrong\.altru:4:15/);
  assert.not.match(altru(['explain', 'all']).out, /\{\w+\}/);
  assert.match(altru(['explain', 'E0382', '--lang', 'zh']).out, /移/);
  assert.is(altru(['new', 'fresh']).exit, 0);
  assert.is(altru([join('fresh', 'main.altru')]).exit, 0);
  assert.is(altru(['new', 'fresh']).exit, 1);
});

claim('test runs what is marked and says what failed', () => {
  const name = file('tests.altru', '@test\nfn good(): assert_eq(1, 1)\n@test\nfn bad(): assert_eq(1, 2)\n@test\n@should_panic("x")\nfn panics(): panic("x")\n@test\nfn leaks():\n    let p = alloc(1)\n    *p = 1\n');
  const ran = altru(['test', name]);
  assert.is(ran.exit, 1);
  assert.match(ran.out, /2 passed, 2 failed/);
  assert.match(altru(['test', '--list', name]).out, /good\nbad\npanics\nleaks\n/);
  assert.match(altru(['test', '--format', 'tap', name]).out, /not ok 2 - bad/);
  assert.match(altru(['test', '--format', 'junit', name]).out, /failures="2"/);
});

claim('what the system refuses is said in a sentence, and is nobody\'s fault', () => {
  const name = file('hi.altru', 'println("hi")\n');
  const refused = (args: readonly string[], words: RegExp): void => {
    const ran = altru(args);
    assert.is(ran.exit, 1, ran.err);
    assert.match(ran.err, words);
    assert.not.match(ran.err, /fault in Altru/);
  };
  refused(['run', '--report', join('no', 'such', 'report.json'), name], /no such file or folder \(ENOENT\)/);
  refused(['run', '--report', '.', name], /it is a folder \(EISDIR\)/);
  refused(['build', name, '-o', join('no', 'such', 'out.altc')], /ENOENT/);
  refused(['new', join(name, 'inside')], /not a folder \(ENOTDIR\)/);
  if (!existsSync('/dev/full')) return;
  for (const args of [['run', name], ['--help'], ['explain', 'E0382'], ['check', '--json', name]]) {
    const full = openSync('/dev/full', 'w');
    const ran = spawnSync(process.execPath, [join(top, 'dist/altru.mjs'), ...args], { cwd: work, encoding: 'utf8', stdio: ['ignore', full, 'pipe'], timeout: 60_000 });
    closeSync(full);
    assert.is(ran.status, 1, `${args.join(' ')}: ${ran.stderr}`);
    assert.is(ran.stderr, 'altru: output cannot be written: no space left on the device (ENOSPC)\n');
  }
});

claim('no cache is needed: none can be made, it is no folder, or an entry is damaged', () => {
  const name = file('cached.altru', 'println("cached")\n');
  const run = (cache: string): string => spawnSync(process.execPath, [join(top, 'dist/altru.mjs'), name], { cwd: work, encoding: 'utf8', timeout: 60_000, env: { ...process.env, XDG_CACHE_HOME: cache, ALTRU_CACHE: '' } }).stdout;
  assert.is(run('/proc/none'), 'cached\n');
  assert.is(run(join(work, name)), 'cached\n');
  const cache = join(work, 'cache');
  assert.is(run(cache), 'cached\n');
  const [entry] = readdirSync(join(cache, 'altru')).filter(one => one.endsWith('.kept'));
  assert.ok(entry !== undefined);
  const path = join(cache, 'altru', entry ?? '');
  const whole = readFileSync(path);
  for (const damaged of [Buffer.alloc(0), whole.subarray(0, 200), Buffer.from('[]\n'), Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.alloc(64, 0xff), whole.subarray(whole.length / 2 + 64)])]) {
    writeFileSync(path, damaged);
    assert.is(run(cache), 'cached\n');
  }
});

claim('every option of every command is in its help, with examples, in two languages', () => {
  for (const { name } of commands) {
    const english = altru([name, '--help']);
    const chinese = altru(['--lang', 'zh', name, '--help']);
    assert.is(english.exit, 0);
    assert.match(english.out, /^usage: altru .*\n[^]*\nexamples:\n {2}(altru|echo)\b/, name);
    assert.match(chinese.out, /^用法：?:? ?altru .*\n[^]*\n例子:\n {2}(altru|echo)\b/, name);
    for (const line of chinese.out.split('\n').slice(1)) assert.ok(!/[a-z]{2,} [a-z]{2,} [a-z]{2,}/.test(line) || /\p{Script=Han}/u.test(line) || /^ {2}(altru|echo)\b/.test(line), line);
    for (const path of english.out.match(/\bsamples\/\S+\.altru/g) ?? []) assert.ok(existsSync(join(top, path)), path);
    const source = readFileSync(join(top, 'bin/commands', `${name === 'top' ? 'viz' : name}.ts`), 'utf8');
    for (const [, option = ''] of source.matchAll(/[{,]\s*'?([a-z-]+)'?: '(?:flag|values?)'/g)) {
      if (option === 'std') continue; // for those who build Altru
      assert.match(english.out, new RegExp(`\\s${option.length === 1 ? '-' : '--'}${option}\\b`), `${name}: ${option}`);
    }
  }
  assert.match(altru(['run', '--relase', 'x.altru']).err, /did you mean '--release'\?/);
  assert.is(altru(['--lang', 'zh', 'chek']).err, "altru: 没有命令 'chek'：是不是 'check'？\n试试 'altru --help'。\n");
  assert.is(altru(['--lang', 'zh', 'run', '--heap', 'much', 'x.altru']).err, "altru: '--heap' 需要 1000 或 64MiB 这样的数字，而不是 'much'\n");
});

claim('Ctrl-C ends a run at once: in a loop, compiled or not, and where it waits for input', async () => {
  const endless = file('endless.altru', 'let mut i: u64 = 0\nprintln("begun")\nloop:\n    i = i.wrapping_add(1)\n');
  const waits = file('waits.altru', 'println("begun")\nlet line = input()\nprintln("{line}")\n');
  for (const args of [[endless], ['run', '--release', endless], ['run', '--release', '--engine', 'eager', endless], [waits], ['run', '--release', waits]]) {
    const child = spawn(process.execPath, [join(top, 'dist/altru.mjs'), ...args], { cwd: work, stdio: ['pipe', 'pipe', 'pipe'] });
    const ended = new Promise<number>(resolve => child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : -1))));
    // What was printed comes at the latest with the first look at the world.
    await new Promise(resolve => child.stdout.once('data', resolve));
    await new Promise(resolve => setTimeout(resolve, 300));
    const start = performance.now();
    child.kill('SIGINT');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    assert.is(await ended, 130, args.join(' '));
    clearTimeout(late);
    assert.ok(performance.now() - start < 5_000, args.join(' '));
  }
});
