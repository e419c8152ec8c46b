/**
 * Open calls and their variables, as pictures show them. In: a machine that stands still. Out: frames, innermost first, and for each
 * variable its bytes for whoever looks at the pointers in them. What a variable holds is said by the program's tables (`Variable.states`
 * and the drop flag), not guessed from its bits.
 */
import type { DebugType, HoldState, Variable } from '../code/program.ts';
import type { Machine } from '../run/machine.ts';
import { entryOf, type Frame, frames as openCalls } from '../run/trap.ts';
import { placeOfVariable } from '../run/variables.ts';
import { type Cells, memoryCells, variableCells } from '../watch/cells.ts';
import { holdOf } from '../watch/lookup.ts';
import { holdsOf, type Limits, type Part, read } from '../watch/values.ts';
import type { Ownership, PictureField, PictureFrame, PictureVariable } from './picture.ts';
import type { Placer } from './places.ts';

/** A variable with its bytes; null cells where there is no value to look at. */
export interface SeenVariable {
  readonly shown: PictureVariable;
  readonly type: number;
  readonly cells: Cells | null;
}

/** Most calls of each end of a deep stack that are shown. */
const ENDS = 48;

export function ownershipOf(type: DebugType): Ownership {
  if (type.kind === 'pointer' && type.owns) return 'owner';
  if (type.kind === 'pointer' || type.kind === 'slice' || (type.kind === 'dynamic' && !type.owns)) return holdsOf(type);
  return type.drops === true ? 'owner' : 'plain';
}

export const fieldOf = ({ name, type, at, size, reading }: Part): PictureField => ({ name, type, at, size, text: reading.text, fields: reading.parts.map(fieldOf) });

export function seeFrames(m: Machine, placer: Placer, limits: Limits, library: boolean): { frames: PictureFrame[]; variables: SeenVariable[] } {
  const seen: SeenVariable[] = [];
  if (m.cp === m.callBase) return { frames: [], variables: seen };
  const all = openCalls(m).filter(({ index }) => index !== m.program.entry && (library || m.program.functions[index]?.std !== true));
  const kept = all.length > ENDS * 2 ? [...all.slice(0, ENDS), ...all.slice(-ENDS)] : all;
  const frames = kept.map((frame, i): PictureFrame => {
    const depth = i < ENDS || all.length <= ENDS * 2 ? all.length - 1 - i : kept.length - 1 - i;
    const code = m.program.functions[frame.index];
    const at = placer.place(entryOf(m, frame.index, frame.origin));
    const names = new Map<string, number>();
    const variables = (code?.variables ?? []).flatMap((variable): PictureVariable[] => {
      const hold = holdOf(m, frame, variable);
      if (hold === 'out') return [];
      const times = names.get(variable.name) ?? 0;
      names.set(variable.name, times + 1);
      const one = seeVariable(m, frame, variable, hold, `${depth}/${variable.name}${times === 0 ? '' : `#${times}`}`, limits);
      if (one === null) return [];
      seen.push(one);
      return [one.shown];
    });
    return { depth, function: code?.name ?? '?', std: code?.std === true, at, variables, memory: frame.memory === 0 || code === undefined ? null : { address: frame.memory, size: code.frame.size } };
  });
  return { frames, variables: seen };
}

export function seeVariable(m: Machine, frame: Frame, variable: Variable, hold: HoldState, id: string, limits: Limits): SeenVariable | null {
  const type = m.program.types[variable.type];
  if (type === undefined) return null;
  const where = placeOfVariable(m, frame, variable);
  const cells = variableCells(m, frame, variable);
  if (where === null && type.size > 0) return null;
  const there = hold === 'held' && (cells !== null || type.size === 0);
  const reading = there && cells !== null ? read(m, cells, 0, variable.type, limits) : null;
  const place: PictureVariable['place'] = where === null || where.kind === 'words' ? { kind: 'nowhere' } : where.kind === 'memory' ? { kind: 'memory', address: where.address } : { kind: 'registers', slots: where.at };
  return {
    type: variable.type,
    cells: there ? cells : null,
    shown: {
      id, name: variable.name, type: type.name, parameter: variable.parameter === true, place, size: type.size,
      text: hold === 'moved' ? 'moved' : hold === 'empty' ? 'uninitialised' : (reading?.text ?? (type.kind === 'unit' || type.kind === 'struct' ? type.name : '()')),
      ownership: hold === 'moved' ? 'moved' : hold === 'empty' ? 'uninitialised' : ownershipOf(type),
      fields: reading?.parts.map(fieldOf) ?? [],
    },
  };
}

/** The user's statics. */
export function seeStatics(m: Machine, limits: Limits): SeenVariable[] {
  return m.program.statics.variables.flatMap(({ name, at, type: row, std }): SeenVariable[] => {
    const type = m.program.types[row];
    const address = m.statics + at;
    const cells = type === undefined || std === true ? null : memoryCells(m, address, type.size);
    if (type === undefined || cells === null) return [];
    const reading = read(m, cells, 0, row, limits);
    return [{ type: row, cells, shown: { id: `static/${name}`, name, type: type.name, parameter: false, place: { kind: 'memory', address }, size: type.size, text: reading.text, ownership: ownershipOf(type), fields: reading.parts.map(fieldOf) } }];
  });
}
