/**
 * Unification: makes two types equal by binding inference variables, or says that it cannot be. Regions play no part (they are
 * erased in bodies). Projections must be normalised before: one that is left is rigid and equal only to itself.
 * The error type equals everything, and silences: variables it meets become errors. Linear in the smaller type.
 */
import { bind, commitIf, shallow, type Infer, type InferType } from './infer.ts';
import { ERROR, HAS_INFER, parts, type FnSignature, type Type } from './type.ts';

/** True when equal; else some variables may have been bound: see `tryUnify`. */
export function unify(infer: Infer, left: Type, right: Type): boolean {
  if (left === right) return true;
  const a = shallow(infer, left);
  const b = shallow(infer, right);
  if (a === b) return true;
  if (a.kind === 'infer') return unifyVariable(infer, a, b);
  if (b.kind === 'infer') return unifyVariable(infer, b, a);
  if (a.kind === 'error' || b.kind === 'error') {
    silence(infer, a);
    silence(infer, b);
    return true;
  }
  switch (a.kind) {
    case 'tuple': return b.kind === 'tuple' && unifyAll(infer, a.elements, b.elements);
    case 'array': return b.kind === 'array' && unify(infer, a.element, b.element) && unify(infer, a.length, b.length);
    case 'slice': return b.kind === 'slice' && unify(infer, a.element, b.element);
    case 'ref': return b.kind === 'ref' && a.mutable === b.mutable && unify(infer, a.inner, b.inner);
    case 'ptr': return b.kind === 'ptr' && a.mutable === b.mutable && unify(infer, a.inner, b.inner);
    case 'adt': case 'fnDef': case 'closure': case 'opaque':
      return b.kind === a.kind && a.def === b.def && unifyAll(infer, a.args, b.args);
    case 'projection': return b.kind === 'projection' && a.item === b.item && unifyAll(infer, a.args, b.args);
    case 'fnPtr': return b.kind === 'fnPtr' && unifySignatures(infer, a.signature, b.signature);
    case 'dyn': {
      if (b.kind !== 'dyn') return false;
      const p = a.principal;
      const q = b.principal;
      if (p === null || q === null ? p !== q : p.trait !== q.trait || !unifyAll(infer, p.args, q.args)) return false;
      if (a.autos.length !== b.autos.length || !a.autos.every(auto => b.autos.includes(auto))) return false;
      if (a.projections.length !== b.projections.length) return false;
      return a.projections.every(one => {
        const other = b.projections.find(x => x.item === one.item);
        return other !== undefined && unify(infer, one.type, other.type);
      });
    }
    case 'const': return b.kind === 'const' && a.value === b.value;
    case 'region': return b.kind === 'region';
    case 'param': return b.kind === 'param' && a.index === b.index && a.name === b.name;
    case 'int': case 'float': case 'bool': case 'char': case 'str': case 'never': return false;
  }
}

/** As `unify`, but leaves no trace when the types differ. */
export const tryUnify = (infer: Infer, a: Type, b: Type): boolean =>
  (((a.flags | b.flags) & HAS_INFER) === 0 ? unify(infer, a, b) : commitIf(infer, () => unify(infer, a, b)));

export function unifyAll(infer: Infer, a: readonly Type[], b: readonly Type[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const x = a[i];
    const y = b[i];
    if (x === undefined || y === undefined || !unify(infer, x, y)) return false;
  }
  return true;
}

export const unifySignatures = (infer: Infer, a: FnSignature, b: FnSignature): boolean =>
  a.isUnsafe === b.isUnsafe && a.abi === b.abi && unifyAll(infer, a.params, b.params) && unify(infer, a.result, b.result);

function unifyVariable(infer: Infer, variable: InferType, other: Type): boolean {
  if (other.kind === 'infer') {
    // The more particular kind stays the root: a general variable learns that it is an integer.
    if (variable.of === other.of || variable.of === 'type') bind(infer, variable, other);
    else if (other.of === 'type') bind(infer, other, variable);
    else return false;
    return true;
  }
  if (other.kind === 'error') {
    bind(infer, variable, other);
    return true;
  }
  switch (variable.of) {
    case 'int': if (other.kind !== 'int') return false; break;
    case 'float': if (other.kind !== 'float') return false; break;
    case 'const': if (other.kind !== 'const' && other.kind !== 'param') return false; break;
    case 'type': if (occurs(infer, variable, other)) return false; break;
  }
  bind(infer, variable, other);
  return true;
}

function occurs(infer: Infer, variable: InferType, inside: Type): boolean {
  if ((inside.flags & HAS_INFER) === 0) return false;
  const t = shallow(infer, inside);
  return t === variable || parts(t).some(part => occurs(infer, variable, part));
}

function silence(infer: Infer, t: Type): void {
  if ((t.flags & HAS_INFER) === 0) return;
  const s = shallow(infer, t);
  if (s.kind === 'infer') {
    if (s.of === 'type') bind(infer, s, ERROR);
  } else parts(s).forEach(part => silence(infer, part));
}
