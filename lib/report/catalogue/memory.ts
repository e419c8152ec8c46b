/**
 * Catalogue records of memory obligations that the checker refutes (E2xxx). See ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';

export const memory: readonly Record[] = [
  {
    code: 'E2001',
    slug: 'index-out-of-bounds',
    severity: 'error',
    message: { en: 'the index {index} is out of the bounds of an array of length {length}', zh: '索引 {index} 越过了长度为 {length} 的数组的边界' },
    why: { en: 'Elements are counted from 0, so the last one has the index length - 1. This access would panic every time it is reached.', zh: '元素从 0 开始计数，最后一个的索引是长度减一。每次执行到此处都会 panic。' },
    wrong: 'fn main():\n    let a = [1, 2, 3]\n    println("{}", a[5])\n',
    right: 'fn main():\n    let a = [1, 2, 3]\n    println("{}", a[2])\n',
  },
  {
    code: 'E2002',
    slug: 'always-null',
    severity: 'error',
    message: { en: 'access through a pointer that is always null', zh: '通过始终为空的指针访问' },
    why: { en: 'Null leads to no value. The pointer was set to null and never to anything else, so this access would fail every time it is reached.', zh: 'null 不指向任何值。该指针只被设为 null，每次执行到此处都会失败。' },
    wrong: 'fn main():\n    let p: *mut i32 = null\n    println("{}", *p)\n',
    right: 'fn main():\n    let p: *mut i32 = null\n    if p != null: println("{}", 1)\n',
  },
  {
    code: 'W2001',
    slug: 'leaks-on-a-path',
    severity: 'warning',
    message: { en: 'the memory that `{name}` leads to is not freed on this path', zh: '在这条路径上，`{name}` 指向的内存没有释放' },
    why: { en: 'The block was allocated here and nobody else can have seen it. When the last pointer to it goes out of scope or is overwritten, nothing can ever free it.', zh: '该块在此分配，别处无从得知。最后一个指针离开作用域或被覆盖之后，再也没有办法释放它。' },
    wrong: 'fn work(stop: bool):\n    let p = alloc(100)\n    if stop: return\n    free(p)\n\nfn main(): work(false)\n',
    right: 'fn work(stop: bool):\n    let p = alloc(100)\n    defer free(p)\n    if stop: return\n    *p = 1\n\nfn main(): work(true)\n',
  },
];
