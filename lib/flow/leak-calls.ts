/**
 * What a call does to the blocks that its arguments lead to, on one path (`leak-walk.ts`): those that allocate, free, move or only look, by
 * name for the library and C, by summary for the program's own functions. In: a call and the path's state. Out: the state after it; false
 * when the call does not return. Invariant: what is given to a function of which nothing is known is somebody else's to free.
 */
import { blocksIn, change, escape, escapeContents, expose, keyOf, settled, store, within, type BlockState, type State, type Value } from './leak-state.ts';
import type { Operand, Terminator } from './graph.ts';
import { assign, freshValue, judge, moved, read, touch, unwritten, unwrittenAt, type Walk } from './leak-walk.ts';
import { operandType } from './place.ts';
import type { TypeQueries } from './queries.ts';
import type { Type } from '../types/type.ts';

export type Call = Extract<Terminator, { kind: 'call' }>;

const ALLOCATING = new Set(['alloc', 'alloc_zeroed', 'alloc_aligned', 'alloc_array']);
/** Library functions, by the last word of their names, whose first argument is a raw pointer: those that lead to the same block, those that only read, and those that write. */
const SAME_BLOCK = new Set(['cast', 'cast_mut', 'cast_const', 'as_ptr']);
const STEPPING = new Map([['add', false], ['offset', false], ['wrapping_add', false], ['wrapping_offset', false], ['sub', true], ['wrapping_sub', true]]);
const READING = new Set(['read', 'read_unaligned', 'read_volatile', 'copy_to', 'copy_to_nonoverlapping']);
const WRITING = new Set(['write', 'write_unaligned', 'write_volatile', 'write_bytes', 'copy_from', 'copy_from_nonoverlapping']);
const COPYING = new Set(['copy', 'copy_nonoverlapping', 'swap', 'replace']);
const LOOKING = new Set(['is_null', 'addr', 'is_aligned', 'align_offset', 'offset_from', 'offset_from_unsigned', 'eq', 'addr_eq', 'as_ref', 'as_mut']);
/** Functions of C that keep nothing, and those of them that give back (a place in) their first argument. */
const C_LOOKS = new Set(['strlen', 'strnlen', 'strcmp', 'strncmp', 'memcmp', 'atoi', 'atol', 'atoll', 'puts', 'printf', 'sprintf', 'snprintf', 'qsort', 'atof', 'strtol', 'strtoul']);
const C_SAME = new Set(['strcpy', 'strncpy', 'strcat', 'strncat', 'memcpy', 'memmove', 'memset']);
const C_INTO = new Set(['strchr', 'strrchr', 'strstr', 'memchr']);

interface Callee { readonly lang: string | null; readonly last: string; readonly library: boolean; readonly extern: boolean; readonly id: string }

export function calleeOf(callee: Operand, queries: TypeQueries): Callee {
  const type = callee.kind === 'constant' ? callee.constant.type : null;
  if (type?.kind !== 'fnDef') return { lang: null, last: '', library: false, extern: false, id: '' };
  const found = queries.definitions.byId.get(type.def);
  const words = found?.kind === 'fn' ? found.attributes['lang'] : undefined;
  return { lang: words?.[0]?.replace(/"/g, '') ?? null, last: type.def.slice(type.def.lastIndexOf('::') + 2), library: type.def.startsWith('std::'), extern: found?.kind === 'fn' && found.isExtern, id: type.def };
}

export function call(walk: Walk, s: State, end: Call): boolean {
  const callee = calleeOf(end.callee, walk.queries);
  const types = end.args.map(arg => operandType(walk.queries, walk.graph.locals, arg));
  const args = end.args.map(arg => read(walk, s, arg));
  const [first, second] = args;
  const result = (value: Value): true => { assign(walk, s, end.destination, value); return true; };
  const make = (more: Partial<BlockState> = {}): true => {
    const id = newBlock(walk, s, end, more);
    return result({ kind: 'block', id, offset: 0 });
  };
  if (callee.lang !== null && ALLOCATING.has(callee.lang)) {
    // A size that nothing can have gives null.
    if (first?.kind === 'const' && first.value > 0x7fff_ffffn) return result({ kind: 'null' });
    if (first?.kind === 'unknown' && /::MAX\b/.test(first.key)) return result(freshValue(walk, 'result'));
    return make(callee.lang === 'alloc_zeroed' ? { writes: null } : {});
  }
  if (callee.id === 'std::intrinsics::stack_alloc') return make({ family: 'stack' });
  // Which blocks were this arena's is not known: what they hold is left to the run.
  if (callee.lang === 'arena_reset') for (const [id, block] of s.blocks) if (block.family === 'arena') escapeContents(s, id);
  if (callee.lang === 'arena_alloc') return make({ family: 'arena', writes: null });
  if (callee.library && callee.last === 'into_raw' && callee.id.startsWith('std::boxed')) {
    for (const arg of args) escape(s, arg);
    return make({ family: 'box', writes: null, sure: true });
  }
  const outside = callee.extern || callee.id.startsWith('std::c::');
  if (outside && (callee.last === 'malloc' || callee.last === 'calloc' || callee.last === 'strdup')) {
    if (callee.last === 'strdup' && first !== undefined) touch(walk, s, first, end.span, 'arg 0');
    if (args.some(arg => arg.kind === 'unknown' && /::MAX\b/.test(arg.key))) return result(freshValue(walk, 'result'));
    const [count, each] = args.map(arg => (arg.kind === 'const' ? arg.value : null));
    if (callee.last !== 'strdup' && (count ?? 0n) * (callee.last === 'calloc' ? (each ?? 1n) : 1n) > 0x7fff_ffffn) return result({ kind: 'null' });
    return make({ family: 'malloc', writes: callee.last === 'malloc' ? [] : null });
  }
  if (callee.lang === 'realloc' && first !== undefined) return reallocate(walk, s, end, first, result);
  if ((callee.lang === 'free' || (callee.extern && callee.last === 'free')) && first !== undefined) {
    release(walk, s, end, first, callee.extern ? 'malloc' : 'heap');
    return result({ kind: 'unknown', key: '()' });
  }
  if (callee.library && types[0]?.kind === 'ptr' && first !== undefined) {
    if (SAME_BLOCK.has(callee.last)) return result(first);
    const back = STEPPING.get(callee.last);
    if (back !== undefined && second !== undefined) return result(first.kind === 'block' || first.kind === 'address' ? moved(first, types[0], second, back) : { kind: 'unknown', key: `${callee.last}(${keyOf(first)},${keyOf(second)})` });
    if (callee.last === 'is_null') return result(first.kind === 'block' ? settled(s, { kind: 'isNull', id: first.id, not: false }) : first.kind === 'null' ? { kind: 'const', value: 1n } : { kind: 'unknown', key: `eq(${keyOf(first)},null)` });
    if (READING.has(callee.last) || WRITING.has(callee.last) || COPYING.has(callee.last) || LOOKING.has(callee.last)) return access(walk, s, end, callee, types, args, result);
  }
  if (outside && (C_LOOKS.has(callee.last) || C_SAME.has(callee.last) || C_INTO.has(callee.last))) {
    args.forEach((arg, i) => {
      if (types[i]?.kind !== 'ptr') return;
      touch(walk, s, arg, end.span, `arg ${i}`);
      if (arg.kind === 'block') { change(s, arg.id, { writes: null }); escapeContents(s, arg.id); }
      if (arg.kind === 'address') expose(s, arg.path);
    });
    const block = first?.kind === 'block' ? first : null;
    if (block !== null && C_SAME.has(callee.last)) return result(block);
    if (block !== null && C_INTO.has(callee.last)) return result(freshValue(walk, 'within'));
    return result(freshValue(walk, 'result'));
  }
  const known = callee.library || callee.extern || callee.id === '' ? null : walk.summary(end);
  if (known !== null) {
    args.forEach((arg, i) => applyTo(walk, s, end, arg, types[i], known.params[i] ?? 'given'));
    if (!known.returns) return false;
    if (known.result.kind === 'fresh') return make({ family: known.result.family, writes: null });
    const same = known.result.kind === 'param' ? args[known.result.index] : undefined;
    if (same !== undefined && same.kind !== 'unknown') return result(same);
  } else {
    args.forEach((arg, i) => {
      const type = types[i];
      if (callee.library && type?.kind === 'ref' && lend(walk, s, end, callee, arg, type.mutable, i)) return;
      escape(s, arg);
    });
  }
  // A function that sees only numbers gives the same for the same.
  const plain = callee.id !== '' && args.every(arg => arg.kind === 'const' || (arg.kind === 'unknown' && !callee.library));
  return result(plain ? { kind: 'unknown', key: `${args.every(arg => arg.kind === 'const') ? 'settled ' : ''}${callee.id}(${args.map(keyOf).join()})` } : freshValue(walk, 'result'));
}

function newBlock(walk: Walk, s: State, end: Call, more: Partial<BlockState>): number {
  const id = walk.next++;
  s.blocks.set(id, { site: end.span, status: 'live', sure: false, of: null, name: null, param: null, family: 'heap', died: null, writes: [], touched: false, ...more });
  return id;
}

function reallocate(walk: Walk, s: State, end: Call, first: Value, result: (value: Value) => true): true {
  const old = first.kind === 'block' ? s.blocks.get(first.id) : undefined;
  if (first.kind !== 'block' || old === undefined) {
    judgeFree(walk, s, end, first, 'heap');
    escape(s, first);
    const id = newBlock(walk, s, end, { writes: null });
    return result({ kind: 'block', id, offset: 0 });
  }
  judgeFree(walk, s, end, first, 'heap');
  const live = old.status === 'live';
  const [, size] = end.args;
  const nothing = size?.kind === 'constant' && size.constant.kind === 'int' && size.constant.value === 0n;
  const id = newBlock(walk, s, end, { of: first.id, writes: null, sure: nothing, ...(old.status === 'escaped' && old.param === null ? { status: 'escaped' as const } : {}) });
  change(s, first.id, { status: nothing ? 'freed' : live ? 'replaced' : 'escaped', ...(nothing ? { died: end.span } : {}) });
  // The contents went with it.
  escapeContents(s, first.id);
  return result({ kind: 'block', id, offset: 0 });
}

/** Is it right to free this? Tells of it where not. */
function judgeFree(walk: Walk, s: State, end: Call, value: Value, family: BlockState['family']): boolean {
  const wrong = (code: 'E2004' | 'E2005', what: string, block?: BlockState): false => {
    judge(walk, s, 'free', { code, at: end.span, born: block === undefined || block.param !== null ? null : block.site, died: block?.died ?? null, what });
    return false;
  };
  const right = (): true => {
    judge(walk, s, 'free', null);
    return true;
  };
  if (value.kind === 'address') return wrong('E2005', value.moved ? 'an address near a variable' : 'a variable');
  if (value.kind === 'lasting') return wrong('E2005', value.what === 'static' ? 'a static' : value.what === 'text' ? 'a constant text' : 'a function');
  const block = value.kind === 'block' ? s.blocks.get(value.id) : undefined;
  if (value.kind !== 'block' || block === undefined) return right();
  if (block.status === 'freed') return wrong('E2004', '', block);
  if (block.param === null && value.offset !== null && value.offset !== 0 && block.status !== 'none') return wrong('E2005', `byte ${value.offset} of a block`, block);
  if (block.family === 'stack' || block.family === 'arena') return wrong('E2005', block.family === 'stack' ? 'memory of the stack' : 'memory of an arena', block);
  if (block.param === null && (block.family === 'malloc') !== (family === 'malloc') && block.family !== 'box') return wrong('E2005', block.family === 'malloc' ? 'memory of `malloc`' : 'memory of `alloc`', block);
  return right();
}

function release(walk: Walk, s: State, end: Call, value: Value, family: BlockState['family']): void {
  if (!judgeFree(walk, s, end, value, family)) return escape(s, value);
  for (const id of blocksIn(value)) {
    const block = s.blocks.get(id);
    if (block === undefined) continue;
    walk.freed.add(block.site.start);
    if (block.status === 'none') continue;
    change(s, id, { status: block.status === 'gone' ? 'gone' : 'freed', died: block.status === 'freed' ? block.died : end.span });
    // What only it led to is lost with it.
    for (const path of [...s.env.keys()]) if (path.startsWith(`b${id}+`)) s.env.delete(path);
  }
}

/** Library functions that read, write or look through a raw pointer. */
function access(walk: Walk, s: State, end: Call, callee: Callee, types: readonly Type[], args: readonly Value[], result: (value: Value) => true): true {
  const [first] = args;
  args.forEach((arg, i) => {
    if (types[i]?.kind !== 'ptr' || (LOOKING.has(callee.last) && callee.last !== 'as_ref' && callee.last !== 'as_mut')) {
      if (i > 0) escape(s, arg);
      return;
    }
    if (!LOOKING.has(callee.last)) touch(walk, s, arg, end.span, `arg ${i}`);
    if (arg.kind === 'block') {
      if (i === 0 && READING.has(callee.last) && callee.last.startsWith('read')) {
        const block = s.blocks.get(arg.id);
        judge(walk, s, 'read', unwritten(walk, s, `b${arg.id}+${arg.offset ?? '?'}`, null, arg.offset) && block?.param === null && !s.trusted ? { code: 'E2006', at: end.span, born: block.site, died: null, what: '' } : null);
      }
      escapeContents(s, arg.id);
      change(s, arg.id, { writes: null, touched: true });
    } else if (arg.kind === 'address') expose(s, arg.path);
  });
  if (callee.last === 'as_ref' || callee.last === 'as_mut') escape(s, first);
  return result(freshValue(walk, 'result'));
}

/** A reference that the library is lent: false when it may keep what is behind it. */
function lend(walk: Walk, s: State, end: Call, callee: Callee, arg: Value, mutable: boolean, i: number): boolean {
  const argument = i === 0 && isArgument(walk.queries, callee);
  if (argument && arg.kind !== 'block') judge(walk, s, 'shown', null);
  if (arg.kind === 'block') {
    const block = s.blocks.get(arg.id);
    if (argument) judge(walk, s, 'shown', unwrittenAt(s, arg) && block?.param === null && !s.trusted ? { code: 'E2006', at: end.args[0]?.kind === 'constant' ? end.span : (end.args[0]?.span ?? s.at), born: block.site, died: null, what: '' } : null);
    if (!mutable) return true;
    escapeContents(s, arg.id);
    change(s, arg.id, { writes: null, touched: true });
    return true;
  }
  if (arg.kind !== 'address') return arg.kind === 'unknown' || arg.kind === 'const' || arg.kind === 'lasting';
  if (mutable) reach(walk, s, arg.path);
  return true;
}

/** The function that makes something ready to be printed. */
function isArgument(queries: TypeQueries, callee: Callee): boolean {
  const owner = queries.definitions.byId.get(callee.id.slice(0, callee.id.lastIndexOf('::')) as never);
  return callee.last === 'new' && owner?.kind === 'impl' && owner.self.kind === 'adt' && owner.self.def === queries.definitions.lang.get('Argument');
}

/** What stands in the variable may have been taken or replaced. */
function reach(walk: Walk, s: State, path: string): void {
  const root = /^_\d+/.exec(path)?.[0] ?? path;
  for (const [each, value] of [...s.env]) {
    if (!within(each, root)) continue;
    s.env.delete(each);
    escape(s, value);
  }
  if (s.env.get(root) === undefined && !s.exposed.has(root)) s.env.set(root, freshValue(walk, root));
}

/** What a function of the program does with one argument. */
function applyTo(walk: Walk, s: State, end: Call, arg: Value, type: Type | undefined, fate: 'looked' | 'reached' | 'freed' | 'outlet' | 'given'): void {
  if (arg.kind === 'block') {
    const block = s.blocks.get(arg.id);
    if (block === undefined) return;
    switch (fate) {
      case 'looked': change(s, arg.id, { writes: null }); return;
      case 'reached': case 'outlet': escapeContents(s, arg.id); change(s, arg.id, { writes: null, touched: true }); return;
      case 'freed':
        escapeContents(s, arg.id);
        walk.freed.add(block.site.start);
        if (block.status !== 'none') change(s, arg.id, { status: 'gone', died: end.span, touched: true });
        return;
      case 'given': escape(s, arg); return;
    }
  }
  if (arg.kind === 'address') {
    switch (fate) {
      case 'looked':
        for (const [path, value] of [...s.env]) if (value.kind === 'const' && within(path, /^_\d+/.exec(arg.path)?.[0] ?? arg.path)) s.env.set(path, freshValue(walk, path));
        return;
      case 'outlet': {
        const id = newBlock(walk, s, end, { writes: null });
        const name = walk.graph.locals[Number(/^_(\d+)/.exec(arg.path)?.[1] ?? -1)]?.name ?? null;
        change(s, id, { name });
        if (type?.kind === 'ptr' || type?.kind === 'ref') store(s, arg.path, { kind: 'block', id, offset: 0 });
        return;
      }
      case 'reached': reach(walk, s, arg.path); return;
      default: expose(s, arg.path); return;
    }
  }
  escape(s, arg);
}
