/**
 * Conflicts as problems: the number and primary place that rustc gives, and three places (where it was lent, what breaks it, what
 * needs the loan later). In: conflicts with the solved regions. Out: problems, one for each loan and place. Cost: a search along
 * the graph for each.
 */
import { type Problem, problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import { blameRegions } from './borrow-blame.ts';
import type { Conflict } from './borrow-access.ts';
import type { Generator } from './borrow-constraints.ts';
import { usesAt } from './borrow-liveness.ts';
import { type Constraint, pathTo, type Values } from './borrow-regions.ts';
import type { Points } from './borrow-scope.ts';
import { droppedRegions } from './borrow-liveness.ts';
import { regionsIn } from './borrow-types.ts';
import { has } from './dataflow.ts';
import type { BlockId, Place } from './graph.ts';
import { placeText, placeType } from './place.ts';
import { dropImpl, isBox } from './queries.ts';

interface Report {
  readonly g: Generator;
  readonly values: Values;
  readonly points: Points;
  readonly conflicts: readonly Conflict[];
}

/** Why the loan is still needed at the conflict. */
type Why =
  | { readonly kind: 'used'; readonly span: Span; readonly loop: boolean; readonly drop: boolean; readonly name: string | null }
  | { readonly kind: 'outlives'; readonly blame: Constraint | null; readonly name: string | null; readonly isStatic: boolean }
  | { readonly kind: 'unknown' };

export function report(r: Report): Problem[] {
  const out: Problem[] = [];
  const seen = new Set<string>();
  for (const c of r.conflicts) {
    const made = one(r, c);
    if (made === null) continue;
    const key = `${made.code}:${made.span.file}:${made.span.start}:${made.span.end}`;
    if (seen.has(key)) continue;
    seen.add(key);
    // One loan that ends too early is told once, however many ways lead out.
    const ended = c.access.kind === 'end' || c.access.kind === 'exit' ? `end:${c.loan.index}` : null;
    if (ended !== null) {
      if (seen.has(ended)) continue;
      seen.add(ended);
    }
    out.push(made);
  }
  // A change that breaks a loan as well as the match is told as the former.
  return out.filter(p => p.code !== 'E0510' || !out.some(o => o.code === 'E0506' && sameSpan(o.span, p.span)));
}

function one(r: Report, c: Conflict): Problem | null {
  const { g } = r;
  const text = (p: Place): string => placeText(g.queries, g.graph, p) ?? 'value';
  const why = explain(r, c);
  const later = laterLabel(why);
  const lent = c.loan.span;
  switch (c.access.kind) {
    case 'copy':
      return problem('E0503', c.span, { name: text(c.place) }, { label: `use of borrowed \`${text(c.loan.place)}\``, labels: [{ span: lent, text: `\`${text(c.loan.place)}\` is borrowed here` }, ...later] });
    case 'assign':
      if (c.loan.kind === 'fake') return undecided(r, c, text(c.place), 'assign');
      return problem('E0506', c.span, { name: text(c.place) }, { label: `\`${text(c.place)}\` is assigned to here but it was already borrowed`, labels: [{ span: lent, text: `\`${text(c.loan.place)}\` is borrowed here` }, ...later] });
    case 'move':
      return problem('E0505', c.span, { name: text(c.place) }, { label: `move out of \`${text(c.place)}\` occurs here`, labels: [{ span: lent, text: `borrow of \`${text(c.loan.place)}\` occurs here` }, ...later] });
    case 'borrow': case 'activate': return conflictingBorrow(r, c, later);
    case 'end': case 'exit': return tooShort(r, c, why);
  }
}

/** A match's guard, or an index behind another, changes what was decided before. */
function undecided(r: Report, c: Conflict, name: string, verb: string): Problem {
  const index = r.g.graph.blocks.some(b => b.statements.some(s => s.kind === 'fakeRead' && s.why === 'indexGuard' && s.place.local === c.loan.into.local));
  return problem('E0510', c.span, { name, verb, where: index ? 'indexing expression' : 'match guard' }, { label: `cannot ${verb}`, labels: [{ span: c.loan.span, text: index ? 'value is immutable until the indices behind are evaluated' : 'value is immutable while the match is undecided' }] });
}

function conflictingBorrow(r: Report, c: Conflict, later: { span: Span; text: string }[]): Problem {
  const { g } = r;
  const name = placeText(g.queries, g.graph, c.place) ?? 'value';
  const other = placeText(g.queries, g.graph, c.loan.place) ?? 'value';
  const kind = c.access.kind === 'borrow' ? c.access.borrow : 'mut';
  const mutable = kind === 'mut' || kind === 'twoPhase';
  const lentMutable = c.loan.kind === 'mut' || c.loan.kind === 'twoPhase';
  const through = name === other ? '' : ` (through \`${other}\`)`;
  const labels = [{ span: c.loan.span, text: `${c.loan.kind === 'shared' ? 'immutable' : c.loan.kind === 'fake' ? 'shallow' : 'mutable'} borrow${c.loan.kind === 'unique' ? ' by a closure' : ''} occurs here` }, ...later];
  if (c.loan.kind === 'fake') return undecided(r, c, name, 'mutably borrow');
  if (kind === 'unique' && c.loan.kind === 'unique') return problem('E0524', c.span, { name }, { label: 'second closure is constructed here', labels });
  if (kind === 'unique') return problem('E0500', c.span, { name }, { label: 'closure construction occurs here', labels });
  if (c.loan.kind === 'unique') return problem('E0501', c.span, { name, how: mutable ? 'mutable' : 'immutable' }, { label: 'second borrow occurs here', labels });
  if (mutable && lentMutable) return problem('E0499', c.span, { name, through }, { label: sameSpan(c.span, c.loan.span) ? `\`${name}\` was mutably borrowed here in the previous iteration of the loop` : 'second mutable borrow occurs here', labels: sameSpan(c.span, c.loan.span) ? later : labels });
  return problem('E0502', c.span, { name, how: mutable ? 'mutable' : 'immutable', other: mutable ? 'immutable' : 'mutable', through }, { label: `${mutable ? 'mutable' : 'immutable'} borrow occurs here`, labels });
}

function sameSpan(a: Span, b: Span): boolean {
  return a.file === b.file && a.start === b.start && a.end === b.end;
}

function laterLabel(why: Why): { span: Span; text: string }[] {
  switch (why.kind) {
    case 'used':
      if (why.drop) return [{ span: why.span, text: `borrow might be used here, when ${why.name === null ? 'a temporary' : `\`${why.name}\``} is dropped and runs its destructor` }];
      return [{ span: why.span, text: why.loop ? 'borrow later used here, in a later iteration of the loop' : 'borrow later used here' }];
    case 'outlives': return why.blame === null ? [] : [{ span: why.blame.span, text: why.blame.category === 'opaque' ? 'the hidden type of the result must be good for the caller' : `this requires that the borrow lasts for ${why.isStatic ? "`'static`" : (why.name ?? 'the caller')}` }];
    case 'unknown': return [];
  }
}

// ---------------------------------------------------------------- borrowed value does not live long enough

function tooShort(r: Report, c: Conflict, why: Why): Problem {
  const { g } = r;
  const { graph, queries } = g;
  const local = graph.locals[c.loan.place.local];
  const name = placeText(queries, graph, c.loan.place);
  const later = laterLabel(why);
  const escapes = why.kind === 'outlives';
  const category = why.kind === 'outlives' ? (why.blame?.category ?? null) : null;
  const blameSpan = why.kind === 'outlives' ? (why.blame?.span ?? c.loan.span) : c.loan.span;
  const ofClosure = captureOf(r, c);
  // A destructor that looks into what is borrowed inside it.
  if (c.access.kind === 'end' && c.access.drop && throughDestructor(r, c.loan.place)) {
    return problem('E0713', c.loan.span, { name: name ?? 'value' }, { label: `\`${name ?? 'it'}\` is borrowed here`, labels: [{ span: c.span, text: 'its owner is dropped here, and its destructor may use it' }, ...later] });
  }
  if (local?.name !== null && local !== undefined && name !== null) {
    if (escapes && ofClosure !== null && why.blame?.inside !== true && (category === 'return' || category === 'opaque' || category === 'argument' || category === 'predicate')) {
      return problem('E0373', ofClosure, { name }, {
        label: `may outlive borrowed value \`${name}\``,
        labels: [{ span: local.span, text: `\`${name}\` is owned by this function` }],
        fixes: [{ title: `let the closure own \`${name}\``, edits: [{ span: { ...ofClosure, end: ofClosure.start }, text: 'move ' }], certain: false }],
      });
    }
    if (escapes && category === 'return' && why.blame?.inside !== true) {
      const what = local.role === 'param' ? 'function parameter' : 'local variable';
      return problem('E0515', blameSpan, { what: `reference to ${what} \`${name}\`` }, { label: `returns a reference to data owned by the current function`, labels: sameSpan(blameSpan, c.loan.span) ? [] : [{ span: c.loan.span, text: `\`${name}\` is borrowed here` }] });
    }
    return problem('E0597', c.loan.use, { name }, { label: 'borrowed value does not live long enough', labels: [{ span: local.span, text: `\`${name}\` is declared here` }, { span: endOf(c.span), text: `\`${name}\` ends here while still borrowed` }, ...later] });
  }
  if (escapes && category === 'return') return problem('E0515', blameSpan, { what: 'value that refers to a temporary' }, { label: 'returns a value referencing data owned by the current function', labels: [{ span: local?.span ?? c.loan.span, text: 'temporary value created here' }] });
  return problem('E0716', local?.span ?? c.loan.span, {}, { label: 'creates a temporary value which is freed while still in use', labels: [{ span: endOf(c.span), text: 'temporary value is freed here, at the end of its statement' }, ...later] });
}

function endOf(span: Span): Span {
  return span;
}

/** The head of the closure by which the loan was made. */
function captureOf(r: Report, c: Conflict): Span | null {
  const block = r.g.graph.blocks[c.loan.block];
  const made = c.loan.into;
  if (block === undefined || made.projection.length > 0) return null;
  for (const s of block.statements) {
    if (s.kind === 'assign' && s.value.kind === 'aggregate' && s.value.of.kind === 'closure' && s.value.operands.some(o => o.kind !== 'constant' && o.place.local === made.local)) return s.span;
  }
  return null;
}

function throughDestructor(r: Report, place: Place): boolean {
  const { graph, queries } = r.g;
  for (let n = 0; n < place.projection.length; n++) {
    const type = placeType(queries, graph.locals, place, n);
    if (place.projection[n]?.kind === 'field' && type.kind === 'adt' && !isBox(queries.definitions, type) && dropImpl(queries.definitions, type.def) !== null) return true;
  }
  return false;
}

// ---------------------------------------------------------------- why

function explain(r: Report, c: Conflict): Why {
  const { g, values, points } = r;
  const { regions } = g;
  // A local whose type needs the region and that is used later from here.
  const chain = (goal: (x: number) => boolean): Constraint[] | null => pathTo(regions, c.loan.region, goal);
  const liveHere = new Set<number>();
  const universal = new Set(regions.universals.map(u => u.region));
  for (const [region, set] of regions.live) if (!universal.has(region) && (has(set, c.point) || (points.next[c.point] ?? []).some(n => has(set, n)))) liveHere.add(region);
  const path = chain(x => liveHere.has(x));
  if (path !== null) {
    const last = path[path.length - 1];
    const region = last === undefined ? c.loan.region : last.shorter;
    const use = nextUse(r, c.point, region);
    if (use !== null) return use;
  }
  const ends = values.ends(c.loan.region);
  if (ends.length > 0) {
    const end = regions.universals.find(u => ends.includes(u.region) && u.of !== 'static' && u.of !== 'placeholder' && u.of !== 'exit') ?? regions.universals.find(u => ends.includes(u.region) && u.of !== 'placeholder') ?? regions.universals.find(u => ends.includes(u.region));
    if (end !== undefined) {
      const to = chain(x => x === end.region) ?? [];
      return { kind: 'outlives', blame: blameRegions(to), name: end.name, isStatic: ends.includes(0) };
    }
  }
  return { kind: 'unknown' };
}

/** The first use, along the edges from a point, of a local whose type has the region. */
function nextUse(r: Report, from: number, region: number): Why | null {
  const { g, points } = r;
  const { graph } = g;
  const users = new Set<number>();
  const droppers = new Set<number>();
  g.locals.forEach((t, i) => {
    if (regionsIn(g, t).has(region)) users.add(i);
    if (droppedRegions(g, t).has(region)) droppers.add(i);
  });
  if (users.size === 0) return null;
  const seen = new Set<number>();
  const work = [...(points.next[from] ?? [])];
  for (let head = 0; head < work.length; head++) {
    const p = work[head] ?? 0;
    if (seen.has(p)) continue;
    seen.add(p);
    const block = points.block[p] ?? 0;
    const index = points.index[p] ?? 0;
    const defined = new Set<number>();
    const hit: { how: 'use' | 'drop'; local: number }[] = [];
    usesAt(graph, block as BlockId, index, {
      // The result's use by `return` is the caller's: it is told as what must be outlived.
      use(l) { if (l !== 0 && users.has(l)) hit.push({ how: 'use', local: l }); },
      drop(l) { if (droppers.has(l)) hit.push({ how: 'drop', local: l }); },
      define(l) { if (users.has(l)) defined.add(l); },
    });
    const found = hit[0];
    if (found !== undefined) {
      const b = graph.blocks[block];
      const s = b?.statements[index];
      const span = s?.span ?? b?.terminator.span ?? graph.span;
      return { kind: 'used', span, loop: seen.has(from), drop: found.how === 'drop', name: graph.locals[found.local]?.name ?? null };
    }
    if (defined.size > 0 && users.size === 1) continue;
    work.push(...(points.next[p] ?? []));
  }
  return null;
}
