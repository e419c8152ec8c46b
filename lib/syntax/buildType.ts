/**
 * Types, paths, bounds, generics: raw parses → the tree's. In: what the type rules of the grammar give. Out: nodes, numbered. Linear.
 */
import { problem } from '../report/problem.ts';
import type { Builder } from './builder.ts';
import { deeper, errorExpr, idOf, lifetimeOf, nameOf, parseAs, piecesOf, spanOf } from './builder.ts';
import { constBlock } from './buildExpr.ts';
import type { Element, Group } from './layout.ts';
import type { RawBound, RawBounds, RawPath, RawPredicates, RawQualified, RawType, RawTypeArg, RawTypePath } from './raw.ts';
import type { Bound, Expr, GenericArg, GenericArgs, GenericParam, Generics, Lifetime, Name, Path, PathSegment, TypeNode, WherePredicate } from './tree.ts';
import type { Token } from './words.ts';
import { misfit } from './expected.ts';

export function buildType(b: Builder, raw: RawType): TypeNode {
  switch (raw.k) {
    case 'path': {
      const path = b.path(raw.path);
      return { kind: 'pathType', path, id: idOf(b), span: path.span };
    }
    case 'ref': case 'ptr': {
      const { start } = raw.at;
      return deeper(b, 1, start, (): TypeNode => {
        const inner = b.type(raw.inner);
        const span = spanOf(b, start, inner.span.end);
        if (raw.k === 'ptr') return { kind: 'ptrType', mutable: raw.mutable, inner, id: idOf(b), span };
        return { kind: 'refType', lifetime: raw.lifetime === null ? null : lifetimeOf(b, raw.lifetime), mutable: raw.mutable, inner, id: idOf(b), span };
      }, () => infer(b, start, raw.at.end));
    }
    case 'tuple': return deeper(b, 1, raw.group.start, () => tuple(b, raw.group), () => infer(b, raw.group.start, raw.group.end));
    case 'array': return deeper(b, 1, raw.group.start, () => array(b, raw.group), () => infer(b, raw.group.start, raw.group.end));
    case 'never': return { kind: 'neverType', id: idOf(b), span: spanOf(b, raw.at.start, raw.at.end) };
    case 'infer': return infer(b, raw.at.start, raw.at.end);
    case 'dyn': case 'impl': {
      const bounds = b.bounds(raw.bounds);
      const end = bounds[bounds.length - 1] === undefined ? raw.at.end : endOf(bounds[bounds.length - 1] as Bound);
      return { kind: raw.k === 'dyn' ? 'dynType' : 'implType', bounds, id: idOf(b), span: spanOf(b, raw.at.start, end) };
    }
    case 'fn': {
      const { tail } = raw;
      const binder = b.binder(raw.binder);
      return deeper(b, 1, raw.at.start, (): TypeNode => {
        const params = typesOf(b, tail.params);
        const result = tail.result === null ? null : b.type(tail.result);
        const { abi } = raw;
        return {
          kind: 'fnType', binder, isUnsafe: raw.unsafe !== null, abi: abi === null || abi === 'C' ? abi : textOf(abi), params, result, id: idOf(b), span: spanOf(b, raw.at.start, result?.span.end ?? tail.params.end),
        };
      }, () => infer(b, raw.at.start, raw.at.end));
    }
  }
}

export function textOf(token: Token): string {
  return token.literal?.kind === 'string' ? token.literal.value : token.value;
}

function endOf(bound: Bound): number {
  return bound.span.end;
}

function infer(b: Builder, start: number, end: number): TypeNode {
  return { kind: 'inferType', id: idOf(b), span: spanOf(b, start, end) };
}

function typesOf(b: Builder, group: Group): TypeNode[] {
  return piecesOf(b, group, true).map(piece => {
    const raw = parseAs(b, 'fnTypeParam', piece.elements, null, group);
    const start = piece.elements[0]?.start ?? group.start;
    return raw === null ? infer(b, start, start) : b.type(raw);
  });
}

function tuple(b: Builder, group: Group): TypeNode {
  const elements = typesOf(b, group);
  const [only] = elements;
  if (elements.length === 1 && only !== undefined && group.parts[group.parts.length - 1]?.type !== ',') return only;
  return { kind: 'tupleType', elements, id: idOf(b), span: spanOf(b, group.start, group.end) };
}

function array(b: Builder, group: Group): TypeNode {
  const [element, length, more] = piecesOf(b, group, true);
  const span = spanOf(b, group.start, group.end);
  if (element === undefined || more !== undefined || (length !== undefined && element.end !== ';')) {
    if (!group.broken) b.problems.push(problem('E1008', span, misfit('`[ ]`', '`[T]` or `[T; N]`')));
    return infer(b, group.start, group.end);
  }
  const raw = parseAs(b, 'type', element.elements, null, group);
  const type = raw === null ? infer(b, group.start, group.end) : b.type(raw);
  if (length === undefined) return { kind: 'sliceType', element: type, id: idOf(b), span };
  return { kind: 'arrayType', element: type, length: lengthOf(b, length.elements, group), id: idOf(b), span };
}

function lengthOf(b: Builder, elements: readonly Element[], group: Group): Expr {
  const raw = parseAs(b, 'expr', elements, 'element', group);
  return raw === null ? errorExpr(b, elements[0]?.start ?? group.start, group.end) : b.expr(raw);
}

export function buildPath(b: Builder, raw: RawPath | RawTypePath): Path {
  interface Step { name: Token; args: Group | null; parens: { args: Group; output: RawType | null } | null }
  const steps: Step[] = [];
  let qualified: RawQualified | null = null;
  let global: Token | null = null;
  /** In expressions, arguments are kept with the segment that follows theirs. */
  let pending: Group | null = null;
  let sugar: Step['parens'] = null;
  for (let link: RawPath | RawTypePath | RawQualified | null = raw; link !== null;) {
    if (link.k === 'qualified') {
      qualified = link;
      break;
    }
    if (link.k === 'sugar') {
      sugar = { args: link.args, output: link.output };
      link = link.prev;
      continue;
    }
    if (link.k === 'tseg') {
      const { seg } = link;
      const parens: boolean = seg.args?.type === 'paren';
      steps.push({ name: seg.name, args: parens ? null : seg.args, parens: parens && seg.args !== null ? { args: seg.args, output: seg.output } : null });
    } else {
      steps.push({ name: link.name, args: pending, parens: sugar });
      sugar = null;
      pending = link.args;
    }
    if (link.global !== undefined) global = link.global;
    link = link.prev;
  }
  steps.reverse();
  const made: Path['qualified'] = qualified === null ? null : deeper(b, 1, qualified.open.start, () => {
    const type = b.type((qualified as RawQualified).type);
    const trait = (qualified as RawQualified).trait;
    return { type, trait: trait === null ? null : b.path(trait) };
  }, () => null);
  const segments: PathSegment[] = [];
  let end = 0;
  for (const step of steps) {
    let args: GenericArgs | null = null;
    end = step.name.end;
    if (step.args !== null) {
      args = b.genericArgs(step.args);
      end = step.args.end;
    } else if (step.parens !== null) {
      const { parens } = step;
      const inputs = deeper(b, 1, parens.args.start, () => typesOf(b, parens.args), () => []);
      const output = parens.output === null ? null : b.type(parens.output);
      end = output?.span.end ?? parens.args.end;
      args = { kind: 'parens', span: spanOf(b, parens.args.start, end), inputs, output };
    }
    segments.push({ kind: 'segment', name: nameOf(b, step.name), args, id: idOf(b), span: spanOf(b, step.name.start, end) });
  }
  const start = qualified?.open.start ?? global?.start ?? steps[0]?.name.start ?? 0;
  return { kind: 'path', qualified: made, segments, global: global !== null, id: idOf(b), span: spanOf(b, start, end) };
}

export function buildGenericArgs(b: Builder, group: Group): GenericArgs {
  const args = deeper(b, 1, group.start, () => {
    const out: GenericArg[] = [];
    for (const piece of piecesOf(b, group, true)) {
      const raw = parseAs(b, 'typeArg', piece.elements, null, group);
      if (raw !== null) out.push(genericArg(b, raw, piece.elements));
      else out.push({ kind: 'type', type: infer(b, piece.elements[0]?.start ?? group.start, group.end) });
    }
    return out;
  }, () => []);
  return { kind: 'brackets', span: spanOf(b, group.start, group.end), args };
}

function genericArg(b: Builder, raw: RawTypeArg, elements: readonly Element[]): GenericArg {
  switch (raw.k) {
    case 'type': return { kind: 'type', type: b.type(raw.type) };
    case 'lifetime': return { kind: 'lifetime', lifetime: lifetimeOf(b, raw.token) };
    case 'constBlock': return { kind: 'const', value: constBlock(b, raw.group) };
    case 'const': {
      const { token, minus } = raw;
      const literal: Expr = { kind: 'literal', value: token.literal ?? { kind: 'int', digits: BigInt(token.value || '0'), suffix: null }, id: idOf(b), span: spanOf(b, token.start, token.end) };
      return { kind: 'const', value: minus === null ? literal : { kind: 'unary', op: '-', operand: literal, id: idOf(b), span: spanOf(b, minus.start, token.end) } };
    }
    case 'binding': {
      const args = raw.args === null ? null : b.genericArgs(raw.args);
      const type = raw.type === null ? null : b.type(raw.type);
      const bounds = b.bounds(raw.bounds);
      const end = elements[elements.length - 1]?.end ?? raw.name.end;
      return { kind: 'binding', span: spanOf(b, raw.name.start, end), name: nameOf(b, raw.name), args, type, bounds };
    }
  }
}

export function buildBounds(b: Builder, raw: RawBounds | null): Bound[] {
  const out: Bound[] = [];
  for (let link = raw; link !== null; link = link.prev) out.push(buildBound(b, link.bound));
  return out.reverse();
}

function buildBound(b: Builder, raw: RawBound): Bound {
  switch (raw.k) {
    case 'trait': {
      const binder = b.binder(raw.binder);
      const path = b.path(raw.path);
      return { kind: 'traitBound', maybe: raw.maybe !== null, binder, path, id: idOf(b), span: spanOf(b, raw.maybe?.start ?? raw.at?.start ?? path.span.start, path.span.end) };
    }
    case 'lifetime': return { kind: 'lifetimeBound', lifetime: lifetimeOf(b, raw.token), id: idOf(b), span: spanOf(b, raw.token.start, raw.token.end) };
    case 'use': return buildUse(b, raw.at, raw.group);
    case 'group': {
      const [piece] = piecesOf(b, raw.group);
      const inner = piece === undefined ? null : parseAs(b, 'bound', piece.elements, null, raw.group);
      const { start, end } = raw.group;
      if (inner !== null) return deeper(b, 1, start, () => buildBound(b, inner), () => emptyBound(b, start, end));
      if (piece === undefined) b.problems.push(problem('E1008', spanOf(b, start, end), misfit('`()`', 'a trait')));
      return emptyBound(b, start, end);
    }
  }
}

/** `use['a, T]`: lifetimes and names of parameters. */
function buildUse(b: Builder, at: Token, group: Group): Bound {
  const lifetimes: Lifetime[] = [];
  const names: Name[] = [];
  for (const piece of piecesOf(b, group, true)) {
    const [only, more] = piece.elements;
    if (only?.type === 'lifetime' && more === undefined) lifetimes.push(lifetimeOf(b, only as Token));
    else if ((only?.type === 'ident' || only?.type === 'Self') && more === undefined) names.push(nameOf(b, only as Token));
    else if (!group.broken) b.problems.push(problem('E1008', spanOf(b, only?.start ?? group.start, only?.end ?? group.end), misfit(`\`${only?.value ?? ''}\``, 'a lifetime or a parameter')));
  }
  return { kind: 'useBound', lifetimes, names, id: idOf(b), span: spanOf(b, at.start, group.end) };
}

function emptyBound(b: Builder, start: number, end: number): Bound {
  const span = spanOf(b, start, end);
  return { kind: 'lifetimeBound', lifetime: { text: '_', span }, id: idOf(b), span };
}

/** `for['a, 'b]`. */
export function buildBinder(b: Builder, group: Group | null): Lifetime[] {
  if (group === null) return [];
  const out: Lifetime[] = [];
  for (const piece of piecesOf(b, group, true)) {
    const [only, more] = piece.elements;
    if (only?.type === 'lifetime' && more === undefined) out.push(lifetimeOf(b, only as Token));
    else if (!group.broken) b.problems.push(problem('E1008', spanOf(b, only?.start ?? group.start, only?.end ?? group.end), misfit(`\`${only?.value ?? ''}\``, 'a lifetime')));
  }
  return out;
}

export function buildGenerics(b: Builder, group: Group | null, where: RawPredicates | null, at: number): Generics {
  const params: GenericParam[] = [];
  if (group !== null) {
    for (const piece of piecesOf(b, group, true)) {
      const raw = parseAs(b, 'genericParam', piece.elements, 'init', group);
      if (raw === null) continue;
      const end = piece.elements[piece.elements.length - 1]?.end ?? group.end;
      const start = piece.elements[0]?.start ?? group.start;
      if (raw.k === 'lifetime') {
        params.push({ kind: 'lifetimeParam', name: lifetimeOf(b, raw.name), bounds: lifetimesOf(b, b.bounds(raw.bounds)), id: idOf(b), span: spanOf(b, start, end) });
      } else if (raw.k === 'type') {
        const bounds = b.bounds(raw.bounds);
        const fallback = raw.fallback === null ? null : b.type(raw.fallback);
        params.push({ kind: 'typeParam', name: nameOf(b, raw.name), bounds, fallback, id: idOf(b), span: spanOf(b, start, end) });
      } else {
        const type = b.type(raw.type);
        const fallback = raw.fallback === null ? null : b.expr(raw.fallback);
        params.push({ kind: 'constParam', name: nameOf(b, raw.name), type, fallback, id: idOf(b), span: spanOf(b, start, end) });
      }
    }
  }
  const predicates: WherePredicate[] = [];
  for (let link = where; link !== null; link = link.prev) {
    const { what } = link;
    if (what.k === 'lifetime') {
      const bounds = lifetimesOf(b, b.bounds(what.bounds));
      const end = bounds[bounds.length - 1]?.span.end ?? what.lifetime.end;
      predicates.push({ kind: 'whereLifetime', lifetime: lifetimeOf(b, what.lifetime), bounds, id: idOf(b), span: spanOf(b, what.lifetime.start, end) });
    } else {
      const binder = b.binder(what.binder);
      const type = b.type(what.type);
      const bounds = b.bounds(what.bounds);
      predicates.push({ kind: 'whereType', binder, type, bounds, id: idOf(b), span: spanOf(b, what.at?.start ?? type.span.start, bounds[bounds.length - 1]?.span.end ?? type.span.end) });
    }
  }
  predicates.reverse();
  return { span: group === null ? spanOf(b, at, at) : spanOf(b, group.start, group.end), params, where: predicates };
}

function lifetimesOf(b: Builder, bounds: readonly Bound[]): Lifetime[] {
  const out: Lifetime[] = [];
  for (const bound of bounds) {
    if (bound.kind === 'lifetimeBound') out.push(bound.lifetime);
    else b.problems.push(problem('E1008', bound.span, misfit('a trait', 'a lifetime')));
  }
  return out;
}
