/**
 * How fast any step of a long run is shown: part of `npm run bench`. In: a program of more than a million steps that allocates and frees all the
 * time. Out: milliseconds of processor time (this machine may be shared) for seeks to random steps and back by one, a picture of the step
 * included, and what the session takes in memory; exit 1 when the promise is broken: 100 ms at the 95th percentile, 300 MB.
 * What is measured is bundled as the product is; it stands in `dist` for that time, where the library is.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { takePicture } from '../../vm/picture/take.ts';
import { openTimeline } from '../../vm/watch/session.ts';
import { compiled } from '../compiled.ts';

const text = `struct Node:
    value: i32
    next: Option[Box[Node]]

fn churn(n: i32) -> i32:
    let mut list: Option[Box[Node]] = None
    for i in 0..n:
        list = Some(Box::new(Node { value: i, next: list }))
    let mut sum: i32 = 0
    let mut at = &list
    while let Some(node) = at:
        sum = sum.wrapping_add(node.value)
        at = &node.next
    sum

fn main():
    let mut v: Vec[i32] = Vec::new()
    let mut total: i32 = 0
    for round in 0..1500:
        total = total.wrapping_add(churn(120))
        v.push(total)
        if v.len() > 100: v.clear()
        let mut i = 0
        while i < 50:
            total ^= i
            i += 1
    println("{}", total)
`;

const used = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const at = (values: readonly number[], part: number): number => values[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;
const show = (what: string, values: number[]): number => {
  values.sort((a, b) => a - b);
  process.stdout.write(`${what.padEnd(28)} median ${at(values, 0.5).toFixed(1)} ms   95% ${at(values, 0.95).toFixed(1)} ms   most ${at(values, 1).toFixed(1)} ms\n`);
  return at(values, 0.95);
};

function bench(): void {
  const timeline = openTimeline(compiled('seek.altru', text));
  let before = used();
  timeline.seek(Number.MAX_SAFE_INTEGER);
  const total = timeline.total ?? 0;
  process.stdout.write(`${total} steps in ${(used() - before).toFixed(0)} ms, ${timeline.kept().frames} key frames of ${(timeline.kept().bytes / 1e6).toFixed(0)} MB together\n`);

  let state = 12345;
  const next = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  const measure = (go: () => void): number => {
    before = used();
    go();
    takePicture(timeline.machine, { mostBlocks: 200 });
    return used() - before;
  };
  for (let i = 0; i < 20; i++) measure(() => void timeline.seek(Math.floor(next() * total)));
  const seeks = Array.from({ length: 200 }, () => measure(() => void timeline.seek(Math.floor(next() * total))));
  const far = show('seek to any step', seeks);
  timeline.seek(Math.floor(total * 0.7));
  const near = show('back by one step', Array.from({ length: 200 }, () => measure(() => void timeline.back('statement'))));
  const memory = process.memoryUsage().rss / 1e6;
  process.stdout.write(`memory of the process         ${memory.toFixed(0)} MB\n`);
  if (total < 1_000_000 || far > 100 || near > 100 || memory > 300) {
    process.stdout.write('the promise is broken: 100 ms at the 95th percentile, 300 MB, for a million steps\n');
    process.exitCode = 1;
  }
}

if (process.argv[2] === 'inner') bench();
else {
  const { build } = await import('esbuild');
  const outfile = join(import.meta.dirname, `../../dist/seek-bench-${process.pid}.mjs`);
  await build({
    entryPoints: [import.meta.filename], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20', external: ['esbuild'], logLevel: 'error',
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" }, define: { ALTRU_VERSION: '"bench"' },
  });
  const { status } = spawnSync(process.execPath, [outfile, 'inner'], { stdio: 'inherit' });
  rmSync(outfile, { force: true });
  process.exitCode = status ?? 1;
}
