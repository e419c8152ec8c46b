/**
 * Figures as text: sizes in the units people read, sparklines, bars, the time line. In: numbers. Out: rows of spans. Without colour they say the same.
 */
import type { Row, Span } from './style.ts';

const eighths = '▁▂▃▄▅▆▇█';

/** `412 B`, `1.2 KiB`, `3.0 MiB`. */
export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  const units = ['KiB', 'MiB', 'GiB'];
  let value = n / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `1234567` as `1,234,567`. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** The last `width` values as bars of one row; the largest is full. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = resample(values, width);
  const most = Math.max(1, ...shown);
  return shown.map(value => (value <= 0 ? ' ' : (eighths[Math.min(7, Math.floor((value / most) * 7.99))] ?? ' '))).join('');
}

/** At most `width` values; where several fall together the largest stays, so that no peak is lost. */
export function resample(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => {
    const from = Math.floor((i * values.length) / width);
    const to = Math.max(from + 1, Math.floor(((i + 1) * values.length) / width));
    let most = 0;
    for (let at = from; at < to; at++) most = Math.max(most, values[at] ?? 0);
    return most;
  });
}

/** A bar of `width` columns, `part` of `whole` filled, exact to an eighth of a column. */
export function bar(part: number, whole: number, width: number, role: Span[1] = 'good'): Row {
  const exact = whole <= 0 ? 0 : Math.min(1, part / whole) * width;
  const full = Math.floor(exact);
  const rest = Math.floor((exact - full) * 8);
  const tip = rest === 0 || full >= width ? '' : ('▏▎▍▌▋▊▉'[rest - 1] ?? '');
  return [['█'.repeat(full) + tip, role], ['·'.repeat(Math.max(0, width - full - (tip === '' ? 0 : 1))), 'dim']];
}

/** Something that happened at a step, for the time line. */
export interface Happening {
  readonly step: number;
  readonly kind: 'alloc' | 'free' | 'peak' | 'fault' | 'watch';
}

const marks: Readonly<Record<Happening['kind'], Span>> = { alloc: ['+', 'good'], free: ['-', 'shared'], peak: ['▲', 'warn'], fault: ['✖', 'bad'], watch: ['◆', 'key'] };
const order: readonly Happening['kind'][] = ['alloc', 'free', 'watch', 'peak', 'fault'];

/** Two rows: usage over time as bars with the present marked, and what happened where. */
export function timeRows(usage: readonly number[], happenings: readonly Happening[], step: number, last: number, width: number): Row[] {
  const inside = Math.max(1, width);
  const at = last <= 0 ? 0 : Math.min(inside - 1, Math.floor((step / last) * inside));
  const spark = [...sparkline(usage, inside).padEnd(inside, ' ')];
  const cells: (Span | undefined)[] = Array.from({ length: inside });
  for (const kind of order) for (const one of happenings) if (one.kind === kind) cells[last <= 0 ? 0 : Math.min(inside - 1, Math.floor((one.step / last) * inside))] = marks[kind];
  return [
    [[spark.slice(0, at).join(''), 'live2'], [spark[at] === ' ' ? '│' : (spark[at] ?? '│'), 'chosen'], [spark.slice(at + 1).join(''), 'dim']],
    cells.map((cell, i): Span => cell ?? [i === at ? '┃' : '─', i === at ? 'focus' : 'dim']),
  ];
}
