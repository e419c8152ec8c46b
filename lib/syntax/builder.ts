/**
 * The builder's ground: what every tree-making file shares. A builder turns raw parses into tree nodes, numbers them, and parses the
 * elements of groups when their place is known. The makers of expressions, types, patterns, items and blocks call one another through
 * this interface (parse.ts wires them), so no file imports another in a circle. Depth of nesting is counted here.
 */
import type { FileId, Span } from '../text/span.ts';
import type { Problem } from '../report/problem.ts';
import { problem } from '../report/problem.ts';
import { complain } from './complain.ts';
import type { Depth } from './depth.ts';
import { parseWords } from './earley.ts';
import type { Block as Suite, Element, Group } from './layout.ts';
import type { RawExpr, RawPattern, RawType, RawPath, RawTypePath, RawBounds, RawStatement, Starts } from './raw.ts';
import { wrapSuites } from './suites.ts';
import type { SuiteMode } from './suites.ts';
import type { Arm, Attribute, Block, Bound, Expr, GenericArgs, Item, Lifetime, Name, NodeId, Path, Pattern, Statement, TypeNode } from './tree.ts';
import type { Token } from './words.ts';
import { misfit } from './expected.ts';

/** Words of one parse; more than this is refused, so that no line can exhaust memory. */
export const maxWords = 5000;

export interface Builder {
  readonly file: FileId;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly problems: Problem[];
  /** Where words and layout found something: a line that has such a place is not complained about again. Sorted. */
  readonly places: readonly number[];
  nextId: number;
  depth: number;
  readonly limits: Depth;
  /** The last place where a parse wanted more than there was; -1: none did. */
  stoppedAt: number;
  /** Most parses that an input had: more than one is our own bug. */
  parses: number;
  expr(raw: RawExpr): Expr;
  condition(raw: RawExpr): Expr;
  statement(raw: RawStatement): Statement;
  /** Elements in brackets of an expression. */
  args(group: Group, place: 'call' | 'index' | 'array' | 'tuple'): Expr[];
  type(raw: RawType): TypeNode;
  path(raw: RawPath | RawTypePath): Path;
  genericArgs(group: Group): GenericArgs;
  bounds(raw: RawBounds | null): Bound[];
  binder(group: Group | null): Lifetime[];
  pattern(raw: RawPattern): Pattern;
  block(suite: Suite): Block;
  arms(suite: Suite): Arm[];
  items(suite: Suite, place: ItemPlace): Item[];
  item(elements: readonly Element[], attributes: readonly Attribute[], doc: string | null): Item | null;
  attributes(elements: readonly Element[]): { attributes: Attribute[]; rest: readonly Element[] };
}

export type ItemPlace = 'trait' | 'impl' | 'mod' | 'extern';

export function idOf(b: Builder): NodeId {
  return b.nextId++ as NodeId;
}

export function spanOf(b: Builder, start: number, end: number): Span {
  return { file: b.file, start, end };
}

export function nameOf(b: Builder, token: Token): Name {
  return { text: token.value, span: spanOf(b, token.start, token.end) };
}

export function lifetimeOf(b: Builder, token: Token): Lifetime {
  return { text: token.value, span: spanOf(b, token.start, token.end) };
}

/** One element of a group, without the comma that ends it. */
export interface Piece {
  readonly docs: readonly Token[];
  readonly elements: readonly Element[];
  /** `,`, `;` or, for the last, empty. */
  readonly end: string;
}

/**
 * Splits what stands between brackets at its commas (and `;`). A last empty piece is not given. Where only types can stand, `<A, B>` (a habit
 * that is reported) is kept in one piece.
 */
export function piecesOf(b: Builder, group: Group, types = false): Piece[] {
  const pieces: Piece[] = [];
  let angles = 0;
  let docs: Token[] = [];
  let elements: Element[] = [];
  for (const part of group.parts) {
    if (part.type === 'doc') {
      if (elements.length === 0) docs.push(part as Token);
    } else if ((part.type === ',' && angles === 0) || part.type === ';') {
      if (elements.length === 0 && !group.broken) unexpected(b, part as Token, pieces.length);
      else pieces.push({ docs, elements, end: part.type });
      docs = [];
      elements = [];
    } else {
      if (types && part.type === '<') angles++;
      else if (types && part.type === '>' && angles > 0) angles--;
      else if (types && part.type === 'op' && part.value === '>>') angles = Math.max(0, angles - 2);
      elements.push(part);
    }
  }
  if (elements.length > 0) pieces.push({ docs, elements, end: '' });
  return pieces;
}

function unexpected(b: Builder, token: Token, before: number): void {
  b.problems.push(problem('E1008', spanOf(b, token.start, token.end), misfit(`\`${token.value}\``, before === 0 ? 'an element' : 'an element before it')));
}

/**
 * Parses words by a rule, or says why not and gives null. `mode` tells how suites on the line are found; null: there can be none.
 * `group`: the brackets that the words stand between; in broken ones what is wrong was said already.
 */
export function parseAs<S extends keyof Starts>(b: Builder, start: S, elements: readonly Element[], mode: SuiteMode | null, group: Group | null = null): Starts[S] | null {
  const words = mode === null ? elements : wrapSuites(elements, mode, b.file, b.problems, b.limits.suites);
  const first = words[0];
  if (words.length > maxWords) {
    b.problems.push(problem('E1026', spanOf(b, first?.start ?? 0, words[maxWords]?.start ?? 0), { limit: String(maxWords), unit: 'line' }));
    return null;
  }
  if (words.length > 50 && jumpsIn(words) > 50) {
    b.problems.push(problem('E1025', spanOf(b, first?.start ?? 0, first?.end ?? 0), {}));
    return null;
  }
  const outcome = parseWords(start, words);
  if ('value' in outcome) {
    if (outcome.count > b.parses) b.parses = outcome.count;
    return outcome.value;
  }
  if (outcome.failure.at >= words.length) b.stoppedAt = Math.max(b.stoppedAt, words[words.length - 1]?.end ?? 0);
  if (group?.broken !== true && !hasPlace(b, words)) complain(b, start, words, outcome.failure, group);
  return null;
}

/** Each `return` takes all that follows it: a long row of them would cost quadratic time. */
function jumpsIn(words: readonly Element[]): number {
  let count = 0;
  for (const word of words) if (word.type === 'return' || word.type === 'break') count++;
  return count;
}

function hasPlace(b: Builder, words: readonly Element[]): boolean {
  // what was found inside groups and blocks belongs to their own lines and elements
  let from = -1;
  for (const word of words) {
    const inner = word.type === 'paren' || word.type === 'bracket' || word.type === 'brace' || word.type === 'block';
    if (from < 0) from = word.start;
    if (!inner) continue;
    if (anyPlace(b, from, word.start)) return true;
    from = word.end;
  }
  // words that were dropped stand at the ends of the line
  const first = words[0]?.start ?? 0;
  const last = words[words.length - 1]?.end ?? 0;
  const lineEnd = b.text.indexOf('\n', last);
  return from >= 0 && (anyPlace(b, from, lineEnd < 0 ? b.text.length : lineEnd) || anyPlace(b, b.text.lastIndexOf('\n', first) + 1, first));
}

function anyPlace(b: Builder, start: number, end: number): boolean {
  let low = 0;
  let high = b.places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((b.places[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return (b.places[low] ?? Number.POSITIVE_INFINITY) <= end;
}

export function errorExpr(b: Builder, start: number, end: number): Expr {
  return { kind: 'error', id: idOf(b), span: spanOf(b, start, end) };
}

/** Runs `make` `levels` deeper; past the limit it complains once for the place and gives `otherwise`. */
export function deeper<T>(b: Builder, levels: number, start: number, make: () => T, otherwise: () => T): T {
  if (b.depth + levels > b.limits.tree) {
    const last = b.problems[b.problems.length - 1];
    if (last?.code !== 'E1025') b.problems.push(problem('E1025', spanOf(b, start, start), {}));
    return otherwise();
  }
  b.depth += levels;
  const made = make();
  b.depth -= levels;
  return made;
}
