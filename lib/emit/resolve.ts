/**
 * What a call goes to: a function item with whole arguments → an instance, an entry of a table of methods, an intrinsic, or a
 * function from outside. The one place that knows which trait methods the compiler makes itself (calls of closures and function
 * pointers, clones of tuples and arrays). In: definition and arguments. Out: a target.
 */
import { ERASED, intern, tuple, UNIT, type DefId, type Type, type TypeOf } from '../types/type.ts';
import type { Target } from './body.ts';
import type { CallMode, Instance } from './instance.ts';
import { fnDef, instanceOf, instantiate, isLang, supertraitsOf, TABLE_HEAD, tableSlots, type World } from './world.ts';

/** Text of an attribute's first argument, without quotes. */
export const attributeText = (args: readonly string[] | undefined): string | null => {
  const first = args?.[0];
  return first === undefined ? null : first.replace(/^"(.*)"$/, '$1');
};

const callModes: Readonly<Record<string, CallMode>> = { fn: 'ref', fn_mut: 'mut', fn_once: 'once' };

export function resolveTarget(world: World, def: DefId, args: readonly Type[]): Target {
  const found = world.definitions.byId.get(def);
  if (found === undefined) return { kind: 'instance', instance: instanceOf(world, { kind: 'item', def, args }) };
  if (found.kind === 'struct' || found.kind === 'variant') return { kind: 'instance', instance: instanceOf(world, { kind: 'constructor', def, args }) };
  if (found.kind !== 'fn') throw new Error(`${def} cannot be called`);
  // A block of the stack belongs to the function that asks for it, not to a wrapper.
  const intrinsic = isLang(world, def, 'stack_alloc') ? 'stack_alloc' : attributeText(found.attributes.intrinsic);
  if (intrinsic !== null) return { kind: 'intrinsic', name: intrinsic, args };
  if (found.isExtern && !found.hasBody) return { kind: 'extern', name: found.name, abi: found.signature.abi ?? 'C' };
  const parent = found.parent === null ? undefined : world.definitions.byId.get(found.parent);
  if (parent?.kind !== 'trait') return { kind: 'instance', instance: instanceOf(world, { kind: 'item', def, args }) };

  const self = args[0] ?? UNIT;
  if (self.kind === 'dyn') {
    const slot = slotOf(world, self, def, args.slice(1));
    if (slot !== null) {
      const params = found.signature.params.map((p, i) => (i === 0 ? intern({ kind: 'ptr', mutable: true, inner: UNIT }) : instantiate(world, p, args)));
      return { kind: 'virtual', slot, params };
    }
  }
  for (const name of ['fn', 'fn_mut', 'fn_once']) {
    if (!isLang(world, parent.id, name) || !(self.kind === 'closure' || self.kind === 'fnDef' || self.kind === 'fnPtr')) continue;
    return { kind: 'instance', instance: instanceOf(world, { kind: 'call', self, mode: callModes[name] ?? 'once', args: args[1] ?? tuple([]) }) };
  }
  const method = world.types.resolveItem(def, args);
  if (method !== null) {
    // An impl's method may be an intrinsic or declared outside itself.
    const it = fnDef(world, method.def);
    if (it !== null && !it.hasBody && attributeText(it.attributes.intrinsic) !== null) return { kind: 'intrinsic', name: attributeText(it.attributes.intrinsic) ?? '', args: method.args };
    return { kind: 'instance', instance: instanceOf(world, { kind: 'item', def: method.def, args: method.args }) };
  }
  if (isLang(world, parent.id, 'clone') && found.name === 'clone') return { kind: 'instance', instance: instanceOf(world, { kind: 'clone', type: self }) };
  throw new Error(`no implementation of ${def} for type ${self.kind} ${self.id}`);
}

/** Word of the method in the table of `self`; null when it is not called through a table. */
function slotOf(world: World, self: TypeOf<'dyn'>, def: DefId, args: readonly Type[]): number | null {
  if (self.principal === null) return null;
  const slots = tableSlots(world, self.principal);
  const candidates: number[] = [];
  for (const [at, slot] of slots.entries()) if (slot.kind === 'method' && slot.def === def) candidates.push(at);
  const [first] = candidates;
  if (first === undefined) return null;
  const exact = candidates.find(at => {
    const slot = slots[at];
    return slot?.kind === 'method' && slot.args.every((a, i) => a === args[i] || a.kind === 'region');
  });
  return TABLE_HEAD + (exact ?? first);
}

/** Word of the table of a supertrait in the table of `from`; null when the table itself will do. */
export function upcastSlot(world: World, from: TypeOf<'dyn'>, to: TypeOf<'dyn'>): number | null {
  if (from.principal === null || to.principal === null || from.principal.trait === to.principal.trait) return null;
  const wanted = to.principal;
  if (supertraitsOf(world, from.principal).every(s => s.trait !== wanted.trait)) throw new Error(`${wanted.trait} is no supertrait of ${from.principal.trait}`);
  const slots = tableSlots(world, from.principal);
  const at = slots.findIndex(s => s.kind === 'super' && s.above.trait === wanted.trait && s.above.args.every((a, i) => a === wanted.args[i] || a.kind === 'region'));
  return TABLE_HEAD + (at >= 0 ? at : slots.findIndex(s => s.kind === 'super' && s.above.trait === wanted.trait));
}

/** The instance a function pointer to this item points to. */
export function reified(world: World, def: DefId, args: readonly Type[]): Instance {
  const target = resolveTarget(world, def, args);
  switch (target.kind) {
    case 'instance': return target.instance;
    case 'virtual': return instanceOf(world, { kind: 'virtual', def, args });
    default: return instanceOf(world, { kind: 'intrinsic', def, args });
  }
}

/** The instance that stands in a table of methods for `def` of the type `self`. */
export function tableMethod(world: World, def: DefId, self: Type, args: readonly Type[]): Instance {
  const inner = reified(world, def, [self, ...args]);
  const first = fnDef(world, def)?.signature.params[0];
  // `self` by value: the table's caller has only a pointer to it.
  return first?.kind === 'param' && first.index === 0 ? instanceOf(world, { kind: 'byPointer', inner }) : inner;
}

export const erasedArgs = (args: readonly Type[]): Type[] => args.map(a => (a.kind === 'region' ? ERASED : a));
