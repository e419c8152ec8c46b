/**
 * Closures: the signature comes from what is expected (a bound that waits, a function pointer, an object) before the body is
 * checked; kind and captures come at the end, from `captures.ts`. In: the closure and what is expected. Out: its type.
 */
import { lowerType } from '../names/lower.ts';
import { KEEP } from '../names/regions.ts';
import type { ClosureExpr } from '../syntax/tree.ts';
import { branches, mergedType, push } from './coerce.ts';
import { fnTraitKind, type OpenClosure } from './builtin.ts';
import type { ClosureFacts } from './facts.ts';
import { keeping, lowering, requireWritten } from './method.ts';
import { opaqueBounds } from './solve.ts';
import { eraseRegions, ERROR, HAS_REGION, intern, NEVER, region, type DefId, type FnSignature, type Type } from './type.ts';
import { adjust, expected, fresh, has, known, normal, NONE, type DraftClosure, type Expect, type Frame, type Typing } from './typing.ts';
import { identityArgs, instantiate, isLang } from './universe.ts';
import { unify } from './unify.ts';
import { solvePending } from './fulfil.ts';

interface Expected {
  readonly params: readonly Type[] | null;
  readonly result: Type | null;
  readonly kind: ClosureFacts['kind'] | null;
}

export function checkClosure(t: Typing, e: ClosureExpr, expect: Expect): Type {
  const want = expected(t, expect);
  // Where the callee is wrong already, nothing is said of what its closures lack.
  const silent = want !== null && want.kind === 'error';
  const wanted = want === null || expect.kind === 'discard' ? { params: null, result: null, kind: null } : deduce(t, want);
  // In a session by its node, so that it is called the same when lines before it are not looked at.
  const def = `${t.body.owner}::{closure#${t.stood === null ? t.closures.length : e.id}}` as DefId;
  const type = intern({ kind: 'closure', def, args: identityArgs(t.u, t.body.owner) });
  const count = wanted.params !== null && wanted.params.length === e.params.length;
  // A lifetime that is left out is any lifetime, but where what is expected says which.
  let anonymous = 0;
  const regions = count ? KEEP : { ...KEEP, elided: () => region({ of: 'bound', depth: 0, index: anonymous++, name: "'_" }) };
  const kept: (Type | null)[] = [];
  let fits = true;
  const params = e.params.map((p, i): Type => {
    const given = count ? (wanted.params?.[i] ?? null) : null;
    if (p.type === null) {
      kept.push(null);
      return given ?? (silent ? ERROR : fresh(t, p.pattern.span, 'closureParam'));
    }
    const lowered = lowerType(p.type, { ...lowering(t), regions });
    kept.push((lowered.flags & HAS_REGION) === 0 ? null : lowered);
    const written = normal(t, eraseRegions(lowered), { span: p.type.span, why: { kind: 'other' } });
    requireWritten(t, written, p.type.span);
    // What is written decides; what is expected fills in its blanks. Where they differ the bound complains.
    if (given !== null && !unify(t.cx.infer, written, given)) fits = false;
    return written;
  });
  const loweredResult = e.result === null ? null : lowerType(e.result, keeping(t));
  const written = e.result === null || loweredResult === null ? null : normal(t, eraseRegions(loweredResult), { span: e.result.span, why: { kind: 'other' } });
  const result = written ?? (wanted.result !== null && count && fits ? wanted.result : fresh(t, e.head, 'closureResult'));
  const signature: FnSignature = { params, result, isUnsafe: false, abi: null };
  const open: OpenClosure = { def, signature, kind: wanted.kind, stored: null, expectedKind: wanted.kind };
  t.cx.open.set(def, open);
  t.cx.loose.add(def);
  const draft: DraftClosure = { expr: e, def, signature, type, parent: t.closure, mentions: new Map(), written: kept, writtenResult: loweredResult !== null && (loweredResult.flags & HAS_REGION) !== 0 ? loweredResult : null };
  t.closures.push(draft);

  const outer = { frame: t.frame, bodyBlock: t.bodyBlock, diverges: t.diverges, closure: t.closure, unsafeDepth: t.unsafeDepth };
  const returns = branches(result, e.result?.span ?? null);
  t.frame = { kind: 'closure', result, returns, resultSpan: e.result?.span ?? null } satisfies Frame;
  t.bodyBlock = e.body.id;
  t.diverges = false;
  t.closure = draft;
  e.params.forEach((p, i) => { t.rules.pattern(t, p.pattern, params[i] ?? ERROR, p.type?.span ?? null); });
  finishBody(t, e, result, returns);
  t.frame = outer.frame;
  t.bodyBlock = outer.bodyBlock;
  t.diverges = outer.diverges;
  t.closure = outer.closure;
  t.unsafeDepth = outer.unsafeDepth;
  return type;
}

/** The body's value is the closure's result. */
function finishBody(t: Typing, e: ClosureExpr, result: Type, returns: ReturnType<typeof branches>): void {
  const k = known(t, result);
  if (k.kind === 'infer' && k.of === 'type') {
    const type = t.rules.block(t, e.body, NONE);
    const value = known(t, type);
    const last = e.body.statements[e.body.statements.length - 1];
    if (value.kind === 'never') {
      // Only `return` gives a value, or nothing does.
      const merged = mergedType(t, returns);
      // Nothing does: the result is whatever is asked for, and `!` when nothing asks.
      if (returns.merged === null || known(t, merged) === NEVER) {
        const open = known(t, result);
        if (open.kind === 'infer') t.cx.infer.diverging.add(open.index);
        if (last?.kind === 'expr') adjust(t, last.expr.id, [{ kind: 'neverToAny', target: result }]);
      }
      return;
    }
    const id = last?.kind === 'expr' ? last.expr.id : e.body.id;
    push(t, returns, id, last?.span ?? e.body.span, type);
    return;
  }
  t.rules.block(t, e.body, has(result));
}

/** What an expected type says of a closure. */
function deduce(t: Typing, want: Type): Expected {
  switch (want.kind) {
    case 'fnPtr': return { params: want.signature.params, result: want.signature.result, kind: null };
    case 'dyn': {
      if (want.principal === null) return { params: null, result: null, kind: null };
      const kind = fnTraitKind(t.u, want.principal.trait);
      const input = want.principal.args[0];
      if (kind === null || input === undefined) return { params: null, result: null, kind: null };
      return { params: tupleParts(t, input), result: want.projections[0]?.type ?? null, kind };
    }
    case 'infer': return fromPending(t, want);
    case 'opaque': return fromOpaque(t, want.def, want.args);
    case 'adt': return { params: null, result: null, kind: null };
    default: return { params: null, result: null, kind: null };
  }
}

const tupleParts = (t: Typing, input: Type): readonly Type[] | null => {
  const k = known(t, input);
  return k.kind === 'tuple' ? k.elements : null;
};

/** Bounds that wait for the variable the closure is to be: `?F: FnMut(A) -> B`. */
function fromPending(t: Typing, variable: Type): Expected {
  solvePending(t);
  let params: readonly Type[] | null = null;
  let result: Type | null = null;
  let kind: ClosureFacts['kind'] | null = null;
  for (const p of t.pending) {
    const g = p.goal;
    if (g.kind === 'trait' && known(t, g.ref.args[0] ?? ERROR) === variable) {
      const k = fnTraitKind(t.u, g.ref.trait);
      const input = g.ref.args[1];
      if (k === null || input === undefined) {
        // A bound whose trait has a Fn bound of its own: `F: Callback` with `trait Callback: Fn(i32)`.
        continue;
      }
      kind ??= k;
      params ??= tupleParts(t, input);
    } else if (g.kind === 'projection' && known(t, g.args[0] ?? ERROR) === variable) {
      const item = t.u.definitions.byId.get(g.item);
      if (item === undefined || !isLang(t.u, item.parent, 'fn_once') || g.args[1] === undefined) continue;
      params ??= tupleParts(t, g.args[1]);
      result ??= g.type;
    }
  }
  return { params, result, kind };
}

function fromOpaque(t: Typing, def: DefId, args: readonly Type[]): Expected {
  let params: readonly Type[] | null = null;
  let result: Type | null = null;
  let kind: ClosureFacts['kind'] | null = null;
  for (const p of opaqueBounds(t.u, def)) {
    if (p.kind === 'trait') {
      const k = fnTraitKind(t.u, p.ref.trait);
      if (k === null || p.ref.args[1] === undefined) continue;
      kind = k;
      params = tupleParts(t, instantiate(p.ref.args[1], args));
    } else if (p.kind === 'projection') result = instantiate(p.type, args);
  }
  return { params, result, kind };
}
