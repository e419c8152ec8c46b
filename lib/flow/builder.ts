/**
 * State of one graph under construction, and the primitives over it: blocks, locals, scopes with what must be dropped, exits and
 * unwinding. In: calls by the `build-*` files. Out: a growing list of blocks; `current` is where the next statement goes.
 * Invariant: `scopes` is a stack; what is scheduled in it is dropped in reverse order on every way out. An unwind chain is made
 * once per scheduled drop and forgotten when something is scheduled below it. Cost: each exit copies the drops it passes.
 */
import type { Span } from '../text/span.ts';
import type { BodyFacts, Capture, ClosureFacts } from '../types/facts.ts';
import type { Block as TreeBlock, Expr, NodeId, Statement as TreeStatement } from '../syntax/tree.ts';
import { BOOL, type DefId, type Type, UNIT } from '../types/type.ts';
import type { Block, BlockId, Constant, Graph, Local, LocalId, Operand, Place, Rvalue, Statement, Terminator } from './graph.ts';
import type { Term } from './term.ts';
import { local, placeType } from './place.ts';
import type { TypeQueries } from './queries.ts';

export type Scheduled = { readonly span: Span; unwind: BlockId | null } & (
  | { readonly kind: 'value'; readonly local: LocalId }
  | { readonly kind: 'storage'; readonly local: LocalId }
  | { readonly kind: 'defer'; readonly body: Expr }
);

export interface Scope {
  drops: Scheduled[];
  /** Where the source leaves it: what ends there is shown there. */
  end?: Span;
}

export interface Breakable {
  readonly label: string | null;
  readonly isLoop: boolean;
  readonly exit: BlockId;
  readonly next: BlockId | null;
  readonly destination: Place;
  /** Scopes that stay when it is left. */
  readonly depth: number;
}

export interface Variable {
  readonly local: LocalId;
  /** In a match guard: the reference through which the guard sees it. */
  guard: LocalId | null;
}

/** In a closure's body: what it captured, and how its environment is reached. */
export interface Upvars {
  readonly facts: ClosureFacts;
  readonly captures: readonly Capture[];
}

/** The mutually recursive parts, so that their files need not import each other. */
export interface Lowering {
  into(b: Builder, destination: Place, term: Term): void;
  operand(b: Builder, term: Term): Operand;
  operands(b: Builder, terms: readonly Term[]): Operand[];
  temp(b: Builder, term: Term): LocalId;
  place(b: Builder, term: Term, access: Access): Place;
  discard(b: Builder, term: Term): void;
  /** A tree expression with its adjustments. */
  mirror(b: Builder, expr: Expr): Term;
  block(b: Builder, destination: Place, block: TreeBlock, type: Type): void;
  statement(b: Builder, statement: TreeStatement): void;
  control(b: Builder, destination: Place, expr: Expr, type: Type): void;
  format(b: Builder, destination: Place, expr: Expr & { kind: 'call' }, type: Type): void;
  closure(b: Builder, destination: Place, expr: Expr & { kind: 'closure' }): void;
  condition(b: Builder, expr: Expr, onFalse: () => void): void;
}

/** `part`: a part of it is accessed, which has a guard of its own; `address`: only where it lies is asked (`&raw`). */
export type Access = 'read' | 'write' | 'borrow' | 'part' | 'address';

export interface Builder {
  readonly owner: DefId;
  readonly facts: BodyFacts;
  readonly queries: TypeQueries;
  readonly lower: Lowering;
  readonly locals: Local[];
  readonly blocks: Block[];
  readonly promoted: Graph[];
  readonly variables: Graph['variables'][number][];
  readonly closures: Graph['closures'][number][];
  /** Graphs of the closures in it. */
  readonly children: Graph[];
  readonly bound: Map<NodeId, Variable>;
  /** Bindings of references that no lifetime ties to what they lead to: made of a raw pointer. */
  readonly untied: Set<NodeId>;
  readonly upvars: Upvars | null;
  readonly extended: Map<NodeId, Scope | 'forever'>;
  readonly breakables: Breakable[];
  scopes: Scope[];
  /** Where temporaries are dropped now. */
  temps: Scope;
  current: BlockId;
  /** Depth of `unsafe:` blocks. */
  trusted: number;
  /** Building what runs while unwinding: nothing there unwinds again. */
  cleanup: boolean;
  resume: BlockId | null;
  returnBlock: BlockId;
  /** A constant's body: extended temporaries live forever. */
  readonly isConstant: boolean;
}

export function newBlock(b: Builder, cleanup = b.cleanup): BlockId {
  b.blocks.push({ statements: [], terminator: { kind: 'unreachable', span: NOWHERE }, cleanup });
  return (b.blocks.length - 1) as BlockId;
}

export const NOWHERE: Span = { file: 0 as Span['file'], start: 0, end: 0 };

export function blockOf(b: Builder, id: BlockId): Block {
  const block = b.blocks[id];
  if (block === undefined) throw new Error(`no block ${id}`);
  return block;
}

export function push(b: Builder, statement: Statement): void {
  blockOf(b, b.current).statements.push(statement);
}

export function assign(b: Builder, place: Place, value: Rvalue, span: Span): void {
  push(b, { kind: 'assign', place, value, span });
}

export function assignConstant(b: Builder, place: Place, constant: Constant, span: Span): void {
  assign(b, place, { kind: 'use', operand: { kind: 'constant', constant } }, span);
}

export function assignUnit(b: Builder, place: Place, span: Span): void {
  assignConstant(b, place, { kind: 'zero', type: UNIT }, span);
}

/** Ends the current block; what follows, if anything, is in a block that the caller sets. */
export function terminate(b: Builder, terminator: Terminator): void {
  blockOf(b, b.current).terminator = terminator;
}

export function goto(b: Builder, target: BlockId, span: Span): void {
  terminate(b, { kind: 'goto', target, span });
}

/** Ends the current block for good; what is built next is dead. */
export function diverge(b: Builder, terminator: Terminator): void {
  terminate(b, terminator);
  b.current = newBlock(b);
}

export function newLocal(b: Builder, type: Type, span: Span, role: Local['role'] = 'temporary', name: string | null = null, mutable = true, annotated: Type | null = null, matched: Span | null = null): LocalId {
  b.locals.push({ type, name, mutable, span, annotated, role, ...(matched === null ? {} : { matched }) });
  return (b.locals.length - 1) as LocalId;
}

export const isCopy = (b: Builder, type: Type): boolean => b.queries.isCopy(b.owner, type);
export const needsDrop = (b: Builder, type: Type): boolean => b.queries.needsDrop(b.owner, type);
export const typeOfPlace = (b: Builder, place: Place): Type => placeType(b.queries, b.locals, place);

/** A read of a place as a value: a copy where its type is Copy, a move else. */
export function consume(b: Builder, place: Place, type: Type = typeOfPlace(b, place), span?: Span): Operand {
  return { kind: isCopy(b, type) ? 'copy' : 'move', place, ...(span === undefined ? {} : { span }) };
}

export function constantOperand(constant: Constant): Operand {
  return { kind: 'constant', constant };
}

export const boolConstant = (value: boolean): Constant => ({ kind: 'int', value: value ? 1n : 0n, type: BOOL });

// ---------------------------------------------------------------- scopes

export function pushScope(b: Builder): Scope {
  const scope: Scope = { drops: [] };
  b.scopes.push(scope);
  return scope;
}

/** Leaves the innermost scope on the current path. */
export function popScope(b: Builder): void {
  leave(b, b.scopes.length - 1);
  b.scopes.pop();
}

/** Runs `body` in a scope of its own that is also where its temporaries end. */
export function inScope<T>(b: Builder, body: () => T): T {
  const outer = b.temps;
  b.temps = pushScope(b);
  const result = body();
  popScope(b);
  b.temps = outer;
  return result;
}

/** Schedules in `scope`, which must be open. */
export function schedule(b: Builder, scope: Scope, entry: Scheduled): void {
  scope.drops.push(entry);
  // Chains of what lies above were made without it.
  for (let i = b.scopes.length - 1; i >= 0 && b.scopes[i] !== scope; i--) for (const d of b.scopes[i]?.drops ?? []) d.unwind = null;
}

export function scheduleStorage(b: Builder, scope: Scope, id: LocalId, span: Span): void {
  schedule(b, scope, { kind: 'storage', local: id, span, unwind: null });
}

export function scheduleValue(b: Builder, scope: Scope, id: LocalId, span: Span): void {
  const type = b.locals[id]?.type;
  if (type !== undefined && needsDrop(b, type)) schedule(b, scope, { kind: 'value', local: id, span, unwind: null });
}

/** Emits, on the current path, the drops of all scopes from the innermost down to (and with) index `depth`. */
export function leave(b: Builder, depth: number): void {
  for (let s = b.scopes.length - 1; s >= depth; s--) {
    const scope = b.scopes[s];
    if (scope === undefined) continue;
    for (let d = scope.drops.length - 1; d >= 0; d--) {
      const entry = scope.drops[d];
      if (entry === undefined) continue;
      if (entry.kind === 'storage') push(b, { kind: 'storageDead', local: entry.local, span: scope.end ?? entry.span });
      else if (entry.kind === 'value') {
        const next = newBlock(b);
        terminate(b, { kind: 'drop', place: local(entry.local), target: next, unwind: unwindFrom(b, s, d - 1), replace: false, span: scope.end ?? entry.span });
        b.current = next;
      } else below(b, s, d, () => runDeferred(b, entry.body));
    }
  }
}

function runDeferred(b: Builder, body: Expr): void {
  inScope(b, () => b.lower.discard(b, b.lower.mirror(b, body)));
}

/** Runs `build` as if the scopes ended below drop `d` of scope `s`. */
function below(b: Builder, s: number, d: number, build: () => void): void {
  const { scopes, temps } = b;
  b.scopes = [...scopes.slice(0, s), { ...scopes[s], drops: scopes[s]?.drops.slice(0, d) ?? [] }];
  build();
  b.scopes = scopes;
  b.temps = temps;
}

/** Where a panic at this point goes: the chain that drops all that is scheduled. Null where nothing unwinds. */
export function unwind(b: Builder): BlockId | null {
  const top = b.scopes.length - 1;
  return unwindFrom(b, top, (b.scopes[top]?.drops.length ?? 0) - 1);
}

function unwindFrom(b: Builder, s: number, d: number): BlockId | null {
  if (b.cleanup) return null;
  for (let scope = s; scope >= 0; scope--) {
    const drops = b.scopes[scope]?.drops ?? [];
    for (let i = scope === s ? d : drops.length - 1; i >= 0; i--) {
      const entry = drops[i];
      if (entry === undefined || entry.kind === 'storage') continue;
      if (entry.unwind !== null) return entry.unwind;
      const rest = unwindFrom(b, scope, i - 1) ?? resumeBlock(b);
      const start = newBlock(b, true);
      entry.unwind = start;
      if (entry.kind === 'value') blockOf(b, start).terminator = { kind: 'drop', place: local(entry.local), target: rest, unwind: null, replace: false, span: entry.span };
      else {
        const { current } = b;
        b.current = start;
        b.cleanup = true;
        below(b, scope, i, () => runDeferred(b, entry.body));
        goto(b, rest, entry.span);
        b.cleanup = false;
        b.current = current;
      }
      return start;
    }
  }
  return null;
}

function resumeBlock(b: Builder): BlockId {
  if (b.resume === null) {
    b.resume = newBlock(b, true);
    blockOf(b, b.resume).terminator = { kind: 'resume', span: NOWHERE };
  }
  return b.resume;
}

// ---------------------------------------------------------------- temporaries

/** A fresh temporary, live until the end of `scope` (by default the innermost statement's). Its value's drop is scheduled by the caller, once it has one. */
export function newTemp(b: Builder, type: Type, span: Span, scope: Scope | 'forever' = b.temps): LocalId {
  const id = newLocal(b, type, span);
  push(b, { kind: 'storageLive', local: id, span });
  if (scope !== 'forever') scheduleStorage(b, scope, id, span);
  return id;
}

/** A temporary that holds `value`. */
export function tempOf(b: Builder, type: Type, value: Rvalue, span: Span): LocalId {
  const id = newTemp(b, type, span);
  assign(b, local(id), value, span);
  return id;
}
