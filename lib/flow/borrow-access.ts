/**
 * Walks a graph and holds every access against the loans in scope there (rustc's table of access × loan). In: a graph, its loans
 * with their scopes. Out: conflicts as data, in order; wording is `borrow-report`'s. Cost: accesses × loans of the same local.
 */
import type { Span } from '../text/span.ts';
import { type Bits, has } from './dataflow.ts';
import type { Loan } from './borrow-constraints.ts';
import { conflicts, type Depth } from './borrow-conflict.ts';
import type { BorrowKind, Graph, Operand, Place, Rvalue } from './graph.ts';
import { operandsOf } from './moves.ts';
import type { TypeQueries } from './queries.ts';

export type Access =
  | { readonly kind: 'copy' }
  | { readonly kind: 'borrow'; readonly borrow: BorrowKind; /** two-phase: not yet used */ readonly reserved: boolean }
  | { readonly kind: 'activate' }
  | { readonly kind: 'assign' }
  | { readonly kind: 'move' }
  /** Storage ends, or a destructor runs. */
  | { readonly kind: 'end'; readonly drop: boolean }
  /** The function is left: a parameter ends. */
  | { readonly kind: 'exit' };

export interface Conflict {
  readonly access: Access;
  readonly place: Place;
  readonly span: Span;
  readonly loan: Loan;
  readonly point: number;
}

export interface Lending {
  readonly loan: Loan;
  readonly scope: Bits;
  readonly reserved: Bits | null;
  readonly activation: number | null;
}

export function findConflicts(graph: Graph, queries: TypeQueries, bases: readonly number[], lendings: readonly Lending[], reachable: (block: number) => boolean): Conflict[] {
  const out: Conflict[] = [];
  const byLocal = new Map<number, Lending[]>();
  const byActivation = new Map<number, Lending[]>();
  const put = <K>(map: Map<K, Lending[]>, key: K, l: Lending): void => { const list = map.get(key); if (list === undefined) map.set(key, [l]); else list.push(l); };
  for (const l of lendings) {
    put(byLocal, l.loan.place.local, l);
    if (l.activation !== null) put(byActivation, l.activation, l);
  }
  let point = 0;
  const owner = queries.definitions.byId.get(graph.owner)?.kind;
  const forever = owner === 'const' || owner === 'static';
  const touch = (place: Place, depth: Depth, access: Access, span: Span, except: Loan | null = null): void => {
    for (const l of byLocal.get(place.local) ?? []) {
      if (l.loan === except || !has(l.scope, point)) continue;
      if (!clash(access, l, point)) continue;
      if (!conflicts(queries, graph, l.loan.place, l.loan.kind, place, depth)) continue;
      out.push({ access, place, span, loan: l.loan, point });
    }
  };
  const operand = (o: Operand, span: Span): void => {
    if (o.kind === 'constant') return;
    for (const s of o.place.projection) if (s.kind === 'index') touch({ local: s.local, projection: [] }, 'deep', { kind: 'copy' }, span);
    touch(o.place, 'deep', o.kind === 'move' ? { kind: 'move' } : { kind: 'copy' }, o.span ?? span);
  };
  const rvalue = (v: Rvalue, span: Span): void => {
    for (const o of operandsOf(v)) operand(o, span);
    switch (v.kind) {
      case 'borrow':
        touch(v.place, v.borrow === 'fake' ? 'shallow' : 'deep', { kind: 'borrow', borrow: v.borrow, reserved: v.borrow === 'twoPhase' }, span);
        return;
      case 'rawBorrow': touch(v.place, 'deep', { kind: 'borrow', borrow: v.mutable ? 'mut' : 'shared', reserved: false }, span); return;
      case 'length': touch(v.place, 'length', { kind: 'copy' }, span); return;
      case 'discriminant': touch(v.place, 'shallow', { kind: 'copy' }, span); return;
      default: return;
    }
  };
  graph.blocks.forEach((block, i) => {
    if (!reachable(i)) return;
    block.statements.forEach((s, n) => {
      point = (bases[i] ?? 0) + n;
      for (const l of byActivation.get(point) ?? []) activate(l);
      if (s.kind === 'assign') {
        rvalue(s.value, s.span);
        touch(s.place, 'shallow', { kind: 'assign' }, s.span);
      } else if (s.kind === 'storageDead') touch({ local: s.local, projection: [] }, 'shallow', { kind: 'end', drop: false }, s.span);
      else if (s.kind === 'fakeRead' && (s.why === 'guard' || s.why === 'indexGuard')) touch(s.place, 'shallow', { kind: 'copy' }, s.span);
    });
    const t = block.terminator;
    point = (bases[i] ?? 0) + block.statements.length;
    for (const l of byActivation.get(point) ?? []) activate(l);
    switch (t.kind) {
      case 'switch': operand(t.operand, t.span); return;
      case 'call':
        operand(t.callee, t.span);
        for (const a of t.args) operand(a, t.span);
        touch(t.destination, 'deep', { kind: 'assign' }, t.span);
        return;
      case 'checked':
        operand(t.left, t.span);
        if (t.right !== null) operand(t.right, t.span);
        touch(t.destination, 'deep', { kind: 'assign' }, t.span);
        return;
      case 'bounds': operand(t.index, t.span); operand(t.length, t.span); return;
      case 'guard': operand(t.pointer, t.span); return;
      case 'drop': touch(t.place, 'drop', t.replace ? { kind: 'assign' } : { kind: 'end', drop: true }, t.span); return;
      case 'return': case 'resume':
        // What a constant's extended temporaries hold lives for ever.
        if (t.kind === 'return' && forever) return;
        for (const l of lendings) {
          if (!has(l.scope, point)) continue;
          const root: Place = { local: l.loan.place.local, projection: [] };
          if (conflicts(queries, graph, l.loan.place, l.loan.kind, root, 'shallow')) out.push({ access: { kind: 'exit' }, place: root, span: t.span, loan: l.loan, point });
        }
        return;
      default: return;
    }
  });
  function activate(l: Lending): void {
    touch(l.loan.place, 'deep', { kind: 'activate' }, l.loan.span, l.loan);
  }
  return out;
}

/** The table: may this access happen while the loan is in scope. */
function clash(access: Access, l: Lending, point: number): boolean {
  const shared = l.loan.kind === 'shared';
  const fake = l.loan.kind === 'fake';
  if (l.loan.slot && (access.kind === 'copy' || access.kind === 'borrow' || access.kind === 'activate')) return false;
  switch (access.kind) {
    case 'copy': return !shared && !fake && isActive(l, point);
    case 'borrow':
      if (access.borrow === 'shared') return !shared && !fake && isActive(l, point);
      if (access.borrow === 'fake') return false;
      if (access.reserved) return !shared && !fake;
      return true;
    case 'move': return !fake;
    case 'end': return !fake;
    case 'exit': return !fake;
    case 'activate': case 'assign': return true;
  }
}

function isActive(l: Lending, point: number): boolean {
  return l.reserved === null || !has(l.reserved, point);
}

