/**
 * E0599, E0609, E0689 and their kin: what is said when a method or field is not there, with what is near, what would have to
 * hold, and which trait to bring into scope.
 */
import { nearest } from '../names/suggest.ts';
import type { Fix } from '../report/problem.ts';
import type { Expr } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { autoderef } from './autoderef.ts';
import { associatedNames } from './path.ts';
import { traitItems, traitsWith, type Candidate, type Item } from './probe.ts';
import { variablesIn, type InferType } from './infer.ts';
import { solvePending } from './fulfil.ts';
import { boundFix } from './repair.ts';
import { ERROR, float, int, type Type } from './type.ts';
import { report, resolved, show, type Typing } from './typing.ts';
import { variantsOf } from './universe.ts';

const CLOSURES = new Set(['E0593', 'E0631', 'E0271', 'E0525']);

export interface MissingMethod {
  readonly receiver: Expr;
  readonly type: Type;
  readonly name: string;
  readonly nameSpan: Span;
  readonly unmet: Candidate | null;
  readonly associated: Item | null;
}

/** The variable of the program whose type an unknown is part of: where its type can be written. */
export function whereToWrite(t: Typing, unknown: InferType): Span | null {
  for (const [id, b] of t.facts.bindings) if (variablesIn(t.cx.infer, b.type).has(unknown)) return t.spans.get(id) ?? null;
  return null;
}

/** A number of some kind has such a method: which it is, is all that is missing. */
function numbersHave(t: Typing, of: 'int' | 'float', name: string): boolean {
  const example = of === 'int' ? int('i32') : float('f64');
  return associatedNames(t, example).includes(name) || traitsWith(t, example, name).length > 0;
}

export function noMethod(t: Typing, m: MissingMethod): Type {
  const type = resolved(t, m.type);
  if (type.kind === 'infer' && (type.of === 'int' || type.of === 'float') && numbersHave(t, type.of, m.name)) {
    const suffix = type.of === 'int' ? 'i32' : 'f64';
    const fixes: Fix[] = m.receiver.kind === 'literal' ? [{ title: `say which number it is: \`${suffix}\``, certain: false, edits: [{ span: { ...m.receiver.span, start: m.receiver.span.end }, text: suffix }] }] : [];
    return report(t, 'E0689', m.nameSpan, { name: m.name, type: show(t, type) }, { fixes });
  }
  if (m.unmet !== null) {
    // A bound that failed for a closure has been told: what depends on it need not be.
    solvePending(t);
    if (t.problems.some(p => CLOSURES.has(p.code))) return ERROR;
  }
  const types = autoderef(t, type).types;
  const fields = types.flatMap(x => (x.kind === 'adt' && t.u.definitions.byId.get(x.def)?.kind === 'struct' ? variantsOf(t.u, x.def).flatMap(v => v.fields.map(f => f.name)) : []));
  const notes: string[] = [];
  const fixes: Fix[] = [];
  if (fields.includes(m.name)) {
    notes.push(`\`${m.name}\` is a field; to call the function it holds, write \`(….${m.name})(…)\``);
    fixes.push({ title: 'call what the field holds', certain: false, edits: [{ span: { ...m.receiver.span, end: m.receiver.span.start }, text: '(' }, { span: { ...m.nameSpan, start: m.nameSpan.end }, text: ')' }] });
  }
  if (m.associated !== null) notes.push(`\`${m.name}\` is an associated item: write \`${show(t, type)}::${m.name}\``);
  if (type.kind === 'param' || (type.kind === 'ref' && type.inner.kind === 'param')) {
    const param = type.kind === 'param' ? type : type.inner;
    // What a bound would give it: the one trait in scope that has such a method.
    const giving = t.traits.filter(d => traitItems(t.u, d).has(m.name) && t.u.definitions.byId.get(d)?.kind === 'trait');
    const trait = giving[0] === undefined ? undefined : t.u.definitions.byId.get(giving[0]);
    const fix = giving.length === 1 && trait?.kind === 'trait' && trait.generics.params.length === 1 && param.kind === 'param' ? boundFix(t.names, t.body.owner, param.name, trait.name) : null;
    if (fix !== null) fixes.push(fix);
  }
  if (m.unmet !== null) notes.push(`the method \`${m.name}\` exists, but its bounds do not hold for \`${show(t, type)}\``);
  const traits = traitsWith(t, type, m.name);
  for (const d of traits) {
    const path = d.id.replace(/^main::/, 'crate::');
    notes.push(`the trait \`${d.name}\` has it, but is not in scope: \`use ${path}\``);
    if (traits.length === 1 && !path.includes('{')) fixes.push({ title: `import it: \`use ${path}\``, certain: false, edits: [{ span: { ...m.nameSpan, start: 0, end: 0 }, text: `use ${path}\n` }] });
  }
  const near = m.unmet === null && traits.length === 0 ? nearest(m.name, types.flatMap(x => associatedNames(t, x))) : null;
  if (near !== null) fixes.push({ title: `use \`${near}\``, certain: false, edits: [{ span: m.nameSpan, text: near }] });
  return report(t, 'E0599', m.nameSpan, { what: 'method', name: m.name, type: show(t, type) }, { label: `not found in \`${show(t, type)}\``, notes, fixes });
}
