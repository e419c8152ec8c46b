/** Floats as texts and back, as Rust prints and reads them. */
import * as assert from 'uvu/assert';
import { exact, exactDigits, multiplyAdd, parseFloat32, parseFloat64, shortestSingle } from '../../vm/run/decimal.ts';
import { floatText } from '../../vm/run/floattext.ts';
import { suite } from '../suite.ts';

const test = suite('decimal');

const texts: [number, string, string, string][] = [
  // value, {}, {:?}, {:e}
  [0, '0', '0.0', '0e0'],
  [-0, '-0', '-0.0', '-0e0'],
  [1, '1', '1.0', '1e0'],
  [0.1, '0.1', '0.1', '1e-1'],
  [1234.5, '1234.5', '1234.5', '1.2345e3'],
  [1e15, '1000000000000000', '1000000000000000.0', '1e15'],
  [1e16, '10000000000000000', '1e16', '1e16'],
  [1.5e300, `15${'0'.repeat(299)}`, '1.5e300', '1.5e300'],
  [0.00001, '0.00001', '1e-5', '1e-5'],
  [0.0001, '0.0001', '0.0001', '1e-4'],
  [-123456789.125, '-123456789.125', '-123456789.125', '-1.23456789125e8'],
  [5e-324, `0.${'0'.repeat(323)}5`, '5e-324', '5e-324'],
  [NaN, 'NaN', 'NaN', 'NaN'],
  [-Infinity, '-inf', '-inf', '-inf'],
];
for (const [value, display, debug, scientific] of texts) {
  test(`${value} prints as Rust prints it`, () => {
    assert.is(floatText(value, false, 0, 0), display);
    assert.is(floatText(value, false, 2, 0), debug);
    assert.is(floatText(value, false, 3, 0), scientific);
  });
}

test('a precision rounds the exact value, ties to even', () => {
  const fixed = (value: number, precision: number): string => floatText(value, false, 1, precision);
  assert.equal([fixed(0.5, 0), fixed(1.5, 0), fixed(2.5, 0), fixed(0.125, 2), fixed(1.005, 2), fixed(2.675, 2)], ['0', '2', '2', '0.12', '1.00', '2.67']);
  assert.equal([fixed(9.995, 2), fixed(0.001, 2), fixed(1e21, 1), fixed(0, 3), fixed(-0.04, 1), fixed(0.06, 1)], ['9.99', '0.00', '1000000000000000000000.0', '0.000', '-0.0', '0.1']);
  assert.is(fixed(0.1, 30), '0.100000000000000005551115123126');
  assert.equal([floatText(1234.5, false, 4, 2), floatText(9.999, false, 4, 1), floatText(0, false, 4, 2), floatText(2.5, false, 4, 0)], ['1.23e3', '1.0e1', '0.00e0', '2e0']);
});

test('an f32 prints with the fewest digits that read back', () => {
  const of = (value: number): string => floatText(Math.fround(value), true, 0, 0);
  assert.equal([of(0.1), of(16777216), of(3.4028235e38).slice(0, 9), of(1e-45).slice(-2), of(0.3), of(1.1754944e-38).slice(-8)], ['0.1', '16777216', '340282350', '01', '0.3', '11754944']);
  let state = 1;
  const floats = new Float32Array(1);
  const bits = new Uint32Array(floats.buffer);
  for (let round = 0; round < 3000; round += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bits[0] = state & 0x7fffffff;
    const value = floats[0] ?? 0;
    if (!Number.isFinite(value) || value === 0) continue;
    const { digits, exponent } = shortestSingle(value);
    assert.is(Math.fround(Number(`0.${digits}e${exponent}`)), value);
    if (digits.length > 1) {
      const fewer = value.toExponential(digits.length - 2);
      assert.is.not(Math.fround(Number(fewer)), value, `${value} has fewer digits`);
    }
  }
});

test('digits are exact', () => {
  assert.equal(exact(0.1, 20), { digits: '10000000000000000555', exponent: 0 });
  assert.equal(exact(0.04, 1), { digits: '', exponent: -1 });
  assert.equal(exactDigits(123456, 2), { digits: '12', exponent: 6 });
  assert.equal(exactDigits(0.00999, 1), { digits: '1', exponent: -1 });
});

test('texts are read as Rust reads them', () => {
  assert.equal(['1.', '.5', '+1e3', '-inf', 'Infinity', '1_0', '', '.', '0x1', ' 1', '1e', 'e5'].map(parseFloat64), [1, 0.5, 1000, -Infinity, Infinity, undefined, undefined, undefined, undefined, undefined, undefined, undefined]);
  assert.ok(Number.isNaN(parseFloat64('nan')));
  // Halfway between two f32 once it is an f64: the digits beyond decide.
  assert.is(parseFloat32('1.00000005960464477539062500000000001'), Math.fround(1.0000001));
  assert.is(parseFloat32('1.000000059604644775390625'), 1);
  assert.is(parseFloat32('-1.00000005960464477539062499999999999'), -1);
});

test('multiply and add rounds once', () => {
  assert.is(multiplyAdd(0.1, 10, -1), 5.551115123125783e-17);
  assert.is(multiplyAdd(2, 3, 4), 10);
  assert.is(multiplyAdd(1e308, 10, -Infinity), -Infinity);
  assert.is(multiplyAdd(3, -2, 6), 0);
});
