/**
 * Who may change or empty what: E0594 (assignment to what is not mutable), E0596 (mutable borrow of what is not mutable), E0507,
 * E0508, E0509 (moves out of what is only lent, indexed, or has a destructor). In: a graph as built and its move paths. Out:
 * problems. The rules are rustc's `is_mutable`. Cost: one pass.
 */
import { before, behind } from '../report/edits.ts';
import { type Fix, type Problem, problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import type { Graph, Place } from './graph.ts';
import type { BadMove, Moves } from './moves.ts';
import { placeText, placeType, pointee } from './place.ts';
import { isBox, type TypeQueries } from './queries.ts';

/** Why a place may not be changed: the prefix that forbids it. */
interface Denied {
  readonly place: Place;
  readonly why: 'local' | 'shared' | 'const' | 'upvar' | 'static';
}

/** May a local that is not `mut` be changed: a first initialisation, or through a reference it holds. */
type Locals = 'yes' | 'no' | 'exceptUpvars';

interface Context {
  readonly graph: Graph;
  readonly queries: TypeQueries;
  readonly problems: Problem[];
  readonly reported: Set<string>;
  /** Temporaries that hold the address of a static without `mut`. */
  readonly statics: ReadonlySet<number>;
}

export function checkPermissions(graph: Graph, queries: TypeQueries, moves: Moves): Problem[] {
  const c: Context = { graph, queries, problems: [], reported: new Set(), statics: fixedStatics(graph, queries) };
  for (const block of graph.blocks) {
    for (const s of block.statements) {
      if (s.kind !== 'assign') continue;
      const v = s.value;
      if (v.kind === 'borrow' && (v.borrow === 'mut' || v.borrow === 'twoPhase')) borrowed(c, v.place, s.span, 'no');
      else if (v.kind === 'borrow' && v.borrow === 'unique') borrowed(c, v.place, s.span, 'yes');
      else if (v.kind === 'rawBorrow' && v.mutable) borrowed(c, v.place, s.span, 'no');
      assigned(c, s.place, s.span);
    }
    const t = block.terminator;
    if (t.kind === 'call' || t.kind === 'checked') assigned(c, t.destination, t.span);
    else if (t.kind === 'drop' && t.replace) assigned(c, t.place, t.span);
  }
  badMoves(c, moves.bad);
  return c.problems;
}

function fixedStatics(graph: Graph, queries: TypeQueries): Set<number> {
  const out = new Set<number>();
  for (const block of graph.blocks) {
    for (const s of block.statements) {
      if (s.kind !== 'assign' || s.value.kind !== 'use' || s.value.operand.kind !== 'constant' || s.value.operand.constant.kind !== 'static') continue;
      const d = queries.definitions.byId.get(s.value.operand.constant.def);
      if (d?.kind === 'static' && !d.mutable) out.add(s.place.local);
    }
  }
  return out;
}

function denied(c: Context, place: Place, locals: Locals): Denied | null {
  const n = place.projection.length;
  const step = place.projection[n - 1];
  if (step === undefined) {
    const local = c.graph.locals[place.local];
    if (local === undefined || local.mutable || local.name === null && local.role !== 'param') return null;
    return locals === 'no' ? { place, why: 'local' } : null;
  }
  const base: Place = { local: place.local, projection: place.projection.slice(0, n - 1) };
  const upvar = upvarOf(c, place);
  if (step.kind === 'deref') {
    const type = placeType(c.queries, c.graph.locals, base);
    if (type.kind === 'ref') {
      if (!type.mutable) return { place, why: 'shared' };
      const through = upvarOf(c, base);
      // What a closure holds by reference is the variable itself.
      if (through !== null && through.byRef) return through.mutable || locals === 'yes' ? denied(c, environment(place), 'yes') : { place, why: 'upvar' };
      return denied(c, base, 'yes');
    }
    if (type.kind === 'ptr' && base.projection.length === 0 && c.statics.has(base.local)) return { place, why: 'static' };
    if (type.kind === 'ptr') return type.mutable ? null : { place, why: 'const' };
    if (isBox(c.queries.definitions, type)) return denied(c, base, locals);
    return denied(c, base, locals);
  }
  if (upvar !== null) {
    if (!upvar.mutable && locals !== 'yes') return { place, why: 'upvar' };
    return denied(c, base, 'yes');
  }
  return denied(c, base, locals);
}

/** The closure's environment, of a place in it. */
function environment(place: Place): Place {
  return { local: place.local, projection: place.projection[0]?.kind === 'deref' ? place.projection.slice(0, 1) : [] };
}

/** The captured variable that a place is, exactly. */
function upvarOf(c: Context, place: Place): NonNullable<Graph['upvars']>[number] | null {
  if (c.graph.upvars === undefined || place.local !== 1) return null;
  const [first, second] = place.projection;
  if (place.projection.length === 1 && first?.kind === 'field') return c.graph.upvars[first.index] ?? null;
  if (place.projection.length === 2 && first?.kind === 'deref' && second?.kind === 'field') return c.graph.upvars[second.index] ?? null;
  return null;
}

function once(c: Context, key: string): boolean {
  if (c.reported.has(key)) return false;
  c.reported.add(key);
  return true;
}

function borrowed(c: Context, place: Place, span: Span, locals: Locals): void {
  const why = denied(c, place, locals);
  if (why === null) return;
  const what = reason(c, place, why, 'borrow');
  // One complaint a variable is enough.
  if (!once(c, why.why === 'local' ? `borrow:${place.local}` : `borrow:${span.file}:${span.start}:${span.end}`)) return;
  c.problems.push(problem('E0596', span, { name: what.name, why: what.why }, { label: 'cannot borrow as mutable', labels: what.labels, fixes: what.fixes }));
}

function assigned(c: Context, place: Place, span: Span): void {
  if (place.projection.length === 0) return;
  const why = denied(c, place, 'no');
  if (why === null) return;
  if (!once(c, `assign:${span.file}:${span.start}:${span.end}`)) return;
  const what = reason(c, place, why, 'assign');
  c.problems.push(problem('E0594', span, { name: what.name, why: what.why }, { label: 'cannot assign', labels: what.labels, fixes: what.fixes }));
}

function reason(c: Context, place: Place, d: Denied, act: 'borrow' | 'assign'): { name: string; why: string; labels: { span: Span; text: string }[]; fixes: Fix[] } {
  const name = placeText(c.queries, c.graph, place) ?? 'value';
  const local = c.graph.locals[d.place.local];
  const labels: { span: Span; text: string }[] = [];
  const fixes: Fix[] = [];
  switch (d.why) {
    case 'local':
      if (local !== undefined) {
        const self = local.name === 'self' && local.type.kind === 'ref';
        labels.push({ span: local.span, text: self ? '`self` is lent here' : `\`${local.name ?? 'it'}\` is declared here, without \`mut\`` });
        if (!self) fixes.push({ title: 'make this binding mutable', edits: [{ span: { ...local.span, end: local.span.start }, text: 'mut ' }], certain: true });
      }
      return { name, why: 'it is not declared as mutable', labels, fixes };
    case 'upvar': return { name, why: 'it is not declared as mutable', labels, fixes };
    case 'static': return { name, why: 'it is an immutable static item', labels, fixes };
    case 'const': return { name, why: act === 'assign' ? 'it is behind a `*const` pointer' : 'it is behind a `*const` pointer', labels, fixes };
    case 'shared': {
      const base: Place = { local: d.place.local, projection: d.place.projection.slice(0, -1) };
      if (c.graph.upvars !== undefined && d.place.local === 1 && d.place.projection.length === 1) return { name, why: 'it is a captured variable in a `Fn` closure', labels, fixes };
      const type = placeType(c.queries, c.graph.locals, base);
      const baseName = placeText(c.queries, c.graph, base);
      if (local !== undefined && local.name !== null) {
        labels.push({ span: local.span, text: `\`${baseName ?? local.name}\` is a \`${c.queries.show(type)}\`: through it nothing may be changed` });
        if (local.role === 'param' && local.name === 'self') fixes.push({ title: 'take `&mut self`', edits: [{ span: local.span, text: '&mut self' }], certain: false });
      }
      return { name, why: `it is behind a \`&\` reference`, labels, fixes };
    }
  }
}

// ---------------------------------------------------------------- moves that are not allowed

function badMoves(c: Context, bad: readonly BadMove[]): void {
  for (const m of bad) {
    const statement = c.graph.blocks[m.block]?.statements[m.index];
    const bound = statement?.kind === 'assign' && statement.place.projection.length === 0 ? c.graph.locals[statement.place.local] : undefined;
    const operand = statement?.kind === 'assign' && statement.value.kind === 'use' && statement.value.operand.kind === 'move' ? statement.value.operand.span : undefined;
    // A pattern's bindings are one complaint, at the value that is matched.
    const span = bound?.matched ?? operand ?? argumentSpan(c, m) ?? m.span;
    if (!once(c, `move:${span.file}:${span.start}:${span.end}:${m.kind}`)) continue;
    const labels = bound?.matched === undefined ? [] : [{ span: bound.span, text: `the value moves into \`${bound.name ?? '_'}\` here` }];
    const type = placeType(c.queries, c.graph.locals, m.place);
    const notCopy = `it has type \`${c.queries.show(type)}\`, which is not \`Copy\``;
    const fixes: Fix[] = [];
    const written = c.queries.text(span);
    if (bound?.matched !== undefined) fixes.push({ title: 'match a reference to it', edits: before(span, written, '&'), certain: false });
    else if (c.queries.isClone(c.graph.owner, type)) fixes.push({ title: 'clone it', edits: behind(span, written, '.clone()'), certain: false });
    switch (m.kind) {
      case 'borrowed': {
        const lent = pointee(c.queries, m.baseType);
        if (lent.kind === 'array' || lent.kind === 'slice') {
          c.problems.push(problem('E0508', span, { type: c.queries.show(lent), kind: lent.kind }, { label: `cannot move out of here: ${notCopy}`, labels, fixes }));
          break;
        }
        const name = placeText(c.queries, c.graph, m.place) ?? 'value';
        c.problems.push(problem('E0507', span, { name, why: lentHow(c, m) }, { label: `move occurs because ${notCopy}`, labels, fixes }));
        break;
      }
      case 'destructor':
        c.problems.push(problem('E0509', span, { type: c.queries.show(m.type) }, { label: `cannot move out of here: ${notCopy}`, labels, fixes }));
        break;
      case 'index':
        c.problems.push(problem('E0508', span, { type: c.queries.show(m.type), kind: m.type.kind === 'array' ? 'array' : 'slice' }, { label: `cannot move out of here: ${notCopy}`, labels, fixes }));
    }
  }
}

/** The argument that is moved, in a call. */
function argumentSpan(c: Context, m: BadMove): Span | undefined {
  const block = c.graph.blocks[m.block];
  const statement = block?.statements[m.index];
  const operands = statement?.kind === 'assign' && statement.value.kind === 'aggregate' ? statement.value.operands : statement === undefined && block?.terminator.kind === 'call' ? block.terminator.args : [];
  for (const o of operands) if (o.kind === 'move' && o.place.local === m.place.local && o.place.projection.length === m.place.projection.length && o.span !== undefined) return o.span;
  return undefined;
}

function lentHow(c: Context, m: BadMove & { kind: 'borrowed' }): string {
  if (c.graph.upvars !== undefined && m.base.local === 1) {
    const env = c.graph.locals[1]?.type;
    if (m.base.projection.length === 0) return `it is a captured variable in ${env?.kind === 'ref' && env.mutable ? 'an `FnMut`' : 'an `Fn`'} closure`;
  }
  if (m.baseType.kind === 'ptr') {
    const start = c.graph.locals[m.base.local];
    return start?.name === null && isStatic(c, m) ? 'it is a static item' : 'it is behind a raw pointer';
  }
  return m.baseType.kind === 'ref' && m.baseType.mutable ? 'it is behind a mutable reference' : 'it is behind a shared reference';
}

function isStatic(c: Context, m: BadMove): boolean {
  return c.graph.blocks.some(b => b.statements.some(s => s.kind === 'assign' && s.place.local === (m as { base?: Place }).base?.local && s.value.kind === 'use' && s.value.operand.kind === 'constant' && s.value.operand.constant.kind === 'static'));
}
