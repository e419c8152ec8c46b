/**
 * Bodies of functions that nobody wrote: drop glue, clones of compound types, adapters between ways to call, constructors as
 * functions. Made as bodies, so that everything after (passes, code) treats them like any other. In: an instance. Out: its body.
 * Invariant of drop glue: when one part's destructor panics, the others still run (in the cleanup blocks), as in Rust.
 */
import type { BlockId, Operand, Place, Rvalue } from '../flow/graph.ts';
import type { Span } from '../text/span.ts';
import { BOOL, intern, ISIZE, ptr, ref, UNIT, USIZE, type Type } from '../types/type.ts';
import { addLocal, blockId, type Body, type BodyBlock, type BodyLocal, copyOf, deref, type End, field, local, moveOf, type Op, project, type Target } from './body.ts';
import type { Instance } from './instance.ts';
import { resolveTarget } from './resolve.ts';
import { dropFn, fieldTypes, fnDef, instanceOf, instantiate, isBox, isEnum, langItem, lengthOf, needsDrop, variantsOf, type World } from './world.ts';

/** Somewhere to stand: compiler-made code has no source. The file is never read through it. */
const NOWHERE: Span = { file: 0 as Span['file'], start: 0, end: 0 };

interface Maker {
  readonly world: World;
  readonly locals: BodyLocal[];
  readonly blocks: BodyBlock[];
  readonly span: Span;
}

function block(m: Maker, cleanup = false): BlockId {
  m.blocks.push({ ops: [], end: { kind: cleanup ? 'resume' : 'return' }, endSpan: m.span, cleanup });
  return blockId(m.blocks.length - 1);
}
const at = (m: Maker, b: BlockId): BodyBlock => {
  const found = m.blocks[b];
  if (found === undefined) throw new Error(`no block ${b}`);
  return found;
};
const put = (m: Maker, b: BlockId, op: OpBody): void => { at(m, b).ops.push({ ...op, span: m.span } as Op); };
type OpBody = Op extends infer O ? (O extends Op ? Omit<O, 'span'> : never) : never;
const end = (m: Maker, b: BlockId, e: End): void => { at(m, b).end = e; };
const assign = (m: Maker, b: BlockId, place: Place, value: Rvalue): void => put(m, b, { kind: 'assign', place, value });
const temp = (m: Maker, type: Type): Place => local(addLocal(m, type));
const use = (operand: Operand): Rvalue => ({ kind: 'use', operand });
const number = (value: bigint | number, type: Type = USIZE): Operand => ({ kind: 'constant', constant: { kind: 'int', value: BigInt(value), type } });
const call = (m: Maker, b: BlockId, target: Target, args: readonly Operand[], destination: Place, result: Type, unwind: BlockId | null): void =>
  put(m, b, { kind: 'call', target, args, destination, result, unwind });

function finish(m: Maker, instance: Instance, params: number): Body {
  return { instance, params, locals: m.locals, blocks: m.blocks, variables: [], span: m.span };
}

/** Result first, then parameters. */
function start(world: World, types: readonly Type[]): Maker {
  const m: Maker = { world, locals: types.map(type => ({ type, name: null })), blocks: [], span: NOWHERE };
  block(m);
  return m;
}

export function glueBody(world: World, instance: Instance): Body {
  switch (instance.kind) {
    case 'drop': return dropBody(world, instance, instance.type);
    case 'clone': return cloneBody(world, instance, instance.type);
    case 'call': return callBody(world, instance);
    case 'closureFn': return closureFnBody(world, instance);
    case 'constructor': return constructorBody(world, instance);
    case 'virtual': case 'intrinsic': return forwardBody(world, instance);
    case 'byPointer': return byPointerBody(world, instance);
    default: throw new Error(`${instance.kind} has a graph`);
  }
}

/** One thing to drop; `go` writes it into a block. */
type Step = (b: BlockId, unwind: BlockId | null) => BlockId;

/** Runs the steps in order from `b`; a panic in one goes on with the later ones. Ends in `last`'s terminator. */
function ladder(m: Maker, b: BlockId, steps: readonly Step[], finalUnwind: BlockId | null = null): BlockId {
  const cleanups: (BlockId | null)[] = new Array<BlockId | null>(steps.length + 1).fill(finalUnwind);
  for (let i = steps.length - 1; i > 0; i--) {
    const cleanup = block(m, true);
    const step = steps[i];
    const after = step === undefined ? cleanup : step(cleanup, null);
    const next = cleanups[i + 1] ?? null;
    if (next !== null) end(m, after, { kind: 'goto', target: next });
    cleanups[i] = cleanup;
  }
  let current = b;
  for (const [i, step] of steps.entries()) current = step(current, cleanups[i + 1] ?? null);
  return current;
}

const dropPlace = (m: Maker, place: Place): Step => (b, unwind) => { put(m, b, { kind: 'drop', place, unwind }); return b; };

function dropBody(world: World, instance: Instance, type: Type): Body {
  const m = start(world, [UNIT, ptr(type, true)]);
  const whole = deref(local(1));
  const b = blockId(0);
  switch (type.kind) {
    case 'array': case 'slice': dropElements(m, b, whole, type); break;
    case 'dyn': call(m, b, { kind: 'virtual', slot: 0, params: [ptr(UNIT, true)] }, [copyOf(local(1))], local(0), UNIT, null); break;
    case 'tuple': case 'closure':
      ladder(m, b, fieldTypes(world, type).flatMap((t, i) => (needsDrop(world, t) ? [dropPlace(m, field(whole, i, t))] : [])));
      break;
    case 'adt': {
      const steps: Step[] = [];
      const own = dropFn(world, type.def);
      if (own !== null && !isBox(world, type)) {
        steps.push((into, unwind) => {
          const self = temp(m, ref(type, true));
          assign(m, into, self, { kind: 'borrow', borrow: 'mut', place: whole });
          call(m, into, resolveTarget(world, own, implArgs(world, own, type)), [moveOf(self)], local(0), UNIT, unwind);
          return into;
        });
      }
      if (isBox(world, type)) steps.push(...boxSteps(m, whole, type));
      else if (isEnum(world, type)) {
        const step = enumStep(m, whole, type);
        if (step !== null) steps.push(step);
      } else for (const [i, t] of fieldTypes(world, type).entries()) if (needsDrop(world, t)) steps.push(dropPlace(m, field(whole, i, t)));
      ladder(m, b, steps);
      break;
    }
    default: break;
  }
  return finish(m, instance, 1);
}

/** Arguments of an impl whose self type is `type`: its parameters, read off the self type. */
function implArgs(world: World, method: Parameters<typeof fnDef>[1], type: Type): readonly Type[] {
  const parent = fnDef(world, method)?.parent;
  const impl = parent === null || parent === undefined ? undefined : world.definitions.byId.get(parent);
  if (impl?.kind !== 'impl' || impl.self.kind !== 'adt' || type.kind !== 'adt') return type.kind === 'adt' ? type.args : [];
  const args: Type[] = [];
  for (const [i, pattern] of impl.self.args.entries()) {
    const actual = type.args[i];
    if (actual === undefined) continue;
    if (pattern.kind === 'param') args[pattern.index] = actual;
    else if (pattern.kind === 'region' && pattern.region.of === 'param') args[pattern.region.index] = actual;
  }
  for (const p of impl.generics.params) args[p.index] ??= type.args[0] ?? UNIT;
  return args;
}

/** A box: its content, then its memory, then its allocator. */
function boxSteps(m: Maker, whole: Place, type: Type): Step[] {
  const { world } = m;
  const [content, allocator] = fieldTypes(world, type).length > 1 && type.kind === 'adt' ? [type.args[0] ?? UNIT, type.args[1] ?? UNIT] : [UNIT, UNIT];
  const [pointerType = UNIT, allocatorField = UNIT] = fieldTypes(world, type);
  const inner = type.kind === 'adt' ? (type.args[0] ?? UNIT) : content;
  const steps: Step[] = [];
  if (needsDrop(world, inner)) steps.push(dropPlace(m, deref(whole)));
  steps.push((b, unwind) => {
    const allocatorRef = temp(m, ref(allocatorField));
    assign(m, b, allocatorRef, { kind: 'borrow', borrow: 'shared', place: field(whole, 1, allocatorField) });
    call(m, b, resolveTarget(world, langItem(world, 'box_free'), [inner, allocator]), [copyOf(field(whole, 0, pointerType)), moveOf(allocatorRef)], local(0), UNIT, unwind);
    return b;
  });
  if (needsDrop(world, allocatorField)) steps.push(dropPlace(m, field(whole, 1, allocatorField)));
  return steps;
}

/** Drops the fields of the variant that is there. Null when no variant has any to drop. */
function enumStep(m: Maker, whole: Place, type: Type): Step | null {
  const { world } = m;
  if (type.kind !== 'adt') return null;
  const variants = variantsOf(world, type.def);
  const live = variants.map((v, i) => ({ v, i, fields: fieldTypes(world, type, i) })).filter(each => each.fields.some(t => needsDrop(world, t)));
  if (live.length === 0) return null;
  return (b, unwind) => {
    const cleanup = at(m, b).cleanup;
    const after = block(m, cleanup);
    const targets = live.map(({ i, fields }) => {
      const first = block(m, cleanup);
      const variant = project(whole, { kind: 'variant', index: i });
      const parts = fields.flatMap((t, f) => (needsDrop(world, t) ? [dropPlace(m, field(variant, f, t))] : []));
      let last = first;
      if (cleanup) for (const part of parts) last = part(last, null);
      else last = ladder(m, first, parts, unwind);
      end(m, last, { kind: 'goto', target: after });
      return first;
    });
    if (variants.length === 1) end(m, b, { kind: 'goto', target: targets[0] ?? after });
    else {
      const tag = temp(m, ISIZE);
      assign(m, b, tag, { kind: 'discriminant', place: whole, type: ISIZE });
      end(m, b, { kind: 'switch', operand: copyOf(tag), values: live.map(each => each.v.discriminant), targets, otherwise: after });
    }
    return after;
  };
}

/** A loop over the elements; when one panics, a second loop in cleanup goes on behind it. */
function dropElements(m: Maker, b: BlockId, whole: Place, type: Type): void {
  if (type.kind !== 'array' && type.kind !== 'slice') return;
  const count = temp(m, USIZE);
  const index = temp(m, USIZE);
  assign(m, b, count, type.kind === 'array' ? use(number(lengthOf(type))) : { kind: 'length', place: whole });
  assign(m, b, index, use(number(0)));
  const loop = (cleanup: boolean, unwind: BlockId | null): BlockId => {
    const head = block(m, cleanup);
    const bodyBlock = block(m, cleanup);
    const exit = block(m, cleanup);
    const done = temp(m, BOOL);
    const current = temp(m, USIZE);
    assign(m, head, done, { kind: 'binary', op: 'eq', left: copyOf(index), right: copyOf(count) });
    end(m, head, { kind: 'switch', operand: copyOf(done), values: [0n], targets: [bodyBlock], otherwise: exit });
    assign(m, bodyBlock, current, use(copyOf(index)));
    assign(m, bodyBlock, index, { kind: 'binary', op: 'add', left: copyOf(index), right: number(1) });
    put(m, bodyBlock, { kind: 'drop', place: project(whole, { kind: 'index', local: current.local }), unwind });
    end(m, bodyBlock, { kind: 'goto', target: head });
    return head;
  };
  const again = loop(true, null);
  end(m, b, { kind: 'goto', target: loop(false, again) });
}

function cloneBody(world: World, instance: Instance, type: Type): Body {
  const m = start(world, [type, ref(type)]);
  const from = deref(local(1));
  const to = local(0);
  const b = blockId(0);
  if (world.types.isCopy(type) || !(type.kind === 'tuple' || type.kind === 'array' || type.kind === 'closure')) {
    assign(m, b, to, use(copyOf(from)));
    return finish(m, instance, 1);
  }
  const trait = world.definitions.byId.get(langItem(world, 'clone'));
  const method = trait?.kind === 'trait' ? trait.items.find(i => world.definitions.byId.get(i)?.name === 'clone') : undefined;
  if (method === undefined) throw new Error('the library has no Clone::clone');
  const cloneOne = (into: BlockId, source: Place, target: Place, t: Type, unwind: BlockId | null): void => {
    if (world.types.isCopy(t)) { assign(m, into, target, use(copyOf(source))); return; }
    const borrowed = temp(m, ref(t));
    assign(m, into, borrowed, { kind: 'borrow', borrow: 'shared', place: source });
    call(m, into, resolveTarget(world, method, [t]), [moveOf(borrowed)], target, t, unwind);
  };
  if (type.kind !== 'array') {
    let undo: BlockId | null = null; // drops what was cloned so far
    for (const [i, t] of fieldTypes(world, type).entries()) {
      cloneOne(b, field(from, i, t), field(to, i, t), t, undo);
      if (!needsDrop(world, t)) continue;
      const cleanup = block(m, true);
      put(m, cleanup, { kind: 'drop', place: field(to, i, t), unwind: null });
      end(m, cleanup, undo === null ? { kind: 'resume' } : { kind: 'goto', target: undo });
      undo = cleanup;
    }
    return finish(m, instance, 1);
  }
  const index = temp(m, USIZE);
  const done = temp(m, BOOL);
  assign(m, b, index, use(number(0)));
  const head = block(m);
  const one = block(m);
  const exit = block(m);
  end(m, b, { kind: 'goto', target: head });
  assign(m, head, done, { kind: 'binary', op: 'eq', left: copyOf(index), right: number(lengthOf(type)) });
  end(m, head, { kind: 'switch', operand: copyOf(done), values: [0n], targets: [one], otherwise: exit });
  let undo: BlockId | null = null;
  if (needsDrop(world, type.element)) {
    undo = block(m, true);
    const drop = block(m, true);
    const stop = block(m, true);
    const empty = temp(m, BOOL);
    assign(m, undo, empty, { kind: 'binary', op: 'eq', left: copyOf(index), right: number(0) });
    end(m, undo, { kind: 'switch', operand: copyOf(empty), values: [0n], targets: [drop], otherwise: stop });
    assign(m, drop, index, { kind: 'binary', op: 'sub', left: copyOf(index), right: number(1) });
    put(m, drop, { kind: 'drop', place: project(to, { kind: 'index', local: index.local }), unwind: null });
    end(m, drop, { kind: 'goto', target: undo });
  }
  const step = { kind: 'index', local: index.local } as const;
  cloneOne(one, project(from, step), project(to, step), type.element, undo);
  assign(m, one, index, { kind: 'binary', op: 'add', left: copyOf(index), right: number(1) });
  end(m, one, { kind: 'goto', target: head });
  return finish(m, instance, 1);
}

/** Signature of what a callable type calls. */
function callee(world: World, self: Type): { params: readonly Type[]; result: Type } {
  if (self.kind === 'fnPtr') return self.signature;
  if (self.kind === 'closure') {
    const info = world.types.closure(self.def);
    return { params: info.params.map(p => instantiate(world, p, self.args)), result: instantiate(world, info.result, self.args) };
  }
  if (self.kind === 'fnDef') return itemSignature(world, self.def, self.args);
  throw new Error(`a ${self.kind} cannot be called`);
}

/** Parameters and result of a function item or constructor. */
export function itemSignature(world: World, def: Parameters<typeof fnDef>[1], args: readonly Type[]): { params: readonly Type[]; result: Type } {
  const found = world.definitions.byId.get(def);
  if (found?.kind === 'fn') return { params: found.signature.params.map(p => instantiate(world, p, args)), result: instantiate(world, found.signature.result, args) };
  if (found?.kind === 'struct' || found?.kind === 'variant') {
    const owner = found.kind === 'variant' ? found.enum : def;
    const type = intern({ kind: 'adt', def: owner, args });
    return { params: fieldTypes(world, type, found.kind === 'variant' ? found.index : null), result: type };
  }
  throw new Error(`${def} has no signature`);
}

/** (self, tuple) → the function itself, with the tuple's elements as arguments. */
function callBody(world: World, instance: Extract<Instance, { kind: 'call' }>): Body {
  const { self, mode, args } = instance;
  const signature = callee(world, self);
  const selfType = mode === 'once' ? self : ref(self, mode === 'mut');
  const m = start(world, [signature.result, selfType, args]);
  const b = blockId(0);
  const spread = (args.kind === 'tuple' ? args.elements : []).map((t, i) => moveOf(field(local(2), i, t)));
  const selfPlace = mode === 'once' ? local(1) : deref(local(1));
  if (self.kind === 'fnPtr') call(m, b, { kind: 'pointer', pointer: copyOf(selfPlace) }, spread, local(0), signature.result, null);
  else if (self.kind === 'fnDef') call(m, b, resolveTarget(world, self.def, self.args), spread, local(0), signature.result, null);
  else if (self.kind === 'closure') {
    const target: Target = { kind: 'instance', instance: instanceOf(world, { kind: 'item', def: self.def, args: self.args }) };
    const kind = world.types.closure(self.def).kind;
    if (mode !== 'once' || kind === 'FnOnce') call(m, b, target, [mode === 'once' ? moveOf(local(1)) : copyOf(local(1)), ...spread], local(0), signature.result, null);
    else {
      const borrowed = temp(m, ref(self, kind === 'FnMut'));
      let unwind: BlockId | null = null;
      if (needsDrop(world, self)) {
        unwind = block(m, true);
        put(m, unwind, { kind: 'drop', place: local(1), unwind: null });
      }
      assign(m, b, borrowed, { kind: 'borrow', borrow: kind === 'FnMut' ? 'mut' : 'shared', place: local(1) });
      call(m, b, target, [moveOf(borrowed), ...spread], local(0), signature.result, unwind);
      if (unwind !== null) put(m, b, { kind: 'drop', place: local(1), unwind: null });
    }
  }
  if (signature.result.kind === 'never') end(m, b, { kind: 'unreachable' });
  return finish(m, instance, 2);
}

function closureFnBody(world: World, instance: Extract<Instance, { kind: 'closureFn' }>): Body {
  const { closure } = instance;
  const signature = callee(world, closure);
  const m = start(world, [signature.result, ...signature.params]);
  const b = blockId(0);
  const kind = closure.kind === 'closure' ? world.types.closure(closure.def).kind : 'FnOnce';
  const environment = temp(m, closure);
  const args = signature.params.map((_, i) => moveOf(local(i + 1)));
  const target: Target = { kind: 'instance', instance: instanceOf(world, { kind: 'item', def: closure.kind === 'closure' ? closure.def : ('' as never), args: closure.kind === 'closure' ? closure.args : [] }) };
  if (kind === 'FnOnce') call(m, b, target, [moveOf(environment), ...args], local(0), signature.result, null);
  else {
    const borrowed = temp(m, ref(closure, kind === 'FnMut'));
    assign(m, b, borrowed, { kind: 'borrow', borrow: kind === 'FnMut' ? 'mut' : 'shared', place: environment });
    call(m, b, target, [moveOf(borrowed), ...args], local(0), signature.result, null);
  }
  if (signature.result.kind === 'never') end(m, b, { kind: 'unreachable' });
  return finish(m, instance, signature.params.length);
}

function constructorBody(world: World, instance: Extract<Instance, { kind: 'constructor' }>): Body {
  const signature = itemSignature(world, instance.def, instance.args);
  const m = start(world, [signature.result, ...signature.params]);
  const found = world.definitions.byId.get(instance.def);
  assign(m, blockId(0), local(0), {
    kind: 'aggregate',
    of: { kind: 'adt', variant: found?.kind === 'variant' ? found.index : null },
    type: signature.result,
    operands: signature.params.map((_, i) => moveOf(local(i + 1))),
  });
  return finish(m, instance, signature.params.length);
}

/** A method of a `dyn`, or an intrinsic, as a function: one call. */
function forwardBody(world: World, instance: Extract<Instance, { kind: 'virtual' | 'intrinsic' }>): Body {
  const signature = itemSignature(world, instance.def, instance.args);
  const m = start(world, [signature.result, ...signature.params]);
  const b = blockId(0);
  call(m, b, resolveTarget(world, instance.def, instance.args), signature.params.map((_, i) => moveOf(local(i + 1))), local(0), signature.result, null);
  if (signature.result.kind === 'never') end(m, b, { kind: 'unreachable' });
  return finish(m, instance, signature.params.length);
}

/** Takes a pointer to `self`, moves it out, calls the method. */
function byPointerBody(world: World, instance: Extract<Instance, { kind: 'byPointer' }>): Body {
  const { inner } = instance;
  const signature = signatureOf(world, inner);
  const [self = UNIT, ...rest] = signature.params;
  const m = start(world, [signature.result, ptr(self, true), ...rest]);
  const b = blockId(0);
  const args = rest.map((_, i) => moveOf(local(i + 2)));
  call(m, b, { kind: 'instance', instance: inner }, [moveOf(deref(local(1))), ...args], local(0), signature.result, null);
  if (signature.result.kind === 'never') end(m, b, { kind: 'unreachable' });
  return finish(m, instance, signature.params.length);
}

/** Parameters and result of an instance, as its body has them. */
export function signatureOf(world: World, instance: Instance): { params: readonly Type[]; result: Type } {
  switch (instance.kind) {
    case 'constructor': case 'virtual': case 'intrinsic': return itemSignature(world, instance.def, instance.args);
    case 'item': {
      const found = world.definitions.byId.get(instance.def);
      if (found?.kind === 'fn') return itemSignature(world, instance.def, instance.args);
      const graph = world.graphOf(instance.def);
      if (graph === null) throw new Error(`no graph of ${instance.def}`);
      const types = graph.locals.slice(0, graph.params + 1).map(l => instantiate(world, l.type, instance.args));
      return { params: types.slice(1), result: types[0] ?? UNIT };
    }
    case 'drop': return { params: [ptr(instance.type, true)], result: UNIT };
    case 'clone': return { params: [ref(instance.type)], result: instance.type };
    case 'call': return { params: [instance.mode === 'once' ? instance.self : ref(instance.self, instance.mode === 'mut'), instance.args], result: callee(world, instance.self).result };
    case 'closureFn': return callee(world, instance.closure);
    case 'byPointer': {
      const inner = signatureOf(world, instance.inner);
      return { params: [ptr(inner.params[0] ?? UNIT, true), ...inner.params.slice(1)], result: inner.result };
    }
    case 'promoted': case 'start': return { params: [], result: UNIT };
  }
}

