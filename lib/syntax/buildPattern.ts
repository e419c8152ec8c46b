/**
 * Patterns: raw parses → the tree's. In: what the rules `pattern` and `fieldPat` give. Out: nodes, numbered. A lone name is a binding; names
 * decide later whether it is a constant. Linear.
 */
import { problem } from '../report/problem.ts';
import type { Builder } from './builder.ts';
import { deeper, idOf, nameOf, parseAs, piecesOf, spanOf } from './builder.ts';
import type { Group } from './layout.ts';
import type { RawPat, RawPatEnd, RawPath, RawPattern } from './raw.ts';
import type { FieldPattern, Path, Pattern } from './tree.ts';
import { misfit } from './expected.ts';

export function buildPattern(b: Builder, raw: RawPattern): Pattern {
  if (raw.prev === null) return single(b, raw.pat);
  const alternatives: Pattern[] = [];
  for (let link: RawPattern | null = raw; link !== null; link = link.prev) alternatives.push(single(b, link.pat));
  alternatives.reverse();
  const start = alternatives[0]?.span.start ?? 0;
  const end = alternatives[alternatives.length - 1]?.span.end ?? 0;
  return { kind: 'orPattern', alternatives, id: idOf(b), span: spanOf(b, start, end) };
}

function single(b: Builder, raw: RawPat): Pattern {
  switch (raw.k) {
    case 'wild': return { kind: 'wildcard', id: idOf(b), span: spanOf(b, raw.at.start, raw.at.end) };
    case 'rest': return { kind: 'rest', id: idOf(b), span: spanOf(b, raw.at.start, raw.at.end) };
    case 'literal': case 'path': return end(b, raw);
    case 'range': {
      const from = raw.from === null ? null : bound(b, raw.from);
      const to = raw.to === null ? null : bound(b, raw.to);
      return { kind: 'rangePattern', start: from, end: to, inclusive: raw.dots.type === '..=', id: idOf(b), span: spanOf(b, from?.span.start ?? raw.dots.start, to?.span.end ?? raw.dots.end) };
    }
    case 'tupleStruct': {
      const path = withArgs(b, raw.path, raw.typeArgs);
      return { kind: 'tupleStructPattern', path, elements: elementsOf(b, raw.args), id: idOf(b), span: spanOf(b, path.span.start, raw.args.end) };
    }
    case 'struct': return struct(b, withArgs(b, raw.path, raw.typeArgs), raw.body);
    case 'tuple': {
      const elements = elementsOf(b, raw.group);
      const only = elements[0];
      if (elements.length === 1 && only !== undefined && only.kind !== 'rest' && raw.group.parts[raw.group.parts.length - 1]?.type !== ',') return only;
      return { kind: 'tuplePattern', elements, id: idOf(b), span: spanOf(b, raw.group.start, raw.group.end) };
    }
    case 'slice': return { kind: 'slicePattern', elements: elementsOf(b, raw.group), id: idOf(b), span: spanOf(b, raw.group.start, raw.group.end) };
    case 'ref': return deeper(b, 1, raw.at.start, (): Pattern => {
      const inner = single(b, raw.inner);
      return { kind: 'refPattern', mutable: raw.mutable, inner, id: idOf(b), span: spanOf(b, raw.at.start, inner.span.end) };
    }, () => errorPattern(b, raw.at.start, raw.at.end));
    case 'bind': return deeper(b, 1, raw.start.start, (): Pattern => {
      const sub = raw.sub === null ? null : single(b, raw.sub);
      return { kind: 'binding', name: nameOf(b, raw.name), byRef: raw.byRef, mutable: raw.mutable, sub, id: idOf(b), span: spanOf(b, raw.start.start, sub?.span.end ?? raw.name.end) };
    }, () => errorPattern(b, raw.start.start, raw.start.end));
  }
}

function errorPattern(b: Builder, start: number, stop: number): Pattern {
  return { kind: 'errorPattern', id: idOf(b), span: spanOf(b, start, stop) };
}

function end(b: Builder, raw: RawPatEnd): Pattern {
  if (raw.k === 'literal') {
    const { token, minus } = raw;
    const value = token.literal ?? { kind: 'int', digits: 0n, suffix: null };
    return { kind: 'literalPattern', value, negative: minus !== null, id: idOf(b), span: spanOf(b, minus?.start ?? token.start, token.end) };
  }
  const { path } = raw;
  if (path.k === 'seg' && path.prev === null && path.global === undefined && path.name.type === 'ident') {
    return { kind: 'binding', name: nameOf(b, path.name), byRef: false, mutable: false, sub: null, id: idOf(b), span: spanOf(b, path.name.start, path.name.end) };
  }
  const made = b.path(path);
  return { kind: 'pathPattern', path: made, id: idOf(b), span: made.span };
}

/** An end of a range: a lone name is a constant there. */
function bound(b: Builder, raw: RawPatEnd): Pattern {
  if (raw.k === 'literal') return end(b, raw);
  const path = b.path(raw.path);
  return { kind: 'pathPattern', path, id: idOf(b), span: path.span };
}

function withArgs(b: Builder, raw: RawPath, group: Group | undefined): Path {
  const path = b.path(raw);
  const last = path.segments[path.segments.length - 1];
  if (group === undefined || last === undefined) return path;
  const segment = { ...last, args: b.genericArgs(group), span: spanOf(b, last.span.start, group.end) };
  return { ...path, segments: [...path.segments.slice(0, -1), segment], span: spanOf(b, path.span.start, group.end) };
}

function elementsOf(b: Builder, group: Group): Pattern[] {
  return deeper(b, 1, group.start, () => {
    const out: Pattern[] = [];
    for (const piece of piecesOf(b, group)) {
      const raw = parseAs(b, 'pattern', piece.elements, null, group);
      const start = piece.elements[0]?.start ?? group.start;
      out.push(raw === null ? errorPattern(b, start, piece.elements[piece.elements.length - 1]?.end ?? start) : b.pattern(raw));
    }
    return out;
  }, () => []);
}

function struct(b: Builder, path: Path, body: Group): Pattern {
  const fields: FieldPattern[] = [];
  let rest = false;
  deeper(b, 1, body.start, () => {
    for (const piece of piecesOf(b, body)) {
      const raw = parseAs(b, 'fieldPat', piece.elements, null, body);
      if (raw === null) continue;
      if (rest) b.problems.push(problem('E1008', spanOf(b, piece.elements[0]?.start ?? body.start, body.end - 1), misfit('a field after `..`', '`}`')));
      if (raw.k === 'rest') rest = true;
      else if (raw.k === 'field') {
        const pattern = b.pattern(raw.pattern);
        fields.push({ kind: 'fieldPattern', name: nameOf(b, raw.name), pattern, shorthand: false, id: idOf(b), span: spanOf(b, raw.name.start, pattern.span.end) });
      } else {
        const span = spanOf(b, raw.start.start, raw.name.end);
        const pattern: Pattern = { kind: 'binding', name: nameOf(b, raw.name), byRef: raw.byRef, mutable: raw.mutable, sub: null, id: idOf(b), span };
        fields.push({ kind: 'fieldPattern', name: nameOf(b, raw.name), pattern, shorthand: true, id: idOf(b), span });
      }
    }
  }, () => undefined);
  return { kind: 'structPattern', path, fields, rest, id: idOf(b), span: spanOf(b, path.span.start, body.end) };
}
