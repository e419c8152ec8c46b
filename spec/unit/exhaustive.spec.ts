/**
 * Usefulness of patterns: what is not covered, as text, and which rows can be reached.
 */
import * as assert from 'uvu/assert';
import { wild, type Constructor, type Pat, type PatternTypes } from '../../lib/types/constructor.ts';
import { usefulness } from '../../lib/types/exhaustive.ts';
import { BOOL, CHAR, STR, U8, adt, array, constant, int, ref, slice, tuple, type DefId, type Type } from '../../lib/types/type.ts';
import { suite } from '../suite.ts';
import { collect } from './tiny-library.ts';

const test = suite('exhaustive');

const { world } = collect(`
enum Shape:
    Circle(bool)
    Rect { w: bool, h: bool }
    Empty
enum Never {}
enum Result[T, E]:
    Ok(T)
    Err(E)
`);
const types: PatternTypes = { definitions: world.definitions, normalize: t => t };
const SHAPE = adt('main::Shape' as DefId, []);
const option = (t: Type): Type => adt('std::option::Option' as DefId, [t]);

const made = (type: Type, by: Constructor, ...fields: Pat[]): Pat => ({ kind: 'made', type, by, fields });
const variant = (type: Type, index: number, ...fields: Pat[]): Pat => made(type, { kind: 'variant', index }, ...fields);
const number = (type: Type, low: number, high = low): Pat => made(type, { kind: 'range', low: BigInt(low), high: BigInt(high) });
const bool = (b: boolean): Pat => number(BOOL, b ? 1 : 0);
const pair = (a: Pat, b: Pat): Pat => made(tuple([a.type, b.type]), { kind: 'single' }, a, b);

function check(type: Type, ...patterns: readonly Pat[]): { missing: readonly string[]; useful: readonly boolean[] } {
  return usefulness(types, type, patterns.map(pattern => ({ pattern, guarded: false })));
}

test('enums', () => {
  assert.equal(check(SHAPE, variant(SHAPE, 0, wild(BOOL))).missing, ['Shape::Rect { .. }', 'Shape::Empty']);
  assert.equal(check(SHAPE, variant(SHAPE, 0, bool(true)), variant(SHAPE, 1, wild(BOOL), bool(false)), variant(SHAPE, 2)).missing, ['Shape::Circle(false)', 'Shape::Rect { h: true, .. }']);
  assert.equal(check(SHAPE, variant(SHAPE, 0, wild(BOOL)), wild(SHAPE)).missing, []);
});

test('tuples of bools', () => {
  const type = tuple([BOOL, BOOL]);
  assert.equal(check(type, pair(bool(true), wild(BOOL)), pair(wild(BOOL), bool(true))).missing, ['(false, false)']);
  assert.equal(check(type, pair(bool(true), wild(BOOL)), pair(bool(false), wild(BOOL)), wild(type)).useful, [true, true, false]);
});

test('ranges of integers and chars', () => {
  assert.equal(check(U8, number(U8, 0, 9), number(U8, 20, 255)).missing, ['10..=19']);
  assert.equal(check(U8, number(U8, 0, 127), number(U8, 128, 255)).missing, []);
  assert.equal(check(int('i32'), number(int('i32'), 0)).missing, ['i32::MIN..=-1', '1..=i32::MAX']);
  assert.equal(check(CHAR, number(CHAR, 0, 0xd7ff), number(CHAR, 0xe000, 0x10ffff)).missing, []);
  assert.equal(check(U8, number(U8, 0, 100), number(U8, 50, 60), wild(U8)).useful, [true, false, true]);
});

test('options behind references, nested', () => {
  const inner = option(option(BOOL));
  const type = ref(inner);
  const at = (p: Pat): Pat => made(type, { kind: 'single' }, p);
  const some = (p: Pat): Pat => variant(option(p.type), 1, p);
  assert.equal(check(type, at(variant(inner, 0)), at(some(some(bool(true))))).missing, ['&Some(Some(false))', '&Some(None)']);
});

test('slices by length and content', () => {
  const type = slice(BOOL);
  const of = (prefix: readonly Pat[], suffix: readonly Pat[] | null): Pat => made(type, { kind: 'slice', prefix: prefix.length, suffix: suffix === null ? null : suffix.length }, ...prefix, ...(suffix ?? []));
  assert.equal(check(type, of([], null), of([wild(BOOL)], null)).missing, ['[_, _, ..]']);
  assert.equal(check(type, of([], null), of([wild(BOOL)], [])).missing, []);
  assert.equal(check(type, of([], null), of([bool(true)], []), of([], [bool(false)])).missing, ['[false, .., true]']);
});

test('arrays have one length', () => {
  const type = array(BOOL, constant(2n));
  const of = (...fields: Pat[]): Pat => made(type, { kind: 'slice', prefix: 2, suffix: null }, ...fields);
  assert.equal(check(type, of(bool(true), wild(BOOL)), of(wild(BOOL), bool(true))).missing, ['[false, false]']);
});

test('texts need a wildcard', () => {
  const type = ref(STR);
  const text = (t: string): Pat => made(type, { kind: 'single' }, made(STR, { kind: 'literal', key: t, text: t }));
  assert.equal(check(type, text('a'), text('b')).missing, ['&_']);
  assert.equal(check(type, text('a'), text('a'), wild(type)).useful, [true, false, true]);
});

test('what cannot be need not be matched', () => {
  const never = adt('main::Never' as DefId, []);
  const result = adt('main::Result' as DefId, [BOOL, never]);
  assert.equal(check(result, variant(result, 0, wild(BOOL))).missing, []);
  assert.equal(check(never).missing, []);
  assert.equal(check(BOOL).missing, ['_']);
});

test('a guarded arm covers nothing, and or-patterns cover together', () => {
  const guarded = usefulness(types, BOOL, [{ pattern: wild(BOOL), guarded: true }, { pattern: bool(true), guarded: false }]);
  assert.equal([guarded.missing, guarded.useful], [['false'], [true, true]]);
  assert.equal(check(BOOL, { kind: 'or', type: BOOL, alternatives: [bool(true), bool(false)] }).missing, []);
});
