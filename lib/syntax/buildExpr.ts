/**
 * Expressions: raw parses → the tree's. In: what the rules `expr`, `arg`, `fieldInit` give. Out: nodes, numbered. Elements of calls, arrays, tuples and
 * indexing are parsed here, each on its own. Types that stand where only a value may are reported. Linear.
 */
import { problem } from '../report/problem.ts';
import type { Builder } from './builder.ts';
import { deeper, errorExpr, idOf, lifetimeOf, nameOf, parseAs, piecesOf, spanOf } from './builder.ts';
import type { Group } from './layout.ts';
import { nest } from './operators.ts';
import type { RawArg, RawAtom, RawExpr, RawIf, RawJump, RawPostfix, RawStatement } from './raw.ts';
import type { Block, Expr, FieldInit, GenericArg, Path, PatternParam, Statement } from './tree.ts';
import { typeOfExpr } from './typeOfExpr.ts';
import { misfit } from './expected.ts';

export function buildExpr(b: Builder, raw: RawExpr): Expr {
  return nest(b, raw, base => buildPostfix(b, base), false);
}

export function buildCondition(b: Builder, raw: RawExpr): Expr {
  return nest(b, raw, base => buildPostfix(b, base), true);
}

export function buildStatement(b: Builder, raw: RawStatement): Statement {
  if (raw.k === 'expr') {
    const expr = b.expr(raw.value);
    return { kind: 'expr', expr, id: idOf(b), span: expr.span };
  }
  const target = b.expr(raw.target);
  const value = b.expr(raw.value);
  const span = spanOf(b, target.span.start, value.span.end);
  if (raw.op.type === '=') return { kind: 'assign', target, value, id: idOf(b), span };
  return { kind: 'compound', op: raw.op.value.slice(0, -1) as '+', target, value, id: idOf(b), span };
}

function isJump(raw: RawPostfix | RawJump): raw is RawJump {
  return raw.k === 'return' || raw.k === 'break' || raw.k === 'continue';
}

function buildPostfix(b: Builder, raw: RawPostfix | RawJump): Expr {
  if (isJump(raw)) return deeper(b, 1, raw.word.start, () => jump(b, raw), () => errorExpr(b, raw.word.start, raw.word.end));
  if (raw.n === 1 || raw.k === 'path') return buildAtom(b, raw as RawAtom);
  // the chain, innermost first: long chains cost no stack here
  const chain: RawPostfix[] = [];
  let link: RawPostfix = raw;
  while (link.k === 'field' || link.k === 'call' || link.k === 'index' || link.k === 'try') {
    chain.push(link);
    link = link.base;
  }
  const atom = link as RawAtom;
  const place = startOf(atom);
  return deeper(b, chain.length, place, () => {
    let value = buildAtom(b, atom);
    const { start } = value.span;
    for (let i = chain.length - 1; i >= 0; i--) {
      const step = chain[i];
      if (step === undefined) break;
      switch (step.k) {
        case 'field': {
          const next = chain[i - 1];
          if (next !== undefined && next.k === 'call' && step.name.type === 'ident') {
            const args = b.args(next.args, 'call');
            value = { kind: 'methodCall', receiver: value, name: nameOf(b, step.name), args, id: idOf(b), span: spanOf(b, start, next.args.end) };
            i--;
          } else value = { kind: 'field', value, name: nameOf(b, step.name), id: idOf(b), span: spanOf(b, start, step.name.end) };
          break;
        }
        case 'call':
          value = { kind: 'call', callee: value, args: b.args(step.args, 'call'), id: idOf(b), span: spanOf(b, start, step.args.end) };
          break;
        case 'index':
          value = { kind: 'index', base: value, args: b.args(step.args, 'index'), bracket: spanOf(b, step.args.start, step.args.end), id: idOf(b), span: spanOf(b, start, step.args.end) };
          break;
        case 'try':
          value = { kind: 'try', value, id: idOf(b), span: spanOf(b, start, step.mark.end) };
          break;
      }
    }
    return value;
  }, () => errorExpr(b, place, place));
}

function startOf(atom: RawAtom): number {
  switch (atom.k) {
    case 'literal': case 'underscore': return atom.token.start;
    case 'paren': case 'array': return atom.group.start;
    case 'match': case 'unsafe': return atom.word.start;
    case 'path': case 'struct': return atom.path.k === 'seg' ? atom.path.name.start : 0;
    case 'if': return atom.chain.word.start;
    case 'loop': case 'closure': return atom.what.word.start;
  }
}

function jump(b: Builder, raw: RawJump): Expr {
  const value = raw.k === 'continue' || raw.value === null ? null : b.expr(raw.value);
  const label = raw.k === 'return' || raw.label === null ? null : lifetimeOf(b, raw.label);
  const node = { id: idOf(b), span: spanOf(b, raw.word.start, value?.span.end ?? label?.span.end ?? raw.word.end) };
  if (raw.k === 'return') return { kind: 'return', value, ...node };
  if (raw.k === 'break') return { kind: 'break', label, value, ...node };
  return { kind: 'continue', label, ...node };
}

function buildAtom(b: Builder, raw: RawAtom): Expr {
  switch (raw.k) {
    case 'literal': {
      const { token } = raw;
      const value = token.literal ?? { kind: 'int', digits: BigInt(token.value || '0'), suffix: null };
      return { kind: 'literal', value, id: idOf(b), span: spanOf(b, token.start, token.end) };
    }
    case 'path': {
      const path = b.path(raw.path);
      return { kind: 'pathExpr', path, id: idOf(b), span: path.span };
    }
    case 'struct': {
      const path = withArgs(b, b.path(raw.path), raw.args);
      return structLiteral(b, path, raw.body);
    }
    case 'paren': return paren(b, raw.group);
    case 'array': return array(b, raw.group);
    case 'underscore': return { kind: 'underscore', id: idOf(b), span: spanOf(b, raw.token.start, raw.token.end) };
    case 'if': return buildIf(b, raw.chain, raw.otherwise === null ? null : b.block(raw.otherwise));
    case 'match': {
      const value = b.expr(raw.value);
      const arms = deeper(b, 1, raw.word.start, () => b.arms(raw.body), () => []);
      return { kind: 'match', value, arms, id: idOf(b), span: spanOf(b, raw.word.start, Math.max(raw.body.end, value.span.end)) };
    }
    case 'unsafe': {
      const body = b.block(raw.body);
      return { kind: 'unsafe', body, id: idOf(b), span: spanOf(b, raw.word.start, body.span.end) };
    }
    case 'loop': {
      const label = raw.label === null ? null : lifetimeOf(b, raw.label);
      const { what } = raw;
      const start = raw.label?.start ?? what.word.start;
      switch (what.k) {
        case 'while': {
          const condition = b.condition(what.condition);
          const body = b.block(what.body);
          return { kind: 'while', label, condition, body, id: idOf(b), span: spanOf(b, start, body.span.end) };
        }
        case 'for': {
          const pattern = b.pattern(what.pattern);
          const iterable = b.expr(what.iterable);
          const body = b.block(what.body);
          return { kind: 'for', label, pattern, iterable, body, id: idOf(b), span: spanOf(b, start, body.span.end) };
        }
        default: {
          const body = b.block(what.body);
          return { kind: what.k, label, body, id: idOf(b), span: spanOf(b, start, body.span.end) };
        }
      }
    }
    case 'closure': {
      const { what } = raw;
      const binder = b.binder(raw.binder);
      const params: PatternParam[] = [];
      for (const piece of piecesOf(b, what.params)) {
        const param = parseAs(b, 'closureParam', piece.elements, null, what.params);
        if (param === null || param.k !== 'param') continue;
        const pattern = b.pattern(param.pattern);
        const type = param.type === null ? null : b.type(param.type);
        params.push({ kind: 'param', pattern, type, id: idOf(b), span: spanOf(b, pattern.span.start, (type ?? pattern).span.end) });
      }
      const result = what.result === null ? null : b.type(what.result);
      const start = raw.word?.start ?? raw.move?.start ?? what.word.start;
      const body = b.block(what.body);
      return {
        kind: 'closure', isMove: raw.move !== null, binder, params, result, body, head: spanOf(b, start, result?.span.end ?? what.params.end), id: idOf(b), span: spanOf(b, start, body.span.end),
      };
    }
  }
}

function buildIf(b: Builder, raw: RawIf, otherwise: Block | null): Expr {
  // the last `elif` is innermost
  let rest: Block | (Expr & { kind: 'if' }) | null = otherwise;
  return deeper(b, raw.n, raw.word.start, () => {
    for (let link: RawIf | null = raw; link !== null; link = link.prev) {
      const condition = b.condition(link.condition);
      const then = b.block(link.body);
      const made: Expr & { kind: 'if' } = { kind: 'if', condition, then, otherwise: rest, id: idOf(b), span: spanOf(b, link.word.start, (rest ?? then).span.end) };
      rest = made;
    }
    return rest as Expr & { kind: 'if' };
  }, () => errorExpr(b, raw.word.start, raw.word.end));
}

/** Brackets after a path's last segment are its arguments. */
function withArgs(b: Builder, path: Path, group: Group | null): Path {
  const last = path.segments[path.segments.length - 1];
  if (group === null || last === undefined) return path;
  const args = b.genericArgs(group);
  const segment = { ...last, args, span: spanOf(b, last.span.start, group.end) };
  return { ...path, segments: [...path.segments.slice(0, -1), segment], span: spanOf(b, path.span.start, group.end) };
}

function structLiteral(b: Builder, path: Path, body: Group): Expr {
  const fields: FieldInit[] = [];
  let base: Expr | null = null;
  deeper(b, 1, body.start, () => {
    for (const piece of piecesOf(b, body)) {
      const raw = parseAs(b, 'fieldInit', piece.elements, 'init', body);
      if (raw === null) continue;
      if (raw.k === 'base') {
        const value = b.expr(raw.value);
        if (base !== null) b.problems.push(problem('E1008', value.span, misfit('a second `..`', 'one')));
        base = value;
        continue;
      }
      const name = nameOf(b, raw.name);
      if (raw.k === 'init') {
        const value = b.expr(raw.value);
        fields.push({ kind: 'fieldInit', name, value, shorthand: false, id: idOf(b), span: spanOf(b, raw.name.start, value.span.end) });
      } else {
        const { span } = name;
        const path: Path = { kind: 'path', qualified: null, global: false, segments: [{ kind: 'segment', name, args: null, id: idOf(b), span }], id: idOf(b), span };
        const value: Expr = { kind: 'pathExpr', path, id: idOf(b), span };
        fields.push({ kind: 'fieldInit', name, value, shorthand: true, id: idOf(b), span });
      }
    }
  }, () => undefined);
  return { kind: 'struct', path, fields, base, id: idOf(b), span: spanOf(b, path.span.start, body.end) };
}

function paren(b: Builder, group: Group): Expr {
  const elements = b.args(group, 'tuple');
  const node = { id: idOf(b), span: spanOf(b, group.start, group.end) };
  const only = elements[0];
  const last = group.parts[group.parts.length - 1];
  if (elements.length === 1 && only !== undefined && last?.type !== ',') return { kind: 'paren', inner: only, ...node };
  return { kind: 'tuple', elements, ...node };
}

function array(b: Builder, group: Group): Expr {
  const pieces = piecesOf(b, group);
  const elements = b.args(group, 'array');
  const node = { id: idOf(b), span: spanOf(b, group.start, group.end) };
  if (pieces[0]?.end === ';') {
    const [value, count] = elements;
    if (value !== undefined && count !== undefined && elements.length === 2) return { kind: 'repeat', value, count, ...node };
    b.problems.push(problem('E1008', node.span, misfit('`;`', '`[value; count]`')));
  }
  return { kind: 'array', elements, ...node };
}

/** How deep in brackets of an `index` we are: types may stand there, to be read by `typeOfExpr`. */
const typesAllowed = new WeakMap<Builder, number>();

export function buildArgs(b: Builder, group: Group, place: 'call' | 'index' | 'array' | 'tuple'): Expr[] {
  const outer = typesAllowed.get(b) ?? 0;
  typesAllowed.set(b, place === 'index' ? outer + 1 : place === 'call' ? 0 : outer);
  const made = deeper(b, 1, group.start, () => {
    const out: Expr[] = [];
    for (const piece of piecesOf(b, group)) {
      const start = piece.elements[0]?.start ?? group.start;
      const end = piece.elements[piece.elements.length - 1]?.end ?? start;
      const raw = parseAs(b, 'arg', piece.elements, 'element', group);
      out.push(raw === null ? errorExpr(b, start, end) : buildArg(b, raw, place, start, end));
    }
    return out;
  }, () => []);
  typesAllowed.set(b, outer);
  return made;
}

function buildArg(b: Builder, raw: RawArg, place: 'call' | 'index' | 'array' | 'tuple', start: number, end: number): Expr {
  if (raw.k === 'expr') return b.expr(raw.value);
  const types = (typesAllowed.get(b) ?? 0) > 0;
  const span = spanOf(b, start, end);
  const asType = (arg: GenericArg): Expr => {
    if (!types) b.problems.push(problem('E1027', span, { type: b.text.slice(start, Math.min(end, start + 60)) }));
    return { kind: 'typeExpr', arg, id: idOf(b), span };
  };
  switch (raw.k) {
    case 'type': return asType({ kind: 'type', type: b.type(raw.type) });
    case 'lifetime': return asType({ kind: 'lifetime', lifetime: lifetimeOf(b, raw.token) });
    case 'constBlock': {
      const value = constBlock(b, raw.group);
      return asType({ kind: 'const', value });
    }
    case 'named': {
      if (place === 'call' && raw.value !== null) {
        const value = b.expr(raw.value);
        return { kind: 'namedArg', name: nameOf(b, raw.name), value, id: idOf(b), span };
      }
      const args = raw.args === null ? null : b.genericArgs(raw.args);
      let type = raw.type === null ? null : b.type(raw.type);
      if (raw.value !== null) {
        const value = b.expr(raw.value);
        type = typeOfExpr(value);
        if (type === null && types) b.problems.push(problem('E1008', value.span, misfit('an expression', 'a type')));
        else if (!types) {
          b.problems.push(problem('E1019', span, { name: raw.name.value }));
          return errorExpr(b, start, end);
        }
      }
      const bounds = b.bounds(raw.bounds);
      return asType({ kind: 'binding', span, name: nameOf(b, raw.name), args, type, bounds });
    }
  }
}

/** `{N + 1}` as a const argument. */
export function constBlock(b: Builder, group: Group): Expr {
  const [piece, more] = piecesOf(b, group);
  const raw = piece === undefined || more !== undefined ? null : parseAs(b, 'expr', piece.elements, 'element', group);
  if (raw === null && !group.broken && (piece === undefined || more !== undefined)) b.problems.push(problem('E1008', spanOf(b, group.start, group.end), misfit('`{ }`', 'one expression in it')));
  return raw === null ? errorExpr(b, group.start, group.end) : b.expr(raw);
}

