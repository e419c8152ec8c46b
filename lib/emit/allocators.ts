/**
 * The program's own allocators, told to the machine. Every method of a type that implements `Allocator` says when it begins and ends: in
 * between it may touch what it holds. What `allocate` and `reallocate` give becomes a block of its own, and ends with `deallocate`.
 * `@global_allocator`: where the library asks `Global`, it asks that static instead; the program's own `Global` is the system's.
 * In: a fresh body of an instance. Out: the same body with calls of intrinsics in it. Cost: nothing for a program without such types.
 */
import type { Operand } from '../flow/graph.ts';
import type { Span } from '../text/span.ts';
import type { Definitions } from '../types/definition.ts';
import { intern, UNIT, USIZE, type DefId, type Type } from '../types/type.ts';
import { addLocal, blockId, type Body, copyOf, local, type Op, successors } from './body.ts';
import type { Instance } from './instance.ts';
import { resolveTarget } from './resolve.ts';
import { type Allocators, BYTE_PTR, type World } from './world.ts';

/** Null for a program that has none of its own. */
export function allocatorsOf(definitions: Definitions, inLibrary: (span: Span) => boolean): Allocators | null {
  const trait = definitions.lang.get('Allocator');
  if (trait === undefined) return null;
  const own = new Set<DefId>();
  for (const id of definitions.implsOf.get(trait) ?? []) {
    const impl = definitions.byId.get(id);
    if (impl?.kind === 'impl' && impl.self.kind === 'adt' && !inLibrary(impl.span)) own.add(impl.self.def);
  }
  if (own.size === 0) return null;
  let global: Allocators['global'] = null;
  for (const item of definitions.byId.values()) if (item.kind === 'static' && 'global_allocator' in item.attributes) global = { def: item.id, type: item.type };
  return { trait, own, global };
}

export function tellAllocators(world: World, instance: Instance, body: Body): Body {
  const { allocators } = world;
  if (allocators === null || instance.kind !== 'item') return body;
  const item = world.definitions.byId.get(instance.def);
  if (item !== undefined && world.inLibrary(item.span)) askGlobal(world, allocators, body);
  const impl = item?.parent === null || item === undefined ? undefined : world.definitions.byId.get(item.parent);
  if (item?.kind !== 'fn' || impl?.kind !== 'impl' || impl.self.kind !== 'adt' || !allocators.own.has(impl.self.def)) return body;
  const method = impl.trait?.trait === allocators.trait ? item.name : '';
  if (method === '' && world.profile !== 'debug') return body;
  return tell(body, method, intern({ kind: 'adt', def: impl.self.def, args: [] }));
}

function tell(body: Body, method: string, type: Type): Body {
  const entry = body.blocks[0];
  if (entry === undefined) return body;
  if (body.blocks.some(block => successors(block.end).includes(blockId(0)))) startApart(body);
  const { span } = body;
  const call = (name: string, destination: number | null, args: readonly Operand[], more: readonly Type[] = []): Op => ({
    kind: 'call', span, target: { kind: 'intrinsic', name, args: [type, ...more] }, args, unwind: null,
    destination: local(destination ?? addLocal(body, UNIT)), result: destination === null ? UNIT : (body.locals[destination]?.type ?? UNIT),
  });
  const kept = (param: number, of: Type): { readonly local: number; readonly op: Op } => {
    const id = addLocal(body, of);
    return { local: id, op: { kind: 'assign', span, place: local(id), value: { kind: 'use', operand: copyOf(local(param)) } } };
  };
  const before: Op[] = [];
  const after: Op[] = [];
  const use = (id: number): Operand => copyOf(local(id));
  // Which of its kind it is: by what its own bytes lead to.
  const own = body.params > 0 ? body.locals[1]?.type : undefined;
  const self = own?.kind === 'ref' && own.inner.kind === 'adt' && type.kind === 'adt' && own.inner.def === type.def ? own.inner : null;
  before.push(call('allocator_enter', null, self === null ? [] : [use(1)], self === null ? [] : [self]));
  if (method === 'allocate') {
    const size = kept(2, USIZE);
    before.push(size.op);
    after.push(call('allocator_out', 0, [use(0), use(size.local)]));
  } else if (method === 'deallocate') {
    before.push(call('allocator_back', 2, [use(2), use(3)]));
  } else if (method === 'reallocate') {
    const [pointer, old, size] = [kept(2, BYTE_PTR), kept(3, USIZE), kept(4, USIZE)];
    before.push(pointer.op, old.op, size.op, call('allocator_in', 2, [use(2)]));
    after.push(call('allocator_again', 0, [use(pointer.local), use(0), use(old.local), use(size.local)]));
  }
  after.push(call('allocator_leave', null, []));
  const first = body.blocks[0];
  if (first !== undefined) first.ops = [...before, ...first.ops];
  for (const block of body.blocks) if (block.end.kind === 'return' && !block.cleanup) block.ops = [...block.ops, ...after];
  return body;
}

/** The entry is nobody's target: its code moves to a block of its own. */
function startApart(body: Body): void {
  const moved = blockId(body.blocks.length);
  const to = <B extends number>(id: B): B => (id === 0 ? (moved as number as B) : id);
  const [entry] = body.blocks;
  if (entry === undefined) return;
  body.blocks.push(entry);
  body.blocks[0] = { ops: [], end: { kind: 'goto', target: moved }, endSpan: entry.endSpan, cleanup: false };
  for (const block of body.blocks.slice(1)) {
    if (block.end.kind === 'goto') block.end = { ...block.end, target: to(block.end.target) };
    else if (block.end.kind === 'switch') block.end = { ...block.end, targets: block.end.targets.map(to), otherwise: to(block.end.otherwise) };
  }
}

/** The library's calls of `Global`'s methods go to the program's static. */
function askGlobal(world: World, { trait, global }: Allocators, body: Body): void {
  if (global === null) return;
  for (const block of body.blocks) {
    block.ops = block.ops.map((op): Op => {
      if (op.kind !== 'call' || op.target.kind !== 'instance' || op.target.instance.kind !== 'item') return op;
      const method = world.definitions.byId.get(op.target.instance.def);
      const impl = method?.parent === null || method === undefined ? undefined : world.definitions.byId.get(method.parent);
      if (method?.kind !== 'fn' || impl?.kind !== 'impl' || impl.trait?.trait !== trait || impl.self.kind !== 'adt' || impl.self.def !== world.definitions.lang.get('Global')) return op;
      const asked = world.definitions.byId.get(trait);
      const def = asked?.kind === 'trait' ? asked.items.find(id => world.definitions.byId.get(id)?.name === method.name) : undefined;
      if (def === undefined) return op;
      const self: Operand = { kind: 'constant', constant: { kind: 'static', def: global.def, type: intern({ kind: 'ptr', mutable: false, inner: global.type }) } };
      return { ...op, target: resolveTarget(world, def, [global.type]), args: [self, ...op.args.slice(1)] };
    });
  }
}
