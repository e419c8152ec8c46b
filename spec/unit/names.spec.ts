/**
 * Names: modules, imports, scopes, and the definitions that come of them.
 */
import * as assert from 'uvu/assert';
import type { DefId } from '../../lib/types/type.ts';
import { printFnHead, printType } from '../../lib/types/print.ts';
import { suite } from '../suite.ts';
import { collect } from './tiny-library.ts';

const test = suite('names');

function signature(text: string, name: string): string {
  const { world, codes } = collect(text);
  assert.equal(codes, []);
  const def = world.definitions.byId.get(`main::${name}` as DefId);
  if (def?.kind !== 'fn') throw new Error(`${name} is no function`);
  return printFnHead(def, world.definitions);
}

test('imports resolve through globs, groups, aliases and re-exports, in any order', () => {
  const { codes } = collect(`
use outer::{*, deep::g as h}
mod outer:
    pub use self::deep::*
    pub mod deep:
        pub fn f() -> i32: 1
        pub fn g() -> i32: 2
        pub enum E:
            A
            B
        pub use E::A
fn main():
    let x = f() + h() + outer::deep::g()
    let a = A
    let e = deep::E::B
`);
  assert.equal(codes, []);
});

test('files beside the program are modules when they are used', () => {
  const { codes, world } = collect('use shapes::area\nuse geo::point::Point\nfn main():\n    let p = Point { x: area() }\n', {
    shapes: 'pub fn area() -> i32: 3\n',
    'geo/point': 'pub struct Point:\n    pub x: i32\n',
  });
  assert.equal(codes, []);
  assert.ok(world.modules.has('main::geo::point' as DefId));
});

test('`mod name` loads the file of that name, below the module that says it', () => {
  const { codes } = collect('mod geo\nfn main():\n    geo::point::zero()\n', { geo: 'pub mod point\n', 'geo/point': 'pub fn zero() -> i32: 0\n' });
  assert.equal(codes, []);
});

test('privacy is per module, and children see their ancestors', () => {
  const { codes } = collect(`
mod a:
    fn hidden(): pass
    pub(crate) fn known(): pass
    pub mod b:
        pub fn f(): super::hidden()
        pub(super) fn g(): pass
    fn h(): b::g()
fn main():
    a::known()
    a::hidden()
    a::b::g()
`);
  assert.equal(codes, ['E0603 11:8', 'E0603 12:11']);
});

test('a block\'s items are seen in it alone, before and after', () => {
  const { codes } = collect(`
fn main():
    do:
        inner()
        fn inner(): pass
        use shape::S
        let s = S
    inner()
mod shape:
    pub struct S
`);
  assert.equal(codes, ['E0425 8:5']);
});

test('variables shadow, and inner ones end with their block', () => {
  const { codes } = collect(`
fn main():
    let x = 1
    let x = x + 1
    do:
        let y = x
    y
    match Some(x):
        Some(z): z
        None: z
`);
  assert.equal(codes, ['E0425 7:5', 'E0425 10:15']);
});

test('let chains bind for what follows, let-else does not bind in its else', () => {
  const { codes } = collect(`
fn main():
    let o = Some(1)
    if let Some(v) = o and v > 0: v else: v
    let Some(w) = o else:
        w
        return
    w
`);
  assert.equal(codes, ['E0425 4:43', 'E0425 6:9']);
});

test('names in patterns are constants, variants or fresh variables', () => {
  const { world, codes } = collect(`
const ZERO: i32 = 0
static GLOBAL: i32 = 0
use E::A
enum E:
    A
    B(i32)
fn main():
    match 1:
        ZERO: ()
        fresh: ()
    match E::A:
        A: ()
        E::B(x) | E::B(x): ()
    match 1:
        GLOBAL: ()
`);
  assert.equal(codes, ['E0530 16:9']);
  assert.is(world.table.sameBinding.size, 1);
});

test('elided lifetimes follow Rust\'s rules', () => {
  assert.is(signature('fn f(x: &i32, n: u8) -> &i32: x\n', 'f'), 'fn f(x: &i32, n: u8) -> &i32');
  assert.equal(collect('fn f(x: &i32, y: &i32) -> &i32: x\n').codes, ['E0106 1:27']);
  assert.equal(collect("struct S['a](&'a i32)\nimpl['a] S['a]:\n    fn get(&self, o: &i32) -> &i32: self.0\n").codes, []);
  assert.equal(collect('struct S(&i32)\n').codes, ['E0106 1:10']);
  assert.equal(collect('static S: &str = "a"\nconst C: &[&str] = &["a"]\nfn f(g: fn(&i32) -> &i32, h: &dyn Fn(&i32) -> &i32): pass\n').codes, []);
});

test('projections are found through bounds and supertraits', () => {
  const text = `
trait Base:
    type Out
trait Sub: Base:
    fn get(&self) -> Self::Out
fn f[T: Sub, I: Iterator[Item = T]](x: T::Out, i: I::Item) -> <T as Base>::Out: x
`;
  assert.is(signature(text, 'f'), 'fn f[T, I](x: T::Out, i: I::Item) -> T::Out');
});

test('`impl Trait` is a parameter in parameters and opaque in results', () => {
  const { world, codes } = collect('fn f(i: impl Iterator[Item = i32]) -> impl Iterator[Item = i32] + Clone: i\n');
  assert.equal(codes, []);
  const def = world.definitions.byId.get('main::f' as DefId);
  if (def?.kind !== 'fn') throw new Error('no function');
  assert.is(def.generics.params.length, 1);
  assert.ok(def.generics.params[0]?.synthetic);
  assert.is(printType(def.signature.result, world.definitions), 'impl Iterator[Item = i32] + Clone');
});

test('methods and impls stand in the struct and use its parameters', () => {
  const { world, codes } = collect(`
struct Vector[T]:
    data: *mut T
    len: usize
    fn new() -> Vector[T]: Vector { data: null, len: 0 }
    impl Drop for Vector[T]:
        fn drop(self): pass
    impl[U: Clone] Into2[U] for Vector[T]:
        fn into2(self) -> U: todo2()
trait Into2[U]:
    fn into2(self) -> U
fn todo2[T]() -> T: todo2()
`);
  assert.equal(codes, []);
  const drop = world.definitions.implsOf.get('std::ops::Drop' as DefId)?.[0];
  const impl = drop === undefined ? undefined : world.definitions.byId.get(drop);
  if (impl?.kind !== 'impl') throw new Error('no impl');
  assert.is(impl.generics.params.length, 1);
  const method = world.definitions.byId.get(impl.items[0] as DefId);
  // `fn drop(self)` means `&mut self`.
  assert.is(method?.kind === 'fn' ? method.signature.params[0]?.kind : null, 'ref');
});

test('an empty declaration of a prelude item documents it', () => {
  const { world, codes } = collect('fn alloc(size: usize) -> *mut u8:\n    ## gives memory\nfn free(ptr: *mut u8):\nstruct Arena:\n    # chunks\nfn main():\n    let a = alloc(1)\n');
  assert.equal(codes, []);
  assert.not(world.definitions.byId.has('main::alloc' as DefId));
  assert.not(world.definitions.byId.has('main::Arena' as DefId));
  assert.equal(collect('fn alloc(size: u8) -> *mut u8:\n').codes, ['E1010 1:1']);
});

test('a script\'s statements are the body of main', () => {
  const { world, codes } = collect('let x = 1\nfn twice(n: i32) -> i32: n * 2\ntwice(x)\n');
  assert.equal(codes, []);
  assert.ok(world.bodies.some(b => b.owner === 'main::main'));
});

test('discriminants count on, and constants are evaluated for them', () => {
  const { world, codes } = collect('const N: isize = 3\nenum E:\n    A\n    B = N * 2\n    C\n');
  assert.equal(codes, []);
  const def = world.definitions.byId.get('main::E' as DefId);
  assert.equal(def?.kind === 'enum' ? def.variants.map(v => v.discriminant) : [], [0n, 6n, 7n]);
});

test('type arguments in expressions are told from indexing', () => {
  const { world, codes } = collect(`
const TABLE: [i32; 2] = [1, 2]
fn id[T](x: T) -> T: x
struct P
fn main():
    let v = TABLE[0]
    let w = id[P](P)
    let u = id[[i32; 2]](TABLE)
    v[w]
`);
  assert.equal(codes, []);
  assert.is([...world.table.typeArgs.values()].filter(a => a.certain).length, 2);
});

test('did you mean', () => {
  const { problems } = collect('struct Point\nfn main():\n    let count = 1\n    coutn\n    let p: Piont = 1\n');
  assert.equal(problems.map(p => p.fixes[0]?.edits[0]?.text), ['count', 'Point']);
});

test('a bare name of a field or method is offered with its owner', () => {
  const { problems } = collect('struct P:\n    width: i32\n    fn new() -> P: P { width: 0 }\n    fn area(&self) -> i32: width * 2\n    fn other(&self) -> i32: area() + new().width\n');
  assert.equal(problems.map(p => p.fixes[0]?.edits[0]?.text), ['self.width', 'self.area', 'Self::new']);
});
