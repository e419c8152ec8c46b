/**
 * The formatter: never changes the tree, keeps every comment, does nothing the second time; a few shapes by example.
 */
import { equal } from 'uvu/assert';
import { format } from '../../lib/syntax/format.ts';
import { Sources } from '../../lib/text/sources.ts';
import { suite } from '../suite.ts';
import { bare, corpus as whole, parse } from './syntaxCorpus.ts';

/** A part of it, for time: every fuzz run formats all of it. */
const corpus = whole.filter((program, index) => index % 5 === 0 || program.name.includes('unit/syntax/'));

const test = suite('fmt');
const fmt = (text: string): string => format(new Sources().add('spec.altru', text)).value;

test('over the corpus: same tree, same comments, idempotent', () => {
  for (const { name, text } of corpus) {
    const once = fmt(text);
    equal(bare(parse(once).value) === bare(parse(text).value), true, `${name}: another tree`);
    equal(fmt(once) === once, true, `${name}: not idempotent`);
    const comments = (source: string): string => (source.match(/#.*/g) ?? []).map(comment => comment.trim()).join('\n');
    equal(comments(once), comments(text), name);
  }
});

test('a shuffled layout comes back: other indentation, other blanks', () => {
  for (const { name, text } of corpus.slice(0, 12)) {
    const wide = text.replace(/^( +)/gm, blanks => blanks + blanks);
    // a string over lines would change
    if (name.includes('every-form')) continue;
    equal(fmt(wide) === fmt(text), true, name);
  }
});

test('spacing', () => {
  equal(fmt('let x=a+-b*c . d( 1,2 )[ 3 ]as i32\n'), 'let x = a + -b * c.d(1, 2)[3] as i32\n');
  equal(fmt('fn f [T:Ord+Clone] ( x:& \'a mut T,y:* const u8 )->& &T : x\n'), "fn f[T: Ord + Clone](x: &'a mut T, y: *const u8) -> & &T: x\n");
  equal(fmt('P{x:1,..p}==Q{ }\nuse a::{b,c as d}\nx . 0 . 1?.f( )\n'), 'P { x: 1, ..p } == Q {}\nuse a::{b, c as d}\nx.0.1?.f()\n');
  equal(fmt('790 . 1\n7 .f()\n'), '790 .1\n7.f()\n');
  equal(fmt('match x :\n  1 .. =2|- 3: a\n  y@Some( _ )if z: **b\n'.replace('.. =', '..=')), 'match x:\n    1..=2 | -3: a\n    y @ Some(_) if z: **b\n');
  equal(fmt('@derive( Clone ) @inline struct A( pub( crate )u8 )\n'), '@derive(Clone) @inline struct A(pub(crate) u8)\n');
});

test('comments and groups of blank lines stay', () => {
  equal(
    fmt('\n\n# top\n\n\n\nfn f():   # why\n\n  # first\n  a    # x\n\n\n  # last\n# outer\nfn g():\n  # only\nfn h(): 1\n'),
    '# top\n\nfn f():  # why\n\n    # first\n    a  # x\n\n    # last\n# outer\nfn g():\n    # only\nfn h(): 1\n',
  );
});

test('what stands in brackets over several lines', () => {
  equal(
    fmt('let x = f(\n a,   # one\n   # two\n  g(fn(y):\n     h(y)\n  ),\n\n [ 1,\n 2 ] )\n  .z()\n'),
    'let x = f(\n    a,  # one\n    # two\n    g(fn(y):\n        h(y)\n    ),\n\n    [1,\n        2])\n    .z()\n',
  );
});

test('a file that does not parse is left alone', () => {
  const { value, problems } = format(new Sources().add('spec.altru', 'let  x = = 1\n'));
  equal(value, 'let  x = = 1\n');
  equal(problems.length, 1);
});
