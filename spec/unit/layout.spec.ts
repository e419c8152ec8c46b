/**
 * Layout of types: sizes, offsets, niches and operands, as rustc has them for a 32-bit target with `i64` aligned to 8.
 */
import * as assert from 'uvu/assert';
import { layoutIn, type Layout } from '../../lib/types/layout.ts';
import type { DefId } from '../../lib/types/type.ts';
import { suite } from '../suite.ts';
import { collect } from './tiny-library.ts';

const test = suite('layout');

const ITEMS = `
trait Clone2:
    fn again(&self)
struct Reordered:
    a: u8
    b: u32
    c: u8
@repr(C)
struct Declared:
    a: u8
    b: u32
    c: u8
@packed
struct Packed:
    a: u8
    b: u32
@align(64)
struct Line(u8)
struct Wrapper(Box[i32])
struct Node:
    value: i64
    next: Option[Box[Node]]
enum Shape:
    Circle(f64)
    Rect { w: f64, h: f64 }
    Empty
enum Small:
    X(bool)
    Y
    Z
enum Order:
    Less = -1
    Equal
    Greater
enum Never {}
enum One:
    A(Never)
    B(u32)
enum Big:
    A = 1000
    B
@repr(u32)
enum Wide:
    A
    B
struct Tail[T: ?Sized]:
    n: u32
    t: T
`;

/** Layouts of the types that are written, by one function's parameters. */
function layouts(...types: readonly string[]): (Layout | null)[] {
  const { world, codes } = collect(`${ITEMS}fn f(${types.map((t, i) => `p${i}: ${t}`).join(', ')}): pass\n`);
  assert.equal(codes, []);
  const def = world.definitions.byId.get('main::f' as DefId);
  if (def?.kind !== 'fn') throw new Error('no function');
  return def.signature.params.map(t => layoutIn(world.definitions, t));
}

const short = (l: Layout | null): string => (l === null ? 'none' : `${l.size}/${l.align} ${l.abi.kind} ${l.discriminant.kind}`);

test('fields are reordered to save padding, unless C order is asked for', () => {
  const [r, c, p, l] = layouts('Reordered', 'Declared', 'Packed', 'Line');
  assert.equal([short(r ?? null), r?.variants[0]?.offsets], ['8/4 memory single', [4, 0, 5]]);
  assert.equal([short(c ?? null), c?.variants[0]?.offsets], ['12/4 memory single', [0, 4, 8]]);
  assert.equal([short(p ?? null), p?.variants[0]?.offsets], ['5/1 memory single', [0, 1]]);
  assert.is(short(l ?? null), '64/64 memory single');
});

test('unused values of what an option holds stand for None', () => {
  const found = layouts('Option[&u8]', 'Option[Box[i32]]', 'Option[fn()]', 'Option[bool]', 'Option[char]', 'Option[Option[bool]]', 'Option[Wrapper]', 'Option[&str]', 'Option[Order]');
  assert.equal(found.map(short), [
    '4/4 scalar niche', '4/4 scalar niche', '4/4 scalar niche', '1/1 scalar niche', '4/4 scalar niche', '1/1 scalar niche', '4/4 scalar niche', '8/4 pair niche', '1/1 scalar niche',
  ]);
});

test('without a niche there is a tag, as wide as costs nothing', () => {
  const found = layouts('Option[u8]', 'Option[u32]', 'Option[i64]', 'Shape', 'Big', 'Wide');
  assert.equal(found.map(short), ['2/1 pair tag', '8/4 pair tag', '16/8 pair tag', '24/8 memory tag', '2/2 scalar tag', '4/4 scalar tag']);
});

test('a variant\'s niche takes the others', () => {
  const [small, shape] = layouts('Small', 'Option[Shape]');
  assert.equal(small?.discriminant, { kind: 'niche', tag: { type: 'i32', size: 1, signed: false, pointer: false, start: 0n, end: 3n }, offset: 0, untagged: 0, first: 1, last: 2, start: 2n });
  assert.is(short(shape ?? null), '24/8 memory niche');
});

test('uninhabited variants take no room', () => {
  assert.equal(layouts('One', 'Option[Never]', 'Never').map(short), ['4/4 scalar single', '0/1 zero single', '0/1 zero single']);
});

test('pointers to unsized things are pairs', () => {
  assert.equal(layouts('&str', '&[u64]', '&Tail[[u8]]', '*const dyn Clone2', 'Box[[u8]]').map(short), ['8/4 pair single', '8/4 pair single', '8/4 pair single', '8/4 pair single', '8/4 pair single']);
});

test('tuples and arrays', () => {
  assert.equal(layouts('()', '(u8, u32, u8)', '[u16; 5]', '(u32, f32)', '[Shape; 2]', '[u8; 0]', 'Node').map(short), [
    '0/1 zero single', '8/4 memory single', '10/2 memory single', '8/4 pair single', '48/8 memory single', '0/1 zero single', '16/8 pair single',
  ]);
});
