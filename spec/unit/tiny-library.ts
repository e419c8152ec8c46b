/**
 * A library of a few lines, for unit tests of names and types: language items, `Option`, `Box`, the prelude. In: source text. Out: a world, problems
 * as `CODE line:column`.
 */
import { collectNames } from '../../lib/names/collect.ts';
import type { LoadedFile } from '../../lib/names/build.ts';
import type { World } from '../../lib/names/table.ts';
import type { Problem } from '../../lib/report/problem.ts';
import { parseFile } from '../../lib/syntax/parse.ts';
import { Sources } from '../../lib/text/sources.ts';
import { evaluate } from '../../lib/types/consteval.ts';

const LIBRARY: Readonly<Record<string, string>> = {
  marker: `
@lang("sized")
pub trait Sized:
@lang("copy")
pub trait Copy:
@lang("send")
@auto
pub unsafe trait Send:
@lang("phantom_data")
pub struct PhantomData[T: ?Sized]
`,
  ops: `
@lang("drop")
pub trait Drop:
    fn drop(&mut self)
@lang("fn_once")
pub trait FnOnce[Args]:
    type Output
    fn call_once(self, args: Args) -> Self::Output
@lang("fn_mut")
pub trait FnMut[Args]: FnOnce[Args]:
    fn call_mut(&mut self, args: Args) -> Self::Output
@lang("fn")
pub trait Fn[Args]: FnMut[Args]:
    fn call(&self, args: Args) -> Self::Output
`,
  clone: `
@lang("clone")
pub trait Clone: Sized:
    fn clone(&self) -> Self
`,
  iter: `
@lang("iterator")
pub trait Iterator:
    type Item
    fn next(&mut self) -> Option[Self::Item]
`,
  option: `
@lang("Option")
pub enum Option[T]:
    None
    Some(T)
`,
  boxed: `
@lang("owned_box")
pub struct Box[T: ?Sized](*const T)
`,
  heap: `
@intrinsic("alloc")
pub fn alloc(size: usize) -> *mut u8
@intrinsic("free")
pub fn free(ptr: *mut u8)
pub struct Arena:
    pub used: usize
`,
  prelude: `
pub use std::marker::{Sized, Copy, Send}
pub use std::ops::{Drop, Fn, FnMut, FnOnce}
pub use std::clone::Clone
pub use std::iter::Iterator
pub use std::option::Option::{self, Some, None}
pub use std::boxed::Box
pub use std::heap::{alloc, free, Arena}
`,
};

const sources = new Sources();
let nextId = 1;

function load(name: string, text: string, library: boolean, problems: Problem[]): LoadedFile {
  const source = sources.add(name, text, library);
  const parsed = parseFile(source, nextId);
  nextId = parsed.nextId;
  problems.push(...parsed.problems);
  return { source, tree: parsed.value };
}

let made: World | null = null;

export function tinyLibrary(): World {
  if (made !== null) return made;
  const problems: Problem[] = [];
  const library = new Map(Object.entries(LIBRARY).map(([path, text]) => [path, load(`std/${path}.altru`, text, true, problems)]));
  const collected = collectNames({ crate: 'std', root: null, library, load: () => null, base: null, evaluate });
  problems.push(...collected.problems);
  if (problems.length > 0) throw new Error(problems.map(p => `${p.code} ${sources.slice(p.span)}`).join(', '));
  made = collected.value;
  return made;
}

export interface Collected {
  readonly world: World;
  readonly problems: readonly Problem[];
  /** `E0425 2:5`, in order of place. */
  readonly codes: readonly string[];
}

/** Collects a program; `files` are its other modules by path (`shapes`, `geo/point`). */
export function collect(text: string, files: Readonly<Record<string, string>> = {}): Collected {
  const problems: Problem[] = [];
  const root = load('main.altru', text, false, problems);
  const done = collectNames({
    crate: 'main',
    root,
    load: path => {
      const found = files[path];
      return found === undefined ? null : load(`${path}.altru`, found, false, problems);
    },
    base: tinyLibrary(),
    evaluate,
  });
  problems.push(...done.problems);
  const codes = [...problems].sort((a, b) => a.span.start - b.span.start).map(p => {
    const at = sources.position(p.span.file, p.span.start);
    return `${p.code} ${at.line}:${at.column}`;
  });
  return { world: done.value, problems, codes };
}
