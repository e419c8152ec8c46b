/**
 * Facts of bodies: what closures capture, which adjustments are chosen, how branches meet, format texts, and questions to the
 * solver. What programs can show is in `programs/inference` and `programs/type-errors`.
 */
import * as assert from 'uvu/assert';
import type { BodyFacts } from '../../lib/types/facts.ts';
import { checkBodies } from '../../lib/types/check.ts';
import { printType } from '../../lib/types/print.ts';
import { evaluate, makeCx } from '../../lib/types/solve.ts';
import { readFormat } from '../../lib/types/format-text.ts';
import { adt as makeAdt, I32, ref, STR, tuple, type DefId, type Type } from '../../lib/types/type.ts';
import { makeUniverse, type Universe } from '../../lib/types/universe.ts';
import { suite } from '../suite.ts';
import { collect } from './tiny-library.ts';

const test = suite('bodies');

function check(text: string): { facts: Map<DefId, BodyFacts>; codes: string[]; u: Universe } {
  const { world, codes } = collect(text);
  assert.equal(codes, []);
  const u = makeUniverse(world.definitions);
  const done = checkBodies(u, world);
  return { facts: done.facts, codes: done.problems.map(p => p.code), u };
}

function main(text: string): BodyFacts {
  const { facts, codes } = check(text);
  assert.equal(codes, []);
  const found = facts.get('main::main' as DefId);
  if (found === undefined) throw new Error('no main');
  return found;
}

/** `p.1.0 move` for each capture of each closure, inner closures after the outer ones. */
const captures = (facts: BodyFacts): string[] => [...facts.closures.values()].map(c =>
  `${c.kind}: ${c.captures.map(x => [facts.bindings.get(x.binding)?.name ?? '?', ...x.projection.map(p => (p.kind === 'deref' ? '*' : String(p.index)))].join('.') + ` ${x.mode}`).join(', ')}`);

const TYPES = `
struct Q:
    a: Box[i32]
    n: i32
struct P:
    x: i32
    q: Q
fn take[T](x: T): pass
fn make() -> P: P { x: 1, q: Q { a: make_box(), n: 2 } }
fn make_box() -> Box[i32]: loop: pass
`;

test('a closure captures the places that it uses, each in its weakest mode', () => {
  const facts = main(`${TYPES}
fn main():
    let mut p = make()
    let a = fn(): p.q.n
    let b = fn():
        p.q.n = 1
        take(p.x)
    let c = fn(): take(p.q.a)
    let d = fn(): *p.q.a
`);
  assert.equal(captures(facts), ['Fn: p.1.1 ref', 'FnMut: p.0 ref, p.1.1 refMut', 'FnOnce: p.1.0 move', 'Fn: p.1.0.* ref']);
});

test('references are looked through, and taken whole by move', () => {
  const facts = main(`${TYPES}
fn main():
    let mut p = make()
    let r = &mut p
    let a = fn():
        r.q.n = 1
    let b = move fn():
        r.x = 1
    let q = &make()
    let c = fn(): q.q.n
`);
  assert.equal(captures(facts), ['FnMut: r.*.1.1 refMut', 'FnMut: r move', 'Fn: q.* ref']);
});

test('what an inner closure captures the outer one captures too', () => {
  const facts = main(`${TYPES}
fn main():
    let mut p = make()
    let a = fn():
        let b = fn():
            p.x = 2
        p.q.n
`);
  assert.equal(captures(facts), ['FnMut: p.0 refMut, p.1.1 ref', 'FnMut: p.0 refMut']);
});

test('a bound decides the kind that a closure is used as', () => {
  const { facts, codes } = check(`${TYPES}
fn twice[F: Fn()](f: F):
    f()
    f()
fn main():
    let mut n = 0
    twice(fn():
        n = 1
    )
`);
  assert.equal(codes, []);
  const found = facts.get('main::main' as DefId);
  assert.equal(found === undefined ? [] : captures(found), ['Fn: n refMut']);
});

test('a receiver is borrowed as the method needs it', () => {
  const { facts, u } = check(`
struct S:
    n: i32
    fn get(&self) -> i32: self.n
    fn set(&mut self, n: i32): pass
    fn end(self): pass
fn main():
    let mut s = Some(S { n: 1 })
    let mut t = S { n: 1 }
    t.set(t.get())
    let r = &mut t
    r.set(1)
    t.end()
`);
  const found = facts.get('main::main' as DefId);
  if (found === undefined) throw new Error('no main');
  const steps = [...found.adjustments.values()].map(list => list.map(a => (a.kind === 'borrow' ? `${a.mutable ? '&mut' : '&'}${a.twoPhase ? ' two-phase' : ''}` : a.kind)).join(' '));
  assert.equal(steps, ['&mut two-phase', '&', 'deref &mut two-phase']);
  assert.equal([...found.types.values()].filter(t => t.kind === 'infer').map(t => printType(t, u.definitions)), []);
});

test('function items meet in a pointer', () => {
  const facts = main(`
fn one() -> i32: 1
fn two() -> i32: 2
fn main():
    let f = if true: one else: two
    let n: i32 = f()
`);
  const f = [...facts.bindings.values()].find(b => b.name === 'f');
  assert.is(f?.type.kind, 'fnPtr');
  assert.equal([...facts.adjustments.values()].map(list => list.map(a => (a.kind === 'pointer' ? a.cast : a.kind))), [['reify'], ['reify']]);
});

test('traits hold by rule, by impl, by bound and by structure', () => {
  const { u } = check(`
struct Raw(*mut i32)
struct Safe(i32)
fn main(): pass
`);
  const asks = (trait: string, type: Type): string => {
    const def = u.definitions.lang.get(trait);
    if (def === undefined) throw new Error(`no ${trait}`);
    return evaluate(makeCx(u), { kind: 'trait', ref: { trait: def, args: [type] } }, 0);
  };
  const adt = (name: string): Type => {
    const d = u.definitions.byId.get(`main::${name}` as DefId);
    if (d?.kind !== 'struct') throw new Error(`no ${name}`);
    return makeAdt(d.id, []);
  };
  assert.equal(
    [asks('copy', I32), asks('copy', ref(STR)), asks('copy', ref(I32, true)), asks('copy', tuple([I32, I32])), asks('sized', STR), asks('send', adt('Safe')), asks('send', adt('Raw')), asks('copy', adt('Safe'))],
    ['yes', 'yes', 'no', 'yes', 'no', 'yes', 'no', 'no'],
  );
});

test('format texts are read whole', () => {
  const shapes = readFormat('a{{{x.y:>+8.3$}{0:?}{:#010x?}{:}>5}{:.*e}').pieces.map(p => (p.kind === 'text' ? p.text : [p.name.kind, p.trait, p.fill, p.align, p.sign, p.alternate, p.zero, p.debugHex, JSON.stringify(p.width), JSON.stringify(p.precision)].join(' ')));
  assert.equal(shapes, [
    'a{',
    'path Display  right + false false  {"kind":"literal","value":8} {"kind":"argument","name":{"kind":"index","index":3}}',
    'index Debug    false false  null null',
    'next Debug    true true x {"kind":"literal","value":10} null',
    'next Display } right  false false  {"kind":"literal","value":5} null',
    'next LowerExp    false false  null {"kind":"star"}',
  ]);
  assert.equal(readFormat('{').wrong.length, 1);
  assert.equal(readFormat('{a b}').wrong.length, 1);
  assert.equal(readFormat('}').wrong.length, 1);
});
