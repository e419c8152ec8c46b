/**
 * Calls: of functions, methods, closures and everything with an Fn trait. In: the call and what is expected of it. Out: its
 * type; callee and adjustments in the facts. Arguments are checked in two passes, closures last, so that what the others say
 * is known when a closure's body is read. Errors: E0060, E0061, E0617, E0057, E0599, E0618, E0040, E0133, E0689 and what coercions say.
 */
import type { Fix } from '../report/problem.ts';
import type { Expr, GenericArg, NodeId } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { autoderef, borrowAfter, derefAdjustments } from './autoderef.ts';
import { callSignature, closureParts, goal } from './builtin.ts';
import { coerce, coercion } from './coerce.ts';
import type { FnDef } from './definition.ts';
import { solvePending } from './fulfil.ts';
import { probe, rollback, snapshot } from './infer.ts';
import { confirmMethod, keepGiven, markMutable } from './method.ts';
import { noMethod, whereToWrite } from './missing.ts';
import { calledSignature, kindOf } from './path.ts';
import { printFnHead } from './print.ts';
import { findMethod } from './probe.ts';
import { evaluate } from './solve.ts';
import { array, constant, ERROR, HAS_INFER, NEVER, parts as partsOf, tuple, type DefId, type FnSignature, type Type } from './type.ts';
import { adjust, bare, fresh, has, hint, known, NONE, normal, report, require, resolved, settled, setType, show, type Expect, type Typing } from './typing.ts';
import { containerOf, definition, isLang, lang, traitItem } from './universe.ts';
import { unify } from './unify.ts';

type Call = Expr & { readonly kind: 'call' };
type MethodCall = Expr & { readonly kind: 'methodCall' };

export function checkCall(t: Typing, e: Call, expect: Expect): Type {
  const callee = bare(e.callee);
  if (callee.kind === 'pathExpr') {
    const res = t.table.values.get(callee.path.id);
    if (res?.res.kind === 'def' && t.u.definitions.byId.get(res.res.def)?.kind === 'builtin') {
      return t.rules.format(t, e, definition(t.u, res.res.def).name, expect);
    }
  }
  const asMethod = methodWithArguments(t, callee);
  if (asMethod !== null) return checkMethod(t, { id: e.id, span: e.span, callee, ...asMethod, args: e.args }, expect);
  const type = t.rules.expr(t, e.callee, NONE);
  return checkCallOf(t, e, settled(t, type, solvePending), expect);
}

/** `x.f[T](a)`: a method, unless `x` has a field `f`. */
function methodWithArguments(t: Typing, callee: Expr): { receiver: Expr; name: string; nameSpan: Span; written: readonly GenericArg[] } | null {
  if (callee.kind !== 'index') return null;
  const base = bare(callee.base);
  const written = t.table.typeArgs.get(callee.id);
  if (base.kind !== 'field' || written === undefined) return null;
  if (!written.certain && t.facts.types.get(base.value.id) === undefined) {
    const receiver = settled(t, t.rules.expr(t, base.value, NONE), solvePending);
    const chain = autoderef(t, receiver, true);
    const hasField = chain.types.some(k => k.kind === 'adt' && t.u.definitions.byId.get(k.def)?.kind === 'struct' && fieldNamed(t, k.def, base.name.text));
    if (hasField) return null;
  }
  t.facts.typeApplications.add(callee.id);
  return { receiver: base.value, name: base.name.text, nameSpan: base.name.span, written: written.args };
}

const fieldNamed = (t: Typing, def: DefId, name: string): boolean => {
  const d = t.u.definitions.byId.get(def);
  return d?.kind === 'struct' && d.variant.fields.some(f => f.name === name);
};

// ------------------------------------------------------------------ callees

function checkCallOf(t: Typing, e: Call, type: Type, expect: Expect): Type {
  const callee = bare(e.callee);
  const chain = autoderef(t, type);
  for (let i = 0; i < chain.types.length; i++) {
    const at = chain.types[i] as Type;
    const steps = chain.steps.slice(0, i);
    switch (at.kind) {
      case 'error': skip(t, e.args); return ERROR;
      case 'fnDef': case 'fnPtr': {
        adjust(t, e.callee.id, derefAdjustments(t, steps, false));
        const called = at.kind === 'fnDef' ? calledSignature(t, at, e.callee.span) : null;
        const raw = called?.signature ?? callSignature(t.cx, at);
        if (raw === null) return ERROR;
        const signature = called === null ? { ...raw, params: raw.params.map(p => normal(t, p, { span: e.span, why: { kind: 'call' } })), result: normal(t, raw.result, { span: e.span, why: { kind: 'call' } }) } : raw;
        if (signature.isUnsafe && t.unsafeDepth === 0) report(t, 'E0133', e.span, { what: 'call to unsafe function' }, { label: 'call to unsafe function' });
        if (called?.fn !== null && called?.fn !== undefined) forbidDrop(t, called.fn, e.callee.span);
        return callArguments(t, { span: e.span, nameSpan: e.callee.span, what: at.kind === 'fnPtr' ? 'function' : kindOfCallee(t, at.def), closure: false, fn: called?.fn ?? null, skipSelf: false, typeArgs: at.kind === 'fnDef' ? at.args : [] }, signature, e.args, expect);
      }
      case 'closure': {
        const closure = closureParts(t.cx, at);
        if (closure === null) return ERROR;
        const inputs = tuple(closure.signature.params);
        t.later.push({ def: at.def, run: () => { callClosure(t, e.id, e.callee, steps, at, inputs, closureParts(t.cx, at)?.kind ?? 'FnOnce'); } });
        return callArguments(t, { span: e.span, nameSpan: e.callee.span, what: 'closure', closure: true, fn: null, skipSelf: false, typeArgs: [] }, closure.signature, e.args, expect);
      }
      default: {
        // A reference itself is passed over, as rustc does: `f(x)` of `f: &mut F` borrows `*f`, and `f` need not be `mut`.
        if (at.kind === 'infer' || (at.kind === 'ref' && i === 0)) break;
        const done = callByTrait(t, e, at, steps, expect);
        if (done !== null) return done;
      }
    }
  }
  skip(t, e.args);
  const last = chain.types[chain.types.length - 1] as Type;
  if (last.kind === 'infer' && last.of === 'type') return report(t, 'E0282', e.callee.span, { type: '_' }, { label: 'the type of what is called must be known here' });
  const path = callee.kind === 'pathExpr' ? t.facts.paths.get(callee.path.id) : undefined;
  const variant = path?.kind === 'constructor';
  return report(t, 'E0618', e.callee.span, { found: variant ? 'a unit value' : `\`${show(t, type)}\`` }, {
    label: 'not a function',
    fixes: variant ? [{ title: 'leave the parentheses out', certain: false, edits: [{ span: { ...e.span, start: e.callee.span.end }, text: '' }] }] : [],
  });
}

function kindOfCallee(t: Typing, def: DefId): string {
  const d = definition(t.u, def);
  return d.kind === 'struct' ? 'struct' : d.kind === 'variant' ? 'enum variant' : d.kind === 'fn' ? kindOf(d).replace('associated ', '') : 'function';
}

/** `Drop::drop` may not be called by hand. */
function forbidDrop(t: Typing, fn: FnDef, span: Span): void {
  const container = containerOf(t.u, fn.id);
  const trait = container?.kind === 'trait' ? container.id : container?.kind === 'impl' ? container.trait?.trait ?? null : null;
  if (trait !== null && isLang(t.u, trait, 'drop')) report(t, 'E0040', span, {}, { label: 'explicit calls of a destructor are not allowed', notes: ['`drop(x)` drops a value early'] });
}

/** How a closure is called once its kind is known: borrowed, borrowed mutably, or taken. */
function callClosure(t: Typing, id: NodeId, callee: Expr, steps: Parameters<typeof derefAdjustments>[1], type: Type, inputs: Type, kind: 'Fn' | 'FnMut' | 'FnOnce'): void {
  const name = kind === 'Fn' ? 'fn' : kind === 'FnMut' ? 'fn_mut' : 'fn_once';
  const method = kind === 'Fn' ? 'call' : kind === 'FnMut' ? 'call_mut' : 'call_once';
  const trait = lang(t.u, name);
  const def = trait === null ? null : traitItem(t.u, trait, method);
  if (def !== null) t.facts.callees.set(id, { def, args: [type, inputs] });
  adjust(t, callee.id, kind === 'FnOnce' ? derefAdjustments(t, steps, false) : borrowAfter(t, steps, type, kind === 'FnMut', kind === 'FnMut'));
  if (kind === 'FnMut') markMutable(t, callee);
}

/** A call through `Fn`, `FnMut` or `FnOnce` of a parameter, object, box, …. */
function callByTrait(t: Typing, e: Call, type: Type, steps: Parameters<typeof derefAdjustments>[1], expect: Expect): Type | null {
  const inputs = tuple(e.args.map(a => fresh(t, a.span)));
  for (const [name, method, kind] of [['fn', 'call', 'Fn'], ['fn_mut', 'call_mut', 'FnMut'], ['fn_once', 'call_once', 'FnOnce']] as const) {
    const trait = lang(t.u, name);
    if (trait === null) continue;
    // Parameters in the bound may be fewer or more than are written: their number is told apart from a missing trait.
    const open = fresh(t, e.span);
    if (probe(t.cx.infer, () => evaluate(t.cx, goal(trait, type, open), 0)) === 'no') continue;
    const def = traitItem(t.u, trait, method);
    const once = lang(t.u, 'fn_once');
    const output = once === null ? null : traitItem(t.u, once, 'Output');
    if (def === null || output === null) return null;
    evaluate(t.cx, goal(trait, type, open), 0);
    const k = known(t, open);
    const params = k.kind === 'tuple' ? k.elements : null;
    if (params === null) unify(t.cx.infer, open, inputs);
    require(t, goal(trait, type, open), { span: e.span, why: { kind: 'call' } });
    const out = fresh(t, e.span);
    require(t, { kind: 'projection', item: output, args: [type, open], type: out }, { span: e.span, why: { kind: 'call' } });
    solvePending(t);
    t.facts.callees.set(e.id, { def, args: [type, open] });
    adjust(t, e.callee.id, kind === 'FnOnce' ? derefAdjustments(t, steps, false) : borrowAfter(t, steps, type, kind === 'FnMut', kind === 'FnMut'));
    if (kind === 'FnMut') markMutable(t, e.callee);
    const signature: FnSignature = { params: params ?? (inputs.kind === 'tuple' ? inputs.elements : []), result: out, isUnsafe: false, abi: null };
    return callArguments(t, { span: e.span, nameSpan: e.callee.span, what: 'closure', closure: true, fn: null, skipSelf: false, typeArgs: [] }, signature, e.args, expect);
  }
  return null;
}

// ------------------------------------------------------------------ methods

export function checkMethodCall(t: Typing, e: MethodCall, expect: Expect): Type {
  return checkMethod(t, { id: e.id, span: e.span, callee: null, receiver: e.receiver, name: e.name.text, nameSpan: e.name.span, written: null, args: e.args }, expect);
}

interface Invocation {
  readonly id: NodeId;
  readonly span: Span;
  /** The `index` node of `x.f[T](…)`. */
  readonly callee: Expr | null;
  readonly receiver: Expr;
  readonly name: string;
  readonly nameSpan: Span;
  readonly written: readonly GenericArg[] | null;
  readonly args: readonly Expr[];
}

function checkMethod(t: Typing, e: Invocation, expect: Expect): Type {
  const receiver = settled(t, t.facts.types.get(e.receiver.id) ?? t.rules.expr(t, e.receiver, NONE), solvePending);
  if (receiver.kind === 'error') {
    skip(t, e.args);
    return ERROR;
  }
  let found = findMethod(t, receiver, e.name);
  if (found.kind === 'unknown') {
    solvePending(t);
    found = findMethod(t, known(t, receiver), e.name);
  }
  switch (found.kind) {
    case 'found': break;
    case 'unknown':
      skip(t, e.args);
      return unknownReceiver(t, e, receiver);
    case 'private':
      skip(t, e.args);
      return report(t, 'E0624', e.nameSpan, { what: kindOf(found.item), name: e.name }, { label: `private ${kindOf(found.item)}`, labels: [{ span: found.item.nameSpan, text: `private ${kindOf(found.item)} defined here` }] });
    case 'ambiguous':
      skip(t, e.args);
      return report(t, 'E0034', e.nameSpan, { name: e.name }, { label: `several \`${e.name}\` found`, labels: found.candidates.map(c => ({ span: c.item.nameSpan, text: 'one of them' })) });
    case 'none':
      skip(t, e.args);
      return noMethod(t, { receiver: e.receiver, type: receiver, name: e.name, nameSpan: e.nameSpan, unmet: found.unmet, associated: found.associated });
  }
  t.given = { self: null, args: [] };
  const method = confirmMethod(t, e.receiver, found.pick, e.written, e.nameSpan);
  t.facts.callees.set(e.id, method.callee);
  keepGiven(t, e.callee === null ? [e.id] : [e.id, e.callee.id]);
  t.methodCalls.add(e.id);
  if (e.callee !== null) {
    t.facts.callees.set(e.callee.id, method.callee);
    t.methodCalls.add(e.callee.id);
    setType(t, e.callee.id, ERROR);
  }
  const fn = found.pick.candidate.item as FnDef;
  if (method.signature.isUnsafe && t.unsafeDepth === 0) report(t, 'E0133', e.span, { what: 'call to unsafe function' }, { label: 'call to unsafe function' });
  forbidDrop(t, fn, e.nameSpan);
  const signature = { ...method.signature, params: method.signature.params.slice(1) };
  return callArguments(t, { span: e.span, nameSpan: e.nameSpan, what: 'method', closure: false, fn, skipSelf: true, typeArgs: method.callee.args }, signature, e.args, expect);
}

function unknownReceiver(t: Typing, e: Invocation, receiver: Type): Type {
  const k = known(t, receiver);
  if (t.broken) return ERROR;
  const span = (k.kind === 'infer' ? whereToWrite(t, k) : null) ?? e.receiver.span;
  return report(t, 'E0282', span, { type: show(t, receiver) }, { label: 'cannot infer type', labels: span === e.receiver.span ? [] : [{ span: e.nameSpan, text: 'the type must be known here' }] });
}

// ------------------------------------------------------------------ arguments

export interface CallSite {
  readonly span: Span;
  readonly nameSpan: Span;
  readonly what: string;
  readonly closure: boolean;
  readonly fn: FnDef | null;
  readonly skipSelf: boolean;
  /** Arguments of `fn`. */
  readonly typeArgs: readonly Type[];
}

export function skip(t: Typing, args: readonly Expr[]): void {
  for (const a of args) if (t.facts.types.get(a.id) === undefined) t.rules.expr(t, a.kind === 'namedArg' ? a.value : a, has(ERROR));
}

/** Checks arguments against a signature (without self), and gives the call's type. */
export function callArguments(t: Typing, site: CallSite, signature: FnSignature, args: readonly Expr[], expect: Expect): Type {
  if (site.fn !== null && site.typeArgs.length > 0) t.calls.push({ span: site.nameSpan, fn: site.fn, typeArgs: site.typeArgs, args, skipSelf: site.skipSelf });
  const variadic = site.fn?.isVariadic === true;
  if (variadic ? args.length < signature.params.length : signature.params.length !== args.length) {
    const n = signature.params.length;
    report(t, site.closure ? 'E0057' : variadic ? 'E0060' : 'E0061', site.nameSpan, { what: site.what, expected: `${variadic ? 'at least ' : ''}${n} argument${n === 1 ? '' : 's'}`, found: String(args.length) }, {
      label: args.length < n ? `${n - args.length === 1 ? 'an argument is' : `${n - args.length} arguments are`} missing` : `${args.length - n === 1 ? 'an argument is' : `${args.length - n} arguments are`} too many`,
      labels: site.fn === null ? [] : [{ span: site.fn.nameSpan, text: `\`${site.fn.name}\` is defined here` }],
      notes: site.fn === null ? [] : [`it is \`${printFnHead(site.fn, t.u.definitions)}\``],
      fixes: args.length > n ? tooMany(args, n) : [],
    });
    skip(t, args);
    return diverging(t, signature.result);
  }
  const wanted = expectedInputs(t, signature, args, expect, site.fn);
  for (const closures of [false, true]) {
    // What the other arguments said is used before closures are read, and before the result is.
    if (closures) solvePending(t);
    args.forEach((arg, i) => {
      if ((bare(arg).kind === 'closure') !== closures) return;
      if (i >= signature.params.length) {
        checkFurther(t, arg);
        return;
      }
      const formal = signature.params[i] ?? ERROR;
      const target = wanted[i] ?? formal;
      checkArgument(t, arg, formal, target, site);
    });
  }
  return diverging(t, signature.result);
}

/** An argument that no parameter names: C gets it as it is, so it must be of a type that C passes so. */
function checkFurther(t: Typing, arg: Expr): void {
  const type = t.rules.expr(t, arg.kind === 'namedArg' ? arg.value : arg, NONE);
  t.casts.push(() => {
    const k = known(t, type);
    if (k.kind === 'error' || k === NEVER) return;
    const wider = k.kind === 'float' && k.name === 'f32' ? 'f64' : k.kind === 'bool' || (k.kind === 'int' && /^[iu](8|16)$/.test(k.name)) ? (k.kind === 'int' && k.name.startsWith('u') ? 'u32' : 'i32') : null;
    const passes = k.kind === 'int' || k.kind === 'float' || k.kind === 'char' || k.kind === 'fnPtr' || ((k.kind === 'ptr' || k.kind === 'ref') && !['slice', 'str', 'dyn'].includes(known(t, k.inner).kind));
    if (wider === null && passes) return;
    report(t, 'E0617', arg.span, { type: show(t, k) }, {
      label: wider === null ? 'C has no such value' : `C passes it as \`${wider}\``,
      fixes: wider === null ? [] : [{ title: `cast it to \`${wider}\``, certain: true, edits: [{ span: { ...arg.span, start: arg.span.end }, text: ` as ${wider}` }] }],
    });
  });
}

/** The arguments past the last that is asked for go. */
function tooMany(args: readonly Expr[], wanted: number): Fix[] {
  const first = args[wanted];
  const last = args[args.length - 1];
  if (first === undefined || last === undefined) return [];
  const start = args[wanted - 1]?.span.end ?? first.span.start;
  return [{ title: wanted + 1 === args.length ? 'leave the last argument out' : 'leave the last arguments out', certain: false, edits: [{ span: { ...first.span, start, end: last.span.end }, text: '' }] }];
}

function diverging(t: Typing, result: Type): Type {
  if (known(t, result) === NEVER) t.diverges = true;
  return result;
}

function checkArgument(t: Typing, arg: Expr, formal: Type, target: Type, site: CallSite): void {
  if (arg.kind === 'namedArg') {
    report(t, 'E0061', arg.span, { what: site.what, expected: 'arguments without names', found: 'a named one' });
    t.rules.expr(t, arg.value, NONE);
    return;
  }
  const want = known(t, target);
  const wide = want.kind === 'dyn' || want.kind === 'slice' || want.kind === 'str';
  const type = t.rules.expr(t, arg, wide ? hint(want) : has(target));
  const to = wide ? formal : target;
  const fixed = site.fn === null ? {} : { fixed: site.fn.nameSpan, fixedText: `\`${site.fn.name}\` takes it here` };
  if (to !== formal) {
    const start = coercion(t, type, to, true);
    if (start !== null) {
      adjust(t, arg.id, start.steps);
      for (const g of start.goals) require(t, g, { span: arg.span, why: { kind: 'coerce' } });
      if (!unify(t.cx.infer, formal, to)) coerce(t, arg.id, arg.span, to, formal, fixed, true);
      return;
    }
  }
  coerce(t, arg.id, arg.span, type, formal, fixed, true);
}

/** What the call's own expectation says of its arguments: formal inputs after unifying the result, without binding anything. */
function expectedInputs(t: Typing, signature: FnSignature, args: readonly Expr[], expect: Expect, fn: FnDef | null): readonly (Type | null)[] {
  const want = expect.kind === 'has' ? known(t, expect.type) : null;
  if (want === null || want.kind === 'infer' || (signature.result.flags & HAS_INFER) === 0) return [];
  const { infer } = t.cx;
  const start = snapshot(infer);
  infer.probing++;
  let out: (Type | null)[] = [];
  if (unify(infer, signature.result, want)) {
    if (fn !== null) elementsOfFrom(t, signature, args, fn);
    out = signature.params.map(p => {
      const r = resolved(t, p);
      return usable(r, start.count) ? r : null;
    });
  }
  infer.probing--;
  rollback(infer, start);
  return out;
}

/** Whether a type mentions only variables that are older than the probe it was found in. */
function usable(type: Type, count: number): boolean {
  if ((type.flags & HAS_INFER) === 0) return true;
  if (type.kind === 'infer') return type.index < count;
  let good = true;
  const walk = (x: Type): void => {
    if (x.kind === 'infer' && x.index >= count) good = false;
    else if ((x.flags & HAS_INFER) !== 0) partsOf(x).forEach(walk);
  };
  walk(type);
  return good;
}

/** `Vec::from([…])`: an array literal takes the element type that the result asks for. */
function elementsOfFrom(t: Typing, signature: FnSignature, args: readonly Expr[], fn: FnDef): void {
  const arg = args[0] === undefined ? null : bare(args[0]);
  const container = containerOf(t.u, fn.id);
  if (args.length !== 1 || arg?.kind !== 'array' || container?.kind !== 'trait' || !isLang(t.u, container.id, 'from')) return;
  const input = known(t, signature.params[0] ?? ERROR);
  if (input.kind !== 'infer') return;
  const list = arrayOf(fresh(t, arg.span), arg.elements.length);
  if (!unify(t.cx.infer, input, list)) return;
  evaluate(t.cx, goal(container.id, signature.result, list), 0);
}

const arrayOf = (element: Type, length: number): Type => array(element, constant(BigInt(length)));

