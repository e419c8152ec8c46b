/** The body of an instance: from its graph, or from the glue. In: world and instance. Out: a fresh body. */
import { tellAllocators } from './allocators.ts';
import type { Body } from './body.ts';
import { bodyOf } from './build.ts';
import { glueBody } from './glue.ts';
import type { Instance } from './instance.ts';
import type { World } from './world.ts';

export const bodyFor = (world: World, instance: Instance): Body => tellAllocators(world, instance, freshBody(world, instance));

function freshBody(world: World, instance: Instance): Body {
  if (instance.kind === 'item') {
    const graph = world.graphOf(instance.def);
    if (graph === null) throw new Error(`no graph of ${instance.def}`);
    return bodyOf(world, instance, graph, instance.args);
  }
  if (instance.kind === 'promoted') {
    const { owner } = instance;
    const graph = owner.kind === 'item' ? world.graphOf(owner.def)?.promoted[instance.index] : undefined;
    if (graph === undefined || owner.kind !== 'item') throw new Error(`no promoted constant ${instance.index}`);
    return bodyOf(world, instance, graph, owner.args);
  }
  return glueBody(world, instance);
}
