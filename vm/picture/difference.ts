/**
 * What changed between two pictures. In: an earlier and a later one of the same program. Out: plain lists: calls that began or ended, variables
 * and blocks that changed, arrows that came and went, figures. Equal pictures give an empty difference. Cost: linear.
 */
import type { Picture, PictureArrow, PictureBlock, PictureEnd, PictureFrame, PictureVariable } from './picture.ts';

export interface PictureDifference {
  readonly from: number | null;
  readonly to: number | null;
  readonly calls: readonly { readonly kind: 'began' | 'ended' | 'moved'; readonly depth: number; readonly function: string; readonly line: number }[];
  readonly variables: readonly { readonly kind: 'came' | 'went' | 'changed'; readonly id: string; readonly name: string; readonly before: string | null; readonly after: string | null; readonly ownership: PictureVariable['ownership'] }[];
  readonly blocks: readonly { readonly kind: 'born' | 'died' | 'gone' | 'changed'; readonly id: string; readonly address: number; readonly size: number; readonly before: PictureBlock['standing'] | null; readonly after: PictureBlock['standing'] | null; /** Offsets whose byte is another now, as far as both pictures show bytes. */ readonly bytes: readonly number[] }[];
  readonly arrows: readonly { readonly kind: 'came' | 'went'; readonly arrow: PictureArrow }[];
  readonly heap: { readonly current: number; readonly liveBlocks: number; readonly footprint: number; readonly free: number };
  readonly output: string;
}

export function endText(end: PictureEnd): string {
  switch (end.kind) {
    case 'null': return 'null';
    case 'elsewhere': return `0x${(end.address >>> 0).toString(16)}`;
    default: return end.offset === 0 ? end.id : `${end.id}+${end.offset}`;
  }
}

const arrowKey = (a: PictureArrow): string => `${endText(a.from)}>${endText(a.to)}>${a.standing}>${a.name}`;

export function difference(before: Picture, after: Picture): PictureDifference {
  const calls: PictureDifference['calls'][number][] = [];
  const frames = new Map<number, PictureFrame>(before.frames.map(f => [f.depth, f]));
  for (const f of after.frames) {
    const was = frames.get(f.depth);
    frames.delete(f.depth);
    if (was === undefined || was.function !== f.function) {
      if (was !== undefined) calls.push({ kind: 'ended', depth: was.depth, function: was.function, line: was.at.line });
      calls.push({ kind: 'began', depth: f.depth, function: f.function, line: f.at.line });
    } else if (was.at.line !== f.at.line || was.at.column !== f.at.column) calls.push({ kind: 'moved', depth: f.depth, function: f.function, line: f.at.line });
  }
  for (const was of frames.values()) calls.push({ kind: 'ended', depth: was.depth, function: was.function, line: was.at.line });

  const variables: PictureDifference['variables'][number][] = [];
  const all = (picture: Picture): readonly PictureVariable[] => [...picture.frames.flatMap(f => f.variables), ...picture.statics];
  const known = new Map(all(before).map(v => [v.id, v]));
  for (const v of all(after)) {
    const was = known.get(v.id);
    known.delete(v.id);
    if (was === undefined) variables.push({ kind: 'came', id: v.id, name: v.name, before: null, after: v.text, ownership: v.ownership });
    else if (was.text !== v.text || was.ownership !== v.ownership || was.type !== v.type) variables.push({ kind: 'changed', id: v.id, name: v.name, before: was.text, after: v.text, ownership: v.ownership });
  }
  for (const was of known.values()) variables.push({ kind: 'went', id: was.id, name: was.name, before: was.text, after: null, ownership: was.ownership });

  const blocks: PictureDifference['blocks'][number][] = [];
  const held = new Map(before.blocks.map(b => [b.id, b]));
  for (const b of after.blocks) {
    const was = held.get(b.id);
    held.delete(b.id);
    const one = { id: b.id, address: b.address, size: b.size, before: was?.standing ?? null, after: b.standing };
    if (was === undefined) {
      blocks.push({ kind: 'born', ...one, bytes: [] });
      continue;
    }
    const bytes: number[] = [];
    for (let i = 0; i < Math.min(was.bytes.length, b.bytes.length); i += 2) if (was.bytes.slice(i, i + 2) !== b.bytes.slice(i, i + 2)) bytes.push(i / 2);
    const alive = (standing: PictureBlock['standing']): boolean => standing === 'live' || standing === 'leaked';
    if (alive(was.standing) && !alive(b.standing)) blocks.push({ kind: 'died', ...one, bytes });
    else if (was.standing !== b.standing || was.size !== b.size || bytes.length > 0) blocks.push({ kind: 'changed', ...one, bytes });
  }
  for (const was of held.values()) blocks.push({ kind: 'gone', id: was.id, address: was.address, size: was.size, before: was.standing, after: null, bytes: [] });

  const arrows: PictureDifference['arrows'][number][] = [];
  const drawn = new Map(before.arrows.map(a => [arrowKey(a), a]));
  for (const arrow of after.arrows) if (!drawn.delete(arrowKey(arrow))) arrows.push({ kind: 'came', arrow });
  for (const arrow of drawn.values()) arrows.push({ kind: 'went', arrow });

  return {
    from: before.step, to: after.step, calls, variables, blocks, arrows,
    heap: {
      current: after.statistics.current - before.statistics.current, liveBlocks: after.statistics.liveBlocks - before.statistics.liveBlocks,
      footprint: after.statistics.footprint - before.statistics.footprint, free: after.statistics.free - before.statistics.free,
    },
    output: after.output.startsWith(before.output) ? after.output.slice(before.output.length) : after.output,
  };
}
