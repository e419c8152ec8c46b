/**
 * Layout: tokens → a tree of logical lines, groups (what stands between brackets) and blocks (what a `:` at the end of a line opens).
 * It knows nothing of syntax beyond brackets, `:` and which words can only continue a line. So nearley is always fed little: one
 * logical line or one element of a group, in which groups and blocks are single words. Iterative: depth of nesting costs no stack.
 * Linear in the tokens. Invariant: every token but dropped ones (reported) stands in exactly one line.
 */
import type { FileId, Span } from '../text/span.ts';
import type { Problem } from '../report/problem.ts';
import { problem } from '../report/problem.ts';
import type { Token } from './words.ts';
import { endsOperand } from './words.ts';

export type Element = Token | Group | Block;

export interface Group {
  readonly type: 'paren' | 'bracket' | 'brace';
  readonly text: '';
  readonly value: string;
  readonly start: number;
  end: number;
  readonly column: number;
  readonly parts: Element[];
  /** Index of the tokens between the brackets, for text that is to be laid out again (`{ }` blocks). */
  readonly firstToken: number;
  lastToken: number;
  /** A deeper line or block of it was reported: what it holds is not to be complained about again. */
  broken: boolean;
}

export interface Block {
  readonly type: 'block';
  readonly text: '';
  readonly value: '';
  readonly start: number;
  end: number;
  readonly column: -1;
  readonly lines: Line[];
  readonly docs: Token[];
  /** On the line of its `:`. */
  readonly inline: boolean;
}

export interface Line {
  readonly docs: readonly Token[];
  readonly elements: Element[];
  /** Inline suites are already wrapped (see suites.ts). */
  readonly ready: boolean;
}

interface BlockFrame {
  readonly kind: 'block';
  readonly block: Block;
  readonly column: number;
  current: Line | null;
  pendingDocs: Token[];
  /** The lines of a `match`, where a line without `:` is an arm that lacks it. */
  readonly arms: boolean;
  /** Holds lines that were indented for no reason: they belong to the block around. */
  readonly stray: boolean;
}

interface GroupFrame {
  readonly kind: 'group';
  readonly group: Group;
  readonly close: string;
  /** Column of the first token of the line on which the group's latest token stands. */
}

const kinds: { readonly [open: string]: readonly [Group['type'], string] } = { '(': ['paren', ')'], '[': ['bracket', ']'], '{': ['brace', '}'] };
const headWords = new Set(['fn', 'if', 'elif', 'else', 'while', 'for', 'loop', 'match', 'do', 'struct', 'enum', 'trait', 'impl', 'mod', 'unsafe', 'extern', 'defer']);
const onlyStarts = new Set(['let', 'struct', 'enum', 'impl', 'trait', 'mod', 'use', 'static', 'pub', 'while', 'return', 'type', '@', 'defer', 'pass', 'break', 'continue']);
const startsOperand = new Set(['ident', 'literal', 'int', 'self', 'Self', 'if', 'match', 'for', 'loop', 'do', 'unsafe', 'fn', 'const']);
const continues = new Set(['op', '+', 'and', 'or', 'is', 'as', '?', '|', '=', 'assignop', '->', '..', '..=', '<', '>']);

export function layOut(tokens: readonly Token[], file: FileId, text: string, problems: Problem[], nesting: number): Block {
  return layOutRange(tokens, 0, tokens.length, file, text, problems, nesting);
}

/** Lays out `tokens[from, to)` as the lines of one block. */
export function layOutRange(tokens: readonly Token[], from: number, to: number, file: FileId, text: string, problems: Problem[], nesting: number): Block {
  const span = (start: number, end: number): Span => ({ file, start, end });
  const makeBlock = (start: number, inline = false): Block => ({ type: 'block', text: '', value: '', start, end: start, column: -1, lines: [], docs: [], inline });
  const first = tokens[from];
  const root: BlockFrame = {
    kind: 'block', block: makeBlock(first === undefined ? 0 : first.start), column: first === undefined || first.column < 0 ? 0 : first.column, current: null, pendingDocs: [], arms: false, stray: false,
  };
  const frames: (BlockFrame | GroupFrame)[] = [root];
  let groups = 0;
  /** Lines deeper than this are dropped: their block was nested too deeply. -1: none are. */
  let skipDeeper = -1;
  let nestingReported = false;
  /** Column of the current physical line. */
  let lineColumn = root.column;
  let previous: Token | null = null;
  const top = (): BlockFrame | GroupFrame => frames[frames.length - 1] ?? root;
  const elementsOf = (frame: BlockFrame | GroupFrame): Element[] => {
    if (frame.kind === 'group') return frame.group.parts;
    if (frame.current === null) {
      frame.current = { docs: frame.pendingDocs, elements: [], ready: false };
      frame.pendingDocs = [];
      frame.block.lines.push(frame.current);
    }
    return frame.current.elements;
  };
  const popFrame = (): void => {
    const frame = frames.pop();
    if (frame === undefined) return;
    if (frame.kind === 'group') groups--;
    else if (frame.block.lines.length === 0 && frame.pendingDocs.length > 0) {
      frame.block.docs.push(...frame.pendingDocs);
    }
    const end = previous?.end ?? 0;
    if (frame.kind === 'group') frame.group.end = end;
    else frame.block.end = Math.max(frame.block.start, end);
  };
  const pushBlock = (column: number, start: number): void => {
    const outer = top();
    const elements = elementsOf(outer);
    const block = makeBlock(start);
    const arms = elements.some(element => element.type === 'match') && !elements.some(element => element.type === 'block');
    elements.push(block);
    frames.push({ kind: 'block', block, column, current: null, pendingDocs: [], arms, stray: false });
  };
  const emptyBlock = (): void => {
    const at = previous?.end ?? 0;
    elementsOf(top()).push(makeBlock(at));
  };
  const unclosed = (frame: GroupFrame): void => {
    const { group } = frame;
    group.broken = true;
    problems.push(problem('E1006', span(group.start, group.start + 1), { open: openOf(group), close: frame.close }, {
      fixes: [{ title: `close it with \`${frame.close}\``, edits: [{ span: span(previous?.end ?? group.end, previous?.end ?? group.end), text: frame.close }], certain: false }],
    }));
  };
  /** The frames from the innermost group outwards: index of the block frame that holds the outermost open group of this block. */
  const enclosingBlock = (): { index: number; frame: BlockFrame } => {
    for (let i = frames.length - 1; i >= 0; i--) {
      const frame = frames[i];
      if (frame !== undefined && frame.kind === 'block') return { index: i, frame };
    }
    return { index: 0, frame: root };
  };

  /** A token that is first on its line: closes and opens blocks, starts lines. True: the token was dealt with whole. */
  const startLine = (token: Token): void => {
    const column = token.column;
    const doc = token.type === 'doc';
    const closer = token.type === ')' || token.type === ']' || token.type === '}';
    let frame = top();
    if (previous !== null && previous.type === ':' && lastElement(frame) === previous) {
      const base = frame.kind === 'group' ? lineColumn : frame.stray ? frame.column : Math.max(frame.column, 0);
      lineColumn = column;
      if (column > base && !closer) {
        if (frames.length >= nesting) {
          if (!nestingReported) problems.push(problem('E1025', span(token.start, token.end), {}));
          nestingReported = true;
          emptyBlock();
          skipDeeper = base;
          return;
        }
        pushBlock(column, token.start);
        return;
      }
      emptyBlock();
      frame = top();
    }
    lineColumn = column;
    if (frame.kind === 'group') {
      if (doc || closer) return;
      const { index, frame: block } = enclosingBlock();
      const last = frame.group.parts[frame.group.parts.length - 1];
      const juxtaposed = (endsOperand(last) || last?.type === 'block') && startsOperand.has(token.type);
      const named = token.type === 'fn' && tokens[tokenIndex + 1]?.type === 'ident';
      if (column <= block.column && (onlyStarts.has(token.type) || named || (juxtaposed && frame.group.type !== 'brace'))) {
        // the bracket was never closed: only the innermost is reported, the others follow from it
        unclosed(frame);
        while (frames.length > index + 1) popFrame();
        frame = top();
        if (frame.kind === 'group') return;
      } else return;
    }
    if (closer) return;
    if (doc) {
      while (frame.kind === 'block' && column < frame.column && frames.length > 1) {
        const below = frames[frames.length - 2];
        if (below === undefined || below.kind === 'group') break;
        popFrame();
        frame = below;
      }
      if (frame.kind === 'block') frame.current = null;
      return;
    }
    // close the blocks that this line is left of
    let popped: BlockFrame | null = null;
    while (frame.kind === 'block' && column < frame.column && frames.length > 1) {
      popped = frame;
      const below: BlockFrame | GroupFrame | undefined = frames[frames.length - 2];
      if (below === undefined) break;
      if (below.kind === 'block' && below.column < column && !joins(token)) break;
      popFrame();
      frame = below;
    }
    if (frame.kind === 'group') return;
    if (joins(token)) {
      const last = frame.current ?? frame.block.lines[frame.block.lines.length - 1];
      if (last !== undefined && (token.type === '.' || token.type === 'where' || column <= frame.column)) {
        frame.current = last;
        return;
      }
    }
    const current = frame.current;
    if (current !== null && column > frame.column) {
      const last = current.elements[current.elements.length - 1];
      if (last !== undefined && (last.type === 'where' || (last.type === ',' && current.elements.some(element => element.type === 'where')))) return;
    }
    if (column === frame.column) {
      frame.current = null;
      return;
    }
    if (column < frame.column) {
      // between two blocks' columns, or left of the first line: said once, and the line goes on in the deeper block
      problems.push(problem('E1005', span(token.start, token.end), { column: String(column), columns: columnsOf(frames) }));
      if (popped !== null || frames.length === 1) frame.current = null;
      return;
    }
    // deeper, though nothing opened a block
    const lastEnd = previous?.end ?? 0;
    if (current !== null && (looksLikeHead(current.elements) || frame.arms)) {
      problems.push(problem('E1001', span(lastEnd, lastEnd), { after: headOf(current.elements) }, {
        label: 'a `:` is missing here', fixes: [{ title: 'add `:`', edits: [{ span: span(lastEnd, lastEnd), text: ':' }], certain: true }],
      }));
      current.elements.push({ type: ':', text: ':', value: ':', start: lastEnd, end: lastEnd, column: -1, literal: null });
      pushBlock(column, token.start);
      return;
    }
    if (current !== null && continues.has(token.type)) {
      problems.push(problem('E1003', span(token.start, token.end), { column: String(frame.column) }, { notes: ['an expression goes on over several lines inside brackets only: put it in parentheses'] }));
      return;
    }
    problems.push(problem('E1003', span(token.start, token.end), { column: String(frame.column) }));
    frame.current = null;
    if (frames.length < nesting) frames.push({ kind: 'block', block: frame.block, column, current: null, pendingDocs: [], arms: frame.arms, stray: true });
  };

  let tokenIndex = from;
  for (; tokenIndex < to; tokenIndex++) {
    const token = tokens[tokenIndex];
    if (token === undefined) break;
    if (skipDeeper >= 0) {
      if (token.column < 0 || token.column > skipDeeper) continue;
      skipDeeper = -1;
    }
    if (token.column >= 0) startLine(token);
    if (skipDeeper >= 0) continue;
    const frame = top();
    if (token.type === 'doc') {
      if (frame.kind === 'group') frame.group.parts.push(token);
      else if (token.column >= 0) frame.pendingDocs.push(token);
      continue;
    }
    if (frame.kind === 'block' && frame.current === null && frame.block.lines.length === 0 && frame.pendingDocs.length > 0) {
      // the first lines of a body document its item (of a file, only when a blank line follows); after a blank line they are the next item's
      const docs = frame.pendingDocs;
      let own = 0;
      for (let i = 0; i < docs.length; i++) {
        const doc = docs[i];
        if (doc !== undefined && blankBetween(text, doc, docs[i + 1] ?? token)) own = i + 1;
        if (frame !== root && own > 0) break;
      }
      if (frame !== root && own === 0) own = docs.length;
      frame.block.docs.push(...docs.slice(0, own));
      frame.pendingDocs = docs.slice(own);
    }
    const kind = kinds[token.type];
    if (kind !== undefined) {
      if (frames.length >= nesting) {
        if (!nestingReported) problems.push(problem('E1025', span(token.start, token.end), {}));
        nestingReported = true;
        let skipping = 1;
        const outer = elementsOf(frame);
        outer.push({ type: kind[0], text: '', value: token.value, start: token.start, end: token.end, column: token.column, parts: [], firstToken: tokenIndex + 1, lastToken: tokenIndex + 1, broken: true });
        // skip to its closer, which is then dropped
        while (++tokenIndex < to) {
          const next = tokens[tokenIndex];
          if (next === undefined) break;
          if (next.type in kinds) skipping++;
          else if ((next.type === ')' || next.type === ']' || next.type === '}') && --skipping === 0) break;
        }
        previous = tokens[Math.min(tokenIndex, to - 1)] ?? token;
        continue;
      }
      const group: Group = {
        type: kind[0], text: '', value: token.value, start: token.start, end: token.end, column: token.column, parts: [], firstToken: tokenIndex + 1, lastToken: tokenIndex + 1, broken: false,
      };
      elementsOf(frame).push(group);
      frames.push({ kind: 'group', group, close: kind[1] });
      groups++;
    } else if (token.type === ')' || token.type === ']' || token.type === '}') {
      if (groups === 0) {
        problems.push(problem('E1007', span(token.start, token.end), { close: token.type }));
        previous = token;
        continue;
      }
      // the nearest group of this kind, when one is open; blocks inside it end here
      let match = frames.length - 1;
      for (; match >= 0; match--) {
        const candidate = frames[match];
        if (candidate !== undefined && candidate.kind === 'group' && candidate.close === token.type) break;
        if (candidate !== undefined && candidate.kind === 'block' && frames.length - match > 40) match = 0;
      }
      if (match < 0) {
        problems.push(problem('E1007', span(token.start, token.end), { close: token.type }));
        previous = token;
        continue;
      }
      let reported = false;
      while (frames.length > match + 1) {
        const inner = top();
        if (inner.kind === 'group' && !reported) {
          unclosed(inner);
          reported = true;
        }
        if (inner.kind === 'block' && previous?.type === ':' && lastElement(inner) === previous) emptyBlock();
        popFrame();
      }
      const closing = top();
      if (closing.kind === 'group') {
        if (previous?.type === ':' && lastElement(closing) === previous && token.column >= 0) emptyBlock();
        closing.group.lastToken = tokenIndex;
        previous = token;
        popFrame();
      }
    } else if (token.type === ';' && frame.kind === 'block') {
      problems.push(problem('E1014', span(token.start, token.end), {}, { fixes: [semicolonFix(tokens, tokenIndex, file)] }));
      frame.current = null;
    } else elementsOf(frame).push(token);
    previous = token;
  }
  // the end of the text closes everything
  let reported = false;
  while (frames.length > 0) {
    const frame = top();
    if (frame.kind === 'group' && !reported) {
      unclosed(frame);
      reported = true;
    }
    if (previous !== null && previous.type === ':' && lastElement(frame) === previous) emptyBlock();
    popFrame();
  }
  root.block.end = Math.max(root.block.start, Math.min(text.length, previous?.end ?? 0));
  return root.block;
}

/** Lines that can only go on with the line before. */
function joins(token: Token): boolean {
  return token.type === '.' || token.type === 'else' || token.type === 'elif' || token.type === 'where';
}

function lastElement(frame: BlockFrame | GroupFrame): Element | undefined {
  const elements = frame.kind === 'group' ? frame.group.parts : frame.current?.elements;
  return elements?.[elements.length - 1];
}

function looksLikeHead(elements: readonly Element[]): boolean {
  for (let i = 0; i < elements.length && i < 12; i++) {
    const element = elements[i];
    if (element === undefined) return false;
    if (element.type === 'fn') return elements[i + 1]?.type === 'ident';
    if (headWords.has(element.type)) return !elements.some(other => other.type === 'block') || elements[elements.length - 1]?.type === 'else' || elements.some(other => other.type === 'elif');
    if (element.type === 'pub' || element.type === 'paren' || element.type === 'const' || element.type === 'literal' || element.type === '@' || element.type === 'ident' || element.type === 'lifetime' || element.type === ':') continue;
    if (element.type === 'let' || element.type === '=') continue;
    return false;
  }
  return false;
}

function headOf(elements: readonly Element[]): string {
  for (const element of elements) if (headWords.has(element.type)) return element.value;
  return elements[0]?.value ?? '';
}

function openOf(group: Group): string {
  return group.type === 'paren' ? '(' : group.type === 'bracket' ? '[' : '{';
}

function columnsOf(frames: readonly (BlockFrame | GroupFrame)[]): string {
  const columns: number[] = [];
  for (const frame of frames) if (frame.kind === 'block' && columns.at(-1) !== frame.column) columns.push(frame.column);
  return columns.slice(-6).join(', ');
}

/** A blank line stands between a doc comment and the next one or the line that follows. */
function blankBetween(text: string, doc: Token, next: Token): boolean {
  return /\n[^\S\n]*\n/.test(text.slice(doc.end, next.start));
}

function semicolonFix(tokens: readonly Token[], index: number, file: FileId): { title: string; edits: { span: Span; text: string }[]; certain: boolean } {
  const token = tokens[index];
  const next = tokens[index + 1];
  const span: Span = { file, start: token?.start ?? 0, end: token?.end ?? 0 };
  const lineEnds = next === undefined || next.column >= 0;
  return { title: lineEnds ? 'remove it' : 'begin a new line', edits: lineEnds ? [{ span, text: '' }] : [], certain: lineEnds };
}
