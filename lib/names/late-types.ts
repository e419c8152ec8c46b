/**
 * Resolving the paths in written types, bounds and generic arguments. In: type nodes at a place. Out: entries in the tables.
 */
import type { Bound, Expr, GenericArg, GenericArgs, Generics, Path, TypeNode } from '../syntax/tree.ts';
import { typeOfExpr } from '../syntax/typeOfExpr.ts';
import type { DefId } from '../types/type.ts';
import { lookup, report, resolvePath, type Late, type Wanted } from './late-paths.ts';
import type { PathRes, Res, RibKind } from './table.ts';

/** Runs `inside` with one more scope around it. */
export function within(late: Late, at: RibKind, inside: () => void): void {
  const { rib, items } = late;
  late.rib = { parent: rib, at };
  if (at.kind !== 'locals') late.items = { parent: items, at };
  inside();
  late.rib = rib;
  late.items = items;
}

/** A path with everything written in it. */
export function walkPath(late: Late, path: Path, wanted: Wanted): PathRes {
  if (path.qualified !== null) {
    walkType(late, path.qualified.type);
    if (path.qualified.trait !== null) walkSegments(late, path.qualified.trait);
  }
  const found = resolvePath(late, path, wanted);
  walkSegments(late, path);
  return found;
}

function walkSegments(late: Late, path: Path): void {
  for (const segment of path.segments) if (segment.args !== null) walkArgs(late, segment.args);
}

export function walkArgs(late: Late, args: GenericArgs): void {
  if (args.kind === 'parens') {
    for (const input of args.inputs) walkType(late, input);
    if (args.output !== null) walkType(late, args.output);
    return;
  }
  for (const arg of args.args) walkArg(late, arg);
}

export function walkArg(late: Late, arg: GenericArg): void {
  switch (arg.kind) {
    case 'lifetime': return;
    case 'type': {
      // A bare name may be a constant: `Matrix[N]`.
      const { type } = arg;
      if (type.kind === 'pathType' && type.path.qualified === null) {
        const [first] = type.path.segments;
        if (first !== undefined && first.args === null) {
          late.quiet++;
          const asType = resolvePath(late, type.path, 'type');
          const asValue = asType.res.kind === 'error' ? resolvePath(late, type.path, 'value') : null;
          late.quiet--;
          if (asValue !== null && asValue.res.kind !== 'error') return;
        }
      }
      walkType(late, type);
      return;
    }
    case 'const': return late.walkConstant(late, arg.value);
    case 'binding':
      if (arg.args !== null) walkArgs(late, arg.args);
      if (arg.type !== null) walkType(late, arg.type);
      walkBounds(late, arg.bounds);
      return;
  }
}

export function walkBounds(late: Late, bounds: readonly Bound[]): void {
  for (const bound of bounds) if (bound.kind === 'traitBound') walkPath(late, bound.path, 'trait');
}

export function walkType(late: Late, node: TypeNode): void {
  switch (node.kind) {
    case 'pathType': walkPath(late, node.path, 'type'); return;
    case 'refType': case 'ptrType': return walkType(late, node.inner);
    case 'sliceType': return walkType(late, node.element);
    case 'arrayType':
      walkType(late, node.element);
      if (node.length.kind !== 'underscore') late.walkConstant(late, node.length);
      return;
    case 'tupleType':
      for (const element of node.elements) walkType(late, element);
      return;
    case 'fnType':
      for (const param of node.params) walkType(late, param);
      if (node.result !== null) walkType(late, node.result);
      return;
    case 'dynType': case 'implType': return walkBounds(late, node.bounds);
    case 'neverType': case 'inferType': return;
  }
}

/** Parameters of an item, as names. Duplicates are E0403. */
export function paramNames(late: Late, owner: DefId, generics: Generics): Map<string, Res> {
  const names = new Map<string, Res>();
  const spans = new Map<string, (typeof generics.params)[number]>();
  generics.params.forEach((param, position) => {
    const key = param.kind === 'lifetimeParam' ? `'${param.name.text.replace(/^'/, '')}` : param.name.text;
    const old = spans.get(key);
    if (old !== undefined) {
      report(late, 'E0403', param.name.span, { name: key }, { label: 'already used', labels: [{ span: old.name.span, text: `first use of \`${key}\`` }] });
      return;
    }
    spans.set(key, param);
    if (param.kind === 'lifetimeParam') return;
    // Shadowing a parameter of the impl or trait around it.
    const outer = lookup(late, key, param.kind === 'constParam' ? 'values' : 'types');
    if (outer !== null && outer.beyond === null && outer.res.kind === 'param') {
      report(late, 'E0403', param.name.span, { name: key }, { label: 'already used', notes: [`\`${key}\` is a parameter of the impl or trait around it`] });
    }
    names.set(key, { kind: 'param', owner, position, of: param.kind === 'constParam' ? 'const' : 'type' });
  });
  return names;
}

export function walkGenerics(late: Late, generics: Generics): void {
  for (const param of generics.params) {
    if (param.kind === 'typeParam') {
      walkBounds(late, param.bounds);
      if (param.fallback !== null) walkType(late, param.fallback);
    } else if (param.kind === 'constParam') {
      walkType(late, param.type);
      if (param.fallback !== null) late.walkConstant(late, param.fallback);
    }
  }
  for (const where of generics.where) {
    if (where.kind !== 'whereType') continue;
    walkType(late, where.type);
    walkBounds(late, where.bounds);
  }
}

/** Arguments of an `index` as generic arguments; null when they cannot be. */
export function argsOfIndex(args: readonly Expr[]): GenericArg[] | null {
  const out: GenericArg[] = [];
  for (const arg of args) {
    if (arg.kind === 'typeExpr') {
      out.push(arg.arg);
      continue;
    }
    const type = typeOfExpr(arg);
    if (type !== null) out.push({ kind: 'type', type });
    else if (isConstantLike(arg)) out.push({ kind: 'const', value: arg });
    else return null;
  }
  return out;
}

function isConstantLike(e: Expr): boolean {
  switch (e.kind) {
    case 'literal': return true;
    case 'unary': return isConstantLike(e.operand);
    case 'paren': return isConstantLike(e.inner);
    case 'do': case 'binary': case 'pathExpr': return true;
    default: return false;
  }
}

