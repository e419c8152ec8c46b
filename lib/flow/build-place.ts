/**
 * Lowers place terms to places: variables, fields, dereferences, indices; in closures, what was captured. In: a term. Out: a
 * place that may be read, written or borrowed now; bounds checks and pointer guards stand before it. A value term in place
 * position becomes a temporary. Cost: linear in the term.
 */
import type { NodeId } from '../syntax/tree.ts';
import type { Capture } from '../types/facts.ts';
import { BOOL, ptr, ref, type Type, USIZE } from '../types/type.ts';
import { type Access, assign, assignConstant, type Builder, constantOperand, newBlock, newTemp, push, tempOf, terminate, unwind } from './builder.ts';
import type { LocalId, Operand, Place, Projection } from './graph.ts';
import type { Term } from './term.ts';
import { DEREF, local, placeType, project } from './place.ts';

/** A place whose start may still be a captured variable. */
interface Partial {
  readonly base: LocalId | { readonly upvar: NodeId };
  readonly projection: readonly Projection[];
}

export function lowerPlace(b: Builder, term: Term, access: Access): Place {
  if (access === 'address' && term.kind === 'deref' && term.base.type.kind === 'ptr') {
    // Whoever asks for no more than the address of `*p` has it in `p`.
    const pointer = resolve(b, partial(b, term.base, 'read'), term.base);
    return project(pointer, DEREF);
  }
  if (access !== 'address' && isBehindUntied(b, term)) {
    // No lifetime says that it is still there; in debug it is asked, of exactly what is accessed.
    const place = resolve(b, partial(b, term, access), term);
    watch(b, place, term, access);
    return place;
  }
  if (access === 'address' || !isPartBehindPointer(term)) return resolve(b, partial(b, term, access), term);
  // Only the part must be there and, to be read, written: of the whole it is asked where it lies, of the part what is done to it.
  const place = resolve(b, partial(b, term, 'part'), term);
  watch(b, place, term, access);
  return place;
}

/** In debug, an access to this place is looked at as one through a raw pointer. */
function watch(b: Builder, place: Place, { type, span }: Term, access: Access): void {
  const part = tempOf(b, ptr(type, false), { kind: 'rawBorrow', mutable: false, place }, span);
  const next = newBlock(b);
  terminate(b, { kind: 'guard', pointer: { kind: 'copy', place: local(part) }, type, access, target: next, unwind: unwind(b), verdict: 'watched', span });
  b.current = next;
}

const isSized = (type: Type): boolean => type.kind !== 'slice' && type.kind !== 'str' && type.kind !== 'dyn' && type.kind !== 'param';

/** What a reference without a lifetime of its own leads to, or a part of it. */
function isBehindUntied(b: Builder, term: Term): boolean {
  let at: Term = term;
  while (at.kind === 'field' || at.kind === 'index') at = at.base;
  return at.kind === 'deref' && at.base.kind === 'local' && b.untied.has(at.base.binding) && isSized(term.type);
}

/** A field, or an element of an array, of what a raw pointer leads to. */
function isPartBehindPointer(term: Term): boolean {
  if (term.kind !== 'field' && term.kind !== 'index') return false;
  let at: Term = term;
  while (at.kind === 'field' || at.kind === 'index') at = at.base;
  return at.kind === 'deref' && at.base.type.kind === 'ptr';
}

function extend(p: Partial, ...steps: Projection[]): Partial {
  return { base: p.base, projection: [...p.projection, ...steps] };
}

/** `fakes`: of an index around this place, the borrows that keep its own bounds check true; null where there is none. */
function partial(b: Builder, term: Term, access: Access, fakes: LocalId[] | null = null): Partial {
  switch (term.kind) {
    case 'local': {
      const variable = b.bound.get(term.binding);
      if (variable === undefined) {
        if (b.upvars !== null) return { base: { upvar: term.binding }, projection: [] };
        throw new Error(`variable ${String(term.binding)} of ${b.owner} has no place`);
      }
      if (variable.guard !== null) return { base: variable.guard, projection: [DEREF] };
      return { base: variable.local, projection: [] };
    }
    case 'static': {
      const type = ptr(term.type, true);
      const address = newTemp(b, type, term.span);
      assignConstant(b, local(address), { kind: 'static', def: term.def, type }, term.span);
      return { base: address, projection: [DEREF] };
    }
    case 'field': return extend(partial(b, term.base, access, fakes), { kind: 'field', index: term.index, type: term.type });
    case 'deref': {
      const base = partial(b, term.base, 'read', fakes);
      if (term.base.type.kind !== 'ptr') return extend(base, DEREF);
      const pointer = resolve(b, base, term.base);
      guard(b, pointer, term.type, access, term);
      return { base: pointer.local, projection: [...pointer.projection, DEREF] };
    }
    case 'index': {
      const held = fakes ?? [];
      const base = partial(b, term.base, access, held);
      const index = indexLocal(b, term.index);
      const place = resolve(b, base, term.base);
      bounds(b, place, term.base.type, index, term);
      if (fakes !== null) fakeBorrows(b, place, fakes, term.span);
      else for (const fake of held) push(b, { kind: 'fakeRead', place: local(fake), why: 'indexGuard', span: term.span });
      return { base: place.local, projection: [...place.projection, { kind: 'index', local: index }] };
    }
    default: return { base: b.lower.temp(b, term), projection: [] };
  }
}

/** What an index went through stays as it was while the indices behind it are evaluated: its bounds check must stay true. */
function fakeBorrows(b: Builder, place: Place, fakes: LocalId[], span: Term['span']): void {
  if (placeType(b.queries, b.locals, place).kind !== 'slice') return;
  for (let n = place.projection.length - 1; n >= 0; n--) {
    const step = place.projection[n];
    const through: Place = { local: place.local, projection: place.projection.slice(0, n) };
    if (step?.kind === 'index' && placeType(b.queries, b.locals, through).kind === 'slice') return;
    if (step?.kind === 'deref') fakes.push(tempOf(b, ref(placeType(b.queries, b.locals, through), false), { kind: 'borrow', borrow: 'fake', place: through }, span));
  }
}

/** An index must not change between its check and its use: it gets a local of its own. */
function indexLocal(b: Builder, index: Term): LocalId {
  return b.lower.temp(b, index);
}

function bounds(b: Builder, place: Place, type: Type, index: LocalId, term: Term & { kind: 'index' }): void {
  const { span } = term;
  let length: Operand;
  let proven = false;
  if (type.kind === 'array') {
    // An element that is found by a number may be any: the whole array must be there.
    push(b, { kind: 'fakeRead', place, why: 'index', span });
    length = constantOperand(type.length.kind === 'const' ? { kind: 'int', value: type.length.value, type: USIZE } : { kind: 'param', param: type.length, type: USIZE });
    const at = term.index.kind === 'constant' && term.index.constant.kind === 'int' ? term.index.constant.value : null;
    proven = at !== null && type.length.kind === 'const' && at < type.length.value;
  } else {
    length = { kind: 'move', place: local(tempOf(b, USIZE, { kind: 'length', place }, span)) };
  }
  const next = newBlock(b);
  const verdict = proven ? 'proven' : 'guarded';
  terminate(b, { kind: 'bounds', index: { kind: 'copy', place: local(index) }, length, target: next, unwind: proven ? null : unwind(b), verdict, span });
  b.current = next;
}

function guard(b: Builder, pointer: Place, type: Type, access: Access, term: Term): void {
  const next = newBlock(b);
  terminate(b, { kind: 'guard', pointer: { kind: 'copy', place: pointer }, type, access, target: next, unwind: unwind(b), verdict: b.trusted > 0 ? 'trusted' : 'guarded', span: term.span });
  b.current = next;
}

/** A partial place with its captured variable found in the environment. */
function resolve(b: Builder, p: Partial, term: Term): Place {
  if (typeof p.base === 'number') return { local: p.base, projection: p.projection };
  const found = findCapture(b, p.base.upvar, p.projection);
  if (found === null) {
    // Nothing of it is captured: it is only mentioned (`let _ = x`), and nothing is read.
    const ghost = newTemp(b, term.type, term.span);
    push(b, { kind: 'nop', span: term.span });
    return local(ghost);
  }
  return project(found.place, ...p.projection.slice(found.used));
}

function steps(capture: Capture): readonly Projection[] {
  return capture.projection.map(s => (s.kind === 'deref' ? DEREF : { kind: 'field', index: s.index, type: s.type }));
}

/** Where the environment holds the capture, as seen from the closure's body. */
export function capturePlace(b: Builder, index: number, capture: Capture, stored: Type): Place {
  const kind = b.upvars?.facts.kind;
  const env: Place = kind === 'FnOnce' ? local(1 as LocalId) : { local: 1 as LocalId, projection: [DEREF] };
  const at = project(env, { kind: 'field', index, type: stored });
  return capture.mode === 'move' ? at : project(at, DEREF);
}

function findCapture(b: Builder, binding: NodeId, projection: readonly Projection[]): { place: Place; used: number } | null {
  const captures = b.upvars?.captures ?? [];
  for (const [index, capture] of captures.entries()) {
    if (capture.binding !== binding) continue;
    const way = steps(capture);
    if (way.length > projection.length) continue;
    const fits = way.every((s, i) => {
      const t = projection[i];
      return t !== undefined && s.kind === t.kind && (s.kind !== 'field' || (t.kind === 'field' && s.index === t.index));
    });
    if (fits) return { place: capturePlace(b, index, capture, b.queries.captures(b.upvars?.facts.def ?? b.owner)?.[index] ?? capture.type), used: way.length };
  }
  return null;
}

/** A temporary with the result of a comparison of two places, for tests. */
export function compareTemp(b: Builder, left: Operand, right: Operand, op: 'eq' | 'le' | 'lt' | 'ge' | 'gt' | 'ne', term: { span: Term['span'] }): LocalId {
  const id = newTemp(b, BOOL, term.span);
  assign(b, local(id), { kind: 'binary', op, left, right }, term.span);
  return id;
}
