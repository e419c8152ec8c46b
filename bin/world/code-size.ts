/**
 * Where the size of code goes: functions, and the instances of generic ones under the function that they were made of. In: code, and
 * perhaps part of a name. Out: groups, the largest first, and totals, as data for `--json` and as a table. Two functions are one
 * generic function when they were declared at one place.
 */
import { type CodeFunction, type Program, sizeOfFunction } from '../../vm/index.ts';

interface Sized {
  readonly name: string;
  readonly instructions: number;
  readonly bytes: number;
}

export interface Group extends Sized {
  /** Where the function is declared; null for what the compiler makes. */
  readonly at: { readonly file: string; readonly line: number } | null;
  readonly library: boolean;
  readonly instances: readonly Sized[];
}

export interface SizeReport {
  readonly profile: string;
  readonly groups: readonly Group[];
  readonly totals: { readonly groups: number; readonly functions: number; readonly instructions: number; readonly bytes: number; readonly constants: number };
}

const sum = (all: readonly Sized[], of: 'instructions' | 'bytes'): number => all.reduce((total, one) => total + one[of], 0);
const largestFirst = (a: Sized, b: Sized): number => b.bytes - a.bytes || b.instructions - a.instructions || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

export function sizeReport(program: Program, wanted: string | null): SizeReport {
  const groups = new Map<string, CodeFunction[]>();
  for (const one of program.functions) {
    const { declared } = one;
    // Drop glue and its kin are written by nobody: all of one sort stand together.
    const key = declared === undefined ? generic(one.name).replace(/^(drop|clone) of .*/, '$1 of …') : `${declared.source}:${declared.line}:${declared.column}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const made: Group[] = [];
  for (const members of groups.values()) {
    const [first] = members;
    if (first === undefined || (wanted !== null && !members.some(one => one.name.includes(wanted)))) continue;
    const instances = members.map(one => ({ name: one.name, ...sizeOfFunction(one) })).sort(largestFirst);
    const file = first.declared === undefined ? undefined : program.sources[first.declared.source];
    made.push({
      name: members.length === 1 ? first.name : commonName(members.map(one => one.name)),
      at: first.declared === undefined ? null : { file: file?.path ?? '?', line: first.declared.line },
      library: first.std === true,
      instructions: sum(instances, 'instructions'),
      bytes: sum(instances, 'bytes'),
      instances,
    });
  }
  made.sort(largestFirst);
  return {
    profile: program.profile,
    groups: made,
    totals: {
      groups: made.length,
      functions: made.reduce((total, group) => total + group.instances.length, 0),
      instructions: sum(made, 'instructions'),
      bytes: sum(made, 'bytes'),
      constants: program.statics.segments.reduce((total, one) => total + one.bytes.length, 0),
    },
  };
}

/** A name without its type arguments: `Vec[i32]::push` → `Vec::push`. A type that begins with a bracket keeps it. */
function generic(name: string): string {
  let out = '';
  let depth = 0;
  for (let i = 0; i < name.length; i++) {
    const c = name[i] ?? '';
    if (c === '[' && (depth > 0 || /[\w}]/.test(name[i - 1] ?? ''))) depth++;
    else if (c === ']' && depth > 0) depth--;
    else if (depth === 0) out += c;
  }
  return out;
}

/** Instances of one function differ in their type arguments, and a method of a trait in its type. */
function commonName(names: readonly string[]): string {
  const plain = [...new Set(names.map(generic))];
  if (plain.length === 1) return plain[0] ?? '';
  const method = plain.map(name => name.slice(name.lastIndexOf('::') + 2));
  return method.every(one => one === method[0]) ? `…::${method[0]}` : /^(drop|clone) of /.test(plain[0] ?? '') ? `${plain[0]?.split(' ')[0]} of …` : (plain[0] ?? '');
}

export function sizeTable({ groups, totals }: SizeReport): string {
  const lines = ['  bytes  instructions  instances  function'];
  const row = (one: Sized, instances: string, name: string): string => `${String(one.bytes).padStart(7)} ${String(one.instructions).padStart(13)} ${instances.padStart(10)}  ${name}`;
  for (const group of groups) {
    const place = group.at === null ? '' : `  ${group.at.file}:${group.at.line}`;
    lines.push(row(group, String(group.instances.length), `${group.name}${place}`));
    if (group.instances.length > 1) for (const one of group.instances) lines.push(row(one, '', `  ${one.name}`));
  }
  lines.push(row({ name: '', ...totals }, String(totals.functions), `${totals.groups} function${totals.groups === 1 ? '' : 's'}; constants and statics: ${totals.constants} bytes`));
  return `${lines.join('\n')}\n`;
}
