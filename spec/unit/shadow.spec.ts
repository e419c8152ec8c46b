/** The planes beside memory, each held against a plain array. */
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { suite } from '../suite.ts';
import { NOWHERE } from '../../vm/memory/blocks.ts';
import { createProvenance } from '../../vm/memory/provenance.ts';
import { createShadow, FREED, MIXED, POISONED, RED_ZONE } from '../../vm/memory/shadow.ts';
import { createSpace } from '../../vm/memory/space.ts';
import { createWritten } from '../../vm/memory/written.ts';

const test = suite('planes beside memory');
const make = () => {
  const space = createSpace({ heap: 1 << 20, stacks: 4096, shadow: true });
  space.ensure(space.map.heap.start + 65536);
  return { space, shadow: createShadow(space), at: space.map.heap.start };
};

test('a shadow byte has AddressSanitizer’s encoding', () => {
  const { space, shadow, at } = make();
  const byte = (granule: number): number => space.u8[shadow.base + (at >>> 3) + granule] as number;
  shadow.poison(at, 64, RED_ZONE);
  shadow.unpoison(at + 16, 13);
  assert.deepEqual([0, 1, 2, 3, 4].map(byte), [0xfa, 0xfa, 0, 5, 0xfa]);
  shadow.poison(at + 16, 13, FREED);
  assert.deepEqual([1, 2, 3, 4].map(byte), [0xfa, 0xfd, 0xfd, 0xfa]);
});

test('what eight bits cannot say is kept by the byte', () => {
  const { space, shadow, at } = make();
  shadow.poison(at + 2, 3, POISONED);
  assert.equal(space.u8[shadow.base + (at >>> 3)], MIXED);
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map((i) => shadow.codeAt(at + i) !== 0), [false, false, true, true, true, false, false, false]);
  assert.equal(shadow.firstPoisoned(at, 8), at + 2);
  assert.equal(shadow.firstPoisoned(at + 5, 3), -1);
  shadow.unpoison(at + 2, 3);
  assert.equal(space.u8[shadow.base + (at >>> 3)], 0);
});

const SIZE = 700;
const range = fc.record({ from: fc.nat({ max: SIZE - 1 }), size: fc.nat({ max: 300 }), what: fc.integer({ min: 0, max: 2 }) });
const ranges = fc.array(range, { maxLength: 25 });

test('the shadow agrees with a byte array', () => {
  fc.assert(
    fc.property(ranges, (steps) => {
      const { shadow, at } = make();
      const model = new Uint8Array(SIZE);
      for (const { from, size, what } of steps) {
        const length = Math.min(size, SIZE - from);
        if (what === 0) shadow.unpoison(at + from, length);
        else shadow.poison(at + from, length, what === 1 ? RED_ZONE : FREED);
        model.fill(what, from, from + length);
        const first = model.findIndex((byte, i) => byte !== 0 && i >= from);
        assert.equal(shadow.firstPoisoned(at + from, SIZE - from), first < 0 ? -1 : at + first);
      }
      for (let i = 0; i < SIZE; i++) assert.equal(shadow.codeAt(at + i) !== 0, model[i] !== 0);
    }),
    { numRuns: 150 },
  );
});

test('initialisation is kept by the byte and moves with copies', () => {
  const base = 3 * 65536 - 350; // across a page's edge
  fc.assert(
    fc.property(ranges, fc.array(fc.tuple(fc.nat({ max: SIZE - 1 }), fc.nat({ max: SIZE - 1 }), fc.nat({ max: 200 })), { maxLength: 6 }), (steps, copies) => {
      const plane = createWritten(128 << 20);
      const model = new Uint8Array(SIZE).fill(1);
      const check = (): void => {
        for (let i = 0; i < SIZE; i += 7) {
          const first = model.findIndex((byte, at) => at >= i && byte === 0);
          assert.equal(plane.firstUnwritten(base + i, SIZE - i), first < 0 ? -1 : base + first);
        }
      };
      for (const { from, size, what } of steps) {
        const length = Math.min(size, SIZE - from);
        if (what === 0) plane.unwritten(base + from, length);
        else plane.written(base + from, length);
        model.fill(what === 0 ? 0 : 1, from, from + length);
      }
      check();
      for (const [to, from, size] of copies) {
        const length = Math.min(size, SIZE - from, SIZE - to);
        plane.copied(base + to, base + from, length);
        model.copyWithin(to, from, from + length);
        check();
      }
    }),
    { numRuns: 100 },
  );
});

test('a large block that nobody wrote to has no bits of its own', () => {
  const plane = createWritten(128 << 20);
  plane.unwritten(65536, 64 << 20);
  assert.equal(plane.pages(), 0);
  plane.written(1 << 20, 1);
  assert.equal(plane.pages(), 1);
  assert.equal(plane.firstUnwritten(1 << 20, 2), (1 << 20) + 1);
});

test('a stored pointer keeps its block’s number until anything else is stored there', () => {
  const plane = createProvenance(1 << 20);
  const at = 65536 * 2 - 8;
  plane.set(at, 7);
  plane.set(at + 12, 9);
  plane.copied(at + 4, at, 16); // overlapping, upwards
  assert.deepEqual([0, 4, 8, 12, 16].map((i) => plane.get(at + i)), [7, 7, 0, 0, 9]);
  plane.copied(at, at + 4, 16);
  assert.deepEqual([0, 4, 8, 12].map((i) => plane.get(at + i)), [7, 0, 0, 9]);
  plane.clear(at + 2, 1); // one byte of four: it leads nowhere now
  assert.equal(plane.get(at), NOWHERE);
  for (const byte of [0, 1, 3]) plane.clear(at + byte, 1);
  assert.equal(plane.get(at), 0);
  plane.copied(at + 21, at + 12, 8); // torn
  assert.equal(plane.get(at + 20), 0);
  assert.equal(plane.get(at + 24), 0);
});
