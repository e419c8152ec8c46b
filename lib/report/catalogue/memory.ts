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
    code: 'E2003',
    slug: 'refuted-use-after-free',
    severity: 'error',
    message: { en: 'use of a block after it was freed', zh: '使用已释放的内存块' },
    why: { en: 'Every way that leads here has freed the block before. After `free` the memory may belong to somebody else at any time. A function marked `@allow(E2003)` is compiled all the same, for those who want to watch it fail.', zh: '到达此处的每条路径都已经释放了该块。释放之后，这块内存随时可能属于别人。标有 `@allow(E2003)` 的函数照样编译，供想看它出错的人使用。' },
    wrong: 'fn main():\n    let p = alloc(4)\n    *p = 1\n    free(p)\n    println("{}", *p)\n',
    right: 'fn main():\n    let p = alloc(4)\n    *p = 1\n    println("{}", *p)\n    free(p)\n',
  },
  {
    code: 'E2004',
    slug: 'refuted-double-free',
    severity: 'error',
    message: { en: 'the block is freed a second time', zh: '内存块被第二次释放' },
    why: { en: 'Every way that leads here has freed the block before. Who frees a block should be its one owner; set the pointer to null after `free`, for `free(null)` does nothing. A function marked `@allow(E2004)` is compiled all the same.', zh: '到达此处的每条路径都已经释放了该块。块只应由唯一的所有者释放；`free` 之后把指针置空，因为 `free(null)` 什么也不做。标有 `@allow(E2004)` 的函数照样编译。' },
    wrong: 'fn main():\n    let p = alloc(4)\n    free(p)\n    free(p)\n',
    right: 'fn main():\n    let mut p = alloc(4)\n    free(p)\n    p = null\n    free(p)\n',
  },
  {
    code: 'E2005',
    slug: 'refuted-free',
    severity: 'error',
    message: { en: 'only the start of a block that `alloc` gave can be freed: this is {what}', zh: '只能释放 `alloc` 给出的块的起始地址：这里是{what}' },
    why: { en: '`free` takes back what `alloc`, `alloc_zeroed`, `alloc_array`, `alloc_aligned` and `realloc` gave, by the pointer that they gave. Variables, statics, memory of the stack or of an arena end with their owner. A function marked `@allow(E2005)` is compiled all the same.', zh: '`free` 收回的是 `alloc`、`alloc_zeroed`、`alloc_array`、`alloc_aligned` 和 `realloc` 给出的块，并且要用它们给出的那个指针。变量、静态变量、栈内存或 arena 内存随其所有者一同结束。标有 `@allow(E2005)` 的函数照样编译。' },
    wrong: 'fn main():\n    let mut n = 5u8\n    free(&raw mut n)\n',
    right: 'fn main():\n    let n = alloc(1)\n    *n = 5\n    free(n)\n',
  },
  {
    code: 'E2006',
    slug: 'refuted-uninitialised-read',
    severity: 'error',
    message: { en: 'read of memory that nothing was written to', zh: '读取从未写入的内存' },
    why: { en: 'A new block has no values: on every way that leads here, nothing was written where this reads. `alloc_zeroed` gives zeros. A function marked `@allow(E2006)` is compiled all the same.', zh: '新的块中没有值：到达此处的每条路径都没有写过被读取的位置。`alloc_zeroed` 给出全零的块。标有 `@allow(E2006)` 的函数照样编译。' },
    wrong: 'fn main():\n    let p = alloc(4)\n    println("{}", *p)\n    free(p)\n',
    right: 'fn main():\n    let p = alloc(4)\n    *p = 3\n    println("{}", *p)\n    free(p)\n',
  },
  {
    code: 'W2001',
    slug: 'leaks-on-a-path',
    severity: 'warning',
    message: { en: '{what} is not freed on this path', zh: '在这条路径上，{what}没有释放' },
    why: { en: 'The block was allocated here and nobody else can have seen it. When the last pointer to it goes out of scope or is overwritten, nothing can ever free it.', zh: '该块在此分配，别处无从得知。最后一个指针离开作用域或被覆盖之后，再也没有办法释放它。' },
    wrong: 'fn work(stop: bool):\n    let p = alloc(100)\n    if stop: return\n    free(p)\n\nfn main(): work(false)\n',
    right: 'fn work(stop: bool):\n    let p = alloc(100)\n    defer free(p)\n    if stop: return\n    *p = 1\n\nfn main(): work(true)\n',
  },
];
