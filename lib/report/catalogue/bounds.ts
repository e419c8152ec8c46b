/**
 * Catalogue records of inference and traits: what does not hold, what cannot be inferred, what types do not meet. See
 * ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';

export const bounds: readonly Record[] = [
  {
    code: 'E0308', slug: 'mismatched-types', severity: 'error',
    message: { en: 'mismatched types: expected `{expected}`, found `{found}`', zh: '类型不符：应为 `{expected}`，却是 `{found}`' },
    why: {
      en: 'An expression has a type that its place does not take. Numbers are never converted by themselves; a reference is not the value it leads to. The labels show where the expectation comes from.',
      zh: '表达式的类型与所在位置要求的类型不同。数值之间不会自动转换；引用也不等于它所指的值。标注会指出期望从何而来。',
    },
    wrong: 'fn main():\n    let x: i32 = "one"\n',
    right: 'fn main():\n    let x: i32 = 1\n',
  },
  {
    code: 'E0317', slug: 'if-without-else', severity: 'error',
    message: { en: '`if` without `else` has no value: expected `{expected}`', zh: '没有 `else` 的 `if` 没有值：此处应为 `{expected}`' },
    why: { en: 'When the condition is false, an `if` without `else` gives `()`. Where a value of another type is wanted, both ways must give one.', zh: '条件为假时，没有 `else` 的 `if` 的值是 `()`。若需要其他类型的值，两条路都必须给出。' },
    wrong: 'fn f(n: i32) -> i32:\n    if n > 0:\n        1\n\nfn main():\n    f(1)\n',
    right: 'fn f(n: i32) -> i32:\n    if n > 0:\n        1\n    else:\n        0\n\nfn main():\n    f(1)\n',
  },
  {
    code: 'E0277', slug: 'bound-not-satisfied', severity: 'error',
    message: { en: '{what}', zh: '约束不满足：{what}' },
    why: {
      en: 'Something is used in a way that asks its type to implement a trait, and it does not. Implement the trait (often `@derive(…)` does), or use a type that has it.',
      zh: '某种用法要求类型实现一个 trait，而它没有实现。请实现该 trait（通常用 `@derive(…)` 即可），或改用实现了它的类型。',
    },
    wrong: 'struct Point:\n    x: i32\n\nfn main():\n    let p = Point { x: 1 }\n    println("{p:?}")\n',
    right: '@derive(Debug)\nstruct Point:\n    x: i32\n\nfn main():\n    let p = Point { x: 1 }\n    println("{p:?}")\n',
  },
  {
    code: 'E0271', slug: 'associated-type-differs', severity: 'error',
    message: { en: '`{item}` of `{self}` is `{found}`, expected `{expected}`', zh: '`{self}` 的 `{item}` 是 `{found}`，应为 `{expected}`' },
    why: { en: 'A bound says what an associated type must be (`Iterator[Item = u8]`, the result of an `fn`), and the type given says otherwise.', zh: '约束规定了关联类型（例如 `Iterator[Item = u8]` 或函数的结果），而给出的类型与之不同。' },
    wrong: 'fn total(xs: impl Iterator[Item = i64]) -> i64: xs.sum()\n\nfn main():\n    let v: Vec[i32] = Vec::from([1, 2])\n    println("{}", total(v.into_iter()))\n',
    right: 'fn total(xs: impl Iterator[Item = i64]) -> i64: xs.sum()\n\nfn main():\n    let v: Vec[i64] = Vec::from([1, 2])\n    println("{}", total(v.into_iter()))\n',
  },
  {
    code: 'E0275', slug: 'endless-requirement', severity: 'error',
    message: { en: 'overflow while proving `{goal}`', zh: '证明 `{goal}` 时没有尽头' },
    why: { en: 'To prove that a type implements a trait, an impl asks for the same of a larger type, and so on without end.', zh: '为证明一个类型实现某 trait，impl 又要求一个更大的类型也实现它，如此无穷无尽。' },
    wrong: 'trait Depth:\n    fn depth(&self) -> i32\n\nstruct Wrap[T](T)\n\nimpl[T] Depth for Wrap[T] where Wrap[Wrap[T]]: Depth:\n    fn depth(&self) -> i32: 1\n\nfn show[T: Depth](x: T): println("{}", x.depth())\n\nfn main():\n    show(Wrap(1))\n',
    right: 'trait Depth:\n    fn depth(&self) -> i32\n\nstruct Wrap[T](T)\n\nimpl[T] Depth for Wrap[T]:\n    fn depth(&self) -> i32: 1\n\nfn show[T: Depth](x: T): println("{}", x.depth())\n\nfn main():\n    show(Wrap(1))\n',
  },
  {
    code: 'E0282', slug: 'type-not-known', severity: 'error',
    message: { en: 'the type must be known here', zh: '此处必须知道类型' },
    why: { en: 'Types are inferred from how values are used, in the same function. Here nothing says which type is meant. Write it: in the `let`, at a parameter, or in brackets after a name.', zh: '类型由同一函数中值的用法推断。此处没有任何信息能确定类型，请写出来：写在 `let`、参数，或名字后的方括号里。' },
    wrong: 'fn main():\n    let v = Vec::new()\n    println("{}", v.len())\n',
    right: 'fn main():\n    let v: Vec[i32] = Vec::new()\n    println("{}", v.len())\n',
  },
  {
    code: 'E0283', slug: 'several-types-fit', severity: 'error',
    message: { en: 'the type must be known here: several types implement `{trait}`', zh: '此处必须知道类型：有多个类型实现了 `{trait}`' },
    why: { en: 'A trait would have to choose a type, and more than one implements it. Write which is meant.', zh: '需要由 trait 来选择类型，而实现它的不止一个。请写明是哪一个。' },
    wrong: 'fn main():\n    let x = (1..4).sum()\n    println("{x}")\n',
    right: 'fn main():\n    let x: i32 = (1..4).sum()\n    println("{x}")\n',
  },
  {
    code: 'E0284', slug: 'several-items-fit', severity: 'error',
    message: { en: 'the type must be known here: an item of `{trait}` depends on it', zh: '此处必须知道类型：`{trait}` 的关联类型取决于它' },
    why: { en: 'An associated type of a trait is used before it is known whose it is. Write the type, for example `text.parse[i32]()`.', zh: '用到了 trait 的关联类型，却不知道属于哪个类型。请写出类型，例如 `text.parse[i32]()`。' },
    wrong: 'fn main():\n    let n = "5".parse().unwrap()\n    println("{n}")\n',
    right: 'fn main():\n    let n = "5".parse[i32]().unwrap()\n    println("{n}")\n',
  },
  {
    code: 'E0790', slug: 'whose-function', severity: 'error',
    message: { en: 'cannot call a function of trait `{trait}` without saying whose it is', zh: '调用 trait `{trait}` 的函数时必须说明属于哪个类型' },
    why: { en: 'A trait’s function without `self` belongs to a type that implements the trait. Nothing says which: write `Type::name()` or `<Type as Trait>::name()`.', zh: 'trait 中没有 `self` 的函数属于某个实现类型。此处无法知道是哪个：请写 `类型::名字()` 或 `<类型 as Trait>::名字()`。' },
    wrong: 'trait Make:\n    fn make() -> u32\n\nstruct A\n\nimpl Make for A:\n    fn make() -> u32: 1\n\nfn main():\n    println("{}", Make::make())\n',
    right: 'trait Make:\n    fn make() -> u32\n\nstruct A\n\nimpl Make for A:\n    fn make() -> u32: 1\n\nfn main():\n    println("{}", A::make())\n',
  },
  {
    code: 'E0369', slug: 'no-such-operation', severity: 'error',
    message: { en: '{what}: `{type}` has no `{op}`', zh: '`{type}` 没有 `{op}` 运算（{what}）' },
    why: { en: 'Operators are built in for primitive types; other types have them by implementing a trait (`Add`, `PartialEq`, …). This one does not.', zh: '运算符只对基本类型内置；其他类型要实现相应 trait（`Add`、`PartialEq` 等）才有。这个类型没有实现。' },
    wrong: 'struct Meters(f64)\n\nfn main():\n    let a = Meters(1.0) + Meters(2.0)\n',
    right: 'struct Meters(f64)\n\nfn main():\n    let a = Meters(1.0 + 2.0)\n',
  },
  {
    code: 'E0368', slug: 'no-such-assignment', severity: 'error',
    message: { en: '`{op}` cannot be applied to type `{type}`', zh: '类型 `{type}` 不能用 `{op}`' },
    why: { en: '`a += b` needs the trait `AddAssign` (and so on for the others), which this type does not implement.', zh: '`a += b` 需要 trait `AddAssign`（其余同理），该类型没有实现。' },
    wrong: 'fn main():\n    let mut on = true\n    on += false\n',
    right: 'fn main():\n    let mut on = true\n    on |= false\n',
  },
  {
    code: 'E0600', slug: 'no-such-sign', severity: 'error',
    message: { en: 'cannot apply `{op}` to type `{type}`', zh: '类型 `{type}` 不能用 `{op}`' },
    why: { en: '`not` is for `bool`, `~` for integers, `-` for signed numbers; other types have `~` and `-` by the traits `Not` and `Neg`.', zh: '`not` 用于 `bool`，`~` 用于整数，`-` 用于有符号数；其他类型要实现 `Not`、`Neg`。' },
    wrong: 'fn main():\n    let a = not 5\n',
    right: 'fn main():\n    let a = ~5\n',
  },
  {
    code: 'E0525', slug: 'closure-kind', severity: 'error',
    message: { en: 'expected a closure that implements `{want}`, but this one implements only `{have}`', zh: '需要实现 `{want}` 的闭包，而它只实现了 `{have}`' },
    why: { en: 'A closure that moves something out of itself can be called once (`FnOnce`); one that changes what it captured is an `FnMut`. The caller asks for more.', zh: '会把捕获的值移走的闭包只能调用一次（`FnOnce`）；会修改捕获内容的是 `FnMut`。而调用方要求更多。' },
    wrong: 'fn twice[F: Fn()](f: F):\n    f()\n    f()\n\nfn main():\n    let s = String::from("a")\n    let f = fn(): drop(s)\n    twice(f)\n',
    right: 'fn twice[F: Fn()](f: F):\n    f()\n    f()\n\nfn main():\n    let s = String::from("a")\n    let f = fn(): println("{s}")\n    twice(f)\n',
  },
  {
    code: 'E0593', slug: 'closure-arguments', severity: 'error',
    message: { en: '{what} should take {want} arguments, but takes {have}', zh: '{what} 应有 {want} 个参数，却有 {have} 个' },
    why: { en: 'The bound says how the function will be called, and this one takes another number of arguments.', zh: '约束规定了函数如何被调用，而它的参数个数不同。' },
    wrong: 'fn main():\n    let v: Vec[i32] = Vec::from([1])\n    let w: Vec[i32] = v.iter().map(fn(a, b): 1).collect()\n',
    right: 'fn main():\n    let v: Vec[i32] = Vec::from([1])\n    let w: Vec[i32] = v.iter().map(fn(a): 1).collect()\n',
  },
  {
    code: 'E0631', slug: 'closure-argument-types', severity: 'error',
    message: { en: '{what} should be `{want}`, but is `{have}`', zh: '{what} 应为 `{want}`，却是 `{have}`' },
    why: { en: 'The bound says with which types the function will be called, and this one takes others.', zh: '约束规定了调用时参数的类型，而它接受的是别的类型。' },
    wrong: 'fn apply[F: Fn(i32) -> i32](f: F) -> i32: f(1)\n\nfn main():\n    apply(fn(x: &str) -> i32: 1)\n',
    right: 'fn apply[F: Fn(i32) -> i32](f: F) -> i32: f(1)\n\nfn main():\n    apply(fn(x: i32) -> i32: x)\n',
  },
  {
    code: 'E0720', slug: 'endless-hidden-type', severity: 'error',
    message: { en: 'the hidden result type would contain itself', zh: '隐藏的结果类型会包含它自身' },
    why: { en: 'The type behind `impl Trait` is found from the body; here it would have to be part of itself.', zh: '`impl Trait` 背后的类型由函数体得出；这里它得包含它自己。' },
    wrong: 'fn nest() -> impl Sized:\n    [nest(), nest()]\n\nfn main():\n    nest()\n',
    right: 'fn nest() -> impl Sized:\n    [1, 2]\n\nfn main():\n    nest()\n',
  },
  {
    code: 'E0746', slug: 'unsized-result', severity: 'error',
    message: { en: 'a result cannot be `{type}`: its size is not known', zh: '结果不能是 `{type}`：大小未知' },
    why: { en: 'A value that is returned needs a size. Return `impl Trait` when it is always one type, `Box[dyn Trait]` when it may be several.', zh: '返回的值必须有已知大小。若总是同一类型，用 `impl Trait`；若可能是多种类型，用 `Box[dyn Trait]`。' },
    wrong: 'trait Shape:\n    fn area(&self) -> f64\n\nstruct Dot\n\nimpl Shape for Dot:\n    fn area(&self) -> f64: 0.0\n\nfn make() -> dyn Shape:\n    Dot\n\nfn main():\n    println("")\n',
    right: 'trait Shape:\n    fn area(&self) -> f64\n\nstruct Dot\n\nimpl Shape for Dot:\n    fn area(&self) -> f64: 0.0\n\nfn make() -> impl Shape:\n    Dot\n\nfn main():\n    make()\n',
  },
  {
    code: 'E0133', slug: 'needs-unsafe', severity: 'error',
    message: { en: '{what} needs an `unsafe:` block', zh: '{what} 需要 `unsafe:` 块' },
    why: { en: 'What the compiler cannot check stands in `unsafe:`, so that a reader finds it: calls of `unsafe fn` and every access of a `static mut`.', zh: '编译器无法检查的操作要写在 `unsafe:` 中，便于读者找到：调用 `unsafe fn`，以及访问 `static mut`。' },
    wrong: 'unsafe fn poke() -> i32: 1\n\nfn main():\n    println("{}", poke())\n',
    right: 'unsafe fn poke() -> i32: 1\n\nfn main():\n    let n = unsafe: poke()\n    println("{n}")\n',
  },
];
