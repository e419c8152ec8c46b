/**
 * Blocks and statements. A block's value is its last expression; where `()` is expected any value will do and is dropped.
 * In: a block and what is expected of it. Out: its type; `!` when its end cannot be reached.
 * Errors: E0308 E0070 E0067 E0317.
 */
import { lowerType } from '../names/lower.ts';
import type { Block, Expr, Statement } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { coerce } from './coerce.ts';
import { solvePending } from './fulfil.ts';
import { KEEP } from '../names/regions.ts';
import { lowering, requireWritten, markMutable } from './method.ts';
import { mismatch } from './mismatch.ts';
import { checkCompound } from './operator.ts';
import { isPlace } from './place.ts';
import { adt, eraseRegions, ERROR, HAS_PROJECTION, HAS_REGION, NEVER, tuple, UNIT, type Type } from './type.ts';
import { bare, DISCARD, fresh, has, known, NONE, normal, report, setType, type Expect, type Typing } from './typing.ts';
import { structPath } from './pattern.ts';
import { instantiate, variantsOf } from './universe.ts';
import { pathValue } from './path.ts';

/** Whether any value will do. */
export const isDiscard = (t: Typing, e: Expect): boolean => e.kind === 'discard' || (e.kind === 'has' && known(t, e.type) === UNIT);

export function checkBlock(t: Typing, b: Block, expect: Expect): Type {
  const traits = t.traits;
  t.traits = t.table.blockTraits.get(b.id) ?? traits;
  const type = valueOf(t, b, expect);
  t.traits = traits;
  return setType(t, b.id, type);
}

function valueOf(t: Typing, b: Block, expect: Expect): Type {
  const last = b.statements[b.statements.length - 1];
  const tail = last?.kind === 'expr' ? last.expr : null;
  for (const s of b.statements) if (s !== last || tail === null) checkStatement(t, s);
  if (tail === null) {
    if (t.diverges) return NEVER;
    if (expect.kind === 'has' && !isDiscard(t, expect)) {
      const k = known(t, expect.type);
      if (k.kind === 'infer') coerce(t, b.id, b.span, UNIT, k);
      else {
        const at = missingValue(t, b);
        mismatch(t, b.id, at.span, k, UNIT, at.fixed === null ? {} : { fixed: at.fixed, fixedText: 'its body ends without a value' });
        return ERROR;
      }
    }
    return UNIT;
  }
  if (isDiscard(t, expect)) {
    const type = known(t, t.rules.expr(t, tail, DISCARD));
    if (last !== undefined) setType(t, last.id, type);
    return type.kind === 'never' || (t.diverges && type !== UNIT) ? NEVER : UNIT;
  }
  const type = t.rules.expr(t, tail, expect);
  if (expect.kind !== 'has') return type;
  const k = known(t, type);
  // Where the end is never reached, nothing is wrong with what stands there.
  if (t.diverges && known(t, expect.type) === NEVER) return NEVER;
  // A value that never comes does not decide what the block is.
  if (k.kind === 'never' && known(t, expect.type).kind === 'infer') return NEVER;
  const to = known(t, expect.type);
  const isBody = t.bodyBlock === b.id;
  coerce(t, tail.id, tail.span, type, to, isBody && t.frame.resultSpan !== null ? { fixed: t.frame.resultSpan, fixedText: 'the result type says so' } : {});
  return k.kind === 'never' ? NEVER : expect.type;
}

/** Where to say that a value is missing: at the result type of a function, else at the block's last line. */
function missingValue(t: Typing, b: Block): { span: Span; fixed: Span | null } {
  if (t.bodyBlock === b.id && t.frame.resultSpan !== null) return { span: t.frame.resultSpan, fixed: null };
  const last = b.statements[b.statements.length - 1];
  return { span: last?.span ?? b.span, fixed: null };
}

export function checkStatement(t: Typing, s: Statement): void {
  switch (s.kind) {
    case 'let': return checkLet(t, s);
    case 'expr': {
      setType(t, s.id, t.rules.expr(t, s.expr, DISCARD));
      return;
    }
    case 'assign': return checkAssign(t, s.target, s.value);
    case 'compound': return checkCompound(t, s);
    case 'defer': {
      const before = t.diverges;
      t.rules.expr(t, s.body, DISCARD);
      t.diverges = before;
      return;
    }
    case 'item': case 'pass': return;
  }
}

function checkLet(t: Typing, s: Statement & { readonly kind: 'let' }): void {
  const lowered = s.type === null ? null : lowerType(s.type, { ...lowering(t), regions: KEEP });
  if (lowered !== null && (lowered.flags & (HAS_REGION | HAS_PROJECTION)) !== 0) t.facts.annotations.set(s.id, lowered);
  const written = s.type === null || lowered === null ? null : normal(t, eraseRegions(lowered), { span: s.type.span, why: { kind: 'other' } });
  if (written !== null && s.type !== null) requireWritten(t, written, s.type.span);
  const type = written ?? fresh(t, s.pattern.span, 'pattern');
  setType(t, s.id, type);
  if (s.value !== null) {
    const found = t.rules.expr(t, s.value, has(type));
    const done = coerce(t, s.value.id, s.value.span, found, type, s.type === null ? {} : { fixed: s.type.span, fixedText: 'expected due to this' });
    t.rules.pattern(t, s.pattern, written === null && done.kind === 'error' ? ERROR : type, s.value.span);
  } else t.rules.pattern(t, s.pattern, type, null);
  if (s.orElse !== null) {
    const before = t.diverges;
    t.diverges = false;
    const other = known(t, checkBlock(t, s.orElse, NONE));
    if (!t.diverges && other.kind !== 'never') mismatch(t, s.orElse.id, s.orElse.statements[s.orElse.statements.length - 1]?.span ?? s.orElse.span, NEVER, other);
    t.diverges = before;
  }
}

// ------------------------------------------------------------------ assignment

export function checkAssign(t: Typing, target: Expr, value: Expr): void {
  if (destructures(target)) {
    const type = targetType(t, target);
    const found = t.rules.expr(t, value, has(type));
    assignParts(t, target, value, known(t, found), type);
    return;
  }
  const type = t.rules.expr(t, target, NONE);
  const k = known(t, type);
  if (!isPlace(t, target) && k.kind !== 'error') {
    report(t, 'E0070', target.span, {}, { label: 'cannot be assigned to' });
    t.rules.expr(t, value, NONE);
    return;
  }
  markMutable(t, target);
  const found = t.rules.expr(t, value, has(type));
  coerce(t, value.id, value.span, found, type, { fixed: target.span, fixedText: 'this has the type' });
}

function destructures(e: Expr): boolean {
  const b = bare(e);
  return b.kind === 'tuple' || b.kind === 'array' || b.kind === 'underscore' || b.kind === 'struct' || (b.kind === 'call' && bare(b.callee).kind === 'pathExpr');
}

const isRest = (e: Expr): boolean => e.kind === 'range' && e.start === null && e.end === null;

/** Type of what may be assigned to the parts of `e`. With `..` its shape is not known from this side. */
function targetType(t: Typing, e: Expr): Type {
  const b = bare(e);
  let type: Type;
  switch (b.kind) {
    case 'underscore': type = fresh(t, b.span); break;
    case 'tuple': {
      const parts = b.elements.filter(x => !isRest(x)).map(x => targetType(t, x));
      type = parts.length === b.elements.length ? tuple(parts) : fresh(t, b.span);
      break;
    }
    case 'array': {
      const element = fresh(t, b.span);
      for (const x of b.elements) if (!isRest(x)) coerce(t, x.id, x.span, targetType(t, x), element);
      type = fresh(t, b.span);
      break;
    }
    case 'struct': {
      const found = structPath(t, b.path);
      if (found === null || found.type.kind !== 'adt') return ERROR;
      const variant = variantsOf(t.u, found.type.def)[found.variant ?? 0];
      for (const f of b.fields) {
        const index = variant?.fields.findIndex(x => x.name === f.name.text) ?? -1;
        const field = variant?.fields[index];
        const part = targetType(t, f.value);
        if (field === undefined) continue;
        t.facts.fields.set(f.id, index);
        coerce(t, f.id, f.span, normal(t, instantiate(field.type, found.type.args), { span: f.span, why: { kind: 'other' } }), part);
      }
      type = found.type;
      break;
    }
    case 'call': {
      const callee = bare(b.callee);
      const value = callee.kind === 'pathExpr' ? pathValue(t, callee.path, null, [callee.path.id]) : null;
      if (value === null || value.resolution?.kind !== 'constructor') {
        // Not a pattern after all.
        t.rules.expr(t, e, NONE);
        return report(t, 'E0070', e.span, {}, { label: 'cannot be assigned to' });
      }
      const to = value.resolution;
      const variant = variantsOf(t.u, to.def)[to.variant ?? 0];
      b.args.forEach((x, i) => {
        const field = variant?.fields[i];
        const part = targetType(t, x);
        if (field !== undefined) coerce(t, x.id, x.span, normal(t, instantiate(field.type, to.args), { span: x.span, why: { kind: 'other' } }), part);
      });
      type = adt(to.def, to.args);
      break;
    }
    default: {
      type = t.rules.expr(t, b, NONE);
      if (!isPlace(t, b) && known(t, type).kind !== 'error') report(t, 'E0070', b.span, {}, { label: 'cannot be assigned to' });
      else markMutable(t, b);
    }
  }
  return setType(t, b.id, setType(t, e.id, type));
}

function assignParts(t: Typing, target: Expr, value: Expr, found: Type, type: Type): void {
  const b = bare(target);
  if (b.kind === 'tuple' && b.elements.some(isRest)) {
    solvePending(t);
    const k = known(t, found);
    if (k.kind !== 'tuple') {
      if (k.kind !== 'error') mismatch(t, value.id, value.span, tuple(b.elements.filter(x => !isRest(x)).map(() => fresh(t, value.span))), k);
      return;
    }
    const at = b.elements.findIndex(isRest);
    b.elements.forEach((x, i) => {
      if (isRest(x)) return;
      const index = i < at ? i : k.elements.length - (b.elements.length - i);
      const part = k.elements[index];
      if (part !== undefined) coerce(t, x.id, x.span, part, t.facts.types.get(x.id) ?? ERROR);
    });
    coerce(t, value.id, value.span, k, type);
    return;
  }
  if (b.kind === 'array') {
    const k = known(t, found);
    const element = k.kind === 'array' || k.kind === 'slice' ? k.element : null;
    if (element !== null) for (const x of b.elements) if (!isRest(x)) coerce(t, x.id, x.span, element, t.facts.types.get(x.id) ?? ERROR);
  }
  coerce(t, value.id, value.span, found, type);
}
