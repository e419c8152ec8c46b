/**
 * Catalogue records of conversions, places, control flow, literals and format texts. See ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';

export const conversions: readonly Record[] = [
  {
    code: 'E0604', slug: 'cast-to-char', severity: 'error',
    message: { en: 'only `u8` can be made a `char` with `as`, not `{from}`', zh: '只有 `u8` 能用 `as` 转成 `char`，`{from}` 不行' },
    why: { en: 'Not every number is a character. `char::from_u32(n)` gives an `Option`.', zh: '并非每个数都是字符。`char::from_u32(n)` 返回 `Option`。' },
    wrong: 'fn main():\n    let n = 66u32\n    println("{}", n as char)\n',
    right: 'fn main():\n    let n = 66u8\n    println("{}", n as char)\n',
  },
  {
    code: 'E0605', slug: 'no-such-cast', severity: 'error',
    message: { en: '`{from}` cannot be converted to `{to}` with `as`', zh: '`{from}` 不能用 `as` 转换为 `{to}`' },
    why: { en: '`as` converts between primitive types only. Other conversions are functions: `From`, `Into`, a method.', zh: '`as` 只在基本类型之间转换。其他转换是函数：`From`、`Into` 或某个方法。' },
    wrong: 'fn main():\n    let v = Vec::from([1u8])\n    let n = v as u32\n',
    right: 'fn main():\n    let v = Vec::from([1u8])\n    let n = v[0] as u32\n',
  },
  {
    code: 'E0606', slug: 'invalid-cast', severity: 'error',
    message: { en: 'casting `{from}` as `{to}` is invalid', zh: '`{from}` 转为 `{to}` 无效' },
    why: { en: 'Both are primitive, but there is no direct way from one to the other. A reference must be dereferenced first; `bool` and `char` go through an integer.', zh: '两者都是基本类型，但不能直接转换。引用要先解引用；`bool` 和 `char` 要先转成整数。' },
    wrong: 'fn main():\n    let x = &0u8\n    let y = x as u32\n',
    right: 'fn main():\n    let x = &0u8\n    let y = *x as u32\n',
  },
  {
    code: 'E0607', slug: 'thin-to-wide', severity: 'error',
    message: { en: 'cannot cast thin pointer `{from}` to wide pointer `{to}`', zh: '不能把细指针 `{from}` 转成宽指针 `{to}`' },
    why: { en: 'A pointer to a slice or `dyn` carries more than an address: a length, or a table of methods. A thin pointer has neither.', zh: '指向切片或 `dyn` 的指针除地址外还带有长度或方法表，细指针没有。' },
    wrong: 'fn main():\n    let v = 0 as *const u8\n    let w = v as *const [u8]\n',
    right: 'fn main():\n    let v = 0 as *const u8\n    let w = v as *const u16\n',
  },
  {
    code: 'E0054', slug: 'cast-to-bool', severity: 'error',
    message: { en: 'cannot cast `{from}` as `bool`', zh: '不能把 `{from}` 转成 `bool`' },
    why: { en: 'Compare with zero instead: it says what is meant.', zh: '请与零比较：意思更清楚。' },
    wrong: 'fn main():\n    let x = 5\n    let on = x as bool\n',
    right: 'fn main():\n    let x = 5\n    let on = x != 0\n',
  },
  {
    code: 'E0620', slug: 'cast-to-unsized', severity: 'error',
    message: { en: 'cannot cast `{from}` to `{to}`, which has no size', zh: '不能把 `{from}` 转成没有大小的 `{to}`' },
    why: { en: 'A value needs a size known when compiling. Cast to a reference.', zh: '值必须在编译期有已知大小。请转成引用。' },
    wrong: 'fn main():\n    let a = &[0usize, 2] as [usize]\n',
    right: 'fn main():\n    let a = &[0usize, 2] as &[usize]\n',
  },
  {
    code: 'E0608', slug: 'cannot-be-indexed', severity: 'error',
    message: { en: 'cannot index into a value of type `{type}`', zh: '类型 `{type}` 的值不能用下标' },
    why: { en: 'Arrays, slices, raw pointers and types that implement `Index` can be indexed.', zh: '数组、切片、裸指针以及实现了 `Index` 的类型才能用下标。' },
    wrong: 'fn main():\n    let n = 0u32\n    println("{}", n[2])\n',
    right: 'fn main():\n    let n = [0u32, 1, 2]\n    println("{}", n[2])\n',
  },
  {
    code: 'E0614', slug: 'cannot-be-dereferenced', severity: 'error',
    message: { en: 'type `{type}` cannot be dereferenced', zh: '类型 `{type}` 不能解引用' },
    why: { en: '`*` follows references, pointers, boxes and types that implement `Deref`.', zh: '`*` 只能用于引用、指针、Box 以及实现了 `Deref` 的类型。' },
    wrong: 'fn main():\n    let y = 0u32\n    println("{}", *y)\n',
    right: 'fn main():\n    let y = &0u32\n    println("{}", *y)\n',
  },
  {
    code: 'E0070', slug: 'cannot-be-assigned', severity: 'error',
    message: { en: 'the left side of `=` is no place', zh: '`=` 的左边不是可赋值的位置' },
    why: { en: 'A value can be stored in a variable, a field, an element or behind a pointer; not in a literal, a constant or the result of a call.', zh: '值可以存入变量、字段、元素或指针所指之处；不能存入字面量、常量或调用结果。' },
    wrong: 'fn main():\n    1 = 3\n',
    right: 'fn main():\n    let mut x = 1\n    x = 3\n',
  },
  {
    code: 'E0067', slug: 'cannot-be-updated', severity: 'error',
    message: { en: 'the left side of this assignment is no place', zh: '此赋值的左边不是可赋值的位置' },
    why: { en: '`a += b` reads and stores `a`: it must be a variable, a field, an element or behind a pointer.', zh: '`a += b` 会读取并存入 `a`：它必须是变量、字段、元素或指针所指之处。' },
    wrong: 'fn main():\n    12 += 1\n',
    right: 'fn main():\n    let mut x = 12\n    x += 1\n',
  },
  {
    code: 'E0745', slug: 'address-of-temporary', severity: 'error',
    message: { en: 'cannot take the address of a temporary', zh: '不能取临时值的地址' },
    why: { en: 'A temporary is gone at the end of its statement; a raw pointer would keep pointing at it. Give it a name first.', zh: '临时值在语句结束时就消失，裸指针却仍会指向它。请先给它一个名字。' },
    wrong: 'fn main():\n    let p = &raw const 2\n',
    right: 'fn main():\n    let x = 2\n    let p = &raw const x\n',
  },
  {
    code: 'E0069', slug: 'return-without-value', severity: 'error',
    message: { en: '`return` without a value in a function that returns `{type}`', zh: '函数返回 `{type}`，而 `return` 没有值' },
    why: { en: 'Every `return` gives the value that the signature promises.', zh: '每个 `return` 都要给出签名所承诺的值。' },
    wrong: 'fn f() -> u8:\n    return\n\nfn main():\n    f()\n',
    right: 'fn f() -> u8:\n    return 5\n\nfn main():\n    f()\n',
  },
  {
    code: 'E0572', slug: 'return-outside', severity: 'error',
    message: { en: '`return` outside of a function', zh: '`return` 在函数之外' },
    why: { en: 'A constant’s value is an expression; there is no function to return from.', zh: '常量的值是一个表达式，没有函数可以返回。' },
    wrong: 'const N: u32 = return 0\n\nfn main():\n    println("{N}")\n',
    right: 'const N: u32 = 0\n\nfn main():\n    println("{N}")\n',
  },
  {
    code: 'E1020', slug: 'literal-out-of-range', severity: 'error',
    message: { en: '`{type}` cannot hold `{literal}`', zh: '`{type}` 放不下 `{literal}`' },
    why: { en: 'Each integer type has a smallest and a largest value. Use a wider type.', zh: '每种整数类型都有最小值和最大值。请用更宽的类型。' },
    wrong: 'fn main():\n    let x: u8 = 256\n',
    right: 'fn main():\n    let x: u16 = 256\n',
  },
  {
    code: 'E1030', slug: 'text-not-literal', severity: 'error',
    message: { en: 'the text of `{name}` must be a string literal', zh: '`{name}` 的文本必须是字符串字面量' },
    why: { en: 'Format texts are checked when compiling, so they must stand there as they are. Print a variable with `"{}"`.', zh: '格式文本在编译期检查，因此必须直接写出。要打印变量，请用 `"{}"`。' },
    wrong: 'fn main():\n    let s = "hi"\n    println(s)\n',
    right: 'fn main():\n    let s = "hi"\n    println("{s}")\n',
  },
  {
    code: 'E1061', slug: 'format-text', severity: 'error',
    message: { en: 'format text: {what}', zh: '格式文本有误：{what}' },
    why: { en: 'A format text has `{}` for the next value, `{name}`, `{0}`, and after a colon how it is to look. Each value given must be used, and each that is asked for given. `{{` prints a brace.', zh: '格式文本用 `{}` 表示下一个值，也可写 `{name}`、`{0}`，冒号后写格式。给出的值都要用到，用到的值都要给出。`{{` 打印花括号。' },
    wrong: 'fn main():\n    println("{} and {}", 1)\n',
    right: 'fn main():\n    println("{} and {}", 1, 2)\n',
  },
];
