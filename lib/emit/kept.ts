/**
 * What an emission leaves for the next version of the same session: numbers that were given out, offsets, and code that stays. In: an emission.
 * Out: a copy that the next one may write in, so that a line that fails leaves no trace; and how a machine goes on in the next version.
 * Cost: a copy of the tables' rows.
 */
import type { Graph } from '../flow/graph.ts';
import type { Program } from '../../vm/code/program.ts';
import type { DebugTypes } from './debug.ts';
import type { Instance } from './instance.ts';
import { localNames, type Lasting } from './lasting.ts';
import type { Unit } from './unit.ts';

export interface Kept {
  readonly unit: Unit;
  readonly debug: DebugTypes;
  readonly functions: (Program['functions'][number] | null)[];
  readonly lasting: Lasting;
}

/** The script's new body, and what its drop flags hold where the machine stands: a value, or what is at another offset of the frame. */
export interface Resume {
  readonly main: number;
  /** Which of its halts that is, counted from 1. */
  readonly halt: number;
  readonly flags: readonly { readonly at: number; readonly value: number | { readonly from: number } }[];
}

export function copyKept({ unit, debug, functions, lasting }: Kept): Kept {
  const { data, world } = unit;
  const { caches } = world;
  return {
    unit: {
      ...unit,
      world: { ...world, caches: { fields: new Map(caches.fields), needsDrop: new Map(caches.needsDrop), dropFns: new Map(caches.dropFns), tables: new Map(caches.tables) } },
      data: { ...data, segments: [...data.segments], pointers: [...data.pointers], constants: [...data.constants], variables: data.variables.map(v => ({ ...v })), interned: new Map(data.interned) },
      functions: new Map(unit.functions), order: [...unit.order], signatures: [...unit.signatures], signatureIds: new Map(unit.signatureIds), imports: [...unit.imports], importIds: new Map(unit.importIds),
      table: [...unit.table], tableIds: new Map(unit.tableIds), methodTables: new Map(unit.methodTables), objects: new Map(unit.objects), objectValues: new Map(unit.objectValues), late: [...unit.late], constants: new Map(unit.constants),
    },
    debug: { rows: [...debug.rows], ids: new Map(debug.ids) },
    functions: [...functions],
    lasting: { size: lasting.size, offsets: new Map(lasting.offsets) },
  };
}

/** A new version of a function gets a number of its own; the old one stays for those who stand in it. */
export function replaceFunction(unit: Unit, instance: Instance): void {
  const number = unit.order.length;
  unit.order.push(instance);
  unit.functions.set(instance, number);
  const pointer = unit.tableIds.get(instance);
  if (pointer !== undefined) unit.table[pointer] = number;
}

export function resumeFrom(graph: Graph, before: Kept, after: Kept, main: number, standsAt: number): Resume | null {
  const { session } = graph;
  // Statics that code must fill are filled at the start.
  if (session === undefined || before.unit.late.length !== after.unit.late.length) return null;
  const at = session.halts.findIndex(each => each.number === standsAt);
  const halt = session.halts[at];
  if (halt === undefined) return null;
  const nameOf = localNames(graph);
  const flags: Resume['flags'][number][] = [];
  for (const { local, state } of halt.flags) {
    const names = (session.flags.get(local) ?? []).map(each => `${nameOf.get(each.local) ?? ''}${each.rest}`);
    const place = after.lasting.offsets.get(`flag ${names[0]}`);
    if (place === undefined) continue;
    if (state !== 'either') flags.push({ at: place.at, value: state === 'yes' ? 1 : 0 });
    else {
      // The flag it had, or that of what it is a part of.
      const old = names.map(name => before.lasting.offsets.get(`flag ${name}`)).find(found => found !== undefined);
      if (old === undefined) return null;
      if (old.at !== place.at) flags.push({ at: place.at, value: { from: old.at } });
    }
  }
  return { main, halt: at + 1, flags };
}
