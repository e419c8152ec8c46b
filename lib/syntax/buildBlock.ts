/**
 * Blocks and files: lines → statements, arms, items. In: the blocks that layout and suites made. Out: the tree's. A line that cannot be parsed is
 * reported and becomes an `error` expression, and the next one is parsed all the same. Linear.
 */
import { problem } from '../report/problem.ts';
import type { Builder } from './builder.ts';
import { deeper, errorExpr, idOf, parseAs, spanOf } from './builder.ts';
import { dangling, docText, itemKind } from './buildItem.ts';
import type { Block as Suite, Element, Line } from './layout.ts';
import type { Arm, Attribute, Block, Expr, File, Item, Statement } from './tree.ts';

export function buildBlock(b: Builder, suite: Suite): Block {
  const statements: Statement[] = [];
  deeper(b, 1, suite.start, () => eachStatement(b, suite, statement => statements.push(statement)), () => undefined);
  const end = Math.max(suite.end, statements[statements.length - 1]?.span.end ?? 0);
  return { kind: 'block', doc: docText(suite.docs), statements, id: idOf(b), span: spanOf(b, suite.start, end) };
}

function eachStatement(b: Builder, suite: Suite, give: (statement: Statement) => void): void {
  let attributes: Attribute[] = [];
  let docs: string | null = null;
  for (const line of suite.lines) {
    const taken = line.elements[0]?.type === '@' ? b.attributes(line.elements) : null;
    if (taken !== null) attributes.push(...taken.attributes);
    const doc = docText(line.docs);
    docs = docs === null ? doc : doc === null ? docs : `${docs}\n${doc}`;
    const elements = taken?.rest ?? line.elements;
    if (elements.length === 0) continue;
    give(buildLine(b, elements, line, attributes, docs));
    attributes = [];
    docs = null;
  }
  dangling(b, attributes);
}

function buildLine(b: Builder, elements: readonly Element[], line: Line, attributes: readonly Attribute[], doc: string | null): Statement {
  const first = elements[0];
  const start = first?.start ?? 0;
  const end = elements[elements.length - 1]?.end ?? start;
  const span = spanOf(b, start, end);
  const mode = line.ready ? null : 'statement';
  const failed = (): Statement => ({ kind: 'expr', expr: errorExpr(b, start, end), id: idOf(b), span });
  switch (first?.type) {
    case 'let': {
      const raw = parseAs(b, 'letStmt', elements, mode);
      if (raw === null) return failed();
      const pattern = b.pattern(raw.pattern);
      const type = raw.type === null ? null : b.type(raw.type);
      const value = raw.value === null ? null : b.expr(raw.value);
      const orElse = raw.orElse === null ? null : b.block(raw.orElse);
      return { kind: 'let', attributes, pattern, type, value, orElse, id: idOf(b), span };
    }
    case 'pass':
      if (elements.length === 1) return { kind: 'pass', id: idOf(b), span };
      break;
    case 'defer': {
      const raw = parseAs(b, 'deferStmt', elements, mode);
      if (raw === null) return failed();
      if (raw.block !== null) {
        const body = b.block(raw.block);
        return { kind: 'defer', body: { kind: 'do', label: null, body, id: idOf(b), span: body.span }, id: idOf(b), span };
      }
      const inner = raw.body === null ? null : b.statement(raw.body);
      const body: Expr = inner === null ? errorExpr(b, start, end) : inner.kind === 'expr' ? inner.expr : { kind: 'assignExpr', statement: inner, id: idOf(b), span: inner.span };
      return { kind: 'defer', body, id: idOf(b), span };
    }
  }
  if (itemKind(elements) !== null) {
    const item = b.item(elements, attributes, doc);
    return item === null ? failed() : { kind: 'item', item, id: idOf(b), span };
  }
  const raw = parseAs(b, 'exprStmt', elements, mode);
  return raw === null ? failed() : b.statement(raw);
}

export function buildArms(b: Builder, suite: Suite): Arm[] {
  const arms: Arm[] = [];
  for (const line of suite.lines) {
    const { rest } = line.elements[0]?.type === '@' ? b.attributes(line.elements) : { rest: line.elements };
    const first = rest[0];
    if (first === undefined || (first.type === 'pass' && rest.length === 1)) continue;
    const last = rest[rest.length - 1];
    let elements = rest;
    if (last?.type === ',') {
      const span = spanOf(b, last.start, last.end);
      b.problems.push(problem('E1036', span, {}, { fixes: [{ title: 'remove it', edits: [{ span, text: '' }], certain: true }] }));
      elements = rest.slice(0, -1);
    }
    const raw = parseAs(b, 'arm', elements, 'arm');
    if (raw === null) continue;
    const pattern = b.pattern(raw.pattern);
    const guard = raw.guard === null ? null : b.condition(raw.guard);
    const body = b.block(raw.body);
    arms.push({ kind: 'arm', pattern, guard, body, id: idOf(b), span: spanOf(b, first.start, Math.max(body.span.end, first.end)) });
  }
  return arms;
}

export function buildFile(b: Builder, suite: Suite): File {
  const items: Item[] = [];
  const statements: Statement[] = [];
  eachStatement(b, suite, statement => {
    if (statement.kind === 'item') items.push(statement.item);
    else if (statement.kind !== 'pass') statements.push(statement);
  });
  return { kind: 'file', doc: docText(suite.docs), items, statements, id: idOf(b), span: spanOf(b, 0, b.text.length) };
}
