/**
 * Resolving names in function bodies and constants: statements, expressions, patterns, labels. In: a body and the scopes around it. Out:
 * entries in the tables. A block's names are one mutable scope: a later `let` of the same name takes the place of the earlier. Cost: linear.
 */
import type { Block, ClosureExpr, Expr, Lifetime, NodeId, Param, Pattern, Statement } from '../syntax/tree.ts';
import { makeScope, type Build } from './build.ts';
import { gatherItems } from './gather.ts';
import { resolveImports } from './imports.ts';
import { lookup, report, variantShape, type Label, type Late } from './late-paths.ts';
import { argsOfIndex, walkArg, walkPath, walkType, within } from './late-types.ts';
import { traitsAround } from './trait-scope.ts';
import { uniqueId } from './build.ts';
import type { Res, Rib } from './table.ts';

type Names = Map<string, NodeId>;

/** A constant: no variables from outside. */
export function walkConstant(late: Late, expr: Expr): void {
  const { labels } = late;
  late.labels = [];
  within(late, { kind: 'wall', of: 'const' }, () => walkExpr(late, expr));
  late.labels = labels;
}

export function walkFn(late: Late, params: readonly Param[], body: Block | null): void {
  const names: Names = new Map();
  for (const param of params) if (param.kind === 'param' && param.type !== null) walkType(late, param.type);
  for (const param of params) if (param.kind === 'self' && param.type !== null) walkType(late, param.type);
  if (body === null) return;
  const { labels } = late;
  late.labels = [];
  within(late, { kind: 'locals', names }, () => {
    bindParams(late, params, names);
    walkBlock(late, body);
  });
  late.labels = labels;
}

function bindParams(late: Late, params: readonly Param[], names: Names): void {
  const fresh: Names = new Map();
  for (const param of params) {
    if (param.kind === 'self') fresh.set('self', param.id);
    else walkPattern(late, param.pattern, fresh, 'E0415');
  }
  for (const [name, id] of fresh) names.set(name, id);
}

export function walkBlock(late: Late, block: Block): void {
  const items = block.statements.flatMap(s => (s.kind === 'item' ? [s.item] : []));
  const names: Names = new Map();
  const inside = (): void => within(late, { kind: 'locals', names }, () => {
    for (const statement of block.statements) walkStatement(late, statement, names);
  });
  if (items.length === 0) inside();
  else {
    const { build } = late;
    const outer = late.scope;
    const scope = makeScope(uniqueId(build, `${late.path}::{block#0}`), 'block', outer.id);
    build.world.modules.set(scope.id, scope);
    within(late, { kind: 'scope', scope }, () => {
      const firstImport = build.imports.length;
      // Items see the block's variables only to say that they cannot use them (E0434).
      gatherItems(build, items, { scope, module: late.module, path: late.path, file: late.file, rib: { parent: late.rib, at: { kind: 'locals', names } } });
      resolveImports(build, firstImport);
      late.scope = scope;
      if (scope.unnamed.length > 0 || [...scope.types.values()].some(b => isTrait(build, b.res))) {
        build.world.table.blockTraits.set(block.id, traitsAround(build.world, scope));
      }
      inside();
      late.scope = outer;
    });
  }
}

function isTrait(build: Build, res: { kind: string; def?: unknown }): boolean {
  return res.kind === 'def' && typeof res.def === 'string' && build.world.modules.get(res.def as never)?.kind === 'trait';
}

function walkStatement(late: Late, s: Statement, names: Names): void {
  switch (s.kind) {
    case 'let': {
      if (s.type !== null) walkType(late, s.type);
      if (s.value !== null) walkExpr(late, s.value);
      if (s.orElse !== null) walkBlock(late, s.orElse);
      bind(late, s.pattern, names);
      return;
    }
    case 'expr': return walkExpr(late, s.expr);
    case 'assign': case 'compound':
      walkExpr(late, s.target);
      walkExpr(late, s.value);
      return;
    case 'defer': return walkExpr(late, s.body);
    case 'item': case 'pass': return;
  }
}

/** Resolves a pattern and puts its variables into `names`. */
function bind(late: Late, pattern: Pattern, names: Names): void {
  const fresh: Names = new Map();
  walkPattern(late, pattern, fresh, 'E0416');
  for (const [name, id] of fresh) names.set(name, id);
}

function walkPattern(late: Late, p: Pattern, names: Names, duplicate: 'E0415' | 'E0416'): void {
  switch (p.kind) {
    case 'binding': {
      walkBinding(late, p, names, duplicate);
      if (p.sub !== null) walkPattern(late, p.sub, names, duplicate);
      return;
    }
    case 'rangePattern':
      // An end that is a name is a constant.
      for (const end of [p.start, p.end]) {
        if (end === null) continue;
        if (end.kind === 'binding') walkBinding(late, end, names, duplicate);
        else walkPattern(late, end, names, duplicate);
      }
      return;
    case 'pathPattern': walkPath(late, p.path, 'pattern'); return;
    case 'tupleStructPattern':
      walkPath(late, p.path, 'tuplePattern');
      for (const element of p.elements) walkPattern(late, element, names, duplicate);
      return;
    case 'structPattern':
      walkPath(late, p.path, 'struct');
      for (const field of p.fields) walkPattern(late, field.pattern, names, duplicate);
      return;
    case 'tuplePattern': case 'slicePattern':
      for (const element of p.elements) walkPattern(late, element, names, duplicate);
      return;
    case 'refPattern': return walkPattern(late, p.inner, names, duplicate);
    case 'orPattern': return walkAlternatives(late, p.alternatives, names, duplicate);
    default: return;
  }
}

function walkBinding(late: Late, p: Pattern & { kind: 'binding' }, names: Names, duplicate: 'E0415' | 'E0416'): void {
  const { text, span } = p.name;
  const found = lookup({ ...late, rib: late.items }, text, 'values');
  if (found !== null && found.res.kind !== 'local' && found.beyond === null && text !== 'self') {
    const plain = !p.byRef && !p.mutable && p.sub === null;
    const what = constantLike(late, found.res);
    if (what === 'constant' && plain) {
      late.build.world.table.values.set(p.id, { res: found.res, used: 1 });
      return;
    }
    if (what !== null && !(what === 'constant' && found.binding?.from === 'glob' && !plain)) {
      const kind = what === 'constant' ? 'unit struct, variant or constant' : what;
      report(late, 'E0530', span, { name: text, what: kind }, {
        label: `cannot be named the same as ${what === 'static' ? 'a static' : `a ${kind}`}`,
        ...(found.binding === null ? {} : { labels: [{ span: found.binding.span, text: `\`${text}\` is defined here` }] }),
      });
      return;
    }
  }
  if (names.has(text)) {
    report(late, duplicate, span, { name: text }, { label: duplicate === 'E0415' ? 'used as parameter more than once' : 'used in a pattern more than once' });
    return;
  }
  names.set(text, p.id);
}

/** What a name in a pattern stands for when it is no fresh variable. */
function constantLike(late: Late, res: Res): 'constant' | 'static' | 'tuple struct or variant' | null {
  if (res.kind !== 'def') return null;
  const { build } = late;
  const kind = build.byDef.get(res.def)?.item.kind ?? build.world.definitions.byId.get(res.def)?.kind;
  if (kind === 'const') return 'constant';
  if (kind === 'static') return 'static';
  const shape = variantShape(late, res);
  if (shape === 'unit') return 'constant';
  return shape === 'tuple' ? 'tuple struct or variant' : null;
}

function walkAlternatives(late: Late, alternatives: readonly Pattern[], names: Names, duplicate: 'E0415' | 'E0416'): void {
  const { sameBinding } = late.build.world.table;
  let first: Names | null = null;
  alternatives.forEach((alternative, i) => {
    const own: Names = new Map();
    walkPattern(late, alternative, own, duplicate);
    if (first === null) {
      first = own;
      return;
    }
    for (const [name, id] of own) {
      const target = first.get(name);
      if (target === undefined) {
        report(late, 'E0408', alternatives[0]?.span ?? alternative.span, { name }, { label: `pattern doesn't bind \`${name}\``, labels: [{ span: alternative.span, text: 'variable not in all patterns' }] });
        first.set(name, id);
        continue;
      }
      // A nested alternative's later bindings lead to the outermost first one.
      for (const [later, earlier] of sameBinding) if (earlier === id) sameBinding.set(later, target);
      sameBinding.set(id, target);
    }
    for (const name of first.keys()) {
      if (!own.has(name)) report(late, 'E0408', alternatives[i]?.span ?? alternative.span, { name }, { label: `pattern doesn't bind \`${name}\``, labels: [{ span: alternatives[0]?.span ?? alternative.span, text: 'variable not in all patterns' }] });
    }
  });
  for (const [name, id] of first ?? new Map<string, NodeId>()) {
    if (names.has(name)) report(late, duplicate, alternatives[0]?.span ?? { file: late.file, start: 0, end: 0 }, { name }, { label: 'used in a pattern more than once' });
    else names.set(name, id);
  }
}

export function walkExpr(late: Late, e: Expr): void {
  switch (e.kind) {
    case 'literal': case 'error': case 'underscore': return;
    case 'typeExpr': return walkArg(late, e.arg);
    case 'pathExpr': walkPath(late, e.path, 'value'); return;
    case 'unary': return walkExpr(late, e.operand);
    case 'binary': case 'logical':
      walkExpr(late, e.left);
      walkExpr(late, e.right);
      return;
    case 'is': return walkIs(late, e, new Map());
    // Outside a condition: reported by types; its variables lead nowhere.
    case 'letCondition':
      walkExpr(late, e.value);
      walkPattern(late, e.pattern, new Map(), 'E0416');
      return;
    case 'cast':
      walkExpr(late, e.value);
      walkType(late, e.type);
      return;
    case 'borrow': case 'rawBorrow': return walkExpr(late, e.place);
    case 'deref': case 'try': case 'field': case 'namedArg': return walkExpr(late, e.value);
    case 'call': return walkCall(late, e);
    case 'methodCall':
      walkExpr(late, e.receiver);
      for (const arg of e.args) walkExpr(late, arg);
      return;
    case 'index': return walkIndex(late, e, false);
    case 'range':
      if (e.start !== null) walkExpr(late, e.start);
      if (e.end !== null) walkExpr(late, e.end);
      return;
    case 'tuple': case 'array':
      for (const element of e.elements) walkExpr(late, element);
      return;
    case 'paren': return walkExpr(late, e.inner);
    case 'repeat':
      walkExpr(late, e.value);
      if (e.count.kind !== 'underscore') walkConstant(late, e.count);
      return;
    case 'struct':
      walkPath(late, e.path, 'struct');
      for (const field of e.fields) walkExpr(late, field.value);
      if (e.base !== null) walkExpr(late, e.base);
      return;
    case 'do': return labelled(late, e.label === null ? null : { kind: 'block', name: e.label.text, node: e.id, takesValue: true }, () => walkBlock(late, e.body));
    case 'unsafe': return walkBlock(late, e.body);
    case 'if': return walkIf(late, e);
    case 'match':
      walkExpr(late, e.value);
      for (const arm of e.arms) {
        const names: Names = new Map();
        within(late, { kind: 'locals', names }, () => {
          bind(late, arm.pattern, names);
          if (arm.guard !== null) walkCondition(late, arm.guard, names);
          walkBlock(late, arm.body);
        });
      }
      return;
    case 'while':
      return labelled(late, { kind: 'loop', name: e.label?.text ?? null, node: e.id, takesValue: false }, () => {
        const names: Names = new Map();
        within(late, { kind: 'locals', names }, () => {
          labelled(late, { kind: 'condition' }, () => walkCondition(late, e.condition, names));
          walkBlock(late, e.body);
        });
      });
    case 'loop': return labelled(late, { kind: 'loop', name: e.label?.text ?? null, node: e.id, takesValue: true }, () => walkBlock(late, e.body));
    case 'for': {
      walkExpr(late, e.iterable);
      const names: Names = new Map();
      within(late, { kind: 'locals', names }, () => {
        bind(late, e.pattern, names);
        labelled(late, { kind: 'loop', name: e.label?.text ?? null, node: e.id, takesValue: false }, () => walkBlock(late, e.body));
      });
      return;
    }
    case 'closure': return walkClosure(late, e);
    case 'return':
      if (e.value !== null) walkExpr(late, e.value);
      return;
    case 'break': {
      if (e.value !== null) walkExpr(late, e.value);
      const target = findTarget(late, e, 'break');
      if (target !== null && e.value !== null && !target.takesValue) {
        report(late, 'E0571', e.span, {}, { label: 'can only break with a value inside `loop` or a labelled block' });
      }
      return;
    }
    case 'continue': findTarget(late, e, 'continue'); return;
    case 'assignExpr': return walkStatement(late, e.statement, new Map());
  }
}

function walkClosure(late: Late, e: ClosureExpr): void {
  for (const param of e.params) if (param.type !== null) walkType(late, param.type);
  if (e.result !== null) walkType(late, e.result);
  const names: Names = new Map();
  labelled(late, { kind: 'closure' }, () => {
    within(late, { kind: 'locals', names }, () => {
      bindParams(late, e.params, names);
      walkBlock(late, e.body);
    });
  });
}

function walkIf(late: Late, e: Expr & { kind: 'if' }): void {
  const names: Names = new Map();
  within(late, { kind: 'locals', names }, () => {
    walkCondition(late, e.condition, names);
    walkBlock(late, e.then);
  });
  if (e.otherwise === null) return;
  if (e.otherwise.kind === 'if') walkIf(late, e.otherwise);
  else walkBlock(late, e.otherwise);
}

/** A condition: `let` links bind for what follows them. */
function walkCondition(late: Late, e: Expr, names: Names): void {
  if (e.kind === 'logical' && e.op === 'and') {
    walkCondition(late, e.left, names);
    walkCondition(late, e.right, names);
  } else if (e.kind === 'letCondition') {
    walkExpr(late, e.value);
    bind(late, e.pattern, names);
  } else if (e.kind === 'is') walkIs(late, e, names);
  else if (e.kind === 'paren') walkCondition(late, e.inner, names);
  else walkExpr(late, e);
}

/** A test by a pattern binds nothing. Where it tries to, its variables are known to what follows, so that one mistake is one problem. */
function walkIs(late: Late, e: Expr & { kind: 'is' }, names: Names): void {
  walkExpr(late, e.value);
  const bound: Names = new Map();
  walkPattern(late, e.pattern, bound, 'E0416');
  const [first] = bound;
  if (first === undefined) return;
  report(late, 'E1044', e.pattern.span, { name: first[0] }, { label: `\`${first[0]}\` would be bound here` });
  for (const [name, id] of bound) names.set(name, id);
}

function walkCall(late: Late, e: Expr & { kind: 'call' }): void {
  const { callee } = e;
  if (callee.kind === 'index') walkIndex(late, callee, true);
  else if (callee.kind === 'paren') walkExpr(late, callee.inner);
  else walkExpr(late, callee);
  for (const arg of e.args) walkExpr(late, arg);
  if (callee.kind === 'pathExpr') {
    const found = late.build.world.table.values.get(callee.path.id);
    if (found?.res.kind === 'def' && late.build.world.definitions.byId.get(found.res.def)?.kind === 'builtin') {
      late.build.world.table.places.set(e.id, placeOf(late, e.args));
    }
  }
}

/** The place of a format call: the variables that its texts mention, and the scopes around. */
function placeOf(late: Late, args: readonly Expr[]): Rib {
  const names: Names = new Map();
  for (const arg of args) {
    if (arg.kind !== 'literal' || arg.value.kind !== 'string' || !arg.value.value.includes('{')) continue;
    for (const [word] of arg.value.value.matchAll(/[\p{XIDS}_][\p{XIDC}]*/gu)) {
      if (names.has(word)) continue;
      const found = lookup(late, word, 'values');
      if (found?.res.kind === 'local' && found.beyond === null) names.set(word, found.res.binding);
    }
  }
  return { parent: late.items, at: { kind: 'locals', names } };
}

/** `base[args]`: indexing, or type arguments when the base is generic. */
function walkIndex(late: Late, e: Expr & { kind: 'index' }, isCallee: boolean): void {
  const { base } = e;
  walkExpr(late, base);
  const { table } = late.build.world;
  const asArgs = (certain: boolean): boolean => {
    const args = argsOfIndex(e.args);
    if (args === null) return false;
    table.typeArgs.set(e.id, { args, certain });
    return true;
  };
  if (base.kind === 'pathExpr') {
    const found = table.values.get(base.path.id);
    const kind = found === undefined ? 'indexed' : pathKind(late, found.res, found.used < base.path.segments.length);
    if (kind === 'generic' && asArgs(true)) {
      for (const arg of table.typeArgs.get(e.id)?.args ?? []) walkArg(late, arg);
      return;
    }
    if (kind === 'unknown' && asArgs(false)) return walkBothWays(late, e);
    if (kind === 'failed') {
      late.quiet++;
      if (asArgs(false)) walkBothWays(late, e);
      late.quiet--;
      return;
    }
  } else if (base.kind === 'field' && isCallee && asArgs(false)) return walkBothWays(late, e);
  for (const arg of e.args) walkExpr(late, arg);
}

function pathKind(late: Late, res: Res, partial: boolean): 'generic' | 'indexed' | 'unknown' | 'failed' {
  if (res.kind === 'error') return 'failed';
  if (partial || res.kind === 'qualifiedType') return 'unknown';
  if (res.kind === 'self') return 'generic';
  if (res.kind !== 'def') return 'indexed';
  const kind = late.build.byDef.get(res.def)?.item.kind ?? late.build.world.definitions.byId.get(res.def)?.kind ?? 'variant';
  return kind === 'const' || kind === 'static' ? 'indexed' : 'generic';
}

/** Arguments that may be types or values: both are tried, and a name that is neither is reported as a value. */
function walkBothWays(late: Late, e: Expr & { kind: 'index' }): void {
  const { build } = late;
  const before = build.problems.length;
  for (const arg of build.world.table.typeArgs.get(e.id)?.args ?? []) walkArg(late, arg);
  const asTypes = build.problems.splice(before);
  for (const arg of e.args) walkExpr(late, arg);
  if (asTypes.length === 0) build.problems.length = before;
}

function labelled(late: Late, label: Label | null, inside: () => void): void {
  if (label === null) return inside();
  late.labels.push(label);
  inside();
  late.labels.pop();
}

function findTarget(late: Late, e: Expr & { label: Lifetime | null }, what: 'break' | 'continue'): (Label & { kind: 'loop' | 'block' }) | null {
  const { table } = late.build.world;
  let beyondClosure = false;
  let inBlock = false;
  for (let i = late.labels.length - 1; i >= 0; i--) {
    const label = late.labels[i];
    if (label === undefined) break;
    if (label.kind === 'closure') {
      beyondClosure = true;
      continue;
    }
    if (label.kind === 'condition') {
      if (e.label !== null) continue;
      report(late, 'E0590', e.span, { what }, { label: 'which loop is meant?', notes: ['give the loop a label and name it'] });
      return null;
    }
    if (e.label === null ? label.kind !== 'loop' : label.name !== e.label.text) {
      if (label.kind === 'block' && !beyondClosure) inBlock = true;
      continue;
    }
    if (beyondClosure) {
      if (e.label !== null) report(late, 'E0767', e.label.span, { name: e.label.text }, { label: `unreachable label \`'${e.label.text}\``, notes: ['labels cannot be reached across a closure'] });
      else report(late, 'E0267', e.span, { what }, { label: `cannot \`${what}\` inside of a closure` });
      return null;
    }
    if (e.label === null && inBlock) report(late, 'E0695', e.span, { what }, { label: `unlabelled \`${what}\` inside of a labelled block`, notes: ['give the loop a label and name it'] });
    if (what === 'continue' && label.kind === 'block') report(late, 'E0696', e.span, { name: label.name ?? '' }, { label: 'labelled blocks cannot be continued' });
    table.targets.set(e.id, label.node);
    return label;
  }
  if (e.label !== null) report(late, 'E0426', e.label.span, { name: e.label.text }, { label: `undeclared label \`'${e.label.text}\`` });
  else if (beyondClosure) report(late, 'E0267', e.span, { what }, { label: `cannot \`${what}\` inside of a closure` });
  else if (inBlock) report(late, 'E0695', e.span, { what }, { label: `unlabelled \`${what}\` inside of a labelled block`, notes: ['name the block to leave it'] });
  else report(late, 'E0268', e.span, { what }, { label: `cannot \`${what}\` outside of a loop` });
  return null;
}

