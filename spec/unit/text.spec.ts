/**
 * Positions as people count them: lines and columns from 1, columns in Unicode scalar values.
 */
import { equal } from 'uvu/assert';
import { Sources } from '../../lib/text/sources.ts';
import { after, cover } from '../../lib/text/span.ts';
import { suite } from '../suite.ts';

const test = suite('text');

test('a position counts lines, and scalar values in the line', () => {
  const sources = new Sources();
  const { id } = sources.add('a.altru', 'let x = 1\r\n😀é = 变量\n\nend');
  equal(sources.position(id, 0), { line: 1, column: 1 });
  equal(sources.position(id, 8), { line: 1, column: 9 });
  equal(sources.position(id, 11), { line: 2, column: 1 });
  equal(sources.position(id, 13), { line: 2, column: 2 });
  equal(sources.position(id, 20), { line: 3, column: 1 });
  equal(sources.position(id, 24), { line: 4, column: 4 });
  equal([1, 2, 3, 4, 5].map(line => sources.line(id, line)), ['let x = 1', '😀é = 变量', '', 'end', '']);
});

test('spans cover and follow', () => {
  const sources = new Sources();
  const { id } = sources.add('a.altru', 'abc def');
  const [a, b] = [{ file: id, start: 0, end: 3 }, { file: id, start: 4, end: 7 }];
  equal(sources.slice(cover(b, a)), 'abc def');
  equal(after(a), { file: id, start: 3, end: 3 });
});
