/**
 * The parser's door: source text → tree. In: a file and the first free node id. Out: always a tree, the problems, the next free id.
 * Words, layout, then each logical line through nearley, then nodes. Never throws for what a user wrote; linear in the text.
 */
import type { Problem } from '../report/problem.ts';
import type { SourceFile } from '../text/sources.ts';
import type { Builder } from './builder.ts';
import { parseAs } from './builder.ts';
import { buildArms, buildBlock, buildFile } from './buildBlock.ts';
import { buildArgs, buildCondition, buildExpr, buildStatement } from './buildExpr.ts';
import { buildItem, buildItems, takeAttributes } from './buildItem.ts';
import { buildPattern } from './buildPattern.ts';
import { buildBinder, buildBounds, buildGenericArgs, buildPath, buildType } from './buildType.ts';
import { type Depth, usual } from './depth.ts';
import { layOut } from './layout.ts';
import type { Block as Suite } from './layout.ts';
import type { Expr, File } from './tree.ts';
import { lexFile } from './words.ts';

export interface Parsed {
  readonly value: File;
  readonly problems: Problem[];
  readonly nextId: number;
  /** Most parses that a line had; more than one is our own bug (a spec looks). */
  readonly parses: number;
}

/** More problems than this help nobody, and text without end of them must not fill the memory. */
const maxProblems = 200;

function limited(): Problem[] {
  const problems: Problem[] = [];
  problems.push = (...added: Problem[]): number => {
    for (const one of added) if (problems.length < 5 * maxProblems) problems[problems.length] = one;
    return problems.length;
  };
  return problems;
}

function prepare(file: SourceFile, firstId: number, limits: Depth): { b: Builder; suite: Suite } {
  const problems = limited();
  const { tokens } = lexFile(file.id, file.text, problems);
  const suite = layOut(tokens, file.id, file.text, problems, limits.nesting);
  const places = problems.filter(problem => problem.severity === 'error').map(problem => problem.span.start).sort((x, y) => x - y);
  const b: Builder = {
    file: file.id, text: file.text, tokens, problems, places, nextId: firstId, depth: 0, limits, stoppedAt: -1, parses: 0,
    expr: raw => buildExpr(b, raw),
    condition: raw => buildCondition(b, raw),
    statement: raw => buildStatement(b, raw),
    args: (group, place) => buildArgs(b, group, place),
    type: raw => buildType(b, raw),
    path: raw => buildPath(b, raw),
    genericArgs: group => buildGenericArgs(b, group),
    bounds: raw => buildBounds(b, raw),
    binder: group => buildBinder(b, group),
    pattern: raw => buildPattern(b, raw),
    block: block => buildBlock(b, block),
    arms: block => buildArms(b, block),
    items: (block, place) => buildItems(b, block, place),
    item: (elements, attributes, doc) => buildItem(b, elements, attributes, doc),
    attributes: elements => takeAttributes(b, elements),
  };
  return { b, suite };
}

export function parseFile(file: SourceFile, firstId: number, limits: Depth = usual): Parsed {
  const { b, suite } = prepare(file, firstId, limits);
  const value = buildFile(b, suite);
  return { value, problems: inOrder(b.problems), nextId: b.nextId, parses: b.parses };
}

/** One expression, for watches and the like. */
export function parseExpr(file: SourceFile, firstId: number): { value: Expr | null; problems: Problem[]; nextId: number } {
  const { b, suite } = prepare(file, firstId, usual);
  const elements = suite.lines.flatMap(line => line.elements);
  const raw = elements.length === 0 ? null : parseAs(b, 'expr', elements, 'element');
  const value = raw === null ? null : b.expr(raw);
  return { value, problems: inOrder(b.problems), nextId: b.nextId };
}

export interface Snippet {
  readonly value: File;
  readonly problems: Problem[];
  readonly nextId: number;
  /** More lines could complete it: an open bracket, string or block, or a line that stops where something must follow. */
  readonly incomplete: boolean;
}

/** What was typed so far at a prompt. A block is complete when a blank line follows it. */
export function parseSnippet(file: SourceFile, firstId: number): Snippet {
  const { b, suite } = prepare(file, firstId, usual);
  const value = buildFile(b, suite);
  const problems = inOrder(b.problems);
  const end = file.text.trimEnd().length;
  const last = suite.lines[suite.lines.length - 1];
  const lastWord = last?.elements[last.elements.length - 1];
  const openBlock = lastWord !== undefined && lastWord.type === 'block' && !(lastWord as Suite).inline && !/\n[ \t]*\n[ \t]*$/.test(file.text);
  const attributed = problems.some(problem => problem.code === 'E1034');
  const open = problems.some(problem => problem.code === 'E1012' || (problem.code === 'E1006' && problem.fixes[0]?.edits[0]?.span.start !== undefined && problem.fixes[0].edits[0].span.start >= end));
  const continued = b.stoppedAt >= end && end > 0 && problems.every(problem => problem.span.end >= end || problem.code === 'E1012');
  const onlyOpen = problems.every(problem => problem.code === 'E1012' || problem.code === 'E1006' || problem.code === 'E1034' || problem.span.end >= end);
  return { value, problems, nextId: b.nextId, incomplete: onlyOpen && (openBlock || attributed || open || continued) };
}

function inOrder(problems: Problem[]): Problem[] {
  return problems.sort((x, y) => x.span.start - y.span.start).slice(0, maxProblems);
}
