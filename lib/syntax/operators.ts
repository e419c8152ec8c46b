/**
 * Precedence: a flat list of operands and operators → nested expressions, by the table of the language reference (§1). In: what the
 * rule `expr` gives. Out: a tree's expression. Comparisons do not chain (E1022). Linear in the list; nesting is counted.
 */
import { problem } from '../report/problem.ts';
import type { Builder } from './builder.ts';
import { deeper, errorExpr, idOf, spanOf } from './builder.ts';
import type { RawExpr, RawOperand, RawPattern, RawPrefix, RawType } from './raw.ts';
import type { ArithmeticOp, CompareOp, Expr } from './tree.ts';
import type { Token } from './words.ts';
import { misfit } from './expected.ts';

const or = 1;
const and = 2;
/** What `not` and a `let` link take. */
const compare = 4;
const range = 5;
const cast = 12;
/** Loosest first, as in the reference. */
const table: ReadonlyMap<string, number> = new Map([
  ['or', or], ['and', and],
  ['==', compare], ['!=', compare], ['<', compare], ['<=', compare], ['>', compare], ['>=', compare], ['is', compare],
  ['..', range], ['..=', range],
  ['|', 6], ['^', 7], ['&', 8], ['<<', 9], ['>>', 9], ['+', 10], ['-', 10], ['*', 11], ['/', 11], ['%', 11], ['as', cast],
]);

export interface OperandMaker {
  (raw: RawOperand['base']): Expr;
}

/** A range that takes in its end must have one. */
function endless(b: Builder, dots: { readonly start: number; readonly end: number }): void {
  const span = spanOf(b, dots.start, dots.end);
  b.problems.push(problem('E0586', span, {}, { label: 'its end is missing', fixes: [{ title: 'leave the end open', certain: false, edits: [{ span, text: '..' }] }] }));
}

export function nest(b: Builder, raw: RawExpr, makeBase: OperandMaker, inCondition: boolean): Expr {
  // the list, first to last
  const parts: RawExpr[] = new Array<RawExpr>(raw.n);
  let count = raw.n;
  for (let part: RawExpr | null = raw; part !== null; part = part.prev) parts[--count] = part;
  const at = (index: number): RawExpr => {
    const part = parts[index];
    if (part === undefined) throw new Error('an expression without operand');
    return part;
  };
  let next = 0;

  /** Which links may be `let`: the spine of `and`s of a condition. */
  const operand = (spine: boolean): Expr => {
    const part = at(next);
    if (part.op !== null && part.item === null && part.prev === null) {
      // `..` alone
      next++;
      if (part.op.type === '..=') endless(b, part.op);
      return { kind: 'range', start: null, end: null, inclusive: part.op.type === '..=', id: idOf(b), span: spanOf(b, part.op.start, part.op.end) };
    }
    const item = part.item as RawOperand;
    if (item.pre === null) {
      next++;
      return makeBase(item.base);
    }
    const prefixes: RawPrefix[] = new Array<RawPrefix>(item.pre.n);
    let left = item.pre.n;
    for (let link: RawOperand['pre'] = item.pre; link !== null; link = link.prev) prefixes[--left] = link.op;
    return prefixed(prefixes, 0, item, spine);
  };

  const prefixed = (prefixes: readonly RawPrefix[], index: number, item: RawOperand, spine: boolean): Expr => {
    const prefix = prefixes[index];
    if (prefix === undefined) {
      next++;
      return makeBase(item.base);
    }
    const { start } = prefix.at;
    return deeper(b, 1, start, () => {
      const inner = (): Expr => prefixed(prefixes, index + 1, item, false);
      switch (prefix.k) {
        case 'minus': case 'flip': {
          const value = inner();
          return { kind: 'unary', op: prefix.k === 'minus' ? '-' : '~', operand: value, id: idOf(b), span: spanOf(b, start, value.span.end) };
        }
        case 'deref': {
          const value = inner();
          return { kind: 'deref', value, id: idOf(b), span: spanOf(b, start, value.span.end) };
        }
        case 'ref': case 'refMut': {
          const place = inner();
          return { kind: 'borrow', mutable: prefix.k === 'refMut', place, id: idOf(b), span: spanOf(b, start, place.span.end) };
        }
        case 'raw': case 'rawMut': {
          const place = inner();
          return { kind: 'rawBorrow', mutable: prefix.k === 'rawMut', place, id: idOf(b), span: spanOf(b, start, place.span.end) };
        }
        case 'not': {
          const value = climb(inner(), compare);
          return { kind: 'unary', op: 'not', operand: value, id: idOf(b), span: spanOf(b, start, value.span.end) };
        }
        case 'dots': {
          const end = climb(inner(), range + 1);
          return { kind: 'range', start: null, end, inclusive: prefix.at.type === '..=', id: idOf(b), span: spanOf(b, start, end.span.end) };
        }
        case 'let': {
          const pattern = b.pattern(prefix.pattern);
          const value = climb(inner(), compare);
          if (!spine) b.problems.push(problem('E1028', spanOf(b, start, value.span.end), {}));
          return { kind: 'letCondition', pattern, value, id: idOf(b), span: spanOf(b, start, value.span.end) };
        }
      }
    }, () => {
      next++;
      return errorExpr(b, start, prefix.at.end);
    });
  };

  /** Takes operators that bind at least as tightly as `least`. */
  const climb = (first: Expr, least: number, spine = false): Expr => {
    let left = first;
    let compared = false;
    let ranged = false;
    while (next < parts.length) {
      const { op, item } = at(next);
      if (op === null) break;
      const text = op.type === 'op' ? op.value : op.type;
      const strength = table.get(text) ?? 0;
      if (strength < least) break;
      const start = left.span.start;
      if (text === 'as') {
        next++;
        const type = b.type(item as RawType);
        left = { kind: 'cast', value: left, type, id: idOf(b), span: spanOf(b, start, type.span.end) };
        continue;
      }
      if (strength === compare) {
        if (compared) chained(b, op, left);
        compared = true;
      }
      if (text === 'is') {
        next++;
        const pattern = b.pattern(item as RawPattern);
        left = { kind: 'is', value: left, pattern, id: idOf(b), span: spanOf(b, start, pattern.span.end) };
        continue;
      }
      if (strength === range) {
        if (ranged) b.problems.push(problem('E1008', spanOf(b, op.start, op.end), misfit(`\`${text}\``, 'the end of the range')));
        ranged = true;
        if (item === null) {
          next++;
          if (text === '..=') endless(b, op);
          left = { kind: 'range', start: left, end: null, inclusive: text === '..=', id: idOf(b), span: spanOf(b, start, op.end) };
          continue;
        }
      }
      const logical = text === 'and' || text === 'or';
      const right = climb(operand(spine && text === 'and'), strength + 1, false);
      const node = { id: idOf(b), span: spanOf(b, start, right.span.end) };
      if (logical) left = { kind: 'logical', op: text, left, right, ...node };
      else if (strength === range) left = { kind: 'range', start: left, end: right, inclusive: text === '..=', ...node };
      else left = { kind: 'binary', op: text as ArithmeticOp | CompareOp, left, right, opSpan: spanOf(b, op.start, op.end), ...node };
    }
    return left;
  };

  if (parts.length === 1) return operand(inCondition);
  const spine = inCondition && !parts.some(part => part.op?.type === 'or');
  const start = parts[0]?.op?.start ?? placeOf(parts[0]?.item as RawOperand);
  return deeper(b, Math.min(parts.length, 10_000), start, () => climb(operand(spine), 0, spine), () => errorExpr(b, start, start));
}

function placeOf(item: RawOperand): number {
  const base = item.base as { token?: Token; word?: Token };
  return base.token?.start ?? base.word?.start ?? 0;
}

/** `a == b == c`: the first comparison stands, and the problem tells how to write both. */
function chained(b: Builder, op: Token, left: Expr): void {
  if (left.kind === 'binary' && left.op === '<' && op.type === '>') {
    // `Vec<i32>::new()`
    b.problems.push(problem('E1018', left.opSpan, { name: b.text.slice(left.left.span.start, left.left.span.end) }, {
      fixes: [{ title: 'write `[ ]`', edits: [{ span: left.opSpan, text: '[' }, { span: spanOf(b, op.start, op.end), text: ']' }], certain: false }],
    }));
    return;
  }
  const middle = left.kind === 'binary' ? left.right : left;
  const text = b.text.slice(middle.span.start, middle.span.end);
  b.problems.push(problem('E1022', spanOf(b, op.start, op.end), { operator: op.value }, {
    fixes: left.kind === 'binary' ? [{ title: 'compare twice, joined by `and`', edits: [{ span: spanOf(b, middle.span.end, middle.span.end), text: ` and ${text}` }], certain: false }] : [],
  }));
}
