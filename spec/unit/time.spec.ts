/**
 * Time: a run gone forwards and backwards is the same run. For programs of the suite: the state at every step has one hash, however the session
 * came there; output and end are those of a plain run. Six of them here; `npm run fuzz:time` looks at 200. Then what a session is asked.
 */
import * as assert from 'uvu/assert';
import { takePicture } from '../../vm/picture/take.ts';
import { openTimeline } from '../../vm/watch/session.ts';
import type { Timeline } from '../../vm/watch/timeline.ts';
import { compiled, tryCompiled } from '../compiled.ts';
import { bothWays, timeCases } from '../both-ways.ts';
import { suite } from '../suite.ts';

const test = suite('time');
const PROGRAMS = 6;
/** Longer runs are looked at in their first steps. */
const STEPS = 80;

const cases = timeCases();

function* chosen(): Generator<{ name: string; timeline: Timeline; text: string }> {
  const step = Math.max(1, Math.floor(cases.length / PROGRAMS));
  let found = 0;
  for (let i = 3; i < cases.length && found < PROGRAMS; i += step) {
    const one = cases[i];
    const program = one === undefined ? null : tryCompiled(one.file, one.text);
    if (one === undefined || program === null) continue;
    found++;
    yield { name: one.name, timeline: openTimeline(program), text: one.text };
  }
}

test('forwards and backwards the same states, for programs of the suite', () => {
  let steps = 0;
  for (const { name, timeline } of chosen()) steps += bothWays(name, timeline.program, STEPS)?.looked ?? 0;
  assert.ok(steps > PROGRAMS * 3, `only ${steps} steps were looked at`);
});

const story = `struct Node:
    value: i32
    next: *mut Node

fn push(head: *mut Node, value: i32) -> *mut Node:
    let node = alloc(size_of[Node]()) as *mut Node
    node.value = value
    node.next = head
    node

fn main():
    let mut head: *mut Node = null
    let mut count = 0
    while count < 4:
        head = push(head, count * 10)
        count += 1
    let first = head
    first.value = 99
    head = head.next
    free(first)
    println("{}", count)
    let mut at = head
    while at != null:
        let next = at.next
        free(at)
        at = next
`;

test('units: lines, calls, the way out, the heap, there and back', () => {
  const t = openTimeline(compiled('story.altru', story));
  const line = (): number => takePicture(t.machine, { stretches: false }).at?.line ?? 0;
  assert.is(line(), 12);
  const lines: number[] = [];
  for (let i = 0; i < 4; i++) { t.forward('line'); lines.push(line()); }
  assert.equal(lines, [13, 14, 15, 6]);
  const inside = t.position;
  t.forward('out');
  assert.is(line(), 16);
  t.back('call');
  assert.is(t.position, inside);
  t.forward('heap');
  assert.is(line(), 7);
  t.back('heap');
  t.seek(inside);
  t.back('out');
  assert.is(line(), 15);
  t.forward('over');
  assert.is(line(), 16);
  for (const unit of ['statement', 'line', 'call', 'heap'] as const) {
    t.seek(0);
    const way: number[] = [];
    while (t.forward(unit).arrival === 'there') way.push(t.position);
    const back: number[] = [];
    while (t.back(unit).arrival === 'there') back.push(t.position);
    assert.equal(back.filter(p => p > 0), [...way].reverse(), unit);
  }
});

test('who wrote a byte, where a block was born and died, when a variable changed', () => {
  const t = openTimeline(compiled('story.altru', story));
  t.runToLine(21);
  const picture = takePicture(t.machine);
  const first = picture.frames[0]?.variables.find(v => v.name === 'first');
  const arrow = picture.arrows.find(a => a.from.kind === 'variable' && a.from.id === first?.id);
  assert.is(arrow?.standing, 'dangling');
  const block = picture.blocks.find(b => arrow?.to.kind === 'block' && b.id === arrow.to.id);
  if (block === undefined) throw new Error('the block is not in the picture');
  assert.is(block.standing, 'quarantined');
  const here = t.position;
  assert.is(t.lastWrite(block.address)?.line, 18);
  assert.is(t.lastWrite(block.address + 4)?.line, 8);
  assert.is(t.bornOf(block)?.line, 6);
  assert.is(t.diedOf(block)?.line, 20);
  assert.is(t.lastChange('count')?.line, 16);
  assert.is(t.lastChange('head')?.line, 19);
  assert.is(t.position, here, 'a question moves nothing');
  const died = t.diedOf(block)?.position ?? -1;
  t.seek(died);
  assert.is(takePicture(t.machine).blocks.find(b => b.id === block.id)?.standing, 'live');
  t.forward('statement');
  assert.is(takePicture(t.machine).blocks.find(b => b.id === block.id)?.standing, 'quarantined');
  assert.equal(t.heapDeeds(0, here).map(d => `${d.kind} ${d.line}`), ['born 6', 'born 6', 'born 6', 'born 6', 'died 20']);
  t.seek(0);
  const access = t.runTo(block.address, 4, 'write');
  assert.is(access.arrival, 'there');
  assert.is(takePicture(t.machine).at?.line, 7);
  assert.equal(t.accesses(block.address, 4, 0, t.seen).filter(d => d.kind === 'write').map(d => d.line), [7, 18]);
});

test('breakpoints with conditions, watchpoints, both ways', () => {
  const t = openTimeline(compiled('story.altru', story));
  const broken = t.breakAt({ line: 15, condition: 'count == 2 and head != null' });
  if ('wrong' in broken) throw new Error(broken.wrong);
  assert.is(t.resume().arrival, 'breakpoint');
  assert.is(takePicture(t.machine).frames[0]?.variables.find(v => v.name === 'count')?.text, '2');
  const here = t.position;
  assert.is(t.resume().arrival, 'end');
  assert.is(t.reverse().position, here);
  t.forget(broken.number);
  const watched = t.watch({ kind: 'variable', name: 'count' });
  if ('wrong' in watched) throw new Error(watched.wrong);
  t.seek(0);
  const seen: string[] = [];
  for (let stand = t.resume(); stand.arrival === 'watchpoint'; stand = t.resume()) seen.push(takePicture(t.machine).frames[0]?.variables.find(v => v.name === 'count')?.text ?? '');
  assert.equal(seen, ['1', '2', '3', '4']);
  assert.ok('wrong' in t.breakAt({ line: 15, condition: 'count ==' }));
  assert.ok('wrong' in t.breakAt({ line: 900 }));
  assert.ok('wrong' in t.watch({ kind: 'variable', name: 'nobody' }));
});

test('a panic shows the calls where it began, a fault the place of the fault', () => {
  const panicking = openTimeline(compiled('panic.altru', 'fn inner(n: i32) -> i32:\n    let held = Box::new(n)\n    if n == 0: panic("no more")\n    inner(n - 1) + *held\n\nfn main():\n    println("{}", inner(2))\n'));
  panicking.seek(Number.MAX_SAFE_INTEGER);
  const picture = takePicture(panicking.machine);
  assert.equal(picture.frames.map(f => f.function), ['inner', 'inner', 'inner', 'main']);
  assert.is(picture.stop?.kind, 'panic');
  assert.is(picture.statistics.liveBlocks, 3);
  assert.is(panicking.fault, panicking.total);
  assert.match(panicking.output, 'no more');
});

test('input that comes later stops the run where it is read, and stays part of it', () => {
  const text = 'use std::io\n\nfn main():\n    let mut line = String::new()\n    io::stdin().read_line(&mut line).unwrap()\n    println("[{}]", line.trim())\n    let mut more = String::new()\n    io::stdin().read_line(&mut more).unwrap()\n    println("[{}]", more.trim())\n';
  const t = openTimeline(compiled('read.altru', text), { input: 'later' });
  assert.is(t.seek(Number.MAX_SAFE_INTEGER).arrival, 'input');
  assert.ok(t.needsInput);
  t.provide(new TextEncoder().encode('one\n'));
  assert.is(t.seek(Number.MAX_SAFE_INTEGER).arrival, 'input');
  t.provide(new TextEncoder().encode('two\n'));
  t.provide(null);
  assert.is(t.seek(Number.MAX_SAFE_INTEGER).arrival, 'end');
  assert.is(t.output, '[one]\n[two]\n');
  const last = t.stateHash();
  t.seek(1);
  assert.is(t.seek(Number.MAX_SAFE_INTEGER).arrival, 'end');
  assert.is(t.output, '[one]\n[two]\n');
  assert.is(t.stateHash(), last);
});

test('what is supposed did not happen', () => {
  const t = openTimeline(compiled('story.altru', story));
  t.runToLine(17);
  const before = t.stateHash();
  const block = takePicture(t.machine).blocks[0];
  if (block === undefined) throw new Error('there is no block');
  const seen = t.suppose(m => void m.heap.free(block.address, 1, 0), m => takePicture(m).blocks.find(b => b.id === block.id)?.standing);
  assert.is(seen, 'quarantined');
  assert.is(t.stateHash(), before);
  assert.is(takePicture(t.machine).blocks.find(b => b.id === block.id)?.standing, 'live');
});

test('the activity of a run counts each birth and death once', () => {
  const t = openTimeline(compiled('story.altru', story));
  t.seek(Number.MAX_SAFE_INTEGER);
  t.seek(3);
  t.seek(Number.MAX_SAFE_INTEGER);
  const parts = t.activity(10);
  assert.is(parts.reduce((sum, p) => sum + p.births, 0), 4);
  assert.is(parts.reduce((sum, p) => sum + p.deaths, 0), 4);
  assert.is(Math.max(...parts.map(p => p.most)), 32);
  assert.is(parts[9]?.last, 0);
});
