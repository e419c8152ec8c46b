/**
 * A heap profile as text for people: a summary, usage over time, who held the peak, a table of sites, `realloc` chains, accesses by
 * offset, and what fragmentation there is, in words. In: a profile. Out: lines.
 */
import type { FieldName, HeapProfile, SiteProfile as PlainSite } from '../../vm/index.ts';

/** A site whose blocks' type is known, where somebody said it. */
type SiteProfile = PlainSite & { readonly type?: string; readonly fields?: readonly FieldName[] };
export type NamedProfile = HeapProfile & { readonly sites: readonly SiteProfile[] };

export const bytesText = (n: number): string => (Math.abs(n) < 10_000 ? `${n} B` : Math.abs(n) < 10_240_000 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1048576).toFixed(1)} MiB`);
const count = (n: number, word: string): string => `${number(n)} ${word}${n === 1 ? '' : 's'}`;
export const number = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');
const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((part * 100) / whole).toFixed(part * 1000 >= whole * 999 || part === 0 ? 0 : 1)} %`);

const isOwn = (entry: SiteProfile['stack'][number]): boolean => !entry.std && entry.line > 0 && entry.function !== 'start';

/** The user's own frames, innermost first. */
export function framesOf({ stack }: Pick<SiteProfile, 'stack'>): string[] {
  const own = stack.filter(isOwn);
  return (own.length === 0 ? stack : own).map(({ function: name, file, line, column }) => `${name}  ${file}:${line}:${column}`);
}

/** Frames with calls of a function by itself folded into one. */
function foldedFrames(site: Pick<SiteProfile, 'stack'>): string[] {
  const own = site.stack.filter(isOwn);
  const out: string[] = [];
  let last = '';
  for (const { function: name, file, line, column } of own.length === 0 ? site.stack : own) {
    if (name !== last) out.push(`${name}  ${file}:${line}:${column}`);
    else if (!(out[out.length - 1] ?? '').endsWith('…')) out[out.length - 1] += '  …';
    last = name;
  }
  return out;
}

/** Sites that look alike to a reader, as one. */
function merged(sites: readonly SiteProfile[], keyOf: (site: SiteProfile) => string): SiteProfile[] {
  const groups = new Map<string, SiteProfile>();
  const zip = (a: readonly number[], b: readonly number[]): number[] => a.map((each, i) => each + (b[i] ?? 0));
  for (const site of sites) {
    const key = keyOf(site);
    const known = groups.get(key);
    if (known === undefined) { groups.set(key, site); continue; }
    const size = known.size === site.size ? site.size : null;
    groups.set(key, {
      ...(known.fields === undefined ? site : known), ...{ stack: known.stack, size },
      blocks: known.blocks + site.blocks, bytes: known.bytes + site.bytes, most: known.most + site.most, mostBlocks: known.mostBlocks + site.mostBlocks,
      atPeak: known.atPeak + site.atPeak, blocksAtPeak: known.blocksAtPeak + site.blocksAtPeak, atEnd: known.atEnd + site.atEnd, blocksAtEnd: known.blocksAtEnd + site.blocksAtEnd,
      lifetime: known.lifetime + site.lifetime, shortest: Math.min(known.shortest, site.shortest), longest: Math.max(known.longest, site.longest), temporary: known.temporary + site.temporary,
      reads: known.reads + site.reads, writes: known.writes + site.writes, neverRead: known.neverRead + site.neverRead, neverWritten: known.neverWritten + site.neverWritten,
      grown: known.grown + site.grown, chain: Math.max(known.chain, site.chain), moved: known.moved + site.moved,
      readsAt: size === null ? [] : zip(known.readsAt, site.readsAt), writesAt: size === null ? [] : zip(known.writesAt, site.writesAt),
    });
  }
  return [...groups.values()].sort((a, b) => b.bytes - a.bytes);
}

export const siteName = (site: Pick<SiteProfile, 'stack'>): string => {
  const own = site.stack.find(isOwn) ?? site.stack[0];
  return own === undefined ? '?' : `${own.file.slice(own.file.lastIndexOf('/') + 1)}:${own.line} ${own.function}`;
};

export function profileText(profile: NamedProfile, most: number): string {
  const lines = [...summary(profile), '', ...plot(profile), '', ...peakText(profile, most), '', ...table(profile, most), ...chains(profile, most), ...fields(profile), '', ...fragmentationText(profile)];
  if (profile.cut) lines.push('', 'more blocks were made than are remembered: the last ones are missing from all numbers');
  return `${lines.join('\n')}\n`;
}

function summary(p: HeapProfile): string[] {
  return [
    `${count(p.blocks, 'block')}, ${bytesText(p.bytes)} in all, over ${number(p.steps)} steps`,
    `peak  ${bytesText(p.peak.bytes)} in ${count(p.peak.blocks, 'block')}, at step ${number(p.peak.step)} (${percent(p.peak.step, p.steps)} of the run)`,
    `end   ${bytesText(p.end.bytes)} in ${count(p.end.blocks, 'block')}`,
    `temporary  ${count(p.temporary, 'block')} (${percent(p.temporary, p.blocks)}): freed before anything else was allocated or freed`,
  ];
}

const EIGHTHS = ' ▁▂▃▄▅▆▇█';

/** Usage over time, the peak marked below. */
export function plot({ timeline, peak, steps }: HeapProfile, width = 72, height = 10): string[] {
  if (peak.bytes === 0) return ['nothing was allocated'];
  const columns: number[] = Array.from({ length: width }, () => 0);
  timeline.forEach(({ bytes }, i) => {
    const at = Math.min(width - 1, Math.floor((i * width) / timeline.length));
    columns[at] = Math.max(columns[at] ?? 0, bytes);
  });
  for (let i = 1; i < width; i++) if (timeline.length < width && columns[i] === 0) columns[i] = timeline[Math.floor((i * timeline.length) / width)]?.bytes ?? 0;
  const rows: string[] = [];
  for (let row = height - 1; row >= 0; row--) {
    const line = columns.map(bytes => {
      const filled = Math.round((bytes / peak.bytes) * height * 8) - row * 8;
      return EIGHTHS[Math.max(0, Math.min(8, filled))] ?? ' ';
    }).join('');
    rows.push(`${(row === height - 1 ? bytesText(peak.bytes) : row === 0 ? '0 B' : '').padStart(11)} │${line.trimEnd()}`);
  }
  const high = columns.indexOf(Math.max(...columns));
  const mark = Math.max(0, Math.min(width - 1, high));
  rows.push(`${' '.repeat(11)} └${'─'.repeat(mark)}┴${'─'.repeat(Math.max(0, width - 1 - mark))}→ ${number(steps)} steps`);
  rows.push(`${' '.repeat(13 + mark)}peak`);
  return rows;
}

function peakText({ sites, peak }: HeapProfile, most: number): string[] {
  const held = merged(sites, site => foldedFrames(site).join()).filter(site => site.atPeak > 0).sort((a, b) => b.atPeak - a.atPeak);
  const lines = ['who held the peak'];
  for (const site of held.slice(0, most)) {
    const [first = '?', ...more] = foldedFrames(site);
    lines.push(`  ${percent(site.atPeak, peak.bytes).padStart(7)}  ${bytesText(site.atPeak).padStart(10)}  ${count(site.blocksAtPeak, 'block').padStart(12)}  ${first}`, ...more.slice(0, 6).map(frame => `${' '.repeat(37)}${frame}`));
  }
  if (held.length > most) lines.push(`  and ${count(held.length - most, 'place')} more`);
  return lines;
}

function table({ sites: all, accesses }: HeapProfile, most: number): string[] {
  const sites = merged(all, siteName);
  const head = ['blocks', 'bytes', 'at the peak', 'average life', 'temporary', ...(accesses ? ['read', 'written', 'never read', 'never written'] : [])];
  const rows = sites.slice(0, most).map(site => [
    number(site.blocks), bytesText(site.bytes), bytesText(site.atPeak), `${number(site.blocks === 0 ? 0 : site.lifetime / site.blocks)} steps`, percent(site.temporary, site.blocks),
    ...(accesses ? [bytesText(site.reads), bytesText(site.writes), percent(site.neverRead, site.bytes), percent(site.neverWritten, site.bytes)] : []),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map(row => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ');
  return ['by place', `  ${line(head)}`, ...rows.map((row, i) => `  ${line(row)}  ${siteName(sites[i] ?? { stack: [] })}`), ...(sites.length > most ? [`  and ${count(sites.length - most, 'place')} more`] : [])];
}

function chains({ sites }: HeapProfile, most: number): string[] {
  const grown = merged(sites, siteName).filter(site => site.grown > 0).sort((a, b) => b.moved - a.moved);
  if (grown.length === 0) return [];
  return ['', 'grown by realloc', ...grown.slice(0, most).map(site => `  ${count(site.grown, 'time').padStart(12)}, at most ${site.chain} in a row, ${bytesText(site.moved)} copied  ${siteName(site)}`)];
}

/** Accesses by field, or by offset where nobody says what stands there. */
function fields({ sites }: NamedProfile): string[] {
  const shown = merged(sites, siteName).filter(site => site.size !== null && site.size >= 4 && site.blocks > 1 && [...site.readsAt, ...site.writesAt].some(n => n > 0)).slice(0, 5);
  if (shown.length === 0) return [];
  const lines = ['', 'accesses by field (reads, writes)'];
  for (const site of shown) {
    lines.push(`  ${siteName(site)}, ${count(site.blocks, 'block')} of ${site.size} B${site.type === undefined ? '' : `, ${site.type}`}`);
    const offsets = site.readsAt.map((_, at) => at).filter(at => (site.readsAt[at] ?? 0) + (site.writesAt[at] ?? 0) > 0 || site.fields?.some(field => field.at === at));
    for (const at of offsets.slice(0, 12)) {
      const name = [...new Set(site.fields?.filter(field => field.at === at).map(field => field.name))].join(', ');
      lines.push(`    ${String(at).padStart(4)}  ${number(site.readsAt[at] ?? 0).padStart(12)}  ${number(site.writesAt[at] ?? 0).padStart(12)}  ${name}`.trimEnd());
    }
    if (offsets.length > 12) lines.push(`    and ${offsets.length - 12} offsets more`);
  }
  return lines;
}

export function fragmentationText({ fragmentation: f }: HeapProfile): string[] {
  const lines = ['fragmentation', `  At the end the allocator holds ${bytesText(f.footprint)} of the machine's memory. The program holds ${bytesText(f.current)} of it;`, `  ${bytesText(f.overhead)} are headers, rounding, red zones and freed blocks that wait before they are used again; ${bytesText(f.free)} lie free inside.`];
  if (f.free === 0) return [...lines, '  Nothing lies free, so nothing is in pieces.'];
  lines.push(`  The largest free piece is ${bytesText(f.largestFree)}: ${percent(f.free - f.largestFree, f.free)} of the free memory could not serve one request for all of it.`);
  lines.push(f.current === 0 ? '  The program holds nothing any more, so this tells only how the allocator keeps what was given back.' : f.ratio < 0.2 ? '  That is in good order.' : f.ratio < 0.6 ? '  Some of it is in small pieces: blocks of like lifetimes in one arena would keep it together.' : '  Most of it is in small pieces between living blocks: blocks that live long stand among blocks that live short. An arena or a pool for one of them would help.');
  return lines;
}

/** What one profile has more than the other, by place; of two programs by function, as their lines need not fit. */
export function differenceText(before: HeapProfile, after: HeapProfile, oneProgram: boolean, most: number): string {
  const sum = (p: HeapProfile): Map<string, { bytes: number; blocks: number; atPeak: number }> => {
    const found = new Map<string, { bytes: number; blocks: number; atPeak: number }>();
    for (const site of p.sites) {
      const name = (oneProgram ? foldedFrames(site) : foldedFrames(site).map(frame => frame.slice(0, frame.indexOf('  ')))).slice(0, 3).join(' ← ');
      const row = found.get(name) ?? { bytes: 0, blocks: 0, atPeak: 0 };
      row.bytes += site.bytes;
      row.blocks += site.blocks;
      row.atPeak += site.atPeak;
      found.set(name, row);
    }
    return found;
  };
  const a = sum(before);
  const b = sum(after);
  const zero = { bytes: 0, blocks: 0, atPeak: 0 };
  const rows = [...new Set([...a.keys(), ...b.keys()])].map(name => {
    const x = a.get(name) ?? zero;
    const y = b.get(name) ?? zero;
    return { name, bytes: y.bytes - x.bytes, blocks: y.blocks - x.blocks, atPeak: y.atPeak - x.atPeak };
  }).filter(row => row.bytes !== 0 || row.blocks !== 0 || row.atPeak !== 0).sort((x, y) => Math.abs(y.bytes) - Math.abs(x.bytes));
  const signed = (n: number, text: string): string => (n > 0 ? `+${text}` : text);
  const lines = [
    `blocks  ${number(before.blocks)} → ${number(after.blocks)}`,
    `bytes   ${bytesText(before.bytes)} → ${bytesText(after.bytes)}`,
    `peak    ${bytesText(before.peak.bytes)} → ${bytesText(after.peak.bytes)}`,
    `steps   ${number(before.steps)} → ${number(after.steps)}`,
    '',
    ...(rows.length === 0 ? ['no place differs'] : ['by place: blocks, bytes, at the peak', ...rows.slice(0, most).map(row => `  ${signed(row.blocks, number(row.blocks)).padStart(10)}  ${signed(row.bytes, bytesText(row.bytes)).padStart(12)}  ${signed(row.atPeak, bytesText(row.atPeak)).padStart(12)}  ${row.name}`)]),
  ];
  return `${lines.join('\n')}\n`;
}
