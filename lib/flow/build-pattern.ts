/**
 * Patterns as match lowering wants them: implicit dereferences written out, constants evaluated, names resolved (rustc's THIR
 * patterns). In: tree patterns and facts. Out: `Pat`. Cost: linear in the pattern.
 */
import type { Span } from '../text/span.ts';
import type { NodeId, Pattern } from '../syntax/tree.ts';
import { BOOL, type Type, U8 } from '../types/type.ts';
import type { Builder } from './builder.ts';
import type { Constant } from './graph.ts';
import { literal, typeOf } from './mirror.ts';
import { elementType } from './place.ts';
import { fieldTypes } from './queries.ts';

export interface FieldPat {
  readonly index: number;
  readonly pat: Pat;
}

export type Pat = { readonly type: Type; readonly span: Span } & (
  | { readonly kind: 'wild' }
  | { readonly kind: 'binding'; readonly variable: NodeId; readonly mode: 'move' | 'ref' | 'refMut'; readonly sub: Pat | null }
  /** Compared as a whole: `int` constants by switch, others by `==`. */
  | { readonly kind: 'constant'; readonly value: Constant }
  /** Bounds as numbers; floats too. */
  | { readonly kind: 'range'; readonly low: Constant | null; readonly high: Constant | null; readonly inclusive: boolean }
  | { readonly kind: 'variant'; readonly index: number; readonly fields: readonly FieldPat[] }
  | { readonly kind: 'leaf'; readonly fields: readonly FieldPat[] }
  | { readonly kind: 'deref'; readonly inner: Pat }
  | { readonly kind: 'slice'; readonly prefix: readonly Pat[]; readonly rest: Pat | null; readonly open: boolean; readonly suffix: readonly Pat[] }
  | { readonly kind: 'or'; readonly alternatives: readonly Pat[] }
);

export function pat(b: Builder, pattern: Pattern): Pat {
  let out = plain(b, pattern);
  const peeled = b.facts.patternDerefs.get(pattern.id);
  if (peeled !== undefined) for (let i = peeled.length - 1; i >= 0; i--) out = { kind: 'deref', inner: out, type: peeled[i] ?? out.type, span: pattern.span };
  return out;
}

/** Type that the pattern itself is matched against, below implicit dereferences. */
function matched(b: Builder, pattern: Pattern): Type {
  const type = typeOf(b, pattern.id);
  const peeled = b.facts.patternDerefs.get(pattern.id);
  const outer = peeled?.[0];
  // Facts may record the type before or after peeling: below the peeled ones it is what the last one leads to.
  if (outer !== undefined && type === outer) {
    const last = peeled?.[peeled.length - 1];
    if (last?.kind === 'ref') return last.inner;
  }
  return type;
}

function plain(b: Builder, pattern: Pattern): Pat {
  const { span } = pattern;
  const type = matched(b, pattern);
  const base = { type, span };
  switch (pattern.kind) {
    case 'wildcard': case 'rest': case 'errorPattern': return { kind: 'wild', ...base };
    case 'binding': {
      const to = b.facts.paths.get(pattern.id);
      if (to !== undefined && to.kind !== 'local') return named(b, pattern.id, to, type, span);
      const id = b.facts.sameBinding.get(pattern.id) ?? pattern.id;
      const mode = b.facts.bindings.get(pattern.id)?.mode ?? b.facts.bindings.get(id)?.mode ?? 'move';
      return { kind: 'binding', variable: id, mode, sub: pattern.sub === null ? null : pat(b, pattern.sub), ...base };
    }
    case 'literalPattern': {
      if (pattern.value.kind === 'bytes') return bytes(pattern.value.value, type, span);
      return { kind: 'constant', value: literal(pattern.value, type, pattern.negative), ...base };
    }
    case 'rangePattern': return { kind: 'range', low: bound(b, pattern.start, type), high: bound(b, pattern.end, type), inclusive: pattern.inclusive, ...base };
    case 'pathPattern': {
      const to = b.facts.paths.get(pattern.path.id) ?? b.facts.paths.get(pattern.id);
      return to === undefined ? { kind: 'wild', ...base } : named(b, pattern.id, to, type, span);
    }
    case 'tupleStructPattern': case 'structPattern': {
      const to = b.facts.paths.get(pattern.path.id) ?? b.facts.paths.get(pattern.id);
      const variant = to?.kind === 'constructor' ? to.variant : null;
      const fields = pattern.kind === 'structPattern'
        ? pattern.fields.map((f): FieldPat => ({ index: b.facts.fields.get(f.id) ?? 0, pat: pat(b, f.pattern) }))
        : positional(b, pattern.elements, fieldTypes(b.queries, b.owner, type, variant).length);
      return variant === null ? { kind: 'leaf', fields, ...base } : { kind: 'variant', index: variant, fields, ...base };
    }
    case 'tuplePattern': return { kind: 'leaf', fields: positional(b, pattern.elements, type.kind === 'tuple' ? type.elements.length : pattern.elements.length), ...base };
    case 'slicePattern': {
      const at = pattern.elements.findIndex(isRest);
      if (at < 0) return { kind: 'slice', prefix: pattern.elements.map(e => pat(b, e)), rest: null, open: false, suffix: [], ...base };
      const rest = pattern.elements[at];
      const whole: Pat | null = rest?.kind === 'binding' ? restBinding(b, rest) : null;
      return { kind: 'slice', prefix: pattern.elements.slice(0, at).map(e => pat(b, e)), rest: whole, open: true, suffix: pattern.elements.slice(at + 1).map(e => pat(b, e)), ...base };
    }
    case 'refPattern': return { kind: 'deref', inner: pat(b, pattern.inner), ...base };
    case 'orPattern': return { kind: 'or', alternatives: pattern.alternatives.map(a => pat(b, a)), ...base };
  }
}

/** `..` or `rest @ ..`. */
function isRest(p: Pattern): boolean {
  return p.kind === 'rest' || (p.kind === 'binding' && p.sub?.kind === 'rest');
}

function restBinding(b: Builder, p: Pattern & { kind: 'binding' }): Pat {
  const id = b.facts.sameBinding.get(p.id) ?? p.id;
  return { kind: 'binding', variable: id, mode: b.facts.bindings.get(p.id)?.mode ?? b.facts.bindings.get(id)?.mode ?? 'move', sub: null, type: typeOf(b, p.id), span: p.span };
}

function positional(b: Builder, elements: readonly Pattern[], count: number): FieldPat[] {
  const rest = elements.findIndex(e => e.kind === 'rest');
  const out: FieldPat[] = [];
  elements.forEach((e, i) => {
    if (e.kind === 'rest') return;
    out.push({ index: rest >= 0 && i > rest ? count - (elements.length - i) : i, pat: pat(b, e) });
  });
  return out;
}

function named(b: Builder, node: NodeId, to: NonNullable<ReturnType<Builder['facts']['paths']['get']>>, type: Type, span: Span): Pat {
  const base = { type, span };
  switch (to.kind) {
    case 'constructor': return to.variant === null ? { kind: 'leaf', fields: [], ...base } : { kind: 'variant', index: to.variant, fields: [], ...base };
    case 'const': {
      const known = b.facts.constants.get(node);
      const scalar = type.kind === 'int' || type === BOOL || type.kind === 'char';
      if (known !== undefined && scalar) return { kind: 'constant', value: { kind: 'int', value: known, type }, ...base };
      return { kind: 'constant', value: { kind: 'const', def: to.def, args: to.args, type }, ...base };
    }
    default: return { kind: 'wild', ...base };
  }
}

function bound(b: Builder, p: Pattern | null, type: Type): Constant | null {
  if (p === null) return null;
  if (p.kind === 'literalPattern') return literal(p.value, type, p.negative);
  const known = b.facts.constants.get(p.id);
  if (known !== undefined) return { kind: 'int', value: known, type };
  const to = p.kind === 'pathPattern' ? (b.facts.paths.get(p.path.id) ?? b.facts.paths.get(p.id)) : b.facts.paths.get(p.id);
  return to?.kind === 'const' ? { kind: 'const', def: to.def, args: to.args, type } : null;
}

/** `b"ab"`: the bytes one by one, behind the reference. */
function bytes(values: readonly number[], type: Type, span: Span): Pat {
  const inner = type.kind === 'ref' ? type.inner : type;
  const element = elementType(inner).kind === 'int' ? elementType(inner) : U8;
  const prefix = values.map((v): Pat => ({ kind: 'constant', value: { kind: 'int', value: BigInt(v), type: element }, type: element, span }));
  const all: Pat = { kind: 'slice', prefix, rest: null, open: false, suffix: [], type: inner, span };
  return type.kind === 'ref' ? { kind: 'deref', inner: all, type, span } : all;
}

