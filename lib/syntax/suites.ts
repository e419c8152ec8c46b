/**
 * Suites on the line: `if a: f() else: g()` → `if a : BLOCK else : BLOCK`, where each BLOCK is one word like the blocks that layout made.
 * It decides which `:` opens a suite and to which `if` an `else` belongs (the nearest of the line; at the start of a line, the
 * outermost), so the grammar has one parse for every line. In: the elements of a logical line or of a group's element. Out: the same
 * with suites wrapped, `let` inside conditions marked `letlink`, a let's `else` marked `letelse`. Linear; depth is limited.
 */
import type { FileId } from '../text/span.ts';
import type { Problem } from '../report/problem.ts';
import { problem } from '../report/problem.ts';
import type { Block, Element, Group, Line } from './layout.ts';
import type { Token } from './words.ts';

/** What the elements are. `arm`: a line of a `match`. `element`: inside brackets, where line starts do not matter. `init`: `name: value` of a struct literal. */
export type SuiteMode = 'statement' | 'arm' | 'element' | 'init';

/** Words that keep a type going before its first name. */
const typePrefixes = new Set(['&', '*', 'mut', 'const', 'dyn', 'impl', 'unsafe', 'extern', 'lifetime', 'for']);

interface Scan {
  readonly elements: readonly Element[];
  at: number;
  readonly mode: SuiteMode;
  readonly file: FileId;
  readonly problems: Problem[];
  readonly deepest: number;
}

export function wrapSuites(elements: readonly Element[], mode: SuiteMode, file: FileId, problems: Problem[], deepest: number): Element[] {
  if (!elements.some(element => element.type === ':')) return mode === 'element' || mode === 'init' || elements[0]?.type === 'let' ? markLinks(elements, mode) : elements as Element[];
  const scan: Scan = { elements, at: 0, mode, file, problems, deepest };
  return run(scan, 0, mode, false);
}

/** Nothing to wrap: only `let` that is no statement is marked. */
function markLinks(elements: readonly Element[], mode: SuiteMode): Element[] {
  return elements.map((element, index) => (element.type === 'let' && (index > 0 || mode !== 'statement') ? retag(element, 'letlink') : element));
}

/** Wraps the suite after the `:` at `colon` (an item's or arm's), when it is on the line. */
export function wrapBody(elements: readonly Element[], colon: number, file: FileId, problems: Problem[], deepest: number): Element[] {
  const next = elements[colon + 1];
  if (next === undefined || next.type === 'block') return elements as Element[];
  const scan: Scan = { elements, at: colon + 1, mode: 'statement', file, problems, deepest };
  const out = elements.slice(0, colon + 1);
  out.push(suite(scan, 1, false, false));
  while (scan.at < elements.length) out.push(elements[scan.at++] as Element);
  return out;
}

function retag(element: Element, type: string): Element {
  return { ...(element as Token), type, text: type };
}

function run(scan: Scan, depth: number, mode: SuiteMode, outerIf: boolean): Element[] {
  const { elements } = scan;
  const out: Element[] = [];
  const first = elements[scan.at];
  const pending: string[] = mode === 'arm' ? ['arm'] : [];
  const isLet = first?.type === 'let' && (mode === 'statement');
  let annotated = mode !== 'init' && !isLet && first?.type !== 'const' && first?.type !== 'static';
  /** What closed just now: only directly after an `if`'s suite can its `else` stand. */
  let closed = '';
  /** A type is expected here: `fn` begins a type, not a closure. */
  let typeNext = false;
  let letElse = false;
  for (; scan.at < elements.length; scan.at++) {
    const element = elements[scan.at];
    if (element === undefined) break;
    const { type } = element;
    const next = elements[scan.at + 1];
    if (type === 'else' || type === 'elif') {
      const startsLine = scan.mode !== 'element' && scan.mode !== 'init' && (element as Token).column >= 0;
      const mine = closed === 'if';
      if (depth > 0 && (!mine || (startsLine && outerIf))) return out;
      let word: Element = element;
      if (!mine && isLet && !letElse && type === 'else' && !pending.includes('if')) {
        letElse = true;
        word = retag(element, 'letelse');
      }
      if (type === 'else' && next?.type === 'if') {
        scan.problems.push(problem('E1021', { file: scan.file, start: element.start, end: next.end }, {}, {
          fixes: [{ title: 'write `elif`', edits: [{ span: { file: scan.file, start: element.start, end: next.end }, text: 'elif' }], certain: true }],
        }));
        scan.at++;
        word = retag(element, 'elif');
      }
      pending.push(word.type === 'elif' ? 'if' : word.type === 'letelse' ? 'letelse' : 'else');
      out.push(word);
      closed = '';
      continue;
    }
    closed = '';
    if (typeNext) {
      if (type === 'fn') {
        out.push(element);
        continue;
      }
      if (type === 'paren' && elements[scan.at - 1]?.type === 'fn') {
        typeNext = false;
        out.push(element);
        continue;
      }
      typeNext = typePrefixes.has(type) || (type === 'literal' && elements[scan.at - 1]?.type === 'extern') || (type === 'bracket' && elements[scan.at - 1]?.type === 'for');
      out.push(element);
      continue;
    }
    switch (type) {
      case 'if':
        // the guard of an arm has no suite of its own
        if (!(mode === 'arm' && pending.length === 1 && pending[0] === 'arm')) pending.push('if');
        break;
      case 'match': case 'while':
        pending.push(type);
        break;
      case 'for':
        if (next?.type !== 'bracket' || (next as Group).parts[0]?.type !== 'lifetime') pending.push('for');
        break;
      case 'loop': case 'do': case 'unsafe': case 'defer':
        if (next?.type === ':') pending.push(type);
        break;
      case 'fn':
        if (next?.type === 'paren') pending.push('fn');
        break;
      case '->': case 'as':
        typeNext = true;
        break;
      case 'let':
        if (out.length > 0 || mode !== 'statement') {
          out.push(retag(element, 'letlink'));
          continue;
        }
        break;
      case '=':
        annotated = true;
        break;
      case ':': {
        out.push(element);
        const before = elements[scan.at - 1];
        if (before?.type === 'lifetime' && (next?.type === 'for' || next?.type === 'while' || next?.type === 'loop' || next?.type === 'do')) continue;
        const kind = pending.pop();
        if (kind === undefined) {
          if (!annotated) {
            annotated = true;
            typeNext = mode !== 'init';
          }
          continue;
        }
        closed = kind;
        if (next === undefined) continue;
        if (next.type === 'block') {
          out.push(next);
          scan.at++;
          continue;
        }
        scan.at++;
        out.push(suite(scan, depth + 1, outerIf || kind === 'if' || pending.includes('if'), kind === 'match'));
        scan.at--;
        continue;
      }
    }
    out.push(element);
  }
  return out;
}

/** The suite that begins at `scan.at`, up to the end or to an `else` that is not its own. */
function suite(scan: Scan, depth: number, outerIf: boolean, ofMatch: boolean): Block {
  const start = scan.elements[scan.at]?.start ?? 0;
  let elements: Element[];
  if (depth > scan.deepest) {
    scan.problems.push(problem('E1025', { file: scan.file, start, end: scan.elements[scan.at]?.end ?? start }, {}));
    scan.at = scan.elements.length;
    elements = [];
  } else elements = run(scan, depth, 'statement', outerIf);
  const end = elements[elements.length - 1]?.end ?? start;
  if (ofMatch) {
    scan.problems.push(problem('E1029', { file: scan.file, start, end }, {}));
    elements = [];
  }
  const lines: Line[] = elements.length === 0 ? [] : [{ docs: [], elements, ready: true }];
  return { type: 'block', text: '', value: '', start, end, column: -1, lines, docs: [], inline: true };
}

/**
 * The `:` that opens an item's body, or -1. `elements[at]` is the item's keyword. Bounds and predicates have colons of their own:
 * in a `where` list the first `:` after each `,` is a predicate's, of a trait the first may introduce supertraits.
 */
export function bodyColon(elements: readonly Element[], at: number): number {
  const keyword = elements[at]?.type;
  if (keyword === 'type' || keyword === 'use' || keyword === 'const' || keyword === 'static') return -1;
  let supers = keyword === 'trait';
  let predicate = false;
  for (let i = at + 1; i < elements.length; i++) {
    const element = elements[i];
    if (element === undefined) break;
    const next = elements[i + 1];
    if (element.type === 'where') {
      predicate = true;
      supers = false;
    } else if (element.type === ',') predicate = true;
    else if (element.type === ':') {
      if (next === undefined || next.type === 'block') return i;
      if (predicate && elements[i - 1]?.type !== ',') predicate = false;
      else if (supers && !startsItem.has(next.type)) supers = false;
      else return i;
    }
  }
  return -1;
}
const startsItem = new Set(['fn', 'type', 'const', 'pass', 'pub', 'unsafe', '@']);
