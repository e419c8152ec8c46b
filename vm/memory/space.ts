/**
 * The address space: one `WebAssembly.Memory`, shared by both engines, with a fixed map.
 *
 *     0        64 KiB       statics.start      stacks.start       heap.start                heap.limit
 *     ┌────────┬────────────┬──────────────────┬──────────────────┬─────────────────────────┐
 *     │ null   │ shadow     │ statics, strings │ stacks           │ heap →                  │
 *     └────────┴────────────┴──────────────────┴──────────────────┴─────────────────────────┘
 *
 * In: the sizes of the parts. Out: typed views on the memory and `ensure`, which makes addresses usable by the growth policy.
 * Invariants: every address is below 2^31, so that a signed 32-bit number holds it; `ensure` answers false at the limit and never
 * throws; the views are replaced together whenever the memory grows, and listeners are told.
 * Cost: the shadow region (one byte for eight, when asked for) and all else that lies before the heap is reserved, not touched: the
 * host gives pages when they are written, so a limit of 1 GiB costs nothing until it is used.
 */

export const PAGE = 65536;
/** No address at or above this one exists. */
export const HIGHEST = 0x7fff0000;

const HEAD_START = 64 << 20;

export type Growth =
  /**
   * Start with `HEAD_START`, then grow by half of what the heap has. The start is generous because memory that nobody touched is free,
   * and because a growth detaches every view: from the first one on V8 checks each access to any typed array for that (5 to 15 %).
   */
  | { readonly kind: 'geometric' }
  /** Grow by this many bytes at a time. */
  | { readonly kind: 'linear'; readonly step: number }
  /** Take the whole limit at the start and never grow. */
  | { readonly kind: 'fixed' };

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface SpaceOptions {
  readonly statics?: number;
  readonly stacks?: number;
  /** The most bytes that the heap region may take, allocator's own words included. Clipped to what 31 bits can address. */
  readonly heap?: number;
  readonly shadow?: boolean;
  readonly growth?: Growth;
  /**
   * Of the only machine of its process: what it reserves is not told to the garbage collector, which would look through everything when it heard
   * of so much. It would not be freed in time either, if there were many.
   */
  readonly alone?: boolean;
}

export interface SpaceMap {
  /** `end` of the null page; nothing below it may be touched. */
  readonly nullEnd: number;
  /** Empty without a shadow. The shadow byte of `a` is at `shadow.start + (a >>> 3)`. */
  readonly shadow: Range;
  /** Its start is the lowest address that a program may touch. */
  readonly statics: Range;
  readonly stacks: Range;
  /** `end` is the hard limit. */
  readonly heap: Range;
}

export interface Space {
  readonly memory: WebAssembly.Memory;
  readonly map: SpaceMap;
  readonly growth: Growth;
  /** Views on the whole memory. Read them from here after anything that may grow; they are replaced together. */
  u8: Uint8Array;
  i8: Int8Array;
  u16: Uint16Array;
  i16: Int16Array;
  u32: Uint32Array;
  i32: Int32Array;
  f32: Float32Array;
  f64: Float64Array;
  view: DataView;
  /** Addresses below this one are backed by memory. */
  end: number;
  /** How often the memory has grown. */
  growths: number;
  /** Makes `[0, end)` usable. False when the limit or the host forbids it. */
  ensure(end: number): boolean;
  /** Called after each growth with the old and the new `end`, so that engines can renew views they hold. */
  onGrow(listener: (from: number, to: number) => void): void;
}

const up = (n: number, to: number): number => Math.ceil(n / to) * to;

export function createSpace(options: SpaceOptions = {}): Space {
  const growth: Growth = options.growth ?? { kind: 'geometric' };
  const statics = up(options.statics ?? 0, 16);
  const stacks = up(options.stacks ?? 1 << 20, 16);
  const wanted = options.heap ?? 256 << 20;
  const below = PAGE + up(statics + stacks, PAGE);
  // The shadow covers everything, itself included: shadow = total / 8, so total = rest × 8 / 7.
  const share = options.shadow ? 7 / 8 : 1;
  const most = Math.floor(((HIGHEST - PAGE) * share) / PAGE) * PAGE - below;
  if (most <= 0) throw new Error('statics and stacks do not fit into the address space');
  const heap = Math.min(up(wanted, PAGE), most);
  const shadowBytes = options.shadow ? up((below + heap) / 7, PAGE) : 0;

  const staticsStart = PAGE + shadowBytes;
  const heapStart = up(staticsStart + statics + stacks, PAGE);
  const map: SpaceMap = {
    nullEnd: PAGE,
    shadow: { start: PAGE, end: PAGE + shadowBytes },
    statics: { start: staticsStart, end: staticsStart + statics },
    stacks: { start: staticsStart + statics, end: staticsStart + statics + stacks },
    heap: { start: heapStart, end: heapStart + heap },
  };
  const head = options.shadow ? HEAD_START / 4 : HEAD_START; // with a shadow the start is not quite free: it is marked as poisoned
  const initial = growth.kind === 'fixed' ? map.heap.end : growth.kind === 'linear' ? heapStart : Math.min(map.heap.end, heapStart + head);
  const memory = new WebAssembly.Memory({ initial: initial / PAGE, maximum: map.heap.end / PAGE, shared: options.alone ?? false });
  const listeners: ((from: number, to: number) => void)[] = [];

  const space: Space = {
    memory,
    map,
    growth,
    ...viewsOn(memory.buffer),
    end: initial,
    growths: 0,
    ensure,
    onGrow: (listener) => void listeners.push(listener),
  };

  function ensure(end: number): boolean {
    if (end <= space.end) return true;
    if (end > map.heap.end) return false;
    const least = up(end, PAGE);
    const step = growth.kind === 'linear' ? up(growth.step, PAGE) : up((space.end - heapStart) / 2, PAGE);
    const target = Math.min(map.heap.end, Math.max(least, space.end + step));
    return growTo(target) || (target > least && growTo(least));
  }

  function growTo(target: number): boolean {
    const from = space.end;
    try {
      // After the space was put back to an earlier state there may be more than it says.
      const have = memory.buffer.byteLength;
      if (target > have) memory.grow((target - have) / PAGE);
    } catch {
      return false; // the host has no more: the same as the limit
    }
    if (space.u8.buffer !== memory.buffer) Object.assign(space, viewsOn(memory.buffer));
    space.end = target;
    space.growths++;
    for (const listener of listeners) listener(from, target);
    return true;
  }

  return space;
}

function viewsOn(buffer: ArrayBufferLike) {
  return {
    u8: new Uint8Array(buffer),
    i8: new Int8Array(buffer),
    u16: new Uint16Array(buffer),
    i16: new Int16Array(buffer),
    u32: new Uint32Array(buffer),
    i32: new Int32Array(buffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
    view: new DataView(buffer),
  };
}
