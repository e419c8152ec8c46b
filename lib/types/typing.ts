/**
 * The state of checking one body: its inference variables, what waits to be proven, the facts found so far and the problems.
 * Every rule file takes it as `t`. `rules` ties the mutually recursive rule files together, so that they import only this.
 * Facts hold inference variables until `writeback` resolves them. Nothing here is shared between bodies but the universe.
 */
import type { Body, NameTable, World } from '../names/table.ts';
import { problem, type Problem } from '../report/problem.ts';
import type { Block, ClosureExpr, Expr, NodeId, Pattern, TypeNode } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { goal, type Cx } from './builtin.ts';
import type { Goal } from './goal.ts';
import type { FnDef } from './definition.ts';
import type { Adjustment, BodyFacts } from './facts.ts';
import { freshVar, resolve, shallow, type InferType, type Origin } from './infer.ts';
import { printType } from './print.ts';
import { normalise } from './solve.ts';
import { ERROR, HAS_ERROR, HAS_OPAQUE, HAS_PROJECTION, UNIT, type DefId, type FnSignature, type TraitRef, type Type } from './type.ts';
import { lang, type Universe } from './universe.ts';

/** What is expected of an expression. */
export type Expect =
  | { readonly kind: 'none' }
  /** Will be coerced to it. */
  | { readonly kind: 'has'; readonly type: Type }
  /** A hint only: the target of `as`, or the unsized type a box is to become. */
  | { readonly kind: 'hint'; readonly type: Type }
  /** `()` is expected: any value will do, and is dropped. */
  | { readonly kind: 'discard' };

export const NONE: Expect = { kind: 'none' };
export const DISCARD: Expect = { kind: 'discard' };
export const has = (type: Type): Expect => ({ kind: 'has', type });
export const hint = (type: Type): Expect => ({ kind: 'hint', type });

/** Why something must hold: where to complain and what to say. */
export interface Cause {
  readonly span: Span;
  readonly why:
    | { readonly kind: 'bound'; readonly def: DefId }
    | { readonly kind: 'operator'; readonly op: string }
    | { readonly kind: 'try' | 'iterate' | 'index' | 'format' | 'coerce' | 'sized' | 'call' | 'other' | 'copy' };
}

export interface Pending {
  readonly goal: Goal;
  readonly cause: Cause;
  readonly depth: number;
  readonly parent: Pending | null;
  /** Unbound variables at the last attempt: without news of them there is nothing to try. null: not tried yet. */
  waits: readonly InferType[] | null;
  /** The goal as it was when it was last tried. */
  key: number | null;
}

/** Several expressions whose values go to one place: branches, `break`s, `return`s. */
export interface Branches {
  readonly expected: Type;
  merged: Type | null;
  readonly pushed: { readonly id: NodeId; readonly span: Span; readonly type: Type }[];
  /** Where the expectation was fixed, for a label. */
  readonly fixed: Span | null;
}

/** The function or closure that `return` and `?` leave. */
export interface Frame {
  readonly kind: 'fn' | 'closure' | 'const';
  readonly result: Type;
  readonly returns: Branches;
  readonly resultSpan: Span | null;
}

export interface Loop {
  readonly id: NodeId;
  readonly kind: 'loop' | 'while' | 'for' | 'block';
  /** Values of `break`; null where it can have none. */
  readonly breaks: Branches | null;
  broken: boolean;
}

export interface DraftClosure {
  readonly expr: ClosureExpr;
  readonly def: DefId;
  signature: FnSignature;
  readonly type: Type;
  readonly parent: DraftClosure | null;
  /** Where a variable is first named in its text: the order of captures. */
  readonly mentions: Map<NodeId, number>;
  readonly written: readonly (Type | null)[];
  readonly writtenResult: Type | null;
}

/** The facts of a body while they are gathered. */
export interface DraftFacts extends Pick<BodyFacts, 'types' | 'paths' | 'callees' | 'fields' | 'bindings' | 'sameBinding' | 'patternDerefs' | 'casts' | 'loops' | 'tries' | 'formats' | 'constants' | 'typeApplications' | 'annotations' | 'given'> {
  readonly adjustments: Map<NodeId, Adjustment[]>;
}

export interface Rules {
  /** Type of `e` before adjustments. */
  readonly expr: (t: Typing, e: Expr, expect: Expect) => Type;
  /** Checks `e` and coerces it to `type`. */
  readonly coerced: (t: Typing, e: Expr, type: Type) => Type;
  readonly block: (t: Typing, b: Block, expect: Expect) => Type;
  readonly pattern: (t: Typing, p: Pattern, type: Type, origin: Span | null) => void;
  readonly closure: (t: Typing, e: ClosureExpr, expect: Expect) => Type;
  readonly format: (t: Typing, e: Expr & { readonly kind: 'call' }, name: string, expect: Expect) => Type;
}

/** A call of a function with type parameters: to tell which argument a bound failed for. */
export interface Called {
  readonly span: Span;
  readonly fn: FnDef;
  readonly typeArgs: readonly Type[];
  readonly args: readonly Expr[];
  readonly skipSelf: boolean;
}

export interface Typing {
  /** In a session: types of the values that earlier lines left, by the node that stands for each; null elsewhere. */
  readonly stood: ReadonlyMap<NodeId, Type> | null;
  /** What stands here for the undecided numbers in them. */
  readonly stoodNumbers: Map<number, Type>;
  readonly u: Universe;
  readonly names: World;
  readonly table: NameTable;
  readonly body: Body;
  readonly cx: Cx;
  readonly rules: Rules;
  readonly facts: DraftFacts;
  readonly problems: Problem[];
  readonly calls: Called[];
  pending: Pending[];
  /** Goals that were replaced by what they need. */
  readonly apart: Set<number>;
  frame: Frame;
  /** Block that is the body of `frame`: its value is the function's. */
  bodyBlock: NodeId | null;
  readonly loops: Map<NodeId, Loop>;
  /** The innermost block's traits in scope. */
  traits: readonly DefId[];
  unsafeDepth: number;
  /** Names are missing in this body: what cannot be inferred is not worth saying. */
  broken: boolean;
  /** The code that comes next is never reached. */
  diverges: boolean;
  readonly closures: DraftClosure[];
  closure: DraftClosure | null;
  /** Questions that wait for all types of the body. */
  readonly later: { readonly def: DefId; readonly run: () => void }[];
  /** Which closure a variable belongs to; null: the body itself. */
  readonly owners: Map<NodeId, DraftClosure | null>;
  readonly casts: (() => void)[];
  /** Of the path that is being looked at: its type arguments that name a lifetime. */
  given: { self: Type | null; args: readonly Type[] };
  readonly locals: Map<NodeId, Type>;
  readonly spans: Map<NodeId, Span>;
  /** Closures that were made function pointers: they must capture nothing. */
  readonly fnPointers: { readonly def: DefId; readonly target: Type }[];
  /** Calls that are written as method calls: they stay calls where an operator of the same trait would be built in. */
  readonly methodCalls: Set<NodeId>;
  readonly literals: { readonly id: NodeId; readonly span: Span; readonly digits: bigint; negative: boolean; readonly type: Type }[];
}

// ------------------------------------------------------------------ variables and types

export const fresh = (t: Typing, span: Span, kind: 'closureParam' | 'closureResult' | 'element' | 'pattern' | 'diverging' | 'literal' | 'other' = 'other', of: InferType['of'] = 'type'): Type =>
  freshVar(t.cx.infer, { span, what: { kind } }, of);

export const freshFor = (t: Typing, origin: Origin, of: InferType['of'] = 'type'): Type => freshVar(t.cx.infer, origin, of);

/** The outermost constructor, as known now. */
export const known = (t: Typing, type: Type): Type => shallow(t.cx.infer, type);

export const resolved = (t: Typing, type: Type): Type => resolve(t.cx.infer, type);

/** As `known`, after trying what waits when it is still a variable. */
export function settled(t: Typing, type: Type, solve: (t: Typing) => void): Type {
  let k = known(t, type);
  if (k.kind === 'infer' && k.of === 'type') {
    solve(t);
    k = known(t, type);
  }
  return k;
}

export const isError = (t: Typing, type: Type): boolean => (resolved(t, type).flags & HAS_ERROR) !== 0;

/** Replaces projections; what is left to prove waits. */
export function normal(t: Typing, type: Type, cause: Cause): Type {
  if ((type.flags & (HAS_PROJECTION | HAS_OPAQUE)) === 0) return type;
  const n = normalise(t.cx, type, 0);
  for (const g of n.goals) require(t, g, cause);
  return n.type;
}

// ------------------------------------------------------------------ goals

/** `g` must hold: it waits in the queue. */
export function require(t: Typing, g: Goal, cause: Cause): void {
  t.pending.push({ goal: g, cause, depth: 0, parent: null, waits: null, key: null });
}

export const requireTrait = (t: Typing, ref: TraitRef, cause: Cause): void => require(t, { kind: 'trait', ref }, cause);

export function requireLang(t: Typing, name: string, cause: Cause, ...args: readonly Type[]): void {
  const trait = lang(t.u, name);
  if (trait !== null) require(t, goal(trait, ...args), cause);
}

// ------------------------------------------------------------------ problems

export const show = (t: Typing, type: Type): string => printType(resolved(t, type), t.u.definitions);

/** The source text of a span of the program. */
export const written = (t: Typing, span: Span): string => t.names.files.get(span.file)?.text.slice(span.start, span.end) ?? '';

export function report(
  t: Typing, code: string, span: Span, fragments: Readonly<Record<string, string>> = {},
  extra: Partial<Pick<Problem, 'label' | 'labels' | 'notes' | 'fixes' | 'severity'>> = {},
): Type {
  t.problems.push(problem(code, span, fragments, extra));
  return ERROR;
}

// ------------------------------------------------------------------ facts

export function setType(t: Typing, id: NodeId, type: Type): Type {
  t.facts.types.set(id, type);
  return type;
}

/** Adds adjustments after those an expression has. */
export function adjust(t: Typing, id: NodeId, steps: readonly Adjustment[]): void {
  if (steps.length === 0) return;
  const before = t.facts.adjustments.get(id);
  if (before === undefined) t.facts.adjustments.set(id, [...steps]);
  else before.push(...steps);
}

/** Type of an expression after its adjustments. */
export function adjustedType(t: Typing, e: { readonly id: NodeId }): Type {
  const steps = t.facts.adjustments.get(e.id);
  return steps?.[steps.length - 1]?.target ?? t.facts.types.get(e.id) ?? ERROR;
}

/** The type an expectation asks for, if it does. */
export const expected = (t: Typing, e: Expect): Type | null =>
  (e.kind === 'has' || e.kind === 'hint' ? known(t, e.type) : e.kind === 'discard' ? UNIT : null);

/** The expression inside parentheses. */
export function bare(e: Expr): Expr {
  while (e.kind === 'paren') e = e.inner;
  return e;
}

export type { TypeNode };
