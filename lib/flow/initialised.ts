/**
 * Uses of what is not initialised: E0381 (never was), E0382 (was moved away), E0384 (assigned twice though not `mut`). In: a graph
 * as built, its move paths. Out: problems, one for each set of moves that reaches a use. The rules are rustc's: a read needs the
 * whole place, an assignment to a part needs its base. Cost: one pass, and a walk backwards for each complaint.
 */
import { before, behind } from '../report/edits.ts';
import { type Edit, type Fix, type Problem, problem } from '../report/problem.ts';
import type { Span } from '../text/span.ts';
import { type Bits, has, predecessors, remove, add, solve } from './dataflow.ts';
import type { BlockId, Graph, Operand, Place } from './graph.ts';
import { applyEffects, initialisation, type Moves, operandsOf } from './moves.ts';
import { placeText, placeType } from './place.ts';
import { dropImpl, type TypeQueries } from './queries.ts';

type Action = 'use' | 'borrow' | 'assign' | 'match' | 'capture';

interface Context {
  readonly graph: Graph;
  readonly queries: TypeQueries;
  readonly moves: Moves;
  readonly problems: Problem[];
  readonly before: BlockId[][];
  readonly reported: Set<string>;
}

export function checkInitialised(graph: Graph, queries: TypeQueries, moves: Moves): Problem[] {
  const c: Context = { graph, queries, moves, problems: [], before: predecessors(graph), reported: new Set() };
  const states = initialisation(moves, false);
  const assigned = everAssigned(graph, moves);
  graph.blocks.forEach((block, i) => {
    const id = i as BlockId;
    const state = states[id]?.slice();
    const ever = assigned[id]?.slice();
    if (state === undefined || ever === undefined) return;
    block.statements.forEach((s, n) => {
      const at: At = { block: id, index: n, state, early: new Set() };
      switch (s.kind) {
        case 'assign': {
          for (const o of operandsOf(s.value)) read(c, at, o, s.span, s.value.kind === 'aggregate' && s.value.of.kind === 'closure' ? 'capture' : 'use');
          const v = s.value;
          if (v.kind === 'borrow' || v.kind === 'rawBorrow') whole(c, at, v.place, s.span, v.kind === 'borrow' && v.borrow === 'fake' ? 'match' : 'borrow');
          else if (v.kind === 'discriminant' || v.kind === 'length') whole(c, at, v.place, s.span, 'use');
          write(c, at, s.place, s.span, ever);
          break;
        }
        case 'fakeRead': if (s.why !== 'guard' && s.why !== 'indexGuard') whole(c, at, s.place, s.span, s.why === 'index' ? 'use' : 'match'); break;
        default: break;
      }
      applyEffects(moves, state, moves.effects(id, n), false);
      assignEffect(graph, moves, ever, id, n);
    });
    const at: At = { block: id, index: block.statements.length, state, early: new Set() };
    const t = block.terminator;
    switch (t.kind) {
      case 'switch': read(c, at, t.operand, t.span, 'use'); break;
      case 'call':
        read(c, at, t.callee, t.calleeSpan, 'use');
        for (const a of t.args) read(c, at, a, t.span, 'use');
        write(c, at, t.destination, t.span, ever);
        break;
      case 'checked':
        read(c, at, t.left, t.span, 'use');
        if (t.right !== null) read(c, at, t.right, t.span, 'use');
        write(c, at, t.destination, t.span, ever);
        break;
      case 'bounds': read(c, at, t.index, t.span, 'use'); read(c, at, t.length, t.span, 'use'); break;
      case 'guard': read(c, at, t.pointer, t.span, 'use'); break;
      case 'drop': if (t.replace) write(c, at, t.place, t.span, ever); break;
      default: break;
    }
  });
  return c.problems;
}

interface At {
  readonly block: BlockId;
  readonly index: number;
  readonly state: Bits;
  /** Moved by an earlier operand of the same statement. */
  readonly early: Set<number>;
}

function read(c: Context, at: At, o: Operand, span: Span, action: Action): void {
  if (o.kind === 'constant') return;
  whole(c, at, o.place, o.span ?? span, action);
  if (o.kind !== 'move') return;
  // The next operand of the same statement finds it gone.
  const { path, exact } = c.moves.find(o.place);
  if (exact) for (const p of c.moves.below(path)) { add(at.state, p); at.early.add(p); }
}

/** The place and all in it must be there. */
function whole(c: Context, at: At, place: Place, span: Span, action: Action): void {
  const { moves } = c;
  const { path, exact } = moves.find(place);
  if (has(at.state, path)) { complain(c, at, path, place, span, action, false); return; }
  const last = place.projection[place.projection.length - 1];
  if (last?.kind === 'subslice') {
    const base = moves.find({ local: place.local, projection: place.projection.slice(0, -1) });
    const type = placeType(c.queries, c.graph.locals, { local: place.local, projection: place.projection.slice(0, -1) });
    const end = type.kind === 'array' && type.length.kind === 'const' ? Number(type.length.value) - last.to : Infinity;
    for (const child of moves.paths[base.path]?.children ?? []) {
      const step = moves.paths[child]?.place.projection.at(-1);
      if (step?.kind === 'constantIndex' && step.offset >= last.from && step.offset < end && moves.below(child).some(p => has(at.state, p))) { complain(c, at, child, place, span, action, true); return; }
    }
    return;
  }
  if (!exact) return;
  const part = moves.below(path).find(p => has(at.state, p));
  if (part !== undefined) complain(c, at, part, place, span, action, true);
}

/** An assignment: to a whole local always fine (E0384 apart); to a part, its base must be there. */
function write(c: Context, at: At, place: Place, span: Span, ever: Bits): void {
  const { moves } = c;
  if (place.projection.length === 0) {
    const local = c.graph.locals[place.local];
    if (local !== undefined && !local.mutable && (local.role === 'variable' || local.role === 'param') && local.name !== null && has(ever, place.local)) twice(c, place, span);
    return;
  }
  for (let n = place.projection.length; n > 0; n--) {
    const step = place.projection[n - 1];
    const base: Place = { local: place.local, projection: place.projection.slice(0, n - 1) };
    if (step === undefined) continue;
    if (step.kind === 'deref') { fullPath(c, at, base, span); return; }
    if (step.kind === 'index' || step.kind === 'constantIndex' || step.kind === 'subslice') { fullPath(c, at, base, span); return; }
    if (step.kind === 'field') {
      const type = placeType(c.queries, c.graph.locals, base);
      if (type.kind === 'adt' && dropImpl(c.queries.definitions, type.def) !== null) { whole(c, at, base, span, 'assign'); return; }
      let missing: number | null = null;
      for (let k = n - 1; k >= 0; k--) {
        const prefix = moves.find({ local: place.local, projection: place.projection.slice(0, k) });
        if (prefix.exact && has(at.state, prefix.path)) missing = prefix.path;
      }
      if (missing !== null) { complain(c, at, missing, moves.paths[missing]?.place ?? base, span, 'assign', false); return; }
    }
  }
}

function fullPath(c: Context, at: At, place: Place, span: Span): void {
  const { path } = c.moves.find(place);
  if (has(at.state, path)) complain(c, at, path, place, span, 'use', false);
}

// ---------------------------------------------------------------- assigned twice

function assignEffect(graph: Graph, moves: Moves, state: Bits, block: BlockId, index: number): void {
  const s = graph.blocks[block]?.statements[index];
  if (s?.kind === 'assign' && s.place.projection.length === 0) add(state, s.place.local);
  else if (s?.kind === 'storageDead') remove(state, s.local);
  void moves;
}

/** Locals that may have been assigned before, at each block's entry. */
function everAssigned(graph: Graph, moves: Moves): (Bits | null)[] {
  return solve({
    graph,
    count: graph.locals.length,
    entry(state) { for (let i = 1; i <= graph.params; i++) add(state, i); },
    statement: (state, block, index) => { assignEffect(graph, moves, state, block, index); },
    terminator() { /* calls: on the edge */ },
    edge(state, from, to) {
      const t = graph.blocks[from]?.terminator;
      if ((t?.kind === 'call' || t?.kind === 'checked') && t.target === to && t.destination.projection.length === 0) add(state, t.destination.local);
    },
  });
}

function twice(c: Context, place: Place, span: Span): void {
  const local = c.graph.locals[place.local];
  if (local === undefined || local.name === null) return;
  const key = `twice:${span.start}:${span.file}:${place.local}`;
  if (c.reported.has(key)) return;
  c.reported.add(key);
  const isParam = local.role === 'param';
  c.problems.push(problem('E0384', span, { name: local.name, what: isParam ? 'immutable argument' : 'immutable variable' }, {
    label: isParam ? 'cannot assign to immutable argument' : 'cannot assign twice to immutable variable',
    labels: [{ span: local.span, text: isParam ? `\`${local.name}\` is a parameter without \`mut\`` : `\`${local.name}\` is declared here, without \`mut\`` }],
    fixes: [{ title: 'make this binding mutable', edits: [{ span: { ...local.span, end: local.span.start }, text: 'mut ' }], certain: false }],
  }));
}

// ---------------------------------------------------------------- complaints

interface Culprit {
  readonly span: Span;
  readonly place: Place;
  readonly block: BlockId;
  readonly index: number;
  readonly how: 'call' | 'method' | 'for' | 'closure' | 'pattern' | 'other';
  /** Span of the method's or function's name. */
  readonly by: Span | null;
}

function complain(c: Context, at: At, path: number, place: Place, span: Span, action: Action, partial: boolean): void {
  const { moves, graph, queries } = c;
  const culprits = movesReaching(c, at, path);
  if (culprits.length === 0) { never(c, place, span, action); return; }
  const key = culprits.map(m => `${m.block}:${m.index}`).sort().join(' ');
  const placeName = `moved:${key}:${place.local}`;
  if (c.reported.has(placeName) || c.reported.has(`at:${span.file}:${span.start}:${span.end}`)) return;
  c.reported.add(placeName);
  c.reported.add(`at:${span.file}:${span.start}:${span.end}`);
  const name = placeText(queries, graph, place);
  const movedPlace = moves.paths[path]?.place ?? place;
  const movedName = placeText(queries, graph, movedPlace);
  const type = placeType(queries, graph.locals, movedPlace);
  const verb = action === 'borrow' ? 'borrow of' : action === 'assign' ? 'assign to part of' : 'use of';
  const did = action === 'borrow' ? 'borrowed' : action === 'assign' ? 'assigned' : 'used';
  const labels: { span: Span; text: string }[] = [];
  const fixes: Fix[] = [];
  const notes: string[] = [];
  const local = graph.locals[place.local];
  const shownType = queries.show(type);
  let looping = false;
  for (const m of culprits) {
    const same = m.block === at.block && m.index === at.index && at.early.size === 0;
    if (same || sameSpan(m.span, span)) looping = true;
    const inLoop = same || sameSpan(m.span, span) ? ', in previous iteration of loop' : '';
    const how = m.how === 'closure' ? 'value moved into closure here' : 'value moved here';
    if (!sameSpan(m.span, span)) labels.push({ span: m.span, text: `${how}${inLoop}` });
    if (m.how === 'method' && m.by !== null) labels.push({ span: m.by, text: 'this method takes `self` by value, which moves it' });
    else if (m.how === 'call' && m.by !== null) labels.push({ span: m.by, text: 'this function takes the value, and owns it from then on' });
  }
  // A fix mends every way on which the value goes, or it is none.
  const everyone = (title: string, may: (m: Culprit) => boolean, edit: (m: Culprit) => Edit[]): void => {
    if (!culprits.every(may)) return;
    const seen = new Set<number>();
    const edits = culprits.filter(m => !seen.has(m.span.start) && seen.add(m.span.start)).flatMap(edit);
    fixes.push({ title, edits, certain: false });
  };
  if (queries.isClone(graph.owner, type)) everyone('clone the value there, so that this one stays', m => m.how === 'call' || m.how === 'other' || m.how === 'method', m => behind(m.span, queries.text(m.span), '.clone()'));
  everyone('walk over references to its elements', m => m.how === 'for', m => before(m.span, queries.text(m.span), '&'));
  everyone('bind a reference, so that the value stays', m => m.how === 'pattern' && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(queries.text(m.span)), m => [{ span: { ...m.span, end: m.span.start }, text: 'ref ' }]);
  if (culprits.some(m => m.how === 'call')) notes.push('or lend it with `&`, where what is called can do with a reference');
  if (local !== undefined && local.name !== null && place.projection.length === 0) labels.push({ span: local.span, text: `\`${local.name}\` has type \`${queries.show(local.type)}\`, which is not \`Copy\`: it moves` });
  c.problems.push(problem('E0382', span, { verb, name: name ?? 'value', state: partial ? 'partially moved' : 'moved' }, {
    label: looping ? `value moved here, in previous iteration of loop` : `value ${did} here after ${partial ? 'partial ' : ''}move`,
    labels,
    notes: partial && movedName !== null && movedName !== name ? [`\`${movedName}\` was moved out of it; it has type \`${shownType}\`, which is not \`Copy\``, ...notes] : notes,
    fixes,
  }));
}

function sameSpan(a: Span, b: Span): boolean {
  return a.file === b.file && a.start === b.start && a.end === b.end;
}

function never(c: Context, place: Place, span: Span, action: Action): void {
  const local = c.graph.locals[place.local];
  const name = placeText(c.queries, c.graph, place) ?? local?.name ?? null;
  // A place without a name is our own temporary: what it came from was reported.
  if (local === undefined || (name === null && local.name === null)) return;
  const key = `never:${place.local}`;
  if (c.reported.has(key)) return;
  c.reported.add(key);
  c.problems.push(problem('E0381', span, { name: name ?? local.name ?? 'value' }, {
    label: action === 'assign' ? `\`${name}\` partially assigned here but it isn't fully initialized` : `\`${name}\` used here but it isn't initialized on every path`,
    labels: [{ span: local.span, text: 'declared here, without a value' }],
  }));
}

/** Moves that may be why the path is not initialised at a point: a walk backwards up to where it was initialised. */
function movesReaching(c: Context, at: At, path: number): Culprit[] {
  const { moves, graph } = c;
  // The path, what holds it, and what it holds.
  const wanted = new Set<number>(moves.below(path));
  for (let p = moves.paths[path]?.parent ?? null; p !== null; p = moves.paths[p]?.parent ?? null) wanted.add(p);
  const holders = new Set<number>([path]);
  for (let p = moves.paths[path]?.parent ?? null; p !== null; p = moves.paths[p]?.parent ?? null) holders.add(p);
  const found = new Map<string, Culprit>();
  const seen = new Set<BlockId>();
  for (const e of moves.effects(at.block, at.index)) if (e.kind === 'move' && wanted.has(e.path) && at.early.has(e.path)) found.set('early', describe(c, at.block, at.index, e.path));
  if (found.size > 0) return [...found.values()];
  const work: { block: BlockId; index: number }[] = [{ block: at.block, index: at.index - 1 }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const block = graph.blocks[next.block];
    if (block === undefined) continue;
    let stopped = false;
    for (let i = next.index; i >= 0 && !stopped; i--) {
      for (const e of [...moves.effects(next.block, i)].reverse()) {
        if (e.kind === 'init' && holders.has(e.path)) { stopped = true; break; }
        if (e.kind === 'end' && holders.has(e.path) && block.statements[i]?.kind === 'storageDead') { stopped = true; break; }
        if (e.kind === 'move' && wanted.has(e.path)) {
          const culprit = describe(c, next.block, i, e.path);
          found.set(`${next.block}:${i}`, culprit);
          if (holders.has(e.path)) { stopped = true; break; }
        }
      }
    }
    if (stopped) continue;
    for (const p of c.before[next.block] ?? []) {
      // On the way back over a call's normal return, its result is initialised.
      const t = graph.blocks[p]?.terminator;
      const length = graph.blocks[p]?.statements.length ?? 0;
      if ((t?.kind === 'call' || t?.kind === 'checked') && t.target === next.block && moves.effects(p, length).some(e => e.kind === 'initOnReturn' && holders.has(e.path))) continue;
      if (seen.has(p)) continue;
      seen.add(p);
      work.push({ block: p, index: length });
    }
  }
  return [...found.values()].sort((a, b) => a.span.start - b.span.start);
}

function describe(c: Context, block: BlockId, index: number, path: number): Culprit {
  const place = c.moves.paths[path]?.place ?? { local: 0 as Place['local'], projection: [] };
  const b = c.graph.blocks[block];
  const s = b?.statements[index];
  const spanOf = (operands: readonly Operand[], whole: Span): Span => {
    for (const o of operands) if (o.kind === 'move' && c.moves.find(o.place).path === path) return o.span ?? whole;
    return whole;
  };
  if (s !== undefined) {
    if (s.kind === 'assign') {
      const closure = s.value.kind === 'aggregate' && s.value.of.kind === 'closure';
      const isPattern = s.place.projection.length === 0 && c.graph.locals[s.place.local]?.matched !== undefined;
      return { span: spanOf(operandsOf(s.value), s.span), place, block, index, how: closure ? 'closure' : isPattern ? 'pattern' : 'other', by: null };
    }
    return { span: s.span, place, block, index, how: 'other', by: null };
  }
  const t = b?.terminator;
  if (t?.kind === 'call') {
    const first = t.args[0];
    const isReceiver = t.syntax === 'method' && first?.kind === 'move' && c.moves.find(first.place).path === path;
    return { span: spanOf(t.args, t.span), place, block, index, how: isReceiver ? 'method' : t.syntax === 'for' ? 'for' : t.syntax === 'call' || t.syntax === 'method' ? 'call' : 'other', by: t.syntax === 'for' ? null : t.calleeSpan };
  }
  return { span: t?.span ?? c.graph.span, place, block, index, how: 'other', by: null };
}

