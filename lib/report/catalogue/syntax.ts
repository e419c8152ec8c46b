/**
 * Catalogue records of the problems that syntax has to report. See ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';
import { habits } from './habits.ts';

const layout: readonly Record[] = [
  {
    code: 'E1001', slug: 'missing-colon', severity: 'error',
    message: { en: 'a `:` is missing after `{after} …`', zh: '`{after} …` 之后缺少 `:`' },
    why: {
      en: 'A block is opened by `:` at the end of the line that introduces it, and its lines are indented. Without the `:` the next lines belong to nothing.',
      zh: '代码块由引入它的那一行末尾的 `:` 打开，块中的各行要缩进。没有 `:`，后面的行就不属于任何结构。',
    },
    wrong: 'fn main():\n    let x = 1\n    if x > 0\n        println("positive")\n',
    right: 'fn main():\n    let x = 1\n    if x > 0:\n        println("positive")\n',
  },
  {
    code: 'E1002', slug: 'tab-in-indentation', severity: 'error',
    message: { en: 'a tab in the indentation', zh: '缩进中有制表符' },
    why: {
      en: 'Indentation decides which lines form a block, and a tab is as wide as each editor likes. So Altru indents with spaces alone.',
      zh: '缩进决定哪些行组成一个代码块，而制表符的宽度随编辑器而变，所以 Altru 只用空格缩进。',
    },
    wrong: 'fn main():\n\tprintln("hi")\n',
    right: 'fn main():\n    println("hi")\n',
  },
  {
    code: 'E1003', slug: 'unexpected-indentation', severity: 'error',
    message: { en: 'this line is indented, but nothing opened a block', zh: '此行有缩进，但之前没有打开代码块' },
    why: {
      en: 'Only a line that ends in `:` makes the next one go deeper. An expression may go on over several lines inside brackets, or with lines that begin with `.`.',
      zh: '只有以 `:` 结尾的行才能让下一行缩进更深。表达式只能在括号内跨行，或者以 `.` 开头的行继续。',
    },
    wrong: 'fn main():\n    let x = 1\n        let y = 2\n    println("{x} {y}")\n',
    right: 'fn main():\n    let x = 1\n    let y = 2\n    println("{x} {y}")\n',
  },
  {
    code: 'E1005', slug: 'no-such-column', severity: 'error',
    message: { en: 'this line stands in column {column}, where no block does (open blocks: {columns})', zh: '此行在第 {column} 列，没有代码块在这一列（打开的代码块：{columns}）' },
    why: {
      en: 'A line that is less indented than the one before closes blocks until it finds the one whose column it shares. Here it lies between two.',
      zh: '缩进变浅的行会关闭代码块，直到遇到与它同列的块。这一行落在两个块之间。',
    },
    wrong: 'fn main():\n    if true:\n        println("a")\n      println("b")\n',
    right: 'fn main():\n    if true:\n        println("a")\n    println("b")\n',
  },
  {
    code: 'E1006', slug: 'unclosed-bracket', severity: 'error',
    message: { en: 'this `{open}` is never closed', zh: '这个 `{open}` 没有闭合' },
    why: {
      en: 'Inside brackets the ends of lines do not count, so a bracket that is never closed swallows what follows.',
      zh: '括号内换行不起作用，所以没有闭合的括号会吞掉后面的内容。请补上对应的右括号。',
    },
    wrong: 'fn main():\n    println("a"\n    let x = 1\n    println("{x}")\n',
    right: 'fn main():\n    println("a")\n    let x = 1\n    println("{x}")\n',
  },
  {
    code: 'E1007', slug: 'unmatched-bracket', severity: 'error',
    message: { en: 'this `{close}` closes nothing', zh: '这个 `{close}` 没有对应的左括号' },
    why: { en: 'Every closing bracket belongs to an open one of its kind.', zh: '每个右括号都要有同类的左括号。' },
    wrong: 'fn main():\n    println("a"))\n',
    right: 'fn main():\n    println("a")\n',
  },
  {
    code: 'E0586', slug: 'inclusive-range-without-end', severity: 'error',
    message: { en: 'an inclusive range needs an end', zh: '闭区间必须有终点' },
    why: { en: '`..=` takes in its end. A range that goes on is written `a..`.', zh: '`..=` 包含终点。无终点的区间写作 `a..`。' },
    wrong: 'fn main():\n    let v = Vec::from([1, 2, 3])\n    println("{:?}", &v[1..=])\n',
    right: 'fn main():\n    let v = Vec::from([1, 2, 3])\n    println("{:?}", &v[1..])\n',
  },
  {
    code: 'E1008', slug: 'unexpected-word', severity: 'error',
    message: { en: 'expected {expected}, found {found}', zh: '应为{expectedZh}，却是{foundZh}' },
    why: { en: 'The line is well formed up to here; what follows fits no rule of the language.', zh: '到此为止这一行符合语法，接下来的内容不符合任何规则。' },
    wrong: 'fn main():\n    let x = 1 +\n    println("{x}")\n',
    right: 'fn main():\n    let x = 1 + 2\n    println("{x}")\n',
  },
  {
    code: 'E1009', slug: 'unknown-character', severity: 'error',
    message: { en: 'unknown character {character}', zh: '无法识别的字符 {character}' },
    why: {
      en: 'Names may use any letters, Chinese included, but marks and brackets are ASCII. Input methods often put full-width look-alikes instead.',
      zh: '名字可以用任何文字，包括中文，但标点和括号必须是 ASCII 字符。输入法常常会打出全角的相似字符。',
    },
    wrong: 'fn main():\n    let x = max(1，2)\n    println("{x}")\n',
    right: 'fn main():\n    let x = max(1, 2)\n    println("{x}")\n',
  },
  {
    code: 'E1011', slug: 'bad-escape', severity: 'error',
    message: { en: 'no such escape: `{escape}`', zh: '没有这样的转义：`{escape}`' },
    why: {
      en: 'The escapes are `\\n \\r \\t \\0 \\\\ \\" \\\' \\x41 \\u{1F600}`. `\\x` goes to 7F in text and to FF in bytes; `\\u` takes a Unicode scalar value.',
      zh: '可用的转义有 `\\n \\r \\t \\0 \\\\ \\" \\\' \\x41 \\u{1F600}`。文本中的 `\\x` 最大到 7F，字节串中到 FF；`\\u` 取 Unicode 标量值。',
    },
    wrong: 'fn main():\n    println("a\\qb")\n',
    right: 'fn main():\n    println("a\\nb")\n',
  },
  {
    code: 'E1012', slug: 'unterminated-string', severity: 'error',
    message: { en: 'this string is never closed', zh: '这个字符串没有结束' },
    why: { en: 'A string may span lines, so without its closing quote it reaches to the end of the file.', zh: '字符串可以跨行，缺少结束引号时它会一直延伸到文件末尾。' },
    wrong: 'fn main():\n    println("a)\n',
    right: 'fn main():\n    println("a")\n',
  },
  {
    code: 'E1013', slug: 'bad-number', severity: 'error',
    message: { en: '`{number}` is not a number', zh: '`{number}` 不是数字' },
    why: {
      en: 'Numbers are `42 1_000 0xff 0o17 0b1010 1.5 1e-9`, perhaps with the name of a type: `10u8`, `2.0f32`.',
      zh: '数字的写法有 `42 1_000 0xff 0o17 0b1010 1.5 1e-9`，可以带类型名：`10u8`、`2.0f32`。',
    },
    wrong: 'fn main():\n    let x = 0b12\n    println("{x}")\n',
    right: 'fn main():\n    let x = 0b11\n    println("{x}")\n',
  },
  {
    code: 'E1025', slug: 'nested-too-deeply', severity: 'error',
    message: { en: 'this is nested too deeply', zh: '嵌套过深' },
    why: {
      en: 'Brackets, blocks and long chains of operators are followed up to a fixed depth, far beyond what people write. Give parts of it names.',
      zh: '括号、代码块和很长的运算链只处理到固定的深度，远超人手写的程度。请把其中一部分提取出来命名。',
    },
    wrong: `fn main():\n    let x = ${'('.repeat(300)}1${')'.repeat(300)}\n    println("{x}")\n`,
    right: 'fn main():\n    let x = ((((1))))\n    println("{x}")\n',
  },
  {
    code: 'E1026', slug: 'line-too-long', severity: 'error',
    message: { en: 'more than {limit} words in one {unit}', zh: '超过 {limit} 个词（{unit}）' },
    why: {
      en: 'One logical line (without what stands between brackets) is read as a whole. Split it, or put a long list in brackets.',
      zh: '一个逻辑行（不含括号内的内容）是整体读取的。请把它拆开，或者把长列表放进括号。',
    },
    wrong: `fn main():\n    let x = 1${' + 1'.repeat(3000)}\n    println("{x}")\n`,
    right: 'fn main():\n    let x = 1 + 1\n    println("{x}")\n',
  },
  {
    code: 'E1027', slug: 'type-where-value', severity: 'error',
    message: { en: 'a type stands where a value is expected: `{type}`', zh: '这里应为值，却写了类型：`{type}`' },
    why: { en: 'Types stand after `:`, `->`, `as` and in `[ ]` after a name. Here a value is needed.', zh: '类型出现在 `:`、`->`、`as` 之后以及名字后的 `[ ]` 中。这里需要一个值。' },
    wrong: 'fn main():\n    drop(*mut u8)\n',
    right: 'fn main():\n    drop(size_of[*mut u8]())\n',
  },
  {
    code: 'E1028', slug: 'misplaced-let', severity: 'error',
    message: { en: '`let` can stand here only as a link of a condition', zh: '`let` 在这里只能作为条件的一环' },
    why: {
      en: 'In the condition of `if`, `elif`, `while` or an arm, `let PATTERN = value` may be a link joined to others by `and`. Elsewhere `let` begins a statement; a test without bindings is `value is PATTERN`.',
      zh: '在 `if`、`elif`、`while` 或匹配分支的条件中，`let 模式 = 值` 可以用 `and` 与其他条件相连。其他地方 `let` 是语句的开头；不带绑定的测试写作 `值 is 模式`。',
    },
    wrong: 'fn main():\n    let x = Some(1)\n    if let Some(y) = x or true:\n        println("yes")\n',
    right: 'fn main():\n    let x = Some(1)\n    if let Some(y) = x and y > 0:\n        println("{y}")\n',
  },
  {
    code: 'E1029', slug: 'match-on-one-line', severity: 'error',
    message: { en: 'a `match` needs a block: each arm on a line of its own', zh: '`match` 需要代码块：每个分支单独一行' },
    why: { en: 'On one line nobody could tell where an arm ends.', zh: '写在一行里就无法分辨每个分支在哪里结束。' },
    wrong: 'fn main():\n    match 1: _: println("one")\n',
    right: 'fn main():\n    match 1:\n        _: println("one")\n',
  },
  {
    code: 'E1031', slug: 'else-without-if', severity: 'error',
    message: { en: 'no `if` for this `{word}`', zh: '这个 `{word}` 没有对应的 `if`' },
    why: {
      en: '`else` and `elif` follow the block of an `if` (or a `let` with a value), in its column or on its line. Each belongs to the nearest `if` of the line.',
      zh: '`else` 和 `elif` 跟在 `if`（或带值的 `let`）的代码块之后，与它同列或同行，属于该行最近的 `if`。',
    },
    wrong: 'fn main():\n    println("a")\n    else:\n        println("b")\n',
    right: 'fn main():\n    if true:\n        println("a")\n    else:\n        println("b")\n',
  },
  {
    code: 'E1033', slug: 'misplaced-line', severity: 'error',
    message: { en: '{found} cannot stand in {place}', zh: '{found} 不能出现在{placeZh}中' },
    why: { en: 'Traits, impls, modules and `extern` blocks hold items: functions, constants, types. Statements belong into a function.', zh: 'trait、impl、模块和 `extern` 块中只能放函数、常量、类型等条目。语句要写在函数里。' },
    wrong: 'struct P:\n    x: i32\n\nimpl P:\n    x = 1\n\nfn main():\n    pass\n',
    right: 'struct P:\n    x: i32\n\nimpl P:\n    const X: i32 = 1\n\nfn main():\n    pass\n',
  },
  {
    code: 'E1034', slug: 'attribute-of-nothing', severity: 'error',
    message: { en: 'nothing follows the attribute `@{name}`', zh: '属性 `@{name}` 之后没有内容' },
    why: { en: 'An attribute describes the item, field or statement after it.', zh: '属性描述紧随其后的条目、字段或语句。' },
    wrong: 'fn main():\n    pass\n\n@inline\n',
    right: '@inline\nfn main():\n    pass\n',
  },
  {
    code: 'E1035', slug: 'bad-character-literal', severity: 'error',
    message: { en: '{text} is not a character: quotes hold exactly one', zh: '{text} 不是字符：引号中只能有一个字符' },
    why: { en: 'A `char` is one Unicode scalar value in single quotes; text stands in double quotes.', zh: '`char` 是单引号中的一个 Unicode 标量值；文本写在双引号中。' },
    wrong: "fn main():\n    let x = 'ab'\n    println(\"{x}\")\n",
    right: 'fn main():\n    let x = "ab"\n    println("{x}")\n',
  },
  {
    code: 'E1038', slug: 'keyword-as-name', severity: 'error',
    message: { en: '`{word}` is a word of the language and cannot be a name here', zh: '`{word}` 是关键字，不能在这里作名字' },
    why: { en: 'After `.`, `::` and `fn` every word is a name; elsewhere a keyword must stand in backquotes to be one.', zh: '在 `.`、`::` 和 `fn` 之后任何词都可以作名字；其他地方要用反引号括起来。' },
    wrong: 'fn main():\n    let in = 1\n    println("{}", 1)\n',
    right: 'fn main():\n    let `in` = 1\n    println("{}", `in`)\n',
  },
];

export const syntax: readonly Record[] = [...layout, ...habits];
