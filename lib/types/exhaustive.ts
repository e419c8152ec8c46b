/**
 * Usefulness of patterns: does a list of arms take every value, and can each arm be reached. Maranget's algorithm over a matrix of
 * patterns, column by column. In: patterns in normal form. Out: what is not covered (as text), and which rows are useful. Cost: exponential only in
 * pathological matches; usual ones are arms × depth.
 */
import { covers, fieldTypes, split, spread, wild, type Constructor, type Pat, type PatternTypes } from './constructor.ts';
import { shortName } from './print.ts';
import type { Type } from './type.ts';

export interface Row {
  readonly pattern: Pat;
  /** A guarded arm covers nothing for sure. */
  readonly guarded: boolean;
}

export interface Usefulness {
  /** Patterns that no row takes, printed; empty: exhaustive. */
  readonly missing: readonly string[];
  readonly useful: readonly boolean[];
}

interface Line {
  readonly cells: readonly Pat[];
  readonly row: number;
  readonly guarded: boolean;
}

/** A value that is not covered, built inside out. `any` stands for whatever. */
type Witness =
  | { readonly kind: 'any' }
  | { readonly kind: 'made'; readonly type: Type; readonly by: Constructor; readonly fields: readonly Witness[] };

const ANY: Witness = { kind: 'any' };
const LIMIT = 4;

export function usefulness(types: PatternTypes, type: Type, rows: readonly Row[]): Usefulness {
  const useful = rows.map(() => false);
  const lines = rows.map((r, row): Line => ({ cells: [r.pattern], row, guarded: r.guarded }));
  const found = compute(types, [type], lines, useful, true);
  const texts = new Set(found.map(w => print(types, w[0] ?? ANY)));
  return { missing: [...texts], useful };
}

function compute(types: PatternTypes, columns: readonly Type[], lines: readonly Line[], useful: boolean[], top: boolean): Witness[][] {
  const [type, ...rest] = columns;
  if (type === undefined) {
    for (const line of lines) {
      useful[line.row] = true;
      if (!line.guarded) return [];
    }
    return [[]];
  }
  const open = lines.flatMap(expand);
  const heads = open.flatMap(l => (l.cells[0]?.kind === 'made' ? [l.cells[0].by] : []));
  const pieces = split(types, type, heads);
  const out: Witness[][] = [];
  for (const by of pieces.present) {
    const fields = fieldTypes(types, type, by);
    const inner = open.flatMap(l => specialise(types, l, by, fields));
    for (const w of compute(types, [...fields, ...rest], inner, useful, false)) {
      if (out.length >= LIMIT * 4) break;
      out.push([{ kind: 'made', type, by, fields: w.slice(0, fields.length) }, ...w.slice(fields.length)]);
    }
  }
  if (pieces.missing.length > 0 || pieces.open) {
    // What no pattern names is taken by wildcards alone.
    const wilds = open.flatMap(l => (l.cells[0]?.kind === 'wild' ? [{ ...l, cells: l.cells.slice(1) }] : []));
    const below = compute(types, rest, wilds, useful, false);
    for (const w of below) {
      if (pieces.missing.length === 0 || (heads.length === 0 && !top)) out.push([ANY, ...w]);
      else for (const by of pieces.missing) out.push([{ kind: 'made', type, by, fields: fieldTypes(types, type, by).map(() => ANY) }, ...w]);
    }
  }
  // A constant that is not known may be any value: its row can be reached whenever this place can.
  for (const l of open) if (l.cells[0]?.kind === 'made' && l.cells[0].by.kind === 'literal' && l.cells[0].by.key === null) useful[l.row] = true;
  return out;
}

/** Or-patterns in the first column become lines of their own. */
function expand(line: Line): Line[] {
  const [head, ...rest] = line.cells;
  if (head?.kind !== 'or') return [line];
  return head.alternatives.flatMap(p => expand({ ...line, cells: [p, ...rest] }));
}

function specialise(types: PatternTypes, line: Line, by: Constructor, fields: readonly Type[]): Line[] {
  const [head, ...rest] = line.cells;
  if (head === undefined) return [];
  if (head.kind === 'wild') return [{ ...line, cells: [...fields.map(wild), ...rest] }];
  if (head.kind === 'or' || !covers(head.by, by)) return [];
  return [{ ...line, cells: [...spread(types, head, by), ...rest] }];
}

// ---------------------------------------------------------------- witnesses as text

function print(types: PatternTypes, w: Witness): string {
  if (w.kind === 'any') return '_';
  const { type, by } = w;
  const fields = w.fields.map(f => print(types, f));
  switch (by.kind) {
    case 'single':
      if (type.kind === 'ref') return `&${fields[0] ?? '_'}`;
      if (type.kind === 'tuple') return fields.length === 1 ? `(${fields[0] ?? '_'},)` : `(${fields.join(', ')})`;
      if (type.kind === 'adt') {
        const def = types.definitions.byId.get(type.def);
        return def?.kind === 'struct' ? printVariant(shortName(type.def), def.variant.shape, def.variant.fields.map(f => f.name), fields) : '_';
      }
      return '_';
    case 'variant': {
      const def = type.kind === 'adt' ? types.definitions.byId.get(type.def) : undefined;
      const variant = def?.kind === 'enum' ? def.variants[by.index] : undefined;
      if (variant === undefined || def === undefined) return '_';
      const prelude = def.id.startsWith('std::option::') || def.id.startsWith('std::result::');
      const name = prelude ? variant.name : `${shortName(def.id)}::${variant.name}`;
      return printVariant(name, variant.shape, variant.fields.map(f => f.name), fields);
    }
    case 'range': return printRange(type, by.low, by.high);
    case 'slice': {
      if (by.suffix === null) return `[${fields.join(', ')}]`;
      const front = fields.slice(0, by.prefix);
      const back = fields.slice(by.prefix);
      return `[${[...front, '..', ...back].join(', ')}]`;
    }
    case 'literal': return by.text;
  }
}

function printVariant(name: string, shape: 'unit' | 'tuple' | 'named', names: readonly string[], fields: readonly string[]): string {
  if (shape === 'unit') return name;
  if (shape === 'tuple') return `${name}(${fields.join(', ')})`;
  const told = names.flatMap((n, i) => (fields[i] === '_' || fields[i] === undefined ? [] : [`${n}: ${fields[i]}`]));
  if (told.length === 0) return `${name} { .. }`;
  return told.length === names.length ? `${name} { ${told.join(', ')} }` : `${name} { ${told.join(', ')}, .. }`;
}

function printRange(type: Type, low: bigint, high: bigint): string {
  if (type.kind === 'bool') return low === 0n ? (high === 0n ? 'false' : '_') : 'true';
  const one = (n: bigint): string => {
    if (type.kind === 'char') return printChar(Number(n));
    return String(n);
  };
  if (low === high) return one(low);
  if (type.kind === 'int') {
    const bits = type.name.endsWith('size') ? 32n : BigInt(type.name.slice(1));
    const signed = type.name.startsWith('i');
    const min = signed ? -(1n << (bits - 1n)) : 0n;
    const max = signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
    if (low === min && high === max) return '_';
    const from = low === min && signed ? `${type.name}::MIN` : String(low);
    const to = high === max ? `${type.name}::MAX` : String(high);
    return `${from}..=${to}`;
  }
  return `${one(low)}..=${one(high)}`;
}

function printChar(n: number): string {
  if (n < 0x20 || n === 0x7f || n > 0xffff || (n >= 0xd800 && n <= 0xf8ff) || (n >= 0x80 && n < 0xa0)) return `'\\u{${n.toString(16)}}'`;
  return n === 0x27 ? "'\\''" : n === 0x5c ? "'\\\\'" : `'${String.fromCodePoint(n)}'`;
}
