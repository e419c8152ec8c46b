/**
 * Evaluation of constant expressions over the tree: array lengths, const arguments, discriminants, constants in patterns. Works before inference (a literal
 * takes its type from what it meets), so it sees integers, booleans, chars, texts, tuples, arrays, structs, control flow, local
 * variables and calls of `const fn`. In: an expression with resolved names. Out: a value, or a problem (E0080 and kin). Cost: what the expression runs, at most `FUEL` steps.
 */
import { problem, type Problem } from '../report/problem.ts';
import type { Block, Expr, FnItem, GenericArgs, NodeId, Pattern, Statement } from '../syntax/tree.ts';
import type { Span } from '../text/span.ts';
import { bodyContext, lowerPathBase, lowerType, paramOf, selfType } from '../names/lower.ts';
import type { Evaluate, PathRes, World } from '../names/table.ts';
import { ERASE } from '../names/regions.ts';
import { arithmetic, bitsOf, castInt, fitsInt, rangeOf, wrapInt } from './constant-arithmetic.ts';
import { intMethod } from './constant-methods.ts';
import { compare, equal, keptValue, settle, toType, type Value } from './constant-value.ts';
import { associatedConst, calledHere, textArg } from './constant-items.ts';
import { layoutIn } from './layout.ts';
import { ERROR, USIZE, int, type DefId, type IntName, type Type } from './type.ts';

export type { Value } from './constant-value.ts';

/** How an evaluation ends when not with a value. `fail`: reported already. */
type Jump =
  | { readonly kind: 'fail' }
  | { readonly kind: 'return'; readonly value: Value }
  | { readonly kind: 'break'; readonly target: NodeId; readonly value: Value }
  | { readonly kind: 'continue'; readonly target: NodeId };

type Outcome = Value | Jump;

interface Run {
  readonly world: World;
  readonly owner: DefId;
  readonly problems: Problem[];
  readonly locals: Map<NodeId, Value>;
  readonly state: { fuel: number; depth: number };
}

const FUEL = 200_000;
const FAIL: Jump = { kind: 'fail' };
const UNIT_VALUE: Value = { kind: 'parts', def: null, names: null, parts: [] };

const isJump = (o: Outcome): o is Jump => o.kind === 'fail' || o.kind === 'return' || o.kind === 'break' || o.kind === 'continue';

/** The door that `names` is given: a constant of a scalar type, as a type argument. */
export const evaluate: Evaluate = (expr, type, owner, world, problems) => {
  const value = evaluateExpr(world, owner, expr, type, problems);
  if (value === null) return ERROR;
  return toType(value, type, expr.span, problems) ?? ERROR;
};

/** Evaluates an expression that should have type `type` (null: unknown). Null: it failed, and that was reported. */
export function evaluateExpr(world: World, owner: DefId, expr: Expr, type: Type | null, problems: Problem[]): Value | null {
  const run: Run = { world, owner, problems, locals: new Map(), state: { fuel: FUEL, depth: 0 } };
  const out = evaluateIn(run, expr, type);
  return isJump(out) ? null : out;
}

// ---------------------------------------------------------------- constants by definition

const known = new WeakMap<World, Map<DefId, Value | null | 'busy'>>();

/** The value of a constant; null when it has none here (failed, or its tree is not at hand). */
export function constantOf(world: World, def: DefId, span: Span, problems: Problem[]): Value | null {
  let cache = known.get(world);
  if (cache === undefined) known.set(world, (cache = new Map()));
  const old = cache.get(def);
  if (old === 'busy') {
    problems.push(problem('E0391', world.definitions.byId.get(def)?.nameSpan ?? span, { what: `constant \`${def.replace(/^main::/, '')}\`` }, { label: 'its value needs itself', labels: [{ span, text: 'needed here' }] }));
    cache.set(def, null);
    return null;
  }
  if (old !== undefined) return old;
  const expr = world.table.initialisers.get(def);
  if (expr === undefined) return (world.constants.get(def) as Value | undefined) ?? keptValue(world.definitions.byId.get(def));
  cache.set(def, 'busy');
  const item = world.table.items.get(def);
  const node = item?.kind === 'const' || item?.kind === 'static' ? item.type : null;
  const type = node === null ? null : lowerType(node, { ...bodyContext(world, def, [], null), regions: ERASE });
  const found = evaluateExpr(world, def, expr, type, problems);
  const value = found === null || type === null ? found : settle(found, type);
  if (cache.get(def) === 'busy') cache.set(def, value);
  return value;
}

/** Values of all constants of a world that need no arguments: what later compilations know of them. */
export function constantValues(world: World): Map<DefId, Value> {
  const values = new Map<DefId, Value>();
  for (const [def, item] of world.table.items) {
    if (item.kind !== 'const' || item.value === null) continue;
    const value = constantOf(world, def, item.value.span, []);
    if (value !== null) values.set(def, value);
  }
  return values;
}

/** What is wrong with the values of constants, used or not. What cannot be computed here is left to the machine. */
export function constantProblems(world: World): Problem[] {
  const problems: Problem[] = [];
  for (const [def, item] of world.table.items) {
    if ((item.kind !== 'const' && item.kind !== 'static') || item.value === null) continue;
    const found: Problem[] = [];
    constantOf(world, def, item.value.span, found);
    problems.push(...found.filter(p => p.code === 'E0080' || p.code === 'E0391'));
  }
  return problems;
}

// ---------------------------------------------------------------- expressions

function fail(run: Run, code: string, span: Span, label: string, fragments: Record<string, string> = {}): Jump {
  run.problems.push(problem(code, span, fragments, { label }));
  return FAIL;
}

const cannot = (run: Run, span: Span): Jump => fail(run, 'E1111', span, 'not known at compile time');

function evaluateIn(run: Run, e: Expr, type: Type | null): Outcome {
  if (run.state.fuel-- <= 0) return run.state.fuel === -1 ? fail(run, 'E0080', e.span, 'it takes too many steps') : FAIL;
  switch (e.kind) {
    case 'literal': return literal(run, e, type);
    case 'paren': return evaluateIn(run, e.inner, type);
    case 'pathExpr': return path(run, e, type);
    case 'unary': return unary(run, e, type);
    case 'binary': return binary(run, e, type);
    case 'logical': {
      const left = evaluateIn(run, e.left, null);
      if (isJump(left)) return left;
      if (left.kind !== 'bool') return cannot(run, e.left.span);
      return left.value === (e.op === 'or') ? left : evaluateIn(run, e.right, null);
    }
    case 'cast': return cast(run, e);
    case 'is': case 'letCondition': {
      const value = evaluateIn(run, e.value, null);
      if (isJump(value)) return value;
      const hit = matches(run, e.pattern, value);
      return hit === null ? cannot(run, e.pattern.span) : { kind: 'bool', value: hit };
    }
    case 'borrow': return evaluateIn(run, e.place, type?.kind === 'ref' ? type.inner : null);
    case 'deref': return evaluateIn(run, e.value, null);
    case 'tuple': case 'array': {
      const parts: Value[] = [];
      for (let i = 0; i < e.elements.length; i++) {
        const element = e.elements[i];
        if (element === undefined) break;
        const wanted = type === null ? null : type.kind === 'tuple' ? (type.elements[i] ?? null) : type.kind === 'array' || type.kind === 'slice' ? type.element : null;
        const value = evaluateIn(run, element, wanted);
        if (isJump(value)) return value;
        parts.push(value);
      }
      return { kind: 'parts', def: null, names: null, parts };
    }
    case 'repeat': {
      const value = evaluateIn(run, e.value, type?.kind === 'array' ? type.element : null);
      if (isJump(value)) return value;
      const count = evaluateIn(run, e.count, USIZE);
      if (isJump(count)) return count;
      if (count.kind !== 'int' || count.value > 65_536n) return cannot(run, e.span);
      return { kind: 'parts', def: null, names: null, parts: Array.from({ length: Number(count.value) }, () => value) };
    }
    case 'struct': return structure(run, e);
    case 'field': {
      const value = evaluateIn(run, e.value, null);
      if (isJump(value)) return value;
      if (value.kind !== 'parts') return cannot(run, e.span);
      const at = value.names === null ? Number(e.name.text) : value.names.indexOf(e.name.text);
      return value.parts[at] ?? cannot(run, e.span);
    }
    case 'index': return run.world.table.typeArgs.get(e.id)?.certain === true ? evaluateIn(run, e.base, type) : index(run, e);
    case 'call': return call(run, e, type);
    case 'methodCall': return method(run, e, type);
    case 'do': return blockLike(run, e.id, block(run, e.body, type));
    case 'unsafe': return block(run, e.body, type);
    case 'if': {
      const condition = evaluateIn(run, e.condition, null);
      if (isJump(condition)) return condition;
      if (condition.kind !== 'bool') return cannot(run, e.condition.span);
      if (condition.value) return block(run, e.then, type);
      if (e.otherwise === null) return UNIT_VALUE;
      return e.otherwise.kind === 'if' ? evaluateIn(run, e.otherwise, type) : block(run, e.otherwise, type);
    }
    case 'match': {
      const value = evaluateIn(run, e.value, null);
      if (isJump(value)) return value;
      for (const arm of e.arms) {
        const hit = matches(run, arm.pattern, value);
        if (hit === null) return cannot(run, arm.pattern.span);
        if (!hit) continue;
        if (arm.guard !== null) {
          const guard = evaluateIn(run, arm.guard, null);
          if (isJump(guard)) return guard;
          if (guard.kind !== 'bool' || !guard.value) continue;
        }
        return block(run, arm.body, type);
      }
      return cannot(run, e.span);
    }
    case 'while': case 'loop': return loop(run, e);
    case 'return': case 'break': {
      let value: Value = UNIT_VALUE;
      if (e.value !== null) {
        const found = evaluateIn(run, e.value, null);
        if (isJump(found)) return found;
        value = found;
      }
      if (e.kind === 'return') return { kind: 'return', value };
      const target = run.world.table.targets.get(e.id);
      return target === undefined ? FAIL : { kind: 'break', target, value };
    }
    case 'continue': {
      const target = run.world.table.targets.get(e.id);
      return target === undefined ? FAIL : { kind: 'continue', target };
    }
    case 'assignExpr': return statement(run, e.statement);
    case 'error': return FAIL;
    default: return cannot(run, e.span);
  }
}

function literal(run: Run, e: Expr & { kind: 'literal' }, type: Type | null): Outcome {
  const { value } = e;
  switch (value.kind) {
    case 'int': {
      if (value.suffix === 'f32' || value.suffix === 'f64') return { kind: 'float', value: Number(value.digits), type: value.suffix };
      const name = (value.suffix as IntName | null) ?? (type?.kind === 'int' ? type.name : null);
      if (name !== null && value.digits > rangeOf(name).max + (name.startsWith('i') ? 1n : 0n)) return fail(run, 'E1020', e.span, `the type holds ${rangeOf(name).min} to ${rangeOf(name).max}`, { text: String(value.digits), type: name });
      return { kind: 'int', value: value.digits, type: name };
    }
    case 'float': return { kind: 'float', value: Number(value.text.replaceAll('_', '')), type: value.suffix === 'f32' || value.suffix === 'f64' ? value.suffix : type?.kind === 'float' ? type.name : null };
    case 'bool': return value;
    case 'char': return value;
    case 'byte': return { kind: 'int', value: BigInt(value.value), type: 'u8' };
    case 'string': return { kind: 'text', value: value.value };
    case 'bytes': case 'cstring': return { kind: 'bytes', value: value.value };
    case 'null': return value;
  }
}

function unary(run: Run, e: Expr & { kind: 'unary' }, type: Type | null): Outcome {
  const value = evaluateIn(run, e.operand, type);
  if (isJump(value)) return value;
  if (e.op === 'not' && value.kind === 'bool') return { kind: 'bool', value: !value.value };
  if (e.op === '-' && value.kind === 'float') return { ...value, value: -value.value };
  if (value.kind !== 'int') return value.kind === 'param' ? generic(run, e.span) : cannot(run, e.span);
  const name = value.type ?? 'i32';
  if (e.op === '~') return { ...value, value: wrapInt(~value.value, name) };
  const negated = -value.value;
  if (value.type !== null && !fitsInt(negated, value.type)) return value.type.startsWith('u') ? fail(run, 'E0600', e.span, 'cannot apply `-`', { op: '-', type: value.type }) : fail(run, 'E0080', e.span, `attempt to negate \`${value.value}_${name}\`, which would overflow`);
  return { ...value, value: negated };
}

const generic = (run: Run, span: Span): Jump => fail(run, 'E1112', span, 'a generic parameter may stand here only alone');

function binary(run: Run, e: Expr & { kind: 'binary' }, type: Type | null): Outcome {
  const { op } = e;
  const comparing = op === '==' || op === '!=' || op === '<' || op === '<=' || op === '>' || op === '>=';
  const shifting = op === '<<' || op === '>>';
  const left = evaluateIn(run, e.left, comparing ? null : type);
  if (isJump(left)) return left;
  const right = evaluateIn(run, e.right, shifting ? null : left.kind === 'int' && left.type !== null ? int(left.type) : comparing ? null : type);
  if (isJump(right)) return right;
  if (left.kind === 'param' || right.kind === 'param') return generic(run, e.span);
  if (comparing) {
    const order = compare(left, right);
    if (order === null) return cannot(run, e.span);
    const value = op === '==' ? order === 0 : op === '!=' ? order !== 0 : op === '<' ? order < 0 : op === '<=' ? order <= 0 : op === '>' ? order > 0 : order >= 0;
    return { kind: 'bool', value };
  }
  if (left.kind === 'bool' && right.kind === 'bool' && (op === '&' || op === '|' || op === '^')) {
    return { kind: 'bool', value: op === '&' ? left.value && right.value : op === '|' ? left.value || right.value : left.value !== right.value };
  }
  if (left.kind === 'float' && right.kind === 'float') {
    const value = op === '+' ? left.value + right.value : op === '-' ? left.value - right.value : op === '*' ? left.value * right.value : op === '/' ? left.value / right.value : op === '%' ? left.value % right.value : NaN;
    const name = left.type ?? right.type;
    return { kind: 'float', value: name === 'f32' ? Math.fround(value) : value, type: name };
  }
  if (left.kind !== 'int' || right.kind !== 'int') return cannot(run, e.span);
  if (!shifting && left.type !== null && right.type !== null && left.type !== right.type) {
    return fail(run, 'E0308', e.right.span, `expected \`${left.type}\`, found \`${right.type}\``, { expected: left.type, found: right.type });
  }
  const name = left.type ?? (shifting ? null : right.type) ?? (type?.kind === 'int' ? type.name : null);
  const done = arithmetic(op, left.value, right.value, name ?? 'i32');
  return done.ok ? { kind: 'int', value: done.value, type: name } : fail(run, 'E0080', e.span, done.why);
}

function cast(run: Run, e: Expr & { kind: 'cast' }): Outcome {
  const to = lowerType(e.type, bodyContext(run.world, run.owner, run.problems, null));
  const value = evaluateIn(run, e.value, null);
  if (isJump(value)) return value;
  if (to.kind === 'error') return FAIL;
  if (to.kind === 'float' && (value.kind === 'int' || value.kind === 'float')) {
    const number = Number(value.value);
    return { kind: 'float', value: to.name === 'f32' ? Math.fround(number) : number, type: to.name };
  }
  if (value.kind === 'float' && to.kind === 'int') {
    const { min, max } = rangeOf(to.name);
    const whole = Number.isNaN(value.value) ? 0n : value.value >= Number(max) ? max : value.value <= Number(min) ? min : BigInt(Math.trunc(value.value));
    return { kind: 'int', value: whole, type: to.name };
  }
  const number = value.kind === 'int' ? value.value : value.kind === 'bool' ? (value.value ? 1n : 0n) : value.kind === 'char' ? BigInt(value.value) : discriminantOf(run, value);
  if (number === null) return value.kind === 'param' ? generic(run, e.span) : cannot(run, e.span);
  const done = castInt(number, to);
  if (done === null) return cannot(run, e.span);
  return to.kind === 'char' ? { kind: 'char', value: Number(done) } : { kind: 'int', value: done, type: to.kind === 'int' ? to.name : 'usize' };
}

function discriminantOf(run: Run, value: Value): bigint | null {
  if (value.kind !== 'parts' || value.def === null) return null;
  const variant = run.world.definitions.byId.get(value.def);
  if (variant?.kind !== 'variant') return null;
  const owner = run.world.definitions.byId.get(variant.enum);
  return owner?.kind === 'enum' ? (owner.variants[variant.index]?.discriminant ?? null) : null;
}

function path(run: Run, e: Expr & { kind: 'pathExpr' }, type: Type | null): Outcome {
  const found = run.world.table.values.get(e.path.id);
  if (found === undefined || found.res.kind === 'error') return FAIL;
  const { res } = found;
  const rest = e.path.segments.slice(found.used);
  if (rest.length === 0) {
    switch (res.kind) {
      case 'local': return run.locals.get(res.binding) ?? cannot(run, e.span);
      case 'param': return { kind: 'param', param: paramOf(run.world, res.owner, res.position) };
      case 'def': return definition(run, res.def, e.span);
      default: return cannot(run, e.span);
    }
  }
  return associated(run, e, found, type);
}

function definition(run: Run, def: DefId, span: Span): Outcome {
  const item = run.world.table.items.get(def);
  const definition = run.world.definitions.byId.get(def);
  if ((item?.kind === 'static' && item.mutable) || (definition?.kind === 'static' && definition.mutable)) return fail(run, 'E0080', span, 'a constant cannot read a static that may change');
  if (item?.kind === 'const' || item?.kind === 'static' || definition?.kind === 'const' || definition?.kind === 'static') {
    const before = run.problems.length;
    const value = constantOf(run.world, def, span, run.problems);
    if (value === null) return run.problems.length > before || run.world.table.initialisers.has(def) ? FAIL : cannot(run, span);
    return value;
  }
  // A unit struct or variant.
  return { kind: 'parts', def, names: null, parts: [] };
}

/** `u8::MAX`, `Self::SIZE`, `Type::LIMIT`. */
function associated(run: Run, e: Expr & { kind: 'pathExpr' }, found: PathRes, _type: Type | null): Outcome {
  const name = e.path.segments[found.used]?.name.text ?? '';
  const base = lowerPathBase(e.path, bodyContext(run.world, run.owner, [], () => ERROR));
  if (base.kind === 'int') {
    const { min, max } = rangeOf(base.name);
    if (name === 'MAX') return { kind: 'int', value: max, type: base.name };
    if (name === 'MIN') return { kind: 'int', value: min, type: base.name };
    if (name === 'BITS') return { kind: 'int', value: BigInt(bitsOf(base.name)), type: 'u32' };
  }
  if (base.kind === 'char' && name === 'MAX') return { kind: 'char', value: 0x10ffff };
  if (base.kind === 'param') return generic(run, e.span);
  if (base.kind === 'adt') {
    const def = associatedConst(run.world, base.def, name);
    if (def !== null) return definition(run, def, e.span);
    const variant = run.world.modules.get(base.def)?.values.get(name);
    if (variant?.res.kind === 'def') return { kind: 'parts', def: variant.res.def, names: null, parts: [] };
  }
  return cannot(run, e.span);
}

function structure(run: Run, e: Expr & { kind: 'struct' }): Outcome {
  const res = run.world.table.types.get(e.path.id)?.res;
  const self = res?.kind === 'self' ? selfType(res.of, { world: run.world, regions: ERASE }) : null;
  const def = res?.kind === 'def' ? res.def : self?.kind === 'adt' ? self.def : null;
  if (def === null || e.base !== null) return cannot(run, e.span);
  const names: string[] = [];
  const parts: Value[] = [];
  for (const field of e.fields) {
    const value = evaluateIn(run, field.value, null);
    if (isJump(value)) return value;
    names.push(field.name.text);
    parts.push(value);
  }
  return { kind: 'parts', def, names, parts };
}

function index(run: Run, e: Expr & { kind: 'index' }): Outcome {
  const base = evaluateIn(run, e.base, null);
  if (isJump(base)) return base;
  const at = e.args[0] === undefined ? cannot(run, e.span) : evaluateIn(run, e.args[0], USIZE);
  if (isJump(at)) return at;
  if (at.kind !== 'int') return cannot(run, e.span);
  const parts: readonly Value[] | null = base.kind === 'parts' && base.def === null ? base.parts : base.kind === 'bytes' ? base.value.map(b => ({ kind: 'int', value: BigInt(b), type: 'u8' }) as const) : null;
  if (parts === null) return cannot(run, e.span);
  return parts[Number(at.value)] ?? fail(run, 'E0080', e.span, `index out of bounds: the length is ${parts.length} but the index is ${at.value}`);
}

// ---------------------------------------------------------------- calls

function call(run: Run, e: Expr & { kind: 'call' }, type: Type | null): Outcome {
  const { callee } = e;
  const pathExpr = callee.kind === 'index' ? callee.base : callee;
  if (pathExpr.kind !== 'pathExpr') return cannot(run, e.span);
  const found = run.world.table.values.get(pathExpr.path.id);
  if (found === undefined || found.res.kind === 'error') return FAIL;
  if (found.res.kind !== 'def') return cannot(run, e.span);
  const def = found.used === pathExpr.path.segments.length ? found.res.def : null;
  if (def === null) return cannot(run, e.span);
  const told = tellCall(run, def, e);
  if (told !== null) return told;
  const sized = sizeCall(run, def, callee.kind === 'index' ? callee : null, pathExpr.path.segments.at(-1)?.args ?? null);
  if (sized !== null) return sized;
  const args: Value[] = [];
  const item = run.world.table.items.get(def);
  for (let i = 0; i < e.args.length; i++) {
    const arg = e.args[i] as Expr;
    const p = item?.kind === 'fn' ? item.params[i] : undefined;
    const wanted = p?.kind === 'param' && p.type !== null ? lowerType(p.type, bodyContext(run.world, def, [], () => ERROR)) : null;
    const value = evaluateIn(run, arg, wanted);
    if (isJump(value)) return value;
    args.push(wanted === null ? value : settle(value, wanted));
  }
  if (item?.kind === 'fn') return callFn(run, def, item, args, e.span, type);
  if (item === undefined || item.kind === 'struct') {
    const definition = run.world.definitions.byId.get(def);
    if (definition?.kind === 'fn') return definition.isConst ? cannot(run, e.span) : notConst(run, def, e.span);
    return { kind: 'parts', def, names: null, parts: args };
  }
  return cannot(run, e.span);
}

/** `assert` and `panic`: they end the evaluation, or do nothing. */
function tellCall(run: Run, def: DefId, e: Expr & { kind: 'call' }): Outcome | null {
  const d = run.world.definitions.byId.get(def);
  if (d?.kind !== 'builtin') return null;
  if (d.name === 'panic' || d.name === 'unreachable' || d.name === 'todo' || d.name === 'unimplemented') return fail(run, 'E0080', e.span, `evaluation panicked: ${textArg(e.args[0]) ?? 'explicit panic'}`);
  const [condition] = e.args;
  if ((d.name !== 'assert' && d.name !== 'debug_assert') || condition === undefined) return null;
  const value = evaluateIn(run, condition, null);
  if (isJump(value)) return value;
  if (value.kind !== 'bool') return cannot(run, condition.span);
  return value.value ? UNIT_VALUE : fail(run, 'E0080', e.span, `evaluation panicked: ${textArg(e.args[1]) ?? 'assertion failed'}`);
}

const notConst = (run: Run, def: DefId, span: Span): Jump => fail(run, 'E0015', span, 'only a `const fn` may be called here', { name: def.slice(def.lastIndexOf(':') + 1) });

function callFn(run: Run, def: DefId, item: FnItem, args: readonly Value[], span: Span, type: Type | null): Outcome {
  if (!item.isConst) return notConst(run, def, span);
  if (item.body === null || item.params.length !== args.length) return cannot(run, span);
  if (run.state.depth > 200) return fail(run, 'E0080', span, 'it calls itself too deeply');
  const inner: Run = { ...run, owner: def, locals: new Map() };
  for (const [i, value] of args.entries()) {
    const p = item.params[i];
    if (p === undefined) continue;
    if (p.kind === 'self') inner.locals.set(p.id, value);
    else if (matches(inner, p.pattern, value) !== true) return cannot(run, span);
  }
  const result = item.result === null ? null : lowerType(item.result, bodyContext(run.world, def, [], () => ERROR));
  const before = run.problems.length;
  run.state.depth++;
  const out = block(inner, item.body, result ?? type);
  run.state.depth--;
  if (run.state.depth === 0) for (let i = before; i < run.problems.length; i++) run.problems[i] = calledHere(run.problems[i], span);
  const value = out.kind === 'return' ? out.value : out;
  return isJump(value) || result === null ? value : settle(value, result);
}

/** `size_of[T]()` and `align_of[T]()`. */
function sizeCall(run: Run, def: DefId, applied: (Expr & { kind: 'index' }) | null, written: GenericArgs | null): Value | Jump | null {
  const name = def.slice(def.lastIndexOf(':') + 1);
  if (!def.startsWith('std::') || (name !== 'size_of' && name !== 'align_of')) return null;
  const args = applied !== null ? run.world.table.typeArgs.get(applied.id)?.args : written?.kind === 'brackets' ? written.args : undefined;
  const [arg] = args ?? [];
  if (arg?.kind !== 'type') return FAIL;
  const type = lowerType(arg.type, bodyContext(run.world, run.owner, run.problems, null));
  const layout = layoutIn(run.world.definitions, type);
  if (layout === null) return generic(run, arg.type.span);
  return { kind: 'int', value: BigInt(name === 'size_of' ? layout.size : layout.align), type: 'usize' };
}

/** A few methods of integers, arrays and texts that constants like to use. */
function method(run: Run, e: Expr & { kind: 'methodCall' }, type: Type | null): Outcome {
  const self = evaluateIn(run, e.receiver, null);
  if (isJump(self)) return self;
  const args: Value[] = [];
  for (const arg of e.args) {
    const value = evaluateIn(run, arg, self.kind === 'int' && self.type !== null && e.name.text !== 'pow' ? int(self.type) : null);
    if (isJump(value)) return value;
    args.push(value);
  }
  const name = e.name.text;
  if (name === 'len') {
    const length = self.kind === 'text' ? new TextEncoder().encode(self.value).length : self.kind === 'bytes' ? self.value.length : self.kind === 'parts' && self.def === null ? self.parts.length : null;
    if (length !== null) return { kind: 'int', value: BigInt(length), type: 'usize' };
  }
  if (name === 'is_empty' && self.kind === 'text') return { kind: 'bool', value: self.value === '' };
  if (self.kind === 'int') {
    const done = intMethod(self, name, args);
    if (done !== null) return done.ok ? done.value : fail(run, 'E0080', e.span, done.why);
  }
  if (self.kind === 'parts' && self.def !== null) {
    for (const [def, item] of run.world.table.items) {
      if (item.kind !== 'fn' || item.name.text !== name || item.params[0]?.kind !== 'self') continue;
      const container = run.world.table.items.get(def.slice(0, def.lastIndexOf('::')) as DefId);
      if (container?.kind !== 'impl' || container.self.kind !== 'pathType') continue;
      const res = run.world.table.types.get(container.self.path.id)?.res;
      if (res?.kind === 'def' && (res.def === self.def || self.def.startsWith(`${res.def}::`))) return callFn(run, def, item, [self, ...args], e.span, type);
    }
  }
  return cannot(run, e.span);
}

// ---------------------------------------------------------------- blocks

function blockLike(_run: Run, id: NodeId, out: Outcome): Outcome {
  return out.kind === 'break' && out.target === id ? out.value : out;
}

function block(run: Run, body: Block, type: Type | null): Outcome {
  let last: Value = UNIT_VALUE;
  for (let i = 0; i < body.statements.length; i++) {
    const s = body.statements[i];
    if (s === undefined) break;
    last = UNIT_VALUE;
    if (s.kind === 'expr') {
      const value = evaluateIn(run, s.expr, i === body.statements.length - 1 ? type : null);
      if (isJump(value)) return value;
      last = value;
      continue;
    }
    const done = statement(run, s);
    if (isJump(done)) return done;
  }
  return last;
}

function statement(run: Run, s: Statement): Outcome {
  switch (s.kind) {
    case 'let': {
      const type = s.type === null ? null : lowerType(s.type, bodyContext(run.world, run.owner, [], () => ERROR));
      if (s.value === null) return UNIT_VALUE;
      const value = evaluateIn(run, s.value, type);
      if (isJump(value)) return value;
      const hit = matches(run, s.pattern, type === null ? value : settle(value, type));
      if (hit === false && s.orElse !== null) return block(run, s.orElse, null);
      return hit === true ? UNIT_VALUE : cannot(run, s.pattern.span);
    }
    case 'expr': return evaluateIn(run, s.expr, null);
    case 'assign': case 'compound': return assign(run, s);
    case 'item': case 'pass': return UNIT_VALUE;
    case 'defer': return cannot(run, s.span);
  }
}

function assign(run: Run, s: Statement & { kind: 'assign' | 'compound' }): Outcome {
  const value = s.kind === 'assign'
    ? evaluateIn(run, s.value, typeOfPlace(run, s.target))
    : evaluateIn(run, { kind: 'binary', id: s.id, span: s.span, op: s.op, left: s.target, right: s.value, opSpan: s.span }, null);
  return isJump(value) ? value : store(run, s.target, value);
}

function typeOfPlace(run: Run, target: Expr): Type | null {
  const old = target.kind === 'pathExpr' ? path({ ...run, problems: [] }, target, null) : null;
  return old?.kind === 'int' && old.type !== null ? int(old.type) : null;
}

/** Stores into a variable, or a part of one. */
function store(run: Run, target: Expr, value: Value): Outcome {
  if (target.kind === 'pathExpr') {
    const found = run.world.table.values.get(target.path.id);
    if (found?.res.kind !== 'local') return cannot(run, target.span);
    run.locals.set(found.res.binding, value);
    return UNIT_VALUE;
  }
  if (target.kind === 'underscore') return UNIT_VALUE;
  if (target.kind === 'paren') return store(run, target.inner, value);
  if ((target.kind === 'tuple' || target.kind === 'array') && value.kind === 'parts' && value.parts.length === target.elements.length) {
    for (let i = 0; i < target.elements.length; i++) {
      const [to, part] = [target.elements[i], value.parts[i]];
      const done = to === undefined || part === undefined ? FAIL : store(run, to, part);
      if (isJump(done)) return done;
    }
    return UNIT_VALUE;
  }
  if (target.kind === 'index' || target.kind === 'field') {
    const base = evaluateIn(run, target.kind === 'index' ? target.base : target.value, null);
    if (isJump(base)) return base;
    if (base.kind !== 'parts') return cannot(run, target.span);
    let at: number;
    if (target.kind === 'field') at = base.names === null ? Number(target.name.text) : base.names.indexOf(target.name.text);
    else {
      const [arg] = target.args;
      const where = arg === undefined ? FAIL : evaluateIn(run, arg, USIZE);
      if (isJump(where)) return where;
      at = where.kind === 'int' ? Number(where.value) : -1;
    }
    if (at < 0 || at >= base.parts.length) return fail(run, 'E0080', target.span, `index out of bounds: the length is ${base.parts.length} but the index is ${at}`);
    return store(run, target.kind === 'index' ? target.base : target.value, { ...base, parts: base.parts.with(at, value) });
  }
  return cannot(run, target.span);
}

function loop(run: Run, e: Expr & { kind: 'while' | 'loop' }): Outcome {
  for (;;) {
    if (run.state.fuel-- <= 0) return fail(run, 'E0080', e.span, 'it takes too many steps');
    if (e.kind === 'while') {
      const condition = evaluateIn(run, e.condition, null);
      if (isJump(condition)) return condition;
      if (condition.kind !== 'bool') return cannot(run, e.condition.span);
      if (!condition.value) return UNIT_VALUE;
    }
    const out = block(run, e.body, null);
    if (out.kind === 'break' && out.target === e.id) return out.value;
    if (out.kind === 'continue' && out.target === e.id) continue;
    if (isJump(out)) return out;
  }
}

// ---------------------------------------------------------------- patterns

/** Does the value match? Binds its variables. Null: unknown. */
function matches(run: Run, p: Pattern, value: Value): boolean | null {
  switch (p.kind) {
    case 'wildcard': case 'rest': return true;
    case 'binding': {
      const named = run.world.table.values.get(p.id);
      if (named?.res.kind === 'def') {
        const other = definition(run, named.res.def, p.span);
        return isJump(other) ? null : equal(other, value);
      }
      run.locals.set(run.world.table.sameBinding.get(p.id) ?? p.id, value);
      return p.sub === null ? true : matches(run, p.sub, value);
    }
    case 'literalPattern': {
      const other = patternValue(run, p, value);
      return other === null ? null : equal(other, value);
    }
    case 'rangePattern': {
      const low = p.start === null ? null : patternValue(run, p.start, value);
      const high = p.end === null ? null : patternValue(run, p.end, value);
      const above = low === null ? 0 : compare(value, low);
      const below = high === null ? -1 : compare(value, high);
      return above === null || below === null ? null : above >= 0 && (p.inclusive ? below <= 0 : below < 0);
    }
    case 'pathPattern': {
      const found = run.world.table.values.get(p.path.id);
      if (found?.res.kind !== 'def' || found.used !== p.path.segments.length) return null;
      const other = definition(run, found.res.def, p.span);
      return isJump(other) ? null : equal(other, value);
    }
    case 'tupleStructPattern': {
      const found = run.world.table.values.get(p.path.id);
      if (found?.res.kind !== 'def' || value.kind !== 'parts') return null;
      return found.res.def === value.def ? sequence(run, p.elements, value.parts) : false;
    }
    case 'structPattern': {
      const found = run.world.table.types.get(p.path.id);
      if (found?.res.kind !== 'def' || value.kind !== 'parts') return null;
      if (found.res.def !== value.def) return false;
      for (const field of p.fields) {
        const part = value.parts[value.names === null ? Number(field.name.text) : value.names.indexOf(field.name.text)];
        const hit = part === undefined ? null : matches(run, field.pattern, part);
        if (hit !== true) return hit;
      }
      return true;
    }
    case 'tuplePattern': case 'slicePattern': return value.kind === 'parts' ? sequence(run, p.elements, value.parts) : null;
    case 'refPattern': return matches(run, p.inner, value);
    case 'orPattern': {
      for (const alternative of p.alternatives) {
        const hit = matches(run, alternative, value);
        if (hit !== false) return hit;
      }
      return false;
    }
    default: return null;
  }
}

function sequence(run: Run, patterns: readonly Pattern[], parts: readonly Value[]): boolean | null {
  const rest = patterns.findIndex(p => p.kind === 'rest' || (p.kind === 'binding' && p.sub?.kind === 'rest'));
  if (rest < 0 ? patterns.length !== parts.length : patterns.length - 1 > parts.length) return false;
  for (let i = 0; i < patterns.length; i++) {
    if (i === rest) continue;
    const part = parts[rest >= 0 && i > rest ? parts.length - (patterns.length - i) : i];
    const p = patterns[i];
    const hit = part === undefined || p === undefined ? null : matches(run, p, part);
    if (hit !== true) return hit;
  }
  return true;
}

function patternValue(run: Run, p: Pattern, against: Value): Value | null {
  if (p.kind === 'literalPattern') {
    const type = against.kind === 'int' && against.type !== null ? int(against.type) : null;
    const value = literal(run, { kind: 'literal', id: p.id, span: p.span, value: p.value }, type);
    if (isJump(value)) return null;
    if (!p.negative) return value;
    return value.kind === 'int' || value.kind === 'float' ? ({ ...value, value: -value.value } as Value) : null;
  }
  const found = p.kind === 'binding' ? run.world.table.values.get(p.id) : p.kind === 'pathPattern' ? run.world.table.values.get(p.path.id) : undefined;
  if (found?.res.kind !== 'def') return null;
  const value = definition(run, found.res.def, p.span);
  return isJump(value) ? null : value;
}
