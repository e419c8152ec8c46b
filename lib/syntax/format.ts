/**
 * `altru fmt`: the canonical layout of a file. In: a source file. Out: its text with canonical indentation, spacing and blank lines, or the file's own
 * text and its problems when it does not parse. Walks layout's tree, so it never changes what the lines are: comments and groups of blank lines
 * stay, line breaks inside brackets stay, the tree is the same, and formatting twice changes nothing (a spec holds it to all of that). Linear.
 */
import type { Problem } from '../report/problem.ts';
import type { SourceFile } from '../text/sources.ts';
import { type Depth, usual } from './depth.ts';
import { layOut } from './layout.ts';
import type { Block, Element, Group } from './layout.ts';
import { parseFile } from './parse.ts';
import { gap } from './spacing.ts';
import type { Comment } from './words.ts';
import { endsOperand, lexFile } from './words.ts';

const step = 4;

interface Frame {
  /** Where the block stood in the source, and where it stands now. */
  readonly column: number;
  readonly indent: number;
}

interface Writer {
  readonly text: string;
  readonly comments: readonly Comment[];
  nextComment: number;
  readonly lines: string[];
  current: string;
  /** Indentation of the current output line. */
  indent: number;
  /** End of what was last written, in the source. */
  lastEnd: number;
  /** A comment ended the current line: what follows begins a new one. */
  commented: boolean;
  readonly frames: Frame[];
  /** The blocks that were open where the last word was written. */
  trail: readonly Frame[];
}

export function format(file: SourceFile, limits: Depth = usual): { value: string; problems: Problem[] } {
  const { problems } = parseFile(file, 1, limits);
  if (problems.some(problem => problem.severity === 'error')) return { value: file.text, problems };
  const { tokens, comments } = lexFile(file.id, file.text, []);
  const root = layOut(tokens, file.id, file.text, [], limits.nesting);
  const w: Writer = { text: file.text, comments, nextComment: 0, lines: [], current: '', indent: 0, lastEnd: 0, commented: false, frames: [], trail: [] };
  writeBlock(w, root, 0);
  w.trail = w.trail.length === 0 ? [{ column: 0, indent: 0 }] : w.trail;
  writeComments(w, file.text.length, null);
  endLine(w);
  while (w.lines.length > 0 && w.lines[0] === '') w.lines.shift();
  while (w.lines.length > 0 && w.lines[w.lines.length - 1] === '') w.lines.pop();
  return { value: w.lines.length === 0 ? '' : `${w.lines.join('\n')}\n`, problems };
}

function endLine(w: Writer): void {
  if (w.current.trim() !== '') w.lines.push(w.current.trimEnd());
  w.current = '';
  w.commented = false;
}

/** Begins a line for what stands at `start`; a group of blank lines before it stays as one. */
function newLine(w: Writer, indent: number, start: number): void {
  endLine(w);
  let breaks = 0;
  for (let at = w.lastEnd; at < start && breaks < 2; at++) if (w.text.charCodeAt(at) === 10) breaks++;
  if (breaks > 1 && w.lines.length > 0) w.lines.push('');
  w.current = ' '.repeat(indent);
  w.indent = indent;
}

function write(w: Writer, text: string, end: number): void {
  w.current += text;
  w.lastEnd = end;
}

/** Writes the comments before `start`. `indent`: where those on lines of their own go; null: by the open blocks. */
function writeComments(w: Writer, start: number, indent: number | null): void {
  for (;;) {
    const comment = w.comments[w.nextComment];
    if (comment === undefined || comment.start >= start) return;
    w.nextComment++;
    const text = w.text.slice(comment.start, comment.end).trimEnd();
    if (comment.own || w.current.trim() === '') newLine(w, indent ?? commentIndent(w, comment), comment.start);
    else w.current = `${w.current.trimEnd()}  `;
    write(w, text, comment.end);
    w.commented = true;
  }
}

/** The deepest block that the comment's column reaches, but not outside of the block that goes on after it. */
function commentIndent(w: Writer, comment: Comment): number {
  const least = w.frames.length;
  for (let depth = w.trail.length - 1; depth >= least; depth--) {
    const frame = w.trail[depth];
    if (frame !== undefined && frame.column <= comment.column) return frame.indent;
  }
  return w.frames[least - 1]?.indent ?? 0;
}

function columnOf(block: Block, otherwise: number): number {
  const first = block.docs[0] ?? block.lines[0]?.docs[0] ?? block.lines[0]?.elements[0];
  return first !== undefined && first.column >= 0 ? first.column : otherwise;
}

function writeBlock(w: Writer, block: Block, indent: number): void {
  const outer = w.frames[w.frames.length - 1];
  if (block.lines.length === 0) {
    // only comments can stand in it: they may be deeper than what is around
    w.trail = [...w.frames, { column: (outer?.column ?? -1) + 1, indent }];
    return;
  }
  w.frames.push({ column: columnOf(block, (outer?.column ?? -1) + 1), indent });
  for (const line of block.lines) {
    const first = line.elements[0];
    if (first === undefined) continue;
    writeComments(w, first.start, null);
    newLine(w, indent, first.start);
    w.trail = w.frames.slice();
    writeElements(w, line.elements, indent, null);
  }
  w.frames.pop();
}

/** `inside`: the indentation of what stands in brackets; null: a logical line of a block, which begins at `base`. */
function writeElements(w: Writer, elements: readonly Element[], base: number, inside: number | null): void {
  let before: Element | null = null;
  const angles = { open: 0 };
  /** Attributes at the front: their `@` is no pattern's. */
  let attributes = true;
  /** Where a line after a block begins. */
  let afterBlock = -1;
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i];
    if (element === undefined || element.type === 'doc') continue;
    if (element.type === 'block') {
      const colonIndent = inside === null ? base : w.indent;
      writeBlock(w, element as Block, colonIndent + step);
      afterBlock = colonIndent;
      before = element;
      continue;
    }
    const lineIndent: number = inside === null
      ? element.type === 'else' || element.type === 'elif' || element.type === 'where' || afterBlock >= 0 ? base : base + step
      : afterBlock >= 0 ? afterBlock : before === null || before.type === ',' || before.type === ';' ? inside : inside + step;
    if (before !== null || inside !== null) writeComments(w, element.start, afterBlock >= 0 ? null : inside ?? lineIndent);
    const breaks: boolean = afterBlock >= 0 || w.commented || (element.column >= 0 && (before !== null || inside !== null));
    if (breaks) {
      newLine(w, lineIndent, element.start);
      w.trail = w.frames.slice();
    } else if (before !== null) write(w, gap(before, element, elements, i, angles, attributes), w.lastEnd);
    else gap(null, element, elements, i, angles, attributes);
    if (element.type !== '@' && before?.type !== '@' && element.type !== 'paren' && element.type !== '::' && before?.type !== '::') attributes = false;
    if (element.type === ',') attributes = true;
    afterBlock = -1;
    if (element.type === 'paren' || element.type === 'bracket' || element.type === 'brace') {
      writeGroup(w, element as Group, before);
    } else write(w, w.text.slice(element.start, element.end), element.end);
    before = element;
  }
}

function writeGroup(w: Writer, group: Group, before: Element | null): void {
  const openIndent = w.indent;
  write(w, w.text.slice(group.start, group.start + 1), group.start + 1);
  const first = group.parts.find(part => part.type !== 'doc');
  const roomy = group.type === 'brace' && group.parts.length > 0 && before !== null && endsOperand(before);
  const inner = openIndent + step;
  if (first !== undefined && first.column < 0 && roomy) write(w, ' ', w.lastEnd);
  writeElements(w, group.parts, openIndent, inner);
  const close = group.end - 1;
  const last = group.parts[group.parts.length - 1];
  const afterBlock = last?.type === 'block';
  writeComments(w, close, afterBlock ? null : inner);
  const sourceBreaks = w.text.slice(Math.max(last?.end ?? 0, group.start + 1), close).includes('\n');
  if (w.commented || (sourceBreaks && group.parts.length > 0)) {
    newLine(w, openIndent, close);
    w.trail = w.frames.slice();
  } else if (roomy && w.current.trimEnd() === w.current) write(w, ' ', w.lastEnd);
  write(w, w.text.slice(close, group.end), group.end);
}
