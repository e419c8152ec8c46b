/**
 * Catalogue records of what the machine reports at run time (R4xxx): panics, traps, memory errors, leaks. `wrong` is a program that
 * stops with it (it is accepted by the checker), `right` the same one repaired.
 */
import type { Record } from '../record.ts';
import { report } from './report.ts';

const main = (...lines: readonly string[]): string => `fn main():\n${lines.map(line => `    ${line}`).join('\n')}\n`;

export const machine: readonly Record[] = [
  report('R4000', 'panic', 'the program panicked: {message}', '程序发生 panic：{message}', 'A panic unwinds the stack, running destructors on the way. Nothing caught it, so the program ended with exit code 101.', 'panic 会展开调用栈并运行沿途的析构函数。没有代码捕获它，程序以退出码 101 结束。',
    main('let v: Vec[i32] = Vec::new()', 'println("{}", v[args().count() + 5])'), main('let v: Vec[i32] = Vec::new()', 'println("{:?}", v.get(5))')),
  report('R4001', 'null-dereference', 'null pointer dereference', '解引用空指针', 'The null pointer leads to no value. `alloc` gives null when there is no memory, and other functions use it for "nothing": look before you read.', '空指针不指向任何值。内存不足时 `alloc` 返回 null，其他函数也用它表示“没有”：读取前先检查。',
    main('let p: *mut i32 = if args().count() > 100: alloc(4) as *mut i32 else: null', 'println("{}", *p)'), main('let p: *mut i32 = if args().count() > 100: alloc_zeroed(4) as *mut i32 else: null', 'if p != null: println("{}", *p)', 'free(p)')),
  report('R4002', 'wild-access', 'access through a pointer to no block', '通过不指向任何块的指针访问', 'The address belongs to no block, no variable and no constant.', '该地址不属于任何内存块、变量或常量。',
    main('let n = args().count() as usize + 70000', 'let p = n as *mut u8', '*p = 1'), main('let p = alloc(1)', '*p = 1', 'free(p)')),
  report('R4003', 'heap-buffer-overflow', 'access out of the bounds of a heap block', '访问越过了堆块的边界', 'The pointer was made from this block, but the access lies beside it. Sizes are in bytes for `alloc`, in elements for `alloc_array`.', '指针由该块得到，但访问位于块外。`alloc` 的大小以字节计，`alloc_array` 以元素计。',
    main('let p = alloc(10)', 'p[args().count() + 9] = 1', 'free(p)'), main('let p = alloc(11)', 'p[args().count() + 9] = 1', 'free(p)')),
  report('R4004', 'heap-use-after-free', 'use of a heap block after it was freed', '释放后使用堆块', 'After `free` the memory may belong to somebody else at any time. Set the pointer to null, or let an owner with a destructor hold it.', '`free` 之后，这块内存随时可能属于别人。请把指针置为 null，或交给带析构函数的所有者。',
    'fn finish(p: *mut u8): free(p)\n' + main('let p = alloc(4)', 'finish(p)', 'println("{}", *p)'), main('let p = alloc_zeroed(4)', 'println("{}", *p)', 'free(p)')),
  report('R4010', 'stack-overflow', 'stack overflow', '栈溢出', 'Calls were nested deeper than the stack allows, most often by a recursion without end.', '调用嵌套超过了栈的限制，通常是无穷递归。',
    'fn down(n: u64) -> u64: down(n + 1) + 1\nfn main(): println("{}", down(0))\n', 'fn down(n: u64) -> u64: if n == 100: 0 else: down(n + 1) + 1\nfn main(): println("{}", down(0))\n'),
  report('R4015', 'out-of-fuel', 'the fuel is used up', '燃料用尽', '`--fuel N` limits how many branches and calls a run may take; this one took more.', '`--fuel N` 限制一次运行的分支和调用次数，本次运行超出了限制。',
    main('loop: pass'), main('println("done")'), { by: 'fuel', fuel: 10_000 }),
  report('R4016', 'interrupted', 'interrupted', '已中断', 'Ctrl-C stopped the program.', 'Ctrl-C 停止了程序。', main('loop: pass'), main('println("done")'), { by: 'interrupt' }),
  report('R4025', 'use-of-uninitialized-value', 'use of memory that was never written', '使用从未写入的内存', '`alloc` does not clear memory: what it holds is whatever was there before. Write it first, or use `alloc_zeroed`.', '`alloc` 不会清零内存，里面是之前的内容。请先写入，或使用 `alloc_zeroed`。',
    'fn large(p: *const u8) -> bool: *p > 3\n' + main('let p = alloc(4)', 'if large(p): println("large")', 'free(p)'), main('let p = alloc_zeroed(4)', 'if *p > 3: println("large")', 'free(p)')),
  report('R4027', 'double-free', 'a block is freed twice', '重复释放同一块', 'The second `free` would corrupt the allocator, or free somebody else\'s block. One owner frees a block, once.', '第二次 `free` 会破坏分配器或释放他人的块。每块由一个所有者释放一次。',
    'fn finish(p: *mut u8): free(p)\n' + main('let p = alloc(4)', 'let q = p', 'finish(p)', 'free(q)'), main('let p = alloc(4)', 'free(p)')),
  report('R4029', 'bad-free', 'freeing what was not allocated', '释放未分配的内存', '`free` takes the pointer that `alloc` gave, and no other: not one into the block, and no address of a variable.', '`free` 只接受 `alloc` 返回的指针：不能是块内的指针，也不能是变量的地址。',
    main('let p = alloc(8)', 'free(p + args().count())'), main('let p = alloc(8)', 'free(p)')),
  report('R4030', 'alloc-dealloc-mismatch', 'a block is released by another allocator\'s function', '用另一分配器的函数释放块', '`malloc` and `alloc` are different allocators; each takes back only its own blocks.', '`malloc` 与 `alloc` 是不同的分配器，各自只接受自己的块。',
    'extern "C" fn malloc(size: usize) -> *mut u8\nfn finish(p: *mut u8): free(p)\nfn main():\n    let p = malloc(8)\n    finish(p)\n', main('let p = alloc(8)', 'free(p)')),
  report('R4040', 'leak', 'memory was never released', '内存从未释放', 'When the program ended, nothing led to these blocks any more: they could never have been freed. Free them, or give them to an owner.', '程序结束时已没有任何指针指向这些块，它们再也无法释放。请释放它们，或交给所有者。',
    main('let p = alloc(100)', '*p = 1'), main('let p = alloc(100)', '*p = 1', 'free(p)')),
];
