/**
 * Promotion: `&expr` of a constant expression becomes a reference to a value that lives forever. In: a borrow term. Out: the
 * constant, with a graph for its value in `promoted`; null where the value is not constant, may be changed or needs a destructor.
 * Cost: linear in the term.
 */
import { type Builder, newLocal, newBlock, type Scope } from './builder.ts';
import type { Block, Constant, Local } from './graph.ts';
import type { Term } from './term.ts';
import { local, RESULT } from './place.ts';
import { dropImpl, isLang } from './queries.ts';

export function promote(b: Builder, term: Term & { kind: 'borrow' }): Constant | null {
  const { base } = term;
  if (term.borrow !== 'shared' && !(base.kind === 'aggregate' && base.parts.length === 0 && base.type.kind === 'array' && !isOfValue(b))) return null;
  if (base.kind === 'constant' && (base.constant.kind === 'static')) return null;
  if (!isConstant(b, base) || !isStill(b, base)) return null;
  const locals: Local[] = [];
  const blocks: Block[] = [];
  const root: Scope = { drops: [] };
  const inner: Builder = { ...b, locals, blocks, promoted: b.promoted, variables: [], closures: [], scopes: [root], temps: root, extended: new Map(), breakables: [], current: 0 as Builder['current'], resume: null, isConstant: true, cleanup: false };
  newLocal(inner, base.type, base.span, 'result');
  inner.current = newBlock(inner);
  inner.lower.into(inner, local(RESULT), base);
  const end = blocks[inner.current];
  if (end !== undefined) end.terminator = { kind: 'return', span: base.span };
  b.promoted.push({ owner: b.owner, params: 0, locals, blocks, promoted: [], variables: [], span: base.span, closures: [] });
  return { kind: 'promoted', index: b.promoted.length - 1, type: term.type };
}

/** In the value of a constant or static even `&mut []` stays a borrow, which is asked whether it may last (E0764). */
function isOfValue(b: Builder): boolean {
  const kind = b.queries.definitions.byId.get(b.owner)?.kind;
  return kind === 'const' || kind === 'static';
}

/** Nothing in the value can change or has a destructor: by its type, or because this value (`None`) has no such part. */
function isStill(b: Builder, term: Term): boolean {
  const { type } = term;
  if (b.queries.isFreeze(b.owner, type) && !b.queries.needsDrop(b.owner, type)) return true;
  if (term.kind !== 'aggregate' || (type.kind === 'adt' && (isLang(b.queries.definitions, type, 'unsafe_cell') || dropImpl(b.queries.definitions, type.def) !== null))) return false;
  return term.of.kind !== 'closure' && term.parts.every(p => isStill(b, p));
}

function isConstant(b: Builder, term: Term): boolean {
  switch (term.kind) {
    case 'constant': return term.constant.kind !== 'static';
    case 'aggregate': return term.of.kind !== 'closure' && term.parts.every(p => isConstant(b, p));
    case 'repeat': return isConstant(b, term.base);
    case 'borrow': return term.borrow === 'shared' && isConstant(b, term.base) && isStill(b, term.base);
    case 'unary': return term.base.kind === 'constant';
    case 'binary': {
      if (!isConstant(b, term.left) || !isConstant(b, term.right)) return false;
      if (term.left.type.kind === 'ptr') return false;
      if (term.op === 'div' || term.op === 'rem' || term.op === 'shl' || term.op === 'shr') return term.right.kind === 'constant' && term.right.constant.kind === 'int' && term.right.constant.value > 0n && term.right.constant.value < 31n;
      return true;
    }
    case 'cast': return (term.cast === 'numeric' || term.cast === 'unsize') && isConstant(b, term.base);
    case 'field': return isConstant(b, term.base);
    default: return false;
  }
}
