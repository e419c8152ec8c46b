/**
 * The flow graph from inside: its invariants before and after elaboration, how drops are written out, the bytes of a format
 * template. What programs can show is in `programs/drop`, `programs/borrow` and `programs/defer`.
 */
import * as assert from 'uvu/assert';
import { makeQueries } from '../../lib/flow/ask.ts';
import { buildGraph } from '../../lib/flow/build.ts';
import { encode } from '../../lib/flow/build-format.ts';
import { checkFlow } from '../../lib/flow/check.ts';
import { add, bits, members, remove, union } from '../../lib/flow/dataflow.ts';
import { elaborate } from '../../lib/flow/elaborate.ts';
import type { Graph } from '../../lib/flow/graph.ts';
import { leakAnalysis } from '../../lib/flow/leak-summary.ts';
import { showGraph } from '../../lib/flow/show.ts';
import { successors } from '../../lib/flow/simplify.ts';
import { Sources } from '../../lib/text/sources.ts';
import { checkBodies } from '../../lib/types/check.ts';
import { printType } from '../../lib/types/print.ts';
import { makeUniverse } from '../../lib/types/universe.ts';
import { suite } from '../suite.ts';
import { collect } from './tiny-library.ts';

const test = suite('flow');

interface Made {
  readonly built: Map<string, Graph>;
  readonly elaborated: Map<string, Graph>;
  readonly codes: string[];
}

function make(text: string): Made {
  const { world, codes: before } = collect(text);
  assert.equal(before, []);
  const u = makeUniverse(world.definitions);
  const done = checkBodies(u, world);
  assert.equal(done.problems.map(p => p.code), []);
  const queries = makeQueries(u, new Sources());
  const built = new Map<string, Graph>();
  const elaborated = new Map<string, Graph>();
  const codes: string[] = [];
  for (const body of world.bodies) {
    const facts = done.facts.get(body.owner);
    if (facts === undefined) continue;
    const graphs = buildGraph(body, facts, queries);
    codes.push(...checkFlow(graphs, queries, leakAnalysis(new Map(), queries)).map(p => p.code));
    for (const g of graphs) {
      built.set(g.owner, g);
      elaborated.set(g.owner, elaborate(g, queries));
    }
  }
  return { built, elaborated, codes };
}

const text = (g: Graph | undefined): string => (g === undefined ? '' : showGraph(g, t => printType(t)));

/** What must hold of every graph. */
function sound(g: Graph): void {
  g.blocks.forEach((block, i) => {
    for (const next of successors(block.terminator)) {
      const target = g.blocks[next];
      assert.ok(target !== undefined, `b${i} of ${g.owner} leads nowhere`);
      if (block.cleanup) assert.ok(target?.cleanup, `b${i} of ${g.owner} goes back from unwinding`);
    }
    if (block.cleanup) assert.not.equal(block.terminator.kind, 'return');
  });
}

const DROPS = `
struct D:
    n: i32
    impl Drop for D:
        fn drop(&mut self): pass
struct P:
    a: D
    b: D
fn make(n: i32) -> D: D { n }
fn take(d: D): pass
`;

test('targets exist, and unwinding never goes back', () => {
  const { built, elaborated, codes } = make(`${DROPS}
fn f(c: bool):
    let p = P { a: make(1), b: make(2) }
    if c: take(p.a)
    let mut i = 0
    while i < 3:
        let d = make(i)
        i += 1
        if i == 2: continue
        take(d)
    match i:
        1 | 2: pass
        n if n > 5: take(make(n))
        _: return
`);
  assert.equal(codes, []);
  for (const g of [...built.values(), ...elaborated.values()]) sound(g);
});

test('after elaboration nothing is left that only the checkers need', () => {
  const { elaborated } = make(`${DROPS}
fn f(n: i32) -> i32:
    match n:
        x if x > 3: 1
        _: loop: break 2
`);
  const shown = text(elaborated.get('main::f'));
  assert.not.match(shown, /look|fake|\(or b|\(loop\)/);
});

test('a value that was moved for sure is not dropped, one that may be has a flag', () => {
  const { elaborated } = make(`${DROPS}
fn moved():
    let d = make(1)
    take(d)
fn perhaps(c: bool):
    let d = make(1)
    if c: take(d)
`);
  assert.not.match(text(elaborated.get('main::moved')), /drop _/);
  const shown = text(elaborated.get('main::perhaps'));
  assert.match(shown, /dropFlag/);
  assert.match(shown, /drop _/);
});

test('of a value moved in part the rest is dropped', () => {
  const { elaborated } = make(`${DROPS}
fn f():
    let p = P { a: make(1), b: make(2) }
    take(p.a)
`);
  const shown = text(elaborated.get('main::f'));
  assert.match(shown, /drop _1\.1 ->/);
  assert.not.match(shown, /drop _1 ->/);
});

test('integer arithmetic and comparison call nothing', () => {
  const { built } = make('fn f(n: i32) -> i32:\n    let mut s = 0\n    let mut i = 0\n    while i < n:\n        s += i\n        i += 1\n    s\n');
  assert.not.match(text(built.get('main::f')), /call/);
});

test('a use after a move, a second borrow and a late assignment have their numbers', () => {
  assert.equal(make(`${DROPS}
fn f(d: D):
    take(d)
    take(d)
`).codes, ['E0382']);
  assert.equal(make('fn f():\n    let mut x = 1\n    let a = &mut x\n    let b = &mut x\n    *a += 1\n    *b += 1\n').codes, ['E0499']);
  assert.equal(make('fn f():\n    let x = 1\n    x = 2\n').codes, ['E0384']);
});

test('the conditional return of a reborrow is accepted', () => {
  assert.equal(make('fn f(a: &mut u8, c: bool) -> &mut u8:\n    let b = &mut *a\n    if c: return b\n    let d = &mut *a\n    d\n').codes, []);
});

test('a template is bytes: texts, plain values, values with options', () => {
  const value = { kind: 'value', arg: 0, trait: 'Display', fill: null, align: null, sign: null, alternate: false, zero: false, debugHex: null, width: null, precision: null } as const;
  assert.equal(encode([{ kind: 'text', text: 'é' }, value], '\n', arg => arg), [1, 2, 0, 0xc3, 0xa9, 2, 0, 1, 1, 0, 10]);
  const wide = { ...value, fill: '*', align: 'right', sign: '+', width: { literal: 300 }, precision: { arg: 1 } } as const;
  assert.equal(encode([wide], '', (arg, trait) => (trait === 'usize' ? 7 : arg)), [3, 0, 1, 3, 42, 0, 0, 0, 1, 44, 1, 2, 7, 0]);
});

test('bit sets', () => {
  const a = bits(70);
  add(a, 3);
  add(a, 31);
  add(a, 69);
  assert.equal([...members(a)], [3, 31, 69]);
  assert.equal([...members(a, 4)], [31, 69]);
  remove(a, 31);
  const b = bits(70);
  assert.ok(union(b, a));
  assert.not.ok(union(b, a));
  assert.equal([...members(b)], [3, 69]);
});
