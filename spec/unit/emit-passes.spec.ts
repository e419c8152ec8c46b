/** The passes of emission, before and after: small bodies in, what is left out. And structure: graphs to regions. */
import assert from 'node:assert/strict';
import { type Body, type BodyBlock, type End, local, type Op } from '../../lib/emit/body.ts';
import { tidyBlocks } from '../../lib/emit/build.ts';
import { propagateCopies, writeAtOnce } from '../../lib/emit/opt/copies.ts';
import { removeDead } from '../../lib/emit/opt/dead.ts';
import { foldConstants } from '../../lib/emit/opt/fold.ts';
import { inlineCalls } from '../../lib/emit/opt/inline.ts';
import { forwardReferences } from '../../lib/emit/opt/refs.ts';
import { dropRepeatedChecks, shareAddresses } from '../../lib/emit/opt/repeats.ts';
import { splitAggregates } from '../../lib/emit/opt/split.ts';
import { threadJumps } from '../../lib/emit/opt/thread.ts';
import { structure } from '../../lib/emit/structure.ts';
import { makeShapes } from '../../lib/emit/shapes.ts';
import type { World } from '../../lib/emit/world.ts';
import { layoutIn } from '../../lib/types/layout.ts';
import type { Definitions } from '../../lib/types/definition.ts';
import { array, constant, F64, I32, ref, tuple, type Type, UNIT, USIZE } from '../../lib/types/type.ts';
import type { BlockId, Operand, Place, Rvalue } from '../../lib/flow/graph.ts';
import { suite } from '../suite.ts';
import { copy, int, move, place, span } from './emit-harness.ts';

const test = suite('emit passes');

const definitions: Definitions = { byId: new Map(), lang: new Map(), implsOf: new Map(), inherent: new Map() };
const world: World = {
  definitions, profile: 'release', overflowChecks: false, graphOf: () => null, inLibrary: () => false, instances: new Map(), allocators: null, shelf: null, problems: [],
  caches: { fields: new Map(), needsDrop: new Map(), dropFns: new Map(), tables: new Map() },
  types: { normalize: t => t, resolveItem: () => null, isCopy: () => true, shape: makeShapes(definitions, t => layoutIn(definitions, t)), closure: () => { throw new Error('none'); } },
};
const to = (n: number): BlockId => n as BlockId;
const set = (l: Place | number, value: Rvalue): Op => ({ kind: 'assign', span, place: typeof l === 'number' ? local(l) : l, value });
const use = (operand: Operand): Rvalue => ({ kind: 'use', operand });
const add = (left: Operand, right: Operand): Rvalue => ({ kind: 'binary', op: 'add', left, right });
const block = (ops: Op[], end: End = { kind: 'return' }): BodyBlock => ({ ops, end, endSpan: span, cleanup: false });
const bodyOf = (types: readonly Type[], params: number, blocks: BodyBlock[]): Body =>
  ({ instance: { kind: 'start', key: 'start', depth: 0, size: 0 }, params, locals: types.map(type => ({ type, name: null })), blocks, variables: [], span });
const all = (body: Body): Op[] => body.blocks.flatMap(b => b.ops);

test('a copy with one definition is another name', () => {
  const body = bodyOf([I32, I32, I32, I32], 1, [block([set(2, use(copy(1))), set(3, use(move(2))), set(0, add(copy(3), int(1)))])]);
  assert.ok(propagateCopies(world, body));
  removeDead(body, false);
  assert.deepEqual(all(body), [set(0, add(copy(1), int(1)))]);
});

test('a temporary that is moved at once is written where it goes', () => {
  const body = bodyOf([I32, I32, I32], 1, [block([set(2, add(copy(1), int(1))), set(1, use(move(2)))])]);
  assert.ok(writeAtOnce(world, body));
  assert.deepEqual(all(body), [set(1, add(copy(1), int(1)))]);
});

test('known numbers are computed', () => {
  const body = bodyOf([I32], 0, [block([set(0, add(int(40), int(2)))])]);
  assert.ok(foldConstants(world, body));
  assert.deepEqual(all(body), [set(0, use(int(42)))]);
});

test('a reference that is only followed is the place itself', () => {
  const pair = tuple([I32, I32]);
  const first = { kind: 'field', index: 0, type: I32 } as const;
  const body = bodyOf([I32, pair, ref(pair, true)], 1, [block([set(2, { kind: 'borrow', borrow: 'mut', place: local(1) }), set(place(2, { kind: 'deref' }, first), use(int(5)))])]);
  assert.ok(forwardReferences(world, body));
  assert.deepEqual(all(body)[1], set(place(1, first), use(int(5))));
});

test('a struct whose address nobody takes becomes its fields', () => {
  const triple = tuple([F64, F64, F64]);
  const part = (i: number) => ({ kind: 'field', index: i, type: F64 }) as const;
  const body = bodyOf([F64, F64, triple], 1, [block([
    set(2, { kind: 'aggregate', of: { kind: 'tuple' }, type: triple, operands: [copy(1), copy(1), copy(1)] }),
    set(place(2, part(1)), add(copy(place(2, part(0))), copy(place(2, part(2))))),
    set(0, use(copy(place(2, part(1))))),
  ])]);
  assert.ok(splitAggregates(world, body));
  assert.ok(all(body).every(op => op.kind === 'assign' && op.place.projection.length === 0));
  assert.equal(body.locals.length, 6);
});

test('a switch on what a predecessor set is skipped', () => {
  const body = bodyOf([I32, I32, I32], 1, [
    block([set(2, use(int(1)))], { kind: 'goto', target: to(1) }),
    block([], { kind: 'switch', operand: copy(2), values: [1n], targets: [to(2)], otherwise: to(3) }),
    block([set(0, use(int(10)))]),
    block([set(0, use(int(20)))]),
  ]);
  assert.ok(threadJumps(world, body));
  tidyBlocks(body);
  assert.equal(body.blocks.length, 1);
  assert.deepEqual(all(body).at(-1), set(0, use(int(10))));
});

test('a small callee becomes part of its caller', () => {
  const callee = bodyOf([I32, I32], 1, [block([set(0, add(copy(1), int(1)))])]);
  const instance = { kind: 'start', key: 'callee', depth: 0, size: 0 } as const;
  const body = bodyOf([I32, I32], 1, [block([{ kind: 'call', span, target: { kind: 'instance', instance }, args: [copy(1)], destination: local(0), result: I32, unwind: null }])]);
  assert.ok(inlineCalls(body, { candidate: () => callee, isCallers: () => false }));
  tidyBlocks(body);
  propagateCopies(world, body);
  removeDead(body, false);
  assert.deepEqual(all(body), [set(0, add(copy(1), int(1)))]);
});

test('one check and one address serve a block', () => {
  const list = array(F64, constant(8n));
  const element = place(1, { kind: 'deref' }, { kind: 'index', local: 2 as never });
  const check: Op = { kind: 'bounds', span, index: copy(2), length: int(8, USIZE), verdict: 'guarded', unwind: null };
  const body = bodyOf([UNIT, ref(list, true), USIZE, F64], 2, [block([check, set(3, use(copy(element))), check, set(element, add(copy(3), copy(3)))])]);
  dropRepeatedChecks(body);
  shareAddresses(world, body);
  assert.equal(all(body).filter(op => op.kind === 'bounds').length, 1);
  assert.equal(all(body).filter(op => op.kind === 'assign' && op.value.kind === 'rawBorrow').length, 1);
});

test('a loop with a way out is a loop and a branch', () => {
  const regions = structure([
    { kind: 'goto', target: 1 },
    { kind: 'switch', wide: false, values: [0n], targets: [3], otherwise: 2 },
    { kind: 'goto', target: 1 },
    { kind: 'stop' },
  ]);
  assert.deepEqual(regions, [
    { kind: 'code', block: 0 },
    { kind: 'loop', inner: [
      { kind: 'code', block: 1 },
      { kind: 'if', block: 1, test: { kind: 'set' }, then: [{ kind: 'code', block: 2 }, { kind: 'branch', depth: 1 }], otherwise: [{ kind: 'code', block: 3 }, { kind: 'stop', block: 3 }] },
    ] },
  ]);
});

test('a dense switch is a table of branches', () => {
  const regions = structure([
    { kind: 'switch', wide: false, values: [0n, 1n, 2n], targets: [1, 2, 3], otherwise: 3 },
    { kind: 'stop' }, { kind: 'stop' }, { kind: 'stop' },
  ]);
  assert.match(JSON.stringify(regions, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)), /"kind":"table","block":0,"low":"0","depths":\[\d,\d,\d\]/);
});
