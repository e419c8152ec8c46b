/**
 * Follows the paths through a function one by one with what their tests tell: a pointer found null needs no `free`, a test made twice goes the
 * same way twice. In: a graph as built, what is known of functions it calls. Out: for each place of the graph what happened there, for
 * those who judge (`leak-paths.ts`, `leak-summary.ts`).
 * A loop whose end is not known is followed `FORKS` times, then once more with its counters forgotten; when nothing else changed in that round
 * more rounds would show nothing new, else what comes after it is `tainted`. Invariant: every path told of has nothing known that rules it out.
 * Cost: bounded by `STEPS` for a function.
 */
import type { Span } from '../text/span.ts';
import type { Type } from '../types/type.ts';
import { blockOf, blocksIn, change, copyState, escape, escapeContents, keyOf, load, localPath, lostBlocks, newState, pathOf, settled, store, type BlockState, type State, type Value, type Write } from './leak-state.ts';
import type { Block, BlockId, Graph, Operand, Place, Rvalue, Statement, Terminator } from './graph.ts';
import { operandType, placeKey, placeType } from './place.ts';
import type { TypeQueries } from './queries.ts';
import { successors } from './simplify.ts';

const STEPS = 6000;
/** How often one path may enter a block: loops over constants are followed so far. */
const ROUNDS = 40;
/** The same where the test is not known. */
const FORKS = 3;

/** What a function does with each argument, and what it gives. */
export interface Summary {
  /** `looked`: neither kept nor freed, and what its memory leads to is left alone; `outlet`: the same, but a fresh block is stored there. */
  readonly params: readonly ('looked' | 'reached' | 'freed' | 'outlet' | 'given')[];
  readonly result: { readonly kind: 'other' } | { readonly kind: 'fresh'; readonly family: BlockState['family'] } | { readonly kind: 'param'; readonly index: number };
  readonly returns: boolean;
}

export type Verdict = 'E2003' | 'E2004' | 'E2005' | 'E2006';

export interface Wrong {
  readonly code: Verdict;
  readonly at: Span;
  readonly born: Span | null;
  readonly died: Span | null;
  /** Why it is no block to be freed. */
  readonly what: string;
}

export interface Lost {
  readonly at: Span;
  readonly site: Span;
  readonly name: string | null;
  readonly overwritten: boolean;
  /** It was given to a `realloc` that failed: where to free it is not for us to say. */
  readonly replaced: boolean;
}

export interface Walk {
  readonly graph: Graph;
  readonly queries: TypeQueries;
  /** What a function that is called does; null: not known. */
  readonly summary: (end: Extract<Terminator, { kind: 'call' }>) => Summary | null;
  readonly lost: Map<string, Lost>;
  /** By place of the graph: what would be wrong there, and whether some path came by without it. */
  readonly judged: Map<string, { readonly wrong: Wrong | null; readonly block: number; right: boolean }>;
  /** Where blocks were allocated that some path frees. */
  readonly freed: Set<number>;
  readonly returned: (s: State) => void;
  /** Blocks of the graph that more rounds of a loop might reach with more. */
  readonly tainted: Set<number>;
  readonly assigned: ReadonlyMap<string, number>;
  /** Blocks of the graph that a path may come back to. */
  readonly cyclic: ReadonlySet<number>;
  readonly call: (walk: Walk, s: State, end: Extract<Terminator, { kind: 'call' }>) => boolean;
  steps: number;
  next: number;
  fresh: number;
  /** Where in the graph the path stands. */
  block: number;
  complete: boolean;
}

export interface WalkOptions {
  readonly summary: Walk['summary'];
  readonly returned: (s: State) => void;
  readonly call: Walk['call'];
}

export function walkPaths(graph: Graph, queries: TypeQueries, options: WalkOptions): Walk {
  const cyclic = inLoops(graph);
  const walk: Walk = { graph, queries, ...options, lost: new Map(), judged: new Map(), freed: new Set(), tainted: new Set(), assigned: assignments(graph, cyclic), cyclic, steps: 0, next: 0, fresh: 0, block: 0, complete: true };
  const first = newState(graph.span);
  for (let id = 1; id <= graph.params; id++) {
    const type = graph.locals[id]?.type;
    if (type?.kind === 'ptr' || type?.kind === 'ref') {
      const made = walk.next++;
      first.blocks.set(made, { site: graph.locals[id]?.span ?? graph.span, status: 'live', sure: type.kind === 'ref', of: null, name: graph.locals[id]?.name ?? null, param: id - 1, family: 'heap', died: null, writes: null, touched: false });
      first.env.set(`_${id}`, { kind: 'block', id: made, offset: 0 });
    } else first.env.set(`_${id}`, { kind: 'unknown', key: `parameter${id}` });
  }
  const pending: Way[] = [{ block: 0 as BlockId, state: first }];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (walk.steps >= STEPS) { walk.complete = false; break; }
    const block = graph.blocks[path.block];
    if (block === undefined || block.cleanup) continue;
    const visits = (path.state.visits.get(path.block) ?? 0) + 1;
    path.state.visits.set(path.block, visits);
    walk.block = path.block;
    if (visits > ROUNDS && !widen(walk, path.state, path.block)) continue;
    pending.push(...follow(walk, block, path.block, path.state));
  }
  return walk;
}

interface Way { readonly block: BlockId; readonly state: State }

/** How often each local is assigned, as far as it matters: once, or (in a loop, too) more often. */
function assignments(graph: Graph, cyclic: ReadonlySet<number>): Map<string, number> {
  const found = new Map<string, number>();
  graph.blocks.forEach((block, id) => {
    if (block.cleanup) return;
    const count = (place: Place): void => { const path = localPath(place.local); found.set(path, (found.get(path) ?? 0) + (cyclic.has(id) ? 2 : 1)); };
    for (const statement of block.statements) if (statement.kind === 'assign') count(statement.place);
    if (block.terminator.kind === 'call' || block.terminator.kind === 'checked') count(block.terminator.destination);
  });
  return found;
}

function inLoops(graph: Graph): Set<number> {
  const found = new Set<number>();
  const next = graph.blocks.map(block => (block.cleanup ? [] : successors(block.terminator)));
  // A way back leads to a block that was entered and not left (depth first); the loop is what leads to that way without passing the block.
  const state: (undefined | 'open' | 'done')[] = [];
  const before: number[][] = graph.blocks.map(() => []);
  next.forEach((targets, from) => { for (const to of targets) before[to]?.push(from); });
  const stack: { at: number; i: number }[] = [{ at: 0, i: 0 }];
  state[0] = 'open';
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const to = next[top.at]?.[top.i++];
    if (to === undefined) { state[top.at] = 'done'; stack.pop(); continue; }
    if (state[to] === 'open') {
      const body = new Set<number>([to, top.at]);
      for (const each of body) if (each !== to) for (const one of before[each] ?? []) body.add(one);
      for (const each of body) found.add(each);
    } else if (state[to] === undefined) { state[to] = 'open'; stack.push({ at: to, i: 0 }); }
  }
  return found;
}

/** Forgets what a loop counts, once; false when that was done and the path is to end here. */
function widen(walk: Walk, s: State, at: number): boolean {
  const before = s.widened.get(at);
  if (before === undefined) {
    for (const [path, value] of s.env) if (value.kind === 'const' && (walk.assigned.get(/^_\d+/.exec(path)?.[0] ?? path) ?? 2) > 1) s.env.set(path, { kind: 'unknown', key: `round ${walk.fresh++}` });
    s.widened.set(at, { held: digest(s), visit: s.visits.get(at) ?? 0 });
    return true;
  }
  if (before.visit === s.visits.get(at)) return true;
  if (before.held === digest(s)) return false;
  const reached = new Set<number>([at]);
  for (const id of reached) {
    walk.tainted.add(id);
    const end = walk.graph.blocks[id]?.terminator;
    if (end !== undefined) for (const next of successors(end)) reached.add(next);
  }
  return false;
}

/** What a round of a loop may change that a later judgement asks for. */
function digest(s: State): string {
  const lines: string[] = [];
  for (const [path, value] of s.env) {
    if (value.kind === 'block') {
      const block = s.blocks.get(value.id);
      lines.push(`${path.replace(/^b\d+/, 'b')}=${block?.site.start} ${block?.status} ${value.offset} ${block?.writes?.length}`);
    } else if (value.kind === 'null' || value.kind === 'const' || value.kind === 'address') lines.push(`${path.replace(/^b\d+/, 'b')}=${keyOf(value)}`);
  }
  return lines.sort().join('\n');
}

export const freshKey = (walk: Walk) => (): string => String(walk.fresh++);
export const freshValue = (walk: Walk, what = 'value'): Value => ({ kind: 'unknown', key: `${what} ${walk.fresh++}` });

/** Says what a path found at this place of the graph; `wrong` null where nothing is wrong with it. */
export function judge(walk: Walk, s: State, kind: string, wrong: Wrong | null): void {
  const key = `${walk.block} ${kind}`;
  const known = walk.judged.get(key);
  // What only a constant, a static or a function's answer leads to proves nothing: perhaps nobody ever comes by.
  if (wrong !== null && (s.doubtful || s.decided)) return;
  if (known === undefined) walk.judged.set(key, { wrong, block: walk.block, right: wrong === null });
  else if (wrong === null) known.right = true;
  else if (known.wrong === null) walk.judged.set(key, { ...known, wrong });
}

export function read(walk: Walk, s: State, operand: Operand): Value {
  if (operand.kind === 'constant') {
    const { constant } = operand;
    switch (constant.kind) {
      case 'int': return { kind: 'const', value: constant.value };
      case 'null': return { kind: 'null' };
      case 'static': return { kind: 'lasting', key: `static ${constant.def}`, what: 'static' };
      case 'string': case 'bytes': return { kind: 'lasting', key: `text ${String(constant.value)}`, what: 'text' };
      case 'zero': return constant.type.kind === 'fnDef' ? { kind: 'lasting', key: `fn ${constant.type.def}`, what: 'function' } : { kind: 'unknown', key: `constant zero ${constant.type.id}` };
      default: return { kind: 'unknown', key: `constant ${constant.kind} ${'value' in constant ? String(constant.value) : 'def' in constant ? constant.def : ''}` };
    }
  }
  const { place } = operand;
  const path = pathOf(s, place);
  if (place.projection.some(step => step.kind === 'deref')) judgeRead(walk, s, path, place, operand.span);
  const value = load(s, path, freshKey(walk));
  const block = blockOf(path);
  // A number tells of no block.
  if (block !== null && !scalar(placeType(walk.queries, walk.graph.locals, place))) change(s, block.id, { touched: true });
  if (operand.kind === 'move') for (const each of [...s.env.keys()]) if (each === path || (each.startsWith(path) && '.@[#'.includes(each[path.length] ?? '-'))) s.env.delete(each);
  return value;
}

const scalar = (type: Type): boolean => type.kind === 'int' || type.kind === 'float' || type.kind === 'bool' || type.kind === 'char';

/** Reading memory of a block that nobody has written is wrong, where all writes are known. */
function judgeRead(walk: Walk, s: State, path: string, place: Place, span: Span | undefined): void {
  const at = blockOf(path);
  const block = at === null ? undefined : s.blocks.get(at.id);
  const kind = `read ${placeKey(place)} ${span?.start ?? ''}`;
  if (at === null || block === undefined || block.param !== null) return judge(walk, s, kind, null);
  judge(walk, s, kind, unwritten(walk, s, path, place, at.offset) && !s.trusted ? { code: 'E2006', at: span ?? s.at, born: block.site, died: null, what: '' } : null);
}

export function unwritten(walk: Walk, s: State, path: string, place: Place | null, offset: number | null): boolean {
  const at = blockOf(path);
  const block = at === null ? undefined : s.blocks.get(at.id);
  if (block === undefined || block.writes === null || block.status === 'none' || block.status === 'freed' || block.status === 'gone') return false;
  if (block.writes.length === 0) return true;
  if (offset === null || place === null) return false;
  return apartFromAll(block.writes, { offset, type: derefType(walk, place), steps: stepsOf(path) });
}

/** The same of what a reference was made from. */
export function unwrittenAt(s: State, value: Extract<Value, { kind: 'block' }>): boolean {
  const block = s.blocks.get(value.id);
  if (block === undefined || block.writes === null || block.status === 'none' || block.status === 'freed' || block.status === 'gone') return false;
  return block.writes.length === 0 || (value.field !== undefined && apartFromAll(block.writes, value.field));
}

const apartFromAll = (writes: readonly Write[], at: Write): boolean => writes.every(write => write.type === at.type && (write.offset !== at.offset || apart(write.steps, at.steps)));
const derefType = (walk: Walk, place: Place): Type => placeType(walk.queries, walk.graph.locals, place, place.projection.findLastIndex(step => step.kind === 'deref') + 1);
const stepsOf = (path: string): string => path.slice(path.search(/[.@[*#]|$/));

/** Different fields, at some level. */
function apart(a: string, b: string): boolean {
  const x = a.match(/\.\d+|@\d+|\[[^\]]*\]/g) ?? [];
  const y = b.match(/\.\d+|@\d+|\[[^\]]*\]/g) ?? [];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] === y[i]) continue;
    return (x[i]?.startsWith('.') ?? false) && (y[i]?.startsWith('.') ?? false);
  }
  return false;
}

/** Sizes that need no layout. */
function sizeOf(type: Type): number | null {
  switch (type.kind) {
    case 'int': return { i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4, i64: 8, u64: 8, isize: 4, usize: 4, i128: 16, u128: 16 }[type.name as string] ?? null;
    case 'float': return type.name === 'f32' ? 4 : 8;
    case 'bool': return 1;
    case 'char': return 4;
    case 'ptr': return type.inner.kind === 'slice' || type.inner.kind === 'str' || type.inner.kind === 'dyn' ? null : 4;
    case 'array': {
      const element = sizeOf(type.element);
      return element !== null && type.length.kind === 'const' ? element * Number(type.length.value) : null;
    }
    default: return null;
  }
}

/** The pointer `steps` elements of `type` further on. */
export function moved(value: Value, type: Type, steps: Value, back: boolean): Value {
  if (steps.kind === 'const' && steps.value === 0n) return value;
  const inner = type.kind === 'ptr' ? sizeOf(type.inner) : null;
  if (value.kind === 'address') return { ...value, path: `${value.path}[?moved]`, moved: true };
  if (value.kind !== 'block') return value;
  if (inner === null || steps.kind !== 'const' || value.offset === null) return { ...value, offset: null };
  return { ...value, offset: value.offset + (back ? -1 : 1) * Number(BigInt.asIntN(64, steps.value)) * inner };
}

function evaluate(walk: Walk, s: State, value: Rvalue): Value {
  switch (value.kind) {
    case 'use': return read(walk, s, value.operand);
    case 'cast': {
      const from = read(walk, s, value.operand);
      if (value.cast === 'pointerToPointer' || from.kind === 'lasting') return from;
      if (from.kind === 'const' && value.type.kind === 'int' && value.cast === 'numeric') {
        const bits = (sizeOf(value.type) ?? 16) * 8;
        return { kind: 'const', value: value.type.name.startsWith('u') ? BigInt.asUintN(bits, from.value) : BigInt.asIntN(bits, from.value) };
      }
      if (value.cast === 'unsize' && from.kind !== 'block') return from.kind === 'address' ? from : { kind: 'unknown', key: `cast ${keyOf(from)}` };
      escape(s, from);
      if (value.cast === 'intToPointer' && from.kind === 'const') return from.value === 0n ? { kind: 'null' } : freshValue(walk);
      return from.kind === 'block' || from.kind === 'parts' || from.kind === 'address' ? freshValue(walk) : from.kind === 'const' || from.kind === 'isNull' ? from : { kind: 'unknown', key: `cast ${keyOf(from)}` };
    }
    case 'pointer': {
      const left = read(walk, s, value.left);
      const right = read(walk, s, value.right);
      if (value.op !== 'difference' && (left.kind === 'block' || left.kind === 'address')) return moved(left, operandType(walk.queries, walk.graph.locals, value.left), right, value.op === 'sub');
      return value.op !== 'difference' && left.kind === 'lasting' ? left : { kind: 'unknown', key: `${value.op}(${keyOf(left)},${keyOf(right)})` };
    }
    case 'binary': return compare(s, value.op, read(walk, s, value.left), read(walk, s, value.right));
    case 'unary': {
      const of = read(walk, s, value.operand);
      if (value.op === 'not' && of.kind === 'const' && (of.value === 0n || of.value === 1n)) return { kind: 'const', value: 1n - of.value };
      if (value.op === 'not' && of.kind === 'isNull') return { ...of, not: !of.not };
      return { kind: 'unknown', key: `${value.op}(${keyOf(of)})` };
    }
    case 'borrow': case 'rawBorrow': {
      const path = pathOf(s, value.place);
      const block = blockOf(path);
      if (block !== null) {
        const whole = /^b\d+\+(-?\d+|\?)$/.test(path);
        const field: Write | undefined = whole || block.offset === null ? undefined : { offset: block.offset, type: derefType(walk, value.place), steps: stepsOf(path) };
        return { kind: 'block', id: block.id, offset: whole ? block.offset : null, ...(field === undefined ? {} : { field }) };
      }
      if (!path.startsWith('_') || path.includes('*')) return path.startsWith('static ') && path.endsWith('*') ? { kind: 'lasting', key: path.slice(0, -1), what: 'static' } : { kind: 'unknown', key: `&${path}` };
      return { kind: 'address', path, moved: false };
    }
    case 'aggregate': {
      const given = value.operands.map(operand => read(walk, s, operand));
      if (value.of.kind === 'closure') for (const part of given) escape(s, part);
      const parts = new Map<string, Value>();
      const variant = value.of.kind === 'adt' && value.of.variant !== null && walk.queries.definitions.byId.get(value.type.kind === 'adt' ? value.type.def : ('' as never))?.kind === 'enum' ? value.of.variant : null;
      if (variant !== null) parts.set('#', { kind: 'const', value: BigInt(variant) });
      given.forEach((part, i) => {
        const at = value.of.kind === 'array' ? `[${i}]` : `${variant === null ? '' : `@${variant}`}.${i}`;
        if (part.kind === 'parts') for (const [step, each] of part.parts) parts.set(at + step, each);
        else parts.set(at, part);
      });
      return parts.size === 0 ? freshValue(walk) : { kind: 'parts', parts };
    }
    case 'repeat': {
      const of = read(walk, s, value.operand);
      escape(s, of);
      return freshValue(walk);
    }
    case 'discriminant': return discriminant(walk, s, value.place);
    case 'length': return { kind: 'unknown', key: `length ${pathOf(s, value.place)}` };
  }
}

function discriminant(walk: Walk, s: State, place: Place): Value {
  const path = pathOf(s, place);
  const tag = s.env.get(`${path}#`);
  const type = placeType(walk.queries, walk.graph.locals, place);
  const found = type.kind === 'adt' ? walk.queries.definitions.byId.get(type.def) : undefined;
  if (tag?.kind === 'const' && found?.kind === 'enum') {
    const variant = found.variants[Number(tag.value)];
    if (variant !== undefined) return { kind: 'const', value: variant.discriminant };
  }
  const whole = s.env.get(path);
  return settled(s, { kind: 'unknown', key: `discriminant ${whole === undefined ? path : keyOf(whole)}` });
}

export function compare(s: State, op: string, a: Value, b: Value): Value {
  const yes = (truth: boolean): Value => ({ kind: 'const', value: truth ? 1n : 0n });
  if (op === 'eq' || op === 'ne') {
    const equal = op === 'eq';
    if (a.kind === 'null' && b.kind === 'null') return yes(equal);
    const [block, other] = a.kind === 'block' ? [a, b] : b.kind === 'block' ? [b, a] : [null, a];
    if (block !== null && other.kind === 'null') return settled(s, { kind: 'isNull', id: block.id, not: !equal });
    // Nobody else has seen it, so nothing else can be equal to it.
    const own = (value: Value): boolean => value.kind === 'block' && s.blocks.get(value.id)?.status === 'live' && s.blocks.get(value.id)?.param === null;
    if (block !== null && (own(a) || own(b)) && (other.kind !== 'block' || other.id !== block.id)) return yes(!equal);
    if ((a.kind === 'null' && (b.kind === 'address' || b.kind === 'lasting')) || (b.kind === 'null' && (a.kind === 'address' || a.kind === 'lasting'))) return yes(!equal);
    if (keyOf(a) === keyOf(b) && !keyOf(a).includes('?')) return yes(equal);
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
      case 'mul': return { kind: 'const', value: a.value * b.value };
      default: break;
    }
  }
  // One key for a test and its opposite.
  const opposite: Record<string, string> = { ne: 'eq', ge: 'lt', gt: 'le' };
  const base = opposite[op];
  if (base === undefined) return settled(s, { kind: 'unknown', key: `${op}(${keyOf(a)},${keyOf(b)})` });
  const key = `${base}(${keyOf(a)},${keyOf(b)})`;
  const fact = s.facts.get(key);
  return fact === undefined ? { kind: 'unknown', key: `not(${key})` } : { kind: 'const', value: 1n - fact };
}

export function assign(walk: Walk, s: State, place: Place, value: Value): void {
  const path = pathOf(s, place);
  const at = blockOf(path);
  if (at !== null) {
    const block = s.blocks.get(at.id);
    if (block !== undefined && block.writes !== null) {
      change(s, at.id, { writes: at.offset === null ? null : [...block.writes, { offset: at.offset, type: derefType(walk, place), steps: stepsOf(path) }] });
    }
    // A block that others know can be read by them; in one whose places are not told apart, it could be anywhere.
    if (block === undefined || block.status !== 'live' || at.offset === null) return escape(s, value);
    if ([...s.env.keys()].some(each => blockOf(each)?.id === at.id && blockOf(each)?.offset !== at.offset)) {
      escapeContents(s, at.id);
    }
    store(s, path, value);
    return;
  }
  if (path.includes('*')) {
    escape(s, value);
    const last = place.projection[place.projection.length - 1];
    // Another name of the same field may have been changed too.
    if (last?.kind === 'field') for (const key of [...s.env.keys()]) if (key.includes('*') && key.endsWith(`.${last.index}`)) s.env.set(key, freshValue(walk, `changed ${key}`));
    s.env.set(path, value);
    return;
  }
  store(s, path, value);
  const name = walk.graph.locals[place.local]?.name ?? null;
  if (name !== null) for (const id of blocksIn(value)) change(s, id, { name });
}

/** Tells of blocks that were lost by what just happened, once each. */
export function tellLost(walk: Walk, s: State, at: Span, overwritten = false): void {
  for (const id of lostBlocks(s)) {
    const block = s.blocks.get(id);
    if (block === undefined) continue;
    change(s, id, { status: 'escaped' });
    escapeContents(s, id);
    if (s.doubtful || block.param !== null || block.family === 'stack' || block.family === 'arena') continue;
    const key = `${at.start} ${block.site.start}`;
    if (!walk.lost.has(key)) walk.lost.set(key, { at, site: block.site, name: block.name, overwritten, replaced: [...s.blocks.values()].some(({ of }) => of === id) });
  }
}

function step(walk: Walk, s: State, statement: Statement): void {
  switch (statement.kind) {
    case 'mark': s.at = statement.span; s.trusted = false; return;
    case 'storageDead': {
      const path = localPath(statement.local);
      let had = false;
      for (const each of [...s.env.keys()]) if (each === path || (each.startsWith(path) && '.@[#*'.includes(each[path.length] ?? '-'))) { s.env.delete(each); had = true; }
      s.exposed.delete(path);
      if (had) tellLost(walk, s, s.at);
      return;
    }
    case 'assign':
      assign(walk, s, statement.place, evaluate(walk, s, statement.value));
      tellLost(walk, s, s.at, true);
      return;
    default: return;
  }
}

function follow(walk: Walk, block: Block, id: BlockId, s: State): Way[] {
  walk.steps += 1 + block.statements.length / 8;
  for (const statement of block.statements) step(walk, s, statement);
  const end = block.terminator;
  const on = (target: BlockId): Way[] => [{ block: target, state: s }];
  switch (end.kind) {
    case 'goto': return on(end.target);
    case 'falseEdge': case 'falseUnwind': return on(end.real);
    case 'return':
      walk.returned(s);
      escape(s, load(s, '_0', freshKey(walk)));
      for (const each of [...s.env.keys()]) if (each.startsWith('_')) s.env.delete(each);
      tellLost(walk, s, s.at);
      return [];
    case 'unreachable': case 'resume': return [];
    case 'drop':
      escape(s, load(s, pathOf(s, end.place), freshKey(walk)));
      return on(end.target);
    case 'bounds': return on(end.target);
    case 'guard': guard(walk, s, end); return on(end.target);
    case 'checked': {
      const left = read(walk, s, end.left);
      const right = end.right === null ? left : read(walk, s, end.right);
      assign(walk, s, end.destination, end.right === null ? { kind: 'unknown', key: `neg(${keyOf(left)})` } : compare(s, end.op, left, right));
      return on(end.target);
    }
    case 'switch': return branch(walk, s, end, id);
    case 'call': {
      if (end.target === null || !walk.call(walk, s, end)) return [];
      tellLost(walk, s, s.at);
      return on(end.target);
    }
  }
}

/** An access through a pointer: its block must live; who comes by knows that it was not null. */
function guard(walk: Walk, s: State, end: Extract<Terminator, { kind: 'guard' }>): void {
  if (end.verdict === 'watched') return;
  if (end.verdict === 'trusted') {
    s.trusted = true;
    return;
  }
  const value = read(walk, s, end.pointer);
  if (end.access !== 'address') touch(walk, s, value, end.span, 'guard');
}

/** Judges the use of the block that a pointer leads to. */
export function touch(walk: Walk, s: State, value: Value, at: Span, kind: string): void {
  if (value.kind !== 'block') return judge(walk, s, kind, null);
  const block = s.blocks.get(value.id);
  judge(walk, s, kind, block?.status === 'freed' ? { code: 'E2003', at, born: block.param === null ? block.site : null, died: block.died, what: '' } : null);
  if (block !== undefined && !block.sure && value.offset === 0) notNull(s, value.id);
}

export function notNull(s: State, id: number): void {
  const block = s.blocks.get(id);
  if (block === undefined || block.status === 'none') return;
  change(s, id, { sure: true });
  if (block.of !== null && s.blocks.get(block.of)?.status === 'replaced') {
    change(s, block.of, { status: 'freed', died: block.site });
    escapeContents(s, block.of);
  }
}

function branch(walk: Walk, s: State, end: Extract<Terminator, { kind: 'switch' }>, id: BlockId): Way[] {
  const value = settled(s, read(walk, s, end.operand));
  if (value.kind === 'const') {
    const which = end.values.findIndex(each => each === value.value);
    return [{ block: which < 0 ? end.otherwise : (end.targets[which] ?? end.otherwise), state: s }];
  }
  const visits = s.visits.get(id) ?? 0;
  if (visits > FORKS && !widen(walk, s, id)) return [];
  // How often a loop turns is not known, nor that another turns as often: what blocks and arrays hold is left to the run.
  if (walk.cyclic.has(id)) {
    for (const block of s.blocks.keys()) escapeContents(s, block);
    for (const [path, held] of [...s.env]) {
      if (!path.includes('[') || blocksIn(held).length === 0) continue;
      s.env.delete(path);
      escape(s, held);
    }
  }
  const out: Way[] = [];
  // A named constant has one value, whatever this analysis knows. A static, or a function of nothing, mostly has: what happens only
  // where it holds is believed, what happens where it does not hold is not.
  const decided = value.kind === 'unknown' && /constant const/.test(value.key) ? 'always' : value.kind === 'unknown' && /static |settled /.test(value.key) ? 'unlessHeld' : 'never';
  const take = (block: BlockId, fix: (state: State) => void, held = false): void => {
    const state = copyState(s);
    if (decided === 'always' || (decided === 'unlessHeld' && !held)) state.doubtful = true;
    if (decided !== 'never') state.decided = true;
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
        if (!isNull) return notNull(state, value.id);
        change(state, value.id, { status: 'none' });
        const old = block.of;
        // `realloc` failed: the old block is still there, and lost where its only pointer was overwritten by the null.
        if (old !== null && state.blocks.get(old)?.status === 'replaced') {
          change(state, old, { status: 'live' });
          tellLost(walk, state, block.site);
        }
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
