/**
 * Expressions: one switch from kind to rule. In: an expression and what is expected of it. Out: its type before adjustments.
 * An expression of type `!` ends what is reachable. Each rule writes its own facts; this file writes `types`.
 */
import { lowerType } from '../names/lower.ts';
import type { Expr, Literal } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { checkArray, checkField, checkRange, checkRepeat, checkStruct, checkTuple } from './aggregate.ts';
import { checkAssign, checkStatement } from './block.ts';
import { checkCall, checkMethodCall } from './call.ts';
import { deferCast } from './cast.ts';
import { freshVar } from './infer.ts';
import { coerce } from './coerce.ts';
import { checkBreak, checkCondition, checkDo, checkFor, checkIf, checkLoop, checkMatch, checkReturn, checkTry, checkWhile, diverge } from './control.ts';
import { keeping, markMutable } from './method.ts';
import { checkBinary, checkDeref, checkIndex, checkUnary } from './operator.ts';
import { leadsToFunction, pathValue } from './path.ts';
import { isPlace } from './place.ts';
import { array, BOOL, CHAR, constant, eraseRegions, ERROR, float, HAS_INFER, HAS_REGION, int, mapParts, ptr, ref as refTo, STR, U8, UNIT, USIZE, type FloatName, type IntName, type Type } from './type.ts';
import { bare, expected, fresh, has, hint, known, NONE, normal, report, setType, type Expect, type Typing } from './typing.ts';

export function checkExpr(t: Typing, e: Expr, expect: Expect): Type {
  const before = t.diverges;
  t.diverges = false;
  const type = kindOf(t, e, expect);
  if (known(t, type).kind === 'never') t.diverges = true;
  t.diverges ||= before;
  return setType(t, e.id, type);
}

export const checkCoerced = (t: Typing, e: Expr, type: Type): Type => coerce(t, e.id, e.span, checkExpr(t, e, has(type)), type);

function kindOf(t: Typing, e: Expr, expect: Expect): Type {
  switch (e.kind) {
    case 'literal': return literal(t, e, expect);
    case 'pathExpr': return pathValue(t, e.path, null, [e.path.id]).type;
    case 'unary': return checkUnary(t, e, expect);
    case 'binary': return checkBinary(t, e);
    case 'logical': {
      checkCondition(t, e.left);
      const left = t.diverges;
      checkCondition(t, e.right);
      t.diverges = left;
      return BOOL;
    }
    case 'is': {
      const type = t.rules.expr(t, e.value, NONE);
      t.rules.pattern(t, e.pattern, type, e.value.span);
      return BOOL;
    }
    case 'letCondition': {
      const type = t.rules.expr(t, e.value, NONE);
      t.rules.pattern(t, e.pattern, type, e.value.span);
      return BOOL;
    }
    case 'cast': {
      const lowered = lowerType(e.type, keeping(t));
      if ((lowered.flags & HAS_REGION) !== 0) t.facts.annotations.set(e.id, lowered);
      const target = normal(t, eraseRegions(lowered), { span: e.type.span, why: { kind: 'other' } });
      // What a reference leads to is no cast's to say.
      const type = t.rules.expr(t, e.value, bare(e.value).kind === 'borrow' || bare(e.value).kind === 'tuple' ? NONE : hint(target));
      deferCast(t, e, type, target);
      const k = known(t, target);
      return k.kind === 'slice' || k.kind === 'str' || k.kind === 'dyn' ? ERROR : target;
    }
    case 'borrow': return borrow(t, e, expect);
    case 'rawBorrow': {
      // The address of a static alone is no access.
      const address = bare(e.place).kind === 'pathExpr' ? 1 : 0;
      t.unsafeDepth += address;
      const type = t.rules.expr(t, e.place, NONE);
      t.unsafeDepth -= address;
      if (e.mutable) markMutable(t, e.place);
      if (!isPlace(t, e.place) && known(t, type).kind !== 'error') report(t, 'E0745', e.place.span, {}, { label: 'temporary value' });
      return ptr(type, e.mutable);
    }
    case 'deref': return checkDeref(t, e);
    case 'call': return checkCall(t, e, expect);
    case 'methodCall': return checkMethodCall(t, e, expect);
    case 'field': return checkField(t, e);
    case 'index': {
      const written = t.table.typeArgs.get(e.id);
      const base = bare(e.base);
      if (written !== undefined && base.kind === 'pathExpr' && (written.certain || leadsToFunction(t, base.path))) {
        t.facts.typeApplications.add(e.id);
        const value = pathValue(t, base.path, written.args, [e.id, base.path.id]);
        setType(t, e.base.id, value.type);
        return setType(t, base.id, value.type);
      }
      return checkIndex(t, e);
    }
    case 'try': return checkTry(t, e);
    case 'range': return checkRange(t, e, expect);
    case 'tuple': return checkTuple(t, e, expect);
    case 'paren': return t.rules.expr(t, e.inner, expect);
    case 'array': return checkArray(t, e, expect);
    case 'repeat': return checkRepeat(t, e, expect);
    case 'struct': return checkStruct(t, e, expect);
    case 'do': return checkDo(t, e, expect);
    case 'unsafe': {
      t.unsafeDepth++;
      const type = t.rules.block(t, e.body, expect);
      t.unsafeDepth--;
      return type;
    }
    case 'if': return checkIf(t, e, expect);
    case 'match': return checkMatch(t, e, expect);
    case 'while': return checkWhile(t, e);
    case 'loop': return checkLoop(t, e, expect);
    case 'for': return checkFor(t, e);
    case 'closure': return t.rules.closure(t, e, expect);
    case 'return': return checkReturn(t, e);
    case 'break': return checkBreak(t, e);
    case 'continue': return diverge(t);
    case 'assignExpr': {
      if (e.statement.kind === 'assign') checkAssign(t, e.statement.target, e.statement.value);
      else checkStatement(t, e.statement);
      return UNIT;
    }
    case 'namedArg':
      t.rules.expr(t, e.value, NONE);
      return report(t, 'E0061', e.span, { what: 'function', expected: 'arguments without names', found: 'a named one' });
    case 'underscore': {
      const stood = t.stood?.get(e.id);
      return stood === undefined ? ERROR : renumbered(t, e.span, stood);
    }
    case 'typeExpr': case 'error': return ERROR;
  }
}

/** The type of a value that an earlier line left; numbers that nobody decided yet are open here too, the same ones the same. */
function renumbered(t: Typing, span: Span, type: Type): Type {
  if ((type.flags & HAS_INFER) === 0) return type;
  if (type.kind !== 'infer') return mapParts(type, part => renumbered(t, span, part));
  const known = t.stoodNumbers.get(type.index);
  if (known !== undefined) return known;
  const made = freshVar(t.cx.infer, { span, what: { kind: 'literal' } }, type.of);
  t.stoodNumbers.set(type.index, made);
  return made;
}

function literal(t: Typing, e: Expr & { readonly kind: 'literal' }, expect: Expect): Type {
  const want = expected(t, expect);
  const v: Literal = e.value;
  switch (v.kind) {
    case 'int': {
      const type = intType(t, e, v.suffix, want, expect);
      if (type.kind === 'int' || type.kind === 'infer') t.literals.push({ id: e.id, span: e.span, digits: v.digits, negative: false, type });
      return type;
    }
    case 'float': return v.suffix !== null ? float(v.suffix as FloatName) : want?.kind === 'float' ? want : fresh(t, e.span, 'literal', 'float');
    case 'bool': return BOOL;
    case 'char': return CHAR;
    case 'byte': return U8;
    case 'string': return refTo(STR);
    case 'bytes': return refTo(array(U8, constant(BigInt(v.value.length))));
    case 'cstring': return ptr(U8, false);
    case 'null': return want?.kind === 'ptr' ? want : ptr(fresh(t, e.span), true);
  }
}

function intType(t: Typing, e: Expr, suffix: string | null, want: Type | null, expect: Expect): Type {
  if (suffix !== null) return suffix.startsWith('f') ? float(suffix as FloatName) : int(suffix as IntName);
  if (want?.kind === 'int') return want;
  // `65 as char` is a byte, `0x40 as *mut T` an address.
  if (expect.kind === 'hint' && want?.kind === 'char') return U8;
  if (expect.kind === 'hint' && (want?.kind === 'ptr' || want?.kind === 'fnPtr')) return USIZE;
  return fresh(t, e.span, 'literal', 'int');
}

function borrow(t: Typing, e: Expr & { readonly kind: 'borrow' }, expect: Expect): Type {
  const want = expected(t, expect);
  const inner = (want?.kind === 'ref' || want?.kind === 'ptr') && expect.kind !== 'discard' ? known(t, want.inner) : null;
  // A place keeps its own type; of a value the expectation is a hint at most, because the reference may still be coerced.
  const type = t.rules.expr(t, e.place, inner === null || inner.kind === 'infer' ? NONE : hint(inner));
  if (e.mutable) markMutable(t, e.place);
  return refTo(type, e.mutable);
}
