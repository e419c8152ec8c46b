/**
 * Catalogue records of the problems that ownership has to report. See ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';
import { borrowing } from './borrowing.ts';

const moving: readonly Record[] = [
  {
    code: 'E0161', slug: 'moving-what-has-no-size', severity: 'error',
    message: { en: 'cannot move a value of type `{type}`', zh: '不能移动类型 `{type}` 的值' },
    why: { en: 'The method takes its value itself, and how large that is nobody knows behind a `dyn`. Take `&self`, or `self: Box[Self]`.', zh: '该方法取走值本身，而 `dyn` 背后的大小是未知的。请改用 `&self` 或 `self: Box[Self]`。' },
    wrong: 'trait Job:\n    fn run(self)\n\nfn f(job: Box[dyn Job]):\n    job.run()\n\nfn main(): pass\n',
    right: 'trait Job:\n    fn run(self: Box[Self])\n\nfn f(job: Box[dyn Job]):\n    job.run()\n\nfn main(): pass\n',
  },
  {
    code: 'E0381',
    slug: 'used-before-initialised',
    severity: 'error',
    message: { en: 'used binding `{name}` isn\'t initialized', zh: '使用了未初始化的绑定 `{name}`' },
    why: {
      en: 'A variable declared without a value must get one on every path that leads to its use. On some path here it has none, and what would be read is whatever lay in memory.',
      zh: '声明时没有给值的变量，必须在通向使用处的每条路径上都先得到值。这里至少有一条路径没有，读到的会是内存里的残留。',
    },
    wrong: 'fn main():\n    let x: i32\n    println("{x}")\n',
    right: 'fn main():\n    let x: i32 = 1\n    println("{x}")\n',
  },
  {
    code: 'E0382',
    slug: 'use-of-moved-value',
    severity: 'error',
    message: { en: '{verb} {state} value: `{name}`', zh: '使用了已移走的值：`{name}`' },
    why: {
      en: 'A value has one owner. Assigning it, passing it or capturing it gives it to another, and the old name is empty from then on; otherwise both would free it. Lend it with `&`, or `clone()` it, when both need it.',
      zh: '一个值只有一个所有者。赋值、传参或捕获会把它交给别人，原来的名字从此为空；否则两边都会释放它。两边都要用时，用 `&` 借出，或用 `clone()` 复制。',
    },
    wrong: 'fn main():\n    let a = String::from("a")\n    let b = a\n    println("{a} {b}")\n',
    right: 'fn main():\n    let a = String::from("a")\n    let b = a.clone()\n    println("{a} {b}")\n',
  },
  {
    code: 'E0384',
    slug: 'assigned-twice',
    severity: 'error',
    message: { en: 'cannot assign twice to {what} `{name}`', zh: '不能对不可变的 `{name}` 再次赋值' },
    why: {
      en: 'A variable keeps its first value unless it is declared with `mut`, so that a reader need not look for changes.',
      zh: '变量若没有用 `mut` 声明，就一直保持最初的值，读者不必去找它在哪里变了。',
    },
    wrong: 'fn main():\n    let x = 1\n    println("{x}")\n    x = 2\n    println("{x}")\n',
    right: 'fn main():\n    let mut x = 1\n    println("{x}")\n    x = 2\n    println("{x}")\n',
  },
  {
    code: 'E0507',
    slug: 'move-out-of-borrow',
    severity: 'error',
    message: { en: 'cannot move out of `{name}`: {why}', zh: '不能从 `{name}` 中移出：它只是被借用（{why}）' },
    why: {
      en: 'Whoever lends a value expects it back whole. Moving out of a reference would leave a hole there. Take a reference to the part, clone it, or swap something in with `mem::replace`.',
      zh: '借出值的人期望它完整归还。从引用里移出会留下空洞。请取这一部分的引用、克隆它，或用 `mem::replace` 换一个进去。',
    },
    wrong: 'struct P:\n    s: String\n\nfn f(p: &P) -> String: p.s\n\nfn main():\n    let t = f(&P { s: String::new() })\n    println("{t}")\n',
    right: 'struct P:\n    s: String\n\nfn f(p: &P) -> String: p.s.clone()\n\nfn main():\n    let t = f(&P { s: String::new() })\n    println("{t}")\n',
  },
  {
    code: 'E0508',
    slug: 'move-out-of-array',
    severity: 'error',
    message: { en: 'cannot move out of type `{type}`, a non-copy {kind}', zh: '不能从 `{type}` 中移出元素' },
    why: {
      en: 'An index is known only when the program runs, so the compiler could not know afterwards which element is missing. Borrow the element, clone it, or take the array apart with a pattern.',
      zh: '下标到运行时才知道，编译器无法记住少了哪个元素。请借用元素、克隆它，或用模式拆开数组。',
    },
    wrong: 'fn main():\n    let a = [String::new(), String::new()]\n    let i = 1\n    let s = a[i]\n    println("{s}")\n',
    right: 'fn main():\n    let a = [String::new(), String::new()]\n    let i = 1\n    let s = &a[i]\n    println("{s}")\n',
  },
  {
    code: 'E0509',
    slug: 'move-out-of-drop',
    severity: 'error',
    message: { en: 'cannot move out of type `{type}`, which implements the `Drop` trait', zh: '不能从实现了 `Drop` 的 `{type}` 中移出' },
    why: {
      en: 'The destructor gets the whole value, so no field may be missing when it runs.',
      zh: '析构函数拿到的是整个值，运行时不能缺少任何字段。',
    },
    wrong: 'struct S:\n    f: String\n    impl Drop for S:\n        fn drop(self): pass\n\nfn main():\n    let s = S { f: String::new() }\n    let t = s.f\n    println("{t}")\n',
    right: 'struct S:\n    f: String\n    impl Drop for S:\n        fn drop(self): pass\n\nfn main():\n    let s = S { f: String::new() }\n    let t = s.f.clone()\n    println("{t}")\n',
  },
  {
    code: 'E0594',
    slug: 'assignment-to-immutable',
    severity: 'error',
    message: { en: 'cannot assign to `{name}`: {why}', zh: '不能给 `{name}` 赋值：它不可变（{why}）' },
    why: {
      en: 'Only what is declared `mut`, or reached through `&mut`, may change. Then a shared reference is a promise that nothing changes behind it.',
      zh: '只有用 `mut` 声明的、或经由 `&mut` 到达的，才能改变。这样共享引用就保证了背后不变。',
    },
    wrong: 'struct P:\n    x: i32\n\nfn main():\n    let p = P { x: 1 }\n    p.x = 2\n    println("{p.x}")\n',
    right: 'struct P:\n    x: i32\n\nfn main():\n    let mut p = P { x: 1 }\n    p.x = 2\n    println("{p.x}")\n',
  },
  {
    code: 'E0596',
    slug: 'mutable-borrow-of-immutable',
    severity: 'error',
    message: { en: 'cannot borrow `{name}` as mutable: {why}', zh: '不能可变地借用 `{name}`：它不可变（{why}）' },
    why: {
      en: 'A mutable borrow may change the value, so the value must be declared `mut` (or be reached through a `&mut`).',
      zh: '可变借用可能改变值，因此值必须用 `mut` 声明（或经由 `&mut` 到达）。',
    },
    wrong: 'fn main():\n    let v = Vec::new()\n    v.push(1)\n    let n = v.len()\n    println("{n}")\n',
    right: 'fn main():\n    let mut v = Vec::new()\n    v.push(1)\n    let n = v.len()\n    println("{n}")\n',
  },
];

export const ownership: readonly Record[] = [...moving, ...borrowing];
