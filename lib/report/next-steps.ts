/**
 * What to try next after the machine stopped a program: for each code of a report one or two concrete sentences, English and Chinese side by side. In: a code. Out: text;
 * nothing for stops that say it all. Read by the report of a run, below its `why`; a spec sees to it that every fault of the memory has its own.
 */
import type { Wording } from './record.ts';

const steps: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  R4001: ['Ask first: `if p != null`. A function that may have nothing to give can say so by an `Option`, and then nobody forgets to ask.', '先判断：`if p != null`。可能没有结果的函数可以返回 `Option`，这样谁也不会忘记判断。'],
  R4002: ['Make pointers from `alloc`, from `&raw`, or by stepping from another pointer into the same block, never from a number.', '指针应来自 `alloc`、`&raw`，或由指向同一块的另一指针移动得到，不要由数字产生。'],
  R4003: ['Compare the index with the count that was allocated: `for i in 0..n` ends in time. A `Vec` or a slice carries its length and checks every index.', '把下标与分配的个数比较：`for i in 0..n` 会及时结束。`Vec` 或切片自带长度，并检查每个下标。'],
  R4004: ['Move the `free` behind the last use, or free it where its owner ends. A `Box` or a `Vec` does it for you, and a use after that is refused before the program runs.', '把 `free` 移到最后一次使用之后，或在所有者结束处释放。`Box` 或 `Vec` 会替你释放，之后的使用在运行前就会被拒绝。'],
  R4005: ['Index the variable itself, `a[i]`: that is checked against its length. Through a pointer, keep the index below the length yourself.', '直接用 `a[i]` 访问变量：会检查长度。通过指针访问时，请自己保证下标小于长度。'],
  R4006: ['Index the variable itself, `a[i]`, with an index from 0. A pointer may step back only as far as it stepped forward.', '直接用 `a[i]` 访问变量，下标从 0 起。指针向后退的步数不能超过前进的步数。'],
  R4007: ['Ask `stack_alloc` for as many bytes as are written, or use a `Vec`, which grows.', '向 `stack_alloc` 申请与写入同样多的字节，或使用会增长的 `Vec`。'],
  R4008: ['Return the value itself, or a `Box` with it: a block of the heap lives on after the call.', '返回值本身，或装着它的 `Box`：堆上的块在调用之后仍然存在。'],
  R4009: ['Declare the variable in the outer block, before the pointer that leads to it.', '在外层块中声明该变量，放在指向它的指针之前。'],
  R4010: ['Give the recursion a case that ends it, or make it a loop. `--stack SIZE` raises the limit.', '给递归一个结束的情况，或改成循环。`--stack SIZE` 可提高上限。'],
  R4011: ['Keep a function in a variable of its own function type, or in an `Option` of it when there may be none.', '把函数放在其函数类型的变量里；可能没有时放在它的 `Option` 里。'],
  R4012: ['Keep a function in a variable of its own function type; do not make one from a number.', '把函数放在其函数类型的变量里，不要由数字产生函数指针。'],
  R4015: ['Give it more with `--fuel N`, or look where it goes round: `altru viz FILE`.', '用 `--fuel N` 给得更多，或用 `altru viz FILE` 看它在哪里打转。'],
  R4020: ['Index the static itself, `TABLE[i]`: that is checked against its length.', '直接用 `TABLE[i]` 访问静态变量：会检查长度。'],
  R4021: ['Ask for more with `arena_alloc` or `pool_acquire` in place of going on behind what was handed out.', '用 `arena_alloc` 或 `pool_acquire` 再申请，而不是越过已交出的部分继续使用。'],
  R4022: ['Copy out what is still needed before `arena_reset`, and allocate anew after it.', '在 `arena_reset` 之前把仍需要的内容复制出来，之后重新分配。'],
  R4023: ['Move `pool_release` behind the last use, or acquire another object.', '把 `pool_release` 移到最后一次使用之后，或重新获取一个对象。'],
  R4024: ['Declare the arena or pool in an outer block, before what points into it: what is declared first is dropped last.', '在外层块中声明 arena 或对象池，放在指向它的东西之前：先声明的最后释放。'],
  R4025: ['Write it before the first read. `alloc_zeroed` in place of `alloc` gives zeros.', '在第一次读取之前写入。用 `alloc_zeroed` 代替 `alloc` 可得到全零。'],
  R4026: ['`alloc_aligned(size, align)` gives a block that fits; `read_unaligned` and `write_unaligned` take any address.', '`alloc_aligned(size, align)` 给出对齐的块；`read_unaligned` 和 `write_unaligned` 接受任意地址。'],
  R4027: ['Free it once, where it is owned; `Box` does it for you. A pointer that was set to null after `free` may be freed again: nothing happens.', '只在所有者处释放一次；`Box` 会替你释放。`free` 之后置为 null 的指针可以再次释放：什么也不发生。'],
  R4028: ['Release each acquired object once: keep it in one variable, and set that to null after `pool_release`.', '每个获取的对象只归还一次：只放在一个变量里，`pool_release` 之后置为 null。'],
  R4029: ['Keep the pointer that `alloc` gave for `free`, and walk through the block with a copy of it.', '把 `alloc` 返回的指针留给 `free`，用它的副本在块中移动。'],
  R4030: ['Release a block by the partner of what allocated it: `alloc` and `free`, an arena and `arena_reset`, a pool and `pool_release`.', '用与分配配对的函数释放：`alloc` 与 `free`，arena 与 `arena_reset`，对象池与 `pool_release`。'],
  R4031: ['Cast the pointer back to the type that was allocated before `Box::from_raw`, or give `deallocate` the size that was asked for.', '在 `Box::from_raw` 之前把指针转回分配时的类型，或把申请时的大小交给 `deallocate`。'],
  R4032: ['Use `memmove`, or `copy` in place of `copy_nonoverlapping`.', '使用 `memmove`，或用 `copy` 代替 `copy_nonoverlapping`。'],
  R4033: ['Refuse a negative number before it becomes a `usize`: `if n < 0`, or `usize::try_from(n)`.', '在变成 `usize` 之前拒绝负数：`if n < 0`，或 `usize::try_from(n)`。'],
  R4034: ['Give 1, 2, 4, 8, 16 or so on; `align_of[T]()` is the alignment of a type.', '请给 1、2、4、8、16 等；`align_of[T]()` 是类型的对齐。'],
  R4036: ['Keep an index into the block beside the pointer, and compare indices.', '在指针旁保存块内的下标，比较下标。'],
  R4037: ['`match` the number and make the variant from it; an arm `_` takes what is none.', '对数字用 `match`，由它产生变体；分支 `_` 处理不是变体的情况。'],
  R4038: ['Read the byte as a `u8` and compare: `n != 0`.', '按 `u8` 读取该字节并比较：`n != 0`。'],
  R4039: ['Read the number as a `u32` and ask `char::from_u32(n)`: it gives `None` for what is no character.', '按 `u32` 读取该数字并用 `char::from_u32(n)`：不是字符时得到 `None`。'],
  R4041: ['Copy the bytes to a variable, an array or a `String`, and write there.', '把这些字节复制到变量、数组或 `String` 中再写。'],
  R4040: ['Free it before the place where it was lost, or let a `Box` or a `Vec` own it. In a ring of `Rc` make one way back a `Weak`. What shall stay is said by `mem::forget`.', '在丢失之前释放它，或交给 `Box` 或 `Vec`。`Rc` 成环时把一个回指改为 `Weak`。有意保留的用 `mem::forget` 说明。'],
};

export function nextStep(code: string): Wording | undefined {
  const both = steps[code];
  return both && { en: both[0], zh: both[1] };
}
