/**
 * The end of a body: fallbacks, then every fact with its variables replaced by what they are. What is left unknown is E0282
 * (E0283 when a trait would have to choose), said once a body; a type argument that cannot matter becomes `()`.
 * In: the draft. Out: `BodyFacts`.
 */
import { problem, type Fix } from '../report/problem.ts';
import type { NodeId } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import type { Adjustment, BodyFacts, Callee, Capture, ClosureFacts, Resolution } from './facts.ts';
import { bind, resolve, shallow, variablesIn, type InferType } from './infer.ts';
import { solvePending } from './fulfil.ts';
import { ERROR, eraseRegions, F64, HAS_ERROR, HAS_INFER, I32, intern, mapParts, NEVER, UNIT, type DefId, type IntName, type Type } from './type.ts';
import { resolved, show, type DraftClosure, type Pending, type Typing } from './typing.ts';
import { traitText } from './complain.ts';
import { whereToWrite } from './missing.ts';
import { instantiate } from './universe.ts';

/** Integers fall back to `i32`, floats to `f64`, what else never yields a value to `!`. */
export function fallBack(t: Typing): void {
  solvePending(t);
  const { infer } = t.cx;
  for (let i = 0; i < infer.values.length; i++) {
    if (infer.values[i] !== null) continue;
    if (infer.diverging.has(i) && infer.kinds[i] === 'type') bind(infer, intern({ kind: 'infer', of: 'type', index: i }) as InferType, NEVER);
  }
  // Numbers that nothing else decides.
  for (const type of numbers(t)) {
    const k = shallow(infer, type);
    if (k.kind === 'infer' && k.of === 'int') bind(infer, k, I32);
    else if (k.kind === 'infer' && k.of === 'float') bind(infer, k, F64);
  }
  solvePending(t);
}

function numbers(t: Typing): readonly Type[] {
  const out: Type[] = [];
  t.cx.infer.kinds.forEach((kind, index) => {
    if ((kind === 'int' || kind === 'float') && t.cx.infer.values[index] === null) out.push(kind === 'int' ? intVar(index) : floatVar(index));
  });
  return out;
}

const intVar = (index: number): Type => intern({ kind: 'infer', of: 'int', index });
const floatVar = (index: number): Type => intern({ kind: 'infer', of: 'float', index });

/** Reports what still waits: nothing will decide it any more. */
export function complainAmbiguous(t: Typing): void {
  if (t.broken || t.problems.some(p => p.severity === 'error')) return;
  // What is formatted comes last: whatever else its type must be says more of it.
  for (const p of [...t.pending.filter(p => !isFormatted(p)), ...t.pending.filter(isFormatted)]) {
    const g = p.goal;
    if (g.kind === 'closureKind') continue;
    const types = g.kind === 'trait' ? g.ref.args : g.args;
    if (types.some(a => (resolved(t, a).flags & HAS_ERROR) !== 0)) continue;
    const self = resolved(t, types[0] ?? ERROR);
    // That a type has a size says nothing of which it is: whether its choice matters is asked below.
    if (g.kind === 'trait' && t.u.langOf.get(g.ref.trait) === 'sized') continue;
    const vars = [...types.reduce((into, a) => variablesIn(t.cx.infer, a, into), new Set<InferType>())];
    const first = vars[0];
    if (first === undefined) continue;
    const owner = p.cause.why.kind === 'bound' ? t.u.definitions.byId.get(p.cause.why.def)?.parent : null;
    const code = g.kind === 'trait' && self.kind === 'infer' && owner === g.ref.trait ? 'E0790' : g.kind === 'projection' ? 'E0284' : (p.cause.why.kind === 'operator' && self.kind === 'infer') || isFormatted(p) ? 'E0282' : 'E0283';
    const trait = g.kind === 'trait' ? traitText(t, g.ref) : (t.u.definitions.byId.get(t.u.definitions.byId.get(g.item)?.parent ?? ('' as never))?.name ?? '');
    const written = whereToWrite(t, first);
    const example = self === first ? exampleOf(trait) : null;
    t.problems.push(problem(code, written ?? p.cause.span, { type: show(t, self), trait }, {
      fixes: example === null ? [] : written !== null ? annotation(t, written, first, false, example) : argument(t, p.cause.span, example),
      label: `cannot infer the type; it must implement \`${trait}\``,
      notes: ['write the type, for example in the `let`'],
    }));
    return;
  }
}

const isFormatted = (p: Pending): boolean => (p.parent === null ? p.cause.why.kind === 'format' : isFormatted(p.parent));

/** E0282: type variables that nothing decides and that matter: what is done depends on them. */
export function complainUnknown(t: Typing): void {
  if (t.broken || t.problems.some(p => p.severity === 'error')) return;
  const { infer } = t.cx;
  let used: Set<InferType> | null = null;
  for (let i = 0; i < infer.values.length; i++) {
    const origin = infer.origins[i];
    // A parameter of a closure may be one with its result: `fn(x): x`.
    if (origin === undefined || infer.kinds[i] !== 'type' || (infer.values[i] !== null && origin.what.kind !== 'closureParam')) continue;
    const variable = shallow(infer, intern({ kind: 'infer', of: 'type', index: i }) as InferType);
    if (variable.kind !== 'infer' || variable.of !== 'type') continue;
    used ??= usedVariables(t);
    const { what } = origin;
    if (what.kind !== 'closureParam' && !used.has(variable)) continue;
    const span = what.kind === 'closureParam' ? origin.span : (whereToWrite(t, variable) ?? (origin.span.end > origin.span.start ? origin.span : null));
    if (span === null) continue;
    t.problems.push(problem('E0282', span, { type: '_' }, {
      fixes: annotation(t, span, variable, what.kind === 'closureParam'),
      label: what.kind === 'argument' ? `cannot infer \`${what.name}\` of \`${t.u.definitions.byId.get(what.of)?.name ?? ''}\`` : 'cannot infer type',
      notes: ['write the type, for example in the `let`'],
    }));
    return;
  }
}

/** A type that people usually want where a trait has to choose: of the trait's name and argument. Null where no type is more likely than others. */
function exampleOf(trait: string): string | null {
  const [, name = '', of = ''] = /^(\w+)(?:\[(.*)\])?$/.exec(trait) ?? [];
  switch (name) {
    case 'FromIterator': return of === 'char' || of === '&str' || of === 'String' ? 'String' : /^\([^()]*, [^()]*\)$/.test(of) ? 'std::collections::HashMap[_, _]' : 'Vec[_]';
    case 'Sum': case 'Product': return of.replace(/^&('\w+ )?/, '').replace('{integer}', 'i32').replace('{float}', 'f64') || null;
    case 'FromStr': case 'Default': return 'i32';
    case 'From': return of === '&str' || of === 'char' ? 'String' : /^[iu](8|16|32)$|^\{integer\}$/.test(of) ? 'i64' : null;
    default: return null;
  }
}

/** A type argument written behind the name of a method that chooses its result. */
function argument(t: Typing, span: Span, example: string): Fix[] {
  const text = t.names.files.get(span.file)?.text;
  if (text === undefined || text[span.end] !== '(' || !/^(collect|sum|product|parse)$/.test(text.slice(span.start, span.end))) return [];
  return [{ title: `write its type, for example \`${example}\``, certain: false, edits: [{ span: { ...span, start: span.end }, text: `[${example}]` }] }];
}

/** A type written where the unknown is bound; what nothing says is filled with an example. */
function annotation(t: Typing, span: Span, unknown: InferType, parameter: boolean, example = 'i32'): Fix[] {
  const bound = [...t.facts.bindings].find(([id, b]) => t.spans.get(id) === span && variablesIn(t.cx.infer, b.type).has(unknown));
  const text = bound === undefined ? (parameter ? '_' : '') : show(t, bound[1].type);
  const file = t.names.files.get(span.file);
  const next = file?.text.slice(span.end, span.end + 3).trimStart()[0];
  if (text === '' || /[{}]|impl |closure/.test(text) || next === ':' || (next !== '=' && next !== ')' && next !== ',')) return [];
  const filled = text.replace(/(?<![\p{L}\p{N}_])_(?![\p{L}\p{N}_])/gu, example);
  return [{ title: `write its type, for example \`${filled}\``, certain: false, edits: [{ span: { ...span, start: span.end }, text: `: ${filled}` }] }];
}

/** Variables in the arguments of methods and operators that are called, and in loops: a value that is only moved has none. */
function usedVariables(t: Typing): Set<InferType> {
  const out = new Set<InferType>();
  const add = (c: Callee): void => { for (const a of c.args) variablesIn(t.cx.infer, a, out); };
  for (const c of t.facts.callees.values()) add(c);
  for (const l of t.facts.loops.values()) add(l.next);
  // A function whose types say nothing of an argument depends on it all the same: `size_of()`.
  for (const to of t.facts.paths.values()) {
    if (to.kind !== 'fn') continue;
    const d = t.u.definitions.byId.get(to.def);
    if (d?.kind !== 'fn') continue;
    const said = new Set<InferType>();
    for (const x of [...d.signature.params, d.signature.result]) variablesIn(t.cx.infer, instantiate(x, to.args), said);
    for (const a of to.args) for (const v of variablesIn(t.cx.infer, a)) if (!said.has(v)) out.add(v);
  }
  return out;
}

/** Makes the facts final. */
export function writeBack(t: Typing, captures: ReadonlyMap<DraftClosure, { captures: readonly Capture[]; kind: ClosureFacts['kind'] }>): BodyFacts {
  const { infer } = t.cx;
  const unknown = new Set<InferType>();
  const full = (type: Type): Type => {
    const r = resolve(infer, type);
    return eraseRegions((r.flags & HAS_INFER) === 0 ? r : settle(r));
  };
  const settle = (type: Type): Type => {
    if ((type.flags & HAS_INFER) === 0) return type;
    if (type.kind !== 'infer') return mapParts(type, settle);
    if (type.of === 'int') return I32;
    if (type.of === 'float') return F64;
    unknown.add(type);
    return type.of === 'const' ? ERROR : UNIT;
  };
  const list = (types: readonly Type[]): readonly Type[] => types.map(full);
  const callee = (c: Callee): Callee => ({ def: c.def, args: list(c.args) });
  const map = <A, B>(from: ReadonlyMap<NodeId, A>, change: (a: A, id: NodeId) => B): Map<NodeId, B> => {
    const out = new Map<NodeId, B>();
    for (const [id, a] of from) out.set(id, change(a, id));
    return out;
  };
  const adjustment = (a: Adjustment): Adjustment => (a.kind === 'deref' ? { ...a, method: a.method === null ? null : callee(a.method), target: full(a.target) } : { ...a, target: full(a.target) });
  const resolution = (r: Resolution): Resolution => ('args' in r ? { ...r, args: list(r.args) } : r);
  const f = t.facts;
  const closures = new Map<NodeId, ClosureFacts>();
  for (const draft of t.closures) {
    const found = captures.get(draft);
    closures.set(draft.expr.id, {
      def: draft.def,
      kind: found?.kind ?? 'Fn',
      signature: { ...draft.signature, params: list(draft.signature.params), result: full(draft.signature.result) },
      writtenResult: draft.writtenResult === null ? null : resolve(infer, draft.writtenResult),
      written: draft.written.map(w => (w === null ? null : resolve(infer, w))),
      captures: (found?.captures ?? []).map(c => ({ ...c, type: full(c.type), projection: c.projection.map(p => ({ ...p, type: full(p.type) })) })),
      type: full(draft.type),
    });
  }
  const opaques = new Map<DefId, Type>();
  for (const [def, type] of t.cx.defining) opaques.set(def, full(type));
  const facts: BodyFacts = {
    owner: t.body.owner,
    types: map(f.types, full),
    adjustments: map(f.adjustments, steps => steps.map(adjustment)),
    paths: map(f.paths, resolution),
    callees: map(f.callees, callee),
    fields: f.fields,
    bindings: map(f.bindings, b => ({ ...b, type: full(b.type) })),
    sameBinding: f.sameBinding,
    patternDerefs: map(f.patternDerefs, list),
    casts: f.casts,
    closures,
    loops: map(f.loops, l => ({ intoIter: callee(l.intoIter), iterator: full(l.iterator), next: callee(l.next), item: full(l.item) })),
    tries: map(f.tries, x => ({ ...x, output: full(x.output), from: x.from === null ? null : callee(x.from), returns: full(x.returns) })),
    formats: map(f.formats, x => ({ ...x, method: x.method === null ? null : callee(x.method) })),
    constants: f.constants,
    typeApplications: f.typeApplications,
    annotations: map(f.annotations, a => resolve(infer, a)),
    given: map(f.given, g => ({ self: g.self === null ? null : resolve(infer, g.self), args: g.args.map(a => resolve(infer, a)) })),
    opaques,
  };
  dropBuiltin(t, facts);
  checkLiterals(t);
  return facts;
}

const scalar = (k: Type): boolean => k.kind === 'int' || k.kind === 'float' || k.kind === 'bool' || k.kind === 'char';

/** Operators on primitive types need no call. */
function dropBuiltin(t: Typing, facts: BodyFacts): void {
  for (const [id, callee] of facts.callees) {
    const d = t.u.definitions.byId.get(callee.def);
    const owner = d?.parent ?? null;
    const lang = owner === null ? undefined : t.u.langOf.get(owner);
    if (lang === undefined || !OPERATORS.has(lang) || t.methodCalls.has(id)) continue;
    const [left, right] = callee.args;
    if (left === undefined) continue;
    if (lang === 'neg' || lang === 'not') {
      if (scalar(left)) facts.callees.delete(id);
    } else if (right !== undefined) {
      const strip = (k: Type): Type => (k.kind === 'ref' ? k.inner : k);
      const compare = lang === 'eq' || lang === 'partial_ord';
      const a = compare ? left : strip(left);
      const b = compare ? right : strip(right);
      const assign = lang.endsWith('_assign') && left.kind === 'ref';
      const shift = lang.startsWith('sh');
      if (!assign && scalar(a) && scalar(b) && (shift || a === b)) facts.callees.delete(id);
    }
  }
}

const OPERATORS = new Set(['add', 'sub', 'mul', 'div', 'rem', 'neg', 'not', 'bitand', 'bitor', 'bitxor', 'shl', 'shr', 'eq', 'partial_ord', 'add_assign', 'sub_assign', 'mul_assign', 'div_assign', 'rem_assign', 'bitand_assign', 'bitor_assign', 'bitxor_assign', 'shl_assign', 'shr_assign']);

const BITS: Readonly<Record<IntName, number>> = { i8: 8, i16: 16, i32: 32, i64: 64, isize: 32, u8: 8, u16: 16, u32: 32, u64: 64, usize: 32 };

/** E1020: a literal that its type cannot hold. */
function checkLiterals(t: Typing): void {
  for (const l of t.literals) {
    const k = resolved(t, l.type);
    if (k.kind !== 'int') continue;
    const bits = BigInt(BITS[k.name]);
    const signed = k.name.startsWith('i');
    const max = signed ? (1n << (bits - 1n)) - (l.negative ? 0n : 1n) : (1n << bits) - 1n;
    if (l.digits > max) {
      t.problems.push(problem('E1020', l.span, { literal: `${l.negative ? '-' : ''}${l.digits}`, type: k.name }, { label: `\`${k.name}\` goes from ${signed ? -(1n << (bits - 1n)) : 0n} to ${(1n << (signed ? bits - 1n : bits)) - 1n}` }));
    }
  }
}
