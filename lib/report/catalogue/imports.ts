/**
 * Catalogue records of modules and `use`. See ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';

export const imports: readonly Record[] = [
  {
    code: 'E0432', slug: 'unresolved-import', severity: 'error',
    message: { en: 'unresolved import `{path}`', zh: '无法解析的导入 `{path}`' },
    why: { en: 'A `use` path starts at a module that is known here, at `crate`, at `std`, or at a file beside the program, and each step must exist there.', zh: '`use` 的路径从此处已知的模块、`crate`、`std` 或程序旁边的文件开始，每一步都必须存在。' },
    wrong: 'use std::collections::HashMaps\n\nfn main(): pass\n',
    right: 'use std::collections::HashMap\n\nfn main(): pass\n',
  },
  {
    code: 'E0252', slug: 'duplicate-import', severity: 'error',
    message: { en: 'the name `{name}` is imported twice', zh: '名字 `{name}` 被导入两次' },
    why: { en: 'One name can lead to one thing only. Import one of them under another name: `use a::f as g`.', zh: '一个名字只能指向一个东西。请用别名导入其中一个：`use a::f as g`。' },
    wrong: 'mod a:\n    pub fn f(): pass\nmod b:\n    pub fn f(): pass\nuse a::f\nuse b::f\n\nfn main(): pass\n',
    right: 'mod a:\n    pub fn f(): pass\nmod b:\n    pub fn f(): pass\nuse a::f\nuse b::f as g\n\nfn main(): pass\n',
  },
  {
    code: 'E0255', slug: 'import-against-item', severity: 'error',
    message: { en: 'the name `{name}` is imported and defined here', zh: '名字 `{name}` 既被导入又在此定义' },
    why: { en: 'An import and an item of this module would have the same name. Rename one of them.', zh: '导入的名字与本模块的条目同名。请给其中一个改名。' },
    wrong: 'mod a:\n    pub fn f(): pass\nuse a::f\nfn f(): pass\n\nfn main(): pass\n',
    right: 'mod a:\n    pub fn f(): pass\nuse a::f as g\nfn f(): pass\n\nfn main(): pass\n',
  },
  {
    code: 'E0364', slug: 'reexport-private', severity: 'error',
    message: { en: '`{name}` is private and cannot be re-exported', zh: '`{name}` 是私有的，不能再导出' },
    why: { en: '`pub use` can show a thing only to those who may see it anyway.', zh: '`pub use` 只能把东西展示给本来就可以看见它的人。' },
    wrong: 'mod a:\n    fn f(): pass\n    pub mod b:\n        pub use super::f\n\nfn main(): pass\n',
    right: 'mod a:\n    pub fn f(): pass\n    pub mod b:\n        pub use super::f\n\nfn main(): pass\n',
  },
  {
    code: 'E0365', slug: 'reexport-private-module', severity: 'error',
    message: { en: 'the module `{name}` is private and cannot be re-exported', zh: '模块 `{name}` 是私有的，不能再导出' },
    why: { en: '`pub use` can show a module only to those who may see it anyway. Declare it `pub mod`.', zh: '`pub use` 只能把模块展示给本来就可以看见它的人。请声明为 `pub mod`。' },
    wrong: 'mod inner:\n    pub const X: i32 = 1\npub use inner as outer\n\nfn main(): pass\n',
    right: 'pub mod inner:\n    pub const X: i32 = 1\npub use inner as outer\n\nfn main(): pass\n',
  },
  {
    code: 'E0429', slug: 'self-import', severity: 'error',
    message: { en: '`self` imports are only possible in a group', zh: '`self` 只能写在花括号组里' },
    why: { en: '`use a::b::{self, c}` imports `b` itself and `c`. Alone it is `use a::b`.', zh: '`use a::b::{self, c}` 导入 `b` 本身和 `c`。单独导入时写 `use a::b`。' },
    wrong: 'use std::mem::self\n\nfn main(): pass\n',
    right: 'use std::mem\n\nfn main(): pass\n',
  },
  {
    code: 'E0430', slug: 'self-import-twice', severity: 'error',
    message: { en: '`self` stands twice in this group', zh: '这个组里有两个 `self`' },
    why: { en: 'It would import the same module twice.', zh: '这会把同一个模块导入两次。' },
    wrong: 'use std::mem::{self, self as m}\n\nfn main(): pass\n',
    right: 'use std::mem::{self, swap}\n\nfn main(): pass\n',
  },
  {
    code: 'E0431', slug: 'self-import-of-nothing', severity: 'error',
    message: { en: '`self` in a group without a prefix', zh: '没有前缀的组里不能写 `self`' },
    why: { en: '`self` in a group means what stands before it, and here nothing does.', zh: '组里的 `self` 指组前面的路径，而这里前面没有路径。' },
    wrong: 'use {self}\n\nfn main(): pass\n',
    right: 'use std::mem::{self}\n\nfn main(): pass\n',
  },
  {
    code: 'E0583', slug: 'module-file-missing', severity: 'error',
    message: { en: 'no file for the module `{name}`', zh: '找不到模块 `{name}` 的文件' },
    why: { en: '`mod name` without a block takes its contents from the file of that name beside this one.', zh: '没有代码块的 `mod name` 从旁边同名的文件取得内容。' },
    wrong: 'mod geometry\n\nfn main(): pass\n',
    right: 'mod geometry:\n    pub const PI: f64 = 3.14\n\nfn main(): pass\n',
  },
  {
    code: 'E0742', slug: 'visibility-not-ancestor', severity: 'error',
    message: { en: 'an item can be visible in a module around it only', zh: '可见范围只能是外层的模块' },
    why: { en: '`pub(in path)` names a module that this item stands in.', zh: '`pub(in path)` 中的路径必须是包含此条目的模块。' },
    wrong: 'mod a:\n    pub(in crate::b) fn f(): pass\nmod b:\n    pub fn g(): pass\n\nfn main(): pass\n',
    right: 'mod a:\n    pub(in crate::a) fn f(): pass\nmod b:\n    pub fn g(): pass\n\nfn main(): pass\n',
  },
];
