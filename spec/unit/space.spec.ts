/** The address space: its map, its growth by policy, its limit. */
import assert from 'node:assert/strict';
import { suite } from '../suite.ts';
import { createSpace, HIGHEST, PAGE } from '../../vm/memory/space.ts';

const test = suite('the address space');

test('the parts follow each other and the shadow covers all of them', () => {
  for (const shadow of [false, true]) {
    const { map } = createSpace({ statics: 1000, stacks: 5000, heap: 10 << 20, shadow });
    assert.equal(map.shadow.start, PAGE);
    assert.equal(map.statics.start, map.shadow.end);
    assert.equal(map.stacks.start, map.statics.end);
    assert.ok(map.statics.end - map.statics.start >= 1000 && map.stacks.end - map.stacks.start >= 5000);
    assert.ok(map.heap.start >= map.stacks.end && map.heap.start % PAGE === 0);
    assert.equal(map.heap.end - map.heap.start, 10 << 20);
    if (shadow) assert.ok(map.shadow.start + (map.heap.end >>> 3) <= map.shadow.end + PAGE / 8);
    else assert.equal(map.shadow.end, map.shadow.start);
  }
});

test('no address needs its 32nd bit, whatever is asked for', () => {
  for (const shadow of [false, true]) assert.ok(createSpace({ heap: 2 ** 33, shadow }).map.heap.end <= HIGHEST);
});

test('growth by steps, views renewed, listeners told, false at the limit', () => {
  const space = createSpace({ heap: 10 * PAGE, growth: { kind: 'linear', step: 3 * PAGE } });
  const { start, end } = space.map.heap;
  const told: number[][] = [];
  space.onGrow((from, to) => told.push([from, to]));
  const before = space.u8;
  assert.ok(space.ensure(start + 1));
  assert.deepEqual(told, [[start, start + 3 * PAGE]]);
  assert.notEqual(space.u8, before);
  assert.equal(space.i32.byteLength, space.end);
  assert.ok(space.ensure(start + 3 * PAGE));
  assert.equal(told.length, 1);
  assert.ok(space.ensure(end));
  assert.ok(!space.ensure(end + 1));
  assert.equal(space.end, end);
});

test('a fixed heap never grows', () => {
  const space = createSpace({ heap: 10 * PAGE, growth: { kind: 'fixed' } });
  assert.equal(space.end, space.map.heap.end);
  assert.ok(space.ensure(space.end) && space.growths === 0);
});

test('a geometric heap grows a few times only', () => {
  const space = createSpace({ heap: 1 << 30 });
  for (let end = space.map.heap.start; end < space.map.heap.start + (900 << 20); end += PAGE) assert.ok(space.ensure(end));
  assert.ok(space.growths > 0 && space.growths < 9, `${space.growths} growths`);
});
