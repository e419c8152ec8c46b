/**
 * E0308: expected one type, found another. Says where the expectation comes from, and offers the edit when one repairs it.
 * Silent when either type is an error already.
 */
import { problem, type Fix, type Label } from '../report/problem.ts';
import type { NodeId } from '../syntax/tree.ts';
import { after, type Span } from '../text/span.ts';
import { derefOnce } from './autoderef.ts';
import { probe } from './infer.ts';
import { ERROR, HAS_ERROR, parts, type Type } from './type.ts';
import { known, resolved, show, type Typing } from './typing.ts';
import { unify } from './unify.ts';

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
  if (want.kind === 'infer') {
    for (const v of t.cx.defining.values()) {
      if (resolved(t, v) !== want) continue;
      t.problems.push(problem('E0720', t.frame.resultSpan ?? span, {}, { label: 'this result type would have to contain itself' }));
      return ERROR;
    }
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
  const at: Span = { ...span, end: span.start };
  if (want.kind === 'ref' && same(want.inner, have)) return [{ title: 'borrow it', certain: false, edits: [{ span: at, text: want.mutable ? '&mut ' : '&' }] }];
  if (have.kind === 'ref' && same(have.inner, want)) {
    if (want.kind === 'int' || want.kind === 'float' || want.kind === 'bool' || want.kind === 'char') return [{ title: 'dereference it', certain: false, edits: [{ span: at, text: '*' }] }];
    if (want.kind !== 'str' && want.kind !== 'slice' && want.kind !== 'dyn') return [{ title: 'clone it', certain: false, edits: [{ span: after(span), text: '.clone()' }] }];
  }
  if (have.kind === 'ref' && have.inner.kind === 'str' && want.kind === 'adt' && t.u.langOf.get(want.def) === 'String') return [{ title: 'make a `String` of it', certain: false, edits: [{ span: after(span), text: '.to_string()' }] }];
  if (want.kind === 'adt' && want.args[0] !== undefined && t.u.langOf.get(want.def) === 'Option' && same(want.args[0], have)) return [{ title: 'wrap it in `Some`', certain: false, edits: [{ span: at, text: 'Some(' }, { span: after(span), text: ')' }] }];
  if (want.kind === 'adt' && want.args[0] !== undefined && t.u.langOf.get(want.def) === 'Result' && same(want.args[0], have)) return [{ title: 'wrap it in `Ok`', certain: false, edits: [{ span: at, text: 'Ok(' }, { span: after(span), text: ')' }] }];
  if (want.kind === 'adt' && want.args[0] !== undefined && t.u.langOf.get(want.def) === 'owned_box' && same(want.args[0], have)) return [{ title: 'put it in a `Box`', certain: false, edits: [{ span: at, text: 'Box::new(' }, { span: after(span), text: ')' }] }];
  if (want.kind === 'float' && have.kind === 'infer' && t.literals.some(l => l.span === span)) return [{ title: 'write it as a float', certain: false, edits: [{ span: after(span), text: '.0' }] }];
  if ((want.kind === 'int' || want.kind === 'float') && (have.kind === 'int' || have.kind === 'float')) return [{ title: `convert it to \`${show(t, want)}\``, certain: false, edits: [{ span: after(span), text: ` as ${show(t, want)}` }] }];
  return [];
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
