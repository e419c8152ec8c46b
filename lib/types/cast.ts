/**
 * `e as T`: checked when all types of the body are known. A coercion where one does it; else between numbers, from `bool`,
 * `char`, `u8` and field-less enums, between pointers, and between pointers and `usize`.
 * Errors: E0604 E0605 E0606 E0607 E0054 E0620.
 */
import { before, behind } from '../report/edits.ts';
import type { Fix } from '../report/problem.ts';
import type { Expr } from '../syntax/tree.ts';
import { after } from '../text/span.ts';
import { coercion } from './coerce.ts';
import type { CastKind } from './facts.ts';
import { probe } from './infer.ts';
import { holds } from './solve.ts';
import { unify } from './unify.ts';
import { int, U8, type Type } from './type.ts';
import { adjust, isError, known, report, require, resolved, show, written, type Typing } from './typing.ts';
import { instantiate, lang, variantsOf } from './universe.ts';

type Cast = Expr & { readonly kind: 'cast' };

export function deferCast(t: Typing, e: Cast, from: Type, to: Type): void {
  t.casts.push(() => { checkCast(t, e, known(t, from), known(t, to)); });
}

function checkCast(t: Typing, e: Cast, from: Type, to: Type): void {
  if (isError(t, from) || isError(t, to)) return;
  if (from.kind === 'infer' && from.of === 'type') {
    report(t, 'E0282', e.value.span, { type: '_' }, { label: 'cannot infer type' });
    return;
  }
  if (from.kind === 'infer' && from.of === 'int' && to.kind === 'int') unify(t.cx.infer, from, to);
  if (to.kind === 'slice' || to.kind === 'str' || to.kind === 'dyn') {
    report(t, 'E0620', e.span, { from: show(t, from), to: show(t, to) }, { label: `\`${show(t, to)}\` has no size`, fixes: [{ title: 'cast to a reference', certain: false, edits: [{ span: { ...e.type.span, end: e.type.span.start }, text: '&' }] }] });
    return;
  }
  const done = coercion(t, from, to);
  if (done !== null) {
    adjust(t, e.value.id, done.steps);
    for (const g of done.goals) require(t, g, { span: e.span, why: { kind: 'coerce' } });
    t.facts.casts.set(e.id, 'none');
    return;
  }
  const kind = castKind(t, e, known(t, from), to);
  if (kind !== null) t.facts.casts.set(e.id, kind);
}

const isEnum = (t: Typing, k: Type): boolean => k.kind === 'adt' && t.u.definitions.byId.get(k.def)?.kind === 'enum' && variantsOf(t.u, k.def).every(v => v.fields.length === 0);

const numeric = (k: Type): boolean => k.kind === 'int' || k.kind === 'float' || (k.kind === 'infer' && k.of !== 'type');

const isWide = (t: Typing, pointee: Type): boolean => {
  const k = tailOf(t, resolved(t, pointee));
  return k.kind === 'slice' || k.kind === 'str' || k.kind === 'dyn';
};

/** The last field of structs, as far down as it goes: what makes a pointer wide. */
function tailOf(t: Typing, type: Type): Type {
  const d = type.kind === 'adt' ? t.u.definitions.byId.get(type.def) : undefined;
  const last = d?.kind === 'struct' ? d.variant.fields[d.variant.fields.length - 1] : undefined;
  return last === undefined || type.kind !== 'adt' ? type : tailOf(t, instantiate(last.type, type.args));
}

function castKind(t: Typing, e: Cast, from: Type, to: Type): CastKind | null {
  const a = show(t, from);
  const b = show(t, to);
  const invalid = (code: 'E0605' | 'E0606', notes: string[] = []): null => {
    const text = written(t, e.value.span);
    const fixes: Fix[] = [];
    // A number behind a reference; a value with a `From` for the type.
    if (from.kind === 'ref' && numeric(to) && (numeric(known(t, from.inner)) || known(t, from.inner).kind === 'bool' || known(t, from.inner).kind === 'char')) fixes.push({ title: 'dereference it', certain: false, edits: before(e.value.span, text, '*') });
    const trait = lang(t.u, 'from');
    const name = written(t, e.type.span);
    if (code === 'E0605' && trait !== null && to.kind === 'adt' && /^[\p{L}_][\p{L}\p{N}_:]*$/u.test(name) && probe(t.cx.infer, () => holds(t.cx, { trait, args: [to, from] }) === 'yes')) fixes.push({ title: `make one with \`${name}::from\``, certain: false, edits: [{ span: e.span, text: `${name}::from(${text})` }] });
    report(t, code, e.span, { from: a, to: b }, { label: code === 'E0605' ? 'only primitive types can be converted with `as`; or a coercion must exist' : 'invalid cast', notes, fixes });
    return null;
  };
  const isInt = (k: Type): boolean => k.kind === 'int' || (k.kind === 'infer' && k.of === 'int');
  if (to.kind === 'char') {
    if (from === U8) return 'numeric';
    if (from.kind === 'infer' && from.of === 'int') {
      unify(t.cx.infer, from, U8);
      return 'numeric';
    }
    if (numeric(from) || from.kind === 'bool' || from.kind === 'ptr' || from.kind === 'fnPtr' || from.kind === 'fnDef' || isEnum(t, from)) {
      const text = written(t, e.value.span);
      const fixes: Fix[] = from.kind !== 'int' ? [] : [from === int('u32')
        ? { title: 'ask whether it is one', certain: false, edits: [{ span: e.span, text: `char::from_u32(${text}).unwrap()` }] }
        : { title: 'keep its last byte', certain: false, edits: [...behind(e.value.span, text, ''), { span: after(e.value.span), text: ' as u8' }] }];
      report(t, 'E0604', e.span, { from: a }, { label: 'only `u8` can be made a `char` with `as`', notes: ['`char::from_u32` gives an `Option[char]` of any number'], fixes });
      return null;
    }
    return invalid(from.kind === 'ref' ? 'E0606' : 'E0605');
  }
  if (to.kind === 'bool') {
    if (numeric(from) || from.kind === 'char' || from.kind === 'ptr' || from.kind === 'fnPtr' || from.kind === 'fnDef' || isEnum(t, from)) {
      if (!numeric(from)) {
        report(t, 'E0054', e.span, { from: a }, { label: 'compare with something instead' });
        return null;
      }
      report(t, 'E0054', e.span, { from: a }, { label: 'compare with zero instead', fixes: [{ title: 'compare with zero', certain: false, edits: [{ span: { ...e.span, start: e.value.span.end }, text: ' != 0' }] }] });
      return null;
    }
    return invalid(from.kind === 'ref' ? 'E0606' : 'E0605');
  }
  if (to.kind === 'int' || to.kind === 'float') {
    if (numeric(from)) return 'numeric';
    if (from.kind === 'bool' || from.kind === 'char') {
      return to.kind === 'int' ? 'numeric' : invalid('E0606', ['cast through an integer first']);
    }
    if (isEnum(t, from)) return to.kind === 'int' ? 'enumToInt' : invalid('E0606', ['cast through an integer first']);
    if (from.kind === 'ptr') return to.kind !== 'int' ? invalid('E0606') : isWide(t, from.inner) ? invalid('E0606', ['cast to a thin pointer first']) : 'pointerToInt';
    if (from.kind === 'fnPtr' || from.kind === 'fnDef') return to.kind === 'int' ? 'fnToPointer' : invalid('E0606');
    if (from.kind === 'ref') {
      const inner = known(t, from.inner);
      return invalid('E0606', numeric(inner) || inner.kind === 'bool' || inner.kind === 'char' ? ['dereference it first: `*`'] : []);
    }
    return invalid('E0605');
  }
  if (to.kind === 'ptr') {
    if (from.kind === 'ptr') return pointers(t, e, from.inner, to.inner, a, b);
    if (from.kind === 'ref') {
      if (to.mutable && !from.mutable) return invalid('E0606');
      const inner = known(t, from.inner);
      // `&[T; N] as *const T`.
      if (inner.kind === 'array' && unify(t.cx.infer, inner.element, to.inner)) return 'pointerToPointer';
      return invalid('E0606');
    }
    if (isInt(from)) {
      if (isWide(t, to.inner)) return invalid('E0606', ['a wide pointer cannot be made from an integer']);
      return 'intToPointer';
    }
    if (from.kind === 'fnPtr' || from.kind === 'fnDef') return isWide(t, to.inner) ? invalid('E0606') : 'fnToPointer';
    return invalid(from.kind === 'bool' || from.kind === 'char' || from.kind === 'float' ? 'E0606' : 'E0605');
  }
  return invalid('E0605');
}

function pointers(t: Typing, e: Cast, from: Type, to: Type, a: string, b: string): CastKind | null {
  const x = isWide(t, from);
  const y = isWide(t, to);
  if (!x && y) {
    report(t, 'E0607', e.span, { from: a, to: b }, { label: 'a thin pointer cannot become a wide one' });
    return null;
  }
  if (x && y) {
    const p = tailOf(t, resolved(t, from));
    const q = tailOf(t, resolved(t, to));
    const lengths = (k: Type): boolean => k.kind === 'slice' || k.kind === 'str';
    if (!(lengths(p) && lengths(q)) && !(p.kind === 'dyn' && q.kind === 'dyn')) {
      report(t, 'E0606', e.span, { from: a, to: b }, { label: 'the pointers carry different things' });
      return null;
    }
  }
  return 'pointerToPointer';
}
