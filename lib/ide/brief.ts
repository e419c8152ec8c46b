/**
 * What of a line a session's later lines need to know: often no more than the variables that it left. In: a checked session, and a line of it.
 * Out: those variables, with their types, or null where the line must stay whole in the script that later lines are checked in.
 * A line is brief when, after it, nothing is known of earlier variables that was not known before it (no value moved, none given for the first time, no
 * loan ended by it), and what it left is initialised and holds no reference or raw pointer, so that no loan and no freed block can reach a later line through it. Whatever is doubtful
 * stays whole: brief and whole lines must never differ in what a later line may do. Cost: linear in the line's part of the graph.
 */
import type { Checked } from '../compile.ts';
import { haltNumber, type Block, type Graph, type LocalId, type Operand, type Place, type Rvalue } from '../flow/graph.ts';
import { operandsOf } from '../flow/moves.ts';
import { eachLocal, stretchesOf, type Stretch } from '../flow/stretches.ts';
import type { File, Name, NodeId, Pattern } from '../syntax/tree.ts';
import type { BodyFacts } from '../types/facts.ts';
import { mapParts, type DefId, type Type } from '../types/type.ts';

export interface Left {
  readonly id: NodeId;
  readonly name: Name;
  readonly mutable: boolean;
  /** Undecided numbers in it are variables of the check that told it. */
  readonly type: Type;
}

export type Brief = readonly Left[] | null;

/** Briefs of the entries, those before `known.length` as they were told before. An entry without a brief stands whole in the script's graph. */
export function briefsOf(checked: Checked, body: DefId, entries: readonly { readonly tree: File }[], known: readonly Brief[]): readonly Brief[] {
  const graph = checked.graphs.get(body)?.[0];
  const facts = checked.facts.get(body);
  if (graph === undefined || facts === undefined) return entries.map(() => null);
  const stretches = new Map(stretchesOf(graph).map(each => [each.from, each]));
  const first = new Map<LocalId, number>();
  const lasts = new Set<LocalId>();
  for (const { from, blocks } of stretches.values()) {
    for (const id of blocks) {
      eachLocal(graph.blocks[id], local => {
        const at = first.get(local);
        if (at === undefined) first.set(local, from);
        else if (at !== from) lasts.add(local);
      });
    }
  }
  const state: State = { graph, facts, first, lasts, steady: new Set(), lent: new Set() };
  for (const local of lasts) if ((known[lineOf(graph, entries, local)] ?? null) !== null) state.steady.add(local);
  return entries.map(({ tree }, i) => {
    const old = known[i];
    if (old !== undefined && old !== null) return old.map(each => ({ ...each, type: typeOf(facts, each.id) ?? each.type }));
    const stretch = stretches.get(i);
    if (stretch === undefined) return null;
    const brief = i < known.length ? null : tell(state, tree, stretch, i);
    if (brief === null) remember(state, stretch);
    return brief;
  });
}

interface State {
  readonly graph: Graph;
  readonly facts: BodyFacts;
  /** The stretch in which each local is first. */
  readonly first: ReadonlyMap<LocalId, number>;
  readonly lasts: ReadonlySet<LocalId>;
  /** Variables of brief lines that no whole line moved or assigned: they have a value, and that is all there is to know. */
  readonly steady: Set<LocalId>;
  /** Locals that whole lines borrowed. */
  readonly lent: Set<LocalId>;
}

const typeOf = (facts: BodyFacts, id: NodeId): Type | undefined => facts.open?.get(id) ?? facts.bindings.get(id)?.type;

/** The entry in whose text a variable is bound. */
function lineOf({ locals }: Graph, entries: readonly { readonly tree: File }[], local: LocalId): number {
  const file = locals[local]?.span.file;
  return entries.findIndex(({ tree }) => tree.span.file === file);
}

function tell(state: State, tree: File, stretch: Stretch, line: number): Brief {
  const { graph, facts, first, lasts } = state;
  if (stretch.to.length !== 1 || stretch.to[0] !== line + 1) return null;
  const left: Left[] = [];
  // Items in blocks are named by their order.
  if (hasItems(tree.statements)) return null;
  for (const statement of tree.statements) {
    if (statement.kind === 'defer') return null;
    if (statement.kind !== 'let') continue;
    if (statement.value === null || statement.orElse !== null || !bindings(facts, statement.pattern, left)) return null;
  }
  const named = new Set(left.map(({ name }) => name.span.start));
  const mine = new Set<LocalId>();
  for (const local of lasts) {
    if (first.get(local) !== line) continue;
    const { role, type, span } = graph.locals[local] ?? {};
    if (role !== 'variable' || type === undefined || !isPlain(type) || span?.file !== tree.span.file || !named.has(span.start)) return null;
    mine.add(local);
  }
  for (const id of stretch.blocks) {
    const block = graph.blocks[id];
    if (block === undefined || block.cleanup) continue;
    if (block.terminator.kind === 'return' || !eachUse(block, use => leavesNothing(state, line, mine, use))) return null;
  }
  for (const local of mine) state.steady.add(local);
  return left;
}

function hasItems(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('kind' in value && value.kind === 'item') return true;
  return Object.values(value).some(hasItems);
}

function leavesNothing({ graph, first, lasts, steady, lent }: State, line: number, mine: ReadonlySet<LocalId>, { place, how }: Use): boolean {
  const { local } = place;
  if (mine.has(local)) return how !== 'move';
  if (first.get(local) === line || !lasts.has(local)) return true;
  const type = graph.locals[local]?.type;
  if (type === undefined || lent.has(local)) return false;
  if (isPlain(type)) return how === 'read' || how === 'shared' || (steady.has(local) && how !== 'move');
  return type.kind === 'ref' && !type.mutable && (isPlain(type.inner)) && (how === 'read' || how === 'shared');
}

/** What a whole line did to the variables of others. */
function remember(state: State, stretch: Stretch): void {
  for (const id of stretch.blocks) {
    const block = state.graph.blocks[id];
    if (block === undefined || block.cleanup) continue;
    eachUse(block, ({ place: { local }, how }) => {
      if (!state.lasts.has(local)) return true;
      if (how === 'move' || how === 'write') state.steady.delete(local);
      if (how === 'shared' || how === 'mut') state.lent.add(local);
      return true;
    });
  }
}

/** Whether every variable that the pattern binds holds a value of its own that is plain. */
function bindings(facts: BodyFacts, pattern: Pattern, into: Left[]): boolean {
  switch (pattern.kind) {
    case 'binding': {
      const found = facts.bindings.get(pattern.id);
      if (found === undefined) return facts.paths.has(pattern.id);
      if (pattern.sub !== null || found.mode !== 'move' || !isPlain(found.type)) return false;
      into.push({ id: pattern.id, name: pattern.name, mutable: found.mutable, type: typeOf(facts, pattern.id) ?? found.type });
      return true;
    }
    case 'tuplePattern': case 'tupleStructPattern': return pattern.elements.every(each => bindings(facts, each, into));
    case 'structPattern': return pattern.fields.every(each => bindings(facts, each.pattern, into));
    case 'wildcard': case 'rest': return true;
    default: return false;
  }
}

/** A type in which nothing is borrowed, and no raw pointer, of whose block a later line may know that it is freed. */
function isPlain(type: Type): boolean {
  switch (type.kind) {
    case 'int': case 'float': case 'bool': case 'char': case 'str': case 'const': return true;
    case 'tuple': case 'array': case 'slice': case 'adt': {
      let plain = true;
      mapParts(type, part => {
        plain &&= isPlain(part);
        return part;
      });
      return plain;
    }
    default: return false;
  }
}

// ---------------------------------------------------------------- uses

interface Use {
  readonly place: Place;
  readonly how: 'read' | 'move' | 'write' | 'shared' | 'mut';
}

/** Every use of a place in a block; ends with false where `see` says so. */
function eachUse(block: Block, see: (use: Use) => boolean): boolean {
  const operand = (o: Operand): boolean => o.kind === 'constant' || place(o.place, o.kind === 'move' ? 'move' : 'read');
  const place = (p: Place, how: Use['how']): boolean => see({ place: p, how }) && p.projection.every(step => step.kind !== 'index' || see({ place: { local: step.local, projection: [] }, how: 'read' }));
  const value = (v: Rvalue): boolean => {
    switch (v.kind) {
      case 'borrow': return place(v.place, v.borrow === 'shared' || v.borrow === 'fake' ? 'shared' : 'mut');
      case 'rawBorrow': return place(v.place, v.mutable ? 'mut' : 'shared');
      case 'discriminant': case 'length': return place(v.place, 'read');
      default: return operandsOf(v).every(operand);
    }
  };
  for (const s of block.statements) {
    if (s.kind === 'assign' ? !(value(s.value) && place(s.place, 'write')) : s.kind === 'fakeRead' && !place(s.place, 'read')) return false;
  }
  const t = block.terminator;
  switch (t.kind) {
    case 'call': return haltNumber(t) !== null || (operand(t.callee) && t.args.every(operand) && place(t.destination, 'write'));
    case 'checked': return operand(t.left) && (t.right === null || operand(t.right)) && place(t.destination, 'write');
    case 'drop': return place(t.place, t.replace ? 'write' : 'move');
    case 'switch': return operand(t.operand);
    case 'bounds': return operand(t.index) && operand(t.length);
    case 'guard': return operand(t.pointer);
    default: return true;
  }
}
