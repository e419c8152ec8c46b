/**
 * E0308: expected one type, found another. Says where the expectation comes from, and offers the edit when one repairs it.
 * Silent when either type is an error already.
 */
import { around, before, behind } from '../report/edits.ts';
import { problem, type Edit, type Fix, type Label } from '../report/problem.ts';
import type { NodeId } from '../syntax/tree.ts';
import { after, type Span } from '../text/span.ts';
import { derefOnce } from './autoderef.ts';
import { probe } from './infer.ts';
import { holds } from './solve.ts';
import { ERROR, HAS_ERROR, parts, type Type } from './type.ts';
import { known, resolved, show, written, type Typing } from './typing.ts';
import { unify } from './unify.ts';
import { lang } from './universe.ts';

/** What is known of an expectation. */
export interface Expected {
  /** The place that fixed it, and in what words. */
  readonly fixed?: Span | null;
  readonly fixedText?: string;
  /** The branch that gave the type. */
  readonly branch?: Span | null;
  readonly first?: Span | null;
}

export function mismatch(t: Typing, _id: NodeId, span: Span, expected: Type, found: Type, why: Expected = {}): Type {
  const want = resolved(t, expected);
  const have = resolved(t, found);
  if (((want.flags | have.flags) & HAS_ERROR) !== 0) return ERROR;
  if (want.kind === 'infer' && want.of === 'type') {
    for (const v of t.cx.defining.values()) {
      if (resolved(t, v) !== want) continue;
      t.problems.push(problem('E0720', t.frame.resultSpan ?? span, {}, { label: 'this result type would have to contain itself' }));
      return ERROR;
    }
  }
  const draft = want.kind === 'fnPtr' && have.kind === 'closure' ? t.closures.find(c => c.def === have.def) : undefined;
  if (want.kind === 'fnPtr' && draft !== undefined && draft.signature.params.length !== want.signature.params.length) {
    const count = draft.signature.params.length;
    t.problems.push(problem('E0593', draft.expr.head, { have: String(count), want: String(want.signature.params.length), what: 'closure' }, { label: `takes ${count} argument${count === 1 ? '' : 's'}` }));
    return ERROR;
  }
  const labels: Label[] = [];
  if (why.fixed !== undefined && why.fixed !== null) labels.push({ span: why.fixed, text: why.fixedText ?? `\`${show(t, want)}\` is expected because of this` });
  else if (why.branch !== undefined && why.branch !== null && why.branch.start !== span.start) labels.push({ span: why.branch, text: 'the type was fixed here' });
  t.problems.push(problem('E0308', span, { expected: show(t, want), found: show(t, have) }, {
    label: `expected \`${show(t, want)}\`, found \`${show(t, have)}\``,
    labels,
    fixes: fixesFor(t, span, want, have),
    notes: notesFor(t, want, have),
  }));
  return ERROR;
}

function fixesFor(t: Typing, span: Span, want: Type, have: Type): Fix[] {
  const same = (a: Type, b: Type): boolean => probe(t.cx.infer, () => unify(t.cx.infer, a, b));
  const text = written(t, span);
  const one = (title: string, edits: readonly Edit[]): Fix[] => [{ title, certain: false, edits }];
  const wrapped = (name: string): Type | null => (want.kind === 'adt' && t.u.langOf.get(want.def) === name && want.args[0] !== undefined ? want.args[0] : null);
  if (want.kind === 'ref' && same(want.inner, have)) return one('borrow it', before(span, text, want.mutable ? '&mut ' : '&'));
  if (want.kind === 'ref' && want.inner.kind === 'str' && have.kind === 'adt' && t.u.langOf.get(have.def) === 'String') return one('borrow it', before(span, text, '&'));
  if (want.kind === 'ref' && want.inner.kind === 'slice' && !want.mutable && have.kind === 'array' && same(want.inner.element, have.element)) return one('borrow it', before(span, text, '&'));
  if (have.kind === 'ref' && same(have.inner, want)) {
    // `&x` where `x` is asked for: the sign goes.
    if (/^&(?!\s*mut\b)\s*[\p{L}_(\d]/u.test(text) && behind(span, text.slice(1).trim(), '').length === 1) return one('leave the `&` out', [{ span: { ...span, end: span.start + text.length - text.slice(1).trimStart().length }, text: '' }]);
    if (isCopy(t, want)) return one('dereference it', before(span, text, '*'));
    if (implementsLang(t, 'clone', want)) return one('clone it', behind(span, text, '.clone()'));
  }
  if (have.kind === 'ref' && have.inner.kind === 'str' && want.kind === 'adt' && t.u.langOf.get(want.def) === 'String') return one('make a `String` of it', behind(span, text, '.to_string()'));
  if (have.kind === 'char' && want.kind === 'adt' && t.u.langOf.get(want.def) === 'String') return one('make a `String` of it', behind(span, text, '.to_string()'));
  const option = wrapped('Option');
  if (option !== null && same(option, have)) return one('wrap it in `Some`', around(span, 'Some(', ')'));
  const result = wrapped('Result');
  if (result !== null && same(result, have)) return one('wrap it in `Ok`', around(span, 'Ok(', ')'));
  const boxed = wrapped('owned_box');
  if (boxed !== null && same(boxed, have)) return one('put it in a `Box`', around(span, 'Box::new(', ')'));
  if (have.kind === 'adt' && t.u.langOf.get(have.def) === 'owned_box' && have.args[0] !== undefined && same(have.args[0], want)) return one('take it out of the `Box`', before(span, text, '*'));
  const literal = /^-?\d[\d_]*$/.test(text);
  if (want.kind === 'float' && literal && have.kind !== 'float') return one('write it as a float', [{ span: after(span), text: '.0' }]);
  if (want.kind === 'int' && have.kind === 'int' && literal) return [];
  if (want.kind === 'char' && have.kind === 'ref' && have.inner.kind === 'str' && /^"(?:[^"\\']|\\[^"])"$/u.test(text)) return one('a character stands in single quotes', [{ span, text: `'${text.slice(1, -1)}'` }]);
  if (want.kind === 'ref' && want.inner.kind === 'str' && have.kind === 'char' && /^'[^"\\]'$/u.test(text)) return one('a text stands in double quotes', [{ span, text: `"${text.slice(1, -1)}"` }]);
  if (want.kind === 'int' && have.kind === 'int') {
    const lossless = widens(have.name, want.name);
    return one(`convert it to \`${show(t, want)}\``, lossless ? behind(span, text, '.into()') : [...behind(span, text, ''), { span: after(span), text: ` as ${show(t, want)}` }]);
  }
  if ((want.kind === 'int' || want.kind === 'float') && (have.kind === 'int' || have.kind === 'float' || (have.kind === 'infer' && have.of !== 'type'))) return one(`convert it to \`${show(t, want)}\``, [...behind(span, text, ''), { span: after(span), text: ` as ${show(t, want)}` }]);
  if (want.kind === 'bool' && (have.kind === 'int' || (have.kind === 'infer' && have.of === 'int'))) return one('compare it with 0', [...behind(span, text, ''), { span: after(span), text: ' != 0' }]);
  return [];
}

const isCopy = (t: Typing, type: Type): boolean => implementsLang(t, 'copy', type);

function implementsLang(t: Typing, name: string, type: Type): boolean {
  const trait = lang(t.u, name);
  return trait !== null && probe(t.cx.infer, () => holds(t.cx, { trait, args: [type] }) === 'yes');
}

/** Every value of `from` is one of `to`, and the library has the `From`. */
function widens(from: string, to: string): boolean {
  const bits = (name: string): number => Number(/\d+$/.exec(name)?.[0] ?? 0);
  if (bits(from) === 0 || bits(to) === 0) return false;
  return bits(to) > bits(from) && (from.startsWith('u') || to.startsWith('i'));
}

/** The smallest parts in which two types of one shape differ; the types themselves when their shapes do. */
function differences(want: Type, have: Type): readonly (readonly [Type, Type])[] {
  if (want === have || want.kind === 'infer' || have.kind === 'infer') return [];
  const same = want.kind === have.kind
    && (want.kind !== 'adt' || (have.kind === 'adt' && want.def === have.def))
    && ((want.kind !== 'ref' && want.kind !== 'ptr') || ((have.kind === 'ref' || have.kind === 'ptr') && want.mutable === have.mutable))
    && (want.kind === 'adt' || want.kind === 'ref' || want.kind === 'ptr' || want.kind === 'tuple' || want.kind === 'array' || want.kind === 'slice' || want.kind === 'fnPtr');
  const a = parts(want);
  const b = parts(have);
  if (!same || a.length !== b.length) return [[want, have]];
  return a.flatMap((x, i) => differences(x, b[i] ?? x));
}

function notesFor(t: Typing, want: Type, have: Type): string[] {
  const apart = differences(want, have);
  const inside = apart[0]?.[0] === want ? [] : apart.slice(0, 3).map(([x, y]) => `they differ in \`${show(t, x)}\` and \`${show(t, y)}\``);
  return [...inside, ...hintsFor(t, want, have)];
}

function hintsFor(t: Typing, want: Type, have: Type): string[] {
  if (want.kind === 'closure' && have.kind === 'closure') return ['no two closures have the same type, even when they look alike', 'box them to use them as one: `Box[dyn Fn(…) -> …]`'];
  const inner = known(t, have);
  if (inner.kind === 'adt' && derefOnce(t, have) !== null && want.kind === derefOnce(t, have)?.to.kind) return [`\`${show(t, have)}\` can be dereferenced with \`*\``];
  return [];
}
