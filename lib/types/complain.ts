/**
 * What is said when a goal fails: E0277 and its kin, E0271, E0525. The leaf that fails is named first, the goal that needed it
 * in notes. Silent where a type is an error already, and where the same was said at the same place.
 */
import { problem, type Problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import type { Goal } from './goal.ts';
import { callSignature, fnTraitKind } from './builtin.ts';
import type { ClosureFacts } from './facts.ts';
import { printType } from './print.ts';
import { HAS_ERROR, parts, type DefId, type TraitRef, type Type } from './type.ts';
import { resolved, show, type Pending, type Typing } from './typing.ts';
import { implsOf } from './universe.ts';

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
  say(t, problem('E0277', at, { what }, { label, notes }));
}

function candidates(t: Typing, trait: DefId, self: Type): string[] {
  const index = implsOf(t.u, trait);
  if (index.all.length > 40 && self.kind !== 'int' && self.kind !== 'float') return [];
  const shown = index.all.filter(i => !i.negative && (i.trait?.args.length ?? 1) >= 1).slice(0, 8).map(i => `\`${printType(i.trait?.args[0] ?? i.self, t.u.definitions)}${i.trait !== null && i.trait.args.length > 1 ? `: ${traitText(t, i.trait)}` : ''}\``);
  if (index.all.length > 8) shown.push(`and ${index.all.length - 8} others`);
  return shown;
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
    say(t, problem('E0631', p.cause.why.kind === 'coerce' ? p.cause.span : span, { what: self.kind === 'closure' ? 'closure' : 'function', want: `fn(${want.elements.map(x => show(t, x)).join(', ')})`, have: `fn(${have.map(x => show(t, x)).join(', ')})` }, { label: 'takes other arguments than are asked of it' }));
    return true;
  }
  return false;
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
