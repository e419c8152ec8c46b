/**
 * Tree made by the compiler: copies of written nodes with ids of their own. Ids count down from -1, so that they never meet
 * those of the parser. In: a node. Out: a deep copy with the same (or one given) span. Cost: the size of the copy.
 */
import type { Name, NodeId, Path, TypeNode } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';

let last = 0;

export function freshId(): NodeId {
  last -= 1;
  return last as NodeId;
}

/** A deep copy with fresh ids; with `at`, every span becomes that one. */
export function copyTree<T>(node: T, at: Span | null = null): T {
  return copyValue(node, at) as T;
}

function copyValue(value: unknown, at: Span | null): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(x => copyValue(x, at));
  const out: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) {
    if (key === 'id') out[key] = freshId();
    else if (isSpan(part)) out[key] = at ?? part;
    else out[key] = copyValue(part, at);
  }
  return out;
}

function isSpan(value: unknown): value is Span {
  return typeof value === 'object' && value !== null && 'start' in value && 'end' in value && 'file' in value;
}

export function pathOf(names: readonly Name[], span: Span): Path {
  return {
    kind: 'path',
    id: freshId(),
    span,
    qualified: null,
    global: false,
    segments: names.map(name => ({ kind: 'segment', id: freshId(), span: name.span, name, args: null })),
  };
}

export function pathType(path: Path): TypeNode {
  return { kind: 'pathType', id: freshId(), span: path.span, path };
}
