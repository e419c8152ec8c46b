/**
 * Catalogue records of names: what does not exist, is not visible, or is something else. See ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';
import { imports } from './imports.ts';
import { impls } from './impls.ts';
import { items } from './items.ts';
import { patterns } from './patterns.ts';

const paths: readonly Record[] = [
  {
    code: 'E0575', slug: 'qualified-path-of-another-kind', severity: 'error',
    message: { en: 'expected {expected}, found {found} `{name}`', zh: '此处应为{expected}，而 `{name}` 是{found}' },
    why: { en: 'A path through a trait names one of its items: a type where a type is wanted, a method or constant where a value is.', zh: '经由 trait 的路径指它的一个条目：需要类型处为类型，需要值处为方法或常量。' },
    wrong: 'trait Age:\n    fn old() -> i32: 1\n\nimpl Age for u8:\n\nfn main():\n    let x: <u8 as Age>::old\n',
    right: 'trait Age:\n    fn old() -> i32: 1\n\nimpl Age for u8:\n\nfn main():\n    let x = <u8 as Age>::old()\n',
  },
  {
    code: 'E0590', slug: 'leaving-from-a-condition', severity: 'error',
    message: { en: '`{what}` without a label in the condition of a `while`', zh: '`while` 的条件中的 `{what}` 没有标签' },
    why: { en: 'In a condition it is not clear which loop is meant: this one, or the one around it.', zh: '在条件中无法确定指的是这个循环还是外层循环。' },
    wrong: 'fn main():\n    while break:\n        pass\n',
    right: "fn main():\n    'a: while break 'a:\n        pass\n",
  },
  {
    code: 'E0425', slug: 'unknown-value', severity: 'error',
    message: { en: 'cannot find {what} `{name}` in this scope', zh: '在此作用域中找不到值 `{name}`' },
    why: {
      en: 'A name must be declared before it can be used: a variable by `let`, a function by `fn`, or something imported by `use`. Names of inner blocks are not seen outside.',
      zh: '名字在使用前必须声明：变量用 `let`，函数用 `fn`，别处的名字用 `use` 导入。内层代码块中的名字在外面不可见。',
    },
    wrong: 'fn main():\n    let count = 1\n    let more = conut + 1\n',
    right: 'fn main():\n    let count = 1\n    let more = count + 1\n',
  },
  {
    code: 'E0412', slug: 'unknown-type', severity: 'error',
    message: { en: 'cannot find type `{name}` in this scope', zh: '在此作用域中找不到类型 `{name}`' },
    why: {
      en: 'Types are the built-in ones, those of the prelude, those that this module declares, and those that it imports by `use`.',
      zh: '可用的类型有：内建类型、预置的类型、本模块声明的类型，以及用 `use` 导入的类型。',
    },
    wrong: 'struct Point:\n    x: int\n\nfn main(): pass\n',
    right: 'struct Point:\n    x: i32\n\nfn main(): pass\n',
  },
  {
    code: 'E0405', slug: 'unknown-trait', severity: 'error',
    message: { en: 'cannot find trait `{name}` in this scope', zh: '在此作用域中找不到 trait `{name}`' },
    why: {
      en: 'What stands after `impl … for`, in a bound or after `dyn` must be a trait that is declared or imported here.',
      zh: '`impl … for`、约束和 `dyn` 处写的必须是在这里声明或导入的 trait。',
    },
    wrong: 'struct Dog\n\nimpl Speek for Dog:\n    fn speak(&self): pass\n\nfn main(): pass\n',
    right: 'struct Dog\n\ntrait Speak:\n    fn speak(&self)\n\nimpl Speak for Dog:\n    fn speak(&self): pass\n\nfn main(): pass\n',
  },
  {
    code: 'E0404', slug: 'not-a-trait', severity: 'error',
    message: { en: 'expected trait, found {found} `{name}`', zh: '此处应为 trait，却是 `{name}`' },
    why: {
      en: 'Only traits can be implemented or asked for in a bound. A struct or a type alias cannot.',
      zh: '只有 trait 可以被实现或写在约束里，结构体和类型别名不行。',
    },
    wrong: 'struct A\nstruct B\n\nimpl A for B:\n\nfn main(): pass\n',
    right: 'trait A:\nstruct B\n\nimpl A for B:\n\nfn main(): pass\n',
  },
  {
    code: 'E0433', slug: 'unresolved-path', severity: 'error',
    message: { en: 'failed to resolve: no {what} `{name}` here', zh: '路径无法解析：这里没有 `{name}`' },
    why: {
      en: 'Everything before the last `::` of a path must be a module or a type that is known at this place.',
      zh: '路径中最后一个 `::` 之前的每一段都必须是此处已知的模块或类型。',
    },
    wrong: 'fn main():\n    let m = Hashmap[i32, i32]::new()\n',
    right: 'use std::collections::HashMap\n\nfn main():\n    let m = HashMap[i32, i32]::new()\n',
  },
  {
    code: 'E0603', slug: 'private-item', severity: 'error',
    message: { en: '{what} `{name}` is private', zh: '`{name}` 是私有的' },
    why: {
      en: 'Items are private to the module that declares them unless they are `pub`.',
      zh: '条目默认只在声明它的模块内可见，除非写了 `pub`。',
    },
    wrong: 'mod bank:\n    fn secret() -> i32: 42\n\nfn main():\n    bank::secret()\n',
    right: 'mod bank:\n    pub fn secret() -> i32: 42\n\nfn main():\n    bank::secret()\n',
  },
  {
    code: 'E0423', slug: 'not-a-value', severity: 'error',
    message: { en: 'expected value, found {found} `{name}`', zh: '此处应为值，却是 `{name}`' },
    why: {
      en: 'Types and modules are no values. A struct with fields is made by `Name { field: value }`.',
      zh: '类型和模块不是值。带字段的结构体用 `Name { field: value }` 创建。',
    },
    wrong: 'struct Point:\n    x: i32\n\nfn main():\n    let p = Point(1)\n',
    right: 'struct Point:\n    x: i32\n\nfn main():\n    let p = Point { x: 1 }\n',
  },
  {
    code: 'E0573', slug: 'not-a-type', severity: 'error',
    message: { en: 'expected type, found {found} `{name}`', zh: '此处应为类型，却是 `{name}`' },
    why: {
      en: 'A variant of an enum is not a type of its own, and functions and modules are none either. Use the enum.',
      zh: '枚举的变体不是独立的类型，函数和模块也不是。请使用枚举本身。',
    },
    wrong: 'enum Shape:\n    Circle(f64)\n\nfn area(s: Shape::Circle) -> f64: 1.0\n\nfn main(): pass\n',
    right: 'enum Shape:\n    Circle(f64)\n\nfn area(s: Shape) -> f64: 1.0\n\nfn main(): pass\n',
  },
  {
    code: 'E0574', slug: 'not-a-struct', severity: 'error',
    message: { en: 'expected {expected}, found {found} `{name}`', zh: '此处应为结构体或变体，却是 `{name}`' },
    why: {
      en: 'Only structs and variants with fields can be made or matched by `Name { … }`.',
      zh: '只有带字段的结构体和变体才能写成 `Name { … }`。',
    },
    wrong: 'enum Shape:\n    Empty\n\nfn main():\n    let s = Shape { r: 1 }\n',
    right: 'enum Shape:\n    Round { r: i32 }\n\nfn main():\n    let s = Shape::Round { r: 1 }\n',
  },
  {
    code: 'E0422', slug: 'unknown-struct', severity: 'error',
    message: { en: 'cannot find struct, variant or union type `{name}` in this scope', zh: '在此作用域中找不到结构体或变体 `{name}`' },
    why: { en: '`Name { … }` makes a value of a struct or variant, which must be declared or imported here.', zh: '`Name { … }` 创建结构体或变体的值，它必须在这里声明或导入。' },
    wrong: 'struct Point:\n    x: i32\n\nfn main():\n    let p = Piont { x: 1 }\n',
    right: 'struct Point:\n    x: i32\n\nfn main():\n    let p = Point { x: 1 }\n',
  },
  {
    code: 'E0533', slug: 'struct-variant-as-value', severity: 'error',
    message: { en: 'expected {expected}, found {found} `{name}`', zh: '`{name}` 带有字段，不能单独作为值' },
    why: { en: 'A variant with named fields is made by naming them.', zh: '带命名字段的变体必须写出各字段才能创建。' },
    wrong: 'enum Shape:\n    Round { r: i32 }\n\nfn main():\n    let s = Shape::Round\n',
    right: 'enum Shape:\n    Round { r: i32 }\n\nfn main():\n    let s = Shape::Round { r: 1 }\n',
  },
  {
    code: 'E1044', slug: 'is-binds', severity: 'error',
    message: { en: '`is` binds no variable: `{name}` needs `if let`', zh: '`is` 不绑定变量：`{name}` 需要 `if let`' },
    why: { en: '`x is P` is a `bool`. To take a part out write `if let P = x:`; where the part does not matter write `_` in its place.', zh: '`x is P` 的值是 `bool`。要取出其中的部分，写 `if let P = x:`；不需要的部分写 `_`。' },
    wrong: 'fn main():\n    let x = Some(1)\n    if x is Some(n):\n        println("{n}")\n',
    right: 'fn main():\n    let x = Some(1)\n    if let Some(n) = x:\n        println("{n}")\n    println("{}", x is Some(_))\n',
  },
  {
    code: 'E0576', slug: 'unknown-trait-item', severity: 'error',
    message: { en: 'cannot find {what} `{name}` in {in}', zh: '在 trait 中找不到 `{name}`' },
    why: { en: '`<Type as Trait>::name` and `Trait::name` lead to items that the trait itself declares.', zh: '`<Type as Trait>::name` 和 `Trait::name` 只能指向该 trait 自己声明的条目。' },
    wrong: 'trait Area:\n    fn area(&self) -> f64\n\nfn total[T: Area](t: &T) -> f64: <T as Area>::size(t)\n\nfn main(): pass\n',
    right: 'trait Area:\n    fn area(&self) -> f64\n\nfn total[T: Area](t: &T) -> f64: <T as Area>::area(t)\n\nfn main(): pass\n',
  },
  {
    code: 'E0401', slug: 'outer-parameter', severity: 'error',
    message: { en: 'cannot use `{name}` of the outer item here', zh: '这里不能使用外层条目的 `{name}`' },
    why: { en: 'An item inside a function is an item of its own: it sees no generic parameter and no `Self` of what stands around it.', zh: '函数内部的条目是独立的：它看不到外层的泛型参数和 `Self`。' },
    wrong: 'fn outer[T](x: T):\n    fn inner(y: T): pass\n\nfn main(): pass\n',
    right: 'fn outer[T](x: T):\n    fn inner[U](y: U): pass\n\nfn main(): pass\n',
  },
  {
    code: 'E0434', slug: 'fn-cannot-capture', severity: 'error',
    message: { en: 'a function cannot use the variable `{name}` of the function outside', zh: '内层函数不能使用外层函数的变量 `{name}`' },
    why: { en: 'An `fn` item captures nothing. An anonymous `fn` in an expression is a closure and can.', zh: '`fn` 条目不捕获任何变量。表达式中的匿名 `fn` 是闭包，可以捕获。' },
    wrong: 'fn main():\n    let n = 2\n    fn twice(x: i32) -> i32: x * n\n    twice(3)\n',
    right: 'fn main():\n    let n = 2\n    let twice = fn(x: i32): x * n\n    twice(3)\n',
  },
  {
    code: 'E0435', slug: 'variable-in-constant', severity: 'error',
    message: { en: 'the variable `{name}` is not a constant', zh: '变量 `{name}` 不是常量' },
    why: { en: 'Lengths of arrays, constants and statics are computed when compiling, before any variable has a value.', zh: '数组长度、常量和静态变量在编译时求值，那时变量还没有值。' },
    wrong: 'fn main():\n    let n = 3\n    let a = [0; n]\n',
    right: 'fn main():\n    const N: usize = 3\n    let a = [0; N]\n',
  },
  {
    code: 'E0424', slug: 'no-self', severity: 'error',
    message: { en: 'there is no `self` here', zh: '这里没有 `self`' },
    why: { en: '`self` is the receiver of a method: a function in an impl whose first parameter is `self`, `&self` or `&mut self`.', zh: '`self` 是方法的接收者：impl 中第一个参数为 `self`、`&self` 或 `&mut self` 的函数才有它。' },
    wrong: 'struct P:\n    x: i32\n    fn get() -> i32: self.x\n\nfn main(): pass\n',
    right: 'struct P:\n    x: i32\n    fn get(&self) -> i32: self.x\n\nfn main(): pass\n',
  },
  {
    code: 'E0411', slug: 'no-self-type', severity: 'error',
    message: { en: 'there is no `Self` here', zh: '这里没有 `Self`' },
    why: { en: '`Self` is the type that an impl, a trait or a type declaration is about. Elsewhere there is none.', zh: '`Self` 是 impl、trait 或类型声明所针对的类型，别处没有。' },
    wrong: 'fn make() -> Self: 1\n\nfn main(): pass\n',
    right: 'fn make() -> i32: 1\n\nfn main(): pass\n',
  },
  {
    code: 'E0426', slug: 'unknown-label', severity: 'error',
    message: { en: "use of undeclared label `'{name}`", zh: "使用了未声明的标签 `'{name}`" },
    why: { en: 'A label is declared before a loop or block that stands around: `\'name: loop: …`.', zh: '标签写在外围的循环或代码块之前：`\'name: loop: …`。' },
    wrong: "fn main():\n    loop: break 'outer\n",
    right: "fn main():\n    'outer: loop: break 'outer\n",
  },
  {
    code: 'E0267', slug: 'break-in-closure', severity: 'error',
    message: { en: '`{what}` inside of a closure', zh: '闭包中的 `{what}` 无法作用于外面的循环' },
    why: { en: 'A closure is a function of its own. It can `return`, but not leave a loop around it.', zh: '闭包是独立的函数，可以 `return`，但不能离开外面的循环。' },
    wrong: 'fn main():\n    loop:\n        let f = fn(): break\n        break\n',
    right: 'fn main():\n    loop:\n        let f = fn(): return\n        break\n',
  },
  {
    code: 'E0268', slug: 'break-outside-loop', severity: 'error',
    message: { en: '`{what}` outside of a loop', zh: '循环之外的 `{what}`' },
    why: { en: '`break` and `continue` belong to a loop around them.', zh: '`break` 和 `continue` 只能用在循环里。' },
    wrong: 'fn main():\n    break\n',
    right: 'fn main():\n    loop: break\n',
  },
  {
    code: 'E0571', slug: 'break-with-value', severity: 'error',
    message: { en: '`break` with a value from a loop that has none', zh: '此循环没有值，`break` 不能带值' },
    why: { en: '`for` and `while` may end without a `break`, so they are always `()`. `loop` and labelled blocks have the value of their `break`.', zh: '`for` 和 `while` 可能不经 `break` 就结束，所以总是 `()`。`loop` 和带标签的代码块才以 `break` 的值为值。' },
    wrong: 'fn main():\n    while true: break 1\n',
    right: 'fn main():\n    let x = loop: break 1\n',
  },
  {
    code: 'E0695', slug: 'unlabelled-break-in-block', severity: 'error',
    message: { en: 'unlabelled `{what}` inside of a labelled block', zh: '带标签代码块中的 `{what}` 没有写标签' },
    why: { en: 'Inside a labelled block it is not plain which of the two a bare `break` would leave. Label the loop and name it.', zh: '在带标签的代码块中，不带标签的 `break` 离开的是哪一个并不清楚。请给循环加上标签。' },
    wrong: "fn main():\n    loop:\n        'a: do:\n            break\n",
    right: "fn main():\n    'l: loop:\n        'a: do:\n            break 'l\n",
  },
  {
    code: 'E0696', slug: 'continue-to-block', severity: 'error',
    message: { en: "`continue` to the labelled block `'{name}`", zh: "`continue` 指向了代码块 `'{name}`" },
    why: { en: 'Only loops have a next turn. A block can be left by `break`.', zh: '只有循环才有下一轮。代码块只能用 `break` 离开。' },
    wrong: "fn main():\n    'a: do:\n        continue 'a\n",
    right: "fn main():\n    'a: do:\n        break 'a\n",
  },
  {
    code: 'E0767', slug: 'label-beyond-closure', severity: 'error',
    message: { en: "use of the unreachable label `'{name}`", zh: "标签 `'{name}` 在闭包外，无法到达" },
    why: { en: 'A closure is a function of its own; labels around it are out of its reach.', zh: '闭包是独立的函数，到不了外面的标签。' },
    wrong: "fn main():\n    'a: loop:\n        let f = fn(): break 'a\n        break\n",
    right: "fn main():\n    'a: loop:\n        let f = fn(): return\n        break 'a\n",
  },
  {
    code: 'E0659', slug: 'ambiguous-name', severity: 'error',
    message: { en: '`{name}` is ambiguous', zh: '`{name}` 有歧义' },
    why: { en: 'Two glob imports bring different things of one name. Import the one you mean by name: that takes precedence.', zh: '两个通配导入带来了同名的不同东西。请按名字导入想要的那一个，它优先。' },
    wrong: 'mod a:\n    pub fn f() -> i32: 1\nmod b:\n    pub fn f() -> i32: 2\nuse a::*\nuse b::*\n\nfn main():\n    f()\n',
    right: 'mod a:\n    pub fn f() -> i32: 1\nmod b:\n    pub fn f() -> i32: 2\nuse a::*\nuse b::*\nuse b::f\n\nfn main():\n    f()\n',
  },
  {
    code: 'E0428', slug: 'duplicate-item', severity: 'error',
    message: { en: 'the name `{name}` is defined multiple times', zh: '名字 `{name}` 重复定义' },
    why: { en: 'A module can have one type and one value of a name.', zh: '一个模块中，同名的类型只能有一个，同名的值也只能有一个。' },
    wrong: 'struct Bar\nstruct Bar\n\nfn main(): pass\n',
    right: 'struct Bar\nstruct Baz\n\nfn main(): pass\n',
  },
];

export const names: readonly Record[] = [...paths, ...imports, ...items, ...impls, ...patterns];
