/**
 * `altru heap` and failing allocations: what is told agrees with the heap's own statistics, and the files for other programs have the shape
 * that these read. In: `dist/` and small programs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { suite } from '../suite.ts';

const claim = suite('altru heap');
const top = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'altru-heap-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

function altru(...args: string[]): { readonly exit: number | null; readonly out: string; readonly err: string } {
  const ran = spawnSync(process.execPath, [join(top, 'dist/altru.mjs'), ...args], { cwd: work, encoding: 'utf8', timeout: 60_000, env: { ...process.env, NO_COLOR: '1', LANG: 'C', LC_ALL: 'C' } });
  return { exit: ran.status, out: ran.stdout, err: ran.stderr };
}

const file = (name: string, text: string): string => {
  writeFileSync(join(work, name), text);
  return name;
};

const grower = file('grower.altru', `fn keep(n: i32) -> Vec[Box[i32]]:
    let mut v = Vec::new()
    for i in 0..n:
        v.push(Box::new(i))
    v

fn touch():
    let p = alloc(8) as *mut u32
    p[0] = 1
    println("{}", p[0] + p[0])
    free(p)

fn main():
    touch()
    touch()
    let mut raw = alloc(4)
    for i in 1..6: raw = realloc(raw, 4 << i)
    let v = keep(40)
    println("{}", v.len())
    free(raw)
    println("done")
`);

interface Site {
  readonly stack: readonly { readonly function: string; readonly line: number }[];
  readonly blocks: number;
  readonly bytes: number;
  readonly atPeak: number;
  readonly neverRead: number;
  readonly neverWritten: number;
  readonly reads: number;
  readonly chain: number;
  readonly readsAt: readonly number[];
}
interface Profile {
  readonly blocks: number;
  readonly bytes: number;
  readonly steps: number;
  readonly peak: { readonly bytes: number; readonly step: number };
  readonly end: { readonly bytes: number };
  readonly sites: readonly Site[];
  readonly timeline: readonly { readonly bytes: number }[];
}
const profileOf = (...args: string[]): Profile => JSON.parse(altru('heap', '--json', ...args).out) as Profile;
const isAt = (site: Site, line: number): boolean => site.stack.some(frame => frame.line === line);

claim('its numbers are the statistics of the run', () => {
  const profile = profileOf(grower);
  altru('run', '--report', 'report.json', grower);
  const { stats } = JSON.parse(readFileSync(join(work, 'report.json'), 'utf8')) as { stats: { totalAllocated: number; allocationCount: number; peakUsage: number; currentUsage: number } };
  assert.is(profile.bytes, stats.totalAllocated);
  assert.is(profile.blocks, stats.allocationCount);
  assert.is(profile.peak.bytes, stats.peakUsage);
  assert.is(profile.end.bytes, stats.currentUsage);
  assert.is(profile.sites.reduce((sum, site) => sum + site.atPeak, 0), profile.peak.bytes);
  assert.is(Math.max(...profile.timeline.map(({ bytes }) => bytes)), profile.peak.bytes);
});

claim('each place has its counts, its chain of reallocs, and what was never read', () => {
  const { sites } = profileOf(grower);
  const pairs = sites.filter(site => isAt(site, 8));
  assert.is(pairs.reduce((sum, site) => sum + site.blocks, 0), 2);
  assert.is(pairs.reduce((sum, site) => sum + site.neverRead, 0), 8, 'the second number of both');
  assert.is(pairs.reduce((sum, site) => sum + site.neverWritten, 0), 8);
  assert.is(pairs.reduce((sum, site) => sum + site.reads, 0), 16);
  assert.equal(pairs[0]?.readsAt, [2, 0, 0, 0, 0, 0, 0, 0]);
  assert.is(Math.max(...sites.filter(site => isAt(site, 17)).map(site => site.chain)), 5);
});

claim('the text shows the peak, the plot, the table and fragmentation; the program\'s output comes first', () => {
  const { out, exit } = altru('heap', grower);
  assert.is(exit, 0);
  assert.ok(out.startsWith('2\n2\n40\ndone\n'));
  for (const word of [/^peak /m, /who held the peak/, /└─*┴─*→/, /by place/, /grown by realloc/, /accesses by field/, /fragmentation/]) assert.match(out, word);
});

claim('speedscope, pprof and DHAT get what they read', () => {
  const scope = JSON.parse(altru('heap', '--export', 'speedscope', grower).out) as { profiles: { samples: number[][]; weights: number[]; endValue: number }[]; shared: { frames: unknown[] } };
  const profile = profileOf(grower);
  assert.is(scope.profiles[0]?.endValue, profile.peak.bytes);
  for (const { samples, weights } of scope.profiles) {
    assert.is(samples.length, weights.length);
    assert.ok(samples.flat().every(frame => frame >= 0 && frame < scope.shared.frames.length));
  }
  assert.is(altru('heap', '--export', 'pprof', '-o', 'heap.pb.gz', grower).exit, 0);
  const raw = gunzipSync(readFileSync(join(work, 'heap.pb.gz')));
  for (const word of ['alloc_space', 'inuse_space', 'keep', 'grower.altru']) assert.ok(raw.includes(word), word);
  assert.is(raw[0], 10, 'begins with a sample type');
  const dhat = JSON.parse(altru('heap', '--export', 'dhat', grower).out) as { dhatFileVersion: number; ftbl: string[]; pps: { tb: number; fs: number[]; gb: number }[] };
  assert.is(dhat.dhatFileVersion, 2);
  assert.is(dhat.ftbl[0], '[root]');
  assert.is(dhat.pps.reduce((sum, { tb }) => sum + tb, 0), profile.bytes);
  assert.ok(dhat.pps.every(({ fs }) => fs.every(frame => frame > 0 && frame < dhat.ftbl.length)));
});

claim('a drawing marks the peak', () => {
  assert.is(altru('heap', '--svg', 'heap.svg', grower).exit, 0);
  const svg = readFileSync(join(work, 'heap.svg'), 'utf8');
  assert.match(svg, /^<svg [^>]*viewBox/);
  assert.match(svg, />peak \d/);
});

claim('two profiles are compared, and two moments', () => {
  writeFileSync(join(work, 'a.json'), altru('heap', '--json', grower).out);
  const more = file('more.altru', readFileSync(join(work, grower), 'utf8').replace('keep(40)', 'keep(50)'));
  writeFileSync(join(work, 'b.json'), altru('heap', '--json', more).out);
  const { out } = altru('heap', '--diff', 'a.json', 'b.json');
  assert.match(out, /blocks {2}\d+ → \d+/);
  assert.match(out, /\+10 .*keep/);
  assert.match(altru('heap', '--diff', 'a.json', 'a.json').out, /no place differs/);
  assert.match(altru('heap', '--between', '0%..100%', grower).out, /from step 0 to step/);
  assert.is(altru('heap', '--diff', 'a.json').exit, 2);
  assert.is(altru('heap', '--diff', grower, grower).exit, 2);
});

const list = file('list.altru', `fn push(v: i32) -> *mut i32:
    let p = alloc(4) as *mut i32
    *p = v
    p

fn pair() -> i32:
    let p = alloc(4)
    if p == null: return 1
    let q = alloc(4)
    if q == null: return 2
    free(q)
    free(p)
    0

@test
fn unchecked(): free(push(3))

@test
fn forgets(): println("{}", pair())

@test
fn grows():
    let mut v = Vec::new()
    for i in 0..10: v.push(i)

@test
fn asserts():
    let p = alloc(4)
    assert(p != null)
    free(p)

fn main(): println("{}", pair())
`);

claim('each allocation fails once, and what is wrong on the error path is told with the command that repeats it', () => {
  const { out, exit } = altru('test', list, '--fail-alloc', 'all');
  assert.is(exit, 1);
  assert.match(out, /FAIL unchecked\n/);
  assert.match(out, /FAIL forgets\n/);
  assert.match(out, /ok {3}grows\n/);
  assert.match(out, /ok {3}asserts\n/);
  assert.match(out, /when allocation 1 fails \(4 bytes, list\.altru:2:13\): null-dereference at list\.altru:3:/);
  assert.match(out, /again: altru test list\.altru forgets --exact --fail-alloc 2/);
  const again = altru('test', list, 'forgets', '--exact', '--fail-alloc', '2');
  assert.is(again.exit, 1);
  assert.match(again.out, /`p` held the last pointer to it and went out of scope/);
  assert.is(altru('test', list, '--fail-alloc', '0').exit, 2);
  assert.is(altru('run', list, '--fail-alloc', '2').exit, 0, 'options after the file are the program\'s');
  assert.is(altru('run', '--fail-alloc', '2', list).exit, 78);
});
