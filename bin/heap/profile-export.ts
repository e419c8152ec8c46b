/**
 * A heap profile for other programs: speedscope's JSON, pprof's protocol buffer, the JSON of DHAT's viewer, and a drawing of usage over
 * time as SVG. In: a profile. Out: bytes or text in the other program's format.
 */
import { gzipSync } from 'node:zlib';
import type { HeapProfile, SiteProfile, StackEntry } from '../../vm/index.ts';
import { bytesText, number, siteName } from './profile-text.ts';

const known = ({ stack }: SiteProfile): readonly StackEntry[] => stack.filter(entry => entry.line > 0);

export function toSpeedscope(profile: HeapProfile, name: string): string {
  const frames: { name: string; file: string; line: number; col: number }[] = [];
  const places = new Map<string, number>();
  const frameOf = ({ function: title, file, line, column }: StackEntry): number => {
    const key = `${title} ${file} ${line} ${column}`;
    const found = places.get(key);
    if (found !== undefined) return found;
    places.set(key, frames.push({ name: title, file, line, col: column }) - 1);
    return frames.length - 1;
  };
  const samples = profile.sites.map(site => known(site).map(frameOf).reverse());
  const view = (title: string, unit: 'bytes' | 'none', weight: (site: SiteProfile) => number): unknown => {
    const weights = profile.sites.map(weight);
    return { type: 'sampled', name: title, unit, startValue: 0, endValue: weights.reduce((sum, each) => sum + each, 0), samples, weights };
  };
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name,
    exporter: 'altru heap',
    activeProfileIndex: 0,
    profiles: [view('bytes at the peak', 'bytes', site => site.atPeak), view('bytes in all', 'bytes', site => site.bytes), view('blocks in all', 'none', site => site.blocks), view('bytes at the end', 'bytes', site => site.atEnd)],
    shared: { frames },
  });
}

export function toDhat(profile: HeapProfile, command: string): string {
  const table = ['[root]'];
  const places = new Map<string, number>();
  const frameOf = ({ function: title, file, line, column }: StackEntry): number => {
    const text = `${title} (${file}:${line}:${column})`;
    const found = places.get(text);
    if (found !== undefined) return found;
    places.set(text, table.push(text) - 1);
    return table.length - 1;
  };
  return JSON.stringify({
    dhatFileVersion: 2, mode: 'heap', verb: 'Allocated', bklt: true, bkacc: profile.accesses,
    tu: 'steps', Mtu: 'Msteps', tuth: 100, cmd: command, pid: 0, te: profile.steps, tg: profile.peak.step,
    pps: profile.sites.map(site => ({
      tb: site.bytes, tbk: site.blocks, tl: site.lifetime, mb: site.most, mbk: site.mostBlocks, gb: site.atPeak, gbk: site.blocksAtPeak, eb: site.atEnd, ebk: site.blocksAtEnd,
      ...(profile.accesses ? { rb: site.reads, wb: site.writes, ...(site.size === null || site.size === 0 ? {} : { acc: runLengths(site.readsAt.map((reads, at) => reads + (site.writesAt[at] ?? 0))) }) } : {}),
      fs: known(site).map(frameOf),
    })),
    ftbl: table,
  });
}

/** Runs of equal counts as the negative length and the count, as the viewer reads them. */
function runLengths(counts: readonly number[]): number[] {
  const out: number[] = [];
  for (let at = 0; at < counts.length; ) {
    let end = at + 1;
    while (end < counts.length && counts[end] === counts[at]) end++;
    if (end - at > 1) out.push(-(end - at));
    out.push(counts[at] ?? 0);
    at = end;
  }
  return out;
}

/** A protocol buffer: numbers and messages by field. */
class Message {
  readonly #bytes: number[] = [];

  #varint(value: number): void {
    let left = Math.max(0, Math.round(value));
    while (left >= 128) {
      this.#bytes.push((left % 128) | 128);
      left = Math.floor(left / 128);
    }
    this.#bytes.push(left);
  }

  number(field: number, value: number): this {
    if (value === 0) return this;
    this.#varint(field * 8);
    this.#varint(value);
    return this;
  }

  bytes(field: number, value: Uint8Array | readonly number[]): this {
    this.#varint(field * 8 + 2);
    this.#varint(value.length);
    for (const byte of value) this.#bytes.push(byte);
    return this;
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.#bytes);
  }

  packed(field: number, values: readonly number[]): this {
    const inner = new Message();
    for (const value of values) inner.#varint(value);
    return this.bytes(field, inner.#bytes);
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** `profile.proto`, compressed: allocated and held objects and bytes, as Go's heap profiles name them. */
export function toPprof(profile: HeapProfile): Uint8Array {
  const strings = [''];
  const numbers = new Map([['', 0]]);
  const text = (value: string): number => {
    const found = numbers.get(value);
    if (found !== undefined) return found;
    numbers.set(value, strings.push(value) - 1);
    return strings.length - 1;
  };
  const out = new Message();
  for (const [type, unit] of [['alloc_objects', 'count'], ['alloc_space', 'bytes'], ['inuse_objects', 'count'], ['inuse_space', 'bytes']] as const) out.message(1, new Message().number(1, text(type)).number(2, text(unit)));
  const functions = new Map<string, number>();
  const locations = new Map<string, number>();
  const later: [number, Message][] = [];
  const locationOf = ({ function: name, file, line }: StackEntry): number => {
    const key = `${name} ${file} ${line}`;
    const found = locations.get(key);
    if (found !== undefined) return found;
    const owner = `${name} ${file}`;
    let owned = functions.get(owner);
    if (owned === undefined) {
      owned = functions.size + 1;
      functions.set(owner, owned);
      later.push([5, new Message().number(1, owned).number(2, text(name)).number(3, text(name)).number(4, text(file))]);
    }
    const id = locations.size + 1;
    locations.set(key, id);
    later.push([4, new Message().number(1, id).message(4, new Message().number(1, owned).number(2, line))]);
    return id;
  };
  for (const site of profile.sites) out.message(2, new Message().packed(1, known(site).map(locationOf)).packed(2, [site.blocks, site.bytes, site.blocksAtPeak, site.atPeak]));
  for (const [field, message] of later) out.message(field, message);
  const space = text('space');
  const bytes = text('bytes');
  const inuse = text('inuse_space');
  for (const each of strings) out.bytes(6, new TextEncoder().encode(each));
  out.message(11, new Message().number(1, space).number(2, bytes)).number(12, 1).number(14, inuse);
  return gzipSync(out.finish());
}

const COLORS = ['#4269d0', '#efb118', '#ff725c', '#6cc5b0', '#3ca951', '#ff8ab7', '#a463f2', '#97bbf5', '#9c6b4e'];
const escape = (text: string): string => text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** Usage over time, stacked by place, the peak marked. */
export function toSvg(profile: HeapProfile, title: string): string {
  const { timeline, peak, steps, sites } = profile;
  const width = 900;
  const height = 340;
  const [left, top] = [80, 40];
  const x = (step: number): number => Math.round((left + (steps === 0 ? 0 : (step / steps) * width)) * 10) / 10;
  const y = (bytes: number): number => Math.round((top + height - (peak.bytes === 0 ? 0 : (bytes / peak.bytes) * height)) * 10) / 10;
  const shown = Math.max(0, ...timeline.map(({ sites: each }) => each.length));
  const layers: string[] = [];
  const base = timeline.map(() => 0);
  for (let layer = 0; layer <= shown; layer++) {
    const upper = timeline.map(({ bytes, sites: each }, i) => (layer === shown ? bytes : (base[i] ?? 0) + (each[layer] ?? 0)));
    const forth = timeline.map(({ step }, i) => `${x(step)},${y(upper[i] ?? 0)}`);
    const back = timeline.map(({ step }, i) => `${x(step)},${y(base[i] ?? 0)}`).reverse();
    const name = layer === shown ? 'everything else' : siteName(sites[layer] ?? { stack: [] });
    if (upper.some((value, i) => value !== base[i])) layers.push(`<polygon points="${[...forth, ...back].join(' ')}" fill="${COLORS[layer % COLORS.length]}" fill-opacity="0.85"><title>${escape(name)}</title></polygon>`, `<rect x="${left}" y="${top + height + 40 + layers.length * 9}" width="10" height="10" fill="${COLORS[layer % COLORS.length]}"/><text x="${left + 16}" y="${top + height + 49 + layers.length * 9}">${escape(name)}</text>`);
    for (let i = 0; i < base.length; i++) base[i] = upper[i] ?? 0;
  }
  const total = top + height + 70 + layers.length * 9;
  const marks = [0, 0.25, 0.5, 0.75, 1].map(part => `<text x="${left - 8}" y="${y(peak.bytes * part) + 4}" text-anchor="end">${escape(bytesText(Math.round(peak.bytes * part)))}</text><line x1="${left}" x2="${left + width}" y1="${y(peak.bytes * part)}" y2="${y(peak.bytes * part)}" stroke="#888" stroke-opacity="0.25"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + 40} ${total}" font-family="system-ui, sans-serif" font-size="12" fill="currentColor" role="img" aria-label="${escape(title)}: heap usage over time">
<text x="${left}" y="22" font-size="15">${escape(title)}: the heap over ${number(steps)} steps</text>
${marks.join('\n')}
${layers.join('\n')}
<line x1="${x(peak.step)}" x2="${x(peak.step)}" y1="${top - 6}" y2="${top + height}" stroke="#d00" stroke-dasharray="4 3"/>
<text x="${Math.min(x(peak.step) + 6, left + width - 130)}" y="${top - 2}" fill="#d00">peak ${escape(bytesText(peak.bytes))}</text>
<line x1="${left}" x2="${left + width}" y1="${top + height}" y2="${top + height}" stroke="currentColor"/>
<text x="${left + width}" y="${top + height + 18}" text-anchor="end">steps</text>
</svg>
`;
}
