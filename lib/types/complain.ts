/**
 * What is said when a goal fails: E0277 and its kin, E0271, E0525. The leaf that fails is named first, the goal that needed it
 * in notes. Silent where a type is an error already, and where the same was said at the same place.
 */
import { problem, type Fix, type Problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import type { Goal } from './goal.ts';
import { callSignature, fnTraitKind } from './builtin.ts';
import type { ClosureFacts } from './facts.ts';
import { probe } from './infer.ts';
import { printType } from './print.ts';
import { boundFix, deriveFix } from './repair.ts';
import { holds } from './solve.ts';
import { HAS_ERROR, parts, type DefId, type TraitRef, type Type } from './type.ts';
import { resolved, show, type Pending, type Typing } from './typing.ts';
import { implsOf, instantiate, lang, variantsOf } from './universe.ts';

export const traitText = (t: Typing, ref: TraitRef): string => {
  const name = t.u.definitions.byId.get(ref.trait)?.name ?? ref.trait;
  const kind = fnTraitKind(t.u, ref.trait);
  const input = ref.args[1] === undefined ? null : resolved(t, ref.args[1]);
  if (kind !== null && input?.kind === 'tuple') return `${name}(${input.elements.map(x => show(t, x)).join(', ')})`;
  const rest = ref.args.slice(1).filter(a => a.kind !== 'region');
  return rest.length === 0 ? name : `${name}[${rest.map(a => show(t, a)).join(', ')}]`;
};

export function goalText(t: Typing, p: Pending): string {
  const g = p.goal;
  if (g.kind === 'trait') return `${show(t, g.ref.args[0] as Type)}: ${traitText(t, g.ref)}`;
  if (g.kind === 'projection') return `<${show(t, g.args[0] as Type)}>::${t.u.definitions.byId.get(g.item)?.name ?? ''} == ${show(t, g.type)}`;
  return `closure: ${g.want}`;
}

const rootOf = (p: Pending): Pending => (p.parent === null ? p : rootOf(p.parent));

function say(t: Typing, made: Problem): void {
  if (t.problems.some(p => p.code === made.code && p.span.start === made.span.start && p.span.end === made.span.end)) return;
  t.problems.push(made);
}

/** Where a bound's failure is told: at the one argument that gave the type, if there is one. */
function blamed(t: Typing, p: Pending): Span {
  const root = rootOf(p);
  const { span, why } = root.cause;
  const g = root.goal;
  if (why.kind !== 'bound' || g.kind === 'closureKind') return p.cause.span;
  const self = resolved(t, (g.kind === 'trait' ? g.ref.args[0] : g.args[0]) as Type);
  const site = t.calls.find(c => c.fn.id === why.def && c.span.start === span.start && c.span.end === span.end);
  if (site === undefined) return p.cause.span;
  const params = new Set<number>();
  site.typeArgs.forEach((a, i) => { if (resolved(t, a) === self) params.add(i); });
  const declared = site.fn.signature.params.slice(site.skipSelf ? 1 : 0);
  const mentions = (type: Type): boolean => (type.kind === 'param' ? params.has(type.index) : parts(type).some(mentions));
  const blame = site.args.filter((_, i) => declared[i] !== undefined && mentions(declared[i]));
  return blame.length === 1 && blame[0] !== undefined ? blame[0].span : p.cause.span;
}

export function complainTrait(t: Typing, p: Pending, ref: TraitRef): void {
  const at = blamed(t, p);
  const args = ref.args.map(a => resolved(t, a));
  if (args.some(a => (a.flags & HAS_ERROR) !== 0)) return;
  const self = args[0] as Type;
  const name = t.u.langOf.get(ref.trait) ?? '';
  const why = p.cause.why;
  const notes: string[] = [];
  for (let up = p.parent; up !== null; up = up.parent) if (up.goal.kind === 'trait') notes.push(`required for \`${show(t, up.goal.ref.args[0] as Type)}\` to implement \`${traitText(t, up.goal.ref)}\``);
  const root = rootOf(p);
  if (root.cause.why.kind === 'bound') notes.push(`required by a bound in \`${t.u.definitions.byId.get(root.cause.why.def)?.name ?? ''}\``);
  const shown = show(t, self);
  const other = args[1] === undefined ? '' : show(t, args[1]);
  // A closure that takes other arguments than are asked of it.
  if (name.startsWith('fn') && (self.kind === 'closure' || self.kind === 'fnDef' || self.kind === 'fnPtr') && callableMismatch(t, p, self, args[1])) return;
  if (name === 'sized') {
    say(t, problem('E0277', at, { what: `the size of \`${shown}\` is not known when compiling` }, { label: 'its size is not known when compiling', notes: [`the trait \`Sized\` is not implemented for \`${shown}\``, ...notes] }));
    return;
  }
  let what = `the trait bound \`${shown}: ${traitText(t, ref)}\` is not satisfied`;
  let label = `the trait \`${traitText(t, ref)}\` is not implemented for \`${shown}\``;
  if (p.parent === null || name === 'Display' || name === 'Debug') {
    switch (name) {
      case 'Display': what = `\`${shown}\` does not implement \`Display\``; label = 'it cannot be printed with `{}`'; notes.unshift('`{:?}` prints what implements `Debug`'); break;
      case 'Debug': what = `\`${shown}\` does not implement \`Debug\``; label = 'it cannot be printed with `{:?}`'; notes.unshift(`add \`@derive(Debug)\` to \`${shown}\``); break;
      case 'iterator': if (why.kind === 'iterate') { what = `\`${shown}\` is not an iterator`; label = `\`${shown}\` is not an iterator`; } break;
      case 'into_iterator': what = `\`${shown}\` is not an iterator`; label = 'it cannot be walked with `for`'; break;
      case 'send': what = `\`${shown}\` cannot be sent to another thread safely`; label = what; break;
      case 'sync': what = `\`${shown}\` cannot be shared between threads safely`; label = what; break;
      case 'from': if (why.kind === 'try') { what = `\`?\` cannot turn the error \`${other}\` into \`${shown}\``; label = `\`From[${other}]\` is not implemented for \`${shown}\``; } break;
      case 'index': what = `the type \`${shown}\` cannot be indexed by \`${other}\``; label = `no index by \`${other}\``; break;
      case 'eq': case 'partial_ord': if (why.kind === 'operator') { what = `cannot compare \`${shown}\` with \`${other}\``; label = `no implementation for \`${shown} ${why.op} ${other}\``; } break;
      case 'add': what = `cannot add \`${other}\` to \`${shown}\``; label = `no implementation for \`${shown} + ${other}\``; break;
      case 'sub': what = `cannot subtract \`${other}\` from \`${shown}\``; label = `no implementation for \`${shown} - ${other}\``; break;
      case 'mul': what = `cannot multiply \`${shown}\` by \`${other}\``; label = `no implementation for \`${shown} * ${other}\``; break;
      case 'div': what = `cannot divide \`${shown}\` by \`${other}\``; label = `no implementation for \`${shown} / ${other}\``; break;
      default: if (why.kind === 'operator') label = `no implementation for \`${shown} ${why.op} ${other}\``;
    }
  }
  const others = candidates(t, ref.trait, self);
  if (others.length > 0) notes.push(`these types implement \`${t.u.definitions.byId.get(ref.trait)?.name ?? ''}\`: ${others.join(', ')}`);
  say(t, problem('E0277', at, { what }, { label, notes, fixes: p.parent === null || self.kind === 'param' || self.kind === 'adt' ? toImplement(t, self, ref.trait, ref) : [] }));
}

function candidates(t: Typing, trait: DefId, self: Type): string[] {
  const index = implsOf(t.u, trait);
  if (index.all.length > 40 && self.kind !== 'int' && self.kind !== 'float') return [];
  const shown = index.all.filter(i => !i.negative && (i.trait?.args.length ?? 1) >= 1).slice(0, 8).map(i => `\`${printType(i.trait?.args[0] ?? i.self, t.u.definitions)}${i.trait !== null && i.trait.args.length > 1 ? `: ${traitText(t, i.trait)}` : ''}\``);
  if (index.all.length > 8) shown.push(`and ${index.all.length - 8} others`);
  return shown;
}

const DERIVES: Readonly<Record<string, readonly string[]>> = {
  Clone: ['Clone'], Copy: ['Clone', 'Copy'], Debug: ['Debug'], Default: ['Default'], PartialEq: ['PartialEq'], Eq: ['PartialEq', 'Eq'], Hash: ['Hash'],
  PartialOrd: ['PartialEq', 'PartialOrd'], Ord: ['PartialEq', 'Eq', 'PartialOrd', 'Ord'],
};

/** How a type could come to implement a trait: a bound for a parameter, a derive for a type of the program whose fields all do. */
export function toImplement(t: Typing, type: Type, trait: DefId, ref: TraitRef | null = null): Fix[] {
  const self = resolved(t, type);
  const d = t.u.definitions.byId.get(trait);
  if (d?.kind !== 'trait') return [];
  if (self.kind === 'param') {
    const args = ref === null ? [] : ref.args.slice(1).filter(a => a.kind !== 'region').map(a => resolved(t, a));
    const itself = args.every(a => a === self);
    const output = OPERATORS.has(t.u.langOf.get(trait) ?? '') ? `[Output = ${self.name}]` : '';
    const fix = ref === null || itself ? boundFix(t.names, t.body.owner, self.name, `${d.name}${output}`) : null;
    // The trait must have a name here.
    if (fix === null || !(t.traits.includes(trait) || trait.startsWith('main::'))) return fix === null || !output ? [] : [{ ...fix, edits: fix.edits.map(e => ({ ...e, text: e.text.replace(d.name, `${trait.replace(/^main::/, 'crate::')}`) })) }];
    return [fix];
  }
  const names = DERIVES[d.name];
  if (names === undefined || self.kind !== 'adt' || !trait.startsWith('std::')) return [];
  const owner = t.u.definitions.byId.get(self.def);
  if (owner?.kind !== 'struct' && (owner?.kind !== 'enum' || d.name === 'Default')) return [];
  const wanted = names.flatMap(name => {
    const id = name === d.name ? trait : traitNamed(t, name);
    return id === null ? [] : [{ name, id }];
  });
  const holding = (id: DefId, of: Type): boolean => probe(t.cx.infer, () => holds(t.cx, { trait: id, args: t.u.definitions.byId.get(id)?.kind === 'trait' && name2(t, id) ? [of, of] : [of] }) !== 'no');
  const lacking = wanted.filter(w => w.id === trait || !holding(w.id, self));
  const fields = variantsOf(t.u, self.def).flatMap(v => v.fields).map(f => instantiate(f.type, self.args));
  if (!fields.every(f => f === self || lacking.every(w => holding(w.id, f)))) return [];
  const fix = deriveFix(t.names, self.def, lacking.map(w => w.name));
  return fix === null ? [] : [fix];
}

const OPERATORS = new Set(['add', 'sub', 'mul', 'div', 'rem', 'neg', 'not', 'bitand', 'bitor', 'bitxor', 'shl', 'shr']);

const LANG_OF: Readonly<Record<string, string>> = { Clone: 'clone', Copy: 'copy', PartialEq: 'eq', Eq: 'Eq', PartialOrd: 'partial_ord', Ord: 'Ord' };

function traitNamed(t: Typing, name: string): DefId | null {
  return lang(t.u, LANG_OF[name] ?? name) ?? ([...t.traits].find(id => t.u.definitions.byId.get(id)?.name === name && id.startsWith('std::')) ?? null);
}

/** Traits with a second parameter, which is `Self` by default: `PartialEq[Self]`. */
function name2(t: Typing, id: DefId): boolean {
  const d = t.u.definitions.byId.get(id);
  return d?.kind === 'trait' && d.generics.params.length > 1;
}

/** E0593 when the number of arguments differs, E0631 when their types do. */
function callableMismatch(t: Typing, p: Pending, self: Type, wanted: Type | undefined): boolean {
  const want = wanted === undefined ? null : resolved(t, wanted);
  const span = self.kind === 'closure' ? (t.closures.find(c => c.def === self.def)?.expr.head ?? p.cause.span) : p.cause.span;
  const have = calledWith(t, self);
  if (have === null || want?.kind !== 'tuple') return false;
  if (have.length !== want.elements.length) {
    say(t, problem('E0593', span, { have: String(have.length), want: String(want.elements.length), what: self.kind === 'closure' ? 'closure' : 'function' }, { label: `takes ${have.length} argument${have.length === 1 ? '' : 's'}` }));
    return true;
  }
  if (have.some((x, i) => show(t, x) !== show(t, want.elements[i] ?? x))) {
    say(t, problem('E0631', p.cause.why.kind === 'coerce' ? p.cause.span : span, { what: self.kind === 'closure' ? 'closure' : 'function', want: `fn(${want.elements.map(x => show(t, x)).join(', ')})`, have: `fn(${have.map(x => show(t, x)).join(', ')})` }, { label: 'takes other arguments than are asked of it', fixes: asAsked(t, self, have, want.elements) }));
    return true;
  }
  return false;
}

/** The written types of a closure's parameters, changed to those that are asked for. */
function asAsked(t: Typing, self: Type, have: readonly Type[], want: readonly Type[]): Fix[] {
  const expr = self.kind === 'closure' ? t.closures.find(c => c.def === self.def)?.expr : undefined;
  const edits = want.flatMap((w, i) => {
    const written = expr?.params[i]?.type;
    const text = show(t, w);
    return written === undefined || written === null || text === show(t, have[i] ?? w) || /\b_\b|impl |\{/.test(text) ? [] : [{ span: written.span, text }];
  });
  return edits.length === 0 ? [] : [{ title: 'take what is given', certain: false, edits }];
}

const calledWith = (t: Typing, self: Type): readonly Type[] | null => callSignature(t.cx, self)?.params ?? null;

export function complainProjection(t: Typing, p: Pending, g: Extract<Goal, { kind: 'projection' }>, found: Type): void {
  const want = resolved(t, g.type);
  const have = resolved(t, found);
  if (((want.flags | have.flags) & HAS_ERROR) !== 0) return;
  const self = show(t, g.args[0] as Type);
  const item = t.u.definitions.byId.get(g.item)?.name ?? '';
  const notes = rootOf(p).cause.why.kind === 'bound' ? [`required by a bound in \`${t.u.definitions.byId.get((rootOf(p).cause.why as { def: DefId }).def)?.name ?? ''}\``] : [];
  const closure = g.args[0] === undefined ? null : resolved(t, g.args[0]);
  // What a closure returns is told where it returns it.
  const body = closure?.kind === 'closure' ? t.closures.find(c => c.def === closure.def)?.expr.body : undefined;
  const span = body === undefined ? blamed(t, p) : (body.statements[body.statements.length - 1]?.span ?? body.span);
  say(t, problem('E0271', span, { self, item, expected: show(t, want), found: show(t, have) }, { label: `expected \`${show(t, want)}\`, found \`${show(t, have)}\``, notes }));
}

export function complainKind(t: Typing, p: Pending, def: DefId, have: ClosureFacts['kind'], want: ClosureFacts['kind']): void {
  const span = t.closures.find(c => c.def === def)?.expr.head ?? p.cause.span;
  say(t, problem('E0525', span, { want, have }, { label: `this closure implements \`${have}\`, not \`${want}\``, labels: [{ span: p.cause.span, text: `\`${want}\` is asked for here` }] }));
}
