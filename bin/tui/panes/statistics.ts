/** The figures of the heap: now and at most, counts, overhead and fragmentation, by family, and usage over the run as a sparkline; of two allocators, a column each. */
import { bar, bytes, grouped, sparkline } from '../charts.ts';
import type { Picture } from '../../../vm/index.ts';
import type { Row, Span } from '../style.ts';
import type { PaneRows, View } from '../view.ts';
import { fill, right } from '../width.ts';
import { say } from '../words.ts';

const percent = (part: number): string => `${(part * 100).toFixed(0)} %`;

export function statisticsPane(view: View, width: number, height: number): PaneRows {
  if (view.beside !== null) return twoColumns(view, view.picture, view.beside, height);
  const { language } = view;
  const word = (english: string, width: number): string => fill(say(language, english), width);
  const s = view.picture.statistics;
  const gauge = Math.max(4, width - 30);
  const rows: Row[] = [
    [[word('in use', 9), 'dim'], [right(bytes(s.current), 10), 'strong'], ['  '], ...bar(s.current, Math.max(1, s.peak), gauge)],
    [[word('peak', 9), 'dim'], [right(bytes(s.peak), 10), 'warn'], ['  '], [sparkline(view.activity.map(part => part.most), gauge), 'live2']],
    [[word('blocks', 9), 'dim'], [right(grouped(s.liveBlocks), 10), 'strong'], [`  ${say(language, '{0} allocations, {1} frees', grouped(s.allocations), grouped(s.frees))}${s.reallocations > 0 ? say(language, ', {0} resized', grouped(s.reallocations)) : ''}`]],
    [[word('overhead', 9), 'dim'], [right(bytes(s.overhead), 10)], [`  ${say(language, 'headers, padding, tables')}${s.quarantined > 0 ? say(language, '; quarantine {0}', bytes(s.quarantined)) : ''}`, 'dim']],
    [[word('holes', 9), 'dim'], [right(percent(s.fragmentation), 10)], [`  ${say(language, 'largest free piece {0} of {1}', bytes(s.largestFree), bytes(s.free))}`, 'dim']],
    [[word('from system', 11), 'dim'], [right(bytes(s.footprint), 9)], [s.failures > 0 ? `  ${say(language, '{0} requests failed', s.failures)}` : '', 'bad']],
    ...s.families.filter(family => family.allocations > 0).map((family): Row => [[fill(`  ${family.family}`, 11), 'dim'], [right(bytes(family.current), 9)], [`  ${say(language, '{0} blocks, peak {1}', family.liveBlocks, bytes(family.peak))}`, 'dim']]),
  ];
  return { title: [[` ${say(language, 'statistics')} `, 'title'], [`${view.picture.allocator} `, 'dim']], rows: rows.slice(0, height) };
}

/** A figure that the choice of an allocator may change. Where less is better, the smaller of two stands out. */
interface Measure { readonly name: string; readonly of: (statistics: Picture['statistics']) => number; readonly say: (amount: number) => string; readonly less: boolean }

const measures: readonly Measure[] = [
  { name: 'in use', of: s => s.current, say: bytes, less: true }, { name: 'peak', of: s => s.peak, say: bytes, less: true }, { name: 'blocks', of: s => s.liveBlocks, say: grouped, less: false },
  { name: 'overhead', of: s => s.overhead, say: bytes, less: true }, { name: 'quarantine', of: s => s.quarantined, say: bytes, less: false }, { name: 'holes', of: s => s.fragmentation, say: percent, less: true },
  { name: 'largest free', of: s => s.largestFree, say: bytes, less: false }, { name: 'free', of: s => s.free, say: bytes, less: false }, { name: 'from system', of: s => s.footprint, say: bytes, less: true },
  { name: 'failures', of: s => s.failures, say: grouped, less: true },
];

function twoColumns({ language }: View, one: Picture, other: Picture, height: number): PaneRows {
  const cell = ({ of, say, less }: Measure, mine: Picture, theirs: Picture): Span => [right(say(of(mine.statistics)), 12), less && of(mine.statistics) < of(theirs.statistics) ? 'good' : 'text'];
  const head: Row = [[fill('', 13)], [right(one.allocator, 12), 'strong'], [right(other.allocator, 12), 'strong']];
  const rows = measures.map((measure): Row => [[fill(say(language, measure.name), 13), 'dim'], cell(measure, one, other), cell(measure, other, one)]);
  return { title: [[` ${say(language, 'statistics')} `, 'title'], [`${say(language, 'of two allocators')} `, 'dim']], rows: [head, ...rows].slice(0, height) };
}
