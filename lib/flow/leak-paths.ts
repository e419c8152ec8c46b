/**
 * Leaks that the source shows (W2001): a block that `alloc` and its like gave, whose last pointer goes out of scope or is overwritten on
 * some path without `free`, and that nobody else can have seen. In: a graph as built. Out: warnings where such paths end.
 * Paths are followed one by one with what their tests tell: a pointer found null needs no `free`, a test made twice goes the same way
 * twice. What is given to any function, stored behind a pointer, captured or returned is somebody else's to free.
 * Invariant: every warning has a path that nothing known rules out. Cost: bounded by `STEPS` for a function; functions that allocate
 * nothing are not looked at.
 */
import { type Fix, problem, type Problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import { blocksIn, change, copyState, escape, keyOf, lostBlocks, memoryKey, settled, type State, type Value } from './leak-state.ts';
import type { Block, BlockId, Graph, Operand, Place, Rvalue, Statement, Terminator } from './graph.ts';
import { bodyOwner } from './ask.ts';
import { operandType } from './place.ts';
import type { TypeQueries } from './queries.ts';

const STEPS = 6000;
/** How often one path may enter a block: loops over constants are followed so far. */
const ROUNDS = 40;
/** The same where the test is not known: what two rounds do not show, more would not. */
const FORKS = 3;

const ALLOCATING = new Set(['alloc', 'alloc_zeroed', 'alloc_aligned', 'alloc_array']);
/** Methods of raw pointers: those that lead to the same block, and those that only touch it. */
const SAME_BLOCK = new Set(['add', 'sub', 'offset', 'cast', 'wrapping_add', 'wrapping_sub', 'cast_mut', 'cast_const', 'as_ptr']);
const ONLY_TOUCH = new Set(['read', 'write', 'read_unaligned', 'write_unaligned', 'read_volatile', 'write_volatile', 'write_bytes', 'copy_from', 'copy_to', 'copy_from_nonoverlapping', 'copy_to_nonoverlapping', 'is_null', 'addr']);

interface Found {
  readonly at: Span;
  readonly site: Span;
  readonly name: string | null;
  readonly overwritten: boolean;
  /** It was given to a `realloc` that failed: where to free it is not for us to say. */
  readonly replaced: boolean;
}

interface Search {
  readonly graph: Graph;
  readonly queries: TypeQueries;
  readonly found: Map<string, Found>;
  /** Where blocks were allocated that some path frees. */
  readonly freed: Set<number>;
  steps: number;
  next: number;
  fresh: number;
}

export function checkLeaks(graph: Graph, queries: TypeQueries): Problem[] {
  if (graph.owner.startsWith('std::') || !graph.blocks.some(block => allocates(block.terminator, queries))) return [];
  const owner = queries.definitions.byId.get(bodyOwner(graph.owner));
  const attributes = owner !== undefined && 'attributes' in owner ? owner.attributes : {};
  if (attributes['allow']?.includes('W2001') === true) return [];
  const severity = attributes['deny']?.includes('W2001') === true ? 'error' : 'warning';
  const search: Search = { graph, queries, found: new Map(), freed: new Set(), steps: 0, next: 0, fresh: 0 };
  const first: State = { env: new Map(), blocks: new Map(), facts: new Map(), excluded: new Map(), memory: new Map(), visits: new Map(), at: graph.span, doubtful: false };
  for (let id = 1; id <= graph.params; id++) first.env.set(id as never, { kind: 'unknown', key: `parameter${id}` });
  const pending: { block: BlockId; state: State }[] = [{ block: 0 as BlockId, state: first }];
  for (let path = pending.pop(); path !== undefined && search.steps < STEPS; path = pending.pop()) {
    const block = graph.blocks[path.block];
    const visits = (path.state.visits.get(path.block) ?? 0) + 1;
    if (block === undefined || block.cleanup || visits > ROUNDS) continue;
    path.state.visits.set(path.block, visits);
    pending.push(...follow(search, block, path.block, path.state));
  }
  return [...search.found.values()].sort((a, b) => a.at.start - b.at.start).map(found => report(queries, severity, found, search.freed));
}

function report(queries: TypeQueries, severity: 'warning' | 'error', found: Found, freed: ReadonlySet<number>): Problem {
  const { at, site, name } = found;
  const fix = name === null || found.replaced ? null : fixFor(queries, at, name, found.overwritten, freed.has(site.start));
  return problem('W2001', at, { name: name ?? 'the block' }, {
    label: 'here the last pointer to the block is lost',
    labels: [{ span: site, text: 'the block is allocated here' }],
    fixes: fix === null ? [] : [fix],
    severity,
  });
}

/** Frees before what leaves or overwrites; at the end of a scope only when no other path frees it already. */
function fixFor(queries: TypeQueries, at: Span, name: string, overwritten: boolean, freedElsewhere: boolean): Fix | null {
  const column = Number(/:(\d+)$/.exec(queries.position(at))?.[1] ?? '1') - 1;
  const line = queries.text({ ...at, start: at.start - column, end: at.start });
  const indent = /^ */.exec(line)?.[0] ?? '';
  const leaves = /^(return|break|continue)\b/.test(queries.text(at));
  const alone = line.trim() === '';
  const deeper = alone ? indent : `${indent}    `;
  if (leaves || overwritten) return { title: `free \`${name}\` before`, edits: [{ span: { ...at, end: at.start }, text: alone ? `free(${name})\n${indent}` : `\n${deeper}free(${name})\n${deeper}` }], certain: false };
  if (freedElsewhere || !alone) return null;
  return { title: `free \`${name}\` at the end`, edits: [{ span: { ...at, start: at.end }, text: `\n${indent}free(${name})` }], certain: false };
}

function calleeName(callee: Operand, queries: TypeQueries): { readonly lang: string | null; readonly last: string; readonly library: boolean; readonly id: string } {
  const type = callee.kind === 'constant' ? callee.constant.type : null;
  if (type?.kind !== 'fnDef') return { lang: null, last: '', library: false, id: '' };
  const found = queries.definitions.byId.get(type.def);
  const words = found?.kind === 'fn' ? found.attributes['lang'] : undefined;
  return { lang: words?.[0]?.replace(/"/g, '') ?? null, last: type.def.slice(type.def.lastIndexOf('::') + 2), library: type.def.startsWith('std::'), id: type.def };
}

function allocates(end: Terminator, queries: TypeQueries): boolean {
  if (end.kind !== 'call') return false;
  const { lang } = calleeName(end.callee, queries);
  return lang !== null && (ALLOCATING.has(lang) || lang === 'realloc');
}

const unknown = (key: string): Value => ({ kind: 'unknown', key });

function read(search: Search, s: State, operand: Operand): Value {
  if (operand.kind === 'constant') {
    const { constant } = operand;
    if (constant.kind === 'int') return { kind: 'const', value: constant.value };
    if (constant.kind === 'null') return { kind: 'null' };
    return unknown(constant.kind === 'static' ? `static ${constant.def}` : `constant ${constant.kind} ${'value' in constant ? String(constant.value) : 'def' in constant ? constant.def : ''}`);
  }
  const { place } = operand;
  if (place.projection.length === 0) {
    const value = settled(s, s.env.get(place.local) ?? unknown(`_${place.local} ${search.fresh++}`));
    if (operand.kind === 'move') s.env.delete(place.local);
    return value;
  }
  return load(s, place);
}

function load(s: State, place: Place): Value {
  const base = s.env.get(place.local);
  // A part of something that holds blocks: which one, nobody knows here.
  if (base?.kind === 'holds' && place.projection[0]?.kind !== 'deref') escape(s, base);
  if (base?.kind === 'address') escape(s, base);
  const key = memoryKey(s, place);
  return settled(s, s.memory.get(key) ?? unknown(key));
}

function evaluate(search: Search, s: State, value: Rvalue): Value {
  const fresh = (): Value => unknown(`value ${search.fresh++}`);
  switch (value.kind) {
    case 'use': return read(search, s, value.operand);
    case 'cast': {
      const from = read(search, s, value.operand);
      if (value.cast === 'pointerToPointer') return from;
      escape(s, from);
      return from.kind === 'block' || from.kind === 'holds' ? fresh() : from.kind === 'const' || from.kind === 'isNull' ? from : unknown(`cast ${keyOf(from)}`);
    }
    case 'pointer': {
      const left = read(search, s, value.left);
      const right = read(search, s, value.right);
      return value.op !== 'difference' && left.kind === 'block' ? left : unknown(`${value.op}(${keyOf(left)},${keyOf(right)})`);
    }
    case 'binary': return compare(s, value.op, read(search, s, value.left), read(search, s, value.right));
    case 'unary': {
      const of = read(search, s, value.operand);
      if (value.op === 'not' && of.kind === 'const' && (of.value === 0n || of.value === 1n)) return { kind: 'const', value: 1n - of.value };
      if (value.op === 'not' && of.kind === 'isNull') return { ...of, not: !of.not };
      return unknown(`${value.op}(${keyOf(of)})`);
    }
    case 'borrow': case 'rawBorrow': {
      const { place } = value;
      const base = s.env.get(place.local);
      if (place.projection.some(step => step.kind === 'deref')) return base?.kind === 'block' ? base : unknown(`&${memoryKey(s, place)}`);
      // Through a lent address a variable can be changed by anybody; one that is only shown stays what it is.
      if (value.kind === 'rawBorrow' || value.borrow !== 'shared') escape(s, base);
      return { kind: 'address', local: place.local };
    }
    case 'aggregate': {
      const parts = value.operands.map(operand => read(search, s, operand));
      if (value.of.kind === 'closure') for (const part of parts) escape(s, part);
      const ids = parts.flatMap(blocksIn);
      return ids.length === 0 ? fresh() : { kind: 'holds', ids };
    }
    case 'repeat': {
      const ids = blocksIn(read(search, s, value.operand));
      return ids.length === 0 ? fresh() : { kind: 'holds', ids };
    }
    case 'discriminant': return unknown(`discriminant ${memoryKey(s, value.place)}`);
    case 'length': return unknown(`length ${memoryKey(s, value.place)}`);
  }
}

function compare(s: State, op: string, a: Value, b: Value): Value {
  const yes = (truth: boolean): Value => ({ kind: 'const', value: truth ? 1n : 0n });
  if (op === 'eq' || op === 'ne') {
    const equal = op === 'eq';
    if (a.kind === 'null' && b.kind === 'null') return yes(equal);
    const [block, other] = a.kind === 'block' ? [a, b] : b.kind === 'block' ? [b, a] : [null, a];
    if (block !== null && other.kind === 'null') return settled(s, { kind: 'isNull', id: block.id, not: !equal });
    // Nobody else has seen it, so nothing else can be equal to it.
    if (block !== null && other.kind !== 'block' && s.blocks.get(block.id)?.status === 'live') return yes(!equal);
    if (keyOf(a) === keyOf(b) && a.kind !== 'block') return yes(equal);
  }
  if (a.kind === 'const' && b.kind === 'const') {
    switch (op) {
      case 'eq': return yes(a.value === b.value);
      case 'ne': return yes(a.value !== b.value);
      case 'lt': return yes(a.value < b.value);
      case 'le': return yes(a.value <= b.value);
      case 'gt': return yes(a.value > b.value);
      case 'ge': return yes(a.value >= b.value);
      case 'add': return { kind: 'const', value: a.value + b.value };
      case 'sub': return { kind: 'const', value: a.value - b.value };
      default: break;
    }
  }
  // One key for a test and its opposite.
  const opposite: Record<string, string> = { ne: 'eq', ge: 'lt', gt: 'le' };
  const base = opposite[op];
  if (base === undefined) return settled(s, unknown(`${op}(${keyOf(a)},${keyOf(b)})`));
  const key = `${base}(${keyOf(a)},${keyOf(b)})`;
  const fact = s.facts.get(key);
  return fact === undefined ? unknown(`not(${key})`) : { kind: 'const', value: 1n - fact };
}

function assign(search: Search, s: State, place: Place, value: Value): void {
  if (place.projection.length === 0) {
    s.env.set(place.local, value);
    const name = search.graph.locals[place.local]?.name ?? null;
    if (name !== null) for (const id of blocksIn(value)) change(s, id, { name });
    return;
  }
  if (place.projection.some(step => step.kind === 'deref')) {
    escape(s, value);
    const base = s.env.get(place.local);
    if (base?.kind === 'address') escape(s, base);
    const last = place.projection[place.projection.length - 1];
    // Another name of the same field may have been changed too.
    if (last?.kind === 'field') for (const key of [...s.memory.keys()]) if (key.endsWith(`.${last.index}`)) s.memory.set(key, unknown(`changed ${key} ${search.fresh++}`));
    s.memory.set(memoryKey(s, place), value);
    return;
  }
  const ids = blocksIn(value);
  const before = s.env.get(place.local);
  if (ids.length > 0) s.env.set(place.local, { kind: 'holds', ids: [...blocksIn(before), ...ids] });
  else if (before?.kind === 'holds') escape(s, before);
  s.memory.set(memoryKey(s, place), value);
  const name = search.graph.locals[place.local]?.name ?? null;
  if (name !== null) for (const id of ids) change(s, id, { name });
}

/** Tells of blocks that were lost by what just happened, once each. */
function tellLost(search: Search, s: State, at: Span, overwritten = false): void {
  for (const id of lostBlocks(s)) {
    const block = s.blocks.get(id);
    if (block === undefined) continue;
    change(s, id, { status: 'escaped' });
    if (s.doubtful) continue;
    const key = `${at.start} ${block.site.start}`;
    if (!search.found.has(key)) search.found.set(key, { at, site: block.site, name: block.name, overwritten, replaced: [...s.blocks.values()].some(({ of }) => of === id) });
  }
}

function step(search: Search, s: State, statement: Statement): void {
  switch (statement.kind) {
    case 'mark': s.at = statement.span; return;
    case 'storageLive': return;
    case 'storageDead':
      if (!s.env.has(statement.local)) return;
      s.env.delete(statement.local);
      tellLost(search, s, s.at);
      return;
    case 'assign':
      assign(search, s, statement.place, evaluate(search, s, statement.value));
      tellLost(search, s, s.at, true);
      return;
    default: return;
  }
}

function follow(search: Search, block: Block, id: BlockId, s: State): { block: BlockId; state: State }[] {
  search.steps += 1 + block.statements.length / 8;
  for (const statement of block.statements) step(search, s, statement);
  const end = block.terminator;
  const on = (target: BlockId, state: State = s): { block: BlockId; state: State }[] => [{ block: target, state }];
  switch (end.kind) {
    case 'goto': return on(end.target);
    case 'falseEdge': case 'falseUnwind': return on(end.real);
    case 'return':
      escape(s, s.env.get(0 as never));
      s.env.clear();
      tellLost(search, s, s.at);
      return [];
    case 'unreachable': case 'resume': return [];
    case 'drop':
      escape(s, s.env.get(end.place.local));
      return on(end.target);
    case 'bounds': case 'guard': return on(end.target);
    case 'checked': {
      const left = read(search, s, end.left);
      const right = end.right === null ? left : read(search, s, end.right);
      assign(search, s, end.destination, end.right === null ? unknown(`neg(${keyOf(left)})`) : compare(s, end.op, left, right));
      return on(end.target);
    }
    case 'switch': return branch(search, s, end, id);
    case 'call': {
      if (end.target === null) return [];
      call(search, s, end);
      tellLost(search, s, s.at);
      return on(end.target);
    }
  }
}

function call(search: Search, s: State, end: Extract<Terminator, { kind: 'call' }>): void {
  const callee = calleeName(end.callee, search.queries);
  const types = end.args.map(arg => operandType(search.queries, search.graph.locals, arg));
  const args = end.args.map(arg => read(search, s, arg));
  const [first] = args;
  const result = (value: Value): void => assign(search, s, end.destination, value);
  const make = (of: number | null): void => {
    const made = search.next++;
    s.blocks.set(made, { site: end.span, status: 'live', sure: false, of, name: null });
    if (end.destination.projection.some(step => step.kind === 'deref')) change(s, made, { status: 'escaped' });
    result({ kind: 'block', id: made });
  };
  if (callee.lang !== null && ALLOCATING.has(callee.lang)) {
    // A size that nothing can have gives null.
    if (first?.kind === 'const' && first.value > 0x7fff_ffffn) return result({ kind: 'null' });
    if (first?.kind === 'unknown' && /::MAX\b/.test(first.key)) return result(unknown(`result ${search.fresh++}`));
    return make(null);
  }
  if (callee.lang === 'realloc' && first !== undefined) {
    if (first.kind === 'block') change(s, first.id, { status: s.blocks.get(first.id)?.status === 'live' ? 'replaced' : 'escaped' });
    return make(first.kind === 'block' ? first.id : null);
  }
  if (callee.lang === 'free' && first !== undefined) {
    for (const id of blocksIn(first)) {
      search.freed.add(s.blocks.get(id)?.site.start ?? -1);
      change(s, id, { status: 'freed' });
    }
    return result(unknown('()'));
  }
  const isPointer = types[0]?.kind === 'ptr';
  if (callee.library && isPointer && first?.kind === 'block' && SAME_BLOCK.has(callee.last)) return result(first);
  if (callee.library && isPointer && first?.kind === 'block' && callee.last === 'is_null') return result(settled(s, { kind: 'isNull', id: first.id, not: false }));
  const touches = callee.library && isPointer && ONLY_TOUCH.has(callee.last);
  args.forEach((arg, i) => {
    if (touches && i === 0) return;
    // The library only looks at what it is lent; others may do anything with it.
    if (arg.kind === 'address' && callee.library && types[i]?.kind === 'ref') return;
    escape(s, arg);
  });
  // A function that sees only numbers gives the same for the same.
  const plain = callee.id !== '' && args.every(arg => arg.kind === 'const' || arg.kind === 'unknown');
  result(unknown(plain ? `${args.every(arg => arg.kind === 'const') ? 'settled ' : ''}${callee.id}(${args.map(keyOf).join()})` : `result ${search.fresh++}`));
}

function branch(search: Search, s: State, end: Extract<Terminator, { kind: 'switch' }>, id: BlockId): { block: BlockId; state: State }[] {
  const value = settled(s, read(search, s, end.operand));
  if (value.kind === 'const') {
    const which = end.values.findIndex(each => each === value.value);
    return [{ block: which < 0 ? end.otherwise : (end.targets[which] ?? end.otherwise), state: s }];
  }
  if ((s.visits.get(id) ?? 0) > FORKS) return [];
  const out: { block: BlockId; state: State }[] = [];
  // A named constant has one value, whatever this analysis knows. A static, or a function of nothing, mostly has: what happens only
  // where it holds is believed, what happens where it does not hold is not.
  const decided = value.kind === 'unknown' && /constant const/.test(value.key) ? 'always' : value.kind === 'unknown' && /static |settled /.test(value.key) ? 'unlessHeld' : 'never';
  const take = (block: BlockId, fix: (state: State) => void, held = false): void => {
    const state = copyState(s);
    if (decided === 'always' || (decided === 'unlessHeld' && !held)) state.doubtful = true;
    fix(state);
    out.push({ block, state });
  };
  if (value.kind === 'isNull') {
    for (const truth of [0n, 1n]) {
      const which = end.values.findIndex(each => each === truth);
      const isNull = (truth === 1n) !== value.not;
      take(which < 0 ? end.otherwise : (end.targets[which] ?? end.otherwise), state => {
        const block = state.blocks.get(value.id);
        if (block === undefined) return;
        if (!isNull) {
          change(state, value.id, { sure: true });
          if (block.of !== null && state.blocks.get(block.of)?.status === 'replaced') change(state, block.of, { status: 'freed' });
          return;
        }
        change(state, value.id, { status: 'none' });
        const old = block.of;
        // `realloc` failed: the old block is still there, and lost where its only pointer was overwritten by the null.
        if (old !== null && state.blocks.get(old)?.status === 'replaced') change(state, old, { status: [...state.env.values()].some(held => blocksIn(held).includes(old)) ? 'live' : 'escaped' });
      });
    }
    return out;
  }
  const key = value.kind === 'unknown' ? value.key : null;
  const not = key !== null && /^not\((.*)\)$/.exec(key);
  const excluded = key === null ? [] : (s.excluded.get(key) ?? []);
  end.values.forEach((each, i) => {
    if (excluded.includes(each)) return;
    take(end.targets[i] ?? end.otherwise, state => {
      if (key === null) return;
      state.facts.set(key, each);
      if (not) state.facts.set(not[1] ?? '', 1n - each);
    }, each === 1n && end.type.kind === 'bool');
  });
  take(end.otherwise, state => {
    if (key === null) return;
    const isBool = end.type.kind === 'bool' && end.values.length === 1;
    const rest = isBool ? 1n - (end.values[0] ?? 0n) : null;
    if (rest === null) state.excluded.set(key, [...excluded, ...end.values]);
    else {
      state.facts.set(key, rest);
      if (not) state.facts.set(not[1] ?? '', 1n - rest);
    }
  }, end.type.kind === 'bool' && end.values.length === 1 && end.values[0] === 0n);
  return out;
}
