/** The figures of the heap: now and at most, counts, overhead and fragmentation, by family, and usage over the run as a sparkline. */
import { bar, bytes, grouped, sparkline } from '../charts.ts';
import type { Row } from '../style.ts';
import type { PaneRows, View } from '../view.ts';
import { fill, right } from '../width.ts';

export function statisticsPane(view: View, width: number, height: number): PaneRows {
  const s = view.picture.statistics;
  const gauge = Math.max(4, width - 30);
  const percent = (part: number): string => `${(part * 100).toFixed(0)} %`;
  const rows: Row[] = [
    [[fill('in use', 9), 'dim'], [right(bytes(s.current), 10), 'strong'], ['  '], ...bar(s.current, Math.max(1, s.peak), gauge)],
    [[fill('peak', 9), 'dim'], [right(bytes(s.peak), 10), 'warn'], ['  '], [sparkline(view.activity.map(part => part.most), gauge), 'live2']],
    [[fill('blocks', 9), 'dim'], [right(grouped(s.liveBlocks), 10), 'strong'], [`  ${grouped(s.allocations)} allocations, ${grouped(s.frees)} frees${s.reallocations > 0 ? `, ${grouped(s.reallocations)} resized` : ''}`]],
    [[fill('overhead', 9), 'dim'], [right(bytes(s.overhead), 10)], [`  headers, padding, tables${s.quarantined > 0 ? `; quarantine ${bytes(s.quarantined)}` : ''}`, 'dim']],
    [[fill('holes', 9), 'dim'], [right(percent(s.fragmentation), 10)], [`  largest free piece ${bytes(s.largestFree)} of ${bytes(s.free)}`, 'dim']],
    [[fill('from system', 11), 'dim'], [right(bytes(s.footprint), 9)], [`  ${s.failures > 0 ? `${s.failures} requests failed` : ''}`, 'bad']],
    ...s.families.filter(family => family.allocations > 0).map((family): Row => [[fill(`  ${family.family}`, 11), 'dim'], [right(bytes(family.current), 9)], [`  ${family.liveBlocks} blocks, peak ${bytes(family.peak)}`, 'dim']]),
  ];
  return { title: [[' statistics ', 'title'], [`${view.picture.allocator} `, 'dim']], rows: rows.slice(0, height) };
}
