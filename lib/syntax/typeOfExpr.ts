/**
 * The type that an expression in brackets spells: `Vec[i32]` in `size_of[Vec[i32]]()` was parsed as an expression, since syntax cannot tell. In: an
 * expression. Out: a type, or null when no type reads so. Made nodes take the ids of the expressions they come from. Pure; linear.
 */
import type { Expr, GenericArg, NodeId, Path, TypeNode } from './tree.ts';
import type { Span } from '../text/span.ts';

export function typeOfExpr(expr: Expr): TypeNode | null {
  const node = { id: expr.id, span: expr.span };
  switch (expr.kind) {
    case 'pathExpr': return { kind: 'pathType', path: expr.path, ...node };
    case 'typeExpr': return expr.arg.kind === 'type' ? expr.arg.type : null;
    case 'underscore': return { kind: 'inferType', ...node };
    case 'borrow': {
      const inner = typeOfExpr(expr.place);
      return inner === null ? null : { kind: 'refType', lifetime: null, mutable: expr.mutable, inner, ...node };
    }
    case 'paren': return typeOfExpr(expr.inner);
    case 'tuple': {
      const elements: TypeNode[] = [];
      for (const element of expr.elements) {
        const type = typeOfExpr(element);
        if (type === null) return null;
        elements.push(type);
      }
      return { kind: 'tupleType', elements, ...node };
    }
    case 'array': {
      const [only, more] = expr.elements;
      const element = only === undefined || more !== undefined ? null : typeOfExpr(only);
      return element === null ? null : { kind: 'sliceType', element, ...node };
    }
    case 'repeat': {
      const element = typeOfExpr(expr.value);
      return element === null ? null : { kind: 'arrayType', element, length: expr.count, ...node };
    }
    case 'index': {
      // `Vec[i32]`: the brackets are the arguments of the path's last segment
      if (expr.base.kind !== 'pathExpr') return null;
      const args: GenericArg[] = [];
      for (const arg of expr.args) {
        const made = genericArgOfExpr(arg);
        if (made === null) return null;
        args.push(made);
      }
      return pathWith(expr.base.path, { kind: 'brackets', span: expr.bracket, args }, expr.id, expr.span);
    }
    case 'call': {
      // `Fn(A)`: sugar without a result
      if (expr.callee.kind !== 'pathExpr') return null;
      const inputs: TypeNode[] = [];
      for (const arg of expr.args) {
        const type = typeOfExpr(arg);
        if (type === null) return null;
        inputs.push(type);
      }
      const { end } = expr.span;
      return pathWith(expr.callee.path, { kind: 'parens', span: { ...expr.span, start: expr.callee.span.end, end }, inputs, output: null }, expr.id, expr.span);
    }
    default: return null;
  }
}

/** The generic argument that an expression in brackets spells: a type, else a constant. */
export function genericArgOfExpr(expr: Expr): GenericArg | null {
  if (expr.kind === 'typeExpr') return expr.arg;
  const type = typeOfExpr(expr);
  if (type !== null) return { kind: 'type', type };
  if (expr.kind === 'literal' || (expr.kind === 'unary' && expr.op === '-' && expr.operand.kind === 'literal')) return { kind: 'const', value: expr };
  return null;
}

function pathWith(path: Path, args: NonNullable<Path['segments'][number]['args']>, id: NodeId, span: Span): TypeNode | null {
  const last = path.segments[path.segments.length - 1];
  if (last === undefined || last.args !== null) return null;
  const segments = [...path.segments.slice(0, -1), { ...last, args }];
  return { kind: 'pathType', path: { ...path, segments, span }, id, span };
}
