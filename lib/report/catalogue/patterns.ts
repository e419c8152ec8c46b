/**
 * Catalogue records of patterns and constants. See ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';

export const patterns: readonly Record[] = [
  {
    code: 'E0004', slug: 'non-exhaustive-match', severity: 'error',
    message: { en: 'non-exhaustive patterns: {patterns} not covered', zh: '匹配不完整：没有覆盖 {patterns}' },
    why: {
      en: 'A `match` must say what happens for every value, so that none falls through unnoticed. Add the missing arms, or `_:` for all the rest.',
      zh: '`match` 必须说明每个值怎么处理，才不会有值被悄悄漏掉。请补上缺少的分支，或用 `_:` 处理其余情况。',
    },
    wrong: 'enum Color:\n    Red\n    Green\n\nfn main():\n    let c = Color::Red\n    match c:\n        Color::Red: ()\n',
    right: 'enum Color:\n    Red\n    Green\n\nfn main():\n    let c = Color::Red\n    match c:\n        Color::Red: ()\n        Color::Green: ()\n',
  },
  {
    code: 'E0005', slug: 'refutable-pattern', severity: 'error',
    message: { en: 'refutable pattern in {what}: {patterns} not covered', zh: '此处的模式必须总能匹配：没有覆盖 {patterns}' },
    why: { en: '`let`, `for` and parameters have nowhere to go when their pattern does not match. Use `if let`, `match`, or `let … else:`.', zh: '`let`、`for` 和参数在模式不匹配时无路可走。请用 `if let`、`match` 或 `let … else:`。' },
    wrong: 'fn main():\n    let o = Some(1)\n    let Some(x) = o\n',
    right: 'fn main():\n    let o = Some(1)\n    let Some(x) = o else: return\n',
  },
  {
    code: 'W1201', slug: 'unreachable-pattern', severity: 'warning',
    message: { en: 'unreachable pattern', zh: '永远匹配不到的模式' },
    why: { en: 'The patterns before it take every value that this one could take.', zh: '前面的模式已经接收了它可能匹配的所有值。' },
    wrong: 'fn main():\n    match 3:\n        _: ()\n        1: ()\n',
    right: 'fn main():\n    match 3:\n        1: ()\n        _: ()\n',
  },
  {
    code: 'E0030', slug: 'empty-range-pattern', severity: 'error',
    message: { en: 'the range in this pattern is empty', zh: '模式中的范围是空的' },
    why: { en: 'The start of `a..=b` must not be above its end.', zh: '`a..=b` 的起点不能大于终点。' },
    wrong: 'fn main():\n    match 5u32:\n        1000..=5: ()\n        _: ()\n',
    right: 'fn main():\n    match 5u32:\n        5..=1000: ()\n        _: ()\n',
  },
  {
    code: 'E0579', slug: 'empty-half-open-range-pattern', severity: 'error',
    message: { en: 'the range in this pattern is empty', zh: '模式中的范围是空的' },
    why: { en: 'The start of `a..b` must be below its end.', zh: '`a..b` 的起点必须小于终点。' },
    wrong: 'fn main():\n    match 5u32:\n        5..5: ()\n        _: ()\n',
    right: 'fn main():\n    match 5u32:\n        5..6: ()\n        _: ()\n',
  },
  {
    code: 'E0408', slug: 'alternatives-bind-differently', severity: 'error',
    message: { en: 'variable `{name}` is not bound in all patterns', zh: '变量 `{name}` 没有在所有分支模式中绑定' },
    why: { en: 'Whichever alternative matches, the arm may use the variable. So each must bind it.', zh: '不论匹配哪一个备选，分支都可能用到该变量，所以每个备选都必须绑定它。' },
    wrong: 'enum E:\n    A(i32)\n    B(i32)\n    C\n\nfn main():\n    match E::A(1):\n        E::A(x) | E::B(_): ()\n        E::C: ()\n',
    right: 'enum E:\n    A(i32)\n    B(i32)\n    C\n\nfn main():\n    match E::A(1):\n        E::A(x) | E::B(x): ()\n        E::C: ()\n',
  },
  {
    code: 'E0415', slug: 'duplicate-parameter', severity: 'error',
    message: { en: 'the name `{name}` is bound more than once in this parameter list', zh: '参数名 `{name}` 重复' },
    why: { en: 'Each parameter needs a name of its own.', zh: '每个参数都要有自己的名字。' },
    wrong: 'fn add(a: i32, a: i32) -> i32: a\n\nfn main(): pass\n',
    right: 'fn add(a: i32, b: i32) -> i32: a + b\n\nfn main(): pass\n',
  },
  {
    code: 'E0416', slug: 'duplicate-binding', severity: 'error',
    message: { en: 'the name `{name}` is bound more than once in the same pattern', zh: '同一个模式中 `{name}` 绑定了多次' },
    why: { en: 'A pattern does not compare: the same name twice would have two values.', zh: '模式不做比较：同名两次会有两个值。' },
    wrong: 'fn main():\n    let (a, a) = (1, 2)\n',
    right: 'fn main():\n    let (a, b) = (1, 2)\n',
  },
  {
    code: 'E0530', slug: 'binding-shadows-item', severity: 'error',
    message: { en: 'a variable cannot be named `{name}`: that is a {what}', zh: '变量不能叫 `{name}`，它是一个条目的名字' },
    why: { en: 'In a pattern, the name of a static or of a tuple struct would be read as that, so a variable must have another.', zh: '在模式中，静态变量或元组结构体的名字会按它本身来理解，所以变量要用别的名字。' },
    wrong: 'static ZERO: i32 = 0\n\nfn main():\n    match 1:\n        ZERO: ()\n',
    right: 'const ZERO: i32 = 0\n\nfn main():\n    match 1:\n        ZERO: ()\n        _: ()\n',
  },
  {
    code: 'E0531', slug: 'unknown-pattern', severity: 'error',
    message: { en: 'cannot find {what} `{name}` in this scope', zh: '在此作用域中找不到 `{name}`' },
    why: { en: 'A pattern `Name(…)` takes apart a tuple struct or variant, which must be known here: `Enum::Name(…)`, or `use Enum::*` first.', zh: '模式 `Name(…)` 拆开元组结构体或变体，它必须在此处已知：写 `Enum::Name(…)`，或先 `use Enum::*`。' },
    wrong: 'enum E:\n    A(i32)\n\nfn main():\n    let A(x) = E::A(1)\n',
    right: 'enum E:\n    A(i32)\n\nfn main():\n    let E::A(x) = E::A(1)\n',
  },
  {
    code: 'E0532', slug: 'wrong-pattern', severity: 'error',
    message: { en: 'expected {expected}, found {found} `{name}`', zh: '`{name}` 不能用作模式' },
    why: { en: 'Patterns are made of constants, structs and variants. Functions cannot be matched.', zh: '模式由常量、结构体和变体组成，函数不能用来匹配。' },
    wrong: 'fn zero() -> i32: 0\n\nfn main():\n    match 1:\n        zero(): ()\n        _: ()\n',
    right: 'const ZERO: i32 = 0\n\nfn main():\n    match 1:\n        ZERO: ()\n        _: ()\n',
  },
  {
    code: 'E0080', slug: 'constant-fails', severity: 'error',
    message: { en: 'evaluation of a constant failed', zh: '常量求值失败' },
    why: { en: 'A constant is computed when compiling, exactly. What would panic at run time cannot have a value.', zh: '常量在编译时精确求值。运行时会 panic 的计算得不到值。' },
    wrong: 'const N: u8 = 200 + 100\n\nfn main(): pass\n',
    right: 'const N: u16 = 200 + 100\n\nfn main(): pass\n',
  },
  {
    code: 'E0015', slug: 'call-in-constant', severity: 'error',
    message: { en: 'cannot call the function `{name}` in a constant', zh: '常量中不能调用函数 `{name}`' },
    why: { en: 'Only a `const fn` promises that it can run when compiling.', zh: '只有 `const fn` 保证可以在编译时运行。' },
    wrong: 'fn size() -> usize: 4\n\nfn main():\n    let a = [0u8; size()]\n',
    right: 'const fn size() -> usize: 4\n\nfn main():\n    let a = [0u8; size()]\n',
  },
  {
    code: 'E1111', slug: 'not-constant', severity: 'error',
    message: { en: 'this cannot be computed when compiling', zh: '这无法在编译时求值' },
    why: { en: 'Array lengths, const arguments and discriminants are computed from literals, constants, arithmetic, control flow and calls of `const fn`.', zh: '数组长度、const 参数和判别值只能由字面量、常量、算术、控制流和 `const fn` 调用算出。' },
    wrong: 'fn main():\n    let a = [0u8; Vec[u8]::new().len()]\n',
    right: 'fn main():\n    let a = [0u8; 1]\n',
  },
  {
    code: 'E1112', slug: 'generic-in-constant', severity: 'error',
    message: { en: 'a generic parameter cannot be computed with here', zh: '泛型参数在这里不能参与运算' },
    why: { en: 'The type `[T; N + 1]` would be a different one for each `N` in a way that cannot be checked before. `N` alone is fine.', zh: '类型 `[T; N + 1]` 随 `N` 而变，无法预先检查。单独的 `N` 可以。' },
    wrong: 'fn more[const N: usize](a: [u8; N]) -> [u8; N + 1]: todo()\n\nfn main(): pass\n',
    right: 'fn same[const N: usize](a: [u8; N]) -> [u8; N]: a\n\nfn main(): pass\n',
  },
  {
    code: 'E0033', slug: 'object-taken-apart', severity: 'error',
    message: { en: 'type `{type}` cannot be dereferenced', zh: '类型 `{type}` 不能解引用' },
    why: { en: 'What stands behind a `dyn` has no size that is known here, so a pattern cannot take it out of its reference.', zh: '`dyn` 后面的值在这里没有已知大小，模式不能把它从引用中取出。' },
    wrong: 'trait T:\n\nfn f(t: &dyn T):\n    let &x = t\n\nfn main(): pass\n',
    right: 'trait T:\n\nfn f(t: &dyn T):\n    let x = t\n\nfn main(): pass\n',
  },
  {
    code: 'E0493', slug: 'destructor-in-constant', severity: 'error',
    message: { en: 'the destructor of `{type}` cannot run when compiling', zh: '`{type}` 的析构函数不能在编译时运行' },
    why: { en: 'A `const fn` or constant may hold values with destructors, but must hand them on: dropping one would run code that is not `const`.', zh: '`const fn` 和常量可以持有带析构函数的值，但必须把它交出去：丢弃它会运行非 `const` 的代码。' },
    wrong: 'const fn first(pair: (i32, String)) -> i32: pair.0\n\nfn main(): pass\n',
    right: 'const fn first(pair: &(i32, String)) -> i32: pair.0\n\nfn main(): pass\n',
  },
];
