/**
 * Lowers calls of the format functions (`println`, `format`, `panic`, `assert_eq`, `write`, `dbg`, …) to calls of the library's
 * functions on an `Arguments` value. In: a call and its format facts. Out: blocks. The bytes of a template are described in
 * `lib/std/README.md`. Arguments are taken by reference, in order; their temporaries live to the end of the statement.
 */
import type { Expr } from '../syntax/tree.ts';
import type { FormatFacts, FormatPiece } from '../types/facts.ts';
import { array, BOOL, constant, ERASED, fnPtr, intern, int, NEVER, ref, slice, STR, type Type, U8, UNIT } from '../types/type.ts';
import { assign, assignUnit, type Builder, constantOperand, diverge, goto, leave, newBlock, newTemp, scheduleValue, tempOf, inScope, consume } from './builder.ts';
import { branch } from './build-match.ts';
import { call } from './build-value.ts';
import type { LocalId, Operand, Place } from './graph.ts';
import { fnTerm, mirror } from './mirror.ts';
import type { Term } from './term.ts';
import { local } from './place.ts';
import { lang, traitMethod, variantIndex } from './queries.ts';

type FormatCall = Expr & { kind: 'call' };

export function lowerFormat(b: Builder, destination: Place, expr: FormatCall, type: Type): void {
  const facts = b.facts.formats.get(expr.id);
  const { span } = expr;
  if (facts === undefined) { diverge(b, { kind: 'unreachable', span }); return; }
  switch (facts.name) {
    case 'print': case 'println': case 'eprint': case 'eprintln': {
      const newline = facts.name.endsWith('ln') ? '\n' : '';
      const args = argumentsValue(b, facts, newline, expr);
      callLang(b, destination, facts.name.startsWith('e') ? 'eprint_fmt' : 'print_fmt', [args], UNIT, expr);
      return;
    }
    case 'format': callLang(b, destination, 'format_fmt', [argumentsValue(b, facts, '', expr)], type, expr); return;
    case 'write': case 'writeln': {
      const target = facts.leading[0];
      if (target === undefined || facts.method === null) { diverge(b, { kind: 'unreachable', span }); return; }
      const receiver = mirror(b, target);
      const view: Term = receiver.type.kind === 'ref' ? receiver : { kind: 'borrow', borrow: 'mut', base: receiver, type: ref(receiver.type, true), span: receiver.span, node: receiver.node };
      const first = b.lower.operand(b, view);
      const args = argumentsValue(b, facts, facts.name === 'writeln' ? '\n' : '', expr);
      const callee = fnTerm(facts.method, expr.callee.span, expr.id);
      if (callee.kind === 'constant') call(b, destination, constantOperand(callee.constant), [first, args], type, { span, calleeSpan: expr.callee.span, syntax: 'format' });
      return;
    }
    case 'format_args': lowerArguments(b, destination, facts, expr); return;
    case 'panic': fail(b, facts, '', 'explicit panic', expr); return;
    case 'unreachable': fail(b, facts, 'internal error: entered unreachable code: ', 'internal error: entered unreachable code', expr); return;
    case 'todo': fail(b, facts, 'not yet implemented: ', 'not yet implemented', expr); return;
    case 'unimplemented': fail(b, facts, 'not implemented: ', 'not implemented', expr); return;
    case 'assert': case 'debug_assert': lowerAssert(b, destination, facts, expr); return;
    case 'assert_eq': case 'assert_ne': case 'debug_assert_eq': case 'debug_assert_ne': lowerAssertEqual(b, destination, facts, expr); return;
    case 'dbg': lowerDbg(b, destination, facts, expr, type); return;
    default: diverge(b, { kind: 'unreachable', span });
  }
}

function callLang(b: Builder, destination: Place, name: string, args: readonly Operand[], result: Type, expr: FormatCall): void {
  const type = intern({ kind: 'fnDef', def: lang(b.queries.definitions, name), args: genericArgs(b, name) });
  call(b, destination, constantOperand({ kind: 'zero', type }), args, result, { span: expr.span, calleeSpan: expr.callee.span, syntax: 'format' });
}

/** Lifetimes of a language function, erased. */
function genericArgs(b: Builder, name: string): readonly Type[] {
  const found = b.queries.definitions.byId.get(lang(b.queries.definitions, name));
  return found?.kind === 'fn' ? found.generics.params.map(() => ERASED) : [];
}

/** Panics with the call's own text, or with `plain` where it has none. */
function fail(b: Builder, facts: FormatFacts, prefix: string, plain: string, expr: FormatCall): void {
  const never = local(newTemp(b, NEVER, expr.span));
  if (facts.pieces === null) {
    callLang(b, never, 'panic_str', [constantOperand({ kind: 'string', value: plain, type: ref(STR) })], NEVER, expr);
    return;
  }
  const text = onlyText(facts.pieces);
  if (text !== null) {
    callLang(b, never, 'panic_str', [constantOperand({ kind: 'string', value: prefix + text, type: ref(STR) })], NEVER, expr);
    return;
  }
  const pieces: FormatPiece[] = prefix === '' ? [...facts.pieces] : [{ kind: 'text', text: prefix }, ...facts.pieces];
  callLang(b, never, 'panic_fmt', [argumentsValue(b, { ...facts, pieces }, '', expr)], NEVER, expr);
}

function onlyText(pieces: readonly FormatPiece[]): string | null {
  let out = '';
  for (const p of pieces) {
    if (p.kind !== 'text') return null;
    out += p.text;
  }
  return out;
}

function lowerAssert(b: Builder, destination: Place, facts: FormatFacts, expr: FormatCall): void {
  const condition = facts.leading[0];
  if (condition === undefined) { assignUnit(b, destination, expr.span); return; }
  const no = newBlock(b);
  inScope(b, () => {
    const depth = b.scopes.length - 1;
    b.lower.condition(b, condition, () => { leave(b, depth); goto(b, no, expr.span); });
  });
  const yes = b.current;
  b.current = no;
  inScope(b, () => fail(b, facts, '', `assertion failed: ${b.queries.text(condition.span)}`, expr));
  b.current = yes;
  assignUnit(b, destination, expr.span);
}

function lowerAssertEqual(b: Builder, destination: Place, facts: FormatFacts, expr: FormatCall): void {
  const [left, right] = facts.leading;
  if (left === undefined || right === undefined) { assignUnit(b, destination, expr.span); return; }
  const { span } = expr;
  const equal = facts.name.endsWith('_eq');
  // match (&left, &right): …
  const side = (e: Expr): { type: Type; held: LocalId } => {
    const term = mirror(b, e);
    const type = ref(term.type);
    return { type: term.type, held: b.lower.temp(b, { kind: 'borrow', borrow: 'shared', base: term, type, span: term.span, node: term.node }) };
  };
  const x = side(left);
  const y = side(right);
  const same = newTemp(b, BOOL, span);
  const scalar = x.type === y.type && (x.type.kind === 'int' || x.type.kind === 'bool' || x.type.kind === 'char' || x.type.kind === 'float' || x.type.kind === 'ptr');
  const through = (h: LocalId): Operand => ({ kind: 'copy', place: { local: h, projection: [{ kind: 'deref' }] } });
  if (scalar) assign(b, local(same), { kind: 'binary', op: 'eq', left: through(x.held), right: through(y.held) }, span);
  else {
    const method = facts.method ?? { def: traitMethod(b.queries.definitions, 'eq', 'eq'), args: [x.type, y.type] };
    const callee = fnTerm(method, expr.callee.span, expr.id);
    if (callee.kind === 'constant') call(b, local(same), constantOperand(callee.constant), [{ kind: 'copy', place: local(x.held) }, { kind: 'copy', place: local(y.held) }], BOOL, { span, calleeSpan: expr.callee.span, syntax: 'operator' });
  }
  const good = newBlock(b);
  const bad = newBlock(b);
  if (equal) branch(b, same, good, bad, span);
  else branch(b, same, bad, good, span);
  b.current = bad;
  inScope(b, () => {
    const debug = intern({ kind: 'dyn', principal: { trait: lang(b.queries.definitions, 'Debug'), args: [] }, projections: [], autos: [], region: ERASED });
    const view = (h: LocalId, inner: Type): Operand => {
      let value: Operand = { kind: 'copy', place: local(h) };
      if (isUnsized(inner)) value = { kind: 'move', place: local(tempOf(b, ref(ref(inner)), { kind: 'borrow', borrow: 'shared', place: local(h) }, span)) };
      return { kind: 'move', place: local(tempOf(b, ref(debug), { kind: 'cast', cast: 'unsize', operand: value, type: ref(debug) }, span)) };
    };
    const l = view(x.held, x.type);
    const r = view(y.held, y.type);
    const argumentsType = argumentsTypeOf(b);
    const def = lang(b.queries.definitions, 'Option');
    const option = intern({ kind: 'adt', def, args: [argumentsType] });
    const message = newTemp(b, option, span);
    const parts = facts.pieces === null ? [] : [argumentsValue(b, facts, '', expr)];
    assign(b, local(message), { kind: 'aggregate', of: { kind: 'adt', variant: variantIndex(b.queries.definitions, def, facts.pieces === null ? 'None' : 'Some') }, type: option, operands: parts }, span);
    const never = newTemp(b, NEVER, span);
    const kind = constantOperand({ kind: 'int', value: equal ? 0n : 1n, type: int('u32') });
    callLang(b, local(never), 'assert_failed', [kind, l, r, consume(b, local(message))], NEVER, expr);
  });
  b.current = good;
  assignUnit(b, destination, span);
}

function lowerDbg(b: Builder, destination: Place, facts: FormatFacts, expr: FormatCall, type: Type): void {
  const value = facts.leading[0] ?? facts.args[0];
  if (value === undefined) {
    const text: FormatFacts = { ...facts, leading: [], args: [], pieces: [{ kind: 'text', text: `[${b.queries.position(expr.span)}]` }] };
    callLang(b, destination, 'eprint_fmt', [argumentsValue(b, text, '\n', expr)], UNIT, expr);
    return;
  }
  const term = mirror(b, value);
  const held = newTemp(b, type, expr.span);
  b.lower.into(b, local(held), term);
  scheduleValue(b, b.temps, held, expr.span);
  const piece: FormatPiece = { kind: 'value', arg: 0, trait: 'Debug', fill: null, align: null, sign: null, alternate: true, zero: false, debugHex: null, width: null, precision: null };
  const pieces: FormatPiece[] = [{ kind: 'text', text: `[${b.queries.position(expr.span)}] ${b.queries.text(value.span)} = ` }, piece];
  const view = tempOf(b, ref(type), { kind: 'borrow', borrow: 'shared', place: local(held) }, expr.span);
  const args = assemble(b, pieces, '\n', [{ held: view, type }], expr);
  const unit = newTemp(b, UNIT, expr.span);
  callLang(b, local(unit), 'eprint_fmt', [args], UNIT, expr);
  assign(b, destination, { kind: 'use', operand: consume(b, local(held), type) }, expr.span);
}

// ---------------------------------------------------------------- Arguments

/** The value itself; what `let` gives a name to lives as long as the name. */
function lowerArguments(b: Builder, destination: Place, facts: FormatFacts, expr: FormatCall): void {
  const scope = b.extended.get(expr.id);
  const values = viewsOf(b, facts);
  const outer = b.temps;
  if (scope !== undefined && scope !== 'forever') b.temps = scope;
  const held = b.temps === outer ? values : values.map(v => ({ ...v, held: tempOf(b, ref(v.type), { kind: 'use', operand: { kind: 'copy', place: local(v.held) } }, expr.span) }));
  const made = assemble(b, facts.pieces ?? [], '', held, expr);
  b.temps = outer;
  assign(b, destination, { kind: 'use', operand: made }, expr.span);
}

function argumentsTypeOf(b: Builder): Type {
  return intern({ kind: 'adt', def: lang(b.queries.definitions, 'Arguments'), args: [ERASED] });
}

const isUnsized = (type: Type): boolean => type.kind === 'str' || type.kind === 'slice' || type.kind === 'dyn';

function argumentsValue(b: Builder, facts: FormatFacts, end: string, expr: FormatCall): Operand {
  return assemble(b, facts.pieces ?? [], end, viewsOf(b, facts), expr);
}

/** References to all values, in order. */
function viewsOf(b: Builder, facts: FormatFacts): Value[] {
  return facts.args.map(a => {
    const term = mirror(b, a);
    const held = b.lower.temp(b, { kind: 'borrow', borrow: 'shared', base: term, type: ref(term.type), span: term.span, node: term.node });
    return { held, type: term.type };
  });
}

interface Value {
  readonly held: LocalId;
  readonly type: Type;
}

function assemble(b: Builder, pieces: readonly FormatPiece[], end: string, values: readonly Value[], expr: FormatCall): Operand {
  const { span } = expr;
  const argument = intern({ kind: 'adt', def: lang(b.queries.definitions, 'Argument'), args: [ERASED] });
  const made: Operand[] = [];
  const index = new Map<string, number>();
  const use = (arg: number, trait: string): number => {
    const key = `${arg}:${trait}`;
    const known = index.get(key);
    if (known !== undefined) return known;
    const value = values[arg];
    if (value !== undefined) made.push(makeArgument(b, value, trait, argument, expr));
    index.set(key, made.length - 1);
    return made.length - 1;
  };
  const bytes = encode(pieces, end, use);
  const list = array(argument, constant(BigInt(made.length)));
  const items = slice(argument);
  const template = slice(U8);
  let args: Operand;
  if (made.length === 0) args = constantOperand({ kind: 'promoted', index: emptyArray(b, list, span), type: ref(list) });
  else {
    const held = tempOf(b, list, { kind: 'aggregate', of: { kind: 'array', element: argument }, type: list, operands: made }, span);
    args = { kind: 'move', place: local(tempOf(b, ref(list), { kind: 'borrow', borrow: 'shared', place: local(held) }, span)) };
  }
  const view = tempOf(b, ref(items), { kind: 'cast', cast: 'unsize', operand: args, type: ref(items) }, span);
  const type = argumentsTypeOf(b);
  const out = tempOf(b, type, {
    kind: 'aggregate', of: { kind: 'adt', variant: null }, type,
    operands: [constantOperand({ kind: 'bytes', value: bytes, nul: false, type: ref(template) }), { kind: 'copy', place: local(view) }],
  }, span);
  return consume(b, local(out), type);
}

function emptyArray(b: Builder, type: Type, span: Expr['span']): number {
  const element = type.kind === 'array' ? type.element : U8;
  b.promoted.push({
    owner: b.owner, params: 0, promoted: [], variables: [], closures: [], span,
    locals: [{ type, name: null, mutable: true, span, annotated: null, role: 'result' }],
    blocks: [{ statements: [{ kind: 'assign', place: local(0 as LocalId), value: { kind: 'aggregate', of: { kind: 'array', element }, type, operands: [] }, span }], terminator: { kind: 'return', span }, cleanup: false }],
  });
  return b.promoted.length - 1;
}

function makeArgument(b: Builder, value: Value, trait: string, argument: Type, expr: FormatCall): Operand {
  const { span } = expr;
  const { definitions } = b.queries;
  const out = newTemp(b, argument, span);
  let { type } = value;
  let held: Operand = { kind: 'copy', place: local(value.held) };
  if (trait === 'usize') {
    const callee = intern({ kind: 'fnDef', def: lang(definitions, 'argument_usize'), args: genericArgs(b, 'argument_usize') });
    call(b, local(out), constantOperand({ kind: 'zero', type: callee }), [held], argument, { span, calleeSpan: expr.callee.span, syntax: 'format' });
    return { kind: 'move', place: local(out) };
  }
  if (isUnsized(type)) {
    // The library keeps thin pointers: the argument is then the reference itself.
    held = { kind: 'move', place: local(tempOf(b, ref(ref(type)), { kind: 'borrow', borrow: 'shared', place: local(value.held) }, span)) };
    type = ref(type);
  }
  const method = traitMethod(definitions, trait, 'fmt');
  const item = intern({ kind: 'fnDef', def: method, args: [type, ...traitMethodLifetimes(b, method)] });
  const found = definitions.byId.get(method);
  const formatter = ref(intern({ kind: 'adt', def: lang(definitions, 'Formatter'), args: formatterArgs(b) }), true);
  const result = found?.kind === 'fn' ? b.queries.normalise(b.owner, found.signature.result) : UNIT;
  const pointer = fnPtr({ params: [ref(type), formatter], result, isUnsafe: false, abi: null });
  const f = tempOf(b, pointer, { kind: 'cast', cast: 'reify', operand: constantOperand({ kind: 'zero', type: item }), type: pointer }, span);
  const make = lang(definitions, 'argument_new');
  const makeDef = definitions.byId.get(make);
  const args = makeDef?.kind === 'fn' ? allParams(b, makeDef.generics).map(kind => (kind === 'lifetime' ? ERASED : type)) : [type];
  call(b, local(out), constantOperand({ kind: 'zero', type: intern({ kind: 'fnDef', def: make, args }) }), [held, { kind: 'move', place: local(f) }], argument, { span, calleeSpan: expr.callee.span, syntax: 'format' });
  return { kind: 'move', place: local(out) };
}

/** Kinds of all parameters, the parents' first. */
function allParams(b: Builder, generics: { readonly parent: unknown; readonly parentCount: number; readonly params: readonly { readonly kind: string }[] }): string[] {
  const out: string[] = [];
  const parent = typeof generics.parent === 'string' ? b.queries.definitions.byId.get(generics.parent as Builder['owner']) : undefined;
  if (parent !== undefined && 'generics' in parent) out.push(...allParams(b, parent.generics));
  while (out.length < generics.parentCount) out.push('lifetime');
  out.push(...generics.params.map(p => p.kind));
  return out;
}

function traitMethodLifetimes(b: Builder, method: Builder['owner']): Type[] {
  const found = b.queries.definitions.byId.get(method);
  return found?.kind === 'fn' ? found.generics.params.map(() => ERASED) : [];
}

function formatterArgs(b: Builder): Type[] {
  const found = b.queries.definitions.byId.get(lang(b.queries.definitions, 'Formatter'));
  return found?.kind === 'struct' ? found.generics.params.map(() => ERASED) : [];
}

// ---------------------------------------------------------------- template

const ALIGN = { left: 1, center: 2, right: 3 } as const;

export function encode(pieces: readonly FormatPiece[], end: string, use: (arg: number, trait: string) => number): number[] {
  const out: number[] = [];
  let pending = '';
  const flush = (): void => {
    const bytes = utf8(pending);
    pending = '';
    for (let at = 0; at < bytes.length; at += 0xffff) {
      const part = bytes.slice(at, at + 0xffff);
      out.push(1, part.length & 255, part.length >> 8, ...part);
    }
  };
  for (const p of pieces) {
    if (p.kind === 'text') { pending += p.text; continue; }
    flush();
    const arg = use(p.arg, p.trait);
    const plain = p.fill === null && p.align === null && p.sign === null && !p.alternate && !p.zero && p.debugHex === null && p.width === null && p.precision === null;
    if (plain) { out.push(2, arg); continue; }
    const flags = (p.sign === '+' ? 1 : 0) | (p.sign === '-' ? 2 : 0) | (p.alternate ? 4 : 0) | (p.zero ? 8 : 0) | (p.debugHex === 'x' ? 16 : p.debugHex === 'X' ? 32 : 0);
    const fill = (p.fill ?? ' ').codePointAt(0) ?? 32;
    out.push(3, arg, flags, p.align === null ? 0 : ALIGN[p.align], fill & 255, (fill >> 8) & 255, (fill >> 16) & 255, fill >>> 24);
    for (const size of [p.width, p.precision]) {
      if (size === null) out.push(0, 0, 0);
      else {
        const value = 'literal' in size ? size.literal : use(size.arg, 'usize');
        out.push('literal' in size ? 1 : 2, value & 255, value >> 8);
      }
    }
  }
  pending += end;
  flush();
  return out;
}

function utf8(text: string): number[] {
  const out: number[] = [];
  for (const c of text) {
    const p = c.codePointAt(0) ?? 0;
    if (p < 0x80) out.push(p);
    else if (p < 0x800) out.push(0xc0 | (p >> 6), 0x80 | (p & 63));
    else if (p < 0x10000) out.push(0xe0 | (p >> 12), 0x80 | ((p >> 6) & 63), 0x80 | (p & 63));
    else out.push(0xf0 | (p >> 18), 0x80 | ((p >> 12) & 63), 0x80 | ((p >> 6) & 63), 0x80 | (p & 63));
  }
  return out;
}
